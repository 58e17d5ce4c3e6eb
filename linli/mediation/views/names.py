"""Who a party is, shown for a reason and for a minute; and the files of a dispute, opened one by one."""

from typing import Any
from uuid import UUID

from django import forms
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from linli.kit.refusal import BadInput
from linli.kit.safe_headers import PAPER_POLICY, SENT_POLICY
from linli.mediation.actions import looking
from linli.mediation.actions.course import who_of
from linli.mediation.actions.opening import open_kept
from linli.mediation.actions.proving import open_evidence
from linli.mediation.forms.fields import called, line, put_refusal, tick
from linli.mediation.models import Agreement, Dispute, EntrustmentLetter, Party, Proof, Signature
from linli.mediation.rules import Who
from linli.mediation.views.reaching import file_page, person_of

SHOWN_FOR_S = 60
_ENDINGS = {"application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png"}


class Reason(forms.Form):
    """For what a name is shown."""

    reason = line(
        _("What you need it for"),
        longest=200,
        help_text=_("The parties see who looked. For example: to invite them to the session."),
    )
    with_id_number = tick(_("With the identity number, for the court"))


@file_page
@require_http_methods(["GET", "POST"])
def reveal(request: HttpRequest, dispute: Dispute, party: UUID) -> HttpResponse:
    """Ask for a reason, and show it. The page goes back to the file by itself after a minute."""
    row = get_object_or_404(dispute.parties.all(), pk=party)
    form = Reason(request.POST if request.method == "POST" else None, label_suffix="")
    who = who_of(dispute, by=person_of(request), at=timezone.now())
    if not (dispute.wants_confirmation and who & {Who.KEEPER, Who.MEDIATOR}):
        del form.fields["with_id_number"]
    context: dict[str, Any] = {"dispute": dispute, "form": form, "party": row, "room": "mediation"}
    context["whom"] = called(list(dispute.parties.all())).get(row.pk, "")
    if form.is_bound and form.is_valid():
        try:
            words = looking.reveal(row, **form.cleaned_data, by=person_of(request), at=timezone.now())
        except BadInput as refusal:
            put_refusal(form, refusal)
        else:
            shown = render(
                request,
                "mediation/revealed.html",
                context | {"words": words, "helpers": _helpers(dispute, row), "seconds": SHOWN_FOR_S},
            )
            shown.headers["Refresh"] = f"{SHOWN_FOR_S}; url={reverse('mediation:file', args=[dispute.pk])}#parties"
            return shown
    return render(request, "mediation/reveal.html", context, status=422 if form.is_bound else 200)


def _helpers(dispute: Dispute, party: Party) -> list[tuple[str, dict[str, Any]]]:
    """Who helps this party, or the mediation as such: shown with it, since nothing else shows their names."""
    here = dispute.companions.filter(Q(party=party) | Q(party__isnull=True), left_at__isnull=True)
    return [(one.get_kind_display(), one.words) for one in here]


@file_page
@require_safe
def open_file(request: HttpRequest, dispute: Dispute, kind: str, of: UUID) -> HttpResponse:
    """A file that was given: evidence, a scan of a signed paper, what shows that a promise was kept."""
    by, at = person_of(request), timezone.now()
    if kind == "evidence":
        item = get_object_or_404(dispute.evidence.all(), pk=of)
        return _file(item.file_type, open_evidence(item, by=by, at=at), f"evidence-{item.position}")
    if kind not in _KEPT:
        raise Http404
    row = get_object_or_404(_KEPT[kind](dispute), pk=of)
    return _file(row.file_type, open_kept(dispute, row, by=by, at=at), kind)


_KEPT: dict[str, Any] = {
    "signature": lambda dispute: Signature.objects.filter(agreement__dispute=dispute),
    "proof": lambda dispute: Proof.objects.filter(obligation__agreement__dispute=dispute),
    "letter": lambda dispute: EntrustmentLetter.objects.filter(dispute=dispute),
    "agreement": lambda dispute: Agreement.objects.filter(dispute=dispute),
}


def _file(kind: str, content: bytes, name: str) -> HttpResponse:
    """As what it was recognised to be, and shown without anything that could run in it."""
    response = HttpResponse(content, content_type=kind)
    response.headers["Content-Disposition"] = f'inline; filename="{name}.{_ENDINGS.get(kind, "bin")}"'
    # A browser shows no PDF inside a sandbox; a picture needs nothing else.
    response.headers["Content-Security-Policy"] = PAPER_POLICY if kind == "application/pdf" else SENT_POLICY
    return response
