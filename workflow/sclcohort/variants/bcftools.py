"""bcftools, as it is inside pysam: run a command, get its messages, and turn its failures into ours."""

from __future__ import annotations

import pysam
import pysam.bcftools
from pysam.utils import SamtoolsError

from sclcohort.errors import StepError


def bcftools(command: str, *arguments: str) -> str:
    """Run a bcftools command and return what it said on standard error.

    Output always goes to a file named with ``-o``; ``--no-version`` keeps dates and paths out of it.

    Raises
    ------
    StepError
        bcftools failed; its own words are the message.
    """
    run = getattr(pysam.bcftools, command)
    options = () if command in ("index", "query", "sort") else ("--no-version",)
    try:
        run(*options, *arguments, catch_stdout=False)
    except SamtoolsError as error:
        raise StepError(f"bcftools {command}: {' '.join(str(error).split())}") from error
    return str(run.get_messages() or "")
