"""What the genome stages add to the synthetic tables of `report_fixtures`: every state of the new columns in it."""

from __future__ import annotations

import random
from typing import Any

SMALL = ("hotspot", "truncating", "splice", "missense", "inframe_indel")
PANEL_OF_EVERY = 4


def enrich(builder: Any, *, seed: int = 11) -> Any:
    """Fill origin, clonality, points and copies of the events, and the tables of purity, burden and junctions."""
    draw = random.Random(seed)
    rows = builder.rows
    panel = {row["sample_id"] for place, row in enumerate(rows["samples"]) if place % PANEL_OF_EVERY == 3}
    for place, row in enumerate(rows["events"]):
        _fill_event(row, place)
    for row in rows["gene_states"]:
        if row["sample_id"] in panel and row["gene_symbol"] in ("CREBBP", "EP300") and row["state"] == "none":
            row |= {"state": "not_covered", "reason": "panel leaves the gene out"}
        if row["state"] in ("biallelic", "one_hit"):
            row["mechanism"] = "single_hit" if row["state"] == "one_hit" else draw.choice(["hit_with_loh", "two_hits"])
    status = {row["sample_id"]: row["state"] for row in rows["variant_status"]}
    for place, sheet in enumerate(rows["samples"]):
        sample = sheet["sample_id"]
        rows["purity"].append(_purity(sample, sheet["purity"], place))
        rows["mutation_burden"].append(_burden(sample, draw, place, in_panel=sample in panel, state=status[sample]))
    first = rows["samples"][0]["sample_id"]
    for effect, event in (("exon_deletion", "exon_deletion 5-7 13:100-900(+-)"), ("intronic", "intronic 13:5-9(+-)")):
        rows["gene_disruptions"].append(
            {
                "sample_id": first, "gene_symbol": "RB1", "event": event, "effect": effect, "sv_type": "DEL",
                "disrupts": effect != "intronic", "chrom": "13", "position_1based": 100, "partner_chrom": "13",
                "partner_position_1based": 900, "filter_accepted": True, "supporting_reads": 37,
            }
        )  # fmt: skip
    rows["events"].append(
        {
            "sample_id": first, "gene_symbol": "RB1", "event": "exon_deletion 5-7 13:100-900(+-)",
            "event_type": "rearrangement", "gene_class": "sclc_driver", "oncogenic_call": "likely_oncogenic",
            "alt_depth_reads": 37, "depth_reads": 150, "reason": "breaks a tumour suppressor", "citation": "Example",
        }
    )  # fmt: skip
    rows["set_aside"].append(
        {
            "sample_id": first, "gene_symbol": "RB1", "event": "intronic 13:5-9(+-)", "chrom": "13",
            "position_1based": 5, "ref": "N", "alt": "<DEL>", "reason": "a junction inside an intron",
        }
    )  # fmt: skip
    rows["annotation_disagreements"].append(
        {
            "sample_id": first, "gene_symbol": "TP53", "chrom": "17", "position_1based": 7, "ref": "C", "alt": "T",
            "transcript_id": "ENST1", "consequence": "missense", "hgvs_p": "p.R175H", "annotation_source": "VEP",
            "annotation_consequence": "intron_variant", "event": "p.R175H",
        }
    )  # fmt: skip
    rows["recurrence"] += [_tested("TP53", 40, 1e-9), _tested("NOTCH1", 9, 0.02), _tested("FAT1", 11, 0.7)]
    return builder


def _fill_event(row: dict[str, Any], place: int) -> None:
    if row["event_type"] not in SMALL:
        row |= {"focality": ("focal", "broad", "not_assessable")[place % 3], "ploidy_ratio": row["copies"] / 2.5}
        return
    row |= {
        "origin": ("somatic", "uncertain", "likely_germline")[place % 3],
        "origin_reason": f"origin reason {place}",
        "oncogenicity_class": "likely_oncogenic",
        "oncogenicity_points": 9,
        "oncogenicity_criteria": "OVS1=8;OP4=1",
        "callers": "mutect2;strelka2",
        "callers_given": 3 if place % 2 else 1,
        "annotation": "VEP: intron_variant" if place % 5 == 0 else "",
    }
    if place % 4:
        row |= {"ccf": 0.8125, "ccf_low": 0.625, "ccf_high": 1.0, "clonality": "clonal"}
    else:
        row |= {"clonality": "not_assessable", "clonality_reason": "purity is unknown"}


def _purity(sample: str, given: float | None, place: int) -> dict[str, Any]:
    if given is not None:
        return {"sample_id": sample, "purity": given, "source": "sheet", "reason": "given in the sample sheet"}
    if place % 2:
        return {"sample_id": sample, "source": "none", "reason": "no TP53 hit to estimate from"}
    return {
        "sample_id": sample, "purity": 0.5625, "purity_low": 0.4375, "purity_high": 0.6875, "source": "tp53_vaf",
        "reason": "TP53 p.R175H",
    }  # fmt: skip


def _burden(sample: str, draw: random.Random, place: int, *, in_panel: bool, state: str) -> dict[str, Any]:
    if state != "imported":
        return {"sample_id": sample, "state": "not_assessable", "reason": "no variants were imported"}
    target, megabases = ("panel_300", 0.5) if in_panel else ("all_coding", 33.0)
    counted = 0 if place == 0 else draw.randint(1, 20) if in_panel else draw.randint(60, 600)
    return {
        "sample_id": sample, "state": "measured", "target": target, "target_megabases": megabases, "counted": counted,
        "burden_per_megabase": counted / megabases, "burden_low": 0.8 * counted / megabases,
        "burden_high": (1.2 * counted + 3.7) / megabases, "missense": counted // 2, "nonsynonymous": counted // 2,
        "synonymous": counted - counted // 2, "definition": "accepted small variants per megabase", "reason": "",
    }  # fmt: skip


def _tested(gene: str, mutated: int, q_value: float) -> dict[str, Any]:
    return {
        "gene_symbol": gene, "state": "tested", "patients": 60, "patients_mutated": mutated, "patients_expected": 3.1,
        "p_value": q_value / 3, "q_value": q_value, "detectable_percent": 12.0, "coding_bases": 1200, "reason": "",
    }  # fmt: skip
