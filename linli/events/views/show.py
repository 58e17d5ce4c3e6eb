"""One matter: what it is, where it stands, what was done, and what can be done next."""

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_POST, require_safe

from linli.areas.codes import contains, lineage
from linli.areas.models import Area
from linli.events import actions, alike, evidence, joint, needing, pressing, released, sections, telling
from linli.events.forms import ACTS
from linli.events.gallery import Gallery, gallery_of
from linli.events.models import Event
from linli.events.rules import State, may_open_originals, same_unit, steps_open
from linli.journal import following
from linli.journal.models import Entry
from linli.people.rules import Scope


def seen(request: HttpRequest, pk: UUID) -> Event:
    """The event if this person may see it; else 404, whether it exists or not."""
    related = ("area", "category", "reported_by", "merged_into", "split_from", "statement__entered_by")
    beside = ("receipt", "shield__department")
    return get_object_or_404(Event.objects.visible_to(request.scope).select_related(*related, *beside), pk=pk)  # type: ignore[attr-defined]


@login_required
@require_safe
def show(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The whole page, or the preview beside the queue."""
    place = following.spelled(following.place())  # before anything is read: from there on the page listens
    event = seen(request, pk)
    context = {"room": "queue", "live_after": place, **context_of(request, event)}
    if request.headers.get("X-Preview"):
        return render(request, "events/_preview.html", context)
    return _whole(request, event, context)


def page(request: HttpRequest, event: Event, status: int, **talk: Any) -> HttpResponse:
    """The whole page again, with what is wrong with a message that was sent from it."""
    place = following.spelled(following.place())
    context = {"room": "queue", "live_after": place, **context_of(request, event)}
    return _whole(request, event, context, status, **talk)


def _whole(request: HttpRequest, event: Event, context: dict[str, Any], status: int = 200, **talk: Any) -> HttpResponse:
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
    return {
        "alike": alike.alike(visible, alike.Told.of(event), but=event),
        "said_same": visible.filter(supports__event=event).first(),
        "supporting": list(visible.filter(support__of=event).order_by("number")[:50]),
        "support_count": event.supports.count(),
    }


def context_of(request: HttpRequest, event: Event) -> dict[str, Any]:
    """All that the page of an event shows."""
    at = timezone.now()
    standing = actions.standing_of(event, request.user, at, request.scope)  # type: ignore[arg-type, attr-defined]
    open_steps = steps_open(event.state, standing, questions=actions.questions_of(event))
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
        "needs": needing.needs_of_one(event, request.scope, request.user.pk, at),  # type: ignore[attr-defined]
        "side_steps": [step for step in steps if step["act"].is_side],
        **joint.context_of(event, request.user, at, request.scope),  # type: ignore[attr-defined]
        **pressing.context_of(event, at),
        "knows_reporter": knows,
        "timeline": _timeline(event, gallery, knows),
        "gallery": gallery,
        "may_open_originals": may_open_originals(standing),
        "answers": _answers(event),
        "has_contact": hasattr(event, "contact"),
        **_statement(event, knows),
        "merged": list(event.merged.all()),
        "split_off": list(event.split_off.all()),
        "is_overdue": event.is_open and event.paused_at is None and event.due_at is not None and event.due_at < at,
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
    entries = Entry.objects.filter(on_key=str(event.pk), on_kind="event").select_related("by").order_by("-id")
    entries = entries.exclude(verb__in=_SAID)
    remarks = {remark.entry_id: remark for remark in event.remarks.all()}
    return [
        {
            "entry": entry,
            "actor": telling.who(entry, knows_reporter=knows),
            "words": telling.told(entry),
            "details": telling.details(entry),
            "remark": remarks.get(entry.pk),
            "pictures": [one for one in shown if one.entry_id == entry.pk],
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
    """Open the sealed contact: an act with a reason. Shown once, never kept by the browser."""
    event = seen(request, pk)
    words = actions.open_contact(event, by=request.user, at=timezone.now(), reason=request.POST.get("reason", ""))  # type: ignore[arg-type]
    page = "events/_contact.html" if request.headers.get("HX-Request") else "events/contact.html"
    response = render(request, page, {"event": event, "words": words, "room": "queue"})
    patch_cache_control(response, no_store=True)
    return response
