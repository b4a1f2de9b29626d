"""The formats of segments: one truth in all of them, told apart by header, each read as its caller means it."""

from __future__ import annotations

import gzip
import math

import pytest

from sclcohort.contracts import COPY_NUMBER_STATUS
from sclcohort.coordinates import Span
from sclcohort.copy_number.formats import FORMATS, plain_name
from sclcohort.copy_number.import_copy_number import import_samples
from sclcohort.copy_number.rows import Segment
from sclcohort.copy_number.segments import SampleSegments, read_segments, sample_names
from sclcohort.errors import StepError
from tests.unit.copy_number_format_fixtures import (
    DEFAULT,
    FITTED,
    FORM,
    MINIATURES,
    TRUTH,
    WITH_LOG2_RATIO,
    every_fitted_format,
    every_format,
    gene,
    place_of,
    read,
    refusal,
    table,
    text_of,
    with_cell,
    write,
)

# --- one truth ---------------------------------------------------------------------------------


def test_every_format_of_the_contract_has_a_miniature_and_is_read():
    (states,) = (column.states for column in COPY_NUMBER_STATUS.columns if column.name == "format")
    assert sorted(states) == sorted(MINIATURES) == sorted(FORM)


@every_format
def test_a_miniature_is_recognised_as_itself_only(tmp_path, name):
    header, _ = table(name)
    names = frozenset(map(plain_name, header))
    assert [form.name for form in FORMATS if form.claims(names)] == [name]
    for file in ("tumour.seg", "x.cns", "x.purple.cnv.somatic.tsv", "x_subclones.txt"):
        assert read_segments(write(tmp_path, MINIATURES[name], file)).format == name


@every_format
def test_every_format_gives_the_copies_and_states_of_the_one_truth(tmp_path, name):
    segments = read(tmp_path, MINIATURES[name])
    assert len(segments) == len(TRUTH)
    for contig, first, last, total, minor, state in TRUTH:
        found = gene(segments, contig, first, last)
        assert found["total_copies"] == pytest.approx(total, abs=1e-6)
        assert found["state"] == state
        assert found["minor_copies"] == (None if name in ("seg", "gatk") else minor)
        assert (found["segments"], found["covered_fraction"]) == (1, 1.0)


@every_format
def test_segments_begin_with_their_first_base_and_end_with_their_last(tmp_path, name):
    segments = read(tmp_path, MINIATURES[name])
    for contig, first, last, *_ in TRUTH:
        (found,) = segments.over(Span.from_inclusive(contig, first, last))
        assert found.span == Span(contig, first - 1, last)
    assert segments.over(Span.from_inclusive("8", 1000, 1000)) == []
    assert segments.over(Span.from_inclusive("8", 3001, 3001)) == []
    for base, row in ((1001, 0), (2000, 0), (2001, 1), (3000, 1)):
        (found,) = segments.over(Span.from_inclusive("8", base, base))
        assert gene(segments, "8", base, base)["total_copies"] == pytest.approx(TRUTH[row][3])


@every_format
def test_gzip_quotes_crlf_and_another_order_of_columns_change_nothing(tmp_path, name):
    text = MINIATURES[name]
    expected = read(tmp_path, text).over(Span("8", 0, 9000))
    packed = tmp_path / "packed.txt.gz"
    packed.write_bytes(gzip.compress(text.encode()))
    assert read_segments(packed).sample("S1").over(Span("8", 0, 9000)) == expected
    dressed = tmp_path / "dressed.txt"
    dressed.write_bytes(text.replace("\n", "\r\n").encode())
    assert read_segments(dressed).sample("S1").over(Span("8", 0, 9000)) == expected
    header, rows = table(name)
    turned = text_of([f'"{cell}"' for cell in header[::-1]], [row[::-1] for row in rows])
    moved = 3 if name == "gatk" else 0
    assert [one._replace(row=one.row + moved) for one in read(tmp_path, turned).over(Span("8", 0, 9000))] == expected


# --- copies and log2 ratios --------------------------------------------------------------------


@every_fitted_format
def test_fitted_copies_are_used_as_they_are_whatever_the_purity_and_the_row_says_so(tmp_path, name):
    segments = read(tmp_path, MINIATURES[name])
    found = gene(segments, "13", 5001, 6000, purity=0.3)
    assert found["reason"] == f"copies as fitted by {FITTED[name]}, which corrects them for purity and ploidy"
    assert found == gene(segments, "13", 5001, 6000, purity=None) == gene(segments, "13", 5001, 6000, purity=1.0)


