"""The plan of the cohort: who the patients are and what is planted in each tumour. Data, no logic.

All other modules carry this plan out; `truth.py` writes it down as the tables that a run is compared with.
Patients, tumours, dates and measurements are invented.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from builder.coding import Change
from builder.model import NOT_PROMOTED, SET_ASIDE, Calls, Copies, Event, Expression, Hit, Patient, Segments, Tumour


def _events(*rows: tuple[str, str, str, str] | tuple[str, str, str, str, str]) -> dict[str, Event]:
    return {f"{gene} {name}": Event(Change(gene, name, form), *rest) for gene, name, form, *rest in rows}


EVENTS: Mapping[str, Event] = _events(
    ("APC", "Q1096*", "substitution", "truncating"),
    ("ARID1A", "Q188*", "substitution", "truncating"),
    ("ATM", "Q654*", "substitution", "truncating"),
    ("ATM", "Q1970*", "substitution", "truncating"),
    ("B2M", "S33*", "substitution", "truncating"),
    ("BRCA2", "Q619*", "substitution", "truncating"),
    ("BRCA2", "Q1782*", "substitution", "truncating"),
    ("CHD8", "R205*", "substitution", "truncating"),
    ("CREBBP", "Q442*", "substitution", "truncating"),
    ("CREBBP", "S1680del", "delete_codon", "hotspot"),
    ("EGFR", "L858R", "substitution", "hotspot"),
    ("EP300", "D1399N", "substitution", "hotspot"),
    ("EP300", "Y1467N", "substitution", "hotspot"),
    ("FMN2", "A214V", "substitution", "missense", NOT_PROMOTED),
    ("FMN2", "P377L", "substitution", "missense", NOT_PROMOTED),
    ("KEAP1", "K287fs", "delete_1_in_run", "truncating"),
    ("KMT2D", "Q401*", "substitution", "truncating"),
    ("KMT2D", "R152*", "substitution", "truncating"),
    ("KMT2D", "R152Q", "substitution", "missense", SET_ASIDE),
    # No tumour has it alone: it sees to a codon from which G12F takes two bases, each a change of its own.
    ("KRAS", "G12C", "substitution", "hotspot"),
    ("KRAS", "G12F", "dinucleotide", "hotspot"),
    ("NFE2L2", "E79Q", "substitution", "hotspot"),
    ("NOTCH1", "Q462*", "substitution", "truncating"),
    ("NOTCH1", "G1215D", "substitution", "missense", "uncertain"),
    ("NOTCH1", "W287*", "substitution", "truncating"),
    ("NOTCH2", "E231*", "substitution", "truncating"),
    ("PIK3CA", "E545K", "substitution", "hotspot"),
    ("PIK3CA", "H1047R", "substitution", "hotspot"),
    ("PTEN", "D268fs", "delete_4", "truncating"),
    ("PTEN", "Q97*", "substitution", "truncating"),
    ("PTEN", "Q214*", "substitution", "truncating"),
    ("PTEN", "Q245*", "substitution", "truncating"),
    ("PTEN", "Q298*", "substitution", "truncating"),
    ("PTEN", "R130*", "substitution", "truncating"),
    ("PTEN", "R130G", "substitution", "hotspot"),
    ("PTEN", "R173H", "substitution", "hotspot"),
    ("RB1", "E137fs", "delete_1", "truncating"),
    ("RB1", "E440*", "substitution", "truncating"),
    ("RB1", "N405fs", "insert_1", "truncating"),
    ("RB1", "Q217*", "substitution", "truncating"),
    ("RB1", "Q504*", "substitution", "truncating"),
    ("RB1", "Q770*", "substitution", "truncating"),
    ("RB1", "R320*", "substitution", "truncating"),
    ("RB1", "R358*", "substitution", "truncating"),
    ("RB1", "R556*", "substitution", "truncating"),
    ("RB1", "W516*", "substitution", "truncating"),
    ("RB1", "X203_splice", "acceptor", "splice"),
    ("RB1", "X702_splice", "donor", "splice"),
    ("SMARCA4", "W174*", "substitution", "truncating"),
    ("STK11", "Q37*", "substitution", "truncating"),
    ("TET2", "Q90*", "substitution", "truncating"),
    ("TP53", "C176F", "substitution", "hotspot"),
    ("TP53", "C242F", "substitution", "hotspot"),
    ("TP53", "E221*", "substitution", "truncating"),
    ("TP53", "G245S", "substitution", "hotspot"),
    ("TP53", "H179R", "substitution", "hotspot"),
    ("TP53", "P72R", "substitution", "missense", "uncertain"),
    ("TP53", "R175H", "substitution", "hotspot"),
    ("TP53", "R248Q", "substitution", "hotspot"),
    ("TP53", "R248W", "substitution", "hotspot"),
    ("TP53", "R273H", "substitution", "hotspot"),
    ("TP53", "R273L", "substitution", "hotspot"),
    ("TP53", "R282W", "substitution", "hotspot"),
    ("TP53", "V157F", "substitution", "hotspot"),
    ("TP53", "W146*", "dinucleotide", "truncating"),
    ("TP53", "Y220C", "substitution", "hotspot"),
)


def _paired(caller: str, *, tumour: str = "TUMOR", normal: str = "NORMAL", **more: Any) -> Calls:
    """Return paired calls with the normal's column first, as most callers write them."""
    return Calls(caller, (normal, tumour), tumour, normal, **more)


