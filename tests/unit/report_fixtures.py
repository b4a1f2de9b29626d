"""A synthetic set of result tables for the report's tests: seeded, of any size, every state in it.

`write_results` writes the tables a run of the workflow would have left, and returns the
keywords of `sclcohort.report.write_report.run`. Nothing in it is a fact about a tumour.
"""

from __future__ import annotations

import json
import random
from collections import defaultdict
from pathlib import Path
from typing import Any

from sclcohort import contracts
from sclcohort.report.cohort import Cohort
from sclcohort.tables import write_rows

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
EVENT_RATES = (
    "TP53 0.9 hotspot truncating splice missense; RB1 0.75 truncating splice deep_deletion; "
    "PTEN 0.15 truncating deep_deletion; NOTCH1 0.2 truncating missense; CREBBP 0.15 hotspot truncating; "
    "KMT2D 0.15 truncating; MYC 0.12 amplification; MYCL 0.18 amplification; PIK3CA 0.08 hotspot; "
    "CDKN2A 0.06 deep_deletion; KEAP1 0.08 truncating; KRAS 0.05 hotspot; SMARCA4 0.05 truncating; "
    "ATM 0.08 missense inframe_indel; LRP1B 0.35 missense; FAT1 0.2 truncating"
)
EVENT_NAMES = {
    "hotspot": "p.R{}H",
    "truncating": "p.Q{}*",
    "splice": "p.X{}_splice",
    "missense": "p.G{}V",
    "inframe_indel": "p.K{}del",
    "amplification": "amplification",
    "deep_deletion": "deep deletion",
}


