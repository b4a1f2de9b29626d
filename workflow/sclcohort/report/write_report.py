"""Write the report: one page that needs no network, and its figures as SVG and PDF."""

from __future__ import annotations

import json
import logging
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sclcohort import contracts
from sclcohort.errors import StepError
from sclcohort.files import write_text, write_whole
from sclcohort.report.canvas import Canvas, svg_file, svg_inline
from sclcohort.report.cohort import Cohort, Row
from sclcohort.report.figure_activity import assessed_samples, draw_activity
from sclcohort.report.figure_aggression import draw_ne_aggression, plotted_samples
from sclcohort.report.figure_availability import draw_availability
from sclcohort.report.figure_burden import draw_burden, shown_rows
from sclcohort.report.figure_oncoprint import draw_oncoprint
from sclcohort.report.figure_resistance import draw_resistance
from sclcohort.report.figure_subtypes import draw_subtype_map
from sclcohort.report.figure_timelines import draw_timelines
from sclcohort.report.page import PageFigure, page_figure, render_page
from sclcohort.tables import Table, read_rows

LOG = logging.getLogger(__name__)


def run(
    *,
    cohort: str,
    config: Path,
    samples: Path,
    clinical: Path,
    availability: Path,
    coverage: Path,
    variant_status: tuple[Path, ...],
    structural_variant_status: tuple[Path, ...],
    copy_number_status: tuple[Path, ...],
    expression_status: Path,
    events: Path,
    set_aside: Path,
    gene_states: Path,
    gene_mapping: Path,
    scores: Path,
    subtypes: Path,
    activity: Path,
    evidence: Path,
    classes: Path,
    changes: Path,
    patient_status: Path,
    driver_genes: Path,
    resistance_rules: Path,
    rb1_status: Path,
    flags: Path,
    genotype_rules: Path,
    purity: Path,
    gene_disruptions: tuple[Path, ...],
    annotation_disagreements: Path,
    mutation_burden: Path,
    recurrence: Path,
    associations: Path,
    vulnerabilities: Path,
    sample_vulnerabilities: Path,
    cohort_vulnerabilities: Path,
    variant_inference: Path,
    doubling_times: Path,
    aggression: Path,
    figures: Path,
    index: Path,
) -> None:
    """Read the tables of a cohort; write the page `index` and the folder `figures`."""
    tables = Cohort(
        name=cohort,
        config=read_config(config),
        sample_rows=_rows(contracts.SAMPLES, samples),
        clinical=_rows(contracts.CLINICAL, clinical),
        availability=_rows(contracts.AVAILABILITY, availability),
        coverage=_rows(contracts.REFERENCE_COVERAGE, coverage),
        variant_status=_rows(contracts.VARIANT_STATUS, *variant_status),
        structural_variant_status=_rows(contracts.STRUCTURAL_VARIANT_STATUS, *structural_variant_status),
        copy_number_status=_rows(contracts.COPY_NUMBER_STATUS, *copy_number_status),
        expression_status=_rows(contracts.EXPRESSION_STATUS, expression_status),
        events=_rows(contracts.EVENTS, events),
        set_aside=_rows(contracts.SET_ASIDE, set_aside),
        gene_states=_rows(contracts.GENE_STATES, gene_states),
        gene_mapping=_rows(contracts.GENE_MAPPING, gene_mapping),
        scores=_rows(contracts.SCORES, scores),
        subtypes=_rows(contracts.SUBTYPE_CALLS, subtypes),
        activity=_rows(contracts.ACTIVITY, activity),
        evidence=_rows(contracts.EVIDENCE, evidence),
        classes=_rows(contracts.RESISTANCE_CLASSES, classes),
        changes=_rows(contracts.PATIENT_CHANGES, changes),
        patient_status=_rows(contracts.PATIENT_STATUS, patient_status),
        driver_genes=_rows(contracts.DRIVER_GENES, driver_genes),
        resistance_rules=_rows(contracts.RESISTANCE_RULES, resistance_rules),
        rb1_status=_rows(contracts.RB1_STATUS, rb1_status),
        flags=_rows(contracts.GENOTYPES, flags),
        genotype_rules=_rows(contracts.GENOTYPE_RULES, genotype_rules),
        purity=_rows(contracts.PURITY, purity),
        gene_disruptions=_rows(contracts.GENE_DISRUPTIONS, *gene_disruptions),
        annotation_disagreements=_rows(contracts.ANNOTATION_DISAGREEMENTS, annotation_disagreements),
        mutation_burden=_rows(contracts.MUTATION_BURDEN, mutation_burden),
        recurrence=_rows(contracts.RECURRENCE, recurrence),
        associations=_rows(contracts.ASSOCIATIONS, associations),
        vulnerabilities=_rows(contracts.VULNERABILITIES, vulnerabilities),
        sample_vulnerabilities=_rows(contracts.SAMPLE_VULNERABILITIES, sample_vulnerabilities),
        cohort_vulnerabilities=_rows(contracts.COHORT_VULNERABILITIES, cohort_vulnerabilities),
        variant_inference=_rows(contracts.VARIANT_INFERENCE, variant_inference),
        doubling_times=_rows(contracts.DOUBLING_TIMES, doubling_times),
        aggression=_rows(contracts.AGGRESSION, aggression),
    )
    if not tables.samples:
        raise StepError(f"{samples}: holds no sample, so there is nothing to report; add a row to the sample sheet")
    drawn = list(draw_figures(tables))
    shown = write_figures(tables, drawn, figures)
    write_text(index, render_page(tables, shown))
    LOG.info("%s of %s: %s, %d figures", tables.counted(len(tables.samples)), cohort, index.name, len(drawn))


