"""The MAF and the driver tables of a small cohort, from tables to files."""

from __future__ import annotations

import csv
import random

import pytest

from sclcohort.contracts import CODING_VARIANTS, EVENTS, REFERENCE_GENES, SAMPLES, VARIANT_STATUS
from sclcohort.errors import StepError
from sclcohort.exports.export_cohort import run, write_maf
from sclcohort.exports.maf import COLUMNS, MafGene, make_maf_row
from sclcohort.tables import Table, read_rows, write_rows

GENES = [
    {
        "gene_symbol": symbol,
        "gene_id": f"ENSG_{symbol}",
        "contig": contig,
        "start_0based": 0,
        "end": 1000,
        "strand": strand,
        "transcript_id": f"ENST_{symbol}",
        "protein_residues": residues,
        "transcript_rule": "longest_cds",
    }
    for symbol, contig, strand, residues in (("RB1", "chr13", "+", 928), ("TP53", "chr17", "-", 393))
]


def variant(sample, symbol, position, ref, alt, consequence, consequence_class, hgvs_p, **changed):
    """Return a row of CODING_VARIANTS on the representative transcript of a gene."""
    return {
        "sample_id": sample,
        "chrom": {"RB1": "chr13", "TP53": "chr17"}[symbol],
        "position_1based": position,
        "ref": ref,
        "alt": alt,
        "filter": "PASS",
        "filter_accepted": True,
        "depth_reads": 100,
        "alt_depth_reads": 40,
        "gene_symbol": symbol,
        "transcript_id": f"ENST_{symbol}",
        "is_representative": True,
        "consequence": consequence,
        "consequence_class": consequence_class,
        "hgvs_p": hgvs_p,
    } | changed


def event(sample, symbol, name):
    return {
        "sample_id": sample,
        "gene_symbol": symbol,
        "event": name,
        "event_type": "missense",
        "gene_class": "sclc_driver",
        "oncogenic_call": "uncertain",
        "vaf": 0.4,
        "citation": "made for this test",
    }


VARIANTS = {
    "0001": [
        variant("S1", "TP53", 90, "C", "T", "missense", "missense", "p.R175H", normal_depth_reads=50,
                normal_alt_depth_reads=0),
        variant("S1", "TP53", 91, "C", "T", "missense", "missense", "p.R43H", transcript_id="ENST_OTHER",
                is_representative=False),
        variant("S2", "TP53", 90, "C", "T", "missense", "missense", "p.R175H", depth_reads=None, alt_depth_reads=None),
    ],
    "0002": [
        variant("S3", "RB1", 500, "AG", "A", "frameshift", "truncating", "p.K100fs", filter="low_evidence",
                filter_accepted=False),
        variant("S3", "RB1", 60, "A", "ATTC", "inframe_insertion", "inframe_indel", "p.L20_K21insF", filter=None),
    ],
}  # fmt: skip
STATUS = {
    "0001": [
        {"sample_id": "S1", "state": "imported", "has_normal": True},
        {"sample_id": "S2", "state": "imported"},
    ],
    "0002": [
        {"sample_id": "S3", "state": "imported", "has_normal": True},
        {"sample_id": "S4", "state": "not_provided"},
    ],
}
EVENT_ROWS = [event("S3", "RB1", "p.K100fs"), event("S1", "TP53", "p.R175H"), event("S3", "CREBBP", "p.A1V")]


def lay_out(folder, variants=VARIANTS, status=STATUS, events=EVENT_ROWS, genes=GENES):
    """Write the tables of a cohort of four samples in two chunks; return the options of `run`."""

    def written(name, table: Table, rows):
        write_rows(folder / name, table, rows)
        return folder / name

    samples = [{"sample_id": f"S{n}", "patient_id": f"P{n}", "chunk": "0001" if n < 3 else "0002"} for n in range(1, 5)]
    return {
        "samples": written("samples.tsv", SAMPLES, samples),
        "coding_variants": tuple(written(f"{chunk}.v.tsv", CODING_VARIANTS, rows) for chunk, rows in variants.items()),
        "variant_status": tuple(written(f"{chunk}.s.tsv", VARIANT_STATUS, rows) for chunk, rows in status.items()),
        "events": written("events.tsv", EVENTS, events),
        "genes": written("genes.tsv", REFERENCE_GENES, genes),
        "build": "GRCh38",
        "population_configured": True,
        "max_error_probability": 0.01,
        "maf": folder / "exports" / "cohort.maf",
        "drivers": folder / "exports" / "drivers",
    }


