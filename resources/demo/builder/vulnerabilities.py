"""The plan's vulnerabilities: which tumour has which, which it lacks, which nobody can tell. Data, one function."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from builder.tsv import Row

COLUMNS = ("sample_id", "vulnerability_id", "state", "why")

# vulnerability: state: {sample: why}. Only what was planted on purpose, by rows of resources/vulnerabilities.tsv.
VULNERABILITIES: Mapping[str, Mapping[str, Mapping[str, str]]] = {
    "aurk.myc_amplified": {
        "candidate": {"P02_T2": "MYC amplified", "P04_T1": "MYC amplified", "P11_T1": "MYC amplified"},
        "not_supported": {"P02_T1": "MYC not amplified yet", "P03_T1": "MYC neutral"},
        "not_assessable": {"P07_T1": "RNA alone"},
    },
    "aurk.rb1_lost": {
        "candidate": {"P01_T1": "RB1 truncated, other copy lost", "P03_T1": "RB1 deleted"},
        "not_supported": {"P05_T1": "RB1 kept with support"},
    },
    "cdk46.rb1_intact": {
        "candidate": {"P05_T1": "RB1 kept, CCND1 amplified, CDKN2A deleted"},
        "not_supported": {"P01_T1": "RB1 lost on both copies"},
    },
    "dll3.tarlatamab": {
        "candidate": {"P01_T1": "DLL3 expressed", "P10_T1": "DLL3 expressed"},
        "not_supported": {"P05_T1": "DLL3 not expressed", "P07_T1": "DLL3 not expressed in an ASCL1 tumour"},
        "not_assessable": {"P08_T1": "no RNA", "P09_T1": "no RNA"},
    },
    "dll3.rovalpituzumab_tesirine_not_predictive": {"not_supported": {"P01_T1": "an encoded negative, DLL3 expressed"}},
    "atr_topotecan.ne_high": {
        "candidate": {"P01_T1": "neuroendocrine-high", "P13_T1": "neuroendocrine-high"},
        "not_supported": {"P04_T1": "neuroendocrine-low", "P05_T1": "neuroendocrine-low"},
        "not_assessable": {"P09_T1": "no RNA"},
    },
    "baf.subtype_p": {
        "candidate": {"P04_T1": "SCLC-P", "P15_T1": "SCLC-P"},
        "not_supported": {"P01_T1": "SCLC-A"},
        "not_assessable": {"P08_T1": "no RNA"},
    },
    "pou2f3.activity_high": {
        "candidate": {"P04_T1": "SCLC-P, the targets of POU2F3 are high"},
        "not_supported": {"P01_T1": "POU2F3 not expressed"},
        "not_assessable": {"P08_T1": "no RNA"},
    },
    "parp.subtype_p": {
        "candidate": {"P04_T1": "SCLC-P, SLFN11 expressed"},
        "not_supported": {"P15_T1": "SCLC-P, but SLFN11 not expressed"},
    },
    "ezh2.slfn11_silent": {
        "candidate": {"P01_T2": "SLFN11 not expressed at relapse"},
        "not_supported": {"P01_T1": "SLFN11 expressed at baseline"},
    },
    "bcl2.bcl2_high": {"not_assessable": {"P01_T1": "expressed, and no cut-off is published"}},
    "igf1r.unselected_not_predictive": {"not_supported": {"P04_T1": "an encoded negative, whatever the subtype"}},
}


def vulnerability_rows() -> list[Row]:
    """Return the vulnerabilities that were planted on purpose, by sample."""
    return sorted(
        (sample_id, name, state, why)
        for name, planted in VULNERABILITIES.items()
        for state, samples in planted.items()
        for sample_id, why in samples.items()
    )
