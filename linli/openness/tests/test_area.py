"""The page of an area and all its files through their addresses: what they tell, and what they never tell."""

import io
import json
import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from linli.areas.actions import add_area, cover
from linli.areas.models import Area, Kind
from linli.events import actions, packs
from linli.events.models import Category, Event
from linli.events.rules import PublicPlace, Source, State
from linli.events.testing import World, draw_boundaries, make_event, make_public
from linli.openness.figures import figures_of
from linli.openness.reading import Asked, page_of
from linli.openness.rules import LISTED
from linli.openness.testing import COUNTY, SECRETS, TOWN, VILLAGE, everything, make_secret
from linli.people.rules import Held, Role, Scope
from linli.statistics.counting import begin_anew, follow
from linli.statistics.periods import Named, Period
from linli.statistics.reading import CATEGORY, figures

NOW = timezone.now()


def page(client: Client, code: str = COUNTY, query: str = "") -> str:
    response = client.get(f"/area/{code}/{query}")
    assert response.status_code == 200
    return response.content.decode()


# --- what never leaves --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", [COUNTY, TOWN, VILLAGE])
def test_nothing_of_a_person_and_no_matter_that_is_not_public_is_anywhere(
    world: World, client: Client, code: str
) -> None:
    shown = [make_secret(world, state, at=NOW - timedelta(hours=2)) for state in (State.HANDLING, State.CLOSED)]
    hidden = [
        make_secret(world, state, at=NOW - timedelta(hours=3))
        for state in sorted(frozenset(State) - LISTED - {State.MERGED})
    ]
    merged = make_secret(world, State.MERGED, at=NOW - timedelta(hours=4))
    quarrel = make_secret(world, State.ACCEPTED, at=NOW - timedelta(hours=5), category=world.quarrel)
    people = [getattr(world.cast, name) for name in ("worker", "desk", "county", "handler", "verifier")]
    for name, content in everything(client, code).items():
        words = content.decode()
        assert not [secret for secret in (*SECRETS, *(one.name for one in people)) if secret in words], name
        numbers = [one.number for one in (*hidden, merged, quarrel)]
        assert not [number for number in numbers if number in words], name
        assert "邻里纠纷" not in words, name
        if name in ("", "feed.atom", "matters.geojson", "matters.csv"):
            assert all(one.number in words for one in shown), name


def test_words_written_for_the_public_are_the_answer_alone_and_without_numbers(world: World, client: Client) -> None:
    event = make_secret(world, State.CLOSED, at=NOW - timedelta(hours=2))
    Event.objects.filter(pk=event.pk).update(source=Source.OPEN311, outcome="已疏通，问 13800001234")
    for name in ("", "feed.atom", "matters.geojson", "matters.csv"):
        words = everything(client, COUNTY)[name].decode()
        assert "已疏通，问 ***" in words, name
        assert "张秘密" not in words and "秘密巷" not in words, name


def test_a_photo_is_shown_once_a_desk_has_released_it_and_no_longer(world: World, client: Client) -> None:
    event = make_event(world, State.ACCEPTED, at=NOW - timedelta(hours=3))
    out = io.BytesIO()
    Image.new("RGB", (8, 8), (90, 90, 90)).save(out, "JPEG")
    actions.supplement(event, text="照片", photos=[out.getvalue()], by=world.cast.desk, at=NOW - timedelta(hours=2))
    picture = event.pictures.get()

    def shown() -> bool:
        cache.clear()
        return "/photos/" in page(client) or "/photos/" in everything(client, COUNTY)["matters.csv"].decode()

    assert not shown() and picture.sha256 not in page(client)
    make_public(picture, by=world.cast.county, at=NOW - timedelta(hours=1))
    assert shown() and picture.sha256 not in page(client)
    actions.withdraw_release(picture, by=world.cast.county, at=NOW)
    assert not shown()


