"""What one party may see of its dispute, as plain values: a template never holds a row from which more could be read.

Of another party: what it gave as evidence, what it signed, owes and is owed. Its name only once mediation is accepted and it
has said yes itself. Its telephone, address and identity number never, nor anybody's confidential notes.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import cached_property
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from linli.mediation.actions import assigning, clocks, confirming, proving, sessions, visiting
from linli.mediation.actions.agreeing import speakers_of, still_counts, text_digest, unsigned_by
from linli.mediation.actions.course import steps_for
from linli.mediation.actions.looking import who_looked
from linli.mediation.agreeing.comparing import compare
from linli.mediation.dossier.claims import has_claim
from linli.mediation.letters import sends_messages
from linli.mediation.models import (
    Agreement,
    Assignment,
    Clock,
    Complaint,
    Dispute,
    Evidence,
    Obligation,
    Party,
    Session,
    Signature,
)
from linli.mediation.public.choosing import Choosing
from linli.mediation.public.promised import promise_of
from linli.mediation.public.saying import NEXT, WAYS
from linli.mediation.public.sounds import sounds_of
from linli.mediation.public.values import (
    Complained,
    Court,
    Item,
    Meeting,
    Promise,
    Seen,
    Speaker,
    Station,
    Text,
)
from linli.mediation.rules import (
    AgreementState,
    AssignmentState,
    ClockKind,
    Consent,
    Interest,
    Manner,
    NextWay,
    Purpose,
    SessionState,
    Stance,
    State,
)
from linli.mediation.rules.parties import mobile_among

_MOST_LOOKS = 40
#: So long an answer stands among what waits for a party: nobody ticks that it was read.
_LATELY = timedelta(days=14)


class Own:
    """The page of one party at one moment."""

    def __init__(self, party: Party, at: datetime) -> None:
        self._at = at
        self.party = party
        self.dispute: Dispute = party.dispute
        self.others = [one for one in self.dispute.parties.present() if one.pk != party.pk]
        self._by_key = {str(one.pk): one for one in (*self.others, party)}
        self.steps = frozenset(steps_for(self.dispute, by=None, at=at, party=party))
        self.name = str(party.words["name"])

    # --- who ------------------------------------------------------------------------------------------------------

    def called(self, key: UUID | str | None) -> str:
        """How a party is called here: by name only once that is allowed."""
        other = self._by_key.get(str(key))
        if other is None:
            return _("The other side")
        if other.pk == self.party.pk:
            return _("You")
        if self.dispute.accepted_at is not None and other.consent == Consent.AGREED:
            return str(other.words["name"])
        return _("A party on your side") if other.side == self.party.side else _("The other side")

    def other_sides(self) -> list[tuple[str, str]]:
        """The others: how they are called, and on which side they stand."""
        return [(self.called(one.pk), one.get_side_display()) for one in self.others]

    def wishes(self) -> list[str]:
        """What is wanted. The other side reads it from when it is asked on; what happened it reads in the record."""
        is_own = self.party.side == "applicant"
        shown = is_own or self.dispute.state != State.REGISTERED
        return [self.dispute.words["claims"]] if shown and self.dispute.words["claims"] else []

    def summary(self) -> str:
        """What happened, as the applicant told it: for the applicant alone."""
        return str(self.dispute.words["summary"]) if self.party.side == "applicant" else ""

    def messages(self) -> str:
        """How it stands with text messages: `on`, `off`, or `no_number` to send them to; empty where this house sends none."""
        if self.party.sms_agreed_at is not None:
            return "on"
        if not sends_messages():
            return ""
        return "off" if mobile_among(self.party.words) else "no_number"

    # --- how far --------------------------------------------------------------------------------------------------

    def stations(self) -> list[Station]:
        """The milestones in their order; those that will not come any more are left out."""
        dispute = self.dispute
        taken = assigning.assigned_to(dispute)
        force = self._in_force()
        done = force is not None and (dispute.state == State.CLOSED or visiting.all_settled(dispute))
        reached = [
            Station(_("Application received"), dispute.registered_at),
            Station(_("Both sides are asked"), dispute.screened_at),
            Station(_("Everybody wants mediation: accepted"), dispute.accepted_at),
            Station(_("A mediator has taken it on"), taken.from_at if taken else None),
            Station(_("Agreement reached"), force.effective_at if force else None),
            Station(_("Everything promised is done"), (dispute.ended_at or self._at) if done else None),
        ]
        if dispute.state in (State.NOT_ACCEPTED, State.FAILED, State.WITHDRAWN, State.TERMINATED):
            come = [one for one in reached if one.at is not None]
            return [*come, Station(dispute.get_state_display(), dispute.ended_at, is_now=True)]
        now = next((place for place, one in enumerate(reached) if one.at is None), len(reached))
        return [Station(one.words, one.at, is_now=place == now) for place, one in enumerate(reached)]

    def next_words(self) -> str:
        """What happens next, in a sentence."""
        dispute = self.dispute
        if dispute.state == State.MEDIATING and (offered := self._latest_agreement()) and offered.offered_at:
            return _("An agreement is ready. Please read it whole; it binds only when everybody has signed.")
        return str(NEXT[State(dispute.state)])

    def ways(self) -> list[tuple[str, str]]:
        """The ways that stay open when it is not mediated, or was in vain."""
        told = self.dispute.ways_told
        if not told and (self.party.consent == Consent.REFUSED or self.dispute.state == State.WITHDRAWN):
            told = list(NextWay.values)
        return [(str(NextWay(way).label), str(WAYS[NextWay(way)])) for way in told]

    def has_claim(self) -> bool:
        """Whether a draft for the next way is among its papers after a mediation in vain."""
        return has_claim(self.party)

    def is_over(self) -> bool:
        """It ended without an agreement."""
        return self.dispute.state in (State.NOT_ACCEPTED, State.FAILED, State.WITHDRAWN, State.TERMINATED)

    # --- the mediator ---------------------------------------------------------------------------------------------

    @cached_property
    def choosing(self) -> Choosing | None:
        """Whom it may want; None where nobody is to be asked, or somebody was."""
        is_open = "choose" in self.steps and not self.dispute.assignments.in_force().exists()
        return Choosing(self.party, self.called, self._at) if is_open else None

    def mediator(self) -> Assignment | None:
        """Whoever is asked, or mediates."""
        return self.dispute.assignments.in_force().select_related("mediator__person", "mediator__body").first()

    def mediator_told(self) -> dict[str, str] | None:
        """Name, body, and how far it is."""
        found = self.mediator()
        if found is None:
            return None
        has_it = found.state == AssignmentState.ACCEPTED
        said = _("has taken it on") if has_it else _("has been asked")
        free = _("Has declared: no tie to any party.") if has_it and found.interest == Interest.NONE else ""
        told = {"name": found.mediator.person.name, "body": str(found.mediator.body), "said": said, "free": free}
        return told | {"how": found.get_chosen_display()}

    def may_object(self) -> bool:
        """Whether the one change of mediator is still open to this party."""
        has_one = "object_to_mediator" in self.steps and self.mediator() is not None
        return has_one and not self.has_objected

    @cached_property
    def has_objected(self) -> bool:
        """Whether this party has had the mediator changed, as it may once."""
        return Assignment.objects.filter(objected_by=self.party).exists()

    # --- sessions, evidence ---------------------------------------------------------------------------------------

    @cached_property
    def meetings(self) -> list[Meeting]:
        """Sessions to which this party is to come, and those held where it was; called-off ones are left out."""
        found = self.dispute.sessions.exclude(state=SessionState.CANCELLED).order_by("planned_at")
        mine = [one for one in found if self._is_to_come(one) or self._was_there(one)]
        return [self._meeting(one) for one in mine]

    def _is_to_come(self, session: Session) -> bool:
        return session.state == SessionState.PLANNED and session.invites(self.party)

    def _was_there(self, session: Session) -> bool:
        return str(self.party.pk) in session.present

    def _meeting(self, session: Session) -> Meeting:
        words = session.words
        told = Meeting(
            session.pk,
            session.number,
            session.began_at or session.planned_at,
            session.minutes,
            str(Manner(session.manner).label),
            words["place"],
            words["link"],
            session.state == SessionState.PLANNED and session.planned_at >= self._at,
            session.state == SessionState.HELD,
        )
        if not told.is_held:
            return told
        agreed = self._key in session.audio_consents
        told = replace(told, sounds=sounds_of(session), agreed_to_sound=agreed)
        written = sessions.latest_record(session)
        if written is None:
            return told
        said = written.words
        extra = {"text": said["text"], "undisputed": said["undisputed"], "concessions": said["concessions"]}
        return replace(told, **extra, record=written.pk, is_read=self._key in written.read_by)

    @property
    def _key(self) -> str:
        return str(self.party.pk)

    def items(self) -> list[Item]:
        """My evidence; from acceptance on that of the others too."""
        listed = [one for one in proving.evidence_of(self.dispute) if self.sees(one)]
        return [self._item(one) for one in listed]

    def sees(self, item: Evidence) -> bool:
        """Whether this party may see an item."""
        is_shared = self.dispute.accepted_at is not None and proving.may_see(self.party, item)
        return item.party_id == self.party.pk or is_shared

    def _item(self, one: Evidence) -> Item:
        is_mine = one.party_id == self.party.pk
        words = one.words
        others = {key: stance for key, stance in one.stances.items() if key != self._key}
        said = [f"{self.called(key)}: {Stance(stance).label}" for key, stance in others.items()] if is_mine else []
        return Item(
            one.pk,
            one.position,
            words["name"],
            words["words"],
            self.called(one.party_id),
            is_mine,
            one.given_at,
            bool(one.file_sha256),
            one.original_seen_at is not None,
            one.stances.get(self._key, ""),
            tuple(said),
            bool(words.get("for_mediator")),
        )

    # --- the agreement --------------------------------------------------------------------------------------------

    @cached_property
    def text(self) -> Text | None:
        """The version to sign or in force, beside the one offered before it; None while none was offered."""
        agreement = self._latest_agreement()
        if agreement is None:
            return None
        earlier = self._shown().filter(version__lt=agreement.version).order_by("-version").first()
        words = agreement.words["text"]
        spans = compare(earlier.words["text"], words) if earlier else []
        to_this = agreement.signatures.filter(text_sha256=agreement.text_sha256)
        signed = [one for one in to_this.select_related("mediator__person", "party") if still_counts(one)]
        given = {(one.party_id, one.speaker): one.signed_at for one in signed if one.party_id}
        mine = [at for (key, _place), at in given.items() if key == self.party.pk]
        signers = [(self._signer(one), one.signed_at) for one in signed]
        return Text(
            agreement.pk,
            agreement.version,
            words,
            text_digest(words),
            agreement.state == AgreementState.OFFERED,
            agreement.state == AgreementState.IN_FORCE,
            agreement.effective_at,
            tuple(spans),
            earlier.version if earlier else None,
            max(mine) if mine and not unsigned_by(self.party, given) else None,
            tuple(signers),
            agreement.stamped_at is not None,
            self.party.words.get("paper_wanted") == agreement.version,
            tuple(
                Speaker(place, name, (self.party.pk, place) in given)
                for place, name in enumerate(speakers_of(self.party), 1)
            ),
        )

    def _signer(self, one: Signature) -> str:
        if one.mediator:
            return one.mediator.person.name
        party, called = self._by_key.get(str(one.party_id)), self.called(one.party_id)
        speakers = speakers_of(party) if party else []
        return f"{called} · {speakers[one.speaker - 1]}" if 0 < one.speaker <= len(speakers) else called

    def _shown(self) -> "QuerySet[Agreement]":
        """Versions that were put before the parties."""
        return self.dispute.agreements.exclude(offered_at__isnull=True, effective_at__isnull=True)

    def _latest_agreement(self) -> Agreement | None:
        live = self._shown().filter(state__in=[AgreementState.OFFERED, AgreementState.IN_FORCE])
        found: Agreement | None = live.order_by("-version").first()
        return found

    def _in_force(self) -> Agreement | None:
        return self.dispute.agreements.in_force().first()

    # --- what comes of it -----------------------------------------------------------------------------------------

    @cached_property
    def promises(self) -> list[Promise]:
        """What I owe and what I am owed, in the agreement that binds."""
        force = self._in_force()
        if force is None:
            return []
        owed = force.obligations.prefetch_related("proofs").order_by("number")
        known = {"mine": self.party.pk, "steps": self.steps, "called": self.called, "at": self._at}
        return [promise_of(one, **known) for one in owed if self.concerns(one)]

    def concerns(self, one: Obligation) -> bool:
        """Whether I owe it, or receive it."""
        return one.owed_by_id == self.party.pk or one.owed_to_id in (None, self.party.pk)

    @cached_property
    def court(self) -> Court | None:
        """The thirty days for judicial confirmation; None where no court confirms it."""
        force = self._in_force()
        found = self.dispute.confirmations.filter(agreement=force).first() if force else None
        if found is None:
            return None
        until = confirming.deadline_of(found)
        wanted = self._key in found.wanted_by
        return Court(
            until,
            max((timezone.localdate(until) - timezone.localdate(self._at)).days, 0),
            wanted,
            wanted and bool(confirming.silent(found)),
            found.applied_at is None and self._at <= until and "apply_confirmation" in self.steps,
            found.applied_at,
            found.court,
            found.get_answer_display() if found.answer else "",
        )

    def extension(self) -> date | None:
        """Until when somebody asks for more time, while my word on it is missing."""
        clock = Clock.objects.running().filter(dispute=self.dispute, kind=ClockKind.TERM).first()
        if clock is None or clock.extension_asked_until is None or self._key in clock.extension_consents:
            return None
        missing = {one.pk for one in clocks.missing_consents(self.dispute, clock.extension_consents)}
        return clock.extension_asked_until if self.party.pk in missing else None

    # --- who looked -----------------------------------------------------------------------------------------------

    def looks(self) -> list[Seen]:
        """Who opened the file, the latest first; my own looks are left out."""
        mine = self.party.position
        shown = [one for one in who_looked(self.dispute) if one.party != mine][:_MOST_LOOKS]
        by_place = {one.position: one.pk for one in self.others}
        return [
            Seen(
                one.at,
                one.person.name if one.person else self.called(by_place.get(one.party or 0)),
                str(Purpose(one.purpose).label),
                one.was_identity,
                one.was_sound,
            )
            for one in shown
        ]

    @cached_property
    def complaints(self) -> list[Complained]:
        """What I complained of, and what was answered, the latest first."""
        kept: Iterable[dict[str, str]] = self.dispute.words.get("complaints", [])
        before = [
            Complained(datetime.fromisoformat(one["at"]), one["words"]) for one in kept if one["party"] == self._key
        ]
        rows = self.party.complaints.select_related("answered_by", "body").order_by("at", "key")
        return [*before, *map(self._complained, rows)][::-1]

    def _complained(self, one: Complaint) -> Complained:
        said = one.words
        by = f"{one.body or self.dispute.body or ''} · {one.answered_by.name}" if one.answered_by else ""
        return Complained(one.at, said["words"], one.due_at, one.answered_at, by, said.get("answer", ""))

    def _is_answered_lately(self) -> bool:
        return any(one.answered_at and self._at - one.answered_at < _LATELY for one in self.complaints)

    # --- what waits for me ----------------------------------------------------------------------------------------

    def to_do(self) -> list[tuple[str, str]]:
        """What waits for this party: where on the page, and what to do, in words."""
        text = self.text
        promises = self.promises
        court = self.court
        waits = [
            ("rights", _("Read your rights and duties"), self._must_read_rights()),
            ("consent", _("Say whether you want mediation"), self.asks_consent()),
            *([("mediator", words, True) for words in self.choosing.waits()] if self.choosing else []),
            ("time", _("Say whether more time may be given"), self.extension() is not None),
            ("sessions", _("Read the record of a session"), self._must_read_record()),
            ("agreement", _("Read the agreement, and sign it if you want it"), self._must_sign(text)),
            ("promises", _("Say whether you received what was promised"), any(one.may_answer for one in promises)),
            (
                "promises",
                _("Something you promised is overdue"),
                any(one.is_late and one.may_claim for one in promises),
            ),
            ("court", _("Think about judicial confirmation"), bool(court and court.is_open and not court.wanted)),
            ("complain", _("Read the answer to your complaint"), self._is_answered_lately()),
        ]
        return [(where, words) for where, words, is_open in waits if is_open]

    def _must_read_rights(self) -> bool:
        return self.party.rights_told_at is None and "tell_rights" in self.steps

    def asks_consent(self) -> bool:
        """Whether this party is asked, and has not answered."""
        return "note_consent" in self.steps and self.party.consent in (Consent.ASKED, Consent.UNASKED)

    def may_change_consent(self) -> bool:
        """Whether an answer given may still be another."""
        return "note_consent" in self.steps and self.party.consent in (Consent.AGREED, Consent.REFUSED)

    def _must_read_record(self) -> bool:
        return any(one.record and not one.is_read for one in self.meetings)

    def _must_sign(self, text: Text | None) -> bool:
        waits = text is not None and text.is_offered and text.signed_at is None and not text.paper_wanted
        return waits and "sign" in self.steps
