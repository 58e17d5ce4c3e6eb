"""The duty list: which line speaks for a matter, versions by day, bringing one in, and a different choice kept."""

from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from linli.events import actions
from linli.events.models import Category, DispatchChoice, Duty, DutyList, Event, Pack, Shield
from linli.events.rules import Line, WhyNot, weigh
from linli.events.testing import GRID, NOON, World, make_event
from linli.events.tests.pages import desk_of, page_of, recent, words_of
from linli.journal.models import Entry
from linli.kit.refusal import BadInput, NotYours, Refused
from linli.kit.tests.sheet_files import xlsx
from linli.people.models import Appointment, Department, Leave

COUNTY, TOWNSHIP, OTHER_TOWNSHIP = "440881", "440881101", "440881102"
OWN, DOMAIN = "C01", "C"
TODAY = date(2026, 11, 16)
HEADER = "category,area,lead,co_handlers,basis,hours,contact\n"


def _lines(*rows: tuple[str, str, str]) -> list[Line]:
    return [Line(pk, *row) for pk, row in enumerate(rows, 1)]


def test_the_most_specific_area_goes_first_and_then_the_category_before_its_domain() -> None:
    lines = _lines((OWN, COUNTY, "a"), (DOMAIN, TOWNSHIP, "b"), (DOMAIN, COUNTY, "c"), (OWN, OTHER_TOWNSHIP, "d"))
    found = weigh(lines, category=OWN, area=GRID, present=dict.fromkeys("abcd", 1))
    assert found.line == lines[1]
    assert [(line.lead, why) for line, why in found.others] == [
        ("a", WhyNot.WIDER_AREA),
        ("c", WhyNot.WIDER_AREA),
        ("d", WhyNot.OTHER_AREA),
    ]
    in_one_area = _lines((DOMAIN, COUNTY, "c"), (OWN, COUNTY, "a"))
    found = weigh(in_one_area, category=OWN, area=GRID, present={"a": 1, "c": 1})
    assert found.line == in_one_area[1] and found.others == ((in_one_area[0], WhyNot.WIDER_CATEGORY),)


def test_who_is_closed_or_was_upheld_is_passed_over_and_it_is_said_why() -> None:
    lines = _lines((OWN, GRID, "gone"), (OWN, TOWNSHIP, "not_theirs"), (OWN, COUNTY, "a"))
    everybody = {"gone": 1, "not_theirs": 1, "a": 1}
    found = weigh(lines, category=OWN, area=GRID, closed={"gone"}, upheld={"not_theirs"}, present=everybody)
    assert found.line == lines[2]
    assert [why for _line, why in found.others] == [WhyNot.CLOSED, WhyNot.UPHELD]


def test_a_department_with_nobody_present_is_passed_over_only_for_one_that_has_somebody() -> None:
    lines = _lines((OWN, TOWNSHIP, "near"), (OWN, COUNTY, "far"))
    found = weigh(lines, category=OWN, area=GRID, present={"far": 2})
    assert found.line == lines[1] and found.others == ((lines[0], WhyNot.NOBODY),)
    assert weigh(lines, category=OWN, area=GRID, present={}).line == lines[0]


def test_where_no_line_speaks_for_the_area_nobody_is_recommended() -> None:
    lines = _lines((OWN, OTHER_TOWNSHIP, "d"))
    found = weigh(lines, category=OWN, area=GRID, present={"d": 1})
    assert found.line is None and found.others == ((lines[0], WhyNot.OTHER_AREA),)


def _row(
    category: str = "C01", area: str = COUNTY, lead: str = "water", co_handlers: str = "", basis: str = "排水条例第6条"
) -> dict[str, str]:
    return {
        "category": category,
        "area": area,
        "lead": lead,
        "co_handlers": co_handlers,
        "basis": basis,
        "hours": "8:30-17:30",
        "contact": "0759-6600000",
    }


def _load(world: World, rows: Iterable[dict[str, str]], name: str = "2026版") -> DutyList:
    return actions.load_list(enumerate(rows, 2), name=name, by=world.cast.county, at=NOON)


def _use(world: World, rows: Iterable[dict[str, str]], name: str = "2026版", from_on: date = TODAY) -> DutyList:
    made = _load(world, rows, name)
    actions.put_in_use(made, from_on=from_on, by=world.cast.county, at=NOON)
    return made


