"""Write the records of a tumour as one of five callers would.

Field names, FILTER names and their layout are those of the callers; descriptions are our own words. Quality scores
are plain functions of the reads: nobody should read anything into them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from builder.annotations import HEADERS, annotation_of
from builder.streams import Stream

if TYPE_CHECKING:
    from builder.alleles import Reads, Record
    from builder.genome import Genome
    from builder.model import Calls

COLUMNS = "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT"


@dataclass(frozen=True)
class Cells:
    """The part of a record that a caller writes in its own way."""

    quality: str
    filters: str
    info: str
    format: str
    tumour: str
    normal: str


def vcf_text(genome: Genome, calls: Calls, records: Sequence[Record], *, sample_id: str = "", part: str = "") -> str:
    """Return a whole VCF.

    Parameters
    ----------
    genome : Genome
        For the contig lines.
    calls : Calls
        Caller and columns.
    records : sequence of Record
        Sorted.
    sample_id : str
        For the annotation, where `calls` asks for one.
    part : str
        ``snvs`` or ``indels``: one of the two files of Strelka2; empty: both in one.
    """
    header, cells_of = _DIALECTS[calls.caller]
    lines = [line for line in header(calls).splitlines() if line]
    if part:
        lines = _strelka2_part(lines, part)
    if calls.annotation:
        lines += HEADERS[calls.annotation].splitlines()
    if calls.has_contig_lines:
        lines += [f"##contig=<ID={contig},length={len(bases)}>" for contig, bases in genome.contigs.items()]
    lines.append("\t".join([COLUMNS, *calls.columns]))
    for record in records:
        cells = cells_of(record)
        columns = [cells.tumour if name == calls.tumour else cells.normal for name in calls.columns]
        site = [record.contig, str(record.position_1based), ".", record.ref, ",".join(record.alts) or "."]
        info = cells.info
        if calls.annotation:
            info += f";{annotation_of(genome, calls.annotation, sample_id, record)}"
        lines.append("\t".join([*site, cells.quality, cells.filters, info, cells.format, *columns]))
    return "\n".join(lines) + "\n"


def filter_of(caller: str, record: Record) -> str:
    """Return the FILTER that a caller gives a record."""
    return _DIALECTS[caller][1](record).filters


def _strands(record: Record, reads: int, *, biased: bool = False) -> tuple[int, int]:
    """Return reads on the forward and the reverse strand."""
    if biased:
        return reads, 0
    forward = Stream("strands", record.contig, record.position_1based, record.alts, reads).binomial(reads, 0.5)
    return forward, reads - forward


def _fraction(reads: Reads, place: int = 0) -> float:
    return reads.alts[place] / reads.depth if reads.depth and reads.alts else 0.0


def _joined(numbers: Sequence[object]) -> str:
    return ",".join(map(str, numbers))


def _genotype(record: Record, reads: Reads | None) -> str:
    if reads is None:
        return "."
    called = reads is record.tumour or record.status != "somatic"
    return (
        ("/".join(["0", *(str(i + 1) for i in range(len(record.alts)))]) if record.alts else "0/0") if called else "0/0"
    )


def is_indel(record: Record) -> bool:
    """Tell whether an alternate allele has another length than the reference."""
    return any(len(alt) != len(record.ref) for alt in record.alts)


# --- Mutect2 (GATK 4) ---------------------------------------------------------------------------

_MUTECT2_FILTERS: Mapping[str, Sequence[str]] = {
    "": ("PASS",),
    "low_evidence": (
        "weak_evidence",
        "base_qual;weak_evidence",
        "map_qual;weak_evidence",
        "clustered_events;haplotype",
    ),
    "strand_bias": ("strand_bias",),
    "normal_support": ("normal_artifact",),
    "germline": ("germline",),
}


def _mutect2_header(calls: Calls) -> str:
    normal = f"##normal_sample={calls.normal}" if calls.normal else ""
    return f"""##fileformat=VCFv4.2
