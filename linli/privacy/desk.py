"""The office for privacy behind the sign-in: requests, the schedule with its holds, sheets, the register, the filing pack."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from linli.areas.codes import within
from linli.events.models import Event
from linli.holds import actions as holds
from linli.holds.models import Hold
from linli.kit.refusal import BadInput, Refused
from linli.mediation.models import Dispute
from linli.people.models import Person
from linli.privacy import actions, filing, papers, sheets
from linli.privacy.finding import FOUND, held_of
from linli.privacy.forms import AtWindow, Done, No, PlaceHold, SheetForm, TermForm
from linli.privacy.models import PersonRequest, Sheet
from linli.privacy.public import groups
from linli.privacy.retention import plan
from linli.privacy.rules.register import fields_in
from linli.privacy.rules.requests import ANSWER, OFFICERS, REFUSALS, RIGHTS, Kind, State
from linli.privacy.rules.schedule import SCHEDULE
from linli.privacy.rules.sheets import SHEETS
from linli.privacy.saying import kept_for, rows_of
from linli.privacy.terms import kept_words, promise, set_term

_View = Callable[..., HttpResponse]
_A_PAGE = 30
_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def _of_officers(view: _View) -> _View:
    """Only for those who answer requests, for whom it is not there otherwise; kept by nothing that lies between."""

    @login_required
    @wraps(view)
    def asked(request: HttpRequest, *args: Any, **named: Any) -> HttpResponse:
        if not request.scope.holds(*OFFICERS):  # type: ignore[attr-defined]
            raise Http404
        response = view(request, *args, **named)
        patch_cache_control(response, no_store=True, private=True)
        return response

    return asked


def _page(request: HttpRequest, name: str, tab: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    common = {"room": "privacy", "tab": tab, "sheet_kinds": list(SHEETS.values())}
    return render(request, f"privacy/{name}.html", common | context, status=status)


def _person(request: HttpRequest) -> Person:
    return request.user  # type: ignore[return-value]


def _seen(request: HttpRequest) -> Any:
    return PersonRequest.objects.visible_to(request.scope)  # type: ignore[attr-defined]


# --- requests -----------------------------------------------------------------------------------------------------------


@_of_officers
@require_safe
def requests(request: HttpRequest) -> HttpResponse:
    """Those that wait, the most pressing first, then those that were answered. Kinds and days, nobody's name."""
    waiting = _seen(request).open().order_by("due_at")
    answered = Paginator(_seen(request).exclude(state=State.OPEN), _A_PAGE).get_page(request.GET.get("page"))
    context = {"waiting": waiting, "answered": answered, "now": timezone.now(), "promise": promise()}
    return _page(request, "requests", "requests", context)


