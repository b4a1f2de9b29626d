"""Whether both copies of a tumour suppressor are lost, and how sure that is.

With tumour purity p, CT copies of the gene in the tumour and m of them mutated, the expected variant
allele fraction is p * m / (p * CT + 2 * (1 - p)): generic arithmetic of a mixture of tumour cells and
diploid normal cells. The routes, in the order in which they are tried:

1. deep deletion of the gene: biallelic, definite; of a part of it: probable, the exons are not known;
2. a hit, and the other copy lost (minor copy number 0, or one copy left): biallelic, definite; probable
   where the reads say that not every tumour cell carries the hit, or the hit is a rearrangement;
3. two or more distinct hits, rearrangements among them: biallelic; definite where the caller's phase set proves
   two of them on different copies, probable where the phase is unknown; hits proven on one copy are one hit;
4. a hit whose allele fraction rejects that one copy stayed whole, and fits its loss: biallelic, probable;
5. a hit and nothing of these: one hit; the second is not found, or not assessable with its reason.

All rearrangements of a gene count as one hit, since one event often leaves several junctions; and a
rearrangement that is a deletion and a copy lost in the segments count as the same event.

No hit at all is ``none`` only where variants and copy number could both have shown one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from scipy.special import bdtr, bdtrc

from sclcohort.drivers.copy_number_events import INTRAGENIC_DEEP_DELETION
from sclcohort.drivers.hits import MIN_SEPARATION_BASES, distinct_hits, proven_phase
from sclcohort.drivers.mixture import MAX_LOST_MINOR_COPIES, expected_vaf

if TYPE_CHECKING:
    from sclcohort.drivers.events import Event
    from sclcohort.drivers.purity import Purity
    from sclcohort.drivers.records import Disruption, GeneCopies, Variant

SecondCopy = Literal["lost", "kept", "cannot_tell", "fits_neither"]


@dataclass(frozen=True)
class Zygosity:
    """State of a zygosity gene in one sample; the columns of `contracts.GENE_STATES`."""

    state: Literal["biallelic", "one_hit", "none", "not_assessable"]
    mechanism: str
    second_hit: Literal["found", "not_found", "not_assessable"] | None
    confidence: Literal["definite", "probable"] | None
    reason: str


@dataclass(frozen=True)
class VafVerdict:
    """What the reads say about the second copy, with the sentence that shows it."""

    second_copy: SecondCopy
    reason: str


def probability_of_at_least(alt_depth_reads: int, depth_reads: int, fraction: float) -> float:
    """Return the binomial probability of at least so many alternate reads among all reads."""
    if alt_depth_reads == 0:
        return 1.0
    return float(bdtrc(alt_depth_reads - 1, depth_reads, fraction))


def probability_of_at_most(alt_depth_reads: int, depth_reads: int, fraction: float) -> float:
    """Return the binomial probability of at most so many alternate reads among all reads."""
    return float(bdtr(alt_depth_reads, depth_reads, fraction))


def judge_by_vaf(
    alt_depth_reads: int, depth_reads: int, *, purity: float, copies: int | None, max_error_probability: float
) -> VafVerdict:
    """Judge from the reads of a hit whether any copy of the gene stayed whole.

    "One copy whole" is rejected when so many alternate reads, or more, have a probability of at
    most `max_error_probability`; "no copy whole" when so few, or fewer, have under each model of
    the loss. Both tests are one-sided, so more alternate reads never speak for a whole copy.

    Parameters
    ----------
    alt_depth_reads, depth_reads : int
        Reads with the hit, and all reads, 0 <= alt <= depth.
    purity : float
        Tumour purity in (0, 1].
    copies : int or None
        Copies of the gene in a tumour cell, at least 2; None: unknown, and loss of the other copy
        may have left one, or two by duplication.
    max_error_probability : float
        In (0, 1).

    Returns
    -------
    VafVerdict
        ``lost``: one copy whole is rejected, its loss is not. ``kept``: the reverse.
        ``cannot_tell``: neither is rejected. ``fits_neither``: both are.
    """
    total = 2 if copies is None else copies
    whole = expected_vaf(purity, total, total - 1)
    lost_models = (1, 2) if copies is None else (copies,)
    lost = [expected_vaf(purity, remaining, remaining) for remaining in lost_models]
    rejects_whole = probability_of_at_least(alt_depth_reads, depth_reads, whole) <= max_error_probability
    rejects_lost = all(
        probability_of_at_most(alt_depth_reads, depth_reads, one) <= max_error_probability for one in lost
    )
    verdicts: dict[tuple[bool, bool], tuple[SecondCopy, str]] = {
        (True, False): ("lost", "reject a whole copy and fit its loss"),
        (False, True): ("kept", "reject that the other copy is lost"),
        (False, False): ("cannot_tell", "fit a whole copy and its loss alike"),
        (True, True): ("fits_neither", "fit neither a whole copy nor its loss"),
    }
    second_copy, sentence = verdicts[rejects_whole, rejects_lost]
    expected = " or ".join(f"{one:.2f}" for one in lost)
    return VafVerdict(
        second_copy,
        f"{alt_depth_reads} of {depth_reads} reads {sentence}: expected VAF {whole:.2f} with one copy whole, "
        f"{expected} without, at purity {purity:.2g}",
    )


def assess_zygosity(
    hits: Sequence[Event],
    copies: GeneCopies | None,
    *,
    purity: Purity,
    gaps: Sequence[str],
    max_error_probability: float,
) -> Zygosity:
    """Give the zygosity state of one gene in one sample, by the routes at the head of this module.

    Parameters
    ----------
    hits : sequence of Event
        Likely oncogenic events of the gene, deep deletions and rearrangements among them; in any order.
    copies : GeneCopies or None
        Copy number of the gene; None where it is missing.
    purity : Purity
        Tumour purity, not estimated from this gene's own reads.
    gaps : sequence of str
        Why variants or copy number of the gene are missing, a sentence each; empty: neither is.
    max_error_probability : float
        Largest probability at which the reads reject a model, in (0, 1).
    """
    deletions = sorted({event.name for event in hits if event.event_type == "deep_deletion"})
    if deletions:
        return _deleted(deletions)
    variants = [event.variant for event in hits if event.variant is not None]
    rearranged = [event.disruption for event in hits if event.disruption is not None]
    if not variants and not rearranged:
        return _without_hit(copies, gaps)
    by_copies = _second_copy_by_copy_number(copies)
    if not variants:
        return _with_rearrangement_alone(rearranged, by_copies, gaps)
    hit = _clearest(variants)
    if by_copies is not None and by_copies.second_copy == "lost":
        return _lost_by_copy_number(hit, by_copies, purity, max_error_probability)
    distinct = distinct_hits(variants)
    phase = proven_phase(distinct)
    if phase == "different copies":
        reason = f"{len(distinct)} distinct hits, by the caller's phase set on different copies"
        return Zygosity("biallelic", "two_hits", "found", "definite", reason)
    if any(is_apart(one, distinct) for one in rearranged):
        reason = "a rearrangement and a small variant; whether they are on different copies (phase) is unknown"
        return Zygosity("biallelic", "structural_hit_and_other", "found", "probable", reason)
    if len(distinct) > 1 and phase != "one copy":
        reason = f"{len(distinct)} distinct hits; whether they are on different copies (phase) is unknown"
        return Zygosity("biallelic", "two_hits", "found", "probable", reason)
    if by_copies is not None:
        second_hit: Literal["not_found", "not_assessable"] = "not_found"
        if by_copies.second_copy != "kept":
            second_hit = "not_assessable"
        return Zygosity("one_hit", "single_hit", second_hit, None, by_copies.reason)
    return _by_reads(hit, copies, purity, gaps, max_error_probability)


def _deleted(deletions: Sequence[str]) -> Zygosity:
    if list(deletions) == [INTRAGENIC_DEEP_DELETION]:
        reason = "part of the gene is deleted on both copies"
        return Zygosity("biallelic", "partial_homozygous_deletion", "found", "probable", reason)
    return Zygosity("biallelic", "homozygous_deletion", "found", "definite", "both copies of the gene are deleted")


def is_apart(rearrangement: Disruption, variants: Sequence[Variant]) -> bool:
    """Tell whether a rearrangement is another event than all the variants, which callers may write as indels."""
    return all(
        variant.chrom != rearrangement.chrom
        or abs(variant.position_1based - rearrangement.position_1based) > MIN_SEPARATION_BASES
        for variant in variants
    )


def _with_rearrangement_alone(
    rearranged: Sequence[Disruption], by_copies: VafVerdict | None, gaps: Sequence[str]
) -> Zygosity:
    """Call a gene whose only hits are rearrangements: how many copies they cut, no read count tells."""
    cut = "a rearrangement breaks the gene"
    if by_copies is None:
        reason = "; ".join([*gaps, f"{cut}; whether another copy is whole cannot be told from it"])
        return Zygosity("one_hit", "single_hit", "not_assessable", None, reason)
    if by_copies.second_copy != "lost":
        second_hit: Literal["not_found", "not_assessable"] = "not_found"
        if by_copies.second_copy != "kept":
            second_hit = "not_assessable"
        return Zygosity("one_hit", "single_hit", second_hit, None, f"{cut}; {by_copies.reason}")
    if all(one.removes_a_copy for one in rearranged):
        reason = f"{cut}; {by_copies.reason}, which may be the same deletion"
        return Zygosity("one_hit", "single_hit", "not_assessable", None, reason)
    return Zygosity("biallelic", "structural_hit_and_other", "found", "probable", f"{cut}; {by_copies.reason}")


def _clearest(variants: Sequence[Variant]) -> Variant:
    """Return the hit with the highest fraction of alternate reads; the first allele of equals."""

    def fraction(variant: Variant) -> float:
        return -1.0 if variant.reads is None else variant.reads[0] / variant.reads[1]

    return max(sorted(variants, key=lambda one: one.allele), key=fraction)


def _second_copy_by_copy_number(copies: GeneCopies | None) -> VafVerdict | None:
    """Judge the second copy from copy number alone; None where that cannot be done."""
    if copies is None or not copies.is_covered:
        return None
    total = "unknown" if copies.total_copies is None else f"{copies.total_copies:.3g}"
    if copies.minor_copies is None:
        if copies.state == "loss":
            return VafVerdict("lost", f"total copies {total}: one copy is lost, and the remaining one carries the hit")
        return None
    if copies.minor_copies < MAX_LOST_MINOR_COPIES:
        return VafVerdict("lost", f"minor copy number {copies.minor_copies:.2g}: loss of heterozygosity over the hit")
    if copies.state == "loss":
        reason = f"total copies {total} speak for a loss, minor copy number {copies.minor_copies:.2g} against it"
        return VafVerdict("cannot_tell", reason)
    return VafVerdict("kept", f"minor copy number {copies.minor_copies:.2g}: both alleles are there")


def _lost_by_copy_number(hit: Variant, lost: VafVerdict, purity: Purity, max_error_probability: float) -> Zygosity:
    """Call a gene with a hit and a lost second copy; probable where too few reads carry the hit."""
    reason = lost.reason
    mechanism = "hit_with_loh" if reason.startswith("minor copy number") else "hit_with_copy_loss"
    if purity.value is not None and hit.reads is not None:
        alt, depth = hit.reads
        # One mutated copy of one: the least that a hit on every remaining copy of every tumour cell gives.
        least = expected_vaf(purity.low or purity.value, 1, 1)
        if probability_of_at_most(alt, depth, least) <= max_error_probability:
            doubt = f"{alt} of {depth} reads are too few for a hit in every tumour cell (expected VAF {least:.2f})"
            return Zygosity("biallelic", mechanism, "found", "probable", f"{reason}; {doubt}: it may be subclonal")
    return Zygosity("biallelic", mechanism, "found", "definite", reason)


def _by_reads(
    hit: Variant, copies: GeneCopies | None, purity: Purity, gaps: Sequence[str], max_error_probability: float
) -> Zygosity:
    """Call a gene with one hit whose second copy only its reads can show."""
    context = list(gaps)
    total = None
    if copies is not None and copies.is_covered:
        context.append("total copies show no loss, and cannot show a copy-neutral one")
        total = 2 if copies.state == "neutral" or copies.total_copies is None else max(2, round(copies.total_copies))
    if purity.value is None:
        context.append(f"purity unknown ({purity.reason}), so the VAF of the hit cannot be judged")
    if hit.reads is None:
        context.append("depth or alternate depth of the hit is missing, so its VAF cannot be judged")
    if purity.value is None or hit.reads is None:
        return Zygosity("one_hit", "single_hit", "not_assessable", None, "; ".join(context))
    verdict = judge_over_interval(*hit.reads, purity=purity, copies=total, max_error_probability=max_error_probability)
    reason = "; ".join([*context, verdict.reason])
    if verdict.second_copy == "lost":
        return Zygosity("biallelic", "hit_with_vaf", "found", "probable", reason)
    second_hit: Literal["not_found", "not_assessable"] = "not_assessable"
    if verdict.second_copy == "kept":
        second_hit = "not_found"
    return Zygosity("one_hit", "single_hit", second_hit, None, reason)


def judge_over_interval(
    alt_depth_reads: int, depth_reads: int, *, purity: Purity, copies: int | None, max_error_probability: float
) -> VafVerdict:
    """Judge the reads of a hit at every end of the interval of purity; ``cannot_tell`` where the ends disagree."""
    known = [value for value in (purity.value, purity.low, purity.high) if value is not None]
    verdicts = [
        judge_by_vaf(
            alt_depth_reads, depth_reads, purity=value, copies=copies, max_error_probability=max_error_probability
        )
        for value in known
    ]
    if len({verdict.second_copy for verdict in verdicts}) == 1:
        return verdicts[0]
    reason = f"between purity {min(known):.2g} and {max(known):.2g} the reads change their answer: {verdicts[0].reason}"
    return VafVerdict("cannot_tell", reason)


def _without_hit(copies: GeneCopies | None, gaps: Sequence[str]) -> Zygosity:
    if gaps:
        return Zygosity("not_assessable", "", None, None, f"no hit seen, but {'; '.join(gaps)}")
    reason = "no hit seen in variants or copy number, which is no proof that the gene is intact"
    by_copies = _second_copy_by_copy_number(copies)
    if by_copies is not None and by_copies.second_copy == "lost":
        reason += "; one copy is lost, without a hit seen on the other"
    return Zygosity("none", "", None, None, reason)