def test_rows_name_things_by_code_or_by_name(world: World) -> None:
    _load(world, [_row("排水管道", "石城镇", "水务局", "住建局"), _row("C", COUNTY, "Housing Bureau")])
    near, wide = Duty.objects.order_by("id")
    assert (near.category, near.area_id, near.lead_id) == (world.drain, TOWNSHIP, "water")
    assert [one.pk for one in near.co_handlers.all()] == ["housing"] and wide.lead_id == "housing"
    assert Entry.objects.get(verb="duty_list.brought_in").facts["rows"] == 2


def test_one_bad_row_and_nothing_is_brought_in_and_each_bad_row_is_told_with_its_line(world: World) -> None:
    rows = [
        _row(),
        _row("Z99"),
        _row(area="月球"),
        _row("C02", lead="nobody"),
        _row("C02", co_handlers="water"),
        _row(),
        _row("C02", basis=" "),
    ]
    with translation.override("en"), pytest.raises(BadInput) as refused:
        _load(world, rows)
    assert refused.value.facts["count"] == 6
    with translation.override("en"):
        said = str(refused.value)
    for line in (3, 4, 5, 6, 7, 8):
        assert f"\n{line}: " in said
    assert "Line 2 already names" in said and "月球" in said
    assert not DutyList.objects.exists() and not Duty.objects.exists()


def test_only_keepers_of_the_register_bring_in_a_list_or_put_it_in_use(world: World) -> None:
    made = _load(world, [_row()])
    for person in (world.cast.desk, world.cast.handler, world.cast.nobody):
        with pytest.raises(NotYours):
            actions.load_list([(2, _row())], name="别的", by=person, at=NOON)
        with pytest.raises(NotYours):
            actions.put_in_use(made, from_on=TODAY, by=person, at=NOON)


def test_each_day_has_the_version_put_in_use_last(world: World) -> None:
    old = _use(world, [_row()], "旧版")
    new = _use(world, [_row(lead="housing")], "新版", TODAY + timedelta(days=10))
    in_force = DutyList.objects.in_force_on
    assert in_force(TODAY - timedelta(days=1)) is None
    assert in_force(TODAY + timedelta(days=9)) == old and in_force(TODAY + timedelta(days=10)) == new
    event = make_event(world, "accepted")
    assert [_lead(event, days) for days in (0, 10)] == ["water", "housing"]


def test_a_version_that_has_been_in_use_is_not_moved_and_none_begins_in_the_past(world: World) -> None:
    made = _use(world, [_row()])
    with pytest.raises(Refused) as refused:
        actions.put_in_use(made, from_on=TODAY + timedelta(days=5), by=world.cast.county, at=NOON)
    assert refused.value.code == "in_use_already"
    other = _load(world, [_row()], "另版")
    with pytest.raises(BadInput) as past:
        actions.put_in_use(other, from_on=TODAY - timedelta(days=1), by=world.cast.county, at=NOON)
    assert past.value.code == "day_past"


def _lead(event: Event, days: int = 0) -> str | None:
    lead = actions.recommend(event, NOON + timedelta(days=days)).lead
    return lead.pk if lead else None


def test_the_recommendation_says_why_and_why_not_the_others_in_both_languages(world: World) -> None:
    _use(world, [_row(), _row(area=TOWNSHIP, lead="housing", basis="委托书")])
    found = actions.recommend(make_event(world, "accepted"), NOON)
    assert found.duty and (found.duty.lead, found.duty.basis, found.present) == (world.housing, "委托书", 1)
    assert [(duty.lead, why) for duty, why in found.others] == [(world.water, WhyNot.WIDER_AREA)]
    with translation.override("en"):
        assert str(found.duty.lead) == "Housing Bureau"
        assert found.others[0][1].label == "Responsible for a wider area; the more specific one goes first"
    with translation.override("zh-hans"):
        assert str(found.duty.lead) == "住建局"


def test_without_a_line_the_department_of_the_category_is_recommended(world: World) -> None:
    found = actions.recommend(make_event(world, "accepted"), NOON)
    assert found.lead == world.water and found.duty is None


def test_the_desk_is_warned_when_the_matter_is_about_the_recommended_department(world: World) -> None:
    _use(world, [_row()])
    event = make_event(world, "accepted")
    assert not actions.recommend(event, NOON).is_about_lead
    Shield.objects.create(event=event, department=world.water)
    assert actions.recommend(event, NOON).is_about_lead


