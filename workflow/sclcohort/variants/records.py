"""The records of one file, normalised: one alternate allele each, left-aligned, only the columns that are read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, NamedTuple

from sclcohort.variants.normalise import BASES, ReferenceCheck, left_align
from sclcohort.variants.split import split_columns, split_info

if TYPE_CHECKING:
    from sclcohort.reference.sequence import Fetch
    from sclcohort.variants.header import Definition, Header

# Removed where present: VarDict writes the sample's name; an earlier csq tells haplotypes of its own samples.
UNWANTED = {"INFO": frozenset(("SAMPLE",)), "FORMAT": frozenset(("BCSQ",))}
# Kept under another name: consequences of an earlier csq would be taken for ours.
RENAMED = {"BCSQ": "FILE_BCSQ"}
_SPLIT_NUMBERS = ("A", "R", "G")


class Record(NamedTuple):
    """One allele of one file; sorts as a VCF is sorted, records of one allele as they stand in the file."""

    rank: int
    position_1based: int
    ref: str
    alt: str
    order: int
    id: str
    quality: str
    filters: str
    info: str
    columns: str


@dataclass
class Layout:
    """What of a file's records is kept, and how they are split.

    Parameters
    ----------
    rank : mapping of str to int
        Contig of the genome to its place; records on others are left out.
    places : sequence of int
        Of the columns to keep, in a record split by tabs: tumour, then normal.
    numbers : mapping
        INFO and FORMAT to name and Number of the fields that belong to alleles.
    unwanted_info, unwanted_format : bool
        Whether the header has fields of `UNWANTED`, or of `RENAMED`.
    """

    rank: Mapping[str, int]
    places: Sequence[int]
    numbers: Mapping[str, Mapping[str, str]]
    unwanted_info: bool
    unwanted_format: bool

    @classmethod
    def of(cls, header: Header, kept: Sequence[str], rank: Mapping[str, int]) -> Layout:
        """Return the layout of a file whose header is complete; `kept` are columns by their name in the file."""
        numbers: dict[str, dict[str, str]] = {"INFO": {}, "FORMAT": {}}
        for (kind, name), definition in header.definitions.items():
            if kind in numbers and definition.number in _SPLIT_NUMBERS:
                numbers[kind][name] = definition.number
        names = {"INFO": {*UNWANTED["INFO"], *RENAMED}, "FORMAT": UNWANTED["FORMAT"]}
        unwanted = {kind: any((kind, name) in header.definitions for name in names[kind]) for kind in names}
        places = [9 + header.columns.index(name) for name in kept]
        return cls(rank, places, numbers, unwanted["INFO"], unwanted["FORMAT"])


@dataclass
class Tally:
    """What was met in a file."""

    records: int = 0
    off_reference: int = 0
    set_aside: int = 0
    has_snvs: bool = False
    has_indels: bool = False
    check: ReferenceCheck = field(init=False)


def normalised(lines: Iterable[str], layout: Layout, fetch: Fetch, tally: Tally) -> Iterator[Record]:
    """Yield the alleles of a file that are small variants, in the order of the file.

    Parameters
    ----------
    lines : iterable of str
        Records whose structure htslib has accepted (`intake.take_in`).
    layout : Layout
        Of the file.
    fetch : callable
        Bases of the genome.
    tally : Tally
        Counts, kept as the records pass.

    Raises
    ------
    RefusedVcfError
        At the end, where a REF differs from the genome.
    """
    tally.check = ReferenceCheck(fetch)
    see, rank_of, places, order = tally.check.see, layout.rank, layout.places, 0
    last = max(places)
    for line in lines:
        cells = line.rstrip("\n").split("\t")
        tally.records += 1
        if len(cells) <= last:
            # htslib takes a record that ends with INFO for one whose columns are all missing.
            cells += ["."] * (last + 1 - len(cells))
        contig, position_text, id_, ref, alt, quality, filters, info, format_ = cells[:9]
        rank = rank_of.get(contig)
        if rank is None:
            tally.off_reference += 1
            continue
        position, ref = int(position_text), ref.upper()
        agrees = position > 0 and see(contig, position, ref)
        if layout.unwanted_info:
            info = cleaned(info)
        columns = [cells[place] for place in places]
        if agrees and ref in BASES and alt in BASES and ref != alt and not layout.unwanted_format:
            # Most records of most files.
            tally.has_snvs = True
            order += 1
            tail = "\t".join([format_, *columns])
            yield Record(rank, position, ref, alt, order, id_, quality, filters, info, tail)
            continue
        if "," not in alt:
            parts = [(alt.upper(), info, "\t".join([format_, *columns]))]
        else:
            alts = alt.upper().split(",")
            infos = split_info(info, layout.numbers["INFO"], len(alts))
            tails = split_columns(format_, columns, layout.numbers["FORMAT"], len(alts))
            parts = list(zip(alts, infos, tails, strict=True))
        for one, its_info, its_columns in parts:
            if position < 1 or not is_small_variant(ref, one):
                tally.set_aside += 1
                continue
            at, short, other = position, ref, one
            if len(ref) == len(one) == 1:
                tally.has_snvs = True
            else:
                if agrees:
                    at, short, other = left_align(contig, position, ref, one, fetch)
                if len(short) == len(other):
                    tally.has_snvs = True
                else:
                    tally.has_indels = True
            if layout.unwanted_format:
                its_columns = without_format(its_columns)
            order += 1
            yield Record(rank, at, short, other, order, id_, quality, filters, its_info, its_columns)
    tally.check.finish()


def is_small_variant(ref: str, alt: str) -> bool:
    """Tell whether both alleles (upper case) are bases, and differ."""
    return ref != alt and BASES.issuperset(ref) and BASES.issuperset(alt)


def cleaned(info: str) -> str:
    """Return INFO without the tags of `UNWANTED`, and with those of `RENAMED` under their other names."""
    pairs = [pair.partition("=") for pair in info.split(";")]
    kept = [(RENAMED.get(name, name), *value) for name, *value in pairs if name not in UNWANTED["INFO"]]
    return ";".join("".join(pair) for pair in kept) or "."


def cleaned_definitions(header: Header) -> dict[tuple[str, str], Definition]:
    """Return the definitions of a file's header, in its order, as its records are kept."""
    kept = {}
    for (kind, name), one in header.definitions.items():
        if name not in UNWANTED.get(kind, ()):
            known_as = RENAMED.get(name, name) if kind == "INFO" else name
            kept[kind, known_as] = replace(one, name=known_as)
    return kept


def without_format(columns: str) -> str:
    """Return FORMAT and columns, joined by tabs, without the fields of `UNWANTED`."""
    head, *cells = (text.split(":") for text in columns.split("\t"))
    kept = [place for place, name in enumerate(head) if name not in UNWANTED["FORMAT"]]
    rows = [":".join(row[place] for place in kept if place < len(row)) or "." for row in (head, *cells)]
    return "\t".join(rows)


def unique(records: Iterable[Record]) -> Iterator[Record]:
    """Yield the first record of each allele; the records are in order."""
    before: tuple[object, ...] = ()
    for record in records:
        key = record[:4]
        if key != before:
            yield record
            before = key
