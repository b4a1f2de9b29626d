"""Find the file of each sample in a folder of expression."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from sclcohort.errors import Fault
from sclcohort.regulators.matrix import refuse

if TYPE_CHECKING:
    from sclcohort.regulators.table_formats import TableFormat


def files_of(table: TableFormat, folder: Path, samples: Sequence[str]) -> list[Path]:
    """Return the files of some samples, in their order.

    Parameters
    ----------
    table : TableFormat
        One that is a folder.
    folder : Path
        ``expression.matrix``.
    samples : sequence of str
        As the sheet names them, without repetition.

    Raises
    ------
    StepError
        Listing the samples without a file and those that share one.
    """
    faults: list[Fault] = []
    first: dict[Path, str] = {}
    fix = "correct expression_sample in the sample sheet"
    for sample in samples:
        path = table.file_of(folder, sample)
        if path is None:
            found = f"the folder has no {table.file_name(sample)}"
            faults.append(Fault("E-EXP-003", str(folder), found, fix, value=sample))
        elif first.setdefault(path, sample) != sample:
            faults.append(Fault("E-EXP-002", str(path), f"is the file of {first[path]} too", fix, value=sample))
    refuse(faults)
    return list(first)
