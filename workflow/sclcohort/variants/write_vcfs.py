"""Write the VCFs of the samples, compressed and indexed: here, or in a process of its own beside the coding rows."""

from __future__ import annotations

import contextlib
import multiprocessing
from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pysam

from sclcohort.errors import CohortError, StepError

if TYPE_CHECKING:
    from sclcohort.variants.consequence_sites import Window
    from sclcohort.variants.deliver import Calls

# A .tbi index reaches no further (SAM specification, section 5.2); longer contigs need .csi.
LONGEST_TBI_CONTIG = (1 << 29) - 1
CONSEQUENCES = (
    '##INFO=<ID=BCSQ,Number=.,Type=String,Description="Local consequences by bcftools csq -l. '
    'Format: Consequence|gene|transcript|biotype|strand|amino_acid_change|dna_change">'
)
INDEXERS = 2
_LINES = 4096


class VcfWriter:
    """The VCF of one sample in the making; fed by windows of the genome, in order.

    Parameters
    ----------
    path : Path
        To write, compressed.
    header : str
        Of the VCF, with the line of columns last.
    calls : Calls
        Of the sample.
    unplaced : collection of (int, int)
        Rank and position where the reference has N: no consequence there.
    names : sequence of str
        Contigs by rank.
    """

    def __init__(
        self, path: Path, header: str, calls: Calls, unplaced: Collection[tuple[int, int]], names: Sequence[str]
    ) -> None:
        self._path, self._calls, self._unplaced, self._names = path, calls, unplaced, names
        # Level 1: a seventh larger than the default, in less than half its time.
        self._sink = pysam.BGZFile(str(path), "wb1", None)  # type: ignore[arg-type]
        before, columns = header.rstrip("\n").rsplit("\n", 1)
        self._sink.write(f"{before}\n{CONSEQUENCES}\n{columns}\n".encode())

    def take(self, window: Window) -> None:
        """Write the alleles of a window."""
        lines: list[str] = []
        get, names, unplaced = window.found.get, self._names, self._unplaced
        for key, record, _ in self._calls.up_to(window.last):
            rank, position, ref, alt, _, id_, quality, filters, info, columns = record
            text = get(key)
            if text is not None and not (unplaced and key[:2] in unplaced):
                info = f"BCSQ={text}" if info == "." else f"{info};BCSQ={text}"
            lines.append(f"{names[rank]}\t{position}\t{id_}\t{ref}\t{alt}\t{quality}\t{filters}\t{info}\t{columns}\n")
            if len(lines) == _LINES:
                self._sink.write("".join(lines).encode())
                lines.clear()
        self._sink.write("".join(lines).encode())

    def finish(self, longest: int) -> None:
        """Close the VCF and index it; `longest` is the length of the genome's longest contig."""
        self._sink.close()
        pysam.tabix_index(str(self._path), preset="vcf", force=True, csi=longest > LONGEST_TBI_CONTIG)


@contextlib.contextmanager
def writing_vcfs(
    open_writers: Callable[[], Sequence[VcfWriter]], longest: int, release: Callable[[], None], *, beside: bool
) -> Iterator[Callable[[Window], None]]:
    """Yield a function that takes the windows of the genome; the VCFs are finished when the block ends well.

    Parameters
    ----------
    open_writers : callable
        Opens the VCFs: called where they are written.
    longest : int
        Length of the genome's longest contig.
    release : callable
        Lets go of what a second process must not hold open.
    beside : bool
        Whether a second process writes. It is a fork: what was read of the samples is there already. The bytes are
        the same.

    Raises
    ------
    StepError
        The second process ended before its work.
    OSError
        A VCF cannot be written, by whichever process.
    """
    if not beside:
        writers = open_writers()
        yield lambda window: _take(writers, window)
        _finish(writers, longest)
        return
    context = multiprocessing.get_context("fork")
    windows, sink = context.Pipe(duplex=False)
    answer, reply = context.Pipe(duplex=False)

    def write() -> None:
        # Else neither process would see that the other is gone.
        sink.close()
        answer.close()
        release()
        failure = _write_all(open_writers, windows, longest)
        with contextlib.suppress(BrokenPipeError):
            reply.send(failure)

    process = context.Process(target=write)
    process.start()
    windows.close()
    reply.close()

    def check() -> None:
        try:
            failure = answer.recv()
        except EOFError:
            process.join()
            failure = StepError(f"the process that writes the VCFs ended with {process.exitcode}: memory may be short")
        if failure is not None:
            raise failure

    def take(window: Window) -> None:
        try:
            sink.send(window)
        except BrokenPipeError:
            check()

    try:
        yield take
        check()
    finally:
        sink.close()
        answer.close()
        process.join()


def _take(writers: Sequence[VcfWriter], window: Window) -> None:
    for one in writers:
        one.take(window)


def _finish(writers: Sequence[VcfWriter], longest: int) -> None:
    # Compressing and indexing are htslib's, which runs beside Python.
    with ThreadPoolExecutor(INDEXERS) as pool:
        list(pool.map(lambda one: one.finish(longest), writers))


def _write_all(
    open_writers: Callable[[], Sequence[VcfWriter]], windows: Any, longest: int
) -> OSError | CohortError | None:
    """Write windows to the last; return what was wrong."""
    try:
        writers = open_writers()
        while True:
            try:
                window = windows.recv()
            except EOFError:
                # The other process has given up, and says why.
                return None
            _take(writers, window)
            if window.last is None:
                break
        _finish(writers, longest)
    except (OSError, CohortError) as error:
        return error
    return None
