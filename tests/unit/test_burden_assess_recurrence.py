"""Genes mutated in more patients than chance explains: found when planted, not found in noise, refused when few."""

from __future__ import annotations

import runpy
from collections import Counter
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from scipy import stats

from sclcohort.burden.alleles import Source
from sclcohort.burden.assess_recurrence import assess, run
from sclcohort.burden.background import Background, GeneSites, Sites, silent_weight
from sclcohort.burden.chance import upper_tails
from sclcohort.burden.heterogeneity import NO_SPREAD
from sclcohort.burden.patients import PatientCounts, choose_targets, usable_samples
from sclcohort.contracts import DRIVER_GENES, RECURRENCE, TARGET_GENES
from sclcohort.coordinates import Span
from sclcohort.reference.intervals import Intervals
from sclcohort.tables import read_rows, write_rows

B = SimpleNamespace(**runpy.run_path(str(Path(__file__).with_name("burden_fixtures.py"))))
LIMITS = {"min_patients": 20, "min_background_mutations": 100}


def make_genes(stream, number, *, classes=None):
    """Return genes of random length, three quarters of their sites nonsilent."""
    lengths = np.exp(stream.normal(np.log(1500), 0.8, number)).astype(int) + 90
    return [
        GeneSites(f"G{place:04d}", (classes or {}).get(place, ""), {"all_coding": Sites(int(n), 0.75 * n, 0.25 * n)})
        for place, n in enumerate(lengths)
    ]


def make_patients(stream, genes, number, *, planted=None, median_rate=8e-6, ratio=1.0, variance=0.0):
    """Return patients with rates of their own whose mutations fall anywhere.

    `planted` is the fraction of patients with one more mutation, by gene; `ratio` the rate on nonsilent sites
    compared with that on silent ones; `variance` that of the factors of genes.
    """
    factors = stream.gamma(1 / variance, variance, len(genes)) if variance else np.ones(len(genes))
    sites = np.array([gene.sites["all_coding"] for gene in genes])
    patients = []
    for place in range(number):
        rate = median_rate * np.exp(stream.normal(0, 0.5))
        kinds = (stream.poisson(rate * factors * sites[:, 2]), stream.poisson(ratio * rate * factors * sites[:, 1]))
        silent, nonsilent = (
            {gene.gene_symbol: int(count) for gene, count in zip(genes, counts, strict=True) if count}
            for counts in kinds
        )
        for symbol, fraction in (planted or {}).items():
            if stream.random() < fraction:
                nonsilent[symbol] = nonsilent.get(symbol, 0) + 1
        patients.append(PatientCounts(f"P{place}", "all_coding", silent, nonsilent))
    return patients


def by_gene(rows):
    return {row["gene_symbol"]: row for row in rows}


def mixed_tails(table, genes, most):
    """Return the tails of genes, averaged over the factors they may have."""
    mixture = table.chances(np.arange(len(genes)))
    return sum(weights[:, np.newaxis] * upper_tails(chances, most) for weights, chances in mixture)


@pytest.mark.parametrize(("ratio", "variance"), [(1.0, 0.0), (1.4, 0.0), (1.2, 0.3)])
def test_p_values_are_uniform_when_mutations_fall_at_random(ratio, variance):
    """Also where nonsilent sites are hit more often than silent ones, as with indels, and where genes differ.

    The test is discrete: a p-value is drawn between that of the count and that of one more (seed fixed).
    """
    stream = np.random.default_rng(20)
    genes = make_genes(stream, 1000)
    patients = make_patients(stream, genes, 80, median_rate=3e-5, ratio=ratio, variance=variance)
    rows = assess(genes, patients, **LIMITS)
    seen = np.array([row["patients_mutated"] for row in rows])
    tails = mixed_tails(Background.of(genes, patients), genes, int(seen.max()) + 1)
    places = np.arange(len(genes))
    assert [row["p_value"] for row in rows] == pytest.approx(tails[places, seen], rel=1e-9)
    drawn = tails[places, seen] - stream.random(len(genes)) * (tails[places, seen] - tails[places, seen + 1])
    assert stats.kstest(drawn, "uniform").pvalue > 0.05
    assert min(row["q_value"] for row in rows) > 0.1
    expected = sum(row["patients_expected"] for row in rows)
    assert seen.sum() == pytest.approx(expected, abs=4 * np.sqrt(expected))


