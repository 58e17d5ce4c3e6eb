"""Whatever is changed in the table of the journal is found, and told by its place: by the rows alone, or by the anchors."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from linli.journal.anchors import anchor, anchors_path
from linli.journal.models import ChainHead, Entry
from linli.journal.proving import Break, Course, verify_chain
from linli.journal.saying import SENTENCES, said
from linli.journal.testing import (
    AT,
    COUNTY,
    change_a_byte,
    cut,
    entry_at,
    make_journal,
    put_rows,
    rewrite,
    shift,
    write,
)
from linli.kit.refusal import BadInput, Refused

pytestmark = pytest.mark.django_db

COLUMNS = [field.column for field in Entry._meta.concrete_fields]
#: What a changed byte of these looks like; of all others the content does not fit the digest.
OTHERWISE = {
    "id": [("row", 5)],
    "chain": [("missing", 5), ("no_head", 5)],
    "position": [("missing", 5), ("beyond", 13)],
    "digest": [("digest", 5)],
}


@pytest.fixture(autouse=True)
def anchors(settings: Any, tmp_path: Path) -> None:
    settings.ANCHORS = tmp_path


def found(since: str = "") -> list[tuple[str, int]]:
    return [(one.why, one.position) for one in verify_chain(since=since)]


@pytest.mark.parametrize("column", COLUMNS)
def test_one_byte_of_any_column_is_found_and_located(column: str, capsys: pytest.CaptureFixture[str]) -> None:
    make_journal()
    assert found() == []
    change_a_byte(column, 5)
    assert found() == OTHERWISE.get(column, [("changed", 5)])
    with pytest.raises(Refused) as refused:
        call_command("journal", "verify")
    told = capsys.readouterr().out.splitlines()
    assert told == [said(one) for one in verify_chain()] and "5" in told[0].replace(COUNTY, "")
    assert (refused.value.code, refused.value.facts) == ("journal_broken", {"found": len(told)})


@pytest.mark.parametrize("column", COLUMNS)
def test_one_byte_of_the_last_entry_is_found(column: str) -> None:
    make_journal(13)
    change_a_byte(column, 13)
    last = {"id": [("row", 13)], "chain": [("cut", 13), ("no_head", 13)], "position": [("cut", 13), ("beyond", 14)]}
    assert found() == (last | {"digest": [("digest", 13)]}).get(column, [("changed", 13)])


@pytest.mark.parametrize("column", ["length", "digest"])
def test_the_end_of_a_chain_is_looked_at_too(column: str) -> None:
    make_journal()
    changes = {"length": {"length": 13}, "digest": {"digest": bytes(32)}}[column]
    ChainHead.objects.filter(pk=COUNTY).update(**changes)
    assert found() == {"length": [("cut", 13)], "digest": [("head", 12)]}[column]


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("facts", '\'{"lead": "x", "lead": "\\u6c34\\u52a1\\u5c40", "n": 5}\''),
        ("facts", '\'{"lead": "\\u6c34\\u52a1\\u5c40",  "n": 5}\''),
        ("facts", "'{\"lead\"'"),
        ("facts", "CAST(facts AS blob)"),
        ("at", "replace(\"at\", ' ', 'T')"),
        ("at", "'2026-13-45 04:05:00'"),
        ("recorded_at", "''"),
        ("verb", "CAST(verb AS blob)"),
        ("verb", "CAST(x'6576ff6e74' AS text)"),
        ("by_id", "'chen'"),
        ("digest", "hex(digest)"),
        ("area_id", "''"),
    ],
)
def test_what_only_looks_the_same_is_found_on_sqlite(column: str, value: str) -> None:
    """It takes any value in any column, and readers read many spellings as one. PostgreSQL keeps none of these."""
    if connection.vendor != "sqlite":
        pytest.skip("Kinds and spellings are seen to by PostgreSQL itself.")
    make_journal()
    with connection.constraint_checks_disabled(), connection.cursor() as cursor:
        cursor.execute("PRAGMA ignore_check_constraints = ON")
        cursor.execute(f'UPDATE journal_entry SET "{column}" = {value} WHERE id = %s', [entry_at(5).pk])
        cursor.execute("PRAGMA ignore_check_constraints = OFF")
        assert found() == [("digest" if column == "digest" else "changed", 5)]
        cursor.execute("DELETE FROM journal_entry")  # nothing that the fixture cannot put away


def test_a_deleted_entry_is_found_and_so_are_several() -> None:
    make_journal()
    Entry.objects.filter(chain=COUNTY, position__in=(4, 8, 9)).delete()
    assert [(one.why, one.position, one.until) for one in verify_chain()] == [("missing", 4, 4), ("missing", 8, 9)]


def test_two_swapped_entries_are_found() -> None:
    make_journal()
    one, other = entry_at(4), entry_at(8)
    for pk, position in ((one.pk, 99), (other.pk, 4), (one.pk, 8)):
        Entry.objects.filter(pk=pk).update(position=position)
    places = [(why, position) for why, position in found() if why in ("changed", "replaced")]
    assert places == [("replaced", 4), ("replaced", 8)]
    # The two behind them follow an entry that is not the one that was written; nothing else is touched.
    assert {position for _why, position in found()} == {4, 5, 8, 9}


def test_an_inserted_entry_is_found_and_those_behind_it_are_not_blamed() -> None:
    make_journal()
    row = Entry.objects.filter(chain=COUNTY, position=6).values().get() | {"id": 5000, "verb": "event.voided"}
    shift(1, 6)
    put_rows([row])
    ChainHead.objects.filter(pk=COUNTY).update(length=13)
    told = [(one.why, one.position, one.until) for one in verify_chain(COUNTY)]
    assert [one for one in told if one[0] != "row"] == [("replaced", 6, 0), ("one_more", 7, 1)]


def test_an_entry_taken_out_with_all_numbers_set_anew_is_found() -> None:
    make_journal()
    Entry.objects.filter(chain=COUNTY, position=6).delete()
    shift(-1, 7)
    ChainHead.objects.filter(pk=COUNTY).update(length=11)
    assert found() == [("replaced", 6), ("one_less", 7)]


def test_an_entry_put_behind_the_end_is_found() -> None:
    make_journal()
    put_rows([Entry.objects.filter(chain=COUNTY, position=12).values().get() | {"id": 5000, "position": 13}])
    assert found() == [("beyond", 13)]


def test_two_changed_entries_are_told_apart_from_those_between() -> None:
    make_journal()
    change_a_byte("verb", 3)
    change_a_byte("digest", 7)
    change_a_byte("facts", 10)
    assert found() == [("changed", 3), ("digest", 7), ("changed", 10)]


def test_a_cut_end_is_found_by_the_head_and_without_it_by_the_anchors() -> None:
    make_journal()
    anchor(AT)
    cut(10, with_head=False)
    assert found()[0] == ("cut", 10)
    ChainHead.objects.filter(pk=COUNTY).update(length=9, digest=entry_at(9).digest)
    (one,) = verify_chain()
    assert (one.why, one.position, one.until, one.to) == ("cut_anchored", 10, 12, "2026-11-16")


def test_a_chain_written_anew_from_the_start_is_found_between_two_anchors(
    capsys: pytest.CaptureFixture[str],
) -> None:
    make_journal(4)
    anchor(AT)
    for number in range(5, 9):
        write(f"{number}")
    anchor(AT + timedelta(days=1))
    write("9")
    anchor(AT + timedelta(days=2))
    assert found() == []
    rewrite(first=7, verb="event.rejected")
    (one,) = verify_chain()
    assert (one.why, one.since, one.to, one.position, one.until) == ("rewritten", "2026-11-16", "2026-11-17", 5, 8)
    with pytest.raises(Refused):
        call_command("journal", "verify", "--chain", COUNTY)
    assert "2026-11-16" in (told := capsys.readouterr().out) and "2026-11-17" in told
    rewrite(first=1, facts={})
    (one,) = verify_chain()
    assert (one.why, one.since, one.to) == ("rewritten", "", "2026-11-16")


def test_since_a_day_begins_at_the_last_anchor_before_it() -> None:
    make_journal()
    anchor(AT)
    write("13")
    anchor(AT + timedelta(days=1))
    change_a_byte("verb", 5)
    assert found() == [("changed", 5)]
    assert found(since="2026-11-17") == []
    assert found(since="2026-11-16") == [("changed", 5)]
    change_a_byte("verb", 13)
    assert found(since="2026-11-17") == [("changed", 13)]


def test_it_goes_in_steps_of_any_size_and_can_be_interrupted_between_any_two() -> None:
    make_journal()
    anchor(AT)
    change_a_byte("digest", 3)
    change_a_byte("verb", 8)
    Entry.objects.filter(chain=COUNTY, position=11).delete()
    whole = list(verify_chain())
    for size in (1, 2, 5):
        course, breaks = Course(), list[Break]()
        while not course.is_over:
            breaks += course.step(size)
            course = Course(**course.kept())
        assert breaks == whole


def test_what_is_written_while_it_reads_is_no_break() -> None:
    make_journal()
    course = Course()
    course.step(5)
    course.step(5)
    write("13")
    breaks: list[Break] = []
    while not course.is_over:
        breaks += course.step(5)
    assert breaks == []


def test_every_finding_has_its_sentence() -> None:
    for why in SENTENCES:
        words = said(
            Break(COUNTY, 5, why, 7, "2026-11-16T04:00:00+00:00", "2026-11-15", "2026-11-16", 9, "event.closed")
        )
        assert COUNTY in words and "%(" not in words


# --- the file of anchors ----------------------------------------------------------------------------------------------


def anchored(days: int) -> None:
    make_journal()
    for day in range(days):
        write(f"{20 + day}")
        anchor(AT + timedelta(days=day))


def lines() -> list[bytes]:
    return anchors_path().read_bytes().splitlines(keepends=True)


def test_a_missing_file_is_told_with_what_it_should_hold() -> None:
    anchored(2)
    anchors_path().unlink()
    (one,) = verify_chain()
    assert (one.why, one.to) == ("anchors_missing", "2026-11-16")


def test_a_file_that_cannot_be_read_is_told_and_is_not_taken_for_missing(settings: Any, tmp_path: Path) -> None:
    anchored(1)
    anchors_path().unlink()
    anchors_path().mkdir()
    assert found() == [("anchors_unreadable", 0)]


def test_a_shorter_file_is_told_even_after_it_was_appended_to_again() -> None:
    anchored(3)
    anchors_path().write_bytes(b"".join(lines()[:-2]))
    assert found() == [("anchors_short", 5)]
    anchor(AT + timedelta(days=3))
    assert found() == [("anchors_other", 6)]


def test_an_edited_line_is_told_by_its_number() -> None:
    anchored(3)
    kept = lines()
    kept[2] = kept[2].replace(b'"number":', b'"number": ')
    anchors_path().write_bytes(b"".join(kept))
    assert found() == [("anchors_edited", 4)]
    anchors_path().write_bytes(b"".join(kept[:2] + kept[3:]))
    assert ("anchors_edited", 3) in found()


def test_half_a_line_of_a_machine_that_lost_its_power_is_no_break() -> None:
    anchored(2)
    with anchors_path().open("ab") as file:
        file.write(b'{"day":"2026-11-18","cha')
    assert found() == []
    before = anchors_path().read_bytes()
    anchor(AT + timedelta(days=2))
    assert anchors_path().read_bytes().startswith(before + b"\n")
    assert found() == []


def test_the_command_appends_and_never_rewrites(capsys: pytest.CaptureFixture[str]) -> None:
    make_journal()
    call_command("journal", "anchor")
    before = anchors_path().read_bytes()
    call_command("journal", "anchor")
    assert anchors_path().read_bytes().startswith(before)
    assert str(anchors_path()) in capsys.readouterr().out
    call_command("journal", "verify")
    assert "26" in capsys.readouterr().out
    with pytest.raises(BadInput, match="nowhere"):
        call_command("journal", "verify", "--chain", "nowhere")
    with pytest.raises(CommandError):
        call_command("journal", "verify", "--since", "yesterday")
