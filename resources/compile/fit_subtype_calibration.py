"""Fit the constants of the subtype call on labelled SCLC cell lines, and write ``resources/subtype_calibration.tsv``.

Run from the repository's root, with the package on the path::

    export PYTHONPATH=workflow
    python resources/compile/fit_subtype_calibration.py --data ../shared/data --output resources/subtype_calibration.tsv

Labels: ``sclc_lines_expression/labels.tsv`` (25 lines, Rudin 2019 as given there), without the lines on which the
published sources disagree (``DISCORDANT`` in ``line_labels/subtype_labels.tsv``): a label that is in dispute anchors
nothing. No other label is used. Expression: log2(TPM + 1) of the 80 programme genes, DepMap.

Model: the position of each programme's rank score between the least and the most that the lines reach, and one
``steepness`` for all: the probability of a programme is a softmax over ``steepness * position``. The positions need no
label, so all 48 lines serve for them. The extremes rather than mean and deviation, because these move with how many
lines there happen to be of a type: of POU2F3 there are few. The steepness is the one number that labels decide, by
penalised likelihood; the penalty is the one with the least leave-one-out log-loss. No frequencies of the types enter:
those of two dozen lines are not those of tumours. ``compare_subtype_models.py`` measures this model beside others.
"""

from __future__ import annotations

import argparse
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from compile_regulators import write_resource
from scipy.optimize import minimize_scalar

from sclcohort.contracts import GENE_ALIASES, GENE_SETS, SUBTYPE_CALIBRATION
from sclcohort.errors import StepError
from sclcohort.regulators.genes import find_genes
from sclcohort.regulators.signatures import programme_members, rank_scores
from sclcohort.regulators.subtypes import (
    ALL_PROGRAMMES,
    LETTERS,
    WITHOUT_STROMA,
    Calibration,
    Call,
    Evidence,
    call_subtype,
    programme_probabilities,
)
from sclcohort.tables import Cell, read_table

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

LOGGER = logging.getLogger(__name__)
PENALTIES = (0.003, 0.01, 0.03, 0.1, 0.3, 1.0)
# What the constants are written with: a change in the last digit moves no probability by 0.001, and any optimiser
# that converges gives these digits.
FITTED_DECIMALS = 3
STEEPNESS_MAX = 50.0
MIN_PROBABILITY, MIN_MARGIN = 0.6, 0.2

LINES_CITATION = (
    "by resources/compile/fit_subtype_calibration.py: expression of SCLC cell lines DepMap (Ghandi et al. 2019 Nature "
    "569:503, doi:10.1038/s41586-019-1186-3)"
)
LABELS_CITATION = (
    f"fitted {LINES_CITATION}, labels Rudin et al. 2019 Nat Rev Cancer 19:289, doi:10.1038/s41568-019-0133-9, as in "
    "nkiedanski/SCLC-Subtyping-publication (commit 50ddcaf)"
)
# (parameter, value, where it comes from or why it was chosen); each is for all programmes.
CHOICES = (
    (
        "floor_deviations",
        1.645,
        "choice: rank score that 5 % of random gene orders exceed, one-sided (normal approximation of Wilcoxon's "
        "test); a programme below it does not stand out",
    ),
    (
        "hybrid_min_sum",
        0.8,
        "choice: the two programmes of a hybrid leave the other two together no more than the default margin, 0.2; "
        "no published cut-off",
    ),
    (
        "hybrid_min_second",
        0.25,
        "choice: the second programme of a hybrid is at least as probable as by chance, 1 in 4",
    ),
    (
        "factor_min_log2",
        1.0,
        "choice: 1 TPM, the usual limit of detection in bulk RNA; Rudin et al. 2019 give no number",
    ),
    (
        "inflamed_min_log2",
        4.0,
        "choice: mean log2(TPM + 1) of the 18 T-cell-inflamed genes, a geometric mean of 15 TPM; no RNA cut-off is "
        "published for SCLC-I (Gay et al. 2021 Cancer Cell 39:346, doi:10.1016/j.ccell.2020.12.014 define it by NMF)",
    ),
    (
        "min_purity",
        0.5,
        "choice: below it most RNA may come from other cells; no published cut-off (George et al. 2015 Nature 524:47, "
        "doi:10.1038/nature14664 took tumours of 60 % and more)",
    ),
)


