"""What a run ran with, as found on this machine: interpreter, packages, libraries, pins."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import re
import sys
from collections.abc import Mapping
from pathlib import Path

from sclcohort.errors import StepError
from sclcohort.files import open_text

# Settings that can change a byte of a result, and are therefore fixed by workflow/rules/common.smk.
PINS = (
    "LC_ALL",
    "NPY_DISABLE_CPU_FEATURES",
    "NPY_ENABLE_CPU_FEATURES",
    "OMP_NUM_THREADS",
    "OPENBLAS_CORETYPE",
    "OPENBLAS_NUM_THREADS",
    "PYTHONHASHSEED",
    "TZ",
)


def locked_versions(lock: Path) -> dict[str, str]:
    """Return the version of every package of a lock file in pip's format, by name.

    A package locked twice, for different platforms, has both versions, joined by ``,``.

    Raises
    ------
    StepError
        There is no such file.
    """
    if not lock.is_file():
        raise StepError(f"{lock}: not there; fix: give the lock file of the packages")
    versions: dict[str, list[str]] = {}
    with open_text(lock) as handle:
        for line in handle:
            found = re.match(r"([A-Za-z0-9][A-Za-z0-9._-]*)==([^\s;\\]+)", line)
            if found:
                versions.setdefault(found[1], []).append(found[2])
    return {name: ",".join(sorted(set(found))) for name, found in sorted(versions.items())}


def describe_environment(locked: Mapping[str, str]) -> dict[str, object]:
    """Return what is particular to this machine, as JSON values.

    Parameters
    ----------
    locked : mapping of str to str
        Version by package, as the lock file has it.

    Returns
    -------
    dict
        ``python``, ``implementation``, ``system``, ``machine``, ``libc``; ``is_conda_environment``;
        ``distributions`` (packages of the lock that are installed, with their version) and
        ``differs_from_lock`` (those whose version is not the locked one); ``inside_pysam`` (versions of the
        C libraries that pysam carries, None where it is not installed); ``pins`` (environment
        variables that fix bytes, None where unset). Nothing names the host, a user or a folder.
    """
    installed = {name: version for name in locked if (version := _installed_version(name)) is not None}
    return {
        "python": platform.python_version(),
        "implementation": platform.python_implementation(),
        "system": platform.system(),
        "machine": platform.machine(),
        "libc": " ".join(platform.libc_ver()).strip(),
        "is_conda_environment": (Path(sys.prefix) / "conda-meta").is_dir(),
        "distributions": installed,
        "differs_from_lock": {
            name: {"installed": version, "locked": locked[name]}
            for name, version in installed.items()
            if version not in locked[name].split(",")
        },
        "inside_pysam": _libraries_inside_pysam(),
        "pins": {name: os.environ.get(name) for name in PINS},
    }


def _installed_version(name: str) -> str | None:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None


def _libraries_inside_pysam() -> dict[str, str] | None:
    try:
        # By its full name: `pysam.version` is a command of samtools.
        version = importlib.import_module("pysam.version")
    except ModuleNotFoundError:
        # The provenance environment of a conda run has no pysam: then there is nothing to tell.
        return None
    return {name: str(getattr(version, f"__{name}_version__")) for name in ("bcftools", "htslib", "samtools")}
