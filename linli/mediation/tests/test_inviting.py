"""Who is invited to a session: nobody else is told when and where it is."""

from datetime import datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from linli.kit.refusal import BadInput, NotYours
from linli.mediation.actions import sessions
from linli.mediation.actions.messages import note_messages
from linli.mediation.models import Dispute, Session
from linli.mediation.rules import Manner, Side, State, Way
from linli.mediation.testing import APPLICANT, Mediation, make_dispute, make_mediation, party_of
from linli.mediation.tests.desks import Desk, local
from linli.mediation.tests.test_messages import courier_run, gateway  # noqa: F401 - a fixture
from linli.mediation.tests.test_public_own import both
from linli.notices.testing import Receiver

PLACE = "上县村委会二楼"
DAY = timedelta(days=1)


@pytest.fixture
def here(db: None) -> Mediation:
    return make_mediation()


def inquiry(here: Mediation, dispute: Dispute, at: datetime) -> Session:
    """With the applicant alone, in four days."""
    return sessions.plan_session(
        dispute,
        planned_at=at + 4 * DAY,
        manner=Manner.INQUIRY,
        place=PLACE,
        invited=[party_of(dispute)],
        by=here.mediator,
        at=at,
    )


def test_only_who_is_invited_gets_messages_of_a_session(here: Mediation, gateway: Receiver) -> None:  # noqa: F811
    dispute = make_dispute(here, State.MEDIATING)
    at = dispute.accepted_at + DAY
    for side in (Side.APPLICANT, Side.RESPONDENT):
        note_messages(party_of(dispute, side), agrees=True, way=Way.IN_PERSON, by=here.mediator, at=at)
    planned = inquiry(here, dispute, at)
    sessions.move_session(planned, planned_at=at + 5 * DAY, by=here.mediator, at=at)
    courier_run(at + 4 * DAY)
    sessions.cancel_session(planned, why="病了", by=here.mediator, at=at + 4 * DAY)
    courier_run(at + 4 * DAY)
    assert len(gateway.got) == 3
    assert {one.json["to"] for one in gateway.got} == {APPLICANT.telephone}


def test_only_who_is_invited_reads_it_and_takes_it_into_a_calendar(here: Mediation) -> None:
    dispute, own, other = both(here, State.MEDIATING)
    planned = inquiry(here, dispute, timezone.now())
    assert PLACE in own.page() and PLACE in own.page(f"session/{planned.pk}.ics")
    theirs = other.page()
    assert PLACE not in theirs and str(planned.pk) not in theirs
    assert other.client.get(f"/mediation/party/{other.secret}/session/{planned.pk}.ics").status_code == 404


def test_all_are_invited_where_nobody_says_otherwise(here: Mediation) -> None:
    dispute, own, other = both(here, State.MEDIATING)
    at = timezone.now()
    everybody = list(dispute.parties.present())
    for days, invited in ((1, None), (2, everybody)):
        planned = sessions.plan_session(
            dispute, planned_at=at + days * DAY, place=PLACE, invited=invited, by=here.mediator, at=at
        )
        # Whoever joins later is among them.
        assert planned.invited is None
        assert str(planned.pk) in own.page() and str(planned.pk) in other.page()


def test_face_to_face_both_sides_are_invited_and_nobody_of_elsewhere(here: Mediation) -> None:
    dispute, other = make_dispute(here, State.MEDIATING), make_dispute(here, State.MEDIATING)
    at = timezone.now()
    told = {"planned_at": at + DAY, "place": PLACE, "by": here.mediator, "at": at}
    for invited, code in (([], "nobody_invited"), ([party_of(dispute)], "one_side_not_invited")):
        with pytest.raises(BadInput) as refusal:
            sessions.plan_session(dispute, invited=invited, **told)
        assert (refusal.value.code, refusal.value.facts["field"]) == (code, "invited")
    with pytest.raises(NotYours):
        sessions.plan_session(dispute, invited=[party_of(other)], **told)


def test_the_mediator_ticks_who_is_to_come_and_the_file_says_it(here: Mediation) -> None:
    dispute = make_dispute(here, State.MEDIATING)
    desk = Desk(here.mediator)
    desk.open(dispute)
    form = desk.client.get(reverse("mediation:act", args=[dispute.pk, "plan_session"])).content.decode()
    keys = [str(one.pk) for one in dispute.parties.present()]
    assert form.count("checked") >= len(keys)
    when = local(timezone.now() + DAY)
    sent = {"planned_at": when, "minutes": "60", "manner": "inquiry", "place": PLACE, "invited": keys[:1]}
    desk.do(dispute, "plan_session", **sent)
    assert dispute.sessions.get().invited == keys[:1]
    assert _("Invited:") in desk.client.get(reverse("mediation:file", args=[dispute.pk])).content.decode()
