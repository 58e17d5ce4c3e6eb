"""With which earlier period a figure is compared, as data: the page and the files print these words beside the change."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Comparison:
    """An earlier period, and how the change against it is called."""

    code: str
    name: Any
    #: The word beside a number.
    short: Any
    formula: Any


HOW_COMPARED = _(
    "In percent of the earlier number, two decimals, with its sign; whole months are compared with whole months. "
    "Both numbers are as matters stand now. Nothing is said where the earlier number is below 20."
)

YEAR = Comparison(
    "year_over_year",
    _("Year over year"),
    _("y/y"),
    _("Against the same days a year earlier; of periods up to a year."),
)
MONTH = Comparison(
    "month_over_month",
    _("Month over month"),
    _("m/m"),
    _("Against the same days of the month before; a period longer than a month against as many months before it."),
)
COMPARISONS: tuple[Comparison, ...] = (YEAR, MONTH)
