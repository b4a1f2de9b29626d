"""The sample sheet and the clinical sheet: every fault of a row, with its address and its cure; ids, paths."""

from __future__ import annotations

from pathlib import Path

import pytest

from sclcohort.contracts import SAMPLES
from sclcohort.errors import InputFaultsError, StepError
from sclcohort.inputs.check_inputs import run
from sclcohort.inputs.configuration import parse_configuration
from sclcohort.inputs.plan import make_plan
from sclcohort.inputs.sheets import Row, read_chunk, read_sheet
from sclcohort.tables import read_rows
from tests.unit import inputs_fixtures
from tests.unit.inputs_fixtures import VCF, faults_of, write_config, write_samples

# Fixtures of a module are what pytest finds among its names.
cohort = inputs_fixtures.cohort


@pytest.mark.parametrize(
    ("first", "second", "line"),
    [
        ({"sample_id": "S 1"}, {}, 'column sample_id value "S 1": not allowed here; fix: give 1 to 64 letters'),
        ({"sample_id": "../S1"}, {}, "E-SHEET-003"),
        ({"sample_id": "-rf"}, {}, "E-SHEET-003"),
        ({}, {"sample_id": "s1"}, 'differs only by case from "S1" in row 2'),
        ({}, {"sample_id": "S1"}, "stands also in row 2"),
        ({"purity": "60%"}, {}, 'column purity value "60%": not a number; fix: give a number > 0 and <= 1'),
        ({"purity": "nan"}, {}, 'column purity value "nan": not a number; fix: give a number > 0 and <= 1'),
        ({"purity": "60"}, {}, 'value "60.0": not allowed here; fix: give a number > 0 and <= 1'),
        ({"day": "1.5"}, {}, 'column day value "1.5": not a integer'),
        ({"histology": "=cmd()"}, {}, "a spreadsheet would take it for a formula"),
        ({}, {"expression_sample": ""}, "the sample has no data"),
        ({"variants": ""}, {}, "names a VCF column, but the row has no VCF"),
        ({"normal_sample": "TUMOR"}, {}, "is also the tumour column"),
        ({"variants_sample": "TUMOUR"}, {}, 'not a column of data/s1.vcf; fix: did you mean "TUMOR"?'),
        ({"normal_sample": "BLOOD"}, {}, "fix: known: NORMAL, TUMOR"),
        ({"copy_number_sample": "S3"}, {}, "no such sample in data/cohort.seg"),
        ({"expression_sample": "R2"}, {}, "the same data as sample S1 in row 2"),
        ({"expression_sample": "R3"}, {}, "no such column in tpm.tsv"),
        ({"variants": "."}, {}, "is a folder"),
    ],
)
def test_a_faulty_row_says_where_what_and_how_to_mend_it(cohort, first, second, line):
    write_samples(cohort, first, second)
    assert any(line in fault for fault in faults_of()), faults_of()


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", "is empty"),
        ("sample_id\tpatient_id\n", "has no rows"),
        ("sample_id,patient_id\nS1,P1\n", "is not tab-separated"),
        ("sample_id\tpatient\nS1\tP1\n", 'column patient: unknown column; fix: did you mean "patient_id"?'),
        ("sample_id\tday\nS1\t1\n", "column patient_id: missing column"),
        ("sample_id\tpatient_id\tday\tday\nS1\tP1\t1\t1\n", "the column stands twice"),
        ("sample_id\tpatient_id\nS1\tP1\textra\n", "3 cells, the header has 2"),
    ],
)
def test_a_faulty_sheet_says_what_is_wrong_with_it(cohort, text, line):
    (cohort / "data" / "samples.tsv").write_text(text)
    assert any(line in fault for fault in faults_of()), faults_of()


def read_samples(path: Path) -> list[Row]:
    """Return the rows of a sheet of samples that has no fault."""
    rows, faults = read_sheet(path, "samples")
    assert not faults
    return rows


@pytest.mark.parametrize(
    "encode", [lambda t: "\ufeff" + t, lambda t: t.replace("\n", "\r\n"), lambda t: t.rstrip("\n")]
)
def test_spreadsheet_exports_read_like_plain_text(cohort, encode):
    plain = read_samples(cohort / "data" / "samples.tsv")
    text = (cohort / "data" / "samples.tsv").read_text()
    (cohort / "data" / "samples.tsv").write_bytes(encode(text).encode())
    assert read_samples(cohort / "data" / "samples.tsv") == plain


