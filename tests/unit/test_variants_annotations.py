"""Annotation of other tools: read in their formats, put into our words, chosen and compared."""

from __future__ import annotations

import csv

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sclcohort.contracts import CODING_VARIANTS
from sclcohort.variants.annotation_names import class_of_classification, class_of_terms, protein_key, short_hgvs_p
from sclcohort.variants.annotations import (
    KINDS,
    MAF_DEFINITION,
    MAF_TAG,
    Annotation,
    agrees,
    choose,
    find_annotations,
    is_same_transcript,
    maf_annotation,
    parse_annotation,
)
from sclcohort.variants.header import Definition, read_header

STATES = {column.name: column.states for column in CODING_VARIANTS.columns if column.name.startswith("annotation_")}
VEP = Definition(
    "INFO",
    "CSQ",
    ".",
    "String",
    "Consequence annotations from Ensembl VEP. Format: Allele|Consequence|IMPACT|SYMBOL|Gene|Feature_type|Feature|"
    "BIOTYPE|HGVSc|HGVSp|PICK|CANONICAL|MANE_SELECT",
)
SNPEFF = Definition(
    "INFO",
    "ANN",
    ".",
    "String",
    "Functional annotations: 'Allele | Annotation | Annotation_Impact | Gene_Name | Gene_ID | Feature_Type | Feature_ID"
    " | Transcript_BioType | Rank | HGVS.c | HGVS.p | cDNA.pos / cDNA.length | CDS.pos / CDS.length | "
    "AA.pos / AA.length | Distance | ERRORS / WARNINGS / INFO' ",
)
BCSQ = Definition(
    "INFO",
    "OTHER_BCSQ",
    ".",
    "String",
    "Haplotype-aware consequence annotation from BCFtools/csq, see http://x for details. "
    "Format: Consequence|gene|transcript|biotype|strand|amino_acid_change|dna_change",
)
DEPTH = Definition("INFO", "DP", "1", "Integer", "Format: none")


def parse(definition, text, ref="C", alt="T"):
    (field,) = find_annotations([DEPTH, definition])
    return parse_annotation(field, text, ref, alt)


def vep(allele="T", consequence="missense_variant", feature="ENST00000269305.9", hgvs_p="", **more):
    cells = {
        "SYMBOL": "TP53", "Gene": "ENSG00000141510", "Feature_type": "Transcript", "HGVSc": "ENST1.9:c.524G>A",
        "PICK": "", "CANONICAL": "", "MANE_SELECT": "",
    } | more  # fmt: skip
    return "|".join(
        [
            allele, consequence, "MODERATE", cells["SYMBOL"], cells["Gene"], cells["Feature_type"], feature,
            "protein_coding", cells["HGVSc"], hgvs_p, cells["PICK"], cells["CANONICAL"], cells["MANE_SELECT"],
        ]
    )  # fmt: skip


def test_kinds_are_told_by_what_their_descriptions_name_whatever_the_field_is_called():
    renamed = Definition("INFO", "ANN", ".", "String", VEP.description)
    assert [one.kind for one in find_annotations([renamed])] == ["VEP"]
    fields = find_annotations([DEPTH, BCSQ, MAF_DEFINITION, SNPEFF, VEP])
    assert [(one.kind, one.tag) for one in fields] == [
        ("VEP", "CSQ"), ("SnpEff", "ANN"), ("MAF", MAF_TAG), ("BCSQ", "OTHER_BCSQ"),
    ]  # fmt: skip
    assert set(KINDS) == set(STATES["annotation_source"])
    assert not find_annotations([DEPTH])


def test_formats_survive_the_cleaning_of_a_header(tmp_path):
    path = tmp_path / "x.vcf"
    lines = [one.line() for one in (VEP, SNPEFF, BCSQ, MAF_DEFINITION)]
    path.write_text("\n".join(["##fileformat=VCFv4.2", *lines, "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO"]) + "\n")
    with path.open("rb") as handle:
        definitions = read_header(handle).definitions.values()
    assert find_annotations(definitions) == find_annotations([VEP, SNPEFF, BCSQ, MAF_DEFINITION])


def test_vep_is_read_in_the_order_of_its_header():
    text = ",".join(
        [
            vep(hgvs_p="ENSP00000269305.4:p.Arg175His", PICK="1", CANONICAL="YES", MANE_SELECT="NM_000546.6"),
            vep(consequence="downstream_gene_variant", feature="ENST2", SYMBOL="", HGVSc=""),
            vep(feature="ENSR0001", Feature_type="RegulatoryFeature"),
        ]
    )
    first, second = parse(VEP, text)
    assert first == Annotation(
        "VEP",
        "TP53",
        "ENST00000269305.9",
        "missense_variant",
        "missense",
        "p.R175H",
        "c.524G>A",
        frozenset(("PICK", "CANONICAL", "MANE")),
    )
    assert (second.gene, second.consequence_class, second.flags) == ("ENSG00000141510", "none", frozenset())