def test_leave_and_an_upheld_objection_pass_the_matter_on(world: World) -> None:
    _use(world, [_row(area=TOWNSHIP), _row(lead="housing")])
    event = make_event(world, "objected")
    assert _lead(event) == "water"
    actions.uphold_objection(event, by=world.cast.county, at=NOON + timedelta(hours=1))
    found = actions.recommend(event, NOON + timedelta(hours=1))
    assert found.lead == world.housing and found.others[0][1] == WhyNot.UPHELD
    other = make_event(world, "accepted")
    held = Appointment.objects.get(person=world.cast.handler)
    Leave.objects.create(appointment=held, from_at=NOON - timedelta(days=1), to_at=NOON + timedelta(days=3))
    found = actions.recommend(other, NOON + timedelta(hours=1))
    assert found.lead == world.housing and found.others[0][1] == WhyNot.NOBODY


def test_a_long_list_takes_as_many_queries_as_a_short_one(world: World) -> None:
    event = make_event(world, "accepted")
    _use(world, [_row(co_handlers="housing")], "短")
    short = _queries(event)
    Department.objects.bulk_create(Department(code=f"d{n}", name=f"局{n}") for n in range(9))
    areas = [code for code in world.areas if code != COUNTY]
    rows = [_row(area=code, lead=f"d{n}", co_handlers="housing") for n, code in enumerate(areas)]
    _use(world, [_row(), *rows], "长")
    assert _queries(event) == short


def _queries(event: Event) -> int:
    fresh = Event.objects.get(pk=event.pk)
    with CaptureQueriesContext(connection) as seen:
        actions.recommend(fresh, NOON)
    return len(seen)


def _dispatch(world: World, lead: Department, choice: actions.Choice | None) -> Event:
    event = make_event(world, "accepted")
    actions.dispatch(event, lead=lead, by=world.cast.county, at=NOON + timedelta(hours=1), choice=choice)
    return event


def test_another_choice_is_kept_with_its_reason(world: World) -> None:
    _use(world, [_row()])
    event = _dispatch(world, world.housing, actions.Choice("agreed"))
    kept = DispatchChoice.objects.get(event=event)
    assert (kept.recommended, kept.chosen, kept.reason) == (world.water, world.housing, "agreed")
    assert kept.entry.verb == "event.dispatched"


def test_following_the_recommendation_keeps_nothing(world: World) -> None:
    _use(world, [_row()])
    _dispatch(world, world.water, actions.Choice("agreed"))
    assert not DispatchChoice.objects.exists()


@pytest.mark.parametrize("choice", [actions.Choice("whim"), actions.Choice(""), actions.Choice("other", " ")])
def test_a_reason_that_is_none_stops_the_dispatch(world: World, choice: actions.Choice) -> None:
    _use(world, [_row()])
    with pytest.raises(BadInput):
        _dispatch(world, world.housing, choice)
    assert Event.objects.get().state == "accepted" and not DispatchChoice.objects.exists()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_the_command_brings_in_a_file_of_any_usual_encoding(world: World, tmp_path: Path, encoding: str) -> None:
    file = tmp_path / "duties.csv"
    file.write_text(HEADER + "排水管道,石城镇,水务局,住建局,排水条例第6条,8:30-17:30,\n", encoding=encoding)
    call_command("duties", "import", str(file), "--name", "2026版", "--dry-run")
    assert not DutyList.objects.exists() and not Entry.objects.filter(verb="duty_list.brought_in").exists()
    call_command("duties", "import", str(file), "--name", "2026版", "--from", "2099-01-01")
    assert Duty.objects.get().lead == world.water and DutyList.objects.get().in_use_from == date(2099, 1, 1)


def test_the_command_names_a_missing_column(world: World, tmp_path: Path) -> None:
    file = tmp_path / "duties.csv"
    file.write_text("category,area,lead\nC01,440881,water\n", encoding="utf-8")
    with pytest.raises(BadInput) as refused:
        call_command("duties", "import", str(file), "--name", "2026版")
    assert refused.value.facts["column"] == "basis"


