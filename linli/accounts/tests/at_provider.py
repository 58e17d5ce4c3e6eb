"""Going to the identity provider of the tests and coming back, without any page."""

from datetime import UTC, datetime
from urllib.parse import parse_qsl, urlsplit

import pytest

from linli.accounts import provider
from linli.accounts.id_tokens import Claims, NotProved
from linli.accounts.rules import Fault
from linli.accounts.testing import Provider

#: How old what was fetched is; the times in tokens are those of the clock.
NOON = datetime(2026, 6, 3, 4, tzinfo=UTC)
HERE = "https://linli.example/sign-in/provider/back"


def answer_of(back: str) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(back).query))


def come(county: Provider, at: datetime = NOON, **changed: str) -> Claims:
    """There and back; `changed` is what another hand put into the answer on the way."""
    place, flow = provider.begin(HERE, at=at)
    return provider.finish(flow, answer_of(county.agree(place)) | changed, at=at)


def refusal(county: Provider, at: datetime = NOON, **changed: str) -> tuple[Fault, str]:
    with pytest.raises(NotProved) as caught:
        come(county, at, **changed)
    return caught.value.fault, caught.value.why
