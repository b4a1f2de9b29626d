"""Which tables of expression can be read, how each begins, and which column is which sample's. Runs without numpy."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import IO

from sclcohort.errors import Fault, StepError
from sclcohort.regulators.genes import ENSEMBL_GENE_ID
from sclcohort.regulators.measures import UNITS

# Endings that featureCounts leaves in the names of its columns, which are the paths of the alignments.
ALIGNMENT_ENDINGS = (".bam", ".sam")
ENSEMBL_MIN_FRACTION = 0.5


@dataclass(frozen=True)
class TableFormat:
    """One layout of an expression table.

    Parameters
    ----------
    name : str
        Value of ``expression.format``.
    leading : tuple of str
        Names of the columns before the samples; empty where there is one of any name.
    units : tuple of str
        Values of ``expression.unit`` that such a table may hold.
    words : str
        The table as messages call it.
    has_comments : bool
        Whether lines that begin with ``#`` may stand before the header.
    is_estimated : bool
        Whether counts may have decimals: the table itself says that they are counts.
    endings : tuple of str
        Of a folder with one file a sample, what follows the sample's name in that of its file, the usual one first;
        empty where one table holds all samples.
    """

    name: str
    leading: tuple[str, ...]
    units: tuple[str, ...]
    words: str
    has_comments: bool = False
    is_estimated: bool = False
    endings: tuple[str, ...] = ()

    @property
    def is_folder(self) -> bool:
        """Tell whether each sample has a file of its own."""
        return bool(self.endings)

    def file_name(self, sample: str) -> str:
        """Return the usual name of a sample's file."""
        return sample + self.endings[0]

    def file_of(self, folder: Path, sample: str) -> Path | None:
        """Return the file of a sample, plain or with .gz; None where there is none.

        Parameters
        ----------
        folder : Path
            ``expression.matrix``.
        sample : str
            As the sheet names it.
        """
        candidates = (folder / f"{sample}{ending}{packed}" for ending in self.endings for packed in ("", ".gz"))
        return next((path for path in candidates if path.is_file()), None)

    @property
    def first_sample(self) -> int:
        """Return the position of the first column that can be a sample's, from 0."""
        return len(self.leading) or 1

    def row_names(self, leading_cells: Sequence[Sequence[str]]) -> tuple[str, ...]:
        """Return the name of each row.

        nf-core/rnaseq gives id and name of a gene: ids where they are human Ensembl ids, which are each one gene, else
        the names, where there are any.

        Parameters
        ----------
        leading_cells : sequence of sequence of str
            The cells of each row before its samples.
        """
        ids = tuple(cells[0] for cells in leading_cells)
        if self is not NF_CORE:
            return ids
        human = sum(ENSEMBL_GENE_ID.match(name) is not None for name in ids)
        if human >= ENSEMBL_MIN_FRACTION * len(ids):
            return ids
        return tuple(cells[1] if len(cells) > 1 and cells[1] else cells[0] for cells in leading_cells)


MATRIX = TableFormat("matrix", (), UNITS, "matrix with the genes in its first column")
# Subread's users guide, "Program output": one line of the command, then these columns, then one a file.
FEATURE_COUNTS = TableFormat(
    "featurecounts",
    ("Geneid", "Chr", "Start", "End", "Strand", "Length"),
    ("counts",),
    "table of featureCounts",
    has_comments=True,
    is_estimated=True,
)
# salmon.merged.gene_tpm.tsv and gene_counts.tsv of nf-core/rnaseq 3: counts are estimates of salmon, with decimals.
NF_CORE = TableFormat(
    "nf_core",
    ("gene_id", "gene_name"),
    ("tpm", "counts"),
    "merged table of genes of nf-core/rnaseq (salmon.merged.gene_tpm.tsv)",
    is_estimated=True,
)
# STAR puts --outFileNamePrefix before the name, whatever it ends with.
STAR = TableFormat(
    "star",
    (),
    ("counts",),
    "folder of STAR's ReadsPerGene.out.tab",
    endings=tuple(f"{joint}ReadsPerGene.out.tab" for joint in (".", "_", "/", "")),
)
# salmon names the folder of a sample (--output), the file in it has this name; people who flatten folders join the two.
SALMON = TableFormat(
    "salmon", (), ("tpm",), "folder of salmon's quant.sf", endings=("/quant.sf", ".quant.sf", "_quant.sf")
)
FORMATS = {table.name: table for table in (MATRIX, FEATURE_COUNTS, NF_CORE, STAR, SALMON)}


