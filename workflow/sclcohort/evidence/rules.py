"""The rules of ``resources/resistance_rules.tsv``, and the small closed language of their ``feature`` column.

A rule says what was published: a marker, a therapy, a direction, a level of evidence. Its feature says what of
a sample is looked at here; operator and threshold say how it is compared. The language has no expressions, no
arithmetic and no names beyond these::

    feature    = term | at_relapse(term) | all(events; events; ...)
               | mean(expression; expression; ...) | difference(expression; expression)
    term       = expression | events | others
    expression = expression:GENE                   log2(TPM + 1) of the gene
    events     = event:GENE:TYPE,TYPE,...          a counted driver event of one of the types
               | any_event:GENE,GENE,...:TYPE,...  the same in any of the genes
    others     = score:NAME                        a score of regulators/scores.tsv
               | subtype                           the subtype call
               | hybrid_components                 programmes of a hybrid call, in sorted order: A+N
               | copy_state:GENE                   copy-number state of the gene
               | gene_state:GENE                   zygosity state of the gene
               | rb1_state                         LOST or INTACT_SUPPORTED, of genotypes/rb1_status.tsv
               | exome_missense                    missense variants of the exome, of burden/mutation_burden.tsv
               | ctfi_days                         chemotherapy-free interval of the patient, days
               | not_read:INPUT                    something this version does not read (see `UNREAD_INPUTS`)

``at_relapse`` takes events or a copy-number state and asks only samples whose time point is not ``baseline``.
``all`` is met when each of its events is. ``mean`` and ``difference`` (first minus second) are of log2 values.

=====================  ==============================  ====================================================
feature                operator                        threshold
=====================  ==============================  ====================================================
numbers                ``<``, ``<=``, ``>``, ``>=``    a number; empty: none published, nothing is decided
``ctfi_days``          the same                        whole days; the setting ``ctfi_cut_days`` replaces it
states                 ``is``, ``in``                  a state of the table's contract, or several by ``,``
events                 ``is``                          ``present``
``not_read``           any, with a threshold, or none  as published; shown, never used
=====================  ==============================  ====================================================

Of ``gene_state`` one may ask for ``biallelic``, ``one_hit`` and ``altered``, never for ``none``: the absence of
calls does not show that a gene is intact. Whether RB1 is intact is asked of ``rb1_state``, which wants support for it.
"""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from sclcohort.contracts import (
    COPY_NUMBER_EVENTS,
    COPY_NUMBER_STATES,
    EVENT_TYPES,
    GENE_STATE_VALUES,
    RB1_STATES,
    RESISTANCE_RULES,
    SCORES,
    SUBTYPES,
)
from sclcohort.errors import StepError, TableError
from sclcohort.tables import Cell, read_rows

SCORE_NAMES = tuple(column.name for column in SCORES.columns if column.kind == "number")
LETTERS = ("A", "N", "P", "Y")
# States of a gene that say nothing of it, or no more than that nothing was seen.
NOT_ASKED = ("none", "not_covered", "not_assessable")
STATES = {
    "subtype": tuple(state for state in SUBTYPES if state not in ("unclassified", "not_assessable")),
    "copy_state": tuple(state for state in COPY_NUMBER_STATES if state != "not_covered"),
    "gene_state": tuple(state for state in GENE_STATE_VALUES if state not in NOT_ASKED),
    "rb1_state": tuple(state for state in RB1_STATES if state != "UNDETERMINED"),
}
COMPARISONS = ("<", "<=", ">", ">=")
# Input of a published rule that has no door into this version: the data it belongs to, and what it is in words.
UNREAD_INPUTS = {
    "atm_protein": ("clinical", "ATM protein"),
    "biopsy_after_tarlatamab": ("clinical", "a biopsy taken under or after tarlatamab, stained for DLL3 and T cells"),
    "blood_tmb": ("dna", "tumour mutational burden of the blood"),
    "dll3_ctc": ("clinical", "DLL3 on circulating tumour cells"),
    "dll3_ihc": ("clinical", "DLL3 immunohistochemistry"),
    "germline_variants": ("dna", "germline variants"),
    "hla_loss": ("dna", "loss of HLA alleles"),
    "hrd_score": ("dna", "homologous-recombination-deficiency score"),
    "immune_subsets": ("rna", "the immune subsets of the publication (matrix factorisation of its own cohort)"),
    "myc_ihc": ("clinical", "c-Myc immunohistochemistry"),
    "notch_response": ("rna", "NOTCH activation under the drug"),
    "pdl1_cd8_ihc": ("clinical", "PD-L1 and CD8 immunohistochemistry"),
    "replication_stress": ("rna", "replication-stress signature"),
    "slfn11_ihc": ("clinical", "SLFN11 immunohistochemistry"),
    "subtype_shift": ("rna", "a shift of subtype within the tumour, seen in single cells"),
    "wnt_activity": ("rna", "activity of the WNT pathway"),
}
BARE = ("subtype", "hybrid_components", "ctfi_days", "rb1_state", "exome_missense")
GENE_SYMBOL = re.compile(r"[A-Z][A-Za-z0-9]*(?:-[A-Za-z0-9]+)*")
WRAPPED = re.compile(r"(at_relapse|all|mean|difference)\((.*)\)")


