"""How common alleles are in a population: the highest allele frequency in a gnomAD-like VCF or BCF.

The file is asked for the places of the alleles through its index, so that neither time nor memory depend
on its size.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pysam
import pysam.bcftools
from pysam.utils import SamtoolsError

from sclcohort.coordinates import differ_by_prefix
from sclcohort.errors import Fault, StepError
from sclcohort.files import compression_of, is_cut_short
from sclcohort.variants.normalise import Site

SETTING = "variants.population_vcf"
_INDEXES = (".tbi", ".csi")
_OVERALL = re.compile(r"^(?:gnomad_?)?AF(?:_joint)?$", re.IGNORECASE)
# gnomAD's own maximum over its groups: popmax up to version 3, grpmax from version 4.
_HIGHEST = re.compile(r"^(?:gnomad_?)?AF_(?:joint_)?(?:popmax|grpmax)(?:_joint)?$", re.IGNORECASE)
# The groups where that maximum is not given: those it goes over in version 2 and 4. It leaves out Amish, Ashkenazi,
# Finnish, Middle Eastern and unassigned samples (help page of its browser, grpmax): few people, or
# descended from few, in whom a rare allele may seem common. EAS_AF and so on are names of the 1000 Genomes Project.
_GROUP = re.compile(r"^(?:AF_(?:afr|amr|eas|nfe|eur|sas)|(?:AFR|AMR|EAS|EUR|SAS)_AF)$", re.IGNORECASE)
# Alleles this near are fetched in one go. An index leads to the first record of an interval of 16 kb (hts-specs,
# tabix.pdf), and every request reads from there: another one within it would read the same again.
_NEAR_BASES = 1 << 14


@dataclass(frozen=True)
class _Stretch:
    contig: str
    start_0based: int
    end: int
    alleles: frozenset[Site]


def population_frequencies(path: Path, alleles: Iterable[Site]) -> dict[Site, float | None]:
    """Return the highest frequency of alleles in a population.

    Parameters
    ----------
    path : Path
        VCF (bgzip) or BCF, with its index; records may have several alternate alleles, and an allele may be in
        several records, or padded with bases that reference and alternate share.
    alleles : iterable of Site
        Normalised: trimmed and left-aligned, on the contigs of the reference.

    Returns
    -------
    dict
        Every allele to the highest of AF and AF_grpmax, AF_popmax or, where neither is defined, AF of the large
        groups; 0 where the population file has no such allele; None where it has no number for it, or
        nothing of its contig.

    Raises
    ------
    StepError
        No index, no frequencies in the header, contigs that differ by ``chr``, or a file that cannot be read.
    """
    wanted = sorted(set(alleles))
    found: dict[Site, float | None] = {}
    problem = _problem(path)
    if problem is not None:
        raise StepError(f"{SETTING} {path} {problem[0]}; {problem[1]}")
    contigs = _contigs_with_records(path)
    if differ_by_prefix({site.contig for site in wanted}, contigs):
        raise StepError(_prefix_problem(path, wanted[0].contig, contigs))
    verbosity = pysam.set_verbosity(0)
    try:
        with pysam.VariantFile(str(path)) as population:
            fields = frequency_fields(population.header.info)
            for stretch in _stretches(wanted):
                known = stretch.contig in contigs
                found.update(dict.fromkeys(stretch.alleles, 0.0 if known else None))
                if known:
                    found.update(_frequencies(population, stretch, fields))
    except (OSError, ValueError) as error:
        raise StepError(f"{SETTING} {path} cannot be read ({error}); copy the file and its index again") from error
    finally:
        pysam.set_verbosity(verbosity)
    return found


def population_faults(path: str, contigs: set[str], file: str) -> Iterator[Fault]:
    """Yield what is wrong with a readable population file, before any job starts.

    Parameters
    ----------
    path : str
        Value of `SETTING`.
    contigs : set of str
        Of the reference; empty where they are not known yet.
    file : str
        What the faults name as their file.
    """

    def fault(code: str, found: str, fix: str) -> Fault:
        return Fault(code, file, found, fix, None, SETTING, path)

    try:
        problem = _problem(Path(path))
    except OSError as error:
        yield fault("E-POP-001", f"cannot be read: {error.strerror}", "check path and permissions")
        return
    if problem is not None:
        yield fault("E-POP-001", *problem)
        return
    try:
        known = _contigs_with_records(Path(path))
    except StepError as error:
        yield fault("E-POP-001", str(error), "index it again (bcftools index -f)")
        return
    if differ_by_prefix(known, contigs):
        found = f"contigs are named like {min(known)}, those of the reference like {min(contigs)}"
        yield fault("E-POP-002", found, "rename them: bcftools annotate --rename-chrs")
    elif contigs and known and not contigs & known:
        found = f"none of its contigs ({min(known)}, ...) is in the reference"
        yield fault("E-POP-002", found, "give the population file of the reference's build")


def frequency_fields(names: Iterable[str]) -> tuple[str, ...]:
    """Return the INFO fields whose highest value is an allele's frequency, in the order given; empty where none."""
    listed = [str(name) for name in names]
    highest = [name for name in listed if _OVERALL.match(name) or _HIGHEST.match(name)]
    if any(_HIGHEST.match(name) for name in highest):
        return tuple(highest)
    return tuple(name for name in listed if _OVERALL.match(name) or _GROUP.match(name))


