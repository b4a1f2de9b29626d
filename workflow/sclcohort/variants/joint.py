"""Joint effects of alleles that one haplotype carries: two changes of a codon, a frameshift and what restores it.

Consequences are those of ``bcftools csq -l``, one allele at a time. Where a caller proves that
several alleles lie on one copy (`phase`), csq without ``-l`` gives their joint effect. The rule:

- Joined are alleles of one sample with the same phase set and the same haplotype, on the
  representative transcript of a gene; others never, however close they are.
- Their effect can differ from those alleles' own where two of them touch one codon, or where one
  ends the protein or shifts its frame; then csq is asked. No distance is set: the caller's phase
  set is the window, and csq reads on until the frame is restored, a stop comes, or the transcript
  ends.
- A joint effect is given to every allele that csq merged with another, and to one behind a stop
  that another allele made: what they do together is that stop.
- Where one allele of a haplotype lies inside the other as a VCF writes it (a deletion and the base
  it is anchored to), csq takes one of them only, and no joint effect is given.

All samples of a chunk take one call: every distinct haplotype is in a column of its own, except
that haplotypes of transcripts that do not overlap share one.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, MutableMapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from sclcohort.variants.bcftools import bcftools, csq
from sclcohort.variants.consequence_sites import MITOCHONDRION
from sclcohort.variants.consequences import AminoAcids, consequence_class, parse_amino_acids
from sclcohort.variants.hgvs import name_change

if TYPE_CHECKING:
    from sclcohort.tables import Cell
    from sclcohort.variants.hgvs_c import Transcript

# Consequences of a site that csq can tell apart by column: transcripts times distinct haplotypes; it drops the rest.
# Its own default is 15, fewer than the transcripts of many human genes.
_MOST_CONSEQUENCES = 4096


class Allele(NamedTuple):
    """An allele on the contig of its transcript, left-aligned: csq takes others for what they are not."""

    position_1based: int
    ref: str
    alt: str


class Haplotype(NamedTuple):
    """Alleles that lie on one copy of a transcript, by position; two or more."""

    transcript_id: str
    alleles: tuple[Allele, ...]


class JointChange(NamedTuple):
    """What alleles do together: the protein change and the class of the consequence."""

    hgvs_p: str
    consequence_class: str


def haplotypes_of(
    rows: Iterable[Mapping[str, Cell]], transcripts: Mapping[str, Transcript]
) -> dict[tuple[str, str, str], Haplotype]:
    """Return the haplotypes whose alleles may act together, by sample, phase set and transcript.

    Parameters
    ----------
    rows : iterable of mapping
        Contract CODING_VARIANTS. Rows without phase set, of other transcripts than those given, or
        with a FILTER that is not accepted are passed over.
    transcripts : mapping of str to Transcript
        Representative transcripts by id.
    """
    found: dict[tuple[str, str, str], set[Allele]] = {}
    shortened = set()
    for row in rows:
        if row["phase_set"] and row["filter_accepted"] and row["transcript_id"] in transcripts:
            key = _key_of(row)
            found.setdefault(key, set()).add(_allele_of(row))
            if row["consequence_class"] == "truncating":
                shortened.add(key)
    return {
        key: Haplotype(key[2], tuple(sorted(alleles)))
        for key, alleles in found.items()
        if len(alleles) > 1 and (key in shortened or share_a_codon(transcripts[key[2]], alleles))
    }


def add_joint_changes(
    rows: Sequence[MutableMapping[str, Cell]],
    transcripts: Mapping[str, Transcript],
    proteins: Mapping[str, str],
    contigs: Mapping[str, int],
    genome: Path,
    gff: Path,
    scratch: Path,
) -> None:
    """Fill joint_hgvs_p and joint_class of the rows whose alleles act together with others.

    Parameters
    ----------
    rows : sequence of mapping
        All rows of a chunk, contract CODING_VARIANTS.
    transcripts, proteins, contigs, genome, gff, scratch
        See `joint_changes`.
    """
    haplotypes = haplotypes_of(rows, transcripts)
    changes = joint_changes(set(haplotypes.values()), transcripts, proteins, contigs, genome, gff, scratch)
    if not changes:
        return
    for row in rows:
        haplotype = haplotypes.get(_key_of(row)) if row["phase_set"] and row["filter_accepted"] else None
        change = changes.get((haplotype, _allele_of(row))) if haplotype else None
        if change is not None:
            row["joint_hgvs_p"], row["joint_class"] = change


def _key_of(row: Mapping[str, Cell]) -> tuple[str, str, str]:
    return str(row["sample_id"]), str(row["phase_set"]), str(row["transcript_id"])


def _allele_of(row: Mapping[str, Cell]) -> Allele:
    return Allele(int(str(row["position_1based"])), str(row["ref"]), str(row["alt"]))


def joint_changes(
    haplotypes: Collection[Haplotype],
    transcripts: Mapping[str, Transcript],
    proteins: Mapping[str, str],
    contigs: Mapping[str, int],
    genome: Path,
    gff: Path,
    scratch: Path,
) -> dict[tuple[Haplotype, Allele], JointChange]:
    """Return the joint changes of haplotypes, for each allele that has a part in one.

    Parameters
    ----------
    haplotypes : collection of Haplotype
        Distinct; see `haplotypes_of`.
    transcripts : mapping of str to Transcript
        Those of the haplotypes, by id.
    proteins : mapping of str to str
        Proteins by transcript, without stop; missing where they are not known.
    contigs : mapping of str to int
        Of the genome, in its order.
    genome, gff : Path
        Indexed FASTA and Ensembl GFF3.
    scratch : Path
        Folder for intermediate files.

    Raises
    ------
    StepError
        csq failed.
    """
    wanted = [one for one in haplotypes if transcripts[one.transcript_id].contig not in MITOCHONDRION]
    if not wanted:
        return {}
    columns = _columns(wanted, transcripts, contigs)
    plain, annotated, table = scratch / "haplotypes.vcf", scratch / "haplotypes.csq.bcf", scratch / "haplotypes.tsv"
    _write_haplotypes(plain, columns, transcripts, contigs)
    options = ("--no-version", "--force", "--phase", "a", "-n", str(_MOST_CONSEQUENCES))
    csq(*options, "-f", genome, "-g", gff, "-Ou", "-o", annotated, plain)
    bcftools("query", "-f", r"[%CHROM\t%SAMPLE\t%TBCSQ{0}\n]", "-o", table, annotated)
    effects: dict[Haplotype, list[_Effect]] = {}
    with table.open(encoding="utf-8") as handle:
        for line in handle:
            contig, number, text = line.rstrip("\n").split("\t")
            for transcript_id, effect in _effects(text):
                for one in columns[int(number)]:
                    if one.transcript_id == transcript_id and transcripts[transcript_id].contig == contig:
                        effects.setdefault(one, []).append(effect)
    return {
        (one, allele): change
        for one, own in effects.items()
        for allele, change in _joint(own, proteins.get(one.transcript_id, "")).items()
        if allele in one.alleles
    }


def share_a_codon(transcript: Transcript, alleles: Iterable[Allele]) -> bool:
    """Tell whether two alleles touch one codon, also where an intron lies inside it."""
    touched: set[int] = set()
    for one in alleles:
        own = _codons(transcript, one)
        if touched & own:
            return True
        touched |= own
    return False


def _codons(transcript: Transcript, allele: Allele) -> set[int]:
    """Return the codons that an allele touches, with those on both sides of bases inserted between codons."""
    first = allele.position_1based - 1
    offsets = (transcript.coding_offset(place) for place in range(first, first + len(allele.ref) + 1))
    changes_length = len(allele.ref) != len(allele.alt)
    found = [offset // 3 for offset in offsets if offset is not None]
    return set(found if changes_length else found[: len(allele.ref)])


def _columns(
    haplotypes: Iterable[Haplotype], transcripts: Mapping[str, Transcript], contigs: Mapping[str, int]
) -> list[list[Haplotype]]:
    """Share haplotypes out to columns so that the transcripts of no two in a column overlap."""
    rank = {name: place for place, name in enumerate(contigs)}

    def order(one: Haplotype) -> tuple[int, int, Haplotype]:
        transcript = transcripts[one.transcript_id]
        return rank[transcript.contig], transcript.start_0based, one

    columns: list[list[Haplotype]] = []
    ends: list[tuple[int, int]] = []
    for one in sorted(haplotypes, key=order):
        transcript = transcripts[one.transcript_id]
        here = (rank[transcript.contig], transcript.start_0based)
        number = next((number for number, end in enumerate(ends) if end <= here), len(ends))
        if number == len(ends):
            columns.append([])
            ends.append(here)
        columns[number].append(one)
        ends[number] = (here[0], transcript.end)
    return columns


def _write_haplotypes(
    path: Path,
    columns: Sequence[Collection[Haplotype]],
    transcripts: Mapping[str, Transcript],
    contigs: Mapping[str, int],
) -> None:
    """Write every allele once, with the columns that carry it."""
    carriers: dict[tuple[int, Allele], set[int]] = {}
    names = list(contigs)
    rank = {name: place for place, name in enumerate(names)}
    for number, column in enumerate(columns):
        for one in column:
            for allele in one.alleles:
                carriers.setdefault((rank[transcripts[one.transcript_id].contig], allele), set()).add(number)
    with path.open("w", encoding="utf-8", newline="\n") as handle:
        handle.write("##fileformat=VCFv4.2\n")
        handle.writelines(f"##contig=<ID={name},length={bases}>\n" for name, bases in contigs.items())
        handle.write('##FORMAT=<ID=GT,Number=1,Type=String,Description="Haplotype carries the allele">\n')
        labels = "\t".join(map(str, range(len(columns))))
        handle.write(f"#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\t{labels}\n")
        for (contig, allele), numbers in sorted(carriers.items()):
            cells = "\t".join("1|0" if number in numbers else "0|0" for number in range(len(columns)))
            position, ref, alt = allele
            handle.write(f"{names[contig]}\t{position}\t.\t{ref}\t{alt}\t.\t.\t.\tGT\t{cells}\n")


class _Effect(NamedTuple):
    """One consequence on the transcript of a haplotype, and the alleles that make it."""

    terms: tuple[str, ...]
    amino_acids: AminoAcids | None
    alleles: frozenset[Allele]
    behind_stop: bool

    def named(self, protein: str) -> JointChange | None:
        """Return its name and class; None where csq gives no residues."""
        if self.amino_acids is None:
            return None
        name = name_change(frozenset(self.terms), self.amino_acids, protein)
        return JointChange(name.hgvs_p, consequence_class(self.terms, self.amino_acids))


def _effects(text: str) -> Iterator[tuple[str, _Effect]]:
    """Yield transcript and effect of the consequences of one column at one site that have a DNA change."""
    for entry in text.split(","):
        cells = entry.split("|")
        if len(cells) == 7 and cells[3] == "protein_coding":
            terms = tuple(cells[0].removeprefix("*").split("&"))
            alleles = frozenset(_parsed(part) for part in cells[6].split("+"))
            yield cells[2], _Effect(terms, parse_amino_acids(cells[5]), alleles, entry.startswith("*"))


def _joint(effects: Collection[_Effect], protein: str) -> dict[Allele, JointChange]:
    """Return the joint change of each allele that shares an effect, or lies behind the stop of another."""
    found: dict[Allele, JointChange] = {}
    behind: set[Allele] = set()
    for effect in effects:
        change = effect.named(protein)
        if effect.behind_stop:
            behind |= effect.alleles
        elif change is not None and len(effect.alleles) > 1:
            found.update(dict.fromkeys(effect.alleles, change))
    if behind:
        # The protein ends once: nothing that csq reads behind a stop is free of its mark.
        for effect in effects:
            change = effect.named(protein)
            ends = change is not None and change.consequence_class == "truncating" and "start_lost" not in effect.terms
            if change is not None and ends and not effect.behind_stop:
                found.update(dict.fromkeys(effect.alleles | behind, change))
    return found


def _parsed(text: str) -> Allele:
    """Return an allele of csq's DNA change: ``344TA>T``."""
    before, alt = text.split(">")
    bases = before.lstrip("0123456789")
    return Allele(int(before.removesuffix(bases)), bases, alt)
