"""Merge the files of one tumour by allele: one record for each, and who called it."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from sclcohort.variants.deliver import Origin
from sclcohort.variants.header import header_text
from sclcohort.variants.records import UNWANTED, Record

if TYPE_CHECKING:
    from sclcohort.variants.sample_import import FileImport, SampleImport


def merged(files: Sequence[FileImport], accepted: Collection[str]) -> Iterator[tuple[Record, Origin]]:
    """Yield the alleles of a tumour in order, each once.

    Parameters
    ----------
    files : sequence of FileImport
        In the order of the sheet.
    accepted : collection of str
        FILTER values that count as passed.
    """
    dialect = files[0].intake.dialect
    return zip(files[0].alleles(), itertools.repeat(Origin(dialect, dialect.name, 1, None)), strict=False)


def merged_header(sample: SampleImport, contigs: Mapping[str, int]) -> str:
    """Return the header of a sample's VCF: the definitions of its files, its columns called after the sample."""
    columns = [sample.name, f"{sample.name}_normal"] if sample.has_normal else [sample.name]
    header = sample.files[0].intake.header
    kept = {key: one for key, one in header.definitions.items() if key[1] not in UNWANTED.get(key[0], ())}
    return header_text(replace(header, definitions=kept), contigs, columns)
