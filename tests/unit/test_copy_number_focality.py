"""How long an event is: worked examples, an oracle that walks base by base, invariances."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sclcohort.contracts.copy_number import COPY_NUMBER_STATES
from sclcohort.coordinates import Span
from sclcohort.copy_number import focality as module
from sclcohort.copy_number.focality import LONGEST_GAP_BASES, event_bases, focality
from sclcohort.copy_number.rows import Segment

RANK = ("deep_deletion", "loss", "neutral", "gain", "amplification")
MEGABASE = 1_000_000
GENE = Span("8", 10 * MEGABASE, 10 * MEGABASE + 5000)


def segments(*parts: tuple[int, int, str]) -> tuple[list[Segment], dict[int, str]]:
    """Return segments from (start, end, state), and the state of each by its row."""
    made = [Segment(Span("8", start, end), 0.0, None, None, row) for row, (start, end, _) in enumerate(parts)]
    return made, {row: state for row, (*_, state) in enumerate(parts)}


def bases(state: str, *parts: tuple[int, int, str], span: Span = GENE) -> int | None:
    made, states = segments(*parts)
    return event_bases(span, made, state, lambda segment: states[segment.row])


def test_the_event_is_the_run_of_adjacent_segments_at_least_as_extreme_as_the_gene():
    parts = [
        (0, 8 * MEGABASE, "neutral"),
        (8 * MEGABASE, 9 * MEGABASE, "gain"),
        (9 * MEGABASE, 11 * MEGABASE, "amplification"),
        (11 * MEGABASE, 12 * MEGABASE, "gain"),
        (12 * MEGABASE, 20 * MEGABASE, "loss"),
    ]
    assert bases("amplification", *parts) == 2 * MEGABASE
    assert bases("gain", *parts) == 4 * MEGABASE
    turned = [(start, end, {"gain": "loss", "loss": "gain"}.get(state, "deep_deletion")) for start, end, state in parts]
    assert bases("deep_deletion", *turned[1:4]) == 2 * MEGABASE
    assert bases("loss", *turned[1:4]) == 4 * MEGABASE


def test_a_gap_is_bridged_up_to_its_bound_and_no_base_further():
    start = GENE.end + LONGEST_GAP_BASES
    reached = [(GENE.start_0based, GENE.end, "gain"), (start, start + 100, "gain")]
    beyond = [reached[0], (start + 1, start + 101, "gain")]
    assert bases("gain", *reached) == 5000 + LONGEST_GAP_BASES + 100
    assert bases("gain", *beyond) == 5000


def test_of_two_runs_that_touch_the_gene_the_longer_is_its_event():
    middle = GENE.start_0based + 2000
    parts = [
        (GENE.start_0based - 5 * MEGABASE, middle, "loss"),
        (middle, middle + 500, "neutral"),
        (middle + 500, GENE.end, "loss"),
    ]
    assert bases("loss", *parts) == 5 * MEGABASE + 2000


@pytest.mark.parametrize("state", ["neutral", "not_covered"])
def test_a_gene_without_an_event_has_no_length(state):
    assert bases(state, (0, 20 * MEGABASE, "gain")) is None
    assert focality(None, 3 * MEGABASE) == "not_assessable"


def test_the_limit_itself_is_focal():
    assert [focality(length, 100) for length in (0, 100, 101)] == ["focal", "focal", "broad"]


def test_every_state_of_the_contract_is_ranked_or_has_no_event():
    assert set(module.AS_EXTREME) | {"neutral", "not_covered"} == set(COPY_NUMBER_STATES)


small = st.lists(
    st.tuples(st.integers(0, 4), st.integers(1, 5), st.sampled_from(RANK)),
    min_size=1,
    max_size=8,
)


def laid_out(parts: list[tuple[int, int, str]]) -> list[tuple[int, int, str]]:
    """Return segments from (gap before, length, state)."""
    placed, end = [], 0
    for gap, length, state in parts:
        placed.append((end + gap, end + gap + length, state))
        end += gap + length
    return placed


def longest_by_base(span: Span, parts: list[tuple[int, int, str]], state: str, longest_gap: int) -> int | None:
    """Return the length of the longest run at a span, by looking at every base from each base of the span."""
    rank = RANK.index(state)
    extreme = set(RANK[rank:] if rank > 2 else RANK[: rank + 1])
    at = {base: value for start, end, value in parts for base in range(start, end)}
    lengths = []
    for base in range(span.start_0based, span.end):
        if at.get(base) not in extreme:
            continue
        edges = []
        for step in (1, -1):
            edge = here = base
            while edge - longest_gap <= here + step <= edge + longest_gap or at.get(here + step) in extreme:
                here += step
                if abs(here - edge) > longest_gap + 1 or (here in at and at[here] not in extreme):
                    break
                if at.get(here) in extreme:
                    edge = here
            edges.append(edge)
        lengths.append(edges[0] - edges[1] + 1)
    return max(lengths, default=None)


@given(small, st.sampled_from(["deep_deletion", "loss", "gain", "amplification"]), st.integers(0, 30))
def test_the_length_is_that_found_base_by_base(parts, state, start):
    placed, span = laid_out(parts), Span("8", start, start + 3)
    before = module.LONGEST_GAP_BASES
    module.LONGEST_GAP_BASES = 2
    try:
        found = bases(state, *placed, span=span)
    finally:
        module.LONGEST_GAP_BASES = before
    assert found == longest_by_base(span, placed, state, 2)


@given(small, st.sampled_from(["deep_deletion", "loss", "gain", "amplification"]), st.data())
def test_a_segment_split_in_two_changes_no_length(parts, state, data):
    placed = [(2 * start, 2 * end, value) for start, end, value in laid_out(parts)]
    place = data.draw(st.integers(0, len(placed) - 1))
    start, end, value = placed[place]
    middle = (start + end) // 2
    halved = [*placed[:place], (start, middle, value), (middle, end, value), *placed[place + 1 :]]
    span = Span("8", start, end)
    assert bases(state, *halved, span=span) == bases(state, *placed, span=span)
