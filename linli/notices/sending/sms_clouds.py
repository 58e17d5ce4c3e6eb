"""Text messages by Aliyun or Tencent Cloud: templates they have approved, and in their places a sentence and a link.

Signed by our own few lines, as robots are: their packages bring a framework each. `LINLI_SMS_GATEWAY` says which and how:
`aliyun://dysmsapi.aliyuncs.com?sign=NAME&template=CODE`, `tencent://sms.tencentcloudapi.com?sign=NAME&template=ID&app=ID`.
"""

import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit

from linli.kit import posting
from linli.notices.letters import Words
from linli.notices.rules import Result, Verdict
from linli.notices.sending.answers import result_of

_AGAIN, _UNKNOWN = Verdict.AGAIN, Verdict.UNKNOWN
#: By how a code begins: it may be taken later, or nobody knows. Every other code says that it was not taken.
#: Sources: help.aliyun.com, "短信服务 API 错误码"; cloud.tencent.com/document/product/382, "错误码".
_ALIYUN: dict[str, Verdict] = {
    "isv.BUSINESS_LIMIT_CONTROL": _AGAIN,
    "isv.AMOUNT_NOT_ENOUGH": _AGAIN,
    "Throttling": _AGAIN,
    "ServiceUnavailable": _AGAIN,
    "isp.": _UNKNOWN,
    "InternalError": _UNKNOWN,
}
_TENCENT: dict[str, Verdict] = {
    "LimitExceeded": _AGAIN,
    "RequestLimitExceeded": _AGAIN,
    "FailedOperation.InsufficientBalanceInSmsPackage": _AGAIN,
    "InternalError": _UNKNOWN,
}


@dataclass(frozen=True)
class Account:
    """Where, with whose key, by which template. `places`: what stands in its places, in their order."""

    address: str
    host: str
    key_id: str
    secret: str
    options: Mapping[str, str]

    @classmethod
    def read(cls, setting: str, key_file: Path) -> "Account":
        """Of the setting, with the key's id and secret a line each in the file; `…+http://` speaks plain HTTP."""
        parts = urlsplit(setting)
        scheme = "http" if parts.scheme.endswith("+http") else "https"
        key_id, secret = key_file.read_text(encoding="utf-8").split()
        return cls(f"{scheme}://{parts.netloc}/", parts.netloc, key_id, secret, dict(parse_qsl(parts.query)))

    def places(self, words: Words) -> dict[str, str]:
        """The values by the names of the places; `places=link` for a template with no place for the sentence."""
        values = {"text": words.sentence, "link": words.link}
        return {name: values[name] for name in self.options.get("places", "text,link").split(",") if name in values}


@dataclass(frozen=True)
class Aliyun:
    """`SendSms` of 2017-05-25. The key of the delivery goes along as `OutId`; whether it is a repeat is not looked at."""

    account: Account

    def send(self, to: str, words: Words, key: str, at: datetime) -> Result:
        """Hand it over."""
        query = _query(
            {
                "PhoneNumbers": to,
                "SignName": self.account.options.get("sign", ""),
                "TemplateCode": self.account.options.get("template", ""),
                "TemplateParam": json.dumps(self.account.places(words), ensure_ascii=False),
                "OutId": key,
            }
        )
        headers = {
            "x-acs-action": "SendSms",
            "x-acs-version": "2017-05-25",
            "x-acs-date": at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "x-acs-signature-nonce": secrets.token_hex(16),
        }
        headers = sign_acs3(self.account.key_id, self.account.secret, self.account.host, query, headers)
        return _read(posting.send(f"{self.account.address}?{query}", headers, b""), _ALIYUN, _code_of_aliyun)


