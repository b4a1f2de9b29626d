from __future__ import annotations

import gzip
import itertools
import os
import runpy
from pathlib import Path
from types import SimpleNamespace

import pysam
import pytest

from sclcohort.contracts import CODING_EXONS, CODING_INTRONS, GENE_SPANS, REFERENCE_COVERAGE, REFERENCE_GENES
from sclcohort.coordinates import Span
from sclcohort.errors import StepError
from sclcohort.reference import prepare_reference
from sclcohort.reference.gene_model import CodingGene
from sclcohort.reference.genome import coding_sequence, link_target, translate
from sclcohort.reference.prepare_reference import exon_rows
from sclcohort.tables import read_rows

F = SimpleNamespace(**runpy.run_path(str(Path(__file__).with_name("variants_fixtures.py"))))


@pytest.fixture
def reference(tmp_path):
    return F.build_reference(tmp_path / "reference")


@pytest.fixture
def prepare(tmp_path, reference):
    """Prepare into a fresh folder; return the written files by name."""

    def prepare(drivers=None, **given):
        symbols = drivers or {"PLUS": "ENSGPLUS", "MINUS": "ENSGMINUS", "MYC": "ENSG00000136997"}
        table = F.write_drivers(tmp_path / "drivers.tsv", symbols)
        files = {name: tmp_path / "out" / path.name for name, path in reference.files.items()}
        prepare_reference.run(**{"fasta": reference.fasta, "gff": reference.gff, "driver_genes": table} | files | given)
        return files

    return prepare


def rows(path, table):
    return list(read_rows(path, table))


def test_genes_are_listed_with_the_protein_that_their_bases_spell(prepare, reference):
    found = {row["gene_symbol"]: row for row in rows(prepare()["genes"], REFERENCE_GENES)}
    for name, gene in reference.genes.items():
        assert found[name]["protein"] == F.translated(gene.cds).removesuffix("*") == F.PROTEIN
        assert found[name]["cds_bases"] == len(gene.cds)
        assert (found[name]["gene_id"], found[name]["strand"]) == (f"ENSG{name}", gene.strand)
    assert found["PLUS"]["transcript_rule"] == "mane_select"


def test_introns_lie_between_the_residues_beside_them(prepare, reference):
    found = rows(prepare()["coding_introns"], CODING_INTRONS)
    for name, gene in reference.genes.items():
        own = {(row["start_0based"], row["end"]): row for row in found if row["transcript_id"] == f"ENST{name}"}
        assert set(own) == set(gene.introns)
        residues = sorted((row["residue_before"], row["residue_after"]) for row in own.values())
        assert residues == [(17, 17), (37, 38)]


def test_coding_exons_lie_between_the_introns_and_are_numbered_by_the_transcript(prepare, reference):
    found = rows(prepare()["coding_exons"], CODING_EXONS)
    for name, gene in reference.genes.items():
        own = [row for row in found if row["transcript_id"] == f"ENST{name}"]
        assert sum(row["end"] - row["start_0based"] for row in own) == len(gene.cds)
        gaps = {(before["end"], after["start_0based"]) for before, after in itertools.pairwise(own)}
        assert gaps == set(gene.introns)
        assert {row["strand"] for row in own} == {gene.strand}


def test_exon_numbers_count_exons_without_coding_sequence_from_the_five_prime_end():
    spans = [Span("1", 0, 10), Span("1", 20, 30), Span("1", 40, 60), Span("1", 70, 80)]
    coding = (Span("1", 20, 30), Span("1", 40, 45), Span("1", 46, 50))
    for strand, numbers in (("+", [2, 3, 3]), ("-", [3, 2, 2])):
        gene = CodingGene("G", "G", Span("1", 0, 80), strand, "T", "longest_cds", coding, 0, tuple(spans))
        found = exon_rows(gene)
        assert [row["exon_number"] for row in found] == numbers
        assert [(row["exon_start_0based"], row["exon_end"]) for row in found] == [(20, 30), (40, 60), (40, 60)]
    bare = CodingGene("G", "G", Span("1", 0, 80), "+", "T", "longest_cds", coding, 0)
    assert {row["exon_number"] for row in exon_rows(bare)} == {None}


