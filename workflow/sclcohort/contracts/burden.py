"""Tables of the burden stage: mutations per megabase, and genes mutated more often than chance."""

from __future__ import annotations

from sclcohort.contracts.columns import GENE, REASON, SAMPLE
from sclcohort.tables import Column, Table

MUTATION_BURDEN = Table(
    "burden/mutation_burden.tsv",
    ("sample_id",),
    (
        SAMPLE,
        Column("state", "text", "Whether it could be counted.", states=("measured", "not_assessable"), required=True),
        Column("target", "text", "Name of the target; all_coding: no BED given, all coding bases of the gene model."),
        Column("target_megabases", "number", "Coding bases of the target, in Mb: the denominator.", minimum=0),
        Column("counted", "integer", "Variants counted, see `definition`.", minimum=0),
        Column("burden_per_megabase", "number", "counted / target_megabases.", minimum=0),
        Column("burden_low", "number", "Lower end of the exact 95 % Poisson interval (Garwood 1936).", minimum=0),
        Column("burden_high", "number", "Upper end of that interval.", minimum=0),
        Column(
            "missense", "integer", "Of those, missense variants, which published counts of exomes are of.", minimum=0
        ),
        Column("nonsynonymous", "integer", "Of those, variants that change the protein.", minimum=0),
        Column("synonymous", "integer", "Of those, variants that do not.", minimum=0),
        Column("definition", "text", "What was counted, in words."),
        REASON,
    ),
    "Tumour mutational burden of one sample.",
)
RECURRENCE = Table(
    "burden/recurrence.tsv",
    ("gene_symbol",),
    (
        GENE,
        Column("state", "text", "Whether it was tested.", states=("tested", "not_assessable"), required=True),
        Column(
            "patients", "integer", "Patients whose variants are somatic and whose target covers the gene.", minimum=0
        ),
        Column("patients_mutated", "integer", "Of those, with a non-silent variant in the gene.", minimum=0),
        Column(
            "patients_expected",
            "number",
            "Expected by the rate of each patient, the gene's sites, and its own silent mutations.",
            minimum=0,
        ),
        Column("p_value", "number", "Probability of so many or more mutated patients.", minimum=0, maximum=1),
        Column("q_value", "number", "The same after Benjamini-Hochberg over the tested genes.", minimum=0, maximum=1),
        Column(
            "detectable_percent",
            "number",
            "Least percentage of patients mutated that is found with 80 % power, background included; empty: none is.",
            minimum=0,
            maximum=100,
        ),
        Column("coding_bases", "integer", "Coding bases of the gene in the target, the largest of several.", minimum=0),
        REASON,
    ),
    "Whether one gene is mutated in more patients than its background rate explains.",
)