def test_genes_that_differ_would_be_found_by_the_dozen_were_they_taken_to_be_alike(monkeypatch):
    stream = np.random.default_rng(30)
    genes = make_genes(stream, 1000)
    patients = make_patients(stream, genes, 120, median_rate=3e-5, variance=0.5)
    aware = assess(genes, patients, **LIMITS)
    monkeypatch.setattr("sclcohort.burden.background.fit_spread", lambda *_: NO_SPREAD)
    naive = assess(genes, patients, **LIMITS)
    found = [sum(row["q_value"] < 0.01 for row in rows) for rows in (aware, naive)]
    assert found[0] == 0
    assert found[1] > 24


def test_a_planted_gene_is_found_among_genes_that_differ():
    stream = np.random.default_rng(31)
    genes = make_genes(stream, 500)
    patients = make_patients(stream, genes, 100, planted={"G0011": 0.5}, variance=0.3)
    rows = by_gene(assess(genes, patients, **LIMITS))
    assert {name for name, row in rows.items() if row["q_value"] < 0.01} == {"G0011"}


def test_false_findings_are_as_rare_as_stated():
    stream = np.random.default_rng(21)
    genes = make_genes(stream, 60)
    hits = [
        sum(
            row["p_value"] <= 0.05
            for row in assess(genes, make_patients(stream, genes, 40, median_rate=1e-4), **LIMITS)
        )
        for _ in range(40)
    ]
    assert stats.binomtest(sum(hits), 40 * 60, 0.05, alternative="greater").pvalue > 0.01


def test_a_planted_gene_is_found_and_no_other():
    stream = np.random.default_rng(22)
    genes = make_genes(stream, 400, classes={7: "sclc_driver"})
    patients = make_patients(stream, genes, 60, planted={"G0007": 0.5, "G0100": 0.3})
    rows = by_gene(assess(genes, patients, **LIMITS))
    assert {name for name, row in rows.items() if row["q_value"] < 0.01} == {"G0007", "G0100"}
    assert rows["G0100"]["patients_mutated"] > 5 * rows["G0100"]["patients_expected"]


def test_a_gene_planted_at_its_detectable_percentage_is_found_four_times_in_five():
    stream = np.random.default_rng(23)
    genes = make_genes(stream, 100)
    patients = make_patients(stream, genes, 60)
    row = by_gene(assess(genes, patients, **LIMITS))["G0005"]
    fraction = row["detectable_percent"] / 100
    found = 0
    for _ in range(100):
        for patient in patients:
            patient.nonsilent.pop("G0005", None)
            if stream.random() < fraction:
                patient.nonsilent["G0005"] = 1
        found += by_gene(assess(genes, patients, **LIMITS))["G0005"]["p_value"] <= 0.05 / 100
    assert stats.binomtest(found, 100, 0.8).pvalue > 0.01


def test_the_detectable_percentage_falls_with_more_patients_and_rises_with_length():
    stream = np.random.default_rng(24)
    genes = make_genes(stream, 50)
    few, many = (by_gene(assess(genes, make_patients(stream, genes, n, median_rate=5e-5), **LIMITS)) for n in (30, 120))
    assert all(many[name]["detectable_percent"] < few[name]["detectable_percent"] for name in few)
    longest, shortest = (
        choose(genes, key=lambda gene: gene.sites["all_coding"].bases).gene_symbol for choose in (max, min)
    )
    assert many[longest]["detectable_percent"] > many[shortest]["detectable_percent"]
    assert "power at alpha 0.001 (0.05/50)" in many[longest]["reason"]
    assert "replication timing, expression and sequence context are not modelled beyond that" in many[longest]["reason"]


def test_a_passenger_prone_gene_never_stands_without_its_remark():
    stream = np.random.default_rng(25)
    genes = make_genes(stream, 60, classes={3: "passenger_prone"})
    rows = by_gene(assess(genes, make_patients(stream, genes, 40, planted={"G0003": 0.6}, median_rate=5e-5), **LIMITS))
    assert rows["G0003"]["q_value"] < 0.01
    assert rows["G0003"]["reason"].startswith("passenger-prone gene: a small p-value is no evidence of a driver here")
    assert "passenger-prone" not in rows["G0004"]["reason"]


@pytest.mark.parametrize(
    ("counts", "sites", "weight"),
    [((400, 1200), (1e6, 3e6), 1.0), ((400, 2400), (1e6, 3e6), 0.5), ((399, 2400), (1e6, 3e6), 1.0)],
)
def test_silent_sites_weigh_what_the_cohort_shows_where_it_shows_enough(counts, sites, weight):
    assert silent_weight(np.array(counts), np.array(sites)) == pytest.approx(weight)


