"""Driver events, as rows of text: reads, origin, clonality, points, callers and copies of each."""

from __future__ import annotations

from dataclasses import dataclass

from sclcohort.report.anchors import patient_anchor
from sclcohort.report.cohort import Cohort, Row, event_name, integer, number, text

ORIGIN_WORDS = {"somatic": "somatic", "likely_germline": "likely germline", "uncertain": "uncertain"}
ONCOGENICITY_WORDS = {
    "oncogenic": "oncogenic",
    "likely_oncogenic": "likely oncogenic",
    "vus": "VUS",
    "likely_benign": "likely benign",
    "benign": "benign",
}


@dataclass(frozen=True)
class EventLine:
    """One driver event of one sample.

    Parameters
    ----------
    origin, origin_words : str
        State of `contracts.ORIGINS` and its words; empty for events of copy number or structure.
    ccf, interval, clonality : str
        Cancer-cell fraction, its 95 % interval, and what follows from it.
    copies, amount : str
        Copies of the gene, and how focal and how far above the ploidy they are.
    points, criteria : str
        Class and points of Horak 2022, and the criteria met.
    remarks : tuple of str
        What stands below the event: callers that disagree, an annotation that disagrees.
    basis : tuple of (str, str)
        What each statement rests on, name and words, for whoever wants to check it.
    """

    sample: str
    anchor: str
    gene: str
    event: str
    event_type: str
    call: str
    vaf: str
    reads: str
    origin: str
    origin_words: str
    ccf: str
    interval: str
    clonality: str
    copies: str
    amount: str
    points: str
    criteria: str
    reason: str
    remarks: tuple[str, ...]
    basis: tuple[tuple[str, str], ...]


def event_lines(cohort: Cohort, samples: tuple[str, ...]) -> list[EventLine]:
    """Return the events of some samples, in the order of the genes."""

    def place(row: Row) -> tuple[int, str, str]:
        return *cohort.gene_place(text(row, "gene_symbol")), text(row, "event")

    return [
        event_line(cohort, row)
        for sample in samples
        for row in sorted(cohort.events_of_sample.get((sample,), []), key=place)
    ]


def event_line(cohort: Cohort, row: Row) -> EventLine:
    """Return one event as text."""
    vaf, ccf, points = number(row, "vaf"), number(row, "ccf"), integer(row, "oncogenicity_points")
    judged = ONCOGENICITY_WORDS.get(text(row, "oncogenicity_class"), "")
    return EventLine(
        text(row, "sample_id"),
        patient_anchor(cohort.patient_of(text(row, "sample_id"))),
        text(row, "gene_symbol"),
        event_name(row),
        _plain(text(row, "event_type")),
        _plain(text(row, "oncogenic_call")),
        "" if vaf is None else f"{vaf:.2f}",
        reads_words(row),
        text(row, "origin"),
        ORIGIN_WORDS.get(text(row, "origin"), ""),
        "" if ccf is None else f"{ccf:.2f}",
        interval_words(row),
        _plain(text(row, "clonality")),
        copies_words(row),
        amount_words(row),
        judged if points is None else f"{judged},\N{NO-BREAK SPACE}{points:d}",
        criteria_words(text(row, "oncogenicity_criteria")),
        text(row, "reason"),
        tuple(filter(None, (callers_words(row), annotation_words(row)))),
        _basis(row),
    )


def _plain(state: str) -> str:
    return state.replace("_", " ")


def reads_words(row: Row) -> str:
    """Return the reads: alternate of all; for a junction those that support it."""
    depth, alt = integer(row, "depth_reads"), integer(row, "alt_depth_reads")
    if alt is None:
        return "" if depth is None else f"{depth}"
    return f"{alt}" if depth is None else f"{alt}/{depth}"


def interval_words(row: Row) -> str:
    """Return the interval of the cancer-cell fraction; empty where it is not known."""
    low, high = number(row, "ccf_low"), number(row, "ccf_high")
    return "" if low is None or high is None else f"{low:.2f}\N{EN DASH}{high:.2f}"


def copies_words(row: Row) -> str:
    """Return the copies of the gene, or the log2 ratio where no copies are known."""
    copies, log2_ratio = number(row, "copies"), number(row, "log2_ratio")
    if copies is not None:
        return f"{copies:.2f}"
    return "" if log2_ratio is None else f"log2 {log2_ratio:.2f}"


def amount_words(row: Row) -> str:
    """Return how focal a copy-number event is, and its copies over the ploidy."""
    ratio, focality = number(row, "ploidy_ratio"), text(row, "focality")
    return ", ".join(
        filter(
            None,
            (
                "extent not assessable" if focality == "not_assessable" else focality,
                "" if ratio is None else f"{ratio:.1f} \N{MULTIPLICATION SIGN} ploidy",
            ),
        )
    )


def criteria_words(criteria: str) -> str:
    """Return the criteria with their points: OVS1 8, OP4 1."""
    return criteria.replace("=", "\N{NO-BREAK SPACE}").replace(";", ", ")


def callers_words(row: Row) -> str:
    """Return how many of several callers have the allele; empty where only one could."""
    given = integer(row, "callers_given") or 0
    if given < 2:
        return ""
    names = [name for name in text(row, "callers").split(";") if name]
    return f"{len(names)} of {given} callers" + (f": {', '.join(names)}" if names else "")


def annotation_words(row: Row) -> str:
    """Return what the file's own annotation says, where it disagrees."""
    said = text(row, "annotation")
    return f"annotation disagrees: {said}" if said else ""


def _basis(row: Row) -> tuple[tuple[str, str], ...]:
    """Return what origin and clonality rest on, and the citation of the event."""
    found = (
        ("Origin", text(row, "origin_reason")),
        ("Cell fraction", text(row, "clonality_reason")),
        ("Published in", text(row, "citation")),
    )
    return tuple((name, words) for name, words in found if words)
