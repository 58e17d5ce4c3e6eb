"""Ready texts: who keeps them, which is offered first, what a matter fills, and what is refused."""

import re
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from django.utils.translation import gettext as _

from linli.desk.models import ReadyText
from linli.desk.texts import actions
from linli.desk.texts.choosing import offered_for
from linli.desk.texts.rules import TEXT_STEPS, check_placeholders, fill, nearness
from linli.events.forms import ACTS
from linli.events.models import Event
from linli.events.rules import State
from linli.events.testing import World, make_event, make_world
from linli.events.tests.pages import desk_of, page_of, recent, words_of
from linli.journal.models import Entry
from linli.kit.refusal import BadInput, NotYours, Refused

AT = timezone.now()


@pytest.fixture
def world(db: None) -> World:
    return make_world()


def text(world: World, title: str = "办结", *, area: str = "440881", **more: object) -> ReadyText:
    given = {"step": "close", "words": "{place}已处置。", "by": None, "at": AT} | more
    return actions.add_text(area=world.areas[area], title=title, **given)  # type: ignore[arg-type]


def test_what_the_matter_does_not_say_stays_visible() -> None:
    assert fill("{number}由{lead}承办", {"number": "A-1", "lead": ""}).startswith("A-1由【")


@pytest.mark.parametrize("words", ["{name}您好", "{number", "number}", "{}", "{{number}}"])
def test_a_placeholder_that_is_not_known_is_refused(words: str) -> None:
    with pytest.raises(BadInput):
        check_placeholders(words, field="words")


def test_the_nearest_area_goes_first_then_the_category_before_its_domain() -> None:
    where = {"area": "440881101201005", "category": 7, "domain": 3}
    keys = [
        nearness("440881101", None, None, **where),
        nearness("440881", 7, 3, **where),
        nearness("440881", 3, None, **where),
        nearness("440881", None, None, **where),
    ]
    assert keys == sorted(keys, reverse=True)
    assert nearness("440881102", None, None, **where) is None
    assert nearness("440881", 8, 3, **where) is None


def test_every_step_with_texts_has_a_field_for_words(world: World) -> None:
    event = make_event(world)
    assert [step for step in TEXT_STEPS if "text" not in ACTS[step].form(event=event).fields] == []
    assert [step for step in ACTS if step not in TEXT_STEPS and "text" in ACTS[step].form(event=event).fields] == []


def test_a_text_is_filled_with_what_the_matter_says(world: World) -> None:
    event = make_event(world, State.HANDLING)
    text(
        world,
        words="{place}（{number}）{category}由{lead}承办，{due}前办结。{office} {today}",
        words_en="By {lead}: {category}",
    )
    found = offered_for(Event.objects.get(pk=event.pk), "close", at=AT)[0]
    assert found.filled.startswith(f"石城镇上县村（{event.number}）排水管道由水务局承办，2026年11月")
    assert "石城镇" in found.filled
    assert found.filled_en == "By Water Bureau: Drains"


def test_the_most_specific_text_is_offered_first_and_others_areas_are_not(world: World) -> None:
    text(world, "县里任何类别")
    text(world, "县里管道", category=world.drain)
    text(world, "县里设施", category=world.drain.parent)
    text(world, "镇里", area="440881101")
    text(world, "邻镇", area="440881102")
    text(world, "县里危墙", category=world.wall)
    text(world, "另一步", step="reject")
    closed = text(world, "不再用")
    actions.close_text(closed, by=world.cast.county, at=AT)
    found = offered_for(make_event(world), "close", at=AT)
    assert [one.text.title for one in found] == ["镇里", "县里管道", "县里设施", "县里任何类别"]


def test_only_the_desk_of_an_area_keeps_its_texts(world: World) -> None:
    with pytest.raises(NotYours):
        text(world, by=world.cast.desk)
    with pytest.raises(NotYours):
        text(world, area="440881101", by=world.cast.worker)
    mine = text(world, area="440881101", by=world.cast.desk)
    actions.close_text(mine, by=world.cast.county, at=AT)
    assert [one.verb for one in Entry.objects.filter(on_key=str(mine.pk), on_kind="readytext")] == [
        "text.added",
        "text.closed",
    ]


def test_a_title_is_had_once_per_step_and_can_be_taken_again_after_closing(world: World) -> None:
    first = text(world)
    with pytest.raises(BadInput) as refused:
        text(world)
    assert refused.value.code == "title_taken"
    actions.close_text(first, by=world.cast.county, at=AT)
    text(world)
    with pytest.raises(BadInput):
        actions.reopen_text(first, by=world.cast.county, at=AT)


