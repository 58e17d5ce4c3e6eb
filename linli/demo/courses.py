"""The courses matters take in the demo county, and how often each."""

from collections.abc import Callable
from datetime import timedelta
from random import Random
from typing import Any

from linli.demo.course import DAY, HOUR, Course, Plan
from linli.demo.sketches import sketch
from linli.demo.words import texts
from linli.events.rules import State
from linli.kit.media.checking import File
from linli.kit.media.keeping import keep
from linli.people.models import Person


class Album:
    """Drawn pictures kept once and used for many matters: before and after, by domain."""

    def __init__(self, rng: Random, each: int) -> None:
        self.pairs: dict[str, list[tuple[File, File]]] = {}
        for domain in "ABCDEFGH":
            seeds = [rng.randrange(2**31) for _one in range(each)]
            self.pairs[domain] = [
                (
                    keep(sketch(domain, False, Random(seed))),
                    keep(sketch(domain, True, Random(seed))),
                )
                for seed in seeds
            ]


def take_course(course: Course, album: Album) -> None:
    """Walk one matter to its end by one of the courses, chosen as often as each is taken."""
    rng, domain = course.rng, course.category.code[0]
    course.pair = rng.choice(album.pairs[domain]) if rng.random() < 0.4 else None
    by_grid = course.plan.report is not None and course.plan.report["source"] == "grid"
    if domain == "A" and rng.random() < 0.45:
        _mediate(course)
    elif domain == "H" or rng.random() < (0.55 if by_grid else 0.08):
        _at_the_grid(course)
    else:
        often = {
            name: often * (_JUST_NOW.get(name, 1) if _is_fresh(course) else 1) for name, (often, _) in COURSES.items()
        }
        COURSES[rng.choices(list(often), list(often.values()))[0]][1](course)


#: Of what came in these days more is shown on its side ways, so that a desk sees each of them.
_JUST_NOW = {"objected": 5, "extended": 3, "reworked": 2}


def _is_fresh(course: Course) -> bool:
    return course.year.now - course.plan.reported_at < timedelta(days=5)


def _photos(course: Course, which: int) -> dict[str, Any]:
    return {"photos": [course.pair[which]]} if course.pair else {}


def _mediate(course: Course) -> None:
    by = course.rng.choice([course.desk, course.cadre])
    if course.rng.random() < 0.6:
        course.step("accept", course.desk, (0.2, 4), text=course.say("accept"), **_class(course))
    course.step("to_mediation", by, (0.5, 10), text=course.say("mediation"))


def _at_the_grid(course: Course) -> None:
    words = course.say("self_handle")
    course.step(
        "self_handle", course.worker, (0.2, 5), office=False, text=words, **_class(course), **_photos(course, 1)
    )
    _ask_whether_solved(course, 0.15)


def _accept(course: Course) -> None:
    roll = course.rng.random()
    if roll < 0.07:
        course.step("ask_check", course.desk, (0.2, 2), text=course.say("check"))
        words = course.say("true")
        course.step("check_truth", course.worker, (0.5, 3), is_true=True, text=words, **_photos(course, 0))
    elif roll < (0.3 if _is_fresh(course) else 0.11):
        course.step("ask_supplement", course.desk, (0.2, 3), text=course.say("ask_supplement"))
        course.step("supplement", course.worker, (2, 20), office=False, text=course.say("supplement"))
    if course.rng.random() < 0.04:
        # Taken on late, once in a while.
        course.at += timedelta(hours=course.rng.uniform(10, 40))
    hours = (0.1, 0.8 if course.urgent else 3)
    course.step("accept", course.desk, hours, text=course.say("accept"), **_class(course))


def _class(course: Course) -> dict[str, Any]:
    """The category, where the reporter did not name one."""
    named = course.plan.report is None or course.plan.report["category"] is not None
    return {} if named else {"category": course.category}


