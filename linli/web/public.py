"""The public pages: start, report, receipt, status. No account; the receipt's code is the key."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from linli.areas.models import ANSWERING, Area
from linli.events import actions, alike, once, placing, released, story
from linli.events.forms import Photos
from linli.events.gallery import gallery_of
from linli.events.models import Category, Event, PictureKind, Support
from linli.events.rules import ANSWERS, REOPEN_WITHIN, SOLVED, Rating, Source, State
from linli.events.views.maps import outlines
from linli.events.views.pictures import VIDEO, film_response, photo_response, thumb_response, voice_response
from linli.journal import following
from linli.kit.refusal import BadInput, Refused
from linli.openness.reading import village_of
from linli.web import held, standing, throttle
from linli.web.public_forms import Report

#: The pictures that a reporter is shown.
_SHOWN = (PictureKind.REPORT, PictureKind.AFTER)
_REPORTS_PER_HOUR, _LOOKS_PER_HOUR = 30, 60


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What this is, the way to report, the way to look up."""
    counties = list(Area.objects.open().filter(parent__isnull=True).order_by("code")[:3])
    # Anybody may load this page as often as they like; all matters are counted once a minute.
    totals = cache.get_or_set("home-totals", _totals, 60) or {}
    return render(request, "web/home.html", {"counties": counties, **totals})


def _totals() -> dict[str, int]:
    solved = Event.objects.filter(state__in=sorted(SOLVED))
    return {"open_count": Event.objects.open().count(), "solved_count": solved.count()}


@require_http_methods(["GET", "POST"])
def report(request: HttpRequest) -> HttpResponse:
    """The form, and taking the report in. What was typed is kept whatever is wrong."""
    form = Report(request.POST or None, request.FILES or None)
    if request.method == "GET":
        # The session is there before the report is: when the answer is lost on the way, the same browser asks again.
        held.begin(request)
        return _form(request, form, 200)
    # Whatever a program fills into the field people do not see is not reported, and it is not told so.
    if request.POST.get("website"):
        return redirect("home")
    if throttle.too_many(f"report {throttle.sender(request)}", most=_REPORTS_PER_HOUR, within_s=3600):
        form.add_error(
            None,
            _(
                "Many reports have come from here within the hour. Wait a little, then send it again; "
                "in danger call 110, 119 or 120."
            ),
        )
        return _form(request, form, 429)
    if not form.is_valid():
        return _form(request, form, 422)
    return _take_in(request, form)


def _take_in(request: HttpRequest, form: Report) -> HttpResponse:
    clean = form.cleaned_data
    try:
        placed = placing.place(clean["area"] or clean["township"], clean["lon"], clean["lat"], clean["accuracy_m"])
        if placed.sides and not request.POST.get("side"):
            return _form(request, form, 422, sides=placed.sides)
        reported = actions.report(
            text=clean["text"],
            area=placed.chosen(request.POST.get("side", "")),
            at=timezone.now(),
            source=Source.RESIDENT,
            place=clean["place"],
            lon=clean["lon"],
            lat=clean["lat"],
            accuracy_m=clean["accuracy_m"],
            category=clean["category"],
            answers=form.answers(),
            occurred_at=clean["occurred_at"],
            photos=clean["photos"],
            contact=clean["contact"],
            key=once.key_of(request.POST.get("form", "")),
        )
    except BadInput as refusal:
        field = refusal.facts.get("field")
        form.add_error(field if field in form.fields else None, refusal.message)
        return _form(request, form, 422)
    except Refused as refusal:
        if refusal.code != "reported_already":
            raise
        return redirect("receipt")
    held.keep(request, reported.event.number, reported.secret or "", is_new=True)
    return redirect("receipt")


def _form(request: HttpRequest, form: Report, status: int, **more: Any) -> HttpResponse:
    chosen = form.data.get("category", "") if form.is_bound else request.GET.get("category", "")
    categories = list(form.fields["category"].queryset.order_by("parent__code", "code"))  # type: ignore[attr-defined]
    township = form.data.get("township", "") if form.is_bound else ""
    context = {
        "form": form,
        "form_key": once.form_key(request.POST.get("form", "")),
        "domains": _domains(categories),
        "chosen": next((one for one in categories if str(one.pk) == chosen), None),
        "answers": form.answers() if form.is_bound else {},
        "townships": _children(Area.objects.open().filter(parent__parent__isnull=True, parent__isnull=False)),
        "villages": _villages_of(township),
        "photos_lost": form.is_bound and bool(request.FILES),
        "sides": [],
        "approval_number": settings.MAP_APPROVAL_NUMBER,
    }
    return render(request, "web/report.html", context | more, status=status)


