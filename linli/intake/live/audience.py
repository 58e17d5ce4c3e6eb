"""Who must hear of a change: those who listen, found by area, department, person and receipt without asking each."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from linli.areas.codes import lineage
from linli.intake.live.news import Change
from linli.intake.live.streams import Stream


@dataclass(eq=False)
class Circle:
    """All who see the same: what they are told is made once."""

    areas: tuple[str, ...]
    departments: tuple[str, ...]
    streams: set[Stream] = field(default_factory=set)


class Audience:
    """Everybody who listens in this process."""

    def __init__(self) -> None:
        self.streams: set[Stream] = set()
        self.by_person: dict[int, set[Stream]] = defaultdict(set)
        self._by_session: dict[str, set[Stream]] = defaultdict(set)
        self._by_receipt: dict[str, set[Stream]] = defaultdict(set)
        self._circles: dict[tuple[Sequence[str], Sequence[str]], Circle] = {}
        self._by_area: dict[str, set[Circle]] = defaultdict(set)
        self._by_department: dict[str, set[Circle]] = defaultdict(set)

    def add(self, stream: Stream) -> None:
        """From now on it hears."""
        self.streams.add(stream)
        for index, name in self._places(stream):
            index[name].add(stream)
        circle = self._circle(stream)
        circle.streams.add(stream)
        for area in circle.areas:
            self._by_area[area].add(circle)
        for department in circle.departments:
            self._by_department[department].add(circle)

    def remove(self, stream: Stream) -> None:
        """It hears nothing more."""
        if stream not in self.streams:
            return
        self.streams.discard(stream)
        for index, name in self._places(stream):
            _drop(index, name, stream)
        circle = self._circle(stream)
        circle.streams.discard(stream)
        if not circle.streams:
            del self._circles[circle.areas, circle.departments]
            for area in circle.areas:
                _drop(self._by_area, area, circle)
            for department in circle.departments:
                _drop(self._by_department, department, circle)

    def open_for(self, session: str) -> int:
        """How many streams this session has open."""
        return len(self._by_session.get(session, ()))

    def who_sees(self, change: Change) -> set[Circle]:
        """The circles to which its matter is visible now: the law of `Event.objects.visible_to`, asked the other way."""
        found: set[Circle] = set()
        for area in lineage(change.area):
            found |= self._by_area.get(area, set())
        for department in change.departments:
            found |= self._by_department.get(department, set())
        return found

    def who_lost(self, change: Change) -> set[Circle]:
        """The circles whose lists it has left."""
        if not change.came_from:
            return set()
        seen = (self._by_area.get(area, set()) for area in lineage(change.came_from))
        return set().union(*seen) - self.who_sees(change)

    def who_watches(self, change: Change) -> Iterable[Stream]:
        """Those who hold its receipt."""
        return self._by_receipt.get(change.key, ())

    def _places(self, stream: Stream) -> list[tuple[dict, str | int]]:  # type: ignore[type-arg]
        one = stream.listener
        assert one is not None
        places: list[tuple[dict, str | int]] = [(self._by_session, one.asked.session)]  # type: ignore[type-arg]
        places += [(self.by_person, one.person)] if one.person else []
        return places + [(self._by_receipt, key) for key in one.watched]

    def _circle(self, stream: Stream) -> Circle:
        one = stream.listener
        assert one is not None
        return self._circles.setdefault((one.areas, one.departments), Circle(one.areas, one.departments))


def _drop(index: dict, name: str | int, one: object) -> None:  # type: ignore[type-arg]
    index[name].discard(one)
    if not index[name]:
        del index[name]
