from __future__ import annotations

import gzip
import hashlib
import logging
from pathlib import Path

import pytest

from sclcohort.contracts import GENE_ALIASES
from sclcohort.errors import StepError
from sclcohort.regulators.gene_names import OtherNames
from sclcohort.regulators.genes import check_aliases, find_genes, unclear_rows
from sclcohort.regulators.hgnc import Record, extend_aliases, hgnc_faults, read_hgnc
from sclcohort.tables import as_frame

HEADER = "hgnc_id\tsymbol\tname\tstatus\talias_symbol\tprev_symbol\tentrez_id\tensembl_gene_id\n"
ROWS = (
    ("KMT2D", '"ALR|CAGL114"', '"MLL2|TNRC21"', "8085", "ENSG00000167548"),
    ("KMT2B", "MLL2", "WBP7", "9757", "ENSG00000272333"),
    ("NKX2-1", "TTF1", "TITF1", "7080", "ENSG00000136352"),
    ("TTF1", "", "", "7270", "ENSG00000125482"),
    ("BAZ2A", '"TIP5|P1"', "", "11176", ""),
    ("SPRY3", "P1", "", "", "ENSG00000168939"),
    ("SLX9X", "", "SLX9", "85395", "ENSG00000160256"),
)


def table(rows=ROWS):
    lines = (
        f"HGNC:{number}\t{symbol}\tany\tApproved\t{aliases}\t{previous}\t{entrez}\t{ensembl}\n"
        for number, (symbol, aliases, previous, entrez, ensembl) in enumerate(rows, start=1)
    )
    return HEADER + "".join(lines)


