"""Doors of programs as their document describes them: every operation is asked what hypothesis makes of it, right and wrong."""

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple, cast
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

from tools.fuzz.breaking import Dice
from tools.fuzz.running import Target

#: What must hold of every answer. That everything a schema allows is taken is not among them: a span of days may be too long.
HOLDS = (
    *("not_a_server_error", "status_code_conformance", "content_type_conformance", "response_schema_conformance"),
    "response_headers_conformance",
)
#: Where what is wrong must be refused. Open311 takes what it can of it, and the hatch keeps fields that nobody knows.
STRICT = (*HOLDS, "ignored_auth", "negative_data_rejection")
#: The one of them that asks for a refusal.
_WRONG = "negative_data_rejection"
#: Calls of one case: to make the first takes longer than to make twenty.
CALLS = 20
_GRID = "440881101201005"
Program = Callable[[dict[str, Any], Any], list[bytes]]


class Sent(NamedTuple):
    """One operation, asked several times."""

    operation: int
    is_right: bool
    is_known: bool
    seed: int


@dataclass
class Side:
    """One door: where its addresses begin, what must hold there, who answers, and what opens it."""

    name: str
    begins: str
    holds: tuple[str, ...]
    program: Program
    headers: dict[str, str]
    #: What there is in the world, by the names of parameters: what is made up by a pattern is never there.
    known: dict[str, Any]
    #: What goes with every body of which all is known.
    sent: dict[str, Any] = field(default_factory=dict)


def api(_folder: Path) -> Target:
    """The programming interface, with a key for a township."""
    known = {"code": "440881101201", "area": "440881101201", "parent": "440881101", "matter": _reported()}
    return _target(Side("api", "/api/v1/", STRICT, _program(), _bearer("api"), known))


def described_open311(_folder: Path) -> Target:
    """Open311 as the same document describes it."""
    where = {"lat": "21.7", "long": "110.05", "service_code": "C01"}
    sent = where | {"api_key": _key("open311")}
    return _target(Side("described_open311", "/open311/", HOLDS, _program(), {}, {"number": _reported()}, sent))


def described_hatch(_folder: Path) -> Target:
    """The hatch as the same document describes it."""
    from linli.intake.testing import Door

    door = Door().wait_until_ready()
    known = {"area": _GRID, "category": "C01", "crs": "wgs84", "kind": "report", "urgency": "normal", "by": None}
    times = {"occurred_at": None, "made_at": None}
    sent = known | times | {"lon": 110.05, "lat": 21.7}
    headers, own = _bearer("intake"), str(UUID(int=1, version=4))
    body = json.dumps({"id": own, "area": _GRID, "text": "水沟堵了"}).encode()
    door.post("/intake/v1/reports", body, authorization=headers["Authorization"])
    side = Side("described_hatch", "/intake/v1/", HOLDS, _program(door), headers, {"id": own}, sent)
    return _target(side, door.close)


def _target(side: Side, close: Callable[[], None] = lambda: None) -> Target:
    # Imported here: it takes longer than all the rest together, and only these targets need it.
    import schemathesis

    served = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", side.program)
    all_there_are: list[Any] = [cast("Any", one).ok() for one in served.get_all_operations()]
    operations = [one for one in all_there_are if one.path.startswith(side.begins)]

    def make(dice: Dice) -> Sent:
        is_right, is_known = dice.random() < 0.6, dice.random() < 0.6
        return Sent(dice.randrange(len(operations)), is_right, is_right and is_known, dice.getrandbits(32))

    def take(sent: Sent) -> str:
        modes = schemathesis.GenerationMode
        mode = modes.POSITIVE if sent.is_right else modes.NEGATIVE
        cases = operations[sent.operation].as_strategy(generation_mode=mode)
        return _called(cases.map(_known_of(side)) if sent.is_known else cases, sent.seed, side)

    return Target(side.name, make, take, close)


def _known_of(side: Side) -> Callable[[Any], Any]:
    """A case of which all is made up, to one of what there is in the world."""

    def known(case: Any) -> Any:
        for given in (case.path_parameters, case.query):
            given.update((name, value) for name, value in side.known.items() if name in given)
        for body in case.body if isinstance(case.body, list) else [case.body]:
            if isinstance(body, dict):
                body.update(side.sent)
        return case

    return known


