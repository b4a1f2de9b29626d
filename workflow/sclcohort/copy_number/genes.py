"""Copies and copy-number state of one gene from the segments over it: arithmetic only, no files.

**Copies.** A sample of purity ``p`` mixes tumour cells with ``c`` copies of a place and normal cells with 2. A caller
that sees only ratios puts their zero where the sample is on average: ``P`` copies per tumour cell (the ploidy), 2 per
normal cell. So the ratio at a place is ``(p * c + 2 * (1 - p)) / (p * P + 2 * (1 - p))``; solved for ``c``, the copies
of a log2 ratio are ``(2 ** log2_ratio * (p * P + 2 * (1 - p)) - 2 * (1 - p)) / p``. Where the ploidy is not known, 2
is assumed, and the formula is that of CNVkit's ``call`` (Talevich 2016, doi:10.1371/journal.pcbi.1004873): in a
tumour of average ploidy 4 every gene then reads as half of what it has. That the zero is the average is a `choice`:
callers centre by mean, median or mode, which differ where few chromosomes are even.

**Called copies.** Where every segment over the gene has the caller's own integer copies (``cn`` of
``cnvkit.py call``), these are the total copies: once a purity was given to ``call``, the log2 ratios of the
file are corrected for it already, and correcting them again would invent deletions and amplifications.
The reason of the row says so, and says where the log2 ratio would have led to another state: CNVkit's
default thresholds call 0 copies from a log2 ratio of -1.1 on, which for a pure sample is 0.93 copies.

**Fitted copies.** PURPLE, FACETS, ASCAT, Sequenza and Battenberg fit purity, ploidy and the copies of every
segment together; these copies are taken as they are, and the purity of the sheet changes none. Where the file
has a log2 ratio it is shown and decides nothing, because its zero is not two copies. For the same reason no
lowest log2 ratio is given, but the fewest copies of any segment over the gene. PURPLE and ASCAT give no log2
ratio: it stays empty.

**States** go by the copies as the table prints them (six significant digits), limits included, and a value
within 1e-6 of a limit counts as on it: a last bit that differs between processors moves no gene. An amplification
may also have to be so many times the ploidy: PURPLE asks for more than 3 times (hartwigmedical/hmftools,
purple/DriverCatalog.md, read there), of the fewest copies of the gene, where we take the mean. Where the ploidy is
unknown, the copies alone decide, and the row says so.

**Sex chromosomes.** A man has one copy of X and Y (no driver gene lies where the two pair). In a male one copy is
no loss and its state is neutral; his normal cells, too, add one copy, not two. His log2 ratios are read as against a
reference with two copies of X; against one of his own sex they are one higher, so that a gain or amplification has to
hold against both. Where the sex is not known, two copies are taken as normal, and a deep deletion has to hold in
either sex.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Literal

from sclcohort.coordinates import is_sex_chromosome
from sclcohort.copy_number.focality import event_bases, focality
from sclcohort.copy_number.segments import SampleSegments, contig_key
from sclcohort.errors import StepError

if TYPE_CHECKING:
    from sclcohort.coordinates import Span
    from sclcohort.copy_number.rows import Segment
    from sclcohort.tables import Cell

Sex = Literal["female", "male", "unknown"]

GUARD_COPIES = 1e-6


@dataclass(frozen=True)
class Thresholds:
    """Copies at which a gene changes its state; each limit belongs to the more extreme state.

    Parameters
    ----------
    amplification_min_copies, gain_min_copies : float
        Copies from which a gene is amplified, or gained.
    loss_max_copies, deep_deletion_max_copies : float
        Copies up to which a gene is lost, or deeply deleted.
    amplification_min_ploidy_ratio : float or None
        Copies over ploidy from which a gene with enough copies is amplified; None: the copies alone decide.
    focal_max_bases : int
        Bases up to which an event is focal.

    Raises
    ------
    StepError
        The limits are not in order.
    """

    amplification_min_copies: float
    gain_min_copies: float
    loss_max_copies: float
    deep_deletion_max_copies: float
    amplification_min_ploidy_ratio: float | None
    focal_max_bases: int

    def __post_init__(self) -> None:
        low = 0 <= self.deep_deletion_max_copies <= self.loss_max_copies < 2
        if not (low and 2 < self.gain_min_copies <= self.amplification_min_copies):
            raise StepError(
                "copy_number: the limits must rise: 0 <= deep_deletion_max_copies "
                f"{self.deep_deletion_max_copies:g} <= loss_max_copies {self.loss_max_copies:g} < 2 < "
                f"gain_min_copies {self.gain_min_copies:g} <= amplification_min_copies "
                f"{self.amplification_min_copies:g}; fix: mend copy_number in the configuration"
            )

    def state(self, copies: float, ploidy: float | None = None) -> str:
        """Return the state of a gene with so many copies: a state of contract GENE_COPY_NUMBER."""
        printed = float(f"{copies:.6g}")
        if printed <= self.deep_deletion_max_copies + GUARD_COPIES:
            return "deep_deletion"
        if printed <= self.loss_max_copies + GUARD_COPIES:
            return "loss"
        if self.is_high(copies) and self.is_high_for(copies, ploidy):
            return "amplification"
        if printed >= self.gain_min_copies - GUARD_COPIES:
            return "gain"
        return "neutral"

    def is_high(self, copies: float) -> bool:
        """Tell whether these are enough copies for an amplification, whatever the ploidy."""
        return float(f"{copies:.6g}") >= self.amplification_min_copies - GUARD_COPIES

    def is_high_for(self, copies: float, ploidy: float | None) -> bool:
        """Tell whether the copies are enough times the ploidy; they are where either is not asked for or unknown."""
        if self.amplification_min_ploidy_ratio is None or ploidy is None:
            return True
        return float(f"{copies / ploidy:.6g}") >= self.amplification_min_ploidy_ratio - GUARD_COPIES


@dataclass(frozen=True)
class Tumour:
    """What is known of a tumour as a whole.

    Parameters
    ----------
    purity : float or None
        Fraction of tumour cells, above 0; None where it is not known: 1 is assumed, and said.
    ploidy : float or None
        Average copies of the tumour genome; None where it is not known: log2 ratios are read at 2.
    sex : {"female", "male", "unknown"}
        Sex of the patient.
    """

    purity: float | None = None
    ploidy: float | None = None
    sex: Sex = "unknown"


@dataclass(frozen=True)
class Measure:
    """How the copies of the segments over one gene are found: one way for all of them.

    Parameters
    ----------
    tumour : Tumour
        Purity, ploidy and sex.
    thresholds : Thresholds
        Limits of the states.
    is_called : bool
        Whether the caller's own copies are taken.
    is_sex_linked : bool
        Whether the gene lies on X or Y.
    """

    tumour: Tumour
    thresholds: Thresholds
    is_called: bool
    is_sex_linked: bool

    @property
    def is_single(self) -> bool:
        """Whether one copy is normal."""
        return self.is_sex_linked and self.tumour.sex == "male"

    def copies(self, segment: Segment) -> float:
        """Return the copies of one segment, by noise below 0; a neighbour of the gene may have none called."""
        if self.is_called and segment.total_copies is not None:
            return segment.total_copies
        return self.copies_by_ratio(segment.log2_ratio)

    def copies_by_ratio(self, log2_ratio: float | None) -> float:
        """Return the copies that a log2 ratio means, by noise below 0.

        Raises
        ------
        ValueError
            There is none.
        """
        if log2_ratio is None:
            raise ValueError("a segment has neither copies nor a log2 ratio")
        ploidy = 2.0 if self.tumour.ploidy is None else self.tumour.ploidy
        return _unbounded_copies(log2_ratio, self._purity, ploidy, 1 if self.is_single else 2)

    @property
    def _purity(self) -> float:
        return 1.0 if self.tumour.purity is None else self.tumour.purity

    def state(self, copies: float) -> str:
        """Return the state of so many copies at the gene, on a sex chromosome only where it holds (see above)."""
        state = self.thresholds.state(copies, self.tumour.ploidy)
        if self.is_single and state == "loss":
            return "neutral"
        if self.is_single and not self.is_called and state in ("gain", "amplification"):
            # The same log2 ratio less 1: half the mixture, from which the normal cells' copy goes all the same.
            state = self.thresholds.state((copies - self._normal_share) / 2, self.tumour.ploidy)
            return state if state in ("gain", "amplification") else "neutral"
        return "loss" if self.is_deleted_in_a_female_only(copies) else state

    def is_deleted_in_a_female_only(self, copies: float) -> bool:
        """Tell whether copies at two normal ones are a deep deletion, and at one normal copy are not."""
        if not self.is_sex_linked or self.tumour.sex != "unknown" or self.is_called:
            return False
        deep = [self.thresholds.state(value) == "deep_deletion" for value in (copies, copies + self._normal_share)]
        return deep == [True, False]

    @property
    def _normal_share(self) -> float:
        """Copies that one copy in every normal cell adds to a tumour cell's."""
        return (1 - self._purity) / self._purity

    def state_of(self, segment: Segment) -> str:
        """Return the state of one segment."""
        return self.state(self.copies(segment))


