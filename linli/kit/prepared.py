"""Questions asked and changes made in every act: their SQL is made once in a process, and filled at each asking.

To make the SQL of a usual question takes ten times as long as the store needs to answer it. Nothing of an answer is kept.
"""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import update_wrapper
from types import SimpleNamespace
from typing import Any, Generic, NamedTuple, ParamSpec, TypeVar
from uuid import UUID

from django.db import connections, models, router
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.sql import UpdateQuery
from django.db.models.sql.compiler import SQLCompiler

P = ParamSpec("P")
Row = TypeVar("Row")


class Prepared(Generic[P, Row]):
    """A function from plain values to a queryset, called with the same values: the rows as a list.

    The function sees stand-ins and may do nothing with them but look rows up by them: what changes the question, as None
    or a flag would, makes another question. A list is for `__in`; of an empty one nothing comes. Values are keys, words,
    numbers, moments and days as Python has them.
    """

    def __init__(self, question: Callable[P, "models.QuerySet[Any, Row]"]) -> None:
        self._question: Callable[..., models.QuerySet[Any, Row]] = question
        self._made: dict[Any, _Question] = {}
        update_wrapper(self, question)

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> list[Row]:
        """Ask it."""
        given = [*args, *kwargs.values()]
        rooms = [_room(one) for one in given]
        if 0 in rooms:
            return []
        shape = (*rooms, *kwargs)
        made = self._made.get(shape)
        if made is None:
            asked = _with_marks(self._question, rooms, list(kwargs))
            made = self._made[shape] = _Question(asked)
        return made.rows(given)

    def one(self, *args: P.args, **kwargs: P.kwargs) -> Row | None:
        """The first row; None: there is none."""
        return next(iter(self(*args, **kwargs)), None)


class PreparedUpdate(Generic[P]):
    """A function from plain values to a queryset and what to set in it, called with the same values: how many rows changed.

    As for `Prepared`; what is set may be None.
    """

    def __init__(self, change: Callable[P, "tuple[models.QuerySet[Any], dict[str, Any]]"]) -> None:
        self._change: Callable[..., tuple[models.QuerySet[Any], dict[str, Any]]] = change
        self._made: dict[Any, _Compiled] = {}
        update_wrapper(self, change)

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> int:
        """Make it."""
        given = [*args, *kwargs.values()]
        rooms = [_room(one) for one in given]
        if 0 in rooms:
            return 0
        shape = (*rooms, *kwargs)
        made = self._made.get(shape)
        if made is None:
            rows, values = _with_marks(self._change, rooms, list(kwargs))
            query: Any = rows.query.chain(UpdateQuery)
            query.add_update_values(values)
            made = self._made[shape] = _compiled(query, router.db_for_write(rows.model))
        return made.changed(given)


def _with_marks(function: Callable[..., Any], rooms: list[int | None], names: list[str]) -> Any:
    marks = [_Mark(place, room) for place, room in enumerate(rooms)]
    first = len(marks) - len(names)
    return function(*marks[:first], **dict(zip(names, marks[first:], strict=True)))


def _room(value: Any) -> int | None:
    """For how many values there must be room: some more than a list has, so that few lengths are made. None: it is no list."""
    if isinstance(value, str | bytes) or not isinstance(value, Collection):
        return None
    return 1 << (len(value) - 1).bit_length() if value else 0


class _Mark(models.Value):
    """Stands for a value, or a list with room for so many, until it is given."""

    def __init__(self, place: int, room: int | None) -> None:
        super().__init__(None)
        self.place, self.room = place, room

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, Any]:
        """Marks for the store, and in place of parameters where to find them."""
        if self.room is None:
            return "%s", [_Wanted(self.place, None)]
        return f"({', '.join(['%s'] * self.room)})", [_Wanted(self.place, number) for number in range(self.room)]


@dataclass(frozen=True)
class _Wanted:
    """A parameter that is given: which value, and of a list which one."""

    place: int
    number: int | None

    def out_of(self, given: list[Any]) -> Any:
        value = given[self.place]
        # What is over is filled with the last: it changes nothing.
        return value if self.number is None else value[min(self.number, len(value) - 1)]


class _Compiled(NamedTuple):
    """SQL, with its parameters as they are or as they are wanted, and who made it."""

    using: str
    compiler: Any
    sql: str
    parameters: tuple[Any, ...]

    def filled(self, given: list[Any]) -> tuple[Any, ...]:
        """The parameters as the store takes them."""
        plain = [_plain(one, connections[self.using]) for one in given]
        return tuple(one.out_of(plain) if isinstance(one, _Wanted) else one for one in self.parameters)

    def changed(self, given: list[Any]) -> int:
        """Make a change; how many rows."""
        with connections[self.using].cursor() as cursor:
            cursor.execute(self.sql, self.filled(given))
            return int(cursor.rowcount)


def _compiled(query: Any, using: str) -> _Compiled:
    compiler = query.get_compiler(using=using)
    sql, parameters = compiler.as_sql()
    return _Compiled(using, compiler, sql, tuple(parameters))


class _Question:
    """A question as the store takes it."""

    def __init__(self, asked: "models.QuerySet[Any, Any]") -> None:
        self._compiled = _compiled(asked.query, asked.db)
        compiler = self._compiled.compiler
        converters = compiler.get_converters([one[0] for one in compiler.select[: compiler.col_count]])
        self._shape = (compiler.select, compiler.klass_info, compiler.annotation_col_map, list(converters.items()))
        self._rows: Any = asked._iterable_class

    def rows(self, given: list[Any]) -> list[Any]:
        """The answer, as the queryset would give it."""
        made = self._compiled
        with connections[made.using].cursor() as cursor:
            cursor.execute(made.sql, made.filled(given))
            found = cursor.fetchall()
        if not found:
            return []
        query = SimpleNamespace(get_compiler=lambda using: _Answer(found, connections[using], *self._shape))
        return list(self._rows(SimpleNamespace(db=made.using, query=query, _known_related_objects={})))


@dataclass(slots=True)
class _Answer:
    """To what makes objects or values of rows: a compiler whose question was asked already."""

    found: list[Any]
    connection: BaseDatabaseWrapper
    select: Any
    klass_info: Any
    annotation_col_map: Any
    converters: list[tuple[int, Any]]

    def execute_sql(self, **_how: Any) -> list[Any]:
        """The rows as they came."""
        return self.found

    def results_iter(self, *_results: Any, **_how: Any) -> Iterator[Any]:
        """The rows as Python has their values."""
        for row in map(list, self.found):
            for place, (converters, expression) in self.converters:
                for convert in converters:
                    row[place] = convert(row[place], expression, self.connection)
            yield tuple(row)


def _plain(value: Any, connection: Any) -> Any:
    """A value, or each of a list, as the drivers take it."""
    match value:
        case UUID():
            return value if connection.features.has_native_uuid_field else value.bytes
        case datetime():
            return connection.ops.adapt_datetimefield_value(value)
        case date():
            return connection.ops.adapt_datefield_value(value)
        case str():
            # Words of a list of choices too: PostgreSQL's driver takes no kinds of its own.
            return str(value)
        case Collection() if not isinstance(value, bytes):
            return [_plain(one, connection) for one in value]
        case _:
            return value
