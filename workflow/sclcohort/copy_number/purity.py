"""Read purity and ploidy as a copy-number caller fitted them, from its own file.

A file is known by its header, never by its name. Where it has several rows, the format says which one is the fit:

================================= =========================== ============================ =====================
file                              purity                      ploidy                       row
================================= =========================== ============================ =====================
PURPLE ``.purple.purity.tsv``     ``purity``                  ``ploidy``                   its only one
ASCAT ``.purityploidy.txt``       ``AberrantCellFraction``    ``Ploidy``                   its only one
Sequenza ``_confints_CP.txt``     ``cellularity``             ``ploidy.estimate``          the middle one: the first
                                                                                           and third are the limits
Sequenza                          ``cellularity``             ``ploidy``                   the first: they are sorted
``_alternative_solutions.txt``                                                             by ``SLPP``
Battenberg ``_purity_ploidy.txt`` ``purity``, older files     ``ploidy``                   its only one
                                  ``cellularity``
Battenberg ``_rho_and_psi.txt``   ``rho``                     ``ploidy``                   ``FRAC_GENOME``
FACETS, facets-suite ``.txt``     ``purity``                  ``ploidy``                   the first: the purity run
FACETS ``.out``                   ``# Purity = ``             ``# Ploidy = ``              one line each
a table of ours or yours          ``purity``                  ``ploidy``                   that of the sample
================================= =========================== ============================ =====================

Headers were read in the source of the programs (certainty ``verified``): hartwigmedical/hmftools
PurityContextFile.java; the ASCAT script of nf-core/modules, which writes 0 and 0 where ASCAT finds no fit;
cran/sequenza results.R; Wedge-lab/battenberg fitcopynumber.R; mskcc/facets-suite run-facets-wrapper.R. That
``FRAC_GENOME`` is the row to take is said in the README of cancerit/cgpBattenberg. The lines of FACETS ``.out``
were seen only through pipelines that search them for ``Purity`` and ``Ploidy`` (``unverified``).
"""

from __future__ import annotations

import gzip
import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from sclcohort.copy_number.formats import SAMPLE, plain_name
from sclcohort.copy_number.rows import NO_VALUE, number
from sclcohort.errors import Fault, StepError
from sclcohort.files import open_text

WANTED = (
    "give the purity and ploidy of PURPLE, ASCAT, Sequenza, Battenberg or FACETS, or a tab-separated table "
    "with the columns purity and ploidy"
)
PLOIDY = frozenset(("ploidy",))
ASSIGNMENT = re.compile(r"#?\s*(purity|ploidy)\s*[=:]\s*(\S+)\s*", re.IGNORECASE)
# Choice: callers search up to 8 (PURPLE) or less; beyond this the column is something else.
LARGEST_PLOIDY = 20.0
# Choice: fits print two digits or more, so that more than 1 is no rounding beyond this.
ROUNDING = 0.005


@dataclass(frozen=True)
class PurityFormat:
    """One layout of purity and ploidy.

    Parameters
    ----------
    name : str
        Program, for messages.
    purity, ploidy : frozenset of str
        Spellings of the two columns, plain.
    marks : frozenset of str
        Other columns that tell the layout, all of them.
    pick : {"only", "first", "middle", "FRAC_GENOME"}
        Which row of a sample is the fit.
    """

    name: str
    purity: frozenset[str]
    ploidy: frozenset[str] = PLOIDY
    marks: frozenset[str] = frozenset()
    pick: Literal["only", "first", "middle", "FRAC_GENOME"] = "only"

    def claims(self, names: frozenset[str]) -> bool:
        """Tell whether a header with these names, plain, is of this layout."""
        return bool(self.purity & names and self.ploidy & names) and self.marks <= names


