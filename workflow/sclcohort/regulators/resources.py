"""The resource tables that the scores of regulators rest on, read and checked together."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sclcohort.contracts import (
    GENE_ALIASES,
    GENE_SETS,
    NE_SIGNATURE,
    REGULONS,
    RESISTANCE_RULES,
    SUBTYPE_CALIBRATION,
)
from sclcohort.errors import StepError
from sclcohort.regulators.activity import check_regulons
from sclcohort.regulators.gene_names import NO_OTHERS, OtherNames
from sclcohort.regulators.genes import check_aliases, genes_used
from sclcohort.regulators.hgnc import extend_aliases
from sclcohort.regulators.regulon_file import read_regulon
from sclcohort.regulators.subtypes import Calibration
from sclcohort.tables import read_rows, read_table

if TYPE_CHECKING:
    import pandas as pd

LOGGER = logging.getLogger(__name__)


@dataclass(frozen=True)
class Resources:
    """The resource tables of the stage.

    Parameters
    ----------
    gene_aliases, gene_sets, ne_signature, regulons : DataFrame
        The tables of those names; `regulons` may be the user's own.
    calibration : Calibration
        The constants of the subtype call.
    users : dict of str to tuple of str
        Genes that the workflow uses, with who wants them.
    others : OtherNames
        Names of genes that `gene_aliases` does not hold.
    """

    gene_aliases: pd.DataFrame
    gene_sets: pd.DataFrame
    ne_signature: pd.DataFrame
    regulons: pd.DataFrame
    calibration: Calibration
    users: Mapping[str, Sequence[str]]
    others: OtherNames = NO_OTHERS


def read_resources(
    gene_aliases: Path,
    gene_sets: Path,
    ne_signature: Path,
    subtype_calibration: Path,
    regulons: Path,
    resistance_rules: Path,
    regulon: Path | None = None,
    regulon_sha256: str | None = None,
    gene_model: Path | None = None,
    hgnc: Path | None = None,
    hgnc_sha256: str | None = None,
) -> Resources:
    """Read and check the resource tables of the stage, and what the user adds to them.

    Parameters
    ----------
    gene_aliases, gene_sets, ne_signature, subtype_calibration, regulons, resistance_rules : Path
        Resource tables of those names.
    regulon, regulon_sha256
        A regulon that stands in for `regulons`, and its checksum.
    gene_model : Path or None
        Ensembl GFF3.
    hgnc, hgnc_sha256
        A table of HGNC that extends `gene_aliases`, and its checksum.

    Raises
    ------
    TableError
        A resource table breaks its contract, or two of them contradict each other.
    StepError
        Any fault of the user's own tables; a table without its checksum.
    """
    aliases, sets = read_table(gene_aliases, GENE_ALIASES), read_table(gene_sets, GENE_SETS)
    signature = read_table(ne_signature, NE_SIGNATURE)
    users = genes_used(sets, signature, read_table(resistance_rules, RESISTANCE_RULES))
    targets = read_table(regulons, REGULONS)
    check_regulons(targets)
    check_aliases(aliases, [*users, *targets["target"]])
    unclear: Mapping[str, Sequence[str]] = {}
    if hgnc is not None:
        if hgnc_sha256 is None:
            raise StepError(f"{hgnc} is given without its checksum; fix: set expression.hgnc.sha256")
        aliases, unclear = extend_aliases(aliases, hgnc, hgnc_sha256, {*users, *targets["target"], *targets["source"]})
    if regulon is not None:
        if regulon_sha256 is None:
            raise StepError(f"{regulon} is given without its checksum; fix: set regulators.regulon.sha256")
        targets = read_regulon(regulon, regulon_sha256, aliases)
        LOGGER.info("%d regulators and %d edges of %s", targets["source"].nunique(), len(targets), regulon)
    calibration = Calibration.from_rows(list(read_rows(subtype_calibration, SUBTYPE_CALIBRATION)))
    return Resources(aliases, sets, signature, targets, calibration, users, OtherNames(gene_model, unclear))
