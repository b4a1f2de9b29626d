"""Tables of the structural-variants stage: what became of each file, and what its junctions do to genes."""

from __future__ import annotations

from sclcohort.contracts.columns import GENE, REASON, SAMPLE
from sclcohort.tables import Column, Table

STRUCTURAL_CALLERS = ("manta", "delly", "svaba", "gridss", "generic")
STRUCTURAL_EFFECTS = (
    "exon_deletion",
    "exon_duplication",
    "gene_deletion",
    "gene_duplication",
    "breakpoint_in_gene",
    "fusion",
    "intronic",
)
STRUCTURAL_VARIANT_STATUS = Table(
    "structural_variants/{chunk}.status.tsv",
    ("sample_id",),
    (
        SAMPLE,
        Column(
            "state",
            "text",
            "What became of the sample's structural variants.",
            states=("imported", "refused", "not_provided"),
            required=True,
        ),
        Column("caller", "text", "Caller, from header and fields.", states=STRUCTURAL_CALLERS),
        Column("tumour_column", "text", "Tumour column used; empty: the file has no columns."),
        Column("normal_column", "text", "Normal column used; empty: tumour-only."),
        Column("records", "integer", "Records in the file.", minimum=0),
        Column(
            "junctions",
            "integer",
            "Junctions: both breakends of one are one, and both of an inversion or balanced translocation.",
            minimum=0,
        ),
        Column("passed", "integer", "Junctions with reads in the tumour whose FILTER is accepted.", minimum=0),
        Column(
            "set_aside",
            "integer",
            "Alleles that are no junction: single breakends, indels below 50 bases, symbols of copy number.",
            minimum=0,
        ),
        REASON,
    ),
    "What became of one sample's structural variants.",
)
GENE_DISRUPTIONS = Table(
    "structural_variants/{chunk}.genes.tsv",
    ("sample_id", "gene_symbol", "event"),
    (
        SAMPLE,
        GENE,
        Column("event", "text", "Name, unique in the gene: effect with exons or partner, then the junction."),
        Column("effect", "text", "What the junction does to the gene.", states=STRUCTURAL_EFFECTS, required=True),
        Column(
            "disrupts",
            "boolean",
            "Whether the representative transcript loses or repeats coding bases, or is cut before its stop codon.",
            required=True,
        ),
        Column("sv_type", "text", "Kind of junction.", states=("DEL", "DUP", "INV", "INS", "BND"), required=True),
        Column(
            "exons", "text", "Exons of the representative transcript lost or gained, e.g. 2-3; by transcript order."
        ),
        Column("partner_gene", "text", "Gene at the other breakpoint, where it is another."),
        Column("chrom", "text", "Contig of the first breakpoint.", required=True),
        Column("position_1based", "integer", "First breakpoint, the lower on one contig.", required=True, minimum=1),
        Column("partner_chrom", "text", "Contig of the second breakpoint.", required=True),
        Column("partner_position_1based", "integer", "Second breakpoint.", required=True, minimum=1),
        Column(
            "strands",
            "text",
            "Sides joined, as in BEDPE: +- deletion, -+ duplication, ++ or -- inversion; second pair: its reciprocal.",
        ),
        Column("filter", "text", "FILTER of the caller; empty where it set none."),
        Column("filter_accepted", "boolean", "Whether `variants.accepted_filters` accepts it.", required=True),
        Column("supporting_reads", "integer", "Read pairs and split reads with the junction in the tumour.", minimum=0),
        Column(
            "depth_reads", "integer", "These and those with the reference, where the caller counts them.", minimum=0
        ),
        Column("normal_supporting_reads", "integer", "Read pairs and split reads with it in the normal.", minimum=0),
        REASON,
    ),
    "What one junction of one sample does to one driver gene.",
)
