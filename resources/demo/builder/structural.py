"""Structural variants of three tumours, as Manta, Delly and GRIDSS would write them; planted and written here.

Cuts lie in the middle of introns. Field names and their layout are those of the callers, descriptions our own words.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from builder.plan import TUMOURS
from builder.streams import Stream

if TYPE_CHECKING:
    from builder.genome import Gene, Genome
    from builder.model import Tumour
    from builder.tsv import Row

COLUMNS = "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT"
TRUTH_COLUMNS = (
    "sample_id", "gene_symbol", "effect", "exons", "disrupts", "filter_accepted", "chrom", "position_1based",
    "partner_position_1based", "why",
)  # fmt: skip

EFFECTS = {"deletion": "exon_deletion", "in_intron": "intronic", "inversion": "breakpoint_in_gene"}


@dataclass(frozen=True)
class Planted:
    """One junction in one gene.

    Parameters
    ----------
    gene : str
        Symbol.
    kind : str
        `deletion` of whole exons, `in_intron` for a deletion that touches none, `inversion` from an intron
        to beyond the gene's lower end.
    exons : tuple of int
        First and last exon that are lost; the exon before the intron for the other two kinds.
    failing : str
        FILTER of the caller; empty: passes.
    why : str
        For the truth table.
    """

    gene: str
    kind: str
    exons: tuple[int, int]
    why: str
    failing: str = ""


STRUCTURAL: Mapping[str, tuple[str, tuple[Planted, ...]]] = {
    "P13_T1": (
        "manta",
        (
            Planted("TP73", "deletion", (2, 3), "exons 2 and 3 lost: the isoform without them"),
            Planted("CREBBP", "in_intron", (4, 4), "within one intron: nothing is lost"),
            Planted("PTEN", "deletion", (3, 4), "the caller's filter refuses it", "MinSomaticScore"),
        ),
    ),
    "P09_T1": ("delly", (Planted("RB1", "deletion", (5, 7), "a third hit of RB1"),)),
    "P08_T1": ("gridss", (Planted("NOTCH1", "inversion", (6, 6), "one side inverted, beyond the gene"),)),
}


@dataclass(frozen=True)
class Junction:
    """A junction with its place: cuts lie right of these bases, from 1; and its reads."""

    planted: Planted
    contig: str
    cuts: tuple[int, int]
    bases: tuple[str, str]
    pairs: tuple[int, int]
    splits: tuple[int, int]


def structural_file(tumour: Tumour) -> str:
    """Return the name of a tumour's VCF below the demo folder; empty without structural variants."""
    caller = STRUCTURAL.get(tumour.sample_id, ("",))[0]
    return f"structural_variants/{tumour.sample_id}.{caller}.vcf" if caller else ""


def structural_texts(genome: Genome) -> dict[str, str]:
    """Return the VCFs by their names below the demo folder."""
    texts = {}
    for tumour in TUMOURS:
        if tumour.sample_id in STRUCTURAL:
            caller = STRUCTURAL[tumour.sample_id][0]
            lines = _CALLERS[caller][0].strip().splitlines()
            lines += [f"##contig=<ID={contig},length={len(bases)}>" for contig, bases in genome.contigs.items()]
            names = tumour.calls.columns if tumour.calls is not None else (tumour.sample_id,)
            lines.append("\t".join([COLUMNS, *names]))
            records = _CALLERS[caller][1](junctions_of(genome, tumour))
            for site, cells in sorted(
                records, key=lambda record: (list(genome.contigs).index(record[0][0]), record[0][1])
            ):
                lines.append("\t".join([*map(str, site), *(cells[_is_tumour(tumour, name)] for name in names)]))
            texts[structural_file(tumour)] = "\n".join(lines) + "\n"
    return texts


def _is_tumour(tumour: Tumour, column: str) -> bool:
    return tumour.calls is None or column == tumour.calls.tumour


def junctions_of(genome: Genome, tumour: Tumour) -> list[Junction]:
    """Return the junctions of a tumour; reads are drawn with a stream of each one's own."""
    found = []
    for planted in STRUCTURAL[tumour.sample_id][1]:
        gene = genome.genes[planted.gene]
        cuts = cuts_of(gene, planted)
        stream = Stream(tumour.sample_id, "structural", planted.gene, planted.kind)
        weak = 0.05 if planted.failing else tumour.purity / 2
        pairs, splits = stream.binomial(90, weak) + 1, stream.binomial(60, weak) + 1
        bases = tuple(genome.bases(gene.spec.contig, cut - 1, cut) for cut in cuts)
        found.append(
            Junction(planted, gene.spec.contig, cuts, (bases[0], bases[1]), (90 - pairs, pairs), (60 - splits, splits))
        )
    return found


