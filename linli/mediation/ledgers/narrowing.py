"""What a ledger is narrowed to: read from an address, written into one, and said in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, TextChoices
from django.utils.functional import cached_property
from django.utils.translation import gettext, gettext_lazy

from linli.areas.codes import within
from linli.kit.refusal import BadInput
from linli.mediation.ledgers.figures import BY_CODE, Cohort, Figure
from linli.mediation.models import Body
from linli.mediation.rules import Kind, Level, State

#: Many people are ten and more, as 民诉法解释 art. 75 counts them.
LARGE_FROM = 10


class Size(TextChoices):
    """How many people are in a dispute, as far as ledgers tell it apart."""

    LARGE = "large", gettext_lazy("Ten people or more")


@dataclass(frozen=True)
class Narrowing:
    """Of which kind, size, state, body or level of body, and which of them a figure counts; empty: all."""

    kind: str = ""
    size: str = ""
    state: str = ""
    body: str = ""
    level: str = ""
    figure: str = ""
    #: Of this area alone, nothing of those below it.
    alone: bool = False

    @classmethod
    def parse(cls, sent: Mapping[str, str]) -> "Narrowing":
        """Raises `BadInput` for what no page offers."""
        found = cls(
            kind=_choice(sent, "kind", Kind.values),
            size=_choice(sent, "size", Size.values),
            state=_choice(sent, "state", State.values),
            body=sent.get("body", ""),
            level=_choice(sent, "level", Level.values),
            figure=_choice(sent, "figure", LISTED),
            alone=sent.get("alone") == "1",
        )
        if found.body and (not (found.body.isascii() and found.body.isdigit()) or found.of_body is None):
            raise _not_a_choice(found.body)
        return found

    @property
    def asked(self) -> dict[str, str]:
        """The parameters of an address that asks for it."""
        names = ("kind", "size", "state", "body", "level", "figure")
        told = {name: getattr(self, name) for name in names}
        return {name: value for name, value in told.items() if value} | ({"alone": "1"} if self.alone else {})

    @property
    def of_figure(self) -> Figure:
        """The figure whose rows are listed: those registered, if none is asked for."""
        return BY_CODE[self.figure or "registered"]

    @cached_property
    def of_body(self) -> Body | None:
        """The body asked for; None: no such body, or none asked for."""
        return Body.objects.filter(pk=int(self.body)).first() if self.body and len(self.body) < 18 else None

    def condition(self, area: str) -> Q:
        """Which disputes fit; the figure apart."""
        given: dict[str, Any] = {"kind": self.kind, "state": self.state, "body": self.body, "body__level": self.level}
        found = Q(**{name: value for name, value in given.items() if value})
        found &= Q(people_count__gte=LARGE_FROM) if self.size else Q()
        return found & Q(area=area) if self.alone else found

    @property
    def words(self) -> list[str]:
        """What it is narrowed to, for the head of a page or file."""
        named = [
            Kind(self.kind).label if self.kind else "",
            Size(self.size).label if self.size else "",
            State(self.state).label if self.state else "",
            str(self.of_body or ""),
            Level(self.level).label if self.level else "",
            self.of_figure.name if self.figure else "",
            gettext("In no area below") if self.alone else "",
        ]
        return [str(one) for one in named if one]


#: Figures that count disputes, so that a number opens its rows.
LISTED = [code for code, figure in BY_CODE.items() if figure.cohort != Cohort.DUE]


def _choice(sent: Mapping[str, str], name: str, among: list[str]) -> str:
    value = sent.get(name, "")
    if value and value not in among:
        raise _not_a_choice(value)
    return value


def _not_a_choice(value: str) -> BadInput:
    return BadInput(
        "not_a_choice",
        gettext_lazy("“%(value)s” is not possible here. Choose one of the list."),
        value=value[:40],
    )


def bodies_around(area: str) -> list[Body]:
    """Bodies that may have disputes of an area: those in it and those above it, in the order of their areas."""
    around = Body.objects.filter(within(area)) | Body.objects.above(area)
    return list(around.order_by("area", "id"))
