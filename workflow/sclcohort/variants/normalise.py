"""One sample's VCF in, its normalised small variants out.

The body of a VCF is handled by bcftools; the only pass of ours goes over raw lines, to put the header in
order and to set aside what is no small variant.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import pysam

from sclcohort.coordinates import differ_by_prefix
from sclcohort.errors import StepError
from sclcohort.variants.bcftools import bcftools
from sclcohort.variants.dialects import Columns, Dialect, choose_columns, detect_dialect
from sclcohort.variants.headers import OURS, THEIRS, clean_header, declared_contigs

SEQUENCE = re.compile(rb"[ACGTNacgtn]+$")
MISMATCHES_SHOWN = 3


class Site(NamedTuple):
    """One allele of the reference genome, with the FILTER of the sample it was read from."""

    chrom: str
    position_1based: int
    ref: str
    alt: str
    filters: str


@dataclass(frozen=True)
class Normalised:
    """One sample's small variants after normalisation.

    Parameters
    ----------
    path : Path
        Sorted, indexed BCF: one alternate allele a record, left-aligned, each allele once.
    dialect, columns
        What was told of the file.
    sites : list of Site
        Its alleles, in order.
    records, set_aside, duplicates : int
        Records of the input; alleles that are no small variants; alleles met again.
    outside : int
        Records on contigs that the reference lacks, part of `set_aside`.
    """

    path: Path
    dialect: Dialect
    columns: Columns
    sites: list[Site]
    records: int
    set_aside: int
    duplicates: int
    outside: int


def normalise(
    source: Path,
    sample_id: str,
    wanted: tuple[str | None, str | None],
    genome: Path,
    contigs: Mapping[str, int],
    scratch: Path,
) -> Normalised:
    """Normalise the VCF of one sample.

    Parameters
    ----------
    source : Path
        VCF or BCF, plain or compressed, sorted or not.
    sample_id : str
        Name that the tumour column gets; the normal's is ``<sample_id>_normal``.
    wanted : tuple of str or None
        Tumour and normal column as the sheet names them.
    genome : Path
        Indexed FASTA.
    contigs : mapping of str to int
        Its contigs and lengths, in order.
    scratch : Path
        Folder for files in between.

    Raises
    ------
    StepError
        The file cannot be read to its end, its columns cannot be told, its contigs are not those of the genome, or a
        REF allele is not what the genome has there.
    """
    header, names, fields = _read_header(source)
    dialect = detect_dialect("\n".join(header), fields)
    columns = choose_columns(names, "\n".join(header), sample_id, *wanted)
    _check_declared(declared_contigs(header), contigs)
    kept = [columns.tumour] if columns.normal is None else [columns.tumour, columns.normal]
    whole, body = scratch / "whole.vcf", scratch / "body.vcf"
    bcftools("view", "-Ov", "-o", str(whole), str(source))
    renamed = [sample_id, f"{sample_id}_normal"][: len(kept)]
    counts = _rewrite(whole, body, contigs, dict(zip(renamed, map(names.index, kept), strict=True)), dialect.caller)
    result = scratch / f"{sample_id}.bcf"
    _split_and_align(body, result, genome, scratch, any_symbolic=counts.symbolic > 0)
    sites = read_sites(result, scratch)
    duplicates = counts.alleles - len(sites)
    outside = counts.outside
    set_aside = counts.symbolic + outside
    return Normalised(result, dialect, columns, sites, counts.records, set_aside, duplicates, outside)


def _read_header(source: Path) -> tuple[list[str], list[str], set[str]]:
    """Return header lines, sample columns and FORMAT fields."""
    verbosity = pysam.set_verbosity(0)
    try:
        with pysam.VariantFile(str(source)) as variants:
            lines = str(variants.header).splitlines()
            return lines, list(variants.header.samples), {str(name) for name in variants.header.formats}
    except (OSError, ValueError) as error:
        raise StepError(f"not a readable VCF or BCF ({error}); fix: give the caller's VCF") from error
    finally:
        pysam.set_verbosity(verbosity)


def _check_declared(declared: Mapping[str, int | None], contigs: Mapping[str, int]) -> None:
    """Compare the contigs that a VCF declares with the genome's: names, then lengths."""
    if differ_by_prefix(set(declared), set(contigs)):
        raise StepError(_prefix_message(min(declared), min(contigs)))
    for name, bases in declared.items():
        if bases is not None and contigs.get(name, bases) != bases:
            raise StepError(
                f"contig {name} has {bases} bases in the VCF and {contigs[name]} in the genome; "
                "fix: set reference.fasta to the build the variants were called on"
            )


def _prefix_message(found: str, expected: str) -> str:
    return (
        f"contigs are named like {found}, those of the genome like {expected}; "
        "fix: rename them with bcftools annotate --rename-chrs"
    )