##FILTER=<ID=PASS,Description="At least one allele of the site passes every filter">
##FILTER=<ID=FAIL,Description="No allele passes, each for a reason of its own">
##FILTER=<ID=base_qual,Description="Median base quality of the alternate allele is low">
##FILTER=<ID=clustered_events,Description="Many events in one haplotype region of the tumour">
##FILTER=<ID=contamination,Description="Explained by contamination">
##FILTER=<ID=duplicate,Description="Alternate allele mostly in likely duplicates">
##FILTER=<ID=germline,Description="Evidence that the site is germline">
##FILTER=<ID=haplotype,Description="Near a filtered variant on the same haplotype">
##FILTER=<ID=map_qual,Description="Median mapping quality of the alternate allele is low">
##FILTER=<ID=normal_artifact,Description="Artefact seen in the normal">
##FILTER=<ID=orientation,Description="Read orientation artefact">
##FILTER=<ID=panel_of_normals,Description="Seen in the panel of normals">
##FILTER=<ID=position,Description="Alternate allele close to read ends">
##FILTER=<ID=slippage,Description="Contraction or expansion of a short repeat">
##FILTER=<ID=strand_bias,Description="Alternate allele on one strand only">
##FILTER=<ID=weak_evidence,Description="Likelihood ratio too low">
##FORMAT=<ID=AD,Number=R,Type=Integer,Description="Reads of each allele">
##FORMAT=<ID=AF,Number=A,Type=Float,Description="Estimated fraction of each alternate allele">
##FORMAT=<ID=DP,Number=1,Type=Integer,Description="Informative reads">
##FORMAT=<ID=F1R2,Number=R,Type=Integer,Description="Reads of each allele in F1R2 orientation">
##FORMAT=<ID=F2R1,Number=R,Type=Integer,Description="Reads of each allele in F2R1 orientation">
##FORMAT=<ID=GT,Number=1,Type=String,Description="Genotype">
##FORMAT=<ID=PGT,Number=1,Type=String,Description="Haplotype that carries the alternate allele">
##FORMAT=<ID=PID,Number=1,Type=String,Description="Identifier of the phase group">
##FORMAT=<ID=PS,Number=1,Type=Integer,Description="Phase set, first position of the group">
##FORMAT=<ID=SB,Number=4,Type=Integer,Description="Reads by allele and strand">
##INFO=<ID=DP,Number=1,Type=Integer,Description="Reads of all samples">
##INFO=<ID=ECNT,Number=1,Type=Integer,Description="Events in this haplotype">
##INFO=<ID=GERMQ,Number=1,Type=Integer,Description="Phred-scaled quality that the allele is not germline">
##INFO=<ID=MBQ,Number=R,Type=Integer,Description="Median base quality by allele">
##INFO=<ID=MMQ,Number=R,Type=Integer,Description="Median mapping quality by allele">
##INFO=<ID=NLOD,Number=A,Type=Float,Description="Log10 odds that the normal lacks the allele">
##INFO=<ID=POPAF,Number=A,Type=Float,Description="Minus log10 population frequency">
##INFO=<ID=TLOD,Number=A,Type=Float,Description="Log10 odds that the allele is in the tumour">
##MutectVersion=2.2
##filtering_status=Filtered by FilterMutectCalls
{normal}
##source=FilterMutectCalls
##source=Mutect2
##tumor_sample={calls.tumour}
"""


def _mutect2_cells(record: Record) -> Cells:
    names = _MUTECT2_FILTERS[record.failing]
    biased = record.failing == "strand_bias"
    depth = record.tumour.depth + (record.normal.depth if record.normal else 0)
    info = [f"DP={depth}", f"ECNT={2 if record.phase else 1}", "GERMQ=93", "MBQ=33,32", "MMQ=60,60"]
    if record.normal is not None:
        info.append(f"NLOD={0.24 * record.normal.ref:.2f}")
    info += ["POPAF=6.00", f"TLOD={2.7 * record.tumour.alts[0]:.2f}"]

    def sample(reads: Reads | None) -> str:
        if reads is None:
            return ""
        counts = [reads.ref, *reads.alts]
        first = [_strands(record, count)[0] for count in counts]
        second = [count - one for count, one in zip(counts, first, strict=True)]
        strands = [*_strands(record, reads.ref), *_strands(record, reads.alts[0], biased=biased)]
        genotype = _genotype(record, reads)
        cells = [
            genotype,
            _joined(counts),
            f"{_fraction(reads):.3f}",
            str(reads.depth),
            _joined(first),
            _joined(second),
        ]
        if record.phase:
            cells[0] = genotype.replace("/", "|")
            cells += ["0|1", record.phase, record.phase.split("_")[0]]
        return ":".join([*cells, _joined(strands)])

    keys = "GT:AD:AF:DP:F1R2:F2R1" + (":PGT:PID:PS" if record.phase else "") + ":SB"
    name = names[record.position_1based % len(names)] if record.failing else "PASS"
    return Cells(".", name, ";".join(info), keys, sample(record.tumour), sample(record.normal))


# --- Strelka2 -----------------------------------------------------------------------------------


def _strelka2_header(_: Calls) -> str:
    return """##fileformat=VCFv4.1
