"""What an auditor does, each of it written into the same journal: searching, taking a list or the anchors away, verifying."""

from datetime import datetime
from typing import Any

from linli.audit.rules import Asked, Sight
from linli.journal import verifying
from linli.journal.actions import Act, plain_facts, record_many
from linli.journal.models import Verification
from linli.people.models import Person


def note_search(asked: Asked, sight: Sight, *, page: str, by: Person, at: datetime) -> None:
    """Write down what was asked for, by keys and codes. `page`: the place it begins at, empty for the first."""
    _note("journal.searched", sight, by, at, asked.facts | {"before": page})


def note_export(asked: Asked, sight: Sight, *, by: Person, at: datetime) -> None:
    """Write down that what was asked for was taken away as a table."""
    _note("journal.exported", sight, by, at, asked.facts)


def note_anchors_taken(sight: Sight, *, by: Person, at: datetime) -> None:
    """Write down that the anchors were taken away."""
    _note("journal.anchors_taken", sight, by, at, {})


def verify(*, by: Person, at: datetime) -> Verification:
    """Have the worker verify the whole journal."""
    return verifying.ask(by=by, at=at)


def _note(verb: str, sight: Sight, by: Person, at: datetime, facts: dict[str, Any]) -> None:
    record_many([Act(verb, "journal", sight.areas[0], sight.areas[0], by.pk, at, plain_facts(facts))])
