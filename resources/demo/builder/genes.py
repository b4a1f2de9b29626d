"""Which genes the mini genome has: real symbols on their real chromosome, strand and order.

`REAL` proteins come from `proteins.tsv`. A number is the length of a synthetic protein, random but for the
residues in `ANCHORS`; what is said to be real is only symbol, chromosome, strand and order.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass, field
from pathlib import Path

REAL = 0

# contig: symbol, strand, residues (REAL: the protein of proteins.tsv), by position on GRCh38.
CONTIGS: dict[str, tuple[tuple[str, str, int], ...]] = {
    "chr1": (
        ("TP73", "+", REAL),
        ("ARID1A", "+", 420),
        ("MYCL", "-", 364),
        ("MUTYH", "-", 300),
        ("JAK1", "-", 300),
        ("NOTCH2", "-", 480),
        ("PDE4DIP", "+", 320),
        ("SYN001", "+", 210),
        ("ASPM", "-", 340),
        ("FMN2", "+", 620),
    ),
    "chr2": (
        ("MYCN", "+", 464),
        ("ALK", "-", 320),
        ("MSH2", "+", 380),
        ("MSH6", "+", 360),
        ("ALMS1", "+", 330),
        ("SYN002", "-", 190),
        ("LRP1B", "-", 420),
        ("NFE2L2", "-", REAL),
        ("CASP8", "+", 240),
    ),
    "chr3": (
        ("MLH1", "+", 260),
        ("SETD2", "-", 330),
        ("SYN003", "+", 170),
        ("ATR", "-", 300),
        ("PIK3CA", "+", REAL),
        ("SOX2", "+", 317),
    ),
    "chr4": (
        ("SLIT2", "+", 300),
        ("PDGFRA", "+", 320),
        ("KIT", "+", 330),
        ("KDR", "-", 310),
        ("CRACD", "+", 300),
        ("TET2", "+", 320),
        ("FBXW7", "-", 320),
        ("FAT1", "-", 360),
    ),
    "chr5": (("CDH10", "-", 280), ("APC", "+", REAL), ("SYN004", "-", 220)),
    "chr6": (("HLA-A", "+", 300), ("NOTCH4", "-", 320), ("EPHA7", "-", 300)),
    "chr7": (("EGFR", "+", 900), ("CDK6", "-", 250), ("SYN005", "+", 180), ("KMT2C", "-", 420)),
    "chr8": (("FGFR1", "-", 320), ("MYC", "+", 439), ("COL22A1", "-", 320)),
    "chr9": (("JAK2", "+", 300), ("NFIB", "-", 280), ("CDKN2A", "-", REAL), ("NOTCH1", "-", REAL)),
    "chr10": (("SYN006", "-", 200), ("PTEN", "+", REAL), ("SYN007", "+", 160)),
    "chr11": (("CCND1", "+", 295), ("ATM", "+", REAL), ("CHEK1", "+", 260)),
    "chr12": (("CCND2", "+", 280), ("KRAS", "-", 189), ("KMT2D", "-", 640), ("CDK4", "-", 260), ("MDM2", "+", 300)),
    "chr13": (("BRCA2", "+", REAL), ("RB1", "+", REAL), ("SYN008", "-", 150)),
    "chr14": (("CHD8", "-", 420), ("SYN009", "+", 230)),
    "chr15": (("MGA", "+", 300), ("B2M", "+", 119)),
    "chr16": (
        ("TSC2", "+", 300),
        ("CREBBP", "-", REAL),
        ("ABCC1", "+", 300),
        ("PALB2", "-", 240),
        ("RBL2", "+", 300),
    ),
    "chr17": (
        ("TP53", "-", REAL),
        ("NF1", "+", 360),
        ("RAD51D", "-", 220),
        ("SLFN11", "-", 240),
        ("BRCA1", "-", 320),
    ),
    "chr18": (("SYN010", "+", 240), ("SYN011", "-", 200)),
    "chr19": (
        ("STK11", "+", REAL),
        ("KEAP1", "-", REAL),
        ("SMARCA4", "+", 420),
        ("NOTCH3", "-", 420),
        ("CCNE1", "+", 300),
        ("DLL3", "+", 240),
    ),
    "chr20": (("FOXA2", "-", 260), ("RBL1", "-", 300), ("AURKA", "-", 240)),
    "chr21": (("SYN012", "-", 180), ("SYN013", "+", 210)),
    "chr22": (("CHEK2", "-", 240), ("EP300", "+", REAL), ("SYN014", "+", 190)),
    "chrX": (("BCOR", "-", 300), ("KDM6A", "+", 320), ("SYN015", "-", 170)),
}

# Real residues that a synthetic protein must hold, because a published hotspot is planted there or nearby.
HOTSPOT_ANCHORS: dict[str, dict[int, str]] = {
    "KRAS": {12: "G", 13: "G", 61: "Q"},
    "EGFR": {719: "G", 790: "T", 858: "L", 861: "L"},
}
# Residues of synthetic proteins that the plan needs; nothing about them is real.
INVENTED_ANCHORS: dict[str, dict[int, str]] = {
    "ARID1A": {188: "Q"},
    "B2M": {33: "S"},
    "CHD8": {205: "R"},
    "FMN2": {214: "A", 377: "P"},
    "KMT2D": {152: "R", 401: "Q"},
    "NOTCH2": {231: "E"},
    "SMARCA4": {174: "W"},
    "TET2": {90: "Q"},
}
# Genes with a second, shorter transcript that skips the exon of these codons. SYN001's is tagged
# Ensembl_canonical, so that it must win although the other is longer.
SKIPPED_CODONS = {"KRAS": (98, 131), "SYN001": (71, 110), "SYN002": (61, 90)}
CANONICAL_IS_SHORT = frozenset({"SYN001"})
# A gene without a protein: it must be left out by whoever asks for coding genes.
NONCODING = {"chr18": "SYNLNC1"}


@dataclass(frozen=True)
class GeneSpec:
    """One protein-coding gene before it has a place.

    Parameters
    ----------
    symbol, contig, strand : str
        Real ones, but for SYN genes.
    protein : str
        One-letter, from M, without the stop.
    refseq : str
        Accession of the real protein's transcript; empty: the protein is synthetic.
    """

    symbol: str
    contig: str
    strand: str
    protein: str
    refseq: str = ""
    anchors: dict[int, str] = field(default_factory=dict)


def read_proteins(path: Path) -> dict[str, tuple[str, str]]:
    """Return {gene symbol: (RefSeq transcript, protein)} of `proteins.tsv`."""
    with path.open(encoding="utf-8", newline="") as handle:
        rows = csv.DictReader((line for line in handle if not line.startswith("#")), delimiter="\t")
        return {row["gene_symbol"]: (row["refseq_transcript"], row["sequence"]) for row in rows}
