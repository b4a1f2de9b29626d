"""What the numbers of an expression matrix may be, and what the workflow makes of them. Runs without numpy."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

# In the order in which messages list them; the schema of the configuration has the same.
UNITS = ("tpm", "fpkm", "counts", "log2_tpm_plus_1", "log2_fpkm_plus_1", "log2_cpm_plus_1")
# Reads per million reads: long genes stand higher, so that two genes cannot be compared.
PER_MILLION_UNITS = frozenset({"counts", "log2_cpm_plus_1"})
_WORDS = {
    "tpm": "TPM, as log2(TPM + 1)",
    "fpkm": "FPKM, brought to TPM within each sample, as log2(TPM + 1)",
    "counts": "counts, as log2(CPM + 1)",
    "log2_tpm_plus_1": "log2(TPM + 1)",
    "log2_fpkm_plus_1": "log2(FPKM + 1), brought to TPM within each sample, as log2(TPM + 1)",
    "log2_cpm_plus_1": "log2(CPM + 1)",
}


def has_lengths(settings: Mapping[str, Any]) -> bool:
    """Tell whether counts come with the lengths of the genes, so that they become TPM."""
    given = settings.get("format") == "featurecounts" or settings.get("gene_lengths") is not None
    return settings.get("unit") == "counts" and given


def measure_of(settings: Mapping[str, Any]) -> str | None:
    """Return what the workflow compares: ``tpm``, or ``cpm`` where gene length is not corrected for.

    Parameters
    ----------
    settings : mapping
        Section ``expression`` of the resolved configuration.

    Returns
    -------
    {"tpm", "cpm"} or None
        None where no unit is configured.
    """
    unit = settings.get("unit")
    if unit is None:
        return None
    return "cpm" if unit in PER_MILLION_UNITS and not has_lengths(settings) else "tpm"


def words_of(settings: Mapping[str, Any]) -> str:
    """Return in words what the numbers were and what they became, for the report."""
    if has_lengths(settings):
        return "counts, brought to TPM by the lengths of the genes, as log2(TPM + 1)"
    return _WORDS.get(str(settings.get("unit")), "log2(TPM + 1)")
