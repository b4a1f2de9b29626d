"""Find what the feature of a rule looks at in a sample, or why nothing can be said.

Missing data never mean "no": a feature without data is a gap, with its reason. A small variant that is not among the
calls counts as not found only where the gene's state could be assessed at all, and the reason says that coverage was
not checked. RB1 is asked for in its three states: an undetermined one is a gap, never an intact gene and never a lost
one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sclcohort.contracts import BASELINE, COPY_NUMBER_EVENTS, STRUCTURAL_EVENTS
from sclcohort.evidence.facts import Facts, Row, text_of
from sclcohort.evidence.rules import UNREAD_INPUTS, Feature, Rule

# Choice: coding megabases from which a target is a whole exome; panels of 1 to 3 Mb stay far below.
MIN_EXOME_MEGABASES = 20


@dataclass(frozen=True)
class Measured:
    """What a feature found in a sample.

    Parameters
    ----------
    value : float, str, bool or None
        Number, state, or whether an event was seen; None with a gap.
    shown : str
        The value in words, for the table.
    gap : str
        Short name of what is missing; empty where there is a value.
    about : str
        The gap, or what should be known of the value, in words.
    """

    value: float | str | bool | None = None
    shown: str = ""
    gap: str = ""
    about: str = ""


def measure(rule: Rule, sample: Row, facts: Facts) -> Measured:
    """Return what the rule's feature finds in a sample, or the gap where it finds nothing to go by."""
    if rule.feature.at_relapse:
        timepoint = text_of(sample, "timepoint")
        if not timepoint:
            return Measured(gap="time point not given", about="The marker speaks of relapse; no time point is given.")
        if timepoint.casefold() == BASELINE:
            return Measured(
                gap="only told at relapse", about="The marker speaks of relapse; this tumour was taken at baseline."
            )
    return _MEASURES[rule.feature.kind](rule.feature, sample, facts)


# --- expression -------------------------------------------------------------------------------


def _expression(feature: Feature, sample: Row, facts: Facts) -> Measured:
    gene = feature.genes[0]
    levels = facts.expression.get(text_of(sample, "sample_id"))
    if levels is None:
        return _no_expression(sample, facts)
    if gene not in levels:
        return Measured(gap="gene not in the matrix", about=f"{gene} is not in the expression matrix.")
    return Measured(levels[gene], f"{levels[gene]:.6g}")


def _no_expression(sample: Row, facts: Facts) -> Measured:
    name = text_of(sample, "sample_id")
    if not text_of(sample, "expression_sample"):
        return Measured(gap="no expression", about="No expression was given for this sample.")
    why = text_of(facts.scores.get(name), "reason") or text_of(facts.subtypes.get(name), "reason")
    return Measured(gap="no expression", about=_because("The expression of this sample could not be used", why))


def _several(feature: Feature, sample: Row, facts: Facts) -> Measured:
    parts = [_expression(part, sample, facts) for part in feature.parts]
    for part in parts:
        if part.gap:
            return part
    values = [float(str(part.value)) for part in parts]
    value = values[0] - values[1] if feature.kind == "difference" else sum(values) / len(values)
    return Measured(value, f"{value:.6g}")


def _score(feature: Feature, sample: Row, facts: Facts) -> Measured:
    name = text_of(sample, "sample_id")
    row = facts.scores.get(name)
    value = None if row is None else row.get(feature.name)
    if value is not None:
        return Measured(float(value), f"{float(value):.6g}")
    if name not in facts.expression:
        return _no_expression(sample, facts)
    why = text_of(row, "reason")
    # The table says of every score why it lacks; the others are not asked for here.
    of_this_one = [part for part in why.split("; ") if part.startswith(f"{feature.name}: ")]
    why = "; ".join(part.partition(": ")[2] for part in of_this_one) or why
    return Measured(gap="score not computed", about=_because(f"{label_of(feature)} could not be computed", why))


def _subtype(feature: Feature, sample: Row, facts: Facts) -> Measured:
    name = text_of(sample, "sample_id")
    row = facts.subtypes.get(name)
    call = text_of(row, "subtype") or "not_assessable"
    if call in ("not_assessable", "unclassified"):
        if call == "not_assessable" and name not in facts.expression:
            return _no_expression(sample, facts)
        said = "is unclassified" if call == "unclassified" else "could not be assessed"
        return Measured(gap="subtype not called", about=_because(f"The subtype {said}", text_of(row, "reason")))
    components = text_of(row, "components")
    shown = f"{call} ({components})" if call == "hybrid" and components else call
    if feature.kind == "subtype":
        return Measured(call, shown)
    return Measured("+".join(sorted(components.split("+"))) if call == "hybrid" else call, shown)