@_of_officers
@require_http_methods(["GET", "POST"])
def at_window(request: HttpRequest) -> HttpResponse:
    """Write down what somebody asks at the window; the code is shown once, to be handed over."""
    form = AtWindow(request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            sent = {name: form.cleaned_data[name] for name in ("reach", "kind", "words", "name", "new_reach")}
            try:
                made, code = actions.ask_at_window(**sent, by=_person(request), at=timezone.now())
            except BadInput as refusal:
                form.add_error(refusal.facts.get("field"), refusal.message)
            else:
                messages.success(request, _("Taken down. The code for reading the answer: %(code)s") % {"code": code})
                return redirect("privacy:one", made.pk)
    return _page(request, "window", "requests", {"form": form}, status)


@_of_officers
@require_http_methods(["GET", "POST"])
def one(request: HttpRequest, key: UUID) -> HttpResponse:
    """One request: what is asked, how much is kept, and doing or refusing it."""
    asked = get_object_or_404(_seen(request).select_related("area", "answered_by"), pk=key)
    is_no = request.POST.get("act") == "refuse"
    done = Done(request.POST if request.method == "POST" and not is_no else None, label_suffix="")
    refusal = No(request.POST if request.method == "POST" and is_no else None, kind=asked.kind)
    status = 200
    if request.method == "POST":
        form = refusal if is_no else done
        status = 422
        if form.is_valid() and _settled(request, asked, form, is_no):
            messages.success(request, _("The answer is there for whoever asked."))
            return redirect("privacy:one", key)
    is_open = asked.state == State.OPEN
    context = {
        "asked": asked,
        "words": asked.words,
        "article": RIGHTS[Kind(asked.kind)],
        "rows": rows_of(held_of(asked).counts if is_open else asked.found, FOUND),
        "reason": REFUSALS.get(asked.refused_for),
        "done": done,
        "no": refusal,
        "is_open": is_open,
        "is_late": is_open and asked.due_at is not None and asked.due_at < timezone.now(),
    }
    return _page(request, "one", "requests", context, status)


def _settled(request: HttpRequest, asked: PersonRequest, form: Any, is_no: bool) -> bool:
    by, at = _person(request), timezone.now()
    try:
        if is_no:
            actions.refuse(asked, **form.cleaned_data, by=by, at=at)
        else:
            actions.answer(asked, **form.cleaned_data, by=by, at=at)
    except BadInput as refusal:
        form.add_error(refusal.facts.get("field"), refusal.message)
        return False
    return True


@_of_officers
@require_safe
def letter(request: HttpRequest, key: UUID) -> HttpResponse:
    """The answer as a letter."""
    asked = get_object_or_404(_seen(request), pk=key, state__in=(State.DONE, State.REFUSED))
    return _docx(papers.letter_of(asked), "letter")


def _docx(paper: papers.Paper, name: str) -> HttpResponse:
    file = HttpResponse(papers.docx_of(paper), content_type=_DOCX)
    file.headers["Content-Disposition"] = f'attachment; filename="linli-{name}.docx"'
    return file


# --- the schedule and holds ---------------------------------------------------------------------------------------------


@_of_officers
@require_http_methods(["GET", "POST"])
def schedule(request: HttpRequest) -> HttpResponse:
    """The schedule with what would go now; approving a number of days, and the promise to answer."""
    form, code, status = TermForm(label_suffix=""), request.POST.get("code", ""), 200
    if request.method == "POST":
        form, status = TermForm(request.POST, label_suffix=""), 422
        if form.is_valid():
            try:
                set_term(code, **form.cleaned_data, by=_person(request), at=timezone.now())
            except BadInput as refusal:
                field = refusal.facts.get("field")
                form.add_error(field if field in form.fields else None, refusal.message)
            else:
                messages.success(request, _("Set. It holds from now on."))
                return redirect("privacy:schedule")
    rows = [
        {"plan": row, "kept": kept_for(row.keeping, row.days, is_decided=not row.waits_for_approval)}
        for row in plan(timezone.now())
    ]
    context = {
        "rows": rows,
        "form": form,
        "wrong": code if status == 422 else "",
        "promise": promise(),
        "answer": ANSWER,
    }
    return _page(request, "schedule", "schedule", context, status)


@_of_officers
@require_http_methods(["GET", "POST"])
def holds_list(request: HttpRequest) -> HttpResponse:
    """What is held, then what was; and holding one more thing by its number."""
    form = PlaceHold(request.POST if request.method == "POST" else None, label_suffix="")
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            on = _numbered(request, form.cleaned_data["number"])
            if on is None:
                form.add_error("number", _("No event or dispute of your area has this number."))
            else:
                try:
                    holds.place(on, reason=form.cleaned_data["reason"], by=_person(request), at=timezone.now())
                except Refused as refusal:
                    form.add_error(refusal.facts.get("field", "number"), refusal.message)
                else:
                    messages.success(request, _("Held. Nothing of it is deleted until the hold is ended."))
                    return redirect("privacy:holds")
    rows = list(Hold.objects.standing_first().select_related("placed_by", "ended_by"))
    numbers = _numbers_of(request, rows)
    listed = [{"hold": row, "number": numbers[row.on_key]} for row in rows if row.on_key in numbers]
    page = Paginator(listed, _A_PAGE).get_page(request.GET.get("page"))
    return _page(request, "holds", "holds", {"form": form, "page": page}, status)


@_of_officers
@require_POST
def hold_end(request: HttpRequest, pk: int) -> HttpResponse:
    """End a hold, with a reason."""
    hold = get_object_or_404(Hold, pk=pk)
    if hold.on_key not in _numbers_of(request, [hold]):
        raise Http404
    holds.end(hold, reason=request.POST.get("reason", ""), by=_person(request), at=timezone.now())
    messages.success(request, _("The hold has ended. From now on the schedule counts again."))
    return redirect("privacy:holds")


def _own_areas(request: HttpRequest) -> Any:
    held = request.scope.held  # type: ignore[attr-defined]
    return within(*[one.area for one in held if one.role in OFFICERS])


def _numbered(request: HttpRequest, number: str) -> Event | Dispute | None:
    """The event or dispute of this number in the officer's areas; they see nothing of it."""
    clean = number.replace("\0", "").strip()
    mine = _own_areas(request)
    return Event.objects.filter(mine, number=clean).first() or Dispute.objects.filter(mine, number=clean).first()


def _numbers_of(request: HttpRequest, rows: list[Hold]) -> dict[str, str]:
    """By key the numbers of what is held in the officer's areas."""
    keys = [UUID(row.on_key) for row in rows]
    mine = _own_areas(request)
    found = [*Event.objects.filter(mine, pk__in=keys).values_list("pk", "number")]
    found += [*Dispute.objects.filter(mine, pk__in=keys).values_list("pk", "number")]
    return {str(key): number for key, number in found}


# --- sheets -------------------------------------------------------------------------------------------------------------


@_of_officers
@require_safe
def sheet_list(request: HttpRequest, kind: str) -> HttpResponse:
    """The newest versions of one kind."""
    if kind not in SHEETS:
        raise Http404
    rows = Sheet.objects.newest().filter(kind=kind)
    page = Paginator(rows, _A_PAGE).get_page(request.GET.get("page"))
    return _page(request, "sheets", kind, {"kind": SHEETS[kind], "page": page})


@_of_officers
@require_http_methods(["GET", "POST"])
def sheet_new(request: HttpRequest, kind: str) -> HttpResponse:
    """Fill in a new one."""
    if kind not in SHEETS:
        raise Http404
    return _fill_in(request, kind, None)


@_of_officers
@require_safe
def sheet(request: HttpRequest, pk: int) -> HttpResponse:
    """One version, and the way to the others."""
    shown = get_object_or_404(Sheet.objects.select_related("made_by"), pk=pk)
    versions = list(Sheet.objects.filter(sheet=shown.sheet).order_by("-version"))
    context = {"shown": shown, "versions": versions, "is_newest": versions[0].pk == shown.pk}
    return _page(request, "sheet", shown.kind, context)


@_of_officers
@require_http_methods(["GET", "POST"])
def sheet_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """The next version of one."""
    last = get_object_or_404(Sheet, pk=pk)
    return _fill_in(request, last.kind, last)


def _fill_in(request: HttpRequest, kind: str, last: Sheet | None) -> HttpResponse:
    initial = (
        {name: said.replace(" ", "T") if name.endswith("_at") else said for name, said in last.words.items()}
        if last
        else {}
    )
    form = SheetForm(request.POST if request.method == "POST" else None, sheet_kind=SHEETS[kind], initial=initial)
    status, newer = 200, None
    if request.method == "POST":
        status = 422
        if form.is_valid():
            on, after = (last.sheet, last.version) if last else (None, 0)
            by, at = _person(request), timezone.now()
            try:
                made = sheets.fill_in(kind, words=form.answers, by=by, at=at, sheet=on, after=after)
            except Refused as refusal:
                if refusal.code != "changed_meanwhile":
                    raise
                # What was typed stays, and is kept on top of the newer version once that was looked at.
                form.add_error(None, refusal.message)
                status = 409
                newer = Sheet.objects.newest().filter(sheet=on).first() if on else None
            else:
                messages.success(request, _("Kept as version %(n)s.") % {"n": made.version})
                return redirect("privacy:sheet", made.pk)
    context = {"kind": SHEETS[kind], "form": form, "last": last, "newer": newer}
    return _page(request, "sheet_form", kind, context, status)


@_of_officers
@require_safe
def sheet_file(request: HttpRequest, pk: int) -> HttpResponse:
    """One version as a paper."""
    return _docx(papers.sheet_paper(get_object_or_404(Sheet, pk=pk)), "sheet")


# --- the register and the filing pack -----------------------------------------------------------------------------------


@_of_officers
@require_safe
def register(request: HttpRequest) -> HttpResponse:
    """The purpose register with the very fields."""
    shown = groups(kept_words(SCHEDULE))
    for group in shown:
        for row in group["rows"]:
            row["fields"] = fields_in(row["line"].fields)
    return _page(request, "register", "register", {"groups": shown})


@_of_officers
@require_safe
def filing_pack(request: HttpRequest) -> HttpResponse:
    """What the filing of an app asks for, as this installation is now."""
    return _page(request, "filing", "filing", {"paper": filing.pack(timezone.now())})


@_of_officers
@require_safe
def filing_file(request: HttpRequest) -> HttpResponse:
    """The same as DOCX."""
    return _docx(filing.pack(timezone.now()), "filing")
