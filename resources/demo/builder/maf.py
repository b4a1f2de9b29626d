"""A tumour's calls as a MAF of the GDC's layout, with the reads of the normal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from builder.alleles import Allele
from builder.annotations import gene_id, three_letter, transcript_id
from builder.dialects import filter_of
from builder.effects import Effect, effect_of, hgvs_c

if TYPE_CHECKING:
    from collections.abc import Sequence

    from builder.alleles import Reads, Record
    from builder.genome import Genome
    from builder.model import Calls

COLUMNS = (
    "Hugo_Symbol", "Entrez_Gene_Id", "Center", "NCBI_Build", "Chromosome", "Start_Position", "End_Position", "Strand",
    "Variant_Classification", "Variant_Type", "Reference_Allele", "Tumor_Seq_Allele1", "Tumor_Seq_Allele2", "dbSNP_RS",
    "Tumor_Sample_Barcode", "Matched_Norm_Sample_Barcode", "HGVSc", "HGVSp", "HGVSp_Short", "Transcript_ID", "t_depth",
    "t_ref_count", "t_alt_count", "n_depth", "n_ref_count", "n_alt_count", "Gene", "Consequence", "FILTER", "callers",
)  # fmt: skip
_CLASSIFICATIONS = {
    "stop_gained": "Nonsense_Mutation",
    "inframe_deletion": "In_Frame_Del",
    "missense_variant": "Missense_Mutation",
    "synonymous_variant": "Silent",
    "splice_donor_variant": "Splice_Site",
    "splice_acceptor_variant": "Splice_Site",
    "intron_variant": "Intron",
    "5_prime_UTR_variant": "5'UTR",
    "3_prime_UTR_variant": "3'UTR",
    "intergenic_variant": "IGR",
}


def maf_text(genome: Genome, calls: Calls, records: Sequence[Record]) -> str:
    """Return a whole MAF; every record must have one alternate allele."""
    lines = ["#version gdc-1.0.0", "\t".join(COLUMNS)]
    for record in records:
        allele = Allele(record.contig, record.position_1based, record.ref, record.alts[0])
        effect = effect_of(genome, allele)
        row = _place(allele) | _annotation(effect, allele) | _reads("t", record.tumour)
        row |= _reads("n", record.normal) if record.normal else {}
        row |= {
            "Entrez_Gene_Id": "0",
            "Center": "demo",
            "NCBI_Build": "demo",
            "Strand": "+",
            "dbSNP_RS": "novel",
            "Tumor_Sample_Barcode": calls.tumour,
            "Matched_Norm_Sample_Barcode": calls.normal,
            "FILTER": filter_of(calls.caller, record),
            "callers": calls.caller,
        }
        lines.append("\t".join(row.get(column, "") for column in COLUMNS))
    return "\n".join(lines) + "\n"


def _place(allele: Allele) -> dict[str, str]:
    """Return the place and the bases; indels lose the base before them."""
    ref, alt, start = allele.ref, allele.alt, allele.position_1based
    kind = {1: "SNP", 2: "DNP"}.get(len(ref), "ONP")
    if len(ref) != len(alt):
        kind = "DEL" if len(ref) > len(alt) else "INS"
        ref, alt = ref[1:] or "-", alt[1:] or "-"
        # An insertion stands between its start and its end.
        start += kind == "DEL"
    end = start + 1 if kind == "INS" else start + len(ref) - 1
    return {
        "Chromosome": allele.contig,
        "Start_Position": str(start),
        "End_Position": str(end),
        "Variant_Type": kind,
        "Reference_Allele": ref,
        "Tumor_Seq_Allele1": ref,
        "Tumor_Seq_Allele2": alt,
    }


def _annotation(effect: Effect, allele: Allele) -> dict[str, str]:
    classification = _CLASSIFICATIONS.get(effect.term, "")
    if effect.term == "frameshift_variant":
        classification = "Frame_Shift_Del" if len(allele.ref) > len(allele.alt) else "Frame_Shift_Ins"
    found = {"Hugo_Symbol": "Unknown", "Variant_Classification": classification, "Consequence": effect.term}
    if effect.gene is not None:
        found |= {
            "Hugo_Symbol": effect.gene.spec.symbol,
            "Gene": gene_id(effect.gene),
            "Transcript_ID": transcript_id(effect.gene),
            "HGVSc": hgvs_c(effect.gene, allele),
        }
    if effect.change:
        found |= {"HGVSp": f"p.{three_letter(effect.change)}", "HGVSp_Short": f"p.{effect.change}"}
    return found


def _reads(prefix: str, reads: Reads) -> dict[str, str]:
    counts = {"depth": reads.depth, "ref_count": reads.ref, "alt_count": reads.alts[0]}
    return {f"{prefix}_{name}": str(count) for name, count in counts.items()}
