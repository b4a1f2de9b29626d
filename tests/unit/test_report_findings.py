"""Counts, findings and warnings: they add up, and denominators hold only what could be judged."""

from __future__ import annotations

import copy
import dataclasses
import re
import runpy
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from sclcohort.contracts import CLASSES
from sclcohort.report import captions, context_genotypes, findings, methods, palette
from sclcohort.report.cautions import cautions
from sclcohort.report.cohort import listed, plural, share
from sclcohort.report.context_cohort import purity_words, subtype_lines
from sclcohort.report.context_patients import patient_section, shown_value

if TYPE_CHECKING:
    from sclcohort.report.cohort import Cohort

FIXTURES = runpy.run_path(str(Path(__file__).with_name("report_fixtures.py")))
Builder, CONFIG, cohort_of = FIXTURES["Builder"], FIXTURES["CONFIG"], FIXTURES["cohort_of"]


def empty(samples: int = 0, **tables: list[dict[str, Any]]) -> Cohort:
    """Return a cohort of `samples` samples S1, S2, ... of patients P1, P2, ..., and the given tables alone."""
    builder = Builder(0)
    rows = [{"sample_id": f"S{n}", "patient_id": f"P{n}"} for n in range(1, samples + 1)]
    builder.rows.update(samples=rows, resistance_rules=[], **tables)
    cohort: Cohort = cohort_of(builder)
    return cohort


@pytest.mark.parametrize("patients", [1, 7, 40])
def test_every_row_of_the_sheet_ends_as_exactly_one_of_three(patients: int) -> None:
    cohort = cohort_of(Builder(patients))
    counts = findings.conservation(cohort)
    assert counts.analysed + counts.partly_analysed + counts.refused == counts.samples == len(cohort.samples)
    for layer in findings.layer_counts(cohort):
        assert layer.analysed + layer.refused + layer.not_provided == counts.samples


@pytest.mark.parametrize(
    ("variants", "copies", "fate"),
    [
        ("imported", "imported", "analysed"),
        ("imported", "not_provided", "analysed"),
        ("refused", "imported", "partly_analysed"),
        ("refused", "not_provided", "refused"),
        ("refused", "refused", "refused"),
        ("not_provided", "not_provided", "analysed"),
    ],
)
def test_a_sample_is_refused_only_when_nothing_is_left(variants: str, copies: str, fate: str) -> None:
    cohort = empty(
        1,
        variant_status=[{"sample_id": "S1", "state": variants, "has_normal": True}],
        copy_number_status=[{"sample_id": "S1", "state": copies}],
    )
    assert cohort.fate("S1") == fate


def test_data_that_the_sheet_names_and_no_step_read_are_refused_not_forgotten() -> None:
    cohort = empty(1, availability=[{"sample_id": "S1", "layer": "expression", "state": "provided"}])
    assert cohort.outcomes["S1", "expression"].state == "refused"
    assert "no step read them" in cohort.outcomes["S1", "expression"].reason


def test_biallelic_fraction_leaves_out_tumours_that_could_not_be_judged() -> None:
    states = [
        {"state": "biallelic", "second_hit": "found", "confidence": "definite"},
        {"state": "biallelic", "second_hit": "found", "confidence": "probable"},
        {"state": "one_hit", "second_hit": "not_found"},
        {"state": "one_hit", "second_hit": "not_assessable"},
        {"state": "none"},
        {"state": "not_assessable", "reason": "no variants"},
    ]
    rows = [{"sample_id": f"S{n}", "gene_symbol": "TP53", **state} for n, state in enumerate(states, start=1)]
    counts = findings.zygosity(empty(7, gene_states=rows), "TP53")
    assert (counts.biallelic, counts.probable, counts.one_hit, counts.one_hit_open, counts.none) == (2, 1, 1, 1, 1)
    # S6 says so, S7 has no row at all: neither is a wild type.
    assert counts.not_assessable == 2
    assert counts.judged == 4
    assert counts.sentence == (
        "TP53: biallelic in 2 of 4 tumours in which both copies could be judged, 1 of them probable. "
        "Not counted: 1 with one hit whose other copy could not be judged; 2 not assessable."
    )


