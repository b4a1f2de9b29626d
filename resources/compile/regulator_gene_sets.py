"""Gene sets and the neuroendocrine signature of the regulators stage: which genes, and where each list is from."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sclcohort.tables import Cell

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