def test_a_category_that_is_public_no_more_is_gone_from_the_next_answer_on(world: World, client: Client) -> None:
    event = make_event(world, State.HANDLING, at=NOW - timedelta(hours=2))
    assert event.number in page(client)
    Category.objects.filter(pk=world.drain.pk).update(is_public=False)
    cache.clear()
    assert not [name for name, content in everything(client, COUNTY).items() if event.number in content.decode()]


# --- places -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("place", PublicPlace.values)
def test_the_place_is_the_same_in_every_file_and_in_open311(world: World, client: Client, place: str) -> None:
    Category.objects.filter(pk=world.drain.pk).update(public_place=place)
    event = make_secret(world, at=NOW - timedelta(hours=2))
    told = {
        "exact": (110.0512, 21.7099),
        "near": (110.0515, 21.7095),
        "wide": (110.0525, 21.7075),
        "village": None,
        "none": None,
    }[place]
    files = everything(client, COUNTY)
    feature = json.loads(files["matters.geojson"])["features"][0]
    assert feature["geometry"] == ({"type": "Point", "coordinates": list(told)} if told else None)
    cells = [(one["lon"], one["lat"]) for one in json.loads(files["map.json"])["cells"]]
    assert cells == ([told] if told else [])
    point = f"<georss:point>{told[1]} {told[0]}</georss:point>" if told else "<summary>"
    assert point in files["feed.atom"].decode() and ("georss:point>" in files["feed.atom"].decode()) == bool(told)
    row = files["matters.csv"].decode().splitlines()[-1]
    assert (f",{told[0]},{told[1]}," in row) if told else (",,,," in row)
    other = client.get(f"/open311/v2/requests/{event.number}.json").json()[0]
    assert (other["long"], other["lat"]) == (told or (None, None))
    assert other["address_id"] == {"exact": world.grid.code, "none": TOWN}.get(place, VILLAGE)


def test_open311_finds_by_the_place_that_is_shown(world: World, client: Client) -> None:
    make_secret(world, at=NOW - timedelta(hours=2))

    def found(lon: float, lat: float) -> int:
        return len(client.get(f"/open311/v2/requests.json?lat={lat}&long={lon}&radius=20").json())

    assert found(110.0512, 21.7099) == 1
    Category.objects.filter(pk=world.drain.pk).update(public_place="wide")
    assert (found(110.0512, 21.7099), found(110.0525, 21.7075)) == (0, 1)
    Category.objects.filter(pk=world.drain.pk).update(public_place="village")
    assert (found(110.0512, 21.7099), found(110.0525, 21.7075)) == (0, 0)


def test_how_closely_a_place_is_shown_goes_with_the_pack(world: World) -> None:
    told = {one["code"]: one.get("public_place") for one in json.loads(packs.export(world.drain.pack))["categories"]}
    assert (told["C01"], told["C02"]) == ("exact", "near")
    for name in packs.shipped():
        for row in packs.read(name).categories:
            assert row.public_place in PublicPlace.values


def test_the_county_desk_sets_it_on_the_page_of_the_category(world: World) -> None:
    desk = Client()
    desk.force_login(world.cast.county)
    where = f"/desk/categories/{world.wall.pk}/edit"
    was = {"was-public_place": "near", "was-is_public": "on", "is_public": "on", "edition": "1", "limit": "72"}
    kept = {"name": "危墙", "name_en": "Unsafe wall", "unit": "limit_hours", "department": "housing"}
    more = {"severity": "general", "urgency": "normal", "was-questions": "[]"}
    was |= {f"was-{name}": value for name, value in (kept | more | {"limit": "72"}).items()}
    response = desk.post(where, was | kept | more | {"public_place": "village"})
    assert response.status_code == 302, response.content.decode()
    world.wall.refresh_from_db()
    assert (world.wall.public_place, world.wall.edition) == ("village", 2)
    shown = desk.get(reverse("category", args=[world.wall.pk])).content.decode()
    assert "只到村（社区）" in shown and "约 100 米" in shown
    assert desk.post(where, was | kept | more | {"public_place": "street"}).status_code == 422