@dataclass(frozen=True)
class Tencent:
    """`SendSms` of 2021-01-11. The key of the delivery goes along as `SessionContext`; repeats are not looked at."""

    account: Account

    def send(self, to: str, words: Words, key: str, at: datetime) -> Result:
        """Hand it over. Numbers go out as E.164: one of eleven digits is of the mainland."""
        number = to if to.startswith("+") else f"+86{to}"
        body = json.dumps(
            {
                "PhoneNumberSet": [number],
                "SmsSdkAppId": self.account.options.get("app", ""),
                "SignName": self.account.options.get("sign", ""),
                "TemplateId": self.account.options.get("template", ""),
                "TemplateParamSet": list(self.account.places(words).values()),
                "SessionContext": key,
            },
            ensure_ascii=False,
        ).encode()
        headers = {
            "X-TC-Action": "SendSms",
            "X-TC-Version": "2021-01-11",
            "X-TC-Region": self.account.options.get("region", "ap-guangzhou"),
        }
        headers |= sign_tc3(self.account.key_id, self.account.secret, "sms", self.account.host, body, at)
        return _read(posting.send(self.account.address, headers, body), _TENCENT, _code_of_tencent)


#: By the beginning of the setting.
CLOUDS: dict[str, type[Aliyun] | type[Tencent]] = {"aliyun": Aliyun, "tencent": Tencent}


def sign_acs3(key_id: str, secret: str, host: str, query: str, headers: Mapping[str, str]) -> dict[str, str]:
    """The headers with `ACS3-HMAC-SHA256`, of a request without a body.

    Source: help.aliyun.com/zh/sdk/product-overview/v3-request-structure-and-signature.
    """
    empty = hashlib.sha256(b"").hexdigest()
    signed = {**headers, "host": host, "x-acs-content-sha256": empty}
    names = ";".join(sorted(signed))
    lines = "".join(f"{name}:{signed[name]}\n" for name in sorted(signed))
    request = f"POST\n/\n{query}\n{lines}\n{names}\n{empty}"
    to_sign = f"ACS3-HMAC-SHA256\n{hashlib.sha256(request.encode()).hexdigest()}"
    signature = hmac.digest(secret.encode(), to_sign.encode(), hashlib.sha256).hex()
    del signed["host"]
    authorization = f"ACS3-HMAC-SHA256 Credential={key_id},SignedHeaders={names},Signature={signature}"
    return {**signed, "Authorization": authorization}


def sign_tc3(key_id: str, secret: str, service: str, host: str, body: bytes, at: datetime) -> dict[str, str]:
    """The headers of `TC3-HMAC-SHA256`. Source: cloud.tencent.com/document/api/382/52072, "签名方法 v3"."""
    kind, stamp = "application/json; charset=utf-8", str(int(at.timestamp()))
    scope = f"{at.astimezone(UTC):%Y-%m-%d}/{service}/tc3_request"
    hashed = hashlib.sha256(body).hexdigest()
    request = f"POST\n/\n\ncontent-type:{kind}\nhost:{host}\n\ncontent-type;host\n{hashed}"
    to_sign = f"TC3-HMAC-SHA256\n{stamp}\n{scope}\n{hashlib.sha256(request.encode()).hexdigest()}"
    key = f"TC3{secret}".encode()
    for step in scope.split("/"):
        key = hmac.digest(key, step.encode(), hashlib.sha256)
    signature = hmac.digest(key, to_sign.encode(), hashlib.sha256).hex()
    credential = f"Credential={key_id}/{scope}, SignedHeaders=content-type;host, Signature={signature}"
    return {"Content-Type": kind, "X-TC-Timestamp": stamp, "Authorization": f"TC3-HMAC-SHA256 {credential}"}


def _query(values: Mapping[str, str]) -> str:
    return "&".join(f"{quote(name, safe='-_.~')}={quote(values[name], safe='-_.~')}" for name in sorted(values))


def _code_of_aliyun(answer: Any) -> str:
    return str(answer["Code"])


def _code_of_tencent(answer: Any) -> str:
    response = answer["Response"]
    return str(response["Error"]["Code"] if "Error" in response else response["SendStatusSet"][0]["Code"])


def _read(answer: posting.Answer, means: Mapping[str, Verdict], code_of: Any) -> Result:
    """What the code says, whatever the status is; without a code, what the status says."""
    result = result_of(answer)
    try:
        code = code_of(json.loads(answer.words))
    except (ValueError, KeyError, IndexError, TypeError):
        return Result(_UNKNOWN, "not_understood") if result.verdict == Verdict.DELIVERED else result
    if code.upper() == "OK":
        return Result(Verdict.DELIVERED, "OK")
    verdict = next((one for begins, one in means.items() if code.startswith(begins)), Verdict.REFUSED)
    return Result(verdict, code[:60])
