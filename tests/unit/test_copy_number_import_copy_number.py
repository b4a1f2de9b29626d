"""The step: a chunk of samples in, two tables out; one bad sample harms no other."""

from __future__ import annotations

import csv
import gzip
import logging
from pathlib import Path

import pytest

from sclcohort.contracts import COPY_NUMBER_STATUS, GENE_COPY_NUMBER, GENE_SPANS
from sclcohort.copy_number import import_copy_number, segments
from sclcohort.errors import StepError
from sclcohort.tables import read_rows, write_rows

LIMITS = {
    "amplification_min_copies": 8.0,
    "gain_min_copies": 3.0,
    "loss_max_copies": 1.5,
    "deep_deletion_max_copies": 0.5,
    "focal_max_bases": 3_000_000,
}
SPANS = [("MYC", "chr8", 1000, 2000), ("RB1", "chr13", 5000, 6000)]
SEG = "ID\tchrom\tloc.start\tloc.end\tnum.mark\tseg.mean\n"


class Cohort:
    """A folder with a sheet, files of segments and spans, and the tables that came out."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.sheet = folder / "samples.tsv"
        self.spans = folder / "gene_spans.tsv"
        self.write_spans(SPANS)

    def write_spans(self, spans):
        names = ("gene_symbol", "contig", "start_0based", "end")
        write_rows(self.spans, GENE_SPANS, [dict(zip(names, span, strict=True)) for span in spans])

    def write_sheet(self, *rows: dict[str, str]):
        columns = ("sample_id", "patient_id", "copy_number", "copy_number_sample", "purity_file", "purity")
        lines = ["\t".join(({"patient_id": "P1"} | row).get(name, "") for name in columns) for row in rows]
        self.sheet.write_text("\n".join(["\t".join(columns), *lines, ""]), encoding="utf-8")

    def run(self, *samples: str, **changed):
        out = {"genes": self.folder / "genes.tsv", "status": self.folder / "status.tsv"}
        given = LIMITS | {"sexes": ("unknown",) * len(samples)} | changed
        import_copy_number.run(sheet=self.sheet, samples=samples, gene_spans=self.spans, **given, **out)
        status = {row["sample_id"]: row for row in read_rows(out["status"], COPY_NUMBER_STATUS)}
        genes = {(row["sample_id"], row["gene_symbol"]): row for row in read_rows(out["genes"], GENE_COPY_NUMBER)}
        return status, genes


@pytest.fixture
def cohort(tmp_path):
    """Return a cohort whose SEG has S1 (MYC amplified, RB1 deleted) and S2 (normal)."""
    made = Cohort(tmp_path)
    rows = ["S1\t8\t1\t9000\t9\t2.5", "S1\t13\t1\t9000\t9\t-2.5", "S2\t8\t1\t9000\t9\t0", "S2\t13\t1\t9000\t9\t0"]
    (tmp_path / "all.seg").write_text(SEG + "\n".join(rows) + "\n", encoding="utf-8")
    return made


def test_every_sample_of_the_chunk_gets_a_status_and_every_imported_one_all_genes(cohort):
    cohort.write_sheet(
        {"sample_id": "S1", "copy_number": "all.seg", "purity": "0.9"},
        {"sample_id": "T2", "copy_number": "all.seg", "copy_number_sample": "S2"},
        {"sample_id": "S3"},
        {"sample_id": "S4", "copy_number": "all.seg"},
    )
    status, genes = cohort.run("S1", "T2", "S3")
    assert {name: row["state"] for name, row in status.items()} == {
        "S1": "imported",
        "T2": "imported",
        "S3": "not_provided",
    }
    assert (status["S1"]["format"], status["S1"]["segments"], status["S1"]["purity_used"]) == ("seg", 2, 0.9)
    assert status["T2"]["purity_used"] is None
    assert {key: row["state"] for key, row in genes.items()} == {
        ("S1", "MYC"): "amplification",
        ("S1", "RB1"): "deep_deletion",
        ("T2", "MYC"): "neutral",
        ("T2", "RB1"): "neutral",
    }


def test_a_refused_sample_has_its_reason_and_harms_no_other(cohort):
    (cohort.folder / "bad.cns").write_text("chromosome\tstart\tend\tgene\tlog2\n8\tx\t9\t-\t0\n8\ty\t9\t-\t0\n")
    cohort.write_sheet(
        {"sample_id": "S1", "copy_number": "all.seg"},
        {"sample_id": "S9", "copy_number": "all.seg"},
        {"sample_id": "BAD", "copy_number": "bad.cns"},
        {"sample_id": "GONE", "copy_number": "gone.seg"},
    )
    status, genes = cohort.run("S1", "S9", "BAD", "GONE")
    assert {name for name, row in status.items() if row["state"] == "imported"} == {"S1"}
    assert {sample for sample, _ in genes} == {"S1"}
    assert 'E-CN-018 all.seg column sample value "S9": no such sample' in status["S9"]["reason"]
    assert status["BAD"]["reason"].startswith('E-CN-014 bad.cns:2 column start value "x"')
    assert status["BAD"]["reason"].endswith("(and 1 more in the log)")
    assert (status["S9"]["format"], status["BAD"]["format"], status["GONE"]["format"]) == ("seg", "cns", None)
    assert status["GONE"]["reason"].startswith("E-CN-010 gone.seg: cannot be read")
    assert not any(str(cohort.folder) in str(row["reason"]) for row in status.values())


def test_a_sample_is_the_same_whatever_its_chunk_and_whatever_samples_come_after(cohort):
    cohort.write_sheet({"sample_id": "S1", "copy_number": "all.seg"}, {"sample_id": "S2", "copy_number": "all.seg"})
    together_status, together = cohort.run("S2", "S1")
    with (cohort.folder / "all.seg").open("a", encoding="utf-8") as handle:
        handle.write("S3\t8\t1\t9000\t9\tbroken\n")
    alone_status, alone = cohort.run("S1")
    assert alone_status["S1"] == together_status["S1"]
    assert alone == {key: row for key, row in together.items() if key[0] == "S1"}


def test_a_file_of_many_samples_is_read_once_a_chunk(cohort, monkeypatch):
    opened = []

    def counting(path):
        opened.append(path.name)
        return original(path)

    original = segments.open_text
    monkeypatch.setattr(segments, "open_text", counting)
    cohort.write_sheet({"sample_id": "S1", "copy_number": "all.seg"}, {"sample_id": "S2", "copy_number": "all.seg"})
    cohort.run("S1", "S2")
    assert opened == ["all.seg"]


def test_contigs_may_differ_by_chr_and_by_nothing_else(cohort):
    cohort.write_sheet({"sample_id": "S1", "copy_number": "all.seg"})
    _, with_chr = cohort.run("S1")
    cohort.write_spans([(gene, contig.removeprefix("chr"), start, end) for gene, contig, start, end in SPANS])
    _, without = cohort.run("S1")
    assert with_chr == without
    cohort.write_spans([(gene, contig.replace("chr", "NC_"), start, end) for gene, contig, start, end in SPANS])
    status, genes = cohort.run("S1")
    assert status["S1"]["state"] == "refused"
    assert "E-CN-019 all.seg: contigs 13, 8 share none with those of the genes: NC_13, NC_8" in status["S1"]["reason"]
    assert genes == {}


def test_a_reference_without_driver_genes_refuses_nobody(cohort):
    cohort.write_spans([])
    cohort.write_sheet({"sample_id": "S1", "copy_number": "all.seg"})
    status, genes = cohort.run("S1")
    assert (status["S1"]["state"], genes) == ("imported", {})


def test_what_a_reader_should_know_of_a_file_is_in_its_status(cohort):
    text = "chromosome\tstart\tend\tgene\tlog2\n8\t0\t9000\t-\t0.1\n13\t0\t9000\t-\t\n"
    (cohort.folder / "one.cns").write_text(text.rstrip("\n"), encoding="utf-8")
    cohort.write_sheet({"sample_id": "S1", "copy_number": "one.cns", "copy_number_sample": "X"})
    status, genes = cohort.run("S1")
    assert status["S1"]["reason"] == (
        "the file has one sample, copy_number_sample was not needed; "
        "1 rows have no log2 ratio, their bases are not covered; "
        "the last line has no line end: if the file was cut there, segments are missing; "
        "ploidy unknown: log2 ratios are read at 2"
    )
    assert genes["S1", "RB1"]["state"] == "not_covered"


def test_a_sample_that_is_not_in_the_sheet_and_a_span_that_ends_before_it_starts_are_errors(cohort):
    cohort.write_sheet({"sample_id": "S1", "copy_number": "all.seg"})
    with pytest.raises(StepError, match="no sample S7; fix: "):
        cohort.run("S1", "S7")
    cohort.write_spans([("MYC", "8", 100, 50)])
    with pytest.raises(StepError, match="the span of MYC ends before it starts"):
        cohort.run("S1")


def test_a_purity_no_sample_can_have_is_refused_with_its_sample(cohort):
    row = {"sample_id": "S1", "copy_number": "all.seg", "copy_number_sample": None, "purity": 0.0, "purity_file": None}
    row["copy_number"] = str(cohort.folder / "all.seg")
    thresholds = import_copy_number.Thresholds(8, 3, 1.5, 0.5, None, 3_000_000)
    ((status, genes),) = import_copy_number.import_samples([row], {"S1": "unknown"}, {}, thresholds)
    assert (status["state"], genes) == ("refused", [])
    assert "purity 0 of the sheet is not above 0" in status["reason"]


def test_each_sample_has_one_line_in_the_log(cohort, caplog):
    cohort.write_sheet(
        {"sample_id": "S1", "copy_number": "all.seg"},
        {"sample_id": "S3"},
        {"sample_id": "S9", "copy_number": "all.seg"},
    )
    with caplog.at_level(logging.INFO):
        cohort.run("S1", "S3", "S9")
    assert caplog.messages[0] == (
        "S1: seg, 2 segments, purity unknown, 2 of 2 genes covered; amplification: MYC; deep_deletion: RB1"
    )
    assert [message.split(":")[0] for message in caplog.messages] == ["S1", "S3", "S9"]


# --- real data: 53 SCLC lines of CCLE (Ghandi 2019), against the lists of science.md section 1 ---

AMPLIFIED = {
    "MYC": "CORL279 CORL311 CPCN DMS273 NCIH2171 NCIH446 NCIH524 NCIH82 SCLC21H",
    "MYCN": "NCIH526 NCIH69",
    "CCND1": "DMS114",
    "SOX2": "",
    "FGFR1": "",
}
# Eleven of the twelve are listed by name there; the twelfth, DMS273, stands for its dots.
MYCL = "COLO668 CORL47 CORL88 DMS273 HCC33 NCIH1092 NCIH1694 NCIH1836 NCIH1963 NCIH2141 NCIH510 NCIH889"
DELETED = {"CDKN2A": "SW1271", "RB1": "NCIH1836", "TP73": "NCIH1092 NCIH2029", "PTEN": ""}
# Listed there as deleted: part of the gene is, the mean over the gene is not (gene, line): (lowest log2, copies).
DELETED_IN_PART = {
    ("RB1", "CORL279"): (-3.6912, 1.28709),
    ("TP73", "NCIH510"): (-2.7986, 1.35595),
    ("PTEN", "NCIH1436"): (-2.4508, 0.649358),
}


@pytest.fixture(scope="module")
def real_lines(shared_data, tmp_path_factory):
    """Return status and genes of the 53 lines, imported as one chunk."""
    cohort = Cohort(tmp_path_factory.mktemp("ccle"))
    path = shared_data / "ccle_sclc_copy_number" / "ccle_sclc_cnv_segments_hg19.tsv.gz"
    names = sorted(segments.sample_names(path))
    cohort.write_sheet(
        *(
            {"sample_id": name.removesuffix("_LUNG"), "copy_number": str(path), "copy_number_sample": name}
            for name in names
        )
    )
    wanted = {*AMPLIFIED, *DELETED, "MYCL", "KDM6A"}
    with gzip.open(shared_data / "gene_coordinates" / "refseq_genes_hg19.tsv.gz", "rt", encoding="utf-8") as handle:
        cohort.write_spans(
            (row["gene_symbol"], row["chrom"], int(row["start_0based"]), int(row["end"]))
            for row in csv.DictReader(handle, delimiter="\t")
            if row["gene_symbol"] in wanted
        )
    return cohort.run(*(name.removesuffix("_LUNG") for name in names))


def lines_in(genes, gene: str, state: str) -> str:
    return " ".join(sample for sample, symbol in genes if symbol == gene and genes[sample, symbol]["state"] == state)


def test_all_real_lines_are_imported_and_every_gene_of_them_is_covered(real_lines):
    status, genes = real_lines
    assert len(status) == 53
    assert {row["state"] for row in status.values()} == {"imported"}
    assert sum(row["segments"] for row in status.values()) == 45_221
    assert all(row["covered_fraction"] == 1 for row in genes.values())


def test_the_amplified_real_lines_are_those_known(real_lines):
    _, genes = real_lines
    assert {gene: lines_in(genes, gene, "amplification") for gene in AMPLIFIED} == AMPLIFIED
    assert lines_in(genes, "MYCL", "amplification") == MYCL


def test_the_deeply_deleted_real_lines_are_those_known(real_lines):
    _, genes = real_lines
    assert {gene: lines_in(genes, gene, "deep_deletion") for gene in DELETED} == DELETED


def test_real_lines_deleted_in_a_part_of_the_gene_say_so(real_lines):
    _, genes = real_lines
    for (gene, line), (lowest, copies) in DELETED_IN_PART.items():
        row = genes[line, gene]
        assert (row["state"], row["lowest_log2_ratio"], row["total_copies"]) == ("loss", lowest, copies)
        assert "are deeply deleted" in row["reason"]
