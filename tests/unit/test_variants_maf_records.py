"""Rows of a MAF as VCF records: alleles, reads, annotation, and every row that cannot be read."""

from __future__ import annotations

import random
import runpy
from pathlib import Path
from types import SimpleNamespace

import pysam
import pysam.bcftools
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sclcohort.exports.maf import COLUMNS, VERSION_LINE, MafGene, convert_allele, make_maf_row
from sclcohort.variants.annotations import find_annotations, parse_annotation
from sclcohort.variants.dialects import detect_dialect, read_evidence
from sclcohort.variants.header import read_header
from sclcohort.variants.maf_records import maf_to_vcf
from sclcohort.variants.refusal import RefusedVcfError

F = SimpleNamespace(**runpy.run_path(str(Path(__file__).with_name("variants_fixtures.py"))))
# Contig 1, from position 1.
BASES = "ACGTACGTTTGACCATGCAA"
CONTIGS = {"1": 20, "X": 20}
ROW = {
    "Hugo_Symbol": "GENE1",
    "NCBI_Build": "GRCh38",
    "Chromosome": "1",
    "Start_Position": "5",
    "End_Position": "5",
    "Variant_Classification": "Missense_Mutation",
    "Reference_Allele": "A",
    "Tumor_Seq_Allele1": "A",
    "Tumor_Seq_Allele2": "G",
    "Tumor_Sample_Barcode": "T1",
    "Matched_Norm_Sample_Barcode": "N1",
    "t_depth": "30",
    "t_ref_count": "20",
    "t_alt_count": "10",
    "n_depth": "25",
    "n_ref_count": "25",
    "n_alt_count": "0",
    "FILTER": "PASS",
    "Transcript_ID": "ENST1",
    "HGVSp_Short": "p.R2H",
    "HGVSc": "c.5A>G",
}
INSERTION = {"Reference_Allele": "-", "Tumor_Seq_Allele1": "-", "Tumor_Seq_Allele2": "TT", "End_Position": "6"}


@pytest.fixture(scope="module")
def genome(tmp_path_factory):
    path = tmp_path_factory.mktemp("genome") / "genome.fa"
    path.write_text(f">1\n{BASES}\n>X\n{BASES.lower()}\n")
    pysam.faidx(str(path))
    return path


class Made:
    """What a MAF became: the intake, and the records of the VCF by allele."""

    def __init__(self, folder, genome, rows, contigs=None, build="GRCh38", barcode="T1", drop=()):
        names = [name for name in {name: None for row in rows for name in row} if name not in drop]
        lines = ["\t".join(names)] + ["\t".join(row.get(name, "") for name in names) for row in rows]
        path, self.vcf = folder / "calls.maf", folder / "calls.vcf"
        path.write_text("#version 2.4\n" + "\n".join(lines) + "\n")
        self.intake = maf_to_vcf(path, barcode, genome, contigs or CONTIGS, build, self.vcf)
        with pysam.VariantFile(str(self.vcf)) as variants:
            self.columns = list(variants.header.samples)
            self.records = list(variants)
        self.alleles = [(one.chrom, one.pos, one.ref, one.alts[0]) for one in self.records]


def row(**changed):
    return ROW | changed


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, ("1", 5, "A", "G")),
        # Two bases inserted between 5 (A) and 6 (C).
        (INSERTION, ("1", 5, "A", "ATT")),
        (INSERTION | {"End_Position": ""}, ("1", 5, "A", "ATT")),
        # Before the first base there is no base: VCF writes the one behind.
        (INSERTION | {"Start_Position": "0", "End_Position": "1"}, ("1", 1, "A", "TTA")),
        (INSERTION | {"Start_Position": "20", "End_Position": "21"}, ("1", 20, "A", "ATT")),
        ({"Reference_Allele": "AC", "End_Position": "6", "Tumor_Seq_Allele2": "-"}, ("1", 4, "TAC", "T")),
        ({"Start_Position": "1", "End_Position": "1", "Tumor_Seq_Allele2": "-"}, ("1", 1, "AC", "C")),
        ({"Reference_Allele": "AC", "End_Position": "6", "Tumor_Seq_Allele2": "GT"}, ("1", 5, "AC", "GT")),
        ({"Reference_Allele": "ACG", "End_Position": "7", "Tumor_Seq_Allele2": "T"}, ("1", 5, "ACG", "T")),
        ({"Reference_Allele": "a", "Tumor_Seq_Allele2": "g"}, ("1", 5, "A", "G")),
        ({"Chromosome": "X", **INSERTION}, ("X", 5, "A", "ATT")),
        ({"Tumor_Seq_Allele1": "G"}, ("1", 5, "A", "G")),
        ({"Tumor_Seq_Allele1": "G", "Tumor_Seq_Allele2": "A"}, ("1", 5, "A", "G")),
        ({"Tumor_Seq_Allele1": ""}, ("1", 5, "A", "G")),
        ({"Start_Position": "5.0", "End_Position": "5.0"}, ("1", 5, "A", "G")),
    ],
)
def test_an_allele_is_written_as_vcf_writes_it(tmp_path, genome, changed, expected):
    one = row(**changed)
    if changed.get("Reference_Allele", "A") != "A" and "Tumor_Seq_Allele1" not in changed:
        one["Tumor_Seq_Allele1"] = one["Reference_Allele"]
    assert Made(tmp_path, genome, [one]).alleles == [expected]


