from __future__ import annotations

import csv
import gzip
import random
from pathlib import Path

import pysam
import pytest

from sclcohort.contracts import GENE_DISRUPTIONS, STRUCTURAL_VARIANT_STATUS
from sclcohort.errors import StepError
from sclcohort.inputs.sheets import read_sheet
from sclcohort.reference import prepare_reference
from sclcohort.structural_variants import import_structural_variants as step
from sclcohort.structural_variants.callers import read_counts
from sclcohort.structural_variants.junctions import End, Reads, join
from sclcohort.structural_variants.models import CodingExon, GeneModel, Genes
from sclcohort.tables import read_rows

REPOSITORY = Path(__file__).resolve().parents[2]
GENE = GeneModel(
    "TOY", "chr1", 1000, 6000, "+", (CodingExon(2000, 2100, 2), CodingExon(3000, 3100, 3), CodingExon(4000, 4100, 4))
)
PARTNER = GeneModel("MATE", "chr2", 1000, 6000, "-", (CodingExon(2000, 2100, 1),))
GENES = Genes((GENE, PARTNER), ("TOY",))
ACCEPTED = ("PASS", ".")
FOCAL = 3_000_000
COLUMNS = "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO"
CONTIGS = ["##contig=<ID=chr1,length=9000>", "##contig=<ID=chr2,length=9000>"]
INFO_LINES = [
    f'##INFO=<ID={name},Number=1,Type={kind},Description="x">'
    for name, kind in (("END", "Integer"), ("SVTYPE", "String"), ("CT", "String"), ("MATEID", "String"))
]


def fields(*names):
    return [f'##FORMAT=<ID={name},Number=.,Type=Integer,Description="x">' for name in names]


def write_vcf(path, header, records, columns=("NORMAL", "TUMOR"), name_format=True):
    lines = ["##fileformat=VCFv4.2", *header, *CONTIGS]
    lines.append("\t".join([COLUMNS, *(["FORMAT"] if columns else []), *columns]))
    path.write_text("\n".join([*lines, *("\t".join(record) for record in records)]) + "\n")
    return path


def row(path, **more):
    return {"sample_id": "S1", "structural_variants": str(path), "variants_sample": None, "normal_sample": None} | more


def imported(path, **more):
    return step.import_sample(row(path, **more), GENES, ACCEPTED, FOCAL)


# One truth: exon 3 of TOY is deleted (40 reads of 100), and TOY is joined to MATE on chr2 (30 of 90).
DELETION = ("chr1", "2500", "d", "A")
FUSED = ("chr1", "2600", "f_o", "C")
MATE = ("chr2", "3000", "f_h", "G")
TO_MATE, TO_GENE = "C]chr2:3000]", "G]chr1:2600]"


def pair(own, mate_name, alt, text, cells):
    return (*own, alt, ".", "PASS", f"SVTYPE=BND;MATEID={mate_name}", text, *cells)


def manta(path):
    header = ["##source=GenerateSVCandidates 1.6.0", *INFO_LINES, *fields("PR", "SR")]
    cells = ("40,0:38,0", "30,20:30,20")
    fused = ("40,0:38,0", "30,10:30,20")
    records = [
        (*DELETION, "<DEL>", ".", "PASS", "END=3500;SVTYPE=DEL", "PR:SR", *cells),
        pair(FUSED, "f_h", TO_MATE, "PR:SR", fused),
        pair(MATE, "f_o", TO_GENE, "PR:SR", fused),
    ]
    return write_vcf(path, header, records)


def delly(path):
    header = [*INFO_LINES, *fields("DR", "DV", "RR", "RV")]
    cells, fused = ("40:0:38:0", "30:20:30:20"), ("40:0:38:0", "30:10:30:20")
    records = [
        (*DELETION, "<DEL>", ".", "PASS", "END=3500;SVTYPE=DEL;CT=3to5", "DR:DV:RR:RV", *cells),
        (*FUSED, TO_MATE, ".", "PASS", "SVTYPE=BND;CT=3to3", "DR:DV:RR:RV", *fused),
    ]
    return write_vcf(path, header, records)


