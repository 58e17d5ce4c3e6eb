"""The purpose register: of every field that holds something of a person why it is kept, on what base, and who sees it.

Fields are written `room.Model: field field`. A test walks all models: what could hold something of a person stands here or in
`nothing.NOTHING_OF_PERSONS`. Sources are cited in their own language: they are names.
"""

from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _


class Base(models.TextChoices):
    """The legal bases that occur here: Personal Information Protection Law, art. 13."""

    CONSENT = "consent", _("Consent")
    STAFF = "staff", _("Employment and service")
    DUTY = "duty", _("Statutory duty")


#: The very item of the law.
ARTICLES = {
    Base.CONSENT: "个人信息保护法第十三条第一款第一项、第十五条",
    Base.STAFF: "个人信息保护法第十三条第一款第二项",
    Base.DUTY: "个人信息保护法第十三条第一款第三项、第三十四条",
}


class Whose(models.TextChoices):
    """Whose it is."""

    REPORTER = "reporter", _("Whoever reports")
    PARTY = "party", _("Parties of a dispute")
    READER = "reader", _("Whoever follows an area or says what they think")
    ASKER = "asker", _("Whoever asks for their rights")
    STAFF = "staff", _("Staff")


@dataclass(frozen=True)
class Line:
    """One line: what is kept, in which fields, whose, what for, on what base, who sees it; `kept` is a code of the schedule."""

    code: str
    whose: Whose
    what: Any
    purpose: Any
    base: Base
    seen_by: Any
    kept: str
    fields: str
    is_sensitive: bool = False
    #: It need not be given: the matter goes on without.
    is_optional: bool = False

    @property
    def article(self) -> str:
        """The item of the law."""
        return ARTICLES[self.base]


_HANDLERS = _("Those who handle the matter, within their area or department")
_NOBODY = _("Nobody: it is a digest")

