"""The plan's classes of resistance: which tumour, therapy and class, and why. Data, no logic."""

from __future__ import annotations

from collections.abc import Mapping

# therapy: class: {sample: why}. Only what was planted on purpose, by markers of resources/resistance_rules.tsv.
RESISTANCE: Mapping[str, Mapping[str, Mapping[str, str]]] = {
    "platinum-etoposide": {
        "sensitivity_evidence": {
            "P01_T1": "chemotherapy-free interval 200 d",
            "P08_T1": "chemotherapy-free interval 120 d",
            "P10_T1": "chemotherapy-free interval 130 d",
            "P14_T1": "chemotherapy-free interval of exactly 90 d",
        },
        "resistance_evidence": {
            "P02_T1": "chemotherapy-free interval 45 d",
            "P02_T2": "chemotherapy-free interval 45 d, MSH2 deletion and ABCC1 gain at relapse, SLFN11 not expressed",
            "P04_T1": "chemotherapy-free interval 60 d",
            "P05_T1": "chemotherapy-free interval 20 d, SLFN11 not expressed, SCLC-Y, KEAP1",
            "P07_T1": "chemotherapy-free interval 75 d",
            "P11_T1": "TP53 truncated, interval not recorded",
            "P12_T1": "chemotherapy-free interval 60 d, TP53 truncated",
            "P13_T1": "TP53 deeply deleted, interval not recorded",
            "P15_T1": "chemotherapy-free interval 30 d, SLFN11 not expressed",
        },
        "conflicting": {
            "P01_T2": "chemotherapy-free interval 200 d against SLFN11 not expressed",
            "P06_T1": "chemotherapy-free interval 250 d against TP53 missense with EP300",
            "P16_T1": "chemotherapy-free interval 150 d against APC truncated",
            "P16_T2": "chemotherapy-free interval 150 d against SLFN11 not expressed and SCLC-Y",
        },
        "no_evidence": {
            "P03_T1": "interval not recorded, no marker met",
            "P03_T2": "interval not recorded, no marker met; a hybrid of A and N is neuroendocrine throughout",
            "P17_T1": "no clinical row, no marker met",
        },
    },
    "lurbinectedin": {
        "sensitivity_evidence": {
            "P06_T1": "chemotherapy-free interval 250 d",
            "P08_T1": "chemotherapy-free interval 120 d",
        },
        "resistance_evidence": {"P05_T1": "chemotherapy-free interval 20 d, SLFN11 not expressed"},
        "conflicting": {
            "P01_T2": "chemotherapy-free interval 200 d against SLFN11 not expressed",
            "P04_T1": "SCLC-P against chemotherapy-free interval 60 d",
            "P15_T1": "SCLC-P against chemotherapy-free interval 30 d and SLFN11 not expressed",
        },
        "no_evidence": {"P13_T1": "interval not recorded, SLFN11 expressed, SCLC-N"},
        "not_assessable": {"P09_T1": "no RNA, interval not recorded"},
    },
    "topotecan": {
        "sensitivity_evidence": {"P10_T1": "chemotherapy-free interval 130 d"},
        "resistance_evidence": {"P05_T1": "chemotherapy-free interval 20 d, SLFN11 not expressed, SCLC-Y"},
        "conflicting": {"P01_T2": "chemotherapy-free interval 200 d against SLFN11 not expressed"},
        "no_evidence": {"P13_T1": "interval not recorded, no marker met"},
        "not_assessable": {"P09_T1": "no RNA, interval not recorded"},
    },
    "PARP inhibitor": {
        "resistance_evidence": {
            "P01_T2": "SLFN11 not expressed",
            "P02_T2": "SLFN11 not expressed",
            "P05_T1": "SLFN11 not expressed",
            "P15_T1": "SLFN11 not expressed",
            "P16_T2": "SLFN11 not expressed",
        },
        "no_evidence": {"P01_T1": "SLFN11 expressed", "P12_T1": "SLFN11 expressed"},
        "not_assessable": {
            "P08_T1": "no RNA; BRCA2 truncated, which is an encoded negative and never counts",
            "P09_T1": "no RNA",
        },
    },
    "DLL3-targeting (tarlatamab)": {
        "resistance_evidence": {
            "P04_T1": "DLL3 not expressed",
            "P05_T1": "DLL3 not expressed",
            "P07_T1": "DLL3 not expressed in an ASCL1 tumour",
            "P15_T1": "DLL3 not expressed",
            "P16_T2": "DLL3 not expressed",
        },
        "no_evidence": {"P01_T1": "DLL3 expressed", "P06_T1": "DLL3 expressed", "P10_T1": "DLL3 expressed"},
        "not_assessable": {"P08_T1": "no RNA", "P09_T1": "no RNA"},
    },
    "checkpoint inhibitor": {
        "sensitivity_evidence": {"P06_T1": "SCLC-I"},
        "resistance_evidence": {"P15_T1": "B2M truncated"},
        "no_evidence": {
            "P01_T1": "SCLC-A, which is an encoded negative; B2M, JAK1 and JAK2 without event",
            "P07_T1": "RNA alone, SCLC-A",
        },
    },
    "AURK inhibitor": {
        "sensitivity_evidence": {
            "P02_T2": "MYC amplified",
            "P04_T1": "MYC amplified",
            "P11_T1": "MYC amplified",
        },
        "no_evidence": {
            "P03_T1": "MYC neutral, RB1 deleted and not mutated",
            "P10_T1": "MYC neutral, no variant",
            "P14_T1": "MYC neutral, no variants given",
        },
        "not_assessable": {"P07_T1": "RNA alone"},
    },
    "CDK4/6 inhibitor": {
        "resistance_evidence": {"P01_T1": "RB1 lost on both copies", "P14_T1": "RB1 lost on both copies"},
        "not_assessable": {"P07_T1": "RNA alone"},
    },
    "ATR inhibitor + topotecan": {
        "sensitivity_evidence": {"P01_T1": "neuroendocrine-high", "P13_T1": "neuroendocrine-high"},
        "no_evidence": {"P05_T1": "neuroendocrine-low", "P16_T2": "neuroendocrine-low"},
        "not_assessable": {"P09_T1": "no RNA"},
    },
}
