"""Annotation in INFO as VEP and SnpEff write it, of the effects that `effects` knows.

Field orders: VEP names its own in the header, and here it is not VEP's default; SnpEff's is fixed
(https://pcingola.github.io/SnpEff/snpeff/inputoutput/). HGVS is written with three-letter residues.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from builder.alleles import Allele, allele_of
from builder.effects import Effect, effect_of, hgvs_c
from builder.plan import ANNOTATED_ELSEWHERE, EVENTS

if TYPE_CHECKING:
    from builder.alleles import Record
    from builder.genome import Gene, Genome

THREE_LETTERS = {
    "A": "Ala", "R": "Arg", "N": "Asn", "D": "Asp", "C": "Cys", "Q": "Gln", "E": "Glu", "G": "Gly", "H": "His",
    "I": "Ile", "L": "Leu", "K": "Lys", "M": "Met", "F": "Phe", "P": "Pro", "S": "Ser", "T": "Thr", "W": "Trp",
    "Y": "Tyr", "V": "Val", "*": "Ter",
}  # fmt: skip
_VEP_FIELDS = (
    "Allele", "Consequence", "IMPACT", "SYMBOL", "Gene", "Feature_type", "Feature", "BIOTYPE", "CANONICAL", "HGVSc",
    "HGVSp", "Protein_position", "Amino_acids",
)  # fmt: skip
_ANN_FIELDS = (
    "Allele", "Annotation", "Annotation_Impact", "Gene_Name", "Gene_ID", "Feature_Type", "Feature_ID",
    "Transcript_BioType", "Rank", "HGVS.c", "HGVS.p", "cDNA.pos / cDNA.length", "CDS.pos / CDS.length",
    "AA.pos / AA.length", "Distance", "ERRORS / WARNINGS / INFO",
)  # fmt: skip
HEADERS = {
    "VEP": '##VEP="v110" cache="none" gff="genes.gff3"\n##INFO=<ID=CSQ,Number=.,Type=String,Description="Consequence '
    f'annotations from Ensembl VEP. Format: {"|".join(_VEP_FIELDS)}">',
    "SnpEff": '##SnpEffVersion="5.2"\n##INFO=<ID=ANN,Number=.,Type=String,Description="Functional annotations: '
    f"'{' | '.join(_ANN_FIELDS)}'\">",
}
_IMPACTS = {
    "HIGH": ("stop_gained", "frameshift_variant", "splice_donor_variant", "splice_acceptor_variant"),
    "MODERATE": ("missense_variant", "inframe_deletion"),
    "LOW": ("synonymous_variant",),
}


def three_letter(change: str) -> str:
    """Return a protein change with three-letter residues: ``Arg175His``, ``Glu137fs``, ``Leu20=``."""
    return re.sub(r"[A-Z*]", lambda found: THREE_LETTERS[found[0]], change)


def gene_id(gene: Gene) -> str:
    """Return the identifier of a gene in the gene models."""
    return f"DEMOG{gene.number:011d}"


def transcript_id(gene: Gene) -> str:
    """Return the identifier of the transcript that stands for a gene in the plan."""
    return f"DEMOT{gene.transcripts[0].number:011d}"


def annotation_of(genome: Genome, kind: str, sample_id: str, record: Record) -> str:
    """Return the INFO entry of a record, one part per alternate allele; empty without alternate allele."""
    alleles = [Allele(record.contig, record.position_1based, record.ref.upper(), alt.upper()) for alt in record.alts]
    if kind == "VEP":
        return "CSQ=" + ",".join(_vep(genome, sample_id, allele) for allele in alleles)
    return "ANN=" + ",".join(_snpeff(genome, allele) for allele in alleles)


def _impact(term: str) -> str:
    return next((impact for impact, terms in _IMPACTS.items() if term in terms), "MODIFIER")


def _vep(genome: Genome, sample_id: str, allele: Allele) -> str:
    effect = effect_of(genome, allele)
    name = allele.alt[1:] or "-" if len(allele.ref) != len(allele.alt) else allele.alt
    if effect.gene is None:
        cells = {"Allele": name, "Consequence": effect.term, "IMPACT": "MODIFIER"}
        return "|".join(cells.get(field, "") for field in _VEP_FIELDS)
    feature, term, change = transcript_id(effect.gene), effect.term, effect.change
    for event, (sample, other, other_term) in ANNOTATED_ELSEWHERE.items():
        if sample == sample_id and allele_of(genome, EVENTS[event].change) == allele:
            feature, term, change = other, other_term, ""
    cells = {
        "Allele": name,
        "Consequence": term,
        "IMPACT": _impact(term),
        "SYMBOL": effect.gene.spec.symbol,
        "Gene": gene_id(effect.gene),
        "Feature_type": "Transcript",
        "Feature": feature,
        "BIOTYPE": "protein_coding",
        "CANONICAL": "YES",
    }
    if change:
        cells |= _protein_cells(effect, allele, feature)
    return "|".join(cells.get(field, "") for field in _VEP_FIELDS)


def _protein_cells(effect: Effect, allele: Allele, feature: str) -> dict[str, str]:
    if effect.gene is None:
        return {}
    coding = hgvs_c(effect.gene, allele)
    # VEP escapes the equals sign, which INFO cannot hold.
    protein = three_letter(effect.change).replace("=", "%3D")
    found = {
        "HGVSc": f"{feature}.1:{coding}" if coding else "",
        "HGVSp": f"{feature.replace('DEMOT', 'DEMOP')}.1:p.{protein}",
        "Protein_position": str(effect.residue_number),
    }
    if effect.term in {"missense_variant", "stop_gained", "synonymous_variant"}:
        old, new = effect.change[0], effect.change[-1]
        found["Amino_acids"] = old if new == "=" else f"{old}/{new}"
    return found


def _snpeff(genome: Genome, allele: Allele) -> str:
    effect = effect_of(genome, allele)
    cells = {"Allele": allele.alt, "Annotation": effect.term, "Annotation_Impact": _impact(effect.term)}
    if effect.gene is None:
        cells |= {"Annotation": "intergenic_region", "Feature_Type": "intergenic_region"}
    else:
        protein = three_letter(effect.change)
        if effect.term == "synonymous_variant":
            # SnpEff repeats the residue.
            protein = protein.replace("=", protein[:3])
        cells |= {
            "Gene_Name": effect.gene.spec.symbol,
            "Gene_ID": gene_id(effect.gene),
            "Feature_Type": "transcript",
            "Feature_ID": transcript_id(effect.gene),
            "Transcript_BioType": "protein_coding",
            "HGVS.c": hgvs_c(effect.gene, allele),
            "HGVS.p": f"p.{protein.replace('Ter', '*')}" if protein else "",
        }
    return "|".join(cells.get(field, "") for field in _ANN_FIELDS)
