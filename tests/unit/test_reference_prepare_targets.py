"""How much of each gene a target covers, on both strands, counted base by base."""

from __future__ import annotations

import runpy
from pathlib import Path
from types import SimpleNamespace

import pytest

from sclcohort.contracts import REFERENCE_GENES, SAMPLES, TARGET_GENES, TARGETS
from sclcohort.coordinates import Span
from sclcohort.errors import StepError
from sclcohort.reference import prepare_targets
from sclcohort.reference.targets import read_covered_fractions, target_name
from sclcohort.tables import read_rows, write_rows

F = SimpleNamespace(**runpy.run_path(str(Path(__file__).with_name("variants_fixtures.py"))))


@pytest.fixture(scope="module")
def reference(tmp_path_factory):
    return F.build_reference(tmp_path_factory.mktemp("reference"))


@pytest.fixture
def prepare(tmp_path, reference):
    """Prepare targets of BED texts by name; return the rows of both tables by key."""

    def prepare(**beds):
        rows = [{"sample_id": "S0", "patient_id": "P", "chunk": "0001"}]
        for number, (name, text) in enumerate(beds.items(), start=1):
            path = tmp_path / f"{name}.bed"
            path.write_text(text)
            rows.append(rows[0] | {"sample_id": f"S{number}", "target": str(path)})
        write_rows(tmp_path / "samples.tsv", SAMPLES, rows)
        written = {"targets": tmp_path / "targets.tsv", "target_genes": tmp_path / "target_genes.tsv"}
        given = {name: reference.files[name] for name in ("genes", "coding_exons", "genome")}
        prepare_targets.run(samples=tmp_path / "samples.tsv", **given, **written)
        genes = {(row["target"], row["gene_symbol"]): row for row in read_rows(written["target_genes"], TARGET_GENES)}
        return {row["target"]: row for row in read_rows(written["targets"], TARGETS)}, genes

    return prepare


