"""Follow driver events and the subtype across the samples of each patient.

**What is followed.** Every driver event that any sample of the patient shows and that may drive (likely oncogenic
or uncertain; never one that was not promoted), and the subtype call.

**Order.** The samples of a patient are put in time only by what the sheet says: by ``day`` where every sample
has one; else, where every sample has a time point, ``baseline`` (before any treatment, as the sheet's schema
defines it) comes before all others, which have no order among them. Without either there is no order. Samples of
one time are listed by time point and sample_id.

**Event in a sample.** ``present`` when it is among the sample's events. ``not_assessable`` when the data that
could show it were not imported, when the gene is outside the target, or when variants and copy number were imported
and the gene still could not be assessed. Else ``not_detected``, which is no proof of absence: coverage is not
checked. A reference that does not cover the gene
cannot occur here: all samples share one reference, and the event was seen on it.

**Change of an event**, from the samples in which it is assessable:

==========================  ========================================================================================
change                      when
==========================  ========================================================================================
``single_sample``           the patient has one sample
``not_assessable``          fewer than two samples could show it
``kept``                    seen in all of them; or at the first and the last time, with a gap between
``differs_between_sites``   seen in some and not in others of the same time, whatever other times show: a difference
                            between sites explains what looks like a change in time
``newly_detected``          seen at the last time, not at the first
``no_longer_detected``      not seen at the last time, seen at an earlier one
==========================  ========================================================================================

**Change of the subtype**, from the samples with a call (a hybrid is a call of its own; unclassified is none): the
same table, ``kept`` when the first and the last call are the same, ``newly_detected`` when they are not; the
``event`` column gives all calls in order. Samples of the same time are joined by ``/``, times by ``>``.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sclcohort.contracts import (
    BASELINE,
    CHANGES,
    COPY_NUMBER_STATUS,
    EVENTS,
    GENE_STATES,
    PATIENT_CHANGES,
    PATIENT_STATUS,
    SAMPLES,
    STRUCTURAL_VARIANT_STATUS,
    SUBTYPE_CALLS,
    VARIANT_STATUS,
)
from sclcohort.tables import Cell, read_chunks, read_rows, write_rows

LOGGER = logging.getLogger(__name__)
Row = Mapping[str, Cell]
SUBTYPE = "subtype"
# Layer that an event of a type is seen in; any other is a small variant.
LAYER_OF_EVENT = {
    "amplification": "copy number",
    "deep_deletion": "copy number",
    "rearrangement": "structural variants",
    "fusion": "structural variants",
}
# Layers that decide whether the state of a gene can be assessed.
MAIN_LAYERS = ("variants", "copy number")
NOT_CALLED = ("unclassified", "not_assessable")


@dataclass(frozen=True)
class Timed:
    """One sample of a patient, with its place in time.

    Parameters
    ----------
    row : Row
        Row of inputs/samples.tsv.
    time : int
        Rank of its time among the patient's, from 0; samples of one rank have no order among them.
    """

    row: Row
    time: int

    @property
    def sample_id(self) -> str:
        """Return the sample's identifier."""
        return text_of(self.row, "sample_id")

    @property
    def place(self) -> str:
        """Return the sample and when it was taken, in words."""
        day = self.row.get("day")
        said = [text_of(self.row, "timepoint"), "" if day is None else f"day {day}", text_of(self.row, "site")]
        details = ", ".join(filter(None, said))
        return f"{self.sample_id} ({details})" if details else self.sample_id


@dataclass(frozen=True)
class Seen:
    """What one sample shows of one event.

    Parameters
    ----------
    sample : Timed
        The sample.
    status : str
        ``present``, ``not_detected`` or ``not_assessable``.
    call : str
        What is compared between samples: the status, or the subtype call; empty where not assessable.
    vaf : float or None
        Variant allele fraction where seen.
    reason : str
        The status in words.
    """

    sample: Timed
    status: str
    call: str
    vaf: float | None
    reason: str


@dataclass(frozen=True)
class Facts:
    """What the stages above say of the samples, laid out for look-up.

    Parameters
    ----------
    events : mapping of sample_id
        Its driver events that may drive, by (gene_symbol, event).
    gene_states : mapping of (sample_id, gene_symbol)
        Rows of drivers/gene_states.tsv.
    layers : mapping of layer, then of sample_id
        Rows of the status tables of ``variants``, ``structural variants`` and ``copy number``.
    subtypes : mapping of sample_id
        Rows of regulators/subtypes.tsv.
    """

    events: Mapping[str, Mapping[tuple[str, str], Row]]
    gene_states: Mapping[tuple[str, str], Row]
    layers: Mapping[str, Mapping[str, Row]]
    subtypes: Mapping[str, Row]


