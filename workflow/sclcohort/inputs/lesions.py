"""The lesion sheet: what only several cells, several rows or another sheet show to be wrong."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from sclcohort.errors import Fault
from sclcohort.inputs.schemas import did_you_mean
from sclcohort.tables import Cell

Row = Mapping[str, Cell]


def lesion_rules(sheet: str | None, patients: Collection[str], rows: Sequence[Row]) -> list[Fault]:
    """Return the faults of the lesion sheet beside those of single cells.

    Parameters
    ----------
    sheet : str or None
        Its path, for the address of a fault; None (and no rows) where none is configured.
    patients : collection of str
        Patients of the sample sheet.
    rows : sequence of Row
        Typed rows with ``line``, in the order of the sheet.
    """
    faults: list[Fault] = []
    for row in rows:
        faults += (
            _fault(str(sheet), row, code, column, found, fix) for code, column, found, fix in _row_faults(row, patients)
        )
    return faults + list(_series_faults(str(sheet), rows))


def _fault(sheet: str, row: Row, code: str, column: str, found: str, fix: str) -> Fault:
    value = None if row[column] is None else str(row[column])
    return Fault(f"E-SHEET-{code}", sheet, found, fix, int(str(row["line"])), column, value)


def _row_faults(row: Row, patients: Collection[str]) -> Iterator[tuple[str, str, str, str]]:
    """Yield code, column, what was found and its cure."""
    if row["patient_id"] not in patients:
        yield "015", "patient_id", "no sample of this patient", did_you_mean(str(row["patient_id"]), patients)
    volume, longest, short = (row[name] for name in ("volume_ml", "longest_diameter_mm", "short_diameter_mm"))
    if volume is not None and (longest is not None or short is not None):
        yield "017", "volume_ml", "given beside a diameter", "keep the volume or the diameters, and empty the others"
    elif volume is None and longest is None and short is None:
        fix = "fill volume_ml or longest_diameter_mm, or remove the row"
        yield "018", "lesion", "neither a volume nor a diameter", fix
    elif volume is None and longest is None:
        yield "018", "short_diameter_mm", "given without the longest diameter", "fill longest_diameter_mm"
    elif longest is not None and short is not None and float(short) > float(longest):
        yield "019", "short_diameter_mm", f"is longer than longest_diameter_mm {longest}", "swap or correct the two"


def _series_faults(sheet: str, rows: Sequence[Row]) -> Iterator[Fault]:
    """Yield second values of a day, and names that differ only by case: they would split one lesion in two."""
    days: dict[tuple[str, str, str], Row] = {}
    names: dict[tuple[str, str], Row] = {}
    for row in rows:
        patient, lesion, day = (str(row[name]) for name in ("patient_id", "lesion", "day"))
        named = names.setdefault((patient, lesion.casefold()), row)
        if named["lesion"] != lesion:
            found = f'differs only by case from "{named["lesion"]}" in row {named["line"]}'
            yield _fault(sheet, row, "009", "lesion", found, "write the name of a lesion in one way")
        first = days.setdefault((patient, lesion.casefold(), day), row)
        if first is not row:
            found = f"{patient}, {lesion} was measured that day in row {first['line']}, too"
            yield _fault(sheet, row, "020", "day", found, "keep one measurement per lesion and day")
