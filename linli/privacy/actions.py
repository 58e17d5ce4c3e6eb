"""Requests of persons: asked, proved, done or refused. What is done goes through the actions of the rooms that keep it."""

import hashlib
import hmac
import json
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from linli.areas.models import Area
from linli.events.actions import forgetting, open_receipt
from linli.events.actions.promise import calendar_from, home_zone
from linli.events.models import Event
from linli.events.rules import clean_words
from linli.holds.models import Hold
from linli.holds.rules import HeldKind
from linli.intake import kept_contacts
from linli.journal.actions import record
from linli.kit.keys import new_key
from linli.kit.refusal import BadInput, Refused
from linli.kit.sealing import seal
from linli.notices.rules import Kind as Way
from linli.notices.sending.mail import read_mail
from linli.notices.sending.sms import read_number
from linli.openness.actions import stop
from linli.people.actions import scope_of
from linli.people.models import Appointment, Person
from linli.people.rules import not_yours
from linli.privacy.finding import Held, held_of
from linli.privacy.letters import code_of, proving_ways, send_code
from linli.privacy.models import SEALED, PersonRequest
from linli.privacy.rules.requests import (
    LONGEST_NAME,
    LONGEST_REACH,
    LONGEST_WORDS,
    OFFICERS,
    REFUSALS,
    Kind,
    Proof,
    State,
)
from linli.privacy.terms import promise

#: No letters or digits that are taken for one another when read aloud.
_SIGNS, _CODE = "ABCDEFGHJKMNPQRSTVWXYZ23456789", 10
#: A code that was sent holds so long, and may be typed so often; of one number so many requests wait for theirs.
CODE_HOLDS, MOST_TRIES, MOST_WAITING = timedelta(minutes=30), 5, 3


@transaction.atomic
def ask_by_receipt(
    *, number: str, secret: str, kind: str, words: str, name: str, new_reach: str, language: str, at: datetime
) -> tuple[PersonRequest, str]:
    """The holder of a receipt asks; with it the code for reading the answer, told once. Raises `BadInput`, `Refused`."""
    event = open_receipt(number, secret)
    said = {"name": name, "words": words, "new_reach": new_reach, "number": event.number}
    return _ask(kind, said, proof=Proof.RECEIPT, area=event.area, language=language, at=at)


@transaction.atomic
def ask_by_message(
    *, reach: str, kind: str, words: str, name: str, new_reach: str, language: str, at: datetime
) -> tuple[PersonRequest, str]:
    """Somebody names a telephone or mailbox: a code goes there, and nothing is done until it comes back.

    What is answered is the same whether anything is kept of them or not.
    """
    way, clean = _way_of(reach)
    waiting = PersonRequest.objects.filter(mark=_mark(clean), state=State.UNPROVED, asked_at__gt=at - CODE_HOLDS)
    if waiting.count() >= MOST_WAITING:
        raise Refused("codes_waiting", _("Several codes went there just now. Use the last one, or wait half an hour."))
    said = {"name": name, "words": words, "new_reach": new_reach, "reach": clean}
    made, code = _ask(kind, said, proof=Proof.MESSAGE, area=_only_county(), language=language, at=at)
    send_code(made, way, at=at)
    return made, code


@transaction.atomic
def ask_at_window(
    *, reach: str, kind: str, words: str, name: str, new_reach: str, by: Person, at: datetime
) -> tuple[PersonRequest, str]:
    """An officer writes down what somebody asks who has shown who they are. Raises `NotYours`, `BadInput`."""
    require_officer(by, at)
    said = {"name": name, "words": words, "new_reach": new_reach, "reach": _clean_reach(reach)}
    own = next((one.area for one in scope_of(by, at).held if one.role in OFFICERS), None)
    area = Area.objects.filter(pk=own).first()
    return _ask(kind, said, proof=Proof.WINDOW, area=area, language=settings.LANGUAGE_CODE, at=at, entered_by=by)


