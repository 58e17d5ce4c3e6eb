"""The categories of matters: reading them, and for those who keep the county's register, editing them. `/desk/categories/`."""

import json
import unicodedata
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from linli.events import packs, queue
from linli.events.actions import categories as actions
from linli.events.models import Category, Pack
from linli.events.queue import Filters, Show
from linli.events.rules import LIMIT_FIELDS
from linli.kit.refusal import BadInput, Refused
from linli.web import categories_told as told
from linli.web.categories_forms import (
    CategoryForm,
    NewCategoryForm,
    editor_brought_up,
    icons,
    is_domain,
    next_code,
    questions_were,
)
from linli.web.categories_questions import Editor

#: What the list may be narrowed to.
_MARKS: dict[str, tuple[Any, Any]] = {
    "public": (gettext_lazy("Public"), lambda one: one.is_public),
    "mediation": (gettext_lazy("For mediation"), lambda one: one.for_mediation),
    "urgent": (gettext_lazy("Urgent or immediate"), lambda one: one.urgency != "normal"),
    "call": (gettext_lazy("Call first"), lambda one: bool(one.emergency_call)),
    "questions": (gettext_lazy("With extra questions"), lambda one: bool(one.questions)),
    "edited": (gettext_lazy("Edited here"), lambda one: one.edition > 1),
}
#: Which field a refusal of the actions belongs to.
_FIELD_OF = {
    "needs_department": "department",
    "no_such_department": "department",
    "one_limit_only": "limit",
    "bad_limit": "limit",
    "needs_names": "name",
    "bad_code": "code",
    "code_taken": "code",
    "other_pack": "parent",
}


@dataclass(frozen=True)
class Row:
    """A category of the list, with its limit in words."""

    category: Category
    limit: str


@login_required
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """The categories of the pack in use (or `?pack=`), by domain, narrowed by `q`, `department` and `mark`."""
    pack = _pack(request)
    categories = list(pack.categories.select_related("department", "parent")) if pack else []
    shown = [one for one in categories if one.closed_on is None]
    fits = _fits(request)
    context = {
        "room": "categories",
        "pack": pack,
        "asked": request.GET,
        "is_narrowed": any(request.GET.get(name) for name in ("q", "department", "mark")),
        "domains": _domains(shown, fits),
        "closed": [_row(one) for one in categories if one.closed_on is not None and fits(one)],
        "count": sum(1 for one in shown if not is_domain(one)),
    }
    if request.headers.get("HX-Target") == "found":
        return render(request, "web/categories/_list.html", context)
    departments = {one.department.pk: one.department for one in categories if one.department}
    choices = {
        "departments": sorted(departments.values(), key=lambda one: one.pk),
        "marks": [(name, label) for name, (label, _fit) in _MARKS.items()],
        "may_edit": _may_edit(request),
    }
    return render(request, "web/categories/list.html", context | choices)


def _pack(request: HttpRequest) -> Pack | None:
    asked = request.GET.get("pack", "")
    if asked.isascii() and asked.isdigit() and len(asked) < 18:
        return get_object_or_404(Pack, pk=int(asked))
    return Pack.objects.filter(in_use=True).first()


def _fits(request: HttpRequest) -> Any:
    """Whether a category has all the words, the department and the mark asked for."""
    words = _folded(request.GET.get("q", "")).split()
    department = request.GET.get("department", "")
    _label, mark = _MARKS.get(request.GET.get("mark", ""), ("", lambda one: True))

    def fits(one: Category) -> bool:
        if (department and one.department_id != department) or not mark(one):
            return False
        above, office = one.parent, one.department
        names = (one.name, one.name_en, one.code, one.gb_code, *((above.name, above.name_en) if above else ()))
        text = _folded(" ".join((*names, *((office.name, office.name_en) if office else ()))))
        return all(word in text for word in words)

    return fits


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text)[:600].casefold()


def _domains(categories: list[Category], fits: Any) -> list[dict[str, Any]]:
    """Domains with their rows, in the order of the codes; a category of no domain stands by itself at the end."""
    groups: dict[int | None, dict[str, Any]] = {
        one.pk: {"domain": one, "rows": []} for one in categories if is_domain(one)
    }
    groups[None] = {"domain": None, "rows": []}
    for one in categories:
        if not is_domain(one) and fits(one):
            groups[one.parent_id if one.parent_id in groups else None]["rows"].append(_row(one))
    return [group for group in groups.values() if group["rows"]]


def _row(category: Category) -> Row:
    return Row(category, told.limit_words(category.limit))


def _may_edit(request: HttpRequest) -> bool:
    return actions.may_edit(request.user, timezone.now())  # type: ignore[arg-type]


# --- one category ------------------------------------------------------------------------------------------------------


@login_required
@require_safe
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """All of one category: its fields, questions, edits, and how many open matters this person sees of it."""
    category = _category(pk)
    children = list(category.children.filter(closed_on__isnull=True).select_related("department", "parent"))
    context = {
        "room": "categories",
        "category": category,
        "is_domain": is_domain(category),
        "limit": _row(category).limit,
        "children": [_row(one) for one in children],
        "history": told.history(category),
        "matters": _matters(request, category),
        "may_edit": _may_edit(request),
    }
    return render(request, "web/categories/show.html", context)


