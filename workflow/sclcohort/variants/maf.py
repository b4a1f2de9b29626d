"""Open a Mutation Annotation Format file: which it is, whose variants it has, and on which build.

Read as the TCGA specification 2.4 and the GDC's MAF Format 1.0.0 define it, and as vcf2maf, cBioPortal and
Oncotator write it: columns are found by their names, whatever the case and order.

Sources: https://docs.gdc.cancer.gov/Data/File_Formats/MAF_Format/,
https://docs.gdc.cancer.gov/Encyclopedia/pages/Mutation_Annotation_Format_TCGAv2/, https://github.com/mskcc/vcf2maf,
https://docs.cbioportal.org/file-formats/#mutation-data
"""

from __future__ import annotations

import contextlib
import difflib
import gzip
import io
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from sclcohort.files import open_bytes
from sclcohort.variants.refusal import RefusedVcfError

# Our name of a column to the names it goes by, lower case, the most specific first.
ALIASES: Mapping[str, tuple[str, ...]] = {
    "gene": ("hugo_symbol",),
    "build": ("ncbi_build",),
    "contig": ("chromosome",),
    "start": ("start_position",),
    "end": ("end_position",),
    "ref": ("reference_allele",),
    "first_allele": ("tumor_seq_allele1",),
    "second_allele": ("tumor_seq_allele2",),
    "barcode": ("tumor_sample_barcode",),
    "normal": ("matched_norm_sample_barcode",),
    "depth": ("t_depth", "i_t_depth"),
    "ref_reads": ("t_ref_count", "i_t_ref_count"),
    "alt_reads": ("t_alt_count", "i_t_alt_count"),
    "vaf": ("tumor_vaf", "t_vaf", "i_tumor_vaf", "i_tumor_f", "tumor_f", "t_af", "vaf"),
    "normal_depth": ("n_depth", "i_n_depth"),
    "normal_ref_reads": ("n_ref_count", "i_n_ref_count"),
    "normal_alt_reads": ("n_alt_count", "i_n_alt_count"),
    "filter": ("filter",),
    "callers": ("callers",),
    "classification": ("variant_classification",),
    "transcript": ("transcript_id", "annotation_transcript"),
    "hgvs_p": ("hgvsp_short", "hgvsp", "protein_change", "amino_acid_change"),
    "hgvs_c": ("hgvsc", "cdna_change"),
}
REQUIRED = ("contig", "start", "ref", "second_allele", "barcode")
MISSING = frozenset(("", ".", "NA", "N/A", "nan", "NaN", "null", "None"))
# What a MAF calls a build, lower case, to the name of the configuration.
_BUILDS = {
    "GRCh37": ("37", "grch37", "hg19", "b37", "grch37-lite", "hs37d5", "grch37.p13"),
    "GRCh38": ("38", "grch38", "hg38", "grch38.p0", "grch38.d1.vd1", "grch38.p13", "grch38.p14"),
    "NCBI36": ("36", "36.1", "hg18", "ncbi36"),
}
_BUILD_OF = {word: build for build, words in _BUILDS.items() for word in words}


@dataclass(frozen=True)
class MafHeader:
    """The line of column names.

    Parameters
    ----------
    line : int
        Its place in the file, from 1.
    names : tuple of str
        As they stand there.
    places : mapping of str to int
        Our name of a column (`ALIASES`) to its place in the row, from 0; only columns that are there.
    """

    line: int
    names: tuple[str, ...]
    places: Mapping[str, int]

    def name(self, column: str) -> str:
        """Return what the file calls one of our columns."""
        return self.names[self.places[column]]


@dataclass(frozen=True)
class MafFile:
    """What a MAF holds.

    Parameters
    ----------
    header : MafHeader
        Its columns.
    rows : mapping of str to int
        Tumour_Sample_Barcode to its number of rows, sorted.
    builds : tuple of str
        What NCBI_Build says, as it stands there, sorted.
    """

    header: MafHeader
    rows: Mapping[str, int]
    builds: tuple[str, ...]


@contextlib.contextmanager
def open_maf(path: Path) -> Iterator[Iterator[tuple[int, str]]]:
    """Open a MAF, plain or gzip, as numbered lines without comments and empty lines.

    A byte-order mark, CRLF and bytes that are no UTF-8 (in names nobody needs) are accepted.

    Yields
    ------
    iterator of (int, str)
        Line number from 1 and line without its end; the column names come first.

    Raises
    ------
    RefusedVcfError
        The file is missing, cannot be read or is damaged.
    """
    try:
        with open_bytes(path) as handle:
            text = io.TextIOWrapper(handle, encoding="utf-8-sig", errors="replace", newline=None)
            yield ((number, line.rstrip("\n")) for number, line in enumerate(text, start=1) if _counts(line))
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise RefusedVcfError("the file is damaged: it cannot be decompressed; copy it again") from error
    except OSError as error:
        raise RefusedVcfError(f"the file cannot be read ({error.strerror}); check path and permissions") from error


def _counts(line: str) -> bool:
    return not line.startswith("#") and bool(line.strip())


