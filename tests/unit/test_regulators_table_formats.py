from __future__ import annotations

import io

import numpy as np
import pytest

from sclcohort.contracts import GENE_ALIASES
from sclcohort.errors import StepError
from sclcohort.regulators.expression import read_expression
from sclcohort.regulators.matrix import read_layout, read_values
from sclcohort.regulators.table_formats import (
    FEATURE_COUNTS,
    FORMATS,
    MATRIX,
    NF_CORE,
    format_of,
    read_header,
)
from sclcohort.tables import as_frame

COMMAND = '# Program:featureCounts v2.0.6; Command:"featureCounts" "-a" "genes.gtf" "-o" "counts.txt" "S1.bam"\n'
COUNTED = (
    COMMAND + "Geneid\tChr\tStart\tEnd\tStrand\tLength\tout/S1.bam\tout/S2.sorted.bam\n"
    "ENSG00000139352.4\t12;12\t100;900\t200;1500\t+;+\t702\t30\t0\n"
    "DLL3\t19\t5\t2004\t+\t2000\t400\t8\n"
    "TP53\t17\t7\t3006\t-\t3000\t35\t60\n"
)
MERGED = (
    "gene_id\tgene_name\tS1\tS2\n"
    "ENSG00000139352.4\tASCL1\t600000.5\t0\n"
    "ENSG00000090932\tDLL3\t299999.5\t10.25\n"
    "ENSG00000141510\tTP53\t100000\t30\n"
)
USERS = {"ASCL1": ("lineage_factor",), "DLL3": ("programme_a",)}


@pytest.fixture
def gene_aliases():
    rows = [("ENSG00000139352", "ASCL1"), ("ENSG00000090932", "DLL3")]
    names = ({"alias": alias, "gene_symbol": gene, "kind": "ensembl_gene_id"} for alias, gene in rows)
    return as_frame(GENE_ALIASES, names)


@pytest.fixture
def read(tmp_path, gene_aliases):
    def reader(text, unit, table, columns=("S1",)):
        path = tmp_path / "m.tsv"
        path.write_text(text, encoding="utf-8")
        return read_expression(path, unit, columns, USERS, gene_aliases, table)

    return reader


def test_counts_of_featurecounts_become_tpm_by_the_lengths_in_the_table(read):
    expression = read(COUNTED, "counts", FEATURE_COUNTS)
    rates = np.array([30 / 702, 400 / 2000, 35 / 3000])
    tpm = rates / rates.sum() * 1e6
    np.testing.assert_allclose(expression.log2["S1"], np.log2(tpm[:2] + 1), rtol=1e-12)
    assert expression.log2.index.tolist() == ["ASCL1", "DLL3"]
    assert expression.states["S1"].reason == (
        "counts brought to TPM by the lengths of the genes; the million is of the 3 genes of the matrix alone"
    )
    assert expression.found["ASCL1"].name == "ENSG00000139352.4"


def test_a_sample_of_featurecounts_reads_the_same_alone_and_beside_others(read):
    alone = read(COUNTED, "counts", FEATURE_COUNTS).log2["S1"]
    both = read(COUNTED, "counts", FEATURE_COUNTS, ("S2.sorted", "S1")).log2
    assert both["S1"].equals(alone)
    assert list(both) == ["S2.sorted", "S1"]


def test_repeated_genes_of_counts_are_added_as_tpm(read):
    once = read(COUNTED, "counts", FEATURE_COUNTS).log2["S1"]
    half = "DLL3\t19\t5\t2004\t+\t2000\t200\t4\n"
    text = COUNTED.replace("DLL3\t19\t5\t2004\t+\t2000\t400\t8\n", half + half)
    twice = read(text, "counts", FEATURE_COUNTS)
    np.testing.assert_allclose(twice.log2["S1"], once, rtol=1e-12)
    assert twice.found["DLL3"].reason == "2 rows of this name, taken together"


@pytest.mark.parametrize("name", ["out/S2.sorted.bam", "S2.sorted.bam", "S2.sorted"])
def test_a_column_of_featurecounts_is_named_by_its_file(name):
    header = read_header(io.StringIO(COUNTED), FEATURE_COUNTS)
    assert (header.line, header.positions(name)) == (2, [7])


