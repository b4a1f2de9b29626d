"""Open every file the plan names and read its header: what is wrong shows before any job starts."""

from __future__ import annotations

import functools
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pysam

from sclcohort.coordinates import differ_by_prefix
from sclcohort.errors import CohortError, Fault
from sclcohort.files import is_cut_short, open_text
from sclcohort.inputs.configuration import CONFIGURATION
from sclcohort.inputs.expression_files import expression_faults
from sclcohort.inputs.readable import first_line, unreadable
from sclcohort.inputs.schemas import did_you_mean
from sclcohort.inputs.sheets import files_of
from sclcohort.reference.intervals import check_contigs, read_bed
from sclcohort.reference.targets import ALL_CODING, target_name
from sclcohort.regulators.hgnc import hgnc_faults
from sclcohort.regulators.regulon_file import regulon_faults
from sclcohort.regulators.table_formats import format_of
from sclcohort.variants.maf import MafFile, build_problem, choose_barcode, is_maf, read_maf
from sclcohort.variants.population import population_faults
from sclcohort.variants.refusal import RefusedVcfError

if TYPE_CHECKING:
    from sclcohort.inputs.plan import Plan
    from sclcohort.inputs.sheets import Row

# What the first line that is no comment looks like, and what to give when it does not.
FIRST_LINES = {
    "reference.fasta": re.compile(r">\S"),
    "reference.gff": re.compile(r"(\S+\t){8}\S"),
    "expression.gene_lengths": re.compile(r"gene\tbases$"),
    "reference.gene_coordinates": re.compile(r"(?=.*\bgene_symbol\b)(?=.*\bchrom\b)(?=.*\bstart_0based\b).*\bend\b"),
}
WANTED = {
    "reference.fasta": "a FASTA file, plain, bgzip or gzip",
    "reference.gff": "an Ensembl GFF3 file: nine columns separated by tabs",
    "expression.gene_lengths": "a table of two columns, gene and bases, with a tab between",
    "reference.gene_coordinates": "a table with the columns gene_symbol, chrom, start_0based, end",
}


def open_files(plan: Plan) -> list[Fault]:
    """Return the faults of every file that configuration and sheets name.

    Parameters
    ----------
    plan : Plan
        With a resolved configuration.

    Returns
    -------
    list of Fault
        Configuration's files first, then the samples' in sheet order.
    """
    contigs = reference_contigs(plan)
    faults = list(_configured_files(plan))
    segments: dict[str, set[str] | Fault] = {}
    for row in plan.samples:
        if row["variants"]:
            faults += variant_faults(plan.config["samples"], row, contigs, plan.config["reference"]["build"])
        if row["structural_variants"]:
            faults += structural_faults(plan.config["samples"], row, contigs)
        if row["copy_number"]:
            faults += segment_faults(plan.config["samples"], row, segments)
        if row["purity_file"]:
            faults += purity_faults(plan.config["samples"], row)
    population = plan.config["variants"]["population_vcf"]
    if population is not None:
        faults += population_faults(population, contigs, CONFIGURATION)
    faults += target_faults(plan, contigs)
    faults += expression_faults(plan)
    return faults


def _configured_files(plan: Plan) -> Iterator[Fault]:
    reference, expression = plan.config["reference"], plan.config["expression"]
    named = {f"reference.{key}": reference[key] for key in ("fasta", "gff", "gene_coordinates")}
    regulon = plan.config["regulators"]["regulon"]
    named |= {f"expression.{key}": expression[key] for key in ("matrix", "gene_lengths", "tx2gene")}
    named |= {"regulators.regulon.file": regulon["file"], "expression.hgnc.file": expression["hgnc"]["file"]}
    for key, path in named.items():
        if key == "expression.matrix" and format_of(expression["format"]).is_folder:
            continue
        problem = None if path is None else unreadable(path)
        if problem is not None:
            yield Fault("E-FILE-001", CONFIGURATION, problem, "check path and permissions", None, key, path)
        elif path is not None and is_cut_short(Path(path)):
            yield Fault("E-FILE-002", CONFIGURATION, "was cut short", "copy the file again", None, key, path)
        elif path is not None and key in FIRST_LINES and not FIRST_LINES[key].match(first_line(path)):
            found, fix = f"begins with {first_line(path)[:40]!r}", f"give {WANTED[key]}"
            yield Fault("E-FILE-003", CONFIGURATION, found, fix, None, key, path)
        elif path is not None and key == "regulators.regulon.file":
            yield from regulon_faults(Path(path), regulon["sha256"])
        elif path is not None and key == "expression.hgnc.file":
            yield from hgnc_faults(Path(path), expression["hgnc"]["sha256"])


