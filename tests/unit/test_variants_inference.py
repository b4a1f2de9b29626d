"""What is inferred about a file is shown, and what the file leaves open the configuration settles."""

from __future__ import annotations

import re
from types import SimpleNamespace

import pytest

from sclcohort.contracts import VARIANT_INFERENCE
from sclcohort.errors import StepError
from sclcohort.tables import read_rows
from sclcohort.variants import gather_inference
from sclcohort.variants.inference import build_of
from sclcohort.variants.named_fields import read_fields
from tests.unit import variants_import_fixtures
from tests.unit.variants_import_fixtures import F

# Fixtures of a module are what pytest finds among its names.
reference = variants_import_fixtures.reference
truth = variants_import_fixtures.truth


@pytest.fixture(scope="module")
def expected(tmp_path_factory, reference, truth):
    done = F.import_chunk(tmp_path_factory.mktemp("expected"), reference, {"S1": F.vcf_of(reference, truth)})
    return done.rows("S1")


def unknown(reference, truth):
    """Return a VCF whose counts stand in fields of no known caller."""
    text = F.vcf_of(reference, truth, "freebayes").replace("##source=freeBayes v1.3.6\n", "")
    return re.sub(r"\bRO\b", "XR", re.sub(r"\bAO\b", "XA", re.sub(r"\bDP\b", "XD", text)))


def in_info(reference, truth):
    """Return a VCF with columns whose counts stand in INFO, in tags of no known caller."""
    lines = ["##fileformat=VCFv4.2"]
    lines += [f'##INFO=<ID={name},Number=1,Type=Integer,Description="x">' for name in ("XR", "XA", "XD")]
    lines += ['##FILTER=<ID=LowQual,Description="x">', '##FORMAT=<ID=GT,Number=1,Type=String,Description="x">']
    lines.append("\t".join(["#CHROM", "POS", "ID", "REF", "ALT", "QUAL", "FILTER", "INFO", "FORMAT", "TUMOR"]))
    for one in truth:
        info = f"XR={one.tumour[0]};XA={one.tumour[1]};XD={sum(one.tumour)}"
        site = [one.contig, str(one.position), ".", one.ref, one.alt, ".", one.filters, info, "GT", "0/1"]
        lines.append("\t".join(site))
    return "\n".join(lines) + "\n"


def test_a_row_says_what_was_inferred_and_from_what(tmp_path, reference, truth):
    header = ("##MutectVersion=2.2", '##INFO=<ID=CSQ,Number=.,Type=String,Description="x">', "##reference=hg38.fa")
    text = F.vcf_of(reference, truth, "mutect2", extra_header=header)
    row = F.import_chunk(tmp_path, reference, {"S1": text}).file("S1")
    assert {name: value for name, value in row.items() if name not in ("sample_id", "notes")} == {
        "file_number": 1,
        "file": "S1.vcf",
        "format": "vcf",
        "caller": "mutect2",
        "caller_rule": "header",
        "caller_version": "2.2",
        "build": "GRCh38",
        "tumour_column": "CASE",
        "normal_column": "CTRL",
        "column_rule": "header",
        "depth_field": "DP",
        "alt_depth_field": "AD",
        "vaf_field": "computed",
        "annotation": "CSQ",
        "records": len(truth),
    }


def test_fields_that_the_configuration_names_are_read_where_the_caller_is_unknown(tmp_path, reference, truth, expected):
    fields = ("depth=XD", "ref_depth=XR", "alt_depth=XA")
    done = F.import_chunk(tmp_path, reference, {"S1": unknown(reference, truth)}, fields=fields)
    assert done.rows("S1") == expected
    row = done.file("S1")
    assert (row["caller_rule"], row["depth_field"], row["alt_depth_field"]) == ("config", "XD", "XR,XA")