@pytest.mark.parametrize(
    ("position", "residues", "expected"),
    [
        ("175", "R/H", "p.R175H"),
        ("213/393", "R/*", "p.R213*"),
        ("10", "L", "p.L10="),
        ("105-106", "EG/X", ""),
        # X: a shifted frame. A lost stop has a name of its own.
        ("105", "E/X", ""),
        ("394", "*/Q", ""),
        ("746-750", "ELREA/-", ""),
        ("", "", ""),
    ],
)
def test_vep_without_hgvs_names_a_change_of_one_residue(position, residues, expected):
    plain = Definition("INFO", "CSQ", ".", "String", "Format: Allele|Consequence|Feature|Protein_position|Amino_acids")
    (found,) = parse(plain, f"T|missense_variant|ENST1|{position}|{residues}")
    assert found.hgvs_p == expected


def test_snpeff_is_read_in_the_order_of_its_standard():
    text = (
        "T|missense_variant|MODERATE|TP53|ENSG00000141510|transcript|ENST00000269305.9|protein_coding|5/11|c.524G>A|"
        "p.Arg175His|714/2512|524/1182|175/393||,T|sequence_feature|LOW|TP53|ENSG1|motif|x|||||||||"
    )
    assert parse(SNPEFF, text) == [
        Annotation("SnpEff", "TP53", "ENST00000269305.9", "missense_variant", "missense", "p.R175H", "c.524G>A")
    ]


def test_csq_of_someone_else_is_read_like_ours():
    text = "missense&splice_region|TP53|ENST1|protein_coding|-|175R>175H|7675088C>T,@7675000"
    assert parse(BCSQ, text) == [
        Annotation("BCSQ", "TP53", "ENST1", "missense&splice_region", "missense", "p.R175H", "")
    ]
    both = text + ",stop_gained|TP53|ENST1|protein_coding|-|175R>175*|7675088C>A"
    assert [one.consequence_class for one in parse(BCSQ, both)] == ["missense"]
    assert [one.consequence_class for one in parse(BCSQ, both, alt="A")] == ["truncating"]


@given(st.lists(st.text(st.characters(exclude_categories=("Cs",)), max_size=12), min_size=5, max_size=5))
def test_what_a_maf_says_comes_back_whatever_characters_it_has(cells):
    entry = maf_annotation(*cells)
    assert not set(entry) & set(" ,;=\t\n")
    assert entry.isascii()
    assert entry.count("|") == 4
    (found,) = parse(MAF_DEFINITION, entry)
    assert (found.gene, found.transcript, found.consequence) == tuple(cells[:3])


def test_several_rows_of_a_maf_are_several_annotations():
    text = ",".join(maf_annotation("TP53", f"ENST{n}", "Splice_Site", "p.X126_splice", "c.376-1G>A") for n in (1, 2))
    assert [(one.transcript, one.hgvs_p, one.hgvs_c) for one in parse(MAF_DEFINITION, text)] == [
        ("ENST1", "p.X126_splice", "c.376-1G>A"),
        ("ENST2", "p.X126_splice", "c.376-1G>A"),
    ]


@pytest.mark.parametrize(
    ("alleles", "ref", "alt", "expected"),
    [
        # One allele: taken, however normalising has changed its writing.
        (("-",), "CTT", "C", ("-",)),
        (("T",), "GA", "G", ("T",)),
        # Several: by ALT, by ALT without its first base, and by inserted bases turned around.
        (("T", "A"), "C", "A", ("A",)),
        (("-", "ATT"), "CA", "C", ("-",)),
        (("AG", "TT"), "C", "CGA", ("AG",)),
        # VEP trims only where all alleles begin alike: AC may be A>AC beside A>C, or A>AAC beside A>AC.
        (("AC", "G"), "A", "AC", ("AC",)),
        (("C", "CT"), "A", "ACT", ("CT",)),
        (("AC", "C"), "A", "AC", ()),
        (("T", "A"), "C", "G", ()),
    ],
)
def test_of_several_alleles_the_one_that_is_asked_for_is_told(alleles, ref, alt, expected):
    text = ",".join(vep(allele, feature=f"ENST_{allele}") for allele in alleles)
    assert tuple(one.transcript.removeprefix("ENST_") for one in parse(VEP, text, ref, alt)) == expected


def test_snpeff_writes_the_whole_alternate_allele():
    text = ",".join(
        f"{allele}|frameshift_variant|HIGH|RB1|ENSG|transcript|{allele}|protein_coding|1/9|c.1del|p.E1fs|||||"
        for allele in ("C", "CAT", "C-CAT")
    )
    assert [one.transcript for one in parse(SNPEFF, text, "CA", "C")] == ["C"]


