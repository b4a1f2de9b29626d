"""Coordinates at the base before, at the start, at the end and after an interval."""

from __future__ import annotations

import pytest

from sclcohort.coordinates import Span, differ_by_prefix, is_sex_chromosome, without_chr

GENE = Span("chr1", 10, 20)


def test_inclusive_coordinates_of_gff_become_a_half_open_span():
    assert Span.from_inclusive("chr1", 11, 20) == GENE


@pytest.mark.parametrize(
    ("start", "end", "bases"),
    [(9, 10, 0), (9, 11, 1), (10, 20, 10), (19, 20, 1), (19, 21, 1), (20, 21, 0), (0, 30, 10), (15, 15, 0)],
)
def test_overlap_counts_shared_bases_at_every_edge(start, end, bases):
    assert GENE.overlap_bases(Span("chr1", start, end)) == bases
    assert Span("chr1", start, end).overlap_bases(GENE) == bases


def test_spans_on_different_contigs_share_nothing():
    assert GENE.overlap_bases(Span("chr2", 10, 20)) == 0


@pytest.mark.parametrize(("name", "bare"), [("chr1", "1"), ("1", "1"), ("chrM", "MT"), ("MT", "MT"), ("chrX", "X")])
def test_contig_names_compare_without_their_prefix(name, bare):
    assert without_chr(name) == bare


@pytest.mark.parametrize(
    ("found", "expected", "answer"),
    [
        ({"1", "2"}, {"chr1", "chr2"}, True),
        ({"chr1"}, {"1", "X"}, True),
        ({"1", "chr2"}, {"chr2"}, False),
        ({"scaffold"}, {"chr1"}, False),
        (set(), {"chr1"}, False),
    ],
)
def test_a_prefix_mismatch_is_told_from_other_differences(found, expected, answer):
    assert differ_by_prefix(found, expected) is answer


def test_sex_chromosomes_are_told_in_both_styles():
    assert [name for name in ("X", "chrX", "Y", "chrY", "1", "chr10", "MT") if is_sex_chromosome(name)] == [
        "X",
        "chrX",
        "Y",
        "chrY",
    ]