ARM_3P: dict[str, Copies] = {"MLH1": (1, 0), "SETD2": (1, 0)}
# Residues that recur as stop codons: at them a truncating change, too, is at a hotspot.
HOTSPOT_STOPS = ("PTEN R130*", "TP53 W146*")
# Event to (sample, transcript, term): what VEP says of it there, on a transcript that the gene models lack.
ANNOTATED_ELSEWHERE: Mapping[str, tuple[str, str, str]] = {
    "ARID1A Q188*": ("P08_T1", "DEMOT00000090188", "5_prime_UTR_variant"),
}
RNA_ALONE = ("no_variants", "no_variants", "no_variants")
# Genes of a panel, and the share of their coding exons; PTEN is not among them.
PANEL: dict[str, float] = {
    "APC": 1,
    "ARID1A": 1,
    "ATM": 1,
    "BRCA2": 1,
    "CHD8": 1,
    "CREBBP": 1,
    "EGFR": 1,
    "EP300": 1,
    "KEAP1": 1,
    "KMT2D": 0.5,
    "KRAS": 1,
    "MLH1": 1,
    "MSH2": 1,
    "MSH6": 1,
    "NOTCH1": 1,
    "RB1": 1,
    "STK11": 1,
    "TP53": 1,
}

TUMOURS: tuple[Tumour, ...] = (
    # P01: baseline and relapse. Copy-neutral loss of 17p, RB1 by loss; the relapse gains CREBBP, loses MYCL's
    # amplification, SLFN11, and KMT2D's hit, which two cells of five had. Two callers saw the relapse.
    Tumour(
        "P01_T1", "P01", "baseline", 0, "lung primary", 0.75,
        ("hit_and_minor_copy_zero", "hit_and_loss", "none"),
        calls=Calls(
            "mutect2", ("SCLC01_N", "SCLC01_T"), "SCLC01_T", "SCLC01_N", compressed=True, passengers=(16, 18)
        ),
        hits=(
            Hit("TP53 R175H", mutated_copies=2),
            Hit("RB1 R358*"),
            Hit("NOTCH1 Q462*"),
            Hit("KMT2D R152*", cell_fraction=0.4),
            Hit("FMN2 A214V"),
            Hit("PIK3CA H1047R", failing="low_evidence"),
        ),
        segments=Segments("cns", ARM_3P | {"TP53": (2, 0), "RB1": (1, 0), "MYCL": (15, 1), "PIK3CA": (4, 1)}),
        expression=Expression("A", "P01_T1_rna", {"SLFN11": 14.0, "MYCL": 210.0}),
    ),
    Tumour(
        "P01_T2", "P01", "relapse", 305, "liver", 0.70,
        ("hit_and_minor_copy_zero", "hit_and_loss", "none"),
        batch="B2",
        calls=Calls(
            "mutect2", ("SCLC01_N", "SCLC01_R"), "SCLC01_R", "SCLC01_N", compressed=True, passengers=(16, 24),
            second_caller="varscan2",
        ),
        hits=(
            Hit("TP53 R175H", mutated_copies=2),
            Hit("RB1 R358*"),
            Hit("NOTCH1 Q462*", callers=("mutect2",)),
            Hit("CREBBP Q442*", callers=("varscan2",)),
            Hit("FMN2 A214V"),
            Hit("EP300 Y1467N", failing="strand_bias", callers=("mutect2",)),
        ),
        segments=Segments("cns", ARM_3P | {"TP53": (2, 0), "RB1": (1, 0)}),
        expression=Expression("A", "P01_T2_rna", {"SLFN11": 0.28, "EZH2": 96.0}),
    ),
    # P02: baseline and relapse. RB1 by two hits; the relapse loses MSH2 and SLFN11, gains MYC and shifts A to N.
    # The baseline's purity is not in the sheet: TP53's only copy tells it.
    Tumour(
        "P02_T1", "P02", "baseline", -3, "mediastinal lymph node", 0.80,
        ("hit_and_loss", "two_hits", "none"),
        purity_known=False,
        calls=_paired("strelka2", compressed=True),
        hits=(
            Hit("TP53 R248Q"),
            Hit("RB1 E137fs"),
            Hit("RB1 X702_splice"),
            Hit("PIK3CA E545K"),
            Hit("NFE2L2 E79Q", failing="low_evidence"),
        ),
        segments=Segments("seg", ARM_3P | {"TP53": (1, 0)}, name_in_seg="SCLC-02-PRE"),
        expression=Expression("A", "P02_T1_rna", {"SLFN11": 9.0}),
    ),
    Tumour(
        "P02_T2", "P02", "relapse", 151, "liver", 0.65,
        ("hit_and_loss", "two_hits", "none"),
        batch="B2",
        calls=_paired("strelka2", compressed=True, passengers=(14, 26)),
        hits=(Hit("TP53 R248Q"), Hit("RB1 E137fs"), Hit("RB1 X702_splice")),
        segments=Segments(
            "seg", ARM_3P | {"TP53": (1, 0), "MSH2": (0, 0), "MYC": (14, 1), "ABCC1": (4, 1)}, name_in_seg="SCLC-02-REL"
        ),
        expression=Expression("N", "P02_T2_rna", {"SLFN11": 0.2, "MYC": 260.0}),
    ),
    # P03: two regions on one day. RB1 by deep deletion in both; FGFR1 and NOTCH2 differ; the liver is A and N at
    # once, and its segments lack chr10.
    Tumour(
        "P03_T1", "P03", "baseline", 0, "lung primary", 0.70,
        ("hit_and_minor_copy_zero", "deep_deletion", "none"),
        calls=_paired("varscan2", has_contig_lines=False),
        hits=(Hit("TP53 R273L", mutated_copies=2),),
        segments=Segments("cns", ARM_3P | {"TP53": (2, 0), "RB1": (0, 0), "FGFR1": (12, 1)}),
        expression=Expression("N", "P03_T1", {"SLFN11": 6.0}),
    ),
    Tumour(
        "P03_T2", "P03", "baseline", 0, "liver", 0.60,
        ("hit_and_minor_copy_zero", "deep_deletion", "copy_number_not_covered"),
        calls=_paired("varscan2", named_in_sheet=True, has_contig_lines=False, oddities=("germline",)),
        hits=(
            Hit("TP53 R273L", mutated_copies=2),
            Hit("NOTCH2 E231*"),
            Hit("ATM Q1970*", failing="strand_bias"),
        ),
        segments=Segments("cns", ARM_3P | {"TP53": (2, 0), "RB1": (0, 0)}, not_covered=("chr10",)),
        expression=Expression("A+N", "P03_T2", {"SLFN11": 7.0}),
    ),
    # P04: POU2F3 tumour; PTEN, RB1 and TP53 each by hit and loss; MYC amplified; no DLL3.
    Tumour(
        "P04_T1", "P04", "baseline", 2, "lung primary", 0.60,
        ("hit_and_loss", "hit_and_loss", "hit_and_loss"),
        calls=_paired("freebayes", tumour="LIB-0412", normal="LIB-0413", named_in_sheet=True, annotation="SnpEff"),
        hits=(Hit("TP53 Y220C"), Hit("RB1 R320*", written="multiallelic"), Hit("PTEN D268fs")),
        segments=Segments("seg", {"TP53": (1, 0), "RB1": (1, 0), "PTEN": (1, 0), "MYC": (18, 1)}),
        expression=Expression("P", "P04_T1_rna", {"SLFN11": 25.0, "DLL3": 0.4, "MYC": 340.0}),
    ),
    # P05: Rb-proficient tumour with YAP1 programme: CCND1 amplified, CDKN2A deleted, one hit in TP53, other copy seen.
    Tumour(
        "P05_T1", "P05", "baseline", 0, "lung primary", 0.85,
        ("one_hit_other_copy_seen", "none", "none"),
        histology="combined SCLC with large cell neuroendocrine carcinoma",
        calls=Calls(
            "generic", ("t5", "n5"), "t5", "n5", named_in_sheet=True, oddities=("star",), passengers=(0, 44)
        ),
        hits=(
            Hit("TP53 R273H", written="lower_case"),
            Hit("SMARCA4 W174*", written="twice"),
            Hit("KEAP1 K287fs", written="right_aligned"),
            Hit("EP300 D1399N", failing="low_evidence"),
        ),
        segments=Segments(
            "cns", {"CCND1": (16, 1), "CDKN2A": (0, 0), "KEAP1": (1, 0), "SMARCA4": (1, 0), "STK11": (1, 0)}
        ),
        expression=Expression("Y", "P05_T1_rna", {"SLFN11": 0.5, "DLL3": 0.1, "CCND1": 480.0, "CDKN2A": 0.1}),
    ),
    # P06: inflamed, tumour-only, no segments: TP53 and PTEN by allele fraction and purity.
    Tumour(
        "P06_T1", "P06", "baseline", 1, "supraclavicular lymph node", 0.62,
        ("hit_and_vaf", "no_copy_number", "hit_and_vaf"),
        calls=Calls("mutect2", ("SCLC06_T",), "SCLC06_T", passengers=(0, 40)),
        hits=(
            Hit("TP53 G245S", mutated_copies=2, depth_reads=140),
            Hit("PTEN Q214*", mutated_copies=2, depth_reads=150),
            Hit("EP300 D1399N"),
            Hit("TP53 P72R", mutated_copies=2, germline_frequency=0.31),
            Hit("BRCA2 Q1782*", failing="germline"),
        ),
        expression=Expression("I", "P06_T1_rna", {"SLFN11": 8.0, "DLL3": 2.6}),
    ),
    # P07: RNA alone; ASCL1 tumour whose DLL3 is gone.
    Tumour(
        "P07_T1", "P07", "relapse", 180, "liver", 0.70, RNA_ALONE,
        purity_known=False,
        batch="B2",
        expression=Expression("A", "P07_T1", {"SLFN11": 5.0, "DLL3": 0.3}),
    ),
    # P08: DNA alone, no segments: TP53 lost one copy by allele fraction, RB1 has one mutated copy of two.
    Tumour(
        "P08_T1", "P08", "baseline", 0, "lung primary", 0.80,
        ("hit_and_vaf", "one_hit_vaf_of_one_copy", "no_copy_number"),
        calls=Calls(
            "mutect2", ("SCLC08_T", "SCLC08_N"), "SCLC08_T", "SCLC08_N", passengers=(0, 52), annotation="VEP"
        ),
        hits=(
            Hit("TP53 V157F", depth_reads=160),
            Hit("RB1 E440*", depth_reads=150),
            Hit("KMT2D Q401*"),
            Hit("ARID1A Q188*"),
            Hit("BRCA2 Q619*"),
            Hit("NOTCH1 G1215D"),
        ),
    ),
    # P09: DNA alone, tumour-only, purity unknown: one hit says nothing about the other copy, two hits do.
    Tumour(
        "P09_T1", "P09", "baseline", 0, "pleural effusion", 0.55,
        ("one_hit_purity_unknown", "rearrangement_and_hit", "one_hit_purity_unknown"),
        purity_known=False,
        calls=Calls("freebayes", ("P09_T1",), "P09_T1", passengers=(0, 30)),
        hits=(Hit("TP53 C242F"), Hit("RB1 Q217*"), Hit("RB1 N405fs"), Hit("PTEN R130*")),
    ),
    # P10: a VCF with a header and no record; flat segments; RNA in which nothing stands out.
    Tumour(
        "P10_T1", "P10", "baseline", 0, "lung primary", 0.50, ("none", "none", "none"),
        calls=Calls("mutect2", ("SCLC10_N", "SCLC10_T"), "SCLC10_T", "SCLC10_N", passengers=(0, 0)),
        segments=Segments("seg", {}, name_in_seg="SCLC-10"),
        expression=Expression("unclassified", "P10_T1_rna", {"SLFN11": 3.0, "DLL3": 3.2}),
    ),
    # P11: a cell line: pure, tumour-only; RB1 and PTEN by deep deletion, MYC amplified.
    Tumour(
        "P11_T1", "P11", "baseline", 0, "pleural effusion", 1.0,
        ("hit_and_loss", "deep_deletion", "deep_deletion"),
        specimen="cell_line",
        calls=Calls(
            "generic", ("LINE11",), "LINE11", compressed=True, oddities=("symbolic", "breakend"), passengers=(0, 48)
        ),
        hits=(Hit("TP53 W146*"), Hit("TET2 Q90*")),
        segments=Segments("cns", ARM_3P | {"TP53": (1, 0), "RB1": (0, 0), "PTEN": (0, 0), "MYC": (40, 2)}),
        expression=Expression("N", "P11_T1_rna", {"SLFN11": 11.0, "MYC": 900.0}),
    ),
    # P12: combined histology with EGFR, KRAS and STK11; TP53 by two hits, RB1 by copy-neutral loss.
    Tumour(
        "P12_T1", "P12", "baseline", 0, "lung primary", 0.65,
        ("two_hits", "hit_and_minor_copy_zero", "one_hit_other_copy_seen"),
        histology="combined SCLC with adenocarcinoma",
        calls=Calls(
            "mutect2", ("SCLC12_T", "SCLC12_N"), "SCLC12_T", "SCLC12_N", named_in_sheet=True,
            oddities=("phased_pair",), passengers=(0, 46),
        ),
        hits=(
            Hit("TP53 R248W"),
            Hit("TP53 E221*", depth_reads=60),
            Hit("RB1 R556*", mutated_copies=2),
            Hit("PTEN R173H"),
            Hit("KRAS G12F", mutated_copies=2, written="phased"),
            Hit("EGFR L858R"),
            Hit("STK11 Q37*"),
            Hit("FMN2 P377L"),
            Hit("KMT2D R152Q"),
        ),
        segments=Segments("cns", {"RB1": (2, 0), "KRAS": (4, 1), "STK11": (1, 0), "SOX2": (5, 1)}),
        expression=Expression("A", "P12_T1_rna", {"SLFN11": 4.0}),
    ),
    # P13: TP53 by deep deletion, PTEN by two hits; NFIB amplified; ATM truncated.
    Tumour(
        "P13_T1", "P13", "baseline", 0, "liver", 0.72,
        ("deep_deletion", "hit_and_loss", "two_hits"),
        calls=_paired("strelka2", compressed=True, kind="snvs_and_indels"),
        hits=(Hit("RB1 W516*"), Hit("PTEN Q97*"), Hit("PTEN R130G"), Hit("ATM Q654*")),
        segments=Segments("seg", ARM_3P | {"TP53": (0, 0), "RB1": (1, 0), "NFIB": (12, 1)}, name_in_seg="SCLC-13"),
        expression=Expression("N", "P13_T1_rna", {"SLFN11": 18.0}),
    ),
    # P14: segments and RNA, no variants, purity unknown: a deep deletion of RB1 is biallelic all the same.
    Tumour(
        "P14_T1", "P14", "baseline", 0, "adrenal gland", 0.85,
        ("no_variants", "deep_deletion", "no_variants"),
        purity_known=False,
        segments=Segments("seg", ARM_3P | {"TP53": (1, 0), "RB1": (0, 0), "MYCL": (25, 1)}, name_in_seg="SCLC-14"),
        expression=Expression("A", "P14_T1_rna", {"SLFN11": 2.5, "MYCL": 400.0}),
    ),
    # P15: every TP53 call fails its filter; PTEN by copy-neutral loss; B2M truncated. Purity by PURPLE.
    Tumour(
        "P15_T1", "P15", "baseline", 0, "lung primary", 0.70,
        ("none", "hit_and_loss", "hit_and_minor_copy_zero"),
        calls=Calls(
            "mutect2", ("DEMO-15-10A", "DEMO-15-01A"), "DEMO-15-01A", "DEMO-15-10A", compressed=True,
            passengers=(0, 38), kind="maf",
        ),
        hits=(
            Hit("TP53 R282W", failing="strand_bias"),
            Hit("TP53 R273H", failing="normal_support"),
            Hit("RB1 X203_splice"),
            Hit("PTEN Q245*", mutated_copies=2),
            Hit("B2M S33*"),
            Hit("CREBBP S1680del"),
        ),
        segments=Segments("purple", {"RB1": (1, 0), "PTEN": (2, 0), "B2M": (1, 0)}),
        expression=Expression("P", "P15_T1_rna", {"SLFN11": 0.6, "DLL3": 0.2, "B2M": 1.5}),
    ),
    # P16: baseline with DNA and RNA, relapse with RNA alone: what became of the events cannot be assessed.
    Tumour(
        "P16_T1", "P16", "baseline", 0, "lung primary", 0.75,
        ("hit_and_vaf", "hit_and_vaf", "hit_and_vaf"),
        calls=Calls("freebayes", ("P16_T1", "P16_N"), "P16_T1", "P16_N", passengers=(0, 42), oddities=("germline",)),
        hits=(
            Hit("TP53 C176F", mutated_copies=2, depth_reads=150),
            Hit("RB1 Q504*", depth_reads=170),
            Hit("PTEN Q298*", mutated_copies=2, depth_reads=140),
            Hit("APC Q1096*"),
            Hit("NOTCH1 W287*", failing="low_evidence"),
        ),
        expression=Expression("N", "P16_T1_rna", {"SLFN11": 10.0}),
    ),
    Tumour(
        "P16_T2", "P16", "relapse", 260, "brain", 0.60, RNA_ALONE,
        purity_known=False,
        batch="B2",
        expression=Expression("Y", "P16_T2_rna", {"SLFN11": 0.4, "DLL3": 0.2}),
    ),
    # P17: little tumour in the sample, inflamed: RB1's allele fraction fits one copy of two and one of one.
    Tumour(
        "P17_T1", "P17", "baseline", 0, "bronchus", 0.30,
        ("hit_and_vaf", "one_hit_vaf_undecided", "not_in_panel"),
        calls=_paired("varscan2", compressed=True, passengers=(0, 36), oddities=("germline",), panel=PANEL),
        hits=(
            Hit("TP53 H179R", mutated_copies=2, depth_reads=190),
            Hit("RB1 Q770*", depth_reads=84),
            Hit("CHD8 R205*", depth_reads=180),
        ),
        expression=Expression("I", "P17_T1_rna", {"SLFN11": 6.5, "DLL3": 1.9}),
    ),
)  # fmt: skip

