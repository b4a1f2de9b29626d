"""Read a full table of HGNC, and let it extend the names of genes that the workflow knows.

The file is HGNC's "complete set" (genenames.org, hgnc_complete_set.txt): one approved gene a row, several names in one
cell with a ``|`` between. It is read without pandas, as it is checked before any job starts: its checksum first, then
every row.
"""

from __future__ import annotations

import logging
import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from sclcohort.errors import Fault, StepError
from sclcohort.files import UNREADABLE, open_text
from sclcohort.regulators.genes import ENSEMBL_GENE_ID
from sclcohort.regulators.name_faults import first_of
from sclcohort.regulators.pinned import checksum_faults

if TYPE_CHECKING:
    import pandas as pd

LOGGER = logging.getLogger(__name__)

COLUMNS = ("hgnc_id", "symbol", "prev_symbol", "alias_symbol", "entrez_id", "ensembl_gene_id")
SETTING = "expression.hgnc.sha256"
APPROVED = "Approved"
_ENTREZ = re.compile(r"^[0-9]+$")


class Record(NamedTuple):
    """One gene of HGNC: its approved symbol, other names, and ids (empty where it has none)."""

    symbol: str
    previous: tuple[str, ...]
    aliases: tuple[str, ...]
    entrez: str
    ensembl: str


def read_hgnc(path: Path) -> tuple[list[Record], list[Fault]]:
    """Read a table of HGNC, and find everything that is wrong with it.

    Parameters
    ----------
    path : Path
        Tab-separated text with a header, plain or gzip; cells may be quoted. Columns other than `COLUMNS` are not
        read, but for ``status``: only approved genes count where there is one.

    Returns
    -------
    records : list of Record
        The rows without a fault, in the order of the file.
    faults : list of Fault
        Of each kind the first five, and the count of the rest.
    """
    file = str(path)
    records: dict[str, Record] = {}
    faults: dict[str, list[Fault]] = {}
    try:
        with open_text(path) as handle:
            header = _cells(handle.readline())
            wrong = list(_header_faults(header, file))
            if wrong:
                return [], wrong
            for line, text in enumerate(handle, start=2):
                if not text.strip():
                    continue
                found = _record_of(_cells(text), header, line, file)
                if isinstance(found, Record) and records.setdefault(found.symbol, found) is not found:
                    found = Fault(
                        "E-HGNC-005", file, "the symbol has a row above", "keep one", line, "symbol", found[0]
                    )
                if isinstance(found, Fault):
                    faults.setdefault(found.code, []).append(found)
    except UNREADABLE as error:
        return [], [Fault("E-HGNC-001", file, f"is not readable text ({error})", "give hgnc_complete_set.txt")]
    if not records and not faults:
        return [], [Fault("E-HGNC-007", file, "has no approved gene", "give hgnc_complete_set.txt")]
    return list(records.values()), [fault for code in sorted(faults) for fault in first_of(faults[code])]


def _cells(line: str) -> list[str]:
    return [cell.strip().strip('"') for cell in line.rstrip("\n").split("\t")]


def _header_faults(header: Sequence[str], file: str) -> Iterator[Fault]:
    for name in COLUMNS:
        if header.count(name) != 1:
            what = "the column is missing" if name not in header else "there are two columns of this name"
            yield Fault("E-HGNC-002", file, what, "give hgnc_complete_set.txt as HGNC offers it", 1, name)


def _record_of(cells: Sequence[str], header: Sequence[str], line: int, file: str) -> Record | Fault | None:
    """Return the gene of a row, the first thing wrong with it, or None where it is not approved."""
    if len(cells) != len(header):
        found = f"the row has {len(cells)} cells, the header {len(header)}"
        return Fault("E-HGNC-003", file, found, "download the table again", line)
    values = dict(zip(header, cells, strict=True))
    if values.get("status", APPROVED) != APPROVED:
        return None
    if not values["symbol"]:
        return Fault("E-HGNC-004", file, "is empty", "download the table again", line, "symbol")
    for name, pattern, what in (("entrez_id", _ENTREZ, "an integer"), ("ensembl_gene_id", ENSEMBL_GENE_ID, "ENSG...")):
        if values[name] and not pattern.match(values[name]):
            fix = "download the table again; spreadsheets change such cells"
            return Fault("E-HGNC-006", file, f"is not {what}", fix, line, name, values[name])
    previous, aliases = (_names_in(values[name]) for name in ("prev_symbol", "alias_symbol"))
    return Record(values["symbol"], previous, aliases, values["entrez_id"], values["ensembl_gene_id"].split(".")[0])


def _names_in(cell: str) -> tuple[str, ...]:
    """Return the names of a cell; what looks like an id is none, so that no matrix of ids is read by names."""
    names = (name.strip() for name in cell.split("|"))
    return tuple(name for name in names if name and not _ENTREZ.match(name) and not ENSEMBL_GENE_ID.match(name))


def hgnc_faults(path: Path, sha256: str) -> list[Fault]:
    """Return what is wrong with a table of HGNC; nothing but the checksum where that is another.

    Parameters
    ----------
    path : Path
        As for `read_hgnc`.
    sha256 : str
        The checksum that the configuration expects, 64 hexadecimal digits in lower case.
    """
    return _read_pinned(path, sha256)[1]


