"""What leaves this home over the wire, against real stand-ins on this machine: sealed, signed, and its answers read rightly."""

import base64
import hashlib
import hmac
import json
import random
import stat
from datetime import timedelta
from email import message_from_string
from email.header import decode_header, make_header
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from linli.events.testing import NOON, World, make_event
from linli.kit.refusal import BadInput
from linli.notices import actions, course, making
from linli.notices.courier import Courier
from linli.notices.course import Parcel
from linli.notices.letters import Words
from linli.notices.models import Channel, Delivery
from linli.notices.rules import Kind, Result, State, Verdict
from linli.notices.sending import carry, push, robots
from linli.notices.testing import LOOPBACK, Outside, a_channel, mail_server, receiver, work

WORDS = Words("440881101-202611-0001：派遣。", "https://county.example/desk/events/1/")


def parcel(kind: str, address: dict[str, str]) -> Parcel:
    return Parcel(1, 1, "0" * 32, kind, address, WORDS, NOON)


def b64(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


@pytest.fixture(autouse=True)
def _here(settings: Any) -> None:
    settings.WEBHOOK_NETWORKS = LOOPBACK


# --- web push ------------------------------------------------------------------------------------------------------------


class Browser:
    """A browser as a push service knows it: its keys, and opening what was sealed for it."""

    def __init__(self) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._auth = random.Random(1).randbytes(16)

    def subscription(self, endpoint: str) -> dict[str, str]:
        point = self._point()
        encoded = [base64.urlsafe_b64encode(one).rstrip(b"=").decode() for one in (point, self._auth)]
        return {"endpoint": endpoint, "p256dh": encoded[0], "auth": encoded[1]}

    def _point(self) -> bytes:
        return self._key.public_key().public_bytes(
            serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
        )

    def open(self, body: bytes) -> dict[str, str]:
        """As RFC 8291 §3.4 has the receiver do it, written apart from the sender."""
        salt, length = body[:16], body[20]
        sender, sealed = body[21 : 21 + length], body[21 + length :]
        shared = self._key.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), sender))
        info = b"WebPush: info\x00" + self._point() + sender
        ikm = HKDF(hashes.SHA256(), 32, self._auth, info).derive(shared)
        key = HKDF(hashes.SHA256(), 16, salt, b"Content-Encoding: aes128gcm\x00").derive(ikm)
        nonce = HKDF(hashes.SHA256(), 12, salt, b"Content-Encoding: nonce\x00").derive(ikm)
        plain = AESGCM(key).decrypt(nonce, sealed, None)
        assert plain.endswith(b"\x02")
        opened: dict[str, str] = json.loads(plain[:-1])
        return opened


def test_sealing_is_that_of_the_example_in_rfc_8291() -> None:
    own = ec.derive_private_key(
        int.from_bytes(b64("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"), "big"), ec.SECP256R1()
    )
    sealed = push.seal(
        b"When I grow up, I want to be a watermelon",
        "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
        "BTBZMqHH6r4Tts7J_aSIgg",
        own=own,
        salt=b64("DGv6ra1nlYgDCS1FRnbzlw"),
    )
    assert sealed == b64(
        "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_y"
        "l95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
    )


def test_the_push_service_gets_what_the_browser_alone_opens_signed_by_this_home() -> None:
    browser = Browser()
    with receiver() as service:
        result = carry(parcel(Kind.WEB_PUSH, browser.subscription(f"{service.address}/push/1")))
    assert result.verdict == Verdict.DELIVERED
    (got,) = service.got
    assert "派遣".encode() not in got.body
    assert browser.open(got.body) == {"title": WORDS.sentence, "link": WORDS.link, "tag": "0" * 32}
    assert (got.headers["content-encoding"], got.headers["topic"]) == ("aes128gcm", "0" * 32)
    token, key = (part.split("=", 1)[1] for part in got.headers["authorization"].removeprefix("vapid ").split(", "))
    signed, _dot, signature = token.rpartition(".")
    raw = b64(signature)
    der = encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
    public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), b64(key))
    public.verify(der, signed.encode(), ec.ECDSA(hashes.SHA256()))
    claims = json.loads(b64(signed.split(".")[1]))
    assert (claims["aud"], key) == (service.address, push.public_key())
    assert claims["exp"] <= (NOON + timedelta(hours=24)).timestamp()