def _dispatch(course: Course, lead: str | None = None) -> None:
    course.lead = lead or course.lead
    course.officer = course.rng.choice(course.cast.officers[course.lead])
    departments = course.cast.departments
    others = [one for code, one in departments.items() if code not in (course.lead, "petition")]
    helpers = course.rng.sample(others, 1) if course.rng.random() < 0.12 else []
    below: dict[str, Any] = {"lead": departments[course.lead], "co_handlers": helpers, "text": course.say("dispatch")}
    course.step("dispatch", course.desk, (0.05, 0.3 if course.urgent else 2.5), **below)
    course.helpers = [one.pk for one in helpers]


def _work(course: Course, share: tuple[float, float]) -> None:
    """Signed for and handled, the result in after this share of the time there is."""
    quick = min(course.hours_left() * 0.15, 4 * HOUR)
    if course.state == State.DISPATCHED:
        course.step("sign_for", course.officer, (0.1 * quick, quick))
    if course.state == State.SIGNED_FOR and course.rng.random() < 0.4:
        course.step("handle", course.officer, (0.1 * quick, quick), text=course.say("handle"))
    for code in course.helpers:
        by = course.rng.choice(course.cast.officers[code])
        course.on_part("answer_part", code, by, (0.1 * quick, quick), text=course.say("verify"))
    course.helpers = []
    left = course.hours_left()
    results = texts()["reports"][course.category.code]["results"]
    hours = (share[0] * left, share[1] * left)
    words = course.rng.choice(results)
    course.step("submit_result", course.officer, hours, text=words, **_photos(course, 1))


def _finish(course: Course, follow_up: float = 0.45) -> None:
    checker: Person = course.rng.choice([course.verifier, course.verifier, course.worker])
    left = min(course.hours_left() * 0.2, 10 * HOUR)
    course.step("verify", checker, (0.2 * left, left), text=course.say("verify"))
    course.step("close", course.desk, (0.1, min(left, 3)), text=course.say("close"))
    _ask_whether_solved(course, follow_up)


def _ask_whether_solved(course: Course, how_often: float) -> None:
    if course.rng.random() >= how_often:
        return
    by_resident = course.plan.report is not None and course.plan.report["source"] == "resident"
    by = None if by_resident and course.rng.random() < 0.5 else course.verifier
    ratings = ["satisfied", "partly", "not_satisfied"] + ([] if by is None else ["unreached"])
    rating = course.rng.choices(ratings, [78, 12, 4, 10][: len(ratings)])[0]
    course.step("follow_up", by, (0.3 * DAY, 4 * DAY), rating=rating)


def _usual(course: Course) -> None:
    _accept(course)
    _dispatch(course)
    _work(course, (0.1, 0.65))
    _finish(course)


def _late(course: Course) -> None:
    _accept(course)
    _dispatch(course)
    _work(course, (1.1, 1.8))
    _finish(course)


def _objected(course: Course) -> None:
    _accept(course)
    _dispatch(course)
    owner = course.rng.choice(
        [one for code, one in course.cast.departments.items() if code not in (course.lead, "petition")]
    )
    basis = course.say("object")
    course.step("object", course.officer, (0.3, 1.5), next_owner=owner, basis=basis)
    if course.rng.random() < 0.6:
        course.step("uphold_objection", course.desk, (0.5, 6), text=course.say("uphold"))
        _dispatch(course, course.rng.choice([code for code in course.cast.departments if code != course.lead]))
    else:
        course.step("dismiss_objection", course.desk, (0.5, 6), text=course.say("dismiss"))
    _work(course, (0.1, 0.6))
    _finish(course)


def _handed_back(course: Course) -> None:
    _accept(course)
    _dispatch(course)
    course.step("sign_for", course.officer, (0.2, 2))
    course.step("hand_back", course.officer, (0.5, 5), text=course.say("hand_back"))
    _dispatch(course, course.rng.choice([code for code in course.cast.departments if code != course.lead]))
    _work(course, (0.1, 0.6))
    _finish(course)


def _reworked(course: Course) -> None:
    _accept(course)
    _dispatch(course)
    _work(course, (0.1, 0.45))
    course.step("rework", course.verifier, (0.5, 6), text=course.say("rework"))
    _work(course, (0.1, 0.5))
    _finish(course)


