"""Taking a step: one address for all of them, drawn from the same table that checks them."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from linli.kit.refusal import BadInput, NotYours, Refused
from linli.mediation.actions.course import who_of
from linli.mediation.actions.sessions import latest_record
from linli.mediation.forms import ACTS, BY_HEADS, Act
from linli.mediation.forms.fields import ActForm, called, put_refusal
from linli.mediation.models import Dispute, Obligation, Party, Proof, Record, Recording
from linli.mediation.qr import picture_of
from linli.mediation.rules import require
from linli.mediation.views.coming import Steps
from linli.mediation.views.reaching import back_to, file_page, person_of
from linli.people.models import Person

#: The rows of a dispute that an act may be done on.
ROWS: dict[str, Callable[[Dispute], QuerySet[Any]]] = {
    "party": lambda dispute: dispute.parties.present(),
    "companion": lambda dispute: dispute.companions.filter(left_at__isnull=True),
    "session": lambda dispute: dispute.sessions.all(),
    "recording": lambda dispute: Recording.objects.kept().filter(session__dispute=dispute),
    "record": lambda dispute: Record.objects.filter(session__dispute=dispute),
    "evidence": lambda dispute: dispute.evidence.all(),
    "agreement": lambda dispute: dispute.agreements.all(),
    "obligation": lambda dispute: Obligation.objects.filter(agreement__dispute=dispute),
    "proof": lambda dispute: Proof.objects.filter(obligation__agreement__dispute=dispute),
    "confirmation": lambda dispute: dispute.confirmations.all(),
    "follow_up": lambda dispute: dispute.follow_ups.all(),
    "call_back": lambda dispute: dispute.call_backs.filter(done_at__isnull=True),
    "complaint": lambda dispute: dispute.complaints.all(),
}


@file_page
@require_http_methods(["GET", "POST"])
def act(request: HttpRequest, dispute: Dispute, name: str, of: UUID | None = None) -> HttpResponse:
    """The form of an act, and doing it. Raises `Refused` and its kinds, which become a page elsewhere."""
    chosen = BY_HEADS.get(name) or ACTS.get(name)
    if chosen is None or bool(chosen.on) != (of is not None):
        raise Http404
    by, at = person_of(request), timezone.now()
    if name not in BY_HEADS:
        require(chosen.step or name, dispute.state, who_of(dispute, by=by, at=at))
    row = get_object_or_404(ROWS[chosen.on](dispute), pk=of) if chosen.on else None
    if chosen.require is not None:
        chosen.require(row, by=by, at=at)
    given = (request.POST, request.FILES) if request.method == "POST" else ()
    form = chosen.form(*given, dispute=dispute, target=row, by=by, at=at)
    if not form.is_bound or not form.is_valid():
        return _page(request, dispute, name, chosen, form, row)
    try:
        result = chosen.run(row or dispute, **form.values(), by=by, at=at)
    except NotYours:
        raise
    except BadInput as refusal:
        put_refusal(form, refusal, _CALLED_HERE.get(name))
        return _page(request, dispute, name, chosen, form, row)
    except Refused as refusal:
        # What was typed stays, whatever forbids it now.
        form.add_error(None, refusal.message)
        return _page(request, dispute, name, chosen, form, row, status=409)
    if name in _SHOWN:
        return _SHOWN[name](request, dispute, row, result)
    messages.success(request, _done(dispute, chosen, result, person_of(request)))
    if not Dispute.objects.visible_to(by, at).filter(pk=dispute.pk).exists():
        # Declined, tied, or handed over: it is not theirs any more.
        return redirect("mediation:list")
    return back_to(dispute, chosen.section)


def _done(dispute: Dispute, chosen: Act, made: Any, by: Person) -> str:
    """What was done, and how it is taken back where that is open."""
    said = _("Done: %(what)s.") % {"what": chosen.label}
    steps = Steps(dispute, who_of(dispute, by=by, at=timezone.now()))
    if not chosen.undo or not steps.may(chosen.undo):
        return said
    link = steps.link(chosen.undo, made.pk if ACTS[chosen.undo].on else None)
    return format_html('{} <a href="{}">{}: {}</a>', said, link.address, _("Undo"), link.label)


#: Fields that an action calls otherwise than the form.
_CALLED_HERE = {"add_evidence": {"content": "file"}, "sign": {"file": "scan"}, "keep_sound": {"content": "sound"}}


def _page(
    request: HttpRequest,
    dispute: Dispute,
    name: str,
    chosen: Act,
    form: ActForm,
    row: Any,
    status: int | None = None,
) -> HttpResponse:
    context: dict[str, Any] = {
        "dispute": dispute,
        "name": name,
        "act": chosen,
        "form": form,
        "of": row,
        "whom": _whom(dispute, row),
        "room": "mediation",
    }
    if name == "write_record":
        context |= _other_version(form, row)
    return render(request, "mediation/act.html", context, status=status or (422 if form.is_bound else 200))


def _whom(dispute: Dispute, row: Model | None) -> str:
    """Of which row the act is, without a name."""
    if isinstance(row, Party):
        return called(list(dispute.parties.present())).get(row.pk, "")
    number = getattr(row, "number", None) or getattr(row, "position", None) or getattr(row, "version", None)
    return str(number) if number and row is not None else ""


def _other_version(form: ActForm, row: Any) -> dict[str, Any]:
    """Somebody else's version that came in between stands beside what was typed; saving again goes on from it."""
    latest = latest_record(row)
    if not form.is_bound or latest is None or str(latest.version) == form.data.get("after"):
        return {}
    form.data = form.data.copy()  # type: ignore[attr-defined]
    form.data["after"] = str(latest.version)  # type: ignore[index]
    return {"other": latest.words, "other_version": latest.version}


# --- acts whose result is shown, this once ----------------------------------------------------------------------------


def _show_link(request: HttpRequest, dispute: Dispute, party: Party, secret: str) -> HttpResponse:
    address = request.build_absolute_uri(reverse("mediation_public:party", args=[secret]))
    context = {"dispute": dispute, "address": address, "picture": picture_of(address), "room": "mediation"}
    context["whom"] = _whom(dispute, party)
    return render(request, "mediation/link.html", context)


def _show_doubles(request: HttpRequest, dispute: Dispute, row: None, numbers: list[str]) -> HttpResponse:
    return render(request, "mediation/doubles.html", {"dispute": dispute, "numbers": numbers, "room": "mediation"})


_SHOWN: dict[str, Callable[..., HttpResponse]] = {"give_link": _show_link, "find_doubles": _show_doubles}
