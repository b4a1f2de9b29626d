"""A small genome with genes on both strands, and one truth of alleles written as each caller would.

Nothing of the package is used to build them: the genetic code, the places on the genome and the
dialects are written here a second time, so that tests have something independent to compare with.
"""

from __future__ import annotations

import itertools
import random
from dataclasses import dataclass, field
from pathlib import Path

from sclcohort.contracts import CODING_VARIANTS, VARIANT_INFERENCE, VARIANT_STATUS
from sclcohort.reference import prepare_reference
from sclcohort.tables import read_rows
from sclcohort.variants import import_variants

CODE = dict(
    zip(
        ("".join(codon) for codon in itertools.product("TCAG", repeat=3)),
        "FFLLSSSSYY**CC*WLLLLPPPPHHQQRRRRIIIMTTTTNNKKSSRRVVVVAAAADDEEGGGG",
        strict=True,
    )
)
PROTEIN = "MKKLLLRSTEVWQHHHAGDNPFYCIKELREATSPKANKEILDEAYVMASVDNPHVCRKQW"
# Coding bases of the three exons; the second intron cuts between codons, the first inside codon 17.
EXON_ENDS = (50, 111, 3 * len(PROTEIN) + 3)
SETTINGS = {"accepted_filters": ("PASS", ".")}


def reverse_complement(bases: str) -> str:
    return bases[::-1].translate(str.maketrans("ACGT", "TGCA"))


def translated(bases: str) -> str:
    """Return residues up to and with the first stop."""
    residues = "".join(CODE[bases[i : i + 3]] for i in range(0, len(bases) - 2, 3))
    return residues[: residues.index("*") + 1] if "*" in residues else residues


@dataclass
class MiniGene:
    """A gene: where each coding base lies (from 0), and its coding sequence."""

    name: str
    contig: str
    strand: str
    cds: str
    places: list[int]
    introns: list[tuple[int, int]]

    def snv(self, sequence: str, offset: int, base: str) -> tuple[str, int, str, str]:
        """Return (contig, 1-based position, ref, alt) of a change of one coding base."""
        place = self.places[offset]
        alt = base if self.strand == "+" else reverse_complement(base)
        return self.contig, place + 1, sequence[place], alt

    def deletion(self, sequence: str, offset: int, length: int) -> tuple[str, int, str, str]:
        """Return a deletion of coding bases inside one exon, as VCF writes it, not left-aligned."""
        touched = self.places[offset : offset + length]
        start, end = min(touched), max(touched) + 1
        assert end - start == length
        return self.contig, start, sequence[start - 1 : end], sequence[start - 1]

    def insertion(self, sequence: str, offset: int, bases: str) -> tuple[str, int, str, str]:
        """Return an insertion before a coding base, as VCF writes it, not left-aligned."""
        if self.strand == "+":
            before = self.places[offset] - 1
            return self.contig, before + 1, sequence[before], sequence[before] + bases
        before = self.places[offset]
        return self.contig, before + 1, sequence[before], sequence[before] + reverse_complement(bases)


@dataclass
class MiniReference:
    """The genome on disk, prepared, with its genes."""

    folder: Path
    sequences: dict[str, str]
    genes: dict[str, MiniGene]
    fasta: Path = field(init=False)
    gff: Path = field(init=False)
    files: dict[str, Path] = field(init=False)

    def __post_init__(self) -> None:
        self.fasta, self.gff = self.folder / "genome.fa", self.folder / "genes.gff3"
        names = {"genome": "prepared/genome.fa", "genes": "prepared/genes.tsv"}
        names |= {
            "coding_introns": "prepared/introns.tsv",
            "coding_exons": "prepared/exons.tsv",
            "gene_spans": "prepared/spans.tsv",
        }
        names |= {"coverage": "prepared/coverage.tsv"}
        self.files = {key: self.folder / name for key, name in names.items()}

    def prepare(self, drivers: Path) -> MiniReference:
        prepare_reference.run(fasta=self.fasta, gff=self.gff, driver_genes=drivers, **self.files)
        return self


