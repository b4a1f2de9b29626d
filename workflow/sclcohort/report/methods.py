"""The methods paragraph of this run, its settings and references, and the words of the states."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from sclcohort import __version__
from sclcohort.regulators.measures import words_of
from sclcohort.report import context_growth, methods_genome
from sclcohort.report.cohort import ANALYSED, Cohort, listed, plural, text

# Publications of the tools and methods; the facts used as rules carry their own citations in the tables.
REFERENCES = {
    "snakemake": "Mölder F, et al. Sustainable data analysis with Snakemake. F1000Research 2021;10:33. "
    "doi:10.12688/f1000research.29032",
    "bcftools": "Danecek P, et al. Twelve years of SAMtools and BCFtools. GigaScience 2021;10(2):giab008. "
    "doi:10.1093/gigascience/giab008",
    "csq": "Danecek P, McCarthy SA. BCFtools/csq: haplotype-aware variant consequences. "
    "Bioinformatics 2017;33(13):2037-2039. doi:10.1093/bioinformatics/btx100",
    "cyvcf2": "Pedersen BS, Quinlan AR. cyvcf2: fast, flexible variant analysis with Python. "
    "Bioinformatics 2017;33(12):1867-1869. doi:10.1093/bioinformatics/btx057",
    "hotspots": "Chang MT, et al. Accelerating discovery of functional mutant alleles in cancer. "
    "Cancer Discovery 2018;8(2):174-183. doi:10.1158/2159-8290.CD-17-0321",
    "singscore": "Foroutan M, et al. Single sample scoring of molecular phenotypes. "
    "BMC Bioinformatics 2018;19:404. doi:10.1186/s12859-018-2435-4",
    "ne_score": "Zhang W, et al. Small cell lung cancer tumors and preclinical models display heterogeneity of "
    "neuroendocrine phenotypes. Translational Lung Cancer Research 2018;7(1):32-49. doi:10.21037/tlcr.2018.02.02",
    "subtypes": "Rudin CM, et al. Molecular subtypes of small cell lung cancer: a synthesis of human and mouse model "
    "data. Nature Reviews Cancer 2019. doi:10.1038/s41568-019-0133-9",
    "inflamed": "Ayers M, et al. IFN-\N{GREEK SMALL LETTER GAMMA}-related mRNA profile predicts clinical response to "
    "PD-1 blockade. Journal of Clinical Investigation 2017;127(8):2930-2940. doi:10.1172/JCI91190",
    "ulm": "Badia-i-Mompel P, et al. decoupleR: ensemble of computational methods to infer biological activities from "
    "omics data. Bioinformatics Advances 2022;2(1):vbac016. doi:10.1093/bioadv/vbac016",
    "rb1": "Febres-Aldana CA, et al. Rb tumor suppressor in small cell lung cancer: combined genomic and IHC analysis "
    "with a description of a distinct Rb-proficient subset. Clinical Cancer Research 2022;28(21):4702-4713. "
    "doi:10.1158/1078-0432.CCR-22-1115",
    "chromothripsis": "Rekhtman N, et al. Chromothripsis-mediated small cell lung carcinoma. "
    "Cancer Discovery 2025;15(1):83-104. doi:10.1158/2159-8290.CD-24-0286",
    "bonett": "Bonett DG, Wright TA. Sample size requirements for estimating Pearson, Kendall and Spearman "
    "correlations. Psychometrika 2000;65(1):23-28. doi:10.1007/BF02294183",
    "phipson": "Phipson B, Smyth GK. Permutation p-values should never be zero: calculating exact p-values when "
    "permutations are randomly drawn. Statistical Applications in Genetics and Molecular Biology 2010;9:39. "
    "doi:10.2202/1544-6115.1585",
    "matplotlib": "Hunter JD. Matplotlib: a 2D graphics environment. Computing in Science & Engineering "
    "2007;9(3):90-95. doi:10.1109/MCSE.2007.55",
}
REFERENCES |= methods_genome.REFERENCES | context_growth.REFERENCES
PATH_SETTINGS = (
    "samples", "clinical", "lesions", "fasta", "gff", "gene_coordinates", "matrix", "gene_lengths", "tx2gene",
    "file",
)  # fmt: skip


@dataclass(frozen=True)
class Methods:
    """What was done, in sentences with the numbers of their references, and the references in that order."""

    sentences: tuple[str, ...]
    references: tuple[str, ...]


def methods(cohort: Cohort) -> Methods:
    """Return the methods paragraph: a sentence for each stage that had data to work on."""
    cited: list[str] = []

    def cite(*names: str) -> str:
        cited.extend(name for name in names if name not in cited)
        return f"[{', '.join(str(cited.index(name) + 1) for name in names)}]"

    sentences = [
        f"{cohort.counted(len(cohort.samples))} of {plural(len(cohort.patients), 'patient')} were analysed with "
        f"sclcohort {__version__}, a Snakemake workflow {cite('snakemake')}, without access to a network."
    ]
    if cohort.count("variants", *ANALYSED):
        sentences += _variant_sentences(cohort, cite("bcftools"), cite("csq"), cite("hotspots"))
    if cohort.count("structural_variants", *ANALYSED):
        sentences.append(_structural_sentence(cohort, cite("cyvcf2")))
        sentences.append(methods_genome.structural_sentence(cohort, cite))
    if cohort.count("copy_number", *ANALYSED):
        sentences.append(_copy_number_sentence(cohort))
    if cohort.count("variants", *ANALYSED) or cohort.count("copy_number", *ANALYSED):
        sentences += filter(
            None, (methods_genome.target_sentence(cohort), methods_genome.purity_sentence(cohort, cite))
        )
        sentences.append(_zygosity_sentence(cohort))
        sentences += methods_genome.variant_sentences(cohort, cite)
        sentences += methods_genome.burden_sentences(cohort, cite)
    if cohort.count("expression", *ANALYSED):
        sentences += _expression_sentences(
            cohort, cite("singscore"), cite("ne_score"), cite("inflamed"), cite("subtypes")
        )
    if any(text(row, "state") == "assessed" for row in cohort.activity):
        sentences.append(_activity_sentence(cohort, cite("ulm")))
    if cohort.rb1_status:
        sentences.append(_genotype_sentence(cohort, cite("rb1"), cite("chromothripsis")))
    if cohort.classes:
        sentences.append(_resistance_sentence(cohort))
    sentences += _vulnerability_sentences(cohort, cite)
    if cohort.followed_patients:
        sentences.append(
            "Events and subtype were followed across the samples of "
            f"{plural(len(cohort.followed_patients), 'patient')}; an event that is not seen where the layer was "
            "analysed is called not detected, never absent."
        )
    sentences += context_growth.growth_sentences(cohort, cite)
    sentences.append(f"Figures were drawn with matplotlib {cite('matplotlib')}.")
    return Methods(tuple(sentences), tuple(REFERENCES[name] for name in cited))


def _variant_sentences(cohort: Cohort, bcftools: str, csq: str, hotspots: str) -> list[str]:
    callers = sorted({one for row in cohort.variant_status for one in text(row, "callers").split(";") if one})
    accepted = listed(repr(str(value)) for value in cohort.setting("variants", "accepted_filters") or ())
    build = cohort.setting("reference", "build")
    return [
        f"Small variants ({', '.join(callers) or 'caller not recorded'}; reference {build}) were checked against the "
        f"reference, split and left-aligned by the rules of bcftools norm {bcftools}; consequences are those of "
        f"bcftools csq in local mode {csq} on one transcript per gene (MANE Select, else Ensembl canonical, else the "
        f"longest CDS). Variants whose FILTER is not among {accepted} were set aside.",
        f"Hotspots are residues recurrently mutated across cancers {hotspots}; truncating, splice and domain missense "
        "changes count where the gene's row says so.",
    ]


def _structural_sentence(cohort: Cohort, cyvcf2: str) -> str:
    callers = sorted({text(row, "caller") for row in cohort.structural_variant_status if text(row, "caller")})
    return (
        f"Structural variants ({', '.join(callers) or 'caller not recorded'}) were read with cyvcf2 {cyvcf2}; each "
        "junction was compared with span and coding exons of one transcript per driver gene."
    )


def _copy_number_sentence(cohort: Cohort) -> str:
    copies = cohort.setting("copy_number") or {}
    return (
        "Copy number of driver genes is that of the caller where it fitted copies, else the mean log2 ratio of the "
        "overlapping segments, corrected for the purity given (1 where unknown): amplification from "
        f"{copies.get('amplification_min_copies')} copies, gain from {copies.get('gain_min_copies')}, loss up to "
        f"{copies.get('loss_max_copies')}, deep deletion up to {copies.get('deep_deletion_max_copies')}."
    )


def _zygosity_sentence(cohort: Cohort) -> str:
    return (
        "Tumour suppressors are biallelic on a deep deletion, two distinct hits (probable: phase "
        "unknown), one hit with loss of the other copy, or one hit whose allele fraction rejects an intact second "
        f"copy at an error probability of at most {cohort.setting('drivers', 'max_error_probability')} with purity "
        "known (probable)."
    )


def _expression_sentences(cohort: Cohort, singscore: str, ne_score: str, inflamed: str, subtypes: str) -> list[str]:
    unit = words_of(cohort.setting("expression") or {})
    settings = cohort.setting("regulators") or {}
    return [
        f"Expression ({unit}) was scored sample by sample: lineage programmes by within-sample ranks {singscore}, the "
        f"50-gene neuroendocrine score {ne_score} and the 18-gene T-cell-inflamed profile {inflamed}.",
        "Small gene sets were scored by ranks among the genes of all sets; the aggression composite, the plain mean of "
        "four of these scores, is a choice of the workflow and was not tested against outcome.",
        f"Subtypes follow the four lineage factors {subtypes}, from probabilities calibrated on fixed constants; a "
        f"call needs a probability of {settings.get('min_probability')} and a lead of {settings.get('min_margin')}.",
    ]


def _activity_sentence(cohort: Cohort, ulm: str) -> str:
    regulators = {text(row, "regulator") for row in cohort.activity}
    return (
        f"The activity of {plural(len(regulators), 'regulator')} in each {cohort.noun} is t of a univariate linear "
        f"model {ulm} of the expression of all genes on the published targets; the figure orders both by average "
        "linkage."
    )


def _genotype_sentence(cohort: Cohort, rb1: str, chromothripsis: str) -> str:
    settings = cohort.setting("genotypes") or {}
    return (
        "RB1 is called intact only with support, never for want of an event: CCND1 amplification, loss of both copies "
        f"of CDKN2A, or RNA with RB1 above a silent CDKN2A by {settings.get('rb1_rna_min_log2_difference')} or more in "
        f"log2(TPM + 1) {rb1}. Genotypes that call the diagnosis into question are flagged, among them the patterns of "
        f"chromosomes 11 and 12 {chromothripsis}; a flag decides nothing."
    )


def _resistance_sentence(cohort: Cohort) -> str:
    negatives = sum(text(row, "direction") == "not_predictive" for row in cohort.resistance_rules)
    therapies = sum(len(members) for members in cohort.therapies.values())
    return (
        f"{plural(len(cohort.resistance_rules), 'published marker')} of {plural(therapies, 'therapy', 'therapies')} "
        f"were tested in every {cohort.noun}, {negatives} of them encoded negatives that never count; platinum "
        f"sensitivity is cut at a chemotherapy-free interval of {cohort.setting('resistance', 'ctfi_cut_days')} days."
    )


def _vulnerability_sentences(cohort: Cohort, cite: Callable[..., str]) -> list[str]:
    sentences = []
    if cohort.vulnerabilities:
        negatives = sum(text(row, "direction") == "not_predictive" for row in cohort.vulnerabilities)
        listed_ones = plural(len(cohort.vulnerabilities), "published vulnerability", "published vulnerabilities")
        sentences.append(
            f"{listed_ones}, {negatives} of them encoded negatives, were looked for in every {cohort.noun} and ranked "
            "by level of evidence, support in the genome and activity."
        )
    if any(text(row, "state") == "computed" for row in cohort.associations):
        sentences.append(
            "Regulators were set beside aggression and the neuroendocrine score by Spearman's rank correlation over "
            f"patients, one sample each {cite('bonett')}; p is exact, by permutation {cite('phipson')} or by t as the "
            "number of patients asks, and adjusted within a score."
        )
    return sentences


def settings(cohort: Cohort) -> list[tuple[str, str]]:
    """Return every setting of the resolved configuration, by dotted key; folders of absolute paths are left out."""
    return list(_flat(cohort.config, ""))


def _flat(values: Mapping[str, Any], prefix: str) -> Iterator[tuple[str, str]]:
    for name in values:
        value = values[name]
        key = f"{prefix}{name}"
        if isinstance(value, Mapping):
            if value:
                yield from _flat(value, f"{key}.")
            else:
                yield key, "(none)"
        elif isinstance(value, list | tuple):
            yield key, ", ".join(str(item) for item in value) or "(none)"
        elif name in PATH_SETTINGS and isinstance(value, str) and PurePath(value).is_absolute():
            yield key, f".../{PurePath(value).name}"
        else:
            yield key, "(not set)" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


GLOSSARY = (
    *methods_genome.GLOSSARY,
    *context_growth.GLOSSARY,
    ("biallelic", "Both copies of the gene are lost or hit. Definite or probable, with the evidence beside it."),
    ("one hit", "One copy is hit. The other is kept, or could not be judged: the second-hit column says which."),
    ("altered", "The gene carries at least one likely oncogenic event; zygosity is not judged for it."),
    (
        "none",
        "The data that could show an event of the gene were there and none was seen. No proof of an intact gene.",
    ),
    (
        "RB1 lost, intact, undetermined",
        "Lost on both copies; intact with positive support and no hit; or neither shown. No event is undetermined.",
    ),
    ("flag raised", "The diagnosis deserves a second look. Not raised: everything that could raise it was looked for."),
    ("not assessable", "The data to answer were missing, refused or too few; the reason is given. It never means no."),
    ("likely oncogenic", "By rule, with its reason: hotspot, truncating or splice change, high-level copy change."),
    ("uncertain", "Seen in a driver gene, of unknown significance."),
    ("not promoted", "In a long, passenger-prone gene: listed, never counted as a driver."),
    ("deep deletion", "Copies at or below the limit of this run: both copies are lost in the tumour cells."),
    ("hybrid", "Two programmes share the lead; the components are named."),
    ("unclassified", "No programme passes the gates of this run."),
    ("resistance evidence", "At least one marker published with resistance is met, and none with sensitivity."),
    ("sensitivity evidence", "At least one marker published with sensitivity is met, and none with resistance."),
    ("conflicting evidence", "At least one of each is met. The report does not weigh them against each other."),
    ("no evidence", "Markers could be tested and none is met. That is no evidence of sensitivity."),
    ("no threshold", "No cut-off is published for the marker: its value is shown and decides nothing."),
    ("not predictive", "An encoded negative: a marker that was tested and did not predict. Shown, never counted."),
    ("level A to D", "A randomised or prospective clinical, B retrospective clinical, C animal or PDX, D cell lines."),
    (
        "candidate vulnerability",
        "A state is there that publications tie to an intervention. Not supported: it is not there, a marker speaks "
        "against it, or it is an encoded negative. A lead for research, no advice.",
    ),
    ("present", "The event was called in that sample."),
    ("not detected", "The layer was analysed and the event not called. No proof of absence."),
    (
        "verified, computed, unverified, choice",
        "How a fact of the rule tables is known: read in the source; computed from a real table; from memory, a lead; "
        "a decision of this workflow, with its reason.",
    ),
)