# The first that claims a header has it: the last is the least particular.
FORMATS = (
    PurityFormat("PURPLE", frozenset(("purity",)), marks=frozenset(("normfactor",))),
    PurityFormat("ASCAT", frozenset(("aberrantcellfraction",))),
    PurityFormat("Sequenza", frozenset(("cellularity",)), frozenset(("ploidyestimate",)), pick="middle"),
    PurityFormat("Sequenza", frozenset(("cellularity",)), marks=frozenset(("slpp",)), pick="first"),
    PurityFormat("Battenberg", frozenset(("rho",)), marks=frozenset(("psi", "isbest")), pick="FRAC_GENOME"),
    PurityFormat("Battenberg", frozenset(("purity", "cellularity", "rho")), marks=frozenset(("psi",))),
    PurityFormat("FACETS", frozenset(("purity",)), marks=frozenset(("diplogr",)), pick="first"),
    PurityFormat("the table", frozenset(("purity", "cellularity", "rho"))),
)


@dataclass(frozen=True)
class Fit:
    """Purity and ploidy of one tumour, as a caller fitted them.

    Parameters
    ----------
    purity : float or None
        Fraction of tumour cells, above 0 and at most 1; None where the caller found none.
    ploidy : float or None
        Average copies of the tumour genome, above 0; None where the caller found none.
    remark : str
        What a reader should know of the fit; often empty.
    """

    purity: float | None = None
    ploidy: float | None = None
    remark: str = ""


def read_purity(path: Path, name: str) -> Fit:
    """Read purity and ploidy of one sample.

    Parameters
    ----------
    path : Path
        File of any of `FORMATS`, plain or gzip.
    name : str
        Name of the sample inside a file that has several.

    Returns
    -------
    Fit
        What the caller fitted.

    Raises
    ------
    StepError
        The file cannot be read, has no columns for purity and ploidy, or not one fit for the sample;
        a value that no tumour can have.
    """
    try:
        with open_text(path) as handle:
            lines = handle.read().splitlines()
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        found = f"the compressed file is cut short or damaged ({error})"
        raise StepError(str(Fault("E-CN-020", path.name, found, "copy it again"))) from error
    except UnicodeDecodeError as error:
        raise StepError(str(Fault("E-CN-020", path.name, "not UTF-8 text", "save it as UTF-8"))) from error
    except OSError as error:
        found = f"cannot be read: {error.strerror}"
        raise StepError(str(Fault("E-CN-020", path.name, found, "check path and permissions"))) from error
    assigned = _assigned(lines)
    if assigned is not None:
        return _fit(path.name, "FACETS", *assigned)
    return _fit_of_table(path.name, lines, name)


def _assigned(lines: Sequence[str]) -> tuple[tuple[str, int], tuple[str, int]] | None:
    """Return purity and ploidy of a file that has a line for each, with their lines; None of any other file."""
    found = {
        match[1].casefold(): (match[2], row)
        for row, line in enumerate(lines, start=1)
        if (match := ASSIGNMENT.fullmatch(line.strip()))
    }
    return (found["purity"], found["ploidy"]) if len(found) == 2 else None


def _fit_of_table(file: str, lines: Sequence[str], name: str) -> Fit:
    """Read a table; see `read_purity`."""
    table = [(row, _cells(line)) for row, line in enumerate(lines, start=1) if line.strip()]
    # Older files of PURPLE begin their header with "#".
    header_place, form = next(
        (
            (place, form)
            for place, (_, cells) in enumerate(table)
            for form in FORMATS
            if form.claims(frozenset(map(plain_name, cells)))
        ),
        (None, None),
    )
    if header_place is None or form is None:
        shown = ", ".join(table[0][1]) if table else "nothing"
        raise StepError(str(Fault("E-CN-021", file, f"no columns for purity and ploidy among: {shown}", WANTED)))
    header_row, header = table[header_place]
    rows = [(row, cells) for row, cells in table[header_place + 1 :] if not lines[row - 1].startswith("#")]
    if rows and all(len(cells) == len(header) + 1 for _, cells in rows):
        # R writes the names of rows without a header of their own.
        header = ["", *header]
    for row, cells in rows:
        if len(cells) != len(header):
            found = f"{len(cells)} cells, the header has {len(header)}"
            raise StepError(str(Fault("E-CN-021", file, found, "write it again in full; was it cut?", row)))
    plain = [plain_name(cell) for cell in header]
    row, cells = _picked(file, header_row, form, _rows_of_sample(file, plain, rows, name))
    purity, ploidy = (_place(file, header_row, header, spellings) for spellings in (form.purity, form.ploidy))
    fit = _fit(file, form.name, (cells[purity], row), (cells[ploidy], row))
    if form.name == "PURPLE" and "status" in plain and "NO_TUMOR" in cells[plain.index("status")].upper():
        return Fit(fit.purity, fit.ploidy, "PURPLE found no tumour (status NO_TUMOR): its purity is no measurement")
    return fit


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.replace('"', "").lstrip("#").split("\t")]


