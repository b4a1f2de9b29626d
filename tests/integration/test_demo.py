"""The demo cohort from sheets to report against its truth table."""

from __future__ import annotations

import csv
import html
from pathlib import Path

import pytest

from sclcohort.contracts import (
    ACTIVITY,
    AGGRESSION,
    ANNOTATION_DISAGREEMENTS,
    ASSOCIATIONS,
    CODING_VARIANTS,
    COHORT_VULNERABILITIES,
    DOUBLING_TIMES,
    EVENTS,
    GENE_DISRUPTIONS,
    GENE_STATES,
    GENOTYPES,
    PATIENT_CHANGES,
    PURITY,
    RB1_STATES,
    RB1_STATUS,
    RESISTANCE_CLASSES,
    RESULT_TABLES,
    SAMPLE_VULNERABILITIES,
    SAMPLES,
    SCORES,
    SET_ASIDE,
    SUBTYPE_CALLS,
    VULNERABILITY_STATES,
)
from sclcohort.tables import read_rows
from tests.demo_results import picked, results, truth

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("table", RESULT_TABLES, ids=lambda table: table.name)
def test_every_table_keeps_its_contract(demo, table):
    for row in results(demo, table):
        assert tuple(row) == table.column_names


def test_every_planted_event_is_found_and_nothing_else_is_called(demo):
    names = ("sample_id", "gene_symbol", "event", "event_type", "oncogenic_call")
    assert picked(results(demo, EVENTS), *names) == picked(truth(demo, "events"), *names)


def test_every_event_has_the_planted_origin_clonality_and_callers(demo):
    names = ("sample_id", "gene_symbol", "event", "origin", "clonality", "callers", "callers_given")
    assert picked(results(demo, EVENTS), *names) == picked(truth(demo, "events"), *names)


def test_two_changes_of_one_haplotype_are_one_event_at_the_first_of_them(demo):
    (planted,) = [row for row in truth(demo, "events") if row["read_with"]]
    (found,) = [
        row
        for row in results(demo, EVENTS)
        if (row["sample_id"], row["gene_symbol"]) == (planted["sample_id"], planted["gene_symbol"])
    ]
    assert picked([found], "event", "position_1based", "ref", "alt") == picked(
        [planted], "event", "position_1based", "ref", "alt"
    )


def test_every_planted_state_and_mechanism_is_called_and_no_other_hit(demo):
    names = ("sample_id", "gene_symbol", "state", "mechanism", "second_hit", "confidence")
    planted = truth(demo, "gene_states")
    known = picked(planted, "sample_id", "gene_symbol")
    called = [
        row
        for row in results(demo, GENE_STATES)
        if (row["sample_id"], row["gene_symbol"]) in known or row["mechanism"] or row["state"] == "not_covered"
    ]
    assert picked(called, *names) == picked(planted, *names)


def test_scores_of_gene_sets_follow_the_planted_levels(demo):
    kinds = {row["sample_id"]: row["subtype"] for row in truth(demo, "subtypes")}
    scores = {str(row["sample_id"]): row for row in results(demo, SCORES) if row["ranked_genes"] is not None}
    by_kind: dict[str, list[dict]] = {}
    for sample, row in scores.items():
        by_kind.setdefault(kinds[sample], []).append(row)
    others = [row for kind, rows in by_kind.items() if kind != "SCLC-Y" for row in rows]
    assert min(row["emt"] for row in by_kind["SCLC-Y"]) > max(row["emt"] for row in others)
    inflamed = min(row["antigen_presentation"] for row in by_kind["SCLC-I"])
    assert inflamed > max(row["antigen_presentation"] for row in by_kind["SCLC-A"])
    assert min(row["notch"] for row in by_kind["SCLC-Y"]) > max(row["notch"] for row in by_kind["SCLC-A"])
    tuft = [row["tuft"] for kind, rows in by_kind.items() if kind != "SCLC-P" for row in rows]
    assert min(row["tuft"] for row in by_kind["SCLC-P"]) > max(tuft)
    assert all(row["aggression"] is not None for row in scores.values())
    # Every tumour of the demo divides: proliferation is high in all.
    assert min(row["proliferation"] for row in scores.values()) > 0.5
    assert {row["set_reason"] for row in scores.values()} == {None}


