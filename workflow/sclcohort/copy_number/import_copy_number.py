"""Import the segments of a chunk of samples: copy number of each driver gene, one row per sample and gene.

INPUTS   sheet        sample sheet: copy_number, copy_number_sample, purity, purity_file of each sample
         gene_spans   reference/gene_spans.tsv
OUTPUTS  genes        contract GENE_COPY_NUMBER, the samples that were imported
         status       contract COPY_NUMBER_STATUS, every sample of the chunk

A sample whose segments or purity file cannot be read is refused with its reason, the others of the chunk go on. The
reading is in `formats`, `rows`, `segments` and `purity`, the arithmetic in `genes` and `focality`; no pandas, so that
a job starts quickly. Purity and ploidy are also given for samples without segments: other stages need them.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from pathlib import Path

from sclcohort.contracts import COPY_NUMBER_STATUS, GENE_COPY_NUMBER, GENE_SPANS
from sclcohort.coordinates import Span
from sclcohort.copy_number.genes import Sex, Thresholds, Tumour, gene_copy_number
from sclcohort.copy_number.purity import Fit, read_purity
from sclcohort.copy_number.segments import SampleSegments, SegmentFile, contig_key, read_segments, shortened
from sclcohort.errors import Fault, StepError
from sclcohort.inputs.sheets import read_chunk
from sclcohort.tables import Cell, read_rows, write_rows

Row = Mapping[str, Cell]
Imported = tuple[dict[str, Cell], list[dict[str, Cell]]]

SEXES: Mapping[str, Sex] = {"female": "female", "male": "male", "unknown": "unknown"}
AUTOSOMES = frozenset(map(str, range(1, 23)))
# Choice: purities of sheet and caller that differ by more are shown, for one of the two may be of another tumour.
PURITY_SLACK = 0.1
# Choice: the ploidy that a caller gives is the mean of its segments' copies, or nearly; half a copy apart it may be of
# another tumour or fit.
PLOIDY_SLACK = 0.5

log = logging.getLogger(__name__)


def run(
    *,
    sheet: Path,
    samples: tuple[str, ...],
    sexes: tuple[str, ...],
    gene_spans: Path,
    amplification_min_copies: float,
    gain_min_copies: float,
    loss_max_copies: float,
    deep_deletion_max_copies: float,
    focal_max_bases: int,
    genes: Path,
    status: Path,
    amplification_min_ploidy_ratio: float | None = None,
) -> None:
    """Read the segments of some samples of the sheet and write the copy number of every driver gene.

    Parameters
    ----------
    sheet : Path
        Sample sheet, checked before.
    samples : tuple of str
        Sample ids of the chunk.
    sexes : tuple of str
        Sex of the patient of each of them: female, male or unknown.
    gene_spans : Path
        Contract GENE_SPANS.
    amplification_min_copies, gain_min_copies, loss_max_copies, deep_deletion_max_copies : float
        Limits of the states, in tumour copies (see `genes.Thresholds`).
    focal_max_bases : int
        Bases up to which an event is focal.
    genes, status : Path
        Tables to write: contracts GENE_COPY_NUMBER and COPY_NUMBER_STATUS.
    amplification_min_ploidy_ratio : float or None
        Copies over ploidy from which a gene with enough copies is amplified; None: not asked for.

    Raises
    ------
    StepError
        A sample is not in the sheet, a sex is none, or the limits are not in order.
    """
    thresholds = Thresholds(
        amplification_min_copies,
        gain_min_copies,
        loss_max_copies,
        deep_deletion_max_copies,
        amplification_min_ploidy_ratio,
        focal_max_bases,
    )
    if len(sexes) != len(samples) or not SEXES.keys() >= set(sexes):
        raise StepError(f"sexes {' '.join(sexes)} are not {' or '.join(SEXES)}, one for each sample; fix: name them")
    by_sample = {sample: SEXES[sex] for sample, sex in zip(samples, sexes, strict=True)}
    imported = import_samples(read_chunk(sheet, samples), by_sample, read_spans(gene_spans), thresholds)
    write_rows(status, COPY_NUMBER_STATUS, [state for state, _ in imported])
    write_rows(genes, GENE_COPY_NUMBER, [row for _, found in imported for row in found])


def read_spans(path: Path) -> dict[str, list[Span]]:
    """Read contract GENE_SPANS into the spans of each gene, in the order of the table."""
    spans: dict[str, list[Span]] = {}
    for row in read_rows(path, GENE_SPANS):
        span = Span(str(row["contig"]), int(str(row["start_0based"])), int(str(row["end"])))
        if span.end <= span.start_0based:
            raise StepError(f"{path}: the span of {row['gene_symbol']} ends before it starts; fix: mend the gene model")
        spans.setdefault(str(row["gene_symbol"]), []).append(span)
    return spans


def import_samples(
    rows: Sequence[Row], sexes: Mapping[str, Sex], spans: Mapping[str, Sequence[Span]], thresholds: Thresholds
) -> list[Imported]:
    """Import several samples, reading each file of segments once.

    Parameters
    ----------
    rows : sequence of mapping
        Sheet rows: ``sample_id``, ``copy_number``, ``copy_number_sample``, ``purity``, ``purity_file``.
    sexes : mapping of str to str
        Sex of the patient of each sample.
    spans : mapping of str to sequence of Span
        Spans of each driver gene.
    thresholds : Thresholds
        Limits of the states.

    Returns
    -------
    list of (dict, list of dict)
        For each sample, in order: its row of COPY_NUMBER_STATUS, and its rows of
        GENE_COPY_NUMBER (none unless it was imported).
    """
    wanted: dict[str, set[str]] = {}
    for row in rows:
        if row["copy_number"]:
            wanted.setdefault(str(row["copy_number"]), set()).add(name_in_file(row))
    files: dict[str, SegmentFile | StepError] = {}
    for path, names in wanted.items():
        try:
            files[path] = read_segments(Path(path), names)
        except StepError as error:
            files[path] = error
    return [_import_sample(row, sexes[str(row["sample_id"])], files, spans, thresholds) for row in rows]


def name_in_file(row: Row) -> str:
    """Return the name a file with names should have for a sample: what the sheet says, else the sample_id."""
    return str(row["copy_number_sample"] or row["sample_id"])


def _import_sample(
    row: Row,
    sex: Sex,
    files: Mapping[str, SegmentFile | StepError],
    spans: Mapping[str, Sequence[Span]],
    thresholds: Thresholds,
) -> Imported:
    """Return status and genes of one sample; what is wrong with it becomes its reason."""
    sample = str(row["sample_id"])
    found = files[str(row["copy_number"])] if row["copy_number"] else None
    form = found.format if isinstance(found, SegmentFile) else None
    status: dict[str, Cell] = {"sample_id": sample, "state": "refused", "format": form}
    try:
        fit, purity, remarks = _purity(row)
        status |= _with_source("purity_used", purity, "purity_source", "copy_number_caller")
        if purity is not None and row["purity"] is not None:
            status["purity_source"] = "sheet"
        status |= _with_source("ploidy", fit.ploidy, "ploidy_source", "copy_number_caller")
        if found is None:
            log.info("%s: no segments in the sheet", sample)
            reasons = ["the sheet names no copy_number file", *remarks]
            return status | {"state": "not_provided", "reason": "; ".join(reasons)}, []
        if isinstance(found, StepError):
            raise found
        segments = found.sample(name_in_file(row))
        _check_contigs(found.file, segments, spans)
    except StepError as error:
        log.error("%s: refused: %s (file %s)", sample, error, row["copy_number"] or row["purity_file"])
        return status | {"reason": _one_line(error)}, []
    average = segments.mean_copies(AUTOSOMES) if segments.fitted_by else None
    if fit.ploidy is None:
        status |= _with_source("ploidy", average, "ploidy_source", "segments")
    tumour = Tumour(purity, average if fit.ploidy is None else fit.ploidy, sex)
    genes: list[dict[str, Cell]] = [
        {"sample_id": sample, **gene_copy_number(gene, places, segments, tumour, thresholds)}
        for gene, places in spans.items()
    ]
    _log_sample(sample, found, segments, purity, genes)
    remarks += [*_remarks(row, found, segments), *_ploidy_remarks(segments, fit, average)]
    return status | {"state": "imported", "segments": len(segments), "reason": "; ".join(remarks) or None}, genes


def _with_source(column: str, value: float | None, source_column: str, source: str) -> dict[str, Cell]:
    """Return the cells of a value and of where it is from; both empty where there is none."""
    return {column: value, source_column: None if value is None else source}


def _purity(row: Row) -> tuple[Fit, float | None, list[str]]:
    """Return what the caller fitted, the purity to use (the sheet's goes first), and what to know of them.

    Raises
    ------
    StepError
        The purity of the sheet is none, or the caller's file cannot be read.
    """
    stated = None if row["purity"] is None else float(row["purity"])
    if stated is not None and not 0 < stated <= 1:
        raise StepError(f"purity {stated:g} of the sheet is not above 0 and at most 1; fix: give a fraction, or none")
    if not row["purity_file"]:
        return Fit(), stated, []
    path = Path(str(row["purity_file"]))
    fit = read_purity(path, name_in_file(row))
    remarks = [fit.remark] if fit.remark else []
    if stated is None or fit.purity is None:
        return fit, fit.purity if stated is None else stated, remarks
    if round(abs(stated - fit.purity), 6) > PURITY_SLACK:
        remarks.append(f"purity {stated:.3g} of the sheet is used, {path.name} says {fit.purity:.3g}")
    return fit, stated, remarks


def _check_contigs(file: str, segments: SampleSegments, spans: Mapping[str, Sequence[Span]]) -> None:
    """Refuse segments that lie on none of the contigs of any gene: another naming, another organism."""
    expected = {contig_key(span.contig) for places in spans.values() for span in places}
    if expected and not expected & segments.contigs:
        found = f"contigs {shortened(segments.contigs)} share none with those of the genes: {shortened(expected)}"
        raise StepError(str(Fault("E-CN-019", file, found, "name contigs as the reference does; chr may differ")))


def _one_line(error: StepError) -> str:
    """Return the first fault, which is what a cell of a table can hold, and how many more the log has."""
    first, *others = str(error).splitlines()
    return f"{first} (and {len(others)} more in the log)" if others else first


def _remarks(row: Row, found: SegmentFile, segments: SampleSegments) -> list[str]:
    """Say what a reader should know of an imported file."""
    value = "copies" if segments.fitted_by else "log2 ratio"
    remarks = {
        "the file has one sample, copy_number_sample was not needed": (
            not found.has_names and bool(row["copy_number_sample"])
        ),
        f"copies are those fitted by {segments.fitted_by}; a purity from elsewhere changes none of them": (
            bool(segments.fitted_by)
        ),
        f"{segments.without_value} rows have no {value}, their bases are not covered": segments.without_value > 0,
        "the last line has no line end: if the file was cut there, segments are missing": not found.whole,
    }
    return [remark for remark, holds in remarks.items() if holds]


def _ploidy_remarks(segments: SampleSegments, fit: Fit, average: float | None) -> list[str]:
    """Say how the ploidy was used."""
    if not segments.has_copies:
        if fit.ploidy is None:
            return ["ploidy unknown: log2 ratios are read at 2"]
        return [f"log2 ratios are read at the ploidy of {fit.ploidy:.3g}: their zero is taken as the tumour's average"]
    if fit.ploidy is None or average is None or abs(fit.ploidy - average) <= PLOIDY_SLACK:
        return []
    return [
        f"the ploidy of {fit.ploidy:.3g} in the purity file is not the mean of the segments' copies, {average:.3g}: "
        "are both of one fit?"
    ]


def _log_sample(
    sample: str, found: SegmentFile, segments: SampleSegments, purity: float | None, genes: Sequence[Row]
) -> None:
    covered = sum(row["state"] != "not_covered" for row in genes)
    extremes = [
        f"{state}: {shortened(named, 20)}"
        for state in ("amplification", "deep_deletion")
        if (named := [str(row["gene_symbol"]) for row in genes if row["state"] == state])
    ]
    shown = "purity unknown" if purity is None else f"purity {purity:g}"
    log.info(
        "%s: %s, %d segments, %s, %d of %d genes covered%s",
        *(sample, found.format, len(segments), shown, covered, len(genes), "".join(f"; {text}" for text in extremes)),
    )