@every_fitted_format
def test_a_log2_ratio_is_shown_where_the_file_has_one_and_the_lowest_is_never_given(tmp_path, name):
    found = gene(read(tmp_path, MINIATURES[name]), "17", 7001, 8000)
    expected = pytest.approx(-0.6, abs=0.001) if name in WITH_LOG2_RATIO else None
    assert found["log2_ratio"] == expected
    assert found["lowest_log2_ratio"] is None


def test_gatk_copies_come_from_the_log2_ratio_and_the_purity_as_those_of_a_seg_do(tmp_path):
    gatk, seg = (read(tmp_path, MINIATURES[name]) for name in ("gatk", "seg"))
    for contig, first, last, *_ in TRUTH:
        for purity in (0.4, 1.0, None):
            assert gene(gatk, contig, first, last, purity) == gene(seg, contig, first, last, purity)


def test_gatk_ratios_that_are_no_log2_ratios_are_refused(tmp_path):
    header, _ = table("gatk")
    rows = [[f"chr{contig}", "1", "1000", "10", "1.02", "0"] for contig in range(1, 23)]
    assert "E-CN-017" in refusal(tmp_path, text_of(header, rows))


def test_copies_of_fitted_formats_are_never_judged_as_if_they_were_log2_ratios(tmp_path):
    header, _ = table("facets")
    rows = [[str(contig), "1", "1", "1", "1.1", "0", "1", "1.1", "0", "1", "1000", "1", "2", "1"] for contig in (1, 2)]
    rows = [[str(number), *row[1:]] for number, row in enumerate(rows * 11, start=1)]
    assert len(read(tmp_path, text_of(header, rows))) == 22


@pytest.mark.parametrize("name", ["facets", "sequenza", "battenberg"])
def test_a_file_without_its_log2_ratio_column_or_value_has_copies_all_the_same(tmp_path, name):
    role = "ratio" if name == "sequenza" else "log2"
    header, rows = table(name)
    place = place_of(name, role)
    without = text_of(header[:place] + header[place + 1 :], [row[:place] + row[place + 1 :] for row in rows])
    for text in (without, with_cell(name, role, "NA"), with_cell(name, role, "-Inf")):
        found = gene(read(tmp_path, text), "8", 1001, 2000)
        assert (found["log2_ratio"], found["total_copies"], found["minor_copies"]) == (None, 12, 1)
    partly = gene(read(tmp_path, with_cell(name, role, "NA")), "8", 1001, 3000)
    assert (partly["log2_ratio"], partly["total_copies"]) == (None, 8)


def test_the_log2_ratio_of_sequenza_is_that_of_its_depth_ratio_and_0_has_none(tmp_path):
    found = gene(read(tmp_path, MINIATURES["sequenza"]), "8", 2001, 3000)
    assert found["log2_ratio"] == pytest.approx(math.log2(1.32))
    assert gene(read(tmp_path, with_cell("sequenza", "ratio", "0")), "8", 1001, 2000)["log2_ratio"] is None
    text = refusal(tmp_path, with_cell("sequenza", "ratio", "-0.5"))
    assert 'column ratio value "-0.5": a ratio of depths is never below 0' in text


@pytest.mark.parametrize(("name", "role"), [("facets", "minor"), ("sequenza", "second_allele"), ("purple", "minor")])
def test_a_segment_without_minor_copies_keeps_its_total(tmp_path, name, role):
    """FACETS gives no lcn.em below 15 heterozygous SNPs, Sequenza no A and B on a man's X."""
    found = gene(read(tmp_path, with_cell(name, role, "NA")), "8", 1001, 2000)
    assert (found["total_copies"], found["minor_copies"], found["state"]) == (12, None, "amplification")


@pytest.mark.parametrize(
    ("name", "role"),
    [
        ("purple", "total"),
        ("facets", "total"),
        ("ascat", "first_allele"),
        ("sequenza", "total"),
        ("battenberg", "major_1"),
    ],
)
def test_a_segment_without_copies_is_not_covered_and_never_read_from_its_log2_ratio(tmp_path, name, role):
    text = with_cell(name, role, "NA")
    if name == "battenberg":
        header, rows = table(name)
        rows[0][place_of(name, "major_1")] = rows[0][place_of(name, "minor_1")] = "NA"
        text = text_of(header, rows)
    segments = read(tmp_path, text)
    assert (len(segments), segments.without_value) == (4, 1)
    assert gene(segments, "8", 1001, 2000)["state"] == "not_covered"


