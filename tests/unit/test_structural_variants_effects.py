from __future__ import annotations

import csv
import gzip
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sclcohort.reference.gene_model import read_gene_model
from sclcohort.reference.prepare_reference import exon_rows
from sclcohort.structural_variants.effects import effects_of, exon_list
from sclcohort.structural_variants.junctions import End, Junction, join
from sclcohort.structural_variants.models import CodingExon, GeneModel, Genes, gene_models

# Exons 2 to 5 code; the gene has untranslated bases at both ends.
PLUS = GeneModel(
    "PLUS",
    "1",
    1000,
    6000,
    "+",
    tuple(CodingExon(*row) for row in ((2000, 2100, 2), (3000, 3100, 3), (4000, 4100, 4), (5000, 5100, 5))),
)
MINUS = GeneModel(
    "MINUS",
    "2",
    1000,
    6000,
    "-",
    tuple(CodingExon(*row) for row in ((2000, 2100, 5), (3000, 3100, 4), (4000, 4100, 3), (5000, 5100, 2))),
)
OTHER = GeneModel("OTHER", "1", 20000, 26000, "+", (CodingExon(21000, 21100, 1), CodingExon(24000, 24100, 2)))
BARE = GeneModel("BARE", "3", 1000, 6000)
FOCAL = 3_000_000
GENES = Genes((PLUS, MINUS, OTHER, BARE), ("PLUS", "MINUS", "BARE"))


def deletion(contig, first_lost, last_lost):
    """Return the junction of a deletion of bases, from 1, both included."""
    return join(End(contig, first_lost - 1, "+"), End(contig, last_lost + 1, "-"))


def duplication(contig, first, last):
    return join(End(contig, first, "-"), End(contig, last, "+"))


def only(junction, genes=GENES):
    (effect,) = effects_of(junction, genes, FOCAL)
    return effect


@given(st.sampled_from([PLUS, MINUS]), st.integers(1002, 5998), st.integers(1, 4000))
def test_a_deletion_in_a_gene_loses_the_exons_whose_bases_it_holds_and_no_others(gene, first, length):
    last = min(first + length, 5999)
    lost = set(range(first, last + 1))
    numbers = sorted(exon.number for exon in gene.exons if lost & set(range(exon.start_0based + 1, exon.end + 1)))
    effect = only(deletion(gene.contig, first, last))
    assert effect.effect == ("exon_deletion" if numbers else "intronic")
    assert effect.disrupts == bool(numbers)
    ends = [str(numbers[0]), str(numbers[-1])] if numbers else [""]
    assert effect.exons == "-".join(dict.fromkeys(ends))


def test_exons_are_listed_as_runs():
    exons = [CodingExon(0, 1, number) for number in (7, 2, 3, 5, None)]
    assert exon_list(exons) == "2-3,5,7"
    assert exon_list([CodingExon(0, 1, None)]) == ""


def test_whole_genes_are_deleted_or_duplicated_from_their_first_base_to_their_last():
    assert only(deletion("1", 1001, 6000)).effect == "gene_deletion"
    assert only(deletion("1", 1002, 6000)).effect == "breakpoint_in_gene"
    whole = only(duplication("1", 1001, 6000))
    assert (whole.effect, whole.disrupts, whole.exons) == ("gene_duplication", False, "2-5")
    assert effects_of(join(End("1", 500, "+"), End("1", 7000, "+")), GENES, FOCAL) == []


def test_a_deletion_that_is_not_focal_disrupts_no_gene_it_spans_but_the_one_it_cuts():
    (whole,) = effects_of(deletion("1", 1, 3_000_000), GENES, FOCAL)
    assert (whole.effect, whole.disrupts) == ("gene_deletion", True)
    (longer,) = effects_of(deletion("1", 1, 3_000_001), GENES, FOCAL)
    assert (longer.effect, longer.disrupts) == ("gene_deletion", False)
    assert "3.0 million bases" in longer.reason
    assert only(deletion("1", 2500, 9_000_000)).disrupts


def test_a_duplication_within_a_gene_repeats_exons():
    effect = only(duplication("1", 2500, 4500))
    assert (effect.effect, effect.exons, effect.disrupts) == ("exon_duplication", "3-4", True)
    assert only(duplication("1", 2500, 2600)).effect == "intronic"


