"""Volumes of a lesion from what was measured of it, in one way for all measurements that are compared."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

CUBIC_MM_PER_ML = 1000


@dataclass(frozen=True)
class Measurement:
    """One measurement of one lesion.

    Parameters
    ----------
    day : int
        On the patient's own clock.
    volume_ml : float or None
        Measured volume, mL, > 0; None where diameters were measured.
    longest_mm, short_mm : float or None
        Longest diameter and the one perpendicular to it, mm, > 0; the second may be missing.
    """

    day: int
    volume_ml: float | None = None
    longest_mm: float | None = None
    short_mm: float | None = None


@dataclass(frozen=True)
class Volumes:
    """The volumes of one lesion, and how they were got.

    Parameters
    ----------
    method : str
        ``volume``, ``ellipsoid`` or ``sphere``; empty where no method serves all measurements.
    ml : tuple of float
        In the order of the measurements, mL; empty without a method.
    note : str
        What a reader must know of the method, a sentence; empty where there is nothing.
    """

    method: str
    ml: tuple[float, ...]
    note: str


def ellipsoid_ml(longest_mm: float, short_mm: float) -> float:
    """Return the volume of an ellipsoid whose third axis is as long as its second, in mL.

    Of the formulas for diameters, that of the ellipsoid is closest to tumour mass (Tomayko & Reynolds 1989, Cancer
    Chemother Pharmacol 24:148, doi:10.1007/BF00300234, which measured the third axis); that it equals the second is
    assumed here, because CT reports give two.
    """
    return math.pi / 6 * longest_mm * short_mm**2 / CUBIC_MM_PER_ML


def volumes_of(measurements: Sequence[Measurement]) -> Volumes:
    """Return the volumes of one lesion by one method, for a change of method would look like growth.

    Measured volumes where all have one; else ellipsoids where all have both diameters; else spheres of the longest
    diameter where all have that. A mixture of volumes and diameters has no method.
    """
    given = [one.volume_ml for one in measurements if one.volume_ml is not None]
    if len(given) == len(measurements):
        return Volumes("volume", tuple(given), "")
    if given:
        count = f"{len(given)} of {len(measurements)}"
        return Volumes("", (), f"Volumes were measured on {count} days and diameters on the others: not comparable.")
    longest = [one.longest_mm for one in measurements if one.longest_mm is not None]
    short = [one.short_mm for one in measurements if one.short_mm is not None]
    if len(short) == len(measurements):
        both = zip(longest, short, strict=True)
        return Volumes("ellipsoid", tuple(ellipsoid_ml(first, second) for first, second in both), "")
    missing = f"{len(measurements) - len(short)} of {len(measurements)}"
    note = f"The short diameter is missing on {missing} days, so the longest alone was used on all." if short else ""
    return Volumes("sphere", tuple(ellipsoid_ml(one, one) for one in longest), note)