def _place(file: str, row: int, header: Sequence[str], spellings: frozenset[str]) -> int:
    places = [place for place, cell in enumerate(header) if plain_name(cell) in spellings]
    if len(places) > 1:
        twice = " and ".join(header[place] for place in places)
        raise StepError(str(Fault("E-CN-021", file, f"two columns of one meaning: {twice}", "leave one", row)))
    return places[0]


def _rows_of_sample(
    file: str, plain: Sequence[str], rows: Sequence[tuple[int, list[str]]], name: str
) -> list[tuple[int, list[str]]]:
    """Return the rows of one sample, where the table has a column of samples with several names in it."""
    place = next((place for place, cell in enumerate(plain) if cell in SAMPLE), None)
    if place is None or len({cells[place] for _, cells in rows}) < 2:
        return list(rows)
    found = [(row, cells) for row, cells in rows if cells[place] == name]
    if not found:
        count = len({cells[place] for _, cells in rows})
        fix = "set copy_number_sample to the name of the sample in it"
        raise StepError(
            str(Fault("E-CN-022", file, f"no such sample; the table has {count}", fix, None, "sample", name))
        )
    return found


def _picked(
    file: str, header_row: int, form: PurityFormat, rows: Sequence[tuple[int, list[str]]]
) -> tuple[int, list[str]]:
    """Return the row of the fit."""
    if form.pick == "FRAC_GENOME":
        rows = [(row, cells) for row, cells in rows if form.pick in cells]
    wanted = {"middle": (1, 3), "only": (1,), "FRAC_GENOME": (1,), "first": range(1, len(rows) + 1)}[form.pick]
    if len(rows) not in wanted:
        found = f"{len(rows)} rows where {form.name} writes {' or '.join(map(str, wanted)) or 'one or more'}"
        raise StepError(str(Fault("E-CN-022", file, found, "give the file of this one sample", header_row)))
    return rows[len(rows) // 2 if form.pick == "middle" else 0]


def _fit(file: str, program: str, purity: tuple[str, int], ploidy: tuple[str, int]) -> Fit:
    """Return the fit of two cells, each with its row."""
    fraction = _value(file, "purity", *purity, 1 + ROUNDING, "a fraction above 0 and at most 1")
    average = _value(file, "ploidy", *ploidy, LARGEST_PLOIDY, f"average copies above 0 and at most {LARGEST_PLOIDY:g}")
    missing = [label for label, value in (("purity", fraction), ("ploidy", average)) if value is None]
    remark = f"{program} gives no {' and no '.join(missing)}" if missing else ""
    return Fit(None if fraction is None else min(1.0, fraction), average, remark)


def _value(file: str, column: str, cell: str, row: int, largest: float, meaning: str) -> float | None:
    if cell.casefold() in NO_VALUE:
        return None
    value = number(cell)
    if value is not None and 0 < value <= largest:
        return value
    fix = f"give {meaning}"
    if value == 0:
        fix = "leave purity_file empty: ASCAT is reported as 0 where it found no fit"
    raise StepError(str(Fault("E-CN-023", file, f"no {column} of a tumour", fix, row, column, cell)))
