"""FILTER values: kept as the caller wrote them, and judged by the configured list."""

from __future__ import annotations


def is_accepted(filters: str, accepted: set[str]) -> bool:
    """Tell whether every one of a record's FILTER values is accepted.

    Parameters
    ----------
    filters : str
        Values joined by ``;``; ``.`` is an unset FILTER.
    accepted : set of str
        From ``variants.accepted_filters``.
    """
    return set(filters.split(";")) <= accepted