def test_reads_filter_and_annotation_are_read_back_as_they_were(tmp_path, genome):
    made = Made(tmp_path, genome, [row(FILTER="oxog;panel of normals", callers="muse;mutect2")])
    with made.vcf.open("rb") as handle:
        header = read_header(handle)
    dialect = detect_dialect(header.lines, header.format_names).dialect
    record = made.records[0]
    assert (dialect.name, made.columns) == ("generic", ["TUMOR", "NORMAL"])
    for column, expected in (("TUMOR", (30, 10)), ("NORMAL", (25, 0))):
        values = record.samples[column]

        def get(name, values=values):
            found = values.get(name)
            return found if isinstance(found, tuple) else () if found is None else (found,)

        evidence = read_evidence(dialect, get, record.ref, record.alts[0])
        assert (evidence.depth_reads, evidence.alt_depth_reads) == expected
    assert list(record.filter) == ["oxog", "panel_of_normals"]
    assert record.info["MAF_CALLERS"] == ("muse", "mutect2")
    field = find_annotations(header.definitions.values())[0]
    (annotation,) = parse_annotation(field, ",".join(record.info[field.tag]), record.ref, record.alts[0])
    assert (annotation.source, annotation.gene, annotation.transcript) == ("MAF", "GENE1", "ENST1")
    assert (annotation.consequence, annotation.consequence_class) == ("Missense_Mutation", "missense")
    assert (annotation.hgvs_p, annotation.hgvs_c) == ("p.R2H", "c.5A>G")
    assert (made.intake.rows, made.intake.records, made.intake.normal) == (1, 1, "N1")
    assert (made.intake.build, made.intake.notes) == ("GRCh38", ())


@pytest.mark.parametrize(
    ("given", "expected"), [("PASS", ["PASS"]), ("", []), (".", []), ("a,b", ["a", "b"]), ("a;a; b c", ["a", "b_c"])]
)
def test_filters_are_those_of_the_maf(tmp_path, genome, given, expected):
    assert list(Made(tmp_path, genome, [row(FILTER=given)]).records[0].filter) == expected


@pytest.mark.parametrize(("given", "expected"), [("0.25", 0.25), ("25%", 0.25), ("", None), (".", None)])
def test_a_fraction_is_written_where_the_maf_has_it(tmp_path, genome, given, expected):
    made = Made(tmp_path, genome, [row(tumor_vaf=given)], drop=("t_depth", "t_ref_count", "t_alt_count"))
    value = made.records[0].samples["TUMOR"]["AF"]
    assert made.intake.has_vaf
    assert value == (expected,)


def test_missing_reads_stay_missing_and_a_depth_is_the_sum_of_both(tmp_path, genome):
    for number, (reads, depth, counts) in enumerate(
        [
            (("", "20", "10"), 30, (20, 10)),
            (("54", ".", "21"), 54, (None, 21)),
            (("", "", "21"), None, (None, 21)),
            (("12.0", "2", "10"), 12, (2, 10)),
        ]
    ):
        folder = tmp_path / str(number)
        folder.mkdir()
        given = dict(zip(("t_depth", "t_ref_count", "t_alt_count"), reads, strict=True))
        values = Made(folder, genome, [row(**given)]).records[0].samples["TUMOR"]
        assert (values["DP"], values["AD"]) == (depth, counts)


@pytest.mark.parametrize(
    ("name", "reads", "expected"),
    [
        ("N1", "25", "N1"),
        ("N1", "", "N1"),
        ("NORMAL", "", None),
        ("NORMAL", "25", "NORMAL"),
        ("", "", None),
        (".", "25", "NORMAL"),
        ("T1", "", None),
    ],
)
def test_there_is_a_normal_where_one_is_named_or_has_reads(tmp_path, genome, name, reads, expected):
    made = Made(
        tmp_path, genome, [row(Matched_Norm_Sample_Barcode=name, n_depth=reads, n_ref_count=reads, n_alt_count="")]
    )
    assert made.intake.normal == expected
    assert made.columns == (["TUMOR", "NORMAL"] if expected else ["TUMOR"])


