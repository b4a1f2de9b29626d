"""The plan of a run: configuration and sheets resolved, samples put into chunks, every fault found.

`make_plan` reads configuration and sheets; `open_files` (in `headers`) opens every file they name.
Both look at everything before they complain, so that one pass shows all there is to mend.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sclcohort.contracts import SAMPLES
from sclcohort.errors import Fault
from sclcohort.inputs.configuration import CONFIGURATION, resolve_configuration
from sclcohort.inputs.lesions import lesion_rules
from sclcohort.inputs.schemas import did_you_mean
from sclcohort.inputs.sheets import Row, read_sheet

if TYPE_CHECKING:
    from sclcohort.tables import Cell, Table

# A cohort step names one file per chunk and kind on its command line, and Linux allows 128 KiB for the whole
# (MAX_ARG_STRLEN, since it reaches the shell as one string): 500 chunks x 4 kinds x 50 characters stay below.
MAX_CHUNKS = 500
# Columns of the sheet that name data; a row with none of them has nothing to analyse.
DATA_COLUMNS = ("variants", "structural_variants", "copy_number", "expression_sample")


@dataclass(frozen=True)
class Plan:
    """What a run is going to work on.

    Parameters
    ----------
    config : mapping
        Resolved configuration; empty when it is faulty.
    samples : sequence of dict
        Rows of contract SAMPLES, in sheet order, with ``line``, the row of the sheet.
    clinical : sequence of dict
        Rows of contract CLINICAL, with ``line``.
    faults : sequence of Fault
        All that was found, in order of configuration, sample sheet, clinical sheet, lesion sheet.
    lesions : sequence of dict
        Rows of contract LESIONS, with ``line``.
    """

    config: Mapping[str, Any]
    samples: Sequence[Row]
    clinical: Sequence[Row]
    faults: Sequence[Fault] = field(default=())
    lesions: Sequence[Row] = field(default=())

    @property
    def chunks(self) -> dict[str, list[Row]]:
        """Rows by chunk, chunks in sheet order."""
        chunks: dict[str, list[Row]] = {}
        for row in self.samples:
            chunks.setdefault(str(row["chunk"]), []).append(row)
        return chunks


def make_plan(given: Mapping[str, Any]) -> Plan:
    """Resolve a configuration and the sheets it names.

    Parameters
    ----------
    given : mapping
        Configuration as the user wrote it.
    """
    config, faults = resolve_configuration(given)
    if not config:
        return Plan({}, (), (), tuple(faults))
    samples, sample_faults = read_sheet(Path(config["samples"]), "samples")
    faults += sheet_target_rules(config["samples"], samples)
    samples = [with_target(row, config["variants"]["target"]) for row in samples]
    clinical: list[Row] = []
    clinical_faults: list[Fault] = []
    if config["clinical"]:
        clinical, clinical_faults = read_sheet(Path(config["clinical"]), "clinical")
    lesions: list[Row] = []
    lesion_faults: list[Fault] = []
    if config["lesions"]:
        lesions, lesion_faults = read_sheet(Path(config["lesions"]), "lesions")
    faults += sample_faults + clinical_faults + lesion_faults
    # A row with a faulty cell is left out of the rules that look at whole rows: one fault, one line.
    faults += sample_rules(config, _rows_without(sample_faults, samples))
    if samples:
        faults += clinical_rules(config, samples, _rows_without(clinical_faults, clinical))
        patients = {str(row["patient_id"]) for row in samples}
        faults += lesion_rules(config["lesions"], patients, _rows_without(lesion_faults, lesions))
    size = config["samples_per_job"]
    planned = [row | {"chunk": f"{number // size + 1:04d}"} for number, row in enumerate(samples)]
    clinical = [row | {"ctfi_days": chemotherapy_free_interval(row)} for row in clinical]
    return Plan(config, planned, clinical, tuple(faults), lesions)


def _rows_without(faults: Sequence[Fault], rows: Sequence[Row]) -> list[Row]:
    faulty = {fault.row for fault in faults}
    return [row for row in rows if row["line"] not in faulty]


def with_target(row: Row, configured: str | None) -> Row:
    """Return a row with the target of its variants: the sheet's own, else the configured one."""
    has_variants = row["variants"] or row["structural_variants"]
    default = os.path.normpath(configured) if configured and has_variants else None
    return row | {"target": row["target"] or default}


def chemotherapy_free_interval(row: Mapping[str, Cell]) -> int | None:
    """Return the days from the last platinum to progression; None where either is not recorded."""
    end, progression = row.get("platinum_end_day"), row.get("progression_day")
    if end is None or progression is None:
        return None
    return int(progression) - int(end)


def table_rows(rows: Sequence[Row], contract: Table) -> list[Row]:
    """Return rows with the columns of a contract only."""
    return [{name: row.get(name) for name in contract.column_names} for row in rows]


def digest(rows: Sequence[Row]) -> str:
    """Return a fingerprint of sheet rows: a chunk runs again when the rows of its samples change."""
    plain = table_rows(rows, SAMPLES)
    return hashlib.sha256(json.dumps(plain, sort_keys=True).encode()).hexdigest()[:16]


