from __future__ import annotations

import gzip
import random

import pytest

from sclcohort.coordinates import Span
from sclcohort.errors import StepError
from sclcohort.reference.gene_model import read_gene_model, representative

GENE = "1\tx\tgene\t101\t900\t.\t-\t.\tID=gene:ENSG1.4;Name=TOYA;biotype=protein_coding;version=4"
LINES = [
    GENE,
    "1\tx\tmRNA\t101\t900\t.\t-\t.\tID=transcript:ENST1;Parent=gene:ENSG1.4;Name=TOYA-201;biotype=protein_coding",
    "1\tx\texon\t101\t400\t.\t-\t.\tParent=transcript:ENST1",
    "1\tx\tCDS\t201\t400\t.\t-\t2\tID=CDS:P1;Parent=transcript:ENST1",
    "1\tx\tCDS\t601\t700\t.\t-\t0\tID=CDS:P1;Parent=transcript:ENST1",
    "1\tx\tmRNA\t101\t900\t.\t-\t.\tID=transcript:ENST2;Parent=gene:ENSG1.4;biotype=protein_coding;tag=basic",
    "1\tx\tCDS\t201\t260\t.\t-\t0\tID=CDS:P2;Parent=transcript:ENST2",
    "1\tx\tlnc_RNA\t101\t900\t.\t-\t.\tID=transcript:ENST3;Parent=gene:ENSG1.4;biotype=retained_intron",
]


@pytest.fixture
def write(tmp_path):
    def write(lines, header="##gff-version 3\n##sequence-region   1 1 5000\n"):
        path = tmp_path / "genes.gff3"
        path.write_text(header + "\n".join(lines) + "\n")
        return path

    return write


def test_a_gene_is_read_with_its_longest_coding_transcript(write):
    (gene,) = read_gene_model(write(LINES)).genes
    assert (gene.gene_id, gene.name, gene.strand) == ("ENSG1", "TOYA", "-")
    assert gene.span == Span("1", 100, 900)
    assert (gene.transcript_id, gene.transcript_rule) == ("ENST1", "longest_cds")
    assert gene.coding == (Span("1", 200, 400), Span("1", 600, 700))
    assert (gene.coding_bases, gene.phase) == (300, 0)


def test_exons_are_those_of_the_chosen_transcript_and_none_where_lines_are_missing(write):
    noncoding = "1\tx\texon\t801\t900\t.\t-\t.\tParent=transcript:ENST1,transcript:ENST2"
    second = "1\tx\texon\t601\t750\t.\t-\t.\tParent=transcript:ENST1"
    (gene,) = read_gene_model(write([*LINES, noncoding, second])).genes
    assert gene.exons == (Span("1", 100, 400), Span("1", 600, 750), Span("1", 800, 900))
    assert read_gene_model(write([*LINES, noncoding])).genes[0].exons == ()


def test_the_phase_is_that_of_the_first_piece_in_transcript_order(write):
    plus = [line.replace("\t-\t", "\t+\t") for line in LINES]
    assert read_gene_model(write(plus)).genes[0].phase == 2


def test_order_of_lines_and_compression_do_not_matter(write, tmp_path):
    model = read_gene_model(write(LINES))
    shuffled = list(LINES)
    random.Random(2).shuffle(shuffled)
    assert read_gene_model(write(shuffled)) == model
    packed = tmp_path / "packed.gz"
    packed.write_bytes(gzip.compress(write(LINES).read_bytes()))
    assert read_gene_model(packed) == model


def test_lengths_that_the_file_states_are_read(write):
    assert read_gene_model(write(LINES)).contig_bases == {"1": 5000}


@pytest.mark.parametrize(
    ("lines", "name", "span"),
    [
        ([line for line in LINES if "\tgene\t" not in line], "ENSG1", Span("1", 100, 900)),
        ([line.replace("Name=TOYA;", "") for line in LINES], "ENSG1", Span("1", 100, 900)),
        ([line.replace("Name=TOYA;", "Name=TOY%3BA;") for line in LINES], "TOY;A", Span("1", 100, 900)),
    ],
    ids=["no gene row", "no name", "escaped name"],
)
def test_missing_rows_and_names_fall_back_to_the_gene_id(write, lines, name, span):
    (gene,) = read_gene_model(write(lines)).genes
    assert (gene.name, gene.span) == (name, span)


@pytest.mark.parametrize(
    ("candidates", "chosen"),
    [
        ({"B": ({b"basic"}, 900), "A": ({b"MANE_Select"}, 300)}, ("A", "mane_select")),
        ({"B": ({b"Ensembl_canonical"}, 300), "A": ({b"MANE_Plus_Clinical"}, 900)}, ("B", "ensembl_canonical")),
        ({"B": (set(), 900), "A": (set(), 300)}, ("B", "longest_cds")),
        ({"B": (set(), 900), "A": (set(), 900)}, ("A", "longest_cds")),
        ({"B": ({b"MANE_Select"}, 9), "A": ({b"Ensembl_canonical"}, 9)}, ("B", "mane_select")),
    ],
)
def test_the_transcript_is_chosen_by_mane_then_canonical_then_length_then_name(candidates, chosen):
    assert representative(candidates) == chosen


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ([line.replace("biotype=", "gene_type=") for line in LINES], "looks like GENCODE .* give an Ensembl GFF3"),
        ([line.replace("biotype=", "gene_biotype=") for line in LINES], "looks like RefSeq"),
        (['1\tx\tgene\t1\t9\t.\t+\t.\tgene_id "ENSG1"; gene_biotype "protein_coding";'], "looks like GTF"),
        ([line for line in LINES if "\tCDS\t" not in line], "have no CDS lines"),
        ([GENE.replace("protein_coding", "lncRNA")], "no transcript has biotype=protein_coding"),
        ([*LINES, "1\tx\tCDS\tnine\t10\t.\t+\t0\tParent=transcript:ENST1"], "line 11 is not a GFF3 line"),
        ([*LINES, "1 x CDS 9 10"], "line 11 is not a GFF3 line"),
    ],
)
def test_other_gene_models_are_refused_by_their_name(write, lines, message):
    with pytest.raises(StepError, match=message):
        read_gene_model(write(lines))


def test_a_cut_gene_model_is_refused(write, tmp_path):
    packed = tmp_path / "cut.gz"
    stream = random.Random(1)
    lines = [f"{line};x={stream.random()}" for line in LINES * 500]
    packed.write_bytes(gzip.compress("\n".join(lines).encode())[:-200])
    with pytest.raises(StepError, match="cannot be decompressed"):
        read_gene_model(packed)
