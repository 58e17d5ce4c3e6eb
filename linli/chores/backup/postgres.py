"""A store in PostgreSQL: by pg_dump and pg_restore of a version that fits the server."""

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any
from urllib.parse import quote, urlencode

import psycopg
from django.db import connection
from django.utils.translation import gettext_lazy as _
from psycopg.conninfo import make_conninfo

from linli.chores.backup.manifest import Store
from linli.chores.backup.tallying import tally
from linli.kit.refusal import Refused
from linli.kit.sealed_files import PIECE, SealedReader, SealedWriter
from linli.settings import postgres

Settings = dict[str, Any]
_DEBIAN = Path("/usr/lib/postgresql")


def save(scratch: Path, into: SealedWriter) -> Store:
    """Seal a dump, which goes nowhere in the clear; what was in the store at its moment."""
    wanted = dict(connection.settings_dict)
    with _connected(wanted) as store:
        store.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        store.read_only = True
        # It rests while the dump is written, longer than the server may let others rest.
        store.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
        row = store.execute("SELECT pg_export_snapshot()").fetchone()
        assert row is not None
        found = tally(store, "postgresql")
        dump = [_program("pg_dump", store), "--format=custom", "--compress=1", "--no-owner", "--no-privileges"]
        # A home that shares its database lies in a schema of its own: nothing of the others goes along.
        only = [f'--schema="{schema}"'] if (schema := _own_schema(store)) else []
        # Of this very moment, while writers go on.
        _pour_out([*dump, *only, f"--snapshot={row[0]}"], wanted, into)
    return found


@contextmanager
def unpacked(content: SealedReader, size: int, folder: Path, mark: str) -> Iterator[str | None]:
    """The dump in a database made for it and dropped afterwards; its address.

    `None` where the role may not create databases: then the dump was read to its end, and no more.
    """
    wanted = dict(connection.settings_dict)
    if connection.vendor != "postgresql":
        raise Refused("other_store", _NEEDS_URL)
    scratch = wanted | {"NAME": f"linli_check_{mark}"}
    with _connected(wanted) as store:
        store.autocommit = True
        program = _program("pg_restore", store)
        try:
            store.execute(f"DROP DATABASE IF EXISTS {scratch['NAME']} WITH (FORCE)")
            store.execute(f"CREATE DATABASE {scratch['NAME']} TEMPLATE template0")
        except psycopg.errors.InsufficientPrivilege:
            _pour_in([program, f"--file={os.devnull}"], {}, content)
            yield None
            return
        try:
            _restore(program, scratch, content)
            yield _address(scratch)
        finally:
            store.execute(f"DROP DATABASE IF EXISTS {scratch['NAME']} WITH (FORCE)")


def load(content: SealedReader, folder: Path, url: str) -> None:
    """Restore into the database at `url`, in one transaction."""
    wanted = postgres(url)
    with _connected(wanted) as store:
        program = _program("pg_restore", store)
    _restore(program, wanted, content)


def refuse_filled(url: str) -> None:
    """Raises `Refused` unless there is a database at `url`, and nothing in it."""
    if not url:
        raise Refused("other_store", _NEEDS_URL)
    with _connected(postgres(url)) as store:
        if _tables(store):
            raise Refused(
                "database_filled",
                _("The database %(name)s is not empty. Make a new one (createdb) and name it."),
                name=postgres(url)["NAME"],
            )


def empty(url: str) -> None:
    """Take out again what `load` has laid there."""
    with _connected(postgres(url)) as store:
        if schema := _own_schema(store):
            store.execute(f'DROP SCHEMA "{schema}" CASCADE')
            return
        for table in _tables(store):
            store.execute(f'DROP TABLE IF EXISTS "{table}" CASCADE')


_NEEDS_URL = _("This backup holds a PostgreSQL database. Name an empty one with --database-url postgres://…")


def _own_schema(store: "psycopg.Connection[Any]") -> str:
    """The schema that `search_path` names; empty for the one that every database has."""
    row = store.execute("SELECT current_schema()").fetchone()
    return "" if row is None or row[0] in (None, "public") else str(row[0])


def _tables(store: "psycopg.Connection[Any]") -> list[str]:
    rows = store.execute("SELECT tablename FROM pg_tables WHERE schemaname = current_schema()")
    return [row[0] for row in rows]


