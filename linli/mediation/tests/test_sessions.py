"""Sessions, records, notes and evidence."""

import io
from datetime import timedelta

import pytest
from PIL import Image

from linli.events.testing import NOON
from linli.kit.media.storing import original, store
from linli.kit.media.testing import exif, fractions, picture, text
from linli.kit.refusal import BadInput, NotYours, Refused
from linli.mediation.actions import files, looking, noting, parties, proving, sessions
from linli.mediation.models import Evidence, Session
from linli.mediation.rules import Manner, Purpose, SessionState, Side, Stance, State
from linli.mediation.rules.parties import Particulars
from linli.mediation.testing import Mediation, hold, make_dispute, make_mediation, party_of

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(hours=9)
HOUR = timedelta(hours=1)
PDF = b"%PDF-1.7\n" + "收据：王小明".encode()


def plan(here: Mediation, dispute: object, at: object = LATER + HOUR, **more: object) -> Session:
    told = {"planned_at": at, "place": "村委会", "by": here.mediator, "at": LATER}
    return sessions.plan_session(dispute, **{**told, **more})  # type: ignore[arg-type]


def test_a_session_is_planned_moved_and_called_off() -> None:
    here = make_mediation()
    session = plan(here, make_dispute(here, State.MEDIATING))
    sessions.move_session(session, planned_at=LATER + 3 * HOUR, why="有人上班", by=here.mediator, at=LATER)
    session.refresh_from_db()
    assert session.moved == 1 and session.words == {"place": "村委会", "link": "", "why": "有人上班"}
    sessions.cancel_session(session, why="改期另约", by=here.mediator, at=LATER)
    with pytest.raises(Refused) as refusal:
        sessions.move_session(session, planned_at=LATER + 4 * HOUR, by=here.mediator, at=LATER)
    assert refusal.value.code == "session_over"


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"at": LATER - HOUR}, "session_in_the_past"),
        ({"at": LATER + timedelta(days=400)}, "session_too_far"),
        ({"minutes": 0}, "bad_minutes"),
        ({"manner": "standing"}, "not_offered"),
        ({"place": ""}, "text_missing"),
        ({"is_remote": True}, "text_missing"),
    ],
)
def test_a_plan_told_wrongly_is_refused(changed: dict[str, object], code: str) -> None:
    here = make_mediation()
    with pytest.raises(BadInput) as refusal:
        plan(here, make_dispute(here, State.MEDIATING), **changed)
    assert refusal.value.code == code


def test_a_mediator_is_in_one_place_at_a_time() -> None:
    here = make_mediation()
    plan(here, make_dispute(here, State.MEDIATING), minutes=120)
    other = make_dispute(here, State.MEDIATING)
    with pytest.raises(Refused) as refusal:
        plan(here, other, LATER + 2 * HOUR)
    assert refusal.value.code == "busy_then"
    plan(here, other, LATER + 3 * HOUR)


@pytest.mark.parametrize(
    ("began", "ended", "code"),
    [
        (LATER - HOUR, LATER - 2 * HOUR, "ends_before_it_began"),
        (LATER, LATER + HOUR, "not_held_yet"),
        (NOON - HOUR, NOON, "before_acceptance"),
        (LATER - 30 * HOUR, LATER, "session_too_long"),
    ],
)
def test_times_in_the_wrong_order_are_refused(began: object, ended: object, code: str) -> None:
    here = make_mediation()
    dispute = make_dispute(here, State.MEDIATING)
    session = plan(here, dispute)
    with pytest.raises(BadInput) as refusal:
        sessions.hold_session(
            session,
            began_at=began,
            ended_at=ended,
            present=list(dispute.parties.all()),
            by=here.mediator,
            at=LATER,
        )
    assert refusal.value.code == code


