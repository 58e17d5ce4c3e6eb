"""What may be told with a report and an act: choices, words, answers, positions."""

import re
import unicodedata
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from linli.kit.refusal import BadInput

MAX_TEXT = 4000
MAX_PHOTOS = 9
#: One says what it is; more than a minute nobody at a desk listens to.
MAX_VOICES = 1
EARLIEST_YEAR = 2000


class ReferredTo(models.TextChoices):
    """Where a matter that is not for this system is referred."""

    POLICE = "110", _("110 police")
    FIRE = "119", _("119 fire brigade")
    AMBULANCE = "120", _("120 ambulance")
    HOTLINE = "12345", _("12345 hotline")
    COURT = "court", _("Court")
    PETITION = "petition", _("Petition office")
    OTHER = "other", _("Elsewhere")


class Rating(models.TextChoices):
    """The answer to "solved?" on follow-up. Anonymous silence is `unknown`, never satisfied."""

    SATISFIED = "satisfied", _("Satisfied")
    PARTLY = "partly", _("Partly satisfied")
    NOT_SATISFIED = "not_satisfied", _("Not satisfied")
    UNREACHED = "unreached", _("Could not be reached")
    #: The default once the deadline has passed: nobody says it, and it counts as no answer.
    NO_ANSWER = "no_answer", _("No answer by the deadline")


#: What somebody can have said, or a desk found.
ANSWERS = tuple(rating for rating in Rating if rating != Rating.NO_ANSWER)


class Source(models.TextChoices):
    """Through which door a report came."""

    RESIDENT = "resident", _("Resident")
    GRID = "grid", _("Grid worker")
    DESK = "desk", _("Desk or hotline")
    OPEN311 = "open311", _("Open311")
    MAIL = "mail", _("E-mail")
    IMPORT = "import", _("Imported")
    SPLIT = "split", _("Split from another matter")
    DEMO = "demo", _("Demonstration")


class Door(models.TextChoices):
    """How the words of a reporter reached whoever wrote them down."""

    TELEPHONE = "telephone", _("Telephone")
    WINDOW = "window", _("Reception window")
    LETTER = "letter", _("Letter")
    HOTLINE = "hotline", _("Transferred from 12345")
    MAIL = "mail", _("E-mail")


#: The name under which orders of the hotline are kept: with its own number, each once.
HOTLINE_SOURCE = "12345"


def clean_words(text: str, *, field: str, required: bool = False, longest: int = MAX_TEXT) -> str:
    """The words without space around them. Raises `BadInput` for too many, for none where some are needed, for NUL."""
    words = text.replace("\r\n", "\n").strip()
    if "\0" in words:
        raise BadInput(
            "nul_in_text", _("The text holds a character that cannot be stored (NUL). Type it again."), field=field
        )
    if len(words) > longest:
        raise BadInput(
            "text_too_long",
            _("The text has %(length)s characters; %(longest)s at most. Shorten it, or add photos."),
            field=field,
            length=len(words),
            longest=longest,
        )
    if required and not words:
        raise BadInput("text_missing", _("Words are needed here: what, or why."), field=field)
    return words


def clean_answers(questions: list[dict[str, Any]], answers: dict[str, Any], *, all_now: bool = True) -> dict[str, str]:
    """The answers to a category's extra questions, as text by question code. Raises `BadInput`.

    `all_now`: what has to be answered is missed now; else it may follow.
    """
    cleaned = {}
    for question in questions:
        answer = clean_words(str(answers.get(question["code"], "") or ""), field=question["code"], longest=500)
        choices = [choice["code"] for choice in question.get("choices", [])]
        if all_now and question.get("required") and not answer:
            raise BadInput("answer_missing", _("Please answer: %(ask)s"), ask=question["ask"], field=question["code"])
        if answer and choices and answer not in choices:
            raise BadInput(
                "answer_unknown",
                _("Choose one of the given answers: %(ask)s"),
                ask=question["ask"],
                field=question["code"],
            )
        if answer and question.get("type") == "number":
            answer = _plain_number(question, answer)
        if answer:
            cleaned[question["code"]] = answer
    return cleaned


def _plain_number(question: dict[str, Any], answer: str) -> str:
    """A number in ASCII digits, whatever width they were typed in."""
    plain = unicodedata.normalize("NFKC", answer)
    if not re.fullmatch(r"-?[0-9]{1,12}(\.[0-9]{1,6})?", plain):
        raise BadInput("answer_no_number", _("Write a number: %(ask)s"), ask=question["ask"], field=question["code"])
    return plain


def clean_position(lon: float | None, lat: float | None) -> tuple[float, float] | None:
    """Longitude and latitude in degrees, or None for no position. Raises `BadInput` for half of one or one off the earth."""
    if lon is None and lat is None:
        return None
    if lon is None or lat is None:
        raise BadInput("half_a_position", _("A position needs longitude and latitude. Give both or neither."))
    if not (-180 <= lon <= 180 and -90 <= lat <= 90):
        raise BadInput(
            "off_the_earth",
            _("Longitude %(lon)s, latitude %(lat)s lies off the earth. They may be swapped."),
            lon=f"{lon:g}",
            lat=f"{lat:g}",
        )
    return lon, lat
