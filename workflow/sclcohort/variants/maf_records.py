"""Write the rows of one barcode of a MAF as a VCF, for the importer to take in like any other.

A MAF writes insertions and deletions without the base beside them (``-`` for nothing) and counts reads in columns;
here they get the base before them from the genome, and AD, DP and AF. Its own annotation goes along in INFO.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import pysam

from sclcohort.coordinates import without_chr
from sclcohort.variants.annotations import MAF_DEFINITION, MAF_TAG, maf_annotation
from sclcohort.variants.header import FIXED_COLUMNS, Definition
from sclcohort.variants.maf import MISSING, MafHeader, build_name, build_problem, header_of, open_maf
from sclcohort.variants.refusal import RefusedVcfError

SHOWN_FAULTS = 5
TUMOUR_COLUMN, NORMAL_COLUMN = "TUMOR", "NORMAL"
_BASES = re.compile(r"^[ACGTN]+$")
_PRIMARY = re.compile(r"^(?:[1-9]|1\d|2[0-2]|X|Y)$")
# Chromosomes by number, as older files of the TCGA and cBioPortal have them.
_NUMBERED = {"23": "X", "24": "Y"}
# What vcf2maf writes as the normal where none was named: no sign that there was one.
_NO_NORMAL = MISSING | {"NORMAL", "-", "none"}
_DEFINITIONS = (
    Definition("FORMAT", "AD", "R", "Integer", "Reads of the reference and the alternate allele"),
    Definition("FORMAT", "DP", "1", "Integer", "Reads at the site"),
    Definition("FORMAT", "AF", "A", "Float", "Allele fraction as the MAF has it"),
    Definition("INFO", "MAF_CALLERS", ".", "String", "Callers as the MAF has them"),
    MAF_DEFINITION,
)


@dataclass(frozen=True)
class MafIntake:
    """What became of a barcode's rows.

    Parameters
    ----------
    rows : int
        Rows of the barcode.
    records : int
        Records written: alleles, each once.
    normal : str or None
        Barcode of the matched normal; ``NORMAL`` where the rows have its reads and no name; None: tumour-only.
    build : str or None
        Build by NCBI_Build, in the configuration's words where known; None: not said.
    has_vaf : bool
        Whether FORMAT/AF was written.
    notes : tuple of str
        What a reader should know.
    """

    rows: int
    records: int
    normal: str | None
    build: str | None
    has_vaf: bool
    notes: tuple[str, ...]


class _RowError(Exception):
    """A row that cannot be read: column in our words, value, and what is wrong with it."""

    def __init__(self, column: str, value: str, found: str) -> None:
        super().__init__(found)
        self.column, self.value = column, value


class _Allele(NamedTuple):
    contig: str
    position: int
    ref: str
    alt: str


@dataclass
class _Record:
    filters: str
    tumour: str
    normal: str
    callers: str
    annotations: list[str] = field(default_factory=list)


@dataclass
class _Seen:
    """What the rows had, gathered while they are read."""

    records: dict[_Allele, _Record] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    builds: set[str] = field(default_factory=set)
    normals: Counter[str] = field(default_factory=Counter)
    has_normal_reads: bool = False
    rows: int = 0
    faulty: int = 0
    unchanged: int = 0
    second_alternates: int = 0
    conflicts: int = 0
    strays: Counter[str] = field(default_factory=Counter)
    renamed: tuple[str, str] | None = None


def maf_to_vcf(path: Path, barcode: str, genome: Path, contigs: Mapping[str, int], build: str, out: Path) -> MafIntake:
    """Write one barcode's rows as VCF text.

    Parameters
    ----------
    path : Path
        The MAF.
    barcode : str
        Tumor_Sample_Barcode of the sample.
    genome : Path
        Indexed FASTA.
    contigs : mapping of str to int
        Of the genome, with their lengths.
    build : str
        reference.build.
    out : Path
        VCF to write: sorted, one alternate allele a record, column `TUMOUR_COLUMN` and, where the calls
        were made against a normal, `NORMAL_COLUMN`; AD:DP and, where the MAF has fractions, AF, all
        as the dialect ``generic`` reads them; `annotations.MAF_TAG` in INFO.

    Raises
    ------
    RefusedVcfError
        Rows that cannot be read (the first five, and how many), another build, chromosomes that the
        reference lacks.
    """
    header, seen = _read_rows(path, barcode, genome, _Contigs(contigs, build))
    problem = build_problem(seen.builds, build)
    if problem is not None:
        raise RefusedVcfError(problem)
    if seen.faults:
        more = f"; and {seen.faulty - SHOWN_FAULTS} more" if seen.faulty > SHOWN_FAULTS else ""
        raise RefusedVcfError(
            f"{seen.faulty} of {seen.rows} rows of {barcode} cannot be read: {'; '.join(seen.faults)}{more}; "
            "correct them or export the MAF again"
        )
    _check_strays(seen.strays)
    normal = _normal_of(seen, barcode)
    has_vaf = "vaf" in header.places
    _write(out, seen, contigs, normal is not None, has_vaf)
    known = build_name(min(seen.builds)) if seen.builds else None
    return MafIntake(seen.rows, len(seen.records), normal, known, has_vaf, tuple(_notes(seen, build)))


def _read_rows(path: Path, barcode: str, genome: Path, contigs: _Contigs) -> tuple[MafHeader, _Seen]:
    seen = _Seen()
    with pysam.FastaFile(str(genome)) as fasta, open_maf(path) as lines:
        header = header_of(lines)
        reader = _Reader(header, contigs, lambda contig, at: fasta.fetch(contig, at - 1, at).upper())
        for number, line in _rows_of(lines, header, barcode):
            seen.rows += 1
            try:
                reader.read(line.split("\t"), seen)
            except _RowError as error:
                seen.faulty += 1
                if seen.faulty <= SHOWN_FAULTS:
                    place = f'row {number} column {header.name(error.column)} value "{error.value[:40]}"'
                    seen.faults.append(f"{place}: {error}")
    return header, seen


def _rows_of(lines: Iterator[tuple[int, str]], header: MafHeader, barcode: str) -> Iterator[tuple[int, str]]:
    """Yield the barcode's rows; most rows of a cohort's file are others', and are not split."""
    place = header.places["barcode"]
    for number, line in lines:
        if barcode in line:
            cells = line.split("\t", place + 1)
            if len(cells) > place and cells[place].strip(' "') == barcode:
                yield number, line


