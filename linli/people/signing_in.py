"""Signing in by user name or by telephone number."""

import unicodedata
from typing import Any

from django.contrib.auth.backends import BaseBackend
from django.http import HttpRequest

from linli.people.models import Person


class UsernameOrTelephone(BaseBackend):
    """One field takes both: a user name never consists of digits alone, so they cannot be taken for one another."""

    def authenticate(
        self, request: HttpRequest | None, username: str = "", password: str = "", **_more: Any
    ) -> Person | None:
        """The person, or None. An unknown name costs as much time as a wrong password."""
        person = find(username)
        if person is None:
            Person().set_password(password)
            return None
        return person if person.check_password(password) and person.is_active else None

    def get_user(self, user_id: int) -> Person | None:
        """The person of a session; None once they have left."""
        return Person.objects.filter(pk=user_id, is_active=True).first()


def find(typed: str) -> Person | None:
    """Who has this user name or telephone number, however it is typed."""
    name = spelled(typed)
    found = Person.objects.filter(telephone=name) if name.isdecimal() else Person.objects.filter(username=name)
    return found.first()


def spelled(typed: str) -> str:
    """A user name, or the digits of a telephone number, as they are looked for: nothing else tells two spellings apart."""
    name = unicodedata.normalize("NFKC", typed).strip()
    digits = "".join(str(int(sign)) for sign in name if sign.isdecimal())
    is_number = bool(digits) and not any(sign.isalpha() for sign in name)
    return digits if is_number else name


def person_of(request: HttpRequest) -> Person:
    """The person inside the lazy user of a session, for whoever asks for its class. Of a request that somebody signed in sent."""
    person: Person = getattr(request.user, "_wrapped", request.user)  # type: ignore[arg-type]
    return person
