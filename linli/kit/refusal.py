"""Saying no: the one way in which rules and actions tell a person what is not possible and what to do next."""

from typing import Any

from django.utils import translation
from django.utils.functional import Promise


class Refused(Exception):
    """A rule forbids it (HTTP 409). `code` never changes; `message` is translated and says what to do next."""

    status = 409

    def __init__(self, code: str, message: "str | Promise", /, **facts: Any) -> None:
        super().__init__(code)
        self.code = code
        self._message = message
        self.facts = facts

    @property
    def message(self) -> str:
        """The sentence for the person, in the language active when it is read."""
        return str(self._message) % self.facts if self.facts else str(self._message)

    def __str__(self) -> str:
        return self.message


class NotYours(Refused):
    """No appointment of theirs includes it (HTTP 403)."""

    status = 403


class BadInput(Refused):
    """What was sent cannot be understood (HTTP 422): says what and where."""

    status = 422


class TooOften(Refused):
    """Asked more often than anybody needs (HTTP 429): to be asked again later."""

    status = 429


def to_keep(refused: Refused) -> dict[str, Any]:
    """A refusal as it is stored: {code, words (message id), facts}. Each reader sees it in their own language."""
    with translation.override(None):
        words = str(refused._message)
    return {"code": refused.code, "words": words, "facts": {name: str(value) for name, value in refused.facts.items()}}


def in_words(kept: dict[str, Any] | None) -> str:
    """The sentence of a stored refusal, in the language of whoever reads; empty for none."""
    said = (kept or {}).get("words", "")
    words = translation.gettext(said) if said else ""
    return words % kept["facts"] if kept and kept.get("facts") else words
