"""Tables of the provenance stage, and the list of all resources."""

from __future__ import annotations

from sclcohort.contracts.columns import REASON, SAMPLE
from sclcohort.tables import Column, Table

COMPLETENESS = Table(
    "provenance/completeness.tsv",
    ("sample_id",),
    (
        SAMPLE,
        Column(
            "outcome",
            "text",
            "analysed: all data named in the sheet; partly_analysed: some layer refused; refused: every layer refused.",
            states=("analysed", "partly_analysed", "refused"),
            required=True,
        ),
        Column("layers_analysed", "text", "Layers analysed, joined by ','."),
        Column("layers_refused", "text", "Layers refused, joined by ','."),
        REASON,
    ),
    "What became of one row of the sample sheet.",
)
SOURCES = Table(
    "SOURCES.tsv",
    ("resource",),
    (
        Column("resource", "text", "File below resources/."),
        Column("title", "text", "What it holds.", required=True),
        Column("source", "text", "Where the facts come from.", required=True),
        Column("version", "text", "Version or release of the source.", required=True),
        Column("retrieved", "text", "When, ISO date.", required=True),
        Column("licence", "text", "Terms of the source.", required=True),
        Column("used_by", "text", "Rules that read it, joined by ','.", required=True),
        Column("sha256", "text", "SHA-256 of the file.", required=True),
    ),
    "One file of resources/.",
)
