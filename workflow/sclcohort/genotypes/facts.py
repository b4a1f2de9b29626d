"""What is known of one sample, laid out for the questions of this stage, and the reasons for what is not known.

A question has three answers here: seen, looked for and not seen, or not looked for. The third is never the
second: `Sample` tells them apart, gene by gene.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sclcohort.tables import Cell

Row = Mapping[str, Cell]

LIKELY = "likely_oncogenic"
# States of a gene in which every kind of data that could show one of its events was there.
JUDGED = ("biallelic", "one_hit", "altered", "none")


def text_of(row: Row | None, column: str) -> str:
    """Return a text cell, empty where the row or the cell is missing."""
    value = None if row is None else row.get(column)
    return "" if value is None else str(value)


def number_of(row: Row | None, column: str) -> float | None:
    """Return a number, None where the row or the cell is missing."""
    value = None if row is None else row.get(column)
    return None if value is None else float(value)


@dataclass(frozen=True)
class Sample:
    """All that this stage asks of one sample.

    Parameters
    ----------
    sample_id, histology : str
        From the sheet; histology is empty where none is given.
    events : mapping of gene to list of Row
        Rows of drivers/events.tsv, by name of the event.
    gene_states, copies : mapping of gene to Row
        Rows of drivers/gene_states.tsv and copy_number/*.genes.tsv.
    copy_number : Row or None
        Its row of copy_number/*.status.tsv.
    expression : mapping of gene to float
        log2(TPM + 1), or log2(CPM + 1); empty without expression.
    """

    sample_id: str
    histology: str = ""
    events: Mapping[str, Sequence[Row]] = field(default_factory=dict)
    gene_states: Mapping[str, Row] = field(default_factory=dict)
    copies: Mapping[str, Row] = field(default_factory=dict)
    copy_number: Row | None = None
    expression: Mapping[str, float] = field(default_factory=dict)

    def likely(self, gene: str, *types: str) -> list[Row]:
        """Return the likely oncogenic events of a gene, of some types or of any."""
        return [
            row
            for row in self.events.get(gene, ())
            if text_of(row, "oncogenic_call") == LIKELY and (not types or text_of(row, "event_type") in types)
        ]

    def state_of(self, gene: str) -> str:
        """Return the state of a gene, not_assessable where no row gives one."""
        return text_of(self.gene_states.get(gene), "state") or "not_assessable"

    def is_judged(self, gene: str) -> bool:
        """Tell whether all events of a gene could have been seen."""
        return self.state_of(gene) in JUDGED

    def why_not_judged(self, gene: str) -> str:
        """Return why a gene could not be judged, as a phrase."""
        row = self.gene_states.get(gene)
        if row is None:
            return "not among the driver genes whose state is called"
        fallback = "not covered by the panel" if self.state_of(gene) == "not_covered" else "no reason recorded"
        return text_of(row, "reason").rstrip(".") or fallback

    def why_no_copies(self, gene: str) -> str:
        """Return why the copy number of a gene is not known, empty where it is."""
        state = text_of(self.copy_number, "state") or "not_provided"
        if state == "not_provided":
            return "copy number not provided"
        if state == "refused":
            return f"copy number refused: {text_of(self.copy_number, 'reason').rstrip('.') or 'no reason recorded'}"
        row = self.copies.get(gene)
        if row is None:
            return "the reference gives no span of the gene"
        return "no copy-number segment covers the gene" if text_of(row, "state") == "not_covered" else ""

    def lost_copy(self, gene: str) -> bool | None:
        """Tell whether a copy of a gene is gone: one copy left, or no minor copy; None where not known."""
        if self.why_no_copies(gene):
            return None
        row = self.copies[gene]
        return text_of(row, "state") in ("loss", "deep_deletion") or (
            (minor := number_of(row, "minor_copies")) is not None and minor < 0.5
        )


def describe(row: Row) -> str:
    """Name an event with its gene and the measurement it rests on: ``CCND1 amplification (12.3 copies, focal)``.

    An event that may be germline says so.
    """
    event = text_of(row, "event")
    # Names of copy-number events are states; protein changes stay as they are.
    name = f"{text_of(row, 'gene_symbol')} {event if event.startswith('p.') else event.replace('_', ' ')}"
    vaf, copies, log2_ratio = (number_of(row, column) for column in ("vaf", "copies", "log2_ratio"))
    if vaf is not None:
        amount = f"VAF {vaf:.2g}"
    elif copies is not None:
        amount = f"{copies:.3g} copies"
    else:
        amount = "" if log2_ratio is None else f"log2 ratio {log2_ratio:.2f}"
    origin = {"likely_germline": "likely germline", "uncertain": "origin uncertain"}.get(text_of(row, "origin"), "")
    focality = text_of(row, "focality")
    said = ", ".join(filter(None, (amount, origin, focality if focality in ("focal", "broad") else "")))
    return f"{name} ({said})" if said else name


def gather(
    *,
    samples: Iterable[Row],
    events: Iterable[Row],
    gene_states: Iterable[Row],
    copy_number: Iterable[Row],
    copy_number_status: Iterable[Row],
    expression: Iterable[Row],
    expression_genes: Sequence[str],
) -> list[Sample]:
    """Lay the tables out by sample; the order of their rows does not matter.

    Returns
    -------
    list of Sample
        By sample_id. Of the expression only `expression_genes` are kept.
    """
    events_of: dict[str, dict[str, list[Row]]] = defaultdict(lambda: defaultdict(list))
    for row in sorted(events, key=lambda row: text_of(row, "event")):
        events_of[text_of(row, "sample_id")][text_of(row, "gene_symbol")].append(row)
    states, copies = _by_gene(gene_states), _by_gene(copy_number)
    status = {text_of(row, "sample_id"): row for row in copy_number_status}
    levels: dict[str, dict[str, float]] = defaultdict(dict)
    for row in expression:
        gene = text_of(row, "gene_symbol")
        own = levels[text_of(row, "sample_id")]
        if gene in expression_genes:
            own[gene] = float(text_of(row, "log2_expression"))
    return [
        Sample(
            sample_id,
            histology,
            events_of.get(sample_id, {}),
            states.get(sample_id, {}),
            copies.get(sample_id, {}),
            status.get(sample_id),
            levels.get(sample_id, {}),
        )
        for sample_id, histology in sorted((text_of(row, "sample_id"), text_of(row, "histology")) for row in samples)
    ]


def _by_gene(rows: Iterable[Row]) -> dict[str, dict[str, Row]]:
    found: dict[str, dict[str, Row]] = defaultdict(dict)
    for row in rows:
        found[text_of(row, "sample_id")][text_of(row, "gene_symbol")] = row
    return found
