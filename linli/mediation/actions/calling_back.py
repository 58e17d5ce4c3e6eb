"""Call-backs: some agreements are drawn, by lot and by signs, and another unit asks the parties whether it is so.

What comes of it is counted as verified and unverified agreements; it leads to nothing against anybody by itself.
"""

import hashlib
import secrets
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.db.models import Count, Exists, OuterRef, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from linli.areas.codes import lineage, within
from linli.areas.models import Area
from linli.events.rules import left_of, lots
from linli.journal.actions import record
from linli.kit.keys import new_key
from linli.kit.refusal import BadInput, NotYours, Refused
from linli.kit.workdays import stored_calendar
from linli.mediation.actions.agreeing import filled_of, party_names
from linli.mediation.actions.clocks import home_zone, term_for
from linli.mediation.actions.course import lock
from linli.mediation.actions.marks import telephone_mark_of
from linli.mediation.actions.reminders import next_reminder
from linli.mediation.actions.telling import heads_of_body
from linli.mediation.agreeing.clauses import Field, FieldKind
from linli.mediation.agreeing.filling import Clause
from linli.mediation.agreeing.suspicions import (
    Case,
    Lot,
    Phone,
    Share,
    Sign,
    Signed,
    Suspicion,
    bare,
    sample,
    suspicions,
)
from linli.mediation.models import (
    Agreement,
    Assignment,
    Body,
    CallBack,
    CallBackDraw,
    Dispute,
    Mediator,
    Obligation,
    Party,
    Session,
    sealed_words,
)
from linli.mediation.rules import (
    CallBackResult,
    ObligationKind,
    ObligationState,
    SessionState,
    TermCode,
    end_of,
)
from linli.mediation.rules.parties import clean_telephone
from linli.people.models import Person

LONGEST_WORDS = 2_000


@transaction.atomic
def draw_call_backs(
    area: Area,
    *,
    from_on: date,
    to_on: date,
    by: Person | None,
    at: datetime,
    share: Share | None = None,
    seed: str | None = None,
) -> CallBackDraw:
    """Draw of the agreements that came into force in an area from one day to another, both included.

    Each drawn one gets a body that calls, never the one that mediated. By a head of a body for the area or one around it;
    `by=None` is the clock. `seed` is for tests: else it is drawn anew. Raises `Refused` for days drawn of already.
    """
    share = share or Share()
    _require_overseer(area, by, at)
    _refuse_days(area, from_on, to_on, at)
    agreements = _agreements(area, from_on, to_on)
    found = suspicions(_cases(agreements), staff=_staff_marks(), zone=home_zone())
    population = _population(agreements, found)
    made = CallBackDraw.objects.create(
        area=area,
        from_on=from_on,
        to_on=to_on,
        population=population,
        frozen=fingerprint(population),
        seed=seed or secrets.token_hex(32),
        of_flagged_percent=share.of_flagged_percent,
        of_all_percent=share.of_all_percent,
        at_most=share.at_most,
        drawn_at=at,
        drawn_by=by,
    )
    _share_out(made, {one.dispute.number: one.dispute for one in agreements}, at)
    record(
        "mediation.call_backs_drawn",
        on=made,
        by=by,
        at=at,
        frozen=made.frozen,
        seed=made.seed,
        agreements=len(population),
        drawn=made.call_backs.count(),
        without_caller=made.without_caller,
    )
    return made


def drawn_again(draw: CallBackDraw) -> list[Lot]:
    """The lots of a draw, made anew from what it keeps: the same as its call-backs and those nobody could call."""
    found = [Suspicion(number, Sign(code)) for number, codes in draw.population for code in codes]
    share = Share(draw.of_flagged_percent, draw.of_all_percent, draw.at_most)
    return sample([number for number, _codes in draw.population], found, seed=draw.seed, share=share)


