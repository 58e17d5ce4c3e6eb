"""Talking about a matter: who hears it, who is called on by name, how long it can be taken back."""

import re
from collections.abc import Iterable
from datetime import timedelta

from django.db import models
from django.utils.translation import gettext_lazy as _

from linli.kit.refusal import BadInput


class HeardBy(models.TextChoices):
    """For whom a message is. A unit is a department, or those who see the matter by its area."""

    EVERYONE = "everyone", _("Everybody who sees this matter")
    UNIT = "unit", _("Only our own unit")


LONGEST_MESSAGE = 2000
MOST_MENTIONS = 20
WITHDRAW_WITHIN = timedelta(minutes=5)
#: An address of e-mail calls nobody: before the sign stands no letter or digit of such an address.
_AT = re.compile(r"(?<![A-Za-z0-9._%+-])[@＠]")
_WORD = re.compile(r"[^\s@＠,，.。;；:：!！?？、()（）\"“”'‘’<>《》]+")


def names_called(words: str, names: Iterable[str]) -> set[str]:
    """The names that are called on with an @, the longest that fits. Raises `BadInput` for a name that is none of them.

    Chinese puts no space behind a name, so that what follows the sign is compared with each of them.
    """
    by_length = sorted(set(names), key=len, reverse=True)
    called: set[str] = set()
    for sign in _AT.finditer(words):
        rest = words[sign.end() :]
        name = next((one for one in by_length if one and rest.startswith(one)), None)
        if name is None and (word := _WORD.match(rest)):
            raise BadInput(
                "sees_it_not",
                _("“%(name)s” is nobody who reads this here. Call on somebody of the list, or leave out the @."),
                name=word.group()[:20],
                field="words",
            )
        called |= {name} if name else set()
    if len(called) > MOST_MENTIONS:
        raise BadInput("too_many_called", _("Call on twenty people at most."), field="words")
    return called


def pieces(words: str, names: Iterable[str]) -> list[tuple[str, bool]]:
    """The words in pieces, each with whether it is the call of one of these names."""
    found = sorted({name for name in names if name}, key=len, reverse=True)
    if not found:
        return [(words, False)]
    parts = re.split(f"((?<![A-Za-z0-9._%+-])[@＠](?:{'|'.join(map(re.escape, found))}))", words)
    return [(part, bool(number % 2)) for number, part in enumerate(parts) if part]
