"""Grantham's difference between two amino acids.

Grantham R 1974 Science 185:862, doi:10.1126/science.185.4154.862: composition, polarity and volume of each
residue, weighted and scaled so that the mean over all pairs is 100. Computed from the rounded values below,
a difference may be one off the printed table (CW 214 for 215, EK 57 for 56).
"""

from __future__ import annotations

import math

_SCALE = 50.723
_WEIGHTS = (1.833, 0.1018, 0.000399)
# Composition, polarity and volume.
_PROPERTIES = {
    "A": (0.0, 8.1, 31.0),
    "C": (2.75, 5.5, 55.0),
    "D": (1.38, 13.0, 54.0),
    "E": (0.92, 12.3, 83.0),
    "F": (0.0, 5.2, 132.0),
    "G": (0.74, 9.0, 3.0),
    "H": (0.58, 10.4, 96.0),
    "I": (0.0, 5.2, 111.0),
    "K": (0.33, 11.3, 119.0),
    "L": (0.0, 4.9, 111.0),
    "M": (0.0, 5.7, 105.0),
    "N": (1.33, 11.6, 56.0),
    "P": (0.39, 8.0, 32.5),
    "Q": (0.89, 10.5, 85.0),
    "R": (0.65, 10.5, 124.0),
    "S": (1.42, 9.2, 32.0),
    "T": (0.71, 8.6, 61.0),
    "V": (0.0, 5.9, 84.0),
    "W": (0.13, 5.4, 170.0),
    "Y": (0.2, 6.2, 136.0),
}


def grantham_difference(one: str, other: str) -> int | None:
    """Return Grantham's difference of two one-letter residues, 0 to 215; None where one is no residue."""
    if one not in _PROPERTIES or other not in _PROPERTIES:
        return None
    squares = (
        weight * (a - b) ** 2 for weight, a, b in zip(_WEIGHTS, _PROPERTIES[one], _PROPERTIES[other], strict=True)
    )
    return round(_SCALE * math.sqrt(sum(squares)))
