"""One variant as a row of the Mutation Annotation Format (MAF).

The first 34 columns are those of the TCGA specification, version 2.4, in its order; behind them stand the
columns of the GDC MAF Format v1.0.0 that this workflow can fill, in the GDC's order, and four of our own:
``filter_accepted``, ``callers``, ``population_frequency`` and ``origin``. Allele, position and classification follow
these two documents and what mskcc/vcf2maf, the tool behind the GDC's own files, makes of them. What is not known stays
empty. So do, where a convention would say more than we know:

- ``Entrez_Gene_Id``: not in the gene model. vcf2maf writes 0, which the validator of cBioPortal refuses;
- ``Center`` and the columns of dbSNP: never asked;
- ``Mutation_Status`` is ``Somatic`` where the origin is, else ``Unknown``: what is likely germline is not proven so;
- ``Validation_Status`` is ``Untested``.

A genotype is not kept either: ``Tumor_Seq_Allele1`` is the reference allele, as in vcf2maf without one.

Sources: https://docs.gdc.cancer.gov/Data/File_Formats/MAF_Format/,
https://docs.gdc.cancer.gov/Encyclopedia/pages/Mutation_Annotation_Format_TCGAv2/, https://github.com/mskcc/vcf2maf
"""

from __future__ import annotations

import functools
from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from sclcohort.tables import Cell

MafRow = tuple[str, ...]

# One line, and no other comment: readers that follow vcf2maf's layout take the second line for the header.
VERSION_LINE = "#version 2.4"
CORE_COLUMNS = (
    "Hugo_Symbol", "Entrez_Gene_Id", "Center", "NCBI_Build", "Chromosome", "Start_Position", "End_Position", "Strand",
    "Variant_Classification", "Variant_Type", "Reference_Allele", "Tumor_Seq_Allele1", "Tumor_Seq_Allele2",
    "dbSNP_RS", "dbSNP_Val_Status", "Tumor_Sample_Barcode", "Matched_Norm_Sample_Barcode", "Match_Norm_Seq_Allele1",
    "Match_Norm_Seq_Allele2", "Tumor_Validation_Allele1", "Tumor_Validation_Allele2", "Match_Norm_Validation_Allele1",
    "Match_Norm_Validation_Allele2", "Verification_Status", "Validation_Status", "Mutation_Status",
    "Sequencing_Phase", "Sequence_Source", "Validation_Method", "Score", "BAM_File", "Sequencer",
    "Tumor_Sample_UUID", "Matched_Norm_Sample_UUID",
)  # fmt: skip
GDC_COLUMNS = (
    "HGVSc", "HGVSp_Short", "Transcript_ID", "t_depth", "t_ref_count", "t_alt_count", "n_depth", "n_ref_count",
    "n_alt_count", "Gene", "Consequence", "Protein_position", "TRANSCRIPT_STRAND", "FILTER", "vcf_region",
)  # fmt: skip
OWN_COLUMNS = ("filter_accepted", "callers", "population_frequency", "origin")
COLUMNS = (*CORE_COLUMNS, *GDC_COLUMNS, *OWN_COLUMNS)

_SUBSTITUTIONS = {1: "SNP", 2: "DNP", 3: "TNP"}
_INDELS = {"INS": "Ins", "DEL": "Del"}
_BY_CLASS = {
    "splice": "Splice_Site",
    "missense": "Missense_Mutation",
    "stop_lost": "Nonstop_Mutation",
    "synonymous": "Silent",
    # csq names no protein change: vcf2maf's word for what has no class. (It calls coding_sequence_variant missense.)
    "other_coding": "Targeted_Region",
}
# csq leaves "_variant" out of the names of the Sequence Ontology; its other words are names there as they are.
_ONTOLOGY = {
    "3_prime_utr": "3_prime_UTR_variant",
    "5_prime_utr": "5_prime_UTR_variant",
    "inframe_altering": "protein_altering_variant",
    "non_coding": "non_coding_transcript_variant",
} | {
    word: f"{word}_variant"
    for word in (
        "coding_sequence", "frameshift", "intron", "missense", "splice_acceptor", "splice_donor", "splice_region",
        "start_retained", "stop_retained", "synonymous",
    )
}  # fmt: skip
_LETTERED = {"X": 1, "Y": 2, "M": 3, "MT": 3}


class MafAllele(NamedTuple):
    """An allele in the words of a MAF.

    Parameters
    ----------
    start, end : int
        1-based, both within; for an insertion the bases on both sides of it.
    variant_type : str
        SNP, DNP, TNP, ONP, INS or DEL.
    reference, alternate : str
        Without the bases they share; ``-`` where nothing is left.
    """

    start: int
    end: int
    variant_type: str
    reference: str
    alternate: str


class MafGene(NamedTuple):
    """What a MAF says of a gene; `residues` is the length of the protein, None where unknown."""

    gene_id: str
    strand: str
    residues: int | None


def convert_allele(position: int, ref: str, alt: str) -> MafAllele:
    """Return an allele of a VCF in the words of a MAF.

    Shared last bases go first, then shared first bases, so that the allele stays as far left as it was.
    An allele that also substitutes is an insertion or a deletion by its length, as in vcf2maf.

    Parameters
    ----------
    position : int
        1-based, of the first base of `ref`.
    ref, alt : str
        Different alleles, at least one base each.
    """
    while ref and alt and ref[-1] == alt[-1]:
        ref, alt = ref[:-1], alt[:-1]
    while ref and alt and ref[0] == alt[0]:
        ref, alt, position = ref[1:], alt[1:], position + 1
    if not ref:
        return MafAllele(position - 1, position, "INS", "-", alt)
    end = position + len(ref) - 1
    if len(ref) == len(alt):
        return MafAllele(position, end, _SUBSTITUTIONS.get(len(ref), "ONP"), ref, alt)
    return MafAllele(position, end, "INS" if len(ref) < len(alt) else "DEL", ref, alt or "-")


