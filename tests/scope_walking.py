"""Walking through the house as one person: every row asked, and what was not as it should be, told in a line each."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import connection, transaction
from django.http import HttpResponseNotFound
from django.test import Client, RequestFactory
from django.test.client import ClientHandler
from django.urls import reverse

from linli import urls as house
from linli.kit import throttle
from linli.web import rates
from tests.addresses import HIDDEN, NEEDS, OPEN_DATA, QUERY
from tests.scope_rows import (
    FOR_EVERYBODY,
    GIVEN,
    KEYS,
    LOOKS,
    NUMBER,
    QUERIES,
    REACHES,
    ROWS,
    SENT,
    SHOWS,
    TOLD,
    TRIALS,
    WORDS,
)
from tests.things import HERE
from tests.walkers import NOT_IN, SUMMARY, Ground

#: Written without anybody's act: a session, and what a page remembers of one.
_UNCOUNTED = ("django_session",)
_WRITES = re.compile(r'\s*(?:INSERT|UPDATE|DELETE|REPLACE)[^"]*"(\w+)"', re.IGNORECASE)
_BY_STATUS = {401: "asked to sign in", 403: "refused", 404: "unseen", 405: "wrong method"}


class Visitor(RequestFactory):
    """Asks as a browser does, through every middleware; unlike Django's client it keeps no copy of what pages were made of."""

    def __init__(self, client: Client) -> None:
        super().__init__()
        self.cookies = client.cookies
        self._handler = ClientHandler(enforce_csrf_checks=False)

    def request(self, **more: Any) -> Any:
        """The answer to one request."""
        return self._handler(self._base_environ(**more))


def visitor(walker: str, ground: Ground) -> Visitor:
    """This walker, signed in; a person who was put off afterwards still holds the session of then."""
    client, person = Client(), ground.people[walker]
    if person is not None:
        client.force_login(person)
    return Visitor(client)


def urls(*more: Any) -> ModuleType:
    """The addresses of the house, with more before them; what is not there is said without drawing a page, which is slow."""
    made = ModuleType("tests.scope_urls")
    made.urlpatterns = [*more, *house.urlpatterns]  # type: ignore[attr-defined]
    made.handler404 = lambda request, exception: HttpResponseNotFound()  # type: ignore[attr-defined]
    return made


@dataclass(frozen=True)
class Question:
    """One request of a walk."""

    name: str
    method: str
    where: str
    sent: dict[str, Any]

    def __str__(self) -> str:
        return f"{self.method} {self.name} ({self.where})"


def questions(ground: Ground, *, for_everybody: bool = True) -> Iterator[Question]:
    """Every row asked by each method that it takes; those that are the same for everybody only when that is wished."""
    for name, method, known in _each():
        if known != "-" and (for_everybody or known not in FOR_EVERYBODY):
            yield from _asked(name, method, ground)


def wrong_questions(ground: Ground) -> Iterator[Question]:
    """Every row asked by the method that it does not take."""
    for name, method, known in _each():
        if known == "-":
            yield from _asked(name, method, ground)


def _each() -> Iterator[tuple[str, str, str]]:
    """Address, method and reach; signing out comes last."""
    for name in sorted(ROWS, key=lambda one: (one == "sign_out", one)):
        yield from ((name, method, known) for method, known in zip(("GET", "POST"), ROWS[name], strict=True))


def _asked(name: str, method: str, ground: Ground) -> Iterator[Question]:
    path = reverse(name, kwargs=_values(NEEDS.get(name, {}) | GIVEN.get(name, {}), ground))
    if method == "POST":
        yield Question(name, method, path, {"text": "试试"} | _values(SENT.get(name, {}), ground))
        return
    for query in QUERIES.get(name, (QUERY.get(name, ""),)):
        yield Question(name, method, path + query.format(**ground.numbers), {})


def _values(named: dict[str, str], ground: Ground) -> dict[str, Any]:
    return {key: of[1:] if of.startswith("=") else ground.numbers[of] for key, of in named.items()}


def faults(walker: str, ground: Ground, asked: Iterable[Question]) -> list[str]:
    """Whatever this walker was told, shown or let do that its row does not say."""
    who, found = visitor(walker, ground), []
    for question in asked:
        # An address that slows people down would answer all who come after with 429.
        throttle.forget()
        with transaction.atomic():
            given = answer(who, question)
            transaction.set_rollback(True)
        found += [f"{walker}: {question}: {what}" for what in _wrong(walker, question, *given, ground)]
    return found


