"""Parse the consequences that `bcftools csq -l` writes (INFO/BCSQ), and sort them into classes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from sclcohort.variants.hgvs import protein_change, protein_position

CODING_TERMS = {
    "stop_gained": "truncating",
    "frameshift": "truncating",
    "start_lost": "truncating",
    "splice_donor": "splice",
    "splice_acceptor": "splice",
    "stop_lost": "stop_lost",
    "missense": "missense",
    "inframe_insertion": "inframe_indel",
    "inframe_deletion": "inframe_indel",
    "inframe_altering": "inframe_indel",
    "synonymous": "synonymous",
    "stop_retained": "synonymous",
    "start_retained": "synonymous",
    "coding_sequence": "other_coding",
}
# A record has one class: that of its gravest term, in this order. VEP's "stop_gained&frameshift" is
# csq's "frameshift": both are truncating.
GRAVITY = ("truncating", "splice", "stop_lost", "missense", "inframe_indel", "synonymous", "other_coding")


class Consequence(NamedTuple):
    """One consequence of one allele on one transcript; text is empty and position None where csq gives none."""

    terms: str
    consequence_class: str
    gene_symbol: str
    transcript_id: str
    protein_position: int | None
    hgvs_p: str


def parse_consequences(text: str) -> Iterator[Consequence]:
    """Yield the consequences on coding sequence and essential splice sites of one BCSQ value.

    Parameters
    ----------
    text : str
        As in the VCF: items joined by ``,``, each ``terms|gene|transcript|biotype|strand|protein|dna``. A
        leading ``*`` (downstream of another stop) is dropped; ``@`` items, which refer to another record,
        do not occur in local mode and are skipped.

    Notes
    -----
    Several items on one transcript (csq lists ``splice_region`` beside ``missense``) are joined into one.
    """
    merged: dict[tuple[str, str], tuple[list[str], str]] = {}
    for item in text.split(","):
        parts = item.split("|")
        if item.startswith("@") or len(parts) < 4:
            continue
        terms = parts[0].lstrip("*").split("&")
        if parts[3] != "protein_coding":
            continue
        key = parts[1], parts[2]
        known, change = merged.get(key, ([], ""))
        merged[key] = [*known, *terms], change or (parts[5] if len(parts) > 5 else "")
    for (gene, transcript), (terms, change) in merged.items():
        classes = {CODING_TERMS[term] for term in terms if term in CODING_TERMS}
        if classes:
            grave = next(name for name in GRAVITY if name in classes)
            position = protein_position(change) if change else None
            yield Consequence("&".join(terms), grave, gene, transcript, position, protein_change(change, terms))
