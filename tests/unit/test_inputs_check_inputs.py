"""Every fault of every input, in one pass, with its address and its cure."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pysam
import pytest
import yaml

from sclcohort.contracts import AVAILABILITY, SAMPLES
from sclcohort.errors import InputFaultsError
from sclcohort.inputs.check_inputs import run
from sclcohort.inputs.configuration import parse_configuration, read_configuration, resolve_configuration
from sclcohort.inputs.plan import digest, make_plan
from sclcohort.inputs.schemas import load_schema
from sclcohort.inputs.sheets import read_samples, read_sheet
from sclcohort.tables import read_rows

VCF = (
    "##fileformat=VCFv4.2\n##contig=<ID=chr1,length=1000>\n"
    '##FORMAT=<ID=AD,Number=R,Type=Integer,Description="Depths">\n'
    "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tTUMOR\tNORMAL\n"
    "chr1\t10\t.\tA\tT\t.\tPASS\t.\tAD\t5,5\t9,0\n"
)
SEG = "ID\tchrom\tloc.start\tloc.end\tnum.mark\tseg.mean\nS1\tchr1\t1\t900\t9\t0.1\n"


@pytest.fixture
def cohort(tmp_path, monkeypatch):
    """Write a cohort of one patient with two samples and every kind of file; return its folder."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "s1.vcf").write_text(VCF)
    (tmp_path / "data" / "cohort.seg").write_text(SEG)
    (tmp_path / "genome.fa").write_text(">chr1\n" + "A" * 1000 + "\n")
    gene = "chr1\tx\tgene\t1\t900\t.\t+\t.\tID=gene:G1;biotype=protein_coding"
    (tmp_path / "genes.gff3").write_text(f"##gff-version 3\n{gene}\n")
    (tmp_path / "tpm.tsv").write_text("gene\tR1\tR2\nASCL1\t1\t2\n")
    write_samples(tmp_path)
    write_config(tmp_path)
    return tmp_path


def write_samples(folder, *changes, header=None, first=None):
    """Write data/samples.tsv: S1 with everything, S2 with RNA only; cells of S1 and S2 may be changed."""
    rows = [
        {"sample_id": "S1", "patient_id": "P1", "variants": "s1.vcf", "variants_sample": "TUMOR", "purity": "0.7"},
        {"sample_id": "S2", "patient_id": "P1", "expression_sample": "R2"},
    ]
    rows[0] |= {"normal_sample": "NORMAL", "copy_number": "cohort.seg", "expression_sample": "R1", "day": "0"}
    for row, change in zip(rows, changes, strict=False):
        row.update(change)
    columns = header or sorted({name for row in rows for name in row})
    lines = ["\t".join(columns), *("\t".join(row.get(name, "") for name in columns) for row in rows)]
    (folder / "data" / "samples.tsv").write_text("\n".join(lines) + "\n")


def write_config(folder, **changes):
    """Write config.yaml; a change to None leaves the key out."""
    config = {
        "cohort": "toy",
        "samples": "data/samples.tsv",
        "reference": {"fasta": "genome.fa", "gff": "genes.gff3"},
        "expression": {"matrix": "tpm.tsv", "unit": "tpm"},
    } | changes
    text = yaml.safe_dump({name: value for name, value in config.items() if value is not None})
    (folder / "config.yaml").write_text(text)


def faults_of(**files):
    with pytest.raises(InputFaultsError) as raised:
        run(config="config.yaml", **files)
    return [str(fault) for fault in raised.value.faults]


def test_a_sound_cohort_passes_and_is_written_resolved(cohort):
    run(
        config="config.yaml",
        samples=Path("out/samples.tsv"),
        clinical=Path("out/clinical.tsv"),
        availability=Path("out/availability.tsv"),
        resolved=Path("out/config.json"),
    )
    rows = list(read_rows(Path("out/samples.tsv"), SAMPLES))
    assert [row["sample_id"] for row in rows] == ["S1", "S2"]
    assert rows[0]["variants"] == "data/s1.vcf"
    assert rows[0]["purity"] == 0.7
    states = {
        (row["sample_id"], row["layer"]): row["state"] for row in read_rows(Path("out/availability.tsv"), AVAILABILITY)
    }
    assert states[("S1", "variants")] == "provided"
    assert states[("S2", "variants")] == "not_provided"
    assert states[("S2", "expression")] == "provided"
    resolved = json.loads(Path("out/config.json").read_text())
    assert resolved["resistance"]["ctfi_cut_days"] == 90


