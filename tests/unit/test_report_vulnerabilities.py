"""The section of candidate vulnerabilities."""

from __future__ import annotations

import html
import re
import runpy
from pathlib import Path

import pytest

from sclcohort.contracts import CONDITIONS
from sclcohort.report.canvas import Canvas
from sclcohort.report.context_cohort import prose
from sclcohort.report.context_vulnerabilities import (
    CONDITION_WORDS,
    MOST_NAMED,
    candidate_counts,
    candidate_lines,
    marker,
    vulnerabilities,
)
from sclcohort.report.methods import methods
from sclcohort.report.write_report import run

FIXTURES = runpy.run_path(str(Path(__file__).with_name("report_fixtures.py")))
Builder, cohort_of, write_results = FIXTURES["Builder"], FIXTURES["cohort_of"], FIXTURES["write_results"]
FACTS = {
    "baf": {"gene_symbol": "POU2F3", "condition": "subtype", "state_asked": "SCLC-P", "level": "C"},
    "myc": {"gene_symbol": "MYC", "condition": "amplified", "level": "D"},
    "dll3": {"gene_symbol": "DLL3", "condition": "expressed", "level": "A", "comparison": "unselected"},
    "ne": {"gene_symbol": "ATR", "condition": "ne_high", "level": "B"},
    "lead": {"gene_symbol": "BCL2", "condition": "expressed", "level": "D", "certainty": "unverified"},
    "negative": {"gene_symbol": "IGF1R", "condition": "unselected", "level": "A", "direction": "not_predictive"},
}
COMMON = ("gene_symbol", "condition", "intervention", "target", "strategy", "level", "comparison", "citation")


def facts():
    return {
        name: {
            "vulnerability_id": name,
            "intervention": f"{name} inhibitor",
            "target": f"{name.upper()},OTHER",
            "strategy": "targeted",
            "direction": "sensitivity",
            "comparison": "compared",
            "evidence": f"{name} <shrank> tumours",
            "citation": f"Author {name} 2020",
            "certainty": "verified",
            "note": "",
            **fact,
        }
        for name, fact in FACTS.items()
    }


def builder_with(patients=3):
    """Return a cohort of which every sample has every vulnerability but the negative, and one regulator tested."""
    builder = Builder(patients)
    known = facts()
    builder.rows["vulnerabilities"] += list(known.values())
    for place, (name, fact) in enumerate(known.items(), start=1):
        shared = {column: fact[column] for column in (*COMMON, "certainty")} | {"vulnerability_id": name}
        state = "not_supported" if name == "negative" else "candidate"
        rank = place if state == "candidate" else None
        counts = {"patients": 3, "patients_assessed": 3, "patients_candidate": 2, "patients_genomic": 0}
        builder.rows["cohort_vulnerabilities"].append(shared | counts | {"state": state, "rank": rank})
        for sheet in builder.rows["samples"]:
            support = "supported" if name == "myc" else "not_applicable"
            builder.rows["sample_vulnerabilities"].append(
                shared | {"sample_id": sheet["sample_id"], "state": state, "rank": rank, "genomic_support": support}
            )
    return builder


def test_every_condition_has_words():
    assert set(CONDITION_WORDS) == set(CONDITIONS) - {"subtype"}


def test_the_state_that_is_asked_for_is_said_in_words():
    known = facts()
    assert {name: marker(fact, fact) for name, fact in known.items()} == {
        "baf": "SCLC-P",
        "myc": "MYC amplified",
        "dll3": "DLL3 expressed",
        "ne": "neuroendocrine-high",
        "lead": "BCL2 expressed",
        "negative": "no state asked for",
    }


def test_candidates_stand_in_the_order_of_their_ranks_with_level_and_citation():
    section = vulnerabilities(cohort_of(builder_with()))
    assert [line.rank for line in section.cohort] == [1, 2, 3, 4, 5]
    first, lead = section.cohort[0], section.cohort[4]
    assert (first.intervention, first.marker, first.level) == ("baf inhibitor", "SCLC-P", "C")
    assert (first.candidates, first.genomic, first.target) == ("2 of 3", "\N{EN DASH}", "BAF, OTHER")
    assert first.citation == "Author baf 2020"
    assert lead.citation == "Author lead 2020 (unverified lead)"
    assert section.cohort[2].comparison == "patients not selected"


def test_a_sample_names_its_first_candidates_and_counts_the_others():
    section = vulnerabilities(cohort_of(builder_with()))
    line = section.samples[0]
    assert len(line.candidates) == MOST_NAMED
    assert line.candidates[1] == ("2. myc inhibitor", "MYC amplified, level D, seen in the genome")
    assert (line.more, line.not_supported, line.not_assessable) == (1, 1, 0)


def test_the_section_of_a_patient_has_every_candidate_with_what_was_found():
    builder = builder_with()
    values = {
        "dll3": "4.39985",
        "ne": "-0.30001",
        "myc": "amplification (13.7 copies)",
        "baf": "LOST (deep_deletion (0 copies))",
    }
    for row in builder.rows["sample_vulnerabilities"]:
        row["value"] = values.get(row["vulnerability_id"], "")
    cohort = cohort_of(builder)
    sample = cohort.samples[0]
    lines = list(candidate_lines(cohort, (sample,)))
    assert [(line.rank, line.found) for line in lines] == [
        (1, "deep deletion (0 copies)"),
        (2, "amplification (13.7 copies)"),
        (3, "log2 4.40"),
        (4, "score \N{MINUS SIGN}0.30"),
        (5, ""),
    ]
    assert [line.remarks for line in lines] == [
        (),
        ("seen in the genome",),
        ("patients not selected",),
        (),
        ("unverified lead",),
    ]
    assert list(candidate_counts(cohort, (sample,))) == [f"{sample}: 1 of 6 not supported, 0 not assessable"]
    assert list(candidate_counts(cohort_of(Builder(1)), ("P001_T1",))) == []


