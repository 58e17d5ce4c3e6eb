"""What matters still need, read for a page of them at once: two queries beside that for the rows, however many there are."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, Max, OuterRef, Q, Subquery
from django.utils import timezone
from django.utils.translation import ngettext

from linli.events.models import AwaitedPicture, Call, Objection, Reveal, Supervision, Whistle
from linli.events.rules import PartState, Question
from linli.events.rules.needs import Matter, Need, What, is_mine, needs
from linli.journal.models import Entry
from linli.people.rules import Scope


@dataclass(frozen=True)
class ShownNeed:
    """A need in words."""

    who: str
    what: str
    is_mine: bool


def with_questions(events: Any) -> Any:
    """The events with what is open beside their state: annotations that `needs_of` reads."""
    of = {"event": OuterRef("pk")}
    objection = Objection.objects.filter(**of, answered_at__isnull=True).order_by("-id")
    return events.annotate(
        whistled=Exists(Whistle.objects.filter(**of, ended_at__isnull=True)),
        supervised_by=Subquery(Supervision.objects.filter(**of, ended_at__isnull=True).values("supervisor")[:1]),
        coordinated_by=Subquery(objection.values("coordinator")[:1]),
        reveal_asked=Exists(Reveal.objects.waiting().filter(**of)),
        awaits_photos=Exists(AwaitedPicture.objects.filter(**of, refusal__isnull=True)),
    )


def needs_of(events: Sequence[Any], scope: Scope, person: int | None, at: datetime) -> dict[Any, list[ShownNeed]]:
    """By key of the event what it needs, one's own first. `events`: of `with_questions`, with their parts prefetched."""
    keys = [event.pk for event in events if event.is_open]
    if not keys:
        return {event.pk: [] for event in events}
    not_come, added = _not_come(keys), _added(keys)
    today = timezone.localdate(at)
    found = {}
    for event in events:
        roles = frozenset(scope.roles_in(event.area_id))
        matter = _matter(event, not_come[event.pk], str(event.pk) in added, today)
        shown = [_shown(one, is_mine(one, roles, scope.departments, person)) for one in needs(matter)]
        found[event.pk] = sorted(shown, key=lambda one: not one.is_mine)
    return found


def _not_come(keys: Sequence[Any]) -> defaultdict[Any, set[str]]:
    called: defaultdict[Any, set[str]] = defaultdict(set)
    calls = Call.objects.filter(whistle__event__in=keys, whistle__ended_at__isnull=True, arrived_at__isnull=True)
    for event, department in calls.filter(excused="").order_by().values_list("whistle__event", "department"):
        called[event].add(department)
    return called


def _added(keys: Sequence[Any]) -> set[str]:
    """Keys of the matters whose reporter added something after anybody's last act."""
    of_people = Q(by__isnull=False) | Q(verb="event.supplemented")
    acts = Entry.objects.filter(of_people, on_key__in=[str(key) for key in keys], on_kind="event")
    last = acts.order_by().values("on_key").annotate(last=Max("id")).values("last")
    reporters = Entry.objects.filter(pk__in=last, verb="event.supplemented", by__isnull=True)
    return set(reporters.order_by().values_list("on_key", flat=True))


_UNANSWERED = (PartState.ASKED, PartState.SIGNED_FOR)


def _matter(event: Any, not_come: set[str], has_added: bool, today: Any) -> Matter:
    parts = list(event.parts.all())
    open_questions = {
        Question.EXTENSION: event.extension_asked_until,
        Question.WHISTLE: event.whistled,
        Question.SUPERVISION: event.supervised_by,
        Question.BOUNCED: event.coordinated_by,
    }
    return Matter(
        state=event.state,
        questions=frozenset(one for one, is_open in open_questions.items() if is_open),
        unsigned=frozenset(part.department_id for part in parts if part.state == PartState.ASKED),
        unanswered=frozenset(part.department_id for part in parts if not part.leads and part.state in _UNANSWERED),
        not_come=frozenset(not_come),
        lead=next((part.department_id for part in parts if part.leads), ""),
        coordinator=event.coordinated_by,
        supervisor=event.supervised_by,
        has_added=has_added,
        reveal_is_asked=event.reveal_asked,
        photos_are_awaited=event.awaits_photos,
        review_has_come=event.review_on is not None and event.review_on <= today,
        has_category=event.category_id is not None,
        has_place=bool(event.place) or event.lon is not None,
        is_provisional=event.due_is_provisional,
    )


def _shown(need: Need, mine: bool) -> ShownNeed:
    several = _SEVERAL.get(need.what)
    number = len(need.departments)
    words = several(number) % {"n": number} if several and number else str(need.what.label)
    return ShownNeed(str(need.who.label), words, mine)


_SEVERAL: dict[What, Any] = {
    What.SIGN: lambda n: ngettext("%(n)s department has to sign", "%(n)s departments have to sign", n),
    What.ANSWER_PARTS: lambda n: ngettext("%(n)s co-handler has to answer", "%(n)s co-handlers have to answer", n),
    What.ARRIVE: lambda n: ngettext("%(n)s department has to come", "%(n)s departments have to come", n),
}
