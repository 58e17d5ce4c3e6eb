"""Versions of the duty list before their day: copies corrected line by line, taken back, discarded, moved after their areas."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from django.core.management import call_command
from django.utils import timezone

from linli.events import actions, duty_files
from linli.events.actions import LineDraft
from linli.events.actions.redrawing import close_area
from linli.events.models import Duty, DutyList, Event
from linli.events.testing import GRID, NOON, World, make_event
from linli.journal.models import Entry
from linli.kit.refusal import BadInput, NotYours, Refused
from linli.kit.tests.sheet_files import xlsx

COUNTY, TOWNSHIP, OTHER_GRID = "440881", "440881101", "440881101201006"
TODAY = date(2026, 11, 16)
OFFICE = "8:30-12:00，14:30-17:30"


def row(area: str = COUNTY, lead: str = "water", **more: str) -> dict[str, str]:
    return {
        "category": "C01",
        "area": area,
        "lead": lead,
        "basis": "排水条例",
        "co_handlers": "",
        "hours": OFFICE,
        **more,
    }


def load(world: World, *rows: dict[str, str], name: str = "2026版", from_on: date | None = TODAY) -> DutyList:
    made = actions.load_list(enumerate(rows or (row(),), 2), name=name, by=world.cast.county, at=NOON)
    if from_on:
        actions.put_in_use(made, from_on=from_on, by=world.cast.county, at=NOON)
    return made


def line(world: World, **more: object) -> LineDraft:
    return LineDraft(world.housing, (), "新依据", **more)  # type: ignore[arg-type]


def test_a_copy_is_corrected_line_by_line_and_the_version_in_use_stays(world: World) -> None:
    made, county = load(world, row(co_handlers="housing")), world.cast.county
    draft = actions.start_draft(made, name="修订", by=county, at=NOON)
    copied = draft.duties.get()
    assert [one.pk for one in copied.co_handlers.all()] == ["housing"]
    actions.change_line(copied, line=line(world), by=county, at=NOON)
    added = actions.add_line(draft, category=world.wall, area=world.grid, line=line(world), by=county, at=NOON)
    assert made.duties.get().lead == world.water and draft.duties.get(category=world.drain).lead == world.housing
    actions.remove_line(added, by=county, at=NOON)
    assert draft.duties.count() == 1
    verbs = Entry.objects.filter(on_kind="dutylist", on_key=str(draft.pk)).order_by("id").values_list("verb", flat=True)
    expected = ["drafted", "line_changed", "line_added", "line_removed"]
    assert list(verbs) == [f"duty_list.{verb}" for verb in expected]


def test_a_version_that_is_put_in_use_is_not_corrected_any_more(world: World) -> None:
    made, county = load(world), world.cast.county
    with pytest.raises(Refused) as refused:
        actions.change_line(made.duties.get(), line=line(world), by=county, at=NOON)
    assert refused.value.code == "list_in_use"
    for act in (actions.discard_list, actions.follow_areas):
        with pytest.raises(Refused):
            act(made, by=county, at=NOON)


def test_only_keepers_of_the_county_correct_a_draft(world: World) -> None:
    draft = load(world, from_on=None)
    for person in (world.cast.desk, world.cast.worker, world.cast.nobody):
        with pytest.raises(NotYours):
            actions.remove_line(draft.duties.get(), by=person, at=NOON)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"basis": " "}, "text_missing"),
        ({"basis": "长" * 501}, "text_too_long"),
        ({"lead": "co"}, "lead_is_co_handler"),
        ({"lead": "closed"}, "department_closed"),
    ],
)
def test_a_line_that_is_not_possible_is_refused(world: World, change: dict[str, str], code: str) -> None:
    draft = load(world, from_on=None)
    lead = world.housing
    if change.get("lead") == "closed":
        lead.closed_on = TODAY
    others = (world.housing,) if change.get("lead") == "co" else ()
    wrong = LineDraft(lead, others, change.get("basis", "依据"))
    with pytest.raises(BadInput) as refused:
        actions.change_line(draft.duties.get(), line=wrong, by=world.cast.county, at=NOON)
    assert refused.value.code == code


def test_a_version_is_taken_back_before_its_day_and_not_after(world: World) -> None:
    made = load(world, from_on=TODAY + timedelta(days=3))
    actions.take_back_list(made, by=world.cast.county, at=NOON)
    assert made.in_use_from is None
    actions.put_in_use(made, from_on=TODAY, by=world.cast.county, at=NOON)
    with pytest.raises(Refused) as refused:
        actions.take_back_list(made, by=world.cast.county, at=NOON)
    assert refused.value.code == "day_has_come"


def test_a_version_never_used_is_discarded_with_its_lines(world: World) -> None:
    draft = load(world, row(co_handlers="housing"), from_on=None)
    actions.discard_list(draft, by=world.cast.county, at=NOON)
    assert not DutyList.objects.exists() and not Duty.objects.exists()
    assert Entry.objects.get(verb="duty_list.discarded").facts["rows"] == 1


def test_lines_of_a_closed_area_go_to_its_successor_in_a_copy(world: World) -> None:
    made, county = load(world, row(), row(GRID, "housing", co_handlers="water")), world.cast.county
    heir = world.areas[OTHER_GRID]
    close_area(world.grid, by=county, at=NOON, successor=heir)
    assert actions.heirs_of([GRID]) == {GRID: [heir]}
    draft = actions.start_draft(made, name="修订", by=county, at=NOON)
    assert actions.follow_areas(draft, by=county, at=NOON) == 1
    moved = draft.duties.get(area=heir)
    assert moved.lead == world.housing and [one.pk for one in moved.co_handlers.all()] == ["water"]
    assert not draft.duties.filter(area=GRID).exists() and made.duties.filter(area=GRID).exists()


def test_what_speaks_for_the_new_area_already_stays_and_no_line_is_lost_without_an_heir(world: World) -> None:
    draft = load(world, row(GRID, "housing"), row(OTHER_GRID, "water"), row("440881101202001", "housing"), from_on=None)
    close_area(world.grid, by=world.cast.county, at=NOON, successor=world.areas[OTHER_GRID])
    close_area(world.areas["440881101202001"], by=world.cast.county, at=NOON)
    assert actions.follow_areas(draft, by=world.cast.county, at=NOON) == 1
    assert draft.duties.get(area=OTHER_GRID).lead == world.water
    assert draft.duties.filter(area="440881101202001").exists()


def test_the_recommendation_says_that_it_is_outside_its_hours_and_when_it_opens(world: World) -> None:
    load(world)
    event = make_event(world, "accepted")
    noon_rest = actions.recommend(event, NOON).opening
    assert noon_rest is not None and not noon_rest.is_open and noon_rest.days_ahead == 0
    assert timezone.localtime(noon_rest.opens_at).strftime("%H:%M") == "14:30"
    afternoon, evening = (actions.recommend(event, NOON + timedelta(hours=hours)).opening for hours in (4, 7))
    assert afternoon is not None and afternoon.is_open
    assert evening is not None and evening.days_ahead == 1


def test_a_different_choice_keeps_the_line_it_went_against(world: World) -> None:
    made = load(world)
    event = make_event(world, "accepted")
    choice = actions.Choice("agreed")
    actions.dispatch(event, lead=world.housing, by=world.cast.county, at=NOON + timedelta(hours=1), choice=choice)
    assert Event.objects.get().choices.get().duty == made.duties.get()


@pytest.mark.parametrize("in_words", [False, True])
def test_a_version_written_out_can_be_brought_in_again(world: World, tmp_path: Path, in_words: bool) -> None:
    made = load(world, row(co_handlers="housing", contact="12345"), row(GRID, "housing"))
    file = tmp_path / "清单.csv"
    file.write_text(duty_files.MARK + duty_files.written(made, in_words=in_words), encoding="utf-8", newline="")
    again = actions.load_list(duty_files.read_list(file), name="再来", by=None, at=NOON)
    columns = ("category", "area", "lead", "basis", "hours", "contact")
    assert set(again.duties.values_list(*columns)) == set(made.duties.values_list(*columns))
    assert ("水务局" in file.read_text(encoding="utf-8")) == in_words


def test_headings_as_offices_write_them_are_understood(world: World, tmp_path: Path) -> None:
    file = tmp_path / "清单.xlsx"
    file.write_bytes(
        xlsx(
            ("事项类别", "属地", "责任单位", "配合单位", "法律依据"),
            ("排水管道", "石城镇", "水务局", "住建局", "排水条例"),
        )
    )
    [(_line, read)] = duty_files.read_list(file)
    assert read == {
        "category": "排水管道",
        "area": "石城镇",
        "lead": "水务局",
        "co_handlers": "住建局",
        "basis": "排水条例",
    }
    file.write_bytes(xlsx(("类别", "category", "区域", "牵头部门", "依据"), ("x", "x", "x", "x", "x")))
    with pytest.raises(BadInput) as refused:
        next(duty_files.read_list(file))
    assert refused.value.code == "column_twice"


def test_the_command_shows_who_leads_where_and_why_not_others(
    world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    actions.put_in_use(
        load(world, row(), row(TOWNSHIP, "housing"), from_on=None),
        from_on=timezone.localdate(), by=None, at=timezone.now(),
    )  # fmt: skip
    call_command("duties", "show", "--category", "排水管道", "--area", GRID, "--csv")
    first, second = capsys.readouterr().out.splitlines()[1:]
    assert ",housing," in first and ",water," in second
    call_command("duties", "show", "--area", TOWNSHIP)
    assert len(capsys.readouterr().out.splitlines()) == 2
    file = tmp_path / "out.csv"
    call_command("duties", "export", "--to", str(file))
    assert file.read_bytes().startswith(b"\xef\xbb\xbf") and "440881101" in file.read_text(encoding="utf-8")
    with pytest.raises(BadInput):
        call_command("duties", "show", "没有的")
