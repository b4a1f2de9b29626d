"""Say on the terminal where the results of a cohort are, and what was found in three lines."""

from __future__ import annotations

import os
from pathlib import Path

from sclcohort import contracts
from sclcohort.errors import StepError
from sclcohort.report.cohort import Cohort, Row, listed, plural, text
from sclcohort.report.findings import strategy_counts, subtype_counts, zygosity
from sclcohort.tables import Table, read_rows

SHOWN = (
    ("Report", "report/index.html"),
    ("Drivers", contracts.EVENTS.name),
    ("", contracts.GENE_STATES.name),
    ("Genotypes", contracts.RB1_STATUS.name),
    ("", contracts.GENOTYPES.name),
    ("Regulators", contracts.SUBTYPE_CALLS.name),
    ("", contracts.SCORES.name),
    ("", contracts.COHORT_VULNERABILITIES.name),
    ("Resistance", contracts.RESISTANCE_CLASSES.name),
    ("", contracts.EVIDENCE.name),
    ("Patients", contracts.PATIENT_CHANGES.name),
    ("", contracts.DOUBLING_TIMES.name),
    ("Provenance", "provenance/manifest.json"),
)


def run(*, results: Path) -> None:
    """Print where the report and the main tables of `results` are, and what was found."""
    print(summary(results))


def summary(results: Path) -> str:
    """Return the summary of a results folder: the places, then three lines of what was found.

    Raises
    ------
    StepError
        A table that the summary reads is not there.
    """
    folder = Path(os.path.relpath(results))
    places = [f"{name:<12}{folder / place}" for name, place in SHOWN if (results / place).is_file()]
    cohort = _read(results)
    found = [
        f"drivers     {drivers_line(cohort)}",
        f"subtypes    {subtypes_line(cohort)}",
        f"resistance  {resistance_line(cohort)}",
    ]
    return "\n".join(
        [*places, "", *found, "", "Research use only: nothing here is advice for the treatment of a person."]
    )


def _read(results: Path) -> Cohort:
    """Return the cohort with the tables that the three lines read; the others are left empty."""
    none: tuple[Row, ...] = ()
    return Cohort(
        name=results.name,
        config={},
        sample_rows=_rows(results, contracts.SAMPLES),
        events=_rows(results, contracts.EVENTS),
        gene_states=_rows(results, contracts.GENE_STATES),
        subtypes=_rows(results, contracts.SUBTYPE_CALLS),
        classes=_rows(results, contracts.RESISTANCE_CLASSES),
        clinical=none,
        availability=none,
        coverage=none,
        variant_status=none,
        structural_variant_status=none,
        copy_number_status=none,
        expression_status=none,
        set_aside=none,
        gene_mapping=none,
        scores=none,
        evidence=none,
        changes=none,
        patient_status=none,
        driver_genes=none,
        resistance_rules=none,
        rb1_status=none,
        flags=none,
        genotype_rules=none,
    )


def _rows(results: Path, table: Table) -> tuple[Row, ...]:
    path = results / table.name
    if not path.is_file():
        raise StepError(f"{path}: is not there; run the workflow on this cohort first")
    return tuple(read_rows(path, table))


def drivers_line(cohort: Cohort) -> str:
    """Return the drivers in one line: both copies of TP53 and RB1, and the events."""
    parts = []
    for gene in ("TP53", "RB1"):
        counts = zygosity(cohort, gene)
        kept = counts.one_hit + counts.none
        open_ones = counts.one_hit_open + counts.not_assessable + counts.not_covered
        parts.append(f"{gene} both copies lost {counts.biallelic}, not lost {kept}, not judged {open_ones}")
    likely = [row for row in cohort.events if text(row, "oncogenic_call") == "likely_oncogenic"]
    found = len({text(row, "sample_id") for row in likely})
    parts.append(f"{plural(len(likely), 'likely oncogenic event')} in {found} of {cohort.counted(len(cohort.samples))}")
    return "; ".join(parts)


def subtypes_line(cohort: Cohort) -> str:
    """Return the subtypes in one line."""
    counts = subtype_counts(cohort)
    open_ones = counts.pop("not_assessable", 0)
    left = f"; not assessable {open_ones}" if open_ones else ""
    return (", ".join(f"{subtype} {count}" for subtype, count in counts.items()) or "none called") + left


def resistance_line(cohort: Cohort) -> str:
    """Return the resistance evidence of each strategy in one line."""
    parts = [
        f"{count.words.lower()} {count.resistance} of {count.assessable}" if count.assessable
        else f"{count.words.lower()} not assessable"
        for count in strategy_counts(cohort)
    ]  # fmt: skip
    return (
        f"evidence of resistance to {listed(parts)} ({cohort.noun}s that could be assessed)"
        if parts
        else "no therapy assessed"
    )