def test_mutations_of_drivers_and_of_the_gene_itself_are_no_background():
    genes = [
        GeneSites(name, kind, {"all_coding": Sites(1000, 750.0, 250.0)})
        for name, kind in (("DRIVER", "sclc_driver"), ("LONG", "passenger_prone"), ("OTHER", ""))
    ]
    patient = PatientCounts("P", "all_coding", {"OTHER": 1, "LONG": 2}, {"DRIVER": 5, "LONG": 2, "OTHER": 1})
    table = Background.of(genes, [patient])
    assert (table.count[0], table.sites[0]) == (6, 750 + 2 * 750)
    assert (table.silent.tolist(), table.spread.variance) == ([0, 2, 1], 0)
    ((_, chances),) = table.chances(np.arange(3))
    expected = [
        1 - (sites / (sites + 750)) ** (count + 0.5) for count, sites in ((6, 2250.0), (4, 1500.0), (5, 1500.0))
    ]
    assert chances[:, 0] == pytest.approx(expected)


def test_results_do_not_depend_on_the_order_of_patients_or_genes_or_on_blocks(monkeypatch):
    stream = np.random.default_rng(26)
    genes = make_genes(stream, 40)
    patients = make_patients(stream, genes, 30)
    rows = by_gene(assess(genes, patients, **LIMITS))
    monkeypatch.setattr("sclcohort.burden.background.BLOCK", 100)
    again = by_gene(assess(genes[::-1], patients[::-1], **LIMITS))
    for name, row in rows.items():
        for column, value in row.items():
            assert again[name][column] == (pytest.approx(value) if isinstance(value, float) else value), column


def test_small_cohorts_and_few_mutations_are_refused_with_their_numbers():
    stream = np.random.default_rng(27)
    genes = make_genes(stream, 30)
    patients = make_patients(stream, genes, 36)
    rows = assess(genes, patients, min_patients=50, min_background_mutations=100_000)
    assert {row["state"] for row in rows} == {"not_assessable"}
    assert not any("p_value" in row or "q_value" in row for row in rows)
    background = int(Background.of(genes, patients).count.sum())
    assert rows[0]["reason"].startswith(
        "36 patients whose variants were called against a normal or with a population resource, 50 needed; "
        f"{background} background mutations in all patients together, 100000 needed; a gene of 1500 coding bases"
    )
    assert rows[0]["patients"] == 36


def test_no_patient_at_all_is_refused():
    rows = assess(make_genes(np.random.default_rng(1), 3), [], **LIMITS)
    assert {row["state"] for row in rows} == {"not_assessable"}
    assert rows[0]["reason"].endswith("no patient, no power")


def test_a_gene_is_tested_on_the_patients_whose_target_covers_it():
    stream = np.random.default_rng(28)
    genes = [
        GeneSites(gene.gene_symbol, "", gene.sites | ({"panel.bed": gene.sites["all_coding"]} if place < 20 else {}))
        for place, gene in enumerate(make_genes(stream, 40))
    ]
    genes.append(GeneSites("NOFRAME", "", {}))
    patients = make_patients(stream, genes[:40], 40, median_rate=2e-4)
    for patient in patients[:25]:
        patient.target = "panel.bed"
        for kind in (patient.silent, patient.nonsilent):
            for name in [name for name in kind if name >= "G0020"]:
                del kind[name]
    rows = by_gene(assess(genes, patients, **LIMITS))
    assert (rows["G0001"]["patients"], rows["G0001"]["state"]) == (40, "tested")
    assert (rows["G0030"]["patients"], rows["G0030"]["state"]) == (15, "not_assessable")
    assert rows["G0030"]["reason"] == "covered in 15 patients, 20 needed"
    assert rows["NOFRAME"]["reason"] == "no target covers it, or its reading frame is not known"


def source(name, patient="P", target="all_coding", **changed):
    return Source(name, patient, target, **{"is_imported": True, "has_normal": True, "reason": ""} | changed)


def test_samples_whose_germline_is_unknown_are_not_used():
    sources = [
        source("A"),
        source("B", has_normal=False),
        source("C", has_normal=False),
        source("D", is_imported=False),
    ]
    assert [one.sample_id for one in usable_samples(sources, frozenset("C"))] == ["A", "C"]