def no_candidate(builder, name, *, assessed, reasons, **more):
    """Make a vulnerability one that no patient has, with why samples were not judged."""
    state = "not_supported" if assessed else "not_assessable"
    row = next(row for row in builder.rows["cohort_vulnerabilities"] if row["vulnerability_id"] == name)
    row |= {"state": state, "rank": None, "patients": 3, "patients_assessed": assessed, "patients_candidate": 0}
    members = [row for row in builder.rows["sample_vulnerabilities"] if row["vulnerability_id"] == name]
    for place, member in enumerate(members):
        reason = reasons[min(place, len(reasons) - 1)]
        member |= {"state": "not_assessable" if reason else "not_supported", "reason": reason, **more}
    return {row[0]: row[2] for row in vulnerabilities(cohort_of(builder)).others.rows}[f"{name} inhibitor"]


def test_why_a_vulnerability_is_none_is_said_by_its_commonest_reason():
    missing = (
        "MYC is not in the expression matrix.",
        "No expression was given.",
        "GENE is not in the expression matrix.",
    )
    said = no_candidate(builder_with(), "myc", assessed=0, reasons=missing)
    assert said == "could be judged in none: gene not in the expression matrix"
    said = no_candidate(builder_with(), "myc", assessed=2, reasons=("", "", "No copy number."))
    assert said == "in none of 2 patients judged; not judged in 1: No copy number"
    assert no_candidate(builder_with(), "myc", assessed=3, reasons=("",)) == "in none of 3 patients judged"


def test_a_marker_without_a_published_cut_off_is_said_to_have_none():
    builder = builder_with()
    rule = builder.rows["resistance_rules"][0] | {"rule_id": "no.cut_off", "threshold": ""}
    builder.rows["resistance_rules"].append(rule)
    next(row for row in builder.rows["vulnerabilities"] if row["vulnerability_id"] == "lead")["rule_id"] = "no.cut_off"
    said = no_candidate(builder, "lead", assessed=0, reasons=("BCL2 expression, log2: 2.4.",), value="2.4")
    assert said == "could be judged in none: no cut-off is published"
    said = no_candidate(builder, "lead", assessed=0, reasons=("BCL2 is not in the expression matrix.",), value="")
    assert said == "could be judged in none: gene not in the expression matrix"


def test_names_of_states_are_said_in_words_and_names_of_alleles_are_kept():
    assert prose("LOST (deep_deletion; p.X702_splice); INTACT_SUPPORTED") == (
        "LOST (deep deletion; p.X702_splice); INTACT SUPPORTED"
    )


def test_an_encoded_negative_stands_among_those_that_are_no_candidate():
    section = vulnerabilities(cohort_of(builder_with()))
    assert [row[:3] for row in section.others.rows] == [
        ("negative inhibitor", "no state asked for", "encoded negative")
    ]


def test_a_rho_with_aggression_says_whether_it_was_tested():
    builder = builder_with()
    rows = {row["vulnerability_id"]: row for row in builder.rows["cohort_vulnerabilities"]}
    rows["baf"] |= {"rho": 0.62, "rho_p_adjusted": 0.031, "association_measure": "activity"}
    rows["myc"] |= {"rho": -0.3, "association_measure": "expression"}
    first, second, third = vulnerabilities(cohort_of(builder)).cohort[:3]
    assert first.aggression == "+0.62 (activity; adjusted p 0.031)"
    assert second.aggression == "\N{MINUS SIGN}0.30 (expression; not tested: part of it)"
    assert third.aggression == ""


def test_the_methods_name_the_vulnerabilities_only_where_they_were_used():
    said = " ".join(methods(cohort_of(builder_with())).sentences)
    assert "6 published vulnerabilities, 1 of them encoded negatives" in said
    assert "vulnerabilities" not in " ".join(methods(cohort_of(Builder(2))).sentences)


@pytest.fixture
def page(tmp_path, monkeypatch):
    """Return a function that writes the page of a builder."""
    monkeypatch.setattr(Canvas, "pdf", lambda canvas: b"%PDF")

    def writer(builder):
        keywords = write_results(tmp_path, builder)
        run(**keywords)
        return keywords["index"].read_text(encoding="utf-8")

    return writer


def test_the_page_says_research_use_only_and_escapes_what_it_shows(page):
    text = page(builder_with())
    section = text[text.index('id="vulnerabilities"') : text.index('id="rules"')]
    assert "Research use only" in section
    assert "<shrank>" not in section
    assert "baf &lt;shrank&gt; tumours" in section
    words = html.unescape(re.sub(r"<[^>]+>", " ", section))
    assert "dll3 inhibitor" in words
    assert "and 1 more" in words


def test_a_cohort_without_candidates_says_so(page):
    text = page(Builder(2))
    assert "No published vulnerability was found in any" in text
