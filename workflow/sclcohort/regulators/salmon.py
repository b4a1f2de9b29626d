"""Read the quantifications of salmon: one file quant.sf a sample, in one folder, and add up transcripts by gene.

A gene's TPM is the sum of its transcripts' TPM, as tximport defines it (Soneson et al. 2015 F1000Research 4:1521,
doi:10.12688/f1000research.7563.2). Transcripts without a gene are left out and counted, and nothing is scaled up
for them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from sclcohort.errors import Fault
from sclcohort.files import UNREADABLE, open_text
from sclcohort.regulators.matrix import Matrix, diagnose, refuse
from sclcohort.regulators.name_faults import SHOWN, first_of
from sclcohort.regulators.sample_files import files_of
from sclcohort.regulators.table_formats import SALMON
from sclcohort.regulators.transcripts import Transcripts, read_transcripts

if TYPE_CHECKING:
    from numpy.typing import NDArray

COLUMNS = ("Name", "Length", "EffectiveLength", "TPM", "NumReads")
TPM = COLUMNS.index("TPM")
# Above this share of the transcripts, or of a sample's TPM, the table of genes belongs to another annotation: the next
# release of one has a few per cent of new transcripts. A choice.
MAX_WITHOUT_GENE = 0.05
FIX = "give quant.sf as salmon wrote it"


@dataclass(frozen=True)
class _Quantification:
    """One sample's transcripts and their TPM."""

    names: list[str]
    tpm: NDArray[np.float64]


def read_salmon(folder: Path, samples: Sequence[str], tx2gene: Path) -> Matrix:
    """Read the TPM of some samples, by gene, as one matrix.

    Parameters
    ----------
    folder : Path
        Holds one file a sample (`TableFormat.file_of`).
    samples : sequence of str
        Samples to read, without repetition; at least one.
    tx2gene : Path
        Transcripts and their genes (`transcripts.read_transcripts`).

    Returns
    -------
    Matrix
        Genes in the order of their first transcript; line numbers are of `tx2gene`.

    Raises
    ------
    StepError
        No file of a sample, one file of two samples, no such table, a TPM that is none, other transcripts than in the
        first file, too many transcripts without a gene; every fault is listed.
    """
    paths = files_of(SALMON, folder, samples)
    transcripts, faults = read_transcripts(tx2gene)
    refuse(faults)
    genes: _Genes | None = None
    columns: list[NDArray[np.float64]] = []
    notes: list[str] = []
    for path in paths:
        read, wrong = _read_file(path)
        faults += wrong
        if wrong:
            continue
        if genes is None:
            genes = _Genes(read.names, path, transcripts)
            faults += genes.faults
        elif read.names != genes.transcripts:
            found = f"has other transcripts than {genes.path}, or in another order"
            faults.append(Fault("E-EXP-028", str(path), found, "run salmon with the same index for all samples"))
            continue
        column, without = genes.added(read.tpm)
        columns.append(column)
        notes.append(genes.note(without))
        if without > MAX_WITHOUT_GENE and not genes.faults:
            found = f"{without:.0%} of the TPM are of transcripts without a gene"
            faults.append(Fault("E-EXP-031", str(path), found, f"add them to {tx2gene}"))
    refuse(faults)
    names = () if genes is None else genes.names
    lines = tuple(transcripts.line_of[name] for name in names)
    numbers = np.column_stack(columns)
    return Matrix(str(folder), names, lines, tuple(samples), numbers, names_file=str(tx2gene), notes=tuple(notes))


