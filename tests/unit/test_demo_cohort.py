"""The embedded demo cohort: is it rebuilt to the byte, is its genome sound, and is what the truth says really there?

Nothing of the builder is imported: genome, models and files are read as any user's tool would read them.
"""

from __future__ import annotations

import csv
import gzip
import re
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass, field
from itertools import pairwise, product
from pathlib import Path

import pysam
import pysam.bcftools
import pytest
from scipy.special import bdtr, bdtrc

from sclcohort.contracts import CLINICAL, SAMPLES
from sclcohort.inputs.sheets import read_sheet

REPOSITORY = Path(__file__).resolve().parents[2]
DEMO = REPOSITORY / "resources" / "demo"
CONFIG = REPOSITORY / "config"
ZYGOSITY_GENES = ("TP53", "RB1", "PTEN")
# NCBI translation table 1, bases in the order T, C, A, G.
CODONS = dict(
    zip(
        ("".join(triplet) for triplet in product("TCAG", repeat=3)),
        "FFLLSSSSYY**CC*WLLLLPPPPHHQQRRRRIIIMTTTTNNKKSSRRVVVVAAAADDEEGGGG",
        strict=True,
    )
)
COMPLEMENT = str.maketrans("ACGTN", "TGCAN")


def read_table(path: Path) -> list[dict[str, str]]:
    """Return the rows of a TSV, comments left out."""
    with path.open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader((line for line in handle if not line.startswith("#")), delimiter="\t"))


def read_fasta(path: Path) -> dict[str, str]:
    contigs: dict[str, list[str]] = {}
    for line in path.read_text(encoding="ascii").splitlines():
        if line.startswith(">"):
            contigs[line[1:].split()[0]] = []
        else:
            contigs[list(contigs)[-1]].append(line)
    return {name: "".join(lines) for name, lines in contigs.items()}


@dataclass
class Model:
    """One coding transcript: pieces are (first base from 1, last base), by position."""

    symbol: str
    contig: str
    strand: str
    refseq: str
    span: tuple[int, int]
    exons: list[tuple[int, int]] = field(default_factory=list)
    utrs: list[tuple[int, int]] = field(default_factory=list)
    coding: list[tuple[int, int, int]] = field(default_factory=list)

    def spliced(self, bases: str) -> str:
        """Return the coding sequence in the direction of the transcript."""
        plus = "".join(bases[first - 1 : last] for first, last, _ in sorted(self.coding)).upper()
        return plus if self.strand == "+" else plus.translate(COMPLEMENT)[::-1]

    def residue_at(self, position_1based: int) -> int | None:
        """Return the number of the residue that a coding base belongs to."""
        offset = 0
        for first, last, _ in sorted(self.coding, reverse=self.strand == "-"):
            if first <= position_1based <= last:
                inside = position_1based - first if self.strand == "+" else last - position_1based
                return (offset + inside) // 3 + 1
            offset += last - first + 1
        return None


def read_models(path: Path) -> dict[str, Model]:
    """Return coding transcripts by identifier."""
    symbols: dict[str, str] = {}
    models: dict[str, Model] = {}
    for line in path.read_text(encoding="ascii").splitlines():
        if line.startswith("#"):
            continue
        contig, _, kind, first, last, _, strand, phase, cell = line.split("\t")
        attributes = dict(item.split("=", 1) for item in cell.split(";"))
        where = (int(first), int(last))
        if kind == "gene":
            symbols[attributes["ID"]] = attributes["Name"]
        elif kind == "mRNA":
            symbol = symbols[attributes["Parent"]]
            models[attributes["ID"]] = Model(symbol, contig, strand, attributes.get("refseq", ""), where)
        elif attributes.get("Parent") in models:
            model = models[attributes["Parent"]]
            if kind == "CDS":
                model.coding.append((*where, int(phase)))
            else:
                (model.exons if kind == "exon" else model.utrs).append(where)
    return models


