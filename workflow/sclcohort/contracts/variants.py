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
CONSEQUENCE_CLASSES = (
    "truncating",
    "splice",
    "missense",
    "inframe_indel",
    "stop_lost",
    "synonymous",
    "other_coding",
)
VARIANT_STATUS = Table(
    "variants/{chunk}.status.tsv",
    ("sample_id",),
    (
        SAMPLE,
        Column(
            "state",
            "text",
            "What became of the sample's variant files; one that cannot be read refuses them all.",
            states=("imported", "refused", "not_provided"),
            required=True,
        ),
        Column("files", "integer", "Variant files the sheet names.", minimum=0),
        Column("callers", "text", "Callers of the files, joined by ';' in their order."),
        Column("has_normal", "boolean", "Whether the variants were called against a normal of the patient."),
        Column("records", "integer", "Records in the files.", minimum=0),
        Column("alleles", "integer", "Alleles after splitting, left-alignment and merging.", minimum=0),
        Column("passed", "integer", "Alleles whose FILTER is accepted.", minimum=0),
        Column(
            "set_aside",
            "integer",
            "Symbolic, breakend, overlapping-deletion or missing ALT: not small variants.",
            minimum=0,
        ),
        Column("duplicates", "integer", "Alleles met more than once in one file, kept once.", minimum=0),
        REASON,
    ),
    "What became of one sample's variants.",
)
COLUMN_RULES = ("sheet", "header", "name", "only_column", "info", "maf")
VARIANT_INFERENCE = Table(
    "variants/inference.tsv",
    ("sample_id", "file_number"),
    (
        SAMPLE,
        Column("file_number", "integer", "Place of the file in the sheet's cell, from 1.", minimum=1),
        Column("file", "text", "Name of the file, without its folder.", required=True),
        Column("format", "text", "Kind of file.", states=("vcf", "bcf", "maf"), required=True),
        Column("caller", "text", "Dialect, from header and fields.", states=CALLERS, required=True),
        Column("caller_rule", "text", "What gave the caller away.", states=("header", "fields", "config", "default")),
        Column("caller_version", "text", "Version as the header has it."),
        Column("build", "text", "Genome build by contig lengths or the file's own words; empty: not said."),
        Column("tumour_column", "text", "Tumour column used; INFO: the file has no columns."),
        Column("normal_column", "text", "Normal column used; INFO: as above; empty: tumour-only."),
        Column(
            "column_rule",
            "text",
            "How the columns were chosen; info: the file has none, and INFO has the reads; maf: by barcode.",
            states=COLUMN_RULES,
        ),
        Column("depth_field", "text", "Field with the depth; computed: from the counts of the alleles."),
        Column("alt_depth_field", "text", "Fields with the reads of the alternate allele, joined by ','."),
        Column("vaf_field", "text", "Field with the allele fraction; computed: from the reads."),
        Column(
            "annotation",
            "text",
            "Annotation found in the file, joined by ','.",
        ),
        Column("records", "integer", "Records in the file.", minimum=0),
        Column("notes", "text", "What a reader should know."),
    ),
    "What was inferred about one variant file.",
)
CODING_VARIANTS = Table(
    "variants/{chunk}.coding_variants.tsv",
    ("sample_id", "chrom", "position_1based", "ref", "alt", "gene_symbol"),
    (
        SAMPLE,
        Column("chrom", "text", "Contig."),
        Column("position_1based", "integer", "Position of the first REF base, left-aligned.", minimum=1),
        Column("ref", "text", "Reference allele."),
        Column("alt", "text", "Alternate allele."),
        Column(
            "filter",
            "text",
            "FILTER of the caller; PASS, a list joined by ';', empty where unset; of several files caller:FILTER.",
        ),
        Column("filter_accepted", "boolean", "Whether `variants.accepted_filters` accepts that FILTER.", required=True),
        Column("depth_reads", "integer", "Reads at the site in the tumour.", minimum=0),
        Column("alt_depth_reads", "integer", "Reads with the alternate allele in the tumour.", minimum=0),
        Column("vaf", "number", "Variant allele fraction in the tumour.", minimum=0, maximum=1),
        Column("normal_depth_reads", "integer", "Reads at the site in the normal.", minimum=0),
        Column("normal_alt_depth_reads", "integer", "Reads with the alternate allele in the normal.", minimum=0),
        Column("callers", "text", "Callers that have the allele, joined by ';' in the order of the files."),
        Column(
            "callers_given",
            "integer",
            "Callers asked that could have had it: files of one caller by kind of allele count once.",
            minimum=1,
        ),
        Column(
            "population_frequency",
            "number",
            "Highest allele frequency in `variants.population_vcf`; 0: not there; empty: none configured.",
            minimum=0,
            maximum=1,
        ),
        Column("phase_set", "text", "Phase set and haplotype that the caller gives, as <set>:<haplotype>."),
        GENE,
        Column("transcript_id", "text", "Transcript of the consequence; where the representative has none, the first."),
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
            states=CONSEQUENCE_CLASSES,
            required=True,
        ),
        Column("protein_position", "integer", "First residue concerned, from 1.", minimum=1),
        Column("hgvs_c", "text", "Change of the coding sequence of the representative transcript (c.524G>A)."),
        Column("hgvs_p", "text", "Protein change, one-letter (p.R175H); p.X<n>_splice at splice sites."),
        Column("joint_hgvs_p", "text", "Protein change together with the variants of the same phase set in the gene."),
        Column("joint_class", "text", "Consequence class of that joint change.", states=CONSEQUENCE_CLASSES),
        Column(
            "annotation_source", "text", "Annotation that the file brought.", states=("VEP", "SnpEff", "BCSQ", "MAF")
        ),
        Column("annotation_consequence", "text", "Its consequence for the gene, as it stands there."),
        Column("annotation_class", "text", "That consequence in our classes.", states=(*CONSEQUENCE_CLASSES, "none")),
        Column("annotation_hgvs_p", "text", "Its protein change, one-letter."),
        Column("annotation_agrees", "boolean", "Whether class and, where both give one, protein change agree."),
    ),
    "One allele of one sample with its consequence on one gene.",
)
