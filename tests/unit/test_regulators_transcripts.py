from __future__ import annotations

import gzip

import pytest

from sclcohort.regulators.transcripts import plain_transcript, read_transcripts

ROWS = "ENST00000000001.3\tENSG00000139352.4\tASCL1\nENST00000000002.1\tENSG00000139352.4\tASCL1\nNM_7\tDLL3\tDLL3\n"


@pytest.mark.parametrize("header", ["", "transcript_id\tgene_id\tgene_name\n", "TXNAME\tGENEID\tx\n"])
@pytest.mark.parametrize("delimiter", ["\t", ","])
@pytest.mark.parametrize("packed", [False, True])
def test_a_table_is_read_with_or_without_header_as_tsv_or_csv(tmp_path, header, delimiter, packed):
    text = (header + ROWS).replace("\t", delimiter).encode()
    (tmp_path / "t").write_bytes(gzip.compress(text) if packed else text)
    found, faults = read_transcripts(tmp_path / "t")
    assert faults == []
    assert len(found.gene_of) == 3
    first = 2 if header else 1
    assert found.line_of == {"ENSG00000139352.4": first, "DLL3": first + 2}


@pytest.mark.parametrize(
    ("name", "gene"),
    [
        ("ENST00000000001.3", "ENSG00000139352.4"),
        ("ENST00000000001.9", "ENSG00000139352.4"),
        ("ENST00000000001", "ENSG00000139352.4"),
        ("ENST00000000002.1|ENSG00000139352.4|OTT|ASCL1-201|", "ENSG00000139352.4"),
        ("NM_7", "DLL3"),
        ("NM_7.2", None),
        ("ENST00000000001.3_PAR_Y", None),
        ("ENST00000000003.1", None),
    ],
)
def test_versions_and_what_stands_after_a_bar_need_not_agree(tmp_path, name, gene):
    (tmp_path / "t").write_text(ROWS)
    assert read_transcripts(tmp_path / "t")[0].find(name) == gene


def test_the_copy_of_a_transcript_on_chromosome_y_keeps_its_mark():
    assert plain_transcript("ENST00000381192.10_PAR_Y") == "ENST00000381192_PAR_Y"
    assert plain_transcript("NM_1.2") == "NM_1.2"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "T1\tA\nT1\tB\n",
            'E-EXP-030 T:2 column gene value "B": the transcript belongs to A in a row above; fix: keep',
        ),
        (
            "ENST00000000001.1\tA\nENST00000000001.2\tB\n",
            'E-EXP-030 T:2 column gene value "B": the transcript belongs to A',
        ),
        ("T1\tA\nT2\n", "E-EXP-030 T:2: the row has no gene; fix: give transcript and gene"),
        ("T1\tA\nT2\t \n", "E-EXP-030 T:2: the row has no gene"),
        ("T1\tA\n\tB\n", "E-EXP-030 T:2: the row has no transcript"),
        ("tx,gene\n", "E-EXP-030 T: has no row; fix: give transcript and gene"),
        ("", "E-EXP-030 T: has no row"),
        ("\x00", "E-EXP-"),
    ],
)
def test_a_table_that_gives_no_gene_or_two_is_refused(tmp_path, monkeypatch, text, message):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "T").write_text(text)
    (fault,) = read_transcripts(tmp_path.__class__("T"))[1]
    assert message in str(fault)


def test_a_row_that_stands_twice_is_no_fault(tmp_path):
    (tmp_path / "t").write_text("T1\tA\nT1\tA\n\nENST00000000001.1\tB\nENST00000000001.2\tB\n")
    found, faults = read_transcripts(tmp_path / "t")
    assert (faults, found.find("ENST00000000001.5"), found.line_of["B"]) == ([], "B", 4)


def test_bytes_that_are_no_text_are_refused(tmp_path):
    (tmp_path / "t").write_bytes(b"T1\tA\n\xff\xfe\n")
    (fault,) = read_transcripts(tmp_path / "t")[1]
    assert fault.code == "E-EXP-001"
