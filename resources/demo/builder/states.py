"""Routes to the zygosity states of tumour suppressors; and a check that what was drawn leaves no doubt about them."""

from __future__ import annotations

import csv
import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from builder.alleles import Reads, Record, allele_of, copies_of, expected_vaf
from builder.model import ROUTES, ZYGOSITY_GENES, Hit, Tumour
from builder.plan import EVENTS, TUMOURS
from builder.segments import NEVER_COVERED, segments_of, total_copies
from builder.structural import disrupted_genes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from builder.genome import Genome
    from builder.model import Copies
    from builder.tsv import Row

# The default of drivers.max_error_probability. A rejection must be a tenth of it, an acceptance five times.
MAX_ERROR_PROBABILITY = 0.01
CLEARLY_REJECTED, CLEARLY_FITTING = MAX_ERROR_PROBABILITY / 10, MAX_ERROR_PROBABILITY * 5
# Copies that clear the thresholds of the default configuration (0.5, 1.5, 3, 8): for planted totals of 0, 1 and 2 ...
RANGES_OF_FEW = ((0.0, 0.4), (0.6, 1.3), (1.7, 2.7))
# ... and above.
GAIN_COPIES, AMPLIFICATION_COPIES = (3.2, 7.0), (9.0, 100.0)
FEWEST_AMPLIFIED = 10
LIKELY = "likely_oncogenic"
STATE_COLUMNS = ("sample_id", "gene_symbol", "state", "mechanism", "second_hit", "confidence", "route")
# A hit is clonal where more than this share of draws would be lower: the lower end of a 95 % interval.
CLONAL_ABOVE = 0.025
DRIVER_GENES = Path(__file__).resolve().parents[2] / "driver_genes.tsv"


def driver_genes() -> dict[str, dict[str, str]]:
    """Return the rows of resources/driver_genes.tsv by symbol."""
    with DRIVER_GENES.open(encoding="utf-8", newline="") as handle:
        rows = csv.DictReader((line for line in handle if not line.startswith("#")), delimiter="\t")
        return {row["gene_symbol"]: row for row in rows}


def suppressors() -> set[str]:
    """Return the genes whose zygosity is judged: tumour suppressors that are not passenger-prone."""
    return {
        symbol
        for symbol, row in driver_genes().items()
        if row["role"] == "tumour_suppressor" and row["gene_class"] != "passenger_prone"
    }


def _driven_by_variants() -> set[str]:
    """Return the genes of which a small variant can be an event."""
    kinds = {"hotspot", "truncating", "splice", "missense", "inframe_indel", "stop_lost"}
    return {symbol for symbol, row in driver_genes().items() if kinds & set(row["events"].split(","))}


def hits_of(tumour: Tumour, symbol: str) -> list[Hit]:
    """Return the small variants of a gene that count as hits."""
    return [
        hit
        for hit in tumour.hits
        if EVENTS[hit.event].change.gene_symbol == symbol
        and EVENTS[hit.event].oncogenic_call == LIKELY
        and not hit.failing
        and not hit.germline_frequency
    ]


def state_rows(genome: Genome, records: Mapping[str, Sequence[Record]]) -> list[Row]:
    """Return the zygosity state of TP53, RB1 and PTEN in every tumour, and of every other suppressor with a hit.

    Genes that a panel leaves out, or covers in part, are there, too.
    """
    known = suppressors()
    rows: list[Row] = []
    for tumour in TUMOURS:
        routes = dict(zip(ZYGOSITY_GENES, tumour.routes, strict=True))
        deleted = {symbol for symbol, (total, _) in _copies(tumour).items() if total == 0}
        hit = {EVENTS[one.event].change.gene_symbol for one in tumour.hits}
        for symbol in sorted((hit | deleted | disrupted_genes(tumour)) & known - set(routes)):
            route = route_of(tumour, symbol, records[tumour.sample_id], genome)
            if route:
                routes[symbol] = route
        panel = tumour.calls.panel if tumour.calls is not None else {}
        routes |= {symbol: "partly_in_panel" for symbol, share in panel.items() if share < 1}
        routes |= {symbol: "not_in_panel" for symbol in sorted(_driven_by_variants() - set(panel)) if panel}
        for symbol, route in routes.items():
            state, second_hit, confidence = ROUTES[route]
            row = (tumour.sample_id, symbol, state, _mechanism(tumour, route), second_hit, confidence, route)
            rows.append(row)
    return rows


