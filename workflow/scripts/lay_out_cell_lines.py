"""Lay out the public SCLC cell lines as a cohort: write its configuration and sample sheet.

    python workflow/scripts/lay_out_cell_lines.py --data DIR --cohort DIR

The folder of data holds (README, "Real cell lines", says where they come from)::

    sclc_lines_expression/log2_tpm_plus_1.tsv                    genes x lines, log2(TPM + 1)
    ccle_sclc_copy_number/ccle_sclc_cnv_segments_hg19.tsv.gz     segments of all lines, named <LINE>_LUNG
    ccle_sclc_copy_number/ccle_sclc_sv_hg19.tsv.gz               junctions of all lines; may be missing
    gene_coordinates/refseq_genes_hg19.tsv.gz                    spans of genes on hg19

Lines are matched by name. No VCF of small variants exists for them: these stay not assessable. The junctions are
written as one VCF of breakends per line, beside the sheet.
"""

from __future__ import annotations

import argparse
import csv
import os
import sys
from pathlib import Path

import yaml

from sclcohort.copy_number.segments import sample_names
from sclcohort.errors import CohortError, StepError
from sclcohort.files import open_text, write_text
from sclcohort.structural_variants.junctions import End, Junction, join

EXPRESSION = "sclc_lines_expression/log2_tpm_plus_1.tsv"
SEGMENTS = "ccle_sclc_copy_number/ccle_sclc_cnv_segments_hg19.tsv.gz"
STRUCTURAL_VARIANTS = "ccle_sclc_copy_number/ccle_sclc_sv_hg19.tsv.gz"
GENE_COORDINATES = "gene_coordinates/refseq_genes_hg19.tsv.gz"
SUFFIX = "_LUNG"
COLUMNS = (
    "sample_id", "patient_id", "specimen", "structural_variants", "copy_number", "copy_number_sample",
    "expression_sample", "purity",
)  # fmt: skip
# The table's deletions are -/+: it names the side that is gone, where BEDPE and we name the one that is kept.
KEPT_SIDE = {"+": "-", "-": "+"}
VCF_HEADER = """##fileformat=VCFv4.2
##INFO=<ID=SVTYPE,Number=1,Type=String,Description="Kind of record">
#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO
"""


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


def read_junctions(path: Path) -> dict[str, list[Junction]]:
    """Return the junctions of each line; contigs are named as in the table of genes."""
    found: dict[str, list[Junction]] = {}
    with open_text(path) as handle:
        for row in csv.DictReader(handle, delimiter="\t"):
            first, second = (
                End(f"chr{row[f'chrom{n}']}", int(row[f"pos{n}"]), KEPT_SIDE[row[f"strand{n}"]]) for n in (1, 2)
            )
            found.setdefault(row["sample"].removesuffix(SUFFIX), []).append(join(first, second))
    return found


def vcf_text(junctions: list[Junction]) -> str:
    """Return a VCF with the lower breakend of each junction; the table has neither bases nor reads."""
    lines = []
    for junction in sorted(junctions, key=lambda one: one.key):
        own, mate = junction.key
        bracket = "[" if mate.side == "-" else "]"
        place = f"{bracket}{mate.contig}:{mate.position_1based}{bracket}"
        alt = f"N{place}" if own.side == "+" else f"{place}N"
        lines.append(f"{own.contig}\t{own.position_1based}\t.\tN\t{alt}\t.\t.\tSVTYPE=BND\n")
    return VCF_HEADER + "".join(lines)


def configuration(data: Path, sheet: Path) -> dict[str, object]:
    """Return the configuration of the cohort; thresholds are the defaults."""
    return {
        "cohort": "cell_lines",
        "samples": str(sheet),
        "reference": {"build": "GRCh37", "gene_coordinates": str(data / GENE_COORDINATES)},
        "expression": {"matrix": str(data / EXPRESSION), "unit": "log2_tpm_plus_1"},
    }


def lay_out(data: Path, cohort: Path) -> None:
    """Write ``config.yaml``, ``samples.tsv`` and the VCFs of structural variants into the folder `cohort`."""
    missing = [name for name in (EXPRESSION, SEGMENTS, GENE_COORDINATES) if not (data / name).is_file()]
    if missing:
        raise StepError(f"{data} lacks {', '.join(missing)}; README, 'Real cell lines', says where they come from")
    with open_text(data / EXPRESSION) as handle:
        expression = handle.readline().rstrip("\n").split("\t")[1:]
    segments_path = os.path.relpath(data / SEGMENTS, cohort)
    rows = sheet_rows(expression, sample_names(data / SEGMENTS), segments_path)
    junctions = read_junctions(data / STRUCTURAL_VARIANTS) if (data / STRUCTURAL_VARIANTS).is_file() else {}
    for row in rows:
        if row["sample_id"] in junctions:
            row["structural_variants"] = f"structural_variants/{row['sample_id']}.vcf"
            write_text(cohort / row["structural_variants"], vcf_text(junctions[row["sample_id"]]))
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
