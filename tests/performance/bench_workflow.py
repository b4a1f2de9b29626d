"""Measure what the workflow itself costs on the demo cohort, beside named limits, in one run.

    make bench        or   python tests/performance/bench_workflow.py [--pairs 3]

Prints, as medians over `--pairs` runs: a dry run and a no-op re-run against a bare start of Snakemake (the floor:
`snakemake --version`), and the wall time of a whole demo run against the CPU seconds of its steps run by hand, one
after the other, which is what the work costs without a workflow engine. Nothing is asserted: times depend on the
machine, the ratios are what to look at.
"""

from __future__ import annotations

import argparse
import os
import re
import resource
import shlex
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPOSITORY))
sys.path.insert(0, str(REPOSITORY / "workflow"))

from tests.workflow_runs import copy_repository, snakemake  # noqa: E402 (the paths above make it importable)


def timed(action) -> tuple[float, float]:
    """Return wall seconds of an action, and the CPU seconds of the processes it started."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    done = action()
    wall = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode != 0:
        sys.exit(f"a measured command failed:\n{done.stdout}\n{done.stderr}")
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def step_commands(folder: Path) -> list[list[str]]:
    """Return the command of every job of a whole run, in an order in which they can be run by hand."""
    planned = snakemake(folder, "--dry-run", "--forceall", "--printshellcmds", "--workflow-profile", "none")
    lines = re.findall(r"python -m sclcohort .*", planned.stdout + planned.stderr)
    return [shlex.split(line.split(" &> ")[0]) for line in lines]


def steps_by_hand(folder: Path) -> float:
    """Run every step of the finished demo again without Snakemake; return their CPU seconds."""
    environment = dict(os.environ) | {"PYTHONPATH": "workflow", "MPLBACKEND": "Agg", "OPENBLAS_NUM_THREADS": "1"}
    total = 0.0
    for words in step_commands(folder):
        command = [sys.executable, *words[1:]]

        def run(command: list[str] = command) -> subprocess.CompletedProcess[str]:
            return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)

        total += timed(run)[1]
    return total


def measure(pairs: int) -> None:
    """Run everything `pairs` times and print medians and ratios."""
    rows: dict[str, list[float]] = {name: [] for name in ("start", "dry run", "whole run", "no-op", "steps")}
    for _ in range(pairs):
        with tempfile.TemporaryDirectory() as name:
            folder = copy_repository(Path(name))
            rows["start"].append(timed(lambda folder=folder: snakemake(folder, "--version"))[0])
            rows["dry run"].append(timed(lambda folder=folder: snakemake(folder, "--dry-run"))[0])
            rows["whole run"].append(timed(lambda folder=folder: snakemake(folder))[0])
            rows["no-op"].append(timed(lambda folder=folder: snakemake(folder))[0])
            rows["steps"].append(steps_by_hand(folder))
    middle = {name: statistics.median(values) for name, values in rows.items()}
    floor, steps = middle["start"], middle["steps"]
    print(f"medians of {pairs} runs, {os.cpu_count()} cores")
    print(f"start of snakemake (floor)  {floor:6.2f} s wall")
    print(f"dry run of the demo         {middle['dry run']:6.2f} s wall  {middle['dry run'] / floor:.2f} x floor")
    print(f"re-run, nothing to do       {middle['no-op']:6.2f} s wall  {middle['no-op'] / floor:.2f} x floor")
    print(f"steps by hand               {steps:6.2f} s CPU")
    whole = middle["whole run"]
    print(f"whole run of the demo       {whole:6.2f} s wall  {whole / steps:.2f} x the steps' CPU")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("--pairs", type=int, default=3, help="how often to repeat")
    measure(parser.parse_args().pairs)
