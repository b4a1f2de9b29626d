"""What a plan of the cohort is made of; `plan.py` holds the plan itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from builder.coding import Change

NOT_PROMOTED = "not_promoted"
SET_ASIDE = "set_aside"
ZYGOSITY_GENES = ("TP53", "RB1", "PTEN")

# Route to a zygosity state: (state, second_hit, confidence); an empty confidence is left open.
ROUTES: Mapping[str, tuple[str, str, str]] = {
    "deep_deletion": ("biallelic", "found", "definite"),
    "two_hits": ("biallelic", "found", "probable"),
    "rearrangement_and_hit": ("biallelic", "found", "probable"),
    "rearrangement_alone": ("one_hit", "not_assessable", ""),
    "hit_and_minor_copy_zero": ("biallelic", "found", "definite"),
    "hit_and_loss": ("biallelic", "found", "definite"),
    "hit_and_vaf": ("biallelic", "found", "probable"),
    "one_hit_other_copy_seen": ("one_hit", "not_found", ""),
    "one_hit_vaf_of_one_copy": ("one_hit", "not_found", ""),
    "one_hit_purity_unknown": ("one_hit", "not_assessable", ""),
    "one_hit_vaf_undecided": ("one_hit", "not_assessable", ""),
    "none": ("none", "", ""),
    "no_variants": ("not_assessable", "", ""),
    "no_copy_number": ("not_assessable", "", ""),
    "copy_number_not_covered": ("not_assessable", "", ""),
    "not_in_panel": ("not_covered", "", ""),
    "partly_in_panel": ("not_assessable", "", ""),
}


@dataclass(frozen=True)
class Event:
    """A small variant that some tumour carries, and what it should be called.

    Parameters
    ----------
    change : Change
    event_type, oncogenic_call : str
        As in contract EVENTS, where the variant passes its caller's filters; SET_ASIDE where the gene
        does not count changes of this kind.
    """

    change: Change
    event_type: str
    oncogenic_call: str = "likely_oncogenic"

    @property
    def is_counted(self) -> bool:
        """Whether the gene counts changes of this kind; else it is set aside though its filters pass."""
        return self.oncogenic_call != SET_ASIDE


@dataclass(frozen=True)
class Hit:
    """One event in one tumour.

    Parameters
    ----------
    event : str
        Key of EVENTS.
    mutated_copies : int
        Tumour copies that carry it.
    failing : str
        Empty: passes; else why the caller would reject it: `low_evidence`, `strand_bias`,
        `normal_support` or `germline`. It must then not become an event.
    written : str
        `plain`, or the oddity of its record: `lower_case`, `right_aligned`, `multiallelic`
        (a synonymous second allele), `twice` (an exact duplicate), `phased` (a change of two bases as
        two records of one haplotype).
    depth_reads : int
        Reads in the tumour; 0: drawn.
    cell_fraction : float
        Tumour cells that carry it.
    germline_frequency : float
        Above 0: heterozygous in all cells of the patient, and so frequent in the population.
    callers : tuple of str
        Which of the tumour's callers have it; empty: all.
    """

    event: str
    mutated_copies: int = 1
    failing: str = ""
    written: str = "plain"
    depth_reads: int = 0
    cell_fraction: float = 1.0
    germline_frequency: float = 0.0
    callers: tuple[str, ...] = ()


@dataclass(frozen=True)
class Calls:
    """How a tumour's variants were called.

    Parameters
    ----------
    caller : str
        `mutect2`, `strelka2`, `varscan2`, `freebayes` or `generic`.
    columns : tuple of str
        Sample columns of the VCF, in file order.
    tumour, normal : str
        Which of them is which; an empty normal: tumour-only.
    named_in_sheet : bool
        Whether the sheet names the columns; else they have to be inferred.
    compressed : bool
        bgzip and .tbi, else plain text.
    has_contig_lines : bool
        Whether the header lists the contigs; VarScan2's own does not.
    passengers : tuple of int
        Variants without meaning: shared by all tumours of the patient, and private ones.
    oddities : tuple of str
        Records of no gene's concern that importers trip over: `symbolic`, `breakend`, `star`,
        `phased_pair`, `germline`.
    second_caller : str
        A caller with a file of its own beside the first.
    kind : str
        `vcf`; `snvs_and_indels`: two VCFs, as Strelka2 writes them; `maf`.
    annotation : str
        Annotation in INFO: `VEP` or `SnpEff`; empty: none.
    panel : mapping
        Genes of the panel that was sequenced, with the share of their coding exons; empty: no panel.
    """

    caller: str
    columns: tuple[str, ...]
    tumour: str
    normal: str = ""
    named_in_sheet: bool = False
    compressed: bool = False
    has_contig_lines: bool = True
    passengers: tuple[int, int] = (14, 20)
    oddities: tuple[str, ...] = ()
    second_caller: str = ""
    kind: str = "vcf"
    annotation: str = ""
    panel: Mapping[str, float] = field(default_factory=dict)

    @property
    def callers(self) -> tuple[str, ...]:
        """Callers, in the order of the files."""
        return (self.caller, self.second_caller) if self.second_caller else (self.caller,)


Copies = tuple[int, int]


@dataclass(frozen=True)
class Segments:
    """Copy number of a tumour: two copies, one of each allele, but for what is given.

    Parameters
    ----------
    format : str
        `seg`: in the cohort's one SEG file; `cns`: a file of its own; `purple`: one of its own, and a purity file.
    copies : mapping
        Gene symbol to (total, minor) copies; a segment of its own around that gene.
    name_in_seg : str
        Sample name inside the SEG file; empty: the sample_id, and the sheet leaves the cell empty.
    not_covered : tuple of str
        Contigs without segments, beside chrX.
    """

    format: str
    copies: Mapping[str, Copies] = field(default_factory=dict)
    name_in_seg: str = ""
    not_covered: tuple[str, ...] = ()


@dataclass(frozen=True)
class Expression:
    """RNA of a tumour.

    Parameters
    ----------
    profile : str
        Key of `expression.PROFILES`; the planted subtype follows from it.
    column : str
        Column of the matrix.
    tpm : mapping
        Genes planted at a given TPM.
    """

    profile: str
    column: str
    tpm: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Tumour:
    """One row of the sample sheet, with what is planted in it.

    Parameters
    ----------
    purity : float
        True purity, by which reads and segments are drawn.
    purity_known : bool
        Whether the sheet gives it.
    routes : tuple of str
        Keys of ROUTES for TP53, RB1 and PTEN.
    """

    sample_id: str
    patient_id: str
    timepoint: str
    day: int
    site: str
    purity: float
    routes: tuple[str, str, str]
    specimen: str = "tumour_tissue"
    histology: str = "SCLC"
    batch: str = "B1"
    purity_known: bool = True
    calls: Calls | None = None
    hits: tuple[Hit, ...] = ()
    segments: Segments | None = None
    expression: Expression | None = None


# In allele-fraction routes there are no segments to say what the copies are; these are the copies drawn from.
# hit_and_vaf with one mutated copy means one copy left, with two a copy-neutral loss.
COPIES_BY_ROUTE: Mapping[tuple[str, int], Copies] = {("hit_and_vaf", 1): (1, 0), ("hit_and_vaf", 2): (2, 0)}


@dataclass(frozen=True)
class Patient:
    """One row of the clinical sheet; None: not recorded."""

    patient_id: str
    platinum_start_day: int | None = None
    platinum_end_day: int | None = None
    progression_day: int | None = None
    best_response: str = ""
    sex: str = ""
    cautions: str = ""
