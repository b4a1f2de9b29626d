"""Judge the state of RB1 of every sample, and raise its flags."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from sclcohort.contracts import (
    COPY_NUMBER_STATUS,
    DRIVER_GENES,
    EVENTS,
    EXPRESSION,
    GENE_COPY_NUMBER,
    GENE_STATES,
    GENOTYPE_FLAGS,
    GENOTYPE_RULES,
    GENOTYPES,
    RB1_RNA_GENES,
    RB1_STATES,
    RB1_STATUS,
    RB1_SUPPORTS,
    SAMPLES,
)
from sclcohort.errors import TableError
from sclcohort.genotypes.facts import Row, gather
from sclcohort.genotypes.flags import NSCLC_LIKE, Flag, raise_flags
from sclcohort.genotypes.rb1 import Rb1, RnaRule, assess_rb1
from sclcohort.tables import Cell, read_chunks, read_rows, write_rows

LOGGER = logging.getLogger(__name__)


def load_rules(path: Path) -> dict[str, Row]:
    """Read the rule table; every flag and every support for RB1 has one row.

    Raises
    ------
    TableError
        The table breaks its contract, or a rule is missing.
    """
    rules: dict[str, Row] = {str(row["rule"]): row for row in read_rows(path, GENOTYPE_RULES)}
    missing = [rule for rule in (*GENOTYPE_FLAGS, *RB1_SUPPORTS) if rule not in rules]
    if missing:
        raise TableError(f"{path}: lacks the rules {', '.join(missing)}; put their rows back")
    return rules


def rb1_row(sample_id: str, rb1: Rb1, rules: Mapping[str, Row]) -> dict[str, Cell]:
    """Return a row of rb1_status.tsv."""
    citations = [part for rule in rb1.rules for part in str(rules[rule]["citation"]).split("; ")]
    return {
        "sample_id": sample_id,
        "state": rb1.state,
        "support_lost": "; ".join(rb1.findings.lost.values()),
        "support_intact": "; ".join(rb1.findings.intact.values()),
        "not_assessable": "; ".join(rb1.findings.not_assessable),
        "reason": rb1.reason,
        "citation": "; ".join(dict.fromkeys(citations)),
    }


def flag_row(sample_id: str, name: str, flag: Flag, rule: Row) -> dict[str, Cell]:
    """Return a row of flags.tsv."""
    return {
        "sample_id": sample_id,
        "flag": name,
        "state": flag.state,
        "evidence": flag.evidence,
        "meaning": rule["meaning"],
        "reason": flag.reason,
        "citation": rule["citation"],
        "certainty": rule["certainty"],
    }


def run(
    *,
    samples: Path,
    events: Path,
    gene_states: Path,
    copy_number: tuple[Path, ...],
    copy_number_status: tuple[Path, ...],
    expression: Path,
    driver_genes: Path,
    genotype_rules: Path,
    expression_measure: str | None = None,
    rb1_rna_min_log2_difference: float,
    cdkn2a_silent_max_log2: float,
    rb1_status: Path,
    flags: Path,
) -> None:
    """Judge RB1 and raise the flags of every sample; write `rb1_status` and `flags`.

    Parameters
    ----------
    samples, events, gene_states, expression : Path
        Tables of the stages above.
    copy_number, copy_number_status : tuple of Path
        The same, one file per chunk.
    driver_genes, genotype_rules : Path
        The resource tables.
    expression_measure : {"tpm", "cpm"} or None
        What the expression is log2 of; genes are not compared in ``cpm``.
    rb1_rna_min_log2_difference, cdkn2a_silent_max_log2 : float
        When the RNA of RB1 and CDKN2A speaks, in log2(TPM + 1).
    rb1_status, flags : Path
        Tables to write.

    Raises
    ------
    TableError
        A table breaks its contract, or a rule is missing.
    """
    rules = load_rules(genotype_rules)
    classes = {str(row["gene_symbol"]): row["gene_class"] for row in read_rows(driver_genes, DRIVER_GENES)}
    nsclc_like = sorted(gene for gene, gene_class in classes.items() if gene_class == NSCLC_LIKE)
    rna = RnaRule(rb1_rna_min_log2_difference, cdkn2a_silent_max_log2, expression_measure != "cpm")
    rb1_rows: list[dict[str, Cell]] = []
    flag_rows: list[dict[str, Cell]] = []
    for sample in gather(
        samples=read_rows(samples, SAMPLES),
        events=read_rows(events, EVENTS),
        gene_states=read_rows(gene_states, GENE_STATES),
        copy_number=read_chunks(copy_number, GENE_COPY_NUMBER),
        copy_number_status=read_chunks(copy_number_status, COPY_NUMBER_STATUS),
        expression=read_rows(expression, EXPRESSION),
        expression_genes=RB1_RNA_GENES,
    ):
        rb1 = assess_rb1(sample, rna)
        rb1_rows.append(rb1_row(sample.sample_id, rb1, rules))
        flag_rows += [
            flag_row(sample.sample_id, name, flag, rules[name])
            for name, flag in raise_flags(sample, rb1, nsclc_like).items()
        ]
    write_rows(rb1_status, RB1_STATUS, rb1_rows)
    write_rows(flags, GENOTYPES, flag_rows)
    states = Counter(str(row["state"]) for row in rb1_rows)
    raised = sum(row["state"] == "raised" for row in flag_rows)
    LOGGER.info(
        "%d samples: RB1 %s; %d flags raised",
        len(rb1_rows),
        ", ".join(f"{states[state]} {state}" for state in RB1_STATES),
        raised,
    )