def _copies(tumour: Tumour) -> Mapping[str, Copies]:
    return {} if tumour.segments is None else tumour.segments.copies


def gives_alleles(tumour: Tumour) -> bool:
    """Tell whether the segments have the copies of both alleles."""
    return tumour.segments is not None and tumour.segments.format != "seg"


def is_covered(tumour: Tumour, contig: str) -> bool:
    """Tell whether segments lie on a contig."""
    return tumour.segments is not None and contig not in (*tumour.segments.not_covered, *NEVER_COVERED)


def _mechanism(tumour: Tumour, route: str) -> str:
    """Return how the copies are lost; empty without a hit."""
    if route.startswith(("one_hit", "rearrangement_alone")):
        return "single_hit"
    by_route = {
        "deep_deletion": "homozygous_deletion",
        "two_hits": "two_hits",
        "rearrangement_and_hit": "structural_hit_and_other",
        "hit_and_minor_copy_zero": "hit_with_loh",
        "hit_and_loss": "hit_with_loh" if gives_alleles(tumour) else "hit_with_copy_loss",
        "hit_and_vaf": "hit_with_vaf",
    }
    return by_route.get(route, "")


def route_of(tumour: Tumour, symbol: str, records: Sequence[Record], genome: Genome) -> str:
    """Return the route to the state of a suppressor that the plan says nothing of; empty without a hit."""
    hits, copies = hits_of(tumour, symbol), _copies(tumour).get(symbol, (2, 1))
    covered = is_covered(tumour, genome.genes[symbol].spec.contig)
    if covered and copies[0] == 0:
        return "deep_deletion"
    if symbol in disrupted_genes(tumour):
        return "rearrangement_and_hit" if hits else "rearrangement_alone"
    if not hits:
        return ""
    if covered and copies[0] == 1:
        return "hit_and_loss"
    if covered and gives_alleles(tumour) and copies[1] == 0:
        return "hit_and_minor_copy_zero"
    if len(hits) > 1:
        return "two_hits"
    if covered and gives_alleles(tumour):
        return "one_hit_other_copy_seen"
    if not tumour.purity_known:
        return "one_hit_purity_unknown"
    reads = reads_of(genome, hits[0], records)
    whole, lost = _tails(reads, tumour.purity, ((2, 2),) if covered else ((1, 1), (2, 2)))
    rejects = (whole <= MAX_ERROR_PROBABILITY, max(lost) <= MAX_ERROR_PROBABILITY)
    if all(rejects):
        raise ValueError(f"{tumour.sample_id} {symbol}: {reads} fit neither a whole copy nor its loss")
    return {
        (True, False): "hit_and_vaf",
        (False, True): "one_hit_vaf_of_one_copy",
        (False, False): "one_hit_vaf_undecided",
    }[rejects]


def reads_of(genome: Genome, hit: Hit, records: Sequence[Record]) -> Reads:
    """Return the reads of a hit's record in the tumour."""
    allele = allele_of(genome, EVENTS[hit.event].change)
    return next(
        one.tumour
        for one in records
        if one.contig == allele.contig and abs(one.position_1based - allele.position_1based) < 4
    )


def _tails(reads: Reads, purity: float, models: Sequence[tuple[int, int]]) -> tuple[float, list[float]]:
    """Return how likely so many reads are with one copy of two whole, and so few with none whole."""
    whole = _at_least(reads.alts[0], reads.depth, expected_vaf(purity, 2, 1))
    lost = [_at_most(reads.alts[0], reads.depth, min(0.95, expected_vaf(purity, *model))) for model in models]
    return whole, lost