def write_drivers(path: Path, symbols: dict[str, str]) -> Path:
    """Write a table of driver genes: symbol to Ensembl id."""
    columns = "gene_symbol ensembl_gene_id role gene_class events zygosity domain_first_residue domain_last_residue"
    columns += " frequency_percent citation certainty note"
    rows = ["\t".join(columns.split())]
    rows += [
        f"{name}\t{gene_id}\ttumour_suppressor\tsclc_driver\ttruncating\tfalse\t\t\t\tnone\tchoice\t"
        for name, gene_id in symbols.items()
    ]
    path.write_text("\n".join(rows) + "\n")
    return path


def back_translated(protein: str, stream: random.Random) -> str:
    codons: dict[str, list[str]] = {}
    for codon, residue in CODE.items():
        codons.setdefault(residue, []).append(codon)
    return "".join(stream.choice(codons[residue]) for residue in protein + "*")


def lay_out_gene(stream: random.Random, name: str, contig: str, strand: str) -> tuple[str, MiniGene, list[str]]:
    """Return the bases of a contig with one gene of three exons, the gene, and its GFF3 lines."""

    def filler(length: int) -> str:
        return "".join(stream.choice("ACGT") for _ in range(length))

    cds = back_translated(PROTEIN, stream)
    parts: list[tuple[str, str]] = [("flank", filler(300)), ("utr5", filler(20))]
    start = 0
    for number, end in enumerate(EXON_ENDS):
        parts.append(("cds", cds[start:end]))
        start = end
        if number < len(EXON_ENDS) - 1:
            parts.append(("intron", "GT" + filler(56) + "AG"))
    parts += [("utr3", filler(25)), ("flank", filler(300))]
    bases = "".join(text for _, text in parts)
    length, at = len(bases), 0
    pieces: list[tuple[str, int, int]] = []
    for kind, text in parts:
        pieces.append((kind, at, at + len(text)))
        at += len(text)
    if strand == "-":
        bases = reverse_complement(bases)
        pieces = [(kind, length - end, length - begin) for kind, begin, end in pieces]
    coding = [(begin, end) for kind, begin, end in pieces if kind == "cds"]
    places = [
        place
        for begin, end in coding
        for place in (range(begin, end) if strand == "+" else reversed(range(begin, end)))
    ]
    introns = [(begin, end) for kind, begin, end in pieces if kind == "intron"]
    gene = MiniGene(name, contig, strand, cds, places, introns)
    inside = [piece for piece in pieces if piece[0] != "flank"]
    low, high = min(begin for _, begin, _ in inside), max(end for *_, end in inside)
    lines = [
        f"{contig}\tx\tgene\t{low + 1}\t{high}\t.\t{strand}\t.\tID=gene:ENSG{name};Name={name};biotype=protein_coding",
        f"{contig}\tx\tmRNA\t{low + 1}\t{high}\t.\t{strand}\t.\t"
        f"ID=transcript:ENST{name};Parent=gene:ENSG{name};biotype=protein_coding;tag=basic,MANE_Select",
    ]
    done = 0
    for number, (begin, end) in enumerate(coding):
        first, last = begin, end
        left, right = (20, 25) if strand == "+" else (25, 20)
        if (number == 0) == (strand == "+") and number in (0, len(coding) - 1):
            first = begin - left
        if (number == len(coding) - 1) == (strand == "+") and number in (0, len(coding) - 1):
            last = end + right
        lines.append(f"{contig}\tx\texon\t{first + 1}\t{last}\t.\t{strand}\t.\tParent=transcript:ENST{name}")
        phase = -done % 3
        lines.append(
            f"{contig}\tx\tCDS\t{begin + 1}\t{end}\t.\t{strand}\t{phase}\tID=CDS:P;Parent=transcript:ENST{name}"
        )
        done += end - begin
    utrs = [("five_prime_UTR", "utr5"), ("three_prime_UTR", "utr3")]
    for kind, label in utrs:
        begin, end = next((b, e) for k, b, e in pieces if k == label)
        lines.append(f"{contig}\tx\t{kind}\t{begin + 1}\t{end}\t.\t{strand}\t.\tParent=transcript:ENST{name}")
    return bases, gene, lines


