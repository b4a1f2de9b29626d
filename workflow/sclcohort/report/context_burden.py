"""Mutation burden and recurrence, as rows of text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sclcohort.report.cohort import Cohort, Row, integer, listed, number, plural, text
from sclcohort.report.context_cohort import PlainTable, count

ALL_CODING = "all_coding"
# Genes shown: those below this q value and, to see what comes next, the first of the others.
MAX_Q = 0.1
LEAST_SHOWN = 15


def target_words(target: str) -> str:
    """Return the name of a target; genes of the whole model where no BED was given."""
    return "all coding bases" if target == ALL_CODING else target


@dataclass(frozen=True)
class Burden:
    """The mutation burden of the cohort.

    Parameters
    ----------
    table : PlainTable
        One row per sample, highest burden first, those not assessable last.
    definitions : tuple of str
        What was counted, each definition once.
    remarks : tuple of str
        What is to be known of some samples, each once; the table gives their numbers, from 1.
    measured, open : int
        Samples with a burden, and without.
    """

    table: PlainTable
    definitions: tuple[str, ...]
    remarks: tuple[str, ...]
    measured: int
    open: int


def measured_burden(row: Row) -> float | None:
    """Return the burden of a row per megabase; None where it was not measured."""
    return number(row, "burden_per_megabase") if text(row, "state") == "measured" else None


def burden(cohort: Cohort) -> Burden:
    """Return the mutation burden of every sample that has a row."""
    rows = [row for sample in cohort.samples if (row := cohort.burden_row.get((sample,))) is not None]
    measured = [row for row in rows if measured_burden(row) is not None]
    measured.sort(key=lambda row: -(measured_burden(row) or 0.0))
    open_rows = [row for row in rows if measured_burden(row) is None]
    remarks = tuple(dict.fromkeys(remark for row in (*measured, *open_rows) if (remark := text(row, "reason"))))
    table = PlainTable(
        ("Sample", "Per Mb", "95 % interval", "Counted", "Missense", "Changing the protein", "Synonymous", "Target",
         "Target, Mb", "Remark"),
        tuple(_burden_line(row, remarks) for row in (*measured, *open_rows)),
    )  # fmt: skip
    definitions = dict.fromkeys(text(row, "definition") for row in measured if text(row, "definition"))
    return Burden(table, tuple(definitions), remarks, len(measured), len(open_rows))


def _burden_line(row: Row, remarks: Sequence[str]) -> tuple[str, ...]:
    value, low, high = (number(row, name) for name in ("burden_per_megabase", "burden_low", "burden_high"))
    known = measured_burden(row) is not None
    megabases = number(row, "target_megabases")
    return (
        text(row, "sample_id"),
        f"{value:.1f}" if known and value is not None else "not assessable",
        "" if low is None or high is None else f"{low:.1f}\N{EN DASH}{high:.1f}",
        count(row, "counted"),
        count(row, "missense"),
        count(row, "nonsynonymous"),
        count(row, "synonymous"),
        target_words(text(row, "target")),
        "" if megabases is None else f"{megabases:.3g}",
        f"{remarks.index(text(row, 'reason')) + 1}" if text(row, "reason") else "",
    )


@dataclass(frozen=True)
class Recurrence:
    """The recurrence test: the genes by q value, or why there is none."""

    sentence: str
    table: PlainTable
    left_out: str


def recurrence(cohort: Cohort) -> Recurrence:
    """Return the genes tested, lowest q value first, and what a cohort of this size could find at all."""
    tested = [row for row in cohort.recurrence if text(row, "state") == "tested"]
    tested.sort(key=lambda row: (_known(row, "q_value"), _known(row, "p_value"), text(row, "gene_symbol")))
    found = [row for row in tested if _known(row, "q_value") <= MAX_Q]
    shown = tested[: max(len(found), LEAST_SHOWN)]
    table = PlainTable(
        ("Gene", "Patients mutated", "Expected by chance", "p", "q", "Detectable from, % of patients", "Remark"),
        tuple(_recurrence_line(row) for row in shown),
    )
    open_genes = len(cohort.recurrence) - len(tested)
    left_out = [
        f"{len(tested) - len(shown)} more tested" if len(tested) > len(shown) else "",
        f"{plural(open_genes, 'gene')} not assessable" if tested and open_genes else "",
    ]
    return Recurrence(_recurrence_sentence(cohort, tested, found), table, listed(filter(None, left_out)))


def _known(row: Row, name: str) -> float:
    value = number(row, name)
    return 1.0 if value is None else value


def _recurrence_line(row: Row) -> tuple[str, ...]:
    expected, detectable = number(row, "patients_expected"), number(row, "detectable_percent")
    return (
        text(row, "gene_symbol"),
        f"{integer(row, 'patients_mutated') or 0} of {count(row, 'patients')}",
        "" if expected is None else f"{expected:.2g}",
        f"{_known(row, 'p_value'):.2g}",
        f"{_known(row, 'q_value'):.2g}",
        "not at any rate" if detectable is None else f"{detectable:.0f}",
        text(row, "reason"),
    )


def _recurrence_sentence(cohort: Cohort, tested: list[Row], found: list[Row]) -> str:
    """Return what was found, or in one sentence why the test was refused."""
    if not cohort.recurrence:
        return "Recurrence was not tested: no coding variants were analysed."
    if not tested:
        reasons = dict.fromkeys(text(row, "reason") for row in cohort.recurrence if text(row, "reason"))
        return f"Recurrence was not tested: {'. '.join(list(reasons)[:2]) or 'no reason recorded'}."
    known = [value for row in tested if (value := number(row, "detectable_percent")) is not None]
    least, most = (f"{extreme(known):.0f}" if known else "" for extreme in (min, max))
    rates = least if least == most else f"{least} to {most}"
    power = (
        f" At 80 % power this cohort finds a gene mutated in {rates} % of patients, depending on the gene; rarer ones "
        "pass unseen."
        if known
        else ""
    )
    names = listed(text(row, "gene_symbol") for row in found[:12])
    more = f" and {len(found) - 12} more" if len(found) > 12 else ""
    what = (
        f"mutated in more patients than the background explains, at a q value of at most {MAX_Q:g}: {names}{more}"
        if found
        else f"none mutated in more patients than the background explains at a q value of at most {MAX_Q:g}"
    )
    return f"{plural(len(tested), 'gene')} tested, {what}.{power} A gene that is found is a candidate."
