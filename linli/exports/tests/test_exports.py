"""A list is taken away with a reason, above a size with another person's yes, marked, and for a day."""

import csv
import io
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from python_calamine import CalamineWorkbook

from linli.events.testing import World, make_event, make_world
from linli.exports import actions, rules, views
from linli.exports.models import Export
from linli.exports.rules import State
from linli.journal.models import Entry, Notice
from linli.people.models import Person

pytestmark = pytest.mark.django_db
COUNTY = "440881"
ADDRESS = f"/desk/statistics/{COUNTY}/rows.csv?figure=reported"


@pytest.fixture
def world(settings: Any, tmp_path: Path) -> World:
    """Three matters of yesterday, and a home of its own for the files."""
    settings.HOME = tmp_path
    made = make_world()
    for _each in range(3):
        make_event(made, at=timezone.now() - timedelta(days=1))
    return made


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two rows are already many."""
    monkeypatch.setattr(rules, "FREE_ROWS", 2)


def of(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def content(answer: Any) -> str:
    return b"".join(answer.streaming_content).decode()


def the() -> Export:
    return Export.objects.get()


def test_a_list_is_asked_for_with_a_reason_and_marked(world: World) -> None:
    desk = of(world.cast.county)
    assert "attachment" not in desk.get(ADDRESS).headers.get("Content-Disposition", "")
    assert desk.post(ADDRESS, {"reason": "  "}).status_code == 422
    assert not Export.objects.exists()
    assert desk.post(ADDRESS, {"reason": "汛期复盘"}).url == reverse("exports:list")
    made = the()
    answer = desk.get(reverse("exports:file", args=[made.pk]))
    assert (
        answer.headers["Content-Disposition"].startswith("attachment") and "no-store" in answer.headers["Cache-Control"]
    )
    lines = content(answer).split("\r\n")
    assert lines[0].startswith("\ufeff# ") and "\ufeff" not in lines[1]
    assert all(words in lines[0] for words in (made.number, world.cast.county.name, "汛期复盘"))
    assert len(list(csv.reader(io.StringIO("\n".join(lines[1:]))))) == 1 + 3
    verbs = list(Entry.objects.filter(on_kind="export").order_by("pk").values_list("verb", flat=True))
    assert verbs == ["export.asked", "export.made", "export.taken"]
    assert "汛期复盘" not in str(list(Entry.objects.values_list("facts", flat=True)))
    assert the().taken == 1


def test_the_file_lies_sealed_and_only_whoever_asked_fetches_it(world: World, tmp_path: Path) -> None:
    of(world.cast.county).post(ADDRESS, {"reason": "复盘"})
    (path,) = (tmp_path / "exports").iterdir()
    assert world.drain.name.encode() not in path.read_bytes()
    address = reverse("exports:file", args=[the().pk])
    for other in (world.cast.desk, world.cast.leader, world.cast.nobody):
        assert of(other).get(address).status_code == 404


def test_above_a_size_another_person_says_yes_first(world: World, small: None) -> None:
    county, leader = of(world.cast.county), of(world.cast.leader)
    county.post(ADDRESS, {"reason": "年度分析"})
    assert the().state == State.WAITING
    told = Notice.objects.filter(entry__verb="export.asked").values_list("person", flat=True)
    assert world.cast.leader.pk in told and world.cast.county.pk not in told
    assert county.get(reverse("exports:file", args=[the().pk])).status_code == 409
    assert county.post(ADDRESS, {"export": str(the().pk)}).status_code == 409
    assert "年度分析" in leader.get(reverse("exports:list")).content.decode()
    assert leader.post(reverse("exports:answer", args=[the().pk]), {"answer": "grant"}).status_code == 302
    assert list(Notice.objects.filter(entry__verb="export.granted").values_list("person", flat=True)) == [
        world.cast.county.pk
    ]
    assert county.post(ADDRESS + "&more=1", {"export": str(the().pk)}).status_code == 409
    assert county.post(ADDRESS, {"export": str(the().pk)}).status_code == 302
    assert content(county.get(reverse("exports:file", args=[the().pk]))).count("\r\n") == 1 + 1 + 3


def test_nobody_approves_their_own_nor_without_a_role_over_the_area(world: World, small: None) -> None:
    county = of(world.cast.county)
    county.post(ADDRESS, {"reason": "分析"})
    address = reverse("exports:answer", args=[the().pk])
    for person in (world.cast.county, world.cast.worker, world.cast.desk, world.cast.auditor, world.cast.nobody):
        assert of(person).post(address, {"answer": "grant"}).status_code == 404
        assert "分析" not in of(person).get(reverse("exports:list")).content.decode() or person == world.cast.county
    assert the().state == State.WAITING


def test_a_refusal_is_told_and_makes_no_file(world: World, small: None, tmp_path: Path) -> None:
    county = of(world.cast.county)
    county.post(ADDRESS, {"reason": "分析"})
    of(world.cast.leader).post(reverse("exports:answer", args=[the().pk]), {"answer": "refuse"})
    assert county.post(ADDRESS, {"export": str(the().pk)}).status_code == 409
    assert not list((tmp_path / "exports").glob("*"))
    assert Notice.objects.filter(entry__verb="export.refused", person=world.cast.county).exists()


def test_a_yes_for_few_rows_is_none_for_many(world: World, small: None, monkeypatch: pytest.MonkeyPatch) -> None:
    county = of(world.cast.county)
    county.post(ADDRESS, {"reason": "分析"})
    of(world.cast.leader).post(reverse("exports:answer", args=[the().pk]), {"answer": "grant"})
    Export.objects.update(rows=3)
    now = actions.Wanted(the().kind, the().area, the().path, the().query, "", 3 + 51, "x.csv", "text/csv")
    with pytest.raises(actions.Refused) as refusal:
        actions.make(the(), now, lambda _made: [b""], at=timezone.now())
    assert refusal.value.code == "export_has_grown"


def test_after_a_day_the_file_is_deleted(world: World, tmp_path: Path) -> None:
    county, now = of(world.cast.county), timezone.now()
    county.post(ADDRESS, {"reason": "复盘"})
    assert actions.end_old(now) == 0
    assert len(list((tmp_path / "exports").iterdir())) == 1
    assert actions.end_old(now + rules.LASTS + timedelta(minutes=5)) == 1
    assert not list((tmp_path / "exports").iterdir())
    assert the().state == State.ENDED and not bytes(the().sealed_key)
    assert county.get(reverse("exports:file", args=[the().pk])).status_code == 409


def test_a_file_that_is_lost_says_what_to_do(world: World, tmp_path: Path) -> None:
    county = of(world.cast.county)
    county.post(ADDRESS, {"reason": "复盘"})
    next((tmp_path / "exports").iterdir()).unlink()
    assert county.get(reverse("exports:file", args=[the().pk])).status_code == 409
    assert the().taken == 0


def test_what_goes_wrong_while_writing_leaves_nothing(world: World, tmp_path: Path) -> None:
    of(world.cast.county).post(ADDRESS, {"reason": "复盘"})
    Export.objects.update(state=State.GRANTED)

    def failing(_made: Export) -> Any:
        yield b"begun"
        raise OSError("no space")

    now = actions.Wanted(the().kind, the().area, the().path, the().query, "", 3, "x.csv", "text/csv")
    with pytest.raises(OSError, match="no space"):
        actions.make(the(), now, failing, at=timezone.now())
    assert len(list((tmp_path / "exports").iterdir())) == 1  # the one from before


def test_a_department_takes_its_rows_through_the_same_door(world: World) -> None:
    address = "/desk/statistics/departments/water/rows.csv"
    assert reverse("statistics:department_rows_csv", args=["water"]) == address
    county = of(world.cast.county)
    asked = f"{address}?figure=reported&area={COUNTY}"
    assert county.get(asked).status_code == 200
    assert county.post(asked, {"reason": "会商"}).status_code == 302
    assert the().kind == "matters" and the().state == State.MADE


def test_the_journal_shows_accounts_only_with_a_yes_of_the_security_administrator(world: World) -> None:
    auditor, asked = of(world.cast.auditor), reverse("audit:export") + "?search=1"
    auditor.post(asked, {"reason": "季度检查"})
    masked = content(auditor.get(reverse("exports:file", args=[the().pk])))
    rows = list(csv.DictReader(io.StringIO(masked.split("\r\n", 1)[1])))
    assert any(row["账号"] for row in rows)
    assert not {row["账号"] for row in rows} & set(Person.objects.values_list("username", flat=True))
    Export.objects.all().delete()
    auditor.post(asked, {"reason": "季度检查", "unmasked": "1"})
    assert the().state == State.WAITING
    of(world.cast.security).post(reverse("exports:answer", args=[the().pk]), {"answer": "grant"})
    auditor.post(asked, {"export": str(the().pk)})
    text = content(auditor.get(reverse("exports:file", args=[the().pk])))
    rows = list(csv.DictReader(io.StringIO(text.split("\r\n", 1)[1])))
    assert {row["账号"] for row in rows} & set(Person.objects.values_list("username", flat=True))


def test_a_workbook_has_the_mark_in_its_head_and_on_each_page(world: World) -> None:
    import zipfile

    from linli.statistics import table_files
    from linli.statistics.tables import TEXT, Column, Table

    table = Table("题", [("导出", "某人 & 某事")], [Column("a", "列", TEXT, "")], [["值"]])
    book = table_files.as_xlsx(table, "某人 & 某事")
    assert "某人 & 某事" in str(CalamineWorkbook.from_filelike(io.BytesIO(book)).get_sheet_by_index(0).to_python())
    with zipfile.ZipFile(io.BytesIO(book)) as parts:
        for sheet in ("xl/worksheets/sheet1.xml", "xl/worksheets/sheet2.xml"):
            text = parts.read(sheet).decode()
            assert "<oddHeader>&amp;L某人 &amp;&amp; 某事" in text and "<oddFooter>&amp;L某人" in text


def test_an_empty_page_says_so_and_the_approver_sees_name_and_reason(world: World, small: None) -> None:
    page = of(world.cast.county).get(reverse("exports:list")).content.decode()
    assert 'class="empty card"' in page
    of(world.cast.county).post(ADDRESS, {"reason": "<b>分析</b>"})
    page = of(world.cast.leader).get(reverse("exports:list")).content.decode()
    assert "&lt;b&gt;分析&lt;/b&gt;" in page and world.cast.county.name in page


def test_an_approver_finds_what_waits_for_them_behind_all_that_waits_for_others(
    world: World, small: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "_SHOWN", 1)
    of(world.cast.auditor).post(reverse("audit:export") + "?search=1", {"reason": "季度检查", "unmasked": "1"})
    of(world.cast.leader).post(ADDRESS, {"reason": "自用"})
    of(world.cast.county).post(ADDRESS, {"reason": "年度分析"})
    assert Export.objects.waiting().count() == 3
    page = of(world.cast.leader).get(reverse("exports:list")).content.decode()
    assert "年度分析" in page and "季度检查" not in page


def test_what_nobody_answers_lapses_and_whoever_asked_is_told(world: World, small: None) -> None:
    county, now = of(world.cast.county), timezone.now()
    county.post(ADDRESS, {"reason": "年度分析"})
    assert actions.end_old(now + rules.ANSWERED_WITHIN - timedelta(minutes=5)) == 0
    assert the().state == State.WAITING
    assert actions.end_old(now + rules.ANSWERED_WITHIN + timedelta(minutes=5)) == 1
    assert the().state == State.LAPSED
    assert Notice.objects.filter(entry__verb="export.lapsed", person=world.cast.county).exists()
    assert (
        of(world.cast.leader).post(reverse("exports:answer", args=[the().pk]), {"answer": "grant"}).status_code == 409
    )
    assert "年度分析" not in of(world.cast.leader).get(reverse("exports:list")).content.decode()
    assert str(_("Not answered in time")) in county.get(reverse("exports:list")).content.decode()
    assert actions.end_old(now + 2 * rules.ANSWERED_WITHIN) == 0