@dataclass
class _Counts:
    records: int = 0
    alleles: int = 0
    symbolic: int = 0
    outside: int = 0


def _rewrite(whole: Path, body: Path, contigs: Mapping[str, int], columns: Mapping[str, int], caller: str) -> _Counts:
    """Write the VCF with the clean header, only the records that hold a small variant, and only our columns.

    `columns` gives the new name of each sample column that is kept and its place among those of the input.
    """
    counts = _Counts()
    known = {name.encode() for name in contigs}
    unknown: set[str] = set()
    header: list[str] = []
    with whole.open("rb") as lines, body.open("wb") as out:
        for line in lines:
            if line.startswith(b"#"):
                header.append(line.decode(errors="replace").rstrip("\r\n"))
                if line.startswith(b"#CHROM"):
                    out.write(
                        "".join(f"{text}\n" for text in clean_header(header, contigs, list(columns), caller)).encode()
                    )
                continue
            counts.records += 1
            chrom, position, name, ref, alts, *rest = line.rstrip(b"\r\n").split(b"\t")
            sequences = [alt for alt in alts.split(b",") if SEQUENCE.match(alt)]
            if chrom not in known:
                unknown.add(chrom.decode(errors="replace"))
                counts.outside += len(alts.split(b","))
                continue
            counts.symbolic += len(alts.split(b",")) - len(sequences)
            counts.alleles += len(sequences)
            if sequences:
                quality, filters, info, form, *values = rest
                info = info.replace(f"{OURS}=".encode(), f"{THEIRS}=".encode())
                kept = [values[place] for place in columns.values()]
                out.write(b"\t".join((chrom, position, name, ref, alts, quality, filters, info, form, *kept)) + b"\n")
    if unknown and differ_by_prefix(unknown, set(contigs)):
        raise StepError(_prefix_message(min(unknown), min(contigs)))
    if unknown and not counts.alleles and not counts.symbolic:
        raise StepError(
            f"no record lies on a contig of the genome; the VCF has {', '.join(sorted(unknown)[:3])}; "
            "fix: set reference.fasta to the build the variants were called on"
        )
    return counts


def _split_and_align(body: Path, result: Path, genome: Path, scratch: Path, *, any_symbolic: bool) -> None:
    """Split alleles, left-align them against the genome, sort, and keep each allele once; index the result."""
    ordered, split, sorted_ = scratch / "ordered.bcf", scratch / "split.bcf", scratch / "sorted.bcf"
    temporary = str(scratch / "sort")
    bcftools("sort", "-Ou", "-T", temporary, "-o", str(ordered), str(body))
    said = bcftools("norm", "-m", "-any", "-f", str(genome), "-c", "w", "-Ou", "-o", str(split), str(ordered))
    _check_reference(said, genome)
    if any_symbolic:
        # What was split off a record with a real allele: "A,*" or "A,<NON_REF>".
        filtered = scratch / "filtered.bcf"
        bcftools("view", "-i", 'ALT~"^[ACGTNacgtn]*$"', "-Ou", "-o", str(filtered), str(split))
        split = filtered
    bcftools("sort", "-Ou", "-T", temporary, "-o", str(sorted_), str(split))
    bcftools("norm", "-d", "exact", "-Ob", "--write-index", "-o", str(result), str(sorted_))


def _check_reference(said: str, genome: Path) -> None:
    """Refuse alleles whose REF is not the genome's: they were called on another build."""
    rows = [line.split("\t") for line in said.splitlines() if line.startswith("REF_MISMATCH")]
    if not rows:
        return
    with pysam.FastaFile(str(genome)) as fasta:
        shown = []
        for row in rows[:MISMATCHES_SHOWN]:
            chrom, position, ref = row[1], int(row[2]), row[3]
            bases = fasta.fetch(chrom, position - 1, position - 1 + len(ref)).upper()
            shown.append(f"{chrom}:{position} VCF {ref}, genome {bases or 'nothing (beyond its end)'}")
    raise StepError(
        f"REF is not what the genome has at {len(rows)} records ({'; '.join(shown)}); "
        "fix: set reference.fasta to the build the variants were called on"
    )


def read_sites(path: Path, scratch: Path) -> list[Site]:
    """Return the alleles of a normalised file, in order."""
    text = scratch / "sites.txt"
    bcftools("query", "-f", "%CHROM\\t%POS\\t%REF\\t%ALT\\t%FILTER\\n", "-o", str(text), str(path))
    with text.open(encoding="utf-8") as lines:
        rows = (line.rstrip("\n").split("\t") for line in lines)
        return [Site(chrom, int(position), ref, alt, filters) for chrom, position, ref, alt, filters in rows]
