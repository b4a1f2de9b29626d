"""Tables of regulators set beside outcomes, and of vulnerabilities; with the resource of published ones."""

from __future__ import annotations

from sclcohort.contracts.columns import CERTAINTY, CITATION, REASON, SAMPLE
from sclcohort.contracts.resistance import LEVELS, STRATEGIES
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

CONDITIONS = (
    "activity_high",
    "expressed",
    "not_expressed",
    "amplified",
    "mutated",
    "biallelic_loss",
    "intact_supported",
    "subtype",
    "ne_high",
    "ne_low",
    "unselected",
)
COMPARISONS = ("compared", "carriers_only", "unselected")
VULNERABILITY_STATES = ("candidate", "not_supported", "not_assessable")
GENOMIC_SUPPORTS = ("supported", "none_found", "not_assessable", "not_applicable")
_GENE = Column("gene_symbol", "text", "Regulator, driver or target that the row is about, HGNC symbol.", required=True)
_CONDITION = Column(
    "condition", "text", "State of it that is published to open the vulnerability.", states=CONDITIONS, required=True
)
_INTERVENTION = Column("intervention", "text", "Class of drugs, or what would have to be one.", required=True)
_TARGET = Column("target", "text", "What is hit, joined by ','.", required=True)
_STRATEGY = Column("strategy", "text", "Strategy the intervention belongs to.", states=STRATEGIES, required=True)
_LEVEL = Column(
    "level",
    "text",
    "Of the effect in tumours with the state: A randomised or prospective clinical, B retrospective or exploratory "
    "clinical, C animal or PDX, D cell lines.",
    states=LEVELS,
    required=True,
)
_COMPARISON = Column(
    "comparison",
    "text",
    "compared: tumours with and without the state; carriers_only: only such with it; unselected: whether or not they "
    "had it, so that the state marks no one out.",
    states=COMPARISONS,
    required=True,
)
_RANK = Column("rank", "integer", "Place among the candidates; equals share it; empty: no candidate.", minimum=1)
# What was asked: a row of the resource table, and what it says.
_ASKED = (
    Column("vulnerability_id", "text", "Row of resources/vulnerabilities.tsv."),
    _GENE,
    _CONDITION,
    _INTERVENTION,
    _TARGET,
    _STRATEGY,
)
VULNERABILITIES = Table(
    "vulnerabilities.tsv",
    ("vulnerability_id",),
    (
        Column("vulnerability_id", "text", "Stable name."),
        _GENE,
        _CONDITION,
        Column("state_asked", "text", "Subtype that is asked for, where the condition is one."),
        Column("rule_id", "text", "Rule of resistance_rules.tsv that answers whether the state is there."),
        Column("vetoes", "text", "Rules of resistance_rules.tsv that speak against it when met, joined by ','."),
        _INTERVENTION,
        _TARGET,
        _STRATEGY,
        Column(
            "direction",
            "text",
            "What the state means for the intervention; not_predictive: an encoded negative.",
            states=("sensitivity", "not_predictive"),
            required=True,
        ),
        _LEVEL,
        _COMPARISON,
        Column("evidence", "text", "What was shown.", required=True),
        CITATION,
        CERTAINTY,
        Column("note", "text", "What a reader should know."),
    ),
    "One published vulnerability. Research use only.",
)
SAMPLE_VULNERABILITIES = Table(
    "regulators/vulnerabilities.tsv",
    ("sample_id", "vulnerability_id"),
    (
        SAMPLE,
        *_ASKED,
        Column(
            "state",
            "text",
            "candidate: the state is there; not_supported: it is not, a rule speaks against it, or it is an encoded "
            "negative; not_assessable: nobody could tell.",
            states=VULNERABILITY_STATES,
            required=True,
        ),
        _RANK,
        _LEVEL,
        _COMPARISON,
        Column("value", "text", "What was found."),
        Column("activity", "number", "Activity of the gene as a regulator, t, where it was judged."),
        Column("activity_p_adjusted", "number", "Its adjusted p.", minimum=0, maximum=1),
        Column("log2_expression", "number", "Expression of the gene, where the workflow reads it.", minimum=0),
        Column(
            "genomic_support",
            "text",
            "Whether the genome bears the state out: amplification, loss of both copies, RB1 kept with support.",
            states=GENOMIC_SUPPORTS,
            required=True,
        ),
        Column("genomic_evidence", "text", "What was found there."),
        REASON,
        CITATION,
        CERTAINTY,
    ),
    "One published vulnerability in one sample. It depends on that sample alone. Research use only: not a treatment "
    "recommendation.",
)
COHORT_VULNERABILITIES = Table(
    "regulators/cohort_vulnerabilities.tsv",
    ("vulnerability_id",),
    (
        *_ASKED,
        Column(
            "state",
            "text",
            "candidate: in a patient or more; not_supported: in none of those judged; not_assessable: none was judged.",
            states=VULNERABILITY_STATES,
            required=True,
        ),
        _RANK,
        _LEVEL,
        _COMPARISON,
        Column("patients", "integer", "Patients of the cohort.", required=True, minimum=0),
        Column("patients_assessed", "integer", "Of them, those who could be judged.", required=True, minimum=0),
        Column("patients_candidate", "integer", "Those with it in one sample or more.", required=True, minimum=0),
        Column("patients_genomic", "integer", "Candidates whose genome bears it out, too.", required=True, minimum=0),
        Column("association_measure", "text", "What of the gene is set beside aggression.", states=MEASURES),
        Column("rho", "number", "Its rank correlation with aggression.", minimum=-1, maximum=1),
        Column("rho_p_adjusted", "number", "Its adjusted p; empty: not tested.", minimum=0, maximum=1),
        REASON,
        CITATION,
        CERTAINTY,
    ),
    "One published vulnerability over the patients of the cohort. Research use only: not a treatment recommendation.",
)
