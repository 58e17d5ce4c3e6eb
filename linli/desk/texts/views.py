"""The pages of ready texts, and the chooser on the form of a step."""

import unicodedata
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from linli.areas.models import Area
from linli.desk.models import ReadyText
from linli.desk.texts import actions
from linli.desk.texts.choosing import filled_with, offered_for
from linli.desk.texts.forms import TextForm, areas_kept, step_choices
from linli.desk.texts.rules import TEXT_STEPS, Placeholder
from linli.events.forms import ACTS
from linli.events.models import Category, Event
from linli.journal.models import Entry
from linli.kit.refusal import BadInput, Refused
from linli.people.rules import not_yours

ROOM = {"room": "texts"}


@login_required
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """The texts in sight by step, narrowed by words, step and category; closed ones where asked for."""
    texts = _found(request)
    kept = list(areas_kept(request.scope))  # type: ignore[attr-defined]
    context = ROOM | {
        "groups": _by_step(texts),
        "count": len(texts),
        "asked": request.GET,
        "is_narrowed": any(request.GET.get(name) for name in ("q", "step", "category", "closed")),
    }
    if request.headers.get("HX-Target") == "found":
        return render(request, "desk/texts/_list.html", context)
    categories = Category.objects.filter(pack__in_use=True, closed_on__isnull=True).order_by("code")
    more = {"steps": step_choices(), "categories": categories, "kept": kept, "starting": len(actions.starting_texts())}
    return render(request, "desk/texts/list.html", context | more)


def _found(request: HttpRequest) -> list[ReadyText]:
    rows = ReadyText.objects.visible_to(request.scope).select_related("area", "category__parent")  # type: ignore[attr-defined]
    rows = rows.filter(closed_at__isnull=not request.GET.get("closed"))
    if step := request.GET.get("step", ""):
        rows = rows.filter(step=step)
    category = request.GET.get("category", "")
    if category.isascii() and category.isdigit() and len(category) < 18:
        rows = rows.filter(category=int(category)) | rows.filter(category__parent=int(category))
    asked = unicodedata.normalize("NFKC", request.GET.get("q", "")).casefold().split()
    return [one for one in rows if _has(one, asked)]


def _has(text: ReadyText, asked: list[str]) -> bool:
    whole = f"{text.title} {text.words} {text.words_en} {text.area.name} {text.category or ''}".casefold()
    return all(word in whole for word in asked)


def _by_step(texts: list[ReadyText]) -> list[dict[str, Any]]:
    """In the order of the course; of a step the wider area first, then what holds for any category."""
    groups = []
    for name in TEXT_STEPS:
        rows = [one for one in texts if one.step == name]
        rows.sort(key=lambda one: (len(one.area_id), one.area_id, one.category.code if one.category else "", one.title))
        if rows:
            groups.append({"step": name, "act": ACTS[name], "rows": rows})
    return groups


def _seen(request: HttpRequest, pk: int) -> ReadyText:
    rows = ReadyText.objects.visible_to(request.scope).select_related("area", "category")  # type: ignore[attr-defined]
    return get_object_or_404(rows, pk=pk)


@login_required
@require_safe
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """One text, and how it reads on a real matter: that of `?number=`, else the newest one in sight that it fits."""
    text = _seen(request, pk)
    number = request.GET.get("number", "").strip()
    event = _tried_on(request, text, number)
    context = (
        ROOM
        | {
            "text": text,
            "act": ACTS[text.step],
            "number": number or (event.number if event else ""),
            "on": filled_with(text, event, at=timezone.now()) if event else None,
            "event": event,
            "is_unknown": bool(number) and event is None,
            "may_keep": actions.may_keep(request.scope, text.area_id),  # type: ignore[attr-defined]
            "placeholders": Placeholder.choices,
            "history": Entry.objects.filter(on_kind="readytext", on_key=str(pk))
            .select_related("by")
            .order_by("-id")[:50],
        }
    )
    return render(request, "desk/texts/show.html", context)


def _tried_on(request: HttpRequest, text: ReadyText, number: str) -> Event | None:
    sight = Event.objects.visible_to(request.scope).select_related("area", "category")  # type: ignore[attr-defined]
    if number:
        return sight.filter(number=number).first()
    fits = sight.filter(category=text.category_id) if text.category_id else sight
    return fits.order_by("-reported_at", "-pk").first()


