"""Keeping ready texts: adding, editing, closing, opening again, loading the starter set; each is in the journal."""

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from linli.areas.models import Area
from linli.desk.models import ReadyText
from linli.desk.texts.rules import TEXT_STEPS, check_placeholders
from linli.events.models import Category
from linli.events.rules import clean_words
from linli.journal.actions import record
from linli.kit.refusal import BadInput, NotYours, Refused
from linli.people.actions import scope_of
from linli.people.models import Person
from linli.people.rules import KEEPS_REGISTER, Scope

_STARTING = Path(__file__).with_name("starting.json")
_LONGEST = 2000


def may_keep(scope: Scope, area: str) -> bool:
    """Whether this person keeps the texts of an area: its desk, one above it, or the system administrator there."""
    return bool(KEEPS_REGISTER & scope.roles_in(area))


def _require_keeper(by: Person | None, area: str, at: datetime) -> None:
    if by is not None and not may_keep(scope_of(by, at), area):
        raise NotYours("not_yours", _("The texts of an area are kept by its desk. Ask them for another one."))


@transaction.atomic
def add_text(
    *,
    area: Area,
    step: str,
    title: str,
    words: str,
    by: Person | None,
    at: datetime,
    words_en: str = "",
    category: Category | None = None,
) -> ReadyText:
    """Keep a new text. `by=None`: it comes with linli. Raises `NotYours`, `BadInput`."""
    _require_keeper(by, area.code, at)
    clean = _clean(step=step, title=title, words=words, words_en=words_en)
    text = _store(ReadyText(area=area, category=category, made_at=at, **clean))
    record("text.added", on=text, area=area.code, by=by, at=at, step=step)
    return text


@transaction.atomic
def edit_text(
    text: ReadyText,
    *,
    edition: int,
    step: str,
    title: str,
    words: str,
    by: Person,
    at: datetime,
    words_en: str = "",
    category: Category | None = None,
) -> None:
    """Change it. `edition`: the one that was read. Raises `NotYours`, `BadInput`, `Refused` when somebody was quicker."""
    _require_keeper(by, text.area_id, at)
    clean = _clean(step=step, title=title, words=words, words_en=words_en)
    held = ReadyText.objects.select_for_update().get(pk=text.pk)
    if held.edition != edition or held.closed_at is not None:
        raise Refused(
            "changed_meanwhile", _("Somebody else has just changed this text. Look at it, then edit it again.")
        )
    changed = sorted(name for name in clean if getattr(held, name) != clean[name])
    changed += ["category"] if held.category != category else []
    if not changed:
        return
    for name, value in {**clean, "category": category, "edition": edition + 1}.items():
        setattr(held, name, value)
    _store(held)
    record("text.edited", on=text, area=text.area_id, by=by, at=at, fields=changed, edition=held.edition)


@transaction.atomic
def close_text(text: ReadyText, *, by: Person, at: datetime) -> None:
    """It is no longer offered. Raises `NotYours`."""
    _require_keeper(by, text.area_id, at)
    if ReadyText.objects.filter(pk=text.pk, closed_at__isnull=True).update(closed_at=at):
        record("text.closed", on=text, area=text.area_id, by=by, at=at)


@transaction.atomic
def reopen_text(text: ReadyText, *, by: Person, at: datetime) -> None:
    """Offer it again. Raises `NotYours`, `BadInput` where another one has taken its title."""
    _require_keeper(by, text.area_id, at)
    held = ReadyText.objects.select_for_update().get(pk=text.pk)
    if held.closed_at is not None:
        held.closed_at = None
        _store(held)
        record("text.reopened", on=text, area=text.area_id, by=by, at=at)


@transaction.atomic
def load_starting_texts(area: Area, *, by: Person | None, at: datetime) -> int:
    """Add the texts that come with linli to an area, except those whose step and title it has had; how many were added."""
    had = set(ReadyText.objects.filter(area=area).values_list("step", "title"))
    categories = _categories()
    new = [one for one in starting_texts() if (one["step"], one["title"]) not in had]
    for one in new:
        known: Mapping[str, Any] = {key: value for key, value in one.items() if key != "category"}
        add_text(area=area, by=by, at=at, category=categories.get(one.get("category", "")), **known)
    return len(new)


def starting_texts() -> list[dict[str, str]]:
    """What comes with linli: [{step, title, words, words_en, category?}], `category` being the name of a domain."""
    found: list[dict[str, str]] = json.loads(_STARTING.read_text(encoding="utf-8"))
    return found


def _categories() -> dict[str, Category]:
    rows = Category.objects.filter(pack__in_use=True, closed_on__isnull=True)
    return {one.name: one for one in rows}


def _clean(*, step: str, title: str, words: str, words_en: str) -> dict[str, str]:
    if step not in TEXT_STEPS:
        raise BadInput("unknown_step", _("Choose the step this text is for."), field="step")
    clean = {
        "step": step,
        "title": clean_words(title, field="title", required=True, longest=80),
        "words": clean_words(words, field="words", required=True, longest=_LONGEST),
        "words_en": clean_words(words_en, field="words_en", longest=_LONGEST),
    }
    for field in ("words", "words_en"):
        check_placeholders(clean[field], field=field)
    return clean


def _store(text: ReadyText) -> ReadyText:
    try:
        with transaction.atomic():
            text.save()
    except IntegrityError:
        raise BadInput(
            "title_taken",
            _("This area has a text of this title for the step already. Choose another title."),
            field="title",
        ) from None
    return text