def test_purple_copies_below_0_are_none_and_its_older_column_names_are_known(tmp_path):
    found = gene(read(tmp_path, with_cell("purple", "total", "-0.0712")), "8", 1001, 2000)
    assert (found["total_copies"], found["state"]) == (0, "deep_deletion")
    older = MINIATURES["purple"].replace("AlleleCopyNumber", "AllelePloidy")
    assert gene(read(tmp_path, older), "8", 1001, 2000)["minor_copies"] == 1


def test_minor_copies_with_fractions_are_those_of_most_bases_to_the_nearest_whole_number(tmp_path):
    header, rows = table("purple")
    minor, start, end, first_kept = *(place_of("purple", role) for role in ("minor", "start", "end")), rows[0]
    parts = [("1001", "1300", "0.02"), ("1301", "1600", "0.05"), ("1601", "2000", "1.01")]
    made = []
    for first, last, value in parts:
        row = list(first_kept)
        row[start], row[end], row[minor] = first, last, value
        made.append(row)
    found = gene(read(tmp_path, text_of(header, made)), "8", 1001, 2000)
    assert found["minor_copies"] == pytest.approx(0.035)
    made[2][end] = "2400"
    assert gene(read(tmp_path, text_of(header, made)), "8", 1001, 2400)["minor_copies"] == 1.01


@pytest.mark.parametrize(("value", "minor"), [("0.49", 0.245), ("0.5", 0.5)])
def test_half_a_minor_copy_counts_as_one_and_less_as_none(tmp_path, value, minor):
    """0.49 is averaged with the 0 of the other half; 0.5 ties with it, and the higher number wins."""
    header, rows = table("purple")
    rows[0][place_of("purple", "minor")], rows[1][place_of("purple", "minor")] = value, "0"
    assert gene(read(tmp_path, text_of(header, rows)), "8", 1001, 3000)["minor_copies"] == minor


def test_a_part_of_a_gene_deeply_deleted_by_its_fitted_copies_is_told_by_them(tmp_path):
    found = gene(read(tmp_path, with_cell("facets", "total", "0")), "8", 1001, 3000)
    assert (found["state"], found["total_copies"]) == ("neutral", 2)
    assert "1000 bases of the gene are deeply deleted (0 copies), the gene as a whole is not" in found["reason"]


def test_a_segment_with_neither_copies_nor_log2_ratio_is_an_error_and_never_0_copies():
    segments = SampleSegments([Segment(Span("8", 0, 10), None, None, None, 2)])
    with pytest.raises(ValueError, match="neither copies nor a log2 ratio"):
        gene(segments, "8", 1, 10)


# --- Battenberg's two states -------------------------------------------------------------------


def two_states(**cells: str) -> str:
    """Return the miniature with the first segment subclonal: 2 + 1 in 0.75 of the cells, 1 + 0 in the others."""
    header, rows = table("battenberg")
    values = {"major_1": "2", "minor_1": "1", "fraction_1": "0.75", "major_2": "1", "minor_2": "0"}
    for role, value in ({**values, "fraction_2": "0.25"} | cells).items():
        rows[0][place_of("battenberg", role)] = value
    return text_of(header, rows)


def test_a_subclonal_segment_has_the_mean_copies_of_its_two_states_and_the_row_says_so(tmp_path):
    found = gene(read(tmp_path, two_states()), "8", 1001, 2000)
    assert found["total_copies"] == 0.75 * 3 + 0.25 * 1
    assert found["minor_copies"] == 0.75
    assert found["reason"].endswith(
        "; 1000 bases are subclonal: their copies are the mean of two states, weighted by their fractions of cells"
    )
    assert "subclonal" not in gene(read(tmp_path, two_states()), "8", 2001, 3000)["reason"]