##source=strelka
##source_version=2.9.10
##content=strelka somatic snv and indel calls, concatenated
##priorSomaticSnvRate=0.0001
##priorSomaticIndelRate=1e-06
##FILTER=<ID=LowEVS,Description="Somatic Empirical Variant Score below threshold">
##FILTER=<ID=LowDepth,Description="Depth of tumour or normal below threshold">
##INFO=<ID=SOMATIC,Number=0,Type=Flag,Description="Somatic mutation">
##INFO=<ID=QSS,Number=1,Type=Integer,Description="Quality of a somatic SNV">
##INFO=<ID=TQSS,Number=1,Type=Integer,Description="Data tier behind QSS">
##INFO=<ID=QSI,Number=1,Type=Integer,Description="Quality of a somatic indel">
##INFO=<ID=TQSI,Number=1,Type=Integer,Description="Data tier behind QSI">
##INFO=<ID=NT,Number=1,Type=String,Description="Genotype of the normal: ref, het, hom or conflict">
##INFO=<ID=QSS_NT,Number=1,Type=Integer,Description="Joint quality of SNV and NT">
##INFO=<ID=TQSS_NT,Number=1,Type=Integer,Description="Data tier behind QSS_NT">
##INFO=<ID=QSI_NT,Number=1,Type=Integer,Description="Joint quality of indel and NT">
##INFO=<ID=TQSI_NT,Number=1,Type=Integer,Description="Data tier behind QSI_NT">
##INFO=<ID=SGT,Number=1,Type=String,Description="Most likely somatic genotype">
##INFO=<ID=DP,Number=1,Type=Integer,Description="Depth of both samples">
##INFO=<ID=MQ,Number=1,Type=Float,Description="RMS mapping quality">
##INFO=<ID=RU,Number=1,Type=String,Description="Smallest repeated unit of the indel">
##INFO=<ID=RC,Number=1,Type=Integer,Description="Repeats of RU in the reference">
##INFO=<ID=IC,Number=1,Type=Integer,Description="Repeats of RU in the indel allele">
##INFO=<ID=IHP,Number=1,Type=Integer,Description="Longest interrupted homopolymer nearby">
##INFO=<ID=SomaticEVS,Number=1,Type=Float,Description="Somatic Empirical Variant Score">
##FORMAT=<ID=DP,Number=1,Type=Integer,Description="Depth of tier 1">
##FORMAT=<ID=DP2,Number=1,Type=Integer,Description="Depth of tier 2">
##FORMAT=<ID=FDP,Number=1,Type=Integer,Description="Basecalls filtered from tier 1">
##FORMAT=<ID=SDP,Number=1,Type=Integer,Description="Reads with a deletion spanning the site, tier 1">
##FORMAT=<ID=SUBDP,Number=1,Type=Integer,Description="Reads below tier 1 mapping quality across the site">
##FORMAT=<ID=AU,Number=2,Type=Integer,Description="Reads with A, tiers 1 and 2">
##FORMAT=<ID=CU,Number=2,Type=Integer,Description="Reads with C, tiers 1 and 2">
##FORMAT=<ID=GU,Number=2,Type=Integer,Description="Reads with G, tiers 1 and 2">
##FORMAT=<ID=TU,Number=2,Type=Integer,Description="Reads with T, tiers 1 and 2">
##FORMAT=<ID=TAR,Number=2,Type=Integer,Description="Reads that support another allele than the indel, tiers 1 and 2">
##FORMAT=<ID=TIR,Number=2,Type=Integer,Description="Reads that support the indel, tiers 1 and 2">
##FORMAT=<ID=TOR,Number=2,Type=Integer,Description="Reads that support neither, tiers 1 and 2">
##FORMAT=<ID=DP50,Number=1,Type=Float,Description="Mean tier 1 depth within 50 bases">
##FORMAT=<ID=FDP50,Number=1,Type=Float,Description="Mean filtered basecalls within 50 bases">
##FORMAT=<ID=SUBDP50,Number=1,Type=Float,Description="Mean reads below tier 1 mapping quality within 50 bases">
##FORMAT=<ID=BCN50,Number=1,Type=Float,Description="Fraction of basecalls filtered within 50 bases">
"""


_ONLY_IN = {
    "snvs": ("QSS", "TQSS", "QSS_NT", "TQSS_NT", "FDP", "SDP", "SUBDP", "AU", "CU", "GU", "TU"),
    "indels": (
        "QSI", "TQSI", "QSI_NT", "TQSI_NT", "RU", "RC", "IC", "IHP", "DP2", "TAR", "TIR", "TOR", "DP50", "FDP50",
        "SUBDP50", "BCN50",
    ),
}  # fmt: skip


def _strelka2_part(lines: Sequence[str], part: str) -> list[str]:
    """Return the header of one of the two files: its own fields, and what it says of its content."""
    others = [f"ID={name}," for other, names in _ONLY_IN.items() if other != part for name in names]
    kept = [line for line in lines if not any(other in line for other in others)]
    content = f"##content=strelka somatic {part.removesuffix('s')} calls"
    return [content if line.startswith("##content=") else line for line in kept]


def _strelka2_cells(record: Record) -> Cells:
    kind = "I" if is_indel(record) else "S"
    quality = min(3071 if kind == "I" else 400, 3 * record.tumour.alts[0])
    score = f"{min(20.0, 0.2 * record.tumour.alts[0]):.2f}"
    depth = record.tumour.depth + (record.normal.depth if record.normal else 0)
    somatic = "ref->het" if kind == "I" else f"{record.ref * 2}->{''.join(sorted(record.ref + record.alts[0]))}"
    info = ["SOMATIC", f"QS{kind}={quality}", f"TQS{kind}=1", "NT=ref", f"QS{kind}_NT={quality}", f"TQS{kind}_NT=1"]
    info += [f"SGT={somatic}", f"DP={depth}", "MQ=60.00"]
    if kind == "I":
        shorter, longer = sorted((record.ref, record.alts[0]), key=len)
        repeats = (1, 0) if longer == record.ref else (0, 1)
        info += [f"RU={longer[len(shorter) :]}", f"RC={repeats[0]}", f"IC={repeats[1]}", "IHP=2"]
    info.append(f"SomaticEVS={score}")

    def sample(reads: Reads | None) -> str:
        if reads is None:
            return ""
        if kind == "I":
            cells = [
                reads.depth,
                reads.depth,
                f"{reads.ref},{reads.ref + 1}",
                f"{reads.alts[0]},{reads.alts[0]}",
                "0,0",
            ]
            return ":".join(map(str, [*cells, f"{reads.depth:.1f}", "0.00", "0.00", "0.00"]))
        count = {record.ref: reads.ref, record.alts[0]: reads.alts[0]}
        tiers = [f"{count.get(base, 0)},{count.get(base, 0) + (base == record.ref)}" for base in "ACGT"]
        return ":".join([str(reads.depth), "0", "0", "0", *tiers])

    keys = "DP:DP2:TAR:TIR:TOR:DP50:FDP50:SUBDP50:BCN50" if kind == "I" else "DP:FDP:SDP:SUBDP:AU:CU:GU:TU"
    filters = "LowEVS" if record.failing else "PASS"
    return Cells(".", filters, ";".join(info), keys, sample(record.tumour), sample(record.normal))


# --- VarScan2 somatic ---------------------------------------------------------------------------


def _varscan2_header(_: Calls) -> str:
    return """##fileformat=VCFv4.1
