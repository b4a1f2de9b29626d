"""The rows of a synthetic cohort for the report's tests: seeded, of any size, every state in it."""

from __future__ import annotations

import random
from collections import defaultdict
from typing import Any

from sclcohort import contracts
from tests.unit.report_call_fixtures import call_subtype, follow, weigh_resistance
from tests.unit.report_resource_fixtures import CITATION, GENES, list_resources

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
        list_resources(self)
        for place in range(patients):
            self._patient(place)

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
        follow(self, patient, members)
        if place % 2 == 0:
            self._lesions(patient, place)
        self._rate(patient, members, place)

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

    def _rate(self, patient: str, members: list[str], place: int) -> None:
        """Add the aggression of each sample, with growth of every kind where lesions were measured."""
        answers = [
            {
                "state": "fitted",
                "growth_score": 0.3125,
                "growth_score_low": -0.4375,
                "growth_score_high": 0.6875,
                "aggression": 0.25,
                "aggression_with_growth": 0.2625,
            },
            {"state": "not_assessable", "lesion": "", "aggression": 0.25, "reason": "reason of no growth"},
            {"state": "shrinking", "growth_score": -1.0, "reason": "reason of no aggression"},
            {"state": "not_assessable", "lesion": "", "period": "", "reason": "reason of no lesion"},
        ]
        answer = answers[place // 2 % 3] if place % 2 == 0 else answers[3]
        for sample in members:
            period = "before_platinum" if sample.endswith("_T1") else "after_platinum"
            row = {"sample_id": sample, "patient_id": patient, "period": period, "lesion": "lung primary"}
            self.rows["aggression"].append(row | answer)

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
        subtype = call_subtype(self, sample, scored=has_rna)
        weigh_resistance(self, sample, patient, subtype, clinical=clinical, rna=has_rna, dna=state == "imported")

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
