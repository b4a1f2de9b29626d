"""Words of a pathologist's diagnosis that name more than pure SCLC.

Free text is matched, not understood: whole words, case ignored, clause by clause. A word that its clause denies
("no adenocarcinoma component", "adenocarcinoma excluded") is not counted; one that is left open ("adenocarcinoma
cannot be excluded") is, since a flag asks for a second look and decides nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

COMPONENTS = {
    "combined": r"combined|mixed|composite",
    "transformed": r"transform(?:ed|ation|ing)",
    "adenocarcinoma": r"adenocarcinomas?|adeno-?ca",
    "adenosquamous": r"adenosquamous",
    "squamous": r"squamous",
    "large cell": r"large[- ]cells?|lcnec|lcc",
    "non-small-cell": r"non[- ]?small|nsclc",
}
WORDS = re.compile("|".join(rf"(?P<w{at}>\b(?:{words})\b)" for at, words in enumerate(COMPONENTS.values())), re.I)
CLAUSE_ENDS = re.compile(r"[.;,:()\[\]/]|\b(?:but|however)\b", re.I)
LEFT_OPEN = re.compile(r"\b(?:cannot|can ?not|could not|can't|not (?:be )?(?:excluded|ruled out))\b", re.I)
DENIED_BEFORE = re.compile(r"\b(?:no|not|non|without|lacks?|lacking|never|negative for|absence of|excludes?)\s", re.I)
DENIED_AFTER = re.compile(r"\b(?:excluded|ruled out|absent|not (?:seen|identified|found|present))\b", re.I)


@dataclass(frozen=True)
class Diagnosis:
    """Components that a diagnosis names, and those that it denies; each in the order of `COMPONENTS`."""

    named: tuple[str, ...]
    denied: tuple[str, ...]


def read_diagnosis(histology: str) -> Diagnosis:
    """Return what a diagnosis names besides SCLC.

    Parameters
    ----------
    histology : str
        Free text of the sheet.

    Returns
    -------
    Diagnosis
        A component that one clause names and another denies is named.
    """
    named: set[str] = set()
    denied: set[str] = set()
    names = tuple(COMPONENTS)
    carried = ""
    for clause, end in _clauses(histology):
        for match in WORDS.finditer(clause):
            component = names[int(str(match.lastgroup)[1:])]
            before, after = f"{carried}{clause[: match.start()]}", clause[match.end() :]
            is_denied = bool(DENIED_BEFORE.search(before) or DENIED_AFTER.search(after))
            (denied if is_denied and not LEFT_OPEN.search(clause) else named).add(component)
        # "without" ends no clause of its own, and "no adenocarcinoma/squamous" denies both.
        carried = f"{carried}{clause} " if end == "/" else ""
    return Diagnosis(
        tuple(name for name in names if name in named),
        tuple(name for name in names if name in denied - named),
    )


def _clauses(text: str) -> list[tuple[str, str]]:
    """Return the clauses of a text, each with what ends it."""
    clauses = []
    start = 0
    for end in CLAUSE_ENDS.finditer(text):
        clauses.append((text[start : end.start()], end.group()))
        start = end.end()
    return [*clauses, (text[start:], "")]
