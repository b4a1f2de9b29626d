"""Real sequence and real files: published changes on both builds, and what real callers wrote."""

from __future__ import annotations

import csv
import gzip
import re
import runpy
from pathlib import Path
from types import SimpleNamespace

import pytest

from sclcohort.contracts import REFERENCE_GENES
from sclcohort.reference import prepare_reference
from sclcohort.tables import read_rows
from sclcohort.variants.coding_rows import evidence_of
from sclcohort.variants.dialects import dialect_named

F = SimpleNamespace(**runpy.run_path(str(Path(__file__).with_name("variants_fixtures.py"))))
BUILDS = ("GRCh38", "GRCh37")
# Published changes: gene, residue, codon change by coding base (offset in the codon, new base), name.
PUBLISHED = (
    ("TP53", 175, 1, "A", "p.R175H"),
    ("TP53", 248, 1, "A", "p.R248Q"),
    ("TP53", 273, 1, "A", "p.R273H"),
    ("PIK3CA", 545, 0, "A", "p.E545K"),
    ("PIK3CA", 1047, 1, "G", "p.H1047R"),
    ("PTEN", 130, 0, "T", "p.R130*"),
    ("EP300", 1399, 0, "A", "p.D1399N"),
    ("CREBBP", 1446, 1, "A", "p.R1446H"),
    ("RB1", 320, 0, "T", "p.R320*"),
    ("APC", 1450, 0, "T", "p.R1450*"),
    ("ATM", 3008, 1, "A", "p.R3008H"),
    ("CDKN2A", 80, 0, "T", "p.R80*"),
)
# Where the first is on GRCh38, known from outside this repository: chr17:7675088 C>T.
TP53_R175H = ("17", 7675088, "C", "T")


def slices_of(path: Path) -> dict[str, list[tuple[int, str]]]:
    """Return the stretches of real sequence by contig: (first base from 0, bases)."""
    found: dict[str, list[tuple[int, str]]] = {}
    with gzip.open(path, "rt") as handle:
        for block in handle.read().split(">")[1:]:
            head, *lines = block.splitlines()
            contig, first = re.match(r"chr(\S+?):(\d+)-", head).groups()
            found.setdefault(contig, []).append((int(first) - 1, "".join(lines)))
    return found


def write_padded(path: Path, stretches: dict[str, list[tuple[int, str]]], tail: int = 100) -> None:
    """Write contigs that are N but for the stretches, one line each, as far as the last stretch and a tail."""
    with path.open("wb") as handle:
        for contig, pieces in stretches.items():
            bases = bytearray(b"N" * (max(start + len(text) for start, text in pieces) + tail))
            for start, text in pieces:
                bases[start : start + len(text)] = text.encode()
            handle.write(b">" + contig.encode() + b"\n" + bases + b"\n")


class Model:
    """Coding sequence and places of each gene, read from the GFF3 by a parser of the test's own."""

    def __init__(self, gff: Path, stretches: dict[str, list[tuple[int, str]]]) -> None:
        self.genes: dict[str, tuple[str, str, list[int]]] = {}
        self.stretches = stretches
        pieces: dict[str, list[tuple[int, int]]] = {}
        where, name_of = {}, {}
        for line in gff.read_text().splitlines():
            cells = line.split("\t")
            if len(cells) != 9:
                continue
            if cells[2] == "mRNA":
                name_of[re.search("ID=transcript:([^;]+)", cells[8])[1]] = re.search("Name=([^;]+)", cells[8])[1]
            if cells[2] == "CDS":
                symbol = name_of[re.search("Parent=transcript:([^;]+)", cells[8])[1]]
                pieces.setdefault(symbol, []).append((int(cells[3]) - 1, int(cells[4])))
                where[symbol] = cells[0], cells[6]
        for symbol, found in pieces.items():
            contig, strand = where[symbol]
            places = [place for start, end in sorted(found) for place in range(start, end)]
            self.genes[symbol] = contig, strand, places if strand == "+" else places[::-1]

    def base(self, contig: str, place: int) -> str:
        """Return one base of the plus strand."""
        start, text = next((s, t) for s, t in self.stretches[contig] if s <= place < s + len(t))
        return text[place - start].upper()

    def coding(self, symbol: str) -> str:
        contig, strand, places = self.genes[symbol]
        bases = "".join(self.base(contig, place) for place in places)
        return bases if strand == "+" else bases.translate(str.maketrans("ACGT", "TGCA"))

    def substitution(self, symbol: str, residue: int, offset: int, base: str) -> tuple[str, int, str, str]:
        contig, strand, places = self.genes[symbol]
        place = places[3 * (residue - 1) + offset]
        alt = base if strand == "+" else F.reverse_complement(base)
        return contig, place + 1, self.base(contig, place), alt


