"""Call the subtype of a sample from its own scores and pinned constants, or say why none is called.

Rank scores of different programmes cannot be compared as they are: the genes of ASCL1's programme are read in most
tumours, those of POU2F3's hardly anywhere, so that a tumour of type P ranks its own programme lower than others do
theirs. Each score is therefore placed between the least and the most that reference lines reach (its position: 0 and
1 there), and the probability of each programme is a softmax over ``steepness * position``. These constants, in
``resources/subtype_calibration.tsv``, were fitted on cell lines by ``resources/compile/fit_subtype_calibration.py``,
and no sample of the cohort moves them. The rules, in this order:

1.  ``inflamed`` (SCLC-I): declared tumour tissue, ASCL1, NEUROD1 and POU2F3 all measured and not expressed, and the
    T-cell-inflamed score at or above its constant.
2.  The programmes compared are all four. Stroma expresses the YAP1 programme too: where the specimen may hold stroma
    (tumour tissue, or not declared) and one of ASCL1, NEUROD1 and POU2F3 is expressed, YAP1 is set aside and the
    probabilities are those of the other three among themselves.
3.  ``no_programme_stands_out``: the leading programme's rank score is not above what chance gives (one-sided, by the
    constant ``floor_deviations``): unclassified.
4.  ``hybrid``: two programmes stand out and hold nearly all probability, and either another programme than the most
    probable has the highest rank score (the two readings disagree on which one leads), or the gates are not passed
    and the second is probable enough. ``programme``: probability and margin pass the configured gates. Otherwise
    ``below_probability`` or ``below_margin``: unclassified.
5.  ``factor_not_expressed``: the lineage factor of the call is measured and not expressed, so programme and factor
    disagree: unclassified. The vote is one-sided. A factor that is expressed confirms nothing (YAP1 is expressed in
    most cells that are not neuroendocrine, ASCL1 and NEUROD1 in tumours of either type); one that is absent refutes.
6.  ``stroma_not_excluded`` and ``purity_too_low``: a YAP1 call on a specimen that may hold stroma needs the other
    three factors measured and absent, and no stated purity below the constant; nor is SCLC-I called below it.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from sclcohort.errors import TableError
from sclcohort.regulators.genes import LINEAGE_FACTORS
from sclcohort.regulators.signatures import rank_score_deviation

if TYPE_CHECKING:
    from sclcohort.tables import Cell

LETTERS = tuple(LINEAGE_FACTORS)
WITHOUT_STROMA = tuple(letter for letter in LETTERS if letter != "Y")
ALL_PROGRAMMES = "all"
# Specimens without human stroma; the others, and those not declared, may hold some.
STROMA_FREE = frozenset({"cell_line", "pdx", "organoid", "ctc"})
# Decisions are taken on what the tables print: six decimals, far above what CPUs and libraries differ in.
DECIMALS = 6


@dataclass(frozen=True)
class Calibration:
    """The constants that anchor the subtype call; see ``resources/subtype_calibration.tsv``.

    Parameters
    ----------
    least, most : dict of str to float
        Lowest and highest rank score of each programme A, N, P, Y among the reference lines; they differ.
    steepness : float
        Log-odds between two programmes whose positions differ by 1.
    floor_deviations : float
        Standard deviations of a chance rank score that the leading programme must exceed.
    hybrid_min_sum, hybrid_min_second : float
        Least probability of the two leading programmes together, and of the second.
    factor_min_log2 : float
        log2(TPM + 1) from which a lineage factor counts as expressed.
    inflamed_min_log2 : float
        T-cell-inflamed score from which a tumour counts as inflamed.
    min_purity : float
        Stated purity below which neither SCLC-Y nor SCLC-I is called on tissue.
    """

    least: Mapping[str, float]
    most: Mapping[str, float]
    steepness: float
    floor_deviations: float
    hybrid_min_sum: float
    hybrid_min_second: float
    factor_min_log2: float
    inflamed_min_log2: float
    min_purity: float

    @classmethod
    def from_rows(cls, rows: Sequence[Mapping[str, Cell]]) -> Calibration:
        """Read the constants from the rows of SUBTYPE_CALIBRATION; raise TableError when they are not usable."""
        values = {(str(row["parameter"]), str(row["programme"])): float(str(row["value"])) for row in rows}

        def constant(parameter: str, programme: str = ALL_PROGRAMMES) -> float:
            if (parameter, programme) not in values:
                raise TableError(f"subtype_calibration.tsv: no row of parameter {parameter}, programme {programme}")
            return values[parameter, programme]

        least = {letter: constant("least", letter) for letter in LETTERS}
        most = {letter: constant("most", letter) for letter in LETTERS}
        for letter in LETTERS:
            if least[letter] >= most[letter]:
                raise TableError(f"subtype_calibration.tsv: least of programme {letter} is not below its most")
        return cls(
            least=least,
            most=most,
            steepness=constant("steepness"),
            floor_deviations=constant("floor_deviations"),
            hybrid_min_sum=constant("hybrid_min_sum"),
            hybrid_min_second=constant("hybrid_min_second"),
            factor_min_log2=constant("factor_min_log2"),
            inflamed_min_log2=constant("inflamed_min_log2"),
            min_purity=constant("min_purity"),
        )


@dataclass(frozen=True)
class Evidence:
    """What is known of one sample.

    Parameters
    ----------
    scores : dict of str to float
        Rank score of each programme A, N, P, Y among the genes of all four.
    scores_without_stroma : dict of str to float
        Rank score of A, N and P among the genes of these three.
    genes : dict of str to int
        Measured genes of each programme.
    factors : dict of str to float
        log2 expression of the lineage factors that are measured, by letter.
    t_cell_inflamed : float or None
        T-cell-inflamed score; None where not assessable.
    specimen : str
        As in the sample sheet; empty where not declared.
    purity : float or None
        Stated purity.
    """

    scores: Mapping[str, float]
    scores_without_stroma: Mapping[str, float]
    genes: Mapping[str, int]
    factors: Mapping[str, float] = field(default_factory=dict)
    t_cell_inflamed: float | None = None
    specimen: str = ""
    purity: float | None = None

    @property
    def may_hold_stroma(self) -> bool:
        """Whether cells other than the tumour's may contribute human RNA."""
        return self.specimen not in STROMA_FREE


