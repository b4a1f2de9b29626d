"""Every fault of every input, in one pass, with its address and its cure."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sclcohort.contracts import AVAILABILITY, SAMPLES
from sclcohort.inputs.check_inputs import run
from sclcohort.inputs.configuration import parse_configuration
from sclcohort.tables import read_rows
from tests.unit import inputs_fixtures
from tests.unit.inputs_fixtures import faults_of, write_config, write_samples

# Fixtures of a module are what pytest finds among its names.
cohort = inputs_fixtures.cohort


def test_a_sound_cohort_passes_and_is_written_resolved(cohort):
    run(
        config="config.yaml",
        samples=Path("out/samples.tsv"),
        clinical=Path("out/clinical.tsv"),
        availability=Path("out/availability.tsv"),
        resolved=Path("out/config.json"),
    )
    rows = list(read_rows(Path("out/samples.tsv"), SAMPLES))
    assert [row["sample_id"] for row in rows] == ["S1", "S2"]
    assert rows[0]["variants"] == "data/s1.vcf"
    assert rows[0]["purity"] == 0.7
    states = {
        (row["sample_id"], row["layer"]): row["state"] for row in read_rows(Path("out/availability.tsv"), AVAILABILITY)
    }
    assert states[("S1", "variants")] == "provided"
    assert states[("S2", "variants")] == "not_provided"
    assert states[("S2", "expression")] == "provided"
    resolved = json.loads(Path("out/config.json").read_text())
    assert resolved["resistance"]["ctfi_cut_days"] == 90


def test_a_purity_file_is_a_purity_and_one_that_holds_none_is_a_fault(cohort):
    fit = cohort / "data" / "fit.tsv"
    fit.write_text("purity\tploidy\n0.6\t3\n")
    write_samples(cohort, {"purity": "", "purity_file": "fit.tsv"})
    outputs = {name: Path(f"out/{name}") for name in ("samples", "clinical", "availability", "resolved")}
    run(config="config.yaml", **outputs)
    states = {
        (row["sample_id"], row["layer"]): row["state"] for row in read_rows(outputs["availability"], AVAILABILITY)
    }
    assert (states["S1", "purity"], states["S2", "purity"]) == ("provided", "not_provided")
    fit.write_text("x\ty\n0.6\t3\n")
    (fault,) = faults_of(**outputs)
    assert fault.startswith('E-CN-003 data/samples.tsv:2 column purity_file value "data/fit.tsv": E-CN-021 fit.tsv: ')


def test_the_configuration_as_json_says_the_same_as_the_file(cohort):
    given = parse_configuration("config.yaml")
    assert parse_configuration(json.dumps(given)) == given
    run(config=json.dumps(given))


def test_all_faults_of_all_files_are_found_in_one_pass(cohort):
    write_config(cohort, regulators={"min_tragets": 3}, expression={"matrix": "absent.tsv", "unit": "tpm"})
    assert len(faults_of()) == 1
    write_config(cohort, expression={"matrix": "absent.tsv", "unit": "tpm"})
    write_samples(cohort, {"purity": "1.5", "variants": "absent.vcf"}, {"patient_id": ""})
    found = "\n".join(faults_of())
    for code in ("E-SHEET-003", "E-SHEET-002", "E-FILE-001 configuration", "E-FILE-001 data/samples.tsv:2"):
        assert code in found


@pytest.mark.parametrize(
    ("name", "text", "line"),
    [
        ("genome.fa", "chr1\tACGT\n", "begins with 'chr1\\tACGT'; fix: give a FASTA file"),
        ("genes.gff3", "chr1 gene 1 900\n", "fix: give an Ensembl GFF3 file"),
        ("genes.gff3", "", "is empty (0 bytes)"),
        ("spans.tsv", "gene\tstart\tend\n", "fix: give a table with the columns gene_symbol, chrom, start_0based, end"),
    ],
)
def test_a_reference_file_of_another_kind_is_refused_before_any_job(cohort, name, text, line):
    (cohort / "spans.tsv").write_text("gene_symbol\tchrom\tstart_0based\tend\nTP53\tchr17\t1\t9\n")
    reference = {"fasta": "genome.fa", "gff": "genes.gff3", "gene_coordinates": "spans.tsv"}
    write_config(cohort, reference=reference)
    run(config="config.yaml")
    (cohort / name).write_text(text)
    assert any(line in fault for fault in faults_of()), faults_of()


def test_faults_are_also_written_as_json_lines(cohort):
    write_samples(cohort, {"purity": "x"})
    faults_of(faults=Path("faults.jsonl"))
    fault = json.loads(Path("faults.jsonl").read_text().splitlines()[0])
    assert fault["code"] == "E-SHEET-003"
    assert (fault["file"], fault["row"], fault["column"], fault["value"]) == ("data/samples.tsv", 2, "purity", "x")
