from __future__ import annotations

import pytest

from sclcohort.variants.phase import phase_of


def phase(allele=1, **fields):
    return phase_of(lambda name: fields.get(name, ""), allele)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"GT": "0|1", "PS": "1947645"}, "1947645:2"),
        ({"GT": "1|0", "PS": "1947645"}, "1947645:1"),
        ({"GT": "1|1", "PS": "7"}, "7:1+2"),
        ({"GT": "0|0|1", "PS": "7"}, "7:3"),
        ({"GT": "|0|1", "PS": "7"}, "7:2"),
        ({"GT": "0|1", "PS": "0"}, "0:2"),
        ({"GT": "0/1", "PGT": "0|1", "PID": "7675088_C_T"}, "7675088_C_T:2"),
        ({"GT": "0|1", "PGT": "0|1", "PID": "7675088_C_T", "PS": "7675088"}, "7675088:2"),
        ({"GT": "0/1", "PGT": "1|0", "PID": "7675088_C_T", "PS": "7675088"}, "7675088_C_T:1"),
    ],
)
def test_a_proven_phase_names_its_set_and_haplotype(fields, expected):
    assert phase(**fields) == expected


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"GT": "0/1"},
        {"GT": "0|1"},
        {"GT": "0|1", "PS": "."},
        {"GT": "0/1", "PS": "7"},
        {"GT": "0|1/1", "PS": "7"},
        {"GT": "1", "PS": "7"},
        {"GT": "0|0", "PS": "7"},
        {"GT": ".|.", "PS": "7"},
        {"GT": "0|1", "PID": "7_C_T"},
        {"GT": "0|1", "PGT": ".", "PID": "7_C_T"},
        {"GT": "0|1", "PGT": "0|1", "PID": "."},
        {"GT": "0/1", "PGT": "0/1", "PID": "7_C_T"},
    ],
)
def test_what_is_not_proven_is_no_phase(fields):
    assert phase(**fields) == ""


def test_alleles_of_one_record_lie_on_the_haplotypes_that_carry_them():
    assert phase(1, GT="2|1", PS="7") == "7:2"
    assert phase(2, GT="2|1", PS="7") == "7:1"
    assert phase(3, GT="2|1", PS="7") == ""