def test_the_desk_sees_whom_the_list_recommends_and_is_asked_why_it_chooses_another(world: World) -> None:
    at = timezone.now()
    made = actions.load_list(
        [(2, _row(basis="排水条例")), (3, _row(area=TOWNSHIP, lead="housing"))], name="页面", by=None, at=at
    )
    actions.put_in_use(made, from_on=timezone.localdate(at), by=None, at=at)
    event = recent(world, "accepted")
    client, address = desk_of(world.cast.county), f"{page_of(event)}dispatch"
    page = words_of(client.get(address))
    assert "住建局" in page and str(WhyNot.WIDER_AREA.label) in page
    refused = client.post(address, {"lead": "water"})
    assert refused.status_code == 422 and refused.context["form"].errors.keys() == {"reason"}
    refused = client.post(address, {"lead": "water", "reason": "other"})
    assert refused.context["form"].errors.keys() == {"reason_words"}
    assert client.post(address, {"lead": "water", "reason": "agreed"}).status_code == 302
    kept = DispatchChoice.objects.get(event=event)
    assert (kept.recommended, kept.chosen, kept.reason) == (world.housing, world.water, "agreed")


def test_without_a_list_the_desk_is_asked_for_no_reason(world: World) -> None:
    event = recent(world, "accepted")
    client, address = desk_of(world.cast.county), f"{page_of(event)}dispatch"
    assert "水务局" in words_of(client.get(address))
    assert client.post(address, {"lead": "housing"}).status_code == 302


def test_the_list_speaks_for_the_next_version_of_its_pack(world: World) -> None:
    _use(world, [_row(lead="housing")])
    Pack.objects.filter(in_use=True).update(in_use=False)
    following = Pack.objects.create(code="test", version="2", name="二", in_use=True)
    drain = Category.objects.create(pack=following, code="C01", name="排水管道", department=world.water)
    found = actions.recommend(make_event(world, "accepted", category=drain), NOON)
    assert found.duty is not None and found.lead == world.housing


def test_an_act_that_goes_against_the_list_without_a_reason_is_refused(world: World) -> None:
    _use(world, [_row()])
    with pytest.raises(BadInput) as refusal:
        _dispatch(world, world.housing, None)
    assert refusal.value.facts["field"] == "reason"


def test_whom_an_upheld_objection_named_needs_no_reason(world: World) -> None:
    _use(world, [_row()])
    event = make_event(world, "objected")
    actions.uphold_objection(event, by=world.cast.county, at=NOON + timedelta(hours=1))
    actions.dispatch(event, lead=world.housing, by=world.cast.county, at=NOON + timedelta(hours=1))
    assert not DispatchChoice.objects.exists()


@pytest.mark.parametrize(
    ("column", "code"), [("姓名", "column_forbidden"), ("mobile", "column_forbidden"), ("co_handler", "column_unknown")]
)
def test_columns_that_name_persons_or_that_nobody_knows_are_refused_by_name(
    world: World, tmp_path: Path, column: str, code: str
) -> None:
    file = tmp_path / "duties.csv"
    file.write_text(f"category,area,lead,basis,{column}\nC01,{COUNTY},water,清单,住建局\n", encoding="utf-8")
    with pytest.raises(BadInput) as refusal:
        call_command("duties", "import", str(file), "--name", "2026版")
    assert refusal.value.code == code and column in str(refusal.value.message)


def test_a_version_brought_in_before_is_put_in_use_by_command(world: World, tmp_path: Path) -> None:
    _load(world, [_row()], "以后用")
    call_command("duties", "use", "以后用", "--from", "2099-01-01")
    assert DutyList.objects.get().in_use_from == date(2099, 1, 1)
    with pytest.raises(BadInput) as refusal:
        call_command("duties", "use", "没有的", "--from", "2099-01-01")
    assert refusal.value.code == "no_such_list"


def test_the_command_brings_in_a_spreadsheet_and_names_the_sheet_it_reads(
    world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "清单.xlsx"
    rows = [HEADER.strip().split(","), ("C01", 440881, "水务局", "", "排水条例第6条", "", "")]
    file.write_bytes(xlsx(*rows, more={"说明": [("只是说明",)]}))
    call_command("duties", "import", str(file), "--name", "2026版")
    assert Duty.objects.get().area_id == COUNTY and "说明" in capsys.readouterr().out
    with pytest.raises(BadInput) as refused:
        call_command("duties", "import", str(file), "--name", "另版", "--sheet", "说明")
    assert refused.value.code == "column_unknown"
