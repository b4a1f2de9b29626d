from __future__ import annotations

import random
import re
import runpy
from pathlib import Path
from types import SimpleNamespace

import pytest

from sclcohort.errors import StepError
from sclcohort.variants.joint import Allele, Haplotype, add_joint_changes, haplotypes_of, joint_changes

F = SimpleNamespace(**runpy.run_path(str(Path(__file__).with_name("variants_fixtures.py"))))
H = SimpleNamespace(**runpy.run_path(str(Path(__file__).with_name("hgvs_fixtures.py"))))
PROTEIN = F.PROTEIN


class World:
    """The small genome, its transcripts, and edits of coding sequence as alleles."""

    def __init__(self, folder: Path) -> None:
        self.reference = F.build_reference(folder / "reference")
        self.scratch = folder
        self.transcripts = H.transcripts_of(H.exon_rows(self.reference.gff))
        self.contigs = {name: len(bases) for name, bases in self.reference.sequences.items()}

    def allele(self, gene: str, edit: tuple[int, int, str]) -> Allele:
        """Return the allele of an edit: coding offset, bases removed there, bases put there."""
        one, (offset, removed, inserted) = self.reference.genes[gene], edit
        bases = self.reference.sequences[one.contig]
        if removed == len(inserted) == 1:
            return Allele(*one.snv(bases, offset, inserted)[1:])
        kind = one.deletion(bases, offset, removed) if removed else one.insertion(bases, offset, inserted)
        return left_aligned(bases, *kind[1:])

    def haplotype(self, gene: str, *edits: tuple[int, int, str]) -> Haplotype:
        return Haplotype(f"ENST{gene}", tuple(sorted(self.allele(gene, edit) for edit in edits)))

    def joint(self, *haplotypes: Haplotype):
        model = self.reference.fasta, self.reference.gff, self.scratch
        return joint_changes(
            haplotypes, self.transcripts, dict.fromkeys(self.transcripts, PROTEIN), self.contigs, *model
        )

    def changed(self, gene: str, *edits: tuple[int, int, str]) -> str:
        """Return the coding sequence with edits in it, translated up to the first stop."""
        cds = self.reference.genes[gene].cds
        for offset, removed, inserted in sorted(edits, reverse=True):
            cds = cds[:offset] + inserted + cds[offset + removed :]
        return F.translated(cds)

    def row(self, gene: str, edit, phase_set: str, **more):
        position, ref, alt = self.allele(gene, edit)
        row = {"sample_id": "S1", "phase_set": phase_set, "transcript_id": f"ENST{gene}", "filter_accepted": True}
        row |= {"position_1based": position, "ref": ref, "alt": alt, "is_representative": True}
        frame = (len(ref) - len(alt)) % 3
        return row | {"consequence_class": "truncating" if frame else "missense", **more}


def left_aligned(bases: str, position: int, ref: str, alt: str) -> Allele:
    """Move an insertion or deletion to the left as far as it goes, as the import does."""
    while ref[-1] == alt[-1]:
        position -= 1
        before = bases[position - 1]
        ref, alt = before + ref[:-1], before + alt[:-1]
    return Allele(position, ref, alt)


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    return World(tmp_path_factory.mktemp("joint"))


def other_base(cds: str, offset: int, step: int = 1) -> tuple[int, int, str]:
    return offset, 1, "ACGT"[("ACGT".index(cds[offset]) + step) % 4]


def applied(name: str) -> str:
    """Return the mini protein changed as a name says, as far as a new stop."""
    change = re.match(r"^p\.([A-Z])(\d+)(?:_([A-Z])(\d+))?(delins|del|dup|ins|=)?([A-Z*]*)$", name)
    first, last = int(change[2]), int(change[4] or change[2])
    assert PROTEIN[first - 1] == change[1]
    before, touched, after = PROTEIN[: first - 1], PROTEIN[first - 1 : last], PROTEIN[last:]
    inserted = touched[:1] + change[6] + touched[1:]
    middle = {None: change[6], "delins": change[6], "del": "", "dup": touched * 2, "ins": inserted, "=": touched}
    return (before + middle[change[5]] + after + "*").split("*")[0] + "*"


def says(name: str, protein: str) -> bool:
    """Tell whether a name is true of the changed protein."""
    shift = re.match(r"^p\.([A-Z])(\d+)fs$", name)
    if shift:
        place = next(i for i, (a, b) in enumerate(zip(PROTEIN + "*", protein, strict=False)) if a != b)
        return place == int(shift[2]) - 1 and PROTEIN[place] == shift[1]
    if name.endswith("ext"):
        return protein.startswith(PROTEIN) and len(protein) > len(PROTEIN) + 1
    return applied(name) == protein


