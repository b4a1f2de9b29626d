"""What was inferred about a variant file: caller, version, build, columns, and the fields its reads are read from."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sclcohort.tables import Cell
    from sclcohort.variants.columns import Columns
    from sclcohort.variants.header import Header
    from sclcohort.variants.intake import Intake
    from sclcohort.variants.records import Tally

# Lengths of chromosomes 1 and 17 by build: Genome Reference Consortium, assembly statistics of GRCh38 and GRCh37;
# hg19 and hg38 have the same.
_BUILDS = {
    ("1", 248956422): "GRCh38",
    ("17", 83257441): "GRCh38",
    ("1", 249250621): "GRCh37",
    ("17", 81195210): "GRCh37",
}
_WORDS = {
    "GRCh38": re.compile(r"grch38|hg38|b38\b", re.IGNORECASE),
    "GRCh37": re.compile(r"grch37|hg19|b37\b|hs37d5", re.IGNORECASE),
}
_REFERENCE_LINES = re.compile(r"^##(?:reference|assembly|contig=.*assembly=)", re.IGNORECASE)
ANNOTATIONS = ("CSQ", "ANN", "BCSQ")


def build_of(header: Header) -> str | None:
    """Return the genome build of a file: by the lengths of its contigs, else by what its header calls it."""
    for name, bases in header.contig_bases.items():
        if bases is not None and (name.removeprefix("chr"), bases) in _BUILDS:
            return _BUILDS[name.removeprefix("chr"), bases]
    lines = [line for line in header.lines if _REFERENCE_LINES.match(line)]
    named = {build for build, words in _WORDS.items() for line in lines if words.search(line)}
    return named.pop() if len(named) == 1 else None


def fields_of_reads(intake: Intake, has_columns: bool) -> dict[str, Cell]:
    """Return the fields that depth, alternate reads and allele fraction are read from.

    Parameters
    ----------
    intake : Intake
        Of the file.
    has_columns : bool
        Whether the file has sample columns; without, its fields are tags of INFO.
    """
    dialect, names = intake.dialect, intake.header.format_names
    found = [one for one in dialect.counts if set(one.fields) <= names]
    # Of files whose records differ (SNVs and indels of Strelka) all are used, each where a record has it.
    counts = list(dict.fromkeys(name for one in found for name in one.fields))
    fraction = next((name for name in dialect.fractions if name in names), None)
    depth = dialect.depth if dialect.depth in names else ("computed" if counts else None)

    def shown(name: str) -> str:
        # A field made of a tag of INFO says so in its description (`info_counts`).
        return name if has_columns else intake.header.definitions["FORMAT", name].description

    return {
        "depth_field": depth if depth in (None, "computed") else shown(depth),
        "alt_depth_field": ",".join(shown(name) for name in counts) or None,
        "vaf_field": "computed" if counts else None if fraction is None else shown(fraction),
    }


def inference_row(
    sample_id: str, number: int, name: str, format_: str, intake: Intake, columns: Columns, tally: Tally, notes: str
) -> Mapping[str, Cell]:
    """Return a row of contract VARIANT_INFERENCE.

    Parameters
    ----------
    sample_id : str
        The sample.
    number : int
        Place of the file in the sheet's cell, from 1.
    name : str
        Of the file, without its folder.
    format_ : str
        ``vcf`` or ``bcf``.
    intake, columns, tally
        What became of it.
    notes : str
        What a reader should know.
    """
    header, has_columns = intake.header, columns.rule != "info"
    annotation = [tag for tag in ANNOTATIONS if ("INFO", tag) in header.definitions]
    return {
        "sample_id": sample_id,
        "file_number": number,
        "file": name,
        "format": format_,
        "caller": intake.dialect.name,
        "caller_rule": intake.dialect_rule,
        "caller_version": intake.dialect.version_in(header.lines),
        "build": build_of(header),
        "tumour_column": columns.tumour if has_columns else "INFO",
        "normal_column": None if columns.normal is None else columns.normal if has_columns else "INFO",
        "column_rule": columns.rule,
        **fields_of_reads(intake, has_columns),
        "annotation": ",".join(annotation) or None,
        "records": tally.records,
        "notes": notes or None,
    }