COUNTS = "# Program:featureCounts v2.0.6\nGeneid\tChr\tStart\tEnd\tStrand\tLength\t{}\nASCL1\t12\t1\t9\t+\t9\t1\t2\n"


@pytest.mark.parametrize(
    ("columns", "line"),
    [
        (("a/R1.bam", "a/R2.bam"), None),
        (("a/R1.bam", "b/R1.bam"), 'column expression_sample value "R1": 2 columns of counts.txt have this file'),
        (("a/R1.bam", "a/R3.bam"), 'value "R2": no such column in counts.txt; fix: known: R1, R3'),
        (("a/R2.bam", "a/R2.bam"), "E-EXP-002 counts.txt:2 column a/R2.bam: the sample has two columns"),
    ],
)
def test_columns_of_featurecounts_are_looked_up_before_any_job(cohort, columns, line):
    (cohort / "counts.txt").write_text(COUNTS.format("\t".join(columns)))
    write_config(cohort, expression={"matrix": "counts.txt", "unit": "counts", "format": "featurecounts"})
    outputs = {name: Path(f"out/{name}") for name in ("samples", "clinical", "availability", "resolved")}
    if line is None:
        run(config="config.yaml", **outputs)
        return
    assert any(line in fault for fault in faults_of(**outputs))


def test_one_column_of_featurecounts_is_not_two_samples(cohort):
    (cohort / "counts.txt").write_text(COUNTS.format("a/R1.bam\ta/R2.bam"))
    write_config(cohort, expression={"matrix": "counts.txt", "unit": "counts", "format": "featurecounts"})
    write_samples(cohort, {}, {"expression_sample": "R1.bam"})
    (fault,) = faults_of()
    assert 'column expression_sample value "R1.bam": is the column of sample S1 in row 2 too; fix: two tumours' in fault


def test_a_table_of_another_format_is_refused_before_any_job(cohort):
    write_config(cohort, expression={"matrix": "tpm.tsv", "unit": "tpm", "format": "nf_core"})
    (fault,) = faults_of()
    assert "E-EXP-024 tpm.tsv:1: the header begins with gene, R1, not with gene_id, gene_name; fix: give" in fault


def test_files_of_star_are_looked_for_before_any_job(cohort):
    star = {"matrix": "star", "unit": "counts", "format": "star", "strand": "reverse"}
    write_config(cohort, expression=star)
    assert faults_of() == [
        'E-FILE-001 configuration column expression.matrix value "star": is no folder; '
        "fix: give the folder of the files, or correct expression.format"
    ]
    (cohort / "star").mkdir()
    (cohort / "star" / "R1.ReadsPerGene.out.tab").write_text("N_unmapped\t1\t1\t1\n")
    (fault,) = faults_of()
    assert 'column expression_sample value "R2": no R2.ReadsPerGene.out.tab in star' in fault
    (cohort / "star" / "R2_ReadsPerGene.out.tab").write_text("")
    (fault,) = faults_of()
    assert 'E-FILE-001 data/samples.tsv:3 column expression_sample value "R2": is empty' in fault


