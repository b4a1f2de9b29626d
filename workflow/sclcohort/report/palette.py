"""Colours and words of the states, so that page and figures say the same thing the same way.

The categorical colours are those of Okabe and Ito (Color Universal Design, 2008), which stay
apart for readers with any common colour blindness; in small tables and figures a symbol or a
letter always goes with the colour.
"""

from __future__ import annotations

from dataclasses import dataclass

INK = "#1b2430"
MUTED = "#5b6673"
LINE = "#cfd6de"
PALE = "#eef1f4"
HATCH = "#98a4b0"
WHITE = "#ffffff"

BLACK = "#000000"
ORANGE = "#e69f00"
SKY = "#56b4e9"
GREEN = "#009e73"
BLUE = "#0072b2"
VERMILLION = "#d55e00"
PURPLE = "#cc79a7"


@dataclass(frozen=True)
class Look:
    """How one state is shown: its words, its colour, and the letter that goes with the colour."""

    words: str
    colour: str
    letter: str


SUBTYPE_LOOKS = {
    "SCLC-A": Look("SCLC-A (ASCL1)", BLUE, "A"),
    "SCLC-N": Look("SCLC-N (NEUROD1)", SKY, "N"),
    "SCLC-P": Look("SCLC-P (POU2F3)", ORANGE, "P"),
    "SCLC-Y": Look("SCLC-Y (YAP1)", VERMILLION, "Y"),
    "SCLC-I": Look("SCLC-I (inflamed)", GREEN, "I"),
    "hybrid": Look("hybrid", PURPLE, "H"),
    "unclassified": Look("unclassified", "#8a94a0", "U"),
    "not_assessable": Look("not assessable", WHITE, ""),
}
PROGRAMME_COLOURS = {"a": BLUE, "n": SKY, "p": ORANGE, "y": VERMILLION}
CLASS_LOOKS = {
    "resistance_evidence": Look("resistance evidence", VERMILLION, "R"),
    "sensitivity_evidence": Look("sensitivity evidence", GREEN, "S"),
    "conflicting": Look("conflicting evidence", PURPLE, "C"),
    "no_evidence": Look("no evidence", "#dfe4ea", "0"),
    "not_assessable": Look("not assessable", WHITE, "?"),
}
LAYER_LOOKS = {
    "analysed": Look("analysed", BLUE, "+"),
    "tumour_only": Look("analysed, tumour-only (no normal)", SKY, "T"),
    "given": Look("given in the sheets", GREEN, "+"),
    "refused": Look("refused, with a reason", VERMILLION, "x"),
    "not_provided": Look("not provided", WHITE, "-"),
}
STRATEGY_WORDS = {
    "chemotherapy": "Chemotherapy",
    "targeted": "Targeted therapy",
    "immunotherapy": "Immunotherapy",
}
GENE_CLASS_WORDS = {
    "sclc_driver": "SCLC driver",
    "nsclc_like": "NSCLC-like (flag)",
    "sclc_mimic": "SCLC mimic (flag)",
    "dna_repair": "DNA repair",
    "passenger_prone": "passenger-prone (never promoted)",
}
MECHANISM_WORDS = {
    "homozygous_deletion": "homozygous deletion",
    "partial_homozygous_deletion": "homozygous deletion of a part",
    "hit_with_loh": "hit with loss of heterozygosity",
    "hit_with_copy_loss": "hit with loss of the other copy",
    "two_hits": "two hits, phase unknown",
    "structural_hit_and_other": "rearrangement and another hit",
    "hit_with_vaf": "hit, loss of the other copy by its allele fraction",
    "single_hit": "a single hit",
}
# States of a gene that are no answer: they enter no denominator.
UNJUDGED = ("not_assessable", "not_covered")
PURITY_WORDS = {
    "sheet": "sample sheet",
    "copy_number_caller": "copy-number caller",
    "tp53_vaf": "TP53 allele fraction",
    "none": "unknown",
}
RB1_WORDS = {"LOST": "lost", "INTACT_SUPPORTED": "intact, supported", "UNDETERMINED": "undetermined"}
FLAG_WORDS = {
    "nsclc_like": "NSCLC-like genotype",
    "smarca4_deficient": "SMARCA4-deficient genotype",
    "chr11_ccnd1": "Chromosome 11 pattern: CCND1 amplified",
    "chr12_mdm2": "Chromosome 12 pattern: CCND2, CDK4, MDM2 co-amplified",
    "tp53_rb1_wild_type": "TP53 and RB1 without an event",
    "combined_histology": "Combined or transformed histology",
}
LAYER_WORDS = {
    "variants": "Small variants",
    "structural_variants": "Structural variants",
    "copy_number": "Copy number",
    "expression": "Expression",
    "purity": "Purity",
    "clinical": "Clinical course",
}
# Two points of the viridis map of matplotlib would not do for a heat map; these 16 are read from it.
VIRIDIS = (
    "#440154", "#481a6c", "#472f7d", "#414487", "#39568c", "#31688e", "#2a788e", "#23888e",
    "#1f988b", "#22a884", "#35b779", "#54c568", "#7ad151", "#a5db36", "#d2e21b", "#fde725",
)  # fmt: skip


# Blue to red through near-white, which readers with red-green blindness tell apart; 17 colours read from RdBu_r of
# matplotlib (ColorBrewer, Harrower and Brewer 2003).
DIVERGING = (
    "#053061", "#175290", "#2a71b2", "#3f8ec0", "#6bacd1", "#9bc9e0", "#c2ddec", "#e0ecf3", "#f7f6f6",
    "#fbe5d8", "#fbccb4", "#f5aa89", "#e48066", "#d05548", "#ba2832", "#930e26", "#67001f",
)  # fmt: skip


def diverging(fraction: float) -> str:
    """Return the colour of a value on a scale from -1 to 1; beyond it the end colours."""
    half = len(DIVERGING) // 2
    return DIVERGING[min(max(round(fraction * half), -half), half) + half]


def viridis(fraction: float) -> str:
    """Return the colour of a fraction of the scale; below 0 and above 1 the end colours."""
    last = len(VIRIDIS) - 1
    return VIRIDIS[min(max(round(fraction * last), 0), last)]


def is_dark(colour: str) -> bool:
    """Tell whether white text reads better than black on a colour (relative luminance of WCAG 2)."""
    red, green, blue = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in (red, green, blue)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2] < 0.26