def gridss(path):
    header = ["##gridssVersion=2.13.2", *INFO_LINES, *fields("VF", "REF", "REFPAIR")]
    cells, fused = ("0:40:38", "40:30:30"), ("0:40:38", "30:30:30")
    records = [
        pair(("chr1", "2500", "d_o", "A"), "d_h", "A[chr1:3501[", "VF:REF:REFPAIR", cells),
        pair(FUSED, "f_h", TO_MATE, "VF:REF:REFPAIR", fused),
        pair(("chr1", "3501", "d_h", "T"), "d_o", "]chr1:2500]T", "VF:REF:REFPAIR", cells),
        pair(MATE, "f_o", TO_GENE, "VF:REF:REFPAIR", fused),
    ]
    return write_vcf(path, header, records)


def svaba(path):
    header = ["##source=svaba 1.1.0", *INFO_LINES, *fields("AD", "DP")]
    cells, fused = ("0:78", "40:100"), ("0:78", "30:90")
    records = [
        pair(("chr1", "2500", "1:1", "A"), "1:2", "A[chr1:3501[", "AD:DP", cells),
        pair(FUSED, "f_h", TO_MATE, "AD:DP", fused),
        pair(("chr1", "3501", "1:2", "T"), "1:1", "]chr1:2500]T", "AD:DP", cells),
        pair(MATE, "f_o", TO_GENE, "AD:DP", fused),
    ]
    return write_vcf(path, header, records)


def generic(path):
    header = [*INFO_LINES, *fields("AD")]
    records = [
        ("chr1", "2500", "d", "A" + "C" * 1000, "A", ".", "PASS", ".", "AD", "78,0", "60,40"),
        (*FUSED, TO_MATE, ".", "PASS", ".", "AD", "78,0", "60,30"),
    ]
    return write_vcf(path, header, records)


DIALECTS = {"manta": manta, "delly": delly, "gridss": gridss, "svaba": svaba, "generic": generic}


@pytest.mark.parametrize("caller", DIALECTS)
def test_every_dialect_of_one_truth_gives_the_same_rows(tmp_path, caller):
    status, found = imported(DIALECTS[caller](tmp_path / "one.vcf"))
    _, expected = imported(manta(tmp_path / "manta.vcf"))
    assert found == expected
    assert (status["state"], status["caller"], status["junctions"], status["passed"]) == ("imported", caller, 2, 2)
    assert (status["tumour_column"], status["normal_column"]) == ("TUMOR", "NORMAL")


def test_rows_hold_effect_reads_and_place(tmp_path):
    _, (deleted, fused) = imported(manta(tmp_path / "one.vcf"))
    assert deleted["event"] == "exon_deletion 3 chr1:2500-3501(+-)"
    assert (deleted["exons"], deleted["disrupts"], deleted["sv_type"]) == ("3", True, "DEL")
    reads = ("supporting_reads", "depth_reads", "normal_supporting_reads")
    assert tuple(deleted[name] for name in reads) == (40, 100, 0)
    assert tuple(fused[name] for name in reads) == (30, 90, 0)
    assert (fused["effect"], fused["partner_gene"]) == ("fusion", "MATE")
    assert fused["event"] == "fusion TOY::MATE chr1:2600-chr2:3000(++)"


@pytest.mark.parametrize("caller", DIALECTS)
def test_shuffled_records_compression_and_binary_form_change_nothing(tmp_path, caller):
    path = DIALECTS[caller](tmp_path / "one.vcf")
    expected = imported(path)
    lines = path.read_text().splitlines()
    head = [line for line in lines if line.startswith("#")]
    rest = lines[len(head) :]
    random.Random(3).shuffle(rest)
    shuffled = tmp_path / "shuffled.vcf"
    shuffled.write_text("\n".join([*head, *rest]) + "\n")
    packed, plain_gzip, binary = (tmp_path / name for name in ("one.vcf.gz", "plain.vcf.gz", "one.bcf"))
    pysam.tabix_compress(str(path), str(packed))
    plain_gzip.write_bytes(gzip.compress(path.read_bytes()))
    with pysam.VariantFile(str(path)) as source, pysam.VariantFile(str(binary), "wb", header=source.header) as target:
        for record in source:
            target.write(record)
    for other in (shuffled, packed, plain_gzip, binary):
        assert imported(other) == expected


