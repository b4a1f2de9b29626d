"""VCFs without sample columns: the reads of the tumour from INFO."""

from __future__ import annotations

import gzip

import pytest

from tests.unit import variants_import_fixtures
from tests.unit.variants_import_fixtures import F

# Fixtures of a module are what pytest finds among its names.
reference = variants_import_fixtures.reference
truth = variants_import_fixtures.truth
NORMAL = ("normal_depth_reads", "normal_alt_depth_reads")


@pytest.fixture(scope="module")
def done(tmp_path_factory, reference, truth):
    """The truth with columns, and in each way without."""
    vcfs = {
        "with_columns": F.vcf_of(reference, truth),
        "lofreq": F.info_vcf_of(reference, truth, "lofreq"),
        "pcgr": F.info_vcf_of(reference, truth, "pcgr"),
        "pcgr_tumour_only": F.info_vcf_of(reference, truth, "pcgr", has_normal=False),
    }
    return F.import_chunk(tmp_path_factory.mktemp("done"), reference, vcfs)


def test_lofreq_gives_the_coding_table_of_the_truth_without_reads_of_a_normal(done):
    expected = [row | dict.fromkeys(NORMAL) | {"callers": "lofreq"} for row in done.rows("with_columns")]
    assert expected
    assert done.rows("lofreq") == expected


def test_pcgr_gives_depths_and_fractions_and_makes_up_no_counts(done):
    for name, has_normal in (("pcgr", True), ("pcgr_tumour_only", False)):
        rows = done.rows(name)
        assert len(rows) == len(done.rows("with_columns"))
        for row, expected in zip(rows, done.rows("with_columns"), strict=True):
            assert row["vaf"] == pytest.approx(expected["vaf"], abs=1e-5)
            assert row["normal_depth_reads"] == (expected["normal_depth_reads"] if has_normal else None)
            assert (row["alt_depth_reads"], row["normal_alt_depth_reads"]) == (None, None)
            other = ("callers", "vaf", "alt_depth_reads", *NORMAL)
            assert {k: v for k, v in row.items() if k not in other} == {
                k: v for k, v in expected.items() if k not in other
            }


def test_the_status_says_where_the_reads_are_from(done, truth):
    for name, caller, normal in (
        ("lofreq", "lofreq", None),
        ("pcgr", "pcgr", "INFO"),
        ("pcgr_tumour_only", "pcgr", None),
    ):
        row = done.status[name]
        assert (row["state"], row["callers"], row["records"]) == ("imported", caller, len(truth))
        found = done.file(name)
        assert (found["depth_field"][:5], found["vaf_field"]) == (
            "INFO/",
            "computed" if name == "lofreq" else "INFO/TVAF",
        )
        assert (found["tumour_column"], found["normal_column"], found["column_rule"]) == ("INFO", normal, "info")
        assert ("reads are those in INFO" in (row["reason"] or "")) is (normal is None)


def test_the_vcf_that_is_written_has_the_columns_of_any_other(done):
    for name, columns in (("lofreq", ["lofreq"]), ("pcgr", ["pcgr", "pcgr_normal"])):
        text = gzip.decompress((done.vcfs / f"{name}.vcf.gz").read_bytes()).decode()
        assert next(line for line in text.splitlines() if line.startswith("#CHROM")).split("\t")[9:] == columns


def test_line_ends_and_an_open_last_line_do_not_matter(tmp_path, reference, truth, done):
    text = F.info_vcf_of(reference, truth, "lofreq")
    vcfs = {"crlf": text.replace("\n", "\r\n"), "blank": text + "\n", "open": text.removesuffix("\n")}
    other = F.import_chunk(tmp_path, reference, vcfs)
    for name in vcfs:
        assert other.rows(name) == done.rows("lofreq")
    assert "no line end" in other.status["open"]["reason"]


def test_a_format_column_without_samples_is_as_none(tmp_path, reference, truth, done):
    lines = F.info_vcf_of(reference, truth, "lofreq").splitlines()
    text = "\n".join(
        line if line.startswith("##") else line + ("\tFORMAT" if line.startswith("#") else "\tGT") for line in lines
    )
    assert F.import_chunk(tmp_path, reference, {"S1": text + "\n"}).rows("S1") == done.rows("lofreq")


def test_a_record_that_lacks_its_tags_has_no_counts(tmp_path, reference, truth):
    text = F.info_vcf_of(reference, truth[:1], "lofreq")
    text = text[: text.rindex("\t")] + "\tSB=0\n"
    rows = F.import_chunk(tmp_path, reference, {"S1": text}).rows("S1")
    assert [(row["depth_reads"], row["alt_depth_reads"], row["vaf"]) for row in rows] == [(None, None, None)]


@pytest.mark.parametrize("tag", ["DP", "AF", "SB", "DP4"])
def test_without_one_of_its_tags_a_file_is_refused(tmp_path, reference, truth, tag):
    text = F.info_vcf_of(reference, truth, "lofreq").replace(f"ID={tag},", "ID=OTHER,")
    status = F.import_chunk(tmp_path, reference, {"S1": text}).status["S1"]
    assert status["state"] == "refused"
    assert "no sample columns" in status["reason"]


@pytest.mark.parametrize(("column", "named"), [("variants_sample", ("T", "")), ("normal_sample", ("", "N"))])
def test_columns_that_the_sheet_names_cannot_be_there(tmp_path, reference, truth, column, named):
    text = F.info_vcf_of(reference, truth, "pcgr")
    status = F.import_chunk(tmp_path, reference, {"S1": text}, named={"S1": named}).status["S1"]
    assert status["state"] == "refused"
    assert f'{column} "{"".join(named)}" is no column of the VCF, which has none; leave it empty' in status["reason"]


def test_a_damaged_file_is_refused(tmp_path, reference, truth):
    packed = gzip.compress(F.info_vcf_of(reference, truth * 50, "lofreq").encode())
    status = F.import_chunk(tmp_path, reference, {"S1": packed[:-20]}, suffix=".vcf.gz").status["S1"]
    assert (status["state"], "copy it again" in status["reason"]) == ("refused", True)
