"""What is in a store, asked in plain SQL of either: the backup and what was restored from it must say the same."""

from typing import Any, Protocol

from linli.chores.backup.manifest import Store


class Asking(Protocol):
    """A connection of sqlite3 or psycopg."""

    def execute(self, sql: Any, /) -> Any:
        """A cursor with the rows."""


_TABLES = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite!_%' ESCAPE '!' ORDER BY 1",
    "postgresql": "SELECT tablename FROM pg_tables WHERE schemaname = current_schema() ORDER BY 1",
}
_SIZE = {
    "sqlite": "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()",
    "postgresql": "SELECT pg_database_size(current_database())",
}
_VERSION = {"sqlite": "SELECT sqlite_version()", "postgresql": "SHOW server_version"}


def tally(store: Asking, kind: str) -> Store:
    """All of it. Ask within one transaction, so that it is of one moment."""
    tables = [row[0] for row in store.execute(_TABLES[kind])]
    return Store(
        kind=kind,
        version=str(store.execute(_VERSION[kind]).fetchone()[0]),
        size=store.execute(_SIZE[kind]).fetchone()[0],
        migrations=[tuple(row) for row in _rows(store, tables, "django_migrations", "app, name")],
        counts={table: store.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0] for table in tables},
        chains={
            chain: (length, bytes(digest).hex())
            for chain, length, digest in _rows(store, tables, "journal_chainhead", "chain, length, digest")
        },
    )


def _rows(store: Asking, tables: list[str], table: str, columns: str) -> list[tuple[Any, ...]]:
    return list(store.execute(f"SELECT {columns} FROM {table} ORDER BY 1, 2")) if table in tables else []
