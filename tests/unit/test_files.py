"""Files are written whole or not at all."""

from __future__ import annotations

import gzip
import hashlib

import pysam
import pytest

from sclcohort.files import is_cut_short, open_text, sha256_of, write_text, write_whole


def test_a_file_that_fails_half_way_leaves_nothing_and_keeps_the_old_one(tmp_path):
    write_text(tmp_path / "a.txt", "old\n")

    def write_and_fail():
        with write_whole(tmp_path / "a.txt") as scratch:
            scratch.write_text("new")
            raise RuntimeError("half way")

    with pytest.raises(RuntimeError, match="half way"):
        write_and_fail()
    assert (tmp_path / "a.txt").read_text() == "old\n"
    assert [path.name for path in tmp_path.iterdir()] == ["a.txt"]


def test_a_missing_folder_is_made(tmp_path):
    write_text(tmp_path / "x" / "y" / "a.txt", "z\n")
    assert (tmp_path / "x" / "y" / "a.txt").read_text() == "z\n"


def test_a_written_file_is_as_readable_as_any_other_of_the_user(tmp_path):
    write_text(tmp_path / "ours.txt", "")
    (tmp_path / "plain.txt").write_text("")
    assert (tmp_path / "ours.txt").stat().st_mode == (tmp_path / "plain.txt").stat().st_mode


@pytest.mark.parametrize(
    "data", [b"a\tb\n", b"\xef\xbb\xbfa\tb\r\n", gzip.compress(b"a\tb\n"), gzip.compress(b"\xef\xbb\xbfa\tb\r\n")]
)
def test_byte_order_marks_carriage_returns_and_gzip_read_like_plain_text(tmp_path, data):
    (tmp_path / "a").write_bytes(data)
    with open_text(tmp_path / "a") as handle:
        assert handle.read() == "a\tb\n"


def test_checksums_are_those_of_hashlib(tmp_path):
    (tmp_path / "a").write_bytes(b"x" * 100_000)
    assert sha256_of(tmp_path / "a") == hashlib.sha256(b"x" * 100_000).hexdigest()


def test_a_bgzip_file_is_whole_only_with_its_end_block_and_other_files_are_not_judged(tmp_path):
    (tmp_path / "plain").write_text("text\n" * 100)
    pysam.tabix_compress(str(tmp_path / "plain"), str(tmp_path / "packed"))
    whole = (tmp_path / "packed").read_bytes()
    assert not is_cut_short(tmp_path / "packed")
    for kept in (whole[:-1], whole[:-28], whole[:20]):
        (tmp_path / "packed").write_bytes(kept)
        assert is_cut_short(tmp_path / "packed")
    assert not is_cut_short(tmp_path / "plain")
