from __future__ import annotations

import gzip

import numpy as np
import pytest

from sclcohort.contracts import GENE_ALIASES
from sclcohort.errors import StepError
from sclcohort.regulators.expression import read_expression
from sclcohort.regulators.salmon import read_salmon
from sclcohort.regulators.table_formats import SALMON
from sclcohort.tables import as_frame

HEADER = "Name\tLength\tEffectiveLength\tTPM\tNumReads\n"
TPM = {"T1.1": 10.0, "T2": 1.5, "T3": 0.0, "T4": 100.25, "T5": 3.0}
GENES = {"T1.1": "ASCL1", "T2": "DLL3", "T3": "TP53", "T4": "ASCL1", "T5": "DLL3"}


def quant(tpm):
    return HEADER + "".join(f"{name}\t1000\t820.5\t{value}\t7\n" for name, value in tpm.items())


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "S1").mkdir()
    (tmp_path / "S1" / "quant.sf").write_text(quant(TPM))
    (tmp_path / "S2.quant.sf").write_text(quant({name: 2 * value for name, value in TPM.items()}))
    return tmp_path


@pytest.fixture
def tx2gene(tmp_path):
    path = tmp_path / "tx2gene.tsv"
    path.write_text("".join(f"{name}\t{gene}\n" for name, gene in GENES.items()))
    return path


def test_tpm_of_transcripts_are_added_up_by_gene(folder, tx2gene):
    matrix = read_salmon(folder, ["S2", "S1"], tx2gene)
    assert (matrix.genes, matrix.samples, matrix.line_numbers) == (("ASCL1", "DLL3", "TP53"), ("S2", "S1"), (1, 2, 3))
    np.testing.assert_array_equal(matrix.numbers, [[220.5, 110.25], [9.0, 4.5], [0.0, 0.0]])
    assert matrix.notes == ("TPM of transcripts added up by gene",) * 2
    assert (matrix.file, matrix.named_in) == (str(folder), str(tx2gene))


def test_a_sample_is_read_the_same_whatever_stands_beside_it(folder, tx2gene):
    both, alone = read_salmon(folder, ["S1", "S2"], tx2gene), read_salmon(folder, ["S2"], tx2gene)
    np.testing.assert_array_equal(both.numbers[:, 1:], alone.numbers)


def test_salmon_is_scored_like_a_matrix_of_the_sums(folder, tx2gene, tmp_path):
    alias = {"alias": "CYR61", "gene_symbol": "CCN1", "kind": "previous_symbol"}
    users, aliases = {"ASCL1": ("x",), "DLL3": ("x",)}, as_frame(GENE_ALIASES, [alias])
    found = read_expression(folder, "tpm", ["S1", "S2"], users, aliases, SALMON, tx2gene=tx2gene)
    (tmp_path / "m.tsv").write_text("gene\tS1\tS2\nASCL1\t110.25\t220.5\nDLL3\t4.5\t9\nTP53\t0\t0\n")
    assert found.log2.equals(read_expression(tmp_path / "m.tsv", "tpm", ["S1", "S2"], users, aliases).log2)
    assert found.states["S1"].reason == "TPM of transcripts added up by gene"
    with pytest.raises(StepError, match=r"without expression\.tx2gene; fix: set it"):
        read_expression(folder, "tpm", ["S1"], users, aliases, SALMON)


def test_a_gene_name_at_fault_is_shown_with_its_line_of_tx2gene(folder, tx2gene):
    tx2gene.write_text(tx2gene.read_text().replace("T3\tTP53", "T3\t1-Mar"))
    aliases = as_frame(GENE_ALIASES, [])
    with pytest.raises(StepError, match=r'E-EXP-015 \S*tx2gene\.tsv:3 column gene name value "1-Mar"'):
        read_expression(folder, "tpm", ["S1"], {"ASCL1": ("x",)}, aliases, SALMON, tx2gene=tx2gene)


@pytest.mark.parametrize("name", ["S9/quant.sf", "S9.quant.sf", "S9_quant.sf", "S9/quant.sf.gz"])
def test_a_file_is_found_in_the_folder_of_the_sample_or_by_its_name(tmp_path, tx2gene, name):
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(gzip.compress(quant(TPM).encode()) if name.endswith("gz") else quant(TPM).encode())
    assert SALMON.file_of(tmp_path, "S9") == path
    assert read_salmon(tmp_path, ["S9"], tx2gene).numbers.sum() == sum(TPM.values())


def many(without, tpm_of_them=1.0):
    """Return 100 transcripts, of which the last few have no gene."""
    return {f"T{row}": tpm_of_them if row >= 100 - without else 10.0 for row in range(100)}