def test_a_duplication_that_leaves_the_gene_leaves_a_whole_copy_too():
    effect = only(duplication("1", 2500, 9000))
    assert (effect.effect, effect.disrupts) == ("breakpoint_in_gene", False)
    assert "leaves a whole copy" in effect.reason


def test_an_inversion_of_exons_disrupts_and_one_of_an_intron_does_not():
    effect = only(join(End("1", 2500, "+"), End("1", 3500, "+")))
    assert (effect.effect, effect.exons, effect.disrupts) == ("breakpoint_in_gene", "3", True)
    assert only(join(End("1", 2500, "+"), End("1", 2900, "+"))).effect == "intronic"


def test_an_insertion_disrupts_in_a_coding_exon_alone():
    def insertion(position):
        return join(End("1", position, "+"), End("1", position + 1, "-"))

    assert (only(insertion(3050)).effect, only(insertion(3050)).exons) == ("breakpoint_in_gene", "3")
    assert only(insertion(3050)).disrupts
    assert only(insertion(3000)).effect == only(insertion(2500)).effect == "intronic"


@pytest.mark.parametrize(
    ("contig", "position", "disrupts"), [("1", 1500, True), ("1", 5500, False), ("2", 1500, False), ("2", 5500, True)]
)
def test_a_cut_behind_the_stop_codon_loses_no_coding_base(contig, position, disrupts):
    effect = only(join(End(contig, position, "+"), End("9", 7, "-")))
    assert (effect.effect, effect.disrupts) == ("breakpoint_in_gene", disrupts)
    assert ("stop codon" in effect.reason) == (not disrupts)


def test_a_deletion_from_outside_disrupts_although_its_cut_lies_behind_the_stop_codon():
    effect = only(deletion("1", 500, 5500))
    assert (effect.effect, effect.disrupts, effect.exons) == ("breakpoint_in_gene", True, "2-5")


@pytest.mark.parametrize(
    ("here", "there", "fusion"),
    [
        (End("1", 2500, "+"), End("1", 22000, "-"), "PLUS::OTHER"),
        (End("1", 2500, "-"), End("1", 22000, "+"), "OTHER::PLUS"),
        (End("1", 2500, "+"), End("1", 22000, "+"), ""),
        (End("1", 2500, "+"), End("2", 2500, "+"), "PLUS::MINUS"),
        (End("1", 2500, "-"), End("2", 2500, "-"), "MINUS::PLUS"),
        (End("1", 2500, "+"), End("2", 2500, "-"), ""),
        (End("1", 2500, ""), End("2", 2500, ""), ""),
    ],
)
def test_a_fusion_joins_the_start_of_one_gene_to_the_rest_of_another(here, there, fusion):
    effects = {effect.gene_symbol: effect for effect in effects_of(join(here, there), GENES, FOCAL)}
    assert effects["PLUS"].effect == ("fusion" if fusion else "breakpoint_in_gene")
    assert effects["PLUS"].fusion == fusion
    assert effects["PLUS"].partner_gene in ("OTHER", "MINUS")
    if there.contig == "2":
        assert (effects["MINUS"].fusion, effects["MINUS"].partner_gene) == (fusion, "PLUS")


def test_the_name_of_an_event_holds_effect_exons_and_place():
    junction = deletion("1", 2500, 4500)
    assert only(junction).event(junction) == "exon_deletion 3-4 1:2499-4501(+-)"
    fused = join(End("1", 2500, "+"), End("1", 22000, "-"))
    assert only(fused).event(fused) == "fusion PLUS::OTHER 1:2500-22000(+-)"


def test_of_a_gene_without_exons_only_the_breakpoint_is_told():
    inside = only(deletion("3", 2000, 3000))
    assert (inside.effect, inside.disrupts, inside.exons) == ("breakpoint_in_gene", False, "")
    assert "cannot be told" in inside.reason
    assert only(deletion("3", 2000, 9000)).disrupts
    assert only(deletion("3", 500, 9000)).effect == "gene_deletion"


def test_the_loss_of_exons_2_and_3_of_tp73_is_named_as_its_isoform():
    tp73 = GeneModel("TP73", "1", 1000, 6000, "+", PLUS.exons)
    genes = Genes((tp73,), ("TP73",))
    assert "isoform without exons 2-3" in only(deletion("1", 1500, 3500), genes).reason
    assert "isoform without exons 2" in only(deletion("1", 1500, 2500), genes).reason
    assert only(deletion("1", 1500, 4500), genes).reason == ""


