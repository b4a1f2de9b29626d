"""Write the VCFs of the samples, compressed and indexed: here, or in a second process."""

from __future__ import annotations

import contextlib
import multiprocessing
from collections import deque
from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

import pysam

from sclcohort.errors import CohortError, StepError

if TYPE_CHECKING:
    from sclcohort.variants.deliver import Calls, Stretch

# A .tbi index reaches no further (SAM specification, section 5.2); longer contigs need .csi.
LONGEST_TBI_CONTIG = (1 << 29) - 1
CONSEQUENCES = (
    '##INFO=<ID=BCSQ,Number=.,Type=String,Description="Local consequences by bcftools csq -l. '
    'Format: Consequence|gene|transcript|biotype|strand|amino_acid_change|dna_change">'
)
INDEXERS = 2
# Stretches that the second process may be behind the first.
AHEAD = 4
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

    def take(self, stretch: Stretch) -> None:
        """Write the alleles of a stretch."""
        lines: list[str] = []
        get, names, unplaced = stretch.found.get, self._names, self._unplaced
        for key, record, _ in self._calls.up_to(stretch.last):
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


class Writer(Protocol):
    """What is fed with stretches of the genome, in order, and finished after the last."""

    def take(self, stretch: Stretch, /) -> None:
        """Write what lies in a stretch."""

    def finish(self, longest: int, /) -> Any:
        """Return what the first process must know of what was written; it must pickle."""


class Writing(NamedTuple):
    """Where stretches of the genome are handed in, and what the writers returned in the end, in their order."""

    take: Callable[[Stretch], None]
    results: list[Any]


@contextlib.contextmanager
def writing(
    open_writers: Callable[[], Sequence[Writer]], longest: int, release: Callable[[], None], *, beside: bool
) -> Iterator[Writing]:
    """Yield what takes stretches of the genome; writers are finished when the block ends well.

    Parameters
    ----------
    open_writers : callable
        Opens the writers: called in the process that writes.
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
        A file cannot be written, by whichever process.
    """
    if not beside:
        writers, results = open_writers(), list[Any]()
        yield Writing(lambda stretch: _take(writers, stretch), results)
        results += _finish(writers, longest)
        return
    second = _SecondProcess(open_writers, longest, release)
    try:
        yield Writing(second.take, second.results)
        second.settle(0)
        second.hear()
    finally:
        second.close()


class _SecondProcess:
    """A fork of this process that writes; see `writing`."""

    def __init__(self, open_writers: Callable[[], Sequence[Writer]], longest: int, release: Callable[[], None]) -> None:
        self.results: list[Any] = []
        context = multiprocessing.get_context("fork")
        stretches, self._sink = context.Pipe(duplex=False)
        self._answer, reply = context.Pipe(duplex=False)

        def write() -> None:
            # Else neither process would see that the other is gone.
            self._sink.close()
            self._answer.close()
            release()
            outcome = _write_all(open_writers, stretches, longest)
            with contextlib.suppress(BrokenPipeError):
                reply.send(outcome)

        self._process = context.Process(target=write)
        self._process.start()
        stretches.close()
        reply.close()
        # A pipe holds less than a stretch: what is sent waits in a thread, and this process goes on.
        self._sender, self._waiting = ThreadPoolExecutor(1), deque[Future[None]]()

    def take(self, stretch: Stretch) -> None:
        """Hand a stretch over."""
        self._waiting.append(self._sender.submit(self._sink.send, stretch))
        self.settle(AHEAD)

    def settle(self, left: int) -> None:
        """Wait until no more than so many stretches are on their way."""
        try:
            while len(self._waiting) > left:
                self._waiting.popleft().result()
        except BrokenPipeError:
            self.hear()

    def hear(self) -> None:
        """Wait for the end, and take the results; raise what was wrong."""
        try:
            failure, found = self._answer.recv()
        except EOFError:
            self._process.join()
            code = self._process.exitcode
            failure = StepError(f"the second process of the step ended with code {code} (-9: memory was short)")
        if failure is not None:
            raise failure
        self.results += found

    def close(self) -> None:
        """Let the process end, where it has not."""
        self._sender.shutdown(cancel_futures=True)
        self._sink.close()
        self._answer.close()
        self._process.join()


def _take(writers: Sequence[Writer], stretch: Stretch) -> None:
    for one in writers:
        one.take(stretch)


def _finish(writers: Sequence[Writer], longest: int) -> list[Any]:
    # Compressing and indexing are htslib's, which runs beside Python.
    with ThreadPoolExecutor(INDEXERS) as pool:
        return list(pool.map(lambda one: one.finish(longest), writers))


def _write_all(
    open_writers: Callable[[], Sequence[Writer]], stretches: Any, longest: int
) -> tuple[OSError | CohortError | None, list[Any]]:
    """Write all stretches; return what was wrong, and what the writers return."""
    try:
        writers = open_writers()
        while True:
            try:
                stretch = stretches.recv()
            except EOFError:
                # The other process has given up, and says why.
                return None, []
            _take(writers, stretch)
            if stretch.last is None:
                return None, _finish(writers, longest)
    except (OSError, CohortError) as error:
        return error, []