def format_of(name: str | None) -> TableFormat:
    """Return the format of a name; a matrix where there is none.

    Raises
    ------
    StepError
        There is no such format.
    """
    if name is not None and name not in FORMATS:
        raise StepError(f"expression.format is {name!r}; fix: say one of {', '.join(FORMATS)}")
    return FORMATS[name or MATRIX.name]


@dataclass(frozen=True)
class Header:
    """The header of an expression table.

    Parameters
    ----------
    cells : tuple of str
        Names of all columns.
    line : int
        1-based line that it stands on.
    table : TableFormat
        How the table is to be read.
    """

    cells: tuple[str, ...]
    line: int
    table: TableFormat

    @property
    def samples(self) -> tuple[str, ...]:
        """Return the names of the columns that can be a sample's, as the file has them."""
        return self.cells[self.table.first_sample :]

    @property
    def short_names(self) -> tuple[str, ...]:
        """Return the same as people write them: of featureCounts, the file without its folder and ending."""
        return tuple(_short(name) if self.table is FEATURE_COUNTS else name for name in self.samples)

    def positions(self, sample: str) -> list[int]:
        """Return the positions of the columns that a sample name means; its own spelling goes first.

        A column of featureCounts, which is the path of an alignment, is also meant by the file name, with or without
        its ending.
        """
        exact = self._places.get(sample, [])
        if exact or self.table is not FEATURE_COUNTS:
            return list(exact)
        return list(self._places_of_files.get(sample, []))

    @cached_property
    def _places(self) -> dict[str, list[int]]:
        """Return the positions of the sample columns by name."""
        places: dict[str, list[int]] = defaultdict(list)
        for place, name in enumerate(self.samples, start=self.table.first_sample):
            places[name].append(place)
        return dict(places)

    @cached_property
    def _places_of_files(self) -> dict[str, list[int]]:
        """Return the same by the name of the file, with and without its ending."""
        places: dict[str, list[int]] = defaultdict(list)
        named = zip(self.samples, self.short_names, strict=True)
        for place, (name, short) in enumerate(named, start=self.table.first_sample):
            for file in {name.rsplit("/", 1)[-1], short}:
                places[file].append(place)
        return dict(places)


def _short(name: str) -> str:
    file = name.rsplit("/", 1)[-1]
    for ending in ALIGNMENT_ENDINGS:
        if file.endswith(ending):
            return file.removesuffix(ending)
    return file


def read_header(handle: IO[str], table: TableFormat) -> Header:
    """Return the header of a table, and leave `handle` behind it.

    Parameters
    ----------
    handle : text file
        At its first line.
    table : TableFormat
        How the table is to be read; only where it has comments, lines that begin with ``#`` are passed over.
    """
    number, line = 1, handle.readline()
    while table.has_comments and line.startswith("#"):
        number, line = number + 1, handle.readline()
    return Header(tuple(line.rstrip("\n").split("\t")), number, table)


def format_faults(header: Header, file: str) -> list[Fault]:
    """Return the fault of a table whose header is not that of the configured format."""
    leading = header.table.leading
    if leading and header.cells[: len(leading)] != leading:
        begins = ", ".join(header.cells[: len(leading)])
        found = f"the header begins with {begins[:60]}, not with {', '.join(leading)}"
        fix = f"give the {header.table.words}, or correct expression.format"
        return [Fault("E-EXP-024", file, found, fix, header.line)]
    counted = FEATURE_COUNTS.leading
    if header.table is MATRIX and (
        header.cells[: len(counted)] == counted or header.cells[0].startswith("# Program:featureCounts")
    ):
        found = "is a table of featureCounts, which has the lengths of the genes"
        return [Fault("E-EXP-024", file, found, "set expression.format to featurecounts", header.line)]
    return []
