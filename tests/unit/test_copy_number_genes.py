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


@given(st.floats(0.05, 1), st.floats(1.1, 8), st.floats(0, 60), st.sampled_from([1, 2]))
def test_copies_are_those_of_the_mixture_at_every_purity_ploidy_and_number_of_normal_copies(
    purity, ploidy, copies, normal
):
    mixture, average = purity * copies + (1 - purity) * normal, purity * ploidy + (1 - purity) * 2
    log2_ratio = math.log2(mixture / average) if mixture > 0 else -1000.0
    assert tumour_copies(log2_ratio, purity, ploidy, normal) == pytest.approx(copies, abs=1e-9 / purity)


@given(st.floats(-20, 8), st.floats(0.05, 1))
def test_at_ploidy_2_the_copies_are_those_of_cnvkit(log2_ratio, purity):
    by_cnvkit = (2 * 2**log2_ratio - 2 * (1 - purity)) / purity
    assert tumour_copies(log2_ratio, purity, 2) == pytest.approx(max(0, by_cnvkit), abs=1e-12 / purity, rel=1e-12)
    assert tumour_copies(log2_ratio, purity) == tumour_copies(log2_ratio, purity, 2)


def test_a_log2_ratio_of_0_is_the_ploidy_of_the_tumour_whatever_its_purity():
    for purity in (0.2, 0.7, 1.0):
        found = row((0, 500, 0.0), purity=purity, ploidy=3.6)
        assert (found["total_copies"], found["ploidy_ratio"]) == (pytest.approx(3.6), pytest.approx(1))
        assert found["state"] == "gain"


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


RELATIVE = Thresholds(8, 3, 1.5, 0.5, 3, 3_000_000)


@pytest.mark.parametrize(
    ("copies", "ploidy", "state"),
    [
        (8, None, "amplification"),
        (7.9, None, "gain"),
        (7.9, 2, "gain"),
        (8, 2, "amplification"),
        (9, 3, "amplification"),
        (9 - 2e-6, 3, "amplification"),  # 3 times, as printed
        (8.99, 3, "gain"),
        (12, 4, "amplification"),
        (11.9, 4, "gain"),
        (0.5, 4, "deep_deletion"),
    ],
)
def test_an_amplification_has_both_the_copies_and_the_times_the_ploidy(copies, ploidy, state):
    assert RELATIVE.state(copies, ploidy) == state
    assert DEFAULT.state(copies, ploidy) == ("amplification" if copies >= 8 else state)


def test_the_number_that_decided_is_in_the_reason():
    log2_ratio = math.log2(10 / 3.6)
    found = row((0, 500, log2_ratio), ploidy=3.6, thresholds=RELATIVE)
    assert (found["state"], found["ploidy_ratio"]) == ("gain", pytest.approx(10 / 3.6))
    assert found["reason"] == "10 copies are 2.78 times the ploidy of 3.6, and an amplification has 3 times or more"
    asked_only_for_copies = row((0, 500, log2_ratio), ploidy=3.6)
    assert asked_only_for_copies["state"] == "amplification"
    assert asked_only_for_copies["reason"] == "10 copies are 2.78 times the ploidy of 3.6"
    unknown = row((0, 500, 2.5), thresholds=RELATIVE)
    assert (unknown["state"], unknown["ploidy_ratio"]) == ("amplification", None)
    assert unknown["reason"] == "ploidy unknown, the copies alone decide on the amplification"


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


def on_x(
    log2_ratio: float, sex: str, purity: float | None = 1.0, copies: tuple[int, int | None] = (None, None), **more
):
    tumour = Tumour(purity, more.get("ploidy"), sex)
    parts = segments((0, 20, log2_ratio, *copies), contig="X")
    return gene_copy_number("KDM6A", [Span("chrX", 0, 10)], parts, tumour, DEFAULT)


def test_one_copy_of_x_is_a_loss_in_a_female_and_none_in_a_male():
    female, male, unknown = (on_x(-1.0, sex) for sex in ("female", "male", "unknown"))
    assert [found["total_copies"] for found in (female, male, unknown)] == [1, 1, 1]
    assert (female["state"], female["reason"]) == ("loss", None)
    assert (male["state"], male["focality"]) == ("neutral", "not_assessable")
    assert male["reason"] == "one copy is normal in a male, log2 ratios are read against a reference with two"
    assert unknown["state"] == "loss"
    assert unknown["reason"] == (
        "sex unknown, two copies are taken as normal; in a male one copy is, so that the loss is not assessable"
    )
    for sex, state in (("female", "loss"), ("male", "neutral"), ("unknown", "loss")):
        assert on_x(0.0, sex, copies=(1, 0))["state"] == state
    assert on_x(-1.0, "male", copies=(1, 0))["reason"] == (
        "copies as called in the file (cn); one copy is normal in a male"
    )


