"""What a variant or a copy number in a driver gene is called, and why a variant is set aside."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sclcohort.contracts import EVENTS, SET_ASIDE
from sclcohort.drivers.copy_number_events import copy_number_events
from sclcohort.drivers.events import Event, SetAside, with_unique_names
from sclcohort.drivers.genes import DriverGene
from sclcohort.drivers.hotspots import Hotspot, Hotspots
from sclcohort.drivers.records import GeneCopies, Variant
from sclcohort.drivers.variant_events import judge_variant

ALL_EVENTS = ("hotspot", "truncating", "splice", "missense", "inframe_indel", "stop_lost", "deep_deletion")


def gene(**fields) -> DriverGene:
    """Return TP53 as the driver table has it, or with other fields."""
    values = {
        "symbol": "TP53",
        "role": "tumour_suppressor",
        "gene_class": "sclc_driver",
        "events": ALL_EVENTS,
        "zygosity": True,
        "domain": (102, 292),
        "citation": "George 2015",
        "certainty": "verified",
    }
    return DriverGene(**(values | fields))


PIK3CA = gene(symbol="PIK3CA", role="oncogene", events=("hotspot",), zygosity=False, domain=None)
LRP1B = gene(
    symbol="LRP1B", gene_class="passenger_prone", events=("truncating", "missense"), zygosity=False, domain=None
)
CREBBP = gene(symbol="CREBBP", zygosity=False, domain=(1323, 1700))
RB1 = gene(symbol="RB1", events=ALL_EVENTS[1:], domain=None)
MYC = gene(symbol="MYC", role="oncogene", events=("amplification",), zygosity=False, domain=None)
TP73 = gene(symbol="TP73", role="isoform_oncogene", events=("deep_deletion",), zygosity=False, domain=None)
ABCC1 = gene(symbol="ABCC1", role="context", events=("amplification",), zygosity=False, domain=None)


def hotspot(symbol: str, residue: str, position: int, kind: str, alternates: str) -> Hotspot:
    row = {"gene_symbol": symbol, "residue": residue, "position": position, "kind": kind, "alternates": alternates}
    return Hotspot.from_row(row | {"citation": "Chang 2016"}, Path("hotspots.tsv"))


HOTSPOTS = Hotspots(
    [
        hotspot("TP53", "R", 175, "missense", "GHL"),
        hotspot("TP53", "R", 213, "missense", "LQ"),
        hotspot("TP53", "R", 213, "truncating", "*"),
        hotspot("TP53", "P177_C182", 177, "inframe_indel", "del"),
        hotspot("PIK3CA", "H", 1047, "missense", "LQRY"),
        hotspot("RB1", "R", 251, "missense", "Q"),
        hotspot("RB1", "R", 251, "truncating", "*"),
        hotspot("LRP1B", "R", 5, "missense", "Q"),
        hotspot("MYC", "T", 58, "missense", "A"),
    ]
)


def variant(hgvs_p: str = "p.R175H", consequence_class: str = "missense", **fields) -> Variant:
    values = {
        "sample_id": "S1",
        "chrom": "17",
        "position_1based": 7675088,
        "ref": "C",
        "alt": "T",
        "gene_symbol": "TP53",
        "transcript_id": "NM_000546",
        "is_representative": True,
        "filter": "PASS",
        "filter_accepted": True,
        "depth_reads": 100,
        "alt_depth_reads": 60,
        "vaf": 0.6,
        "consequence": consequence_class,
        "consequence_class": consequence_class,
        "protein_position": 175,
        "hgvs_p": hgvs_p,
    }
    return Variant(**(values | fields))


def copies(state: str = "neutral", total: float | None = 2.0, ratio: float | None = 0.0, **fields) -> GeneCopies:
    values = {
        "log2_ratio": ratio,
        "total_copies": total,
        "minor_copies": None,
        "state": state,
        "lowest_log2_ratio": ratio,
        "covered_fraction": 1.0,
    }
    return GeneCopies(**(values | fields))


def judged(change: str, consequence_class: str, of: DriverGene, **fields) -> Event | SetAside:
    one = variant(change, consequence_class, gene_symbol=of.symbol, **fields)
    return judge_variant(one, of, HOTSPOTS, None)


# --- calls ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "consequence_class", "of", "event_type", "call", "reason"),
    [
        (
            "p.R175H",
            "missense",
            gene(),
            "hotspot",
            "likely_oncogenic",
            r"hotspot residue R175 .*\(alternate seen there\)",
        ),
        ("p.R175W", "missense", gene(), "hotspot", "likely_oncogenic", r"R175 .*\(other alternate\)"),
        ("p.R213Q", "missense", gene(), "hotspot", "likely_oncogenic", "R213 .* stop codons too"),
        ("p.H178_S183del", "inframe_indel", gene(), "hotspot", "likely_oncogenic", "P177_C182del .*another change"),
        ("p.P177_C182del", "inframe_indel", gene(), "hotspot", "likely_oncogenic", "P177_C182del .*this very change"),
        ("p.R213*", "truncating", gene(), "truncating", "likely_oncogenic", "truncating .* R213 recurs .* stop codons"),
        (
            "p.Q331fs",
            "truncating",
            gene(),
            "truncating",
            "likely_oncogenic",
            "truncating change of a tumour suppressor",
        ),
        ("p.X126_splice", "splice", gene(), "splice", "likely_oncogenic", "splice-site change of a tumour suppressor"),
        ("p.L194P", "missense", gene(), "missense", "likely_oncogenic", "inside residues 102-292"),
        ("p.R102P", "missense", gene(), "missense", "likely_oncogenic", "inside residues 102-292"),
        ("p.K292P", "missense", gene(), "missense", "likely_oncogenic", "inside residues 102-292"),
        ("p.T101P", "missense", gene(), "missense", "uncertain", "outside residues 102-292"),
        ("p.A293P", "missense", gene(), "missense", "uncertain", "outside residues 102-292"),
        ("p.K305del", "inframe_indel", gene(), "inframe_indel", "uncertain", "outside the hotspots"),
        ("p.*394W", "stop_lost", gene(), "stop_lost", "uncertain", "lost stop codon"),
        (
            "p.R1446C",
            "missense",
            CREBBP,
            "missense",
            "uncertain",
            "inside residues 1323-1700.*effect of this one is unknown",
        ),
        ("p.R251Q", "missense", RB1, "missense", "uncertain", "unknown effect; at the hotspot residue R251"),
        ("p.H1047R", "missense", PIK3CA, "hotspot", "likely_oncogenic", "H1047"),
        ("p.R5Q", "missense", LRP1B, "missense", "not_promoted", "passenger-prone"),
        ("p.R9*", "truncating", LRP1B, "truncating", "not_promoted", "passenger-prone"),
    ],
)
def test_a_variant_is_called_by_its_gene_its_residue_and_its_consequence(
    change, consequence_class, of, event_type, call, reason
):
    event = judged(change, consequence_class, of)
    assert isinstance(event, Event)
    assert (event.event_type, event.oncogenic_call, event.name) == (event_type, call, change)
    assert event.is_hit == (call == "likely_oncogenic")
    assert re.search(reason, event.reason), event.reason


@pytest.mark.parametrize(
    ("change", "consequence_class", "of", "reason"),
    [
        ("p.E81*", "truncating", PIK3CA, "PIK3CA counts hotspot; this is a truncating change"),
        ("p.A10V", "missense", PIK3CA, "PIK3CA counts hotspot; this is a missense change outside the hotspots"),
        ("p.Q1047R", "missense", PIK3CA, "outside the hotspots"),
        ("p.T58A", "missense", MYC, "MYC counts amplification; a missense change is not among them.*T58"),
        ("p.R10*", "truncating", TP73, "TP73 counts deep_deletion; this is a truncating change"),
        ("p.R5Q", "inframe_indel", LRP1B, "LRP1B counts truncating, missense; this is an in-frame indel"),
        ("p.X5_splice", "splice", LRP1B, "LRP1B counts truncating, missense; this is a splice-site change"),
        ("p.R175=", "synonymous", gene(), "synonymous: changes no residue"),
        ("", "other_coding", gene(), "other_coding: changes no residue"),
    ],
)
def test_a_variant_that_does_not_count_is_set_aside_with_its_reason(change, consequence_class, of, reason):
    left = judged(change, consequence_class, of)
    assert isinstance(left, SetAside)
    assert re.search(reason, left.reason), left.reason
    assert not left.by_filter


@pytest.mark.parametrize(
    ("given_filter", "shown"), [("germline;panel_of_normals", "germline;panel_of_normals"), ("", "empty")]
)
def test_a_variant_whose_filter_is_not_accepted_is_set_aside_even_at_a_hotspot(given_filter, shown):
    left = judged("p.R175H", "missense", gene(), filter=given_filter, filter_accepted=False)
    assert isinstance(left, SetAside)
    assert left.reason == f"FILTER {shown} is not among variants.accepted_filters"
    assert left.by_filter


def test_a_variant_on_another_transcript_alone_is_set_aside():
    left = judged("p.R175H", "missense", gene(), is_representative=False)
    assert isinstance(left, SetAside)
    assert "transcript that stands for the gene" in left.reason


@pytest.mark.parametrize(
    ("gene_class", "remark"),
    [("nsclc_like", "NSCLC-like"), ("sclc_mimic", "mimics SCLC"), ("dna_repair", "germline is not told apart")],
)
def test_a_gene_that_is_no_sclc_driver_is_flagged_in_the_reason(gene_class, remark):
    event = judged("p.R9*", "truncating", gene(gene_class=gene_class))
    assert isinstance(event, Event)
    assert remark in event.reason


def test_an_unverified_gene_says_so_in_the_reason():
    assert "unverified" in judged("p.R9*", "truncating", gene(certainty="unverified")).reason
    assert "unverified" not in judged("p.R9*", "truncating", gene()).reason


def test_the_brca2_polymorphism_is_no_loss_although_it_truncates():
    brca2 = gene(symbol="BRCA2", gene_class="dna_repair", zygosity=False, domain=None)
    polymorphism, loss = (judged(change, "truncating", brca2) for change in ("p.K3326*", "p.K3325*"))
    assert (polymorphism.oncogenic_call, loss.oncogenic_call) == ("uncertain", "likely_oncogenic")
    assert "polymorphism" in polymorphism.reason


def test_a_missense_change_whose_residue_is_unknown_is_never_placed_in_a_domain():
    event = judged("", "missense", gene(), protein_position=None)
    assert isinstance(event, Event)
    assert (event.oncogenic_call, event.event_type) == ("uncertain", "missense")
    assert "residue is not known" in event.reason


def test_without_a_protein_change_the_position_column_places_the_residue_but_makes_no_hotspot():
    event = judged("", "missense", gene(), protein_position=175)
    assert isinstance(event, Event)
    assert event.event_type == "missense"
    assert event.name == "missense [17:7675088 C>T]"


def test_a_hotspot_event_cites_the_hotspot_list_and_the_gene():
    event = judged("p.R175H", "missense", gene())
    assert isinstance(event, Event)
    assert event.citation == "Chang 2016; George 2015"


@given(
    st.sampled_from(["truncating", "splice", "missense", "inframe_indel", "stop_lost", "synonymous", "other_coding"]),
    st.sampled_from(["p.R175H", "p.R213*", "p.Q5fs", "p.X126_splice", ""]),
    st.booleans(),
    st.booleans(),
)
@settings(derandomize=True, deadline=None)
def test_a_passenger_prone_gene_is_never_promoted_and_a_context_gene_never_called(
    kind, change, accepted, on_transcript
):
    for held in (gene(gene_class="passenger_prone"), gene(role="context", zygosity=False)):
        verdict = judged(change, kind, held, filter_accepted=accepted, is_representative=on_transcript)
        assert isinstance(verdict, SetAside) or not verdict.is_hit


# --- names and rows ------------------------------------------------------------------------------


def test_two_alleles_with_the_same_protein_change_get_names_that_differ():
    alleles = [
        variant("p.X126_splice", "splice", position_1based=position, alt=alt) for position, alt in ((7, "A"), (9, "T"))
    ]
    events = [judge_variant(one, gene(), HOTSPOTS, None) for one in [*alleles, variant()]]
    names = [event.name for event in with_unique_names(events)]
    assert names == ["p.X126_splice [17:7 C>A]", "p.X126_splice [17:9 C>T]", "p.R175H"]


def test_the_same_change_of_two_genes_needs_no_longer_name():
    events = [judged("p.R9*", "truncating", of) for of in (gene(), RB1)]
    assert [event.name for event in with_unique_names(events)] == ["p.R9*", "p.R9*"]


def test_rows_hold_the_columns_of_their_contracts():
    shown = copies("loss", 1.0, -1.0)
    event = judge_variant(variant(), gene(), HOTSPOTS, shown)
    row = event.as_row()
    assert set(row) <= set(EVENTS.column_names)
    assert (row["copies"], row["log2_ratio"], row["vaf"], row["alt_depth_reads"]) == (1.0, -1.0, 0.6, 60)
    left = judged("p.R175=", "synonymous", gene())
    assert set(left.as_row()) == set(SET_ASIDE.column_names)


def test_a_variant_set_aside_is_named_by_its_consequence_where_it_has_no_protein_change():
    left = judged("", "other_coding", gene(), consequence="coding_sequence")
    assert isinstance(left, SetAside)
    assert left.as_row()["event"] == "coding_sequence"


# --- copy number ---------------------------------------------------------------------------------


def test_an_amplified_oncogene_is_an_event_that_shows_its_copies_and_ratio():
    (event,) = copy_number_events("S1", MYC, copies("amplification", 12.3, 2.62))
    assert (event.name, event.event_type, event.oncogenic_call) == (
        "amplification",
        "amplification",
        "likely_oncogenic",
    )
    assert "12.3 copies, log2 ratio 2.62" in event.reason
    assert (event.as_row()["copies"], event.as_row()["log2_ratio"]) == (12.3, 2.62)


def test_a_deleted_suppressor_is_an_event():
    (event,) = copy_number_events("S1", gene(), copies("deep_deletion", 0.1, -3.5))
    assert (event.name, event.event_type, event.oncogenic_call) == (
        "deep_deletion",
        "deep_deletion",
        "likely_oncogenic",
    )


@pytest.mark.parametrize(
    ("of", "state"),
    [(MYC, "gain"), (MYC, "deep_deletion"), (gene(), "amplification"), (gene(), "loss"), (PIK3CA, "amplification")],
)
def test_a_state_that_the_gene_does_not_count_is_no_event(of, state):
    assert copy_number_events("S1", of, copies(state)) == []


def test_a_context_gene_is_reported_and_not_called():
    (event,) = copy_number_events("S1", ABCC1, copies("amplification", 9.0, 2.2))
    assert event.oncogenic_call == "uncertain"


def test_a_deletion_inside_tp73_stays_uncertain_because_its_exons_are_not_known():
    part = copies(ratio=-0.56, total=1.36, lowest_log2_ratio=-2.8, lowest_copies=0.29)
    (event,) = copy_number_events("S1", TP73, part)
    assert (event.name, event.event_type) == ("intragenic_deep_deletion", "deep_deletion")
    assert event.oncogenic_call == "uncertain"
    assert "deep deletion of part of the gene: 0.29 copies (log2 ratio -2.8) at its lowest segment" in event.reason
    assert "which are lost is not known" in event.reason


@pytest.mark.parametrize(
    ("ratio", "remaining", "is_event"),
    [
        (-2.0, 0.5, True),  # half a copy exactly
        (-1.99, 0.5035, False),
        (-1.2, 0.12, True),  # at purity 0.6
        (-0.9, 0.45, False),  # few enough copies, but the ratio has not halved
        (-0.7, 0.0, False),  # no copy at purity 0.3, within the noise of a short segment
        (None, 0.0, True),  # a caller that fitted whole copies
        (None, 1.0, False),
        (-2.5, None, False),  # copies unknown
    ],
)
def test_a_deletion_of_part_of_a_suppressor_is_an_event_where_copies_and_ratio_both_say_so(ratio, remaining, is_event):
    found = copy_number_events("S1", RB1, copies(lowest_log2_ratio=ratio, lowest_copies=remaining))
    assert [event.name for event in found] == ["intragenic_deep_deletion"] * is_event


def test_a_gene_without_segments_has_no_event():
    nothing = copies("not_covered", None, None, covered_fraction=0.0)
    assert copy_number_events("S1", gene(), nothing) == []