def _rows(table: Table, *paths: Path) -> tuple[Row, ...]:
    return tuple(row for path in paths for row in read_rows(path, table))


def read_config(path: Path) -> dict[str, Any]:
    """Return the resolved configuration.

    Raises
    ------
    StepError
        The file is no JSON object.
    """
    try:
        loaded = json.loads(path.read_text(encoding="utf-8"))
    except json.JSONDecodeError as error:
        raise StepError(f"{path}: line {error.lineno} is not JSON ({error.msg}); run check-inputs again") from error
    if not isinstance(loaded, dict):
        raise StepError(f"{path}: holds no settings; run check-inputs again")
    return loaded


def draw_figures(cohort: Cohort) -> Iterator[tuple[str, Canvas]]:
    """Yield every figure that has something to show, with its file name, in the order of the page."""
    yield "availability", draw_availability(cohort)
    yield "oncoprint", draw_oncoprint(cohort)
    if shown_rows(cohort):
        yield "mutation_burden", draw_burden(cohort)
    if any(cohort.has(sample, "expression") for sample in cohort.samples):
        yield "subtype_map", draw_subtype_map(cohort)
    if plotted_samples(cohort):
        yield "ne_aggression", draw_ne_aggression(cohort)
    if assessed_samples(cohort):
        yield "activity", draw_activity(cohort)
    if cohort.therapies:
        yield "resistance", draw_resistance(cohort)
    for number, canvas in enumerate(draw_timelines(cohort), start=1):
        yield "patient_timelines" if number == 1 else f"patient_timelines_{number}", canvas


def write_figures(cohort: Cohort, drawn: list[tuple[str, Canvas]], folder: Path) -> list[PageFigure]:
    """Write every figure as SVG and PDF, the folder whole or not at all; return them for the page."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", suffix=".tmp", dir=folder.parent))
    shown = []
    try:
        for name, canvas in drawn:
            elements = canvas.elements()
            write_text(scratch / f"{name}.svg", svg_file(canvas, elements))
            with write_whole(scratch / f"{name}.pdf") as target:
                target.write_bytes(canvas.pdf())
            part = int(name.rsplit("_", 1)[1]) if name.rsplit("_", 1)[-1].isdigit() else 1
            shown.append(page_figure(cohort, name, svg_inline(canvas, elements, f"title-{name}"), part))
        # mkdtemp makes folders private; a folder of results is as readable as its parent.
        scratch.chmod(folder.parent.stat().st_mode & 0o777)
        if folder.exists():
            shutil.rmtree(folder)
        scratch.rename(folder)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    return shown