def test_files_of_salmon_and_the_genes_of_transcripts_are_looked_at_before_any_job(cohort):
    salmon = {"matrix": "quants", "unit": "tpm", "format": "salmon", "tx2gene": "tx2gene.csv"}
    write_config(cohort, expression=salmon)
    (cohort / "quants" / "R1").mkdir(parents=True)
    (cohort / "quants" / "R1" / "quant.sf").write_text("Name\n")
    (cohort / "tx2gene.csv").write_text("TXNAME,GENEID\nT1,ASCL1\nT1,DLL3\n")
    genes, sample = faults_of()
    assert genes.startswith(
        'E-EXP-030 tx2gene.csv:3 column gene value "DLL3": the transcript belongs to ASCL1 in a row'
    )
    assert 'column expression_sample value "R2": no R2/quant.sf in quants; fix: correct the name' in sample
    (cohort / "tx2gene.csv").unlink()
    assert any('column expression.tx2gene value "tx2gene.csv": cannot be read' in fault for fault in faults_of())


def test_a_purity_file_is_a_purity_and_one_that_holds_none_is_a_fault(cohort):
    fit = cohort / "data" / "fit.tsv"
    fit.write_text("purity\tploidy\n0.6\t3\n")
    write_samples(cohort, {"purity": "", "purity_file": "fit.tsv"})
    outputs = {name: Path(f"out/{name}") for name in ("samples", "clinical", "availability", "resolved")}
    run(config="config.yaml", **outputs)
    states = {
        (row["sample_id"], row["layer"]): row["state"] for row in read_rows(outputs["availability"], AVAILABILITY)
    }
    assert (states["S1", "purity"], states["S2", "purity"]) == ("provided", "not_provided")
    fit.write_text("x\ty\n0.6\t3\n")
    (fault,) = faults_of(**outputs)
    assert fault.startswith('E-CN-003 data/samples.tsv:2 column purity_file value "data/fit.tsv": E-CN-021 fit.tsv: ')


def test_the_configuration_as_json_says_the_same_as_the_file(cohort):
    given = parse_configuration("config.yaml")
    assert parse_configuration(json.dumps(given)) == given
    run(config=json.dumps(given))