def test_swapped_columns_change_nothing_and_the_sheet_names_columns_that_cannot_be_told(tmp_path):
    path = manta(tmp_path / "one.vcf")
    expected = imported(path)[1]
    swapped = tmp_path / "swapped.vcf"
    cells = [line.split("\t") for line in path.read_text().splitlines()]
    swapped.write_text(
        "\n".join("\t".join([*row[:9], row[10], row[9]] if len(row) == 11 else row) for row in cells) + "\n"
    )
    assert imported(swapped)[1] == expected
    nameless = tmp_path / "nameless.vcf"
    nameless.write_text(path.read_text().replace("NORMAL\tTUMOR", "A1\tA2"))
    status, found = imported(nameless)
    assert (status["state"], found) == ("refused", [])
    assert "name it as variants_sample" in status["reason"]
    assert imported(nameless, variants_sample="A2", normal_sample="A1")[1] == expected
    assert imported(path, variants_sample="COLUMN_OF_THE_OTHER_VCF")[1] == expected


def test_filtered_junctions_are_kept_and_marked_and_reads_of_the_normal_are_said(tmp_path):
    path = manta(tmp_path / "one.vcf")
    path.write_text(
        path.read_text().replace("PASS\tEND", "MinSomaticScore\tEND").replace("40,0:38,0\t30,10", "40,2:38,0\t30,10")
    )
    status, (deleted, fused) = imported(path)
    assert (deleted["filter"], deleted["filter_accepted"], status["passed"]) == ("MinSomaticScore", False, 1)
    assert (fused["filter"], fused["filter_accepted"]) == ("PASS", True)
    assert "may be germline" in fused["reason"]


def test_an_unset_filter_is_an_empty_cell_and_accepted_where_the_settings_say_so(tmp_path):
    path = manta(tmp_path / "one.vcf")
    path.write_text(path.read_text().replace("PASS", "."))
    _, (deleted, _) = imported(path)
    assert (deleted["filter"], deleted["filter_accepted"]) == (None, True)
    _, (deleted, _) = step.import_sample(row(path), GENES, ("PASS",), FOCAL)
    assert deleted["filter_accepted"] is False


def test_junctions_without_a_read_in_the_tumour_are_left_out_and_counted(tmp_path):
    path = manta(tmp_path / "one.vcf")
    path.write_text(path.read_text().replace("30,20:30,20", "50,0:50,0"))
    status, found = imported(path)
    assert [one["effect"] for one in found] == ["fusion"]
    assert "1 junctions have no read in the tumour" in status["reason"]


def test_what_is_no_junction_is_set_aside_and_counted(tmp_path):
    path = gridss(tmp_path / "one.vcf")
    more = ["chr1\t2700\tb\tA\tA.\t.\tPASS\tSVTYPE=BND\tVF:REF:REFPAIR\t0:9:9\t9:9:9"]
    more += ["chr1\t2800\tc\tA\tAC\t.\tPASS\t.\tVF:REF:REFPAIR\t0:9:9\t9:9:9"]
    path.write_text(path.read_text() + "\n".join(more) + "\n")
    status, _ = imported(path)
    assert (status["records"], status["junctions"], status["set_aside"]) == (6, 2, 2)
    assert status["reason"] == "set aside: 1 single breakend, 1 small"