@dataclass(frozen=True)
class Lines:
    """Rank scores of cell lines, with labels where they have one.

    Parameters
    ----------
    log2 : DataFrame, genes x lines
        log2(TPM + 1) of the programme genes.
    members : dict of str to tuple of str
        Genes of each programme.
    scores : DataFrame, lines x A, N, P, Y
        Rank scores among the genes of all four programmes.
    without_stroma : DataFrame, lines x A, N, P
        Rank scores among the genes of these three.
    genes : dict of str to int
        Measured genes of each programme.
    labels : dict of str to str
        Letter of each labelled line.
    discordant : frozenset of str
        Lines on which published sources disagree.
    """

    log2: pd.DataFrame
    members: Mapping[str, tuple[str, ...]]
    scores: pd.DataFrame
    without_stroma: pd.DataFrame
    genes: Mapping[str, int]
    labels: Mapping[str, str]
    discordant: frozenset[str]

    @property
    def fitted(self) -> list[str]:
        """The lines that the constants are fitted on, sorted."""
        return sorted(line for line in self.labels if line not in self.discordant)


def read_lines(data: Path, resources: Path) -> Lines:
    """Read the cell lines from a folder laid out like the project's shared data.

    Without ``line_labels/subtype_labels.tsv`` no label is in dispute.

    Raises
    ------
    StepError
        A label that is none of the four types, or of a line that the matrix lacks.
    """
    import pandas as pd

    folder = data / "sclc_lines_expression"
    printed = pd.read_csv(folder / "log2_tpm_plus_1.tsv", sep="\t", index_col=0)
    members = programme_members(read_table(resources / "gene_sets.tsv", GENE_SETS))
    wanted = sorted(gene for genes in members.values() for gene in genes)
    aliases = read_table(resources / "gene_aliases.tsv", GENE_ALIASES)
    found, _ = find_genes(printed.index.tolist(), wanted, aliases)
    present = [gene for gene in wanted if found[gene].rows]
    log2 = pd.DataFrame(
        printed.to_numpy()[[found[gene].rows[0] for gene in present]], index=present, columns=printed.columns
    )
    labels = pd.read_csv(folder / "labels.tsv", sep="\t", index_col=0)["subtype"].to_dict()
    for line, label in labels.items():
        if str(label).removeprefix("SCLC-") not in LETTERS or line not in log2.columns:
            raise StepError(
                f"{folder / 'labels.tsv'}: line {line}, subtype {label}; fix: name a column of log2_tpm_plus_1.tsv and "
                f"one of {', '.join(f'SCLC-{letter}' for letter in LETTERS)}"
            )
    return Lines(
        log2=log2,
        members=members,
        scores=rank_scores(log2, members),
        without_stroma=rank_scores(log2, {letter: members[letter] for letter in WITHOUT_STROMA}),
        genes={letter: len(set(members[letter]) & set(present)) for letter in LETTERS},
        labels={str(line): str(label).removeprefix("SCLC-") for line, label in labels.items()},
        discordant=_disputed(data / "line_labels" / "subtype_labels.tsv"),
    )


def _disputed(path: Path) -> frozenset[str]:
    import pandas as pd

    if not path.is_file():
        return frozenset()
    subtypes = pd.read_csv(path, sep="\t", index_col=0)["subtype"]
    return frozenset(str(line) for line in subtypes.index[subtypes == "DISCORDANT"])


