"""Genotypes to check, as rows of text: RB1 in three states, the flags, and the variant files as they were read."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from sclcohort.contracts import GENOTYPE_FLAGS, RB1_STATES
from sclcohort.report.anchors import patient_anchor
from sclcohort.report.cohort import Cohort, Row, integer, listed, text
from sclcohort.report.context_cohort import PlainTable, count, prose, words
from sclcohort.report.palette import FLAG_WORDS, RB1_WORDS

# Samples named in one cell; more are counted, and stand in the table of raised flags.
MOST_NAMED = 8


@dataclass(frozen=True)
class Rb1Line:
    """The state of RB1 in one sample."""

    sample: str
    anchor: str
    state: str
    words: str
    lost: str
    intact: str
    not_assessable: str
    reason: str


def rb1_lines(cohort: Cohort, samples: tuple[str, ...]) -> list[Rb1Line]:
    """Return the state of RB1 in some samples."""
    lines = []
    for sample in samples:
        row = cohort.rb1_row.get((sample,), {})
        state = cohort.rb1_state_of(sample)
        lines.append(
            Rb1Line(
                sample,
                patient_anchor(cohort.patient_of(sample)),
                state,
                RB1_WORDS[state],
                prose(text(row, "support_lost")),
                prose(text(row, "support_intact")),
                text(row, "not_assessable"),
                text(row, "reason") or ("" if row else "no state is recorded"),
            )
        )
    return lines


def rb1_counts(cohort: Cohort) -> list[tuple[str, str, int]]:
    """Return how many samples are in each state of RB1: state, words, number; the numbers add up to all samples."""
    counts = Counter(cohort.rb1_state_of(sample) for sample in cohort.samples)
    return [(state, RB1_WORDS[state], counts[state]) for state in RB1_STATES]


@dataclass(frozen=True)
class FlagCount:
    """One flag over the samples of a cohort; the three counts add up to all samples."""

    flag: str
    words: str
    raised: int
    not_raised: int
    not_assessable: int
    samples: str
    meaning: str
    criterion: str
    citation: str
    certainty: str
    note: str


def flag_counts(cohort: Cohort) -> list[FlagCount]:
    """Return every flag with its counts, in the order of the contract."""
    counted = []
    for flag in GENOTYPE_FLAGS:
        states = {sample: cohort.flag_state_of(sample, flag) for sample in cohort.samples}
        counts = Counter(states.values())
        raised = [sample for sample, state in states.items() if state == "raised"]
        rule = cohort.genotype_rule.get((flag,), {})
        counted.append(
            FlagCount(
                flag,
                FLAG_WORDS[flag],
                counts["raised"],
                counts["not_raised"],
                counts["not_assessable"],
                listed(raised) if len(raised) <= MOST_NAMED else f"{len(raised)}, listed below",
                text(rule, "meaning"),
                text(rule, "criterion"),
                text(rule, "citation"),
                text(rule, "certainty"),
                text(rule, "note"),
            )
        )
    return counted


@dataclass(frozen=True)
class FlagLine:
    """One flag of one sample."""

    sample: str
    anchor: str
    words: str
    evidence: str
    reason: str
    meaning: str


def raised_lines(cohort: Cohort, samples: tuple[str, ...]) -> list[FlagLine]:
    """Return the raised flags of some samples, in the order of the contract."""
    return [
        FlagLine(
            sample,
            patient_anchor(cohort.patient_of(sample)),
            FLAG_WORDS[flag],
            text(row, "evidence"),
            text(row, "reason"),
            text(row, "meaning"),
        )
        for sample in samples
        for flag in GENOTYPE_FLAGS
        if text(row := cohort.flag_row.get((sample, flag), {}), "state") == "raised"
    ]


def open_flags(cohort: Cohort, samples: tuple[str, ...]) -> list[str]:
    """Return one sentence per sample that names the flags it could not be asked."""
    sentences = []
    for sample in samples:
        unasked = [
            FLAG_WORDS[flag] for flag in GENOTYPE_FLAGS if cohort.flag_state_of(sample, flag) == "not_assessable"
        ]
        if unasked:
            sentences.append(f"{sample}: {'; '.join(unasked)}")
    return sentences


def inference_table(cohort: Cohort) -> PlainTable:
    """Return what was inferred about each variant file, in the order of the samples."""
    place = {sample: number for number, sample in enumerate(cohort.samples)}

    def order(row: Row) -> tuple[int, int]:
        return place.get(text(row, "sample_id"), len(place)), integer(row, "file_number") or 0

    def caller(row: Row) -> str:
        told = f"by {words(text(row, 'caller_rule'))}" if text(row, "caller_rule") else ""
        how = ", ".join(filter(None, (text(row, "format").upper(), told)))
        return f"{text(row, 'caller')} {text(row, 'caller_version')}".strip() + f" ({how})"

    def reads(row: Row) -> str:
        fields = (("depth", "depth_field"), ("alternate", "alt_depth_field"), ("VAF", "vaf_field"))
        return "; ".join(f"{what} {text(row, name)}" for what, name in fields if text(row, name))

    def columns(row: Row) -> str:
        normal = text(row, "normal_column")
        named = f"tumour {text(row, 'tumour_column')}, {f'normal {normal}' if normal else 'no normal'}"
        return f"{named} (by {words(text(row, 'column_rule'))})" if text(row, "column_rule") else named

    return PlainTable(
        ("Sample", "File", "Caller", "Build", "Columns", "Reads from", "Annotation", "Records", "Remark"),
        tuple(
            (
                text(row, "sample_id"),
                text(row, "file"),
                caller(row),
                text(row, "build") or "not said",
                columns(row),
                reads(row),
                text(row, "annotation").replace(",", ", "),
                count(row, "records"),
                text(row, "notes"),
            )
            for row in sorted(cohort.variant_inference, key=order)
        ),
    )
