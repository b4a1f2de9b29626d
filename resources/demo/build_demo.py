#!/usr/bin/env python3
"""Build the embedded demo cohort, byte for byte the same every time.

    python resources/demo/build_demo.py [--out DIR]

DIR is the root of a repository-like tree (default: this repository): data go to ``resources/demo``, the sheets
to ``config``. Needs pysam (for bgzip and tabix) and ``proteins.tsv``, nothing else. See README.md.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from builder import purple, states, truth, vulnerabilities
from builder.expression import EXTRA_COLUMN, expression_text
from builder.genes import read_proteins
from builder.genome import Genome, build_genome, write_fasta, write_gff
from builder.lesions import AGGRESSION_COLUMNS, GROWTH_COLUMNS, aggression_rows, growth_rows, lesions_text
from builder.model import Expression
from builder.panel import panel_file, panel_text
from builder.plan import EVENTS, PATIENTS, TUMOURS
from builder.population import POPULATION, population_text
from builder.records import records_of
from builder.segments import cns_text, seg_text, segments_of
from builder.sheets import COHORT_SEG, clinical_text, purity_file, samples_text, segments_file
from builder.structural import TRUTH_COLUMNS, structural_rows, structural_texts
from builder.tsv import tsv
from builder.variant_files import write_indexed, write_variants

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from builder.alleles import Record

HERE = Path(__file__).resolve().parent
REPOSITORY = HERE.parent.parent


def main() -> None:
    """Build everything below the folder asked for."""
    parser = argparse.ArgumentParser(description="Build the demo cohort and its mini genome.")
    parser.add_argument("--out", type=Path, default=REPOSITORY, help="root of the tree to write (default: here)")
    build(parser.parse_args().out)


def build(root: Path) -> None:
    """Write genome, gene models, variants, segments, expression, truth and sheets below a folder."""
    demo, config = root / "resources" / "demo", root / "config"
    for folder in (
        demo / "variants",
        demo / "structural_variants",
        demo / "copy_number",
        demo / "targets",
        demo / "truth",
        config,
    ):
        folder.mkdir(parents=True, exist_ok=True)
    genome = build_genome(read_proteins(HERE / "proteins.tsv"), [event.change for event in EVENTS.values()])
    write_fasta(genome, demo / "genome.fa")
    write_gff(genome, demo / "genes.gff3")
    records = {tumour.sample_id: records_of(genome, tumour) for tumour in TUMOURS}
    for tumour in TUMOURS:
        states.check(genome, tumour, records[tumour.sample_id])
        write_variants(genome, tumour, records[tumour.sample_id], demo)
        if panel_file(tumour):
            _write(demo / panel_file(tumour), panel_text(genome, tumour))
    write_indexed(demo / POPULATION, population_text(genome, records))
    for name, text in structural_texts(genome).items():
        _write(demo / name, text)
    write_segments(genome, demo)
    _write(demo / "expression.tsv", _matrix())
    write_truth(genome, records, demo / "truth")
    _write(config / "samples.tsv", samples_text())
    _write(config / "clinical.tsv", clinical_text())
    _write(config / "lesions.tsv", lesions_text())


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")


def write_segments(genome: Genome, demo: Path) -> None:
    """Write the cohort's SEG file, and the .cns or PURPLE's two files of single tumours."""
    sexes = {patient.patient_id: patient.sex for patient in PATIENTS}
    rows = []
    for tumour in TUMOURS:
        if tumour.segments is None:
            continue
        segments = segments_of(genome, tumour)
        if tumour.segments.format == "seg":
            rows.append((tumour.segments.name_in_seg or tumour.sample_id, segments))
        elif tumour.segments.format == "purple":
            _write(demo / segments_file(tumour), purple.segments_text(segments))
            sex = sexes[tumour.patient_id] or "unknown"
            _write(demo / purity_file(tumour), purple.purity_text(tumour, segments, sex))
        else:
            _write(demo / segments_file(tumour), cns_text(tumour, segments))
    _write(demo / COHORT_SEG, seg_text(rows))


def _matrix() -> str:
    columns = [(tumour.expression, tumour.sample_id) for tumour in TUMOURS if tumour.expression is not None]
    return expression_text([*columns, (Expression("unclassified", EXTRA_COLUMN), EXTRA_COLUMN)])


def write_truth(genome: Genome, records: Mapping[str, Sequence[Record]], folder: Path) -> None:
    """Write what a run must find."""
    for name, columns, rows in (
        ("events", truth.EVENT_COLUMNS, truth.event_rows(genome)),
        ("set_aside", truth.SET_ASIDE_COLUMNS, truth.set_aside_rows(genome, records)),
        ("gene_states", states.STATE_COLUMNS, states.state_rows(genome, records)),
        ("subtypes", truth.SUBTYPE_COLUMNS, truth.subtype_rows()),
        ("changes", truth.CHANGE_COLUMNS, truth.change_rows(genome)),
        ("purity", truth.PURITY_COLUMNS, truth.purity_rows()),
        ("annotation_disagreements", truth.DISAGREEMENT_COLUMNS, truth.disagreement_rows(genome)),
        ("structural_variants", TRUTH_COLUMNS, structural_rows(genome)),
        ("resistance", truth.RESISTANCE_COLUMNS, truth.resistance_rows()),
        ("growth", GROWTH_COLUMNS, growth_rows()),
        ("aggression", AGGRESSION_COLUMNS, aggression_rows([tumour.sample_id for tumour in TUMOURS])),
        ("vulnerabilities", vulnerabilities.COLUMNS, vulnerabilities.vulnerability_rows()),
    ):
        _write(folder / f"{name}.tsv", tsv(columns, rows))


if __name__ == "__main__":
    main()
