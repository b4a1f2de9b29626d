"""The page: context for the templates, and the templates rendered with everything escaped."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from sclcohort import __version__
from sclcohort.regulators.vulnerabilities import EXPRESSED_MIN_LOG2
from sclcohort.report import (
    captions,
    captions_genome,
    captions_regulators,
    context_associations,
    context_burden,
    context_cohort,
    context_events,
    context_genotypes,
    context_growth,
    context_samples,
    context_scores,
    context_vulnerabilities,
    findings,
    methods,
)
from sclcohort.report.anchors import patient_anchor
from sclcohort.report.cautions import cautions
from sclcohort.report.context_patients import patient_section
from sclcohort.report.palette import CLASS_LOOKS, STRATEGY_WORDS, SUBTYPE_LOOKS

if TYPE_CHECKING:
    from sclcohort.report.cohort import Cohort

TEMPLATES = Path(__file__).parent / "templates"
# Tables of more rows than this are folded when the page opens.
MOST_OPEN_ROWS = 40
# A column of 960 px, on a screen of 1280, shows this at three quarters of its size: labels of 8 pt stay above 6.
WIDEST_FITTED_PX = 1280


@dataclass(frozen=True)
class PageFigure:
    """One figure of the page.

    Parameters
    ----------
    name : str
        File name without ending, and its id in the page.
    title : str
        Heading.
    caption : captions.Caption
        What stands under it.
    svg : str
        Its drawing, inline.
    part : int
        From 1; the parts of one figure share the caption of the first.
    """

    name: str
    title: str
    caption: captions.Caption
    svg: str
    part: int = 1

    @property
    def markup(self) -> Markup:
        """Return the drawing as what it is: our own, every text in it escaped by `canvas`."""
        return Markup(self.svg)

    @property
    def is_fitted(self) -> bool:
        """Whether the drawing may shrink to the page and stays readable; wider ones scroll sideways."""
        width = re.match(r'<svg width="(\d+)"', self.svg)
        return width is not None and int(width[1]) <= WIDEST_FITTED_PX


CAPTIONS = {
    "availability": ("Available data", captions.availability),
    "oncoprint": ("Driver events", captions.oncoprint),
    "subtype_map": ("Subtypes and lineage", captions.subtype_map),
    "ne_aggression": ("Neuroendocrine score and aggression", captions_regulators.ne_aggression),
    "activity": ("Regulator activity", captions_regulators.activity),
    "resistance": ("Resistance by strategy", captions.resistance),
    "mutation_burden": ("Mutation burden", captions_genome.burden),
    "patient_timelines": ("Patients over time and sites", captions.timelines),
}


NOT_DRAWN = {
    "mutation_burden": "Mutation burden: it could be measured in no tumour.",
    "subtype_map": "Subtypes and lineage: no tumour has expression that could be used.",
    "ne_aggression": "Neuroendocrine score and aggression: no tumour has both scores.",
    "activity": "Regulator activity: it could be assessed in no tumour.",
    "resistance": "Resistance by strategy: no therapy was assessed.",
    "patient_timelines": "Patients over time and sites: no patient has several samples.",
}


def page_figure(cohort: Cohort, name: str, svg: str, part: int = 1) -> PageFigure:
    """Return a figure with its heading and caption."""
    kind = re.sub(r"_\d+$", "", name)
    title, caption_of = CAPTIONS[kind]
    return PageFigure(name, title if part == 1 else f"{title}, part {part}", caption_of(cohort), svg, part)


def environment() -> Environment:
    """Return the template environment: everything escaped, a missing variable an error."""
    made = Environment(
        loader=FileSystemLoader(TEMPLATES, encoding="utf-8"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=False,
    )
    made.globals.update(subtype_looks=SUBTYPE_LOOKS, class_looks=CLASS_LOOKS, strategy_words=STRATEGY_WORDS)
    return made


def style_sheet() -> str:
    """Return the style sheet, as it stands in the page."""
    return (TEMPLATES / "style.css").read_text(encoding="utf-8")


def content_security_policy(style: str) -> str:
    """Return a policy that allows this style sheet, images of the page itself, and nothing else."""
    digest = base64.b64encode(hashlib.sha256(style.encode("utf-8")).digest()).decode("ascii")
    return f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; base-uri 'none'; form-action 'none'"


def context(cohort: Cohort, figures: Sequence[PageFigure]) -> Mapping[str, Any]:
    """Return what the templates show, as plain text and rows of text."""
    style = style_sheet()
    return {
        "version": __version__,
        "cohort": cohort.name,
        "noun": cohort.noun,
        "build": str(cohort.setting("reference", "build") or ""),
        "style": Markup(style),
        "policy": content_security_policy(style),
        "most_open_rows": MOST_OPEN_ROWS,
        "samples": cohort.samples,
        "patients": [(patient, patient_anchor(patient)) for patient in cohort.patients],
        "followed": len(cohort.followed_patients),
        "cautions": cautions(cohort),
        "conservation": findings.conservation(cohort),
        "layers": findings.layer_counts(cohort),
        "zygosity": [findings.zygosity(cohort, gene) for gene in cohort.hit_suppressors],
        "driver_sentences": findings.driver_sentences(cohort),
        "subtype_sentences": findings.subtype_sentences(cohort),
        "subtype_counts": findings.subtype_counts(cohort),
        "strategies": findings.strategy_counts(cohort),
        "therapies": [
            (strategy, therapy, findings.class_counts(cohort, therapy))
            for strategy, members in cohort.therapies.items()
            for therapy in members
        ],
        "figures": figures,
        "not_drawn": [why for name, why in NOT_DRAWN.items() if name not in {figure.name for figure in figures}],
        "gene_states": context_cohort.gene_state_lines(cohort, cohort.samples),
        "events": context_events.event_lines(cohort, cohort.samples),
        "set_aside": context_cohort.set_aside_lines(cohort),
        "purity": context_samples.purity_lines(cohort, cohort.samples) if cohort.purity else [],
        "structural": context_samples.structural_summary(cohort),
        "disagreements": context_samples.disagreements(cohort),
        "burden": context_burden.burden(cohort),
        "recurrence": context_burden.recurrence(cohort),
        "rated_lines": context_growth.rated_lines(cohort, cohort.samples),
        "subtypes": context_cohort.subtype_lines(cohort, cohort.samples),
        "score_heads": tuple(context_scores.SCORE_HEADS.values()),
        "score_lines": context_scores.score_lines(cohort, cohort.samples),
        "associations": context_associations.associations(cohort),
        "expressed_from": f"{2**EXPRESSED_MIN_LOG2 - 1:g}",
        "vulnerabilities": context_vulnerabilities.vulnerabilities(cohort),
        "therapy_rules": context_cohort.therapy_rules(cohort),
        "rb1_counts": context_genotypes.rb1_counts(cohort),
        "rb1_lines": context_genotypes.rb1_lines(cohort, cohort.samples),
        "flag_counts": context_genotypes.flag_counts(cohort),
        "raised_flags": context_genotypes.raised_lines(cohort, cohort.samples),
        "inference": context_genotypes.inference_table(cohort),
        "imports": context_cohort.import_table(cohort),
        "mapping": context_cohort.mapping_problems(cohort),
        "coverage": context_cohort.coverage_table(cohort),
        "driver_genes": context_cohort.driver_gene_table(cohort),
        "settings": methods.settings(cohort),
        "methods": methods.methods(cohort),
        "glossary": methods.GLOSSARY,
        "sections": [patient_section(cohort, patient) for patient in cohort.patients],
    }


def render_page(cohort: Cohort, figures: Sequence[PageFigure]) -> str:
    """Return the report as one HTML document."""
    return environment().get_template("page.html.j2").render(context(cohort, figures)).rstrip() + "\n"