##source=VarScan2
##INFO=<ID=DP,Number=1,Type=Integer,Description="Depth of both samples">
##INFO=<ID=SOMATIC,Number=0,Type=Flag,Description="Somatic mutation">
##INFO=<ID=SS,Number=1,Type=String,Description="Status: 0 reference, 1 germline, 2 somatic, 3 LOH, 5 unknown">
##INFO=<ID=SSC,Number=1,Type=String,Description="Somatic score, Phred-scaled from SPV, at most 255">
##INFO=<ID=GPV,Number=1,Type=Float,Description="P value of the variant in tumour and normal together">
##INFO=<ID=SPV,Number=1,Type=Float,Description="P value of tumour against normal, Fisher's exact test">
##FILTER=<ID=str10,Description="Less than 10 % or more than 90 % of supporting reads on one strand">
##FILTER=<ID=indelError,Description="Likely artefact of reads with indels here">
##FORMAT=<ID=GT,Number=1,Type=String,Description="Genotype">
##FORMAT=<ID=GQ,Number=1,Type=Integer,Description="Genotype quality">
##FORMAT=<ID=DP,Number=1,Type=Integer,Description="Depth">
##FORMAT=<ID=RD,Number=1,Type=Integer,Description="Reads with the reference">
##FORMAT=<ID=AD,Number=1,Type=Integer,Description="Reads with the variant">
##FORMAT=<ID=FREQ,Number=1,Type=String,Description="Variant allele frequency, in percent">
##FORMAT=<ID=DP4,Number=1,Type=String,Description="Reads: ref forward, ref reverse, var forward, var reverse">
"""


def _fisher(record: Record) -> float:
    """Return the one-sided probability of so many variant reads in the tumour, by chance."""
    if record.normal is None:
        return 1.0
    in_tumour, depth = record.tumour.alts[0], record.tumour.depth
    total, variant = depth + record.normal.depth, in_tumour + record.normal.alts[0]
    ways = math.comb(total, variant)
    most = min(depth, variant)
    return sum(math.comb(depth, i) * math.comb(total - depth, variant - i) for i in range(in_tumour, most + 1)) / ways


def _varscan2_cells(record: Record) -> Cells:
    status = {"germline": 1, "somatic": 2, "loh": 3}[record.status]
    probability = _fisher(record)
    score = min(255, int(-10 * math.log10(probability))) if probability > 0 else 255
    depth = record.tumour.depth + (record.normal.depth if record.normal else 0)
    info = [f"DP={depth}", *(["SOMATIC"] if status == 2 else []), f"SS={status}", f"SSC={score}"]
    info += [f"GPV={'1E0' if status == 2 else '1.2E-40'}", f"SPV={probability:.4E}"]

    def sample(reads: Reads | None) -> str:
        if reads is None:
            return ""
        biased = record.failing == "strand_bias"
        strands = [*_strands(record, reads.ref), *_strands(record, reads.alts[0], biased=biased)]
        cells = [_genotype(record, reads), ".", reads.depth, reads.ref, reads.alts[0], f"{100 * _fraction(reads):.2f}%"]
        return ":".join([*map(str, cells), _joined(strands)])

    filters = ("indelError" if is_indel(record) else "str10") if record.failing else "PASS"
    return Cells(".", filters, ";".join(info), "GT:GQ:DP:RD:AD:FREQ:DP4", sample(record.tumour), sample(record.normal))


# --- FreeBayes ----------------------------------------------------------------------------------


def _freebayes_header(_: Calls) -> str:
    return """##fileformat=VCFv4.2
