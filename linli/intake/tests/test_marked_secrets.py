"""Who somebody is goes in by every door and is found nowhere else: marked people, and a search of all that keeps or shows.

Each door has a person of its own, so that a failure says by which door it came. The search reads the store table by table
(journal, notices, search index, statistics, bodies of webhooks, sessions), its files, the home, what was logged and printed,
pages and lists of those who see most, files taken away, metrics and error pages. Planted leaks show that it finds.
"""

import contextlib
import json
import logging
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from linli.events import search
from linli.events.models import Contact, Event
from linli.events.testing import GRID, IN_GRID, World, draw_boundaries
from linli.exports.testing import taken
from linli.intake import digest
from linli.intake.api.tests.asking import everything
from linli.intake.api.tests.asking import make_key as key_of_the_interface
from linli.intake.models import Kept
from linli.intake.testing import Door
from linli.intake.tests.marked import DOORS, Everything, Marked, by_the_hatch, by_the_public_form
from linli.intake.tests.open311 import make_key
from linli.intake.tests.test_mail import Mailbox, mailbox  # noqa: F401
from linli.intake.tests.test_webhooks_in import Pushing, pushing  # noqa: F401
from linli.intake.webhooks import actions as webhooks
from linli.intake.webhooks.making import make_deliveries
from linli.intake.webhooks.models import Delivery
from linli.journal.actions import record
from linli.journal.models import Entry
from linli.mediation.ledgers import counting as ledgers_counted
from linli.mediation.models import Dispute
from linli.mediation.testing import Mediation, make_mediation
from linli.notices import making as notices
from linli.statistics import counting

COUNTY = "440881"


@pytest.fixture
def here(transactional_db: None, settings: Any, tmp_path: Path) -> Mediation:
    """A county whose home is empty; its keys lie there before anything is sealed."""
    settings.HOME = tmp_path / "home"
    settings.HOME.mkdir()
    made = make_mediation()
    draw_boundaries(made.world)
    return made


@pytest.fixture
def world(here: Mediation) -> World:
    """What the fixtures of the doors stand on."""
    return here.world


@pytest.fixture
def door(world: World) -> Iterator[Door]:
    opened = Door().wait_until_ready()
    yield opened
    opened.close()


@pytest.fixture
def house(
    here: Mediation,
    door: Door,
    pushing: Pushing,  # noqa: F811
    mailbox: Mailbox,  # noqa: F811
    settings: Any,
    caplog: pytest.LogCaptureFixture,
) -> Everything:
    caplog.set_level(logging.DEBUG)
    # Letters to followers are written; nothing here hands them in.
    settings.MAIL_OUT = "smtp://127.0.0.1:9?from=linli@county.example&tls=none"
    return Everything(here, door, pushing, mailbox, settings.HOME)


def feed(house: Everything) -> dict[str, Marked]:
    """Somebody by each door; then everything that follows the journal is brought up to date."""
    at, keeper = timezone.now(), house.world.cast.system
    told = {
        "name": "热线",
        "address": "https://example.org/x",
        "groups": ["reported"],
        "area": house.world.areas[COUNTY],
    }
    webhooks.subscribe(**told, by=keeper, at=at)
    people = {}
    for number, go_in in enumerate(DOORS, 7001):
        people[go_in.__name__] = Marked(number)
        go_in(house, people[go_in.__name__])
    work(house)
    return people


def work(house: Everything) -> None:
    at = timezone.now() + timedelta(seconds=5)
    digest.digest_all(at)
    search.bring_up_to_date(2000)
    for follow in (counting.follow, ledgers_counted.follow):
        for _slice in range(20):
            if not follow(at):
                break
    make_deliveries(at)
    notices.take_in_reporters(at, ["sms", "email"])


# --- the search ---------------------------------------------------------------------------------------------------------


def in_the_store() -> Iterator[tuple[str, str]]:
    """Every cell of every table, whatever made it; bytes as the text they would be."""
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
    for table in tables:
        with connection.cursor() as cursor, contextlib.suppress(Exception):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            for row in cursor.fetchall():
                yield f"table {table}", " ".join(map(_as_text, row))
    for one in Session.objects.all():
        yield "session", json.dumps(SessionStore().decode(one.session_data), ensure_ascii=False)


