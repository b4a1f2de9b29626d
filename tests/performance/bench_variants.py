"""Measure the import of a cohort's variants on a human-sized gene model against `bcftools csq` run per sample.

    python tests/performance/bench_variants.py [--samples 100] [--variants 1000] [--per-sample 5] [--pairs 3]

Builds (seeded) 24 contigs of 10 Mb with 20,000 genes of 5 transcripts, and samples that share a tenth of their
sites, then times, in turn and as whole processes: our import-variants and tabulate-variants on all samples, and
`bcftools csq -l` (inside pysam) on `--per-sample` of them, scaled to all. The consequences must be the same; nothing
else is asserted.
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pysam

REPOSITORY = Path(__file__).resolve().parents[2]
CONTIGS, CONTIG_BASES, GENES_PER_CONTIG, TRANSCRIPTS = 24, 10_000_000, 833, 5
CODONS = [a + b + c for a in "ACGT" for b in "ACGT" for c in "ACGT" if a + b + c not in ("TAA", "TAG", "TGA")]
COMPLEMENT = bytes.maketrans(b"ACGT", b"TGCA")
CSQ = "import pysam.bcftools as b, sys; b.csq('-l', '--no-version', *sys.argv[1:], catch_stdout=False)"


def gene_lines(contig: str, number: int, strand: str, exons: list[tuple[int, int]]) -> list[str]:
    """Return the GFF3 lines of a gene whose exons (0-based, in genome order) are all coding."""
    head = f"{contig}\tbench\t"
    start, end = exons[0][0] + 1, exons[-1][1]
    place = f"{start}\t{end}\t.\t{strand}\t.\t"
    gene = f"GENE{number:05d}"
    lines = [f"{head}gene\t{place}ID=gene:{gene};Name={gene};biotype=protein_coding;gene_id={gene}"]
    for copy in range(TRANSCRIPTS):
        name = f"TX{number:05d}.{copy}"
        lines.append(f"{head}mRNA\t{place}ID=transcript:{name};Parent=gene:{gene};biotype=protein_coding")
        coded = 0
        for first, last in exons if strand == "+" else exons[::-1]:
            span = f"{first + 1}\t{last}\t.\t{strand}\t"
            lines.append(f"{head}exon\t{span}.\tParent=transcript:{name}")
            lines.append(f"{head}CDS\t{span}{(3 - coded % 3) % 3}\tID=CDS:{name};Parent=transcript:{name}")
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


def seconds(command: list[str], folder: Path) -> float:
    """Return the wall time of a process that must succeed."""
    environment = dict(os.environ) | {"PYTHONPATH": str(REPOSITORY / "workflow")}
    start = time.perf_counter()
    subprocess.run(command, cwd=folder, env=environment, check=True, capture_output=True)
    return time.perf_counter() - start


def consequences(path: Path) -> dict[tuple[str, int, str, str], tuple[str, ...]]:
    """Return what csq says of each allele of a file."""
    with pysam.VariantFile(str(path)) as records:
        return {(r.chrom, r.pos, r.ref, r.alts[0]): tuple(r.info.get("BCSQ", ())) for r in records}


def measure(folder: Path, samples: int, per_sample: int, pairs: int) -> None:
    """Time ours and theirs in turn, compare what they say, and print medians and the ratio."""
    step = [sys.executable, "-m", "sclcohort"]
    reference = ["--genome", "genome.fa", "--genes", "genes.tsv"]
    prepare = [*step, "prepare-reference", "--fasta", "genome.fa", "--gff", "genes.gff3"]
    prepare += ["--driver-genes", str(REPOSITORY / "resources" / "driver_genes.tsv"), "--genome", "ours/genome.fa"]
    prepare += ["--genes", "genes.tsv", "--coding-introns", "introns.tsv", "--gene-spans", "spans.tsv"]
    print(f"prepare-reference, once    {seconds([*prepare, '--coverage', 'coverage.tsv'], folder):7.2f} s")
    names = [f"S{number:03d}" for number in range(samples)]
    importing = [
        *step,
        "import-variants",
        "--sheet",
        "samples.tsv",
        "--samples",
        *names,
        *reference,
        "--gff",
        "genes.gff3",
    ]
    importing += ["--accepted-filters", "PASS", "--vcfs", "vcfs", "--status", "status.tsv"]
    tabulating = [*step, "tabulate-variants", "--vcfs", "vcfs", "--status", "status.tsv", "--genes", "genes.tsv"]
    tabulating += ["--coding-introns", "introns.tsv", "--accepted-filters", "PASS", "--coding-variants", "coding.tsv"]
    ours, theirs = [], []
    for _ in range(pairs):
        ours.append((seconds(importing, folder), seconds(tabulating, folder)))
        alone = 0.0
        for name in names[:per_sample]:
            csq = [sys.executable, "-c", CSQ, "-f", "genome.fa", "-g", "genes.gff3", "-Ov", "-o", f"{name}.csq.vcf"]
            alone += seconds([*csq, f"{name}.vcf"], folder)
        theirs.append(alone / per_sample * samples)
    for name in names[:per_sample]:
        imported, alone = consequences(folder / "vcfs" / f"{name}.vcf.gz"), consequences(folder / f"{name}.csq.vcf")
        different = [key for key in alone.keys() & imported.keys() if alone[key] != imported[key]]
        if different:
            sys.exit(f"{name}: {len(different)} alleles have other consequences than csq alone, e.g. {different[0]}")
    importing_s = statistics.median(one for one, _ in ours)
    whole = statistics.median(one + two for one, two in ours)
    csq_s = statistics.median(theirs)
    print(f"import-variants            {importing_s:7.2f} s  {csq_s / importing_s:.1f} x faster than csq per sample")
    print(f"import and tabulate        {whole:7.2f} s  {csq_s / whole:.1f} x faster than csq per sample")
    print(f"bcftools csq -l per sample {csq_s:7.2f} s  ({per_sample} of {samples} measured, scaled)")


def main() -> None:
    """Build the data in a temporary folder, and measure."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("--samples", type=int, default=100)
    parser.add_argument("--variants", type=int, default=1000)
    parser.add_argument("--per-sample", type=int, default=5, help="samples that csq is run on alone")
    parser.add_argument("--pairs", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_samples(folder, build_reference(folder), options.samples, options.variants)
        print(f"medians of {options.pairs} runs: {options.samples} samples x {options.variants} variants")
        measure(folder, options.samples, options.per_sample, options.pairs)


if __name__ == "__main__":
    main()
