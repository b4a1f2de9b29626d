"""Lay the tables of a cohort out for look-up, so that rules can be asked of each sample."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sclcohort.tables import Cell

Row = Mapping[str, Cell]


@dataclass(frozen=True)
class Facts:
    """All that is known of the samples, laid out for look-up.

    Parameters
    ----------
    samples : tuple of Row
        Rows of inputs/samples.tsv, by sample_id.
    ctfi_days : mapping of patient_id
        Chemotherapy-free interval in days; None where a date is missing; no key where no row is.
    events : mapping of (sample_id, gene_symbol)
        Rows of drivers/events.tsv.
    gene_states, copy_number : mapping of (sample_id, gene_symbol)
        Rows of drivers/gene_states.tsv and copy_number/*.genes.tsv.
    variant_status, copy_number_status, scores, subtypes, rb1_status, burden : mapping of sample_id
        Rows of the tables of those names.
    expression : mapping of sample_id, then gene_symbol
        log2(TPM + 1); log2(CPM + 1) where the matrix holds counts.
    """

    samples: tuple[Row, ...]
    ctfi_days: Mapping[str, int | None]
    events: Mapping[tuple[str, str], tuple[Row, ...]]
    gene_states: Mapping[tuple[str, str], Row]
    copy_number: Mapping[tuple[str, str], Row]
    variant_status: Mapping[str, Row]
    copy_number_status: Mapping[str, Row]
    scores: Mapping[str, Row]
    subtypes: Mapping[str, Row]
    rb1_status: Mapping[str, Row]
    burden: Mapping[str, Row]
    expression: Mapping[str, Mapping[str, float]]


def text_of(row: Row | None, column: str) -> str:
    """Return a text cell, empty where the row or the cell is missing."""
    value = None if row is None else row.get(column)
    return "" if value is None else str(value)


def gather(
    *,
    samples: Iterable[Row],
    clinical: Iterable[Row],
    events: Iterable[Row],
    gene_states: Iterable[Row],
    copy_number: Iterable[Row],
    variant_status: Iterable[Row],
    copy_number_status: Iterable[Row],
    expression: Iterable[Row],
    scores: Iterable[Row],
    subtypes: Iterable[Row],
    rb1_status: Iterable[Row],
    burden: Iterable[Row],
) -> Facts:
    """Lay the rows of the tables out for look-up; the order of the rows does not matter."""
    grouped: dict[tuple[str, str], list[Row]] = {}
    for row in sorted(events, key=lambda row: (text_of(row, "gene_symbol"), text_of(row, "event"))):
        grouped.setdefault(_sample_and_gene(row), []).append(row)
    levels: dict[str, dict[str, float]] = {}
    for row in expression:
        levels.setdefault(text_of(row, "sample_id"), {})[text_of(row, "gene_symbol")] = float(
            text_of(row, "log2_expression")
        )
    return Facts(
        samples=tuple(sorted(samples, key=lambda row: text_of(row, "sample_id"))),
        ctfi_days={
            text_of(row, "patient_id"): int(text_of(row, "ctfi_days")) if text_of(row, "ctfi_days") else None
            for row in clinical
        },
        events={key: tuple(rows) for key, rows in grouped.items()},
        gene_states={_sample_and_gene(row): row for row in gene_states},
        copy_number={_sample_and_gene(row): row for row in copy_number},
        variant_status={text_of(row, "sample_id"): row for row in variant_status},
        copy_number_status={text_of(row, "sample_id"): row for row in copy_number_status},
        scores={text_of(row, "sample_id"): row for row in scores},
        subtypes={text_of(row, "sample_id"): row for row in subtypes},
        rb1_status={text_of(row, "sample_id"): row for row in rb1_status},
        burden={text_of(row, "sample_id"): row for row in burden},
        expression=levels,
    )


def _sample_and_gene(row: Row) -> tuple[str, str]:
    return text_of(row, "sample_id"), text_of(row, "gene_symbol")