def test_two_people_do_not_undo_each_others_edit(world: World) -> None:
    one = text(world)
    sent = {"edition": 1, "step": "close", "title": "新", "by": world.cast.county, "at": AT}
    actions.edit_text(one, words="甲改", **sent)
    with pytest.raises(Refused) as refused:
        actions.edit_text(one, words="乙改", **sent)
    assert refused.value.code == "changed_meanwhile"
    assert ReadyText.objects.get().words == "甲改"


def test_the_starting_texts_are_loaded_once_and_each_may_be_saved(world: World) -> None:
    count = actions.load_starting_texts(world.areas["440881"], by=world.cast.county, at=AT)
    assert count == len(actions.starting_texts()) == ReadyText.objects.count()
    actions.close_text(ReadyText.objects.first(), by=world.cast.county, at=AT)  # type: ignore[arg-type]
    call_command("texts", "load", "440881")
    assert ReadyText.objects.count() == count
    for step in ("close", "reject", "hand_back", "remind"):
        assert ReadyText.objects.filter(step=step).count() >= 2, step


def test_the_list_is_narrowed_and_the_next_township_does_not_see_it(world: World) -> None:
    text(world, "镇里办结", area="440881101")
    text(world, "县里退回", step="hand_back")
    page = words_of(desk_of(world.cast.desk).get("/desk/texts/"))
    assert "镇里办结" in page and "县里退回" in page
    assert "镇里办结" not in words_of(desk_of(world.cast.neighbour).get("/desk/texts/"))
    found = words_of(desk_of(world.cast.desk).get("/desk/texts/?step=hand_back&q=退回", headers={"HX-Target": "found"}))
    assert "县里退回" in found and "镇里办结" not in found and "<html" not in found


def test_a_text_is_added_edited_closed_and_offered_again_by_page(world: World) -> None:
    client = desk_of(world.cast.desk)
    sent = {
        "area": "440881101",
        "step": "close",
        "title": "办结",
        "words": "已处置{nobody}。",
        "words_en": "",
        "category": "",
    }
    answer = client.post("/desk/texts/new", sent)
    assert answer.status_code == 422 and "{nobody}" in words_of(answer)
    client.post("/desk/texts/new", sent | {"words": "{place}已处置。"})
    made = ReadyText.objects.get()
    there = f"/desk/texts/{made.pk}/"
    matter = recent(world)
    assert "石城镇上县村已处置" in words_of(client.get(f"{there}?number={matter.number}"))
    assert _("You see no matter of this number. Check it.") in words_of(client.get(f"{there}?number=1"))
    client.post(f"{there}edit", sent | {"words": "已清理。", "edition": "1"})
    made.refresh_from_db()
    assert (made.words, made.edition) == ("已清理。", 2)
    assert client.post(f"{there}edit", sent | {"words": "再改。", "edition": "1"}).status_code == 422
    client.post(f"{there}close")
    assert not ReadyText.objects.open().exists()
    client.post(f"{there}reopen")
    assert ReadyText.objects.open().exists()
    assert desk_of(world.cast.worker).post(f"{there}close").status_code == 403


def test_the_chooser_stands_on_the_form_of_a_step_and_fills_it_without_script(world: World) -> None:
    actions.load_starting_texts(world.areas["440881"], by=None, at=AT)
    event, client = recent(world, State.VERIFIED), desk_of(world.cast.desk)
    form = words_of(client.get(f"{page_of(event)}close"))
    chooser = f"/desk/texts/for/{event.pk}/close"
    assert chooser in form
    page = words_of(client.get(chooser))
    words = re.search(r'name="text" value="([^"]+)"', page)
    assert words and event.number in words[1] and "【" in words[1]
    filled = client.post(f"{page_of(event)}close", {"only_fill": "1", "text": words[1]})
    assert filled.status_code == 200 and words[1] in words_of(filled)
    event.refresh_from_db()
    assert event.state == State.VERIFIED


def test_texts_are_not_chosen_for_a_matter_out_of_sight(world: World, client: Client) -> None:
    event = make_event(world, at=AT - timedelta(hours=1))
    assert desk_of(world.cast.neighbour).get(f"/desk/texts/for/{event.pk}/close").status_code == 404
    assert desk_of(world.cast.desk).get(f"/desk/texts/for/{event.pk}/sign_for").status_code == 404
