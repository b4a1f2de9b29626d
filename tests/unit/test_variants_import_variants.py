"""The import of variants: one truth in many dialects, what is left out, privacy, and the bytes of the results."""

from __future__ import annotations

import gzip
import random
import re
import subprocess
import sys
from dataclasses import replace

import pysam
import pysam.bcftools
import pytest

from sclcohort.files import sha256_of
from sclcohort.variants import import_variants, sample_import, sorting, write_vcfs
from tests.unit import variants_import_fixtures
from tests.unit.variants_import_fixtures import DIALECTS, F, one

# Fixtures of a module are what pytest finds among its names.
reference = variants_import_fixtures.reference
truth = variants_import_fixtures.truth
golden = variants_import_fixtures.golden
expected = variants_import_fixtures.expected


# --- one truth, many dialects ------------------------------------------------------------------


@pytest.mark.parametrize("dialect", DIALECTS)
def test_every_dialect_of_one_truth_gives_the_same_coding_table(golden, expected, dialect):
    assert (golden.status[dialect]["callers"], golden.file(dialect)["caller"]) == (dialect, dialect)
    assert golden.rows(dialect) == [row | {"callers": dialect} for row in expected]


def test_the_coding_table_says_what_the_truth_says(truth, expected):
    reads = {(one.tumour, one.normal, one.filters) for one in truth}
    for row in expected:
        tumour = (row["depth_reads"] - row["alt_depth_reads"], row["alt_depth_reads"])
        normal = (row["normal_depth_reads"] - row["normal_alt_depth_reads"], row["normal_alt_depth_reads"])
        assert (tumour, normal, row["filter"]) in reads
        assert row["vaf"] == pytest.approx(tumour[1] / sum(tumour), rel=1e-5)
        assert row["filter_accepted"] is (row["filter"] == "PASS")
    assert len(expected) == len(truth)


def test_changes_are_named_the_same_on_both_strands(expected):
    names = {gene: {row["hgvs_p"] for row in expected if row["gene_symbol"] == gene} for gene in ("PLUS", "MINUS")}
    assert names["PLUS"] == names["MINUS"] >= {"p.W12*", "p.L6del", "p.X17_splice"}


def test_the_status_counts_records_alleles_and_filters(golden, truth):
    row = golden.status["mutect2"]
    assert (row["state"], row["records"], row["alleles"]) == ("imported", len(truth), len(truth))
    assert row["passed"] == sum(one.filters == "PASS" for one in truth)
    assert (row["set_aside"], row["duplicates"]) == (0, 0)
    assert row["has_normal"]
    row = golden.file("mutect2")
    assert (row["tumour_column"], row["normal_column"], row["column_rule"]) == ("CASE", "CTRL", "header")


def test_columns_of_the_result_are_called_after_the_sample(golden):
    with pysam.VariantFile(str(golden.vcfs / "mutect2.vcf.gz")) as vcf:
        assert list(vcf.header.samples) == ["mutect2", "mutect2_normal"]


# --- what is left out -----------------------------------------------------------------------------


def test_what_is_no_small_variant_is_set_aside_and_counted(tmp_path, reference, truth, expected):
    base = reference.sequences["1"][4]
    other = "A" if base != "A" else "C"
    cells = "GT:AD:DP\t0/1:5,5:10\t0/0:9,0:9\n"
    extra = "".join(
        f"1\t5\t.\t{base}\t{alt}\t.\tPASS\t.\t{cells}" for alt in ("<DEL>", f"{base}]2:9]", ".", "*", f"{other},*")
    )
    status, rows = one(tmp_path, reference, F.vcf_of(reference, truth) + extra)
    assert rows == expected
    assert (status["set_aside"], status["alleles"]) == (5, len(truth) + 1)


def test_a_file_without_records_is_valid(tmp_path, reference):
    status, rows = one(tmp_path, reference, F.vcf_of(reference, []))
    assert (status["state"], status["records"], rows) == ("imported", 0, [])
    assert (tmp_path / "out" / "c1" / "S1.vcf.gz.tbi").is_file()


def test_a_missing_last_line_end_is_remarked(tmp_path, reference, truth, expected):
    status, rows = one(tmp_path, reference, F.vcf_of(reference, truth).removesuffix("\n"))
    assert "cut" in status["reason"]
    assert rows == expected


def test_alleles_that_no_read_of_the_tumour_carries_are_left_out(tmp_path, reference, truth, expected):
    first = replace(truth[0], tumour=(80, 0))
    _, rows = one(tmp_path, reference, F.vcf_of(reference, [first, *truth[1:]]))
    assert len(rows) == len(expected) - 1


