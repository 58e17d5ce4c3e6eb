"""The files of the app that a phone keeps so that it starts without a network, and a version that changes with any of them."""

import hashlib
from functools import cache
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from django.templatetags.static import static

from linli import __version__

_HERE = Path(__file__).parent
#: What the app takes from the pages of the house. The map (1.4 MB) is kept when it is first shown, not before.
SHARED = (
    "web/mark.svg",
    "vendor/lucide.svg",
    "web/css/tokens.css",
    "web/css/base.css",
    *(f"web/css/components/{name}.css" for name in ("buttons", "cards", "fields", "marks")),
)


def names() -> list[str]:
    """The static files by name: our own scripts, styles and icons, and what is shared; in order."""
    root = _HERE / "static"
    own = [str(path.relative_to(root)) for path in root.rglob("*") if path.suffix in (".js", ".css", ".png", ".svg")]
    return sorted([*own, *SHARED])


def everything() -> list[str]:
    """Their addresses, as the service worker asks for them."""
    return [static(name) for name in names()]


def modules() -> list[str]:
    """The addresses of the modules that the first screen needs, to be fetched side by side and not one after the other."""
    first = [name for name in names() if name.endswith(".js") and not name.endswith(("_worker.js", "/first.js"))]
    return [static(name) for name in first if name.split("/")[2:-1] in ([], ["outbox"]) or name.endswith("/home.js")]


def version() -> str:
    """Twelve digits that are others as soon as a file, a template or a word of the app is another one."""
    return _version() if not settings.DEBUG else _version.__wrapped__()


@cache
def _version() -> str:
    found = hashlib.sha256(__version__.encode())
    templates = sorted((_HERE / "templates").rglob("*.*"))
    words = sorted((settings.CHECKOUT / "linli" / "locale").rglob("*.mo"))
    files = [Path(str(finders.find(name))) for name in names()]
    for path in [*files, *templates, *words]:
        found.update(path.name.encode() + b"\0" + path.read_bytes())
    return found.hexdigest()[:12]
