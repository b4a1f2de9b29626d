"""Read the gene counts of STAR: one file ReadsPerGene.out.tab a sample, in one folder, of which one strand is taken.

STAR's manual, "Counting number of reads per gene": columns are the gene, reads of an unstranded library, reads whose
first mate is on the gene's strand (htseq-count -s yes), and reads on the other (-s reverse); four rows named N_ before
the genes count what no gene got.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from sclcohort.errors import Fault, StepError
from sclcohort.files import UNREADABLE, open_text
from sclcohort.regulators.matrix import Matrix, refuse
from sclcohort.regulators.name_faults import first_of
from sclcohort.regulators.sample_files import files_of
from sclcohort.regulators.table_formats import STAR

if TYPE_CHECKING:
    from numpy.typing import NDArray

ENDING = "ReadsPerGene.out.tab"
# Columns after the gene's, as STAR orders them.
STRANDS = ("unstranded", "forward", "reverse")
NOT_OF_GENES = ("N_unmapped", "N_multimapping", "N_noFeature", "N_ambiguous")
# A library has nearly all reads on one strand or about half on each; with less than this on the declared one, the
# other was meant. A choice.
STRAND_MIN_FRACTION = 0.2
_COUNT = re.compile(r"^\d+$")


def read_star(folder: Path, samples: Sequence[str], strand: str) -> tuple[Matrix, list[Fault]]:
    """Read the counts of some samples as one matrix.

    Parameters
    ----------
    folder : Path
        Holds one file a sample (`TableFormat.file_of`).
    samples : sequence of str
        Samples to read, without repetition; at least one.
    strand : {"unstranded", "forward", "reverse"}
        Which column to take.

    Returns
    -------
    Matrix
        Genes in the order of the first sample's file; line numbers are of that file.
    list of Fault
        Samples of which nearly all reads are on the other strand.

    Raises
    ------
    StepError
        An unknown strand, no file of a sample, one file of two samples, no such table, other genes than in the first
        file; every fault is listed.
    """
    if strand not in STRANDS:
        raise StepError(f"expression.strand is {strand!r}; fix: say one of {', '.join(STRANDS)}")
    paths = files_of(STAR, folder, samples)
    faults: list[Fault] = []
    against: list[Fault] = []
    columns: list[NDArray[np.float64]] = []
    first: tuple[tuple[str, ...], Path] | None = None
    for path in paths:
        genes, counts, wrong = _read_file(path)
        faults += first_of(wrong)
        if first is None:
            first = genes, path
        elif not wrong and genes != first[0]:
            found = f"has other genes than {first[1].name}, or in another order"
            faults.append(Fault("E-EXP-028", str(path), found, "run STAR with the same gene model for all samples"))
        columns.append(np.array(counts[STRANDS.index(strand)], dtype=np.float64))
        against += _strand_faults(path, counts, strand)
    refuse(faults)
    names = first[0] if first is not None else ()
    lines = tuple(range(len(NOT_OF_GENES) + 1, len(NOT_OF_GENES) + 1 + len(names)))
    return Matrix(str(folder), names, lines, tuple(samples), np.column_stack(columns)), against


def _read_file(path: Path) -> tuple[tuple[str, ...], list[list[int]], list[Fault]]:
    """Return genes, counts of the three columns, and the lines that are none."""
    genes: list[str] = []
    counts: list[list[int]] = [[], [], []]
    faults: list[Fault] = []
    fix = f"give {ENDING} as STAR wrote it (--quantMode GeneCounts)"
    try:
        with open_text(path) as handle:
            lines = handle.read().split("\n")
    except UNREADABLE as error:
        return (), counts, [Fault("E-EXP-001", str(path), f"is not readable text ({error})", fix)]
    while lines and not lines[-1]:
        lines.pop()
    for number, line in enumerate(lines, start=1):
        cells = line.split("\t")
        wanted = NOT_OF_GENES[number - 1] if number <= len(NOT_OF_GENES) else None
        if wanted is not None and cells[0] != wanted:
            return (), counts, [Fault("E-EXP-024", str(path), f"line {number} is not {wanted}", fix, number)]
        if len(cells) != 1 + len(STRANDS):
            faults.append(Fault("E-EXP-012", str(path), f"the row has {len(cells)} cells, not 4", fix, number))
            continue
        for strand, cell, column in zip(STRANDS, cells[1:], counts, strict=True):
            if not _COUNT.match(cell):
                faults.append(Fault("E-EXP-020", str(path), "the cell is no count", fix, number, strand, cell))
            elif wanted is None:
                column.append(int(cell))
        if wanted is None:
            genes.append(cells[0])
    if not genes and not faults:
        faults.append(Fault("E-EXP-010", str(path), "has no gene", fix))
    return tuple(genes), counts, faults


def _strand_faults(path: Path, counts: Sequence[Sequence[int]], strand: str) -> list[Fault]:
    """Return the fault of a sample whose reads are on the other strand than the declared one."""
    if strand == "unstranded":
        return []
    on = dict(zip(STRANDS, map(sum, counts), strict=True))
    both = on["forward"] + on["reverse"]
    if both == 0 or on[strand] >= STRAND_MIN_FRACTION * both:
        return []
    found = f"declared as {strand}, but {1 - on[strand] / both:.0%} of the reads of genes are on the other strand"
    return [Fault("E-EXP-029", str(path), found, "correct expression.strand", column=strand)]