def _as_text(cell: Any) -> str:
    if isinstance(cell, bytes | memoryview):
        return bytes(cell).decode("utf-8", "replace")
    return json.dumps(cell, ensure_ascii=False, default=str) if isinstance(cell, dict | list) else str(cell)


def in_files(house: Everything) -> Iterator[tuple[str, str]]:
    """The home, and the file of the store itself with what lies unused in it."""
    folders = [house.home]
    if connection.vendor == "sqlite":
        file = Path(str(connection.settings_dict["NAME"]))
        folders += sorted(file.parent.glob(f"{file.name}*"))
    for folder in folders:
        for path in [folder] if folder.is_file() else folder.rglob("*"):
            if path.is_file():
                yield f"file {path.name}", path.read_bytes().decode("utf-8", "replace")


def on_pages(house: Everything, people: dict[str, Marked]) -> Iterator[tuple[str, str]]:
    """Lists, pages, searches and files as those get them who see most, and as anybody does; nothing is revealed."""
    cast, disputes = house.world.cast, list(Dispute.objects.all())
    lists = (
        "desk",
        "map",
        "notices",
        "events:supervised",
        "mediation:list",
        "ledgers:mine",
        "audit:search",
        "intake:index",
    )
    places = [reverse(name) for name in (*lists, "statistics:mine", "opinions:list", "exports:list", "webhooks:index")]
    places += [reverse("events:show", args=[event.pk]) for event in Event.objects.all()]
    places += [reverse("mediation:file", args=[dispute.pk]) for dispute in disputes]
    places += [f"/desk/statistics/{COUNTY}/rows/?figure=reported", f"/mediation/ledgers/{COUNTY}/", f"/area/{COUNTY}/"]
    places += [
        "/",
        "/open311/v2/requests.json?extensions=true",
        f"/area/{COUNTY}/feed",
        reverse("audit:search") + "?search=1",
    ]
    searches = [f"{reverse('desk')}?q={mark}" for who in people.values() for mark in (who.name, who.telephone)]
    # A list shows all to a county desk, else less: so one who sees most, one who only reads, one of a department, one of none.
    for name, person, more in (
        ("county", cast.county, searches),
        ("leader", cast.leader, []),
        ("handler", cast.handler, []),
        ("auditor", cast.auditor, []),
    ):
        client = house.of(person)
        for place in places + more:
            answer = client.get(place)
            content = b"".join(answer.streaming_content) if answer.streaming else answer.content  # type: ignore[attr-defined]
            # What was asked for stands in the field of the search.
            text, asked = content.decode("utf-8", "replace"), place.partition("?q=")[2]
            yield f"page {place} for {name}", text.replace(asked, "") if asked else text
    yield "metrics", str(house.door.get("/metrics"))
    yield "health", str(house.door.get("/healthz"))


def in_files_taken_away(house: Everything) -> Iterator[tuple[str, str]]:
    cast = house.world.cast
    rows = taken(house.of(cast.county), f"/desk/statistics/{COUNTY}/rows.csv?figure=reported")
    assert rows.count("\n") > 5
    yield "rows taken away", rows
    yield "ledger taken away", taken(house.of(cast.leader), f"/mediation/ledgers/{COUNTY}/ledger.csv")
    yield "journal taken away", taken(house.of(cast.auditor), reverse("audit:export") + "?search=1")


def found(people: dict[str, Marked], texts: Iterator[tuple[str, str]]) -> dict[str, set[str]]:
    """Where something stands of whom."""
    leaks: dict[str, set[str]] = {}
    by_mark = {mark: by for by, who in people.items() for mark in who.marks}
    any_mark = re.compile("|".join(map(re.escape, by_mark)))
    for place, text in texts:
        if marks := set(any_mark.findall(text)):
            leaks.setdefault(place, set()).update(by_mark[mark] for mark in marks)
    return leaks


# --- and what is found --------------------------------------------------------------------------------------------------