def test_spans_and_coverage_name_what_is_there_and_what_is_not(prepare):
    files = prepare()
    assert {row["gene_symbol"] for row in rows(files["gene_spans"], GENE_SPANS)} == {"PLUS", "MINUS"}
    coverage = {row["gene_symbol"]: row for row in rows(files["coverage"], REFERENCE_COVERAGE)}
    assert (coverage["PLUS"]["in_gene_model"], coverage["PLUS"]["has_span"], coverage["PLUS"]["reason"]) == (
        True,
        True,
        None,
    )
    assert (coverage["MYC"]["in_gene_model"], coverage["MYC"]["has_span"]) == (False, False)
    assert "copy number cannot be read" in coverage["MYC"]["reason"]


def test_a_driver_gene_with_an_old_name_in_the_model_is_found_by_its_id(prepare):
    files = prepare({"NEWNAME": "ENSGPLUS"})
    (row,) = (row for row in rows(files["genes"], REFERENCE_GENES) if row["gene_id"] == "ENSGPLUS")
    assert (row["gene_symbol"], row["name_in_model"]) == ("NEWNAME", "PLUS")
    assert [row["gene_symbol"] for row in rows(files["gene_spans"], GENE_SPANS)] == ["NEWNAME"]


def test_codons_that_the_genome_hides_are_counted_in_the_coverage(prepare, reference):
    place = reference.genes["PLUS"].places[30]
    bases = reference.sequences["1"]
    hidden = bases[:place] + "N" * 6 + bases[place + 6 :]
    reference.fasta.write_text(reference.fasta.read_text().replace(bases, hidden))
    coverage = {row["gene_symbol"]: row for row in rows(prepare()["coverage"], REFERENCE_COVERAGE)}
    assert coverage["PLUS"]["in_gene_model"] is True
    assert "2 of 60 codons hold N" in coverage["PLUS"]["reason"]


# --- the genome ------------------------------------------------------------------------------------


def test_the_genome_is_a_link_and_its_index_lies_beside_the_link(prepare, reference):
    reference.fasta.parent.chmod(0o555)
    before = sorted(path.name for path in reference.fasta.parent.iterdir())
    genome = prepare()["genome"]
    assert genome.is_symlink()
    assert genome.samefile(reference.fasta)
    assert Path(f"{genome}.fai").is_file()
    assert sorted(path.name for path in reference.fasta.parent.iterdir()) == before
    reference.fasta.parent.chmod(0o755)


def test_links_inside_the_working_directory_are_relative_and_others_absolute(tmp_path, monkeypatch):
    (tmp_path / "work" / "results").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "work")
    assert link_target(Path("genome.fa"), Path("results/genome.fa")) == os.path.join("..", "genome.fa")  # noqa: PTH118
    assert link_target(tmp_path / "else" / "genome.fa", Path("results/genome.fa")) == str(
        tmp_path / "else" / "genome.fa"
    )


@pytest.mark.parametrize("compress", ["gzip", "bgzip"])
def test_compressed_genomes_are_read_like_plain_ones(prepare, reference, tmp_path, compress):
    plain = prepare()["genes"].read_bytes()
    packed = tmp_path / "packed.fa.gz"
    if compress == "gzip":
        packed.write_bytes(gzip.compress(reference.fasta.read_bytes()))
    else:
        pysam.tabix_compress(str(reference.fasta), str(packed))
    files = prepare(fasta=packed)
    assert files["genes"].read_bytes() == plain
    assert files["genome"].is_symlink() == (compress == "bgzip")
    assert not Path(f"{packed}.fai").exists()


def test_an_index_of_an_earlier_genome_is_not_trusted(prepare, reference):
    genome = prepare()["genome"]
    reference.fasta.write_text(reference.fasta.read_text() + ">3\nACGT\n")
    prepare()
    assert [line.split("\t")[0] for line in Path(f"{genome}.fai").read_text().splitlines()] == ["1", "2", "3"]


def test_without_fasta_and_gene_model_the_tables_are_empty_and_coverage_says_so(prepare):
    files = prepare(fasta=None, gff=None)
    assert files["genome"].read_bytes() == b""
    assert rows(files["genes"], REFERENCE_GENES) == rows(files["gene_spans"], GENE_SPANS) == []
    assert not any(row["in_gene_model"] or row["has_span"] for row in rows(files["coverage"], REFERENCE_COVERAGE))


