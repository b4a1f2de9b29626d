"""Files of the user's own that the configuration names with their checksum, so that results name one version."""

from __future__ import annotations

from pathlib import Path

from sclcohort.errors import Fault
from sclcohort.files import sha256_of


def checksum_faults(path: Path, sha256: str, setting: str, code: str) -> list[Fault]:
    """Return a fault where a file is not the one that the configuration means.

    Parameters
    ----------
    path : Path
        The file.
    sha256 : str
        The checksum that the configuration expects, 64 hexadecimal digits in lower case.
    setting, code : str
        Where the configuration says so, and the code of the fault.
    """
    found = sha256_of(path)
    if found == sha256:
        return []
    why = f"its SHA-256 is {found}, {setting} says {sha256}"
    return [Fault(code, str(path), why, "restore the file, or correct the setting if this is the one meant")]
