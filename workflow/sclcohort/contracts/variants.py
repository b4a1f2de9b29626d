"""Tables of the variants stage: what became of each VCF, and the coding variants."""

from __future__ import annotations

from sclcohort.contracts.columns import GENE, REASON, SAMPLE
from sclcohort.tables import Column, Table

CALLERS = (
    "mutect2",
    "mutect1",
    "strelka2",
    "varscan2",
    "freebayes",
    "muse",
    "somaticsniper",
    "vardict",
    "sage",
    "dragen",
    "deepvariant",
    "octopus",
    "tnscope",
    "lofreq",
    "pcgr",
    "generic",
)
VARIANT_STATUS = Table(
    "variants/{chunk}.status.tsv",
    ("sample_id",),
    (
        SAMPLE,
        Column(
            "state",
            "text",
            "What became of the sample's VCF.",
            states=("imported", "refused", "not_provided"),
            required=True,
        ),
        Column("caller", "text", "Dialect of the VCF, read from its header and fields.", states=CALLERS),
        Column("tumour_column", "text", "Tumour column used; INFO: the file has no columns."),
        Column("normal_column", "text", "Normal column used; INFO: as above; empty: tumour-only."),
        Column(
            "column_rule",
            "text",
            "How the columns were chosen; info: the file has none, and INFO has the reads.",
            states=("sheet", "header", "name", "only_column", "info"),
        ),
        Column("records", "integer", "Records in the file.", minimum=0),
        Column("alleles", "integer", "Alleles after splitting and left-alignment.", minimum=0),
        Column("passed", "integer", "Alleles whose FILTER is accepted.", minimum=0),
        Column(
            "set_aside",
            "integer",
            "Symbolic, breakend, overlapping-deletion or missing ALT: not small variants.",
            minimum=0,
        ),
        Column("duplicates", "integer", "Alleles met more than once, kept once.", minimum=0),
        REASON,
    ),
    "What became of one sample's variants.",
)
CODING_VARIANTS = Table(
    "variants/{chunk}.coding_variants.tsv",
    ("sample_id", "chrom", "position_1based", "ref", "alt", "gene_symbol", "transcript_id"),
    (
        SAMPLE,
        Column("chrom", "text", "Contig."),
        Column("position_1based", "integer", "Position of the first REF base, left-aligned.", minimum=1),
        Column("ref", "text", "Reference allele."),
        Column("alt", "text", "Alternate allele."),
        Column(
            "filter", "text", "FILTER of the caller; PASS, a list joined by ';', or empty where the caller set none."
        ),
        Column("filter_accepted", "boolean", "Whether `variants.accepted_filters` accepts that FILTER.", required=True),
        Column("depth_reads", "integer", "Reads at the site in the tumour.", minimum=0),
        Column("alt_depth_reads", "integer", "Reads with the alternate allele in the tumour.", minimum=0),
        Column("vaf", "number", "Variant allele fraction in the tumour.", minimum=0, maximum=1),
        Column("normal_depth_reads", "integer", "Reads at the site in the normal.", minimum=0),
        Column("normal_alt_depth_reads", "integer", "Reads with the alternate allele in the normal.", minimum=0),
        GENE,
        Column("transcript_id", "text", "Transcript of the consequence."),
        Column(
            "is_representative",
            "boolean",
            "Whether the transcript stands for its gene (reference/genes.tsv).",
            required=True,
        ),
        Column("consequence", "text", "Sequence Ontology terms of bcftools csq -l, joined by '&'.", required=True),
        Column(
            "consequence_class",
            "text",
            "Truncating: stop gained, frameshift, start lost. Splice: donor or acceptor site.",
            states=("truncating", "splice", "missense", "inframe_indel", "stop_lost", "synonymous", "other_coding"),
            required=True,
        ),
        Column("protein_position", "integer", "First residue concerned, from 1.", minimum=1),
        Column("hgvs_p", "text", "Protein change, one-letter (p.R175H); p.X<n>_splice at splice sites."),
    ),
    "One allele of one sample with its consequence on one coding transcript.",
)
