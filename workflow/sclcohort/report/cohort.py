"""All tables of one cohort, indexed the way the report asks for them. Pure: nothing is read here."""

from __future__ import annotations

import functools
import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sclcohort.contracts import GENE_CLASSES, LAYERS, STRATEGIES
from sclcohort.tables import Cell

Row = Mapping[str, Cell]

# Layers that an analysis runs on; purity and clinical course are facts about the sample or patient.
DATA_LAYERS = ("variants", "structural_variants", "copy_number", "expression")
ANALYSED = ("analysed", "tumour_only")
COPY_NUMBER_EVENTS = frozenset(("amplification", "deep_deletion"))


def text(row: Row, name: str) -> str:
    """Return a cell as text, empty where it is missing."""
    value = row.get(name)
    return "" if value is None else str(value)


def number(row: Row, name: str) -> float | None:
    """Return a cell as a number, None where it is missing."""
    value = row.get(name)
    if value is None or isinstance(value, str):
        return None
    return None if math.isnan(value) else float(value)


def integer(row: Row, name: str) -> int | None:
    """Return a cell as an integer, None where it is missing."""
    value = number(row, name)
    return None if value is None else int(value)


def grouped(rows: Iterable[Row], *names: str) -> dict[tuple[str, ...], list[Row]]:
    """Return rows by the text of some columns, in the order met."""
    groups: dict[tuple[str, ...], list[Row]] = defaultdict(list)
    for row in rows:
        groups[tuple(text(row, name) for name in names)].append(row)
    return dict(groups)


def keyed(rows: Iterable[Row], *names: str) -> dict[tuple[str, ...], Row]:
    """Return rows by their key columns."""
    return {tuple(text(row, name) for name in names): row for row in rows}


@dataclass(frozen=True)
class LayerOutcome:
    """What became of one layer of one sample: a state of `palette.LAYER_LOOKS`, and why."""

    state: str
    reason: str


