"""The state of a gene in a sample: what is missing, what it rests on, and what it never claims."""

from __future__ import annotations

import itertools

import pytest

from sclcohort.contracts import GENE_STATES
from sclcohort.drivers.events import Event, SetAside
from sclcohort.drivers.genes import DriverGene
from sclcohort.drivers.purity import Purity, unknown_purity
from sclcohort.drivers.records import GeneCopies, Variant
from sclcohort.drivers.states import Coverage, Layer, SampleData, Target, assess_gene, find_gaps

COVERED = Coverage(in_gene_model=True, has_span=True)
IMPORTED = Layer(True, "")
NO_VARIANTS = Layer(False, "variants not provided")
NO_STRUCTURAL = Layer(False, "structural variants not provided")
EVERYTHING = Target("all_coding", {})
NO_SEGMENTS = Layer(False, "copy number refused: no segment of sample S1")


def gene(symbol="TP53", role="tumour_suppressor", events=("truncating", "deep_deletion"), zygosity=True) -> DriverGene:
    return DriverGene(symbol, role, "sclc_driver", events, zygosity, None, "George 2015", "verified")


NOTCH1 = gene("NOTCH1", events=("truncating", "missense", "deep_deletion"), zygosity=False)
PIK3CA = gene("PIK3CA", role="oncogene", events=("hotspot",), zygosity=False)
MYC = gene("MYC", role="oncogene", events=("amplification",), zygosity=False)
TP73 = gene("TP73", role="isoform_oncogene", events=("deep_deletion",), zygosity=False)


def copies(state="neutral", total=2.0, minor=None, covered=1.0) -> GeneCopies:
    return GeneCopies(0.0, total, minor, state, 0.0, covered)


def sample(
    variants=IMPORTED, copy_number=IMPORTED, purity=0.7, structural=NO_STRUCTURAL, target=EVERYTHING, **by_gene
) -> SampleData:
    return SampleData("S1", variants, structural, copy_number, by_gene, target, purity)


def variant(symbol="TP53", vaf=0.6, alt_reads=60, depth=100, position=1000) -> Variant:
    return Variant(
        sample_id="S1",
        chrom="17",
        position_1based=position,
        ref="C",
        alt="T",
        gene_symbol=symbol,
        transcript_id="T1",
        is_representative=True,
        filter="PASS",
        filter_accepted=True,
        depth_reads=depth,
        alt_depth_reads=alt_reads,
        vaf=vaf,
        consequence="stop_gained",
        consequence_class="truncating",
        protein_position=213,
        hgvs_p="p.R213*",
    )


def event(of: DriverGene, call="likely_oncogenic", name="p.R213*", **fields) -> Event:
    return Event("S1", of, name, "truncating", call, "", "", variant(of.symbol, **fields), None)


def assess(data, of, events=(), set_aside=(), coverage=COVERED):
    given = data.sheet_purity
    purity = unknown_purity("not given") if given is None else Purity(given, None, None, "sheet", "")
    return assess_gene(data, of, coverage, list(events), list(set_aside), purity=purity, max_error_probability=0.01)


# --- layers --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "imported", "reason"),
    [
        (None, False, "variants not provided"),
        ({"state": "not_provided", "reason": None}, False, "variants not provided"),
        ({"state": "refused", "reason": "REF differs at 17:5"}, False, "variants refused: REF differs at 17:5"),
        ({"state": "refused", "reason": None}, False, "variants refused: no reason given"),
        ({"state": "imported", "reason": None}, True, ""),
    ],
)
def test_a_layer_is_imported_or_says_why_not(status, imported, reason):
    assert Layer.from_status("variants", status) == Layer(imported, reason)


