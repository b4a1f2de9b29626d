"""One tumour, written as every caller writes it: segments and purity file in, one gene table out."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from sclcohort.contracts import COPY_NUMBER_STATUS, GENE_COPY_NUMBER, GENE_SPANS
from sclcohort.copy_number import import_copy_number
from sclcohort.tables import read_rows, write_rows

PURITY = 0.6
MB = 1_000_000
# Contig, first base counted from 0, end, total and minor copies.
TRUTH = [
    ("1", 0, 60 * MB, 3, 1),
    ("2", 0, 2 * MB, 8, 2),
    ("2", 2 * MB, 30 * MB, 3, 1),
    ("8", 0, 40 * MB, 4, 1),
    ("8", 40 * MB, 41_200_000, 14, 1),
    ("8", 41_200_000, 45 * MB, 4, 1),
    ("9", 0, 21 * MB, 3, 1),
    ("9", 21 * MB, 22 * MB, 0, 0),
    ("9", 22 * MB, 40 * MB, 3, 1),
    ("13", 0, 20_100_000, 1, 0),
    ("13", 20_100_000, 20_150_000, 0, 0),
    ("13", 20_150_000, 30 * MB, 1, 0),
    ("17", 0, 10 * MB, 2, 0),
]
PLOIDY = sum((end - start) * total for _, start, end, total, _ in TRUTH) / sum(
    end - start for _, start, end, *_ in TRUTH
)
GENES = {
    "MYC": ("8", 40_500_000, 40_510_000),
    "FGFR1": ("8", 10 * MB, 10_050_000),
    "MYCN": ("2", MB, 1_010_000),
    "CDKN2A": ("9", 21_900_000, 21_930_000),
    "RB1": ("13", 20_000_000, 20_200_000),
    "TP53": ("17", 7 * MB, 7_020_000),
    "KMT2D": ("12", 49 * MB, 49_040_000),
}
# Worked by hand: copies, fewest copies, minor copies, state, focality, length of the event. RB1: half of the gene and
# another quarter have 1 copy, the quarter between has none. MYCN has 8 copies, 2.9 times the ploidy.
EXPECTED = {
    "MYC": (14, 14, 1, "amplification", "focal", 1_200_000),
    "FGFR1": (4, 4, 1, "gain", "broad", 45 * MB),
    "MYCN": (8, 8, 2, "gain", "broad", 30 * MB),
    "CDKN2A": (0, 0, 0, "deep_deletion", "focal", MB),
    "RB1": (0.75, 0, 0, "loss", "broad", 30 * MB),
    "TP53": (2, 2, 0, "neutral", "not_assessable", None),
    "KMT2D": (None, None, None, "not_covered", "not_assessable", None),
}


def log2_ratio(copies: float) -> float:
    """Return the log2 ratio of a place to the tumour's average, at its purity."""
    return math.log2((PURITY * copies + 2 * (1 - PURITY)) / (PURITY * PLOIDY + 2 * (1 - PURITY)))


def tsv(header: str, rows: list[tuple[object, ...]]) -> str:
    return "\n".join("\t".join(map(str, row)) for row in [tuple(header.split()), *rows]) + "\n"


def seg() -> str:
    rows = [("S1", contig, start + 1, end, 99, log2_ratio(total)) for contig, start, end, total, _ in TRUTH]
    return tsv("ID chrom loc.start loc.end num.mark seg.mean", rows)


def cns() -> str:
    rows = [(f"chr{contig}", start, end, "-", log2_ratio(total), 99) for contig, start, end, total, _ in TRUTH]
    return tsv("chromosome start end gene log2 probes", rows)


def called_cns() -> str:
    rows = [
        (f"chr{contig}", start, end, "-", log2_ratio(total), total, total - minor, minor, 99)
        for contig, start, end, total, minor in TRUTH
    ]
    return tsv("chromosome start end gene log2 cn cn1 cn2 probes", rows)


def gatk() -> str:
    rows = [(f"chr{contig}", start + 1, end, 99, log2_ratio(total), 0) for contig, start, end, total, _ in TRUTH]
    return "@HD\tVN:1.6\n" + tsv("CONTIG START END NUM_POINTS_COPY_RATIO MEAN_LOG2_COPY_RATIO CALL", rows)


def purple() -> str:
    rows = [
        (f"chr{contig}", start + 1, end, f"{total:.4f}", f"{minor:.4f}", f"{total - minor:.4f}")
        for contig, start, end, total, minor in TRUTH
    ]
    return tsv("chromosome start end copyNumber minorAlleleCopyNumber majorAlleleCopyNumber", rows)


def facets() -> str:
    rows = [
        (contig, 1, log2_ratio(total), start + 1, end, 1, total, minor) for contig, start, end, total, minor in TRUTH
    ]
    return tsv("chrom seg cnlr.median start end cf.em tcn.em lcn.em", rows)


def ascat() -> str:
    rows = [("S1", contig, start + 1, end, total - minor, minor) for contig, start, end, total, minor in TRUTH]
    return tsv("sample chr startpos endpos nMajor nMinor", rows)


def sequenza() -> str:
    rows = [
        (f'"chr{contig}"', start + 1, end, 2 ** log2_ratio(total), total, total - minor, minor)
        for contig, start, end, total, minor in TRUTH
    ]
    return tsv("chromosome start.pos end.pos depth.ratio CNt A B", rows)


def battenberg() -> str:
    rows = [
        (contig, start + 1, end, log2_ratio(total), total - minor, minor, 1, "NA", "NA", "NA")
        for contig, start, end, total, minor in TRUTH
    ]
    return tsv("chr startpos endpos LogR nMaj1_A nMin1_A frac1_A nMaj2_A nMin2_A frac2_A", rows)


