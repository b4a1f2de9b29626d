"""Candidate vulnerabilities of the cohort and of each sample, as rows of text."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sclcohort.report.anchors import patient_anchor
from sclcohort.report.cohort import Cohort, Row, grouped, integer, keyed, number, plural, signed, text
from sclcohort.report.context_cohort import PlainTable, common_reason, prose
from sclcohort.report.palette import STRATEGY_WORDS

# Candidates named per sample in the table of the cohort; more are counted, and stand in the patient's section.
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
# The state of RB1 with what it rests on; the column of the state that is asked for names it already.
RB1_ANSWER = re.compile(r"[A-Z_]+ \((.+)\)")
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


@dataclass(frozen=True)
class CandidateLine:
    """One candidate of one sample, with what was found there."""

    sample: str
    rank: int
    intervention: str
    marker: str
    found: str
    level: str
    remarks: tuple[str, ...]


def vulnerabilities(cohort: Cohort) -> Vulnerabilities:
    """Return the candidates, and the vulnerabilities that are none."""
    facts = _facts(cohort)
    ranked = sorted(
        (row for row in cohort.cohort_vulnerabilities if text(row, "state") == "candidate"),
        key=lambda row: (integer(row, "rank") or 0, text(row, "vulnerability_id")),
    )
    return Vulnerabilities(
        tuple(_cohort_line(row, facts.get(text(row, "vulnerability_id"), {})) for row in ranked),
        tuple(_sample_lines(cohort, facts)),
        _others(cohort, facts),
    )


def candidate_lines(cohort: Cohort, samples: Sequence[str]) -> Iterable[CandidateLine]:
    """Yield every candidate of some samples, in the order of their ranks."""
    facts = _facts(cohort)
    for sample in samples:
        for row in _candidates(cohort, sample):
            fact = facts.get(text(row, "vulnerability_id"), {})
            yield CandidateLine(
                sample,
                integer(row, "rank") or 0,
                text(row, "intervention"),
                marker(row, fact),
                _found(row),
                text(row, "level"),
                tuple(_remarks(row)),
            )


def candidate_counts(cohort: Cohort, samples: Sequence[str]) -> Iterable[str]:
    """Yield of every sample that was asked how many vulnerabilities are no candidate."""
    for sample in samples:
        states = Counter(text(row, "state") for row in cohort.vulnerabilities_of.get((sample,), []))
        if states:
            yield (
                f"{sample}: {states['not_supported']} of {states.total()} not supported, "
                f"{states['not_assessable']} not assessable"
            )


def _facts(cohort: Cohort) -> dict[str, Row]:
    return {name: row for (name,), row in keyed(cohort.vulnerabilities, "vulnerability_id").items()}


def _candidates(cohort: Cohort, sample: str) -> list[Row]:
    rows = cohort.vulnerabilities_of.get((sample,), [])
    return sorted(
        (row for row in rows if text(row, "state") == "candidate"),
        key=lambda row: (integer(row, "rank") or 0, text(row, "vulnerability_id")),
    )


def _found(row: Row) -> str:
    """Return what was found of the state; scores and levels with what they measure."""
    value, condition = text(row, "value"), text(row, "condition")
    if condition in ("expressed", "not_expressed") and value:
        return f"log2 {float(value):.2f}"
    if condition in ("ne_high", "ne_low") and value:
        return f"score {signed(float(value))}"
    told = RB1_ANSWER.fullmatch(value)
    return prose(told[1] if told else value)


def _remarks(row: Row) -> Iterable[str]:
    yield from filter(None, [COMPARISON_WORDS[text(row, "comparison")]])
    if text(row, "genomic_support") == "supported":
        yield "seen in the genome"
    if text(row, "certainty") == "unverified":
        yield "unverified lead"


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
        candidates = _candidates(cohort, sample)
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
    known = [marker(row, facts.get(text(row, "vulnerability_id"), {})), f"level {text(row, 'level')}", *_remarks(row)]
    return f"{integer(row, 'rank')}. {text(row, 'intervention')}", ", ".join(known)


def _others(cohort: Cohort, facts: dict[str, Row]) -> PlainTable:
    rows_of = grouped(cohort.sample_vulnerabilities, "vulnerability_id")
    without_cut_off = {text(rule, "rule_id") for rule in cohort.resistance_rules if not text(rule, "threshold")}
    lines = []
    for row in cohort.cohort_vulnerabilities:
        fact = facts.get(text(row, "vulnerability_id"), {})
        if text(row, "state") == "candidate":
            continue
        asked = rows_of.get((text(row, "vulnerability_id"),), [])
        why = _why_none(row, fact, asked, has_cut_off=text(fact, "rule_id") not in without_cut_off)
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


def _why_none(row: Row, fact: Row, rows: Sequence[Row], *, has_cut_off: bool) -> str:
    """Return why a vulnerability is no candidate in the cohort."""
    if text(fact, "direction") == "not_predictive":
        return "encoded negative"
    assessed, all_of_them = integer(row, "patients_assessed") or 0, integer(row, "patients") or 0
    open_ones = [one for one in rows if text(one, "state") == "not_assessable"]
    if not has_cut_off and any(text(one, "value") for one in open_ones):
        reason = "no cut-off is published"
    else:
        reasons = Counter(common_reason(text(one, "reason")) for one in open_ones)
        reason = next((reason for reason, _ in reasons.most_common(1)), "")
    if not assessed:
        return f"could be judged in none: {reason}" if reason else "could be judged in none"
    others = f"; not judged in {all_of_them - assessed}: {reason}" if reason and all_of_them > assessed else ""
    return f"in none of {plural(assessed, 'patient')} judged{others}"
