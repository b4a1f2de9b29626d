from __future__ import annotations

import numpy as np
import pytest

from sclcohort.regulators.conversion import convert
from sclcohort.regulators.matrix import Matrix
from sclcohort.regulators.measures import UNITS, measure_of, words_of

TPM = np.array([[600_000.0, 0.0], [300_000.0, 0.0], [100_000.0, 0.0]])


def matrix_of(numbers):
    """Return a matrix of genes x samples."""
    genes, samples = numbers.shape
    names = tuple(f"S{column + 1}" for column in range(samples))
    return Matrix("m.tsv", tuple(f"G{row}" for row in range(genes)), tuple(range(2, 2 + genes)), names, numbers)


@pytest.mark.parametrize("factor", [0.25, 1.0, 3.0])
def test_fpkm_are_brought_to_tpm_by_the_sum_of_the_sample(factor):
    converted = convert(matrix_of(TPM * factor), "fpkm")
    assert converted.unit == "tpm"
    np.testing.assert_allclose(converted.matrix.numbers, TPM, rtol=1e-12)
    assert converted.note.startswith("FPKM brought to TPM by the sum of the sample; the million is of the 3 genes")


def test_fpkm_of_counts_give_the_tpm_of_counts():
    counts, bases = np.array([10.0, 400.0, 35.0]), np.array([900.0, 12_000.0, 2_500.0])
    fpkm = counts / (bases / 1e3) / (counts.sum() / 1e6)
    rates = counts / bases
    found = convert(matrix_of(fpkm[:, None]), "fpkm").matrix.numbers[:, 0]
    np.testing.assert_allclose(found, rates / rates.sum() * 1e6, rtol=1e-12)


def test_log2_of_fpkm_is_taken_back_before():
    converted = convert(matrix_of(np.log2(TPM * 0.3 + 1)), "log2_fpkm_plus_1")
    assert converted.unit == "tpm"
    np.testing.assert_allclose(converted.matrix.numbers, TPM, rtol=1e-9, atol=1e-6)


def test_a_sample_of_zeros_stays_one():
    assert convert(matrix_of(TPM), "fpkm").matrix.numbers[:, 1].tolist() == [0.0, 0.0, 0.0]


def test_a_sample_is_converted_the_same_alone_and_beside_others():
    numbers = np.random.default_rng(5).lognormal(0, 2, (6000, 4))
    together = convert(matrix_of(numbers), "fpkm").matrix.numbers
    for column in range(4):
        alone = convert(matrix_of(numbers[:, [column]]), "fpkm").matrix.numbers
        np.testing.assert_array_equal(alone[:, 0], together[:, column])


@pytest.mark.parametrize("unit", ["tpm", "log2_tpm_plus_1"])
def test_tpm_are_left_as_they_are(unit):
    matrix = matrix_of(TPM)
    converted = convert(matrix, unit)
    assert (converted.matrix, converted.unit, converted.note) == (matrix, unit, "")


@pytest.mark.parametrize("unit", ["counts", "log2_cpm_plus_1"])
def test_what_is_not_corrected_for_gene_length_says_so(unit):
    converted = convert(matrix_of(TPM), unit)
    assert converted.unit == unit
    assert "log2(CPM + 1): not corrected for gene length" in converted.note


def test_the_measure_follows_the_unit():
    assert {unit: measure_of({"unit": unit}) for unit in UNITS} == {
        "tpm": "tpm",
        "fpkm": "tpm",
        "counts": "cpm",
        "log2_tpm_plus_1": "tpm",
        "log2_fpkm_plus_1": "tpm",
        "log2_cpm_plus_1": "cpm",
    }
    assert measure_of({"unit": None}) is None


def test_counts_with_lengths_are_measured_in_tpm():
    settings = {"unit": "counts", "format": "featurecounts"}
    assert measure_of(settings) == "tpm"
    assert words_of(settings) == "counts, brought to TPM by the lengths of the genes, as log2(TPM + 1)"
    assert measure_of({"unit": "counts", "format": "nf_core"}) == "cpm"
    assert measure_of({"unit": "counts", "format": "nf_core", "gene_lengths": "lengths.tsv"}) == "tpm"
    assert measure_of({"unit": "log2_cpm_plus_1", "format": "matrix", "gene_lengths": None}) == "cpm"


def test_the_words_of_every_unit_say_what_is_scored():
    for unit in UNITS:
        measure = {"tpm": "log2(TPM + 1)", "cpm": "log2(CPM + 1)"}[measure_of({"unit": unit})]
        assert words_of({"unit": unit}).endswith(measure)
