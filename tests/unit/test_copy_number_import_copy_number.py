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
from sclcohort.inputs.headers import purity_faults
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


# --- purity and ploidy ---------------------------------------------------------------------------

FIT = "purity\tnormFactor\tploidy\tstatus\n0.6\t0.9\t3.2\tNORMAL\n"
PURPLE = (
    "chromosome\tstart\tend\tcopyNumber\tminorAlleleCopyNumber\n"
    "8\t1\t9000\t4\t1\n13\t1\t3000\t1\t0\nX\t1\t90000\t9\t0\n"
)


@pytest.fixture
def fitted(cohort):
    """Return the cohort with the files of a caller: purity 0.6 and ploidy 3.2, segments of 3.25 copies on average."""
    (cohort.folder / "fit.tsv").write_text(FIT, encoding="utf-8")
    (cohort.folder / "purple.tsv").write_text(PURPLE, encoding="utf-8")
    return cohort


def purity_cells(row):
    return tuple(row[name] for name in ("purity_used", "purity_source", "ploidy", "ploidy_source"))


def test_purity_and_ploidy_are_given_with_their_source_for_every_sample(fitted):
    fitted.write_sheet(
        {"sample_id": "NONE"},
        {"sample_id": "SHEET", "purity": "0.7"},
        {"sample_id": "FILE", "purity_file": "fit.tsv"},
        {"sample_id": "BOTH", "purity_file": "fit.tsv", "purity": "0.7"},
        {"sample_id": "S1", "copy_number": "all.seg", "purity_file": "fit.tsv"},
        {"sample_id": "P", "copy_number": "purple.tsv"},
        {"sample_id": "REFUSED", "copy_number": "gone.seg", "purity_file": "fit.tsv"},
    )
    status, _ = fitted.run("NONE", "SHEET", "FILE", "BOTH", "S1", "P", "REFUSED")
    caller = ("copy_number_caller", 3.2, "copy_number_caller")
    assert {name: purity_cells(row) for name, row in status.items()} == {
        "NONE": (None, None, None, None),
        "SHEET": (0.7, "sheet", None, None),
        "FILE": (0.6, *caller),
        "BOTH": (0.7, "sheet", *caller[1:]),
        "S1": (0.6, *caller),
        "P": (None, None, 3.25, "segments"),
        "REFUSED": (0.6, *caller),
    }
    states = {name: row["state"] for name, row in status.items()}
    assert set(states.items()) >= {("FILE", "not_provided"), ("P", "imported"), ("REFUSED", "refused")}
    assert status["FILE"]["reason"] == "the sheet names no copy_number file"


def test_log2_ratios_are_read_at_purity_and_ploidy_of_the_caller_and_the_status_says_so(fitted):
    fitted.write_sheet({"sample_id": "S1", "copy_number": "all.seg", "purity_file": "fit.tsv"})
    status, genes = fitted.run("S1")
    expected = (2**2.5 * (0.6 * 3.2 + 0.4 * 2) - 0.4 * 2) / 0.6
    row = genes["S1", "MYC"]
    assert row["total_copies"] == row["lowest_copies"] == pytest.approx(expected, rel=1e-5)
    assert row["ploidy_ratio"] == pytest.approx(expected / 3.2, rel=1e-5)
    assert (
        status["S1"]["reason"]
        == "log2 ratios are read at the ploidy of 3.2: their zero is taken as the tumour's average"
    )


def test_the_ploidy_by_segments_is_that_of_the_autosomes_weighted_by_bases_and_of_fitted_copies_only(fitted):
    """(9000 x 4 + 3000 x 1) / 12000; the X of 90,000 bases has no part in it."""
    called = "chromosome\tstart\tend\tgene\tlog2\tcn\n8\t0\t9000\t-\t0\t4\n13\t0\t9000\t-\t0\t2\n"
    (fitted.folder / "one.cns").write_text(called, encoding="utf-8")
    fitted.write_sheet({"sample_id": "P", "copy_number": "purple.tsv"}, {"sample_id": "C", "copy_number": "one.cns"})
    status, genes = fitted.run("P", "C")
    assert status["P"]["ploidy"] == 3.25
    assert genes["P", "MYC"]["ploidy_ratio"] == pytest.approx(4 / 3.25, rel=1e-5)
    assert (status["C"]["ploidy"], genes["C", "MYC"]["ploidy_ratio"]) == (None, None)


@pytest.mark.parametrize(("stated", "told"), [("0.5", False), ("0.7", False), ("0.49", True), ("0.71", True)])
def test_purities_of_sheet_and_caller_that_differ_by_more_than_a_tenth_are_told(fitted, stated, told):
    fitted.write_sheet({"sample_id": "S1", "purity_file": "fit.tsv", "purity": stated})
    status, _ = fitted.run("S1")
    sentence = f"purity {stated} of the sheet is used, fit.tsv says 0.6"
    assert status["S1"]["purity_used"] == float(stated)
    assert (sentence in status["S1"]["reason"]) == told


def test_a_purity_file_of_another_fit_than_the_segments_is_told(fitted):
    (fitted.folder / "other.tsv").write_text(FIT.replace("3.2", "2.1"), encoding="utf-8")
    fitted.write_sheet(
        {"sample_id": "SAME", "copy_number": "purple.tsv", "purity_file": "fit.tsv"},
        {"sample_id": "OTHER", "copy_number": "purple.tsv", "purity_file": "other.tsv"},
    )
    status, _ = fitted.run("SAME", "OTHER")
    assert "are both of one fit?" not in status["SAME"]["reason"]
    assert status["OTHER"]["reason"].endswith(
        "the ploidy of 2.1 in the purity file is not the mean of the segments' copies, 3.25: are both of one fit?"
    )


