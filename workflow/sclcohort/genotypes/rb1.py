"""RB1 in three states: LOST, INTACT_SUPPORTED, UNDETERMINED, with what speaks for each.

No event in RB1 is never taken for an intact RB1: clinical sequencing sees none in 29 % of the tumours that have
lost the protein (Febres-Aldana et al. 2022, doi:10.1158/1078-0432.CCR-22-1115). INTACT_SUPPORTED therefore needs
both: no hit in RB1 in the data there are, and something that tumours with Rb have and tumours without do not:
CCND1 amplification, loss of CDKN2A on both copies, or RNA with RB1 far above a silent CDKN2A.

===================  ==========================================================================================
state                when
===================  ==========================================================================================
``LOST``             biallelic, definite; biallelic, probable, and nothing for intact; one hit whose other
                     copy could not be judged, with the RNA of loss and nothing for intact
``INTACT_SUPPORTED``  no hit, no uncertain event, something for intact, no RNA of loss
``UNDETERMINED``     all else: nothing speaks, one hit, or both sides speak
===================  ==========================================================================================

What could not be looked for is listed and never counted. The RNA of a sample is compared between two of its own
genes, so that no other sample moves the answer; counts are not compared, since the lengths of the genes differ.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from sclcohort.contracts import RB1_RNA_GENES
from sclcohort.genotypes.facts import LIKELY, Row, Sample, describe, number_of, text_of

GENE = "RB1"
HARMLESS_CLASSES = ("likely_benign", "benign")


@dataclass(frozen=True)
class RnaRule:
    """When the RNA of RB1 and CDKN2A speaks.

    Parameters
    ----------
    min_log2_difference : float
        Least difference of log2(TPM + 1) between the two genes, above 0.
    cdkn2a_silent_max_log2 : float
        log2(TPM + 1) up to which CDKN2A is not expressed.
    is_comparable : bool
        Whether levels of two genes of a sample may be compared: not in counts.
    """

    min_log2_difference: float
    cdkn2a_silent_max_log2: float
    is_comparable: bool


@dataclass
class Findings:
    """What was found for and against an intact RB1 in one sample, filled step by step.

    Parameters
    ----------
    lost, intact : dict of str to str
        Rule of genotype_rules.tsv to what was found, in words.
    not_assessable : list of str
        What could not be looked for, and why.
    remarks : list of str
        What was seen and does not count.
    """

    lost: dict[str, str] = field(default_factory=dict)
    intact: dict[str, str] = field(default_factory=dict)
    not_assessable: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Rb1:
    """The state of RB1 in one sample, and the rules it rests on."""

    state: str
    reason: str
    findings: Findings

    @property
    def rules(self) -> tuple[str, ...]:
        """Return the rules whose citations the answer needs, for loss first."""
        return (*self.findings.lost, *self.findings.intact) or ("rb1_undetermined",)


def assess_rb1(sample: Sample, rna: RnaRule) -> Rb1:
    """Return the state of RB1 in one sample; see the module for the rule."""
    found = Findings()
    _look_at_rb1(sample, found)
    _look_at_ccnd1(sample, found)
    _look_at_cdkn2a(sample, found)
    _look_at_rna(sample, rna, found)
    state, reason = _decide(sample, found)
    return Rb1(state, "; ".join([reason, *found.remarks]), found)


def _decide(sample: Sample, found: Findings) -> tuple[str, str]:
    row = sample.gene_states.get(GENE)
    both = "; this contradicts what speaks for an intact RB1" if found.intact else ""
    if "rb1_biallelic" in found.lost:
        if not found.intact or text_of(row, "confidence") == "definite":
            return "LOST", f"both copies are lost{both}"
        return "UNDETERMINED", f"both copies are probably lost{both}"
    if "rb1_one_hit" in found.lost:
        is_open = text_of(row, "second_hit") == "not_assessable"
        if is_open and "rb1_rna_lost" in found.lost and not found.intact:
            return "LOST", "one copy is hit, the other could not be judged, and the RNA is that of a lost RB1"
        other = "could not be judged" if is_open else "is not seen to be hit"
        return "UNDETERMINED", f"one copy is hit, the other {other}{both}"
    if "rb1_uncertain_event" in found.lost and found.intact:
        return "UNDETERMINED", "an RB1 event of uncertain significance stands against what speaks for an intact RB1"
    if found.lost and found.intact:
        return "UNDETERMINED", "loss and an intact RB1 are both supported: a contradiction"
    if found.intact:
        return "INTACT_SUPPORTED", f"no hit in RB1 {_looked(sample)}, and {' and '.join(found.intact.values())}"
    if found.lost:
        return "UNDETERMINED", f"{' and '.join(found.lost.values())}; alone this does not show loss"
    return "UNDETERMINED", f"no hit in RB1 {_looked(sample)}, and nothing that supports an intact gene"


def _looked(sample: Sample) -> str:
    return "seen" if sample.is_judged(GENE) else "seen in the data there are"


def _look_at_rb1(sample: Sample, found: Findings) -> None:
    row = sample.gene_states.get(GENE)
    state, evidence = sample.state_of(GENE), text_of(row, "evidence")
    if state == "biallelic":
        how = text_of(row, "confidence") or "confidence not recorded"
        found.lost["rb1_biallelic"] = f"RB1 lost on both copies, {how}{f' ({evidence})' if evidence else ''}"
        return
    if state == "one_hit":
        found.lost["rb1_one_hit"] = f"one hit in RB1{f' ({evidence})' if evidence else ''}"
        if text_of(row, "second_hit") == "not_assessable":
            found.not_assessable.append(f"other copy of RB1: {sample.why_not_judged(GENE)}")
        return
    if not sample.is_judged(GENE):
        found.not_assessable.append(f"events of RB1: {sample.why_not_judged(GENE)}")
    uncertain = [describe(event) for event in sample.events.get(GENE, ()) if _is_unexplained(event)]
    if uncertain:
        found.lost["rb1_uncertain_event"] = f"of uncertain significance: {', '.join(uncertain)}"


def _is_unexplained(event: Row) -> bool:
    return (
        text_of(event, "oncogenic_call") != LIKELY
        and text_of(event, "oncogenicity_class") not in HARMLESS_CLASSES
        and text_of(event, "origin") != "likely_germline"
    )


def _look_at_ccnd1(sample: Sample, found: Findings) -> None:
    amplified = sample.likely("CCND1", "amplification")
    if amplified:
        found.intact["ccnd1_amplified"] = describe(amplified[0])
    elif why := sample.why_no_copies("CCND1"):
        found.not_assessable.append(f"amplification of CCND1: {why}")


def _look_at_cdkn2a(sample: Sample, found: Findings) -> None:
    deleted = sample.likely("CDKN2A", "deep_deletion")
    hits = [event for event in sample.likely("CDKN2A") if event not in deleted]
    named = ", ".join(describe(event) for event in hits)
    if deleted:
        found.intact["cdkn2a_lost"] = describe(deleted[0])
    elif sample.state_of("CDKN2A") == "biallelic":
        found.intact["cdkn2a_lost"] = f"CDKN2A lost on both copies ({named or 'see gene_states'})"
    elif len(hits) > 1:
        found.intact["cdkn2a_lost"] = f"two hits in CDKN2A, phase unknown ({named})"
    elif hits and sample.lost_copy("CDKN2A"):
        copies = number_of(sample.copies["CDKN2A"], "total_copies")
        kept = "" if copies is None else f", {copies:.2g} copies"
        found.intact["cdkn2a_lost"] = f"one hit in CDKN2A and loss of the other copy ({named}{kept})"
    elif hits and sample.lost_copy("CDKN2A") is None:
        found.not_assessable.append(f"other copy of CDKN2A ({named}): {sample.why_no_copies('CDKN2A')}")
    elif hits:
        found.remarks.append(f"one copy of CDKN2A is hit ({named}) and the other kept, which does not count")
    elif not sample.is_judged("CDKN2A"):
        found.not_assessable.append(f"loss of CDKN2A: {sample.why_not_judged('CDKN2A')}")


def _look_at_rna(sample: Sample, rna: RnaRule, found: Findings) -> None:
    absent = [gene for gene in RB1_RNA_GENES if gene not in sample.expression]
    if absent:
        why = f"no expression of {' and '.join(absent)}"
        found.not_assessable.append(f"RNA of RB1 and CDKN2A: {why}")
        return
    if not rna.is_comparable:
        why = "the matrix holds counts, which do not compare between genes"
        found.not_assessable.append(f"RNA of RB1 and CDKN2A: {why}")
        return
    rb1, cdkn2a = (sample.expression[gene] for gene in RB1_RNA_GENES)
    shown = f"RNA of RB1 {rb1:.2f} and CDKN2A {cdkn2a:.2f} in log2(TPM + 1)"
    difference = rb1 - cdkn2a
    if difference >= rna.min_log2_difference and cdkn2a <= rna.cdkn2a_silent_max_log2:
        found.intact["rb1_rna_intact"] = f"{shown}: RB1 expressed, CDKN2A silent"
    elif -difference >= rna.min_log2_difference:
        found.lost["rb1_rna_lost"] = f"{shown}: CDKN2A high above RB1"
