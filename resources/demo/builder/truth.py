"""The truth tables, written from the plan."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from builder.alleles import Allele, allele_of, copies_of
from builder.effects import effect_of
from builder.expression import PROFILES
from builder.model import NOT_PROMOTED, SET_ASIDE, Hit, Tumour
from builder.plan import ANNOTATED_ELSEWHERE, EVENTS, HOTSPOT_STOPS, TUMOURS
from builder.states import FEWEST_AMPLIFIED, LIKELY, clonality_of, driver_genes, hits_of
from builder.structural import STRUCTURAL, structural_events
from builder.therapies import RESISTANCE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from builder.alleles import Record
    from builder.genome import Genome
    from builder.tsv import Row

EVENT_COLUMNS = (
    "sample_id", "gene_symbol", "event", "event_type", "oncogenic_call", "chrom", "position_1based", "ref", "alt",
    "read_with", "origin", "clonality", "callers", "callers_given",
)  # fmt: skip
SET_ASIDE_COLUMNS = ("sample_id", "gene_symbol", "event", "chrom", "position_1based", "ref", "alt", "why")
PURITY_COLUMNS = ("sample_id", "source", "planted_purity", "interval_holds")
DISAGREEMENT_COLUMNS = (
    "sample_id", "gene_symbol", "chrom", "position_1based", "ref", "alt", "annotation_source",
    "annotation_consequence", "event",
)  # fmt: skip
SUBTYPE_COLUMNS = ("sample_id", "subtype", "components", "why")
CHANGE_COLUMNS = ("patient_id", "gene_symbol", "event", "change")
RESISTANCE_COLUMNS = ("sample_id", "therapy", "class", "why")


def event_rows(genome: Genome) -> list[Row]:
    """Return every event that must be called, by sample, gene and name."""
    rows: list[Row] = []
    for tumour in TUMOURS:
        for hit in tumour.hits:
            event = EVENTS[hit.event]
            if event.is_counted and not hit.failing:
                found = (event.event_type, event.oncogenic_call)
                rows.append((tumour.sample_id, *_named(genome, hit, *found), *_told(genome, tumour, hit)))
        for symbol, kind in _copy_number_events(tumour):
            rows.append((tumour.sample_id, symbol, kind, kind, LIKELY, *[None] * 9))
        for symbol, name, _ in structural_events(genome, tumour):
            rows.append((tumour.sample_id, symbol, name, "rearrangement", LIKELY, *[None] * 9))
    return sorted(rows, key=lambda row: [str(cell) for cell in row[:3]])


def _told(genome: Genome, tumour: Tumour, hit: Hit) -> Row:
    """Return what a run must say of a small variant: the other record, origin, clonality, callers."""
    if tumour.calls is None:
        raise ValueError(f"{tumour.sample_id} has hits and no calls")
    second = None
    if hit.written == "phased":
        _, other = phased_alleles(genome, hit)
        second = f"{other.position_1based}:{other.ref}:{other.alt}"
    # A MAF is read as it stands: it is no caller's own file.
    callers = ("generic",) if tumour.calls.kind == "maf" else hit.callers or tumour.calls.callers
    return (
        second, origin_of(tumour, hit), clonality_of(genome, tumour, hit), ";".join(callers), len(tumour.calls.callers)
    )  # fmt: skip


def origin_of(tumour: Tumour, hit: Hit) -> str:
    """Return what can be said of a hit's origin: without a normal, a hotspot speaks for somatic."""
    if hit.germline_frequency:
        return "likely_germline"
    paired = tumour.calls is not None and tumour.calls.normal
    at_hotspot = EVENTS[hit.event].event_type == "hotspot" or hit.event in HOTSPOT_STOPS
    return "somatic" if paired or at_hotspot else "uncertain"


def phased_alleles(genome: Genome, hit: Hit) -> tuple[Allele, Allele]:
    """Return the two alleles that a change of two bases is written as, by position."""
    both = allele_of(genome, EVENTS[hit.event].change)
    first, second = (
        Allele(both.contig, both.position_1based + place, both.ref[place], both.alt[place]) for place in (0, 1)
    )
    return first, second


