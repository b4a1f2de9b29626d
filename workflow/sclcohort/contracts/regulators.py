"""Tables of the regulators stage, and the resources it reads: aliases, gene sets, constants."""

from __future__ import annotations

from sclcohort.contracts.columns import CERTAINTY, CITATION, GENE, REASON, SAMPLE
from sclcohort.tables import Column, Table

GENE_ALIASES = Table(
    "gene_aliases.tsv",
    ("alias",),
    (
        Column("alias", "text", "Old symbol, alias or identifier, as met in data."),
        Column("gene_symbol", "text", "Approved HGNC symbol.", required=True),
        Column(
            "kind",
            "text",
            "What the alias is.",
            states=("previous_symbol", "alias", "ensembl_gene_id", "entrez_gene_id"),
            required=True,
        ),
        CITATION,
        CERTAINTY,
    ),
    "One old or other name of a gene that the workflow uses.",
)
GENE_SETS = Table(
    "gene_sets.tsv",
    ("gene_set", "gene_symbol"),
    (
        Column("gene_set", "text", "Name of the set."),
        GENE,
        Column("symbol_in_source", "text", "Symbol as the source prints it.", required=True),
        Column(
            "direction", "text", "Expected direction in tumours of the programme.", states=("up", "down"), required=True
        ),
        CITATION,
        CERTAINTY,
    ),
    "One gene of one published set.",
)
NE_SIGNATURE = Table(
    "ne_signature.tsv",
    ("gene_symbol",),
    (
        GENE,
        Column("group", "text", "Side of the signature.", states=("ne", "non_ne"), required=True),
        Column("ne_reference_log2", "number", "Reference expression in NE tumours, log2.", required=True),
        Column("non_ne_reference_log2", "number", "Reference expression in non-NE tumours, log2.", required=True),
        CITATION,
        CERTAINTY,
    ),
    "One of the 50 genes of the neuroendocrine score.",
)
SUBTYPE_CALIBRATION = Table(
    "subtype_calibration.tsv",
    ("parameter", "programme"),
    (
        Column("parameter", "text", "Name of the constant; the module regulators.subtypes says how it is used."),
        Column("programme", "text", "Programme or gene it belongs to."),
        Column("value", "number", "Value.", required=True),
        CITATION,
        CERTAINTY,
    ),
    "One constant that anchors the subtype call, so that it never depends on the cohort.",
)
REGULONS = Table(
    "regulons.tsv",
    ("source", "target"),
    (
        Column("source", "text", "Regulator, approved HGNC symbol."),
        Column("target", "text", "Gene that it regulates, approved HGNC symbol."),
        Column(
            "weight",
            "number",
            "Sign and strength: above 0 activates, below 0 represses; never 0.",
            required=True,
            minimum=-1,
            maximum=1,
        ),
        Column("symbol_in_source", "text", "Symbol as the source prints it.", required=True),
        CITATION,
        CERTAINTY,
    ),
    "One published target of one regulator.",
)
EXPRESSION_STATUS = Table(
    "regulators/status.tsv",
    ("sample_id",),
    (
        SAMPLE,
        Column(
            "state",
            "text",
            "What became of the sample's expression.",
            states=("scored", "refused", "not_provided"),
            required=True,
        ),
        Column("genes_measured", "integer", "Genes of the matrix with a value.", minimum=0),
        Column("genes_detected", "integer", "Genes above zero.", minimum=0),
        REASON,
    ),
    "What became of one sample's expression.",
)
GENE_MAPPING = Table(
    "regulators/gene_mapping.tsv",
    ("gene_symbol",),
    (
        GENE,
        Column("name_in_matrix", "text", "Row name(s) found, joined by ','; empty: not in the matrix."),
        Column(
            "rule",
            "text",
            "How the row was found.",
            states=("symbol", "alias", "ensembl_gene_id", "entrez_gene_id", "missing"),
            required=True,
        ),
        Column("used_by", "text", "Gene sets, scores and rules that want the gene, joined by ','.", required=True),
        REASON,
    ),
    "How one gene that the workflow uses was found in the expression matrix.",
)
EXPRESSION = Table(
    "regulators/expression.tsv",
    ("sample_id", "gene_symbol"),
    (
        SAMPLE,
        GENE,
        Column(
            "log2_expression",
            "number",
            "log2(TPM + 1), or log2(CPM + 1) where the matrix holds counts.",
            required=True,
            minimum=0,
        ),
    ),
    "Expression of one gene that the workflow uses, in one sample.",
)


def _set_columns(name: str, meaning: str, genes: int) -> tuple[Column, Column]:
    """Return the columns of a gene set that is scored by rank: the score, and how many of its genes are measured."""
    score = Column(name, "number", f"{meaning}: within-sample rank score.", minimum=-1, maximum=1)
    return score, Column(
        f"{name}_genes", "integer", f"Genes of that set measured, of {genes}.", minimum=0, maximum=genes
    )