def test_face_to_face_means_both_and_everybody_was_told_of_their_rights() -> None:
    here = make_mediation()
    dispute = make_dispute(here, State.MEDIATING)
    one, other = party_of(dispute), party_of(dispute, Side.RESPONDENT)
    third = parties.add_party(
        dispute, Particulars(Side.THIRD, "赵六", telephone="13955555555"), by=here.mediator, at=LATER
    )
    facts = {"began_at": LATER - HOUR / 2, "ended_at": LATER, "by": here.mediator, "at": LATER, "place": "现场"}
    with pytest.raises(BadInput) as alone:
        sessions.hold_unplanned(dispute, present=[one], **facts)
    assert alone.value.code == "one_side_missing"
    with pytest.raises(Refused) as untold:
        sessions.hold_unplanned(dispute, present=[one, other, third], **facts)
    assert untold.value.code == "rights_not_told"
    assert not Session.objects.exists()
    apart = sessions.hold_unplanned(dispute, present=[one], manner=Manner.APART, **facts)
    assert apart.state == SessionState.HELD and apart.entered_at == LATER
    assert sessions.present_at(apart, [one, other]) == [one]


def test_sound_is_kept_only_when_all_agreed_and_undisputed_facts_are_written_even_then() -> None:
    here = make_mediation()
    dispute = make_dispute(here, State.MEDIATING)
    one, other = party_of(dispute), party_of(dispute, Side.RESPONDENT)
    session = plan(here, dispute)
    facts = {"began_at": LATER + HOUR, "ended_at": LATER + 2 * HOUR, "present": [one, other], "by": here.mediator}
    then = LATER + 3 * HOUR
    with pytest.raises(Refused) as refusal:
        sessions.hold_session(session, with_audio=True, audio_consents=[one], at=then, **facts)
    assert refusal.value.code == "audio_without_consent"
    sessions.hold_session(session, with_audio=True, audio_consents=[one, other], at=then, **facts)
    with pytest.raises(BadInput) as missing:
        sessions.write_record(session, text="", by=here.mediator, at=then)
    assert missing.value.facts["field"] == "undisputed"
    sessions.write_record(session, text="", undisputed="水沟去年改道", by=here.mediator, at=then)


def test_a_record_has_versions_and_a_party_agrees_to_the_last() -> None:
    here = make_mediation()
    dispute = make_dispute(here, State.MEDIATING)
    session = hold(here, dispute, LATER)
    long = "记" * 10_000
    first = sessions.write_record(session, text=long, concessions="愿让一尺", by=here.mediator, at=LATER)
    second = sessions.write_record(session, text=long + "补", by=here.mediator, at=LATER, after=1)
    assert first.words["concessions"] == "愿让一尺" and second.version == 2
    with pytest.raises(Refused) as conflict:
        sessions.write_record(session, text="另一人写的", by=here.mediator, at=LATER, after=1)
    assert conflict.value.code == "record_changed"
    party = party_of(dispute)
    with pytest.raises(Refused):
        sessions.agree_to_record(first, party=party, by=None, at=LATER, own=True)
    sessions.agree_to_record(second, party=party, by=None, at=LATER, own=True)
    assert second.read_by == [str(party.pk)]
    with pytest.raises(BadInput):
        sessions.write_record(session, text="记" * 20_001, by=here.mediator, at=LATER)
    assert sessions.latest_record(session) == second


def test_no_record_of_a_session_that_was_not_held() -> None:
    here = make_mediation()
    session = plan(here, make_dispute(here, State.MEDIATING))
    with pytest.raises(Refused) as refusal:
        sessions.write_record(session, text="记录", by=here.mediator, at=LATER)
    assert refusal.value.code == "session_not_held"


def test_notes_are_for_whoever_wrote_them() -> None:
    here = make_mediation()
    dispute = make_dispute(here, State.MEDIATING)
    noting.write_note(dispute, text="申请人底线八千", by=here.mediator, at=LATER)
    assert [note.words["text"] for note in noting.notes_of(dispute, by=here.mediator)] == ["申请人底线八千"]
    assert noting.notes_of(dispute, by=here.head) == []
    with pytest.raises(NotYours):
        noting.write_note(dispute, text="看看", by=here.head, at=LATER)


