"""Take in one sample's VCF as plain text with a clean, complete header, in scratch space.

What callers and people do to VCFs is mended here as far as it can be done without guessing:
no contig lines, undefined tags, byte-order marks, CRLF, blank lines, plain gzip, BCF. What cannot
be mended is refused with its reason.
"""

from __future__ import annotations

import gzip
import re
import shutil
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO

import pysam

from sclcohort.coordinates import differ_by_prefix
from sclcohort.files import is_cut_short, open_bytes
from sclcohort.variants.bcftools import BcftoolsError, bcftools, last_error
from sclcohort.variants.dialects import Detected, Dialect, detect_dialect
from sclcohort.variants.header import Definition, Header, header_text
from sclcohort.variants.refusal import RefusedVcfError

RENAME = "rename them with bcftools annotate --rename-chrs, or configure the reference the calls were made on"
BLOCK_BYTES = 1 << 20
# Chromosomes that no human reference lacks: calls on them that have no place are no stray decoys.
_PRIMARY = re.compile(r"^(?:chr)?(?:[1-9]|1\d|2[0-2]|X|Y)$")
# UCSC's hg19 has another mitochondrion than GRCh37, on the same chromosomes.
_MITOCHONDRION = frozenset(("MT", "M", "chrM"))
# Number and Type of fields that the VCF specification reserves, for files that use them undefined.
_RESERVED = {
    ("FORMAT", "GT"): ("1", "String"),
    ("FORMAT", "DP"): ("1", "Integer"),
    ("FORMAT", "AD"): ("R", "Integer"),
    ("INFO", "DP"): ("1", "Integer"),
    ("INFO", "END"): ("1", "Integer"),
    ("INFO", "SOMATIC"): ("0", "Flag"),
}


@dataclass(frozen=True)
class Intake:
    """A VCF taken in.

    Parameters
    ----------
    header : Header
        Of the file, completed by what its records use, with the true number of values of the dialect's fields.
    dialect : Dialect
        Who wrote it.
    dialect_rule : str
        What gave it away (`Detected`).
    body : Path
        The records, each with its line end; those on contigs that the reference lacks are among them.
    notes : tuple of str
        What a reader should know.
    """

    header: Header
    dialect: Dialect
    dialect_rule: str
    body: Path
    notes: tuple[str, ...]


def is_bcf(path: Path) -> bool:
    """Tell whether a file is a BCF, by its first bytes."""
    with open_bytes(path) as handle:
        return handle.read(3) == b"BCF"


def open_vcf(path: Path, scratch: Path) -> IO[bytes]:
    """Open a VCF, plain or compressed, or a BCF, as VCF text.

    Parameters
    ----------
    path : Path
        The file.
    scratch : Path
        Folder for the text of a BCF.

    Raises
    ------
    RefusedVcfError
        The file is missing, unreadable or cut short.
    """
    try:
        if path.stat().st_size == 0:
            raise RefusedVcfError("the file is empty (0 bytes); export the VCF again")
        if is_cut_short(path):
            raise RefusedVcfError("the file was cut short: its end marker is missing; copy it again")
        binary = is_bcf(path)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise RefusedVcfError("the file is damaged: it cannot be decompressed; copy it again") from error
    except OSError as error:
        raise RefusedVcfError(f"the file cannot be read ({error.strerror}); check path and permissions") from error
    if not binary:
        return open_bytes(path)
    text = scratch / "from_bcf.vcf"
    try:
        bcftools("view", "--no-version", "-Ov", "-o", text, path)
    except BcftoolsError as error:
        raise RefusedVcfError(f"the BCF cannot be read ({error}); export it again") from error
    return text.open("rb")


def take_in(
    handle: IO[bytes],
    columns: Mapping[str, str],
    header: Header,
    contigs: Mapping[str, int],
    scratch: Path,
    known: Detected | None = None,
    configured: str | None = None,
) -> Intake:
    """Write the records as clean text, and complete the header by what they use.

    Parameters
    ----------
    handle : binary file
        At the first record.
    columns : mapping of str to str
        Column of the file to its new name.
    header : Header
        Of the file.
    contigs : mapping of str to int
        Of the reference.
    scratch : Path
        Folder for the records and for what htslib says.
    known : Detected or None
        Of the file, where it is known; else found.
    configured : str or None
        `variants.caller`.

    Raises
    ------
    RefusedVcfError
        Records that cannot be parsed, contigs that are not those of the reference.
    """
    check_lengths(header, contigs)
    body = scratch / "body"
    notes = _copy_body(handle, body)
    names = [columns[name] for name in header.columns]
    detected = known or detect_dialect(header.lines, header.format_names, configured)
    scanned = scratch / "scanned.vcf"
    _join(scanned, header_text(_declared(header, detected.dialect), contigs, names), body)
    seen = _scan(scanned, scratch)
    scanned.unlink()
    strays = check_contigs(header, seen.per_contig, contigs)
    if strays or seen.undefined:
        declared = bool(header.format_names)
        header = header.with_definitions(_made_up(kind, name) for kind, name in seen.undefined)
        if not declared and known is None:
            detected = detect_dialect(header.lines, header.format_names, configured)
        if strays:
            listed = ", ".join(sorted(strays)[:3]) + (", ..." if len(strays) > 3 else "")
            notes += (f"{sum(strays.values())} records on contigs that the reference lacks ({listed}) left out",)
    return Intake(_declared(header, detected.dialect), *detected, body, notes)


