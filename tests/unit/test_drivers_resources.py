"""The tables of driver genes and hotspots: their contracts, their facts, and what the reader refuses."""

from __future__ import annotations

import csv
import importlib.util
import itertools
import re

import pytest

from sclcohort.contracts import DRIVER_GENES, EVENT_TYPES, HOTSPOTS
from sclcohort.drivers.changes import parse_protein_change
from sclcohort.drivers.genes import read_driver_genes
from sclcohort.drivers.hotspots import read_hotspots
from sclcohort.errors import TableError
from sclcohort.tables import read_rows, write_rows

SECTION_1 = """
    TP53 RB1 TP73 NOTCH1 NOTCH2 NOTCH3 NOTCH4 KMT2D CREBBP EP300 PTEN PIK3CA MYC MYCL MYCN SOX2 FGFR1 CCND1 CCND2 CDK4
    MDM2 CDKN2A CCNE1 KIT PDGFRA KDR RBL1 RBL2 KEAP1 NFE2L2 STK11 EGFR KRAS ALK SMARCA4 ARID1A APC CHD8 MSH2 MSH6 ATM
    BRCA2 RAD51D CHEK1 MUTYH SLIT2 EPHA7 FMN2 COL22A1 CRACD ASPM ALMS1 PDE4DIP FAT1 LRP1B CDH10 NFIB KDM6A SETD2 BCOR
    MGA TSC2 NF1 TET2 FBXW7 B2M
"""


@pytest.fixture
def genes(repository):
    return read_driver_genes(repository / "resources" / "driver_genes.tsv")


@pytest.fixture
def gene_rows(repository):
    return list(read_rows(repository / "resources" / "driver_genes.tsv", DRIVER_GENES))


@pytest.fixture
def hotspot_rows(repository):
    return list(read_rows(repository / "resources" / "hotspots.tsv", HOTSPOTS))


@pytest.fixture
def hotspots(repository):
    return read_hotspots(repository / "resources" / "hotspots.tsv")


@pytest.fixture
def compile_hotspots(repository):
    path = repository / "resources" / "compile" / "compile_hotspots.py"
    spec = importlib.util.spec_from_file_location("compile_hotspots", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


# --- the driver table ---------------------------------------------------------------------------


def test_every_gene_of_the_science_section_has_its_row(genes):
    assert set(SECTION_1.split()) <= set(genes)


def test_rows_are_sorted_and_each_gene_has_one(gene_rows):
    symbols = [row["gene_symbol"] for row in gene_rows]
    assert symbols == sorted(set(symbols))


def test_ensembl_identifiers_are_well_formed_and_unique(gene_rows):
    identifiers = [row["ensembl_gene_id"] for row in gene_rows if row["ensembl_gene_id"]]
    assert all(re.fullmatch(r"ENSG\d{11}", identifier) for identifier in identifiers)
    assert len(set(identifiers)) == len(identifiers)


def test_exactly_the_three_genes_lost_on_both_copies_get_a_zygosity_state(genes):
    assert [symbol for symbol, gene in genes.items() if gene.zygosity] == ["PTEN", "RB1", "TP53"]


def test_oncogenes_never_count_losses_and_suppressors_never_count_amplifications(genes):
    for gene in genes.values():
        if gene.role == "oncogene":
            assert not {"truncating", "splice", "deep_deletion"} & set(gene.events), gene.symbol
        if gene.role == "tumour_suppressor":
            assert "amplification" not in gene.events, gene.symbol


def test_every_verified_row_names_a_publication_that_can_be_found(gene_rows):
    for row in gene_rows:
        if row["certainty"] == "verified":
            assert re.search(r"\b(19|20)\d\d\b", row["citation"]), row["gene_symbol"]
            assert re.search(r"doi:10\.\d{4,}|Sci Transl Med|Cell|WHO", row["citation"]), row["gene_symbol"]


def test_a_choice_says_so_in_its_note(gene_rows):
    assert all("choice" in row["note"] for row in gene_rows if row["certainty"] == "choice")


def test_passenger_prone_genes_are_a_choice_and_count_no_copy_number(gene_rows, genes):
    for row in gene_rows:
        if row["gene_class"] == "passenger_prone":
            assert row["certainty"] == "choice"
            assert not genes[row["gene_symbol"]].needs_copy_number


def test_a_gene_counts_hotspots_exactly_where_the_list_has_one_that_is_no_stop_codon(genes, hotspot_rows):
    """The exceptions are named, and no gene may count hotspots that the list lacks."""
    with_hotspot = {row["gene_symbol"] for row in hotspot_rows if row["kind"] != "truncating"}
    counting = {symbol for symbol, gene in genes.items() if "hotspot" in gene.events}
    assert counting <= with_hotspot
    recur_by_stop = {"APC", "ARID1A", "B2M", "KDM6A", "KMT2D", "NF1", "RB1"}
    one_weak_residue = {"BRCA2", "EPHA7", "NOTCH2"}
    activated_there = {"JAK1", "JAK2"}  # here their loss counts
    counted_as_amplified = {symbol for symbol, gene in genes.items() if gene.events == ("amplification",)}
    never_a_driver = {
        symbol for symbol, gene in genes.items() if gene.role == "context" or gene.gene_class == "passenger_prone"
    }
    explained = recur_by_stop | one_weak_residue | activated_there | counted_as_amplified | never_a_driver
    assert with_hotspot - counting <= explained


def test_frequencies_are_the_patient_counts_of_the_four_cohorts(gene_rows, shared_data):
    with (shared_data / "driver_counts" / "nonsilent_mutated_patients_by_cohort.tsv").open() as handle:
        patients = {row["gene"]: int(row["ALL_n"]) for row in csv.DictReader(handle, delimiter="\t")}
    for row in gene_rows:
        symbol, listed = row["gene_symbol"], row["frequency_percent"]
        expected = round(100 * patients[symbol] / 272, 1) if symbol in patients else None
        assert listed == expected, symbol


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        ({"events": "truncating,melting"}, "events value .*unknown melting"),
        ({"events": "truncating,truncating"}, "an event twice"),
        ({"domain_first_residue": 10}, "give both"),
        ({"domain_first_residue": 20, "domain_last_residue": 10}, "first not beyond the last"),
        ({"role": "oncogene", "zygosity": True}, "only a tumour_suppressor"),
    ],
)
def test_a_faulty_driver_row_is_refused_with_its_reason(tmp_path, spoil, message):
    row = {
        "gene_symbol": "TP53",
        "role": "tumour_suppressor",
        "gene_class": "sclc_driver",
        "events": "truncating",
        "zygosity": False,
        "citation": "Somebody 2000",
        "certainty": "verified",
    }
    write_rows(tmp_path / "genes.tsv", DRIVER_GENES, [row | spoil])
    with pytest.raises(TableError, match=f"TP53.*{message}"):
        read_driver_genes(tmp_path / "genes.tsv")