# --- evidence ------------------------------------------------------------------------------------------------------------


def test_evidence_is_ciphertext_in_the_store_and_opens_for_its_row_alone() -> None:
    here = make_mediation()
    dispute = make_dispute(here, State.MEDIATING)
    item = proving.add_evidence(party_of(dispute), name="收据", content=PDF, by=here.mediator, at=LATER)
    with store().open(original(item.file_sha256)) as kept:
        assert "王小明".encode() not in kept.read()
    with pytest.raises(Refused) as closed:
        proving.open_evidence(item, by=here.mediator, at=LATER)
    assert closed.value.code == "say_what_for"
    looking.look(dispute, by=here.mediator, purpose=Purpose.MEDIATE, at=LATER)
    assert proving.open_evidence(item, by=here.mediator, at=LATER) == PDF
    other = proving.add_evidence(party_of(dispute), name="另一张", content=PDF, by=here.mediator, at=LATER)
    Evidence.objects.filter(pk=other.pk).update(file_sha256=item.file_sha256)
    other.refresh_from_db()
    with pytest.raises(Refused) as foreign:
        proving.open_evidence(other, by=here.mediator, at=LATER)
    assert foreign.value.code == "seal_broken"


def test_each_item_is_seen_and_answered_by_the_other_side() -> None:
    here = make_mediation()
    dispute = make_dispute(here, State.MEDIATING)
    one, other = party_of(dispute), party_of(dispute, Side.RESPONDENT)
    item = proving.add_evidence(one, name="照片", content=picture(), by=None, at=LATER, own=True)
    proving.see_original(item, by=here.mediator, at=LATER)
    with pytest.raises(BadInput):
        proving.take_stance(item, party=one, stance=Stance.ACCEPTS, by=None, at=LATER, own=True)
    proving.take_stance(item, party=other, stance=Stance.DISPUTES, by=None, at=LATER, own=True)
    assert item.stances == {str(other.pk): Stance.DISPUTES}
    assert proving.open_evidence_as_party(item, party=other, at=LATER).startswith(b"\xff\xd8")
    stranger = party_of(make_dispute(here, State.MEDIATING))
    with pytest.raises(NotYours):
        proving.open_evidence_as_party(item, party=stranger, at=LATER)


def test_a_picture_reaches_the_other_side_without_where_it_was_taken() -> None:
    here = make_mediation()
    dispute = make_dispute(here, State.MEDIATING)
    one, other = party_of(dispute), party_of(dispute, Side.RESPONDENT)
    gps = {1: text("N"), 2: fractions((21, 1), (37, 1), (5, 1)), 3: text("E"), 4: fractions((110, 1), (17, 1), (9, 1))}
    taken = picture(size=(1200, 800), exif=exif(gps=gps))
    assert b"Exif" in taken
    item = proving.add_evidence(one, name="照片", content=taken, by=None, at=LATER, own=True)
    assert proving.open_evidence_as_party(item, party=one, at=LATER) == taken
    shown = proving.open_evidence_as_party(item, party=other, at=LATER)
    assert b"Exif" not in shown and Image.open(io.BytesIO(shown)).size == (1200, 800)
    broken = proving.add_evidence(one, name="坏的", content=b"\xff\xd8\xff photo", by=None, at=LATER, own=True)
    with pytest.raises(Refused) as refusal:
        proving.open_evidence_as_party(broken, party=other, at=LATER)
    assert refusal.value.code == "picture_not_shown"


@pytest.mark.parametrize(
    ("content", "code"),
    [(b"", "file_empty"), (b"MZ program", "file_type"), (b"%PDF-" + bytes(20_000_000), "file_too_large")],
)
def test_a_file_that_cannot_be_kept_is_refused_with_what_to_do(content: bytes, code: str) -> None:
    with pytest.raises(BadInput) as refusal:
        files.type_of(content)
    assert refusal.value.code == code and refusal.value.message
