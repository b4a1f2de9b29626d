"""The header of a VCF: read leniently, written anew with nothing that could name a person or a place.

Callers write command lines, file paths, user and sample names into headers. Of a caller's header
only definitions are kept (FILTER, INFO, FORMAT, ALT), each rebuilt from its ID, Number, Type and
Description; contig lines are those of the reference genome.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import IO

from sclcohort.variants.refusal import RefusedVcfError

FIXED_COLUMNS = ("#CHROM", "POS", "ID", "REF", "ALT", "QUAL", "FILTER", "INFO")
KINDS = ("FILTER", "INFO", "FORMAT", "ALT")
_STRUCTURED = re.compile(r"^##(FILTER|INFO|FORMAT|ALT)=<(.*)>\s*$")
_PAIR = re.compile(r'(\w+)\s*=\s*("(?:[^"\\]|\\.)*"|[^,]*)')
_VERSION = re.compile(r"^##fileformat=(VCFv4\.\d)\s*$")
_NUMBERS = re.compile(r"^(?:\d+|[ARGP.]|LA|LR|LG|M)$")
_TYPES = frozenset(("Integer", "Float", "Flag", "Character", "String"))
# An address; a path from the root, home or a drive; names joined by two or more slashes.
_PATHS = (
    re.compile(r"\b[a-z][a-z0-9+.-]*://\S+"),
    re.compile(r"(?<![\w/\\])(?:[A-Za-z]:|~|\.{1,2})?[/\\][\w.~-][^\s\"',;)>]*"),
    re.compile(r"\b[\w.-]*[A-Za-z]{2}[\w.-]*(?:[/\\][\w.-]+){2,}"),
)


@dataclass(frozen=True)
class Definition:
    """One FILTER, INFO, FORMAT or ALT line; number and type are empty for FILTER and ALT."""

    kind: str
    name: str
    number: str
    type: str
    description: str

    def line(self) -> str:
        """Return it as a header line."""
        middle = f",Number={self.number},Type={self.type}" if self.number else ""
        return f'##{self.kind}=<ID={self.name}{middle},Description="{self.description}">'


@dataclass(frozen=True)
class Header:
    """What is known of a VCF from its header.

    Parameters
    ----------
    version : str
        ``VCFv4.x``.
    lines : tuple of str
        The ``##`` lines as they are, for finding the caller and the roles of columns.
    definitions : mapping
        (kind, ID) to definition; the first where an ID is defined twice.
    contig_bases : mapping of str to int or None
        Contigs of the header, with their length where it is given.
    columns : tuple of str
        Names of the sample columns; none in a file that has no such columns.
    """

    version: str
    lines: tuple[str, ...]
    definitions: Mapping[tuple[str, str], Definition]
    contig_bases: Mapping[str, int | None]
    columns: tuple[str, ...]
    format_names: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        names = frozenset(name for kind, name in self.definitions if kind == "FORMAT")
        object.__setattr__(self, "format_names", names)

    def with_definitions(self, more: Iterable[Definition]) -> Header:
        """Return the header with definitions added, each in place of one of the same kind and ID."""
        added = {(one.kind, one.name): one for one in more}
        return replace(self, definitions={**self.definitions, **added})


def read_header(handle: IO[bytes]) -> Header:
    """Read the header lines of a VCF, leaving the handle at the first record.

    Parameters
    ----------
    handle : binary file
        At its start; a byte-order mark, CRLF line ends and a missing ``##fileformat`` are accepted.

    Raises
    ------
    RefusedVcfError
        No VCF, a column name twice.
    """
    lines: list[str] = []
    for raw in handle:
        line = raw.decode("utf-8", errors="replace").rstrip("\r\n")
        if not lines:
            line = line.removeprefix("\ufeff")
        if line.startswith("##"):
            lines.append(line)
            continue
        if line.startswith("#CHROM"):
            return _header(lines, line)
        break
    if not lines:
        raise RefusedVcfError("the file is no VCF: it does not begin with ##fileformat=VCF; give the caller's VCF")
    raise RefusedVcfError("the header has no #CHROM line; restore the header (bcftools reheader -h) or export it again")


def _header(lines: Sequence[str], column_line: str) -> Header:
    cells = column_line.split("\t")
    if tuple(cells[:8]) != FIXED_COLUMNS:
        raise RefusedVcfError("the #CHROM line is not the tab-separated one of a VCF; export the VCF again")
    columns = tuple(cells[9:])
    for name in columns:
        if columns.count(name) > 1:
            raise RefusedVcfError(f'the VCF has two columns named "{name}"; rename one (bcftools reheader -s)')
    version = next((found[1] for line in lines[:1] if (found := _VERSION.match(line))), "VCFv4.2")
    definitions: dict[tuple[str, str], Definition] = {}
    contigs: dict[str, int | None] = {}
    for line in lines:
        structured = _STRUCTURED.match(line)
        if structured:
            one = _definition(structured[1], fields_of(structured[2]))
            if one is not None:
                definitions.setdefault((one.kind, one.name), one)
        elif line.startswith("##contig=<"):
            pairs = fields_of(line[len("##contig=<") :].rstrip().removesuffix(">"))
            length = pairs.get("length", "")
            if pairs.get("ID"):
                contigs.setdefault(pairs["ID"], int(length) if length.isdigit() else None)
    return Header(version, tuple(lines), definitions, contigs, columns)


def fields_of(text: str) -> dict[str, str]:
    """Return the ``key=value`` pairs between the angle brackets of a header line, quotes removed."""
    return {key: value.strip().removeprefix('"').removesuffix('"') for key, value in _PAIR.findall(text)}


def _definition(kind: str, pairs: Mapping[str, str]) -> Definition | None:
    """Return a definition, or None where the line is too broken to be kept: it is then made anew from its use."""
    name, number, type_ = pairs.get("ID", ""), pairs.get("Number", ""), pairs.get("Type", "")
    if not name or (kind in ("INFO", "FORMAT") and not (_NUMBERS.match(number) and type_ in _TYPES)):
        return None
    if kind in ("FILTER", "ALT"):
        number = type_ = ""
    return Definition(kind, name, number, type_, without_paths(pairs.get("Description", "")) or "Not described")


def without_paths(text: str) -> str:
    """Return a description with everything that looks like a file path or address blanked."""
    for pattern in _PATHS:
        text = pattern.sub("[path]", text)
    return text


def header_text(header: Header, contigs: Mapping[str, int], columns: Sequence[str]) -> str:
    """Return a clean header.

    Parameters
    ----------
    header : Header
        Its definitions are kept, sorted by kind in the order FILTER, INFO, FORMAT, ALT and as met.
    contigs : mapping of str to int
        Names and lengths of the reference genome.
    columns : sequence of str
        New names of the sample columns, in the order of the file.
    """
    lines = [f"##fileformat={header.version}"]
    for kind in KINDS:
        lines += [one.line() for one in header.definitions.values() if one.kind == kind]
    lines += [f"##contig=<ID={name},length={bases}>" for name, bases in contigs.items()]
    lines.append("\t".join([*FIXED_COLUMNS, "FORMAT", *columns]))
    return "\n".join(lines) + "\n"