REGISTER: tuple[Line, ...] = (
    Line(
        "contact",
        Whose.REPORTER,
        _("Telephone number or other way to reach you"),
        _("To ask back, and to tell you what was done"),
        Base.CONSENT,
        _(
            "Sealed. Opened by the desk of your area with a reason that is written down; by an officer after leave was given"
        ),
        "contact",
        """
        events.Contact: sealed
        intake.Kept: sealed_contact
        """,
        is_optional=True,
    ),
    Line(
        "matter",
        Whose.REPORTER,
        _("What you report: words, place, answers, what was said and done about it"),
        _("To find, handle, check and answer for the matter"),
        Base.DUTY,
        _HANDLERS,
        "matter",
        """
        events.Event: title text place lon lat answers outcome external_no
        events.Remark: text
        events.Message: words
        events.Part: task answer
        events.Milestone: what words
        events.Objection: basis
        events.DispatchChoice: words
        events.Supervision: result
        events.Whistle: place agreed
        events.Call: excused
        desk.Pin: remark
        desk.Handover: words figures
        desk.ShiftQuestion: words answer
        desk.BulkRun: fields
        """,
    ),
    Line(
        "own_words",
        Whose.REPORTER,
        _("Your own words where somebody else wrote them down: from a call, a visit, a letter"),
        _("So that what was summed up can be held against what was said"),
        Base.DUTY,
        _("Those who handle the matter; the desk alone if you want to stay unnamed"),
        "own_words",
        "events.Statement: words",
    ),
    Line(
        "sent",
        Whose.REPORTER,
        _("The report as your device sent it, until it is taken in"),
        _("So that nothing is lost on the way, and nothing is counted twice"),
        Base.DUTY,
        _("The system administrator, only where it could not be taken in"),
        "sent",
        """
        intake.Kept: content answer
        intake.Delivery: body
        intake.Attempt: words
        intake.ImportRun: first_refused
        """,
    ),
    Line(
        "pictures",
        Whose.REPORTER,
        _("Photos, videos and voice notes, with time and place of taking"),
        _("To see what is wrong and what was done"),
        Base.DUTY,
        _(
            "Those who handle the matter. In public only after a person has looked, and faces and number plates are covered"
        ),
        "matter",
        """
        events.Picture: sha256 lon lat
        events.Voice: sha256
        events.AwaitedPicture: sha256
        events.Release: draft_sha256 public_sha256
        intake.Upload: sha256 found
        """,
        is_optional=True,
    ),
    Line(
        "receipt",
        Whose.REPORTER,
        _("The code of your receipt, as a digest"),
        _("So that you alone can look at your matter"),
        Base.DUTY,
        _NOBODY,
        "matter",
        "events.Receipt: secret_sha256",
    ),
    Line(
        "passed_on",
        Whose.REPORTER,
        _("Why a contact was asked for and shown"),
        _("So that every look can be accounted for"),
        Base.DUTY,
        _("The desk of the area, and the auditor"),
        "journal",
        "events.Reveal: why",
    ),
    Line(
        "party",
        Whose.PARTY,
        _("Name, telephone, address and what else the law of mediation asks of parties and their companions"),
        _("To invite, to hear and to bind the parties"),
        Base.DUTY,
        _("Sealed. The mediator and the desk of that dispute; every look says what for"),
        "dossier",
        """
        mediation.Party: sealed mark telephone_mark secret_sha256
        mediation.Companion: sealed agreed_by
        """,
        is_sensitive=True,
    ),
    Line(
        "dossier",
        Whose.PARTY,
        _("The dossier: application, records, evidence, agreement, signatures, promises, visits"),
        _("To mediate, and to prove what was agreed"),
        Base.DUTY,
        _("Sealed. The mediator and the desk of that dispute, the parties their own; every look says what for"),
        "dossier",
        """
        mediation.Dispute: sealed number case_no ways_told
        mediation.Assignment: reasons earlier named_by
        mediation.Agreement: sealed file_sha256 text_sha256
        mediation.Signature: sealed file_sha256 image_mark text_sha256
        mediation.Obligation: sealed
        mediation.Proof: sealed file_sha256
        mediation.Confirmation: sealed wanted_by
        mediation.FollowUp: sealed
        mediation.CallBack: sealed why
        mediation.Complaint: sealed
        mediation.EntrustmentLetter: sealed file_sha256
        mediation.IssuedPaper: sealed file_sha256 content_sha256 pdf_sha256 docx_sha256
        mediation.Session: sealed invited present
        mediation.Record: sealed text_sha256 read_by
        mediation.Note: sealed
        mediation.Evidence: sealed file_sha256 stances
        mediation.Look: sealed
        mediation.Clock: extension_consents
        """,
        is_sensitive=True,
    ),
    Line(
        "sound",
        Whose.PARTY,
        _("Sound of a session, if everybody who was there agrees"),
        _("So that the record can be checked"),
        Base.CONSENT,
        _("Sealed. The mediator, and the parties who were there"),
        "sound",
        """
        mediation.Session: audio_consents
        mediation.Recording: sealed file_sha256
        """,
        is_sensitive=True,
        is_optional=True,
    ),
    Line(
        "follower",
        Whose.READER,
        _("The mail address of whoever follows an area"),
        _("To send what you asked for, and nothing else"),
        Base.CONSENT,
        _("Nobody: it is sealed, and only the program that sends opens it"),
        "follower",
        "openness.Subscription: sealed mark categories language",
        is_optional=True,
    ),
    Line(
        "opinion",
        Whose.READER,
        _("A complaint or suggestion about linli, and the page it is about"),
        _("To answer it, and to do better"),
        Base.DUTY,
        _("The system administrator"),
        "opinion",
        "opinions.Opinion: words page by code_sha256 answer",
    ),
    Line(
        "session",
        Whose.READER,
        _("A cookie that remembers your language, and on your own device the code of your receipt"),
        _("So that a page works and you need not type again"),
        Base.DUTY,
        _("Nobody"),
        "session",
        "sessions.Session: session_data",
    ),
    Line(
        "request",
        Whose.ASKER,
        _("Your request, how to answer it, and the answer"),
        _("To do what you ask for, and to prove that it was done in time"),
        Base.DUTY,
        _("Sealed. The security administrator"),
        "request",
        "privacy.PersonRequest: sealed mark code_sha256 found",
    ),
    Line(
        "account",
        Whose.STAFF,
        _("Name, user name, office telephone, password (as a digest), language, appointments"),
        _("To sign in, and to know who answers for what"),
        Base.STAFF,
        _("Colleagues the name and the office; the system administrator the rest, never a password"),
        "account",
        """
        people.Person: password username name telephone language
        people.Appointment: person
        accounts.Account: person
        accounts.FormerPassword: person password
        accounts.Authenticator: person sealed
        accounts.Passkey: person name credential_id credential
        accounts.RecoveryCode: person digest
        accounts.Link: person digest
        accounts.Tries: mark
        mediation.Mediator: person skills languages
        events.Duty: contact
        events.Hand: person
        """,
    ),
    Line(
        "acts",
        Whose.STAFF,
        _("Who did what, and when"),
        _("So that every act and every look can be accounted for"),
        Base.DUTY,
        _("Those who handle the matter; the auditor"),
        "journal",
        """
        journal.Entry: on_key by facts
        journal.Verification: asked_by
        journal.Notice: person
        events.Clock: paused_by
        events.Message: by
        events.Mention: person
        events.Deferral: deferred_by
        events.Milestone: noted_by
        events.Event: reported_by
        events.Objection: objected_by coordinator answered_by
        events.Release: asked_by confirmed_by
        events.Draw: drawn_by
        events.Reinspection: inspector found_by
        events.Reveal: asked_by answered_by
        events.Statement: entered_by
        events.Supervision: supervisor ordered_by
        events.VerificationRule: changed_by
        events.Whistle: blown_by
        events.Call: noted_by
        statistics.OfficialValue: imported_by
        desk.BulkRun: by
        desk.Macro: owner made_by
        desk.Handover: handed_by taken_by
        desk.ShiftQuestion: asked_by answered_by
        opinions.Opinion: answered_by
        briefing.Schedule: set_by
        briefing.Briefing: asked_by
        briefing.PaperTemplate: put_by
        mediation.Dispute: registered_by
        mediation.Party: identity_seen_by
        mediation.Agreement: made_by stamped_by
        mediation.Proof: by
        mediation.FollowUp: by
        mediation.CallBackDraw: drawn_by
        mediation.CallBack: by
        mediation.Complaint: answered_by
        mediation.EntrustmentLetter: added_by
        mediation.IssuedPaper: made_by
        mediation.Record: written_by
        mediation.Note: by
        mediation.Evidence: given_by
        mediation.Recording: added_by
        mediation.Look: person
        mediation.TermRule: set_by
        intake.ImportRun: by
        exports.Export: asked_by answered_by query reason
        administration.Access: person security_by second_by closed_by reason
        holds.Hold: placed_by ended_by reason ended_for
        privacy.Term: set_by
        privacy.PersonRequest: entered_by answered_by
        privacy.Sheet: made_by
        """,
    ),
    Line(
        "reach",
        Whose.STAFF,
        _("Where staff want to be told: mail, telephone, browser; their quiet hours and saved views"),
        _("To tell them what waits for them, when they want it"),
        Base.CONSENT,
        _("Sealed. Themselves; the program that sends"),
        "account",
        """
        notices.Channel: person name sealed mark groups
        notices.QuietHours: person
        events.SavedView: person name query
        """,
        is_optional=True,
    ),
    Line(
        "devices",
        Whose.STAFF,
        _("Devices that are signed in, by a name and a digest"),
        _("So that a lost telephone can be signed out"),
        Base.DUTY,
        _("Themselves, and the system administrator"),
        "account",
        """
        intake.Device: person name sha256 session app
        accounts.SignIn: person session browser system
        wall.Screen: person name sha256
        """,
    ),
)


def fields_in(text: str) -> list[str]:
    """`room.Model.field` of each field in such a table."""
    rows = [line.strip().partition(":") for line in text.strip().splitlines() if line.strip()]
    return [f"{model}.{name}" for model, _colon, names in rows for name in names.split()]


def line_of(code: str) -> Line:
    """The line of this code. Raises `KeyError`."""
    return _BY_CODE[code]


_BY_CODE = {line.code: line for line in REGISTER}