def digest(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.fixture
def hgnc(tmp_path):
    path = tmp_path / "hgnc_complete_set.txt"
    path.write_text(table())
    return path


def aliases(*rows):
    return as_frame(GENE_ALIASES, (dict(zip(("alias", "gene_symbol", "kind"), row, strict=True)) for row in rows))


@pytest.fixture
def extend(hgnc):
    """Return a function that extends a table of aliases; it returns alias to gene and kind, and the unclear names."""

    def extender(*rows, used=()):
        frame, unclear = extend_aliases(aliases(*rows), hgnc, digest(hgnc), used)
        assert frame["alias"].is_unique
        return dict(zip(frame["alias"], zip(frame["gene_symbol"], frame["kind"], strict=True), strict=True)), unclear

    return extender


def test_names_and_ids_of_every_gene_are_read(hgnc):
    records, faults = read_hgnc(hgnc)
    assert faults == []
    assert len(records) == 7
    assert records[0] == Record("KMT2D", ("MLL2", "TNRC21"), ("ALR", "CAGL114"), "8085", "ENSG00000167548")
    packed = hgnc.with_suffix(".gz")
    packed.write_bytes(gzip.compress(hgnc.read_bytes()))
    assert read_hgnc(packed)[0] == records


def test_withdrawn_genes_are_passed_over(hgnc):
    hgnc.write_text(table() + "HGNC:9\tOLD1~withdrawn\tany\tEntry Withdrawn\t\t\t\t\n\n")
    assert len(read_hgnc(hgnc)[0]) == 7


def test_old_symbols_aliases_and_ids_become_names_of_their_gene(extend):
    names, _ = extend()
    assert names["TNRC21"] == ("KMT2D", "previous_symbol")
    assert names["ALR"] == ("KMT2D", "alias")
    assert names["ENSG00000167548"] == ("KMT2D", "ensembl_gene_id")
    assert names["8085"] == ("KMT2D", "entrez_gene_id")


def test_approved_symbols_win_and_names_of_two_genes_are_unclear(extend):
    names, unclear = extend()
    assert "TTF1" not in names
    assert unclear == {"MLL2": ("KMT2B", "KMT2D"), "P1": ("BAZ2A", "SPRY3")}
    assert not set(names) & set(unclear)


def test_what_the_resource_table_decides_between_the_genes_of_hgnc_stays_decided(extend):
    names, unclear = extend(("MLL2", "KMT2D", "previous_symbol"), ("HRX2", "KMT2D", "alias"))
    assert names["MLL2"] == ("KMT2D", "previous_symbol")
    assert names["HRX2"] == ("KMT2D", "alias")
    assert set(unclear) == {"P1"}


def test_a_name_that_hgnc_gives_to_other_genes_alone_becomes_unclear(extend):
    names, unclear = extend(("TIP5", "RB1", "alias"))
    assert "TIP5" not in names
    assert unclear["TIP5"] == ("BAZ2A", "RB1")


def test_an_alias_that_hgnc_has_approved_since_is_dropped_and_said(extend, caplog):
    with caplog.at_level(logging.WARNING):
        names, _ = extend(("SPRY3", "RB1", "alias"))
    assert "SPRY3" not in names
    assert "SPRY3 is the approved symbol of a gene in the HGNC table: no longer a name of RB1" in caplog.text


def test_ids_are_those_of_hgnc_where_it_has_one_and_a_difference_is_said(extend, caplog):
    with caplog.at_level(logging.WARNING):
        names, _ = extend(
            ("ENSG00000000009", "KMT2D", "ensembl_gene_id"),
            ("ENSG00000000008", "BAZ2A", "ensembl_gene_id"),
            ("5925", "RB1", "entrez_gene_id"),
        )
    assert "ENSG00000000009" not in names
    assert names["ENSG00000000008"] == ("BAZ2A", "ensembl_gene_id")
    assert names["5925"] == ("RB1", "entrez_gene_id")
    assert "KMT2D has the ensembl_gene_id ENSG00000167548 in the HGNC table, not ENSG00000000009" in caplog.text


def test_a_gene_that_hgnc_has_renamed_keeps_the_name_that_the_workflow_uses(extend):
    names, _ = extend(used=("SLX9",))
    assert names["SLX9X"] == ("SLX9", "alias")
    assert names["ENSG00000160256"] == ("SLX9", "ensembl_gene_id")
    assert "SLX9" not in names
    assert extend()[0]["SLX9"] == ("SLX9X", "previous_symbol")


def test_a_symbol_that_the_workflow_uses_is_no_name_of_another_gene(extend):
    names, unclear = extend(used=("ALR", "P1"))
    assert not {"ALR", "P1"} & {*names, *unclear}


def test_names_that_look_like_ids_are_not_read(hgnc):
    hgnc.write_text(table([("A1", "7080|X1| |ENSG00000000009.2", "", "1", "")]))
    assert read_hgnc(hgnc)[0][0].aliases == ("X1",)


def test_an_id_of_two_genes_is_of_none(hgnc, extend):
    hgnc.write_text(table([("A1", "", "", "1", "ENSG00000000001"), ("A2", "", "", "2", "ENSG00000000001")]))
    assert set(extend(("ENSG00000000001", "A1", "ensembl_gene_id"))[0]) == {"1", "2"}


def test_the_extended_names_find_genes_and_leave_unclear_ones_to_be_refused(hgnc):
    frame, unclear = extend_aliases(aliases(), hgnc, digest(hgnc), ())
    check_aliases(frame, ["KMT2D", "TTF1"])
    names = ["TNRC21", "TTF1", "P1"]
    found, ambiguous = find_genes(names, ["BAZ2A", "KMT2D", "NKX2-1"], frame)
    assert [found[gene].rule for gene in ("BAZ2A", "KMT2D", "NKX2-1")] == ["missing", "alias", "missing"]
    assert (found["KMT2D"].rows, ambiguous) == ((0,), [])
    assert unclear_rows(names, found, OtherNames(unclear=unclear)) == [("P1", 2, ("BAZ2A", "SPRY3"))]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (table().replace("prev_symbol", "prev"), "E-HGNC-002 T:1 column prev_symbol: the column is missing; fix: give"),
        (table().replace("name", "symbol", 1), "E-HGNC-002 T:1 column symbol: there are two columns of this name"),
        (table() + "HGNC:9\tX\n", "E-HGNC-003 T:9: the row has 2 cells, the header 8; fix: download the table again"),
        (table([("", "", "", "", "")]), "E-HGNC-004 T:2 column symbol: is empty"),
        (table([*ROWS, ROWS[0]]), 'E-HGNC-005 T:9 column symbol value "KMT2D": the symbol has a row above; fix: keep'),
        (table([("A", "", "", "7.1E3", "")]), 'E-HGNC-006 T:2 column entrez_id value "7.1E3": is not an integer; fix:'),
        (table([("A", "", "", "", "ENSMUSG1")]), 'E-HGNC-006 T:2 column ensembl_gene_id value "ENSMUSG1": is not ENSG'),
        (HEADER, "E-HGNC-007 T: has no approved gene"),
        ("", "E-HGNC-002 T:1 column hgnc_id: the column is missing"),
    ],
)
def test_what_hgnc_did_not_write_is_refused_with_its_place(tmp_path, monkeypatch, text, message):
    monkeypatch.chdir(tmp_path)
    Path("T").write_text(text)
    fault, *_ = hgnc_faults(Path("T"), digest(Path("T")))
    assert message in str(fault)


def test_bytes_that_are_no_text_are_refused(hgnc):
    hgnc.write_bytes(b"\xff\xfe")
    (fault,) = read_hgnc(hgnc)[1]
    assert fault.code == "E-HGNC-001"


def test_a_damaged_gzip_file_is_refused(hgnc):
    packed = bytearray(gzip.compress(table().encode() * 40))
    packed[40:60] = b"\xff" * 20
    hgnc.write_bytes(packed)
    (fault,) = read_hgnc(hgnc)[1]
    assert fault.code == "E-HGNC-001"


def test_another_checksum_is_refused_before_anything_else(hgnc):
    hgnc.write_text("no table")
    (fault,) = hgnc_faults(hgnc, "0" * 64)
    assert fault.code == "E-HGNC-008"
    assert f"its SHA-256 is {digest(hgnc)}, expression.hgnc.sha256 says {'0' * 64}" in fault.found
    with pytest.raises(StepError, match="the HGNC table cannot be used:\nE-HGNC-008 "):
        extend_aliases(aliases(), hgnc, "0" * 64, ())
