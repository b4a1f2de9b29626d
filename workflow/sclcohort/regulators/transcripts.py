"""Which gene each transcript belongs to, from the user's table (tximport's tx2gene). Runs without numpy and pandas."""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from sclcohort.errors import Fault
from sclcohort.files import UNREADABLE, open_text
from sclcohort.regulators.name_faults import first_of

# tximport asks for two columns, transcript and gene, of any name; these are names that tables in use have.
HEADERS = frozenset(
    {
        *("transcript", "transcript_id", "transcript_name", "tx", "tx_id", "tx_name", "txname", "txid", "target_id"),
        *("name", "feature", "enst", "ensembl_transcript_id", "ensembl_transcript_id_version"),
    }
)
_TRANSCRIPT = re.compile(r"^(ENST\d{11})(?:\.\d+)?(_PAR_Y)?$")


@dataclass
class Transcripts:
    """Genes of transcripts.

    Parameters
    ----------
    file : str
        The table, as the user wrote it.
    gene_of : dict of str to str
        Transcript, as the table names it, to gene.
    plain_gene_of : dict of str to str
        Ensembl transcript id without version to gene.
    line_of : dict of str to int
        Gene to the first line that names it, from 1.
    """

    file: str
    gene_of: dict[str, str] = field(default_factory=dict)
    plain_gene_of: dict[str, str] = field(default_factory=dict)
    line_of: dict[str, int] = field(default_factory=dict)

    def find(self, name: str) -> str | None:
        """Return the gene of a transcript as a quantification names it, or None.

        Names of an index built from GENCODE's FASTA go on with the gene after a ``|``: what stands before it counts.
        Versions of Ensembl ids need not agree.
        """
        first = name.split("|", 1)[0]
        return self.gene_of.get(name) or self.gene_of.get(first) or self.plain_gene_of.get(plain_transcript(first))


def plain_transcript(name: str) -> str:
    """Return a transcript's name, of an Ensembl id without its version; copies on chrY keep their mark."""
    match = _TRANSCRIPT.match(name)
    return f"{match[1]}{match[2] or ''}" if match else name


def read_transcripts(path: Path) -> tuple[Transcripts, list[Fault]]:
    """Read a table of transcripts and genes, and find everything that is wrong with it.

    Parameters
    ----------
    path : Path
        Table between whose cells is a tab or else a comma, plain or gzip: transcript, gene; further columns are not
        read. The first line may be a header.

    Returns
    -------
    transcripts : Transcripts
        Rows without a fault.
    faults : list of Fault
        The first five, and the count of the rest.
    """
    found, faults = Transcripts(str(path)), list[Fault]()
    try:
        with open_text(path) as handle:
            first = handle.readline()
            delimiter = "\t" if "\t" in first else ","
            lines = csv.reader([first], delimiter=delimiter), csv.reader(handle, delimiter=delimiter)
            for number, cells in enumerate((cells for reader in lines for cells in reader), start=1):
                if not cells or (number == 1 and cells[0].strip().lower() in HEADERS):
                    continue
                fault = _take(cells, number, found)
                if fault is not None:
                    faults.append(fault)
    except (*UNREADABLE, csv.Error) as error:
        return found, [Fault("E-EXP-001", str(path), f"is not readable text ({error})", "give a TSV or CSV")]
    if not found.gene_of and not faults:
        faults.append(Fault("E-EXP-030", str(path), "has no row", "give transcript and gene of each transcript"))
    return found, first_of(faults)


def _take(cells: Sequence[str], line: int, found: Transcripts) -> Fault | None:
    """Put one row into `found`, or return what is wrong with it."""
    values = [cell.strip() for cell in cells[:2]]
    if len(values) < 2 or "" in values:
        what = "the row has no gene" if len(values) < 2 or values[0] else "the row has no transcript"
        return Fault("E-EXP-030", found.file, what, "give transcript and gene, with a tab or a comma between", line)
    name, gene = values
    for known, key in ((found.gene_of, name), (found.plain_gene_of, plain_transcript(name))):
        if known.setdefault(key, gene) != gene:
            what, fix = f"the transcript belongs to {known[key]} in a row above", "keep one of the two rows"
            return Fault("E-EXP-030", found.file, what, fix, line, "gene", gene)
    found.line_of.setdefault(gene, line)
    return None
