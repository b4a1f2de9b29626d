"""The tables of the whole cohort, as rows of text for the page."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from sclcohort.report.anchors import patient_anchor, rule_anchor
from sclcohort.report.cohort import Cohort, Row, integer, number, plural, signed, text
from sclcohort.report.findings import zygosity_kind
from sclcohort.report.palette import GENE_CLASS_WORDS, MECHANISM_WORDS

NOT_IN_MATRIX = "is not in the expression matrix"
MACHINE_NAME = re.compile(r"\b[A-Za-z]+(?:_[A-Za-z]+)+\b")
DIRECTION_WORDS = {
    "resistance": "resistance",
    "sensitivity": "sensitivity",
    "not_predictive": "not predictive (encoded negative)",
}
OPERATOR_SIGNS = {">=": "\N{GREATER-THAN OR EQUAL TO}", "<=": "\N{LESS-THAN OR EQUAL TO}", "in": "one of"}
DATA_WORDS = {"dna": "DNA", "copy_number": "copy number", "rna": "RNA", "clinical": "clinical course"}
# Copies come from the log2 ratio and purity there; the other formats hold copies that the caller fitted.
RATIO_FORMATS = ("seg", "cns", "gatk")
STATUS_WORDS = {
    "met": "met",
    "not_met": "not met",
    "not_assessable": "not assessable",
    "no_threshold": "value shown, no threshold",
    "not_predictive": "not predictive, never counted",
}


@dataclass(frozen=True)
class GeneStateLine:
    """One tumour suppressor of one sample."""

    sample: str
    anchor: str
    gene: str
    kind: str
    state: str
    mechanism: str
    second_hit: str
    confidence: str
    evidence: str
    reason: str


def gene_state_lines(cohort: Cohort, samples: tuple[str, ...]) -> list[GeneStateLine]:
    """Return the states of tumour suppressors: in each sample those always shown, and all others with a hit."""
    lines = []
    for sample in samples:
        for gene in cohort.suppressors_of(sample):
            row = cohort.gene_state.get((sample, gene), {})
            state = cohort.state_of(sample, gene)
            lines.append(
                GeneStateLine(
                    sample,
                    patient_anchor(cohort.patient_of(sample)),
                    gene,
                    zygosity_kind(cohort, sample, gene),
                    words(state),
                    MECHANISM_WORDS.get(text(row, "mechanism"), ""),
                    words(text(row, "second_hit")),
                    text(row, "confidence"),
                    prose(text(row, "evidence")),
                    text(row, "reason") or ("no state is recorded" if not row else ""),
                )
            )
    return lines


@dataclass(frozen=True)
class SetAsideLine:
    """Variants of driver genes that were set aside for one reason."""

    reason: str
    variants: int
    samples: int
    genes: str


def set_aside_lines(cohort: Cohort) -> list[SetAsideLine]:
    """Return the set-aside variants by reason, the commonest first."""
    return set_aside_by_reason(cohort.set_aside)


def set_aside_by_reason(found: Iterable[Row]) -> list[SetAsideLine]:
    """Return rows of SET_ASIDE by reason, the commonest first."""
    by_reason: dict[str, list[Row]] = defaultdict(list)
    for row in found:
        by_reason[text(row, "reason")].append(row)
    lines = []
    for reason, rows in by_reason.items():
        genes = Counter(text(row, "gene_symbol") for row in rows)
        common = sorted(genes.items(), key=lambda item: (-item[1], item[0]))
        shown = ", ".join(f"{gene} {count}" for gene, count in common[:8])
        more = f" and {plural(len(common) - 8, 'more gene')}" if len(common) > 8 else ""
        lines.append(SetAsideLine(reason, len(rows), len({text(row, "sample_id") for row in rows}), shown + more))
    return sorted(lines, key=lambda line: (-line.variants, line.reason))


@dataclass(frozen=True)
class SubtypeLine:
    """The subtype call of one sample, with the scores it rests on."""

    sample: str
    anchor: str
    subtype: str
    components: str
    probability: str
    margin: str
    chances: tuple[str, ...]
    ne_score: str
    inflamed: str
    rule: str
    genes_missing: str
    reason: str


def subtype_lines(cohort: Cohort, samples: tuple[str, ...]) -> list[SubtypeLine]:
    """Return the subtype calls of some samples."""
    lines = []
    for sample in samples:
        row, scores = cohort.subtype_row.get((sample,), {}), cohort.score_row.get((sample,), {})
        reasons = dict.fromkeys(filter(None, (text(row, "reason"), text(scores, "reason"))))
        lines.append(
            SubtypeLine(
                sample,
                patient_anchor(cohort.patient_of(sample)),
                cohort.subtype_of(sample),
                text(row, "components"),
                _chance(row, "probability"),
                _chance(row, "margin"),
                tuple(decimal(row, f"probability_{programme}") for programme in "anpy"),
                decimal(scores, "ne_score", sign=True),
                decimal(scores, "t_cell_inflamed"),
                words(text(row, "rule")),
                text(row, "genes_missing").replace(",", ", "),
                "; ".join(reasons) or ("" if row else "no call is recorded"),
            )
        )
    return lines


def _chance(row: Row, name: str) -> str:
    """Return a probability with two decimals; none is shown as certain that is not."""
    return "> 0.99" if 0.995 <= (number(row, name) or 0.0) < 1.0 else decimal(row, name)


@dataclass(frozen=True)
class RuleLine:
    """One resistance rule, and how often the cohort meets it."""

    rule: str
    anchor: str
    marker: str
    direction: str
    is_negative: bool
    level: str
    data: str
    threshold: str
    threshold_source: str
    measured_in_source: str
    citation: str
    certainty: str
    note: str
    counts: str


@dataclass(frozen=True)
class TherapyRules:
    """The rules of one therapy."""

    therapy: str
    strategy: str
    rules: tuple[RuleLine, ...]


def therapy_rules(cohort: Cohort) -> list[TherapyRules]:
    """Return the rules by therapy, deciding ones by level, encoded negatives last."""
    statuses: dict[str, Counter[str]] = defaultdict(Counter)
    thresholds: dict[str, tuple[str, str]] = {}
    for row in cohort.evidence:
        statuses[text(row, "rule_id")][text(row, "status")] += 1
        if text(row, "threshold"):
            # What was used, which a setting of this run may have changed.
            thresholds.setdefault(text(row, "rule_id"), (text(row, "threshold"), text(row, "threshold_source")))
    groups: dict[str, list[Row]] = defaultdict(list)
    for row in cohort.resistance_rules:
        groups[text(row, "therapy")].append(row)
    listed = []
    for strategy, members in cohort.therapies.items():
        for therapy in members:
            rules = sorted(
                groups[therapy],
                key=lambda row: (text(row, "direction") == "not_predictive", text(row, "level"), text(row, "rule_id")),
            )
            lines = tuple(_rule_line(row, statuses[text(row, "rule_id")], thresholds) for row in rules)
            listed.append(TherapyRules(therapy, strategy, lines))
    return listed


def _rule_line(row: Row, statuses: Counter[str], thresholds: dict[str, tuple[str, str]]) -> RuleLine:
    rule = text(row, "rule_id")
    stated = f"{text(row, 'operator')} {text(row, 'threshold')}".strip() if text(row, "threshold") else ""
    threshold, source = thresholds.get(rule, (stated, text(row, "threshold_source")))
    counts = ", ".join(f"{STATUS_WORDS[status]}: {statuses[status]}" for status in STATUS_WORDS if statuses[status])
    return RuleLine(
        rule,
        rule_anchor(rule),
        text(row, "marker"),
        DIRECTION_WORDS[text(row, "direction")],
        text(row, "direction") == "not_predictive",
        text(row, "level"),
        DATA_WORDS[text(row, "data")],
        threshold_words(threshold) or "none",
        source,
        text(row, "measured_in_source"),
        text(row, "citation"),
        text(row, "certainty"),
        text(row, "note"),
        counts or "not tested",
    )


@dataclass(frozen=True)
class PlainTable:
    """A table of text with its headings."""

    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def mapping_problems(cohort: Cohort) -> PlainTable:
    """Return the genes that the matrix lacks, or holds under another name."""
    rows = [row for row in cohort.gene_mapping if text(row, "rule") in ("missing", "alias")]
    rows.sort(key=lambda row: (text(row, "rule") != "missing", text(row, "gene_symbol")))
    return PlainTable(
        ("Gene", "Found as", "How", "Wanted by", "Remark"),
        tuple(
            (
                text(row, "gene_symbol"),
                text(row, "name_in_matrix") or "not in the matrix",
                words(text(row, "rule")),
                text(row, "used_by").replace(",", ", "),
                text(row, "reason"),
            )
            for row in rows
        ),
    )


def coverage_table(cohort: Cohort) -> PlainTable:
    """Return which driver genes the reference covers, gaps first."""
    covered = {True: "yes", False: "no"}
    rows = sorted(
        cohort.coverage,
        key=lambda row: (row.get("in_gene_model") is True and row.get("has_span") is True, text(row, "gene_symbol")),
    )
    return PlainTable(
        ("Gene", "Small variants", "Copy number", "Remark"),
        tuple(
            (
                text(row, "gene_symbol"),
                covered[row.get("in_gene_model") is True],
                covered[row.get("has_span") is True],
                text(row, "reason"),
            )
            for row in rows
        ),
    )


def driver_gene_table(cohort: Cohort) -> PlainTable:
    """Return why each driver gene counts, from the resource table."""
    return PlainTable(
        ("Gene", "Role", "Class", "Events that count", "Citation", "Certainty", "Note"),
        tuple(
            (
                gene,
                words(text(row, "role")),
                GENE_CLASS_WORDS[text(row, "gene_class")],
                text(row, "events").replace(",", ", ").replace("_", " "),
                text(row, "citation"),
                text(row, "certainty"),
                text(row, "note"),
            )
            for gene, row in sorted(cohort.gene_row.items(), key=lambda item: cohort.gene_place(item[0]))
        ),
    )


def purity_words(copy: Row) -> str:
    """Return the purity that copies were computed with, in words where there was none."""
    if text(copy, "state") != "imported":
        return ""
    if text(copy, "format") not in RATIO_FORMATS:
        return "fitted by the caller"
    return "unknown, 1 assumed" if number(copy, "purity_used") is None else decimal(copy, "purity_used")


def normal_words(variant: Row) -> str:
    """Return whether imported variants were called against a normal."""
    if text(variant, "state") != "imported":
        return ""
    return "matched" if variant.get("has_normal") else "none: tumour-only"


def import_table(cohort: Cohort) -> PlainTable:
    """Return what was inferred from each sample's files: callers, normal, counts."""
    copies = {text(row, "sample_id"): row for row in cohort.copy_number_status}
    variants = {text(row, "sample_id"): row for row in cohort.variant_status}
    junctions = {text(row, "sample_id"): row for row in cohort.structural_variant_status}
    rows = []
    for sample in cohort.samples:
        variant, structural, copy = (table.get(sample, {}) for table in (variants, junctions, copies))
        rows.append(
            (
                sample,
                words(text(variant, "state")),
                text(variant, "callers").replace(";", ", "),
                normal_words(variant),
                count(variant, "alleles"),
                count(variant, "passed"),
                count(variant, "set_aside"),
                words(text(structural, "state")),
                text(structural, "caller"),
                count(structural, "junctions"),
                words(text(copy, "state")),
                count(copy, "segments"),
                purity_words(copy),
            )
        )
    return PlainTable(
        (
            "Sample", "Variants", "Callers", "Normal", "Alleles", "Accepted", "Set aside", "Structural variants",
            "Their caller", "Junctions", "Copy number", "Segments", "Purity used",
        ),
        tuple(rows),
    )  # fmt: skip


