"""The configuration: read strictly, checked against its closed schema, defaults filled in."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from sclcohort.errors import Fault, InputFaultsError
from sclcohort.files import open_text
from sclcohort.inputs.schemas import load_schema, violations, with_defaults
from sclcohort.regulators.measures import UNITS
from sclcohort.regulators.table_formats import FEATURE_COUNTS, FORMATS, SALMON, STAR

CONFIGURATION = "configuration"


class _StrictLoader(yaml.SafeLoader):
    """A safe YAML loader that refuses what YAML lets slip: a key twice, an alias."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        """Build a mapping; a repeated key would silently win over the first."""
        seen: set[str] = set()
        for key, _ in node.value:
            if key.value in seen:
                problem = f"the key {key.value!r} stands twice"
                raise yaml.constructor.ConstructorError(None, None, problem, key.start_mark)
            seen.add(key.value)
        return super().construct_mapping(node, deep=deep)

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        """Build a node; aliases can blow a small file up, and no configuration needs one."""
        if self.check_event(yaml.events.AliasEvent):
            event = self.peek_event()  # type: ignore[no-untyped-call]
            raise yaml.composer.ComposerError(None, None, "aliases are not allowed", event.start_mark)
        node: yaml.Node | None = super().compose_node(parent, index)
        return node


def read_configuration(path: Path) -> dict[str, Any]:
    """Read a YAML configuration file.

    Raises
    ------
    InputFaultsError
        The file cannot be read, is no YAML, repeats a key, uses an alias, or is no mapping.
    """
    try:
        with open_text(path) as handle:
            loaded = _StrictLoader(handle).get_single_data()
    except (OSError, UnicodeDecodeError) as error:
        raise InputFaultsError([Fault("E-CFG-004", str(path), f"cannot be read: {error}", "check the path")]) from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None) or str(error)
        row = None if mark is None else mark.line + 1
        fault = Fault("E-CFG-005", str(path), f"not valid YAML: {problem}", "correct that line", row)
        raise InputFaultsError([fault]) from error
    if not isinstance(loaded, dict):
        raise InputFaultsError([Fault("E-CFG-005", str(path), "holds no settings", "write `key: value` lines")])
    return loaded


def parse_configuration(text: str) -> dict[str, Any]:
    """Return the configuration that `text` is (JSON, as rules pass it) or names (a YAML file, as people do)."""
    if text.lstrip().startswith("{"):
        loaded: dict[str, Any] = json.loads(text)
        return loaded
    return read_configuration(Path(text))


def resolve_configuration(given: Mapping[str, Any]) -> tuple[dict[str, Any], list[Fault]]:
    """Check a configuration against its schema and fill in the defaults.

    Parameters
    ----------
    given : mapping
        As the user wrote it, files and command line merged.

    Returns
    -------
    dict
        With every key of the schema; only meaningful when there are no faults.
    list of Fault
        Every violation, and every pair of settings that contradict each other.
    """
    faults = violations(given, "config", "CFG", CONFIGURATION)
    if faults:
        return {}, faults
    resolved = with_defaults(given, load_schema("config"))
    return resolved, contradictions(resolved)


def contradictions(config: Mapping[str, Any]) -> list[Fault]:
    """Return the settings that are each allowed and together make no sense."""
    faults = []
    states = config["copy_number"]
    if states["gain_min_copies"] > states["amplification_min_copies"]:
        found = f"is above amplification_min_copies {states['amplification_min_copies']}"
        faults.append(_contradiction("copy_number.gain_min_copies", states["gain_min_copies"], found))
    if states["deep_deletion_max_copies"] > states["loss_max_copies"]:
        found = f"is above loss_max_copies {states['loss_max_copies']}"
        faults.append(_contradiction("copy_number.deep_deletion_max_copies", states["deep_deletion_max_copies"], found))
    expression = config["expression"]
    faults += _expression_contradictions(expression)
    for key, pinned in (
        ("regulators.regulon", config["regulators"]["regulon"]),
        ("expression.hgnc", expression["hgnc"]),
    ):
        if (pinned["file"] is None) != (pinned["sha256"] is None):
            missing, given = ("sha256", "file") if pinned["sha256"] is None else ("file", "sha256")
            found = f"missing although {key}.{given} is given"
            faults.append(_contradiction(f"{key}.{missing}", None, found, "give both, or neither"))
    reference = config["reference"]
    if reference["download"]["enabled"] and (reference["fasta"] or reference["gff"]):
        found = "is true although fasta or gff are given"
        faults.append(_contradiction("reference.download.enabled", True, found, "leave out one or the other"))
    return faults


def _expression_contradictions(expression: Mapping[str, Any]) -> list[Fault]:
    """Return the settings of section ``expression`` that do not go together."""
    faults = []
    if expression["matrix"] and not expression["unit"]:
        found = "missing although a matrix is given"
        faults.append(_contradiction("expression.unit", None, found, f"say {', '.join(UNITS[:-1])} or {UNITS[-1]}"))
    table = FORMATS[expression["format"]]
    if expression["unit"] and expression["unit"] not in table.units:
        found = f"a table of format {table.name} holds {' or '.join(table.units)}"
        faults.append(_contradiction("expression.unit", expression["unit"], found))
    if expression["matrix"] and table is STAR and not expression["strand"]:
        found = "missing although STAR counts each strand"
        faults.append(_contradiction("expression.strand", None, found, "say unstranded, forward or reverse"))
    if expression["strand"] and table is not STAR:
        found = "is given although the format is not star"
        faults.append(_contradiction("expression.strand", expression["strand"], found, "leave it out"))
    if expression["gene_lengths"] and (expression["unit"] != "counts" or table is FEATURE_COUNTS):
        found = "is given although only counts need it"
        if table is FEATURE_COUNTS:
            found = "is given although the table of featureCounts has the lengths"
        faults.append(_contradiction("expression.gene_lengths", expression["gene_lengths"], found, "leave it out"))
    if expression["matrix"] and table is SALMON and not expression["tx2gene"]:
        found, fix = "missing although salmon quantifies transcripts", "give a table of transcripts and their genes"
        faults.append(_contradiction("expression.tx2gene", None, found, fix))
    if expression["tx2gene"] and table is not SALMON:
        found = "is given although the format is not salmon"
        faults.append(_contradiction("expression.tx2gene", expression["tx2gene"], found, "leave it out"))
    return faults


def _contradiction(key: str, value: object, found: str, fix: str = "change one of the two") -> Fault:
    return Fault("E-CFG-006", CONFIGURATION, found, fix, None, key, None if value is None else str(value))