def clonality_of(genome: Genome, tumour: Tumour, hit: Hit) -> str:
    """Return what can be said of a hit's cell fraction: it takes copies, and a purity not from the gene's own reads."""
    symbol = EVENTS[hit.event].change.gene_symbol
    if hit.germline_frequency:
        return ""
    if not is_covered(tumour, genome.genes[symbol].spec.contig) or (not tumour.purity_known and symbol == "TP53"):
        return "not_assessable"
    return "subclonal" if hit.cell_fraction < 1 else "clonal"


def check(genome: Genome, tumour: Tumour, records: Sequence[Record]) -> None:
    """Raise ValueError where reads or segments leave doubt about a planted state.

    The arithmetic is that of the workflow's documentation, not of its code: copies from log2 ratio
    and purity; one-sided binomial tests of the allele fraction.
    """
    for symbol, route in zip(ZYGOSITY_GENES, tumour.routes, strict=True):
        problem = _problem(genome, tumour, symbol, route, hits_of(tumour, symbol), records)
        if problem:
            raise ValueError(f"{tumour.sample_id} {symbol} {route}: {problem}")
    if tumour.segments is not None:
        _check_copies(genome, tumour)
    for hit in tumour.hits:
        if not hit.failing and clonality_of(genome, tumour, hit) in {"clonal", "subclonal"}:
            _check_cell_fraction(genome, tumour, hit, records)


def _check_cell_fraction(genome: Genome, tumour: Tumour, hit: Hit, records: Sequence[Record]) -> None:
    """Refuse reads by which a clonal hit could be taken for a subclonal one, or the reverse."""
    reads = reads_of(genome, hit, records)
    in_all_cells = _at_most(reads.alts[0], reads.depth, expected_vaf(tumour.purity, copies_of(tumour, hit)[0], 1))
    clear = in_all_cells < CLONAL_ABOVE / 10 if hit.cell_fraction < 1 else in_all_cells > CLONAL_ABOVE * 1.5
    if not clear:
        shown = f"{reads.alts[0]} of {reads.depth} reads, of which a clonal hit has so few with {in_all_cells:.2g}"
        raise ValueError(f"{tumour.sample_id} {hit.event} in {hit.cell_fraction:g} of the cells: {shown}")


def _problem(
    genome: Genome, tumour: Tumour, symbol: str, route: str, hits: Sequence[Hit], records: Sequence[Record]
) -> str:
    """Return why a route does not hold, empty where it does."""
    expected_hits: dict[str, tuple[int, ...]] = {
        "two_hits": (2,),
        "none": (0,),
        "deep_deletion": (0,),
        "no_variants": (0,),
    }
    expected_hits |= {"no_copy_number": (0,), "copy_number_not_covered": (0,), "not_in_panel": (0,)}
    expected_hits |= {"rearrangement_and_hit": (1, 2)}
    if len(hits) not in expected_hits.get(route, (1,)):
        return f"{len(hits)} hits"
    copies = None if tumour.segments is None else tumour.segments.copies.get(symbol, (2, 1))
    covered, alleles = is_covered(tumour, genome.genes[symbol].spec.contig), gives_alleles(tumour)
    panel = tumour.calls.panel if tumour.calls is not None else {}
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
        "rearrangement_and_hit": copies is None and symbol in disrupted_genes(tumour),
        "not_in_panel": bool(panel) and symbol not in panel,
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
    for hit in hits:
        reads = reads_of(genome, hit, records)
        whole, lost = _tails(reads, tumour.purity, ((1, 1), (2, 2)))
        shown = f"{reads.alts[0]} of {reads.depth} reads: whole {whole:.2g}, lost {lost[0]:.2g} or {lost[1]:.2g}"
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
