"""The register is whole: every field that could hold something of a person has its line, and every line its time."""

from collections import Counter
from collections.abc import Iterator

import pytest
from django.apps import apps
from django.db import models

from linli.mediation.public.forms import Apply
from linli.opinions.forms import Leave
from linli.people.models import Person
from linli.privacy.forms import Ask
from linli.privacy.retention import RUNNERS
from linli.privacy.rules import requests
from linli.privacy.rules.forms import COLLECTING
from linli.privacy.rules.nothing import NOTHING_OF_PERSONS
from linli.privacy.rules.register import REGISTER, fields_in
from linli.privacy.rules.schedule import PROPOSAL, SCHEDULE, Then
from linli.privacy.rules.sheets import SHEETS
from linli.web.public_forms import Report

_WORDS = {"CharField", "TextField", "JSONField", "BinaryField", "EmailField", "FileField"}
_PLACES = {"lon", "lat"}


def _could_hold(field: models.Field) -> bool:
    """Words, bytes, a position, or who somebody is. What is chosen of a list, counted or dated belongs to its row."""
    if field.is_relation:
        return field.related_model is Person
    return field.name in _PLACES or (field.get_internal_type() in _WORDS and not field.choices)


def _asked() -> Iterator[str]:
    for model in apps.get_models():
        if model.__module__.startswith("linli.") or model._meta.label == "sessions.Session":
            for field in model._meta.concrete_fields:
                if _could_hold(field):
                    yield f"{model._meta.label}.{field.name}"


def test_every_field_that_could_hold_something_of_a_person_has_one_line() -> None:
    told = [name for line in REGISTER for name in fields_in(line.fields)] + fields_in(NOTHING_OF_PERSONS)
    assert sorted(set(_asked()) - set(told)) == [], (
        "Give it a line in REGISTER, or say in NOTHING_OF_PERSONS that it is none."
    )
    assert sorted(set(told) - set(_asked())) == [], "There is no such field any more."
    assert [name for name, n in Counter(told).items() if n > 1] == []


def test_a_reference_to_a_person_is_never_nothing_of_persons() -> None:
    for name in fields_in(NOTHING_OF_PERSONS):
        label, _dot, field = name.rpartition(".")
        assert apps.get_model(label)._meta.get_field(field).related_model is not Person, name


def test_every_line_says_how_long_and_on_what_base() -> None:
    codes = [line.code for line in REGISTER]
    assert len(set(codes)) == len(codes)
    for line in REGISTER:
        assert line.kept in SCHEDULE, line.code
        assert "第十三条" in line.article


def test_what_rests_on_consent_need_not_be_given() -> None:
    assert [line.code for line in REGISTER if line.base == "consent" and not line.is_optional] == []


@pytest.mark.parametrize(
    ("code", "fields"),
    [
        ("report", {*Report.base_fields} - {"website"}),
        ("apply", {*Apply.base_fields} - {"website"}),
        ("opinion", {*Leave.base_fields}),
        ("request", {*Ask.base_fields} - {"website"}),
    ],
)
def test_every_field_of_a_form_that_collects_has_a_line(code: str, fields: set[str]) -> None:
    assert set(COLLECTING[code].fields) == fields
    assert COLLECTING[code].lines


def test_a_proposal_deletes_by_a_runner_and_nothing_runs_that_the_schedule_does_not_name() -> None:
    assert set(RUNNERS) <= set(SCHEDULE)
    for one in SCHEDULE.values():
        assert one.source
        if one.source == PROPOSAL:
            assert one.then == Then.DELETE and one.days and RUNNERS[one.code].go is not None


def test_every_request_can_be_refused_only_with_a_law() -> None:
    assert set(requests.RIGHTS) == set(requests.Kind)
    for kind in requests.Kind:
        assert requests.reasons_for(kind)
    for reason in requests.REFUSALS.values():
        assert reason.source.endswith(("条", "款")) and reason.kinds


def test_a_sheet_is_named_and_dated_by_questions_it_asks() -> None:
    for one in SHEETS.values():
        names = {question.name for question in one.questions}
        assert {one.named_by, one.dated_by} <= names
        assert not one.is_urgent_until or one.is_urgent_until in names
        assert "法" in one.source