def _category(pk: int) -> Category:
    return get_object_or_404(Category.objects.select_related("pack", "parent", "department"), pk=pk)


def _matters(request: HttpRequest, category: Category) -> dict[str, Any] | None:
    """Open and overdue matters of this category in sight; None for those whose appointments open no matters."""
    scope = request.scope  # type: ignore[attr-defined]
    if not scope.area_codes and not scope.departments:
        return None
    filters = Filters(category=category.pk)
    counts = queue.counts(scope, filters, at=timezone.now())
    desk = reverse("desk")
    return {
        "open": counts[Show.OPEN],
        "overdue": counts[Show.OVERDUE],
        "open_address": f"{desk}?{filters.query()}",
        "overdue_address": f"{desk}?{filters.query(show=Show.OVERDUE)}",
        "all_address": f"{desk}?{filters.query(show=Show.ALL)}",
    }


@login_required
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """The form of a category, and saving what was changed in it."""
    category, at = _category(pk), timezone.now()
    actions.require_editor(request.user, at)  # type: ignore[arg-type]
    if request.method == "GET":
        return _form_page(request, CategoryForm(category=category), Editor.stored(category.questions), category)
    editor = Editor.sent(request.POST)
    if "do" in request.POST:
        editor.apply(request.POST["do"])
        return _form_page(request, CategoryForm.unchecked(request.POST, category), editor, category)
    form = CategoryForm(request.POST, category=category)
    if not (form.is_valid() & editor.is_valid()):
        return _form_page(request, form, editor, category, status=422)
    return _save(request, form, editor, category, at)


def _save(request: HttpRequest, form: CategoryForm, editor: Editor, category: Category, at: Any) -> HttpResponse:
    opened_at, stored = _edition(request), category.edition
    changes = form.changes()
    if not is_domain(category) and editor.values() != questions_were(request.POST, category):
        changes["questions"] = editor.values()
    # The action changes this edition or none.
    category.edition = opened_at
    try:
        actions.edit_category(category, **changes, by=request.user, at=at)  # type: ignore[arg-type]
    except BadInput as refusal:
        field = _FIELD_OF.get(refusal.code)
        form.add_error(field if field in form.fields else None, refusal.message)
        category.edition = stored
        return _form_page(request, form, editor, category, status=422)
    except Refused as refusal:
        if refusal.code != "edited_meanwhile":
            raise
        return _conflict(request, form, editor, category, opened_at)
    saved = _("Saved as edition %(edition)s.") % {"edition": category.edition}
    messages.success(request, saved if changes else _("Nothing was changed."))
    return redirect("category", category.pk)


def _conflict(
    request: HttpRequest, form: CategoryForm, editor: Editor, category: Category, opened_at: int
) -> HttpResponse:
    """The form over what is stored now, with what somebody else changed since it was opened."""
    category = _category(category.pk)
    if category.closed_on is not None:
        return redirect("category", category.pk)
    meanwhile = [one for one in told.history(category) if one.edition > opened_at]
    editor = editor_brought_up(request.POST, editor, category)
    return _form_page(request, form.brought_up(category), editor, category, status=409, meanwhile=meanwhile)


def _edition(request: HttpRequest) -> int:
    sent = request.POST.get("edition", "")
    return int(sent) if sent.isascii() and sent.isdigit() and len(sent) < 9 else 0


def _form_page(
    request: HttpRequest, form: CategoryForm, editor: Editor, category: Category, *, status: int = 200, **more: Any
) -> HttpResponse:
    were = questions_were(request.POST, category) if request.POST and "meanwhile" not in more else category.questions
    context = {
        "room": "categories",
        "category": category,
        "pack": category.pack,
        "form": form,
        "editor": None if is_domain(category) else editor,
        "icons": icons(),
        "was": _was(request, form, more),
        "was_questions": json.dumps(were, ensure_ascii=False),
        # After a conflict the form stands over the edition stored now, else over the one it was opened with.
        "edition": category.edition if request.method == "GET" or "meanwhile" in more else _edition(request),
    }
    return render(request, "web/categories/form.html", context | more, status=status)


def _was(request: HttpRequest, form: CategoryForm, more: dict[str, Any]) -> dict[str, str]:
    """What the fields were when the form was opened, also while only rows of questions come and go."""
    if request.method == "POST" and not form.is_bound and "meanwhile" not in more:
        return {name: request.POST.get(f"was-{name}", "") for name in form.fields}
    return form.was()