def test_purity_is_from_where_it_is_planted_and_an_estimate_holds_the_planted_one(demo):
    planted = truth(demo, "purity")
    found = {str(row["sample_id"]): row for row in results(demo, PURITY)}
    assert picked(found.values(), "sample_id", "source") == picked(planted, "sample_id", "source")
    estimates = [row for row in planted if row["source"] == "tp53_vaf"]
    assert {row["interval_holds"] for row in estimates} == {"true", "false"}
    for row in estimates:
        estimate = found[row["sample_id"]]
        holds = float(estimate["purity_low"]) <= float(row["planted_purity"]) <= float(estimate["purity_high"])
        assert str(holds).lower() == row["interval_holds"]


def test_annotation_of_the_files_disagrees_where_planted_and_nowhere_else(demo):
    names = ("sample_id", "gene_symbol", "chrom", "position_1based", "ref", "alt", "annotation_source")
    names = (*names, "annotation_consequence", "event")
    disagreements = results(demo, ANNOTATION_DISAGREEMENTS)
    assert picked(disagreements, *names) == picked(truth(demo, "annotation_disagreements"), *names)
    sources = {row["annotation_source"] for row in results(demo, CODING_VARIANTS)}
    assert sources == {"VEP", "SnpEff", "MAF", None}


def test_a_state_that_is_not_assessable_says_why(demo):
    for row in results(demo, GENE_STATES):
        assert row["state"] != "not_assessable" or row["reason"]


def test_every_planted_subtype_is_called(demo):
    assert picked(results(demo, SUBTYPE_CALLS), "sample_id", "subtype") == picked(
        truth(demo, "subtypes"), "sample_id", "subtype"
    )


def test_rb1_is_lost_where_planted_intact_where_planted_with_support_and_else_undetermined(demo):
    planted = truth(demo, "gene_states")
    lost = {row["sample_id"] for row in planted if (row["gene_symbol"], row["state"]) == ("RB1", "biallelic")}
    called = {row["sample_id"]: row["state"] for row in results(demo, RB1_STATUS)}
    of_state = {state: {sample for sample in called if called[sample] == state} for state in RB1_STATES}
    # P17: one hit, the other copy left open by the reads, and CDKN2A high in the RNA.
    assert of_state["LOST"] == lost | {"P17_T1"}
    assert of_state["INTACT_SUPPORTED"] == {"P05_T1"}
    assert len(called) == 21


def test_every_planted_genotype_is_flagged_and_no_other(demo):
    raised: dict[str, set[str]] = {}
    for row in results(demo, GENOTYPES):
        if row["state"] == "raised":
            raised.setdefault(row["sample_id"], set()).add(row["flag"])
    assert raised == {
        "P05_T1": {"nsclc_like", "smarca4_deficient", "chr11_ccnd1", "combined_histology"},
        "P10_T1": {"tp53_rb1_wild_type"},
        "P12_T1": {"nsclc_like", "combined_histology"},
    }


def test_every_planted_resistance_class_is_called(demo):
    called = picked(results(demo, RESISTANCE_CLASSES), "sample_id", "therapy", "class")
    assert picked(truth(demo, "resistance"), "sample_id", "therapy", "class") - called == set()


