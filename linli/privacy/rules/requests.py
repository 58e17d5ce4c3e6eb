"""Requests of persons: their kinds, how somebody proves who they are, what may come of it, and why one may be refused. Pure."""

from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from linli.people.rules import Role

#: Who answers requests, keeps the sheets, approves the schedule and places holds.
OFFICERS = frozenset({Role.SECURITY_ADMIN})
LONGEST_WORDS, LONGEST_NAME, LONGEST_REACH = 2000, 60, 100


class Kind(models.TextChoices):
    """What is asked for."""

    SEE = "see", _("See and copy what is kept of me")
    CORRECT = "correct", _("Correct how I can be reached")
    DELETE = "delete", _("Delete what is kept of me")
    WITHDRAW = "withdraw", _("Take back my consent")
    EXPLAIN = "explain", _("Explain how it is handled")


#: What the law says of each. Sources are cited in their own language: they are names.
RIGHTS = {
    Kind.SEE: "个人信息保护法第四十五条",
    Kind.CORRECT: "个人信息保护法第四十六条",
    Kind.DELETE: "个人信息保护法第四十七条",
    Kind.WITHDRAW: "个人信息保护法第十五条",
    Kind.EXPLAIN: "个人信息保护法第四十八条",
}


class Proof(models.TextChoices):
    """By what somebody showed that it is about themselves."""

    RECEIPT = "receipt", _("The code of a receipt")
    MESSAGE = "message", _("A code sent to the telephone or mailbox")
    WINDOW = "window", _("At the window, by a document that was looked at and not copied")


class State(models.TextChoices):
    """Where a request stands."""

    UNPROVED = "unproved", _("Waits for the code that was sent")
    OPEN = "open", _("Waits for an answer")
    DONE = "done", _("Done")
    REFUSED = "refused", _("Refused")


@dataclass(frozen=True)
class Reason:
    """Why a request is refused, and the law that lets it be. `kinds`: to which requests it can be said."""

    words: Any
    source: str
    kinds: frozenset[Kind]


_ALL = frozenset(Kind)
REFUSALS: dict[str, Reason] = {
    "kept_by_law": Reason(
        _("A law names a time for which it must be kept, and that time is not over"),
        "个人信息保护法第四十七条第二款",
        frozenset({Kind.DELETE}),
    ),
    "needed_for_duty": Reason(
        _("The matter is still being handled: without it the office could not do what the law asks of it"),
        "个人信息保护法第三十五条、第四十七条",
        frozenset({Kind.DELETE, Kind.WITHDRAW}),
    ),
    "secret_by_law": Reason(
        _("A law says that it is kept secret"),
        "个人信息保护法第十八条第一款、第四十五条第一款",
        frozenset({Kind.SEE, Kind.EXPLAIN}),
    ),
    "of_others": Reason(
        _("The answer would lay open what belongs to somebody else"),
        "民法典第一千零三十四条",
        frozenset({Kind.SEE, Kind.EXPLAIN}),
    ),
    "not_wrong": Reason(
        _("It was looked at again and found to be right"),
        "个人信息保护法第四十六条第二款",
        frozenset({Kind.CORRECT}),
    ),
    "not_proved": Reason(
        _("It was not shown that it is about the person who asks"),
        "个人信息保护法第五十条",
        _ALL,
    ),
}


def reasons_for(kind: str) -> list[tuple[str, Any]]:
    """What may be said to a request of this kind: (code, words)."""
    return [(code, reason.words) for code, reason in REFUSALS.items() if kind in reason.kinds]


@dataclass(frozen=True)
class Promise:
    """Within how many working days a request is answered, and who says so."""

    working_days: int
    source: str
    version: int = 0


#: The law names no number (art. 50); fifteen working days is the longest promise that the rule for apps allows.
SEEDED = Promise(15, "县承诺；个人信息保护法第五十条未定期限，参照《App违法违规收集使用个人信息行为认定方法》第六条")
#: The code of the promise among the terms that a county sets.
ANSWER = "answer"
SHORTEST_PROMISE, LONGEST_PROMISE = 1, 30