def build_reference(folder: Path, *, soft_masked: bool = False, prefix: str = "") -> MiniReference:
    """Build and prepare a genome of two contigs, ``1`` with PLUS and ``2`` with MINUS."""
    folder.mkdir(parents=True, exist_ok=True)
    stream = random.Random(11)
    sequences, genes, lines = {}, {}, ["##gff-version 3"]
    for name, contig, strand in (("PLUS", f"{prefix}1", "+"), ("MINUS", f"{prefix}2", "-")):
        sequences[contig], genes[name], own = lay_out_gene(stream, name, contig, strand)
        lines += own
    reference = MiniReference(folder, sequences, genes)
    reference.fasta.write_text(
        "".join(f">{name}\n{bases.lower() if soft_masked else bases}\n" for name, bases in sequences.items())
    )
    reference.gff.write_text("\n".join(lines) + "\n")
    return reference.prepare(write_drivers(folder / "drivers.tsv", {"PLUS": "ENSGPLUS", "MINUS": "ENSGMINUS"}))


@dataclass(frozen=True)
class Truth:
    """An allele with the reads of tumour and normal, each (reference, alternate)."""

    contig: str
    position: int
    ref: str
    alt: str
    tumour: tuple[int, int]
    normal: tuple[int, int]
    filters: str = "PASS"


def truth_of(reference: MiniReference) -> list[Truth]:
    """Return alleles of many kinds on both genes, some not left-aligned, one that fails its filter."""
    alleles = []
    for gene in reference.genes.values():
        bases = reference.sequences[gene.contig]
        cds = gene.cds
        alleles += [
            gene.snv(bases, 19, "A" if cds[19] != "A" else "C"),
            gene.snv(bases, 34, "A"),
            gene.snv(bases, 60, "T" if cds[60] != "T" else "G"),
            gene.deletion(bases, 12, 3),
            gene.deletion(bases, 24, 1),
            gene.insertion(bases, 90, "GCA"),
        ]
        donor = gene.introns[0][0] if gene.strand == "+" else gene.introns[0][1] - 1
        alleles.append((gene.contig, donor + 1, bases[donor], "A" if gene.strand == "+" else "T"))
    order = list(reference.sequences)
    alleles.sort(key=lambda one: (order.index(one[0]), one[1]))
    found = []
    for number, (contig, position, ref, alt) in enumerate(alleles):
        filters = "LowQual" if number == 3 else "PASS"
        found.append(
            Truth(contig, position, ref, alt, (60 + number, 20 + 2 * number), (40 + number, number % 2), filters)
        )
    return found


def fields(*named: str) -> list[str]:
    """Return FORMAT lines of fields given as "ID Number Type"."""
    parts = [one.split() for one in named]
    return [f'##FORMAT=<ID={name},Number={number},Type={kind},Description="x">' for name, number, kind in parts]


