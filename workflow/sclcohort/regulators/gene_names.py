"""What besides gene_aliases.tsv says which gene a name is: the configured gene model, and names that mean two genes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from urllib.parse import unquote

from sclcohort.errors import StepError
from sclcohort.files import UNREADABLE, open_bytes

_GENE = re.compile(rb"\tID=gene:(ENSG\d{11})(?:\.\d+)?[;\s]")
_NAME = re.compile(rb"[\t;]Name=([^;\r\n]+)")
_INTEGER = re.compile(r"^[0-9]+$")


@dataclass(frozen=True)
class OtherNames:
    """Names of genes that are no rows of gene_aliases.tsv.

    Parameters
    ----------
    gene_model : Path or None
        Ensembl GFF3. Read when a matrix has Ensembl ids, and only once.
    unclear : dict of str to tuple of str
        Names that could mean several genes, with those genes, sorted.
    """

    gene_model: Path | None = None
    unclear: Mapping[str, Sequence[str]] = field(default_factory=dict)

    @cached_property
    def of_gene_model(self) -> dict[str, str]:
        """Return Ensembl gene id, without version, to the name that the gene model gives it."""
        return {} if self.gene_model is None else read_gene_ids(self.gene_model)


NO_OTHERS = OtherNames()


def read_gene_ids(path: Path) -> dict[str, str]:
    """Read the ids and names of all human genes of an Ensembl GFF3, whatever their biotype.

    Parameters
    ----------
    path : Path
        Plain or gzip. Genes without a name are left out, and so are lines in other dialects.

    Returns
    -------
    dict of str to str
        Ensembl gene id, without version, to name.

    Raises
    ------
    StepError
        The file cannot be read or decompressed.
    """
    names: dict[str, str] = {}
    try:
        with open_bytes(path) as handle:
            for line in handle:
                if b"\tID=gene:ENSG" not in line:
                    continue
                identifier, name = _GENE.search(line), _NAME.search(line)
                if identifier and name:
                    names[identifier[1].decode()] = unquote(name[1].decode())
    except UNREADABLE as error:
        raise StepError(f"gene model {path}: cannot be read ({error}); fix: copy the file again") from error
    return names


def are_entrez(names: Iterable[str]) -> bool:
    """Tell whether all names are integers, as NCBI (Entrez) gene ids are; False of no name."""
    named = list(names)
    return bool(named) and all(_INTEGER.match(name) for name in named)


def are_row_numbers(names: Sequence[str]) -> bool:
    """Tell whether the names count the rows, from 0 or 1."""
    return len(names) > 1 and names[0] in ("0", "1") and list(names) == _counted(int(names[0]), len(names))


def _counted(first: int, rows: int) -> list[str]:
    return [str(number) for number in range(first, first + rows)]
