"""Every table the workflow reads or writes, with the meaning of its columns.

Result tables live under ``results/<cohort>/``, resource tables under ``resources/``. The order
of this file is the order of the data: inputs, reference, variants, copy number, drivers,
regulators, resistance, patients, provenance. Others may rely on names and columns given here.
"""

from __future__ import annotations

from sclcohort.tables import Column, Table

SAMPLE = Column("sample_id", "text", "Tumour sample, as in the sample sheet.")
PATIENT = Column("patient_id", "text", "Patient, as in the sample sheet.")
GENE = Column("gene_symbol", "text", "HGNC symbol.")
REASON = Column("reason", "text", "Why the value is what it is, in words for a reader.")
CITATION = Column(
    "citation", "text", "Publication the row rests on: authors, year, journal, DOI where known.", required=True
)
CERTAINTY = Column(
    "certainty",
    "text",
    "verified: read in the source; computed: from a real table named in the citation; "
    "unverified: from memory, a lead; choice: a decision of this workflow, with its reason in the row.",
    states=("verified", "computed", "unverified", "choice"),
    required=True,
)

# --- inputs -----------------------------------------------------------------------------------

SPECIMENS = ("tumour_tissue", "cell_line", "pdx", "organoid", "ctc")
SAMPLES = Table(
    "inputs/samples.tsv",
    ("sample_id",),
    (
        SAMPLE,
        Column("patient_id", "text", "Patient the tumour is from.", required=True),
        Column("chunk", "text", "Chunk of the sheet in which per-sample stages process the sample.", required=True),
        Column("timepoint", "text", "Name of the time point, e.g. baseline, relapse."),
        Column("day", "integer", "Day of sampling on the patient's own clock; orders time points."),
        Column("site", "text", "Lesion or region."),
        Column("specimen", "text", "What was sampled.", states=SPECIMENS),
        Column("variants", "text", "VCF or BCF, relative to the working directory."),
        Column("variants_sample", "text", "Tumour column of the VCF; empty: inferred."),
        Column("normal_sample", "text", "Normal column of the VCF; empty: inferred."),
        Column("copy_number", "text", "File of segments, relative to the working directory."),
        Column("copy_number_sample", "text", "Sample name inside a file of several samples; empty: the sample_id."),
        Column("expression_sample", "text", "Column of the expression matrix."),
        Column("purity", "number", "Tumour purity, fraction.", minimum=0, maximum=1),
        Column("histology", "text", "Pathologist's diagnosis, free text."),
        Column("batch", "text", "Sequencing or expression batch."),
    ),
    "One tumour sample, its sheet row resolved.",
)
CLINICAL = Table(
    "inputs/clinical.tsv",
    ("patient_id",),
    (
        PATIENT,
        Column("platinum_start_day", "integer", "First day of first-line platinum."),
        Column("platinum_end_day", "integer", "Last day of first-line platinum."),
        Column("progression_day", "integer", "Day of progression after first-line platinum."),
        Column("best_response", "text", "Best response to first line (RECIST).", states=("CR", "PR", "SD", "PD", "NE")),
        Column("ctfi_days", "integer", "Chemotherapy-free interval: progression_day - platinum_end_day."),
        Column("sex", "text", "Sex as recorded.", states=("female", "male", "unknown")),
        Column("cautions", "text", "Cautions as recorded, e.g. renal, cardiac; free text."),
    ),
    "One patient, the clinical sheet's row resolved.",
)
LAYERS = ("variants", "copy_number", "expression", "purity", "clinical")
AVAILABILITY = Table(
    "inputs/availability.tsv",
    ("sample_id", "layer"),
    (
        SAMPLE,
        Column("layer", "text", "Kind of data.", states=LAYERS),
        Column(
            "state", "text", "Whether the sheet names such data.", states=("provided", "not_provided"), required=True
        ),
    ),
    "Which data the sheets name for one sample.",
)

# --- reference --------------------------------------------------------------------------------

