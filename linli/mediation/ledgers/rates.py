"""Rates of the ledgers: each with what it is made of and what stands beside it; how long it takes; how a share is printed."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from linli.mediation.ledgers.figures import AS_THEY_STAND, NOT_SEEN, NOT_YET, WORDS_WATCHED
from linli.statistics.rules import TOO_FEW
from linli.statistics.rules import Rate as RateOfMatters

_DAYS = _("days")


@dataclass(frozen=True)
class Rate(RateOfMatters):
    """The same of disputes."""

    source: Any = AS_THEY_STAND


_NOTHING = _("Nothing: what ended otherwise stays among them and is shown apart.")

RATES: tuple[Rate, ...] = (
    Rate(
        "closing",
        _("Closing rate"),
        "closed",
        "accepted",
        _("Closed until now / accepted"),
        _NOTHING,
        _("It says that a file was ended, not that the quarrel was."),
        apart=("not_accepted",),
    ),
    Rate(
        "settlement",
        _("Settlement rate"),
        "settled",
        "concluded",
        _("Settled / concluded"),
        _NOTHING,
        apart=("failed",),
    ),
    *(
        Rate(f"durability_{days}", words[9], f"kept_{days}", f"settled_{days}", words[8], NOT_YET, NOT_SEEN)
        for days, words in WORDS_WATCHED.items()
    ),
    Rate("engagement", _("Engagement"), "engaged", "screened_in", _("All sides engaged / screened in"), _NOTHING),
    Rate("in_30_days", _("Within 30 days"), "within_30", "concluded", _("Concluded within 30 days / concluded")),
    Rate(
        "performance",
        _("Performance"),
        "done_in_time",
        "due",
        _("Performed by the day / promises due"),
        _NOTHING,
        apart=("done_late", "waived", "not_done"),
    ),
    Rate(
        "applying", _("Applied to the court"), "applied", "confirmable", _("Applied / agreements a court may confirm")
    ),
    Rate(
        "applying_in_time",
        _("Applied in time"),
        "applied_in_time",
        "confirmable",
        _("Applied within 30 days / agreements a court may confirm"),
    ),
    Rate(
        "confirmation",
        _("Confirmed by the court"),
        "confirmed",
        "confirmable",
        _("Confirmed / agreements a court may confirm"),
    ),
    Rate(
        "verification",
        _("Share verified by call-back"),
        "verified",
        "called",
        _("Verified / called back"),
        _NOTHING,
        apart=("unreached",),
    ),
    Rate(
        "doubt",
        _("Share not verified by call-back"),
        "not_verified",
        "called",
        _("Not verified / called back"),
        _NOTHING,
        apart=("unreached",),
    ),
)


@dataclass(frozen=True)
class Stretch:
    """How long something took: of which figure's disputes, and from which time to which."""

    code: str
    name: Any
    of: str
    formula: Any
    left_out: Any
    unit: Any = _DAYS


STRETCHES: tuple[Stretch, ...] = (
    Stretch(
        "to_session",
        _("To the first session"),
        "heard",
        _("Of those registered in the period: from registration to the beginning of the first session held."),
        _("Those without a session yet."),
    ),
    Stretch(
        "to_conclusion",
        _("To the conclusion"),
        "concluded",
        _("Of those concluded in the period: from registration to conclusion."),
        _("Those reopened since."),
    ),
)
HOW_LONG = _(
    "Median and ninetieth percentile (nearest rank) of the hours begun, by the clock, in days of 24 hours with one decimal."
)
CASELOAD = _(
    "Open disputes per mediator who serves in a body of this area, those with none included: median and ninetieth "
    "percentile. Nothing is said where fewer than five mediators serve, so that it tells of nobody."
)
HOW_KEPT_BACK = _(
    "For passing on: numbers from 1 to 4 are kept back, and more where they could be reckoned from the sums."
)


def percent_of(numerator: int, denominator: int) -> Decimal | None:
    """The share in percent with two decimals, as county reports state it: 2,359 of 2,418 are 97.56. None below 20.

    Only all are 100 and only none is 0.
    """
    if denominator < TOO_FEW:
        return None
    share = (Decimal(100) * numerator / denominator).quantize(Decimal("0.01"), ROUND_HALF_UP)
    if 0 < numerator < denominator:
        return min(max(share, Decimal("0.01")), Decimal("99.99"))
    return share
