"""Compare ways to call the subtype of one sample by itself, each on labelled cell lines that it has not seen.

Run from the repository's root, with the package on the path::

    export PYTHONPATH=workflow
    python resources/compile/compare_subtype_models.py --data ../shared/data

Every model gives each programme a number, and the probability of a programme is a softmax over ``steepness`` times that
number. All references (anchors, means, centroids) come from lines other than the one left out; steepness and penalty
are fitted on the other labels, the penalty by leave-one-out among them. The measure is the mean negative log of the
probability of the label, over the labelled lines whose label is not in dispute; beside it stand the lines whose most
probable programme is their label, and the paired difference to the model that ships, with its standard error.

What it shows: all models fail on the same two or three lines, and the anchored ones lose least where they fail. Anchors
for each gene instead of each programme lose a little less still (by 0.06, standard error 0.03) and call the same lines
right; they need 80 constants, and the scale of a sample (TPM of a panel, CPM) would move the call, which the shipped
model does not see.
"""

from __future__ import annotations

import argparse
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from fit_subtype_calibration import PENALTIES, STEEPNESS_MAX, Lines, model_probabilities, read_lines
from scipy.optimize import minimize
from scipy.stats import rankdata

from sclcohort.regulators.signatures import rank_scores
from sclcohort.regulators.subtypes import LETTERS

LOGGER = logging.getLogger(__name__)
SHIPPED = "rank score, position between extremes"
# A grid is fine enough to tell models apart, and fast: its steps are 3 %.
STEEPNESS_GRID = np.geomspace(0.3, STEEPNESS_MAX, 174)

Array = np.ndarray
# (genes x all lines, members, the other lines, their labels) -> lines x A, N, P, Y
Feature = Callable[[pd.DataFrame, Mapping[str, Sequence[str]], list[str], Mapping[str, str]], pd.DataFrame]


def rank_score(
    log2: pd.DataFrame, members: Mapping[str, Sequence[str]], others: list[str], labels: Mapping[str, str]
) -> pd.DataFrame:
    """Return the rank scores as they are."""
    return rank_scores(log2, members)


def gene_anchored_rank(
    log2: pd.DataFrame, members: Mapping[str, Sequence[str]], others: list[str], labels: Mapping[str, str]
) -> pd.DataFrame:
    """Return rank scores of genes less the middle between the least and the most expression of the other lines."""
    middle = (log2[others].min(axis=1) + log2[others].max(axis=1)) / 2
    return rank_scores(log2.sub(middle, axis=0), members)


def anchored_mean_z(
    log2: pd.DataFrame, members: Mapping[str, Sequence[str]], others: list[str], labels: Mapping[str, str]
) -> pd.DataFrame:
    """Return mean z with mean and deviation of the other lines; a deviation of 1 is added, for genes hardly read."""
    deviation = np.sqrt(log2[others].var(axis=1, ddof=0) + 1.0)
    z = log2.sub(log2[others].mean(axis=1), axis=0).div(deviation, axis=0)
    return pd.DataFrame({letter: z.loc[list(genes)].mean() for letter, genes in members.items()})


def centroids_of_ranks(
    log2: pd.DataFrame, members: Mapping[str, Sequence[str]], others: list[str], labels: Mapping[str, str]
) -> pd.DataFrame:
    """Return Spearman's correlation with the centroids of the other lines, grouped by their highest rank score."""
    scores = rank_scores(log2, members)[list(LETTERS)].to_numpy()
    leading = dict(zip(log2.columns, (LETTERS[row] for row in scores.argmax(axis=1).tolist()), strict=True))
    return _correlations(log2, {letter: [line for line in others if leading[line] == letter] for letter in LETTERS})


def shrunken_lda(
    log2: pd.DataFrame, members: Mapping[str, Sequence[str]], others: list[str], labels: Mapping[str, str]
) -> pd.DataFrame:
    """Return how near a line is to the centroid of each label, drawn to the grand mean as if by two more lines.

    Minus the sum of squared distances, each over the gene's variance; divided by 20 to suit the grid of steepness.
    """
    grand = log2[others].mean(axis=1)
    variance = log2[others].var(axis=1, ddof=0) + 1.0
    scores = {}
    for letter in LETTERS:
        own = [line for line in others if labels.get(line) == letter]
        centroid = (log2[own].sum(axis=1) + 2 * grand) / (len(own) + 2)
        scores[letter] = -(log2.sub(centroid, axis=0) ** 2).div(variance, axis=0).sum() / 20
    return pd.DataFrame(scores)


def _correlations(log2: pd.DataFrame, groups: Mapping[str, list[str]]) -> pd.DataFrame:
    centroids = {letter: log2[lines].mean(axis=1) for letter, lines in groups.items()}
    grand = pd.concat(centroids, axis=1).mean(axis=1)
    ranked = rankdata(log2.sub(grand, axis=0).to_numpy(), axis=0)
    return pd.DataFrame(
        {
            letter: [float(np.corrcoef(column, rankdata(centroid - grand))[0, 1]) for column in ranked.T]
            for letter, centroid in centroids.items()
        },
        index=log2.columns,
    )


def between_extremes(feature: Feature) -> Feature:
    """Return the feature placed between its least and its most among the other lines."""

    def placed(
        log2: pd.DataFrame, members: Mapping[str, Sequence[str]], others: list[str], labels: Mapping[str, str]
    ) -> pd.DataFrame:
        scores = feature(log2, members, others, labels)
        least, most = scores.loc[others].min(), scores.loc[others].max()
        return (scores - least) / (most - least)

    return placed


