"""Write a sample's results: its VCF with consequences, compressed and indexed, and its coding rows."""

from __future__ import annotations

import itertools
import os
from collections.abc import Collection, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pysam

from sclcohort.contracts import CODING_VARIANTS
from sclcohort.files import write_whole
from sclcohort.tables import Cell, line_of
from sclcohort.variants.coding_rows import AlleleNames, Row, evidence_of
from sclcohort.variants.filters import is_accepted

if TYPE_CHECKING:
    from sclcohort.variants.consequence_sites import Window
    from sclcohort.variants.dialects import Dialect
    from sclcohort.variants.records import Record

# A .tbi index reaches no further (SAM specification, section 5.2); longer contigs need .csi.
LONGEST_TBI_CONTIG = (1 << 29) - 1
CONSEQUENCES = (
    '##INFO=<ID=BCSQ,Number=.,Type=String,Description="Local consequences by bcftools csq -l. '
    'Format: Consequence|gene|transcript|biotype|strand|amino_acid_change|dna_change">'
)
_LINES = 4096


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
    """

    dialect: Dialect
    callers: str
    callers_given: int
    filters: str | None


class Delivery:
    """The results of one sample in the making; fed by windows of the genome, in order.

    Parameters
    ----------
    sample_id : str
        The sample.
    header : str
        Of the VCF, with the line of columns last.
    alleles : iterable of (Record, Origin)
        In order, each allele once.
    unplaced : collection of (int, int)
        Rank and position where the reference has N: no consequence there.
    names : list of str
        Contigs by rank.
    vcf, rows : Path
        To write: the VCF, compressed; coding rows as lines of their table, contigs in the order of the genome.
    accepted : collection of str
        FILTER values that count as passed.
    """

    def __init__(
        self,
        sample_id: str,
        header: str,
        alleles: Iterable[tuple[Record, Origin]],
        unplaced: Collection[tuple[int, int]],
        names: Sequence[str],
        vcf: Path,
        rows: Path,
        accepted: Collection[str],
    ) -> None:
        self.sample_id, self.alleles, self.passed = sample_id, 0, 0
        self._source = iter(alleles)
        self._unplaced, self._names, self._accepted = unplaced, names, accepted
        self._known: dict[str, bool] = {}
        self._vcf = vcf
        self._sink = pysam.BGZFile(str(vcf), "wb", None)
        before, columns = header.rstrip("\n").rsplit("\n", 1)
        self._sink.write(f"{before}\n{CONSEQUENCES}\n{columns}\n".encode())
        self.rows_file = rows
        # Contig to the place of its rows in the file: they lie together.
        self.blocks: dict[str, tuple[int, int]] = {}

    def take(self, window: Window, alleles: AlleleNames) -> None:
        """Write the alleles of a window."""
        found, last = window
        lines: list[str] = []
        rows: dict[str, list[str]] = {}
        get, names, unplaced, sure = found.get, self._names, self._unplaced, self._known
        for record, origin in self._source:
            key = record[:4]
            if last is not None and key > last:
                self._source = itertools.chain([(record, origin)], self._source)
                break
            rank, position, ref, alt, _, id_, quality, filters, info, columns = record
            self.alleles += 1
            if filters not in sure:
                sure[filters] = is_accepted(filters, self._accepted)
            accepted, contig, text = sure[filters], names[rank], get(key)
            self.passed += accepted
            if text is not None and not (unplaced and key[:2] in unplaced):
                info = f"BCSQ={text}" if info == "." else f"{info};BCSQ={text}"
                shared = alleles.rows(key, text)
                if shared:
                    rows.setdefault(contig, []).extend(self._rows(record, origin, accepted, contig, shared))
            lines.append(f"{contig}\t{position}\t{id_}\t{ref}\t{alt}\t{quality}\t{filters}\t{info}\t{columns}\n")
            if len(lines) == _LINES:
                self._sink.write("".join(lines).encode())
                lines.clear()
        self._sink.write("".join(lines).encode())
        self._keep(rows)

    def finish(self, longest: int) -> None:
        """Close the VCF and index it; `longest` is the length of the genome's longest contig."""
        self._sink.close()
        pysam.tabix_index(str(self._vcf), preset="vcf", force=True, csi=longest > LONGEST_TBI_CONTIG)

    def _rows(
        self, record: Record, origin: Origin, accepted: bool, contig: str, shared: Sequence[Row]
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
        }
        for row in shared:
            yield line_of(CODING_VARIANTS, row | own, f"{self.sample_id} {contig}:{record.position_1based}")

    def _keep(self, rows: dict[str, list[str]]) -> None:
        if not rows:
            return
        with self.rows_file.open("ab") as sink:
            for contig, lines in rows.items():
                start, _ = self.blocks.get(contig, (sink.tell(), 0))
                sink.write("".join(lines).encode())
                self.blocks[contig] = start, sink.tell()


def write_coding_variants(path: Path, samples: Iterable[Delivery]) -> None:
    """Write contract CODING_VARIANTS out of the rows of the samples, which are in order within a contig."""
    with write_whole(path) as scratch, scratch.open("wb") as sink:
        sink.write(("\t".join(CODING_VARIANTS.column_names) + "\n").encode())
        for sample in sorted(samples, key=lambda one: one.sample_id):
            if not sample.blocks:
                continue
            with sample.rows_file.open("rb") as source:
                for contig in sorted(sample.blocks):
                    start, end = sample.blocks[contig]
                    source.seek(start)
                    while start < end:
                        block = source.read(min(1 << 20, end - start))
                        sink.write(block)
                        start += len(block)


def flush(folder: Path) -> None:
    """Make sure that the files of a folder are on disk."""
    for path in folder.iterdir():
        with path.open("rb") as handle:
            os.fsync(handle.fileno())
