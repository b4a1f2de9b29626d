from __future__ import annotations

import pytest

from sclcohort.errors import Fault
from sclcohort.regulators.name_faults import first_of, likely_gene, name_faults

DAMAGED = [
    ("1-Mar", "MARCHF1"),
    ("01-Mar", "MARCHF1"),
    ("Mar-01", "MARCHF1"),
    ("MAR-11", "MARCHF11"),
    ("2-Mar-21", "MARCHF2"),
    ("2-Mar-2021", "MARCHF2"),
    ("X1.Mar", "MARCHF1"),
    ("2-Sep", "SEPTIN2"),
    ("Sep-02", "SEPTIN2"),
    ("15-Sept", "SEPTIN15"),
    ("9/Sep", "SEPTIN9"),
    ("9 Sep", "SEPTIN9"),
    ("1-Dec", "DELEC1"),
    ("Dec-01", "DELEC1"),
    ("4-Oct", "POU"),
    ("Oct-04", "POU"),
    ("1-Apr", "reads as a date"),
    ("2-Feb", "reads as a date"),
    ("5-Nov", "reads as a date"),
    ("Mar-2001", "reads as a date"),
    ("2021-03-01", "reads as a date"),
    ("2021/03/01", "reads as a date"),
    ("01.03.2021", "reads as a date"),
    ("3/1/21", "reads as a date"),
    ("3/1/2021", "reads as a date"),
    ("2021-03-01 00:00:00", "reads as a date"),
    ("44256", "reads as a date"),
    ("37500", "reads as a date"),
    ("44256.0", "reads as a date"),
    ("2.31E+13", "letter E"),
    ("2E10", "letter E"),
    ("5.00e+12", "letter E"),
]
UNDAMAGED = [
    "TP53",
    "SEPTIN2",
    "SEPT2",
    "MARCHF1",
    "MARCH1",
    "DEC1",
    "C11orf53",
    "HLA-DRB1",
    "NKX2-1",
    "7SK",
    "5S_rRNA",
    "ENSG00000141510.18",
    "RP11-34P13.7",
    "AC004556.1",
    "H3C2",
    "OCLN",
    "MARS1",
    "NOVA1",
    "SEPSECS",
    "MT-ND1",
]


@pytest.mark.parametrize(("name", "gene"), DAMAGED)
def test_what_a_spreadsheet_makes_of_a_gene_is_recognised(name, gene):
    assert gene in (likely_gene(name) or "")


@pytest.mark.parametrize(
    "name",
    UNDAMAGED,
)
def test_a_gene_is_not_taken_for_spreadsheet_damage(name):
    assert likely_gene(name) is None


def test_each_damaged_row_is_named_with_its_line():
    faults = name_faults(["TP53", "1-Mar", "RB1", "2-Sep"], [2, 3, 5, 6], "m.tsv")
    assert [(fault.code, fault.row, fault.value) for fault in faults] == [
        ("E-EXP-015", 3, "1-Mar"),
        ("E-EXP-015", 6, "2-Sep"),
    ]
    assert "likely MARCHF1" in faults[0].found


def test_every_form_among_genes_is_listed_with_its_row_and_the_likely_gene():
    assert len(DAMAGED) >= 30
    for form, gene in DAMAGED:
        (fault,) = name_faults(["TP53", "RB1", form], [2, 3, 4], "m.tsv")
        assert (fault.code, fault.row, fault.value) == ("E-EXP-015", 4, form)
        assert gene in fault.found
    names = [*UNDAMAGED * 3, *(form for form, _ in DAMAGED)]
    *_, last = name_faults(names, list(range(2, len(names) + 2)), "m.tsv")
    assert f"and {len(DAMAGED) - 5} more of this kind" in last.found


def test_an_empty_gene_name_is_a_fault():
    (fault,) = name_faults(["TP53", " ", "RB1"], [2, 3, 4], "m.tsv")
    assert (fault.code, fault.row) == ("E-EXP-014", 3)


def test_a_column_of_numbers_is_entrez_ids_and_not_a_column_of_dates():
    assert name_faults(["44256", "7157", "100"], [2, 3, 4], "m.tsv") == []


def test_numbers_that_count_the_rows_are_refused():
    for first in (0, 1):
        (fault,) = name_faults([str(first + row) for row in range(4)], [2, 3, 4, 5], "m.tsv")
        assert str(fault) == (
            f'E-EXP-017 m.tsv:2 column gene name value "{first}": the row names count the rows: they are no gene ids; '
            "fix: export the matrix with the genes' names"
        )


def test_another_name_among_entrez_ids_is_refused_with_its_row():
    (fault,) = name_faults(["44256", "7157", "MYC", "100"], [2, 3, 4, 5], "m.tsv")
    assert str(fault) == (
        'E-EXP-017 m.tsv:4 column gene name value "MYC": 75% of the row names are numbers (Entrez ids?), and this one '
        "is none; fix: name all rows by one kind of id, or take the row out if it is no gene"
    )


def test_human_genes_are_not_taken_for_those_of_another_organism():
    names = ["ASCL1", "C11orf53", "ENSG00000141510", "snoU13", "Y_RNA"]
    assert name_faults(names, list(range(2, 7)), "m.tsv") == []


def test_many_faults_of_one_kind_are_listed_five_times_and_counted():
    faults = [Fault("E", "m.tsv", "found", "fix", row) for row in range(2, 14)]
    shown = first_of(faults)
    assert [fault.row for fault in shown] == [2, 3, 4, 5, 6]
    assert shown[-1].found == "found (and 7 more of this kind)"
    assert first_of(faults[:5]) == faults[:5]
    assert first_of([]) == []
