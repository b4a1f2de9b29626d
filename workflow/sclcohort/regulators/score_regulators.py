"""Score lineage factors, programmes and regulators of every sample with expression, and call its subtype."""

from __future__ import annotations

import logging
import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from sclcohort.contracts import (
    ACTIVITY,
    EXPRESSION,
    EXPRESSION_STATUS,
    GENE_MAPPING,
    REGULON_TARGETS,
    SAMPLES,
    SCORES,
    SUBTYPE_CALLS,
)
from sclcohort.errors import StepError
from sclcohort.regulators.activity import activity_rows, rows_without_activity, score_activities
from sclcohort.regulators.expression import Expression, SampleState, read_expression
from sclcohort.regulators.genes import (
    LINEAGE_FACTORS,
    T_CELL_INFLAMED,
    GeneRows,
    mapping_table,
)
from sclcohort.regulators.resources import Resources, read_resources
from sclcohort.regulators.set_scores import (
    RANKED_SETS,
    SetScores,
    aggression_reason,
    aggression_scores,
    score_sets,
)
from sclcohort.regulators.signatures import (
    Coverage,
    coverage_of,
    mean_log2,
    members_of,
    ne_scores,
    programme_members,
    rank_scores,
)
from sclcohort.regulators.subtypes import (
    LETTERS,
    WITHOUT_STROMA,
    Calibration,
    Evidence,
    call_subtype,
    programme_probabilities,
)
from sclcohort.regulators.table_formats import TableFormat, format_of
from sclcohort.regulators.targets import target_rows
from sclcohort.regulators.universe import Universe, universe_of
from sclcohort.tables import Cell, read_rows, write_in_order, write_rows, write_table

if TYPE_CHECKING:
    import pandas as pd

LOGGER = logging.getLogger(__name__)


@dataclass(frozen=True)
class Scores:
    """The scores of the columns of a matrix.

    Parameters
    ----------
    table : DataFrame, columns of the matrix x scores
        Columns of SCORES that are numbers; NaN where not assessable.
    without_stroma : DataFrame, columns of the matrix x A, N, P
        Rank scores of these programmes among their own genes.
    coverage : dict of str to Coverage
        Of each programme (by letter), ``ne_score`` and ``t_cell_inflamed``.
    lacking : dict of str to str
        Of the keys of `coverage` that the matrix covers too little, a sentence that says so.
    reasons : dict of str to str
        For each column of the matrix, why scores are not assessable; empty where all are.
    sets : SetScores
        Scores of the sets that are ranked among all genes of the gene sets.
    """

    table: pd.DataFrame
    without_stroma: pd.DataFrame
    coverage: Mapping[str, Coverage]
    lacking: Mapping[str, str]
    reasons: Mapping[str, str]
    sets: SetScores

    def of(self, column: str) -> dict[str, float]:
        """Return the scores of one column by name."""
        return self._by_column[column]

    def ranks_without_stroma(self, column: str) -> dict[str, float]:
        """Return the rank scores of A, N and P among their own genes, of one column."""
        return self._without_stroma_by_column[column]

    # One look-up in a DataFrame costs more than all scores of a sample.
    @cached_property
    def _by_column(self) -> dict[str, dict[str, float]]:
        return _rows_by_name(self.table)

    @cached_property
    def _without_stroma_by_column(self) -> dict[str, dict[str, float]]:
        return _rows_by_name(self.without_stroma[list(WITHOUT_STROMA)])


def _rows_by_name(frame: pd.DataFrame) -> dict[str, dict[str, float]]:
    """Return the rows of a DataFrame of numbers as dictionaries, by the name of the row."""
    columns = frame.columns.astype(str).tolist()
    rows = zip(frame.index.astype(str), frame.to_numpy().tolist(), strict=True)
    return {name: dict(zip(columns, values, strict=True)) for name, values in rows}


