"""Whom a party may want as its mediator: those proposed, whom another side has named, and all others of the body to be found."""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _

from linli.mediation.actions import assigning
from linli.mediation.models import Assignment, Mediator, Party
from linli.mediation.public.values import Choice, Serving
from linli.mediation.rules import Kind, Language, Suits

#: As many as are read on a telephone; whoever wants others narrows the list.
MOST_SHOWN = 12
_LONGEST = 40
Pairs = list[tuple[str, str]]


class Choosing:
    """What one party may say of who is to mediate, while nobody has been asked."""

    def __init__(self, party: Party, called: Callable[[str], str], at: datetime) -> None:
        self._party, self._dispute, self._called, self._at = party, party.dispute, called, at
        self._mine = str(party.pk)

    @cached_property
    def proposed(self) -> list[Choice]:
        """Whom the committee proposes, each with the reasons."""
        return [
            Choice(
                one.mediator_id,
                one.mediator.person.name,
                str(one.mediator.body),
                tuple(str(Suits(reason).label) for reason in one.reasons),
            )
            for one in assigning.proposals(self._dispute)
        ]

    @cached_property
    def _named(self) -> list[tuple[Assignment, dict[str, str]]]:
        rows = [(one, assigning.still_said(self._dispute, one.named_by)) for one in assigning.named(self._dispute)]
        free = set(assigning.suitable(self._dispute, self._at).values_list("pk", flat=True)) if rows else set()
        return [(one, said) for one, said in rows if said and one.mediator_id in free]

    @cached_property
    def by_others(self) -> list[Choice]:
        """Whom others have named and this party has not; those who cannot be asked any more are left out."""
        return [
            Choice(
                one.mediator_id,
                one.mediator.person.name,
                str(one.mediator.body),
                by=" · ".join(dict.fromkeys(map(self._called, said))),
            )
            for one, said in self._named
            if self._mine not in said
        ]

    @cached_property
    def by_me(self) -> str:
        """The name of whom this party has named while the other side has not; empty for nobody."""
        return next((one.mediator.person.name for one, said in self._named if self._mine in said), "")

    def waits(self) -> list[str]:
        """What waits for this party to say, in words."""
        words = [_("Choose a mediator, or leave it to the committee")] if self.proposed and not self.by_me else []
        if self.by_others:
            words.append(_("Say whether you want the mediator whom the other side named"))
        return words


class Finding:
    """The list of all who may be asked, narrowed by what was typed into it. Those proposed stand above it and not here."""

    def __init__(self, party: Party, typed: Mapping[str, str], at: datetime) -> None:
        self._dispute, self._at = party.dispute, at
        self.words = typed.get("words", "").strip()[:_LONGEST]
        self.kind = typed.get("kind", "") if typed.get("kind") in Kind.values else ""
        self.language = typed.get("language", "") if typed.get("language") in Language.values else ""
        self.is_open = any(name in typed for name in ("words", "kind", "language"))

    @cached_property
    def _all(self) -> list[Any]:
        rows = assigning.with_load(assigning.suitable(self._dispute, self._at)).select_related("person", "body")
        above = {one.mediator_id for one in assigning.proposals(self._dispute)}
        return sorted((one for one in rows if one.pk not in above), key=lambda one: one.person.name)

    def __bool__(self) -> bool:
        return bool(self._all)

    @cached_property
    def _found(self) -> list[Any]:
        return [one for one in self._all if self._fits(one)]

    def _fits(self, one: Mediator) -> bool:
        return (
            self.words.casefold() in one.person.name.casefold()
            and (not self.kind or self.kind in one.skills)
            and (not self.language or self.language in one.languages)
        )

    def shown(self) -> list[Serving]:
        """Those found, by name, as far as they are shown."""
        return [
            Serving(
                one.pk,
                one.person.name,
                str(one.body),
                tuple(str(Kind(code).label) for code in one.skills),
                tuple(str(Language(code).label) for code in one.languages),
                one.load,
            )
            for one in self._found[:MOST_SHOWN]
        ]

    def left_out(self) -> int:
        """How many more were found."""
        return max(len(self._found) - MOST_SHOWN, 0)

    def kinds(self) -> Pairs:
        """What any of them knows."""
        known = {code for one in self._all for code in one.skills}
        return [(code, str(label)) for code, label in Kind.choices if code in known]

    def languages(self) -> Pairs:
        """What any of them speaks."""
        spoken = {code for one in self._all for code in one.languages}
        return [(code, str(label)) for code, label in Language.choices if code in spoken]
