"""Columns that tables of several stages share."""

from __future__ import annotations

from sclcohort.tables import Column

SAMPLE = Column("sample_id", "text", "Tumour sample, as in the sample sheet.")
PATIENT = Column("patient_id", "text", "Patient, as in the sample sheet.")
GENE = Column("gene_symbol", "text", "HGNC symbol.")
REASON = Column("reason", "text", "Why the value is what it is, in words for a reader.")
CITATION = Column(
    "citation", "text", "Publication the row rests on: authors, year, journal, DOI where known.", required=True
)
CERTAINTY = Column(
    "certainty",
    "text",
    "verified: read in the source; computed: from a real table named in the citation; "
    "unverified: from memory, a lead; choice: a decision of this workflow, with its reason in the row.",
    states=("verified", "computed", "unverified", "choice"),
    required=True,
)