def read_maf(path):
    with path.open(encoding="utf-8") as handle:
        assert handle.readline() == "#version 2.4\n"
        return list(csv.DictReader(handle, delimiter="\t", quoting=csv.QUOTE_NONE))


def test_the_maf_has_a_row_per_allele_sample_and_gene_in_genome_order(tmp_path):
    options = lay_out(tmp_path)
    run(**options)
    rows = read_maf(options["maf"])
    names = (
        "Chromosome", "Start_Position", "End_Position", "Reference_Allele", "Tumor_Seq_Allele2",
        "Tumor_Sample_Barcode", "Variant_Classification", "HGVSp_Short", "FILTER", "filter_accepted",
    )  # fmt: skip
    assert [tuple(row[name] for name in names) for row in rows] == [
        ("chr13", "60", "61", "-", "TTC", "S3", "In_Frame_Ins", "p.L20_K21insF", "", "true"),
        ("chr13", "501", "501", "G", "-", "S3", "Frame_Shift_Del", "p.K100fs", "low_evidence", "false"),
        ("chr17", "90", "90", "C", "T", "S1", "Missense_Mutation", "p.R175H", "PASS", "true"),
        ("chr17", "90", "90", "C", "T", "S2", "Missense_Mutation", "p.R175H", "PASS", "true"),
    ]


def test_the_normal_has_a_name_of_its_own_and_counts_stay_missing_where_they_are(tmp_path):
    options = lay_out(tmp_path)
    run(**options)
    rows = {row["Tumor_Sample_Barcode"]: row for row in read_maf(options["maf"])}
    names = ("Matched_Norm_Sample_Barcode", "t_depth", "t_ref_count", "t_alt_count", "n_depth", "n_ref_count")
    assert {sample: [row[name] for name in names] for sample, row in rows.items()} == {
        "S1": ["S1_normal", "100", "60", "40", "50", "50"],
        "S2": ["", "", "", "", "", ""],
        "S3": ["S3_normal", "100", "60", "40", "", ""],
    }


def test_the_origin_is_that_of_the_event_else_told_by_normal_and_population(tmp_path):
    of_event = event("S1", "TP53", "p.R175H") | {"chrom": "chr17", "position_1based": 90, "ref": "C", "alt": "T"}
    common = VARIANTS["0001"][2] | {"population_frequency": 0.01}
    variants = {"0001": [VARIANTS["0001"][0], common], "0002": VARIANTS["0002"]}
    options = lay_out(tmp_path, variants=variants, events=[of_event | {"origin": "uncertain"}])
    run(**options)
    found = [(row["Tumor_Sample_Barcode"], row["FILTER"], row["origin"]) for row in read_maf(options["maf"])]
    assert sorted(found) == [
        ("S1", "PASS", "uncertain"),
        ("S2", "PASS", "likely_germline"),
        ("S3", "", "somatic"),
        ("S3", "low_evidence", "uncertain"),
    ]


def test_every_line_of_the_maf_has_all_columns(tmp_path):
    options = lay_out(tmp_path)
    run(**options)
    lines = options["maf"].read_text().splitlines()[1:]
    assert lines[0].split("\t") == list(COLUMNS)
    assert {line.count("\t") for line in lines} == {len(COLUMNS) - 1}


