"""Commands of the bcftools inside pysam, and what they and htslib have to say."""

from __future__ import annotations

import contextlib
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pysam
import pysam.bcftools
from pysam.utils import SamtoolsError

from sclcohort.errors import StepError

_MESSAGE = re.compile(r"^\[E::\w+\] ?(.*)$", re.MULTILINE)


# For a process of its own: csq keeps the last position in a static variable, so a second call in one process takes
# its first record for unsorted.
CSQ_PROGRAM = "import sys, pysam.bcftools; pysam.bcftools.csq(*sys.argv[1:], catch_stdout=False)"


class BcftoolsError(StepError):
    """A bcftools command failed; the message is its own, in one line."""


def bcftools(command: str, *arguments: str | Path) -> str:
    """Run a command and return what it wrote to standard error.

    Parameters
    ----------
    command : str
        ``view``, ...
    arguments : str or Path
        As on the command line; results go to files (``-o``).

    Raises
    ------
    BcftoolsError
        The command failed.
    """
    run = getattr(pysam.bcftools, command)
    try:
        run(*map(str, arguments), catch_stdout=False)
    except SamtoolsError as error:
        raise BcftoolsError(_own_words(str(error))) from error
    return str(run.get_messages())


def csq(*arguments: str | Path) -> None:
    """Run ``bcftools csq`` to its end in a process of its own.

    Raises
    ------
    StepError
        It failed; its last words are in the message.
    """
    command = [sys.executable, "-c", CSQ_PROGRAM, *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise StepError(f"bcftools csq failed: {_own_words(done.stderr.strip().splitlines()[-1])}")


def _own_words(message: str) -> str:
    """Return what bcftools printed, out of the frame that pysam puts around it."""
    text = message.split("stderr=", 1)[-1].replace("\\n", "\n").replace("\\t", " ").strip("'\"\n ")
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1].removeprefix("Error: ") if lines else "no message"


@contextlib.contextmanager
def messages_of_htslib(scratch: Path) -> Iterator[Path]:
    """Send what htslib prints to standard error into a file for as long as the block runs.

    htslib writes to the process's own standard error, past Python and pysam.

    Yields
    ------
    Path
        The file (see `last_error`).
    """
    path = scratch / "htslib.messages"
    sys.stderr.flush()
    kept = os.dup(2)
    try:
        with path.open("wb") as sink:
            os.dup2(sink.fileno(), 2)
        yield path
    finally:
        os.dup2(kept, 2)
        os.close(kept)


def last_error(messages: Path) -> str:
    """Return the last error that htslib printed; empty when there was none."""
    found = _MESSAGE.findall(messages.read_text(encoding="utf-8", errors="replace"))
    return str(found[-1]).strip() if found else ""