def test_a_matter_of_which_only_the_township_is_public_is_in_no_list_of_its_village(
    world: World, client: Client
) -> None:
    Category.objects.filter(pk=world.drain.pk).update(public_place="none")
    event = make_event(world, State.HANDLING, at=NOW - timedelta(hours=2))
    assert event.number in page(client, TOWN)
    assert "上县村" not in page(client, COUNTY)
    assert event.number not in page(client, VILLAGE)


# --- figures ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def busy(world: World) -> World:
    """Enough for rates: of public categories, and of others many and few."""
    for number in range(12):
        state = (State.CLOSED, State.CLOSED, State.HANDLING)[number % 3]
        category = (world.drain, world.drain, world.drain, world.wall)[number % 4]
        make_event(world, state, at=NOW - timedelta(days=40 - number % 20, hours=2), category=category)
    for number in range(5):
        make_event(world, State.ACCEPTED, at=NOW - timedelta(days=3, hours=number), category=world.quarrel)
    make_event(world, State.REJECTED, at=NOW - timedelta(days=4))
    return world


def test_figures_are_those_of_the_statistics(busy: World) -> None:
    at = timezone.now()
    _compare(busy, at)
    # The same once they are counted ahead.
    begin_anew(at)
    while follow(at):
        pass
    _compare(busy, at)


def _compare(busy: World, at: Any) -> None:
    period = Period.named(Named.LAST_12_MONTHS, timezone.localdate(at))
    ours = Scope((Held(Role.LEADER, COUNTY),))
    whole = figures(ours, COUNTY, period, at=at).whole
    found = {one.tile.code: one.year for one in figures_of(Area.objects.get(pk=COUNTY), at).numbers}
    for code in ("reported", "open", "closed"):
        assert found[code].n == whole.counts[code]
    value, theirs = found["on_time"].value, whole.value("on_time")
    assert value is not None and (value.numerator, value.denominator) == (theirs.numerator, theirs.denominator)
    rows = figures(ours, TOWN, period, by=CATEGORY, at=at).rows
    public = [rows[str(one.pk)].counts["reported"] or 0 for one in (busy.drain, busy.wall)]
    town = {one.tile.code: one.year for one in figures_of(Area.objects.get(pk=TOWN), at).numbers}
    assert town["reported"].n == sum(public) == 13
    assert whole.counts["reported"] == 18


def test_a_few_matters_that_are_not_public_keep_the_whole_back(world: World, client: Client) -> None:
    for number in range(7):
        make_event(world, State.HANDLING, at=NOW - timedelta(hours=3 + number))
    make_event(world, State.ACCEPTED, at=NOW - timedelta(hours=2), category=world.quarrel)
    county = {one.tile.code: one.year.n for one in figures_of(Area.objects.get(pk=COUNTY), NOW).numbers}
    assert county["reported"] is None and county["open"] is None
    # Below the top they are not even counted.
    assert "不公开的各类合计" in page(client, COUNTY)
    assert "不公开的各类合计" not in page(client, TOWN)
    town = {one.tile.code: one.year.n for one in figures_of(Area.objects.get(pk=TOWN), NOW).numbers}
    assert town["reported"] == 7


def test_small_numbers_are_not_shown_and_there_is_no_percentage_of_few(world: World) -> None:
    for state in (State.CLOSED, State.CLOSED, State.HANDLING):
        make_event(world, state, at=NOW - timedelta(hours=3))
    found = figures_of(Area.objects.get(pk=VILLAGE), timezone.now())
    numbers = {one.tile.code: one.year for one in found.numbers}
    assert numbers["reported"].n is None and numbers["closed"].n is None
    assert numbers["median"].days is None
    assert numbers["satisfaction"].value is None and numbers["response"].value is None
    assert all(one.value.percent is None for one in numbers.values() if one.value)
    assert all(n in (None, 0) for line in found.lines for n in line.counts.values())


