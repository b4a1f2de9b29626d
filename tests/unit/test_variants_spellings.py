"""The same alleles, written otherwise, are the same: order, place, case, joined alleles, flaws of files."""

from __future__ import annotations

import gzip
import random
import re
from dataclasses import replace

import pysam
import pysam.bcftools
import pytest

from sclcohort.files import sha256_of
from tests.unit import variants_import_fixtures
from tests.unit.variants_import_fixtures import F, one

# Fixtures of a module are what pytest finds among its names.
reference = variants_import_fixtures.reference
truth = variants_import_fixtures.truth
golden = variants_import_fixtures.golden
expected = variants_import_fixtures.expected


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
    for allele in plain:
        at, ref, alt = allele.position, allele.ref, allele.alt
        if len(ref) != len(alt):
            at, ref, alt = shifted_right(reference.sequences[allele.contig], allele)
        changed.append(replace(allele, position=at, ref=ref.lower(), alt=alt.lower()))
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
