"""Copies and states of a gene: worked examples, limits, invariances."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sclcohort.coordinates import Span
from sclcohort.copy_number.genes import Thresholds, Tumour, gene_copy_number, tumour_copies
from sclcohort.copy_number.segments import SampleSegments, Segment
from sclcohort.errors import StepError

DEFAULT = Thresholds(8, 3, 1.5, 0.5, None, 3_000_000)
GENE = Span("13", 100, 200)


def segments(*parts: tuple[int, int, float] | tuple[int, int, float, int | None, int | None], contig: str = "13"):
    """Return segments from (start, end, log2 ratio[, total copies, minor copies])."""
    made = []
    for row, part in enumerate(parts, start=2):
        start, end, log2_ratio, *copies = part
        total, minor = copies or (None, None)
        made.append(Segment(Span(contig, start, end), log2_ratio, total, minor, row))
    return SampleSegments(made)


def row(
    *parts,
    purity: float | None = 1.0,
    ploidy: float | None = None,
    spans: tuple[Span, ...] = (GENE,),
    thresholds: Thresholds = DEFAULT,
):
    return gene_copy_number("RB1", spans, segments(*parts), Tumour(purity, ploidy), thresholds)


@pytest.mark.parametrize("copies", [0, 1, 2, 3, 4, 8, 20])
@pytest.mark.parametrize("purity", [0.2, 0.6, 1.0])
def test_copies_are_those_of_the_mixture_that_gives_the_ratio(copies, purity):
    mixture = purity * copies + (1 - purity) * 2
    log2_ratio = math.log2(mixture / 2) if mixture > 0 else -50.0
    assert tumour_copies(log2_ratio, purity) == pytest.approx(copies, abs=1e-12)


def test_copies_are_never_below_zero():
    assert tumour_copies(-5.0, 0.3) == 0


def test_one_copy_lost_at_purity_0_6_is_read_as_one_copy_and_as_neutral_without_purity():
    log2_ratio = math.log2((0.6 * 1 + 0.4 * 2) / 2)
    known, unknown = row((0, 500, log2_ratio), purity=0.6), row((0, 500, log2_ratio), purity=None)
    assert (known["state"], known["reason"]) == ("loss", None)
    assert known["total_copies"] == pytest.approx(1)
    assert (unknown["state"], unknown["reason"]) == ("loss", "purity unknown, 1 assumed")
    assert unknown["total_copies"] == pytest.approx(1.4)


@pytest.mark.parametrize(
    ("copies", "state"),
    [
        (0, "deep_deletion"),
        (0.5, "deep_deletion"),
        (0.5 + 0.9e-6, "deep_deletion"),
        (0.50001, "loss"),
        (1.5, "loss"),
        (1.50001, "neutral"),
        (2, "neutral"),
        (2.9999, "neutral"),
        (3 - 0.9e-6, "gain"),
        (3, "gain"),
        (7.9999, "gain"),
        (7.99999, "gain"),
        (7.999996, "amplification"),  # printed as 8
        (8 - 0.9e-6, "amplification"),
        (8, "amplification"),
    ],
)
def test_a_limit_belongs_to_the_more_extreme_state_and_a_last_bit_moves_nothing(copies, state):
    assert DEFAULT.state(copies) == state
    assert DEFAULT.state(math.nextafter(copies, math.inf)) == state
    assert DEFAULT.state(max(0, math.nextafter(copies, -math.inf))) == state


def test_log2_ratios_of_2_and_minus_2_are_the_limits_of_amplification_and_deep_deletion_in_a_pure_sample():
    assert row((0, 500, 2.0))["state"] == "amplification"
    assert row((0, 500, -2.0))["state"] == "deep_deletion"
    assert row((0, 500, 1.999))["state"] == "gain"
    assert row((0, 500, -1.999))["state"] == "loss"


@pytest.mark.parametrize(
    "limits", [(8, 3, 0.5, 1.5), (3, 8, 1.5, 0.5), (8, 2, 1.5, 0.5), (8, 3, 2, 0.5), (8, 3, 1.5, -1)]
)
def test_limits_out_of_order_are_refused(limits):
    with pytest.raises(StepError, match="the limits must rise"):
        Thresholds(*limits, None, 3_000_000)


def test_the_log2_ratio_is_the_mean_over_the_bases_of_the_gene():
    found = row((0, 125, -0.4), (125, 175, -3.0), (175, 900, 0.6))
    assert found["log2_ratio"] == pytest.approx((25 * -0.4 + 50 * -3.0 + 25 * 0.6) / 100)
    assert (found["lowest_log2_ratio"], found["segments"], found["covered_fraction"]) == (-3.0, 3, 1.0)


@pytest.mark.parametrize(
    ("start", "end", "covered"),
    [(0, 100, 0), (99, 101, 1), (100, 101, 1), (199, 200, 1), (200, 201, 0), (150, 300, 50), (0, 400, 100)],
)
def test_a_segment_counts_from_its_first_base_to_its_last(start, end, covered):
    found = row((start, end, -0.25))
    assert found["covered_fraction"] == covered / 100
    assert found["state"] == ("neutral" if covered else "not_covered")
    assert found.get("log2_ratio") == (-0.25 if covered else None)


def test_a_gene_without_a_segment_is_not_covered_and_never_neutral():
    beside = row((0, 50, 0.1))
    assert (beside["state"], beside["reason"]) == ("not_covered", "no segment over the gene")
    elsewhere = gene_copy_number("RB1", [GENE], segments((0, 500, 0.1), contig="1"), Tumour(), DEFAULT)
    assert (elsewhere["state"], elsewhere["reason"]) == ("not_covered", "no segment on contig 13")
    for found in (beside, elsewhere):
        assert {"log2_ratio", "total_copies", "minor_copies", "lowest_log2_ratio"}.isdisjoint(found)
        assert (found["segments"], found["covered_fraction"]) == (0, 0.0)


def test_a_gene_seen_in_part_says_how_much():
    assert row((150, 300, 0.0))["reason"] == "segments cover 50 % of the gene"


def test_called_copies_stand_for_the_gene_and_the_row_says_so():
    found = row((0, 500, -1.2, 1, 0), purity=0.7)
    assert (found["total_copies"], found["minor_copies"], found["state"]) == (1, 0, "loss")
    assert found["reason"].startswith("copies as called in the file (cn)")


def test_called_copies_that_the_log2_ratio_contradicts_are_kept_and_the_contradiction_is_told():
    """CNVkit's default thresholds call 0 copies at -1.2, which is 0.87 copies of a pure sample."""
    found = row((0, 500, -1.2, 0, 0))
    assert found["state"] == "deep_deletion"
    assert (
        found["reason"] == "copies as called in the file (cn); its log2 ratio at purity 1 would give 0.871 copies, loss"
    )