def score_columns(log2: pd.DataFrame, resources: Resources, *, min_genes_fraction: float) -> Scores:
    """Compute every score of every column of a matrix, each column by itself.

    Parameters
    ----------
    log2 : DataFrame, genes x columns of the matrix
        log2(TPM + 1), approved symbols.
    resources : Resources
        Gene sets and signature.
    min_genes_fraction : float
        Least measured fraction of a gene set, 0 to 1. The four programmes are ranked against each other, so none of
        them is scored unless each is covered.

    Returns
    -------
    Scores
    """
    import pandas as pd

    members = programme_members(resources.gene_sets)
    inflamed = members_of(resources.gene_sets, T_CELL_INFLAMED)
    coverage = {letter: coverage_of(genes, log2) for letter, genes in members.items()}
    coverage |= {
        "ne_score": coverage_of(resources.ne_signature["gene_symbol"].tolist(), log2),
        T_CELL_INFLAMED: coverage_of(inflamed, log2),
    }
    enough = {name: covered.is_enough(min_genes_fraction) for name, covered in coverage.items()}
    has_programmes = all(enough[letter] for letter in LETTERS)
    ranks = rank_scores(log2, members)
    without_stroma = rank_scores(log2, {letter: members[letter] for letter in WITHOUT_STROMA})
    values = pd.DataFrame(index=log2.columns)
    for factor in LINEAGE_FACTORS.values():
        values[f"{factor.lower()}_log2"] = log2.loc[factor] if factor in log2.index else math.nan
    for letter in LETTERS:
        values[f"programme_{letter.lower()}"] = ranks[letter] if has_programmes else math.nan
    values["ne_score"] = ne_scores(log2, resources.ne_signature) if enough["ne_score"] else math.nan
    values["t_cell_inflamed"] = mean_log2(log2, inflamed) if enough[T_CELL_INFLAMED] else math.nan
    lacking = _lacking(coverage, enough, min_genes_fraction)
    constant = "ne_score: the sample is constant over the signature"
    reasons = {
        str(column): "; ".join([*lacking.values(), *([constant] if enough["ne_score"] and math.isnan(score) else [])])
        for column, score in values["ne_score"].items()
    }
    sets = score_sets(log2, resources.gene_sets, min_genes_fraction=min_genes_fraction)
    values = values.join(sets.table).join(aggression_scores(sets.table, values["ne_score"]))
    return Scores(values, without_stroma, coverage, lacking, reasons, sets)


def _lacking(coverage: Mapping[str, Coverage], enough: Mapping[str, bool], min_genes_fraction: float) -> dict[str, str]:
    """Return one sentence for each score that the matrix covers too little of."""
    return {
        name: f"{f'programme {name}' if name in LETTERS else name}: {covered}, {min_genes_fraction:.0%} needed"
        for name, covered in coverage.items()
        if not enough[name]
    }


def score_row(sample_id: str, column: str, scores: Scores) -> dict[str, Cell]:
    """Return a sample's row of SCORES; without scores where `column` is empty or was refused."""
    if column not in scores.table.index:
        return {"sample_id": sample_id}
    coverage, values = scores.coverage, scores.of(column)
    return {
        "sample_id": sample_id,
        **values,
        "programme_genes": sum(len(coverage[letter].measured) for letter in LETTERS),
        "ne_genes": len(coverage["ne_score"].measured),
        "t_cell_inflamed_genes": len(coverage[T_CELL_INFLAMED].measured),
        "reason": scores.reasons[column],
        **{f"{name}_genes": len(scores.sets.coverage[name].measured) for name in RANKED_SETS},
        "ranked_genes": scores.sets.universe,
        "set_genes_missing": ",".join(scores.sets.missing),
        "set_reason": "; ".join(filter(None, [scores.sets.reason, aggression_reason(values)])),
    }


def subtype_row(
    sample: Mapping[str, Cell],
    state: SampleState,
    scores: Scores,
    calibration: Calibration,
    *,
    min_probability: float,
    min_margin: float,
) -> dict[str, Cell]:
    """Return a sample's row of SUBTYPE_CALLS.

    Parameters
    ----------
    sample : dict
        The sample's row of SAMPLES, None where missing.
    state : SampleState
        What became of its expression.
    scores, calibration
        As given by `score_columns`, and the constants.
    min_probability, min_margin : float
        Gates of a call.
    """
    row: dict[str, Cell] = {"sample_id": sample["sample_id"], "subtype": "not_assessable"}
    if state.state != "scored":
        return row | {"rule": f"expression_{state.state}", "reason": state.reason}
    column = str(sample["expression_sample"])
    values = scores.of(column)
    factors = {
        letter: values[f"{factor.lower()}_log2"]
        for letter, factor in LINEAGE_FACTORS.items()
        if not math.isnan(values[f"{factor.lower()}_log2"])
    }
    missing = [gene for letter in LETTERS for gene in scores.coverage[letter].missing]
    missing += [factor for letter, factor in LINEAGE_FACTORS.items() if letter not in factors]
    row["genes_missing"] = ",".join(sorted(missing))
    lacking = [scores.lacking[letter] for letter in LETTERS if letter in scores.lacking]
    if lacking:
        return row | {"rule": "programmes_not_covered", "reason": "; ".join(lacking)}
    evidence = _evidence_of(sample, scores, factors)
    call = call_subtype(evidence, calibration, min_probability=min_probability, min_margin=min_margin)
    probabilities = programme_probabilities(evidence.scores, calibration)
    return row | {
        "subtype": call.subtype,
        "components": call.components,
        "probability": call.probability,
        "margin": call.margin,
        **{f"probability_{letter.lower()}": probabilities[letter] for letter in LETTERS},
        "rule": call.rule,
        "reason": call.reason,
    }


