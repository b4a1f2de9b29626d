"""Records of the drivers stage, built in code, for the tests of its judgements."""

from __future__ import annotations

from typing import Any

from sclcohort.drivers.events import Event
from sclcohort.drivers.genes import DriverGene
from sclcohort.drivers.purity import Purity
from sclcohort.drivers.records import GeneCopies, Variant


def variant(alt_reads: int | None = 40, depth: int | None = 100, **fields: Any) -> Variant:
    """Return an accepted TP53 missense variant; any field can be given."""
    values: dict[str, Any] = {
        "sample_id": "S1",
        "chrom": "17",
        "position_1based": 7674220,
        "ref": "G",
        "alt": "A",
        "gene_symbol": "TP53",
        "transcript_id": "T1",
        "is_representative": True,
        "filter": "PASS",
        "filter_accepted": True,
        "depth_reads": depth,
        "alt_depth_reads": alt_reads,
        "vaf": None if alt_reads is None or not depth else alt_reads / depth,
        "consequence": "missense",
        "consequence_class": "missense",
        "protein_position": 248,
        "hgvs_p": "p.R248W",
    }
    return Variant(**(values | fields))


def copies(state: str = "neutral", total: float | None = 2.0, minor: float | None = None, **fields: Any) -> GeneCopies:
    """Return the copy number of a gene."""
    values: dict[str, Any] = {
        "log2_ratio": 0.0,
        "total_copies": total,
        "minor_copies": minor,
        "state": state,
        "lowest_log2_ratio": 0.0,
        "covered_fraction": 0.0 if state == "not_covered" else 1.0,
    }
    return GeneCopies(**(values | fields))


def driver_gene(symbol: str = "TP53", **fields: Any) -> DriverGene:
    """Return a tumour suppressor; any field can be given."""
    values: dict[str, Any] = {
        "symbol": symbol,
        "role": "tumour_suppressor",
        "gene_class": "sclc_driver",
        "events": ("hotspot", "truncating", "splice", "missense"),
        "zygosity": True,
        "domain": None,
        "citation": "George 2015",
        "certainty": "verified",
    }
    return DriverGene(**(values | fields))


def hit(one: Variant | None = None, event_type: str = "hotspot") -> Event:
    """Return an event of TP53 that counts as a hit; without a variant, a deep deletion."""
    name = "deep_deletion" if one is None else one.label
    kind = "deep_deletion" if one is None else event_type
    return Event("S1", driver_gene(), name, kind, "likely_oncogenic", "", "", one, None)


def given(value: float, low: float | None = None, high: float | None = None) -> Purity:
    """Return a purity from the sheet, or with an interval."""
    return Purity(value, low, high, "sheet", "given in the sample sheet")
