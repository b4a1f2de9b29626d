"""The files of the demo cohort, read as any user's tool would read them; fixtures for tests of them."""

from __future__ import annotations

import csv
import gzip
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
DEMO = REPOSITORY / "resources" / "demo"
CONFIG = REPOSITORY / "config"
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
