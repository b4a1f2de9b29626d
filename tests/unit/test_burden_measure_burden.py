"""Mutations per megabase: what is counted, over which bases, and when nothing can be said."""

from __future__ import annotations

import runpy
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from sclcohort.burden.alleles import changed_span
from sclcohort.burden.measure_burden import garwood_interval, run
from sclcohort.contracts import MUTATION_BURDEN
from sclcohort.coordinates import Span
from sclcohort.errors import StepError
from sclcohort.tables import read_rows

B = SimpleNamespace(**runpy.run_path(str(Path(__file__).with_name("burden_fixtures.py"))))


@pytest.fixture
def measure(tmp_path):
    def measure(samples, statuses, variants, min_target_megabases=0.0):
        given = B.write_cohort(tmp_path, samples, statuses, variants)
        run(**given, min_target_megabases=min_target_megabases, mutation_burden=tmp_path / "burden.tsv")
        return {row["sample_id"]: row for row in read_rows(tmp_path / "burden.tsv", MUTATION_BURDEN)}

    return measure


@pytest.mark.parametrize(("count", "low", "high"), [(0, 0, 3.6889), (1, 0.0253, 5.5716), (10, 4.7954, 18.3904)])
def test_the_interval_of_a_count_is_that_of_garwoods_table(count, low, high):
    assert garwood_interval(count) == pytest.approx((low, high), abs=5e-5)


@given(st.integers(1, 5000))
def test_the_interval_is_made_of_chi_square_quantiles(count):
    expected = (stats.chi2.ppf(0.025, 2 * count) / 2, stats.chi2.ppf(0.975, 2 * count + 2) / 2)
    assert garwood_interval(count) == pytest.approx(expected, rel=1e-9)


def test_a_burden_is_the_count_over_the_coding_megabases(measure):
    variants = [
        B.variant("S", 110),
        B.variant("S", 310, kind="synonymous"),
        B.variant("S", 1001, gene="TWO", kind="truncating"),
        B.variant("S", 120, kind="other_coding"),
    ]
    row = measure([B.sample("S")], [B.status("S")], variants)["S"]
    assert (row["state"], row["target"], row["target_megabases"]) == ("measured", "all_coding", 0.0006)
    assert (row["counted"], row["nonsynonymous"], row["synonymous"]) == (4, 2, 1)
    assert row["burden_per_megabase"] == pytest.approx(4 / 0.0006, rel=1e-5)
    low, high = garwood_interval(4)
    assert (row["burden_low"], row["burden_high"]) == pytest.approx((low / 0.0006, high / 0.0006), rel=1e-5)
    assert "synonymous ones included, each allele once" in row["definition"]
    assert row["reason"] is None


@pytest.mark.parametrize(
    "left_out",
    [
        {"filter_accepted": False},
        {"is_representative": False, "transcript_id": "T_OTHER"},
        {"position_1based": 100, "consequence_class": "splice"},
        {"position_1based": 201, "consequence_class": "splice"},
    ],
)
def test_what_is_not_accepted_not_representative_or_not_coding_is_not_counted(measure, left_out):
    variants = [B.variant("S", 150), B.variant("S", 160, **left_out)]
    assert measure([B.sample("S")], [B.status("S")], variants)["S"]["counted"] == 1


@pytest.mark.parametrize(
    ("position", "ref", "alt", "is_inside"),
    [
        (100, "A", "T", False),
        (101, "A", "T", True),
        (200, "A", "T", True),
        (201, "A", "T", False),
        (100, "AC", "A", True),
        (98, "ACG", "A", False),
        (199, "ACG", "A", True),
        (200, "AC", "A", False),
        (99, "A", "AT", False),
        (100, "A", "AT", True),
        (200, "A", "AT", True),
        (201, "A", "AT", False),
    ],
)
def test_an_allele_counts_by_the_bases_it_changes(measure, position, ref, alt, is_inside):
    row = measure([B.sample("S")], [B.status("S")], [B.variant("S", position, ref, alt)])["S"]
    assert row["counted"] == is_inside


