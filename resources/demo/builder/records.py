"""The records of a tumour's VCF: what is planted, passengers without meaning, and records importers trip over."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

from builder.alleles import Allele, Reads, Record, allele_of, draw_record, expected_vaf, left_aligned, records_of_hit
from builder.effects import coding_offset
from builder.genetic_code import CODONS, reverse_complement
from builder.plan import EVENTS
from builder.streams import Stream

if TYPE_CHECKING:
    from builder.genome import Gene, Genome
    from builder.model import Tumour

# Bases that passengers keep from exon edges, so that none is a splice-region variant, and from what is planted.
CLEARANCE = 15
# Share of substitutions by pyrimidine, C>A first: the mark of tobacco smoke on small-cell lung cancer.
SUBSTITUTIONS = {"CA": 0.45, "CT": 0.20, "CG": 0.10, "TC": 0.12, "TA": 0.08, "TG": 0.05}
PASSENGER_KINDS = {
    "intergenic": 0.34, "intron": 0.30, "synonymous": 0.16, "utr": 0.06, "protein_change": 0.08, "indel": 0.06,
}  # fmt: skip
# Share of the passengers that one of two callers has alone.
SEEN_BY_ONE = 0.4
MAX_TRIES = 10_000
Windows = dict[str, list[tuple[int, int]]]


def records_of(genome: Genome, tumour: Tumour) -> list[Record]:
    """Return all records of a tumour's VCF, sorted as the contigs are."""
    if tumour.calls is None:
        return []
    records = [record for hit in tumour.hits for record in records_of_hit(genome, tumour, hit)]
    records += _passengers(genome, tumour)
    order = {contig: place for place, contig in enumerate(genome.contigs)}
    return sorted(records, key=lambda one: (order[one.contig], one.position_1based, one.ref, one.alts))


def planted_windows(genome: Genome) -> Windows:
    """Return the places, from 0, that no passenger of any tumour may touch."""
    windows: Windows = {}
    for event in EVENTS.values():
        allele = allele_of(genome, event.change)
        start = allele.position_1based - 1
        windows.setdefault(allele.contig, []).append((start - CLEARANCE, start + len(allele.ref) + CLEARANCE))
    return windows


class _Ground:
    """Where passengers may fall, by kind: (contig, first base, end, gene) with clearance from every edge."""

    def __init__(self, genome: Genome) -> None:
        self.genome = genome
        self.places: dict[str, list[tuple[str, int, int, Gene | None]]] = {
            kind: [] for kind in ("intergenic", "intron", "utr", "coding", "filler")
        }
        for contig, bases in genome.contigs.items():
            here = sorted(
                (gene for gene in genome.genes.values() if gene.spec.contig == contig),
                key=lambda gene: gene.span.start_0based,
            )
            ends = [60, *(gene.span.end for gene in here)]
            starts = [*(gene.span.start_0based for gene in here), len(bases) - 60]
            for end, start in zip(ends, starts, strict=True):
                self._add("intergenic", contig, end, start, None)
            for gene in here:
                self._add_gene(gene)

    def _add(self, kind: str, contig: str, start: int, end: int, gene: Gene | None) -> None:
        if end - start > 2 * CLEARANCE:
            self.places[kind].append((contig, start + CLEARANCE, end - CLEARANCE, gene))

    def _add_gene(self, gene: Gene) -> None:
        contig, full = gene.spec.contig, gene.transcripts[0]
        exons = sorted(full.exons, key=lambda exon: exon.start_0based)
        for exon, following in pairwise(exons):
            self._add("intron", contig, exon.end, following.start_0based, gene)
        coding = sorted(full.coding, key=lambda piece: piece.start_0based)
        for piece in coding:
            kind = "filler" if gene.spec.symbol.startswith("SYN") else "coding"
            self._add(kind, contig, piece.start_0based, piece.end, gene)
        self._add("utr", contig, exons[0].start_0based, min(exons[0].end, coding[0].start_0based), gene)
        self._add("utr", contig, max(exons[-1].start_0based, coding[-1].end), exons[-1].end, gene)

    def draw(self, stream: Stream, kind: str) -> tuple[str, int, Gene | None]:
        """Return a base (contig, position from 0, gene), every base of the kind as likely as any other."""
        places = self.places[kind]
        left = stream.integer(0, sum(end - start for _, start, end, _ in places) - 1)
        for contig, start, end, gene in places:
            if left < end - start:
                return contig, start + left, gene
            left -= end - start
        raise ValueError(f"no base of kind {kind}")


