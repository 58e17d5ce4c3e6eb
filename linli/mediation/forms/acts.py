"""Every act on a dispute as it looks: its words, icon and form, on which row it is done, and which action does it.

The name of a step is the name of its act; where a step has several acts, `step` names the row of the table that checks them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from linli.mediation.actions import (
    agreeing,
    assigning,
    clocks,
    confirming,
    ending,
    filing,
    messages,
    noting,
    parties,
    performing,
    proving,
    reaching,
    screening,
    sessions,
    signing,
    sound,
    visiting,
)
from linli.mediation.forms.afterwards import (
    ApplyConfirmation,
    Bind,
    Claim,
    Close,
    Fail,
    NoteAnswer,
    OfferAgreement,
    Reopen,
    Said,
    SignOnPaper,
    Terminate,
    Visit,
    Withdraw,
    is_bound_here,
)
from linli.mediation.forms.fields import ActForm
from linli.mediation.forms.mediators import Choose, DeclareInterest, Objecting, TakeOn, Why
from linli.mediation.forms.parties import (
    AddCompanion,
    KeepIdNumber,
    NoteConsent,
    NoteMessages,
    PartyForm,
    WantConfirmation,
)
from linli.mediation.forms.reaching import NoteTry
from linli.mediation.forms.screening import Classify, HandOver, NotAccept, NoteRisk, Nothing, Offer
from linli.mediation.forms.sessions import (
    AddEvidence,
    AskExtension,
    CancelSession,
    EndConsent,
    HoldSession,
    HoldUnplanned,
    KeepSound,
    MoveSession,
    OfParty,
    PlanSession,
    TakeStance,
    WriteNote,
    WriteRecord,
)
from linli.mediation.models import Dispute, Party
from linli.people.models import Person


@dataclass(frozen=True)
class Act:
    """How an act looks and what it does. `run(row, **values, by=, at=)`; `row` is the dispute, or what `on` names.

    `section` is where the file is opened again afterwards. `is_side`: behind the menu of further acts. `hint` is said above
    the form.
    """

    label: Any
    icon: str
    form: type[ActForm]
    run: Callable[..., Any]
    on: str = ""
    step: str = ""
    section: str = "next"
    is_side: bool = False
    hint: Any = ""
    #: The act that takes it back, offered right after it where it is open; on the row that the act made, if it is on a row.
    undo: str = ""
    #: Raises where a row is not this person's to do it on; for acts that no step of the course checks.
    require: Callable[..., None] | None = None


def _object(dispute: Dispute, *, party: Party, **rest: Any) -> None:
    assigning.object_to_mediator(party, **rest)


def _add_evidence(dispute: Dispute, *, party: Party, file: bytes | None, **rest: Any) -> None:
    proving.add_evidence(party, content=file, **rest)


def _agree_to_extension(dispute: Dispute, *, party: Party, **rest: Any) -> None:
    clocks.agree_to_extension(party, **rest)


def _archive(dispute: Dispute, *, by: Person, at: datetime, checked_by: str = "", note: str = "") -> None:
    """Bound and sealed where this home sets papers; else, and what was never accepted, is kept as it stands here."""
    if is_bound_here(dispute):
        filing.bind(dispute, checked_by=checked_by, note=note, by=by, at=at)
    else:
        ending.archive(dispute, by=by, at=at)


#: Acts on the dispute itself are offered by the table of steps; those on a row stand beside the row.
ACTS: dict[str, Act] = {
    # screening
    "offer": Act(_("For mediation: ask the sides"), "send", Offer, screening.offer),
    "accept": Act(_("Accept for mediation"), "check", Nothing, screening.accept),
    "not_accept": Act(_("Not for mediation"), "x", NotAccept, screening.not_accept, is_side=True, undo="reopen"),
    "hand_over": Act(_("Hand over to another body"), "share-2", HandOver, screening.hand_over, is_side=True),
    "note_risk": Act(
        _("It may turn violent"), "shield-alert", NoteRisk, screening.note_risk, is_side=True, undo="end_risk"
    ),
    "end_risk": Act(_("The danger is over"), "shield-check", Nothing, screening.end_risk, is_side=True),
    "classify": Act(_("Correct type or size"), "tags", Classify, screening.classify, is_side=True, section="facts"),
    "find_doubles": Act(
        _("Look for a double registration"),
        "copy",
        Nothing,
        parties.find_doubles,
        step="classify",
        is_side=True,
        hint=_(
            "Other disputes between the same two sides are looked for; only their numbers are told. The search is written down."
        ),
    ),
    # parties
    "add_party": Act(
        _("Add a party"),
        "user-round",
        PartyForm,
        parties.add_party,
        section="parties",
        is_side=True,
        undo="remove_party",
    ),
    "correct_party": Act(
        _("Correct what was entered"), "square-pen", PartyForm, parties.correct_party, "party", section="parties"
    ),
    "remove_party": Act(
        _("Take out: entered wrongly"), "user-x", Nothing, parties.remove_party, "party", section="parties"
    ),
    "note_consent": Act(
        _("Note what they say to mediation"),
        "message-square",
        NoteConsent,
        parties.note_consent,
        "party",
        section="parties",
    ),
    "tell_rights": Act(
        _("Told of rights and duties"),
        "book-open",
        Nothing,
        parties.tell_rights,
        "party",
        section="parties",
        hint=_(
            "Does this party know that it may choose the mediator, refuse, stop at any time and ask for a public mediation, "
            "and that it must tell the truth?"
        ),
    ),
    "see_identity": Act(
        _("Identity paper seen"),
        "badge-check",
        Nothing,
        parties.see_identity,
        "party",
        section="parties",
        hint=_("Have you looked at the identity paper? It is ticked here; no copy and no number is kept."),
    ),
    "keep_id_number": Act(
        _("Identity number for the court"),
        "key-round",
        KeepIdNumber,
        parties.keep_id_number,
        "party",
        "see_identity",
        section="parties",
    ),
    "give_link": Act(
        _("Link to their own page"),
        "qr-code",
        Nothing,
        parties.give_link,
        "party",
        section="parties",
        hint=_("A new link is made; one given before opens nothing any more. It is shown this once."),
    ),
    "note_messages": Act(
        _("Text messages: wanted or not"),
        "message-circle",
        NoteMessages,
        messages.note_messages,
        "party",
        section="parties",
        hint=_(
            "Number, day and what to do, never what it is about: a shared telephone shows them to whoever holds it."
        ),
    ),
    "note_try": Act(
        _("Note a try to reach them"),
        "phone-call",
        NoteTry,
        reaching.note_try,
        "party",
        section="parties",
        hint=_("For who does not answer: what was tried is written down, so that an end for that reason can be shown."),
    ),
    "withdraw_link": Act(
        _("Take their link back"), "unlink", Nothing, parties.withdraw_link, "party", "give_link", section="parties"
    ),
    "want_confirmation": Act(
        _("Judicial confirmation: wanted or not"),
        "landmark",
        WantConfirmation,
        parties.want_confirmation,
        is_side=True,
        section="court",
    ),
    "add_companion": Act(
        _("Add somebody who helps"),
        "users-round",
        AddCompanion,
        parties.add_companion,
        section="parties",
        is_side=True,
        undo="end_companion",
    ),
    "end_companion": Act(
        _("Helps no longer"), "user-x", Nothing, parties.end_companion, "companion", "add_companion", section="parties"
    ),
    # the mediator
    "propose": Act(
        _("Propose three mediators"),
        "users-round",
        Nothing,
        assigning.propose,
        section="mediator",
        hint=_(
            "By what they know and speak, how near they are and how much they have to do. Ties known here are left out."
        ),
    ),
    "choose": Act(_("Ask a mediator"), "user-check", Choose, assigning.choose, section="mediator"),
    "take_on": Act(_("Take it on"), "handshake", TakeOn, assigning.take_on, section="mediator", undo="give_back"),
    "decline": Act(_("Decline"), "x", Why, assigning.decline, section="mediator"),
    "declare_interest": Act(
        _("Declare a tie"), "hand", DeclareInterest, assigning.declare_interest, section="mediator", is_side=True
    ),
    "object_to_mediator": Act(
        _("A party objects to the mediator"), "thumbs-down", Objecting, _object, section="mediator", is_side=True
    ),
    "give_back": Act(
        _("Give it back to the committee"), "undo-2", Why, assigning.give_back, section="mediator", is_side=True
    ),
    # sessions
    "plan_session": Act(
        _("Plan a session"),
        "calendar-plus",
        PlanSession,
        sessions.plan_session,
        section="sessions",
        undo="cancel_session",
    ),
    "hold_unplanned": Act(
        _("Enter a session on the spot"),
        "messages-square",
        HoldUnplanned,
        sessions.hold_unplanned,
        step="hold_session",
        section="sessions",
        is_side=True,
    ),
    "move_session": Act(_("Move"), "calendar-clock", MoveSession, sessions.move_session, "session", section="sessions"),
    "cancel_session": Act(
        _("Call off"), "calendar-off", CancelSession, sessions.cancel_session, "session", section="sessions"
    ),
    "hold_session": Act(
        _("It was held"), "messages-square", HoldSession, sessions.hold_session, "session", section="sessions"
    ),
    "write_record": Act(
        _("Write the record"), "file-pen", WriteRecord, sessions.write_record, "session", section="sessions"
    ),
    "keep_sound": Act(_("Add a sound recording"), "mic", KeepSound, sound.keep_sound, "session", section="sessions"),
    "end_sound": Act(
        _("A consent to sound is taken back"),
        "x",
        EndConsent,
        sound.end_consent,
        "session",
        section="sessions",
        hint=_("All sound of this session is deleted at once, and nobody can bring it back."),
    ),
    "drop_sound": Act(
        _("Delete this recording"),
        "trash-2",
        Nothing,
        sound.drop_sound,
        "recording",
        "end_sound",
        section="sessions",
        hint=_("For a recording that was added by mistake. Nobody can bring it back."),
    ),
    "agree_to_record": Act(
        _("A party found it right"), "check-check", OfParty, sessions.agree_to_record, "record", section="sessions"
    ),
    "write_note": Act(
        _("Write a confidential note"), "notebook-pen", WriteNote, noting.write_note, section="notes", is_side=True
    ),
    "add_evidence": Act(_("Add evidence"), "paperclip", AddEvidence, _add_evidence, section="evidence", is_side=True),
    "see_original": Act(
        _("Original seen"),
        "eye",
        Nothing,
        proving.see_original,
        "evidence",
        section="evidence",
        hint=_("Was the original laid before you, and does it agree with what is here?"),
    ),
    "take_stance": Act(
        _("Note what a party says of it"),
        "message-square",
        TakeStance,
        proving.take_stance,
        "evidence",
        section="evidence",
    ),
    "extend": Act(
        _("Ask for more time"), "hourglass", AskExtension, clocks.ask_extension, section="clocks", is_side=True
    ),
    "agree_to_extension": Act(
        _("A party agrees to more time"), "thumbs-up", OfParty, _agree_to_extension, step="extend", section="clocks"
    ),
    # the agreement
    "offer_agreement": Act(
        _("Put it before the parties to sign"),
        "send",
        OfferAgreement,
        agreeing.offer_agreement,
        "agreement",
        section="agreement",
    ),
    "sign": Act(
        _("Scan of a signed paper"), "upload", SignOnPaper, signing.sign_on_paper, "agreement", section="agreement"
    ),
    "stamp": Act(
        _("Stamp and put in force"),
        "stamp",
        Nothing,
        signing.stamp,
        "agreement",
        section="agreement",
        hint=_(
            "With the stamp of the committee the agreement is in force and binds the parties. It cannot be taken back."
        ),
    ),
    # what comes of it
    "claim_performed": Act(
        _("It was performed"), "circle-check", Claim, performing.claim, "obligation", section="promises"
    ),
    "confirm_performed": Act(
        _("Who receives confirms it"),
        "check-check",
        Nothing,
        performing.confirm,
        "proof",
        section="promises",
        hint=_("Did whoever receives say yes, or have you seen the proof yourself?"),
    ),
    "deny_performed": Act(
        _("Who receives denies it"), "x", Said, performing.deny, "proof", "confirm_performed", section="promises"
    ),
    "note_breach": Act(
        _("It was not performed"), "triangle-alert", Nothing, performing.note_breach, "obligation", section="promises"
    ),
    "waive": Act(
        _("Who receives does without it"), "hand-heart", Said, performing.waive, "obligation", section="promises"
    ),
    "want_court": Act(
        _("A party wants to apply"),
        "thumbs-up",
        OfParty,
        confirming.want,
        "confirmation",
        "apply_confirmation",
        section="court",
    ),
    "apply_confirmation": Act(
        _("They have applied to the court"),
        "landmark",
        ApplyConfirmation,
        confirming.apply,
        "confirmation",
        section="court",
    ),
    "note_ruling": Act(
        _("Note what the court answered"), "gavel", NoteAnswer, confirming.note_answer, "confirmation", section="court"
    ),
    "visit": Act(_("Write down the visit"), "phone-call", Visit, visiting.visit, "follow_up", section="visits"),
    # the end
    "fail": Act(_("Mediation failed"), "circle-x", Fail, ending.fail, is_side=True, undo="reopen"),
    "terminate": Act(_("Break the mediation off"), "ban", Terminate, ending.terminate, is_side=True, undo="reopen"),
    "withdraw": Act(_("Taken back by the parties"), "undo-2", Withdraw, ending.withdraw, is_side=True, undo="reopen"),
    "close": Act(_("Close the dispute"), "circle-check", Close, ending.close, undo="reopen"),
    "reopen": Act(_("Open it again"), "rotate-ccw", Reopen, ending.reopen, is_side=True),
    "archive": Act(
        _("Lay the dossier in the archive"),
        "archive",
        Bind,
        _archive,
        section="papers",
        hint=_(
            "Nothing is changed in it any more, and it is kept as long as its term says. This cannot be taken back."
        ),
    ),
}
#: Steps whose form is a page of its own: draft and oral register fill clauses, an export says what for.
OWN_PAGES = frozenset({"draft_agreement", "settle", "export"})
