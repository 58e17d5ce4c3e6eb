"""The page of the chains: verifying beside all other work, what it says of a changed table, and the anchors."""

import os
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils.html import escape

from linli.chores.table import CHORES
from linli.events.rules import State
from linli.events.testing import NOON, World, make_event
from linli.journal import verifying
from linli.journal.anchors import anchor, anchors_path, is_anchored
from linli.journal.models import ChainHead, Entry, Notice, Verification
from linli.journal.proving import Course, verify_chain
from linli.journal.saying import said
from linli.journal.testing import AT, COUNTY, change_a_byte, cut, entry_at, make_journal, put_rows, rewrite, shift
from linli.kit.refusal import Refused

pytestmark = pytest.mark.django_db
COLUMNS = [field.column for field in Entry._meta.concrete_fields]


@pytest.fixture(autouse=True)
def anchors(settings: Any, tmp_path: Path) -> None:
    settings.ANCHORS = tmp_path


@pytest.fixture
def auditor(world: World) -> Client:
    client = Client()
    client.force_login(world.cast.auditor)
    return client


def verified(client: Client) -> str:
    """Ask for it by the page, let the worker do it, and read the page again."""
    client.post(reverse("audit:verify"))
    while verifying.go_on(NOON):
        pass
    return client.get(reverse("audit:chains")).content.decode()


def _swap() -> None:
    one, other = entry_at(4), entry_at(8)
    for pk, position in ((one.pk, 99), (other.pk, 4), (one.pk, 8)):
        Entry.objects.filter(pk=pk).update(position=position)


def _insert() -> None:
    row = Entry.objects.filter(chain=COUNTY, position=6).values().get() | {"id": 5000, "verb": "event.voided"}
    shift(1, 6)
    put_rows([row])
    ChainHead.objects.filter(pk=COUNTY).update(length=13)


HANDS = {
    **{f"a byte of {column}": (lambda column=column: change_a_byte(column, 5)) for column in COLUMNS},
    "deleted": lambda: Entry.objects.filter(chain=COUNTY, position=4).delete(),
    "swapped": _swap,
    "inserted": _insert,
    "cut": lambda: cut(10, with_head=False),
    "cut with its head": lambda: cut(10, with_head=True),
    "written anew": lambda: rewrite(verb="event.rejected"),
}


@pytest.mark.parametrize("hand", HANDS)
def test_whatever_is_done_to_the_table_stands_on_the_page(world: World, auditor: Client, hand: str) -> None:
    make_journal()
    anchor(AT)
    HANDS[hand]()
    page = verified(auditor)
    told = [escape(said(one)) for one in verify_chain()]
    assert told and all(words in page for words in told)
    assert Verification.objects.get().found == len(told)


def test_a_whole_journal_is_said_to_be_whole_with_when_and_by_whom(world: World, auditor: Client) -> None:
    make_journal()
    anchor(AT)
    assert "<td><code>auditor</code></td>" in verified(auditor)
    one = Verification.objects.get()
    assert (one.found, one.asked_by, one.is_over) == (0, world.cast.auditor, True)
    assert one.read == one.total + 1  # and the entry that says it was asked for
    assert set(Entry.objects.filter(on_kind="verification").values_list("verb", flat=True)) == {
        "journal.verification_asked",
        "journal.verified",
    }


