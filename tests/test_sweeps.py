"""Sweeps over the whole house, so that what is added later is looked at too: every address, every list, every word."""

import io
import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from html.parser import HTMLParser
from typing import Any
from uuid import uuid4

import pytest
from babel.messages.pofile import read_po
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import get_resolver, reverse
from django.utils import timezone
from PIL import Image

from linli.areas.actions import add_place
from linli.areas.models import Area
from linli.desk.bulk import runs as bulk_runs
from linli.desk.macros.keeping import keep as keep_macro
from linli.desk.models import Handover, ReadyText, ShiftQuestion
from linli.desk.texts.actions import add_text
from linli.events import actions
from linli.events.actions.calendar import Changes, change_calendar
from linli.events.actions.verification_rules import set_rule
from linli.events.actions.views import save_view
from linli.events.models import CalendarEdit, Event, Milestone, Reveal, VerificationRule
from linli.events.rules import State, Verification
from linli.events.testing import GRID, World, draw_boundaries, make_drawn, make_event, make_world
from linli.intake.devices import register as register_device
from linli.intake.doors import ImportRun
from linli.intake.models import Device, Kept
from linli.intake.webhooks import actions as webhooks
from linli.intake.webhooks.making import trial_delivery
from linli.intake.webhooks.models import Pusher
from linli.kit.dayfiles import FoundDay
from linli.notices import actions as notices
from linli.people.models import Appointment, Person
from tests.addresses import HIDDEN, NAMES, NEEDS, OPEN_DATA, PUBLIC, QUERY
from tools.messages import PO

HERE, THERE = "石城的水沟堵了", "新民的路灯坏了"
OTHER_GRID = "440881102201001"


# --- the world they walk through --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Things:
    """One of everything an address may name, of one township."""

    world: World
    event: Event
    numbers: dict[str, Any]


@pytest.fixture
def world(db: None) -> World:
    return make_world()


@pytest.fixture
def here(world: World) -> Things:
    """The worker's township: everything in it has its address."""
    draw_boundaries(world)
    return things(world, GRID, HERE, world.cast.desk)


@pytest.fixture
def there(here: Things) -> Things:
    """The same of the next township, where `neighbour` works."""
    return things(here.world, OTHER_GRID, THERE, here.world.cast.county)


def things(world: World, grid: str, text: str, desk: Person) -> Things:
    area = world.areas[grid]
    event = make_event(world, State.HANDLING, area=area, text=text, at=timezone.now() - timedelta(hours=2))
    actions.supplement(event, text=f"{text}，照片", photos=[_photo(text)], by=desk, at=timezone.now())
    numbers = {
        "number": event.number,
        "sha256": event.pictures.get().sha256,
        "picture": event.pictures.get().pk,
        "code": grid,
        "event": event.pk,
        "part": event.parts.exclude(leads=True).get().pk,
        "view": save_view(world.cast.leader, name=text, query="").pk,
        "appointment": Appointment.objects.filter(area=grid).order_by("pk").first().pk,  # type: ignore[union-attr]
        "place": add_place(area, f"{text}旁的市场", "market").pk,
        "category": world.drain.pk,
        "pack": world.drain.pack_id,
        **_duties(world, grid),
        "kept": set_aside(grid, text).pk,
        "device": phone_of(desk).pk,
        **_webhooks(world, text),
        **_notices(desk, text),
        **_desk_tools(event, desk, text),
        "run": sent_table(world).pk,
        "message": actions.say(event, words=f"{text}，请看", by=desk, at=timezone.now()).pk,
        "draw": make_drawn(world, event).pk,
        "reveal": _asked_to_reveal(event, world).pk,
        "rule": _rule(area, desk).pk,
        "text": _ready_text(area, text).pk,
        **_handed_over(world, grid[:9], text),
        "milestone": _was_deferred(event, desk).pk,
        "calendar_edit": _changed_day(world).pk,
    }
    return Things(world, event, numbers)


def _duties(world: World, grid: str) -> dict[str, int]:
    """A version of the duty list that is not in use, with a line of this grid."""
    row = {"category": world.drain.code, "area": grid, "lead": "water", "basis": "排水条例"}
    made = actions.load_list([(2, row)], name=f"清单{grid}", by=None, at=timezone.now())
    return {"duty_list": made.pk, "duty": made.duties.get().pk}


def _rule(area: Area, desk: Person) -> VerificationRule:
    return set_rule(area=area, category=None, asks=Verification(other_unit=True), by=desk, at=timezone.now())