def test_of_several_targets_of_a_patient_the_largest_is_used():
    coding = {
        "all_coding": Intervals([Span("1", 0, 900)]),
        "b.bed": Intervals([Span("1", 0, 90)]),
        "a.bed": Intervals([Span("1", 0, 90)]),
    }
    sources = [source("1", "P", "b.bed"), source("2", "P"), source("3", "Q", "b.bed"), source("4", "Q", "a.bed")]
    assert choose_targets(sources, coding) == {"P": "all_coding", "Q": "a.bed"}


@pytest.fixture
def recurrence(tmp_path):
    """Run the step on tables; return its rows by gene."""

    def recurrence(samples, statuses, variants, **limits):
        given = B.write_cohort(tmp_path, samples, statuses, variants)
        sites = [
            {
                "target": "all_coding",
                "gene_symbol": name,
                "coding_bases": 300,
                "covered_bases": 300,
                "covered_fraction": 1.0,
                "nonsilent_sites": 225.0,
                "silent_sites": 75.0,
            }
            for name in B.GENES
        ]
        write_rows(tmp_path / "target_genes.tsv", TARGET_GENES, sites)
        driver = dict.fromkeys(DRIVER_GENES.column_names) | {"gene_symbol": "ONE", "role": "tumour_suppressor"}
        driver |= {"gene_class": "sclc_driver", "events": "missense", "zygosity": False}
        write_rows(tmp_path / "drivers.tsv", DRIVER_GENES, [driver | {"citation": "none", "certainty": "choice"}])
        options = {"min_patients": 2, "min_background_mutations": 1} | limits
        tables = {"target_genes": tmp_path / "target_genes.tsv", "driver_genes": tmp_path / "drivers.tsv"}
        run(**given, **tables, **options, recurrence=tmp_path / "recurrence.tsv")
        return by_gene(read_rows(tmp_path / "recurrence.tsv", RECURRENCE))

    return recurrence


def test_a_patient_counts_once_however_many_samples_carry_the_mutation(recurrence):
    samples = [B.sample("A1", "A"), B.sample("A2", "A"), B.sample("B1", "B"), B.sample("T1", "T")]
    variants = [
        B.variant("A1", 150),
        B.variant("A2", 150),
        B.variant("A2", 160),
        B.variant("A1", 1001, gene="TWO", kind="synonymous"),
        B.variant("A2", 1001, gene="TWO", kind="synonymous"),
        B.variant("T1", 150),
    ]
    statuses = [B.status(row["sample_id"], normal=row["patient_id"] != "T") for row in samples]
    rows = recurrence(samples, statuses, variants)
    assert (rows["ONE"]["patients"], rows["ONE"]["patients_mutated"]) == (2, 1)
    # Background of A: one silent mutation on 150 silent sites and 225 nonsilent ones of TWO; of B: none.
    chance_a, chance_b = (1 - (375 / 600) ** (count + 0.5) for count in (1, 0))
    assert rows["ONE"]["patients_expected"] == pytest.approx(chance_a + chance_b, rel=1e-5)
    assert rows["ONE"]["p_value"] == pytest.approx(1 - (1 - chance_a) * (1 - chance_b), rel=1e-5)
    assert (rows["TWO"]["patients_mutated"], rows["TWO"]["p_value"]) == (0, 1)
    assert rows["ONE"]["coding_bases"] == 300
    assert (
        "background: 1 mutations, silent sites weighed 1.00; rates of genes spread by a variance of 0 ("
        in rows["ONE"]["reason"]
    )


def test_tumour_only_samples_count_where_every_allele_was_looked_up(recurrence):
    samples = [B.sample("A", "A"), B.sample("B", "B")]
    statuses = [B.status("A", normal=False), B.status("B", normal=False)]
    variants = [
        B.variant("A", 150, population_frequency=0.0),
        B.variant("A", 151, population_frequency=0.2),
        B.variant("A", 1001, gene="TWO", kind="synonymous", population_frequency=0.0),
        B.variant("B", 150),
    ]
    rows = recurrence(samples, statuses, variants, min_patients=1)
    assert (rows["ONE"]["patients"], rows["ONE"]["patients_mutated"]) == (1, 1)


def test_the_counts_of_a_cohort_are_those_of_its_patients():
    stream = np.random.default_rng(29)
    genes = make_genes(stream, 20)
    patients = make_patients(stream, genes, 30)
    mutated = Counter(name for patient in patients for name in patient.nonsilent)
    assert {row["gene_symbol"]: row["patients_mutated"] for row in assess(genes, patients, **LIMITS)} == {
        gene.gene_symbol: mutated[gene.gene_symbol] for gene in genes
    }