@pytest.fixture(scope="session", params=BUILDS)
def real(request, shared_data, tmp_path_factory):
    """The real slices of one build at their true places, prepared, with an independent model."""
    folder = tmp_path_factory.mktemp(request.param)
    source = shared_data / "driver_gene_slices"
    stretches = slices_of(source / f"slices_{request.param}.fa.gz")
    reference = F.MiniReference(folder, {}, {})
    reference.fasta, reference.gff = folder / "genome.fa", source / f"driver_models_{request.param}.gff3"
    write_padded(reference.fasta, stretches)
    model = Model(reference.gff, stretches)
    reference.prepare(F.write_drivers(folder / "drivers.tsv", dict.fromkeys([*model.genes, "MYC"], "")))
    yield SimpleNamespace(build=request.param, reference=reference, model=model)
    # 1.6 GB of N: pytest would keep it for three runs.
    reference.fasta.unlink()


def vcf_text(alleles: list[tuple[str, int, str, str]]) -> str:
    lines = ["##fileformat=VCFv4.2", '##FORMAT=<ID=AD,Number=R,Type=Integer,Description="x">']
    lines.append("\t".join(["#CHROM", "POS", "ID", "REF", "ALT", "QUAL", "FILTER", "INFO", "FORMAT", "TUMOR"]))
    lines += [f"{contig}\t{place}\t.\t{ref}\t{alt}\t.\tPASS\t.\tAD\t50,40" for contig, place, ref, alt in alleles]
    return "\n".join(lines) + "\n"


@pytest.fixture(scope="session")
def published(real, tmp_path_factory):
    """Published changes, a deletion in NOTCH1 and the splice sites of TP53 exon 5, imported."""
    alleles = [real.model.substitution(*change[:4]) for change in PUBLISHED]
    contig, strand, places = real.model.genes["NOTCH1"]
    assert strand == "-"
    # c.7541_7542del: the last two bases of codon 2514, CCC or CCT before CT...; written as the caller may.
    removed = sorted(places[7540:7542])
    anchor = removed[0] - 1
    bases = "".join(real.model.base(contig, place) for place in (anchor, *removed))
    alleles.append((contig, anchor + 1, bases, bases[0]))
    contig, _, places = real.model.genes["TP53"]
    donor, acceptor = places[374] - 1, places[375] + 1
    alleles += [
        (contig, donor + 1, real.model.base(contig, donor), "T"),
        (contig, acceptor + 1, real.model.base(contig, acceptor), "T"),
    ]
    done = F.import_chunk(tmp_path_factory.mktemp("published"), real.reference, {"S1": vcf_text(alleles)})
    return SimpleNamespace(alleles=alleles, done=done)


def test_the_reference_of_real_slices_holds_whole_proteins(real):
    rows = {row["gene_symbol"]: row for row in read_rows(real.reference.files["genes"], REFERENCE_GENES)}
    assert set(rows) == set(real.model.genes)
    for symbol, row in rows.items():
        assert row["protein"] == F.translated(real.model.coding(symbol)).removesuffix("*")
    assert (rows["TP53"]["protein_residues"], rows["RB1"]["protein_residues"]) == (393, 928)


def test_published_changes_at_published_places_get_their_published_names(real, published):
    if real.build == "GRCh38":
        assert published.alleles[0] == TP53_R175H
    assert published.done.status["S1"]["state"] == "imported"
    called = {(row["gene_symbol"], row["hgvs_p"]) for row in published.done.rows("S1")}
    assert {(change[0], change[4]) for change in PUBLISHED} <= called
    assert ("NOTCH1", "p.P2514fs") in called


def test_splice_sites_are_named_as_the_hotspot_lists_name_them(published):
    splice = {
        row["hgvs_p"]: row["consequence"] for row in published.done.rows("S1") if row["consequence_class"] == "splice"
    }
    assert splice == {"p.X125_splice": "splice_donor", "p.X126_splice": "splice_acceptor"}


