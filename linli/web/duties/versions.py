"""The versions of the duty list: comparing two, putting one in use, taking it back, beginning a copy, discarding one."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from linli.events import actions
from linli.events.actions.categories import require_editor
from linli.events.models import DutyList
from linli.journal.models import Entry
from linli.kit.refusal import BadInput
from linli.web.duties import told
from linli.web.duties.comparing import compare, moves
from linli.web.duties.forms import FromDay, Named

_PER_PAGE = 30
_BEGINNINGS = ("duty_list.brought_in", "duty_list.drafted")


@dataclass(frozen=True)
class Version:
    """A version with from when to when it holds, who brought it in, and what can be done with it."""

    made: DutyList
    lines: int
    until: date | None
    entry: Entry | None
    is_in_force: bool
    is_ahead: bool
    #: The version to compare it with: the one before.
    before: DutyList | None

    @property
    def is_draft(self) -> bool:
        """Not put in use: it may be corrected."""
        return self.made.in_use_from is None


@login_required
@require_safe
def versions(request: HttpRequest) -> HttpResponse:
    """All versions: drafts first, then by the day from which they hold, the newest first."""
    rows = _versions()
    page = Paginator(rows, _PER_PAGE).get_page(request.GET.get("page"))
    in_force = next((row.made for row in rows if row.is_in_force), None)
    context = {
        "room": "duties",
        "tab": "versions",
        "page": page,
        "made": in_force,
        "is_in_force": in_force is not None,
        "versions": [row.made for row in rows],
        "name_form": Named(),
        "may_edit": told.edits(request),
    }
    return render(request, "web/duties/versions.html", context)


def _versions() -> list[Version]:
    today = timezone.localdate()
    known = list(DutyList.objects.annotate(lines=Count("duties")))
    entries = Entry.objects.filter(verb__in=_BEGINNINGS, on_key__in=[str(one.pk) for one in known]).select_related("by")
    begun = {entry.on_key: entry for entry in entries if entry.on_kind == DutyList._meta.model_name}
    used = sorted((one for one in known if one.in_use_from), key=lambda one: (one.in_use_from, one.pk))
    following = dict(zip((one.pk for one in used), used[1:], strict=False))
    before = {after.pk: one for one, after in zip(used, used[1:], strict=False)}
    in_force = next((one for one in reversed(used) if one.in_use_from and one.in_use_from <= today), None)
    drafts = [one for one in known if one.in_use_from is None]
    return [
        Version(
            one,
            one.lines,  # type: ignore[attr-defined]
            told.last_day_of(one, following.get(one.pk)),
            begun.get(str(one.pk)),
            one == in_force,
            bool(one.in_use_from and one.in_use_from > today),
            before.get(one.pk) if one.in_use_from else in_force,
        )
        for one in [*drafts, *reversed(used)]
    ]


@login_required
@require_safe
def comparing(request: HttpRequest) -> HttpResponse:
    """Any two versions, `a` before and `b` after: lines added, removed, changed."""
    before, after = (_asked(request, name) for name in ("a", "b"))
    context = {
        "room": "duties",
        "tab": "versions",
        "before": before,
        "after": after,
        "versions": DutyList.objects.all()[:200],
        "made": after,
        "comparison": compare(told.lines_of(before), told.lines_of(after)) if before and after else None,
        "may_edit": told.edits(request),
    }
    return render(request, "web/duties/compare.html", context)


def _asked(request: HttpRequest, name: str) -> DutyList | None:
    asked = request.GET.get(name, "")
    return (
        get_object_or_404(DutyList, pk=int(asked)) if asked.isascii() and asked.isdigit() and len(asked) < 18 else None
    )


@login_required
@require_http_methods(["GET", "POST"])
def use(request: HttpRequest, pk: int) -> HttpResponse:
    """What would change, for lines and open matters; then put the version in use from a day."""
    made, at = get_object_or_404(DutyList, pk=pk), timezone.now()
    require_editor(request.user, at)  # type: ignore[arg-type]
    form = FromDay(request.POST or None, initial={"from_on": made.in_use_from or timezone.localdate(at)})
    if request.method == "POST" and form.is_valid():
        try:
            actions.put_in_use(made, from_on=form.cleaned_data["from_on"], by=request.user, at=at)  # type: ignore[arg-type]
            messages.success(request, _("%(name)s is used from %(day)s on.") % {"name": made, "day": made.in_use_from})
            return redirect("duty_versions")
        except BadInput as refusal:
            form.add_error("from_on", refusal.message)
    context = {"room": "duties", "made": made, "form": form, **_effect(request, made)}
    return render(request, "web/duties/use.html", context, status=422 if form.errors else 200)


def _effect(request: HttpRequest, made: DutyList) -> dict[str, Any]:
    now = DutyList.objects.in_force_on(timezone.localdate())
    before, after = told.lines_of(now) if now else [], told.lines_of(made)
    total, moved, rows = moves(request.scope, before, after)  # type: ignore[attr-defined]
    unsound = [row for row in told.rows_of(after) if not row.is_sound]
    return {
        "now": now,
        "comparison": compare(before, after),
        "open_matters": total,
        "moved": moved,
        "moves": rows,
        "unsound_count": len(unsound),
    }


@login_required
@require_POST
def take_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Not use it after all, before its day."""
    made = get_object_or_404(DutyList, pk=pk)
    actions.take_back_list(made, by=request.user, at=timezone.now())  # type: ignore[arg-type]
    messages.success(request, _("%(name)s is taken back. It can be corrected, and put in use again.") % {"name": made})
    return redirect("duty_versions")


@login_required
@require_POST
def discard(request: HttpRequest, pk: int) -> HttpResponse:
    """Throw a version away that was never in use."""
    made = get_object_or_404(DutyList, pk=pk)
    name = str(made)
    actions.discard_list(made, by=request.user, at=timezone.now())  # type: ignore[arg-type]
    messages.success(request, _("%(name)s is discarded.") % {"name": name})
    return redirect("duty_versions")


@login_required
@require_POST
def draft(request: HttpRequest, pk: int) -> HttpResponse:
    """Begin a version as a copy of this one."""
    of = get_object_or_404(DutyList, pk=pk)
    made = actions.start_draft(of, name=request.POST.get("name", ""), by=request.user, at=timezone.now())  # type: ignore[arg-type]
    messages.success(request, _("%(name)s is a copy to be corrected. It is not in use yet.") % {"name": made})
    return redirect(f"{reverse('duties')}?version={made.pk}")


@login_required
@require_POST
def follow(request: HttpRequest, pk: int) -> HttpResponse:
    """Move the lines of closed areas to those that took their place."""
    made = get_object_or_404(DutyList, pk=pk)
    moved = actions.follow_areas(made, by=request.user, at=timezone.now())  # type: ignore[arg-type]
    messages.success(request, _("Lines moved to the areas of today: %(count)s.") % {"count": moved})
    return redirect(f"{reverse('duties')}?version={made.pk}")
