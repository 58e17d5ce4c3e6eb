"""The files of an area: that programs can read them, that nothing is missed, and that nothing is sent twice for nothing."""

import csv
import json
import re
from datetime import timedelta
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit
from xml.etree import ElementTree

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from linli.events import actions
from linli.events.models import Event
from linli.events.rules import State
from linli.events.testing import World, make_event
from linli.openness.testing import COUNTY, VILLAGE, make_secret

NOW = timezone.now()
ATOM = "{http://www.w3.org/2005/Atom}"


def get(client: Client, where: str, **headers: str) -> Any:
    return client.get(where, headers=headers)


def local(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.path}?{parts.query}"


def rows_of(content: bytes) -> list[dict[str, str]]:
    lines = [line for line in content.decode("utf-8-sig").splitlines() if not line.startswith("#")]
    return list(csv.DictReader(lines))


# --- form ---------------------------------------------------------------------------------------------------------------


def test_the_feed_is_atom(world: World, client: Client) -> None:
    first, second = (make_secret(world, at=NOW - timedelta(hours=hours)) for hours in (3, 2))
    response = get(client, f"/area/{COUNTY}/feed.atom")
    assert response.headers["Content-Type"] == "application/atom+xml; charset=utf-8"
    feed = ElementTree.fromstring(response.content)
    for one in (feed, *feed.iter(f"{ATOM}entry")):
        assert all(one.findtext(f"{ATOM}{name}") for name in ("id", "title", "updated"))
        # RFC 4287 §3.3 and RFC 3339.
        timezone.datetime.fromisoformat(one.findtext(f"{ATOM}updated", ""))  # type: ignore[attr-defined]
    assert feed.findtext(f"{ATOM}author/{ATOM}name") == "廉江市"
    assert {link.get("rel") for link in feed.iter(f"{ATOM}link")} >= {"self", "alternate"}
    summaries = [one.findtext(f"{ATOM}summary", "") for one in feed.iter(f"{ATOM}entry")]
    assert [words.split(" ")[0] for words in summaries] == [second.number, first.number]


def test_an_entry_keeps_its_id_and_says_when_it_changed(world: World, client: Client) -> None:
    event = make_event(world, State.ACCEPTED, at=NOW - timedelta(days=2))

    def entry() -> tuple[str | None, str | None]:
        cache.clear()
        feed = ElementTree.fromstring(get(client, f"/area/{VILLAGE}/feed.atom").content)
        return feed.findtext(f"{ATOM}entry/{ATOM}id"), feed.findtext(f"{ATOM}entry/{ATOM}updated")

    before = entry()
    actions.dispatch(event, lead=world.water, co_handlers=[], by=world.cast.county, at=NOW)
    after = entry()
    assert before[0] == after[0] and str(before[1]) < str(after[1])


def test_features_are_geojson(world: World, client: Client) -> None:
    make_secret(world, at=NOW - timedelta(hours=2))
    make_event(world, State.HANDLING, at=NOW - timedelta(hours=2))
    response = get(client, f"/area/{COUNTY}/matters.geojson")
    assert response.headers["Content-Type"] == "application/geo+json"
    found = response.json()
    assert found["type"] == "FeatureCollection" and len(found["features"]) == 2
    for feature in found["features"]:
        assert feature["type"] == "Feature" and {"geometry", "properties", "id"} <= feature.keys()
        if feature["geometry"]:
            lon, lat = feature["geometry"]["coordinates"]
            assert -180 <= lon <= 180 and -90 <= lat <= 90


def test_tables_say_what_they_are_and_under_which_terms(world: World, client: Client, settings: Any) -> None:
    settings.OPEN_DATA_LICENCE = "CC BY 4.0"
    event = make_secret(world, at=NOW - timedelta(hours=2))
    content = get(client, f"/area/{COUNTY}/matters.csv").content
    assert "CC BY 4.0" in content.decode() and "WGS-84" in content.decode()
    assert rows_of(content)[0] | {"number": event.number, "area": "上县村"} == rows_of(content)[0]
    figures = get(client, f"/area/{COUNTY}/figures.csv").content.decode()
    assert "CC BY 4.0" in figures and "按期" in figures
    assert "CC BY 4.0" in get(client, f"/area/{COUNTY}/matters.geojson").content.decode()
    assert "CC BY 4.0" in get(client, f"/area/{COUNTY}/feed.atom").content.decode()


