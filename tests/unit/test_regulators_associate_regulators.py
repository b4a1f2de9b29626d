from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from sclcohort.contracts import (
    ACTIVITY,
    ASSOCIATIONS,
    EXPRESSION,
    GENE_SETS,
    NE_SIGNATURE,
    PURITY,
    REGULON_TARGETS,
    SAMPLES,
    SCORES,
)
from sclcohort.regulators.associate_regulators import (
    MIN_PATIENTS,
    Regulator,
    associate,
    earliest_samples,
    held_fixed,
    outcome_genes,
    run,
)
from sclcohort.tables import read_rows, write_rows

GENES = {"aggression": frozenset({"MKI67"}), "ne_score": frozenset({"CHGA"})}


def sample(name, patient=None, day=0, **more):
    row = {"sample_id": name, "patient_id": patient or name, "chunk": "1", "day": day}
    return {"specimen": None, "batch": None} | row | more


def cohort(n, seed=0):
    """Return n patients, the NE score of each, and a regulator that goes with it."""
    rng = np.random.default_rng(seed)
    samples = [sample(f"T{number:02d}") for number in range(n)]
    score = dict(zip((row["sample_id"] for row in samples), rng.normal(size=n), strict=True))
    level = {name: value + rng.normal() for name, value in score.items()}
    return samples, score, level


def rows_of(samples, score, regulators, purity=None):
    """Return the rows of the NE score by regulator and measure."""
    scores = {name: {"sample_id": name, "ne_score": value} for name, value in score.items()}
    rows = associate(samples, scores, regulators, purity or {}, GENES)
    return {(row["regulator"], row["measure"]): row for row in rows if row["outcome"] == "ne_score"}


def expression(name, level, genes=()):
    return Regulator(name, "expression", level, frozenset(genes))


def test_rho_and_its_p_are_those_of_scipy():
    samples, score, level = cohort(40)
    row = rows_of(samples, score, [expression("REST", level)])["REST", "expression"]
    names = sorted(score)
    there = stats.spearmanr([score[name] for name in names], [level[name] for name in names])
    assert row["state"] == "computed"
    assert row["rho"] == pytest.approx(there.statistic)
    assert row["p_value"] == pytest.approx(there.pvalue)
    assert row["rho_low"] < row["rho"] < row["rho_high"]


def test_a_cohort_below_the_stated_number_is_not_computable():
    samples, score, level = cohort(MIN_PATIENTS - 1)
    row = rows_of(samples, score, [expression("REST", level)])["REST", "expression"]
    assert row["state"] == "not_computable"
    assert "rho" not in row
    assert row["reason"].startswith(f"{MIN_PATIENTS - 1} patients with both")
    samples, score, level = cohort(MIN_PATIENTS)
    row = rows_of(samples, score, [expression("REST", level)])["REST", "expression"]
    assert row["state"] == "computed"
    assert row["p_method"] == "exact"


def test_the_stated_number_is_the_least_with_which_a_rho_of_eight_tenths_is_mostly_found():
    rng = np.random.default_rng(5)
    r = 2 * np.sin(np.pi * 0.8 / 6)
    power = {}
    for n in (MIN_PATIENTS - 1, MIN_PATIENTS):
        x = rng.normal(size=(8000, n))
        y = r * x + np.sqrt(1 - r * r) * rng.normal(size=x.shape)
        sums = (x.argsort(1).argsort(1) * y.argsort(1).argsort(1)).sum(1)
        null = np.abs((rng.permuted(np.tile(np.arange(n), (100_000, 1)), axis=1) * np.arange(n)).sum(1) - _middle(n))
        found, counts = np.unique(null, return_counts=True)
        critical = found[np.argmax(np.cumsum(counts[::-1])[::-1] / len(null) <= 0.05)]
        power[n] = float((np.abs(sums - _middle(n)) >= critical).mean())
    assert power[MIN_PATIENTS - 1] < 0.8 < power[MIN_PATIENTS]


def _middle(n):
    return n * ((n - 1) / 2) ** 2