def is_maf(path: Path) -> bool:
    """Tell by its column names whether a file is a MAF, whatever its name.

    Raises
    ------
    RefusedVcfError
        The file cannot be read.
    """
    with open_maf(path) as lines:
        _, first = next(lines, (0, ""))
    names = {cell.lower() for cell in split_row(first)}
    return "tumor_sample_barcode" in names and bool(names & {"chromosome", "reference_allele", "start_position"})


def split_row(line: str) -> list[str]:
    """Return the cells of a line, without quotes and outer spaces."""
    return [cell.strip(' "') for cell in line.split("\t")]


def header_of(lines: Iterator[tuple[int, str]]) -> MafHeader:
    """Return the columns from the first line.

    Raises
    ------
    RefusedVcfError
        No line, or a column that is needed is missing or there twice.
    """
    line, text = next(lines, (0, ""))
    names = tuple(split_row(text))
    lower = [name.lower() for name in names]
    places = {
        column: lower.index(known)
        for column, aliases in ALIASES.items()
        if (known := next((alias for alias in aliases if alias in lower), None)) is not None
    }
    absent = [ALIASES[column][0].title() for column in REQUIRED if column not in places]
    if absent:
        raise RefusedVcfError(
            f"the MAF has no column {', '.join(absent)}; give a MAF with the columns of the GDC or of vcf2maf"
        )
    twice = sorted(names[place] for place in places.values() if lower.count(lower[place]) > 1)
    if twice:
        raise RefusedVcfError(f"the MAF has two columns named {twice[0]}; remove one")
    return MafHeader(line, names, places)


def read_maf(path: Path) -> MafFile:
    """Read a MAF once for its columns, barcodes and builds.

    Raises
    ------
    RefusedVcfError
        The file cannot be read, or lacks a column.
    """
    rows: Counter[str] = Counter()
    builds: set[str] = set()
    with open_maf(path) as lines:
        header = header_of(lines)
        barcode, build = header.places["barcode"], header.places.get("build")
        last = max(barcode, build or 0) + 1
        for _, line in lines:
            cells = line.split("\t", last)
            if len(cells) > barcode:
                rows[cells[barcode].strip(' "')] += 1
            if build is not None and len(cells) > build:
                builds.add(cells[build].strip(' "'))
    return MafFile(header, dict(sorted(rows.items())), tuple(sorted(builds - MISSING)))


def maf_samples(path: Path) -> tuple[str, ...]:
    """Return the Tumor_Sample_Barcodes of a MAF, sorted.

    Raises
    ------
    RefusedVcfError
        The file cannot be read, or lacks a column.
    """
    return tuple(read_maf(path).rows)


def choose_barcode(
    barcodes: Iterable[str], sample_id: str, named: str | None
) -> tuple[str, Literal["sheet", "name", "only_column"]]:
    """Choose the rows of a sample, as `columns.choose_columns` chooses a column.

    Parameters
    ----------
    barcodes : iterable of str
        Of the MAF.
    sample_id : str
        The sample of the sheet.
    named : str or None
        The sheet's variants_sample.

    Returns
    -------
    (str, str)
        The barcode, and the rule that found it: the sheet names it, it is the sample_id, or it is the only one.

    Raises
    ------
    RefusedVcfError
        The named one is not there, or none is known to be the sample's; with the closest ones.
    """
    known = sorted(barcodes)
    if named is not None:
        if named in known:
            return named, "sheet"
        raise RefusedVcfError(
            f'variants_sample "{named}" is no Tumor_Sample_Barcode of the MAF; {_closest(named, known)}'
        )
    if sample_id in known:
        return sample_id, "name"
    if len(known) == 1:
        return known[0], "only_column"
    raise RefusedVcfError(
        f'no Tumor_Sample_Barcode of the MAF is "{sample_id}"; {_closest(sample_id, known)}; '
        "name the sample's barcode as variants_sample in the sample sheet"
    )


def _closest(name: str, known: list[str]) -> str:
    close = difflib.get_close_matches(name, known, n=3, cutoff=0.6)
    if close:
        return "the closest: " + ", ".join(close)
    if not known:
        return "the MAF has no rows"
    return f"it has {', '.join(known[:3])}{f', ... ({len(known)})' if len(known) > 3 else ''}"


def build_problem(builds: Iterable[str], configured: str) -> str | None:
    """Return why a MAF's NCBI_Build contradicts the configured build; None where it does not, or says nothing known.

    Parameters
    ----------
    builds : iterable of str
        As they stand in the MAF; `37`, `hg19` and `GRCh37` are one, as are `38`, `hg38` and `GRCh38`.
    configured : str
        reference.build.
    """
    for word in sorted(builds):
        build = _BUILD_OF.get(word.lower())
        if build is not None and build != configured:
            return (
                f"NCBI_Build of the MAF is {word}, reference.build is {configured}: another genome build; "
                "configure the reference the calls were made on, or lift the calls over"
            )
    return None


def build_name(word: str) -> str:
    """Return the configuration's name of a build; the word itself where it is not known."""
    return _BUILD_OF.get(word.lower(), word)