def _evidence_of(sample: Mapping[str, Cell], scores: Scores, factors: Mapping[str, float]) -> Evidence:
    """Return what the subtype call may rest on, of a sample whose programmes are scored."""
    column, purity = str(sample["expression_sample"]), sample["purity"]
    values = scores.of(column)
    inflamed = values["t_cell_inflamed"]
    return Evidence(
        scores={letter: values[f"programme_{letter.lower()}"] for letter in LETTERS},
        scores_without_stroma=scores.ranks_without_stroma(column),
        genes={letter: len(scores.coverage[letter].measured) for letter in LETTERS},
        factors=factors,
        t_cell_inflamed=None if math.isnan(inflamed) else inflamed,
        specimen=str(sample["specimen"] or ""),
        purity=None if purity is None else float(purity),
    )


def _expression_of(
    samples: Sequence[Mapping[str, Cell]],
    matrix: Path | None,
    unit: str | None,
    table: TableFormat,
    gene_lengths: Path | None,
    strand: str | None,
    tx2gene: Path | None,
    resources: Resources,
) -> Expression:
    """Return the cohort's expression; without columns where no sample has any."""
    import pandas as pd

    columns = [str(sample["expression_sample"]) for sample in samples if sample["expression_sample"] is not None]
    if matrix is not None and columns:
        if unit is None:
            raise StepError("an expression matrix is given without its unit; fix: set expression.unit")
        return read_expression(
            matrix,
            unit,
            columns,
            resources.users,
            resources.gene_aliases,
            table,
            gene_lengths,
            strand,
            resources.others,
            tx2gene,
        )
    missing = GeneRows((), "", "missing", _why_no_expression(matrix))
    found = dict.fromkeys(resources.users, missing)
    return Expression(pd.DataFrame(index=pd.Index([], name="gene_symbol")), found, {})


def _why_no_expression(matrix: Path | None) -> str:
    return "no expression matrix is configured" if matrix is None else "no sample names a column of the matrix"


def _state_of(sample: Mapping[str, Cell], expression: Expression) -> SampleState:
    column = sample["expression_sample"]
    if column is None:
        return SampleState("not_provided", 0, 0, "the sample sheet names no expression")
    absent = SampleState("not_provided", 0, 0, "no expression matrix is configured")
    return expression.states.get(str(column), absent)


def _status_row(sample: Mapping[str, Cell], state: SampleState) -> dict[str, Cell]:
    row: dict[str, Cell] = {"sample_id": sample["sample_id"], "state": state.state, "reason": state.reason}
    if state.state == "not_provided":
        return row
    return row | {"genes_measured": state.genes_measured, "genes_detected": state.genes_detected}


def _expression_rows(samples: Sequence[Mapping[str, Cell]], log2: pd.DataFrame) -> Iterator[dict[str, Cell]]:
    """Yield the rows of EXPRESSION, sample by sample."""
    genes = log2.index.tolist()
    for sample in samples:
        if sample["expression_sample"] in log2.columns:
            for gene, value in zip(genes, log2[str(sample["expression_sample"])].tolist(), strict=True):
                yield {"sample_id": sample["sample_id"], "gene_symbol": gene, "log2_expression": value}


def _activity_rows(
    samples: Sequence[Mapping[str, Cell]],
    states: Sequence[SampleState],
    universe: Universe | None,
    regulons: pd.DataFrame,
    *,
    min_targets: int,
) -> Iterator[dict[str, Cell]]:
    """Yield the rows of ACTIVITY, sample by sample."""
    activities = None if universe is None else score_activities(universe, regulons, min_targets=min_targets)
    for sample, state in zip(samples, states, strict=True):
        sample_id = str(sample["sample_id"])
        if activities is None or state.state != "scored":
            yield from rows_without_activity(sample_id, regulons, state.reason)
        else:
            yield from activity_rows(sample_id, str(sample["expression_sample"]), activities, min_targets=min_targets)