def answer(who: Visitor, question: Question) -> tuple[str, str, set[str]]:
    """What kind of answer, the page, and the tables that were written to."""
    written: set[str] = set()

    def look(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if found := _WRITES.match(sql):
            written.add(found.group(1))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(look):
        given = (question.where, question.sent) if question.method == "POST" else (question.where,)
        response = getattr(who, question.method.lower())(*given)
        content = b"".join(response) if response.streaming else response.content
    return _kind(response), content.decode(errors="replace"), written - set(_UNCOUNTED)


def _kind(response: Any) -> str:
    if response.status_code >= 500:
        return f"broken ({response.status_code})"
    if response.headers.get("Location", "").startswith("/sign-in?next="):
        return "asked to sign in"
    return _BY_STATUS.get(response.status_code, "open")


def _wrong(walker: str, question: Question, answer: str, page: str, written: set[str], ground: Ground) -> Iterator[str]:
    wanted = expected(walker, question)
    if answer not in wanted:
        yield f"{answer}, not {' or '.join(sorted(wanted))}"
    if answer != "open" and written and question.name not in LOOKS:
        yield f"{answer}, and yet wrote to {', '.join(sorted(written))}"
    if question.method == "GET" and written and question.name not in rates.COSTLY | TRIALS:
        yield "writes when it is read, and has no limit"
    yield from (f"shows {what}" for what in leaks(walker, question, page, ground))
    if question.method == "GET" and question.where.count("?") == 0 and (shown := SHOWS.get(question.name)):
        if walker in REACHES[shown].opens and HERE not in page:
            yield "does not show the matter"


def expected(walker: str, question: Question) -> set[str]:
    """The kinds of answers that the row allows."""
    name = question.name
    known = ROWS[name][question.method == "POST"]
    if known == "-":
        # Doors of an office are not there for others, whatever they are asked by.
        return {"wrong method", "unseen", "refused"} | ({"asked to sign in"} if walker in NOT_IN else set())
    of = REACHES[known]
    if known == "token":
        return {"asked to sign in"}
    if walker in NOT_IN and not of.is_public:
        if known == "nothing":
            return {"unseen", "asked to sign in"}
        hidden = name in HIDDEN and question.method == "GET"
        return {"unseen"} if hidden else {"asked to sign in"}
    return {"open"} if walker in of.opens else {"refused"} if walker in of.refused else {"unseen"}


def leaks(walker: str, question: Question, page: str, ground: Ground) -> list[str]:
    """What stands on the page of the matter or the dispute, for whom it is not. What was asked for is only said again."""
    numbers = ground.numbers
    marks: dict[str, str] = {}
    if walker not in REACHES["matter"].opens:
        marks |= {WORDS: HERE, KEYS[0]: str(numbers["event"])}
        if not (question.name in OPEN_DATA or question.name.startswith("status")):
            marks[NUMBER] = numbers["number"]
    if walker not in REACHES["file"].opens and not question.name.startswith("mediation_public"):
        marks |= {"what a dispute is about": SUMMARY, KEYS[1]: str(numbers["dispute"])}
    of, told = TOLD.get(question.name, ("nothing", ()))
    if walker in REACHES[of].opens:
        marks = {what: mark for what, mark in marks.items() if what not in told}
    # Names of places hold words of the matter, and are no matters.
    page = page.replace(f"{HERE}旁的市场", "")
    asked = f"{question.where} {question.sent}"
    return [what for what, mark in marks.items() if mark in page and mark not in asked]


#: What is made anew for every page: the token of its forms, keys of acts, the time; and how long the chains of the journal are.
_ANEW = re.compile(
    r'\b[A-Za-z0-9]{64}\b|name="form" value="[^"]*"|data-live-after="[^"]*"'
    r"|[0-9a-f]{8}-[0-9a-f]{4}-[47][0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}|\d{1,2}:\d\d(?::\d\d)?(?:\.\d+)?"
)


def settled(page: str) -> str:
    """A page without what differs each time it is asked for."""
    return _ANEW.sub("…", page)


def rows_of_every_table() -> dict[str, int]:
    """How many rows there are, of all that is ours."""
    models = [one for one in apps.get_models(include_auto_created=True) if one.__module__.startswith("linli.")]
    return {one._meta.db_table: one._base_manager.count() for one in models}


assert settings.SESSION_ENGINE == "django.contrib.sessions.backends.db", "Another table of sessions: see _UNCOUNTED."
