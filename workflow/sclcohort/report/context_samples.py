"""What is known of each sample before its genes: purity, structural variants, and annotation that disagrees."""

from __future__ import annotations

from dataclasses import dataclass

from sclcohort.report.anchors import patient_anchor
from sclcohort.report.cohort import Cohort, Row, integer, keyed, number, plural, text
from sclcohort.report.context_cohort import PlainTable, SetAsideLine, count, set_aside_by_reason, words
from sclcohort.report.palette import PURITY_WORDS


@dataclass(frozen=True)
class PurityLine:
    """The purity that the analysis used for one sample."""

    sample: str
    anchor: str
    value: str
    interval: str
    source: str
    reason: str


def purity_lines(cohort: Cohort, samples: tuple[str, ...]) -> list[PurityLine]:
    """Return the purity of some samples: value, 95 % interval where it was estimated, source."""
    return [purity_line(cohort, sample) for sample in samples]


def purity_line(cohort: Cohort, sample: str) -> PurityLine:
    """Return the purity of one sample; what the sheet says where no step judged it."""
    row = cohort.purity_row.get((sample,))
    if row is None:
        given = number(cohort.sample_row[sample], "purity")
        row = {"purity": given, "source": "none" if given is None else "sheet"}
    value, low, high = (number(row, name) for name in ("purity", "purity_low", "purity_high"))
    return PurityLine(
        sample,
        patient_anchor(cohort.patient_of(sample)),
        "unknown" if value is None else f"{value:.2f}",
        "" if low is None or high is None else f"{low:.2f}\N{EN DASH}{high:.2f}",
        "" if value is None else PURITY_WORDS.get(text(row, "source"), ""),
        text(row, "reason"),
    )


@dataclass(frozen=True)
class StructuralSummary:
    """The structural variants of the cohort: what was read in each sample, and what was set aside and why."""

    files: PlainTable
    set_aside: tuple[SetAsideLine, ...]
    events: int

    @property
    def sentence(self) -> str:
        """Return how many junctions in driver genes count and how many do not."""
        aside = sum(line.variants for line in self.set_aside)
        return (
            f"Junctions in driver genes: {plural(self.events, 'driver event')}, {aside} set aside. A driver gene "
            "without one is not shown to be whole: short reads miss junctions in repeats, and a target rarely "
            "holds introns."
        )


def structural_summary(cohort: Cohort) -> StructuralSummary:
    """Return what became of the structural variants; `files` has no row where no sample has any."""
    status = keyed(cohort.structural_variant_status, "sample_id")
    known = {(text(row, "sample_id"), text(row, "gene_symbol"), text(row, "event")) for row in cohort.gene_disruptions}
    aside = [
        row
        for row in cohort.set_aside
        if (text(row, "sample_id"), text(row, "gene_symbol"), text(row, "event")) in known
    ]
    rows = [
        _structural_row(sample, status[sample,], cohort)
        for sample in cohort.samples
        if text(status.get((sample,), {}), "state") not in ("", "not_provided")
    ]
    return StructuralSummary(
        PlainTable(
            ("Sample", "State", "Caller", "Normal", "Records", "Junctions", "Accepted", "Set aside", "In driver genes",
             "Remark"),
            tuple(rows),
        ),
        tuple(set_aside_by_reason(aside)),
        sum(text(row, "event_type") in ("rearrangement", "fusion") for row in cohort.events),
    )  # fmt: skip


def _structural_row(sample: str, row: Row, cohort: Cohort) -> tuple[str, ...]:
    return (
        sample,
        words(text(row, "state")),
        text(row, "caller"),
        text(row, "normal_column") or ("none: tumour-only" if text(row, "state") == "imported" else ""),
        count(row, "records"),
        count(row, "junctions"),
        count(row, "passed"),
        count(row, "set_aside"),
        f"{len(cohort.disruptions_of.get((sample,), []))}" if text(row, "state") == "imported" else "",
        text(row, "reason"),
    )


@dataclass(frozen=True)
class Disagreements:
    """Variants of driver genes on which the annotation of the file and ours disagree."""

    table: PlainTable
    sentence: str


def disagreements(cohort: Cohort) -> Disagreements:
    """Return the disagreements, those on which a driver event rests first, and a sentence that counts them."""
    place = {sample: number for number, sample in enumerate(cohort.samples)}
    rows = sorted(
        cohort.annotation_disagreements,
        key=lambda row: (
            not text(row, "event"),
            place.get(text(row, "sample_id"), len(place)),
            *cohort.gene_place(text(row, "gene_symbol")),
            integer(row, "position_1based") or 0,
        ),
    )
    lines = tuple(
        (
            text(row, "sample_id"),
            text(row, "gene_symbol"),
            f"{text(row, 'chrom')}:{text(row, 'position_1based')} {text(row, 'ref')}>{text(row, 'alt')}",
            " ".join(filter(None, (words(text(row, "consequence")), text(row, "hgvs_p")))),
            text(row, "transcript_id"),
            " ".join(filter(None, (words(text(row, "annotation_consequence")), text(row, "annotation_hgvs_p"))))
            or "no consequence",
            text(row, "annotation_source"),
            text(row, "event") or "set aside",
        )
        for row in rows
    )
    table = PlainTable(
        ("Sample", "Gene", "Variant", "Ours", "Transcript", "The file's", "From", "Driver event on ours"), lines
    )
    return Disagreements(table, _disagreement_sentence(cohort, len(rows)))


def _disagreement_sentence(cohort: Cohort, found: int) -> str:
    carried = sum(bool(text(row, "annotation")) for row in cohort.variant_inference)
    brought = (
        f" {carried} of {plural(len(cohort.variant_inference), 'variant file')} brought an annotation."
        if cohort.variant_inference
        else ""
    )
    if not found:
        return (
            "No variant of a driver gene carries an annotation that disagrees with the consequence computed here."
            + brought
        )
    return (
        f"The file's own annotation disagrees on {plural(found, 'variant')} of driver genes; calls rest on the "
        f"consequence computed here.{brought}"
    )
