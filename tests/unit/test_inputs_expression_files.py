"""Tables and files of expression are looked at before any job: formats, columns, what the sheet names."""

from __future__ import annotations

from pathlib import Path

import pytest

from sclcohort.inputs.check_inputs import run
from tests.unit import inputs_fixtures
from tests.unit.inputs_fixtures import faults_of, write_config, write_samples

# Fixtures of a module are what pytest finds among its names.
cohort = inputs_fixtures.cohort


COUNTS = "# Program:featureCounts v2.0.6\nGeneid\tChr\tStart\tEnd\tStrand\tLength\t{}\nASCL1\t12\t1\t9\t+\t9\t1\t2\n"


@pytest.mark.parametrize(
    ("columns", "line"),
    [
        (("a/R1.bam", "a/R2.bam"), None),
        (("a/R1.bam", "b/R1.bam"), 'column expression_sample value "R1": 2 columns of counts.txt have this file'),
        (("a/R1.bam", "a/R3.bam"), 'value "R2": no such column in counts.txt; fix: known: R1, R3'),
        (("a/R2.bam", "a/R2.bam"), "E-EXP-002 counts.txt:2 column a/R2.bam: the sample has two columns"),
    ],
)
def test_columns_of_featurecounts_are_looked_up_before_any_job(cohort, columns, line):
    (cohort / "counts.txt").write_text(COUNTS.format("\t".join(columns)))
    write_config(cohort, expression={"matrix": "counts.txt", "unit": "counts", "format": "featurecounts"})
    outputs = {name: Path(f"out/{name}") for name in ("samples", "clinical", "availability", "resolved")}
    if line is None:
        run(config="config.yaml", **outputs)
        return
    assert any(line in fault for fault in faults_of(**outputs))


def test_one_column_of_featurecounts_is_not_two_samples(cohort):
    (cohort / "counts.txt").write_text(COUNTS.format("a/R1.bam\ta/R2.bam"))
    write_config(cohort, expression={"matrix": "counts.txt", "unit": "counts", "format": "featurecounts"})
    write_samples(cohort, {}, {"expression_sample": "R1.bam"})
    (fault,) = faults_of()
    assert 'column expression_sample value "R1.bam": is the column of sample S1 in row 2 too; fix: two tumours' in fault


def test_a_table_of_another_format_is_refused_before_any_job(cohort):
    write_config(cohort, expression={"matrix": "tpm.tsv", "unit": "tpm", "format": "nf_core"})
    (fault,) = faults_of()
    assert "E-EXP-024 tpm.tsv:1: the header begins with gene, R1, not with gene_id, gene_name; fix: give" in fault


def test_files_of_star_are_looked_for_before_any_job(cohort):
    star = {"matrix": "star", "unit": "counts", "format": "star", "strand": "reverse"}
    write_config(cohort, expression=star)
    assert faults_of() == [
        'E-FILE-001 configuration column expression.matrix value "star": is no folder; '
        "fix: give the folder of the files, or correct expression.format"
    ]
    (cohort / "star").mkdir()
    (cohort / "star" / "R1.ReadsPerGene.out.tab").write_text("N_unmapped\t1\t1\t1\n")
    (fault,) = faults_of()
    assert 'column expression_sample value "R2": no R2.ReadsPerGene.out.tab in star' in fault
    (cohort / "star" / "R2_ReadsPerGene.out.tab").write_text("")
    (fault,) = faults_of()
    assert 'E-FILE-001 data/samples.tsv:3 column expression_sample value "R2": is empty' in fault


def test_files_of_salmon_and_the_genes_of_transcripts_are_looked_at_before_any_job(cohort):
    salmon = {"matrix": "quants", "unit": "tpm", "format": "salmon", "tx2gene": "tx2gene.csv"}
    write_config(cohort, expression=salmon)
    (cohort / "quants" / "R1").mkdir(parents=True)
    (cohort / "quants" / "R1" / "quant.sf").write_text("Name\n")
    (cohort / "tx2gene.csv").write_text("TXNAME,GENEID\nT1,ASCL1\nT1,DLL3\n")
    genes, sample = faults_of()
    assert genes.startswith(
        'E-EXP-030 tx2gene.csv:3 column gene value "DLL3": the transcript belongs to ASCL1 in a row'
    )
    assert 'column expression_sample value "R2": no R2/quant.sf in quants; fix: correct the name' in sample
    (cohort / "tx2gene.csv").unlink()
    assert any('column expression.tx2gene value "tx2gene.csv": cannot be read' in fault for fault in faults_of())


def test_a_matrix_with_one_column_twice_is_refused(cohort):
    (cohort / "tpm.tsv").write_text("gene\tR1\tR2\tR1\nASCL1\t1\t2\t3\n")
    assert "E-EXP-002 tpm.tsv:1 column R1: the sample has two columns" in faults_of()[0]
