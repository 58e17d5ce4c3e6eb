"""Making a photo public: drafted when asked for, covered, confirmed as it was seen, taken back; and never otherwise."""

import hashlib
import io
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from PIL import ExifTags, Image

from linli.events import actions
from linli.events.actions.releasing import draft_name, public_name
from linli.events.models import Event, Picture, Release
from linli.events.rules import RELEASING, Standing, require_releasing
from linli.events.testing import NOON, World, make_event
from linli.journal.models import Entry
from linli.kit.media import faces
from linli.kit.media.faces import Box
from linli.kit.media.storing import store
from linli.kit.refusal import BadInput, NotYours, Refused
from linli.people.models import Person
from linli.people.rules import Role

MIDDLE = Box(0.25, 0.25, 0.5, 0.5)
at = NOON + timedelta(hours=1)


def checked_photo() -> bytes:
    """A chequered picture, every detail of which tells; with a place and a name in its hidden data."""
    image = Image.new("RGB", (160, 120), "white")
    for left in range(0, 160, 8):
        for top in range(0, 120, 8):
            if (left + top) % 16:
                image.paste("black", (left, top, left + 8, top + 8))
    exif = Image.Exif()
    exif[ExifTags.Base.Artist] = "PhoneOwner"
    out = io.BytesIO()
    image.save(out, "JPEG", exif=exif, quality=95)
    return out.getvalue()


@pytest.fixture
def picture(world: World) -> Picture:
    """A photo of a matter the public may know of."""
    event = actions.report(
        text="村口水沟堵了", area=world.grid, category=world.drain, at=NOON, source="resident", photos=[checked_photo()]
    ).event
    return event.pictures.get()


@pytest.fixture
def desk(world: World) -> Person:
    return world.cast.desk


def drafted(picture: Picture, desk: Person) -> str:
    """The SHA-256 of a draft made of it."""
    actions.prepare_release(picture, by=desk, at=at)
    actions.make_draft(at, by_hand=True)
    return release_of(picture).draft_sha256 or ""


def released(picture: Picture, desk: Person) -> str:
    """The same, covered and public."""
    seen = actions.cover(picture, seen=drafted(picture, desk), boxes=[MIDDLE], by=desk, at=at)
    actions.confirm_release(picture, seen=seen, by=desk, at=at)
    return seen


def release_of(picture: Picture) -> Release:
    return Release.objects.get(pk=picture.pk)