# --- the page -----------------------------------------------------------------------------------------------------------


def test_it_asks_the_store_as_often_for_many_as_for_one_and_not_at_all_within_the_minute(
    world: World, client: Client
) -> None:
    def asked(name: str) -> int:
        cache.clear()
        with CaptureQueriesContext(connection) as caught:
            client.get(f"/area/{TOWN}/{name}")
        with CaptureQueriesContext(connection) as again:
            client.get(f"/area/{TOWN}/{name}")
        # Whether the area is there is looked at each time.
        assert len(again) <= 1, name
        return len(caught)

    names = ("", "feed.atom", "matters.geojson", "matters.csv", "figures.csv", "map.json")
    make_secret(world, State.CLOSED, at=NOW - timedelta(hours=3))
    make_secret(world, at=NOW - timedelta(hours=3))
    few = [asked(name) for name in names]
    for number in range(4):
        make_secret(world, (State.CLOSED, State.HANDLING)[number % 2], at=NOW - timedelta(hours=3), category=world.wall)
    assert [asked(name) for name in names] <= few


def test_it_is_the_same_for_everybody_and_may_be_kept_for_a_minute(world: World, client: Client) -> None:
    mine = Client()
    mine.force_login(world.cast.desk)
    response = mine.get(f"/area/{COUNTY}/")
    assert response.headers["Cache-Control"] == "public, max-age=60"
    content = response.content.decode()
    assert "csrfmiddlewaretoken" not in content and world.cast.desk.name not in content
    assert client.get(f"/area/{COUNTY}/").content.decode() == content


def test_its_head_says_what_it_is_and_where_its_files_are(world: World, client: Client) -> None:
    content = page(client)
    for part in (
        'rel="alternate" type="application/atom+xml"',
        'rel="alternate" type="application/geo+json"',
        'property="og:title" content="廉江市：公开数据"',
        'rel="canonical"',
        "这里没有公开类别的事件",
    ):
        assert part in content
    assert 'lang="en"' in page(client, COUNTY, "?language=en")


def test_one_category_alone_and_page_after_page(world: World, client: Client) -> None:
    for number in range(12):
        make_event(world, State.ACCEPTED, at=NOW - timedelta(hours=30 - number))
    wall = make_event(world, State.ACCEPTED, at=NOW - timedelta(hours=2), category=world.wall)
    only = page(client, COUNTY, "?category=C02")
    assert wall.number in only and "C01" in only and only.count('class="row-mark"') == 1
    first = page(client)
    following = first.partition('rel="next" href="')[2].partition('"')[0].replace("&amp;", "&")
    assert page(client, COUNTY, following.removeprefix(f"/area/{COUNTY}/")).count('class="row-mark"') == 3


@pytest.mark.parametrize("code", ["440881101201005", "999999", "x", "44088", "4408811", "-"])
def test_a_grid_and_what_is_no_area_has_no_page(world: World, client: Client, code: str) -> None:
    assert client.get(f"/area/{code}/").status_code == 404
    assert client.get(f"/area/{code}/feed.atom").status_code == 404


# --- finding ------------------------------------------------------------------------------------------------------------


def test_an_area_is_found_by_name_also_by_that_of_a_natural_village(world: World, client: Client) -> None:
    settlement = add_area("440881101201900", "荔枝园", kind=Kind.NATURAL_VILLAGE)
    cover(world.grid, settlement)
    for words in ("上县", "荔枝园"):
        found = client.get("/area/", {"q": words}).content.decode()
        assert f'href="/area/{VILLAGE}/?language=zh-hans"' in found
        assert "第五网格" not in found
    assert "没有名称含这些字的区域" in client.get("/area/", {"q": "火星"}).content.decode()


