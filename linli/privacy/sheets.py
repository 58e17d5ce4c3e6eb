"""Filling in a sheet: each time a new version."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from linli.journal.actions import record
from linli.kit.keys import new_key
from linli.kit.refusal import BadInput, Refused
from linli.people.models import Person
from linli.privacy.actions import require_officer
from linli.privacy.models import Sheet
from linli.privacy.rules.sheets import SHEETS


@transaction.atomic
def fill_in(
    kind: str, *, words: Mapping[str, str], by: Person, at: datetime, sheet: UUID | None = None, after: int = 0
) -> Sheet:
    """A first version, or the next one of a sheet: `after` is the one that was read. Raises `NotYours`, `BadInput`, `Refused`."""
    require_officer(by, at)
    if kind not in SHEETS:
        raise BadInput("no_such_sheet", _("There is no such sheet."), field="kind")
    clean = {one.name: words.get(one.name, "").strip() for one in SHEETS[kind].questions}
    for one in SHEETS[kind].questions:
        if not one.is_optional and not clean[one.name]:
            raise BadInput("answer_missing", _("Please fill this in."), field=one.name)
    last = Sheet.objects.filter(sheet=sheet, kind=kind).order_by("-version").first() if sheet else None
    if (last.version if last else 0) != after:
        raise _changed()
    try:
        with transaction.atomic():
            made = Sheet.objects.create(
                sheet=sheet or new_key(), version=after + 1, kind=kind, words=clean, made_by=by, made_at=at
            )
    except IntegrityError:  # somebody was quicker
        raise _changed() from None
    record("sheet.filled_in", on=made, by=by, at=at, kind=kind, sheet=str(made.sheet), version=made.version)
    return made


def _changed() -> Refused:
    return Refused("changed_meanwhile", _("Somebody wrote a newer version meanwhile. Look at it first."))
