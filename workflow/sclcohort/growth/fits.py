"""Exponential growth of one lesion: a straight line through log2(volume), and the doubling time it gives."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from scipy.special import stdtrit

# Two-sided 95 %: the quantile of t that leaves 2.5 % above it.
UPPER_QUANTILE = 0.975


@dataclass(frozen=True)
class Fit:
    """A slope in doublings per day, with its 95 % interval where more than two measurements allow one.

    Parameters
    ----------
    slope : float
        Doublings per day; negative where the lesion shrinks.
    low, high : float or None
        Ends of the interval; None for two measurements.
    """

    slope: float
    low: float | None
    high: float | None


@dataclass(frozen=True)
class DoublingTime:
    """A doubling time in days, with its 95 % interval.

    Parameters
    ----------
    days : float
        1 / slope.
    low, high : float or None
        Ends of the interval. ``high`` is None where the slope's interval reaches zero: then no time is too long.
    interval : str
        ``two_sided``, ``no_upper_bound`` or ``none``.
    """

    days: float
    low: float | None
    high: float | None
    interval: str


def fit_growth(days: Sequence[int], volumes: Sequence[float]) -> Fit:
    """Fit log2(volume) on day by least squares; the interval is that of t with n - 2 degrees of freedom.

    Parameters
    ----------
    days : sequence of int
        Two different days or more, in any order.
    volumes : sequence of float
        The volume on each of them, > 0, in any unit: the slope does not depend on it.

    Raises
    ------
    ValueError
        Fewer than two days, a day twice, or a volume that is not positive.
    """
    count = len(days)
    if count < 2 or len(set(days)) < count or min(volumes) <= 0:
        raise ValueError(f"no line through volumes {list(volumes)} on days {list(days)}")
    # In whole numbers (days from their mean, times n), and volumes as multiples of the first: a shift of the days
    # changes no bit, and a lesion of constant volume has a slope of exactly zero.
    total = sum(days)
    places = [count * day - total for day in days]
    heights = [math.log2(volume / volumes[0]) for volume in volumes]
    spread = sum(place * place for place in places)
    slope = count * math.fsum(place * height for place, height in zip(places, heights, strict=True)) / spread
    if count == 2:
        return Fit(slope, None, None)
    middle = math.fsum(heights) / count
    squares = math.fsum(
        (height - middle - slope * place / count) ** 2 for place, height in zip(places, heights, strict=True)
    )
    error = count * math.sqrt(squares / (count - 2) / spread)
    margin = float(stdtrit(count - 2, UPPER_QUANTILE)) * error
    return Fit(slope, slope - margin, slope + margin)


def doubling_time(fit: Fit) -> DoublingTime | None:
    """Return the doubling time of a fit; None where the slope is not positive.

    The ends are the inverses of the ends of the slope, crosswise. Where the lower end of the slope is not positive its
    inverse would be no upper end: all times above the lower one are within the interval.
    """
    if fit.slope <= 0:
        return None
    if fit.low is None or fit.high is None:
        return DoublingTime(1 / fit.slope, None, None, "none")
    if fit.low <= 0:
        return DoublingTime(1 / fit.slope, 1 / fit.high, None, "no_upper_bound")
    return DoublingTime(1 / fit.slope, 1 / fit.high, 1 / fit.low, "two_sided")
