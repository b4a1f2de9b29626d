"""Drivers and subtype across the samples of a patient: what counts as seen, as changed, and as not known."""

from __future__ import annotations

import itertools
import random
from pathlib import Path

import pytest

from sclcohort import contracts
from sclcohort.errors import TableError
from sclcohort.patients.follow_patients import Facts, gather, in_time, patient_rows, run
from sclcohort.tables import read_rows, write_rows


def sample(name: str, day: int | None = None, timepoint: str = "", site: str = "", patient: str = "P1") -> dict:
    return {
        "sample_id": name,
        "patient_id": patient,
        "chunk": "c1",
        "day": day,
        "timepoint": timepoint or None,
        "site": site or None,
    }


def event(name: str, gene: str = "TP53", change: str = "p.R175H", event_type: str = "missense", **more) -> dict:
    row = {
        "sample_id": name,
        "gene_symbol": gene,
        "event": change,
        "event_type": event_type,
        "gene_class": "sclc_driver",
        "oncogenic_call": "likely_oncogenic",
        "citation": "Somebody 2020",
    }
    return row | more


def call(name: str, subtype: str, **more) -> dict:
    return {"sample_id": name, "subtype": subtype} | more


def facts(
    *, events=(), imported=("S1", "S2", "S3"), copies=("S1", "S2", "S3"), states=(), subtypes=(), rearrangements=()
) -> Facts:
    """Return what is known: both layers imported for S1 to S3 unless said otherwise."""
    return gather(
        events=events,
        gene_states=states,
        layers={
            "variants": [{"sample_id": name, "state": "imported"} for name in imported],
            "structural variants": [{"sample_id": name, "state": "imported"} for name in rearrangements],
            "copy number": [{"sample_id": name, "state": "imported"} for name in copies],
        },
        subtypes=subtypes,
    )


def changes(samples: list[dict], known: Facts) -> dict[str, dict]:
    """Return the rows of changes.tsv by gene."""
    return {str(row["gene_symbol"]): row for row in patient_rows("P1", samples, known)[1]}


# --- order in time ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("samples", "order"),
    [
        ([sample("S1", 200), sample("S2", 0)], [("S2", 0), ("S1", 1)]),
        ([sample("S1", 0), sample("S2", 0), sample("S3", 90)], [("S1", 0), ("S2", 0), ("S3", 1)]),
        ([sample("S1", timepoint="relapse"), sample("S2", timepoint="Baseline")], [("S2", 0), ("S1", 1)]),
        (
            [
                sample("S1", timepoint="relapse1"),
                sample("S2", timepoint="relapse2"),
                sample("S3", timepoint="baseline"),
            ],
            [("S3", 0), ("S1", 1), ("S2", 1)],
        ),
        ([sample("S1", 200, "relapse"), sample("S2", None, "baseline")], [("S2", 0), ("S1", 1)]),
        ([sample("S1", 200), sample("S2")], [("S1", 0), ("S2", 0)]),
        ([sample("S1", timepoint="relapse1"), sample("S2", timepoint="relapse2")], [("S1", 0), ("S2", 0)]),
    ],
)
def test_time_is_the_day_else_baseline_before_the_rest_else_unknown(samples, order):
    for listed in itertools.permutations(samples):
        assert [(timed.sample_id, timed.time) for timed in in_time(listed)] == order


# --- an event in a sample ---------------------------------------------------------------------


def test_a_sample_shows_an_event_with_its_allele_fraction_or_not_without_proof_of_absence():
    rows, _ = patient_rows(
        "P1", [sample("S1", 0), sample("S2", 9)], facts(events=[event("S1", vaf=0.62, reason="hotspot")])
    )
    seen, missed = [row for row in rows if row["gene_symbol"] == "TP53"]
    assert (seen["status"], seen["vaf"], seen["reason"]) == ("present", 0.62, "hotspot")
    assert (missed["status"], missed["vaf"]) == ("not_detected", None)
    assert missed["reason"] == "Not among the calls; coverage was not checked."