def _passengers(genome: Genome, tumour: Tumour) -> list[Record]:
    """Return variants without meaning: the patient's shared ones, the tumour's own, and oddities."""
    calls = tumour.calls
    if calls is None:
        return []
    ground = _Ground(genome)
    taken = {contig: list(windows) for contig, windows in planted_windows(genome).items()}
    shared, private = calls.passengers
    records = []
    for name, number in ((tumour.patient_id, shared), (tumour.sample_id, private)):
        stream = Stream(name, "passengers")
        for place in range(number):
            allele = _passenger(ground, stream, taken)
            reads = Stream(tumour.sample_id, "passenger reads", name, place)
            clonal = 1.0 if reads.uniform() < 0.7 else reads.uniform(0.3, 0.8)
            failing = "low_evidence" if name == tumour.sample_id and reads.uniform() < 0.12 else ""
            vaf = 0.05 if failing else clonal * expected_vaf(tumour.purity, 2, 1)
            record = draw_record(reads, tumour, allele, vaf, failing=failing)
            alone = calls.second_caller and reads.uniform() < SEEN_BY_ONE
            callers = (reads.choice(calls.callers),) if alone else ()
            records.append(replace(record, callers=callers))
    for oddity in calls.oddities:
        records += _ODDITIES[oddity](ground, tumour, taken)
    return records


def _free(taken: Windows, contig: str, start: int, end: int) -> bool:
    return all(end <= first or start >= last for first, last in taken.get(contig, ()))


def _passenger(ground: _Ground, stream: Stream, taken: Windows) -> Allele:
    """Draw one passenger in a free place, and take the place."""
    for _ in range(MAX_TRIES):
        kind = stream.weighted(PASSENGER_KINDS)
        allele = _candidate(ground, stream, kind)
        if allele is None:
            continue
        start = allele.position_1based - 1
        if _free(taken, allele.contig, start, start + len(allele.ref)):
            _take(taken, allele.contig, start, start + len(allele.ref))
            return allele
    raise ValueError("no free place for a passenger")


def _take(taken: Windows, contig: str, start: int, end: int) -> None:
    taken.setdefault(contig, []).append((start - CLEARANCE, end + CLEARANCE))


def _candidate(ground: _Ground, stream: Stream, kind: str) -> Allele | None:
    """Return an allele of a kind, or None where the drawn place does not allow one."""
    genome = ground.genome
    if kind == "indel":
        contig, position, _ = ground.draw(stream, "intron" if stream.uniform() < 0.5 else "intergenic")
        length = stream.integer(1, 3)
        if stream.uniform() < 0.6:
            removed = genome.bases(contig, position, position + length)
            return left_aligned(genome, contig, position, removed, "")
        return left_aligned(genome, contig, position, "", stream.bases(length))
    if kind in {"synonymous", "protein_change"}:
        return _coding_candidate(ground, stream, kind)
    contig, position, _ = ground.draw(stream, kind)
    ref = genome.bases(contig, position, position + 1)
    return Allele(contig, position + 1, ref, _alternate(stream, ref))


def _alternate(stream: Stream, ref: str) -> str:
    """Return an alternate base, drawn by the tumour's mutational habits."""
    pyrimidine = ref if ref in "CT" else reverse_complement(ref)
    pair = stream.weighted({pair: share for pair, share in SUBSTITUTIONS.items() if pair[0] == pyrimidine})
    return pair[1] if ref in "CT" else reverse_complement(pair[1])


def _coding_candidate(ground: _Ground, stream: Stream, kind: str) -> Allele | None:
    """Return a silent change in any gene, or one that changes the protein in a filler gene."""
    silent = kind == "synonymous"
    contig, position, gene = ground.draw(stream, "coding" if silent and stream.uniform() < 0.8 else "filler")
    if gene is None:
        return None
    offset = coding_offset(gene, position)
    start = offset // 3 * 3
    codon = gene.cds[start : start + 3]
    ref = ground.genome.bases(contig, position, position + 1)
    alt = _alternate(stream, ref)
    base = alt if gene.spec.strand == "+" else reverse_complement(alt)
    edited = codon[: offset - start] + base + codon[offset - start + 1 :]
    if (CODONS[edited] == CODONS[codon]) != silent or offset < 3 or start + 3 >= len(gene.cds):
        return None
    return Allele(contig, position + 1, ref, alt)


def _free_stretch(ground: _Ground, stream: Stream, taken: Windows, length: int) -> tuple[str, int]:
    """Return a free stretch between genes (contig, first base from 0), and take it."""
    for _ in range(MAX_TRIES):
        contig, start, _ = ground.draw(stream, "intergenic")
        if _free(taken, contig, start, start + length) and start + length < len(ground.genome.contigs[contig]) - 100:
            _take(taken, contig, start, start + length)
            return contig, start
    raise ValueError("no free stretch between genes")


def _symbolic(ground: _Ground, tumour: Tumour, taken: Windows) -> Iterator[Record]:
    """Yield a deletion given as <DEL>, and a site without alternate allele."""
    stream = Stream(tumour.sample_id, "symbolic")
    contig, start = _free_stretch(ground, stream, taken, 200)
    ref = ground.genome.bases(contig, start, start + 1)
    plain = draw_record(stream, tumour, Allele(contig, start + 1, ref, "<DEL>"), 0.4)
    yield replace(plain, info=f"SVTYPE=DEL;END={start + 181};SVLEN=-180")
    contig, start = _free_stretch(ground, stream, taken, 1)
    ref = ground.genome.bases(contig, start, start + 1)
    site = draw_record(stream, tumour, Allele(contig, start + 1, ref, "."), 0.0)
    yield replace(site, alts=(), tumour=Reads(site.tumour.depth, ()))