def test_an_area_is_found_by_a_point_sent_in_the_body(world: World, client: Client) -> None:
    draw_boundaries(world)

    def at(**sent: Any) -> Any:
        return client.post("/area/at", sent, headers={"accept": "application/json"})

    assert at(lon="110.050", lat="21.700").json() == {"address": f"/area/{VILLAGE}/?language=zh-hans", "name": "上县村"}
    assert at(lon="116.4", lat="39.9").status_code == 404
    assert at(lon="nan", lat="21").status_code == 404
    assert at(lon="x", lat="").status_code == 422
    assert client.get("/area/at?lon=110.05&lat=21.7").status_code == 405


def test_the_start_and_the_status_page_lead_to_it(world: World, client: Client) -> None:
    assert 'href="/area/"' in client.get("/").content.decode()
    assert 'href="/area/"' in client.get("/status/1").content.decode()
    told = actions.report(text="水沟", area=world.grid, category=world.drain, at=NOW, source=Source.RESIDENT)
    client.post(f"/status/{told.event.number}", {"key": told.secret})
    assert f'href="/area/{VILLAGE}/"' in client.get(f"/status/{told.event.number}").content.decode()
    assert page_of(Asked(COUNTY), NOW).matters == []


def test_whoever_reads_english_goes_on_in_english(world: World, client: Client, settings: Any) -> None:
    settings.MAIL_OUT = "smtp://127.0.0.1:9?from=linli@county.example&tls=none"
    draw_boundaries(world)
    for number in range(12):
        make_event(world, State.ACCEPTED, at=NOW - timedelta(hours=30 - number))
    first = page(client, COUNTY, "?category=C01&language=en")
    following = unescape(first.partition('rel="next" href="')[2].partition('"')[0])
    answers = [
        client.get("/area/?language=en"),
        client.get("/area/?q=村&language=en"),
        client.get(following),
        client.post(f"/area/{COUNTY}/follow?language=en", {"address": "a@home.example", "pace": "daily"}),
    ]
    contents = [first, *(one.content.decode() for one in answers)]
    for content in contents:
        links = [link for link in re.findall(r'href="(/area/[^"]*)"', content) if "language=zh-hans" not in link]
        assert links and all("language=en" in link for link in links), links
    assert 'name="language" value="en"' in contents[1]
    # Turned back from the second page, it is the same category still.
    assert f"/area/{COUNTY}/?category=C01&amp;language=en" in contents[3]
    found = client.post("/area/at?language=en", {"lon": "110.051", "lat": "21.700"}).json()
    assert found["address"] == f"/area/{VILLAGE}/?language=en"


def test_the_language_of_a_link_wins_over_that_of_the_browser_and_is_passed_on(world: World, client: Client) -> None:
    client.cookies["linli_language"] = "en"
    make_secret(world, at=NOW - timedelta(hours=2))
    html = page(client, query="?language=zh-hans")
    assert '<html lang="zh-hans">' in html and '<input type="hidden" name="language" value="zh-hans">' in html
    # The offer of the other language apart.
    links = set(re.findall(r'href="(/area/[^"]*)"', html)) - {f"/area/{COUNTY}/?language=en"}
    assert links
    for link in links:
        assert client.get(unescape(link)).headers["Content-Language"] == "zh-hans", link
    feed = client.get(f"/area/{COUNTY}/feed.atom").content.decode()
    for link in re.findall(r'rel="alternate" href="[^"]*(/area/[^"]*)"', feed):
        assert client.get(unescape(link)).headers["Content-Language"] == "zh-hans", link


def test_a_page_in_the_language_of_a_browser_is_kept_by_no_cache_for_others(world: World, client: Client) -> None:
    assert "public" in client.get(f"/area/{COUNTY}/").headers["Cache-Control"]
    client.cookies["linli_language"] = "en"
    assert "private" in client.get(f"/area/{COUNTY}/").headers["Cache-Control"]
    assert "public" in client.get(f"/area/{COUNTY}/?language=en").headers["Cache-Control"]
