"""The section of regulators and the scores they are correlated with."""

from __future__ import annotations

import html
import re
import runpy
from pathlib import Path

import pytest

from sclcohort.contracts import OUTCOMES
from sclcohort.report.canvas import Canvas
from sclcohort.report.cohort import signed
from sclcohort.report.context_associations import MOST_REGULATORS, OUTCOME_WORDS, associations
from sclcohort.report.methods import methods
from sclcohort.report.write_report import run

FIXTURES = runpy.run_path(str(Path(__file__).with_name("report_fixtures.py")))
Builder, cohort_of, write_results = FIXTURES["Builder"], FIXTURES["cohort_of"], FIXTURES["write_results"]
MINUS = "\N{MINUS SIGN}"
LIMITS = f"{MINUS}0.50 ({MINUS}0.80 to {MINUS}0.10)"


def builder_with(*rows):
    builder = Builder(2)
    builder.rows["associations"] += rows
    return builder


def association(outcome, regulator, **more):
    row = {"outcome": outcome, "regulator": regulator, "measure": "expression", "state": "computed", "patients": 20}
    return row | {"part_of_outcome": False, "rho": -0.5, "rho_low": -0.8, "rho_high": -0.1, "p_adjusted": 0.04} | more


def test_every_outcome_has_words():
    assert tuple(OUTCOME_WORDS) == tuple(OUTCOMES)


@pytest.mark.parametrize(
    ("value", "shown"), [(0.504, "+0.50"), (-0.504, f"{MINUS}0.50"), (0.004, "0.00"), (-0.004, "0.00"), (0.0, "0.00")]
)
def test_a_sign_is_a_true_minus_and_zero_has_none(value, shown):
    assert signed(value) == shown


def test_regulators_are_counted_and_those_by_construction_are_said():
    found = associations(
        cohort_of(
            builder_with(
                association("aggression", "REST", p_adjusted=0.2, rho_partial=-0.4, adjusted_for="purity"),
                association("aggression", "MYC", p_adjusted=None, part_of_outcome=True),
                association("ne_score", "REST"),
            )
        )
    )
    assert found.sentence == (
        "With aggression: 20 patients, 1 tested, none at an adjusted p of at most 0.05. "
        "With the neuroendocrine score: 20 patients, 1 tested, 1 at an adjusted p of at most 0.05."
    )
    rest, myc = found.lines
    assert (rest.regulator, rest.measure, rest.patients, rest.held_fixed) == ("REST", "expression", "20", "purity")
    aggression, ne_score = rest.outcomes
    assert (aggression.rho, aggression.partial, aggression.p_adjusted) == (LIMITS, f"{MINUS}0.40", "0.2")
    assert (ne_score.rho, ne_score.partial, ne_score.p_adjusted) == (LIMITS, "", "0.04")
    assert myc.outcomes[0].p_adjusted == "part of it"
    assert (myc.outcomes[1].rho, myc.outcomes[1].p_adjusted) == ("", "")


def test_what_holds_for_all_rows_is_said_once_and_what_holds_for_one_is_not():
    mixed = "specimens are mixed (cell_line, tumour_tissue)"
    found = associations(
        cohort_of(
            builder_with(
                association("aggression", "REST", reason=f"{mixed}; 3 genes in common with the outcome: not tested"),
                association("aggression", "MYC", reason=f"{mixed}; of this one alone"),
            )
        )
    )
    assert found.remarks == ("specimens are mixed (cell line, tumour tissue)",)


def test_the_least_p_comes_first_and_what_is_left_out_is_counted():
    rows = [association("aggression", f"R{place:03d}", p_adjusted=1 - place / 100) for place in range(50)]
    found = associations(cohort_of(builder_with(*rows)))
    assert [line.regulator for line in found.lines] == [
        f"R{place:03d}" for place in range(49, 49 - MOST_REGULATORS, -1)
    ]
    assert found.left_out == 50 - MOST_REGULATORS


def test_what_was_not_computed_says_why():
    row = {"state": "not_computable", "patients": 4, "reason": "4 patients with both", "rho": None, "p_adjusted": None}
    found = associations(cohort_of(builder_with(association("aggression", "REST", **row))))
    assert found.sentence == "With aggression: not computed (4 patients with both)."
    assert found.lines == ()


def test_the_methods_name_the_test_only_where_it_was_used():
    done = methods(cohort_of(builder_with(association("ne_score", "REST"))))
    assert "Spearman" in " ".join(done.sentences)
    assert any("Bonett" in reference for reference in done.references)
    assert "Spearman" not in " ".join(methods(cohort_of(builder_with())).sentences)


def page_of(folder, monkeypatch, builder):
    monkeypatch.setattr(Canvas, "pdf", lambda canvas: b"%PDF")
    keywords = write_results(folder, builder)
    run(**keywords)
    return keywords["index"].read_text(encoding="utf-8")


def test_the_page_has_the_section_with_a_place_in_the_contents(tmp_path, monkeypatch):
    page = page_of(tmp_path, monkeypatch, builder_with(association("ne_score", "REST", reason="all <mixed>")))
    assert 'href="#associations"' in page
    section = page[page.index('id="associations"') : page.index('id="vulnerabilities"')]
    words = re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", section)))
    assert "In all rows: all <mixed>." in words
    assert f"REST expression 20 {LIMITS} 0.04" in words


def test_a_page_without_correlations_has_no_such_section(tmp_path, monkeypatch):
    assert "associations" not in page_of(tmp_path, monkeypatch, builder_with())