@pytest.mark.parametrize(
    ("of", "data", "coverage", "gaps"),
    [
        (gene(), sample(TP53=copies()), COVERED, []),
        (gene(), sample(NO_VARIANTS, NO_SEGMENTS), COVERED, [NO_VARIANTS.reason, NO_SEGMENTS.reason]),
        (
            gene(events=("truncating",)),
            sample(NO_VARIANTS, NO_SEGMENTS),
            COVERED,
            [NO_VARIANTS.reason, NO_SEGMENTS.reason],
        ),
        (gene(), sample(TP53=copies("not_covered", None)), COVERED, ["no copy-number segment covers the gene"]),
        (gene(), sample(), COVERED, ["no copy-number segment covers the gene"]),
        (
            gene(),
            sample(),
            Coverage(in_gene_model=False, has_span=False),
            [
                "the gene is not in the gene model, so its variants have no consequence",
                "the reference gives no span of the gene, so its copy number cannot be read",
            ],
        ),
        (PIK3CA, sample(IMPORTED, NO_SEGMENTS), COVERED, []),
        (PIK3CA, sample(NO_VARIANTS, IMPORTED), COVERED, [NO_VARIANTS.reason]),
        (MYC, sample(NO_VARIANTS, IMPORTED, MYC=copies()), COVERED, []),
        (MYC, sample(IMPORTED, NO_SEGMENTS), COVERED, [NO_SEGMENTS.reason]),
        (NOTCH1, sample(NO_VARIANTS, NO_SEGMENTS), COVERED, [NO_VARIANTS.reason, NO_SEGMENTS.reason]),
    ],
)
def test_gaps_name_the_data_that_could_have_shown_an_event_of_the_gene(of, data, coverage, gaps):
    assert find_gaps(data, of, coverage) == gaps


# --- states --------------------------------------------------------------------------------------


@pytest.mark.parametrize(("variants", "segments"), list(itertools.product([True, False], repeat=2)))
def test_none_is_said_of_a_zygosity_gene_only_with_both_layers(variants, segments):
    data = sample(IMPORTED if variants else NO_VARIANTS, IMPORTED if segments else NO_SEGMENTS)
    if segments:
        data = sample(data.variants, TP53=copies())
    row = assess(data, gene())
    assert row["state"] == ("none" if variants and segments else "not_assessable")
    assert row["reason"]


def test_a_gene_outside_the_reference_is_never_none():
    for coverage in (Coverage(True, False), Coverage(False, True)):
        for of in (gene(), NOTCH1):
            row = assess(sample(TP53=copies(), NOTCH1=copies()), of, coverage=coverage)
            assert row["state"] == "not_assessable"


def test_a_deletion_is_biallelic_even_where_variants_are_missing():
    lost = Event(
        "S1", gene(), "deep_deletion", "deep_deletion", "likely_oncogenic", "", "", None, copies("deep_deletion", 0.1)
    )
    row = assess(sample(NO_VARIANTS, TP53=copies("deep_deletion", 0.1)), gene(), [lost])
    assert (row["state"], row["second_hit"], row["confidence"]) == ("biallelic", "found", "definite")


def test_evidence_names_events_with_their_reads_then_copies_and_purity():
    hits = [event(gene()), event(gene(), call="uncertain", name="p.A5V", vaf=None, alt_reads=None)]
    row = assess(sample(TP53=copies("loss", 1.04, 0.0, covered=0.8)), gene(), hits)
    assert row["evidence"] == (
        "p.R213* (VAF 0.6, 60 of 100 reads); p.A5V (uncertain, VAF unknown, reads unknown); "
        "copies 1.04, minor 0 (loss, 80% of the gene covered); purity 0.7"
    )


def test_evidence_says_that_purity_is_unknown_and_is_empty_where_nothing_was_seen():
    assert assess(sample(purity=None, TP53=copies()), gene())["evidence"] == "copies 2 (neutral); purity unknown"
    assert assess(sample(NO_VARIANTS, NO_SEGMENTS), gene())["evidence"] == ""


def test_every_tumour_suppressor_has_a_zygosity_state():
    row = assess(sample(NOTCH1=copies("loss", 1.0)), NOTCH1, [event(NOTCH1)])
    assert (row["state"], row["mechanism"], row["confidence"]) == ("biallelic", "hit_with_copy_loss", "definite")