@dataclass(frozen=True)
class Call:
    """A subtype call.

    Parameters
    ----------
    subtype : str
        One of the states of SUBTYPE_CALLS.
    rule : str
        Name of the rule that decided (see the module).
    reason : str
        In words for a reader; empty where the plain rule decided.
    components : str
        Programmes of a hybrid, e.g. ``A+N``.
    probability, margin : float or None
        Of the leading programme; None where no probability speaks of the call.
    """

    subtype: str
    rule: str
    reason: str = ""
    components: str = ""
    probability: float | None = None
    margin: float | None = None


def programme_probabilities(
    scores: Mapping[str, float], calibration: Calibration, letters: Sequence[str] = LETTERS
) -> dict[str, float]:
    """Return the probability of each programme of `letters` among them, rounded to what tables print.

    Parameters
    ----------
    scores : dict of str to float
        Rank scores, finite.
    calibration : Calibration
        The constants.
    letters : sequence of str
        Programmes to compare.
    """
    positions = [
        (scores[letter] - calibration.least[letter]) / (calibration.most[letter] - calibration.least[letter])
        for letter in letters
    ]
    logits = calibration.steepness * np.array(positions)
    odds = np.exp(logits - logits.max())
    return {letter: round(float(share), DECIMALS) for letter, share in zip(letters, odds / odds.sum(), strict=True)}