def text_of(row: Row | None, column: str) -> str:
    """Return a text cell, empty where the row or the cell is missing."""
    value = None if row is None else row.get(column)
    return "" if value is None else str(value)


def gather(
    *,
    events: Iterable[Row],
    gene_states: Iterable[Row],
    layers: Mapping[str, Iterable[Row]],
    subtypes: Iterable[Row],
) -> Facts:
    """Lay the rows of the tables out for look-up; events that were not promoted are left out."""
    listed: dict[str, dict[tuple[str, str], Row]] = {}
    for row in events:
        if text_of(row, "oncogenic_call") != "not_promoted":
            key = (text_of(row, "gene_symbol"), text_of(row, "event"))
            listed.setdefault(text_of(row, "sample_id"), {})[key] = row
    return Facts(
        events=listed,
        gene_states={(text_of(row, "sample_id"), text_of(row, "gene_symbol")): row for row in gene_states},
        layers={layer: {text_of(row, "sample_id"): row for row in rows} for layer, rows in layers.items()},
        subtypes={text_of(row, "sample_id"): row for row in subtypes},
    )


def in_time(samples: Iterable[Row]) -> list[Timed]:
    """Put the samples of one patient in time, as far as the sheet gives an order (see the module).

    Parameters
    ----------
    samples : iterable of Row
        Rows of inputs/samples.tsv of one patient, in any order.

    Returns
    -------
    list of Timed
        By time, then time point, then sample_id; ranks count from 0 without a gap.
    """
    rows = list(samples)
    if all(row.get("day") is not None for row in rows):
        keys = [int(text_of(row, "day")) for row in rows]
    elif all(text_of(row, "timepoint") for row in rows):
        keys = [int(text_of(row, "timepoint").casefold() != BASELINE) for row in rows]
    else:
        keys = [0 for _ in rows]
    ranks = {key: rank for rank, key in enumerate(sorted(set(keys)))}
    timed = [Timed(row, ranks[key]) for row, key in zip(rows, keys, strict=True)]
    return sorted(timed, key=lambda sample: (sample.time, text_of(sample.row, "timepoint"), sample.sample_id))


def event_in_sample(sample: Timed, gene: str, event: str, event_type: str, facts: Facts) -> Seen:
    """Return what one sample shows of one driver event that was seen in the patient."""
    name = sample.sample_id
    row = facts.events.get(name, {}).get((gene, event))
    if row is not None:
        vaf = row.get("vaf")
        return Seen(sample, "present", "present", None if vaf is None else float(vaf), text_of(row, "reason"))
    needed = LAYER_OF_EVENT.get(event_type, "variants")
    status = {layer: rows.get(name) for layer, rows in facts.layers.items()}
    if not _is_imported(status.get(needed)):
        return Seen(sample, "not_assessable", "", None, _why_not_imported(needed, status.get(needed)))
    state = facts.gene_states.get((name, gene))
    # A gene that another layer leaves open is not open for this one.
    others = [status.get(layer) for layer in MAIN_LAYERS if layer != needed]
    if needed == "variants" and text_of(state, "state") == "not_covered":
        reason = _because(f"{gene} is outside the target", text_of(state, "reason"))
        return Seen(sample, "not_assessable", "", None, reason)
    if all(map(_is_imported, others)) and text_of(state, "state") == "not_assessable":
        reason = _because(f"{gene} could not be assessed", text_of(state, "reason"))
        return Seen(sample, "not_assessable", "", None, reason)
    return Seen(sample, "not_detected", "not_detected", None, "Not among the calls; coverage was not checked.")


def _is_imported(status: Row | None) -> bool:
    return text_of(status, "state") == "imported"


def _why_not_imported(layer: str, status: Row | None) -> str:
    if text_of(status, "state") == "refused":
        return _because(f"The {layer} of this sample could not be read", text_of(status, "reason"))
    return f"No {layer} {'was' if layer == 'copy number' else 'were'} given for this sample."


def _because(sentence: str, why: str) -> str:
    return f"{sentence}: {why.rstrip('.')}." if why else f"{sentence}."