def _problem(path: Path) -> tuple[str, str] | None:
    """Return what is wrong with the file, and its cure."""
    if is_cut_short(path):
        return "was cut short: its end marker is missing", "copy the file again"
    if compression_of(path) != "bgzip":
        return "is not compressed with bgzip", "compress it (bgzip) and index it (tabix -p vcf)"
    if not any(Path(f"{path}{suffix}").is_file() for suffix in _INDEXES):
        return "has no index (.tbi or .csi) beside it", "index it (bcftools index)"
    verbosity = pysam.set_verbosity(0)
    try:
        with pysam.VariantFile(str(path)) as population:
            fields = frequency_fields(population.header.info)
    except (OSError, ValueError) as error:
        return f"is not a readable VCF or BCF ({error})", "give a VCF like those of gnomAD"
    finally:
        pysam.set_verbosity(verbosity)
    if not fields:
        return "defines no allele frequency in INFO (AF, AF_grpmax, AF_popmax, AF_<group>)", "give one that does"
    return None


def _contigs_with_records(path: Path) -> set[str]:
    """Return the contigs of the index: a header may name all while the file has one (gnomAD's are by chromosome)."""
    try:
        listed = str(pysam.bcftools.index("-s", str(path)))
    except SamtoolsError as error:
        raise StepError(f"{SETTING} {path}: its index cannot be read; index it again (bcftools index -f)") from error
    return {line.split("\t")[0] for line in listed.splitlines()}


def _prefix_problem(path: Path, ours: str, theirs: set[str]) -> str:
    return (
        f'{SETTING} {path}: contigs are named like "{min(theirs)}", those of the reference like "{ours}"; '
        "rename them: bcftools annotate --rename-chrs"
    )


def _stretches(alleles: Sequence[Site]) -> Iterator[_Stretch]:
    """Yield sorted alleles by stretches of the genome that are worth one request each."""
    together: list[Site] = []
    end = 0
    for site in alleles:
        if together and (site.contig != together[0].contig or site.position_1based - end > _NEAR_BASES):
            yield _Stretch(together[0].contig, together[0].position_1based - 1, end, frozenset(together))
            together, end = [], 0
        together.append(site)
        end = max(end, site.position_1based - 1 + len(site.ref))
    if together:
        yield _Stretch(together[0].contig, together[0].position_1based - 1, end, frozenset(together))


def _frequencies(population: pysam.VariantFile, stretch: _Stretch, fields: Sequence[str]) -> dict[Site, float | None]:
    """Return the alleles of a stretch that the population has."""
    found: dict[Site, float | None] = {}
    for record in population.fetch(stretch.contig, stretch.start_0based, stretch.end):
        for place, alt in enumerate(record.alts or ()):
            site = trimmed(stretch.contig, record.pos, (record.ref or "").upper(), alt.upper())
            if site in stretch.alleles:
                values = [value for name in fields if (value := _value(record.info, name, place)) is not None]
                known = found.get(site)
                highest = max(values, default=None)
                found[site] = highest if known is None else max(known, highest or 0.0)
    return found


def _value(info: pysam.VariantRecordInfo, name: str, place: int) -> float | None:
    """Return the value of one alternate allele in a field of one value, or one per alternate allele."""
    if name not in info:
        return None
    values = info[name]
    if isinstance(values, tuple):
        values = values[place] if place < len(values) else None
    try:
        # htslib keeps single precision: seven digits are what was written.
        return None if values is None else float(f"{float(values):.7g}")
    except ValueError:
        return None


def trimmed(contig: str, position: int, ref: str, alt: str) -> Site:
    """Return an allele without the bases that both share, but for one where nothing else would be left."""
    while len(ref) > 1 and len(alt) > 1 and ref[-1] == alt[-1]:
        ref, alt = ref[:-1], alt[:-1]
    while len(ref) > 1 and len(alt) > 1 and ref[0] == alt[0]:
        ref, alt, position = ref[1:], alt[1:], position + 1
    return Site(contig, position, ref, alt)
