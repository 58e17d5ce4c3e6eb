"""The journal in partitions by month: it reads, follows, proves and is searched as one table does. PostgreSQL alone has them."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from linli.audit.rules import Asked, Sight
from linli.audit.searching import find
from linli.chores import examining
from linli.journal import following, months, parting
from linli.journal.actions import Act, record_many
from linli.journal.models import ChainHead, Entry, Notice
from linli.journal.proving import Course, verify_chain
from linli.journal.saying import said
from linli.journal.testing import AT, COUNTY, change_a_byte, entry_at, make_journal, put_rows, write
from linli.journal.tests.test_tampering import COLUMNS, OTHERWISE
from linli.kit.refusal import Refused
from linli.people.models import Person

pytestmark = pytest.mark.django_db
LATER = [AT, datetime(2026, 12, 3, tzinfo=UTC), datetime(2027, 1, 3, tzinfo=UTC)]


@pytest.fixture
def cut(settings: Any, tmp_path: Any) -> None:
    """Tables are made in the transaction of the test, and gone with it."""
    settings.ANCHORS = tmp_path
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has no partitions.")
    _settle()
    parting.cut_up(AT, wait_s=60)


def _settle() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def lies_in() -> list[str]:
    """Of every entry of the county, in which partition it lies."""
    return [
        row[0]
        for row in months.rows(
            "SELECT tableoid::regclass::text FROM journal_entry WHERE chain = %s ORDER BY id", COUNTY
        )
    ]


def write_over_months() -> Person:
    """Twelve entries of the county, four in each of three months, among entries of no area."""
    person = make_journal(0)
    for number in range(1, 13):
        at = LATER[(number - 1) // 4]
        if number % 4 == 1:
            _settle()
            months.turn(at, wait_s=60)
        write(f"{number}", by=person if number % 2 else None, at=at + timedelta(minutes=number))
        record_many([Act("key.created", "key", f"{number}", None, None, at, {})])
    return person


def found() -> list[tuple[str, int]]:
    return [(one.why, one.position) for one in verify_chain()]


def told_by_the_doctor(at: datetime) -> list[str]:
    return [one.sentence for one in examining._look_at_months(at)]


def test_on_sqlite_it_is_said_that_there_are_none(capsys: pytest.CaptureFixture[str]) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL has partitions.")
    with pytest.raises(Refused, match="SQLite"):
        call_command("journal", "partition")
    with pytest.raises(Refused, match="SQLite"):
        call_command("journal", "partition", "--undo")
    assert (months.waits(), months.turn(AT), told_by_the_doctor(AT), capsys.readouterr().out) == (False, False, [], "")


@pytest.mark.parametrize("column", COLUMNS)
def test_one_byte_of_any_column_is_found_and_located_in_every_month(cut: None, column: str) -> None:
    write_over_months()
    assert found() == []
    change_a_byte(column, 5)
    assert found() == OTHERWISE.get(column, [("changed", 5)])


def test_each_month_lies_in_its_own(cut: None) -> None:
    write_over_months()
    names = ["journal_entry_2026_11", "journal_entry_2026_12", "journal_entry_2027_01"]
    assert lies_in() == [name for name in names for _each in range(4)]
    numbers = [entry_at(position).pk for position in range(1, 13)]
    assert numbers == sorted(numbers)


def test_a_month_nobody_began_lies_in_the_one_before(cut: None) -> None:
    """The worker was away for two months."""
    write_over_months()
    away = LATER[2] + timedelta(days=75)
    write("13", at=away)
    assert lies_in()[-1] == "journal_entry_2027_01"
    assert "2027_03" in told_by_the_doctor(away)[0]
    _settle()
    months.turn(away, wait_s=60)
    write("14", at=away)
    assert lies_in()[-1] == "journal_entry_2027_03"
    assert [one.name[-7:] for one in months.parts()][-4:] == ["2027_02", "2027_03", "2027_04", "ry_rest"]
    assert "partitions" in told_by_the_doctor(away)[0] or "分区" in told_by_the_doctor(away)[0]
    assert found() == []


def test_a_month_begun_twice_gives_no_number_twice(cut: None) -> None:
    months.turn(AT, wait_s=60)
    first = months.given()
    months.turn(AT, wait_s=60)
    write("1")
    months.turn(AT, wait_s=60)
    write("2")
    assert (entry_at(1).pk, entry_at(2).pk) == (first + 1, first + 2)


def test_a_number_beyond_all_months_is_kept_and_told(cut: None) -> None:
    beyond = max(one.end or 0 for one in months.parts()) + 5
    months.rows("SELECT setval(%s, %s)", months.SEQUENCE, beyond)
    write("1")
    assert lies_in() == ["journal_entry_rest"]
    assert len(told_by_the_doctor(AT)) == 2
    _settle()
    months.turn(LATER[2], wait_s=60)
    write("2")
    assert lies_in() == ["journal_entry_rest", "journal_entry_2027_01"]
    assert found() == []


def test_a_second_entry_of_a_number_is_told_wherever_a_step_ends(cut: None) -> None:
    """No key of the store forbids it over months."""
    write_over_months()
    twin = Entry.objects.filter(pk=entry_at(3).pk).values().get()
    put_rows([twin | {"id": None, "on_key": "another"}])
    for most in range(1, 15):
        course, breaks = Course(only=COUNTY), []
        while not course.is_over:
            breaks += course.step(most)
        assert [(one.why, one.position) for one in breaks] == [("twice", 3)], most
    assert "3" in said(breaks[0])


def test_whoever_follows_and_searches_reads_over_months(cut: None) -> None:
    person = write_over_months()
    written, place = following.since({COUNTY: 2}, 100)
    assert [one.facts["n"] for one in written if one.verb == "event.accepted"] == list(range(3, 13))
    assert place[COUNTY] == 12
    sight = Sight((COUNTY,), of_no_area=True)
    for asked in (Asked(), Asked(person=person.pk), Asked(verb="event.accepted")):
        entries = find(asked, sight, most=30).entries
        assert [one.at for one in entries] == sorted((one.at for one in entries), reverse=True)
        assert len({one.at.month for one in entries}) == 3
    assert [one.position for one in find(Asked(key="7"), sight).entries if one.chain == COUNTY] == [7]


def test_notices_refer_to_entries_of_every_month(cut: None) -> None:
    person = write_over_months()
    Notice.objects.bulk_create([Notice(entry=entry_at(position), person=person) for position in (1, 5, 9)])
    _settle()
    assert Notice.objects.filter(entry__verb="event.accepted").count() == 3
    with pytest.raises(Exception, match="foreign key"):
        Entry.objects.filter(pk=entry_at(5).pk)._raw_delete("default")
        _settle()


def test_migrations_run_on_it(cut: None) -> None:
    """Back and forth: the indexes of all partitions go and come with those of the table."""
    write_over_months()
    _settle()
    loader = MigrationLoader(connection)
    migration = loader.get_migration("journal", "0003_entries_by_day")
    now = indexes()
    with connection.schema_editor(atomic=False) as editor:
        migration.unapply(loader.project_state(("journal", "0002_audit")), editor)
        assert len(indexes()) == len(now) - len(months.parts()) - 1
        migration.apply(loader.project_state(("journal", "0002_audit")), editor)
    assert indexes() == now


def test_a_table_in_the_way_is_named(cut: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE journal_entry_2027_01 (id int)")
    _settle()
    with pytest.raises(Refused, match="journal_entry_2027_01"):
        months.turn(LATER[2], wait_s=60)


def indexes() -> set[str]:
    found = months.rows(
        "SELECT indexdef FROM pg_indexes WHERE tablename LIKE 'journal_entry%%' AND schemaname = current_schema()"
    )
    return {row[0].partition(" ON ")[2] for row in found}


# --- cut up, and put together again -------------------------------------------------------------------------------------


def as_it_is() -> list[Any]:
    """All that the store knows of the table: columns, keys, indexes, references from and to it, who may read it."""
    return [
        months.rows(
            "SELECT attname, atttypid::regtype::text, attnotnull, attidentity FROM pg_attribute "
            "WHERE attrelid = 'journal_entry'::regclass AND attnum > 0 ORDER BY attnum"
        ),
        months.rows(
            "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid), convalidated FROM pg_constraint "
            "WHERE 'journal_entry'::regclass IN (conrelid, confrelid) AND conparentid = 0 ORDER BY 1, 2"
        ),
        months.rows("SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'journal_entry' ORDER BY 1"),
        months.rows("SELECT relkind, relacl::text FROM pg_class WHERE oid = 'journal_entry'::regclass"),
        months.rows("SELECT pg_get_serial_sequence('journal_entry', 'id'), last_value FROM journal_entry_id_seq"),
        months.rows("SELECT relname FROM pg_class WHERE relname ~ '^journal_entry' ORDER BY 1"),
    ]


def test_put_together_it_is_as_it_was(settings: Any, tmp_path: Any) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has no partitions.")
    settings.ANCHORS = tmp_path
    make_journal(4)
    with connection.cursor() as cursor:
        cursor.execute("GRANT SELECT ON journal_entry TO pg_monitor WITH GRANT OPTION")
    _settle()
    before, entries = as_it_is(), list(Entry.objects.values())
    parting.cut_up(AT, wait_s=60)
    assert list(Entry.objects.values()) == entries
    assert months.rows("SELECT has_table_privilege('pg_monitor', 'journal_entry', 'SELECT WITH GRANT OPTION')") == [
        (True,)
    ]
    assert months.unproved() == []
    assert parting.put_together(wait_s=60).copied == 0
    assert as_it_is() == before

    parting.cut_up(AT, wait_s=60)
    months.turn(LATER[1], wait_s=60)
    write("5", at=LATER[1])
    _settle()
    assert parting.put_together(wait_s=60).copied == 1
    last = entry_at(5).pk
    write("6", at=LATER[2])
    assert entry_at(6).pk == last + 1 and ChainHead.objects.get(pk=COUNTY).length == 6
    assert found() == []


def test_what_others_hung_on_the_table_is_named(settings: Any) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has no partitions.")
    with connection.cursor() as cursor:
        cursor.execute("CREATE VIEW acts_of_the_year AS SELECT verb FROM journal_entry")
    with pytest.raises(Refused, match="acts_of_the_year"):
        parting.cut_up(AT, wait_s=60)
    assert not months.is_parted()


def test_it_is_cut_up_once(cut: None) -> None:
    with pytest.raises(Refused) as refused:
        call_command("journal", "partition")
    assert (refused.value.code, refused.value.facts) == ("parted", {"n": 4})
    call_command("journal", "partition", "--undo")
    with pytest.raises(Refused) as refused:
        call_command("journal", "partition", "--undo")
    assert refused.value.code == "not_parted"
