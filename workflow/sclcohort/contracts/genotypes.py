"""Tables of the genotypes stage: RB1 in three states, and genotypes that a reader must know about."""

from __future__ import annotations

from sclcohort.contracts.columns import CERTAINTY, CITATION, REASON, SAMPLE
from sclcohort.tables import Column, Table

RB1_STATES = ("LOST", "INTACT_SUPPORTED", "UNDETERMINED")
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