def test_every_planted_vulnerability_is_judged_and_the_planted_candidates_are_ranked(demo):
    rows = {(row["sample_id"], row["vulnerability_id"]): row for row in results(demo, SAMPLE_VULNERABILITIES)}
    planted = truth(demo, "vulnerabilities")
    for row in planted:
        found = rows[row["sample_id"], row["vulnerability_id"]]
        assert found["state"] == row["state"], (row, found["reason"])
        assert (found["rank"] is not None) == (row["state"] == "candidate")
    assert {row["state"] for row in planted} == set(VULNERABILITY_STATES)
    assert rows["P02_T2", "aurk.myc_amplified"]["genomic_support"] == "supported"
    # A level before another: animals before cell lines, whatever the genome says.
    assert rows["P04_T1", "baf.subtype_p"]["rank"] < rows["P04_T1", "aurk.myc_amplified"]["rank"]
    cohort = {row["vulnerability_id"]: row for row in results(demo, COHORT_VULNERABILITIES)}
    assert cohort["aurk.myc_amplified"]["patients_candidate"] == 3
    assert cohort["cdk46.rb1_intact"]["patients_candidate"] == 1
    assert cohort["dll3.tarlatamab"]["rank"] == 1


def test_the_regulator_of_a_planted_programme_is_the_most_active_and_stands_above_the_background(demo):
    regulator_of = {"SCLC-A": "ASCL1", "SCLC-N": "NEUROD1", "SCLC-P": "POU2F3", "SCLC-Y": "YAP1"}
    scores: dict[str, dict[str, float]] = {}
    for row in results(demo, ACTIVITY):
        if row["score"] is not None:
            scores.setdefault(row["sample_id"], {})[row["regulator"]] = row["score"]
    called = [row for row in results(demo, SUBTYPE_CALLS) if row["subtype"] in regulator_of]
    assert {row["subtype"] for row in called} == set(regulator_of)
    for row in called:
        of_sample = scores[row["sample_id"]]
        most = max(of_sample, key=lambda regulator: of_sample[regulator])
        assert most == regulator_of[row["subtype"]], row["sample_id"]
        assert of_sample[most] > 0, row["sample_id"]


def test_associations_are_over_patients_and_mark_what_an_outcome_is_made_of(demo):
    everything = results(demo, ASSOCIATIONS)
    rows = {(row["regulator"], row["measure"]): row for row in everything if row["outcome"] == "ne_score"}
    aggression = {row["regulator"]: row for row in everything if row["outcome"] == "aggression"}
    assert {aggression[gene]["part_of_outcome"] for gene in ("FOXA2", "NFIB", "MYC", "MYCL", "MYCN", "ASCL1")} == {True}
    assert aggression["REST"]["p_adjusted"] is not None
    with_expression = {row["patient_id"] for row in results(demo, SAMPLES) if row["expression_sample"]}
    assert rows["ASCL1", "expression"]["patients"] == len(with_expression)
    assert rows["ASCL1", "expression"]["rho"] > 0.5
    assert rows["ASCL1", "expression"]["part_of_outcome"] is True
    assert rows["ASCL1", "expression"]["p_value"] is None
    assert rows["NKX2-1", "expression"]["p_value"] < 0.05
    assert rows["NKX2-1", "expression"]["p_method"] == "monte_carlo"


def test_every_planted_change_of_a_patient_is_followed_and_no_other(demo):
    names = ("patient_id", "gene_symbol", "event", "change")
    assert picked(results(demo, PATIENT_CHANGES), *names) == picked(truth(demo, "changes"), *names)


def test_every_lesion_is_answered_as_planted_and_no_other(demo):
    names = ("patient_id", "lesion", "period", "state", "measurements", "method", "interval")
    assert picked(results(demo, DOUBLING_TIMES), *names) == picked(truth(demo, "growth"), *names)


def test_planted_doubling_times_lie_in_their_interval_or_are_found_where_there_is_none(demo):
    found = {tuple(row[name] for name in DOUBLING_TIMES.key): row for row in results(demo, DOUBLING_TIMES)}
    planted = [row for row in truth(demo, "growth") if row["planted_doubling_days"]]
    assert planted
    for row in planted:
        time, days = found[tuple(row[name] for name in DOUBLING_TIMES.key)], float(row["planted_doubling_days"])
        if time["interval"] == "none":
            assert time["doubling_time_days"] == pytest.approx(days, rel=0.005)
        else:
            assert time["doubling_time_low_days"] <= days <= (time["doubling_time_high_days"] or days)
    assert all((row["doubling_time_days"] is None) == (row["state"] != "fitted") for row in found.values())


