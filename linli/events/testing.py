"""A small legal world for tests: two townships, a cast, three categories; and events that got where they are by acts."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from linli.areas.actions import set_boundary
from linli.areas.geometry import clean_outline
from linli.areas.models import Area, Kind
from linli.events import actions
from linli.events.models import Category, Draw, Event, Pack, Picture, Release
from linli.events.rules import Source, State, commitment, fingerprint, seed_of
from linli.kit.holidays import load_calendar
from linli.kit.testing import BuiltOnce
from linli.people.models import Department, Person
from linli.people.testing import Cast, make_cast

#: A working Monday, noon in Shanghai.
NOON = datetime(2026, 11, 16, 4, 0, tzinfo=UTC)
GRID = "440881101201005"


@dataclass(frozen=True)
class World:
    """What a test finds. Areas by code; `water` leads, `housing` co-handles."""

    areas: dict[str, Area]
    cast: Cast
    water: Department
    housing: Department
    drain: Category
    wall: Category
    quarrel: Category

    @property
    def grid(self) -> Area:
        """The worker's grid."""
        return self.areas[GRID]


def _build_world() -> World:
    load_calendar()
    areas = _make_areas()
    county = areas["440881"]
    water = Department.objects.create(code="water", name="水务局", name_en="Water Bureau", area=county)
    housing = Department.objects.create(code="housing", name="住建局", name_en="Housing Bureau", area=county)
    pack = Pack.objects.create(code="test", version="1", name="测试分类", name_en="Test categories", in_use=True)
    top = Category.objects.create(pack=pack, code="C", name="公共设施", name_en="Facilities")
    drain = Category.objects.create(
        pack=pack,
        parent=top,
        code="C01",
        public_place="exact",
        name="排水管道",
        name_en="Drains",
        department=water,
        limit_working_days=3,
        is_public=True,
    )
    wall = Category.objects.create(
        pack=pack,
        parent=top,
        code="C02",
        name="危墙",
        name_en="Unsafe wall",
        department=housing,
        limit_hours=72,
        is_public=True,
    )
    quarrel = Category.objects.create(
        pack=pack, code="A01", name="邻里纠纷", name_en="Neighbours", for_mediation=True, limit_working_days=10
    )
    cast = make_cast(grid=areas[GRID], other_grid=areas["440881102201001"], lead=water, other=housing)
    return World(areas, cast, water, housing, drain, wall, quarrel)


#: The world, in a home that holds nothing yet.
make_world = BuiltOnce(_build_world)


def _make_areas() -> dict[str, Area]:
    made: dict[str, Area] = {}
    for code, name, level, kind in (
        ("440881", "廉江市", "county", Kind.COUNTY),
        ("440881101", "石城镇", "township", Kind.TOWNSHIP),
        ("440881102", "新民镇", "township", Kind.TOWNSHIP),
        ("440881101201", "上县村", "village", Kind.VILLAGE),
        ("440881101202", "下县村", "village", Kind.VILLAGE),
        ("440881102201", "三角山村", "village", Kind.VILLAGE),
        (GRID, "上县第五网格", "grid", Kind.GRID),
        ("440881101201006", "上县第六网格", "grid", Kind.GRID),
        ("440881101202001", "下县第一网格", "grid", Kind.GRID),
        ("440881102201001", "三角山第一网格", "grid", Kind.GRID),
    ):
        parent = next((made[code[:width]] for width in (12, 9, 6) if code[:width] in made and width < len(code)), None)
        made[code] = Area(code=code, name=name, level=level, kind=kind, parent=parent, valid_from=date(2020, 1, 1))
    Area.objects.bulk_create(made.values())
    return made


def make_event(
    world: World,
    state: str = State.REPORTED,
    *,
    at: datetime = NOON,
    area: Area | None = None,
    category: Category | None = None,
    text: str = "村口水沟堵了，污水流到路上",
    source: str = Source.RESIDENT,
    by: Person | None = None,
) -> Event:
    """An event in this state, brought there by the acts of the people who may do them, a minute apart from `at` on."""
    event = actions.report(
        text=text, area=area or world.grid, category=category or world.drain, at=at, source=source, by=by
    ).event
    for minute, act in enumerate(PATHS[state], 1):
        act(world, event, at + timedelta(minutes=minute))
    event.refresh_from_db()
    return event


def make_public(picture: Picture, *, by: Person, at: datetime) -> str:
    """Let this desk make a photo public, with nothing covered by machine; the SHA-256 of what everybody sees then."""
    actions.prepare_release(picture, by=by, at=at)
    actions.make_draft(at, by_hand=True)
    seen = Release.objects.get(pk=picture.pk).draft_sha256 or ""
    actions.confirm_release(picture, seen=seen, by=by, at=at)
    return seen


