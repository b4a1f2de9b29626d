"""The captions of the figures of regulators and scores."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sclcohort.report.captions import Caption
from sclcohort.report.figure_activity import SIGNIFICANT, activity_remarks, colour_end

if TYPE_CHECKING:
    from sclcohort.report.cohort import Cohort


def ne_aggression(cohort: Cohort) -> Caption:
    """Return the caption of the neuroendocrine score against the aggression composite."""
    fraction = 100 * float(cohort.setting("regulators", "min_genes_fraction") or 0)
    return Caption(
        f"Which {cohort.noun}s are both far from neuroendocrine and aggressive by their expression?",
        f"One mark per {cohort.noun}, shape and colour by its subtype call. To the right: more neuroendocrine. "
        "Upwards: higher mean of proliferation, factors of metastasis, the MYC family and the shift to NE-low; the "
        "table of scores has these parts. In the hatched strip: the composite is not assessable for want of a "
        "part.",
        f"A score needs at least {fraction:g} % of its genes. NE-high above 0, by the published references. The "
        "composite has no cut-off.",
        "The two are not independent: the shift to NE-low, one of four parts of the composite, is minus the score on "
        "the other axis, which alone slopes the marks by \N{MINUS SIGN}0.25. So no line is fitted, and a falling cloud "
        "is no finding. The composite is a choice of this workflow, never tested against outcome. Stroma and immune "
        "cells move impure tumours to NE-low. Research use only.",
    )


def activity(cohort: Cohort) -> Caption:
    """Return the caption of the activity of regulators."""
    least = cohort.setting("regulators", "min_targets")
    remarks = activity_remarks(cohort)
    panel = f"In this run {remarks[0]}: a row all on one side of 0 may be the choice of genes. " if remarks else ""
    targets = f"A regulator needs {least} targets among the genes of the matrix. " if least is not None else ""
    return Caption(
        f"In which {cohort.noun}s do the targets of a regulator stand high or low?",
        f"One row per regulator, one column per {cohort.noun}, the call on top. Red: its targets, by their weights, "
        f"stand above the other genes of that {cohort.noun}, blue: below. The number is t of a univariate linear model "
        "(table of activities). Alike columns and rows stand side by side; how soon two branches of a tree join says "
        "how alike they are. Hatched: not assessable, outside the clustering.",
        f"{targets}Colours end at t of {colour_end(cohort):g} in either direction, which holds 95 % of the "
        f"values; beyond it they do not change. A dot: adjusted p below {SIGNIFICANT:g}, where cells have room. Order "
        "and trees: average linkage, samples by the Euclidean distance of their t, regulators by one minus Spearman's "
        "correlation.",
        f"{panel}That targets rise with their regulator is assumed, and bound genes are high for many reasons. t grows "
        "with the number of targets and depends on the genes of the matrix: compare columns within a row, not rows, "
        "and never two matrices. The p takes genes as independent, which they are not: a rank, not an error rate. "
        "Every tree has branches: they are an order to read by, not tested groups, and a new sample may change them.",
    )
