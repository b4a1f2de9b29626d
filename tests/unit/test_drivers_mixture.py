"""The arithmetic of a mixture, worked by hand and counted cell by cell."""

from __future__ import annotations

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from sclcohort.drivers.mixture import MAX_EXPECTED_VAF, expected_vaf, mutated_copies, purity_at


@pytest.mark.parametrize(
    ("purity", "total", "mutated", "fraction"),
    [
        (0.6, 2, 1, 0.30),  # heterozygous: 0.6 / (1.2 + 0.8)
        (0.6, 1, 1, 0.43),  # one copy left: 0.6 / (0.6 + 0.8)
        (0.6, 2, 2, 0.60),  # copy-neutral loss: 1.2 / (1.2 + 0.8)
        (0.5, 4, 3, 0.50),  # 1.5 / (2 + 1)
        (1.0, 2, 1, 0.50),
        (1.0, 1, 1, MAX_EXPECTED_VAF),
    ],
)
def test_the_expected_fraction_is_that_of_a_mixture_of_tumour_and_normal_cells(purity, total, mutated, fraction):
    assert round(expected_vaf(purity, total, mutated), 2) == fraction


@given(st.integers(1, 100), st.integers(0, 100), st.integers(1, 6), st.data())
@settings(derandomize=True, deadline=None)
def test_the_expected_fraction_counts_copies_cell_by_cell(tumour_cells, normal_cells, total, data):
    mutated = data.draw(st.integers(0, total))
    cells = tumour_cells + normal_cells
    counted = tumour_cells * mutated / (tumour_cells * total + normal_cells * 2)
    assert expected_vaf(tumour_cells / cells, total, mutated) == pytest.approx(min(counted, MAX_EXPECTED_VAF))


@pytest.mark.parametrize(
    ("vaf", "purity", "total", "expected"),
    [
        (0.30, 0.6, 2, 1.0),  # heterozygous: 0.3 * (1.2 + 0.8) / 0.6
        (0.60, 0.6, 2, 2.0),  # copy-neutral loss
        (3 / 7, 0.6, 1, 1.0),  # one copy left
        (0.15, 0.6, 2, 0.5),  # half of the cells
        (0.25, 1.0, 4, 1.0),  # one copy of four in a pure tumour
    ],
)
def test_mutated_copies_are_as_worked_by_hand(vaf, purity, total, expected):
    assert mutated_copies(vaf, purity, total) == pytest.approx(expected)


@given(st.floats(0.05, 0.9), st.integers(1, 6))
@settings(derandomize=True, deadline=None)
def test_purity_is_found_again_from_the_fraction_of_a_hit_on_every_copy(purity, total):
    vaf = expected_vaf(purity, total, total)
    assume(vaf < MAX_EXPECTED_VAF)
    assert purity_at(vaf, total) == pytest.approx(purity)
    assert mutated_copies(vaf, purity, total) == pytest.approx(total)
