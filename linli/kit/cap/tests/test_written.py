"""What is written in CAP 1.2 is read as it was, and told nothing of: over every field, by Hypothesis."""

from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given, settings
from hypothesis import strategies as some

from linli.kit.cap import Alert, Area, Circle, Info, Named, Reference, Resource, read_alerts, shape
from linli.kit.cap.tests.messages import WARNING, packed, written
from linli.kit.refusal import BadInput

#: Whatever XML can carry, blanks at the ends apart: those are nobody's.
words = (
    some.text(
        some.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff"), min_size=1, max_size=20
    )
    .map(str.strip)
    .filter(bool)
)
maybe = some.just("") | words
names = some.from_regex(r"\A[a-z0-9_.@:/-]{1,30}\Z")
quotable = some.from_regex(r"\A[a-z@一-龥]{1,6}( [a-z@一-龥]{1,6})?\Z")
zones = some.integers(-12 * 4, 14 * 4).map(lambda quarters: timezone(timedelta(minutes=15 * quarters)))
moments = some.builds(datetime.fromtimestamp, some.integers(600_000_000, 5_600_000_000), zones)
points = some.tuples(some.integers(-180_000_000, 180_000_000), some.integers(-72_000_000, 72_000_000)).map(
    lambda millionths: (millionths[0] / 1e6, millionths[1] / 1e6)
)
rings = some.lists(points, min_size=3, max_size=6).map(lambda ring: (*ring, ring[0]))
thousandths = some.integers(0, 10_000_000).map(lambda number: number / 1000)


def some_of(one: some.SearchStrategy, most: int = 3) -> some.SearchStrategy:
    return some.lists(one, max_size=most).map(tuple)


named = some.builds(Named, words, maybe)
resources = some.builds(
    Resource,
    description=words,
    mime_type=some.sampled_from(["image/png", "text/html", "application/x-word; a=b"]),
    size=some.none() | some.integers(0, 10**12 - 1),
    uri=some.sampled_from(["", "map.png", "https://example.org/a?b=c&d"]),
    content=some.binary(max_size=20).map(packed),
    digest=some.just("") | some.from_regex(r"\A[0-9a-f]{40}\Z"),
)
areas = some.builds(
    Area,
    description=words,
    polygons=some_of(rings),
    circles=some_of(some.builds(Circle, points, thousandths)),
    geocodes=some_of(named),
    altitude_ft=thousandths,
    ceiling_ft=some.none() | thousandths,
)
infos = some.builds(
    Info,
    language=some.sampled_from(["zh-CN", "en", "x-klingon", "zh-Hans-CN"]),
    categories=some.lists(some.sampled_from(shape.CATEGORIES), min_size=1, max_size=3).map(tuple),
    event=words,
    response_types=some_of(some.sampled_from(shape.RESPONSE_TYPES)),
    urgency=some.sampled_from(shape.URGENCIES),
    severity=some.sampled_from(shape.SEVERITIES),
    certainty=some.sampled_from(shape.CERTAINTIES),
    audience=maybe,
    event_codes=some_of(named),
    effective_at=some.none() | moments,
    onset_at=some.none(),
    expires_at=some.none() | some.just(datetime(2199, 12, 31, tzinfo=UTC)),
    sender_name=maybe,
    headline=maybe,
    description=maybe,
    instruction=maybe,
    web=some.sampled_from(["", "https://example.org:8443/a?b=c&d#e"]),
    contact=maybe,
    parameters=some_of(named),
    resources=some_of(resources, 2),
    areas=some_of(areas, 2),
)
alerts = some.builds(
    Alert,
    version=some.just("1.2"),
    identifier=names,
    sender=names,
    sent_at=moments,
    status=some.sampled_from(shape.STATUSES),
    message_type=some.sampled_from(shape.MESSAGE_TYPES),
    scope=some.sampled_from(shape.SCOPES),
    source=maybe,
    restriction=words,
    addresses=some.lists(quotable, min_size=1, max_size=3).map(tuple),
    codes=some_of(words),
    note=words,
    references=some.lists(some.builds(Reference, names, names.map("1".__add__), moments), min_size=1, max_size=3).map(
        tuple
    ),
    incidents=some_of(quotable),
    infos=some_of(infos, 2),
)


@settings(max_examples=40)
@given(alerts)
def test_what_is_written_is_read_as_it_was(alert: Alert) -> None:
    (message,) = read_alerts(written(alert), UTC).messages
    assert message.alert == alert
    assert [problem for problem in message.problems if problem.code != "refers_to_itself"] == []


@settings(max_examples=150)
@given(some.integers(0, 10_000), some.binary(max_size=6), some.integers(0, 40))
def test_whatever_is_broken_is_read_or_refused_in_words(at: int, put: bytes, cut: int) -> None:
    whole = WARNING.encode()
    at %= len(whole)
    try:
        found = read_alerts(whole[:at] + put + whole[at + cut :], UTC)
    except BadInput as refused:
        assert refused.message
        return
    assert all(problem.words for message in found.messages for problem in message.problems)
