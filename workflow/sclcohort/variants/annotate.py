"""Consequences of all sites of a chunk at once, and back to each sample.

`bcftools csq` spends most of its time reading the gene model, and in local mode (``-l``) a consequence depends
on the allele alone: one run over the union of sites gives the same as one run per sample. Local mode, because
somatic variants are subclonal and unphased: haplotype mode would merge variants that share no cell.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from sclcohort.errors import StepError
from sclcohort.variants.bcftools import bcftools
from sclcohort.variants.headers import OURS

if TYPE_CHECKING:
    from sclcohort.variants.normalise import Site

Allele = tuple[str, int, str, str]


def union_of(sites: Iterable[Sequence[Site]], contigs: Mapping[str, int]) -> list[Allele]:
    """Return the distinct alleles of several samples, in the order of the genome."""
    order = {name: number for number, name in enumerate(contigs)}
    alleles = {(site.chrom, site.position_1based, site.ref, site.alt) for sample in sites for site in sample}
    return sorted(alleles, key=lambda allele: (order[allele[0]], *allele[1:]))


def annotate_union(
    alleles: Sequence[Allele],
    contigs: Mapping[str, int],
    genome: Path,
    gff: Path,
    gene_spans: Mapping[str, Sequence[tuple[int, int]]],
    scratch: Path,
) -> Path:
    """Annotate alleles with `bcftools csq -l`; return an indexed BCF without samples.

    Parameters
    ----------
    alleles : sequence of (chrom, position_1based, ref, alt)
        Distinct, in the order of the genome.
    contigs : mapping of str to int
        Contigs of the genome.
    genome, gff : Path
        Indexed FASTA and Ensembl GFF3.
    gene_spans : mapping of str to sequence of (start_0based, end)
        Protein-coding genes by contig, sorted.
    scratch : Path
        Folder for files in between.

    Raises
    ------
    StepError
        Sites lie in protein-coding genes and csq annotated none: it says nothing when it cannot match.
    """
    plain, annotated, union = scratch / "union.vcf", scratch / "union.csq.vcf", scratch / "union.bcf"
    with plain.open("w", encoding="utf-8") as out:
        out.write("##fileformat=VCFv4.2\n")
        out.writelines(f"##contig=<ID={name},length={bases}>\n" for name, bases in contigs.items())
        out.write("#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n")
        out.writelines(f"{chrom}\t{position}\t.\t{ref}\t{alt}\t.\t.\t.\n" for chrom, position, ref, alt in alleles)
    bcftools("csq", "-l", "-f", str(genome), "-g", str(gff), "-Ov", "-o", str(annotated), str(plain))
    _check_some_annotated(annotated, alleles, gene_spans)
    bcftools("view", "-Ob", "--write-index", "-o", str(union), str(annotated))
    return union


def _check_some_annotated(
    annotated: Path, alleles: Sequence[Allele], gene_spans: Mapping[str, Sequence[tuple[int, int]]]
) -> None:
    inside = sum(lies_in(gene_spans.get(chrom, ()), position - 1) for chrom, position, _, _ in alleles)
    if not inside:
        return
    with annotated.open("rb") as lines:
        if not any(f"{OURS}=".encode() in line for line in lines if not line.startswith(b"#")):
            raise StepError(
                f"{inside} alleles lie in protein-coding genes and bcftools csq annotated none of them; "
                "fix: check that reference.gff is an Ensembl GFF3 of the same build as reference.fasta"
            )


def lies_in(spans: Sequence[tuple[int, int]], base_0based: int) -> bool:
    """Tell whether a base lies in one of the spans, which are sorted and may overlap a little."""
    place = bisect_left(spans, (base_0based + 1, 0))
    return any(start <= base_0based < end for start, end in spans[max(0, place - 20) : place])


def annotate_sample(normalised: Path, union: Path, output: Path) -> None:
    """Write one sample's variants with the consequences of the union, bgzip-compressed, with its index."""
    arguments = ("-a", str(union), "-c", f"INFO/{OURS}", "-Oz", "-o", str(output), "--write-index=tbi")
    bcftools("annotate", *arguments, str(normalised))
