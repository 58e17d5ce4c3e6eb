"""From the table to what holds: agreements and how they come into force, promises and what becomes of them, courts, visits."""

from datetime import date, datetime
from typing import Any

from bench.disputes.days import DAY, day_of, moment, month_on
from bench.disputes.pen import LOOKS, Owed, Pen
from linli.mediation.rules import NOT_CONFIRMED_AS_A_WHOLE, ClockKind, VisitWhy

#: What is promised, by course: clause, and after how many days the last one is (None: at once).
Promised = list[tuple[str, int | None]]


def settle(pen: Pen, form: str, promise: str) -> None:
    """An agreement in this form comes into force."""
    dues = _dues(pen, promise)
    clauses = [(clause, days if days is None else day_of(pen.at) + days * DAY) for clause, days in dues]
    facts: dict[str, Any] = {"clauses": clauses}
    if form == "oral":
        pen.act("register_oral", **facts)
    else:
        _sign(pen, form, facts)
    pen.know(
        state="settled",
        settled_at=pen.known.get("settled_at") or pen.at,
        concluded_at=pen.at,
        due_at=None,
        performed_at=None if dues else pen.known.get("performed_at") or pen.at,
    )
    pen.note_promises_told()
    pen.stop(ClockKind.TERM)
    pen.start(ClockKind.CONFIRMATION)
    pen.life.in_force = [(since, until or pen.at) for since, until in pen.life.in_force] + [(pen.at, None)]
    pen.promise(clauses)
    pen.drop_visits()
    began = day_of(pen.at)
    pen.plan_visit(VisitWhy.IN_FORCE, month_on(began))
    for why, days in LOOKS.items():
        pen.plan_visit(why, began + days * DAY)


def _dues(pen: Pen, promise: str) -> Promised:
    """When what is due: instalments are one clause of several days."""
    draw = pen.draw
    simple = draw.choice(("pay", "repair", "do"))
    dues: dict[str, Promised] = {
        "none": [],
        "at_once": [(simple, None)],
        "refrain": [("refrain", None), *([("apologise", None)] if pen.chance(40) else [])],
        "instalments": [("pay", days) for days in (12, 43, 74)],
        "parts": [("pay", draw.randrange(14, 30))],
        "waived": [("pay", 20), ("do", 12)],
        "breach": [("pay", draw.randrange(10, 20))],
        "broken_open": [("pay", draw.randrange(10, 20))],
        # Longer than the year is looked at.
        "to_come": [("pay", 9), ("pay", 700)],
    }
    return dues.get(promise, [(simple, draw.choice((4, 6, 9, 15, 24, 35)))])


def _sign(pen: Pen, form: str, facts: dict[str, Any]) -> None:
    """Drafted, offered, signed by all, stamped. Nobody stamps before."""
    pen.act("draft", **facts)
    pen.soon()
    pen.act("offer_agreement")
    if form == "redrafted":
        pen.soon()
        pen.act("sign", party=0, way="phone")
        pen.soon()
        pen.act("draft", text="两家还说好：以后有事先打招呼。", **facts)
        pen.soon()
        pen.act("offer_agreement")
    for party in range(pen.parties):
        pen.soon()
        pen.act("sign", party=party, way=form if form in ("paper", "made_up") else "phone")
    if pen.chance(15):
        pen.soon()
        pen.act("stamp", refused="unsigned")
    pen.soon()
    pen.act("sign_as_mediator")
    pen.soon()
    pen.act("stamp")


# --- promises -----------------------------------------------------------------------------------------------------------


def perform(pen: Pen, promise: str) -> None:
    """What becomes of each of them."""
    if pen.owed and pen.chance(8):
        pen.soon()
        pen.pass_mornings(pen.at)
        # What is broken by now holds it open no more; then nobody has visited them yet.
        is_owed = any(one.state == "owed" for one in pen.owed)
        pen.act("close", kept=True, refused="still_owed" if is_owed else "not_visited")
    for place, one in enumerate(pen.owed):
        if one.due_on is not None:
            _PERFORMED.get(promise, _in_time)(pen, place, one)