def test_the_rarer_allele_of_a_mean_may_be_the_one_called_major(tmp_path):
    text = two_states(major_1="1", minor_1="1", fraction_1="0.5", major_2="1", minor_2="3", fraction_2="0.5")
    found = gene(read(tmp_path, text), "8", 1001, 2000)
    assert (found["total_copies"], found["minor_copies"]) == (3, 1)


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        ({"minor_2": "NA"}, 'column minor_2 value "NA": one allele of a state without the other'),
        ({"major_1": "NA"}, 'column major_1 value "NA": one allele of a state without the other'),
        ({"fraction_2": "NA"}, 'column fraction_2 value "NA": no fraction of cells between 0 and 1'),
        ({"fraction_1": "75"}, 'column fraction_1 value "75": no fraction of cells between 0 and 1'),
        ({"fraction_2": "-0.2"}, 'column fraction_2 value "-0.2": no fraction of cells between 0 and 1'),
        ({"fraction_2": "0.5"}, 'column fraction_1 value "0.75": the fractions of cells of its states add up to 1.25'),
        ({"major_2": "NA", "minor_2": "NA", "fraction_2": "NA"}, "add up to 0.75"),
    ],
)
def test_states_that_do_not_add_up_are_refused(tmp_path, cells, message):
    text = refusal(tmp_path, two_states(**cells))
    assert text.startswith("E-CN-015 file.txt:2 column ")
    assert message in text
    assert "; fix: " in text


# --- names of samples --------------------------------------------------------------------------


@every_format
def test_only_formats_with_a_column_of_samples_have_names(tmp_path, name):
    found = sample_names(write(tmp_path, MINIATURES[name]))
    assert found == ({"S1"} if name in ("seg", "ascat") else set())


def test_an_ascat_file_may_hold_several_samples_or_have_no_column_of_them(tmp_path):
    several = MINIATURES["ascat"] + MINIATURES["ascat"].split("\n", 1)[1].replace("S1", "S2").replace("11", "3")
    path = write(tmp_path, several)
    assert sample_names(path) == {"S1", "S2"}
    assert gene(read_segments(path, {"S2"}).sample("S2"), "8", 1001, 2000)["total_copies"] == 4
    with pytest.raises(StepError, match=r'E-CN-018 file.txt column sample value "s3": no such sample; the file has 2'):
        read_segments(path).sample("s3")
    header, rows = table("ascat")
    nameless = write(tmp_path, text_of(header[1:], [row[1:] for row in rows]))
    assert sample_names(nameless) == set()
    assert len(read_segments(nameless).sample("whatever")) == len(TRUTH)


def test_ascat_files_of_the_gdc_and_facets_files_of_the_facets_suite_are_known(tmp_path):
    names = ["GDC_Aliquot", "Chromosome", "Start", "End", "Major_Copy_Number", "Minor_Copy_Number"]
    _, rows = table("ascat")
    gdc = write(tmp_path, text_of([*names, "Copy_Number"], [[*row, "9"] for row in rows]))
    assert (read_segments(gdc).format, sample_names(gdc)) == ("ascat", {"S1"})
    assert gene(read_segments(gdc).sample("S1"), "8", 1001, 2000)["total_copies"] == 12
    header, rows = table("facets")
    suite = ["ID", *(f"loc.{name}" if name in ("start", "end") else name for name in header)]
    path = write(tmp_path, text_of(suite, [["S1", *row] for row in rows]))
    assert (read_segments(path).format, sample_names(path)) == ("facets", {"S1"})


# --- the step ----------------------------------------------------------------------------------


@every_format
def test_the_status_names_the_format_and_says_whose_the_copies_are(tmp_path, name):
    path = write(tmp_path, with_cell(name, "start", "1001"))
    row = {"sample_id": "S1", "copy_number": str(path), "copy_number_sample": None, "purity": 0.5, "purity_file": None}
    ((status, genes),) = import_samples([row], {"S1": "unknown"}, {"MYC": [Span("chr8", 1000, 2000)]}, DEFAULT)
    assert (status["state"], status["format"], status["segments"]) == ("imported", name, 5)
    expected = (
        f"copies are those fitted by {FITTED[name]}; a purity from elsewhere changes none of them"
        if name in FITTED
        else None
        if name == "cns"
        else "ploidy unknown: log2 ratios are read at 2"
    )
    assert status["reason"] == expected
    assert [row["state"] for row in genes] == ["amplification"]


def test_rows_without_fitted_copies_are_counted_in_the_status_and_a_needless_name_is_told(tmp_path):
    path = write(tmp_path, with_cell("facets", "total", "NA"))
    row = {"sample_id": "S1", "copy_number": str(path), "copy_number_sample": "T", "purity": None, "purity_file": None}
    ((status, _),) = import_samples([row], {"S1": "unknown"}, {"RB1": [Span("13", 5000, 6000)]}, DEFAULT)
    assert status["reason"] == (
        "the file has one sample, copy_number_sample was not needed; "
        "copies are those fitted by FACETS; a purity from elsewhere changes none of them; "
        "1 rows have no copies, their bases are not covered"
    )
