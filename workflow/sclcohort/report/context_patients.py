"""One section per patient: samples, growth, timeline, drivers, subtype, candidates, resistance, what is missing."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from sclcohort.contracts import GENOTYPE_FLAGS, LAYERS
from sclcohort.report.anchors import patient_anchor, rule_anchor
from sclcohort.report.cohort import DATA_LAYERS, Cohort, Row, day_words, event_name, integer, number, plural, text
from sclcohort.report.context_cohort import (
    STATUS_WORDS,
    GeneStateLine,
    SubtypeLine,
    common_reason,
    gene_state_lines,
    subtype_lines,
    threshold_words,
    words,
)
from sclcohort.report.context_events import EventLine, event_lines
from sclcohort.report.context_genotypes import FlagLine, Rb1Line, open_flags, raised_lines, rb1_lines
from sclcohort.report.context_growth import GrowthLine, RatedLine, growth_lines, rated_lines
from sclcohort.report.context_samples import PurityLine, purity_lines
from sclcohort.report.context_vulnerabilities import CandidateLine, candidate_counts, candidate_lines
from sclcohort.report.figure_timelines import CHANGE_WORDS
from sclcohort.report.palette import FLAG_WORDS, LAYER_WORDS, STRATEGY_WORDS

DECIMAL = re.compile(r"-?[0-9]+\.[0-9]+")
LAYER_STATE_WORDS = {
    "analysed": "analysed",
    "tumour_only": "analysed, tumour-only",
    "given": "given",
    "refused": "refused",
    "not_provided": "not provided",
}
CHANGE_ORDER = (
    "no_longer_detected",
    "newly_detected",
    "differs_between_sites",
    "kept",
    "not_assessable",
    "single_sample",
)


@dataclass(frozen=True)
class Layer:
    """What became of one layer of one sample."""

    words: str
    state: str
    state_words: str
    reason: str


@dataclass(frozen=True)
class SampleLine:
    """One sample of a patient."""

    sample: str
    when: str
    site: str
    specimen: str
    histology: str
    purity: PurityLine
    fate: str
    layers: tuple[Layer, ...]


@dataclass(frozen=True)
class StatusCell:
    """Whether one event is seen in one sample."""

    status: str
    words: str
    vaf: str
    reason: str


@dataclass(frozen=True)
class TimelineLine:
    """One event of a patient across the patient's samples."""

    gene: str
    event: str
    cells: tuple[StatusCell, ...]
    change: str
    changed: bool
    reason: str


@dataclass(frozen=True)
class Marker:
    """One rule as tested in one sample."""

    anchor: str
    words: str
    value: str
    threshold: str
    level: str
    direction: str


@dataclass(frozen=True)
class MarkerGroup:
    """Rules of one therapy with the same answer and, where there is one, the same reason for it."""

    status: str
    words: str
    reason: str
    markers: tuple[Marker, ...]


@dataclass(frozen=True)
class TherapyLine:
    """One therapy of one sample."""

    strategy: str
    therapy: str
    class_name: str
    level: str
    tested: str
    reason: str
    groups: tuple[MarkerGroup, ...]


@dataclass(frozen=True)
class SampleEvidence:
    """The therapies of one sample."""

    sample: str
    therapies: tuple[TherapyLine, ...]


@dataclass(frozen=True)
class PatientSection:
    """Everything the page says of one patient."""

    patient: str
    anchor: str
    summary: str
    fates: tuple[str, ...]
    clinical: str
    samples: tuple[SampleLine, ...]
    growth: tuple[GrowthLine, ...]
    rated: tuple[RatedLine, ...]
    timeline: tuple[TimelineLine, ...]
    states: tuple[GeneStateLine, ...]
    events: tuple[EventLine, ...]
    rb1: tuple[Rb1Line, ...]
    flags: tuple[FlagLine, ...]
    open_flags: tuple[str, ...]
    subtypes: tuple[SubtypeLine, ...]
    candidates: tuple[CandidateLine, ...]
    no_candidates: tuple[str, ...]
    evidence: tuple[SampleEvidence, ...]
    missing: tuple[str, ...]


