"""Reading one table of a TOML file strictly: what is missing, unknown or of the wrong sort is told with its place."""

from collections.abc import Iterable, Mapping
from datetime import date, time
from difflib import get_close_matches
from typing import Any

from django.utils.translation import gettext_lazy as _

from linli.kit.refusal import BadInput


class Table:
    """One table of a map; remembers which keys were asked for, so that the others can be told as unknown."""

    def __init__(self, content: Mapping[str, Any], file: str, name: str = "") -> None:
        self.file, self.name, self._content = file, name, content
        self._asked: list[str] = []

    def refuse(self, key: str, why: Any, **facts: Any) -> BadInput:
        """The refusal of one key, with its place in the map."""
        place = f"[{self.name}] {key}" if self.name else key
        return BadInput(
            "bad_map", _("The map %(file)s, %(place)s: %(why)s"), file=self.file, place=place, why=str(why) % facts
        )

    def text(self, key: str, otherwise: str | None = "") -> str:
        """A word; `otherwise` None: it must be there."""
        self._asked.append(key)
        value = self._content.get(key, otherwise)
        if value is None:
            raise self.refuse(key, _("this is needed and missing."))
        if isinstance(value, date | time):
            value = value.isoformat()
        if not isinstance(value, str) or (key in self._content and not value.strip()):
            raise self.refuse(key, _("a word in quotation marks is needed."))
        return value.strip()

    def sign(self, key: str, otherwise: str) -> str:
        """A single character, spaces and tabs included."""
        self._asked.append(key)
        value = self._content.get(key, otherwise)
        if (
            not isinstance(value, str)
            or len(value) != 1
            or not value.isascii()
            or value.isalnum()
            or value in '"\r\n\0'
        ):
            raise self.refuse(key, _("one character is needed, e.g. “,”, “;” or “\\t”."))
        return value

    def words(self, key: str) -> tuple[str, ...]:
        """One word or a list of them; none if the key is not there."""
        self._asked.append(key)
        value = self._content.get(key, [])
        found = [value] if isinstance(value, str) else value
        if not isinstance(found, list) or not all(isinstance(one, str) and one.strip() for one in found):
            raise self.refuse(key, _("a word in quotation marks is needed, or a list of them."))
        return tuple(one.strip() for one in found)

    def one_of(self, key: str, allowed: Iterable[str], otherwise: str | None = None) -> str:
        """One of the words allowed."""
        value, known = self.text(key, otherwise), sorted(allowed)
        if value not in known:
            raise self.refuse(key, _("“%(value)s” is none of: %(known)s."), value=value[:40], known=", ".join(known))
        return value

    def table(self, key: str, *, needed: bool = False) -> "Table | None":
        """A table below this one. A word alone stands for a table with nothing but a column."""
        self._asked.append(key)
        if key not in self._content:
            if needed:
                raise self.refuse(key, _("this is needed and missing."))
            return None
        value = self._content[key]
        value = {"column": value} if isinstance(value, str) else value
        if not isinstance(value, dict):
            raise self.refuse(key, _("a table or the name of a column is needed."))
        return Table(value, self.file, f"{self.name}.{key}" if self.name else key)

    def values(self, allowed: Iterable[str] | None = None) -> dict[str, str]:
        """The table `values`: word of the file to word of ours."""
        below = self.table("values")
        if below is None:
            return {}
        known = None if allowed is None else sorted(allowed)
        found = {}
        for key in below._content:
            value = below.text(key, None)
            if known is not None and value not in known:
                raise below.refuse(
                    f"“{key[:40]}”",
                    _("“%(value)s” is none of: %(known)s."),
                    value=value[:40],
                    known=", ".join(known),
                )
            found[key.strip()] = value
        return found

    def done(self) -> None:
        """Refuse what nobody asked for: most likely a slip of the pen."""
        unknown = next((key for key in self._content if key not in self._asked), None)
        if unknown is not None:
            near = get_close_matches(unknown, self._asked, 1, 0.6)
            known = ", ".join(near or sorted(self._asked))
            raise self.refuse(unknown[:40], _("there is no such key here. Known: %(known)s."), known=known)
