"""Files written whole or not at all, and their checksums."""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import os
import tempfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Literal

# What reading raises where a file cannot be read, is no UTF-8 text, or its compressed blocks are cut or damaged.
UNREADABLE = (OSError, EOFError, UnicodeDecodeError, zlib.error)

Compression = Literal["none", "gzip", "bgzip"]

# The empty block that ends every complete BGZF file (SAM specification, section 4.1.2).
BGZF_END = bytes.fromhex("1f8b08040000000000ff0600424302001b0003000000000000000000")


@contextlib.contextmanager
def write_whole(path: Path) -> Iterator[Path]:
    """Yield a scratch path beside `path`, and move it into place when the block ends well.

    A killed job leaves no half-written file under the final name, and two writers never mix
    their lines: each writes its own scratch file, the last rename wins.

    Parameters
    ----------
    path : Path
        The file to write; its folder is made when missing.

    Yields
    ------
    Path
        Where to write. Removed if the block raises.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".tmp", dir=path.parent)
    os.close(descriptor)
    scratch = Path(name)
    try:
        yield scratch
        with scratch.open("rb") as handle:
            os.fsync(handle.fileno())
        # mkstemp makes files private; results are as readable as the user's umask says.
        umask = os.umask(0)
        os.umask(umask)
        scratch.chmod(0o666 & ~umask)
        scratch.replace(path)
    finally:
        scratch.unlink(missing_ok=True)


def write_text(path: Path, text: str) -> None:
    """Write `text` to `path` as UTF-8 with LF line ends, whole or not at all."""
    with write_whole(path) as scratch:
        scratch.write_text(text, encoding="utf-8", newline="\n")


def compression_of(path: Path) -> Compression:
    """Tell by its first bytes how a file is compressed; bgzip is gzip in blocks, which can be read from the middle."""
    with path.open("rb") as handle:
        head = handle.read(16)
    if head[:2] != b"\x1f\x8b":
        return "none"
    return "bgzip" if head[:4] == b"\x1f\x8b\x08\x04" and head[12:14] == b"BC" else "gzip"


def open_bytes(path: Path) -> IO[bytes]:
    """Open a file for reading its bytes, decompressed where it is gzip or bgzip."""
    packed = compression_of(path) != "none"
    return gzip.open(path, "rb") if packed else path.open("rb")  # type: ignore[return-value]


def open_text(path: Path) -> IO[str]:
    """Open a plain or gzip-compressed text file for reading, as UTF-8.

    A byte-order mark and CRLF line ends (spreadsheet exports) read like plain UTF-8 and LF.
    """
    if compression_of(path) != "none":
        return gzip.open(path, "rt", encoding="utf-8-sig", newline=None)
    return path.open(encoding="utf-8-sig", newline=None)


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file's bytes, as 64 hexadecimal digits."""
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def is_cut_short(path: Path) -> bool:
    """Tell whether a BGZF file (.gz of bgzip, .bcf) lacks its end marker: it was cut in transfer."""
    if compression_of(path) != "bgzip":
        return False
    with path.open("rb") as handle:
        handle.seek(0, os.SEEK_END)
        if handle.tell() < len(BGZF_END):
            return True
        handle.seek(-len(BGZF_END), os.SEEK_END)
        return handle.read() != BGZF_END