def test_rows_of_other_barcodes_are_not_read(tmp_path, genome):
    others = [row(Tumor_Sample_Barcode="T10", Start_Position="x"), row(Tumor_Sample_Barcode="X", Hugo_Symbol="T1")]
    made = Made(tmp_path, genome, [*others, row()])
    assert (made.intake.rows, len(made.records)) == (1, 1)


def test_rows_of_one_allele_become_one_record_with_the_annotation_of_all(tmp_path, genome):
    rows = [row(), row(Transcript_ID="ENST2", HGVSp_Short="p.R9H"), row(), row(t_alt_count="11")]
    made = Made(tmp_path, genome, rows)
    (record,) = made.records
    assert len(record.info["MAF_ANNOTATION"]) == 2
    assert record.samples["TUMOR"]["AD"] == (20, 10)
    assert made.intake.notes == ("1 rows repeat an allele with other reads or FILTER: the first was kept",)


def test_a_second_alternate_allele_has_no_reads_of_its_own(tmp_path, genome):
    made = Made(tmp_path, genome, [row(Tumor_Seq_Allele1="T")])
    assert made.alleles == [("1", 5, "A", "G"), ("1", 5, "A", "T")]
    assert [one.samples["TUMOR"]["AD"] for one in made.records] == [(20, 10), (20, None)]
    assert "two alternate alleles" in made.intake.notes[0]


def test_records_are_sorted_as_the_reference_is(tmp_path, genome):
    rows = [
        row(Chromosome="X"),
        row(Start_Position="9", End_Position="9", Reference_Allele="T", Tumor_Seq_Allele1="T"),
        row(),
    ]
    assert [one[:2] for one in Made(tmp_path, genome, rows).alleles] == [("1", 5), ("1", 9), ("X", 5)]


@pytest.mark.parametrize(
    ("given", "contigs", "expected"),
    [
        ("chr1", {"1": 20}, "1"),
        ("23", {"1": 20, "X": 20}, "X"),
        ("chr23", {"1": 20, "X": 20}, "X"),
    ],
)
def test_a_chromosome_named_in_another_style_is_renamed_with_a_note(tmp_path, genome, given, contigs, expected):
    made = Made(tmp_path, genome, [row(Chromosome=given)], contigs=contigs)
    assert made.alleles == [(expected, 5, "A", "G")]
    assert made.intake.notes == (f'chromosome "{given}" is "{expected}" in the reference: renamed',)


def test_a_prefix_is_added_where_the_reference_has_it(tmp_path):
    path = tmp_path / "prefixed.fa"
    path.write_text(f">chr1\n{BASES}\n")
    pysam.faidx(str(path))
    assert Made(tmp_path, path, [row(**INSERTION)], contigs={"chr1": 20}).alleles == [("chr1", 5, "A", "ATT")]


def test_contigs_that_only_some_references_have_are_left_out_and_chromosomes_are_not(tmp_path, genome):
    made = Made(tmp_path, genome, [row(), row(Chromosome="GL000192.1")])
    assert made.intake.notes == ("1 rows on contigs that the reference lacks (GL000192.1) left out",)
    with pytest.raises(RefusedVcfError, match="calls on 7, which the reference lacks"):
        Made(tmp_path, genome, [row(Chromosome="7")])


def test_the_mitochondrion_of_hg19_is_not_taken_for_another(tmp_path, genome):
    contigs = {"1": 20, "MT": 20}
    made = Made(
        tmp_path,
        genome,
        [row(NCBI_Build="hg19"), row(NCBI_Build="37", Chromosome="chrM")],
        contigs=contigs,
        build="GRCh37",
    )
    assert made.intake.notes == ("1 rows on contigs that the reference lacks (chrM) left out",)


def test_rows_without_a_change_are_left_out_with_a_note(tmp_path, genome):
    made = Made(tmp_path, genome, [row(), row(Tumor_Seq_Allele2="A")])
    assert made.intake.notes == ("1 rows whose tumour alleles are the reference left out",)


def test_another_build_is_refused_with_both_names(tmp_path, genome):
    with pytest.raises(RefusedVcfError, match=r"is hg19, reference\.build is GRCh38: another genome build"):
        Made(tmp_path, genome, [row(), row(NCBI_Build="hg19")])


