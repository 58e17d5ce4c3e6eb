"""Sound of a session: kept while all agree, sealed, heard for a purpose, deleted when one takes the consent back."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from linli.events.testing import NOON
from linli.holds import actions as holds
from linli.journal.models import Entry
from linli.kit.media.storing import original, store
from linli.kit.media.testing import picture, voice
from linli.kit.refusal import BadInput, NotYours, Refused
from linli.mediation.actions import looking, parties, sessions, sound
from linli.mediation.dossier.reading import read
from linli.mediation.models import Companion, Dispute, Look, Party, Recording, Session
from linli.mediation.playing import length_of
from linli.mediation.rules import CompanionKind, Purpose, Side, SoundGone, State
from linli.mediation.testing import Mediation, make_dispute, make_mediation, party_of
from linli.mediation.tests.desks import Desk, days_ago

LATER = NOON + timedelta(hours=9)
HOUR = timedelta(hours=1)


@pytest.fixture
def here(db: None, settings: Any, tmp_path: Any) -> Mediation:
    settings.MEDIA_ROOT = tmp_path
    return make_mediation()


def held(here: Mediation, dispute: Dispute, *, helped_by: Sequence[Companion] = (), at: Any = LATER) -> Session:
    session = sessions.plan_session(dispute, planned_at=at + HOUR, place="镇综治中心", by=here.mediator, at=at)
    sessions.hold_session(
        session,
        began_at=at + HOUR,
        ended_at=at + 2 * HOUR,
        present=list(dispute.parties.present()),
        companions=helped_by,
        by=here.mediator,
        at=at + 3 * HOUR,
    )
    return session


def kept(here: Mediation, session: Session, *, content: bytes = b"", at: Any = LATER + 4 * HOUR) -> Recording:
    agreed = [*session.dispute.parties.present(), *session.dispute.companions.all()]
    return sound.keep_sound(session, content=content or voice(), agreed=agreed, by=here.mediator, at=at)


def lies_in_store(name: str) -> bool:
    return store().exists(original(name))


def test_it_is_kept_as_ciphertext_when_everybody_agreed(here: Mediation) -> None:
    session = held(here, make_dispute(here, State.MEDIATING))
    made = kept(here, session)
    assert (made.number, made.seconds, made.file_type, made.file_size) == (1, 3, "audio/webm", len(voice()))
    with store().open(original(made.file_sha256)) as file:
        # Recorded by a browser; what it begins with is nowhere in the store.
        assert voice()[:64] not in file.read()
    session.refresh_from_db()
    assert session.has_audio and len(session.audio_consents) == 2
    assert Entry.objects.get(verb="dispute.sound_kept").facts["seconds"] == 3


@pytest.mark.parametrize(("seconds", "said"), [(3, "0:03"), (2112, "35:12"), (3900, "1:05:00")])
def test_its_length_is_said_as_players_say_it(seconds: int, said: str) -> None:
    assert length_of(seconds) == said


def test_without_the_yes_of_everybody_who_was_there_it_is_refused_with_a_sentence(here: Mediation) -> None:
    dispute = make_dispute(here, State.MEDIATING)
    everybody = list(dispute.parties.present())
    helper = parties.add_companion(
        dispute, kind=CompanionKind.RELATIVE, name="陈大伯", agreed_by=everybody, by=here.mediator, at=LATER
    )
    session = held(here, dispute, helped_by=[helper])
    for agreed in ([], everybody[:1], everybody):
        with pytest.raises(Refused) as refusal:
            sound.keep_sound(session, content=voice(), agreed=agreed, by=here.mediator, at=LATER + 4 * HOUR)
        assert refusal.value.code == "audio_without_consent"
    assert not Recording.objects.exists()
    assert kept(here, session).number == 1


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (picture(), "media_no_voice"),
        (b"ID3\3" + bytes(4000), "media_no_voice"),
        (b"", "media_empty"),
        (voice("opus.ogg")[:-40], "media_voice_broken"),
    ],
)
def test_what_is_no_sound_is_refused_and_nothing_is_kept(
    here: Mediation, tmp_path: Any, content: bytes, code: str
) -> None:
    session = held(here, make_dispute(here, State.MEDIATING))
    agreed = list(session.dispute.parties.present())
    with pytest.raises(BadInput) as refusal:
        sound.keep_sound(session, content=content, agreed=agreed, by=here.mediator, at=LATER + 4 * HOUR)
    assert refusal.value.code == code and refusal.value.facts["field"] == "sound"
    assert not list(tmp_path.rglob("originals/*/*"))


def test_what_is_too_large_says_how_to_make_it_smaller(here: Mediation, monkeypatch: Any) -> None:
    session = held(here, make_dispute(here, State.MEDIATING))
    monkeypatch.setattr(sound, "MOST_BYTES", 1_000)
    with pytest.raises(BadInput) as refusal:
        kept(here, session)
    assert refusal.value.code == "media_voice_too_large" and "64" in refusal.value.message


def test_only_the_mediator_adds_it_and_only_to_a_session_that_was_held(here: Mediation) -> None:
    dispute = make_dispute(here, State.MEDIATING)
    agreed = list(dispute.parties.present())
    planned = sessions.plan_session(dispute, planned_at=LATER + HOUR, place="镇", by=here.mediator, at=LATER)
    with pytest.raises(Refused) as refusal:
        sound.keep_sound(planned, content=voice(), agreed=agreed, by=here.mediator, at=LATER)
    assert refusal.value.code == "session_not_held"
    with pytest.raises(NotYours):
        sound.keep_sound(planned, content=voice(), agreed=agreed, by=here.head, at=LATER)


def test_it_is_heard_for_a_purpose_and_the_parties_see_it(here: Mediation) -> None:
    dispute = make_dispute(here, State.MEDIATING)
    recording, then = kept(here, held(here, dispute)), LATER + 5 * HOUR
    with pytest.raises(Refused) as refusal:
        looking.look_to_hear(recording, by=here.head, purpose=Purpose.OVERSEE, at=then)
    assert refusal.value.code == "say_what_for"
    looking.look(dispute, by=here.head, purpose=Purpose.OVERSEE, at=then)
    with pytest.raises(Refused) as closed:
        sound.open_sound(recording, by=here.head, at=then)
    assert closed.value.code == "say_what_for"
    with pytest.raises(BadInput):
        looking.look_to_hear(recording, by=here.head, purpose="", at=then)
    looking.look_to_hear(recording, by=here.head, purpose=Purpose.COMPLAINT, at=then)
    assert sound.open_sound(recording, by=here.head, at=then) == voice()
    with pytest.raises(Refused):
        sound.open_sound(recording, by=here.mediator, at=then)
    with pytest.raises(Refused):
        sound.open_sound(recording, by=here.head, at=then + timedelta(hours=5))
    (seen, *_others) = looking.who_looked(dispute)
    assert (seen.person, seen.purpose, seen.was_sound) == (here.head, Purpose.COMPLAINT, True)


def test_hearing_opens_nothing_else_of_the_file(here: Mediation) -> None:
    dispute = make_dispute(here, State.MEDIATING)
    recording = kept(here, held(here, dispute))
    looking.look(dispute, by=here.head, purpose=Purpose.OVERSEE, at=LATER)
    late = LATER + timedelta(hours=3, minutes=59)
    looking.look_to_hear(recording, by=here.head, purpose=Purpose.OVERSEE, at=late)
    with pytest.raises(Refused):
        looking.require_look(dispute, by=here.head, at=late + HOUR)


def test_a_consent_taken_back_deletes_all_sound_of_the_session(
    here: Mediation, django_capture_on_commit_callbacks: Any
) -> None:
    session = held(here, make_dispute(here, State.MEDIATING))
    one, other = kept(here, session), kept(here, session, content=voice("opus.ogg"))
    files = [one.file_sha256, other.file_sha256]
    assert all(lies_in_store(name) for name in files)
    party = party_of(session.dispute, Side.RESPONDENT)
    with django_capture_on_commit_callbacks(execute=True):
        assert sound.end_consent(session, who=party, by=None, at=LATER + 6 * HOUR, own=True) == 2
    assert not any(lies_in_store(name) for name in files)
    gone = Recording.objects.get(pk=one.pk)
    assert (gone.deleted_why, gone.file_sha256) == (SoundGone.WITHDRAWN, "")
    session.refresh_from_db()
    assert not session.has_audio and str(party.pk) not in session.audio_consents
    verbs = list(Entry.objects.filter(verb__contains="sound").order_by("pk").values_list("verb", flat=True))
    assert verbs[-3:] == ["dispute.sound_consent_ended", "dispute.sound_deleted", "dispute.sound_deleted"]
    with pytest.raises(Refused) as refusal:
        sound.open_sound_as_party(gone, party=party, at=LATER + 7 * HOUR)
    assert refusal.value.code == "sound_deleted"
    with pytest.raises(Refused):
        sound.keep_sound(session, content=voice(), agreed=[], by=here.mediator, at=LATER + 7 * HOUR)


def test_a_store_that_does_not_let_go_is_asked_again(
    here: Mediation, tmp_path: Any, settings: Any, django_capture_on_commit_callbacks: Any
) -> None:
    session = held(here, make_dispute(here, State.MEDIATING))
    made = kept(here, session)
    settings.MEDIA_ROOT = tmp_path / "file"
    (tmp_path / "file").write_text("no folder")
    with django_capture_on_commit_callbacks(execute=True):
        sound.drop_sound(made, by=here.mediator, at=LATER + 6 * HOUR)
    made.refresh_from_db()
    # Opened by nobody from now on, whatever the store does.
    assert made.file_sha256 and made.deleted_why == SoundGone.MISTAKE
    settings.MEDIA_ROOT = tmp_path
    assert lies_in_store(made.file_sha256) and sound.is_due(LATER + 7 * HOUR)
    assert sound.forget(LATER + 7 * HOUR) == 1
    assert not lies_in_store(made.file_sha256) and not sound.is_due(LATER + 7 * HOUR)


def test_the_worker_deletes_it_when_its_time_is_over(here: Mediation) -> None:
    dispute = make_dispute(here, State.MEDIATING)
    made = kept(here, held(here, dispute))
    Dispute.objects.filter(pk=dispute.pk).update(archived_at=LATER, retention_until=date(2036, 11, 20))
    last = LATER.replace(year=2036, month=11, day=20)
    assert not sound.is_due(last)
    assert sound.is_due(last + timedelta(days=1)) and sound.forget(last + timedelta(days=1)) == 2
    made.refresh_from_db()
    assert (made.deleted_why, made.file_sha256) == (SoundGone.RETENTION, "") and not sound.is_due(last)


def test_what_is_held_outlives_its_time_and_a_withdrawn_consent(here: Mediation) -> None:
    dispute = make_dispute(here, State.MEDIATING)
    session = held(here, dispute)
    made = kept(here, session)
    Dispute.objects.filter(pk=dispute.pk).update(archived_at=LATER, retention_until=date(2036, 11, 20))
    hold = holds.place(dispute, reason="法院调取", by=here.world.cast.security, at=LATER)
    over = LATER.replace(year=2036, month=11, day=21)
    assert not sound.is_due(over) and sound.forget(over) == 0
    for wish in (
        lambda: sound.drop_sound(made, by=here.mediator, at=LATER),
        lambda: sound.end_consent(session, who=party_of(dispute), by=here.mediator, at=LATER),
    ):
        with pytest.raises(Refused) as refused:
            wish()
        assert refused.value.code == "held"
    holds.end(hold, reason="已结案", by=here.world.cast.security, at=LATER)
    assert sound.forget(over) == 2


def test_the_dossier_names_it_and_holds_none_of_it(here: Mediation) -> None:
    dispute = make_dispute(here, State.MEDIATING)
    session = held(here, dispute)
    made = kept(here, session)
    (paper,) = read(dispute, with_scans=True).sessions
    assert paper.sound == "经各方同意，已录音1段，共约1分钟；录音另存，不附卷"
    sound.drop_sound(made, by=here.mediator, at=LATER + 6 * HOUR)
    (paper,) = read(dispute).sessions
    assert paper.sound == "曾录音；误存的录音已删除"


# --- the pages ------------------------------------------------------------------------------------------------------------


def recording_of(here: Mediation) -> tuple[Dispute, Session, Recording]:
    dispute = make_dispute(here, State.MEDIATING, at=days_ago(5))
    session = held(here, dispute, at=days_ago(2))
    desk = Desk(here.mediator)
    desk.open(dispute)
    sent = SimpleUploadedFile("会议.m4a", voice("aac.mp4"), content_type="audio/x-m4a")
    desk.do(dispute, "keep_sound", session, sound=sent, agreed=list(session.present))
    return dispute, session, Recording.objects.get()


def test_the_mediator_adds_it_says_what_for_and_plays_it(here: Mediation) -> None:
    dispute, session, made = recording_of(here)
    desk = Desk(here.mediator)
    desk.open(dispute)
    page, address = (
        reverse("mediation:session", args=[dispute.pk, session.pk]),
        reverse("mediation:session_sound", args=[dispute.pk, session.pk, made.pk]),
    )
    closed = desk.client.get(page).content.decode()
    assert "<audio" not in closed and 'name="purpose"' in closed
    assert desk.client.get(address).status_code == 409
    assert desk.client.post(address, {"purpose": "mediate"}).headers["Location"] == f"{page}#sound"
    assert "<audio" in desk.client.get(page).content.decode()
    part = desk.client.get(address, headers={"Range": "bytes=4-7"})
    assert (part.status_code, b"".join(part)) == (206, b"ftyp")  # type: ignore[call-overload]
    assert (part.headers["Content-Type"], part.headers["X-Content-Type-Options"]) == ("audio/mp4", "nosniff")
    assert "no-store" in part.headers["Cache-Control"]
    desk.do(dispute, "end_sound", session, who=str(party_of(dispute).pk))
    assert desk.client.get(address).status_code == 409
    assert "<audio" not in desk.client.get(page).content.decode()


def test_a_form_without_every_yes_keeps_what_was_ticked_and_says_why(here: Mediation) -> None:
    dispute = make_dispute(here, State.MEDIATING, at=days_ago(5))
    session = held(here, dispute, at=days_ago(2))
    desk = Desk(here.mediator)
    desk.open(dispute)
    address = reverse("mediation:act_on", args=[dispute.pk, "keep_sound", session.pk])
    sent = SimpleUploadedFile("a.m4a", voice())
    answer = desk.client.post(address, {"sound": sent, "agreed": session.present[:1]})
    assert answer.status_code == 409 and 'class="problem"' in answer.content.decode()
    assert answer.content.decode().count("checked") == 1
    answer = desk.client.post(
        address, {"sound": SimpleUploadedFile("a.mp3", b"ID3\3" + bytes(99)), "agreed": session.present}
    )
    assert answer.status_code == 422 and "M4A" in answer.content.decode()


def test_a_party_plays_it_on_its_page_and_takes_its_consent_back(here: Mediation) -> None:
    dispute, session, made = recording_of(here)
    party, client = party_of(dispute, Side.RESPONDENT), Client()
    secret = parties.make_link(party, days_ago(1))
    page, address = (
        reverse("mediation_public:party", args=[secret]),
        reverse("mediation_public:party_sound", args=[secret, made.pk]),
    )
    assert f'src="{address}"' in client.get(page).content.decode()
    assert b"".join(client.get(address)) == voice("aac.mp4")  # type: ignore[call-overload]
    assert b"".join(client.get(address)) == voice("aac.mp4")  # type: ignore[call-overload]
    assert Look.objects.filter(recording=made, party=party).count() == 1
    act = reverse("mediation_public:party_act", args=[secret, "sound"])
    unsure = client.post(act, {"key": str(session.pk)})
    assert unsure.status_code == 422 and 'id="problem"' in unsure.content.decode()
    assert client.post(act, {"key": str(session.pk), "sure": "on"}).status_code == 302
    assert client.get(address).status_code == 409
    assert "<audio" not in (left := client.get(page).content.decode()) and "#trash-2" in left


def test_a_party_who_was_not_there_hears_nothing(here: Mediation) -> None:
    dispute, session, made = recording_of(here)
    absent = party_of(dispute, Side.RESPONDENT)
    Session.objects.filter(pk=session.pk).update(present=[str(party_of(dispute).pk)])
    secret = parties.make_link(absent, days_ago(1))
    answer = Client().get(reverse("mediation_public:party_sound", args=[secret, made.pk]))
    assert answer.status_code == 403
    other = make_dispute(here, State.MEDIATING, at=days_ago(4), summary="别的事")
    stranger: Party = party_of(other)
    link = parties.make_link(stranger, days_ago(1))
    assert Client().get(reverse("mediation_public:party_sound", args=[link, made.pk])).status_code == 404