FIT = f"{PURITY}\t{PLOIDY!r}"
# Segments, and the purity file that goes with them; the callers of log2 ratios write none.
CALLERS = {
    "seg": (seg, f"purity\tploidy\n{FIT}\n"),
    "cns": (cns, f"purity\tploidy\n{FIT}\n"),
    "called cns": (called_cns, f"purity\tploidy\n{FIT}\n"),
    "gatk": (gatk, f"sample\tpurity\tploidy\nS1\t{FIT}\nS2\t1\t2\n"),
    "purple": (purple, f"purity\tnormFactor\tploidy\tstatus\n{PURITY}\t0.8\t{PLOIDY!r}\tNORMAL\n"),
    "facets": (facets, f"sample\tpurity\tploidy\tdiplogr\nS1\t{FIT}\t-0.3\n"),
    "ascat": (ascat, f"AberrantCellFraction\tPloidy\n{FIT}\n"),
    "sequenza": (sequenza, f"cellularity\tploidy.estimate\tploidy.mean.cn\n0.5\t2\t3\n{FIT}\t3\n0.7\t4\t3\n"),
    "battenberg": (battenberg, f"purity\tploidy\tpsi\n{FIT}\t3\n"),
}
FITTED = ("purple", "facets", "ascat", "sequenza", "battenberg")
WITHOUT_ALLELES = ("seg", "cns", "gatk")
every_caller = pytest.mark.parametrize("caller", sorted(CALLERS))


def imported(folder: Path, caller: str, *, with_purity_file: bool = True):
    """Return status and genes of the tumour as one caller writes it."""
    write, fit = CALLERS[caller]
    (folder / "segments.txt").write_text(write(), encoding="utf-8")
    (folder / "fit.txt").write_text(fit, encoding="utf-8")
    purity_file = "fit.txt" if with_purity_file else ""
    (folder / "samples.tsv").write_text(
        f"sample_id\tpatient_id\tcopy_number\tpurity_file\nS1\tP1\tsegments.txt\t{purity_file}\n", encoding="utf-8"
    )
    names = ("gene_symbol", "contig", "start_0based", "end")
    spans = [dict(zip(names, (gene, f"chr{place[0]}", *place[1:]), strict=True)) for gene, place in GENES.items()]
    write_rows(folder / "spans.tsv", GENE_SPANS, spans)
    import_copy_number.run(
        sheet=folder / "samples.tsv",
        samples=("S1",),
        sexes=("female",),
        gene_spans=folder / "spans.tsv",
        amplification_min_copies=8,
        gain_min_copies=3,
        loss_max_copies=1.5,
        deep_deletion_max_copies=0.5,
        amplification_min_ploidy_ratio=3,
        focal_max_bases=3 * MB,
        genes=folder / "genes.tsv",
        status=folder / "status.tsv",
    )
    (status,) = read_rows(folder / "status.tsv", COPY_NUMBER_STATUS)
    return status, {row["gene_symbol"]: row for row in read_rows(folder / "genes.tsv", GENE_COPY_NUMBER)}


@every_caller
def test_every_caller_gives_the_one_gene_table_as_far_as_its_file_tells(tmp_path, caller):
    status, genes = imported(tmp_path, caller)
    assert (status["state"], status["format"]) == ("imported", caller.split()[-1])
    assert (status["purity_used"], status["ploidy"]) == (PURITY, pytest.approx(PLOIDY, rel=1e-5))
    assert {status["purity_source"], status["ploidy_source"]} == {"copy_number_caller"}
    for gene, (copies, fewest, minor, *others) in EXPECTED.items():
        row = genes[gene]
        if gene == "RB1" and caller in WITHOUT_ALLELES:
            # The copies of the mean log2 ratio, which a gene of several segments has: below the mean of the copies.
            mean = 0.75 * log2_ratio(1) + 0.25 * log2_ratio(0)
            copies = (2**mean * (PURITY * PLOIDY + 2 * (1 - PURITY)) - 2 * (1 - PURITY)) / PURITY
            assert 0.5 < copies < 0.75
        assert [row["state"], row["focality"], row["event_bases"]] == others, gene
        for column, value in (("total_copies", copies), ("lowest_copies", fewest)):
            assert row[column] == (None if value is None else pytest.approx(value, abs=1e-5)), (gene, column)
        assert row["minor_copies"] == (None if caller in WITHOUT_ALLELES else minor), gene
        ratio = None if copies is None else pytest.approx(copies / PLOIDY, abs=1e-5)
        assert row["ploidy_ratio"] == ratio, gene


@pytest.mark.parametrize("caller", FITTED)
def test_a_fitted_file_alone_gives_the_ploidy_by_its_segments_and_the_same_table(tmp_path, caller):
    status, alone = imported(tmp_path, caller, with_purity_file=False)
    assert (status["ploidy"], status["ploidy_source"]) == (pytest.approx(PLOIDY, rel=1e-5), "segments")
    assert (status["purity_used"], status["purity_source"]) == (None, None)
    assert alone == imported(tmp_path, caller)[1]


@every_caller
def test_the_number_that_decides_on_an_amplification_is_in_its_reason(tmp_path, caller):
    genes = imported(tmp_path, caller)[1]
    assert f"14 copies are {14 / PLOIDY:.3g} times the ploidy of {PLOIDY:.3g}" in genes["MYC"]["reason"]
    assert "and an amplification has 3 times or more" in genes["MYCN"]["reason"]
    assert "times the ploidy" not in (genes["FGFR1"]["reason"] or "")
