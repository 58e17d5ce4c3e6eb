"""Who listens: somebody signed in with what they may see, somebody who holds the receipt of one matter, or a screen of a wall.

Looked up many at a time, when they come and every few seconds after: whoever has signed out, lost an appointment or
changed the password hears nothing more.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from types import SimpleNamespace
from typing import Any, NamedTuple

from django.contrib.auth import get_user
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.utils import timezone

from linli.events import actions
from linli.events.models import Event
from linli.kit.refusal import Refused
from linli.kit.sealing import unseal_from_session
from linli.people.actions import scopes_of
from linli.people.models import Person
from linli.wall.screens import areas_shown

_CHUNK = 500


class Asked(NamedTuple):
    """A browser's session, and the number of the matter whose receipt it holds; without one it is of somebody signed in.

    Of a screen `session` is its token.
    """

    session: str
    number: str = ""
    is_screen: bool = False


@dataclass(frozen=True, slots=True)
class Listener:
    """One who may listen. `person` is 0 for the holder of a receipt, who has no areas and departments, and for a screen, which
    has one area.
    """

    asked: Asked
    person: int
    areas: tuple[str, ...] = ()
    departments: tuple[str, ...] = ()
    #: Keys of matters whose receipt it is: its own, and the one that goes on for it.
    watched: tuple[str, ...] = ()
    #: Of what the right rests on; as long as it is the same, nothing need be looked up.
    mark: int = 0


def admit(asked: Sequence[Asked]) -> list[Listener | None]:
    """For each who it is; None for a session that has no right to this."""
    marks = _marks([(one, 0 if one.is_screen else _person_of(one.session)) for one in asked])
    scopes = scopes_of([person for person, _mark in marks if person], timezone.now())
    shown = _shown(asked)
    found: list[Listener | None] = []
    for one, (person, mark) in zip(asked, marks, strict=True):
        if one.is_screen:
            area = shown.get(one.session)
            found.append(Listener(one, 0, (area,), mark=mark) if area else None)
        elif one.number:
            watched = _watched(one)
            found.append(Listener(one, 0, watched=watched, mark=mark) if watched else None)
        elif person:
            scope = scopes[person]
            found.append(Listener(one, person, tuple(scope.area_codes), tuple(scope.departments), mark=mark))
        else:
            found.append(None)
    return found


def changed(listeners: Iterable[Listener]) -> dict[Listener, Listener | None]:
    """Those who no longer stand as they did, with how they stand now; None for whoever may not listen any more."""
    found: dict[Listener, Listener | None] = {}
    rest = iter(listeners)
    while some := list(islice(rest, _CHUNK)):
        marks = _marks([(one.asked, one.person) for one in some])
        scopes = scopes_of([one.person for one in some if one.person], timezone.now())
        shown = _shown([one.asked for one in some])
        doubtful = [
            one
            for one, (_person, mark) in zip(some, marks, strict=True)
            if mark != one.mark
            or (one.person and not _sees(one, scopes[one.person]))
            or (one.asked.is_screen and one.areas != (shown.get(one.asked.session),))
        ]
        found |= dict(zip(doubtful, admit([one.asked for one in doubtful]), strict=True))
    return found


def _shown(asked: Iterable[Asked]) -> dict[str, str]:
    """Of the screens among them, by token, the area whose wall each shows."""
    return areas_shown([one.session for one in asked if one.is_screen], timezone.now())


def is_same(one: Listener, now: Listener | None) -> bool:
    """Whether the right is as it was, whatever else has changed in the session."""
    return now is not None and replace(now, mark=one.mark) == one


def _sees(one: Listener, scope: Any) -> bool:
    return (one.areas, one.departments) == (tuple(scope.area_codes), tuple(scope.departments))


def _marks(pairs: Sequence[tuple[Asked, int]]) -> list[tuple[int, int]]:
    """The person, and a number that changes with their session or password."""
    rows = Session.objects.filter(session_key__in=[one.session for one, _person in pairs])
    sessions = dict(rows.filter(expire_date__gt=timezone.now()).values_list("session_key", "session_data"))
    people = Person.objects.filter(pk__in={person for _one, person in pairs if person}, is_active=True)
    passwords = dict(people.values_list("pk", "password"))
    return [(person, hash((sessions.get(one.session), passwords.get(person)))) for one, person in pairs]


def _person_of(session: str) -> int:
    """Just what Django asks of a request to tell whose session it is; 0 for nobody's."""
    user = get_user(SimpleNamespace(session=SessionStore(session)))  # type: ignore[arg-type]
    return int(user.pk) if user.is_authenticated else 0


def _watched(asked: Asked) -> tuple[str, ...]:
    """The matter whose receipt this browser holds, and the one it was merged into."""
    sealed = SessionStore(asked.session).get("receipts", {}).get(asked.number, "")
    if not sealed:
        return ()
    try:
        event = actions.open_receipt(asked.number, unseal_from_session(sealed, bound_to=asked.number.encode()))
    except Refused:
        return ()
    return tuple(str(key) for key in _followed(event))


def _followed(event: Event) -> list[Any]:
    keys = [event.pk]
    while event.merged_into is not None and event.merged_into.pk not in keys:
        event = event.merged_into
        keys.append(event.pk)
    return keys