def call_subtype(evidence: Evidence, calibration: Calibration, *, min_probability: float, min_margin: float) -> Call:
    """Call the subtype of one sample by the rules of this module.

    Parameters
    ----------
    evidence : Evidence
        Scores are finite.
    calibration : Calibration
        The constants.
    min_probability, min_margin : float
        Gates of a call, 0 to 1.

    Returns
    -------
    Call
        Never ``not_assessable``: that is for samples without evidence.
    """
    inflamed = _inflamed(evidence, calibration)
    if inflamed is not None:
        return inflamed
    compared, aside = _compared_programmes(evidence, calibration)
    call = _by_programmes(evidence, calibration, compared, min_probability=min_probability, min_margin=min_margin)
    if call.subtype != "unclassified":
        call = _doubted(evidence, calibration, call)
    return dataclasses.replace(call, reason="; ".join(part for part in (call.reason, aside) if part))


def _by_programmes(
    evidence: Evidence, calibration: Calibration, compared: Sequence[str], *, min_probability: float, min_margin: float
) -> Call:
    """Return the call that programmes and gates make, before factors and stroma are asked."""
    probabilities = programme_probabilities(evidence.scores, calibration, compared)
    leading, second = sorted(compared, key=lambda letter: (-probabilities[letter], letter))[:2]
    probability, margin = probabilities[leading], round(probabilities[leading] - probabilities[second], DECIMALS)
    stands_out = _standing_out(evidence, calibration, compared)
    name = LINEAGE_FACTORS[leading]
    passes = probability >= min_probability and margin >= min_margin
    partner, why = _partner(evidence, calibration, probabilities, leading, None if passes else second)
    if not stands_out[leading]:
        reason = f"the leading programme, {name}, does not stand out from the others"
        return Call("unclassified", "no_programme_stands_out", reason, "", probability, margin)
    if partner and stands_out[partner]:
        components = "+".join(letter for letter in LETTERS if letter in (leading, partner))
        return Call("hybrid", "hybrid", why, components, probability, margin)
    if passes:
        return Call(f"SCLC-{leading}", "programme", "", "", probability, margin)
    if probability < min_probability:
        rule, reason = "below_probability", f"probability {probability:.3g} of {name} is below {min_probability:g}"
    else:
        rule = "below_margin"
        reason = f"margin {margin:.3g} of {name} over {LINEAGE_FACTORS[second]} is below {min_margin:g}"
    return Call("unclassified", rule, reason, "", probability, margin)


def _partner(
    evidence: Evidence,
    calibration: Calibration,
    probabilities: Mapping[str, float],
    leading: str,
    second: str | None,
) -> tuple[str, str]:
    """Return the programme that would make a hybrid with the leading one and why, or nothing.

    Parameters
    ----------
    evidence, calibration
        As given to `call_subtype`.
    probabilities : dict of str to float
        Of the programmes compared.
    leading : str
        The most probable one.
    second : str or None
        The second most probable one where the gates are not passed, else None.
    """
    others = [letter for letter in probabilities if letter != leading]
    # Scores that rounding alone separates are a tie, and a tie goes to the other programme: neither leads.
    scores = {letter: round(evidence.scores[letter], DECIMALS) for letter in probabilities}
    highest = max(others, key=lambda letter: scores[letter])

    def together(letter: str) -> float:
        return round(probabilities[leading] + probabilities[letter], DECIMALS)

    if (
        scores[highest] >= scores[leading]
        and together(highest) >= calibration.hybrid_min_sum
        and _is_expressed(evidence, calibration, highest) is not False
    ):
        return highest, (
            f"{LINEAGE_FACTORS[leading]} leads by probability, {LINEAGE_FACTORS[highest]} by rank score, both stand out"
        )
    if (
        second is not None
        and probabilities[second] >= calibration.hybrid_min_second
        and together(second) >= calibration.hybrid_min_sum
    ):
        return second, f"two programmes stand out and hold {together(second):.3g} of the probability"
    return "", ""


def _is_expressed(evidence: Evidence, calibration: Calibration, letter: str) -> bool | None:
    """Return whether a lineage factor is expressed; None where it is not measured."""
    value = evidence.factors.get(letter)
    return None if value is None else value >= calibration.factor_min_log2


