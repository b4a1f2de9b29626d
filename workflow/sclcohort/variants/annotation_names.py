"""The words of other annotators in ours: consequence classes and one-letter protein changes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import unquote

# Sequence Ontology terms without "_variant", as VEP and SnpEff write them and csq shortens them; the first class
# of the list that has one of the terms is the class, in the order of `consequences.consequence_class`. What is not
# here (splice_region, splice_donor_5th_base, introns, UTR, ...) neither changes a protein nor hits a splice site.
_TERMS: tuple[tuple[str, frozenset[str]], ...] = (
    ("splice", frozenset(("splice_donor", "splice_acceptor"))),
    # initiator_codon: SnpEff's word for a start codon that becomes another; csq says start_lost of it.
    ("truncating", frozenset(("start_lost", "initiator_codon", "stop_gained", "frameshift", "frameshift_truncation"))),
    ("truncating", frozenset(("frameshift_elongation",))),
    ("stop_lost", frozenset(("stop_lost",))),
    (
        "inframe_indel",
        frozenset(
            (
                "inframe_deletion", "inframe_insertion", "disruptive_inframe_deletion", "disruptive_inframe_insertion",
                "conservative_inframe_deletion", "conservative_inframe_insertion", "protein_altering",
                "inframe_altering",
            )
        ),
    ),
    ("missense", frozenset(("missense", "rare_amino_acid", "conservative_missense", "non_conservative_missense"))),
    ("synonymous", frozenset(("synonymous", "stop_retained", "start_retained"))),
    (
        "other_coding",
        frozenset(("coding_sequence", "incomplete_terminal_codon", "exon_loss", "transcript_ablation")),
    ),
)  # fmt: skip
# Words of the GDC, vcf2maf and Oncotator; others (Splice_Region, Intron, 5'UTR, De_novo_Start_OutOfFrame, ...): none.
_CLASSIFICATIONS = {
    "missense_mutation": "missense",
    "nonsense_mutation": "truncating",
    "frame_shift_del": "truncating",
    "frame_shift_ins": "truncating",
    "translation_start_site": "truncating",
    "start_codon_snp": "truncating",
    "start_codon_del": "truncating",
    "start_codon_ins": "truncating",
    "splice_site": "splice",
    "in_frame_del": "inframe_indel",
    "in_frame_ins": "inframe_indel",
    "nonstop_mutation": "stop_lost",
    "stop_codon_del": "stop_lost",
    "silent": "synonymous",
    "targeted_region": "other_coding",
}
_LETTERS = {
    "Ala": "A", "Arg": "R", "Asn": "N", "Asp": "D", "Cys": "C", "Gln": "Q", "Glu": "E", "Gly": "G", "His": "H",
    "Ile": "I", "Leu": "L", "Lys": "K", "Met": "M", "Phe": "F", "Pro": "P", "Ser": "S", "Thr": "T", "Trp": "W",
    "Tyr": "Y", "Val": "V", "Sec": "U", "Pyl": "O", "Asx": "B", "Glx": "Z", "Xaa": "X", "Ter": "*",
}  # fmt: skip
_LONG = re.compile("|".join(_LETTERS))
_CHANGE = re.compile(r"^[A-Z*]\d")
_SAME = re.compile(r"^([A-Z*])(\d+)\1$")
_STOPPED = re.compile(r"^([A-Z])(\d+)(?:[A-Z*]?fs|\*)")
_EXTENDED = re.compile(r"^\*(\d+)[A-Z]?ext")
_SUBSTITUTED = re.compile(r"^[A-Z*]\d+[A-Z=]$")
_RANGE = re.compile(r"^([A-Z]\d+(?:_[A-Z]\d+)?)(?:(del)[A-Z]*(ins[A-Z*]+)|(del|dup)[A-Z]*|(ins[A-Z*]+))$")


def class_of_terms(terms: Sequence[str]) -> str:
    """Return the class of Sequence Ontology terms: one of `contracts.CONSEQUENCE_CLASSES`, or ``none``."""
    words = {term.removesuffix("_variant") for term in terms}
    return next((name for name, known in _TERMS if words & known), "none")


def class_of_classification(classification: str) -> str:
    """Return the class of a MAF's Variant_Classification: one of `contracts.CONSEQUENCE_CLASSES`, or ``none``."""
    return _CLASSIFICATIONS.get(classification.lower(), "none")


def short_hgvs_p(text: str) -> str:
    """Return a protein change with one-letter residues.

    Parameters
    ----------
    text : str
        ``ENSP00000269305.4:p.Arg175His``, ``p.(Arg175His)``, ``p.Leu10%3D``, ``p.Leu10Leu``, ``R175H``, ...

    Returns
    -------
    str
        ``p.R175H``, ``p.L10=``, ``p.E105Gfs*7``; empty where it is no protein change (``p.?``, ``.``).
    """
    change = unquote(text).strip().rpartition(":")[2].removeprefix("p.").strip("()")
    change = _LONG.sub(lambda found: _LETTERS[found[0]], change)
    if not _CHANGE.match(change):
        return ""
    return "p." + _SAME.sub(r"\1\2=", change)


def protein_key(hgvs_p: str) -> tuple[str, ...] | None:
    """Return what two names of a protein change must share to be the same change.

    Of a frameshift the first changed residue counts alone: annotators differ in whether they give what
    follows (``p.E105fs``, ``p.E105Gfs*7``). So of a new stop, which a frameshift may also be named as; of a
    lost stop its position; of a lost start only that. Deleted residues may be spelled out (``p.E746_A750delELREA``).

    Returns
    -------
    tuple of str or None
        None where there is no name, or one that cannot be compared (``p.X126_splice``, other notations).
    """
    change = hgvs_p.removeprefix("p.")
    if change.startswith("M1") and not change[2:3].isdigit():
        return ("start",)
    if found := _STOPPED.match(change):
        return ("stopped", found[1], found[2])
    if found := _EXTENDED.match(change):
        return ("extended", found[1])
    if _SUBSTITUTED.match(change):
        return ("changed", change)
    if found := _RANGE.match(change):
        return ("changed", "".join(part for part in found.groups() if part))
    return None
