"""One of everything an address may name, of one township, and twenty of everything: what the sweeps walk through."""

import io
import json
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

from django.utils import timezone
from PIL import Image

from linli.administration.models import Access
from linli.areas.actions import add_place
from linli.areas.models import Area
from linli.briefing.actions import possible_readers, set_schedule
from linli.briefing.composing import compose
from linli.briefing.models import Briefing
from linli.briefing.rules import Rhythm, whole
from linli.briefing.rules import State as BriefingState
from linli.desk.bulk import runs as bulk_runs
from linli.desk.macros.keeping import keep as keep_macro
from linli.desk.models import Handover, ReadyText, ShiftQuestion
from linli.desk.texts.actions import add_text
from linli.events import actions
from linli.events.actions.calendar import Changes, change_calendar
from linli.events.actions.verification_rules import set_rule
from linli.events.actions.views import save_view
from linli.events.models import CalendarEdit, Event, Milestone, Reveal, VerificationRule
from linli.events.rules import State, Verification
from linli.events.testing import GRID, World, make_drawn, make_event
from linli.holds import actions as holds
from linli.intake import keys
from linli.intake.devices import register as register_device
from linli.intake.doors import ImportRun
from linli.intake.models import ApiKey, Device, Kept, Purpose
from linli.intake.webhooks import actions as webhooks
from linli.intake.webhooks.making import trial_delivery
from linli.intake.webhooks.models import Pusher
from linli.kit.dayfiles import FoundDay
from linli.mediation.actions.bodies import add_body, add_mediator
from linli.mediation.actions.calling_back import draw_call_backs
from linli.mediation.actions.registering import Told, register
from linli.mediation.rules.parties import Particulars
from linli.notices import actions as notices
from linli.opinions.actions import leave as leave_opinion
from linli.opinions.models import Opinion
from linli.people.actions import add_person
from linli.people.models import Appointment, Person
from linli.privacy import sheets
from linli.privacy.rules.sheets import SHEETS
from linli.privacy.testing import ask_at_window
from linli.wall.screens import set_up

HERE, THERE = "石城的水沟堵了", "新民的路灯坏了"
OTHER_GRID = "440881102201001"


@dataclass(frozen=True)
class Things:
    """One of everything an address may name, of one township."""

    world: World
    event: Event
    numbers: dict[str, Any]


def things(world: World, grid: str, text: str, desk: Person) -> Things:
    area = world.areas[grid]
    event = make_event(world, State.HANDLING, area=area, text=text, at=timezone.now() - timedelta(hours=2))
    actions.supplement(event, text=f"{text}，照片", photos=[a_photo(text)], by=desk, at=timezone.now())
    numbers = {
        "number": event.number,
        "sha256": event.pictures.get().sha256,
        "picture": event.pictures.get().pk,
        "code": grid,
        "town": grid[:9],
        "event": event.pk,
        "part": event.parts.exclude(leads=True).get().pk,
        "view": save_view(world.cast.leader, name=text, query="").pk,
        "appointment": Appointment.objects.filter(area=grid).order_by("pk").first().pk,  # type: ignore[union-attr]
        "place": add_place(area, f"{text}旁的市场", "market").pk,
        "category": world.drain.pk,
        "pack": world.drain.pack_id,
        **_duties(world, grid),
        "kept": set_aside(grid, text).pk,
        "device": phone_of(desk).pk,
        "screen": set_up(area, name="一楼大厅", days=30, by=desk, at=timezone.now())[0].pk,
        **_webhooks(world, text),
        **_notices(desk, text),
        **_desk_tools(event, desk, text),
        "run": sent_table(world).pk,
        "opinion": said_of_linli(desk, text).pk,
        "key": key_of(world).pk,
        "person": somebody().pk,
        "access": asked_in_an_emergency(world, event).pk,
        "message": actions.say(event, words=f"{text}，请看", by=desk, at=timezone.now()).pk,
        "draw": make_drawn(world, event).pk,
        "reveal": _asked_to_reveal(event, world).pk,
        "rule": _rule(area, desk).pk,
        "text": _ready_text(area, text).pk,
        **_handed_over(world, grid[:9], text),
        "milestone": _was_deferred(event, desk).pk,
        "calendar_edit": _changed_day(world).pk,
        **_briefings(area),
        **_mediation(world, grid, text, desk),
        **_privacy(world, event),
    }
    return Things(world, event, numbers)


