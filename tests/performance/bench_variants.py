"""Measure the import of variants on a human-sized gene model against `bcftools csq` and SnpEff run per sample.

    python tests/performance/bench_variants.py [--samples 100] [--variants 1000] [--per-sample 5] [--pairs 3]

Builds (seeded) 24 contigs of 10 Mb with 20,000 genes of 5 transcripts, and samples that share a tenth of their
sites, then times, in turn and as whole processes, each after the other on one machine:

a. import-variants and annotate-drivers on all samples, to driver tables, and `bcftools csq -l` (inside pysam) on
   `--per-sample` of them, scaled to all;
b. the same against SnpEff per sample, where the command `snpEff` exists (Debian package snpeff);
c. one sample of 100,000 variants to its driver table, and bare `bcftools csq -l`; peak memory of its import with
   10,000, 100,000 and (with --million) 1,000,000 variants.

Ours runs csq beside two processes of its own, on two cores; processor time of both sides is shown too. The
consequences must be the same as those of csq alone; nothing else is asserted.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pysam

REPOSITORY = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPOSITORY / "workflow"))

from sclcohort.contracts import SAMPLES, TARGET_GENES  # noqa: E402
from sclcohort.tables import write_rows  # noqa: E402

CONTIGS, CONTIG_BASES, GENES_PER_CONTIG, TRANSCRIPTS = 24, 10_000_000, 833, 5
CODONS = [a + b + c for a in "ACGT" for b in "ACGT" for c in "ACGT" if a + b + c not in ("TAA", "TAG", "TGA")]
COMPLEMENT = bytes.maketrans(b"ACGT", b"TGCA")
CSQ = "import pysam.bcftools as b, sys; b.csq('-l', '--no-version', *sys.argv[1:], catch_stdout=False)"


def gene_lines(contig: str, number: int, strand: str, exons: list[tuple[int, int]]) -> list[str]:
    """Return the GFF3 lines of a gene, as Ensembl writes them; its exons (0-based, in genome order) are all coding."""
    head = f"{contig}\tbench\t"
    start, end = exons[0][0] + 1, exons[-1][1]
    place = f"{start}\t{end}\t.\t{strand}\t.\t"
    gene = f"GENE{number:05d}"
    more = f"gene_id={gene};logic_name=ensembl_havana_gene_homo_sapiens;version=1"
    lines = [f"{head}gene\t{place}ID=gene:{gene};Name={gene};biotype=protein_coding;{more}"]
    for copy in range(TRANSCRIPTS):
        name = f"TX{number:05d}.{copy}"
        lines.append(
            f"{head}mRNA\t{place}ID=transcript:{name};Parent=gene:{gene};Name={gene}-20{copy};biotype=protein_coding;"
            f"tag=gencode_basic;transcript_id={name};transcript_support_level=1;version=1"
        )
        coded = 0
        for rank, (first, last) in enumerate(exons if strand == "+" else exons[::-1], start=1):
            exon = f"EX{number:05d}.{copy}.{rank}"
            span = f"{first + 1}\t{last}\t.\t{strand}\t"
            lines.append(
                f"{head}exon\t{span}.\tParent=transcript:{name};Name={exon};constitutive=1;ensembl_end_phase=0;"
                f"ensembl_phase=0;exon_id={exon};rank={rank};version=1"
            )
            phase = (3 - coded % 3) % 3
            lines.append(f"{head}CDS\t{span}{phase}\tID=CDS:{name};Parent=transcript:{name};protein_id={name}")
            coded += last - first
    return lines


def build_reference(folder: Path) -> dict[str, bytes]:
    """Write genome.fa (indexed) and genes.gff3; return the contigs."""
    stream = random.Random("reference")
    contigs, gff = {}, ["##gff-version 3"]
    for index in range(1, CONTIGS + 1):
        bases = bytearray(stream.randbytes(CONTIG_BASES).translate(bytes(b"ACGT"[byte & 3] for byte in range(256))))
        slot = CONTIG_BASES // GENES_PER_CONTIG
        for gene in range(GENES_PER_CONTIG):
            strand = stream.choice("+-")
            lengths = [3 * stream.randint(20, 100) for _ in range(stream.randint(3, 8))]
            coding = "ATG" + "".join(stream.choices(CODONS, k=sum(lengths) // 3 - 2)) + "TAA"
            text = coding.encode() if strand == "+" else coding.encode().translate(COMPLEMENT)[::-1]
            place, exons = gene * slot + 200, []
            for length in lengths:
                bases[place : place + length] = text[:length]
                text = text[length:]
                exons.append((place, place + length))
                place += length + stream.randint(80, 500)
            gff += gene_lines(str(index), (index - 1) * GENES_PER_CONTIG + gene, strand, exons)
        contigs[str(index)] = bytes(bases)
    with (folder / "genome.fa").open("wb") as out:
        for name, sequence in contigs.items():
            out.write(b">" + name.encode() + b"\n" + sequence + b"\n")
    pysam.faidx(str(folder / "genome.fa"))
    (folder / "genes.gff3").write_text("\n".join(gff) + "\n")
    return contigs


def write_samples(folder: Path, contigs: dict[str, bytes], samples: int, variants: int) -> None:
    """Write one VCF per sample and the sheet; four sites in ten lie in genes."""
    stream = random.Random("samples")
    shared = [draw(stream, contigs) for _ in range(variants // 2)]
    rows = ["sample_id\tpatient_id\tvariants"]
    lines = ["##fileformat=VCFv4.2", *(f"##contig=<ID={name},length={CONTIG_BASES}>" for name in contigs)]
    lines.append('##FORMAT=<ID=AD,Number=R,Type=Integer,Description="Reads">')
    lines.append("#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tTUMOR")
    for number in range(samples):
        own = {draw(stream, contigs) for _ in range(variants - variants // 10)} | set(
            stream.sample(shared, variants // 10)
        )
        body = [
            f"{c}\t{p}\t.\t{r}\t{a}\t.\tPASS\t.\tAD\t60,40"
            for c, p, r, a in sorted(own, key=lambda s: (int(s[0]), *s[1:]))
        ]
        (folder / f"S{number:03d}.vcf").write_text("\n".join([*lines, *body]) + "\n")
        rows.append(f"S{number:03d}\tP{number:03d}\tS{number:03d}.vcf")
    (folder / "samples.tsv").write_text("\n".join(rows) + "\n")


def write_large(folder: Path, contigs: dict[str, bytes], variants: int) -> str:
    """Write one sample of many variants and its sheet; return its name."""
    stream, name = random.Random(variants), f"L{variants}"
    alleles: set[tuple[str, int, str, str]] = set()
    while len(alleles) < variants:
        alleles.add(draw(stream, contigs))
    lines = ["##fileformat=VCFv4.2", *(f"##contig=<ID={contig},length={CONTIG_BASES}>" for contig in contigs)]
    lines.append('##FORMAT=<ID=AD,Number=R,Type=Integer,Description="Reads">')
    lines.append("#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tTUMOR")
    in_order = sorted(alleles, key=lambda one: (int(one[0]), *one[1:]))
    lines += [f"{c}\t{p}\t.\t{r}\t{a}\t.\tPASS\t.\tAD\t60,40" for c, p, r, a in in_order]
    (folder / f"{name}.vcf").write_text("\n".join(lines) + "\n")
    (folder / f"{name}.tsv").write_text(f"sample_id\tpatient_id\tvariants\n{name}\tP\t{name}.vcf\n")
    return name


def draw(stream: random.Random, contigs: dict[str, bytes]) -> tuple[str, int, str, str]:
    """Return one random allele: mostly a substitution, sometimes a deletion or an insertion."""
    contig = str(stream.randint(1, CONTIGS))
    slot = CONTIG_BASES // GENES_PER_CONTIG
    start = stream.randrange(GENES_PER_CONTIG) * slot
    place = start + 200 + stream.randrange(1500) if stream.random() < 0.4 else start + stream.randrange(slot - 20)
    sequence, kind = contigs[contig], stream.random()
    ref = sequence[place : place + 1].decode()
    if kind < 0.9:
        return contig, place + 1, ref, stream.choice([base for base in "ACGT" if base != ref])
    if kind < 0.95:
        return contig, place + 1, sequence[place : place + 1 + stream.randint(1, 6)].decode(), ref
    return contig, place + 1, ref, ref + "".join(stream.choices("ACGT", k=stream.randint(1, 6)))


class Cost(NamedTuple):
    """Wall and processor seconds of a process with its children, and the peak memory of the largest, MiB."""

    wall: float
    processor: float
    memory: float


# Runs a command and reports what it cost: ru_maxrss of a child that is waited for, in KiB on Linux.
METER = (
    "import resource, subprocess, sys, time; start = time.perf_counter(); "
    "done = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE); "
    "wall = time.perf_counter() - start; used = resource.getrusage(resource.RUSAGE_CHILDREN); "
    "sys.stderr.write(done.stderr.decode()) if done.returncode else None; "
    "print(wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024); sys.exit(done.returncode)"
)


def cost(command: list[str], folder: Path) -> Cost:
    """Return what a process costs that must succeed."""
    environment = dict(os.environ) | {"PYTHONPATH": str(REPOSITORY / "workflow")}
    metered = [sys.executable, "-c", METER, *command]
    done = subprocess.run(metered, cwd=folder, env=environment, check=True, stdout=subprocess.PIPE, text=True)
    return Cost(*map(float, done.stdout.split()))


def consequences(path: Path) -> dict[tuple[str, int, str, str], tuple[str, ...]]:
    """Return what csq says of each allele of a file."""
    with pysam.VariantFile(str(path)) as records:
        return {(r.chrom, r.pos, r.ref, r.alts[0]): tuple(r.info.get("BCSQ", ())) for r in records}


class Bench:
    """The steps of the workflow and the programs they are compared with, in one folder."""

    step = (sys.executable, "-m", "sclcohort")

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def prepare(self) -> None:
        """Prepare the reference; its driver genes are genes of the bench, so that driver tables are not empty."""
        source = (REPOSITORY / "resources" / "driver_genes.tsv").read_text().splitlines()
        head = next(place for place, line in enumerate(source) if not line.startswith("#"))
        rows = [line.split("\t") for line in source[head + 1 :]]
        names = source[head].split("\t")
        for number, row in enumerate(rows):
            row[names.index("gene_symbol")] = f"GENE{100 * number + 1:05d}"
            row[names.index("ensembl_gene_id")] = ""
        (self.folder / "drivers.tsv").write_text("\n".join([source[head], *map("\t".join, rows)]) + "\n")
        command = [*self.step, "prepare-reference", "--fasta", "genome.fa", "--gff", "genes.gff3"]
        command += ["--driver-genes", "drivers.tsv", "--genome", "ours/genome.fa", "--genes", "genes.tsv"]
        command += ["--coding-introns", "introns.tsv", "--coding-exons", "exons.tsv", "--gene-spans", "spans.tsv"]
        command += ["--coverage", "coverage.tsv"]
        print(f"prepare-reference, once        {cost(command, self.folder).wall:7.2f} s")
        write_rows(self.folder / "targets.tsv", TARGET_GENES, ())

    def ours(self, sheet: str, names: list[str], out: str) -> tuple[Cost, Cost]:
        """Import samples and call their drivers; return the cost of each step."""
        importing = [*self.step, "import-variants", "--sheet", sheet, "--samples", *names]
        importing += ["--genome", "ours/genome.fa", "--genes", "genes.tsv", "--coding-introns", "introns.tsv"]
        importing += ["--gff", "genes.gff3", "--accepted-filters", "PASS", "--vcfs", f"{out}/vcfs"]
        importing += ["--status", f"{out}/status.tsv", "--inference", f"{out}/inference.tsv"]
        importing += ["--coding-variants", f"{out}/coding.tsv", "--coding-exons", "exons.tsv", "--threads", "2"]
        columns = [column.name for column in SAMPLES.columns]
        lines = ["\t".join(columns)]
        for name in names:
            cells = {"sample_id": name, "patient_id": "P", "chunk": "0001", "variants": f"{name}.vcf"}
            lines.append("\t".join(cells.get(column, "") for column in columns))
        (self.folder / out).mkdir(exist_ok=True)
        (self.folder / out / "samples.tsv").write_text("\n".join(lines) + "\n")
        calling = [*self.step, "annotate-drivers", "--samples", f"{out}/samples.tsv", "--coding-variants"]
        calling += [f"{out}/coding.tsv", "--variant-status", f"{out}/status.tsv", "--copy-number"]
        calling += ["--copy-number-status", "--structural-variants", "--structural-variant-status"]
        calling += ["--coverage", "coverage.tsv", "--target-genes", "targets.tsv", "--reference-genes", "genes.tsv"]
        calling += ["--coding-introns", "introns.tsv", "--driver-genes", "drivers.tsv"]
        for table in ("hotspots", "artefacts", "oncogenic_variants"):
            calling += [f"--{table.replace('_', '-')}", str(REPOSITORY / "resources" / f"{table}.tsv")]
        calling += ["--max-error-probability", "0.01", "--no-population-configured"]
        for table in ("events", "set_aside", "gene_states", "purity", "annotation_disagreements"):
            calling += [f"--{table.replace('_', '-')}", f"{out}/{table}.tsv"]
        return cost(importing, self.folder), cost(calling, self.folder)

    def csq(self, name: str) -> Cost:
        """Run bare csq on one sample."""
        command = [sys.executable, "-c", CSQ, "-f", "genome.fa", "-g", "genes.gff3", "-Ov", "-o", f"{name}.csq.vcf"]
        return cost([*command, f"{name}.vcf"], self.folder)

    def snpeff_database(self) -> None:
        """Build SnpEff's database of the bench's gene model."""
        data = self.folder / "data" / "bench"
        data.mkdir(parents=True)
        (data / "sequences.fa").symlink_to(self.folder / "genome.fa")
        (data / "genes.gff").symlink_to(self.folder / "genes.gff3")
        (self.folder / "snpEff.config").write_text(f"data.dir = {self.folder}/data\nbench.genome : bench\n")
        build = ["snpEff", "-Xmx3g", "build", "-c", "snpEff.config", "-gff3", "-noCheckCds", "-noCheckProtein", "bench"]
        cost(build, self.folder)

    def snpeff(self, name: str) -> Cost:
        """Run SnpEff on one sample."""
        return cost(["snpEff", "-Xmx3g", "ann", "-c", "snpEff.config", "-noStats", "bench", f"{name}.vcf"], self.folder)

    def check(self, name: str, out: str) -> None:
        """Leave with an error where a consequence is not that of csq alone."""
        imported = consequences(self.folder / out / "vcfs" / f"{name}.vcf.gz")
        alone = consequences(self.folder / f"{name}.csq.vcf")
        same = alone.keys() & imported.keys()
        different = [key for key in same if alone[key] != imported[key]]
        if different:
            sys.exit(f"{name}: {len(different)} alleles have other consequences than csq alone, e.g. {different[0]}")
        print(f"{name}: {len(same)} of {len(alone)} alleles compared (the rest moved when left-aligned), all the same")


def show(what: str, costs: list[Cost]) -> Cost:
    """Print and return the median cost."""
    middle = Cost(*(statistics.median(one[place] for one in costs) for place in range(3)))
    print(f"{what:30s} {middle.wall:7.2f} s wall {middle.processor:7.2f} s processor {middle.memory:6.0f} MiB")
    return middle


def together(one: Cost, other: Cost) -> Cost:
    return Cost(one.wall + other.wall, one.processor + other.processor, max(one.memory, other.memory))


def scaled(bench: Callable[[str], Cost], names: list[str], samples: int) -> Cost:
    """Return the cost for all samples, out of that of a few, one after the other."""
    costs = [bench(name) for name in names]
    share = samples / len(names)
    return Cost(share * sum(one.wall for one in costs), share * sum(one.processor for one in costs), costs[0].memory)


def measure_cohort(bench: Bench, names: list[str], few: list[str], pairs: int) -> None:
    """Time ours and theirs in turn, compare what they say, and print medians and ratios."""
    has_snpeff = shutil.which("snpEff") is not None
    if has_snpeff:
        bench.snpeff_database()
    ours, csq, snpeff = [], [], []
    steps: list[tuple[Cost, Cost]] = []
    for _ in range(pairs):
        steps.append(bench.ours("samples.tsv", names, "cohort"))
        ours.append(together(*steps[-1]))
        csq.append(scaled(bench.csq, few, len(names)))
        if has_snpeff:
            snpeff.append(scaled(bench.snpeff, few[:2], len(names)))
    for name in few:
        bench.check(name, "cohort")
    show("import-variants", [one for one, _ in steps])
    show("annotate-drivers", [one for _, one in steps])
    mine = show("to driver tables", ours)
    others = [("bcftools csq -l per sample", csq)] + [("SnpEff per sample", snpeff)] * has_snpeff
    for what, costs in others:
        their = show(what, costs)
        print(
            f"  {their.wall / mine.wall:.1f} x by wall time, {their.processor / mine.processor:.1f} x by processor time"
        )
    if not has_snpeff:
        print("SnpEff: not compared, no command snpEff")


def measure_one(bench: Bench, contigs: dict[str, bytes], pairs: int, sizes: list[int]) -> None:
    """Time one large sample against bare csq, and print the peak memory by size."""
    name = write_large(bench.folder, contigs, 100_000)
    ours, csq = [], []
    for _ in range(pairs):
        ours.append(together(*bench.ours(f"{name}.tsv", [name], "large")))
        csq.append(bench.csq(name))
    bench.check(name, "large")
    mine, their = show("100,000 variants, one sample", ours), show("bare bcftools csq -l", csq)
    print(
        f"  {mine.wall / their.wall:.1f} times its wall time, {mine.processor / their.processor:.1f} its processor time"
    )
    for size in sizes:
        name = write_large(bench.folder, contigs, size)
        show(f"import of {size:,} variants", [bench.ours(f"{name}.tsv", [name], "large")[0]])


def main() -> None:
    """Build the data in a temporary folder, and measure."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("--samples", type=int, default=100)
    parser.add_argument("--variants", type=int, default=1000)
    parser.add_argument("--per-sample", type=int, default=5, help="samples that csq is run on alone")
    parser.add_argument("--pairs", type=int, default=3)
    parser.add_argument("--million", action="store_true", help="also import a sample of 1,000,000 variants")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        bench = Bench(Path(name))
        contigs = build_reference(bench.folder)
        write_samples(bench.folder, contigs, options.samples, options.variants)
        print(f"medians of {options.pairs} runs: {options.samples} samples x {options.variants} variants")
        bench.prepare()
        names = [f"S{number:03d}" for number in range(options.samples)]
        measure_cohort(bench, names, names[: options.per_sample], options.pairs)
        measure_one(bench, contigs, options.pairs, [10_000, 100_000] + [1_000_000] * options.million)


if __name__ == "__main__":
    main()
