"""The models that are compared see nothing of the line that they are asked about but its own expression."""

from __future__ import annotations

import importlib

import numpy as np
import pandas as pd
import pytest

MEMBERS = {letter: tuple(f"{letter}{number}" for number in range(5)) for letter in "ANPY"}
GENES = [gene for genes in MEMBERS.values() for gene in genes]
NAMES = [f"L{number:02d}" for number in range(16)]
LABELS = {name: "ANPY"[number % 4] for number, name in enumerate(NAMES)}
MODELS = (
    "rank score, position between extremes",
    "rank score as it is",
    "rank score, intercept and slope of each",
    "rank score of genes less their middle",
    "mean z, anchored",
    "mean z, position between extremes",
    "centroids, Spearman",
    "shrunken LDA",
)


@pytest.fixture
def comparing(repository, monkeypatch):
    monkeypatch.syspath_prepend(str(repository / "resources" / "compile"))
    return importlib.import_module("compare_subtype_models")


@pytest.fixture
def log2():
    rng = np.random.default_rng(11)
    values = rng.gamma(2, 1, (len(GENES), len(NAMES)))
    for column, name in enumerate(NAMES):
        values["ANPY".index(LABELS[name]) * 5 :][:5, column] += 3
    return pd.DataFrame(values, index=GENES, columns=NAMES)


def test_every_model_is_tested_here(comparing):
    assert tuple(comparing.MODELS) == MODELS


@pytest.mark.parametrize("name", MODELS)
def test_the_line_left_out_moves_no_number_of_another_line(comparing, log2, name):
    others = NAMES[1:]
    labels = {line: LABELS[line] for line in others}
    feature = comparing.MODELS[name].feature
    changed = log2.assign(**{NAMES[0]: log2[NAMES[0]].to_numpy()[::-1] * 3})
    before, after = (feature(table, MEMBERS, others, labels) for table in (log2, changed))
    pd.testing.assert_frame_equal(before.loc[others], after.loc[others])


@pytest.mark.parametrize("name", MODELS)
def test_types_planted_apart_are_told_apart(comparing, log2, name):
    numbers = comparing.MODELS[name].feature(log2, MEMBERS, NAMES, LABELS)
    leading = numbers[list("ANPY")].idxmax(axis=1)
    assert leading.to_dict() == LABELS


def test_the_position_is_0_at_the_least_of_the_other_lines_and_1_at_the_most(comparing, log2):
    numbers = comparing.MODELS[MODELS[0]].feature(log2, MEMBERS, NAMES[2:], LABELS)
    assert numbers.loc[NAMES[2:]].min().tolist() == pytest.approx([0.0] * 4)
    assert numbers.loc[NAMES[2:]].max().tolist() == pytest.approx([1.0] * 4)


def test_the_shipped_model_differs_from_itself_by_nothing(comparing, log2):
    lines = comparing.Lines(
        log2=log2,
        members=MEMBERS,
        scores=comparing.rank_scores(log2, MEMBERS),
        without_stroma=log2,
        genes=dict.fromkeys("ANPY", 5),
        labels=LABELS,
        discordant=frozenset({NAMES[0]}),
    )
    found = comparing.compare(lines, {MODELS[0]: comparing.MODELS[MODELS[0]]})[MODELS[0]]
    assert (found.difference, found.error, found.wrong) == (0.0, 0.0, [])
    assert 0 < found.loss < 0.2
