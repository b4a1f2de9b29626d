from __future__ import annotations

import re
import runpy
from pathlib import Path
from types import SimpleNamespace

import pytest

from sclcohort.contracts import CALLERS
from sclcohort.variants.dialects import DIALECTS, Evidence, detect_dialect, dialect_named, read_evidence

F = SimpleNamespace(**runpy.run_path(str(Path(__file__).with_name("variants_fixtures.py"))))
# Their fields are those of others too: without their header lines they are read as generic, to the same counts.
WITHOUT_MARKS = {"muse"}


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
        ("muse", {"AD": [130, 12], "DP": [142], "SS": [2]}, Evidence(142, 12, 12 / 142)),
        ("somaticsniper", {"BCOUNT": [3, 4, 0, 0], "DP4": [0, 3, 0, 4], "DP": [7]}, Evidence(7, 4, 4 / 7)),
        ("vardict", {"AD": [60, 20], "RD": [31, 29], "VD": [20], "DP": [100], "AF": [0.2]}, Evidence(100, 20, 0.2)),
        ("vardict", {"RD": [31, 29], "VD": [20], "DP": [100], "AF": [0.21]}, Evidence(100, 20, 0.2)),
        ("vardict", {"VD": [20], "AF": [0.25]}, Evidence(None, 20, 0.25)),
        ("vardict", {"DP": [100], "AF": [0.25]}, Evidence(100, None, 0.25)),
        ("sage", {"AD": [60, 20], "RAD": [70, 30], "DP": [100], "AF": [0.2]}, Evidence(100, 20, 0.2)),
        ("dragen", {"AD": [434, 109], "AF": [0.201], "DP": [543]}, Evidence(543, 109, 109 / 543)),
        ("deepvariant", {"AD": [57, 2], "VAF": [0.0333], "DP": [60]}, Evidence(60, 2, 2 / 60)),
        ("octopus", {"AD": [60, 20], "MAP_HF": [0.6, 0.4], "DP": [100]}, Evidence(100, 20, 0.2)),
        ("octopus", {"MAP_HF": [0.6, 0.4], "DP": [100]}, Evidence(100, None, None)),
        ("tnscope", {"AD": [60, 20], "AF": [0.2], "AFDP": [100]}, Evidence(100, 20, 0.2)),
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
        (["##octopus_version=0.6.3-beta"], {"AD", "DP"}, "octopus"),
        (["##octopus=<version=0.7.1>"], {"GT", "DP", "MAP_HF", "HF_CR"}, "generic"),
        (["##DRAGENCommandLine=<ID=HashTableBuild,Version=8>"], {"AD", "DP"}, "generic"),
        (["##source=VarScan2"], {"GT", "DP"}, "generic"),
        ([], {"AU", "CU", "GU", "TU", "AD", "FA"}, "generic"),
        (["##source=nobody"], {"AD", "DP"}, "generic"),
        ([], set(), "generic"),
    ],
)
def test_the_caller_is_told_by_header_and_fields_together(lines, fields, name):
    assert detect_dialect(lines, fields).name == name


def test_every_dialect_is_one_that_the_status_table_knows():
    assert {dialect.name for dialect in DIALECTS} == set(CALLERS)


def miniature(name):
    """Return the header lines of a dialect's miniature, apart: those that sign it, and the names of its fields."""
    lines = F.HEADERS[name]
    names = [found[1] for line in lines if (found := re.match("##FORMAT=<ID=([^,]+)", line))]
    return [line for line in lines if not line.startswith("##FORMAT")], {"GT", "DP", *names}


@pytest.mark.parametrize("name", F.HEADERS)
def test_every_miniature_is_recognised_by_its_header_and_by_its_fields_alone(name):
    signs, fields = miniature(name)
    assert detect_dialect(signs, fields).name == name
    assert detect_dialect([], fields).name == ("generic" if name in WITHOUT_MARKS else name)


@pytest.mark.parametrize("name", sorted(set(F.HEADERS) - {"generic"}))
def test_the_header_of_a_miniature_is_signed_by_no_other_dialect(name):
    signs, _ = miniature(name)
    signers = [one.name for one in DIALECTS if any(re.search(sign, line) for sign in one.signs for line in signs)]
    assert signers == [name]


@pytest.mark.parametrize("name", sorted(set(F.HEADERS) - {"generic"}))
def test_a_header_without_the_fields_of_its_caller_gives_generic_and_no_counts(name):
    signs, _ = miniature(name)
    dialect = detect_dialect(signs, {"GT", "DP"})
    assert (dialect.name, dialect.is_written_with({"GT", "DP"})) == ("generic", False)
    assert read_evidence(dialect, lambda field: [80] if field == "DP" else (), "A", "C") == Evidence(80, None, None)


def test_fields_of_two_callers_in_one_file_are_read_record_by_record():
    _, sniper = miniature("somaticsniper")
    _, vardict = miniature("vardict")
    assert detect_dialect([], sniper | vardict).name == "generic"