def test_it_is_done_in_slices_and_the_page_tells_how_far_it_is(
    world: World, auditor: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_journal()
    auditor.post(reverse("audit:verify"))
    auditor.post(reverse("audit:verify"))
    assert Verification.objects.count() == 1  # the one under way
    monkeypatch.setattr(verifying, "_SLICE_S", 0.0)
    monkeypatch.setattr(Course.step, "__defaults__", (5,))
    read = []
    while verifying.go_on(NOON):
        read.append(Verification.objects.get().read)
        part = auditor.get(reverse("audit:chains"), headers={"HX-Request": "true"})
        assert "hx-get" in part.content.decode() and "HX-Refresh" not in part.headers
    assert len(read) > 5 and read == sorted(read) and max(after - before for before, after in pairwise(read)) == 5
    assert auditor.get(reverse("audit:chains"), headers={"HX-Request": "true"}).headers["HX-Refresh"] == "true"


def test_auditors_are_told_of_a_break_and_nobody_else(world: World, auditor: Client) -> None:
    make_journal()
    change_a_byte("verb", 5)
    verifying.ask(by=None, at=NOON)
    while verifying.go_on(NOON):
        pass
    notice = Notice.objects.get()
    assert (notice.person, notice.entry.verb) == (world.cast.auditor, "journal.broken")
    assert reverse("audit:chains") in auditor.get(reverse("notices")).content.decode()


def test_what_the_command_line_found_stands_on_the_page(world: World, auditor: Client) -> None:
    make_journal()
    call_command("journal", "verify")
    assert Verification.objects.latest("id").found == 0
    change_a_byte("verb", 5)
    with pytest.raises(Refused):
        call_command("journal", "verify")
    assert escape(said(next(verify_chain()))) in auditor.get(reverse("audit:chains")).content.decode()


def test_before_anything_was_written_the_page_says_so(world: World, auditor: Client) -> None:
    assert auditor.get(reverse("audit:chains")).status_code == 200
    assert auditor.get(reverse("audit:anchors")).status_code == 404


def test_the_anchors_are_listed_and_taken_away_byte_for_byte(world: World, auditor: Client) -> None:
    make_journal()
    anchor(AT)
    assert bytes(ChainHead.objects.get(pk=COUNTY).digest).hex() in auditor.get(reverse("audit:chains")).content.decode()
    response = auditor.get(reverse("audit:anchors"))
    assert b"".join(response.streaming_content) == anchors_path().read_bytes()
    assert Entry.objects.get(verb="journal.anchors_taken").by == world.cast.auditor


def _chore(name: str) -> Any:
    return next(one.do for one in CHORES if one.name == name)


def test_the_worker_anchors_once_a_day_and_verifies_once_a_week(world: World) -> None:
    make_journal()
    for day in (0, 0, 1):
        _chore("journal_anchored")(AT + timedelta(days=day))
        assert is_anchored(AT + timedelta(days=day))
    assert Entry.objects.filter(verb="journal.anchored").count() == 2
    for day in (0, 1, 6):
        _chore("journal_verified")(AT + timedelta(days=day))
        while _chore("verifications")(AT):
            pass
    assert Verification.objects.count() == 1
    _chore("journal_verified")(AT + timedelta(days=8))
    assert Verification.objects.count() == 2


def test_after_a_day_with_a_wrong_clock_it_anchors_and_verifies_as_before(world: World) -> None:
    make_journal()
    for at in (AT + timedelta(days=3000), AT, AT + timedelta(days=1)):
        _chore("journal_anchored")(at)
        _chore("journal_verified")(at)
        while _chore("verifications")(at):
            pass
    assert Entry.objects.filter(verb="journal.anchored").count() == 3
    assert Verification.objects.count() == 2 and not list(verify_chain())


def test_a_line_that_the_disk_takes_in_parts_is_whole(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    make_journal()
    write = os.write
    monkeypatch.setattr(os, "write", lambda file, text: write(file, text[:7]))
    anchor(AT)
    monkeypatch.undo()
    assert is_anchored(AT) and not list(verify_chain())


def test_nothing_the_worker_forgets_is_an_act_or_a_look(world: World) -> None:
    """Twelve months and more: whatever the clock does and deletes, no entry goes."""
    for state in (State.CLOSED, State.HANDLING):
        make_event(world, state, at=AT)
    before = set(Entry.objects.values_list("pk", flat=True))
    for years in (1, 2, 10):
        for one in CHORES:
            one.do(AT + timedelta(days=366 * years))
    assert before <= set(Entry.objects.values_list("pk", flat=True))