def _breakend(ground: _Ground, tumour: Tumour, taken: Windows) -> Iterator[Record]:
    """Yield the two mates of a translocation."""
    stream = Stream(tumour.sample_id, "breakend")
    here, there = (_free_stretch(ground, stream, taken, 1) for _ in range(2))
    for (contig, start), (other, mate) in ((here, there), (there, here)):
        ref = ground.genome.bases(contig, start, start + 1)
        plain = draw_record(stream, tumour, Allele(contig, start + 1, ref, f"{ref}]{other}:{mate + 1}]"), 0.4)
        yield replace(plain, info="SVTYPE=BND")


def _star(ground: _Ground, tumour: Tumour, taken: Windows) -> Iterator[Record]:
    """Yield a deletion, a substitution inside it with `*` for the deleted allele, and a lone `*`."""
    stream = Stream(tumour.sample_id, "star")
    contig, start = _free_stretch(ground, stream, taken, 12)
    genome = ground.genome
    deletion = left_aligned(genome, contig, start + 1, genome.bases(contig, start + 1, start + 6), "")
    first = draw_record(stream, tumour, deletion, 0.3, depth=150)
    yield first
    # Inside the deletion wherever left-alignment has put it.
    for offset, with_substitution in ((2, True), (4, False)):
        position = deletion.position_1based - 1 + offset
        ref = genome.bases(contig, position, position + 1)
        alt = _alternate(stream, ref)
        one = draw_record(stream, tumour, Allele(contig, position + 1, ref, alt), 0.2, depth=150)
        starred = first.tumour.alts[0]
        if with_substitution:
            normal = None if one.normal is None else Reads(one.normal.ref, (*one.normal.alts, 0))
            reads = Reads(150 - one.tumour.alts[0] - starred, (one.tumour.alts[0], starred))
            yield replace(one, alts=(alt, "*"), tumour=reads, normal=normal)
        else:
            yield replace(one, alts=("*",), tumour=Reads(150 - starred, (starred,)))


def _phased_pair(ground: _Ground, tumour: Tumour, taken: Windows) -> Iterator[Record]:
    """Yield two substitutions in one codon of a filler gene, in two records of one haplotype and in one record."""
    stream = Stream(tumour.sample_id, "phased pair")
    for in_one_record in (False, True):
        gene = ground.genome.genes["SYN007" if in_one_record else "SYN009"]
        offset = next(
            3 * number
            for number in range(20, len(gene.spec.protein))
            if _codon_is_whole_and_free(ground, gene, 3 * number, taken)
        )
        start = min(gene.position_0based(offset + i) for i in range(3))
        contig = gene.spec.contig
        _take(taken, contig, start, start + 3)
        pair = [(start + i, ground.genome.bases(contig, start + i, start + i + 1)) for i in (0, 1)]
        alts = [_alternate(stream, ref) for _, ref in pair]
        if in_one_record:
            both = Allele(contig, start + 1, "".join(ref for _, ref in pair), "".join(alts))
            yield draw_record(stream, tumour, both, expected_vaf(tumour.purity, 2, 1))
            continue
        first = draw_record(stream, tumour, Allele(contig, start + 1, pair[0][1], alts[0]), 0.3)
        phase = f"{start + 1}_{pair[0][1]}_{alts[0]}"
        for (position, ref), alt in zip(pair, alts, strict=True):
            yield replace(first, position_1based=position + 1, ref=ref, alts=(alt,), phase=phase)


def _codon_is_whole_and_free(ground: _Ground, gene: Gene, offset: int, taken: Windows) -> bool:
    start = min(gene.position_0based(offset + i) for i in range(3))
    inside = any(
        contig == gene.spec.contig and first <= start and start + 3 <= end
        for contig, first, end, _ in ground.places["filler"]
    )
    return inside and _free(taken, gene.spec.contig, start, start + 3)


def _germline(ground: _Ground, tumour: Tumour, taken: Windows) -> Iterator[Record]:
    """Yield what a caller of more than somatic variants adds: germline sites, and one lost in the tumour."""
    stream = Stream(tumour.sample_id, "germline")
    for status, in_tumour in (("germline", 0.5), ("germline", 0.5), ("loh", 0.85)):
        contig, start = _free_stretch(ground, stream, taken, 1)
        ref = ground.genome.bases(contig, start, start + 1)
        one = draw_record(stream, tumour, Allele(contig, start + 1, ref, _alternate(stream, ref)), in_tumour)
        depth = stream.integer(60, 120)
        alternate = stream.binomial(depth, 0.5)
        yield replace(one, status=status, normal=Reads(depth - alternate, (alternate,)))


_ODDITIES: Mapping[str, Callable[[_Ground, Tumour, Windows], Iterator[Record]]] = {
    "symbolic": _symbolic,
    "breakend": _breakend,
    "star": _star,
    "phased_pair": _phased_pair,
    "germline": _germline,
}