@login_required
@require_http_methods(["GET", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    """A category of the county's own, in the pack in use or `?pack=`, in the domain `?parent=`."""
    at, pack = timezone.now(), _pack(request)
    actions.require_editor(request.user, at)  # type: ignore[arg-type]
    if pack is None:
        return redirect("packs")
    if request.method == "GET":
        return _new_page(request, pack, NewCategoryForm(pack=pack, initial=_first(request, pack)), Editor([]))
    editor = Editor.sent(request.POST)
    if "do" in request.POST:
        editor.apply(request.POST["do"])
        kept = {name: request.POST.get(name, "") for name in NewCategoryForm.base_fields}
        return _new_page(request, pack, NewCategoryForm(pack=pack, initial=kept), editor)
    form = NewCategoryForm(request.POST, pack=pack)
    if not (form.is_valid() & editor.is_valid()):
        return _new_page(request, pack, form, editor, status=422)
    values = form.values()
    if values["parent"] is not None:
        values["questions"] = editor.values()
    try:
        category = actions.add_category(pack, **values, by=request.user, at=at)  # type: ignore[arg-type]
    except BadInput as refusal:
        field = _FIELD_OF.get(refusal.code)
        form.add_error(field if field in form.fields else None, refusal.message)
        return _new_page(request, pack, form, editor, status=422)
    messages.success(request, _("%(category)s is added.") % {"category": category})
    return redirect("category", category.pk)


def _first(request: HttpRequest, pack: Pack) -> dict[str, Any]:
    """What a new category begins with: its domain, a free code, the look of the domain."""
    asked = request.GET.get("parent", "")
    domains = pack.categories.filter(parent__isnull=True, closed_on__isnull=True)
    domain = domains.filter(pk=int(asked)).first() if asked.isascii() and asked.isdigit() and len(asked) < 18 else None
    begun = {"unit": "limit_working_days", "severity": "general", "urgency": "normal", "public_place": "near"}
    if domain is None:
        return begun
    return begun | {"parent": domain.pk, "code": next_code(domain), "icon": domain.icon}


def _new_page(
    request: HttpRequest, pack: Pack, form: NewCategoryForm, editor: Editor, *, status: int = 200
) -> HttpResponse:
    context = {"room": "categories", "pack": pack, "form": form, "editor": editor, "icons": icons()}
    return render(request, "web/categories/form.html", context, status=status)


@login_required
@require_http_methods(["GET", "POST"])
def close(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask once more, then close the category: new reports are not given it any more."""
    category, at = _category(pk), timezone.now()
    actions.require_editor(request.user, at)  # type: ignore[arg-type]
    if request.method == "GET":
        context = {"room": "categories", "category": category, "matters": _matters(request, category)}
        return render(request, "web/categories/close.html", context)
    category.edition = _edition(request)
    actions.close_category(category, by=request.user, at=at)  # type: ignore[arg-type]
    messages.success(request, _("%(category)s is closed.") % {"category": category})
    return redirect("category", category.pk)


# --- packs -------------------------------------------------------------------------------------------------------------


@login_required
@require_safe
def packs_page(request: HttpRequest) -> HttpResponse:
    """The packs of this home with their versions, what they leave out, and those that come with linli."""
    is_open = Q(categories__closed_on__isnull=True)
    is_leaf = ~Q(**{f"categories__{field}__isnull": True for field in LIMIT_FIELDS})
    loaded = Pack.objects.annotate(
        count=Count("categories", filter=is_open & is_leaf),
        edited=Count("categories", filter=Q(categories__edition__gt=1)),
    )
    here = list(loaded.order_by("-in_use", "code", "-pk"))
    known = {(one.code, one.version) for one in here}
    shipped = [(name, packs.read(name)) for name in packs.shipped()]
    context = {
        "room": "categories",
        "rows": [{"pack": one, "left_out": packs.left_out(one)} for one in here],
        "not_loaded": [(name, one) for name, one in shipped if (one.code, one.version) not in known],
        "may_edit": _may_edit(request),
    }
    return render(request, "web/categories/packs.html", context)


@login_required
@require_POST
def use_pack(request: HttpRequest, pk: int) -> HttpResponse:
    """Give new reports the categories of this pack."""
    pack = get_object_or_404(Pack, pk=pk)
    actions.use_pack(pack, by=request.user, at=timezone.now())  # type: ignore[arg-type]
    messages.success(request, _("New reports now get the categories of %(pack)s.") % {"pack": pack})
    return redirect("packs")


@login_required
@require_POST
def load_pack(request: HttpRequest) -> HttpResponse:
    """Bring a pack that comes with linli into this home; the one in use stays in use."""
    pack = actions.load_pack(request.POST.get("pack", ""), by=request.user, at=timezone.now())  # type: ignore[arg-type]
    messages.success(request, _("%(pack)s is loaded. Look at it, then put it in use.") % {"pack": pack})
    return redirect("packs")


@login_required
@require_safe
def pack_file(request: HttpRequest, pk: int) -> HttpResponse:
    """A pack with the county's edits as a file that any other home can load."""
    pack = get_object_or_404(Pack, pk=pk)
    response = HttpResponse(packs.export(pack), content_type="application/json; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{_file_name(pack)}.json"'
    return response


def _file_name(pack: Pack) -> str:
    name = f"{pack.code}-{pack.version}"
    return "".join(sign if sign.isascii() and (sign.isalnum() or sign in "-._") else "_" for sign in name)