def subtype_in_sample(sample: Timed, facts: Facts) -> Seen:
    """Return the subtype call of one sample; unclassified and not assessable are no calls."""
    row = facts.subtypes.get(sample.sample_id)
    call = text_of(row, "subtype") or "not_assessable"
    if call in NOT_CALLED:
        said = {"unclassified": "The subtype is unclassified", "not_assessable": "The subtype could not be assessed"}
        return Seen(sample, "not_assessable", "", None, _because(said[call], text_of(row, "reason")))
    components = text_of(row, "components")
    if call == "hybrid" and components:
        call = f"hybrid ({components})"
    probability = None if row is None else row.get("probability")
    said_probability = "" if probability is None else f", probability {float(probability):.2g}"
    return Seen(sample, "present", call, None, f"{call}{said_probability}.")


def change_of(shown: Sequence[Seen]) -> tuple[str, str]:
    """Return the change that the samples of one patient show, and the reason in words.

    Parameters
    ----------
    shown : sequence of Seen
        All samples of the patient, in time, with what each shows of one event or of the subtype.

    Returns
    -------
    change : str
        One of `contracts.CHANGES`, by the table of the module.
    reason : str
        For a reader.
    """
    if len(shown) == 1:
        return "single_sample", f"One sample: nothing to compare with. {shown[0].reason}"
    known = [seen for seen in shown if seen.call]
    if len(known) < 2:
        gaps = " ".join(f"{seen.sample.sample_id}: {seen.reason}" for seen in shown if not seen.call)
        return "not_assessable", f"{len(known)} of {len(shown)} samples could show it. {gaps}"
    left_out = [seen.sample.sample_id for seen in shown if not seen.call]
    note = f" Not assessable: {', '.join(left_out)}." if left_out else ""
    how_many = "both" if len(known) == 2 else f"all {len(known)}"
    if len({seen.call for seen in known}) == 1:
        return "kept", f"The same in {how_many} samples that could show it.{note}"
    times: dict[int, list[Seen]] = {}
    for seen in known:
        times.setdefault(seen.sample.time, []).append(seen)
    split = [group for group in times.values() if len({seen.call for seen in group}) > 1]
    if split:
        return "differs_between_sites", f"{_difference_in_words(split[0])}{note}"
    first, *between, last = (group[0] for group in times.values())
    return _change_in_time(first, between, last, _moved(known) + note)


def _difference_in_words(group: Sequence[Seen]) -> str:
    listed = "; ".join(f"{seen.sample.place}: {_in_words(seen.call)}" for seen in group)
    sites = [text_of(seen.sample.row, "site") for seen in group]
    if not all(sites):
        caution = " The sheet does not give all their sites."
    elif len(set(sites)) == 1:
        caution = " They are of the same site."
    else:
        caution = ""
    return f"Samples without an order in time differ: {listed}.{caution}"


def _change_in_time(first: Seen, between: Sequence[Seen], last: Seen, note: str) -> tuple[str, str]:
    ends = f"{first.sample.place}: {_in_words(first.call)}; {last.sample.place}: {_in_words(last.call)}."
    others = "; ".join(f"{seen.sample.place}: {_in_words(seen.call)}" for seen in between if seen.call != first.call)
    if first.call != last.call:
        change = "no_longer_detected" if last.call == "not_detected" else "newly_detected"
        return change, f"{ends}{note}"
    if last.call == "not_detected":
        return "no_longer_detected", f"Seen only between the first and the last time ({others}). {ends}{note}"
    return "kept", f"The same at the first and the last time, not between ({others}). {ends}{note}"


def _moved(known: Sequence[Seen]) -> str:
    """Return a caution where the samples compared in time are from different sites."""
    sites = {text_of(seen.sample.row, "site") for seen in known} - {""}
    return " The samples are from different sites, which may explain it as well." if len(sites) > 1 else ""


def _in_words(call: str) -> str:
    return {"present": "seen", "not_detected": "not detected"}.get(call, call)


def calls_in_order(shown: Sequence[Seen], facts: Facts) -> str:
    """Return the subtype calls of a patient, times joined by ``>`` and samples of one time by ``/``."""
    times: dict[int, list[str]] = {}
    for seen in shown:
        call = seen.call or text_of(facts.subtypes.get(seen.sample.sample_id), "subtype") or "not_assessable"
        times.setdefault(seen.sample.time, []).append(call)
    return " > ".join(" / ".join(calls) for calls in times.values())