def test_an_intact_x_of_a_male_is_no_deep_deletion_at_low_purity():
    """Half of the reference: read at two normal copies it would be 0.33 copies at purity 0.6."""
    male, unknown, female = (on_x(-1.0, sex, purity=0.6) for sex in ("male", "unknown", "female"))
    assert (male["total_copies"], male["lowest_copies"], male["state"]) == (
        pytest.approx(1),
        pytest.approx(1),
        "neutral",
    )
    assert (female["total_copies"], female["state"]) == (pytest.approx(1 / 3), "deep_deletion")
    assert (unknown["state"], unknown["lowest_copies"]) == ("loss", None)
    assert unknown["reason"].endswith(
        "0.333 copies, a deep deletion, in a female only: the fewest copies are not given"
    )


@given(st.floats(-8, 4), st.floats(0.1, 1))
def test_without_the_sex_x_is_deeply_deleted_only_where_it_is_in_both_sexes(log2_ratio, purity):
    states = {sex: on_x(log2_ratio, sex, purity)["state"] for sex in ("female", "male", "unknown")}
    both = states["female"] == states["male"] == "deep_deletion"
    assert (states["unknown"] == "deep_deletion") == both


@given(st.floats(-3, 6), st.floats(0.1, 1))
def test_a_male_x_is_gained_only_where_a_reference_of_either_sex_says_so(log2_ratio, purity):
    against_two = tumour_copies(log2_ratio, purity, 2, 1)
    against_one = max(0.0, (2**log2_ratio - (1 - purity)) / purity)
    states = {DEFAULT.state(against_two), DEFAULT.state(against_one)}
    found = on_x(log2_ratio, "male", purity)["state"]
    assert (found in ("gain", "amplification")) == (states <= {"gain", "amplification"})
    assert found != "amplification" or states == {"amplification"}
    assert found != "loss"


def test_both_copies_of_x_lost_and_the_only_one_lost_are_deep_deletions():
    for sex in ("female", "male", "unknown"):
        assert on_x(-8.0, sex, purity=0.9 if sex == "male" else 1.0)["state"] == "deep_deletion"
        assert on_x(0.0, sex, copies=(0, 0))["state"] == "deep_deletion"


def test_the_fewest_copies_are_those_of_the_lowest_segment_by_the_measure_of_the_gene():
    found = row((0, 150, 0.0), (150, 160, -2.5), (160, 300, 0.0), purity=0.8, ploidy=3.0)
    assert found["lowest_copies"] == pytest.approx(tumour_copies(-2.5, 0.8, 3.0))
    assert row((0, 150, 0.0, 3, 1), (150, 300, 0.0, 0, 0))["lowest_copies"] == 0
    partly_called = row((0, 150, 0.0, 0, 0), (150, 300, 1.0, None, None))
    assert (partly_called["lowest_copies"], partly_called["total_copies"]) == (2, pytest.approx(2 * 2**0.5))
    assert "lowest_copies" not in row((0, 50, 0.1))


@pytest.mark.parametrize(("bases", "focality"), [(3_000_000, "focal"), (3_000_001, "broad")])
def test_an_event_is_focal_up_to_the_limit(bases, focality):
    found = row((0, bases, 2.5), (bases, 90_000_000, 0.0))
    assert (found["event_bases"], found["focality"]) == (bases, focality)
    assert row((0, bases, 0.1))["focality"] == "not_assessable"


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


@given(parts_of_a_gene, st.floats(0.1, 1), st.floats(1.2, 6))
def test_no_gene_has_fewer_copies_than_its_lowest_segment(parts, purity, ploidy):
    placed, start = [], 60
    for length, log2_ratio, copies in parts:
        total, minor = copies or (None, None)
        placed.append((start, start + length, log2_ratio, total, minor))
        start += length
    found = row(*placed, purity=purity, ploidy=ploidy)
    if found["state"] != "not_covered":
        assert found["lowest_copies"] <= found["total_copies"] + 1e-9
        assert (found["focality"] == "not_assessable") == (found["state"] == "neutral")
        assert found["event_bases"] is None or found["event_bases"] >= 1


@given(parts_of_a_gene, st.randoms(use_true_random=False))
def test_the_order_of_the_rows_changes_nothing(parts, random):
    placed, start = [], 60
    for length, log2_ratio, copies in parts:
        total, minor = copies or (None, None)
        placed.append((start, start + length, log2_ratio, total, minor))
        start += length
    shuffled = random.sample(placed, len(placed))
    assert row(*shuffled) == row(*placed)
