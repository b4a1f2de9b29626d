"""Ask one rule of one sample: compare what was found with what the rule asks.

A measured number within `GUARD` of its threshold is not decided, since its last digits may differ between
processors; days are whole numbers and need no guard.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sclcohort.evidence.measure import Measured, label_of, measure

if TYPE_CHECKING:
    from sclcohort.evidence.facts import Facts, Row
    from sclcohort.evidence.rules import Rule

# Of a log2 value or a score: nearer to a threshold than this, the last digits of a sum would decide.
GUARD = 1e-6
OPERATORS: dict[str, tuple[str, Callable[[float, float], bool]]] = {
    "<": ("below", lambda value, threshold: value < threshold),
    "<=": ("at most", lambda value, threshold: value <= threshold),
    ">": ("above", lambda value, threshold: value > threshold),
    ">=": ("at least", lambda value, threshold: value >= threshold),
}


@dataclass(frozen=True)
class Finding:
    """The answer of one sample to one rule.

    Parameters
    ----------
    rule : Rule
        The rule.
    status : str
        ``met``, ``not_met``, ``not_assessable``, ``no_threshold`` or ``not_predictive``.
    value : str
        What was found.
    gap : str
        Short name of why the rule could not decide; empty where it did.
    reason : str
        The answer in words.
    """

    rule: Rule
    status: str
    value: str
    gap: str
    reason: str


def judge(rule: Rule, measured: Measured) -> Finding:
    """Compare what was found with the rule.

    Returns
    -------
    Finding
        ``not_predictive`` for an encoded negative, whatever was found; ``not_assessable`` for a gap or a measured
        number within `GUARD` of the threshold; ``no_threshold`` for a number that nothing is published for;
        else ``met`` or ``not_met``.
    """
    if rule.is_negative:
        label = "" if rule.feature.answer == "presence" else f"{label_of(rule.feature)} "
        found = f" Found: {label}{measured.shown}." if measured.shown else ""
        reason = f"Published as not predictive, and never counted.{found}"
        return Finding(rule, "not_predictive", measured.shown, "", reason)
    if measured.gap:
        return Finding(rule, "not_assessable", measured.shown, measured.gap, measured.about)
    if rule.feature.answer in ("number", "count"):
        return _judge_number(rule, measured)
    met = bool(measured.value) if rule.feature.answer == "presence" else measured.value in rule.states
    if met:
        reason = f"{label_of(rule.feature)}: {measured.shown}."
    elif rule.feature.answer == "presence":
        reason = measured.about
    else:
        asked = " or ".join(rule.states) if len(rule.states) <= 4 else "one of those asked for"
        reason = f"{label_of(rule.feature)}: {measured.shown}, not {asked}."
    return Finding(rule, "met" if met else "not_met", measured.shown, "", reason)


def _judge_number(rule: Rule, measured: Measured) -> Finding:
    value, said = float(str(measured.value)), f"{label_of(rule.feature)}: {measured.shown}"
    if rule.number is None:
        reason = f"{said}; no cut-off is published, so it decides nothing."
        return Finding(rule, "no_threshold", measured.shown, "no published threshold", reason)
    words, holds = OPERATORS[rule.operator]
    if rule.feature.answer == "number" and abs(value - rule.number) <= GUARD:
        reason = f"{said}, on the threshold of {rule.threshold}: the last digits would decide."
        return Finding(rule, "not_assessable", measured.shown, "on the threshold", reason)
    met = holds(value, rule.number)
    reason = f"{said}, {'' if met else 'not '}{words} {rule.threshold}."
    return Finding(rule, "met" if met else "not_met", measured.shown, "", reason)


def found_in_words(finding: Finding) -> str:
    """Return value and threshold of a met rule for a sentence, e.g. ``0.31, below 1``."""
    rule = finding.rule
    if rule.feature.answer in ("number", "count"):
        return f"{finding.value}, {OPERATORS[rule.operator][0]} {rule.threshold}"
    return finding.value


def ask(rules: Sequence[Rule], sample: Row, facts: Facts) -> list[Finding]:
    """Ask every rule of one sample; the findings come in the order of the rules."""
    return [judge(rule, measure(rule, sample, facts)) for rule in rules]
