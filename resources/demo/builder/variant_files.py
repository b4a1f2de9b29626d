"""Which files of small variants a tumour has, and what is in them."""

from __future__ import annotations

import gzip
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pysam

from builder.dialects import is_indel, vcf_text
from builder.maf import maf_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from builder.alleles import Record
    from builder.genome import Genome
    from builder.model import Calls, Tumour

PARTS = ("snvs", "indels")


def variants_files(tumour: Tumour) -> tuple[str, ...]:
    """Return the names of a tumour's files below the demo folder, in the order of the sheet; none without calls."""
    calls = tumour.calls
    if calls is None:
        return ()
    end = "vcf.gz" if calls.compressed else "vcf"
    if calls.kind == "maf":
        names = ["maf.gz"]
    elif calls.kind == "snvs_and_indels":
        names = [f"somatic.{part}.{end}" for part in PARTS]
    else:
        names = [f"{caller}.{end}" for caller in calls.callers]
    return tuple(f"variants/{tumour.sample_id}.{name}" for name in names)


def write_variants(genome: Genome, tumour: Tumour, records: Sequence[Record], demo: Path) -> None:
    """Write a tumour's files, with an index beside each that bgzip has compressed."""
    if tumour.calls is None:
        return
    for name, text in zip(variants_files(tumour), _texts(genome, tumour, tumour.calls, records), strict=True):
        path = demo / name
        if name.endswith(".maf.gz"):
            path.write_bytes(gzip.compress(text.encode(), mtime=0))
        elif tumour.calls.compressed:
            write_indexed(path, text)
        else:
            path.write_text(text, encoding="utf-8", newline="\n")


def write_indexed(path: Path, text: str) -> None:
    """Write a VCF with bgzip, and its .tbi."""
    with tempfile.TemporaryDirectory() as folder:
        plain = Path(folder) / "plain.vcf"
        plain.write_text(text, encoding="utf-8", newline="\n")
        pysam.tabix_compress(str(plain), str(path), force=True)
    pysam.tabix_index(str(path), preset="vcf", force=True)


def _texts(genome: Genome, tumour: Tumour, calls: Calls, records: Sequence[Record]) -> list[str]:
    if calls.kind == "maf":
        return [maf_text(genome, calls, records)]
    if calls.kind == "snvs_and_indels":
        of_part = {part: [one for one in records if is_indel(one) == (part == "indels")] for part in PARTS}
        return [vcf_text(genome, calls, of_part[part], part=part) for part in PARTS]
    texts = []
    for caller in calls.callers:
        own = [one for one in records if not one.callers or caller in one.callers]
        as_called = calls if caller == calls.caller else second_calls(calls)
        texts.append(vcf_text(genome, as_called, own, sample_id=tumour.sample_id))
    return texts


def second_calls(calls: Calls) -> Calls:
    """Return how the second caller wrote its file: with columns named as its own."""
    return replace(
        calls,
        caller=calls.second_caller,
        second_caller="",
        columns=("NORMAL", "TUMOR"),
        tumour="TUMOR",
        normal="NORMAL",
        has_contig_lines=False,
    )
