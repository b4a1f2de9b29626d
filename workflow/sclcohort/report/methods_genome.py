"""Sentences of the methods, and words of the glossary, on junctions, targets, purity, clonality and burden."""

from __future__ import annotations

from collections.abc import Callable

from sclcohort.report.cohort import ANALYSED, Cohort, listed, plural, text
from sclcohort.report.palette import PURITY_WORDS

Cite = Callable[..., str]

# As the heads of drivers/purity.py, clonality.py, origin.py, oncogenicity.py and of burden/ cite them.
REFERENCES = {
    "tp73": "George J, et al. Comprehensive genomic profiles of small cell lung cancer. Nature 2015;524:47-53. "
    "doi:10.1038/nature14664",
    "clonal_tp53": "George J, et al. Evolutionary trajectories of small cell lung cancer under therapy. "
    "Nature 2024;627:880-889. doi:10.1038/s41586-024-07177-7",
    "ccf": "McGranahan N, et al. Clonal status of actionable driver events and the timing of mutational processes in "
    "cancer evolution. Science Translational Medicine 2015;7:283ra54. doi:10.1126/scitranslmed.aaa1408",
    "oncogenicity": "Horak P, et al. Standards for the classification of pathogenicity of somatic variants in cancer "
    "(oncogenicity). Genetics in Medicine 2022;24:986-998. doi:10.1016/j.gim.2022.01.001",
    "origin": "Sun JX, et al. A computational approach to distinguish somatic vs. germline origin of genomic "
    "alterations from deep sequencing of cancer specimens without a matched normal. PLoS Computational Biology "
    "2018;14:e1005965. doi:10.1371/journal.pcbi.1005965",
    "private": "Halperin RF, et al. A method to reduce ancestry related germline false positives in tumor only somatic "
    "variant calling. BMC Medical Genomics 2017;10:61. doi:10.1186/s12920-017-0296-8",
    "burden": "Merino DM, et al. Establishing guidelines to harmonize tumor mutational burden (TMB). Journal for "
    "ImmunoTherapy of Cancer 2020;8:e000147. doi:10.1136/jitc-2019-000147",
    "heterogeneity": "Lawrence MS, et al. Mutational heterogeneity in cancer and the search for new cancer-associated "
    "genes. Nature 2013;499:214-218. doi:10.1038/nature12213",
}


def target_sentence(cohort: Cohort) -> str:
    """Return how panels were treated; empty where every sample is taken for whole exomes or genomes."""
    with_target = [row for row in cohort.sample_rows if text(row, "target")]
    if not with_target:
        return ""
    return (
        f"{plural(len(with_target), cohort.noun)} came with a target (BED): a gene outside it is called not covered, "
        "which is neither an absence nor a part of any denominator."
    )


def purity_sentence(cohort: Cohort, cite: Cite) -> str:
    """Return where purities are from."""
    sources = [text(row, "source") for row in cohort.purity]
    if not sources:
        return ""
    counts = [f"{words} {sources.count(source)}" for source, words in PURITY_WORDS.items() if source in sources]
    estimate = (
        " The estimate takes TP53 for lost on both copies in every tumour cell "
        f"{cite('tp73', 'clonal_tp53')}; it is too low where a whole copy was kept."
        if "tp53_vaf" in sources
        else ""
    )
    return f"Purity: {listed(counts)} of {cohort.counted(len(sources))}.{estimate}"


def variant_sentences(cohort: Cohort, cite: Cite) -> list[str]:
    """Return how origin, cell fraction and points of small variants were judged; none where no event has them."""
    sentences = []
    if any(text(row, "origin") for row in cohort.events):
        sentences.append(
            "Origin: called against a normal somatic, unless the normal carries the allele; tumour-only by population "
            "frequency, by the likelihood of the reads under germline and somatic models at the purity and copies "
            f"{cite('origin')}, and by hotspots, else uncertain, since most people carry private variants "
            f"{cite('private')}."
        )
    if any(text(row, "clonality") for row in cohort.events):
        sentences.append(
            "The cancer-cell fraction follows from allele fraction, purity and copies; a variant is clonal where its "
            f"95 % interval reaches 1 {cite('ccf')}, all tumour cells taken to share the copy number."
        )
    if any(text(row, "oncogenicity_class") for row in cohort.events):
        sentences.append(
            f"Oncogenicity points are those of ClinGen, CGC and VICC {cite('oncogenicity')}, criteria that need "
            "predictors or conservation never given; they stand beside the call of this workflow and do not change it."
        )
    return sentences


def structural_sentence(cohort: Cohort, cite: Cite) -> str:
    """Return how junctions became events."""
    if not cohort.count("structural_variants", *ANALYSED):
        return ""
    return (
        "A junction counts where it takes coding bases from a tumour suppressor or cuts it apart, where it removes "
        f"exon 2, 3 or both of TP73 and keeps the rest {cite('tp73')}, or where the fusion is known to drive; "
        "junctions inside one intron are set aside."
    )


def burden_sentences(cohort: Cohort, cite: Cite) -> list[str]:
    """Return how burden and recurrence were computed; none where neither was."""
    sentences = []
    if any(text(row, "state") == "measured" for row in cohort.mutation_burden):
        sentences.append(
            f"Mutation burden is the count of accepted coding variants per megabase of coding target {cite('burden')}, "
            "with the exact Poisson interval (Garwood 1936)."
        )
    if any(text(row, "state") == "tested" for row in cohort.recurrence):
        sentences.append(
            "Recurrence compares the patients with a non-silent variant in a gene with a background of each patient's "
            "silent and passenger variants; how much rates differ between genes is fitted to silent variants "
            f"{cite('heterogeneity')}; q values by Benjamini-Hochberg."
        )
    return sentences


GLOSSARY = (
    ("not covered", "The target of the sample leaves the gene out. Never counted, neither as altered nor as whole."),
    (
        "mechanism",
        "How the copies of a tumour suppressor are lost: deletion, a hit with loss of the other copy, two hits.",
    ),
    ("rearrangement, fusion", "A junction of two places of the genome that breaks a gene, or joins it to another."),
    (
        "somatic, likely germline, uncertain",
        "Where a small variant comes from. Uncertain ones count as events, marked: data do not tell them apart.",
    ),
    ("CCF, clonal, subclonal", "Fraction of tumour cells that carry the variant; clonal where its interval reaches 1."),
    (
        "oncogenicity points",
        "Sum by Horak 2022: from 10 oncogenic, 6 to 9 likely oncogenic, 0 to 5 of uncertain significance (VUS), "
        "-1 to -6 likely benign, -7 and less benign.",
    ),
    (
        "focal, broad",
        "Whether the copy-number event around the gene is at most as long as the limit of this run, or longer.",
    ),
    ("mutation burden", "Accepted coding variants per megabase of coding target; the definition stands at the table."),
    ("q value", "Share of false findings among the genes at least as striking, after Benjamini and Hochberg."),
)