def test_no_fraction_is_given_where_nothing_could_have_refuted_it() -> None:
    rows = [
        {"sample_id": "S1", "gene_symbol": "RB1", "state": "biallelic", "confidence": "definite"},
        {"sample_id": "S2", "gene_symbol": "RB1", "state": "not_assessable", "reason": "no variants"},
    ]
    imported = [{"sample_id": name, "state": "imported"} for name in ("S1", "S2")]
    cohort = empty(2, gene_states=rows, copy_number_status=imported)
    assert findings.zygosity(cohort, "RB1").sentence == (
        "RB1: biallelic in 1 tumour; no tumour has the data to find the contrary, so there is no fraction. "
        "Not counted: 1 not assessable."
    )
    covered = [{"gene_symbol": "RB1", "in_gene_model": True, "has_span": True}]
    both = empty(2, gene_states=rows, copy_number_status=imported, variant_status=imported, coverage=covered)
    assert "biallelic in 1 of 1 tumour" in findings.zygosity(both, "RB1").sentence


def test_cell_lines_are_not_called_tumours() -> None:
    samples = [{"sample_id": "S1", "patient_id": "P1", "specimen": "cell_line"}]
    builder = Builder(0)
    builder.rows["samples"] = samples
    assert cohort_of(builder).counted(2) == "2 cell lines"
    samples.append({"sample_id": "S2", "patient_id": "P2", "specimen": "pdx"})
    assert cohort_of(builder).noun == "sample"
    samples.append({"sample_id": "S3", "patient_id": "P3", "specimen": ""})
    assert cohort_of(builder).noun == "tumour"


@pytest.mark.parametrize("gene", ["TP53", "RB1", "PTEN"])
def test_zygosity_counts_add_up_to_all_tumours(gene: str) -> None:
    cohort = cohort_of(Builder(40))
    counts = findings.zygosity(cohort, gene)
    parts = (counts.biallelic, counts.one_hit, counts.one_hit_open, counts.none, counts.not_assessable)
    assert sum(parts) == len(cohort.samples)
    assert counts.patients <= counts.patients_judged <= len(cohort.patients)


def test_strategies_count_a_tumour_once_by_its_best_level() -> None:
    rows = [
        {"sample_id": sample, "therapy": therapy, "strategy": "chemotherapy", "class": name, "highest_level": level}
        for sample, therapy, name, level in (
            ("S1", "a", "resistance_evidence", "C"),
            ("S1", "b", "resistance_evidence", "A"),
            ("S2", "a", "resistance_evidence", "D"),
            ("S2", "b", "conflicting", "A"),
            ("S3", "a", "no_evidence", ""),
            ("S3", "b", "not_assessable", ""),
            ("S4", "a", "not_assessable", ""),
            ("S4", "b", "not_assessable", ""),
        )
    ]
    (count,) = findings.strategy_counts(empty(4, classes=rows))
    assert (count.tumours, count.assessable, count.not_assessable) == (4, 3, 1)
    assert (count.resistance, count.sensitivity, count.conflicting, count.no_evidence) == (2, 0, 1, 1)
    # A conflicting class is no resistance evidence: its level A does not count for S2.
    assert count.levels == "A in 1, D in 1"
    assert "resistance evidence in 2 (highest level A in 1, D in 1)" in count.sentence


def test_classes_of_a_therapy_add_up_to_all_tumours() -> None:
    cohort = cohort_of(Builder(25))
    for members in cohort.therapies.values():
        for therapy in members:
            counts = findings.class_counts(cohort, therapy)
            assert tuple(counts) == CLASSES
            assert sum(counts.values()) == len(cohort.samples)


def test_cohort_without_expression_says_so_in_words() -> None:
    cohort = cohort_of(Builder(4, rna=False))
    assert findings.subtype_sentences(cohort) == ["No tumour could be given a subtype: no expression was analysed."]


def test_cohort_without_events_says_so_in_words() -> None:
    cohort = cohort_of(Builder(4, events=False))
    assert findings.driver_sentences(cohort)[-1] == "No driver event was called in any tumour."


def titles(cohort: Cohort) -> list[str]:
    return [caution.title for caution in cautions(cohort)]


def test_refusals_come_before_cautions_and_carry_every_reason() -> None:
    loud, first, *others = cautions(cohort_of(Builder(12)))
    assert loud.weight == "warning"
    assert first.weight == "refused"
    assert first.details == ("P009_T1, small variants: REF differs from the reference at 17:7675088",)
    assert all(caution.weight != "refused" for caution in others)