def test_called_copies_are_averaged_over_bases_and_dropped_where_one_segment_has_none():
    assert row((0, 150, 0.0, 1, 0), (150, 300, 0.0, 2, 1))["total_copies"] == 1.5
    assert row((0, 150, 0.0, 1, 0), (150, 300, 0.0, None, None))["total_copies"] == 2


@pytest.mark.parametrize(
    ("parts", "minor"),
    [
        ([(0, 500, 0.0, 2, 0)], 0),
        ([(0, 140, 0.0, 2, 1), (140, 300, 0.0, 2, 0)], 0),
        ([(0, 160, 0.0, 2, 1), (160, 300, 0.0, 2, 0)], 1),
        ([(0, 150, 0.0, 2, 1), (150, 300, 0.0, 2, 0)], 1),
        ([(0, 150, 0.0, 2, None), (150, 300, 0.0, 2, 0)], None),
        ([(0, 160, 0.0, 2, None), (160, 300, 0.0, 2, 0)], None),
        ([(0, 140, 0.0, 2, None), (140, 300, 0.0, 2, 0)], 0),
        ([(0, 140, 0.0, 2, 1), (140, 170, 0.0, 2, 0), (170, 300, 0.0, 2, 0)], 0),
    ],
)
def test_minor_copies_are_those_of_most_bases_and_a_tie_claims_no_loss(parts, minor):
    assert row(*parts)["minor_copies"] == minor


def test_a_deeply_deleted_part_of_a_gene_that_is_not_deleted_as_a_whole_is_told():
    found = row((0, 150, -0.6), (150, 160, -3.7), (160, 300, -0.6))
    assert found["state"] == "loss"
    assert found["reason"] == (
        "10 bases of the gene are deeply deleted (log2 ratio down to -3.7), the gene as a whole is not"
    )
    assert row((0, 500, -3.7))["reason"] is None


def test_of_several_places_the_one_with_most_bases_under_segments_is_taken():
    places = (Span("chrALT", 0, 1000), Span("chr13", 100, 200), Span("chr13", 5000, 5300))
    found = row((0, 160, -0.2), (5000, 5200, 1.2), spans=places)
    assert found["log2_ratio"] == 1.2
    assert "read at contig 13, one of 3 places of the gene" in found["reason"]
    assert row((0, 160, -0.2), spans=places)["log2_ratio"] == -0.2


parts_of_a_gene = st.lists(
    st.tuples(
        st.integers(1, 60),
        st.floats(-6, 6),
        st.one_of(st.none(), st.tuples(st.integers(0, 9), st.integers(0, 4))),
    ),
    min_size=1,
    max_size=6,
)


@given(parts_of_a_gene, st.data(), st.floats(0.1, 1))
def test_a_segment_split_in_two_changes_nothing_but_the_count(parts, data, purity):
    placed, start = [], 60
    for length, log2_ratio, copies in parts:
        total, minor = copies or (None, None)
        placed.append((start, start + 2 * length, log2_ratio, total, minor))
        start += 2 * length
    split = data.draw(st.integers(0, len(placed) - 1))
    first, end, *values = placed[split]
    halves = [(first, (first + end) // 2, *values), ((first + end) // 2, end, *values)]
    whole, halved = row(*placed, purity=purity), row(*placed[:split], *halves, *placed[split + 1 :], purity=purity)
    whole.pop("segments"), halved.pop("segments")
    assert halved == whole


@given(parts_of_a_gene, st.randoms(use_true_random=False))
def test_the_order_of_the_rows_changes_nothing(parts, random):
    placed, start = [], 60
    for length, log2_ratio, copies in parts:
        total, minor = copies or (None, None)
        placed.append((start, start + length, log2_ratio, total, minor))
        start += length
    shuffled = random.sample(placed, len(placed))
    assert row(*shuffled) == row(*placed)