def _named(genome: Genome, hit: Hit, *middle: str) -> Row:
    change = EVENTS[hit.event].change
    allele = phased_alleles(genome, hit)[0] if hit.written == "phased" else allele_of(genome, change)
    where = (allele.contig, allele.position_1based, allele.ref, allele.alt)
    return (change.gene_symbol, f"p.{change.name}", *middle, *where)


def _copy_number_events(tumour: Tumour) -> Iterator[tuple[str, str]]:
    """Yield (gene, kind) of the focal events that are planted, not what follows from any threshold."""
    if tumour.segments is not None:
        for symbol, (total, _) in tumour.segments.copies.items():
            if total == 0 or total >= FEWEST_AMPLIFIED:
                yield symbol, "deep_deletion" if total == 0 else "amplification"


def set_aside_rows(genome: Genome, records: Mapping[str, Sequence[Record]]) -> list[Row]:
    """Return everything in driver genes that must be seen and set aside, with the kind of the reason."""
    drivers = set(driver_genes())
    rows: set[Row] = set()
    for tumour in TUMOURS:
        for hit in tumour.hits:
            if hit.failing or not EVENTS[hit.event].is_counted:
                why = f"filter: {hit.failing}" if hit.failing else "kind of change not counted in this gene"
                rows.add((tumour.sample_id, *_named(genome, hit), why))
            if hit.written == "phased":
                rows.add((tumour.sample_id, *_read_together(genome, hit)))
        rows |= {(tumour.sample_id, *row) for row in _silent(genome, records[tumour.sample_id], drivers)}
        for symbol, name, failing in structural_events(genome, tumour, set_aside=True):
            why = f"filter: {failing}" if failing else "inside an intron"
            rows.add((tumour.sample_id, symbol, name, None, None, None, None, why))
    return sorted(rows, key=lambda row: [str(cell) for cell in row[:4]])


def _read_together(genome: Genome, hit: Hit) -> Row:
    """Return the second record of a change that is read from two."""
    first, second = phased_alleles(genome, hit)
    change = EVENTS[hit.event].change
    alone, other = effect_of(genome, first).change, effect_of(genome, second).change
    where = (second.contig, second.position_1based, second.ref, second.alt)
    return (change.gene_symbol, f"p.{other}", *where, f"read together with p.{alone} as p.{change.name}")


def _silent(genome: Genome, records: Sequence[Record], drivers: set[str]) -> Iterator[Row]:
    """Yield the silent passengers of driver genes."""
    for record in records:
        for alt in record.alts:
            allele = Allele(record.contig, record.position_1based, record.ref.upper(), alt.upper())
            if len(allele.ref) == 1 and allele.alt in {"A", "C", "G", "T"}:
                effect = effect_of(genome, allele)
                if effect.gene and effect.gene.spec.symbol in drivers and effect.term == "synonymous_variant":
                    why = f"filter: {record.failing}" if record.failing else "silent"
                    where = (allele.contig, allele.position_1based, allele.ref, allele.alt)
                    yield (effect.gene.spec.symbol, f"p.{effect.change}", *where, why)


def purity_rows() -> list[Row]:
    """Return where each tumour's purity is from, and whether an estimate's interval must hold the planted one."""
    rows: list[Row] = []
    for tumour in TUMOURS:
        hits = hits_of(tumour, "TP53")
        source = "none"
        if tumour.purity_known:
            fitted = tumour.segments is not None and tumour.segments.format == "purple"
            source = "copy_number_caller" if fitted else "sheet"
        elif len(hits) == 1:
            source = "tp53_vaf"
        # The estimate takes TP53 for lost on every copy but the mutated ones.
        holds = str(copies_of(tumour, hits[0])[0] == hits[0].mutated_copies).lower() if source == "tp53_vaf" else None
        rows.append((tumour.sample_id, source, tumour.purity, holds))
    return rows


def disagreement_rows(genome: Genome) -> list[Row]:
    """Return the variants of which the file's own annotation says something else."""
    rows: list[Row] = []
    for event, (sample_id, _, term) in ANNOTATED_ELSEWHERE.items():
        change = EVENTS[event].change
        allele = allele_of(genome, change)
        where = (allele.contig, allele.position_1based, allele.ref, allele.alt)
        rows.append((sample_id, change.gene_symbol, *where, "VEP", term, f"p.{change.name}"))
    return rows


