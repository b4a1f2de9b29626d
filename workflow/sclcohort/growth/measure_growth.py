"""Step measure-growth: the doubling time of every lesion, apart before and after first-line platinum.

**Model.** Exponential growth (Schwartz 1961, Cancer 14:1272): a straight line through log2(volume) by least squares,
whose slope is doublings per day. It is the slope that has a symmetrical error and exists for every lesion, so the
interval is that of the slope, and a doubling time is given only where the slope is positive (Mehrara 2007, Cancer Res
67:3970).

**Periods.** Only what grows untreated tells of growth. Measurements up to the first day of platinum are one fit
(what is measured that day grew before it), those after its last day another; those between are set aside. Where the
clinical sheet has neither day, all measurements are one fit of period ``unknown``; where it has one of the two, what
that day cannot place is set aside. Later lines of treatment are in no sheet.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from sclcohort.contracts import CLINICAL, DOUBLING_TIMES, LESIONS
from sclcohort.growth.fits import Fit, doubling_time, fit_growth
from sclcohort.growth.volumes import Measurement, volumes_of
from sclcohort.tables import Cell, read_rows, write_rows

LOGGER = logging.getLogger(__name__)
Row = Mapping[str, Cell]
NO_INTERVAL = "Two measurements leave no error to estimate, so there is no interval."
CAUTIONS = {
    "before_platinum": "",
    "after_platinum": "The effect of platinum may outlast its last day, and later treatment is in no sheet.",
    "unknown": "The clinical sheet gives no days of platinum: treatment within the period is not excluded.",
}


def period_of(day: int, start: int | None, end: int | None) -> str:
    """Return the period of a day, by the first and last day of platinum where they are known."""
    if end is not None and day > end:
        return "after_platinum"
    if start is not None and day <= start:
        return "before_platinum"
    return "during_platinum" if start is not None and end is not None else "unknown"


def growth_rows(lesions: Iterable[Row], clinical: Iterable[Row]) -> Iterator[dict[str, Cell]]:
    """Yield a row of DOUBLING_TIMES for every lesion and period with a measurement.

    Parameters
    ----------
    lesions, clinical : iterable of Row
        Rows of LESIONS and of CLINICAL, in any order. Patients without a clinical row are of period unknown.
    """
    course = {str(row["patient_id"]): row for row in clinical}
    groups: dict[tuple[str, str, str], list[Measurement]] = {}
    for row in sorted(lesions, key=lambda row: int(str(row["day"]))):
        patient, measured = str(row["patient_id"]), _measurement(row)
        period = period_of(measured.day, *_platinum(course.get(patient)))
        groups.setdefault((patient, str(row["lesion"]), period), []).append(measured)
    for (patient, lesion, period), measured_ones in sorted(groups.items()):
        key: dict[str, Cell] = {"patient_id": patient, "lesion": lesion, "period": period}
        yield key | period_row(measured_ones, period, *_platinum(course.get(patient)))


def _measurement(row: Row) -> Measurement:
    volume, longest, short = (
        None if row.get(name) is None else float(str(row[name]))
        for name in ("volume_ml", "longest_diameter_mm", "short_diameter_mm")
    )
    return Measurement(int(str(row["day"])), volume, longest, short)


def _platinum(row: Row | None) -> tuple[int | None, int | None]:
    if row is None:
        return None, None
    start, end = row.get("platinum_start_day"), row.get("platinum_end_day")
    return (None if start is None else int(start)), (None if end is None else int(end))


def period_row(measured: Sequence[Measurement], period: str, start: int | None, end: int | None) -> dict[str, Cell]:
    """Return the columns of DOUBLING_TIMES behind its key.

    Parameters
    ----------
    measured : sequence of Measurement
        Of one lesion and period, by day; at least one.
    period : str
        One of PERIODS.
    start, end : int or None
        First and last day of platinum, as far as known.
    """
    days, volumes = [one.day for one in measured], volumes_of(measured)
    row: dict[str, Cell] = {
        "state": "not_assessable",
        "measurements": len(days),
        "first_day": days[0],
        "last_day": days[-1],
        "days_spanned": days[-1] - days[0],
        "method": volumes.method or None,
        "first_volume_ml": volumes.ml[0] if volumes.ml else None,
        "last_volume_ml": volumes.ml[-1] if volumes.ml else None,
    }
    refusal = _why_not(days, volumes.method, volumes.note, period, start, end)
    if refusal:
        return row | {"reason": refusal}
    return row | _fitted(fit_growth(days, volumes.ml), [volumes.note, CAUTIONS[period]])


def _why_not(days: Sequence[int], method: str, note: str, period: str, start: int | None, end: int | None) -> str:
    """Return why nothing is fitted; empty where something is."""
    if period == "during_platinum":
        return f"Measured during platinum (day {start} to {end}): no untreated growth."
    if period == "unknown" and start is not None:
        return f"Platinum began on day {start} and the sheet has no last day: not told from treatment."
    if period == "unknown" and end is not None:
        return f"Platinum ended on day {end} and the sheet has no first day: not told from treatment."
    if len(days) < 2:
        return "One measurement; a doubling time needs two."
    return "" if method else note


def _fitted(fit: Fit, notes: Sequence[str]) -> dict[str, Cell]:
    """Return state, slope and doubling time of a fit, with its reason."""
    row: dict[str, Cell] = {
        "doublings_per_day": fit.slope,
        "doublings_per_day_low": fit.low,
        "doublings_per_day_high": fit.high,
    }
    said = "" if fit.high is not None else NO_INTERVAL
    time = doubling_time(fit)
    if time is None:
        row["state"] = "shrinking" if fit.slope < 0 else "unchanged"
        if fit.high is not None and fit.high > 0:
            said = (
                f"Growth is not excluded: doubling times of {1 / fit.high:.3g} days and more are within the interval."
            )
    else:
        row |= {
            "state": "fitted",
            "doubling_time_days": time.days,
            "doubling_time_low_days": time.low,
            "doubling_time_high_days": time.high,
            "interval": time.interval,
        }
        if time.interval == "no_upper_bound":
            said = "That it does not grow is within the interval, which therefore has no upper end."
    return row | {"reason": " ".join(filter(None, (said, *notes))) or None}


def run(*, lesions: Path, clinical: Path, doubling_times: Path) -> None:
    """Fit the growth of every lesion.

    Parameters
    ----------
    lesions, clinical : Path
        inputs/lesions.tsv and inputs/clinical.tsv.
    doubling_times : Path
        Table to write; without a lesion sheet it has no rows.
    """
    rows = list(growth_rows(read_rows(lesions, LESIONS), read_rows(clinical, CLINICAL)))
    write_rows(doubling_times, DOUBLING_TIMES, rows)
    states = Counter(str(row["state"]) for row in rows)
    LOGGER.info("%d lesions and periods: %s", len(rows), ", ".join(f"{n} {s}" for s, n in sorted(states.items())))
