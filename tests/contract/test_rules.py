"""Rules and steps speak of the same things, and a run plans the jobs it should."""

from __future__ import annotations

import re
import shlex

import pytest

from sclcohort.__main__ import STEPS, build_parser
from tests.workflow_runs import copy_repository, jobs_planned, snakemake

NOT_CALLED_BY_RULES = {"summarise"}


@pytest.fixture(scope="module")
def plan(tmp_path_factory):
    """Return what a dry run of the demo prints, with every command."""
    folder = copy_repository(tmp_path_factory.mktemp("plan"))
    # The download rule exists only when asked for; it is planned on its own below.
    done = snakemake(folder, "--dry-run", "--printshellcmds", "--workflow-profile", "none")
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr


@pytest.fixture(scope="module")
def download_plan(tmp_path_factory):
    """Return what a dry run prints when the reference is to be downloaded."""
    folder = copy_repository(tmp_path_factory.mktemp("download"))
    config = (folder / "config" / "config.yaml").read_text()
    config = re.sub(
        r"  fasta: .*\n  gff: .*\n", "  download:\n    enabled: true\n    sha256: {gff: " + "ab" * 32 + "}\n", config
    )
    (folder / "download.yaml").write_text(config)
    arguments = ("--dry-run", "--printshellcmds", "--workflow-profile", "none", "--configfile", "download.yaml")
    done = snakemake(folder, *arguments)
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr


def commands(text):
    return [shlex.split(line) for line in re.findall(r"python -m sclcohort .*", text)]


def test_every_command_of_every_rule_is_one_that_its_step_accepts(plan, download_plan):
    for words in commands(plan) + commands(download_plan):
        words = words[3 : words.index("&>")] if "&>" in words else words[3:]
        assert build_parser([words[0]]).parse_args(words).step == words[0]


def test_every_step_is_called_by_a_rule(plan, download_plan):
    called = {words[3] for words in commands(plan) + commands(download_plan)}
    assert called == set(STEPS) - NOT_CALLED_BY_RULES


def test_a_rule_its_step_and_its_log_have_one_name(plan):
    for rule, log in re.findall(r"rule (\w+):.*?\n    log: (\S+)", plan, flags=re.DOTALL):
        assert re.search(rf"/{rule}(\.\d+)?\.log$", log.rstrip(",")), (rule, log)
        assert rule.replace("_", "-") in STEPS or rule == "all"


def test_per_sample_stages_run_once_per_chunk_and_cohort_stages_once(plan):
    counts = jobs_planned(plan)
    chunks = counts["import_variants"]
    assert chunks > 1
    per_chunk = {"import_variants", "import_structural_variants", "import_copy_number"}
    assert {rule for rule, count in counts.items() if count == chunks} == per_chunk
    assert {count for rule, count in counts.items() if rule not in per_chunk} == {1}


def test_the_download_runs_only_when_asked_for(plan, download_plan):
    assert "get_reference" not in jobs_planned(plan)
    assert jobs_planned(download_plan)["get_reference"] == 1


def test_the_linter_has_nothing_to_say(tmp_path):
    done = snakemake(copy_repository(tmp_path), "--lint")
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_faulty_sheet_ends_with_exit_code_2_and_no_job(tmp_path):
    folder = copy_repository(tmp_path)
    sheet = folder / "config" / "samples.tsv"
    sheet.write_text(sheet.read_text().replace("tumour_tissue", "tumor_tissue", 2))
    done = snakemake(folder)
    assert done.returncode == 2
    assert done.stderr.count("E-SHEET-003") == 2
    assert 'did you mean "tumour_tissue"?' in done.stderr
    assert "Faults in the inputs: 2. No job was started." in done.stderr
    assert not (folder / "results").exists()


def test_a_cohort_of_ones_own_takes_nothing_from_the_demo(tmp_path):
    folder = copy_repository(tmp_path)
    (folder / "mine.tsv").write_text("sample_id\tpatient_id\texpression_sample\nA\tA\tA\n")
    (folder / "mine.yaml").write_text("cohort: mine\nsamples: mine.tsv\n")
    done = snakemake(folder, "--dry-run", "--configfile", "mine.yaml")
    assert done.returncode == 2
    assert "no expression matrix is configured" in done.stderr


def test_ten_thousand_samples_plan_400_chunks(tmp_path):
    folder = copy_repository(tmp_path)
    names = [f"S{number:05d}" for number in range(10_000)]
    (folder / "tpm.tsv").write_text("gene\t" + "\t".join(names) + "\nASCL1" + "\t1" * len(names) + "\n")
    rows = "".join(f"{name}\t{name}\t{name}\n" for name in names)
    (folder / "big.tsv").write_text("sample_id\tpatient_id\texpression_sample\n" + rows)
    (folder / "big.yaml").write_text("cohort: big\nsamples: big.tsv\nexpression: {matrix: tpm.tsv, unit: tpm}\n")
    done = snakemake(folder, "--dry-run", "--quiet", "rules", "--configfile", "big.yaml")
    assert done.returncode == 0, done.stderr
    assert jobs_planned(done.stdout + done.stderr)["import_variants"] == 400
