"""Fit the constants of the subtype call on labelled SCLC cell lines, and write ``resources/subtype_calibration.tsv``.

Run from the repository's root, with the package on the path::

    export PYTHONPATH=workflow
    python resources/compile/fit_subtype_calibration.py --data ../shared/data --output resources/subtype_calibration.tsv

Labels: ``sclc_lines_expression/labels.tsv`` (25 lines, Rudin 2019 as given there), without the lines on which the
published sources disagree (``DISCORDANT`` in ``line_labels/subtype_labels.tsv``): a label that is in dispute anchors
nothing. No other label is used. Expression: log2(TPM + 1) of the 80 programme genes, DepMap.

Model: multinomial logistic regression in which the log-odds of a programme depend on its own rank score alone,
``intercept + slope * score``. With some twenty lines and two of type P, a full 4 x 4 matrix of weights would learn
single lines. The slopes are shrunk towards 0 by a ridge penalty, chosen by the log-loss of leave-one-out; the
intercepts are not, and keep the frequencies of the lines (SCLC-A commonest, as in tumours), so that no programme is
favoured by pretending that all are equally frequent.
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
from scipy.optimize import minimize

from sclcohort.contracts import GENE_ALIASES, GENE_SETS, SUBTYPE_CALIBRATION
from sclcohort.regulators.genes import find_genes
from sclcohort.regulators.signatures import programme_members, rank_scores
from sclcohort.regulators.subtypes import ALL_PROGRAMMES, LETTERS, WITHOUT_STROMA, Calibration, Evidence, call_subtype
from sclcohort.tables import Cell, read_table

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

LOGGER = logging.getLogger(__name__)
PENALTIES = (0.003, 0.01, 0.03, 0.1, 0.3, 1.0)
# What the constants are written with: a change in the last digit moves no probability by 0.001, and any optimiser
# that converges gives these digits.
FITTED_DECIMALS = 3
MIN_PROBABILITY, MIN_MARGIN = 0.6, 0.2

LINES_CITATION = (
    "fitted by resources/compile/fit_subtype_calibration.py on labelled SCLC cell lines: expression DepMap (Ghandi et "
    "al. 2019 Nature 569:503, doi:10.1038/s41586-019-1186-3), labels Rudin et al. 2019 Nat Rev Cancer 19:289, "
    "doi:10.1038/s41568-019-0133-9, as in nkiedanski/SCLC-Subtyping-publication (commit 50ddcaf)"
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
    """Read the cell lines from a folder laid out like the project's shared data."""
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
    labels = pd.read_csv(folder / "labels.tsv", sep="\t", index_col=0)["subtype"].str.removeprefix("SCLC-")
    disputed = pd.read_csv(data / "line_labels" / "subtype_labels.tsv", sep="\t", index_col=0)["subtype"]
    return Lines(
        scores=rank_scores(log2, members),
        without_stroma=rank_scores(log2, {letter: members[letter] for letter in WITHOUT_STROMA}),
        genes={letter: len(set(members[letter]) & set(present)) for letter in LETTERS},
        labels={str(line): str(letter) for line, letter in labels.items()},
        discordant=frozenset(disputed.index[disputed == "DISCORDANT"]),
    )