@dataclass(frozen=True)
class Cohort:
    """The tables of one cohort; each a tuple of rows as `tables.read_rows` gives them.

    The name of a field is the contract of its rows (`contracts`); tables of several chunks are joined. `flags` are
    rows of GENOTYPES.
    """

    name: str
    config: Mapping[str, Any]
    sample_rows: tuple[Row, ...]
    clinical: tuple[Row, ...]
    availability: tuple[Row, ...]
    coverage: tuple[Row, ...]
    variant_status: tuple[Row, ...]
    structural_variant_status: tuple[Row, ...]
    copy_number_status: tuple[Row, ...]
    expression_status: tuple[Row, ...]
    events: tuple[Row, ...]
    set_aside: tuple[Row, ...]
    gene_states: tuple[Row, ...]
    gene_mapping: tuple[Row, ...]
    scores: tuple[Row, ...]
    subtypes: tuple[Row, ...]
    evidence: tuple[Row, ...]
    classes: tuple[Row, ...]
    changes: tuple[Row, ...]
    patient_status: tuple[Row, ...]
    driver_genes: tuple[Row, ...]
    resistance_rules: tuple[Row, ...]
    rb1_status: tuple[Row, ...]
    flags: tuple[Row, ...]
    genotype_rules: tuple[Row, ...]
    variant_inference: tuple[Row, ...] = ()
    activity: tuple[Row, ...] = ()
    purity: tuple[Row, ...] = ()
    gene_disruptions: tuple[Row, ...] = ()
    annotation_disagreements: tuple[Row, ...] = ()
    mutation_burden: tuple[Row, ...] = ()
    recurrence: tuple[Row, ...] = ()
    associations: tuple[Row, ...] = ()
    vulnerabilities: tuple[Row, ...] = ()
    sample_vulnerabilities: tuple[Row, ...] = ()
    cohort_vulnerabilities: tuple[Row, ...] = ()
    doubling_times: tuple[Row, ...] = ()
    aggression: tuple[Row, ...] = ()

    @functools.cached_property
    def samples(self) -> tuple[str, ...]:
        """Sample ids: by patient, within a patient in the order of time."""
        return tuple(sample for members in self.patients.values() for sample in members)

    @functools.cached_property
    def sample_row(self) -> dict[str, Row]:
        """The sheet row of each sample."""
        return {text(row, "sample_id"): row for row in self.sample_rows}

    @functools.cached_property
    def patients(self) -> dict[str, tuple[str, ...]]:
        """The samples of each patient, in the order that follow_patients put them in (it states which are in time).

        A patient it does not know keeps the order of day (undated last), then name.
        """
        members: dict[str, list[str]] = defaultdict(list)
        for row in sorted(self.sample_rows, key=sample_order):
            members[text(row, "patient_id")].append(text(row, "sample_id"))
        followed = {}
        for row in self.changes:
            pairs = text(row, "status_by_sample").split(";")
            followed[text(row, "patient_id")] = [pair.partition("=")[0] for pair in pairs]
        return {
            patient: tuple(followed[patient] if sorted(followed.get(patient, [])) == sorted(samples) else samples)
            for patient, samples in members.items()
        }

    @functools.cached_property
    def noun(self) -> str:
        """What a sample is called: a tumour, unless none of them is tissue."""
        specimens = {text(row, "specimen") for row in self.sample_rows}
        if specimens == {"cell_line"}:
            return "cell line"
        return "tumour" if specimens & {"tumour_tissue", ""} or not specimens else "sample"

    def counted(self, count: int) -> str:
        """Return a count of samples with its noun."""
        return plural(count, self.noun)

    def patient_of(self, sample: str) -> str:
        """Return the patient a sample is from."""
        return text(self.sample_row[sample], "patient_id")

    @functools.cached_property
    def _status_by_layer(self) -> dict[str, dict[tuple[str, ...], Row]]:
        return {
            "variants": keyed(self.variant_status, "sample_id"),
            "structural_variants": keyed(self.structural_variant_status, "sample_id"),
            "copy_number": keyed(self.copy_number_status, "sample_id"),
            "expression": keyed(self.expression_status, "sample_id"),
        }

    @functools.cached_property
    def _named(self) -> dict[tuple[str, ...], Row]:
        return keyed(self.availability, "sample_id", "layer")

    @functools.cached_property
    def outcomes(self) -> dict[tuple[str, str], LayerOutcome]:
        """What became of each layer of each sample, keyed by (sample_id, layer)."""
        return {(sample, layer): self._outcome(sample, layer) for sample in self.samples for layer in LAYERS}

    def _outcome(self, sample: str, layer: str) -> LayerOutcome:
        if layer not in DATA_LAYERS:
            named = self._named.get((sample, layer), {})
            return LayerOutcome("given" if text(named, "state") == "provided" else "not_provided", "")
        status = self._status_by_layer[layer].get((sample,), {})
        state, reason = text(status, "state") or "not_provided", text(status, "reason")
        if state == "not_provided" and text(self._named.get((sample, layer), {}), "state") == "provided":
            # As account_samples has it: data that the sheet names do not vanish without a word.
            return LayerOutcome("refused", "the sheet names these data, and no step read them")
        if state in ("refused", "not_provided"):
            return LayerOutcome(state, reason)
        if layer == "variants" and not status.get("has_normal"):
            return LayerOutcome("tumour_only", reason)
        return LayerOutcome("analysed", reason)

    def has(self, sample: str, layer: str) -> bool:
        """Tell whether a layer of a sample was analysed, or a fact given."""
        return self.outcomes[sample, layer].state not in ("refused", "not_provided")

    def count(self, layer: str, *states: str) -> int:
        """Return how many samples have a layer in one of some states."""
        return sum(self.outcomes[sample, layer].state in states for sample in self.samples)

    def fate(self, sample: str) -> str:
        """Return analysed, partly_analysed or refused: what became of a row of the sheet.

        Every row ends as exactly one of them (the conservation law of ``docs/faults.md``): refused
        when every layer of data the sheet names was refused, partly analysed when some were.
        """
        states = [self.outcomes[sample, layer].state for layer in DATA_LAYERS]
        refused = states.count("refused")
        if not refused:
            return "analysed"
        return "partly_analysed" if any(state in ANALYSED for state in states) else "refused"

    @functools.cached_property
    def fates(self) -> dict[str, str]:
        """The fate of every sample."""
        return {sample: self.fate(sample) for sample in self.samples}

    # --- drivers ----------------------------------------------------------------------------

    @functools.cached_property
    def gene_row(self) -> dict[str, Row]:
        """The row of each driver gene in the resource table."""
        return {text(row, "gene_symbol"): row for row in self.driver_genes}

    @functools.cached_property
    def gene_order(self) -> dict[str, int]:
        """The place of each driver gene: those whose two copies are judged first, then by class and name."""
        classes = list(GENE_CLASSES)
        rest = sorted(
            (gene for gene in self.gene_row if gene not in self.zygosity_genes),
            key=lambda gene: (classes.index(text(self.gene_row[gene], "gene_class")), gene),
        )
        return {gene: place for place, gene in enumerate((*self.zygosity_genes, *rest))}

    def gene_place(self, gene: str) -> tuple[int, str]:
        """Return where a gene stands in lists; unknown genes last, by name."""
        return self.gene_order.get(gene, len(self.gene_order)), gene

    @functools.cached_property
    def zygosity_genes(self) -> tuple[str, ...]:
        """Genes whose two copies are judged, TP53 and RB1 first."""
        genes = [gene for gene, row in self.gene_row.items() if row.get("zygosity") is True]
        known = [gene for gene in ("TP53", "RB1", "PTEN") if gene in genes]
        return (*known, *(gene for gene in genes if gene not in known))

    def is_complete(self, sample: str, gene: str) -> bool:
        """Tell whether a sample has every kind of data that could show an event of a gene.

        Only then can "no event" be an answer; where no sample is complete, a fraction would say nothing.
        """
        row = self.gene_row.get(gene, {})
        kinds = set(text(row, "events").split(","))
        both = text(row, "role") == "tumour_suppressor" and text(row, "gene_class") != "passenger_prone"
        if text(row, "role") == "isoform_oncogene" and not self.has(sample, "structural_variants"):
            return False
        covered = self._covered.get((gene,), {})
        if (both or kinds - COPY_NUMBER_EVENTS) and not (
            self.has(sample, "variants") and covered.get("in_gene_model") is True
        ):
            return False
        needs_copies = both or bool(kinds & COPY_NUMBER_EVENTS)
        return not needs_copies or (self.has(sample, "copy_number") and covered.get("has_span") is True)

    def is_refutable(self, gene: str) -> bool:
        """Tell whether the absence of an event in a gene was found, or could have been, in any sample."""
        return any(self.state_of(sample, gene) == "none" or self.is_complete(sample, gene) for sample in self.samples)

    @functools.cached_property
    def _covered(self) -> dict[tuple[str, ...], Row]:
        return keyed(self.coverage, "gene_symbol")

    @functools.cached_property
    def gene_state(self) -> dict[tuple[str, ...], Row]:
        """The state of each (sample_id, gene_symbol)."""
        return keyed(self.gene_states, "sample_id", "gene_symbol")

    @functools.cached_property
    def events_of(self) -> dict[tuple[str, ...], list[Row]]:
        """The events of each (sample_id, gene_symbol)."""
        return grouped(self.events, "sample_id", "gene_symbol")

    @functools.cached_property
    def events_of_sample(self) -> dict[tuple[str, ...], list[Row]]:
        """The events of each (sample_id,)."""
        return grouped(self.events, "sample_id")

    def state_of(self, sample: str, gene: str) -> str:
        """Return the state of a gene in a sample; not_assessable where no row says more."""
        return text(self.gene_state.get((sample, gene), {}), "state") or "not_assessable"

    @functools.cached_property
    def hit_suppressors(self) -> tuple[str, ...]:
        """Tumour suppressors to show: TP53, RB1 and PTEN, and all others with a hit in any sample, in gene order."""
        hit = {gene for (_, gene), row in self.gene_state.items() if text(row, "state") in ("biallelic", "one_hit")}
        return (*self.zygosity_genes, *sorted(hit - set(self.zygosity_genes), key=self.gene_place))

    def suppressors_of(self, sample: str) -> tuple[str, ...]:
        """Return the tumour suppressors to show of one sample: those always shown, and those with a hit in it."""
        shown = self.hit_suppressors
        return tuple(
            gene
            for gene in shown
            if gene in self.zygosity_genes or self.state_of(sample, gene) in ("biallelic", "one_hit")
        )

    def uncovered_genes(self, sample: str) -> tuple[str, ...]:
        """Return the driver genes that the target of a sample leaves out, without a hit by other data."""
        return self._uncovered.get(sample, ())

    @functools.cached_property
    def _uncovered(self) -> dict[str, tuple[str, ...]]:
        found: dict[str, list[str]] = defaultdict(list)
        for (sample, gene), row in self.gene_state.items():
            if text(row, "state") == "not_covered":
                found[sample].append(gene)
        return {sample: tuple(sorted(genes, key=self.gene_place)) for sample, genes in found.items()}

    @functools.cached_property
    def purity_row(self) -> dict[tuple[str, ...], Row]:
        """The purity of each (sample_id,)."""
        return keyed(self.purity, "sample_id")

    @functools.cached_property
    def burden_row(self) -> dict[tuple[str, ...], Row]:
        """The mutation burden of each (sample_id,)."""
        return keyed(self.mutation_burden, "sample_id")

    @functools.cached_property
    def disruptions_of(self) -> dict[tuple[str, ...], list[Row]]:
        """What junctions do to the genes of each (sample_id,)."""
        return grouped(self.gene_disruptions, "sample_id")

    # --- regulators -------------------------------------------------------------------------

    @functools.cached_property
    def subtype_row(self) -> dict[tuple[str, ...], Row]:
        """The subtype call of each (sample_id,)."""
        return keyed(self.subtypes, "sample_id")

    @functools.cached_property
    def vulnerabilities_of(self) -> dict[tuple[str, ...], list[Row]]:
        """The published vulnerabilities of each (sample_id,)."""
        return grouped(self.sample_vulnerabilities, "sample_id")

    @functools.cached_property
    def score_row(self) -> dict[tuple[str, ...], Row]:
        """The scores of each (sample_id,)."""
        return keyed(self.scores, "sample_id")

    @functools.cached_property
    def activity_row(self) -> dict[tuple[str, ...], Row]:
        """The activity of each (sample_id, regulator)."""
        return keyed(self.activity, "sample_id", "regulator")

    def subtype_of(self, sample: str) -> str:
        """Return the subtype call of a sample; not_assessable where no row says more."""
        return text(self.subtype_row.get((sample,), {}), "subtype") or "not_assessable"

    # --- genotypes --------------------------------------------------------------------------

    @functools.cached_property
    def rb1_row(self) -> dict[tuple[str, ...], Row]:
        """The state of RB1 of each (sample_id,)."""
        return keyed(self.rb1_status, "sample_id")

    def rb1_state_of(self, sample: str) -> str:
        """Return the state of RB1 in a sample; UNDETERMINED where no row says more."""
        return text(self.rb1_row.get((sample,), {}), "state") or "UNDETERMINED"

    @functools.cached_property
    def flag_row(self) -> dict[tuple[str, ...], Row]:
        """The answer of each (sample_id, flag)."""
        return keyed(self.flags, "sample_id", "flag")

    def flag_state_of(self, sample: str, flag: str) -> str:
        """Return the state of a flag in a sample; not_assessable where no row says more."""
        return text(self.flag_row.get((sample, flag), {}), "state") or "not_assessable"

    @functools.cached_property
    def genotype_rule(self) -> dict[tuple[str, ...], Row]:
        """The rule of each (flag,) and each (support for a state of RB1,)."""
        return keyed(self.genotype_rules, "rule")

    # --- resistance -------------------------------------------------------------------------

    @functools.cached_property
    def class_row(self) -> dict[tuple[str, ...], Row]:
        """The class of each (sample_id, therapy)."""
        return keyed(self.classes, "sample_id", "therapy")

    @functools.cached_property
    def evidence_of(self) -> dict[tuple[str, ...], list[Row]]:
        """The evidence of each (sample_id, therapy)."""
        return grouped(self.evidence, "sample_id", "therapy")

    @functools.cached_property
    def therapies(self) -> dict[str, tuple[str, ...]]:
        """The therapies of each strategy, in the order of the rules; strategies without a therapy are left out."""
        listed: dict[str, list[str]] = {strategy: [] for strategy in STRATEGIES}
        for row in (*self.resistance_rules, *self.classes):
            members = listed[text(row, "strategy")]
            if text(row, "therapy") not in members:
                members.append(text(row, "therapy"))
        return {strategy: tuple(members) for strategy, members in listed.items() if members}

    def class_of(self, sample: str, therapy: str) -> str:
        """Return the class of a sample for a therapy; not_assessable where no row says more."""
        return text(self.class_row.get((sample, therapy), {}), "class") or "not_assessable"

    # --- patients ---------------------------------------------------------------------------

    @functools.cached_property
    def clinical_row(self) -> dict[str, Row]:
        """The clinical row of each patient that has one."""
        return {text(row, "patient_id"): row for row in self.clinical}

    @functools.cached_property
    def changes_of(self) -> dict[tuple[str, ...], list[Row]]:
        """The changes of each (patient_id,)."""
        return grouped(self.changes, "patient_id")

    @functools.cached_property
    def status_of(self) -> dict[tuple[str, ...], Row]:
        """The status of each (patient_id, gene_symbol, event, sample_id)."""
        return keyed(self.patient_status, "patient_id", "gene_symbol", "event", "sample_id")

    @functools.cached_property
    def growth_of(self) -> dict[tuple[str, ...], list[Row]]:
        """The growth of the lesions of each (patient_id,)."""
        return grouped(self.doubling_times, "patient_id")

    @functools.cached_property
    def aggression_row(self) -> dict[tuple[str, ...], Row]:
        """The aggression of each (sample_id,), without and with growth."""
        return keyed(self.aggression, "sample_id")

    @functools.cached_property
    def followed_patients(self) -> tuple[str, ...]:
        """Patients with two samples or more."""
        return tuple(patient for patient, members in self.patients.items() if len(members) > 1)

    # --- settings ---------------------------------------------------------------------------

    def setting(self, *path: str) -> Any:
        """Return a setting of the resolved configuration, None where a section lacks it."""
        found: Any = self.config
        for part in path:
            found = found.get(part) if isinstance(found, Mapping) else None
        return found