def test_bases_of_a_minus_strand_are_read_backwards(reference):
    gene = reference.genes["MINUS"]
    low, high = min(gene.places), max(gene.places) + 1
    with pysam.FastaFile(str(reference.files["genome"])) as sequence:
        span = prepare_reference.Span("2", low, high)
        assert coding_sequence(sequence, [span], "-")[:50] == gene.cds[:50]
    assert translate("ATGNNNTGAA") == "MX*"


# --- coordinates -------------------------------------------------------------------------------------


def coordinates(tmp_path, *lines, header="gene_symbol\tchrom\tstart_0based\tend\tstrand"):
    path = tmp_path / "coordinates.tsv"
    path.write_text("\n".join(["# from somewhere", header, *lines]) + "\n")
    return path


def test_gene_coordinates_give_the_spans_merged_where_they_overlap(prepare, tmp_path):
    table = coordinates(
        tmp_path,
        "MYC\tchr8\t100\t200\t+",
        "MYC\tchr8\t150\t300\t+",
        "MYC\tchr8\t900\t950\t+",
        "MYC\tchrY\t1\t2\t+",
        "X\tchr1\t1\t2\t+",
    )
    files = prepare(fasta=None, gff=None, gene_coordinates=table)
    found = [tuple(row.values()) for row in rows(files["gene_spans"], GENE_SPANS)]
    assert found == [("MYC", "chr8", 100, 300), ("MYC", "chr8", 900, 950), ("MYC", "chrY", 1, 2)]


@pytest.mark.parametrize(
    ("line", "header", "message"),
    [
        ("MYC\tchr8\tx\t200\t+", None, "must be integers"),
        ("MYC\tchr8\t200\t200\t+", None, "span of MYC is empty"),
        ("MYC\tchr8\t1\t2", "symbol\tchrom\tstart_0based\tend", "no column gene_symbol"),
    ],
)
def test_faulty_coordinates_are_refused(prepare, tmp_path, line, header, message):
    table = coordinates(tmp_path, line, **({"header": header} if header else {}))
    with pytest.raises(StepError, match=message):
        prepare(fasta=None, gff=None, gene_coordinates=table)


# --- what does not belong together -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda text: text.replace(">", ">chr"), '"1" in the gene model, "chr1" in the genome.*rename one'),
        (lambda text: text.replace(">1\n", ">A\n").replace(">2\n", ">B\n"), "share no contig"),
        (lambda text: text.replace(">2\n", ">chr2\n"), '"2" in the gene model, "chr2" in the genome'),
        (
            lambda text: "\n".join(line if line.startswith(">") else line[:500] for line in text.split("\n")),
            "beyond the contig",
        ),
        (lambda text: text.replace("A", "C"), "read from start to stop in the genome"),
        (
            lambda text: text.replace("\n", "\n" + "A" * 7 + "\n", 1).replace(">2", ">2 x\nACG\n\n", 1),
            "cannot be indexed",
        ),
        (lambda text: "", "has no sequence|cannot be indexed"),
    ],
    ids=["prefix", "disjoint", "prefix of one", "short", "other bases", "ragged lines", "empty"],
)
def test_a_genome_that_is_not_that_of_the_model_is_refused(prepare, reference, spoil, message):
    reference.fasta.write_text(spoil(reference.fasta.read_text()))
    with pytest.raises(StepError, match=message):
        prepare()


def test_contig_lengths_that_the_model_states_are_compared(prepare, reference):
    reference.gff.write_text("##sequence-region 1 1 248956422\n" + reference.gff.read_text())
    with pytest.raises(StepError, match="248956422 bases in the gene model"):
        prepare()


def test_a_cut_genome_is_refused(prepare, reference, tmp_path):
    packed = tmp_path / "cut.fa.gz"
    packed.write_bytes(gzip.compress(reference.fasta.read_bytes())[:-30])
    with pytest.raises(StepError, match="was cut or damaged"):
        prepare(fasta=packed)


def test_missing_files_are_named(prepare, tmp_path):
    with pytest.raises(StepError, match=r"nowhere\.fa: cannot be read"):
        prepare(fasta=tmp_path / "nowhere.fa")
    with pytest.raises(StepError, match=r"nowhere\.gff3: cannot be read"):
        prepare(gff=tmp_path / "nowhere.gff3")
