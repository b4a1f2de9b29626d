"""Split a record of several alternate alleles into one record each, with the values that belong to each.

The rules are those of ``bcftools norm -m -any --force``: values of Number=A, R and G follow their allele, other
alternate alleles of a genotype become the reference, and a field with another number of values than its
definition says is lost (one bad field of one record is no reason to refuse a sample). A property test holds this
module to bcftools' own results.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

_ALLELE = re.compile(r"\d+")
# FORMAT or INFO name to its Number: A, R or G; any other Number is not split.
Numbers = Mapping[str, str]


def split_info(info: str, numbers: Numbers, alternates: int) -> list[str]:
    """Return INFO of each alternate allele.

    Parameters
    ----------
    info : str
        As in the record.
    numbers : mapping of str to str
        Of INFO.
    alternates : int
        Alternate alleles of the record.
    """
    kept: list[list[str]] = [[] for _ in range(alternates)]
    for pair in info.split(";"):
        name, equals, text = pair.partition("=")
        each = _of_each(text, numbers.get(name, "."), alternates) if equals else [text] * alternates
        if each is not None:
            for place, value in enumerate(each):
                kept[place].append(f"{name}{equals}{value}")
    return [";".join(pairs) or "." for pairs in kept]


def split_columns(format_: str, columns: Sequence[str], numbers: Numbers, alternates: int) -> list[str]:
    """Return FORMAT and the columns of each alternate allele, joined by tabs.

    Parameters
    ----------
    format_ : str
        As in the record.
    columns : sequence of str
        Sample columns.
    numbers : mapping of str to str
        Of FORMAT.
    alternates : int
        Alternate alleles of the record.
    """
    names = format_.split(":")
    table = [column.split(":") for column in columns]
    kept_names: list[str] = []
    kept: list[list[list[str]]] = [[[] for _ in columns] for _ in range(alternates)]
    for place, name in enumerate(names):
        cells = [column[place] if place < len(column) else "." for column in table]
        split = _genotypes if name == "GT" else _of_each
        each = [split(cell, numbers.get(name, "."), alternates) for cell in cells]
        if any(one is None for one in each):
            continue
        kept_names.append(name)
        for column, values in enumerate(each):
            for allele in range(alternates):
                kept[allele][column].append((values or [])[allele])
    head = ":".join(kept_names) or "."
    return ["\t".join([head, *(":".join(cells) or "." for cells in allele)]) for allele in kept]


def _genotypes(text: str, _number: str, alternates: int) -> list[str]:
    def of(allele: int) -> Callable[[re.Match[str]], str]:
        return lambda found: "1" if int(found[0]) == allele else "0"

    return [_ALLELE.sub(of(allele), text) for allele in range(1, alternates + 1)]


def _of_each(text: str, number: str, alternates: int) -> list[str] | None:
    """Return the values of each alternate allele; None where their number is not that of the definition."""
    if number not in ("A", "R", "G") or text == ".":
        return [text] * alternates
    values = text.split(",")
    if number == "A":
        return values if len(values) == alternates else None
    if number == "R":
        return [f"{values[0]},{value}" for value in values[1:]] if len(values) == alternates + 1 else None
    if len(values) == alternates + 1:
        # Of a haploid genotype.
        return [f"{values[0]},{value}" for value in values[1:]]
    if len(values) != (alternates + 1) * (alternates + 2) // 2:
        return None
    # Genotypes 0/0, 0/b, b/b: genotype a/b stands at b(b+1)/2 + a (VCF specification, section 1.6.2).
    places = (number * (number + 1) // 2 for number in range(1, alternates + 1))
    return [f"{values[0]},{values[at]},{values[at + b]}" for b, at in enumerate(places, start=1)]