def run(
    *,
    samples: Path,
    matrix: Path | None = None,
    unit: str | None = None,
    table_format: str | None = None,
    gene_lengths: Path | None = None,
    strand: str | None = None,
    tx2gene: Path | None = None,
    regulon: Path | None = None,
    regulon_sha256: str | None = None,
    gene_model: Path | None = None,
    hgnc: Path | None = None,
    hgnc_sha256: str | None = None,
    gene_aliases: Path,
    gene_sets: Path,
    ne_signature: Path,
    subtype_calibration: Path,
    regulons: Path,
    resistance_rules: Path,
    min_probability: float,
    min_margin: float,
    min_genes_fraction: float,
    min_targets: int,
    status: Path,
    gene_mapping: Path,
    expression: Path,
    scores: Path,
    subtypes: Path,
    activity: Path,
    targets: Path,
) -> None:
    """Score lineage factors, programmes and regulators of every sample with expression, and call its subtype.

    Parameters
    ----------
    samples : Path
        Table SAMPLES.
    matrix : Path or None
        Expression matrix, genes x samples, or the folder of STAR's or salmon's files; None where the cohort has no RNA.
    unit : one of `measures.UNITS`, or None
        What its numbers are.
    table_format : {"matrix", "featurecounts", "nf_core", "star", "salmon"} or None
        How it is laid out; None is a matrix.
    gene_lengths : Path or None
        Table of the genes' lengths, by which counts become TPM.
    strand : {"unstranded", "forward", "reverse"} or None
        Which counts of STAR to take; None in other formats.
    tx2gene : Path or None
        Transcripts and their genes, for salmon; None in other formats.
    regulon : Path or None
        A regulon of the user's own, in place of `regulons`.
    regulon_sha256 : str or None
        The checksum that it must have.
    gene_model : Path or None
        Ensembl GFF3, by which Ensembl ids are named that `gene_aliases` does not know.
    hgnc : Path or None
        A full table of HGNC, which extends `gene_aliases`.
    hgnc_sha256 : str or None
        The checksum that it must have.
    gene_aliases, gene_sets, ne_signature, subtype_calibration, regulons, resistance_rules : Path
        Resource tables of those names.
    min_probability, min_margin : float
        Gates of a subtype call, 0 to 1.
    min_genes_fraction : float
        Least measured fraction of a gene set for a score, 0 to 1.
    min_targets : int
        Least measured targets of a regulator for its activity.
    status, gene_mapping, expression, scores, subtypes, activity, targets : Path
        Tables to write: EXPRESSION_STATUS, GENE_MAPPING, EXPRESSION, SCORES, SUBTYPE_CALLS, ACTIVITY,
        REGULON_TARGETS.

    Raises
    ------
    StepError
        The matrix cannot be used; every fault is listed.
    TableError
        A table breaks its contract.
    """
    resources = read_resources(
        gene_aliases,
        gene_sets,
        ne_signature,
        subtype_calibration,
        regulons,
        resistance_rules,
        regulon,
        regulon_sha256,
        gene_model,
        hgnc,
        hgnc_sha256,
    )
    sheet = sorted(read_rows(samples, SAMPLES), key=lambda sample: str(sample["sample_id"]))
    measured = _expression_of(sheet, matrix, unit, format_of(table_format), gene_lengths, strand, tx2gene, resources)
    states = [_state_of(sample, measured) for sample in sheet]
    scored = score_columns(measured.log2, resources, min_genes_fraction=min_genes_fraction)
    calls = [
        subtype_row(
            sample,
            state,
            scored,
            resources.calibration,
            min_probability=min_probability,
            min_margin=min_margin,
        )
        for sample, state in zip(sheet, states, strict=True)
    ]
    score_rows = [
        score_row(str(sample["sample_id"]), str(sample["expression_sample"] or ""), scored)
        | ({"reason": state.reason, "set_reason": state.reason} if state.state != "scored" else {})
        for sample, state in zip(sheet, states, strict=True)
    ]
    write_rows(status, EXPRESSION_STATUS, map(_status_row, sheet, states))
    write_table(gene_mapping, GENE_MAPPING, mapping_table(measured.found, resources.users))
    write_in_order(expression, EXPRESSION, _expression_rows(sheet, measured.log2))
    write_rows(scores, SCORES, score_rows)
    write_rows(subtypes, SUBTYPE_CALLS, calls)
    universe = None
    if measured.matrix is not None and measured.unit is not None:
        wanted = resources.regulons["target"]
        universe = universe_of(measured.matrix, measured.unit, wanted, resources.gene_aliases, resources.others)
    activities = _activity_rows(sheet, states, universe, resources.regulons, min_targets=min_targets)
    write_in_order(activity, ACTIVITY, activities)
    found = {} if universe is None else universe.found
    write_rows(targets, REGULON_TARGETS, target_rows(resources.regulons, found, _why_no_expression(matrix)))
    for subtype, count in sorted(Counter(str(call["subtype"]) for call in calls).items()):
        LOGGER.info("%s: %d samples", subtype, count)
