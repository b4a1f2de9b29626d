"""What the cohort shows: counts that add up, and the sentences of "At a glance"."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from sclcohort.contracts import CLASSES, LAYERS, LEVELS, SUBTYPES
from sclcohort.report.cohort import ANALYSED, Cohort, listed, plural, share, text
from sclcohort.report.palette import CLASS_LOOKS, LAYER_WORDS, STRATEGY_WORDS, UNJUDGED


@dataclass(frozen=True)
class Conservation:
    """What became of the rows of the sheet: the three counts add up to the rows."""

    samples: int
    analysed: int
    partly_analysed: int
    refused: int

    @property
    def equation(self) -> str:
        """Return the sum, for a reader to check."""
        return (
            f"{self.analysed} analysed + {self.partly_analysed} partly analysed + {self.refused} refused "
            f"= {self.samples} rows of the sample sheet"
        )


def conservation(cohort: Cohort) -> Conservation:
    """Return what became of the rows of the sample sheet."""
    fates = Counter(cohort.fates.values())
    return Conservation(len(cohort.samples), fates["analysed"], fates["partly_analysed"], fates["refused"])


@dataclass(frozen=True)
class LayerCount:
    """How many samples have one layer; analysed, refused and not provided add up to all."""

    layer: str
    words: str
    analysed: int
    tumour_only: int
    refused: int
    not_provided: int


def layer_counts(cohort: Cohort) -> list[LayerCount]:
    """Return the counts of every layer; purity and clinical course count as analysed where given."""
    return [
        LayerCount(
            layer,
            LAYER_WORDS[layer],
            cohort.count(layer, *ANALYSED, "given"),
            cohort.count(layer, "tumour_only"),
            cohort.count(layer, "refused"),
            cohort.count(layer, "not_provided"),
        )
        for layer in LAYERS
    ]


@dataclass(frozen=True)
class Zygosity:
    """The states of one gene over the tumours of a cohort; the six counts add up to all tumours.

    Parameters
    ----------
    gene : str
        Symbol.
    biallelic, probable : int
        Tumours in which both copies are lost, and how many of them only probably.
    one_hit : int
        Tumours with one hit whose other copy is kept.
    one_hit_open : int
        Tumours with one hit whose other copy could not be judged.
    none : int
        Tumours in which the gene was looked at and nothing found.
    not_assessable : int
        Tumours in which it could not be judged.
    not_covered : int
        Tumours whose target leaves the gene out.
    patients, patients_judged : int
        Patients with a biallelic tumour, of those with a tumour in which both copies could be judged.
    refutable : bool
        Whether any tumour had the data to find both copies whole; if not, there is no fraction to give.
    noun : str
        What a sample is called.
    """

    gene: str
    biallelic: int
    probable: int
    one_hit: int
    one_hit_open: int
    none: int
    not_assessable: int
    patients: int
    patients_judged: int
    refutable: bool = True
    noun: str = "tumour"
    not_covered: int = 0

    @property
    def judged(self) -> int:
        """Return the tumours in which the question "are both copies lost" has an answer."""
        return self.biallelic + self.one_hit + self.none

    @property
    def sentence(self) -> str:
        """Return the finding in words, with its denominator and what is left out of it."""
        if not self.judged:
            return f"{self.gene}: both copies could be judged in no {self.noun} ({self._open_words(', ')})."
        if not self.refutable:
            return (
                f"{self.gene}: biallelic in {plural(self.biallelic, self.noun)}; no {self.noun} has the data to find "
                f"the contrary, so there is no fraction. Not counted: {self._open_words('; ')}."
            )
        counted = share(self.biallelic, self.judged)
        said = f"{self.gene}: biallelic in {counted} {self.noun}s in which both copies could be judged"
        if self.probable:
            said += f", {self.probable} of them probable"
        if self.patients_judged != self.judged:
            said += f"; {self.patients} of {self.patients_judged} patients"
        outside = self._open_words("; ")
        return f"{said}. {f'Not counted: {outside}.' if outside else ''}".strip()

    def _open_words(self, joined: str) -> str:
        parts = []
        if self.one_hit_open:
            parts.append(f"{self.one_hit_open} with one hit whose other copy could not be judged")
        if self.not_assessable:
            parts.append(f"{self.not_assessable} not assessable")
        if self.not_covered:
            parts.append(f"{self.not_covered} outside the target")
        return joined.join(parts)


def zygosity_kind(cohort: Cohort, sample: str, gene: str) -> str:
    """Return biallelic, one_hit, one_hit_open, none, not_covered or not_assessable."""
    state = cohort.state_of(sample, gene)
    row = cohort.gene_state.get((sample, gene), {})
    return "one_hit_open" if state == "one_hit" and text(row, "second_hit") == "not_assessable" else state


def zygosity(cohort: Cohort, gene: str) -> Zygosity:
    """Count the zygosity states of a gene."""
    kinds = {sample: zygosity_kind(cohort, sample, gene) for sample in cohort.samples}
    counts = Counter(kinds.values())
    judged = {sample for sample, kind in kinds.items() if kind in ("biallelic", "one_hit", "none")}
    lost = {sample for sample, kind in kinds.items() if kind == "biallelic"}
    probable = sum(text(cohort.gene_state[sample, gene], "confidence") == "probable" for sample in lost)
    return Zygosity(
        gene,
        counts["biallelic"],
        probable,
        counts["one_hit"],
        counts["one_hit_open"],
        counts["none"],
        counts["not_assessable"],
        len({cohort.patient_of(sample) for sample in lost}),
        len({cohort.patient_of(sample) for sample in judged}),
        cohort.is_refutable(gene),
        cohort.noun,
        counts["not_covered"],
    )


def driver_sentences(cohort: Cohort) -> list[str]:
    """Return the driver findings: zygosity genes, RB1 in its three states, then the most often altered others."""
    sentences = [zygosity(cohort, gene).sentence for gene in cohort.zygosity_genes[:2]]
    sentences += filter(None, [rb1_sentence(cohort)])
    others = most_altered(cohort, cohort.zygosity_genes[:2])
    frequent = [found for found in others if cohort.is_refutable(found[0])]
    seen = [found for found in others if not cohort.is_refutable(found[0])]
    if frequent:
        parts = [f"{gene} {altered} of {assessable}" for gene, altered, assessable in frequent[:5]]
        sentences.append(f"Next most often altered, of assessable {cohort.noun}s: {listed(parts)}.")
    if seen:
        parts = [f"{gene} {altered}" for gene, altered, _ in sorted(seen, key=lambda found: (-found[1], found[0]))[:8]]
        sentences.append(f"Seen, where the absence of an event cannot be judged: {listed(parts)}.")
    if not cohort.events:
        sentences.append(f"No driver event was called in any {cohort.noun}.")
    return sentences


def rb1_sentence(cohort: Cohort) -> str:
    """Return the states of RB1 in one sentence; empty without any."""
    if not cohort.rb1_status:
        return ""
    counts = Counter(cohort.rb1_state_of(sample) for sample in cohort.samples)
    return (
        f"RB1 in three states: lost in {counts['LOST']} of {cohort.counted(len(cohort.samples))}, intact with support "
        f"in {counts['INTACT_SUPPORTED']}, undetermined in {counts['UNDETERMINED']}."
    )


def most_altered(cohort: Cohort, but: tuple[str, ...]) -> list[tuple[str, int, int]]:
    """Return SCLC driver genes with their altered and assessable tumours, most often altered first."""
    altered: Counter[str] = Counter()
    assessable: Counter[str] = Counter()
    for (_, gene), row in cohort.gene_state.items():
        state = text(row, "state")
        altered[gene] += state in ("biallelic", "one_hit", "altered")
        assessable[gene] += state not in UNJUDGED
    genes = [
        gene for gene, row in cohort.gene_row.items() if text(row, "gene_class") == "sclc_driver" and gene not in but
    ]
    found = [(gene, altered[gene], assessable[gene]) for gene in genes if altered[gene]]
    return sorted(found, key=lambda item: (-item[1], -item[1] / item[2], item[0]))


def subtype_counts(cohort: Cohort) -> dict[str, int]:
    """Return how many tumours have each subtype call, in the order of the contract; zeros left out."""
    counts = Counter(cohort.subtype_of(sample) for sample in cohort.samples)
    return {subtype: counts[subtype] for subtype in SUBTYPES if counts[subtype]}


def subtype_sentences(cohort: Cohort) -> list[str]:
    """Return the subtype findings."""
    counts = subtype_counts(cohort)
    open_ones = counts.pop("not_assessable", 0)
    assessable = sum(counts.values())
    if not assessable:
        return [f"No {cohort.noun} could be given a subtype: no expression was analysed."]
    parts = [f"{subtype} {count}" for subtype, count in counts.items()]
    sentences = [f"{cohort.counted(assessable)} with expression: {listed(parts)}."]
    if open_ones:
        sentences.append(f"Not assessable: {cohort.counted(open_ones)} (no usable expression).")
    scores = [row for row in cohort.scores if row.get("ne_score") is not None]
    high = sum(float(row["ne_score"] or 0) > 0 for row in scores)
    if scores:
        sentences.append(f"Neuroendocrine-high by the 50-gene score: {share(high, len(scores))}.")
    return sentences


@dataclass(frozen=True)
class StrategyCount:
    """The tumours of a cohort by what the evidence says of one strategy of treatment.

    A tumour counts in a column when at least one therapy of the strategy is of that class, so a
    tumour may count in several; `not_assessable` when no therapy could be assessed.
    """

    strategy: str
    words: str
    therapies: tuple[str, ...]
    tumours: int
    assessable: int
    resistance: int
    sensitivity: int
    conflicting: int
    no_evidence: int
    resistance_levels: dict[str, int]
    noun: str

    @property
    def not_assessable(self) -> int:
        """Return the tumours for which no therapy of the strategy could be assessed."""
        return self.tumours - self.assessable

    @property
    def levels(self) -> str:
        """Return the highest levels of the resistance evidence: A in 3, B in 2."""
        return ", ".join(f"{level} in {count}" for level, count in self.resistance_levels.items() if count)

    @property
    def sentence(self) -> str:
        """Return the finding in words."""
        therapies = plural(len(self.therapies), "therapy", "therapies")
        if not self.assessable:
            return f"{self.words} ({therapies}): not assessable in any of {plural(self.tumours, self.noun)}."
        parts = [f"resistance evidence in {self.resistance}{f' (highest level {self.levels})' if self.levels else ''}"]
        parts.append(f"sensitivity evidence in {self.sensitivity}")
        if self.conflicting:
            parts.append(f"conflicting evidence in {self.conflicting}")
        left = f" ({self.not_assessable} not assessable)" if self.not_assessable else ""
        whole = plural(self.assessable, f"assessable {self.noun}")
        return f"{self.words} ({therapies}): {listed(parts)} of {whole}{left}."


def strategy_counts(cohort: Cohort) -> list[StrategyCount]:
    """Count the tumours of each strategy; strategies without a therapy are left out."""
    return [_strategy_count(cohort, strategy, therapies) for strategy, therapies in cohort.therapies.items()]


def _strategy_count(cohort: Cohort, strategy: str, therapies: tuple[str, ...]) -> StrategyCount:
    found = [{cohort.class_of(sample, therapy) for therapy in therapies} for sample in cohort.samples]
    levels: Counter[str] = Counter()
    for sample in cohort.samples:
        deciding = [
            text(cohort.class_row.get((sample, therapy), {}), "highest_level")
            for therapy in therapies
            if cohort.class_of(sample, therapy) == "resistance_evidence"
        ]
        if any(deciding):
            levels[min(filter(None, deciding))] += 1
    return StrategyCount(
        strategy,
        STRATEGY_WORDS[strategy],
        therapies,
        len(cohort.samples),
        sum(classes != {"not_assessable"} for classes in found),
        sum("resistance_evidence" in classes for classes in found),
        sum("sensitivity_evidence" in classes for classes in found),
        sum("conflicting" in classes for classes in found),
        sum(bool(classes & {"no_evidence"}) and classes <= {"no_evidence", "not_assessable"} for classes in found),
        {level: levels[level] for level in LEVELS},
        cohort.noun,
    )


def class_counts(cohort: Cohort, therapy: str) -> dict[str, int]:
    """Return how many tumours are of each class for a therapy; the five add up to all tumours."""
    counts = Counter(cohort.class_of(sample, therapy) for sample in cohort.samples)
    return {name: counts[name] for name in CLASSES}


def class_words(name: str) -> str:
    """Return the words of a class."""
    return CLASS_LOOKS[name].words
