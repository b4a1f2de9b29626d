"""Chunks of samples: a cohort that grows or changes leaves the others as they are."""

from __future__ import annotations

from sclcohort.inputs.configuration import parse_configuration
from sclcohort.inputs.plan import digest, make_plan
from tests.unit import inputs_fixtures
from tests.unit.inputs_fixtures import write_config, write_samples

# Fixtures of a module are what pytest finds among its names.
cohort = inputs_fixtures.cohort


def test_appended_samples_never_move_earlier_ones_to_another_chunk(cohort):
    write_config(cohort, samples_per_job=1)
    before = make_plan(parse_configuration("config.yaml")).chunks
    text = (cohort / "data" / "samples.tsv").read_text().rstrip("\n")
    columns = text.splitlines()[0].split("\t")
    added = "\t".join({"sample_id": "S3", "patient_id": "P2"}.get(name, "") for name in columns)
    (cohort / "data" / "samples.tsv").write_text(f"{text}\n{added}\n")
    after = make_plan(parse_configuration("config.yaml")).chunks
    assert {name: digest(rows) for name, rows in before.items()}.items() <= {
        n: digest(r) for n, r in after.items()
    }.items()
    assert list(after) == ["0001", "0002", "0003"]


def test_a_changed_cell_changes_the_digest_of_its_chunk_alone(cohort):
    write_config(cohort, samples_per_job=1)
    before = make_plan(parse_configuration("config.yaml")).chunks
    write_samples(cohort, {"purity": "0.71"})
    after = make_plan(parse_configuration("config.yaml")).chunks
    assert digest(before["0001"]) != digest(after["0001"])
    assert digest(before["0002"]) == digest(after["0002"])


def test_so_many_chunks_that_a_command_line_overflows_are_refused(cohort):
    rows = "".join(f"S{number}\tP{number}\tR{number}\n" for number in range(501))
    (cohort / "data" / "samples.tsv").write_text("sample_id\tpatient_id\texpression_sample\n" + rows)
    write_config(cohort, samples_per_job=1)
    plan = make_plan(parse_configuration("config.yaml"))
    assert any("gives 501 jobs per stage, more than 500; fix: set it to 2 or more" in str(f) for f in plan.faults)
