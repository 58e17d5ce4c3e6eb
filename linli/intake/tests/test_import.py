"""What becomes of a row: a legal matter with its own times, once, or a refusal with its reason."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from linli.areas.models import Area
from linli.chores.examining import Level, examine
from linli.events.models import Event, NumberSeries, Pack
from linli.events.rules import Source, State
from linli.events.telling import SENTENCES
from linli.events.testing import GRID, World
from linli.intake.tests.files import AT, MAP, bring, good, table
from linli.journal.models import Entry, Notice
from linli.journal.proving import verify_chain
from linli.kit.refusal import BadInput


def test_a_row_becomes_a_matter_with_its_own_times(world: World, tmp_path: Path) -> None:
    row = good(promised="2026-11-04 18:00", closed="2026-11-03 10:00", answer="已疏通", lon="110.28", lat="21.61")
    report, _refused = bring(tmp_path, table(row))
    event = Event.objects.get()
    assert (report.rows, report.new) == (1, 1)
    assert (event.title, event.text, event.outcome, event.category) == (
        "水沟堵塞",
        "村口水沟堵了",
        "已疏通",
        world.drain,
    )
    assert event.reported_at == datetime(2026, 11, 1, 0, 30, tzinfo=UTC)
    assert event.due_at == datetime(2026, 11, 4, 10, 0, tzinfo=UTC)
    assert event.ended_at == datetime(2026, 11, 3, 2, 0, tzinfo=UTC)
    assert (event.state, event.source, event.area_id) == (State.CLOSED, Source.IMPORT, "440881101201")
    assert (event.lon, event.lat, event.received_at) == (110.28, 21.61, AT)


def test_an_open_matter_without_a_promise_gets_our_own_limit(world: World, tmp_path: Path) -> None:
    # A Sunday; two days are the limit to take it on: it was reported on a weekend.
    bring(tmp_path, table(good(opened="2026-11-01 08:30")))
    event = Event.objects.get()
    assert event.state == State.REPORTED
    assert event.due_at == datetime(2026, 11, 2, 9, 30, tzinfo=UTC)


def test_every_matter_has_its_entry_and_nobody_is_told(world: World, tmp_path: Path) -> None:
    bring(tmp_path, table(*(good(no=str(number)) for number in range(3))))
    entries = Entry.objects.filter(verb="event.imported")
    assert {entry.on_key for entry in entries} == {str(pk) for pk in Event.objects.values_list("pk", flat=True)}
    assert {entry.facts["source"] for entry in entries} == {"hotline"}
    assert not Notice.objects.exists()
    assert list(verify_chain()) == []


def test_numbers_run_without_gaps_in_each_township_and_month(world: World, tmp_path: Path) -> None:
    rows = [
        good(no="1"),
        good(no="2", opened="2026-10-05 09:00"),
        good(no="3", opened=""),
        good(no="4", where="440881102201001"),
        good(no="5"),
    ]
    bring(tmp_path, table(*rows))
    bring(tmp_path, table(*rows, good(no="6")))
    assert dict(Event.objects.values_list("external_no", "number")) == {
        "1": "440881101-202611-000001",
        "2": "440881101-202610-000001",
        "4": "440881102-202611-000001",
        "5": "440881101-202611-000002",
        "6": "440881101-202611-000003",
    }
    assert sum(NumberSeries.objects.values_list("last", flat=True)) == Event.objects.count()


def test_a_second_run_adds_nothing_and_refuses_the_same(world: World, tmp_path: Path) -> None:
    content = table(good(no="1"), good(no="2", opened="gestern"), good(no="3"))
    first, refused = bring(tmp_path, content)
    second, refused_again = bring(tmp_path, content)
    assert (first.new, first.known, refused) == (2, 0, ["bad_time"])
    assert (second.new, second.known, refused_again) == (0, 2, ["bad_time"])
    assert Event.objects.count() == Entry.objects.filter(verb="event.imported").count() == 2


def test_a_number_used_twice_for_different_matters_is_refused_every_time(world: World, tmp_path: Path) -> None:
    content = table(good(no="1"), good(no="1", opened="2026-11-02 08:30"), good(no="1"))
    for _run in range(2):
        report, refused = bring(tmp_path, content)
        assert refused == ["number_taken"]
        assert report.new + report.known == 2
    assert Event.objects.count() == 1


def test_two_sources_may_use_the_same_numbers(world: World, tmp_path: Path) -> None:
    bring(tmp_path, table(good()))
    bring(tmp_path, table(good()), MAP.replace("hotline", "petition-office"))
    assert Event.objects.count() == 2


def test_a_dry_run_stores_nothing_and_tells_the_same(world: World, tmp_path: Path) -> None:
    content = table(good(no="1"), good(no="1"), good(no="1", opened="2026-11-02 08:30"), good(no=""), good(no="2"))
    entries = Entry.objects.count()
    rehearsed, refused = bring(tmp_path, content, dry_run=True)
    assert (Event.objects.count(), NumberSeries.objects.count(), Entry.objects.count()) == (0, 0, entries)
    done, refused_then = bring(tmp_path, content)
    assert (rehearsed.new, rehearsed.known, refused) == (done.new, done.known, refused_then) == (2, 1, refused)
    assert refused == ["number_taken", "number_missing"]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"no": ""}, "number_missing"),
        ({"no": "7" * 81}, "number_unusable"),
        ({"opened": ""}, "opening_missing"),
        ({"opened": "1970-01-01 00:00"}, "opened_too_long_ago"),
        ({"opened": "0001-01-01"}, "bad_time"),
        ({"opened": "2027-01-01 00:00"}, "time_in_the_future"),
        ({"opened": "31.12.2025"}, "bad_time"),
        ({"closed": "2026-10-31 00:00"}, "closed_before_opened"),
        ({"closed": "2026-11-16 13:00"}, "time_in_the_future"),
        ({"promised": "2026-10-31 00:00"}, "due_before_opened"),
        ({"what": "", "words": " "}, "nothing_reported"),
        ({"what": "长" * 201}, "text_too_long"),
        ({"words": "长" * 1_000_000}, "text_too_long"),
        ({"where": ""}, "area_missing"),
        ({"where": "999999"}, "unknown_area"),
        ({"where": "石城镇"}, "unknown_area"),
        ({"lon": "110.28"}, "half_a_position"),
        ({"lon": "nan", "lat": "21.6"}, "bad_degrees"),
        ({"lon": "21.61", "lat": "110.28"}, "off_the_earth"),
    ],
)
def test_a_row_that_cannot_be_is_refused_with_its_reason(
    world: World, tmp_path: Path, changes: dict[str, str], reason: str
) -> None:
    report, refused = bring(tmp_path, table(good(no="1"), good(**changes)))
    assert refused == [reason]
    assert (report.new, Event.objects.count()) == (1, 1)
    line, sentence = report.examples[reason]
    assert line == 3
    assert sentence.strip()
    assert "%(" not in sentence


def test_a_closed_area_and_one_that_answers_for_nothing_are_refused(world: World, tmp_path: Path) -> None:
    Area.objects.filter(pk=GRID).update(valid_to="2026-01-01")
    Area.objects.filter(pk="440881101201006").update(kind="natural_village")
    _report, refused = bring(tmp_path, table(good(no="1", where=GRID), good(no="2", where="440881101201006")))
    assert refused == ["area_closed", "area_answers_not"]


def test_full_width_signs_are_read_as_plain_ones(world: World, tmp_path: Path) -> None:
    row = good(
        no="７",
        opened="２０２６－１１－０１ ０８：３０",
        where="４４０８８１１０１２０１",
        lon="１１０．２８",
        lat="２１．６１",
    )
    bring(tmp_path, table(row))
    event = Event.objects.get()
    assert (event.external_no, event.area_id, event.lon) == ("7", "440881101201", 110.28)
    assert bring(tmp_path, table(good(no="7")))[0].known == 1


def test_words_are_kept_as_they_came(world: World, tmp_path: Path) -> None:
    words = "😀 村口，\n１２号 <b>“沟”</b> 𠮷"
    bring(tmp_path, table(good(words=words)))
    assert Event.objects.get().text == words


def test_the_list_of_refused_rows_holds_no_words(world: World, tmp_path: Path) -> None:
    bring(tmp_path, table(good(no="A-1", opened="昨天下午", words="张家的秘密", what="秘密")))
    listed = (tmp_path / "refused.csv").read_text(encoding="utf-8-sig").splitlines()
    assert listed[0] == "line,number,reason,sentence"
    assert listed[1].startswith("2,A-1,bad_time,")
    assert "秘密" not in "".join(listed)


def test_sentences_are_in_the_language_of_the_reader(world: World, tmp_path: Path) -> None:
    with translation.override("en"):
        report, _refused = bring(tmp_path, table(good(closed="2026-10-31 00:00")))
    assert report.examples["closed_before_opened"] == (
        2,
        "It was closed before it was opened. One of the two times is wrong.",
    )


def test_a_day_without_a_time_closes_at_its_end(world: World, tmp_path: Path) -> None:
    rows = [good(no="1", closed="2026-11-01"), good(no="2", opened="2026-11-16", closed="2026-11-16")]
    report, refused = bring(tmp_path, table(*rows))
    assert refused == []
    ended = dict(Event.objects.values_list("external_no", "ended_at"))
    assert ended["1"] == datetime(2026, 11, 1, 15, 59, 59, tzinfo=UTC)
    # That day is not over yet: it was closed before now.
    assert ended["2"] == AT
    assert report.new == 2


def test_times_without_a_zone_are_those_of_the_map(world: World, tmp_path: Path) -> None:
    bring(
        tmp_path, table(good(opened="2026-07-01 08:30")), MAP.replace("number =", 'zone = "America/New_York"\nnumber =')
    )
    assert Event.objects.get().reported_at == datetime(2026, 7, 1, 12, 30, tzinfo=UTC)


def test_a_time_the_rows_do_not_give_is_counted(world: World, tmp_path: Path) -> None:
    chosen = MAP.replace('column = "opened"', 'column = "opened"\notherwise = "2020-01-01"')
    report, _refused = bring(tmp_path, table(good(no="1", opened=""), good(no="2")), chosen)
    assert report.notes.counts["time", "opened"] == 1
    assert Event.objects.get(external_no="1").reported_at == datetime(2019, 12, 31, 16, tzinfo=UTC)


def test_a_span_is_counted_from_the_opening(world: World, tmp_path: Path) -> None:
    chosen = MAP.replace('closed_at = "closed"\n', "") + '\n[closed_at]\ncolumn = "closed"\nformat = "days"\n'
    _report, refused = bring(tmp_path, table(good(no="1", closed="2"), good(no="2", closed="bald")), chosen)
    assert refused == ["bad_span"]
    assert Event.objects.get().ended_at == datetime(2026, 11, 3, 0, 30, tzinfo=UTC)


STATES = """
[state]
column = "answer"
values = { "办结" = "closed", "在办" = "accepted", "转110" = "referred_out" }
"""


def test_states_come_by_the_table_of_the_map(world: World, tmp_path: Path) -> None:
    rows = [
        good(no="1", answer="在办"),
        good(no="2", answer="办结", closed="2026-11-02 09:00"),
        good(no="3", answer="转110", closed="2026-11-02 09:00"),
        good(no="4", answer="办结"),
        good(no="5", answer="在办", closed="2026-11-02 09:00"),
        good(no="6", answer="不明"),
        good(no="7"),
    ]
    _report, refused = bring(tmp_path, table(*rows), MAP + STATES)
    assert refused == ["closing_time_missing", "open_but_closed", "word_unknown", "state_missing"]
    found = dict(Event.objects.values_list("external_no", "state"))
    assert found == {"1": "accepted", "2": "closed", "3": "referred_out"}
    assert Event.objects.get(external_no="1").accepted_at == Event.objects.get(external_no="1").reported_at
    assert Event.objects.get(external_no="3").referred_to == "other"


def test_an_unknown_category_leaves_the_matter_unclassified_and_is_counted(world: World, tmp_path: Path) -> None:
    rows = [
        good(no="1", kind="排水"),
        good(no="2", kind="C02"),
        good(no="3", kind="危墙"),
        good(no="4", kind="飞碟"),
        good(no="5", kind=""),
    ]
    report, _refused = bring(tmp_path, table(*rows))
    found = dict(Event.objects.values_list("external_no", "category__code"))
    assert found == {"1": "C01", "2": "C02", "3": "C02", "4": None, "5": None}
    assert report.notes.commonest("category", "kind") == [("飞碟", 1), ("", 1)]


def test_a_home_without_categories_gets_the_pack_the_map_means(world: World, tmp_path: Path) -> None:
    chosen = MAP.replace('column = "kind"', 'column = "kind"\npack = "grid-cn-lite"')
    bring(tmp_path, table(good()), chosen, dry_run=True)
    assert not Pack.objects.filter(code="grid-cn-lite").exists()
    report, _refused = bring(tmp_path, table(good()), chosen)
    assert report.notes.counts["pack", "grid-cn-lite"] == 1
    assert Event.objects.get().category.pack.code == "grid-cn-lite"
    # Another was in use, and stays so.
    assert Pack.objects.get(in_use=True).code == "test"


def test_a_category_the_pack_has_not_stops_the_import(world: World, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="Z99"):
        bring(tmp_path, table(good()), MAP.replace("C01", "Z99"))
    assert not Event.objects.exists()


def test_the_page_of_an_imported_matter_tells_where_it_came_from(world: World, tmp_path: Path, client: Client) -> None:
    bring(tmp_path, table(good(no="A-17", closed="2026-11-03 10:00", answer="已疏通")))
    client.force_login(world.cast.county)
    page = client.get(reverse("events:show", args=[Event.objects.get().pk])).content.decode()
    assert "hotline A-17" in page
    assert "已疏通" in page
    assert str(SENTENCES["event.imported"]) in page


def test_words_too_long_are_told_with_their_field(world: World, tmp_path: Path) -> None:
    with translation.override("en"):
        report, _refused = bring(tmp_path, table(good(words="长" * 4001)))
    sentence = "Text: 4001 characters, 4000 at most. Shorten it at its source."
    assert report.examples["text_too_long"] == (2, sentence)


def test_what_was_imported_leaves_a_sound_home(world: World, tmp_path: Path) -> None:
    bring(tmp_path, table(*(good(no=str(number)) for number in range(5))))
    assert [finding.sentence for finding in examine(timezone.now()) if finding.level == Level.FAIL] == []