@login_required
@require_http_methods(["GET", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    """A new text for an area whose desk this person is."""
    if not areas_kept(request.scope).exists():  # type: ignore[attr-defined]
        raise not_yours()
    sent = request.POST if request.method == "POST" else None
    form = TextForm(sent, scope=request.scope, initial=None if sent else {"step": request.GET.get("step", "close")})  # type: ignore[attr-defined]
    if sent is None or not form.is_valid():
        return _form(request, form)
    try:
        text = actions.add_text(**form.cleaned_data, by=request.user, at=timezone.now())  # type: ignore[arg-type]
    except BadInput as refusal:
        return _form(request, _with(form, refusal))
    messages.success(request, _("The text is kept. It is offered from now on."))
    return redirect("tools:text", text.pk)


@login_required
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a text."""
    text = _seen(request, pk)
    if not actions.may_keep(request.scope, text.area_id):  # type: ignore[attr-defined]
        raise not_yours()
    sent = request.POST if request.method == "POST" else None
    form = TextForm(sent, scope=request.scope, text=text)  # type: ignore[attr-defined]
    if sent is None or not form.is_valid():
        return _form(request, form, text)
    edition = request.POST.get("edition", "")
    read = int(edition) if edition.isascii() and edition.isdigit() and len(edition) < 9 else 0
    try:
        actions.edit_text(text, edition=read, **form.cleaned_data, by=request.user, at=timezone.now())  # type: ignore[arg-type]
    except Refused as refusal:
        if refusal.status == 403:
            raise
        return _form(request, _with(form, refusal), text)
    messages.success(request, _("The text is changed."))
    return redirect("tools:text", pk)


def _with(form: TextForm, refusal: Refused) -> TextForm:
    field = refusal.facts.get("field")
    form.add_error(field if field in form.fields else None, refusal.message)
    return form


def _form(request: HttpRequest, form: TextForm, text: ReadyText | None = None) -> HttpResponse:
    context = ROOM | {"form": form, "text": text, "placeholders": Placeholder.choices}
    return render(request, "desk/texts/form.html", context, status=422 if form.is_bound else 200)


@login_required
@require_POST
def close(request: HttpRequest, pk: int) -> HttpResponse:
    """Offer it no longer; the page it leads to can take that back."""
    actions.close_text(_seen(request, pk), by=request.user, at=timezone.now())  # type: ignore[arg-type]
    messages.success(request, _("The text is closed. It is no longer offered."))
    return redirect("tools:text", pk)


@login_required
@require_POST
def reopen(request: HttpRequest, pk: int) -> HttpResponse:
    """Offer it again."""
    actions.reopen_text(_seen(request, pk), by=request.user, at=timezone.now())  # type: ignore[arg-type]
    messages.success(request, _("The text is offered again."))
    return redirect("tools:text", pk)


@login_required
@require_POST
def start(request: HttpRequest) -> HttpResponse:
    """Load the texts that come with linli into an area whose desk this person is."""
    code = request.POST.get("area", "")
    area: Area = get_object_or_404(areas_kept(request.scope), pk=code)  # type: ignore[attr-defined]
    count = actions.load_starting_texts(area, by=request.user, at=timezone.now())  # type: ignore[arg-type]
    words = (
        _("%(n)s texts were added. Fill in what stands in 【…】 and check the basis.")
        if count
        else _("Nothing to add.")
    )
    messages.success(request, words % {"n": count} if count else words)
    return redirect("tools:texts")


@login_required
@require_safe
def choose(request: HttpRequest, pk: UUID, step: str) -> HttpResponse:
    """The texts for a step on a matter, filled: a fragment for its form, or a page whose buttons open the form filled."""
    if step not in TEXT_STEPS:
        raise Http404
    sight = Event.objects.visible_to(request.scope).select_related("area", "category")  # type: ignore[attr-defined]
    event = get_object_or_404(sight, pk=pk)
    context = {
        "room": "queue",
        "event": event,
        "step": step,
        "act": ACTS[step],
        "offered": offered_for(event, step, at=timezone.now()),
        "may_keep": areas_kept(request.scope).exists(),  # type: ignore[attr-defined]
    }
    page = "desk/texts/_choose.html" if request.headers.get("HX-Request") else "desk/texts/choose.html"
    return render(request, page, context)
