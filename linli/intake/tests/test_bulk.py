"""Tables brought in by page: sent, tried, run by the worker, cancelled, and killed in between."""

import gzip
import os
import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from linli.areas.models import Area
from linli.events.models import Event
from linli.events.testing import World, make_world
from linli.intake import bulk
from linli.intake.bulk import making, working
from linli.intake.doors import ImportRun, RunState
from linli.intake.importing import map_of
from linli.intake.tests.files import COLUMNS, GOOD, MAP, good, table
from linli.journal.models import Entry
from linli.kit.tests.sheet_files import packed, xlsx
from linli.people.models import Person

BROKEN = good(no="8", where="999")
ROWS = table(good(), good(no="9", what="路灯不亮"), BROKEN)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, settings: Any) -> Path:
    """A home of this test alone."""
    settings.HOME = tmp_path
    return tmp_path


def browser(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def send(person: Person, content: str | bytes = ROWS, name: str = "热线 2025.csv") -> Any:
    sent = content.encode() if isinstance(content, str) else content
    return browser(person).post(reverse("bulk:index"), {"table": SimpleUploadedFile(name, sent)})


def look(person: Person, run: ImportRun, text: str = MAP) -> Any:
    file = SimpleUploadedFile("hotline.toml", text.encode())
    return browser(person).post(reverse("bulk:look", args=[run.pk]), {"how": "own", "file": file})


def post(person: Person, run: ImportRun, act: str) -> Any:
    return browser(person).post(reverse(f"bulk:{act}", args=[run.pk]))


def page(person: Person, run: ImportRun) -> str:
    return browser(person).get(reverse("bulk:run", args=[run.pk])).content.decode()


def work_off(after: timedelta = timedelta(0)) -> None:
    while working.work(timezone.now() + after):
        pass


def tried(world: World, content: str | bytes = ROWS) -> ImportRun:
    send(world.cast.county, content)
    run = ImportRun.objects.latest("id")
    assert look(world.cast.county, run).status_code == 302
    work_off()
    run.refresh_from_db()
    return run


def brought(world: World, content: str | bytes = ROWS) -> ImportRun:
    run = tried(world, content)
    post(world.cast.county, run, "begin")
    work_off()
    run.refresh_from_db()
    return run


def test_a_trial_stores_nothing_and_tells_what_would_be(world: World) -> None:
    run = tried(world)
    assert (run.state, run.rows, run.rows_read, run.new, run.known, run.refused) == (RunState.LOOKED, 3, 3, 2, 0, 1)
    assert not Event.objects.exists()
    shown = page(world.cast.county, run)
    assert run.first_refused[0]["line"] == 4 and "999" in shown
    listed = browser(world.cast.county).get(reverse("bulk:refused", args=[run.pk]))
    lines = b"".join(listed.streaming_content).decode("utf-8-sig").splitlines()  # type: ignore[attr-defined]
    assert lines[0] == "line,number,reason,sentence" and lines[1].startswith("4,8,unknown_area,")


def test_it_is_brought_in_by_the_worker_and_its_file_is_deleted(world: World) -> None:
    run = brought(world)
    assert (run.state, run.new, run.refused) == (RunState.DONE, 2, 1)
    assert sorted(Event.objects.values_list("external_no", flat=True)) == ["7", "9"]
    assert not bulk.path_of(run).exists()
    assert bulk.refused_path_of(run).exists()
    shown = page(world.cast.county, run)
    assert all(event.number in shown for event in Event.objects.all())
    verbs = list(Entry.objects.filter(on_key=str(run.pk)).order_by("id").values_list("verb", "by"))
    assert verbs == [("import.begun", world.cast.county.pk), ("import.ended", world.cast.county.pk)]


def test_a_second_run_of_the_same_table_adds_nothing(world: World) -> None:
    brought(world)
    again = tried(world)
    assert (again.new, again.known, again.refused) == (0, 2, 1)
    post(world.cast.county, again, "begin")
    work_off()
    assert Event.objects.count() == 2


@pytest.mark.parametrize(
    "content",
    [ROWS.encode("gb18030"), b"\xef\xbb\xbf" + ROWS.encode(), gzip.compress(ROWS.encode())],
    ids=["gb18030", "utf-8 with a mark", "gzip"],
)
def test_tables_come_as_other_systems_write_them(world: World, content: bytes) -> None:
    assert brought(world, content).new == 2
    assert set(Event.objects.values_list("title", flat=True)) == {"水沟堵塞", "路灯不亮"}


def test_a_spreadsheet_is_brought_in_and_it_is_said_which_sheet_is_read(world: World) -> None:
    rows = [tuple({**GOOD, "no": no}.get(name, "") for name in COLUMNS) for no in (7, 20260001)]
    content = xlsx(COLUMNS, *rows, more={"说明": [("只是说明",)]})
    send(world.cast.county, content, "热线.xlsx")
    assert "说明" in page(world.cast.county, ImportRun.objects.get())
    assert brought(world, content).new == 2
    assert sorted(Event.objects.values_list("external_no", flat=True)) == ["20260001", "7"]


def test_a_map_names_another_sheet(world: World) -> None:
    rows = [tuple(GOOD.get(name, "") for name in COLUMNS)]
    run_of = xlsx(("note",), ("x",), more={"数据": [COLUMNS, *rows]})
    send(world.cast.county, run_of, "热线.xlsx")
    run = ImportRun.objects.get()
    look(world.cast.county, run, 'sheet = "数据"\n' + MAP)
    work_off()
    run.refresh_from_db()
    assert (run.state, run.new) == (RunState.LOOKED, 1)


@pytest.mark.parametrize(
    "content",
    [b"", b"a,a\n1,2\n", b"\x00\x01\x02", b"\x1f\x8b\x08broken", packed({"a.shp": "x"})],
    ids=["empty", "twice", "bytes", "gzip", "shapes"],
)
def test_what_is_no_table_is_refused_at_once_and_not_kept(world: World, content: bytes) -> None:
    response = send(world.cast.county, content or b"\n")
    assert response.status_code == 422
    assert "热线 2025.csv" in response.content.decode()
    assert not ImportRun.objects.exists()
    assert not list(bulk.folder().glob("*.table"))


def test_forbidden_columns_are_named_with_the_reason_and_cannot_be_chosen(world: World) -> None:
    content = table(good(), columns=(*COLUMNS, "身份证号", "联系电话"))
    send(world.cast.county, content)
    run = ImportRun.objects.get()
    response = browser(world.cast.county).get(reverse("bulk:run", args=[run.pk]))
    assert set(response.context["forbidden"]) == {"身份证号", "联系电话"}
    assert response.context["columns"] == list(COLUMNS)
    choices = {value for value, _label in response.context["made"].fields["text"].choices}
    assert "words" in choices and not choices & {"身份证号", "联系电话"}
    refused = look(
        world.cast.county, run, MAP.replace('place = "', "# ").replace('text = "words"', 'text = "联系电话"')
    )
    assert refused.status_code == 422 and "联系电话" in refused.content.decode()


def test_a_map_made_by_choosing_columns_brings_the_same(world: World) -> None:
    send(world.cast.county)
    run = ImportRun.objects.get()
    chosen = {
        "how": "made",
        "source": "hotline",
        "number": "no",
        "reported_at": "opened",
        "title": "what",
        "text": "words",
        "area_by": "code",
        "area_column": "where",
        "lon": "lon",
        "lat": "lat",
        "crs": "gcj02",
    }
    assert browser(world.cast.county).post(reverse("bulk:look", args=[run.pk]), chosen).status_code == 302
    work_off()
    run.refresh_from_db()
    assert (run.state, run.new, run.refused) == (RunState.LOOKED, 2, 1)
    again = browser(world.cast.county).get(reverse("bulk:run", args=[run.pk])).context["made"]
    assert all(again[name].value() == value for name, value in chosen.items() if name != "how")
    made = map_of(run.map_text.encode(), "made")
    assert (made.number, made.area.by, made.crs, made.source) == ("no", "code", "gcj02", "hotline")


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"text": "", "title": ""}, "text"),
        ({"area_column": ""}, "area_column"),
        ({"lat": ""}, "lon"),
        ({"source": "Ü"}, "source"),
        ({"number": "身份证号"}, "number"),
    ],
    ids=str,
)
def test_a_map_that_cannot_be_made_is_said_beside_its_field(world: World, sent: dict[str, str], field: str) -> None:
    send(world.cast.county)
    chosen = {"how": "made", "source": "h", "number": "no", "reported_at": "opened", "text": "words", "area_by": "code"}
    whole = chosen | {"area_column": "where", "lon": "lon", "lat": "lat"} | sent
    response = browser(world.cast.county).post(reverse("bulk:look", args=[ImportRun.objects.get().pk]), whole)
    assert response.status_code == 422
    assert field in response.context["made"].errors