def tumour_copies(log2_ratio: float, purity: float, ploidy: float = 2.0, normal_copies: int = 2) -> float:
    """Return the copies per tumour cell that a log2 ratio means.

    Parameters
    ----------
    log2_ratio : float
        Log2 of the sample at a place over the sample's average.
    purity : float
        Fraction of tumour cells, above 0 and at most 1.
    ploidy : float
        Average copies of the tumour genome, above 0.
    normal_copies : int
        Copies of the place in a normal cell: 1 on the sex chromosomes of a male.

    Returns
    -------
    float
        Copies; never below 0, although noise at low purity may go there.
    """
    return max(0.0, _unbounded_copies(log2_ratio, purity, ploidy, normal_copies))


def _unbounded_copies(log2_ratio: float, purity: float, ploidy: float, normal_copies: int) -> float:
    average = purity * ploidy + 2 * (1 - purity)
    return float((2.0**log2_ratio * average - normal_copies * (1 - purity)) / purity)


def gene_copy_number(
    gene: str, spans: Sequence[Span], segments: SampleSegments, tumour: Tumour, thresholds: Thresholds
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
    tumour : Tumour
        Its purity, ploidy and sex.
    thresholds : Thresholds
        Limits of the states and of a focal event.

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
        return _not_covered(gene, spans, segments)
    bases = [_bases(segment) for segment in over]
    log2_ratio = _mean([segment.log2_ratio for segment in over], bases)
    called = _mean([segment.total_copies for segment in over], bases)
    measure = Measure(tumour, thresholds, called is not None, is_sex_chromosome(span.contig))
    copies = measure.copies_by_ratio(log2_ratio) if called is None else called
    state = measure.state(copies)
    fewest = min(map(measure.copies, over))
    length = event_bases(span, segments.on(span.contig), state, measure.state_of)
    reasons = [
        _how(measure, called, log2_ratio, segments.fitted_by),
        _against_ploidy(measure, copies),
        _subclonal(over),
        _partial_deletion(over, state, measure, segments.fitted_by),
        _where(spans, span, sum(bases)),
        _by_sex(measure, copies, fewest),
    ]
    ratios = [segment.log2_ratio for segment in over if segment.log2_ratio is not None]
    return {
        "gene_symbol": gene,
        "log2_ratio": log2_ratio,
        "total_copies": max(0.0, copies),
        "minor_copies": _most_common_minor(over),
        "state": state,
        "lowest_log2_ratio": None if segments.fitted_by else min(ratios, default=None),
        "lowest_copies": None if measure.is_deleted_in_a_female_only(fewest) else max(0.0, fewest),
        "ploidy_ratio": None if tumour.ploidy is None else max(0.0, copies) / tumour.ploidy,
        "focality": focality(length, thresholds.focal_max_bases),
        "event_bases": length,
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


def _not_covered(gene: str, spans: Sequence[Span], segments: SampleSegments) -> dict[str, Cell]:
    return {
        "gene_symbol": gene,
        "state": "not_covered",
        "focality": "not_assessable",
        "segments": 0,
        "covered_fraction": 0.0,
        "reason": _why_not_covered(spans, segments),
    }


def _why_not_covered(spans: Sequence[Span], segments: SampleSegments) -> str:
    contigs = {contig_key(span.contig) for span in spans}
    if contigs & segments.contigs:
        return "no segment over the gene"
    return f"no segment on contig {' or '.join(sorted(contigs))}"


def _how(measure: Measure, called: float | None, log2_ratio: float | None, fitted_by: str) -> str:
    """Say how the copies of a gene were found, where a reader should know."""
    purity = measure.tumour.purity
    if called is None:
        return "purity unknown, 1 assumed" if purity is None else ""
    if fitted_by:
        return f"copies as fitted by {fitted_by}, which corrects them for purity and ploidy"
    by_ratio, reason = measure.copies_by_ratio(log2_ratio), "copies as called in the file (cn)"
    other = measure.state(by_ratio)
    if other == measure.state(called):
        return reason
    basis = "purity 1" if purity is None else f"purity {purity:.6g}"
    return f"{reason}; its log2 ratio at {basis} would give {max(0.0, by_ratio):.3g} copies, {other}"


def _against_ploidy(measure: Measure, copies: float) -> str:
    """Say how many times the ploidy the copies of a gene are, where they are enough for an amplification."""
    thresholds, ploidy = measure.thresholds, measure.tumour.ploidy
    least = thresholds.amplification_min_ploidy_ratio
    if not thresholds.is_high(copies):
        return ""
    if ploidy is None:
        return "" if least is None else "ploidy unknown, the copies alone decide on the amplification"
    shown = f"{copies:.3g} copies are {copies / ploidy:.3g} times the ploidy of {ploidy:.3g}"
    if thresholds.is_high_for(copies, ploidy):
        return shown
    return f"{shown}, and an amplification has {least:g} times or more"


def _subclonal(over: Sequence[Segment]) -> str:
    """Say how many bases have the mean copies of two populations of cells."""
    bases = sum(_bases(segment) for segment in over if segment.is_subclonal)
    if not bases:
        return ""
    return f"{bases} bases are subclonal: their copies are the mean of two states, weighted by their fractions of cells"


def _partial_deletion(over: Sequence[Segment], state: str, measure: Measure, fitted_by: str) -> str:
    """Say where a part of the gene is deeply deleted and the gene as a whole is not."""
    deleted = [segment for segment in over if measure.state_of(segment) == "deep_deletion"]
    if state == "deep_deletion" or not deleted:
        return ""
    ratios = [segment.log2_ratio for segment in deleted if segment.log2_ratio is not None]
    shown = f"{max(0.0, min(map(measure.copies, deleted))):.3g} copies"
    if ratios and not fitted_by:
        shown = f"log2 ratio down to {min(ratios):.6g}"
    bases = sum(_bases(segment) for segment in deleted)
    return f"{bases} bases of the gene are deeply deleted ({shown}), the gene as a whole is not"


def _where(spans: Sequence[Span], span: Span, covered: int) -> str:
    """Say what a reader should know of the place: part of it unseen, one of several."""
    length = span.end - span.start_0based
    reasons: Mapping[str, bool] = {
        f"segments cover {100 * covered / length:.3g} % of the gene": covered < length,
        f"read at contig {span.contig}, one of {len(spans)} places of the gene": len(spans) > 1,
    }
    return "; ".join(reason for reason, holds in reasons.items() if holds)


def _by_sex(measure: Measure, copies: float, fewest: float) -> str:
    """Say how the patient's sex was heeded on a sex chromosome."""
    if not measure.is_sex_linked or measure.tumour.sex == "female":
        return ""
    if measure.is_single:
        own = "" if measure.is_called else ", log2 ratios are read against a reference with two"
        return f"one copy is normal in a male{own}"
    reasons = ["sex unknown, two copies are taken as normal"]
    if measure.state(copies) == "loss":
        reasons.append("in a male one copy is, so that the loss is not assessable")
    if measure.is_deleted_in_a_female_only(fewest):
        reasons.append(
            f"{max(0.0, fewest):.3g} copies, a deep deletion, in a female only: the fewest copies are not given"
        )
    return "; ".join(reasons)
