"""`/desk/keys/`: the keys of other systems, kept by the security administrator. What a key says is shown once."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from linli.intake import keys
from linli.intake.models import ApiKey, ApiKeyQuerySet, Purpose
from linli.kit.refusal import NotYours, Refused
from linli.people.rules import ADMINISTERED

_A_PAGE = 30


class NewKey(forms.Form):
    """Whose key, for which door and area, and for how long."""

    name = forms.CharField(
        label=gettext_lazy("Name of the system"),
        max_length=60,
        help_text=gettext_lazy("As people call it; never a person."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    purpose = forms.ChoiceField(label=gettext_lazy("The door it opens"), choices=Purpose.choices)
    area = forms.CharField(
        label=gettext_lazy("Area code"),
        max_length=30,
        required=False,
        help_text=gettext_lazy("This area and all inside it. Empty: the whole home."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    days = forms.IntegerField(
        label=gettext_lazy("For how many days"), initial=keys.LASTS_DAYS, min_value=1, max_value=keys.MOST_DAYS
    )


def _kept(request: HttpRequest) -> ApiKeyQuerySet:
    """The keys that this person keeps. Raises `Http404` for whoever keeps none."""
    scope = request.scope  # type: ignore[attr-defined]
    if not scope.holds(ADMINISTERED["keys"]):
        raise Http404
    return ApiKey.objects.visible_to(scope).select_related("area")


@login_required
@require_http_methods(["GET", "POST"])
def index(request: HttpRequest) -> HttpResponse:
    """Those that open a door, the first to end first, then the others; and the form for a new one."""
    rows, at = _kept(request), timezone.now()
    form = NewKey(request.POST or None, label_suffix="")
    if request.method == "POST" and form.is_valid():
        try:
            key, text = keys.create(**form.cleaned_data, by=request.user, at=at)  # type: ignore[arg-type]
        except NotYours:
            raise
        except Refused as refused:
            field = str(refused.facts.get("field", "name"))
            form.add_error(field if field in form.fields else None, refused.message)
        else:
            return _shown_once(request, key, text, is_new=True)
    page = Paginator(rows.order_by("revoked_at", "ends_on", "name", "pk"), _A_PAGE).get_page(request.GET.get("page"))
    lines = [_line(key, timezone.localdate(at)) for key in page.object_list]
    context = {"room": "keys", "page": page, "lines": lines, "form": form, "now": at}
    return render(request, "intake/keys.html", context, status=422 if form.errors else 200)


def _line(key: ApiKey, today: date) -> dict[str, Any]:
    """A key with how it stands in words, and the colour of a state that means the like."""
    if key.revoked_at is not None:
        mark, words = "voided", _("Revoked")
    elif key.ends_on is None:
        mark, words = "deferred", _("Has no end: rotate it")
    elif key.ends_on <= today:
        mark, words = "voided", _("Ended")
    elif key.ends_on <= today + timedelta(days=max(keys.WARNED_DAYS)):
        mark, words = "failing", _("Ends soon")
    else:
        mark, words = "closed", _("Opens its door")
    return {"key": key, "mark": mark, "words": words, "can_change": key.revoked_at is None}


def _shown_once(request: HttpRequest, key: ApiKey, text: str, *, is_new: bool) -> HttpResponse:
    response = render(request, "intake/key_shown.html", {"room": "keys", "key": key, "text": text, "is_new": is_new})
    patch_cache_control(response, no_store=True, private=True)
    return response


def _valid(request: HttpRequest, pk: int) -> ApiKey:
    key: ApiKey = get_object_or_404(_kept(request).valid(), pk=pk)
    return key


@login_required
@require_POST
def rotate(request: HttpRequest, pk: int) -> HttpResponse:
    """Another text for it, on the page that answers and nowhere afterwards."""
    at_once = request.POST.get("at_once") == "1"
    key, text = keys.rotate(_valid(request, pk).name, by=request.user, at=timezone.now(), at_once=at_once)  # type: ignore[arg-type]
    return _shown_once(request, key, text, is_new=False)


@login_required
@require_POST
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """It opens nothing any more."""
    key = keys.revoke(_valid(request, pk).name, by=request.user, at=timezone.now())  # type: ignore[arg-type]
    messages.success(request, _("%(name)s is revoked: it opens nothing any more.") % {"name": key.name})
    return redirect("intake:keys")
