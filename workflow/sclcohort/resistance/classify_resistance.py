"""Classify each sample for each therapy from published markers, and keep the evidence for it.

Every rule is asked of every sample (``evidence.tsv``); the rules of a therapy then give its class
(``classes.tsv``):

========================  ====================================================================
class                     when
========================  ====================================================================
``resistance_evidence``   a resistance rule is met, no sensitivity rule is
``sensitivity_evidence``  a sensitivity rule is met, no resistance rule is
``conflicting``           at least one of each is met, whatever their levels
``no_evidence``           no rule is met, and at least one could be answered
``not_assessable``        no rule could be answered
========================  ====================================================================

A rule is answered when it is met or not met. Encoded negatives never count, neither towards a class nor among
the rules. Levels are not weighed against each other: a class names the highest level among its deciding rules,
and its reason says what is not established. A class is what publications say of markers, not advice.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from sclcohort.contracts import (
    CLASSES,
    CLINICAL,
    COPY_NUMBER_STATUS,
    EVENTS,
    EVIDENCE,
    EXPRESSION,
    GENE_COPY_NUMBER,
    GENE_STATES,
    MUTATION_BURDEN,
    RB1_STATUS,
    RESISTANCE_CLASSES,
    SAMPLES,
    SCORES,
    SUBTYPE_CALLS,
    VARIANT_STATUS,
)
from sclcohort.evidence.facts import Facts, gather, text_of
from sclcohort.evidence.judge import Finding, ask, found_in_words
from sclcohort.evidence.rules import Rule, load_rules, with_settings
from sclcohort.tables import Cell, read_chunks, read_rows, write_rows

LOGGER = logging.getLogger(__name__)
ESTABLISHED = {
    "A": "The best evidence is prospective and clinical.",
    "B": "Not established: the best evidence is retrospective or exploratory.",
    "C": "Not established: the best evidence is from animal models.",
    "D": "Not established: the only evidence is from cell lines.",
}


def evidence_row(sample_id: str, finding: Finding) -> dict[str, Cell]:
    """Return one row of evidence.tsv."""
    rule = finding.rule
    return {
        "sample_id": sample_id,
        "therapy": rule.therapy,
        "rule_id": rule.rule_id,
        "strategy": rule.strategy,
        "marker": rule.marker,
        "direction": rule.direction,
        "level": rule.level,
        "status": finding.status,
        "value": finding.value,
        "threshold": rule.condition,
        "threshold_source": rule.threshold_source,
        "reason": finding.reason,
        "citation": rule.citation,
        "certainty": rule.certainty,
    }


def class_row(sample_id: str, findings: Sequence[Finding]) -> dict[str, Cell]:
    """Return the class of one sample for one therapy.

    Parameters
    ----------
    sample_id : str
        The sample.
    findings : sequence of Finding
        Its answers to all rules of the therapy, at least one.

    Returns
    -------
    dict
        A row of classes.tsv.
    """
    counted = [finding for finding in findings if not finding.rule.is_negative]
    met = [finding for finding in counted if finding.status == "met"]
    answered = [finding for finding in counted if finding.status in ("met", "not_met")]
    directions = {finding.rule.direction for finding in met}
    if len(directions) == 2:
        verdict = "conflicting"
    elif directions:
        verdict = f"{directions.pop()}_evidence"
    else:
        verdict = "no_evidence" if answered else "not_assessable"
    level = min((finding.rule.level for finding in met), default="")
    return {
        "sample_id": sample_id,
        "therapy": findings[0].rule.therapy,
        "strategy": findings[0].rule.strategy,
        "class": verdict,
        "highest_level": level,
        "deciding_rules": ",".join(sorted(finding.rule.rule_id for finding in met)),
        "rules_assessable": len(answered),
        "rules_total": len(counted),
        "reason": _met_in_words(met, level) if met else _none_in_words(counted, len(answered)),
    }


def _met_in_words(met: Sequence[Finding], level: str) -> str:
    said = []
    for direction in ("resistance", "sensitivity"):
        markers = [
            f"{finding.rule.marker} ({found_in_words(finding)}; level {finding.rule.level}{_doubt(finding.rule)})"
            for finding in sorted(met, key=lambda finding: (finding.rule.level, finding.rule.rule_id))
            if finding.rule.direction == direction
        ]
        if markers:
            said.append(f"Points to {direction}: {', '.join(markers)}.")
    return " ".join((*said, ESTABLISHED[level]))


def _doubt(rule: Rule) -> str:
    return ", unverified lead" if rule.certainty == "unverified" else ""


def _none_in_words(counted: Sequence[Finding], answered: int) -> str:
    gaps = Counter(finding.gap for finding in counted if finding.gap)
    ranked = sorted(gaps.items(), key=lambda item: (-item[1], item[0]))
    missing = ", ".join(f"{gap} ({count})" for gap, count in ranked)
    said = f"Markers answered: {answered} of {len(counted)}{', none met' if answered else ''}."
    return f"{said} Not answered: {missing}." if missing else said


def classify(rules: Sequence[Rule], facts: Facts) -> Iterator[tuple[str, list[Finding], list[dict[str, Cell]]]]:
    """Yield each sample with its findings, in the order of the rules, and its classes, by therapy.

    A sample's findings and classes depend on that sample alone.
    """
    therapies = sorted({rule.therapy for rule in rules})
    for sample in facts.samples:
        sample_id = text_of(sample, "sample_id")
        findings = ask(rules, sample, facts)
        of_therapy: dict[str, list[Finding]] = {therapy: [] for therapy in therapies}
        for finding in findings:
            of_therapy[finding.rule.therapy].append(finding)
        yield sample_id, findings, [class_row(sample_id, of_therapy[therapy]) for therapy in therapies]


def run(
    *,
    samples: Path,
    clinical: Path,
    events: Path,
    gene_states: Path,
    copy_number: tuple[Path, ...],
    variant_status: tuple[Path, ...],
    copy_number_status: tuple[Path, ...],
    expression: Path,
    scores: Path,
    subtypes: Path,
    rb1_status: Path,
    mutation_burden: Path,
    resistance_rules: Path,
    ctfi_cut_days: int,
    thresholds: tuple[str, ...] = (),
    evidence: Path,
    classes: Path,
) -> None:
    """Ask every rule of every sample, and write `evidence` and `classes`.

    Parameters
    ----------
    samples, clinical, events, gene_states, expression, scores, subtypes, rb1_status, mutation_burden : Path
        Tables of the stages above.
    copy_number, variant_status, copy_number_status : tuple of Path
        The same, one file per chunk.
    resistance_rules : Path
        The rule table.
    ctfi_cut_days : int
        Chemotherapy-free interval, in days, that separates long from short.
    thresholds : tuple of str
        The user's thresholds, ``rule_id=number``.
    evidence, classes : Path
        Tables to write.

    Raises
    ------
    TableError
        A table breaks its contract, or a rule its language.
    StepError
        A threshold that fits no rule.
    """
    rules = with_settings(load_rules(resistance_rules), ctfi_cut_days=ctfi_cut_days, thresholds=thresholds)
    facts = gather(
        samples=read_rows(samples, SAMPLES),
        clinical=read_rows(clinical, CLINICAL),
        events=read_rows(events, EVENTS),
        gene_states=read_rows(gene_states, GENE_STATES),
        copy_number=read_chunks(copy_number, GENE_COPY_NUMBER),
        variant_status=read_chunks(variant_status, VARIANT_STATUS),
        copy_number_status=read_chunks(copy_number_status, COPY_NUMBER_STATUS),
        expression=read_rows(expression, EXPRESSION),
        scores=read_rows(scores, SCORES),
        subtypes=read_rows(subtypes, SUBTYPE_CALLS),
        rb1_status=read_rows(rb1_status, RB1_STATUS),
        burden=read_rows(mutation_burden, MUTATION_BURDEN),
    )
    evidence_rows: list[dict[str, Cell]] = []
    class_rows: list[dict[str, Cell]] = []
    for sample_id, findings, verdicts in classify(rules, facts):
        evidence_rows += [evidence_row(sample_id, finding) for finding in findings]
        class_rows += verdicts
    write_rows(evidence, EVIDENCE, evidence_rows)
    write_rows(classes, RESISTANCE_CLASSES, class_rows)
    counts = Counter(str(row["class"]) for row in class_rows)
    LOGGER.info(
        "%d samples, %d rules: %s",
        len(facts.samples),
        len(rules),
        ", ".join(f"{counts[verdict]} {verdict}" for verdict in CLASSES),
    )
