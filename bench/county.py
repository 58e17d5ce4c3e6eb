"""The county that is measured: 22 townships, 3,960 grids, a year of matters; rows are put in by the fastest way."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any

AT = datetime(2026, 11, 16, 4, 0, tzinfo=UTC)
_OPEN_SHARE = 0.03


def insert_events(rows: Iterator[dict[str, Any]]) -> None:
    """Put the rows of matters in."""
    from linli.events.models import Event

    with without_indexes(Event):
        for chunk in _chunks(rows, 20_000):
            _insert(Event._meta.db_table, list(chunk[0]), [list(row.values()) for row in chunk])


@contextmanager
def without_indexes(model: Any) -> Iterator[None]:
    """The secondary indexes of a table are made anew at the end: beside ever more rows they take several times as long."""
    from django.db import connection

    secondary = list(model._meta.indexes)
    with connection.schema_editor() as editor:
        for index in secondary:
            editor.remove_index(model, index)
    yield
    with connection.schema_editor() as editor:
        for index in secondary:
            editor.add_index(model, index)


def make_areas() -> list[str]:
    """Make the areas; the codes of the grids."""
    from linli.areas.models import Area

    day = date(2020, 1, 1)
    codes = ["440881"]
    codes += [f"440881{101 + one}" for one in range(22)]
    codes += [f"{town}{201 + one}" for town in codes[1:23] for one in range(18)]
    grids = [f"{village}{1 + one:03d}" for village in codes[23:] for one in range(10)]
    levels = {6: "county", 9: "township", 12: "village", 15: "grid"}
    Area.objects.bulk_create(
        [
            Area(
                code=c,
                name=f"第{c}号",
                level=levels[len(c)],
                kind=levels[len(c)],
                parent_id=c[:-3] if len(c) > 6 else None,
                valid_from=day,
            )
            for c in [*codes, *grids]
        ],
        batch_size=1000,
    )
    return grids


def make_categories() -> tuple[list[int], list[str]]:
    """Sixty categories and thirty departments: keys and codes."""
    from linli.events.models import Category, Pack
    from linli.people.models import Department

    departments = [f"d{one:02d}" for one in range(30)]
    Department.objects.bulk_create(Department(code=code, name=f"第{code}局") for code in departments)
    pack = Pack.objects.create(code="bench", version="1", name="测量", in_use=True)
    kinds = [Category(pack=pack, code=f"C{one:02d}", name=f"类别{one}", limit_working_days=5) for one in range(60)]
    Category.objects.bulk_create(kinds)
    return list(Category.objects.values_list("pk", flat=True)), departments


_WHERE = ("村口", "市场门前", "学校旁边", "河边", "桥下", "巷口", "公园里", "车站对面", "菜地旁", "祠堂后面")
_WHAT = (
    "水沟堵塞",
    "路灯不亮",
    "垃圾成堆",
    "围墙开裂",
    "井盖丢失",
    "树枝压线",
    "夜间噪音扰民",
    "污水外溢",
    "占道经营",
    "路面塌陷",
)
_MORE = (
    "请尽快处理",
    "已有三天",
    "老人出行不便",
    "下雨后更严重",
    "多次反映未解决",
    "孩子上学经过",
    "气味很大",
    "影响通行",
)


def rows(count: int, grids: list[str], categories: list[int]) -> Iterator[dict[str, Any]]:
    """So many matters as columns of the store, spread over the year before `AT`."""
    from django.db import connection

    from linli.events.models import Event
    from linli.events.rules import ENDED, OPEN

    dice = random.Random(7)
    fields = Event._meta.concrete_fields
    blank = {field.attname: field.get_default() for field in fields}
    prepared = {field.attname: field.get_db_prep_save for field in fields}
    opens, ends = sorted(OPEN), sorted(ENDED)
    begin = AT - timedelta(days=365)
    for number in range(count):
        reported = begin + timedelta(seconds=365 * 86400 * number / count)
        is_open = dice.random() < _OPEN_SHARE * 2 * number / count
        grid = dice.choice(grids)
        state = dice.choice(opens) if is_open else dice.choice(ends[:2])
        row = {
            **blank,
            "id": Event._meta.pk.get_default(),
            "number": f"{grid[:9]}-{reported:%Y%m}-{number:07d}",
            "area_id": grid,
            "category_id": dice.choice(categories),
            "state": state,
            "source": "resident",
            "text": f"{dice.choice(_WHERE)}{dice.choice(_WHAT)}，{dice.choice(_MORE)}，{dice.choice(_MORE)}。",
            "place": dice.choice(_WHERE),
            "reported_at": reported,
            "received_at": reported,
            "due_at": reported + timedelta(days=dice.randrange(1, 40)),
            "ended_at": None if is_open else reported + (AT - reported) * dice.random() * 0.1,
            "paused_at": reported if state in ("deferred", "objected", "supplement_asked") else None,
        }
        yield {name: prepared[name](value, connection) for name, value in row.items()}


def _chunks(rows: Iterator[dict[str, Any]], size: int) -> Iterator[list[dict[str, Any]]]:
    chunk: list[dict[str, Any]] = []
    for row in rows:
        chunk.append(row)
        if len(chunk) == size:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def _insert(table: str, columns: list[str], rows: list[list[Any]]) -> None:
    """By the fastest way a store has: COPY on PostgreSQL, one prepared statement on SQLite."""
    from django.db import connection, transaction

    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
        else:
            marks = ", ".join(["%s"] * len(columns))
            cursor.executemany(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})", rows)


def give_parts(departments: list[str]) -> None:
    """Three in ten of those that were sent on get a lead department."""
    from linli.events.models import Event, Part

    dice = random.Random(8)
    with_department = Event.objects.exclude(state="reported").values_list("pk", flat=True)
    parts = [
        (pk, dice.choice(departments)) for pk in with_department.iterator(chunk_size=50_000) if dice.random() < 0.3
    ]
    columns = ["event_id", "department_id", "leads", "signed_at", "state", "task", "answer"]
    prepare = Part._meta.get_field("event").get_db_prep_save
    from django.db import connection

    _insert(
        Part._meta.db_table,
        columns,
        [[prepare(pk, connection), code, True, None, "asked", "", ""] for pk, code in parts],
    )