def test_a_file_without_columns_is_read_with_the_reads_of_its_info(tmp_path):
    header = [*INFO_LINES, *(f'##INFO=<ID={name},Number=1,Type=Integer,Description="x">' for name in ("PE", "SR"))]
    records = [(*DELETION, "<DEL>", ".", "PASS", "END=3500;SVTYPE=DEL;PE=7;SR=4")]
    status, (deleted,) = imported(write_vcf(tmp_path / "one.vcf", header, records, columns=()))
    assert (status["tumour_column"], status["normal_column"]) == (None, None)
    assert (deleted["supporting_reads"], deleted["depth_reads"], deleted["normal_supporting_reads"]) == (11, None, None)


LONG = join(End("1", 100, "+"), End("1", 1100, "-"))


def test_pairs_of_the_reference_are_not_counted_by_gridss_for_short_deletions_and_duplications():
    cells = {"VF": [10], "REF": [20], "REFPAIR": [40]}.__getitem__
    assert read_counts("gridss", cells, 1, LONG) == Reads(10, 70)
    for sides in ("+-", "-+"):
        short = join(End("1", 100, sides[0]), End("1", 1099, sides[1]))
        assert read_counts("gridss", cells, 1, short) == Reads(10, 30)
    assert read_counts("gridss", cells, 1, join(End("1", 100, "+"), End("1", 1099, "+"))) == Reads(10, 70)
    assert read_counts("gridss", cells, 1, join(End("1", 100, "+"), End("2", 200, "-"))) == Reads(10, 70)


def test_reads_that_a_caller_does_not_count_are_missing_and_not_zero():
    nothing = lambda field: []  # noqa: E731
    for caller in DIALECTS:
        assert read_counts(caller, nothing, 1, LONG) == Reads(None, None)
    assert read_counts("manta", {"PR": [5, 3], "SR": []}.__getitem__, 1, LONG) == Reads(3, 8)
    assert read_counts("manta", {"PR": [5, 3, 2], "SR": [1, None, 4]}.__getitem__, 2, LONG) == Reads(6, 15)
    assert read_counts("generic", {"AD": [None], "PE": [4], "SR": [None], "DP": [9]}.get, 1, LONG) == Reads(4, 9)


# --- what is refused, the others going on ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda text: "no VCF at all\n", "no readable VCF"),
        (lambda text: text.replace("#CHROM", "CHROM"), "no readable VCF"),
        (lambda text: text.replace("chr", ""), 'named like "1", those of the reference like "chr1"'),
        (lambda text: text.replace("END=3500;", ""), "has no END or SVLEN"),
        (lambda text: text[: text.index("f_h") + 8], "record 2 has no cells for its samples"),
        (lambda text: text[: text.index("f_h") - 9], "record 2 has no cells for its samples"),
        (lambda text: text[: text.index("30,20:30,20") - 5], "record 1 cannot be parsed"),
    ],
    ids=["no VCF", "no header", "prefix", "no END", "cut in FORMAT", "cut in INFO", "cut in a cell"],
)
def test_files_that_cannot_be_trusted_are_refused_with_a_reason(tmp_path, spoil, message):
    path = manta(tmp_path / "one.vcf")
    path.write_text(spoil(path.read_text()))
    status, found = imported(path)
    assert (status["state"], found) == ("refused", [])
    with pytest.raises(AssertionError, match=message):
        raise AssertionError(status["reason"])


def test_a_cut_compressed_file_and_a_missing_one_are_refused(tmp_path):
    packed = tmp_path / "one.vcf.gz"
    pysam.tabix_compress(str(manta(tmp_path / "one.vcf")), str(packed))
    packed.write_bytes(packed.read_bytes()[:-28])
    assert "cut short" in imported(packed)[0]["reason"]
    cut = tmp_path / "cut.vcf.gz"
    cut.write_bytes(gzip.compress((tmp_path / "one.vcf").read_bytes())[:-30])
    assert "cut short" in imported(cut)[0]["reason"]
    assert "no readable VCF" in imported(tmp_path / "nowhere.vcf")[0]["reason"]


