"""From the first word to the table: registering by each door, screening, consent, the mediator, the sessions."""

from datetime import datetime, time, timedelta
from typing import Any

from bench.disputes.days import DAY, day_of, moment
from bench.disputes.pen import Pen
from linli.mediation.rules import ClockKind, Door, Ending, Entruster, Interest, NotAccepted

COUNTY = 6
#: When sessions are planned: an hour each, so that none of them lie across each other.
_SLOTS = ((9, 5), (10, 35), (14, 40), (16, 0))
#: Doors at which the applicant says yes by applying.
_APPLIED = (Door.WINDOW, Door.PHONE, Door.ONLINE)


def register(pen: Pen) -> None:
    """By the door of the plan; a body has it at once, or whoever screens it first takes it."""
    life = pen.life
    own = {"village": life.area[:12], "township": life.town, "county": life.area[:COUNTY]}[life.level]
    is_given = life.door not in (Door.ONLINE, Door.EARLY) and (pen.chance(50) or life.level != "township")
    # What nobody is named for is screened by the township, which may hand it over.
    first = life.town if life.level == "county" and (not is_given or pen.chance(50)) else own
    pen.body = first
    told: dict[str, Any] = {"body": first if is_given else "", "parties": 2}
    if life.door == Door.EVENT:
        pen.act("report")
        pen.soon()
        pen.act("to_mediation")
        pen.later(0, 1)
    if life.door == Door.TRANSFER:
        told["entruster"] = pen.draw.choice(Entruster.values)
    if life.door == Door.EARLY and pen.chance(60):
        told["parties"] = 1
    third = life.people < 10 and pen.chance(6)
    pen.act("register", **told)
    pen.know(state="registered", registered_at=pen.at, body=first if is_given else "", kind=life.kind)
    pen.start(ClockKind.SCREENING)
    if life.door in _APPLIED:
        pen.agreed.add(0)
    if told["parties"] == 1:
        pen.later(0, 1)
        pen.act("offer", refused="side_missing")
        pen.soon()
        pen.act("add_party", side="respondent")
    if third:
        pen.soon()
        pen.act("add_party", side="third")
        pen.parties = 3


def offer(pen: Pen) -> None:
    """It is for mediation; sometimes later than was promised."""
    pen.later(3, 5) if pen.chance(8) else pen.later(0, 1)
    pen.act("offer")
    pen.know(state="offered", screened_at=pen.at, body=pen.body)


def accept(pen: Pen) -> None:
    """All sides say yes, and it has its number."""
    if len(pen.agreed) < pen.parties and pen.chance(10):
        pen.soon()
        pen.act("accept", refused="consent_missing")
    for party in range(pen.parties):
        if party not in pen.agreed:
            pen.later(1, 2) if pen.chance(30) else pen.soon()
            pen.act("note_consent", party=party, agrees=True, own=pen.chance(30))
            pen.agreed.add(party)
    pen.soon()
    pen.act("accept")
    pen.know(state="accepted", accepted_at=pen.at, due_at=None)
    pen.stop(ClockKind.SCREENING)
    pen.start(ClockKind.TERM)
    if pen.life.level == "county" and pen.body == pen.life.town:
        pen.later(0, 1)
        pen.body = pen.life.area[:COUNTY]
        pen.act("hand_over", to=pen.body)
        pen.know(body=pen.body)


def not_accept(pen: Pen, reason: str) -> None:
    """It is not mediated: by law, or since a side refuses."""
    if reason == NotAccepted.REFUSED:
        offer(pen)
        pen.soon()
        pen.act("note_consent", party=1, agrees=False, own=pen.chance(50))
        pen.soon()
        pen.act("accept", refused="side_refuses")
    pen.later(0, 2)
    pen.act("not_accept", reason=reason)
    pen.know(state="not_accepted", not_accepted_for=reason, screened_at=pen.at, ended_at=pen.at, due_at=None)
    pen.stop()


def opened_again_at_the_door(pen: Pen) -> None:
    """Whoever refused comes back: it is screened anew."""
    pen.later(5, 20)
    pen.act("reopen")
    pen.know(state="registered", not_accepted_for="", ended_at=None, reopened=pen.known.get("reopened", 0) + 1)
    pen.start(ClockKind.SCREENING)
    pen.agreed.discard(1)


# --- the mediator -------------------------------------------------------------------------------------------------------


def find_mediator(pen: Pen) -> None:
    """Asked, and takes it on; before that what the course says."""
    pen.mediator = pen.draw.randrange(3)
    pen.later(0, 1)
    if pen.chance(50):
        pen.act("propose")
        pen.soon()
    _ask(pen)
    if how := pen.life.course.mediator:
        _HINDERED[how](pen)
    pen.later(0, 1)
    pen.act("take_on", refused="not_declared", declares=False) if pen.chance(4) else None
    pen.soon()
    _take_on(pen)


def _ask(pen: Pen) -> None:
    own = pen.chance(40)
    pen.act("choose", mediator=pen.mediator, party=pen.draw.randrange(2) if own else None)


def _take_on(pen: Pen) -> None:
    pen.act("take_on", declares=True)
    pen.know(state="mediating")


