from __future__ import annotations

import logging

import numpy as np
import pytest

from sclcohort.contracts import GENE_ALIASES
from sclcohort.regulators.gene_names import NO_OTHERS, OtherNames
from sclcohort.regulators.matrix import Matrix
from sclcohort.regulators.units import merge_rows, to_log2
from sclcohort.regulators.universe import universe_of
from sclcohort.tables import as_frame

NAMES = ("YAP1", "CYR61", "ENSG00000000003.14", "YAP1", "CTGF", "CCN2")
COUNTS = np.array([[1.0, 2, 0], [4, 8, 0], [16, 32, 0], [64, 128, 0], [256, 512, 0], [9, 8, 0]])


@pytest.fixture
def gene_aliases():
    names = ("alias", "gene_symbol", "kind")
    rows = [
        ("CTGF", "CCN2", "previous_symbol"),
        ("CYR61", "CCN1", "previous_symbol"),
        ("ENSG00000000003", "TSPAN6", "ensembl_gene_id"),
        ("IGFBP10", "CCN1", "previous_symbol"),
    ]
    return as_frame(GENE_ALIASES, (dict(zip(names, row, strict=True)) for row in rows))


@pytest.fixture
def universe(gene_aliases):
    def maker(unit="counts", names=NAMES, values=COUNTS, wanted=("CCN1", "CCN2", "TSPAN6"), others=NO_OTHERS):
        matrix = Matrix("m.tsv", tuple(names), tuple(range(2, len(names) + 2)), ("S1", "S2", "S3"), values)
        return universe_of(matrix, unit, wanted, gene_aliases, others)

    return maker


def test_every_gene_stands_once_under_its_approved_symbol_or_its_name(universe):
    # CTGF stays a gene of its own where CCN2 has a row: nothing is guessed.
    assert universe().genes == ("CCN1", "CCN2", "CTGF", "TSPAN6", "YAP1")
    assert universe(wanted=()).genes == ("CCN2", "CTGF", "CYR61", "ENSG00000000003", "YAP1")


def test_a_target_whose_name_could_be_another_gene_is_not_measured(universe):
    found = universe(wanted=("CCN1", "TAFAZZIN"), others=OtherNames(unclear={"YAP1": ("CCN1", "TAFAZZIN")})).found
    assert (found["CCN1"].rule, found["TAFAZZIN"].rule) == ("alias", "missing")
    assert found["TAFAZZIN"].reason == "row YAP1 could mean CCN1 or TAFAZZIN: not used"


@pytest.mark.parametrize("unit", ["tpm", "counts", "log2_tpm_plus_1"])
def test_repeated_rows_are_merged_and_brought_to_log2_as_elsewhere(universe, unit):
    found = universe(unit)
    rows = ([1], [5], [4], [2], [0, 3])
    merged = np.stack([merge_rows(COUNTS[list(row)], unit) for row in rows])
    totals = COUNTS.sum(axis=0)
    expected = to_log2(merged[:, :2], totals[:2], unit)
    np.testing.assert_array_equal(found.log2(slice(0, 2)), expected)
    np.testing.assert_array_equal(found.log2(slice(1, 2)), expected[:, 1:])


@pytest.mark.parametrize("unit", ["tpm", "counts", "log2_tpm_plus_1"])
@pytest.mark.parametrize("size", [1, 2, 3, 9])
def test_blocks_are_the_columns_of_the_matrix_in_order(universe, unit, size, monkeypatch):
    monkeypatch.setattr("sclcohort.regulators.universe.GENES_AT_ONCE", 2)
    found = universe(unit)
    blocks = [(columns, values.copy()) for columns, values in found.blocks(size)]
    assert [len(range(3)[columns]) for columns, _ in blocks] == {1: [1, 1, 1], 2: [2, 1]}.get(size, [3])
    monkeypatch.undo()
    np.testing.assert_array_equal(np.hstack([values for _, values in blocks]), found.log2(slice(0, 3)))


def test_a_column_of_zeros_stays_zero(universe):
    assert (universe("counts").log2(slice(2, 3)) == 0).all()


def test_the_matrix_is_left_as_it_was(universe):
    before = COUNTS.copy()
    for unit in ("tpm", "counts", "log2_tpm_plus_1"):
        values = universe(unit, names=tuple("ABCDEF")).log2(slice(0, 3))
        values += 1
    np.testing.assert_array_equal(COUNTS, before)


def test_a_target_that_two_rows_claim_counts_as_not_measured_and_is_logged(universe, caplog):
    caplog.set_level(logging.INFO)
    found = universe(names=("YAP1", "CYR61", "IGFBP10", "A", "B", "C"))
    assert "CCN1" not in found.genes
    assert found.found["CCN1"].reason == "rows CYR61, IGFBP10 all claim it: none is used"
    assert {"CYR61", "IGFBP10"} <= set(found.genes)
    assert "left out, as two rows claim each: CCN1" in caplog.text
    assert "0 of 3 targets of regulators found among 6 genes" in caplog.text