def patient_section(cohort: Cohort, patient: str) -> PatientSection:
    """Return the section of one patient."""
    members = cohort.patients[patient]
    return PatientSection(
        patient,
        patient_anchor(patient),
        _summary(cohort, members),
        tuple(sorted({cohort.fates[sample] for sample in members} - {"analysed"})),
        _clinical(cohort, patient),
        tuple(_sample_line(cohort, sample) for sample in members),
        tuple(growth_lines(cohort, patient)),
        tuple(rated_lines(cohort, members)),
        tuple(_timeline(cohort, patient)) if len(members) > 1 else (),
        tuple(gene_state_lines(cohort, members)),
        tuple(event_lines(cohort, members)),
        tuple(rb1_lines(cohort, members)),
        tuple(raised_lines(cohort, members)),
        tuple(open_flags(cohort, members)),
        tuple(subtype_lines(cohort, members)),
        tuple(candidate_lines(cohort, members)),
        tuple(candidate_counts(cohort, members)),
        tuple(SampleEvidence(sample, tuple(_therapies(cohort, sample))) for sample in members),
        tuple(_missing(cohort, members)),
    )


def _summary(cohort: Cohort, members: Sequence[str]) -> str:
    calls = list(dict.fromkeys(_call(cohort, sample) for sample in members))
    parts = [plural(len(members), "sample"), ", then ".join(calls) if len(calls) < 4 else "several subtypes"]
    for gene in cohort.zygosity_genes[:2]:
        states = dict.fromkeys(words(cohort.state_of(sample, gene)) for sample in members)
        parts.append(f"{gene} {' / '.join(states)}")
    flagged = [
        FLAG_WORDS[flag]
        for flag in GENOTYPE_FLAGS
        if any(cohort.flag_state_of(sample, flag) == "raised" for sample in members)
    ]
    if flagged:
        parts.append(f"to check: {', '.join(flagged)}")
    resisted = [
        therapy
        for therapies in cohort.therapies.values()
        for therapy in therapies
        if any(cohort.class_of(sample, therapy) == "resistance_evidence" for sample in members)
    ]
    if resisted:
        parts.append(f"resistance evidence: {', '.join(resisted)}")
    return "; ".join(parts)


def _call(cohort: Cohort, sample: str) -> str:
    call = cohort.subtype_of(sample)
    components = text(cohort.subtype_row.get((sample,), {}), "components")
    return "subtype not assessable" if call == "not_assessable" else f"{call} {components}".strip()


def _clinical(cohort: Cohort, patient: str) -> str:
    """Return the clinical course in words; empty without a clinical row."""
    row = cohort.clinical_row.get(patient, {})
    start, end = text(row, "platinum_start_day"), text(row, "platinum_end_day")
    facts = [
        f"platinum day {start or '?'} to {end or '?'}" if start or end else "",
        f"best response {text(row, 'best_response')}" if text(row, "best_response") else "",
        f"progression day {text(row, 'progression_day')}" if text(row, "progression_day") else "",
        f"chemotherapy-free interval {text(row, 'ctfi_days')} days" if text(row, "ctfi_days") else "",
        f"sex {text(row, 'sex')}" if text(row, "sex") else "",
        f"cautions: {text(row, 'cautions')}" if text(row, "cautions") else "",
    ]
    return "; ".join(filter(None, facts))


def when(row: Row) -> str:
    """Return time point and day of a sample."""
    day = integer(row, "day")
    parts = [text(row, "timepoint"), "" if day is None else day_words(day)]
    return ", ".join(filter(None, parts))


def _sample_line(cohort: Cohort, sample: str) -> SampleLine:
    row = cohort.sample_row[sample]
    layers = []
    for layer in LAYERS:
        outcome = cohort.outcomes[sample, layer]
        layers.append(Layer(LAYER_WORDS[layer], outcome.state, LAYER_STATE_WORDS[outcome.state], outcome.reason))
    return SampleLine(
        sample,
        when(row),
        text(row, "site"),
        words(text(row, "specimen")),
        text(row, "histology"),
        purity_lines(cohort, (sample,))[0],
        words(cohort.fates[sample]),
        tuple(layers),
    )


def _timeline(cohort: Cohort, patient: str) -> list[TimelineLine]:
    def place(row: Row) -> tuple[bool, int, int, str, str]:
        is_event = text(row, "event_type") != "subtype"
        at, gene = cohort.gene_place(text(row, "gene_symbol"))
        return is_event, CHANGE_ORDER.index(text(row, "change")), at, gene, text(row, "event")

    lines = []
    for row in sorted(cohort.changes_of.get((patient,), []), key=place):
        change = text(row, "change")
        is_subtype = text(row, "event_type") == "subtype"
        cells = [
            _call_cell(cohort, sample) if is_subtype else _status_cell(cohort, patient, row, sample)
            for sample in cohort.patients[patient]
        ]
        lines.append(
            TimelineLine(
                "subtype" if is_subtype else text(row, "gene_symbol"),
                "" if is_subtype else event_name(row),
                tuple(cells),
                CHANGE_WORDS[change],
                change in CHANGE_ORDER[:3],
                text(row, "reason"),
            )
        )
    return lines


