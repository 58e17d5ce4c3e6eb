"""Sweeps over the whole house, so that what is added later is looked at too: every address, every list, every word."""

import re
from collections import Counter
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import pytest
from babel.messages.pofile import read_po
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import get_resolver, reverse
from django.utils import timezone

from linli.events.rules import State
from linli.events.testing import GRID, World, draw_boundaries, make_world
from linli.people.models import Person
from linli.wall.screens import set_up
from linli.wall.watching import COOKIE
from tests.addresses import ASKED_IN_JSON, HIDDEN, NAMES, NEEDS, OPEN_DATA, PUBLIC, QUERY
from tests.things import HERE, OTHER_GRID, THERE, Things, more_of_everything, things
from tools.messages import PO


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
            is_hidden = response.status_code in (404, 405)
            in_json = response.status_code in (401, 405) and name in ASKED_IN_JSON
            if HERE in body(response) or not (asked or in_json or (name in HIDDEN and is_hidden)):
                let_in.append(name)
    assert let_in == []


def test_the_screen_of_a_wall_opens_nothing_but_its_wall(here: Things, client: Client) -> None:
    grid = here.event.area
    client.cookies[COOKIE] = set_up(grid, name="大屏", days=7, by=here.world.cast.desk, at=timezone.now())[1]
    opened = set()
    for name in set(NAMES) - PUBLIC:
        for response in (client.get(address(name, here)), client.post(address(name, here))):
            asked = response.status_code == 302 and response.headers["Location"].startswith("/sign-in?next=")
            if HERE in body(response) or not (asked or response.status_code in (401, 404, 405)):
                opened.add(name)
    assert opened == {"wall:mine", "wall:wall", "wall:now", "wall:map", "wall:areas"}


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
    *("statistics:compare", "statistics:official"),
    *("statistics:area", "statistics:rows", "statistics:rows_csv", "report", "intake:index", "intake:devices"),
    *("statistics:table", "statistics:department", "statistics:department_rows", "statistics:department_table"),
    *("open311:services", "open311:requests", "open311:updates"),
    *("field:reference", "field:tasks", "field:grid", "field:reference_public", "opinions:list"),
    *("tools:macros", "tools:bulk", "tools:offers", "tools:commands"),
    *("open311:services", "open311:requests", "open311:updates", "tools:texts", "tools:texts_for"),
    *("openness:index", "openness:area", "openness:feed", "openness:geojson", "openness:csv", "openness:map"),
    *("ledgers:area", "ledgers:figures", "ledgers:file"),
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
