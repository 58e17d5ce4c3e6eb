"""What `see` tells the sender of a report or an act: how far it has come, and what they can still do about it.

Somebody on the staff reads who is on duty and what they may see; a resident only what the public pages show.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import msgspec
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from linli.events import alike, offices, placing, story, telling
from linli.events.models import Event
from linli.events.rules import TURNING_POINTS, State
from linli.intake.accept import Sender
from linli.intake.acts import KIND as ACT
from linli.intake.media_uploads import event_of, told_of
from linli.intake.models import Kept, KeptState, Lacking, Outcome, PhoneAct, SenderKind
from linli.journal.models import Entry
from linli.people.actions import on_duty, scope_of
from linli.people.models import Person
from linli.people.rules import Role, Scope


def told(kept: Kept, sender: Sender, at: datetime) -> dict[str, Any]:
    """Everything `see` answers, in the language in force."""
    by = Person.objects.filter(pk=sender.key).first() if sender.kind == SenderKind.PERSON else None
    answer: dict[str, Any] = msgspec.json.decode(bytes(kept.answer))
    files = told_of(kept)
    answer |= _act(kept, by) if kept.kind == ACT else _report(kept, by, at)
    return answer | {"media": files, "photos": files}


# --- acts -------------------------------------------------------------------------------------------------------------


def _act(kept: Kept, by: Person | None) -> dict[str, Any]:
    acts = PhoneAct.objects.select_related("event", "meanwhile__by")
    act = acts.filter(pk=kept.pk).first() or PhoneAct(kept=kept)
    event = act.event
    answer: dict[str, Any] = {
        "state": _state_of(kept, act),
        "outcome": act.outcome or None,
        "message": _message(kept, act),
        "event": str(event.pk) if event and by else None,
        "number": event.number if event else None,
        "matter_state": str(event.state) if event else None,
        "state_words": _state_words(event, by) if event else None,
        "by_whom": _meanwhile(act.meanwhile, by) if act.meanwhile else None,
    }
    if act.outcome == Outcome.REFUSED:
        answer["error"] = _error(act)
    return answer


def _state_of(kept: Kept, act: PhoneAct) -> str:
    match kept.state:
        case KeptState.DIGESTED:
            return "refused" if act.outcome == Outcome.REFUSED else "taken_in"
        case KeptState.SET_ASIDE:
            return "set_aside"
        case KeptState.HELD:
            return "waiting_for_photos" if act.waits_for == Lacking.PHOTOS else "waiting"
        case _:
            return "waiting"


def _message(kept: Kept, act: PhoneAct) -> str | None:
    if kept.state == KeptState.SET_ASIDE:
        return kept.why or None
    if act.outcome == Outcome.REFUSED:
        return act.why
    if act.outcome == Outcome.NOTED:
        return str(_KEPT if act.has_note else _NOTHING_TO_KEEP)
    return None


_KEPT = gettext_lazy(
    "The matter had moved on before this arrived. What you wrote and photographed is kept with it as a note."
)
_NOTHING_TO_KEEP = gettext_lazy("The matter had moved on before this arrived. Nothing was lost by it.")


def _error(act: PhoneAct) -> dict[str, Any]:
    reason = act.reason or {}
    facts = reason.get("facts", {})
    error: dict[str, Any] = {"code": reason.get("code", ""), "message": act.why}
    if facts.get("field"):
        error["field"] = facts["field"]
    if facts.get("look_at"):
        error["look_at"] = facts["look_at"].split()
    return error


def _meanwhile(entry: Entry, by: Person | None) -> str:
    """What had happened: for one of us who did what and when; for a resident as their status page says it."""
    if by is None:
        point = TURNING_POINTS.get(entry.verb)
        return str(point.happened) if point else ""
    time = timezone.localtime(entry.at).strftime("%m-%d %H:%M")
    who = telling.who(entry, knows_reporter=entry.by_id == by.pk)
    return _("%(who)s %(did)s (%(time)s).") % {"who": who, "did": telling.told(entry), "time": time}


# --- reports ----------------------------------------------------------------------------------------------------------


def _report(kept: Kept, by: Person | None, at: datetime) -> dict[str, Any]:
    event = event_of(kept) if kept.state == KeptState.DIGESTED else None
    if event is None:
        return _NOT_YET.get(kept.state, {"state": "taken_in", "number": None})
    event = Event.objects.select_related("area", "category", "merged_into").get(pk=event.pk)
    scope = scope_of(by, at)
    told: dict[str, Any] = {
        "state": "taken_in",
        "number": event.number,
        "matter_state": str(event.state),
        "state_words": _state_words(event, by),
        "office": offices.who_has(story.leading(event)),
        "area": event.area_id,
        "area_name": event.area.name,
        "answer": event.outcome if not event.is_open else "",
        "due_at": event.due_at.isoformat() if event.due_at and event.is_open else None,
        "questions": _questions(event),
        "alike": list(_alike(event, scope, by, at)),
        "sides": _sides(event),
    }
    return told | ({"event": str(event.pk), "who": _who(event, at)} if by else {})


#: As the first answer said, until it is a matter.
_NOT_YET: dict[str, dict[str, Any]] = {
    KeptState.WAITING: {"state": "kept"},
    KeptState.SET_ASIDE: {"state": "set_aside"},
}


def _state_words(event: Event, by: Person | None) -> str:
    """Where it stands: by its name for one of us, in a sentence for a resident."""
    if by:
        return str(State(event.state).label)
    return str(TURNING_POINTS["event.taken_back"].happened if event.taken_back_at else _PLAIN[event.state])


#: By state, the turning point that says so to its reporter.
_SAID_BY: dict[str, str] = {
    State.REPORTED: "reported",
    State.CHECKING: "check_asked",
    State.SUPPLEMENT_ASKED: "supplement_asked",
    State.ACCEPTED: "accepted",
    State.DISPATCHED: "dispatched",
    State.OBJECTED: "objected",
    State.SIGNED_FOR: "signed_for",
    State.HANDLING: "handling_begun",
    State.DEFERRED: "deferred",
    State.RESULT_SUBMITTED: "result_submitted",
    State.VERIFIED: "verified",
    State.CLOSED: "closed",
    State.SELF_HANDLED: "self_handled",
    State.IN_MEDIATION: "sent_to_mediation",
    State.MERGED: "merged",
}
_PLAIN: dict[str, Any] = {
    **{state: TURNING_POINTS[f"event.{verb}"].happened for state, verb in _SAID_BY.items()},
    # There they say where on the page the reason stands; here it is `answer`.
    State.REJECTED: gettext_lazy("It was not accepted."),
    State.VOIDED: gettext_lazy("It was voided."),
    State.REFERRED_OUT: gettext_lazy("It was referred elsewhere."),
}


def _who(event: Event, at: datetime) -> list[dict[str, str]]:
    """Whoever is on duty for its ground. Told to colleagues alone."""
    turns = on_duty(event.area_id, at, Role.GRID_WORKER)
    return [{"role": str(Role.GRID_WORKER.label), "name": turn.person.name} for turn in turns]


def _questions(event: Event) -> list[dict[str, Any]]:
    """What has to be answered and is not yet, with the choices by their names."""
    if event.category is None or not event.is_open:
        return []
    wanted = [one for one in event.category.questions if one.get("required") and not event.answers.get(one["code"])]
    return [
        {
            "code": one["code"],
            "ask": _in_language(one, "ask"),
            "type": one.get("type", "text"),
            "choices": [
                {"code": choice["code"], "name": _in_language(choice, "name")} for choice in one.get("choices", [])
            ],
        }
        for one in wanted
    ]


def _in_language(given: dict[str, Any], name: str) -> str:
    is_english = (translation.get_language() or "").startswith("en")
    return str((given.get(f"{name}_en") if is_english else "") or given[name])


def _sides(event: Event) -> list[dict[str, str]]:
    """The areas that a position of its accuracy may lie in, where a border runs through it and nobody has it yet."""
    if event.lon is None or event.lat is None or event.state not in (State.REPORTED, State.CHECKING, State.ACCEPTED):
        return []
    return [{"code": side.code, "name": side.name} for side in placing.sides(event.lon, event.lat, event.accuracy_m)]


def _alike(event: Event, scope: Scope, by: Person | None, at: datetime) -> Iterable[dict[str, Any]]:
    """Up to five matters that are perhaps the same: of us what they see, of a resident what everybody may see."""
    if not event.is_open or hasattr(event, "support"):
        return
    if by is None:
        found = alike.joinable(event)
    else:
        visible = Event.objects.visible_to(scope).open()
        found = alike.alike(visible, alike.Told.of(event), but=event)
    for one in found:
        yield {
            "number": one.event.number,
            "event": str(one.event.pk) if by else None,
            "title": _title(one.event, is_public=by is None),
            "state": str(one.event.state),
            "state_words": str(State(one.event.state).label),
            "distance_m": None if one.distance_m is None else max(10, round(one.distance_m / 10) * 10),
            "age_words": _("%(age)s ago") % {"age": timesince(one.event.reported_at, at, depth=1)},
            "reasons": one.reasons,
            "thumb": _thumb(one),
        }


def _title(event: Event, *, is_public: bool) -> str:
    """Nobody's words for everybody: the category says what it is."""
    named = str(event.category) if event.category else _("Not classified")
    return named if is_public else event.title or event.text[:40] or named


def _thumb(one: alike.Alike) -> str | None:
    if one.public is not None:
        return reverse("public_photo", args=[one.public.public_sha256])
    if one.picture is not None and not one.picture.is_video:
        return reverse("thumb", args=[one.picture.sha256])
    return None
