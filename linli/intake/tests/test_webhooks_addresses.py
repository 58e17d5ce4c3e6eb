"""Deliveries reach the public internet over https, and inside only what the setting names: tables, without a network."""

from ipaddress import ip_network
from typing import Any

import pytest

from linli.intake.webhooks.posting import Parcel, post
from linli.intake.webhooks.rules import Outcome
from linli.intake.webhooks.testing import receiver
from linli.kit import addresses
from linli.kit.addresses import Forbidden, may_reach, read_address, resolve

INSIDE = [
    "127.0.0.1", "127.8.8.8", "0.0.0.0", "10.1.2.3", "172.16.0.1", "192.168.1.1", "100.64.0.1", "169.254.169.254",
    "224.0.0.1", "255.255.255.255", "240.0.0.1", "198.18.0.1", "192.0.2.1",
    "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "fd12::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1",
    "64:ff9b::7f00:1", "2002:7f00:1::", "2001:0:1::1", "::127.0.0.1", "2001:db8::1",
]  # fmt: skip
OUTSIDE = ["8.8.8.8", "114.114.114.114", "2400:3200::1", "::ffff:8.8.8.8"]


@pytest.mark.parametrize("address", INSIDE)
def test_no_address_inside_is_reached_unless_it_is_named(address: str) -> None:
    assert not may_reach(address, [], is_plain=False)
    assert not may_reach(address, [ip_network("198.51.100.0/24")], is_plain=False)


@pytest.mark.parametrize("address", OUTSIDE)
def test_public_addresses_are_reached_over_https_alone(address: str) -> None:
    assert may_reach(address, [], is_plain=False)
    assert not may_reach(address, [], is_plain=True)


def test_a_named_network_is_reached_also_without_encryption() -> None:
    county = [ip_network("10.44.0.0/16"), ip_network("fd12::/16")]
    assert may_reach("10.44.8.8", county, is_plain=True)
    assert may_reach("::ffff:10.44.8.8", county, is_plain=True)
    assert may_reach("fd12::5", county, is_plain=True)
    assert not may_reach("10.45.8.8", county, is_plain=False)


def test_a_name_with_only_forbidden_addresses_is_refused(settings: Any) -> None:
    settings.WEBHOOK_NETWORKS = []
    for host in ("127.0.0.1", "localhost", "[::1]", "2130706433", "0x7f.1"):
        try:
            target = read_address(f"https://{host}/")
            found = resolve(target)
        except (Forbidden, OSError, AssertionError):
            continue
        pytest.fail(f"{host} led to {found}")


def test_nothing_is_sent_to_a_forbidden_address(settings: Any) -> None:
    settings.WEBHOOK_NETWORKS = []
    with receiver() as inside:
        answer = post(Parcel(1, 1, 1, inside.address, {}, b"{}"))
        assert (answer.outcome, answer.status) == (Outcome.FORBIDDEN, None)
        assert inside.got == []


def test_the_connection_goes_to_the_address_that_was_looked_at(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that answers with another address the second time (DNS rebinding) is asked but once."""
    settings.WEBHOOK_NETWORKS = ["127.0.0.1/32"]
    asked, look_up = [], addresses.socket.getaddrinfo

    def answering_otherwise_each_time(host: str, port: int, *given: Any, **more: Any) -> Any:
        if host != "receiver.example":
            return look_up(host, port, *given, **more)
        asked.append(host)
        return [(2, 1, 6, "", (f"127.0.0.{len(asked)}", port))]

    with receiver() as here:
        monkeypatch.setattr(addresses.socket, "getaddrinfo", answering_otherwise_each_time)
        port = here.address.rpartition(":")[2]
        assert post(Parcel(1, 1, 1, f"http://receiver.example:{port}", {}, b"{}")).status == 200
        assert here.got[0].headers["host"] == f"receiver.example:{port.partition('/')[0]}"
    assert len(asked) == 1


def test_an_untrusted_certificate_is_refused(settings: Any) -> None:
    settings.WEBHOOK_NETWORKS = ["127.0.0.0/8"]
    with receiver() as plain:
        answer = post(Parcel(1, 1, 1, plain.address.replace("http:", "https:"), {}, b"{}"))
    assert answer.outcome in (Outcome.NOT_SAFE, Outcome.NOT_REACHED)
    assert answer.status is None


def test_the_path_and_query_are_kept() -> None:
    target = read_address("https://Example.com:8443/hooks/in?token=a%20b")
    assert (target.host, target.port, target.path) == ("example.com", 8443, "/hooks/in?token=a%20b")
    assert target.authority == "example.com:8443"