@dataclass(frozen=True)
class Feature:
    """What one rule looks at in a sample.

    Parameters
    ----------
    kind : str
        ``expression``, ``mean``, ``difference``, ``score``, ``subtype``, ``hybrid_components``, ``event``,
        ``all``, ``copy_state``, ``gene_state``, ``rb1_state``, ``exome_missense``, ``ctfi_days`` or ``not_read``.
    genes : tuple of str
        Genes it names itself; one or more where the kind needs a gene.
    types : tuple of str
        Event types that answer an ``event``.
    name : str
        Column of the scores, or input that is not read.
    parts : tuple of Feature
        What ``all``, ``mean`` and ``difference`` are made of.
    at_relapse : bool
        Whether only samples after baseline are asked.
    """

    kind: str
    genes: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    name: str = ""
    parts: tuple[Feature, ...] = ()
    at_relapse: bool = False

    @property
    def answer(self) -> str:
        """Return what it yields: number, whole count (of days, of variants), state, presence or nothing."""
        if self.kind in ("expression", "mean", "difference", "score"):
            return "number"
        if self.kind in ("event", "all"):
            return "presence"
        return {"ctfi_days": "count", "exome_missense": "count", "not_read": "nothing"}.get(self.kind, "state")

    @property
    def data(self) -> str:
        """Return the kind of data it reads, as the column ``data`` of the rules names it."""
        if self.kind == "not_read":
            return UNREAD_INPUTS[self.name][0]
        if self.kind == "event":
            return "copy_number" if set(self.types) <= set(COPY_NUMBER_EVENTS) else "dna"
        if self.kind == "all":
            return "copy_number" if {part.data for part in self.parts} == {"copy_number"} else "dna"
        if self.kind in ("gene_state", "rb1_state", "exome_missense"):
            return "dna"
        return {"ctfi_days": "clinical", "copy_state": "copy_number"}.get(self.kind, "rna")


@dataclass(frozen=True)
class Rule:
    """One row of the rule table, its feature and threshold read.

    Parameters
    ----------
    rule_id, therapy, strategy, marker, direction, level, citation, certainty : str
        As in the table.
    feature : Feature
        What is looked at.
    operator : str
        How it is compared; may be empty only for what is not read.
    threshold : str
        Threshold as the table or the settings have it; empty: none.
    threshold_source : str
        Where the threshold comes from.
    number : float or None
        Threshold of a number or of days; None: nothing is decided.
    states : tuple of str
        States of which one is asked for.
    """

    rule_id: str
    therapy: str
    strategy: str
    marker: str
    direction: str
    level: str
    citation: str
    certainty: str
    feature: Feature
    operator: str
    threshold: str
    threshold_source: str
    number: float | None
    states: tuple[str, ...]

    @property
    def is_negative(self) -> bool:
        """Tell whether the rule is an encoded negative, which never counts."""
        return self.direction == "not_predictive"

    @property
    def condition(self) -> str:
        """Return operator and threshold, empty without a threshold."""
        return f"{self.operator} {self.threshold}" if self.threshold else ""


def parse_feature(text: str) -> Feature:
    """Return the feature that a text of the language names (see the module).

    Raises
    ------
    ValueError
        Not a sentence of the language; the message says what is unknown, and what may stand there.
    """
    wrapped = WRAPPED.fullmatch(text.strip())
    if wrapped is None:
        return _parse_term(text.strip())
    wrapper = wrapped.group(1)
    parts = tuple(_parse_term(part.strip()) for part in wrapped.group(2).split(";"))
    if wrapper == "at_relapse":
        if len(parts) != 1 or parts[0].kind not in ("event", "copy_state"):
            raise ValueError("at_relapse takes one event, any_event or copy_state")
        return replace(parts[0], at_relapse=True)
    wanted, least, most = {
        "all": ("event", 2, math.inf),
        "mean": ("expression", 2, math.inf),
        "difference": ("expression", 2, 2),
    }[wrapper]
    if any(part.kind != wanted for part in parts) or not least <= len(parts) <= most:
        count = "two" if most == least else "two or more"
        raise ValueError(f"{wrapper} takes {count} of kind {wanted}, separated by ';'")
    return Feature(wrapper, parts=parts)