def words(state: str) -> str:
    """Return a state as words: underscores are for machines."""
    return state.replace("_", " ")


def prose(said: str) -> str:
    """Return a text with the names of states and events in it as words; names of alleles keep their underscores."""
    return MACHINE_NAME.sub(lambda name: words(name[0]), said)


def common_reason(reason: str) -> str:
    """Return a reason without its full stop and without the gene it names, so that many share it."""
    stem = reason.rstrip(".")
    return "gene not in the expression matrix" if stem.endswith(NOT_IN_MATRIX) else stem


def threshold_words(threshold: str) -> str:
    """Return a threshold as a reader writes it: >= as one sign, lists with spaces, its number never alone on a line."""
    operator, _, value = threshold.partition(" ")
    shown = words(value).replace(",", ", ")
    return f"{OPERATOR_SIGNS.get(operator, operator)}\N{NO-BREAK SPACE}{shown}".strip()


def decimal(row: Row, name: str, *, sign: bool = False) -> str:
    """Return a number with two decimals, empty where it is missing."""
    value = number(row, name)
    if value is None:
        return ""
    return signed(value) if sign else f"{value:.2f}"


def count(row: Row, name: str) -> str:
    """Return an integer with thousands apart, empty where it is missing."""
    value = integer(row, name)
    return "" if value is None else f"{value:,}"