REFERENCE_GENES = Table(
    "reference/genes.tsv",
    ("gene_symbol", "transcript_id"),
    (
        GENE,
        Column("gene_id", "text", "Identifier in the gene model, without version."),
        Column("contig", "text", "Contig name as in the gene model.", required=True),
        Column("start_0based", "integer", "First base of the gene, from 0.", required=True, minimum=0),
        Column("end", "integer", "Base after the last, from 0.", required=True, minimum=1),
        Column("strand", "text", "Strand of the gene.", states=("+", "-")),
        Column("transcript_id", "text", "The transcript that stands for the gene."),
        Column("cds_bases", "integer", "Coding bases of that transcript, stop codon included.", minimum=0),
        Column("protein_residues", "integer", "Residues of its protein.", minimum=0),
        Column(
            "name_in_model", "text", "Gene name in the gene model; differs from gene_symbol where that is outdated."
        ),
        Column("protein", "text", "Residues of the protein, one-letter; X where the FASTA has N. Empty: no FASTA."),
        Column(
            "transcript_rule",
            "text",
            "Why this transcript: MANE_Select, else Ensembl_canonical, else the longest CDS (ties: first by name).",
            states=("mane_select", "ensembl_canonical", "longest_cds"),
            required=True,
        ),
    ),
    "One protein-coding gene of the configured reference, with its representative transcript.",
)
CODING_INTRONS = Table(
    "reference/coding_introns.tsv",
    ("transcript_id", "start_0based"),
    (
        Column("transcript_id", "text", "Representative transcript of a gene."),
        Column("contig", "text", "Contig name.", required=True),
        Column("start_0based", "integer", "First base of the intron, from 0.", minimum=0),
        Column("end", "integer", "Base after the last, from 0.", required=True, minimum=1),
        Column("residue_before", "integer", "Residue of the coding base before it.", required=True, minimum=0),
        Column("residue_after", "integer", "Residue of the coding base after it.", required=True, minimum=1),
    ),
    "One intron between coding exons of a representative transcript; it names splice-site changes.",
)
GENE_SPANS = Table(
    "reference/gene_spans.tsv",
    ("gene_symbol", "contig", "start_0based"),
    (
        GENE,
        Column("contig", "text", "Contig name."),
        Column("start_0based", "integer", "First base of the gene, from 0.", minimum=0),
        Column("end", "integer", "Base after the last, from 0.", required=True, minimum=1),
    ),
    "Span of one driver gene, for copy number: from the gene model, or from `reference.gene_coordinates`.",
)
REFERENCE_COVERAGE = Table(
    "reference/coverage.tsv",
    ("gene_symbol",),
    (
        GENE,
        Column("in_gene_model", "boolean", "Variants of the gene can get consequences.", required=True),
        Column("has_span", "boolean", "Copy number of the gene can be read.", required=True),
        REASON,
    ),
    "Whether the configured reference covers one driver gene.",
)

# --- variants ---------------------------------------------------------------------------------

CALLERS = ("mutect2", "mutect1", "strelka2", "varscan2", "freebayes", "generic")
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
        Column("tumour_column", "text", "Tumour column used."),
        Column("normal_column", "text", "Normal column used; empty: tumour-only."),
        Column(
            "column_rule", "text", "How the columns were chosen.", states=("sheet", "header", "name", "only_column")
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

# --- copy number ------------------------------------------------------------------------------

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
            "Tumour copies: the caller's own, else by purity from the log2 ratio at ploidy 2.",
            minimum=0,
        ),
        Column("minor_copies", "number", "Copies of the rarer allele, where the caller gives them.", minimum=0),
        Column("state", "text", "Copy-number state of the gene.", states=COPY_NUMBER_STATES, required=True),
        Column("lowest_log2_ratio", "number", "Lowest log2 ratio of any segment over the gene (intragenic deletions)."),
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

# --- drivers ----------------------------------------------------------------------------------

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
            "zygosity", "boolean", "Whether both copies must be lost, so that a zygosity state is given.", required=True
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
)
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
        Column("log2_ratio", "number", "Log2 ratio of the gene, where known."),
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
GENE_STATE_VALUES = ("biallelic", "one_hit", "altered", "none", "not_assessable")
GENE_STATES = Table(
    "drivers/gene_states.tsv",
    ("sample_id", "gene_symbol"),
    (
        SAMPLE,
        GENE,
        Column(
            "state",
            "text",
            "Zygosity genes: biallelic, one_hit, none, not_assessable. Other genes: altered, none, not_assessable.",
            states=GENE_STATE_VALUES,
            required=True,
        ),
        Column(
            "second_hit",
            "text",
            "Zygosity genes with a hit: whether the other copy is lost.",
            states=("found", "not_found", "not_assessable"),
        ),
        Column("confidence", "text", "probable: phase or purity unknown.", states=("definite", "probable")),
        Column("evidence", "text", "Events and measurements the state rests on."),
        REASON,
    ),
    "State of one driver gene in one sample.",
)

