"""Copies and copy-number state of one gene from the segments over it: arithmetic only, no files.

**Copies.** A sample of purity ``p`` mixes tumour cells with ``c`` copies and normal cells with 2, so that
its ratio to a diploid normal is ``(p * c + 2 * (1 - p)) / 2``; solved for ``c``, the copies of a log2
ratio are ``(2 ** (log2_ratio + 1) - 2 * (1 - p)) / p``, as in CNVkit's ``call`` (Talevich 2016,
doi:10.1371/journal.pcbi.1004873). This assumes that the caller centred the log2 ratios on two copies:
in a tumour of average ploidy 4 every gene reads as half of what it has.

**Called copies.** Where every segment over the gene has the caller's own integer copies (``cn`` of
``cnvkit.py call``), these are the total copies: once a purity was given to ``call``, the log2 ratios of the
file are corrected for it already, and correcting them again would invent deletions and amplifications.
The reason of the row says so, and says where the log2 ratio would have led to another state: CNVkit's
default thresholds call 0 copies from a log2 ratio of -1.1 on, which for a pure sample is 0.93 copies.

**States** go by the copies as the table prints them (six significant digits), limits included, and a value
within 1e-6 of a limit counts as on it: a last bit that differs between processors moves no gene.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from sclcohort.copy_number.segments import SampleSegments, Segment, contig_key
from sclcohort.errors import StepError

if TYPE_CHECKING:
    from sclcohort.coordinates import Span
    from sclcohort.tables import Cell

GUARD_COPIES = 1e-6
SEX_CHROMOSOMES = ("X", "Y")


@dataclass(frozen=True)
class Thresholds:
    """Copies at which a gene changes its state; each limit belongs to the more extreme state.

    Parameters
    ----------
    amplification_min_copies, gain_min_copies : float
        Copies from which a gene is amplified, or gained.
    loss_max_copies, deep_deletion_max_copies : float
        Copies up to which a gene is lost, or deeply deleted.

    Raises
    ------
    StepError
        The limits are not in order.
    """

    amplification_min_copies: float
    gain_min_copies: float
    loss_max_copies: float
    deep_deletion_max_copies: float

    def __post_init__(self) -> None:
        low = 0 <= self.deep_deletion_max_copies <= self.loss_max_copies < 2
        if not (low and 2 < self.gain_min_copies <= self.amplification_min_copies):
            raise StepError(
                "copy_number: the limits must rise: 0 <= deep_deletion_max_copies "
                f"{self.deep_deletion_max_copies:g} <= loss_max_copies {self.loss_max_copies:g} < 2 < "
                f"gain_min_copies {self.gain_min_copies:g} <= amplification_min_copies "
                f"{self.amplification_min_copies:g}; fix: mend copy_number in the configuration"
            )

    def state(self, copies: float) -> str:
        """Return the state of a gene with so many copies: a state of contract GENE_COPY_NUMBER."""
        printed = float(f"{copies:.6g}")
        if printed <= self.deep_deletion_max_copies + GUARD_COPIES:
            return "deep_deletion"
        if printed <= self.loss_max_copies + GUARD_COPIES:
            return "loss"
        if printed >= self.amplification_min_copies - GUARD_COPIES:
            return "amplification"
        if printed >= self.gain_min_copies - GUARD_COPIES:
            return "gain"
        return "neutral"


def tumour_copies(log2_ratio: float, purity: float) -> float:
    """Return the copies per tumour cell that a log2 ratio means at a purity.

    Parameters
    ----------
    log2_ratio : float
        Log2 of sample over diploid normal.
    purity : float
        Fraction of tumour cells, above 0 and at most 1.

    Returns
    -------
    float
        Copies, ploidy 2 assumed; never below 0, although noise at low purity may go there.
    """
    return float(max(0.0, (2.0 ** (log2_ratio + 1) - 2 * (1 - purity)) / purity))


def gene_copy_number(
    gene: str, spans: Sequence[Span], segments: SampleSegments, purity: float | None, thresholds: Thresholds
) -> dict[str, Cell]:
    """Return the copy number of one gene in one sample.

    Parameters
    ----------
    gene : str
        Symbol.
    spans : sequence of Span
        Where the gene lies; several where it has a place on alternate contigs. The span with the
        most bases under a segment stands for the gene (ties: the first by contig and position).
    segments : SampleSegments
        Segments of the sample.
    purity : float or None
        Tumour purity, above 0; None where it is not known: 1 is assumed, and said.
    thresholds : Thresholds
        Limits of the states.

    Returns
    -------
    dict
        Row of contract GENE_COPY_NUMBER without ``sample_id``. The log2 ratio is the mean of the
        segments over the gene, weighted by bases. The minor copies are those of most of the gene's
        bases, empty where most bases have none (ties: unknown, else the higher number: allelic loss
        must be shown). A gene without a segment is ``not_covered``: its copies are unknown, not normal.
    """
    span, over = _best_span(spans, segments)
    if not over:
        return {
            "gene_symbol": gene,
            "state": "not_covered",
            "segments": 0,
            "covered_fraction": 0.0,
            "reason": _why_not_covered(spans, segments),
        }
    bases = [_bases(segment) for segment in over]
    log2_ratio = _mean([segment.log2_ratio for segment in over], bases)
    by_ratio = tumour_copies(log2_ratio, 1.0 if purity is None else purity)
    called = [segment.total_copies for segment in over if segment.total_copies is not None]
    copies = _mean(called, bases) if len(called) == len(over) else by_ratio
    state = thresholds.state(copies)
    reasons = [
        _how_copies_were_found(copies, by_ratio, len(called) == len(over), purity, thresholds),
        _partial_deletion(over, state, purity, thresholds),
        _where(spans, span, sum(bases)),
    ]
    return {
        "gene_symbol": gene,
        "log2_ratio": log2_ratio,
        "total_copies": copies,
        "minor_copies": _most_common_minor(over),
        "state": state,
        "lowest_log2_ratio": min(segment.log2_ratio for segment in over),
        "segments": len(over),
        "covered_fraction": sum(bases) / (span.end - span.start_0based),
        "reason": "; ".join(reason for reason in reasons if reason) or None,
    }


def _bases(segment: Segment) -> int:
    return segment.span.end - segment.span.start_0based


def _mean(values: Sequence[float], weights: Sequence[int]) -> float:
    """Return the weighted mean, exact before the last rounding: a segment split in two changes no bit."""
    total = sum(Fraction(value) * weight for value, weight in zip(values, weights, strict=True))
    return float(total / sum(weights))


def _best_span(spans: Sequence[Span], segments: SampleSegments) -> tuple[Span, list[Segment]]:
    """Return the span with the most bases under segments, and those segments, cut to it."""
    ordered = sorted(span._replace(contig=contig_key(span.contig)) for span in spans)
    covered = [(span, segments.over(span)) for span in ordered]
    return max(covered, key=lambda found: sum(_bases(segment) for segment in found[1]))


def _most_common_minor(over: Sequence[Segment]) -> float | None:
    bases: dict[int | None, int] = {}
    for segment in over:
        bases[segment.minor_copies] = bases.get(segment.minor_copies, 0) + _bases(segment)
    most = max(bases.values())
    leading = [minor for minor, count in bases.items() if count == most]
    return None if None in leading else float(max(minor for minor in leading if minor is not None))


def _why_not_covered(spans: Sequence[Span], segments: SampleSegments) -> str:
    contigs = {contig_key(span.contig) for span in spans}
    if contigs & segments.contigs:
        return "no segment over the gene"
    return f"no segment on contig {' or '.join(sorted(contigs))}"


def _how_copies_were_found(
    copies: float, by_ratio: float, is_called: bool, purity: float | None, thresholds: Thresholds
) -> str:
    if not is_called:
        return "purity unknown, 1 assumed" if purity is None else ""
    reason = "copies as called in the file (cn)"
    other = thresholds.state(by_ratio)
    if other == thresholds.state(copies):
        return reason
    basis = "purity 1" if purity is None else f"purity {purity:.6g}"
    return f"{reason}; its log2 ratio at {basis} would give {by_ratio:.3g} copies, {other}"


def _partial_deletion(over: Sequence[Segment], state: str, purity: float | None, thresholds: Thresholds) -> str:
    """Say where a part of the gene is deeply deleted and the gene as a whole is not."""
    assumed = 1.0 if purity is None else purity
    deleted = [
        segment
        for segment in over
        if thresholds.state(
            tumour_copies(segment.log2_ratio, assumed) if segment.total_copies is None else segment.total_copies
        )
        == "deep_deletion"
    ]
    if state == "deep_deletion" or not deleted:
        return ""
    lowest = min(segment.log2_ratio for segment in deleted)
    bases = sum(_bases(segment) for segment in deleted)
    return f"{bases} bases of the gene are deeply deleted (log2 ratio down to {lowest:.6g}), the gene as a whole is not"


def _where(spans: Sequence[Span], span: Span, covered: int) -> str:
    """Say what a reader should know of the place: part of it unseen, one of several, a sex chromosome."""
    length = span.end - span.start_0based
    reasons: Mapping[str, bool] = {
        f"segments cover {100 * covered / length:.3g} % of the gene": covered < length,
        f"read at contig {span.contig}, one of {len(spans)} places of the gene": len(spans) > 1,
        "two copies are taken as normal, in a male it is one": span.contig in SEX_CHROMOSOMES,
    }
    return "; ".join(reason for reason, holds in reasons.items() if holds)
