"""The embedded demo cohort: is it rebuilt to the byte, is its genome sound, and are the sheets and alleles there?

Nothing of the builder is imported: genome, models and files are read as any user's tool would read them.
"""

from __future__ import annotations

import csv
import gzip
import re
import subprocess
import sys
from collections import Counter
from itertools import pairwise

import pysam
import pysam.bcftools
import pytest

from sclcohort.contracts import CLINICAL, LESIONS, SAMPLES
from sclcohort.inputs.sheets import read_sheet
from tests.unit import demo_fixtures
from tests.unit.demo_fixtures import (
    COMPLEMENT,
    CONFIG,
    DEMO,
    REPOSITORY,
    Model,
    files_of,
    left_aligned,
    read_table,
    read_vcf,
    translate,
)

# Fixtures of a module are what pytest finds among its names.
genome = demo_fixtures.genome
models = demo_fixtures.models
main_models = demo_fixtures.main_models
samples = demo_fixtures.samples
vcfs = demo_fixtures.vcfs
by_sample = demo_fixtures.by_sample
planted = demo_fixtures.planted

# --- the build ------------------------------------------------------------------------------------


def test_the_build_gives_the_committed_files_and_no_others(tmp_path):
    subprocess.run([sys.executable, str(DEMO / "build_demo.py"), "--out", str(tmp_path)], check=True)
    built = sorted(path.relative_to(tmp_path) for path in tmp_path.rglob("*") if path.is_file())
    source = {"proteins.tsv", "README.md", "build_demo.py", "compile_proteins.py"}
    committed = sorted(
        path.relative_to(REPOSITORY)
        for path in DEMO.rglob("*")
        if path.is_file()
        and "builder" not in path.parts
        and "__pycache__" not in path.parts
        and path.name not in source
        # The workflow may have indexed the genome where it lies.
        and not path.name.endswith(".fai")
    )
    assert [path for path in built if path.parts[0] != "config"] == committed
    for path in built:
        ours, theirs = (tmp_path / path).read_bytes(), (REPOSITORY / path).read_bytes()
        if path.suffix == ".gz":
            # How well bgzip compresses depends on the zlib inside pysam, what it compresses does not.
            ours, theirs = gzip.decompress(ours), gzip.decompress(theirs)
        # An index holds offsets into the compressed bytes; the next test asks whether it works.
        assert ours == theirs or path.suffix == ".tbi", path


def test_indices_belong_to_their_files(vcfs):
    population = DEMO / "population.vcf.gz"
    for path, (_, lines) in [*vcfs.items(), (population, read_vcf(population))]:
        if path.name.endswith(".vcf.gz"):
            with pysam.TabixFile(str(path)) as indexed:
                found = sum(1 for contig in indexed.contigs for _ in indexed.fetch(contig))
            assert found == len(lines)


