"""Normalising and splitting in process give what bcftools norm gives."""

from __future__ import annotations

import random
import runpy
from pathlib import Path
from types import SimpleNamespace

import pysam
import pysam.bcftools
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sclcohort.reference.sequence import open_sequence
from sclcohort.variants.normalise import ReferenceCheck, left_align
from sclcohort.variants.refusal import RefusedVcfError
from sclcohort.variants.split import split_columns, split_info

F = SimpleNamespace(**runpy.run_path(str(Path(__file__).with_name("variants_fixtures.py"))))


@pytest.fixture(scope="module")
def genome(tmp_path_factory):
    """A contig full of repeats, in lines of 50 bases, some of it in lower case; and one without line breaks."""
    folder = tmp_path_factory.mktemp("genome")
    stream = random.Random(5)
    units = ("A", "CA", "CAG", "T", "GATA")
    bases = "".join(stream.choice(units) * stream.randint(1, 40) for _ in range(60))
    bases = bases[:400] + bases[400:700].lower() + bases[700:]
    lines = "\n".join(bases[start : start + 50] for start in range(0, len(bases), 50))
    path = folder / "genome.fa"
    path.write_text(f">1\n{lines}\n>2\n{bases[::-1]}\n")
    pysam.faidx(str(path))
    return SimpleNamespace(path=path, folder=folder, bases={"1": bases.upper(), "2": bases[::-1].upper()})


def random_allele(stream: random.Random, bases: str) -> tuple[int, str, str]:
    start = stream.randrange(0, len(bases) - 12)
    ref = bases[start : start + stream.randint(1, 8)]
    kind = stream.random()
    if kind < 0.4:
        return start + 1, ref, ref[: stream.randint(1, len(ref))] + "".join(stream.choices("ACGT", k=2))
    if kind < 0.7:
        return start + 1, ref, ref[0]
    return start + 1, ref, ref + ref[-1] * stream.randint(1, 3)


def test_alleles_are_left_aligned_as_bcftools_does_it(genome):
    stream = random.Random(9)
    alleles = []
    for contig, bases in genome.bases.items():
        for _ in range(2000):
            position, ref, alt = random_allele(stream, bases)
            if ref != alt:
                alleles.append((contig, position, ref, alt))
    alleles += [("1", 1, genome.bases["1"][:2], genome.bases["1"][:1]), ("1", 2, genome.bases["1"][1:3], "T")]
    alleles = [one for one in alleles if one[2] != one[3]]
    lines = ["##fileformat=VCFv4.2", *(f"##contig=<ID={name},length={len(b)}>" for name, b in genome.bases.items())]
    lines.append("#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO")
    lines += [f"{c}\t{p}\tn{n}\t{r}\t{a}\t.\t.\t." for n, (c, p, r, a) in enumerate(alleles)]
    source, target = genome.folder / "in.vcf", genome.folder / "out.vcf"
    source.write_text("\n".join(lines) + "\n")
    pysam.bcftools.norm("-f", str(genome.path), "-Ov", "-o", str(target), str(source), catch_stdout=False)
    theirs = {}
    for line in target.read_text().splitlines():
        if not line.startswith("#"):
            contig, position, name, ref, alt, *_ = line.split("\t")
            theirs[name] = contig, int(position), ref.upper(), alt.upper()
    with open_sequence(genome.path) as fetch:
        for number, (contig, position, ref, alt) in enumerate(alleles):
            assert (contig, *left_align(contig, position, ref, alt, fetch)) == theirs[f"n{number}"], (
                position,
                ref,
                alt,
            )


def test_bases_are_those_that_were_written_whatever_the_length_of_lines(genome):
    with open_sequence(genome.path) as fetch:
        for contig, bases in genome.bases.items():
            for start, end in ((0, 1), (49, 50), (49, 51), (0, 200), (399, 701), (len(bases) - 1, len(bases) + 5)):
                assert fetch(contig, start, end) == bases[start:end]
            assert fetch(contig, len(bases), len(bases) + 2) == ""


def test_bases_of_a_bgzip_genome_are_the_same(genome, tmp_path):
    packed = tmp_path / "genome.fa.gz"
    pysam.tabix_compress(str(genome.path), str(packed))
    pysam.faidx(str(packed))
    with open_sequence(packed) as fetch:
        assert fetch("1", 45, 120) == genome.bases["1"][45:120]
        assert fetch("2", len(genome.bases["2"]), len(genome.bases["2"]) + 1) == ""


@pytest.fixture(scope="module")
def check(genome):
    def run(*records):
        with open_sequence(genome.path) as fetch:
            made = ReferenceCheck(fetch)
            seen = [made.see(*record) for record in records]
            return made, seen

    return run