def test_all_faults_of_all_files_are_found_in_one_pass(cohort):
    write_config(cohort, regulators={"min_tragets": 3}, expression={"matrix": "absent.tsv", "unit": "tpm"})
    assert len(faults_of()) == 1
    write_config(cohort, expression={"matrix": "absent.tsv", "unit": "tpm"})
    write_samples(cohort, {"purity": "1.5", "variants": "absent.vcf"}, {"patient_id": ""})
    found = "\n".join(faults_of())
    for code in ("E-SHEET-003", "E-SHEET-002", "E-FILE-001 configuration", "E-FILE-001 data/samples.tsv:2"):
        assert code in found


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({"cohrt": "x"}, 'E-CFG-001 configuration column cohrt: unknown name; fix: did you mean "cohort"?'),
        ({"cohort": None}, "E-CFG-002 configuration column cohort: missing; fix: give it: Name of the cohort"),
        ({"cohort": "../up"}, 'E-CFG-003 configuration column cohort value "../up": not allowed here'),
        ({"samples_per_job": 0}, "fix: give an integer >= 1 and <= 1000; default 25"),
        ({"expression": {"matrix": "tpm.tsv", "unit": "tmp"}}, 'did you mean "tpm"? give one of tpm, fpkm, counts'),
        ({"expression": {"matrix": "tpm.tsv"}}, "column expression.unit: missing although a matrix is given"),
        (
            {"expression": {"matrix": "tpm.tsv", "unit": "tpm", "format": "featurecounts"}},
            'column expression.unit value "tpm": a table of format featurecounts holds counts; fix: change one',
        ),
        (
            {"expression": {"matrix": "tpm.tsv", "unit": "tpm", "gene_lengths": "genes.gff3"}},
            'expression.gene_lengths value "genes.gff3": is given although only counts need it; fix: leave it out',
        ),
        (
            {
                "expression": {
                    "matrix": "tpm.tsv",
                    "unit": "counts",
                    "format": "featurecounts",
                    "gene_lengths": "genes.gff3",
                }
            },
            "is given although the table of featureCounts has the lengths; fix: leave it out",
        ),
        (
            {"expression": {"matrix": "tpm.tsv", "unit": "counts", "gene_lengths": "genes.gff3"}},
            "E-FILE-003 configuration column expression.gene_lengths",
        ),
        (
            {"expression": {"matrix": "tpm.tsv", "unit": "counts", "gene_lengths": "absent.tsv"}},
            "E-FILE-001 configuration column expression.gene_lengths",
        ),
        (
            {"expression": {"matrix": "tpm.tsv", "unit": "tpm", "format": "salmon"}},
            "expression.tx2gene: missing although salmon quantifies transcripts; fix: give a table of transcripts",
        ),
        (
            {"expression": {"matrix": "tpm.tsv", "unit": "tpm", "tx2gene": "t.tsv"}},
            'expression.tx2gene value "t.tsv": is given although the format is not salmon; fix: leave it out',
        ),
        (
            {"expression": {"matrix": "tpm.tsv", "unit": "counts", "format": "salmon"}},
            'expression.unit value "counts": a table of format salmon holds tpm; fix: change one of the two',
        ),
        (
            {"expression": {"matrix": "tpm.tsv", "unit": "counts", "format": "star"}},
            "expression.strand: missing although STAR counts each strand; fix: say unstranded, forward or reverse",
        ),
        (
            {"expression": {"matrix": "tpm.tsv", "unit": "tpm", "strand": "reverse"}},
            'expression.strand value "reverse": is given although the format is not star; fix: leave it out',
        ),
        (
            {"regulators": {"regulon": {"file": "net.tsv"}}},
            "column regulators.regulon.sha256: missing although regulators.regulon.file is given; fix: give both",
        ),
        (
            {"regulators": {"regulon": {"file": "net.tsv", "sha256": "0" * 64}}},
            'E-FILE-001 configuration column regulators.regulon.file value "net.tsv"',
        ),
        (
            {"expression": {"hgnc": {"sha256": "0" * 64}}},
            "column expression.hgnc.file: missing although expression.hgnc.sha256 is given; fix: give both",
        ),
        (
            {"expression": {"hgnc": {"file": "hgnc.txt", "sha256": "0" * 64}}},
            'E-FILE-001 configuration column expression.hgnc.file value "hgnc.txt"',
        ),
        (
            {"expression": {"hgnc": {"file": "tpm.tsv", "sha256": "0" * 64}}},
            f"expression.hgnc.sha256 says {'0' * 64}; fix: restore the file",
        ),
        (
            {"regulators": {"regulon": {"file": "tpm.tsv", "sha256": "0" * 64}}},
            f"regulators.regulon.sha256 says {'0' * 64}; fix: restore the file",
        ),
        ({"copy_number": {"gain_min_copies": 9}}, "is above amplification_min_copies 8"),
        ({"copy_number": {"deep_deletion_max_copies": 1.8}}, "is above loss_max_copies 1.5"),
        ({"reference": {"fasta": "genome.fa"}}, "column reference.gff: missing, but sample S1 has variants"),
        ({"reference": {"fasta": "g", "gff": "g", "download": {"enabled": True}}}, "leave out one or the other"),
        ({"clinical": "absent.tsv"}, "E-SHEET-004 absent.tsv: cannot be read: No such file or directory"),
        ({"accept": ["everything"]}, 'column accept.0 value "everything": not allowed here'),
    ],
)
def test_a_faulty_configuration_says_where_what_and_how_to_mend_it(cohort, changes, line):
    write_config(cohort, **changes)
    assert any(line in fault for fault in faults_of())


@pytest.mark.parametrize("key", sorted(load_schema("config")["properties"]))
def test_every_key_with_one_letter_too_many_is_refused_with_the_right_one(cohort, key):
    write_config(cohort, **{f"{key}x": {}})
    assert any(f'did you mean "{key}"?' in fault for fault in faults_of())


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("cohort: a\ncohort: b\n", "config.yaml:2: not valid YAML: the key 'cohort' stands twice"),
        ("a: &x 1\nb: *x\n", "aliases are not allowed"),
        ("cohort:\n\t- a\n", "not valid YAML"),
        ("just words\n", "holds no settings"),
        ("a: !!python/object:os.system {}\n", "not valid YAML"),
    ],
)
def test_traps_of_yaml_are_refused_with_their_line(tmp_path, text, message):
    (tmp_path / "config.yaml").write_text(text)
    with pytest.raises(InputFaultsError, match=message):
        read_configuration(tmp_path / "config.yaml")