def anchors(scores: pd.DataFrame) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the least and the most rank score of each programme among reference lines, in the order of `LETTERS`.

    Rounded as they are written, so that a fit on positions is a fit on what is shipped.
    """
    values = scores[list(LETTERS)].to_numpy()
    return values.min(axis=0).round(FITTED_DECIMALS), values.max(axis=0).round(FITTED_DECIMALS)


def fit(positions: NDArray[np.float64], classes: NDArray[np.int_], penalty: float) -> float:
    """Fit the steepness by penalised maximum likelihood.

    Parameters
    ----------
    positions : ndarray, lines x 4
        In the order of `LETTERS`.
    classes : ndarray, lines
        Position of each line's label in `LETTERS`.
    penalty : float
        Half of it times the squared steepness is added to the negative log-likelihood.

    Returns
    -------
    float
        Between 0 and `STEEPNESS_MAX`.
    """
    rows = np.arange(len(classes))

    def objective(steepness: float) -> float:
        probabilities = model_probabilities(positions, steepness)[rows, classes]
        return float(-np.log(np.maximum(probabilities, 1e-300)).sum() + penalty / 2 * steepness**2)

    found = minimize_scalar(objective, bounds=(0.0, STEEPNESS_MAX), method="bounded", options={"xatol": 1e-7})
    return float(found.x)


def model_probabilities(positions: NDArray[np.float64], steepness: float) -> NDArray[np.float64]:
    """Return the softmax of `steepness` times `positions` along the last axis."""
    logits = steepness * positions
    odds = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return np.asarray(odds / odds.sum(axis=-1, keepdims=True), dtype=np.float64)


def choose_penalty(positions: NDArray[np.float64], classes: NDArray[np.int_]) -> float:
    """Return the penalty of `PENALTIES` with the least leave-one-out log-loss."""
    rows = np.arange(len(classes))

    def loss(penalty: float) -> float:
        left_out = [
            model_probabilities(positions[row], fit(positions[rows != row], classes[rows != row], penalty))[
                classes[row]
            ]
            for row in rows
        ]
        return float(-np.log(left_out).mean())

    return min(PENALTIES, key=loss)


def fit_rows(lines: Lines, left_out: str | None = None) -> list[dict[str, Cell]]:
    """Fit all constants, and return the rows of SUBTYPE_CALIBRATION.

    Parameters
    ----------
    lines : Lines
        The reference.
    left_out : str or None
        A line to do without, in the anchors and in the fit.
    """
    least, most = anchors(lines.scores.drop(index=[left_out] if left_out else []))
    names = [name for name in lines.fitted if name != left_out]
    positions = (lines.scores.loc[names, list(LETTERS)].to_numpy() - least) / (most - least)
    classes = np.array([LETTERS.index(lines.labels[name]) for name in names])
    penalty = choose_penalty(positions, classes)
    steepness = round(fit(positions, classes, penalty), FITTED_DECIMALS)
    count = len(lines.scores) - (left_out is not None)
    rows = [
        _row(parameter, letter, float(value), f"{said} rank score of {count} lines {LINES_CITATION}", "computed")
        for parameter, said, values in (("least", "lowest", least), ("most", "highest", most))
        for letter, value in zip(LETTERS, values, strict=True)
    ]
    note = f"least leave-one-out log-loss among {', '.join(map(str, PENALTIES))}; {LABELS_CITATION}"
    rows.append(_row("ridge_penalty", ALL_PROGRAMMES, penalty, note, "computed"))
    rows.append(_row("steepness", ALL_PROGRAMMES, steepness, LABELS_CITATION, "computed"))
    return rows + [_row(parameter, ALL_PROGRAMMES, value, why, "choice") for parameter, value, why in CHOICES]


def _row(parameter: str, programme: str, value: float, citation: str, certainty: str) -> dict[str, Cell]:
    return {
        "parameter": parameter,
        "programme": programme,
        "value": value,
        "citation": citation,
        "certainty": certainty,
    }


def call_line(lines: Lines, line: str, rows: Sequence[Mapping[str, Cell]]) -> Call:
    """Return the full call of one line by the given constants."""
    return call_subtype(
        _evidence_of(lines, line),
        Calibration.from_rows(rows),
        min_probability=MIN_PROBABILITY,
        min_margin=MIN_MARGIN,
    )


def _evidence_of(lines: Lines, line: str) -> Evidence:
    own, without = lines.scores.loc[[line]], lines.without_stroma.loc[[line]]
    return Evidence(
        scores=dict(zip(LETTERS, own[list(LETTERS)].to_numpy()[0].tolist(), strict=True)),
        scores_without_stroma=dict(
            zip(WITHOUT_STROMA, without[list(WITHOUT_STROMA)].to_numpy()[0].tolist(), strict=True)
        ),
        genes=lines.genes,
        specimen="cell_line",
    )


@dataclass(frozen=True)
class LeftOut:
    """What becomes of a labelled line by constants that never saw it.

    Parameters
    ----------
    label : str
        Its letter.
    probabilities : dict of str to float
        Of each programme.
    call : Call
        The full call, which may abstain.
    """

    label: str
    probabilities: Mapping[str, float]
    call: Call

    @property
    def leading(self) -> str:
        """The most probable programme, whatever the call."""
        return min(self.probabilities, key=lambda letter: (-self.probabilities[letter], letter))


def left_out_calls(lines: Lines) -> dict[str, LeftOut]:
    """Return for each labelled line what constants say that were fitted without it.

    Anchors, penalty and steepness are chosen anew within each fold. Lines whose label is in dispute are in no fit.
    """
    found = {}
    for line in sorted(lines.labels):
        rows = fit_rows(lines, left_out=line)
        scores = _evidence_of(lines, line).scores
        probabilities = programme_probabilities(scores, Calibration.from_rows(rows))
        found[line] = LeftOut(lines.labels[line], probabilities, call_line(lines, line, rows))
    return found


def main() -> None:
    """Fit and write the table."""
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--resources", type=Path, default=Path("resources"))
    parser.add_argument("--output", type=Path, required=True)
    given = parser.parse_args()
    lines = read_lines(given.data, given.resources)
    rows = fit_rows(lines)
    write_calibration(given.output, rows)
    LOGGER.info("%d lines, %d of them with a label that is not in dispute", len(lines.scores), len(lines.fitted))


def write_calibration(path: Path, rows: Sequence[Mapping[str, Cell]]) -> None:
    """Write ``subtype_calibration.tsv``."""
    write_resource(
        path,
        SUBTYPE_CALIBRATION,
        rows,
        (
            "Constants of the subtype call (sclcohort.regulators.subtypes says how each is used).",
            "Written by resources/compile/fit_subtype_calibration.py; do not edit by hand.",
        ),
    )


if __name__ == "__main__":
    main()