@pytest.mark.parametrize(
    ("given", "note"), [("", "does not say its build"), ("ours", '"ours" is no build that is known')]
)
def test_a_build_that_is_not_said_or_not_known_is_noted(tmp_path, genome, given, note):
    assert note in Made(tmp_path, genome, [row(NCBI_Build=given)]).intake.notes[0]


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"Start_Position": "five"}, 'row 4 column Start_Position value "five": a position is a whole number from 1'),
        ({"Start_Position": "5.5"}, "a position is a whole number"),
        ({"Start_Position": ""}, 'column Start_Position value "": a position'),
        ({"Start_Position": "0", "End_Position": "0"}, "outside the contig, which has 20 bases"),
        ({"Start_Position": "21", "End_Position": "21"}, "outside the contig"),
        ({"End_Position": "6"}, "with start 5 it must be 5, as the reference allele has 1 bases"),
        (INSERTION | {"End_Position": "5"}, "with start 5 it must be 6, as an insertion lies between two bases"),
        (INSERTION | {"Start_Position": "21", "End_Position": "22"}, "outside the contig"),
        ({"Reference_Allele": "A/C"}, 'column Reference_Allele value "A/C": no bases'),
        ({"Reference_Allele": ""}, "column Reference_Allele"),
        ({"Tumor_Seq_Allele2": "<DEL>"}, 'column Tumor_Seq_Allele2 value "<DEL>": no bases'),
        ({"Tumor_Seq_Allele1": "R"}, "column Tumor_Seq_Allele1"),
        ({"t_alt_count": "-3"}, "column t_alt_count .*reads are a whole number from 0"),
        ({"n_depth": "many"}, "column n_depth"),
        ({"Chromosome": ""}, "column Chromosome .*no chromosome"),
        ({"tumor_vaf": "35"}, "column tumor_vaf .*write percentages with %"),
        ({"tumor_vaf": "high"}, "a fraction is a number from 0 to 1"),
    ],
)
def test_a_row_that_cannot_be_read_is_refused_with_its_place(tmp_path, genome, changed, message):
    with pytest.raises(RefusedVcfError, match=message) as refusal:
        Made(tmp_path, genome, [row(), row(**changed)])
    assert "1 of 2 rows of T1 cannot be read" in str(refusal.value)
    assert "correct them or export the MAF again" in str(refusal.value)


def test_all_faulty_rows_are_counted_and_five_are_shown(tmp_path, genome):
    with pytest.raises(RefusedVcfError, match=r"8 of 9 rows .* and 3 more") as refusal:
        Made(tmp_path, genome, [row(), *(row(t_depth=f"x{number}") for number in range(8))])
    assert [f"x{number}" in str(refusal.value) for number in range(8)] == [True] * 5 + [False] * 3


def test_cells_cut_off_the_end_of_a_row_are_empty(tmp_path, genome):
    path = tmp_path / "cut.maf"
    names = list(ROW)
    path.write_text("\t".join(names) + "\n" + "\t".join(ROW[name] for name in names[:10]) + "\n")
    intake = maf_to_vcf(path, "T1", genome, CONTIGS, "GRCh38", tmp_path / "cut.vcf")
    assert (intake.records, intake.normal) == (1, None)


def normalised(vcf, columns, genome, folder):
    """Return what bcftools norm makes of a VCF: sites with DP and AD."""
    folder.mkdir(exist_ok=True)
    out = folder / "normalised.vcf"
    options = ("--force", "-m", "-any", "-c", "w", "-f", str(genome), "-Ov", "-o", str(out))
    pysam.bcftools.norm(*options, str(vcf), catch_stdout=False)
    with pysam.VariantFile(str(out)) as variants:
        return {
            (one.chrom, one.pos, one.ref, one.alts[0]): [(one.samples[c]["DP"], one.samples[c]["AD"]) for c in columns]
            for one in variants
        }