SCORES = Table(
    "regulators/scores.tsv",
    ("sample_id",),
    (
        SAMPLE,
        Column("ascl1_log2", "number", "ASCL1, log2(TPM + 1).", minimum=0),
        Column("neurod1_log2", "number", "NEUROD1, log2(TPM + 1).", minimum=0),
        Column("pou2f3_log2", "number", "POU2F3, log2(TPM + 1).", minimum=0),
        Column("yap1_log2", "number", "YAP1, log2(TPM + 1).", minimum=0),
        Column("programme_a", "number", "ASCL1 programme, within-sample rank score.", minimum=-1, maximum=1),
        Column("programme_n", "number", "NEUROD1 programme, within-sample rank score.", minimum=-1, maximum=1),
        Column("programme_p", "number", "POU2F3 programme, within-sample rank score.", minimum=-1, maximum=1),
        Column("programme_y", "number", "YAP1 programme, within-sample rank score.", minimum=-1, maximum=1),
        Column("programme_genes", "integer", "Programme genes measured, of 80.", minimum=0, maximum=80),
        Column("ne_score", "number", "Neuroendocrine score of Zhang 2018: positive is NE-high.", minimum=-1, maximum=1),
        Column("ne_genes", "integer", "Genes of the NE score measured, of 50.", minimum=0, maximum=50),
        Column("t_cell_inflamed", "number", "T-cell-inflamed score: mean log2 expression of the set.", minimum=0),
        Column("t_cell_inflamed_genes", "integer", "Genes of that set measured, of 18.", minimum=0, maximum=18),
        *_set_columns("proliferation", "Proliferation, 11 genes of the PAM50 index", 11),
        *_set_columns("antigen_presentation", "Antigen presentation by MHC class I; immune cells add to it", 7),
        *_set_columns("emt", "Epithelial-mesenchymal transition, positive is mesenchymal; stroma adds to it", 12),
        *_set_columns("tuft", "Tuft-cell markers around POU2F3", 8),
        *_set_columns("notch", "Targets of Notch; four of them from memory", 5),
        *_set_columns("metastasis", "Factors of metastasis FOXA2 and NFIB", 2),
        *_set_columns("myc_family", "Highest of MYC, MYCL and MYCN", 3),
        Column("ne_low_shift", "number", "Minus the neuroendocrine score: positive is NE-low.", minimum=-1, maximum=1),
        Column(
            "aggression",
            "number",
            "Mean of proliferation, metastasis, myc_family and ne_low_shift; empty where one is. A choice of this "
            "workflow, not tested against outcome: read its parts. With growth: `growth/aggression.tsv`.",
            minimum=-1,
            maximum=1,
        ),
        Column(
            "ranked_genes",
            "integer",
            "Measured genes of `resources/gene_sets.tsv`; the set scores above are ranks among them.",
            minimum=0,
        ),
        Column("set_genes_missing", "text", "Genes of those sets that the matrix lacks, joined by ','."),
        Column("set_reason", "text", "Why a set score is not assessable; empty where all are."),
        REASON,
    ),
    "Regulator and lineage scores of one sample; an empty score was not assessable.",
)
SUBTYPES = ("SCLC-A", "SCLC-N", "SCLC-P", "SCLC-Y", "SCLC-I", "hybrid", "unclassified", "not_assessable")
SUBTYPE_CALLS = Table(
    "regulators/subtypes.tsv",
    ("sample_id",),
    (
        SAMPLE,
        Column("subtype", "text", "Subtype call.", states=SUBTYPES, required=True),
        Column("components", "text", "Programmes of a hybrid, e.g. A+N."),
        Column("probability", "number", "Calibrated probability of the leading programme.", minimum=0, maximum=1),
        Column("margin", "number", "Leading minus second probability.", minimum=0, maximum=1),
        Column("probability_a", "number", "Probability of the ASCL1 programme.", minimum=0, maximum=1),
        Column("probability_n", "number", "Probability of the NEUROD1 programme.", minimum=0, maximum=1),
        Column("probability_p", "number", "Probability of the POU2F3 programme.", minimum=0, maximum=1),
        Column("probability_y", "number", "Probability of the YAP1 programme.", minimum=0, maximum=1),
        Column("genes_missing", "text", "Genes of the call that the matrix lacks, joined by ','."),
        Column("rule", "text", "Name of the rule that decided."),
        REASON,
    ),
    "Subtype of one sample.",
)
ACTIVITY = Table(
    "regulators/activity.tsv",
    ("sample_id", "regulator"),
    (
        SAMPLE,
        Column("regulator", "text", "Regulator, as the regulon names it; `regulators/targets.tsv` lists its targets."),
        Column(
            "state",
            "text",
            "Whether the activity could be judged.",
            states=("assessed", "not_assessable"),
            required=True,
        ),
        Column(
            "score",
            "number",
            "t of the slope of the sample's log2 expression on the regulator's weights, over all genes of the matrix; "
            "positive: its targets stand above the other genes. Compare samples of one matrix only.",
        ),
        Column(
            "p_value",
            "number",
            "Two-sided p of t. Genes count as independent, which they are not: a rank, not an error rate.",
            minimum=0,
            maximum=1,
        ),
        Column(
            "p_adjusted",
            "number",
            "Benjamini-Hochberg over the regulators assessed in the sample.",
            minimum=0,
            maximum=1,
        ),
        Column(
            "weighted_mean",
            "number",
            "Mean of the measured targets' log2 expression by weight: sum of weight times expression over the sum of "
            "the weights' absolute values. It looks at the targets alone and has no p value.",
        ),
        Column("targets_measured", "integer", "Targets that are rows of the matrix.", minimum=0),
        Column(
            "genes", "integer", "Genes of the matrix, the background; t has two degrees of freedom fewer.", minimum=0
        ),
        REASON,
    ),
    "Activity of one regulator in one sample, judged by its published targets.",
)
REGULON_TARGETS = Table(
    "regulators/targets.tsv",
    ("regulator", "target"),
    (
        Column("regulator", "text", "Regulator, as the regulon names it."),
        Column("target", "text", "Gene that it regulates, approved HGNC symbol where one is known."),
        Column("symbol_in_source", "text", "Symbol as the source of the regulon prints it.", required=True),
        Column("weight", "number", "Sign and strength: above 0 activates, below 0 represses.", required=True),
        Column("measured", "boolean", "The target is a gene of the matrix and counts.", required=True),
        Column("name_in_matrix", "text", "Row name(s) found, joined by ','; empty: not in the matrix."),
        REASON,
    ),
    "One target of one regulator, and whether the expression matrix holds it.",
)
