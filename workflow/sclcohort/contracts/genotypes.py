"""Tables of the genotypes stage: RB1 in three states, and genotypes that a reader must know about."""

from __future__ import annotations

from sclcohort.contracts.columns import CERTAINTY, CITATION, REASON, SAMPLE
from sclcohort.tables import Column, Table

RB1_STATES = ("LOST", "INTACT_SUPPORTED", "UNDETERMINED")
# Genes by whose RNA a lost RB1 is told from one that is kept.
RB1_RNA_GENES = ("RB1", "CDKN2A")
RB1_STATUS = Table(
    "genotypes/rb1_status.tsv",
    ("sample_id",),
    (
        SAMPLE,
        Column(
            "state",
            "text",
            "LOST: both copies; INTACT_SUPPORTED: no hit, and positive support; UNDETERMINED: anything else.",
            states=RB1_STATES,
            required=True,
        ),
        Column("support_lost", "text", "What speaks for loss, joined by '; '."),
        Column("support_intact", "text", "What speaks for an intact gene, joined by '; '."),
        Column("not_assessable", "text", "Support that could not be looked for, joined by '; '."),
        REASON,
        CITATION,
    ),
    "State of RB1 in one sample.",
)
GENOTYPE_FLAGS = (
    "nsclc_like",
    "smarca4_deficient",
    "chr11_ccnd1",
    "chr12_mdm2",
    "tp53_rb1_wild_type",
    "combined_histology",
)
RB1_SUPPORTS = (
    "rb1_biallelic",
    "rb1_one_hit",
    "rb1_uncertain_event",
    "rb1_rna_lost",
    "rb1_rna_intact",
    "ccnd1_amplified",
    "cdkn2a_lost",
    "rb1_undetermined",
)
GENOTYPE_RULES = Table(
    "genotype_rules.tsv",
    ("rule",),
    (
        Column("rule", "text", "Flag, or support for a state of RB1.", states=(*GENOTYPE_FLAGS, *RB1_SUPPORTS)),
        Column("criterion", "text", "What is looked for in the data of one sample.", required=True),
        Column("meaning", "text", "What it suggests, and what it does not.", required=True),
        CITATION,
        CERTAINTY,
        Column("note", "text", "What of the criterion is a choice of this workflow, and why."),
    ),
    "One flag, or one support for a state of RB1, with the publication it rests on.",
)
GENOTYPES = Table(
    "genotypes/flags.tsv",
    ("sample_id", "flag"),
    (
        SAMPLE,
        Column("flag", "text", "Genotype looked for.", states=GENOTYPE_FLAGS),
        Column(
            "state", "text", "Whether it is there.", states=("raised", "not_raised", "not_assessable"), required=True
        ),
        Column("evidence", "text", "Events and measurements it rests on."),
        Column("meaning", "text", "What the flag suggests, and what it does not."),
        REASON,
        CITATION,
        CERTAINTY,
    ),
    "Whether one sample has one genotype that calls its diagnosis into question.",
)
