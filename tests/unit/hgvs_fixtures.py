"""Coding exons of a GFF3, read by a parser of the tests' own, and positions written out base by base."""

from __future__ import annotations

import re
from pathlib import Path

from sclcohort.variants.hgvs_c import CodingExon, transcript_of

COMPLEMENT = str.maketrans("ACGTN", "TGCAN")


def other_strand(bases: str) -> str:
    return bases.translate(COMPLEMENT)[::-1]


def exon_rows(gff: Path) -> list[dict]:
    """Return rows of contract CODING_EXONS for every transcript of an Ensembl GFF3."""
    found: dict[str, dict[str, list[tuple[int, int]]]] = {}
    where: dict[str, tuple[str, str]] = {}
    for line in gff.read_text().splitlines():
        cells = line.split("\t")
        if len(cells) == 9 and cells[2] in ("exon", "CDS"):
            for parent in re.search("Parent=([^;]+)", cells[8])[1].split(","):
                name = parent.removeprefix("transcript:")
                where[name] = cells[0], cells[6]
                found.setdefault(name, {"exon": [], "CDS": []})[cells[2]].append((int(cells[3]) - 1, int(cells[4])))
    rows = []
    for name, kinds in found.items():
        contig, strand = where[name]
        exons = sorted(kinds["exon"] or kinds["CDS"])
        for number, (first, last) in enumerate(exons if strand == "+" else exons[::-1], start=1):
            for start, end in kinds["CDS"]:
                if first <= start < last:
                    row = {"transcript_id": name, "contig": contig, "strand": strand, "start_0based": start, "end": end}
                    rows.append(row | {"exon_number": number, "exon_start_0based": first, "exon_end": last})
    return rows


def applied(name: str, places: dict[str, int], bases: str) -> str:
    """Return a transcript's stretch of genome, in its direction, changed as a c. name says.

    `places`: c. position to the place of that base in `bases`.
    """
    change = re.match(r"^c\.([-*+\d]+)(?:_([-*+\d]+))?(del|dup|ins|delins|([ACGT])>)?([ACGT]*)$", name)
    assert change, name
    first, last = places[change[1]], places[change[2] or change[1]]
    assert (last > first) if change[2] else True
    before, touched, after = bases[:first], bases[first : last + 1], bases[last + 1 :]
    kind, new = change[3], change[5]
    if kind == "del":
        assert not new
        return before + after
    if kind == "dup":
        assert not new
        return before + touched * 2 + after
    if kind == "ins":
        assert last == first + 1
        return before + touched[0] + new + touched[1] + after
    if kind == "delins":
        return before + new + after
    assert (touched, kind) == (change[4], f"{change[4]}>")
    return before + new + after


def concerned(bases: str, changed: str) -> tuple[str, int, int]:
    """Return kind, first and last letter of a change by trying every place: the rightmost one that gives `changed`."""
    grown = len(changed) - len(bases)
    if grown < 0:
        for start in range(len(bases) + grown, -1, -1):
            if bases[:start] + bases[start - grown :] == changed:
                return "del", start, start - grown - 1
    if grown > 0:
        for start in range(len(bases), -1, -1):
            if changed[:start] == bases[:start] and changed[start + grown :] == bases[start:]:
                if start >= grown and changed[start : start + grown] == bases[start - grown : start]:
                    return "dup", start - grown, start - 1
                return "ins", start - 1, start
    first, tail, shorter = 0, 0, min(len(bases), len(changed))
    while bases[first] == changed[first]:
        first += 1
    while tail < shorter - first and bases[-1 - tail] == changed[-1 - tail]:
        tail += 1
    last = len(bases) - tail - 1
    return "substitution" if first == last and not grown else "delins", first, last


def transcripts_of(rows):
    """Return transcripts by id from rows of contract CODING_EXONS, in any order."""
    names = ("contig", "strand", *CodingExon._fields)
    cells = {}
    for row in rows:
        texts = ["" if row[name] is None else str(row[name]) for name in names]
        cells.setdefault(str(row["transcript_id"]), []).append(texts)
    return {name: transcript_of(name, found) for name, found in cells.items()}


def bases_of(genome):
    """Return a function that reads bases of a pysam.FastaFile in upper case."""

    def bases(contig, start, end):
        start = max(start, 0)
        return genome.fetch(contig, start, max(start, end)).upper()

    return bases
