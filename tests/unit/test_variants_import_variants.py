from __future__ import annotations

import gzip
import random
import re
import runpy
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pysam
import pysam.bcftools
import pytest

from sclcohort.errors import StepError
from sclcohort.files import sha256_of
from sclcohort.variants import import_variants, sample_import, sorting, write_vcfs

F = SimpleNamespace(**runpy.run_path(str(Path(__file__).with_name("variants_fixtures.py"))))
DIALECTS = tuple(F.HEADERS)


@pytest.fixture(scope="module")
def reference(tmp_path_factory):
    """A genome of two contigs with a gene on each strand."""
    return F.build_reference(tmp_path_factory.mktemp("reference"))


@pytest.fixture(scope="module")
def truth(reference):
    return F.truth_of(reference)


@pytest.fixture(scope="module")
def golden(tmp_path_factory, reference, truth):
    """One truth, a sample for each dialect."""
    vcfs = {name: F.vcf_of(reference, truth, name) for name in DIALECTS}
    return F.import_chunk(tmp_path_factory.mktemp("golden"), reference, vcfs)


def one(tmp_path, reference, text, **settings):
    """Import one sample, S1; return its status row and its coding rows."""
    done = F.import_chunk(tmp_path, reference, {"S1": text}, **settings)
    return done.status["S1"], done.rows("S1")


@pytest.fixture(scope="module")
def expected(golden):
    """The coding rows of the truth."""
    return golden.rows("generic")


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


# --- the same alleles, written otherwise ---------------------------------------------------------


def test_order_of_columns_does_not_matter(tmp_path, reference, truth, expected):
    assert one(tmp_path, reference, F.vcf_of(reference, truth, swapped=True))[1] == expected


def test_order_of_records_does_not_matter(tmp_path, reference, truth, golden):
    shuffled = list(truth)
    random.Random(4).shuffle(shuffled)
    done = F.import_chunk(tmp_path, reference, {"generic": F.vcf_of(reference, shuffled)})
    assert sha256_of(done.vcfs / "generic.vcf.gz") == sha256_of(golden.vcfs / "generic.vcf.gz")


def shifted_right(sequence: str, one) -> tuple[int, str, str]:
    """Return an indel at its rightmost place, a second way to write it."""
    position, ref, alt = one.position, one.ref, one.alt
    while True:
        longer, shorter = (ref, alt) if len(ref) > len(alt) else (alt, ref)
        unit = longer[1:]
        following = sequence[position + len(ref) - 1]
        if following != unit[0]:
            return position, ref, alt
        anchor, unit = unit[0], unit[1:] + unit[0]
        position += 1
        ref, alt = (anchor + unit, anchor) if longer == ref else (anchor, anchor + unit)
        assert len(shorter) == 1


def test_place_of_an_indel_in_a_repeat_does_not_matter(tmp_path, reference, truth, expected):
    moved, changed = [], 0
    for one_truth in truth:
        if len(one_truth.ref) == len(one_truth.alt):
            moved.append(one_truth)
            continue
        position, ref, alt = shifted_right(reference.sequences[one_truth.contig], one_truth)
        changed += position != one_truth.position
        moved.append(replace(one_truth, position=position, ref=ref, alt=alt))
    assert changed
    assert one(tmp_path, reference, F.vcf_of(reference, moved))[1] == expected


@pytest.mark.parametrize("seed", range(4))
def test_shuffled_shifted_swapped_and_lower_case_files_give_the_same_bytes(tmp_path, reference, seed):
    stream = random.Random(seed)
    alleles = {}
    for contig, bases in reference.sequences.items():
        for _ in range(40):
            place, length = stream.randrange(5, len(bases) - 30), stream.randint(1, 4)
            ref = bases[place]
            kinds = (
                (ref, stream.choice([base for base in "ACGT" if base != ref])),
                (bases[place : place + 1 + length], ref),
                (ref, ref + "".join(stream.choices("ACGT", k=length))),
            )
            ref, alt = stream.choice(kinds)
            alleles[contig, place + 1, ref, alt] = F.Truth(contig, place + 1, ref, alt, (50, 30), (40, 0))
    plain = list(alleles.values())
    changed = []
    for one in plain:
        at, ref, alt = one.position, one.ref, one.alt
        if len(ref) != len(alt):
            at, ref, alt = shifted_right(reference.sequences[one.contig], one)
        changed.append(replace(one, position=at, ref=ref.lower(), alt=alt.lower()))
    stream.shuffle(changed)
    done = [
        F.import_chunk(tmp_path / name, reference, {"S1": F.vcf_of(reference, truth, swapped=swapped)})
        for name, truth, swapped in (("a", plain, False), ("b", changed, True))
    ]
    # Alleles that were written twice in two ways are one; which record is kept is a matter of the file's order.
    assert done[0].rows("S1") == done[1].rows("S1")
    assert sha256_of(done[0].vcfs / "S1.vcf.gz") == sha256_of(done[1].vcfs / "S1.vcf.gz")


def test_case_of_the_alleles_does_not_matter(tmp_path, reference, truth, expected):
    lower = [replace(one_truth, ref=one_truth.ref.lower(), alt=one_truth.alt.lower()) for one_truth in truth]
    assert one(tmp_path, reference, F.vcf_of(reference, lower))[1] == expected


