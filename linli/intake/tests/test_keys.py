"""Keys of other systems: shown once, kept as a hash, good for one door and one area, revoked for good."""

import io
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import translation

from linli.events.testing import NOON, World
from linli.intake import keys
from linli.intake.models import ApiKey, Purpose
from linli.journal.models import Entry
from linli.kit.refusal import BadInput, Refused


def test_a_key_is_found_by_its_text_and_only_its_hash_is_kept(db: None) -> None:
    made, text = keys.create("12345热线", purpose=Purpose.OPEN311, at=NOON)
    stored = ApiKey.objects.filter(pk=made.pk).values().get()
    assert keys.find(text, purpose=Purpose.OPEN311, at=NOON) == made
    assert len(text) > 40
    assert not [value for value in stored.values() if text in str(value)]


@pytest.mark.parametrize("text", ["", "linli_", "x" * 10_000, "nul\0", "\ud800"])
def test_what_is_no_key_opens_nothing(db: None, text: str) -> None:
    keys.create("12345热线", purpose=Purpose.OPEN311, at=NOON)
    assert keys.find(text, purpose=Purpose.OPEN311, at=NOON) is None


def test_a_key_opens_one_door(db: None) -> None:
    _made, text = keys.create("传感器", purpose=Purpose.INTAKE, at=NOON)
    assert keys.find(text, purpose=Purpose.OPEN311, at=NOON) is None
    assert keys.find(text, purpose=Purpose.INTAKE, at=NOON) is not None


def test_a_revoked_key_opens_nothing_and_its_name_is_free_again(db: None) -> None:
    _made, text = keys.create("12345热线", purpose=Purpose.OPEN311, at=NOON)
    keys.revoke("12345热线", at=NOON)
    assert keys.find(text, purpose=Purpose.OPEN311, at=NOON) is None
    again, _text = keys.create("12345热线", purpose=Purpose.OPEN311, at=NOON)
    assert list(ApiKey.objects.valid()) == [again]


def test_a_name_is_held_by_one_valid_key(db: None) -> None:
    keys.create("12345热线", purpose=Purpose.OPEN311, at=NOON)
    with pytest.raises(Refused, match="12345"):
        keys.create("12345热线", purpose=Purpose.API, at=NOON)


def test_a_key_that_is_not_there_cannot_be_revoked(db: None) -> None:
    keys.create("12345热线", purpose=Purpose.OPEN311, at=NOON)
    keys.revoke("12345热线", at=NOON)
    with pytest.raises(BadInput):
        keys.revoke("12345热线", at=NOON)


@pytest.mark.parametrize(
    "wrong", [{"name": " "}, {"name": "两\n行"}, {"name": "长" * 61}, {"purpose": "all"}, {"area": "999"}]
)
def test_a_key_needs_a_name_a_door_and_an_area_that_is_there(world: World, wrong: dict[str, str]) -> None:
    with pytest.raises(BadInput):
        keys.create(**{"name": "12345热线", "purpose": "open311", "at": NOON, **wrong})  # type: ignore[arg-type]
    assert not ApiKey.objects.exists()


def test_the_day_of_use_is_noted_and_no_more(db: None) -> None:
    made, text = keys.create("12345热线", purpose=Purpose.OPEN311, at=NOON)
    for hours in (0, 1, 24):
        keys.find(text, purpose=Purpose.OPEN311, at=NOON + timedelta(hours=hours))
    made.refresh_from_db()
    assert str(made.last_used_on) == "2026-11-17"


def test_the_journal_tells_name_and_purpose_only(world: World) -> None:
    keys.create("12345热线", purpose=Purpose.OPEN311, at=NOON, area="440881101")
    keys.revoke("12345热线", at=NOON)
    entries = list(Entry.objects.filter(on_kind="apikey").order_by("id"))
    assert [entry.verb for entry in entries] == ["key.created", "key.revoked"]
    assert all(entry.facts == {"name": "12345热线", "purpose": "open311"} for entry in entries)
    assert {entry.area_id for entry in entries} == {"440881101"}


def linli_keys(*words: str) -> str:
    out = io.StringIO()
    call_command("keys", *words, stdout=out, stderr=io.StringIO())
    return out.getvalue()


def test_the_command_prints_the_key_once_and_lists_what_it_is_for(world: World) -> None:
    text = linli_keys("create", "fixmystreet", "--for", "open311", "--area", "440881101").strip()
    assert keys.find(text, purpose=Purpose.OPEN311, at=NOON) is not None
    listed = linli_keys("list")
    assert listed.startswith("fixmystreet  open311  440881101  ")
    assert text not in listed


def test_the_command_revokes_a_key_and_says_when(db: None) -> None:
    linli_keys("create", "fixmystreet", "--for", "open311")
    with translation.override("en"):
        assert linli_keys("list").strip() == "fixmystreet  open311  -  never used"
        linli_keys("revoke", "fixmystreet")
        assert " revoked 20" in linli_keys("list")
