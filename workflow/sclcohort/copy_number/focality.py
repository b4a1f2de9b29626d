"""How long the event at a gene is: the run of adjacent segments in its state.

An event that spans a chromosome arm says little about one gene of it; a short one points at few genes. Beroukhim
2010 (Nature 463:899, doi:10.1038/nature08822) and GISTIC 2.0 (Mermel 2011, Genome Biol 12:R41,
doi:10.1186/gb-2011-12-4-r41: focal is below 98 % of the arm) tell the two apart by the arm; a limit in bases is
stricter and needs no map of the arms. Its default is that of PureCN (findFocal, ``max.size`` 3,000,000; Riester
2016, doi:10.1186/s13029-016-0060-z), which follows adjacent segments likewise. GISTIC's figure and PureCN's
default were read at their source (``verified``); that Beroukhim 2010 draws the same line is ``unverified``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sclcohort.coordinates import Span
    from sclcohort.copy_number.rows import Segment

# Choice: exomes and panels leave gaps between segments, and an arm that is gained over such a gap must not be cut into
# pieces that look focal; so a gap ends a run only where it is itself as long as a focal event by default.
LONGEST_GAP_BASES = 3_000_000
# States that are at least as extreme as each.
AS_EXTREME = {
    "amplification": frozenset(("amplification",)),
    "gain": frozenset(("gain", "amplification")),
    "loss": frozenset(("loss", "deep_deletion")),
    "deep_deletion": frozenset(("deep_deletion",)),
}


def event_bases(span: Span, segments: Iterable[Segment], state: str, state_of: Callable[[Segment], str]) -> int | None:
    """Return the length of the event at a gene.

    Parameters
    ----------
    span : Span
        Where the gene lies.
    segments : iterable of Segment
        All segments of its contig, disjoint, in order.
    state : str
        State of the gene.
    state_of : callable
        State of one segment, by the same measure.

    Returns
    -------
    int or None
        Bases from the first to the last segment of the longest run that shares a base with the gene; a run is
        segments at least as extreme as the gene, with gaps of at most `LONGEST_GAP_BASES` between them. None for
        a gene that is neutral or not covered.
    """
    extreme = AS_EXTREME.get(state)
    if extreme is None:
        return None
    touching = [run for run in _runs(segments, extreme, state_of) if span.overlap_bases(run)]
    return max((run.end - run.start_0based for run in touching), default=None)


def focality(bases: int | None, focal_max_bases: int) -> str:
    """Return whether an event of this length is focal: a state of ``focality`` in contract GENE_COPY_NUMBER."""
    if bases is None:
        return "not_assessable"
    return "focal" if bases <= focal_max_bases else "broad"


def _runs(segments: Iterable[Segment], extreme: frozenset[str], state_of: Callable[[Segment], str]) -> Iterator[Span]:
    """Yield the runs of segments in one of some states, in order."""
    run: Span | None = None
    for segment in segments:
        if state_of(segment) not in extreme:
            if run is not None:
                yield run
            run = None
        elif run is not None and segment.span.start_0based - run.end <= LONGEST_GAP_BASES:
            run = run._replace(end=segment.span.end)
        else:
            if run is not None:
                yield run
            run = segment.span
    if run is not None:
        yield run
