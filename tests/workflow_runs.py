"""Run the workflow in a copy of the repository, as a user would; helpers for contract and integration tests."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
PARTS = ("Snakefile", "workflow", "config", "envs", "resources", "profiles", "requirements.lock")


def copy_repository(folder: Path) -> Path:
    """Copy what a run needs into `folder`; return it."""
    folder.mkdir(parents=True, exist_ok=True)
    for part in PARTS:
        source = REPOSITORY / part
        if source.is_dir():
            shutil.copytree(source, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy2(source, folder / part)
    return folder


def snakemake(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run snakemake in `folder` with no home, no network settings and no user configuration; never raises."""
    environment = {
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), "/usr/bin", "/bin"]),
        "HOME": str(folder),
        "LANG": "C.UTF-8",
    }
    command = [sys.executable, "-m", "snakemake", "--cores", "2", *arguments]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def jobs_planned(output: str) -> dict[str, int]:
    """Return the number of jobs per rule from the table that snakemake prints."""
    counts: dict[str, int] = {}
    in_table = False
    for line in output.splitlines():
        words = line.split()
        if words == ["job", "count"] or words[:1] == ["total"]:
            in_table = words == ["job", "count"]
        elif in_table and len(words) == 2 and words[1].isdigit():
            counts[words[0]] = int(words[1])
    return counts
