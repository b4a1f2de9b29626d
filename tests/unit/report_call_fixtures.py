"""What expression, rules and follow-up add to the synthetic tables of the report, sample by sample."""

from __future__ import annotations

from typing import Any

from tests.unit.report_resource_fixtures import CITATION, RULES


def call_subtype(builder: Any, sample: str, *, scored: bool) -> str:
    """Add the scores and the subtype of a sample; return the subtype."""
    draw = builder.random.random
    if not scored:
        builder.rows["subtypes"].append({"sample_id": sample, "subtype": "not_assessable", "reason": "no expression"})
        builder.rows["scores"].append({"sample_id": sample, "reason": "no expression", "set_reason": "no expression"})
        return "not_assessable"
    leader = builder.random.choices("anpy", (6, 2, 1, 1))[0]
    weights = {programme: draw() * 0.4 for programme in "anpy"}
    weights[leader] += 0.5 + draw() * 3
    total = sum(weights.values())
    chances = {programme: weight / total for programme, weight in weights.items()}
    ranked = sorted(chances.values(), reverse=True)
    subtype, components = f"SCLC-{leader.upper()}", ""
    if ranked[0] < 0.625:
        subtype, components = ("hybrid", "A+N") if leader in "an" and draw() < 0.5 else ("unclassified", "")
    elif draw() < 0.05:
        subtype = "SCLC-I"
    builder.rows["subtypes"].append(
        {
            "sample_id": sample,
            "subtype": subtype,
            "components": components,
            "probability": ranked[0],
            "margin": ranked[0] - ranked[1],
            **{f"probability_{key}": value for key, value in chances.items()},
            "genes_missing": "POU2AF3",
            "rule": "leading_programme",
            "reason": "the leading programme passes both gates",
        }
    )
    genes = {"ascl1": "a", "neurod1": "n", "pou2f3": "p", "yap1": "y"}
    builder.rows["scores"].append(
        {
            "sample_id": sample,
            **{f"{gene}_log2": 9 * chances[key] + draw() for gene, key in genes.items()},
            **{f"programme_{key}": 0.6 * value - 0.1 for key, value in chances.items()},
            "programme_genes": 79,
            "ne_score": (0.5 if leader in "an" else -0.35) + 0.3 * (draw() - 0.5),
            "ne_genes": 49,
            "t_cell_inflamed": 1.5 + 2 * draw(),
            "t_cell_inflamed_genes": 18,
            "proliferation": 0.75,
            "proliferation_genes": 11,
            "metastasis_genes": 1,
            "emt": -0.125,
            "emt_genes": 12,
            "ranked_genes": 140,
            "set_genes_missing": "FOXA2",
            "set_reason": "metastasis: 1 of 2 genes measured, 80% needed",
        }
    )
    return subtype


def weigh_resistance(
    builder: Any, sample: str, patient: str, subtype: str, *, clinical: bool, rna: bool, dna: bool
) -> None:
    """Add the answer of every rule for a sample, and the class of every therapy."""
    answered: dict[str, list[tuple[str, str, str]]] = {}
    for rule_id, therapy, strategy, marker, direction, level, source, _, operator, threshold in RULES:
        available = {"clinical": clinical, "rna": rna, "dna": dna, "copy_number": dna}[source]
        if direction == "not_predictive":
            status = "not_predictive"
        elif not available:
            status = "not_assessable"
        elif not threshold:
            status = "no_threshold"
        else:
            status = "met" if builder.random.random() < 0.4 else "not_met"
        builder.rows["evidence"].append(
            {
                "sample_id": sample,
                "therapy": therapy,
                "rule_id": rule_id,
                "strategy": strategy,
                "marker": marker,
                "direction": direction,
                "level": level,
                "status": status,
                "value": "3.2" if available else "",
                "threshold": f"{operator} {threshold}".strip(),
                "threshold_source": "Example 2024" if threshold else "none published",
                "reason": f"no {source} data" if not available else "",
                "citation": CITATION,
                "certainty": "verified",
            }
        )
        answered.setdefault(therapy, []).append((status, direction, rule_id))
    for therapy, rules in answered.items():
        met = {direction for status, direction, _ in rules if status == "met"}
        assessable = sum(status in ("met", "not_met") for status, _, _ in rules)
        state = (
            "conflicting"
            if met == {"resistance", "sensitivity"}
            else "resistance_evidence"
            if "resistance" in met
            else "sensitivity_evidence"
            if met
            else "no_evidence"
            if assessable
            else "not_assessable"
        )
        deciding = sorted(rule_id for status, _, rule_id in rules if status == "met")
        levels = sorted(row[5] for row in RULES if row[0] in deciding)
        builder.rows["classes"].append(
            {
                "sample_id": sample,
                "therapy": therapy,
                "strategy": next(row[2] for row in RULES if row[1] == therapy),
                "class": state,
                "highest_level": levels[0] if levels else "",
                "deciding_rules": ",".join(deciding),
                "rules_assessable": assessable,
                "rules_total": sum(direction != "not_predictive" for _, direction, _ in rules),
                "reason": "no rule could be answered: no clinical data, no expression"
                if state == "not_assessable"
                else "",
            }
        )


def follow(builder: Any, patient: str, members: list[str]) -> None:
    """Add what became of each event, and of the subtype, from sample to sample of a patient."""
    status_rows = {row["sample_id"]: row["state"] for row in builder.rows["variant_status"]}
    sheet = {row["sample_id"]: row for row in builder.rows["samples"]}
    seen: dict[tuple[str, str, str], dict[str, Any]] = {}
    for row in builder.rows["events"]:
        if row["sample_id"] in members:
            seen.setdefault((row["gene_symbol"], row["event"], row["event_type"]), {})[row["sample_id"]] = row
    for (gene, event, kind), found in sorted(seen.items()):
        statuses = {}
        for sample in members:
            assessable = status_rows[sample] == "imported" or sample in found
            statuses[sample] = "present" if sample in found else "not_detected" if assessable else "not_assessable"
            builder.rows["patient_status"].append(
                {
                    "patient_id": patient,
                    "gene_symbol": gene,
                    "event": event,
                    "sample_id": sample,
                    "timepoint": sheet[sample]["timepoint"],
                    "day": sheet[sample]["day"],
                    "site": sheet[sample]["site"],
                    "status": statuses[sample],
                    "vaf": found[sample]["vaf"] if sample in found else None,
                    "reason": "" if assessable else "no variants were imported",
                }
            )
        _change(builder, patient, gene, event, kind, statuses)
    calls = {row["sample_id"]: row["subtype"] for row in builder.rows["subtypes"] if row["sample_id"] in members}
    change = "single_sample" if len(members) == 1 else "kept" if len(set(calls.values())) == 1 else "not_assessable"
    _change(builder, patient, "subtype", ">".join(calls[sample] for sample in members), "subtype", calls, change)


def _change(
    builder: Any, patient: str, gene: str, event: str, kind: str, by_sample: dict[str, str], change: str = ""
) -> None:
    states = list(by_sample.values())
    if not change:
        change = (
            "single_sample"
            if len(states) == 1
            else "not_assessable"
            if "not_assessable" in states
            else "kept"
            if set(states) == {"present"}
            else "newly_detected"
            if states[0] == "not_detected"
            else "no_longer_detected"
        )
    builder.rows["changes"].append(
        {
            "patient_id": patient,
            "gene_symbol": gene,
            "event": event,
            "event_type": kind,
            "change": change,
            "status_by_sample": ";".join(f"{sample}={state}" for sample, state in by_sample.items()),
            "reason": "",
        }
    )
