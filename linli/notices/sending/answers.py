"""What an answer over HTTP means for a delivery."""

from linli.kit.posting import Answer, Outcome
from linli.notices.rules import Result, Verdict

#: It makes no sense to try again: what is wrong stands in our settings or in the address.
_NEVER = frozenset({Outcome.FORBIDDEN})
_LATER_STATUSES = frozenset({408, 425, 429})
_GONE_STATUSES = frozenset({404, 410})


def result_of(answer: Answer, *, gone: bool = False) -> Result:
    """`gone`: 404 and 410 say that the address itself is no more."""
    if answer.outcome == Outcome.UNKNOWN:
        return Result(Verdict.UNKNOWN, "no_answer")
    if answer.outcome != Outcome.ANSWERED:
        return Result(Verdict.REFUSED if answer.outcome in _NEVER else Verdict.AGAIN, answer.outcome.value)
    status = answer.status or 0
    if 200 <= status < 300:
        return Result(Verdict.DELIVERED, str(status))
    if gone and status in _GONE_STATUSES:
        return Result(Verdict.GONE, str(status))
    is_later = status >= 500 or status in _LATER_STATUSES
    return Result(Verdict.AGAIN if is_later else Verdict.REFUSED, str(status), retry_after_s=answer.retry_after_s)