@pytest.mark.parametrize(
    ("event_type", "imported", "copies", "status"),
    [
        ("missense", ("S1", "S2"), ("S1", "S2"), "not_detected"),
        ("missense", ("S1", "S2"), (), "not_detected"),
        ("missense", ("S1",), ("S1", "S2"), "not_assessable"),
        ("deep_deletion", ("S1",), ("S1", "S2"), "not_detected"),
        ("amplification", ("S1", "S2"), ("S1",), "not_assessable"),
    ],
)
def test_an_event_is_not_assessable_where_its_own_layer_was_not_imported(event_type, imported, copies, status):
    known = facts(events=[event("S1", event_type=event_type)], imported=imported, copies=copies)
    rows, _ = patient_rows("P1", [sample("S1", 0), sample("S2", 9)], known)
    assert [row["status"] for row in rows if row["gene_symbol"] == "TP53"] == ["present", status]


def test_a_refused_layer_gives_its_reason():
    known = gather(
        events=[event("S1")],
        gene_states=[],
        layers={"variants": [{"sample_id": "S2", "state": "refused", "reason": "two tumour columns"}]},
        subtypes=[],
    )
    rows, _ = patient_rows("P1", [sample("S1", 0), sample("S2", 9)], known)
    assert rows[1]["reason"] == "The variants of this sample could not be read: two tumour columns."


def test_a_gene_that_could_not_be_assessed_with_all_data_is_not_assessable():
    states = [{"sample_id": "S2", "gene_symbol": "MYC", "state": "not_assessable", "reason": "no segment covers it"}]
    amplified = event("S1", "MYC", "amplification", "amplification")
    pair = [sample("S1", 0), sample("S2", 9)]
    row = changes(pair, facts(events=[amplified], states=states))["MYC"]
    assert (row["change"], row["status_by_sample"]) == ("not_assessable", "S1=present;S2=not_assessable")
    assert row["reason"] == "1 of 2 samples could show it. S2: MYC could not be assessed: no segment covers it."
    states_for_want_of_variants = facts(events=[amplified], states=states, imported=("S1",))
    assert changes(pair, states_for_want_of_variants)["MYC"]["change"] == "no_longer_detected"


@pytest.mark.parametrize(
    ("oncogenic_call", "followed"), [("likely_oncogenic", True), ("uncertain", True), ("not_promoted", False)]
)
def test_events_that_were_not_promoted_are_not_followed(oncogenic_call, followed):
    known = facts(events=[event("S1", "FMN2", oncogenic_call=oncogenic_call)])
    assert ("FMN2" in changes([sample("S1", 0), sample("S2", 9)], known)) is followed


def test_two_changes_of_one_gene_are_two_events():
    known = facts(events=[event("S1", change="p.R175H"), event("S2", change="p.R248W")])
    _, rows = patient_rows("P1", [sample("S1", 0), sample("S2", 9)], known)
    assert [(row["event"], row["change"]) for row in rows if row["gene_symbol"] == "TP53"] == [
        ("p.R175H", "no_longer_detected"),
        ("p.R248W", "newly_detected"),
    ]