def reference_contigs(plan: Plan) -> set[str]:
    """Return the contig names of the reference, from its .fai index; empty where there is none yet."""
    fasta = plan.config["reference"]["fasta"]
    index = Path(f"{fasta}.fai")
    if not fasta or not index.is_file():
        return set()
    with open_text(index) as handle:
        return {line.split("\t")[0] for line in handle}


def variant_faults(sheet: str, row: Row, contigs: set[str], build: str) -> Iterator[Fault]:
    """Yield the faults of one sample's variant files: unreadable, cut, no VCF or MAF, columns or contigs not found."""
    line, columns = int(str(row["line"])), set[str]()
    paths = files_of(row["variants"])
    read = 0

    def fault(code: str, column: str, found: str, fix: str) -> Fault:
        return Fault(code, sheet, found, fix, line, column, str(row[column]))

    for path in paths:
        if unreadable(path) is None and is_maf(Path(path)):
            yield from _maf_faults(path, row, build, fault)
            continue
        header = _read_header(path)
        if isinstance(header, _Unread):
            yield fault(header.code, "variants", f"{path} {header.found}", header.fix)
            continue
        names, header_contigs = header
        read += 1
        columns.update(names)
        if differ_by_prefix(header_contigs, contigs):
            found = f"contigs are named like {min(header_contigs)}, those of the reference like {min(contigs)}"
            yield fault("E-VCF-003", "variants", found, "rename them: bcftools annotate --rename-chrs")
    for column in ("variants_sample", "normal_sample"):
        # A column named for several files is that of the files that have it.
        if row[column] and row[column] not in columns and read == len(paths):
            of = f"not a column of {' or '.join(paths)}"
            yield fault("E-VCF-002", column, of, did_you_mean(str(row[column]), sorted(columns)))


def _maf_faults(path: str, row: Row, build: str, fault: Callable[[str, str, str, str], Fault]) -> Iterator[Fault]:
    """Yield the faults of a MAF: cut, columns missing, another build, no rows of the sample."""
    try:
        found = _read_maf(path)
        named = None if row["variants_sample"] is None else str(row["variants_sample"])
        choose_barcode(found.rows, str(row["sample_id"]), named)
        problem = build_problem(found.builds, build)
    except RefusedVcfError as error:
        problem = str(error)
    if problem is not None:
        what, _, fix = problem.rpartition("; ")
        column = "variants_sample" if row["variants_sample"] and "variants_sample" in problem else "variants"
        yield fault("E-MAF-001", column, f"{path}: {what}", fix)


@functools.lru_cache(maxsize=8)
def _read_maf(path: str) -> MafFile:
    """Return what a MAF holds; one of a cohort is named by many rows."""
    return read_maf(Path(path))


class _Unread(NamedTuple):
    """Why a variant file has no header to look at."""

    code: str
    found: str
    fix: str


def _read_header(path: str) -> tuple[list[str], set[str]] | _Unread:
    """Return the sample columns and contigs of a VCF or BCF."""
    problem = unreadable(path)
    if problem is not None:
        return _Unread("E-FILE-001", problem, "check path and permissions")
    if is_cut_short(Path(path)):
        return _Unread("E-FILE-002", "was cut short: its end marker is missing", "copy the file again")
    verbosity = pysam.set_verbosity(0)
    try:
        with pysam.VariantFile(path) as variants:
            return list(variants.header.samples), {str(name) for name in variants.header.contigs}
    except (OSError, ValueError) as error:
        return _Unread("E-VCF-001", f"is not a readable VCF or BCF ({error})", "give the caller's VCF")
    finally:
        pysam.set_verbosity(verbosity)


def target_faults(plan: Plan, contigs: set[str]) -> Iterator[Fault]:
    """Yield the faults of the BED files: unreadable, a line that is no interval, other contigs, two of one name."""
    configured = os.path.normpath(plan.config["variants"]["target"] or "none")
    names: dict[str, str] = {ALL_CODING: "the samples without a target"}
    seen: set[str] = set()
    for row in plan.samples:
        path, line = str(row["target"] or ""), int(str(row["line"]))
        if not path or path in seen:
            continue
        seen.add(path)
        place = (
            (CONFIGURATION, None, "variants.target") if path == configured else (plan.config["samples"], line, "target")
        )
        problem = unreadable(path)
        other = names.setdefault(target_name(path), path)
        if problem is not None:
            found, fix, code = f"{path} {problem}", "check path and permissions", "E-FILE-001"
        elif other != path:
            found, fix, code = f"has the name of {other}", "give each target a file name of its own", "E-BED-002"
        else:
            try:
                check_contigs(read_bed(Path(path)), contigs)
                continue
            except CohortError as error:
                found, fix, code = str(error), "mend the BED", "E-BED-001"
        yield Fault(code, place[0], found, fix, place[1], place[2], path)


