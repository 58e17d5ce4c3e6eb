"""Suggesting the category of a matter by its words. A person chooses; without a model nothing is suggested."""

import threading
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from linli.events.models import Category
from linli.kit import classifying

#: Surer than the first is "likely", surer than the second "perhaps".
_LIKELY, _PERHAPS = 0.6, 0.15
TOP = 3


@dataclass(frozen=True)
class Likely:
    """A category the words speak for, and how sure that is, in words."""

    category: Category
    confidence: float

    @property
    def words(self) -> str:
        """How sure, for people."""
        if self.confidence >= _LIKELY:
            return str(_("likely"))
        return str(_("perhaps") if self.confidence >= _PERHAPS else _("less likely"))


def model_path() -> Path:
    """Where the model of this home is kept."""
    return Path(settings.HOME) / "models" / "categories.npz"


def suggest(text: str) -> list[Likely]:
    """At most three open categories of the pack in use, the likeliest first. One query; none without a model.

    A model trained on a county's own matters names codes, one trained on a file may name categories.
    """
    model = _model()
    if model is None or not text.strip():
        return []
    said = model.suggest(text, TOP)
    labels = [one.label for one in said]
    found: dict[str, Category] = {}
    offered = Category.objects.filter(pack__in_use=True, closed_on__isnull=True, children__isnull=True)
    for category in offered.filter(code__in=labels) | offered.filter(name__in=labels):
        found[category.name] = found[category.code] = category
    return [Likely(found[one.label], one.confidence) for one in said if one.label in found]


_lock = threading.Lock()
_kept: dict[Path, tuple[tuple[int, int], classifying.Model | None]] = {}


def forget() -> None:
    """Read the model anew when it is next asked for."""
    with _lock:
        _kept.clear()


def _model() -> classifying.Model | None:
    """The model, read once in a process and again when its file has changed; None if there is none that can be read."""
    path = model_path()
    try:
        found = path.stat()
    except OSError:
        return None
    mark = (found.st_mtime_ns, found.st_size)
    with _lock:
        if path not in _kept or _kept[path][0] != mark:
            _kept[path] = (mark, _read(path))
        return _kept[path][1]


def _read(path: Path) -> classifying.Model | None:
    try:
        return classifying.load(path)
    except (OSError, ValueError):
        return None
