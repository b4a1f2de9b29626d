"""Names of the places inside the page that links lead to."""

from __future__ import annotations

import re


def anchor(kind: str, name: str) -> str:
    """Return the id of an element of the page, unique for its kind and name.

    Whatever stands in the name, the id holds only letters, digits, ``_``, ``-``, ``.`` and ``:``: any
    other character, and the colon, is written as its code point between colons.
    """
    return f"{kind}-" + re.sub(r"[^A-Za-z0-9_.-]", lambda mark: f":{ord(mark.group()):x}:", name)


def patient_anchor(patient: str) -> str:
    """Return the id of a patient's section."""
    return anchor("patient", patient)


def rule_anchor(rule: str) -> str:
    """Return the id of a resistance rule's row."""
    return anchor("rule", rule)
