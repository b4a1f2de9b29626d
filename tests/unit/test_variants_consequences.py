from __future__ import annotations

import pytest

from sclcohort.variants.consequences import AminoAcids, Consequence, consequence_class, parse_amino_acids, parse_bcsq


def entry(terms, transcript="T1", change="", gene="G", biotype="protein_coding"):
    return f"{terms}|{gene}|{transcript}|{biotype}|+|{change}|1A>C"


def test_consequences_are_read_per_transcript_in_their_order():
    text = ",".join([entry("missense", "T2", "8S>8H"), entry("synonymous", "T1", "9L")])
    assert parse_bcsq(text) == [
        Consequence("G", "T2", ("missense",), AminoAcids(8, "S", "H")),
        Consequence("G", "T1", ("synonymous",), AminoAcids(9, "L", "L")),
    ]


def test_two_entries_of_one_transcript_are_one_consequence():
    text = "splice_region|G|T1|protein_coding," + entry("missense", "T1", "17A>17D")
    (found,) = parse_bcsq(text)
    assert found.terms == ("splice_region", "missense")
    assert found.amino_acids == AminoAcids(17, "A", "D")


def test_marks_of_haplotype_mode_are_understood():
    assert parse_bcsq("@1079") == []
    assert parse_bcsq(entry("*missense", change="8S>8H"))[0].terms == ("missense",)


@pytest.mark.parametrize(
    "text",
    [
        "intron|G||protein_coding",
        "splice_region|G|T1|protein_coding",
        "5_prime_utr|G|T1|protein_coding",
        "feature_truncation|G|T1|protein_coding",
        entry("missense", biotype="nonsense_mediated_decay", change="8S>8H"),
        "non_coding|G||lncRNA",
        "",
    ],
)
def test_what_concerns_no_protein_gives_no_row(text):
    assert parse_bcsq(text) == []


@pytest.mark.parametrize(
    ("terms", "change", "expected"),
    [
        (["missense"], "8S>8H", "missense"),
        (["splice_region", "missense"], "8S>8H", "missense"),
        (["stop_gained"], "8S>8*", "truncating"),
        (["frameshift"], "8STE>8R*", "truncating"),
        (["frameshift", "feature_truncation"], "8STE>8R*", "truncating"),
        (["frameshift", "stop_retained"], "61*>61*", "synonymous"),
        (["start_lost"], "1M>1T", "truncating"),
        (["inframe_deletion", "start_lost"], "1MK>1K", "truncating"),
        (["splice_donor"], "", "splice"),
        (["frameshift", "splice_acceptor"], "", "splice"),
        (["inframe_deletion", "splice_donor"], "", "splice"),
        (["stop_lost"], "61*>61Q", "stop_lost"),
        (["stop_lost", "inframe_deletion"], "", "stop_lost"),
        (["inframe_deletion"], "11LL>11L", "inframe_indel"),
        (["inframe_deletion", "stop_retained"], "60W*>60*", "inframe_indel"),
        (["feature_truncation"], "8ST>8M", "inframe_indel"),
        (["feature_elongation"], "8S>8D*", "truncating"),
        (["synonymous"], "9L", "synonymous"),
        (["stop_retained"], "", "synonymous"),
        (["coding_sequence"], "", "other_coding"),
    ],
)
def test_every_consequence_has_the_class_of_its_gravest_effect(terms, change, expected):
    assert consequence_class(terms, parse_amino_acids(change)) == expected


@pytest.mark.parametrize("text", ["", "R175H", "175", ">175H"])
def test_other_texts_are_no_amino_acid_change(text):
    assert parse_amino_acids(text) is None
