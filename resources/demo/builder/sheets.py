"""The sample sheet and the clinical sheet, written from the plan."""

from __future__ import annotations

from typing import TYPE_CHECKING

from builder.panel import panel_file
from builder.plan import PATIENTS, TUMOURS
from builder.structural import structural_file
from builder.tsv import Row, tsv
from builder.variant_files import variants_files

if TYPE_CHECKING:
    from builder.model import Tumour

SAMPLE_COLUMNS = (
    "sample_id", "patient_id", "timepoint", "day", "site", "specimen", "variants", "variants_sample", "normal_sample",
    "structural_variants", "target", "copy_number", "copy_number_sample", "purity_file", "expression_sample", "purity",
    "histology", "batch",
)  # fmt: skip
CLINICAL_COLUMNS = (
    "patient_id", "platinum_start_day", "platinum_end_day", "progression_day", "best_response", "sex", "cautions"
)  # fmt: skip
# From config/, where the sheets are, to the data.
DEMO_FROM_SHEET = "../resources/demo"
COHORT_SEG = "copy_number/cohort.seg"


def segments_file(tumour: Tumour) -> str:
    """Return the name of a tumour's segments below the demo folder; empty without segments."""
    if tumour.segments is None:
        return ""
    if tumour.segments.format == "seg":
        return COHORT_SEG
    kind = "call.cns" if tumour.segments.format == "cns" else "purple.cnv.somatic.tsv"
    return f"copy_number/{tumour.sample_id}.{kind}"


def purity_file(tumour: Tumour) -> str:
    """Return the name of the caller's purity file below the demo folder; empty where the caller writes none."""
    is_fitted = tumour.segments is not None and tumour.segments.format == "purple"
    return f"copy_number/{tumour.sample_id}.purple.purity.tsv" if is_fitted else ""


def samples_text() -> str:
    """Return config/samples.tsv."""
    return tsv(SAMPLE_COLUMNS, [_sample_row(tumour) for tumour in TUMOURS])


def _sample_row(tumour: Tumour) -> Row:
    calls, segments = tumour.calls, tumour.segments
    named = calls is not None and calls.named_in_sheet
    structural_variants, target, copy_number, purity = (
        f"{DEMO_FROM_SHEET}/{file}" if file else None
        for file in (structural_file(tumour), panel_file(tumour), segments_file(tumour), purity_file(tumour))
    )
    variants = ";".join(f"{DEMO_FROM_SHEET}/{file}" for file in variants_files(tumour))
    return (
        tumour.sample_id,
        tumour.patient_id,
        tumour.timepoint,
        tumour.day,
        tumour.site,
        tumour.specimen,
        variants,
        calls.tumour if calls is not None and named else None,
        calls.normal if calls is not None and named else None,
        structural_variants,
        target,
        copy_number,
        segments.name_in_seg if segments is not None else None,
        purity,
        tumour.expression.column if tumour.expression is not None else None,
        f"{tumour.purity:g}" if tumour.purity_known and purity is None else None,
        tumour.histology,
        tumour.batch,
    )


def clinical_text() -> str:
    """Return config/clinical.tsv."""
    return tsv(
        CLINICAL_COLUMNS,
        [
            (
                patient.patient_id,
                patient.platinum_start_day,
                patient.platinum_end_day,
                patient.progression_day,
                patient.best_response,
                patient.sex,
                patient.cautions,
            )
            for patient in PATIENTS
        ],
    )
