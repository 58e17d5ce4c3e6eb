"""What goes over the wire squeezed, and what must not."""

import gzip

import pytest
from django.test import Client

from linli.events.testing import World
from linli.people.models import Person

SQUEEZES = {"HTTP_ACCEPT_ENCODING": "gzip, deflate, br"}


def _content(response: object) -> bytes:
    return b"".join(response)  # type: ignore[call-overload,no-any-return]


@pytest.mark.parametrize("address", ["/static/vendor/maplibre-gl.css", "/static/web/js/page.js", "/m/", "/m/sw.js"])
def test_what_everybody_gets_alike_is_squeezed(world: World, client: Client, address: str) -> None:
    plain, squeezed = client.get(address), client.get(address, **SQUEEZES)
    assert squeezed.headers["Content-Encoding"] == "gzip"
    content = _content(squeezed)
    assert int(squeezed.headers["Content-Length"]) == len(content)
    assert gzip.decompress(content) == _content(plain)
    assert "Content-Encoding" not in plain.headers
    assert {"Accept-Encoding"} <= set(plain.headers["Vary"].split(", ")) & set(squeezed.headers["Vary"].split(", "))
    assert not squeezed.headers.get("ETag", "W/").startswith('"')


def test_pages_of_one_person_are_not_squeezed(world: World, client: Client) -> None:
    client.force_login(Person.objects.get(pk=world.cast.desk.pk))
    for address in ("/desk/", "/", "/report"):
        assert "Content-Encoding" not in client.get(address, **SQUEEZES).headers


def test_photos_and_what_is_not_there_stay_as_they_are(world: World, client: Client) -> None:
    for address in ("/static/field/icons/192.png", "/static/nowhere.css"):
        assert "Content-Encoding" not in client.get(address, **SQUEEZES).headers
    assert (
        client.get("/static/web/js/page.js", HTTP_IF_MODIFIED_SINCE="Sat, 01 Jan 2050 00:00:00 GMT").status_code == 304
    )
