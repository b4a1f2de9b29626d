"""The caption of each figure: the question, how to read it, the thresholds of this run, when not to trust it."""

from __future__ import annotations

from dataclasses import dataclass

from sclcohort.regulators.measures import measure_of
from sclcohort.report.cohort import Cohort, listed, plural


@dataclass(frozen=True)
class Caption:
    """What stands under a figure."""

    question: str
    reading: str
    thresholds: str
    distrust: str


def availability(cohort: Cohort) -> Caption:
    """Return the caption of the availability matrix."""
    accepted = listed(repr(str(value)) for value in cohort.setting("variants", "accepted_filters") or ())
    return Caption(
        "Which data does each tumour have, and what became of them?",
        "One column per tumour, patients side by side. A layer is analysed, refused with a reason, or was never given; "
        "point at a cell to read the reason. T: variants of the tumour alone, without a normal. A white corner: the "
        "target of the tumour leaves driver genes out.",
        f"FILTER values accepted in variant files: {accepted}. Every other number of this report counts only the "
        "tumours for which the layer it needs is analysed.",
        "An analysed layer can still lack a gene: see the reference coverage and the gene mapping. Purity here is "
        "that of the sheet; what was used instead where it lacks stands in the purity table.",
    )


def oncoprint(cohort: Cohort) -> Caption:
    """Return the caption of the oncoprint."""
    copies = cohort.setting("copy_number") or {}
    error = cohort.setting("drivers", "max_error_probability")
    return Caption(
        "Which drivers does each tumour carry, and are both copies of the tumour suppressors lost?",
        "One row per gene, one column per tumour; patients stay together, ordered by pattern. Filled glyphs are "
        "likely oncogenic by rule, hollow ones uncertain or never promoted. The dark strip under a glyph: both "
        "copies lost, half a strip: probably lost, an empty strip: one hit and the other copy could not be judged. "
        "Grey cells were judged and hold no event; hatched ones could not be judged; white ones with a dot lie outside "
        "the target. Bars: altered tumours of the assessable.",
        f"Amplification from {copies.get('amplification_min_copies')} copies, deep deletion up to "
        f"{copies.get('deep_deletion_max_copies')}, loss up to {copies.get('loss_max_copies')}, gain from "
        f"{copies.get('gain_min_copies')}; copies from log2 ratios assume "
        "a ploidy of 2 where none was fitted. The allele fraction alone decides "
        f"on the second copy only at an error probability of at most {error}.",
        "A tumour enters a denominator when it could be judged, and an event is easier to prove than its absence: "
        "fractions lean upwards where layers are missing. RB1 without an event is never called intact: no layer shows "
        "every way to lose it. Tumour-only calls may be germline, see their origin in the table. "
        "Copies are wrong where purity or ploidy is.",
    )


def subtype_map(cohort: Cohort) -> Caption:
    """Return the caption of the subtype map."""
    settings = cohort.setting("regulators") or {}
    unit = "log2(CPM + 1)" if measure_of(cohort.setting("expression") or {}) == "cpm" else "log2(TPM + 1)"
    return Caption(
        "Which transcription programme leads each tumour, and how sure is the call?",
        "Tumours by call, then by falling probability. Bars: calibrated probability of each programme, the leading "
        "one at the bottom. Below: the neuroendocrine score (above 0 NE-high) and the expression of the lineage "
        f"factors, {unit}. In tissue that expresses another lineage factor, YAP1 is not compared: stroma expresses "
        "it too. Every value comes from that tumour and fixed constants; no other tumour moves it.",
        f"A call needs a probability of at least {settings.get('min_probability')} and a lead of at least "
        f"{settings.get('min_margin')}, and the programme ahead by rank score too; otherwise hybrid or unclassified. A "
        "score needs at least "
        f"{100 * float(settings.get('min_genes_fraction') or 0):g} % of its genes.",
        "Impure tumours show the programme of their stroma. Calls close to the gate are weak. SCLC-I is given to "
        "tumour tissue only. In 286 patients none of the four subtypes predicted benefit from checkpoint inhibitors "
        "(Rudin 2023).",
    )


def resistance(cohort: Cohort) -> Caption:
    """Return the caption of the resistance figure."""
    own = cohort.setting("resistance", "thresholds") or {}
    thresholds = f"Chemotherapy-free interval: {cohort.setting('resistance', 'ctfi_cut_days')} days. "
    if own:
        values = listed(f"{rule} {value:g}" for rule, value in sorted(own.items()))
        thresholds += f"Thresholds of this configuration instead of published ones: {values}."
    else:
        thresholds += "No threshold of your own is set: markers without a published cut-off report and do not decide."
    return Caption(
        "What does published evidence say about each tumour, strategy by strategy?",
        "One row per therapy, one column per tumour. The sign says whether the markers found speak of resistance, "
        "of sensitivity, of both, or of neither; the letter is the highest level of the rules that decided. "
        "Hatched: no rule could be answered. Bars: all tumours by class.",
        thresholds,
        "Most markers below level A were never tested prospectively, and most expression markers were published as "
        "immunohistochemistry. No evidence is not evidence of sensitivity. This is a reading of the literature for "
        "research, not a recommendation for a patient.",
    )


def timelines(cohort: Cohort) -> Caption:
    """Return the caption of the patient timelines."""
    accepted = listed(repr(str(value)) for value in cohort.setting("variants", "accepted_filters") or ())
    return Caption(
        "What changed between the samples of a patient?",
        f"{plural(len(cohort.followed_patients), 'patient')} with several samples, columns in order of day. Filled: "
        "present, with its allele fraction; open: not detected; hatched: not assessable there. Changes stand first.",
        f"An event is present where it was called with an accepted FILTER ({accepted}) or as a copy-number state of "
        "this run; not detected needs an analysed layer of the same kind in that sample.",
        "Not detected is no proof of absence: depth, purity and the caller decide what can be seen. Allele "
        "fractions are not corrected for purity or copies, so compare them with care.",
    )
