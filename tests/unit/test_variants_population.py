"""Population frequencies: the right number for each allele, through the index alone, and every refusal."""

from __future__ import annotations

import random

import pysam
import pysam.bcftools
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sclcohort.errors import StepError
from sclcohort.variants import population
from sclcohort.variants.normalise import Site
from sclcohort.variants.population import frequency_fields, population_faults, population_frequencies, trimmed

FIELDS = ("AF", "AF_grpmax")


def text_of(records, fields=FIELDS, contigs=("1", "2", "3")):
    lines = ["##fileformat=VCFv4.2", *(f"##contig=<ID={name},length=100000>" for name in contigs)]
    lines += [f'##INFO=<ID={name},Number=A,Type=Float,Description="x">' for name in fields]
    lines.append("\t".join(["#CHROM", "POS", "ID", "REF", "ALT", "QUAL", "FILTER", "INFO"]))
    lines += ["\t".join([contig, str(at), ".", ref, alt, ".", ".", info]) for contig, at, ref, alt, info in records]
    return "\n".join(lines) + "\n"


def write(folder, records, kind="vcf.gz", index=True, **more):
    """Write a population file, compressed and indexed."""
    folder.mkdir(exist_ok=True)
    plain = folder / "plain.vcf"
    plain.write_text(text_of(records, **more))
    path = folder / f"population.{kind}"
    pysam.bcftools.view("-Ob" if kind == "bcf" else "-Oz", "-o", str(path), str(plain), catch_stdout=False)
    if index:
        pysam.bcftools.index("-f", *(["-t"] if kind == "vcf.gz" else []), str(path), catch_stdout=False)
    return path


RECORDS = [
    ("1", 100, "A", "C", "AF=0.001;AF_grpmax=0.02"),
    ("1", 100, "A", "G,T", "AF=0.3,0.00004;AF_grpmax=.,0.00001"),
    # Padded with what both share: the second is CT>C at 202, the third a G inserted before that of 204.
    ("1", 200, "AACTG", "AACCG,AACG,AACTGG", "AF=0.1,0.2,0.25"),
    ("1", 300, "C", "T", "AF=.;AF_grpmax=."),
    ("1", 400, "g", "a", "AF=0.5"),
    ("2", 5, "ACGT", "A", "AF=0.125"),
    ("2", 5, "ACGT", "A", "AF=0.25"),
    ("2", 6, "C", "<DEL>", "AF=0.75"),
]
EXPECTED = {
    Site("1", 100, "A", "C"): 0.02,
    Site("1", 100, "A", "G"): 0.3,
    Site("1", 100, "A", "T"): 0.00004,
    Site("1", 203, "T", "C"): 0.1,
    Site("1", 202, "CT", "C"): 0.2,
    Site("1", 203, "T", "TG"): 0.25,
    Site("1", 300, "C", "T"): None,
    Site("1", 400, "G", "A"): 0.5,
    Site("1", 101, "A", "C"): 0.0,
    Site("1", 400, "G", "C"): 0.0,
    Site("2", 5, "ACGT", "A"): 0.25,
    Site("2", 6, "C", "T"): 0.0,
    # In the header, without a record: the file is of other chromosomes.
    Site("3", 7, "A", "T"): None,
    Site("MT", 7, "A", "T"): None,
}


@pytest.mark.parametrize("kind", ["vcf.gz", "bcf"])
def test_each_allele_has_its_highest_frequency(tmp_path, kind):
    assert population_frequencies(write(tmp_path, RECORDS, kind), EXPECTED) == EXPECTED


def test_the_answer_for_an_allele_does_not_depend_on_the_others(tmp_path):
    path = write(tmp_path, RECORDS)
    for site, expected in EXPECTED.items():
        assert population_frequencies(path, [site, site]) == {site: expected}
    assert population_frequencies(path, []) == {}


def test_a_csi_index_serves_as_well(tmp_path):
    path = write(tmp_path, RECORDS, index=False)
    pysam.bcftools.index("-c", str(path), catch_stdout=False)
    assert population_frequencies(path, EXPECTED) == EXPECTED


def test_thousands_of_alleles_are_found_as_a_scan_finds_them(tmp_path):
    stream = random.Random(7)
    records = []
    for contig in ("1", "2"):
        for position in sorted(stream.sample(range(10, 90000), 1500)):
            ref, alt = stream.sample("ACGT", 2)
            records.append((contig, position, ref, alt, f"AF={stream.random():.5f}"))
    truth = {Site(*record[:4]): float(record[4][3:]) for record in records}
    asked = dict(stream.sample(sorted(truth.items()), 900))
    absent = {Site("1", position, "A", "AT"): 0.0 for position in range(20, 80000, 400)}
    assert population_frequencies(write(tmp_path, records), [*absent, *asked]) == asked | absent


