"""Consequences for all samples of a chunk at once: a site's consequence does not depend on who carries it.

With ``bcftools csq -l`` (one record at a time, no haplotypes) the consequence of an allele depends
on the allele and the gene model alone. So the alleles of all samples are annotated once, and the
results are written into each sample's VCF. One csq per sample would read the gene model again for
each, with the same text. csq is started before the first allele is known: it reads the gene model
while the samples are taken in.
"""

from __future__ import annotations

import contextlib
import itertools
import logging
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import IO, NamedTuple, Self

from sclcohort.contracts import REFERENCE_GENES
from sclcohort.errors import StepError
from sclcohort.tables import read_rows
from sclcohort.variants.bcftools import CSQ_PROGRAM

log = logging.getLogger(__name__)

# The genetic code of mitochondria differs; csq would translate their genes by the standard one.
MITOCHONDRION = frozenset(("MT", "M", "chrM", "chrMT"))
# BGZF_MAX_BLOCK_SIZE of htslib's bgzf.h.
HTSLIB_BLOCK = 1 << 16
# Of each pipe, so that csq goes on while its last window is worked at; Linux grants every user as much.
PIPE_BYTES = 1 << 20
# Rank of the contig in the genome, 1-based position, REF, ALT: sorts as a VCF is sorted.
Key = tuple[int, int, str, str]
# --force leaves out single malformed transcripts (some Ensembl releases have a few) and goes on.
_OPTIONS = ("--no-version", "--force", "-l", "-Ov", "-o", "-")


class Window(NamedTuple):
    """Consequences of a stretch of the genome.

    Parameters
    ----------
    found : mapping
        Allele to its BCSQ text; alleles without consequence are not there.
    last : tuple or None
        Greatest allele of the stretch; None: it reaches to the end.
    """

    found: Mapping[Key, str]
    last: Key | None


class Annotation:
    """A running csq: started at once, fed when the alleles are known, read by windows.

    Parameters
    ----------
    contigs : mapping of str to int
        Of the genome, in its order.
    genome, gff : Path
        Indexed FASTA and Ensembl GFF3.
    scratch : Path
        Folder for what csq has to say.
    """

    def __init__(self, contigs: Mapping[str, int], genome: Path, gff: Path, scratch: Path) -> None:
        self._names = list(contigs)
        self._rank = {name: rank for rank, name in enumerate(contigs)}
        self._messages = scratch / "csq.messages"
        command = [sys.executable, "-c", CSQ_PROGRAM, *_OPTIONS, "-f", str(genome), "-g", str(gff), "-"]
        with self._messages.open("wb") as messages:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=messages,
                text=True,
                encoding="utf-8",
                pipesize=PIPE_BYTES,
            )
        with contextlib.suppress(BrokenPipeError):
            _given(self._process.stdin).write(_padded_header(contigs))
            _given(self._process.stdin).flush()
        self._feeder = ThreadPoolExecutor(1)
        self._fed: Future[None] | None = None
        self.sites = self.annotated = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()
        self._feeder.shutdown()
        for pipe in (self._process.stdin, self._process.stdout):
            # What was not written to a csq that is gone is not wanted any more.
            with contextlib.suppress(OSError):
                _given(pipe).close()
        self._process.wait()

    def release(self) -> None:
        """Let go of csq's pipes, in a process that was forked off this one: csq must see when the last allele came."""
        for pipe in (self._process.stdin, self._process.stdout):
            with contextlib.suppress(OSError):
                _given(pipe).close()

    def windows(self, sites: Iterable[Key], size: int) -> Iterator[Window]:
        """Begin to feed csq, and return what it says, in genome order.

        Parameters
        ----------
        sites : iterable of tuple
            Different alleles whose REF is the genome's, in order.
        size : int
            Alleles of a window: what is held in memory.

        Raises
        ------
        StepError
            csq failed.
        """
        self._fed = self._feeder.submit(self._feed, sites)
        return self._windows(size)

    def _windows(self, size: int) -> Iterator[Window]:
        lines = (line for line in _given(self._process.stdout) if line[0] != "#")
        while block := list(itertools.islice(lines, size)):
            self.sites += len(block)
            found: dict[Key, str] = {}
            for line in block:
                if "\tBCSQ=" in line:
                    contig, position, _, ref, alt, _, _, info = line.split("\t")
                    found[self._rank[contig], int(position), ref, alt] = info[5:-1]
            self.annotated += len(found)
            if len(block) < size:
                break
            contig, position, _, ref, alt, _ = block[-1].split("\t", 5)
            yield Window(found, (self._rank[contig], int(position), ref, alt))
        else:
            found = {}
        self._finish()
        yield Window(found, None)

    def _feed(self, sites: Iterable[Key]) -> None:
        names = self._names
        sink = _given(self._process.stdin)
        try:
            sink.writelines(
                f"{names[rank]}\t{position}\t.\t{ref}\t{alt}\t.\t.\t.\n" for rank, position, ref, alt in sites
            )
        except BrokenPipeError:
            # csq failed, and has closed its end; its exit code tells.
            pass
        finally:
            # Else csq would wait for more.
            with contextlib.suppress(OSError):
                sink.close()

    def _finish(self) -> None:
        if self._fed is not None:
            self._fed.result()
        if self._process.wait():
            said = self._messages.read_text(encoding="utf-8", errors="replace").strip().splitlines()
            raise StepError(f"bcftools csq failed: {said[-1] if said else 'it gave no reason'}")
        log.info("consequences of %d sites, %d of them in genes", self.sites, self.annotated)


def _padded_header(contigs: Mapping[str, int]) -> str:
    """Return the header of the alleles, a whole number of blocks long.

    csq reads the header before the gene model, and htslib reads a pipe by whole blocks: a header that ends within
    a block would make it wait for the alleles.
    """
    lines = ["##fileformat=VCFv4.2", *(f"##contig=<ID={name},length={bases}>" for name, bases in contigs.items())]
    columns = "\t".join(("#CHROM", "POS", "ID", "REF", "ALT", "QUAL", "FILTER", "INFO"))
    head, tail = "\n".join(lines) + "\n##padding=", f"\n{columns}\n"
    return f"{head}{'x' * (-len(head + tail) % HTSLIB_BLOCK)}{tail}"


def _given(pipe: IO[str] | None) -> IO[str]:
    if pipe is None:
        raise StepError("csq was started without pipes")
    return pipe


def check_that_nothing_was_missed(sites: Iterable[Key], names: list[str], genes: Path) -> None:
    """Raise when a site lies in a gene, although none got a consequence: csq is silent where names do not match.

    Parameters
    ----------
    sites : iterable of tuple
        All that csq was asked for.
    names : list of str
        Contigs by rank.
    genes : Path
        Contract REFERENCE_GENES.
    """
    spans: dict[str, list[tuple[int, int, str]]] = {}
    for row in read_rows(genes, REFERENCE_GENES):
        span = int(str(row["start_0based"])), int(str(row["end"])), str(row["gene_symbol"])
        spans.setdefault(str(row["contig"]), []).append(span)
    for rank, position, _, _ in sites:
        for start, end, symbol in spans.get(names[rank], ()):
            if start < position <= end:
                raise StepError(
                    f"bcftools csq annotated no record, although {names[rank]}:{position} lies in the gene "
                    f"{symbol}: check that reference.gff is an Ensembl GFF3 of the build of reference.fasta"
                )