def test_defaults_come_from_the_schema_at_every_level():
    config, faults = resolve_configuration({"cohort": "x", "samples": "s.tsv", "copy_number": {"gain_min_copies": 2.5}})
    assert faults == []
    assert config["copy_number"] == {
        "amplification_min_copies": 8,
        "gain_min_copies": 2.5,
        "loss_max_copies": 1.5,
        "deep_deletion_max_copies": 0.5,
        "amplification_min_ploidy_ratio": None,
        "focal_max_bases": 3_000_000,
    }
    assert config["reference"]["download"]["enabled"] is False


@pytest.mark.parametrize(
    ("first", "second", "line"),
    [
        ({"sample_id": "S 1"}, {}, 'column sample_id value "S 1": not allowed here; fix: give 1 to 64 letters'),
        ({"sample_id": "../S1"}, {}, "E-SHEET-003"),
        ({"sample_id": "-rf"}, {}, "E-SHEET-003"),
        ({}, {"sample_id": "s1"}, 'differs only by case from "S1" in row 2'),
        ({}, {"sample_id": "S1"}, "stands also in row 2"),
        ({"purity": "60%"}, {}, 'column purity value "60%": not a number; fix: give a number > 0 and <= 1'),
        ({"purity": "nan"}, {}, 'column purity value "nan": not a number; fix: give a number > 0 and <= 1'),
        ({"purity": "60"}, {}, 'value "60.0": not allowed here; fix: give a number > 0 and <= 1'),
        ({"day": "1.5"}, {}, 'column day value "1.5": not a integer'),
        ({"histology": "=cmd()"}, {}, "a spreadsheet would take it for a formula"),
        ({}, {"expression_sample": ""}, "the sample has no data"),
        ({"variants": ""}, {}, "names a VCF column, but the row has no VCF"),
        ({"normal_sample": "TUMOR"}, {}, "is also the tumour column"),
        ({"variants_sample": "TUMOUR"}, {}, 'not a column of data/s1.vcf; fix: did you mean "TUMOR"?'),
        ({"normal_sample": "BLOOD"}, {}, "fix: known: NORMAL, TUMOR"),
        ({"copy_number_sample": "S3"}, {}, "no such sample in data/cohort.seg"),
        ({"expression_sample": "R2"}, {}, "the same data as sample S1 in row 2"),
        ({"expression_sample": "R3"}, {}, "no such column in tpm.tsv"),
        ({"variants": "."}, {}, "is a folder"),
    ],
)
def test_a_faulty_row_says_where_what_and_how_to_mend_it(cohort, first, second, line):
    write_samples(cohort, first, second)
    assert any(line in fault for fault in faults_of()), faults_of()


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", "is empty"),
        ("sample_id\tpatient_id\n", "has no rows"),
        ("sample_id,patient_id\nS1,P1\n", "is not tab-separated"),
        ("sample_id\tpatient\nS1\tP1\n", 'column patient: unknown column; fix: did you mean "patient_id"?'),
        ("sample_id\tday\nS1\t1\n", "column patient_id: missing column"),
        ("sample_id\tpatient_id\tday\tday\nS1\tP1\t1\t1\n", "the column stands twice"),
        ("sample_id\tpatient_id\nS1\tP1\textra\n", "3 cells, the header has 2"),
    ],
)
def test_a_faulty_sheet_says_what_is_wrong_with_it(cohort, text, line):
    (cohort / "data" / "samples.tsv").write_text(text)
    assert any(line in fault for fault in faults_of()), faults_of()


