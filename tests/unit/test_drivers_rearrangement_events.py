"""What a structural variant of a driver gene is called, and how it counts among the hits of a tumour suppressor."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sclcohort.contracts import EVENTS, SET_ASIDE
from sclcohort.drivers.events import Event, SetAside
from sclcohort.drivers.genes import DriverGene
from sclcohort.drivers.purity import unknown_purity
from sclcohort.drivers.rearrangement_events import judge_disruption
from sclcohort.drivers.records import Disruption, GeneCopies, Variant
from sclcohort.drivers.zygosity import assess_zygosity


def gene(symbol: str, role: str = "tumour_suppressor", events=("truncating", "rearrangement"), **fields) -> DriverGene:
    values = {"gene_class": "sclc_driver", "zygosity": False, "domain": None, "citation": "c", "certainty": "verified"}
    return DriverGene(symbol=symbol, role=role, events=tuple(events), **(values | fields))


RB1 = gene("RB1", zygosity=True)
TP73 = gene("TP73", "isoform_oncogene", ("deep_deletion", "rearrangement"))
MYCL = gene("MYCL", "oncogene", ("amplification", "fusion"))
MYC = gene("MYC", "oncogene", ("amplification",))


def junction(of: DriverGene = RB1, effect: str = "breakpoint_in_gene", **fields) -> Disruption:
    values = {
        "sample_id": "S1",
        "gene_symbol": of.symbol,
        "event": f"{effect} [13:48300000-48400000]",
        "effect": effect,
        "disrupts": effect != "intronic",
        "sv_type": "INV",
        "exons": "",
        "partner_gene": "",
        "chrom": "13",
        "position_1based": 48300000,
        "filter": "PASS",
        "filter_accepted": True,
        "supporting_reads": 17,
        "depth_reads": 60,
        "reason": "",
    }
    return Disruption(**(values | fields))


def judged(found: Disruption, of: DriverGene) -> Event | SetAside:
    return judge_disruption(found, of, None)


def hit(found: Disruption | None = None) -> Event:
    event = judged(found or junction(), RB1)
    assert isinstance(event, Event)
    assert event.is_hit
    return event


def test_a_rearrangement_that_breaks_a_tumour_suppressor_is_a_hit_that_shows_its_reads():
    event = hit()
    assert (event.event_type, event.name) == ("rearrangement", "breakpoint_in_gene [13:48300000-48400000]")
    assert event.reason == "a breakpoint inside the gene: breaks a tumour suppressor; 17 reads support it"
    row = event.as_row()
    assert (row["alt"], row["alt_depth_reads"], row["depth_reads"]) == ("<INV>", 17, 60)
    assert set(row) <= set(EVENTS.column_names)


@pytest.mark.parametrize(
    ("exons", "call"),
    [("2-3", "likely_oncogenic"), ("2", "likely_oncogenic"), ("2-4", "uncertain"), ("10", "uncertain")],
)
def test_tp73_drives_by_the_loss_of_exons_2_and_3_alone(exons, call):
    event = judged(junction(TP73, "exon_deletion", sv_type="DEL", exons=exons), TP73)
    assert isinstance(event, Event)
    assert event.oncogenic_call == call
    assert f"a deletion of exons ({exons})" in event.reason


def test_the_known_fusion_of_mycl_is_likely_oncogenic_and_another_one_is_not():
    known = judged(junction(MYCL, "fusion", partner_gene="RLF", disrupts=False), MYCL)
    other = judged(junction(MYCL, "fusion", partner_gene="MACF1", disrupts=False), MYCL)
    assert isinstance(known, Event)
    assert isinstance(other, Event)
    assert (known.event_type, known.oncogenic_call) == ("fusion", "likely_oncogenic")
    assert (other.event_type, other.oncogenic_call) == ("fusion", "uncertain")


@pytest.mark.parametrize(
    ("found", "of", "reason"),
    [
        (junction(effect="intronic"), RB1, "touches no coding base and leaves the transcript whole"),
        (junction(filter="MinSomaticScore", filter_accepted=False), RB1, "FILTER MinSomaticScore is not among"),
        (junction(MYC, "breakpoint_in_gene"), MYC, "MYC counts amplification; this is a breakpoint inside the gene"),
        (junction(MYC, "fusion", partner_gene="PVT1", disrupts=False), MYC, "a fusion with PVT1; MYC counts"),
    ],
)
def test_a_junction_that_does_not_count_is_set_aside_with_its_reason(found, of, reason):
    left = judged(found, of)
    assert isinstance(left, SetAside)
    assert reason in left.reason
    assert set(left.as_row()) <= set(SET_ASIDE.column_names)


# --- hits ----------------------------------------------------------------------------------------


def copies(state: str = "neutral", total: float | None = 2.0, minor: float | None = None) -> GeneCopies:
    return GeneCopies(0.0, total, minor, state, 0.0, 1.0)


def small_variant(position: int = 48350000) -> Event:
    variant = Variant(
        "S1", "13", position, "C", "T", "RB1", "T1", True, "PASS", True, 100, 40, 0.4, "stop_gained", "truncating",
        320, "p.R320*",
    )  # fmt: skip
    return Event("S1", RB1, "p.R320*", "truncating", "likely_oncogenic", "", "", variant, None)


def outcome(hits, copy_number=None):
    found = assess_zygosity(hits, copy_number, purity=unknown_purity("not given"), gaps=(), max_error_probability=0.01)
    return found.state, found.mechanism, found.second_hit, found.confidence


DELETED = junction(effect="exon_deletion", sv_type="DEL", exons="3-6")


@pytest.mark.parametrize(
    ("hits", "copy_number", "expected"),
    [
        ([hit()], None, ("one_hit", "single_hit", "not_assessable", None)),
        ([hit()], copies(minor=1.0), ("one_hit", "single_hit", "not_found", None)),
        ([hit()], copies("loss", 1.0), ("biallelic", "structural_hit_and_other", "found", "probable")),
        ([hit()], copies(minor=0.0), ("biallelic", "structural_hit_and_other", "found", "probable")),
        ([hit(), small_variant()], None, ("biallelic", "structural_hit_and_other", "found", "probable")),
        ([hit(), small_variant()], copies("loss", 1.0), ("biallelic", "hit_with_copy_loss", "found", "definite")),
    ],
)
def test_a_rearrangement_counts_as_one_hit(hits, copy_number, expected):
    assert outcome(hits, copy_number) == expected


def test_two_junctions_of_a_gene_are_one_hit_since_one_event_often_leaves_both():
    other = replace(junction(), event="another", position_1based=48390000)
    assert outcome([hit(), hit(other)])[0] == "one_hit"


def test_a_deletion_seen_by_reads_and_by_segments_is_one_event():
    state, _, second_hit, _ = outcome([hit(DELETED)], copies("loss", 1.0))
    assert (state, second_hit) == ("one_hit", "not_assessable")


def test_an_indel_at_the_breakpoint_is_the_rearrangement_written_twice():
    assert outcome([hit(), small_variant(48300004)])[0] == "one_hit"