def translate(sequence: str) -> str:
    return "".join(CODONS[sequence[i : i + 3]] for i in range(0, len(sequence) // 3 * 3, 3))


@dataclass(frozen=True)
class Line:
    """One VCF record, its sample cells by key."""

    contig: str
    position: int
    ref: str
    alts: tuple[str, ...]
    filters: str
    cells: dict[str, dict[str, str]]


def read_vcf(path: Path) -> tuple[list[str], list[Line]]:
    """Return sample columns and records."""
    content = path.read_bytes()
    text = (gzip.decompress(content) if path.suffix == ".gz" else content).decode()
    rows = [line.split("\t") for line in text.splitlines() if not line.startswith("##")]
    names = rows[0][9:]
    lines = []
    for row in rows[1:]:
        cells = {
            name: dict(zip(row[8].split(":"), cell.split(":"), strict=True))
            for name, cell in zip(names, row[9:], strict=True)
        }
        lines.append(Line(row[0], int(row[1]), row[3], tuple(row[4].split(",")), row[6], cells))
    return names, lines


def left_aligned(bases: str, position: int, ref: str, alt: str) -> tuple[int, str, str]:
    """Return an allele of plain bases at its leftmost place, in upper case."""
    ref, alt = ref.upper(), alt.upper()
    while len(ref) != len(alt) and ref[-1] == alt[-1]:
        ref, alt = ref[:-1], alt[:-1]
        if not ref or not alt:
            position -= 1
            before = bases[position - 1].upper()
            ref, alt = before + ref, before + alt
    return position, ref, alt


@pytest.fixture(scope="module")
def genome() -> dict[str, str]:
    return read_fasta(DEMO / "genome.fa")


@pytest.fixture(scope="module")
def models() -> dict[str, Model]:
    return read_models(DEMO / "genes.gff3")


@pytest.fixture(scope="module")
def main_models(models) -> dict[str, Model]:
    """Return the longest transcript of each gene, by symbol."""
    longest: dict[str, Model] = {}
    for model in models.values():
        known = longest.get(model.symbol)
        if known is None or sum(b - a for a, b, _ in model.coding) > sum(b - a for a, b, _ in known.coding):
            longest[model.symbol] = model
    return longest


@pytest.fixture(scope="module")
def samples() -> list[dict[str, str]]:
    return read_table(CONFIG / "samples.tsv")


def read_maf(path: Path, genome: dict[str, str]) -> tuple[list[str], list[Line]]:
    """Return barcodes, and rows as records: indels get the base before them."""
    rows = list(csv.DictReader(gzip.decompress(path.read_bytes()).decode().splitlines()[1:], delimiter="\t"))
    barcodes = [(rows[0]["Tumor_Sample_Barcode"], "t"), (rows[0]["Matched_Norm_Sample_Barcode"], "n")]
    lines = []
    for row in rows:
        contig, start = row["Chromosome"], int(row["Start_Position"])
        ref, alt = row["Reference_Allele"].strip("-"), row["Tumor_Seq_Allele2"].strip("-")
        if not ref or not alt:
            start -= bool(ref)
            before = genome[contig][start - 1].upper()
            ref, alt = before + ref, before + alt
        cells = {name: {"AD": row[f"{prefix}_alt_count"], "DP": row[f"{prefix}_depth"]} for name, prefix in barcodes}
        lines.append(Line(contig, start, ref, (alt,), row["FILTER"], cells))
    return [name for name, _ in barcodes], lines


def files_of(row: dict[str, str]) -> list[Path]:
    """Return the files of small variants that the sheet names for a sample."""
    return [CONFIG / name for name in row["variants"].split(";") if name]


@pytest.fixture(scope="module")
def vcfs(samples, genome) -> dict[Path, tuple[list[str], list[Line]]]:
    """Return columns and records of every file of small variants."""
    return {
        path: read_maf(path, genome) if path.name.endswith(".maf.gz") else read_vcf(path)
        for row in samples
        for path in files_of(row)
    }


@pytest.fixture(scope="module")
def by_sample(samples, vcfs) -> dict[str, list[tuple[list[str], list[Line]]]]:
    """Return the files of every sample that has some, by its name."""
    return {row["sample_id"]: [vcfs[path] for path in files_of(row)] for row in samples if row["variants"]}


@pytest.fixture(scope="module")
def planted() -> list[dict[str, str]]:
    """Return every small variant of the truth, events and set aside."""
    rows = read_table(DEMO / "truth" / "events.tsv") + read_table(DEMO / "truth" / "set_aside.tsv")
    return [row for row in rows if row["chrom"]]


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
    ("name", "contract", "left_out"), [("samples", SAMPLES, "chunk"), ("clinical", CLINICAL, "ctfi_days")]
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


# --- what the truth says --------------------------------------------------------------------------------


def test_every_zygosity_state_and_route_is_planted():
    rows = read_table(DEMO / "truth" / "gene_states.tsv")
    by_gene = {
        gene: {(row["state"], row["second_hit"]) for row in rows if row["gene_symbol"] == gene}
        for gene in ZYGOSITY_GENES
    }
    every = {
        ("biallelic", "found"),
        ("one_hit", "not_found"),
        ("one_hit", "not_assessable"),
        ("none", ""),
        ("not_assessable", ""),
    }
    # PTEN is left out of a panel, too.
    assert all(every <= states <= every | {("not_covered", "")} for states in by_gene.values())
    routes = {"deep_deletion", "two_hits", "hit_and_minor_copy_zero", "hit_and_loss", "hit_and_vaf"}
    for gene in ZYGOSITY_GENES:
        assert routes <= {row["route"] for row in rows if row["gene_symbol"] == gene}


def test_every_subtype_change_and_class_is_planted():
    truth = DEMO / "truth"
    assert {row["subtype"] for row in read_table(truth / "subtypes.tsv")} == {
        "SCLC-A", "SCLC-N", "SCLC-P", "SCLC-Y", "SCLC-I", "hybrid", "unclassified", "not_assessable"
    }  # fmt: skip
    assert {row["change"] for row in read_table(truth / "changes.tsv")} == {
        "kept", "newly_detected", "no_longer_detected", "differs_between_sites", "single_sample", "not_assessable"
    }  # fmt: skip
    classes: dict[str, set[str]] = {}
    for row in read_table(truth / "resistance.tsv"):
        classes.setdefault(row["class"], set()).add(row["therapy"])
    assert len(classes) == 5
    assert all(len(therapies) >= 2 for therapies in classes.values()), classes


# Columns of the segments by the end of the file's name: contig, start, end, value.
SEGMENT_COLUMNS = {
    ".seg": ("chrom", "loc.start", "loc.end", "seg.mean"),
    ".call.cns": ("chromosome", "start", "end", "log2"),
    ".purple.cnv.somatic.tsv": ("chromosome", "start", "end", "copyNumber"),
}


def copies_by_gene(row: dict[str, str], models: dict[str, Model]) -> dict[str, float]:
    """Return tumour copies of each gene under a segment: as fitted, or by the stated formula."""
    purity = float(row["purity"] or 1)
    (kind,) = (end for end in SEGMENT_COLUMNS if row["copy_number"].endswith(end))
    keys = SEGMENT_COLUMNS[kind]
    name = row["copy_number_sample"] or row["sample_id"]
    segments = [
        (one[keys[0]], int(one[keys[1]]) + (kind == ".call.cns"), int(one[keys[2]]), float(one[keys[3]]))
        for one in read_table(CONFIG / row["copy_number"])
        if kind != ".seg" or one["ID"] == name
    ]
    copies = {}
    for model in models.values():
        over = [
            value
            for contig, first, last, value in segments
            if contig == model.contig and first <= model.span[0] and model.span[1] <= last
        ]
        if over:
            assert len(over) == 1
            by_ratio = max(0.0, (2 ** (over[0] + 1) - 2 * (1 - purity)) / purity)
            copies[model.symbol] = over[0] if kind.startswith(".purple") else by_ratio
    return copies


def test_segments_show_the_planted_deletions_and_amplifications_and_no_others(samples, main_models):
    truth = {
        (row["sample_id"], row["gene_symbol"], row["event"])
        for row in read_table(DEMO / "truth" / "events.tsv")
        if row["event_type"] in {"amplification", "deep_deletion"}
    }
    found = set()
    for row in samples:
        if row["copy_number"]:
            for gene, copies in copies_by_gene(row, main_models).items():
                if copies <= 0.5 or copies >= 8:
                    found.add((row["sample_id"], gene, "deep_deletion" if copies <= 0.5 else "amplification"))
    assert found == truth


def test_allele_fractions_decide_as_the_truth_says(samples, by_sample, planted):
    sheet = {row["sample_id"]: row for row in samples}
    hits = {
        (row["sample_id"], row["gene_symbol"]): row
        for row in planted
        if row.get("oncogenic_call") == "likely_oncogenic"
    }
    routes = {
        "hit_and_vaf": (True, False),
        "one_hit_vaf_of_one_copy": (False, True),
        "one_hit_vaf_undecided": (False, False),
    }
    for state in read_table(DEMO / "truth" / "gene_states.tsv"):
        if state["route"] not in routes or sheet[state["sample_id"]]["copy_number"]:
            continue
        row, purity = hits[state["sample_id"], state["gene_symbol"]], float(sheet[state["sample_id"]]["purity"])
        ((names, lines),) = by_sample[state["sample_id"]]
        line = next(one for one in lines if (one.contig, str(one.position)) == (row["chrom"], row["position_1based"]))
        # Mutect2, FreeBayes: AD is reference, alternate; VarScan2: RD is reference, AD alternate.
        cells = next(line.cells[name] for name in names if name not in {"NORMAL", "SCLC08_N", "P16_N"})
        alternate, depth = (int(cells[name].split(",")[-1]) for name in ("AD", "DP"))
        whole = bdtrc(alternate - 1, depth, purity / 2)
        lost = max(bdtr(alternate, depth, purity / (2 - purity)), bdtr(alternate, depth, purity))
        assert (whole <= 0.01, lost <= 0.01) == routes[state["route"]], state


def test_a_subclonal_hit_and_the_clonal_ones_have_the_reads_for_it(samples, by_sample, planted):
    sheet = {row["sample_id"]: row for row in samples}
    (row,) = [row for row in planted if row.get("clonality") == "subclonal"]
    assert (row["sample_id"], row["gene_symbol"]) == ("P01_T1", "KMT2D")
    ((_, lines),) = by_sample["P01_T1"]
    line = next(one for one in lines if (one.contig, str(one.position)) == (row["chrom"], row["position_1based"]))
    alternate, depth = (int(line.cells["SCLC01_T"][name].split(",")[-1]) for name in ("AD", "DP"))
    # One copy of two in every tumour cell gives half the purity.
    assert bdtr(alternate, depth, float(sheet["P01_T1"]["purity"]) / 2) < 1e-6
    assert Counter(row["clonality"] for row in planted if "clonality" in row).keys() == {
        "clonal", "subclonal", "not_assessable", ""
    }  # fmt: skip


def test_where_no_purity_is_given_a_lone_tp53_copy_tells_the_planted_one(samples, by_sample, planted):
    truth = {row["sample_id"]: row for row in read_table(DEMO / "truth" / "purity.tsv")}
    estimated = [name for name, row in truth.items() if row["interval_holds"] == "true"]
    assert estimated == ["P02_T1"]
    assert next(row["purity"] for row in samples if row["sample_id"] == "P02_T1") == ""
    (row,) = [row for row in planted if (row["sample_id"], row["gene_symbol"]) == ("P02_T1", "TP53")]
    ((_, lines),) = by_sample["P02_T1"]
    line = next(one for one in lines if (one.contig, str(one.position)) == (row["chrom"], row["position_1based"]))
    cells = line.cells["TUMOR"]
    alternate, reference = (int(cells[f"{base}U"].split(",")[0]) for base in (row["alt"], row["ref"]))
    purity = float(truth["P02_T1"]["planted_purity"])
    expected = purity / (2 - purity)
    assert 0.025 < bdtr(alternate, alternate + reference, expected) < 0.975


def test_a_panel_covers_whole_genes_half_a_gene_and_not_pten(main_models):
    targets = [line.split("\t") for line in (DEMO / "targets" / "P17_T1.panel.bed").read_text().splitlines()]
    covered = {}
    for symbol, model in main_models.items():
        inside = sum(
            max(0, min(last, int(end)) - max(first - 1, int(start)))
            for first, last, _ in model.coding
            for contig, start, end, _ in targets
            if contig == model.contig
        )
        covered[symbol] = inside / sum(last - first + 1 for first, last, _ in model.coding)
    states = read_table(DEMO / "truth" / "gene_states.tsv")
    for route, fits in (
        ("not_in_panel", lambda part: part == 0),
        ("partly_in_panel", lambda part: 0.2 < part < 0.8),
    ):
        genes = [row["gene_symbol"] for row in states if row["route"] == route]
        assert genes
        assert all(fits(covered[gene]) for gene in genes), route
    assert covered["TP53"] == covered["RB1"] == covered["CHD8"] == 1
    assert covered["PTEN"] == 0


def test_the_population_has_what_is_germline_and_nothing_that_is_somatic(planted):
    _, lines = read_vcf(DEMO / "population.vcf.gz")
    common = {(line.contig, str(line.position), line.ref, line.alts[0]) for line in lines}
    for row in planted:
        allele = (row["chrom"], row["position_1based"], row["ref"], row["alt"])
        assert (allele in common) == (row.get("origin") == "likely_germline"), row
    assert {row["origin"] for row in planted if "origin" in row} == {"somatic", "likely_germline", "uncertain"}


def test_the_callers_of_an_event_are_those_whose_file_has_it(samples, vcfs, planted):
    files = {row["sample_id"]: files_of(row) for row in samples}
    kinds = Counter()
    for row in planted:
        if row.get("callers") and row["sample_id"] == "P01_T2":
            having = [
                path.name.split(".")[1]
                for path in files["P01_T2"]
                if any(
                    (one.contig, str(one.position)) == (row["chrom"], row["position_1based"]) for one in vcfs[path][1]
                )
            ]
            assert row["callers"] == ";".join(having)
            assert row["callers_given"] == "2"
            kinds[row["callers"]] += 1
    assert set(kinds) == {"mutect2;varscan2", "mutect2", "varscan2"}


def test_strelka2_has_single_bases_and_indels_in_files_of_their_own(vcfs):
    lengths = {
        path.name.split(".")[-3]: {len(line.ref) == len(line.alts[0]) for line in lines}
        for path, (_, lines) in vcfs.items()
        if path.name.startswith("P13_T1.somatic.")
    }
    assert lengths == {"snvs": {True}, "indels": {False}}


def test_two_changes_of_one_codon_lie_on_one_haplotype(by_sample, planted):
    (row,) = [row for row in planted if row.get("read_with")]
    (aside,) = [other for other in planted if other.get("why", "").startswith("read together")]
    assert aside["why"] == "read together with p.G12V as p.G12F"
    ((_, lines),) = by_sample["P12_T1"]
    places = {row["position_1based"], aside["position_1based"]}
    cells = [one.cells["SCLC12_T"] for one in lines if one.contig == "chr12" and str(one.position) in places]
    assert len(cells) == 2
    assert {(cell["GT"], cell["PGT"]) for cell in cells} == {("0|1", "0|1")}
    assert len({(cell["PID"], cell["PS"]) for cell in cells}) == 1


LETTERS = {
    "Ala": "A", "Arg": "R", "Asn": "N", "Asp": "D", "Cys": "C", "Gln": "Q", "Glu": "E", "Gly": "G", "His": "H",
    "Ile": "I", "Leu": "L", "Lys": "K", "Met": "M", "Phe": "F", "Pro": "P", "Ser": "S", "Thr": "T", "Trp": "W",
    "Tyr": "Y", "Val": "V", "Ter": "*",
}  # fmt: skip


@pytest.mark.parametrize(
    ("sample_id", "name", "tag", "columns"),
    [
        ("P08_T1", "P08_T1.mutect2.vcf", "CSQ", ("HGVSp", "SYMBOL")),
        ("P04_T1", "P04_T1.freebayes.vcf", "ANN", ("HGVS.p", "Gene_Name")),
    ],
)
def test_a_files_own_annotation_says_what_is_planted_but_where_it_is_planted_to_disagree(
    planted, sample_id, name, tag, columns
):
    text = (DEMO / "variants" / name).read_text()
    described = re.search(rf"ID={tag},.*(?:Format: |annotations: ')([^'\"]+)", text)
    order = [column.strip() for column in described[1].split("|")]
    said = {}
    for row in (line.split("\t") for line in text.splitlines() if not line.startswith("#")):
        for entry in re.findall(rf"{tag}=([^;]+)", row[7])[0].split(","):
            cells = dict(zip(order, entry.split("|"), strict=True))
            change = re.sub("[A-Z][a-z]{2}", lambda found: LETTERS[found[0]], cells[columns[0]].rpartition(":")[2])
            said[row[0], row[1], cells["Allele"]] = (cells[columns[1]], change)
    wrong = {row["event"] for row in read_table(DEMO / "truth" / "annotation_disagreements.tsv")}
    events = [row for row in planted if row["sample_id"] == sample_id and "event_type" in row]
    assert len(events) > 2
    for row in events:
        alleles = {row["alt"], row["alt"][1:] or "-"}
        (found,) = [
            value
            for key, value in said.items()
            if key[:2] == (row["chrom"], row["position_1based"]) and key[2] in alleles
        ]
        assert (found == (row["gene_symbol"], row["event"])) == (row["event"] not in wrong), row


def test_expression_is_tpm_and_holds_every_programme_gene(shared_data):
    rows = read_table(DEMO / "expression.tsv")
    assert 1_500 <= len(rows) <= 2_500
    columns = [name for name in rows[0] if name != "gene"]
    for name in columns:
        assert round(sum(float(row[name]) for row in rows), 2) == 1_000_000
    genes = [row["gene"] for row in rows]
    assert len(genes) == len(set(genes))
    with (shared_data / "sclc_lines_expression" / "programmes.csv").open(newline="") as handle:
        programmes = {gene for row in csv.DictReader(handle) for gene in row.values()}
    assert len(programmes) == 80
    assert programmes <= set(genes)
