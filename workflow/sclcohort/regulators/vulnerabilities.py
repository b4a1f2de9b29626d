"""Published vulnerabilities, and which of them one sample has.

A row of ``resources/vulnerabilities.tsv`` names a state of a regulator or driver, and what may be switched off in
tumours that have it. Whether a sample has the state is answered by the rule of the resistance stage that the row
names, or, without one, here, in the words of that stage:

====================  ==================================================================================
condition             there when
====================  ==================================================================================
``activity_high``     the targets of the regulator stand above the other genes: t above 0, adjusted p at most
                      `ACTIVITY_MAX_P`, and the regulator itself is expressed
``expressed``         the gene's log2(TPM + 1) is at least `EXPRESSED_MIN_LOG2`; ``not_expressed`` below it
``amplified``         its copy-number state is amplification
``mutated``           a counted small event of it
``biallelic_loss``    both copies are lost (RB1: ``LOST`` in genotypes/rb1_status.tsv)
``intact_supported``  RB1 alone: ``INTACT_SUPPORTED`` there; the absence of calls is no support
``subtype``           the subtype call is the one asked for; a hybrid is not
``ne_high``           the neuroendocrine score is above 0; ``ne_low`` below it
``unselected``        nothing is asked: for encoded negatives of unselected patients
====================  ==================================================================================

A rule without a published cut-off decides nothing (``resistance.thresholds`` may give one), an encoded negative is
never a candidate, and a rule named as a veto speaks against a row when it is met.

Candidates of a sample are ranked by, in this order: level of evidence; whether tumours with and without the state
were compared; support in the genome; activity of the regulator; whether the publication was read. Nothing is
weighed or summed. Equals share a rank: expression levels of different genes do not compare.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sclcohort.contracts import COMPARISONS, RB1_STATES, SUBTYPES, VULNERABILITIES
from sclcohort.errors import TableError
from sclcohort.evidence.facts import Facts, Row, text_of
from sclcohort.evidence.judge import Finding, judge
from sclcohort.evidence.measure import measure
from sclcohort.evidence.rules import Rule, load_rules, parse_feature
from sclcohort.tables import Cell, read_rows

# Choice: 1 TPM, the detection limit of the Human Protein Atlas (proteinatlas.org, Assays and annotation), as in the
# rules of the resistance stage that ask whether a gene is expressed.
EXPRESSED_MIN_LOG2 = 1.0
# Choice: the usual level. The p of an activity takes genes as independent, which they are not: a rank, no error rate.
ACTIVITY_MAX_P = 0.05
SMALL_EVENTS = "hotspot,truncating,splice,missense,inframe_indel"
LOST, INTACT, _ = RB1_STATES
CALLED = tuple(subtype for subtype in SUBTYPES if subtype.startswith("SCLC-"))
# Feature, operator and threshold of a condition, in the language of evidence.rules.
QUESTIONS = {
    "expressed": ("expression:{gene}", ">=", f"{EXPRESSED_MIN_LOG2:g}"),
    "not_expressed": ("expression:{gene}", "<", f"{EXPRESSED_MIN_LOG2:g}"),
    "amplified": ("copy_state:{gene}", "is", "amplification"),
    "mutated": (f"event:{{gene}}:{SMALL_EVENTS}", "is", "present"),
    "biallelic_loss": ("gene_state:{gene}", "is", "biallelic"),
    "intact_supported": ("rb1_state", "is", INTACT),
    "subtype": ("subtype", "is", "{asked}"),
    "ne_high": ("score:ne_score", ">", "0"),
    "ne_low": ("score:ne_score", "<", "0"),
}
STATE_OF_STATUS = {
    "met": "candidate",
    "not_met": "not_supported",
    "not_predictive": "not_supported",
    "no_threshold": "not_assessable",
    "not_assessable": "not_assessable",
}
SHARED_COLUMNS = (
    "vulnerability_id",
    "gene_symbol",
    "condition",
    "intervention",
    "target",
    "strategy",
    "level",
    "comparison",
    "citation",
    "certainty",
)
# What the genome may add to a condition: a driver gene that counts when amplified, or what the condition itself asks.
AMPLIFIED_BY = ("expressed", "activity_high", "amplified")
ASKED_OF_GENOME = ("mutated", "biallelic_loss", "intact_supported")


@dataclass(frozen=True)
class Vulnerability:
    """One row of the resource.

    Parameters
    ----------
    row : mapping
        The row, text in every cell, empty where missing.
    vetoes : tuple of str
        Rules that speak against it when met.
    question : Rule or None
        What is asked where no rule is named; None for a rule, for an activity and for ``unselected``.
    genome : Rule or None
        What the genome is asked for support; None where it has nothing to say.
    """

    row: Mapping[str, str]
    vetoes: tuple[str, ...]
    question: Rule | None
    genome: Rule | None

    @property
    def gene(self) -> str:
        """Return the gene it is about."""
        return self.row["gene_symbol"]

    @property
    def is_negative(self) -> bool:
        """Tell whether it is an encoded negative, which is never a candidate."""
        return self.row["direction"] == "not_predictive"


@dataclass(frozen=True)
class Known:
    """What is known of all samples.

    Parameters
    ----------
    facts : Facts
        Tables of the stages above, laid out.
    evidence : mapping of (sample_id, rule_id)
        Rows of EVIDENCE.
    activity : mapping of (sample_id, regulator)
        Rows of ACTIVITY.
    """

    facts: Facts
    evidence: Mapping[tuple[str, str], Row]
    activity: Mapping[tuple[str, str], Row]


@dataclass(frozen=True)
class Answer:
    """Whether a sample has a state: a status of EVIDENCE, what was found, and why."""

    status: str
    value: str
    reason: str


# --- the resource ------------------------------------------------------------------------------


def load_vulnerabilities(path: Path, resistance_rules: Path, amplifiable: Collection[str]) -> tuple[Vulnerability, ...]:
    """Read the vulnerabilities, checked against the rules they name.

    Parameters
    ----------
    path, resistance_rules : Path
        Resource tables.
    amplifiable : collection of str
        Driver genes whose amplification counts: it supports what is published of their expression or activity.

    Raises
    ------
    TableError
        A table breaks its contract; an unknown rule; a row that contradicts the rule it names; a condition without
        what it needs.
    """
    rules = {rule.rule_id: rule for rule in load_rules(resistance_rules)}
    found = []
    for row in read_rows(path, VULNERABILITIES):
        text = {name: "" if value is None else str(value) for name, value in row.items()}
        try:
            found.append(_vulnerability(text, rules, amplifiable))
        except ValueError as error:
            raise TableError(f"{path}: row {text['vulnerability_id']}: {error}") from error
    if not found:
        raise TableError(f"{path}: holds no vulnerability")
    return tuple(found)


def _vulnerability(row: Mapping[str, str], rules: Mapping[str, Rule], amplifiable: Collection[str]) -> Vulnerability:
    vetoes = tuple(filter(None, row["vetoes"].split(",")))
    for rule_id in (*filter(None, [row["rule_id"]]), *vetoes):
        if rule_id not in rules:
            raise ValueError(f"{rule_id} is no rule of resistance_rules.tsv")
    genome = _asked_of_genome(row, amplifiable)
    if row["rule_id"]:
        _check_agreement(row, rules[row["rule_id"]])
        return Vulnerability(row, vetoes, None, genome)
    if (row["condition"] == "subtype") != bool(row["state_asked"]):
        raise ValueError("state_asked belongs to the condition subtype, and that condition needs it")
    if row["condition"] == "unselected" and row["direction"] != "not_predictive":
        raise ValueError("a vulnerability of unselected patients has no state to look for; only a negative may be one")
    return Vulnerability(row, vetoes, _question(row), genome)


def _check_agreement(row: Mapping[str, str], rule: Rule) -> None:
    """Raise ValueError where a row speaks of the therapy of its rule and says something else of it."""
    if row["intervention"] != rule.therapy:
        return
    for name in ("strategy", "direction", "level", "citation", "certainty"):
        if row[name] != getattr(rule, name):
            raise ValueError(f"{name} is {row[name]!r}, and {getattr(rule, name)!r} in the rule {rule.rule_id}")


def _asked_of_genome(row: Mapping[str, str], amplifiable: Collection[str]) -> Rule | None:
    condition = row["condition"]
    if condition in AMPLIFIED_BY and row["gene_symbol"] in amplifiable:
        condition = "amplified"
    elif condition not in ASKED_OF_GENOME:
        return None
    return _question({**row, "condition": condition})


def _question(row: Mapping[str, str]) -> Rule | None:
    condition, gene = row["condition"], row["gene_symbol"]
    if condition not in QUESTIONS:
        return None
    feature, operator, threshold = QUESTIONS[condition]
    if condition == "intact_supported" and gene != "RB1":
        raise ValueError("intact_supported is known of RB1 alone")
    if condition == "biallelic_loss" and gene == "RB1":
        feature, threshold = "rb1_state", LOST
    threshold = threshold.format(asked=row["state_asked"])
    if condition == "subtype" and threshold not in CALLED:
        raise ValueError(f"state_asked is {threshold!r}; known: {', '.join(CALLED)}")
    parsed = parse_feature(feature.format(gene=gene))
    is_state = parsed.answer == "state"
    return Rule(
        rule_id=row["vulnerability_id"],
        therapy=row["intervention"],
        strategy=row["strategy"],
        marker=condition,
        direction="sensitivity",
        level=row["level"],
        citation=row["citation"],
        certainty=row["certainty"],
        feature=parsed,
        operator=operator,
        threshold=threshold,
        threshold_source="regulators.vulnerabilities",
        number=float(threshold) if parsed.answer == "number" else None,
        states=(threshold,) if is_state else (),
    )


# --- one sample --------------------------------------------------------------------------------


def answer_of(one: Vulnerability, sample: Row, known: Known) -> Answer:
    """Return whether a sample has the state that a vulnerability asks for."""
    name = text_of(sample, "sample_id")
    if one.row["rule_id"]:
        row = known.evidence.get((name, one.row["rule_id"]))
        if row is None:
            return Answer("not_assessable", "", f"The rule {one.row['rule_id']} was not asked.")
        return Answer(text_of(row, "status"), text_of(row, "value"), text_of(row, "reason"))
    if one.question is not None:
        return _answer(judge(one.question, measure(one.question, sample, known.facts)))
    if one.row["condition"] == "unselected":
        return Answer("not_predictive", "", "Nothing is asked of the tumour.")
    return _active(one, name, known)


def _answer(finding: Finding) -> Answer:
    return Answer(finding.status, finding.value, finding.reason)


def _active(one: Vulnerability, name: str, known: Known) -> Answer:
    row = known.activity.get((name, one.gene))
    score, p_adjusted = (None, None) if row is None else (row.get("score"), row.get("p_adjusted"))
    if score is None or p_adjusted is None:
        why = text_of(row, "reason") or "it has no targets in the regulons"
        return Answer("not_assessable", "", f"Activity of {one.gene} was not judged: {why}.")
    value = f"t {float(score):.3g}, adjusted p {float(p_adjusted):.2g}"
    level = known.facts.expression.get(name, {}).get(one.gene)
    if level is not None and level < EXPRESSED_MIN_LOG2:
        return Answer("not_met", value, f"{one.gene} itself is not expressed: log2 {level:.3g}; activity {value}.")
    met = float(score) > 0 and float(p_adjusted) <= ACTIVITY_MAX_P
    return Answer("met" if met else "not_met", value, f"Activity of {one.gene}: {value}.")


def genomic_support(one: Vulnerability, sample: Row, known: Known) -> tuple[str, str]:
    """Return whether the genome bears a vulnerability out, and what was found there.

    Returns
    -------
    tuple of str
        A state of the contract; ``not_applicable`` where the genome has nothing to say of the condition.
    """
    if one.genome is None:
        return "not_applicable", ""
    finding = judge(one.genome, measure(one.genome, sample, known.facts))
    if finding.status == "not_assessable":
        return "not_assessable", finding.reason
    return ("supported" if finding.status == "met" else "none_found"), finding.value


def sample_row(one: Vulnerability, sample: Row, known: Known) -> dict[str, Cell]:
    """Return one vulnerability in one sample, not yet ranked: a row of SAMPLE_VULNERABILITIES."""
    name = text_of(sample, "sample_id")
    answer = answer_of(one, sample, known)
    state, reason = STATE_OF_STATUS[answer.status], answer.reason
    against = [rule for rule in one.vetoes if text_of(known.evidence.get((name, rule)), "status") == "met"]
    if one.is_negative:
        state = "not_supported"
        reason = f"Encoded negative: {_sentence(one.row['evidence'])} {_sentence(one.row['note'])}".strip()
    elif against:
        state = "not_supported"
        told = [text_of(known.evidence[name, rule], "reason") for rule in against]
        reason = f"Spoken against by {', '.join(against)}: {' '.join(told)}"
    support, found = genomic_support(one, sample, known)
    activity = known.activity.get((name, one.gene), {})
    return {
        "sample_id": name,
        **{column: one.row[column] for column in SHARED_COLUMNS},
        "state": state,
        "value": answer.value,
        "activity": activity.get("score"),
        "activity_p_adjusted": activity.get("p_adjusted"),
        "log2_expression": known.facts.expression.get(name, {}).get(one.gene),
        "genomic_support": support,
        "genomic_evidence": found,
        "reason": reason,
    }


def _sentence(text: str) -> str:
    return f"{text.rstrip('.')}." if text else ""


# --- ranks -------------------------------------------------------------------------------------


def merit(row: Row) -> tuple[int | str, ...]:
    """Return what a candidate of a sample is ranked by; the least comes first."""
    score, p_adjusted = row.get("activity"), row.get("activity_p_adjusted")
    active = score is not None and p_adjusted is not None
    is_active = active and float(str(score)) > 0 and float(str(p_adjusted)) <= ACTIVITY_MAX_P
    return (
        text_of(row, "level"),
        COMPARISONS.index(text_of(row, "comparison")),
        0 if text_of(row, "genomic_support") == "supported" else 1,
        0 if is_active else 1,
        1 if text_of(row, "certainty") == "unverified" else 0,
    )


def ranked(rows: Sequence[dict[str, Cell]], keys: Sequence[tuple[float | str, ...]]) -> list[dict[str, Cell]]:
    """Return rows with the rank of the candidates among them, equals sharing the place of the first.

    Parameters
    ----------
    rows : sequence of dict
        Rows with a state.
    keys : sequence of tuple
        What each is ranked by; the least comes first.
    """
    candidates = sorted(key for row, key in zip(rows, keys, strict=True) if row["state"] == "candidate")
    return [
        row | ({"rank": candidates.index(key) + 1} if row["state"] == "candidate" else {})
        for row, key in zip(rows, keys, strict=True)
    ]


def rank_sample(vulnerabilities: Sequence[Vulnerability], sample: Row, known: Known) -> list[dict[str, Cell]]:
    """Return the rows of one sample, its candidates ranked; they depend on that sample alone."""
    rows = [sample_row(one, sample, known) for one in vulnerabilities]
    return ranked(rows, [merit(row) for row in rows])
