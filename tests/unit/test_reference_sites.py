"""Sites are the changes of single bases, counted one by one."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sclcohort.reference.sites import count_sites

# NCBI translation table 1, written here a second time.
CODE = dict(
    zip(
        map("".join, itertools.product("TCAG", repeat=3)),
        "FFLLSSSSYY**CC*WLLLLPPPPHHQQRRRRIIIMTTTTNNKKSSRRVVVVAAAADDEEGGGG",
        strict=True,
    )
)


def changes(bases, ranges):
    """Return the fraction of single-base changes that alter a residue, summed over bases, and the rest."""
    altering = silent = 0.0
    for start, end in ranges:
        for place in range(start, end):
            codon = bases[place // 3 * 3 : place // 3 * 3 + 3]
            if codon not in CODE:
                continue
            others = [codon[: place % 3] + base + codon[place % 3 + 1 :] for base in "ACGT" if base != bases[place]]
            altered = sum(CODE[other] != CODE[codon] for other in others) / 3
            altering, silent = altering + altered, silent + 1 - altered
    return altering, silent


@pytest.mark.parametrize(
    ("codon", "nonsilent", "silent"),
    [("ATG", 3, 0), ("GGG", 2, 1), ("TGG", 3, 0), ("TTT", 3 - 1 / 3, 1 / 3), ("TAA", 3 - 2 / 3, 2 / 3), ("NGG", 0, 0)],
)
def test_sites_of_single_codons_are_those_counted_by_hand(codon, nonsilent, silent):
    assert count_sites(codon, [(0, 3)]) == pytest.approx((nonsilent, silent))


@given(st.text("ACGTN", max_size=30), st.lists(st.integers(0, 30), max_size=6, unique=True))
def test_any_parts_of_any_sequence_have_the_sites_of_their_single_changes(bases, cuts):
    cuts = sorted(cut for cut in cuts if cut <= len(bases))
    ranges = list(zip(cuts[::2], cuts[1::2], strict=False))
    assert count_sites(bases, ranges) == pytest.approx(changes(bases, ranges))


@given(st.text("ACGT", min_size=30, max_size=30), st.integers(0, 30))
def test_the_sites_of_two_halves_are_those_of_the_whole(bases, cut):
    whole = count_sites(bases, [(0, 30)])
    halves = [count_sites(bases, [part]) for part in ((0, cut), (cut, 30))]
    assert sum(whole) == pytest.approx(30)
    assert whole == pytest.approx(tuple(map(sum, zip(*halves, strict=True))))