def check_lengths(header: Header, contigs: Mapping[str, int]) -> None:
    """Refuse a VCF whose header gives a contig another length than the reference has: another build."""
    for name, bases in header.contig_bases.items():
        if bases is not None and name in contigs and contigs[name] != bases and name not in _MITOCHONDRION:
            raise RefusedVcfError(
                f"contig {name} has {bases} bases in the VCF and {contigs[name]} in the reference: "
                "another genome build; configure the reference the calls were made on, or lift the calls over"
            )


def check_contigs(header: Header, per_contig: Mapping[str, int], contigs: Mapping[str, int]) -> dict[str, int]:
    """Return the contigs, with their records, that the reference lacks and that may be left out.

    Raises
    ------
    RefusedVcfError
        Names differ by a ``chr`` prefix, none is in the reference, or a chromosome is missing.
    """
    found = set(per_contig) or set(header.contig_bases)
    strays = {name: number for name, number in per_contig.items() if name not in contigs}
    if differ_by_prefix(found, set(contigs)) or differ_by_prefix(set(strays), set(contigs)):
        raise RefusedVcfError(
            f'contigs are named like "{min(found - set(contigs))}", those of the reference like "{min(contigs)}"; '
            f"{RENAME}"
        )
    if found and not found & set(contigs):
        raise RefusedVcfError(
            f'none of its contigs ("{min(found)}", ...) is in the reference ("{min(contigs)}", ...); {RENAME}'
        )
    missing = sorted(name for name in strays if _PRIMARY.match(name))
    if missing:
        raise RefusedVcfError(
            f"it has calls on {', '.join(missing[:3])}, which the reference lacks; "
            "configure the whole reference the calls were made on"
        )
    return strays


def _copy_body(handle: IO[bytes], body: Path) -> tuple[str, ...]:
    """Write the records with LF line ends and without blank lines; return notes on what was mended."""
    end = b"\n"
    with body.open("wb") as sink:
        for block in blocks_of(handle):
            if b"\r" in block:
                block = block.replace(b"\r\n", b"\n")
            while b"\n\n" in block:
                block = block.replace(b"\n\n", b"\n")
            sink.write(block)
            end = block[-1:]
        if end != b"\n":
            sink.write(b"\n")
    if end != b"\n":
        return ("the last line has no line end: make sure that the file was not cut",)
    return ()


def blocks_of(handle: IO[bytes]) -> Iterator[bytes]:
    """Yield blocks that end with a whole line."""
    try:
        while block := handle.read(BLOCK_BYTES):
            yield block + handle.readline()
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise RefusedVcfError("the file is damaged: it cannot be decompressed to its end; copy it again") from error


def _join(out: Path, header: str, body: Path) -> None:
    with out.open("wb") as sink, body.open("rb") as source:
        sink.write(header.encode())
        shutil.copyfileobj(source, sink, BLOCK_BYTES)


def _declared(header: Header, dialect: Dialect) -> Header:
    """Return the header with the true number of values of the dialect's fields, where they are defined."""
    return header.with_definitions(
        replace(header.definitions["FORMAT", name], number=number)
        for name, number in dialect.numbers.items()
        if ("FORMAT", name) in header.definitions
    )


@dataclass(frozen=True)
class _Seen:
    per_contig: dict[str, int]
    undefined: tuple[tuple[str, str], ...]


def _scan(vcf: Path, scratch: Path) -> _Seen:
    """Parse every record once; return records by contig, and tags that are used but not defined.

    htslib adds what it meets undefined to its own copy of the header, which is read here.
    """
    per_contig: dict[str, int] = {}
    records = 0
    try:
        with pysam.VariantFile(str(vcf)) as variants:
            known = _defined(variants.header)
            for record in variants:
                contig = record.chrom
                per_contig[contig] = per_contig.get(contig, 0) + 1
                records += 1
            used = _defined(variants.header)
    except (OSError, ValueError) as error:
        detail = last_error(scratch / "htslib.messages") or str(error)
        raise RefusedVcfError(
            f"record {records + 1} cannot be read ({detail}); the file may be cut or edited: export it again"
        ) from error
    undefined = [(kind, name) for kind in used for name in used[kind] if name not in known[kind]]
    if any(not name for _, name in undefined):
        raise RefusedVcfError("a record has an empty FILTER; write . where the caller set none")
    return _Seen(per_contig, tuple(undefined))


def _defined(header: pysam.VariantHeader) -> dict[str, list[str]]:
    return {
        "FILTER": [str(name) for name in header.filters],
        "INFO": [str(name) for name in header.info],
        "FORMAT": [str(name) for name in header.formats],
    }


def _made_up(kind: str, name: str) -> Definition:
    """Return a definition for a tag that the file uses and does not define."""
    if kind == "FILTER":
        return Definition(kind, name, "", "", "Not described")
    number, type_ = _RESERVED.get((kind, name), (".", "String"))
    return Definition(kind, name, number, type_, "Not described")