@pytest.mark.parametrize("text", ["", ".", "T", "T|missense_variant"])
def test_a_text_that_says_little_gives_little(text):
    for definition in (VEP, SNPEFF, MAF_DEFINITION, BCSQ):
        assert all(one.hgvs_p == "" for one in parse(definition, text))


@pytest.mark.parametrize(
    ("terms", "expected"),
    [
        ("stop_gained&frameshift_variant", "truncating"),
        ("frameshift", "truncating"),
        ("frameshift_variant&splice_region_variant", "truncating"),
        ("start_lost&splice_region_variant", "truncating"),
        ("splice_donor_variant&intron_variant", "splice"),
        ("splice_acceptor_variant&coding_sequence_variant", "splice"),
        ("splice_donor_5th_base_variant&intron_variant", "none"),
        ("splice_region_variant&intron_variant", "none"),
        ("splice_polypyrimidine_tract_variant", "none"),
        ("splice_donor_region_variant&intron_variant", "none"),
        ("missense_variant&splice_region_variant", "missense"),
        ("synonymous_variant&splice_region_variant", "synonymous"),
        ("stop_retained_variant", "synonymous"),
        ("inframe_deletion", "inframe_indel"),
        ("disruptive_inframe_insertion", "inframe_indel"),
        ("protein_altering_variant", "inframe_indel"),
        ("stop_gained&inframe_insertion", "truncating"),
        ("stop_lost&3_prime_UTR_variant", "stop_lost"),
        ("coding_sequence_variant", "other_coding"),
        ("5_prime_UTR_premature_start_codon_gain_variant", "none"),
        ("upstream_gene_variant", "none"),
        ("", "none"),
    ],
)
def test_terms_have_the_class_of_the_gravest(terms, expected):
    assert class_of_terms(terms.split("&")) == expected
    assert expected in STATES["annotation_class"]


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("Missense_Mutation", "missense"),
        ("Nonsense_Mutation", "truncating"),
        ("Frame_Shift_Del", "truncating"),
        ("Frame_Shift_Ins", "truncating"),
        ("Translation_Start_Site", "truncating"),
        ("Splice_Site", "splice"),
        ("Splice_Region", "none"),
        ("In_Frame_Del", "inframe_indel"),
        ("In_Frame_Ins", "inframe_indel"),
        ("Nonstop_Mutation", "stop_lost"),
        ("Silent", "synonymous"),
        ("Targeted_Region", "other_coding"),
        ("Intron", "none"),
        ("5'Flank", "none"),
        ("", "none"),
    ],
)
def test_classifications_of_a_maf_have_their_class(word, expected):
    assert class_of_classification(word) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ENSP00000269305.4:p.Arg175His", "p.R175H"),
        ("p.(Arg175His)", "p.R175H"),
        ("p.R175H", "p.R175H"),
        ("R175H", "p.R175H"),
        ("p.Arg213Ter", "p.R213*"),
        ("p.Arg213*", "p.R213*"),
        ("p.Glu105GlyfsTer7", "p.E105Gfs*7"),
        ("p.Glu105fs", "p.E105fs"),
        ("p.Leu10%3D", "p.L10="),
        ("p.Leu10=", "p.L10="),
        ("p.Leu10Leu", "p.L10="),
        ("p.Ter394Ter", "p.*394="),
        ("p.Ter394GlnextTer9", "p.*394Qext*9"),
        ("p.Ter394Glnext*?", "p.*394Qext*?"),
        ("p.Met1?", "p.M1?"),
        ("p.Glu746_Ala750del", "p.E746_A750del"),
        ("p.Lys10_Leu11insMetSer", "p.K10_L11insMS"),
        ("p.Ala767_Val769dup", "p.A767_V769dup"),
        ("p.Ser8_Thr9delinsMet", "p.S8_T9delinsM"),
        ("p.Sec47Cys", "p.U47C"),
        ("p.X126_splice", "p.X126_splice"),
        ("p.?", ""),
        ("p.(=)", ""),
        ("c.524G>A", ""),
        (".", ""),
        ("", ""),
    ],
)
def test_protein_changes_are_written_with_one_letter_residues(text, expected):
    assert short_hgvs_p(text) == expected
    assert short_hgvs_p(expected) == expected


def test_what_vcf2maf_shortened_is_what_we_shorten(shared_data):
    with (shared_data / "caller_vcfs" / "test_b38_output.maf").open() as handle:
        handle.readline()
        rows = list(csv.DictReader(handle, delimiter="\t"))
    long = [row for row in rows if row["HGVSp"]]
    assert len(long) == 23
    for row in long:
        assert short_hgvs_p(row["HGVSp"]) == row["HGVSp_Short"]
    for row in rows:
        assert class_of_terms(row["Consequence"].split(",")) == class_of_classification(row["Variant_Classification"])


