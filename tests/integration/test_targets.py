"""A cohort on a panel, through the workflow: what lies outside it is not counted, and is not there to be tested."""

from __future__ import annotations

import csv
from collections import Counter

import pytest

from sclcohort.contracts import MUTATION_BURDEN, RECURRENCE, REFERENCE_GENES, TARGET_GENES, TARGETS, VARIANT_STATUS
from sclcohort.tables import read_rows
from tests.workflow_runs import copy_repository, jobs_planned, snakemake

pytestmark = pytest.mark.slow
PANEL = ("TP53", "RB1", "NOTCH1")


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """Run the demo on a panel of three whole genes, the first sample on another of one; return the folder."""
    folder = copy_repository(tmp_path_factory.mktemp("targets"))
    model = (folder / "resources" / "demo" / "genes.gff3").read_text().splitlines()
    spans = {
        symbol: (row[0], int(row[3]) - 1, int(row[4]))
        for row in (line.split("\t") for line in model if "\tgene\t" in line)
        for symbol in PANEL
        if f"Name={symbol};" in row[8]
    }
    assert set(spans) == set(PANEL)
    for name, symbols in (("panel.bed", PANEL), ("one.bed", PANEL[:1])):
        (folder / name).write_text("".join("{}\t{}\t{}\n".format(*spans[symbol]) for symbol in symbols))
    sheet = folder / "config" / "samples.tsv"
    header, *rows = (line.split("\t") for line in sheet.read_text().splitlines())
    for number, row in enumerate(rows):
        row[header.index("target")] = "" if number else "../one.bed"
    sheet.write_text("".join("\t".join(row) + "\n" for row in [header, *rows]))
    config = (folder / "config" / "config.yaml").read_text()
    config = config.replace("\nvariants:\n", "\nvariants:\n  target: panel.bed\n")
    (folder / "panel.yaml").write_text(config.replace("cohort: demo", "cohort: panel"))
    done = snakemake(folder, "--configfile", "panel.yaml")
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


def results(folder, table):
    paths = sorted((folder / "results" / "panel").glob(table.name.replace("{chunk}", "*")))
    return [row for path in paths for row in read_rows(path, table)]


def test_a_panel_covers_its_genes_whole_and_no_other(run):
    lengths = {row["gene_symbol"]: row["cds_bases"] for row in results(run, REFERENCE_GENES)}
    covered = {(row["target"], row["gene_symbol"]): row["covered_bases"] for row in results(run, TARGET_GENES)}
    for symbol, bases in lengths.items():
        assert covered[("all_coding", symbol)] == bases
        assert covered[("panel.bed", symbol)] == (bases if symbol in PANEL else 0)
        assert covered[("one.bed", symbol)] == (bases if symbol == "TP53" else 0)
    coding = {row["target"]: row["coding_bases"] for row in results(run, TARGETS)}
    assert coding["panel.bed"] == sum(lengths[symbol] for symbol in PANEL)


def test_the_burden_of_each_sample_is_what_the_maf_has_in_its_panel(run):
    with (run / "results" / "panel" / "exports" / "cohort.maf").open(encoding="utf-8") as handle:
        rows = list(csv.DictReader((line for line in handle if not line.startswith("#")), delimiter="\t"))
    first = next(iter(results(run, MUTATION_BURDEN)))["sample_id"]
    counted = Counter(
        row["Tumor_Sample_Barcode"]
        for row in rows
        if row["Hugo_Symbol"] in (PANEL[:1] if row["Tumor_Sample_Barcode"] == first else PANEL)
        and row["filter_accepted"].lower() == "true"
        and row["Variant_Classification"] != "Splice_Site"
        # Without a normal, what the population has is left out.
        and (row["Matched_Norm_Sample_Barcode"] or float(row["population_frequency"] or 0) == 0)
    )
    imported = {row["sample_id"] for row in results(run, VARIANT_STATUS) if row["state"] == "imported"}
    found = {row["sample_id"]: row for row in results(run, MUTATION_BURDEN) if row["counted"] is not None}
    assert set(found) == imported
    assert {name: row["counted"] for name, row in found.items()} == {name: counted[name] for name in found}
    assert {row["target"] for name, row in found.items() if name != first} == {"panel.bed"}
    assert found[first]["target"] == "one.bed"
    assert sum(counted.values()) > 10


def test_a_small_cohort_is_not_tested_and_says_what_is_missing(run):
    rows = results(run, RECURRENCE)
    assert {row["state"] for row in rows} == {"not_assessable"}
    assert all("needed" in row["reason"] and row["p_value"] is None for row in rows)


def test_an_edited_bed_measures_again_and_imports_no_variant_again(run):
    with (run / "panel.bed").open("a") as handle:
        handle.write("# a comment\n")
    done = snakemake(run, "--configfile", "panel.yaml", "--dry-run", "--workflow-profile", "none")
    planned = jobs_planned(done.stdout + done.stderr)
    assert {"prepare_targets", "measure_burden", "assess_recurrence"} <= set(planned)
    assert "import_variants" not in planned


def test_the_manifest_has_the_panels_among_its_inputs(run):
    text = (run / "results" / "panel" / "provenance" / "manifest.json").read_text()
    assert '"path": "panel.bed"' in text
    assert '"path": "one.bed"' in text
