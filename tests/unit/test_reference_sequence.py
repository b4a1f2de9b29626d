"""Bases read straight from the file are those of the FASTA, plain or compressed, at every border."""

from __future__ import annotations

import multiprocessing
import random

import pysam
import pytest

from sclcohort.reference.sequence import open_sequence

TEXT = "acgtAACCGGTT" * 1000


@pytest.fixture(params=["plain", "wrapped", "crlf", "bgzip"])
def genome(request, tmp_path):
    """Return one genome, written in one of several ways."""
    path = tmp_path / "g.fa"
    width, end = (60, "\n") if request.param != "plain" else (len(TEXT), "\n")
    if request.param == "crlf":
        end = "\r\n"
    lines = [">1", *(TEXT[start : start + width] for start in range(0, len(TEXT), width)), ">2", "ACGT", ""]
    path.write_bytes(end.join(lines).encode())
    if request.param == "bgzip":
        pysam.tabix_compress(str(path), f"{path}.gz")
        path = path.with_name("g.fa.gz")
    pysam.faidx(str(path))
    return path


@pytest.mark.parametrize(
    ("start", "end"),
    [(0, 1), (0, 5), (59, 61), (60, 120), (4090, 4100), (7, 7), (11990, 12050), (100, 9000), (-5, 3), (12288, 12300)],
)
def test_bases_are_those_of_the_fasta_in_upper_case(genome, start, end):
    with open_sequence(genome) as fetch:
        assert fetch("1", start, end) == TEXT.upper()[max(start, 0) : end]
        assert fetch("2", 0, 64) == "ACGT"


def wrong_bases(fetch, seed):
    """Return how many of many random stretches of contig 3 are not what was written."""
    stream = random.Random(seed)
    places = [stream.randrange(len(LONG) - 50) for _ in range(2000)]
    return sum(fetch("3", place, place + 50) != LONG[place : place + 50] for place in places)


LONG = "".join(random.Random("long").choices("ACGT", k=1_000_000))


def test_a_forked_process_reads_beside_this_one(tmp_path):
    path = tmp_path / "long.fa"
    path.write_text(f">3\n{LONG}\n")
    pysam.tabix_compress(str(path), f"{path}.gz")
    pysam.faidx(f"{path}.gz")
    context = multiprocessing.get_context("fork")
    with open_sequence(path.with_name("long.fa.gz")) as fetch:
        answer, reply = context.Pipe(duplex=False)
        second = context.Process(target=lambda: reply.send(wrong_bases(fetch, "second")))
        second.start()
        assert wrong_bases(fetch, "first") == 0
        assert answer.recv() == 0
        second.join()
