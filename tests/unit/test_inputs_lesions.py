"""The lesion sheet: read like the others, every fault in one pass with its address and cure, and resolved."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from sclcohort.contracts import LESIONS
from sclcohort.errors import InputFaultsError
from sclcohort.inputs.check_inputs import run
from sclcohort.tables import read_rows

COLUMNS = ("patient_id", "lesion", "day", "volume_ml", "longest_diameter_mm", "short_diameter_mm")


@pytest.fixture(autouse=True)
def cohort(tmp_path, monkeypatch):
    """Write a cohort of two patients with RNA and a lesion sheet without fault; work in its folder."""
    monkeypatch.chdir(tmp_path)
    Path("tpm.tsv").write_text("gene\tR1\tR2\nASCL1\t1\t2\n")
    Path("samples.tsv").write_text("sample_id\tpatient_id\texpression_sample\nS1\tP1\tR1\nS2\tP2\tR2\n")
    write_config(lesions="lesions.tsv")
    write_lesions("P1 lung 0 4.5", "P1 lung 21 9", "P1 liver 0 - 30 24", "P2 lung 0 - 12.5")


def write_config(**more):
    config = {"cohort": "toy", "samples": "samples.tsv", "expression": {"matrix": "tpm.tsv", "unit": "tpm"}}
    Path("config.yaml").write_text(yaml.safe_dump(config | more))


def write_lesions(*rows, columns=COLUMNS):
    """Write lesions.tsv: cells of a row are parted by spaces, `-` is an empty one, `_` a space in a cell."""
    cells = [["" if cell == "-" else cell.replace("_", " ") for cell in row.split()] for row in rows]
    lines = ["\t".join(columns), *("\t".join(row) for row in cells)]
    Path("lesions.tsv").write_text("\n".join(lines) + "\n")


def resolved():
    run(config="config.yaml", lesions=Path("out.tsv"))
    return list(read_rows(Path("out.tsv"), LESIONS))


def faults_of():
    with pytest.raises(InputFaultsError) as caught:
        run(config="config.yaml")
    return [str(fault) for fault in caught.value.faults]


def test_measurements_are_typed_and_sorted_by_patient_lesion_and_day():
    rows = resolved()
    assert [(row["patient_id"], row["lesion"], row["day"]) for row in rows] == [
        ("P1", "liver", 0), ("P1", "lung", 0), ("P1", "lung", 21), ("P2", "lung", 0)
    ]  # fmt: skip
    assert rows[0] == {
        "patient_id": "P1", "lesion": "liver", "day": 0, "volume_ml": None,
        "longest_diameter_mm": 30.0, "short_diameter_mm": 24.0,
    }  # fmt: skip


def test_a_cohort_without_a_lesion_sheet_has_no_measurements():
    write_config()
    assert resolved() == []


def test_columns_without_a_cell_may_be_left_out():
    write_lesions("P1 lung 0 4.5", columns=COLUMNS[:4])
    assert resolved()[0]["longest_diameter_mm"] is None


def test_the_same_name_may_be_a_lesion_of_two_patients_and_one_day_may_have_many_lesions():
    write_lesions("P1 lung 0 4", "P2 lung 0 4", "P1 liver 0 4")
    assert len(resolved()) == 3


@pytest.mark.parametrize(
    ("row", "line"),
    [
        ("P3 lung 0 4", 'E-SHEET-015 lesions.tsv:2 column patient_id value "P3": no sample of this patient'),
        ("P1 lung 0 4 30", 'E-SHEET-017 lesions.tsv:2 column volume_ml value "4.0": given beside a diameter'),
        ("P1 lung 0 4 - 30", "E-SHEET-017"),
        ("P1 lung 0", 'E-SHEET-018 lesions.tsv:2 column lesion value "lung": neither a volume nor a diameter'),
        ("P1 lung 0 - - 30", 'short_diameter_mm value "30.0": given without the longest diameter'),
        ("P1 lung 0 - 30 31", 'E-SHEET-019 lesions.tsv:2 column short_diameter_mm value "31.0": is longer than'),
        ("P1 lung 0 0", 'column volume_ml value "0.0": not allowed here; fix: give a number > 0 and <= 10000'),
        ("P1 lung 0 -4", 'column volume_ml value "-4.0": not allowed here'),
        ("P1 lung 0 nan", 'column volume_ml value "nan": not a number; fix: give a number > 0'),
        ("P1 lung 0 inf", "not a number"),
        ("P1 lung 0 12500", "divide mm³ by 1000"),
        ("P1 lung 0 - 500", "multiply cm by 10"),
        ("P1 lung 0 4,5", 'value "4,5": not a number'),
        ("P1 lung 2024-03-01 4", 'column day value "2024-03-01": not a integer; fix: give an integer'),
        ("P1 lung 3.5 4", 'column day value "3.5": not a integer'),
        ("P1 lung - 4", "column day: missing; fix: give it: Day of the measurement"),
        ("P1 - 0 4", "column lesion: missing"),
        ("P1 =cmd() 0 4", "a spreadsheet would take it for a formula"),
    ],
)
def test_a_faulty_row_says_where_what_and_how_to_mend_it(row, line):
    write_lesions(row)
    faults = faults_of()
    assert any(line in fault for fault in faults), faults
    assert len(faults) == 1


def test_two_values_of_one_day_and_lesion_are_refused():
    write_lesions("P1 lung 0 4", "P1 lung 9 5", "P1 lung 0 4")
    assert faults_of() == [
        'E-SHEET-020 lesions.tsv:4 column day value "0": P1, lung was measured that day in row 2, too; '
        "fix: keep one measurement per lesion and day"
    ]


def test_names_of_one_lesion_that_differ_by_case_are_refused():
    write_lesions("P1 liver_7 0 4", "P1 Liver_7 9 5")
    (fault,) = faults_of()
    assert 'differs only by case from "liver 7" in row 2; fix: write the name of a lesion in one way' in fault


def test_faults_of_all_rows_and_sheets_are_shown_at_once():
    Path("samples.tsv").write_text("sample_id\tpatient_id\texpression_sample\nS1\tP1\tR9\nS2\tP2\tR2\n")
    write_lesions("P3 lung 0 4", "P1 lung x 4", "P1 lung 9 - 1 2")
    codes = [fault.split()[0] for fault in faults_of()]
    assert sorted(codes) == ["E-EXP-003", "E-SHEET-003", "E-SHEET-015", "E-SHEET-019"]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("patient_id\tlesion\tday\tvolume\n", 'column volume: unknown column; fix: did you mean "volume_ml"?'),
        ("patient_id\tday\tvolume_ml\nP1\t0\t4\n", "column lesion: missing column"),
        ("patient_id\tlesion\tday\tvolume_ml\n", "has no rows; fix: write one row per measurement"),
        ("patient_id,lesion,day,volume_ml\n", "is not tab-separated"),
    ],
)  # fmt: skip
def test_a_faulty_sheet_says_what_is_wrong_with_it(text, line):
    Path("lesions.tsv").write_text(text)
    assert any(line in fault for fault in faults_of()), faults_of()


def test_a_sheet_that_is_not_there_is_a_fault():
    write_config(lesions="absent.tsv")
    assert "E-SHEET-004 absent.tsv: cannot be read: No such file or directory" in faults_of()[0]
