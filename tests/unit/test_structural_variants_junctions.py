from __future__ import annotations

import random
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sclcohort.structural_variants.junctions import (
    Called,
    End,
    Junction,
    Reads,
    Site,
    join,
    junction_of,
    pair_reciprocals,
    unite,
)
from sclcohort.variants.refusal import RefusedVcfError

ACCEPTED = ("PASS", ".")


def site(alt, position=100, contig="1", ref="A", **info):
    return Site(contig, position, ref, alt, {key: str(value) for key, value in info.items()})


def breakends(junction: Junction) -> list[Site]:
    """Write a junction as the two breakends of the VCF specification, section 5.4."""
    found = []
    for own, mate in (junction.key, junction.key[::-1]):
        bracket = "[" if mate.side == "-" else "]"
        place = f"{bracket}{mate.contig}:{mate.position_1based}{bracket}"
        found.append(site(f"A{place}" if own.side == "+" else f"{place}A", own.position_1based, own.contig))
    return found


def ends_in(chromosome: list[int], rearranged: list[int]) -> set[tuple[int, int, str, str]]:
    """Return the joins of a rearranged chromosome that the intact one lacks, as (base, base, side, side).

    An independent oracle: a base is a signed number, negative where it stands on the other strand.
    """
    intact = set(pairwise(chromosome))
    found = set()
    for a, b in pairwise(rearranged):
        if (a, b) in intact or (-b, -a) in intact:
            continue
        # The end of a forward base is joined where its left is kept; the start of it where its right is kept.
        one, other = (abs(a), "+" if a > 0 else "-"), (abs(b), "-" if b > 0 else "+")
        (p, s), (q, t) = sorted((one, other))
        found.add((p, q, s, t))
    return found


def as_tuple(junction):
    return (
        junction.first.position_1based,
        junction.second.position_1based,
        junction.first.side,
        junction.second.side,
    )


@given(st.integers(2, 40), st.integers(2, 30))
def test_symbols_join_the_bases_that_stand_side_by_side_in_the_rearranged_chromosome(start, length):
    end, bases = start + length, list(range(1, 101))
    left, middle, right = bases[:start], bases[start:end], bases[end:]
    made = {
        "<DEL>": left + right,
        "<DUP>": left + middle + middle + right,
        "<DUP:TANDEM>": left + middle + middle + right,
    }
    for alt, rearranged in made.items():
        found = junction_of(site(alt, start, END=end))
        assert {as_tuple(found)} == ends_in(bases, rearranged)
        assert found.sv_type == alt[1:4]
    inverted = left + [-base for base in reversed(middle)] + right
    sides = {as_tuple(junction_of(site("<INV>", start, END=end, CT=ct))) for ct in ("3to3", "5to5")}
    assert sides == ends_in(bases, inverted)
    whole = junction_of(site("<INV>", start, END=end))
    assert whole.is_reciprocal
    assert whole.strands == "++,--"
    assert as_tuple(whole) in sides


@given(
    st.sampled_from(["1", "2", "X"]),
    st.integers(1, 500),
    st.sampled_from("+-"),
    st.integers(501, 900),
    st.sampled_from("+-"),
)
def test_both_breakends_of_a_junction_give_it_back(contig, low, side, high, other_side):
    junction = join(End("1", low, side), End(contig, high, other_side))
    assert [junction_of(one) for one in breakends(junction)] == [junction, junction]


@pytest.mark.parametrize(
    ("alt", "info", "strands", "kind"),
    [
        ("<DEL>", {"END": 300}, "+-", "DEL"),
        ("<DEL>", {"SVLEN": -200}, "+-", "DEL"),
        ("<DEL:ME:ALU>", {"END": 300}, "+-", "DEL"),
        ("<INV>", {"END": 300, "INV3": True}, "++", "INV"),
        ("<INV>", {"END": 300, "INV5": True}, "--", "INV"),
        ("<INV>", {"END": 300, "STRANDS": "--:4"}, "--", "INV"),
        ("<INV>", {"END": 300, "STRANDS": "++:4,--:3"}, "++,--", "INV"),
        ("<TRA>", {"CHR2": "2", "END": 300, "CT": "5to3"}, "-+", "BND"),
        ("<BND>", {"CHR2": "2", "POS2": 300, "CT": "3to3", "SVTYPE": "BND"}, "++", "BND"),
        ("<TRA>", {"CHR2": "2", "END": 300}, "", "BND"),
        ("<INS>", {"END": 100}, "+-", "INS"),
        ("A[1:301[", {}, "+-", "DEL"),
        ("ACGT[1:101[", {}, "+-", "INS"),
    ],
)
def test_kind_and_sides_are_read_from_what_the_caller_writes(alt, info, strands, kind):
    junction = junction_of(site(alt, **info))
    assert (junction.strands, junction.sv_type) == (strands, kind)


