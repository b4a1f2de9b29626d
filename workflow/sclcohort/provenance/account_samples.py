"""Account for every row of the sample sheet: analysed, partly analysed or refused, with the reason.

INPUTS   inputs/samples.tsv, the status tables of small and structural variants, copy number and expression
OUTPUTS  completeness   contract COMPLETENESS, one row per row of the sheet

No sample is lost without a word: each layer that the sheet names for a sample ends as analysed or as refused,
and a status table that has forgotten a sample, or has one twice, is an error of its own. Refused layers end the
run with an error after everything else was delivered, unless the configuration accepts them.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from sclcohort.contracts import (
    COMPLETENESS,
    COPY_NUMBER_STATUS,
    EXPRESSION_STATUS,
    SAMPLES,
    STRUCTURAL_VARIANT_STATUS,
    VARIANT_STATUS,
)
from sclcohort.errors import StepError
from sclcohort.tables import Cell, Table, read_rows, write_rows

Row = Mapping[str, Cell]

# Layer, and the column of the sheet that names its data; the order of the report.
LAYERS = {
    "variants": "variants",
    "structural_variants": "structural_variants",
    "copy_number": "copy_number",
    "expression": "expression_sample",
}
ANALYSED = frozenset(("imported", "scored"))
OUTCOMES = ("analysed", "partly_analysed", "refused")

log = logging.getLogger(__name__)


def run(
    *,
    samples: Path,
    variant_status: tuple[Path, ...],
    structural_variant_status: tuple[Path, ...],
    copy_number_status: tuple[Path, ...],
    expression_status: Path,
    accept_refused: bool,
    completeness: Path,
) -> None:
    """Write what became of every sample, and end with an error if any of its data were refused.

    Parameters
    ----------
    samples : Path
        Contract SAMPLES.
    variant_status, structural_variant_status, copy_number_status : tuple of Path
        Contracts VARIANT_STATUS, STRUCTURAL_VARIANT_STATUS and COPY_NUMBER_STATUS, one file per chunk.
    expression_status : Path
        Contract EXPRESSION_STATUS.
    accept_refused : bool
        Whether refused data are no error: ``refused_samples`` in ``accept`` of the configuration.
    completeness : Path
        Table to write: contract COMPLETENESS.

    Raises
    ------
    StepError
        The status tables do not account for exactly the samples of the sheet; or, once the table is
        written, data were refused and that was not accepted: the message lists all of them.
    """
    sheet = list(read_rows(samples, SAMPLES))
    layers = {
        "variants": _status_rows(variant_status, VARIANT_STATUS),
        "structural_variants": _status_rows(structural_variant_status, STRUCTURAL_VARIANT_STATUS),
        "copy_number": _status_rows(copy_number_status, COPY_NUMBER_STATUS),
        "expression": _status_rows((expression_status,), EXPRESSION_STATUS),
    }
    statuses = by_sample(sheet, layers)
    accounts = [account(row, {layer: statuses[layer][str(row["sample_id"])] for layer in LAYERS}) for row in sheet]
    write_rows(completeness, COMPLETENESS, accounts)
    summary = summarise(accounts)
    log.info("%s", summary)
    refusals = list(refused_layers(sheet, statuses))
    if refusals and not accept_refused:
        raise StepError(
            "\n  ".join([f"{summary}; refused:", *refusals])
            + "\nfix: mend these inputs and run again, or write accept: [refused_samples] in the configuration "
            "to go on without them"
        )
    for refusal in refusals:
        log.warning("refused, and accepted by the configuration: %s", refusal)


def _status_rows(paths: Sequence[Path], contract: Table) -> list[Row]:
    return [row for path in paths for row in read_rows(path, contract)]


def by_sample(sheet: Sequence[Row], layers: Mapping[str, Sequence[Row]]) -> dict[str, dict[str, Row]]:
    """Return the status rows of each layer by sample.

    Raises
    ------
    StepError
        A layer has a sample twice, lacks one or has one that the sheet does not have; all are named.
    """
    expected = [str(row["sample_id"]) for row in sheet]
    statuses: dict[str, dict[str, Row]] = {}
    problems: list[str] = []
    for layer, rows in layers.items():
        statuses[layer] = {}
        for row in rows:
            sample = str(row["sample_id"])
            if sample in statuses[layer]:
                problems.append(f"{layer}: {sample} stands twice")
            statuses[layer][sample] = row
        problems += [f"{layer}: {sample} is missing" for sample in expected if sample not in statuses[layer]]
        problems += [
            f"{layer}: {sample} is not in the sheet" for sample in sorted(set(statuses[layer]) - set(expected))
        ]
    if problems:
        raise StepError(
            "\n  ".join(["the status tables do not account for the samples of the sheet:", *problems])
            + "\nfix: delete the status tables of these layers and run again; if it stays so, report a bug"
        )
    return statuses


def account(row: Row, statuses: Mapping[str, Row]) -> dict[str, Cell]:
    """Return what became of one row of the sheet.

    Parameters
    ----------
    row : mapping
        Row of contract SAMPLES.
    statuses : mapping of str to mapping
        The sample's row in the status table of each layer.

    Returns
    -------
    dict
        Row of contract COMPLETENESS. Data that the sheet names and that were neither analysed nor
        refused count as refused: nothing may vanish.
    """
    done = [layer for layer in LAYERS if statuses[layer]["state"] in ANALYSED]
    refused = [layer for layer in LAYERS if refusal_of(layer, row, statuses[layer]) is not None]
    reasons = [f"{layer}: {refusal_of(layer, row, statuses[layer])}" for layer in refused]
    if not done and not refused:
        reasons = ["the sheet names no data of this sample"]
    return {
        "sample_id": row["sample_id"],
        "outcome": "analysed" if not refused else "partly_analysed" if done else "refused",
        "layers_analysed": ",".join(done) or None,
        "layers_refused": ",".join(refused) or None,
        "reason": "; ".join(reasons) or None,
    }


def refusal_of(layer: str, row: Row, status: Row) -> str | None:
    """Return why a layer of a sample was refused; None where it was not, or where the sheet names no data."""
    if status["state"] == "refused":
        return str(status["reason"] or "no reason given")
    if status["state"] == "not_provided" and row[LAYERS[layer]]:
        return f"the sheet names data ({LAYERS[layer]}), and no step read them"
    return None


def refused_layers(sheet: Sequence[Row], statuses: Mapping[str, Mapping[str, Row]]) -> Iterator[str]:
    """Yield ``sample layer: reason`` for each refused layer, in the order of the sheet."""
    for row in sheet:
        sample = str(row["sample_id"])
        for layer in LAYERS:
            reason = refusal_of(layer, row, statuses[layer][sample])
            if reason is not None:
                yield f"{sample} {layer}: {reason}"


def summarise(accounts: Sequence[Row]) -> str:
    """Return the counts of the three outcomes, which add up to the rows of the sheet."""
    counts = [f"{sum(row['outcome'] == outcome for row in accounts)} {outcome}" for outcome in OUTCOMES]
    return f"{len(accounts)} samples: {', '.join(counts)}".replace("_", " ")