def make_drawn(world: World, event: Event) -> Draw:
    """A draw of the county that fell on this matter alone, in a year long past, so that other draws do not meet it."""
    day = date(2020, 1, 1) + timedelta(days=Draw.objects.count())
    secret = bytes(32)
    frozen = fingerprint([event.number])
    draw = Draw.objects.create(
        area=world.areas["440881"],
        from_on=day,
        to_on=day,
        share_percent=100,
        at_most=1,
        population=[event.number],
        frozen=frozen,
        commitment=commitment(secret),
        secret=secret.hex(),
        seed=seed_of(secret, frozen),
        drawn_at=event.ended_at or NOON,
    )
    draw.reinspections.create(lot=1, event=event, inspector=world.cast.verifier, due_at=NOON + timedelta(days=7))
    return draw


Act = Callable[[World, Event, datetime], object]


def _desk(world: World) -> Person:
    return world.cast.county


def _accept(world: World, event: Event, at: datetime) -> None:
    actions.accept(event, by=_desk(world), at=at)


def _dispatch(world: World, event: Event, at: datetime) -> None:
    actions.dispatch(event, lead=world.water, co_handlers=[world.housing], by=_desk(world), at=at)


def _sign(world: World, event: Event, at: datetime) -> None:
    actions.sign_for(event, by=world.cast.handler, at=at)


def _submit(world: World, event: Event, at: datetime) -> None:
    actions.submit_result(event, text="已疏通水沟", without="住建局只作技术支持", by=world.cast.handler, at=at)


def _verify(world: World, event: Event, at: datetime) -> None:
    actions.verify(event, text="现场看过", by=_desk(world), at=at)


def _merge(world: World, event: Event, at: datetime) -> None:
    actions.merge(event, into=make_event(world, at=at, area=event.area), by=_desk(world), at=at)


_TO_DISPATCHED: tuple[Act, ...] = (_accept, _dispatch)
_TO_RESULT: tuple[Act, ...] = (*_TO_DISPATCHED, _sign, _submit)
PATHS: dict[str, tuple[Act, ...]] = {
    State.REPORTED: (),
    State.CHECKING: (lambda w, e, at: actions.ask_check(e, by=_desk(w), at=at),),
    State.SUPPLEMENT_ASKED: (lambda w, e, at: actions.ask_supplement(e, text="在哪一户门前？", by=_desk(w), at=at),),
    State.ACCEPTED: (_accept,),
    State.DISPATCHED: _TO_DISPATCHED,
    State.OBJECTED: (
        *_TO_DISPATCHED,
        lambda w, e, at: actions.object(e, next_owner=w.housing, basis="权责清单第12项", by=w.cast.handler, at=at),
    ),
    State.SIGNED_FOR: (*_TO_DISPATCHED, _sign),
    State.HANDLING: (*_TO_DISPATCHED, _sign, lambda w, e, at: actions.handle(e, by=w.cast.handler, at=at)),
    State.DEFERRED: (
        *_TO_DISPATCHED,
        lambda w, e, at: actions.defer(
            e, review_on=at.date() + timedelta(days=30), text="等雨季过后", by=_desk(w), at=at
        ),
    ),
    State.RESULT_SUBMITTED: _TO_RESULT,
    State.VERIFIED: (*_TO_RESULT, _verify),
    State.CLOSED: (*_TO_RESULT, _verify, lambda w, e, at: actions.close(e, text="已办结", by=_desk(w), at=at)),
    State.SELF_HANDLED: (lambda w, e, at: actions.self_handle(e, text="当场清理", by=w.cast.worker, at=at),),
    State.REJECTED: (
        lambda w, e, at: actions.reject(e, text="不属受理范围", turn_to="请拨打12345", by=_desk(w), at=at),
    ),
    State.VOIDED: (lambda w, e, at: actions.void(e, text="误报", by=_desk(w), at=at),),
    State.REFERRED_OUT: (lambda w, e, at: actions.refer_out(e, to="110", text="已转110", by=_desk(w), at=at),),
    State.IN_MEDIATION: (lambda w, e, at: actions.to_mediation(e, by=_desk(w), at=at),),
    State.MERGED: (_merge,),
}


#: Outlines as west, south, east, north in degrees: two townships side by side, two villages one above the other.
_OUTLINES: dict[str, tuple[float, float, float, float]] = {
    "440881": (110.0, 21.4, 110.4, 21.8),
    "440881101": (110.0, 21.4, 110.2, 21.8),
    "440881102": (110.2, 21.4, 110.4, 21.8),
    "440881101201": (110.0, 21.6, 110.2, 21.8),
    "440881101202": (110.0, 21.4, 110.2, 21.6),
    "440881102201": (110.2, 21.4, 110.4, 21.8),
    GRID: (110.0, 21.6, 110.1, 21.8),
    "440881101201006": (110.1, 21.6, 110.2, 21.8),
    "440881101202001": (110.0, 21.4, 110.2, 21.6),
    "440881102201001": (110.2, 21.4, 110.4, 21.8),
}
#: A point well inside the worker's grid, and one on its border with the next.
IN_GRID, ON_BORDER = (110.05, 21.7), (110.1, 21.7)


def draw_boundaries(world: World) -> None:
    """Give every area of the world its outline."""
    for code, (west, south, east, north) in _OUTLINES.items():
        ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
        outline = clean_outline({"type": "Polygon", "coordinates": [ring]})
        set_boundary(world.areas[code], outline, on=date(2020, 1, 1))
