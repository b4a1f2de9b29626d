"""Tables of the growth stage: measured lesions, how fast each grew, and aggression with growth taken in."""

from __future__ import annotations

from sclcohort.contracts.columns import PATIENT, REASON, SAMPLE
from sclcohort.tables import Column, Table

LESION = Column("lesion", "text", "Lesion, as in the lesion sheet.")
LESIONS = Table(
    "inputs/lesions.tsv",
    ("patient_id", "lesion", "day"),
    (
        PATIENT,
        LESION,
        Column("day", "integer", "Day of the measurement on the patient's own clock."),
        Column("volume_ml", "number", "Measured volume, mL.", minimum=0),
        Column("longest_diameter_mm", "number", "Longest diameter, mm.", minimum=0),
        Column("short_diameter_mm", "number", "Diameter perpendicular to the longest, mm.", minimum=0),
    ),
    "One measurement of one lesion, the lesion sheet's row resolved.",
)
PERIODS = ("before_platinum", "during_platinum", "after_platinum", "unknown")
GROWTH_STATES = ("fitted", "unchanged", "shrinking", "not_assessable")
VOLUME_METHODS = ("volume", "ellipsoid", "sphere")
INTERVALS = ("two_sided", "no_upper_bound", "none")
DOUBLING_TIMES = Table(
    "growth/doubling_times.tsv",
    ("patient_id", "lesion", "period"),
    (
        PATIENT,
        LESION,
        Column(
            "period",
            "text",
            "Part of the course that is fitted by itself; before_platinum includes its first day, during_platinum its "
            "last. unknown: the clinical sheet does not tell.",
            states=PERIODS,
        ),
        Column(
            "state",
            "text",
            "fitted: the slope is positive; unchanged: zero; shrinking: negative; not_assessable: see reason.",
            states=GROWTH_STATES,
            required=True,
        ),
        Column("measurements", "integer", "Measurements in the period.", required=True, minimum=1),
        Column("first_day", "integer", "Day of the first of them.", required=True),
        Column("last_day", "integer", "Day of the last of them.", required=True),
        Column("days_spanned", "integer", "Days from the first to the last.", required=True, minimum=0),
        Column(
            "method",
            "text",
            "volume: as measured; ellipsoid: pi/6 * longest * short^2; sphere: pi/6 * longest^3. One for all "
            "measurements of the row; empty where none serves all.",
            states=VOLUME_METHODS,
        ),
        Column("first_volume_ml", "number", "Volume on the first day, mL, by the method.", minimum=0),
        Column("last_volume_ml", "number", "Volume on the last day, mL, by the method.", minimum=0),
        Column("doublings_per_day", "number", "Slope of log2(volume) on day, by least squares."),
        Column("doublings_per_day_low", "number", "Lower end of its 95 % interval."),
        Column("doublings_per_day_high", "number", "Upper end of its 95 % interval."),
        Column("doubling_time_days", "number", "1 / slope, where the slope is positive.", minimum=0),
        Column("doubling_time_low_days", "number", "Lower end of its 95 % interval.", minimum=0),
        Column(
            "doubling_time_high_days",
            "number",
            "Upper end of its 95 % interval; empty where the interval of the slope reaches zero.",
            minimum=0,
        ),
        Column(
            "interval",
            "text",
            "two_sided; no_upper_bound: that the lesion does not grow is within the interval; none: two measurements "
            "leave no error to estimate. Empty without a doubling time.",
            states=INTERVALS,
        ),
        REASON,
    ),
    "How fast one lesion grew in one part of a patient's course; treatment other than platinum is not known.",
)
AGGRESSION = Table(
    "growth/aggression.tsv",
    ("sample_id",),
    (
        SAMPLE,
        Column("patient_id", "text", "Patient, as in the sample sheet.", required=True),
        Column(
            "state",
            "text",
            "Of the growth of `lesion`, as in `growth/doubling_times.tsv`; not_assessable: see reason.",
            states=GROWTH_STATES,
            required=True,
        ),
        Column(
            "period",
            "text",
            "Part of the patient's course that the sample is of; empty where the sheets do not tell.",
            states=tuple(period for period in PERIODS if period != "during_platinum"),
        ),
        Column("lesion", "text", "The patient's fastest lesion in that period."),
        Column("doublings_per_day", "number", "Its slope of log2(volume) on day."),
        Column("doubling_time_days", "number", "1 / slope, where the slope is positive.", minimum=0),
        Column(
            "growth_score",
            "number",
            "log2(53 / doubling time in days) / 2, held between -1 and 1; -1 where the slope is not positive.",
            minimum=-1,
            maximum=1,
        ),
        Column(
            "growth_score_low",
            "number",
            "The same of the lower end of the slope's 95 % interval; empty where two measurements leave none.",
            minimum=-1,
            maximum=1,
        ),
        Column(
            "growth_score_high",
            "number",
            "The same of the upper end of the slope's 95 % interval; empty where two measurements leave none.",
            minimum=-1,
            maximum=1,
        ),
        Column(
            "aggression", "number", "The composite of expression, as in `regulators/scores.tsv`.", minimum=-1, maximum=1
        ),
        Column(
            "aggression_with_growth",
            "number",
            "Mean of the parts of aggression and of growth_score, one more; empty without either. Compare it only "
            "among samples that have it. A choice of this workflow, not tested against outcome.",
            minimum=-1,
            maximum=1,
        ),
        REASON,
    ),
    "Aggression of one sample, without and with the growth of its patient's fastest lesion; an empty score was not "
    "assessable.",
)