def test_the_maf_that_vcf2maf_made_gives_the_alleles_and_reads_of_its_vcf(tmp_path, shared_data):
    folder = shared_data / "caller_vcfs"
    with pysam.VariantFile(str(folder / "test_b38.vcf")) as variants:
        places = {one.pos: one.ref for one in variants}
    # The sequence around is not here, and not needed: N but for the reference alleles of the VCF.
    bases = bytearray(b"N" * (max(places) + 1000))
    for position, ref in places.items():
        bases[position - 1 : position - 1 + len(ref)] = ref.encode()
    genome = tmp_path / "genome.fa"
    genome.write_bytes(b">21\n" + bytes(bases) + b"\n")
    pysam.faidx(str(genome))
    out = tmp_path / "from_maf.vcf"
    intake = maf_to_vcf(folder / "test_b38_output.maf", "TUMOR", genome, {"21": len(bases)}, "GRCh38", out)
    columns = ["TUMOR", "NORMAL"]
    expected = normalised(folder / "test_b38.vcf", columns, genome, tmp_path / "a")
    assert len(expected) == intake.records == 25
    assert normalised(out, columns, genome, tmp_path / "b") == expected


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.integers(1, 30),
    st.integers(1, 5),
    st.text("ACGT", min_size=1, max_size=5),
    st.sampled_from(["ACGTTGCA", "AAAAAAAA", "CACACACA"]),
)
def test_our_own_maf_read_back_gives_the_same_allele(tmp_path_factory, start, length, alt, repeat):
    folder = tmp_path_factory.mktemp("trip")
    bases = "".join(random.Random(repeat).choices("ACGT", k=6)) + repeat * 4 + "GATTACA"
    genome = folder / "genome.fa"
    genome.write_text(f">1\n{bases}\n")
    pysam.faidx(str(genome))
    ref = bases[start - 1 : start - 1 + length]
    if ref == alt:
        return
    variant = {
        "sample_id": "S1", "chrom": "1", "position_1based": start, "ref": ref, "alt": alt, "filter": "PASS",
        "filter_accepted": True, "depth_reads": 50, "alt_depth_reads": 20, "vaf": 0.4, "normal_depth_reads": 40,
        "normal_alt_depth_reads": 0, "gene_symbol": "RB1", "transcript_id": "ENST1", "is_representative": True,
        "consequence": "missense", "consequence_class": "missense", "protein_position": 2, "hgvs_p": "p.R2H",
    }  # fmt: skip
    cells = make_maf_row(variant, "S1_normal", MafGene("ENSG1", "+", 100), "GRCh38", "somatic")
    path, out = folder / "ours.maf", folder / "ours.vcf"
    path.write_text(f"{VERSION_LINE}\n" + "\t".join(COLUMNS) + "\n" + "\t".join(cells) + "\n")
    intake = maf_to_vcf(path, "S1", genome, {"1": len(bases)}, "GRCh38", out)
    assert (intake.normal, intake.notes) == ("S1_normal", ())
    with pysam.VariantFile(str(out)) as variants:
        (record,) = variants
    found = bases[: record.pos - 1] + record.alts[0] + bases[record.pos - 1 + len(record.ref) :]
    assert bases[record.pos - 1 :].startswith(record.ref)
    assert found == bases[: start - 1] + alt + bases[start - 1 + length :]
    assert (record.samples["TUMOR"]["DP"], record.samples["TUMOR"]["AD"]) == (50, (30, 20))


def maf_of(truth, sample="S1"):
    """Return a MAF of the truth, its alleles as our own export writes them."""
    rows = []
    for one in truth:
        allele = convert_allele(one.position, one.ref, one.alt)
        rows.append(
            ROW
            | dict(
                zip(
                    ("Start_Position", "End_Position", "Variant_Type", "Reference_Allele", "Tumor_Seq_Allele2"),
                    map(str, allele),
                    strict=True,
                )
            )
            | {
                "NCBI_Build": "demo", "Chromosome": one.contig, "Tumor_Seq_Allele1": allele.reference,
                "Tumor_Sample_Barcode": sample, "FILTER": one.filters,
                "t_depth": str(sum(one.tumour)), "t_ref_count": str(one.tumour[0]), "t_alt_count": str(one.tumour[1]),
                "n_depth": str(sum(one.normal)), "n_ref_count": str(one.normal[0]), "n_alt_count": str(one.normal[1]),
            }
        )  # fmt: skip
    return "\n".join(["\t".join(rows[0]), *("\t".join(one.values()) for one in rows)]) + "\n"


def test_a_maf_imports_as_the_vcf_it_was_made_from(tmp_path):
    reference = F.build_reference(tmp_path / "reference")
    truth = F.truth_of(reference)
    path, made = tmp_path / "calls.maf", tmp_path / "made.vcf"
    path.write_text(maf_of(truth))
    contigs = {name: len(bases) for name, bases in reference.sequences.items()}
    maf_to_vcf(path, "S1", reference.files["genome"], contigs, "demo", made)
    vcfs = {"MAF": made.read_text(), "VCF": F.vcf_of(reference, truth)}
    found = F.import_chunk(tmp_path / "imported", reference, vcfs)
    assert {found.status[sample]["state"] for sample in vcfs} == {"imported"}
    assert found.status["MAF"]["callers"] == "generic"
    assert found.rows("MAF") == found.rows("VCF") != []
    with pysam.VariantFile(str(found.vcfs / "MAF.vcf.gz")) as variants:
        assert all("MAF_ANNOTATION" in record.info for record in variants)
