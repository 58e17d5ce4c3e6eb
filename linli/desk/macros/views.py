"""`/desk/macros/`: the macros a desk keeps and shares, and running one on a matter."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from linli.areas.models import Area
from linli.desk.bulk import runs
from linli.desk.macros import keeping
from linli.desk.models import Macro
from linli.desk.models.macros import KEEPERS
from linli.desk.rules.bulk import IN_MACROS
from linli.desk.rules.verbs import VERBS
from linli.events.forms import ACTS, CategoryField
from linli.events.forms.fields import open_categories
from linli.events.models import Event
from linli.events.once import key_of
from linli.kit.refusal import BadInput
from linli.people.rules import not_yours


class MacroForm(forms.Form):
    """A macro as it is typed: one command on a line."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=keeping.LONGEST_NAME)
    lines = forms.CharField(
        label=gettext_lazy("Steps, one command on a line"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false"}),
        help_text=gettext_lazy("As you would type them into the command bar. Six at most."),
    )
    category = CategoryField(label=gettext_lazy("Meant for matters of"), required=False)
    area = forms.ModelChoiceField(Area.objects.none(), label=gettext_lazy("Area"), empty_label=None)
    is_shared = forms.BooleanField(label=gettext_lazy("Share it with the desks of this area and below"), required=False)

    def __init__(self, *args: Any, areas: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        self.fields["category"].queryset = open_categories()  # type: ignore[attr-defined]
        self.fields["category"].empty_label = gettext_lazy("All categories")  # type: ignore[attr-defined]
        self.fields["area"].queryset = areas  # type: ignore[attr-defined]


@login_required
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """The macros one may run."""
    scope = request.scope  # type: ignore[attr-defined]
    usable = Macro.objects.usable_by(request.user, scope).select_related("area", "category", "made_by")  # type: ignore[arg-type]
    rows = [{"macro": one, "may_keep": keeping.may_keep(one, request.user, scope)} for one in usable]  # type: ignore[arg-type]
    may_make = scope.holds(*KEEPERS)
    return render(request, "desk/macros.html", {"room": "macros", "rows": rows, "may_make": may_make})


@login_required
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Make one."""
    return _form(request, None)


@login_required
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change one: the next version takes its place."""
    macro = _usable(request, pk)
    if not keeping.may_keep(macro, request.user, request.scope):  # type: ignore[arg-type, attr-defined]
        raise not_yours()
    return _form(request, macro)


@login_required
@require_POST
def close(request: HttpRequest, pk: int) -> HttpResponse:
    """Take one away."""
    keeping.close(_usable(request, pk), by=request.user, at=timezone.now())  # type: ignore[arg-type]
    messages.success(request, _("The macro is taken away."))
    return redirect("tools:macros")


@login_required
@require_POST
def run(request: HttpRequest, pk: int) -> HttpResponse:
    """Run one on a matter, after it was shown what it does. The form carries a key: sent twice, it is run once."""
    macro, at = _usable(request, pk), timezone.now()
    event = get_object_or_404(Event.objects.visible_to(request.scope), pk=_key(request))  # type: ignore[attr-defined]
    made = runs.choose([event], by=request.user, at=at, key=key_of(request.POST.get("key", "")), macro=macro)  # type: ignore[arg-type]
    runs.do_at_once(made, macro=macro, at=at)
    return redirect("tools:bulk_run", made.pk)


def _key(request: HttpRequest) -> UUID:
    try:
        return UUID(request.POST.get("event", ""))
    except ValueError:
        raise Http404 from None


def _usable(request: HttpRequest, pk: int) -> Macro:
    return get_object_or_404(Macro.objects.usable_by(request.user, request.scope), pk=pk)  # type: ignore[arg-type, attr-defined]


def _form(request: HttpRequest, macro: Macro | None) -> HttpResponse:
    scope = request.scope  # type: ignore[attr-defined]
    codes = [one.area for one in scope.held if one.role in KEEPERS]
    if not codes:
        raise not_yours()
    form = MacroForm(
        request.POST or None, areas=Area.objects.filter(pk__in=codes).order_by("code"), initial=_shown(macro)
    )
    if request.method == "POST" and form.is_valid():
        clean = dict(form.cleaned_data)
        lines = clean.pop("lines").splitlines()
        try:
            keeping.keep(**clean, lines=lines, follows=macro, by=request.user, at=timezone.now())  # type: ignore[arg-type]
        except BadInput as refusal:
            field = refusal.facts.get("field")
            form.add_error(field if field in form.fields else None, refusal.message)
        else:
            messages.success(request, _("The macro is kept."))
            return redirect("tools:macros")
    verbs = [(verb, ACTS[verb.steps[-1]].label) for verb in VERBS if set(verb.steps) & IN_MACROS]
    context = {"room": "macros", "form": form, "macro": macro, "verbs": verbs}
    return render(request, "desk/macro.html", context, status=422 if form.errors else 200)


def _shown(macro: Macro | None) -> dict[str, Any]:
    if macro is None:
        return {}
    return {
        "name": macro.name,
        "lines": "\n".join(macro.lines),
        "category": macro.category_id,
        "area": macro.area_id,
        "is_shared": macro.owner_id is None,
    }