##source=freeBayes v1.3.6
##phasing=none
##commandline="freebayes --pooled-continuous --min-alternate-fraction 0.03"
##FILTER=<ID=LowQual,Description="QUAL below 20">
##INFO=<ID=AO,Number=A,Type=Integer,Description="Reads with each alternate allele">
##INFO=<ID=CIGAR,Number=A,Type=String,Description="Extended CIGAR of each alternate allele">
##INFO=<ID=DP,Number=1,Type=Integer,Description="Depth of all samples">
##INFO=<ID=NS,Number=1,Type=Integer,Description="Samples with data">
##INFO=<ID=NUMALT,Number=1,Type=Integer,Description="Alternate alleles">
##INFO=<ID=ODDS,Number=1,Type=Float,Description="Log odds of the best genotype combination">
##INFO=<ID=RO,Number=1,Type=Integer,Description="Reads with the reference">
##INFO=<ID=SAF,Number=A,Type=Integer,Description="Alternate reads on the forward strand">
##INFO=<ID=SAR,Number=A,Type=Integer,Description="Alternate reads on the reverse strand">
##INFO=<ID=TYPE,Number=A,Type=String,Description="Kind of each allele: snp, mnp, ins, del or complex">
##FORMAT=<ID=GT,Number=1,Type=String,Description="Genotype">
##FORMAT=<ID=DP,Number=1,Type=Integer,Description="Depth">
##FORMAT=<ID=AD,Number=R,Type=Integer,Description="Reads of each allele">
##FORMAT=<ID=RO,Number=1,Type=Integer,Description="Reads with the reference">
##FORMAT=<ID=QR,Number=1,Type=Integer,Description="Sum of base qualities of the reference">
##FORMAT=<ID=AO,Number=A,Type=Integer,Description="Reads with each alternate allele">
##FORMAT=<ID=QA,Number=A,Type=Integer,Description="Sum of base qualities of each alternate allele">
##FORMAT=<ID=GL,Number=G,Type=Float,Description="Log10 genotype likelihoods">
"""


def _freebayes_kind(ref: str, alt: str) -> tuple[str, str]:
    """Return TYPE and CIGAR of an allele."""
    if len(ref) == len(alt):
        return ("snp" if len(ref) == 1 else "mnp"), f"{len(ref)}X"
    if len(ref) > len(alt):
        return "del", f"1M{len(ref) - len(alt)}D"
    return "ins", f"1M{len(alt) - len(ref)}I"


def _freebayes_cells(record: Record) -> Cells:
    samples = [reads for reads in (record.tumour, record.normal) if reads is not None]
    kinds = [_freebayes_kind(record.ref, alt) for alt in record.alts]
    alternates = [sum(reads.alts[i] for reads in samples) for i in range(len(record.alts))]
    strands = [_strands(record, count) for count in alternates]
    quality = 12.4 if record.failing else 8.6 * record.tumour.alts[0]
    info = [f"AO={_joined(alternates)}", f"CIGAR={_joined([cigar for _, cigar in kinds])}"]
    info += [f"DP={sum(reads.depth for reads in samples)}", f"NS={len(samples)}", f"NUMALT={len(record.alts)}"]
    info += [f"ODDS={0.23 * quality:.2f}", f"RO={sum(reads.ref for reads in samples)}"]
    info += [
        f"SAF={_joined([forward for forward, _ in strands])}",
        f"SAR={_joined([reverse for _, reverse in strands])}",
    ]
    info.append(f"TYPE={_joined([kind for kind, _ in kinds])}")

    def sample(reads: Reads | None) -> str:
        if reads is None:
            return ""
        genotypes = (len(reads.alts) + 1) * (len(reads.alts) + 2) // 2
        genotype = _genotype(record, reads)
        both = ("0", "-14.20") if genotype == "0/0" else (f"{-2.9 * reads.alts[0]:.2f}", "0")
        likelihoods = [*both, *(["-90.00"] * (genotypes - 2))]
        cells = [genotype, reads.depth, _joined([reads.ref, *reads.alts]), reads.ref, 36 * reads.ref]
        cells += [_joined(reads.alts), _joined([36 * count for count in reads.alts]), _joined(likelihoods)]
        return ":".join(map(str, cells))

    filters = "LowQual" if record.failing else "."
    keys = "GT:DP:AD:RO:QR:AO:QA:GL"
    return Cells(f"{quality:.2f}", filters, ";".join(info), keys, sample(record.tumour), sample(record.normal))


# --- a pipeline that names no caller --------------------------------------------------------------


def _generic_header(_: Calls) -> str:
    return """##fileformat=VCFv4.2
