"""The truth tables, written from the plan; and a check that what was drawn leaves no doubt about it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from builder.alleles import Record, allele_of, expected_vaf
from builder.expression import PROFILES
from builder.model import NOT_PROMOTED, ROUTES, SET_ASIDE, ZYGOSITY_GENES, Hit, Tumour
from builder.plan import EVENTS, RESISTANCE, TUMOURS
from builder.segments import NEVER_COVERED, segments_of, total_copies

if TYPE_CHECKING:
    from builder.genome import Genome

# The default of drivers.max_error_probability. A rejection must be a tenth of it, an acceptance five times.
MAX_ERROR_PROBABILITY = 0.01
CLEARLY_REJECTED, CLEARLY_FITTING = MAX_ERROR_PROBABILITY / 10, MAX_ERROR_PROBABILITY * 5
# Copies that clear the thresholds of the default configuration (0.5, 1.5, 3, 8): for planted totals of 0, 1 and 2 ...
RANGES_OF_FEW = ((0.0, 0.4), (0.6, 1.3), (1.7, 2.7))
# ... and above.
GAIN_COPIES, AMPLIFICATION_COPIES = (3.2, 7.0), (9.0, 100.0)
FEWEST_AMPLIFIED = 10
Row = tuple[object, ...]

EVENT_COLUMNS = (
    "sample_id", "gene_symbol", "event", "event_type", "oncogenic_call", "chrom", "position_1based", "ref", "alt"
)  # fmt: skip
SET_ASIDE_COLUMNS = ("sample_id", "gene_symbol", "event", "chrom", "position_1based", "ref", "alt", "why")
STATE_COLUMNS = ("sample_id", "gene_symbol", "state", "second_hit", "confidence", "route")
SUBTYPE_COLUMNS = ("sample_id", "subtype", "components", "why")
CHANGE_COLUMNS = ("patient_id", "gene_symbol", "event", "change")
RESISTANCE_COLUMNS = ("sample_id", "therapy", "class", "why")


def tsv(columns: Sequence[str], rows: Sequence[Row]) -> str:
    """Return a table as text; None is an empty cell."""
    lines = ["\t".join(columns)]
    lines += ["\t".join("" if cell is None else str(cell) for cell in row) for row in rows]
    return "\n".join(lines) + "\n"


def event_rows(genome: Genome) -> list[Row]:
    """Return every event that must be called, by sample, gene and name."""
    rows: list[Row] = []
    for tumour in TUMOURS:
        for hit in tumour.hits:
            event = EVENTS[hit.event]
            if event.is_counted and not hit.failing:
                rows.append((tumour.sample_id, *_named(genome, hit, event.event_type, event.oncogenic_call)))
        for symbol, kind in _copy_number_events(tumour):
            rows.append((tumour.sample_id, symbol, kind, kind, "likely_oncogenic", None, None, None, None))
    return sorted(rows, key=lambda row: [str(cell) for cell in row[:3]])


def _named(genome: Genome, hit: Hit, *middle: str) -> Row:
    change = EVENTS[hit.event].change
    allele = allele_of(genome, change)
    where = (allele.contig, allele.position_1based, allele.ref, allele.alt)
    return (change.gene_symbol, f"p.{change.name}", *middle, *where)


def _copy_number_events(tumour: Tumour) -> Iterator[tuple[str, str]]:
    """Yield (gene, kind) of the focal events that are planted, not what follows from any threshold."""
    if tumour.segments is not None:
        for symbol, (total, _) in tumour.segments.copies.items():
            if total == 0 or total >= FEWEST_AMPLIFIED:
                yield symbol, "deep_deletion" if total == 0 else "amplification"


def set_aside_rows(genome: Genome) -> list[Row]:
    """Return variants of driver genes that must be seen and set aside: by FILTER, or as a kind not counted."""
    rows: list[Row] = []
    for tumour in TUMOURS:
        for hit in tumour.hits:
            if hit.failing or not EVENTS[hit.event].is_counted:
                why = f"filter: {hit.failing}" if hit.failing else "kind of change not counted in this gene"
                rows.append((tumour.sample_id, *_named(genome, hit), why))
    return sorted(rows, key=lambda row: [str(cell) for cell in row[:3]])


def state_rows() -> list[Row]:
    """Return the zygosity state of TP53, RB1 and PTEN in every tumour, with the route that was planted."""
    return [
        (tumour.sample_id, symbol, *ROUTES[route], route)
        for tumour in TUMOURS
        for symbol, route in zip(ZYGOSITY_GENES, tumour.routes, strict=True)
    ]


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


def change_rows() -> list[Row]:
    """Return what becomes of every event that may drive, and of the subtype, over the days of its patient."""
    rows: list[Row] = []
    for patient in sorted({tumour.patient_id for tumour in TUMOURS}):
        tumours = sorted((one for one in TUMOURS if one.patient_id == patient), key=lambda one: one.day)
        for symbol, name in sorted({pair for tumour in tumours for pair in _event_names(tumour)}):
            rows.append((patient, symbol, name, _change(tumours, symbol, name)))
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


def _event_names(tumour: Tumour) -> set[tuple[str, str]]:
    """Return (gene, name) of the events that are followed: not those of passenger-prone genes."""
    small = {
        (EVENTS[hit.event].change.gene_symbol, f"p.{EVENTS[hit.event].change.name}")
        for hit in tumour.hits
        if not hit.failing and EVENTS[hit.event].oncogenic_call not in {SET_ASIDE, NOT_PROMOTED}
    }
    return small | set(_copy_number_events(tumour))


def _change(tumours: Sequence[Tumour], symbol: str, name: str) -> str:
    if len(tumours) == 1:
        return "single_sample"
    seen = [_status(tumour, symbol, name) for tumour in tumours]
    if None in seen:
        return "not_assessable"
    if all(seen):
        return "kept"
    if tumours[0].day == tumours[-1].day:
        return "differs_between_sites"
    return "newly_detected" if seen[-1] else "no_longer_detected"


def _status(tumour: Tumour, symbol: str, name: str) -> bool | None:
    """Tell whether an event is seen; None where the tumour lacks the data that would show it."""
    if (symbol, name) in _event_names(tumour):
        return True
    layer = tumour.calls if name.startswith("p.") else tumour.segments
    return None if layer is None else False


# --- does what was drawn say what was planned? ----------------------------------------------------


def check(genome: Genome, tumour: Tumour, records: Sequence[Record]) -> None:
    """Raise ValueError where reads or segments leave doubt about a planted state.

    The arithmetic is that of the workflow's documentation, not of its code: copies from log2 ratio
    and purity; one-sided binomial tests of the allele fraction.
    """
    for symbol, route in zip(ZYGOSITY_GENES, tumour.routes, strict=True):
        hits = [hit for hit in tumour.hits if EVENTS[hit.event].change.gene_symbol == symbol and not hit.failing]
        problem = _problem(genome, tumour, symbol, route, hits, records)
        if problem:
            raise ValueError(f"{tumour.sample_id} {symbol} {route}: {problem}")
    if tumour.segments is not None:
        _check_copies(genome, tumour)


def _problem(
    genome: Genome, tumour: Tumour, symbol: str, route: str, hits: Sequence[Hit], records: Sequence[Record]
) -> str:
    """Return why a route does not hold, empty where it does."""
    expected_hits = {"two_hits": (2,), "none": (0,), "deep_deletion": (0,), "no_variants": (0,)}
    expected_hits |= {"no_copy_number": (0,), "copy_number_not_covered": (0,)}
    if len(hits) not in expected_hits.get(route, (1,)):
        return f"{len(hits)} hits"
    copies = None if tumour.segments is None else tumour.segments.copies.get(symbol, (2, 1))
    contig = genome.genes[symbol].spec.contig
    covered = tumour.segments is not None and contig not in (*tumour.segments.not_covered, *NEVER_COVERED)
    alleles = tumour.segments is not None and tumour.segments.format != "seg"
    holds = {
        "deep_deletion": covered and copies == (0, 0),
        "two_hits": copies in (None, (2, 1)),
        "hit_and_minor_copy_zero": covered and alleles and copies == (2, 0),
        "hit_and_loss": covered and copies == (1, 0),
        "hit_and_vaf": copies is None and tumour.purity_known,
        "one_hit_other_copy_seen": covered and alleles and copies == (2, 1),
        "one_hit_vaf_of_one_copy": copies is None and tumour.purity_known,
        "one_hit_vaf_undecided": copies is None and tumour.purity_known,
        "one_hit_purity_unknown": copies is None and not tumour.purity_known,
        "none": covered and tumour.calls is not None and copies == (2, 1),
        "no_variants": tumour.calls is None,
        "no_copy_number": tumour.segments is None and tumour.calls is not None,
        "copy_number_not_covered": tumour.calls is not None and not covered,
    }
    if not holds[route]:
        return f"copies {copies}"
    return _reads_problem(genome, tumour, route, hits, records) if hits else ""


def _reads_problem(genome: Genome, tumour: Tumour, route: str, hits: Sequence[Hit], records: Sequence[Record]) -> str:
    """Return why the reads of the hits do not decide as they should."""
    if not tumour.purity_known:
        return ""
    p = tumour.purity
    for hit in hits:
        allele = allele_of(genome, EVENTS[hit.event].change)
        reads = next(
            one.tumour
            for one in records
            if one.contig == allele.contig and abs(one.position_1based - allele.position_1based) < 4
        )
        alternate, depth = reads.alts[0], reads.depth
        whole = _at_least(alternate, depth, expected_vaf(p, 2, 1))
        lost = [_at_most(alternate, depth, min(0.95, expected_vaf(p, *model))) for model in ((1, 1), (2, 2))]
        shown = f"{alternate} of {depth} reads: whole {whole:.2g}, lost {lost[0]:.2g} or {lost[1]:.2g}"
        decided = {
            "hit_and_vaf": whole < CLEARLY_REJECTED and max(lost) > CLEARLY_FITTING,
            "one_hit_vaf_of_one_copy": whole > CLEARLY_FITTING and max(lost) < CLEARLY_REJECTED,
            "one_hit_vaf_undecided": whole > CLEARLY_FITTING and max(lost) > CLEARLY_FITTING,
            # A hit on the only copy must have reads enough not to look subclonal.
            "hit_and_loss": lost[0] > CLEARLY_FITTING,
            "hit_and_minor_copy_zero": lost[0] > CLEARLY_FITTING,
        }
        if not decided.get(route, True):
            return shown
    return ""


def _at_least(successes: int, trials: int, probability: float) -> float:
    return sum(_binomial(i, trials, probability) for i in range(successes, trials + 1))


def _at_most(successes: int, trials: int, probability: float) -> float:
    return sum(_binomial(i, trials, probability) for i in range(successes + 1))


def _binomial(successes: int, trials: int, probability: float) -> float:
    return math.comb(trials, successes) * probability**successes * (1 - probability) ** (trials - successes)


def _check_copies(genome: Genome, tumour: Tumour) -> None:
    """Refuse a segment whose copies, by the sheet's purity, are not clearly those planted."""
    purity = tumour.purity if tumour.purity_known else 1.0
    for segment in segments_of(genome, tumour):
        found = total_copies(segment.log2_ratio, purity)
        total = segment.copies[0]
        low, high = _range_of(total)
        if not low <= found <= high:
            place = f"{segment.contig}:{segment.start_0based}"
            raise ValueError(f"{tumour.sample_id} {place}: {found:.2f} copies, planted {total}")


def _range_of(total: int) -> tuple[float, float]:
    """Return the copies that leave no doubt about the state of a planted total."""
    if total <= len(RANGES_OF_FEW) - 1:
        return RANGES_OF_FEW[total]
    return AMPLIFICATION_COPIES if total >= FEWEST_AMPLIFIED else GAIN_COPIES
