r"""Write the hotspot counts of ``resources/oncogenic_variants.tsv`` again.

The source is the count of samples per residue and change of cancerhotspots.org v2, as MGCarta/oncovi has it
(``resources/single_residue_dict.txt``, commit 04f627b): ``{gene: {"R175": {"H": "386", ...}}}``, with ``*`` for stop
and ``sp`` for splice sites. Rows of the other criteria are written by hand and stay as they are. Run from the
root of the repository::

    PYTHONPATH=workflow python resources/compile/compile_oncogenic_variants.py --counts FILE \
        --driver-genes resources/driver_genes.tsv --oncogenic-variants resources/oncogenic_variants.tsv
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Mapping
from pathlib import Path

from sclcohort import contracts
from sclcohort.drivers.genes import read_driver_genes
from sclcohort.files import write_text
from sclcohort.tables import Cell, read_rows, write_rows

CITATION = (
    "cancerhotspots.org v2: Chang MT et al. 2016 Nat Biotechnol 34:155, doi:10.1038/nbt.3391; "
    "Chang MT et al. 2018 Cancer Discov 8:174, doi:10.1158/2159-8290.CD-17-0321"
)
# Horak 2022, Table 2 (PMC9081216): OS3 at 50 samples or more at the residue, OM3 below; both from 10 with the change.
MIN_SAMPLES_AT_RESIDUE, MIN_SAMPLES_WITH_CHANGE = 50, 10
COUNTED = ("OS3", "OM3")
HEADER = """\
# Protein changes with published evidence that counts by Horak 2022, doi:10.1016/j.gim.2022.01.001.
# Contract: sclcohort.contracts.ONCOGENIC_VARIANTS. Research use only: none of this is clinical advice.
# OS2, SBS2: functional studies, compiled by hand; read in their abstracts, or in the page named with them.
#   A change that is not here may be oncogenic all the same; TP53 changes rest on their hotspot counts and domain then.
# OS3, OM3: counts of cancerhotspots.org v2 as in MGCarta/oncovi 04f627b, written by resources/compile/
#   compile_oncogenic_variants.py; without stop codons, splice sites, silent changes and lost start codons.
"""


def compile_rows(counts: Mapping[str, Mapping[str, Mapping[str, str]]], genes: Iterable[str]) -> list[dict[str, Cell]]:
    """Return the rows of changes that are counted often enough, of the genes wanted.

    Parameters
    ----------
    counts : mapping
        Samples by gene, residue (``R175``) and alternate.
    genes : iterable of str
        Driver genes; others are not taken.

    Returns
    -------
    list of dict
        Rows of `contracts.ONCOGENIC_VARIANTS` with the criteria OS3 and OM3.
    """
    rows: list[dict[str, Cell]] = []
    for gene in sorted(set(genes) & set(counts)):
        for residue, alternates in counts[gene].items():
            missense = {
                alternate: int(number)
                for alternate, number in alternates.items()
                if alternate.isalpha() and len(alternate) == 1 and alternate != residue[0]
            }
            if residue == "M1":
                continue
            total = sum(missense.values())
            criterion = "OS3" if total >= MIN_SAMPLES_AT_RESIDUE else "OM3"
            rows += [
                {
                    "gene_symbol": gene,
                    "hgvs_p": f"p.{residue}{alternate}",
                    "criterion": criterion,
                    "evidence": f"{total} samples at {residue}, {number} with {alternate}",
                    "citation": CITATION,
                    "certainty": "computed",
                }
                for alternate, number in missense.items()
                if number >= MIN_SAMPLES_WITH_CHANGE
            ]
    return rows


def main() -> None:
    """Read the counts and the present table, and write the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("--counts", type=Path, required=True)
    parser.add_argument("--driver-genes", type=Path, required=True)
    parser.add_argument("--oncogenic-variants", type=Path, required=True)
    arguments = parser.parse_args()
    path: Path = arguments.oncogenic_variants
    counts = json.loads(arguments.counts.read_text(encoding="utf-8"))
    kept = [row for row in read_rows(path, contracts.ONCOGENIC_VARIANTS) if row["criterion"] not in COUNTED]
    write_rows(
        path, contracts.ONCOGENIC_VARIANTS, kept + compile_rows(counts, read_driver_genes(arguments.driver_genes))
    )
    write_text(path, HEADER + path.read_text(encoding="utf-8"))


if __name__ == "__main__":
    main()
