"""The programming interface: every operation of its own document, asked what hypothesis makes up of it, right and wrong."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple, cast
from urllib.parse import parse_qs, urlsplit

from tools.fuzz.breaking import Dice
from tools.fuzz.running import Target

#: What must hold of every answer. That everything a schema allows is taken is not among them: a span of days may be too long.
HOLDS = (
    *("not_a_server_error", "status_code_conformance", "content_type_conformance", "response_schema_conformance"),
    *("response_headers_conformance", "ignored_auth", "negative_data_rejection"),
)
#: The one of them that asks for a refusal.
_WRONG = "negative_data_rejection"
#: Calls of one case: to make the first takes longer than to make twenty.
CALLS = 20
#: What there is in the world, by the names of parameters: what is made up by a pattern is never there.
_KNOWN = {"code": "440881101201", "area": "440881101201", "parent": "440881101", "matter": "440881101-202611-000001"}


class Sent(NamedTuple):
    """One operation, asked several times."""

    operation: int
    is_right: bool
    is_known: bool
    seed: int


def api(_folder: Path) -> Target:
    """Over a small world, with a key for a township; what comes back must be as the document says."""
    # Imported here: it takes longer than all the rest together, and only this target needs it.
    import schemathesis

    headers = _headers()
    served = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", _program())
    operations: list[Any] = [cast("Any", one).ok() for one in served.get_all_operations()]

    def make(dice: Dice) -> Sent:
        is_right, is_known = dice.random() < 0.6, dice.random() < 0.6
        return Sent(dice.randrange(len(operations)), is_right, is_right and is_known, dice.getrandbits(32))

    def take(sent: Sent) -> str:
        from linli.kit import throttle

        throttle.forget()
        modes = schemathesis.GenerationMode
        mode = modes.POSITIVE if sent.is_right else modes.NEGATIVE
        cases = operations[sent.operation].as_strategy(generation_mode=mode)
        return _called(cases.map(_of_what_is_known) if sent.is_known else cases, sent.seed, headers)

    return Target("api", make, take)


def _of_what_is_known(case: Any) -> Any:
    for given in (case.path_parameters, case.query):
        given.update((name, value) for name, value in _KNOWN.items() if name in given)
    return case


def _has_arrived(case: Any, response: Any) -> bool:
    """Whether all that was made up went over the wire: of an empty list nothing does, and then it is not wrong."""
    query = parse_qs(urlsplit(response.request.url).query, keep_blank_values=True)
    return set(query) == set(case.query or {})


def _called(strategy: Any, seed: int, headers: dict[str, str]) -> str:
    """The statuses that came back. Raises what schemathesis says of an answer that is not as it should be."""
    import hypothesis
    from schemathesis.checks import CHECKS, load_all_checks

    came: Counter[int] = Counter()
    load_all_checks()
    checks = CHECKS.get_by_names(list(HOLDS))

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
        response = case.call(headers=headers)
        came[response.status_code] += 1
        asked = checks if _has_arrived(case, response) else [one for one in checks if one.__name__ != _WRONG]
        case.validate_response(response, headers=headers, checks=asked)

    try:
        ask()
    except BaseExceptionGroup as wrong:
        # A group of these is no Exception: it would go past everything and end the process.
        raise AssertionError("\n".join(str(one) for one in (wrong, *wrong.exceptions))) from None
    return ", ".join(str(status) for status in sorted(came))


def _program() -> Callable[[dict[str, Any], Any], list[bytes]]:
    """The very program that serves; the store stays open from one call to the next, as Django's own client has it."""
    from django.core.handlers.wsgi import WSGIHandler
    from django.core.signals import request_finished, request_started
    from django.db import close_old_connections

    program = WSGIHandler()

    def call(environ: dict[str, Any], start_response: Any) -> list[bytes]:
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


def _headers() -> dict[str, str]:
    from django.utils import timezone

    from linli.areas.models import Area
    from linli.events import actions
    from linli.events.models import Category
    from linli.intake import keys
    from linli.intake.models import ApiKey, Purpose

    at = timezone.now()
    if ApiKey.objects.filter(name="fuzz").exists():
        text = keys.rotate("fuzz", at=at)[1]
    else:
        category, area = Category.objects.get(code="C01"), Area.objects.get(pk=_KNOWN["code"])
        _KNOWN["matter"] = actions.report(
            text="水沟堵了", area=area, category=category, at=at, source="open311"
        ).event.number
        text = keys.create("fuzz", purpose=Purpose.API, area="440881101", at=at)[1]
    return {"Authorization": f"Bearer {text}", "Accept-Language": "en"}