def test_calls_on_contigs_that_no_gene_lies_on_are_left_out_with_a_remark(tmp_path, reference, truth, expected):
    line = "hs37d5\t9\t.\tA\tC\t.\tPASS\t.\tGT:AD:DP\t0/1:5,5:10\t0/0:9,0:9\n"
    status, rows = one(tmp_path, reference, F.vcf_of(reference, truth) + line)
    assert rows == expected
    assert "hs37d5" in status["reason"]
    assert status["set_aside"] == 1


def test_places_where_the_genome_has_n_get_no_consequence_and_do_not_fail_the_chunk(tmp_path, truth):
    masked = F.build_reference(tmp_path / "reference")
    hidden = truth[0]
    bases = masked.sequences[hidden.contig]
    covered = bases[: hidden.position - 1] + "N" * 3 + bases[hidden.position + 2 :]
    masked.fasta.write_text(masked.fasta.read_text().replace(bases, covered))
    masked.prepare(masked.folder / "drivers.tsv")
    status, rows = one(tmp_path / "run", masked, F.vcf_of(masked, truth))
    assert status["state"] == "imported"
    assert "reference has N" in status["reason"]
    assert hidden.position not in {row["position_1based"] for row in rows if row["chrom"] == hidden.contig}


# --- privacy and bytes -----------------------------------------------------------------------------

CANARIES = (
    "##reference=file:///home/canary/genome.fa",
    '##GATKCommandLine=<ID=Mutect2,CommandLine="Mutect2 --input /data/canary/P.bam">',
    "##SAMPLE=<ID=TUMOR,SampleName=canary,File=/data/canary.bam>",
    '##INFO=<ID=ANN,Number=1,Type=String,Description="from /data/canary/db.vcf.gz, or canary/of/db",Source="canary">',
    '##INFO=<ID=SAMPLE,Number=1,Type=String,Description="Sample name, as VarDict writes it">',
    '##FILTER=<ID=q9,Description="see https://canary.example/x">',
    "##PEDIGREE=<Derived=TUMOR,Original=NORMAL,Name=canary>",
)


def test_nothing_that_names_a_person_or_a_place_survives(tmp_path, reference, truth):
    text = F.vcf_of(reference, truth, extra_header=CANARIES, columns=("canary_tumor", "canary_normal"))
    text = text.replace("\tPASS\t.\t", "\tPASS\tSAMPLE=canary\t")
    done = F.import_chunk(tmp_path / "canary", reference, {"S1": text})
    assert done.status["S1"]["state"] == "imported"
    written = gzip.decompress((done.vcfs / "S1.vcf.gz").read_bytes()).decode()
    assert "canary" not in written
    assert str(tmp_path) not in written
    kinds = {line.split("=")[0] for line in written.splitlines() if line.startswith("##")}
    assert kinds == {"##fileformat", "##FILTER", "##INFO", "##FORMAT", "##contig"}


def test_consequences_of_an_earlier_pipeline_do_not_pass_for_ours(tmp_path, reference, truth, expected):
    header = ('##INFO=<ID=BCSQ,Number=.,Type=String,Description="old">',)
    text = F.vcf_of(reference, truth, extra_header=header).replace("\tPASS\t.\t", "\tPASS\tBCSQ=stale|X|Y|Z\t")
    text += f"1\t5\t.\t{reference.sequences['1'][4]}\tN\t.\tPASS\tBCSQ=stale\tGT:AD:DP\t0/1:5,5:10\t0/0:9,0:9\n"
    assert one(tmp_path, reference, text)[1] == expected
    with pysam.VariantFile(str(tmp_path / "out" / "c1" / "S1.vcf.gz")) as written:
        records = list(written)
    assert all("stale" not in text for record in records for text in record.info.get("BCSQ", ()))
    kept = {record.info["FILE_BCSQ"] for record in records if "FILE_BCSQ" in record.info and record.pos != 5}
    assert kept == {("stale|X|Y|Z",)}


def test_contigs_beyond_the_reach_of_tbi_get_a_csi_index(tmp_path, reference, truth, monkeypatch):
    monkeypatch.setattr(write_vcfs, "LONGEST_TBI_CONTIG", 100)
    done = F.import_chunk(tmp_path, reference, {"S1": F.vcf_of(reference, truth)})
    assert sorted(path.name for path in done.vcfs.iterdir()) == ["S1.vcf.gz", "S1.vcf.gz.csi"]


def test_results_of_an_earlier_run_are_replaced(tmp_path, reference, truth, expected):
    F.import_chunk(tmp_path, reference, {"S1": F.vcf_of(reference, truth[:2]), "S2": F.vcf_of(reference, truth)})
    done = F.import_chunk(tmp_path, reference, {"S1": F.vcf_of(reference, truth)})
    assert done.rows("S1") == expected
    assert sorted(path.name for path in done.vcfs.iterdir()) == ["S1.vcf.gz", "S1.vcf.gz.tbi"]


