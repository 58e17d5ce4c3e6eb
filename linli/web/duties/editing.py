"""Correcting a version that is not in use: a line added, changed, taken out."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from linli.events import actions
from linli.events.actions.categories import require_editor
from linli.events.models import Duty, DutyList
from linli.kit.refusal import BadInput
from linli.web.duties.forms import LineForm, NewLineForm


@login_required
@require_http_methods(["GET", "POST"])
def add(request: HttpRequest, pk: int) -> HttpResponse:
    """A line more."""
    made, at = get_object_or_404(DutyList, pk=pk), timezone.now()
    require_editor(request.user, at)  # type: ignore[arg-type]
    asked = {name: request.GET[name][:100] for name in ("category", "area") if name in request.GET}
    form = NewLineForm(request.POST or None, initial=asked)
    if request.method == "POST" and form.is_valid():
        try:
            where = {"category": form.cleaned_data["category"], "area": form.cleaned_data["area"]}
            actions.add_line(made, **where, line=form.draft(), by=request.user, at=at)  # type: ignore[arg-type]
            messages.success(request, _("The line is added."))
            return redirect(_list(made))
        except BadInput as refusal:
            form.add_error(_field(form, refusal), refusal.message)
    return _page(request, made, None, form)


@login_required
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Another lead, basis or hours."""
    duty = get_object_or_404(Duty.objects.select_related("list", "category__parent", "area", "lead"), pk=pk)
    at = timezone.now()
    require_editor(request.user, at)  # type: ignore[arg-type]
    form = LineForm(request.POST or None, duty=duty)
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_line(duty, line=form.draft(), by=request.user, at=at)  # type: ignore[arg-type]
            messages.success(request, _("The line is changed."))
            return redirect("duty", duty.pk)
        except BadInput as refusal:
            form.add_error(_field(form, refusal), refusal.message)
    return _page(request, duty.list, duty, form)


@login_required
@require_POST
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    """A line less."""
    duty = get_object_or_404(Duty.objects.select_related("list", "category"), pk=pk)
    made = duty.list
    actions.remove_line(duty, by=request.user, at=timezone.now())  # type: ignore[arg-type]
    messages.success(request, _("The line is taken out of %(name)s.") % {"name": made})
    return redirect(_list(made))


def _field(form: LineForm, refusal: BadInput) -> str | None:
    name = refusal.facts.get("field")
    return name if name in form.fields else None


def _list(made: DutyList) -> str:
    return f"{reverse('duties')}?version={made.pk}"


def _page(request: HttpRequest, made: DutyList, duty: Duty | None, form: LineForm) -> HttpResponse:
    context = {"room": "duties", "made": made, "duty": duty, "form": form}
    return render(request, "web/duties/form.html", context, status=422 if form.errors else 200)