def _names(letters: Sequence[str]) -> str:
    """Return the factors' names with their verb, for a sentence: ``ASCL1 is``, ``ASCL1, NEUROD1 are``."""
    return f"{', '.join(LINEAGE_FACTORS[letter] for letter in letters)} {'is' if len(letters) == 1 else 'are'}"


def _inflamed(evidence: Evidence, calibration: Calibration) -> Call | None:
    """Return the call of an inflamed tumour, or None where the sample is none."""
    score = evidence.t_cell_inflamed
    if evidence.specimen != "tumour_tissue" or score is None or score < calibration.inflamed_min_log2:
        return None
    if any(_is_expressed(evidence, calibration, letter) is not False for letter in WITHOUT_STROMA):
        return None
    found = (
        f"{_names(WITHOUT_STROMA)} not expressed, the T-cell-inflamed score {score:.3g} is at or above "
        f"{calibration.inflamed_min_log2:g}"
    )
    if evidence.purity is not None and evidence.purity < calibration.min_purity:
        return Call("unclassified", "purity_too_low", f"{found}, but {_low_purity(evidence, calibration)}")
    return Call("SCLC-I", "inflamed", f"{found}; no probability is calibrated for SCLC-I")


def _low_purity(evidence: Evidence, calibration: Calibration) -> str:
    return f"purity {evidence.purity:.3g} is below {calibration.min_purity:g}: other cells may outweigh the tumour"


def _compared_programmes(evidence: Evidence, calibration: Calibration) -> tuple[tuple[str, ...], str]:
    """Return the programmes to compare, and what is said where YAP1 is set aside."""
    expressed = [letter for letter in WITHOUT_STROMA if _is_expressed(evidence, calibration, letter)]
    if not (evidence.may_hold_stroma and expressed):
        return LETTERS, ""
    return WITHOUT_STROMA, f"YAP1 programme set aside, stroma expresses it: {_names(expressed)} expressed"


def _standing_out(evidence: Evidence, calibration: Calibration, compared: Sequence[str]) -> dict[str, bool]:
    """Return for each programme whether its rank score exceeds what chance gives."""
    scores = evidence.scores if len(compared) == len(LETTERS) else evidence.scores_without_stroma
    universe = sum(evidence.genes[letter] for letter in compared)
    return {
        letter: scores[letter] > calibration.floor_deviations * rank_score_deviation(evidence.genes[letter], universe)
        for letter in compared
    }


def _doubted(evidence: Evidence, calibration: Calibration, call: Call) -> Call:
    """Return the call, or unclassified where a lineage factor or stroma speaks against it."""
    letters = call.components.split("+") if call.components else [call.subtype.removeprefix("SCLC-")]
    said = f"the programmes say {call.components or call.subtype}, but"
    absent = [letter for letter in letters if _is_expressed(evidence, calibration, letter) is False]
    if absent:
        return _withdrawn(call, "factor_not_expressed", f"{said} {_names(absent)} not expressed")
    if "Y" not in letters or not evidence.may_hold_stroma:
        return call
    unmeasured = [letter for letter in WITHOUT_STROMA if letter not in evidence.factors]
    if unmeasured:
        why = f"{said} stroma expresses the YAP1 programme too and {_names(unmeasured)} not measured"
        return _withdrawn(call, "stroma_not_excluded", why)
    if evidence.purity is not None and evidence.purity < calibration.min_purity:
        return _withdrawn(call, "purity_too_low", f"{said} {_low_purity(evidence, calibration)}")
    note = "stroma expresses this programme too; no other lineage factor is expressed"
    return dataclasses.replace(call, reason=note)


def _withdrawn(call: Call, rule: str, reason: str) -> Call:
    """Return the call as unclassified; its probability and margin stay, for the reader."""
    return dataclasses.replace(call, subtype="unclassified", components="", rule=rule, reason=reason)
