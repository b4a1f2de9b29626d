"""The scores of gene sets of each sample, as rows of text for the page."""

from __future__ import annotations

from dataclasses import dataclass

from sclcohort.report.anchors import patient_anchor
from sclcohort.report.cohort import Cohort, text
from sclcohort.report.context_cohort import decimal

SCORE_HEADS = {
    "proliferation": "Proliferation",
    "metastasis": "Metastasis factors",
    "myc_family": "MYC family",
    "ne_low_shift": "NE-low",
    "aggression": "Aggression",
    "antigen_presentation": "MHC class I",
    "emt": "EMT",
    "tuft": "Tuft",
    "notch": "Notch",
}


@dataclass(frozen=True)
class ScoreLine:
    """The scores of one sample, in the order of SCORE_HEADS; empty where not assessable."""

    sample: str
    anchor: str
    values: tuple[str, ...]
    genes_missing: str
    reason: str


def score_lines(cohort: Cohort, samples: tuple[str, ...]) -> list[ScoreLine]:
    """Return the scores of those of some samples that have any, or a reason why not."""
    lines = []
    for sample in samples:
        row = cohort.score_row.get((sample,), {})
        values = tuple(decimal(row, name, sign=True) for name in SCORE_HEADS)
        reason = text(row, "set_reason")
        if any(values) or reason:
            missing = text(row, "set_genes_missing").replace(",", ", ")
            lines.append(ScoreLine(sample, patient_anchor(cohort.patient_of(sample)), values, missing, reason))
    return lines