def cuts_of(gene: Gene, planted: Planted) -> tuple[int, int]:
    """Return the bases, from 1, right of which the contig is cut; the lower first."""
    first, last = planted.exons
    if planted.kind == "deletion":
        cuts = [_in_intron(gene, exon, 1 / 2) for exon in (first - 1, last)]
    elif planted.kind == "in_intron":
        cuts = [_in_intron(gene, first, part) for part in (1 / 3, 2 / 3)]
    else:
        cuts = [gene.span.start_0based - 200, _in_intron(gene, first, 1 / 2)]
    return min(cuts), max(cuts)


def _in_intron(gene: Gene, exon: int, part: float) -> int:
    """Return a base, from 1, in the intron behind an exon (number in the transcript's order)."""
    exons = gene.transcripts[0].exons
    low, high = sorted((exons[exon - 1], exons[exon]), key=lambda piece: piece.start_0based)
    return low.end + int((high.start_0based - low.end) * part)


Site = tuple[str, int, str, str, str, str, str, str, str]
Records = list[tuple[Site, tuple[str, str]]]

_MANTA = """
##fileformat=VCFv4.1
##source=GenerateSVCandidates 1.6.0
##INFO=<ID=END,Number=1,Type=Integer,Description="End of the variant">
##INFO=<ID=SVTYPE,Number=1,Type=String,Description="Kind of variant">
##INFO=<ID=SVLEN,Number=.,Type=Integer,Description="Difference in length">
##INFO=<ID=SOMATIC,Number=0,Type=Flag,Description="Somatic">
##INFO=<ID=SOMATICSCORE,Number=1,Type=Integer,Description="Somatic quality">
##FORMAT=<ID=PR,Number=.,Type=Integer,Description="Pairs with the reference and with the variant">
##FORMAT=<ID=SR,Number=.,Type=Integer,Description="Split reads with the reference and with the variant">
##FILTER=<ID=MinSomaticScore,Description="Somatic quality is low">
##ALT=<ID=DEL,Description="Deletion">
"""
_DELLY = """
##fileformat=VCFv4.2
##ALT=<ID=DEL,Description="Deletion">
##FILTER=<ID=LowQual,Description="Few reads or poorly placed ones">
##INFO=<ID=CHR2,Number=1,Type=String,Description="Contig of the end">
##INFO=<ID=END,Number=1,Type=Integer,Description="End of the variant">
##INFO=<ID=CT,Number=1,Type=String,Description="Which ends are joined">
##INFO=<ID=SVTYPE,Number=1,Type=String,Description="Kind of variant">
##INFO=<ID=SVMETHOD,Number=1,Type=String,Description="Program">
##INFO=<ID=PRECISE,Number=0,Type=Flag,Description="Known to the base">
##FORMAT=<ID=GT,Number=1,Type=String,Description="Genotype">
##FORMAT=<ID=DR,Number=1,Type=Integer,Description="Pairs with the reference">
##FORMAT=<ID=DV,Number=1,Type=Integer,Description="Pairs with the variant">
##FORMAT=<ID=RR,Number=1,Type=Integer,Description="Split reads with the reference">
##FORMAT=<ID=RV,Number=1,Type=Integer,Description="Split reads with the variant">
"""
_GRIDSS = """
##fileformat=VCFv4.2
##gridssVersion=2.13.2
##INFO=<ID=SVTYPE,Number=1,Type=String,Description="Kind of variant">
##INFO=<ID=EVENT,Number=1,Type=String,Description="Junction that the breakend is of">
##INFO=<ID=MATEID,Number=1,Type=String,Description="Record of the other breakend">
##FORMAT=<ID=GT,Number=1,Type=String,Description="Genotype">
##FORMAT=<ID=REF,Number=1,Type=Integer,Description="Reads across the breakend">
##FORMAT=<ID=REFPAIR,Number=1,Type=Integer,Description="Pairs across the breakend">
##FORMAT=<ID=VF,Number=1,Type=Integer,Description="Fragments with the junction">
"""


def _manta(junctions: Sequence[Junction]) -> Records:
    records: Records = []
    for number, one in enumerate(junctions):
        start, end = one.cuts
        info = f"END={end};SVTYPE=DEL;SVLEN={start - end};SOMATIC;SOMATICSCORE={12 if one.planted.failing else 60}"
        name, filters = f"MantaDEL:{number}:0:1:0:0:0", one.planted.failing or "PASS"
        site = (one.contig, start, name, one.bases[0], "<DEL>", ".", filters, info, "PR:SR")
        records.append((site, ("88,0:61,0", ":".join(",".join(map(str, pair)) for pair in (one.pairs, one.splits)))))
    return records


