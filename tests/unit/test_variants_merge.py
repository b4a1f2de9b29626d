"""Several files of one tumour, merged by allele."""

from __future__ import annotations

import gzip
import random
import runpy
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from sclcohort.files import sha256_of

F = SimpleNamespace(**runpy.run_path(str(Path(__file__).with_name("variants_fixtures.py"))))
OF_CALLERS = ("callers", "callers_given", "filter")


@pytest.fixture(scope="module")
def reference(tmp_path_factory):
    return F.build_reference(tmp_path_factory.mktemp("reference"))


@pytest.fixture(scope="module")
def truth(reference):
    return F.truth_of(reference)


def snvs(truth):
    return [one for one in truth if len(one.ref) == len(one.alt)]


def indels(truth):
    return [one for one in truth if len(one.ref) != len(one.alt)]


def merged(folder, reference, *texts, **settings):
    """Import one sample, S1, of several files; return what came of it."""
    return F.import_chunk(folder, reference, {"S1": texts}, **settings)


def plain(rows):
    return [{name: value for name, value in row.items() if name not in OF_CALLERS} for row in rows]


def test_snvs_and_indels_of_strelka_in_two_files_are_one_answer_and_give_the_table_of_one(tmp_path, reference, truth):
    parts = (F.vcf_of(reference, part, "strelka2") for part in (snvs(truth), indels(truth)))
    done = merged(tmp_path / "two", reference, *parts)
    whole = F.import_chunk(tmp_path / "one", reference, {"S1": F.vcf_of(reference, truth, "strelka2")})
    assert plain(done.rows("S1")) == plain(whole.rows("S1"))
    assert {(row["callers"], row["callers_given"]) for row in done.rows("S1")} == {("strelka2", 1)}
    assert (done.status["S1"]["files"], done.status["S1"]["callers"]) == (2, "strelka2")
    assert done.status["S1"]["alleles"] == len(truth)
    assert [row["file_number"] for row in done.files["S1"]] == [1, 2]


def test_each_allele_says_who_called_it_out_of_how_many(tmp_path, reference, truth):
    done = merged(
        tmp_path,
        reference,
        F.vcf_of(reference, truth[:5], "mutect2"),
        F.vcf_of(reference, truth[3:], "vardict"),
        F.vcf_of(reference, snvs(truth), "muse"),
    )
    rows = {(row["chrom"], row["position_1based"]): row for row in done.rows("S1")}
    assert len(rows) == len(truth)
    expected = F.import_chunk(tmp_path / "all", reference, {"S1": F.vcf_of(reference, truth)}).rows("S1")
    for row in expected:
        found = rows[row["chrom"], row["position_1based"]]
        is_snv = len(row["ref"]) == len(row["alt"])
        assert found["callers_given"] == (3 if is_snv else 2)
        assert plain([found]) == plain([row])
    both = [row["callers"] for row in rows.values()]
    assert {"mutect2", "vardict", "mutect2;vardict"} <= {names.removesuffix(";muse") for names in both}


def test_the_order_of_records_and_of_columns_does_not_matter(tmp_path, reference, truth):
    shuffled = list(truth)
    random.Random(3).shuffle(shuffled)
    one = merged(tmp_path / "a", reference, F.vcf_of(reference, truth, "mutect2"), F.vcf_of(reference, truth, "sage"))
    other = merged(
        tmp_path / "b",
        reference,
        F.vcf_of(reference, shuffled, "mutect2"),
        F.vcf_of(reference, shuffled, "sage", swapped=True),
    )
    assert one.rows("S1") == other.rows("S1")
    assert sha256_of(one.vcfs / "S1.vcf.gz") == sha256_of(other.vcfs / "S1.vcf.gz")