@transaction.atomic
def note_call_back(call_back: CallBack, *, result: str, words: str, by: Person, at: datetime) -> None:
    """Note what the parties said. By a head of the calling body who had no part in the dispute. Raises `Refused`, `NotYours`."""
    dispute = call_back.dispute
    lock(dispute)
    call_back.refresh_from_db()
    _require_caller(call_back, by, at)
    if result not in CallBackResult.values:
        raise BadInput("no_such_choice", _("Choose one of the list."), field="result")
    said = words.strip()
    if not said:
        raise BadInput("words_needed", _("Write in a few words what was said."), field="words")
    if len(said) > LONGEST_WORDS:
        raise BadInput("words_too_long_here", _("2,000 characters at most. Shorten it."), field="words")
    sealed = sealed_words(CallBack, call_back.pk, {"words": said})
    waiting = CallBack.objects.filter(pk=call_back.pk, done_at__isnull=True)
    if not waiting.update(result=result, by=by, done_at=at, next_at=None, sealed=sealed):
        raise Refused("called_back_already", _("This call-back was written down already. Refresh the page."))
    call_back.refresh_from_db()
    told = [call_back.draw.drawn_by] if call_back.draw.drawn_by else []
    record(
        "dispute.called_back",
        on=dispute,
        by=by,
        at=at,
        tell=told,
        call_back=str(call_back.pk),
        draw=call_back.draw_id,
        body=call_back.body_id,
        result=result,
    )


def outcomes(area: str, *, from_on: date, to_on: date) -> dict[str, int]:
    """How many call-backs of an area's draws, whose days lie within these, came out how; `""`: not done yet."""
    rows = CallBack.objects.filter(
        within(area, field="dispute__area"), draw__from_on__gte=from_on, draw__to_on__lte=to_on
    )
    return dict(rows.order_by().values_list("result").annotate(n=Count("pk")))


# --- who may ----------------------------------------------------------------------------------------------------------


def _require_overseer(area: Area, by: Person | None, at: datetime) -> None:
    if by is None:
        return
    serving = Mediator.objects.serving_on(timezone.localdate(at)).heads()
    if not serving.filter(person=by, body__area__in=lineage(area.pk)).exists():
        raise NotYours(
            "not_overseeing", _("Call-backs of an area are drawn by the head of its committee, or of one above it.")
        )


def _require_caller(call_back: CallBack, by: Person, at: datetime) -> None:
    heads = Mediator.objects.serving_on(timezone.localdate(at)).heads()
    if not heads.filter(person=by, body=call_back.body_id).exists():
        raise NotYours("not_the_caller", _("Another committee was drawn to call these parties. Leave it to them."))
    if Assignment.objects.filter(dispute=call_back.dispute_id, mediator__person=by).exists():
        raise NotYours("mediated_it", _("You had a part in this mediation. Let somebody else of your committee call."))


def _refuse_days(area: Area, from_on: date, to_on: date, at: datetime) -> None:
    if from_on > to_on:
        raise BadInput("days_out_of_order", _("The first day lies after the last. Put them in order."), field="to_on")
    if to_on >= timezone.localdate(at):
        raise Refused("days_not_over", _("The last day is not over. Draw when it is."))
    if CallBackDraw.objects.filter(area=area, from_on__lte=to_on, to_on__gte=from_on).exists():
        raise Refused("drawn_already", _("Of these days was drawn already. Nobody draws until the lot suits them."))


# --- what it is drawn from --------------------------------------------------------------------------------------------


def _agreements(area: Area, from_on: date, to_on: date) -> list[Agreement]:
    rows = _effective(area, from_on, to_on).select_related("dispute").prefetch_related("signatures")
    return list(rows.order_by("dispute__number"))


def _effective(area: Area, from_on: date, to_on: date) -> QuerySet[Agreement]:
    first = timezone.make_aware(datetime.combine(from_on, time()))
    end = timezone.make_aware(datetime.combine(to_on + timedelta(days=1), time()))
    # What another draw has given to somebody to call is asked of once: it waits there.
    waits = CallBack.objects.waiting().filter(dispute=OuterRef("dispute"))
    return Agreement.objects.in_force().filter(
        within(area.pk, field="dispute__area"), ~Exists(waits), effective_at__gte=first, effective_at__lt=end
    )