def test_nobody_who_came_in_by_any_door_stands_anywhere(
    house: Everything, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    people = feed(house)
    # None of what follows is empty: what came in is there, sealed.
    assert Contact.objects.count() >= 7 and Dispute.objects.count() == 2 and Delivery.objects.exists()
    assert Kept.objects.exclude(sealed_contact=b"").exists()
    leaks = found(people, in_the_store()) | found(people, in_files(house)) | found(people, on_pages(house, people))
    leaks |= found(people, in_files_taken_away(house)) | found(people, everything(key_of_the_interface()))
    said = capfd.readouterr()
    leaks |= found(people, iter((("log", caplog.text), ("stdout", said.out), ("stderr", said.err))))
    assert leaks == {}


def test_neither_does_whoever_met_an_error(
    house: Everything, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    """What is sent wrongly (400), and what is sent rightly to a store that cannot keep it (500)."""
    people = {
        name: Marked(number) for number, name in enumerate(("wrong", "form", "hatch", "open311", "call", "apply"), 7101)
    }
    answers = [("wrong", house.door.post("/intake/v1/reports", f'{{"contact": "{people["wrong"].words}", '.encode()))]
    table = connection.ops.quote_name("events_contact")
    away = connection.ops.quote_name("events_contact_away")
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {table} RENAME TO {away}")
    try:
        sent = {"text": "村口水沟堵了", "township": "440881101", "contact": people["form"].words}
        answers.append(("form", house.of(None).post("/report", sent)))
        by_the_hatch(house, people["hatch"])
        with contextlib.suppress(Exception):
            try:
                digest.digest_all(timezone.now() + timedelta(seconds=5))
            except Exception:
                # As the worker says it.
                logging.getLogger("linli.chores.running").exception("The chore %s failed.", "digest")
                raise
        lon, lat = IN_GRID
        told = {"service_code": "C01", "lat": lat, "long": lon, "phone": people["open311"].telephone}
        answers.append(("open311", house.of(None).post("/open311/v2/requests.json", told | {"api_key": make_key()})))
        call = {"door": "telephone", "words": "沟堵", "text": "水沟堵塞", "area": GRID, "contact": people["call"].words}
        answers.append(("call", house.of(house.world.cast.desk).post(reverse("events:call"), call)))
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"ALTER TABLE {away} RENAME TO {table}")
    statuses = {name: getattr(one, "status_code", None) or one[0] for name, one in answers}
    assert statuses["wrong"] in (400, 422) and statuses["form"] == statuses["call"] == 500
    pages = [(name, str(one[1]) if isinstance(one, tuple) else one.content.decode()) for name, one in answers]
    said = capfd.readouterr()
    assert "events_contact" in caplog.text + said.err  # it was logged what broke
    texts = [*pages, ("log", caplog.text), ("stdout", said.out), ("stderr", said.err)]
    assert found(people, iter(texts)) == {}
    assert found(people, in_the_store()) | found(people, in_files(house)) == {}


def test_what_leaks_is_found(
    house: Everything, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    """The search itself: one leak planted in each kind of place."""
    plants = ("title", "journal", "session", "home", "log", "printed", "export")
    who = {name: Marked(number) for number, name in enumerate(plants, 7201)}
    by_the_public_form(house, Marked(7999))
    work(house)
    event = Event.objects.get()
    Event.objects.filter(pk=event.pk).update(title=who["title"].name)
    record("event.noted", on=event, by=None, at=timezone.now(), said=who["journal"].telephone)
    store = SessionStore()
    store["kept"] = who["session"].mail
    store.save()
    (house.home / "left.txt").write_text(who["home"].address, "utf-8")
    logging.getLogger("linli.anything").info("Somebody called: %s", who["log"].telephone)
    print(who["printed"].id_number)
    type(house.world.grid).objects.filter(pk=event.area_id).update(name=who["export"].address)
    leaks = found(who, in_the_store()) | found(who, in_files(house)) | found(who, on_pages(house, {}))
    rows = taken(house.of(house.world.cast.county), f"/desk/statistics/{COUNTY}/rows.csv?figure=reported")
    said = capfd.readouterr()
    leaks |= found(who, iter((("log", caplog.text), ("stdout", said.out), ("rows", rows))))
    assert leaks["table events_event"] == {"title"} and "journal" in leaks["table journal_entry"]
    assert leaks["session"] == {"session"} and leaks["file left.txt"] == {"home"}
    assert leaks["log"] == {"log"} and leaks["stdout"] == {"printed"} and "export" in leaks["rows"]
    assert any("title" in doors for place, doors in leaks.items() if place.startswith("page /desk/"))
    assert Entry.objects.filter(verb="event.noted").exists()