def _claim(pen: Pen, place: int, **facts: Any) -> datetime:
    pen.act("claim", promise=place, by_mediator=pen.chance(20), **facts)
    pen.become(place, "claimed")
    return pen.at


def _confirm(pen: Pen, place: int, claimed: datetime) -> None:
    pen.act("confirm", promise=place, by_mediator=pen.chance(30))
    pen.become(place, "performed", claimed)
    _look_whether_all(pen)


def _look_whether_all(pen: Pen) -> None:
    if all(one.settled for one in pen.owed):
        pen.know(performed_at=max(one.state_at for one in pen.owed if one.state_at))
        pen.drop_visits(VisitWhy.IN_FORCE, VisitWhy.PERFORMED)
        pen.plan_visit(VisitWhy.PERFORMED, month_on(day_of(pen.at)))


def _due(one: Owed) -> date:
    assert one.due_on is not None
    return one.due_on


def _before_due(pen: Pen, one: Owed) -> None:
    """A moment before the end of its last day."""
    left = (_due(one) - day_of(pen.at)).days
    if left <= 0:
        pen.soon()
        return
    # People perform on any day; whoever owes says so in the evening.
    day = day_of(pen.at) + pen.draw.randint(max(left - 9, 1), left) * DAY
    pen.at = moment(day, pen.hour(19))


def _in_time(pen: Pen, place: int, one: Owed) -> None:
    _before_due(pen, one)
    claimed = _claim(pen, place)
    pen.later(0, 2)
    _confirm(pen, place, claimed)


def _in_parts(pen: Pen, place: int, one: Owed) -> None:
    pen.soon()
    _claim(pen, place, amount="300")
    pen.soon()
    pen.act("confirm", promise=place, by_mediator=False)
    _again_owed(pen, place, one)
    _before_due(pen, one)
    pen.act("claim", promise=place, by_mediator=False, amount="90000", refused="more_than_owed")
    pen.soon()
    _confirm_after(pen, place, _claim(pen, place))


def _again_owed(pen: Pen, place: int, one: Owed) -> None:
    """Not performed yet, or no more in time if the morning after its day is over."""
    is_over = any(days == 1 and at <= pen.at for days, at in pen.mornings(one))
    pen.become(place, "breached" if is_over else "owed")


def _confirm_after(pen: Pen, place: int, claimed: datetime) -> None:
    pen.later(0, 2)
    _confirm(pen, place, claimed)


def _late(pen: Pen, place: int, one: Owed) -> None:
    pen.on(_due(one) + pen.draw.randint(3, 12) * DAY)
    _confirm_after(pen, place, _claim(pen, place))


def _late_said(pen: Pen, place: int, one: Owed) -> None:
    """Whoever receives says so before the worker comes."""
    pen.at = moment(_due(one), pen.hour(19))
    pen.act("note_breach", promise=place, refused="not_late_yet")
    pen.at = moment(_due(one) + DAY, pen.hour(7))
    pen.act("note_breach", promise=place)
    pen.become(place, "breached")
    _late(pen, place, one)


def _denied(pen: Pen, place: int, one: Owed) -> None:
    pen.soon()
    _claim(pen, place)
    pen.later(0, 1)
    pen.act("deny", promise=place)
    _again_owed(pen, place, one)
    _in_time(pen, place, one)


def _unanswered(pen: Pen, place: int, one: Owed) -> None:
    """Said in time and answered long after the day: it was performed when it was said."""
    _before_due(pen, one)
    claimed = _claim(pen, place)
    pen.on(_due(one) + pen.draw.randint(2, 9) * DAY)
    _confirm(pen, place, claimed)


def _waived(pen: Pen, place: int, one: Owed) -> None:
    if place:
        _in_time(pen, place, one)
        return
    pen.soon()
    pen.act("waive", promise=place)
    pen.become(place, "waived")
    _look_whether_all(pen)


def _broken(pen: Pen, place: int, one: Owed) -> None:
    """Nobody performs it: the worker notes it the morning after."""
    pen.on(_due(one) + pen.draw.randint(8, 20) * DAY)
    pen.pass_mornings(pen.at)