def sample_rules(config: Mapping[str, Any], samples: Sequence[Row]) -> list[Fault]:
    """Return the faults that only several cells, or sheet and configuration together, show."""
    sheet = config["samples"]
    reference, expression = config["reference"], config["expression"]
    downloads = reference["download"]["enabled"]
    faults: list[Fault] = []

    def fault(code: str, row: Row, column: str, found: str, fix: str) -> None:
        value = None if row[column] is None else str(row[column])
        faults.append(Fault(f"E-SHEET-{code}", sheet, found, fix, int(str(row["line"])), column, value))

    for row in samples:
        if not any(row[layer] for layer in DATA_COLUMNS):
            fault("010", row, "sample_id", "the sample has no data", f"give one of {', '.join(DATA_COLUMNS)}")
        for name in ("variants_sample", "normal_sample"):
            if row[name] and not (row["variants"] or row["structural_variants"]):
                fault(
                    "011", row, name, "names a VCF column, but the row has no VCF", "fill variants, or empty this cell"
                )
        if row["variants_sample"] and row["variants_sample"] == row["normal_sample"]:
            fault("012", row, "normal_sample", "is also the tumour column", "name two columns, or leave it empty")
        if row["copy_number_sample"] and not row["copy_number"]:
            fault(
                "011",
                row,
                "copy_number_sample",
                "the row has no copy_number file",
                "fill copy_number, or empty this cell",
            )
        if row["expression_sample"] and not expression["matrix"]:
            fault("013", row, "expression_sample", "no expression matrix is configured", "set expression.matrix")
    faults += _shared_data(sheet, samples)
    needed = [("variants", ("fasta", "gff"))] if not downloads else []
    for layer, keys in needed:
        first = next((row for row in samples if row[layer]), None)
        for key in keys:
            if first is not None and not reference[key]:
                found = f"missing, but sample {first['sample_id']} has {layer}"
                faults.append(
                    Fault(
                        "E-CFG-007",
                        CONFIGURATION,
                        found,
                        "name the file the variants were called on",
                        None,
                        f"reference.{key}",
                    )
                )
    chunks = -(-len(samples) // config["samples_per_job"])
    if chunks > MAX_CHUNKS:
        found = f"gives {chunks} jobs per stage, more than {MAX_CHUNKS}"
        fix = f"set it to {-(-len(samples) // MAX_CHUNKS)} or more"
        faults.append(
            Fault("E-CFG-008", CONFIGURATION, found, fix, None, "samples_per_job", str(config["samples_per_job"]))
        )
    has_spans = downloads or reference["gff"] or reference["gene_coordinates"]
    for layer, words in (("copy_number", "copy number needs"), ("structural_variants", "structural variants need")):
        if any(row[layer] for row in samples) and not has_spans:
            fix = "set reference.gff or reference.gene_coordinates"
            faults.append(Fault("E-CFG-007", CONFIGURATION, f"{words} gene positions", fix, None, "reference"))
    return faults


def sheet_target_rules(sheet: str, samples: Sequence[Row]) -> list[Fault]:
    """Return the targets that the sheet gives to rows without variants."""
    return [
        Fault(
            "E-SHEET-011",
            sheet,
            "the row has no variants that could lie on it",
            "fill variants, or empty this cell",
            int(str(row["line"])),
            "target",
            str(row["target"]),
        )
        for row in samples
        if row["target"] and not (row["variants"] or row["structural_variants"])
    ]


def _shared_data(sheet: str, samples: Sequence[Row]) -> list[Fault]:
    """Return samples that claim the same data: one of the two is mislabelled."""
    faults = []
    for columns in (
        ("variants", "variants_sample"),
        ("structural_variants", "variants_sample"),
        ("copy_number", "copy_number_sample"),
        ("expression_sample",),
    ):
        seen: dict[tuple[Cell, ...], Row] = {}
        for row in samples:
            if not row[columns[0]]:
                continue
            claim = tuple(row[name] for name in columns)
            if columns[0] == "copy_number" and row["copy_number_sample"] is None:
                claim = (*claim, row["sample_id"])
            first = seen.setdefault(claim, row)
            if first is not row:
                found = f"the same data as sample {first['sample_id']} in row {first['line']}"
                fix = "two tumours cannot share one measurement; correct one of them"
                line = int(str(row["line"]))
                faults.append(Fault("E-SHEET-014", sheet, found, fix, line, columns[0], str(row[columns[0]])))
    return faults


def clinical_rules(config: Mapping[str, Any], samples: Sequence[Row], clinical: Sequence[Row]) -> list[Fault]:
    """Return the faults that the clinical sheet shows beside the sample sheet."""
    sheet = config["clinical"]
    patients = {str(row["patient_id"]) for row in samples}
    faults = []
    for row in clinical:
        line = int(str(row["line"]))
        if row["patient_id"] not in patients:
            fix = did_you_mean(str(row["patient_id"]), patients)
            faults.append(
                Fault(
                    "E-SHEET-015", sheet, "no sample of this patient", fix, line, "patient_id", str(row["patient_id"])
                )
            )
        days = [row[name] for name in ("platinum_start_day", "platinum_end_day", "progression_day")]
        start, end, progression = (None if day is None else int(day) for day in days)
        if start is not None and end is not None and end < start:
            found = f"lies before platinum_start_day {start}"
            faults.append(Fault("E-SHEET-016", sheet, found, "correct the days", line, "platinum_end_day", str(end)))
        if start is not None and progression is not None and progression < start:
            found = f"lies before platinum_start_day {start}"
            faults.append(
                Fault("E-SHEET-016", sheet, found, "correct the days", line, "progression_day", str(progression))
            )
    return faults


def availability_rows(plan: Plan) -> list[Row]:
    """Return rows of contract AVAILABILITY: what the sheets name for each sample."""
    patients = {row["patient_id"] for row in plan.clinical}
    rows: list[Row] = []
    for row in plan.samples:
        layers = {
            "variants": row["variants"],
            "structural_variants": row["structural_variants"],
            "copy_number": row["copy_number"],
            "expression": row["expression_sample"],
            "purity": row["purity_file"] if row["purity"] is None else row["purity"],
            "clinical": row["patient_id"] in patients or None,
        }
        for layer, value in layers.items():
            state = "not_provided" if value is None else "provided"
            rows.append({"sample_id": row["sample_id"], "layer": layer, "state": state})
    return rows
