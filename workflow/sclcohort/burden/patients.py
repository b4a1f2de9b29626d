"""Counts of each patient: which genes are mutated, and how many background mutations there are.

A patient is counted once. Alleles of all samples of one patient are united; where these were sequenced on several
targets, only the samples on the target with most coding bases are used, so that sites and mutations belong together.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sclcohort.burden.alleles import Allele, Source
    from sclcohort.reference.intervals import Intervals


@dataclass
class PatientCounts:
    """Mutations of one patient, each allele once.

    Parameters
    ----------
    patient_id : str
        The patient.
    target : str
        Target of the samples used.
    silent, nonsilent : dict of str to int
        Alleles that leave the protein of a gene as it is, and those that change it, by gene.
    """

    patient_id: str
    target: str
    silent: dict[str, int] = field(default_factory=dict)
    nonsilent: dict[str, int] = field(default_factory=dict)


def usable_samples(sources: Iterable[Source], with_population: frozenset[str]) -> list[Source]:
    """Return the samples whose germline variants are told apart: by a normal, or by a population resource."""
    return [
        source
        for source in sources
        if source.is_imported and (source.has_normal or source.sample_id in with_population)
    ]


def choose_targets(sources: Iterable[Source], coding: Mapping[str, Intervals]) -> dict[str, str]:
    """Return the target of each patient: of those of the samples, the one with most coding bases (ties: by name)."""
    bases = {name: intervals.bases for name, intervals in coding.items()}
    chosen: dict[str, str] = {}
    for source in sources:
        best = chosen.setdefault(source.patient_id, source.target)
        chosen[source.patient_id] = min((best, source.target), key=lambda name: (-bases[name], name))
    return dict(sorted(chosen.items()))


def count_patients(
    alleles: Iterable[Allele], sources: Mapping[str, Source], targets: Mapping[str, str]
) -> list[PatientCounts]:
    """Count the mutations of each patient.

    Parameters
    ----------
    alleles : iterable of Allele
        Counted alleles (`alleles.counted_alleles`).
    sources : mapping
        The usable samples by id; alleles of others are passed over.
    targets : mapping of str to str
        Target by patient.

    Returns
    -------
    list of PatientCounts
        Every patient of `targets`, in its order; those without a mutation too.
    """
    counts = {patient: PatientCounts(patient, target) for patient, target in targets.items()}
    several = Counter(source.patient_id for source in sources.values())
    seen: set[tuple[str, tuple[str, int, str, str]]] = set()
    for allele in alleles:
        source = sources.get(allele.sample_id)
        if source is None or source.target != targets[source.patient_id]:
            continue
        if several[source.patient_id] > 1:
            if (source.patient_id, allele.key) in seen:
                continue
            seen.add((source.patient_id, allele.key))
        patient = counts[source.patient_id]
        for genes, kind in ((allele.silent_genes, patient.silent), (allele.nonsilent_genes, patient.nonsilent)):
            for gene in genes:
                kind[gene] = kind.get(gene, 0) + 1
    return list(counts.values())