def _ask(
    kind: str,
    said: dict[str, str],
    *,
    proof: Proof,
    area: Area | None,
    language: str,
    at: datetime,
    entered_by: Person | None = None,
) -> tuple[PersonRequest, str]:
    if kind not in Kind.values:
        raise BadInput("kind_missing", _("Choose what you ask for."), field="kind")
    clean = {
        **said,
        "name": clean_words(said["name"], field="name", longest=LONGEST_NAME),
        "words": clean_words(said["words"], field="words", longest=LONGEST_WORDS),
        "new_reach": clean_words(said["new_reach"], field="new_reach", longest=LONGEST_REACH),
    }
    if kind == Kind.CORRECT and not clean["new_reach"]:
        raise BadInput("new_reach_missing", _("Write the right number or mailbox."), field="new_reach")
    code = "".join(secrets.choice(_SIGNS) for _sign in range(_CODE))
    key = new_key()
    is_proved = proof != Proof.MESSAGE
    made = PersonRequest.objects.create(
        key=key,
        sealed=seal(json.dumps(clean, ensure_ascii=False), bound_to=key.bytes, place=SEALED),
        mark=_mark(clean["reach"]) if "reach" in clean else "",
        kind=kind,
        proof=proof,
        state=State.OPEN if is_proved else State.UNPROVED,
        area=area,
        code_sha256=_digest(code),
        language=language,
        asked_at=at,
        due_at=_due(at) if is_proved else None,
        entered_by=entered_by,
    )
    if is_proved:
        _told(made, by=entered_by, at=at)
    return made, f"{code[:5]}-{code[5:]}"


def prove(request: PersonRequest, *, code: str, at: datetime) -> None:
    """The code that was sent came back: from now on the clock runs. Raises `Refused`.

    A try is counted before it is looked at, in a transaction of its own: so a hundred at once are a hundred.
    """
    waiting = PersonRequest.objects.filter(pk=request.pk, state=State.UNPROVED, asked_at__gte=at - CODE_HOLDS)
    if not waiting.filter(tries__lt=MOST_TRIES).update(tries=F("tries") + 1):
        raise Refused("code_over", _("This code holds no longer. Ask once more, and a new one is sent."))
    if not hmac.compare_digest(code_of(request.pk).encode(), code.strip().encode()):
        raise Refused("code_wrong", _("This is not the code that was sent. Look at the newest message."))
    with transaction.atomic():
        if waiting.update(state=State.OPEN, due_at=_due(at)):  # else the same code was quicker
            request.refresh_from_db()
            _told(request, by=None, at=at)


def _told(request: PersonRequest, *, by: Person | None, at: datetime) -> None:
    area, told = request.area_id, officers_of(request, at)
    record("request.asked", on=request, by=by, at=at, area=area, tell=told, kind=request.kind, proof=request.proof)


def officers_of(request: PersonRequest, at: datetime) -> list[Person]:
    """Who answers this request."""
    officers = Appointment.objects.filter(role__in=OFFICERS).valid_on(timezone.localdate(at))
    told = Person.objects.filter(pk__in=officers.values("person"), is_active=True)
    return [one for one in told if PersonRequest.objects.visible_to(scope_of(one, at)).filter(pk=request.pk).exists()]


# --- the answer ---------------------------------------------------------------------------------------------------------


@transaction.atomic
def answer(request: PersonRequest, *, words: str, by: Person, at: datetime) -> None:
    """Do what is asked, and say so. Raises `NotYours`, `BadInput`, `Refused`."""
    said = clean_words(words, field="words", required=True, longest=LONGEST_WORDS)
    _settle(request, by=by, at=at, state=State.DONE, said=said)


@transaction.atomic
def refuse(request: PersonRequest, *, reason: str, words: str, by: Person, at: datetime) -> None:
    """Say no, with a reason of the law and what it means here. Raises `NotYours`, `BadInput`, `Refused`."""
    if reason not in REFUSALS or request.kind not in REFUSALS[reason].kinds:
        raise BadInput("reason_missing", _("A request is refused only for one of these reasons."), field="reason")
    said = clean_words(words, field="words", required=True, longest=LONGEST_WORDS)
    _settle(request, by=by, at=at, state=State.REFUSED, said=said, refused_for=reason)


def _settle(
    request: PersonRequest, *, by: Person, at: datetime, state: State, said: str, refused_for: str = ""
) -> None:
    require_officer(by, at)
    waiting = PersonRequest.objects.filter(pk=request.pk, state=State.OPEN)
    locked = waiting.select_for_update().first()
    if locked is None:
        raise Refused("answered_already", _("It has been answered already. Refresh the page."))
    held = held_of(locked)
    found: dict[str, Any] = {**held.counts}
    if state == State.DONE:
        found |= _DOES.get(locked.kind, _nothing)(locked, held, by, at)
    waiting.update(
        state=state,
        refused_for=refused_for,
        answered_by=by,
        answered_at=at,
        found=found,
        sealed=locked.with_words(answer=said),
    )
    request.refresh_from_db()
    record("request.answered", on=request, by=by, at=at, area=request.area_id, kind=request.kind, state=state,
           reason=refused_for, **found)  # fmt: skip


