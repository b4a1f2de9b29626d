"""What cannot be imported is refused with reason and cure, and holds up no other sample."""

from __future__ import annotations

import gzip
import re
from pathlib import Path
from types import SimpleNamespace

import pysam
import pysam.bcftools
import pytest

from sclcohort.errors import StepError
from sclcohort.variants import import_variants
from tests.unit import variants_import_fixtures
from tests.unit.variants_import_fixtures import F, one

# Fixtures of a module are what pytest finds among its names.
reference = variants_import_fixtures.reference
truth = variants_import_fixtures.truth
golden = variants_import_fixtures.golden
expected = variants_import_fixtures.expected


def wrong_ref(text: str) -> str:
    """Give the first record another REF."""
    head, _, body = text.partition("NORMAL\n")
    cells = body.split("\t")
    cells[3] = {"A": "C", "C": "G", "G": "T", "T": "A"}[cells[3][0]] + cells[3][1:]
    return f"{head}NORMAL\n" + "\t".join(cells)


REFUSALS = {
    "ref": (wrong_ref, r"REF differs from the reference at 1 records: 1:\d+ .*configure the reference"),
    "prefix": (
        lambda text: re.sub(r"(?m)^([12])\t", r"chr\1\t", text.replace("contig=<ID=", "contig=<ID=chr")),
        'named like "chr1", those of the reference like "1"; rename them with bcftools annotate --rename-chrs',
    ),
    "prefix of records alone": (
        lambda text: re.sub(r"(?m)^([12])\t", r"chr\1\t", re.sub(r"##contig.*\n", "", text)),
        "--rename-chrs",
    ),
    "length": (lambda text: re.sub(r"length=\d+", "length=248956422", text), "another genome build"),
    "missing chromosome": (
        lambda text: text + "7\t9\t.\tA\tC\t.\tPASS\t.\tGT:AD:DP\t0/1:5,5:10\t0/0:9,0:9\n",
        "calls on 7, which the reference lacks",
    ),
    "cut in a line": (lambda text: text[: text.rindex("\t")], r"record \d+ cannot be read .*export it again"),
    "empty": (lambda text: "", "empty"),
    "no vcf": (lambda text: "Hugo_Symbol\tChromosome\nTP53\t17\n", "is no VCF"),
    "no column line": (lambda text: text.replace("#CHROM", "CHROM"), "no #CHROM line"),
    "no samples": (
        lambda text: re.sub(r"(?m)^([^#].*|#CHROM.*?)\tGT.*$|\tFORMAT.*$", r"\1", text),
        "no sample columns",
    ),
    "one column twice": (lambda text: text.replace("\tNORMAL\n", "\tTUMOR\n"), 'two columns named "TUMOR"'),
    "ambiguous": (
        lambda text: text.replace("\tTUMOR\tNORMAL\n", "\tA1\tA2\n"),
        'cannot be told ("A1", "A2"); name it as variants_sample',
    ),
    "no tabs": (lambda text: text.replace("\t", " "), "tab-separated"),
    "a number that is none": (lambda text: text.replace("0/1:60,20:80", "0/1:60,2x:80"), "cannot be read"),
}


@pytest.mark.parametrize("name", REFUSALS)
def test_what_cannot_be_imported_is_refused_with_reason_and_cure(tmp_path, reference, truth, name):
    spoil, message = REFUSALS[name]
    status, rows = one(tmp_path, reference, spoil(F.vcf_of(reference, truth)))
    assert (status["state"], rows) == ("refused", [])
    assert re.search(message if name in ("ref", "cut in a line") else re.escape(message), status["reason"])
    assert "\n" not in status["reason"]
    assert not (tmp_path / "out" / "c1" / "S1.vcf.gz").exists()


def test_a_column_that_the_sheet_names_and_the_file_lacks_is_refused_with_the_closest(tmp_path, reference, truth):
    text = F.vcf_of(reference, truth)
    status, _ = one(tmp_path, reference, text, named={"S1": ("TUMER", "")})
    assert 'did you mean "TUMOR"?' in status["reason"]