def test_a_browser_that_gave_its_address_up_is_removed(world: World) -> None:
    with receiver() as service:
        service.answers = [(410, "")]
        channel = actions.add_browser(world.cast.desk, **Browser().subscription(f"{service.address}/1"), at=NOON)
        actions.try_out(channel, at=NOON)
        work(NOON)
    channel.refresh_from_db()
    assert (channel.closed_at, bytes(channel.sealed)) == (NOON, b"")
    assert Delivery.objects.get().state == State.FAILED


def test_a_browser_is_kept_once_and_belongs_to_whoever_asked_last(world: World) -> None:
    said = Browser().subscription("https://push.example/1")
    first = actions.add_browser(world.cast.desk, **said, at=NOON)
    assert actions.add_browser(world.cast.desk, **said, at=NOON) == first
    actions.add_browser(world.cast.worker, **said, at=NOON)
    assert [one.person for one in Channel.objects.kept()] == [world.cast.worker]


@pytest.mark.parametrize(
    "wrong", [{"endpoint": "ftp://x"}, {"p256dh": "AAAA"}, {"auth": "AAAA"}, {"p256dh": "B" + "A" * 86}, {"auth": "*"}]
)
def test_no_browser_is_kept_that_said_something_else(world: World, wrong: dict[str, str]) -> None:
    with pytest.raises(BadInput):
        actions.add_browser(world.cast.desk, **(Browser().subscription("https://push.example/1") | wrong), at=NOON)


def test_an_address_inside_is_not_reached_through_a_subscription(settings: Any) -> None:
    settings.WEBHOOK_NETWORKS = []
    with receiver() as inside:
        result = carry(parcel(Kind.WEB_PUSH, Browser().subscription(f"{inside.address}/admin")))
        assert inside.got == []
    assert (result.verdict, result.why) == (Verdict.REFUSED, "forbidden")


def test_the_key_of_this_home_is_for_its_owner_alone(settings: Any) -> None:
    push.public_key()
    assert stat.S_IMODE((settings.HOME / "web_push_key").stat().st_mode) == 0o600


# --- robots --------------------------------------------------------------------------------------------------------------


@pytest.fixture
def robot_at(settings: Any) -> Any:
    def point(address: str) -> None:
        settings.ROBOT_HOSTS = dict.fromkeys((Kind.WECOM, Kind.DINGTALK, Kind.FEISHU), address)

    return point


def test_the_robots_are_spoken_to_as_each_maker_has_it(robot_at: Any) -> None:
    with receiver() as service:
        robot_at(service.address)
        for kind in (Kind.WECOM, Kind.DINGTALK, Kind.FEISHU):
            assert carry(parcel(kind, {"token": "token-0001", "secret": ""})).verdict == Verdict.DELIVERED
        wecom, dingtalk, feishu = service.got
    assert wecom.path == "/cgi-bin/webhook/send?key=token-0001"
    assert wecom.json == dingtalk.json == {"msgtype": "text", "text": {"content": WORDS.whole}}
    assert dingtalk.path == "/robot/send?access_token=token-0001"
    assert (feishu.path, feishu.json["content"]) == ("/open-apis/bot/v2/hook/token-0001", {"text": WORDS.whole})


def test_signatures_are_those_the_makers_ask_for(robot_at: Any) -> None:
    with receiver() as service:
        robot_at(service.address)
        for kind in (Kind.DINGTALK, Kind.FEISHU):
            carry(parcel(kind, {"token": "token-0001", "secret": "SECabc"}))
        dingtalk, feishu = service.got
    query = parse_qs(urlsplit(dingtalk.path).query)
    stamp = query["timestamp"][0]
    right = hmac.new(b"SECabc", f"{stamp}\nSECabc".encode(), hashlib.sha256).digest()
    assert (stamp, base64.b64decode(query["sign"][0])) == (str(int(NOON.timestamp() * 1000)), right)
    right = hmac.new(f"{feishu.json['timestamp']}\nSECabc".encode(), digestmod=hashlib.sha256).digest()
    assert base64.b64decode(feishu.json["sign"]) == right