@pytest.mark.parametrize("word", ['a"b', "a\\b", "带 空格", "new\tline", "\x7f", "😀"])
def test_columns_of_any_name_can_be_chosen(word: str) -> None:
    text = making.map_text({"source": "s", "number": word, "text": word, "reported_at": word, "area_by": "fixed"})
    assert map_of(text.encode(), "m").number == word


def test_maps_lie_ready_and_those_of_the_county_win(world: World, home: Path) -> None:
    (home / "maps").mkdir()
    (home / "maps" / "tipdm2020_replies.toml").write_text(MAP, "utf-8")
    send(world.cast.county)
    run = ImportRun.objects.get()
    address = reverse("bulk:look", args=[run.pk])
    browser(world.cast.county).post(address, {"how": "ready", "ready": "tipdm2020_replies"})
    run.refresh_from_db()
    assert (run.state, run.source) == (RunState.LOOKING, "hotline")
    assert "fuzhou12345_rivers" in making.ready()


@pytest.mark.parametrize("text", ["no toml", 'source = "x"', "\udc80".encode(errors="surrogatepass").decode("latin-1")])
def test_a_map_that_is_none_is_refused_in_words(world: World, text: str) -> None:
    send(world.cast.county)
    run = ImportRun.objects.get()
    response = look(world.cast.county, run, text)
    assert response.status_code == 422 and response.context["own"].non_field_errors()