def _domains(categories: list[Category]) -> list[dict[str, Any]]:
    found: dict[int, dict[str, Any]] = {}
    for one in categories:
        assert one.parent is not None
        found.setdefault(one.parent.pk, {"domain": one.parent, "categories": []})["categories"].append(one)
    return list(found.values())


def _children(areas: Any) -> list[Area]:
    return list(areas.filter(kind__in=ANSWERING).order_by("code")[:600])


def _villages_of(township: str) -> list[Area]:
    return _children(Area.objects.open().filter(parent=township)) if township.isdecimal() else []


@require_safe
def report_areas(request: HttpRequest) -> HttpResponse:
    """Outlines for the map of the form: the county and its townships."""
    tops = list(Area.objects.open().filter(parent__isnull=True).values_list("pk", flat=True)[:5])
    below = Area.objects.open().filter(parent__in=tops, kind__in=ANSWERING).values_list("pk", flat=True)
    return outlines([*tops, *below])


@require_safe
def villages(request: HttpRequest) -> HttpResponse:
    """The choices of villages of a township, as a fragment."""
    return render(request, "web/_villages.html", {"villages": _villages_of(request.GET.get("township", ""))})


@require_safe
def receipt(request: HttpRequest) -> HttpResponse:
    """Number and code, right after reporting; the code is shown here, for a quarter of an hour, and nowhere again."""
    number = held.newest(request)
    event = held.event_of(request, number) if number else None
    if event is None:
        return redirect("home")
    key = held.key_of(request, number)
    link = request.build_absolute_uri(reverse("status", args=[number])) + f"#{key}"
    context = {"event": event, "key": key, "link": link, "standing": standing.of(event, timezone.now())}
    context |= _same(event)
    return _unstored(render(request, "web/receipt.html", context))


@require_safe
def look_up(request: HttpRequest) -> HttpResponse:
    """From the field on the start page to the page of that number."""
    number = "".join(request.GET.get("number", "").split())[:40]
    return redirect("status", number) if number else redirect("home")


@require_http_methods(["GET", "POST"])
def status(request: HttpRequest, number: str) -> HttpResponse:
    """Where a matter stands, for whoever has the code of its receipt; it says nothing without one."""
    if request.method == "POST" and "key" in request.POST:
        return _try_key(request, number)
    place = following.spelled(following.place())  # before anything is read: from there on the page listens
    event = held.event_of(request, number)
    if event is None:
        return _unstored(render(request, "web/status_key.html", {"number": number}))
    if request.method == "POST":
        return _answer(request, event)
    context = _status(event, live_after=place)
    if request.method == "GET":
        actions.mark_told(event, at=timezone.now())
    return _unstored(render(request, "web/status.html", context))


def _same(event: Event) -> dict[str, Any]:
    """The matter its reporter says is the same; before they have said so, those it may be. How many others said so."""
    support = Support.objects.select_related("of__category").filter(event=event).first()
    return {
        "same": support.of if support else None,
        "same_photo": next(iter(released.public_pictures([support.of])[support.of_id]), None) if support else None,
        "joinable": [] if support else alike.joinable(event),
        "others_count": Support.objects.filter(of=support.of if support else event).exclude(event=event).count(),
    }


def _try_key(request: HttpRequest, number: str) -> HttpResponse:
    key = request.POST["key"][:40]
    if throttle.too_many(f"key {throttle.sender(request)}", most=_LOOKS_PER_HOUR, within_s=3600):
        problem = _("Too many tries. Wait an hour, or ask your township with the number of your matter.")
        return _unstored(render(request, "web/status_key.html", {"number": number, "problem": problem}, status=429))
    try:
        event = actions.open_receipt(number, key)
    except Refused as refusal:
        context = {"number": number, "problem": refusal.message}
        return _unstored(render(request, "web/status_key.html", context, status=422))
    held.keep(request, event.number, key)
    return redirect("status", event.number)


def _status(event: Event, **more: Any) -> dict[str, Any]:
    at = timezone.now()
    same = _same(event)
    within = event.ended_at is not None and at <= event.ended_at + REOPEN_WITHIN
    return {
        "event": event,
        "standing": standing.of(event, at),
        **story.as_context(event, same["same"]),
        "gallery": gallery_of(event, _SHOWN),
        "may_answer": event.state in SOLVED and within,
        "may_reopen": event.state in SOLVED and within,
        "answer_until": event.ended_at + REOPEN_WITHIN if event.ended_at else None,
        "is_silent": event.rating == Rating.NO_ANSWER,
        "asked": event.state == State.SUPPLEMENT_ASKED,
        "may_add": event.is_open,
        "has_contact": hasattr(event, "contact"),
        "area_page": village_of(event.area_id),
        **same,
        "ratings": [(one.value, one.label) for one in ANSWERS if one != Rating.UNREACHED],
        **more,
    }


