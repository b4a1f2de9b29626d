"""Measured lesions with planted doubling times: the plan, config/lesions.tsv and its truth tables.

Each series is one part of a lesion's course. Its volumes follow the planted doubling time, with an error of
measurement that is drawn; what a run must answer is planted beside it. All of it is invented.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from builder.streams import Stream
from builder.tsv import Row, tsv

LESION_COLUMNS = ("patient_id", "lesion", "day", "volume_ml", "longest_diameter_mm", "short_diameter_mm")
GROWTH_COLUMNS = (
    "patient_id", "lesion", "period", "state", "measurements", "method", "interval", "planted_doubling_days", "why"
)  # fmt: skip
AGGRESSION_COLUMNS = ("sample_id", "lesion", "period", "planted_growth_score", "why")
# Doubling time of score 0, and by how many doublings of it a score of 1 or -1 is away, as the workflow states them.
MEDIAN_DAYS, DOUBLINGS = 53, 2
# The short diameter as a share of the longest, in lesions of which both are ever measured; the others are spheres.
FLATNESS = 0.8
CUBIC_MM_PER_ML = 1000


@dataclass(frozen=True)
class Series:
    """Measurements of one lesion in one part of the patient's course.

    `doubling_days` is negative where the volume halves, infinite where it stays; None plants nothing to fit.
    `measured` names what is measured on each day: volume, both, longest (diameters), one word for all or one each.
    `error` is the standard deviation of log2(volume).
    """

    patient_id: str
    lesion: str
    period: str
    days: tuple[int, ...]
    first_ml: float
    doubling_days: float | None
    measured: tuple[str, ...]
    state: str
    method: str
    interval: str
    why: str
    error: float = 0.08


SERIES: tuple[Series, ...] = (
    Series("P01", "lung primary", "before_platinum", (-30, -12, 2, 14), 21, 45, ("volume",),
           "fitted", "volume", "two_sided", "the first day of platinum counts as before it"),
    Series("P01", "lung primary", "during_platinum", (50, 98), 9, -30, ("volume",),
           "not_assessable", "volume", "", "measured under treatment"),
    Series("P01", "lung primary", "after_platinum", (150, 185, 240, 290), 1.8, 32, ("volume",),
           "fitted", "volume", "two_sided", "regrowth"),
    Series("P01", "liver", "after_platinum", (240, 290), 2, 25, ("volume",),
           "fitted", "volume", "none", "two measurements", error=0),
    Series("P02", "mediastinal lymph node", "before_platinum", (-18, -3, 10), 30, 60, ("both",),
           "fitted", "ellipsoid", "two_sided", "diameters", error=0.02),
    Series("P02", "mediastinal lymph node", "after_platinum", (110, 138), 12, 21, ("both",),
           "fitted", "ellipsoid", "none", "two measurements", error=0),
    Series("P03", "lung primary", "before_platinum", (-25, -10, 0, 11), 15, 150, ("longest",),
           "fitted", "sphere", "no_upper_bound", "the error of measurement is larger than the growth", error=0.3),
    Series("P05", "lung primary", "after_platinum", (58, 66, 74), 40, 18, ("longest",),
           "fitted", "sphere", "two_sided", "fast", error=0.02),
    Series("P06", "supraclavicular lymph node", "after_platinum", (130, 175, 230), 4, -60, ("volume",),
           "shrinking", "volume", "", "goes on shrinking after platinum"),
    Series("P09", "pleural mass", "unknown", (0, 31, 62), 8, 40, ("volume",),
           "fitted", "volume", "two_sided", "an empty row in the clinical sheet", error=0.02),
    Series("P10", "lung primary", "before_platinum", (0,), 11, None, ("volume",),
           "not_assessable", "volume", "", "one measurement"),
    Series("P12", "lung primary", "before_platinum", (-8, 16), 6, None, ("volume", "both"),
           "not_assessable", "", "", "volume and diameters"),
    Series("P13", "liver", "before_platinum", (-14, 9), 5, 46, ("volume",),
           "fitted", "volume", "none", "two measurements", error=0),
    Series("P13", "liver", "unknown", (120, 260), 3, None, ("volume",),
           "not_assessable", "volume", "", "the last day of platinum is missing"),
    Series("P16", "brain", "after_platinum", (246, 260), 2, math.inf, ("volume",),
           "unchanged", "volume", "", "the same volume twice", error=0),
    Series("P17", "bronchus", "unknown", (0, 20, 44), 7, 55, ("both", "longest", "both"),
           "fitted", "sphere", "two_sided", "no row in the clinical sheet; a short diameter is missing", error=0.02),
)  # fmt: skip

# The fastest lesion in each tumour's own part of the course; no other tumour has a growth score.
FASTEST: Mapping[str, tuple[str, str, str]] = {
    "P01_T1": ("lung primary", "before_platinum", "the only lesion then"),
    "P01_T2": ("liver", "after_platinum", "faster than the lung primary"),
    "P02_T1": ("mediastinal lymph node", "before_platinum", "slower than the median"),
    "P02_T2": ("mediastinal lymph node", "after_platinum", "two measurements"),
    "P03_T1": ("lung primary", "before_platinum", "growth is in doubt"),
    "P03_T2": ("lung primary", "before_platinum", "the patient's growth, whichever lesion was sampled"),
    "P09_T1": ("pleural mass", "unknown", "an empty row in the clinical sheet, and no expression"),
    "P13_T1": ("liver", "before_platinum", "two measurements"),
    "P16_T2": ("brain", "after_platinum", "no growth"),
    "P17_T1": ("bronchus", "unknown", "no row in the clinical sheet"),
}
NO_SCORE: Mapping[str, str] = {
    "P05_T1": "measured after platinum, sampled before it",
    "P06_T1": "measured after platinum, sampled before it",
    "P10_T1": "one measurement",
    "P12_T1": "volume and diameters",
    "P16_T1": "measured after platinum, sampled before it",
}
NOT_MEASURED = "no lesion was measured"


def lesions_text() -> str:
    """Return config/lesions.tsv."""
    return tsv(LESION_COLUMNS, [row for series in SERIES for row in _measured(series)])


def _measured(series: Series) -> Iterator[Row]:
    """Yield the rows of a series: volumes to 0.01 mL, diameters to 0.01 mm."""
    stream = Stream(series.patient_id, series.lesion, series.period, "lesions")
    measured = series.measured if len(series.measured) > 1 else series.measured * len(series.days)
    for day, what in zip(series.days, measured, strict=True):
        doublings = (day - series.days[0]) / (series.doubling_days or math.inf)
        noise = stream.normal(0, series.error) if series.error else 0.0
        volume = series.first_ml * 2 ** (doublings + noise)
        flatness = FLATNESS if "both" in measured else 1.0
        yield (series.patient_id, series.lesion, day, *_cells(volume, what, flatness))


def _cells(volume_ml: float, what: str, flatness: float) -> tuple[str | None, str | None, str | None]:
    """Return the cells of volume, longest and short diameter."""
    if what == "volume":
        return f"{volume_ml:.2f}", None, None
    longest = (6 / math.pi * volume_ml * CUBIC_MM_PER_ML / flatness**2) ** (1 / 3)
    return None, f"{longest:.2f}", f"{flatness * longest:.2f}" if what == "both" else None


def growth_rows() -> list[Row]:
    """Return what must be answered for every lesion and part of the course."""
    rows: list[Row] = []
    for one in SERIES:
        grows = one.state == "fitted" and one.doubling_days is not None
        planted = f"{one.doubling_days:g}" if grows else None
        answer = (one.state, len(one.days), one.method or None, one.interval or None, planted, one.why)
        rows.append((one.patient_id, one.lesion, one.period, *answer))
    return sorted(rows, key=lambda row: [str(cell) for cell in row[:3]])


def aggression_rows(samples: Sequence[str]) -> list[Row]:
    """Return the planted growth score of every tumour, to four decimals, with the lesion it is from."""
    planted = {(one.patient_id, one.lesion, one.period): one for one in SERIES}
    rows: list[Row] = []
    for sample in samples:
        if sample not in FASTEST:
            rows.append((sample, None, None, None, NO_SCORE.get(sample, NOT_MEASURED)))
            continue
        lesion, period, why = FASTEST[sample]
        one = planted[sample.partition("_")[0], lesion, period]
        rows.append((sample, lesion, period, f"{_growth_score(one):.4f}", why))
    return rows


def _growth_score(series: Series) -> float:
    days = series.doubling_days or math.inf
    if not 0 < days < math.inf:
        return -1.0
    return max(-1.0, min(1.0, math.log2(MEDIAN_DAYS / days) / DOUBLINGS))