def follow(samples: Sequence[Timed], facts: Facts) -> Iterator[tuple[tuple[str, str, str], str, tuple[Seen, ...]]]:
    """Yield what is followed in one patient, and what each sample shows of it.

    Parameters
    ----------
    samples : sequence of Timed
        The patient's samples, in time.
    facts : Facts
        What the stages above say.

    Yields
    ------
    key : (str, str, str)
        gene_symbol, event and event_type; (``subtype``, ``subtype``, ``subtype``) for the subtype.
    label : str
        The event as changes.tsv names it.
    shown : tuple of Seen
        In the order of `samples`.
    """
    types: dict[tuple[str, str], str] = {}
    for sample in samples:
        for key, row in facts.events.get(sample.sample_id, {}).items():
            types.setdefault(key, text_of(row, "event_type"))
    for gene, event in sorted(types):
        event_type = types[gene, event]
        shown = tuple(event_in_sample(sample, gene, event, event_type, facts) for sample in samples)
        yield (gene, event, event_type), event, shown
    calls = tuple(subtype_in_sample(sample, facts) for sample in samples)
    yield (SUBTYPE, SUBTYPE, SUBTYPE), calls_in_order(calls, facts), calls


def patient_rows(
    patient_id: str, samples: Iterable[Row], facts: Facts
) -> tuple[list[dict[str, Cell]], list[dict[str, Cell]]]:
    """Return the rows of one patient: of status.tsv, and of changes.tsv."""
    status_rows: list[dict[str, Cell]] = []
    change_rows: list[dict[str, Cell]] = []
    for (gene, event, event_type), label, shown in follow(in_time(samples), facts):
        status_rows += [
            {
                "patient_id": patient_id,
                "gene_symbol": gene,
                "event": event,
                "sample_id": seen.sample.sample_id,
                "timepoint": seen.sample.row.get("timepoint"),
                "day": seen.sample.row.get("day"),
                "site": seen.sample.row.get("site"),
                "status": seen.status,
                "vaf": seen.vaf,
                "reason": seen.reason,
            }
            for seen in shown
        ]
        change, reason = change_of(shown)
        change_rows.append(
            {
                "patient_id": patient_id,
                "gene_symbol": gene,
                "event": label,
                "event_type": event_type,
                "change": change,
                "status_by_sample": ";".join(f"{seen.sample.sample_id}={seen.status}" for seen in shown),
                "reason": reason,
            }
        )
    return status_rows, change_rows


def run(
    *,
    samples: Path,
    variant_status: tuple[Path, ...],
    structural_variant_status: tuple[Path, ...],
    copy_number_status: tuple[Path, ...],
    events: Path,
    gene_states: Path,
    subtypes: Path,
    status: Path,
    changes: Path,
) -> None:
    """Follow every patient, and write `status` and `changes`.

    Parameters
    ----------
    samples, events, gene_states, subtypes : Path
        Tables of the stages above.
    variant_status, structural_variant_status, copy_number_status : tuple of Path
        The same, one file per chunk.
    status, changes : Path
        Tables to write.

    Raises
    ------
    TableError
        A table breaks its contract.
    """
    facts = gather(
        events=read_rows(events, EVENTS),
        gene_states=read_rows(gene_states, GENE_STATES),
        layers={
            "variants": read_chunks(variant_status, VARIANT_STATUS),
            "structural variants": read_chunks(structural_variant_status, STRUCTURAL_VARIANT_STATUS),
            "copy number": read_chunks(copy_number_status, COPY_NUMBER_STATUS),
        },
        subtypes=read_rows(subtypes, SUBTYPE_CALLS),
    )
    patients: dict[str, list[Row]] = {}
    for row in read_rows(samples, SAMPLES):
        patients.setdefault(text_of(row, "patient_id"), []).append(row)
    status_rows: list[dict[str, Cell]] = []
    change_rows: list[dict[str, Cell]] = []
    for patient_id in sorted(patients):
        seen, changed = patient_rows(patient_id, patients[patient_id], facts)
        status_rows += seen
        change_rows += changed
    write_rows(status, PATIENT_STATUS, status_rows)
    write_rows(changes, PATIENT_CHANGES, change_rows)
    counts = Counter(str(row["change"]) for row in change_rows)
    LOGGER.info(
        "%d patients, %d with several samples: %s",
        len(patients),
        sum(len(rows) > 1 for rows in patients.values()),
        ", ".join(f"{counts[change]} {change}" for change in CHANGES),
    )
