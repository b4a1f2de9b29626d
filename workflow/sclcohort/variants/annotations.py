"""Read the annotation that a file brings along: VEP, SnpEff, bcftools csq, or the columns of a MAF.

It is reported beside the workflow's own consequences and never replaces them. Field orders: VEP names its own in
the header ("Format: Allele|Consequence|..."); SnpEff's ANN has the order of its standard, version 1.0
(https://pcingola.github.io/SnpEff/snpeff/inputoutput/).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote, unquote

from sclcohort.variants.annotation_names import class_of_classification, class_of_terms, protein_key, short_hgvs_p
from sclcohort.variants.consequences import consequence_class, parse_bcsq
from sclcohort.variants.header import Definition
from sclcohort.variants.hgvs import name_change

MAF_TAG = "MAF_ANNOTATION"
_MAF_FIELDS = ("Hugo_Symbol", "Transcript_ID", "Variant_Classification", "HGVSp_Short", "HGVSc")
MAF_DEFINITION = Definition(
    "INFO", MAF_TAG, ".", "String", f"Annotation of the MAF, percent-encoded. Format: {'|'.join(_MAF_FIELDS)}"
)
# Kinds in the order of preference where a file has several.
KINDS = ("VEP", "SnpEff", "MAF", "BCSQ")
# From most to least severe, as Ensembl ranks the terms behind them; "none": outside coding sequence and splice sites.
_SEVERITY = (
    "splice", "truncating", "stop_lost", "inframe_indel", "missense", "other_coding", "synonymous", "none",
)  # fmt: skip
_FLAGS = ("PICK", "MANE", "CANONICAL")
_RESIDUES = re.compile(r"^(\d+) ([A-WYZ])(?:/([A-WYZ*]))?$")
_VERSION = re.compile(r"\.\d+$")


@dataclass(frozen=True)
class AnnotationField:
    """An INFO field with annotation.

    Parameters
    ----------
    kind : str
        ``VEP``, ``SnpEff``, ``BCSQ`` or ``MAF``: states of CODING_VARIANTS.annotation_source.
    tag : str
        Name of the INFO field.
    columns : tuple of str
        Names of what stands between its bars, in order.
    """

    kind: str
    tag: str
    columns: tuple[str, ...]


@dataclass(frozen=True)
class Annotation:
    """What a file says that an allele does to one transcript.

    Parameters
    ----------
    source : str
        As `AnnotationField.kind`.
    gene : str
        Symbol; the gene's id where it has no symbol; empty where not given.
    transcript : str
        Id as it stands there, often with version; empty where not given.
    consequence : str
        As it stands there.
    consequence_class : str
        One of `contracts.CONSEQUENCE_CLASSES`, or ``none``.
    hgvs_p : str
        One-letter protein change (``p.R175H``); empty where not given.
    hgvs_c : str
        Without the transcript (``c.524G>A``); empty where not given.
    flags : frozenset of str
        Of ``PICK``, ``MANE``, ``CANONICAL``: how VEP marks the transcript.
    """

    source: str
    gene: str
    transcript: str
    consequence: str
    consequence_class: str
    hgvs_p: str
    hgvs_c: str
    flags: frozenset[str] = frozenset()


def find_annotations(definitions: Iterable[Definition]) -> tuple[AnnotationField, ...]:
    """Return the INFO fields with annotation, told by what their descriptions name, in the order of `KINDS`.

    A field may have any name: VEP's is CSQ, ANN or what its user chose.
    """
    found = [field for one in definitions if one.kind == "INFO" and (field := _field(one)) is not None]
    return tuple(sorted(found, key=lambda field: KINDS.index(field.kind)))


def _field(definition: Definition) -> AnnotationField | None:
    listed = definition.description.rpartition("Format:" if "Format:" in definition.description else ":")[2]
    columns = tuple(cell.strip(" '\"") for cell in listed.split("|"))
    if definition.name == MAF_TAG:
        return AnnotationField("MAF", MAF_TAG, _MAF_FIELDS)
    if {"Allele", "Annotation", "HGVS.p"} <= set(columns):
        return AnnotationField("SnpEff", definition.name, columns)
    if {"Consequence", "Feature"} <= set(columns):
        return AnnotationField("VEP", definition.name, columns)
    if {"Consequence", "transcript", "dna_change"} <= set(columns):
        return AnnotationField("BCSQ", definition.name, columns)
    return None


def parse_annotation(field: AnnotationField, text: str, ref: str, alt: str) -> list[Annotation]:
    """Return what an INFO field says of one allele.

    Parameters
    ----------
    field : AnnotationField
        From the header.
    text : str
        The field's value, also of a record that had several alternate alleles before it was split.
    ref, alt : str
        The allele, normalised. Where the text names one allele only, it is taken for this one, however
        it is written; where it names several, those that cannot be told to be this one are left out.

    Returns
    -------
    list of Annotation
        One per transcript, in the order of the file; empty where the text says nothing of the allele.
    """
    if field.kind == "BCSQ":
        return _parse_bcsq(text, ref, alt)
    rows = [dict(zip(field.columns, entry.split("|"), strict=False)) for entry in text.split(",") if "|" in entry]
    if field.kind == "MAF":
        return [_from_maf(row) for row in rows]
    if field.kind == "VEP":
        return [
            _from_vep(row)
            for row in _of_allele(rows, ref, alt, trims=True)
            if row.get("Feature_type", "") in _TRANSCRIPT
        ]
    return [
        _from_snpeff(row)
        for row in _of_allele(rows, ref, alt, trims=False)
        if row.get("Feature_Type", "") in _TRANSCRIPT
    ]


# Regulatory features and motifs are no transcripts; a file without that column has transcripts only.
_TRANSCRIPT = ("Transcript", "transcript", "")


def _of_allele(rows: Sequence[Mapping[str, str]], ref: str, alt: str, *, trims: bool) -> list[Mapping[str, str]]:
    """Return the entries of one allele; none where two could be it.

    SnpEff writes ALT. VEP (`trims`) writes it without the first base, ``-`` for nothing, where all alleles of the
    record share that base and are not of one length
    (https://www.ensembl.org/info/docs/tools/vep/vep_formats.html#vcf). Left-alignment turns inserted bases around.
    """
    alleles = {row.get("Allele", "") for row in rows}
    if len(alleles) <= 1:
        return list(rows)
    names = {alt}
    if trims and len(ref) != len(alt) and ref[0] == alt[0]:
        names.add(alt[1:] or "-")
        if not alleles & names:
            names = {alt[turn:] + alt[1:turn] for turn in range(1, len(alt))}
    matching = alleles & names
    return [row for row in rows if row.get("Allele", "") in matching] if len(matching) == 1 else []


def _from_vep(row: Mapping[str, str]) -> Annotation:
    flags = {
        "PICK": row.get("PICK") == "1",
        "MANE": bool(row.get("MANE_SELECT") or row.get("MANE") == "MANE_Select"),
        "CANONICAL": row.get("CANONICAL") == "YES",
    }
    consequence = row.get("Consequence", "")
    return Annotation(
        "VEP",
        row.get("SYMBOL") or row.get("Gene", ""),
        row.get("Feature", ""),
        consequence,
        class_of_terms(consequence.split("&")),
        short_hgvs_p(row.get("HGVSp", ""))
        or _from_residues(row.get("Protein_position", ""), row.get("Amino_acids", "")),
        _hgvs_c(row.get("HGVSc", "")),
        frozenset(name for name, is_set in flags.items() if is_set),
    )


def _from_residues(position: str, residues: str) -> str:
    """Return the change of one residue (``175/393``, ``R/H``): what VEP gives where it was not asked for HGVS."""
    found = _RESIDUES.match(f"{position.partition('/')[0]} {residues}")
    return f"p.{found[2]}{found[1]}{found[3] or '='}" if found else ""


def _from_snpeff(row: Mapping[str, str]) -> Annotation:
    consequence = row.get("Annotation", "")
    return Annotation(
        "SnpEff",
        row.get("Gene_Name") or row.get("Gene_ID", ""),
        row.get("Feature_ID", ""),
        consequence,
        class_of_terms(consequence.split("&")),
        short_hgvs_p(row.get("HGVS.p", "")),
        _hgvs_c(row.get("HGVS.c", "")),
    )


def _from_maf(row: Mapping[str, str]) -> Annotation:
    gene, transcript, classification, hgvs_p, hgvs_c = (unquote(row.get(name, "")) for name in _MAF_FIELDS)
    class_ = class_of_classification(classification)
    return Annotation("MAF", gene, transcript, classification, class_, short_hgvs_p(hgvs_p), _hgvs_c(hgvs_c))


def _parse_bcsq(text: str, ref: str, alt: str) -> list[Annotation]:
    entries = text.split(",")
    changes = {cells[6] for entry in entries if len(cells := entry.split("|")) > 6}
    ours = [entry for entry in entries if entry.split("|")[-1].endswith(f"{ref}>{alt}")]
    kept = ",".join(ours) if len(changes) > 1 and ours else text
    return [
        Annotation(
            "BCSQ",
            one.gene,
            one.transcript,
            "&".join(one.terms),
            consequence_class(one.terms, one.amino_acids),
            name_change(frozenset(one.terms), one.amino_acids).hgvs_p if one.amino_acids else "",
            "",
        )
        for one in parse_bcsq(kept)
    ]


def _hgvs_c(text: str) -> str:
    """Return a coding change without its transcript; other kinds (n., g.) are none."""
    change = text.rpartition(":")[2].replace("%3D", "=")
    return change if change.startswith("c.") else ""


def maf_annotation(gene: str, transcript: str, classification: str, hgvs_p: str, hgvs_c: str) -> str:
    """Return the annotation of a MAF row as one entry of the INFO field `MAF_TAG`; entries are joined by commas."""
    return "|".join(quote(cell, safe="*>+?'()_:") for cell in (gene, transcript, classification, hgvs_p, hgvs_c))


def choose(annotations: Sequence[Annotation], gene_symbol: str, transcript_id: str) -> Annotation | None:
    """Return the annotation to set beside our own consequence.

    The one of the same transcript, versions aside; else of the same gene the one VEP picked, of the MANE
    transcript, of the canonical one; else the most severe of the gene, the first in the file among equals.

    Parameters
    ----------
    annotations : sequence of Annotation
        Of one allele.
    gene_symbol, transcript_id : str
        Of our consequence.

    Returns
    -------
    Annotation or None
        None where nothing is said of the gene.
    """
    same = [one for one in annotations if is_same_transcript(one.transcript, transcript_id)]
    in_gene = same or [one for one in annotations if one.gene == gene_symbol]
    for flag in _FLAGS:
        flagged = [one for one in in_gene if flag in one.flags]
        if flagged:
            in_gene = flagged
            break
    return min(in_gene, key=lambda one: _SEVERITY.index(one.consequence_class), default=None)


def agrees(consequence_class: str, hgvs_p: str, transcript_id: str, theirs: Annotation) -> bool:
    """Tell whether an annotation says the same as our consequence.

    The classes must be equal; so must the protein changes where both give one for the same transcript
    in a form that can be compared (see `annotation_names.protein_key`).

    Parameters
    ----------
    consequence_class, hgvs_p, transcript_id : str
        Ours, as in CODING_VARIANTS.
    theirs : Annotation
        As `choose` gives it.
    """
    if consequence_class != theirs.consequence_class:
        return False
    if not is_same_transcript(theirs.transcript, transcript_id):
        return True
    one, other = protein_key(hgvs_p), protein_key(theirs.hgvs_p)
    return one is None or other is None or one == other


def is_same_transcript(one: str, other: str) -> bool:
    """Tell whether two transcript ids are the same but for their versions; empty ones never are."""
    return bool(one) and _VERSION.sub("", one) == _VERSION.sub("", other)