def _nothing(_request: PersonRequest, _held: Held, _by: Person, _at: datetime) -> dict[str, int]:
    return {}


def _delete(request: PersonRequest, held: Held, by: Person, at: datetime) -> dict[str, int]:
    """What is kept by consent, and their own words. Matters and dossiers stay as long as the schedule says."""
    return _withdraw(request, held, by, at) | {
        "deleted_own_words": sum(forgetting.forget_own_words(one, by=by, at=at) for one in _free(held)),
    }


def _withdraw(request: PersonRequest, held: Held, by: Person, at: datetime) -> dict[str, int]:
    deleted = sum(forgetting.forget_contact(one, by=by, at=at) for one in _free(held))
    deleted += sum(kept_contacts.forget_contact(one, request.words["reach"], by=by, at=at) for one in held.kept)
    for one in held.followed:
        stop(one)
    kept_back = len(held.events) - len(_free(held))
    return {"deleted_contacts": deleted, "deleted_followed": len(held.followed), "held": kept_back}


def _correct(request: PersonRequest, held: Held, by: Person, at: datetime) -> dict[str, int]:
    words = request.words["new_reach"]
    free = [one for one in _free(held) if one.pk in held.with_contact]
    corrected = sum(forgetting.correct_contact(one, words=words, by=by, at=at) for one in free)
    for one in held.kept:
        corrected += kept_contacts.correct_contact(one, request.words["reach"], words=words, by=by, at=at)
    return {"corrected": corrected, "held": len(held.events) - len(_free(held))}


#: What is done for each kind; the others are answered in words alone.
_DOES: dict[str, Callable[[PersonRequest, Held, Person, datetime], dict[str, int]]] = {
    Kind.DELETE: _delete,
    Kind.WITHDRAW: _withdraw,
    Kind.CORRECT: _correct,
}


def _free(held: Held) -> list[Event]:
    """Those on which no hold stands."""
    kept = set(Hold.objects.keys_of(HeldKind.EVENT))
    return [one for one in held.events if one.pk not in kept]


# --- reading it ---------------------------------------------------------------------------------------------------------


def find(code: str) -> PersonRequest | None:
    """The request of this code, however it was typed; None if there is none."""
    signs = "".join(sign for sign in code.upper() if sign.isalnum())
    return PersonRequest.objects.filter(code_sha256=_digest(signs)).first() if len(signs) == _CODE else None


@transaction.atomic
def note_copied(request: PersonRequest, *, at: datetime) -> None:
    """Somebody took the copy: written down like every look."""
    record("request.copied", on=request, by=None, at=at, area=request.area_id)


def require_officer(by: Person, at: datetime) -> None:
    """Raises `NotYours` unless they answer requests."""
    if not scope_of(by, at).holds(*OFFICERS):
        raise not_yours()


def forget_unproved(at: datetime) -> int:
    """Delete requests whose code never came back; how many."""
    return PersonRequest.objects.filter(state=State.UNPROVED, asked_at__lt=at - timedelta(days=1)).delete()[0]


def forget_answered(before: datetime, *, most: int) -> int:
    """Delete requests answered before a moment, at most so many; how many. The journal keeps that they were answered."""
    due = PersonRequest.objects.filter(answered_at__lt=before).order_by("answered_at")
    keys = list(due.values_list("pk", flat=True)[:most])
    return PersonRequest.objects.filter(pk__in=keys).delete()[0] if keys else 0


# --- small things -------------------------------------------------------------------------------------------------------


def _way_of(reach: str) -> tuple[Way, str]:
    way = Way.MAIL if "@" in reach else Way.SMS
    clean = _clean_reach(reach)
    if way not in proving_ways():
        raise BadInput(
            "no_way",
            _("No message can be sent there from here. Use the code of a receipt, or come to the window."),
            field="reach",
        )
    return way, clean


def _clean_reach(reach: str) -> str:
    try:
        return (read_mail(reach) if "@" in reach else read_number(reach))["to"]
    except BadInput as refusal:
        refusal.facts["field"] = "reach"
        raise


def _only_county() -> Area | None:
    counties = list(Area.objects.open().filter(parent__isnull=True)[:2])
    return counties[0] if len(counties) == 1 else None


def _due(at: datetime) -> datetime:
    return calendar_from(at).close_of(at, promise().working_days, home_zone())


def _digest(signs: str) -> str:
    return hashlib.sha256(f"linli.privacy {signs}".encode()).hexdigest()


def _mark(reach: str) -> str:
    words = f"linli privacy {reach.casefold()}".encode()
    return hmac.digest(settings.SECRET_KEY.encode(), words, hashlib.sha256).hex()
