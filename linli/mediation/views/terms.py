"""The terms of mediation: what holds where and since when, the versions before, and setting one anew."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.db.models.functions import Length
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from linli.areas.codes import lineage, numbering, outermost, within
from linli.areas.models import ANSWERING, Area
from linli.kit.refusal import BadInput
from linli.mediation.actions.bodies import seats_of
from linli.mediation.actions.clocks import set_term
from linli.mediation.forms.fields import put_refusal
from linli.mediation.forms.terms import SetTerm
from linli.mediation.models import TermRule
from linli.mediation.rules import SEEDED, TermCode, Unit
from linli.mediation.rules.terms import OF_THE_LAW, Standing, standings
from linli.mediation.views.bodies import kept_by
from linli.mediation.views.reaching import person_of, scope_of


@dataclass(frozen=True)
class Version:
    """One version as the page shows it; `area` empty for what comes with linli."""

    length: str
    source: str
    valid_from: date
    standing: Standing
    area: str = ""
    number: int = 0
    set_by: str = ""
    set_on: date | None = None


@dataclass(frozen=True)
class Shown:
    """A term with all its versions, the one that holds in the widest area first."""

    code: TermCode
    versions: Sequence[Version]

    @property
    def holds(self) -> Sequence[Version]:
        """What holds somewhere now."""
        return [one for one in self.versions if one.standing == Standing.HOLDS]

    @property
    def begins(self) -> Sequence[Version]:
        """What is set and has not begun."""
        return [one for one in self.versions if one.standing == Standing.BEGINS]

    @property
    def before(self) -> Sequence[Version]:
        """What held once, or was set and overruled."""
        return [one for one in self.versions if one.standing == Standing.BEFORE]

    @property
    def is_of_the_law(self) -> bool:
        """Whether a statute or the court's rules name its length."""
        return self.code in OF_THE_LAW


def in_words(amount: int, unit: str) -> str:
    """“3 working days”, “10 years” for whole years of two and more."""
    if unit == Unit.MONTH and amount >= 24 and amount % 12 == 0:
        return ngettext("%(n)s year", "%(n)s years", amount // 12) % {"n": amount // 12}
    words = {
        Unit.MONTH: lambda: ngettext("%(n)s month", "%(n)s months", amount),
        Unit.DAY: lambda: ngettext("%(n)s calendar day", "%(n)s calendar days", amount),
        Unit.WORKING_DAY: lambda: ngettext("%(n)s working day", "%(n)s working days", amount),
    }
    return words[Unit(unit)]() % {"n": amount}


@login_required
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """All terms; whoever keeps the register sets one anew from here."""
    kept, seen = kept_by(request), _seen(request)
    if not seen:
        raise Http404
    context = {"terms": _shown(seen), "may_set": bool(kept), "room": "mediation"}
    return render(request, "mediation/terms.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def set_anew(request: HttpRequest, code: str) -> HttpResponse:
    """Add a version of one term."""
    kept = kept_by(request)
    if not kept or code not in TermCode.values:
        raise Http404
    term, areas = next(one for one in _shown(kept) if one.code == code), _areas(kept)
    first = term.holds[0] if term.holds else None
    given = {"area": areas[0].pk if areas else "", "valid_from": timezone.localdate(), "unit": _unit(code, kept)}
    form = SetTerm(request.POST if request.method == "POST" else None, areas=areas, initial=given)
    if form.is_bound and form.is_valid():
        try:
            made = set_term(code, **form.values(), by=person_of(request), at=timezone.now())
        except BadInput as refusal:
            put_refusal(form, refusal)
        else:
            told = {"term": term.code.label, "length": in_words(made.amount, made.unit)}
            messages.success(request, _("Set: %(term)s, %(length)s.") % told)
            return redirect("mediation:terms")
    context = {"form": form, "term": term, "now_holds": first, "room": "mediation"}
    return render(request, "mediation/term_set.html", context, status=422 if form.is_bound else 200)


def _seen(request: HttpRequest) -> list[str]:
    """Where they keep, see or mediate."""
    seats = [seat.body.area_id for seat in seats_of(person_of(request), timezone.now())]
    return outermost([*kept_by(request), *scope_of(request).area_codes, *seats])


def _unit(code: str, kept: Sequence[str]) -> str:
    """As the term is counted so far."""
    last = TermRule.objects.filter(code=code, area__in=kept).order_by("-pk").first()
    return last.unit if last else next(one.unit for one in SEEDED if one.code == code)


def _areas(kept: Sequence[str]) -> list[Area]:
    """Those they keep, and counties and townships within; a village has no rules of its own."""
    levels = numbering()
    deepest = levels.width("township") if "township" in levels.levels else levels.widths[-1]
    rows = Area.objects.open().annotate(length=Length("code")).filter(within(*kept, field="code"))
    wanted = Q(length__lte=deepest, kind__in=sorted(ANSWERING)) | Q(pk__in=list(kept))
    return list(rows.filter(wanted).order_by("length", "code"))


def _shown(codes: Sequence[str]) -> list[Shown]:
    """Every term, with what was set in these areas and around them."""
    around = {above for code in codes for above in lineage(code)}
    rows = list(TermRule.objects.filter(Q(area__in=around) | within(*codes)).select_related("area", "set_by"))
    today, top = timezone.localdate(), lineage(codes[0])[0]
    return [Shown(code, _versions(code, [one for one in rows if one.code == code], today, top)) for code in TermCode]


def _versions(code: TermCode, rows: Sequence[TermRule], today: date, top: str) -> list[Version]:
    stand = standings([(one.area_id, one.version, one.valid_from) for one in rows], today, top=top)
    found = [
        Version(
            in_words(row.amount, row.unit),
            row.source,
            row.valid_from,
            stand[row.area_id, row.version],
            row.area.name,
            row.version,
            row.set_by.name,
            timezone.localdate(row.set_at),
        )
        for row in sorted(rows, key=lambda one: (len(one.area_id), one.area_id, -one.version))
    ]
    seeded = next(one for one in SEEDED if one.code == code)
    came = Version(in_words(seeded.amount, seeded.unit), seeded.source, seeded.valid_from, stand["", 0])
    return [came, *found] if came.standing == Standing.HOLDS else [*found, came]
