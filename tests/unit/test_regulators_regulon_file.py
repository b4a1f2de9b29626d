from __future__ import annotations

import gzip

import pytest

from sclcohort.contracts import GENE_ALIASES
from sclcohort.errors import StepError
from sclcohort.files import sha256_of
from sclcohort.regulators.regulon_file import Edge, read_edges, read_regulon, regulon_faults
from sclcohort.tables import as_frame

# The columns of CollecTRI as decoupler gives them, with made-up edges.
COLLECTRI = """source\ttarget\tweight\tresources\treferences\tsign_decision
MYC\tTERT\t1.0\tExTRI;HTRI\t10022128;10491298\tPMID
MYC\tCDKN1A\t-1.0\tExTRI\t11274368\tPMID
NFKB\tCYR61\t1.0\tSIGNOR\t\tdefault activation
AP1\tFOSL1\t0.5\tExTRI\t1\tPMID
"""


@pytest.fixture
def regulon(tmp_path):
    """Return a function that writes a regulon file."""

    def writer(text, name="net.tsv"):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8", newline="")
        return path

    return writer


@pytest.fixture
def gene_aliases():
    row = {"alias": "CYR61", "gene_symbol": "CCN1", "kind": "previous_symbol"}
    return as_frame(GENE_ALIASES, [row])


def faults_of(path):
    return [str(fault).split(f"{path.name}", 1)[1] for fault in read_edges(path)[1]]


def test_a_table_like_collectri_is_read_whatever_else_it_holds(regulon):
    edges, faults = read_edges(regulon(COLLECTRI))
    assert not faults
    assert edges[:2] == [Edge("MYC", "TERT", 1.0, 2), Edge("MYC", "CDKN1A", -1.0, 3)]
    assert len(edges) == 4


def test_commas_quotes_gzip_and_another_order_of_columns_read_the_same(regulon, tmp_path):
    expected = read_edges(regulon(COLLECTRI))
    quoted = (
        '"","weight","target","source"\r\n"1","1.0","TERT","MYC"\r\n2,-1,CDKN1A,MYC\r\n3,1,CYR61,NFKB\r\n4,.5,FOSL1,AP1'
    )
    assert read_edges(regulon("\ufeff" + quoted, "net.csv")) == expected
    packed = tmp_path / "net.tsv.gz"
    packed.write_bytes(gzip.compress(COLLECTRI.encode()))
    assert read_edges(packed) == expected


def test_targets_are_brought_to_their_approved_symbol_and_regulators_are_not(regulon, gene_aliases):
    path = regulon(COLLECTRI)
    frame = read_regulon(path, sha256_of(path), gene_aliases)
    assert frame["target"].tolist() == ["TERT", "CDKN1A", "CCN1", "FOSL1"]
    assert frame["symbol_in_source"].tolist() == ["TERT", "CDKN1A", "CYR61", "FOSL1"]
    assert frame["source"].tolist() == ["MYC", "MYC", "NFKB", "AP1"]
    assert frame["weight"].tolist() == [1.0, -1.0, 1.0, 0.5]


def test_two_names_of_one_target_are_refused(regulon, gene_aliases):
    path = regulon("source\ttarget\tweight\nYAP1\tCCN1\t1\nMYC\tCYR61\t1\nYAP1\tCYR61\t1\n")
    with pytest.raises(
        StepError, match=r"targets CCN1 \(line 2\) and CYR61 \(line 4\) of YAP1 are both the gene CCN1; fix"
    ):
        read_regulon(path, sha256_of(path), gene_aliases)


def test_another_checksum_is_refused_and_both_are_named(regulon, gene_aliases):
    path = regulon(COLLECTRI)
    (fault,) = regulon_faults(path, "a" * 64)
    assert f"its SHA-256 is {sha256_of(path)}, regulators.regulon.sha256 says {'a' * 64}; fix:" in str(fault)
    with pytest.raises(StepError, match="the regulon cannot be used:\nE-REG-008"):
        read_regulon(path, "a" * 64, gene_aliases)
    assert regulon_faults(path, sha256_of(path)) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("tf\ttarget\tmor\nA\tB\t1\n", ":1 column source: the column is missing; there are tf, target, mor; fix: name"),
        ("source,target\nA,B\n", ":1 column weight: the column is missing; there are source, target; fix: name"),
        ("source,target,weight,weight\nA,B,1,1\n", ":1 column weight: there are two columns of this name; fix: take"),
        ("source,target,weight\nA,B\n", ":2: the row has 2 cells, the header 3; fix: mend the row"),
        ("source,target,weight\nA,,1\n", ":2 column target: is empty; fix: name the gene"),
        ("source,target,weight\nA,B,up\n", ':2 column weight value "up": is no number; fix: give sign'),
        ("source,target,weight\nA,B,nan\n", ':2 column weight value "nan": is no number'),
        ("source,target,weight\nA,B,0.0\n", ':2 column weight value "0.0": a gene that is no target has no row; fix'),
        (
            "source,target,weight\nA,B,1\nA,C,1\nA,B,-1\n",
            ':4 column target value "B": the edge from A stands in line 2 already; fix: keep one of the two',
        ),
        ("source,target,weight\n", ": has no row; fix: give each regulator at least one target"),
        ("", ":1 column source: the column is missing; there are none; fix: name"),
    ],
)
def test_a_faulty_row_is_refused_with_its_place_and_the_fix(regulon, text, expected):
    assert any(fault.startswith(expected) for fault in faults_of(regulon(text)))


def test_of_many_faults_of_one_kind_five_are_listed_and_the_others_counted(regulon):
    rows = "".join(f"A,G{number},x\n" for number in range(9))
    found = faults_of(regulon(f"source,target,weight\n{rows}B,,1\n"))
    assert len(found) == 6
    assert "(and 4 more of this kind)" in found[-1]


def test_a_file_that_is_no_text_is_refused(tmp_path):
    path = tmp_path / "net.tsv.gz"
    path.write_bytes(gzip.compress(COLLECTRI.encode() * 50)[:60])
    (fault,) = faults_of(path)
    assert fault.startswith(": is not readable text")
    path.write_bytes(b"source\ttarget\tweight\n\xff\xfe\t1\t1\n")
    assert faults_of(path)[0].startswith(": is not readable text")