def test_a_gene_with_two_rows_is_refused(tmp_path, repository):
    text = (repository / "resources" / "driver_genes.tsv").read_text()
    last = text.rstrip("\n").split("\n")[-1]
    (tmp_path / "genes.tsv").write_text(f"{text}{last}\n")
    with pytest.raises(TableError, match="TSC2 has two rows"):
        read_driver_genes(tmp_path / "genes.tsv")


def test_events_of_a_gene_come_in_the_order_of_the_contract(genes):
    for gene in genes.values():
        assert list(gene.events) == [event for event in EVENT_TYPES if event in gene.events]


# --- the hotspot table --------------------------------------------------------------------------


def test_hotspots_belong_to_driver_genes_and_are_sorted_by_key(hotspot_rows, genes):
    keys = [tuple(row[name] for name in HOTSPOTS.key) for row in hotspot_rows]
    assert keys == sorted(set(keys))
    assert {row["gene_symbol"] for row in hotspot_rows} <= set(genes)


def test_no_residue_of_a_gene_has_two_reference_residues(hotspot_rows):
    residues = {}
    for row in hotspot_rows:
        if row["kind"] != "inframe_indel":
            assert residues.setdefault((row["gene_symbol"], row["position"]), row["residue"]) == row["residue"]


@pytest.mark.parametrize(
    ("gene", "change"),
    [
        *(("TP53", change) for change in ("p.R175H", "p.G245S", "p.R248Q", "p.R273H", "p.V157F", "p.C242F", "p.Y220C")),
        *(("PIK3CA", change) for change in ("p.E542K", "p.E545K", "p.Q546K", "p.H1047R")),
        *(("CREBBP", change) for change in ("p.R1446H", "p.W1472C", "p.Y1450C", "p.D1435E", "p.Y1503D")),
        *(("EP300", change) for change in ("p.D1399N", "p.Y1414D", "p.H1451L", "p.Y1467N")),
        ("NFE2L2", "p.D29H"),
        ("NFE2L2", "p.E79Q"),
        ("EGFR", "p.L858R"),
        ("KRAS", "p.G12C"),
    ],
)
def test_published_hotspots_are_found(hotspots, gene, change):
    assert hotspots.at(gene, "missense", parse_protein_change(change)) is not None


def test_rb1_has_no_hotspot_that_no_stop_codon_explains(hotspot_rows):
    rb1 = [row for row in hotspot_rows if row["gene_symbol"] == "RB1"]
    stops = {row["position"] for row in rb1 if row["kind"] == "truncating"}
    assert stops
    assert {row["position"] for row in rb1} == stops