def test_a_patient_counts_once_by_the_earliest_usable_sample():
    samples = [
        sample("B2", "B", 200),
        sample("B1", "B", 3),
        sample("A1", "A", None),
        sample("A2", "A", 90),
        sample("C2", "C", 0),
        sample("C1", "C", 0),
        sample("D1", "D", 0),
    ]
    chosen = earliest_samples(samples, lambda name: name != "D1")
    assert [row["sample_id"] for row in chosen] == ["A2", "B1", "C1"]


def test_more_samples_of_a_patient_change_nothing():
    samples, score, level = cohort(14)
    before = rows_of(samples, score, [expression("REST", level)])
    samples += [sample(f"T00_{number}", "T00", 100 + number) for number in range(5)]
    score |= {f"T00_{number}": 9.0 for number in range(5)}
    level |= {f"T00_{number}": 9.0 for number in range(5)}
    assert rows_of(samples, score, [expression("REST", level)]) == before


def test_the_order_of_the_samples_and_monotone_transforms_change_nothing():
    samples, score, level = cohort(15)
    before = rows_of(samples, score, [expression("REST", level)])
    bent = {name: float(np.exp(value)) for name, value in level.items()}
    assert rows_of(samples[::-1], score, [expression("REST", bent)]) == before


def test_a_regulator_that_the_outcome_is_made_of_is_marked_and_not_tested():
    samples, score, level = cohort(15)
    regulators = [expression("CHGA", level, {"CHGA"}), expression("REST", level, {"REST"})]
    rows = rows_of(samples, score, regulators)
    marked = rows["CHGA", "expression"]
    assert marked["part_of_outcome"] is True
    assert marked["shared_genes"] == "CHGA"
    assert marked["rho"] == rows["REST", "expression"]["rho"]
    assert not {"p_value", "p_adjusted", "p_partial"} & set(marked)
    assert "1 gene in common with the outcome: not tested" in marked["reason"]


def test_p_is_adjusted_over_the_tested_rows_of_the_outcome_alone():
    samples, score, _ = cohort(40)
    levels = [cohort(40, seed)[2] for seed in range(6)]
    regulators = [expression(f"GENE{number}", level) for number, level in enumerate(levels)]
    alone = rows_of(samples, score, regulators)
    p_values = [row["p_value"] for row in alone.values()]
    adjusted = stats.false_discovery_control(p_values, method="bh")
    assert [row["p_adjusted"] for row in alone.values()] == pytest.approx(adjusted.tolist())
    marked = rows_of(samples, score, [*regulators, expression("CHGA", levels[0], {"CHGA"})])
    assert {key: marked[key] for key in alone} == alone


def test_purity_and_batch_are_held_fixed_where_all_have_them_and_they_differ():
    rows = [sample(f"T{number:02d}", batch="b" if number % 3 else "a") for number in range(14)]
    purity = {row["sample_id"]: 0.3 + 0.01 * place for place, row in enumerate(rows)}
    fixed, names, reasons = held_fixed(rows, purity)
    assert fixed.shape == (14, 2)
    assert names == ["purity", "batch"]
    assert reasons == []
    del purity["T03"]
    fixed, names, reasons = held_fixed(rows, purity)
    assert names == ["batch"]
    assert reasons == ["not adjusted for purity: known of 13 of 14 patients"]
    assert held_fixed([row | {"batch": "a"} for row in rows], {})[1] == []


def test_variables_that_leave_too_few_or_say_the_same_are_not_held_fixed():
    rows = [sample(f"T{number:02d}", batch=f"b{number % 6}") for number in range(14)]
    _, names, reasons = held_fixed(rows, {row["sample_id"]: 0.5 for row in rows})
    assert names == []
    assert "fewer than 11" in reasons[0]
    rows = [sample(f"T{number:02d}", batch="a" if number < 7 else "b") for number in range(14)]
    purity = {row["sample_id"]: 0.4 if row["batch"] == "a" else 0.6 for row in rows}
    _, names, reasons = held_fixed(rows, purity)
    assert names == ["purity"]
    assert "follows from" in reasons[0]


def test_mixed_specimens_are_said():
    samples, score, level = cohort(14)
    for place, row in enumerate(samples):
        row["specimen"] = "cell_line" if place == 0 else "tumour_tissue"
    row = rows_of(samples, score, [expression("REST", level)])["REST", "expression"]
    assert "specimens are mixed (cell_line, tumour_tissue)" in row["reason"]


