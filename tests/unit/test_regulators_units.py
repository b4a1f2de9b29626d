from __future__ import annotations

import logging
import re

import numpy as np
import pytest

from sclcohort.errors import StepError
from sclcohort.regulators.matrix import Matrix
from sclcohort.regulators.measures import UNITS
from sclcohort.regulators.units import merge_rows, to_log2, unit_faults


def matrix_of(*columns):
    """Return a matrix of genes x samples, one sample for each column given."""
    numbers = np.column_stack(columns).astype(float)
    genes = tuple(f"G{row}" for row in range(len(numbers)))
    samples = tuple(f"S{column + 1}" for column in range(numbers.shape[1]))
    return Matrix("m.tsv", genes, tuple(range(2, 2 + len(genes))), samples, numbers)


@pytest.fixture(scope="module")
def transcriptome():
    """Return TPM of 6,000 genes that add up to a million, from a seeded log-normal."""
    tpm = np.random.default_rng(11).lognormal(1.0, 2.0, 6000)
    return tpm / tpm.sum() * 1e6


@pytest.fixture(scope="module")
def counts(transcriptome):
    return np.round(transcriptome * 20)


@pytest.mark.parametrize("unit", UNITS)
def test_a_transcriptome_in_the_declared_unit_has_no_fault(transcriptome, counts, unit):
    cpm = counts / counts.sum() * 1e6
    numbers = {
        "tpm": transcriptome,
        "fpkm": transcriptome * 0.4,
        "counts": counts,
        "log2_tpm_plus_1": np.log2(transcriptome + 1),
        "log2_fpkm_plus_1": np.log2(transcriptome * 0.4 + 1),
        "log2_cpm_plus_1": np.log2(cpm + 1),
    }[unit]
    assert unit_faults(matrix_of(numbers, numbers[::-1]), unit) == []


@pytest.mark.parametrize(
    ("declared", "given", "message"),
    [
        ("tpm", "counts", "adds up to 2.* at most a million"),
        ("tpm", "few_counts", "all values are integers and add up to"),
        ("tpm", "log2", "largest value is 1.* look logged"),
        ("tpm", "thousandth", "adds up to 1000, a transcriptome's TPM to about a million"),
        ("counts", "tpm", "no integers"),
        ("counts", "log2", "no integers"),
        ("log2_tpm_plus_1", "tpm", "not a log2"),
        ("log2_tpm_plus_1", "counts", "not a log2"),
        ("log2_tpm_plus_1", "log2_counts", "more than a million"),
        ("log2_tpm_plus_1", "log2_twice", "logged twice"),
        ("fpkm", "counts", "integers"),
        ("fpkm", "estimated_counts", "FPKM to less than 5e\\+06"),
        ("fpkm", "log2", "look logged"),
        ("log2_fpkm_plus_1", "tpm", "not a log2"),
        ("log2_fpkm_plus_1", "log2_counts", "FPKM, more than 5e\\+06"),
        ("log2_fpkm_plus_1", "log2_twice", "logged twice"),
        ("log2_cpm_plus_1", "counts", "not a log2"),
        ("log2_cpm_plus_1", "log2_counts", "CPM, more than a million"),
        ("log2_cpm_plus_1", "log2_twice", "CPM, a transcriptome .*logged twice"),
    ],
)
def test_each_mislabelled_unit_is_refused(transcriptome, counts, declared, given, message):
    log2 = np.log2(transcriptome + 1)
    numbers = {
        "tpm": transcriptome,
        "counts": counts,
        "few_counts": np.round(transcriptome / 2),
        "log2": log2,
        "thousandth": transcriptome / 1000,
        "estimated_counts": transcriptome * 20,
        "log2_counts": np.log2(counts + 1),
        "log2_twice": np.log2(log2 + 1),
    }[given]
    right = {"tpm": transcriptome, "fpkm": transcriptome, "counts": counts}.get(declared, log2)
    (fault,) = unit_faults(matrix_of(right, numbers), declared)
    assert (fault.code, fault.column) == ("E-EXP-023", "S2")
    assert f"declared as {declared}, but" in fault.found
    assert re.search(message, fault.found)


def test_a_panel_is_accepted_and_the_log_says_what_could_not_be_checked(caplog):
    caplog.set_level(logging.INFO)
    assert unit_faults(matrix_of([0.0, 30.0, 500.5]), "tpm") == []
    assert "3 genes: a panel or a subset; whether the unit adds up cannot be checked" in caplog.text


@pytest.mark.parametrize(
    ("numbers", "unit", "message"),
    [
        ([0.0, 9.5, 12.1], "tpm", "no value of any sample reaches 20"),
        ([0.0, 9.5, 12.1], "fpkm", "declared as fpkm, but no value of any sample reaches 20"),
        ([4e6, 2e6, 1.5], "fpkm", "adds up to 6e\\+06"),
        ([9e5, 2e5, 1.0], "tpm", "adds up to 1.1e\\+06"),
        ([0.5, 2.0, 3.0], "counts", "no integers"),
        ([30.0, 1.0, 0.0], "log2_tpm_plus_1", "not a log2"),
        ([20.5, 1.0, 0.0], "log2_tpm_plus_1", "more than a million"),
    ],
)
def test_a_panel_is_refused_where_its_numbers_suffice_to_tell(numbers, unit, message):
    (fault,) = unit_faults(matrix_of(numbers), unit)
    assert re.search(message, fault.found)


def test_a_sample_of_zeros_is_not_judged_by_its_unit(transcriptome):
    assert unit_faults(matrix_of(transcriptome, np.zeros(6000)), "tpm") == []
    assert unit_faults(matrix_of(np.zeros(3)), "tpm") == []


def test_rounded_tpm_are_tpm(transcriptome):
    assert unit_faults(matrix_of(np.round(transcriptome)), "tpm") == []


def test_protein_coding_genes_alone_are_a_transcriptome(transcriptome):
    assert unit_faults(matrix_of(transcriptome * 0.7), "tpm") == []


def test_an_unknown_unit_is_refused():
    with pytest.raises(
        StepError, match=r"expression\.unit is 'rpkm'; fix: say one of tpm, fpkm, counts, log2_tpm_plus"
    ):
        unit_faults(matrix_of([1.0, 2.0]), "rpkm")


def test_tpm_become_log2_of_themselves_plus_one():
    np.testing.assert_array_equal(to_log2(np.array([[0.0, 1.0, 3.0]]), np.ones(3), "tpm"), [[0.0, 1.0, 2.0]])


def test_counts_become_log2_cpm_of_the_whole_library():
    log2 = to_log2(np.array([[3.0, 30.0]]), np.array([1e6, 1e7]), "counts")
    np.testing.assert_allclose(log2, [[2.0, 2.0]])


def test_log2_values_are_left_as_they_are():
    values = np.array([[0.1, 7.3]])
    assert to_log2(values, np.ones(2), "log2_tpm_plus_1") is values


def test_repeated_rows_of_counts_are_added_and_of_tpm_the_largest_is_taken():
    rows = np.array([[1.0, 5.0], [2.0, 3.0]])
    assert merge_rows(rows, "counts").tolist() == [3.0, 8.0]
    assert merge_rows(rows, "tpm").tolist() == [2.0, 5.0]
    assert merge_rows(rows, "log2_tpm_plus_1").tolist() == [2.0, 5.0]