# --- the step -------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    """Return the keywords of the step on the demo cohort, its reference prepared."""
    folder = tmp_path_factory.mktemp("demo")
    resources = REPOSITORY / "resources"
    names = ("genes", "coding_introns", "coding_exons", "gene_spans", "coverage")
    files = {name: folder / f"{name}.tsv" for name in names}
    prepare_reference.run(
        fasta=resources / "demo" / "genome.fa",
        gff=resources / "demo" / "genes.gff3",
        driver_genes=resources / "driver_genes.tsv",
        genome=folder / "genome.fa",
        **files,
    )
    sheet = REPOSITORY / "config" / "samples.tsv"
    return {
        "sheet": sheet,
        "samples": tuple(str(one["sample_id"]) for one in read_sheet(sheet, "samples")[0]),
        "genes": files["genes"],
        "coding_exons": files["coding_exons"],
        "gene_spans": files["gene_spans"],
        "driver_genes": resources / "driver_genes.tsv",
        "accepted_filters": ACCEPTED,
        "max_focal_bases": FOCAL,
        "disruptions": folder / "out.genes.tsv",
        "status": folder / "out.status.tsv",
    }


def test_the_demo_cohort_gives_what_is_planted_in_it_and_no_more(demo):
    step.run(**demo)
    names = (
        "sample_id", "gene_symbol", "effect", "exons", "disrupts", "filter_accepted", "chrom", "position_1based",
        "partner_position_1based",
    )  # fmt: skip
    found = {
        tuple(
            "" if one[name] is None else str(one[name]).replace("True", "true").replace("False", "false")
            for name in names
        )
        for one in read_rows(demo["disruptions"], GENE_DISRUPTIONS)
    }
    with (REPOSITORY / "resources" / "demo" / "truth" / "structural_variants.tsv").open(encoding="utf-8") as handle:
        planted = {tuple(one[name] for name in names) for one in csv.DictReader(handle, delimiter="\t")}
    assert found == planted
    states = {one["sample_id"]: one for one in read_rows(demo["status"], STRUCTURAL_VARIANT_STATUS)}
    assert list(states) == list(demo["samples"])
    callers = {name: one["caller"] for name, one in states.items() if one["state"] == "imported"}
    assert callers == {"P08_T1": "gridss", "P09_T1": "delly", "P13_T1": "manta"}
    assert {one["state"] for name, one in states.items() if name not in callers} == {"not_provided"}


def test_a_sample_gives_the_same_rows_alone(demo, tmp_path):
    step.run(**demo)
    together = [one for one in read_rows(demo["disruptions"], GENE_DISRUPTIONS) if one["sample_id"] == "P13_T1"]
    alone = demo | {"samples": ("P13_T1",), "disruptions": tmp_path / "genes.tsv", "status": tmp_path / "status.tsv"}
    step.run(**alone)
    assert list(read_rows(alone["disruptions"], GENE_DISRUPTIONS)) == together


def test_a_sample_that_the_sheet_lacks_is_an_error(demo):
    with pytest.raises(StepError, match="P99"):
        step.run(**demo | {"samples": ("P99",)})


def test_real_files_of_delly_and_pindel_are_read(shared_data):
    folder = shared_data / "caller_vcfs"
    erg = Genes((GeneModel("ERG", "21", 39751948, 40033704, "-"),), ("ERG",))
    status, found = step.import_sample(row(folder / "test_delly.vcf"), erg, ACCEPTED, FOCAL)
    assert (status["caller"], status["records"], status["junctions"], status["set_aside"]) == ("delly", 15, 12, 3)
    (inverted,) = found
    assert (inverted["strands"], inverted["supporting_reads"], inverted["depth_reads"]) == ("++", 53, 95)
    assert (inverted["normal_supporting_reads"], inverted["effect"]) == (0, "breakpoint_in_gene")
    status, found = step.import_sample(row(folder / "test_pindel.vcf"), erg, ACCEPTED, FOCAL)
    assert (status["caller"], status["set_aside"], found) == ("generic", 32, [])
    assert status["reason"] == "set aside: 32 small"
