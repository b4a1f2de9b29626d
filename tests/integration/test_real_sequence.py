"""Real sequence at its true coordinates and real callers' files, through the workflow to the driver stage."""

from __future__ import annotations

import runpy
from types import SimpleNamespace

import pytest

from sclcohort.contracts import EVENTS, GENE_STATES, VARIANT_STATUS
from sclcohort.tables import read_rows
from tests.workflow_runs import REPOSITORY, copy_repository, snakemake

pytestmark = pytest.mark.slow
REAL = SimpleNamespace(**runpy.run_path(str(REPOSITORY / "tests" / "unit" / "test_variants_real_data.py")))
TARGET = "results/real/drivers/events.tsv"
HOTSPOTS = {
    ("TP53", "p.R175H"),
    ("TP53", "p.R248Q"),
    ("TP53", "p.R273H"),
    ("PIK3CA", "p.E545K"),
    ("PIK3CA", "p.H1047R"),
    ("EP300", "p.D1399N"),
    ("CREBBP", "p.R1446H"),
}
TRUNCATING = {("PTEN", "p.R130*"), ("RB1", "p.R320*"), ("APC", "p.R1450*"), ("CDKN2A", "p.R80*")}


def run_cohort(folder, fasta, gff, build):
    """Run a cohort of the one sample S1, whose VCF is s1.vcf, to its driver events; return its results folder."""
    (folder / "samples.tsv").write_text("sample_id\tpatient_id\tvariants\nS1\tP1\ts1.vcf\n")
    reference = f"{{build: {build}, fasta: '{fasta}', gff: '{gff}'}}"
    (folder / "real.yaml").write_text(f"cohort: real\nsamples: samples.tsv\nreference: {reference}\n")
    done = snakemake(folder, TARGET, "--configfile", "real.yaml")
    assert done.returncode == 0, done.stdout + done.stderr
    return folder / "results" / "real"


@pytest.mark.parametrize("build", REAL.BUILDS)
def test_published_variants_become_the_driver_events_they_are(shared_data, tmp_path, build):
    folder = copy_repository(tmp_path / "repository")
    source = shared_data / "driver_gene_slices"
    gff = source / f"driver_models_{build}.gff3"
    stretches = REAL.slices_of(source / f"slices_{build}.fa.gz")
    REAL.write_padded(tmp_path / "genome.fa", stretches)
    model = REAL.Model(gff, stretches)
    alleles = [model.substitution(*change[:4]) for change in REAL.PUBLISHED]
    if build == "GRCh38":
        assert alleles[0] == REAL.TP53_R175H
    (folder / "s1.vcf").write_text(REAL.vcf_text(alleles))
    results = run_cohort(folder, tmp_path / "genome.fa", gff, build)
    (tmp_path / "genome.fa").unlink()
    events = list(read_rows(results / EVENTS.name, EVENTS))
    kinds = {(row["gene_symbol"], row["event"]): row["event_type"] for row in events}
    assert {event for event, kind in kinds.items() if kind == "hotspot"} >= HOTSPOTS
    assert {event for event, kind in kinds.items() if kind == "truncating"} == TRUNCATING
    states = {row["gene_symbol"]: row for row in read_rows(results / GENE_STATES.name, GENE_STATES)}
    assert (states["TP53"]["state"], states["TP53"]["confidence"]) == ("biallelic", "probable")
    assert (states["RB1"]["state"], states["RB1"]["second_hit"]) == ("one_hit", "not_assessable")
    assert states["MYC"]["state"] == "not_assessable"


@pytest.mark.parametrize("name", REAL.FILES)
def test_real_files_of_callers_reach_the_driver_stage_and_invent_no_driver(shared_data, tmp_path, name):
    folder = copy_repository(tmp_path / "repository")
    text = (shared_data / "caller_vcfs" / f"{name}.vcf").read_text()
    bases, moved = REAL.squeezed(text, REAL.records_of(shared_data / "caller_vcfs" / f"{name}.vcf"))
    (folder / "s1.vcf").write_text(moved)
    model = REAL.F.build_reference(tmp_path / "model", prefix="model_")
    genome = "".join(f">{contig}\n{sequence}\n" for contig, sequence in bases.items()) + model.fasta.read_text()
    (folder / "genome.fa").write_text(genome)
    results = run_cohort(folder, "genome.fa", model.gff, "GRCh37")
    status = next(read_rows(next(results.glob("variants/*.status.tsv")), VARIANT_STATUS))
    assert status["state"] == "imported"
    assert status["alleles"] > 0
    assert list(read_rows(results / EVENTS.name, EVENTS)) == []
