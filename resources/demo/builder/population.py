"""Allele frequencies of a population, as gnomAD writes them; all frequencies are invented.

It holds the germline variants that callers of this cohort reported, and others that nobody here has.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from builder.alleles import Allele, allele_of
from builder.plan import EVENTS, TUMOURS
from builder.streams import Stream

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from builder.alleles import Record
    from builder.genome import Genome

POPULATION = "population.vcf.gz"
ALLELES_SEEN = 150_000
OTHERS_PER_CONTIG = 4
_HEADER = """##fileformat=VCFv4.2
##source=synthetic, in the layout of gnomAD
##INFO=<ID=AC,Number=A,Type=Integer,Description="Alternate allele count">
##INFO=<ID=AN,Number=1,Type=Integer,Description="Alleles seen">
##INFO=<ID=AF,Number=A,Type=Float,Description="Alternate allele frequency">
##INFO=<ID=AF_grpmax,Number=A,Type=Float,Description="Highest alternate allele frequency of a group">
"""


def population_text(genome: Genome, records: Mapping[str, Sequence[Record]]) -> str:
    """Return the VCF of sites."""
    lines = _HEADER.splitlines()
    lines += [f"##contig=<ID={contig},length={len(bases)}>" for contig, bases in genome.contigs.items()]
    lines.append("#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO")
    order = {contig: place for place, contig in enumerate(genome.contigs)}
    frequencies = dict([*_others(genome), *_of_cohort(genome, records)])
    for allele in sorted(frequencies, key=lambda one: (order[one.contig], one.position_1based, one.ref, one.alt)):
        count = round(frequencies[allele] * ALLELES_SEEN)
        info = f"AC={count};AN={ALLELES_SEEN};AF={count / ALLELES_SEEN:.6g};AF_grpmax={frequencies[allele] * 1.2:.6g}"
        lines.append(f"{allele.contig}\t{allele.position_1based}\t.\t{allele.ref}\t{allele.alt}\t.\tPASS\t{info}")
    return "\n".join(lines) + "\n"


def _of_cohort(genome: Genome, records: Mapping[str, Sequence[Record]]) -> Iterator[tuple[Allele, float]]:
    """Yield the germline variants of the plan, with their frequencies, and those that callers reported as such."""
    for tumour in TUMOURS:
        for hit in tumour.hits:
            if hit.germline_frequency:
                yield allele_of(genome, EVENTS[hit.event].change), hit.germline_frequency
        for record in records[tumour.sample_id]:
            if record.status != "somatic":
                allele = Allele(record.contig, record.position_1based, record.ref, record.alts[0])
                yield allele, Stream("population", allele).uniform(0.01, 0.5)


def _others(genome: Genome) -> Iterator[tuple[Allele, float]]:
    """Yield single bases of every contig, at its first gene's edge, that no tumour has."""
    for contig, bases in genome.contigs.items():
        stream = Stream("population", contig)
        for _ in range(OTHERS_PER_CONTIG):
            position = stream.integer(100, min(500, len(bases) - 100))
            ref = genome.bases(contig, position, position + 1)
            alt = stream.choice([base for base in "ACGT" if base != ref])
            yield Allele(contig, position + 1, ref, alt), stream.uniform(0.0001, 0.4)
