"""Tables of the reference stage: genes, introns and spans of the configured reference."""

from __future__ import annotations

from sclcohort.contracts.columns import GENE, REASON
from sclcohort.tables import Column, Table

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
TARGETS = Table(
    "reference/targets.tsv",
    ("target",),
    (
        Column("target", "text", "Name of the BED without folder; all_coding: samples without a BED."),
        Column("target_bases", "integer", "Bases of the target, overlaps counted once.", minimum=0),
        Column("coding_bases", "integer", "Bases of the target that some representative transcript codes.", minimum=0),
        REASON,
    ),
    "One target that samples were sequenced on.",
)
TARGET_GENES = Table(
    "reference/target_genes.tsv",
    ("target", "gene_symbol"),
    (
        Column("target", "text", "As in targets.tsv."),
        GENE,
        Column("coding_bases", "integer", "Coding bases of the representative transcript.", required=True, minimum=0),
        Column("covered_bases", "integer", "Of those, bases in the target.", required=True, minimum=0),
        Column("covered_fraction", "number", "covered_bases / coding_bases.", minimum=0, maximum=1),
        Column(
            "nonsilent_sites",
            "number",
            "Covered bases, each by the fraction of its three changes that alter the protein; empty: no reading frame.",
            minimum=0,
        ),
        Column("silent_sites", "number", "The rest of the covered bases.", minimum=0),
    ),
    "How much of one gene one target covers; genes of the model, representative transcripts.",
)
CODING_EXONS = Table(
    "reference/coding_exons.tsv",
    ("transcript_id", "start_0based"),
    (
        Column("transcript_id", "text", "Representative transcript of a gene."),
        Column("contig", "text", "Contig name.", required=True),
        Column("strand", "text", "Strand of the transcript.", states=("+", "-"), required=True),
        Column("start_0based", "integer", "First coding base of the exon, from 0.", minimum=0),
        Column("end", "integer", "Base after its last coding one, from 0.", required=True, minimum=1),
        Column("exon_number", "integer", "Number of the exon in the transcript, from 1, its order.", minimum=1),
        Column(
            "exon_start_0based",
            "integer",
            "First base of the whole exon, from 0. Like the number missing where the model has no exon lines.",
            minimum=0,
        ),
        Column("exon_end", "integer", "Base after the last of the whole exon, from 0.", minimum=1),
    ),
    "One coding exon of a representative transcript; it names changes of the coding sequence and exons lost.",
)
