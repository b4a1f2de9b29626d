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

**Fitted copies.** PURPLE, FACETS, ASCAT, Sequenza and Battenberg fit purity, ploidy and the copies of every
segment together; these copies are taken as they are, and the purity of the sheet changes none. Where the file
has a log2 ratio it is shown and decides nothing, because its zero is not two copies. For the same reason no
lowest log2 ratio is given: copies would be computed from it, wrongly in a tumour of any ploidy but 2; a part
of the gene that is deeply deleted is told in the reason, by its copies. PURPLE and ASCAT give no log2 ratio:
it stays empty.

**States** go by the copies as the table prints them (six significant digits), limits included, and a value
within 1e-6 of a limit counts as on it: a last bit that differs between processors moves no gene.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from sclcohort.copy_number.segments import SampleSegments, contig_key
from sclcohort.errors import StepError

if TYPE_CHECKING:
    from sclcohort.coordinates import Span
    from sclcohort.copy_number.rows import Segment
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
        segments over the gene, weighted by bases, and empty where one of them has none. The minor
        copies, to the nearest whole number, are those of most of the gene's bases, empty where most
        bases have none (ties: unknown, else the higher number: allelic loss must be shown); fits that
        give fractions of copies are averaged over these bases. A gene without a segment is
        ``not_covered``: its copies are unknown, not normal.

    Raises
    ------
    ValueError
        A segment has neither copies nor a log2 ratio.
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
    copies, how = _total_copies(over, log2_ratio, purity, thresholds, segments.fitted_by)
    state = thresholds.state(copies)
    reasons = [
        how,
        _subclonal(over),
        _partial_deletion(over, state, purity, thresholds, segments.fitted_by),
        _where(spans, span, sum(bases)),
    ]
    ratios = [segment.log2_ratio for segment in over if segment.log2_ratio is not None]
    return {
        "gene_symbol": gene,
        "log2_ratio": log2_ratio,
        "total_copies": copies,
        "minor_copies": _most_common_minor(over),
        "state": state,
        "lowest_log2_ratio": None if segments.fitted_by else min(ratios, default=None),
        "segments": len(over),
        "covered_fraction": sum(bases) / (span.end - span.start_0based),
        "reason": "; ".join(reason for reason in reasons if reason) or None,
    }


def _bases(segment: Segment) -> int:
    return segment.span.end - segment.span.start_0based


def _mean(values: Sequence[float | None], weights: Sequence[int]) -> float | None:
    """Return the weighted mean, exact before the last rounding: a segment split in two changes no bit."""
    known = [value for value in values if value is not None]
    if len(known) < len(values):
        return None
    total = sum(Fraction(value) * weight for value, weight in zip(known, weights, strict=True))
    return float(total / sum(weights))


def _best_span(spans: Sequence[Span], segments: SampleSegments) -> tuple[Span, list[Segment]]:
    """Return the span with the most bases under segments, and those segments, cut to it."""
    ordered = sorted(span._replace(contig=contig_key(span.contig)) for span in spans)
    covered = [(span, segments.over(span)) for span in ordered]
    return max(covered, key=lambda found: sum(_bases(segment) for segment in found[1]))


def _most_common_minor(over: Sequence[Segment]) -> float | None:
    alike: dict[int | None, list[Segment]] = {}
    for segment in over:
        minor = segment.minor_copies
        alike.setdefault(None if minor is None else math.floor(minor + 0.5), []).append(segment)
    bases = {minor: sum(map(_bases, found)) for minor, found in alike.items()}
    leading = [minor for minor, count in bases.items() if count == max(bases.values())]
    if None in leading:
        return None
    found = alike[max(minor for minor in leading if minor is not None)]
    return _mean([segment.minor_copies for segment in found], [_bases(segment) for segment in found])


def _why_not_covered(spans: Sequence[Span], segments: SampleSegments) -> str:
    contigs = {contig_key(span.contig) for span in spans}
    if contigs & segments.contigs:
        return "no segment over the gene"
    return f"no segment on contig {' or '.join(sorted(contigs))}"


def _total_copies(
    over: Sequence[Segment], log2_ratio: float | None, purity: float | None, thresholds: Thresholds, fitted_by: str
) -> tuple[float, str]:
    """Return the copies of a gene, and how they were found where a reader should know."""
    called = _mean([segment.total_copies for segment in over], [_bases(segment) for segment in over])
    if called is not None and fitted_by:
        return called, f"copies as fitted by {fitted_by}, which corrects them for purity and ploidy"
    by_ratio = _copies_by_ratio(log2_ratio, purity)
    if called is None:
        return by_ratio, "purity unknown, 1 assumed" if purity is None else ""
    reason, other = "copies as called in the file (cn)", thresholds.state(by_ratio)
    if other == thresholds.state(called):
        return called, reason
    basis = "purity 1" if purity is None else f"purity {purity:.6g}"
    return called, f"{reason}; its log2 ratio at {basis} would give {by_ratio:.3g} copies, {other}"


def _subclonal(over: Sequence[Segment]) -> str:
    """Say how many bases have the mean copies of two populations of cells."""
    bases = sum(_bases(segment) for segment in over if segment.is_subclonal)
    if not bases:
        return ""
    return f"{bases} bases are subclonal: their copies are the mean of two states, weighted by their fractions of cells"


def _partial_deletion(
    over: Sequence[Segment], state: str, purity: float | None, thresholds: Thresholds, fitted_by: str
) -> str:
    """Say where a part of the gene is deeply deleted and the gene as a whole is not."""
    deleted = [segment for segment in over if thresholds.state(_copies(segment, purity)) == "deep_deletion"]
    if state == "deep_deletion" or not deleted:
        return ""
    ratios = [segment.log2_ratio for segment in deleted if segment.log2_ratio is not None]
    shown = f"{min(_copies(segment, purity) for segment in deleted):.3g} copies"
    if ratios and not fitted_by:
        shown = f"log2 ratio down to {min(ratios):.6g}"
    bases = sum(_bases(segment) for segment in deleted)
    return f"{bases} bases of the gene are deeply deleted ({shown}), the gene as a whole is not"


def _copies(segment: Segment, purity: float | None) -> float:
    """Return the copies of one segment: as called, else by its log2 ratio."""
    return _copies_by_ratio(segment.log2_ratio, purity) if segment.total_copies is None else segment.total_copies


def _copies_by_ratio(log2_ratio: float | None, purity: float | None) -> float:
    if log2_ratio is None:
        raise ValueError("a segment has neither copies nor a log2 ratio")
    return tumour_copies(log2_ratio, 1.0 if purity is None else purity)


def _where(spans: Sequence[Span], span: Span, covered: int) -> str:
    """Say what a reader should know of the place: part of it unseen, one of several, a sex chromosome."""
    length = span.end - span.start_0based
    reasons: Mapping[str, bool] = {
        f"segments cover {100 * covered / length:.3g} % of the gene": covered < length,
        f"read at contig {span.contig}, one of {len(spans)} places of the gene": len(spans) > 1,
        "two copies are taken as normal, in a male it is one": span.contig in SEX_CHROMOSOMES,
    }
    return "; ".join(reason for reason, holds in reasons.items() if holds)
