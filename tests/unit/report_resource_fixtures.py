"""What the synthetic tables of the report are judged by: genes, rules and configuration. None is a fact."""

from __future__ import annotations

from typing import Any

from sclcohort import contracts

CITATION = "Example A, 2024, Journal of Examples, doi:10.0000/example"
GENES = [
    (gene, role, gene_class, zygosity == "zygosity")
    for gene, role, gene_class, zygosity in (
        line.split()
        for line in """
TP53 tumour_suppressor sclc_driver zygosity
RB1 tumour_suppressor sclc_driver zygosity
PTEN tumour_suppressor sclc_driver zygosity
NOTCH1 tumour_suppressor sclc_driver -
CREBBP tumour_suppressor sclc_driver -
EP300 tumour_suppressor sclc_driver -
KMT2D tumour_suppressor sclc_driver -
MYC oncogene sclc_driver -
MYCL oncogene sclc_driver -
MYCN oncogene sclc_driver -
TP73 isoform_oncogene sclc_driver -
PIK3CA oncogene sclc_driver -
FGFR1 oncogene sclc_driver -
SOX2 oncogene sclc_driver -
CDKN2A tumour_suppressor sclc_driver -
KEAP1 tumour_suppressor nsclc_like -
KRAS oncogene nsclc_like -
SMARCA4 tumour_suppressor sclc_mimic -
ATM tumour_suppressor dna_repair -
LRP1B context passenger_prone -
FAT1 context passenger_prone -
""".strip().splitlines()
    )
]
# rule_id | therapy | strategy | marker | direction | level | data | feature | operator | threshold
RULES = [
    tuple(cell.strip() for cell in line.split("|"))
    for line in """
ctfi_short | platinum-etoposide | chemotherapy | CTFI below the cut | resistance | A | clinical | ctfi_days | < | 90
ctfi_long | platinum-etoposide | chemotherapy | CTFI from the cut on | sensitivity | A | clinical | ctfi_days | >= | 90
slfn11_low | platinum-etoposide | chemotherapy | SLFN11 low | resistance | C | rna | expression:SLFN11 | - | -
ctfi_lurbinectedin | lurbinectedin | chemotherapy | CTFI long | sensitivity | A | clinical | ctfi_days | >= | 90
slfn11_high | PARP inhibitor | targeted | SLFN11 expressed | sensitivity | A | rna | expression:SLFN11 | - | -
hr_mutation | PARP inhibitor | targeted | HR gene mutation | not_predictive | C | dna | gene:ATM | is | altered
myc_amp | AURK inhibitor | targeted | MYC amplified | sensitivity | C | copy_number | copies:MYC | >= | 8
rb1_lost | CDK4/6 inhibitor | targeted | RB1 lost | resistance | D | dna | gene:RB1 | is | biallelic
dll3_low | tarlatamab | immunotherapy | DLL3 low | resistance | B | rna | expression:DLL3 | - | -
inflamed_ici | checkpoint inhibitor | immunotherapy | Inflamed subtype | sensitivity | A | rna | subtype | is | SCLC-I
subtype_ici | checkpoint inhibitor | immunotherapy | A or N | not_predictive | B | rna | subtype | in | SCLC-A,SCLC-N
""".replace("-\n", "\n")
    .replace("| - |", "| |")
    .strip()
    .splitlines()
]
CONFIG: dict[str, Any] = {
    "cohort": "example",
    "samples": "config/samples.tsv",
    "clinical": "config/clinical.tsv",
    "samples_per_job": 25,
    "accept": ["refused_samples"],
    "reference": {"build": "demo", "fasta": "demo/genome.fa", "gff": "demo/genes.gff3", "gene_coordinates": None},
    "variants": {"accepted_filters": ["PASS", "."]},
    "structural_variants": {"max_focal_bases": 2500000},
    "copy_number": {
        "amplification_min_copies": 7.25,
        "gain_min_copies": 3.5,
        "loss_max_copies": 1.25,
        "deep_deletion_max_copies": 0.375,
    },
    "drivers": {"max_error_probability": 0.0125},
    "expression": {"matrix": "demo/expression.tsv", "unit": "counts"},
    "regulators": {"min_probability": 0.625, "min_margin": 0.1875, "min_genes_fraction": 0.75},
    "resistance": {"ctfi_cut_days": 87, "thresholds": {"dll3_low": 2.5}},
}


def list_resources(builder: Any) -> None:
    """Add the rows of the tables below `resources`, and of what the run's reference and matrix hold of them."""
    for gene, role, gene_class, zygosity in GENES:
        builder.rows["driver_genes"].append(
            {
                "gene_symbol": gene,
                "role": role,
                "gene_class": gene_class,
                "events": "truncating,hotspot",
                "zygosity": zygosity,
                "citation": CITATION,
                "certainty": "verified",
            }
        )
        covered = gene != "SOX2"
        builder.rows["coverage"].append(
            {
                "gene_symbol": gene,
                "in_gene_model": covered,
                "has_span": True,
                "reason": "" if covered else "not in the gene model of this run",
            }
        )
    for rule_id, therapy, strategy, marker, direction, level, source, feature, operator, threshold in RULES:
        builder.rows["resistance_rules"].append(
            {
                "rule_id": rule_id,
                "therapy": therapy,
                "strategy": strategy,
                "marker": marker,
                "direction": direction,
                "level": level,
                "data": source,
                "feature": feature,
                "operator": operator,
                "threshold": threshold,
                "threshold_source": "Example 2024" if threshold else "none published",
                "citation": CITATION,
                "measured_in_source": "IHC H-score" if source == "rna" else "",
                "certainty": "unverified" if rule_id == "dll3_low" else "verified",
                "note": "A note.",
            }
        )
    for name in (*contracts.GENOTYPE_FLAGS, *contracts.RB1_SUPPORTS):
        builder.rows["genotype_rules"].append(
            {
                "rule": name,
                "criterion": f"Criterion of {name}.",
                "meaning": f"Meaning of {name}.",
                "citation": CITATION,
                "certainty": "choice",
                "note": "A note.",
            }
        )
    for gene, name, rule in (("ASCL1", "ASCL1", "symbol"), ("CCN1", "CYR61", "alias"), ("POU2AF3", "", "missing")):
        builder.rows["gene_mapping"].append(
            {
                "gene_symbol": gene,
                "name_in_matrix": name,
                "rule": rule,
                "used_by": "ne_score,programme_p",
                "reason": {"alias": "old symbol", "missing": "not a row of the matrix"}.get(rule, ""),
            }
        )
