"""The truth tables of the demo cohort: is what they say really in the files?"""

from __future__ import annotations

import csv
import math
import re
from collections import Counter

import pytest
from scipy.special import bdtr, bdtrc

from sclcohort.contracts import PERIODS
from sclcohort.contracts.growth import GROWTH_STATES, INTERVALS, VOLUME_METHODS
from tests.unit import demo_fixtures
from tests.unit.demo_fixtures import (
    CONFIG,
    DEMO,
    Model,
    files_of,
    read_table,
    read_vcf,
)

# Fixtures of a module are what pytest finds among its names.
genome = demo_fixtures.genome
models = demo_fixtures.models
main_models = demo_fixtures.main_models
samples = demo_fixtures.samples
vcfs = demo_fixtures.vcfs
by_sample = demo_fixtures.by_sample
planted = demo_fixtures.planted
ZYGOSITY_GENES = ("TP53", "RB1", "PTEN")


def test_every_zygosity_state_and_route_is_planted():
    rows = read_table(DEMO / "truth" / "gene_states.tsv")
    by_gene = {
        gene: {(row["state"], row["second_hit"]) for row in rows if row["gene_symbol"] == gene}
        for gene in ZYGOSITY_GENES
    }
    every = {
        ("biallelic", "found"),
        ("one_hit", "not_found"),
        ("one_hit", "not_assessable"),
        ("none", ""),
        ("not_assessable", ""),
    }
    # PTEN is left out of a panel, too.
    assert all(every <= states <= every | {("not_covered", "")} for states in by_gene.values())
    routes = {"deep_deletion", "two_hits", "hit_and_minor_copy_zero", "hit_and_loss", "hit_and_vaf"}
    for gene in ZYGOSITY_GENES:
        assert routes <= {row["route"] for row in rows if row["gene_symbol"] == gene}


def test_every_subtype_change_and_class_is_planted():
    truth = DEMO / "truth"
    assert {row["subtype"] for row in read_table(truth / "subtypes.tsv")} == {
        "SCLC-A", "SCLC-N", "SCLC-P", "SCLC-Y", "SCLC-I", "hybrid", "unclassified", "not_assessable"
    }  # fmt: skip
    assert {row["change"] for row in read_table(truth / "changes.tsv")} == {
        "kept", "newly_detected", "no_longer_detected", "differs_between_sites", "single_sample", "not_assessable"
    }  # fmt: skip
    classes: dict[str, set[str]] = {}
    for row in read_table(truth / "resistance.tsv"):
        classes.setdefault(row["class"], set()).add(row["therapy"])
    assert len(classes) == 5
    assert all(len(therapies) >= 2 for therapies in classes.values()), classes


def test_every_answer_about_growth_is_planted():
    rows = read_table(DEMO / "truth" / "growth.tsv")
    assert {row["state"] for row in rows} == set(GROWTH_STATES)
    assert {row["period"] for row in rows} == set(PERIODS)
    assert {row["method"] for row in rows} == {*VOLUME_METHODS, ""}
    assert {row["interval"] for row in rows} == {*INTERVALS, ""}
    assert all(bool(row["planted_doubling_days"]) == (row["state"] == "fitted") for row in rows)


def test_every_measurement_of_a_lesion_belongs_to_one_planted_part_of_its_course():
    measured = Counter((row["patient_id"], row["lesion"]) for row in read_table(CONFIG / "lesions.tsv"))
    planted: Counter[tuple[str, str]] = Counter()
    for row in read_table(DEMO / "truth" / "growth.tsv"):
        planted[row["patient_id"], row["lesion"]] += int(row["measurements"])
    assert planted == measured


def test_growth_scores_follow_from_the_planted_doubling_times(samples):
    rows = {row["sample_id"]: row for row in read_table(DEMO / "truth" / "aggression.tsv")}
    assert list(rows) == sorted(row["sample_id"] for row in samples)
    growth = {
        (row["patient_id"], row["lesion"], row["period"]): row["planted_doubling_days"]
        for row in read_table(DEMO / "truth" / "growth.tsv")
    }
    scored = [row for row in rows.values() if row["planted_growth_score"]]
    for row in scored:
        days = growth[row["sample_id"].partition("_")[0], row["lesion"], row["period"]]
        # 13.25 days are 1 and 212 are -1.
        expected = 1 - math.log(float(days) / 13.25, 4) if days else -1
        assert float(row["planted_growth_score"]) == pytest.approx(expected, abs=6e-5), row
    assert {row["period"] for row in scored} == set(PERIODS) - {"during_platinum"}
    assert min(float(row["planted_growth_score"]) for row in scored) == -1
    assert all(row["why"] for row in rows.values())


