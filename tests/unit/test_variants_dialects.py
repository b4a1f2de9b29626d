from __future__ import annotations

import re
import runpy
from pathlib import Path
from types import SimpleNamespace

import pytest

from sclcohort.contracts import CALLERS
from sclcohort.variants.dialects import DIALECTS, Evidence, detect_dialect, dialect_named, read_evidence
from sclcohort.variants.refusal import RefusedVcfError

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
        (["##source=nobody"], {"AD", "DP"}, "generic"),
        ([], set(), "generic"),
    ],
)
def test_the_caller_is_told_by_header_and_fields_together(lines, fields, name):
    assert detect_dialect(lines, fields).dialect.name == name


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
    assert detect_dialect(signs, fields) == (dialect_named(name), "default" if name == "generic" else "header")
    assert detect_dialect([], fields).dialect.name == ("generic" if name in WITHOUT_MARKS else name)


@pytest.mark.parametrize("name", sorted(set(F.HEADERS) - {"generic"}))
def test_the_header_of_a_miniature_is_signed_by_no_other_dialect(name):
    signs, _ = miniature(name)
    signers = [one.name for one in DIALECTS if any(re.search(sign, line) for sign in one.signs for line in signs)]
    assert signers == [name]


@pytest.mark.parametrize("name", sorted(set(F.HEADERS) - {"generic"}))
def test_a_header_without_the_fields_of_its_caller_gives_generic_and_no_counts(name):
    signs, _ = miniature(name)
    dialect = detect_dialect(signs, {"GT", "DP"}).dialect
    assert (dialect.name, dialect.is_written_with({"GT", "DP"})) == ("generic", False)
    assert read_evidence(dialect, lambda field: [80] if field == "DP" else (), "A", "C") == Evidence(80, None, None)


def test_two_possible_callers_are_an_error_that_names_both_and_what_settles_it():
    _, sniper = miniature("somaticsniper")
    _, vardict = miniature("vardict")
    for lines, fields, both in (
        ([], sniper | vardict, "FORMAT fields are those of somaticsniper and of vardict"),
        ([], {"AU", "CU", "GU", "TU", "AD", "FA"}, "FORMAT fields are those of strelka2 and of mutect1"),
        (["##source=strelka", "##source=VarScan2"], {"TAR", "TIR", "RD", "AD", "FREQ"}, "header lines are those of"),
    ):
        with pytest.raises(RefusedVcfError, match=f"{both}.*set variants.caller"):
            detect_dialect(lines, fields)
        for name in ("vardict", "generic"):
            assert detect_dialect(lines, fields, name) == (dialect_named(name), "config")


def test_the_configuration_does_not_overrule_what_a_file_says():
    signs, fields = miniature("mutect2")
    assert detect_dialect(signs, fields, "varscan2") == (dialect_named("mutect2"), "header")
    assert detect_dialect([], {"AD", "DP"}, "muse") == (dialect_named("muse"), "config")


@pytest.mark.parametrize(
    ("name", "line", "version"),
    [
        ("mutect2", '##GATKCommandLine=<ID=Mutect2,CommandLine="x",Version="4.1.9.0",Date="y">', "4.1.9.0"),
        ("mutect2", "##MutectVersion=2.2", "2.2"),
        ("strelka2", "##source_version=2.9.10", "2.9.10"),
        ("freebayes", "##source=freeBayes v1.3.6", "1.3.6"),
        ("muse", '##MuSE_version="v2.0"', "v2.0"),
        ("somaticsniper", "##vcfProcessLog=<InputVCFSource=<bam-somaticsniper>,InputVCFVer=<1.0.5>>", "1.0.5"),
        ("vardict", "##source=VarDict_v1.8.2", "1.8.2"),
        ("sage", "##sageVersion=3.4", "3.4"),
        ("dragen", '##DRAGENCommandLine=<ID=dragen,Version="SW: 05.021.602.3.8.4, HW: x">', "05.021.602.3.8.4"),
        ("deepvariant", "##DeepVariant_version=1.6.0", "1.6.0"),
        ("octopus", "##octopus=<version=0.7.1,command=x>", "0.7.1"),
        ("varscan2", "##source=VarScan2", None),
    ],
)
def test_the_version_of_the_caller_is_read_from_its_header(name, line, version):
    assert dialect_named(name).version_in(["##fileformat=VCFv4.2", line]) == version
