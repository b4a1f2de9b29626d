"""Targets are resolved row by row, and every faulty BED is found before a job starts."""

from __future__ import annotations

from pathlib import Path

import pytest

from sclcohort.contracts import SAMPLES
from sclcohort.errors import InputFaultsError
from sclcohort.inputs.check_inputs import run
from sclcohort.inputs.configuration import parse_configuration
from sclcohort.inputs.plan import digest, make_plan
from sclcohort.tables import read_rows

VCF = (
    "##fileformat=VCFv4.2\n##contig=<ID=chr1,length=1000>\n"
    '##FORMAT=<ID=AD,Number=R,Type=Integer,Description="Depths">\n'
    "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tTUMOR\n"
    "chr1\t10\t.\tA\tT\t.\tPASS\t.\tAD\t5,5\n"
)
GENE = "##gff-version 3\nchr1\tx\tgene\t1\t900\t.\t+\t.\tID=gene:G1;biotype=protein_coding\n"


@pytest.fixture
def write(tmp_path, monkeypatch):
    """Write a cohort: S1 and S2 with variants, S3 with RNA alone; targets of rows and of the configuration."""
    monkeypatch.chdir(tmp_path)
    for folder in ("data", "data/sub"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "panel.bed").write_text("chr1\t0\t100\n")
    (tmp_path / "exome.bed").write_text("chr1\t0\t900\n")
    for name in ("s1", "s2"):
        (tmp_path / "data" / f"{name}.vcf").write_text(VCF)
    (tmp_path / "genome.fa").write_text(">chr1\n" + "A" * 1000 + "\n")
    (tmp_path / "genome.fa.fai").write_text("chr1\t1000\t6\t1000\t1001\n")
    (tmp_path / "genes.gff3").write_text(GENE)
    (tmp_path / "tpm.tsv").write_text("gene\tR3\nASCL1\t1\n")

    def write(first="", second="", third="", configured=None):
        rows = [
            "sample_id\tpatient_id\tvariants\texpression_sample\ttarget",
            f"S1\tP1\ts1.vcf\t\t{first}",
            f"S2\tP2\ts2.vcf\t\t{second}",
            f"S3\tP3\t\tR3\t{third}",
        ]
        Path("data/samples.tsv").write_text("\n".join(rows) + "\n")
        target = "" if configured is None else f"variants: {{target: {configured}}}\n"
        Path("config.yaml").write_text(
            "cohort: toy\nsamples: data/samples.tsv\nreference: {fasta: genome.fa, gff: genes.gff3}\n"
            f"expression: {{matrix: tpm.tsv, unit: tpm}}\n{target}"
        )

    return write


def targets():
    run(config="config.yaml", samples=Path("out.tsv"))
    return [row["target"] for row in read_rows(Path("out.tsv"), SAMPLES)]


def faults():
    with pytest.raises(InputFaultsError) as raised:
        run(config="config.yaml")
    return [str(fault) for fault in raised.value.faults]


def test_the_row_goes_before_the_configuration_and_a_row_without_variants_has_no_target(write):
    write(first="panel.bed", configured="./exome.bed")
    assert targets() == ["data/panel.bed", "exome.bed", None]


def test_without_any_target_all_cells_stay_empty(write):
    write()
    assert targets() == [None, None, None]


def test_another_target_makes_another_digest_of_that_row_alone(write):
    def digests():
        return [digest([row]) for row in make_plan(parse_configuration("config.yaml")).samples]

    write()
    before = digests()
    write(configured="exome.bed")
    after = digests()
    assert [one == other for one, other in zip(before, after, strict=True)] == [False, False, True]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("chr1\t0\t9\nchr1\t9\t3\n", "line 2: start 9 is not before end 3"),
        ("chr1\t0\n", "line 1 has 2 columns"),
        ("1\t0\t9\n", "contig 1 is named otherwise than in the reference (chr1); add or remove chr"),
        ("", "is empty (0 bytes)"),
    ],
)
def test_a_faulty_bed_is_named_with_the_row_that_wants_it(write, text, fault):
    write(second="panel.bed")
    Path("data/panel.bed").write_text(text)
    (found,) = faults()
    assert "data/samples.tsv:3 column target" in found
    assert fault in found


def test_a_faulty_bed_of_the_configuration_is_named_once_as_its_fault(write):
    write(configured="absent.bed")
    (found,) = faults()
    assert found.startswith("E-FILE-001 configuration column variants.target value")
    assert "absent.bed cannot be read: No such file" in found


def test_two_beds_of_one_name_are_refused_as_results_would_not_tell_them_apart(write):
    write(first="panel.bed", second="sub/panel.bed")
    (found,) = faults()
    assert "E-BED-002 data/samples.tsv:3 column target" in found
    assert "has the name of data/panel.bed; fix: give each target a file name of its own" in found


def test_one_bed_for_two_samples_is_one_target(write):
    write(first="panel.bed", second="../data/panel.bed")
    assert targets()[:2] == ["data/panel.bed", "data/panel.bed"]


def test_a_target_without_variants_is_a_fault(write):
    write(third="panel.bed")
    (found,) = faults()
    assert "E-SHEET-011 data/samples.tsv:4 column target" in found
    assert "no variants that could lie on it" in found