# Columns of the segments by the end of the file's name: contig, start, end, value.
SEGMENT_COLUMNS = {
    ".seg": ("chrom", "loc.start", "loc.end", "seg.mean"),
    ".call.cns": ("chromosome", "start", "end", "log2"),
    ".purple.cnv.somatic.tsv": ("chromosome", "start", "end", "copyNumber"),
}


def copies_by_gene(row: dict[str, str], models: dict[str, Model]) -> dict[str, float]:
    """Return tumour copies of each gene under a segment: as fitted, or by the stated formula."""
    purity = float(row["purity"] or 1)
    (kind,) = (end for end in SEGMENT_COLUMNS if row["copy_number"].endswith(end))
    keys = SEGMENT_COLUMNS[kind]
    name = row["copy_number_sample"] or row["sample_id"]
    segments = [
        (one[keys[0]], int(one[keys[1]]) + (kind == ".call.cns"), int(one[keys[2]]), float(one[keys[3]]))
        for one in read_table(CONFIG / row["copy_number"])
        if kind != ".seg" or one["ID"] == name
    ]
    copies = {}
    for model in models.values():
        over = [
            value
            for contig, first, last, value in segments
            if contig == model.contig and first <= model.span[0] and model.span[1] <= last
        ]
        if over:
            assert len(over) == 1
            by_ratio = max(0.0, (2 ** (over[0] + 1) - 2 * (1 - purity)) / purity)
            copies[model.symbol] = over[0] if kind.startswith(".purple") else by_ratio
    return copies


def test_segments_show_the_planted_deletions_and_amplifications_and_no_others(samples, main_models):
    truth = {
        (row["sample_id"], row["gene_symbol"], row["event"])
        for row in read_table(DEMO / "truth" / "events.tsv")
        if row["event_type"] in {"amplification", "deep_deletion"}
    }
    found = set()
    for row in samples:
        if row["copy_number"]:
            for gene, copies in copies_by_gene(row, main_models).items():
                if copies <= 0.5 or copies >= 8:
                    found.add((row["sample_id"], gene, "deep_deletion" if copies <= 0.5 else "amplification"))
    assert found == truth


def test_allele_fractions_decide_as_the_truth_says(samples, by_sample, planted):
    sheet = {row["sample_id"]: row for row in samples}
    hits = {
        (row["sample_id"], row["gene_symbol"]): row
        for row in planted
        if row.get("oncogenic_call") == "likely_oncogenic"
    }
    routes = {
        "hit_and_vaf": (True, False),
        "one_hit_vaf_of_one_copy": (False, True),
        "one_hit_vaf_undecided": (False, False),
    }
    for state in read_table(DEMO / "truth" / "gene_states.tsv"):
        if state["route"] not in routes or sheet[state["sample_id"]]["copy_number"]:
            continue
        row, purity = hits[state["sample_id"], state["gene_symbol"]], float(sheet[state["sample_id"]]["purity"])
        ((names, lines),) = by_sample[state["sample_id"]]
        line = next(one for one in lines if (one.contig, str(one.position)) == (row["chrom"], row["position_1based"]))
        # Mutect2, FreeBayes: AD is reference, alternate; VarScan2: RD is reference, AD alternate.
        cells = next(line.cells[name] for name in names if name not in {"NORMAL", "SCLC08_N", "P16_N"})
        alternate, depth = (int(cells[name].split(",")[-1]) for name in ("AD", "DP"))
        whole = bdtrc(alternate - 1, depth, purity / 2)
        lost = max(bdtr(alternate, depth, purity / (2 - purity)), bdtr(alternate, depth, purity))
        assert (whole <= 0.01, lost <= 0.01) == routes[state["route"]], state