def counted(gene, inside):
    """Return covered bases, and nonsilent and silent sites, of the coding bases whose place is inside."""
    altering = covered = 0
    for offset, place in enumerate(gene.places):
        if not inside(place):
            continue
        covered += 1
        codon = gene.cds[offset // 3 * 3 : offset // 3 * 3 + 3]
        for base in set("ACGT") - {gene.cds[offset]}:
            changed = codon[: offset % 3] + base + codon[offset % 3 + 1 :]
            altering += F.CODE[changed] != F.CODE[codon]
    return covered, altering / 3, covered - altering / 3


def test_without_a_bed_all_coding_bases_are_covered(prepare, reference):
    targets, genes = prepare()
    total = sum(len(gene.cds) for gene in reference.genes.values())
    assert targets == {
        "all_coding": {"target": "all_coding", "target_bases": total, "coding_bases": total, "reason": None}
    }
    for name, gene in reference.genes.items():
        row = genes[("all_coding", name)]
        covered, nonsilent, silent = counted(gene, lambda place: True)
        assert (row["coding_bases"], row["covered_bases"], row["covered_fraction"]) == (covered, covered, 1)
        assert (row["nonsilent_sites"], row["silent_sites"]) == pytest.approx((nonsilent, silent), rel=1e-5)


@pytest.mark.parametrize("name", ["PLUS", "MINUS"])
@pytest.mark.parametrize(
    ("first", "last"), [(-1, 0), (0, 1), (0, 49), (0, 50), (0, 51), (30, 145), (60, 300), (-9, 999)]
)
def test_a_window_covers_the_coding_bases_in_it_and_no_other(prepare, reference, name, first, last):
    """Offsets count from the first coding base in the genome; the first exon in the genome has 50 bases or more."""
    gene = reference.genes[name]
    begin = min(gene.places) + first
    end = min(min(gene.places) + last, len(reference.sequences[gene.contig]))
    targets, genes = prepare(panel=f"{gene.contig}\t{begin}\t{end}\n")
    covered, nonsilent, silent = counted(gene, lambda place: begin <= place < end)
    row = genes[("panel.bed", name)]
    assert row["covered_bases"] == targets["panel.bed"]["coding_bases"] == covered
    assert row["covered_fraction"] == pytest.approx(covered / len(gene.cds), rel=1e-5)
    assert (row["nonsilent_sites"], row["silent_sites"]) == pytest.approx((nonsilent, silent), rel=1e-5)
    assert targets["panel.bed"]["target_bases"] == end - begin


def test_overlapping_intervals_count_their_bases_once(prepare, reference):
    gene = reference.genes["PLUS"]
    start = min(gene.places)
    targets, _ = prepare(panel=f"1\t{start}\t{start + 20}\n1\t{start + 10}\t{start + 30}\n")
    assert (targets["panel.bed"]["target_bases"], targets["panel.bed"]["coding_bases"]) == (30, 30)


def test_a_target_without_a_coding_base_says_so(prepare):
    targets, genes = prepare(panel="1\t0\t10\n")
    assert targets["panel.bed"]["coding_bases"] == 0
    assert targets["panel.bed"]["reason"] == "no coding base of a representative transcript is in the target"
    assert genes[("panel.bed", "PLUS")]["covered_fraction"] == 0


@pytest.mark.parametrize(
    ("bed", "message"),
    [
        ("chr1\t0\t10\n", "add or remove chr"),
        ("1\t0\t99999\n", "an interval ends at 1:99999, beyond the contig's"),
        ("1\t9\t4\n", "line 1: start 9 is not before end 4"),
    ],
)
def test_a_bed_of_another_genome_is_refused(prepare, bed, message):
    with pytest.raises(StepError, match=message):
        prepare(panel=bed)


def test_of_two_genes_of_one_name_the_longer_stands_and_a_gene_without_frame_has_no_sites(tmp_path):
    exons = {"SHORT": [Span("1", 0, 9)], "LONG": [Span("1", 20, 32)], "CUT": [Span("1", 40, 49)]}
    rows = [
        {"gene_symbol": symbol, "transcript_id": transcript, "contig": "1", "start_0based": 0, "end": 50, "strand": "+"}
        | {"protein": protein, "transcript_rule": "longest_cds"}
        for symbol, transcript, protein in (("TWICE", "SHORT", "MK"), ("TWICE", "LONG", "MKK"), ("CUT", "CUT", None))
    ]
    write_rows(tmp_path / "genes.tsv", REFERENCE_GENES, rows)
    (tmp_path / "genome.fa").write_text(">1\n" + "ATGAAATGA" + "C" * 11 + "ATGAAAAAATGA" + "C" * 28 + "\n")
    models = prepare_targets.read_models(tmp_path / "genes.tsv", exons)
    assert {model.gene_symbol: model.coding for model in models} == {"TWICE": exons["LONG"], "CUT": exons["CUT"]}
    found = {row["gene_symbol"]: row for row in prepare_targets.gene_rows(models, {}, tmp_path / "genome.fa")}
    assert found["TWICE"]["nonsilent_sites"] + found["TWICE"]["silent_sites"] == 12
    assert (found["CUT"]["coding_bases"], found["CUT"].get("nonsilent_sites")) == (9, None)


def test_a_cohort_without_gene_model_has_no_coding_bases(tmp_path, reference):
    (tmp_path / "genome.fa").write_text("")
    for name in ("genes", "coding_exons"):
        header = reference.files[name].read_text().splitlines()[0]
        (tmp_path / name).write_text(header + "\n")
    write_rows(tmp_path / "samples.tsv", SAMPLES, [{"sample_id": "S", "patient_id": "P", "chunk": "1"}])
    prepare_targets.run(
        samples=tmp_path / "samples.tsv",
        genes=tmp_path / "genes",
        coding_exons=tmp_path / "coding_exons",
        genome=tmp_path / "genome.fa",
        targets=tmp_path / "targets.tsv",
        target_genes=tmp_path / "target_genes.tsv",
    )
    (row,) = read_rows(tmp_path / "targets.tsv", TARGETS)
    assert row["coding_bases"] == 0
    assert row["reason"] == "no gene model is configured, so no base is known to be coding"
    assert list(read_rows(tmp_path / "target_genes.tsv", TARGET_GENES)) == []


def test_the_covered_fraction_of_a_gene_is_found_by_the_path_of_its_target(prepare, reference, tmp_path):
    gene = reference.genes["PLUS"]
    prepare(panel=f"1\t{min(gene.places)}\t{min(gene.places) + 20}\n")
    fractions = read_covered_fractions(tmp_path / "target_genes.tsv", ("PLUS", "MINUS", "NOT_IN_MODEL"))
    assert target_name("folder/panel.bed") == "panel.bed"
    panel, whole = target_name("folder/panel.bed"), target_name(None)
    assert fractions[panel, "PLUS"] == pytest.approx(20 / len(gene.cds), rel=1e-5)
    assert (fractions[panel, "MINUS"], fractions[whole, "MINUS"]) == (0, 1)
    assert (panel, "NOT_IN_MODEL") not in fractions