def classify(consequence_class: str, terms: Collection[str], variant_type: str) -> str:
    """Return the Variant_Classification of a consequence.

    Parameters
    ----------
    consequence_class : str
        A state of CODING_VARIANTS.consequence_class.
    terms : collection of str
        csq's words. Among truncating ones a lost start comes first, as in the protein change (p.M1?); then a
        stop that csq names, which Ensembl ranks above a frameshift.
    variant_type : str
        As `convert_allele` gives it.
    """
    if consequence_class == "truncating":
        if "start_lost" in terms:
            return "Translation_Start_Site"
        if "frameshift" in terms and "stop_gained" not in terms and variant_type in _INDELS:
            return f"Frame_Shift_{_INDELS[variant_type]}"
        return "Nonsense_Mutation"
    if consequence_class == "inframe_indel":
        return f"In_Frame_{_INDELS[variant_type]}" if variant_type in _INDELS else "Missense_Mutation"
    return _BY_CLASS[consequence_class]


def count_reads(depth: Cell, alternate: Cell) -> tuple[str, str, str]:
    """Return depth, reference count and alternate count; what is missing stays empty.

    The reference count is the depth without the reads of the alternate allele: callers' own counts of the
    reference allele are not kept. Where a site has other alleles, their reads are in it.
    """
    reference = None if depth is None or alternate is None else int(depth) - int(alternate)
    return _text(depth), _text(reference), _text(alternate)


def make_maf_row(variant: Mapping[str, Cell], normal: str, gene: MafGene, build: str, origin: str) -> MafRow:
    """Return the MAF row of a variant, in the order of `COLUMNS`.

    Parameters
    ----------
    variant : mapping
        A row of the contract CODING_VARIANTS.
    normal : str
        Name of the matched normal; empty: tumour-only.
    gene : MafGene
        Of the variant's transcript.
    build : str
        Name of the reference build.
    origin : str
        ``somatic``, ``likely_germline`` or ``uncertain``.
    """
    position, ref, alt = int(str(variant["position_1based"])), str(variant["ref"]), str(variant["alt"])
    allele = convert_allele(position, ref, alt)
    terms = str(variant["consequence"]).split("&")
    reads = count_reads(variant["depth_reads"], variant["alt_depth_reads"])
    normal_reads = count_reads(variant["normal_depth_reads"], variant["normal_alt_depth_reads"])
    filled = {
        "Hugo_Symbol": variant["gene_symbol"],
        "NCBI_Build": build,
        "Chromosome": variant["chrom"],
        "Start_Position": allele.start,
        "End_Position": allele.end,
        "Strand": "+",
        "Variant_Classification": classify(str(variant["consequence_class"]), terms, allele.variant_type),
        "Variant_Type": allele.variant_type,
        "Reference_Allele": allele.reference,
        "Tumor_Seq_Allele1": allele.reference,
        "Tumor_Seq_Allele2": allele.alternate,
        "Tumor_Sample_Barcode": variant["sample_id"],
        "Matched_Norm_Sample_Barcode": normal,
        "Validation_Status": "Untested",
        "Mutation_Status": "Somatic" if origin == "somatic" else "Unknown",
        "HGVSc": variant.get("hgvs_c"),
        "HGVSp_Short": variant["hgvs_p"],
        "Transcript_ID": variant["transcript_id"],
        **dict(zip(("t_depth", "t_ref_count", "t_alt_count"), reads, strict=True)),
        **dict(zip(("n_depth", "n_ref_count", "n_alt_count"), normal_reads, strict=True)),
        "Gene": gene.gene_id,
        "Consequence": ";".join(_ONTOLOGY.get(term, term) for term in terms),
        "Protein_position": _place(variant["protein_position"], gene.residues),
        "TRANSCRIPT_STRAND": {"+": "1", "-": "-1"}.get(gene.strand),
        "FILTER": variant["filter"],
        "vcf_region": f"{variant['chrom']}:{position}:.:{ref}:{alt}",
        "filter_accepted": "true" if variant["filter_accepted"] else "false",
        "callers": variant.get("callers"),
        "population_frequency": _number(variant.get("population_frequency")),
        "origin": origin,
    }
    return tuple(_text(filled.get(column)) for column in COLUMNS)


def _place(position: Cell, residues: int | None) -> str:
    """Return the residue as a fraction of the protein, ``175/393``."""
    return "" if position is None else f"{position}/{residues or '-'}"


def _number(value: Cell) -> str:
    return "" if value is None else f"{float(value):.6g}"


def _text(value: Cell) -> str:
    return "" if value is None else str(value)


_PLACES = tuple(
    COLUMNS.index(name)
    for name in ("Chromosome", "Start_Position", "End_Position", "Tumor_Sample_Barcode", "Reference_Allele",
                 "Tumor_Seq_Allele2", "Hugo_Symbol", "Transcript_ID")
)  # fmt: skip


def genome_order(row: Sequence[str]) -> tuple[object, ...]:
    """Return what MAF rows are sorted by: chromosome, start, end, then sample, alleles, gene and transcript."""
    chromosome, start, end, *rest = (row[place] for place in _PLACES)
    return (_chromosome_order(chromosome), int(start), int(end), *rest)


@functools.cache
def _chromosome_order(chromosome: str) -> tuple[int, int, str]:
    """Return the rank of a chromosome: 1 to 22, X, Y, M, then all others by name."""
    name = chromosome.removeprefix("chr")
    if name.isdecimal():
        return 0, int(name), chromosome
    return (1, _LETTERED[name], chromosome) if name in _LETTERED else (2, 0, chromosome)