def _privacy(world: World, event: Event) -> dict[str, Any]:
    """A request at the window, an assessment, and the matter held."""
    by, at = world.cast.security, timezone.now()
    words = {one.name: event.text for one in SHEETS["impact"].questions}
    return {
        "asked": ask_at_window(by).pk,
        "sheet": sheets.fill_in("impact", words=words, by=by, at=at).pk,
        "hold": holds.place(event, reason=event.text, by=by, at=at).pk,
    }


def _duties(world: World, grid: str) -> dict[str, int]:
    """A version of the duty list that is not in use, with a line of this grid."""
    row = {"category": world.drain.code, "area": grid, "lead": "water", "basis": "排水条例"}
    made = actions.load_list([(2, row)], name=f"清单{grid}", by=None, at=timezone.now())
    return {"duty_list": made.pk, "duty": made.duties.get().pk}


def _rule(area: Area, desk: Person) -> VerificationRule:
    return set_rule(area=area, category=None, asks=Verification(other_unit=True), by=desk, at=timezone.now())


def _ready_text(area: Area, title: str) -> ReadyText:
    return add_text(area=area, step="close", title=f"{title}旁的市场", words="已处置。", by=None, at=timezone.now())


def _handed_over(world: World, township: str, text: str) -> dict[str, int]:
    """A note of this township's desk, with a question about it. Another one of the same desk would have to wait."""
    at = timezone.now()
    before = {"area": world.areas[township], "handed_by": world.cast.county, "since": at, "handed_at": at}
    note = Handover.objects.create(**before, take_by=at, next_until=at + timedelta(hours=8), words=text)
    asked = ShiftQuestion.objects.create(handover=note, words=text, asked_by=world.cast.desk, asked_at=at)
    return {"shift": note.pk, "question": asked.pk}


def _was_deferred(event: Event, desk: Person) -> Milestone:
    """The end of a deferral that is over, so that the matter goes on."""
    now = timezone.now()
    actions.defer(event, review_on=now.date() + timedelta(days=9), text="等雨停", by=desk, at=now)
    actions.resume(event, by=desk, at=now)
    return Milestone.objects.get(deferral__event=event)


def _changed_day(world: World) -> CalendarEdit:
    """A day off of the county's own."""
    day = date(2026, 3, 2 + CalendarEdit.objects.count())
    changes = Changes({day: FoundDay(day, False, "台风停工")})
    return change_calendar(changes, reason="台风停工", by=world.cast.county, at=timezone.now())


def _asked_to_reveal(event: Event, world: World) -> Reveal:
    return Reveal.objects.create(event=event, asked_by=world.cast.handler, asked_at=timezone.now(), why="要去现场")


def _briefings(area: Area) -> dict[str, int]:
    """A briefing of this township that was made, without its papers, and its schedule."""
    town, at = Area.objects.get(pk=area.code[:9]), timezone.now()
    one = whole(Rhythm.MONTH, timezone.localdate(at)).before
    said = {"area": town, "rhythm": one.rhythm, "language": "zh-hans"}
    briefing = Briefing(**said, first_on=one.first, last_on=one.last, asked_at=at, made_at=at, state=BriefingState.MADE)
    briefing.content = compose(briefing, at)
    briefing.save()
    schedule = set_schedule(**said, office="", readers=possible_readers(town, at), by=None, at=at)
    return {"briefing": briefing.pk, "schedule": schedule.pk}


def _mediation(world: World, grid: str, text: str, desk: Person) -> dict[str, Any]:
    """A dispute of this township, and the body that has it; nobody who walks through the sweeps mediates there."""
    by, at = world.cast.system, timezone.now()
    town = Area.objects.get(pk=grid[:9])
    body = add_body(area=town, name=f"调委会{grid}", level="township", prefix=f"调{grid[:9]}", by=by, at=at)
    seat = add_mediator(body, person=world.cast.mediator, from_on=date(2026, 1, 1), by=by, at=at)
    told = Told(text, "02", parties=(Particulars("applicant", "王小明"), Particulars("respondent", "李大力")))
    made = register(told, area=world.areas[grid], door="window", by=desk, at=at, body=body)
    drawn = draw_call_backs(town, from_on=date(2026, 1, 1), to_on=date(2026, 1, 31), by=None, at=at)
    return {"dispute": made.dispute.pk, "body": body.pk, "seat": seat.pk, "call_back_draw": drawn.pk}


def _webhooks(world: World, text: str) -> dict[str, int]:
    """A system that is told, with a delivery, and one that pushes; both of the county."""
    act: dict[str, Any] = {"area": world.areas["440881"], "by": world.cast.system, "at": timezone.now()}
    told, _secret = webhooks.subscribe(name=f"平台{text[:2]}", address="https://x.example/", groups=["closed"], **act)
    name = f"system-{len(Pusher.objects.all())}"
    pusher, _secret = webhooks.let_push(name=name, title=name, scheme="standard", text='text = "a"', **act)
    return {"subscription": told.pk, "delivery": trial_delivery(told, timezone.now()).pk, "pusher": pusher.pk}


