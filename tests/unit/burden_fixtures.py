"""Tables of a small cohort for the burden stage: two genes of 300 coding bases on one contig."""

from __future__ import annotations

from pathlib import Path

from sclcohort.contracts import CODING_EXONS, CODING_VARIANTS, SAMPLES, VARIANT_STATUS
from sclcohort.tables import write_rows

# Gene: its coding intervals.
GENES = {"ONE": [(100, 200), (300, 500)], "TWO": [(1000, 1300)]}


def sample(name, patient="P1", *, target=None, variants="x.vcf"):
    return {"sample_id": name, "patient_id": patient, "chunk": "0001", "variants": variants, "target": target}


def status(name, state="imported", *, normal=True, reason=""):
    row = {"sample_id": name, "state": state, "has_normal": normal, "reason": reason}
    return row | {"has_normal": normal if row["state"] == "imported" else None}


def variant(name, position, ref="A", alt="T", *, gene="ONE", kind="missense", **changed):
    """Return a row of CODING_VARIANTS; `position` is 1-based."""
    return {
        "sample_id": name,
        "chrom": "1",
        "position_1based": position,
        "ref": ref,
        "alt": alt,
        "filter_accepted": True,
        "gene_symbol": gene,
        "transcript_id": f"T_{gene}",
        "is_representative": True,
        "consequence": kind,
        "consequence_class": kind,
    } | changed


def write_cohort(folder: Path, samples, statuses, variants):
    """Write the tables; return them as options of the steps."""
    write_rows(folder / "samples.tsv", SAMPLES, samples)
    write_rows(folder / "status.tsv", VARIANT_STATUS, statuses)
    write_rows(folder / "variants.tsv", CODING_VARIANTS, variants)
    exons = [
        {"transcript_id": f"T_{gene}", "contig": "1", "strand": "+", "start_0based": start, "end": end}
        for gene, pieces in GENES.items()
        for start, end in pieces
    ]
    write_rows(folder / "exons.tsv", CODING_EXONS, exons)
    return {
        "samples": folder / "samples.tsv",
        "variant_status": (folder / "status.tsv",),
        "coding_variants": (folder / "variants.tsv",),
        "coding_exons": folder / "exons.tsv",
    }