def contrast(content: bytes) -> int:
    """Between the lightest and the darkest point in the middle of a picture."""
    image = Image.open(io.BytesIO(content)).convert("L")
    width, height = image.size
    low, high = image.crop((width * 3 // 8, height * 3 // 8, width * 5 // 8, height * 5 // 8)).getextrema()
    return int(high) - int(low)  # type: ignore[arg-type]


def kept(name: str) -> bytes:
    with store().open(name) as file:
        return file.read()


# --- the course -------------------------------------------------------------------------------------------------------


def test_no_photo_is_looked_through_before_a_desk_asks(picture: Picture) -> None:
    assert not actions.make_draft(at, by_hand=True)
    assert not Release.objects.exists()


def test_a_draft_is_made_by_the_worker_once_a_desk_asks(picture: Picture, desk: Person) -> None:
    actions.prepare_release(picture, by=desk, at=at)
    assert release_of(picture).wanted_at == at
    assert not actions.make_draft(at)
    made = release_of(picture)
    assert (made.wanted_at, made.public_sha256, made.machine_looked) == (None, None, faces.available())
    assert hashlib.sha256(kept(draft_name(made.draft_sha256 or ""))).hexdigest() == made.draft_sha256


def test_a_draft_holds_nothing_hidden(picture: Picture, desk: Person) -> None:
    content = kept(draft_name(drafted(picture, desk)))
    assert b"PhoneOwner" not in content
    assert not Image.open(io.BytesIO(content)).getexif()


def test_what_is_covered_by_hand_is_gone_from_the_draft(picture: Picture, desk: Person) -> None:
    seen = drafted(picture, desk)
    assert contrast(kept(draft_name(seen))) > 200
    covered = actions.cover(picture, seen=seen, boxes=[MIDDLE], by=desk, at=at)
    assert contrast(kept(draft_name(covered))) < 20


def test_only_the_rendition_is_kept_and_not_where_it_was_covered(picture: Picture, desk: Person) -> None:
    released(picture, desk)
    assert {field.name for field in Release._meta.concrete_fields} == {
        *("picture", "asked_by", "asked_at", "wanted_at", "failed_at", "draft_sha256", "machine_looked"),
        *("public_sha256", "confirmed_by", "confirmed_at", "withdrawn_at"),
    }
    facts = [entry.facts for entry in Entry.objects.filter(verb="event.picture_covered")]
    assert facts == [{"picture": str(picture.pk), "boxes": 1}]


def test_public_is_what_was_confirmed_byte_for_byte(
    picture: Picture, desk: Person, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        seen = released(picture, desk)
    made = release_of(picture)
    assert (made.public_sha256, made.draft_sha256, made.confirmed_by) == (seen, None, desk)
    assert hashlib.sha256(kept(public_name(seen))).hexdigest() == seen
    assert contrast(kept(public_name(seen))) < 20
    assert not store().exists(draft_name(seen))


def test_each_act_is_in_the_journal(picture: Picture, desk: Person) -> None:
    released(picture, desk)
    actions.withdraw_release(picture, by=desk, at=at)
    verbs = list(Entry.objects.filter(on_key=str(picture.event_id)).order_by("id").values_list("verb", flat=True))
    assert verbs[1:] == [
        *("event.release_prepared", "event.picture_covered", "event.picture_released", "event.release_withdrawn"),
    ]


def test_taken_back_it_is_gone(picture: Picture, desk: Person, django_capture_on_commit_callbacks: Any) -> None:
    seen = released(picture, desk)
    with django_capture_on_commit_callbacks(execute=True):
        actions.withdraw_release(picture, by=desk, at=at)
    assert not Release.objects.public().exists()
    assert not store().exists(public_name(seen))
    with pytest.raises(Refused):
        actions.withdraw_release(picture, by=desk, at=at)


def test_a_draft_that_was_never_public_is_dropped_in_silence(picture: Picture, desk: Person) -> None:
    drafted(picture, desk)
    actions.withdraw_release(picture, by=desk, at=at)
    assert Entry.objects.filter(verb="event.release_dropped").exists()
    assert not Entry.objects.filter(verb="event.release_withdrawn").exists()


def test_the_same_photo_of_two_matters_stays_where_it_is_still_public(
    world: World, picture: Picture, desk: Person, django_capture_on_commit_callbacks: Any
) -> None:
    event = make_event(world)
    actions.supplement(event, text="同一张照片", photos=[checked_photo()], by=desk, at=at)
    twin = event.pictures.get()
    assert released(picture, desk) == released(twin, desk)
    with django_capture_on_commit_callbacks(execute=True):
        actions.withdraw_release(twin, by=desk, at=at)
    assert store().exists(public_name(release_of(picture).public_sha256 or ""))


def test_while_a_new_draft_is_made_the_old_photo_stays_public(picture: Picture, desk: Person) -> None:
    before = released(picture, desk)
    drafted(picture, desk)
    assert release_of(picture).public_sha256 == before


def test_a_file_that_is_not_here_fails_by_itself_and_is_told(picture: Picture, desk: Person, world: World) -> None:
    other = actions.report(
        text="路灯坏了", area=world.grid, category=world.drain, at=NOON, source="resident", photos=[checked_photo()]
    ).event.pictures.get()
    Picture.objects.filter(pk=picture.pk).update(sha256="0" * 64)
    actions.prepare_release(picture, by=desk, at=at)
    actions.prepare_release(other, by=desk, at=at + timedelta(seconds=1))
    assert actions.make_draft(at, by_hand=True)
    assert (release_of(picture).failed_at, release_of(picture).wanted_at) == (at, None)
    actions.make_draft(at, by_hand=True)
    assert release_of(other).draft_sha256


@pytest.mark.skipif(not faces.available(), reason="the extra `blur` is not installed")
def test_where_the_extra_is_installed_faces_are_covered_in_the_first_draft(
    world: World, desk: Person, shared: Path
) -> None:
    portrait = io.BytesIO()
    Image.open(shared / "data" / "photos" / "exifsamples__DudleyLeavittUtah.tiff").convert("RGB").save(portrait, "JPEG")
    sent = [portrait.getvalue()]
    event = actions.report(
        text="路灯", area=world.grid, category=world.drain, at=NOON, source="resident", photos=sent
    ).event
    actions.prepare_release(event.pictures.get(), by=desk, at=at)
    actions.make_draft(at)
    made = release_of(event.pictures.get())
    assert made.machine_looked
    assert faces.faces(Image.open(portrait))
    assert contrast(portrait.getvalue()) > 100 > 20 > contrast(kept(draft_name(made.draft_sha256 or "")))


# --- what is refused --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", sorted(Role))
def test_a_desk_shows_and_a_leader_may_hide(role: Role) -> None:
    allowed = {name for name in RELEASING if _may(name, role)}
    assert allowed == {Role.DESK: set(RELEASING), Role.LEADER: {"withdraw_release"}}.get(role, set())


def _may(name: str, role: Role) -> bool:
    try:
        require_releasing(name, Standing(frozenset({role})))
    except NotYours:
        return False
    return True


@pytest.mark.parametrize("who", ["worker", "handler", "neighbour", "nobody"])
def test_nobody_else_may_do_any_of_it(world: World, picture: Picture, desk: Person, who: str) -> None:
    seen, person = drafted(picture, desk), getattr(world.cast, who)
    for act in (
        lambda: actions.prepare_release(picture, by=person, at=at),
        lambda: actions.cover(picture, seen=seen, boxes=[MIDDLE], by=person, at=at),
        lambda: actions.confirm_release(picture, seen=seen, by=person, at=at),
        lambda: actions.withdraw_release(picture, by=person, at=at),
    ):
        with pytest.raises(NotYours):
            act()
    assert release_of(picture).draft_sha256 == seen


def test_a_draft_that_changed_since_it_was_looked_at_is_not_confirmed(picture: Picture, desk: Person) -> None:
    seen = drafted(picture, desk)
    actions.cover(picture, seen=seen, boxes=[MIDDLE], by=desk, at=at)
    for stale in (seen, "", "0" * 64):
        with pytest.raises(Refused) as refusal:
            actions.confirm_release(picture, seen=stale, by=desk, at=at)
        assert refusal.value.code == "moved_on"
    with pytest.raises(Refused):
        actions.cover(picture, seen=seen, boxes=[MIDDLE], by=desk, at=at)
    assert not Release.objects.public().exists()


def test_a_matter_of_a_private_category_has_no_public_photos(world: World, picture: Picture, desk: Person) -> None:
    released(picture, desk)
    assert Release.objects.public().exists()
    Event.objects.filter(pk=picture.event_id).update(category=world.quarrel)
    assert not Release.objects.public().exists()
    with pytest.raises(Refused) as refusal:
        actions.prepare_release(picture, by=desk, at=at)
    assert refusal.value.code == "matter_not_public"


@pytest.mark.parametrize(
    "boxes",
    [
        [],
        [MIDDLE] * 101,
        [Box(2, 0, 0.1, 0.1)],
        [Box(0, 0, 0, 0.1)],
        [Box(0, 0, float("nan"), 0.1)],
        [Box(0, 0, 1e9, 1)],
    ],
)
def test_boxes_that_cannot_be_meant_are_refused(picture: Picture, desk: Person, boxes: list[Box]) -> None:
    seen = drafted(picture, desk)
    with pytest.raises(BadInput):
        actions.cover(picture, seen=seen, boxes=boxes, by=desk, at=at)
    assert release_of(picture).draft_sha256 == seen


def test_the_store_itself_keeps_nothing_public_that_nobody_confirmed(picture: Picture, desk: Person) -> None:
    drafted(picture, desk)
    with pytest.raises(IntegrityError), transaction.atomic():
        Release.objects.filter(pk=picture.pk).update(public_sha256="0" * 64)


# --- the pages --------------------------------------------------------------------------------------------------------


_NOBODY_LOOKED = gettext_noop(
    "No machine has looked for faces: the extra “blur” is not installed. Every face must be covered by hand."
)
_A_MACHINE_LOOKED = gettext_noop(
    "A machine has covered what it took for faces. It misses some: look for yourself, and cover number plates and names too."
)


def page(picture: Picture) -> str:
    return f"/desk/events/{picture.event_id}/photos/{picture.pk}/public"


@pytest.fixture
def browser(desk: Person) -> Client:
    client = Client()
    client.force_login(desk)
    return client


def row(box: tuple[Any, ...] = (25, 25, 50, 50)) -> dict[str, Any]:
    """A row of the form, and two left empty."""
    return {name: [value, "", ""] for name, value in zip(("x", "y", "width", "height"), box, strict=True)}


def test_from_asking_to_public_without_scripts(picture: Picture, browser: Client) -> None:
    assert _("being prepared") not in text(browser.get(page(picture)))
    assert _("being prepared") in text(browser.post(page(picture), {"act": "prepare"}, follow=True))
    actions.make_draft(timezone.now(), by_hand=True)
    form = browser.get(page(picture))
    assert f"/{release_of(picture).draft_sha256}.jpg" in text(form)
    sent = {"act": "cover", "draft": release_of(picture).draft_sha256, **row()}
    assert browser.post(page(picture), sent).status_code == 302
    seen = release_of(picture).draft_sha256
    assert contrast(kept(draft_name(seen or ""))) < 20
    public = browser.post(page(picture), {"act": "confirm", "draft": seen, "looked": "yes"}, follow=True)
    assert f"/photos/{seen}.jpg" in text(public)


def test_nothing_is_public_before_somebody_says_they_have_looked(
    picture: Picture, desk: Person, browser: Client
) -> None:
    sent = {"act": "confirm", "draft": drafted(picture, desk)}
    answer = browser.post(page(picture), sent)
    assert answer.status_code == 422
    assert not Release.objects.public().exists()


def test_boxes_not_covered_yet_keep_it_from_being_public_and_stay_in_the_form(
    picture: Picture, desk: Person, browser: Client
) -> None:
    sent = {"act": "confirm", "looked": "yes", "draft": drafted(picture, desk), **row((12.5, 25, 50, 50))}
    answer = browser.post(page(picture), sent)
    assert (answer.status_code, 'value="12.5"' in text(answer)) == (422, True)
    assert not Release.objects.public().exists()


def test_a_box_in_words_is_told_and_not_guessed(picture: Picture, desk: Person, browser: Client) -> None:
    sent = {"act": "cover", "draft": drafted(picture, desk), **row(("left", 1, 1, 1))}
    assert browser.post(page(picture), sent).status_code == 422


def test_without_the_extra_the_page_says_that_faces_must_be_covered_by_hand(
    picture: Picture, desk: Person, browser: Client
) -> None:
    drafted(picture, desk)
    for looked, sentence in ((False, _NOBODY_LOOKED), (True, _A_MACHINE_LOOKED)):
        Release.objects.update(machine_looked=looked)
        assert _(sentence) in text(browser.get(page(picture)))


def test_while_it_is_prepared_the_page_asks_until_it_is_done(picture: Picture, desk: Person, browser: Client) -> None:
    actions.prepare_release(picture, by=desk, at=at)
    waiting = browser.get(page(picture) + "?waiting", headers={"HX-Request": "true"})
    assert (waiting.status_code, waiting.headers.get("HX-Refresh")) == (204, None)
    actions.make_draft(at, by_hand=True)
    done = browser.get(page(picture) + "?waiting", headers={"HX-Request": "true"})
    assert done.headers["HX-Refresh"] == "true"


def test_the_draft_is_shown_to_the_desk_alone_and_only_as_it_is_now(
    world: World, picture: Picture, desk: Person, browser: Client
) -> None:
    before = drafted(picture, desk)
    address = page(picture).removesuffix("public")
    assert browser.get(f"{address}{before}.jpg").status_code == 200
    after = actions.cover(picture, seen=before, boxes=[MIDDLE], by=desk, at=at)
    assert browser.get(f"{address}{before}.jpg").status_code == 404
    for person, status in ((world.cast.worker, 403), (world.cast.neighbour, 404)):
        other = Client()
        other.force_login(person)
        assert other.get(f"{address}{after}.jpg").status_code == status
    assert Client().get(f"{address}{after}.jpg").status_code == 302


def test_the_page_of_the_matter_leads_there_for_those_who_may(world: World, picture: Picture, browser: Client) -> None:
    matter = f"/desk/events/{picture.event_id}/"
    assert page(picture) in text(browser.get(matter))
    worker = Client()
    worker.force_login(world.cast.worker)
    assert page(picture) not in text(worker.get(matter))
    Event.objects.filter(pk=picture.event_id).update(category=world.quarrel)
    assert page(picture) not in text(browser.get(matter))


def test_a_public_photo_is_for_everybody_and_asks_for_no_session(picture: Picture, desk: Person) -> None:
    seen = released(picture, desk)
    answer = Client().get(f"/photos/{seen}.jpg")
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "image/jpeg")
    assert hashlib.sha256(b"".join(answer)).hexdigest() == seen  # type: ignore[arg-type]
    assert answer.headers["Cache-Control"] == "public, no-cache"
    assert "Vary" not in answer.headers and "Set-Cookie" not in answer.headers
    again = Client().get(f"/photos/{seen}.jpg", headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_neither_the_original_nor_the_draft_nor_what_was_taken_back_is_public(picture: Picture, desk: Person) -> None:
    draft = drafted(picture, desk)
    anybody = Client()
    for sha256 in (picture.sha256, draft, "0" * 64, "x"):
        assert anybody.get(f"/photos/{sha256}.jpg").status_code == 404
    actions.confirm_release(picture, seen=draft, by=desk, at=at)
    assert anybody.get(f"/photos/{draft}.jpg").status_code == 200
    actions.withdraw_release(picture, by=desk, at=at)
    for known in ({}, {"If-None-Match": f'"{draft}"'}):
        assert anybody.get(f"/photos/{draft}.jpg", headers=known).status_code == 404


def text(answer: Any) -> str:
    return answer.content.decode()
