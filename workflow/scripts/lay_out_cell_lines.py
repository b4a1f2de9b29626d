"""Lay out the public SCLC cell lines as a cohort: write its configuration and sample sheet.

    python workflow/scripts/lay_out_cell_lines.py --data DIR --cohort DIR

The folder of data holds (README, "Real cell lines", says where they come from)::

    sclc_lines_expression/log2_tpm_plus_1.tsv                    genes x lines, log2(TPM + 1)
    ccle_sclc_copy_number/ccle_sclc_cnv_segments_hg19.tsv.gz     segments of all lines, named <LINE>_LUNG
    gene_coordinates/refseq_genes_hg19.tsv.gz                    spans of genes on hg19

Lines are matched by name. No VCF exists for them: their small variants stay not assessable.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

import yaml

from sclcohort.copy_number.segments import sample_names
from sclcohort.errors import CohortError, StepError
from sclcohort.files import open_text, write_text

EXPRESSION = "sclc_lines_expression/log2_tpm_plus_1.tsv"
SEGMENTS = "ccle_sclc_copy_number/ccle_sclc_cnv_segments_hg19.tsv.gz"
GENE_COORDINATES = "gene_coordinates/refseq_genes_hg19.tsv.gz"
SUFFIX = "_LUNG"
COLUMNS = ("sample_id", "patient_id", "specimen", "copy_number", "copy_number_sample", "expression_sample", "purity")


def sheet_rows(expression: list[str], segments: set[str], segments_path: str) -> list[dict[str, str]]:
    """Return one row per line that has RNA or segments, sorted by name.

    A culture holds no normal cells, so purity is 1. Each line stands for one patient.
    """
    with_segments = {name.removesuffix(SUFFIX): name for name in segments}
    rows = []
    for line in sorted(set(expression) | set(with_segments)):
        row = {"sample_id": line, "patient_id": line, "specimen": "cell_line", "purity": "1"}
        if line in with_segments:
            row |= {"copy_number": segments_path, "copy_number_sample": with_segments[line]}
        if line in expression:
            row["expression_sample"] = line
        rows.append(row)
    return rows


def configuration(data: Path, sheet: Path) -> dict[str, object]:
    """Return the configuration of the cohort; thresholds are the defaults."""
    return {
        "cohort": "cell_lines",
        "samples": str(sheet),
        "reference": {"build": "GRCh37", "gene_coordinates": str(data / GENE_COORDINATES)},
        "expression": {"matrix": str(data / EXPRESSION), "unit": "log2_tpm_plus_1"},
    }


def lay_out(data: Path, cohort: Path) -> None:
    """Write ``config.yaml`` and ``samples.tsv`` into the folder `cohort`."""
    missing = [name for name in (EXPRESSION, SEGMENTS, GENE_COORDINATES) if not (data / name).is_file()]
    if missing:
        raise StepError(f"{data} lacks {', '.join(missing)}; README, 'Real cell lines', says where they come from")
    with open_text(data / EXPRESSION) as handle:
        expression = handle.readline().rstrip("\n").split("\t")[1:]
    segments_path = os.path.relpath(data / SEGMENTS, cohort)
    rows = sheet_rows(expression, sample_names(data / SEGMENTS), segments_path)
    lines = ["\t".join(COLUMNS), *("\t".join(row.get(name, "") for name in COLUMNS) for row in rows)]
    write_text(cohort / "samples.tsv", "\n".join(lines) + "\n")
    write_text(cohort / "config.yaml", yaml.safe_dump(configuration(data, cohort / "samples.tsv"), sort_keys=False))


def main() -> int:
    """Parse the command line and lay the cohort out; 2 when the folder is not complete."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("--data", type=Path, required=True, help="folder of the public tables")
    parser.add_argument("--cohort", type=Path, required=True, help="folder to write config.yaml and samples.tsv into")
    options = parser.parse_args()
    try:
        lay_out(options.data, options.cohort)
    except CohortError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
