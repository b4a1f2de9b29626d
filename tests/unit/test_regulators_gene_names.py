from __future__ import annotations

import gzip

import pytest

from sclcohort.errors import StepError
from sclcohort.regulators.gene_names import NO_OTHERS, OtherNames, are_entrez, are_row_numbers, read_gene_ids

GFF = """##gff-version 3
12\tensembl\tgene\t1\t9\t.\t+\t.\tID=gene:ENSG00000139352;Name=ASCL1;biotype=protein_coding
12\tensembl\tmRNA\t1\t9\t.\t+\t.\tID=transcript:ENST1;Parent=gene:ENSG00000139352;Name=ASCL1-201
20\thavana\tncRNA_gene\t1\t9\t.\t-\t.\tName=LINC00261;biotype=lncRNA;ID=gene:ENSG00000259974
20\thavana\tncRNA_gene\t1\t9\t.\t-\t.\tID=gene:ENSG00000259974.4;Name=LINC%2D00261
20\thavana\tgene\t1\t9\t.\t-\t.\tID=gene:ENSG00000000001;biotype=TEC
1\tensembl\tgene\t1\t9\t.\t+\t.\tID=gene:ENSMUSG00000020052;Name=Ascl1
"""


@pytest.fixture
def gff(tmp_path):
    path = tmp_path / "genes.gff3"
    path.write_text(GFF)
    return path


def test_genes_of_every_biotype_are_read_and_those_without_a_name_are_not(gff):
    assert read_gene_ids(gff) == {"ENSG00000139352": "ASCL1", "ENSG00000259974": "LINC-00261"}


def test_a_compressed_gene_model_reads_the_same_and_a_cut_one_is_refused(gff, tmp_path):
    packed = tmp_path / "genes.gff3.gz"
    packed.write_bytes(gzip.compress(GFF.encode()))
    assert read_gene_ids(packed) == read_gene_ids(gff)
    packed.write_bytes(packed.read_bytes()[:-12])
    with pytest.raises(StepError, match=r"gene model \S*genes\.gff3\.gz: cannot be read .*; fix: copy the file again"):
        read_gene_ids(packed)


def test_a_gene_model_is_read_once_and_only_when_it_is_asked(gff):
    others = OtherNames(gff)
    first = others.of_gene_model
    gff.unlink()
    assert others.of_gene_model is first
    unread = OtherNames(gff)
    with pytest.raises(StepError, match="cannot be read"):
        assert unread.of_gene_model
    assert NO_OTHERS.of_gene_model == {}


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["7157", "429"], True),
        (["7157"], True),
        (["7157", "TP53"], False),
        (["7157.0"], False),
        ([""], False),
        ([], False),
    ],
)
def test_names_are_entrez_ids_where_all_are_integers(names, expected):
    assert are_entrez(names) is expected


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["0", "1", "2"], True),
        (["1", "2", "3"], True),
        (["2", "3"], False),
        (["1", "2", "9"], False),
        (["1"], False),
        (["A1BG", "1"], False),
        ([], False),
    ],
)
def test_names_that_count_the_rows_are_no_ids(names, expected):
    assert are_row_numbers(names) is expected
