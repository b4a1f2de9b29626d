"""Whether a caller's FILTER lets a variant count."""

from __future__ import annotations

from collections.abc import Collection


def is_accepted(filters: str, accepted: Collection[str]) -> bool:
    """Tell whether every value of a FILTER is accepted.

    Parameters
    ----------
    filters : str
        As in the VCF: ``PASS``, names joined by ``;``, or ``.`` where the caller set none.
    accepted : collection of str
        `variants.accepted_filters`.
    """
    return all(name in accepted for name in filters.split(";"))
