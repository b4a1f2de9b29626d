from __future__ import annotations

import runpy
from pathlib import Path
from types import SimpleNamespace

import pytest

from sclcohort.variants.coding_rows import AlleleNames, GeneTable, Representative, consequence_row
from sclcohort.variants.consequences import AminoAcids, Consequence
from sclcohort.variants.filters import is_accepted
from sclcohort.variants.hgvs import Intron

F = SimpleNamespace(**runpy.run_path(str(Path(__file__).with_name("variants_fixtures.py"))))
K2R = AminoAcids(2, "K", "R")
GENES = GeneTable(
    {"T1": Representative("NEW", "MKL")}.get,
    lambda transcript: {"T1": [Intron(100, 200, 2, 2)]}.get(transcript, ()),
    lambda name: {"OLD": "NEW"}.get(name, name),
    lambda name: "|OLD|T1|" if name == "OLD" else "",
    lambda transcript: None,
    lambda transcript: "",
    lambda contig, start, end: "",
)


@pytest.fixture(scope="module")
def reference(tmp_path_factory):
    return F.build_reference(tmp_path_factory.mktemp("reference"))


def row(transcript="T1", gene="OLD", terms=("missense",), change=K2R, place=(9, "A", "C")):
    return consequence_row(Consequence(gene, transcript, terms, change), *place, GENES)


def test_a_transcript_that_stands_for_its_gene_is_marked_and_its_gene_has_its_symbol():
    assert (row()["is_representative"], row()["gene_symbol"]) == (True, "NEW")
    other = row("T2")
    assert (other["is_representative"], other["gene_symbol"]) == (False, "NEW")
    assert row("T3", gene="")["gene_symbol"] == "T3"
    assert row("T3", gene="ELSE")["gene_symbol"] == "ELSE"


def entry(terms, gene, transcript, change="2K>2R"):
    return f"{terms}|{gene}|{transcript}|protein_coding|+|{change}|9A>C"


@pytest.mark.parametrize(
    ("bcsq", "expected"),
    [
        ([entry("synonymous", "OLD", "T0", "2K"), entry("missense", "OLD", "T1")], [("NEW", "T1", "p.K2R")]),
        (["intron|OLD|T1|protein_coding", entry("missense", "OLD", "T3"), entry("synonymous", "OLD", "T2", "2K")],
         [("NEW", "T2", "p.K2=")]),
        ([entry("missense", "OTHER", "T8"), entry("missense", "OLD", "T1"),
          entry("stop_gained", "OTHER", "T7", "2K>2*")],
         [("NEW", "T1", "p.K2R"), ("OTHER", "T7", "p.K2*")]),
        ([entry("missense", "", "T9"), entry("missense", "", "T8")], [("T8", "T8", "p.K2R"), ("T9", "T9", "p.K2R")]),
        (["intron|OLD|T1|protein_coding", "non_coding|X|T5|lncRNA", "@1079"], []),
    ],
    ids=["representative", "first by name", "two genes", "no name", "nothing coding"],
)  # fmt: skip
def test_an_allele_has_one_row_for_each_gene(bcsq, expected):
    rows = AlleleNames(GENES).rows((0, 9, "A", "C"), ",".join(bcsq))
    assert [(one["gene_symbol"], one["transcript_id"], one["hgvs_p"]) for one in rows] == expected


def test_splice_sites_are_named_on_the_transcript_that_stands_for_the_gene():
    site = {"terms": ("splice_donor",), "change": None, "place": (101, "G", "A")}
    assert (row(**site)["hgvs_p"], row(**site)["protein_position"]) == ("p.X2_splice", 2)
    assert (row("T2", **site)["hgvs_p"], row("T2", **site)["protein_position"]) == ("", None)


def test_a_coding_change_without_residues_has_no_name():
    assert row(terms=("coding_sequence",), change=None)["hgvs_p"] == ""


@pytest.mark.parametrize(
    ("filters", "accepted", "expected"),
    [
        ("PASS", ("PASS", "."), True),
        (".", ("PASS", "."), True),
        (".", ("PASS",), False),
        ("LowQual", ("PASS",), False),
        ("a;b", ("PASS", "a"), False),
        ("a;b", ("PASS", "a", "b"), True),
    ],
)
def test_a_filter_is_accepted_when_all_of_it_is(filters, accepted, expected):
    assert is_accepted(filters, accepted) is expected


def test_every_filter_is_kept_and_an_unset_one_is_empty(tmp_path, reference):
    first = F.truth_of(reference)[0]
    text = F.vcf_of(reference, [first])
    for filters, kept, accepted in ((".", None, True), ("LowQual", "LowQual", False), ("PASS", "PASS", True)):
        rows = F.import_chunk(tmp_path / str(kept), reference, {"S1": text.replace("\tPASS\t", f"\t{filters}\t")}).rows(
            "S1"
        )
        assert [(one["filter"], one["filter_accepted"]) for one in rows] == [(kept, accepted)]


def test_tumour_only_calls_have_no_reads_of_a_normal(tmp_path, reference):
    lines = F.vcf_of(reference, F.truth_of(reference)).splitlines()
    text = "\n".join(line if line.startswith("##") else "\t".join(line.split("\t")[:10]) for line in lines) + "\n"
    done = F.import_chunk(tmp_path, reference, {"S1": text})
    assert done.status["S1"]["has_normal"] is False
    assert "tumour-only" in done.status["S1"]["reason"]
    assert {one["normal_depth_reads"] for one in done.rows("S1")} == {None}
    assert all(one["depth_reads"] for one in done.rows("S1"))


@pytest.mark.parametrize(("genotype", "carried"), [("0/1", True), ("0/0", False), ("./.", True)])
def test_without_counts_the_genotype_says_whether_the_tumour_has_the_allele(tmp_path, reference, genotype, carried):
    contig, place, ref, alt = (lambda one: (one.contig, one.position, one.ref, one.alt))(F.truth_of(reference)[0])
    text = F.vcf_of(reference, []) + f"{contig}\t{place}\t.\t{ref}\t{alt}\t.\tPASS\t.\tGT\t{genotype}\t0/0\n"
    rows = F.import_chunk(tmp_path, reference, {"S1": text}).rows("S1")
    assert [one["vaf"] for one in rows] == [None] * carried


def test_a_record_that_ends_before_its_columns_is_kept_without_reads(tmp_path, reference):
    one = F.truth_of(reference)[0]
    text = F.vcf_of(reference, []) + f"{one.contig}\t{one.position}\t.\t{one.ref}\t{one.alt}\t.\tPASS\t.\n"
    rows = F.import_chunk(tmp_path, reference, {"S1": text}).rows("S1")
    assert [(row["depth_reads"], row["alt_depth_reads"], row["vaf"]) for row in rows] == [(None, None, None)]


def test_a_file_without_known_counts_is_imported_and_its_fractions_stay_unknown(tmp_path, reference):
    text = F.vcf_of(reference, F.truth_of(reference)).replace("GT:AD:DP", "GT:XX:DP").replace("ID=AD", "ID=XX")
    done = F.import_chunk(tmp_path, reference, {"S1": text})
    assert "no known field for reads or allele fraction" in done.status["S1"]["reason"]
    assert {(one["alt_depth_reads"], one["vaf"]) for one in done.rows("S1")} == {(None, None)}


def test_no_sample_gives_an_empty_table(tmp_path, reference):
    assert F.import_chunk(tmp_path, reference, {"S1": None}).coding == {"S1": []}
