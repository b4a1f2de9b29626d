"""Tables of the resistance stage, and the resource it reads: the rules."""

from __future__ import annotations

from sclcohort.contracts.columns import CERTAINTY, CITATION, REASON, SAMPLE
from sclcohort.tables import Column, Table

STRATEGIES = ("chemotherapy", "targeted", "immunotherapy")
DIRECTIONS = ("resistance", "sensitivity", "not_predictive")
LEVELS = ("A", "B", "C", "D")

RESISTANCE_RULES = Table(
    "resistance_rules.tsv",
    ("rule_id",),
    (
        Column("rule_id", "text", "Stable name of the rule."),
        Column("therapy", "text", "Therapy the marker speaks of.", required=True),
        Column("strategy", "text", "Strategy the therapy belongs to.", states=STRATEGIES, required=True),
        Column("marker", "text", "The marker, in words.", required=True),
        Column(
            "direction",
            "text",
            "What the marker means when met; not_predictive: an encoded negative.",
            states=DIRECTIONS,
            required=True,
        ),
        Column(
            "level",
            "text",
            "A randomised or prospective clinical, B retrospective clinical, C animal or PDX, D cell lines.",
            states=LEVELS,
            required=True,
        ),
        Column("data", "text", "Data the test reads.", states=("dna", "copy_number", "rna", "clinical"), required=True),
        Column("feature", "text", "What is tested, in the grammar of evidence.rules.", required=True),
        Column("operator", "text", "Comparison.", states=("<", "<=", ">", ">=", "is", "in")),
        Column(
            "threshold", "text", "Value compared with; empty: none published, the rule reports and does not decide."
        ),
        Column("threshold_source", "text", "Where the threshold comes from.", required=True),
        Column(
            "measured_in_source",
            "text",
            "What the publication measured (e.g. IHC H-score), where it is not what is tested here.",
        ),
        CITATION,
        CERTAINTY,
        Column("note", "text", "What a reader should know."),
    ),
    "One published marker of one therapy, and how it is tested here.",
)
EVIDENCE = Table(
    "resistance/evidence.tsv",
    ("sample_id", "therapy", "rule_id"),
    (
        SAMPLE,
        Column("therapy", "text", "Therapy."),
        Column("rule_id", "text", "Rule of resources/resistance_rules.tsv."),
        Column("strategy", "text", "Strategy.", states=STRATEGIES, required=True),
        Column("marker", "text", "The marker, in words.", required=True),
        Column("direction", "text", "What the marker means when met.", states=DIRECTIONS, required=True),
        Column("level", "text", "Evidence level.", states=LEVELS, required=True),
        Column(
            "status",
            "text",
            "met, not_met; not_assessable: data missing; no_threshold: value shown, none published to decide by; "
            "not_predictive: an encoded negative, never counted.",
            states=("met", "not_met", "not_assessable", "no_threshold", "not_predictive"),
            required=True,
        ),
        Column("value", "text", "What was found in the sample."),
        Column("threshold", "text", "Operator and threshold."),
        Column("threshold_source", "text", "Where the threshold comes from."),
        REASON,
        CITATION,
        CERTAINTY,
    ),
    "One rule applied to one sample.",
)
CLASSES = ("resistance_evidence", "sensitivity_evidence", "conflicting", "no_evidence", "not_assessable")
RESISTANCE_CLASSES = Table(
    "resistance/classes.tsv",
    ("sample_id", "therapy"),
    (
        SAMPLE,
        Column("therapy", "text", "Therapy."),
        Column("strategy", "text", "Strategy.", states=STRATEGIES, required=True),
        Column("class", "text", "What the evidence says.", states=CLASSES, required=True),
        Column("highest_level", "text", "Highest level among the deciding rules.", states=LEVELS),
        Column("deciding_rules", "text", "Rules that decided, joined by ','."),
        Column("rules_assessable", "integer", "Rules that the sample's data could answer.", required=True, minimum=0),
        Column("rules_total", "integer", "Rules of the therapy, encoded negatives left out.", required=True, minimum=0),
        REASON,
    ),
    "Class of one sample for one therapy. Research use only: not a treatment recommendation.",
)