def _ready_text(area: Area, title: str) -> ReadyText:
    return add_text(area=area, step="close", title=f"{title}旁的市场", words="已处置。", by=None, at=timezone.now())


def _handed_over(world: World, township: str, text: str) -> dict[str, int]:
    """A note of this township's desk, with a question about it. Another one of the same desk would have to wait."""
    at = timezone.now()
    before = {"area": world.areas[township], "handed_by": world.cast.county, "since": at, "handed_at": at}
    note = Handover.objects.create(**before, take_by=at, next_until=at + timedelta(hours=8), words=text)
    asked = ShiftQuestion.objects.create(handover=note, words=text, asked_by=world.cast.desk, asked_at=at)
    return {"shift": note.pk, "question": asked.pk}


def _was_deferred(event: Event, desk: Person) -> Milestone:
    """The end of a deferral that is over, so that the matter goes on."""
    now = timezone.now()
    actions.defer(event, review_on=now.date() + timedelta(days=9), text="等雨停", by=desk, at=now)
    actions.resume(event, by=desk, at=now)
    return Milestone.objects.get(deferral__event=event)


def _changed_day(world: World) -> CalendarEdit:
    """A day off of the county's own."""
    day = date(2026, 3, 2 + CalendarEdit.objects.count())
    changes = Changes({day: FoundDay(day, False, "台风停工")})
    return change_calendar(changes, reason="台风停工", by=world.cast.county, at=timezone.now())


def _asked_to_reveal(event: Event, world: World) -> Reveal:
    return Reveal.objects.create(event=event, asked_by=world.cast.handler, asked_at=timezone.now(), why="要去现场")


def _webhooks(world: World, text: str) -> dict[str, int]:
    """A system that is told, with a delivery, and one that pushes; both of the county."""
    act: dict[str, Any] = {"area": world.areas["440881"], "by": world.cast.system, "at": timezone.now()}
    told, _secret = webhooks.subscribe(name=f"平台{text[:2]}", address="https://x.example/", groups=["closed"], **act)
    name = f"system-{len(Pusher.objects.all())}"
    pusher, _secret = webhooks.let_push(name=name, title=name, scheme="standard", text='text = "a"', **act)
    return {"subscription": told.pk, "delivery": trial_delivery(told, timezone.now()).pk, "pusher": pusher.pk}


def _desk_tools(event: Event, desk: Person, text: str) -> dict[str, Any]:
    """A run over one matter, and a macro of the desk."""
    at, area = timezone.now(), event.area.parent.parent  # type: ignore[union-attr]
    run = bulk_runs.choose([event], by=desk, at=at)
    bulk_runs.look(run, step="remind")
    bulk_runs.go_on(at, run)
    made = keep_macro(name=f"日常{text[:2]}", lines=["受理", "派 水务局"], area=area, by=desk, at=at)
    return {"many": run.pk, "macro": made.pk}


def _notices(person: Person, text: str) -> dict[str, int]:
    """A way to reach somebody, with what was sent there first: a code."""
    address = f"{len(text)}.{person.username}@county.example"
    channel = notices.add_channel(person, kind="mail", address=address, at=timezone.now())
    return {"channel": channel.pk, "notice": channel.deliveries.get().pk}


def set_aside(area: str, text: str) -> Kept:
    moment = timezone.now()
    reason = {
        "code": "unforeseen",
        "words": "There is no area %(code)s. Choose one of the list.",
        "facts": {"code": "9"},
    }
    return Kept.objects.create(
        device_id=uuid4(), sender="public", kind="report", area=area, digest=b"d", answer=b"{}", received_at=moment,
        content=json.dumps({"id": str(uuid4()), "text": text}).encode(), state="set_aside", reason=reason,
    )  # fmt: skip


def phone_of(person: Person) -> Device:
    return register_device(person, uuid4(), name="", session="", at=timezone.now())[0]


def sent_table(world: World) -> ImportRun:
    return ImportRun.objects.create(
        by=world.cast.county, area=world.areas["440881"], file_name="表.csv", sent_at=timezone.now()
    )


def _photo(text: str) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (8, 8), (sum(map(ord, text)) % 255, 90, 90)).save(out, "JPEG")
    return out.getvalue()


# --- every address ----------------------------------------------------------------------------------------------------


def named(patterns: Any, space: str = "") -> Iterator[str]:
    for one in patterns:
        if hasattr(one, "url_patterns"):
            yield from named(one.url_patterns, f"{one.namespace}:" if one.namespace else space)
        else:
            yield f"{space}{one.name}"


