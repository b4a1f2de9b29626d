"""The alleles of a sample by windows of the genome, and its coding rows as they are written."""

from __future__ import annotations

import contextlib
import itertools
import os
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from sclcohort.contracts import CODING_VARIANTS
from sclcohort.files import write_whole
from sclcohort.tables import Cell, line_of
from sclcohort.variants.annotations import agrees, choose, parse_annotation
from sclcohort.variants.coding_rows import AlleleNames, Row, evidence_of
from sclcohort.variants.filters import is_accepted
from sclcohort.variants.phase import phase_of

if TYPE_CHECKING:
    from sclcohort.variants.annotations import Annotation, AnnotationField
    from sclcohort.variants.coding_rows import GeneTable
    from sclcohort.variants.consequence_sites import Key
    from sclcohort.variants.dialects import Dialect
    from sclcohort.variants.records import Record


class Origin(NamedTuple):
    """Whose call an allele is.

    Parameters
    ----------
    dialect : Dialect
        Of the file that the record is from.
    callers : str
        Callers that have the allele, joined by ``;``.
    callers_given : int
        Those that could have had it.
    filters : str or None
        FILTER of each caller; None: as in the record.
    annotation : tuple of AnnotationField
        What the file of the record brings of annotation, the best first.
    """

    dialect: Dialect
    callers: str
    callers_given: int
    filters: str | None
    annotation: tuple[AnnotationField, ...] = ()


class Stretch(NamedTuple):
    """A window of the genome (see `Window`), its number, and the frequencies of its coding alleles in a population."""

    found: Mapping[Key, str]
    last: Key | None
    number: int
    frequencies: Mapping[Key, float | None]


class Block(NamedTuple):
    """Where the rows of a contig and a stretch lie; sorts as they stand in the table."""

    contig: str
    number: int
    path: Path
    start: int
    end: int


class Calls:
    """The alleles of one sample, by windows of the genome.

    Parameters
    ----------
    alleles : iterable of (Record, Origin)
        In order, each allele once.
    """

    def __init__(self, alleles: Iterable[tuple[Record, Origin]]) -> None:
        self._source = iter(alleles)
        self._ahead: tuple[Record, Origin] | None = None

    def up_to(self, last: Key | None) -> Iterator[tuple[Key, Record, Origin]]:
        """Yield the next alleles up to this one, or to the end."""
        source = self._source if self._ahead is None else itertools.chain([self._ahead], self._source)
        self._ahead = None
        for record, origin in source:
            key = record[:4]
            if last is not None and key > last:
                self._ahead = record, origin
                return
            yield key, record, origin


class Delivery:
    """The coding rows of one sample in the making; fed by windows of the genome, in order.

    Parameters
    ----------
    sample_id : str
        The sample.
    calls : Calls
        Of the sample.
    unplaced : collection of (int, int)
        Rank and position where the reference has N: no consequence there.
    names : list of str
        Contigs by rank.
    rows : Path
        To write: coding rows as lines of their table, contigs in the order of the genome.
    accepted : collection of str
        FILTER values that count as passed.
    """

    def __init__(
        self,
        sample_id: str,
        calls: Calls,
        unplaced: Collection[tuple[int, int]],
        names: Sequence[str],
        rows: Path,
        accepted: Collection[str],
    ) -> None:
        self.sample_id, self.alleles, self.passed = sample_id, 0, 0
        self._calls = calls
        self._unplaced, self._names, self._accepted = unplaced, names, accepted
        self._known: dict[str, bool] = {}
        self._rows_file = rows
        self.blocks: list[Block] = []
        # Rows of alleles whose phase the caller gives: what they do together is told when all are known.
        self.phased: list[Row] = []

    def take(self, stretch: Stretch, alleles: AlleleNames | None) -> None:
        """Write the rows of a stretch; without names of its alleles only count: another process writes."""
        rows: dict[str, list[str]] = {}
        found = stretch.found if alleles is not None else {}
        get, unplaced, sure = found.get, self._unplaced, self._known
        for key, record, origin in self._calls.up_to(stretch.last):
            self.alleles += 1
            filters = record.filters
            if filters not in sure:
                sure[filters] = is_accepted(filters, self._accepted)
            accepted, text = sure[filters], get(key)
            self.passed += accepted
            if text is not None and alleles is not None and not (unplaced and key[:2] in unplaced):
                shared = alleles.rows(key, text)
                if shared:
                    contig = self._names[key[0]]
                    made = self._rows(record, origin, accepted, contig, shared, stretch.frequencies.get(key))
                    rows.setdefault(contig, []).extend(made)
        self._keep(rows, stretch.number)

    def _rows(
        self,
        record: Record,
        origin: Origin,
        accepted: bool,
        contig: str,
        shared: Sequence[Row],
        frequency: float | None,
    ) -> Iterator[str]:
        tumour, normal, carried = evidence_of(record.columns, origin.dialect, record.ref, record.alt)
        if not carried:
            return
        own: dict[str, Cell] = {
            "sample_id": self.sample_id,
            "chrom": contig,
            "filter": origin.filters or (None if record.filters == "." else record.filters),
            "filter_accepted": accepted,
            "depth_reads": tumour.depth_reads,
            "alt_depth_reads": tumour.alt_depth_reads,
            "vaf": tumour.vaf,
            "normal_depth_reads": normal.depth_reads,
            "normal_alt_depth_reads": normal.alt_depth_reads,
            "callers": origin.callers,
            "callers_given": origin.callers_given,
            "population_frequency": frequency,
            "phase_set": phase_of_columns(record.columns),
        }
        said = annotations_of(record, origin.annotation) if origin.annotation else ()
        for row in shared:
            whole = row | own | beside(row, said) if said else row | own
            if whole["phase_set"] and row["is_representative"]:
                self.phased.append(whole)
            yield line_of(CODING_VARIANTS, whole, f"{self.sample_id} {contig}:{record.position_1based}")

    def _keep(self, rows: dict[str, list[str]], number: int) -> None:
        if not rows:
            return
        with self._rows_file.open("ab") as sink:
            for contig, lines in rows.items():
                start = sink.tell()
                sink.write("".join(lines).encode())
                self.blocks.append(Block(contig, number, self._rows_file, start, sink.tell()))


