"""Bases of an indexed FASTA, straight from the file where it is plain: a base costs a look-up, no call of htslib."""

from __future__ import annotations

import contextlib
import mmap
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pysam

from sclcohort.files import compression_of

# Contig, first base from 0, end; as many of the bases as the contig has, in upper case, none before its start.
Fetch = Callable[[str, int, int], str]
_UPPER = [chr(byte).upper() for byte in range(256)]


@contextlib.contextmanager
def open_sequence(genome: Path) -> Iterator[Fetch]:
    """Yield a function that reads bases, as long as the block runs.

    Parameters
    ----------
    genome : Path
        As prepare-reference places it: plain or bgzip, with its indices beside it.
    """
    if compression_of(genome) != "none":
        # By process: after a fork both would move the one place in an open file.
        opened = {os.getpid(): pysam.FastaFile(str(genome))}

        def fetch_bgzip(contig: str, start_0based: int, end: int) -> str:
            if start_0based >= end:
                return ""
            process = os.getpid()
            if process not in opened:
                opened[process] = pysam.FastaFile(str(genome))
            return opened[process].fetch(contig, max(start_0based, 0), end).upper()

        try:
            yield fetch_bgzip
        finally:
            opened.pop(os.getpid()).close()
        return
    with Path(f"{genome}.fai").open(encoding="utf-8") as lines:
        rows = [line.split("\t") for line in lines]
    places = {cells[0]: tuple(map(int, cells[1:5])) for cells in rows}
    with genome.open("rb") as handle, mmap.mmap(handle.fileno(), 0, access=mmap.ACCESS_READ) as memory:

        def fetch(contig: str, start_0based: int, end: int) -> str:
            bases, offset, per_line, line_bytes = places[contig]
            if end - start_0based == 1 and end <= bases:
                return _UPPER[memory[offset + start_0based // per_line * line_bytes + start_0based % per_line]]
            start_0based, end = max(start_0based, 0), min(end, bases)
            if start_0based >= end:
                return ""
            line, column = divmod(start_0based, per_line)
            first = offset + line * line_bytes + column
            line, column = divmod(end - 1, per_line)
            found = memory[first : offset + line * line_bytes + column + 1]
            if len(found) != end - start_0based:
                found = found.translate(None, b"\r\n")
            return found.decode("ascii").upper()

        yield fetch