def sample_order(row: Row) -> tuple[str, bool, int, str]:
    """Return the place of a sample: patient, then day (undated last), then name."""
    day = integer(row, "day")
    return text(row, "patient_id"), day is None, day or 0, text(row, "sample_id")


def event_name(row: Row) -> str:
    """Return the name of an event as words; protein changes stay as they are."""
    event = text(row, "event")
    return event if event.startswith("p.") else event.replace("_", " ")


def share(part: int, whole: int) -> str:
    """Return a count with its denominator and, from ten on, its percentage."""
    if whole == 0:
        return "0 of 0"
    percent = f" ({100 * part / whole:.0f} %)" if whole >= 10 else ""
    return f"{part} of {whole}{percent}"


def plural(count: int, one: str, many: str = "") -> str:
    """Return a count with its noun: 1 tumour, 2 tumours."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def signed(value: float, digits: int = 2) -> str:
    """Return a number with its sign, a true minus, and none where it rounds to zero."""
    rounded = round(value, digits)
    return f"{rounded:+.{digits}f}".replace("-", "\N{MINUS SIGN}") if rounded else f"{0:.{digits}f}"


def day_words(first: int, last: int | None = None) -> str:
    """Return a day, or a span of days, on the patient's own clock; a day before its start has a true minus."""
    span = f"day {first}" if last is None else f"day {first} to {last}"
    return span.replace("-", "\N{MINUS SIGN}")


def listed(words: Iterable[str]) -> str:
    """Return words as an English list."""
    items = list(words)
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} and {items[-1]}"