def _somebody_else(pen: Pen) -> None:
    pen.later(0, 1)
    pen.mediator = (pen.mediator + 1) % 3
    _ask(pen)


def _declines(pen: Pen) -> None:
    pen.later(0, 1)
    pen.act("decline")
    _somebody_else(pen)


def _is_tied(pen: Pen) -> None:
    pen.later(0, 1)
    pen.act("declare_interest", interest=pen.draw.choice([one for one in Interest.values if one != Interest.NONE]))
    _somebody_else(pen)


def _is_found_tied(pen: Pen) -> None:
    pen.later(0, 1)
    _take_on(pen)
    pen.later(1, 3)
    pen.act("declare_interest", interest=Interest.SAME_UNIT)
    pen.know(state="accepted")
    _somebody_else(pen)


def _objected(pen: Pen) -> None:
    pen.soon()
    _object(pen, 0)
    _somebody_else(pen)
    pen.soon()
    pen.act("object", party=0, own=True, refused="changed_once")


def _objected_twice(pen: Pen) -> None:
    pen.later(0, 1)
    _take_on(pen)
    pen.later(1, 2)
    _object(pen, 0)
    pen.know(state="accepted")
    _somebody_else(pen)
    pen.soon()
    _object(pen, 1)
    _somebody_else(pen)


def _object(pen: Pen, party: int) -> None:
    pen.act("object", party=party, own=pen.chance(60))


def _gives_back(pen: Pen) -> None:
    pen.later(0, 1)
    _take_on(pen)
    pen.later(1, 3)
    pen.act("give_back")
    pen.know(state="accepted")
    _somebody_else(pen)


_HINDERED = {
    "declines": _declines,
    "tied": _is_tied,
    "found_tied": _is_found_tied,
    "objected": _objected,
    "objected_twice": _objected_twice,
    "gives_back": _gives_back,
}


# --- sessions -----------------------------------------------------------------------------------------------------------


def tell_rights(pen: Pen) -> None:
    """Each party, by the mediator or on its own page."""
    for party in range(pen.parties):
        pen.soon()
        pen.act("tell_rights", party=party, own=pen.chance(30))
        if pen.chance(25):
            pen.act("see_identity", party=party)


def meet(pen: Pen) -> None:
    """A session: planned, perhaps moved or called off, or on the spot; and its record."""
    began, _ended = _planned(pen) if pen.chance(45) else _unplanned(pen)
    first = pen.known.get("first_session_at")
    pen.know(first_session_at=min(first or began, began))
    if pen.chance(70):
        pen.soon()
        pen.act("write_record")
        if pen.chance(25):
            pen.soon()
            pen.act("agree_to_record", party=pen.draw.randrange(2), own=pen.chance(70))


def _planned(pen: Pen) -> tuple[datetime, datetime]:
    pen.soon()
    begins = _slot(pen, 2, 6)
    pen.act("plan_session", planned_at=begins)
    if pen.chance(12):
        pen.soon()
        begins = _slot(pen, 4, 8)
        pen.act("move_session", planned_at=begins)
    elif pen.chance(6):
        pen.soon()
        pen.act("cancel_session")
        return _unplanned(pen)
    ends = begins + timedelta(minutes=60)
    pen.at = ends + timedelta(minutes=pen.draw.randrange(2, 20), seconds=pen.draw.randrange(1, 59))
    pen.act("hold_session", began_at=begins, ended_at=ends)
    return begins, ends


def _slot(pen: Pen, least: int, most: int) -> datetime:
    """A free hour of the mediator."""
    day = pen.days.after(day_of(pen.at), pen.draw.randint(least, most))
    while True:
        for hour, minute in _SLOTS:
            # The mediators of a township mediate for its villages too.
            slot = (pen.body[:9], pen.mediator, day, hour)
            if slot not in pen.slots:
                pen.slots.add(slot)
                return moment(day, time(hour, minute))
        day = pen.days.from_(day + DAY)


def _unplanned(pen: Pen) -> tuple[datetime, datetime]:
    pen.later(1, 5)
    ends = pen.at - timedelta(minutes=3)
    begins = ends - timedelta(minutes=pen.draw.randrange(25, 80))
    pen.act("hold_unplanned", began_at=begins, ended_at=ends)
    return begins, ends


def asides(pen: Pen) -> None:
    """What happens beside: evidence, helpers, danger, notes, a kind put right."""
    for name, often in (("evidence", 14), ("companion", 5), ("risk", 3), ("note", 8), ("doubles", 6)):
        if pen.chance(often):
            pen.soon()
            pen.act(name)
    if pen.chance(4) and pen.life.course.court == "":
        pen.soon()
        kind = pen.draw.choice(("02", "03", "04", "06"))
        pen.act("classify", kind=kind)
        pen.know(kind=kind)


def withdraw_early(pen: Pen) -> None:
    """Taken back before it was accepted."""
    offer(pen)
    pen.later(0, 2)
    pen.act("withdraw", party=0, ending=Ending.OTHER)
    pen.know(state="withdrawn", ending=Ending.OTHER, ended_at=pen.at, due_at=None)
    pen.stop()