def _to_come(pen: Pen, place: int, one: Owed) -> None:
    if not place:
        _in_time(pen, place, one)


_PERFORMED = {
    "parts": _in_parts,
    "late": _late,
    "late_said": _late_said,
    "denied": _denied,
    "unanswered": _unanswered,
    "waived": _waived,
    "breach": _broken,
    "broken_open": _broken,
    "to_come": _to_come,
}


# --- the court ----------------------------------------------------------------------------------------------------------


def go_to_court(pen: Pen, answer: str) -> None:
    """Both want it, they apply together within thirty days, and it answers."""
    deadline = pen.running(ClockKind.CONFIRMATION).due
    pen.soon()
    pen.act("want", party=0)
    pen.soon()
    pen.act("apply", refused="not_together")
    for party in range(1, pen.parties):
        pen.later(0, 1)
        pen.act("want", party=party)
    if pen.life.kind in NOT_CONFIRMED_AS_A_WHOLE:
        pen.soon()
        pen.act("apply", about_status=True, refused="not_confirmed")
    if answer == "too_late":
        pen.on(day_of(deadline) + DAY)
        pen.act("apply", refused="too_late")
        return
    pen.later(0, 3)
    pen.act("apply")
    pen.know(applied_at=pen.at, apply_until=deadline)
    pen.stop(ClockKind.CONFIRMATION)
    if answer != "refused" or pen.chance(50):
        pen.later(1, 2)
        pen.act("answer", answer="accepted")
        pen.know(court="accepted")
    pen.later(3, 9)
    pen.act("answer", answer=answer)
    pen.know(court=answer)


# --- visits and the end -------------------------------------------------------------------------------------------------


def visit(pen: Pen, *, kept: bool = True) -> None:
    """Somebody asks how it went: at the day planned or before it. What was to be left be counts as kept then."""
    planned = pen.next_visit()
    assert planned is not None
    pen.act("visit", why=str(planned.why), performed=kept)
    pen.visited(planned.why)
    if not kept:
        return
    for place, one in enumerate(pen.owed):
        if one.due_on is None and one.state == "owed":
            pen.become(place, "performed")
    if pen.owed and all(one.settled for one in pen.owed):
        pen.know(performed_at=max(one.state_at for one in pen.owed if one.state_at))


def close(pen: Pen, *, kept: bool = True) -> None:
    """After an agreement: nothing is owed any more, or it was not kept and the ways to court were told."""
    is_watched = any(one.due_on is None for one in pen.owed) or pen.life.course.again
    if pen.owed and not is_watched and pen.chance(6):
        pen.act("close", kept=kept, refused="not_visited")
        pen.soon()
    if pen.owed or pen.chance(30):
        visit(pen, kept=kept)
        pen.soon()
    pen.act("close", kept=kept)
    pen.know(state="closed", ending="agreement", ended_at=pen.at, due_at=None)
    pen.stop(ClockKind.SCREENING, ClockKind.TERM)


def look_again(pen: Pen, until: datetime) -> None:
    """After 90 and 180 days, some of them on the day, before it or not at all."""
    while planned := pen.next_visit(*LOOKS):
        if not pen.chance(55):
            return
        pen.on(planned.due_on + pen.draw.choice((-3, 0, 2)) * DAY)
        if pen.at >= until:
            return
        pen.act("visit", why=str(planned.why), performed=True)
        pen.visited(planned.why)


def open_again(pen: Pen) -> None:
    """It comes back: with its mediator, and a month anew."""
    pen.later(8, 25)
    pen.act("reopen")
    fell = pen.known.get("fell_at") or (pen.at if pen.known.get("settled_at") else None)
    again = {"ended_at": None, "concluded_at": None, "ending": "", "reopened": pen.known.get("reopened", 0) + 1}
    pen.know(state="mediating", fell_at=fell, **again)
    pen.stop(ClockKind.SCREENING, ClockKind.TERM)
    pen.start(ClockKind.TERM)
