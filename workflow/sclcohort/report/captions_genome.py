"""The caption of the figure of the mutation burden."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sclcohort.report.captions import Caption

if TYPE_CHECKING:
    from sclcohort.report.cohort import Cohort


def burden(cohort: Cohort) -> Caption:
    """Return the caption of the mutation burden."""
    least = cohort.setting("burden", "min_target_megabases")
    return Caption(
        "How many mutations per megabase does each tumour carry, and how sure is that?",
        "One mark per tumour, highest first, by target. The line is the exact 95 % Poisson interval of the count. A "
        "hollow mark: nothing was counted. Tumours without a burden are not drawn. The scale is logarithmic.",
        "What was counted is printed at the table"
        + (f"; targets below {least:g} Mb of coding bases are called unreliable." if least is not None else "."),
        "Compare tumours of one target only: panels are rich in drivers. Tumour-only variants hold germline ones, "
        "callers differ, and impure or shallow samples lose variants. Every number carries its remark in the table.",
    )