def test_a_run_is_cancelled_and_what_came_in_before_stays(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(working, "BATCH", 1)
    monkeypatch.setattr(working, "_SLICE_S", 0)
    run = tried(world)
    post(world.cast.county, run, "begin")
    working.work(timezone.now())
    post(world.cast.county, run, "cancel")
    work_off()
    run.refresh_from_db()
    assert (run.state, run.new, Event.objects.count()) == (RunState.CANCELLED, 1, 1)
    assert not bulk.path_of(run).exists()
    assert Entry.objects.filter(verb="import.cancelled", on_key=str(run.pk)).count() == 1
    assert post(world.cast.county, run, "begin").status_code == 409


def test_a_worker_that_begins_anew_goes_on_behind_the_last_batch(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """As after a kill: nothing is remembered but what the store has. Trial and run count every row once."""
    monkeypatch.setattr(working, "BATCH", 1)
    monkeypatch.setattr(working, "_SLICE_S", 0)
    twice = table(good(), BROKEN, good(no="9"), good(), good(no="10", where="998"))
    send(world.cast.county, twice)
    run = ImportRun.objects.get()
    look(world.cast.county, run)
    while working.work(timezone.now()):
        working._opened.clear()
    run.refresh_from_db()
    assert (run.rows_read, run.new, run.known, run.refused) == (5, 2, 1, 2)
    post(world.cast.county, run, "begin")
    while working.work(timezone.now()):
        working._opened.clear()
    run.refresh_from_db()
    assert (run.state, run.new, run.known, run.refused) == (RunState.DONE, 2, 1, 2)
    assert [line[:3] for line in bulk.refused_path_of(run).read_text("utf-8-sig").splitlines()[1:]] == ["3,8", "6,1"]


KILLED = """
import os, signal, sys
from linli import settings
settings.DATABASES["default"]["NAME"] = sys.argv[1]
os.environ["DJANGO_SETTINGS_MODULE"] = "linli.settings"
import django
django.setup()
from django.db import connection
from django.utils import timezone
from linli.intake.bulk import working

working.BATCH = 2
batches = 0

def kill_in_the_second(execute, sql, params, many, context):
    global batches
    result = execute(sql, params, many, context)
    batches += sql.startswith("UPDATE") and "importrun" in sql and "rows_read" in sql
    if batches == 2:
        os.kill(os.getpid(), signal.SIGKILL)
    return result

with connection.execute_wrapper(kill_in_the_second):
    while working.work(timezone.now()):  # a slow machine ends its turn after the first batch
        pass
"""


def test_a_table_is_counted_in_slices_and_one_too_long_is_refused(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(working, "BATCH", 1)
    monkeypatch.setattr(working, "_SLICE_S", 0)
    monkeypatch.setattr(working, "_MOST_ROWS", 3)
    run = tried(world, table(*(good(no=str(number)) for number in range(3))))
    assert (run.state, run.rows, run.new) == (RunState.LOOKED, 3, 3)
    run = tried(world, table(*(good(no=str(number)) for number in range(4))))
    assert run.state == RunState.FAILED and "热线 2025.csv" in run.why


def test_a_table_without_rows_fails_in_words(world: World) -> None:
    run = tried(world, table())
    assert run.state == RunState.FAILED and run.problem["code"] == "no_rows"


def test_a_run_stays_with_the_worker_that_has_it_in_hand(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(working, "BATCH", 1)
    monkeypatch.setattr(working, "_SLICE_S", 0)
    send(world.cast.county)
    look(world.cast.county, ImportRun.objects.get())
    working.work(timezone.now())
    monkeypatch.setattr(working, "_ME", "another")
    assert working.work(timezone.now()) is False
    assert working.work(timezone.now() + timedelta(seconds=31)) is True


@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_in_the_middle_of_a_batch_loses_and_doubles_nothing(home: Path) -> None:
    world = make_world()
    rows = table(*(good(no=str(number), where="999" if number == 3 else "440881101201") for number in range(7)))
    run = tried(world, rows)
    post(world.cast.county, run, "begin")
    name = str(connection.settings_dict["NAME"])
    environment = os.environ | {"LINLI_HOME": str(home)}
    killed = subprocess.run([sys.executable, "-c", KILLED, name], env=environment, timeout=120)
    assert killed.returncode == -signal.SIGKILL
    run.refresh_from_db()
    assert (run.rows_read, Event.objects.count()) == (2, 2)
    assert working.work(timezone.now()) is False  # it may still be alive
    work_off(timedelta(seconds=31))
    run.refresh_from_db()
    assert (run.state, run.new, run.known, run.refused, Event.objects.count()) == (RunState.DONE, 6, 0, 1, 6)
    assert len(bulk.refused_path_of(run).read_text("utf-8-sig").splitlines()) == 2


def test_a_file_damaged_behind_its_beginning_fails_in_words_and_goes(world: World) -> None:
    send(world.cast.county, gzip.compress(table(*(good(no=str(n)) for n in range(9000))).encode())[:-2000])
    run = ImportRun.objects.get()
    look(world.cast.county, run)
    work_off()
    run.refresh_from_db()
    assert run.state == RunState.FAILED and "热线 2025.csv" in run.why
    assert not bulk.path_of(run).exists()
    with translation.override("en"):
        assert "damaged" in run.why


def test_rows_of_another_county_are_refused(world: World) -> None:
    county = world.areas["440881"]
    Area.objects.create(code="440882", name="邻县", level="county", kind="county", valid_from=county.valid_from)
    run = tried(world, table(good(), good(no="8", where="440882")))
    assert (run.new, run.refused, list(run.reasons)) == (1, 1, ["not_your_area"])


def test_only_the_county_desk_and_the_system_administrator_bring_in_tables(world: World) -> None:
    run = tried(world)
    for person in (world.cast.desk, world.cast.worker, world.cast.handler, world.cast.auditor, world.cast.nobody):
        assert send(person).status_code == 403
        assert browser(person).get(reverse("bulk:run", args=[run.pk])).status_code == 403
    assert browser(world.cast.system).get(reverse("bulk:index")).status_code == 200


def test_who_sees_no_matters_is_shown_none_of_those_brought_in(world: World) -> None:
    run = brought(world)
    shown = page(world.cast.system, run)
    assert not any(event.number in shown for event in Event.objects.all())


def test_what_was_sent_and_forgotten_is_deleted_after_a_day(world: World) -> None:
    send(world.cast.county)
    run = ImportRun.objects.get()
    at = timezone.now()
    assert bulk.forget(at) == 0
    assert bulk.forget(at + timedelta(hours=25)) == 1
    assert not bulk.path_of(run).exists()
    run.refresh_from_db()
    assert run.state == RunState.CANCELLED


def test_progress_is_a_fragment_that_ends_with_the_page_anew(world: World) -> None:
    send(world.cast.county)
    run = ImportRun.objects.get()
    look(world.cast.county, run)
    address = reverse("bulk:run", args=[run.pk])
    going = browser(world.cast.county).get(address, headers={"HX-Request": "true"})
    assert "hx-get" in going.content.decode() and "HX-Refresh" not in going
    work_off()
    assert browser(world.cast.county).get(address, headers={"HX-Request": "true"})["HX-Refresh"] == "true"


def test_the_list_of_runs_takes_as_many_queries_for_twenty_as_for_one(world: World) -> None:
    counts = []
    for more in (1, 19):
        for _run in range(more):
            send(world.cast.county)
        client = browser(world.cast.county)
        with CaptureQueriesContext(connection) as asked:
            client.get(reverse("bulk:index"))
        counts.append(len(asked))
    assert counts[0] == counts[1]
