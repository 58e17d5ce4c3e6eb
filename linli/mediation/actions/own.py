"""What people do by themselves, with nobody of the committee: apply, read their rights, ask for paper, complain.

Words go behind the seals of the dispute and the party; the journal keeps that something was said, never what.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from linli.areas.models import Area
from linli.events.rules import clean_words
from linli.journal.actions import record
from linli.kit.refusal import BadInput, Refused
from linli.mediation.actions import assigning, complaining, registering, telling
from linli.mediation.actions.bodies import seats_of
from linli.mediation.actions.course import lock, require_party, require_step, who_of
from linli.mediation.models import Agreement, Body, Complaint, Dispute, Party
from linli.mediation.rules import AgreementState, Door, Side, Who, moved_on
from linli.mediation.rules.parties import clean_telephone
from linli.people.models import Person

#: A party says it in a few; whoever has more to say is called back.
MOST_COMPLAINTS = 10


@dataclass(frozen=True, repr=False)
class Helper:
    """Who fills the form in for somebody else, and how that one agreed to it. It shows nothing of itself in logs."""

    name: str
    telephone: str
    tie: str
    consent: str

    def __repr__(self) -> str:
        return "<Helper>"


@transaction.atomic
def apply(told: registering.Told, *, area: Area, at: datetime, helper: Helper | None = None) -> registering.Registered:
    """An application online. `helper` for one filled in by somebody else; it names who and how the applicant agreed.

    Raises `BadInput`.
    """
    entered_for = _checked(helper) if helper else None
    registered = registering.register(told, area=area, door=Door.ONLINE, by=None, at=at)
    dispute = registered.dispute
    if entered_for:
        _seal(dispute, entered_for=entered_for)
    applicant = dispute.parties.present().filter(side=Side.APPLICANT).first()
    record("dispute.applied_online", on=dispute, by=None, at=at, party=applicant, with_helper=bool(helper) or None)
    return registered


def _checked(helper: Helper) -> dict[str, str]:
    try:
        telephone = clean_telephone(helper.telephone)
    except BadInput as refusal:
        refusal.facts["field"] = "helper_telephone"
        raise
    return {
        "name": clean_words(helper.name, field="helper_name", required=True, longest=100),
        "telephone": telephone,
        "tie": clean_words(helper.tie, field="helper_tie", required=True, longest=100),
        "consent": clean_words(helper.consent, field="helper_consent", required=True, longest=300),
    }


@transaction.atomic
def acknowledge_rights(party: Party, *, at: datetime) -> None:
    """The party has read its rights and duties on its own page (arts. 23, 24)."""
    dispute = party.dispute
    require_step("tell_rights", dispute, by=None, at=at, party=party)
    require_party(dispute, party)
    if party.rights_told_at is not None:
        return
    Party.objects.filter(pk=party.pk).update(rights_told_at=at)
    party.rights_told_at = at
    record("dispute.rights_told", on=dispute, by=None, at=at, party=party)


@transaction.atomic
def want_paper(agreement: Agreement, *, party: Party, at: datetime) -> None:
    """A party will sign this version on paper; its mediator is told to bring it."""
    dispute = agreement.dispute
    require_step("sign", dispute, by=None, at=at, party=party)
    require_party(dispute, party)
    agreement.refresh_from_db()
    if agreement.state != AgreementState.OFFERED:
        raise moved_on()
    sealed = party.with_words(paper_wanted=agreement.version)
    Party.objects.filter(pk=party.pk).update(sealed=sealed)
    party.sealed = sealed
    told = telling.keepers_and_mediators(dispute, at)
    record("dispute.paper_wanted", on=dispute, by=None, at=at, tell=told, party=party, version=agreement.version)


@transaction.atomic
def complain(party: Party, *, words: str, at: datetime) -> Body | None:
    """A party complains about the mediation. It goes to the heads of the committee, not to the mediator.

    Where a head of the committee mediates it goes to the committee above, which is returned; else None.
    Raises `BadInput`, and `Refused` after many: then it is time to talk.
    """
    dispute = party.dispute
    lock(dispute)
    require_party(dispute, party)
    said = clean_words(words, field="words", required=True, longest=2000)
    if Complaint.objects.filter(party=party).count() >= MOST_COMPLAINTS:
        raise Refused(
            "complained_often", _("You have written ten times. Call the committee, or go there, and speak to its head.")
        )
    goes = complaining.addressed(dispute, at)
    complaining.keep(party, words=said, goes=goes, at=at)
    return goes.body


@transaction.atomic
def object_to_mediator(party: Party, *, words: str, at: datetime) -> None:
    """As `assigning.object_to_mediator`, by its own link; why, if it says so, is for the heads of the committee alone."""
    said, dispute = clean_words(words, field="words", longest=500), party.dispute
    about = telling.mediators_of(dispute)
    assigning.object_to_mediator(party, by=None, at=at, own=True)
    if not said:
        return
    goes = complaining.addressed_at_best(dispute, at, about)
    if goes.body is not None:
        # A head mediates: who judges that answers, as any other complaint.
        complaining.keep(party, words=said, goes=goes, at=at, is_objection=True)
        return
    before = dispute.words.get("objections", [])
    _seal(dispute, objections=[*before, {"party": str(party.pk), "at": at.isoformat(), "words": said, **goes.kept}])


@dataclass(frozen=True)
class Said:
    """What a party wrote to the committee, and who it is, without a name.

    `complaint` is one that is answered: by a head, until its time is over.
    """

    at: datetime
    party: str
    words: str
    complaint: Complaint | None = None
    answer: str = ""

    @property
    def waits(self) -> bool:
        """Whether somebody has to answer it."""
        return self.complaint is not None and self.complaint.answered_at is None


@dataclass(frozen=True)
class FromParties:
    """What came by the pages of the parties and stands nowhere else in the file."""

    complaints: tuple[Said, ...] = ()
    objections: tuple[Said, ...] = ()
    entered_for: dict[str, str] | None = None
    want_paper: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return any((self.complaints, self.objections, self.entered_for, self.want_paper))


def from_parties(dispute: Dispute, *, names: Mapping[UUID, str], by: Person, at: datetime) -> FromParties:
    """For whoever has opened the file. Complaints and objections are for heads, and never for the person they are about.

    `names`: what each party is called there.
    """
    who = who_of(dispute, by=by, at=at)
    called = {str(key): name for key, name in names.items()}
    words = dispute.words

    def read(kept: str) -> tuple[Said, ...]:
        return tuple(
            Said(datetime.fromisoformat(one["at"]), called.get(one["party"], ""), one["words"])
            for one in words.get(kept, [])
            if complaining.may_read(one, dispute, by=by, is_head=Who.KEEPER in who, at=at)
        )

    # Those of the time before they were rows stand with the dispute.
    complaints = (*read("complaints"), *_complaints(dispute, called, by=by, at=at))
    if not who & {Who.KEEPER, Who.MEDIATOR}:
        return FromParties(complaints, read("objections"))
    latest = dispute.agreements.filter(state=AgreementState.OFFERED).order_by("-version").first()
    wanting = [one for one in dispute.parties.all() if latest and one.words.get("paper_wanted") == latest.version]
    paper = [called.get(str(one.pk), "") for one in wanting]
    return FromParties(complaints, read("objections"), words.get("entered_for"), tuple(paper))


def _complaints(dispute: Dispute, called: Mapping[str, str], *, by: Person, at: datetime) -> tuple[Said, ...]:
    rows = list(dispute.complaints.select_related("dispute__body", "answered_by", "body").order_by("at", "key"))
    seats = seats_of(by, at) if rows else []
    return tuple(
        Said(one.at, called.get(str(one.party_id), ""), one.words["words"], one, one.words.get("answer", ""))
        for one in rows
        if complaining.is_for(one, by=by, seats=seats, at=at)
    )


def _seal(dispute: Dispute, **words: object) -> None:
    sealed = dispute.with_words(**words)
    Dispute.objects.filter(pk=dispute.pk).update(sealed=sealed)
    dispute.sealed = sealed