def test_exons_without_numbers_are_lost_all_the_same_and_it_is_said_why_they_have_none():
    gene = GeneModel("TP73", "1", 1000, 6000, "+", (CodingExon(2000, 2100, None), CodingExon(3000, 3100, None)))
    effect = only(deletion("1", 2500, 3500), Genes((gene,), ("TP73",)))
    assert (effect.effect, effect.exons, effect.disrupts) == ("exon_deletion", "", True)
    assert "have no numbers" in effect.reason


def test_models_come_from_the_reference_and_spans_where_it_has_no_model():
    gene = {"gene_symbol": "A", "contig": "1", "start_0based": 0, "end": 90, "strand": "-", "transcript_id": "T"}
    exon = {"transcript_id": "T", "start_0based": 10, "end": 20, "exon_number": 2}
    spans = [{"gene_symbol": name, "contig": "1", "start_0based": 0, "end": 90} for name in ("A", "B")]
    genes = gene_models([gene], [exon], spans, ["A", "B"])
    assert [(model.symbol, model.strand, model.exons) for model in genes.drivers] == [
        ("A", "-", (CodingExon(10, 20, 2),)),
        ("B", "", ()),
    ]


# --- published events of cell lines -----------------------------------------------------------------


@pytest.fixture(scope="module")
def lines(shared_data) -> dict[str, list[Junction]]:
    """Return the junctions of the SCLC lines of CCLE; its table writes sides the other way round than BEDPE."""
    path = shared_data / "ccle_sclc_copy_number" / "ccle_sclc_sv_hg19.tsv.gz"
    turned = str.maketrans("+-", "-+")
    found: dict[str, list[Junction]] = {}
    with gzip.open(path, "rt", encoding="utf-8") as handle:
        for row in csv.DictReader(handle, delimiter="\t"):
            ends = (End(row[f"chrom{n}"], int(row[f"pos{n}"]), row[f"strand{n}"].translate(turned)) for n in (1, 2))
            junction = join(*ends)
            if junction.is_local and junction.sv_type != "INS":
                assert junction.sv_type in row["svclass"]
            found.setdefault(row["sample"].removesuffix("_LUNG"), []).append(junction)
    return found


@pytest.fixture(scope="module")
def reference(shared_data) -> Genes:
    """Return real gene models on GRCh37, and the spans of all other genes."""
    models = read_gene_model(shared_data / "driver_gene_slices" / "driver_models_GRCh37.gff3").genes
    found = [
        GeneModel(
            gene.name,
            gene.span.contig,
            gene.span.start_0based,
            gene.span.end,
            gene.strand,
            tuple(CodingExon(row["start_0based"], row["end"], row["exon_number"]) for row in exon_rows(gene)),
        )
        for gene in models
    ]
    known = {model.symbol for model in found}
    path = Path(shared_data) / "gene_coordinates" / "refseq_genes_hg19.tsv.gz"
    with gzip.open(path, "rt", encoding="utf-8") as handle:
        found += [
            GeneModel(
                row["gene_symbol"],
                row["chrom"].removeprefix("chr"),
                int(row["start_0based"]),
                int(row["end"]),
                row["strand"],
            )
            for row in csv.DictReader(handle, delimiter="\t")
            if row["gene_symbol"] not in known
        ]
    return Genes(found, ("TP73", "RB1", "PTEN", "NOTCH1"))


def test_cell_lines_have_their_published_events(lines, reference):
    found = {
        (effect.gene_symbol, line): effect
        for line, junctions in lines.items()
        for junction in junctions
        for effect in effects_of(junction, reference, FOCAL)
        if effect.effect not in ("gene_deletion", "gene_duplication", "intronic")
    }
    assert (len(lines), sum(map(len, lines.values()))) == (48, 10555)
    corl88 = found["TP73", "CORL88"]
    assert (corl88.effect, corl88.exons, corl88.disrupts) == ("exon_deletion", "2-3", True)
    assert "George 2015" in corl88.reason
    assert {line for gene, line in found if gene == "RB1"} == {"NCIH2066", "NCIH889", "SHP77"}
    assert found["RB1", "NCIH889"].disrupts
    assert found["RB1", "SHP77"].disrupts
    assert (found["NOTCH1", "HCC33"].effect, found["NOTCH1", "HCC33"].exons) == ("exon_deletion", "26")