class _Contigs:
    """Names of chromosomes in the MAF to those of the reference."""

    def __init__(self, contigs: Mapping[str, int], build: str) -> None:
        self.bases = contigs
        by_bare: dict[str, list[str]] = {}
        for name in contigs:
            # chrM of hg19 is another sequence than MT of GRCh37: the names are not exchanged there.
            if not (without_chr(name) == "MT" and build == "GRCh37"):
                by_bare.setdefault(without_chr(name), []).append(name)
        self._by_bare = {bare: names[0] for bare, names in by_bare.items() if len(names) == 1}

    def find(self, name: str) -> str | None:
        """Return the reference's name of a contig; None where it has none."""
        if name in self.bases:
            return name
        bare = without_chr(name)
        return self._by_bare.get(bare) or self._by_bare.get(_NUMBERED.get(bare, ""))


class _Reader:
    """Turns rows into records."""

    def __init__(self, header: MafHeader, contigs: _Contigs, base_at: Callable[[str, int], str]) -> None:
        self.header, self.contigs, self.base_at = header, contigs, base_at

    def read(self, cells: Sequence[str], seen: _Seen) -> None:
        """Add a row's alleles to what was seen."""
        # Editors cut empty cells off the end of a row; what is needed must be there.
        row = {
            name: cells[place].strip(' "') if place < len(cells) else "" for name, place in self.header.places.items()
        }
        if row["contig"] in MISSING:
            raise _RowError("contig", row["contig"], "no chromosome")
        if row.get("build", "") not in MISSING:
            seen.builds.add(row["build"])
        contig = self.contigs.find(row["contig"])
        if contig is None:
            seen.strays[row["contig"]] += 1
            return
        if contig != row["contig"] and seen.renamed is None:
            seen.renamed = (row["contig"], contig)
        ref, alternates = _alleles_of(row)
        if not alternates:
            seen.unchanged += 1
            return
        start = _place_of(row, ref, self.contigs.bases[contig])
        tumour, normal = _reads_of(row, ""), _reads_of(row, "normal_")
        seen.normals[row.get("normal", "")] += 1
        seen.has_normal_reads |= any(value is not None for value in normal)
        fraction = _fraction_of(row)
        annotation = _annotation_of(row)
        for number, alt in enumerate(alternates):
            allele = _vcf_allele(contig, start, ref, alt, self.base_at)
            if number:
                # Counts of a row are those of Tumor_Seq_Allele2.
                seen.second_alternates += 1
                tumour, normal, fraction = (*tumour[:2], None), (*normal[:2], None), None
            cell = _cell(tumour) + ("" if "vaf" not in row else f":{fraction or '.'}")
            normal_cell = _cell(normal) + ("" if "vaf" not in row else ":.")
            made = _Record(_filters(row.get("filter", "")), cell, normal_cell, row.get("callers", ""))
            record = seen.records.setdefault(allele, made)
            seen.conflicts += (record.tumour, record.filters) != (made.tumour, made.filters)
            if annotation and annotation not in record.annotations:
                record.annotations.append(annotation)


