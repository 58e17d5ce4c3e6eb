"""The parts of a matter as its pages show them: where each stands, its evidence, what it waits for, who is on the spot."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Prefetch, QuerySet

from linli.events import actions
from linli.events.forms import PART_FORMS
from linli.events.models import Call, Clock, Event, Part, Picture, Whistle
from linli.events.pressing import Shown, shown_at
from linli.events.rules import PartState, Standing
from linli.people.rules import Scope

#: The stations of a part, each with the field that says when it was reached.
STATIONS = ("asked_at", "signed_at", "answered_at", "verified_at")


@dataclass(frozen=True)
class ShownPart:
    """One part: its clocks, evidence, the acts open to who looks, and its call to the spot if there is one."""

    part: Part
    clocks: list[Shown]
    pictures: list[Picture]
    steps: list[dict[str, Any]]
    call: Call | None

    @property
    def stations(self) -> list[tuple[str, datetime | None]]:
        """What was reached, and when."""
        return [(name, getattr(self.part, name)) for name in STATIONS]

    @property
    def is_waited_for(self) -> bool:
        """It still holds the matter up."""
        return not self.part.leads and self.part.state not in (PartState.VERIFIED, PartState.DROPPED)


def with_parts(events: QuerySet[Event]) -> QuerySet[Event]:
    """The events with their parts and the calls of these, as `context_of` shows them: two queries more."""
    calls = Prefetch("calls", Call.objects.select_related("whistle", "noted_by"))
    parts = Part.objects.select_related("department", "under__department").prefetch_related(calls)
    return events.prefetch_related(Prefetch("parts", parts))


def context_of(
    event: Event, by: Any, at: datetime, scope: Scope, standing: Standing, clocks: Sequence[Clock]
) -> dict[str, Any]:
    """What pages show of the parts and the whistle of an event of `with_parts`: as many queries for one part as for ten.

    `standing`: what `by` is to the event; `clocks`: those of it that run.
    """
    parts = list(event.parts.all())
    if not parts:
        return {"parts": []}
    steps = actions.steps_of_parts(event, parts, by, scope, standing, clocks)
    whistle = Whistle.objects.filter(event=event).select_related("blown_by").last()
    return {
        "parts": _shown(parts, clocks, steps, at),
        "whistle": whistle,
        "calls": list(whistle.calls.select_related("department")) if whistle else [],
    }


def _shown(
    parts: Sequence[Part], clocks: Sequence[Clock], steps: dict[int, list[str]], at: datetime
) -> list[ShownPart]:
    pictures = Picture.objects.filter(entry__in=[part.answered_with_id for part in parts if part.answered_with_id])
    evidence = list(pictures)
    return [
        ShownPart(
            part,
            [shown_at(clock, at) for clock in clocks if clock.part_id == part.pk],
            [picture for picture in evidence if picture.entry_id == part.answered_with_id],
            [{"name": name, "act": PART_FORMS[name]} for name in steps.get(part.pk, [])],
            actions.waiting_call(part),
        )
        for part in parts
    ]
