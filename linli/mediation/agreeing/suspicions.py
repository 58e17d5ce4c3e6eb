"""Signs that a dispute or its agreement may not have taken place as it is written, and the draw of those that are called back.

A sign is about a dispute and leads to one thing: another unit asks the parties. It is no finding about anybody, it is not
counted by person, and honest disputes have such signs too; that is why a random part of all is called back with them.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db import models
from django.utils.translation import gettext_lazy as _

from linli.events.rules import how_many, lots
from linli.kit.likeness import groups_of
from linli.kit.weighing import plain


class Sign(models.TextChoices):
    """Why a dispute is called back."""

    SAME_IMAGE = "same_image", _("The same image of a signature stands in another place too")
    EVEN_STROKES = "even_strokes", _("A signature was drawn at a perfectly even pace")
    LIKE_TEXTS = "like_texts", _("Several agreements of one day say nearly the same")
    ALWAYS_AT_ONCE = "always_at_once", _("All agreements of the committee were performed on the spot")
    SAME_TELEPHONE = "same_telephone", _("A party's telephone belongs to another party or to staff")
    SHORT_SESSION = "short_session", _("All sessions together were very short")
    ENTERED_LATER = "entered_later", _("Entered after the end of the month in which it is said to have taken place")
    RANDOM = "random", _("Drawn by lot from all")


#: One point of a stroke: across, down, milliseconds since it began.
Point = tuple[float, float, float]


@dataclass(frozen=True)
class Signed:
    """A signature. `image` is a mark of the picture, empty for none; `by` the key of whoever signed.

    `varies`: whether the timing of its strokes varies at all (`not is_even`); None where it was not drawn.
    """

    by: str
    image: str = ""
    varies: bool | None = None


@dataclass(frozen=True)
class Phone:
    """A telephone by its mark: `of` is the mark of the person it is written down for."""

    mark: str
    of: str


@dataclass(frozen=True)
class Case:
    """What the checks see of one dispute: marks, moments and what it tells of itself (`bare`), no names."""

    key: str
    body: str
    agreed_at: datetime
    entered_at: datetime
    text: str = ""
    signatures: tuple[Signed, ...] = ()
    telephones: tuple[Phone, ...] = ()
    #: Minutes of each session held; None where its length was not kept.
    minutes: tuple[int | None, ...] = ()
    #: Everything that was owed was due and performed at signing; None where nothing was owed.
    performed_at_once: bool | None = None


@dataclass(frozen=True)
class Limits:
    """From where on something is a sign. A county may set others."""

    likeness: float = 0.8
    like_texts: int = 3
    #: A story of fewer characters says too little to be told from another.
    shortest_text: int = 30
    at_once: int = 10
    minutes: int = 10
    days_after_month: int = 3


@dataclass(frozen=True)
class Suspicion:
    """A sign at a dispute. `others` are keys of the disputes it shares it with."""

    key: str
    sign: Sign
    others: tuple[str, ...] = ()


def suspicions(
    cases: Sequence[Case], *, staff: Collection[str], zone: ZoneInfo, limits: Limits | None = None
) -> list[Suspicion]:
    """All signs at these disputes, sorted by dispute and sign. `staff` are marks of telephones of those who work here."""
    limits = limits or Limits()
    found = {
        *_same_image(cases),
        *(Suspicion(case.key, Sign.EVEN_STROKES) for case in cases if has_even_strokes(case)),
        *_like_texts(cases, zone, limits),
        *_always_at_once(cases, limits),
        *_same_telephone(cases, frozenset(staff)),
        *(Suspicion(case.key, Sign.SHORT_SESSION) for case in cases if has_short_sessions(case, limits)),
        *(Suspicion(case.key, Sign.ENTERED_LATER) for case in cases if was_entered_later(case, zone, limits)),
    }
    return sorted(found, key=lambda one: (one.key, one.sign))


_NUMBERS = re.compile(r"[\d０-９〇○零一二两三四五六七八九十百千万亿壹贰叁肆伍陆柒捌玖拾佰仟.,]+")


def bare(words: Iterable[str], names: Iterable[str]) -> str:
    """Words of a dispute without names, numbers and amounts: what is left alike after these were exchanged was copied."""
    text = "\n".join(words)
    for name in sorted(filter(None, names), key=len, reverse=True):
        text = text.replace(name, "")
    return _NUMBERS.sub("", text)


# --- one dispute by itself --------------------------------------------------------------------------------------------------


def has_even_strokes(case: Case) -> bool:
    """Whether a signature has all its points the same time apart: made by a program, not by a hand."""
    return any(signed.varies is False for signed in case.signatures)


#: A hand never moves evenly through so many points.
_ENOUGH_POINTS = 12


def is_even(strokes: Iterable[Sequence[Point]]) -> bool:
    """Whether the points of the strokes, if there are enough, follow each other without any variance in time."""
    steps = [after[2] - before[2] for stroke in strokes for before, after in zip(stroke, stroke[1:], strict=False)]
    return len(steps) >= _ENOUGH_POINTS and max(steps) - min(steps) < 1e-6


def has_short_sessions(case: Case, limits: Limits) -> bool:
    """Whether all its sessions together were shorter than a mediation takes. Unknown lengths are no sign."""
    known = [minutes for minutes in case.minutes if minutes is not None]
    return bool(known) and len(known) == len(case.minutes) and sum(known) < limits.minutes


def was_entered_later(case: Case, zone: ZoneInfo, limits: Limits) -> bool:
    """Whether it was entered in a later month than it is dated, and not in the first days of the month after."""
    said, entered = case.agreed_at.astimezone(zone).date(), case.entered_at.astimezone(zone).date()
    months = (entered.year - said.year) * 12 + entered.month - said.month
    return months > 1 or (months == 1 and entered.day > limits.days_after_month)


# --- disputes beside each other -----------------------------------------------------------------------------------------------


def _same_image(cases: Sequence[Case]) -> Iterator[Suspicion]:
    used: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for case in cases:
        for signed in case.signatures:
            if signed.image:
                used[signed.image].add((case.key, signed.by))
    for places in used.values():
        if len(places) > 1:
            yield from _shared({key for key, _by in places}, Sign.SAME_IMAGE)


def _like_texts(cases: Sequence[Case], zone: ZoneInfo, limits: Limits) -> Iterator[Suspicion]:
    of_day: dict[tuple[str, date], list[Case]] = defaultdict(list)
    for case in cases:
        if len(plain(case.text)) >= limits.shortest_text:
            of_day[case.body, case.agreed_at.astimezone(zone).date()].append(case)
    for day in of_day.values():
        if len(day) < limits.like_texts:
            continue
        alike: dict[int, set[str]] = defaultdict(set)
        # In one order, so that the same texts always make the same groups.
        day = sorted(day, key=lambda case: case.key)
        for case, group in zip(day, groups_of([case.text for case in day], limits.likeness), strict=True):
            alike[group].add(case.key)
        for keys in alike.values():
            if len(keys) >= limits.like_texts:
                yield from _shared(keys, Sign.LIKE_TEXTS)


def _always_at_once(cases: Sequence[Case], limits: Limits) -> Iterator[Suspicion]:
    of_body: dict[str, list[Case]] = defaultdict(list)
    for case in cases:
        if case.performed_at_once is not None:
            of_body[case.body].append(case)
    for ours in of_body.values():
        if len(ours) >= limits.at_once and all(case.performed_at_once for case in ours):
            yield from (Suspicion(case.key, Sign.ALWAYS_AT_ONCE) for case in ours)


def _same_telephone(cases: Sequence[Case], staff: frozenset[str]) -> Iterator[Suspicion]:
    holders: dict[str, set[str]] = defaultdict(set)
    where: dict[str, set[str]] = defaultdict(set)
    for case in cases:
        for phone in case.telephones:
            holders[phone.mark].add(phone.of)
            where[phone.mark].add(case.key)
            if phone.mark in staff:
                yield Suspicion(case.key, Sign.SAME_TELEPHONE)
    for mark, persons in holders.items():
        if len(persons) > 1:
            yield from _shared(where[mark], Sign.SAME_TELEPHONE)


def _shared(keys: set[str], sign: Sign) -> Iterator[Suspicion]:
    for key in sorted(keys):
        yield Suspicion(key, sign, tuple(sorted(keys - {key})))


# --- the draw -----------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Share:
    """How many are drawn: a share of those with signs and one of all, in percent, and so many of either at most."""

    of_flagged_percent: int = 50
    of_all_percent: int = 5
    at_most: int = 100


@dataclass(frozen=True)
class Lot:
    """A dispute that was drawn, and why: its signs, and `Sign.RANDOM` where the lot from all fell on it."""

    key: str
    why: tuple[Sign, ...]


def sample(keys: Iterable[str], found: Iterable[Suspicion], *, seed: str, share: Share | None = None) -> list[Lot]:
    """Who is called back, by a draw that anybody can repeat with the same seed; in the order of the lots.

    Those drawn from all may have signs or none: which lot a dispute came by says nothing about it to whoever calls.
    """
    share = share or Share()
    everything = sorted(set(keys))
    signs: dict[str, set[Sign]] = defaultdict(set)
    for one in found:
        signs[one.key].add(one.sign)
    flagged = [key for key in everything if key in signs]
    by_sign = set(_some(flagged, f"{seed} flagged", share.of_flagged_percent, share.at_most))
    by_lot = set(_some(everything, f"{seed} all", share.of_all_percent, share.at_most))
    return [Lot(key, _why(key, signs, by_lot)) for key in lots(by_sign | by_lot, seed)]


def _some(keys: Sequence[str], seed: str, percent: int, at_most: int) -> list[str]:
    return lots(keys, seed)[: how_many(len(keys), percent, at_most)]


def _why(key: str, signs: Mapping[str, Collection[Sign]], by_lot: Collection[str]) -> tuple[Sign, ...]:
    return (*sorted(signs.get(key, ())), *((Sign.RANDOM,) if key in by_lot else ()))