@pytest.mark.parametrize(
    "encode", [lambda t: "\ufeff" + t, lambda t: t.replace("\n", "\r\n"), lambda t: t.rstrip("\n")]
)
def test_spreadsheet_exports_read_like_plain_text(cohort, encode):
    plain = read_samples(cohort / "data" / "samples.tsv")
    text = (cohort / "data" / "samples.tsv").read_text()
    (cohort / "data" / "samples.tsv").write_bytes(encode(text).encode())
    assert read_samples(cohort / "data" / "samples.tsv") == plain


@pytest.mark.parametrize("name", ["007", "1e5", "NA", "nan", "TRUE", "None"])
def test_ids_that_look_like_numbers_or_missing_stay_what_they_are(cohort, name):
    write_samples(cohort, {"sample_id": name, "copy_number": ""})
    assert read_samples(cohort / "data" / "samples.tsv")[0]["sample_id"] == name


def test_a_path_with_spaces_and_quotes_is_a_path(cohort):
    (cohort / "data" / "s ü'1.vcf").write_text(VCF)
    write_samples(cohort, {"variants": "s ü'1.vcf"})
    run(config="config.yaml", samples=Path("out.tsv"))
    assert next(iter(read_rows(Path("out.tsv"), SAMPLES)))["variants"] == "data/s ü'1.vcf"


def test_a_sheet_is_read_the_same_from_another_folder(cohort, monkeypatch):
    here = read_samples(Path("data/samples.tsv"))
    monkeypatch.chdir(cohort / "data")
    there = read_samples(Path("samples.tsv"))
    assert here[0]["variants"] == "data/s1.vcf"
    assert there[0]["variants"] == "s1.vcf"


@pytest.mark.parametrize(
    ("name", "text", "line"),
    [
        ("genome.fa", "chr1\tACGT\n", "begins with 'chr1\\tACGT'; fix: give a FASTA file"),
        ("genes.gff3", "chr1 gene 1 900\n", "fix: give an Ensembl GFF3 file"),
        ("genes.gff3", "", "is empty (0 bytes)"),
        ("spans.tsv", "gene\tstart\tend\n", "fix: give a table with the columns gene_symbol, chrom, start_0based, end"),
    ],
)
def test_a_reference_file_of_another_kind_is_refused_before_any_job(cohort, name, text, line):
    (cohort / "spans.tsv").write_text("gene_symbol\tchrom\tstart_0based\tend\nTP53\tchr17\t1\t9\n")
    reference = {"fasta": "genome.fa", "gff": "genes.gff3", "gene_coordinates": "spans.tsv"}
    write_config(cohort, reference=reference)
    run(config="config.yaml")
    (cohort / name).write_text(text)
    assert any(line in fault for fault in faults_of()), faults_of()


def test_a_bgzip_file_without_its_end_marker_was_cut(cohort):
    pysam.tabix_compress(str(cohort / "data" / "s1.vcf"), str(cohort / "data" / "s1.vcf.gz"))
    whole = (cohort / "data" / "s1.vcf.gz").read_bytes()
    write_samples(cohort, {"variants": "s1.vcf.gz"})
    run(config="config.yaml")
    (cohort / "data" / "s1.vcf.gz").write_bytes(whole[:-28])
    assert "was cut short" in faults_of()[0]


SV = VCF.replace("A\tT\t.\tPASS\t.", "A\t<DEL>\t.\tPASS\tEND=90")


def structural_faults(cohort, text, **changes):
    (cohort / "data" / "sv.vcf").write_text(text)
    write_samples(cohort, {"structural_variants": "sv.vcf"} | changes)
    return faults_of()