def test_what_the_caller_says_of_its_fit_is_in_the_status(fitted):
    (fitted.folder / "fit.tsv").write_text(FIT.replace("NORMAL", "NO_TUMOR"), encoding="utf-8")
    fitted.write_sheet({"sample_id": "S1", "purity_file": "fit.tsv"})
    status, _ = fitted.run("S1")
    assert status["S1"]["reason"].endswith("PURPLE found no tumour (status NO_TUMOR): its purity is no measurement")


def test_a_purity_file_that_cannot_be_read_refuses_its_sample_alone(fitted):
    (fitted.folder / "zero.tsv").write_text("AberrantCellFraction\tPloidy\n0\t0\n", encoding="utf-8")
    fitted.write_sheet(
        {"sample_id": "S1", "copy_number": "all.seg", "purity_file": "zero.tsv"},
        {"sample_id": "S2", "copy_number": "all.seg"},
        {"sample_id": "S3", "purity_file": "gone.tsv"},
    )
    status, genes = fitted.run("S1", "S2", "S3")
    assert {name: row["state"] for name, row in status.items()} == {"S1": "refused", "S2": "imported", "S3": "refused"}
    assert status["S1"]["reason"].startswith('E-CN-023 zero.tsv:2 column purity value "0": no purity of a tumour')
    assert status["S3"]["reason"].startswith("E-CN-020 gone.tsv: cannot be read")
    assert {sample for sample, _ in genes} == {"S2"}


def test_a_table_of_several_tumours_is_asked_for_the_name_in_the_file(fitted):
    (fitted.folder / "fits.tsv").write_text("sample\tpurity\tploidy\nS1\t0.4\t2\nS2\t0.9\t4\n", encoding="utf-8")
    fitted.write_sheet(
        {"sample_id": "S1", "purity_file": "fits.tsv"},
        {"sample_id": "T", "copy_number": "all.seg", "copy_number_sample": "S2", "purity_file": "fits.tsv"},
    )
    status, _ = fitted.run("S1", "T")
    assert [row["purity_used"] for row in status.values()] == [0.4, 0.9]


def test_the_sex_of_a_sample_decides_on_its_x_and_touches_no_other(fitted):
    fitted.write_spans([*SPANS, ("KDM6A", "chrX", 100, 200)])
    text = "".join(f"{name}\t{contig}\t1\t9000\t9\t-1\n" for name in ("M", "F", "U") for contig in ("8", "X"))
    (fitted.folder / "x.seg").write_text(SEG + text, encoding="utf-8")
    fitted.write_sheet(*({"sample_id": name, "copy_number": "x.seg"} for name in ("M", "F", "U")))
    _, genes = fitted.run("M", "F", "U", sexes=("male", "female", "unknown"))
    assert [genes[name, "KDM6A"]["state"] for name in ("M", "F", "U")] == ["neutral", "loss", "loss"]
    assert {genes[name, "MYC"]["state"] for name in ("M", "F", "U")} == {"loss"}


@pytest.mark.parametrize("sexes", [("male",), ("male", "female", "male"), ("male", "F")])
def test_a_sex_that_is_none_or_one_too_few_is_refused(fitted, sexes):
    fitted.write_sheet({"sample_id": "S1"}, {"sample_id": "S2"})
    with pytest.raises(StepError, match="are not female or male or unknown, one for each sample"):
        fitted.run("S1", "S2", sexes=sexes)


def test_the_sheet_check_names_a_purity_file_that_cannot_be_read(fitted):
    (fitted.folder / "bad.tsv").write_text("x\ty\n1\t2\n", encoding="utf-8")
    row = {"sample_id": "S1", "copy_number_sample": None, "line": 2}
    faults = {
        name: [str(fault) for fault in purity_faults("samples.tsv", row | {"purity_file": str(fitted.folder / name)})]
        for name in ("fit.tsv", "bad.tsv", "gone.tsv")
    }
    assert faults["fit.tsv"] == []
    (bad,), (gone,) = faults["bad.tsv"], faults["gone.tsv"]
    assert bad.startswith("E-CN-003 samples.tsv:2 column purity_file value ")
    assert "no columns for purity and ploidy among: x, y" in bad
    assert "; fix: give the purity and ploidy of PURPLE, ASCAT, Sequenza, Battenberg or FACETS" in bad
    assert gone.startswith("E-FILE-001 samples.tsv:2 column purity_file value ")


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


def test_every_amplified_myc_family_gene_of_a_real_line_is_focal_but_a_mycl_of_3_5_megabases(real_lines):
    """The nine MYC amplicons have 16 kb to 1.7 Mb."""
    _, genes = real_lines
    found = {
        key: row for key, row in genes.items() if key[1] in ("MYC", "MYCL", "MYCN") and row["ploidy_ratio"] is None
    }
    amplified = {key: row for key, row in found.items() if row["state"] == "amplification"}
    assert len(amplified) == 9 + 12 + 2
    assert {key for key, row in amplified.items() if row["focality"] == "broad"} == {("DMS273", "MYCL")}
    lengths = [row["event_bases"] for (_, gene), row in amplified.items() if gene == "MYC"]
    assert (min(lengths), max(lengths)) == (16_327, 1_700_449)


def test_the_fewest_copies_of_a_real_line_tell_the_same_deletions_as_its_lowest_log2_ratio(real_lines):
    _, genes = real_lines
    for row in genes.values():
        assert row["lowest_copies"] == pytest.approx(2 * 2 ** row["lowest_log2_ratio"], rel=1e-4)
        assert row["lowest_copies"] <= row["total_copies"] + 1e-5
