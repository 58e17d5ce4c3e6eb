"""The papers of the dossier: one by one or bound, each for a purpose that the parties can see."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from linli.kit.papers.asking import available
from linli.kit.refusal import BadInput, NotYours, Refused
from linli.mediation.actions import filing
from linli.mediation.actions.course import who_of
from linli.mediation.forms.fields import choice, line, put_refusal
from linli.mediation.models import Dispute
from linli.mediation.rules import Purpose, Who, row_of
from linli.mediation.views.coming import Steps
from linli.mediation.views.reaching import file_page, person_of

_TYPES = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
BOUND = "bound"


class Export(forms.Form):
    """Which paper, as what, and what for."""

    what = choice(_("Which paper"), ())
    kind = choice(_("As what"), (("pdf", "PDF"), ("docx", "DOCX")), radio=True)
    purpose = choice(_("What do you take it out for?"), [one for one in Purpose.choices if one[0] != Purpose.OWN])
    words = line(
        _("In few words"),
        longest=200,
        required=False,
        help_text=_("The parties see that it was taken out, and what for."),
    )

    def __init__(self, *args: Any, papers: list[tuple[str, Any]], **more: Any) -> None:
        begins = {"kind": "pdf", "purpose": Purpose.COURT}
        super().__init__(*args, **{"label_suffix": "", "initial": begins} | more)
        self.fields["what"].choices = papers  # type: ignore[attr-defined]


@file_page
@require_http_methods(["GET", "POST"])
def index(request: HttpRequest, dispute: Dispute) -> HttpResponse:
    """What papers there are, what the bound dossier still lacks, and taking one out."""
    by, at = person_of(request), timezone.now()
    who = who_of(dispute, by=by, at=at)
    papers = _offered(dispute, who)
    form = Export(request.POST if request.method == "POST" else None, papers=papers)
    status = 422 if form.is_bound else 200
    if form.is_bound and form.is_valid():
        try:
            return _file(dispute, form.cleaned_data, request)
        except BadInput as refusal:
            put_refusal(form, refusal)
        except NotYours:
            raise
        except Refused as refusal:
            form.add_error(None, refusal.message)
            status = 409
    issued = dispute.issued.select_related("made_by", "party").order_by("-made_at")[:20]
    titles = {filing.WHOLE: _("The whole dossier")} | dict(papers)
    context = {
        "dispute": dispute,
        "form": form,
        "papers": papers,
        "lacks": [one.message for one in filing.lacks_of(dispute, at=at)] if dispute.case_no else [],
        "available": available(),
        "issued": [(titles.get(one.what, one.what), one) for one in issued],
        "acts": Steps(dispute, who).some("archive") if dispute.archived_at is None else [],
        "room": "mediation",
    }
    return render(request, "mediation/papers.html", context, status=status)


def _offered(dispute: Dispute, who: frozenset[Who]) -> list[tuple[str, Any]]:
    papers: list[tuple[str, Any]] = [(one.code, one.title) for one in filing.papers_of(dispute)]
    whole = row_of("export", dispute.state)
    if papers and whole is not None and whole.who & who:
        papers.append((filing.WHOLE, _("The whole dossier")))
        if dispute.issued.filter(is_bound=True).exists():
            papers.append((BOUND, _("The dossier as it was bound and sealed")))
    return papers


def _file(dispute: Dispute, told: dict[str, str], request: HttpRequest) -> HttpResponse:
    why = {"purpose": told["purpose"], "words": told["words"], "by": person_of(request), "at": timezone.now()}
    kind = told["kind"]
    if told["what"] == BOUND:
        kind, content = "pdf", filing.open_bound(dispute, **why)  # type: ignore[arg-type]
    else:
        papers = filing.export(dispute, what=told["what"], **why)  # type: ignore[arg-type]
        content = papers.pdf if kind == "pdf" else papers.docx
    response = HttpResponse(content, content_type=_TYPES[kind])
    response.headers["Content-Disposition"] = f'attachment; filename="{dispute.number}-{slugify(told["what"])}.{kind}"'
    return response