# --- the change of an event -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("days", "seen", "change"),
    [
        ((0,), "1", "single_sample"),
        ((0, 9), "11", "kept"),
        ((0, 9), "01", "newly_detected"),
        ((0, 9), "10", "no_longer_detected"),
        ((0, 0), "10", "differs_between_sites"),
        ((0, 0), "11", "kept"),
        ((0, 9, 18), "111", "kept"),
        ((0, 9, 18), "001", "newly_detected"),
        ((0, 9, 18), "011", "newly_detected"),
        ((0, 9, 18), "100", "no_longer_detected"),
        ((0, 9, 18), "110", "no_longer_detected"),
        ((0, 9, 18), "101", "kept"),
        ((0, 9, 18), "010", "no_longer_detected"),
        ((0, 0, 9), "100", "differs_between_sites"),
        ((0, 0, 9), "101", "differs_between_sites"),
        ((0, 9, 9), "011", "newly_detected"),
        ((0, 9, 9), "100", "no_longer_detected"),
        ((0, 9, 9), "001", "differs_between_sites"),
    ],
)
def test_each_pattern_over_time_has_its_change(days, seen, change):
    names = [f"S{number}" for number in range(1, len(days) + 1)]
    samples = [sample(name, day, site=f"site {name}") for name, day in zip(names, days, strict=True)]
    events = [event(name) for name, mark in zip(names, seen, strict=True) if mark == "1"]
    assert changes(samples, facts(events=events))["TP53"]["change"] == change


@pytest.mark.parametrize(("days", "said"), [((0, 9), "in both samples"), ((0, 9, 18), "in all 3 samples")])
def test_what_was_kept_says_in_how_many_samples(days, said):
    samples = [sample(f"S{number}", day) for number, day in enumerate(days)]
    known = facts(events=[event(row["sample_id"]) for row in samples])
    assert said in changes(samples, known)["TP53"]["reason"]


@pytest.mark.parametrize(
    ("imported", "seen", "change"),
    [
        (("S1", "S3"), ("S1", "S3"), "kept"),
        (("S1", "S3"), ("S1",), "no_longer_detected"),
        (("S1",), ("S1",), "not_assessable"),
    ],
)
def test_samples_that_could_not_show_the_event_take_no_part(imported, seen, change):
    samples = [sample("S1", 0), sample("S2", 9), sample("S3", 18)]
    row = changes(samples, facts(events=[event(name) for name in seen], imported=imported))["TP53"]
    assert row["change"] == change
    assert "S2=not_assessable" in row["status_by_sample"]
    assert "S2" in row["reason"]


def test_a_gap_between_two_detections_is_told():
    samples = [sample("S1", 0, "baseline"), sample("S2", 9, "relapse"), sample("S3", 18, "relapse2")]
    row = changes(samples, facts(events=[event("S1"), event("S3")]))["TP53"]
    assert row["reason"].startswith(
        "The same at the first and the last time, not between (S2 (relapse, day 9): not detected)."
    )


def test_a_change_in_time_between_different_sites_carries_a_caution():
    lung, liver = sample("S1", 0, "baseline", "lung"), sample("S2", 210, "relapse", "liver")
    row = changes([lung, liver], facts(events=[event("S2")]))["TP53"]
    assert row["change"] == "newly_detected"
    assert row["reason"] == (
        "S1 (baseline, day 0, lung): not detected; S2 (relapse, day 210, liver): seen. "
        "The samples are from different sites, which may explain it as well."
    )


@pytest.mark.parametrize(
    ("sites", "caution"),
    [
        (("lung", "liver"), ""),
        (("lung", "lung"), " They are of the same site."),
        (("lung", ""), " The sheet does not give all their sites."),
    ],
)
def test_a_difference_without_an_order_in_time_says_what_is_known_of_the_sites(sites, caution):
    samples = [sample("S1", 0, site=sites[0]), sample("S2", 0, site=sites[1])]
    row = changes(samples, facts(events=[event("S1")]))["TP53"]
    assert row["change"] == "differs_between_sites"
    assert row["reason"].endswith(f": not detected.{caution}")


