"""Protein changes and hotspot residues: which change lies at which hotspot."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sclcohort.contracts import HOTSPOTS
from sclcohort.drivers.changes import ProteinChange, parse_protein_change
from sclcohort.drivers.hotspots import Hotspot, Hotspots, read_hotspots
from sclcohort.errors import TableError
from sclcohort.tables import write_rows

RESIDUES = "ACDEFGHIKLMNPQRSTVWY"


def hotspot(residue: str, position: int, kind: str, alternates: str, gene: str = "GENE") -> Hotspot:
    row = {
        "gene_symbol": gene,
        "residue": residue,
        "position": position,
        "kind": kind,
        "alternates": alternates,
        "citation": "Chang 2016",
    }
    return Hotspot.from_row(row, Path("hotspots.tsv"))


def change(text: str) -> ProteinChange:
    parsed = parse_protein_change(text)
    assert parsed is not None
    return parsed


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("p.R175H", ("R", 175, "R", 175, "H")),
        ("p.(R175H)", ("R", 175, "R", 175, "H")),
        ("p.R213*", ("R", 213, "R", 213, "*")),
        ("p.Q331fs", ("Q", 331, "Q", 331, "fs")),
        ("p.M1?", ("M", 1, "M", 1, "?")),
        ("p.*394W", ("*", 394, "*", 394, "W")),
        ("p.S1680del", ("S", 1680, "S", 1680, "del")),
        ("p.E746_A750del", ("E", 746, "A", 750, "del")),
        ("p.L747_A750delinsP", ("L", 747, "A", 750, "delinsP")),
        ("p.D770_N771insSVD", ("D", 770, "N", 771, "insSVD")),
        ("p.X126_splice", (None, 126, None, 126, "_splice")),
    ],
)
def test_protein_changes_are_read(text, expected):
    assert parse_protein_change(text) == expected


@pytest.mark.parametrize("text", ["", "p.", "R175H", "p.175H", "c.524G>A", "p.Arg175His", "p.PPL939del"])
def test_a_form_that_names_no_single_residue_is_not_read_as_one(text):
    parsed = parse_protein_change(text)
    assert parsed is None or parsed.first_residue is None


@given(st.sampled_from(RESIDUES), st.integers(1, 40_000), st.sampled_from(RESIDUES))
@settings(derandomize=True, deadline=None)
def test_any_substitution_is_read_back(residue, position, alternate):
    assert parse_protein_change(f"p.{residue}{position}{alternate}") == (
        residue,
        position,
        residue,
        position,
        alternate,
    )


@pytest.mark.parametrize(
    ("text", "found", "seen"),
    [
        ("p.R175H", True, True),
        ("p.R175W", True, False),  # an alternate never seen at a hotspot residue still lies there
        ("p.K175H", False, None),  # another reference residue: the numbering is not that of the source
        ("p.R174H", False, None),
        ("p.R176H", False, None),
        ("p.X175H", False, None),  # a change that does not name its residue cannot be compared
        ("p.V173_R175delinsLLH", True, False),
        ("p.R175_C176delinsHW", True, False),
    ],
)
def test_a_substitution_is_at_a_hotspot_by_position_and_reference_residue(text, found, seen):
    at = Hotspots([hotspot("R", 175, "missense", "GHL")]).at("GENE", "missense", change(text))
    assert (at is not None) == found
    if at is not None:
        assert at.has_seen(change(text)) == seen


@pytest.mark.parametrize(
    ("text", "found", "seen"),
    [
        ("p.E746_A750del", True, True),
        ("p.L747_A750delinsP", True, False),
        ("p.E746_S752delinsV", True, False),
        ("p.A743_K745del", False, None),
        ("p.T751_E758del", False, None),
        ("p.Q746_A750del", False, None),
        ("p.E746_G750del", False, None),
        ("p.R748del", True, False),
    ],
)
def test_an_in_frame_indel_is_at_a_hotspot_region_by_overlap_and_the_residues_both_name(text, found, seen):
    at = Hotspots([hotspot("E746_A750", 746, "inframe_indel", "del")]).at("GENE", "inframe_indel", change(text))
    assert (at is not None) == found
    if at is not None:
        assert at.has_seen(change(text)) == seen


def test_a_stop_codon_hotspot_makes_no_missense_hotspot():
    hotspots = Hotspots([hotspot("R", 320, "truncating", "*")])
    assert hotspots.at("GENE", "missense", change("p.R320Q")) is None
    assert hotspots.at("GENE", "truncating", change("p.R320*")) is not None


def test_a_missense_hotspot_knows_that_its_residue_recurs_by_stop_codons_too():
    hotspots = Hotspots([hotspot("R", 213, "truncating", "*"), hotspot("R", 213, "missense", "LQ")])
    found = hotspots.at("GENE", "missense", change("p.R213Q"))
    assert found is not None
    assert found.recurs_by_stop


def test_hotspots_of_one_gene_say_nothing_of_another():
    hotspots = Hotspots([hotspot("G", 12, "missense", "CDV", gene="KRAS")])
    assert hotspots.at("NRAS", "missense", change("p.G12D")) is None


def test_of_overlapping_regions_the_one_with_the_very_change_wins():
    regions = [hotspot("A10_C20", 10, "inframe_indel", "del"), hotspot("D", 15, "inframe_indel", "del")]
    for order in (regions, regions[::-1]):
        found = Hotspots(order).at("GENE", "inframe_indel", change("p.D15del"))
        assert found is not None
        assert found.name == "D15"


@pytest.mark.parametrize(("residue", "position"), [("RR", 175), ("E746_A750", 747), ("A750_E746", 750), ("", 5)])
def test_a_residue_that_contradicts_its_position_is_refused(residue, position):
    with pytest.raises(TableError, match="GENE column residue"):
        hotspot(residue, position, "missense", "H")


def test_the_table_is_read_through_its_contract(tmp_path):
    row = {
        "gene_symbol": "KRAS",
        "residue": "G",
        "position": 12,
        "kind": "missense",
        "alternates": "CD",
        "citation": "Chang 2016",
        "certainty": "computed",
    }
    write_rows(tmp_path / "hotspots.tsv", HOTSPOTS, [row])
    found = read_hotspots(tmp_path / "hotspots.tsv").at("KRAS", "missense", change("p.G12C"))
    assert found is not None
    assert found.citation == "Chang 2016"