def test_a_table_of_featurecounts_without_its_comment_is_read_too(read):
    with_comment = read(COUNTED, "counts", FEATURE_COUNTS).log2
    assert read(COUNTED.removeprefix(COMMAND), "counts", FEATURE_COUNTS).log2.equals(with_comment)


def test_extra_attributes_of_featurecounts_are_no_samples_of_the_sheet(read):
    lines = COUNTED.splitlines()
    extra = ["gene_name", "ASCL1", "DLL3", "TP53"]
    rows = [
        "\t".join([*cells.split("\t")[:6], name, *cells.split("\t")[6:]])
        for cells, name in zip(lines[1:], extra, strict=True)
    ]
    found = read("\n".join([lines[0], *rows]) + "\n", "counts", FEATURE_COUNTS).log2
    assert found.equals(read(COUNTED, "counts", FEATURE_COUNTS).log2)


def test_two_files_of_one_name_are_refused(read):
    text = COUNTED.replace("out/S2.sorted.bam", "other/S1.bam")
    with pytest.raises(StepError, match=r'E-EXP-002 .*m\.tsv:2 value "S1": the sample has 2 columns'):
        read(text, "counts", FEATURE_COUNTS)
    assert list(read(text, "counts", FEATURE_COUNTS, ("out/S1.bam",)).log2) == ["out/S1.bam"]


def test_one_column_is_not_two_samples(read):
    with pytest.raises(StepError, match=r'E-EXP-002 .*value "S1\.bam": is the column of S1 too; fix: two tumours'):
        read(COUNTED, "counts", FEATURE_COUNTS, ("S1", "S1.bam"))


@pytest.mark.parametrize("length", ["0", "", "-5", "2000.5", "NA", "2,000"])
def test_a_length_that_is_none_is_refused_with_its_cell(read, length):
    with pytest.raises(
        StepError, match=r"E-EXP-025 \S*m\.tsv:4 column Length value .*whole number of bases from 1; fix"
    ):
        read(COUNTED.replace("\t2000\t", f"\t{length}\t"), "counts", FEATURE_COUNTS)


def test_fractions_of_featurecounts_are_counts(read):
    assert read(COUNTED.replace("\t400\t", "\t399.5\t"), "counts", FEATURE_COUNTS).unit == "tpm_of_counts"


@pytest.mark.parametrize(
    ("text", "table", "message"),
    [
        (
            MERGED,
            FEATURE_COUNTS,
            r"E-EXP-024 \S*:1: the header begins with gene_id, gene_name, S1, S2, not with Geneid",
        ),
        (COUNTED, NF_CORE, r"E-EXP-0(10|24) "),
        (
            COUNTED.removeprefix(COMMAND),
            NF_CORE,
            r"begins with Geneid, Chr, not with gene_id, gene_name; fix: .*expression",
        ),
        (COUNTED, MATRIX, r"E-EXP-024 .*fix: set expression\.format to featurecounts"),
        (COUNTED.removeprefix(COMMAND), MATRIX, r"E-EXP-024 .*fix: set expression\.format to featurecounts"),
        (COUNTED.replace("\t", ","), FEATURE_COUNTS, r"E-EXP-010 \S*:2: the header has no tab but 7 commas: a CSV"),
        (COMMAND, FEATURE_COUNTS, r"E-EXP-010 \S*:2: is empty"),
        ("", NF_CORE, r"E-EXP-010 \S*:1: is empty"),
        (
            COUNTED.replace("\t30\t0", "\t30\t0\t9"),
            FEATURE_COUNTS,
            r"E-EXP-012 \S*:3: the row has 9 cells, the header has 8",
        ),
        (COUNTED.replace("\t30\t0", "\tNA\t0"), FEATURE_COUNTS, r'E-EXP-019 \S*:3 column S1 value "NA"'),
        (
            MERGED.replace("299999.5", "299999,5"),
            NF_CORE,
            r'E-EXP-020 \S*:3 column S1 value "299999,5": .*decimal comma',
        ),
        (MERGED.replace("299999.5", "-1"), NF_CORE, r"E-EXP-022 \S*:3 column S1"),
        (MERGED.replace("299999.5", "inf"), NF_CORE, r"E-EXP-021 \S*:3 column S1"),
        (MERGED.replace("ENSG00000090932", "1-Mar"), NF_CORE, r'E-EXP-015 \S*:3 column gene name value "1-Mar"'),
        (MERGED.replace("S1", "T1"), NF_CORE, r'E-EXP-003 \S*:1 value "S1": the matrix has no such column'),
    ],
)
def test_what_is_no_such_table_is_refused_with_its_place(read, text, table, message):
    with pytest.raises(StepError, match=message):
        read(text, "counts" if table is FEATURE_COUNTS else "tpm", table)