# --- regulators -------------------------------------------------------------------------------

GENE_ALIASES = Table(
    "gene_aliases.tsv",
    ("alias",),
    (
        Column("alias", "text", "Old symbol, alias or identifier, as met in data."),
        Column("gene_symbol", "text", "Approved HGNC symbol.", required=True),
        Column(
            "kind", "text", "What the alias is.", states=("previous_symbol", "alias", "ensembl_gene_id"), required=True
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
            states=("symbol", "alias", "ensembl_gene_id", "missing"),
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

# --- resistance -------------------------------------------------------------------------------

STRATEGIES = ("chemotherapy", "targeted", "immunotherapy")
DIRECTIONS = ("resistance", "sensitivity", "not_predictive")
LEVELS = ("A", "B", "C", "D")

RESISTANCE_RULES = Table(
    "resistance_rules.tsv",
    ("rule_id",),
    (
        Column("rule_id", "text", "Stable name of the rule."),
        Column("therapy", "text", "Therapy the marker speaks of.", required=True),
        Column("strategy", "text", "Strategy the therapy belongs to.", states=STRATEGIES, required=True),
        Column("marker", "text", "The marker, in words.", required=True),
        Column(
            "direction",
            "text",
            "What the marker means when met; not_predictive: an encoded negative.",
            states=DIRECTIONS,
            required=True,
        ),
        Column(
            "level",
            "text",
            "A randomised or prospective clinical, B retrospective clinical, C animal or PDX, D cell lines.",
            states=LEVELS,
            required=True,
        ),
        Column("data", "text", "Data the test reads.", states=("dna", "copy_number", "rna", "clinical"), required=True),
        Column("feature", "text", "What is tested, in the grammar of resistance.rules.", required=True),
        Column("operator", "text", "Comparison.", states=("<", "<=", ">", ">=", "is", "in")),
        Column(
            "threshold", "text", "Value compared with; empty: none published, the rule reports and does not decide."
        ),
        Column("threshold_source", "text", "Where the threshold comes from.", required=True),
        Column(
            "measured_in_source",
            "text",
            "What the publication measured (e.g. IHC H-score), where it is not what is tested here.",
        ),
        CITATION,
        CERTAINTY,
        Column("note", "text", "What a reader should know."),
    ),
    "One published marker of one therapy, and how it is tested here.",
)
EVIDENCE = Table(
    "resistance/evidence.tsv",
    ("sample_id", "therapy", "rule_id"),
    (
        SAMPLE,
        Column("therapy", "text", "Therapy."),
        Column("rule_id", "text", "Rule of resources/resistance_rules.tsv."),
        Column("strategy", "text", "Strategy.", states=STRATEGIES, required=True),
        Column("marker", "text", "The marker, in words.", required=True),
        Column("direction", "text", "What the marker means when met.", states=DIRECTIONS, required=True),
        Column("level", "text", "Evidence level.", states=LEVELS, required=True),
        Column(
            "status",
            "text",
            "met, not_met; not_assessable: data missing; no_threshold: value shown, none published to decide by; "
            "not_predictive: an encoded negative, never counted.",
            states=("met", "not_met", "not_assessable", "no_threshold", "not_predictive"),
            required=True,
        ),
        Column("value", "text", "What was found in the sample."),
        Column("threshold", "text", "Operator and threshold."),
        Column("threshold_source", "text", "Where the threshold comes from."),
        REASON,
        CITATION,
        CERTAINTY,
    ),
    "One rule applied to one sample.",
)
CLASSES = ("resistance_evidence", "sensitivity_evidence", "conflicting", "no_evidence", "not_assessable")
RESISTANCE_CLASSES = Table(
    "resistance/classes.tsv",
    ("sample_id", "therapy"),
    (
        SAMPLE,
        Column("therapy", "text", "Therapy."),
        Column("strategy", "text", "Strategy.", states=STRATEGIES, required=True),
        Column("class", "text", "What the evidence says.", states=CLASSES, required=True),
        Column("highest_level", "text", "Highest level among the deciding rules.", states=LEVELS),
        Column("deciding_rules", "text", "Rules that decided, joined by ','."),
        Column("rules_assessable", "integer", "Rules that the sample's data could answer.", required=True, minimum=0),
        Column("rules_total", "integer", "Rules of the therapy, encoded negatives left out.", required=True, minimum=0),
        REASON,
    ),
    "Class of one sample for one therapy. Research use only: not a treatment recommendation.",
)

# --- patients ---------------------------------------------------------------------------------

EVENT_STATUSES = ("present", "not_detected", "not_assessable")
PATIENT_STATUS = Table(
    "patients/status.tsv",
    ("patient_id", "gene_symbol", "event", "sample_id"),
    (
        PATIENT,
        GENE,
        Column("event", "text", "Driver event, or 'subtype'."),
        SAMPLE,
        Column("timepoint", "text", "Time point."),
        Column("day", "integer", "Day of sampling."),
        Column("site", "text", "Lesion or region."),
        Column(
            "status",
            "text",
            "Whether the event is seen; not_detected is no proof of absence.",
            states=EVENT_STATUSES,
            required=True,
        ),
        Column("vaf", "number", "Variant allele fraction, where seen.", minimum=0, maximum=1),
        REASON,
    ),
    "One driver event of a patient in one of the patient's samples.",
)
CHANGES = ("kept", "newly_detected", "no_longer_detected", "differs_between_sites", "single_sample", "not_assessable")
PATIENT_CHANGES = Table(
    "patients/changes.tsv",
    ("patient_id", "gene_symbol", "event"),
    (
        PATIENT,
        Column("gene_symbol", "text", "HGNC symbol; 'subtype' for the subtype call."),
        Column("event", "text", "Driver event; for the subtype, the calls in order."),
        Column("event_type", "text", "Kind of event.", states=(*EVENT_TYPES, "subtype"), required=True),
        Column("change", "text", "What the samples of the patient show, in order.", states=CHANGES, required=True),
        Column("status_by_sample", "text", "sample_id=status, in order of day, joined by ';'.", required=True),
        REASON,
    ),
    "One driver event of one patient across the patient's samples.",
)

# --- provenance -------------------------------------------------------------------------------

COMPLETENESS = Table(
    "provenance/completeness.tsv",
    ("sample_id",),
    (
        SAMPLE,
        Column(
            "outcome",
            "text",
            "analysed: all data named in the sheet; partly_analysed: some layer refused; refused: every layer refused.",
            states=("analysed", "partly_analysed", "refused"),
            required=True,
        ),
        Column("layers_analysed", "text", "Layers analysed, joined by ','."),
        Column("layers_refused", "text", "Layers refused, joined by ','."),
        REASON,
    ),
    "What became of one row of the sample sheet.",
)
SOURCES = Table(
    "SOURCES.tsv",
    ("resource",),
    (
        Column("resource", "text", "File below resources/."),
        Column("title", "text", "What it holds.", required=True),
        Column("source", "text", "Where the facts come from.", required=True),
        Column("version", "text", "Version or release of the source.", required=True),
        Column("retrieved", "text", "When, ISO date.", required=True),
        Column("licence", "text", "Terms of the source.", required=True),
        Column("used_by", "text", "Rules that read it, joined by ','.", required=True),
        Column("sha256", "text", "SHA-256 of the file.", required=True),
    ),
    "One file of resources/.",
)

RESULT_TABLES = (
    SAMPLES,
    CLINICAL,
    AVAILABILITY,
    REFERENCE_GENES,
    CODING_INTRONS,
    GENE_SPANS,
    REFERENCE_COVERAGE,
    VARIANT_STATUS,
    CODING_VARIANTS,
    COPY_NUMBER_STATUS,
    GENE_COPY_NUMBER,
    EVENTS,
    SET_ASIDE,
    GENE_STATES,
    EXPRESSION_STATUS,
    GENE_MAPPING,
    EXPRESSION,
    SCORES,
    SUBTYPE_CALLS,
    EVIDENCE,
    RESISTANCE_CLASSES,
    PATIENT_STATUS,
    PATIENT_CHANGES,
    COMPLETENESS,
)
RESOURCE_TABLES = (
    DRIVER_GENES,
    HOTSPOTS,
    GENE_ALIASES,
    GENE_SETS,
    NE_SIGNATURE,
    SUBTYPE_CALIBRATION,
    RESISTANCE_RULES,
    SOURCES,
)
