"""What judgements of the drivers stage rest on: the resource tables, the transcripts, two settings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sclcohort.drivers.artefacts import Artefacts
    from sclcohort.drivers.genes import DriverGene
    from sclcohort.drivers.hotspots import Hotspots
    from sclcohort.drivers.oncogenic_variants import OncogenicVariants


@dataclass(frozen=True)
class Knowledge:
    """The same for every sample of a cohort.

    Parameters
    ----------
    genes : mapping
        Driver genes by symbol.
    hotspots, artefacts, oncogenic_variants
        The resource tables of these names.
    last_junctions : mapping of str to int
        Residue before the last coding intron, by representative transcript.
    protein_residues : mapping of str to int
        Residues of the protein, by gene.
    population_configured : bool
        Whether allele frequencies of a population were looked up.
    max_error_probability : float
        Largest probability at which reads reject a model, in (0, 1).
    """

    genes: Mapping[str, DriverGene]
    hotspots: Hotspots
    artefacts: Artefacts
    oncogenic_variants: OncogenicVariants
    last_junctions: Mapping[str, int]
    protein_residues: Mapping[str, int]
    population_configured: bool
    max_error_probability: float
