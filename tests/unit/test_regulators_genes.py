from __future__ import annotations

import pytest

from sclcohort.contracts import GENE_ALIASES, GENE_SETS, NE_SIGNATURE, RESISTANCE_RULES
from sclcohort.errors import TableError
from sclcohort.regulators.gene_names import OtherNames
from sclcohort.regulators.genes import (
    check_aliases,
    find_genes,
    genes_of_rules,
    genes_used,
    mapping_faults,
    mapping_table,
    unclear_faults,
    unclear_rows,
)
from sclcohort.tables import as_frame


def aliases(*rows):
    names = ("alias", "gene_symbol", "kind")
    return as_frame(GENE_ALIASES, (dict(zip(names, row, strict=True)) for row in rows))


@pytest.fixture
def gene_aliases():
    """Three names of KMT2D and one of CCN1."""
    return aliases(
        ("MLL2", "KMT2D", "previous_symbol"),
        ("TNRC21", "KMT2D", "previous_symbol"),
        ("ENSG00000167548", "KMT2D", "ensembl_gene_id"),
        ("CYR61", "CCN1", "previous_symbol"),
    )


@pytest.fixture
def rules():
    features = {"r1": "expression:SLFN11", "r2": "subtype", "r3": "expression:NKX2-1 & expression:HLA-A", "r4": "ne"}
    return as_frame(RESISTANCE_RULES, ({"rule_id": rule, "feature": feature} for rule, feature in features.items()))


def test_a_gene_is_found_by_its_approved_symbol(gene_aliases):
    found, ambiguous = find_genes(["TP53", "KMT2D"], ["KMT2D"], gene_aliases)
    assert (found["KMT2D"].rows, found["KMT2D"].rule, found["KMT2D"].reason) == ((1,), "symbol", "")
    assert ambiguous == []


def test_a_gene_is_found_by_an_old_symbol(gene_aliases):
    found, _ = find_genes(["TP53", "MLL2"], ["KMT2D"], gene_aliases)
    assert (found["KMT2D"].rows, found["KMT2D"].name, found["KMT2D"].rule) == ((1,), "MLL2", "alias")


@pytest.mark.parametrize("name", ["ENSG00000167548", "ENSG00000167548.20", "ENSG00000167548.20_PAR_Y"])
def test_a_gene_is_found_by_its_ensembl_id_whatever_the_version(gene_aliases, name):
    found, _ = find_genes(["TP53", name], ["KMT2D"], gene_aliases)
    assert (found["KMT2D"].rows, found["KMT2D"].name, found["KMT2D"].rule) == ((1,), name, "ensembl_gene_id")


def test_a_gene_without_a_row_is_missing_with_its_reason(gene_aliases):
    found, ambiguous = find_genes(["TP53"], ["KMT2D"], gene_aliases)
    assert (found["KMT2D"].rows, found["KMT2D"].rule) == ((), "missing")
    assert "no row" in found["KMT2D"].reason
    assert ambiguous == []


def test_the_approved_symbol_wins_over_an_alias_and_says_so(gene_aliases):
    found, ambiguous = find_genes(["MLL2", "KMT2D"], ["KMT2D"], gene_aliases)
    assert (found["KMT2D"].rows, found["KMT2D"].rule) == ((1,), "symbol")
    assert found["KMT2D"].reason == "row MLL2 not used: the approved symbol has a row"
    assert ambiguous == []


def test_two_old_names_of_one_gene_are_refused_not_guessed(gene_aliases):
    names = ["MLL2", "TP53", "TNRC21"]
    found, ambiguous = find_genes(names, ["KMT2D"], gene_aliases)
    assert found["KMT2D"].rule == "missing"
    (fault,) = mapping_faults(ambiguous, "m.tsv", [2, 3, 4])
    assert str(fault) == (
        'E-EXP-018 m.tsv:2 column gene name value "MLL2": rows MLL2 (line 2), TNRC21 (line 4) all claim the gene '
        "KMT2D; fix: keep one of them, or name it KMT2D"
    )