def test_every_tumour_is_rated_by_the_planted_lesion_of_its_own_part_of_the_course(demo):
    rows = results(demo, AGGRESSION)
    scored = [row for row in rows if row["growth_score"] is not None]
    planted = {row["sample_id"]: row for row in truth(demo, "aggression")}
    assert {row["sample_id"] for row in rows} == set(planted)
    with_score = [row for row in planted.values() if row["planted_growth_score"]]
    assert picked(scored, "sample_id", "lesion", "period") == picked(with_score, "sample_id", "lesion", "period")
    assert all(row["reason"] for row in rows if row["growth_score"] is None)
    for row in scored:
        score = float(planted[row["sample_id"]]["planted_growth_score"])
        if row["growth_score_low"] is None:
            assert row["growth_score"] == pytest.approx(score, abs=0.005)
        else:
            assert row["growth_score_low"] <= score <= row["growth_score_high"]


def test_growth_is_a_fifth_part_of_aggression_and_the_four_parts_stay_as_they_are(demo):
    without = {row["sample_id"]: row["aggression"] for row in results(demo, SCORES)}
    rows = {row["sample_id"]: row for row in results(demo, AGGRESSION)}
    assert {sample: row["aggression"] for sample, row in rows.items()} == without
    both = [row for row in rows.values() if row["growth_score"] is not None and row["aggression"] is not None]
    for row in both:
        mean = (4 * row["aggression"] + row["growth_score"]) / 5
        assert row["aggression_with_growth"] == pytest.approx(mean, abs=1e-5)
    assert {row["sample_id"] for row in rows.values() if row["aggression_with_growth"] is not None} == {
        row["sample_id"] for row in both
    }
    # P09_T1 has a measured lesion and no expression.
    assert rows["P09_T1"]["growth_score"] is not None
    assert rows["P09_T1"]["aggression_with_growth"] is None


# What a reason begins with, or holds, to the words of the truth.
KINDS_OF_REASONS = {
    "FILTER ": "filter",
    "synonymous": "silent",
    " counts ": "kind of change not counted in this gene",
    "a junction inside an intron": "inside an intron",
    "read together as": "read together",
}


def test_what_is_set_aside_is_what_is_planted_with_its_kind_of_reason_and_is_no_event(demo):
    names = ("sample_id", "gene_symbol", "event")
    found = set()
    for row in results(demo, SET_ASIDE):
        (kind,) = [kind for words, kind in KINDS_OF_REASONS.items() if words in row["reason"]]
        found.add((*(row[name] for name in names), kind))
    planted = {
        (*(row[name] for name in names), row["why"].partition(":")[0].partition(" with ")[0])
        for row in truth(demo, "set_aside")
    }
    assert found == planted
    assert {row[:3] for row in found} & picked(results(demo, EVENTS), *names) == set()


def test_every_planted_structural_variant_is_found_and_nothing_else_is(demo):
    names = ("sample_id", "gene_symbol", "effect", "exons", "chrom", "position_1based", "partner_position_1based")
    flags = ("disrupts", "filter_accepted")
    found, planted = results(demo, GENE_DISRUPTIONS), truth(demo, "structural_variants")
    assert picked(found, *names) == picked(planted, *names)
    assert {(*(str(row[name]).lower() for name in flags), row["event"].split()[0]) for row in found} == {
        (*(row[name] for name in flags), row["effect"]) for row in planted
    }


def test_each_sample_with_variants_has_its_vcf_and_index(demo):
    root = demo / "results" / "demo" / "variants"
    for row in results(demo, SAMPLES):
        vcf = root / str(row["chunk"]) / f"{row['sample_id']}.vcf.gz"
        assert vcf.is_file() == bool(row["variants"])
        assert vcf.with_name(f"{vcf.name}.tbi").is_file() == bool(row["variants"])


