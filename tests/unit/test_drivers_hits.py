"""Which records of a gene are one hit."""

from __future__ import annotations

import pytest

from sclcohort.drivers.hits import distinct_hits, proven_phase
from tests.unit.drivers_fixtures import variant


@pytest.mark.parametrize(
    ("alleles", "distinct"),
    [
        ([(100, "C", "T"), (5000, "C", "T")], 2),
        ([(100, "C", "T"), (101, "C", "T")], 1),  # a dinucleotide change written as two
        ([(100, "C", "T"), (109, "C", "T")], 1),
        ([(100, "C", "T"), (110, "C", "T")], 2),
        ([(100, "CAAAAAAAAAA", "C"), (115, "C", "T")], 1),  # the deletion reaches base 110
        ([(100, "CAAAAAAAAAA", "C"), (120, "C", "T")], 2),
        ([(100, "C", "T"), (100, "C", "A")], 2),  # one copy cannot carry both
        ([(100, "C", "T"), (105, "C", "T"), (112, "C", "T")], 1),  # a row of small records
    ],
)
def test_neighbouring_records_may_be_one_change(alleles, distinct):
    variants = [variant(position_1based=position, ref=ref, alt=alt) for position, ref, alt in alleles]
    assert len(distinct_hits(variants)) == distinct
    assert distinct_hits(variants[::-1]) == distinct_hits(variants)


@pytest.mark.parametrize(
    ("phase_sets", "proven"),
    [
        (("7:1", "7:2"), "different copies"),
        (("7:1", "7:1"), "one copy"),
        (("7:1", "8:2"), None),  # two sets say nothing of each other
        (("7:1", ""), None),
        (("7:1+2", "7:1+2"), None),  # on both copies: nothing is told apart
        (("7:1", "7:1", "8:1"), None),
        (("7:1", "8:1", "7:2"), "different copies"),
        (("7:1",), None),
    ],
)
def test_phase_is_proven_within_one_set_only(phase_sets, proven):
    hits = [variant(position_1based=1000 * place, phase_set=phase) for place, phase in enumerate(phase_sets, start=1)]
    assert proven_phase(hits) == proven