def test_the_demo_is_small():
    size = sum(path.stat().st_size for path in DEMO.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    assert size < 3_000_000


def test_proteins_are_those_of_the_real_reference(shared_data, tmp_path):
    again = tmp_path / "proteins.tsv"
    command = [sys.executable, str(DEMO / "compile_proteins.py"), str(shared_data), "--out", str(again)]
    subprocess.run(command, check=True)
    assert again.read_bytes() == (DEMO / "proteins.tsv").read_bytes()


# --- the genome -------------------------------------------------------------------------------------


def test_coding_sequences_translate_from_start_to_stop_to_the_stated_proteins(genome, models, main_models):
    real = {row["gene_symbol"]: row for row in read_table(DEMO / "proteins.tsv")}
    assert len(real) == 15
    for model in models.values():
        protein = translate(model.spliced(genome[model.contig]))
        assert protein[0] == "M"
        assert protein.index("*") == len(protein) - 1, model.symbol
    for symbol, row in real.items():
        model = main_models[symbol]
        assert translate(model.spliced(genome[model.contig])) == row["sequence"] + "*"
        assert model.refseq == row["refseq_transcript"]
        assert len(row["sequence"]) == int(row["residues"])
    assert {model.symbol for model in models.values() if model.refseq} == set(real)
    assert {model.strand for model in models.values()} == {"+", "-"}


def test_introns_are_canonical_and_features_fit_together(genome, models):
    for model in models.values():
        bases = genome[model.contig]
        exons, coding = sorted(model.exons), sorted(model.coding)
        assert model.span == (exons[0][0], exons[-1][1])
        for before, after in pairwise(exons):
            intron = bases[before[1] : after[0] - 1]
            intron = intron if model.strand == "+" else intron.translate(COMPLEMENT)[::-1]
            assert (intron[:2], intron[-2:]) == ("GT", "AG"), model.symbol
        pieces = sorted([*model.utrs, *((first, last) for first, last, _ in coding)])
        assert sum(last - first + 1 for first, last in pieces) == sum(last - first + 1 for first, last in exons)
        done = 0
        for first, last, phase in coding if model.strand == "+" else reversed(coding):
            assert phase == -done % 3, model.symbol
            done += last - first + 1


def test_no_identifier_can_be_taken_for_an_ensembl_one():
    text = (DEMO / "genes.gff3").read_text(encoding="ascii")
    assert "ENSG" not in text
    assert "ENST" not in text
    assert len(set(re.findall(r"ID=gene:(DEMOG\d{11});", text))) == text.count("ID=gene:")


def test_gene_order_and_strands_are_the_real_ones(shared_data, main_models):
    with gzip.open(shared_data / "gene_coordinates" / "refseq_genes_hg38.tsv.gz", "rt") as handle:
        rows = [row for row in csv.DictReader(handle, delimiter="\t") if "_" not in row["chrom"]]
    spans = {row["gene_symbol"]: row for row in rows}
    spans["CRACD"] = spans["KIAA1211"]
    known = [model for model in main_models.values() if not model.symbol.startswith("SYN")]
    for model in known:
        assert (model.contig, model.strand) == (spans[model.symbol]["chrom"], spans[model.symbol]["strand"])
    real_starts = [(model.contig, int(spans[model.symbol]["start_0based"])) for model in known]
    for before, after in pairwise(real_starts):
        assert before[0] != after[0] or before[1] < after[1]


# --- what is planted ----------------------------------------------------------------------------------


def test_planted_alleles_do_to_the_protein_what_they_are_called(genome, main_models, planted):
    for row in planted:
        model, event = main_models[row["gene_symbol"]], row["event"]
        bases, position = genome[row["chrom"]], int(row["position_1based"])
        assert bases[position - 1 : position - 1 + len(row["ref"])].upper() == row["ref"], row
        if event.endswith("_splice"):
            assert_is_outermost_intron_base(model, position, int(re.findall(r"\d+", event)[0]))
            continue
        before, after = translate(model.spliced(bases)), translate(with_allele(model, bases, row))
        if row.get("read_with"):
            # Alone it is another change; the one in the name needs the record beside it.
            assert changed(before, after) != event.removeprefix("p.")
            place, ref, alt = row["read_with"].split(":")
            assert int(place) == position + 1
            after = translate(with_allele(model, bases, row | {"ref": row["ref"] + ref, "alt": row["alt"] + alt}))
        wanted = "=" if event.endswith("=") else event.removeprefix("p.")
        assert changed(before, after) == wanted, row


def with_allele(model: Model, bases: str, row: dict[str, str]) -> str:
    """Return the coding sequence after an allele that lies inside one coding piece."""
    position, ref, alt = int(row["position_1based"]), row["ref"], row["alt"]
    edited = bases[: position - 1] + alt + bases[position - 1 + len(ref) :]
    shift = len(alt) - len(ref)
    moved = [
        (first + shift * (first > position), last + shift * (last >= position), phase)
        for first, last, phase in model.coding
    ]
    return Model(model.symbol, model.contig, model.strand, "", model.span, coding=moved).spliced(edited)


def changed(before: str, after: str) -> str:
    """Name the difference of two proteins, as far as the plan goes."""
    if before == after:
        return "="
    place = next(i for i, (old, new) in enumerate(zip(before, after, strict=False)) if old != new)
    if after.endswith(before[place + 1 :]) and len(after) == len(before):
        return f"{before[place]}{place + 1}{after[place]}"
    if after == before[:place] + before[place + 1 :]:
        # Of a run of like residues the first difference is at the last one, which HGVS names (3' rule).
        return f"{before[place]}{place + 1}del"
    return f"{before[place]}{place + 1}fs"


def assert_is_outermost_intron_base(model: Model, position: int, residue: int) -> None:
    edges = [(last + 1, last) for _, last in model.exons] + [(first - 1, first) for first, _ in model.exons]
    beside = [exonic for intronic, exonic in edges if intronic == position]
    assert [model.residue_at(exonic) for exonic in beside] == [residue]


def test_truth_and_files_hold_the_same_variants(genome, by_sample, planted):
    for row in planted:
        wanted = (row["chrom"], int(row["position_1based"]), row["ref"], row["alt"])
        found = [
            line
            for _, lines in by_sample[row["sample_id"]]
            for line in lines
            for alt in line.alts
            if re.fullmatch("[ACGTacgt]+", alt)
            and (line.contig, *left_aligned(genome[line.contig], line.position, line.ref, alt)) == wanted
        ]
        assert len({line.filters for line in found}) == 1, row
        passes = found[0].filters in {"PASS", "."}
        assert passes != row.get("why", "").startswith("filter"), row


def test_bcftools_annotates_planted_sites_as_expected_and_passengers_change_no_driver(genome, vcfs, planted, tmp_path):
    fasta = tmp_path / "genome.fa"
    fasta.write_bytes((DEMO / "genome.fa").read_bytes())
    pysam.faidx(str(fasta))
    alleles = {
        (line.contig, *left_aligned(genome[line.contig], line.position, line.ref, alt))
        for _, lines in vcfs.values()
        for line in lines
        for alt in line.alts
        if re.fullmatch("[ACGTacgt]+", alt)
    }
    order = {contig: place for place, contig in enumerate(genome)}
    sites, annotated = tmp_path / "sites.vcf", tmp_path / "annotated.vcf"
    header = ["##fileformat=VCFv4.2", *(f"##contig=<ID={name},length={len(bases)}>" for name, bases in genome.items())]
    rows = [
        f"{contig}\t{position}\t.\t{ref}\t{alt}\t.\t.\t."
        for contig, position, ref, alt in sorted(alleles, key=lambda one: (order[one[0]], *one[1:]))
    ]
    sites.write_text("\n".join([*header, "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO", *rows]) + "\n")
    arguments = [
        "-l",
        "--no-version",
        "-f",
        str(fasta),
        "-g",
        str(DEMO / "genes.gff3"),
        "-o",
        str(annotated),
        str(sites),
    ]
    pysam.bcftools.csq(*arguments, catch_stdout=False)
    consequences: dict[tuple[str, int, str, str], list[list[str]]] = {}
    for line in annotated.read_text().splitlines():
        if not line.startswith("#"):
            cells = line.split("\t")
            found = re.findall(r"BCSQ=([^;]+)", cells[7])
            key = (cells[0], int(cells[1]), cells[3], cells[4])
            consequences[key] = [one.split("|") for one in found[0].split(",")] if found else []
    of_planted = {(row["chrom"], int(row["position_1based"]), row["ref"], row["alt"]): row for row in planted}
    for key, row in of_planted.items():
        assert {one[1] for one in consequences[key]} == {row["gene_symbol"]}
        assert {one[0] for one in consequences[key]} == {expected_consequence(row["event"])}, row
    harmless = {"synonymous", "intron", "5_prime_utr", "3_prime_utr", "non_coding"}
    for key, found in consequences.items():
        if key not in of_planted:
            assert all(one[0] in harmless or one[1].startswith("SYN") for one in found), (key, found)


def expected_consequence(event: str) -> str:
    if event == "p.X203_splice":
        return "splice_acceptor"
    if event == "p.X702_splice":
        return "splice_donor"
    ends = {"=": "synonymous", "*": "stop_gained", "fs": "frameshift", "del": "inframe_deletion"}
    return next((name for end, name in ends.items() if event.endswith(end)), "missense")


# --- the sheets -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "contract", "left_out"),
    [("samples", SAMPLES, "chunk"), ("clinical", CLINICAL, "ctfi_days"), ("lesions", LESIONS, None)],
)
def test_sheets_have_the_columns_of_their_contract_and_no_fault(name, contract, left_out):
    path = CONFIG / f"{name}.tsv"
    header = path.read_text(encoding="utf-8").splitlines()[0].split("\t")
    assert header == [column for column in contract.column_names if column != left_out]
    assert read_sheet(path, name)[1] == []


