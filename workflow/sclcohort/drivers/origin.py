"""Whether a variant is somatic or germline, as far as the file and its reads can tell.

Called against a normal of the patient: somatic by the accepted FILTER, unless the normal itself carries
the allele in more reads than errors give. Then it is germline where those reads fit a heterozygous
variant, and uncertain where they are too few for one: tumour cells in the normal do that too
(Taylor-Weiner A et al. 2018 Nat Methods 15:531, doi:10.1038/s41592-018-0036-9), and so does a mosaic.

Tumour alone, in this order:

1. an allele frequency in the population of at least `records.MIN_POPULATION_FREQUENCY`: likely germline, except
   at a cancer hotspot (blood clones put somatic alleles into population resources);
2. reads against purity and copies: a germline variant is in the normal cells too, so its expected
   fraction is (p m + 1 - p) / (p CT + 2 (1 - p)) where a heterozygous one has m of CT tumour copies, and 1
   where it is homozygous; a somatic one has p m / (p CT + 2 (1 - p)), or less where not all tumour cells
   carry it. The better of the two wins where it is more likely by a stated ratio and itself fits. The idea
   is that of SGZ (Sun JX et al. 2018 PLoS Comput Biol 14:e1005965, doi:10.1371/journal.pcbi.1005965); this is
   the bare likelihood, without that method's own noise model of neighbouring germline variants;
3. a cancer hotspot supports somatic, unless the reads speak for germline.

Anything else is uncertain: absence from a population resource is no proof, since most people carry
private germline variants (Halperin RF et al. 2017 BMC Med Genomics 10:61, doi:10.1186/s12920-017-0296-8).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from scipy.special import bdtr, bdtrc

from sclcohort.coordinates import is_sex_chromosome
from sclcohort.drivers.mixture import MAX_EXPECTED_VAF, expected_vaf

if TYPE_CHECKING:
    from sclcohort.drivers.purity import Purity
    from sclcohort.drivers.records import GeneCopies, Variant

# Choice: an upper bound of the errors at one base towards one other, sequencing and mapping together; with it
# an allele in 1 of 30 normal reads is no contradiction, and 3 of 30 are.
MAX_ERROR_RATE = 0.01
# Choice: purities tried across the interval of an estimate.
PURITY_STEPS = 9

Call = Literal["somatic", "likely_germline", "uncertain"]


@dataclass(frozen=True)
class Origin:
    """Origin of a variant, out of `contracts.ORIGINS`, with the reason."""

    call: Call
    reason: str


@dataclass(frozen=True)
class _Fit:
    """The best model of one origin: its expected fraction, log likelihood, and whether the reads allow it."""

    fraction: float
    log_likelihood: float
    is_rejected: bool


def judge_origin(
    variant: Variant,
    *,
    has_normal: bool | None,
    at_hotspot: bool,
    copies: GeneCopies | None,
    purity: Purity,
    population_configured: bool,
    max_error_probability: float,
) -> Origin:
    """Judge the origin of one variant; see the head of this module.

    Parameters
    ----------
    variant : Variant
        With its reads in tumour and normal, FILTER and ``population_frequency``.
    has_normal : bool or None
        Whether the caller saw a normal of the patient; None: not known, taken as no.
    at_hotspot : bool
        Whether the change lies at a cancer hotspot.
    copies : GeneCopies or None
        Copy number of the gene; None: missing.
    purity : Purity
        Purity that was not estimated from this gene (`Purity.independent_of`).
    population_configured : bool
        Whether a population resource was given, so that an absent frequency means something.
    max_error_probability : float
        Largest probability at which reads reject a model, in (0, 1); its inverse is the likelihood ratio
        that decides between two models.
    """
    if not variant.filter_accepted:
        return Origin("uncertain", f"FILTER {variant.filter or 'empty'} is not accepted, so no call is trusted")
    if has_normal:
        return _against_normal(variant, max_error_probability)
    return _tumour_only(variant, at_hotspot, copies, purity, population_configured, max_error_probability)


def _against_normal(variant: Variant, max_error_probability: float) -> Origin:
    alt, depth = variant.normal_alt_depth_reads, variant.normal_depth_reads
    if alt is None or not depth or alt > depth:
        return Origin("somatic", "the caller compared it with the normal, whose reads the file does not give")
    shown = f"{alt} of {depth} reads of the normal"
    if alt > 0 and float(bdtrc(alt - 1, depth, MAX_ERROR_RATE)) <= max_error_probability:
        if float(bdtr(alt, depth, 0.5)) > max_error_probability:
            return Origin("likely_germline", f"{shown} have it too, as a germline variant would")
        return Origin(
            "uncertain",
            f"{shown} have it: more than errors, fewer than germline; tumour cells in the normal, or a mosaic",
        )
    if float(bdtr(alt, depth, 0.5)) > max_error_probability:
        return Origin("somatic", f"by the caller's comparison with the normal; {shown} alone are too few to tell")
    return Origin("somatic", f"called against the normal; {shown} have it")


def _tumour_only(
    variant: Variant,
    at_hotspot: bool,
    copies: GeneCopies | None,
    purity: Purity,
    population_configured: bool,
    max_error_probability: float,
) -> Origin:
    frequency = variant.population_frequency
    if variant.is_common and not at_hotspot:
        return Origin("likely_germline", f"no normal; allele frequency {frequency:.2g} in the population")
    context = [f"no normal; {_population_words(frequency, population_configured)}"]
    by_reads, sentence = _by_reads(variant, copies, purity, max_error_probability)
    context.append(sentence)
    if at_hotspot:
        context.append("at a cancer hotspot, which speaks for somatic")
    call: Call = by_reads
    if at_hotspot:
        call = "uncertain" if by_reads == "likely_germline" or variant.is_common else "somatic"
    return Origin(call, "; ".join(context))


def _population_words(frequency: float | None, configured: bool) -> str:
    if frequency is None:
        return "no population frequency of it" if configured else "no population resource is configured"
    if frequency == 0:
        return "not in the population resource, which is no proof"
    return f"allele frequency {frequency:.2g} in the population"


def _by_reads(
    variant: Variant, copies: GeneCopies | None, purity: Purity, max_error_probability: float
) -> tuple[Call, str]:
    """Compare the reads with somatic and germline models; return the call and its sentence."""
    span = purity.range
    if is_sex_chromosome(variant.chrom):
        return "uncertain", f"on {variant.chrom}, of which normal cells have one copy or two, its VAF cannot be judged"
    if variant.reads is None:
        return "uncertain", "depth or alternate depth is missing, so its VAF cannot be judged"
    if span is None:
        return "uncertain", "purity is not known, so its VAF cannot be judged"
    if copies is None or not copies.is_covered or copies.total_copies is None or round(copies.total_copies) < 1:
        return "uncertain", "copies of the gene are not known, so its VAF cannot be judged"
    total = round(copies.total_copies)
    steps = 1 if span[0] == span[1] else PURITY_STEPS
    purities = [span[0] + (span[1] - span[0]) * step / max(1, steps - 1) for step in range(steps)]
    minor = None if copies.minor_copies is None else min(round(copies.minor_copies), total // 2)
    somatic = _best(variant.reads, _somatic_fractions(variant.reads, purities, total, minor), max_error_probability)
    germline = _best(variant.reads, _germline_fractions(purities, total, minor), max_error_probability)
    shown = (
        f"{variant.reads[0]} of {variant.reads[1]} reads: germline expects {germline.fraction:.2f}, somatic "
        f"{somatic.fraction:.2f} at best (purity {purity.value:.2g}, {total} copies)"
    )
    ratio = somatic.log_likelihood - germline.log_likelihood
    decisive = -math.log(max_error_probability)
    if ratio >= decisive and not somatic.is_rejected:
        return "somatic", f"{shown}, and somatic is likelier"
    if -ratio >= decisive and not germline.is_rejected:
        return "likely_germline", f"{shown}, and germline is likelier"
    return "uncertain", f"{shown}, which does not tell them apart"


def _somatic_fractions(
    reads: tuple[int, int], purities: Iterable[float], total: int, minor: int | None
) -> Sequence[float]:
    """Return the fractions a somatic variant may have: clonal on each number of copies, or subclonal on one."""
    most = total if minor is None else max(1, total - minor)
    observed = reads[0] / reads[1]
    fractions = []
    for purity in purities:
        clonal = [expected_vaf(purity, total, mutated) for mutated in range(1, most + 1)]
        fractions += [min(observed, clonal[0]), *clonal]
    return fractions


def _germline_fractions(purities: Iterable[float], total: int, minor: int | None) -> Sequence[float]:
    """Return the fractions a germline variant may have: heterozygous, either allele kept, or homozygous."""
    kept = range(total + 1) if minor is None else (minor, total - minor)
    fractions = [MAX_EXPECTED_VAF]
    for purity in purities:
        cells = purity * total + 2 * (1 - purity)
        fractions += [min((purity * mutated + 1 - purity) / cells, MAX_EXPECTED_VAF) for mutated in kept]
    return fractions


def _best(reads: tuple[int, int], fractions: Sequence[float], max_error_probability: float) -> _Fit:
    """Return the fraction under which the reads are likeliest, and whether they still reject it."""
    alt, depth = reads
    fraction = max(fractions, key=lambda one: _log_likelihood(alt, depth, one))
    at_least = 1.0 if alt == 0 else float(bdtrc(alt - 1, depth, fraction))
    at_most = float(bdtr(alt, depth, fraction))
    # Two-sided; at the highest fraction that any variant is expected to have, more reads are no contradiction.
    tail = at_most if fraction >= MAX_EXPECTED_VAF else min(at_least, at_most)
    return _Fit(fraction, _log_likelihood(alt, depth, fraction), 2 * tail <= max_error_probability)


def _log_likelihood(alt: int, depth: int, fraction: float) -> float:
    """Return the binomial log likelihood, without the coefficient that all models share."""
    bounded = min(max(fraction, 1e-9), 1 - 1e-9)
    return alt * math.log(bounded) + (depth - alt) * math.log1p(-bounded)