##FILTER=<ID=low_support,Description="Too few supporting reads">
##ALT=<ID=DEL,Description="Deletion">
##INFO=<ID=DP,Number=1,Type=Integer,Description="Depth of all samples">
##INFO=<ID=END,Number=1,Type=Integer,Description="Last base of the variant">
##INFO=<ID=SVLEN,Number=A,Type=Integer,Description="Difference in length">
##INFO=<ID=SVTYPE,Number=1,Type=String,Description="Kind of structural variant">
##FORMAT=<ID=GT,Number=1,Type=String,Description="Genotype">
##FORMAT=<ID=AD,Number=R,Type=Integer,Description="Reads of each allele">
##FORMAT=<ID=DP,Number=1,Type=Integer,Description="Depth">
"""


def _generic_cells(record: Record) -> Cells:
    depth = record.tumour.depth + (record.normal.depth if record.normal else 0)
    info = ";".join([*([record.info] if record.info else []), f"DP={depth}"])

    def sample(reads: Reads | None) -> str:
        if reads is None:
            return ""
        return f"{_genotype(record, reads)}:{_joined([reads.ref, *reads.alts])}:{reads.depth}"

    filters = "low_support" if record.failing else "PASS"
    quality = "." if not record.alts else str(min(999, 9 * record.tumour.alts[0]))
    return Cells(quality, filters, info, "GT:AD:DP", sample(record.tumour), sample(record.normal))


_DIALECTS: Mapping[str, tuple[Callable[[Calls], str], Callable[[Record], Cells]]] = {
    "mutect2": (_mutect2_header, _mutect2_cells),
    "strelka2": (_strelka2_header, _strelka2_cells),
    "varscan2": (_varscan2_header, _varscan2_cells),
    "freebayes": (_freebayes_header, _freebayes_cells),
    "generic": (_generic_header, _generic_cells),
}