def test_every_sample_has_a_driver_table_with_its_rows_of_the_event_table(tmp_path):
    options = lay_out(tmp_path)
    run(**options)
    found = {path.name: list(read_rows(path, EVENTS)) for path in options["drivers"].iterdir()}
    every = list(read_rows(options["events"], EVENTS))
    assert found == {f"S{n}.drivers.tsv": [row for row in every if row["sample_id"] == f"S{n}"] for n in range(1, 5)}
    assert [len(found[f"S{n}.drivers.tsv"]) for n in range(1, 5)] == [1, 0, 2, 0]


def test_a_cohort_without_variants_or_events_gives_headers(tmp_path):
    options = lay_out(tmp_path, variants={"0001": [], "0002": []}, events=[])
    run(**options)
    assert options["maf"].read_text() == "#version 2.4\n" + "\t".join(COLUMNS) + "\n"
    header = "\t".join(EVENTS.column_names) + "\n"
    assert {path.read_text() for path in options["drivers"].iterdir()} == {header}


def test_the_order_of_the_chunks_changes_no_byte(tmp_path):
    one = lay_out(tmp_path / "one")
    other = lay_out(tmp_path / "other")
    other |= {name: other[name][::-1] for name in ("coding_variants", "variant_status")}
    run(**one)
    run(**other)
    assert one["maf"].read_bytes() == other["maf"].read_bytes()


def test_a_table_of_a_sample_that_left_the_cohort_goes_too(tmp_path):
    options = lay_out(tmp_path)
    options["drivers"].mkdir(parents=True)
    (options["drivers"] / "S9.drivers.tsv").write_text("old\n")
    (options["drivers"] / "notes.txt").write_text("mine\n")
    run(**options)
    names = {path.name for path in options["drivers"].iterdir()}
    assert names == {"notes.txt", *(f"S{n}.drivers.tsv" for n in range(1, 5))}


@pytest.mark.parametrize("run_rows", [1, 2, 7, 1000])
def test_a_sort_in_several_runs_gives_the_bytes_of_a_sort_in_one(tmp_path, run_rows):
    gene = MafGene("ENSG", "+", 100)
    maker = random.Random(7)
    rows = [
        make_maf_row(
            VARIANTS["0001"][0] | {
                "normal_depth_reads": None,
                "normal_alt_depth_reads": None,
                "protein_position": None,
                "sample_id": f"S{maker.randrange(3)}",
                "chrom": f"chr{maker.choice(['2', '10', 'X'])}",
                "position_1based": number,
            },
            "", gene, "GRCh38", "uncertain",
        )
        for number in maker.sample(range(1, 900), 40)
    ]  # fmt: skip
    assert write_maf(tmp_path / "one.maf", rows) == 40
    write_maf(tmp_path / "many.maf", iter(rows), run_rows)
    assert (tmp_path / "many.maf").read_bytes() == (tmp_path / "one.maf").read_bytes()
    assert {path.name for path in tmp_path.iterdir()} == {"one.maf", "many.maf"}


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        ({"status": {"0001": STATUS["0001"]}}, "sample S3 is not among those imported"),
        ({"genes": GENES[:1]}, "transcript ENST_TP53 is not in the gene table"),
        ({"events": [event("S9", "RB1", "p.K1N")]}, "sample S9 is not in the sample table"),
    ],
)
def test_tables_of_different_runs_are_refused(tmp_path, spoil, message):
    with pytest.raises(StepError, match=message):
        run(**lay_out(tmp_path, **spoil))


def test_events_of_a_sample_in_two_places_are_refused(tmp_path):
    options = lay_out(tmp_path)
    lines = options["events"].read_text().splitlines(keepends=True)
    options["events"].write_text("".join([*lines, lines[1]]))
    with pytest.raises(StepError, match="sample S1 stands in two places"):
        run(**options)


def test_a_refused_export_leaves_no_half_written_maf(tmp_path):
    options = lay_out(tmp_path, genes=GENES[:1])
    with pytest.raises(StepError):
        run(**options)
    assert list(options["maf"].parent.iterdir()) == []