def _population(agreements: Sequence[Agreement], found: Iterable[Suspicion]) -> list[list[object]]:
    signs: dict[str, set[str]] = defaultdict(set)
    for one in found:
        signs[one.key].add(str(one.sign))
    return [[one.dispute.number, sorted(signs[one.dispute.number])] for one in agreements]


def fingerprint(population: Sequence[Sequence[object]]) -> str:
    """The SHA-256 of the list a draw was made from."""
    return hashlib.sha256(as_lines(population).encode()).hexdigest()


def as_lines(population: Sequence[Sequence[object]]) -> str:
    """The list as it is hashed: a number a line, a blank, and the signs its file showed, each line ended by LF."""
    return "".join(f"{number} {' '.join(codes)}\n" for number, codes in population)  # type: ignore[arg-type]


def _cases(agreements: Sequence[Agreement]) -> list[Case]:
    """What the checks see: marks, moments and the text, read in memory and kept nowhere."""
    disputes = [one.dispute_id for one in agreements]
    at_once = _performed_at_once(agreements)
    phones: dict[object, list[Phone]] = defaultdict(list)
    minutes: dict[object, list[int | None]] = defaultdict(list)
    entered: dict[object, list[tuple[datetime, datetime]]] = defaultdict(list)
    signed: dict[object, list[Signed]] = defaultdict(list)
    numbered = Party.objects.filter(dispute__in=disputes).exclude(telephone_mark="")
    for dispute, mark, whose in numbered.values_list("dispute", "telephone_mark", "mark"):
        phones[dispute].append(Phone(mark, whose))
    held = Session.objects.filter(dispute__in=disputes, state=SessionState.HELD)
    for dispute, began, ended, written in held.values_list("dispute", "began_at", "ended_at", "entered_at"):
        # The constraint of held sessions says that all three are there.
        assert began is not None and ended is not None and written is not None
        minutes[dispute].append(int((ended - began).total_seconds() // 60))
        entered[dispute].append((ended, written))
    for one in agreements:
        for row in one.signatures.all():
            signed[one.pk].append(Signed(str(row.party_id or row.mediator_id), row.image_mark, row.timing_varies))
    return [
        Case(
            key=one.dispute.number,
            body=str(one.dispute.body_id),
            agreed_at=_latest(one, entered[one.dispute_id])[0],
            entered_at=_latest(one, entered[one.dispute_id])[1],
            text=_told(one),
            signatures=tuple(signed[one.pk]),
            telephones=tuple(phones[one.dispute_id]),
            minutes=tuple(minutes[one.dispute_id]),
            performed_at_once=at_once.get(one.pk),
        )
        for one in agreements
    ]


def _told(agreement: Agreement) -> str:
    """What it tells of this dispute alone: the story, and what its clauses have in own words; no standing phrases."""
    words = agreement.words
    story = [words["story"][name] for name in ("facts", "disputed", "responsibility")]
    fields = [clause.values[field.name] for clause in filled_of(agreement) for field in _own_words(clause)]
    return bare([*story, *fields], party_names(agreement.dispute).values())


def _own_words(clause: Clause) -> list[Field]:
    return [one for one in clause.template.fields if one.kind == FieldKind.WORDS and one.name in clause.values]


def _latest(agreement: Agreement, entered: Sequence[tuple[datetime, datetime]]) -> tuple[datetime, datetime]:
    """When something is said to have been, and when it was written down: of the session entered latest after its end."""
    assert agreement.effective_at is not None
    return max(entered, key=lambda one: one[1] - one[0], default=(agreement.effective_at, agreement.effective_at))


def _performed_at_once(agreements: Sequence[Agreement]) -> dict[object, bool]:
    """By agreement with something to be performed: whether all was due at signing and performed by the next day."""
    said: dict[object, list[bool]] = defaultdict(list)
    began = {one.pk: one.effective_at for one in agreements}
    rows = Obligation.objects.filter(agreement__in=list(began)).exclude(kind=ObligationKind.REFRAIN)
    for agreement, due_on, state, state_at in rows.values_list("agreement", "due_on", "state", "state_at"):
        effective_at = began[agreement]
        assert effective_at is not None
        soon = state_at - effective_at < timedelta(days=1)
        said[agreement].append(due_on is None and state == ObligationState.PERFORMED and soon)
    return {agreement: all(one) for agreement, one in said.items()}


def _staff_marks() -> frozenset[str]:
    numbers = Person.objects.filter(is_active=True, telephone__isnull=False).values_list("telephone", flat=True)
    return frozenset(telephone_mark_of(_plain(number)) for number in numbers if number) - {""}


def _plain(number: str) -> str:
    try:
        return clean_telephone(number)
    except BadInput:
        return ""


# --- who calls --------------------------------------------------------------------------------------------------------


def _share_out(draw: CallBackDraw, disputes: Mapping[str, Dispute], at: datetime) -> None:
    heads = _heads(draw.area_id, at)
    term = term_for(TermCode.CALL_BACK, draw.area_id, at)
    due_at = end_of(term.unit, term.amount, at, stored_calendar(at.date()), home_zone())
    for lot in drawn_again(draw):
        dispute = disputes[lot.key]
        body = _caller(dispute, heads, draw.seed)
        if body is None:
            draw.without_caller += 1
            continue
        key = new_key()
        made = CallBack.objects.create(
            key=key,
            dispute=dispute,
            draw=draw,
            drawn_at=at,
            why=[str(sign) for sign in lot.why],
            body_id=body,
            due_at=due_at,
            next_at=next_reminder(due_at, at),
            sealed=sealed_words(CallBack, key, {}),
        )
        # The committee that mediated is not told: nobody should hear of it before the parties are asked.
        record(
            "dispute.call_back_drawn",
            on=dispute,
            by=None,
            at=at,
            tell=heads_of_body(body, at),
            draw=draw.pk,
            call_back=str(made.pk),
            body=body,
            why=made.why,
        )
    draw.save(update_fields=["without_caller"])


def _heads(area: str, at: datetime) -> dict[int, set[int]]:
    """Keys of the persons who head each body of the county."""
    day = timezone.localdate(at)
    bodies = Body.objects.open_on(day).filter(within(lineage(area)[0]))
    found: dict[int, set[int]] = defaultdict(set)
    for body, person in Mediator.objects.serving_on(day).heads().filter(body__in=bodies).values_list("body", "person"):
        found[body].add(person)
    return found


def _caller(dispute: Dispute, heads: Mapping[int, set[int]], seed: str) -> int | None:
    """Another body of the county, by lot, with a head who had no part in the dispute; None if there is none."""
    had = set(dispute.assignments.values_list("mediator__person", flat=True))
    had |= heads.get(dispute.body_id or 0, set())
    free = [str(body) for body, persons in heads.items() if body != dispute.body_id and persons - had]
    drawn = lots(free, f"{seed} {dispute.number}")
    return int(drawn[0]) if drawn else None


# --- the worker -------------------------------------------------------------------------------------------------------


def draw_of_last_month(at: datetime) -> int:
    """Draw of the days of the month that is over, for each county with agreements in those not drawn of; how many draws."""
    last = timezone.localdate(at).replace(day=1) - timedelta(days=1)
    first = last.replace(day=1)
    counties = {lineage(code)[0] for code in Body.objects.values_list("area", flat=True)}
    drawn_of: dict[str, list[tuple[date, date]]] = defaultdict(list)
    before = CallBackDraw.objects.filter(area__in=counties, from_on__lte=last, to_on__gte=first)
    for area, from_on, to_on in before.values_list("area", "from_on", "to_on"):
        drawn_of[area].append((from_on, to_on))
    # A draw by hand of one quiet day spares none of the others.
    todo = [
        (area, begins, ends)
        for area in Area.objects.filter(pk__in=counties).order_by("pk")
        for begins, ends in left_of((first, last), drawn_of[area.pk])
    ]
    return sum(_drew(area, begins, ends, at) for area, begins, ends in todo if _effective(area, begins, ends).exists())


def _drew(area: Area, first: date, last: date, at: datetime) -> bool:
    """Whether it was drawn now; not where it was drawn of any of these days already."""
    try:
        draw_call_backs(area, from_on=first, to_on=last, by=None, at=at)
    except Refused as refusal:
        if refusal.code != "drawn_already":
            raise
        return False
    return True
