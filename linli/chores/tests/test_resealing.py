"""A new key of the vault: everything moves under it, a few rows at a time, whoever is killed; then the old one may go."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.core.management import call_command
from django.utils import translation

from linli.chores import examining, resealing
from linli.chores.backup.folders import only_one
from linli.chores.models import Resealing
from linli.events import actions
from linli.events.models import Contact
from linli.events.rules import Source
from linli.events.testing import NOON, World, make_world
from linli.intake.webhooks import actions as webhooks
from linli.journal.models import Entry
from linli.kit import key_ring
from linli.kit.refusal import Refused
from linli.kit.sealing import _oldest_key, key_named_by, sealed_columns
from linli.mediation.actions import proving
from linli.mediation.actions.files import open_sealed
from linli.mediation.models import Evidence, Sealed
from linli.mediation.rules import State
from linli.mediation.testing import make_dispute, make_mediation, party_of

pytestmark = pytest.mark.django_db

LATER = NOON + timedelta(days=2)


@pytest.fixture(autouse=True)
def home(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of its own, with an old key."""
    settings.HOME, settings.MEDIA_ROOT, settings.SEALING = tmp_path, tmp_path / "media", "aes-256-gcm"
    monkeypatch.setattr(resealing, "_done_for", None)
    return tmp_path


def seal_as_before(contact: Contact, words: str) -> None:
    """As every home sealed before it had a ring."""
    nonce = bytes(range(12))
    contact.sealed = nonce + AESGCM(_oldest_key()).encrypt(nonce, words.encode(), contact.event_id.bytes)
    contact.save()


def work(at: datetime = LATER) -> int:
    """As the worker does until nothing waits; in how many slices. It ends: no more than some hundred are needed here."""
    for slices in range(500):
        if not resealing.waits():
            return slices
        resealing.go_on(at)
    raise AssertionError("the worker finds no end")


def report(world: World, many: int) -> list[str]:
    """So many reports with contacts, every second one sealed as homes did before there was a ring."""
    told = [f"1398760000{number}" for number in range(many)]
    for number, contact in enumerate(told):
        made = actions.report(
            text="水沟堵了", area=world.grid, category=world.drain, at=NOON, source=Source.RESIDENT, contact=contact
        )
        if number % 2:
            seal_as_before(made.event.contact, contact)
    return told


def opened(world: World) -> list[str]:
    """What the desk reads of all contacts."""
    reads = {"by": world.cast.desk, "at": LATER, "reason": "回电"}
    return sorted(actions.open_contact(one.event, **reads) for one in Contact.objects.all())


def keys_named() -> set[str]:
    """By every seal of every column."""
    found = set()
    for column in sealed_columns():
        for value in column.model._base_manager.values_list(column.attname, flat=True):
            found |= {key_named_by(bytes(value))} if value else set()
    return found


def test_everything_moves_under_the_new_key_a_few_rows_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resealing, "SLICE", 2)
    world = make_world()
    told = report(world, 5)
    old = key_ring.ring().current
    assert keys_named() >= {"", old.id}
    fresh = resealing.rotate(at=LATER)
    assert work() > len(resealing.places())
    assert keys_named() == {fresh.id}
    assert opened(world) == told
    assert resealing.all_hanging().keys() == {fresh.id}
    assert not Resealing.objects.filter(done_at=None).exists()


class Killed(BaseException):
    """The worker is gone, as after SIGKILL: nothing that would catch an error catches this."""