class _Genes:
    """The genes of the transcripts that all samples share.

    Parameters
    ----------
    transcripts : list of str
        Transcripts, in the order of the first file.
    path : Path
        That file.
    known : Transcripts
        Their genes.
    """

    def __init__(self, transcripts: list[str], path: Path, known: Transcripts) -> None:
        self.transcripts, self.path = transcripts, path
        found = [known.find(name) for name in transcripts]
        self.names = tuple(dict.fromkeys(gene for gene in found if gene is not None))
        place = {gene: position for position, gene in enumerate(self.names)}
        # Transcripts without a gene are added up in a place of their own, after all genes.
        last = len(self.names)
        self.places = np.array([last if gene is None else place[gene] for gene in found], dtype=np.int64)
        self.missing = [position for position, gene in enumerate(found) if gene is None]
        self.faults = list(self._faults(known.file))

    def _faults(self, tx2gene: str) -> Iterator[Fault]:
        """Yield what is wrong with transcripts: one that stands twice, too many without a gene."""
        last = {name: row for row, name in enumerate(self.transcripts)}
        if len(last) < len(self.transcripts):
            row = min(at for name, at in last.items() if self.transcripts.index(name) < at)
            found = "the transcript stands twice"
            yield Fault("E-EXP-028", str(self.path), found, FIX, row + 2, COLUMNS[0], self.transcripts[row])
        share = len(self.missing) / len(self.transcripts)
        if share > MAX_WITHOUT_GENE:
            row = self.missing[0]
            found = (
                f"{len(self.missing)} of {len(self.transcripts)} transcripts ({share:.0%}) have no gene in {tx2gene}, "
                "this one first"
            )
            fix = "give expression.tx2gene of the annotation that salmon's index was built from"
            yield Fault("E-EXP-031", str(self.path), found, fix, row + 2, COLUMNS[0], self.transcripts[row])

    def added(self, tpm: NDArray[np.float64]) -> tuple[NDArray[np.float64], float]:
        """Return the TPM of each gene, and the share of all TPM that belongs to none."""
        sums = np.bincount(self.places, weights=tpm, minlength=len(self.names) + 1).astype(np.float64)
        total = float(tpm.sum())
        return sums[:-1], float(sums[-1]) / total if total > 0 else 0.0

    def note(self, without: float) -> str:
        """Return what a reader of a score should know about the sample's numbers."""
        note = "TPM of transcripts added up by gene"
        if not self.missing:
            return note
        left_out = f"{len(self.missing)} of {len(self.transcripts)} transcripts, {without:.2%} of the TPM"
        return f"{note}; {left_out}, have no gene and are left out"


def _read_file(path: Path) -> tuple[_Quantification, list[Fault]]:
    """Return transcripts and TPM of a file, and the lines that are none."""
    names: list[str] = []
    cells_of_tpm: list[str] = []
    faults: list[Fault] = []
    nothing = _Quantification([], np.array([]))
    try:
        with open_text(path) as handle:
            header = tuple(handle.readline().rstrip("\n").split("\t"))
            if header != COLUMNS:
                found = f"the header is {', '.join(header)[:60]}, not {', '.join(COLUMNS)}"
                return nothing, [Fault("E-EXP-024", str(path), found, FIX, 1)]
            for number, line in enumerate(handle, start=2):
                cells = line.rstrip("\n").split("\t")
                if len(cells) != len(COLUMNS):
                    found = f"the row has {len(cells)} cells, not {len(COLUMNS)}"
                    faults.append(Fault("E-EXP-012", str(path), found, FIX, number))
                    continue
                names.append(cells[0])
                cells_of_tpm.append(cells[TPM])
    except UNREADABLE as error:
        return nothing, [Fault("E-EXP-001", str(path), f"is not readable text ({error})", FIX)]
    if not names and not faults:
        faults.append(Fault("E-EXP-010", str(path), "has no transcript", FIX))
    if faults:
        return nothing, first_of(faults)
    tpm = _numbers(cells_of_tpm)
    if tpm is None:
        return nothing, _cell_faults(path, cells_of_tpm)
    return _Quantification(names, tpm), []


def _numbers(cells: Sequence[str]) -> NDArray[np.float64] | None:
    """Return the numbers of cells; None where one is no number from 0."""
    # float() would take "1_000" for a number.
    if any("_" in cell for cell in cells):
        return None
    try:
        numbers = np.array(cells).astype(np.float64)
    except ValueError:
        return None
    return numbers if (np.isfinite(numbers) & (numbers >= 0)).all() else None


def _cell_faults(path: Path, cells: Sequence[str]) -> list[Fault]:
    """Return the cells that are no TPM: the first five, and the count of the rest."""
    wrong = [(number, cell) for number, cell in enumerate(cells, start=2) if _numbers([cell]) is None]
    faults = []
    for number, cell in wrong[:SHOWN]:
        code, found, _ = diagnose(cell)
        faults.append(Fault(code, str(path), found, FIX, number, COLUMNS[TPM], cell))
    return first_of(faults, len(wrong))
