"""A production refuses accounts that are nobody's; and the command for the day when nobody can sign in."""

from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from linli import checks
from linli.accounts import actions
from linli.accounts.models import Account
from linli.areas.models import Area
from linli.events.testing import World
from linli.journal.models import Entry
from linli.kit.refusal import BadInput, Refused
from linli.people.actions import add_person
from linli.people.models import Person


@pytest.fixture
def safe_home(settings: Any, tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    settings.HOME, settings.HOSTS, settings.DEBUG = tmp_path, ["linli.example"], False


@pytest.fixture
def own(world: World, safe_home: None) -> World:
    """Everybody has a password of their own."""
    for person in Person.objects.all():
        person.set_password(f"the sentence of {person.pk}")
        person.save()
    return world


def told() -> dict[str, str]:
    return dict(checks.unsafe_accounts())


def test_accounts_of_people_are_safe(own: World) -> None:
    assert told() == {}
    checks.refuse_unsafe_start()


def test_the_demonstration_is_not_shown_to_others(own: World) -> None:
    Area.objects.filter(parent__isnull=True).update(is_demo=True)
    assert set(told()) == {"demo_in_production"}
    with pytest.raises(Refused, match="LINLI_HOME"):
        checks.refuse_unsafe_start()


def test_a_name_of_nobody_is_refused_until_it_is_closed(own: World) -> None:
    add_person(username="Admin", name="管理员", password="A lane of 7 doors")
    assert set(told()) == {"shared_accounts"} and "Admin" in told()["shared_accounts"]
    call_command("accounts", "close", "Admin", "--reason", "misuse", stdout=StringIO())
    assert told() == {}
    assert Entry.objects.get(verb="account.closed").facts == {"reason": "misuse", "sessions": 0}


def test_the_password_of_demonstrations_is_refused_with_the_accounts(own: World) -> None:
    Account.objects.all().delete()
    add_person(username="newcomer", name="新来", password="linli-demo")
    assert set(told()) == {"known_passwords"} and "newcomer" in told()["known_passwords"]
    line = StringIO()
    call_command("accounts", "password", "newcomer", stdout=line)
    assert told() == {}
    newcomer = Person.objects.get(username="newcomer")
    assert newcomer.check_password(line.getvalue().strip())
    assert actions.has_to_change(newcomer, timezone.now())


def test_at_this_machine_alone_nothing_of_it_is_asked(world: World, settings: Any) -> None:
    settings.HOSTS = []
    assert told() == {}


def test_the_command_resets_factors_and_knows_no_strangers(own: World) -> None:
    call_command("accounts", "reset-factors", "worker", stdout=StringIO())
    assert Entry.objects.get(verb="account.factors_reset").by is None
    with pytest.raises(BadInput):
        call_command("accounts", "password", "no such name", stdout=StringIO())
