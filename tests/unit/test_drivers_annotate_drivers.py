"""The step annotate-drivers from tables to tables, on a cohort small enough to follow by hand."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from sclcohort.__main__ import main
from sclcohort.contracts import (
    ANNOTATION_DISAGREEMENTS,
    CODING_INTRONS,
    CODING_VARIANTS,
    COPY_NUMBER_STATUS,
    DRIVER_GENES,
    EVENTS,
    GENE_COPY_NUMBER,
    GENE_DISRUPTIONS,
    GENE_STATES,
    PURITY,
    REFERENCE_COVERAGE,
    REFERENCE_GENES,
    SAMPLES,
    SET_ASIDE,
    STRUCTURAL_VARIANT_STATUS,
    TARGET_GENES,
    VARIANT_STATUS,
)
from sclcohort.drivers.annotate_drivers import run
from sclcohort.errors import StepError, TableError
from sclcohort.tables import read_rows, write_rows

OUTPUTS = {
    "events": EVENTS,
    "set_aside": SET_ASIDE,
    "gene_states": GENE_STATES,
    "purity": PURITY,
    "annotation_disagreements": ANNOTATION_DISAGREEMENTS,
}


def sample_row(sample_id, *, variants=True, copy_number=True, purity=0.6, chunk="c1"):
    return {
        "sample_id": sample_id,
        "patient_id": sample_id,
        "chunk": chunk,
        "variants": f"{sample_id}.vcf" if variants else None,
        "copy_number": f"{sample_id}.seg" if copy_number else None,
        "purity": purity,
    }


def variant_row(sample_id, gene, hgvs_p, kind, position, **fields):
    return {
        "sample_id": sample_id,
        "chrom": "17",
        "position_1based": position,
        "ref": "C",
        "alt": "T",
        "filter": "PASS",
        "filter_accepted": True,
        "depth_reads": 100,
        "alt_depth_reads": 60,
        "vaf": 0.6,
        "gene_symbol": gene,
        "transcript_id": f"{gene}-1",
        "is_representative": True,
        "consequence": kind,
        "consequence_class": kind,
        "protein_position": 1,
        "hgvs_p": hgvs_p,
    } | fields


def copies_row(sample_id, gene, state="neutral", total=2.0, **fields):
    return {
        "sample_id": sample_id,
        "gene_symbol": gene,
        "log2_ratio": 0.0,
        "total_copies": total,
        "state": state,
        "lowest_log2_ratio": 0.0,
        "segments": 1,
        "covered_fraction": 1.0,
    } | fields


@dataclass
class Cohort:
    """Tables of a cohort in memory; `annotate` writes them, runs the step and returns what it wrote."""

    samples: list[dict]
    variants: list[dict]
    variant_status: dict[str, str]
    copies: list[dict]
    copy_number_status: dict[str, str]
    genes_covered: dict[str, tuple[bool, bool]] = field(default_factory=dict)
    structural_variants: list[dict] = field(default_factory=list)
    structural_variant_status: dict[str, str] = field(default_factory=dict)
    target_genes: list[dict] = field(default_factory=list)

    def annotate(self, folder: Path, repository: Path, **settings):
        folder.mkdir(parents=True, exist_ok=True)
        resources = repository / "resources"
        symbols = [row["gene_symbol"] for row in _driver_rows(resources)]
        covered = {symbol: self.genes_covered.get(symbol, (True, True)) for symbol in symbols}
        write_rows(folder / "samples.tsv", SAMPLES, self.samples)
        write_rows(
            folder / "coverage.tsv",
            REFERENCE_COVERAGE,
            [
                {"gene_symbol": gene, "in_gene_model": model, "has_span": span}
                for gene, (model, span) in covered.items()
            ],
        )
        write_rows(folder / "target_genes.tsv", TARGET_GENES, self.target_genes)
        write_rows(folder / "genes.tsv", REFERENCE_GENES, [])
        write_rows(folder / "introns.tsv", CODING_INTRONS, [])
        chunks = sorted({row["chunk"] for row in self.samples})
        structural = (STRUCTURAL_VARIANT_STATUS, _status(self.structural_variant_status))
        files = defaultdict(list)
        for chunk in chunks:
            members = {row["sample_id"] for row in self.samples if row["chunk"] == chunk}
            for name, table, rows in (
                ("coding_variants", CODING_VARIANTS, self.variants),
                ("variant_status", VARIANT_STATUS, _status(self.variant_status, has_normal=True)),
                ("structural_variants", GENE_DISRUPTIONS, self.structural_variants),
                ("structural_variant_status", *structural),
                ("copy_number", GENE_COPY_NUMBER, self.copies),
                ("copy_number_status", COPY_NUMBER_STATUS, _status(self.copy_number_status)),
            ):
                path = folder / f"{chunk}.{name}.tsv"
                write_rows(path, table, [row for row in rows if row["sample_id"] in members])
                files[name].append(path)
        written = {name: folder / f"{name}.tsv" for name in OUTPUTS}
        arguments = {
            "samples": folder / "samples.tsv",
            "coverage": folder / "coverage.tsv",
            "target_genes": folder / "target_genes.tsv",
            "reference_genes": folder / "genes.tsv",
            "coding_introns": folder / "introns.tsv",
            "driver_genes": resources / "driver_genes.tsv",
            "hotspots": resources / "hotspots.tsv",
            "artefacts": resources / "artefacts.tsv",
            "oncogenic_variants": resources / "oncogenic_variants.tsv",
            "population_configured": False,
            "max_error_probability": 0.01,
            **{name: tuple(paths) for name, paths in files.items()},
            **written,
        }
        run(**(arguments | settings))
        return {name: list(read_rows(written[name], table)) for name, table in OUTPUTS.items()}


def _driver_rows(resources: Path):
    return read_rows(resources / "driver_genes.tsv", DRIVER_GENES)


def _status(states: dict[str, str], **more):
    reasons = {"refused": "REF differs at 17:5"}
    return [{"sample_id": one, "state": state, "reason": reasons.get(state)} | more for one, state in states.items()]


@pytest.fixture
def cohort():
    """Four samples: S1 with everything, S2 without segments, S3 without variants, S4 refused."""
    return Cohort(
        samples=[
            sample_row("S1"),
            sample_row("S2", copy_number=False, chunk="c2"),
            sample_row("S3", variants=False, purity=None, chunk="c2"),
            sample_row("S4", copy_number=False),
        ],
        variants=[
            variant_row("S1", "TP53", "p.R175H", "missense", 100, alt_depth_reads=43, vaf=0.43),
            variant_row("S1", "RB1", "p.R320*", "truncating", 200, chrom="13"),
            variant_row("S1", "RB1", "p.X702_splice", "splice", 900, chrom="13"),
            variant_row(
                "S1", "PTEN", "p.R130*", "truncating", 300, chrom="10", filter="germline", filter_accepted=False
            ),
            variant_row("S1", "PIK3CA", "p.A10V", "missense", 400, chrom="3"),
            variant_row("S1", "LRP1B", "p.G10V", "missense", 500, chrom="2"),
            variant_row("S1", "TTN", "p.G11V", "missense", 600, chrom="2"),
            variant_row(
                "S1", "KRAS", "p.G12C", "missense", 700, chrom="12", transcript_id="KRAS-2", is_representative=False
            ),
            variant_row("S1", "EGFR", "p.L858R", "missense", 800, chrom="7"),
            variant_row("S2", "TP53", "p.R248Q", "missense", 100),
            variant_row("S2", "RB1", "p.Q504*", "truncating", 200, chrom="13", alt_depth_reads=None, vaf=None),
            variant_row("S2", "PTEN", "p.X85_splice", "splice", 300, chrom="10", alt_depth_reads=30),
            variant_row("S2", "PTEN", "p.X85_splice", "splice", 302, chrom="10", alt_depth_reads=30),
        ],
        variant_status={"S1": "imported", "S2": "imported", "S3": "not_provided", "S4": "refused"},
        copies=[
            copies_row("S1", "TP53", "loss", 1.0, minor_copies=0.0),
            copies_row("S1", "RB1"),
            copies_row("S1", "PTEN"),
            copies_row("S1", "MYC", "amplification", 14.0, log2_ratio=2.3),
            copies_row("S1", "NOT_A_DRIVER", "amplification", 14.0),
            copies_row("S3", "RB1", "deep_deletion", 0.2, log2_ratio=-3.3),
            copies_row("S3", "MYC"),
            copies_row("S3", "TP53", "not_covered", None, segments=0, covered_fraction=0.0, log2_ratio=None),
        ],
        copy_number_status={"S1": "imported", "S2": "not_provided", "S3": "imported", "S4": "not_provided"},
    )


def states_of(tables, *columns):
    return {
        (row["sample_id"], row["gene_symbol"]): tuple(row[name] for name in columns) for row in tables["gene_states"]
    }


def test_events_variants_set_aside_and_states_are_those_worked_by_hand(cohort, tmp_path, repository):
    tables = cohort.annotate(tmp_path, repository)
    called = {
        (row["sample_id"], row["gene_symbol"], row["event"], row["event_type"], row["oncogenic_call"])
        for row in tables["events"]
    }
    assert called == {
        ("S1", "EGFR", "p.L858R", "hotspot", "likely_oncogenic"),
        ("S1", "LRP1B", "p.G10V", "missense", "not_promoted"),
        ("S1", "MYC", "amplification", "amplification", "likely_oncogenic"),
        ("S1", "RB1", "p.R320*", "truncating", "likely_oncogenic"),
        ("S1", "RB1", "p.X702_splice", "splice", "likely_oncogenic"),
        ("S1", "TP53", "p.R175H", "hotspot", "likely_oncogenic"),
        ("S2", "PTEN", "p.X85_splice [10:300 C>T]", "splice", "likely_oncogenic"),
        ("S2", "PTEN", "p.X85_splice [10:302 C>T]", "splice", "likely_oncogenic"),
        ("S2", "RB1", "p.Q504*", "truncating", "likely_oncogenic"),
        ("S2", "TP53", "p.R248Q", "hotspot", "likely_oncogenic"),
        ("S3", "RB1", "deep_deletion", "deep_deletion", "likely_oncogenic"),
    }
    aside = {(row["sample_id"], row["gene_symbol"], row["event"]): row["reason"] for row in tables["set_aside"]}
    assert aside == {
        ("S1", "KRAS", "p.G12C"): "touches no coding base or splice site of the transcript that stands for the gene",
        ("S1", "PIK3CA", "p.A10V"): "PIK3CA counts hotspot; this is a missense change outside the hotspots",
        ("S1", "PTEN", "p.R130*"): "FILTER germline is not among variants.accepted_filters",
    }
    states = states_of(tables, "state", "second_hit", "confidence")
    assert states["S1", "TP53"] == ("biallelic", "found", "definite")  # one copy left, and it carries the hit
    assert states["S1", "RB1"] == ("biallelic", "found", "probable")  # two hits
    assert states["S1", "PTEN"] == ("none", None, None)
    assert states["S2", "TP53"] == ("biallelic", "found", "probable")  # VAF 0.6 at purity 0.6
    assert states["S2", "RB1"] == ("one_hit", "not_assessable", None)  # no reads, no segments
    assert states["S2", "PTEN"] == ("one_hit", "not_found", None)  # two records two bases apart are one hit
    assert states["S3", "RB1"] == ("biallelic", "found", "definite")
    assert states["S3", "TP53"] == ("not_assessable", None, None)
    assert states["S4", "TP53"] == ("not_assessable", None, None)
    assert states["S1", "MYC"] == ("altered", None, None)
    assert states["S3", "MYC"] == ("none", None, None)
    assert states["S2", "MYC"] == ("not_assessable", None, None)
    assert states["S1", "LRP1B"] == ("none", None, None)


def test_every_sample_has_a_state_with_a_reason_for_every_driver_gene(cohort, tmp_path, repository):
    tables = cohort.annotate(tmp_path, repository)
    genes = {row["gene_symbol"] for row in _driver_rows(repository / "resources")}
    assert {(row["sample_id"], row["gene_symbol"]) for row in tables["gene_states"]} == {
        (row["sample_id"], gene) for row in cohort.samples for gene in genes
    }
    assert all(row["reason"] for row in tables["gene_states"])


def test_every_allele_in_a_driver_gene_ends_as_an_event_or_set_aside(cohort, tmp_path, repository):
    tables = cohort.annotate(tmp_path, repository)
    key = ("sample_id", "gene_symbol", "chrom", "position_1based", "ref", "alt")
    read = {tuple(row[name] for name in key) for row in cohort.variants if row["gene_symbol"] != "TTN"}
    called = {tuple(row[name] for name in key) for row in tables["events"] if row["chrom"]}
    aside = {tuple(row[name] for name in key) for row in tables["set_aside"]}
    assert called | aside == read
    assert called & aside == set()


def test_a_state_that_is_not_assessable_names_the_missing_layer(cohort, tmp_path, repository):
    cohort.genes_covered = {"PTEN": (False, True)}
    reasons = states_of(cohort.annotate(tmp_path, repository), "reason")
    assert reasons["S3", "TP53"] == ("no hit seen, but variants not provided; no copy-number segment covers the gene",)
    assert reasons["S4", "TP53"] == (
        "no hit seen, but variants refused: REF differs at 17:5; copy number not provided",
    )
    assert reasons["S1", "PTEN"] == (
        "no hit seen, but the gene is not in the gene model, so its variants have no consequence; "
        "1 variant(s) of the gene set aside by FILTER",
    )


def test_tables_hold_the_same_bytes_whatever_the_order_of_samples_chunks_and_rows(cohort, tmp_path, repository):
    cohort.annotate(tmp_path / "one", repository)
    for rows in (cohort.samples, cohort.variants, cohort.copies):
        rows.reverse()
    cohort.annotate(tmp_path / "two", repository)
    for row in cohort.samples:
        row["chunk"] = {"c1": "z", "c2": "a"}[row["chunk"]]
    cohort.annotate(tmp_path / "three", repository)
    for name in OUTPUTS:
        first = (tmp_path / "one" / f"{name}.tsv").read_bytes()
        assert (tmp_path / "two" / f"{name}.tsv").read_bytes() == first
        assert (tmp_path / "three" / f"{name}.tsv").read_bytes() == first


def test_another_sample_changes_no_line_of_the_others(cohort, tmp_path, repository):
    cohort.annotate(tmp_path / "before", repository)
    cohort.samples.append(sample_row("S9", chunk="c3"))
    cohort.variants.append(variant_row("S9", "TP53", "p.R175H", "missense", 100))
    cohort.copies.append(copies_row("S9", "TP53"))
    cohort.variant_status["S9"] = cohort.copy_number_status["S9"] = "imported"
    cohort.annotate(tmp_path / "after", repository)
    for name in OUTPUTS:
        before = (tmp_path / "before" / f"{name}.tsv").read_text().splitlines()
        after = (tmp_path / "after" / f"{name}.tsv").read_text().splitlines()
        assert [line for line in after if not line.startswith("S9\t")] == before


def test_without_any_chunk_table_every_gene_is_not_assessable(cohort, tmp_path, repository):
    cohort.samples = [sample_row("S1", variants=False, copy_number=False)]
    nothing = dict.fromkeys(("coding_variants", "variant_status", "copy_number", "copy_number_status"), ())
    tables = cohort.annotate(tmp_path, repository, **nothing)
    assert tables["events"] == tables["set_aside"] == []
    assert {row["state"] for row in tables["gene_states"]} == {"not_assessable"}


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda c: c.variant_status.pop("S1"), "S1: the sheet names variants, but no status table"),
        (lambda c: c.copy_number_status.pop("S3"), "S3: the sheet names copy number, but no status table"),
    ],
)
def test_tables_that_contradict_the_sheet_are_refused(cohort, tmp_path, repository, spoil, message):
    spoil(cohort)
    with pytest.raises(StepError, match=message):
        cohort.annotate(tmp_path, repository)


@pytest.mark.parametrize("table", ["coding_variants", "variant_status", "copy_number", "copy_number_status"])
def test_a_chunk_of_another_sheet_is_refused_with_its_sample(cohort, tmp_path, repository, table):
    cohort.annotate(tmp_path / "all", repository)
    cohort.samples = [row for row in cohort.samples if row["chunk"] == "c2"]
    stale = (tmp_path / "all" / f"c1.{table}.tsv", tmp_path / "some" / f"c2.{table}.tsv")
    with pytest.raises(StepError, match=r"c1.*sample S1 is not in the samples table"):
        cohort.annotate(tmp_path / "some", repository, **{table: stale})


def test_a_coverage_table_of_another_driver_table_is_refused(cohort, tmp_path, repository):
    cohort.annotate(tmp_path, repository)
    rows = list(read_rows(tmp_path / "coverage.tsv", REFERENCE_COVERAGE))
    write_rows(tmp_path / "short.tsv", REFERENCE_COVERAGE, [row for row in rows if row["gene_symbol"] != "MYC"])
    with pytest.raises(StepError, match=r"driver genes without a row: MYC; .*run prepare-reference again"):
        cohort.annotate(tmp_path, repository, coverage=tmp_path / "short.tsv")


@pytest.mark.parametrize("probability", [0.0, 1.0, -0.1, 7.0])
def test_an_error_probability_that_is_none_is_refused(cohort, tmp_path, repository, probability):
    with pytest.raises(StepError, match="max_error_probability"):
        cohort.annotate(tmp_path, repository, max_error_probability=probability)


def test_a_table_that_breaks_its_contract_is_refused(cohort, tmp_path, repository):
    (tmp_path / "broken.tsv").write_text("sample_id\n")
    with pytest.raises(TableError, match=r"broken\.tsv: columns are"):
        cohort.annotate(tmp_path, repository, coding_variants=(tmp_path / "broken.tsv",))


def test_the_step_runs_from_the_command_line(cohort, tmp_path, repository):
    cohort.annotate(tmp_path, repository)
    arguments = ["annotate-drivers", "--max-error-probability", "0.01", "--no-population-configured"]
    for name, path in (
        ("samples", tmp_path / "samples.tsv"),
        ("coverage", tmp_path / "coverage.tsv"),
        ("target-genes", tmp_path / "target_genes.tsv"),
        ("reference-genes", tmp_path / "genes.tsv"),
        ("coding-introns", tmp_path / "introns.tsv"),
        ("artefacts", repository / "resources" / "artefacts.tsv"),
        ("oncogenic-variants", repository / "resources" / "oncogenic_variants.tsv"),
        ("driver-genes", repository / "resources" / "driver_genes.tsv"),
        ("hotspots", repository / "resources" / "hotspots.tsv"),
    ):
        arguments += [f"--{name}", str(path)]
    chunked = ("coding_variants", "variant_status", "structural_variants", "structural_variant_status")
    for name in (*chunked, "copy_number", "copy_number_status"):
        arguments += [f"--{name.replace('_', '-')}", *sorted(str(path) for path in tmp_path.glob(f"c?.{name}.tsv"))]
    for name in OUTPUTS:
        arguments += [f"--{name.replace('_', '-')}", str(tmp_path / f"again.{name}.tsv")]
    assert main(arguments) == 0
    for name in OUTPUTS:
        assert (tmp_path / f"again.{name}.tsv").read_bytes() == (tmp_path / f"{name}.tsv").read_bytes()
