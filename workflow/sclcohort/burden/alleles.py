"""The alleles that count: accepted, coding, inside the target, and somatic as far as that can be told.

Both steps of this stage count the same alleles, so that a burden and a background rate mean the same.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sclcohort.contracts import CODING_VARIANTS, SAMPLES, VARIANT_STATUS
from sclcohort.coordinates import Span
from sclcohort.errors import StepError
from sclcohort.reference.targets import target_name
from sclcohort.tables import read_rows

if TYPE_CHECKING:
    from sclcohort.reference.intervals import Intervals
    from sclcohort.tables import Cell

SILENT = frozenset(("synonymous",))
# Words of csq that name no change of the protein: neither silent nor nonsilent.
UNNAMED = frozenset(("other_coding",))


@dataclass(frozen=True)
class Source:
    """Where the variants of a sample are from.

    Parameters
    ----------
    sample_id, patient_id : str
        The sample.
    target : str
        Name of its target.
    is_imported : bool
        Whether its variants were read.
    has_normal : bool
        Whether they were called against a normal of the patient.
    reason : str
        Why they were not read; empty where they were.
    """

    sample_id: str
    patient_id: str
    target: str
    is_imported: bool
    has_normal: bool
    reason: str


@dataclass(frozen=True)
class Allele:
    """One accepted allele of one sample, on the representative transcripts it changes.

    Parameters
    ----------
    sample_id : str
        The sample.
    key : tuple
        Contig, position, reference and alternate allele.
    span : Span
        Reference bases that it changes; of an insertion, the bases on both sides.
    classes : dict of str to str
        Consequence class by gene symbol.
    population_frequency : float or None
        None where no population resource was configured.
    """

    sample_id: str
    key: tuple[str, int, str, str]
    span: Span
    classes: dict[str, str]
    population_frequency: float | None

    @property
    def nonsilent_genes(self) -> list[str]:
        """Genes whose protein it changes."""
        return [gene for gene, name in self.classes.items() if name not in SILENT | UNNAMED]

    @property
    def silent_genes(self) -> list[str]:
        """Genes whose protein it leaves as it is."""
        return [gene for gene, name in self.classes.items() if name in SILENT]


def read_sources(samples: Path, variant_status: Iterable[Path]) -> dict[str, Source]:
    """Return the source of every sample, in the order of the samples table.

    Raises
    ------
    StepError
        The sheet names variants of a sample that no status table has.
    """
    status = {str(row["sample_id"]): row for path in variant_status for row in read_rows(path, VARIANT_STATUS)}
    return {
        str(row["sample_id"]): _source(row, status.get(str(row["sample_id"]))) for row in read_rows(samples, SAMPLES)
    }


def _source(row: Mapping[str, Cell], status: Mapping[str, Cell] | None) -> Source:
    if status is None and row["variants"]:
        raise StepError(
            f"sample {row['sample_id']}: the sheet names variants, but no status table has a row for it; "
            "import it first"
        )
    state = "not_provided" if status is None else str(status["state"])
    reasons = {"imported": "", "not_provided": "variants not provided"}
    refused = f"variants refused: {(status or {}).get('reason') or 'no reason given'}"
    return Source(
        sample_id=str(row["sample_id"]),
        patient_id=str(row["patient_id"]),
        target=target_name(row["target"]),
        is_imported=state == "imported",
        has_normal=status is not None and status["has_normal"] is True,
        reason=reasons.get(state, refused),
    )


def changed_span(contig: str, position_1based: int, ref: str, alt: str) -> Span:
    """Return the reference bases that an allele changes; of an insertion, the base on either side of it."""
    shared = next(
        (number for number, (a, b) in enumerate(zip(ref, alt, strict=False)) if a != b), min(len(ref), len(alt))
    )
    start = position_1based - 1 + shared
    end = position_1based - 1 + len(ref)
    return Span(contig, start, end) if end > start else Span(contig, start - 1, start + 1)


def read_alleles(coding_variants: Iterable[Path]) -> Iterator[Allele]:
    """Yield the accepted alleles of all samples that change a representative transcript, each once."""
    for path in coding_variants:
        rows = (row for row in read_rows(path, CODING_VARIANTS) if row["filter_accepted"] and row["is_representative"])
        for key, group in itertools.groupby(
            rows, key=lambda row: tuple(row[name] for name in ("sample_id", "chrom", "position_1based", "ref", "alt"))
        ):
            yield _allele(key, list(group))


def _allele(key: tuple[Cell, ...], rows: list[dict[str, Cell]]) -> Allele:
    sample, contig, position, ref, alt = str(key[0]), str(key[1]), int(str(key[2])), str(key[3]), str(key[4])
    frequency = rows[0]["population_frequency"]
    return Allele(
        sample_id=sample,
        key=(contig, position, ref, alt),
        span=changed_span(contig, position, ref, alt),
        classes={str(row["gene_symbol"]): str(row["consequence_class"]) for row in rows},
        population_frequency=None if frequency is None else float(frequency),
    )


def with_population(alleles: Iterable[Allele]) -> frozenset[str]:
    """Return the samples all of whose accepted alleles were looked up in a population resource, and that have any."""
    known: dict[str, bool] = {}
    for allele in alleles:
        known[allele.sample_id] = known.get(allele.sample_id, True) and allele.population_frequency is not None
    return frozenset(sample for sample, is_known in known.items() if is_known)


def counted_alleles(
    alleles: Iterable[Allele], sources: Mapping[str, Source], coding: Mapping[str, Intervals]
) -> Iterator[Allele]:
    """Yield the alleles inside the target of their sample that are not known to be germline.

    Without a normal, an allele with a population frequency above 0 is left out: of the ways to filter,
    that one brought panels closest to exomes (Vega et al. 2021, Ann Oncol, PMID 34606929).

    Parameters
    ----------
    alleles : iterable of Allele
        Accepted alleles.
    sources : mapping
        Samples by id.
    coding : mapping of str to Intervals
        Coding bases inside each target, by name.

    Raises
    ------
    StepError
        An allele of a sample that the sheet does not have.
    """
    for allele in alleles:
        source = sources.get(allele.sample_id)
        if source is None:
            raise StepError(f"variants of sample {allele.sample_id}, which the samples table lacks; import again")
        if not source.has_normal and allele.population_frequency:
            continue
        if coding[source.target].within(allele.span):
            yield allele
