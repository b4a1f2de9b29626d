"""Sets of bases behave as sets, and BED files are read or refused by line."""

from __future__ import annotations

import gzip
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sclcohort.coordinates import Span
from sclcohort.errors import StepError
from sclcohort.reference.intervals import Intervals, check_contigs, read_bed

SPANS = st.lists(
    st.builds(
        lambda contig, start, length: Span(contig, start, start + length),
        st.sampled_from("AB"),
        st.integers(0, 40),
        st.integers(1, 12),
    ),
    max_size=12,
)


def bases_of(spans):
    return {(span.contig, base) for span in spans for base in range(span.start_0based, span.end)}


@given(SPANS, SPANS)
def test_intervals_hold_the_bases_of_their_spans_and_share_those_of_both(spans, others):
    intervals = Intervals(spans)
    assert bases_of(intervals) == bases_of(spans)
    assert intervals.bases == len(bases_of(spans))
    assert bases_of(intervals.common(others)) == bases_of(spans) & bases_of(others)


@given(SPANS)
def test_intervals_neither_overlap_nor_touch_and_do_not_depend_on_order(spans):
    merged = list(Intervals(spans))
    for before, after in itertools.pairwise(merged):
        assert before.contig < after.contig or before.end < after.start_0based
    assert list(Intervals(reversed(spans))) == merged


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [(8, 10, 0), (9, 11, 1), (10, 11, 1), (19, 20, 1), (19, 21, 1), (20, 25, 0), (0, 99, 15), (28, 31, 1)],
)
def test_the_base_before_at_and_after_an_interval_is_told(start, end, expected):
    intervals = Intervals([Span("1", 10, 20), Span("1", 30, 35)])
    assert sum(part.end - part.start_0based for part in intervals.within(Span("1", start, end))) == expected


def test_a_contig_that_is_not_there_shares_nothing():
    assert Intervals([Span("1", 0, 5)]).within(Span("2", 0, 5)) == []


def test_a_bed_may_be_compressed_have_browser_lines_more_columns_and_spaces(tmp_path):
    text = (
        'browser position chr1\ntrack name="panel"\n# made by hand\nchr1\t5\t9\tRB1\t0\t+\n\nchr1 9 12\nchr2\t0\t1\r\n'
    )
    (tmp_path / "panel.bed.gz").write_bytes(gzip.compress(text.encode()))
    bed = read_bed(tmp_path / "panel.bed.gz")
    assert list(bed.intervals) == [Span("chr1", 5, 12), Span("chr2", 0, 1)]
    assert bed.first_lines == {"chr1": 4, "chr2": 7}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("chr1\t5\t9\nchr1\t5\n", "line 2 has 2 columns; a BED has at least three"),
        ("chrom\tstart\tend\nchr1\t5\t9\n", "line 1: start 'start' and end 'end' must be integers; remove a header"),
        ("chr1\t9\t9\n", "line 1: start 9 is not before end 9"),
        ("chr1\t-1\t9\n", "line 1: start -1 is not before end 9"),
        ("# nothing\n", "has no interval"),
        (b"\xff\xfe\x00", "cannot be read"),
    ],
)
def test_a_faulty_bed_is_refused_with_its_line(tmp_path, text, message):
    path = tmp_path / "panel.bed"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(StepError, match=message):
        read_bed(path)


def test_a_missing_bed_is_refused(tmp_path):
    with pytest.raises(StepError, match="cannot be read"):
        read_bed(tmp_path / "absent.bed")


@pytest.mark.parametrize(
    ("contigs", "message"),
    [
        ({"1", "2"}, r"line 1: contig chr1 is named otherwise than in the reference \(1\); add or remove chr"),
        ({"X"}, "line 1: contig chr1 is not in the reference, nor is any other"),
    ],
)
def test_a_bed_of_other_contigs_is_refused(tmp_path, contigs, message):
    (tmp_path / "panel.bed").write_text("chr1\t5\t9\n")
    with pytest.raises(StepError, match=message):
        check_contigs(read_bed(tmp_path / "panel.bed"), contigs)


@pytest.mark.parametrize("contigs", [set(), {"chr1"}, {"chr1", "chr2"}])
def test_a_bed_that_shares_a_contig_or_meets_an_unknown_reference_passes(tmp_path, contigs):
    (tmp_path / "panel.bed").write_text("chr1\t5\t9\nchrUn\t1\t2\n")
    check_contigs(read_bed(tmp_path / "panel.bed"), contigs)