@pytest.mark.parametrize(
    ("kind", "answer", "verdict"),
    [
        (Kind.WECOM, (200, '{"errcode": 93000, "errmsg": "invalid webhook url"}'), Verdict.GONE),
        (Kind.WECOM, (200, '{"errcode": 777777, "errmsg": "never heard of"}'), Verdict.UNKNOWN),
        (Kind.DINGTALK, (200, '{"errcode": 300005, "errmsg": "token is not exist"}'), Verdict.GONE),
        (
            Kind.FEISHU,
            (200, '{"code": 19001, "msg": "param invalid: incoming webhook access token invalid"}'),
            Verdict.GONE,
        ),
        (Kind.FEISHU, (200, '{"code": 19024, "msg": "Key Words Not Found"}'), Verdict.REFUSED),
        (Kind.FEISHU, (200, '{"code": 11232, "msg": "frequency limited"}'), Verdict.AGAIN),
        (Kind.WECOM, (200, '{"errcode": 45009, "errmsg": "api freq out of limit"}'), Verdict.AGAIN),
        (Kind.DINGTALK, (200, '{"errcode": 310000, "errmsg": "keywords not in content"}'), Verdict.REFUSED),
        (Kind.DINGTALK, (200, '{"errcode": 130101, "errmsg": "send too fast"}'), Verdict.AGAIN),
        (Kind.FEISHU, (200, '{"code": 19021, "msg": "sign match fail"}'), Verdict.REFUSED),
        (Kind.FEISHU, (200, '{"code": 9499, "msg": "too many request"}'), Verdict.AGAIN),
        (Kind.WECOM, (200, "<html>Sign in to the network</html>"), Verdict.UNKNOWN),
        (Kind.WECOM, (503, ""), Verdict.AGAIN),
        (Kind.WECOM, (403, ""), Verdict.REFUSED),
        (Kind.WECOM, None, Verdict.UNKNOWN),
    ],
)
def test_an_answer_of_a_robot_is_read_for_what_it_says(
    robot_at: Any, kind: str, answer: tuple[int, str] | None, verdict: Verdict
) -> None:
    with receiver() as service:
        service.answers = [answer]
        robot_at(service.address)
        assert carry(parcel(kind, {"token": "token-0001", "secret": ""})).verdict == verdict


def test_nobody_who_enters_a_robot_chooses_where_we_send() -> None:
    wrong = ("https://127.0.0.1/admin", "../../x", "a b c d e f g", "https://qyapi.weixin.qq.com/send?key=a/../b")
    for text in wrong:
        with pytest.raises(BadInput):
            robots.read_robot(Kind.WECOM, text, "")
    opened = robots.read_robot(Kind.FEISHU, "https://inside.example/open-apis/bot/v2/hook/abcd-1234", "")
    assert opened["token"] == "abcd-1234"


# --- mail ----------------------------------------------------------------------------------------------------------------


@pytest.fixture
def mail_to(settings: Any) -> Any:
    def point(port: int) -> None:
        settings.MAIL_OUT = f"smtp://linli%40county.example@127.0.0.1:{port}?tls=none"

    return point


def test_mail_is_handed_in_under_the_key_of_the_delivery(mail_to: Any) -> None:
    with mail_server() as server:
        mail_to(server.port)
        assert carry(parcel(Kind.MAIL, {"to": "a@county.example"})).verdict == Verdict.DELIVERED
        message = message_from_string(server.got[0])
    assert (message["To"], message["From"]) == ("a@county.example", "linli@county.example")
    assert message["Message-ID"] == f"<{'0' * 32}@county.example>"
    assert str(make_header(decode_header(message["Subject"]))) == WORDS.sentence
    payload = message.get_payload(decode=True)
    assert isinstance(payload, bytes) and WORDS.link in payload.decode()


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [("451 later", Verdict.AGAIN), ("554 no", Verdict.REFUSED), (None, Verdict.UNKNOWN)],
)
def test_an_answer_of_the_mail_server_is_read_for_what_it_says(
    mail_to: Any, answer: str | None, verdict: Verdict
) -> None:
    with mail_server() as server:
        server.answers = [answer]
        mail_to(server.port)
        assert carry(parcel(Kind.MAIL, {"to": "a@county.example"})).verdict == verdict


def test_mail_waits_while_no_server_is_set_or_none_answers(settings: Any, mail_to: Any) -> None:
    settings.MAIL_OUT = ""
    assert carry(parcel(Kind.MAIL, {"to": "a@x.example"})) == _near(Verdict.AGAIN, "no_server")
    with mail_server() as server:
        mail_to(server.port)
    assert carry(parcel(Kind.MAIL, {"to": "a@x.example"})) == _near(Verdict.AGAIN, "not_reached")