HEADERS = {
    "mutect2": [
        '##FORMAT=<ID=AD,Number=R,Type=Integer,Description="x">',
        '##FORMAT=<ID=AF,Number=A,Type=Float,Description="x">',
        *fields("F1R2 R Integer", "F2R1 R Integer"),
        "##source=Mutect2",
        "##tumor_sample=CASE",
        "##normal_sample=CTRL",
    ],
    "mutect1": [
        '##FORMAT=<ID=AD,Number=.,Type=Integer,Description="x">',
        '##FORMAT=<ID=FA,Number=A,Type=Float,Description="x">',
        '##MuTect="analysis_type=MuTect tumor_sample_name=CASE normal_sample_name=CTRL"',
    ],
    "strelka2": ["##source=strelka"]
    + [
        f'##FORMAT=<ID={name},Number=2,Type=Integer,Description="x">' for name in ("AU", "CU", "GU", "TU", "TAR", "TIR")
    ],
    "varscan2": [
        "##source=VarScan2",
        '##FORMAT=<ID=RD,Number=1,Type=Integer,Description="x">',
        '##FORMAT=<ID=AD,Number=1,Type=Integer,Description="x">',
        '##FORMAT=<ID=FREQ,Number=1,Type=String,Description="x">',
    ],
    "freebayes": [
        "##source=freeBayes v1.3.6",
        '##FORMAT=<ID=RO,Number=1,Type=Integer,Description="x">',
        '##FORMAT=<ID=AO,Number=A,Type=Integer,Description="x">',
    ],
    "muse": ['##MuSE_version="v2.0"', *fields("AD . Integer", "BQ . Integer", "SS 1 Integer")],
    "somaticsniper": [
        "##vcfProcessLog=<InputVCF=<.>,InputVCFSource=<bam-somaticsniper>,InputVCFVer=<1.0.5>>",
        *fields("BCOUNT 4 Integer", "DP4 4 Integer", "BQ . Integer", "SS 1 Integer", "SSC 1 Integer"),
    ],
    "vardict": [
        "##source=VarDict_v1.8.2",
        *fields("VD 1 Integer", "AD R Integer", "AF A Float", "RD 2 Integer", "ALD 2 Integer"),
    ],
    "sage": [
        "##sageVersion=3.4",
        *fields("AD R Integer", "AF 1 Float", "RC_CNT 7 Integer", "RC_QUAL 7 Integer", "RAD 2 Integer"),
    ],
    "dragen": [
        '##DRAGENCommandLine=<ID=dragen,Version="SW: 05.021.602.3.8.4">',
        *fields("SQ A Float", "AD R Integer", "AF A Float", "F1R2 R Integer", "F2R1 R Integer", "SB 4 Integer"),
    ],
    "deepvariant": [
        "##DeepVariant_version=1.6.0",
        *fields("AD R Integer", "VAF A Float", "MIN_DP 1 Integer", "MED_DP 1 Integer"),
    ],
    "octopus": ["##octopus=<version=0.7.1>", *fields("AD R Integer", "MAP_HF . Float", "HF_CR . Float")],
    "tnscope": [
        '##SentieonCommandLine.TNscope=<ID=TNscope,Version="x">',
        *fields("AD R Integer", "AF 1 Float", "AFDP 1 Integer", "ALT_F1R2 1 Integer", "ALT_F2R1 1 Integer"),
    ],
    "generic": ['##FORMAT=<ID=AD,Number=.,Type=Integer,Description="x">'],
}
COLUMN_NAMES = {"mutect2": ("CASE", "CTRL"), "mutect1": ("CASE", "CTRL")}


def cell(dialect: str, reads: tuple[int, int], ref: str, alt: str) -> tuple[str, str]:
    """Return FORMAT and the value of one column."""
    reference, alternate = reads
    depth = reference + alternate
    if dialect == "mutect2":
        return "GT:AD:AF:DP", f"0/1:{reference},{alternate}:{alternate / max(depth, 1):.3f}:{depth}"
    if dialect == "mutect1":
        return "GT:AD:DP:FA", f"0:{reference},{alternate}:{depth}:{alternate / max(depth, 1):.3f}"
    if dialect == "strelka2" and len(ref) == len(alt) == 1:
        counts = {ref: reference, alt: alternate}
        return "DP:AU:CU:GU:TU", ":".join([str(depth), *(f"{counts.get(b, 0)},{counts.get(b, 0) + 9}" for b in "ACGT")])
    if dialect == "strelka2":
        return "DP:TAR:TIR", f"{depth}:{reference},{reference + 7}:{alternate},{alternate + 3}"
    if dialect == "varscan2":
        return "GT:DP:RD:AD:FREQ", f"0/1:{depth}:{reference}:{alternate}:{100 * alternate / max(depth, 1):.2f}%"
    if dialect == "freebayes":
        return "GT:DP:RO:AO", f"0/1:{depth}:{reference}:{alternate}"
    return PLAIN.get(dialect, PLAIN["generic"])(reference, alternate, ref, alt)


def by_strand(reads: int) -> str:
    return f"{reads // 3},{reads - reads // 3}"


def base_counts(reference: int, alternate: int, ref: str, alt: str) -> str:
    if len(ref) != len(alt):
        return "."
    return ",".join(str({ref: reference, alt: alternate}.get(base, 0)) for base in "ACGT")


