"""Tables of regulators set beside outcomes, and of vulnerabilities; with the resource of published ones."""

from __future__ import annotations

from sclcohort.contracts.columns import REASON
from sclcohort.tables import Column, Table

OUTCOMES = ("aggression", "ne_score")
MEASURES = ("activity", "expression")
ASSOCIATIONS = Table(
    "regulators/associations.tsv",
    ("outcome", "regulator", "measure"),
    (
        Column("outcome", "text", "Score of regulators/scores.tsv that the regulator is set beside.", states=OUTCOMES),
        Column("regulator", "text", "Regulator, HGNC symbol."),
        Column("measure", "text", "Its activity by its targets, or its own expression.", states=MEASURES),
        Column(
            "state",
            "text",
            "Whether there were enough patients, and differences among them.",
            states=("computed", "not_computable"),
            required=True,
        ),
        Column(
            "part_of_outcome",
            "boolean",
            "Whether the outcome is made of the regulator, or of a target of it: then rho is partly true by "
            "construction, is not tested, and ranks nothing.",
            required=True,
        ),
        Column("shared_genes", "text", "Genes in which the two meet, joined by ','."),
        Column(
            "patients",
            "integer",
            "Patients with both, one sample each: the earliest with expression, by day, then by name.",
            required=True,
            minimum=0,
        ),
        Column("rho", "number", "Spearman's rank correlation.", minimum=-1, maximum=1),
        Column("rho_low", "number", "Lower end of its 95 % interval (Bonett and Wright 2000).", minimum=-1, maximum=1),
        Column("rho_high", "number", "Upper end of that interval.", minimum=-1, maximum=1),
        Column("p_value", "number", "Two-sided p of rho.", minimum=0, maximum=1),
        Column(
            "p_method",
            "text",
            "exact: all permutations, up to 12 patients; monte_carlo: random ones, up to 29; t_approximation: from 30.",
            states=("exact", "monte_carlo", "t_approximation"),
        ),
        Column("permutations", "integer", "Permutations looked at.", minimum=1),
        Column(
            "p_adjusted",
            "number",
            "Benjamini-Hochberg over the tested rows of the outcome.",
            minimum=0,
            maximum=1,
        ),
        Column("rho_partial", "number", "rho with `adjusted_for` held fixed.", minimum=-1, maximum=1),
        Column("p_partial", "number", "Its two-sided p, by t whatever the number of patients.", minimum=0, maximum=1),
        Column(
            "adjusted_for", "text", "What is held fixed, joined by ',': purity, batch. Only what all patients have."
        ),
        REASON,
    ),
    "Association of one regulator with one outcome over the patients of the cohort. Explorative: research use only.",
)