def test_warnings_of_a_run_appear_only_where_they_hold() -> None:
    config = copy.deepcopy(CONFIG)
    assert "Synthetic demonstration genome" in titles(cohort_of(Builder(3)))
    assert "Expression not corrected for gene length" in titles(cohort_of(Builder(3)))
    assert "Thresholds of your own" in titles(cohort_of(Builder(3)))
    config["reference"]["build"] = "GRCh38"
    config["expression"]["unit"] = "tpm"
    config["resistance"]["thresholds"] = {}
    config["accept"] = []
    quiet = titles(cohort_of(Builder(3), config))
    assert not {
        "Synthetic demonstration genome",
        "Expression not corrected for gene length",
        "Thresholds of your own",
    } & set(quiet)
    assert "Accepted conditions" not in quiet
    assert any("without a normal" in title for title in quiet)
    assert any("Purity unknown" in title for title in quiet)


def test_tumour_only_calls_without_population_frequencies_are_the_loudest_warning() -> None:
    first, *others = cautions(cohort_of(Builder(12)))
    assert (first.weight, first.title) == ("warning", "2 tumours without a normal, and no population frequencies")
    assert "Set variants.population_vcf" in first.words
    assert all(caution.weight != "warning" for caution in others)
    with_frequencies = CONFIG | {"variants": CONFIG["variants"] | {"population_vcf": "gnomad.vcf.gz"}}
    (said,) = [c for c in cautions(cohort_of(Builder(12), with_frequencies)) if "without a normal" in c.title]
    assert (said.weight, said.title) == ("caution", "2 tumours without a normal")
    builder = Builder(12)
    for row in builder.rows["variant_status"]:
        row["has_normal"] = True
    assert not [c for c in cautions(cohort_of(builder)) if "without a normal" in c.title]


def flag(sample: str, name: str, state: str, evidence: str = "") -> dict[str, Any]:
    return {"sample_id": sample, "flag": name, "state": state, "evidence": evidence}


def test_a_raised_flag_is_a_caution_with_its_samples_evidence_and_meaning_and_no_other_flag_is() -> None:
    rows = [
        flag("S1", "nsclc_like", "raised", "KRAS p.G12C"),
        flag("S2", "nsclc_like", "not_raised"),
        flag("S1", "chr12_mdm2", "not_assessable"),
        flag("S2", "combined_histology", "raised", "adenocarcinoma"),
    ]
    said = {c.title: c for c in cautions(empty(2, flags=rows)) if c.title in palette.FLAG_WORDS.values()}
    assert list(said) == ["NSCLC-like genotype", "Combined or transformed histology"]
    first, second = said.values()
    assert (first.weight, first.details) == ("caution", ("S1: KRAS p.G12C",))
    assert first.words == "Raised in S1. Meaning of nsclc_like."
    assert second.weight == "note"


def test_the_three_states_of_rb1_and_of_every_flag_add_up_to_all_samples() -> None:
    cohort = cohort_of(Builder(40))
    assert sum(number for _, _, number in context_genotypes.rb1_counts(cohort)) == len(cohort.samples)
    for row in context_genotypes.flag_counts(cohort):
        assert row.raised + row.not_raised + row.not_assessable == len(cohort.samples)
    lost, intact, undetermined = (number for _, _, number in context_genotypes.rb1_counts(cohort))
    assert findings.rb1_sentence(cohort) == (
        f"RB1 in three states: lost in {lost} of {len(cohort.samples)} tumours, intact with support in {intact}, "
        f"undetermined in {undetermined}."
    )
    assert min(lost, intact, undetermined) > 0


def test_a_sample_without_a_row_is_undetermined_and_its_flags_not_assessable() -> None:
    cohort = empty(1)
    assert context_genotypes.rb1_counts(cohort)[2] == ("UNDETERMINED", "undetermined", 1)
    assert {row.not_assessable for row in context_genotypes.flag_counts(cohort)} == {1}
    assert findings.rb1_sentence(cohort) == ""


def test_many_samples_with_a_flag_are_counted_in_its_cell_and_each_has_a_line_below() -> None:
    many = [flag(f"S{n}", "nsclc_like", "raised", "KRAS p.G12C") for n in range(1, 10)]
    cohort = empty(9, flags=many)
    (row,) = [row for row in context_genotypes.flag_counts(cohort) if row.raised]
    assert row.samples == "9, listed below"
    assert len(context_genotypes.raised_lines(cohort, cohort.samples)) == 9
    few = empty(2, flags=many[:2])
    assert next(row for row in context_genotypes.flag_counts(few) if row.raised).samples == "S1 and S2"