def _delly(junctions: Sequence[Junction]) -> Records:
    records: Records = []
    for number, one in enumerate(junctions):
        start, end = one.cuts
        info = f"PRECISE;SVTYPE=DEL;SVMETHOD=EMBL.DELLYv1.1.6;CHR2={one.contig};END={end};CT=3to5"
        filters = one.planted.failing or "PASS"
        site = (one.contig, start, f"DEL{number:08d}", one.bases[0], "<DEL>", ".", filters, info, "GT:DR:DV:RR:RV")
        records.append((site, ("0/0:88:0:61:0", "0/1:{}:{}:{}:{}".format(*one.pairs, *one.splits))))
    return records


def _gridss(junctions: Sequence[Junction]) -> Records:
    """Return two breakends per junction that join what lies left of both cuts; and one without a partner."""
    records: Records = []
    for number, one in enumerate(junctions):
        fragments = one.pairs[1] + one.splits[1]
        cells = ("0/0:61:88:0", f"0/1:{one.splits[0]}:{one.pairs[0]}:{fragments}")
        for own, other, place, mate in ((0, 1, "o", "h"), (1, 0, "h", "o")):
            name = f"gridss{number}fb_1"
            info = f"SVTYPE=BND;EVENT={name};MATEID={name}{mate}"
            alt = f"{one.bases[own]}]{one.contig}:{one.cuts[other]}]"
            filters = one.planted.failing or "PASS"
            site = (one.contig, one.cuts[own], name + place, one.bases[own], alt, "900", filters, info)
            records.append(((*site, "GT:REF:REFPAIR:VF"), cells))
        alone = (one.contig, one.cuts[0] + 40, f"gridss{number}b_9b", "N", "N.", "310", "PASS", "SVTYPE=BND")
        records.append(((*alone, "GT:REF:REFPAIR:VF"), cells))
    return records


_CALLERS: Mapping[str, tuple[str, Callable[[Sequence[Junction]], Records]]] = {
    "manta": (_MANTA, _manta),
    "delly": (_DELLY, _delly),
    "gridss": (_GRIDSS, _gridss),
}


def disrupted_genes(tumour: Tumour) -> set[str]:
    """Return the genes that a junction breaks, as the caller believes."""
    planted = STRUCTURAL.get(tumour.sample_id, ("", ()))[1]
    return {one.gene for one in planted if one.kind != "in_intron" and not one.failing}


def structural_events(genome: Genome, tumour: Tumour, *, set_aside: bool = False) -> list[tuple[str, str, str]]:
    """Return gene, name of the event and FILTER of a tumour's junctions: those that count, or the others."""
    if tumour.sample_id not in STRUCTURAL:
        return []
    found = []
    for one in junctions_of(genome, tumour):
        planted = one.planted
        counts = planted.kind != "in_intron" and not planted.failing
        if counts == set_aside:
            continue
        lost = " {}-{}".format(*planted.exons) if planted.kind == "deletion" else ""
        signs = "++" if planted.kind == "inversion" else "+-"
        second = one.cuts[1] + (planted.kind != "inversion")
        name = f"{EFFECTS[planted.kind]}{lost} {one.contig}:{one.cuts[0]}-{second}({signs})"
        found.append((planted.gene, name, planted.failing))
    return found


def structural_rows(genome: Genome) -> list[Row]:
    """Return what the junctions do to driver genes, by sample and gene; exons in the transcript's order."""
    rows: list[Row] = []
    for tumour in TUMOURS:
        if tumour.sample_id not in STRUCTURAL:
            continue
        for one in junctions_of(genome, tumour):
            planted = one.planted
            lost = "{}-{}".format(*planted.exons) if planted.kind == "deletion" else None
            # What is kept right of the second cut of a deletion begins at the next base.
            second = one.cuts[1] + (planted.kind != "inversion")
            disrupts, accepted = (str(flag).lower() for flag in (planted.kind != "in_intron", not planted.failing))
            where = (one.contig, one.cuts[0], second)
            effect = EFFECTS[planted.kind]
            rows.append((tumour.sample_id, planted.gene, effect, lost, disrupts, accepted, *where, planted.why))
    return sorted(rows, key=lambda row: [str(cell) for cell in row[:3]])