@contextmanager
def _connected(wanted: Settings) -> "Iterator[psycopg.Connection[Any]]":
    try:
        store = psycopg.connect(_conninfo(wanted), connect_timeout=10)
    except psycopg.OperationalError as error:
        raise Refused(
            "store_away",
            _("PostgreSQL cannot be reached. Check LINLI_DATABASE_URL and that it runs. %(reason)s"),
            reason=str(error).strip().splitlines()[0],
        ) from error
    with store:
        yield store


def _conninfo(wanted: Settings, *, with_password: bool = True) -> str:
    known = {"dbname": "NAME", "user": "USER", "host": "HOST", "port": "PORT"}
    told = {word: wanted[name] for word, name in known.items() if wanted.get(name)}
    if with_password and wanted.get("PASSWORD"):
        told["password"] = wanted["PASSWORD"]
    more = {name: value for name, value in wanted.get("OPTIONS", {}).items() if isinstance(value, str)}
    return make_conninfo(**more, **told)


def _address(wanted: Settings) -> str:
    more = {name: value for name, value in wanted.get("OPTIONS", {}).items() if isinstance(value, str)}
    query = urlencode(more | {"host": wanted["HOST"]} | ({"port": wanted["PORT"]} if wanted.get("PORT") else {}))
    who = quote(wanted["USER"], safe="") + (f":{quote(wanted['PASSWORD'], safe='')}" if wanted.get("PASSWORD") else "")
    return f"postgres://{who}@/{wanted['NAME']}?{query}"


def _program(name: str, store: "psycopg.Connection[Any]") -> str:
    """The program of the server's own version, or of the next one there is: an older one cannot read its catalogue."""
    server = store.info.server_version // 10_000
    found = {_major(path): path for path in _programs(name)}
    fitting = [version for version in found if version >= server]
    if not fitting:
        raise Refused(
            "no_program",
            _("%(program)s of PostgreSQL %(version)s or later is not installed. On Debian: apt install %(package)s"),
            program=name,
            version=server,
            package=f"postgresql-client-{server}",
        )
    return found[min(fitting)]


def _programs(name: str) -> list[str]:
    folders = [str(folder / "bin") for folder in sorted(_DEBIAN.glob("*"))] if _DEBIAN.is_dir() else []
    found = [shutil.which(name), *(shutil.which(name, path=folder) for folder in folders)]
    return [path for path in found if path]


def _major(path: str) -> int:
    told = subprocess.run([path, "--version"], capture_output=True, text=True, check=False).stdout
    number = re.search(r"\(PostgreSQL\) (\d+)", told)
    return int(number[1]) if number else 0


def _pour_out(command: list[str], wanted: Settings, into: SealedWriter) -> None:
    with tempfile.TemporaryFile() as said, _begun(command, wanted, said, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        shutil.copyfileobj(process.stdout, into, PIECE)
        _require_done(process, said)


def _restore(program: str, wanted: Settings, content: SealedReader) -> None:
    _pour_in([program, "--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges"], wanted, content)


def _pour_in(command: list[str], wanted: Settings, content: SealedReader) -> None:
    with tempfile.TemporaryFile() as said, _begun(command, wanted, said, stdin=subprocess.PIPE) as process:
        assert process.stdin is not None
        with suppress(BrokenPipeError):  # it has ended; why, it has said
            shutil.copyfileobj(content, process.stdin, PIECE)
            process.stdin.close()
        _require_done(process, said)


@contextmanager
def _begun(command: list[str], wanted: Settings, said: IO[bytes], **pipes: int) -> "Iterator[subprocess.Popen[bytes]]":
    """The program at work. It is killed when something goes wrong with us, so that it commits nothing by half."""
    options = [f"--dbname={_conninfo(wanted, with_password=False)}"] if wanted else []
    # A password on the command line would stand in every list of processes.
    secret = {"PGPASSWORD": wanted["PASSWORD"]} if wanted.get("PASSWORD") else {}
    process = subprocess.Popen([*command, *options], stderr=said, env=os.environ | secret, **pipes)  # type: ignore[call-overload]
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe:
                with suppress(BrokenPipeError):
                    pipe.close()


def _require_done(process: "subprocess.Popen[bytes]", said: IO[bytes]) -> None:
    if process.wait():
        said.seek(0)
        lines = said.read().decode(errors="replace").strip().splitlines()
        program = Path(str(process.args[0])).name  # type: ignore[index]
        raise Refused(
            "program_failed",
            _("%(program)s did not do it: %(why)s"),
            program=program,
            why=lines[0] if lines else process.returncode,
        )