def test_whoever_is_killed_in_the_midst_of_a_step_is_followed_from_where_it_began(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(resealing, "SLICE", 3)
    world = make_world()
    told = report(world, 6)
    fresh, move, moved = resealing.rotate(at=LATER), resealing._move, []

    def killed_at_the_fifth(place: resealing.Place, row: Contact, course: Resealing) -> None:
        moved.append(row.pk)
        if len(moved) == 5:
            raise Killed
        move(place, row, course)

    monkeypatch.setattr(resealing, "_move", killed_at_the_fifth)
    with pytest.raises(Killed):
        work()
    course = Resealing.objects.get(place="events.contact.sealed")
    # Three rows and where they end were written together; of the step that broke off, nothing.
    assert (course.seen, course.moved, course.after) == (3, 3, str(moved[2]))
    assert sum(key_named_by(bytes(one.sealed)) == fresh.id for one in Contact.objects.all()) == 3
    work()
    assert keys_named() == {fresh.id} and opened(world) == told


def test_a_home_from_before_there_were_keys_is_moved_without_being_asked() -> None:
    world = make_world()
    told = report(world, 4)
    work()
    assert keys_named() == {key_ring.ring().current.id}
    assert opened(world) == told


def test_the_words_of_disputes_their_files_and_secrets_of_webhooks_move_too(
    django_capture_on_commit_callbacks: Any, home: Path
) -> None:
    here = make_mediation()
    dispute = make_dispute(here, State.MEDIATING)
    item = proving.add_evidence(party_of(dispute), name="借条", content=b"%PDF-1.7 words", by=here.mediator, at=LATER)
    keeper = here.world.cast.system
    told = {
        "name": "热线",
        "address": "https://example.org/x",
        "groups": ["reported"],
        "area": here.world.areas["440881"],
    }
    subscription, secret = webhooks.subscribe(**told, by=keeper, at=LATER)
    webhooks.rotate(subscription, by=keeper, at=LATER)
    summary, old = dispute.words, key_ring.ring().current
    before = Evidence.objects.get(pk=item.pk).file_sha256
    with django_capture_on_commit_callbacks(execute=True):
        resealing.rotate(at=LATER)
        work()
    item, dispute = Evidence.objects.get(pk=item.pk), type(dispute).objects.get(pk=dispute.pk)
    assert open_sealed(item) == b"%PDF-1.7 words"
    assert dispute.words == summary
    subscription.refresh_from_db()
    assert subscription.secrets_at(LATER)[1] == secret
    assert before != item.file_sha256
    assert not [path for path in home.rglob("*") if before in path.name]
    key = resealing.retire(old.id, at=LATER + timedelta(hours=2))
    assert key == old
    assert open_sealed(item) == b"%PDF-1.7 words"


def test_a_page_that_had_read_the_row_before_still_opens_its_file(django_capture_on_commit_callbacks: Any) -> None:
    here = make_mediation()
    dispute = make_dispute(here, State.MEDIATING)
    item = proving.add_evidence(party_of(dispute), name="借条", content=b"%PDF-1.7 w", by=here.mediator, at=LATER)
    read_before = Evidence.objects.get(pk=item.pk)
    with django_capture_on_commit_callbacks(execute=True):
        resealing.rotate(at=LATER)
        work()
    assert open_sealed(read_before) == b"%PDF-1.7 w"


def test_what_was_sealed_with_the_old_key_meanwhile_is_found_by_the_next_round() -> None:
    world = make_world()
    told = report(world, 3)
    work()
    seal_as_before(Contact.objects.order_by("pk")[0], told[0])
    old = key_ring.ring().current
    fresh = resealing.rotate(at=LATER)
    resealing.go_on(LATER)
    while not Resealing.objects.filter(place="events.contact.sealed", seen=3).exists():
        resealing.go_on(LATER)
    # A process that had the row in hand writes it back as it was.
    seal_as_before(Contact.objects.order_by("pk")[0], told[0])
    work()
    assert keys_named() == {fresh.id} != {old.id}


def test_a_seal_that_nothing_opens_stays_is_told_of_and_holds_up_nobody() -> None:
    world = make_world()
    report(world, 3)
    broken = Contact.objects.order_by("pk")[1]
    Contact.objects.filter(pk=broken.pk).update(sealed=b"damaged beyond repair, alas")
    work()
    assert bytes(Contact.objects.get(pk=broken.pk).sealed) == b"damaged beyond repair, alas"
    with translation.override("en"):
        found = [one.sentence for one in examining._look_at_seals(LATER)]
    assert [one for one in found if one.startswith("1 seals are opened by no key")]


def test_a_key_is_retired_only_when_nothing_hangs_on_it_and_no_backup_runs(home: Path) -> None:
    world = make_world()
    report(world, 2)
    old = key_ring.ring().current
    fresh = resealing.rotate(at=LATER)
    later = LATER + timedelta(hours=2)

    def why(key: str, at: datetime) -> str:
        with pytest.raises(Refused) as refusal:
            resealing.retire(key, at=at)
        return refusal.value.code

    assert why(old.id, LATER) == "key_rests"
    assert why(old.id, later) == "key_in_use"
    assert why(fresh.id, later) == "key_is_current"
    assert why("none", later) == "no_such_key"
    work()
    with only_one(home):
        assert why(old.id[:6], later) == "backup_running"
    resealing.retire(old.id[:6], at=later)
    assert key_ring.ring().keys == (fresh,)
    verbs = list(Entry.objects.filter(on_kind="vault").order_by("pk").values_list("verb", "on_key"))
    assert verbs == [("vault.rotated", fresh.id), ("vault.retired", old.id)]


def test_after_the_ring_was_lost_it_comes_back_from_a_backup(home: Path, tmp_path_factory: Any) -> None:
    world = make_world()
    told = report(world, 3)
    work()
    saved = tmp_path_factory.mktemp("saved") / "vault_keys"
    (home / "vault_keys").rename(saved)
    work()
    assert Resealing.objects.get(place="events.contact.sealed").broken == 3
    assert len(resealing.take(saved, at=LATER)) == 1
    work()
    assert opened(world) == told
    assert Resealing.objects.get(place="events.contact.sealed").broken == 0


def test_the_command_says_what_hangs_on_each_key(capsys: Any) -> None:
    world = make_world()
    report(world, 4)
    old = key_ring.ring().current
    with translation.override("en"):
        call_command("vault", "rotate")
        call_command("vault", "status")
    said = capsys.readouterr().out
    assert f"{old.id} aes-256-gcm since" in said
    assert "from before there were keys: 2 seals" in said
    assert "places done" in said
    assert "13987600001" not in said


def test_places_are_all_sealed_columns_and_all_models_with_sealed_files() -> None:
    names = {place.name for place in resealing.places()}
    assert {column.place for column in sealed_columns()} < names
    assert {"mediation.evidence.file", "mediation.recording.file"} < names
    assert issubclass(Evidence, Sealed)
