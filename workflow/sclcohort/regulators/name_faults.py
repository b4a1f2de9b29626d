"""Row names that a spreadsheet, another organism or another identifier scheme has left in a matrix."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from sclcohort.errors import Fault
from sclcohort.regulators.gene_names import are_entrez, are_row_numbers

# How many rows of one kind of fault are listed with their address; the rest are counted.
SHOWN = 5
# Mouse and rat symbols have one capital (Ascl1) or are clones of RIKEN (1110032F04Rik); human symbols are capitals.
RODENT_SYMBOL = re.compile(r"^[A-Z][a-z][A-Za-z0-9-]*$|^\d{7}[A-Z]\d{2}Rik$")
OTHER_ENSEMBL = re.compile(r"^ENS[A-Z]{3,4}G\d{11}(\.\d+)?$")
RODENT_MIN_FRACTION = 0.5

# The longer of two spellings first.
_MONTH = "jan|feb|mar|apr|may|jun|jul|aug|sept|sep|oct|nov|dec"
# R's make.names puts an X before a digit.
_DAY_MONTH = re.compile(rf"^X?(?P<day>\d{{1,4}})[-/. ](?P<month>{_MONTH})([-/. ]\d{{2,4}})?$", re.IGNORECASE)
_MONTH_DAY = re.compile(rf"^(?P<month>{_MONTH})[-/. ](?P<day>\d{{1,4}})$", re.IGNORECASE)
_NUMERIC_DATE = re.compile(
    r"^(\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4})( \d{1,2}:\d{2}(:\d{2})?)?$"
)
# Days since 1900 that dates of 1990 to 2035 become when a cell is set to "number".
_SERIAL = re.compile(r"^(3[2-9]|4[0-9])\d{3}(\.0+)?$")
_SCIENTIFIC = re.compile(r"^\d(\.\d+)?[Ee]\+?\d{1,3}$")
_ENTREZ = re.compile(r"^\d+$")
ENTREZ_MIN_FRACTION = 0.5
_GENES_OF_MONTHS = {
    "mar": "MARCHF{n} (once MARCH{n}) or MTARC{n} (once MARC{n})",
    "sep": "SEPTIN{n} (once SEPT{n})",
    "sept": "SEPTIN{n} (once SEPT{n})",
    "dec": "DELEC{n} (once DEC{n})",
    "oct": "a POU gene (once OCT{n})",
}


def likely_gene(name: str) -> str | None:
    """Return what a spreadsheet's damage probably was before, or None where the name is no such damage.

    Dates (``1-Mar``, ``Sep-02``, ``2021-03-01``), day numbers (``44256``) and exponents (``2.31E+13``) are known to
    stand for gene names since Zeeberg et al. 2004 BMC Bioinformatics 5:80, doi:10.1186/1471-2105-5-80.
    """
    match = _DAY_MONTH.match(name) or _MONTH_DAY.match(name)
    if match:
        number = int(match["day"])
        guess = _GENES_OF_MONTHS.get(match["month"].lower())
        return guess.format(n=number) if guess and number <= 31 else "a gene whose name reads as a date"
    if _NUMERIC_DATE.match(name) or _SERIAL.match(name):
        return "a gene whose name reads as a date (MARCHF, MTARC, SEPTIN, DELEC)"
    if _SCIENTIFIC.match(name):
        return "an identifier with the letter E in it"
    return None


def name_faults(names: Sequence[str], line_numbers: Sequence[int], file: str) -> list[Fault]:
    """Return the faults of a matrix's row names.

    Parameters
    ----------
    names : sequence of str
        Row names, in the order of the matrix.
    line_numbers : sequence of int
        Line of the file that each stands on.
    file : str
        The matrix as the user wrote it.

    Returns
    -------
    list of Fault
        Empty names, spreadsheet damage, symbols or ids of another organism, row numbers, Entrez ids among other
        names; of each kind the first `SHOWN` with their line, and the count of the rest.
    """
    if are_row_numbers(names):
        found, fix = "the row names count the rows: they are no gene ids", "export the matrix with the genes' names"
        return [Fault("E-EXP-017", file, found, fix, line_numbers[0], "gene name", names[0])]
    # A whole column of numbers is a matrix of Entrez ids, not of dates.
    if are_entrez(names):
        return []
    if (share := _share(names, _ENTREZ.match)) >= ENTREZ_MIN_FRACTION:
        row = next(position for position, name in enumerate(names) if not _ENTREZ.match(name))
        found = f"{share:.0%} of the row names are numbers (Entrez ids?), and this one is none"
        fix = "name all rows by one kind of id, or take the row out if it is no gene"
        return [Fault("E-EXP-017", file, found, fix, line_numbers[row], "gene name", names[row])]
    places = list(zip(names, line_numbers, strict=True))
    empty = [
        Fault("E-EXP-014", file, "the row has no gene name", "name the row or take it out", line, "gene name", "")
        for name, line in places
        if not name.strip()
    ]
    damaged = [
        Fault(
            "E-EXP-015",
            file,
            f"a spreadsheet turned a gene name into this; likely {gene}",
            "export the matrix again without a spreadsheet",
            line,
            "gene name",
            name,
        )
        for name, line in places
        if (gene := likely_gene(name)) is not None
    ]
    return [*first_of(empty), *first_of(damaged), *_organism_faults(names, line_numbers, file)]


def _organism_faults(names: Sequence[str], line_numbers: Sequence[int], file: str) -> list[Fault]:
    kinds: tuple[tuple[str, Callable[[str], object]], ...] = (
        ("symbols written as for mouse or rat (Ascl1)", RODENT_SYMBOL.match),
        ("Ensembl gene ids of another organism", OTHER_ENSEMBL.match),
    )
    for kind, is_such in kinds:
        share = _share(names, is_such)
        if share >= RODENT_MIN_FRACTION:
            row = next(position for position, name in enumerate(names) if is_such(name))
            found = f"{share:.0%} of the row names are {kind}; the workflow is for human tumours"
            fix = "map the rows to human HGNC symbols first"
            return [Fault("E-EXP-016", file, found, fix, line_numbers[row], "gene name", names[row])]
    return []


def _share(names: Sequence[str], is_such: Callable[[str], object]) -> float:
    return sum(is_such(name) is not None for name in names) / max(len(names), 1)


def first_of(faults: Sequence[Fault], total: int | None = None) -> list[Fault]:
    """Return the first `SHOWN` faults of one kind, the last of them with the count of those left out.

    Parameters
    ----------
    faults : sequence of Fault
        Faults of one kind, in the order of the file.
    total : int or None
        How many there are in the file, where `faults` holds only the first ones.
    """
    total = len(faults) if total is None else total
    shown = list(faults[:SHOWN])
    if total > len(shown) and shown:
        last = shown[-1]
        more = f"{last.found} (and {total - len(shown)} more of this kind)"
        shown[-1] = Fault(last.code, last.file, more, last.fix, last.row, last.column, last.value)
    return shown
