"""Read the BCSQ field that ``bcftools csq -l`` writes, and put its words into the workflow's classes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

SPLICE_TERMS = frozenset(("splice_donor", "splice_acceptor"))
# Words of csq that change or concern the coding sequence. feature_truncation and feature_elongation are its words for
# a deletion or insertion that also substitutes; it uses them outside coding sequence too, without protein change.
CODING_TERMS = frozenset(
    (
        "missense", "synonymous", "stop_gained", "stop_lost", "start_lost", "frameshift", "inframe_deletion",
        "inframe_insertion", "inframe_altering", "stop_retained", "start_retained", "coding_sequence",
    )
)  # fmt: skip
COMPLEX_TERMS = frozenset(("feature_truncation", "feature_elongation"))
_INFRAME_TERMS = frozenset(("inframe_deletion", "inframe_insertion", "inframe_altering"))
_SILENT_TERMS = frozenset(("synonymous", "stop_retained", "start_retained"))
_CHANGE = re.compile(r"^(\d+)([A-Z*?]+)(?:>(\d+)([A-Z*?]*))?$")


class AminoAcids(NamedTuple):
    """The residues csq gives for a change: from `position` on, `ref` becomes `alt`."""

    position: int
    ref: str
    alt: str


class Consequence(NamedTuple):
    """What an allele does to one transcript.

    Parameters
    ----------
    gene : str
        Name in the gene model; empty where it has none.
    transcript : str
        Transcript id.
    terms : tuple of str
        csq's words, in its order.
    amino_acids : AminoAcids or None
        None where csq gives none (splice sites).
    """

    gene: str
    transcript: str
    terms: tuple[str, ...]
    amino_acids: AminoAcids | None


def parse_bcsq(text: str) -> list[Consequence]:
    """Return the consequences on protein-coding transcripts that concern coding sequence or splice sites.

    Parameters
    ----------
    text : str
        The value of INFO/BCSQ: ``Consequence|gene|transcript|biotype|strand|amino_acid_change|dna_change``,
        several joined by commas. Entries that point elsewhere (``@1079``, of csq's haplotype mode) are passed
        over, a leading ``*`` (downstream of a stop on the same haplotype) is dropped.

    Returns
    -------
    list of Consequence
        One per transcript, in order of first mention; csq may name one transcript twice
        (``splice_region`` and ``missense``), whose terms are joined here.
    """
    terms: dict[tuple[str, str], list[str]] = {}
    changes: dict[tuple[str, str], AminoAcids] = {}
    for entry in text.split(","):
        cells = entry.split("|")
        if entry.startswith("@") or len(cells) < 4 or cells[3] != "protein_coding" or not cells[2]:
            continue
        key = (cells[1], cells[2])
        known = terms.setdefault(key, [])
        known += [term for term in cells[0].removeprefix("*").split("&") if term not in known]
        change = parse_amino_acids(cells[5]) if len(cells) > 5 else None
        if change is not None:
            changes.setdefault(key, change)
    return [
        Consequence(*key, tuple(known), changes.get(key))
        for key, known in terms.items()
        if _concerns_protein(frozenset(known), key in changes)
    ]


def _concerns_protein(terms: frozenset[str], has_change: bool) -> bool:
    return bool(terms & (CODING_TERMS | SPLICE_TERMS)) or (has_change and bool(terms & COMPLEX_TERMS))


def parse_amino_acids(text: str) -> AminoAcids | None:
    """Return csq's amino-acid change (``175R>175H``, ``10L``); None where the text is none."""
    found = _CHANGE.match(text)
    if found is None:
        return None
    ref = found[2]
    return AminoAcids(int(found[1]), ref, ref if found[3] is None else found[4])


def consequence_class(terms: Sequence[str], amino_acids: AminoAcids | None) -> str:
    """Return the class of a consequence (`contracts.CODING_VARIANTS`).

    The order is that of severity as Ensembl ranks consequence terms, splice sites first: csq
    gives no protein for an allele across a splice site, whatever frame it names beside it. A
    frameshift that leaves the protein as it is (in the last codon) is synonymous.

    Parameters
    ----------
    terms : sequence of str
        csq's words.
    amino_acids : AminoAcids or None
        The change csq gives.
    """
    known = frozenset(terms)
    ref, alt = (amino_acids.ref, amino_acids.alt) if amino_acids else ("", "")
    if known & SPLICE_TERMS:
        return "splice"
    if "start_lost" in known:
        return "truncating"
    if amino_acids and ref == alt:
        return "synonymous"
    if known & {"stop_gained", "frameshift"} or ("*" in alt and "*" not in ref):
        return "truncating"
    if "stop_lost" in known:
        return "stop_lost"
    if known & _INFRAME_TERMS or (known & COMPLEX_TERMS and amino_acids):
        return "inframe_indel"
    if "missense" in known:
        return "missense"
    return "synonymous" if known & _SILENT_TERMS else "other_coding"