def _read_pinned(path: Path, sha256: str) -> tuple[list[Record], list[Fault]]:
    wrong = checksum_faults(path, sha256, SETTING, "E-HGNC-008")
    return ([], wrong) if wrong else read_hgnc(path)


def extend_aliases(
    gene_aliases: pd.DataFrame, path: Path, sha256: str, used: Collection[str]
) -> tuple[pd.DataFrame, dict[str, tuple[str, ...]]]:
    """Return the names of gene_aliases.tsv and of a table of HGNC together, and the names that mean several genes.

    Approved symbols win: no symbol of HGNC is an alias of another gene. What gene_aliases.tsv decides between genes
    that HGNC gives the name to stays decided; ids are HGNC's where it has one.

    Parameters
    ----------
    gene_aliases : DataFrame
        The resource table.
    path, sha256
        As for `hgnc_faults`.
    used : collection of str
        Symbols of the genes that the workflow uses. A gene that HGNC has renamed since keeps the workflow's name.

    Returns
    -------
    aliases : DataFrame
        Columns ``alias``, ``gene_symbol`` and ``kind``; each alias once.
    unclear : dict of str to tuple of str
        Name to the genes that it could mean, sorted.

    Raises
    ------
    StepError
        Any fault of the table.
    """
    import pandas as pd

    genes, faults = _read_pinned(path, sha256)
    if faults:
        raise StepError("the HGNC table cannot be used:\n" + "\n".join(str(fault) for fault in faults))
    known = {*used, *gene_aliases["gene_symbol"]}
    records = _named_by_the_workflow(genes, known)
    shipped = list(
        zip(*(gene_aliases[name].astype(str) for name in ("alias", "gene_symbol", "kind")), strict=True),
    )
    names, unclear = _names(shipped, records, known)
    rows = [*names, *_ids(shipped, records, "ensembl_gene_id"), *_ids(shipped, records, "entrez_gene_id")]
    LOGGER.info("%s: %d genes, %d names and ids, %d names unclear", path, len(records), len(rows), len(unclear))
    return pd.DataFrame(sorted(rows), columns=["alias", "gene_symbol", "kind"]), unclear


def _named_by_the_workflow(records: Sequence[Record], used: Collection[str]) -> dict[str, Record]:
    """Return the records by the workflow's name of the gene: the approved symbol, or that of before it was renamed."""
    approved = {record.symbol for record in records}
    times = Counter(name for record in records for name in record.previous)
    named: dict[str, Record] = {}
    for record in records:
        before = [name for name in record.previous if name in used and name not in approved and times[name] == 1]
        renamed = record.symbol not in used and len(before) == 1
        named[before[0] if renamed else record.symbol] = record
        if renamed:
            LOGGER.info("%s is %s in the HGNC table", before[0], record.symbol)
    return named


def _names(
    shipped: Sequence[tuple[str, str, str]], records: Mapping[str, Record], used: Collection[str]
) -> tuple[list[tuple[str, str, str]], dict[str, tuple[str, ...]]]:
    """Return old symbols and aliases, each of one gene, and those of several; none is the symbol of another gene."""
    approved = {record.symbol: gene for gene, record in records.items()}
    claims: dict[str, dict[str, str]] = defaultdict(dict)
    for gene, record in records.items():
        if record.symbol != gene:
            claims[record.symbol][gene] = "alias"
        for kind, names in (("alias", record.aliases), ("previous_symbol", record.previous)):
            for name in names:
                if name not in approved and name not in records and name not in used:
                    claims[name][gene] = kind
    for name, gene, kind in shipped:
        if kind not in ("previous_symbol", "alias"):
            continue
        if approved.get(name, gene) != gene:
            LOGGER.warning("%s is the approved symbol of a gene in the HGNC table: no longer a name of %s", name, gene)
        elif not claims[name] or gene in claims[name]:
            claims[name] = {gene: kind}
        else:
            claims[name][gene] = kind
    rows = [(name, gene, kind) for name, genes in claims.items() if len(genes) == 1 for gene, kind in genes.items()]
    return rows, {name: tuple(sorted(genes)) for name, genes in claims.items() if len(genes) > 1}


def _ids(
    shipped: Sequence[tuple[str, str, str]], records: Mapping[str, Record], kind: str
) -> list[tuple[str, str, str]]:
    """Return the ids of one kind: those of HGNC, and of the resource table where HGNC has none."""
    own = {gene: record.ensembl if kind == "ensembl_gene_id" else record.entrez for gene, record in records.items()}
    times = Counter(own.values())
    ids = {identifier: gene for gene, identifier in own.items() if identifier and times[identifier] == 1}
    for identifier, gene, its_kind in shipped:
        if its_kind != kind:
            continue
        theirs = own.get(gene, "")
        if theirs not in ("", identifier):
            LOGGER.warning("%s has the %s %s in the HGNC table, not %s", gene, kind, theirs, identifier)
        elif times[identifier] <= 1:
            ids.setdefault(identifier, gene)
    return [(identifier, gene, kind) for identifier, gene in ids.items()]
