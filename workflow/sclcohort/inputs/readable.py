"""Whether a file can be read at all, and how it begins."""

from __future__ import annotations

import stat
from pathlib import Path

from sclcohort.files import UNREADABLE, open_text


def unreadable(path: str) -> str | None:
    """Return why a file cannot be read: missing, a folder, empty, no permission; None when it can."""
    try:
        found = Path(path).stat()
        if stat.S_ISDIR(found.st_mode):
            return "is a folder"
        if found.st_size == 0:
            return "is empty (0 bytes)"
        with Path(path).open("rb") as handle:
            handle.read(1)
    except OSError as error:
        return f"cannot be read: {error.strerror}"
    return None


def first_line(path: str) -> str:
    """Return the first line of a text file that is neither empty nor a comment; empty where it is no text."""
    try:
        with open_text(Path(path)) as handle:
            return next((line.rstrip("\n") for line in handle if line.strip() and not line.startswith("#")), "")
    except UNREADABLE:
        return ""