PLAIN = {
    "generic": lambda r, a, *_: ("GT:AD:DP", f"0/1:{r},{a}:{r + a}"),
    "muse": lambda r, a, *_: ("GT:DP:AD:BQ:SS", f"0/1:{r + a}:{r},{a}:32,34:2"),
    "somaticsniper": lambda r, a, *alleles: (
        "GT:DP:DP4:BCOUNT:BQ:SS:SSC",
        f"0/1:{r + a}:{by_strand(r)},{by_strand(a)}:{base_counts(r, a, *alleles)}:38,36:2:40",
    ),
    "vardict": lambda r, a, *_: (
        "GT:DP:VD:ALD:RD:AD:AF",
        f"0/1:{r + a}:{a}:{by_strand(a)}:{by_strand(r)}:{r},{a}:{a / (r + a):.4f}",
    ),
    "sage": lambda r, a, *_: (
        "GT:AD:AF:DP:RAD:RC_CNT:RC_QUAL",
        f"0/1:{r},{a}:{a / (r + a):.3f}:{r + a}:{r + 9},{a + 5}:{a},0,0,0,0,{r},{r + a}:9,9,9,9,9,9,9",
    ),
    "dragen": lambda r, a, *_: (
        "GT:SQ:AD:AF:F1R2:F2R1:DP:SB",
        f"0/1:12.5:{r},{a}:{a / (r + a):.3f}:{r},0:0,{a}:{r + a}:{by_strand(r)},{by_strand(a)}",
    ),
    "deepvariant": lambda r, a, *_: ("GT:DP:AD:VAF", f"1/1:{r + a}:{r},{a}:{a / (r + a):.4f}"),
    "octopus": lambda r, a, *_: ("GT:DP:AD:MAP_HF:HF_CR", f"0|1:{r + a}:{r},{a}:0.6,0.4:0.5,0.7,0.3,0.5"),
    "tnscope": lambda r, a, *_: (
        "GT:AD:AF:AFDP:ALT_F1R2:ALT_F2R1",
        f"0/1:{r},{a}:{a / (r + a):.3f}:{r + a}:{a}:0",
    ),
}


def vcf_of(
    reference: MiniReference,
    truth: list[Truth],
    dialect: str = "generic",
    *,
    columns: tuple[str, str] | None = None,
    swapped: bool = False,
    extra_header: tuple[str, ...] = (),
) -> str:
    """Return a VCF of the truth in a dialect; `swapped`: the normal column first."""
    tumour, normal = columns or COLUMN_NAMES.get(dialect, ("TUMOR", "NORMAL"))
    lines = ["##fileformat=VCFv4.2", *extra_header, *HEADERS[dialect]]
    lines += [
        '##FORMAT=<ID=GT,Number=1,Type=String,Description="x">',
        '##FORMAT=<ID=DP,Number=1,Type=Integer,Description="x">',
    ]
    lines += ['##FILTER=<ID=LowQual,Description="x">']
    lines += [f"##contig=<ID={name},length={len(bases)}>" for name, bases in reference.sequences.items()]
    order = [normal, tumour] if swapped else [tumour, normal]
    lines.append("\t".join(["#CHROM", "POS", "ID", "REF", "ALT", "QUAL", "FILTER", "INFO", "FORMAT", *order]))
    for one in truth:
        keys, in_tumour = cell(dialect, one.tumour, one.ref, one.alt)
        in_normal = cell(dialect, one.normal, one.ref, one.alt)[1]
        cells = [in_normal, in_tumour] if swapped else [in_tumour, in_normal]
        site = [one.contig, str(one.position), ".", one.ref, one.alt, ".", one.filters, "."]
        lines.append("\t".join([*site, keys, *cells]))
    return "\n".join(lines) + "\n"


INFO_TAGS = {
    "lofreq": ("DP 1 Integer", "AF 1 Float", "SB 1 Integer", "DP4 4 Integer"),
    "pcgr": ("TDP . Integer", "TVAF . Float", "CDP . Integer", "CVAF . Float"),
}


