"""Which genes the workflow wants from an expression matrix, and which row of the matrix each one is.

A row is found by the approved HGNC symbol first, then by a previous symbol or alias, an Ensembl gene id (version
stripped) or, in a matrix that has no other names, an NCBI (Entrez) gene id; what gene_aliases.tsv does not know of
Ensembl ids, the configured gene model says. Where no row carries the symbol and rows of two different names could be
the gene, nothing is guessed: that is a fault of the matrix.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sclcohort.contracts import GENE_MAPPING, RB1_RNA_GENES
from sclcohort.errors import Fault, TableError
from sclcohort.regulators.gene_names import NO_OTHERS, OtherNames, are_entrez
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
IDENTIFIERS = frozenset({"ensembl_gene_id", "entrez_gene_id"})
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
    rule : {"symbol", "alias", "ensembl_gene_id", "entrez_gene_id", "missing"}
        How it was found.
    reason : str
        What a reader should know: repeated rows, rows left unused.
    """

    rows: tuple[int, ...]
    name: str
    rule: str
    reason: str


ABSENT = "the matrix has no row of this name or of an alias"


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
    names: Sequence[str], wanted: Sequence[str], gene_aliases: pd.DataFrame, others: OtherNames = NO_OTHERS
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
    others : OtherNames
        Holds the gene model, which is asked where the table does not know an Ensembl id; rows that it gives one name
        are taken together, like rows that repeat a symbol. Where the two disagree the table decides, and the reason
        says so.

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
    aliases_of: dict[str, list[tuple[str, str]]] = defaultdict(list)
    is_entrez = are_entrez(rows_of)
    for alias, gene, kind in zip(gene_aliases["alias"], gene_aliases["gene_symbol"], gene_aliases["kind"], strict=True):
        if alias in rows_of and (is_entrez or kind != "entrez_gene_id"):
            aliases_of[gene].append((alias, kind if kind in IDENTIFIERS else "alias"))
    model = _GeneModel(rows_of, gene_aliases, others)
    found: dict[str, GeneRows] = {}
    ambiguous: list[tuple[str, list[tuple[str, int]]]] = []
    for gene in wanted:
        candidates = sorted(aliases_of[gene])
        if gene in rows_of:
            found[gene] = _found(names, rows_of[gene], "symbol", [alias for alias, _ in candidates])
        elif len(candidates) == 1:
            alias, rule = candidates[0]
            found[gene] = _found(names, rows_of[alias], rule, [], model.notes_on(alias, gene))
        elif candidates:
            ambiguous.append((gene, [(names[rows_of[alias][0]], rows_of[alias][0]) for alias, _ in candidates]))
            found[gene] = GeneRows((), "", "missing", ABSENT)
        elif model.ids_of[gene]:
            rows = sorted(row for identifier in model.ids_of[gene] for row in rows_of[identifier])
            found[gene] = _found(names, rows, "ensembl_gene_id", [], ["named by the gene model"])
        else:
            found[gene] = GeneRows((), "", "missing", "; ".join([ABSENT, *model.notes_on_missing(gene)]))
    return found, ambiguous


class _GeneModel:
    """What the gene model says about the Ensembl ids of a matrix.

    Parameters
    ----------
    rows_of : dict of str to list of int
        Rows of each name of the matrix, Ensembl ids without version.
    gene_aliases, others
        As for `find_genes`.
    """

    def __init__(self, rows_of: Mapping[str, Sequence[int]], gene_aliases: pd.DataFrame, others: OtherNames) -> None:
        identifiers = [name for name in rows_of if ENSEMBL_GENE_ID.match(name)]
        symbols = others.of_gene_model if identifiers else {}
        self.decided = dict(zip(gene_aliases["alias"], gene_aliases["gene_symbol"], strict=True)) if symbols else {}
        # Gene models carry old symbols; what a gene is called today, the table says.
        self.symbol_of = {
            identifier: self.decided.get(symbols[identifier], symbols[identifier])
            for identifier in identifiers
            if identifier in symbols
        }
        self.ids_of: dict[str, list[str]] = defaultdict(list)
        self.elsewhere: dict[str, list[str]] = defaultdict(list)
        for identifier, symbol in self.symbol_of.items():
            (self.elsewhere if identifier in self.decided else self.ids_of)[symbol].append(identifier)

    def notes_on(self, alias: str, gene: str) -> list[str]:
        """Return what the gene model says otherwise about the row that is a gene."""
        symbol, more = self.symbol_of.get(alias, gene), self.ids_of[gene]
        notes = [] if symbol == gene else [f"the gene model names {alias} {symbol}; HGNC decides"]
        return notes + ([f"row {', '.join(more)} not used, though the gene model names it so too"] if more else [])

    def notes_on_missing(self, gene: str) -> list[str]:
        """Return which rows the gene model would have taken for a gene that has none."""
        return [
            f"the gene model gives the name to {identifier}, which HGNC has as {self.decided[identifier]}"
            for identifier in self.elsewhere[gene]
        ]


def _found(
    names: Sequence[str], rows: Sequence[int], rule: str, unused: Sequence[str], further: Sequence[str] = ()
) -> GeneRows:
    notes = []
    if len(rows) > 1:
        notes.append(f"{len(rows)} rows of this name, taken together")
    if unused:
        notes.append(f"row {', '.join(unused)} not used: the approved symbol has a row")
    shown = names[rows[0]] if len(rows) == 1 else ",".join(sorted({names[row] for row in rows}))
    return GeneRows(tuple(rows), shown, rule, "; ".join([*notes, *further]))


def unclear_rows(
    names: Sequence[str], found: Mapping[str, GeneRows], others: OtherNames
) -> list[tuple[str, int, Sequence[str]]]:
    """Return the rows that could be a gene which was not found, or another gene.

    Parameters
    ----------
    names : sequence of str
        Row names of the matrix.
    found : dict of str to GeneRows
        As `find_genes` returns it.
    others : OtherNames
        Holds the names that mean several genes.

    Returns
    -------
    list of (name, row position, genes)
        In the order of the matrix.
    """
    missing = {gene for gene, rows in found.items() if not rows.rows}
    return [
        (name, row, others.unclear[name])
        for row, name in enumerate(names)
        if not missing.isdisjoint(others.unclear.get(name, ()))
    ]


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


def unclear_faults(
    unclear: Sequence[tuple[str, int, Sequence[str]]], file: str, line_numbers: Sequence[int]
) -> list[Fault]:
    """Return one fault for each row of `unclear_rows`."""
    return [
        Fault(
            "E-EXP-032",
            file,
            f"by the HGNC table the name could mean {' or '.join(genes)}, and one of them has no other row",
            "name the row by the approved symbol of the gene that is meant",
            line_numbers[row],
            "gene name",
            name,
        )
        for name, row, genes in unclear
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
