"""Genes of the expression matrix, by the names that real matrices still use (FAM150A, PVRL4, CYR61 ...)."""

from __future__ import annotations


def _names(text: str) -> tuple[str, ...]:
    return tuple(text.split())


# The four 20-gene programmes of nkiedanski/SCLC-Subtyping-publication, spelled as there.
PROGRAMMES: dict[str, tuple[str, ...]] = {
    "A": _names(
        "SEC11C DDC RIMKLA CNKSR3 SCN3A PTPRN2 CACNA1A RGS17 STK32A GRP CA8 NOL4 RAB3B SMPD3 FBLN7 MS4A8 ETS2 DLL3 "
        "SLC36A4 NR0B2"
    ),
    "N": _names(
        "CERKL SSTR2 CHRNB4 CHRNA3 NHLH1 NEUROD4 LMO1 PPP1R17 NEUROD2 CNTN2 SLC17A6 FNDC5 SHF THSD7B DACH1 HPCA "
        "PROKR1 GNG8 KIAA1614 CLVS1"
    ),
    "P": _names(
        "C11orf53 GFI1B TRPM5 APOBEC1 FAM150A IL19 PTPN18 HES2 CALML5 IMP4 BMX ART3 LANCL3 PVRL4 KLHDC7A CALHM3 "
        "KIAA1024L ADAMTS19 ASCL2 COLCA2"
    ),
    "Y": _names(
        "LATS2 WWTR1 LAMB2 OSMR CYBRD1 GPX8 MSRB3 ITGB5 SYDE1 RBMS3 PLA2R1 WTIP EPHA2 MYL9 PMP22 ZCCHC24 EHD2 "
        "IFITM3 AXL THBS1"
    ),
}
# Zhang 2018 Transl Lung Cancer Res: 25 neuroendocrine and 25 non-neuroendocrine genes.
NEUROENDOCRINE = _names(
    "BEX1 ASCL1 INSM1 CHGA TAGLN3 KIF5C CRMP1 SCG3 SYT4 RTN1 MYT1 SYP KIF1A TMSB15A SYN1 SYT11 RUNDC3A TFF3 CHGB "
    "FAM57B SH3GL2 BSN SEZ6 TMSB15B CELF3"
)
NON_NEUROENDOCRINE = _names(
    "RAB27B TGFBR2 SLC16A5 S100A10 ITGB4 YAP1 LGALS3 EPHA2 S100A16 PLAU ABCC3 ARHGDIB CYR61 PTGES CCND1 IFITM2 "
    "IFITM3 AHNAK CAV2 TACSTD2 TGFBI EMP1 CAV1 ANXA1 MYOF"
)
# T-cell-inflamed set of Ayers 2017 J Clin Invest.
INFLAMED = _names(
    "CCL5 CD27 CD274 CD276 CD8A CMKLR1 CXCL9 CXCR6 HLA-DQA1 HLA-DRB1 HLA-E IDO1 LAG3 NKG7 PDCD1LG2 PSMB10 STAT1 TIGIT"
)
FACTORS = ("ASCL1", "NEUROD1", "POU2F3", "YAP1")
# Other genes that rules and reports look at: log2(TPM + 1) where nothing else is planted. Own round numbers.
MARKERS: dict[str, float] = {
    "ABCB1": 0.6, "ABCC1": 4.2, "ACTB": 11.5, "AGER": 0.8, "APC": 3.2, "ARID1A": 5.0, "ATM": 3.6, "ATOH1": 0.2,
    "ATR": 4.0, "AURKA": 5.6, "AURKB": 5.2, "AVIL": 0.9, "B2M": 9.2, "BCL2": 6.0, "BCL2L1": 5.2, "BIRC5": 5.8,
    "BRCA2": 2.6, "CASP8": 2.9, "CCNB1": 6.0, "CD3E": 1.6, "CD68": 4.0, "CDC20": 6.2, "CDH1": 5.2, "CDH3": 1.2,
    "CDK6": 3.8, "CDKN2A": 6.8, "CEP55": 4.8, "CHD8": 4.6, "CHEK1": 4.8, "CIITA": 1.8, "CLDN4": 3.2, "CREBBP": 4.4,
    "CXCL10": 2.0, "DTX1": 1.2, "E2F1": 5.4, "EP300": 4.5, "EPCAM": 7.0, "EZH2": 5.8, "FGFR1": 3.5, "FN1": 4.0,
    "FOXA2": 3.0, "FOXM1": 5.5, "GAGE2A": 0.1, "GAPDH": 11.8, "GZMB": 1.5, "HES1": 3.2, "HEY1": 2.2, "HEYL": 1.0,
    "HLA-A": 7.4, "HLA-B": 7.6, "HLA-C": 7.2, "JAK1": 5.1, "JAK2": 2.8, "KDM1A": 6.2, "KEAP1": 5.0, "KIT": 2.7,
    "MAL2": 5.0, "MCL1": 6.4, "MKI67": 5.9, "MMP2": 3.0, "MSH2": 5.2, "MSH6": 6.0, "MYC": 2.8, "MYCL": 3.4, "MYCN": 1.2,
    "NDC80": 4.6, "NFIB": 4.8, "NKX2-1": 3.8, "NOTCH1": 2.6, "NOTCH2": 3.4, "NOTCH3": 3.0, "NRARP": 2.8, "NUF2": 4.8,
    "ONECUT2": 3.6, "PAGE5": 0.1, "PARP1": 7.2, "PCNA": 8.1, "PDGFRA": 1.9, "PRF1": 1.7, "PROX1": 4.4, "PSMB8": 3.8,
    "PSMB9": 3.2, "PTEN": 4.2, "PTTG1": 6.4, "RB1": 2.4, "RBL1": 3.9, "RBL2": 4.1, "REST": 1.8, "RET": 2.2,
    "RPLP0": 10.6, "RRM2": 6.2, "SLFN11": 3.2, "SNAI2": 0.9, "SOX2": 4.6, "SOX9": 1.4, "ST14": 3.4, "STK11": 5.3,
    "TAP1": 4.0, "TAP2": 3.4, "TAPBP": 5.0, "TBP": 3.9, "TEAD1": 2.9, "TEAD2": 4.8, "TEAD3": 2.5, "TEAD4": 3.3,
    "TOP1": 7.0, "TOP2A": 6.6, "TP53": 5.1, "TP73": 2.4, "TUBB": 9.4, "TWIST1": 0.9, "TYMS": 6.6, "UBC": 10.2,
    "UBE2C": 6.4, "VIM": 5.4, "WEE1": 5.0, "ZEB1": 2.1, "ZEB2": 2.0,
}  # fmt: skip