class Builder:
    """Rows of every table, for `patients` patients of whom every third has two or more samples."""

    def __init__(
        self, patients: int, *, seed: int = 7, dna: bool = True, rna: bool = True, events: bool = True
    ) -> None:
        self.random = random.Random(seed)
        self.dna, self.rna, self.with_events = dna, rna, events
        self.rows: dict[str, list[dict[str, Any]]] = defaultdict(list)
        self._resources()
        for place in range(patients):
            self._patient(place)

    def _resources(self) -> None:
        for gene, role, gene_class, zygosity in GENES:
            self.rows["driver_genes"].append(
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
            self.rows["coverage"].append(
                {
                    "gene_symbol": gene,
                    "in_gene_model": covered,
                    "has_span": True,
                    "reason": "" if covered else "not in the gene model of this run",
                }
            )
        for rule_id, therapy, strategy, marker, direction, level, source, feature, operator, threshold in RULES:
            self.rows["resistance_rules"].append(
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
            self.rows["genotype_rules"].append(
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
            self.rows["gene_mapping"].append(
                {
                    "gene_symbol": gene,
                    "name_in_matrix": name,
                    "rule": rule,
                    "used_by": "ne_score,programme_p",
                    "reason": {"alias": "old symbol", "missing": "not a row of the matrix"}.get(rule, ""),
                }
            )

    def _patient(self, place: int) -> None:
        patient = f"P{place + 1:03d}"
        layout = [("baseline", 0, "lung primary")]
        if place % 3 == 1:
            layout.append(("relapse", 210, "liver"))
        if place % 6 == 4:
            layout.append(("relapse", 210, "lymph node"))
        if place % 4 != 3:
            ctfi = self.random.choice([30, 75, 120, 240])
            self.rows["clinical"].append(
                {
                    "patient_id": patient,
                    "platinum_start_day": 5,
                    "platinum_end_day": 100,
                    "progression_day": 100 + ctfi,
                    "best_response": self.random.choice(["CR", "PR", "SD"]),
                    "ctfi_days": ctfi,
                    "sex": "female",
                }
            )
        members = []
        shared = self._event_set()
        for number, (timepoint, day, site) in enumerate(layout):
            sample = f"{patient}_T{number + 1}"
            members.append(sample)
            self._sample(sample, patient, timepoint, day, site, shared, place)
        self._follow(patient, members)
        if place % 2 == 0:
            self._lesions(patient, place)

    def _lesions(self, patient: str, place: int) -> None:
        """Add the growth of lesions that were measured by turns in every way, with every answer."""
        answers = [
            {
                "state": "fitted",
                "interval": "two_sided",
                "doubling_time_low_days": 21.4,
                "doubling_time_high_days": 96.0,
            },
            {"state": "fitted", "interval": "no_upper_bound", "doubling_time_low_days": 9.25},
            {"state": "fitted", "interval": "none", "measurements": 2},
            {"state": "shrinking"},
            {"state": "unchanged"},
            {"state": "not_assessable", "measurements": 1, "last_day": -10, "days_spanned": 0, "method": ""},
        ]
        for period, turn in (("before_platinum", place // 2), ("after_platinum", place // 2 + 1)):
            answer = answers[turn % len(answers)]
            volumes = {"first_volume_ml": 8.125, "last_volume_ml": 16.25} if answer["state"] != "not_assessable" else {}
            times = {"doubling_time_days": 34.6} if answer["state"] == "fitted" else {}
            self.rows["doubling_times"].append(
                {
                    "patient_id": patient,
                    "lesion": "lung primary",
                    "period": period,
                    "measurements": 3,
                    "first_day": -10,
                    "last_day": 25,
                    "days_spanned": 35,
                    "method": ("volume", "ellipsoid", "sphere")[turn % 3],
                    "reason": f"reason of growth {turn % len(answers)}",
                }
                | volumes
                | times
                | answer
            )

    def _event_set(self) -> list[tuple[str, str, str]]:
        if not self.with_events:
            return []
        chosen = []
        for line in EVENT_RATES.split("; "):
            gene, rate, *kinds = line.split()
            if self.random.random() < float(rate):
                kind = self.random.choice(kinds)
                chosen.append((gene, kind, EVENT_NAMES[kind].format(self.random.randint(20, 380))))
                if gene == "TP53" and self.random.random() < 0.2:
                    chosen.append((gene, "truncating", "p.E11*"))
        return chosen

    def _sample(
        self,
        sample: str,
        patient: str,
        timepoint: str,
        day: int,
        site: str,
        shared: list[tuple[str, str, str]],
        place: int,
    ) -> None:
        draw = self.random.random
        has_variants = self.dna and place % 8 != 5
        has_copies = place % 5 != 2
        has_rna = self.rna and place % 7 != 6
        refused = place % 11 == 8
        purity = None if place % 4 == 1 else round(0.4 + 0.5 * draw(), 2)
        self.rows["samples"].append(
            {
                "sample_id": sample,
                "patient_id": patient,
                "chunk": "chunk_001",
                "timepoint": timepoint,
                "day": day,
                "site": site,
                "specimen": "tumour_tissue",
                "variants": "vcfs/x.vcf.gz" if has_variants else "",
                "purity": purity,
                "histology": "SCLC" if place % 9 else "combined SCLC with adenocarcinoma",
            }
        )
        clinical = place % 4 != 3
        for layer, named in (
            ("variants", has_variants),
            ("structural_variants", has_variants),
            ("copy_number", has_copies),
            ("expression", has_rna),
            ("purity", purity is not None),
            ("clinical", clinical),
        ):
            state = "provided" if named else "not_provided"
            self.rows["availability"].append({"sample_id": sample, "layer": layer, "state": state})
        state = "not_provided" if not has_variants else "refused" if refused else "imported"
        self.rows["variant_status"].append(
            {
                "sample_id": sample,
                "state": state,
                "files": int(has_variants) or None,
                "callers": "mutect2" if state == "imported" else "",
                "has_normal": place % 6 > 0 if state == "imported" else None,
                "records": 120 if state == "imported" else None,
                "alleles": 121 if state == "imported" else None,
                "passed": 80 if state == "imported" else None,
                "set_aside": 2 if state == "imported" else None,
                "duplicates": 0 if state == "imported" else None,
                "reason": "REF differs from the reference at 17:7675088" if state == "refused" else "",
            }
        )
        self.rows["structural_variant_status"].append(
            {
                "sample_id": sample,
                "state": "imported" if has_variants else "not_provided",
                "caller": "manta" if has_variants else "",
                "records": 12 if has_variants else None,
                "reason": "" if has_variants else "the sheet names no structural_variants file",
            }
        )
        self.rows["copy_number_status"].append(
            {
                "sample_id": sample,
                "state": "imported" if has_copies else "not_provided",
                "format": "seg" if has_copies else "",
                "segments": 90 if has_copies else None,
                "purity_used": purity if has_copies else None,
                "reason": "",
            }
        )
        self.rows["expression_status"].append(
            {
                "sample_id": sample,
                "state": "scored" if has_rna else "not_provided",
                "genes_measured": 18000 if has_rna else None,
                "genes_detected": 15000 if has_rna else None,
                "reason": "",
            }
        )
        self._drivers(sample, shared, day, dna=state == "imported", copies=has_copies)
        self._genotypes(sample, place, dna=state == "imported", copies=has_copies)
        subtype = self._regulators(sample, scored=has_rna)
        self._resistance(sample, patient, subtype, clinical=clinical, rna=has_rna, dna=state == "imported")

    def _drivers(self, sample: str, shared: list[tuple[str, str, str]], day: int, *, dna: bool, copies: bool) -> None:
        draw = self.random.random
        found: dict[str, list[str]] = {}
        for gene, kind, name in shared:
            is_copy = kind in ("amplification", "deep_deletion")
            if (is_copy and not copies) or (not is_copy and not dna) or (day and draw() < 0.15):
                continue
            gene_class = next(row[2] for row in GENES if row[0] == gene)
            call = (
                "not_promoted"
                if gene_class == "passenger_prone"
                else "uncertain"
                if kind == "missense" and gene != "TP53"
                else "likely_oncogenic"
            )
            depth = self.random.randint(40, 300)
            alt = self.random.randint(6, depth - 5)
            self.rows["events"].append(
                {
                    "sample_id": sample,
                    "gene_symbol": gene,
                    "event": name,
                    "event_type": kind,
                    "gene_class": gene_class,
                    "oncogenic_call": call,
                    "hgvs_p": "" if is_copy else name,
                    "reason": f"{kind} in {gene}",
                    "citation": CITATION,
                    "depth_reads": None if is_copy else depth,
                    "alt_depth_reads": None if is_copy else alt,
                    "vaf": None if is_copy else alt / depth,
                    "copies": (12.0 if kind == "amplification" else 0.1) if is_copy else None,
                    "consequence": "" if is_copy else kind,
                }
            )
            if call == "likely_oncogenic":
                found.setdefault(gene, []).append(name)
        for gene, _, _, zygosity in GENES:
            row: dict[str, Any] = {"sample_id": sample, "gene_symbol": gene, "evidence": "; ".join(found.get(gene, []))}
            if gene in found:
                row["state"] = "altered"
                if zygosity:
                    lot = draw()
                    row |= (
                        {"state": "biallelic", "second_hit": "found", "confidence": "definite"}
                        if lot < 0.55
                        else {"state": "biallelic", "second_hit": "found", "confidence": "probable"}
                        if lot < 0.75
                        else {"state": "one_hit", "second_hit": "not_found"}
                        if lot < 0.85
                        else {
                            "state": "one_hit",
                            "second_hit": "not_assessable",
                            "reason": "no copy number and purity unknown",
                        }
                    )
            elif dna and copies and gene != "SOX2":
                row["state"] = "none"
            else:
                row |= {
                    "state": "not_assessable",
                    "reason": "no variants were imported" if not dna else "no copy number was imported",
                }
            self.rows["gene_states"].append(row)
        if dna:
            self.rows["set_aside"].append(
                {
                    "sample_id": sample,
                    "gene_symbol": "NOTCH1",
                    "event": "p.A10T",
                    "chrom": "9",
                    "position_1based": 1000,
                    "ref": "C",
                    "alt": "T",
                    "filter": "weak_evidence",
                    "vaf": 0.04,
                    "reason": "FILTER weak_evidence is not accepted",
                }
            )

    def _genotypes(self, sample: str, place: int, *, dna: bool, copies: bool) -> None:
        states = {row["gene_symbol"]: row["state"] for row in self.rows["gene_states"] if row["sample_id"] == sample}
        seen = {row["gene_symbol"]: row for row in self.rows["events"] if row["sample_id"] == sample}
        lost = states["RB1"] == "biallelic"
        intact = not lost and "CDKN2A" in seen
        self.rows["rb1_status"].append(
            {
                "sample_id": sample,
                "state": "LOST" if lost else "INTACT_SUPPORTED" if intact else "UNDETERMINED",
                "support_lost": "RB1 lost on both copies" if lost else "",
                "support_intact": "CDKN2A deep deletion" if intact else "",
                "not_assessable": "" if copies else "amplification of CCND1: copy number not provided",
                "reason": "both copies are lost" if lost else "no hit in RB1 seen",
                "citation": CITATION,
            }
        )
        raised = {
            "nsclc_like": seen.keys() & {"KEAP1", "KRAS"},
            "smarca4_deficient": seen.keys() & {"SMARCA4"},
            "combined_histology": {"combined"} if place % 9 == 0 else set(),
        }
        for flag in contracts.GENOTYPE_FLAGS:
            found = ", ".join(sorted(raised.get(flag, ())))
            asked = (dna and copies) or flag == "combined_histology"
            self.rows["flags"].append(
                {
                    "sample_id": sample,
                    "flag": flag,
                    "state": "raised" if found else "not_raised" if asked else "not_assessable",
                    "evidence": found,
                    "meaning": f"Meaning of {flag}.",
                    "reason": "" if found or asked else "no variants were imported",
                    "citation": CITATION,
                    "certainty": "choice",
                }
            )
        if dna:
            self.rows["variant_inference"].append(
                {
                    "sample_id": sample,
                    "file_number": 1,
                    "file": "x.vcf.gz",
                    "format": "vcf",
                    "caller": "mutect2",
                    "caller_rule": "header",
                    "caller_version": "4.2.0.0",
                    "build": "GRCh38",
                    "tumour_column": sample,
                    "normal_column": f"{sample}_normal" if place % 6 else "",
                    "column_rule": "header",
                    "depth_field": "DP",
                    "alt_depth_field": "AD",
                    "vaf_field": "AF",
                    "annotation": "CSQ",
                    "records": 120,
                    "notes": "",
                }
            )

    def _regulators(self, sample: str, *, scored: bool) -> str:
        draw = self.random.random
        if not scored:
            self.rows["subtypes"].append({"sample_id": sample, "subtype": "not_assessable", "reason": "no expression"})
            self.rows["scores"].append({"sample_id": sample, "reason": "no expression", "set_reason": "no expression"})
            return "not_assessable"
        leader = self.random.choices("anpy", (6, 2, 1, 1))[0]
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
        self.rows["subtypes"].append(
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
        self.rows["scores"].append(
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

    def _resistance(self, sample: str, patient: str, subtype: str, *, clinical: bool, rna: bool, dna: bool) -> None:
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
                status = "met" if self.random.random() < 0.4 else "not_met"
            self.rows["evidence"].append(
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
            self.rows["classes"].append(
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

    def _follow(self, patient: str, members: list[str]) -> None:
        status_rows = {row["sample_id"]: row["state"] for row in self.rows["variant_status"]}
        sheet = {row["sample_id"]: row for row in self.rows["samples"]}
        seen: dict[tuple[str, str, str], dict[str, Any]] = {}
        for row in self.rows["events"]:
            if row["sample_id"] in members:
                seen.setdefault((row["gene_symbol"], row["event"], row["event_type"]), {})[row["sample_id"]] = row
        for (gene, event, kind), found in sorted(seen.items()):
            statuses = {}
            for sample in members:
                assessable = status_rows[sample] == "imported" or sample in found
                statuses[sample] = "present" if sample in found else "not_detected" if assessable else "not_assessable"
                self.rows["patient_status"].append(
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
            self._change(patient, gene, event, kind, statuses)
        calls = {row["sample_id"]: row["subtype"] for row in self.rows["subtypes"] if row["sample_id"] in members}
        change = "single_sample" if len(members) == 1 else "kept" if len(set(calls.values())) == 1 else "not_assessable"
        self._change(patient, "subtype", ">".join(calls[sample] for sample in members), "subtype", calls, change)

    def _change(
        self, patient: str, gene: str, event: str, kind: str, by_sample: dict[str, str], change: str = ""
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
        self.rows["changes"].append(
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