def _called(strategy: Any, seed: int, side: Side) -> str:
    """The statuses that came back. Raises what schemathesis says of an answer that is not as it should be."""
    import hypothesis
    from schemathesis.checks import CHECKS, load_all_checks

    from tools.fuzz.doors import no_limits

    came: Counter[int] = Counter()
    load_all_checks()
    checks = CHECKS.get_by_names(list(side.holds))
    no_limits()

    @hypothesis.seed(seed)
    @hypothesis.settings(
        max_examples=CALLS,
        database=None,
        deadline=None,
        phases=[hypothesis.Phase.generate],
        suppress_health_check=list(hypothesis.HealthCheck),
    )
    @hypothesis.given(strategy)
    def ask(case: Any) -> None:
        response = case.call(headers=side.headers)
        came[response.status_code] += 1
        asked = checks if _has_arrived(case, response) else [one for one in checks if one.__name__ != _WRONG]
        case.validate_response(response, headers=side.headers, checks=asked)

    try:
        ask()
    except hypothesis.errors.Unsatisfiable:
        return "nothing to be wrong"
    except BaseExceptionGroup as wrong:
        # A group of these is no Exception: it would go past everything and end the process.
        raise AssertionError("\n".join(str(one) for one in (wrong, *wrong.exceptions))) from None
    return ", ".join(str(status) for status in sorted(came))


def _has_arrived(case: Any, response: Any) -> bool:
    """Whether all that was made up went over the wire: of an empty list nothing does, and then it is not wrong."""
    query = parse_qs(urlsplit(response.request.url).query, keep_blank_values=True)
    return set(query) == set(case.query or {})


# --- who answers ------------------------------------------------------------------------------------------------------


def _program(door: Any = None) -> Program:
    """The very program that serves; what lies under `/intake/v1/` is answered by the hatch, as the front has it.

    The store stays open from one call to the next, as Django's own client has it.
    """
    from django.core.handlers.wsgi import WSGIHandler
    from django.core.signals import request_finished, request_started
    from django.db import close_old_connections

    program = WSGIHandler()

    def call(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        if door is not None and environ["PATH_INFO"].startswith("/intake/v1/"):
            return _by_the_hatch(door, environ, start_response)
        for one in (request_started, request_finished):
            one.disconnect(close_old_connections)
        try:
            answer = program(environ, start_response)
            content = b"".join(answer)
            answer.close()
            return [content]
        finally:
            for one in (request_started, request_finished):
                one.connect(close_old_connections)

    return call


def _by_the_hatch(door: Any, environ: dict[str, Any], start_response: Any) -> list[bytes]:
    named = {name[5:].lower(): value for name, value in environ.items() if name.startswith("HTTP_")}
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    path = environ["PATH_INFO"].encode("latin-1").decode("utf-8", "replace")
    asked = path + (f"?{environ['QUERY_STRING']}" if environ.get("QUERY_STRING") else "")
    status, words = door.ask(
        environ["REQUEST_METHOD"], asked, body, **named, content_type=environ.get("CONTENT_TYPE", "")
    )
    headers = [(name, value) for name, value in door.headers.items() if name != "content-length"]
    start_response(f"{status} Answered", headers)
    return [words.encode() if isinstance(words, str) else json.dumps(words).encode()]


# --- what there is ----------------------------------------------------------------------------------------------------


def _bearer(purpose: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {_key(purpose)}", "Accept-Language": "en"}


def _key(purpose: str) -> str:
    """The text of a key for a township, made or rotated."""
    from django.utils import timezone

    from linli.intake import keys
    from linli.intake.models import ApiKey

    name, at = f"fuzz {purpose}", timezone.now()
    if ApiKey.objects.filter(name=name).exists():
        return keys.rotate(name, at=at)[1]
    return keys.create(name, purpose=purpose, area="440881101", at=at)[1]


def _reported() -> str:
    """The number of a matter that everybody may see."""
    from django.utils import timezone

    from linli.areas.models import Area
    from linli.events import actions
    from linli.events.models import Category

    category, area = Category.objects.get(code="C01"), Area.objects.get(pk=_GRID)
    told: dict[str, Any] = {"text": "水沟堵了", "area": area, "category": category, "source": "open311"}
    return actions.report(**told, at=timezone.now()).event.number
