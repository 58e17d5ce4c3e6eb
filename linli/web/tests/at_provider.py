"""Going to the identity provider of the tests and coming back, as a browser does."""

from typing import Any
from urllib.parse import urlsplit

from django.test import Client

from linli.accounts import actions, provider
from linli.accounts.id_tokens import Claims
from linli.accounts.rules import Fault
from linli.accounts.testing import Provider
from linli.journal.models import Entry
from linli.people.models import Person
from linli.web.tests.test_signing import sign_in


def there_and_back(client: Client, county: Provider, begin: str = "/sign-in/provider", **query: str) -> Any:
    """From our link to the provider's page, and what our page answers whoever comes back."""
    place = client.get(begin, query).headers["Location"]
    assert place.startswith(f"{county.issuer}/authorize?")
    back = urlsplit(county.agree(place))
    assert f"{back.scheme}://{back.netloc}{back.path}" == "http://testserver/sign-in/provider/back"
    return client.get(f"{back.path}?{back.query}")


def linked(person: Person, county: Provider) -> None:
    """By their own hand, on the pages."""
    client = Client()
    sign_in(client, person.username)
    assert there_and_back(client, county, "/account/link/begin").headers["Location"] == "/account/link"
    assert client.post("/account/link").headers["Location"] == "/account/"


def said(client: Client, answer: Any) -> str:
    """The page to which an answer leads, in words."""
    while answer.status_code == 302:
        answer = client.get(answer.headers["Location"])
    return str(answer.content.decode())


def sentence(fault: Fault) -> str:
    return str(fault.label) % {"name": provider.name()}


def verbs(person: Person) -> list[str]:
    rows = Entry.objects.filter(on_key=str(person.pk), on_kind="person", verb__startswith="account.")
    return list(rows.order_by("pk").values_list("verb", flat=True))


def digest(county: Provider) -> str:
    """Of whoever is signed in at the provider."""
    return actions.digest_of(Claims(county.issuer, county.person["sub"], "", "", has_second_factor=False))