@pytest.mark.parametrize("gene", ["PLUS", "MINUS"])
@pytest.mark.parametrize("first", [60, 48])
def test_two_bases_of_one_codon_make_one_residue(world, gene, first):
    """Offset 48 begins the codon that the first intron cuts."""
    cds, edits_of = world.reference.genes[gene].cds, {}
    for one, two in ((0, 1), (1, 2), (0, 2)):
        for step in range(9):
            edits = other_base(cds, first + one, step % 3 + 1), other_base(cds, first + two, step // 3 + 1)
            edits_of[world.haplotype(gene, *edits)] = edits
    found = world.joint(*edits_of)
    unlike_either = 0
    for haplotype, edits in edits_of.items():
        together = world.changed(gene, *edits)
        (change,) = {found[haplotype, allele] for allele in haplotype.alleles}
        assert says(change.hgvs_p, together), change
        assert (change.consequence_class == "truncating") == (len(together) <= len(PROTEIN))
        unlike_either += together not in [world.changed(gene, edit) for edit in edits]
    assert unlike_either > 5


@pytest.mark.parametrize("gene", ["PLUS", "MINUS"])
def test_frameshifts_that_restore_the_frame_are_one_change_in_frame(world, gene):
    edits = (24, 1, ""), (33, 0, "A")
    haplotype = world.haplotype(gene, *edits)
    (change,) = set(world.joint(haplotype).values())
    assert change.consequence_class == "inframe_indel"
    assert says(change.hgvs_p, world.changed(gene, *edits))


@pytest.mark.parametrize("gene", ["PLUS", "MINUS"])
def test_what_lies_behind_a_stop_of_its_haplotype_ends_with_it(world, gene):
    cds = world.reference.genes[gene].cds
    assert cds[33:36] == "TGG"
    haplotype = world.haplotype(gene, (35, 1, "A"), other_base(cds, 90), other_base(cds, 20))
    found = {allele: change for (_, allele), change in world.joint(haplotype).items()}
    assert {change.hgvs_p for change in found.values()} == {"p.W12*"}
    assert set(found) == {world.allele(gene, (35, 1, "A")), world.allele(gene, other_base(cds, 90))}


@pytest.mark.parametrize("gene", ["PLUS", "MINUS"])
def test_joint_changes_of_random_haplotypes_are_what_translation_says(world, gene):
    stream = random.Random(7)
    cds = world.reference.genes[gene].cds
    places = [*range(57, 95), *range(118, 160)]
    edits_of = {}
    for _ in range(400):
        first = stream.choice(places)
        second = stream.choice(
            [place for place in places if first + 4 < place < first + 40 or place in (first + 1, first + 2)]
            or [first + 1]
        )
        edits = []
        for place in (first, second):
            kind = stream.choice("sdi") if second > first + 4 else "s"
            if kind == "s":
                edits.append(other_base(cds, place, stream.randint(1, 3)))
            elif kind == "d":
                edits.append((place, stream.randint(1, 4), ""))
            else:
                edits.append((place, 0, "".join(stream.choice("ACGT") for _ in range(stream.randint(1, 4)))))
        edits_of[world.haplotype(gene, *edits)] = edits
    found = world.joint(*edits_of)
    kinds = set()
    for haplotype, edits in edits_of.items():
        own = {found[haplotype, allele] for allele in haplotype.alleles if (haplotype, allele) in found}
        together = world.changed(gene, *edits)
        first, second = haplotype.alleles
        if not own and first.position_1based + len(first.ref) > second.position_1based:
            kinds.add("one lies in the other")
            continue
        if not own:
            # Each does what it does alone: the first neither shifts the frame nor ends the protein, and the
            # second begins in another codon.
            (offset, removed, inserted), (behind, *_) = edits
            assert removed % 3 == len(inserted) % 3, edits
            assert len(world.changed(gene, edits[0])) - len(PROTEIN) - 1 == (len(inserted) - removed) / 3
            assert behind // 3 > (offset + max(removed - 1, 0)) // 3
            kinds.add("apart")
            continue
        (change,) = own
        assert sum((haplotype, allele) in found for allele in haplotype.alleles) == 2
        assert says(change.hgvs_p, together), (edits, change, together)
        kinds.add(change.consequence_class)
    assert {"apart", "missense", "truncating", "inframe_indel"} <= kinds


def test_alleles_are_joined_only_on_one_haplotype_of_one_set_in_one_sample(world):
    cds = world.reference.genes["PLUS"].cds
    one, two = other_base(cds, 60), other_base(cds, 61)
    apart = [
        [world.row("PLUS", one, "7:1"), world.row("PLUS", two, "7:2")],
        [world.row("PLUS", one, "7:1"), world.row("PLUS", two, "8:1")],
        [world.row("PLUS", one, "7:1"), world.row("PLUS", two, "")],
        [world.row("PLUS", one, ""), world.row("PLUS", two, "")],
        [world.row("PLUS", one, "7:1"), world.row("PLUS", two, "7:1", sample_id="S2")],
        [world.row("PLUS", one, "7:1"), world.row("PLUS", two, "7:1", filter_accepted=False)],
        [world.row("PLUS", one, "7:1"), world.row("PLUS", two, "7:1", transcript_id="ENSTOTHER")],
        [world.row("PLUS", one, "7:1"), world.row("MINUS", two, "7:1")],
    ]
    for rows in apart:
        assert haplotypes_of(rows, world.transcripts) == {}
    together = [world.row("PLUS", one, "7:1"), world.row("PLUS", two, "7:1")]
    assert haplotypes_of(together, world.transcripts) == {("S1", "7:1", "ENSTPLUS"): world.haplotype("PLUS", one, two)}


def test_csq_is_asked_only_where_alleles_can_act_together(world):
    cds = world.reference.genes["MINUS"].cds

    def asked(*edits):
        return len(haplotypes_of([world.row("MINUS", edit, "7:1") for edit in edits], world.transcripts))

    assert asked(other_base(cds, 49), other_base(cds, 50)) == 1
    assert asked(other_base(cds, 60), other_base(cds, 63)) == 0
    assert asked(other_base(cds, 60), other_base(cds, 90)) == 0
    assert asked(other_base(cds, 60), (120, 1, "")) == 1
    assert asked(other_base(cds, 60), (62, 0, "AAA")) == 1


def test_rows_get_the_joint_change_and_others_stay_as_they_are(world):
    cds = world.reference.genes["PLUS"].cds
    rows = [
        world.row("PLUS", other_base(cds, 60), "7:1"),
        world.row("PLUS", other_base(cds, 61), "7:1"),
        world.row("PLUS", other_base(cds, 90), "7:1"),
        world.row("MINUS", other_base(cds, 60), "9:2"),
        world.row("PLUS", other_base(cds, 61), "7:1", sample_id="S2"),
        world.row("PLUS", other_base(cds, 60), "7:1", filter_accepted=False),
    ]
    before = [dict(row) for row in rows]
    model = world.reference.fasta, world.reference.gff, world.scratch
    add_joint_changes(rows, world.transcripts, dict.fromkeys(world.transcripts, PROTEIN), world.contigs, *model)
    name = rows[0]["joint_hgvs_p"]
    assert says(name, world.changed("PLUS", other_base(cds, 60), other_base(cds, 61)))
    assert [row.get("joint_hgvs_p") for row in rows] == [name, name, None, None, None, None]
    assert rows[0]["joint_class"] == "missense"
    assert rows[2:] == before[2:]


def test_no_phase_no_call(world):
    rows = [world.row("PLUS", (60, 1, "A"), "")]
    nowhere = Path("/nonexistent")
    add_joint_changes(rows, world.transcripts, {}, world.contigs, nowhere, nowhere, nowhere)
    assert "joint_hgvs_p" not in rows[0]


def test_a_haplotype_has_the_same_joint_change_alone_and_among_others(world):
    cds = {gene: world.reference.genes[gene].cds for gene in ("PLUS", "MINUS")}
    haplotypes = [
        world.haplotype(gene, other_base(cds[gene], 60, one), other_base(cds[gene], 61, two))
        for gene in ("MINUS", "PLUS")
        for one in (1, 2, 3)
        for two in (1, 2, 3)
    ]
    together = world.joint(*haplotypes)
    alone = {}
    for haplotype in haplotypes[::5]:
        alone |= world.joint(haplotype)
    assert alone
    assert alone.items() <= together.items()


def test_a_gene_of_many_transcripts_loses_no_joint_change(world, tmp_path):
    """By default csq keeps 15 consequences a site and column; many human genes have more transcripts."""
    text = world.reference.gff.read_text()
    own = [line for line in text.splitlines() if "ENSTPLUS" in line]
    copies = [line.replace("ENSTPLUS", f"ENSTCOPY{number}") for number in range(60) for line in own]
    (tmp_path / "many.gff3").write_text(text + "\n".join(copies) + "\n")
    cds = world.reference.genes["PLUS"].cds
    haplotypes = [
        world.haplotype("PLUS", other_base(cds, 60, one), other_base(cds, 61, two))
        for one in (1, 2, 3)
        for two in (1, 2, 3)
    ]
    model = world.reference.fasta, tmp_path / "many.gff3", tmp_path
    found = joint_changes(
        haplotypes, world.transcripts, dict.fromkeys(world.transcripts, PROTEIN), world.contigs, *model
    )
    assert len(found) == 2 * len(haplotypes)
    assert found == world.joint(*haplotypes)


def test_a_failure_of_csq_is_told(world, tmp_path):
    (tmp_path / "empty.gff3").write_text("##gff-version 3\n")
    model = world.reference.fasta, tmp_path / "empty.gff3", tmp_path
    haplotype = world.haplotype("PLUS", (60, 1, "A"), (61, 1, "A"))
    with pytest.raises(StepError, match="bcftools csq failed"):
        joint_changes([haplotype], world.transcripts, {}, world.contigs, *model)