def test_few_transcripts_without_a_gene_are_left_out_and_counted(tmp_path, tx2gene):
    (tmp_path / "S.quant.sf").write_text(quant(many(5)))
    tx2gene.write_text("".join(f"T{row}\tG{row}\n" for row in range(95)))
    matrix = read_salmon(tmp_path, ["S"], tx2gene)
    assert (len(matrix.genes), matrix.numbers.sum()) == (95, 950)
    assert matrix.notes == (
        "TPM of transcripts added up by gene; 5 of 100 transcripts, 0.52% of the TPM, have no gene and are left out",
    )


def test_more_than_five_per_cent_without_a_gene_are_refused_by_number_or_by_tpm(tmp_path, tx2gene):
    tx2gene.write_text("".join(f"T{row}\tG{row}\n" for row in range(94)))
    (tmp_path / "S.quant.sf").write_text(quant(many(6)))
    message = (
        r'E-EXP-031 \S*:96 column Name value "T94": 6 of 100 transcripts \(6%\) have no gene in \S*, this one first'
    )
    with pytest.raises(StepError, match=message):
        read_salmon(tmp_path, ["S"], tx2gene)
    tx2gene.write_text("".join(f"T{row}\tG{row}\n" for row in range(99)))
    (tmp_path / "S.quant.sf").write_text(quant(many(1, 99.0)))
    with pytest.raises(StepError, match=r"E-EXP-031 \S*S\.quant\.sf: 9% of the TPM are of transcripts without a gene"):
        read_salmon(tmp_path, ["S"], tx2gene)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (quant(TPM).replace("TPM", "FPKM", 1), r"E-EXP-024 \S*S2\.quant\.sf:1: the header is Name, Length, Effective"),
        ("", r"E-EXP-024 \S*:1: the header is , not Name"),
        (HEADER, r"E-EXP-010 \S*: has no transcript"),
        (quant(TPM).replace("\t1.5\t7", "\t1.5"), r"E-EXP-012 \S*:3: the row has 4 cells, not 5"),
        (quant(TPM).replace("\t1.5\t", "\t1,5\t"), r'E-EXP-020 \S*:3 column TPM value "1,5": the number has a decimal'),
        (quant(TPM).replace("\t1.5\t", "\t1_5\t"), r'E-EXP-020 \S*:3 column TPM value "1_5": the cell is no number'),
        (quant(TPM).replace("\t1.5\t", "\t-1.5\t"), r'E-EXP-022 \S*:3 column TPM value "-1\.5": the value is negative'),
        (quant(TPM).replace("\t1.5\t", "\tnan\t"), r'E-EXP-019 \S*:3 column TPM value "nan": the value is missing'),
        (quant(TPM).replace("\t1.5\t", "\tinf\t"), r'E-EXP-021 \S*:3 column TPM value "inf": the value is not finite'),
        (
            quant(dict(reversed(TPM.items()))),
            r"E-EXP-028 \S*S2\.quant\.sf: has other transcripts than \S*quant\.sf, or",
        ),
        (quant(TPM).replace("T5", "T6"), r"E-EXP-028 \S*S2\.quant\.sf: has other transcripts than"),
    ],
)
def test_what_salmon_did_not_write_is_refused_with_its_place(folder, tx2gene, text, message):
    (folder / "S2.quant.sf").write_text(text)
    with pytest.raises(StepError, match=message):
        read_salmon(folder, ["S1", "S2"], tx2gene)


def test_a_transcript_that_stands_twice_is_refused(folder, tx2gene):
    (folder / "S2.quant.sf").write_text(quant(TPM) + "T2\t1\t1\t1\t1\n")
    with pytest.raises(StepError, match=r'E-EXP-028 \S*:7 column Name value "T2": the transcript stands twice'):
        read_salmon(folder, ["S2"], tx2gene)


def test_a_sample_without_a_file_and_one_file_of_two_samples_are_refused(folder, tx2gene):
    with pytest.raises(StepError, match=r'E-EXP-003 .*value "S3": the folder has no S3/quant\.sf; fix: correct'):
        read_salmon(folder, ["S1", "S3"], tx2gene)
    (folder / "S2").mkdir()
    (folder / "S2" / "quant.sf").write_text(quant(TPM))
    with pytest.raises(StepError, match=r'E-EXP-002 .*value "\./S2": is the file of S2 too'):
        read_salmon(folder, ["S2", "./S2"], tx2gene)


def test_bytes_that_are_no_text_are_refused(folder, tx2gene):
    (folder / "S2.quant.sf").write_bytes(b"\xff\xfe")
    with pytest.raises(StepError, match="E-EXP-001 "):
        read_salmon(folder, ["S2"], tx2gene)
