"""The genome sequence of a run: a link to the configured FASTA with an index of its own beside it.

The configured file may lie in a folder nobody may write to, and a stale index may lie beside it:
neither is touched. All indices are made beside the link.
"""

from __future__ import annotations

import gzip
import os
import shutil
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pysam
from pysam.utils import SamtoolsError

from sclcohort.errors import StepError
from sclcohort.files import compression_of, write_whole
from sclcohort.reference.contigs import read_contigs

if TYPE_CHECKING:
    from sclcohort.coordinates import Span

INDEX_SUFFIXES = (".fai", ".gzi")
_BASES = "TCAG"
# The standard genetic code, NCBI translation table 1, codons in the order TTT, TTC, TTA, TTG, TCT, ...
_RESIDUES = "FFLLSSSSYY**CC*WLLLLPPPPHHQQRRRRIIIMTTTTNNKKSSRRVVVVAAAADDEEGGGG"
GENETIC_CODE = dict(zip((a + b + c for a in _BASES for b in _BASES for c in _BASES), _RESIDUES, strict=True))
_COMPLEMENT = str.maketrans("ACGT", "TGCA")


def place_genome(fasta: Path, genome: Path) -> dict[str, int]:
    """Make `genome` the sequence of `fasta`, indexed.

    Parameters
    ----------
    fasta : Path
        Plain, bgzip- or gzip-compressed. Plain and bgzip are linked to; gzip, which cannot be
        read from the middle, is decompressed.
    genome : Path
        Link or file to make; ``.fai`` (and ``.gzi`` for bgzip) are written beside it.

    Returns
    -------
    dict of str to int
        Contig names and lengths, in file order.

    Raises
    ------
    StepError
        The file is missing, cut, or no FASTA.
    """
    for path in (genome, *(Path(f"{genome}{suffix}") for suffix in INDEX_SUFFIXES)):
        path.unlink(missing_ok=True)
    genome.parent.mkdir(parents=True, exist_ok=True)
    try:
        compression = compression_of(fasta)
    except OSError as error:
        raise StepError(f"reference FASTA {fasta}: cannot be read ({error.strerror})") from error
    if compression == "gzip":
        _decompress(fasta, genome)
    else:
        genome.symlink_to(link_target(fasta, genome))
    try:
        pysam.faidx(str(genome), catch_stdout=False)
        contigs = read_contigs(genome)
    except (OSError, SamtoolsError) as error:
        genome.unlink()
        raise StepError(
            f"reference FASTA {fasta}: cannot be indexed ({_one_line(error)}); "
            "give a FASTA whose sequences have lines of one length, as Ensembl and UCSC publish them"
        ) from error
    if not contigs:
        genome.unlink()
        raise StepError(f"reference FASTA {fasta}: has no sequence; give the genome the variants were called on")
    return contigs


def _decompress(fasta: Path, genome: Path) -> None:
    try:
        with write_whole(genome) as scratch, gzip.open(fasta, "rb") as source, scratch.open("wb") as sink:
            shutil.copyfileobj(source, sink, 1 << 22)
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise StepError(f"reference FASTA {fasta}: was cut or damaged ({error}); copy the file again") from error


def link_target(fasta: Path, genome: Path) -> str:
    """Return what a link at `genome` must say to lead to `fasta`.

    Relative where both lie below the working directory, so that a copied or moved working
    directory stays whole; else absolute.
    """
    target = Path(os.path.realpath(fasta.parent)) / fasta.name
    folder = Path(os.path.realpath(genome.parent))
    here = Path.cwd()
    if target.is_relative_to(here) and folder.is_relative_to(here):
        return os.path.relpath(target, folder)
    return str(target)


def _one_line(error: Exception) -> str:
    return " ".join(str(error).replace("\\n", " ").split())


def coding_sequence(sequence: pysam.FastaFile, coding: Sequence[Span], strand: str) -> str:
    """Return the bases of coding intervals as the transcript reads them, in upper case.

    Parameters
    ----------
    sequence : pysam.FastaFile
        The genome.
    coding : sequence of Span
        In genome order.
    strand : str
        ``+`` or ``-``.
    """
    bases = "".join(sequence.fetch(piece.contig, piece.start_0based, piece.end) for piece in coding).upper()
    return bases if strand == "+" else bases.translate(_COMPLEMENT)[::-1]


def translate(coding_bases: str) -> str:
    """Return the residues of whole codons: ``*`` for stop, X for a codon with a base other than ACGT."""
    codons = (coding_bases[i : i + 3] for i in range(0, len(coding_bases) - 2, 3))
    return "".join(GENETIC_CODE.get(codon, "X") for codon in codons)
