"""Growth of measured lesions: a row per lesion and part of the course, aggression with it, how both were computed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sclcohort.contracts import PERIODS
from sclcohort.report.anchors import patient_anchor
from sclcohort.report.cohort import Cohort, Row, day_words, integer, number, plural, text
from sclcohort.report.context_cohort import decimal

PERIOD_WORDS = {
    "before_platinum": "before platinum",
    "during_platinum": "during platinum",
    "after_platinum": "after platinum",
    "unknown": "treatment unknown",
}
METHOD_WORDS = {"volume": "measured", "ellipsoid": "from two diameters", "sphere": "from the longest diameter"}
REFERENCES = {
    "growth_model": "Schwartz M. A biomathematical approach to clinical tumor growth. Cancer 1961;14:1272-1294",
    "growth_rate": "Mehrara E, et al. Specific growth rate versus doubling time for quantitative characterization of "
    "tumor growth rate. Cancer Research 2007;67(8):3970-3975. doi:10.1158/0008-5472.CAN-06-3822",
    "ellipsoid": "Tomayko MM, Reynolds CP. Determination of subcutaneous tumor size in athymic (nude) mice. "
    "Cancer Chemotherapy and Pharmacology 1989;24(3):148-154. doi:10.1007/BF00300234",
    "sclc_growth_1978": "Brigham BA, et al. Growth rates of small cell bronchogenic carcinomas. "
    "Cancer 1978;42:2880-2886",
    "sclc_growth_1981": "Lenhard RE, et al. Growth kinetics of small cell carcinoma of the lung. "
    "European Journal of Cancer 1981;17(8):899-904",
}
GLOSSARY = (
    (
        "doubling time",
        "Days in which the volume of a lesion doubles, by a line through log2(volume). Given where the line rises.",
    ),
    (
        "growth score",
        "log2(53 / doubling time in days) / 2 of the fastest lesion, from \N{MINUS SIGN}1 (212 days and more, or no "
        "growth) to 1.",
    ),
)


@dataclass(frozen=True)
class GrowthLine:
    """One lesion in one part of the patient's course."""

    lesion: str
    period: str
    measured: str
    volumes: str
    method: str
    state: str
    time: str
    interval: str
    reason: str


@dataclass(frozen=True)
class RatedLine:
    """The growth score of one sample, and its aggression without and with it."""

    sample: str
    anchor: str
    lesion: str
    period: str
    score: str
    interval: str
    aggression: str
    with_growth: str
    reason: str


def growth_lines(cohort: Cohort, patient: str) -> list[GrowthLine]:
    """Return the lesions of a patient, by name, each in the order of its course."""
    rows = cohort.growth_of.get((patient,), [])
    return [
        _line(row) for row in sorted(rows, key=lambda row: (text(row, "lesion"), PERIODS.index(text(row, "period"))))
    ]


def _line(row: Row) -> GrowthLine:
    first, last = integer(row, "first_day") or 0, integer(row, "last_day")
    count = integer(row, "measurements") or 0
    before, after = number(row, "first_volume_ml"), number(row, "last_volume_ml")
    volumes = "" if before is None or after is None else f"{before:.3g}"
    if count > 1 and volumes:
        volumes += f" \N{RIGHTWARDS ARROW} {after:.3g}"
    time = number(row, "doubling_time_days")
    return GrowthLine(
        text(row, "lesion"),
        PERIOD_WORDS[text(row, "period")],
        f"{count}, {day_words(first, last if count > 1 else None)}",
        volumes,
        METHOD_WORDS.get(text(row, "method"), ""),
        text(row, "state"),
        "" if time is None else f"{days(time)} days",
        interval_words(row),
        text(row, "reason"),
    )


def rated_lines(cohort: Cohort, samples: Sequence[str]) -> list[RatedLine]:
    """Return the aggression with growth of those of some samples whose patient has a measured lesion."""
    lines = []
    for sample in samples:
        row = cohort.aggression_row.get((sample,), {})
        if not row or (cohort.patient_of(sample),) not in cohort.growth_of:
            continue
        low, high = decimal(row, "growth_score_low", sign=True), decimal(row, "growth_score_high", sign=True)
        score = decimal(row, "growth_score", sign=True)
        lines.append(
            RatedLine(
                sample,
                patient_anchor(cohort.patient_of(sample)),
                text(row, "lesion"),
                PERIOD_WORDS.get(text(row, "period"), ""),
                score,
                f"{low} to {high}" if low else "no interval" if score else "",
                decimal(row, "aggression", sign=True),
                decimal(row, "aggression_with_growth", sign=True),
                text(row, "reason"),
            )
        )
    return lines


def days(time: float) -> str:
    """Return a doubling time as a whole number of days; below ten with one decimal."""
    return f"{time:.1f}" if time < 10 else f"{time:,.0f}"


def interval_words(row: Row) -> str:
    """Return the 95 % interval of a doubling time in words; empty where there is no time."""
    low, high = number(row, "doubling_time_low_days"), number(row, "doubling_time_high_days")
    if text(row, "interval") == "none":
        return "no interval"
    if low is None:
        return ""
    return f"{days(low)} or more" if high is None else f"{days(low)}\N{EN DASH}{days(high)}"


def growth_sentences(cohort: Cohort, cite: Callable[..., str]) -> list[str]:
    """Return how growth was fitted, and what was published for comparison; none without a measured lesion."""
    if not cohort.doubling_times:
        return []
    model, rate = cite("growth_model"), cite("growth_rate")
    scored = sum(row.get("growth_score") is not None for row in cohort.aggression)
    methods = {text(row, "method") for row in cohort.doubling_times}
    shape = (
        f" Volumes from diameters are those of an ellipsoid whose third axis equals the second {cite('ellipsoid')}, or "
        "of a sphere where only the longest was measured."
        if methods & {"ellipsoid", "sphere"}
        else ""
    )
    lesions = {(text(row, "patient_id"), text(row, "lesion")) for row in cohort.doubling_times}
    sentences = [
        f"Exponential growth {model} was fitted to log2(volume) of {plural(len(lesions), 'measured lesion')} by least "
        "squares, apart before and after first-line platinum; intervals are those of the slope, which has a "
        f"symmetrical error where the doubling time has none {rate}.{shape} Published for comparison: "
        "25 to 160 days, median 77, in 12 patients with untreated SCLC on radiographs "
        f"{cite('sclc_growth_1978')}, and 12 to 209 days, median 53, in 20 {cite('sclc_growth_1981')}."
    ]
    if scored:
        sentences.append(_score_sentence(cohort.counted(scored), cohort.noun, cite("sclc_growth_1981")))
    return sentences


def _score_sentence(counted: str, noun: str, range_of: str) -> str:
    lowest = "\N{MINUS SIGN}1"
    return (
        f"The growth score of {counted} is log2(53 / doubling time in days) / 2 of the patient's fastest lesion in the "
        f"{noun}'s own part of the course, held between {lowest} and 1: the median of the latter series {range_of} "
        f"scores 0, and a factor of 4 to either side, a choice read off its range, 1 and {lowest}. Aggression with "
        "growth is the plain mean of the four parts of aggression and this score, a choice of this workflow that was "
        "not tested against outcome."
    )