def address(name: str, of: Things) -> str:
    given = {key: at[1:] if at.startswith("=") else of.numbers[at] for key, at in NEEDS.get(name, {}).items()}
    return reverse(name, kwargs=given) + QUERY.get(name, "")


def signed_in(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def body(response: Any) -> str:
    content = b"".join(response) if response.streaming else response.content
    return content.decode(errors="replace")


def test_every_address_has_its_line_in_the_table() -> None:
    assert sorted(named(get_resolver().url_patterns)) == NAMES


def test_whoever_is_not_signed_in_is_asked_to(here: Things, client: Client) -> None:
    let_in = []
    for name in set(NAMES) - PUBLIC:
        for response in (client.get(address(name, here)), client.post(address(name, here))):
            asked = response.status_code == 302 and response.headers["Location"].startswith("/sign-in?next=")
            is_hidden = response.status_code == (404 if response.request["REQUEST_METHOD"] == "GET" else 405)
            if HERE in body(response) or not (asked or (name in HIDDEN and is_hidden)):
                let_in.append(name)
    assert let_in == []


def test_public_addresses_answer_everybody_and_tell_of_no_matter(here: Things, client: Client) -> None:
    for name in PUBLIC:
        for response in (client.get(address(name, here)), client.post(address(name, here))):
            assert response.status_code < 500, name
            assert "/sign-in?next=" not in response.headers.get("Location", ""), name
            assert HERE not in body(response), name


def test_nobody_sees_no_matter_anywhere_and_changes_nothing(here: Things) -> None:
    for name in NAMES:
        client = signed_in(here.world.cast.nobody)
        for response in (client.get(address(name, here)), client.post(address(name, here), {"text": "试试"})):
            assert response.status_code < 500, name
            assert HERE not in _about_matters(body(response)), name
            assert here.event.number not in body(response) or name.startswith("status") or name in OPEN_DATA, name
    here.event.refresh_from_db()
    assert here.event.state == State.HANDLING


WALKERS = ("worker", "desk", "handler", "leader", "neighbour", "auditor", "system")


@pytest.mark.parametrize("walker", WALKERS)
def test_everybody_sees_their_own_matters_and_no_others_wherever_they_look(
    here: Things, there: Things, walker: str
) -> None:
    person = getattr(here.world.cast, walker)
    client = signed_in(person)
    in_sight = {
        text for text, of in ((HERE, here), (THERE, there)) if client.get(address("events:show", of)).status_code == 200
    }
    assert in_sight == {
        "neighbour": {THERE},
        "leader": {HERE, THERE},
        "handler": {HERE, THERE},
        "auditor": set(),
        "system": set(),
    }.get(walker, {HERE})
    for name in sorted(set(NAMES) - {"sign_out"}):
        for of in (here, there) if name in NEEDS else (here,):
            response = client.get(address(name, of))
            assert response.status_code < 500, name
            for text in {HERE, THERE} - in_sight:
                assert text not in _about_matters(body(response)), name
            assert client.post(address(name, of), {"text": "试试"}).status_code < 500, name


def _about_matters(page: str) -> str:
    """Names of places are no matters."""
    return page.replace(f"{HERE}旁的市场", "").replace(f"{THERE}旁的市场", "")


# --- every list -------------------------------------------------------------------------------------------------------


def more_of_everything(of: Things, numbers: range) -> None:
    """So many more matters, acts, notices, places and views in the same grid."""
    world, at = of.world, timezone.now() - timedelta(hours=1)
    for number in numbers:
        state = (State.REPORTED, State.HANDLING, State.RESULT_SUBMITTED, State.CLOSED)[number % 4]
        category = (world.drain, world.wall)[number % 2]
        event = make_event(world, state, category=category, text=f"第{number}件", at=at + timedelta(seconds=number))
        Event.objects.filter(pk=event.pk).update(lon=110.05, lat=21.7)
        actions.supplement(
            of.event,
            text=f"补充{number}",
            photos=[_photo(f"{number}")] if number < 8 else [],
            by=world.cast.desk,
            at=timezone.now(),
        )
        add_place(world.grid, f"市场{number}", "market")
        _ready_text(world.areas["440881101"], f"模板{number}")
        save_view(world.cast.desk, name=f"视图{number}", query="")
        bulk_runs.choose([event], by=world.cast.desk, at=timezone.now())
        town = world.areas[GRID[:9]]
        keep_macro(name=f"日常{number}号", lines=["催"], area=town, by=world.cast.desk, at=timezone.now())
        set_aside(GRID, f"第{number}件")
        if number < 8:
            phone_of(world.cast.desk)


LISTS = (
    *(
        "home",
        "desk",
        "map",
        "notices",
        "events:show",
        "events:new",
        "events:call",
        "events:map_areas",
        "events:map_events",
    ),
    *("areas", "area", "categories", "category", "packs", "my_appointments"),
    *("statistics:area", "statistics:rows", "statistics:rows_csv", "report", "intake:index", "intake:devices"),
    *("open311:services", "open311:requests", "open311:updates"),
    *("tools:macros", "tools:bulk", "tools:offers", "tools:commands"),
    *("open311:services", "open311:requests", "open311:updates", "tools:texts", "tools:texts_for"),
)


def test_lists_of_twenty_take_as_many_queries_as_lists_of_one(here: Things) -> None:
    client = signed_in(here.world.cast.desk)
    more_of_everything(here, range(4))  # one in each state: before that, some parts of a page have nothing to ask for
    few = {name: queries(client, address(name, here)) for name in LISTS}
    more_of_everything(here, range(4, 24))
    for name in LISTS:
        many = queries(client, address(name, here))
        assert len(many) <= len(few[name]), "\n".join([name, *(Counter(many) - Counter(few[name]))])


def queries(client: Client, where: str) -> list[str]:
    body(client.get(where))  # what a process reads once, it has read now
    with CaptureQueriesContext(connection) as caught:
        body(client.get(where))
    return [re.sub(r"'[^']*'|\d+", "?", one["sql"]) for one in caught.captured_queries]


# --- every word -------------------------------------------------------------------------------------------------------


class Words(HTMLParser):
    """The words of a page that people read or hear, without those said to be of another language."""

    _UNSEEN = {"script", "style", "code", "kbd", "svg"}
    _EMPTY = {"input", "meta", "link", "img", "br", "hr", "use", "rect", "path"}

    def __init__(self, language: str) -> None:
        super().__init__()
        self.language = language
        self.open: list[bool] = []
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        is_ours = given.get("lang") in (None, self.language)
        if is_ours and all(self.open):
            self.found += [
                value for name in ("placeholder", "title", "aria-label", "alt") if (value := given.get(name))
            ]
        if tag not in self._EMPTY:
            self.open.append(tag not in self._UNSEEN and is_ours)

    def handle_endtag(self, tag: str) -> None:
        if tag not in self._EMPTY and self.open:
            self.open.pop()

    def handle_data(self, text: str) -> None:
        if all(self.open) and text.strip():
            self.found.append(" ".join(text.split()))


def words_on(client: Client, where: str, language: str) -> list[str]:
    response = client.get(where)
    if not response.headers.get("Content-Type", "").startswith("text/html") or response.status_code == 302:
        return []
    parser = Words(language)
    parser.feed(body(response))
    return parser.found


def readers(of: Things) -> list[Client]:
    cast = of.world.cast
    return [signed_in(one) for one in (cast.desk, cast.system, cast.nobody)]


_SENTENCE = re.compile(r"(?:[A-Za-z][A-Za-z'’]*[ ,.;:]+){3,}[A-Za-z]+")
_CHINESE = re.compile("[一-鿿]")


def is_english(words: str) -> bool:
    """More than three English words in a row and no Chinese; the source of a pack is told in both at once."""
    return bool(_SENTENCE.search(words)) and not _CHINESE.search(words)


def test_no_page_in_chinese_holds_an_english_sentence(here: Things) -> None:
    for client in readers(here):
        for name in NAMES:
            found = [words for words in words_on(client, address(name, here), "zh-hans") if is_english(words)]
            assert found == [], name


def test_no_page_in_english_holds_a_word_of_ours_in_chinese(here: Things) -> None:
    ours = _chinese()
    for client in readers(here):
        client.post("/language", {"language": "en"})
        for name in NAMES:
            found = [words for words in words_on(client, address(name, here), "en") if words in ours]
            assert found == [], name


def _chinese() -> set[str]:
    """The Chinese of all messages, without those that hold a value."""
    with PO.open("rb") as file:
        said = [message.string for message in read_po(file)]
    return {words for words in said if isinstance(words, str) and "%" not in words and _CHINESE.search(words)}


def test_the_search_for_words_finds_what_it_looks_for() -> None:
    parser = Words("zh-hans")
    parser.feed('<p lang="en">It is all here now</p><p title="Not one word is translated">好<br><b>事件</b></p>')
    assert parser.found == ["Not one word is translated", "好", "事件"]
    assert [is_english(words) for words in parser.found] == [True, False, False]