def test_the_line_of_a_patient_names_the_flags_of_all_its_samples_once() -> None:
    builder = Builder(0)
    builder.rows.update(
        samples=[{"sample_id": f"S{n}", "patient_id": "P1"} for n in (1, 2)],
        resistance_rules=[],
        flags=[
            flag("S1", "nsclc_like", "raised"),
            flag("S2", "nsclc_like", "raised"),
            flag("S2", "chr12_mdm2", "raised"),
        ],
    )
    summary = patient_section(cohort_of(builder), "P1").summary
    assert "to check: NSCLC-like genotype, Chromosome 12 pattern: CCND2, CDK4, MDM2 co-amplified" in summary


def test_the_files_of_a_sample_stand_in_their_order_and_an_unsaid_build_is_said_so() -> None:
    rows = [
        {"sample_id": "S1", "file_number": number, "file": f"{number}.vcf", "format": "vcf", "caller": "mutect2"}
        | {"tumour_column": "T"}
        for number in (2, 10, 1)
    ]
    rows[0] |= {"caller_rule": "header", "caller_version": "4.2", "depth_field": "DP", "alt_depth_field": "AD"}
    rows[0] |= {"normal_column": "N", "column_rule": "only_column"}
    table = context_genotypes.inference_table(empty(1, variant_inference=rows))
    assert [row[1] for row in table.rows] == ["1.vcf", "2.vcf", "10.vcf"]
    plain, told, _ = (dict(zip(table.headings, row, strict=True)) for row in table.rows)
    assert (plain["Build"], plain["Caller"]) == ("not said", "mutect2 (VCF)")
    assert plain["Columns"] == "tumour T, no normal"
    assert (told["Caller"], told["Reads from"]) == ("mutect2 4.2 (VCF, by header)", "depth DP; alternate AD")
    assert told["Columns"] == "tumour T, normal N (by only column)"


def test_cell_lines_without_any_variants_are_warned_about_once_for_all() -> None:
    warned = [caution for caution in cautions(cohort_of(Builder(6, dna=False))) if "small variants" in caution.title]
    assert [caution.title for caution in warned] == ["No small variants"]
    assert warned[0].words.startswith("No tumour has small variants")


def test_many_concerned_samples_are_counted_in_the_sentence_and_listed_below() -> None:
    (warned,) = [caution for caution in cautions(cohort_of(Builder(60))) if "Purity" in caution.title]
    assert len(warned.details) > 6
    assert warned.details[0] not in warned.words


def test_unverified_rules_are_warned_about_only_when_they_decide() -> None:
    builder = Builder(3)
    assert not any("Unverified" in title for title in titles(cohort_of(builder)))
    for row in builder.rows["evidence"]:
        if row["rule_id"] == "dll3_low":
            row["status"] = "met"
    (warned,) = [caution for caution in cautions(cohort_of(builder)) if "Unverified" in caution.title]
    assert warned.details == ("dll3_low",)


@pytest.mark.parametrize(
    ("caption", "values"),
    [
        (captions.availability, ["'PASS'", "'.'"]),
        (captions.oncoprint, ["7.25", "0.375", "1.25", "3.5", "0.0125"]),
        (captions.subtype_map, ["0.625", "0.1875", "75 %"]),
        (captions.resistance, ["87 days", "dll3_low 2.5"]),
        (captions.timelines, ["'PASS'"]),
    ],
)
def test_captions_carry_the_thresholds_of_this_run(caption: Any, values: list[str]) -> None:
    written = caption(cohort_of(Builder(2)))
    for value in values:
        assert value in written.thresholds
    assert all((written.question.endswith("?"), written.reading, written.distrust))


def test_methods_tell_only_of_stages_that_had_data_and_number_their_references_in_order() -> None:
    whole = methods.methods(cohort_of(Builder(4)))
    prose = " ".join(whole.sentences)
    places = [prose.index(f"[{number}]") for number in range(1, len(whole.references) + 1)]
    assert places == sorted(places)
    # Volume and pages where the publication is older than DOIs.
    assert all(re.search(r"doi:10\.|\b19\d\d;\d+(\(\d+\))?:\d+-\d+$", reference) for reference in whole.references)
    without = " ".join(methods.methods(cohort_of(Builder(4, rna=False, dna=False))).sentences)
    assert "expression" not in without.lower()
    assert "bcftools" not in without


