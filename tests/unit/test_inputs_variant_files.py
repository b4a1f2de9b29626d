"""Files of variants and structural variants are looked at before any job: columns, contigs, whole or cut."""

from __future__ import annotations

import re
from pathlib import Path

import pysam
import pytest

from sclcohort.contracts import AVAILABILITY, SAMPLES
from sclcohort.inputs.check_inputs import run
from sclcohort.tables import read_rows
from tests.unit import inputs_fixtures
from tests.unit.inputs_fixtures import VCF, faults_of, write_config, write_samples

# Fixtures of a module are what pytest finds among its names.
cohort = inputs_fixtures.cohort


def test_a_bgzip_file_without_its_end_marker_was_cut(cohort):
    pysam.tabix_compress(str(cohort / "data" / "s1.vcf"), str(cohort / "data" / "s1.vcf.gz"))
    whole = (cohort / "data" / "s1.vcf.gz").read_bytes()
    write_samples(cohort, {"variants": "s1.vcf.gz"})
    run(config="config.yaml")
    (cohort / "data" / "s1.vcf.gz").write_bytes(whole[:-28])
    assert "was cut short" in faults_of()[0]


SV = VCF.replace("A\tT\t.\tPASS\t.", "A\t<DEL>\t.\tPASS\tEND=90")


def structural_faults(cohort, text, **changes):
    (cohort / "data" / "sv.vcf").write_text(text)
    write_samples(cohort, {"structural_variants": "sv.vcf"} | changes)
    return faults_of()


def test_structural_variants_are_provided_where_the_sheet_names_a_file(cohort):
    (cohort / "data" / "sv.vcf").write_text(SV)
    cells = {"structural_variants": "sv.vcf", "variants": "", "copy_number": "", "expression_sample": ""}
    write_samples(cohort, cells)
    run(config="config.yaml", samples=Path("out.tsv"), availability=Path("availability.tsv"))
    assert next(iter(read_rows(Path("out.tsv"), SAMPLES)))["structural_variants"] == "data/sv.vcf"
    rows = list(read_rows(Path("availability.tsv"), AVAILABILITY))
    states = {row["sample_id"]: row["state"] for row in rows if row["layer"] == "structural_variants"}
    assert states == {"S1": "provided", "S2": "not_provided"}


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("no variants here\n", "E-SV-001"),
        ("", "is empty (0 bytes)"),
        (SV.replace("TUMOR\tNORMAL", "A1\tA2"), "E-SV-002"),
    ],
)
def test_a_file_of_structural_variants_that_cannot_be_read_is_refused_before_any_job(cohort, text, line):
    (fault,) = structural_faults(cohort, text)
    assert line in fault
    assert "data/samples.tsv:2 column structural_variants" in fault


def test_structural_variants_on_other_contig_names_or_cut_are_refused(cohort):
    pysam.faidx(str(cohort / "genome.fa"))
    (fault,) = structural_faults(cohort, SV.replace("chr1", "1"))
    assert "E-SV-003" in fault
    assert "contigs are named like 1, those of the reference like chr1" in fault
    pysam.tabix_compress(str(cohort / "data" / "s1.vcf"), str(cohort / "data" / "sv.vcf.gz"))
    (cohort / "data" / "sv.vcf.gz").write_bytes((cohort / "data" / "sv.vcf.gz").read_bytes()[:-28])
    (fault,) = structural_faults(cohort, SV, structural_variants="sv.vcf.gz")
    assert "was cut short" in fault


def test_columns_named_for_another_vcf_are_no_fault_of_the_structural_variants(cohort):
    (cohort / "data" / "sv.vcf").write_text(SV.replace("TUMOR\tNORMAL", "P1_T\tP1_N"))
    write_samples(cohort, {"structural_variants": "sv.vcf"})
    run(config="config.yaml", samples=Path("out.tsv"))
    assert next(read_rows(Path("out.tsv"), SAMPLES))["structural_variants"] == "data/sv.vcf"


def test_structural_variants_need_gene_positions(cohort):
    (cohort / "data" / "sv.vcf").write_text(SV)
    empty = {"variants": "", "variants_sample": "", "normal_sample": "", "copy_number": ""}
    write_samples(cohort, {"structural_variants": "sv.vcf"} | empty)
    write_config(cohort, reference={"fasta": None, "gff": None})
    assert any("structural variants need gene positions" in fault for fault in faults_of())


@pytest.mark.parametrize("text", ["no variants here\n", VCF.replace("TUMOR\tNORMAL", "TUMOR\tTUMOR")])
def test_a_file_that_is_no_vcf_is_refused(cohort, text):
    (cohort / "data" / "s1.vcf").write_text(text)
    assert any("is not a readable VCF or BCF" in fault for fault in faults_of())


def test_each_file_of_a_cell_is_read_and_a_named_column_must_be_in_one_of_them(cohort):
    (cohort / "data" / "two.vcf").write_text(VCF.replace("TUMOR\tNORMAL", "T2\tN2"))
    write_samples(cohort, {"variants": "s1.vcf; two.vcf"})
    run(config="config.yaml")
    write_samples(cohort, {"variants": "s1.vcf;two.vcf;none.vcf", "variants_sample": "T2"})
    (fault,) = faults_of()
    assert re.search(r"E-FILE-001.*none\.vcf cannot be read", fault)
    write_samples(cohort, {"variants": "s1.vcf;two.vcf", "variants_sample": "T3"})
    (fault,) = faults_of()
    assert re.search(r"E-VCF-002.*s1\.vcf or .*two\.vcf.*T2", fault)


def test_contigs_that_differ_by_prefix_are_found_where_the_reference_is_indexed(cohort):
    pysam.faidx(str(cohort / "genome.fa"))
    (cohort / "data" / "s1.vcf").write_text(VCF.replace("chr1", "1"))
    assert "contigs are named like 1, those of the reference like chr1" in faults_of()[0]