def test_sheets_name_only_what_is_there(samples, vcfs):
    columns = (DEMO / "expression.tsv").read_text(encoding="utf-8").partition("\n")[0].split("\t")
    in_seg = {row["ID"] for row in read_table(DEMO / "copy_number" / "cohort.seg")}
    used = Counter()
    for row in samples:
        assert row["variants"] or row["copy_number"] or row["expression_sample"]
        for column in ("structural_variants", "target", "copy_number", "purity_file"):
            assert not row[column] or (CONFIG / row[column]).is_file()
        for column in ("variants_sample", "normal_sample"):
            assert not row[column] or row[column] in vcfs[files_of(row)[0]][0]
        if row["copy_number"].endswith(".seg"):
            assert (row["copy_number_sample"] or row["sample_id"]) in in_seg
            used[row["copy_number"]] += 1
        if row["expression_sample"]:
            assert row["expression_sample"] in columns
    assert used.most_common(1)[0][1] == len(in_seg) > 1
    patients = {row["patient_id"] for row in samples}
    assert {row["patient_id"] for row in read_table(CONFIG / "clinical.tsv")} <= patients
    assert {row["patient_id"] for row in read_table(CONFIG / "lesions.tsv")} <= patients


def test_the_cohort_is_as_varied_as_it_has_to_be(samples, vcfs):
    assert len({row["patient_id"] for row in samples}) >= 14
    assert 19 <= len(samples) <= 22
    kinds = {path.name.removesuffix(".gz").split(".", 1)[1] for path in vcfs}
    callers = {"mutect2", "strelka2", "varscan2", "freebayes", "generic", "somatic.snvs", "somatic.indels"}
    assert kinds == {f"{caller}.vcf" for caller in callers} | {"maf"}
    assert sorted(len(files_of(row)) for row in samples)[-3:] == [1, 2, 2]
    dna = {row["sample_id"] for row in samples if row["variants"]}
    rna = {row["sample_id"] for row in samples if row["expression_sample"]}
    assert dna - rna
    assert rna - dna
    assert {len(names) for names, _ in vcfs.values()} == {1, 2}
    assert [path.name for path, (_, lines) in vcfs.items() if not lines] == ["P10_T1.mutect2.vcf"]
    assert {row["variants"].endswith(".gz") for row in samples if row["variants"]} == {True, False}
    assert {bool(row["variants_sample"]) for row in samples if row["variants"]} == {True, False}
    for path, (_, lines) in vcfs.items():
        few = path.name.startswith("P10_T1") or ".indels." in path.name
        assert few or 20 <= len(lines) <= 70


def test_records_that_importers_trip_over_are_there(genome, vcfs):
    alts = [alt for _, lines in vcfs.values() for line in lines for alt in line.alts]
    assert {"<DEL>", "*", "."} <= set(alts)
    assert sum("]" in alt for alt in alts) == 2
    lines = [(name, line) for name, (_, lines) in vcfs.items() for line in lines]
    assert any(line.ref.islower() for _, line in lines)
    plain = [line for _, line in lines if len(line.alts) == 1 and line.alts[0].isalpha()]
    moved = [
        line
        for line in plain
        if left_aligned(genome[line.contig], line.position, line.ref, line.alts[0])[0] != line.position
    ]
    assert len(moved) == 1
    assert any(len(line.alts) > 1 and "*" not in line.alts for _, line in lines)
    assert any(len(line.ref) == len(line.alts[0]) == 2 for _, line in lines)
    seen = Counter((name, line.contig, line.position, line.ref, line.alts) for name, line in lines)
    assert sorted(seen.values())[-2:] == [1, 2]