# Chemotherapy-free interval in days; P14 stands exactly on the default cut of 90. P17 has no row at all.
PATIENTS: tuple[Patient, ...] = (
    Patient("P01", 14, 98, 298, "PR", "female"),  # 200
    Patient("P02", 10, 95, 140, "PR", "male"),  # 45
    Patient("P03", 12, 100, None, "SD", "male", "renal"),
    Patient("P04", 9, 92, 152, "PR", "female"),  # 60
    Patient("P05", 11, 54, 74, "PD", "male", "cardiac"),  # 20
    Patient("P06", 15, 100, 350, "CR", "female"),  # 250
    Patient("P07", 12, 96, 171, "PR", "male"),  # 75
    Patient("P08", 10, 94, 214, "PR", "male"),  # 120
    Patient("P09", sex="unknown"),
    Patient("P10", 13, 97, 227, "SD", "female"),  # 130
    Patient("P11"),
    Patient("P12", 20, 104, 164, "SD", "male"),  # 60
    Patient("P13", 9, None, 260, "PR", "female"),
    Patient("P14", 10, 93, 183, "PR", "male"),  # 90
    Patient("P15", 14, 99, 129, "SD", "female", "renal, cardiac"),  # 30
    Patient("P16", 12, 96, 246, "PR", "male"),  # 150
)
