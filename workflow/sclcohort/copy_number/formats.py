"""The formats of copy-number segments, as data, and how a header tells them apart.

A format is known by its header, never by the name of its file. Roles name what a column means: ``log2`` is
a log2 ratio to a diploid normal, ``ratio`` the same without the logarithm, ``total`` the copies per tumour
cell, ``minor`` those of the rarer allele, ``first_allele`` and ``second_allele`` those of either allele in
no promised order; ``major_1`` to ``fraction_2`` are the two states of a subclonal segment.

========== ============================================ ==================================================
format     columns as in                                positions
========== ============================================ ==================================================
seg        DNAcopy (Olshen 2004), GATK, TCGA, CCLE      1-based, end included
cns        CNVkit (Talevich 2016)                       0-based, end left out
gatk       broadinstitute/gatk,                         1-based, end included: written from SimpleInterval, "a
           CalledCopyRatioSegmentCollection.java        1-based closed ended genomic interval"
purple     hartwigmedical/hmftools,                     1-based, end included: the first segment starts at 1,
           PurpleCopyNumberFile.java, purple/README.md  and each next one a base after the end before it
facets     mskcc/facets, facets-emcncf.R                1-based, end included: the first and the last locus of
                                                        the segment (``startseq``, ``endseq``)
ascat      VanLoo-lab/ascat, ascat.runAscat.R; GDC      1-based, end included: first and last SNP (``SNPpos``)
sequenza   cran/sequenza 3.0, segments.R, results.R     1-based, end included: first and last position
battenberg Wedge-lab/battenberg, fitcopynumber.R        1-based, end included: first and last SNP, although
                                                        its README calls the file BED
========== ============================================ ==================================================

The last five are fitted: their copies are the caller's own, already corrected for purity and ploidy. Their
log2 ratios, where the file has one, are not centred on two copies (FACETS gives the shift as ``dipLogR``, in
another file), so that no copies may be computed from them. FACETS gives the copies of the cells that have
the change, whatever their fraction ``cf.em``; Battenberg both populations, of which the mean is taken.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from sclcohort.errors import Fault, StepError

Format = Literal["seg", "cns", "gatk", "purple", "facets", "ascat", "sequenza", "battenberg"]

# Header names without case and punctuation: "loc.start", "Loc_Start" and "locStart" are one.
SAMPLE = frozenset(("id", "sample", "sampleid", "samplename", "name", "barcode", "tumorsamplebarcode")) | frozenset(
    ("gdcaliquot", "depmapid", "modelid", "profileid", "cclename")
)
CONTIG = frozenset(("chrom", "chromosome", "chr"))


@dataclass(frozen=True)
class SegmentFormat:
    """One format of segments.

    Parameters
    ----------
    name : str
        As results name it: a state of ``format`` in contract COPY_NUMBER_STATUS.
    file : str
        What a user is asked to give.
    columns : mapping of str to frozenset of str
        For each role, the spellings of its column.
    optional : frozenset of str
        Roles whose column may be missing.
    any_of : frozenset of str
        Columns that no other format has: one of them tells the format.
    all_of, none_of : frozenset of str
        Columns that tell it together, and those it never has. A format without any of the three
        is told by having a column for each role.
    fitted_by : str
        Caller whose fitted copies the file has; empty where copies come from the log2 ratio.
    is_one_based : bool
        Positions count from 1 with the end included; else from 0 without it.
    has_whole_copies : bool
        Copies are whole numbers.
    """

    name: Format
    file: str
    columns: Mapping[str, frozenset[str]]
    optional: frozenset[str] = frozenset()
    any_of: frozenset[str] = frozenset()
    all_of: frozenset[str] = frozenset()
    none_of: frozenset[str] = frozenset()
    fitted_by: str = ""
    is_one_based: bool = True
    has_whole_copies: bool = False

    def claims(self, names: frozenset[str]) -> bool:
        """Tell whether a header with these names, plain, is of this format."""
        if self.any_of:
            return bool(self.any_of & names)
        if self.all_of:
            return self.all_of <= names and not self.none_of & names
        return all(spellings & names for role, spellings in self.columns.items() if role not in self.optional)

    def place_columns(self, file: str, row: int, header: Sequence[str]) -> dict[str, int]:
        """Return where the column of each role is.

        Raises
        ------
        StepError
            A role has two columns, or a needed one has none.
        """
        plain = [plain_name(name) for name in header]
        columns: dict[str, int] = {}
        faults: list[Fault] = []
        for role, spellings in self.columns.items():
            places = [place for place, name in enumerate(plain) if name in spellings]
            if len(places) > 1:
                twice = " and ".join(header[place] for place in places)
                faults.append(Fault("E-CN-012", file, f"two columns for the {role}: {twice}", "leave one", row))
            elif places:
                columns[role] = places[0]
        missing = [role for role in self.columns if role not in columns and role not in self.optional]
        if missing and not faults:
            found = f"no column for {', '.join(missing)} among: {', '.join(header) or 'nothing'}"
            known = [self] if self.claims(frozenset(plain)) else list(FORMATS)
            fix = f"give, with its header, {' or '.join(one.file for one in known)}"
            faults.append(Fault("E-CN-011", file, found, fix, row))
        if faults:
            raise StepError("\n".join(str(fault) for fault in faults))
        return columns


SEG = SegmentFormat(
    "seg",
    "a SEG (sample, chrom, start, end, segment_mean)",
    {
        "sample": SAMPLE,
        "contig": CONTIG,
        "start": frozenset(("locstart", "start", "startposition", "chromstart")),
        "end": frozenset(("locend", "end", "endposition", "chromend", "stop")),
        "log2": frozenset(("segmean", "segmentmean", "log2", "log2ratio", "meanlog2ratio", "meanlog2copyratio")),
    },
)
CNS = SegmentFormat(
    "cns",
    "CNVkit's .cns",
    {
        "contig": frozenset(("chromosome",)),
        "start": frozenset(("start",)),
        "end": frozenset(("end",)),
        "log2": frozenset(("log2",)),
        "total": frozenset(("cn",)),
        "first_allele": frozenset(("cn1",)),
        "second_allele": frozenset(("cn2",)),
    },
    optional=frozenset(("total", "first_allele", "second_allele")),
    all_of=frozenset(("chromosome", "gene", "log2")),
    none_of=SAMPLE,
    is_one_based=False,
    has_whole_copies=True,
)
GATK = SegmentFormat(
    "gatk",
    "GATK's .called.seg or .cr.seg",
    {
        "contig": frozenset(("contig",)),
        "start": frozenset(("start",)),
        "end": frozenset(("end",)),
        "log2": frozenset(("meanlog2copyratio",)),
    },
    any_of=frozenset(("numpointscopyratio",)),
)
PURPLE = SegmentFormat(
    "purple",
    "PURPLE's .purple.cnv.somatic.tsv",
    {
        "contig": frozenset(("chromosome",)),
        "start": frozenset(("start",)),
        "end": frozenset(("end",)),
        "total": frozenset(("copynumber",)),
        # Older versions call copies of an allele its ploidy.
        "minor": frozenset(("minorallelecopynumber", "minoralleleploidy")),
    },
    any_of=frozenset(
        ("minorallelecopynumber", "majorallelecopynumber", "minoralleleploidy", "majoralleleploidy"),
    ),
    fitted_by="PURPLE",
)
FACETS = SegmentFormat(
    "facets",
    "the cncf table of FACETS's emcncf",
    {
        "sample": SAMPLE,
        "contig": CONTIG,
        "start": frozenset(("start", "locstart")),
        "end": frozenset(("end", "locend")),
        "log2": frozenset(("cnlrmedian",)),
        "total": frozenset(("tcnem",)),
        "minor": frozenset(("lcnem",)),
    },
    optional=frozenset(("sample", "log2")),
    any_of=frozenset(("tcnem", "lcnem", "cfem", "cnlrmedian")),
    fitted_by="FACETS",
)
ASCAT = SegmentFormat(
    "ascat",
    "the segments of ASCAT (sample, chr, startpos, endpos, nMajor, nMinor)",
    {
        "sample": SAMPLE,
        "contig": CONTIG,
        "start": frozenset(("startpos", "start")),
        "end": frozenset(("endpos", "end")),
        "first_allele": frozenset(("nmajor", "majorcopynumber")),
        "second_allele": frozenset(("nminor", "minorcopynumber")),
    },
    optional=frozenset(("sample",)),
    any_of=frozenset(("nmajor", "nminor", "majorcopynumber", "minorcopynumber")),
    fitted_by="ASCAT",
)
SEQUENZA = SegmentFormat(
    "sequenza",
    "Sequenza's _segments.txt",
    {
        "contig": CONTIG,
        "start": frozenset(("startpos",)),
        "end": frozenset(("endpos",)),
        "ratio": frozenset(("depthratio",)),
        "total": frozenset(("cnt",)),
        "first_allele": frozenset(("a",)),
        "second_allele": frozenset(("b",)),
    },
    optional=frozenset(("ratio",)),
    any_of=frozenset(("cnt", "depthratio")),
    fitted_by="Sequenza",
)
BATTENBERG = SegmentFormat(
    "battenberg",
    "Battenberg's _subclones.txt or _copynumber.txt",
    {
        "contig": CONTIG,
        "start": frozenset(("startpos",)),
        "end": frozenset(("endpos",)),
        "log2": frozenset(("logr",)),
        **{f"major_{state}": frozenset((f"nmaj{state}a",)) for state in (1, 2)},
        **{f"minor_{state}": frozenset((f"nmin{state}a",)) for state in (1, 2)},
        **{f"fraction_{state}": frozenset((f"frac{state}a",)) for state in (1, 2)},
    },
    optional=frozenset(("log2",)),
    any_of=frozenset(("nmaj1a", "nmin1a", "frac1a")),
    fitted_by="Battenberg",
)
FORMATS = (SEG, CNS, GATK, PURPLE, FACETS, ASCAT, SEQUENZA, BATTENBERG)


def plain_name(name: str) -> str:
    """Return the name of a column without case and punctuation."""
    return re.sub(r"[^a-z0-9]", "", name.casefold())


def recognised(file: str, row: int, header: Sequence[str]) -> tuple[SegmentFormat, dict[str, int]]:
    """Return the format of a header, and where the column of each role is.

    Parameters
    ----------
    file : str
        Name of the file, for messages.
    row : int
        1-based line of the header.
    header : sequence of str
        Its cells.

    Raises
    ------
    StepError
        The header is of no format or of two, a needed column is missing or there twice.
    """
    names = frozenset(plain_name(name) for name in header)
    claiming = [form for form in FORMATS if form.claims(names)]
    faults = list(_header_faults(file, row, header, names, claiming))
    if faults:
        raise StepError("\n".join(str(fault) for fault in faults))
    form = claiming[0] if claiming else SEG
    return form, form.place_columns(file, row, header)


def _header_faults(
    file: str, row: int, header: Sequence[str], names: frozenset[str], claiming: Sequence[SegmentFormat]
) -> Iterator[Fault]:
    """Yield what is wrong with a header before its columns are looked up."""
    if len(header) == 1 and re.search(r"[,; ]", header[0]):
        yield Fault("E-CN-011", file, "not tab-separated", "save it as tab-separated text", row)
    elif len(claiming) > 1:
        found = f"columns of {len(claiming)} formats: {', '.join(form.name for form in claiming)}"
        yield Fault("E-CN-011", file, found, "leave the columns of one caller", row)
    elif CNS in claiming and {"depth", "weight"} <= names and "probes" not in names:
        yield Fault("E-CN-011", file, "CNVkit bins (.cnr), not segments", "give the .cns", row)
