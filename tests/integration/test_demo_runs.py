"""What a second, a changed or a broken run of the demo does, and what its account and manifest say."""

from __future__ import annotations

import json
import shutil

import pytest

from sclcohort.contracts import (
    CODING_VARIANTS,
    COMPLETENESS,
    EVENTS,
    GENE_STATES,
    RESISTANCE_CLASSES,
    SAMPLE_VULNERABILITIES,
    SAMPLES,
    SUBTYPE_CALLS,
)
from tests.demo_results import hashes, results
from tests.workflow_runs import copy_repository, jobs_planned, snakemake

pytestmark = pytest.mark.slow


def test_the_account_adds_up_to_the_sheet(demo):
    outcomes = results(demo, COMPLETENESS)
    assert {row["sample_id"] for row in outcomes} == {row["sample_id"] for row in results(demo, SAMPLES)}
    assert {row["outcome"] for row in outcomes} == {"analysed"}


def test_the_manifest_names_every_output_with_its_checksum(demo):
    manifest = json.loads((demo / "results" / "demo" / "provenance" / "manifest.json").read_text())
    named = {entry["path"]: entry["sha256"] for entry in manifest["outputs"]}
    found = hashes(demo)
    unnamed = {"provenance/manifest.json", "provenance/completeness.tsv"}
    missing = {f"results/demo/{path}" for path in found if path not in unnamed} - set(named)
    assert {path for path in missing if "snakemake_timestamp" not in path} == set()
    for path, checksum in named.items():
        assert found[path.removeprefix("results/demo/")] == checksum, path


def test_a_second_run_has_nothing_to_do(demo):
    done = snakemake(demo)
    assert done.returncode == 0
    assert "Nothing to be done" in done.stdout + done.stderr


def test_two_runs_in_different_places_give_the_same_bytes(demo, tmp_path):
    other = copy_repository(tmp_path / "somewhere else")
    done = snakemake(other, "--cores", "1")
    assert done.returncode == 0, done.stdout + done.stderr
    assert hashes(other) == hashes(demo)


def test_an_appended_sample_runs_its_chunk_and_the_aggregates_and_changes_no_earlier_byte(demo, again):
    sheet = again / "config" / "samples.tsv"
    lines = sheet.read_text().rstrip("\n").split("\n")
    header = lines[0].split("\t")
    added = dict.fromkeys(header, "") | {"sample_id": "P99_T1", "patient_id": "P99"}
    donor = dict(
        zip(header, next(line for line in lines[1:] if "expression" in line or line).split("\t"), strict=False)
    )
    source = (sheet.parent / donor["variants"]).resolve()
    copied = source.with_name(f"P99_T1{''.join(source.suffixes)}")
    shutil.copy2(source, copied)
    added |= {"variants": f"../resources/demo/variants/{copied.name}", "variants_sample": donor["variants_sample"]}
    added |= {"normal_sample": donor["normal_sample"], "purity": donor.get("purity", "")}
    sheet.write_text("\n".join([*lines, "\t".join(added[name] for name in header)]) + "\n")
    planned = jobs_planned(snakemake(again, "--dry-run").stdout)
    assert planned["import_variants"] == 1
    assert planned["import_variants"] == 1
    assert "prepare_reference" not in planned
    done = snakemake(again)
    assert done.returncode == 0, done.stdout + done.stderr
    for table in (EVENTS, GENE_STATES, SUBTYPE_CALLS, RESISTANCE_CLASSES, SAMPLE_VULNERABILITIES, CODING_VARIANTS):
        earlier = results(demo, table)
        later = [row for row in results(again, table) if row["sample_id"] != "P99_T1"]
        assert later == earlier, table.name
    old, new = hashes(demo), hashes(again)
    assert {path for path in old if path.endswith(".vcf.gz") and old[path] != new[path]} == set()


def test_one_unreadable_sample_is_isolated_and_ends_the_run_with_an_error(demo, again):
    row = next(row for row in results(demo, SAMPLES) if str(row["variants"]).endswith(".vcf"))
    path = again / str(row["variants"])
    text = path.read_text()
    body = [line for line in text.splitlines() if not line.startswith("#")]
    wrong = body[0].split("\t")
    wrong[3] = {"A": "C", "C": "G", "G": "T", "T": "A"}[wrong[3][0]] + wrong[3][1:]
    path.write_text(text.replace(body[0], "\t".join(wrong)))
    done = snakemake(again)
    assert done.returncode != 0
    assert row["sample_id"] in done.stdout + done.stderr
    assert (again / "results" / "demo" / "report" / "index.html").is_file()
    states = {r["gene_symbol"]: r for r in results(again, GENE_STATES) if r["sample_id"] == row["sample_id"]}
    assert states["TP53"]["state"] in {"not_assessable", "biallelic"}
    others = [r for r in results(again, EVENTS) if r["sample_id"] != row["sample_id"]]
    assert others == [r for r in results(demo, EVENTS) if r["sample_id"] != row["sample_id"]]
    config = again / "config" / "config.yaml"
    config.write_text(config.read_text().replace("accept: []", "accept: [refused_samples]"))
    accepted = snakemake(again)
    assert accepted.returncode == 0, accepted.stdout + accepted.stderr
    outcome = {r["sample_id"]: r["outcome"] for r in results(again, COMPLETENESS)}
    assert outcome[row["sample_id"]] in {"partly_analysed", "refused"}


@pytest.mark.parametrize(
    ("module", "reruns", "spares"),
    [
        ("sclcohort/drivers/annotate_drivers.py", "annotate_drivers", "import_variants"),
        ("sclcohort/report/write_report.py", "write_report", "annotate_drivers"),
        ("sclcohort/copy_number/genes.py", "import_copy_number", "score_regulators"),
        ("sclcohort/structural_variants/effects.py", "import_structural_variants", "import_copy_number"),
    ],
)
def test_edited_code_reruns_the_steps_that_use_it_and_no_other(again, module, reruns, spares):
    path = again / "workflow" / module
    path.write_text(path.read_text() + "\n# edited\n")
    planned = jobs_planned(snakemake(again, "--dry-run").stdout)
    assert reruns in planned
    assert spares not in planned


def test_swapped_thresholds_are_noticed(again):
    config = again / "config" / "config.yaml"
    text = config.read_text()
    swapped = text.replace("gain_min_copies: 3", "gain_min_copies: 8")
    swapped = swapped.replace("amplification_min_copies: 8", "amplification_min_copies: 8.0")
    assert swapped != text
    config.write_text(swapped)
    assert "import_copy_number" in jobs_planned(snakemake(again, "--dry-run").stdout)