def test_a_soft_masked_genome_gives_the_same_alleles(tmp_path, truth, expected):
    masked = F.build_reference(tmp_path / "masked", soft_masked=True)
    assert one(tmp_path / "run", masked, F.vcf_of(masked, truth))[1] == expected


@pytest.mark.parametrize("number", [".", "R"])
def test_joined_alleles_equal_decomposed_ones(tmp_path, reference, number):
    gene = reference.genes["PLUS"]
    contig, position, ref, _ = gene.snv(reference.sequences["1"], 60, "A")
    alts = [base for base in "ACGT" if base != ref][:2]
    head = F.vcf_of(reference, []).replace("ID=AD,Number=.", f"ID=AD,Number={number}")
    joined = (
        head
        + f"{contig}\t{position}\t.\t{ref}\t{','.join(alts)}\t.\tPASS\t.\tGT:AD:DP\t1/2:50,30,20:100\t0/0:40,0,0:40\n"
    )
    split = head + "".join(
        f"{contig}\t{position}\t.\t{ref}\t{alt}\t.\tPASS\t.\tGT:AD:DP\t0/1:50,{reads}:100\t0/0:40,0:40\n"
        for alt, reads in zip(alts, (30, 20), strict=True)
    )
    done = F.import_chunk(tmp_path, reference, {"joined": joined, "split": split})
    assert done.rows("joined") == done.rows("split")
    assert sorted((row["alt_depth_reads"], row["vaf"]) for row in done.rows("joined")) == [(20, 0.2), (30, 0.3)]


def test_joined_alleles_of_freebayes_keep_their_own_reads(tmp_path, reference):
    contig, position, ref, _ = reference.genes["PLUS"].snv(reference.sequences["1"], 60, "A")
    alts = [base for base in "ACGT" if base != ref][:2]
    text = F.vcf_of(reference, [], "freebayes").replace("ID=AO,Number=A", "ID=AO,Number=.")
    text += f"{contig}\t{position}\t.\t{ref}\t{','.join(alts)}\t.\t.\t.\tGT:DP:RO:AO\t1/2:100:50:30,20\t0/0:40:40:0,0\n"
    _, rows = one(tmp_path, reference, text)
    assert {row["alt"]: row["alt_depth_reads"] for row in rows} == {alts[0]: 30, alts[1]: 20}


def test_counts_that_do_not_fit_their_alleles_are_lost_but_not_the_sample(tmp_path, reference):
    contig, position, ref, _ = reference.genes["PLUS"].snv(reference.sequences["1"], 60, "A")
    alts = [base for base in "ACGT" if base != ref][:2]
    text = F.vcf_of(reference, [])
    text += f"{contig}\t{position}\t.\t{ref}\t{','.join(alts)}\t.\t.\t.\tGT:AD:DP\t1/2:50,30:100\t0/0:40,0:40\n"
    status, rows = one(tmp_path, reference, text)
    assert status["state"] == "imported"
    assert [(row["depth_reads"], row["alt_depth_reads"]) for row in rows] == [(100, None)] * 2


def test_an_allele_met_twice_is_kept_once_and_counted(tmp_path, reference, truth, expected):
    status, rows = one(tmp_path, reference, F.vcf_of(reference, [*truth, truth[0], truth[2]]))
    assert rows == expected
    assert (status["duplicates"], status["alleles"]) == (2, len(truth))


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


@pytest.mark.parametrize(
    "rewrite",
    [
        lambda text: text.replace("\n", "\r\n"),
        lambda text: "\ufeff" + text,
        lambda text: text + "\n",
        lambda text: text.replace("\n", "\r\n") + "\r\n",
        lambda text: re.sub(r"##contig.*\n", "", text),
        lambda text: re.sub(r"##FILTER.*\n", "", text),
        lambda text: re.sub(r"##FORMAT.*\n", "", text),
        lambda text: text.replace("##fileformat=VCFv4.2\n", "##source=nobody\n"),
        lambda text: gzip.compress(text.encode()),
        lambda text: text.replace("\tPASS\t.\t", "\tPASS\tX=1;Y\t"),
    ],
    ids=[
        "crlf",
        "bom",
        "blank line",
        "crlf, blank line",
        "no contigs",
        "no filters",
        "no formats",
        "no fileformat",
        "gzip",
        "tags",
    ],
)
def test_common_flaws_of_files_change_nothing(tmp_path, reference, truth, expected, rewrite):
    status, rows = one(tmp_path, reference, rewrite(F.vcf_of(reference, truth)))
    assert status["reason"] is None
    assert rows == expected


def test_bcf_is_read_like_vcf(tmp_path, reference, truth, expected):
    source, target = tmp_path / "x.vcf", tmp_path / "x.bcf"
    source.write_text(F.vcf_of(reference, truth))
    pysam.bcftools.view("-Ob", "-o", str(target), str(source), catch_stdout=False)
    assert one(tmp_path / "run", reference, target.read_bytes(), suffix=".bcf")[1] == expected


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


# --- refusals ------------------------------------------------------------------------------------


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