def test_structural_variants_are_provided_where_the_sheet_names_a_file(cohort):
    (cohort / "data" / "sv.vcf").write_text(SV)
    cells = {"structural_variants": "sv.vcf", "variants": "", "copy_number": "", "expression_sample": ""}
    write_samples(cohort, cells)
    run(config="config.yaml", samples=Path("out.tsv"), availability=Path("availability.tsv"))
    assert next(iter(read_rows(Path("out.tsv"), SAMPLES)))["structural_variants"] == "data/sv.vcf"
    rows = list(read_rows(Path("availability.tsv"), AVAILABILITY))
    states = {row["sample_id"]: row["state"] for row in rows if row["layer"] == "structural_variants"}
    assert states == {"S1": "provided", "S2": "not_provided"}


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("no variants here\n", "E-SV-001"),
        ("", "is empty (0 bytes)"),
        (SV.replace("TUMOR\tNORMAL", "A1\tA2"), "E-SV-002"),
    ],
)
def test_a_file_of_structural_variants_that_cannot_be_read_is_refused_before_any_job(cohort, text, line):
    (fault,) = structural_faults(cohort, text)
    assert line in fault
    assert "data/samples.tsv:2 column structural_variants" in fault


def test_structural_variants_on_other_contig_names_or_cut_are_refused(cohort):
    pysam.faidx(str(cohort / "genome.fa"))
    (fault,) = structural_faults(cohort, SV.replace("chr1", "1"))
    assert "E-SV-003" in fault
    assert "contigs are named like 1, those of the reference like chr1" in fault
    pysam.tabix_compress(str(cohort / "data" / "s1.vcf"), str(cohort / "data" / "sv.vcf.gz"))
    (cohort / "data" / "sv.vcf.gz").write_bytes((cohort / "data" / "sv.vcf.gz").read_bytes()[:-28])
    (fault,) = structural_faults(cohort, SV, structural_variants="sv.vcf.gz")
    assert "was cut short" in fault


def test_columns_named_for_another_vcf_are_no_fault_of_the_structural_variants(cohort):
    (cohort / "data" / "sv.vcf").write_text(SV.replace("TUMOR\tNORMAL", "P1_T\tP1_N"))
    write_samples(cohort, {"structural_variants": "sv.vcf"})
    run(config="config.yaml")


def test_structural_variants_need_gene_positions(cohort):
    (cohort / "data" / "sv.vcf").write_text(SV)
    empty = {"variants": "", "variants_sample": "", "normal_sample": "", "copy_number": ""}
    write_samples(cohort, {"structural_variants": "sv.vcf"} | empty)
    write_config(cohort, reference={"fasta": None, "gff": None})
    assert any("structural variants need gene positions" in fault for fault in faults_of())


@pytest.mark.parametrize("text", ["no variants here\n", VCF.replace("TUMOR\tNORMAL", "TUMOR\tTUMOR")])
def test_a_file_that_is_no_vcf_is_refused(cohort, text):
    (cohort / "data" / "s1.vcf").write_text(text)
    assert any("is not a readable VCF or BCF" in fault for fault in faults_of())


def test_each_file_of_a_cell_is_read_and_a_named_column_must_be_in_one_of_them(cohort):
    (cohort / "data" / "two.vcf").write_text(VCF.replace("TUMOR\tNORMAL", "T2\tN2"))
    write_samples(cohort, {"variants": "s1.vcf; two.vcf"})
    run(config="config.yaml")
    write_samples(cohort, {"variants": "s1.vcf;two.vcf;none.vcf", "variants_sample": "T2"})
    (fault,) = faults_of()
    assert re.search(r"E-FILE-001.*none\.vcf cannot be read", fault)
    write_samples(cohort, {"variants": "s1.vcf;two.vcf", "variants_sample": "T3"})
    (fault,) = faults_of()
    assert re.search(r"E-VCF-002.*s1\.vcf or .*two\.vcf.*T2", fault)


def test_contigs_that_differ_by_prefix_are_found_where_the_reference_is_indexed(cohort):
    pysam.faidx(str(cohort / "genome.fa"))
    (cohort / "data" / "s1.vcf").write_text(VCF.replace("chr1", "1"))
    assert "contigs are named like 1, those of the reference like chr1" in faults_of()[0]


