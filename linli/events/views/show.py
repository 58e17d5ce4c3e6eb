"""One matter: what it is, where it stands, what was done, and what can be done next."""

from itertools import chain
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_POST, require_safe

from linli.areas.codes import contains, lineage
from linli.areas.models import Area
from linli.events import actions, alike, evidence, joint, needing, pressing, released, sections, telling
from linli.events.forms import ACTS
from linli.events.gallery import Gallery, gallery_of
from linli.events.models import Event, EventQuerySet, Support
from linli.events.rules import CONTACT_SHOWN, Question, State, may_open_originals, same_unit, steps_open
from linli.journal import following
from linli.journal.models import Entry
from linli.people.rules import Scope

#: Of the matters whose reporters say that this is the same, so many are shown.
_MOST_SUPPORTING = 50


def seen(request: HttpRequest, pk: UUID) -> Event:
    """The event if this person may see it; else 404, whether it exists or not."""
    return get_object_or_404(_visible(request), pk=pk)


def _visible(request: HttpRequest) -> EventQuerySet:
    related = ("area", "category", "reported_by", "statement__entered_by", "receipt", "shield__department")
    return Event.objects.visible_to(request.scope).select_related(*related)  # type: ignore[attr-defined]


def _with_its_page(events: EventQuerySet) -> QuerySet[Event]:
    """With what a page shows beside the row: its parts, what is open, whether there is a contact (never what is in it)."""
    events = needing.with_questions(events.select_related("contact").defer("contact__sealed"))
    return joint.with_parts(events)