class _near:
    """Equal to a result of this verdict and code, however long it took."""

    def __init__(self, verdict: Verdict, why: str) -> None:
        self._expected = (verdict, why)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Result) and (other.verdict, other.why) == self._expected

    __hash__ = None  # type: ignore[assignment]


# --- text messages -------------------------------------------------------------------------------------------------------


def test_without_a_gateway_messages_lie_in_the_outbox_for_its_owner_alone(settings: Any, tmp_path: Any) -> None:
    settings.HOME = tmp_path
    for _each in range(2):
        assert carry(parcel(Kind.SMS, {"to": "19900000042"})) == _near(Verdict.DELIVERED, "outbox")
    (file,) = (tmp_path / "outbox").iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    kept = json.loads(file.read_text())
    assert (kept["to"], kept["text"], kept["id"]) == ("19900000042", WORDS.whole, "0" * 32)


def test_a_gateway_gets_the_filled_template_signed_with_the_key_of_the_delivery(settings: Any, tmp_path: Any) -> None:
    settings.SMS_KEY_FILE = tmp_path / "key"
    settings.SMS_KEY_FILE.write_text("geheim\n")
    settings.SMS_BODY = '{"phones": ["{to}"], "content": "{text}", "uuid": "{id}"}'
    with receiver() as gateway:
        settings.SMS_GATEWAY = f"{gateway.address}/send"
        assert carry(parcel(Kind.SMS, {"to": "19900000042"})).verdict == Verdict.DELIVERED
    (got,) = gateway.got
    assert got.json == {"phones": ["19900000042"], "content": WORDS.whole, "uuid": "0" * 32}
    signed = got.headers["x-timestamp"].encode() + b"." + got.body
    assert got.headers["x-signature"] == hmac.new(b"geheim", signed, hashlib.sha256).hexdigest()
    assert got.headers["idempotency-key"] == "0" * 32


def test_a_template_of_a_form_is_filled_as_a_form(settings: Any) -> None:
    settings.SMS_BODY = "mobile={to}&msg={text}&id={id}"
    with receiver() as gateway:
        settings.SMS_GATEWAY = gateway.address
        carry(parcel(Kind.SMS, {"to": "19900000042"}))
    assert parse_qs(gateway.got[0].body.decode())["msg"] == [WORDS.whole]


# --- the courier, and nothing at all ---------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_the_courier_carries_beside_the_worker_and_what_breaks_is_unknown() -> None:
    from linli.events.testing import make_world

    world = make_world()
    a_channel(world.cast.desk, Kind.WECOM, at=NOON, bundle_minutes=0)
    a_channel(world.cast.worker, Kind.SMS, at=NOON, groups=["to_do"], bundle_minutes=0)
    make_event(world, at=NOON)
    making.follow(NOON)
    making.bundle(NOON)
    courier = Courier(send=_breaks_for_robots)
    assert courier.has_work(NOON)
    while courier.turn(NOON):
        pass
    states = dict(Delivery.objects.values_list("kind", "state"))
    assert states == {Kind.WECOM: State.UNKNOWN, Kind.SMS: State.DELIVERED}


def _breaks_for_robots(one: Parcel) -> Result:
    if one.kind == Kind.WECOM:
        raise RuntimeError("with an address in it")
    return Result(Verdict.DELIVERED)


def test_acts_reach_for_no_network_and_without_it_everything_waits(world: World, settings: Any) -> None:
    """The guard of all tests refuses every connection beyond this machine: acts make none, sending waits."""
    settings.MAIL_OUT = "smtp://linli@mail.county.example"
    a_channel(world.cast.desk, at=NOON, bundle_minutes=0)
    make_event(world, at=NOON)
    assert not Delivery.objects.exists()
    making.follow(NOON)
    making.bundle(NOON)
    (delivery,) = course.due(Kind.MAIL, NOON, 5)
    offline = Outside(random.Random(1), verdicts=(Verdict.AGAIN,))
    work(NOON, offline.send)
    delivery.refresh_from_db()
    assert (delivery.state, delivery.tries) == (State.WAITING, 1)