def test_files_are_in_the_language_of_their_address_whoever_asks(world: World, client: Client) -> None:
    make_event(world, State.HANDLING, at=NOW - timedelta(hours=2))
    client.cookies["linli_language"] = "en"
    chinese = get(client, f"/area/{COUNTY}/matters.csv")
    english = get(client, f"/area/{COUNTY}/matters.csv?language=en")
    assert (rows_of(chinese.content)[0]["category"], rows_of(english.content)[0]["category"]) == ("排水管道", "Drains")
    assert "Cookie" not in chinese.headers.get("Vary", "")


# --- paging -------------------------------------------------------------------------------------------------------------


def walk(client: Client, kind: str, query: str, between: Any = lambda turn: None) -> list[str]:
    """The numbers of all pages; `between` is done before each further one."""
    found: list[str] = []
    where, turn = f"/area/{COUNTY}/{kind}?{query}", 0
    while where:
        content = get(client, where).content
        if kind == "matters.geojson":
            read = json.loads(content)
            found += [one["id"] for one in read["features"]]
            where = local(read["next"]) if read["next"] else ""
        elif kind == "matters.csv":
            found += [row["number"] for row in rows_of(content)]
            where = local(content.decode().partition("# next: ")[2].splitlines()[0]) if b"# next: " in content else ""
        else:
            feed = ElementTree.fromstring(content)
            found += [one.findtext(f"{ATOM}summary", "").split(" ")[0] for one in feed.iter(f"{ATOM}entry")]
            links = {link.get("rel"): link.get("href") for link in feed.iter(f"{ATOM}link")}
            where = local(links["next"] or "") if "next" in links else ""
        turn += 1
        between(turn)
        assert turn < 30
    return found


