"""Tables of the patients stage: driver events and subtype across the samples of a patient."""

from __future__ import annotations

from sclcohort.contracts.columns import GENE, PATIENT, REASON, SAMPLE
from sclcohort.contracts.drivers import EVENT_TYPES
from sclcohort.tables import Column, Table

EVENT_STATUSES = ("present", "not_detected", "not_assessable")
PATIENT_STATUS = Table(
    "patients/status.tsv",
    ("patient_id", "gene_symbol", "event", "sample_id"),
    (
        PATIENT,
        GENE,
        Column("event", "text", "Driver event, or 'subtype'."),
        SAMPLE,
        Column("timepoint", "text", "Time point."),
        Column("day", "integer", "Day of sampling."),
        Column("site", "text", "Lesion or region."),
        Column(
            "status",
            "text",
            "Whether the event is seen; not_detected is no proof of absence.",
            states=EVENT_STATUSES,
            required=True,
        ),
        Column("vaf", "number", "Variant allele fraction, where seen.", minimum=0, maximum=1),
        REASON,
    ),
    "One driver event of a patient in one of the patient's samples.",
)
CHANGES = ("kept", "newly_detected", "no_longer_detected", "differs_between_sites", "single_sample", "not_assessable")
PATIENT_CHANGES = Table(
    "patients/changes.tsv",
    ("patient_id", "gene_symbol", "event"),
    (
        PATIENT,
        Column("gene_symbol", "text", "HGNC symbol; 'subtype' for the subtype call."),
        Column("event", "text", "Driver event; for the subtype, the calls in order."),
        Column("event_type", "text", "Kind of event.", states=(*EVENT_TYPES, "subtype"), required=True),
        Column("change", "text", "What the samples of the patient show, in order.", states=CHANGES, required=True),
        Column("status_by_sample", "text", "sample_id=status, in order of day, joined by ';'.", required=True),
        REASON,
    ),
    "One driver event of one patient across the patient's samples.",
)
