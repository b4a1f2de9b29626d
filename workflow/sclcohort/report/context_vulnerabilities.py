"""Candidate vulnerabilities of the cohort and of each sample, and regulators beside outcomes, as rows of text."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sclcohort.contracts import OUTCOMES
from sclcohort.report.anchors import patient_anchor
from sclcohort.report.cohort import Cohort, Row, integer, keyed, number, plural, text
from sclcohort.report.context_cohort import PlainTable
from sclcohort.report.palette import STRATEGY_WORDS

# Candidates named per sample; more are counted, and stand in regulators/vulnerabilities.tsv.
MOST_NAMED = 4
# Regulators shown; a regulon of one's own may hold a thousand.
MOST_REGULATORS = 40
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
    association_sentence: str
    associations: PlainTable


def vulnerabilities(cohort: Cohort) -> Vulnerabilities:
    """Return the candidates, the vulnerabilities that are none, and the associations of regulators."""
    facts = {name: row for (name,), row in keyed(cohort.vulnerabilities, "vulnerability_id").items()}
    ranked = sorted(
        (row for row in cohort.cohort_vulnerabilities if text(row, "state") == "candidate"),
        key=lambda row: (integer(row, "rank") or 0, text(row, "vulnerability_id")),
    )
    return Vulnerabilities(
        tuple(_cohort_line(row, facts.get(text(row, "vulnerability_id"), {})) for row in ranked),
        tuple(_sample_lines(cohort, facts)),
        _others(cohort, facts),
        _sentence(cohort),
        _associations(cohort),
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
    return f"{_signed(rho)} ({text(row, 'association_measure')}; {tested})"


def _signed(value: float) -> str:
    return f"{value:+.2f}".replace("-", "\N{MINUS SIGN}")


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


# --- regulators beside outcomes ----------------------------------------------------------------

OUTCOME_WORDS = {"aggression": "aggression", "ne_score": "the neuroendocrine score"}


def _sentence(cohort: Cohort) -> str:
    """Return over how many patients regulators were set beside each outcome, or why they were not."""
    said = []
    for outcome in OUTCOMES:
        rows = [row for row in cohort.associations if text(row, "outcome") == outcome]
        computed = [row for row in rows if text(row, "state") == "computed"]
        if computed:
            tested = [value for row in computed if (value := number(row, "p_adjusted")) is not None]
            found = sum(value <= 0.05 for value in tested)
            most = max(integer(row, "patients") or 0 for row in computed)
            said.append(
                f"{OUTCOME_WORDS[outcome]}: {plural(most, 'patient')}, {len(tested)} tested, "
                f"{found or 'none'} at an adjusted p of at most 0.05"
            )
        elif rows:
            reasons = dict.fromkeys(text(row, "reason") for row in rows)
            said.append(f"{OUTCOME_WORDS[outcome]}: not computed ({next(iter(reasons))})")
    return f"Regulators beside {'; '.join(said)}." if said else ""


def _associations(cohort: Cohort) -> PlainTable:
    computed = [row for row in cohort.associations if text(row, "state") == "computed"]
    by_regulator: dict[tuple[str, str], dict[str, Row]] = {}
    for row in computed:
        by_regulator.setdefault((text(row, "regulator"), text(row, "measure")), {})[text(row, "outcome")] = row
    keys = sorted(by_regulator, key=lambda key: (_least(by_regulator[key].values()), key))[:MOST_REGULATORS]
    return PlainTable(
        ("Regulator", "Measured by", "Patients", "Beside aggression", "Beside the neuroendocrine score", "Held fixed"),
        tuple(
            (
                regulator,
                measure,
                " / ".join(dict.fromkeys(str(integer(row, "patients")) for row in found.values())),
                *(_association(found.get(outcome)) for outcome in OUTCOMES),
                ", ".join(dict.fromkeys(filter(None, (text(row, "adjusted_for") for row in found.values())))),
            )
            for regulator, measure in keys
            for found in (by_regulator[regulator, measure],)
        ),
    )


def _least(rows: Iterable[Row]) -> float:
    return min((value for row in rows if (value := number(row, "p_adjusted")) is not None), default=2.0)


def _association(row: Row | None) -> str:
    rho = None if row is None else number(row, "rho")
    if row is None or rho is None:
        return ""
    low, high = number(row, "rho_low"), number(row, "rho_high")
    limits = "" if low is None or high is None else f" ({_signed(low)} to {_signed(high)})"
    partial = number(row, "rho_partial")
    held = "" if partial is None else f"; held fixed {_signed(partial)}"
    if row.get("part_of_outcome") is True:
        return f"{_signed(rho)}{limits}{held}; part of it, not tested"
    p_adjusted = number(row, "p_adjusted")
    return f"{_signed(rho)}{limits}{held}; adjusted p {p_adjusted:.2g}" if p_adjusted is not None else _signed(rho)
