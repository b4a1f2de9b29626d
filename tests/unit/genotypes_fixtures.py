"""Samples for the tests of the genotypes stage: all layers imported, every gene judged, nothing found, unless told."""

from __future__ import annotations

from typing import Any

from sclcohort.genotypes.facts import Sample
from sclcohort.genotypes.rb1 import RnaRule

NSCLC_GENES = ("ALK", "EGFR", "KEAP1", "KRAS", "NFE2L2", "STK11")
GENES = (*NSCLC_GENES, "RB1", "TP53", "CDKN2A", "SMARCA4", "CCND1", "CCND2", "CDK4", "MDM2")
RNA = RnaRule(min_log2_difference=3, cdkn2a_silent_max_log2=1, is_comparable=True)


def event(gene: str, name: str, event_type: str, **more: Any) -> dict[str, Any]:
    """Return a likely oncogenic event."""
    row = {"gene_symbol": gene, "event": name, "event_type": event_type, "oncogenic_call": "likely_oncogenic"}
    return row | {"gene_class": "nsclc_like" if gene in NSCLC_GENES else "sclc_driver"} | more


def amplified(gene: str) -> dict[str, Any]:
    """Return an amplification."""
    return event(gene, "amplification", "amplification", copies=12.0)


def state(value: str, **more: Any) -> dict[str, Any]:
    """Return a row of gene_states without its key."""
    return {"state": value} | more


def make_sample(
    *events: dict[str, Any],
    states: dict[str, dict[str, Any]] | None = None,
    copies: dict[str, dict[str, Any]] | None = None,
    **more: Any,
) -> Sample:
    """Return a sample with these events; a gene with a hit is altered, RB1 and TP53 are one_hit, unless told."""
    found: dict[str, list[dict[str, Any]]] = {}
    gene_states = {gene: state("none") for gene in GENES}
    for row in events:
        found.setdefault(row["gene_symbol"], []).append(row)
        if row["oncogenic_call"] == "likely_oncogenic":
            zygosity = row["gene_symbol"] in ("RB1", "TP53")
            gene_states[row["gene_symbol"]] = state("one_hit", second_hit="not_found") if zygosity else state("altered")
    known: dict[str, Any] = {
        "sample_id": "S1",
        "histology": "SCLC",
        "events": found,
        "gene_states": gene_states | (states or {}),
        "copies": {gene: {"state": "neutral", "total_copies": 2.0} for gene in GENES} | (copies or {}),
        "copy_number": {"state": "imported"},
        "expression": {"RB1": 3.0, "CDKN2A": 3.0},
    }
    return Sample(**(known | more))