def fit(
    scores: NDArray[np.float64], classes: NDArray[np.int_], penalty: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Fit intercepts and slopes by penalised maximum likelihood.

    Parameters
    ----------
    scores : ndarray, lines x 4
        Rank scores in the order of `LETTERS`.
    classes : ndarray, lines
        Position of each line's label in `LETTERS`.
    penalty : float
        Half of it times the squared slopes is added to the negative log-likelihood.

    Returns
    -------
    intercepts, slopes : ndarray, 4
        The intercepts add up to 0; the likelihood knows them up to a constant.
    """
    count = len(LETTERS)
    target = np.eye(count)[classes]

    def objective(parameters: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        intercepts, slopes = parameters[:count], parameters[count:]
        logits = intercepts + slopes * scores
        top = logits.max(axis=1, keepdims=True)
        log_sum = top + np.log(np.exp(logits - top).sum(axis=1, keepdims=True))
        residual = np.exp(logits - log_sum) - target
        loss = -((logits - log_sum) * target).sum() + penalty / 2 * (slopes**2).sum()
        gradient = np.concatenate([residual.sum(axis=0), (residual * scores).sum(axis=0) + penalty * slopes])
        return float(loss), gradient

    start = np.zeros(2 * count)
    solution = minimize(objective, start, jac=True, method="BFGS", options={"gtol": 1e-9, "maxiter": 2000}).x
    intercepts = solution[:count] - solution[:count].mean()
    return intercepts, solution[count:]


def _probabilities(
    scores: NDArray[np.float64], constants: tuple[NDArray[np.float64], NDArray[np.float64]]
) -> NDArray[np.float64]:
    logits = constants[0] + constants[1] * scores
    odds = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return np.asarray(odds / odds.sum(axis=-1, keepdims=True), dtype=np.float64)


def left_out_probabilities(
    scores: NDArray[np.float64], classes: NDArray[np.int_], penalty: float
) -> NDArray[np.float64]:
    """Return lines x 4 probabilities, each line's by a fit that has not seen it."""
    rows = np.arange(len(classes))
    return np.stack(
        [_probabilities(scores[row], fit(scores[rows != row], classes[rows != row], penalty)) for row in rows]
    )


def choose_penalty(scores: NDArray[np.float64], classes: NDArray[np.int_]) -> float:
    """Return the penalty of `PENALTIES` with the least leave-one-out log-loss."""
    rows = np.arange(len(classes))
    losses = [-np.log(left_out_probabilities(scores, classes, penalty)[rows, classes]).mean() for penalty in PENALTIES]
    return PENALTIES[int(np.argmin(losses))]


def arrays_of(lines: Lines, names: Sequence[str]) -> tuple[NDArray[np.float64], NDArray[np.int_]]:
    """Return scores (lines x 4) and classes (lines) of labelled lines."""
    scores = lines.scores.loc[list(names), list(LETTERS)].to_numpy()
    return scores, np.array([LETTERS.index(lines.labels[name]) for name in names])


def calibration_rows(
    intercepts: NDArray[np.float64], slopes: NDArray[np.float64], penalty: float
) -> list[dict[str, Cell]]:
    """Return the rows of SUBTYPE_CALIBRATION."""
    rows = [
        _row(parameter, letter, round(float(value), FITTED_DECIMALS), LINES_CITATION, "computed")
        for parameter, values in (("intercept", intercepts), ("slope", slopes))
        for letter, value in zip(LETTERS, values, strict=True)
    ]
    note = f"least leave-one-out log-loss among {', '.join(map(str, PENALTIES))}; {LINES_CITATION}"
    rows.append(_row("ridge_penalty", ALL_PROGRAMMES, penalty, note, "computed"))
    return rows + [_row(parameter, ALL_PROGRAMMES, value, why, "choice") for parameter, value, why in CHOICES]


def _row(parameter: str, programme: str, value: float, citation: str, certainty: str) -> dict[str, Cell]:
    return {
        "parameter": parameter,
        "programme": programme,
        "value": value,
        "citation": citation,
        "certainty": certainty,
    }


def fit_rows(lines: Lines) -> list[dict[str, Cell]]:
    """Choose the penalty, fit on the labelled lines, and return the rows of SUBTYPE_CALIBRATION."""
    scores, classes = arrays_of(lines, lines.fitted)
    penalty = choose_penalty(scores, classes)
    return calibration_rows(*fit(scores, classes, penalty), penalty)


def call_line(lines: Lines, line: str, rows: Sequence[Mapping[str, Cell]]) -> str:
    """Return the full call of one line, e.g. ``SCLC-A`` or ``hybrid A+N``, by the given constants."""
    evidence = Evidence(
        scores=dict(zip(LETTERS, lines.scores.loc[[line], list(LETTERS)].to_numpy()[0].tolist(), strict=True)),
        scores_without_stroma=dict(
            zip(
                WITHOUT_STROMA,
                lines.without_stroma.loc[[line], list(WITHOUT_STROMA)].to_numpy()[0].tolist(),
                strict=True,
            )
        ),
        genes=lines.genes,
        specimen="cell_line",
    )
    call = call_subtype(evidence, Calibration.from_rows(rows), min_probability=MIN_PROBABILITY, min_margin=MIN_MARGIN)
    return f"{call.subtype} {call.components}".strip()


def left_out_calls(lines: Lines) -> dict[str, tuple[str, str]]:
    """Return for each labelled line its most probable programme and its full call, by constants that never saw it.

    The penalty is chosen anew within each fold. Lines whose label is in dispute are called by a fit on all others.
    """
    calls = {}
    for line in sorted(lines.labels):
        names = [name for name in lines.fitted if name != line]
        scores, classes = arrays_of(lines, names)
        penalty = choose_penalty(scores, classes)
        constants = fit(scores, classes, penalty)
        own = lines.scores.loc[line, list(LETTERS)].to_numpy(dtype=np.float64)
        best = LETTERS[int(np.argmax(_probabilities(own, constants)))]
        calls[line] = (best, call_line(lines, line, calibration_rows(*constants, penalty)))
    return calls


def report(lines: Lines, rows: Sequence[Mapping[str, Cell]]) -> None:
    """Log the leave-one-out accuracy, the confusion with abstentions, and the calls of the lines without label."""
    calls = left_out_calls(lines)
    right = [line for line, (best, _) in calls.items() if best == lines.labels[line]]
    LOGGER.info("leave-one-out, most probable programme: %d of %d labels", len(right), len(calls))
    called = {line: call for line, (_, call) in calls.items() if call.startswith("SCLC-")}
    agreeing = [line for line, call in called.items() if call == f"SCLC-{lines.labels[line]}"]
    LOGGER.info(
        "leave-one-out, full call: %d of %d called lines agree, %d of %d abstained",
        *(len(agreeing), len(called), len(calls) - len(called), len(calls)),
    )
    for line, (best, call) in calls.items():
        if call != f"SCLC-{lines.labels[line]}":
            note = " (sources disagree on it; not fitted)" if line in lines.discordant else ""
            LOGGER.info("  %s: label %s, most probable %s, call %s%s", line, lines.labels[line], best, call, note)
    LOGGER.info("lines without a label here:")
    for line in sorted(set(lines.scores.index) - set(lines.labels)):
        LOGGER.info("  %s: %s", line, call_line(lines, line, rows))


def main() -> None:
    """Fit, write the table, log how well the fit does on lines it has not seen."""
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--resources", type=Path, default=Path("resources"))
    parser.add_argument("--output", type=Path, required=True)
    given = parser.parse_args()
    lines = read_lines(given.data, given.resources)
    rows = fit_rows(lines)
    write_calibration(given.output, rows)
    report(lines, rows)


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