def _answer(request: HttpRequest, event: Event) -> HttpResponse:
    """What the reporter does: say whether it is solved, reopen, add details, withdraw the contact."""
    at, text = timezone.now(), request.POST.get("text", "")
    try:
        done = _ANSWERS[request.POST.get("act", "")](request, event, text, at)
    except KeyError:
        raise Http404 from None
    except (BadInput, ValidationError) as refusal:
        event.refresh_from_db()
        problem = refusal.message if isinstance(refusal, BadInput) else refusal.messages[0]
        context = _status(event, problem=problem, typed=text, opened=request.POST.get("act"))
        return _unstored(render(request, "web/status.html", context, status=422))
    messages.success(request, done)
    return redirect("status", event.number)


def _say_rating(request: HttpRequest, event: Event, text: str, at: Any) -> str:
    rating = request.POST.get("rating", "")
    actions.follow_up(event, rating=rating, text=text, by=None, at=at)
    return _("Thank you. Your answer is kept with the matter.")


def _say_reopen(request: HttpRequest, event: Event, text: str, at: Any) -> str:
    actions.reopen(event, text=text, by=None, at=at)
    return _("It has been reopened, and those who handle it have been told.")


def _say_more(request: HttpRequest, event: Event, text: str, at: Any) -> str:
    photos = Photos(required=False).clean(request.FILES.getlist("photos"))
    actions.supplement(event, text=text, photos=photos, by=None, at=at)
    return _("Thank you. The details have been added.")


def _take_back(request: HttpRequest, event: Event, text: str, at: Any) -> str:
    actions.withdraw_contact(event, at=at)
    return _("Your contact has been deleted.")


def _say_same(request: HttpRequest, event: Event, text: str, at: Any) -> str:
    """Only what was offered can be chosen: no other matter is confirmed to be there."""
    wanted = request.POST.get("of", "")
    chosen = next((one.event for one in alike.joinable(event) if str(one.event.pk) == wanted), None)
    if chosen is None:
        raise BadInput("not_offered", _("This matter has been closed meanwhile. Look at the list again."), field="of")
    actions.support(event, of=chosen, at=at)
    return _("Thank you. You now follow that matter too.")


def _say_not_same(request: HttpRequest, event: Event, text: str, at: Any) -> str:
    actions.withdraw_support(event, at=at)
    return _("Taken back. Your report stands by itself.")


def _leave(request: HttpRequest, event: Event, text: str, at: Any) -> str:
    held.let_go(request, event.number)
    return _("This browser has forgotten your code.")


_ANSWERS = {
    "follow_up": _say_rating,
    "reopen": _say_reopen,
    "supplement": _say_more,
    "withdraw": _take_back,
    "support": _say_same,
    "withdraw_support": _say_not_same,
    "leave": _leave,
}


@require_safe
def status_photo(request: HttpRequest, number: str, sha256: str) -> HttpResponseBase:
    """A photo of the matter, for the holder of its receipt."""
    _require_shown(request, number, sha256)
    return photo_response(sha256)


@require_safe
def status_thumb(request: HttpRequest, number: str, sha256: str) -> HttpResponseBase:
    """The same, small."""
    _require_shown(request, number, sha256)
    return thumb_response(sha256)


@require_safe
def status_film(request: HttpRequest, number: str, sha256: str) -> HttpResponseBase:
    """A video of the matter."""
    _require_shown(request, number, sha256, VIDEO)
    return film_response(request, sha256)


@require_safe
def status_voice(request: HttpRequest, number: str, sha256: str) -> HttpResponseBase:
    """A voice note that came with the report."""
    event = held.event_of(request, number)
    if event is None or not event.voices.filter(sha256=sha256, kind__in=_SHOWN).exists():
        raise Http404
    return voice_response(request, sha256)


def _require_shown(request: HttpRequest, number: str, sha256: str, media: str = "") -> None:
    event = held.event_of(request, number)
    if event is None:
        raise Http404
    if not event.pictures.filter(sha256=sha256, kind__in=_SHOWN, media_type__startswith=media).exists():
        raise Http404


@require_safe
def public_photo(request: HttpRequest, sha256: str) -> HttpResponseBase:
    """A photo that somebody has looked at and confirmed, for everybody; no session is asked. Gone once it is taken back."""
    return released.photo_response(request, sha256)


def _unstored(response: HttpResponse) -> HttpResponse:
    patch_cache_control(response, no_store=True)
    return response
