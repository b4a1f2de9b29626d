"""What a coding row says beside its consequence: the file's annotation, frequency, phase, joint changes."""

from __future__ import annotations

import runpy
from pathlib import Path
from types import SimpleNamespace

import pysam
import pytest

F = SimpleNamespace(**runpy.run_path(str(Path(__file__).with_name("variants_fixtures.py"))))
CSQ = '##INFO=<ID=CSQ,Number=.,Type=String,Description="Consequences from Ensembl VEP. Format: {}">'
COLUMNS = "Allele|Consequence|SYMBOL|Feature_type|Feature|HGVSp"


@pytest.fixture(scope="module")
def reference(tmp_path_factory):
    return F.build_reference(tmp_path_factory.mktemp("reference"))


def change_of(reference, gene: str, offset: int, base: str):
    """Return (contig, position, ref, alt, the alternate residue) of a change of one coding base."""
    mini = reference.genes[gene]
    contig, position, ref, alt = mini.snv(reference.sequences[mini.contig], offset, base)
    codon = list(mini.cds[offset // 3 * 3 : offset // 3 * 3 + 3])
    codon[offset % 3] = base
    return contig, position, ref, alt, F.CODE["".join(codon)]


def line(site, info: str = ".", keys: str = "GT:AD:DP", cells: str = "0/1:60,40:100", normal: str = "0/0:50,0:50"):
    contig, position, ref, alt = site[:4]
    return f"{contig}\t{position}\t.\t{ref}\t{alt}\t.\tPASS\t{info}\t{keys}\t{cells}\t{normal}\n"


def rows_of(tmp_path, reference, text, **settings):
    done = F.import_chunk(tmp_path, reference, {"S1": text}, **settings)
    assert done.status["S1"]["state"] == "imported", done.status["S1"]["reason"]
    return done.rows("S1")


@pytest.mark.parametrize("gene", ["PLUS", "MINUS"])
def test_a_coding_row_has_its_hgvs_c_name(tmp_path, reference, gene):
    mini = reference.genes[gene]
    new = next(base for base in "ACGT" if base != mini.cds[60])
    site = change_of(reference, gene, 60, new)
    (row,) = rows_of(tmp_path, reference, F.vcf_of(reference, []) + line(site))
    assert row["hgvs_c"] == f"c.61{mini.cds[60]}>{new}"


def test_the_annotation_of_a_file_stands_beside_ours_and_a_disagreement_is_told(tmp_path, reference):
    first, second = (change_of(reference, "PLUS", offset, "A") for offset in (60, 90))
    head = F.vcf_of(reference, [], extra_header=(CSQ.format(COLUMNS),))
    plain = rows_of(tmp_path / "plain", reference, F.vcf_of(reference, []) + line(first) + line(second))
    right, wrong = sorted(plain, key=lambda row: row["position_1based"])
    term = {"missense": "missense_variant", "synonymous": "synonymous_variant", "truncating": "stop_gained"}
    said = f"{first[3]}|{term[right['consequence_class']]}|PLUS|Transcript|ENSTPLUS.7|"
    other = f"{second[3]}|frameshift_variant|PLUS|Transcript|ENSTPLUS|ENSP1:p.Ala31ProfsTer4"
    rows = rows_of(tmp_path / "said", reference, head + line(first, f"CSQ={said}") + line(second, f"CSQ={other}"))
    one, two = sorted(rows, key=lambda row: row["position_1based"])
    assert (one["annotation_source"], one["annotation_agrees"]) == ("VEP", True)
    assert (two["annotation_consequence"], two["annotation_class"]) == ("frameshift_variant", "truncating")
    assert (two["annotation_hgvs_p"], two["annotation_agrees"]) == ("p.A31Pfs*4", False)
    for row, ours in ((one, right), (two, wrong)):
        assert (row["consequence"], row["hgvs_p"]) == (ours["consequence"], ours["hgvs_p"])


def test_frequencies_in_a_population_are_looked_up(tmp_path, reference):
    known, unknown = (change_of(reference, "PLUS", offset, "A") for offset in (60, 90))
    lines = ["##fileformat=VCFv4.2", *(f"##contig=<ID={name}>" for name in reference.sequences)]
    lines.append('##INFO=<ID=AF,Number=A,Type=Float,Description="Allele frequency">')
    lines.append("#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO")
    lines.append(f"{known[0]}\t{known[1]}\t.\t{known[2]}\t{known[3]}\t.\tPASS\tAF=0.125")
    path = tmp_path / "population.vcf"
    path.write_text("\n".join(lines) + "\n")
    pysam.tabix_index(str(path), preset="vcf", force=True)
    text = F.vcf_of(reference, []) + line(known) + line(unknown)
    rows = rows_of(tmp_path / "run", reference, text, population_vcf=tmp_path / "population.vcf.gz")
    found = {row["position_1based"]: row["population_frequency"] for row in rows}
    assert found == {known[1]: 0.125, unknown[1]: 0.0}
    assert [row["population_frequency"] for row in rows_of(tmp_path / "without", reference, text)] == [None, None]


@pytest.mark.parametrize("gene", ["PLUS", "MINUS"])
def test_two_changes_of_a_codon_on_one_haplotype_have_a_joint_change(tmp_path, reference, gene):
    mini = reference.genes[gene]
    codon = mini.cds[60:63]
    first, second = (next(base for base in "CGTA" if base != codon[place]) for place in (0, 1))
    joint = F.CODE[first + second + codon[2]]
    sites = [change_of(reference, gene, 60, first), change_of(reference, gene, 61, second)]
    keys, head = "GT:AD:DP:PS", F.vcf_of(reference, [])
    phase = {"one": ("0|1", "0|1"), "two": ("0|1", "1|0"), "none": ("0/1", "0/1")}
    texts = {
        name: head + "".join(
            line(site, ".", keys, f"{genotype}:60,40:100:{77 if name != 'none' else '.'}", "0|0:50,0:50:.")
            for site, genotype in zip(sites, genotypes, strict=True)
        )
        for name, genotypes in phase.items()
    }  # fmt: skip
    done = F.import_chunk(tmp_path, reference, texts)
    residue = F.CODE[codon]
    assert {row["joint_hgvs_p"] for row in done.rows("one")} == {f"p.{residue}21{joint if joint != residue else '='}"}
    assert {row["phase_set"] for row in done.rows("one")} == {"77:2"}
    assert {row["joint_hgvs_p"] for name in ("two", "none") for row in done.rows(name)} == {None}
