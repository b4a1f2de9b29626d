"""MAF files: told by their columns, read whatever their dress, and asked whose rows and which build they have."""

from __future__ import annotations

import gzip

import pytest

from sclcohort.variants.maf import build_problem, choose_barcode, is_maf, maf_samples, read_maf
from sclcohort.variants.refusal import RefusedVcfError

COLUMNS = (
    "Hugo_Symbol\tNCBI_Build\tChromosome\tStart_Position\tEnd_Position\tReference_Allele\tTumor_Seq_Allele1\t"
    "Tumor_Seq_Allele2\tTumor_Sample_Barcode"
)
ROWS = (
    "TP53\tGRCh38\tchr17\t7675088\t7675088\tC\tC\tT\tS2\n"
    "RB1\thg38\tchr13\t48342599\t48342599\tG\tG\tT\tS1\n"
    "PTEN\t\tchr10\t87957915\t87957915\tC\tC\tT\tS2\n"
)
TEXT = f"#version 2.4\n#another comment\n{COLUMNS}\n{ROWS}"


def maf(tmp_path, text=TEXT, name="calls.txt"):
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


@pytest.mark.parametrize(
    "dress",
    [
        lambda text: text,
        lambda text: text.replace("\n", "\r\n"),
        lambda text: "\ufeff" + text,
        lambda text: text.removeprefix("#version 2.4\n#another comment\n"),
        lambda text: text.replace(COLUMNS, COLUMNS.upper()),
        lambda text: text.replace(COLUMNS, COLUMNS.lower()),
        lambda text: text.replace("Start_Position", "Start_position"),
        lambda text: "\n".join("\t".join(f'"{cell}"' for cell in line.split("\t")) for line in text.split("\n")[2:-1]),
        lambda text: text.replace("PTEN", "PT\u00c9N").encode("latin-1"),
        lambda text: text + "\n\n",
        lambda text: gzip.compress(text.encode()),
    ],
)
def test_a_maf_reads_the_same_whatever_its_dress(tmp_path, dress):
    path = maf(tmp_path, dress(TEXT))
    assert is_maf(path)
    found = read_maf(path)
    assert found.rows == {"S1": 1, "S2": 2}
    assert found.builds == ("GRCh38", "hg38")
    assert maf_samples(path) == ("S1", "S2")


@pytest.mark.parametrize(
    "text",
    [
        "##fileformat=VCFv4.2\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n1\t5\t.\tA\tC\t.\t.\t.\n",
        "##fileformat=VCFv4.2\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n",
        "",
        "#version 2.4\n",
        "sample_id\tchromosome\tstart_position\n",
        b"BCF\x02\x02\x00\x00",
    ],
)
def test_what_is_no_maf_is_not_taken_for_one(tmp_path, text):
    assert not is_maf(maf(tmp_path, text, "calls.maf"))


def test_columns_are_found_by_the_most_specific_of_their_names(tmp_path):
    path = maf(tmp_path, f"{COLUMNS}\tHGVSp\tHGVSp_Short\ti_tumor_f\tProtein_Change\n")
    header = read_maf(path).header
    assert (header.name("hgvs_p"), header.name("vaf"), header.line) == ("HGVSp_Short", "i_tumor_f", 1)
    assert "depth" not in header.places


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (TEXT.replace("Tumor_Seq_Allele2", "Alt"), "no column Tumor_Seq_Allele2; give a MAF with the columns"),
        (TEXT.replace("NCBI_Build", "chromosome"), "two columns named chromosome"),
        (gzip.compress(TEXT.encode() * 50)[:-30], "damaged"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_with_its_reason(tmp_path, text, message):
    with pytest.raises(RefusedVcfError, match=message):
        read_maf(maf(tmp_path, text))


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(RefusedVcfError, match="cannot be read"):
        maf_samples(tmp_path / "none.maf")


def test_the_sheet_decides_on_the_barcode_then_the_sample_then_there_being_one():
    barcodes = ("P01-T", "P02-T")
    assert choose_barcode(barcodes, "P02-T", "P01-T") == ("P01-T", "sheet")
    assert choose_barcode(barcodes, "P02-T", None) == ("P02-T", "name")
    assert choose_barcode(("P01-T",), "S1", None) == ("P01-T", "only_column")


@pytest.mark.parametrize(
    ("barcodes", "sample", "named", "message"),
    [
        (("P01-T", "P02-T"), "S1", "P01_T", r'"P01_T" is no Tumor_Sample_Barcode of the MAF; the closest: P01-T'),
        (("P01-T",), "S1", "other", r"it has P01-T$"),
        (("P01-T", "P02-T"), "P02_T", None, r'is "P02_T"; the closest: P02-T.*variants_sample'),
        (tuple(f"TCGA-{n}" for n in range(9)), "x", None, r"it has TCGA-0, TCGA-1, TCGA-2, \.\.\. \(9\)"),
        ((), "S1", None, "the MAF has no rows"),
    ],
)
def test_a_sample_whose_rows_are_not_known_is_refused_with_the_closest(barcodes, sample, named, message):
    with pytest.raises(RefusedVcfError, match=message):
        choose_barcode(barcodes, sample, named)


@pytest.mark.parametrize(
    ("words", "configured"),
    [
        (["37", "hg19", "GRCh37", "GRCh37-lite"], "GRCh37"),
        (["38", "hg38", "grch38"], "GRCh38"),
        (["demo"], "demo"),
        (["our_assembly"], "GRCh38"),
        ([], "GRCh38"),
    ],
)
def test_names_of_the_configured_build_and_unknown_ones_are_no_contradiction(words, configured):
    assert build_problem(words, configured) is None


@pytest.mark.parametrize(
    ("word", "configured"), [("37", "GRCh38"), ("hg38", "GRCh37"), ("hg18", "GRCh37"), ("38", "demo")]
)
def test_another_build_is_named_with_the_configured_one(word, configured):
    problem = build_problem([word, configured], configured)
    assert f"is {word}, reference.build is {configured}: another genome build" in problem
