"""Made-up tumours of each outcome as a matrix and a sheet, and the step that scores them, run on them."""

from __future__ import annotations

import pytest

from sclcohort.contracts import (
    ACTIVITY,
    EXPRESSION,
    EXPRESSION_STATUS,
    GENE_MAPPING,
    GENE_SETS,
    NE_SIGNATURE,
    REGULON_TARGETS,
    RESISTANCE_RULES,
    SAMPLES,
    SCORES,
    SUBTYPE_CALLS,
)
from sclcohort.regulators.score_regulators import run
from sclcohort.tables import read_rows, read_table, write_rows

TABLES = {
    "status": EXPRESSION_STATUS,
    "gene_mapping": GENE_MAPPING,
    "expression": EXPRESSION,
    "scores": SCORES,
    "subtypes": SUBTYPE_CALLS,
    "activity": ACTIVITY,
    "targets": REGULON_TARGETS,
}
PROGRAMME_OF = {"A": "programme_a", "N": "programme_n", "P": "programme_p", "Y": "programme_y"}
FACTOR_OF = {"A": "ASCL1", "N": "NEUROD1", "P": "POU2F3", "Y": "YAP1"}
GATES = {"min_probability": 0.6, "min_margin": 0.2, "min_genes_fraction": 0.8, "min_targets": 5}


@pytest.fixture
def genes(repository):
    """Return the genes of each set, of the signature, and of the rule of `resources`, from the committed tables."""
    sets = read_table(repository / "resources" / "gene_sets.tsv", GENE_SETS)
    signature = read_table(repository / "resources" / "ne_signature.tsv", NE_SIGNATURE)
    listed = {name: table["gene_symbol"].tolist() for name, table in sets.groupby("gene_set")}
    return listed | {side: table["gene_symbol"].tolist() for side, table in signature.groupby("group")}


@pytest.fixture
def resources(repository, tmp_path):
    """Return the resource files of the step: the committed ones, and one resistance rule on SLFN11."""
    folder = repository / "resources"
    rules = tmp_path / "resistance_rules.tsv"
    rule = {
        "rule_id": "slfn11_low",
        "therapy": "platinum-etoposide",
        "strategy": "chemotherapy",
        "marker": "SLFN11 low",
        "direction": "resistance",
        "level": "C",
        "data": "rna",
        "feature": "expression:SLFN11",
        "threshold_source": "none published",
        "citation": "Gardner et al. 2017 Cancer Cell",
        "certainty": "verified",
    }
    write_rows(rules, RESISTANCE_RULES, [rule])
    names = ("gene_aliases", "gene_sets", "ne_signature", "subtype_calibration", "regulons")
    return {name: folder / f"{name}.tsv" for name in names} | {"resistance_rules": rules}


def tumour(genes, letters, *, inflamed=False, ne=True, factors=None):
    """Return TPM of a made-up tumour: the genes of `letters` high, the others at low, differing values."""
    tpm = {}
    for number, name in enumerate(sorted(genes)):
        for row, gene in enumerate(genes[name]):
            tpm.setdefault(gene, 0.1 + 0.01 * row + 0.003 * number)
    for letter, name in PROGRAMME_OF.items():
        for row, gene in enumerate(genes[name]):
            tpm[gene] = (50.0 if letter in letters else 0.2) + 0.01 * row
    for row, gene in enumerate(genes["ne"]):
        tpm[gene] = (200.0 if ne else 0.5) + row
    for row, gene in enumerate(genes["non_ne"]):
        tpm[gene] = (0.5 if ne else 200.0) + row
    for gene in genes["t_cell_inflamed"]:
        tpm[gene] = 40.0 if inflamed else 0.5
    for letter, factor in FACTOR_OF.items():
        tpm[factor] = 30.0 if letter in (letters if factors is None else factors) else 0.1
    return tpm | {"SLFN11": 5.0}


@pytest.fixture
def cohort(genes):
    """Return samples of each outcome: (sample_id, specimen, TPM)."""
    return [
        ("T01", "tumour_tissue", tumour(genes, "A")),
        ("T02", "tumour_tissue", tumour(genes, "N")),
        ("T03", "tumour_tissue", tumour(genes, "P", ne=False)),
        ("T04", "tumour_tissue", tumour(genes, "Y", ne=False)),
        ("T05", "tumour_tissue", tumour(genes, "AN")),
        ("T06", "tumour_tissue", tumour(genes, "Y", ne=False, inflamed=True)),
        ("T07", "cell_line", tumour(genes, "Y", ne=False, inflamed=True)),
        ("T08", "tumour_tissue", tumour(genes, "A", factors="N")),
    ]


def write_matrix(path, cohort, rename=None, order=None):
    names = list(cohort[0][2]) if order is None else order
    with path.open("w", encoding="utf-8") as handle:
        handle.write("\t".join(["gene", *(f"rna_{sample}" for sample, _, _ in cohort)]) + "\n")
        for gene in names:
            cells = [f"{tpm[gene]:.6g}" for _, _, tpm in cohort]
            handle.write("\t".join([(rename or {}).get(gene, gene), *cells]) + "\n")


def write_sheet(path, cohort, extra=()):
    rows = [
        {
            "sample_id": sample,
            "patient_id": f"P{sample}",
            "chunk": "chunk_1",
            "specimen": specimen,
            "expression_sample": f"rna_{sample}",
        }
        for sample, specimen, _ in cohort
    ]
    write_rows(path, SAMPLES, [*rows, *extra])


@pytest.fixture
def score(tmp_path, resources):
    """Return a function that runs the step and gives its tables, each a dictionary by key."""

    def scorer(cohort, *, unit="tpm", matrix=True, extra=(), folder="out", rename=None, order=None, **settings):
        sheet, numbers, out = tmp_path / "samples.tsv", tmp_path / "matrix.tsv", tmp_path / folder
        write_sheet(sheet, cohort, extra)
        if matrix:
            write_matrix(numbers, cohort, rename, order)
        outputs = {name: out / f"{name}.tsv" for name in TABLES}
        given = {"matrix": numbers, "unit": unit} if matrix else {}
        run(samples=sheet, **given, **resources, **(GATES | settings), **outputs)
        tables = {}
        for name, table in TABLES.items():
            rows = list(read_rows(outputs[name], table))
            tables[name] = {tuple(row[key] for key in table.key): row for row in rows}
        return tables

    return scorer