@pytest.fixture
def many(world: World) -> list[str]:
    """Twelve matters, some of the very same moment, in different states."""
    made = [
        make_event(world, (State.HANDLING, State.CLOSED)[number % 2], at=NOW - timedelta(days=9, hours=number // 3))
        for number in range(12)
    ]
    return [one.number for one in made]


@pytest.mark.parametrize("kind", ["feed.atom", "matters.geojson", "matters.csv"])
def test_all_pages_together_have_every_matter_once_while_new_ones_arrive(
    world: World, client: Client, many: list[str], kind: str
) -> None:
    def arrive(turn: int) -> None:
        make_event(world, State.HANDLING, at=NOW - timedelta(hours=2, minutes=turn))

    found = walk(client, kind, "limit=5", arrive)
    assert len(found) == len(set(found))
    assert set(many) <= set(found)


def test_whoever_asks_for_changes_misses_none_while_matters_change(
    world: World, client: Client, many: list[str]
) -> None:
    event = Event.objects.get(number=many[0])

    def change(turn: int) -> None:
        """It may have been told already; it comes again at the end."""
        if turn == 1:
            actions.submit_result(event, text="已疏通", without="不需要", by=world.cast.handler, at=timezone.now())

    found = walk(client, "matters.geojson", f"since={(NOW - timedelta(days=30)).date()}&limit=5", change)
    assert set(many) <= set(found)
    assert found[-1] == many[0]


def test_since_leaves_out_what_did_not_change(world: World, client: Client) -> None:
    make_event(world, State.CLOSED, at=NOW - timedelta(days=20))
    late = make_event(world, State.HANDLING, at=NOW - timedelta(days=1))
    assert walk(client, "matters.csv", f"since={(NOW - timedelta(days=3)).date()}") == [late.number]


@pytest.mark.parametrize("query", ["since=x", "since=2026-13-01", "since=99999-01-01"])
def test_a_moment_that_is_none_is_refused_in_words(world: World, client: Client, query: str) -> None:
    response = get(client, f"/area/{COUNTY}/matters.csv?{query}")
    assert response.status_code == 400 and response.headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize("query", ["after=x", "limit=0", "limit=x", "limit=99999", "category=zzz", "after=%00", "q=1"])
def test_whatever_else_is_asked_is_answered(world: World, client: Client, query: str) -> None:
    make_event(world, State.HANDLING, at=NOW - timedelta(hours=2))
    for kind in ("", "feed.atom", "matters.geojson", "matters.csv", "figures.csv", "map.json", "outlines.json"):
        assert get(client, f"/area/{COUNTY}/{kind}?{query}").status_code == 200, kind


def test_the_place_of_a_matter_that_was_never_public_is_no_place_in_the_list(world: World, client: Client) -> None:
    event = make_event(world, State.HANDLING, at=NOW - timedelta(hours=2))
    secret = make_event(world, State.ACCEPTED, at=NOW - timedelta(hours=1), category=world.quarrel)
    assert walk(client, "matters.csv", f"after={secret.number}") == [event.number]


@pytest.mark.parametrize("query", ["limit=5", "since=1990-01-01&limit=5"])
@pytest.mark.parametrize("leaves", ["its category", "its state"])
def test_pages_go_on_where_the_last_matter_has_left_the_public(
    world: World, client: Client, many: list[str], query: str, leaves: str
) -> None:
    told: list[str] = []
    voided = {"state": State.VOIDED, "ended_at": timezone.now()}

    def leave(turn: int) -> None:
        if turn == 1:
            last = Event.objects.filter(number=told[-1])
            last.update(**{"category": world.quarrel} if leaves == "its category" else voided)

    where, turn = f"/area/{COUNTY}/matters.geojson?{query}", 0
    while where:
        page = get(client, where).json()
        told += [one["id"] for one in page["features"]]
        where, turn = local(page["next"]) if page["next"] else "", turn + 1
        leave(turn)
    assert sorted(told) == sorted(many)


def test_no_file_and_no_address_tells_more_of_a_change_than_its_day(
    world: World, client: Client, many: list[str]
) -> None:
    """The moments of reports and acts are neither written nor asked out of it."""
    for kind in ("feed.atom", "matters.geojson", "matters.csv"):
        content = get(client, f"/area/{COUNTY}/{kind}?since=1990-01-01&limit=5").content.decode()
        moments = re.findall(r"\d{4}-\d\d-\d\dT[0-9:.+Z]*", content)
        assert moments and {one[10:] for one in moments} == {"T00:00:00+08:00"}, kind
        assert not set(re.findall(r"since=([^&\s\"]+)", content)) - {"1990-01-01"}
    event = make_event(world, State.ACCEPTED, at=NOW - timedelta(days=2))
    night = f"{timezone.localdate(NOW - timedelta(days=2))}T23:59:59%2B08:00"
    assert walk(client, "matters.csv", f"since={night}") == [event.number]


# --- asking again -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["", "feed.atom", "matters.geojson", "matters.csv", "figures.csv", "map.json"])
def test_what_has_not_changed_is_not_sent_again(world: World, client: Client, kind: str) -> None:
    where = f"/area/{COUNTY}/{kind}"
    first = get(client, where)
    tag, since = first.headers["ETag"], first.headers["Last-Modified"]
    assert parsedate_to_datetime(since)
    again = get(client, where, **{"if-none-match": tag})
    assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", tag)
    assert get(client, where, **{"if-modified-since": since}).status_code == 304
    if kind:
        assert again.headers["Access-Control-Allow-Origin"] == "*"
    else:
        assert "Access-Control-Allow-Origin" not in first.headers
    make_secret(world, at=NOW - timedelta(hours=2))
    cache.clear()
    assert get(client, where, **{"if-none-match": tag}).status_code == 200