def test_repeated_rows_are_taken_together_and_counted(gene_aliases):
    found, _ = find_genes(["CYR61", "TP53", "CYR61"], ["CCN1"], gene_aliases)
    assert found["CCN1"].rows == (0, 2)
    assert found["CCN1"].reason == "2 rows of this name, taken together"


def test_two_versions_of_one_ensembl_id_are_repeated_rows(gene_aliases):
    found, _ = find_genes(["ENSG00000167548.1", "ENSG00000167548.2"], ["KMT2D"], gene_aliases)
    assert found["KMT2D"].rows == (0, 1)
    assert found["KMT2D"].name == "ENSG00000167548.1,ENSG00000167548.2"


@pytest.fixture
def entrez():
    return aliases(("8085", "KMT2D", "entrez_gene_id"), ("7157", "TP53", "entrez_gene_id"))


def test_rows_named_by_integers_alone_are_found_by_their_entrez_id(entrez):
    found, ambiguous = find_genes(["7157", "8085", "7157"], ["KMT2D", "TP53", "RB1"], entrez)
    assert (found["KMT2D"].rows, found["KMT2D"].name, found["KMT2D"].rule) == ((1,), "8085", "entrez_gene_id")
    assert (found["TP53"].rows, found["TP53"].reason) == ((0, 2), "2 rows of this name, taken together")
    assert (found["RB1"].rule, ambiguous) == ("missing", [])


def test_an_integer_among_symbols_is_no_entrez_id(entrez):
    found, _ = find_genes(["7157", "KMT2D"], ["KMT2D", "TP53"], entrez)
    assert (found["TP53"].rule, found["KMT2D"].rule, found["KMT2D"].reason) == ("missing", "symbol", "")


@pytest.fixture
def gene_model(tmp_path):
    """Return a function that writes a gene model of ids and names."""

    def maker(**names):
        path = tmp_path / "genes.gff3"
        lines = (f"1\te\tgene\t1\t9\t.\t+\t.\tID=gene:{key};Name={value}\n" for key, value in names.items())
        path.write_text("".join(lines))
        return OtherNames(path)

    return maker


def test_an_ensembl_id_that_the_table_does_not_know_is_named_by_the_gene_model(gene_aliases, gene_model):
    others = gene_model(ENSG00000000001="SLFN11", ENSG00000000002="CYR61", ENSG00000000003="OTHER")
    names = ["ENSG00000000002.7", "ENSG00000000001.1", "ENSG00000000003"]
    found, ambiguous = find_genes(names, ["CCN1", "SLFN11", "RB1"], gene_aliases, others)
    assert [found["SLFN11"].rows, found["SLFN11"].name, found["SLFN11"].rule, found["SLFN11"].reason] == [
        *((1,), "ENSG00000000001.1", "ensembl_gene_id", "named by the gene model"),
    ]
    # The model has an old symbol of the gene.
    assert (found["CCN1"].rows, found["RB1"].rule, ambiguous) == ((0,), "missing", [])
    assert find_genes(names, ["SLFN11"], gene_aliases)[0]["SLFN11"].rule == "missing"


def test_rows_that_the_gene_model_gives_one_name_are_taken_together(gene_aliases, gene_model):
    others = gene_model(ENSG00000000001="MATR3", ENSG00000000002="MATR3")
    found, _ = find_genes(["ENSG00000000002", "X", "ENSG00000000001"], ["MATR3"], gene_aliases, others)
    assert found["MATR3"].rows == (0, 2)
    assert found["MATR3"].reason == "2 rows of this name, taken together; named by the gene model"


def test_where_table_and_gene_model_disagree_the_table_decides_and_both_genes_say_so(gene_aliases, gene_model):
    others = gene_model(ENSG00000167548="SLFN11", ENSG00000000001="KMT2D")
    names = ["ENSG00000167548.20", "ENSG00000000001"]
    found, ambiguous = find_genes(names, ["KMT2D", "SLFN11"], gene_aliases, others)
    assert (found["KMT2D"].rows, found["SLFN11"].rows, ambiguous) == ((0,), (), [])
    assert found["KMT2D"].reason == (
        "the gene model names ENSG00000167548 SLFN11; HGNC decides; "
        "row ENSG00000000001 not used, though the gene model names it so too"
    )
    assert found["SLFN11"].reason == (
        "the matrix has no row of this name or of an alias; "
        "the gene model gives the name to ENSG00000167548, which HGNC has as KMT2D"
    )


