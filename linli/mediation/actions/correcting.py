"""Correcting the register of bodies and mediators: names and courts, who heads, what somebody knows and speaks."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from linli.journal.actions import record
from linli.kit.refusal import BadInput, Refused
from linli.mediation.models import Body, Mediator
from linli.mediation.rules import BodyKind, Kind, Language
from linli.mediation.rules.parties import not_a_choice
from linli.people.actions import require_register
from linli.people.models import Person


@transaction.atomic
def correct_body(
    body: Body, *, name: str, kind: str, by: Person, at: datetime, name_en: str = "", court_name: str = ""
) -> None:
    """Put right what is entered of a body. Area, level and the words of its case numbers stay: numbers were given by them."""
    require_register(by, body.area_id, at)
    if kind not in BodyKind.values:
        raise not_a_choice("kind")
    if not name.strip() or len(name) > 100:
        raise BadInput("body_unnamed", _("A body has a name of 100 characters at most."), field="name")
    words = {
        "name": name.strip(),
        "name_en": name_en.strip()[:100],
        "court_name": court_name.strip()[:100],
        "kind": kind,
    }
    changed = [field for field, value in words.items() if getattr(body, field) != value]
    for field in changed:
        setattr(body, field, words[field])
    if changed:
        body.save(update_fields=changed)
        record("mediation.body_corrected", on=body, by=by, at=at, changed=sorted(changed))


@transaction.atomic
def correct_mediator(
    mediator: Mediator,
    *,
    is_head: bool,
    skills: Sequence[str],
    languages: Sequence[str],
    by: Person,
    at: datetime,
) -> None:
    """Put right what a mediator knows and speaks, and whether they head the body. Raises `Refused` for one who has ended."""
    body = mediator.body
    require_register(by, body.area_id, at)
    if not set(skills) <= set(Kind.values) or not set(languages) <= set(Language.values):
        raise not_a_choice("skills")
    if mediator.to_on is not None:
        raise Refused("mediates_no_longer", _("This mediator's service has ended. Enter them anew."))
    mediator.is_head, mediator.skills, mediator.languages = is_head, sorted(set(skills)), sorted(set(languages))
    mediator.save(update_fields=["is_head", "skills", "languages"])
    record("mediation.mediator_corrected", on=mediator, by=by, at=at, area=body.area_id, body=body, is_head=is_head)
