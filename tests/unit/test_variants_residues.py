from __future__ import annotations

import random
import runpy
from pathlib import Path
from types import SimpleNamespace

import pysam
import pytest

from sclcohort.variants.consequences import AminoAcids
from sclcohort.variants.residues import coding_sequence_of, residues_changed

F = SimpleNamespace(**runpy.run_path(str(Path(__file__).with_name("variants_fixtures.py"))))
H = SimpleNamespace(**runpy.run_path(str(Path(__file__).with_name("hgvs_fixtures.py"))))


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    reference = F.build_reference(tmp_path_factory.mktemp("residues"))
    with pysam.FastaFile(str(reference.fasta)) as genome:
        bases = H.bases_of(genome)
        transcripts = H.transcripts_of(H.exon_rows(reference.gff))
        coding = {name: coding_sequence_of(one, bases) for name, one in transcripts.items()}
    return SimpleNamespace(reference=reference, transcripts=transcripts, coding=coding)


def changed(world, gene, allele):
    name = f"ENST{gene.name}"
    return residues_changed(world.transcripts[name], world.coding[name], *allele[1:])


@pytest.mark.parametrize("name", ["PLUS", "MINUS"])
def test_residues_are_those_of_the_changed_coding_sequence(world, name):
    gene, stream = world.reference.genes[name], random.Random(3)
    bases = world.reference.sequences[gene.contig]
    assert world.coding[f"ENST{name}"] == gene.cds
    for _ in range(400):
        offset, size = stream.choice([*range(3, 49), *range(51, 110), *range(112, 175)]), stream.randint(1, 7)
        kind = stream.choice("sdi")
        if kind == "s":
            new = stream.choice([base for base in "ACGT" if base != gene.cds[offset]])
            allele, cds = gene.snv(bases, offset, new), gene.cds[:offset] + new + gene.cds[offset + 1 :]
        elif kind == "d":
            if any(offset < end < offset + size for end in F.EXON_ENDS):
                continue
            allele = gene.deletion(bases, offset, size)
            cds = gene.cds[:offset] + gene.cds[offset + size :]
        else:
            new = "".join(stream.choice("ACGT") for _ in range(size))
            allele, cds = gene.insertion(bases, offset, new), gene.cds[:offset] + new + gene.cds[offset:]
        found, after, whole = changed(world, gene, allele), F.translated(cds), F.PROTEIN + "*"
        assert found.position == offset // 3 + 1
        before = whole[: found.position - 1]
        assert whole.startswith(before + found.ref)
        if (len(cds) - len(gene.cds)) % 3:
            assert before + found.ref == whole
            assert before + found.alt.rstrip("?") == after
            assert found.alt.endswith("?") == (not after.endswith("*"))
        else:
            assert len(found.ref) <= 4
            residues = before + found.alt + whole[len(before + found.ref) :]
            assert residues[: residues.index("*") + 1] == after


@pytest.mark.parametrize("name", ["PLUS", "MINUS"])
def test_the_last_bases_of_an_exon_are_coding_and_its_border_is_not(world, name):
    gene = world.reference.genes[name]
    bases = world.reference.sequences[gene.contig]
    assert changed(world, gene, gene.deletion(bases, 46, 4)) is not None
    assert changed(world, gene, gene.deletion(bases, 50, 4)) is not None
    assert changed(world, gene, gene.insertion(bases, 50, "ACGT")) is None
    edge = gene.introns[0][0 if gene.strand == "+" else 1] - 2
    across = gene.contig, edge + 1, bases[edge : edge + 4], bases[edge]
    assert changed(world, gene, across) is None
    low, high = sorted((gene.places[48], gene.places[51]))
    assert changed(world, gene, (gene.contig, low + 1, bases[low : high + 1], bases[low])) is None


def test_bases_outside_the_transcript_change_no_residue(world):
    gene = world.reference.genes["PLUS"]
    assert changed(world, gene, (gene.contig, 5, "A", "C")) is None


def test_a_change_of_the_start_is_shown_at_the_first_residue(world):
    gene = world.reference.genes["PLUS"]
    bases = world.reference.sequences[gene.contig]
    found = changed(world, gene, gene.snv(bases, 1, "C"))
    assert found == AminoAcids(1, "M", "T")