def test_a_gene_model_that_agrees_by_an_old_symbol_is_no_disagreement(gene_aliases, gene_model):
    found, _ = find_genes(["ENSG00000167548"], ["KMT2D"], gene_aliases, gene_model(ENSG00000167548="MLL2"))
    assert (found["KMT2D"].rule, found["KMT2D"].reason) == ("ensembl_gene_id", "")


def test_a_matrix_without_ensembl_ids_does_not_ask_the_gene_model(gene_aliases, tmp_path):
    found, _ = find_genes(["KMT2D"], ["KMT2D"], gene_aliases, OtherNames(tmp_path / "none.gff3"))
    assert found["KMT2D"].rule == "symbol"


def test_a_name_of_two_genes_is_a_fault_where_one_of_them_has_no_other_row(gene_aliases):
    others = OtherNames(unclear={"TTF1": ("NKX2-1", "TTF2"), "P1": ("KMT2D", "RB1")})
    names = ["KMT2D", "TTF1", "P1"]
    found, _ = find_genes(names, ["KMT2D", "NKX2-1"], gene_aliases, others)
    unclear = unclear_rows(names, found, others)
    assert unclear == [("TTF1", 1, ("NKX2-1", "TTF2"))]
    (fault,) = unclear_faults(unclear, "m.tsv", [2, 3, 4])
    assert str(fault) == (
        'E-EXP-032 m.tsv:3 column gene name value "TTF1": by the HGNC table the name could mean NKX2-1 or TTF2, and '
        "one of them has no other row; fix: name the row by the approved symbol of the gene that is meant"
    )


@pytest.mark.parametrize(("approved", "alias"), [((), "CCN1"), (("TTF1",), "TTF1")])
def test_an_alias_that_is_the_symbol_of_a_gene_is_refused(gene_aliases, approved, alias):
    table = aliases(("CYR61", "CCN1", "previous_symbol"), (alias, "NKX2-1", "alias"))
    with pytest.raises(TableError, match=f"alias {alias} of NKX2-1 is the approved symbol"):
        check_aliases(table, approved)
    check_aliases(gene_aliases, ["KMT2D", "CCN1"])


def test_genes_of_rules_are_read_from_the_expression_features(rules):
    assert genes_of_rules(rules) == {"HLA-A": ["r3"], "NKX2-1": ["r3"], "SLFN11": ["r1"]}


def test_genes_used_names_every_user_of_every_gene(rules):
    sets = as_frame(
        GENE_SETS,
        (
            {"gene_set": "programme_a", "gene_symbol": "DLL3"},
            {"gene_set": "programme_y", "gene_symbol": "YAP1"},
        ),
    )
    signature = as_frame(NE_SIGNATURE, ({"gene_symbol": gene} for gene in ("ASCL1", "YAP1")))
    users = genes_used(sets, signature, rules)
    assert list(users) == sorted(users)
    assert users["ASCL1"] == ("lineage_factor", "ne_score", "regulator")
    assert users["YAP1"] == ("lineage_factor", "ne_score", "programme_y", "regulator")
    assert users["DLL3"] == ("programme_a",)
    assert users["SLFN11"] == ("resistance:r1",)
    assert {"NEUROD1", "POU2F3"} <= set(users)


def test_the_mapping_table_has_one_row_for_each_gene(gene_aliases):
    users = {"CCN1": ("ne_score",), "KMT2D": ("a", "b")}
    found, _ = find_genes(["CYR61"], list(users), gene_aliases)
    table = mapping_table(found, users).set_index("gene_symbol")
    assert table.loc["CCN1", ["name_in_matrix", "rule", "used_by"]].tolist() == ["CYR61", "alias", "ne_score"]
    assert table.loc["KMT2D", ["name_in_matrix", "rule", "used_by"]].tolist() == ["", "missing", "a,b"]
