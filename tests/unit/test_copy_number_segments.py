"""Reading SEG and .cns: formats by header, coordinates to the base, every refusal with its address."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from sclcohort.coordinates import Span
from sclcohort.copy_number.segments import (
    MOST_FAULTS_KEPT,
    SampleSegments,
    Segment,
    contig_key,
    read_segments,
    sample_names,
)
from sclcohort.errors import StepError

SEG_HEADER = "ID\tchrom\tloc.start\tloc.end\tnum.mark\tseg.mean\n"
CNS_HEADER = "chromosome\tstart\tend\tgene\tlog2\tbaf\tcn\tcn1\tcn2\tdepth\tprobes\tweight\n"


def write(folder: Path, text: str, name: str = "file.txt") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8", newline="")
    return path


def seg(folder: Path, *rows: str, header: str = SEG_HEADER) -> Path:
    return write(folder, header + "".join(row + "\n" for row in rows))


def refusal(path: Path, name: str = "S1") -> str:
    with pytest.raises(StepError) as caught:
        read_segments(path).sample(name)
    return str(caught.value)


def test_seg_positions_count_from_1_with_the_end_and_cns_positions_from_0_without(tmp_path):
    from_seg = read_segments(seg(tmp_path, "S1\t17\t101\t200\t10\t-0.5")).sample("S1")
    cns = write(tmp_path, "chromosome\tstart\tend\tgene\tlog2\nchr17\t100\t200\tTP53\t-0.5\n")
    from_cns = read_segments(cns).sample("any name")
    for segments in (from_seg, from_cns):
        for base in (99, 200):
            assert segments.over(Span("17", base, base + 1)) == []
        for base in (100, 199):
            (found,) = segments.over(Span("17", base, base + 1))
            assert (found.span, found.log2_ratio) == (Span("17", base, base + 1), -0.5)


@pytest.mark.parametrize(
    "header",
    [
        "ID\tchrom\tloc.start\tloc.end\tnum.mark\tseg.mean",  # DNAcopy
        '"ID"\t"chrom"\t"loc.start"\t"loc.end"\t"num.mark"\t"seg.mean"',  # R, quoting
        "Sample\tChromosome\tStart\tEnd\tNum_Probes\tSegment_Mean",  # GATK, TCGA
        "sample\tchrom\tstart\tend\tnum_probes\tsegment_mean",  # CCLE
        "GDC_Aliquot\tChromosome\tStart\tEnd\tNum_Probes\tSegment_Mean",
        "SAMPLE\tCHR\tSTART\tEND\tNUM_PROBES\tLOG2",
        "Sample ID\tchr\tstart position\tend position\tmarkers\tlog2 ratio",
    ],
)
def test_a_seg_header_is_known_in_every_usual_spelling(tmp_path, header):
    found = read_segments(seg(tmp_path, "S1\t1\t1\t10\t3\t0.25", header=header + "\n"))
    assert found.format == "seg"
    assert [one.log2_ratio for one in found.sample("S1").over(Span("1", 0, 10))] == [0.25]


def test_the_format_is_told_by_the_header_whatever_the_file_is_called(tmp_path):
    as_cns = write(tmp_path, SEG_HEADER + "S1\t1\t1\t10\t3\t0.25\n", "tumour.cns")
    as_seg = write(tmp_path, CNS_HEADER + "1\t0\t10\t-\t0.1\t\t2\t1\t1\t9\t3\t1\n", "tumour.seg")
    assert (read_segments(as_cns).format, read_segments(as_seg).format) == ("seg", "cns")


def test_plain_gzip_crlf_and_byte_order_mark_read_alike(tmp_path):
    text = SEG_HEADER + "S1\t1\t1\t10\t3\t0.25\n"
    plain = write(tmp_path, text, "plain.seg")
    dressed = write(tmp_path, "\ufeff" + text.replace("\n", "\r\n"), "windows.seg")
    packed = tmp_path / "packed.seg"
    packed.write_bytes(gzip.compress(text.encode()))
    expected = read_segments(plain).sample("S1").over(Span("1", 0, 10))
    for path in (dressed, packed):
        assert read_segments(path).sample("S1").over(Span("1", 0, 10)) == expected


def test_columns_in_another_order_and_more_of_them_change_nothing(tmp_path):
    header = "seg.mean\tCall\tchrom\tloc.end\tloc.start\tID\n"
    segments = read_segments(seg(tmp_path, "0.25\t+\t1\t10\t1\tS1", header=header)).sample("S1")
    (found,) = segments.over(Span("1", 0, 10))
    assert (found.span, found.log2_ratio) == (Span("1", 0, 10), 0.25)


def test_each_sample_of_a_seg_has_its_own_segments_and_a_cns_has_one_without_a_name(tmp_path):
    path = seg(tmp_path, "S1\t1\t1\t10\t3\t0.25", "S2\t1\t1\t10\t3\t-1", "S1\t2\t1\t10\t3\t0.5")
    found = read_segments(path)
    assert (len(found.sample("S1")), len(found.sample("S2"))) == (2, 1)
    assert found.sample("S1").contigs == {"1", "2"}
    assert sample_names(path) == {"S1", "S2"}
    assert sample_names(write(tmp_path, CNS_HEADER + "1\t0\t10\t-\t0.1\t\t2\t1\t1\t9\t3\t1\n")) == set()


def test_rows_of_samples_nobody_wants_are_not_judged(tmp_path):
    path = seg(tmp_path, "S1\t1\t1\t10\t3\t0.25", "S2\t1\tx\t10\t3\tnonsense")
    found = read_segments(path, wanted={"S1"})
    assert found.names == {"S1", "S2"}
    assert len(found.sample("S1")) == 1


def test_a_faulty_row_refuses_its_sample_and_no_other(tmp_path):
    found = read_segments(seg(tmp_path, "S1\t1\t1\t10\t3\t0.25", "S2\t1\t1\t10\t3\t0,25"))
    assert len(found.sample("S1")) == 1
    with pytest.raises(StepError, match=r'E-CN-015 file.txt:3 column log2 value "0,25": no log2 ratio; fix: '):
        found.sample("S2")


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("S1\t1\t1.5\t10\t3\t0.1", r'E-CN-014 file.txt:2 column start value "1.5"'),
        ("S1\t1\t1,000\t2000\t3\t0.1", r'E-CN-014 file.txt:2 column start value "1,000"'),
        ("S1\t1\t-5\t10\t3\t0.1", r'E-CN-014 file.txt:2 column start value "-5"'),
        ("S1\t1\t1\t\t3\t0.1", r"E-CN-014 file.txt:2 column end"),
        ("S1\t1\t20\t10\t3\t0.1", r'E-CN-014 file.txt:2 column end value "10": the segment ends before it starts'),
        ("S1\t1\t1\t10\t3\t-Inf", r'E-CN-015 file.txt:2 column log2 value "-Inf"'),
        ("S1\t1\t1\t10\t3\t60", r'E-CN-015 file.txt:2 column log2 value "60": too large for a log2 ratio'),
        ("S1\t1\t1\t10\t3\t1_0", r'E-CN-015 file.txt:2 column log2 value "1_0"'),
        ("S1\t1\t1\t10\t3\tgain", r'E-CN-015 file.txt:2 column log2 value "gain"'),
    ],
)
def test_a_faulty_cell_is_refused_with_its_address(tmp_path, row, message):
    text = refusal(seg(tmp_path, row))
    assert message in text
    assert "; fix: " in text


def test_all_faulty_rows_of_a_sample_are_listed_up_to_a_limit(tmp_path):
    assert refusal(seg(tmp_path, *["S1\t1\t1\t10\t3\tx"] * 3)).count("E-CN-015") == 3
    assert refusal(seg(tmp_path, *["S1\t1\t1\t10\t3\tx"] * 100)).count("E-CN-015") == MOST_FAULTS_KEPT


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "E-CN-011 file.txt:1: no column for sample, contig, start, end, log2 among: nothing"),
        ("S1\t1\t1\t10\t3\t0.1\n", "no column for sample, contig, start, end, log2 among: S1, 1, 1, 10, 3, 0.1"),
        ("chrom\tstart\tend\tseg.mean\n", "E-CN-011 file.txt:1: no column for sample among"),
        ("ID,chrom,loc.start,loc.end,seg.mean\n", "E-CN-011 file.txt:1: not tab-separated"),
        ("# by hand\nID\tSample\tchrom\tstart\tend\tlog2\n", "E-CN-012 file.txt:2: two columns for the sample: ID and"),
        ("chromosome\tstart\tend\tgene\tdepth\tlog2\tweight\n", "CNVkit bins (.cnr), not segments; fix: give the .cns"),
        (SEG_HEADER + "S1\t1\t1\t10\t3\n", "E-CN-013 file.txt:2: 5 cells, the header has 6; fix: write it again"),
        (SEG_HEADER + "1\tS1\t1\t1\t10\t3\t0.1\n", "7 cells, the header has 6; fix: write it without row names"),
        (SEG_HEADER + "\t1\t1\t10\t3\t0.1\n", "E-CN-013 file.txt:2: no sample name"),
    ],
)
def test_a_file_that_cannot_be_trusted_is_refused_as_a_whole(tmp_path, text, message):
    path = write(tmp_path, text)
    for read in (read_segments, sample_names):
        with pytest.raises(StepError) as caught:
            read(path)
        assert message in str(caught.value)


def test_a_gzip_file_cut_short_and_a_file_in_another_encoding_are_refused(tmp_path):
    packed = gzip.compress((SEG_HEADER + "S1\t1\t1\t10\t3\t0.25\n" * 1000).encode())
    cut = tmp_path / "cut.seg.gz"
    cut.write_bytes(packed[: len(packed) // 2])
    with pytest.raises(StepError, match=r"E-CN-010 cut.seg.gz: the compressed file is cut short"):
        read_segments(cut)
    latin = tmp_path / "latin.seg"
    latin.write_bytes((SEG_HEADER + "Müller\t1\t1\t10\t3\t0.25\n").encode("latin-1"))
    with pytest.raises(StepError, match=r"E-CN-010 latin.seg: not UTF-8"):
        read_segments(latin)


def test_a_missing_file_is_refused_without_telling_its_folder(tmp_path):
    with pytest.raises(StepError) as caught:
        read_segments(tmp_path / "none.seg")
    assert "E-CN-010 none.seg: cannot be read: No such file" in str(caught.value)
    assert str(tmp_path) not in str(caught.value)


def test_a_sample_the_file_does_not_have_is_refused_with_the_closest_name_even_when_it_has_one(tmp_path):
    path = seg(tmp_path, "COLO668_LUNG\t1\t1\t10\t3\t0.25")
    text = refusal(path, "colo668")
    assert 'E-CN-018 file.txt column sample value "colo668": no such sample; the file has 1' in text
    assert 'set copy_number_sample to "COLO668_LUNG"' in text
    assert "one of its names: COLO668_LUNG" in refusal(path, "XYZ")


def test_rows_without_a_value_leave_their_bases_uncovered_and_are_counted(tmp_path):
    rows = [f"S1\t1\t{start}\t{start + 9}\t3\t{value}" for start, value in ((1, "NA"), (11, "nan"), (21, "0.3"))]
    segments = read_segments(seg(tmp_path, *rows)).sample("S1")
    assert (len(segments), segments.without_value) == (1, 2)
    assert segments.over(Span("1", 0, 20)) == []
    assert "no segment with a value (1 rows without one)" in refusal(seg(tmp_path, "S1\t1\t1\t10\t3\tNA"))


def test_overlapping_segments_of_one_sample_are_refused_and_one_shared_base_goes_to_the_first(tmp_path):
    twice = seg(tmp_path, "S1\t1\t1\t100\t3\t0.1", "S2\t1\t1\t100\t3\t0.1", "S1\t1\t50\t60\t3\t0.2")
    assert 'E-CN-016 file.txt:4 column start value "49": overlaps the segment of row 2 on contig 1' in refusal(twice)
    touching = read_segments(seg(tmp_path, "S1\t1\t1\t100\t3\t0.1", "S1\t1\t100\t200\t3\t0.2")).sample("S1")
    assert [one.span for one in touching.over(Span("1", 0, 500))] == [Span("1", 0, 100), Span("1", 100, 200)]


def test_a_short_segment_inside_a_long_one_is_found_behind_another(tmp_path):
    rows = ("S1\t1\t1\t1000\t3\t0.1", "S1\t1\t10\t20\t3\t0.2", "S1\t1\t500\t600\t3\t0.2")
    assert refusal(seg(tmp_path, *rows)).count("overlaps the segment of row 2") == 2


@pytest.mark.parametrize(("scale", "mean"), [("ratios", 1.0), ("copies", 2.0)])
def test_values_that_are_no_log2_ratios_are_refused(tmp_path, scale, mean):
    rows = [f"S1\t{contig}\t1\t1000\t3\t{mean + 0.05 * (contig % 3)}" for contig in range(1, 23)]
    assert "E-CN-017" in refusal(seg(tmp_path, *rows)), scale


def test_a_few_segments_or_some_gains_on_a_normal_genome_are_log2_ratios(tmp_path):
    few = seg(tmp_path, "S1\t8\t1\t1000\t3\t2.5", "S1\t17\t1\t1000\t3\t1.5")
    assert len(read_segments(few).sample("S1")) == 2
    gains = seg(tmp_path, *[f"S1\t{contig}\t1\t1000\t3\t{2.5 if contig < 9 else 0}" for contig in range(1, 23)])
    assert len(read_segments(gains).sample("S1")) == 22


def test_numbers_as_r_and_pandas_write_them_are_read(tmp_path):
    (found,) = (
        read_segments(seg(tmp_path, "S1\t1\t1e+05\t200000.0\t3\t-1.5e-01")).sample("S1").over(Span("1", 0, 10**6))
    )
    assert (found.span, found.log2_ratio) == (Span("1", 99_999, 200_000), -0.15)


def test_a_segment_that_starts_at_base_0_of_a_seg_starts_at_the_first_base(tmp_path):
    (found,) = read_segments(seg(tmp_path, "S1\t1\t0\t10\t3\t0.1")).sample("S1").over(Span("1", -5, 50))
    assert found.span == Span("1", 0, 10)


def test_called_copies_of_a_cns_are_read_with_the_rarer_allele_whichever_column_has_it(tmp_path):
    rows = ["1\t0\t10\t-\t0.1\t0.4\t3\t1.0\t2.0\t9\t3\t1", "2\t0\t10\t-\t0.1\t\t3\t\t\t9\t3\t1"]
    rows += ["3\t0\t10\t-\t-9\t\t-1\t0\t-1\t9\t3\t1"]
    segments = read_segments(write(tmp_path, CNS_HEADER + "".join(row + "\n" for row in rows))).sample("S1")
    copies = {
        contig: [(one.total_copies, one.minor_copies) for one in segments.over(Span(contig, 0, 10))]
        for contig in ("1", "2", "3")
    }
    assert copies == {"1": [(3, 1)], "2": [(3, None)], "3": [(0, 0)]}


def test_called_copies_that_are_no_whole_numbers_are_refused(tmp_path):
    text = refusal(write(tmp_path, CNS_HEADER + "1\t0\t10\t-\t0.1\t\t2.4\t1\t1\t9\t3\t1\n"))
    assert 'E-CN-015 file.txt:2 column total value "2.4": no whole number of copies' in text


def test_a_cns_gene_cell_longer_than_any_csv_limit_is_read(tmp_path):
    genes = ",".join(["LINC00115"] * 30_000)
    found = read_segments(write(tmp_path, f"chromosome\tstart\tend\tgene\tlog2\n1\t0\t10\t{genes}\t0.1\n"))
    assert len(found.sample("S1")) == 1


def test_a_file_whose_last_line_has_no_end_is_marked(tmp_path):
    text = SEG_HEADER + "S1\t1\t1\t10\t3\t0.25"
    assert not read_segments(write(tmp_path, text)).whole
    assert read_segments(write(tmp_path, text + "\n")).whole


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("chr1", "1"),
        ("1", "1"),
        ("chrX", "X"),
        ("23", "X"),
        ("chr24", "Y"),
        ("chrM", "MT"),
        ("25", "MT"),
        ("GL1", "GL1"),
    ],
)
def test_contigs_are_compared_without_chr_and_without_numbers_for_sex_chromosomes(name, key):
    assert contig_key(name) == key


def test_segments_are_found_as_by_looking_at_every_one_of_them():
    spans = [Span("1", start, start + length) for start, length in ((5, 10), (15, 1), (20, 30), (60, 5))]
    segments = SampleSegments(Segment(span, 0.1 * number, None, None, number) for number, span in enumerate(spans))
    for start in range(70):
        for length in (1, 7, 40):
            wanted = Span("1", start, start + length)
            expected = [span for span in spans if span.overlap_bases(wanted)]
            found = segments.over(wanted)
            assert [spans[one.row] for one in found] == expected
            assert sum(one.span.end - one.span.start_0based for one in found) == sum(
                span.overlap_bases(wanted) for span in expected
            )


def test_the_real_lines_pass_and_their_ratios_would_not(shared_data, tmp_path):
    path = shared_data / "ccle_sclc_copy_number" / "ccle_sclc_cnv_segments_hg19.tsv.gz"
    found = read_segments(path)
    assert len(found.names) == 53
    assert sum(len(found.sample(name)) for name in found.names) == 45_221
    header, *rows = gzip.decompress(path.read_bytes()).decode().splitlines()
    *cells, _ = zip(*(row.split("\t") for row in rows), strict=True)
    ratios = [f"{2 ** float(row.split(chr(9))[5]):.6g}" for row in rows]
    text = "\n".join("\t".join(row) for row in zip(*cells, ratios, strict=True))
    linear = read_segments(write(tmp_path, f"{header}\n{text}\n"))
    for name in sorted(linear.names):
        with pytest.raises(StepError, match=r"not log2 ratios|too large for a log2 ratio"):
            linear.sample(name)
