"""Step rate-aggression: the aggression composite of each sample with the growth of its patient's lesions taken in.

**Growth score.** ``log2(53 / doubling time in days) / 2``, held between -1 and 1. In 20 patients with untreated SCLC
doubling times ran from 12 to 209 days, median 53 (Lenhard 1981, Eur J Cancer 17:899): the median scores 0, and a factor
of 4 to either side (13 and 212 days) scores 1 and -1, as the other parts of the composite run from -1 to 1. That the
factor is 4 is a choice, read off the ends of that range. A lesion that does not grow scores -1. The score is one of the
slope, which exists for every fitted lesion, so the ends of the slope's interval give the ends of the score's.

**Which lesion.** The fastest of the patient's lesions in the sample's part of the course: a choice, as the lesion that
grows fastest sets the pace. The more lesions are measured, the faster the fastest is, and errors of measurement add to
that: read the interval.

**Which part of the course.** A sample is placed as measurements are, by its day and the days of platinum. Where they do
not place it, ``baseline`` (before any treatment) is before platinum, and any other time point after it; without
the day of platinum that would part them, all of the patient's measurements are one fit of period ``unknown``. What was
taken during platinum has no untreated growth, and a sample with neither time point nor such days has no part.

**Composite.** ``aggression_with_growth`` is the plain mean of the parts of ``aggression`` and of the growth score, one
part more. ``aggression`` stays as it is, so that samples with and without measured lesions can be compared; compare
``aggression_with_growth`` only among samples that have it. A choice of this workflow: no publication defines the sum,
weights it or tests it against outcome.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from sclcohort.contracts import AGGRESSION, BASELINE, CLINICAL, DOUBLING_TIMES, SAMPLES, SCORES
from sclcohort.growth.measure_growth import CAUTIONS, NO_INTERVAL, period_of
from sclcohort.regulators.set_scores import AGGRESSION_PARTS
from sclcohort.tables import Cell, read_rows, write_rows

LOGGER = logging.getLogger(__name__)
Row = Mapping[str, Cell]
# Untreated SCLC, days (Lenhard 1981, Eur J Cancer 17:899).
MEDIAN_DOUBLING_DAYS = 53
# A score of 1 is this many halvings of the median, -1 as many doublings: a factor of 4 (a choice, see above).
DOUBLINGS_TO_ONE = 2
PERIOD_WORDS = {
    "before_platinum": "before platinum",
    "after_platinum": "after platinum",
    "unknown": "in the patient's course",
}


def growth_score(doublings_per_day: float) -> float:
    """Return the growth score of a slope, from -1 to 1: 0 at the median of untreated SCLC, -1 without growth."""
    if doublings_per_day <= 0:
        return -1.0
    score = math.log2(MEDIAN_DOUBLING_DAYS * doublings_per_day) / DOUBLINGS_TO_ONE
    return min(max(score, -1.0), 1.0)


def with_growth(aggression: float, score: float) -> float:
    """Return the plain mean of the parts of the aggression composite and of the growth score, from -1 to 1."""
    parts = len(AGGRESSION_PARTS)
    return (parts * aggression + score) / (parts + 1)


def sample_period(sample: Row, course: Row) -> tuple[str, str]:
    """Return the part of the course that a sample is of, and why: a sentence, empty where it needs no word.

    Parameters
    ----------
    sample : Row
        Row of SAMPLES.
    course : Row
        The patient's row of CLINICAL; empty where there is none.

    Returns
    -------
    tuple of str
        ``before_platinum``, ``after_platinum`` or ``unknown``; empty where no growth can be the sample's.
    """
    start, end, day = _day(course, "platinum_start_day"), _day(course, "platinum_end_day"), _day(sample, "day")
    timepoint = str(sample.get("timepoint") or "")
    is_baseline = timepoint.casefold() == BASELINE
    if day is not None and (start is not None or end is not None):
        if is_baseline and any(edge is not None and day > edge for edge in (start, end)):
            return "", f"The time point is baseline, but day {day} is not before platinum: not placed in the course."
        period = period_of(day, start, end)
        if period == "during_platinum":
            return "", f"Taken during platinum (day {day} of {start} to {end}): no untreated growth."
        return period, ""
    if not timepoint:
        return "", "Nothing places the sample in the course: no time point, and no day beside a day of platinum."
    if is_baseline:
        return ("unknown" if start is None else "before_platinum"), ""
    if end is None:
        return "unknown", ""
    return "after_platinum", f"The sample has no day; time point {timepoint} is taken to be after platinum."


def _day(row: Row, name: str) -> int | None:
    value = row.get(name)
    return None if value is None else int(value)


def fastest(lesions: Iterable[Row]) -> Row | None:
    """Return the lesion with the highest slope, of equal ones the first by name; None where none has a slope."""
    fitted = [row for row in lesions if row.get("doublings_per_day") is not None]
    return min(fitted, key=lambda row: (-_number(row, "doublings_per_day"), str(row["lesion"])), default=None)


def _number(row: Row, name: str) -> float:
    return float(str(row[name]))


def aggression_rows(
    samples: Iterable[Row], clinical: Iterable[Row], scores: Iterable[Row], doubling_times: Iterable[Row]
) -> Iterator[dict[str, Cell]]:
    """Yield a row of AGGRESSION for every sample.

    Parameters
    ----------
    samples, clinical, scores, doubling_times : iterable of Row
        Rows of SAMPLES, CLINICAL, SCORES and DOUBLING_TIMES, in any order.
    """
    courses = {str(row["patient_id"]): row for row in clinical}
    scored = {str(row["sample_id"]): row for row in scores}
    lesions: dict[str, list[Row]] = {}
    for row in doubling_times:
        lesions.setdefault(str(row["patient_id"]), []).append(row)
    for sample in samples:
        patient, scores_row = str(sample["patient_id"]), scored.get(str(sample["sample_id"]), {})
        growth = growth_of(sample, courses.get(patient, {}), lesions.get(patient, []))
        yield {"sample_id": sample["sample_id"], "patient_id": patient} | _composite(growth, scores_row)


def growth_of(sample: Row, course: Row, lesions: Sequence[Row]) -> dict[str, Cell]:
    """Return the columns of AGGRESSION about growth, with their reason.

    Parameters
    ----------
    sample, course : Row
        As for `sample_period`.
    lesions : sequence of Row
        The patient's rows of DOUBLING_TIMES.
    """
    if not lesions:
        return {"state": "not_assessable", "reason": "No lesion of the patient was measured."}
    period, placed = sample_period(sample, course)
    if not period:
        return {"state": "not_assessable", "reason": placed}
    there = sorted((row for row in lesions if row["period"] == period), key=lambda row: str(row["lesion"]))
    row: dict[str, Cell] = {"state": "not_assessable", "period": period}
    if not there:
        return row | {"reason": f"No lesion of the patient was measured {PERIOD_WORDS[period]}."}
    chosen = fastest(there)
    if chosen is None:
        return row | {"reason": " ".join(f"{one['lesion']}: {one['reason']}" for one in there)}
    fitted = sum(one.get("doublings_per_day") is not None for one in there)
    notes = (f"Fastest of {fitted} lesions." if fitted > 1 else "", _doubt(chosen), placed, CAUTIONS[period])
    row |= {name: chosen.get(name) for name in ("state", "lesion", "doublings_per_day", "doubling_time_days")}
    row |= {
        f"growth_score{end}": growth_score(_number(chosen, f"doublings_per_day{end}"))
        for end in ("", "_low", "_high")
        if chosen.get(f"doublings_per_day{end}") is not None
    }
    return row | {"reason": " ".join(filter(None, notes))}


def _doubt(lesion: Row) -> str:
    """Return how far the slope of a lesion is to be believed; empty where its interval leaves zero out."""
    if lesion.get("doublings_per_day_low") is None:
        return NO_INTERVAL
    if _number(lesion, "doublings_per_day_low") <= 0 <= _number(lesion, "doublings_per_day_high"):
        return "The slope is not significantly different from zero: its 95 % interval holds zero."
    return ""


def _composite(growth: Row, scores: Row) -> dict[str, Cell]:
    """Return the columns about growth with those of the composites, and the reason of both."""
    aggression, score = scores.get("aggression"), growth.get("growth_score")
    why = str(scores.get("set_reason") or "the sample has no scores").rstrip(".")
    reasons = (growth.get("reason"), f"No aggression by expression: {why}." if aggression is None else "")
    row: dict[str, Cell] = {**growth, "aggression": aggression}
    if aggression is not None and score is not None:
        row["aggression_with_growth"] = with_growth(float(aggression), float(score))
    return row | {"reason": " ".join(str(reason) for reason in reasons if reason) or None}


def run(*, samples: Path, clinical: Path, scores: Path, doubling_times: Path, aggression: Path) -> None:
    """Take the growth of lesions into the aggression composite of each sample.

    Parameters
    ----------
    samples, clinical, scores, doubling_times : Path
        inputs/samples.tsv, inputs/clinical.tsv, regulators/scores.tsv and growth/doubling_times.tsv.
    aggression : Path
        Table to write, a row per sample.
    """
    tables = ((samples, SAMPLES), (clinical, CLINICAL), (scores, SCORES), (doubling_times, DOUBLING_TIMES))
    rows = list(aggression_rows(*(read_rows(path, table) for path, table in tables)))
    write_rows(aggression, AGGRESSION, rows)
    both = sum(row.get("aggression_with_growth") is not None for row in rows)
    LOGGER.info("%d samples: aggression with growth in %d of them", len(rows), both)