def test_a_subclonal_hit_and_the_clonal_ones_have_the_reads_for_it(samples, by_sample, planted):
    sheet = {row["sample_id"]: row for row in samples}
    (row,) = [row for row in planted if row.get("clonality") == "subclonal"]
    assert (row["sample_id"], row["gene_symbol"]) == ("P01_T1", "KMT2D")
    ((_, lines),) = by_sample["P01_T1"]
    line = next(one for one in lines if (one.contig, str(one.position)) == (row["chrom"], row["position_1based"]))
    alternate, depth = (int(line.cells["SCLC01_T"][name].split(",")[-1]) for name in ("AD", "DP"))
    # One copy of two in every tumour cell gives half the purity.
    assert bdtr(alternate, depth, float(sheet["P01_T1"]["purity"]) / 2) < 1e-6
    assert Counter(row["clonality"] for row in planted if "clonality" in row).keys() == {
        "clonal", "subclonal", "not_assessable", ""
    }  # fmt: skip


def test_where_no_purity_is_given_a_lone_tp53_copy_tells_the_planted_one(samples, by_sample, planted):
    truth = {row["sample_id"]: row for row in read_table(DEMO / "truth" / "purity.tsv")}
    estimated = [name for name, row in truth.items() if row["interval_holds"] == "true"]
    assert estimated == ["P02_T1"]
    assert next(row["purity"] for row in samples if row["sample_id"] == "P02_T1") == ""
    (row,) = [row for row in planted if (row["sample_id"], row["gene_symbol"]) == ("P02_T1", "TP53")]
    ((_, lines),) = by_sample["P02_T1"]
    line = next(one for one in lines if (one.contig, str(one.position)) == (row["chrom"], row["position_1based"]))
    cells = line.cells["TUMOR"]
    alternate, reference = (int(cells[f"{base}U"].split(",")[0]) for base in (row["alt"], row["ref"]))
    purity = float(truth["P02_T1"]["planted_purity"])
    expected = purity / (2 - purity)
    assert 0.025 < bdtr(alternate, alternate + reference, expected) < 0.975


def test_a_panel_covers_whole_genes_half_a_gene_and_not_pten(main_models):
    targets = [line.split("\t") for line in (DEMO / "targets" / "P17_T1.panel.bed").read_text().splitlines()]
    covered = {}
    for symbol, model in main_models.items():
        inside = sum(
            max(0, min(last, int(end)) - max(first - 1, int(start)))
            for first, last, _ in model.coding
            for contig, start, end, _ in targets
            if contig == model.contig
        )
        covered[symbol] = inside / sum(last - first + 1 for first, last, _ in model.coding)
    states = read_table(DEMO / "truth" / "gene_states.tsv")
    for route, fits in (
        ("not_in_panel", lambda part: part == 0),
        ("partly_in_panel", lambda part: 0.2 < part < 0.8),
    ):
        genes = [row["gene_symbol"] for row in states if row["route"] == route]
        assert genes
        assert all(fits(covered[gene]) for gene in genes), route
    assert covered["TP53"] == covered["RB1"] == covered["CHD8"] == 1
    assert covered["PTEN"] == 0


def test_the_population_has_what_is_germline_and_nothing_that_is_somatic(planted):
    _, lines = read_vcf(DEMO / "population.vcf.gz")
    common = {(line.contig, str(line.position), line.ref, line.alts[0]) for line in lines}
    for row in planted:
        allele = (row["chrom"], row["position_1based"], row["ref"], row["alt"])
        assert (allele in common) == (row.get("origin") == "likely_germline"), row
    assert {row["origin"] for row in planted if "origin" in row} == {"somatic", "likely_germline", "uncertain"}


def test_the_callers_of_an_event_are_those_whose_file_has_it(samples, vcfs, planted):
    files = {row["sample_id"]: files_of(row) for row in samples}
    kinds = Counter()
    for row in planted:
        if row.get("callers") and row["sample_id"] == "P01_T2":
            having = [
                path.name.split(".")[1]
                for path in files["P01_T2"]
                if any(
                    (one.contig, str(one.position)) == (row["chrom"], row["position_1based"]) for one in vcfs[path][1]
                )
            ]
            assert row["callers"] == ";".join(having)
            assert row["callers_given"] == "2"
            kinds[row["callers"]] += 1
    assert set(kinds) == {"mutect2;varscan2", "mutect2", "varscan2"}


