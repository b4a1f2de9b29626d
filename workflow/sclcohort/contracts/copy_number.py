"""Tables of the copy-number stage: what became of each file of segments, and the genes."""

from __future__ import annotations

from sclcohort.contracts.columns import GENE, REASON, SAMPLE
from sclcohort.tables import Column, Table

COPY_NUMBER_STATES = ("deep_deletion", "loss", "neutral", "gain", "amplification", "not_covered")
COPY_NUMBER_STATUS = Table(
    "copy_number/{chunk}.status.tsv",
    ("sample_id",),
    (
        SAMPLE,
        Column(
            "state",
            "text",
            "What became of the sample's segments.",
            states=("imported", "refused", "not_provided"),
            required=True,
        ),
        Column(
            "format",
            "text",
            "Format found.",
            states=("seg", "cns", "gatk", "purple", "facets", "ascat", "sequenza", "battenberg"),
        ),
        Column("segments", "integer", "Segments of the sample.", minimum=0),
        Column("purity_used", "number", "Purity used for copies; empty: unknown, 1 assumed.", minimum=0, maximum=1),
        Column("purity_source", "text", "Where that purity is from.", states=("sheet", "copy_number_caller")),
        Column("ploidy", "number", "Average copies of the tumour genome, where known.", minimum=0),
        Column(
            "ploidy_source",
            "text",
            "Where the ploidy is from: the caller's own file, or the mean of its segments' copies.",
            states=("copy_number_caller", "segments"),
        ),
        REASON,
    ),
    "What became of one sample's copy-number segments.",
)
GENE_COPY_NUMBER = Table(
    "copy_number/{chunk}.genes.tsv",
    ("sample_id", "gene_symbol"),
    (
        SAMPLE,
        GENE,
        Column("log2_ratio", "number", "Mean log2 ratio of the segments over the gene, weighted by bases."),
        Column(
            "total_copies",
            "number",
            "Tumour copies: the caller's own, else from the log2 ratio by purity and ploidy (1 and 2 where unknown).",
            minimum=0,
        ),
        Column("minor_copies", "number", "Copies of the rarer allele, where the caller gives them.", minimum=0),
        Column("state", "text", "Copy-number state of the gene.", states=COPY_NUMBER_STATES, required=True),
        Column("lowest_log2_ratio", "number", "Lowest log2 ratio of any segment over the gene (intragenic deletions)."),
        Column(
            "lowest_copies",
            "number",
            "Fewest tumour copies of any segment over the gene; empty where only the sex could tell a deletion.",
            minimum=0,
        ),
        Column("ploidy_ratio", "number", "Copies of the gene over the ploidy of the sample.", minimum=0),
        Column(
            "focality",
            "text",
            "Whether the run of segments in this state is short enough to be focal.",
            states=("focal", "broad", "not_assessable"),
        ),
        Column("event_bases", "integer", "Bases of the run of adjacent segments in the gene's state.", minimum=0),
        Column("segments", "integer", "Segments that overlap the gene.", required=True, minimum=0),
        Column(
            "covered_fraction",
            "number",
            "Fraction of the gene's bases under a segment.",
            required=True,
            minimum=0,
            maximum=1,
        ),
        REASON,
    ),
    "Copy number of one driver gene in one sample that has segments.",
)
