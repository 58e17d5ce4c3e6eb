"""What each figure means, as data, and the arithmetic of figures: tables and pure functions."""

from linli.statistics.rules.comparisons import COMPARISONS, HOW_COMPARED, Comparison
from linli.statistics.rules.figures import AS_THEY_STAND, MATTERS, OF_MATTERS, OTHERWISE, Cohort, Figure
from linli.statistics.rules.intervals import INTERVALS, Interval
from linli.statistics.rules.measures import (
    SMALL,
    TOO_FEW,
    change,
    follow_from_sum,
    hours_begun,
    kept_back,
    may_show_share,
    over_counts,
    percent,
    quantile,
    quantile_of_counts,
    signed,
)
from linli.statistics.rules.rates import DAYS, RATES, STAGE_RATES, Days, Rate
from linli.statistics.rules.stages import OF_STAGES
from linli.statistics.rules.standings import OF_STANDINGS, STANDING_AT

FIGURES: tuple[Figure, ...] = (*OF_MATTERS, *OF_STAGES, *OF_STANDINGS)
BY_CODE: dict[str, Figure] = {figure.code: figure for figure in FIGURES}
RATE_BY_CODE: dict[str, Rate] = {rate.code: rate for rate in RATES}

__all__ = [
    "AS_THEY_STAND",
    "BY_CODE",
    "COMPARISONS",
    "DAYS",
    "FIGURES",
    "HOW_COMPARED",
    "INTERVALS",
    "MATTERS",
    "OTHERWISE",
    "RATES",
    "RATE_BY_CODE",
    "SMALL",
    "STAGE_RATES",
    "STANDING_AT",
    "TOO_FEW",
    "Cohort",
    "Comparison",
    "Days",
    "Figure",
    "Interval",
    "Rate",
    "change",
    "follow_from_sum",
    "hours_begun",
    "kept_back",
    "may_show_share",
    "over_counts",
    "percent",
    "quantile",
    "quantile_of_counts",
    "signed",
]
