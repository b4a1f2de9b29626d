"""Tables of the drivers stage, and the resources it reads: driver genes and hotspots."""

from __future__ import annotations

from sclcohort.contracts.columns import CERTAINTY, CITATION, GENE, REASON, SAMPLE
from sclcohort.tables import Column, Table

ROLES = ("tumour_suppressor", "oncogene", "isoform_oncogene", "context")
GENE_CLASSES = ("sclc_driver", "nsclc_like", "sclc_mimic", "dna_repair", "passenger_prone")
DRIVER_GENES = Table(
    "driver_genes.tsv",
    ("gene_symbol",),
    (
        GENE,
        Column("ensembl_gene_id", "text", "Ensembl gene identifier, without version."),
        Column("role", "text", "How the gene drives.", states=ROLES, required=True),
        Column("gene_class", "text", "What an event in the gene may be called.", states=GENE_CLASSES, required=True),
        Column(
            "events",
            "text",
            "Events that count, joined by ',': hotspot, truncating, splice, missense, inframe_indel, stop_lost, "
            "amplification, deep_deletion.",
            required=True,
        ),
        Column(
            "zygosity",
            "boolean",
            "Whether the gene drives by the loss of both copies (TP53, RB1, PTEN).",
            required=True,
        ),
        Column(
            "domain_first_residue",
            "integer",
            "First residue of the domain in which a missense change counts.",
            minimum=1,
        ),
        Column("domain_last_residue", "integer", "Last residue of that domain.", minimum=1),
        Column(
            "frequency_percent", "number", "Patients with a non-silent small variant, of 272.", minimum=0, maximum=100
        ),
        CITATION,
        CERTAINTY,
        Column("note", "text", "What a reader should know before trusting an event."),
    ),
    "One gene whose events are called.",
)
HOTSPOTS = Table(
    "hotspots.tsv",
    ("gene_symbol", "residue", "position", "alternates"),
    (
        GENE,
        Column("residue", "text", "Reference residue, one-letter; where an in-frame hotspot spans several, E746_A750."),
        Column("position", "integer", "Residue number.", minimum=1),
        Column("kind", "text", "Kind of change.", states=("missense", "truncating", "inframe_indel"), required=True),
        Column(
            "alternates",
            "text",
            "Alternate residues seen there, one-letter, sorted, joined; * for stop. In-frame: del, dup, delins.",
        ),
        CITATION,
        CERTAINTY,
    ),
    "One residue that is mutated more often than chance across cancers.",
)
EVENT_TYPES = (
    "hotspot",
    "truncating",
    "splice",
    "missense",
    "inframe_indel",
    "stop_lost",
    "amplification",
    "deep_deletion",
    "rearrangement",
    "fusion",
)
COPY_NUMBER_EVENTS = ("amplification", "deep_deletion")
STRUCTURAL_EVENTS = ("rearrangement", "fusion")
ONCOGENICITY_CLASSES = ("oncogenic", "likely_oncogenic", "vus", "likely_benign", "benign")
ORIGINS = ("somatic", "likely_germline", "uncertain")
EVENTS = Table(
    "drivers/events.tsv",
    ("sample_id", "gene_symbol", "event"),
    (
        SAMPLE,
        GENE,
        Column("event", "text", "Name of the event: the protein change, or the copy-number event."),
        Column("event_type", "text", "Kind of event.", states=EVENT_TYPES, required=True),
        Column("gene_class", "text", "What the gene's events may be called.", states=GENE_CLASSES, required=True),
        Column(
            "oncogenic_call",
            "text",
            "likely_oncogenic: by rule, reason given; uncertain: of unknown significance; "
            "not_promoted: passenger-prone gene.",
            states=("likely_oncogenic", "uncertain", "not_promoted"),
            required=True,
        ),
        Column("hgvs_c", "text", "Change of the coding sequence."),
        Column("hgvs_p", "text", "Protein change, one-letter."),
        Column("consequence", "text", "Sequence Ontology terms."),
        Column("chrom", "text", "Contig."),
        Column("position_1based", "integer", "Position of the allele.", minimum=1),
        Column("ref", "text", "Reference allele."),
        Column("alt", "text", "Alternate allele."),
        Column("depth_reads", "integer", "Reads at the site in the tumour.", minimum=0),
        Column("alt_depth_reads", "integer", "Reads with the alternate allele.", minimum=0),
        Column("vaf", "number", "Variant allele fraction.", minimum=0, maximum=1),
        Column("copies", "number", "Tumour copies of the gene, where known.", minimum=0),
        Column("ploidy_ratio", "number", "Copies of the gene over the ploidy of the sample, where known.", minimum=0),
        Column("log2_ratio", "number", "Log2 ratio of the gene, where known."),
        Column("focality", "text", "Copy-number events: focal or broad.", states=("focal", "broad", "not_assessable")),
        Column("origin", "text", "Somatic or germline, as far as it can be told.", states=ORIGINS),
        Column("origin_reason", "text", "Why."),
        Column("ccf", "number", "Cancer-cell fraction: tumour cells that carry the variant.", minimum=0, maximum=1),
        Column("ccf_low", "number", "Lower end of its 95 % interval.", minimum=0, maximum=1),
        Column("ccf_high", "number", "Upper end of its 95 % interval.", minimum=0, maximum=1),
        Column(
            "clonality", "text", "Whether all tumour cells carry it.", states=("clonal", "subclonal", "not_assessable")
        ),
        Column("clonality_reason", "text", "Copies and purity it rests on, or what is missing."),
        Column(
            "oncogenicity_class",
            "text",
            "Class by the points of Horak 2022, small variants only.",
            states=ONCOGENICITY_CLASSES,
        ),
        Column("oncogenicity_points", "integer", "Sum of the points."),
        Column("oncogenicity_criteria", "text", "Each criterion met, with its points: OVS1=8;OP4=1."),
        Column("callers", "text", "Callers that have the allele, joined by ';'."),
        Column("callers_given", "integer", "Files of the sample that could have had it.", minimum=1),
        Column("annotation", "text", "What the file's own annotation says, where it disagrees."),
        REASON,
        CITATION,
    ),
    "One driver event of one sample.",
)
SET_ASIDE = Table(
    "drivers/set_aside.tsv",
    ("sample_id", "gene_symbol", "event", "chrom", "position_1based", "ref", "alt"),
    (
        SAMPLE,
        GENE,
        Column("event", "text", "The protein change or the consequence."),
        Column("chrom", "text", "Contig."),
        Column("position_1based", "integer", "Position.", minimum=1),
        Column("ref", "text", "Reference allele."),
        Column("alt", "text", "Alternate allele."),
        Column("filter", "text", "FILTER of the caller."),
        Column("vaf", "number", "Variant allele fraction.", minimum=0, maximum=1),
        Column("reason", "text", "Why it is not an event.", required=True),
    ),
    "One variant in a driver gene that was seen and not called an event.",
)
GENE_STATE_VALUES = ("biallelic", "one_hit", "altered", "none", "not_covered", "not_assessable")
MECHANISMS = (
    "homozygous_deletion",
    "partial_homozygous_deletion",
    "hit_with_loh",
    "hit_with_copy_loss",
    "two_hits",
    "structural_hit_and_other",
    "hit_with_vaf",
    "single_hit",
)
GENE_STATES = Table(
    "drivers/gene_states.tsv",
    ("sample_id", "gene_symbol"),
    (
        SAMPLE,
        GENE,
        Column(
            "state",
            "text",
            "Tumour suppressors: biallelic, one_hit, none. Others: altered, none. Both: not_covered by the panel, "
            "not_assessable.",
            states=GENE_STATE_VALUES,
            required=True,
        ),
        Column(
            "mechanism",
            "text",
            "Tumour suppressors with a hit: how the copies are lost.",
            states=MECHANISMS,
        ),
        Column(
            "second_hit",
            "text",
            "Tumour suppressors with a hit: whether the other copy is lost.",
            states=("found", "not_found", "not_assessable"),
        ),
        Column("confidence", "text", "probable: phase or purity unknown.", states=("definite", "probable")),
        Column("evidence", "text", "Events and measurements the state rests on."),
        REASON,
    ),
    "State of one driver gene in one sample.",
)
PURITY_SOURCES = ("sheet", "copy_number_caller", "tp53_vaf", "none")
PURITY = Table(
    "drivers/purity.tsv",
    ("sample_id",),
    (
        SAMPLE,
        Column("purity", "number", "Tumour purity that the drivers stage uses.", minimum=0, maximum=1),
        Column("purity_low", "number", "Lower end of the 95 % interval of an estimate.", minimum=0, maximum=1),
        Column("purity_high", "number", "Upper end of that interval.", minimum=0, maximum=1),
        Column("source", "text", "Where it is from; none: unknown.", states=PURITY_SOURCES, required=True),
        REASON,
    ),
    "Tumour purity of one sample.",
)
ANNOTATION_DISAGREEMENTS = Table(
    "drivers/annotation_disagreements.tsv",
    ("sample_id", "gene_symbol", "chrom", "position_1based", "ref", "alt"),
    (
        SAMPLE,
        GENE,
        Column("chrom", "text", "Contig."),
        Column("position_1based", "integer", "Position.", minimum=1),
        Column("ref", "text", "Reference allele."),
        Column("alt", "text", "Alternate allele."),
        Column("transcript_id", "text", "Transcript of our consequence."),
        Column("consequence", "text", "Our consequence."),
        Column("hgvs_p", "text", "Our protein change."),
        Column("annotation_source", "text", "Annotation that the file brought."),
        Column("annotation_consequence", "text", "Its consequence."),
        Column("annotation_hgvs_p", "text", "Its protein change."),
        Column("event", "text", "The driver event that rests on ours; empty: set aside."),
    ),
    "One variant of a driver gene on which the file's own annotation and ours disagree.",
)
ARTEFACTS = Table(
    "artefacts.tsv",
    ("gene_symbol", "hgvs_p"),
    (
        GENE,
        Column(
            "hgvs_p",
            "text",
            "Protein change, one-letter, as this workflow names it; a final % stands for any ending. A deletion of "
            "several residues stands for every deletion of as many that starts within that length of it.",
        ),
        Column("reason", "text", "Why it is taken for an artefact.", required=True),
        CITATION,
        CERTAINTY,
    ),
    "One recurrent artefact that is masked.",
)
ONCOGENIC_VARIANTS = Table(
    "oncogenic_variants.tsv",
    ("gene_symbol", "hgvs_p", "criterion"),
    (
        GENE,
        Column("hgvs_p", "text", "Protein change, one-letter."),
        Column(
            "criterion",
            "text",
            "Criterion of Horak 2022 that the citation supports.",
            states=("OS1", "OS2", "OS3", "OM3", "SBS2"),
        ),
        Column("evidence", "text", "What was shown.", required=True),
        CITATION,
        CERTAINTY,
    ),
    "One protein change with published functional evidence, or counted in a list of hotspots.",
)