def test_no_variant_is_lost_between_vcf_and_table(demo):
    import pysam

    root = demo / "results" / "demo" / "variants"
    tabulated = picked(results(demo, CODING_VARIANTS), "sample_id", "chrom", "position_1based", "ref", "alt")
    for row in results(demo, SAMPLES):
        if row["variants"]:
            with pysam.VariantFile(str(root / str(row["chunk"]) / f"{row['sample_id']}.vcf.gz")) as vcf:
                missense = {
                    (row["sample_id"], record.chrom, str(record.pos), record.ref, record.alts[0])
                    for record in vcf
                    if any("missense" in text for text in record.info.get("BCSQ", ()))
                }
            assert missense <= tabulated


def test_the_report_is_one_file_that_reaches_for_nothing(demo):
    page = html.unescape((demo / "results" / "demo" / "report" / "index.html").read_text())
    assert "default-src 'none'" in page
    assert "<script" not in page
    for row in results(demo, SAMPLES):
        assert str(row["sample_id"]) in page


def maf(folder: Path) -> list[dict[str, str]]:
    """Return the rows of the exported MAF."""
    with (folder / "results" / "demo" / "exports" / "cohort.maf").open(encoding="utf-8") as handle:
        assert handle.readline() == "#version 2.4\n"
        return list(csv.DictReader(handle, delimiter="\t", quoting=csv.QUOTE_NONE))


def test_every_planted_small_variant_is_in_the_maf_and_gives_the_planted_sequence(demo):
    parts = (demo / "resources" / "demo" / "genome.fa").read_text().split(">")[1:]
    genome = {part.split()[0]: "".join(part.splitlines()[1:]) for part in parts}
    exported = {(row["Tumor_Sample_Barcode"], row["Hugo_Symbol"], row["HGVSp_Short"]): row for row in maf(demo)}
    # An allele that is read together with another stands in the MAF by itself, under its own name.
    planted = [row for row in truth(demo, "events") if row["ref"] and not row["read_with"]]
    assert planted
    for event in planted:
        row = exported[event["sample_id"], event["gene_symbol"], event["event"]]
        contig, position = genome[event["chrom"]], int(event["position_1based"]) - 1
        wanted = contig[:position] + event["alt"] + contig[position + len(event["ref"]) :]
        start, end = int(row["Start_Position"]), int(row["End_Position"])
        removed, added = (row[name].replace("-", "") for name in ("Reference_Allele", "Tumor_Seq_Allele2"))
        # Bases within start and end go; an insertion stands between the two, and none goes.
        before, behind = (start - 1, end) if removed else (start, start)
        assert contig[before:behind] == removed
        assert row["Chromosome"] == event["chrom"]
        assert contig[:before] + added + contig[behind:] == wanted, event


def test_the_maf_has_a_row_for_each_allele_on_a_representative_transcript(demo):
    tabulated = [row for row in results(demo, CODING_VARIANTS) if row["is_representative"]]
    rows = maf(demo)
    assert len(rows) == len(tabulated)
    assert {row["filter_accepted"] for row in rows} == {"true", "false"}


def test_every_sample_has_its_driver_table_and_together_they_are_the_event_table(demo):
    folder = demo / "results" / "demo" / "exports" / "drivers"
    tables = {path.name.removesuffix(".drivers.tsv"): path for path in sorted(folder.glob("*.drivers.tsv"))}
    assert set(tables) == {str(row["sample_id"]) for row in results(demo, SAMPLES)}
    rows = {name: list(read_rows(path, EVENTS)) for name, path in tables.items()}
    assert all(row["sample_id"] == name for name, its_own in rows.items() for row in its_own)
    assert [row for its_own in rows.values() for row in its_own] == results(demo, EVENTS)
