"""A synthetic set of result tables for the report's tests: seeded, of any size, every state in it.

`write_results` writes the tables a run of the workflow would have left, and returns the
keywords of `sclcohort.report.write_report.run`. Nothing in it is a fact about a tumour.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from sclcohort import contracts
from sclcohort.report.cohort import Cohort
from sclcohort.tables import write_rows
from tests.unit.report_builder_fixtures import Builder
from tests.unit.report_resource_fixtures import CONFIG

__all__ = ["CONFIG", "Builder", "cohort_of", "write_results"]

CHUNKED = ("variant_status", "structural_variant_status", "copy_number_status", "gene_disruptions")
PLACES = {
    "samples": ("inputs/samples.tsv", contracts.SAMPLES),
    "clinical": ("inputs/clinical.tsv", contracts.CLINICAL),
    "availability": ("inputs/availability.tsv", contracts.AVAILABILITY),
    "coverage": ("reference/coverage.tsv", contracts.REFERENCE_COVERAGE),
    "variant_status": ("variants/chunk_001.status.tsv", contracts.VARIANT_STATUS),
    "structural_variant_status": (
        "structural_variants/chunk_001.status.tsv",
        contracts.STRUCTURAL_VARIANT_STATUS,
    ),
    "copy_number_status": ("copy_number/chunk_001.status.tsv", contracts.COPY_NUMBER_STATUS),
    "expression_status": ("regulators/status.tsv", contracts.EXPRESSION_STATUS),
    "events": ("drivers/events.tsv", contracts.EVENTS),
    "set_aside": ("drivers/set_aside.tsv", contracts.SET_ASIDE),
    "gene_states": ("drivers/gene_states.tsv", contracts.GENE_STATES),
    "gene_mapping": ("regulators/gene_mapping.tsv", contracts.GENE_MAPPING),
    "scores": ("regulators/scores.tsv", contracts.SCORES),
    "subtypes": ("regulators/subtypes.tsv", contracts.SUBTYPE_CALLS),
    "activity": ("regulators/activity.tsv", contracts.ACTIVITY),
    "evidence": ("resistance/evidence.tsv", contracts.EVIDENCE),
    "classes": ("resistance/classes.tsv", contracts.RESISTANCE_CLASSES),
    "changes": ("patients/changes.tsv", contracts.PATIENT_CHANGES),
    "patient_status": ("patients/status.tsv", contracts.PATIENT_STATUS),
    "driver_genes": ("resources/driver_genes.tsv", contracts.DRIVER_GENES),
    "resistance_rules": ("resources/resistance_rules.tsv", contracts.RESISTANCE_RULES),
    "rb1_status": ("genotypes/rb1_status.tsv", contracts.RB1_STATUS),
    "flags": ("genotypes/flags.tsv", contracts.GENOTYPES),
    "genotype_rules": ("resources/genotype_rules.tsv", contracts.GENOTYPE_RULES),
    "variant_inference": ("variants/inference.tsv", contracts.VARIANT_INFERENCE),
    "purity": ("drivers/purity.tsv", contracts.PURITY),
    "gene_disruptions": ("structural_variants/chunk_001.genes.tsv", contracts.GENE_DISRUPTIONS),
    "annotation_disagreements": ("drivers/annotation_disagreements.tsv", contracts.ANNOTATION_DISAGREEMENTS),
    "mutation_burden": ("burden/mutation_burden.tsv", contracts.MUTATION_BURDEN),
    "recurrence": ("burden/recurrence.tsv", contracts.RECURRENCE),
    "associations": ("regulators/associations.tsv", contracts.ASSOCIATIONS),
    "vulnerabilities": ("resources/vulnerabilities.tsv", contracts.VULNERABILITIES),
    "sample_vulnerabilities": ("regulators/vulnerabilities.tsv", contracts.SAMPLE_VULNERABILITIES),
    "cohort_vulnerabilities": ("regulators/cohort_vulnerabilities.tsv", contracts.COHORT_VULNERABILITIES),
    "doubling_times": ("growth/doubling_times.tsv", contracts.DOUBLING_TIMES),
    "aggression": ("growth/aggression.tsv", contracts.AGGRESSION),
}


def write_results(folder: Path, builder: Builder, config: dict[str, Any] | None = None) -> dict[str, Any]:
    """Write the tables below `folder`; return the keywords of `write_report.run`."""
    keywords: dict[str, Any] = {"cohort": "example", "config": folder / "inputs" / "config.json"}
    for name, (place, contract) in PLACES.items():
        path = folder / place
        write_rows(path, contract, builder.rows[name])
        keywords[name] = (path,) if name in CHUNKED else path
    keywords["config"].write_text(json.dumps(CONFIG if config is None else config), encoding="utf-8")
    keywords["figures"] = folder / "report" / "figures"
    keywords["index"] = folder / "report" / "index.html"
    return keywords


def cohort_of(builder: Builder, config: dict[str, Any] | None = None) -> Cohort:
    """Return the builder's rows as the report holds them, without a way through files."""
    tables = {("sample_rows" if name == "samples" else name): tuple(builder.rows[name]) for name in PLACES}
    return Cohort(name="example", config=CONFIG if config is None else config, **tables)