def test_a_column_that_has_the_name_of_the_sample_is_not_in_the_way(tmp_path, reference, truth, expected):
    text = F.vcf_of(reference, truth, columns=("A", "B")).replace("\tA\tB\n", "\tA\tB\tS1\tS1_normal\n")
    text = re.sub(r"(?m)^([12]\t.*)$", r"\1\t0/0:1,0:1\t0/0:1,0:1", text)
    done = F.import_chunk(tmp_path, reference, {"S1": text}, named={"S1": ("A", "B")})
    assert done.rows("S1") == expected


def bgzipped(folder: Path, text: str) -> bytes:
    source, target = folder / "b.vcf", folder / "b.vcf.gz"
    source.write_text(text)
    pysam.tabix_compress(str(source), str(target), force=True)
    return target.read_bytes()


def test_files_that_were_cut_are_refused(tmp_path, reference, truth):
    whole = bgzipped(tmp_path, F.vcf_of(reference, truth * 300))
    plain = gzip.compress(F.vcf_of(reference, truth).encode())
    vcfs = {"no_end": whole[:-28], "mid_block": whole[: len(whole) // 2], "gzip": plain[:-20], "whole": whole}
    done = F.import_chunk(tmp_path / "run", reference, vcfs, suffix=".vcf.gz")
    assert {name: row["state"] for name, row in done.status.items()} == {
        "no_end": "refused", "mid_block": "refused", "gzip": "refused", "whole": "imported",
    }  # fmt: skip
    assert "copy it again" in done.status["gzip"]["reason"]


def test_a_bad_sample_does_not_hold_up_its_chunk(tmp_path, reference, truth, expected):
    vcfs = {"bad": wrong_ref(F.vcf_of(reference, truth)), "good": F.vcf_of(reference, truth), "none": None}
    done = F.import_chunk(tmp_path, reference, vcfs)
    assert {name: row["state"] for name, row in done.status.items()} == {
        "bad": "refused", "good": "imported", "none": "not_provided",
    }  # fmt: skip
    assert done.rows("good") == expected
    assert sorted(path.name for path in done.vcfs.iterdir()) == ["good.vcf.gz", "good.vcf.gz.tbi"]
    assert [path.name for path in done.vcfs.parent.iterdir() if path.name.startswith(".")] == []


def test_a_sample_that_the_sheet_lacks_is_an_error(tmp_path, reference):
    F.import_chunk(tmp_path, reference, {"S1": None})
    with pytest.raises(StepError, match="no sample S9"):
        import_variants.run(
            sheet=tmp_path / "samples.tsv", samples=("S9",), genome=reference.files["genome"], gff=reference.gff,
            genes=reference.files["genes"], coding_introns=reference.files["coding_introns"],
        coding_exons=reference.files["coding_exons"], vcfs=tmp_path / "x",
            status=tmp_path / "x.tsv", inference=tmp_path / "y.tsv", coding_variants=tmp_path / "z.tsv", **F.SETTINGS,
        )  # fmt: skip


def test_variants_without_a_reference_are_an_error(tmp_path, reference, truth):
    one(tmp_path, reference, F.vcf_of(reference, truth))
    with pytest.raises(StepError, match=r"reference\.fasta and reference\.gff"):
        import_variants.run(
            sheet=tmp_path / "samples.tsv", samples=("S1",), genome=reference.files["genome"], gff=None,
            genes=reference.files["genes"], coding_introns=reference.files["coding_introns"],
        coding_exons=reference.files["coding_exons"], vcfs=tmp_path / "x",
            status=tmp_path / "x.tsv", inference=tmp_path / "y.tsv", coding_variants=tmp_path / "z.tsv", **F.SETTINGS,
        )  # fmt: skip


def test_silence_of_csq_over_genes_is_an_error(tmp_path, reference, truth):
    other = F.build_reference(tmp_path / "other", prefix="x")
    reference_with_foreign_model = SimpleNamespace(files=reference.files, gff=other.gff)
    with pytest.raises(StepError, match="csq annotated no record, although"):
        F.import_chunk(tmp_path / "run", reference_with_foreign_model, {"S1": F.vcf_of(reference, truth)})
