"""Measure the whole step score-regulators, from the matrix in its file to all tables, as a process of its own.

    python tests/performance/bench_score_step.py [--samples 1000 10000] [--genes 20000]

Builds (seeded) a matrix that holds every gene of the resource tables, and prints for each number of samples the size of
the file and of the matrix in memory, wall and CPU seconds of the step and its peak memory, and the same of pandas
reading the file whole. Nothing is asserted.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from bench_variants import REPOSITORY, Cost, cost

from sclcohort.contracts import GENE_SETS, NE_SIGNATURE, REGULONS, SAMPLES
from sclcohort.tables import read_rows, write_rows

RESOURCES = ("gene_aliases", "gene_sets", "ne_signature", "subtype_calibration", "regulons", "resistance_rules")
OUTPUTS = ("status", "gene_mapping", "expression", "scores", "subtypes", "activity", "targets")
GATES = {"min-probability": 0.6, "min-margin": 0.2, "min-genes-fraction": 0.8, "min-targets": 5}
ROWS_AT_ONCE = 500
WHOLE = "import pandas, sys; pandas.read_csv(sys.argv[1], sep='\\t', index_col=0)"


def genes_of_resources() -> list[str]:
    """Return the genes that the step looks for in its sets, signature and regulons, sorted."""
    columns = ((GENE_SETS, "gene_symbol"), (NE_SIGNATURE, "gene_symbol"), (REGULONS, "target"))
    folder = REPOSITORY / "resources"
    return sorted({str(row[name]) for table, name in columns for row in read_rows(folder / table.name, table)})


def write_inputs(folder: Path, samples: int, genes: int) -> None:
    """Write a matrix of TPM-like numbers with two decimals, a fifth of them 0, and the table of samples."""
    known = genes_of_resources()
    names = known + [f"G{number:05d}" for number in range(genes - len(known))]
    columns = [f"S{number:05d}" for number in range(samples)]
    rng = np.random.default_rng(1)
    # Adds up to about half a million over 20,000 genes, which passes for a transcriptome without some of its genes.
    levels = rng.normal(1.5, 1.5, genes) + np.log2(5 * 20_000 / genes)
    with (folder / "tpm.tsv").open("w", encoding="utf-8") as handle:
        handle.write("\t".join(["gene", *columns]) + "\n")
        for start in range(0, genes, ROWS_AT_ONCE):
            level = levels[start : start + ROWS_AT_ONCE, np.newaxis]
            values = np.exp2(level + rng.standard_normal((len(level), samples)))
            values[rng.random(values.shape) < 0.2] = 0
            for name, row in zip(names[start:], values.tolist(), strict=False):
                handle.write("\t".join([name, *[f"{value:.2f}" for value in row]]) + "\n")
    rows = [{"sample_id": one, "patient_id": one, "chunk": "chunk_1", "expression_sample": one} for one in columns]
    write_rows(folder / "samples.tsv", SAMPLES, rows)


def step(folder: Path) -> list[str]:
    """Return the command of the step on the inputs of a folder."""
    options = {"samples": "samples.tsv", "matrix": "tpm.tsv", "unit": "tpm", **GATES}
    options |= {name.replace("_", "-"): REPOSITORY / "resources" / f"{name}.tsv" for name in RESOURCES}
    options |= {name.replace("_", "-"): folder / "out" / f"{name}.tsv" for name in OUTPUTS}
    words = [word for name, value in options.items() for word in (f"--{name}", str(value))]
    return [sys.executable, "-m", "sclcohort", "score-regulators", *words]


def show(name: str, spent: Cost) -> None:
    """Print a line of the table."""
    print(f"  {name:32s} {spent.wall:8.2f} {spent.processor:8.2f} {spent.memory:8.0f}")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("--samples", type=int, nargs="+", default=[1000, 10_000])
    parser.add_argument("--genes", type=int, default=20_000)
    given = parser.parse_args()
    for samples in given.samples:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            write_inputs(folder, samples, given.genes)
            size = (folder / "tpm.tsv").stat().st_size / 2**20
            held = samples * given.genes * 8 / 2**20
            print(f"{samples} samples x {given.genes} genes: {size:.0f} MiB of text, {held:.0f} MiB in memory")
            print(f"  {'':32s} {'wall s':>8s} {'CPU s':>8s} {'peak MiB':>8s}")
            show("score-regulators", cost(step(folder), folder))
            show("pandas.read_csv alone", cost([sys.executable, "-c", WHOLE, "tpm.tsv"], folder))


if __name__ == "__main__":
    try:
        main()
    except subprocess.CalledProcessError as error:
        sys.exit(f"the step failed with exit code {error.returncode}")
