"""VCFs of a chunk are the same whichever process writes them, and none is missed when that fails."""

from __future__ import annotations

import errno
import gzip
import os
import signal
from pathlib import Path

import pytest

from sclcohort.errors import StepError
from sclcohort.variants.deliver import Calls, Stretch
from sclcohort.variants.records import Record
from sclcohort.variants.write_vcfs import VcfWriter, writing

HEADER = "##fileformat=VCFv4.2\n##contig=<ID=1,length=1000>\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tS"
ALLELES = [(0, 5, "A", "C"), (0, 9, "G", "T"), (0, 9, "G", "TT"), (0, 700, "C", "A")]
WINDOWS = [
    Stretch({ALLELES[0]: "missense|X"}, ALLELES[1], 0, {}),
    Stretch({}, ALLELES[2], 1, {}),
    Stretch({ALLELES[3]: "stop_gained|X"}, None, 2, {}),
]


def opener(folder: Path, names=("S1", "S2"), writer=VcfWriter):
    records = [(Record(*key, n, ".", ".", "PASS", ".", "GT\t0/1"), None) for n, key in enumerate(ALLELES)]
    return lambda: [writer(folder / f"{name}.vcf.gz", HEADER, Calls(records), (), ["1"]) for name in names]


def write(folder: Path, *, beside: bool) -> dict[str, bytes]:
    folder.mkdir()
    with writing(opener(folder), 1000, lambda: None, beside=beside) as sink:
        for window in WINDOWS:
            sink.take(window)
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def test_a_second_process_writes_the_same_bytes(tmp_path):
    here, beside = write(tmp_path / "one", beside=False), write(tmp_path / "two", beside=True)
    assert here == beside
    assert list(here) == ["S1.vcf.gz", "S1.vcf.gz.tbi", "S2.vcf.gz", "S2.vcf.gz.tbi"]
    lines = gzip.decompress(here["S1.vcf.gz"]).decode().splitlines()
    assert [line.split("\t")[7] for line in lines if line[0] != "#"] == [
        "BCSQ=missense|X", ".", ".", "BCSQ=stop_gained|X",
    ]  # fmt: skip


class FullDisk(VcfWriter):
    """A VCF on a disk that is full."""

    def take(self, stretch: Stretch) -> None:
        raise OSError(errno.ENOSPC, "no space left on device")


def feed(folder: Path, *, beside: bool, windows: int, then: Exception | None = None, writer=VcfWriter, release=None):
    with writing(opener(folder, writer=writer), 1000, release or (lambda: None), beside=beside) as sink:
        for _ in range(windows):
            sink.take(Stretch({}, ALLELES[0], 0, {}))
        if then is not None:
            raise then
        sink.take(Stretch({}, None, 1, {}))


@pytest.mark.parametrize("beside", [False, True])
@pytest.mark.parametrize("windows", [0, 1000])
def test_a_vcf_that_cannot_be_written_is_an_error_whichever_process_meets_it(tmp_path, beside, windows):
    with pytest.raises(OSError, match="no space left"):
        feed(tmp_path, beside=beside, windows=windows, writer=FullDisk)


def test_the_death_of_the_second_process_is_an_error(tmp_path):
    def die() -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    with pytest.raises(StepError, match="ended with code -9"):
        feed(tmp_path, beside=True, windows=3, release=die)


@pytest.mark.parametrize("beside", [False, True])
def test_the_error_of_the_block_is_what_is_raised(tmp_path, beside, capfd):
    with pytest.raises(StepError, match="csq failed"):
        feed(tmp_path, beside=beside, windows=1, then=StepError("csq failed"))
    assert capfd.readouterr().err == ""


def test_the_calls_of_a_sample_come_each_once_whatever_the_windows():
    assert list(Calls([]).up_to(None)) == []
    calls = Calls([(key, None) for key in ALLELES])
    in_windows = [[key for key, _, _ in calls.up_to(last)] for last in [(0, 1, "A", "C"), ALLELES[0], ALLELES[2], None]]
    assert in_windows == [[], ALLELES[:1], ALLELES[1:3], ALLELES[3:]]
