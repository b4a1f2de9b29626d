"""Matrices as users bring them: each fault is refused with its place, or its outcome is the one that is written."""

from __future__ import annotations

import gzip

import numpy as np
import pytest

from sclcohort.contracts import GENE_ALIASES
from sclcohort.errors import StepError
from sclcohort.regulators.expression import read_expression
from sclcohort.tables import as_frame

GENES = ("ASCL1", "CCN1", "DLL3", "NEUROD1", "POU2F3", "YAP1")
OTHER_NAMES = {
    "ENSG00000139352": "ASCL1",
    "ENSG00000142871": "CCN1",
    "ENSG00000090932": "DLL3",
    "429": "ASCL1",
    "3491": "CCN1",
    "10683": "DLL3",
    "CYR61": "CCN1",
}
KINDS = {"ENSG": "ensembl_gene_id", "CYR6": "previous_symbol"}
VALUES = {gene: (20.0 + number, 30.0 * number) for number, gene in enumerate(GENES)}


@pytest.fixture(scope="module")
def gene_aliases():
    return as_frame(
        GENE_ALIASES,
        (
            {"alias": alias, "gene_symbol": gene, "kind": KINDS.get(alias[:4], "entrez_gene_id")}
            for alias, gene in OTHER_NAMES.items()
        ),
    )


@pytest.fixture
def read(tmp_path, gene_aliases):
    def reader(rows, unit="tpm", samples=("S1", "S2"), header=None):
        lines = [header or ["gene", *samples], *([name, *map(str, values)] for name, values in rows)]
        path = tmp_path / "m.tsv"
        path.write_text("".join("\t".join(line) + "\n" for line in lines), encoding="utf-8")
        return read_expression(path, unit, samples, dict.fromkeys(GENES, ("any",)), gene_aliases)

    return reader


def renamed(names):
    return [(names.get(gene, gene), values) for gene, values in VALUES.items()]


@pytest.mark.parametrize(
    "names",
    [
        {"CCN1": "CYR61"},
        {"ASCL1": "ENSG00000139352", "CCN1": "ENSG00000142871.7", "DLL3": "ENSG00000090932.12"},
    ],
)
def test_the_kind_of_the_names_changes_no_value(read, names):
    assert read(renamed(names)).log2.equals(read(VALUES.items()).log2)


def test_entrez_ids_change_no_value(read):
    names = {"ASCL1": "429", "CCN1": "3491", "DLL3": "10683"}
    rows = [(names[gene], VALUES[gene]) for gene in names]
    assert read(rows).log2.equals(read([(gene, VALUES[gene]) for gene in names]).log2)


@pytest.mark.parametrize(("unit", "value"), [("tpm", 90.0), ("counts", 120.0)])
def test_a_gene_with_two_rows_is_the_largest_of_tpm_and_the_sum_of_counts_and_says_so(read, unit, value):
    rows = [("ASCL1", (90, 40)), ("DLL3", (10, 80)), ("ASCL1", (30, 80))]
    expression = read(rows, unit)
    total = 1.0 if unit == "tpm" else 130 / 1e6
    assert expression.log2.loc["ASCL1", "S1"] == pytest.approx(np.log2(value / total + 1))
    assert expression.found["ASCL1"].reason == "2 rows of this name, taken together"


def test_the_copies_of_a_gene_on_x_and_y_are_one_gene(read):
    rows = [("ENSG00000139352.4", (50, 10)), ("ENSG00000139352.4_PAR_Y", (0, 20)), ("DLL3", (1, 1))]
    expression = read(rows)
    assert expression.log2.loc["ASCL1"].tolist() == pytest.approx(np.log2([51, 21]).tolist())
    assert expression.found["ASCL1"].name == "ENSG00000139352.4,ENSG00000139352.4_PAR_Y"


@pytest.mark.parametrize(
    "change",
    [
        lambda log2: (log2 - log2.mean(axis=1, keepdims=True)) / log2.std(axis=1, keepdims=True),
        lambda log2: log2 - np.median(log2, axis=1, keepdims=True),
        lambda log2: log2 - 3.0,
    ],
    ids=["z-scored", "centred", "shifted as by a correction of batches"],
)
@pytest.mark.parametrize("unit", ["tpm", "counts", "log2_tpm_plus_1", "log2_cpm_plus_1"])
def test_values_that_were_centred_are_refused_with_what_to_give(read, change, unit):
    log2 = change(np.log2(np.random.default_rng(5).lognormal(1, 2, (len(GENES), 4)) + 1))
    samples = ("S1", "S2", "S3", "S4")
    with pytest.raises(StepError, match=r"E-EXP-022 \S*m\.tsv:\d+ column S\d .*z-scored, batch-corrected or centred"):
        read(zip(GENES, log2.tolist(), strict=True), unit, samples)


def test_a_gene_of_zeros_stays_measured_and_a_sample_of_zeros_is_refused_by_name(read):
    rows = [(gene, (0, 0) if gene == "YAP1" else (0, values[1] + 1)) for gene, values in VALUES.items()]
    expression = read(rows)
    assert expression.log2.loc["YAP1"].tolist() == [0.0]
    assert {name: state.state for name, state in expression.states.items()} == {"S1": "refused", "S2": "scored"}


@pytest.mark.parametrize("version", ["", ".9"])
def test_a_transposed_matrix_is_recognised_by_symbols_and_by_ids_of_any_version(read, version):
    names = [name + version if name.startswith("ENSG") else name for name in list(OTHER_NAMES)[:3]]
    for genes in (GENES, names):
        with pytest.raises(StepError, match=r"E-EXP-013 \S*m\.tsv:1: genes are in the columns and samples in the rows"):
            read([(sample, range(len(genes))) for sample in ("S1", "S2")], header=["sample", *genes])


@pytest.mark.parametrize("name", ["Ascl1", "ENSMUSG00000020052", "ENSRNOG00000004294.3", "1110032F04Rik"])
def test_genes_of_another_organism_refuse_the_matrix(read, name):
    rows = [(name, (1, 1)), ("Trp53" if name == "Ascl1" else name[:-1] + "1", (2, 2)), ("DLL3", (1, 1))]
    if "Rik" in name:
        rows[1] = ("1110059E24Rik", (2, 2))
    with pytest.raises(StepError, match=r"E-EXP-016 \S*m\.tsv:2 column gene name .*the workflow is for human tumours"):
        read(rows)


def test_a_damaged_gzip_file_is_refused(tmp_path, gene_aliases):
    text = "gene\tS1\n" + "".join(f"G{row}\t{row * 7919 % 104729}\n" for row in range(5000))
    packed = bytearray(gzip.compress(text.encode()))
    packed[len(packed) // 2 : len(packed) // 2 + 50] = b"\xff" * 50
    path = tmp_path / "m.tsv.gz"
    path.write_bytes(packed)
    with pytest.raises(StepError, match=r"E-EXP-001 \S*m\.tsv\.gz: is not readable text"):
        read_expression(path, "tpm", ("S1",), {"ASCL1": ("any",)}, gene_aliases)