def _parse_term(text: str) -> Feature:
    kind, colon, rest = text.partition(":")
    if kind in BARE:
        if colon:
            raise ValueError(f"{kind} takes nothing after it")
        return Feature(kind)
    parser = _TERMS.get(kind)
    if parser is None:
        known = (*BARE, *_TERMS, "at_relapse", "all", "mean", "difference")
        raise ValueError(f"unknown feature '{kind}'{did_you_mean(kind, known)}")
    return parser(kind, rest)


def _parse_gene(kind: str, rest: str) -> Feature:
    return Feature(kind, genes=_symbols(rest, single=True))


def _parse_event(kind: str, rest: str) -> Feature:
    genes, colon, types = rest.partition(":")
    if not colon:
        raise ValueError(f"{kind} wants genes and event types: {kind}:GENE:truncating,splice")
    named = tuple(types.split(","))
    for name in named:
        _known("event type", name, EVENT_TYPES)
    return Feature("event", genes=_symbols(genes, single=kind == "event"), types=named)


def _parse_score(kind: str, rest: str) -> Feature:
    return Feature(kind, name=_known("score", rest, SCORE_NAMES))


def _parse_unread(kind: str, rest: str) -> Feature:
    return Feature(kind, name=_known("input", rest, tuple(UNREAD_INPUTS)))


_TERMS: dict[str, Callable[[str, str], Feature]] = {
    "expression": _parse_gene,
    "event": _parse_event,
    "any_event": _parse_event,
    "score": _parse_score,
    "copy_state": _parse_gene,
    "gene_state": _parse_gene,
    "not_read": _parse_unread,
}


def _symbols(text: str, *, single: bool) -> tuple[str, ...]:
    symbols = tuple(text.split(","))
    for symbol in symbols:
        if not GENE_SYMBOL.fullmatch(symbol):
            raise ValueError(f"'{symbol}' is not a gene symbol")
    if len(set(symbols)) != len(symbols):
        raise ValueError("a gene stands twice")
    if single and len(symbols) > 1:
        raise ValueError("one gene is wanted; several go into any_event")
    return symbols


def _known(what: str, name: str, known: Sequence[str]) -> str:
    if name not in known:
        raise ValueError(f"unknown {what} '{name}'{did_you_mean(name, known)}")
    return name


def did_you_mean(name: str, known: Sequence[str]) -> str:
    """Return a hint at the nearest known name, or at all of them where none is near."""
    near = difflib.get_close_matches(name, known, n=1)
    return f"; did you mean '{near[0]}'?" if near else f"; known: {', '.join(known)}"


def load_rules(path: Path) -> tuple[Rule, ...]:
    """Read the rule table and every feature and threshold in it, in the order of the file.

    Raises
    ------
    TableError
        The table breaks its contract, or a row its language: the message names rule, column and value.
    """
    rules: list[Rule] = []
    for row in read_rows(path, RESISTANCE_RULES):
        rule_id = str(row["rule_id"])
        column = "feature"
        try:
            feature = parse_feature(str(row["feature"]))
            if feature.data != row["data"]:
                column = "data"
                raise ValueError(f"the feature reads {feature.data}")
            column = "threshold"
            rules.append(_rule(row, feature))
        except ValueError as error:
            raise TableError(f"{path}: rule {rule_id} column {column} value {row[column]!r}: {error}") from error
    _check_table(path, rules)
    return tuple(rules)


def _check_table(path: Path, rules: Sequence[Rule]) -> None:
    if not rules:
        raise TableError(f"{path}: holds no rule")
    seen: set[str] = set()
    strategies: dict[str, str] = {}
    for rule in rules:
        if rule.rule_id in seen:
            raise TableError(f"{path}: rule {rule.rule_id} stands twice")
        seen.add(rule.rule_id)
        if strategies.setdefault(rule.therapy, rule.strategy) != rule.strategy:
            raise TableError(
                f"{path}: rule {rule.rule_id} column strategy value {rule.strategy!r}: "
                f"the therapy {rule.therapy} belongs to {strategies[rule.therapy]} in an earlier row"
            )