# --- copy number, gene states, events ---------------------------------------------------------


def _copy_state(feature: Feature, sample: Row, facts: Facts) -> Measured:
    name, gene = text_of(sample, "sample_id"), feature.genes[0]
    gap = _copy_number_gap(name, gene, facts)
    if gap is not None:
        return gap
    row = facts.copy_number[name, gene]
    copies = row.get("total_copies")
    state = text_of(row, "state")
    return Measured(state, state if copies is None else f"{state} ({float(copies):.3g} copies)")


def _copy_number_gap(name: str, gene: str, facts: Facts) -> Measured | None:
    gap = _layer_gap("copy number", facts.copy_number_status.get(name))
    if gap is not None:
        return gap
    row = facts.copy_number.get((name, gene))
    if row is None:
        about = f"{gene} is not among the genes whose copy number is read with this reference."
        return Measured(gap="gene not read", about=about)
    if text_of(row, "state") == "not_covered":
        about = _because(f"No segment covers {gene}", text_of(row, "reason"))
        return Measured(gap="gene not covered", about=about)
    return None


def _layer_gap(layer: str, status: Row | None) -> Measured | None:
    """Return the gap of a layer that was not imported, None where it was."""
    state = text_of(status, "state") or "not_provided"
    if state == "imported":
        return None
    if state == "refused":
        about = _because(f"The {layer} of this sample could not be read", text_of(status, "reason"))
    else:
        about = f"No {layer} {'were' if layer == 'variants' else 'was'} given for this sample."
    return Measured(gap=f"no {layer}", about=about)


def _gene_state(feature: Feature, sample: Row, facts: Facts) -> Measured:
    name, gene = text_of(sample, "sample_id"), feature.genes[0]
    row = facts.gene_states.get((name, gene))
    if row is None:
        return Measured(gap="gene not read", about=f"{gene} is not among the driver genes whose state is called.")
    state = text_of(row, "state")
    details = ", ".join(filter(None, (text_of(row, "confidence"), text_of(row, "evidence"))))
    shown = f"{state} ({details})" if details else state
    return _unjudged(gene, row) or Measured(state, shown)


def _unjudged(gene: str, row: Row) -> Measured | None:
    """Return the gap of a gene that could not be judged, None where it could."""
    state = text_of(row, "state")
    if state not in ("not_assessable", "not_covered"):
        return None
    why = text_of(row, "reason") or ("the panel does not cover it" if state == "not_covered" else "")
    return Measured(gap="gene not assessable", about=_because(f"{gene} could not be assessed", why))


def _rb1_state(feature: Feature, sample: Row, facts: Facts) -> Measured:
    row = facts.rb1_status.get(text_of(sample, "sample_id"))
    state = text_of(row, "state") or "UNDETERMINED"
    if state == "UNDETERMINED":
        why = text_of(row, "reason") or "no state is recorded"
        return Measured(gap="RB1 undetermined", about=_because("RB1 is shown neither to be lost nor to be intact", why))
    support = text_of(row, "support_lost" if state == "LOST" else "support_intact")
    return Measured(state, f"{state} ({support})" if support else state)


def _event(feature: Feature, sample: Row, facts: Facts) -> Measured:
    name = text_of(sample, "sample_id")
    seen: list[str] = []
    passed_over: list[str] = []
    for gene in feature.genes:
        for row in facts.events.get((name, gene), ()):
            if text_of(row, "event_type") in feature.types:
                counts = text_of(row, "oncogenic_call") == "likely_oncogenic"
                (seen if counts else passed_over).append(f"{gene} {text_of(row, 'event')}")
    if seen:
        return Measured(True, "; ".join(seen))
    note = f" Seen, but not known to be oncogenic: {'; '.join(passed_over)}." if passed_over else ""
    for gene in feature.genes:
        gap = _event_gap(feature, name, gene, facts)
        if gap is not None:
            return Measured(gap=gap.gap, about=f"No such event was seen, and not all could be: {gap.about}{note}")
    return Measured(False, "none", about=f"Not among the calls; coverage was not checked.{note}")


