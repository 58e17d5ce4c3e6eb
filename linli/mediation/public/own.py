"""A party's own page: where it stands, and every act a party may do, each a small form that works without scripts."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe
from icalendar import Calendar as Ical
from icalendar import Event as IcalEvent

from linli.kit.refusal import BadInput, Refused
from linli.kit.throttle import too_many
from linli.mediation.actions import (
    assigning,
    clocks,
    confirming,
    ending,
    own,
    parties,
    performing,
    proving,
    sessions,
    sound,
)
from linli.mediation.actions.files import MOST_BYTES, open_for_others, open_sealed, type_of
from linli.mediation.actions.messages import note_messages
from linli.mediation.models import Evidence, Mediator, Obligation, Party, Proof, Record, Recording, Session
from linli.mediation.playing import played
from linli.mediation.public.choosing import Finding
from linli.mediation.public.doors import by_link, other_languages
from linli.mediation.public.reading import Own
from linli.mediation.rules import AssignmentState, Ending, ProofKind, SessionState, Way

#: Proof that somebody without paper can give, and that with one.
_PROOFS = (ProofKind.RECEIPT, ProofKind.TRANSFER, ProofKind.PHOTO, ProofKind.WORD)
_ENDINGS = {"own_settlement": Ending.OWN_SETTLEMENT, "other": Ending.OTHER}
Sent = Any
#: More than anybody does by hand; a file of twenty megabytes may go with each.
_AN_HOUR = 60


class TooOften(Refused):
    """More than a person does (HTTP 429)."""

    status = 429


@require_safe
@by_link
def show(request: HttpRequest, party: Party, token: str) -> HttpResponse:
    """The page as it stands now."""
    return page(request, party, token)


def page(request: HttpRequest, party: Party, token: str, status: int = 200, **more: Any) -> HttpResponse:
    """The page; `problem` at the act that `failed`, with what was `typed`."""
    seen = Own(party, timezone.now())
    context = {
        "own": seen,
        "finding": Finding(party, request.GET, timezone.now()) if seen.choosing else None,
        "token": token,
        "languages": other_languages(),
        "proof_kinds": [(one.value, one.label) for one in _PROOFS],
        "typed": {},
        "most_bytes": MOST_BYTES,
        "most_mb": MOST_BYTES // 1_000_000,
        **more,
    }
    return render(request, "mediation/public/own.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@by_link
def act(request: HttpRequest, party: Party, token: str, act: str) -> HttpResponse:
    """Do one act, then show the page at its place. A refusal stands at the act, and nothing typed is lost."""
    if act not in ACTS:
        raise Http404
    if request.method != "POST":
        return _back(token)
    where, do = ACTS[act]
    at = timezone.now()
    try:
        if too_many(f"dispute acts {party.pk}", most=_AN_HOUR, within_s=3600):
            raise TooOften(
                "too_often", _("Very much has been sent from here within the hour. Wait a while, then go on.")
            )
        done = do(party, request.POST, request.FILES.get("file"), at)
    except Refused as refusal:
        again = parties.party_of_link(token) or party
        told = {"failed": act, "failed_key": request.POST.get("key", ""), "problem": refusal.message}
        return page(request, again, token, refusal.status, **told, typed=request.POST)
    messages.success(request, done)
    return _back(token, where)


def _back(token: str, where: str = "") -> HttpResponse:
    return redirect(reverse("mediation_public:party", args=[token]) + (f"#{where}" if where else ""))


# --- what a party does ------------------------------------------------------------------------------------------------


def _read_rights(party: Party, sent: Sent, file: Any, at: Any) -> str:
    if not sent.get("read"):
        raise BadInput("not_read", _("Please tick that you have read it."), field="read")
    own.acknowledge_rights(party, at=at)
    return _("Thank you. It is noted that you know your rights and duties.")


def _consent(party: Party, sent: Sent, file: Any, at: Any) -> str:
    said = sent.get("says", "")
    if said not in ("yes", "no"):
        raise BadInput("not_said", _("Please choose yes or no."), field="says")
    parties.note_consent(party, agrees=said == "yes", way=Way.ONLINE, by=None, at=at, own=True)
    if said == "yes":
        return _("Thank you. You want mediation; the committee has been told.")
    return _("It is noted that you do not want mediation. Below you read which other ways there are.")


def _choose(party: Party, sent: Sent, file: Any, at: Any) -> str:
    wanted = sent.get("mediator", "")
    mediator = Mediator.objects.filter(pk=wanted).first() if wanted.isdecimal() and len(wanted) < 19 else None
    if mediator is None:
        raise BadInput("nobody_chosen", _("Please choose somebody of the list."), field="mediator")
    assigned = assigning.choose(party.dispute, mediator=mediator, by=None, at=at, party=party)
    if assigned.state == AssignmentState.NAMED:
        return _("Thank you. It is noted whom you name. The other side reads it and says whether it wants the same.")
    return _("Thank you. The mediator you chose has been asked.")


def _take_name_back(party: Party, sent: Sent, file: Any, at: Any) -> str:
    assigning.take_name_back(party, at=at)
    return _("It is noted. You may name somebody else, or leave it to the committee.")


def _object(party: Party, sent: Sent, file: Any, at: Any) -> str:
    own.object_to_mediator(party, words=sent.get("words", ""), at=at)
    return _("It is noted. Somebody else will be asked.")


def _give_evidence(party: Party, sent: Sent, file: Any, at: Any) -> str:
    proving.add_evidence(
        party,
        name=sent.get("name", ""),
        words=sent.get("words", ""),
        content=_content(file),
        for_mediator=bool(sent.get("alone")),
        by=None,
        at=at,
        own=True,
    )
    return _("Thank you. It is in your list.")


def _content(file: Any) -> bytes | None:
    """What was sent, if anything. Raises `BadInput` before anything too large is read."""
    if not file:
        return None
    if file.size > MOST_BYTES:
        raise BadInput(
            "file_too_large",
            _("This file has %(size)s MB; %(most)s MB at most. Scan it in grey at 200 dpi, or in parts."),
            size=round(file.size / 1_000_000),
            most=MOST_BYTES // 1_000_000,
        )
    content: bytes = file.read()
    return content


def _stance(party: Party, sent: Sent, file: Any, at: Any) -> str:
    item = _one(Evidence.objects.filter(dispute=party.dispute), sent)
    if not Own(party, at).sees(item):
        raise Http404
    proving.take_stance(item, party=party, stance=sent.get("stance", ""), by=None, at=at, own=True)
    return _("Thank you. What you say of it is noted.")


def _agree_record(party: Party, sent: Sent, file: Any, at: Any) -> str:
    written = _one(Record.objects.filter(session__dispute=party.dispute).select_related("session__dispute"), sent)
    if str(party.pk) not in written.session.present:
        raise Http404
    sessions.agree_to_record(written, party=party, by=None, at=at, own=True)
    return _("Thank you. It is noted that you find the record right.")


def _end_sound(party: Party, sent: Sent, file: Any, at: Any) -> str:
    held = _one(Session.objects.filter(dispute=party.dispute).select_related("dispute"), sent)
    if not sent.get("sure"):
        raise BadInput("not_sure", _("Please tick that you are sure: it cannot be taken back."), field="sure")
    sound.end_consent(held, who=party, by=None, at=at, own=True)
    return _("You have taken your consent back. The sound of this session is deleted.")


def _more_time(party: Party, sent: Sent, file: Any, at: Any) -> str:
    clocks.agree_to_extension(party, by=None, at=at, own=True)
    return _("Thank you. You agree to more time.")


def _claim(party: Party, sent: Sent, file: Any, at: Any) -> str:
    performing.claim(
        _promise(party, sent),
        party=party,
        words=sent.get("words", ""),
        amount=sent.get("amount", ""),
        kind=sent.get("kind", ""),
        file=_content(file) or b"",
        at=at,
    )
    return _("Thank you. Whoever receives it is asked to confirm.")


def _confirm(party: Party, sent: Sent, file: Any, at: Any) -> str:
    performing.confirm(_shown_proof(party, sent), party=party, at=at)
    return _("Thank you. It is noted that you received it.")


def _deny(party: Party, sent: Sent, file: Any, at: Any) -> str:
    performing.deny(_shown_proof(party, sent), party=party, words=sent.get("words", ""), at=at)
    return _("It is noted. The mediator has been told and will ask.")


def _breach(party: Party, sent: Sent, file: Any, at: Any) -> str:
    performing.note_breach(_promise(party, sent), party=party, at=at)
    return _("It is noted. The mediator has been told and will urge the other side. You may also go to court.")


def _waive(party: Party, sent: Sent, file: Any, at: Any) -> str:
    if not sent.get("sure"):
        raise BadInput("not_sure", _("Please tick that you are sure: it cannot be taken back."), field="sure")
    performing.waive(_promise(party, sent), party=party, words=sent.get("words", ""), at=at)
    return _("It is noted that you do without it.")


def _want_court(party: Party, sent: Sent, file: Any, at: Any) -> str:
    force = party.dispute.agreements.in_force().first()
    found = party.dispute.confirmations.filter(agreement=force).first() if force else None
    if found is None:
        raise Http404
    if confirming.want(found, party=party, at=at, own=True):
        return _("It is noted. Both sides apply together: the other side is still to say yes.")
    return _("Everybody wants it. The committee now prepares the joint application.")


def _withdraw(party: Party, sent: Sent, file: Any, at: Any) -> str:
    how = _ENDINGS.get(sent.get("ending", ""))
    if how is None:
        raise BadInput("not_said", _("Please choose why."), field="ending")
    ending.withdraw(party.dispute, why=sent.get("words", ""), ending=how, by=None, at=at, party=party)
    return _("The mediation has ended, as you wished. Other ways stay open to you.")


def _messages(party: Party, sent: Sent, file: Any, at: Any) -> str:
    agrees = sent.get("says") == "yes"
    note_messages(party, agrees=agrees, way=Way.ONLINE, by=None, at=at, own=True)
    if agrees:
        return _("Thank you. From now on you are told by text message too.")
    return _("It is noted: no more text messages.")


def _complain(party: Party, sent: Sent, file: Any, at: Any) -> str:
    above = own.complain(party, words=sent.get("words", ""), at=at)
    if above is not None:
        told = _(
            "The mediator also heads the committee. Your complaint has gone to %(body)s; the mediator does not get it."
        )
        return told % {"body": above}
    return _("Your complaint has gone to the head of the committee. The mediator does not get it.")


#: Each act: where its place on the page is, and what does it.
ACTS: dict[str, tuple[str, Callable[[Party, Sent, Any, Any], str]]] = {
    "rights": ("rights", _read_rights),
    "consent": ("consent", _consent),
    "choose": ("mediator", _choose),
    "take_name_back": ("mediator", _take_name_back),
    "object": ("mediator", _object),
    "evidence": ("evidence", _give_evidence),
    "stance": ("evidence", _stance),
    "record": ("sessions", _agree_record),
    "sound": ("sessions", _end_sound),
    "time": ("time", _more_time),
    "claim": ("promises", _claim),
    "confirm": ("promises", _confirm),
    "deny": ("promises", _deny),
    "breach": ("promises", _breach),
    "waive": ("promises", _waive),
    "court": ("court", _want_court),
    "withdraw": ("withdraw", _withdraw),
    "messages": ("messages", _messages),
    "complain": ("complain", _complain),
}


def _one(rows: Any, sent: Sent) -> Any:
    """The row whose key was sent, of those given."""
    try:
        return get_object_or_404(rows, pk=sent.get("key", ""))
    except (ValueError, ValidationError):
        raise Http404 from None


def _promise(party: Party, sent: Sent) -> Obligation:
    owed = Obligation.objects.filter(agreement__dispute=party.dispute, agreement__state="in_force")
    found: Obligation = _one(owed.select_related("agreement__dispute"), sent)
    if not Own(party, timezone.now()).concerns(found):
        raise Http404
    return found


def _shown_proof(party: Party, sent: Sent) -> Proof:
    shown = Proof.objects.filter(obligation__agreement__dispute=party.dispute)
    found: Proof = _one(shown.select_related("obligation__agreement__dispute"), sent)
    if not Own(party, timezone.now()).concerns(found.obligation):
        raise Http404
    return found


# --- files, the calendar, the language ---------------------------------------------------------------------------------


@require_safe
@by_link
def evidence(request: HttpRequest, party: Party, token: str, key: Any) -> HttpResponse:
    """The file of a piece of evidence that this party may see."""
    item = get_object_or_404(Evidence.objects.filter(dispute=party.dispute), pk=key)
    if not Own(party, timezone.now()).sees(item):
        raise Http404
    try:
        content = proving.open_evidence_as_party(item, party=party, at=timezone.now())
    except Refused as refusal:
        return page(request, party, token, refusal.status, problem=refusal.message, failed="file")
    return _file(content, f"{item.position}")


@require_safe
@by_link
def proof(request: HttpRequest, party: Party, token: str, key: Any) -> HttpResponse:
    """The file that shows a promise was kept, for who owes and who receives it."""
    shown = Proof.objects.filter(obligation__agreement__dispute=party.dispute).select_related("obligation")
    found = get_object_or_404(shown, pk=key)
    if not Own(party, timezone.now()).concerns(found.obligation):
        raise Http404
    try:
        content = open_sealed(found) if found.by_party_id == party.pk else open_for_others(found)
    except Refused as refusal:
        return page(request, party, token, refusal.status, problem=refusal.message, failed="file")
    return _file(content, f"{found.obligation.number}")


def _file(content: bytes, number: str) -> HttpResponse:
    """A file somebody sent is never shown in place: it might hold a script of theirs."""
    kind = type_of(content)
    response = HttpResponse(content, content_type=kind)
    ending = {"application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png"}.get(kind, "bin")
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(_('File'))}-{number}.{ending}"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


@require_safe
@by_link
def hear(request: HttpRequest, party: Party, token: str, key: Any) -> HttpResponseBase:
    """The sound of a session where this party was, for the player on its page."""
    found = get_object_or_404(
        Recording.objects.filter(session__dispute=party.dispute).select_related("session__dispute"), pk=key
    )
    return played(request, sound.open_sound_as_party(found, party=party, at=timezone.now()), found.file_type)


@require_safe
@by_link
def session(request: HttpRequest, party: Party, token: str, key: Any) -> HttpResponse:
    """A session to come, for the calendar of a phone (RFC 5545). It says nothing of the matter: calendars are shared."""
    planned = Session.objects.filter(dispute=party.dispute, state=SessionState.PLANNED)
    found = get_object_or_404(planned, pk=key)
    if not found.invites(party):
        raise Http404
    words = found.words
    event = IcalEvent()
    event.add("uid", f"{found.pk}@linli")
    event.add("dtstamp", timezone.now())
    event.add("dtstart", found.planned_at)
    event.add("dtend", found.planned_at + timedelta(minutes=found.minutes))
    event.add("sequence", found.moved)
    event.add("summary", _("Appointment %(number)s") % {"number": party.dispute.number})
    event.add("location", words["link"] if found.is_remote else words["place"])
    calendar = Ical()
    calendar.add("prodid", "-//linli//mediation//ZH")
    calendar.add("version", "2.0")
    calendar.add_component(event)
    response = HttpResponse(calendar.to_ical(), content_type="text/calendar; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{party.dispute.number}-{found.number}.ics"'
    return response


@require_safe
@by_link
def language(request: HttpRequest, party: Party, token: str, code: str) -> HttpResponse:
    """Choose the language. A link: these pages tell nobody where they are, so a form with a token could not be sent."""
    if code not in dict(settings.LANGUAGES):
        raise Http404
    response = _back(token)
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        code,
        max_age=365 * 86400,
        samesite="Lax",
        httponly=True,
        secure=settings.SESSION_COOKIE_SECURE,
    )
    return response