@pytest.mark.parametrize("name", ["007", "1e5", "NA", "nan", "TRUE", "None"])
def test_ids_that_look_like_numbers_or_missing_stay_what_they_are(cohort, name):
    write_samples(cohort, {"sample_id": name, "copy_number": ""})
    assert read_samples(cohort / "data" / "samples.tsv")[0]["sample_id"] == name


def test_a_path_with_spaces_and_quotes_is_a_path(cohort):
    (cohort / "data" / "s ü'1.vcf").write_text(VCF)
    write_samples(cohort, {"variants": "s ü'1.vcf"})
    run(config="config.yaml", samples=Path("out.tsv"))
    assert next(iter(read_rows(Path("out.tsv"), SAMPLES)))["variants"] == "data/s ü'1.vcf"


def test_a_sheet_is_read_the_same_from_another_folder(cohort, monkeypatch):
    here = read_samples(Path("data/samples.tsv"))
    monkeypatch.chdir(cohort / "data")
    there = read_samples(Path("samples.tsv"))
    assert here[0]["variants"] == "data/s1.vcf"
    assert there[0]["variants"] == "s1.vcf"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("patient_id\nP9\n", "no sample of this patient"),
        ("patient_id\tplatinum_start_day\tplatinum_end_day\nP1\t90\t10\n", "lies before platinum_start_day 90"),
        ("patient_id\tplatinum_start_day\tprogression_day\nP1\t90\t10\n", "column progression_day value"),
        ("patient_id\tbest_response\nP1\tgood\n", "give one of CR, PR, SD, PD, NE"),
    ],
)
def test_a_faulty_clinical_sheet_says_what_is_wrong(cohort, text, line):
    (cohort / "clinical.tsv").write_text(text)
    write_config(cohort, clinical="clinical.tsv")
    assert any(line in fault for fault in faults_of()), faults_of()


def test_the_chemotherapy_free_interval_needs_both_dates(cohort):
    (cohort / "clinical.tsv").write_text("patient_id\tplatinum_end_day\tprogression_day\nP1\t100\t189\n")
    write_config(cohort, clinical="clinical.tsv")
    assert make_plan(parse_configuration("config.yaml")).clinical[0]["ctfi_days"] == 89
    (cohort / "clinical.tsv").write_text("patient_id\tplatinum_end_day\nP1\t100\n")
    assert make_plan(parse_configuration("config.yaml")).clinical[0]["ctfi_days"] is None


@pytest.mark.parametrize(
    "payload", ["$(touch canary)", "`touch canary`", "a;touch canary", "a'b", "a|b", "a\nb", "ü", ".", ".."]
)
@pytest.mark.parametrize("column", ["sample_id", "patient_id"])
def test_ids_that_could_reach_a_shell_or_a_path_are_refused(cohort, payload, column):
    write_samples(cohort, {column: payload})
    _, faults = read_sheet(Path("data/samples.tsv"), "samples")
    assert faults
    assert not Path("canary").exists()


def test_a_job_reads_the_rows_of_its_samples_as_the_check_did_in_the_order_asked_for(cohort):
    sheet = cohort / "data" / "samples.tsv"
    sheet.write_text("sample_id\tpatient_id\tpurity\tvariants\nS1\tP1\t\t\nS2\tP1\t0.5\ts1.vcf\nS3\tP2\t\ts1.vcf\n")
    rows = {str(row["sample_id"]): row for row in read_samples(sheet)}
    assert read_chunk(sheet, ("S3", "S2")) == [rows["S3"], rows["S2"]]
    assert rows["S2"]["purity"] == 0.5


def test_a_job_is_stopped_by_its_own_rows_alone(cohort):
    sheet = cohort / "data" / "samples.tsv"
    sheet.write_text("sample_id\tpatient_id\tpurity\nS1\tP1\thigh\nS2\tP1\t0.5\n")
    assert read_chunk(sheet, ("S2",))[0]["purity"] == 0.5
    with pytest.raises(InputFaultsError, match="not a number"):
        read_chunk(sheet, ("S1",))
    with pytest.raises(StepError, match=r"no sample S9; fix: name samples of the sheet"):
        read_chunk(sheet, ("S2", "S9"))
    sheet.write_text("sample\tpatient_id\nS1\tP1\n")
    with pytest.raises(InputFaultsError, match="unknown column"):
        read_chunk(sheet, ("S1",))
    with pytest.raises(InputFaultsError, match="cannot be read"):
        read_chunk(cohort / "data" / "other.tsv", ("S1",))
