"""Print how well subtypes are called on labelled cell lines that the constants have not seen.

    python workflow/scripts/assess_subtypes.py --data DIR [--resources resources]

The folder of data holds (README, "Real cell lines", says where they come from)::

    sclc_lines_expression/log2_tpm_plus_1.tsv    genes x lines, log2(TPM + 1)
    sclc_lines_expression/labels.tsv             sample_id, subtype (SCLC-A, SCLC-N, SCLC-P, SCLC-Y)
    line_labels/subtype_labels.tsv               line_key, n_sources, subtype; DISCORDANT marks labels in dispute; may
                                                 be missing

Every labelled line is called by constants fitted without it: the anchors from the other lines, the penalty and the
steepness from the other labels. Beside it stands a plain rule, the highest mean z of the four programmes with every
gene standardised over the cohort, which needs no fit and takes its scale from the other samples.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from scipy.stats import binomtest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "resources" / "compile"))

from fit_subtype_calibration import LeftOut, Lines, left_out_calls, read_lines

from sclcohort.errors import CohortError
from sclcohort.regulators.subtypes import LETTERS

if TYPE_CHECKING:
    import pandas as pd

LABELS = "sclc_lines_expression/labels.tsv"
CALLS = (*(f"SCLC-{letter}" for letter in LETTERS), "hybrid", "unclassified")
HALVES = 200


@dataclass(frozen=True)
class Share:
    """A count of a total.

    Parameters
    ----------
    count, total : int
        Total is positive.
    """

    count: int
    total: int

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % interval of Wilson 1927 J Am Stat Assoc 22:209."""
        found = binomtest(self.count, self.total).proportion_ci(confidence_level=0.95, method="wilson")
        return float(found.low), float(found.high)

    def __str__(self) -> str:
        low, high = self.interval
        return f"{self.count} of {self.total} ({self.count / self.total:.0%}, 95 % interval {low:.0%} to {high:.0%})"


@dataclass(frozen=True)
class Assessment:
    """Calls of labelled lines by constants that have not seen them, and those of the plain rule.

    Parameters
    ----------
    left_out : dict of str to LeftOut
        By line.
    plain : dict of str to str
        Letter that the plain rule gives each labelled line.
    disputed : frozenset of str
        Lines on which published sources disagree.
    """

    left_out: Mapping[str, LeftOut]
    plain: Mapping[str, str]
    disputed: frozenset[str]

    def shares(self, *, with_disputed: bool) -> dict[str, Share]:
        """Return what is counted, in the order of the report."""
        lines = [line for line in self.left_out if with_disputed or line not in self.disputed]
        found = [self.left_out[line] for line in lines]
        one_type = [one for one in found if one.call.subtype.startswith("SCLC-")]
        right = sum(one.call.subtype == f"SCLC-{one.label}" for one in found)
        return {
            "called as labelled": Share(right, len(found)),
            "as labelled, of the lines called one type": Share(right, len(one_type)),
            "called a hybrid": Share(sum(one.call.subtype == "hybrid" for one in found), len(found)),
            "unclassified (abstained)": Share(sum(one.call.subtype == "unclassified" for one in found), len(found)),
            "most probable programme as labelled": Share(sum(one.leading == one.label for one in found), len(found)),
            "plain rule as labelled": Share(
                sum(self.plain[line] == self.left_out[line].label for line in lines), len(lines)
            ),
        }

    def confusion(self) -> dict[str, Counter[str]]:
        """Return for each label how often each call of `CALLS` was made."""
        return {
            letter: Counter(one.call.subtype for one in self.left_out.values() if one.label == letter)
            for letter in LETTERS
        }


def mean_z_argmax(log2: pd.DataFrame, members: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Return for each sample the programme with the highest mean z, each gene standardised over the samples.

    Parameters
    ----------
    log2 : DataFrame, genes x samples
        log2(TPM + 1), at least two samples.
    members : dict of str to sequence of str
        Genes of each programme. A gene that is constant over the samples counts as 0.
    """
    deviation = log2.std(axis=1).replace(0.0, np.inf)
    z = log2.sub(log2.mean(axis=1), axis=0).div(deviation, axis=0)
    means = np.stack([z.loc[list(members[letter])].to_numpy().mean(axis=0) for letter in LETTERS])
    leading = means.argmax(axis=0).tolist()
    return {str(sample): LETTERS[row] for sample, row in zip(log2.columns, leading, strict=True)}


def unstable_lines(lines: Lines, halves: int = HALVES) -> list[str]:
    """Return the lines that the plain rule calls otherwise in at least one random half of the cohort, sorted."""
    rng = np.random.default_rng(0)
    whole = mean_z_argmax(lines.log2, lines.members)
    names = sorted(whole)
    moved: set[str] = set()
    for _ in range(halves):
        half = sorted(rng.choice(names, len(names) // 2, replace=False).tolist())
        calls = mean_z_argmax(lines.log2[half], lines.members)
        moved |= {line for line, call in calls.items() if call != whole[line]}
    return sorted(moved)


def assess(lines: Lines) -> Assessment:
    """Call every labelled line by constants that have not seen it, and by the plain rule over all lines."""
    plain = mean_z_argmax(lines.log2, lines.members)
    return Assessment(left_out_calls(lines), {line: plain[line] for line in lines.labels}, lines.discordant)


def report(assessment: Assessment, moved: Sequence[str], total: int) -> str:
    """Return the report as text."""
    count = len(assessment.left_out)
    text = [f"Subtypes of {count} labelled cell lines, each called by constants fitted without it", ""]
    text += [f"  {name:<44} {share}" for name, share in assessment.shares(with_disputed=True).items()]
    disputed = sorted(assessment.disputed & set(assessment.left_out))
    if disputed:
        text += ["", f"  without the lines on which sources disagree ({', '.join(disputed)}):"]
        text += [f"  {name:<44} {share}" for name, share in assessment.shares(with_disputed=False).items()]
    text += ["", f"  {'label':<8}" + "".join(f"{call:>14}" for call in CALLS)]
    text += [
        f"  SCLC-{letter:<3}" + "".join(f"{calls[call]:>14}" for call in CALLS)
        for letter, calls in assessment.confusion().items()
    ]
    text += ["", "  not called as labelled:"]
    text += [
        f"    {line}: label SCLC-{one.label}, call {f'{one.call.subtype} {one.call.components}'.strip()}"
        f" (probability of the label {one.probabilities[one.label]:.2f}); plain rule SCLC-{assessment.plain[line]}"
        for line, one in assessment.left_out.items()
        if one.call.subtype != f"SCLC-{one.label}"
    ]
    text += [
        "",
        "  plain rule: highest mean z of the four programmes, every gene standardised over the cohort. It calls",
        f"  {len(moved)} of {total} lines otherwise in at least one of {HALVES} random halves of the cohort; the calls",
        "  of the workflow never depend on the cohort.",
    ]
    return "\n".join(text) + "\n"


def main() -> int:
    """Print the report, or that the folder holds no labels; 2 when labels cannot be used."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("--data", type=Path, required=True, help="folder of the public tables")
    parser.add_argument("--resources", type=Path, default=Path("resources"))
    options = parser.parse_args()
    if not (options.data / LABELS).is_file():
        sys.stdout.write(f"Accuracy of subtypes: not assessable, {options.data} holds no {LABELS}\n")
        return 0
    try:
        lines = read_lines(options.data, options.resources)
    except CohortError as error:
        print(error, file=sys.stderr)
        return 2
    sys.stdout.write(report(assess(lines), unstable_lines(lines), len(lines.scores)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