# --- the subtype ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("calls", "change", "label"),
    [
        (("SCLC-A",), "single_sample", "SCLC-A"),
        (("SCLC-A", "SCLC-A"), "kept", "SCLC-A > SCLC-A"),
        (("SCLC-A", "SCLC-N"), "newly_detected", "SCLC-A > SCLC-N"),
        (("SCLC-A", "SCLC-N", "SCLC-A"), "kept", "SCLC-A > SCLC-N > SCLC-A"),
        (("SCLC-A", "hybrid"), "newly_detected", "SCLC-A > hybrid (A+N)"),
        (("SCLC-A", "unclassified"), "not_assessable", "SCLC-A > unclassified"),
        (("SCLC-A", "unclassified", "SCLC-P"), "newly_detected", "SCLC-A > unclassified > SCLC-P"),
        (("not_assessable", "not_assessable"), "not_assessable", "not_assessable > not_assessable"),
    ],
)
def test_the_subtype_is_followed_by_its_calls_in_order(calls, change, label):
    samples = [sample(f"S{number}", 10 * number) for number in range(1, len(calls) + 1)]
    subtypes = [
        call(f"S{number}", found, components="A+N" if found == "hybrid" else None)
        for number, found in enumerate(calls, start=1)
    ]
    row = changes(samples, facts(subtypes=subtypes))["subtype"]
    assert (row["change"], row["event"], row["event_type"]) == (change, label, "subtype")


def test_subtypes_of_one_time_are_listed_side_by_side():
    samples = [sample("S1", 0, site="lung"), sample("S2", 0, site="liver"), sample("S3", 9)]
    subtypes = [call("S1", "SCLC-A"), call("S2", "SCLC-N"), call("S3", "SCLC-N")]
    row = changes(samples, facts(subtypes=subtypes))["subtype"]
    assert (row["change"], row["event"]) == ("differs_between_sites", "SCLC-A / SCLC-N > SCLC-N")


def test_a_sample_without_a_subtype_row_is_not_assessable():
    rows, changed = patient_rows("P1", [sample("S1", 0), sample("S2", 9)], facts(subtypes=[call("S1", "SCLC-A")]))
    assert [row["status"] for row in rows] == ["present", "not_assessable"]
    assert changed[0]["event"] == "SCLC-A > not_assessable"


def test_an_unclassified_sample_is_no_call_and_says_why():
    subtypes = [call("S1", "unclassified", reason="margin 0.05"), call("S2", "SCLC-P", probability=0.91)]
    rows, _ = patient_rows("P1", [sample("S1", 0), sample("S2", 9)], facts(subtypes=subtypes))
    assert [(row["status"], row["reason"]) for row in rows] == [
        ("not_assessable", "The subtype is unclassified: margin 0.05."),
        ("present", "SCLC-P, probability 0.91."),
    ]


# --- the step ---------------------------------------------------------------------------------


def run_on(folder: Path, samples: list[dict], events: list[dict], subtypes: list[dict]) -> Path:
    """Write the tables in two chunks, run the step, and return the folder."""
    folder.mkdir()
    write_rows(folder / "samples.tsv", contracts.SAMPLES, samples)
    write_rows(folder / "events.tsv", contracts.EVENTS, events)
    write_rows(folder / "gene_states.tsv", contracts.GENE_STATES, [])
    write_rows(folder / "subtypes.tsv", contracts.SUBTYPE_CALLS, subtypes)
    chunks = [samples[:2], samples[2:]]
    paths: dict[str, tuple[Path, ...]] = {}
    for layer, table in (("variants", contracts.VARIANT_STATUS), ("copies", contracts.COPY_NUMBER_STATUS)):
        paths[layer] = tuple(folder / f"{layer}.{number}.tsv" for number in range(len(chunks)))
        for path, chunk in zip(paths[layer], chunks, strict=True):
            write_rows(path, table, [{"sample_id": row["sample_id"], "state": "imported"} for row in chunk])
    run(
        samples=folder / "samples.tsv",
        variant_status=paths["variants"],
        structural_variant_status=(),
        copy_number_status=paths["copies"],
        events=folder / "events.tsv",
        gene_states=folder / "gene_states.tsv",
        subtypes=folder / "subtypes.tsv",
        status=folder / "status.tsv",
        changes=folder / "changes.tsv",
    )
    return folder