def test_a_ref_that_contradicts_the_genome_is_counted_and_shown(check, genome):
    right = genome.bases["1"][10:13]
    wrong = {"A": "C", "C": "G", "G": "T", "T": "A"}[right[0]] + right[1:]
    made, seen = check(("1", 11, right), *[("1", 11, wrong)] * 5, ("2", 10**6, "A"))
    assert seen == [True] + [False] * 6
    with pytest.raises(RefusedVcfError, match=rf"at 6 records: 1:11 {wrong} \(reference {right}\), .*, \.\.\.; the"):
        made.finish()


def test_a_ref_of_n_is_no_contradiction(check):
    made, seen = check(("1", 11, "NNN"))
    assert seen == [False]
    made.finish()


# --- several alternate alleles ---------------------------------------------------------------------

FIELDS = (
    ("AD", "R", "Integer"), ("AF", "A", "Float"), ("PL", "G", "Integer"), ("DP", "1", "Integer"), ("XS", ".", "String"),
)  # fmt: skip
NUMBERS = {name: number for name, number, _ in FIELDS if number in "ARG"}


def values(stream: random.Random, number: str, alternates: int, *, haploid: bool = False) -> str:
    wanted = {"R": alternates + 1, "A": alternates, "1": 1, ".": 2}
    count = wanted.get(number, alternates + 1 if haploid else (alternates + 1) * (alternates + 2) // 2)
    return ",".join(str(stream.randint(0, 99)) for _ in range(count))


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6), st.integers(2, 3))
def test_records_of_several_alleles_are_split_as_bcftools_does_it(tmp_path_factory, seed, alternates):
    folder, stream = tmp_path_factory.mktemp("split"), random.Random(seed)
    alts = ["C", "G", "T"][:alternates]
    lines = ["##fileformat=VCFv4.2", "##contig=<ID=1,length=99>"]
    for kind in ("INFO", "FORMAT"):
        lines += [
            f'##{kind}=<ID={name},Number={number},Type={type_},Description="x">' for name, number, type_ in FIELDS
        ]
    lines.append('##FORMAT=<ID=GT,Number=1,Type=String,Description="x">')
    lines.append("#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tT\tN")
    info = ";".join(f"{name}={values(stream, number, alternates)}" for name, number, _ in FIELDS if name != "PL")
    genotypes = [stream.choice(("0/1", "1/2", "0|2", "2/1", "./.", "1")) for _ in range(2)]
    columns = [
        ":".join([gt, *(values(stream, number, alternates, haploid=gt == "1") for _, number, _ in FIELDS)])
        for gt in genotypes
    ]
    format_ = ":".join(["GT", *(name for name, *_ in FIELDS)])
    lines.append("\t".join(["1", "9", ".", "A", ",".join(alts), ".", ".", info, format_, *columns]))
    source, target = folder / "in.vcf", folder / "out.vcf"
    source.write_text("\n".join(lines) + "\n")
    pysam.bcftools.norm("--force", "-m", "-any", "-Ov", "-o", str(target), str(source), catch_stdout=False)
    theirs = [line.split("\t") for line in target.read_text().splitlines() if not line.startswith("#")]
    infos = split_info(info, NUMBERS, alternates)
    tails = split_columns(format_, columns, NUMBERS, alternates)
    for their, its_info, its_columns in zip(theirs, infos, tails, strict=True):
        assert known(dict(pair.split("=") for pair in their[7].split(";") if "=" in pair)) == known(
            dict(pair.split("=") for pair in its_info.split(";") if "=" in pair)
        )
        keys, *cells = its_columns.split("\t")
        for their_cell, cell in zip(their[9:], cells, strict=True):
            one = dict(zip(their[8].split(":"), their_cell.split(":"), strict=False))
            assert known(one) == known(dict(zip(keys.split(":"), cell.split(":"), strict=False)))


def test_what_is_missing_in_one_column_stays_missing_there():
    # bcftools 1.23.1 gives such a column a value of the other one.
    assert split_columns("GT:AF", ["1/2:0.4,0.2", "0/0:."], {"AF": "A"}, 2) == [
        "GT:AF\t1/0:0.4\t0/0:.",
        "GT:AF\t0/1:0.2\t0/0:.",
    ]
    assert split_columns("GT:AD", ["1/2:5,4,3", "./."], {"AD": "R"}, 2) == [
        "GT:AD\t1/0:5,4\t./.:.",
        "GT:AD\t0/1:5,3\t./.:.",
    ]


def test_a_field_with_another_number_of_values_than_its_definition_says_is_lost():
    assert split_columns("AD:DP", ["5,4:9", "1,1,1:3"], {"AD": "R"}, 2) == ["DP\t9\t3", "DP\t9\t3"]
    assert split_info("AF=0.1;DB;DP=4", {"AF": "A"}, 2) == ["DB;DP=4", "DB;DP=4"]
    assert split_info(".", {"AF": "A"}, 2) == [".", "."]


def known(cells: dict[str, str]) -> dict[str, str]:
    """Return what is not missing."""
    return {name: text for name, text in cells.items() if set(text) - set(".,")}