def test_a_matrix_with_one_column_twice_is_refused(cohort):
    (cohort / "tpm.tsv").write_text("gene\tR1\tR2\tR1\nASCL1\t1\t2\t3\n")
    assert "E-EXP-002 tpm.tsv:1 column R1: the sample has two columns" in faults_of()[0]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("patient_id\nP9\n", "no sample of this patient"),
        ("patient_id\tplatinum_start_day\tplatinum_end_day\nP1\t90\t10\n", "lies before platinum_start_day 90"),
        ("patient_id\tplatinum_start_day\tprogression_day\nP1\t90\t10\n", "column progression_day value"),
        ("patient_id\tbest_response\nP1\tgood\n", "give one of CR, PR, SD, PD, NE"),
    ],
)
def test_a_faulty_clinical_sheet_says_what_is_wrong(cohort, text, line):
    (cohort / "clinical.tsv").write_text(text)
    write_config(cohort, clinical="clinical.tsv")
    assert any(line in fault for fault in faults_of()), faults_of()


def test_the_chemotherapy_free_interval_needs_both_dates(cohort):
    (cohort / "clinical.tsv").write_text("patient_id\tplatinum_end_day\tprogression_day\nP1\t100\t189\n")
    write_config(cohort, clinical="clinical.tsv")
    assert make_plan(parse_configuration("config.yaml")).clinical[0]["ctfi_days"] == 89
    (cohort / "clinical.tsv").write_text("patient_id\tplatinum_end_day\nP1\t100\n")
    assert make_plan(parse_configuration("config.yaml")).clinical[0]["ctfi_days"] is None


def test_appended_samples_never_move_earlier_ones_to_another_chunk(cohort):
    write_config(cohort, samples_per_job=1)
    before = make_plan(parse_configuration("config.yaml")).chunks
    text = (cohort / "data" / "samples.tsv").read_text().rstrip("\n")
    columns = text.splitlines()[0].split("\t")
    added = "\t".join({"sample_id": "S3", "patient_id": "P2"}.get(name, "") for name in columns)
    (cohort / "data" / "samples.tsv").write_text(f"{text}\n{added}\n")
    after = make_plan(parse_configuration("config.yaml")).chunks
    assert {name: digest(rows) for name, rows in before.items()}.items() <= {
        n: digest(r) for n, r in after.items()
    }.items()
    assert list(after) == ["0001", "0002", "0003"]


def test_a_changed_cell_changes_the_digest_of_its_chunk_alone(cohort):
    write_config(cohort, samples_per_job=1)
    before = make_plan(parse_configuration("config.yaml")).chunks
    write_samples(cohort, {"purity": "0.71"})
    after = make_plan(parse_configuration("config.yaml")).chunks
    assert digest(before["0001"]) != digest(after["0001"])
    assert digest(before["0002"]) == digest(after["0002"])


def test_so_many_chunks_that_a_command_line_overflows_are_refused(cohort):
    rows = "".join(f"S{number}\tP{number}\tR{number}\n" for number in range(501))
    (cohort / "data" / "samples.tsv").write_text("sample_id\tpatient_id\texpression_sample\n" + rows)
    write_config(cohort, samples_per_job=1)
    plan = make_plan(parse_configuration("config.yaml"))
    assert any("gives 501 jobs per stage, more than 500; fix: set it to 2 or more" in str(f) for f in plan.faults)


def test_faults_are_also_written_as_json_lines(cohort):
    write_samples(cohort, {"purity": "x"})
    faults_of(faults=Path("faults.jsonl"))
    fault = json.loads(Path("faults.jsonl").read_text().splitlines()[0])
    assert fault["code"] == "E-SHEET-003"
    assert (fault["file"], fault["row"], fault["column"], fault["value"]) == ("data/samples.tsv", 2, "purity", "x")


@pytest.mark.parametrize(
    "payload", ["$(touch canary)", "`touch canary`", "a;touch canary", "a'b", "a|b", "a\nb", "ü", ".", ".."]
)
@pytest.mark.parametrize("column", ["sample_id", "patient_id"])
def test_ids_that_could_reach_a_shell_or_a_path_are_refused(cohort, payload, column):
    write_samples(cohort, {column: payload})
    _, faults = read_sheet(Path("data/samples.tsv"), "samples")
    assert faults
    assert not Path("canary").exists()