def test_precise_alleles_are_junctions_from_fifty_bases_on():
    deleted = junction_of(site("A", ref="A" + "C" * 50))
    assert (deleted.sv_type, deleted.first.position_1based, deleted.second.position_1based) == ("DEL", 100, 151)
    inserted = junction_of(site("A" + "C" * 50))
    assert (inserted.sv_type, inserted.first.position_1based, inserted.second.position_1based) == ("INS", 100, 101)
    assert junction_of(site("A", ref="A" + "C" * 49)) == "small"
    assert junction_of(site("A" + "C" * 49)) == "small"
    padded = junction_of(site("ACT", ref="ACT" + "G" * 60))
    assert (padded.first.position_1based, padded.second.position_1based) == (102, 163)


@pytest.mark.parametrize(
    ("alt", "reason"),
    [
        ("A.", "single breakend"),
        (".ACG", "single breakend"),
        ("<CNV>", "symbol <CNV>"),
        ("A]<ctg1>:7]", "breakpoint on an assembled contig"),
        ("*", "no allele"),
    ],
)
def test_what_names_no_second_breakpoint_says_so(alt, reason):
    assert junction_of(site(alt)) == reason


@pytest.mark.parametrize(
    ("alt", "info", "message"),
    [
        ("<DEL>", {}, "1:100 <DEL> has no END or SVLEN"),
        ("<INV>", {"END": "."}, "no END or SVLEN"),
        ("<DUP>", {"END": 90}, "ends at 90, before it begins"),
        ("<TRA>", {"CHR2": "2"}, "no POS2 or END"),
    ],
)
def test_symbols_without_an_end_refuse_the_file(alt, info, message):
    with pytest.raises(RefusedVcfError, match=message):
        junction_of(site(alt, **info))


def test_contigs_are_ordered_by_number():
    assert join(End("10", 5, "+"), End("9", 7, "-")).first.contig == "9"
    assert join(End("chrX", 5, "+"), End("chr22", 7, "-")).first.contig == "chr22"


def called(junction, record="", mate=""):
    return Called(junction, record, mate)


def test_each_junction_is_kept_once_whatever_the_order_and_the_accepted_record_of_two():
    good = Junction(End("1", 5, "+"), End("1", 90, "-"), "DEL", "PASS", Reads(3, 9))
    poor = Junction(End("1", 5, "+"), End("1", 90, "-"), "DEL", "LowQual", Reads(8, 9))
    other = Junction(End("2", 5, "+"), End("3", 90, "-"), "BND", "PASS")
    rows = [called(poor), called(good), called(other, "a", "b"), called(other, "b", "a")]
    for seed in range(6):
        random.Random(seed).shuffle(rows)
        assert unite(rows, ACCEPTED) == [good, other]


def test_mates_that_place_their_junction_differently_are_one_by_their_names():
    one = Junction(End("2", 5, "+"), End("3", 90, "-"), "BND")
    shifted = Junction(End("2", 7, "+"), End("3", 92, "-"), "BND")
    rows = [called(one, "a", "b"), called(shifted, "b", "a")]
    assert unite(rows, ACCEPTED) == unite(rows[::-1], ACCEPTED) == [one]


def test_the_two_junctions_of_an_inversion_or_balanced_translocation_are_one():
    inversion = [join(End("1", 100, "+"), End("1", 9000, "+")), join(End("1", 101, "-"), End("1", 9004, "-"))]
    (paired,) = pair_reciprocals(inversion, 1000)
    assert (paired.strands, paired.key) == ("++,--", inversion[0].key)
    moved = [join(End("1", 100, "+"), End("2", 9000, "-")), join(End("1", 130, "-"), End("2", 8990, "+"))]
    assert [one.strands for one in pair_reciprocals(moved, 1000)] == ["+-,-+"]


def test_junctions_that_are_far_apart_or_a_deletion_and_a_duplication_stay_two():
    far = [join(End("1", 100, "+"), End("1", 9000, "+")), join(End("1", 5000, "-"), End("1", 9004, "-"))]
    assert pair_reciprocals(far, 1000) == far
    both = [join(End("1", 100, "+"), End("1", 9000, "-")), join(End("1", 101, "-"), End("1", 9000, "+"))]
    assert pair_reciprocals(both, 1000) == both
    unknown = [join(End("1", 100, ""), End("2", 9000, "")), join(End("1", 101, ""), End("2", 9000, ""))]
    assert pair_reciprocals(unknown, 1000) == unknown
