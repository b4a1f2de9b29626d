"""The exact binomial interval of a fraction of reads."""

from __future__ import annotations

from scipy.special import betaincinv


def clopper_pearson(successes: int, trials: int, *, coverage: float = 0.95) -> tuple[float, float]:
    """Return the exact (Clopper-Pearson) interval of a binomial fraction.

    Clopper CJ, Pearson ES 1934 Biometrika 26:404, doi:10.1093/biomet/26.4.404.

    Parameters
    ----------
    successes, trials : int
        0 <= successes <= trials, trials at least 1.
    coverage : float
        Smallest probability with which the interval holds the fraction, in (0, 1).

    Returns
    -------
    (float, float)
        Lower and upper end, in [0, 1].
    """
    tail = (1 - coverage) / 2
    low = 0.0 if successes == 0 else float(betaincinv(successes, trials - successes + 1, tail))
    high = 1.0 if successes == trials else float(betaincinv(successes + 1, trials - successes, 1 - tail))
    return low, high