class Rows:
    """The coding rows of all samples, as far as one process writes them.

    Parameters
    ----------
    deliveries : sequence of Delivery
        Of the samples.
    genes : GeneTable
        What alleles are named by.
    is_own : callable
        Tells of the number of a stretch whether this process writes it.
    """

    def __init__(self, deliveries: Sequence[Delivery], genes: GeneTable, is_own: Callable[[int], bool]) -> None:
        self.deliveries = deliveries
        self._alleles, self._is_own = AlleleNames(genes), is_own

    def take(self, stretch: Stretch) -> None:
        """Write the rows of a stretch, or pass over it."""
        alleles = self._alleles if self._is_own(stretch.number) else None
        for one in self.deliveries:
            one.take(stretch, alleles)
        self._alleles.forget()

    def finish(self, _longest: int) -> list[tuple[list[Block], list[Row]]]:
        """Return where the rows of each sample lie, and those with a phase."""
        return [(one.blocks, one.phased) for one in self.deliveries]

    def join(self, others: Sequence[tuple[list[Block], list[Row]]]) -> None:
        """Add what another process has written."""
        for one, (blocks, phased) in zip(self.deliveries, others, strict=True):
            one.blocks += blocks
            one.phased += phased


def phase_of_columns(columns: str) -> str | None:
    """Return the phase that the tumour's column gives an allele; None where it gives none."""
    if "PS" not in columns and "PID" not in columns:
        return None
    names, cells = (text.split(":") for text in columns.split("\t", 2)[:2])
    known = dict(zip(names, cells, strict=False))
    return phase_of(lambda name: known.get(name, "")) or None


def annotations_of(record: Record, fields: Sequence[AnnotationField]) -> Sequence[Annotation]:
    """Return what the best annotation that a record has says of its allele."""
    tags = dict(pair.partition("=")[::2] for pair in record.info.split(";"))
    for field in fields:
        if field.tag in tags:
            return parse_annotation(field, tags[field.tag], record.ref, record.alt)
    return ()


def beside(row: Row, said: Sequence[Annotation]) -> Row:
    """Return the columns that set a file's own annotation beside our consequence; none where it is silent."""
    gene, transcript = str(row["gene_symbol"]), str(row["transcript_id"])
    theirs = choose(said, gene, transcript)
    if theirs is None:
        return {}
    ours = str(row["consequence_class"]), str(row["hgvs_p"] or "")
    return {
        "annotation_source": theirs.source,
        "annotation_consequence": theirs.consequence,
        "annotation_class": theirs.consequence_class,
        "annotation_hgvs_p": theirs.hgvs_p,
        "annotation_agrees": agrees(*ours, transcript, theirs),
    }


# Sample, contig, position, REF, ALT and gene: the key of contract CODING_VARIANTS, as it stands in a line.
RowKey = tuple[str, ...]
_KEY_PLACES = tuple(CODING_VARIANTS.column_names.index(name) for name in CODING_VARIANTS.key)
_JOINT_PLACES = tuple(CODING_VARIANTS.column_names.index(name) for name in ("joint_hgvs_p", "joint_class"))


def key_of_row(row: Row) -> RowKey:
    """Return the key of a row, as `with_joint` looks for it."""
    return tuple(str(row[name]) for name in CODING_VARIANTS.key)


def with_joint(block: bytes, joint: Mapping[RowKey, tuple[str, str]]) -> bytes:
    """Return lines with the joint changes of those rows that have one."""
    lines = []
    for line in block.decode().splitlines():
        cells = line.split("\t")
        change = joint.get(tuple(cells[place] for place in _KEY_PLACES))
        if change is not None:
            for place, cell in zip(_JOINT_PLACES, change, strict=True):
                cells[place] = cell
        lines.append("\t".join(cells) + "\n")
    return "".join(lines).encode()


def write_coding_variants(path: Path, samples: Iterable[Delivery], joint: Mapping[RowKey, tuple[str, str]]) -> None:
    """Write contract CODING_VARIANTS out of the rows of the samples, which are in order within a contig.

    Parameters
    ----------
    path : Path
        To write.
    samples : iterable of Delivery
        Finished.
    joint : mapping
        Key of a row to its joint protein change and class.
    """
    changed = {key[0] for key in joint}
    with write_whole(path) as scratch, scratch.open("wb") as sink:
        sink.write(("\t".join(CODING_VARIANTS.column_names) + "\n").encode())
        for sample in sorted(samples, key=lambda one: one.sample_id):
            with contextlib.ExitStack() as files:
                sources = {path: files.enter_context(path.open("rb")) for path in {one.path for one in sample.blocks}}
                for _, _, path, start, end in sorted(sample.blocks):
                    source = sources[path]
                    source.seek(start)
                    block = source.read(end - start)
                    sink.write(with_joint(block, joint) if sample.sample_id in changed else block)


def flush(folder: Path) -> None:
    """Make sure that the files of a folder are on disk."""
    for path in folder.iterdir():
        with path.open("rb") as handle:
            os.fsync(handle.fileno())
