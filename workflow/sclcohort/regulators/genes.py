"""Which genes the workflow wants from an expression matrix, and which row of the matrix each one is.

A row is found by the approved HGNC symbol first, then by a previous symbol or alias, then by the Ensembl gene id
(version stripped). Where no row carries the symbol and rows of two different names could be the gene, nothing is
guessed: that is a fault of the matrix.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sclcohort.contracts import GENE_MAPPING, RB1_RNA_GENES
from sclcohort.errors import Fault, TableError
from sclcohort.tables import as_frame

if TYPE_CHECKING:
    import pandas as pd

# The four lineage factors of Rudin et al. 2019 Nat Rev Cancer 19:289, doi:10.1038/s41568-019-0133-9.
LINEAGE_FACTORS = {"A": "ASCL1", "N": "NEUROD1", "P": "POU2F3", "Y": "YAP1"}
PROGRAMME_SETS = {letter: f"programme_{letter.lower()}" for letter in LINEAGE_FACTORS}
T_CELL_INFLAMED = "t_cell_inflamed"
# Regulators whose own expression is set beside the outcomes of a cohort. Neuroendocrine lineage and its repressor: Pozo
# et al. 2021 iScience 24:102953, Zhang et al. 2018 Transl Lung Cancer Res 7:32; tuft programme: Wu et al. 2022 Nature
# 607:169; metastasis: Kawasaki et al. 2025 Nat Commun 16:4865, Denny et al. 2016 Cell 166:328; MYC family: Mollaoglu et
# al. 2017 Cancer Cell 31:270; SOX2: Rudin et al. 2012 Nat Genet 44:1111; NOTCH and KDM1A: Augert et al. 2019 Sci Signal
# 12:eaau2922; EZH2 and TWIST1: Gardner et al. 2017 Cancer Cell 31:286.
REGULATORS = (
    *LINEAGE_FACTORS.values(),
    *("ATOH1", "INSM1", "NKX2-1", "PROX1", "REST", "HES1", "NOTCH1", "NOTCH2"),
    *("MYC", "MYCL", "MYCN", "FOXA2", "NFIB", "SOX2"),
    *("ASCL2", "GFI1B", "POU2AF2", "POU2AF3", "SOX9", "WWTR1"),
    *("EZH2", "KDM1A", "TWIST1", "ZEB1"),
)

ENSEMBL_GENE_ID = re.compile(r"^(ENSG\d{11})(?:\.\d+)?(?:_PAR_Y)?$")
RULE_GENE = re.compile(r"expression:([A-Za-z0-9][A-Za-z0-9.\-]*)")


@dataclass(frozen=True)
class GeneRows:
    """The rows of a matrix that are one gene.

    Parameters
    ----------
    rows : tuple of int
        Positions in the matrix, from 0; several where the matrix repeats a name; empty where it lacks the gene.
    name : str
        The row's name as the matrix prints it, several joined by ``,``.
    rule : {"symbol", "alias", "ensembl_gene_id", "missing"}
        How it was found.
    reason : str
        What a reader should know: repeated rows, rows left unused.
    """

    rows: tuple[int, ...]
    name: str
    rule: str
    reason: str


def genes_of_rules(resistance_rules: pd.DataFrame) -> dict[str, list[str]]:
    """Return the genes whose expression the resistance rules test, each with its rules, in sorted order."""
    users: dict[str, list[str]] = defaultdict(list)
    for rule, feature in zip(resistance_rules["rule_id"], resistance_rules["feature"], strict=True):
        for gene in sorted(set(RULE_GENE.findall(str(feature)))):
            users[gene].append(str(rule))
    return {gene: sorted(users[gene]) for gene in sorted(users)}


def genes_used(
    gene_sets: pd.DataFrame, ne_signature: pd.DataFrame, resistance_rules: pd.DataFrame
) -> dict[str, tuple[str, ...]]:
    """Return every gene that the workflow reads from the expression matrix, with who wants it.

    Parameters
    ----------
    gene_sets, ne_signature, resistance_rules : DataFrame
        The resource tables of those names.

    Returns
    -------
    dict of str to tuple of str
        Approved symbol, in sorted order, to its users in sorted order: names of gene sets, ``lineage_factor``,
        ``regulator``, ``ne_score``, ``rb1_state`` and ``resistance:<rule_id>``.
    """
    users: dict[str, set[str]] = defaultdict(set)
    for gene in LINEAGE_FACTORS.values():
        users[gene].add("lineage_factor")
    for gene in REGULATORS:
        users[gene].add("regulator")
    for gene_set, gene in zip(gene_sets["gene_set"], gene_sets["gene_symbol"], strict=True):
        users[str(gene)].add(str(gene_set))
    for gene in ne_signature["gene_symbol"]:
        users[str(gene)].add("ne_score")
    for gene in RB1_RNA_GENES:
        users[gene].add("rb1_state")
    for gene, rules in genes_of_rules(resistance_rules).items():
        users[gene] |= {f"resistance:{rule}" for rule in rules}
    return {gene: tuple(sorted(users[gene])) for gene in sorted(users)}


def check_aliases(gene_aliases: pd.DataFrame, approved: Sequence[str] = ()) -> None:
    """Refuse an alias table in which a name is the approved symbol of another gene.

    Parameters
    ----------
    gene_aliases : DataFrame
        The resource table.
    approved : sequence of str
        Further approved symbols, besides those the table names.

    Raises
    ------
    TableError
        An alias that is itself an approved symbol.
    """
    symbols = set(gene_aliases["gene_symbol"]) | set(approved)
    for alias, gene in zip(gene_aliases["alias"], gene_aliases["gene_symbol"], strict=True):
        if alias in symbols:
            raise TableError(
                f"gene_aliases.tsv: alias {alias} of {gene} is the approved symbol of a gene; fix: take the row out"
            )


def find_genes(
    names: Sequence[str], wanted: Sequence[str], gene_aliases: pd.DataFrame
) -> tuple[dict[str, GeneRows], list[tuple[str, list[tuple[str, int]]]]]:
    """Find the rows of the wanted genes among the row names of a matrix.

    Parameters
    ----------
    names : sequence of str
        Row names of the matrix, in its order.
    wanted : sequence of str
        Approved symbols.
    gene_aliases : DataFrame
        The resource table.

    Returns
    -------
    found : dict of str to GeneRows
        One entry for each wanted gene, in the order of `wanted`; ambiguous genes count as missing.
    ambiguous : list of (gene, list of (name, row position))
        Genes for which rows of different names compete.
    """
    rows_of: dict[str, list[int]] = defaultdict(list)
    for position, name in enumerate(names):
        identifier = ENSEMBL_GENE_ID.match(name)
        rows_of[identifier.group(1) if identifier else name].append(position)
    others: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for alias, gene, kind in zip(gene_aliases["alias"], gene_aliases["gene_symbol"], gene_aliases["kind"], strict=True):
        if alias in rows_of:
            others[gene].append((alias, "ensembl_gene_id" if kind == "ensembl_gene_id" else "alias"))
    found: dict[str, GeneRows] = {}
    ambiguous: list[tuple[str, list[tuple[str, int]]]] = []
    for gene in wanted:
        candidates = sorted(others[gene])
        if gene in rows_of:
            found[gene] = _found(names, rows_of[gene], "symbol", [alias for alias, _ in candidates])
        elif len(candidates) == 1:
            alias, rule = candidates[0]
            found[gene] = _found(names, rows_of[alias], rule, [])
        else:
            if candidates:
                ambiguous.append((gene, [(names[rows_of[alias][0]], rows_of[alias][0]) for alias, _ in candidates]))
            found[gene] = GeneRows((), "", "missing", "the matrix has no row of this name or of an alias")
    return found, ambiguous


def _found(names: Sequence[str], rows: Sequence[int], rule: str, unused: Sequence[str]) -> GeneRows:
    notes = []
    if len(rows) > 1:
        notes.append(f"{len(rows)} rows of this name, taken together")
    if unused:
        notes.append(f"row {', '.join(unused)} not used: the approved symbol has a row")
    shown = names[rows[0]] if len(rows) == 1 else ",".join(sorted({names[row] for row in rows}))
    return GeneRows(tuple(rows), shown, rule, "; ".join(notes))


def mapping_faults(
    ambiguous: Sequence[tuple[str, list[tuple[str, int]]]], file: str, line_numbers: Sequence[int]
) -> list[Fault]:
    """Return one fault for each gene that two differently named rows claim."""
    return [
        Fault(
            "E-EXP-018",
            file,
            f"rows {', '.join(f'{name} (line {line_numbers[row]})' for name, row in rows)} all claim the gene {gene}",
            f"keep one of them, or name it {gene}",
            line_numbers[rows[0][1]],
            "gene name",
            rows[0][0],
        )
        for gene, rows in ambiguous
    ]


def mapping_table(found: Mapping[str, GeneRows], users: Mapping[str, Sequence[str]]) -> pd.DataFrame:
    """Return the table GENE_MAPPING of the genes found and missing."""
    return as_frame(
        GENE_MAPPING,
        (
            {
                "gene_symbol": gene,
                "name_in_matrix": rows.name,
                "rule": rows.rule,
                "used_by": ",".join(users[gene]),
                "reason": rows.reason,
            }
            for gene, rows in found.items()
        ),
    )
