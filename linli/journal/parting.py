"""Cutting the journal up into partitions by month, on PostgreSQL, and putting it together again.

Nothing is copied when it is cut up: the table as it lies becomes the first partition. What takes long is done before, while
all others work: that every number lies below the first month is proved by a check. Then one transaction changes everything,
or nothing. References of other tables hold from then on, and are proved for what was there afterwards, with others at work.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext_lazy as _

from linli.journal.months import (
    FIRST,
    NUMBERS,
    REST,
    SEQUENCE,
    SPARE,
    TABLE,
    Reference,
    free,
    given,
    is_parted,
    make,
    make_one,
    missing,
    parts,
    references,
    rows,
)
from linli.kit.refusal import Refused

_BELOW = f"{TABLE}_below"
Said = TypeVar("Said")


@dataclass(frozen=True)
class Done:
    """What was done: how long everybody else waited, and how many entries were copied (None: none had to be)."""

    waited_s: float
    copied: int | None = None


def refuse_as_it_is() -> None:
    """Raises `Refused` where the journal cannot be cut up: what is wrong, and what to do."""
    _refuse_elsewhere()
    if is_parted():
        raise Refused("parted", _("The journal lies in %(n)s partitions already."), n=len(parts()))
    if hanging := ", ".join(_of_others()):
        raise Refused("of_others", _OF_OTHERS, names=hanging)


def _refuse_elsewhere() -> None:
    if connection.vendor != "postgresql":
        raise Refused(
            "no_partitions",
            _("SQLite has no partitions; the journal stays one table there. They are for a journal on PostgreSQL."),
        )


def cut_up(at: datetime, wait_s: float) -> Done:
    """Cut the journal up. Raises `Refused` where that cannot be, and then nothing has changed."""
    refuse_as_it_is()
    pointing = references()
    end = -(-(given() + SPARE) // NUMBERS) * NUMBERS
    _prove_below(end, wait_s)
    try:
        _nothing, waited_s = _free(pointing, lambda: _change(at, end, pointing), wait_s)
    except BaseException:
        _forget_proof(wait_s)
        raise
    prove_references()
    _look_at_all()
    return Done(waited_s)


_OF_OTHERS = _(
    "Something that is not linli's hangs on the table of the journal and would stay with its first partition: %(names)s. "
    "Take it away, cut the journal up, and make it anew."
)


def _free(pointing: list[Reference], do: Callable[[], Said], wait_s: float) -> tuple[Said, float]:
    return free([TABLE, *sorted({one.table for one in pointing})], [], do, wait_s)


def _of_others() -> list[str]:
    """Views, triggers and the like of others: they would not go over to the new table."""
    found = rows(
        "SELECT DISTINCT v.oid::regclass::text FROM pg_depend d JOIN pg_rewrite r ON r.oid = d.objid "
        "AND d.classid = 'pg_rewrite'::regclass JOIN pg_class v ON v.oid = r.ev_class "
        "WHERE d.refclassid = 'pg_class'::regclass AND d.refobjid = to_regclass(%s) "
        "UNION ALL SELECT tgname FROM pg_trigger WHERE tgrelid = to_regclass(%s) AND NOT tgisinternal "
        "UNION ALL SELECT polname FROM pg_policy WHERE polrelid = to_regclass(%s) "
        "UNION ALL SELECT pubname FROM pg_publication p JOIN pg_publication_rel r ON r.prpubid = p.oid "
        "WHERE prrelid = to_regclass(%s)",
        *[TABLE] * 4,
    )
    return [str(row[0]) for row in found]


def _prove_below(end: int, wait_s: float) -> None:
    """That all numbers lie below `end`: asked of what comes at once, and then of what is there, while others work."""

    def ask() -> None:
        _say(
            f"ALTER TABLE {TABLE} DROP CONSTRAINT IF EXISTS {_BELOW}",
            f"ALTER TABLE {TABLE} ADD CONSTRAINT {_BELOW} CHECK (id < {end}) NOT VALID",
        )

    free([TABLE], [], ask, wait_s)
    _patiently(f"ALTER TABLE {TABLE} VALIDATE CONSTRAINT {_BELOW}")


def _forget_proof(wait_s: float) -> None:
    """Of a journal that stays as it was. Where this fails too, the check stays, and refuses nothing for long: see `SPARE`."""
    with suppress(Refused):
        free([TABLE], [], lambda: _say(f"ALTER TABLE {TABLE} DROP CONSTRAINT IF EXISTS {_BELOW}"), wait_s)


def _change(at: datetime, end: int, pointing: list[Reference]) -> None:
    """All of it, in one transaction that has the tables for itself."""
    indexes, own, grants = _indexes(), _own_references(), _grants()
    last, is_given = rows(f"SELECT last_value, is_called FROM {SEQUENCE}")[0]
    _say(*(f"ALTER TABLE {one.table} DROP CONSTRAINT {one.name}" for one in pointing))
    _say(
        f"ALTER TABLE {TABLE} RENAME TO {FIRST}",
        f"ALTER TABLE {FIRST} ALTER id DROP IDENTITY",
        f"ALTER TABLE {FIRST} RENAME CONSTRAINT {TABLE}_pkey TO {FIRST}_pkey",
        *(f'ALTER INDEX "{name}" RENAME TO "{name}_first"' for name, _made in indexes),
        f"CREATE TABLE {TABLE} (LIKE {FIRST} INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING STORAGE, PRIMARY KEY (id)) "
        "PARTITION BY RANGE (id)",
        f"ALTER TABLE {TABLE} DROP CONSTRAINT {_BELOW}",
        f"ALTER TABLE {TABLE} ALTER id ADD GENERATED BY DEFAULT AS IDENTITY (SEQUENCE NAME {SEQUENCE})",
        *(made for _name, made in indexes),
        *(f"ALTER TABLE {TABLE} ADD CONSTRAINT {name} {made}" for name, made in own),
        f"ALTER TABLE {TABLE} ATTACH PARTITION {FIRST} FOR VALUES FROM (MINVALUE) TO ({end})",
        f"ALTER TABLE {FIRST} DROP CONSTRAINT {_BELOW}",
        *grants,
    )
    _number_on(last, is_given)
    make_one(REST, "DEFAULT")
    make(missing(at))
    _point(pointing)


def _indexes() -> list[tuple[str, str]]:
    """Name and making of every index that no constraint has made: the same words make it of the new table."""
    return rows(
        "SELECT c.relname, pg_get_indexdef(c.oid) FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid "
        "WHERE i.indrelid = to_regclass(%s) AND NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conindid = c.oid "
        "AND contype IN ('p', 'u', 'x')) ORDER BY 1",
        TABLE,
    )


def _own_references() -> list[tuple[str, str]]:
    """Name and definition of the foreign keys of the journal itself."""
    return rows(
        "SELECT quote_ident(conname), pg_get_constraintdef(oid) FROM pg_constraint "
        "WHERE conrelid = to_regclass(%s) AND contype = 'f' ORDER BY 1",
        TABLE,
    )


def _grants() -> list[str]:
    """Who else may read it, e.g. the role of a tool for statistics: to be said of the new table."""
    found = rows(
        "SELECT privilege_type, CASE grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(grantee)) END, "
        "is_grantable FROM pg_class, aclexplode(relacl) WHERE oid = to_regclass(%s) AND grantee <> relowner",
        TABLE,
    )
    return [
        f"GRANT {privilege} ON {TABLE} TO {whom}{' WITH GRANT OPTION' if passes_on else ''}"
        for privilege, whom, passes_on in found
    ]


def _number_on(last: int, is_given: bool) -> None:
    """Number on where the sequence that is gone had come to."""
    rows("SELECT setval(%s, %s, %s)", SEQUENCE, last, is_given)


def _point(pointing: list[Reference]) -> None:
    """Give the references back. They held a moment ago, so that nothing is looked at while all others wait."""
    _say(
        *(
            f"ALTER TABLE {one.table} ADD CONSTRAINT {one.name} {one.definition.removesuffix(' NOT VALID')} NOT VALID"
            for one in pointing
        )
    )


def prove_references() -> int:
    """Prove the references that are not proved yet, with all others at work; how many."""
    unproved = [one for one in references() if not one.is_proved]
    for one in unproved:
        _patiently(f"ALTER TABLE {one.table} VALIDATE CONSTRAINT {one.name}")
    return len(unproved)


def put_together(wait_s: float) -> Done:
    """One table again. What was written since it was cut up is copied while all others wait: some 20 000 entries a second."""
    _refuse_elsewhere()
    if not is_parted():
        raise Refused("not_parted", _("The journal is one table; there is nothing to put together."))
    pointing = references()
    try:
        copied, waited_s = _free(pointing, lambda: _change_back(pointing), wait_s)
    except IntegrityError as error:
        raise Refused(
            "twice", _("The journal does not hold; it stays as it is. Run “linli journal verify”.")
        ) from error
    prove_references()
    _look_at_all()
    return Done(waited_s, copied)


def _change_back(pointing: list[Reference]) -> int:
    last, is_given = rows(f"SELECT last_value, is_called FROM {SEQUENCE}")[0]
    named = rows(
        "SELECT quote_ident(c.relname), quote_ident(p.relname) FROM pg_inherits h JOIN pg_index i ON i.indexrelid = h.inhrelid "
        "JOIN pg_class c ON c.oid = h.inhrelid JOIN pg_class p ON p.oid = h.inhparent WHERE i.indrelid = to_regclass(%s)",
        FIRST,
    )
    columns = ", ".join(
        row[0]
        for row in rows(
            "SELECT quote_ident(attname) FROM pg_attribute WHERE attrelid = to_regclass(%s) AND attnum > 0 "
            "AND NOT attisdropped ORDER BY attnum",
            TABLE,
        )
    )
    grants = _grants()
    _say(
        *(f"ALTER TABLE {one.table} DROP CONSTRAINT {one.name}" for one in pointing),
        f"ALTER TABLE {TABLE} DETACH PARTITION {FIRST}",
    )
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {FIRST} ({columns}) SELECT {columns} FROM {TABLE} ORDER BY id")
        copied = int(cursor.rowcount)
    _say(
        "SET CONSTRAINTS ALL IMMEDIATE",
        f"DROP TABLE {TABLE}",
        f"ALTER TABLE {FIRST} RENAME TO {TABLE}",
        *(f"ALTER INDEX {lies_as} RENAME TO {name}" for lies_as, name in named),
        f"ALTER TABLE {TABLE} ALTER id ADD GENERATED BY DEFAULT AS IDENTITY (SEQUENCE NAME {SEQUENCE})",
        *grants,
    )
    _number_on(last, is_given)
    _point(pointing)
    return copied


def _look_at_all() -> None:
    """The store looks at each partition by itself, never at all of them: plans need that."""
    _say(f"ANALYZE {TABLE}")


def _say(*words: str) -> None:
    with connection.cursor() as cursor:
        for one in words:
            cursor.execute(one)


def _patiently(words: str) -> None:
    """What may take long, and lets others work."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")
        cursor.execute(words)