def _rule(row: dict[str, Cell], feature: Feature) -> Rule:
    text = {name: "" if value is None else str(value) for name, value in row.items()}
    operator, threshold = text["operator"], text["threshold"]
    number: float | None = None
    states: tuple[str, ...] = ()
    if feature.answer in ("number", "count"):
        _check_operator(operator, COMPARISONS)
        number = _number(threshold, whole=feature.answer == "count") if threshold else None
    elif feature.answer == "state":
        _check_operator(operator, ("is", "in"))
        states = _asked_states(feature, operator, threshold)
    elif feature.answer == "presence":
        _check_operator(operator, ("is",))
        if threshold != "present":
            raise ValueError("an event is compared with 'present'")
    elif bool(operator) != bool(threshold):
        raise ValueError("operator and threshold of what is not read come together or not at all")
    return Rule(
        rule_id=text["rule_id"],
        therapy=text["therapy"],
        strategy=text["strategy"],
        marker=text["marker"],
        direction=text["direction"],
        level=text["level"],
        citation=text["citation"],
        certainty=text["certainty"],
        feature=feature,
        operator=operator,
        threshold=threshold,
        threshold_source=text["threshold_source"],
        number=number,
        states=states,
    )


def _check_operator(operator: str, allowed: Sequence[str]) -> None:
    if operator not in allowed:
        raise ValueError(f"operator '{operator}' does not fit the feature; allowed: {', '.join(allowed)}")


def _number(text: str, *, whole: bool) -> float:
    try:
        number = float(text)
    except ValueError:
        raise ValueError(f"'{text}' is not a number") from None
    if not math.isfinite(number):
        raise ValueError(f"'{text}' is not finite")
    if whole and not number.is_integer():
        raise ValueError(f"'{text}' is not a whole number of days")
    return number


def _asked_states(feature: Feature, operator: str, threshold: str) -> tuple[str, ...]:
    states = tuple(threshold.split(",")) if threshold else ()
    if not states or (operator == "is" and len(states) > 1):
        raise ValueError("'is' wants one state, 'in' one or more, separated by ','")
    for state in states:
        if feature.kind == "hybrid_components":
            letters = state.split("+")
            if len(letters) < 2 or sorted(set(letters)) != letters or not set(letters) <= set(LETTERS):
                raise ValueError(f"'{state}' is not two or more of {', '.join(LETTERS)} in sorted order, joined by '+'")
        else:
            _known("state", state, STATES[feature.kind])
    return states


def with_settings(rules: Sequence[Rule], *, ctfi_cut_days: int, thresholds: Sequence[str]) -> tuple[Rule, ...]:
    """Put the thresholds of the configuration in the place of those of the table.

    Parameters
    ----------
    rules : sequence of Rule
        As `load_rules` gives them.
    ctfi_cut_days : int
        Days that separate a long from a short chemotherapy-free interval, in every rule that asks for it.
    thresholds : sequence of str
        Items ``rule_id=number``; they win over `ctfi_cut_days`.

    Returns
    -------
    tuple of Rule
        In the same order; a threshold that the user changed names the configuration as its source.

    Raises
    ------
    StepError
        An item of another form, an unknown or repeated rule, a rule that no number could decide.
    """
    known = {rule.rule_id: rule for rule in rules}
    own: dict[str, float] = {}
    for item in thresholds:
        rule_id, equals, text = (part.strip() for part in item.partition("="))
        if not equals or not rule_id:
            raise StepError(f"resistance.thresholds: {item!r} is not of the form rule_id=number")
        if rule_id not in known:
            raise StepError(f"resistance.thresholds: unknown rule {rule_id!r}{did_you_mean(rule_id, tuple(known))}")
        if rule_id in own:
            raise StepError(f"resistance.thresholds: rule {rule_id} has two thresholds; fix: keep one")
        own[rule_id] = _own_threshold(known[rule_id], text)
    return tuple(_with_setting(rule, own.get(rule.rule_id), ctfi_cut_days) for rule in rules)


def _own_threshold(rule: Rule, text: str) -> float:
    where = f"resistance.thresholds: rule {rule.rule_id}"
    if rule.is_negative:
        raise StepError(f"{where} is an encoded negative and never decides; fix: remove the threshold")
    if rule.feature.answer not in ("number", "count"):
        what = "is not read by this version" if rule.feature.kind == "not_read" else "compares no number"
        raise StepError(f"{where} {what}; fix: remove the threshold")
    try:
        return _number(text, whole=rule.feature.answer == "count")
    except ValueError as error:
        raise StepError(f"{where}: {error}; fix: give a number") from error


def _with_setting(rule: Rule, own: float | None, ctfi_cut_days: int) -> Rule:
    setting = "resistance.thresholds"
    if own is None and rule.feature.kind == "ctfi_days":
        own, setting = float(ctfi_cut_days), "resistance.ctfi_cut_days"
    if own is None or own == rule.number:
        return rule
    published = f"rule table: {rule.condition} ({rule.threshold_source})" if rule.threshold else "none published"
    source = f"config ({setting}); {published}"
    return replace(rule, number=own, threshold=f"{own:.6g}", threshold_source=source)