def _alleles_of(row: Mapping[str, str]) -> tuple[str, list[str]]:
    """Return the reference allele and those of the tumour that differ from it, Tumor_Seq_Allele2 first."""
    ref = row["ref"].upper()
    if ref != "-" and not _BASES.match(ref):
        raise _RowError("ref", row["ref"], "no bases: write A, C, G, T, or - for an insertion")
    found: list[str] = []
    for column in ("second_allele", "first_allele"):
        value = row.get(column, "")
        if value in MISSING:
            continue
        allele = value.upper()
        if allele != "-" and not _BASES.match(allele):
            raise _RowError(column, value, "no bases: write A, C, G, T, or - for a deletion")
        if allele != ref and allele not in found:
            found.append(allele)
    return ref, found


def _place_of(row: Mapping[str, str], ref: str, bases: int) -> int:
    """Return Start_Position, checked against the contig and, where it is given, End_Position."""
    start = _integer(row, "start", "a position is a whole number from 1")
    length = 0 if ref == "-" else len(ref)
    # An insertion lies behind its start, which before the first base is 0.
    if start + max(length, 1) - 1 > bases or start < min(length, 1):
        raise _RowError("start", row["start"], f"outside the contig, which has {bases} bases")
    expected = start + length - 1 if length else start + 1
    if row.get("end", "") not in MISSING and _integer(row, "end", "a position is a whole number from 1") != expected:
        why = f"the reference allele has {length} bases" if length else "an insertion lies between two bases"
        raise _RowError("end", row["end"], f"with start {start} it must be {expected}, as {why}")
    return start


def _integer(row: Mapping[str, str], column: str, wanted: str) -> int:
    try:
        number = float(row[column]) if not row[column].isdecimal() else int(row[column])
    except ValueError:
        raise _RowError(column, row[column], wanted) from None
    if number != number or number < 0 or number != int(number):
        raise _RowError(column, row[column], wanted)
    return int(number)


Reads = tuple[int | None, int | None, int | None]


def _reads_of(row: Mapping[str, str], prefix: str) -> Reads:
    """Return depth, reference and alternate reads; the depth of both where it is not given."""
    depth, reference, alternate = (
        None
        if row.get(f"{prefix}{name}", "") in MISSING | {"-"}
        else _integer(row, f"{prefix}{name}", "reads are a whole number from 0, or empty")
        for name in ("depth", "ref_reads", "alt_reads")
    )
    if depth is None and reference is not None and alternate is not None:
        depth = reference + alternate
    return depth, reference, alternate


