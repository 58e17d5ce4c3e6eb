"""The pages of the duty list: read by all, kept by the county desk; list, matrix, versions, bringing in, what is overruled."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from linli.areas.models import Area
from linli.events import actions
from linli.events.actions.redrawing import close_area
from linli.events.models import Category, Duty, DutyList
from linli.events.testing import GRID, World, make_event
from linli.journal.models import Entry
from linli.kit.tests.sheet_files import Cell, xlsx
from linli.people.models import Department, Person

COUNTY, TOWNSHIP, OTHER = "440881", "440881101", "440881102"
DUTIES = "/desk/duties/"
HEADER = ("类别", "区域", "牵头部门", "协办部门", "依据", "工作时间", "办公电话")
NEW: tuple[tuple[Cell, ...], ...] = (
    ("排水管道", 440881, "住建局", "水务局", "《城镇排水与污水处理条例》", "24小时", "12345"),
    ("C02", "石城镇", "住建局", "", "《城市危险房屋管理规定》", "", ""),
)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, settings: Any) -> Path:
    """A home of this test alone."""
    settings.HOME = tmp_path
    return tmp_path


def client_of(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def body(answer: Any) -> str:
    return str(answer.content.decode())


def row(category: str = "C01", area: str = COUNTY, lead: str = "water", **more: str) -> dict[str, str]:
    return {
        "category": category,
        "area": area,
        "lead": lead,
        "basis": "《城镇排水与污水处理条例》",
        "hours": "8:30-17:30",
        **more,
    }


def listed(world: World, *rows: dict[str, str], name: str = "2026版", in_days: int | None = 0) -> DutyList:
    at = timezone.now()
    made = actions.load_list(enumerate(rows or (row(),), 2), name=name, by=world.cast.county, at=at)
    if in_days is not None:
        day = timezone.localdate(at) + timedelta(days=in_days)
        actions.put_in_use(made, from_on=day, by=world.cast.county, at=at)
    return made


def test_without_a_list_the_pages_say_what_to_do(world: World) -> None:
    for address in (DUTIES, f"{DUTIES}matrix/", f"{DUTIES}versions/"):
        assert f"{DUTIES}import/" in body(client_of(world.cast.county).get(address))
        assert f"{DUTIES}import/" not in body(client_of(world.cast.desk).get(address))


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=排水管道", {"石城镇", "廉江市"}),
        ("q=Ｃ０２", {"新民镇"}),
        ("q=housing", {"新民镇", "石城镇"}),
        ("q=条例+住建", {"新民镇", "石城镇"}),
        ("department=water", {"廉江市", "石城镇"}),
        (f"area={TOWNSHIP}", {"廉江市", "石城镇"}),
        ("q=没有这样的", set()),
    ],
)
def test_the_list_is_searched_in_chinese_by_code_and_department(world: World, query: str, found: set[str]) -> None:
    listed(world, row(), row(area=TOWNSHIP, lead="housing", co_handlers="water"), row("C02", OTHER, "housing"))
    page = body(client_of(world.cast.desk).get(f"{DUTIES}?{query}", headers={"HX-Target": "found"}))
    assert {name for name in ("廉江市", "石城镇", "新民镇") if f">{name}</a>" in page} == found


def test_lists_take_as_many_queries_for_many_lines(world: World) -> None:
    made = listed(world, row(co_handlers="housing"), row(area=TOWNSHIP, lead="housing"))
    client = client_of(world.cast.county)
    pages = [DUTIES, f"{DUTIES}matrix/", f"{DUTIES}versions/", f"{DUTIES}overruled/", f"{DUTIES}versions/{made.pk}/use"]
    pages.append(f"{DUTIES}compare/?a={made.pk}&b={made.pk}")
    overrule(world)
    few = [_queries(client, page) for page in pages]
    Department.objects.bulk_create(Department(code=f"d{n}", name=f"局{n}") for n in range(20))
    categories = Category.objects.bulk_create(
        Category(pack=world.drain.pack, parent=world.drain.parent, code=f"C{n}", name="又", limit_hours=1)
        for n in range(50, 70)
    )
    lines = [
        Duty(list=made, category=one, area_id=COUNTY, lead_id=f"d{n}", basis="b") for n, one in enumerate(categories)
    ]
    for one in Duty.objects.bulk_create(lines):
        one.co_handlers.add("water", "housing")
    for n in range(20):
        DutyList.objects.create(name=f"v{n}", brought_in_at=timezone.now())
    for _each in range(3):
        overrule(world)
    assert [_queries(client, page) for page in pages] == few


def _queries(client: Client, address: str) -> int:
    client.get(address)
    with CaptureQueriesContext(connection) as seen:
        assert client.get(address).status_code == 200
    return len(seen)


def overrule(world: World, reason: str = "agreed") -> Any:
    event = make_event(world, "accepted", at=timezone.now() - timedelta(hours=1))
    choice = actions.Choice(reason)
    actions.dispatch(event, lead=world.housing, by=world.cast.county, at=timezone.now(), choice=choice)
    return event


def test_the_matrix_shows_who_leads_what_is_inherited_and_where_are_gaps(world: World) -> None:
    listed(world, row(), row(area=TOWNSHIP, lead="housing"), row("C01", GRID, "water"))
    page = body(client_of(world.cast.desk).get(f"{DUTIES}matrix/"))
    drains = page[page.index("排水管道</a>") :].split("</tr>")[0].split("<td")
    assert [cell.split('"')[1] for cell in drains[1:]] == ["cell-own", "cell-own", "cell-inherited"]
    assert "住建局" in drains[2] and "+1" in drains[2] and "水务局" in drains[3]
    assert page.count('class="is-gap"') == 2


def test_a_line_says_why_it_speaks_and_which_others_there_are(world: World) -> None:
    listed(world, row(), row(area=TOWNSHIP, lead="housing", hours="电话预约"))
    wide, near = Duty.objects.order_by("id")
    client = client_of(world.cast.desk)
    page = body(client.get(f"{DUTIES}{near.pk}/?in={GRID}"))
    assert "上县第五网格" in page and f'{DUTIES}{wide.pk}/"' in page and "此写法无法换算" in page
    assert f'{DUTIES}{near.pk}/"' not in body(client.get(f"{DUTIES}{wide.pk}/?in={OTHER}"))


def test_a_spreadsheet_is_tried_first_then_brought_in_and_put_in_use(world: World, home: Path) -> None:
    listed(world, row(), row(area=TOWNSHIP, lead="housing"))
    client = client_of(world.cast.county)
    table = SimpleUploadedFile("清单.xlsx", xlsx(HEADER, *NEW))
    tried = client.post(f"{DUTIES}import/", {"table": table, "name": "2027版", "source": "县府办〔2026〕12号"})
    assert tried.status_code == 200 and not DutyList.objects.filter(name="2027版").exists()
    comparison = tried.context["trial"].comparison
    assert (len(comparison.added), len(comparison.removed), len(comparison.changed)) == (1, 1, 1)
    kept = {"kept": tried.context["tried"].initial["kept"], "name": "2027版", "source": "县府办〔2026〕12号"}
    made_at = client.post(f"{DUTIES}import/", kept)
    made = DutyList.objects.get(name="2027版")
    assert made_at.headers["Location"] == f"{DUTIES}versions/{made.pk}/use"
    assert Entry.objects.get(verb="duty_list.brought_in", on_key=str(made.pk)).by == world.cast.county
    assert not list((home / "imports").glob("*.table"))
    day = timezone.localdate() + timedelta(days=2)
    assert client.post(made_at.headers["Location"], {"from_on": day.isoformat()}).status_code == 302
    made.refresh_from_db()
    assert made.in_use_from == day
    client.post(f"{DUTIES}versions/{made.pk}/take-back")
    made.refresh_from_db()
    assert made.in_use_from is None


def test_rows_that_are_not_possible_are_shown_by_line_and_nothing_is_kept(world: World, home: Path) -> None:
    table = xlsx(HEADER, NEW[0], ("没有的类别", 440881, "水务局", "", "x"), ("C02", "月球", "水务局", "", "x"))
    client = client_of(world.cast.county)
    sent = {"table": SimpleUploadedFile("清单.xlsx", table), "name": "2027版"}
    answer = client.post(f"{DUTIES}import/", sent)
    assert answer.status_code == 422
    assert [line for line, _why in answer.context["shown"]] == [3, 4] and "月球" in body(answer)
    assert not DutyList.objects.exists() and not list((home / "imports").glob("*.table"))


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"PK\x03\x04broken", "清单.xlsx"), ("类别,区域,手机号\n".encode(), "手机号"), (b"\n", "清单.xlsx")],
)
def test_a_file_that_is_no_list_is_refused_beside_its_field(world: World, content: bytes, said: str) -> None:
    sent = {"table": SimpleUploadedFile("清单.xlsx", content), "name": "x"}
    answer = client_of(world.cast.county).post(f"{DUTIES}import/", sent)
    assert answer.status_code == 422 and said in str(answer.context["form"].errors["table"])


def test_nobody_brings_in_what_another_person_tried(world: World) -> None:
    table = SimpleUploadedFile("清单.xlsx", xlsx(HEADER, *NEW))
    tried = client_of(world.cast.county).post(f"{DUTIES}import/", {"table": table, "name": "2027版"})
    kept = {"kept": tried.context["tried"].initial["kept"], "name": "2027版"}
    assert client_of(world.cast.system).post(f"{DUTIES}import/", kept).status_code == 409
    assert client_of(world.cast.desk).post(f"{DUTIES}import/", kept).status_code == 403
    assert not DutyList.objects.exists()


def test_before_it_is_used_it_is_said_how_many_open_matters_would_go_elsewhere(world: World) -> None:
    listed(world, row())
    draft = listed(world, row(area=TOWNSHIP, lead="housing"), row(), name="下一版", in_days=None)
    for _each in range(2):
        make_event(world, "accepted", at=timezone.now() - timedelta(hours=1))
    make_event(world, area=Area.objects.get(pk="440881102201001"), at=timezone.now() - timedelta(hours=1))
    answer = client_of(world.cast.county).get(f"{DUTIES}versions/{draft.pk}/use")
    assert (answer.context["open_matters"], answer.context["moved"]) == (3, 2)
    [move] = answer.context["moves"]
    assert (move.before, move.after, move.area.pk, move.count) == (world.water, world.housing, TOWNSHIP, 2)


def test_a_copy_is_corrected_on_the_page(world: World) -> None:
    made, client = listed(world, row()), client_of(world.cast.county)
    client.post(f"{DUTIES}versions/{made.pk}/draft", {"name": "修订稿"})
    draft = DutyList.objects.get(name="修订稿")
    duty = draft.duties.get()
    assert client.get(f"{DUTIES}{duty.pk}/edit").context["form"].initial["lead"] == "water"
    changed = {"lead": "housing", "co_handlers": ["water"], "basis": "新依据", "hours": "24小时", "contact": "12345"}
    assert client.post(f"{DUTIES}{duty.pk}/edit", changed).status_code == 302
    wrong = client.post(f"{DUTIES}{duty.pk}/edit", changed | {"lead": "water"})
    assert wrong.status_code == 422 and "co_handlers" in wrong.context["form"].errors
    new = changed | {"category": str(world.wall.pk), "area": "石城镇"}
    assert client.post(f"{DUTIES}versions/{draft.pk}/add", new).status_code == 302
    twice = client.post(f"{DUTIES}versions/{draft.pk}/add", new)
    assert twice.status_code == 422 and "area" in twice.context["form"].errors
    duty.refresh_from_db()
    assert (duty.lead, duty.basis, draft.duties.count()) == (world.housing, "新依据", 2)
    client.post(f"{DUTIES}{duty.pk}/remove")
    assert draft.duties.count() == 1 and made.duties.count() == 1
    client.post(f"{DUTIES}versions/{draft.pk}/discard")
    assert not DutyList.objects.filter(name="修订稿").exists()


def test_a_township_desk_reads_and_changes_nothing(world: World) -> None:
    made = listed(world, row(), in_days=None)
    duty, client = made.duties.get(), client_of(world.cast.desk)
    assert client.get(f"{DUTIES}?version={made.pk}").status_code == 200
    assert "修改条目" not in body(client.get(f"{DUTIES}{duty.pk}/"))
    acts = [
        f"{duty.pk}/remove",
        f"{duty.pk}/edit",
        *(f"versions/{made.pk}/{act}" for act in ("add", "use", "discard", "draft", "follow")),
    ]
    for act in acts:
        assert client.post(f"{DUTIES}{act}", {"name": "x"}).status_code == 403
    assert Duty.objects.filter(pk=duty.pk).exists() and DutyList.objects.count() == 1


def test_lines_of_closed_areas_are_shown_with_their_successors_and_moved_in_a_copy(world: World) -> None:
    made = listed(world, row(), row(area=GRID, lead="housing"))
    close_area(world.grid, by=world.cast.county, at=timezone.now(), successor=world.areas["440881101201006"])
    client = client_of(world.cast.county)
    page = body(client.get(DUTIES))
    assert "区域已关闭" in page and "上县第六网格" in page
    client.post(f"{DUTIES}versions/{made.pk}/draft", {"name": "修订稿"})
    draft = DutyList.objects.get(name="修订稿")
    client.post(f"{DUTIES}versions/{draft.pk}/follow")
    assert draft.duties.filter(area="440881101201006", lead="housing").exists()


def test_often_overruled_lines_are_counted_by_line_with_reasons_and_matters(world: World) -> None:
    listed(world, row())
    events = [overrule(world), overrule(world), overrule(world, "list_outdated")]
    followed = make_event(world, "accepted", at=timezone.now() - timedelta(hours=1))
    actions.dispatch(followed, lead=world.water, by=world.cast.county, at=timezone.now())
    answer = client_of(world.cast.county).get(f"{DUTIES}overruled/")
    [found] = answer.context["page"]
    assert (found.times, found.dispatches, [n for _label, n in found.reasons]) == (3, 4, [2, 1])
    assert all(event.number in body(answer) for event in events) and followed.number not in body(answer)
    assert world.cast.county.name not in body(answer).split("<main")[1]
    assert not client_of(world.cast.neighbour).get(f"{DUTIES}overruled/").context["page"].object_list


def test_a_version_and_an_empty_table_are_taken_away(world: World) -> None:
    made, client = listed(world, row(co_handlers="housing")), client_of(world.cast.desk)
    table = client.get(f"{DUTIES}versions/{made.pk}.csv").content.decode("utf-8-sig")
    assert table.splitlines()[1].startswith("排水管道,廉江市,水务局,住建局,")
    assert client.get(f"{DUTIES}template.csv").content.decode("utf-8-sig").strip() == ",".join(HEADER)
