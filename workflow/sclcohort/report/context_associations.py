"""Correlations of regulators with aggression and with the neuroendocrine score, as rows of text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sclcohort.contracts import OUTCOMES
from sclcohort.report.cohort import Cohort, Row, integer, number, plural, signed, text
from sclcohort.report.context_cohort import words

# Regulators shown; a regulon of one's own may hold a thousand.
MOST_REGULATORS = 40
OUTCOME_WORDS = {"aggression": "aggression", "ne_score": "the neuroendocrine score"}
# What is said at each row already, or of single rows alone, is no remark on all of them.
OF_ONE_ROW = "in common with the outcome"


@dataclass(frozen=True)
class Correlation:
    """One regulator and one outcome: empty where it was not computed.

    Parameters
    ----------
    rho : str
        Spearman's rho with its 95 % interval.
    partial : str
        The same with others held fixed, without an interval.
    p_adjusted : str
        Over the regulators tested, or why there is none.
    """

    rho: str = ""
    partial: str = ""
    p_adjusted: str = ""


@dataclass(frozen=True)
class AssociationLine:
    """One regulator, as it was measured, with every outcome in their order."""

    regulator: str
    measure: str
    patients: str
    outcomes: tuple[Correlation, ...]
    held_fixed: str


@dataclass(frozen=True)
class Associations:
    """The section of the page; `sentence` is empty where the step did not run.

    Parameters
    ----------
    sentence : str
        How many were tested and found, or why none was.
    remarks : tuple of str
        What holds for all rows.
    lines : tuple of AssociationLine
        Least p first.
    left_out : int
        Regulators that are not shown.
    """

    sentence: str
    remarks: tuple[str, ...]
    lines: tuple[AssociationLine, ...]
    left_out: int


def associations(cohort: Cohort) -> Associations:
    """Return the correlations of the regulators, those with the least p first."""
    computed = [row for row in cohort.associations if text(row, "state") == "computed"]
    by_regulator: dict[tuple[str, str], dict[str, Row]] = {}
    for row in computed:
        by_regulator.setdefault((text(row, "regulator"), text(row, "measure")), {})[text(row, "outcome")] = row
    keys = sorted(by_regulator, key=lambda key: (_least(by_regulator[key].values()), key))
    lines = tuple(_line(*key, by_regulator[key]) for key in keys[:MOST_REGULATORS])
    return Associations(_sentence(cohort), _remarks(computed), lines, len(keys) - len(lines))


def _sentence(cohort: Cohort) -> str:
    """Return over how many patients regulators were correlated with each outcome, or why they were not."""
    said = []
    for outcome in OUTCOMES:
        rows = [row for row in cohort.associations if text(row, "outcome") == outcome]
        computed = [row for row in rows if text(row, "state") == "computed"]
        if computed:
            tested = [value for row in computed if (value := number(row, "p_adjusted")) is not None]
            found = sum(value <= 0.05 for value in tested)
            most = max(integer(row, "patients") or 0 for row in computed)
            said.append(
                f"With {OUTCOME_WORDS[outcome]}: {plural(most, 'patient')}, {len(tested)} tested, "
                f"{found or 'none'} at an adjusted p of at most 0.05."
            )
        elif rows:
            reasons = dict.fromkeys(text(row, "reason") for row in rows)
            said.append(f"With {OUTCOME_WORDS[outcome]}: not computed ({next(iter(reasons))}).")
    return " ".join(said)


def _remarks(rows: Sequence[Row]) -> tuple[str, ...]:
    reasons = [words(text(row, "reason")).split("; ") for row in rows]
    said = [[part for part in parts if part and OF_ONE_ROW not in part] for parts in reasons]
    return tuple(part for part in said[0] if all(part in parts for parts in said)) if said else ()


def _least(rows: Iterable[Row]) -> float:
    return min((value for row in rows if (value := number(row, "p_adjusted")) is not None), default=2.0)


def _line(regulator: str, measure: str, found: dict[str, Row]) -> AssociationLine:
    return AssociationLine(
        regulator,
        measure,
        " / ".join(dict.fromkeys(str(integer(row, "patients")) for row in found.values())),
        tuple(_correlation(found.get(outcome, {})) for outcome in OUTCOMES),
        ", ".join(dict.fromkeys(filter(None, (text(row, "adjusted_for") for row in found.values())))),
    )


def _correlation(row: Row) -> Correlation:
    rho, low, high = (number(row, name) for name in ("rho", "rho_low", "rho_high"))
    partial, p_adjusted = number(row, "rho_partial"), number(row, "p_adjusted")
    if rho is None:
        return Correlation()
    limits = "" if low is None or high is None else f" ({signed(low)} to {signed(high)})"
    tested = "" if p_adjusted is None else f"{p_adjusted:.2g}"
    return Correlation(
        f"{signed(rho)}{limits}",
        "" if partial is None else signed(partial),
        "part of it" if row.get("part_of_outcome") is True else tested,
    )
