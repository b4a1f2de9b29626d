from __future__ import annotations

import pytest

from sclcohort.contracts import CALLERS
from sclcohort.variants.dialects import DIALECTS, Evidence, detect_dialect, dialect_named, read_evidence


def evidence(name, ref="A", alt="C", **fields):
    return read_evidence(dialect_named(name), lambda field: fields.get(field, ()), ref, alt)


@pytest.mark.parametrize(
    ("name", "fields", "expected"),
    [
        ("mutect2", {"AD": [60, 20], "DP": [80], "AF": [0.26]}, Evidence(80, 20, 0.25)),
        ("mutect2", {"AD": [60, 20], "DP": [100]}, Evidence(100, 20, 0.2)),
        ("mutect1", {"AD": [160, 31], "DP": [192], "FA": [0.162]}, Evidence(192, 31, 31 / 191)),
        ("strelka2", {"AU": [60, 66], "CU": [20, 21], "GU": [3, 3], "TU": [0, 0], "DP": [84]}, Evidence(84, 20, 0.25)),
        ("varscan2", {"RD": [56], "AD": [35], "DP": [93], "FREQ": ["38.46%"]}, Evidence(93, 35, 35 / 91)),
        ("freebayes", {"RO": [60], "AO": [20], "DP": [100]}, Evidence(100, 20, 0.2)),
        ("generic", {"AD": [60, 20]}, Evidence(80, 20, 0.25)),
        ("generic", {"AD": [None, 21], "DP": [54]}, Evidence(54, 21, 21 / 54)),
        ("generic", {"AD": ["60,20"], "DP": [80]}, Evidence(80, 20, 0.25)),
        ("generic", {"BCOUNT": [3, 4, 0, 0], "DP4": [0, 3, 0, 4], "DP": [7]}, Evidence(7, 4, 4 / 7)),
        ("generic", {"DP4": [22, 33, 9, 9], "DP": [73]}, Evidence(73, 18, 18 / 73)),
        ("generic", {"RD": [65], "AD": [5], "DP": [70]}, Evidence(70, 5, 5 / 70)),
        ("generic", {"AF": [0.3], "DP": [70]}, Evidence(70, None, pytest.approx(0.3))),
        ("generic", {"FREQ": ["12.5%"]}, Evidence(None, None, 0.125)),
        ("generic", {"DP": [70]}, Evidence(70, None, None)),
        ("generic", {"AD": [0, 0], "DP": [0]}, Evidence(0, 0, None)),
        ("generic", {"AD": [60, 30], "DP": [80]}, Evidence(90, 30, 30 / 90)),
        ("generic", {"AD": [60, 20, 5], "DP": [85]}, Evidence(85, None, None)),
        ("generic", {"AD": ["x,y"], "AF": ["?"]}, Evidence(None, None, None)),
        ("generic", {}, Evidence(None, None, None)),
    ],
)
def test_reads_are_taken_from_the_fields_of_the_dialect(name, fields, expected):
    assert evidence(name, **fields) == expected


def test_strelka_indels_are_counted_by_their_own_fields():
    found = evidence("strelka2", "AC", "A", TAR=[60, 70], TIR=[20, 22], DP=[85])
    assert found == Evidence(85, 20, 0.25)


def test_base_counts_say_nothing_of_an_indel():
    assert evidence("strelka2", "AC", "A", AU=[1, 1], CU=[2, 2], GU=[0, 0], TU=[0, 0], DP=[3]) == Evidence(
        3, None, None
    )


@pytest.mark.parametrize(
    ("lines", "fields", "name"),
    [
        (["##source=Mutect2"], {"GT", "AD", "AF"}, "mutect2"),
        (["##GATKCommandLine=<ID=Mutect2,Version=4>"], {"AD"}, "mutect2"),
        ([], {"AD", "AF", "F1R2", "F2R1"}, "mutect2"),
        ([], {"AD", "FA", "DP"}, "mutect1"),
        (["##source=strelka"], {"AU", "CU", "GU", "TU", "TAR", "TIR"}, "strelka2"),
        ([], {"TAR", "TIR"}, "strelka2"),
        (["##source=VarScan2"], {"RD", "AD", "FREQ"}, "varscan2"),
        ([], {"RO", "AO", "AD"}, "freebayes"),
        (["##source=VarScan2"], {"GT", "DP"}, "generic"),
        (["##source=nobody"], {"AD", "DP"}, "generic"),
        ([], set(), "generic"),
    ],
)
def test_the_caller_is_told_by_header_and_fields_together(lines, fields, name):
    assert detect_dialect(lines, fields).name == name


def test_every_dialect_is_one_that_the_status_table_knows():
    assert {dialect.name for dialect in DIALECTS} == set(CALLERS)