def test_other_genes_are_altered_by_a_likely_oncogenic_event_alone():
    data = sample(PIK3CA=copies())
    assert assess(data, PIK3CA, [event(PIK3CA)])["state"] == "altered"
    row = assess(data, PIK3CA, [event(PIK3CA, call="uncertain")])
    assert row["state"] == "none"
    assert row["evidence"].startswith("p.R213* (uncertain, ")
    assert "second_hit" not in row


def test_genes_without_an_event_are_none_or_say_what_is_missing():
    assert assess(sample(NOTCH1=copies()), NOTCH1)["state"] == "none"
    assert assess(sample(NO_VARIANTS, NOTCH1=copies()), NOTCH1)["reason"] == "no hit seen, but variants not provided"
    row = assess(sample(NO_VARIANTS), PIK3CA)
    assert row["state"] == "not_assessable"
    assert row["reason"] == "no likely oncogenic event seen, but variants not provided"


def test_tp73_is_none_only_where_structural_variants_were_read():
    row = assess(sample(TP73=copies()), TP73)
    assert row["state"] == "not_assessable"
    assert "drives by a rearrangement inside it, and structural variants not provided" in row["reason"]
    assert assess(sample(structural=IMPORTED, TP73=copies()), TP73)["state"] == "none"


PANEL = Target("panel.bed", {"TP53": 1.0, "NOTCH1": 0.0, "PIK3CA": 0.5, "MYC": 0.0})


def test_a_gene_outside_the_panel_is_not_covered_and_never_none():
    row = assess(sample(target=PANEL, NOTCH1=copies()), NOTCH1)
    assert row["state"] == "not_covered"
    assert row["reason"] == "panel.bed leaves the gene out; no other data show a hit"
    assert assess(sample(target=PANEL, TP53=copies()), gene())["state"] == "none"


def test_a_gene_that_the_panel_covers_in_part_is_not_assessable_without_an_event():
    row = assess(sample(target=PANEL), PIK3CA)
    assert row["state"] == "not_assessable"
    assert "panel.bed covers 50% of its coding bases" in row["reason"]
    assert assess(sample(target=PANEL), PIK3CA, [event(PIK3CA)])["state"] == "altered"


def test_the_panel_says_nothing_about_a_gene_whose_copies_are_what_counts():
    assert assess(sample(target=PANEL, MYC=copies()), MYC)["state"] == "none"


def test_a_deep_deletion_counts_in_a_gene_that_the_panel_leaves_out():
    lost = copies("deep_deletion", 0.1)
    gone = Event("S1", NOTCH1, "deep_deletion", "deep_deletion", "likely_oncogenic", "", "", None, lost)
    assert assess(sample(target=PANEL, NOTCH1=lost), NOTCH1, [gone])["state"] == "biallelic"


def test_variants_set_aside_by_filter_are_counted_where_no_hit_is_left():
    left = [SetAside(variant(), "FILTER", by_filter=True), SetAside(variant(), "synonymous")]
    row = assess(sample(TP53=copies()), gene(), set_aside=left)
    assert row["state"] == "none"
    assert row["reason"].endswith("1 variant(s) of the gene set aside by FILTER")
    assert "FILTER" not in assess(sample(TP53=copies()), gene(), [event(gene())], left)["reason"]


def test_rows_hold_columns_and_states_of_their_contract():
    for of in (gene(), NOTCH1, MYC, TP73):
        for data in (sample(), sample(NO_VARIANTS, NO_SEGMENTS), sample(TP53=copies(), NOTCH1=copies(), MYC=copies())):
            for events in ([], [event(of)]):
                row = assess(data, of, events)
                assert set(row) <= set(GENE_STATES.column_names)
                assert row["state"] in GENE_STATES.column("state").states
                assert of.is_suppressor or row["state"] not in ("biallelic", "one_hit")
                assert not of.is_suppressor or row["state"] != "altered"
