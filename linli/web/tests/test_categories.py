"""The pages of categories: read by everybody, edited by those who keep the county's register, conflicts told."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils.translation import gettext
from playwright.sync_api import Page, expect

from linli.events import packs
from linli.events.actions.categories import add_category, close_category, edit_category
from linli.events.models import Category, Pack
from linli.events.testing import NOON, World, make_event
from linli.journal.models import Entry
from linli.people.models import Person
from tests.browser import settled

CATEGORIES = "/desk/categories/"


def _client(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    person.language = "en"
    person.save(update_fields=["language"])
    return client


def _opened(client: Client, category: Category) -> dict[str, Any]:
    """The fields of the edit form as a browser would send them back."""
    page = client.get(f"{CATEGORIES}{category.pk}/edit").content.decode()
    sent: dict[str, Any] = {}
    for tag in re.findall(r"<input[^>]*>", page):
        at = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        if at.get("type") in ("radio", "checkbox") and "checked" not in tag:
            continue
        if "name" in at:
            sent[at["name"]] = at.get("value", "").replace("&quot;", '"')
    for name, options in re.findall(r'<select[^>]* ?name="([\w-]+)"(.*?)</select>', page, re.S):
        chosen = re.search(r'value="([^"]*)"[^>]* selected', options)
        sent[name] = chosen.group(1) if chosen else ""
    return sent


def test_whoever_is_signed_in_reads_the_categories(world: World) -> None:
    for person in (world.cast.worker, world.cast.auditor, world.cast.nobody):
        page = _client(person).get(CATEGORIES).content.decode()
        assert "Drains" in page and "3 working days" in page and "Water Bureau" in page
        assert "Add a category" not in page
    assert Client().get(CATEGORIES).status_code == 302


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=drain", {"Drains"}),
        ("q=排水", {"Drains"}),
        ("q=Ｃ０２", {"Unsafe wall"}),
        ("q=facilities+housing", {"Unsafe wall"}),
        ("q=nothing+like+it", set()),
        ("department=housing", {"Unsafe wall"}),
        ("mark=mediation", {"Neighbours"}),
        ("mark=public", {"Drains", "Unsafe wall"}),
        ("q=%00", set()),
    ],
)
def test_the_list_is_searched_by_the_server(world: World, query: str, found: set[str]) -> None:
    page = _client(world.cast.worker).get(f"{CATEGORIES}?{query}", headers={"HX-Target": "found"}).content.decode()
    assert {name for name in ("Drains", "Unsafe wall", "Neighbours") if f"<b>{name}</b>" in page} == found


def test_the_list_takes_as_many_queries_for_many_categories(world: World) -> None:
    client = _client(world.cast.county)
    client.get(CATEGORIES)
    few = _queries(client)
    Category.objects.bulk_create(
        Category(pack=world.drain.pack, parent=world.drain.parent, code=f"C{n}", name="又", department=world.water)
        for n in range(50, 90)
    )
    assert _queries(client) == few


def _queries(client: Client, address: str = CATEGORIES) -> int:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as queries:
        client.get(address)
    return len(queries)


def test_a_closed_category_is_folded_away_and_not_edited(world: World) -> None:
    close_category(world.wall, by=world.cast.county, at=NOON)
    client = _client(world.cast.county)
    page = client.get(CATEGORIES).content.decode()
    assert "1 closed category" in page[page.index('<details class="category-closed"') :]
    assert "Unsafe wall" not in page[: page.index('<details class="category-closed"')]
    assert "/edit" not in client.get(f"{CATEGORIES}{world.wall.pk}/").content.decode()


def test_a_category_counts_the_matters_in_sight_only(world: World) -> None:
    make_event(world)
    address = f"{CATEGORIES}{world.drain.pk}/"
    seen = _client(world.cast.worker).get(address).content.decode()
    assert f'<a href="/desk/?category={world.drain.pk}">1</a>' in seen
    assert (
        f'<a href="/desk/?category={world.drain.pk}">0</a>'
        in _client(world.cast.neighbour).get(address).content.decode()
    )
    assert "Matters you see" not in _client(world.cast.auditor).get(address).content.decode()


def test_a_limit_in_working_days_becomes_one_in_hours(world: World) -> None:
    client = _client(world.cast.county)
    sent = _opened(client, world.drain) | {"limit": "４８", "unit": "limit_hours"}
    answer = client.post(f"{CATEGORIES}{world.drain.pk}/edit", sent, follow=True)
    world.drain.refresh_from_db()
    assert (world.drain.limit_hours, world.drain.limit_working_days, world.drain.edition) == (48, None, 2)
    page = answer.content.decode()
    assert "<del>3 working days</del>" in page and "<ins>48 hours</ins>" in page and "周县办" in page


def test_every_edit_is_told_in_words(world: World) -> None:
    question = {"code": "q", "ask": "深吗？", "ask_en": "Deep?", "type": "text", "choices": [], "required": False}
    edit_category(
        world.drain,
        name="沟>渠",
        severity="major",
        department=world.housing,
        is_public=False,
        questions=[question],
        by=world.cast.county,
        at=NOON,
    )
    edit_category(world.drain, questions=[question | {"required": True}], by=world.cast.system, at=NOON)
    page = _client(world.cast.worker).get(f"{CATEGORIES}{world.drain.pk}/").content.decode()
    for words in (
        "<ins>沟＞渠</ins>",
        "<del>General</del>",
        "<del>Water Bureau</del>",
        "added: Deep?",
        "changed: Deep?",
        "邓系统",
    ):
        assert words in page
    assert "<del>Yes</del>" in page and "<ins>No</ins>" in page


@pytest.mark.parametrize("name", ["desk", "worker", "handler", "leader", "auditor", "security", "nobody"])
def test_others_are_told_that_they_may_not_edit(world: World, name: str) -> None:
    client = _client(getattr(world.cast, name))
    assert "/edit" not in client.get(f"{CATEGORIES}{world.drain.pk}/").content.decode()
    for address in (
        f"{CATEGORIES}{world.drain.pk}/edit",
        f"{CATEGORIES}{world.drain.pk}/close",
        f"{CATEGORIES}new",
        f"{CATEGORIES}packs/load",
        f"{CATEGORIES}packs/{world.drain.pack_id}/use",
    ):
        answer = client.post(address, {"pack": "gbt-47678-5"})
        assert answer.status_code == 403 and "county desk" in answer.content.decode()
    assert not Entry.objects.filter(verb__startswith="category").exists() and Pack.objects.count() == 1


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"limit": ""}, "required"),
        ({"limit": "0"}, "greater than or equal to 1"),
        ({"limit": "400", "unit": "limit_working_days"}, "1 to 366"),
        ({"limit": "three"}, "whole number"),
        ({"unit": "weeks"}, "Select a valid choice"),
        ({"name": ""}, "required"),
        ({"name": "沟" * 61}, "at most 60"),
        ({"name": "沟\0"}, "Null characters"),
        ({"name": "沟\n渠"}, "on one line"),
        ({"department": "moon"}, "Select a valid choice"),
        ({"severity": "terrible"}, "Select a valid choice"),
        ({"icon": "<script>"}, "Select a valid choice"),
        ({"emergency_call": "call me"}, "Digits only"),
        ({"q-0-ask": "深吗？", "q-0-ask_en": "", "q-0-type": "text"}, "Needed."),
        (
            {"q-0-ask": "深吗？", "q-0-ask_en": "Deep?", "q-0-type": "choice", "q-0-c-0-name": "是"},
            "two answers at least",
        ),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_is_kept(world: World, wrong: dict[str, str], words: str) -> None:
    client = _client(world.cast.county)
    sent = _opened(client, world.drain) | {"name_en": "Kept as typed"} | wrong
    answer = client.post(f"{CATEGORIES}{world.drain.pk}/edit", sent)
    page = answer.content.decode()
    assert answer.status_code == 422 and words in page and "Kept as typed" in page
    assert Category.objects.get(pk=world.drain.pk).edition == 1


def test_of_two_who_edit_the_second_sees_what_the_first_changed_and_overwrites_nothing(world: World) -> None:
    client = _client(world.cast.system)
    sent = _opened(client, world.drain) | {"name_en": "Drains and ditches"}
    edit_category(world.drain, limit_hours=12, severity="major", by=world.cast.county, at=NOON)
    answer = client.post(f"{CATEGORIES}{world.drain.pk}/edit", sent)
    page = answer.content.decode()
    assert answer.status_code == 409 and "Somebody else has just changed this category" in page
    assert "<del>3 working days</del>" in page and "周县办" in page and "Drains and ditches" in page
    assert Category.objects.get(pk=world.drain.pk).name_en == "Drains"
    again = sent | {"edition": "2", "limit": "12", "unit": "limit_hours", "severity": "major"}
    again |= {"was-limit": "12", "was-unit": "limit_hours", "was-severity": "major"}
    client.post(f"{CATEGORIES}{world.drain.pk}/edit", again)
    world.drain.refresh_from_db()
    assert (world.drain.limit_hours, world.drain.severity) == (12, "major")
    assert (world.drain.name_en, world.drain.edition) == ("Drains and ditches", 3)


def test_the_page_after_a_conflict_saves_as_it_stands(world: World) -> None:
    client = _client(world.cast.system)
    sent = _opened(client, world.drain) | {"name_en": "Ditches"}
    edit_category(world.drain, limit_hours=12, by=world.cast.county, at=NOON)
    page = client.post(f"{CATEGORIES}{world.drain.pk}/edit", sent).content.decode()
    assert 'name="edition" value="2"' in page and 'name="was-limit" value="12"' in page
    assert re.search(r'<input id="id_limit"[^>]* value="12"', page)
    assert 'name="was-name_en" value="Drains"' in page


def test_a_question_is_made_row_by_row_without_script(world: World) -> None:
    client, address = _client(world.cast.county), f"{CATEGORIES}{world.drain.pk}/edit"
    sent = _opened(client, world.drain) | {"name": "沟渠"}
    page = client.post(address, sent | {"do": "add"}).content.decode()
    assert 'name="q-0-ask"' in page and 'name="q-0-c-1-name"' in page and 'value="沟渠"' in page
    assert 'name="was-name" value="排水管道"' in page
    typed = {
        "q-0-code": "",
        "q-0-ask": "水有多深？",
        "q-0-ask_en": "How deep?",
        "q-0-type": "choice",
        "q-0-required": "on",
        "q-0-c-0-name": "到脚踝",
        "q-0-c-0-name_en": "Ankle",
        "q-0-c-1-name": "到膝盖",
        "q-0-c-1-name_en": "Knee",
    }
    page = client.post(address, sent | typed | {"do": "choice:0"}).content.decode()
    assert 'name="q-0-c-2-name"' in page and 'value="到膝盖"' in page
    client.post(address, sent | typed)
    world.drain.refresh_from_db()
    assert world.drain.name == "沟渠" and world.drain.edition == 2
    (question,) = world.drain.questions
    assert (question["code"], question["required"]) == ("how_deep", True)
    assert [one["code"] for one in question["choices"]] == ["ankle", "knee"]


def test_the_code_of_a_question_stays_when_its_words_change(world: World) -> None:
    question = {"code": "q", "ask": "深吗？", "ask_en": "Deep?", "type": "text", "choices": [], "required": False}
    edit_category(world.drain, questions=[question], by=world.cast.county, at=NOON)
    client, address = _client(world.cast.county), f"{CATEGORIES}{world.drain.pk}/edit"
    client.post(address, _opened(client, world.drain) | {"q-0-ask": "有多深？"})
    world.drain.refresh_from_db()
    assert [(one["code"], one["ask"]) for one in world.drain.questions] == [("q", "有多深？")]
    page = client.post(address, _opened(client, world.drain) | {"do": "drop:0"}).content.decode()
    assert 'name="q-0-ask"' not in page and Category.objects.get(pk=world.drain.pk).questions


def test_saving_what_was_not_touched_leaves_no_edit(world: World) -> None:
    client = _client(world.cast.county)
    client.post(f"{CATEGORIES}{world.drain.pk}/edit", _opened(client, world.drain))
    assert Category.objects.get(pk=world.drain.pk).edition == 1


def test_a_county_adds_a_category_and_closes_it(world: World) -> None:
    client, pack = _client(world.cast.county), world.drain.pack
    page = client.get(f"{CATEGORIES}new?pack={pack.pk}&parent={world.drain.parent_id}").content.decode()
    assert 'value="C03"' in page
    sent = {
        "parent": world.drain.parent_id,
        "code": "C03",
        "name": "荔枝虫害",
        "name_en": "Lychee pests",
        "icon": "bug",
        "limit": "5",
        "unit": "limit_working_days",
        "severity": "general",
        "urgency": "normal",
        "public_place": "wide",
        "department": "water",
    }
    assert client.post(f"{CATEGORIES}new", sent | {"department": ""}).status_code == 422
    assert "taken" in client.post(f"{CATEGORIES}new", sent | {"code": "C01"}).content.decode()
    assert "added this category" in client.post(f"{CATEGORIES}new", sent, follow=True).content.decode()
    made = Category.objects.get(code="C03")
    assert "Close Lychee pests?" in client.get(f"{CATEGORIES}{made.pk}/close").content.decode()
    assert client.post(f"{CATEGORIES}{made.pk}/close", {"edition": made.edition - 1}).status_code == 409
    page = client.post(f"{CATEGORIES}{made.pk}/close", {"edition": made.edition}, follow=True).content.decode()
    assert "closed this category" in page
    made.refresh_from_db()
    assert made.closed_on is not None


def test_a_domain_is_added_with_names_alone(world: World) -> None:
    client = _client(world.cast.system)
    client.post(f"{CATEGORIES}new", {"parent": "", "code": "Z", "name": "荔枝", "name_en": "Lychees", "icon": "leaf"})
    made = Category.objects.get(code="Z")
    assert made.parent is None and made.limit_hours is None
    page = client.get(f"{CATEGORIES}{made.pk}/edit").content.decode()
    assert 'name="limit"' not in page and 'name="name_en"' in page


def test_a_pack_that_comes_with_linli_is_loaded_looked_at_and_put_in_use(world: World) -> None:
    client = _client(world.cast.county)
    assert client.post(f"{CATEGORIES}packs/load", {"pack": "../../etc/passwd"}).status_code == 422
    client.post(f"{CATEGORIES}packs/load", {"pack": "gbt-47678-5"})
    pack = Pack.objects.get(code="gbt-47678-5")
    assert not pack.in_use and "not in use" in client.get(f"{CATEGORIES}?pack={pack.pk}").content.decode()
    page = client.post(f"{CATEGORIES}packs/{pack.pk}/use", follow=True).content.decode()
    assert Pack.objects.get(in_use=True) == pack and "非法出版物销售" in page
    entry = Entry.objects.get(verb="pack.put_in_use")
    assert entry.by == world.cast.county and entry.facts["pack"] == "gbt-47678-5"
    assert "Exposed rubbish" in client.get(CATEGORIES).content.decode()


def test_a_pack_is_downloaded_with_what_the_county_edited_and_can_be_read_again(world: World, tmp_path: Path) -> None:
    pack = packs.load(packs.DEFAULT)
    edit_category(pack.categories.get(code="C01"), limit_hours=7, by=world.cast.county, at=NOON)
    answer = _client(world.cast.worker).get(f"{CATEGORIES}packs/{pack.pk}.json")
    assert 'filename="grid-cn-lite-2026.1.json"' in answer["Content-Disposition"]
    (tmp_path / "ours.json").write_bytes(answer.content)
    content = packs.read(tmp_path / "ours.json")
    assert next(row for row in content.categories if row.code == "C01").limit_hours == 7
    assert "09008" in {one.code for one in content.left_out}
    assert json.loads(answer.content)["version"] == pack.version


def test_a_page_of_a_category_takes_as_many_queries_for_many_edits(world: World) -> None:
    client, address = _client(world.cast.county), f"{CATEGORIES}{world.drain.pk}/"
    edit_category(world.drain, limit_hours=5, by=world.cast.county, at=NOON)
    few = _queries(client, address)
    for hours in range(6, 20):
        edit_category(world.drain, limit_hours=hours, by=world.cast.county, at=NOON)
    assert _queries(client, address) == few


def test_a_home_without_a_pack_says_what_to_do(world: World) -> None:
    Pack.objects.update(in_use=False)
    assert "No pack of categories is in use" in _client(world.cast.county).get(CATEGORIES).content.decode()
    assert _client(world.cast.county).get(f"{CATEGORIES}new").status_code == 302


def test_a_local_category_of_the_standard_begins_at_080(world: World) -> None:
    pack = packs.load("gbt-47678-5")
    domain = pack.categories.get(code="06")
    page = _client(world.cast.county).get(f"{CATEGORIES}new?parent={domain.pk}").content.decode()
    assert 'value="06080"' in page
    fields = {"name": "荔枝壳", "name_en": "Shells", "limit_hours": 4, "department": world.water}
    add_category(pack, code="06080", parent=domain, by=world.cast.county, at=NOON, **fields)
    assert 'value="06081"' in _client(world.cast.county).get(f"{CATEGORIES}new?parent={domain.pk}").content.decode()


# --- in a browser ------------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_a_limit_and_a_question_are_edited_in_the_browser(
    page: Page, world: World, sign_in: Any, accessible: Any
) -> None:
    sign_in(page, world.cast.county)
    page.goto(CATEGORIES)
    accessible(page)
    page.locator("#f-mark").select_option("mediation")
    page.wait_for_url("**mark=mediation*")
    page.locator("#f-mark").select_option("")
    page.locator("#q").press_sequentially("C01")
    page.wait_for_url("**q=C01*")
    expect(page.locator(".category-row")).to_have_count(1)
    settled(page)  # a row clicked while it is exchanged for itself goes nowhere
    page.get_by_role("link", name="排水管道").hover()
    page.mouse.down()  # the search box is left by this, which asks for nothing anew while a slow hand presses
    page.wait_for_timeout(500)
    page.mouse.up()
    page.wait_for_url(f"**{CATEGORIES}{world.drain.pk}/")
    accessible(page)
    page.locator(f'a[href="{CATEGORIES}{world.drain.pk}/edit"]').click()
    page.locator("#id_limit").fill("36")
    page.locator("input[name=unit][value=limit_hours]").check()
    page.locator("button[name=do][value=add]").click()
    settled(page)  # the new question is given the focus once the page is here
    page.locator("#q-0-ask").fill("有人受伤吗？")
    page.locator("#q-0-ask_en").fill("Is anybody hurt?")
    page.locator("#q-0-type").select_option("text")
    expect(page.locator(".answer-rows")).to_be_hidden()
    accessible(page)
    page.locator("#q-0-ask_en").press("Enter")
    page.wait_for_url(f"**{CATEGORIES}{world.drain.pk}/")
    expect(page.locator(".asked")).to_contain_text("有人受伤吗？")
    accessible(page)
    world.drain.refresh_from_db()
    assert (world.drain.limit_hours, world.drain.edition) == (36, 2)
    page.goto(f"{CATEGORIES}packs/")
    accessible(page)


def test_the_pages_fit_a_telephone(open_page: Any, world: World, sign_in: Any) -> None:
    page = open_page(viewport={"width": 390, "height": 844})
    sign_in(page, world.cast.county)
    for address in ("", f"{world.drain.pk}/", f"{world.drain.pk}/edit", "new", "packs/", f"{world.drain.pk}/close"):
        page.goto(CATEGORIES + address)
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, address


def test_a_telephone_reaches_categories_from_the_menu_of_the_person(
    open_page: Any, world: World, sign_in: Any, accessible: Any
) -> None:
    page = open_page(viewport={"width": 390, "height": 844}, has_touch=True)
    sign_in(page, world.cast.county)
    page.goto("/desk/")
    page.locator("details.me summary").click()
    accessible(page)
    page.locator("details.me").get_by_role("link", name=gettext("Rules")).click()
    expect(page).to_have_url(re.compile(f"{CATEGORIES}$"))