def _extended(course: Course) -> None:
    _accept(course)
    _dispatch(course)
    course.step("sign_for", course.officer, (0.05, 0.1 * course.hours_left()))
    left = course.hours_left()
    if left < 30:
        _finish_after(course, (0.1, 0.6))
        return
    later = course.limit_at + timedelta(days=course.rng.randint(3, 12))
    course.at += timedelta(hours=0.3 * left)
    course.step("ask_extension", course.officer, (0, 0.1), office=False, until=later, text=course.say("extend_ask"))
    if course.rng.random() < 0.75:
        course.limit_at = later
        course.step("extend", course.desk, (0.5, 0.15 * left), office=False, text=course.say("extend_yes"))
    else:
        course.step("refuse_extension", course.desk, (0.5, 0.15 * left), office=False, text=course.say("extend_no"))
    _finish_after(course, (0.3, 0.8))


def _finish_after(course: Course, share: tuple[float, float]) -> None:
    _work(course, share)
    _finish(course)


def _deferred(course: Course) -> None:
    _accept(course)
    if course.rng.random() < 0.6:
        _dispatch(course)
        course.step("sign_for", course.officer, (0.1, 2))
    days = course.rng.randint(30, 120)
    review_on = (course.at + timedelta(days=days)).astimezone(course.year.zone).date()
    course.step("defer", course.desk, (1, 6), review_on=review_on, text=course.say("defer"))
    course.step("resume", course.desk, ((days - 5) * DAY, days * DAY), text=course.say("resume"))
    # Its clock stood still all that time.
    course.limit_at = course.at + timedelta(days=4)
    if course.state == State.ACCEPTED:
        _dispatch(course)
    _work(course, (0.1, 0.6))
    _finish(course)


def _reopened(course: Course) -> None:
    _usual(course)
    by_resident = course.plan.report is not None and course.plan.report["source"] == "resident"
    by = None if by_resident and course.rng.random() < 0.7 else course.verifier
    course.step("reopen", by, (1 * DAY, 12 * DAY), office=by is not None, text=course.say("reopen"))
    _dispatch(course)
    _work(course, (0.1, 0.6))
    _finish(course, 0.8)


def _split(course: Course) -> None:
    """Two matters in one report: each goes its own way after that."""
    _accept(course)
    act = course.step("split", course.desk, (0.1, 1), texts=list(texts()["split"]))
    for words in act.below["texts"]:
        child = Plan(course.at, course.plan.grid, course.category, None, begins_as=course.state)
        act.children.append(child)
        own = Course(child, course.cast, course.year, course.rng)
        own.limit_at = course.limit_at
        _dispatch(own, "water" if "水务" in words else "urban-management")
        _finish_after(own, (0.1, 0.6))
    course.step("void", course.desk, (0.1, 1), text="已拆分为两件分别办理。")


def _rejected(course: Course) -> None:
    if course.rng.random() < 0.5:
        course.step("ask_check", course.desk, (0.2, 2), text=course.say("check"))
        course.step("check_truth", course.worker, (0.5, 3), is_true=False, text=course.say("untrue"))
    course.step("reject", course.desk, (0.3, 4), text=course.say("reject"), turn_to=course.say("turn_to"))


def _voided(course: Course) -> None:
    course.step("void", course.desk, (0.1, 5), text=course.say("void"))


def _referred(course: Course) -> None:
    to = course.rng.choice(["110", "12345", "12345", "court", "other"])
    course.step("refer_out", course.desk, (0.1, 3), to=to, text=course.say("refer_out"))


COURSES: dict[str, tuple[float, Callable[[Course], None]]] = {
    "usual": (100, _usual),
    "late": (9, _late),
    "objected": (6, _objected),
    "handed_back": (5, _handed_back),
    "reworked": (6, _reworked),
    "extended": (9, _extended),
    "deferred": (5, _deferred),
    "reopened": (5, _reopened),
    "rejected": (5, _rejected),
    "voided": (2.5, _voided),
    "referred": (3.5, _referred),
    "split": (0.8, _split),
}