def subtype_rows() -> list[Row]:
    """Return the subtype of every tumour."""
    rows: list[Row] = []
    for tumour in TUMOURS:
        if tumour.expression is None:
            rows.append((tumour.sample_id, "not_assessable", None, "no RNA"))
            continue
        profile = PROFILES[tumour.expression.profile]
        if profile.subtype == "SCLC-I" and tumour.purity < 0.5:
            why = "inflamed profile, but most of the RNA is not the tumour's"
            rows.append((tumour.sample_id, "unclassified", None, why))
        else:
            why = f"profile {tumour.expression.profile}"
            rows.append((tumour.sample_id, profile.subtype, profile.components, why))
    return rows


def resistance_rows() -> list[Row]:
    """Return the classes that were planted on purpose, by sample and therapy."""
    rows = [
        (sample_id, therapy, verdict, why)
        for therapy, planted in RESISTANCE.items()
        for verdict, samples in planted.items()
        for sample_id, why in samples.items()
    ]
    return sorted(rows)


def change_rows(genome: Genome) -> list[Row]:
    """Return what becomes of every event that may drive, and of the subtype, over the days of its patient."""
    rows: list[Row] = []
    for patient in sorted({tumour.patient_id for tumour in TUMOURS}):
        tumours = sorted((one for one in TUMOURS if one.patient_id == patient), key=lambda one: one.day)
        names = {tumour.sample_id: _event_names(genome, tumour) for tumour in tumours}
        for symbol, name in sorted(set().union(*names.values())):
            rows.append((patient, symbol, name, _change(tumours, names, symbol, name)))
        rows.append((patient, "subtype", *_subtype_change(tumours)))
    return rows


def _subtype_change(tumours: Sequence[Tumour]) -> tuple[str, str]:
    """Return the subtypes of a patient in order (`>` in time, `/` at one time), and what became of them."""
    calls = {str(row[0]): f"{row[1]} ({row[2]})" if row[2] else str(row[1]) for row in subtype_rows()}
    listed = [calls[tumour.sample_id] for tumour in tumours]
    at_once = tumours[0].day == tumours[-1].day
    if len(tumours) == 1:
        change = "single_sample"
    elif len(set(listed)) == 1:
        change = "kept"
    else:
        change = "differs_between_sites" if at_once else "newly_detected"
    return (" / " if at_once else " > ").join(listed), change


def _event_names(genome: Genome, tumour: Tumour) -> set[tuple[str, str]]:
    """Return (gene, name) of the events that are followed: not those of passenger-prone genes."""
    small = {
        (EVENTS[hit.event].change.gene_symbol, f"p.{EVENTS[hit.event].change.name}")
        for hit in tumour.hits
        if not hit.failing and EVENTS[hit.event].oncogenic_call not in {SET_ASIDE, NOT_PROMOTED}
    }
    broken = {(symbol, name) for symbol, name, _ in structural_events(genome, tumour)}
    return small | set(_copy_number_events(tumour)) | broken


def _change(tumours: Sequence[Tumour], names: Mapping[str, set[tuple[str, str]]], symbol: str, name: str) -> str:
    if len(tumours) == 1:
        return "single_sample"
    seen = [_status(tumour, names[tumour.sample_id], symbol, name) for tumour in tumours]
    if None in seen:
        return "not_assessable"
    if all(seen):
        return "kept"
    if tumours[0].day == tumours[-1].day:
        return "differs_between_sites"
    return "newly_detected" if seen[-1] else "no_longer_detected"


def _status(tumour: Tumour, names: set[tuple[str, str]], symbol: str, name: str) -> bool | None:
    """Tell whether an event is seen; None where the tumour lacks the data that would show it."""
    if (symbol, name) in names:
        return True
    if name in {"amplification", "deep_deletion"}:
        return None if tumour.segments is None else False
    if name.startswith("p."):
        return None if tumour.calls is None else False
    return None if tumour.sample_id not in STRUCTURAL else False
