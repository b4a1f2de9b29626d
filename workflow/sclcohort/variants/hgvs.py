"""Protein changes in the one-letter short form that reports use, from the residues that csq prints.

The form is that of HGVS (den Dunnen 2016, doi:10.1002/humu.22981) with one-letter residues and the short form of
frameshifts, named by the first residue that changes. csq gives only the residues it touched: an insertion whose
neighbours it does not print is written as ``delins`` of the residue it prints, which says the same.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

_CHANGE = re.compile(r"(\d+)([A-Z*]+)(?:>\d+([A-Z*]*))?(?:\.\.\d*)?$")


def _parsed(change: str) -> tuple[int, str, str] | None:
    """Return position, residues before and after; None where the text has another form."""
    found = _CHANGE.match(change)
    if found is None:
        return None
    before = found[2]
    return int(found[1]), before, before if found[3] is None else found[3]


def _trimmed(position: int, before: str, after: str) -> tuple[int, str, str]:
    """Return the change without the residues that both sides share at their ends."""
    shared = 0
    while shared < min(len(before), len(after)) and before[shared] == after[shared]:
        shared += 1
    position, before, after = position + shared, before[shared:], after[shared:]
    tail = 0
    while tail < min(len(before), len(after)) and before[-1 - tail] == after[-1 - tail]:
        tail += 1
    return position, before[: len(before) - tail], after[: len(after) - tail]


def protein_position(change: str) -> int | None:
    """Return the first residue that changes, from 1; None where csq's text does not say."""
    parsed = _parsed(change)
    if parsed is None:
        return None
    position, before, after = parsed
    if before == after:
        return position
    # An insertion behind the last residue printed concerns that residue.
    return min(_trimmed(position, before, after)[0], position + len(before) - 1)


def protein_change(change: str, terms: Sequence[str]) -> str:
    """Return the protein change, e.g. ``p.R175H``; empty where csq's text does not say.

    Parameters
    ----------
    change : str
        csq's protein part: ``175R>175H``; the same residue on both sides is written once.
    terms : sequence of str
        Sequence Ontology terms of the consequence.
    """
    parsed = _parsed(change)
    if parsed is None:
        return ""
    first, before, after = parsed
    if "start_lost" in terms:
        return f"p.{before[0]}1?"
    if before == after:
        return f"p.{before[0]}{first}="
    position, removed, added = _trimmed(first, before, after)
    if "stop_lost" in terms and removed.startswith("*"):
        return f"p.*{position}{added[:1] or '?'}ext"
    if "frameshift" in terms:
        # Read on in the new frame, residues at the end may agree by chance: only the first change counts.
        return f"p.{before[position - first :][:1] or before[-1]}{position}fs"
    if "*" in added:
        return _stop(first, before, after)
    return _in_frame(position, removed, added) or _untrimmed(first, before, after)


def _stop(first: int, before: str, after: str) -> str:
    """Return a gained stop by the residue it takes the place of, e.g. ``p.R213*``."""
    position, removed, _ = _trimmed(first, before, after)
    stop = first + after.index("*")
    if stop - first < len(before):
        return f"p.{before[stop - first]}{stop}*"
    return f"p.{removed[:1] or before[-1]}{position if removed else first + len(before) - 1}delins*"


def _in_frame(position: int, removed: str, added: str) -> str:
    """Return a substitution, deletion or replacement; empty for a pure insertion."""
    if not removed:
        return ""
    if len(removed) == len(added) == 1:
        return f"p.{removed}{position}{added}"
    last = position + len(removed) - 1
    place = f"{removed[0]}{position}" if len(removed) == 1 else f"{removed[0]}{position}_{removed[-1]}{last}"
    return f"p.{place}del" if not added else f"p.{place}delins{added}"


def _untrimmed(first: int, before: str, after: str) -> str:
    """Return an insertion: between two residues where csq prints both, else as replacement of the one it prints."""
    position, _, added = _trimmed(first, before, after)
    inside = position - first
    if 0 < inside < len(before):
        return f"p.{before[inside - 1]}{position - 1}_{before[inside]}{position}ins{added}"
    last = first + len(before) - 1
    place = f"{before}{first}" if len(before) == 1 else f"{before[0]}{first}_{before[-1]}{last}"
    return f"p.{place}delins{after}"
