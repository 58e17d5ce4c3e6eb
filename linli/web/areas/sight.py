"""Which areas a person may look at, and what of them: its matters, its register, or both."""

from dataclasses import dataclass

from django.http import Http404, HttpRequest

from linli.areas.codes import contains, outermost, within
from linli.areas.models import Area, AreaQuerySet
from linli.people.rules import KEEPS_APPOINTMENTS, KEEPS_REGISTER, Scope


@dataclass(frozen=True)
class Sight:
    """What one scope opens of the ground. Matters follow `SEES_AREA`; the register follows `KEEPS_REGISTER`."""

    scope: Scope

    @property
    def codes(self) -> list[str]:
        """The outermost areas whose pages they may open."""
        return outermost([*self.scope.area_codes, *self.kept])

    @property
    def kept(self) -> list[str]:
        """The outermost areas whose register they keep."""
        return outermost(one.area for one in self.scope.held if one.role in KEEPS_REGISTER)

    def covers(self, code: str) -> bool:
        """Whether they may open the page of this area."""
        return any(contains(mine, code) for mine in self.codes)

    def shows_matters(self, code: str) -> bool:
        """Whether the matters of this area are theirs to see; to a system administrator they are not."""
        return any(contains(mine, code) for mine in self.scope.area_codes)

    def keeps(self, code: str) -> bool:
        """Whether they keep the register of this area."""
        return any(contains(mine, code) for mine in self.kept)

    def appoints(self, code: str) -> bool:
        """Whether they appoint people in this area."""
        return bool(self.scope.roles_in(code) & KEEPS_APPOINTMENTS)

    def areas(self) -> AreaQuerySet:
        """All areas in sight, closed ones included."""
        return Area.objects.filter(within(*self.codes, field="code"))


def sight_of(request: HttpRequest) -> Sight:
    """The sight of whoever asks."""
    return Sight(request.scope)  # type: ignore[attr-defined]


def seen(request: HttpRequest, code: str) -> Area:
    """The area if this person may look at it; else 404, whether it exists or not."""
    related = ("parent", "successor")
    area = sight_of(request).areas().select_related(*related).filter(pk=clean(code)).first()
    if area is None:
        raise Http404
    return area


def clean(code: str) -> str:
    """The code if it can be one, else nothing: a store may refuse to compare with other signs at all."""
    return code if code.isascii() and code.isdigit() and len(code) <= 30 else ""