def _desk_tools(event: Event, desk: Person, text: str) -> dict[str, Any]:
    """A run over one matter, and a macro of the desk."""
    at, area = timezone.now(), event.area.parent.parent  # type: ignore[union-attr]
    run = bulk_runs.choose([event], by=desk, at=at)
    bulk_runs.look(run, step="remind")
    bulk_runs.go_on(at, run)
    made = keep_macro(name=f"日常{text[:2]}", lines=["受理", "派 水务局"], area=area, by=desk, at=at)
    return {"many": run.pk, "macro": made.pk}


def _notices(person: Person, text: str) -> dict[str, int]:
    """A way to reach somebody, with what was sent there first: a code."""
    address = f"{len(text)}.{person.username}@county.example"
    channel = notices.add_channel(person, kind="mail", address=address, at=timezone.now())
    return {"channel": channel.pk, "notice": channel.deliveries.get().pk}


def set_aside(area: str, text: str) -> Kept:
    moment = timezone.now()
    reason = {
        "code": "unforeseen",
        "words": "There is no area %(code)s. Choose one of the list.",
        "facts": {"code": "9"},
    }
    return Kept.objects.create(
        device_id=uuid4(), sender="public", kind="report", area=area, digest=b"d", answer=b"{}", received_at=moment,
        content=json.dumps({"id": str(uuid4()), "text": text}).encode(), state="set_aside", reason=reason,
    )  # fmt: skip


def phone_of(person: Person) -> Device:
    return register_device(person, uuid4(), name="", session="", at=timezone.now())[0]


def somebody() -> Person:
    """Who holds nothing, so that closing their account closes nobody out of a test."""
    return Person.objects.filter(username="somebody").first() or add_person(username="somebody", name="某某")


def key_of(world: World) -> ApiKey:
    """A key for the whole home."""
    found = ApiKey.objects.valid().filter(name="一体化平台").first()
    return found or keys.create("一体化平台", purpose=Purpose.INTAKE, at=timezone.now())[0]


def asked_in_an_emergency(world: World, event: Event) -> Access:
    """Somebody asks to look at the matter, and nobody has decided yet."""
    found = Access.objects.filter(event=event).first()
    return found or Access.objects.create(
        person=world.cast.verifier, area=event.area, event=event, reason="核对", hours=1, asked_at=timezone.now()
    )


def said_of_linli(person: Person | None, text: str) -> Opinion:
    said = {"kind": "suggestion", "words": f"{text}旁的市场", "page": "/desk/"}
    return leave_opinion(**said, by=person, at=timezone.now())[0]


def sent_table(world: World) -> ImportRun:
    return ImportRun.objects.create(
        by=world.cast.county, area=world.areas["440881"], file_name="表.csv", sent_at=timezone.now()
    )


def a_photo(text: str) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (8, 8), (sum(map(ord, text)) % 255, 90, 90)).save(out, "JPEG")
    return out.getvalue()


def more_of_everything(of: Things, numbers: range) -> None:
    """So many more matters, acts, notices, places and views in the same grid."""
    world, at = of.world, timezone.now() - timedelta(hours=1)
    for number in numbers:
        state = (State.REPORTED, State.HANDLING, State.RESULT_SUBMITTED, State.CLOSED)[number % 4]
        category = (world.drain, world.wall)[number % 2]
        event = make_event(world, state, category=category, text=f"第{number}件", at=at + timedelta(seconds=number))
        Event.objects.filter(pk=event.pk).update(lon=110.05, lat=21.7)
        actions.supplement(
            of.event,
            text=f"补充{number}",
            photos=[a_photo(f"{number}")] if number < 8 else [],
            by=world.cast.desk,
            at=timezone.now(),
        )
        add_place(world.grid, f"市场{number}", "market")
        _ready_text(world.areas["440881101"], f"模板{number}")
        save_view(world.cast.desk, name=f"视图{number}", query="")
        bulk_runs.choose([event], by=world.cast.desk, at=timezone.now())
        town = world.areas[GRID[:9]]
        keep_macro(name=f"日常{number}号", lines=["催"], area=town, by=world.cast.desk, at=timezone.now())
        set_aside(GRID, f"第{number}件")
        if number < 8:
            phone_of(world.cast.desk)
        said_of_linli(world.cast.desk, f"第{number}件")