def test_genes_without_hotspots_in_the_source_have_none(hotspot_rows):
    assert not {"MYCL", "TP73"} & {row["gene_symbol"] for row in hotspot_rows}


def test_the_committed_table_is_what_the_source_compiles_to(
    compile_hotspots, hotspot_rows, repository, shared_data, tmp_path
):
    compile_hotspots.compile_hotspots(
        alleles=shared_data / "cancerhotspots_v2" / "cancerhotspots_v2_GRCh38.tsv",
        driver_genes=repository / "resources" / "driver_genes.tsv",
        hotspots=tmp_path / "hotspots.tsv",
    )
    compiled = list(read_rows(tmp_path / "hotspots.tsv", HOTSPOTS))
    missing = [row for row in compiled if row not in hotspot_rows]
    surplus = [row for row in hotspot_rows if row not in compiled]
    assert (missing, surplus) == ([], [])
    assert (tmp_path / "hotspots.tsv").read_bytes() == (repository / "resources" / "hotspots.tsv").read_bytes()


def test_every_allele_of_the_source_is_in_the_table_or_named_as_left_out(
    hotspot_rows, genes, compile_hotspots, shared_data, repository
):
    """Counted back from the table, without the compiler's grouping; both builds name the same changes."""
    header = (repository / "resources" / "hotspots.tsv").read_text()
    assert "# Left out: TP53 17:7675110 GCTG>ACTA (GRCh38), of class Nonsense_Mutation but named H168Y.\n" in header
    for build in ("GRCh37", "GRCh38"):
        path = shared_data / "cancerhotspots_v2" / f"cancerhotspots_v2_{build}.tsv"
        source = {(cells[4], cells[5], cells[6]) for cells in compile_hotspots.read_alleles(path) if cells[4] in genes}
        source.remove(("TP53", "Nonsense_Mutation", "H168Y"))
        named = {
            (row["gene_symbol"], f"{row['residue']}{row['position']}{alternate}")
            for row in hotspot_rows
            for alternate in row["alternates"]
            if row["kind"] != "inframe_indel"
        } | {
            (
                row["gene_symbol"],
                f"{row['residue']}{'' if '_' in row['residue'] else row['position']}{row['alternates']}",
            )
            for row in hotspot_rows
            if row["kind"] == "inframe_indel"
        }
        assert {(gene, change) for gene, _, change in source} == named


def test_a_change_whose_class_and_name_disagree_is_left_out_and_said(compile_hotspots):
    alleles = [
        ["17", "7", "C", "T", "TP53", "Missense_Mutation", "R175H", "x"],
        ["17", "7", "C", "A", "TP53", "Missense_Mutation", "R175L", "x"],
        ["17", "8", "GCTG", "ACTA", "TP53", "Nonsense_Mutation", "H168Y", '""'],
        ["17", "9", "CAG", "-", "TP53", "DEL", "N131del", "LoF"],
        ["7", "9", "-", "CAG", "EGFR", "INS", "E746_A750del", "LoF"],
        ["1", "9", "A", "C", "NOT_OURS", "Missense_Mutation", "A1C", "x"],
    ]
    rows, left_out = compile_hotspots.compile_rows(alleles, ["TP53", "EGFR"])
    assert [(r["gene_symbol"], r["residue"], r["position"], r["kind"], r["alternates"]) for r in rows] == [
        ("EGFR", "E746_A750", 746, "inframe_indel", "del"),
        ("TP53", "N", 131, "inframe_indel", "del"),
        ("TP53", "R", 175, "missense", "HL"),
    ]
    assert left_out == ["TP53 17:8 GCTG>ACTA (GRCh38), of class Nonsense_Mutation but named H168Y"]


def test_the_order_of_the_source_does_not_matter(compile_hotspots):
    alleles = [["17", "7", "C", "T", "TP53", "Missense_Mutation", f"R{p}{a}", "x"] for p in (1, 2) for a in "HL"]
    orders = {str(compile_hotspots.compile_rows(order, ["TP53"])) for order in itertools.permutations(alleles)}
    assert len(orders) == 1


@pytest.mark.parametrize(
    ("allele_class", "text"), [("Silent", "R1R"), ("DEL", "R1fs"), ("Missense_Mutation", "R1_R2del")]
)
def test_a_form_of_change_never_met_is_refused(compile_hotspots, allele_class, text):
    with pytest.raises(TableError, match="no known form"):
        compile_hotspots.parse_change("TP53", allele_class, text)


def test_a_source_of_another_shape_is_refused(compile_hotspots, tmp_path):
    (tmp_path / "alleles.tsv").write_text("17\t7\tC\n")
    with pytest.raises(TableError, match="row 1 has 3 cells"):
        list(compile_hotspots.read_alleles(tmp_path / "alleles.tsv"))