def _call_cell(cohort: Cohort, sample: str) -> StatusCell:
    call = cohort.subtype_of(sample)
    row = cohort.subtype_row.get((sample,), {})
    if call == "not_assessable":
        return StatusCell("not_assessable", "not assessable", "", text(row, "reason"))
    return StatusCell("call", f"{call} {text(row, 'components')}".strip(), "", "")


def _status_cell(cohort: Cohort, patient: str, change: Row, sample: str) -> StatusCell:
    row = cohort.status_of.get((patient, text(change, "gene_symbol"), text(change, "event"), sample), {})
    status = text(row, "status") or "not_assessable"
    vaf = number(row, "vaf")
    return StatusCell(status, words(status), "" if vaf is None else f"{vaf:.2f}", text(row, "reason"))


def _therapies(cohort: Cohort, sample: str) -> list[TherapyLine]:
    lines = []
    for strategy, members in cohort.therapies.items():
        for therapy in members:
            row = cohort.class_row.get((sample, therapy), {})
            tested, total = integer(row, "rules_assessable"), integer(row, "rules_total")
            lines.append(
                TherapyLine(
                    STRATEGY_WORDS[strategy],
                    therapy,
                    cohort.class_of(sample, therapy),
                    text(row, "highest_level"),
                    "" if tested is None else f"{tested} of {total}",
                    text(row, "reason") or ("" if row else "no class is recorded"),
                    tuple(_groups(cohort.evidence_of.get((sample, therapy), []))),
                )
            )
    return lines


def _groups(evidence: Sequence[Row]) -> list[MarkerGroup]:
    """Return the rules by status, those not assessable by reason too: the same reason is said once."""
    order = list(STATUS_WORDS)
    grouped: dict[tuple[str, str], list[Marker]] = {}
    for row in sorted(
        evidence, key=lambda row: (order.index(text(row, "status")), text(row, "level"), text(row, "rule_id"))
    ):
        status = text(row, "status")
        reason = common_reason(text(row, "reason")) if status == "not_assessable" else ""
        marker = Marker(
            rule_anchor(text(row, "rule_id")),
            text(row, "marker"),
            shown_value(text(row, "value")),
            threshold_words(text(row, "threshold")) if is_number(text(row, "threshold")) else "",
            text(row, "level"),
            text(row, "direction"),
        )
        grouped.setdefault((status, reason), []).append(marker)
    return [
        MarkerGroup(status, STATUS_WORDS[status], reason, tuple(markers))
        for (status, reason), markers in grouped.items()
    ]


def shown_value(value: str) -> str:
    """Return what a rule measured: a number with the digits a reader needs, a state as it is."""
    return f"{float(value):.4g}".replace("-", "\N{MINUS SIGN}") if DECIMAL.fullmatch(value) else value


def is_number(threshold: str) -> bool:
    """Tell whether a threshold is a number to compare with, which the marker's own words do not say."""
    return threshold[:1] in ("<", ">")


def _missing(cohort: Cohort, members: Sequence[str]) -> list[str]:
    """Return what could not be judged, and why: the same sentence once for all samples it holds for."""
    found: dict[str, list[str]] = {}
    for sample in members:
        for layer in LAYERS:
            outcome = cohort.outcomes[sample, layer]
            if outcome.state in ("refused", "not_provided"):
                reason = f": {outcome.reason}" if outcome.reason else ""
                said = f"{LAYER_WORDS[layer]} {words(outcome.state)}{reason}"
                found.setdefault(said, []).append(sample)
            elif outcome.state == "tumour_only":
                found.setdefault("No matched normal: germline variants may stand among the events", []).append(sample)
        for gene in cohort.zygosity_genes:
            row = cohort.gene_state.get((sample, gene), {})
            if text(row, "state") in ("not_assessable", "not_covered"):
                said = f"{gene} {words(text(row, 'state'))}: {text(row, 'reason') or 'no reason recorded'}"
                found.setdefault(said, []).append(sample)
        outside = cohort.uncovered_genes(sample)
        if outside:
            found.setdefault(f"Outside the target: {plural(len(outside), 'driver gene')}", []).append(sample)
        row = cohort.subtype_row.get((sample,), {})
        if cohort.subtype_of(sample) == "not_assessable":
            found.setdefault(f"Subtype not assessable: {text(row, 'reason') or 'no reason recorded'}", []).append(
                sample
            )
        if not any(cohort.has(sample, layer) for layer in DATA_LAYERS):
            found.setdefault("No layer of data was analysed", []).append(sample)
    everyone = len(members) == 1
    return [said if everyone else f"{said} ({', '.join(samples)})" for said, samples in found.items()]