def test_settings_are_all_listed_and_folders_of_absolute_paths_left_out() -> None:
    config = copy.deepcopy(CONFIG)
    config["reference"]["fasta"] = "/home/someone/secret/genome.fa"
    listed_settings = dict(methods.settings(cohort_of(Builder(1), config)))
    assert listed_settings["copy_number.amplification_min_copies"] == "7.25"
    assert listed_settings["variants.accepted_filters"] == "PASS, ."
    assert listed_settings["reference.gene_coordinates"] == "(not set)"
    assert listed_settings["reference.fasta"] == ".../genome.fa"
    assert listed_settings["resistance.thresholds.dll3_low"] == "2.5"


def test_samples_of_a_patient_stand_in_the_order_that_following_them_gave() -> None:
    samples = [{"sample_id": name, "patient_id": "P1"} for name in ("A", "B", "C")]
    changes = [
        {
            "patient_id": "P1",
            "gene_symbol": "subtype",
            "event": "x",
            "event_type": "subtype",
            "change": "kept",
            "status_by_sample": "C=present;A=present;B=not_assessable",
        }
    ]
    builder = Builder(0)
    builder.rows.update(samples=samples, changes=changes)
    assert cohort_of(builder).samples == ("C", "A", "B")
    changes[0]["status_by_sample"] = "C=present;A=present"
    assert cohort_of(builder).samples == ("A", "B", "C")


def test_words_for_counts_read_like_a_person_wrote_them() -> None:
    assert plural(1, "tumour") == "1 tumour"
    assert plural(1200, "therapy", "therapies") == "1,200 therapies"
    assert share(3, 4) == "3 of 4"
    assert share(7, 20) == "7 of 20 (35 %)"
    assert share(0, 0) == "0 of 0"
    assert listed(["a", "b", "c"]) == "a, b and c"
    assert listed(["a"]) == "a"
    assert listed([]) == ""


@pytest.mark.parametrize(
    ("row", "shown"),
    [
        ({"state": "imported", "format": "seg", "purity_used": 0.6}, "0.6"),
        ({"state": "imported", "format": "gatk", "purity_used": None}, "unknown, 1 assumed"),
        ({"state": "imported", "format": "purple", "purity_used": None}, "fitted by the caller"),
        ({"state": "refused", "format": "seg", "purity_used": 0.6}, ""),
    ],
)
def test_purity_is_said_to_be_unknown_only_where_copies_need_it(row, shown):
    assert purity_words(row).rstrip("0") == shown


@pytest.mark.parametrize(
    ("probability", "shown"), [(0.994, "0.99"), (0.995, "> 0.99"), (0.99999, "> 0.99"), (1.0, "1.00"), (None, "")]
)
def test_a_probability_below_one_is_never_shown_as_certain(probability: float | None, shown: str) -> None:
    row = {"sample_id": "S1", "subtype": "SCLC-A", "probability": probability, "margin": 0.5}
    (line,) = subtype_lines(empty(1, subtypes=[row]), ("S1",))
    assert (line.probability, line.margin) == (shown, "0.50")


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("4.39985", "4.4"),
        ("0.9996", "0.9996"),
        ("-0.30001", "\N{MINUS SIGN}0.3"),
        ("75", "75"),
        ("amplification (13.7 copies)", "amplification (13.7 copies)"),
        ("", ""),
    ],
)
def test_a_measured_number_has_the_digits_a_reader_needs_and_a_state_stays(value: str, shown: str) -> None:
    assert shown_value(value) == shown


@pytest.mark.parametrize(
    ("rules", "said"), [(1, "1 rule met in this cohort cites a"), (2, "2 rules met in this cohort cite a")]
)
def test_unread_publications_of_met_rules_are_counted_in_good_english(rules: int, said: str) -> None:
    listed_rules = [{"rule_id": f"r{n}", "certainty": "unverified"} for n in range(rules)]
    met = [{"sample_id": "S1", "rule_id": f"r{n}", "status": "met"} for n in range(rules)]
    cohort = dataclasses.replace(empty(1, evidence=met), resistance_rules=tuple(listed_rules))
    assert any(caution.words.startswith(said) for caution in cautions(cohort))
