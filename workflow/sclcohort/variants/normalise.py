"""Normalise one sample's records with bcftools, so that one allele has one name whoever called it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from sclcohort.errors import StepError
from sclcohort.variants.bcftools import BcftoolsError, bcftools, last_error
from sclcohort.variants.refusal import RefusedVcfError

_MISMATCH = re.compile(r"^REF_MISMATCH\t(\S+)\t(\d+)\t(\S*)\t(\S*)$", re.MULTILINE)
_DUPLICATES = re.compile(r"^Lines\s+\S+:\s+(?:\d+/){5}(\d+)/\d+$", re.MULTILINE)
_BASES = re.compile(rb"^[ACGT]+$")
SHOWN_MISMATCHES = 3


class Site(NamedTuple):
    """An allele: what a consequence depends on."""

    contig: str
    position_1based: int
    ref: str
    alt: str


@dataclass(frozen=True)
class Normalised:
    """What normalising did.

    Parameters
    ----------
    set_aside : int
        Alleles that are no small variants.
    duplicates : int
        Alleles met more than once, kept once: the first in the file.
    unreadable : frozenset of (str, int)
        Places where the reference has N: their REF cannot be checked, nor a consequence computed.
    """

    set_aside: int
    duplicates: int
    unreadable: frozenset[tuple[str, int]]


def normalise(vcf: Path, columns: Sequence[str], genome: Path, scratch: Path, out: Path) -> Normalised:
    """Split, left-align, sort and deduplicate alleles; keep the columns asked for, in their order.

    Parameters
    ----------
    vcf : Path
        As `intake.take_in` wrote it, in any order.
    columns : sequence of str
        Tumour, then normal.
    genome : Path
        Indexed FASTA.
    scratch : Path
        Folder for intermediate files.
    out : Path
        VCF text to write: one alternate allele of A, C, G, T a record, upper case, sorted.

    Raises
    ------
    RefusedVcfError
        REF differs from the genome, or a record that bcftools cannot split.
    """
    split, bases, ordered = scratch / "split.vcf", scratch / "bases.vcf", scratch / "ordered.bcf"
    try:
        # --force: a tag with the wrong number of values loses the tag, not the sample.
        said = bcftools(
            "norm", "--no-version", "--force", "-m", "-any", "-c", "w", "-f", genome, "-Ov", "-o", split, vcf
        )
    except BcftoolsError as error:
        detail = last_error(scratch / "htslib.messages") or str(error)
        raise RefusedVcfError(f"bcftools norm cannot read the records ({detail}); export the VCF again") from error
    unreadable = check_reference(said)
    set_aside = _keep_small_variants(split, columns, bases)
    try:
        bcftools("sort", "-T", scratch / "sort", "-Ou", "-o", ordered, bases)
        said = bcftools("norm", "--no-version", "-d", "exact", "-Ov", "-o", out, ordered)
    except BcftoolsError as error:
        # The records were read before: what fails here is not the sample's fault (disk, memory).
        raise StepError(f"bcftools could not sort: {last_error(scratch / 'htslib.messages') or error}") from error
    duplicates = _DUPLICATES.search(said)
    if duplicates is None:
        raise StepError(f"bcftools norm reported no counts, but: {said.strip()}")
    return Normalised(set_aside, int(duplicates[1]), unreadable)


def check_reference(said: str) -> frozenset[tuple[str, int]]:
    """Refuse a sample whose REF is not the genome's; return the places where the genome has N.

    Parameters
    ----------
    said : str
        What ``bcftools norm -c w`` printed: a line for each REF that differs.

    Raises
    ------
    RefusedVcfError
        With the number of mismatches and the first of them.
    """
    wrong, unreadable = [], set()
    for contig, position, ref, reference in _MISMATCH.findall(said):
        if set(ref) <= set("Nn"):
            continue
        if _contradicts(ref.upper(), reference.upper()):
            wrong.append(f"{contig}:{position} {ref} (reference {reference or 'ends before'})")
        else:
            unreadable.add((contig, int(position)))
    if wrong:
        shown = ", ".join(_short(one) for one in wrong[:SHOWN_MISMATCHES])
        raise RefusedVcfError(
            f"REF differs from the reference at {len(wrong)} records: {shown}{', ...' if len(wrong) > 3 else ''}; "
            "the calls are of another genome build or assembly: configure the reference they were made on"
        )
    return frozenset(unreadable)


def _contradicts(ref: str, reference: str) -> bool:
    """Tell whether two stretches differ in length, or where both name a base."""
    return len(ref) != len(reference) or any(
        a != b and a in "ACGT" and b in "ACGT" for a, b in zip(ref, reference, strict=True)
    )


def _short(text: str) -> str:
    return text if len(text) <= 80 else f"{text[:77]}..."


def _keep_small_variants(split: Path, columns: Sequence[str], out: Path) -> int:
    """Write the records whose alleles are bases, in upper case, with the columns asked for; count the others.

    bcftools norm leaves alleles in the case of the caller, and those it moved in the case of the
    FASTA: soft-masked genomes would give one allele two names.
    """
    set_aside = 0
    with split.open("rb") as source, out.open("wb") as sink:
        places: list[int] = []
        for line in source:
            if line.startswith(b"##"):
                sink.write(line)
                continue
            cells = line.rstrip(b"\n").split(b"\t")
            if line.startswith(b"#"):
                names = [cell.decode() for cell in cells]
                places = [names.index(name, 9) for name in columns]
            else:
                cells[3], cells[4] = cells[3].upper(), cells[4].upper()
                if not (_BASES.match(cells[3]) and _BASES.match(cells[4])) or cells[3] == cells[4] or cells[1] == b"0":
                    set_aside += 1
                    continue
            sink.write(b"\t".join(cells[:9] + [cells[place] for place in places]) + b"\n")
    return set_aside
