"""Merge the files of one tumour by allele: one record for each, with those who called it.

The record is that of the first file, in the order of the sheet, that says how many reads carry the allele. Its
FILTER is that of the first file whose FILTER is accepted: one caller that believes in an allele is enough, and
what each said stands in INFO/CALLER_FILTERS.
"""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from sclcohort.variants.coding_rows import evidence_of
from sclcohort.variants.deliver import Origin
from sclcohort.variants.filters import is_accepted
from sclcohort.variants.header import Definition, header_text
from sclcohort.variants.records import Record, cleaned_definitions

if TYPE_CHECKING:
    from sclcohort.variants.sample_import import FileImport, SampleImport

SNV, INDEL = "snv", "indel"
CALLERS = (
    Definition("INFO", "CALLERS", ".", "String", "Callers that have the allele, in the order of the files"),
    Definition("INFO", "CALLER_FILTERS", ".", "String", "FILTER of each caller; several are joined by &"),
)


def merged(files: Sequence[FileImport], accepted: Collection[str]) -> Iterator[tuple[Record, Origin]]:
    """Yield the alleles of a tumour in order, each once.

    Parameters
    ----------
    files : sequence of FileImport
        In the order of the sheet.
    accepted : collection of str
        FILTER values that count as passed.
    """
    if len(files) == 1:
        dialect = files[0].intake.dialect
        origin = Origin(dialect, dialect.name, 1, None, files[0].annotation)
        return zip(files[0].alleles(), itertools.repeat(origin), strict=False)
    return _merged(files, accepted)


def _merged(files: Sequence[FileImport], accepted: Collection[str]) -> Iterator[tuple[Record, Origin]]:
    units = units_of(files)
    has_normal = any(one.columns.normal is not None for one in files)
    streams = [_numbered(one, number) for number, one in enumerate(files)]
    for _, group in itertools.groupby(heapq.merge(*streams), key=lambda one: one[0][:4]):
        calls = {number: record for record, number in group}
        in_order = [(files[number], calls[number]) for number in sorted(calls)]
        yield _one_of(in_order, units, accepted, has_normal=has_normal)


def _numbered(one: FileImport, number: int) -> Iterator[tuple[Record, int]]:
    for record in one.alleles():
        yield record._replace(order=number), number


def units_of(files: Sequence[FileImport]) -> list[frozenset[str]]:
    """Return the kinds of alleles of each caller that was asked; a caller may have been asked more than once.

    Files of one caller whose kinds of alleles do not overlap are one answer in parts (the SNVs and the indels of
    Strelka2); files whose kinds do overlap are answers of their own. A caller without a single indel in its file
    (MuSE, SomaticSniper) could not have had one; a file without records could have had anything.
    """
    by_caller: dict[str, list[frozenset[str]]] = {}
    for one in files:
        kinds = {SNV: one.tally.has_snvs, INDEL: one.tally.has_indels}
        found = frozenset(kind for kind, seen in kinds.items() if seen)
        by_caller.setdefault(one.intake.dialect.name, []).append(found)
    units: list[frozenset[str]] = []
    for parts in by_caller.values():
        whole = frozenset[str]().union(*parts)
        units += [whole] if sum(map(len, parts)) == len(whole) else parts
    return [kinds or frozenset((SNV, INDEL)) for kinds in units]


def _one_of(
    calls: Sequence[tuple[FileImport, Record]],
    units: Sequence[frozenset[str]],
    accepted: Collection[str],
    *,
    has_normal: bool,
) -> tuple[Record, Origin]:
    """Return one allele out of the records of the files that have it."""
    first = calls[0][1]
    kind = SNV if len(first.ref) == len(first.alt) else INDEL
    file, record = next((call for call in calls if _has_reads(*call)), calls[0])
    believed = next((one.filters for _, one in calls if is_accepted(one.filters, accepted)), record.filters)
    names = list(dict.fromkeys(one.intake.dialect.name for one, _ in calls))
    said = [(one.intake.dialect.name, its.filters) for one, its in calls]
    in_info = ",".join(f"{name}:{filters.replace(';', '&')}" for name, filters in said)
    info = "" if record.info == "." else f"{record.info};"
    columns = f"{record.columns}\t." if has_normal and file.columns.normal is None else record.columns
    record = record._replace(
        filters=believed, info=f"{info}CALLERS={','.join(names)};CALLER_FILTERS={in_info}", columns=columns
    )
    shown = ";".join(f"{name}:{filters.replace(';', ',')}" for name, filters in said)
    given = max(sum(kind in unit for unit in units), 1)
    return record, Origin(file.intake.dialect, ";".join(names), given, shown, file.annotation)


def _has_reads(file: FileImport, record: Record) -> bool:
    tumour, _, _ = evidence_of(record.columns, file.intake.dialect, record.ref, record.alt)
    return tumour.alt_depth_reads is not None


def merged_header(sample: SampleImport, contigs: Mapping[str, int]) -> str:
    """Return the header of a sample's VCF: the definitions of its files, its columns called after the sample.

    A field that two files define in two ways is text of any length: each record keeps its own.
    """
    columns = [sample.name, f"{sample.name}_normal"] if sample.has_normal else [sample.name]
    found: dict[tuple[str, str], Definition] = {}
    for one in sample.files:
        for key, definition in cleaned_definitions(one.intake.header).items():
            known = found.setdefault(key, definition)
            if (known.number, known.type) != (definition.number, definition.type):
                found[key] = replace(known, number=".", type="String")
    if len(sample.files) > 1:
        found |= {(one.kind, one.name): one for one in CALLERS}
    return header_text(replace(sample.files[0].intake.header, definitions=found), contigs, columns)
