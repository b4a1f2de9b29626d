"""Candidate vulnerabilities of the cohort and of each sample, as rows of text."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sclcohort.report.anchors import patient_anchor
from sclcohort.report.cohort import Cohort, Row, integer, keyed, number, plural, signed, text
from sclcohort.report.context_cohort import PlainTable
from sclcohort.report.palette import STRATEGY_WORDS

# Candidates named per sample; more are counted, and stand in regulators/vulnerabilities.tsv.
MOST_NAMED = 4
CONDITION_WORDS = {
    "activity_high": "activity high",
    "expressed": "expressed",
    "not_expressed": "not expressed",
    "amplified": "amplified",
    "mutated": "mutated",
    "biallelic_loss": "lost on both copies",
    "intact_supported": "intact, supported",
    "ne_high": "neuroendocrine-high",
    "ne_low": "neuroendocrine-low",
    "unselected": "no state asked for",
}
COMPARISON_WORDS = {"compared": "", "carriers_only": "carriers only", "unselected": "patients not selected"}


@dataclass(frozen=True)
class CohortLine:
    """One candidate of the cohort."""

    rank: int
    intervention: str
    strategy: str
    target: str
    marker: str
    level: str
    comparison: str
    candidates: str
    genomic: str
    aggression: str
    evidence: str
    citation: str
    note: str


@dataclass(frozen=True)
class SampleLine:
    """The candidates of one sample.

    Parameters
    ----------
    sample, anchor : str
        Name, and where the patient's section is.
    candidates : tuple of (str, str)
        Each with its rank, and what is to be known of it.
    more : int
        Candidates that are not named.
    not_supported, not_assessable : int
        The others.
    """

    sample: str
    anchor: str
    candidates: tuple[tuple[str, str], ...]
    more: int
    not_supported: int
    not_assessable: int


@dataclass(frozen=True)
class Vulnerabilities:
    """The section of the page; `cohort` is empty where the step did not run or found no candidate."""

    cohort: tuple[CohortLine, ...]
    samples: tuple[SampleLine, ...]
    others: PlainTable


def vulnerabilities(cohort: Cohort) -> Vulnerabilities:
    """Return the candidates, and the vulnerabilities that are none."""
    facts = {name: row for (name,), row in keyed(cohort.vulnerabilities, "vulnerability_id").items()}
    ranked = sorted(
        (row for row in cohort.cohort_vulnerabilities if text(row, "state") == "candidate"),
        key=lambda row: (integer(row, "rank") or 0, text(row, "vulnerability_id")),
    )
    return Vulnerabilities(
        tuple(_cohort_line(row, facts.get(text(row, "vulnerability_id"), {})) for row in ranked),
        tuple(_sample_lines(cohort, facts)),
        _others(cohort, facts),
    )


def marker(row: Row, fact: Row) -> str:
    """Return the state that is asked for, in words."""
    condition, asked = text(row, "condition"), text(fact, "state_asked")
    if condition == "subtype":
        return asked or "subtype"
    if condition in ("ne_high", "ne_low", "unselected"):
        return CONDITION_WORDS[condition]
    return f"{text(row, 'gene_symbol')} {CONDITION_WORDS[condition]}"


def _cohort_line(row: Row, fact: Row) -> CohortLine:
    unread = " (unverified lead)" if text(row, "certainty") == "unverified" else ""
    return CohortLine(
        integer(row, "rank") or 0,
        text(row, "intervention"),
        STRATEGY_WORDS[text(row, "strategy")],
        text(row, "target").replace(",", ", "),
        marker(row, fact),
        text(row, "level"),
        COMPARISON_WORDS[text(row, "comparison")],
        f"{integer(row, 'patients_candidate') or 0} of {integer(row, 'patients_assessed') or 0}",
        str(integer(row, "patients_genomic") or "") or "\N{EN DASH}",
        _aggression(row),
        text(fact, "evidence"),
        f"{text(row, 'citation')}{unread}",
        text(fact, "note"),
    )


def _aggression(row: Row) -> str:
    rho, p_adjusted = number(row, "rho"), number(row, "rho_p_adjusted")
    if rho is None:
        return ""
    tested = "not tested: part of it" if p_adjusted is None else f"adjusted p {p_adjusted:.2g}"
    return f"{signed(rho)} ({text(row, 'association_measure')}; {tested})"


def _sample_lines(cohort: Cohort, facts: dict[str, Row]) -> Iterable[SampleLine]:
    for sample in cohort.samples:
        rows = cohort.vulnerabilities_of.get((sample,), [])
        if not rows:
            continue
        candidates = sorted(
            (row for row in rows if text(row, "state") == "candidate"),
            key=lambda row: (integer(row, "rank") or 0, text(row, "vulnerability_id")),
        )
        states = [text(row, "state") for row in rows]
        yield SampleLine(
            sample,
            patient_anchor(cohort.patient_of(sample)),
            tuple(_named(row, facts) for row in candidates[:MOST_NAMED]),
            max(0, len(candidates) - MOST_NAMED),
            states.count("not_supported"),
            states.count("not_assessable"),
        )


def _named(row: Row, facts: dict[str, Row]) -> tuple[str, str]:
    known = [marker(row, facts.get(text(row, "vulnerability_id"), {})), f"level {text(row, 'level')}"]
    known += filter(None, [COMPARISON_WORDS[text(row, "comparison")]])
    known += ["borne out by the genome"] if text(row, "genomic_support") == "supported" else []
    known += ["unverified lead"] if text(row, "certainty") == "unverified" else []
    return f"{integer(row, 'rank')}. {text(row, 'intervention')}", ", ".join(known)


def _others(cohort: Cohort, facts: dict[str, Row]) -> PlainTable:
    lines = []
    for row in cohort.cohort_vulnerabilities:
        fact = facts.get(text(row, "vulnerability_id"), {})
        if text(row, "state") == "candidate":
            continue
        if text(fact, "direction") == "not_predictive":
            why = "encoded negative"
        elif text(row, "state") == "not_assessable":
            why = "nobody could be judged"
        else:
            why = f"in none of {plural(integer(row, 'patients_assessed') or 0, 'patient')} judged"
        lines.append(
            (
                text(row, "intervention"),
                marker(row, fact),
                why,
                text(row, "level"),
                text(fact, "evidence"),
                text(row, "citation"),
            )
        )
    return PlainTable(("What", "In tumours with", "Why no candidate", "Level", "Published", "Citation"), tuple(lines))