def test_a_regulator_that_is_the_same_in_all_is_not_computable():
    samples, score, level = cohort(14)
    row = rows_of(samples, score, [expression("REST", dict.fromkeys(level, 0.0))])["REST", "expression"]
    assert row["state"] == "not_computable"
    assert row["reason"] == "expression is the same in all patients"


def test_aggression_holds_the_genes_of_the_neuroendocrine_score_and_of_its_own_parts():
    sets = [
        {"gene_set": gene_set, "gene_symbol": gene}
        for gene_set, gene in (
            ("proliferation", "MKI67"),
            ("metastasis", "FOXA2"),
            ("myc_family", "MYCL"),
            ("emt", "VIM"),
        )
    ]
    genes = outcome_genes(sets, [{"gene_symbol": "CHGA"}])
    assert genes["ne_score"] == {"CHGA"}
    assert genes["aggression"] == {"MKI67", "CHGA", "FOXA2", "MYCL"}


def test_the_parts_of_aggression_are_gene_sets_or_the_neuroendocrine_score(repository):
    sets = list(read_rows(repository / "resources" / "gene_sets.tsv", GENE_SETS))
    genes = outcome_genes(sets, [])["aggression"]
    assert {"MKI67", "FOXA2", "NFIB", "MYC", "MYCL", "MYCN"} <= genes
    assert "ASCL1" not in genes


def test_the_step_writes_one_row_per_outcome_regulator_and_measure(tmp_path):
    samples, score, level = cohort(12)
    names = sorted(score)
    cited = {"citation": "a list", "certainty": "computed"}
    tables = {
        "samples": (SAMPLES, samples),
        "scores": (SCORES, [{"sample_id": name, "ne_score": float(np.tanh(score[name]))} for name in names]),
        "activity": (
            ACTIVITY,
            [{"sample_id": n, "regulator": "ATOH1", "state": "assessed", "score": level[n]} for n in names],
        ),
        "expression": (
            EXPRESSION,
            [
                {"sample_id": name, "gene_symbol": gene, "log2_expression": abs(level[name])}
                for name in names
                for gene in ("REST", "GAPDH")
            ],
        ),
        "purity": (PURITY, [{"sample_id": name, "source": "none"} for name in names]),
        "gene_sets": (
            GENE_SETS,
            [
                {
                    "gene_set": "programme_a",
                    "gene_symbol": "DLL3",
                    "symbol_in_source": "DLL3",
                    "direction": "up",
                    **cited,
                }
            ],
        ),
        "ne_signature": (
            NE_SIGNATURE,
            [{"gene_symbol": "CHGA", "group": "ne", "ne_reference_log2": 9, "non_ne_reference_log2": 1, **cited}],
        ),
        "targets": (
            REGULON_TARGETS,
            [
                {
                    "regulator": "ATOH1",
                    "target": gene,
                    "weight": 1,
                    "symbol_in_source": gene,
                    "measured": gene == "CHGA",
                }
                for gene in ("CHGA", "MKI67")
            ],
        ),
    }
    paths = {}
    for name, (table, rows) in tables.items():
        paths[name] = tmp_path / f"{name}.tsv"
        write_rows(paths[name], table, rows)
    run(**paths, associations=tmp_path / "associations.tsv")
    rows = list(read_rows(tmp_path / "associations.tsv", ASSOCIATIONS))
    assert [(row["outcome"], row["regulator"], row["measure"]) for row in rows] == [
        (outcome, *regulator)
        for outcome in ("aggression", "ne_score")
        for regulator in (("ATOH1", "activity"), ("REST", "expression"))
    ]
    by_key = {(row["outcome"], row["regulator"]): row for row in rows}
    assert by_key["aggression", "REST"]["patients"] == 0
    assert by_key["ne_score", "ATOH1"]["part_of_outcome"] is True
    assert by_key["aggression", "ATOH1"]["shared_genes"] == "CHGA"
    assert by_key["ne_score", "REST"]["p_method"] == "exact"
