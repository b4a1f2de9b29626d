"""Genotypes that call a diagnosis into question: each raised, not raised, or not assessable, with its evidence.

A flag is raised by what is seen, and not raised only where everything that could raise it was looked for. It
decides nothing: ``resources/genotype_rules.tsv`` says what each suggests, and what it does not.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sclcohort.contracts import GENOTYPE_FLAGS
from sclcohort.genotypes.facts import Sample, describe, text_of
from sclcohort.genotypes.histology import read_diagnosis

if TYPE_CHECKING:
    from sclcohort.genotypes.rb1 import Rb1

NSCLC_LIKE = "nsclc_like"
# Types that end the protein; a missense change may leave it in place, as a stain would show.
PROTEIN_ENDING = ("truncating", "splice", "deep_deletion", "rearrangement")
CHROMOSOME_12_GENES = ("CCND2", "CDK4", "MDM2")
# A choice: the publication names all three (genotype_rules.tsv, chr12_mdm2), which panels need not cover.
MIN_CHROMOSOME_12_GENES = 2
LOST = "lost"


@dataclass(frozen=True)
class Flag:
    """The answer to one flag: state, what was seen, and why the state is what it is."""

    state: str
    evidence: str
    reason: str


def raise_flags(sample: Sample, rb1: Rb1, nsclc_like_genes: Sequence[str]) -> dict[str, Flag]:
    """Return every flag of one sample, in the order of the contract.

    Parameters
    ----------
    sample : Sample
        What is known of it.
    rb1 : Rb1
        Its state of RB1.
    nsclc_like_genes : sequence of str
        Driver genes of class nsclc_like, in sorted order.
    """
    answers: dict[str, Callable[[], Flag]] = {
        "nsclc_like": lambda: _nsclc_like(sample, nsclc_like_genes),
        "smarca4_deficient": lambda: _smarca4(sample),
        "chr11_ccnd1": lambda: _co_amplified(sample, rb1, ("CCND1",), 1),
        "chr12_mdm2": lambda: _co_amplified(sample, rb1, CHROMOSOME_12_GENES, MIN_CHROMOSOME_12_GENES),
        "tp53_rb1_wild_type": lambda: _wild_type(sample, rb1),
        "combined_histology": lambda: _histology(sample.histology),
    }
    return {flag: answers[flag]() for flag in GENOTYPE_FLAGS}


def _nsclc_like(sample: Sample, genes: Sequence[str]) -> Flag:
    # By the class that the event carries: a fusion partner need not be in the table of genes.
    seen = [
        describe(row)
        for gene in sorted(sample.events)
        for row in sample.likely(gene)
        if text_of(row, "gene_class") == NSCLC_LIKE
    ]
    if seen:
        return Flag("raised", "; ".join(seen), "")
    open_genes = [gene for gene in genes if not sample.is_judged(gene)]
    if open_genes:
        judged = [gene for gene in genes if gene not in open_genes]
        return Flag("not_assessable", _without_event(judged), _not_judged(sample, open_genes))
    return Flag("not_raised", _without_event(genes), "")


def _smarca4(sample: Sample) -> Flag:
    ending = sample.likely("SMARCA4", *PROTEIN_ENDING)
    others = [describe(row) for row in sample.likely("SMARCA4") if row not in ending]
    kept = f"{', '.join(others)}: may leave the protein in place" if others else ""
    if ending or sample.state_of("SMARCA4") == "biallelic":
        shown = [*map(describe, ending), *([kept] if kept else [])]
        return Flag("raised", "; ".join(shown) or text_of(sample.gene_states["SMARCA4"], "evidence"), "")
    if not sample.is_judged("SMARCA4"):
        return Flag("not_assessable", kept, _not_judged(sample, ("SMARCA4",)))
    return Flag("not_raised", kept or _without_event(("SMARCA4",)), "")


def _co_amplified(sample: Sample, rb1: Rb1, genes: Sequence[str], least: int) -> Flag:
    amplified = {gene: describe(rows[0]) for gene in genes if (rows := sample.likely(gene, "amplification"))}
    gaps = [f"{gene}: {why}" for gene in genes if gene not in amplified and (why := sample.why_no_copies(gene))]
    evidence = "; ".join(amplified.values())
    if len(amplified) >= least:
        standing = {"RB1": _standing_of_rb1(rb1), "TP53": _standing_of_tp53(sample)}
        said = ", ".join(f"{gene} {how}" for gene, how in standing.items())
        if set(standing.values()) == {LOST}:
            return Flag("not_raised", evidence, f"amplified, but with {said}: not the pattern that was published")
        return Flag("raised", f"{evidence}; {said}", "")
    if len(amplified) + len(gaps) >= least:
        return Flag("not_assessable", evidence, "; ".join(gaps))
    few = f"fewer than {least} amplified" if least > 1 else "not amplified"
    return Flag("not_raised", evidence or f"{few}: {', '.join(genes)}", few if evidence else "")


def _standing_of_rb1(rb1: Rb1) -> str:
    return {"LOST": LOST, "INTACT_SUPPORTED": "intact by support"}.get(rb1.state, "undetermined")


def _standing_of_tp53(sample: Sample) -> str:
    state = sample.state_of("TP53")
    return {"biallelic": LOST, "one_hit": "with one hit", "none": "without an event"}.get(state, "not assessable")


def _wild_type(sample: Sample, rb1: Rb1) -> Flag:
    genes = ("TP53", "RB1")
    hit = [f"{gene} {sample.state_of(gene).replace('_', ' ')}" for gene in genes if _is_hit(sample, gene)]
    if hit:
        return Flag("not_raised", "; ".join(hit), "")
    open_genes = [gene for gene in genes if sample.state_of(gene) != "none"]
    if open_genes:
        return Flag("not_assessable", "", _not_judged(sample, open_genes))
    uncertain = [describe(row) for gene in genes for row in sample.events.get(gene, ())]
    remarks = [f"of uncertain significance, and not counted: {', '.join(uncertain)}"] if uncertain else []
    if "rb1_rna_lost" in rb1.findings.lost:
        remarks.append(f"against it: {rb1.findings.lost['rb1_rna_lost']}, the footprint of a lost RB1")
    return Flag("raised", "no likely oncogenic event in TP53 and RB1", "; ".join(remarks))


def _is_hit(sample: Sample, gene: str) -> bool:
    return sample.state_of(gene) in ("biallelic", "one_hit", "altered")


def _histology(histology: str) -> Flag:
    if not histology.strip():
        return Flag("not_assessable", "", "the sheet gives no histology")
    diagnosis = read_diagnosis(histology)
    denied = f"denied, and not counted: {', '.join(diagnosis.denied)}" if diagnosis.denied else ""
    if diagnosis.named:
        return Flag("raised", f"{', '.join(diagnosis.named)}, in: {histology.strip()}", denied)
    return Flag("not_raised", histology.strip(), denied)


def _without_event(genes: Sequence[str]) -> str:
    return f"no likely oncogenic event in {', '.join(genes)}" if genes else ""


def _not_judged(sample: Sample, genes: Sequence[str]) -> str:
    """Return why genes could not be judged, each reason once."""
    by_reason: dict[str, list[str]] = {}
    for gene in genes:
        by_reason.setdefault(sample.why_not_judged(gene), []).append(gene)
    return "; ".join(f"{', '.join(named)}: {why}" for why, named in by_reason.items())
