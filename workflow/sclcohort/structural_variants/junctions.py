"""Junctions: two breakpoints, each with the side that is kept, however the VCF wrote them.

A breakpoint names a base that is kept and its side: ``+`` keeps what lies left of it (its last base),
``-`` what lies right of it (its first base), as in BEDPE. So one junction has one form, whether it was
written as a symbol, as a pair of breakends or as alleles.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from sclcohort.coordinates import without_chr
from sclcohort.variants.refusal import RefusedVcfError

PLUS, MINUS, UNKNOWN = "+", "-", ""
# Alleles shorter than this are left to the callers of small variants. The usual limit of a structural variant:
# Sudmant et al. 2015, doi:10.1038/nature15394 (unverified here).
MIN_ALLELE_BASES = 50
# VCF 4.2, section 5.4: t[p[ t]p] ]p]t [p[t.
_BREAKEND = re.compile(
    r"^(?P<before>[A-Za-z.]*)(?P<bracket>[\[\]])(?P<place>.+):(?P<position>\d+)(?P=bracket)[A-Za-z.]*$"
)
_SINGLE = re.compile(r"^(?:\.[A-Za-z]+|[A-Za-z]+\.)$")
_BASES = re.compile(r"^[A-Za-z]+$")
# Delly: which ends of the two pieces are joined. The 3' end of a piece is joined where what lies left is kept.
_DELLY_ENDS = {"3": PLUS, "5": MINUS}
_CT = re.compile(r"^([35])to([35])$")
_OTHER_SIDE = str.maketrans("+-", "-+")
_STRANDS = re.compile(r"([+-]{2})(?::\d+)?")


class End(NamedTuple):
    """One breakpoint: a kept base, 1-based, and its side (empty where not known)."""

    contig: str
    position_1based: int
    side: str

    @property
    def cut(self) -> int:
        """The base, 1-based, right of which the chromosome is cut."""
        return self.position_1based - 1 if self.side == MINUS else self.position_1based


@dataclass(frozen=True)
class Reads:
    """Reads of one column: with the junction, and these with those that have the reference; None: not counted."""

    supporting: int | None = None
    depth: int | None = None


@dataclass(frozen=True)
class Junction:
    """Two breakpoints that are joined, the lower first.

    Parameters
    ----------
    first, second : End
        In order of contig and position.
    sv_type : str
        DEL, DUP, INV, INS or BND.
    filters : str
        FILTER as in the VCF; ``.`` where none is set.
    tumour, normal : Reads
        Reads of the two columns.
    is_reciprocal : bool
        Whether the other sides of both cuts are joined too: a whole inversion, a balanced translocation.
    """

    first: End
    second: End
    sv_type: str
    filters: str = "."
    tumour: Reads = Reads()
    normal: Reads = Reads()
    is_reciprocal: bool = False

    @property
    def strands(self) -> str:
        """Both sides as in BEDPE, then those of the reciprocal; empty where not known."""
        sides = self.first.side + self.second.side
        return f"{sides},{sides.translate(_OTHER_SIDE)}" if self.is_reciprocal else sides

    @property
    def is_local(self) -> bool:
        """Whether both breakpoints are on one contig."""
        return self.first.contig == self.second.contig

    @property
    def name(self) -> str:
        """Where it is, e.g. ``1:3583245-3620863(+-)``."""
        partner = "" if self.is_local else f"{self.second.contig}:"
        place = f"{self.first.contig}:{self.first.position_1based}-{partner}{self.second.position_1based}"
        return f"{place}({self.strands})" if self.strands else place

    @property
    def key(self) -> tuple[End, End]:
        """What two records of one junction have in common."""
        return self.first, self.second


def contig_order(contig: str) -> tuple[int, str]:
    """Return a sort key: chromosomes by number, then the others by name."""
    bare = without_chr(contig)
    return (int(bare), "") if bare.isdigit() else (1000, bare)


def join(one: End, other: End, sv_type: str = "BND") -> Junction:
    """Return the junction of two breakpoints, in order; its kind follows from the sides where they are known.

    Parameters
    ----------
    one, other : End
        In any order.
    sv_type : str
        Kind by the caller, kept where the sides do not tell.
    """
    first, second = sorted((one, other), key=lambda end: (contig_order(end.contig), end.position_1based, end.side))
    if first.contig != second.contig:
        return Junction(first, second, "BND")
    sides = first.side + second.side
    kinds = {"+-": "DEL", "-+": "DUP", "++": "INV", "--": "INV"}
    kind = "INS" if sides == "+-" and second.position_1based <= first.position_1based + 1 else kinds.get(sides, sv_type)
    return Junction(first, second, kind)


class Site(NamedTuple):
    """One allele of one record, as far as its breakpoints need it; `info` holds the INFO values as text."""

    contig: str
    position_1based: int
    ref: str
    alt: str
    info: dict[str, str]


def junction_of(site: Site) -> Junction | str:
    """Return the junction of an allele, or why it has none.

    Parameters
    ----------
    site : Site
        INFO keys read: SVTYPE, END, SVLEN, CHR2, POS2, CT, STRANDS, INV3, INV5.

    Returns
    -------
    Junction or str
        A reason where the allele names no second breakpoint: ``single breakend``, ``small``, ...

    Raises
    ------
    RefusedVcfError
        A symbol without END or SVLEN, or an end before the start: the file was cut or rewritten.
    """
    breakend = _BREAKEND.match(site.alt)
    if breakend:
        return _of_breakend(site, breakend)
    if _SINGLE.match(site.alt):
        return "single breakend"
    if site.alt.startswith("<"):
        return _of_symbol(site)
    if _BASES.match(site.alt) and _BASES.match(site.ref):
        return _of_alleles(site)
    return "no allele"


def _of_breakend(site: Site, found: re.Match[str]) -> Junction | str:
    if found["place"].startswith("<"):
        return "breakpoint on an assembled contig"
    own = End(site.contig, site.position_1based, PLUS if found["before"] else MINUS)
    mate = End(found["place"], int(found["position"]), MINUS if found["bracket"] == "[" else PLUS)
    return join(own, mate)


def _of_alleles(site: Site) -> Junction | str:
    """Return the deletion or insertion that two alleles spell, shared bases at both ends taken off."""
    ref, alt = site.ref.upper(), site.alt.upper()
    shared = 0
    while shared < min(len(ref), len(alt)) and ref[shared] == alt[shared]:
        shared += 1
    lost, gained = ref[shared:], alt[shared:]
    while lost and gained and lost[-1] == gained[-1]:
        lost, gained = lost[:-1], gained[:-1]
    if max(len(lost), len(gained)) < MIN_ALLELE_BASES:
        return "small"
    last_kept = site.position_1based + shared - 1
    return join(End(site.contig, last_kept, PLUS), End(site.contig, last_kept + len(lost) + 1, MINUS))


def _of_symbol(site: Site) -> Junction | str:
    symbol = site.alt.strip("<>").split(":")[0].upper()
    kind = site.info.get("SVTYPE", symbol).split(":")[0].upper() if symbol in ("BND", "TRA") else symbol
    if kind not in ("DEL", "DUP", "INV", "INS", "BND", "TRA"):
        return f"symbol {site.alt}"
    contig = site.info.get("CHR2", site.contig)
    if kind == "INS":
        position = site.position_1based
        return join(End(site.contig, position, PLUS), End(site.contig, position + 1, MINUS))
    sides = _sides(site)
    if contig != site.contig or kind in ("BND", "TRA"):
        place = site.info.get("POS2") or site.info.get("END")
        if place is None or not place.isdigit():
            raise RefusedVcfError(_lacks(site, "POS2 or END"))
        own, other = sides[0] if sides else (UNKNOWN, UNKNOWN)
        return join(End(site.contig, site.position_1based, own), End(contig, int(place), other))
    start, end = site.position_1based, _end_of(site)
    if kind == "INV" and len(sides) != 1:
        return Junction(End(contig, start, PLUS), End(contig, end, PLUS), "INV", is_reciprocal=True)
    pair = sides[0] if kind == "INV" else {"DEL": (PLUS, MINUS), "DUP": (MINUS, PLUS)}[kind]
    # POS is the base before the first that is lost, repeated or inverted, END the last of these.
    first, second = end_at(contig, start, pair[0]), end_at(contig, end, pair[1])
    return join(first, second, kind)


def end_at(contig: str, cut: int, side: str) -> End:
    """Return the breakpoint at a cut right of a base: the base kept is that one, or the next."""
    return End(contig, cut + 1 if side == MINUS else cut, side)


def _end_of(site: Site) -> int:
    end, length = site.info.get("END"), site.info.get("SVLEN", "").split(",")[0].lstrip("-")
    if end is not None and end.isdigit():
        last = int(end)
    elif length.isdigit():
        # VCF 4.4 has SVLEN for END.
        last = site.position_1based + int(length)
    else:
        raise RefusedVcfError(_lacks(site, "END or SVLEN"))
    if last <= site.position_1based:
        raise RefusedVcfError(
            f"{site.contig}:{site.position_1based} {site.alt} ends at {last}, before it begins; give the caller's VCF"
        )
    return last


def _lacks(site: Site, what: str) -> str:
    return f"{site.contig}:{site.position_1based} {site.alt} has no {what} in INFO; give the VCF as the caller wrote it"


def _sides(site: Site) -> list[tuple[str, str]]:
    """Return the sides that INFO names: Delly's CT, Lumpy's STRANDS, INV3 and INV5 of older Manta."""
    ends = _CT.match(site.info.get("CT", ""))
    if ends:
        return [(_DELLY_ENDS[ends[1]], _DELLY_ENDS[ends[2]])]
    if "INV3" in site.info and "INV5" not in site.info:
        return [(PLUS, PLUS)]
    if "INV5" in site.info and "INV3" not in site.info:
        return [(MINUS, MINUS)]
    return [(pair[0], pair[1]) for pair in _STRANDS.findall(site.info.get("STRANDS", ""))]


class Called(NamedTuple):
    """A junction with the names that its record and its mate have."""

    junction: Junction
    record: str
    mate: str


def unite(called: Iterable[Called], accepted: Sequence[str]) -> list[Junction]:
    """Return each junction once, in order: the two breakends of one are one, and so are repeated records.

    Parameters
    ----------
    called : iterable of Called
        In any order.
    accepted : sequence of str
        FILTER values that count as passed: of two records of a junction the accepted one is kept.

    Returns
    -------
    list of Junction
        Sorted by contig and position. The two junctions of one inversion or balanced translocation,
        which many callers write apart, stay two here.
    """
    chosen: dict[object, Junction] = {}
    for one in sorted(called, key=lambda one: _order(one.junction, accepted)):
        chosen.setdefault(one.junction.key, one.junction)
    # Mates at other bases than their ALT says (a caller that shifts one of them) are told by their names.
    by_record = {one.record: one.junction.key for one in called if one.record not in ("", ".")}
    dropped = set()
    for one in sorted(called, key=lambda one: _order(one.junction, accepted)):
        mate = by_record.get(one.mate)
        if mate is not None and mate != one.junction.key and one.junction.key not in dropped:
            dropped.add(mate)
    return [junction for key, junction in chosen.items() if key not in dropped]


def _order(junction: Junction, accepted: Sequence[str]) -> tuple[object, ...]:
    refused = not all(name in accepted for name in junction.filters.split(";"))
    places = [(contig_order(end.contig), end.position_1based, end.side) for end in junction.key]
    return (*places, refused, junction.filters, -(junction.tumour.supporting or 0))


def pair_reciprocals(junctions: Sequence[Junction], most_bases: int) -> list[Junction]:
    """Return the junctions, the two of one inversion or balanced translocation as one.

    Parameters
    ----------
    junctions : sequence of Junction
        In order.
    most_bases : int
        How far apart the cuts of the two may lie at each breakpoint.
    """
    left: list[Junction] = []
    for one in junctions:
        twin = next((at for at in _near(left, one, most_bases) if are_reciprocal(left[at], one, most_bases)), None)
        if twin is None:
            left.append(one)
        else:
            left[twin] = replace(left[twin], is_reciprocal=True)
    return left


def _near(junctions: Sequence[Junction], one: Junction, most_bases: int) -> Iterator[int]:
    """Yield the places of junctions, of those sorted before one, that begin near it; the nearest first."""
    for place in range(len(junctions) - 1, -1, -1):
        first = junctions[place].first
        if first.contig != one.first.contig or one.first.cut - first.cut > most_bases:
            return
        yield place


def are_reciprocal(one: Junction, other: Junction, most_bases: int) -> bool:
    """Tell whether two junctions join the two sides of the same two cuts; a deletion and a duplication do not."""
    if one.strands.translate(_OTHER_SIDE) != other.strands or not one.strands or one.filters != other.filters:
        return False
    if one.sv_type != other.sv_type or (one.is_local and one.sv_type != "INV"):
        return False
    pairs = zip(one.key, other.key, strict=True)
    return all(a.contig == b.contig and abs(a.cut - b.cut) <= most_bases for a, b in pairs)