def test_without_them_the_reads_are_unknown_and_the_note_says_what_would_name_them(tmp_path, reference, truth):
    done = F.import_chunk(tmp_path, reference, {"S1": unknown(reference, truth)})
    assert {(row["depth_reads"], row["alt_depth_reads"], row["vaf"]) for row in done.rows("S1")} == {(None,) * 3}
    assert "variants.fields in the configuration can name them" in done.file("S1")["notes"]


def test_named_tags_of_info_are_read_although_the_file_has_columns(tmp_path, reference, truth, expected):
    fields = ("depth=XD", "ref_depth=XR", "alt_depth=XA", "in=INFO")
    done = F.import_chunk(tmp_path, reference, {"S1": in_info(reference, truth)}, fields=fields)
    normal = dict.fromkeys(("normal_depth_reads", "normal_alt_depth_reads"))
    assert done.rows("S1") == [row | normal for row in expected]
    assert done.file("S1")["alt_depth_field"] == "INFO/XR,INFO/XA"


def test_named_fields_leave_files_of_known_callers_alone(tmp_path, reference, truth, expected):
    text = F.vcf_of(reference, truth, "varscan2")
    done = F.import_chunk(tmp_path, reference, {"S1": text}, fields=("alt_depth=DP",))
    assert [row | {"callers": "generic"} for row in done.rows("S1")] == expected


def test_two_possible_callers_refuse_the_file_until_the_configuration_settles_it(tmp_path, reference, truth, expected):
    text = F.vcf_of(reference, truth, "varscan2").replace("##source=VarScan2\n", "")
    text = text.replace("##FORMAT=<ID=RD", '##FORMAT=<ID=FA,Number=1,Type=Float,Description="x">\n##FORMAT=<ID=RD')
    refused = F.import_chunk(tmp_path / "a", reference, {"S1": text}).status["S1"]
    assert (
        re.search("varscan2 and of mutect1.*set variants.caller", refused["reason"])
        or "mutect1 and of varscan2" in (refused["reason"])
    )
    done = F.import_chunk(tmp_path / "b", reference, {"S1": text}, caller="varscan2")
    assert done.file("S1")["caller_rule"] == "config"
    assert [row | {"callers": "generic"} for row in done.rows("S1")] == expected


@pytest.mark.parametrize(
    ("items", "message"),
    [(("reads=AD",), "variants.fields has reads"), (("depth=DP",), "names no field for the alternate allele")],
)
def test_fields_that_cannot_be_used_are_an_error(items, message):
    with pytest.raises(StepError, match=message):
        read_fields(items)


@pytest.mark.parametrize(
    ("contigs", "lines", "build"),
    [
        ({"chr1": 248956422}, (), "GRCh38"),
        ({"1": 249250621}, (), "GRCh37"),
        ({"17": 81195210}, ("##reference=hg38.fa",), "GRCh37"),
        ({}, ("##reference=file:///x/human_g1k_v37_hs37d5.fa",), "GRCh37"),
        ({"1": 1000}, ("##contig=<ID=1,assembly=b37>",), "GRCh37"),
        ({}, ("##reference=GRCh38.fa", "##contig=<ID=1,assembly=b37>"), None),
        ({"1": 1000}, ("##source=hg19 caller",), None),
    ],
)
def test_the_build_is_told_by_contig_lengths_else_by_the_header_s_words(contigs, lines, build):
    assert build_of(SimpleNamespace(contig_bases=contigs, lines=lines)) == build


def test_the_tables_of_chunks_are_joined(tmp_path, reference, truth):
    for name in ("S2", "S1"):
        F.import_chunk(tmp_path / name, reference, {name: F.vcf_of(reference, truth)})
    chunks = tuple(tmp_path / name / "out" / "c1.inference.tsv" for name in ("S2", "S1"))
    gather_inference.run(chunks=chunks, inference=tmp_path / "inference.tsv")
    assert [row["sample_id"] for row in read_rows(tmp_path / "inference.tsv", VARIANT_INFERENCE)] == ["S1", "S2"]