def test_an_allele_is_accepted_when_one_caller_accepts_it_and_every_filter_is_kept(tmp_path, reference, truth):
    doubted = [replace(one, filters="LowQual") for one in truth]
    first = F.vcf_of(reference, doubted, "mutect2")
    done = merged(tmp_path, reference, first, F.vcf_of(reference, truth[:1], "vardict"))
    rows = {row["filter"]: row["filter_accepted"] for row in done.rows("S1")}
    assert rows == {"mutect2:LowQual;vardict:PASS": True, "mutect2:LowQual": False}
    text = gzip.decompress((done.vcfs / "S1.vcf.gz").read_bytes()).decode()
    assert "CALLERS=mutect2,vardict;CALLER_FILTERS=mutect2:LowQual,vardict:PASS" in text


def test_reads_are_those_of_the_first_file_that_has_them(tmp_path, reference, truth):
    silent = F.vcf_of(reference, truth).replace("GT:AD:DP", "GT:XX:DP").replace("ID=AD", "ID=XX")
    other = [replace(one, tumour=(7, 3), normal=(9, 0)) for one in truth]
    done = merged(tmp_path / "a", reference, silent, F.vcf_of(reference, other, "mutect2"))
    assert {(row["depth_reads"], row["alt_depth_reads"]) for row in done.rows("S1")} == {(10, 3)}
    done = merged(tmp_path / "b", reference, F.vcf_of(reference, truth), F.vcf_of(reference, other, "mutect2"))
    alone = F.import_chunk(tmp_path / "c", reference, {"S1": F.vcf_of(reference, truth)})
    assert plain(done.rows("S1")) == plain(alone.rows("S1"))


def test_a_file_without_a_normal_beside_one_with_leaves_the_normal_empty(tmp_path, reference, truth):
    lines = F.vcf_of(reference, truth[:3]).splitlines()
    tumour_only = "\n".join(line if line.startswith("##") else "\t".join(line.split("\t")[:10]) for line in lines)
    done = merged(tmp_path, reference, tumour_only + "\n", F.vcf_of(reference, truth[2:], "mutect2"))
    assert done.status["S1"]["has_normal"] is True
    depths = [row["normal_depth_reads"] is None for row in done.rows("S1")]
    assert (sum(depths), len(depths)) == (3, len(truth))


def test_a_field_that_two_files_define_differently_keeps_the_value_of_each_record(tmp_path, reference, truth):
    one, two = F.vcf_of(reference, truth[:2], "varscan2"), F.vcf_of(reference, truth[2:], "mutect2")
    done = merged(tmp_path, reference, one, two)
    alone = F.import_chunk(tmp_path / "x", reference, {"S1": F.vcf_of(reference, truth)})
    assert plain(done.rows("S1")) == plain(alone.rows("S1"))
    text = gzip.decompress((done.vcfs / "S1.vcf.gz").read_bytes()).decode()
    assert '##FORMAT=<ID=AD,Number=.,Type=String,Description="x">' in text


def test_one_file_that_cannot_be_read_refuses_the_sample_with_its_name(tmp_path, reference, truth):
    done = merged(tmp_path, reference, F.vcf_of(reference, truth), "no VCF\n")
    assert done.status["S1"]["state"] == "refused"
    assert "S1.1.vcf: the file is no VCF" in done.status["S1"]["reason"]
    assert list(done.vcfs.iterdir()) == []


def test_a_column_that_the_sheet_names_is_taken_where_it_is_and_must_be_somewhere(tmp_path, reference, truth):
    one = F.vcf_of(reference, snvs(truth), columns=("A1", "A2"))
    two = F.vcf_of(reference, indels(truth), "mutect2")
    done = merged(tmp_path / "a", reference, one, two, named={"S1": ("A1", "A2")})
    assert [row["column_rule"] for row in done.files["S1"]] == ["sheet", "header"]
    done = merged(tmp_path / "b", reference, two, two, named={"S1": ("A9", "")})
    assert 'variants_sample "A9" is a column of none of the files' in done.status["S1"]["reason"]