def test_a_second_process_changes_no_byte_of_the_results(tmp_path, reference, truth, monkeypatch):
    phased = F.vcf_of(reference, truth).replace("GT:AD:DP", "GT:PS:AD:DP").replace("\t0/1:", "\t0|1:7:")
    vcfs = {"S1": F.vcf_of(reference, truth), "S2": phased.replace("\t0/0:", "\t0|0:7:"), "S3": None}
    monkeypatch.setattr(import_variants, "WINDOW", 2)
    runs = []
    for threads in (1, 2):
        done = F.import_chunk(tmp_path / str(threads), reference, vcfs, threads=threads)
        runs.append({path.name: path.read_bytes() for path in sorted(done.vcfs.parent.rglob("*")) if path.is_file()})
    assert runs[0] == runs[1]
    assert {row["phase_set"] for row in done.rows("S2")} == {"7:2"}
    assert any(row["joint_class"] for row in done.rows("S2"))


def test_two_runs_give_the_same_bytes(tmp_path, reference, truth):
    runs = [
        F.import_chunk(
            tmp_path / name, reference, {"S1": F.vcf_of(reference, truth), "S2": F.vcf_of(reference, truth[:4])}
        )
        for name in ("a", "b")
    ]
    for path in sorted(runs[0].vcfs.iterdir()):
        assert sha256_of(path) == sha256_of(runs[1].vcfs / path.name)


def test_how_much_is_held_in_memory_changes_no_byte(tmp_path, reference, truth, monkeypatch):
    shuffled = list(truth)
    random.Random(2).shuffle(shuffled)
    texts = (F.vcf_of(reference, shuffled, "mutect2"), F.vcf_of(reference, shuffled[3:], "vardict"))
    vcfs = {"S1": F.vcf_of(reference, truth), "S2": texts, "S3": F.vcf_of(reference, shuffled)}
    much = F.import_chunk(tmp_path / "much", reference, vcfs)
    for module, name, value in (
        (import_variants, "HELD_OF_CHUNK", 4),
        (import_variants, "WINDOW", 3),
        (sample_import, "HELD_OF_FILE", 2),
        (sorting, "_BLOCK", 2),
    ):
        monkeypatch.setattr(module, name, value)
    little = F.import_chunk(tmp_path / "little", reference, vcfs)
    assert (little.status, little.coding) == (much.status, much.coding)
    for path in much.vcfs.iterdir():
        assert sha256_of(path) == sha256_of(little.vcfs / path.name)


def test_a_sample_does_not_depend_on_its_neighbours(tmp_path, reference, truth):
    alone = F.import_chunk(tmp_path / "alone", reference, {"S1": F.vcf_of(reference, truth[:5])})
    among = F.import_chunk(
        tmp_path / "among", reference, {"S0": F.vcf_of(reference, truth), "S1": F.vcf_of(reference, truth[:5])}
    )
    assert sha256_of(alone.vcfs / "S1.vcf.gz") == sha256_of(among.vcfs / "S1.vcf.gz")


def test_consequences_of_the_union_are_those_of_csq_on_the_sample_alone(tmp_path, reference, golden):
    source, plain, out = golden.vcfs / "generic.vcf.gz", tmp_path / "plain.vcf", tmp_path / "alone.vcf"
    pysam.bcftools.annotate("-x", "INFO/BCSQ", "-o", str(plain), str(source), catch_stdout=False)
    options = ["--no-version", "-l", "-f", str(reference.files["genome"]), "-g", str(reference.gff), "-o", str(out)]
    # In a process of its own: csq keeps the last position in a static variable.
    code = "import sys, pysam.bcftools; pysam.bcftools.csq(*sys.argv[1:], catch_stdout=False)"
    subprocess.run([sys.executable, "-c", code, *options, str(plain)], check=True, capture_output=True)
    with pysam.VariantFile(str(out)) as alone, pysam.VariantFile(str(source)) as ours:
        assert [record.info.get("BCSQ") for record in alone] == [record.info.get("BCSQ") for record in ours]


def test_mitochondrial_sites_are_not_translated_by_the_code_of_the_nucleus(tmp_path, truth, expected):
    renamed = F.build_reference(tmp_path / "reference")
    renamed.sequences["MT"] = renamed.sequences.pop("1")
    renamed.fasta.write_text(renamed.fasta.read_text().replace(">1\n", ">MT\n"))
    renamed.gff.write_text(re.sub(r"(?m)^1\t", "MT\t", renamed.gff.read_text()))
    renamed.prepare(renamed.folder / "drivers.tsv")
    moved = [replace(one_truth, contig="MT") if one_truth.contig == "1" else one_truth for one_truth in truth]
    status, rows = one(tmp_path / "run", renamed, F.vcf_of(renamed, moved))
    assert status["alleles"] == len(truth)
    assert rows == [row for row in expected if row["chrom"] == "2"]