def _fraction_of(row: Mapping[str, str]) -> str | None:
    """Return the allele fraction; a percentage where it says so."""
    text = row.get("vaf", "")
    if text in MISSING | {"-"}:
        return None
    try:
        value = float(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
    except ValueError:
        raise _RowError("vaf", text, "a fraction is a number from 0 to 1, or empty") from None
    if not 0 <= value <= 1:
        raise _RowError("vaf", text, "a fraction is a number from 0 to 1; write percentages with %")
    return f"{value:.6g}"


def _vcf_allele(contig: str, start: int, ref: str, alt: str, base_at: Callable[[str, int], str]) -> _Allele:
    """Return an allele with the base beside it where one of the two is empty."""
    if ref == "-":
        if start == 0:
            base = base_at(contig, 1)
            return _Allele(contig, 1, base, alt + base)
        base = base_at(contig, start)
        return _Allele(contig, start, base, base + alt)
    if alt == "-":
        if start == 1:
            base = base_at(contig, len(ref) + 1)
            return _Allele(contig, 1, ref + base, base)
        base = base_at(contig, start - 1)
        return _Allele(contig, start - 1, base + ref, base)
    return _Allele(contig, start, ref, alt)


def _cell(reads: Reads) -> str:
    depth, reference, alternate = ("." if value is None else str(value) for value in reads)
    return f"{reference},{alternate}:{depth}"


def _filters(text: str) -> str:
    """Return a FILTER as VCF writes it: names joined by ``;``, ``.`` where none was set."""
    names = [re.sub(r"\s+", "_", name) for part in re.split(r"[;,|]", text) if (name := part.strip()) not in MISSING]
    return ";".join(dict.fromkeys(names)) or "."


def _annotation_of(row: Mapping[str, str]) -> str:
    """Return the row's annotation for INFO; empty where it has none."""
    columns = ("gene", "transcript", "classification", "hgvs_p", "hgvs_c")
    cells = [value if (value := row.get(name, "")) not in MISSING else "" for name in columns]
    return maf_annotation(*cells) if any(cells[2:]) else ""


def _check_strays(strays: Mapping[str, int]) -> None:
    """Refuse rows on chromosomes that no human reference lacks; others (patches, decoys) may be left out."""
    missing = sorted(name for name in strays if _PRIMARY.match(_NUMBERED.get(without_chr(name), without_chr(name))))
    if missing:
        raise RefusedVcfError(
            f"it has calls on {', '.join(missing[:3])}, which the reference lacks; "
            "configure the whole reference the calls were made on"
        )


def _normal_of(seen: _Seen, barcode: str) -> str | None:
    """Return the normal that the rows name; they may name several, of which the most frequent is told."""
    named = {name: rows for name, rows in seen.normals.items() if name not in _NO_NORMAL and name != barcode}
    if named:
        return min(named, key=lambda name: (-named[name], name))
    return NORMAL_COLUMN if seen.has_normal_reads else None


def _write(out: Path, seen: _Seen, contigs: Mapping[str, int], has_normal: bool, has_vaf: bool) -> None:
    order = {name: place for place, name in enumerate(contigs)}
    filters = sorted({name for one in seen.records.values() for name in one.filters.split(";")} - {".", "PASS"})
    lines = ["##fileformat=VCFv4.2"]
    lines += [Definition("FILTER", name, "", "", "Not described").line() for name in filters]
    lines += [one.line() for one in _DEFINITIONS if has_vaf or one.name != "AF"]
    lines += [f"##contig=<ID={name},length={bases}>" for name, bases in contigs.items()]
    columns = [TUMOUR_COLUMN, NORMAL_COLUMN] if has_normal else [TUMOUR_COLUMN]
    lines.append("\t".join([*FIXED_COLUMNS, "FORMAT", *columns]))
    keys = "AD:DP:AF" if has_vaf else "AD:DP"
    with out.open("w", encoding="utf-8", newline="\n") as sink:
        sink.write("\n".join(lines) + "\n")
        for allele in sorted(seen.records, key=lambda one: (order[one.contig], *one[1:])):
            record = seen.records[allele]
            info = [f"{MAF_TAG}={','.join(record.annotations)}"] if record.annotations else []
            callers = [name for name in re.split(r"[;,|\s]+", record.callers) if name not in MISSING]
            if callers:
                info.append(f"MAF_CALLERS={','.join(name.replace('=', '_') for name in callers)}")
            cells = [record.tumour, record.normal] if has_normal else [record.tumour]
            site = [allele.contig, str(allele.position), ".", allele.ref, allele.alt, ".", record.filters]
            sink.write("\t".join([*site, ";".join(info) or ".", keys, *cells]) + "\n")


def _notes(seen: _Seen, build: str) -> Iterator[str]:
    if not seen.builds:
        yield "the MAF does not say its build (NCBI_Build)"
    for word in sorted(seen.builds):
        if build_name(word) != build:
            yield f'NCBI_Build "{word}" is no build that is known: compared by the reference bases alone'
    if seen.renamed:
        yield f'chromosome "{seen.renamed[0]}" is "{seen.renamed[1]}" in the reference: renamed'
    if seen.strays:
        listed = ", ".join(sorted(seen.strays)[:3]) + (", ..." if len(seen.strays) > 3 else "")
        yield f"{sum(seen.strays.values())} rows on contigs that the reference lacks ({listed}) left out"
    if seen.unchanged:
        yield f"{seen.unchanged} rows whose tumour alleles are the reference left out"
    if seen.second_alternates:
        yield f"{seen.second_alternates} rows have two alternate alleles: reads of Tumor_Seq_Allele1 are unknown"
    if seen.conflicts:
        yield f"{seen.conflicts} rows repeat an allele with other reads or FILTER: the first was kept"