def test_far_alleles_are_asked_for_one_by_one_and_near_ones_together():
    sites = [("1", 10, "A", "C"), ("1", 50, "ACGT", "A"), ("1", 20000, "A", "C"), ("2", 20000, "A", "C")]
    stretches = list(population._stretches([Site(*site) for site in sites]))
    assert [(one.contig, one.start_0based, one.end, len(one.alleles)) for one in stretches] == [
        ("1", 9, 53, 2),
        ("1", 19999, 20000, 1),
        ("2", 19999, 20000, 1),
    ]


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (("AC", "AF", "AF_popmax", "AF_afr", "AF_raw"), ("AF", "AF_popmax")),
        (("AF", "AF_POPMAX"), ("AF", "AF_POPMAX")),
        (("AF_joint", "AF_grpmax_joint", "fafmax_faf95_max"), ("AF_joint", "AF_grpmax_joint")),
        (
            ("AF", "AF_afr", "AF_nfe_female", "AF_fin", "AF_asj", "AF_raw", "AF_XX", "AF_sas"),
            ("AF", "AF_afr", "AF_sas"),
        ),
        (("AF", "EAS_AF", "MAF"), ("AF", "EAS_AF")),
        (("AF",), ("AF",)),
        (("AC", "AN", "AF_raw", "CAF"), ()),
    ],
)
def test_the_fields_are_those_whose_highest_is_the_frequency(names, expected):
    assert frequency_fields(names) == expected


@given(st.integers(1, 50), st.text("ACGT", min_size=1, max_size=6), st.text("ACGT", min_size=1, max_size=6))
def test_trimming_changes_the_writing_and_not_the_allele(position, ref, alt):
    genome = "G" * (position - 1) + ref + "TAC"
    site = trimmed("1", position, ref, alt)
    assert genome[site.position_1based - 1 :].startswith(site.ref)
    rebuilt = genome[: site.position_1based - 1] + site.alt + genome[site.position_1based - 1 + len(site.ref) :]
    assert rebuilt == genome[: position - 1] + alt + genome[position - 1 + len(ref) :]
    assert min(len(site.ref), len(site.alt)) == 1 or (site.ref[0] != site.alt[0] and site.ref[-1] != site.alt[-1])


def cut(path):
    path.write_bytes(path.read_bytes()[:-28])


def unindexed(path):
    path.with_name(f"{path.name}.tbi").unlink()


def spoilt_index(path):
    path.with_name(f"{path.name}.tbi").write_bytes(b"no index")


def plain(path):
    path.write_text(text_of(RECORDS))


def no_vcf(path):
    pysam.tabix_compress(__file__, str(path), force=True)


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (cut, "cut short.*copy the file again"),
        (unindexed, r"no index \(.tbi or .csi\).*bcftools index"),
        (spoilt_index, "its index cannot be read; index it again"),
        (plain, "not compressed with bgzip.*tabix"),
        (no_vcf, "no VCF or BCF|not a readable VCF or BCF"),
    ],
)
@pytest.mark.filterwarnings("ignore")
def test_a_file_that_cannot_be_asked_is_refused_and_found_before_any_job(tmp_path, spoil, message):
    path = write(tmp_path, RECORDS)
    spoil(path)
    with pytest.raises(StepError, match=message):
        population_frequencies(path, EXPECTED)
    (fault,) = population_faults(str(path), {"1", "2"}, "config")
    assert (fault.code, fault.file, fault.column, fault.value) == (
        "E-POP-001", "config", "variants.population_vcf", str(path),
    )  # fmt: skip


def test_a_file_that_is_not_there_is_a_fault(tmp_path):
    (fault,) = population_faults(str(tmp_path / "none.vcf.gz"), {"1"}, "config")
    assert "cannot be read" in fault.found


def test_a_file_without_frequencies_is_refused(tmp_path):
    path = write(tmp_path, [("1", 5, "A", "C", "AC=5")], fields=("AC",))
    with pytest.raises(StepError, match="defines no allele frequency"):
        population_frequencies(path, EXPECTED)
    assert [fault.code for fault in population_faults(str(path), {"1"}, "config")] == ["E-POP-001"]


def test_contigs_named_in_another_style_are_refused(tmp_path):
    path = write(tmp_path, RECORDS)
    with pytest.raises(StepError, match='like "1", those of the reference like "chr1"; rename them'):
        population_frequencies(path, [Site("chr1", 100, "A", "C")])
    (fault,) = population_faults(str(path), {"chr1", "chr2"}, "config")
    assert (fault.code, "rename-chrs" in fault.fix) == ("E-POP-002", True)
    (fault,) = population_faults(str(path), {"NC_1", "NC_2"}, "config")
    assert "none of its contigs" in fault.found


def test_a_good_file_has_no_fault(tmp_path):
    path = write(tmp_path, RECORDS)
    assert not list(population_faults(str(path), {"1", "2", "MT"}, "config"))
    assert not list(population_faults(str(path), set(), "config"))
