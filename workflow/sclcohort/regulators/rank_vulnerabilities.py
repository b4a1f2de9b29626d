"""Rank the published vulnerabilities of every sample, and of the cohort.

Over the cohort a patient has a vulnerability when one of the samples has it. Candidates are ranked by, in this order:
level of evidence; whether tumours with and without the state were compared; whether the genome of any patient bears
it out; whether the gene rises with aggression (by its activity, else by its expression, whichever could be tested;
adjusted p at most `ASSOCIATION_MAX_P`, and never where aggression is made of it); share of all patients: a state is
easier to prove than its absence, so that the share of the judged would favour what few could be judged for;
whether the publication was read. Nothing is weighed or summed, and equals share a rank.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from sclcohort.contracts import (
    ACTIVITY,
    ASSOCIATIONS,
    COHORT_VULNERABILITIES,
    COMPARISONS,
    COPY_NUMBER_STATUS,
    DRIVER_GENES,
    EVENTS,
    EVIDENCE,
    EXPRESSION,
    GENE_COPY_NUMBER,
    GENE_STATES,
    MEASURES,
    RB1_STATUS,
    SAMPLE_VULNERABILITIES,
    SAMPLES,
    SCORES,
    SUBTYPE_CALLS,
    VARIANT_STATUS,
    VULNERABILITY_STATES,
)
from sclcohort.evidence.facts import Row, gather, text_of
from sclcohort.regulators.vulnerabilities import (
    SHARED_COLUMNS,
    Known,
    Vulnerability,
    load_vulnerabilities,
    rank_sample,
    ranked,
)
from sclcohort.tables import Cell, read_chunks, read_rows, write_rows

LOGGER = logging.getLogger(__name__)
ASSOCIATION_MAX_P = 0.05  # Choice: the usual level, of a p adjusted over the regulators.


def cohort_row(
    one: Vulnerability, rows: Mapping[str, Sequence[Row]], associations: Mapping[tuple[str, str], Row]
) -> dict[str, Cell]:
    """Return one vulnerability over a cohort, not yet ranked: a row of COHORT_VULNERABILITIES.

    Parameters
    ----------
    one : Vulnerability
        The vulnerability.
    rows : mapping of patient_id
        Its rows of SAMPLE_VULNERABILITIES, those of each patient.
    associations : mapping of (regulator, measure)
        Rows of ASSOCIATIONS with aggression.
    """
    states = {patient: {text_of(row, "state") for row in members} for patient, members in rows.items()}
    counts = Counter(
        next(state for state in VULNERABILITY_STATES if state in found) for found in states.values() if found
    )
    genomic = sum(
        any(text_of(row, "state") == "candidate" and text_of(row, "genomic_support") == "supported" for row in members)
        for members in rows.values()
    )
    state = next((state for state in VULNERABILITY_STATES if counts[state]), "not_assessable")
    association = _association(one.gene, associations)
    return {
        **{column: one.row[column] for column in SHARED_COLUMNS},
        "state": state,
        "patients": len(rows),
        "patients_assessed": counts["candidate"] + counts["not_supported"],
        "patients_candidate": counts["candidate"],
        "patients_genomic": genomic,
        "association_measure": None if association is None else association["measure"],
        "rho": None if association is None else association["rho"],
        "rho_p_adjusted": None if association is None else association["p_adjusted"],
        "reason": _reason(one, state, association),
    }


def _association(gene: str, associations: Mapping[tuple[str, str], Row]) -> Row | None:
    """Return what is known of a gene and aggression: by its activity, else its expression; what was tested first."""
    found = [row for measure in MEASURES if (row := associations.get((gene, measure))) is not None]
    computed = [row for row in found if text_of(row, "state") == "computed"]
    tested = [row for row in computed if row["p_adjusted"] is not None]
    return next(iter((*tested, *computed)), None)


def _reason(one: Vulnerability, state: str, association: Row | None) -> str:
    said = []
    if one.is_negative:
        said.append(f"Encoded negative: {one.row['evidence']}.")
    elif state == "not_assessable":
        said.append("No patient could be judged; the table of samples says why.")
    if association is not None and association["part_of_outcome"]:
        said.append("Aggression is partly made of this gene or its targets: rho is not tested and ranks nothing.")
    return " ".join(said)


def cohort_merit(row: Row) -> tuple[float | str, ...]:
    """Return what a candidate of a cohort is ranked by; the least comes first."""
    rho, p_adjusted = row.get("rho"), row.get("rho_p_adjusted")
    tested = rho is not None and p_adjusted is not None
    rises = tested and float(str(rho)) > 0 and float(str(p_adjusted)) <= ASSOCIATION_MAX_P
    return (
        text_of(row, "level"),
        COMPARISONS.index(text_of(row, "comparison")),
        0 if int(text_of(row, "patients_genomic")) else 1,
        0 if rises else 1,
        -int(text_of(row, "patients_candidate")) / max(1, int(text_of(row, "patients"))),
        1 if text_of(row, "certainty") == "unverified" else 0,
    )


def rank_cohort(
    vulnerabilities: Sequence[Vulnerability],
    samples: Sequence[Row],
    rows: Iterable[Row],
    associations: Iterable[Row],
) -> list[dict[str, Cell]]:
    """Return the vulnerabilities of a cohort, its candidates ranked.

    Parameters
    ----------
    vulnerabilities : sequence of Vulnerability
        What was asked.
    samples : sequence of Row
        Rows of SAMPLES.
    rows : iterable of Row
        Rows of SAMPLE_VULNERABILITIES.
    associations : iterable of Row
        Rows of ASSOCIATIONS.
    """
    patient_of = {text_of(sample, "sample_id"): text_of(sample, "patient_id") for sample in samples}
    found: dict[str, dict[str, list[Row]]] = {
        one.row["vulnerability_id"]: {patient: [] for patient in sorted(set(patient_of.values()))}
        for one in vulnerabilities
    }
    for row in rows:
        found[text_of(row, "vulnerability_id")][patient_of[text_of(row, "sample_id")]].append(row)
    beside = {
        (text_of(row, "regulator"), text_of(row, "measure")): row
        for row in associations
        if row["outcome"] == "aggression"
    }
    listed = [cohort_row(one, found[one.row["vulnerability_id"]], beside) for one in vulnerabilities]
    return ranked(listed, [cohort_merit(row) for row in listed])


def run(
    *,
    samples: Path,
    events: Path,
    gene_states: Path,
    copy_number: tuple[Path, ...],
    variant_status: tuple[Path, ...],
    copy_number_status: tuple[Path, ...],
    expression: Path,
    scores: Path,
    subtypes: Path,
    activity: Path,
    rb1_status: Path,
    evidence: Path,
    associations: Path,
    driver_genes: Path,
    resistance_rules: Path,
    vulnerabilities: Path,
    sample_vulnerabilities: Path,
    cohort_vulnerabilities: Path,
) -> None:
    """Rank the published vulnerabilities of every sample, and of the cohort.

    Parameters
    ----------
    samples, events, gene_states, expression, scores, subtypes, activity, rb1_status, evidence, associations : Path
        Tables of the stages above.
    copy_number, variant_status, copy_number_status : tuple of Path
        The same, one file per chunk.
    driver_genes, resistance_rules, vulnerabilities : Path
        Resource tables of those names.
    sample_vulnerabilities, cohort_vulnerabilities : Path
        Tables to write: SAMPLE_VULNERABILITIES and COHORT_VULNERABILITIES.

    Raises
    ------
    TableError
        A table breaks its contract, or a vulnerability contradicts the rule it names.
    """
    listed = load_vulnerabilities(vulnerabilities, resistance_rules, _amplifiable(driver_genes))
    genes = {one.gene for one in listed}
    rules = {rule for one in listed for rule in (one.row["rule_id"], *one.vetoes) if rule}
    facts = gather(
        samples=read_rows(samples, SAMPLES),
        clinical=(),
        events=read_rows(events, EVENTS),
        gene_states=read_rows(gene_states, GENE_STATES),
        copy_number=read_chunks(copy_number, GENE_COPY_NUMBER, only={"gene_symbol": genes}),
        variant_status=read_chunks(variant_status, VARIANT_STATUS),
        copy_number_status=read_chunks(copy_number_status, COPY_NUMBER_STATUS),
        expression=read_rows(expression, EXPRESSION, only={"gene_symbol": genes}),
        scores=read_rows(scores, SCORES),
        subtypes=read_rows(subtypes, SUBTYPE_CALLS),
        rb1_status=read_rows(rb1_status, RB1_STATUS),
        burden=(),
    )
    known = Known(
        facts,
        _keyed(read_rows(evidence, EVIDENCE, only={"rule_id": rules}), "rule_id"),
        _keyed(read_rows(activity, ACTIVITY, only={"regulator": genes}), "regulator"),
    )
    rows = [row for sample in facts.samples for row in rank_sample(listed, sample, known)]
    write_rows(sample_vulnerabilities, SAMPLE_VULNERABILITIES, rows)
    cohort = rank_cohort(listed, facts.samples, rows, read_rows(associations, ASSOCIATIONS))
    write_rows(cohort_vulnerabilities, COHORT_VULNERABILITIES, cohort)
    counts = Counter(text_of(row, "state") for row in rows)
    LOGGER.info(
        "%d samples, %d vulnerabilities: %s",
        len(facts.samples),
        len(listed),
        ", ".join(f"{counts[state]} {state}" for state in VULNERABILITY_STATES),
    )


def _keyed(rows: Iterable[Row], column: str) -> dict[tuple[str, str], Row]:
    return {(text_of(row, "sample_id"), text_of(row, column)): row for row in rows}


def _amplifiable(driver_genes: Path) -> frozenset[str]:
    return frozenset(
        text_of(row, "gene_symbol")
        for row in read_rows(driver_genes, DRIVER_GENES)
        if "amplification" in text_of(row, "events").split(",")
    )