@login_required
@require_safe
def show(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The whole page, or the preview beside the queue."""
    place = following.spelled(following.place())  # before anything is read: from there on the page listens
    context = {"room": "queue", "live_after": place, **context_of(request, pk)}
    if request.headers.get("X-Preview"):
        return render(request, "events/_preview.html", context)
    return _whole(request, context)


def page(request: HttpRequest, pk: UUID, status: int, **talk: Any) -> HttpResponse:
    """The whole page again, with what is wrong with a message that was sent from it."""
    place = following.spelled(following.place())
    context = {"room": "queue", "live_after": place, **context_of(request, pk)}
    return _whole(request, context, status, **talk)


def _whole(request: HttpRequest, context: dict[str, Any], status: int = 200, **talk: Any) -> HttpResponse:
    event = context["event"]
    if released.may_release(event, request.scope):  # type: ignore[attr-defined]
        context["releases"] = released.rows(event.pictures.all())
    context |= _alike_to(request, event)
    context |= sections.reporter(request, event, context["standing"])
    context |= sections.conversation(request, event, **talk)
    return render(request, "events/show.html", context, status=status)


def _alike_to(request: HttpRequest, event: Event) -> dict[str, Any]:
    """Matters in sight that are perhaps the same; for one that goes on elsewhere there is nothing to ask."""
    if event.state == State.MERGED:
        return {}
    scope = request.scope  # type: ignore[attr-defined]
    visible = Event.objects.visible_to(scope)
    said = list(Support.objects.filter(Q(event=event) | Q(of=event)).values_list("event", "of"))
    count = sum(of == event.pk for _other, of in said)
    same = visible.filter(pk__in={*chain.from_iterable(said)} - {event.pk}).order_by("number") if said else []
    others = {one.pk: one for one in same}
    return {
        "alike": alike.alike(visible, alike.Told.of(event), but=event),
        "said_same": next((others[of] for _event, of in said if of in others), None),
        "supporting": [one for key, one in others.items() if (key, event.pk) in said][:_MOST_SUPPORTING],
        "support_count": count,
    }


def context_of(request: HttpRequest, pk: UUID) -> dict[str, Any]:
    """All that the page of an event shows; 404 for whom it is not there."""
    at = timezone.now()
    event: Any = get_object_or_404(_with_its_page(_visible(request)), pk=pk)
    clocks = pressing.running(event)
    standing = actions.standing_of(event, request.user, at, request.scope)  # type: ignore[arg-type, attr-defined]
    open_steps = steps_open(event.state, standing, questions=_questions(event))
    steps: list[dict[str, Any]] = [{"name": name, "act": ACTS[name]} for name in open_steps]
    gallery = evidence.with_hints(gallery_of(event), event, standing, request.scope)  # type: ignore[attr-defined]
    knows = actions.knows_reporter(event, request.scope)  # type: ignore[attr-defined]
    return {
        "event": event,
        "standing": standing,
        "now": at,
        "path": _path(request.scope, event.area_id),  # type: ignore[attr-defined]
        "steps": [step for step in steps if not step["act"].is_side],
        "kept_apart": same_unit(standing).message if standing.unit and event.state == State.RESULT_SUBMITTED else "",
        "may_merge": "merge" in open_steps,
        "needs": needing.needs_of([event], request.scope, request.user.pk, at)[event.pk],  # type: ignore[attr-defined]
        "side_steps": [step for step in steps if step["act"].is_side],
        **joint.context_of(event, request.user, at, request.scope, standing, clocks),  # type: ignore[attr-defined]
        **pressing.context_of(event, clocks, at),
        "knows_reporter": knows,
        "timeline": _timeline(event, gallery, knows),
        "gallery": gallery,
        "may_open_originals": may_open_originals(standing),
        "answers": _answers(event),
        "has_contact": hasattr(event, "contact"),
        **_statement(event, knows),
        **_came_of(event),
        "is_overdue": event.is_open and event.paused_at is None and event.due_at is not None and event.due_at < at,
    }


def _questions(event: Any) -> set[Question]:
    """What is open beside its state, mostly as it was read with it."""
    return actions.questions_of(event, supervised=event.supervised_by is not None, whistled=event.whistled)


def _came_of(event: Event) -> dict[str, Any]:
    """The matters that were merged into this one, and those that were made of it."""
    others = list(Event.objects.filter(Q(merged_into=event) | Q(split_from=event)).order_by("pk"))
    return {
        "merged": [one for one in others if one.merged_into_id == event.pk],
        "split_off": [one for one in others if one.split_from_id == event.pk],
    }


def _statement(event: Event, knows: bool) -> dict[str, Any]:
    """The reporter's own words, for those who may read them."""
    statement = getattr(event, "statement", None)
    if statement is None:
        return {"statement": None}
    return {
        "statement": statement,
        "is_sealed": not knows,
    }


def _path(scope: Scope, code: str) -> list[dict[str, Any]]:
    """The areas from the top down, and whether this person may look into each: an officer sees the matter, no area."""
    areas = Area.objects.filter(pk__in=lineage(code)).order_by("code")
    return [{"area": area, "is_seen": any(contains(own, area.code) for own in scope.area_codes)} for area in areas]


#: These stand in the conversation.
_SAID = ("event.said", "event.said_withdrawn")


def _timeline(event: Event, gallery: Gallery, knows: bool) -> list[dict[str, Any]]:
    shown = [one.picture for one in [*gallery.reported, *gallery.after]]
    heard = [one.voice for one in gallery.voices]
    entries = Entry.objects.filter(on_key=str(event.pk), on_kind="event").select_related("by").order_by("-id")
    entries = entries.exclude(verb__in=_SAID)
    remarks = {remark.entry_id: remark for remark in event.remarks.all()}
    return [
        {
            "entry": entry,
            "actor": telling.who(entry, knows_reporter=knows),
            "words": telling.told(entry),
            "details": telling.details(entry),
            "warnings": telling.warnings(entry),
            "came_later": telling.came_later(entry),
            "remark": remarks.get(entry.pk),
            "pictures": [one for one in shown if one.entry_id == entry.pk],
            "voices": [one for one in heard if one.entry_id == entry.pk],
        }
        for entry in entries
    ]


def _answers(event: Event) -> list[dict[str, Any]]:
    """The extra questions with what was answered, choices by their names."""
    found = []
    for question in event.category.questions if event.category else []:
        answer = event.answers.get(question["code"])
        if answer:
            choice = next((one for one in question.get("choices", []) if one["code"] == answer), None)
            found.append({"question": question, "choice": choice, "answer": answer})
    return found


@login_required
@require_POST
def contact(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Open the sealed contact: an act with a reason. Shown for a minute, never kept by the browser."""
    event = seen(request, pk)
    words = actions.open_contact(event, by=request.user, at=timezone.now(), reason=request.POST.get("reason", ""))  # type: ignore[arg-type]
    page = "events/_contact.html" if request.headers.get("HX-Request") else "events/contact.html"
    times, seconds = actions.times_opened(event), round(CONTACT_SHOWN.total_seconds())
    context = {"event": event, "words": words, "times": times, "seconds": seconds, "room": "queue"}
    response = render(request, page, context)
    if page == "events/contact.html":  # without a script the page goes by itself
        response.headers["Refresh"] = f"{seconds}; url={reverse('events:show', args=[event.pk])}"
    patch_cache_control(response, no_store=True)
    return response
