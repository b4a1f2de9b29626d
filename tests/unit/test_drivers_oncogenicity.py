"""Oncogenicity points: each criterion, each exclusion, and the classes, by the tables of Horak 2022."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest
from hypothesis import given as given_that
from hypothesis import strategies as st

from sclcohort.contracts import CONSEQUENCE_CLASSES, DRIVER_GENES, EVENTS, ONCOGENIC_VARIANTS, ONCOGENICITY_CLASSES
from sclcohort.drivers.changes import parse_protein_change
from sclcohort.drivers.genes import read_driver_genes
from sclcohort.drivers.grantham import grantham_difference
from sclcohort.drivers.hotspots import Hotspot, read_hotspots
from sclcohort.drivers.oncogenic_variants import Evidence, OncogenicVariants, read_oncogenic_variants
from sclcohort.drivers.oncogenicity import (
    assess_oncogenicity,
    class_of,
    is_bona_fide_suppressor,
    last_junctions,
)
from sclcohort.errors import TableError
from sclcohort.tables import read_rows, write_rows
from tests.unit.drivers_fixtures import driver_gene, variant

DOMAIN = (102, 292)
HOTSPOT = Hotspot("TP53", "R248", "missense", "QW", {248: "R"}, 248, 248, "Chang 2016")


def row(hgvs_p: str, criterion: str, gene: str = "TP53") -> Evidence:
    return Evidence(gene, hgvs_p, parse_protein_change(hgvs_p), criterion, "shown", "source")


def assess(one=None, gene=None, *rows, hotspot=None, junction=None, residues=None, configured=False):
    return assess_oncogenicity(
        variant() if one is None else one,
        driver_gene() if gene is None else gene,
        hotspot,
        OncogenicVariants(rows),
        last_junction_residue=junction,
        protein_residues=residues,
        population_configured=configured,
    )


def truncating(position: int | None = 100, **fields):
    values = {"consequence": "stop_gained", "consequence_class": "truncating", "hgvs_p": f"p.R{position}*"}
    return variant(protein_position=position, **(values | fields))


# --- classes --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("points", "klass"),
    [
        (18, "oncogenic"),
        (10, "oncogenic"),
        (9, "likely_oncogenic"),
        (6, "likely_oncogenic"),
        (5, "vus"),
        (0, "vus"),
        (-1, "likely_benign"),
        (-6, "likely_benign"),
        (-7, "benign"),
        (-12, "benign"),
    ],
)
def test_the_classes_are_those_of_the_standard(points, klass):
    assert class_of(points) == klass


def test_a_variant_without_evidence_is_of_uncertain_significance():
    found = assess()
    assert (found.points, found.klass, found.criteria, found.shown) == (0, "vus", (), "")


# --- OVS1 -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("consequence", ["stop_gained", "frameshift", "stop_gained&frameshift"])
def test_a_truncation_of_a_bona_fide_tumour_suppressor_is_a_null_variant(consequence):
    assert assess(truncating(consequence=consequence)).shown == "OVS1=8"


def test_a_splice_site_change_is_a_null_variant():
    one = variant(consequence="splice_donor", consequence_class="splice", hgvs_p="p.X125_splice")
    assert assess(one).shown == "OVS1=8"


def test_a_lost_start_codon_counts_half():
    one = truncating(1, consequence="start_lost", hgvs_p="p.M1?")
    assert assess(one).shown == "OVS1_strong=4"


@pytest.mark.parametrize(
    ("position", "residues", "shown"),
    [
        (283, 393, "OVS1=8"),  # 17 residues (51 bases) before the last junction
        (284, 393, "OVS1_strong=4"),  # within 50 bases of it
        (350, 393, "OVS1_strong=4"),  # last exon, 11 % lost
        (360, 393, ""),  # last exon, 9 % lost
        (350, None, ""),  # what is lost is not known
        (None, 393, "OVS1=8"),
    ],
)
def test_a_stop_that_escapes_decay_counts_half_or_nothing(position, residues, shown):
    assert assess(truncating(position), junction=300, residues=residues).shown == shown


def test_without_a_known_junction_every_stop_leads_to_decay():
    assert assess(truncating(390), junction=None, residues=393).shown == "OVS1=8"


def test_the_last_junction_is_the_last_in_the_protein_on_both_strands():
    rows = [
        {"transcript_id": "T1", "residue_before": 33},
        {"transcript_id": "T1", "residue_before": 331},
        {"transcript_id": "T1", "residue_before": 125},
        {"transcript_id": "T2", "residue_before": 9},
    ]
    assert last_junctions(rows) == {"T1": 331, "T2": 9}


@pytest.mark.parametrize(
    "gene",
    [
        driver_gene("LRP1B", gene_class="passenger_prone"),
        driver_gene("FMN2", role="context", gene_class="passenger_prone"),
        driver_gene("KRAS", role="oncogene"),
        driver_gene("TP73", role="isoform_oncogene"),
        driver_gene("CDK6", role="context"),
        driver_gene("JAK1", certainty="unverified"),
        driver_gene("SLIT2"),
        driver_gene("RBL2"),
    ],
    ids=lambda gene: gene.symbol,
)
def test_a_gene_that_is_no_bona_fide_tumour_suppressor_has_no_null_variants(gene):
    assert assess(truncating(gene_symbol=gene.symbol), gene).criteria == ()


def test_a_disputed_truncation_is_no_null_variant():
    one = truncating(3326, gene_symbol="BRCA2", hgvs_p="p.K3326*")
    assert assess(one, driver_gene("BRCA2")).criteria == ()


# --- the table ------------------------------------------------------------------------------------


@pytest.mark.parametrize(("criterion", "points"), [("OS1", 4), ("OS2", 4), ("OS3", 4), ("OM3", 2), ("SBS2", -4)])
def test_a_listed_change_has_the_points_of_its_criterion_and_the_source_in_its_reason(criterion, points):
    found = assess(None, None, row("p.R248W", criterion))
    assert found.shown == f"{criterion}={points}"
    assert found.criteria[0].why == "shown (source)"


def test_another_change_or_gene_has_no_share_in_the_evidence():
    assert assess(None, None, row("p.R248Q", "OS2")).criteria == ()
    assert assess(None, None, row("p.R248W", "OS2", "TP63")).criteria == ()


# --- place: OS3, OM1, OM4, OM3, OP3 ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("domain", "rows", "hotspot", "shown"),
    [
        (DOMAIN, ("OS3",), HOTSPOT, "OS3=4"),  # OM1 and OP3 not with OS3
        (DOMAIN, ("OS1", "OS3"), HOTSPOT, "OS1=4"),  # OS3 and OM1 not with OS1
        (DOMAIN, ("OS2",), HOTSPOT, "OS2=4;OM1=2"),
        (DOMAIN, ("OM3",), HOTSPOT, "OM1=2"),  # OM3 not with OM1
        (None, ("OM3",), HOTSPOT, "OM3=2"),  # OP3 not with OM3
        (None, (), HOTSPOT, "OP3=1"),
        (DOMAIN, (), None, "OM1=2"),
        ((1, 247), (), None, ""),
        ((249, 300), (), None, ""),
        ((248, 248), (), None, "OM1=2"),
    ],
)
def test_a_place_counts_once(domain, rows, hotspot, shown):
    gene = driver_gene(domain=domain)
    assert assess(None, gene, *(row("p.R248W", one) for one in rows), hotspot=hotspot).shown == shown


@pytest.mark.parametrize(
    ("alternate", "criteria", "shown"),
    [
        ("Q", ("OS2", "OS3"), "OM4=2"),  # R to W is the larger difference
        ("Q", ("OS2", "OM3"), "OM4=2"),
        ("Q", ("OS1",), "OM4=2"),
        ("Q", ("OS2",), ""),  # functional evidence alone is likely, not established
        ("Q", ("OS3",), ""),
        ("P", ("OS1",), "OM4=2"),  # R to P 103, R to W 101: about the same
        ("C", ("OS1",), ""),  # R to C 180
        ("*", (), ""),
    ],
)
def test_another_established_change_of_the_residue_counts_if_it_is_not_much_larger(alternate, criteria, shown):
    rows = [row(f"p.R248{alternate}", one) for one in criteria]
    assert assess(None, None, *rows).shown == shown


def test_another_change_counts_neither_beside_the_domain_nor_beside_a_hotspot_count():
    other = (row("p.R248Q", "OS1"),)
    assert assess(None, driver_gene(domain=DOMAIN), *other).shown == "OM1=2"
    assert assess(None, None, *other, row("p.R248W", "OS3")).shown == "OS3=4"
    assert assess(None, None, *other, row("p.R248W", "OM3")).shown == "OM4=2"


def test_a_truncation_at_a_hotspot_or_in_a_domain_has_no_points_of_place():
    stop = truncating(248, hgvs_p="p.R248*")
    assert assess(stop, driver_gene(domain=DOMAIN), hotspot=HOTSPOT).shown == "OVS1=8"


def test_an_in_frame_hotspot_has_no_counts_and_so_no_points():
    one = variant(consequence_class="inframe_indel", hgvs_p="p.R248del")
    assert assess(one, driver_gene("KRAS", role="oncogene"), hotspot=HOTSPOT).shown == "OM2=2"


# --- length ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("consequence_class", "gene", "shown"),
    [
        ("inframe_indel", driver_gene(), "OM2=2"),
        ("inframe_indel", driver_gene("EGFR", role="oncogene"), "OM2=2"),
        ("inframe_indel", driver_gene("FMN2", role="context", gene_class="passenger_prone"), ""),
        ("inframe_indel", driver_gene("LRP1B", gene_class="passenger_prone"), ""),
        ("stop_lost", driver_gene(), "OM2=2"),
        ("stop_lost", driver_gene("EGFR", role="oncogene"), ""),
        ("stop_lost", driver_gene("LRP1B", gene_class="passenger_prone"), ""),
        ("synonymous", driver_gene(), ""),
    ],
)
def test_a_change_of_length_counts_in_cancer_genes(consequence_class, gene, shown):
    one = variant(consequence_class=consequence_class, hgvs_p="p.E746_A750del", gene_symbol=gene.symbol)
    assert assess(one, gene).shown == shown


def test_an_in_frame_change_counts_for_its_length_and_its_domain():
    one = variant(consequence_class="inframe_indel", hgvs_p="p.E98_R110del")
    assert assess(one, driver_gene(domain=DOMAIN)).shown == "OM1=2;OM2=2"


# --- population -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("frequency", "shown"),
    [
        (None, ""),
        (0.0, "OP4=1"),
        (0.0001, ""),
        (0.01, ""),
        (0.011, "SBS1=-4"),
        (0.05, "SBS1=-4"),
        (0.051, "SBVS1=-8"),
    ],
)
def test_the_population_counts_only_where_it_is_configured(frequency, shown):
    one = variant(population_frequency=frequency)
    assert assess(one, configured=True).shown == shown
    assert assess(one, configured=False).shown == ""


def test_a_gene_of_heredity_is_told_of():
    gene = driver_gene("BRCA2", gene_class="dna_repair")
    assert "expert panel" in assess(variant(population_frequency=0.2), gene, configured=True).criteria[0].why


# --- worked examples ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("gene", "hgvs_p", "consequence_class", "shown", "klass"),
    [
        ("TP53", "p.R175H", "missense", "OS2=4;OS3=4;OP4=1", "likely_oncogenic"),
        ("TP53", "p.R213*", "truncating", "OVS1=8;OP4=1", "likely_oncogenic"),
        ("TP53", "p.R175C", "missense", "OM1=2;OP4=1", "vus"),
        ("TP53", "p.N235S", "missense", "OM1=2;OP4=1;SBS2=-4", "likely_benign"),
        ("PIK3CA", "p.H1047R", "missense", "OS2=4;OS3=4;OP4=1", "likely_oncogenic"),
        ("PIK3CA", "p.H1047Q", "missense", "OP3=1;OP4=1", "vus"),
        ("EGFR", "p.L858R", "missense", "OS2=4;OS3=4;OP4=1", "likely_oncogenic"),
        ("KRAS", "p.G12S", "missense", "OS3=4;OP4=1", "vus"),
        ("KRAS", "p.G12W", "missense", "OM4=2;OP4=1", "vus"),
        ("CREBBP", "p.R1446C", "missense", "OM1=2;OP4=1", "vus"),
        ("RB1", "p.R320*", "truncating", "OVS1=8;OP4=1", "likely_oncogenic"),
        ("LRP1B", "p.R100*", "truncating", "OP4=1", "vus"),
        ("FBXW7", "p.R465C", "missense", "OS2=4;OS3=4;OP4=1", "likely_oncogenic"),
    ],
)
def test_variants_as_worked_by_hand_from_the_tables_of_the_standard(
    repository, gene, hgvs_p, consequence_class, shown, klass
):
    resources = repository / "resources"
    change = parse_protein_change(hgvs_p)
    one = variant(
        gene_symbol=gene,
        hgvs_p=hgvs_p,
        consequence_class=consequence_class,
        consequence="missense" if consequence_class == "missense" else "stop_gained",
        protein_position=change.first_position,
        population_frequency=0.0,
    )
    found = assess_oncogenicity(
        one,
        read_driver_genes(resources / "driver_genes.tsv")[gene],
        read_hotspots(resources / "hotspots.tsv").at(gene, consequence_class, change),
        read_oncogenic_variants(resources / "oncogenic_variants.tsv"),
        last_junction_residue=None,
        protein_residues=None,
        population_configured=True,
    )
    assert (found.shown, found.klass) == (shown, klass)


# --- what holds for all ---------------------------------------------------------------------------


@given_that(
    st.sampled_from(CONSEQUENCE_CLASSES),
    st.sets(st.sampled_from(["OS1", "OS2", "OS3", "OM3", "SBS2"])),
    st.booleans(),
    st.sampled_from([None, 0.0, 0.02, 0.2]),
    st.sampled_from([None, DOMAIN]),
)
def test_the_points_are_the_sum_of_the_criteria_and_no_two_exclude_each_other(
    consequence_class, criteria, is_hotspot, frequency, domain
):
    one = variant(consequence_class=consequence_class, population_frequency=frequency)
    rows = [row("p.R248W", criterion) for criterion in sorted(criteria)]
    gene = driver_gene(domain=domain)
    found = assess(one, gene, *rows, hotspot=HOTSPOT if is_hotspot else None, configured=True)
    codes = [criterion.code for criterion in found.criteria]
    assert found.points == sum(criterion.points for criterion in found.criteria)
    assert found.klass == class_of(found.points)
    assert found.klass in ONCOGENICITY_CLASSES
    assert len(set(codes)) == len(codes)
    assert len({"OS1", "OS3", "OM1", "OM3", "OM4", "OP3"} & set(codes)) <= 1
    assert not {"OVS1", "OM2"} <= set(codes)
    assert not {"SBVS1", "SBS1"} <= set(codes)
    assert set(found.as_cells()) <= {column.name for column in EVENTS.columns}


# --- Grantham -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pair", "published"),
    [
        ("LI", 5), ("CW", 215), ("SR", 110), ("GW", 184), ("DE", 45), ("RH", 29), ("GD", 94), ("RK", 26), ("EK", 56),
        ("AV", 64), ("RC", 180), ("RW", 101), ("LR", 102), ("FL", 22), ("RP", 103), ("RQ", 43),
    ],
)  # fmt: skip
def test_grantham_differences_are_those_published_to_within_one(pair, published):
    assert grantham_difference(*pair) == pytest.approx(published, abs=1)
    assert grantham_difference(*pair) == grantham_difference(*reversed(pair))


def test_what_is_no_residue_has_no_difference():
    assert grantham_difference("R", "*") is None
    assert grantham_difference("X", "R") is None
    assert grantham_difference("R", "R") == 0


# --- the resource ---------------------------------------------------------------------------------


def test_the_listed_changes_are_of_driver_genes_and_counted_ones_lie_at_hotspots_that_saw_them(repository):
    genes = read_driver_genes(repository / "resources" / "driver_genes.tsv")
    hotspots = read_hotspots(repository / "resources" / "hotspots.tsv")
    for one in read_rows(repository / "resources" / "oncogenic_variants.tsv", ONCOGENIC_VARIANTS):
        change = parse_protein_change(one["hgvs_p"])
        assert one["gene_symbol"] in genes
        if one["criterion"] in ("OS3", "OM3"):
            hotspot = hotspots.at(one["gene_symbol"], "missense", change)
            assert hotspot is not None, one
            assert hotspot.has_seen(change), one


def test_no_change_is_counted_twice_or_both_for_and_against(repository):
    criteria: dict[tuple[str, str], set[str]] = {}
    for one in read_rows(repository / "resources" / "oncogenic_variants.tsv", ONCOGENIC_VARIANTS):
        criteria.setdefault((one["gene_symbol"], one["hgvs_p"]), set()).add(one["criterion"])
    for codes in criteria.values():
        assert not {"OS3", "OM3"} <= codes
        assert not ("SBS2" in codes and codes & {"OS1", "OS2", "OS3"})


def test_the_bona_fide_tumour_suppressors_of_the_driver_table(repository):
    genes = read_driver_genes(repository / "resources" / "driver_genes.tsv")
    bona_fide = {symbol for symbol, gene in genes.items() if is_bona_fide_suppressor(gene)}
    assert {"TP53", "RB1", "PTEN", "CREBBP", "EP300", "KMT2D", "NOTCH1", "ATM"} <= bona_fide
    assert not bona_fide & {"LRP1B", "FAT1", "KMT2C", "FMN2", "JAK1", "JAK2", "SLIT2", "CHD8", "RBL1", "TP73", "PIK3CA"}
    assert DRIVER_GENES.name == "driver_genes.tsv"


@pytest.mark.parametrize("name", ["p.R213*", "p.E746_A750del", "p.X126_splice", "R175H", "p.Y816fs"])
def test_a_row_that_names_no_substitution_is_refused(tmp_path: Path, name):
    path = tmp_path / "oncogenic_variants.tsv"
    values = {"gene_symbol": "TP53", "hgvs_p": name, "criterion": "OS2", "evidence": "shown", "citation": "source"}
    write_rows(path, ONCOGENIC_VARIANTS, [values | {"certainty": "verified"}])
    with pytest.raises(TableError, match=r"gene TP53 column hgvs_p .* give a substitution of one residue"):
        read_oncogenic_variants(path)


def test_unverified_evidence_gives_no_points(tmp_path: Path):
    path = tmp_path / "oncogenic_variants.tsv"
    values = {"gene_symbol": "TP53", "criterion": "OS2", "evidence": "shown", "citation": "source"}
    rows = [
        values | {"hgvs_p": "p.R248W", "certainty": "unverified"},
        values | {"hgvs_p": "p.R248Q", "certainty": "verified"},
    ]
    write_rows(path, ONCOGENIC_VARIANTS, rows)
    found = read_oncogenic_variants(path)
    assert found.of("TP53", "p.R248W") == {}
    assert set(found.of("TP53", "p.R248Q")) == {"OS2"}


# --- the compiler of the counts -------------------------------------------------------------------


@pytest.fixture
def compile_rows(repository):
    path = repository / "resources" / "compile" / "compile_oncogenic_variants.py"
    spec = importlib.util.spec_from_file_location("compile_oncogenic_variants", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.compile_rows


def test_counts_give_os3_from_50_samples_at_the_residue_and_om3_below(compile_rows):
    counts = {"TP53": {"R175": {"H": "40", "C": "10"}, "R110": {"L": "25", "P": "11"}, "R181": {"C": "9"}}}
    found = {one["hgvs_p"]: (one["criterion"], one["evidence"]) for one in compile_rows(counts, ["TP53"])}
    assert found == {
        "p.R175H": ("OS3", "50 samples at R175, 40 with H"),
        "p.R175C": ("OS3", "50 samples at R175, 10 with C"),
        "p.R110L": ("OM3", "36 samples at R110, 25 with L"),
        "p.R110P": ("OM3", "36 samples at R110, 11 with P"),
    }


def test_stops_splice_sites_silent_changes_and_lost_starts_are_not_counted(compile_rows):
    counts = {
        "TP53": {"R213": {"*": "208", "Q": "25", "R": "30"}, "X125": {"sp": "43"}},
        "B2M": {"M1": {"I": "30", "L": "30"}},
    }
    assert [(one["hgvs_p"], one["criterion"]) for one in compile_rows(counts, ["TP53", "B2M"])] == [("p.R213Q", "OM3")]


def test_genes_that_are_no_driver_genes_are_not_compiled(compile_rows):
    assert compile_rows({"BRAF": {"V600": {"E": "833"}}}, ["TP53"]) == []