def made(transcript="ENST1", gene="TP53", class_="missense", hgvs_p="p.R175H", flags=()):
    return Annotation("VEP", gene, transcript, class_, class_, hgvs_p, "", frozenset(flags))


def test_the_same_transcript_is_chosen_whatever_its_version_and_the_name_of_its_gene():
    other, same = made("ENST2", flags=("PICK",)), made("ENST1.4", gene="P53", class_="synonymous")
    assert choose([other, same], "TP53", "ENST1.9") is same


@pytest.mark.parametrize("better", [("PICK", "MANE"), ("MANE", "CANONICAL")])
def test_else_the_one_that_vep_marks(better):
    first, second = (made(f"ENST{flag}", class_="synonymous", flags=(flag,)) for flag in better)
    severe = made("ENST3", class_="truncating")
    assert choose([severe, second, first], "TP53", "ENST9") is first


def test_else_the_most_severe_of_the_gene_the_first_among_equals():
    severe = [made(f"ENST{n}", class_="truncating") for n in (3, 4)]
    listed = [made("ENST2", class_="none"), *severe, made("ENST5", gene="WRAP53", class_="splice")]
    assert choose(listed, "TP53", "ENST9") is severe[0]
    assert choose(listed, "RB1", "ENST9") is None
    assert choose([], "RB1", "ENST9") is None


@pytest.mark.parametrize(
    ("ours", "theirs", "transcript", "expected"),
    [
        (("missense", "p.R175H"), ("missense", "p.R175H"), "ENST1.4", True),
        (("missense", "p.R175H"), ("missense", "p.R175C"), "ENST1.4", False),
        # Another transcript has other numbers.
        (("missense", "p.R175H"), ("missense", "p.R136H"), "ENST2", True),
        (("missense", "p.R175H"), ("missense", "p.R136H"), "", True),
        (("missense", "p.R175H"), ("missense", ""), "ENST1", True),
        (("missense", ""), ("missense", "p.R175H"), "ENST1", True),
        (("missense", "p.R175H"), ("truncating", "p.R175H"), "ENST2", False),
        (("missense", "p.R175H"), ("none", ""), "ENST1", False),
        (("truncating", "p.E105fs"), ("truncating", "p.E105Gfs*7"), "ENST1", True),
        (("truncating", "p.X12fs"), ("truncating", "p.X12Pfs*3"), "ENST1", True),
        (("truncating", "p.E105fs"), ("truncating", "p.G106Afs*6"), "ENST1", False),
        (("truncating", "p.R213*"), ("truncating", "p.R213fs"), "ENST1", True),
        (("truncating", "p.R213*"), ("truncating", "p.R209*"), "ENST1", False),
        (("truncating", "p.M1?"), ("truncating", "p.M1V"), "ENST1", True),
        (("stop_lost", "p.*394Qext"), ("stop_lost", "p.*394Qext*9"), "ENST1", True),
        (("inframe_indel", "p.E746_A750del"), ("inframe_indel", "p.E746_A750delELREA"), "ENST1", True),
        (("inframe_indel", "p.E746_A750del"), ("inframe_indel", "p.L747_A750delinsP"), "ENST1", False),
        (("inframe_indel", "p.L11dup"), ("inframe_indel", "p.L11dupL"), "ENST1", True),
        (("inframe_indel", "p.E746_A750del"), ("inframe_indel", "p.ELREA746del"), "ENST1", True),
        (("splice", "p.X126_splice"), ("splice", "p.X125_splice"), "ENST1", True),
        (("synonymous", "p.L10="), ("synonymous", "p.L10="), "ENST1", True),
    ],
)
def test_annotations_agree_by_class_and_by_protein_change_of_the_same_transcript(ours, theirs, transcript, expected):
    assert agrees(*ours, "ENST1", made(transcript, class_=theirs[0], hgvs_p=theirs[1])) is expected


@given(st.sampled_from("ACDEFGHIKLMNPQRSTVWY"), st.integers(2, 3000), st.sampled_from("ACDEFGHIKLMNPQRSTVWY*="))
def test_a_name_agrees_with_itself_and_with_no_other_place(residue, position, new):
    assert protein_key(f"p.{residue}{position}{new}") is not None
    assert protein_key(f"p.{residue}{position}{new}") != protein_key(f"p.{residue}{position + 1}{new}")


def test_versions_do_not_make_another_transcript():
    assert is_same_transcript("ENST1.4", "ENST1")
    assert is_same_transcript("NM_000546.6", "NM_000546.5")
    assert not is_same_transcript("", "")
    assert not is_same_transcript("ENST1", "ENST2")