def test_strelka2_has_single_bases_and_indels_in_files_of_their_own(vcfs):
    lengths = {
        path.name.split(".")[-3]: {len(line.ref) == len(line.alts[0]) for line in lines}
        for path, (_, lines) in vcfs.items()
        if path.name.startswith("P13_T1.somatic.")
    }
    assert lengths == {"snvs": {True}, "indels": {False}}


def test_two_changes_of_one_codon_lie_on_one_haplotype(by_sample, planted):
    (row,) = [row for row in planted if row.get("read_with")]
    (aside,) = [other for other in planted if other.get("why", "").startswith("read together")]
    assert aside["why"] == "read together with p.G12V as p.G12F"
    ((_, lines),) = by_sample["P12_T1"]
    places = {row["position_1based"], aside["position_1based"]}
    cells = [one.cells["SCLC12_T"] for one in lines if one.contig == "chr12" and str(one.position) in places]
    assert len(cells) == 2
    assert {(cell["GT"], cell["PGT"]) for cell in cells} == {("0|1", "0|1")}
    assert len({(cell["PID"], cell["PS"]) for cell in cells}) == 1


LETTERS = {
    "Ala": "A", "Arg": "R", "Asn": "N", "Asp": "D", "Cys": "C", "Gln": "Q", "Glu": "E", "Gly": "G", "His": "H",
    "Ile": "I", "Leu": "L", "Lys": "K", "Met": "M", "Phe": "F", "Pro": "P", "Ser": "S", "Thr": "T", "Trp": "W",
    "Tyr": "Y", "Val": "V", "Ter": "*",
}  # fmt: skip


@pytest.mark.parametrize(
    ("sample_id", "name", "tag", "columns"),
    [
        ("P08_T1", "P08_T1.mutect2.vcf", "CSQ", ("HGVSp", "SYMBOL")),
        ("P04_T1", "P04_T1.freebayes.vcf", "ANN", ("HGVS.p", "Gene_Name")),
    ],
)
def test_a_files_own_annotation_says_what_is_planted_but_where_it_is_planted_to_disagree(
    planted, sample_id, name, tag, columns
):
    text = (DEMO / "variants" / name).read_text()
    described = re.search(rf"ID={tag},.*(?:Format: |annotations: ')([^'\"]+)", text)
    order = [column.strip() for column in described[1].split("|")]
    said = {}
    for row in (line.split("\t") for line in text.splitlines() if not line.startswith("#")):
        for entry in re.findall(rf"{tag}=([^;]+)", row[7])[0].split(","):
            cells = dict(zip(order, entry.split("|"), strict=True))
            change = re.sub("[A-Z][a-z]{2}", lambda found: LETTERS[found[0]], cells[columns[0]].rpartition(":")[2])
            said[row[0], row[1], cells["Allele"]] = (cells[columns[1]], change)
    wrong = {row["event"] for row in read_table(DEMO / "truth" / "annotation_disagreements.tsv")}
    events = [row for row in planted if row["sample_id"] == sample_id and "event_type" in row]
    assert len(events) > 2
    for row in events:
        alleles = {row["alt"], row["alt"][1:] or "-"}
        (found,) = [
            value
            for key, value in said.items()
            if key[:2] == (row["chrom"], row["position_1based"]) and key[2] in alleles
        ]
        assert (found == (row["gene_symbol"], row["event"])) == (row["event"] not in wrong), row


def test_expression_is_tpm_and_holds_every_programme_gene(shared_data):
    rows = read_table(DEMO / "expression.tsv")
    assert 1_500 <= len(rows) <= 2_500
    columns = [name for name in rows[0] if name != "gene"]
    for name in columns:
        assert round(sum(float(row[name]) for row in rows), 2) == 1_000_000
    genes = [row["gene"] for row in rows]
    assert len(genes) == len(set(genes))
    with (shared_data / "sclc_lines_expression" / "programmes.csv").open(newline="") as handle:
        programmes = {gene for row in csv.DictReader(handle) for gene in row.values()}
    assert len(programmes) == 80
    assert programmes <= set(genes)
