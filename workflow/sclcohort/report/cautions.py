"""What a reader must know before believing the report: refusals, gaps and assumptions of this run."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from sclcohort.contracts import GENOTYPE_FLAGS
from sclcohort.regulators.measures import measure_of, words_of
from sclcohort.report.cohort import ANALYSED, DATA_LAYERS, Cohort, event_name, listed, number, plural, text
from sclcohort.report.palette import FLAG_WORDS, LAYER_WORDS

# Samples named in the sentence itself; more are folded away below it.
MOST_NAMED = 6


@dataclass(frozen=True)
class Caution:
    """One warning.

    Parameters
    ----------
    weight : {"warning", "refused", "caution", "note"}
        warning: results that must not be believed as they stand; refused: data left out; caution: changes how a
        result reads; note: good to know.
    title : str
        What is the matter, in a few words.
    words : str
        What follows from it.
    details : tuple of str
        One line per sample or gene concerned, where the sentence does not say it all.
    """

    weight: str
    title: str
    words: str
    details: tuple[str, ...] = ()


def cautions(cohort: Cohort) -> list[Caution]:
    """Return every warning that holds for this run, the gravest first."""
    found = [
        *_refused(cohort),
        *_reference(cohort),
        *_flags(cohort),
        *_tumour_only(cohort),
        *_origins(cohort),
        *_targets(cohort),
        *_burden(cohort),
        *_missing_layers(cohort),
        *_purity(cohort),
        *_expression(cohort),
        *_rules(cohort),
    ]
    order = ("warning", "refused", "caution", "note")
    return sorted(found, key=lambda caution: order.index(caution.weight))


def named(cohort: Cohort, samples: list[str]) -> str:
    """Return the samples of a sentence: their names while they are few, else their number."""
    return listed(samples) if len(samples) <= MOST_NAMED else cohort.counted(len(samples))


def unnamed(samples: list[str]) -> tuple[str, ...]:
    """Return the samples to list below a sentence: none where `named` says them all."""
    return () if len(samples) <= MOST_NAMED else tuple(samples)


def _refused(cohort: Cohort) -> list[Caution]:
    by_sample: dict[str, list[str]] = defaultdict(list)
    for sample in cohort.samples:
        for layer in DATA_LAYERS:
            outcome = cohort.outcomes[sample, layer]
            if outcome.state == "refused":
                by_sample[sample].append(f"{LAYER_WORDS[layer].lower()}: {outcome.reason or 'no reason recorded'}")
    if not by_sample:
        return []
    details = tuple(f"{sample}, {reason}" for sample, reasons in by_sample.items() for reason in reasons)
    whole = sum(cohort.fates[sample] == "refused" for sample in by_sample)
    words = (
        f"Data of {named(cohort, list(by_sample))} could not be used and are left out of every count"
        f"{f'; of {whole} nothing is left to analyse' if whole else ''}. "
        "What depends on them is not assessable."
    )
    return [Caution("refused", f"{cohort.counted(len(by_sample))} with refused data", words, details)]


def _reference(cohort: Cohort) -> list[Caution]:
    found = []
    if cohort.setting("reference", "build") == "demo":
        words = (
            "Variants were read against the synthetic mini genome of the demonstration, which holds a few driver genes "
            "at made-up positions. Nothing in this report describes a real tumour."
        )
        found.append(Caution("caution", "Synthetic demonstration genome", words))
    uncovered = [row for row in cohort.coverage if row.get("in_gene_model") is not True]
    spanless = [row for row in cohort.coverage if row.get("has_span") is not True]
    any_variants = cohort.count("variants", *ANALYSED) > 0
    any_copies = cohort.count("copy_number", *ANALYSED) > 0
    for rows, layer, relevant in ((uncovered, "small variants", any_variants), (spanless, "copy number", any_copies)):
        if rows and relevant:
            genes = [text(row, "gene_symbol") for row in rows]
            shown = listed(genes) if len(genes) <= 12 else plural(len(genes), "driver gene")
            reasons = sorted({text(row, "reason") or "no reason recorded" for row in rows})
            because = f" ({reasons[0]})" if len(reasons) == 1 else ""
            words = (
                f"The reference of this run does not cover {shown}{because}: {layer} cannot be judged there, and an "
                "event there is never called absent."
            )
            details = tuple(f"{text(row, 'gene_symbol')}: {text(row, 'reason')}" for row in rows)
            details = details if len(reasons) > 1 or len(genes) > 12 else ()
            found.append(Caution("caution", f"Genes without a reference for {layer}", words, details))
    return found


def _flags(cohort: Cohort) -> list[Caution]:
    found = []
    for flag in GENOTYPE_FLAGS:
        evidence = {
            sample: text(cohort.flag_row[sample, flag], "evidence")
            for sample in cohort.samples
            if cohort.flag_state_of(sample, flag) == "raised"
        }
        if evidence:
            meaning = text(cohort.genotype_rule.get((flag,), {}), "meaning")
            words = f"Raised in {named(cohort, list(evidence))}. {meaning}"
            details = tuple(f"{sample}: {seen}" for sample, seen in evidence.items())
            # What the sheet itself says is no news to the one who filled it in.
            weight = "note" if flag == "combined_histology" else "caution"
            found.append(Caution(weight, FLAG_WORDS[flag], words, details))
    return found


def _tumour_only(cohort: Cohort) -> list[Caution]:
    samples = [sample for sample in cohort.samples if cohort.outcomes[sample, "variants"].state == "tumour_only"]
    if not samples:
        return []
    title = f"{cohort.counted(len(samples))} without a normal"
    if cohort.setting("variants", "population_vcf"):
        words = (
            f"No matched normal for {named(cohort, samples)}: somatic and germline variants are told apart by "
            "population frequency, allele fraction and hotspots alone. An event of uncertain origin is not proven "
            "somatic."
        )
        return [Caution("caution", title, words, unnamed(samples))]
    words = (
        f"No matched normal for {named(cohort, samples)}, and no population frequencies to tell germline variants by: "
        "every person carries rare variants that look like drivers, and here they stand among the events. A "
        "truncating or hotspot event in them is not proven somatic. Set variants.population_vcf to a VCF of "
        "population frequencies and run again."
    )
    return [Caution("warning", f"{title}, and no population frequencies", words, unnamed(samples))]


def _missing_layers(cohort: Cohort) -> list[Caution]:
    found = []
    for layer, lost in (
        ("variants", "driver events rest on copy number and structural variants, and mutated genes are not assessable"),
        (
            "copy_number",
            "amplifications, deletions and loss of the second copy are not assessable except by allele fraction",
        ),
        ("expression", "subtypes, scores and every expression marker are not assessable"),
    ):
        without = [sample for sample in cohort.samples if cohort.outcomes[sample, layer].state == "not_provided"]
        if not without:
            continue
        everyone = len(without) == len(cohort.samples)
        words = f"No {LAYER_WORDS[layer].lower()} for {named(cohort, without)}: there, {lost}."
        if everyone:
            words = f"No {cohort.noun} has {LAYER_WORDS[layer].lower()}: {lost}."
        title = f"No {LAYER_WORDS[layer].lower()}" + ("" if everyone else f" for {cohort.counted(len(without))}")
        found.append(Caution("caution" if everyone else "note", title, words, () if everyone else unnamed(without)))
    return found


def _purity(cohort: Cohort) -> list[Caution]:
    samples = [
        sample
        for sample in cohort.samples
        if not _has_purity(cohort, sample) and (cohort.has(sample, "variants") or cohort.has(sample, "copy_number"))
    ]
    estimated = [sample for sample in cohort.samples if _purity_source(cohort, sample) == "tp53_vaf"]
    found = []
    if estimated:
        words = (
            f"For {named(cohort, estimated)} purity was estimated from the allele fraction of the TP53 hit, as if no "
            "tumour cell had kept a whole copy: it is too low where one did, and so are the cell fractions and copies "
            "from it."
        )
        title = f"Purity estimated in {cohort.counted(len(estimated))}"
        found.append(Caution("note", title, words, unnamed(estimated)))
    if not samples:
        return found
    words = (
        f"Purity is unknown for {named(cohort, samples)}. Copies from log2 ratios are computed as if every cell were "
        "tumour, which hides amplifications and deletions, and loss of the second copy cannot be read from allele "
        "fractions."
    )
    found.append(Caution("caution", f"Purity unknown in {cohort.counted(len(samples))}", words, unnamed(samples)))
    return found


def _purity_source(cohort: Cohort, sample: str) -> str:
    return text(cohort.purity_row.get((sample,), {}), "source")


def _has_purity(cohort: Cohort, sample: str) -> bool:
    """Tell whether a purity was used: that of the step which judged it, else that of the sheet."""
    source = _purity_source(cohort, sample)
    return source != "none" if source else cohort.has(sample, "purity")


def _origins(cohort: Cohort) -> list[Caution]:
    """Return how many counted events may be germline."""
    by_sample: dict[str, list[str]] = defaultdict(list)
    for row in cohort.events:
        if text(row, "origin") == "uncertain" and text(row, "oncogenic_call") == "likely_oncogenic":
            by_sample[text(row, "sample_id")].append(f"{text(row, 'gene_symbol')} {event_name(row)}")
    count = sum(map(len, by_sample.values()))
    if not count:
        return []
    words = (
        f"{plural(count, 'likely oncogenic event')} in {cohort.counted(len(by_sample))} could be somatic or germline. "
        "They count as events here, marked as uncertain in the tables."
    )
    details = tuple(f"{sample}: {', '.join(by_sample[sample])}" for sample in cohort.samples if sample in by_sample)
    return [Caution("caution", "Events of uncertain origin", words, details)]


def _targets(cohort: Cohort) -> list[Caution]:
    """Return which samples were sequenced on a target that leaves driver genes out."""
    partial = {sample: genes for sample in cohort.samples if (genes := cohort.uncovered_genes(sample))}
    if not partial:
        return []
    words = (
        f"The target of {named(cohort, list(partial))} leaves driver genes out. There a gene is not covered: neither "
        "altered nor whole, and in no denominator. Tumours on different targets are not compared gene by gene."
    )
    details = tuple(
        f"{sample}: {', '.join(genes) if len(genes) <= 8 else plural(len(genes), 'driver gene')}"
        for sample, genes in partial.items()
    )
    return [Caution("caution", f"{cohort.counted(len(partial))} with genes not covered", words, details)]


def _burden(cohort: Cohort) -> list[Caution]:
    """Return which burdens rest on too small a target."""
    least = cohort.setting("burden", "min_target_megabases")
    small = [
        text(row, "sample_id")
        for row in cohort.mutation_burden
        if least is not None
        and text(row, "state") == "measured"
        and (megabases := number(row, "target_megabases")) is not None
        and megabases < float(least)
    ]
    if not small:
        return []
    words = (
        f"The coding target of {named(cohort, small)} is below {float(least):g} Mb: chance and the choice of genes "
        "decide there, not the tumour's mutations. Read the intervals, and compare tumours of the same target only."
    )
    return [Caution("caution", "Mutation burden unreliable", words, unnamed(small))]


def _expression(cohort: Cohort) -> list[Caution]:
    found = []
    settings = cohort.setting("expression") or {}
    if measure_of(settings) == "cpm" and cohort.count("expression", *ANALYSED):
        words = (
            f"The matrix holds {words_of(settings)}: gene length is not corrected for, while the scores are anchored "
            "to TPM. Calls near a gate may differ from those on TPM."
        )
        found.append(Caution("caution", "Expression not corrected for gene length", words))
    missing = [row for row in cohort.gene_mapping if text(row, "rule") == "missing"]
    if missing and cohort.count("expression", *ANALYSED):
        genes = [text(row, "gene_symbol") for row in missing]
        shown = listed(genes) if len(genes) <= 12 else plural(len(genes), "gene")
        words = f"The expression matrix lacks {shown}: what needs them says so, and scores are computed without them."
        details = tuple(
            f"{text(row, 'gene_symbol')}: wanted by {text(row, 'used_by').replace(',', ', ')}" for row in missing
        )
        found.append(Caution("note", f"{plural(len(missing), 'gene')} not in the expression matrix", words, details))
    return found


def _rules(cohort: Cohort) -> list[Caution]:
    found = []
    own = cohort.setting("resistance", "thresholds") or {}
    if own:
        details = tuple(f"{rule}: {value:g}" for rule, value in sorted(own.items()))
        words = f"{plural(len(own), 'rule')} decided by thresholds of this configuration, not of a publication."
        found.append(Caution("caution", "Thresholds of your own", words, details))
    met = {text(row, "rule_id") for row in cohort.evidence if text(row, "status") == "met"}
    unverified = [
        text(row, "rule_id")
        for row in cohort.resistance_rules
        if text(row, "certainty") == "unverified" and text(row, "rule_id") in met
    ]
    if unverified:
        words = (
            f"{plural(len(unverified), 'rule')} met in this cohort {'cites' if len(unverified) == 1 else 'cite'} a "
            "publication that was not read for this workflow: a lead, no more."
        )
        found.append(Caution("caution", "Unverified citations among deciding rules", words, tuple(unverified)))
    accepted = cohort.setting("accept") or []
    if accepted:
        words = (
            f"The configuration accepts what would otherwise end the run with an error: {listed(map(str, accepted))}."
        )
        found.append(Caution("note", "Accepted conditions", words))
    return found
