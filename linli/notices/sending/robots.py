"""Robots in groups of WeCom, DingTalk and Feishu: a line of text each, and the answer read for what it says.

All three answer 200 whatever came of it, and put the truth into the body. Their hosts are fixed, or named by a setting where a
county has a gateway of its own; nobody who enters a robot chooses where we send. Why no library: docs/decisions/.
"""

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote_plus

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from linli.kit import posting
from linli.kit.refusal import BadInput
from linli.notices.course import Parcel
from linli.notices.rules import Kind, Result, Verdict
from linli.notices.sending.answers import result_of

Body = dict[str, Any]
_AGAIN, _REFUSED, _GONE = Verdict.AGAIN, Verdict.REFUSED, Verdict.GONE
_TOKEN = re.compile(r"[A-Za-z0-9_-]{8,200}")
_SECRET = re.compile(r"[A-Za-z0-9_-]{0,200}")


@dataclass(frozen=True)
class _Way:
    """How one of the three is spoken to."""

    host: str
    path: str
    #: Where in the address, as people copy it, the token stands.
    in_address: re.Pattern[str]
    body: Callable[[str], Body]
    #: Adds the signature to path and body: (path, body, secret, seconds).
    signed: Callable[[str, Body, str, float], tuple[str, Body]]
    #: The field of the answer that is 0 when all is well, and what its other codes mean.
    code: str
    means: Mapping[int, Verdict]


def _plain(path: str, body: Body, _secret: str, _now: float) -> tuple[str, Body]:
    return path, body


def _dingtalk(path: str, body: Body, secret: str, now: float) -> tuple[str, Body]:
    """Source: open.dingtalk.com, "Customize robot security settings"."""
    stamp = str(int(now * 1000))
    sign = base64.b64encode(hmac.digest(secret.encode(), f"{stamp}\n{secret}".encode(), hashlib.sha256)).decode()
    return f"{path}&timestamp={stamp}&sign={quote_plus(sign)}", body


def _feishu(path: str, body: Body, secret: str, now: float) -> tuple[str, Body]:
    """Source: open.feishu.cn, "Custom bot usage guide": stamp and secret together are the key, and nothing is signed."""
    stamp = str(int(now))
    sign = base64.b64encode(hmac.digest(f"{stamp}\n{secret}".encode(), b"", hashlib.sha256)).decode()
    return path, {"timestamp": stamp, "sign": sign} | body


def _as_msgtype(text: str) -> Body:
    return {"msgtype": "text", "text": {"content": text}}


WAYS: dict[str, _Way] = {
    Kind.WECOM: _Way(
        "https://qyapi.weixin.qq.com",
        "/cgi-bin/webhook/send?key={token}",
        re.compile(r"[?&]key=([^&#]+)"),
        _as_msgtype,
        _plain,
        "errcode",
        # developer.work.weixin.qq.com, "全局错误码": busy; called too often, in all or at once; robots have no more than
        # twenty lines a minute; the key is of no robot (any more).
        {-1: _AGAIN, 45009: _AGAIN, 45033: _AGAIN, 93000: _GONE, 40008: _REFUSED, 44004: _REFUSED, 45002: _REFUSED},
    ),
    Kind.DINGTALK: _Way(
        "https://oapi.dingtalk.com",
        "/robot/send?access_token={token}",
        re.compile(r"[?&]access_token=([^&#]+)"),
        _as_msgtype,
        _dingtalk,
        "errcode",
        # open.dingtalk.com, "自定义机器人接入": busy; too fast; called too often. The token is of no robot (any more), the
        # group was dissolved, the robot stopped or taken away. 310000: the safety settings of the robot (keyword, signature,
        # address) say no. The rest: not understood, or its content refused.
        {
            -1: _AGAIN,
            130101: _AGAIN,
            410100: _AGAIN,
            **dict.fromkeys((300001, 300005, 400013, 400101, 400102, 400106), _GONE),
            **dict.fromkeys((310000, 40035, 43004, 400105, 430101, 430102, 430103, 430104), _REFUSED),
        },
    ),
    Kind.FEISHU: _Way(
        "https://open.feishu.cn",
        "/open-apis/bot/v2/hook/{token}",
        re.compile(r"/hook/([^/?#]+)"),
        lambda text: {"msg_type": "text", "content": {"text": text}},
        _feishu,
        "code",
        # open.feishu.cn, "自定义机器人使用指南": called too often, by one or by all; the hook is of no robot (any more);
        # not among the addresses allowed, the signature or its time does not fit, no keyword in it; not understood.
        {
            **dict.fromkeys((11232, 9499), _AGAIN),
            19001: _GONE,
            **dict.fromkeys((19002, 19021, 19022, 19024), _REFUSED),
        },
    ),
}


def read_robot(kind: str, text: str, secret: str) -> dict[str, str]:
    """The token in what was pasted: the whole address as the program shows it, or the token alone. Raises `BadInput`."""
    found = WAYS[kind].in_address.search(text.strip())
    token = found.group(1) if found else text.strip()
    if not _TOKEN.fullmatch(token):
        raise BadInput("bad_robot", _("Paste the address of the robot as the program shows it."), field="address")
    if not _SECRET.fullmatch(secret.strip()):
        raise BadInput("bad_secret", _("The secret holds letters and digits only. Copy it anew."), field="secret")
    return {"token": token, "secret": secret.strip()}


def send(parcel: Parcel) -> Result:
    """Say it in the group."""
    way = WAYS[parcel.kind]
    path, body = way.path.format(token=parcel.address["token"]), way.body(parcel.words.whole)
    if secret := parcel.address.get("secret"):
        path, body = way.signed(path, body, secret, parcel.at.timestamp())
    host = settings.ROBOT_HOSTS.get(parcel.kind, way.host)
    headers = {"Content-Type": "application/json; charset=utf-8"}
    return _read(posting.send(host + path, headers, json.dumps(body, ensure_ascii=False).encode()), way)


def _read(answer: posting.Answer, way: _Way) -> Result:
    result = result_of(answer)
    if result.verdict != Verdict.DELIVERED:
        return result
    try:
        code = int(json.loads(answer.words)[way.code])
    except (ValueError, KeyError, TypeError):
        # Something answered that is no robot; whether it handed the line on cannot be told.
        return Result(Verdict.UNKNOWN, "not_understood")
    if code == 0:
        return Result(Verdict.DELIVERED, "0")
    # Of a code that we do not know nobody can say whether the line stands in the group.
    return Result(way.means.get(code, Verdict.UNKNOWN), f"code {code}")