def structural_faults(sheet: str, row: Row, contigs: set[str]) -> Iterator[Fault]:
    """Yield the faults of one sample's VCF of structural variants: unreadable, cut, tumour or contigs not told."""
    from sclcohort.variants.columns import choose_columns

    path, line = str(row["structural_variants"]), int(str(row["line"]))

    def fault(code: str, found: str, fix: str) -> Fault:
        return Fault(code, sheet, found, fix, line, "structural_variants", path)

    problem = unreadable(path)
    if problem is not None:
        yield fault("E-FILE-001", f"{path} {problem}", "check path and permissions")
        return
    if is_cut_short(Path(path)):
        yield fault("E-FILE-002", f"{path} was cut short: its end marker is missing", "copy the file again")
        return
    try:
        lines, names, header_contigs = _header_of(path)
    except (OSError, ValueError) as error:
        yield fault("E-SV-001", f"{path} is not a readable VCF or BCF ({error})", "give the caller's VCF")
        return
    named = [str(row[name]) if row[name] in names else None for name in ("variants_sample", "normal_sample")]
    try:
        if names:
            choose_columns(names, lines, sample_id=str(row["sample_id"]), tumour_named=named[0], normal_named=named[1])
    except RefusedVcfError as error:
        found, _, fix = str(error).partition("; ")
        yield fault("E-SV-002", found, fix)
    if differ_by_prefix(header_contigs, contigs):
        found = f"contigs are named like {min(header_contigs)}, those of the reference like {min(contigs)}"
        yield fault("E-SV-003", found, "rename them: bcftools annotate --rename-chrs")


def _header_of(path: str) -> tuple[list[str], list[str], set[str]]:
    """Return the lines, the sample columns and the contigs of the header of a VCF or BCF."""
    verbosity = pysam.set_verbosity(0)
    try:
        with pysam.VariantFile(path) as variants:
            header = variants.header
            return str(header).splitlines(), list(header.samples), {str(name) for name in header.contigs}
    finally:
        pysam.set_verbosity(verbosity)


def segment_faults(sheet: str, row: Row, known: dict[str, set[str] | Fault]) -> Iterator[Fault]:
    """Yield the faults of one sample's segments; `known` keeps the names of files already read."""
    from sclcohort.copy_number.segments import sample_names

    path, line = str(row["copy_number"]), int(str(row["line"]))
    if path not in known:
        problem = unreadable(path)
        if problem is not None:
            fix = "check path and permissions"
            known[path] = Fault("E-FILE-001", sheet, f"{path} {problem}", fix, line, "copy_number", path)
        else:
            try:
                known[path] = sample_names(Path(path))
            except CohortError as error:
                fix = "give a SEG, or the segments of CNVkit, GATK, PURPLE, FACETS, ASCAT, Sequenza or Battenberg"
                known[path] = Fault("E-CN-001", sheet, str(error), fix, line, "copy_number", path)
    names = known[path]
    if isinstance(names, Fault):
        if names.row == line:
            yield names
        return
    wanted = str(row["copy_number_sample"] or row["sample_id"])
    if names and wanted not in names:
        column = "copy_number_sample" if row["copy_number_sample"] else "sample_id"
        yield Fault("E-CN-002", sheet, f"no such sample in {path}", did_you_mean(wanted, names), line, column, wanted)


def purity_faults(sheet: str, row: Row) -> Iterator[Fault]:
    """Yield what is wrong with one sample's file of purity and ploidy."""
    from sclcohort.copy_number.purity import WANTED, read_purity

    path, line = str(row["purity_file"]), int(str(row["line"]))
    problem = unreadable(path)
    if problem is not None:
        found = f"{path} {problem}"
        yield Fault("E-FILE-001", sheet, found, "check path and permissions", line, "purity_file", path)
        return
    try:
        read_purity(Path(path), str(row["copy_number_sample"] or row["sample_id"]))
    except CohortError as error:
        yield Fault("E-CN-003", sheet, str(error), WANTED, line, "purity_file", path)
