"""What the stories in a browser found wrong, each once without a browser."""

import html
from datetime import timedelta

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from linli.kit.papers.asking import available
from linli.mediation.actions import assigning, filing, performing, sessions, visiting
from linli.mediation.actions.parties import make_link
from linli.mediation.forms.fields import text_box
from linli.mediation.models import Dispute, Obligation, Party
from linli.mediation.public.reading import Own
from linli.mediation.rules import Purpose, Side, State
from linli.mediation.testing import Mediation, make_dispute, make_mediation, party_of
from linli.mediation.tests.desks import Desk, clause_fields, days_ago

pytestmark = pytest.mark.django_db


def own_page(party: Party) -> str:
    """A party's own page in English, as text."""
    client, secret = Client(), make_link(party, timezone.now())
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    return html.unescape(client.get(reverse("mediation_public:party", args=[secret])).content.decode())


def file_page(desk: Desk, dispute: Dispute) -> str:
    """The file at a desk, in English."""
    desk.open(dispute)
    desk.client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    answer = desk.client.get(reverse("mediation:file", args=[dispute.pk]))
    return html.unescape(answer.content.decode())


def broken(here: Mediation) -> Dispute:
    """12,000 yuan were due yesterday; 5,000 came after it was noted that they had not."""
    due_on = timezone.localdate() - timedelta(days=1)
    dispute = make_dispute(here, State.SETTLED, at=days_ago(30), due_on=due_on.isoformat())
    at = timezone.now()
    owed = Obligation.objects.get(agreement__dispute=dispute)
    performing.note_breach(owed, by=here.mediator, at=at)
    return dispute


def test_who_is_owed_reads_what_comes_after_a_breach_and_who_owes_that_it_still_is() -> None:
    here = make_mediation()
    dispute = broken(here)
    assert "you may also go to court with the agreement" in own_page(party_of(dispute))
    assert "It was not kept in time, and is still owed." in own_page(party_of(dispute, Side.RESPONDENT))


def test_both_read_what_is_left_of_a_payment_of_which_a_part_came() -> None:
    here = make_mediation()
    dispute = broken(here)
    assert "Still open" not in own_page(party_of(dispute))
    owed, at = Obligation.objects.get(agreement__dispute=dispute), timezone.now()
    proof = performing.claim(owed, party=party_of(dispute, Side.RESPONDENT), amount="0.5万", at=at)
    performing.confirm(proof, party=party_of(dispute), at=at)
    for side in (Side.APPLICANT, Side.RESPONDENT):
        assert "Still open: 7,000.00" in own_page(party_of(dispute, side))


def test_the_mediator_reads_whose_promise_was_broken_and_what_to_do() -> None:
    here = make_mediation()
    said = "A promise was not kept in time: Respondent 1. Urge them (art. 31)"
    assert said in file_page(Desk(here.mediator), broken(here))


def test_a_broken_promise_is_not_to_be_closed_before_somebody_asked_how_it_went() -> None:
    here = make_mediation()
    dispute, desk = broken(here), Desk(here.mediator)
    assert "Close the dispute" not in file_page(desk, dispute)
    visit = dispute.follow_ups.first()
    said = {"performed": False, "satisfied": False, "new_risk": False, "words": "未付"}
    visiting.visit(visit, by=here.mediator, at=timezone.now(), **said)
    assert "Close the dispute" in file_page(desk, dispute)


def test_an_amount_that_was_paid_stands_in_figures_at_the_desk_too() -> None:
    here = make_mediation()
    dispute = broken(here)
    owed, at = Obligation.objects.get(agreement__dispute=dispute), timezone.now()
    performing.claim(owed, party=party_of(dispute, Side.RESPONDENT), amount="0.5万", at=at)
    assert "5,000.00元" in file_page(Desk(here.mediator), dispute)


def test_the_last_day_for_the_court_is_called_that() -> None:
    here = make_mediation()
    dispute = make_dispute(here, State.SETTLED, at=days_ago(30))
    party = party_of(dispute)
    party.dispute = dispute
    ends = timezone.localtime(dispute.confirmations.get().deadline_at)
    days = [Own(party, ends - timedelta(days=back)).court for back in (0, 1, 2)]
    assert [one.days_left for one in days if one] == [0, 1, 2]
    # The night before, fewer than 24 hours are left, and a day.
    night_before = (ends - timedelta(days=1)).replace(hour=23)
    assert (seen := Own(party, night_before).court) and seen.days_left == 1


def test_what_is_wrong_with_a_single_tick_is_said_beside_it() -> None:
    here = make_mediation()
    dispute = make_dispute(here, State.ACCEPTED, at=days_ago(1))
    assigning.choose(dispute, mediator=here.seat(here.mediator), by=here.head, at=timezone.now())
    desk = Desk(here.mediator)
    desk.open(dispute)
    desk.client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    answer = desk.client.post(reverse("mediation:act", args=[dispute.pk, "take_on"]))
    assert answer.status_code == 422
    assert "Declare first that no tie binds you to a party." in html.unescape(answer.content.decode())


