"""The errors a user can mend, and the one line that tells how.

::

    CohortError                 anything a user can fix: one readable line, exit code 2
    ├── TableError              a table breaks its contract
    ├── StepError               a step cannot do its work with what it was given
    └── InputFaultsError        every fault of the inputs at once (see `Fault`)

Any other exception is a bug of ours and keeps its traceback.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass


class CohortError(Exception):
    """A condition that the person who runs the workflow can mend."""


class TableError(CohortError):
    """A table does not keep its contract: a column, a value, a key."""


class StepError(CohortError):
    """A step cannot do its work with the files and settings it was given."""


@dataclass(frozen=True, order=True)
class Fault:
    """One fault of one input, with its address and its cure.

    Parameters
    ----------
    code : str
        ``E-<AREA>-<nnn>``; stable, so that scripts and the ``accept`` list may name it.
    file : str
        The file at fault, as the user wrote it; ``config`` for the merged configuration.
    found : str
        What is wrong, in words.
    fix : str
        What to do about it.
    row : int or None
        1-based line of the file, the header being line 1.
    column, value : str or None
        The column (or configuration key) and the offending value.
    """

    code: str
    file: str
    found: str
    fix: str
    row: int | None = None
    column: str | None = None
    value: str | None = None

    def __str__(self) -> str:
        place = self.file if self.row is None else f"{self.file}:{self.row}"
        column = "" if self.column is None else f" column {self.column}"
        value = "" if self.value is None else f' value "{self.value}"'
        return f"{self.code} {place}{column}{value}: {self.found}; fix: {self.fix}"

    def as_json(self) -> str:
        """Return the fault as one line of JSON, keys sorted, for machines."""
        return json.dumps(asdict(self), sort_keys=True, ensure_ascii=False)


class InputFaultsError(CohortError):
    """Every fault that one pass over the inputs found.

    Parameters
    ----------
    faults : iterable of Fault
        Kept in the order of discovery, which is the order of the files and their rows.
    """

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(str(fault) for fault in self.faults))