def test_genes_of_mouse_are_refused_in_every_format(read):
    mouse = MERGED.replace("ENSG", "ENSMUSG").replace("ASCL1", "Ascl1").replace("DLL3", "Dll3").replace("TP53", "Trp53")
    with pytest.raises(StepError, match=r"E-EXP-016 .*written as for mouse or rat"):
        read(mouse, "tpm", NF_CORE)
    mouse = COUNTED.replace("ENSG00000139352.4", "Ascl1").replace("DLL3", "Dll3").replace("TP53", "Trp53")
    with pytest.raises(StepError, match=r"E-EXP-016 .*:3 column gene name"):
        read(mouse, "counts", FEATURE_COUNTS)


def test_tpm_of_nf_core_are_read_by_ensembl_id(read):
    expression = read(MERGED, "tpm", NF_CORE)
    np.testing.assert_allclose(expression.log2["S1"], np.log2(np.array([600000.5, 299999.5]) + 1))
    assert [expression.found[gene].rule for gene in USERS] == ["ensembl_gene_id", "ensembl_gene_id"]


def test_a_second_locus_of_the_name_is_another_gene(read):
    second = read(MERGED + "ENSG00000999999\tASCL1\t5\t5\n", "tpm", NF_CORE)
    assert second.log2.equals(read(MERGED, "tpm", NF_CORE).log2)


def test_names_are_read_where_the_ids_of_nf_core_are_not_those_of_ensembl(read):
    text = MERGED.replace("ENSG00000139352.4", "gene-1").replace("ENSG00000090932", "gene-2")
    text = text.replace("ENSG00000141510\tTP53", "LOC9\t")
    expression = read(text, "tpm", NF_CORE)
    assert [expression.found[gene].rule for gene in USERS] == ["symbol", "symbol"]
    assert expression.matrix.genes == ("ASCL1", "DLL3", "LOC9")


def test_estimated_counts_of_nf_core_are_counts(read):
    text = MERGED.replace("600000.5", "600.5").replace("299999.5", "29.25")
    expression = read(text, "counts", NF_CORE)
    assert expression.unit == "counts"
    assert "log2(CPM + 1)" in expression.states["S1"].reason


@pytest.mark.parametrize(("kind", "message"), [("tpm", "adds up to a million: TPM"), ("log2", "look logged")])
def test_counts_of_nf_core_that_are_something_else_are_refused(tmp_path, gene_aliases, kind, message):
    tpm = np.random.default_rng(3).lognormal(1, 2, 6000)
    tpm = tpm / tpm.sum() * 1e6
    values = {"tpm": tpm, "log2": np.log2(tpm + 1)}[kind]
    rows = [f"ENSG{row:011d}\tG{row}\t{value:.6f}\n" for row, value in enumerate(values)]
    rows[0] = rows[0].replace("ENSG00000000000", "ENSG00000139352")
    path = tmp_path / "m.tsv"
    path.write_text("gene_id\tgene_name\tS1\n" + "".join(rows))
    with pytest.raises(StepError, match=f"E-EXP-023 .*column S1: declared as counts, but .*{message}"):
        read_expression(path, "counts", ["S1"], USERS, gene_aliases, NF_CORE)


def test_a_matrix_knows_no_lengths(tmp_path):
    path = tmp_path / "m.tsv"
    path.write_text("gene\tLength\tS1\nASCL1\t702\t3\n")
    matrix, faults = read_values(path, read_layout(path, ["S1"], ()), ["S1"])
    assert (matrix.bases, matrix.is_estimated, faults) == (None, False, [])


def test_a_format_has_a_name_and_no_name_is_a_matrix():
    assert {name: format_of(name) for name in FORMATS} == FORMATS
    assert format_of(None) is MATRIX
    with pytest.raises(
        StepError,
        match=r"expression\.format is 'kallisto'; fix: say one of matrix, featurecounts, nf_core, star, salmon",
    ):
        format_of("kallisto")