@dataclass(frozen=True)
class Model:
    """A way to call subtypes.

    Parameters
    ----------
    feature : Feature
        The number of each programme.
    reads_labels : bool
        Whether the feature looks at labels, so that it must be made anew in the inner folds too.
    own_lines : bool
        An intercept and a slope for each programme instead of one steepness.
    """

    feature: Feature
    reads_labels: bool = False
    own_lines: bool = False


MODELS = {
    SHIPPED: Model(between_extremes(rank_score)),
    "rank score as it is": Model(rank_score),
    "rank score, intercept and slope of each": Model(rank_score, own_lines=True),
    "rank score of genes less their middle": Model(gene_anchored_rank),
    "mean z, anchored": Model(anchored_mean_z),
    "mean z, position between extremes": Model(between_extremes(anchored_mean_z)),
    "centroids, Spearman": Model(centroids_of_ranks),
    "shrunken LDA": Model(shrunken_lda, reads_labels=True),
}


def fitted_probabilities(model: Model, train: Array, classes: Array, penalty: float, test: Array) -> Array:
    """Return the probabilities (4) that a fit on `train` (lines x 4) gives the line `test` (4)."""
    if model.own_lines:
        return _own_lines(train, classes, penalty, test)
    shares = model_probabilities(train[None] * STEEPNESS_GRID[:, None, None], 1.0)
    likelihood = np.log(np.maximum(shares[:, np.arange(len(classes)), classes], 1e-300)).sum(axis=1)
    steepness = STEEPNESS_GRID[int(np.argmax(likelihood - penalty / 2 * STEEPNESS_GRID**2))]
    return model_probabilities(test, float(steepness))


def _own_lines(train: Array, classes: Array, penalty: float, test: Array) -> Array:
    target = np.eye(len(LETTERS))[classes]

    def objective(parameters: Array) -> tuple[float, Array]:
        intercepts, slopes = parameters[:4], parameters[4:]
        shares = model_probabilities(intercepts + slopes * train, 1.0)
        residual = shares - target
        loss = -np.log(np.maximum((shares * target).sum(axis=1), 1e-300)).sum() + penalty / 2 * (slopes**2).sum()
        return float(loss), np.concatenate([residual.sum(axis=0), (residual * train).sum(axis=0) + penalty * slopes])

    found = minimize(objective, np.zeros(8), jac=True, method="BFGS", options={"gtol": 1e-5}).x
    return model_probabilities(found[:4] + found[4:] * test, 1.0)


def left_out_losses(lines: Lines, model: Model) -> tuple[pd.Series[float], list[str]]:
    """Return minus the log-probability of each undisputed label left out, and the lines called otherwise, sorted."""
    losses, wrong = {}, []
    for line in lines.fitted:
        shares = _left_out(lines, model, line)
        own = LETTERS.index(lines.labels[line])
        losses[line] = -float(np.log(shares[own]))
        if int(np.argmax(shares)) != own:
            wrong.append(line)
    return pd.Series(losses), wrong


def _left_out(lines: Lines, model: Model, left_out: str) -> Array:
    """Return the probabilities of one line by a model, references, penalty and fit all of other lines."""
    names = [name for name in lines.fitted if name != left_out]
    classes = np.array([LETTERS.index(lines.labels[name]) for name in names])

    def features(without: set[str]) -> pd.DataFrame:
        others = [str(name) for name in lines.log2.columns if name not in without]
        labels = {name: lines.labels[name] for name in names if name not in without}
        return model.feature(lines.log2, lines.members, others, labels)[list(LETTERS)]

    outer = features({left_out})
    rows = np.arange(len(names))
    inner = [(features({left_out, name}) if model.reads_labels else outer).loc[names].to_numpy() for name in names]

    def loss(penalty: float) -> float:
        shares = [
            fitted_probabilities(model, inner[row][rows != row], classes[rows != row], penalty, inner[row][row])[
                classes[row]
            ]
            for row in rows
        ]
        return float(-np.log(np.maximum(shares, 1e-300)).mean())

    penalty = min(PENALTIES, key=loss)
    return fitted_probabilities(model, outer.loc[names].to_numpy(), classes, penalty, outer.loc[left_out].to_numpy())


@dataclass(frozen=True)
class Comparison:
    """How one model does on lines left out.

    Parameters
    ----------
    loss : float
        Mean over the lines.
    difference, error : float
        Of the loss to the shipped model's, paired by line: mean and its standard error.
    wrong : list of str
        Lines whose most probable programme is not their label.
    """

    loss: float
    difference: float
    error: float
    wrong: list[str]


def compare(lines: Lines, models: Mapping[str, Model] = MODELS) -> dict[str, Comparison]:
    """Measure each model; `models` must hold the shipped one."""
    measured = {name: left_out_losses(lines, model) for name, model in models.items()}
    shipped = measured[SHIPPED][0]
    return {
        name: Comparison(
            float(losses.mean()),
            float((losses - shipped).mean()),
            float((losses - shipped).std(ddof=1) / np.sqrt(len(losses))),
            wrong,
        )
        for name, (losses, wrong) in measured.items()
    }


def main() -> None:
    """Log one line a model."""
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--resources", type=Path, default=Path("resources"))
    given = parser.parse_args()
    lines = read_lines(given.data, given.resources)
    LOGGER.info("%d lines left out one at a time", len(lines.fitted))
    for name, found in compare(lines).items():
        LOGGER.info(
            "%-42s log-loss %.3f, to the shipped %+.3f (standard error %.3f), %d right; not: %s",
            name,
            found.loss,
            found.difference,
            found.error,
            len(lines.fitted) - len(found.wrong),
            ", ".join(found.wrong),
        )


if __name__ == "__main__":
    main()
