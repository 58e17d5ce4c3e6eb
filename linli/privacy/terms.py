"""The numbers of days that hold now: what the county set last, else what linli proposes."""

from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from linli.journal.actions import record
from linli.kit.refusal import BadInput, Refused
from linli.people.actions import scope_of
from linli.people.models import Person
from linli.people.rules import not_yours
from linli.privacy.models import Term
from linli.privacy.rules.requests import (
    ANSWER,
    LONGEST_PROMISE,
    OFFICERS,
    SEEDED,
    SHORTEST_PROMISE,
    Promise,
)
from linli.privacy.rules.schedule import FEWEST_DAYS, MOST_DAYS, SCHEDULE, TO_APPROVE
from linli.privacy.saying import kept_for

#: What a county may set, and between which numbers.
BOUNDS = {one.code: (FEWEST_DAYS, MOST_DAYS) for one in TO_APPROVE} | {ANSWER: (SHORTEST_PROMISE, LONGEST_PROMISE)}


def approved(codes: Iterable[str]) -> dict[str, Term]:
    """The newest term of each of these that the county has set."""
    return {one.code: one for one in Term.objects.filter(code__in=set(codes)).order_by("version")}


def days_of(codes: Iterable[str]) -> dict[str, int | None]:
    """Of kinds of the schedule the days that hold now; None or 0: no number of days ends it."""
    wanted = set(codes)
    terms = approved(code for code in wanted if code in BOUNDS)
    return {code: terms[code].days if code in terms else _proposed(code) for code in wanted}


def kept_words(codes: Iterable[str]) -> dict[str, str]:
    """Of kinds of the schedule how long they are kept now, in words. What the county has not decided yet is said so."""
    wanted = set(codes)
    terms = approved(code for code in wanted if code in BOUNDS)
    return {
        code: kept_for(
            SCHEDULE[code],
            terms[code].days if code in terms else _proposed(code),
            is_decided=code in terms or not SCHEDULE[code].is_proposal,
        )
        for code in wanted
    }


def _proposed(code: str) -> int | None:
    keeping = SCHEDULE[code]
    return int(getattr(settings, keeping.setting)) if keeping.setting else keeping.days


def promise() -> Promise:
    """Within how many working days a request is answered now."""
    term = approved([ANSWER]).get(ANSWER)
    return Promise(term.days, term.source, term.version) if term else SEEDED


@transaction.atomic
def set_term(code: str, *, days: int, source: str, by: Person, at: datetime) -> Term:
    """Set a number of days from now on, with the decision that says so. Raises `NotYours`, `BadInput`, `Refused`."""
    if not scope_of(by, at).holds(*OFFICERS):
        raise not_yours()
    if code not in BOUNDS:
        raise BadInput("no_such_term", _("This has no number of days that a county could set."), field="code")
    least, most = BOUNDS[code]
    if not least <= days <= most:
        raise BadInput(
            "days_out_of_bounds", _("From %(least)s to %(most)s days."), least=least, most=most, field="days"
        )
    said = source.replace("\0", "").strip()[:200]
    if not said:
        raise BadInput("source_missing", _("Name the decision of the county, by its number."), field="source")
    last = approved([code]).get(code)
    version = last.version + 1 if last else 1
    try:
        with transaction.atomic():
            made = Term.objects.create(code=code, version=version, days=days, source=said, set_by=by, set_at=at)
    except IntegrityError:
        raise Refused("moved_on", _("Somebody was quicker. Refresh the page.")) from None
    record("privacy.term_set", on=made, by=by, at=at, code=code, days=days, version=version)
    return made