@pytest.mark.parametrize(
    ("act", "sent"), [("declare_interest", {"interest": "relative"}), ("decline", {"why": "住院"})]
)
def test_whoever_gave_a_dispute_away_is_led_to_the_list_and_not_to_a_page_that_is_not_there(
    act: str, sent: dict[str, str]
) -> None:
    here = make_mediation()
    dispute = make_dispute(here, State.ACCEPTED, at=days_ago(1))
    assigning.choose(dispute, mediator=here.seat(here.mediator), by=here.head, at=timezone.now())
    desk = Desk(here.mediator)
    desk.open(dispute)
    answer = desk.client.post(reverse("mediation:act", args=[dispute.pk, act]), sent)
    assert answer.headers["Location"] == reverse("mediation:list")


def test_a_party_that_had_the_mediator_changed_reads_why_there_is_no_second_time() -> None:
    here = make_mediation()
    dispute = make_dispute(here, State.MEDIATING, at=days_ago(2))
    party, said = party_of(dispute), "You have had the mediator changed once."
    assert said not in own_page(party)
    assigning.object_to_mediator(party, by=None, own=True, at=timezone.now())
    assigning.choose(dispute, mediator=here.seat(here.second), by=here.head, at=timezone.now())
    assert said in own_page(party)
    assert said not in own_page(party_of(dispute, Side.RESPONDENT))


def test_the_end_of_a_line_counts_once_however_a_browser_sends_it() -> None:
    field = text_box("", longest=7)
    assert field.clean("一行\r\n两行\r\n") == "一行\n两行"
    with pytest.raises(ValidationError):
        field.clean("一行字\r\n两行字句")


def test_a_file_field_of_a_party_says_how_much_may_be_sent_before_it_is_sent() -> None:
    here = make_mediation()
    shown = own_page(party_of(make_dispute(here, State.MEDIATING, at=days_ago(1))))
    assert 'data-most-bytes="20000000"' in shown
    assert 'data-too-large="This file has {size} MB; 20 MB at most.' in shown


@pytest.mark.parametrize(
    ("link", "is_address"),
    [("https://meeting.example/dm/1", True), ("腾讯会议：123-456-789", False), ("javascript:alert(1)", False)],
)
def test_a_video_meeting_is_a_link_only_where_an_address_was_given(link: str, is_address: bool) -> None:
    here = make_mediation()
    dispute, at = make_dispute(here, State.MEDIATING, at=days_ago(2)), timezone.now()
    then = at + timedelta(days=1)
    sessions.plan_session(dispute, planned_at=then, is_remote=True, link=link, by=here.mediator, at=at)
    page = file_page(Desk(here.mediator), dispute)
    assert link in page and (f'href="{link}"' in page) is is_address


def test_what_an_agreement_lacks_is_said_where_the_page_opens() -> None:
    here = make_mediation()
    dispute, desk = make_dispute(here, State.MEDIATING, at=days_ago(1)), Desk(here.mediator)
    desk.open(dispute)
    desk.client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    both = [str(party_of(dispute).pk), str(party_of(dispute, Side.RESPONDENT).pk)]
    sent = clause_fields(both, amount="很多钱")
    shown = desk.client.post(reverse("mediation:draft", args=[dispute.pk]), sent).content.decode()
    # Not at the clauses, where the sentence above them would be out of sight.
    assert '<button class="primary big" name="do" value="save" formaction="?">' in shown
    assert shown.index('<a href="#clauses">To the place</a>') < shown.index('id="clauses"')


def test_what_was_never_accepted_is_laid_in_the_archive_as_it_stands() -> None:
    """It has no case number, so there is no dossier to bind, and nobody is asked who looked it through."""
    here = make_mediation()
    dispute, head = make_dispute(here, State.NOT_ACCEPTED, at=days_ago(3)), Desk(here.head)
    head.open(dispute)
    form = head.client.get(reverse("mediation:act", args=[dispute.pk, "archive"]))
    assert not form.context["form"].fields
    head.do(dispute, "archive")
    assert dispute.archived_at and dispute.retention_until and not dispute.issued.exists()


def test_of_two_milestones_of_one_moment_the_later_one_stands_above() -> None:
    here = make_mediation()
    dispute, head = make_dispute(here, State.NOT_ACCEPTED, at=days_ago(3)), Desk(here.head)
    head.open(dispute)
    done = head.client.get(reverse("mediation:file", args=[dispute.pk])).context["milestones"]["done"]
    assert done[0].at == done[1].at
    assert [one.label for one in done[:2]] == [State.NOT_ACCEPTED.label, _("Screened")]


@pytest.mark.skipif(not available(), reason="the extra papers is not installed")
def test_papers_that_were_taken_out_are_called_as_they_are_offered() -> None:
    here = make_mediation()
    dispute, head = make_dispute(here, State.NOT_ACCEPTED, at=days_ago(3)), Desk(here.head)
    filing.export(dispute, what="not_accepted", purpose=Purpose.OVERSEE, by=here.head, at=timezone.now())
    head.open(dispute)
    page = head.client.get(reverse("mediation:papers", args=[dispute.pk]))
    assert [title for title, _paper in page.context["issued"]] == ["不予受理通知书"]
    assert "<span>不予受理通知书 <span" in page.content.decode()
