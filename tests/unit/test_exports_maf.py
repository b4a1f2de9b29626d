"""Alleles, classes and columns of a MAF, worked by hand from the TCGA and GDC specifications."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sclcohort.contracts import CODING_VARIANTS
from sclcohort.exports.maf import (
    COLUMNS,
    OWN_COLUMNS,
    MafGene,
    classify,
    convert_allele,
    count_reads,
    genome_order,
    make_maf_row,
)

TP53 = MafGene("ENSG00000141510", "-", 393)
VARIANT = {
    "sample_id": "S1",
    "chrom": "chr17",
    "position_1based": 7675088,
    "ref": "C",
    "alt": "T",
    "filter": "PASS",
    "filter_accepted": True,
    "depth_reads": 120,
    "alt_depth_reads": 45,
    "vaf": 0.375,
    "normal_depth_reads": 80,
    "normal_alt_depth_reads": 0,
    "gene_symbol": "TP53",
    "transcript_id": "ENST00000269305",
    "is_representative": True,
    "consequence": "missense&splice_region",
    "consequence_class": "missense",
    "protein_position": 175,
    "hgvs_c": "c.524G>A",
    "hgvs_p": "p.R175H",
    "callers": "mutect2;strelka2",
    "population_frequency": 0.00001,
}


def row(normal="S1_N", gene=TP53, origin="somatic", **changed):
    """Return a MAF row by column name."""
    made = make_maf_row(VARIANT | changed, normal, gene, "GRCh38", origin)
    assert len(made) == len(COLUMNS)
    return dict(zip(COLUMNS, made, strict=True))


# The reference is A1 C2 G3 T4 A5 C6 G7 T8, counted from position 11.
@pytest.mark.parametrize(
    ("position", "ref", "alt", "expected"),
    [
        (11, "A", "C", (11, 11, "SNP", "A", "C")),
        (11, "AC", "GT", (11, 12, "DNP", "AC", "GT")),
        (11, "ACG", "TGC", (11, 13, "TNP", "ACG", "TGC")),
        (11, "ACGT", "TGCA", (11, 14, "ONP", "ACGT", "TGCA")),
        (11, "A", "ATT", (11, 12, "INS", "-", "TT")),
        (11, "AC", "A", (12, 12, "DEL", "C", "-")),
        (11, "ACGT", "A", (12, 14, "DEL", "CGT", "-")),
        (11, "ACG", "AT", (12, 13, "DEL", "CG", "T")),
        (11, "AC", "G", (11, 12, "DEL", "AC", "G")),
        (11, "AC", "ATTG", (12, 12, "INS", "C", "TTG")),
        (11, "AC", "GTT", (11, 12, "INS", "AC", "GTT")),
        (11, "ACG", "ATG", (12, 12, "SNP", "C", "T")),
        # EGFR p.E746_A750del on GRCh37, as MAF files of public cohorts have it.
        (55242464, "AGGAATTAAGAGAAGC", "A", (55242465, 55242479, "DEL", "GGAATTAAGAGAAGC", "-")),
        # The first base of a contig has no base before it: VCF then shares the base behind.
        (1, "CA", "A", (1, 1, "DEL", "C", "-")),
    ],
)
def test_an_allele_is_written_as_worked_by_hand(position, ref, alt, expected):
    assert convert_allele(position, ref, alt) == expected


def test_a_deletion_in_a_repeat_stays_at_its_left_end():
    assert convert_allele(10, "GAA", "GA") == (11, 11, "DEL", "A", "-")
    assert convert_allele(10, "GA", "GAA") == (10, 11, "INS", "-", "A")


@given(st.text("ACGT", min_size=1, max_size=8), st.text("ACGT", min_size=1, max_size=8), st.integers(5, 20))
def test_putting_a_maf_allele_into_the_reference_gives_what_the_vcf_gives(ref, alt, position):
    if ref == alt:
        return
    maker = random.Random(f"{ref}{alt}{position}")
    genome = "".join(maker.choices("ACGT", k=position - 1)) + ref + "".join(maker.choices("ACGT", k=9))
    mutated = genome[: position - 1] + alt + genome[position - 1 + len(ref) :]
    allele = convert_allele(position, ref, alt)
    new = "" if allele.alternate == "-" else allele.alternate
    if allele.reference == "-":
        assert allele.end == allele.start + 1
        rebuilt = genome[: allele.start] + new + genome[allele.start :]
    else:
        assert genome[allele.start - 1 : allele.end] == allele.reference
        rebuilt = genome[: allele.start - 1] + new + genome[allele.end :]
    assert rebuilt == mutated


@given(st.text("ACGT", min_size=1, max_size=8), st.text("ACGT", min_size=1, max_size=8))
def test_alleles_pass_the_checks_of_the_tcga_validator(ref, alt):
    if ref == alt:
        return
    allele = convert_allele(100, ref, alt)
    bases = 0 if allele.reference == "-" else len(allele.reference)
    new = 0 if allele.alternate == "-" else len(allele.alternate)
    span = allele.end - allele.start + 1
    assert allele.start <= allele.end
    if allele.variant_type == "INS":
        assert span == bases or (bases == 0 and span == 2)
        assert bases < new
    elif allele.variant_type == "DEL":
        assert span == bases > new
    else:
        assert span == bases == new
        assert allele.variant_type == {1: "SNP", 2: "DNP", 3: "TNP"}.get(bases, "ONP")


@pytest.mark.parametrize(
    ("consequence_class", "consequence", "variant_type", "expected"),
    [
        ("missense", "missense", "SNP", "Missense_Mutation"),
        ("missense", "missense", "DNP", "Missense_Mutation"),
        ("truncating", "stop_gained", "SNP", "Nonsense_Mutation"),
        ("truncating", "frameshift", "DEL", "Frame_Shift_Del"),
        ("truncating", "frameshift", "INS", "Frame_Shift_Ins"),
        ("truncating", "frameshift&stop_gained", "INS", "Nonsense_Mutation"),
        ("truncating", "inframe_insertion&stop_gained", "INS", "Nonsense_Mutation"),
        # csq may name the stop in the residues alone.
        ("truncating", "inframe_deletion", "DEL", "Nonsense_Mutation"),
        ("truncating", "start_lost", "SNP", "Translation_Start_Site"),
        ("truncating", "start_lost&frameshift", "DEL", "Translation_Start_Site"),
        ("splice", "splice_donor", "SNP", "Splice_Site"),
        ("splice", "splice_acceptor&frameshift", "DEL", "Splice_Site"),
        ("inframe_indel", "inframe_deletion", "DEL", "In_Frame_Del"),
        ("inframe_indel", "inframe_insertion", "INS", "In_Frame_Ins"),
        ("inframe_indel", "inframe_altering", "DEL", "In_Frame_Del"),
        ("inframe_indel", "inframe_altering", "ONP", "Missense_Mutation"),
        ("stop_lost", "stop_lost", "SNP", "Nonstop_Mutation"),
        ("synonymous", "synonymous", "SNP", "Silent"),
        ("synonymous", "stop_retained", "SNP", "Silent"),
        ("other_coding", "coding_sequence", "SNP", "Targeted_Region"),
    ],
)
def test_a_consequence_has_its_class(consequence_class, consequence, variant_type, expected):
    assert classify(consequence_class, consequence.split("&"), variant_type) == expected


@pytest.mark.parametrize("state", CODING_VARIANTS.column("consequence_class").states)
@pytest.mark.parametrize("variant_type", ["SNP", "DNP", "TNP", "ONP", "INS", "DEL"])
def test_every_consequence_class_has_a_classification_of_the_specification(state, variant_type):
    allowed = {
        "Frame_Shift_Del", "Frame_Shift_Ins", "In_Frame_Del", "In_Frame_Ins", "Missense_Mutation", "Nonsense_Mutation",
        "Silent", "Splice_Site", "Translation_Start_Site", "Nonstop_Mutation", "Targeted_Region",
    }  # fmt: skip
    for terms in (["frameshift"], ["start_lost"], ["missense"]):
        assert classify(state, terms, variant_type) in allowed


def test_the_reference_count_is_what_the_alternate_leaves_of_the_depth():
    assert count_reads(120, 45) == ("120", "75", "45")
    assert count_reads(30, 30) == ("30", "0", "30")
    assert count_reads(0, 0) == ("0", "0", "0")


def test_missing_counts_stay_empty():
    assert count_reads(None, None) == ("", "", "")
    assert count_reads(120, None) == ("120", "", "")
    assert count_reads(None, 45) == ("", "", "45")


def test_a_row_says_what_the_variant_table_says():
    made = {name: value for name, value in row().items() if value}
    assert made == {
        "Hugo_Symbol": "TP53",
        "NCBI_Build": "GRCh38",
        "Chromosome": "chr17",
        "Start_Position": "7675088",
        "End_Position": "7675088",
        "Strand": "+",
        "Variant_Classification": "Missense_Mutation",
        "Variant_Type": "SNP",
        "Reference_Allele": "C",
        "Tumor_Seq_Allele1": "C",
        "Tumor_Seq_Allele2": "T",
        "Tumor_Sample_Barcode": "S1",
        "Matched_Norm_Sample_Barcode": "S1_N",
        "Validation_Status": "Untested",
        "Mutation_Status": "Somatic",
        "HGVSp_Short": "p.R175H",
        "Transcript_ID": "ENST00000269305",
        "t_depth": "120",
        "t_ref_count": "75",
        "t_alt_count": "45",
        "n_depth": "80",
        "n_ref_count": "80",
        "n_alt_count": "0",
        "Gene": "ENSG00000141510",
        "Consequence": "missense_variant;splice_region_variant",
        "Protein_position": "175/393",
        "TRANSCRIPT_STRAND": "-1",
        "FILTER": "PASS",
        "vcf_region": "chr17:7675088:.:C:T",
        "filter_accepted": "true",
        "callers": "mutect2;strelka2",
        "population_frequency": "1e-05",
        "origin": "somatic",
        "HGVSc": "c.524G>A",
    }


def test_a_tumour_only_row_names_no_normal_and_has_no_counts_of_one():
    made = row(normal="", normal_depth_reads=None, normal_alt_depth_reads=None)
    names = ("Matched_Norm_Sample_Barcode", "n_depth", "n_ref_count", "n_alt_count")
    assert [made[name] for name in names] == ["", "", "", ""]


def test_what_a_variant_lacks_is_empty():
    absent = dict.fromkeys(("filter", "depth_reads", "alt_depth_reads", "protein_position", "hgvs_p"))
    made = row(gene=MafGene("", "", None), filter_accepted=False, **absent)
    names = ("FILTER", "t_depth", "t_alt_count", "Protein_position", "HGVSp_Short", "Gene", "TRANSCRIPT_STRAND")
    assert [made[name] for name in names] == [""] * len(names)
    assert made["filter_accepted"] == "false"
    assert row(gene=MafGene("", "", None))["Protein_position"] == "175/-"


@pytest.mark.parametrize(
    ("origin", "status"), [("somatic", "Somatic"), ("likely_germline", "Unknown"), ("uncertain", "Unknown")]
)
def test_only_what_is_somatic_is_said_to_be(origin, status):
    assert (row(origin=origin)["Mutation_Status"], row(origin=origin)["origin"]) == (status, origin)


def test_an_indel_keeps_the_allele_of_the_vcf_beside_that_of_the_maf():
    made = row(ref="CA", alt="C", consequence="frameshift", consequence_class="truncating", hgvs_p="p.R175fs")
    names = ("Start_Position", "Reference_Allele", "Tumor_Seq_Allele1", "Tumor_Seq_Allele2", "vcf_region")
    assert [made[name] for name in names] == ["7675089", "A", "A", "-", "chr17:7675088:.:CA:C"]


def test_csq_words_become_names_of_the_sequence_ontology():
    made = row(consequence="frameshift&stop_gained&3_prime_utr&inframe_altering", consequence_class="truncating")
    assert made["Consequence"] == "frameshift_variant;stop_gained;3_prime_UTR_variant;protein_altering_variant"


def test_the_first_columns_are_the_specification_s_at_their_numbers():
    numbered = {
        1: "Hugo_Symbol", 4: "NCBI_Build", 5: "Chromosome", 9: "Variant_Classification", 13: "Tumor_Seq_Allele2",
        16: "Tumor_Sample_Barcode", 17: "Matched_Norm_Sample_Barcode", 26: "Mutation_Status", 33: "Tumor_Sample_UUID",
        34: "Matched_Norm_Sample_UUID",
    }  # fmt: skip
    assert {number: COLUMNS[number - 1] for number in numbered} == numbered
    assert len(set(COLUMNS)) == len(COLUMNS)


def test_columns_behind_the_core_are_in_the_order_of_the_gdc():
    # Numbers of the columns in the table of the GDC MAF Format v1.0.0.
    gdc = {
        "HGVSc": 35, "HGVSp_Short": 37, "Transcript_ID": 38, "t_depth": 40, "t_ref_count": 41, "t_alt_count": 42,
        "n_depth": 43,
        "n_ref_count": 44, "n_alt_count": 45, "Gene": 48, "Consequence": 52, "Protein_position": 55,
        "TRANSCRIPT_STRAND": 61, "FILTER": 111, "vcf_region": 122,
    }  # fmt: skip
    assert list(COLUMNS[34 : -len(OWN_COLUMNS)]) == sorted(gdc, key=gdc.get)


def test_rows_are_in_the_order_of_the_genome_then_of_samples():
    wanted = [
        ("chr1", 9, "S2"), ("chr2", 5, "S1"), ("chr2", 5, "S2"), ("chr2", 40, "S1"), ("chr10", 1, "S1"),
        ("chrX", 3, "S1"), ("chrY", 3, "S1"), ("chrM", 3, "S1"), ("GL000192.1", 3, "S1"), ("KI270706.1", 2, "S1"),
    ]  # fmt: skip
    rows = [
        make_maf_row(
            VARIANT | {"chrom": chrom, "position_1based": position, "sample_id": sample},
            "",
            TP53,
            "GRCh38",
            "uncertain",
        )
        for chrom, position, sample in wanted
    ]
    shuffled = random.Random(1).sample(rows, len(rows))
    assert sorted(shuffled, key=genome_order) == rows