def info_vcf_of(reference: MiniReference, truth: list[Truth], dialect: str, *, has_normal: bool = True) -> str:
    """Return a VCF of the truth without sample columns, its reads in INFO."""
    tags = INFO_TAGS[dialect] if has_normal else INFO_TAGS[dialect][:2]
    lines = ["##fileformat=VCFv4.0", "##source=lofreq call -f x"] if dialect == "lofreq" else ["##fileformat=VCFv4.2"]
    lines += [line.replace("##FORMAT", "##INFO") for line in fields(*tags)]
    lines += [
        '##FILTER=<ID=LowQual,Description="x">',
        "\t".join(["#CHROM", "POS", "ID", "REF", "ALT", "QUAL", "FILTER", "INFO"]),
    ]
    for one in truth:
        (ref, alt), (normal_ref, normal_alt) = one.tumour, one.normal
        if dialect == "lofreq":
            info = f"DP={ref + alt};AF={alt / (ref + alt):f};SB=0;DP4={by_strand(ref)},{by_strand(alt)}"
            info += ";INDEL;HRUN=1" * (len(one.ref) != len(one.alt))
        else:
            info = f"TVAF={alt / (ref + alt):.6f};TDP={ref + alt}"
            if has_normal:
                info += f";CVAF={normal_alt / (normal_ref + normal_alt):.6f};CDP={normal_ref + normal_alt}"
        lines.append("\t".join([one.contig, str(one.position), ".", one.ref, one.alt, "99", one.filters, info]))
    return "\n".join(lines) + "\n"


@dataclass
class Imported:
    """What a chunk gave: status rows and coding rows by sample, the folder of VCFs, and what was inferred."""

    status: dict[str, dict]
    coding: dict[str, list[dict]]
    vcfs: Path
    files: dict[str, list[dict]]

    def file(self, sample: str) -> dict:
        """Return what was inferred of a sample's only file."""
        (row,) = self.files[sample]
        return row

    def rows(self, sample: str) -> list[dict]:
        """Return the coding rows of a sample without its name."""
        return [{key: value for key, value in row.items() if key != "sample_id"} for row in self.coding[sample]]


def import_chunk(
    folder: Path,
    reference: MiniReference,
    vcfs: dict[str, str | bytes | tuple[str, ...] | None],
    named: dict[str, tuple[str, str]] | None = None,
    suffix: str = ".vcf",
    **settings: str | int,
) -> Imported:
    """Import samples: name to the contents of its file, or of several; `named`: columns the sheet names."""
    folder.mkdir(parents=True, exist_ok=True)
    lines = ["sample_id\tpatient_id\tvariants\tvariants_sample\tnormal_sample"]
    for sample, contents in vcfs.items():
        name = ""
        files = contents if isinstance(contents, tuple) else () if contents is None else (contents,)
        for number, text in enumerate(files):
            path = folder / f"{sample}{f'.{number}' if number else ''}{suffix}"
            path.write_bytes(text if isinstance(text, bytes) else text.encode())
            name += f"{';' if name else ''}{path.name}"
        tumour, normal = (named or {}).get(sample, ("", ""))
        lines.append(f"{sample}\tP_{sample}\t{name}\t{tumour}\t{normal}")
    sheet = folder / "samples.tsv"
    sheet.write_text("\n".join(lines) + "\n")
    out, status, coding = folder / "out" / "c1", folder / "out" / "c1.status.tsv", folder / "out" / "c1.coding.tsv"
    import_variants.run(
        sheet=sheet,
        samples=tuple(vcfs),
        genome=reference.files["genome"],
        gff=reference.gff,
        genes=reference.files["genes"],
        coding_introns=reference.files["coding_introns"],
        coding_exons=reference.files["coding_exons"],
        vcfs=out,
        status=status,
        inference=folder / "out" / "c1.inference.tsv",
        coding_variants=coding,
        **SETTINGS,
        **settings,
    )
    by_sample: dict[str, list[dict]] = {sample: [] for sample in vcfs}
    for row in read_rows(coding, CODING_VARIANTS):
        by_sample[str(row["sample_id"])].append(row)
    files: dict[str, list[dict]] = {}
    for row in read_rows(folder / "out" / "c1.inference.tsv", VARIANT_INFERENCE):
        files.setdefault(str(row["sample_id"]), []).append(row)
    return Imported({str(row["sample_id"]): row for row in read_rows(status, VARIANT_STATUS)}, by_sample, out, files)
