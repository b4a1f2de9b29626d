"""Joint effects of alleles that one haplotype carries: two changes of a codon, a frameshift and what restores it.

Consequences are those of ``bcftools csq -l``, one allele at a time. Where a caller proves that
several alleles lie on one copy (`phase`), csq without ``-l`` gives their joint effect. The rule:

- Joined are alleles of one sample with the same phase set and the same haplotype, on the
  representative transcript of a gene; others never, however close they are.
- Their effect can differ from those alleles' own where two of them touch one codon, or where one
  shifts the reading frame; then csq is asked. No distance is set: the caller's phase set is the
  window, and csq reads on until the frame is restored, a stop comes, or the transcript ends.
- A joint effect is given to every allele that csq merged with another. Alleles of which one lies
  inside the other in the VCF (a deletion and the base it is anchored to) are beyond csq, and get none.

All samples of a chunk take one call: every distinct haplotype is in a column of its own, except
that haplotypes of transcripts that do not overlap share one.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, MutableMapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from sclcohort.variants.bcftools import bcftools, csq
from sclcohort.variants.consequence_sites import MITOCHONDRION
from sclcohort.variants.consequences import consequence_class, parse_amino_acids
from sclcohort.variants.hgvs import name_change

if TYPE_CHECKING:
    from sclcohort.tables import Cell
    from sclcohort.variants.hgvs_c import Transcript

# Consequences of a site that csq can tell apart by column: transcripts times distinct haplotypes. Its own default is
# 15, fewer than the transcripts of many human genes.
_MOST_CONSEQUENCES = 4096


class Allele(NamedTuple):
    """A normalised allele on the contig of its transcript."""

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


def haplotypes_of(rows: Iterable[Mapping[str, Cell]]) -> dict[tuple[str, str, str], Haplotype]:
    """Return the haplotypes that rows of coding variants prove, by sample, phase set and transcript.

    Parameters
    ----------
    rows : iterable of mapping
        Contract CODING_VARIANTS. Rows without phase set, of other transcripts than the
        representative, or with a FILTER that is not accepted are passed over.
    """
    found: dict[tuple[str, str, str], set[Allele]] = {}
    for row in rows:
        if row["phase_set"] and row["is_representative"] and row["filter_accepted"]:
            found.setdefault(_key_of(row), set()).add(_allele_of(row))
    return {key: Haplotype(key[2], tuple(sorted(alleles))) for key, alleles in found.items() if len(alleles) > 1}


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
    haplotypes = haplotypes_of(rows)
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
        Distinct.
    transcripts : mapping of str to Transcript
        Representative transcripts by id; haplotypes of others are passed over.
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
    wanted = [
        one
        for one in haplotypes
        if one.transcript_id in transcripts
        and transcripts[one.transcript_id].contig not in MITOCHONDRION
        and may_act_together(transcripts[one.transcript_id], one.alleles)
    ]
    if not wanted:
        return {}
    columns = _columns(wanted, transcripts, contigs)
    plain, annotated, table = scratch / "haplotypes.vcf", scratch / "haplotypes.csq.bcf", scratch / "haplotypes.tsv"
    _write_haplotypes(plain, columns, transcripts, contigs)
    options = ("--no-version", "--force", "--phase", "a", "-n", str(_MOST_CONSEQUENCES))
    csq(*options, "-f", genome, "-g", gff, "-Ou", "-o", annotated, plain)
    bcftools("query", "-f", r"[%CHROM\t%SAMPLE\t%TBCSQ{0}\n]", "-o", table, annotated)
    found: dict[tuple[Haplotype, Allele], JointChange] = {}
    with table.open(encoding="utf-8") as handle:
        for line in handle:
            contig, number, text = line.rstrip("\n").split("\t")
            _take(found, text, contig, columns[int(number)], transcripts, proteins)
    return found


def may_act_together(transcript: Transcript, alleles: Sequence[Allele]) -> bool:
    """Tell whether the joint effect of alleles can differ from their own: one codon touched twice, or a frameshift."""
    if any((len(one.ref) - len(one.alt)) % 3 for one in alleles):
        return True
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


def _take(
    found: dict[tuple[Haplotype, Allele], JointChange],
    text: str,
    contig: str,
    column: Iterable[Haplotype],
    transcripts: Mapping[str, Transcript],
    proteins: Mapping[str, str],
) -> None:
    """Take the joint consequences of one column at one site: those whose DNA change names several alleles."""
    for transcript_id, terms, change, members in _merged(text):
        for one in column:
            if one.transcript_id == transcript_id and transcripts[transcript_id].contig == contig:
                amino_acids = parse_amino_acids(change)
                if amino_acids is None or not members <= set(one.alleles):
                    continue
                name = name_change(frozenset(terms), amino_acids, proteins.get(transcript_id, ""))
                joint = JointChange(name.hgvs_p, consequence_class(terms, amino_acids))
                found.update({(one, allele): joint for allele in members})


def _merged(text: str) -> Iterator[tuple[str, tuple[str, ...], str, set[Allele]]]:
    """Yield transcript, terms, change of residues and alleles of each consequence that several alleles share."""
    for entry in text.split(","):
        cells = entry.split("|")
        if len(cells) == 7 and "+" in cells[6] and cells[3] == "protein_coding":
            members = {_parsed(part) for part in cells[6].split("+")}
            yield cells[2], tuple(cells[0].removeprefix("*").split("&")), cells[5], members


def _parsed(text: str) -> Allele:
    """Return an allele of csq's DNA change: ``344TA>T``."""
    before, alt = text.split(">")
    digits = len(before) - len(before.lstrip("0123456789"))
    return Allele(int(before[:digits]), before[digits:], alt)