@pytest.mark.parametrize(
    ("position", "ref", "alt", "span"),
    [
        (5, "A", "T", (4, 5)),
        (5, "ACG", "A", (5, 7)),
        (5, "A", "ACG", (4, 6)),
        (5, "AC", "GT", (4, 6)),
        (5, "AC", "AT", (5, 6)),
    ],
)
def test_the_bases_an_allele_changes_are_named(position, ref, alt, span):
    assert changed_span("1", position, ref, alt) == Span("1", *span)


def test_an_allele_in_two_genes_is_counted_once_and_by_its_stronger_effect(measure):
    variants = [B.variant("S", 150, kind="synonymous"), B.variant("S", 150, gene="TWO")]
    row = measure([B.sample("S")], [B.status("S")], variants)["S"]
    assert (row["counted"], row["nonsynonymous"], row["synonymous"]) == (1, 1, 0)


def test_variants_outside_the_target_are_not_counted_and_its_bases_are_the_denominator(measure, tmp_path):
    (tmp_path / "panel.bed").write_text("1\t150\t400\n")
    variants = [B.variant("S", position) for position in (150, 151, 200, 301, 400, 401)]
    row = measure([B.sample("S", target=str(tmp_path / "panel.bed"))], [B.status("S")], variants, 1.0)["S"]
    assert (row["target"], row["target_megabases"], row["counted"]) == ("panel.bed", 0.00015, 4)
    assert row["reason"].startswith("unreliable: 0.00015 Mb of coding target, below 1;")


def test_tumour_only_without_population_resource_has_counts_and_no_burden(measure):
    row = measure([B.sample("S")], [B.status("S", normal=False)], [B.variant("S", 150)])["S"]
    assert (row["state"], row["counted"], row["burden_per_megabase"]) == ("not_assessable", 1, None)
    assert row["reason"] == "tumour-only and no population resource: germline variants are among those counted"


def test_tumour_only_with_population_resource_leaves_out_what_it_knows(measure):
    variants = [
        B.variant("S", 150, population_frequency=0.0),
        B.variant("S", 151, population_frequency=1e-6),
        B.variant("N", 151, population_frequency=1e-6),
    ]
    rows = measure([B.sample("S"), B.sample("N")], [B.status("S", normal=False), B.status("N")], variants)
    assert (rows["S"]["state"], rows["S"]["counted"]) == ("measured", 1)
    assert rows["S"]["definition"].endswith("; alleles with a population frequency above 0 left out")
    assert "germline variants that the population resource lacks" in rows["S"]["reason"]
    assert rows["N"]["counted"] == 1


def test_samples_without_variants_are_not_zero(measure, tmp_path):
    (tmp_path / "empty.bed").write_text("1\t0\t50\n")
    samples = [B.sample("A", variants=None), B.sample("R"), B.sample("E", target=str(tmp_path / "empty.bed"))]
    rows = measure(samples, [B.status("R", "refused", reason="cut short"), B.status("E")], [])
    assert {name: (row["state"], row["counted"], row["reason"]) for name, row in rows.items()} == {
        "A": ("not_assessable", None, "variants not provided"),
        "R": ("not_assessable", None, "variants refused: cut short"),
        "E": ("not_assessable", None, "the target holds no coding base of the gene model"),
    }


def test_another_sample_changes_no_row(measure):
    one = measure([B.sample("S")], [B.status("S")], [B.variant("S", 150)])
    two = measure(
        [B.sample("S"), B.sample("Z")], [B.status("S"), B.status("Z")], [B.variant("S", 150), B.variant("Z", 160)]
    )
    assert two["S"] == one["S"]


def test_tables_of_different_runs_are_refused(measure):
    with pytest.raises(StepError, match="sample S: the sheet names variants, but no status table has a row"):
        measure([B.sample("S")], [], [])
    with pytest.raises(StepError, match="variants of sample Z, which the samples table lacks"):
        measure([B.sample("S")], [B.status("S")], [B.variant("Z", 150)])