def _event_gap(feature: Feature, name: str, gene: str, facts: Facts) -> Measured | None:
    """Return why an event that was not seen in a gene may have been missed, None where it was looked for.

    Rearrangements that were not looked for are no gap: few samples have them, and every other answer would go.
    """
    if set(feature.types) - {*COPY_NUMBER_EVENTS, *STRUCTURAL_EVENTS}:
        gap = _layer_gap("variants", facts.variant_status.get(name))
        if gap is not None:
            return gap
        row = facts.gene_states.get((name, gene))
        if row is None:
            return Measured(gap="gene not read", about=f"{gene} is not among the driver genes whose events are called.")
        gap = _unjudged(gene, row)
        if gap is not None:
            return gap
    if set(feature.types) & set(COPY_NUMBER_EVENTS):
        return _copy_number_gap(name, gene, facts)
    return None


def _all(feature: Feature, sample: Row, facts: Facts) -> Measured:
    parts = [_event(part, sample, facts) for part in feature.parts]
    missed = [part for part in parts if part.value is False]
    if missed:
        return missed[0]
    for part in parts:
        if part.gap:
            return part
    return Measured(True, "; ".join(part.shown for part in parts))


# --- mutation burden -------------------------------------------------------------------------


def _exome_missense(feature: Feature, sample: Row, facts: Facts) -> Measured:
    row = facts.burden.get(text_of(sample, "sample_id"))
    if row is None or text_of(row, "state") != "measured":
        about = _because("The mutations of this sample could not be counted", text_of(row, "reason"))
        return Measured(gap="burden not assessable", about=about)
    megabases = float(text_of(row, "target_megabases"))
    if megabases < MIN_EXOME_MEGABASES:
        about = (
            f"The published count is of whole exomes; {megabases:.3g} Mb of coding sequence were sequenced here, "
            f"less than {MIN_EXOME_MEGABASES}."
        )
        return Measured(gap="no whole exome", about=about)
    count = int(text_of(row, "missense"))
    return Measured(float(count), str(count))


# --- clinical, and what is not read -----------------------------------------------------------


def _ctfi(feature: Feature, sample: Row, facts: Facts) -> Measured:
    days = facts.ctfi_days.get(text_of(sample, "patient_id"))
    if days is None:
        about = (
            "The clinical sheet does not give both the end of first-line platinum and the day of progression "
            "of this patient."
        )
        return Measured(gap="no chemotherapy-free interval", about=about)
    return Measured(float(days), str(days))


def _not_read(feature: Feature, sample: Row, facts: Facts) -> Measured:
    about = f"Asks for {UNREAD_INPUTS[feature.name][1]}, which this version does not read."
    return Measured(gap="not read by this version", about=about)


_MEASURES: dict[str, Callable[[Feature, Row, Facts], Measured]] = {
    "expression": _expression,
    "mean": _several,
    "difference": _several,
    "score": _score,
    "subtype": _subtype,
    "hybrid_components": _subtype,
    "event": _event,
    "all": _all,
    "copy_state": _copy_state,
    "gene_state": _gene_state,
    "rb1_state": _rb1_state,
    "exome_missense": _exome_missense,
    "ctfi_days": _ctfi,
    "not_read": _not_read,
}


def label_of(feature: Feature) -> str:
    """Return what a feature looks at, in words."""
    if feature.kind == "expression":
        return f"{feature.genes[0]} expression, log2"
    if feature.kind in ("mean", "difference"):
        joined = " minus " if feature.kind == "difference" else ", "
        genes = joined.join(part.genes[0] for part in feature.parts)
        return f"{'Mean expression of ' if feature.kind == 'mean' else 'Expression of '}{genes}, log2"
    if feature.kind == "score":
        return f"Score {feature.name}"
    if feature.kind in ("event", "all"):
        return "Seen"
    if feature.kind == "copy_state":
        return f"Copy number of {feature.genes[0]}"
    if feature.kind == "gene_state":
        return f"State of {feature.genes[0]}"
    if feature.kind == "rb1_state":
        return "State of RB1"
    return {
        "ctfi_days": "Chemotherapy-free interval, days",
        "exome_missense": "Missense variants of the exome",
    }.get(feature.kind, "Subtype")


def _because(sentence: str, why: str) -> str:
    """Return a sentence with its reason, closed by one full stop."""
    return f"{sentence}: {why.rstrip('.')}." if why else f"{sentence}."