def test_substitutions_all_over_a_real_gene_agree_with_the_translated_codon(real, tmp_path):
    alleles, names = [], {}
    for symbol in ("TP53", "PTEN"):
        coding = real.model.coding(symbol)
        for residue in range(5, len(coding) // 3 - 1, 9):
            codon = coding[3 * residue - 3 : 3 * residue]
            base = {"A": "C", "C": "G", "G": "T", "T": "A"}[codon[1]]
            alleles.append(real.model.substitution(symbol, residue, 1, base))
            after = F.CODE[codon[0] + base + codon[2]]
            before = F.CODE[codon]
            names[alleles[-1][:2]] = f"p.{before}{residue}{'=' if after == before else after}"
    rows = F.import_chunk(tmp_path, real.reference, {"S1": vcf_text(alleles)}).rows("S1")
    assert {(row["chrom"], row["position_1based"]): row["hgvs_p"] for row in rows} == names


# --- real files of real callers --------------------------------------------------------------------

FILES = (
    "test_b37",
    "test_b38",
    "test_muse",
    "test_mutect",
    "test_pindel",
    "test_sniper",
    "test_strelka",
    "test_varscan",
)
CALLERS = {
    "test_muse": "muse",
    "test_mutect": "mutect1",
    "test_sniper": "somaticsniper",
    "test_strelka": "strelka2",
    "test_varscan": "varscan2",
}


def records_of(path: Path) -> list[SimpleNamespace]:
    """Return the records of a VCF as text: site, and FORMAT values of tumour and normal as dictionaries."""
    found = []
    for line in path.read_text().splitlines():
        cells = line.split("\t")
        if line.startswith("#CHROM"):
            columns = cells
        elif not line.startswith("#"):
            keys = cells[8].split(":")
            values = {
                name: dict(zip(keys, cells[columns.index(name)].split(":"), strict=False))
                for name in ("TUMOR", "NORMAL")
            }
            found.append(SimpleNamespace(site=cells[:7], **values))
    return found


def plain_reading(
    fields: dict[str, str], ref: str, alt: str, place: int
) -> tuple[int | None, int | None, float | None]:
    """Return depth, alternate reads and allele fraction, straight from the text of one column."""

    def number(text: str | None) -> int | None:
        return int(text) if text not in (None, ".", "") else None

    depth = number(fields.get("DP"))
    if "," in fields.get("AD", ""):
        # MuTect's AD counts a few more reads than its DP: the depth is at least what is counted.
        counts = [number(text) or 0 for text in fields["AD"].split(",")]
        depth = max(depth, counts[0] + counts[place])
    if "TIR" in fields or f"{alt}U" in fields:
        names = (f"{ref}U", f"{alt}U") if f"{alt}U" in fields else ("TAR", "TIR")
        reference, alternate = (int(fields[name].split(",")[0]) for name in names)
        return depth, alternate, alternate / (reference + alternate)
    if "FREQ" in fields:
        return depth, number(fields["AD"]), float(fields["FREQ"].rstrip("%")) / 100
    if "BCOUNT" in fields:
        alternate = int(fields["BCOUNT"].split(",")["ACGT".index(alt)])
        return depth, alternate, alternate / depth
    alternate = number(fields["AD"].split(",")[place])
    if "FA" in fields:
        return depth, alternate, float(fields["FA"]) if depth else None
    return depth, alternate, None if alternate is None else alternate / depth


@pytest.fixture(scope="session")
def caller_files(shared_data, tmp_path_factory):
    """Every real file imported against a genome that holds the REF bases of its records, and N elsewhere."""
    done = {}
    for name in FILES:
        folder = tmp_path_factory.mktemp(name)
        records = records_of(shared_data / "caller_vcfs" / f"{name}.vcf")
        # Records are moved together, so that the genome stays small.
        placed, text = squeezed((shared_data / "caller_vcfs" / f"{name}.vcf").read_text(), records)
        reference = F.MiniReference(folder, {}, {})
        reference.fasta.write_text("".join(f">{contig}\n{bases}\n" for contig, bases in placed.items()))
        reference.gff = F.build_reference(folder / "model").gff
        drivers = F.write_drivers(folder / "drivers.tsv", {"MYC": ""})
        prepare_reference.run(fasta=reference.fasta, driver_genes=drivers, **reference.files)
        done[name] = records, F.import_chunk(folder / "run", reference, {"S1": text})
    return done


SPACING = 100


def squeezed(text: str, records: list[SimpleNamespace]) -> tuple[dict[str, str], str]:
    """Return a genome with the REF bases of the records, ``SPACING`` bases apart, and the VCF moved onto it."""
    order: dict[str, list[int]] = {}
    for record in records:
        order.setdefault(record.site[0], []).append(int(record.site[1]))
    rank = {c: {p: 1 + SPACING * (i + 1) for i, p in enumerate(sorted(set(ps)))} for c, ps in order.items()}
    genome = {c: bytearray(b"N" * (SPACING * (len(places) + 3))) for c, places in rank.items()}
    lines = [line for line in text.splitlines() if line.startswith("#") and not line.startswith("##contig")]
    body = [line.split("\t") for line in text.splitlines() if not line.startswith("#")]
    for cells in body:
        start = rank[cells[0]][int(cells[1])] - 1
        genome[cells[0]][start : start + len(cells[3])] = cells[3].encode()
        cells[1] = str(start + 1)
        lines.append("\t".join(cells))
    return {contig: bases.decode() for contig, bases in genome.items()}, "\n".join(lines) + "\n"


@pytest.mark.parametrize("name", FILES)
def test_real_files_are_imported_whole_and_their_caller_is_known(caller_files, name):
    records, done = caller_files[name]
    status = done.status["S1"]
    found = done.file("S1")
    assert (status["state"], found["caller"]) == ("imported", CALLERS.get(name, "generic"))
    assert (found["tumour_column"], found["normal_column"]) == ("TUMOR", "NORMAL")
    assert status["records"] == len(records)
    alleles = sum(len(record.site[4].split(",")) for record in records)
    assert status["alleles"] + status["duplicates"] + status["set_aside"] == alleles


def reads_of(done, caller):
    """Return contig, alleles and the tumour's reads of every record that was written."""
    lines = gzip.decompress((done.vcfs / "S1.vcf.gz").read_bytes()).decode().splitlines()
    found = []
    for line in lines:
        if not line.startswith("#"):
            chrom, _, _, ref, alt, *_ = cells = line.split("\t")
            tumour, *_ = evidence_of("\t".join(cells[8:]), dialect_named(caller), ref, alt)
            found.append((chrom, ref, alt, tumour))
    return found


@pytest.mark.parametrize("name", FILES)
def test_reads_of_real_files_are_those_of_their_text(caller_files, name):
    records, done = caller_files[name]
    wanted = {}
    for record in records:
        for place, alt in enumerate(record.site[4].split(","), start=1):
            for column in ("TUMOR", "NORMAL"):
                fields = getattr(record, column)
                key = (record.site[0], record.site[3], alt, column)
                wanted.setdefault(key, []).append(
                    plain_reading(fields, record.site[3], alt, place) if column == "TUMOR" else None
                )
    compared = 0
    for chrom, ref, alt, tumour in reads_of(done, done.file("S1")["caller"]):
        candidates = wanted.get((chrom, ref, alt, "TUMOR"))
        if candidates is None:
            continue
        matches = [
            one
            for one in candidates
            if one[:2] == (tumour.depth_reads, tumour.alt_depth_reads)
            and (one[2] == tumour.vaf or one[2] == pytest.approx(tumour.vaf, abs=6e-4))
        ]
        assert matches, (chrom, ref, alt, tumour, candidates)
        compared += 1
    assert compared > 0.9 * len(records)


def test_depths_agree_with_those_that_vcf2maf_wrote(shared_data, caller_files):
    with (shared_data / "caller_vcfs" / "test_b38_output.maf").open() as handle:
        rows = list(csv.DictReader((line for line in handle if not line.startswith("#")), delimiter="\t"))
    theirs = sorted((int(row["t_depth"]), int(row["t_alt_count"])) for row in rows if row["t_alt_count"])
    ours = [tumour[:2] for *_, tumour in reads_of(caller_files["test_b38"][1], "generic")]
    assert theirs
    assert set(theirs) <= set(ours)