SAMPLES = [
    sample("S1", 0, "baseline", "lung"),
    sample("S2", 210, "relapse", "liver"),
    sample("S3", 0, "baseline", patient="P2"),
]
EVENTS = [event("S1", vaf=0.5), event("S2", vaf=0.6), event("S2", "MYC", "amplification", "amplification"), event("S3")]
SUBTYPES = [call("S1", "SCLC-A"), call("S2", "SCLC-N"), call("S3", "SCLC-P")]


def test_the_step_follows_every_patient(tmp_path):
    folder = run_on(tmp_path / "out", SAMPLES, EVENTS, SUBTYPES)
    said = {
        (row["patient_id"], row["gene_symbol"]): (row["event"], row["change"], row["status_by_sample"])
        for row in read_rows(folder / "changes.tsv", contracts.PATIENT_CHANGES)
    }
    assert said == {
        ("P1", "MYC"): ("amplification", "newly_detected", "S1=not_detected;S2=present"),
        ("P1", "TP53"): ("p.R175H", "kept", "S1=present;S2=present"),
        ("P1", "subtype"): ("SCLC-A > SCLC-N", "newly_detected", "S1=present;S2=present"),
        ("P2", "TP53"): ("p.R175H", "single_sample", "S3=present"),
        ("P2", "subtype"): ("SCLC-P", "single_sample", "S3=present"),
    }
    status = list(read_rows(folder / "status.tsv", contracts.PATIENT_STATUS))
    assert len(status) == 2 + 2 + 2 + 1 + 1
    assert {row["event"] for row in status if row["gene_symbol"] == "subtype"} == {"subtype"}


def test_the_order_of_rows_and_other_patients_change_no_byte_of_a_patient(tmp_path):
    whole = run_on(tmp_path / "whole", SAMPLES, EVENTS, SUBTYPES)
    shuffled = [random.Random(3).sample(rows, len(rows)) for rows in (SAMPLES, EVENTS, SUBTYPES)]
    again = run_on(tmp_path / "again", *shuffled)
    alone = run_on(tmp_path / "alone", SAMPLES[:2], EVENTS[:3], SUBTYPES[:2])
    for name in ("status.tsv", "changes.tsv"):
        assert (again / name).read_bytes() == (whole / name).read_bytes()
        of_p1 = [line for line in (whole / name).read_text().splitlines() if line.startswith("P1\t")]
        assert of_p1 == (alone / name).read_text().splitlines()[1:]


def test_a_table_that_breaks_its_contract_ends_the_step(tmp_path):
    folder = run_on(tmp_path / "out", SAMPLES, EVENTS, SUBTYPES)
    (folder / "events.tsv").write_text("sample_id\tgene\n")
    with pytest.raises(TableError, match=r"events\.tsv: columns are sample_id, gene"):
        run(
            samples=folder / "samples.tsv",
            variant_status=(),
            structural_variant_status=(),
            copy_number_status=(),
            events=folder / "events.tsv",
            gene_states=folder / "gene_states.tsv",
            subtypes=folder / "subtypes.tsv",
            status=folder / "status.tsv",
            changes=folder / "changes.tsv",
        )


def test_every_change_of_the_contract_has_a_pattern_that_gives_it():
    patterns = (
        ((0,), ("S1",), ("S1",)),
        ((0, 9), ("S1", "S2"), ("S1", "S2")),
        ((0, 9), ("S1",), ("S1", "S2")),
        ((0, 9), ("S2",), ("S1", "S2")),
        ((0, 0), ("S2",), ("S1", "S2")),
        ((0, 9), ("S2",), ("S2",)),
    )
    given = set()
    for days, seen, imported in patterns:
        samples = [sample(f"S{number}", day) for number, day in enumerate(days, start=1)]
        known = facts(events=[event(name) for name in seen], imported=imported)
        given.add(changes(samples, known)["TP53"]["change"])
    assert given == set(contracts.CHANGES)
