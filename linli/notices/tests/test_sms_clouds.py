"""Text messages by a cloud: signed as its own examples are, a sentence and a link in a template, answers read by a table."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from linli.notices.rules import Kind, Verdict
from linli.notices.sending import carry
from linli.notices.sending.sms_clouds import sign_acs3, sign_tc3
from linli.notices.testing import receiver
from linli.notices.tests.test_sending import LOOPBACK, WORDS, parcel


@pytest.fixture
def cloud_at(settings: Any, tmp_path: Path) -> Any:
    settings.WEBHOOK_NETWORKS = LOOPBACK

    def point(cloud: str, address: str, more: str = "") -> None:
        settings.SMS_KEY_FILE = tmp_path / "key"
        settings.SMS_KEY_FILE.write_text("id-1\ngeheim\n")
        host = address.removeprefix("http://")
        settings.SMS_GATEWAY = f"{cloud}+http://{host}?sign=%E9%82%BB%E9%87%8C&template=T1&app=1400{more}"

    return point


def test_aliyun_is_signed_as_its_published_example() -> None:
    query = "ImageId=win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd&RegionId=cn-shanghai"
    headers = {
        "x-acs-action": "RunInstances",
        "x-acs-version": "2014-05-26",
        "x-acs-date": "2023-10-26T10:22:32Z",
        "x-acs-signature-nonce": "3156853299f313e23d1673dc12e1703d",
    }
    signed = sign_acs3("YourAccessKeyId", "YourAccessKeySecret", "ecs.cn-shanghai.aliyuncs.com", query, headers)
    assert signed["Authorization"].endswith("06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0")


def test_tencent_is_signed_as_its_published_example() -> None:
    body = b'{"Limit": 1, "Filters": [{"Values": ["\\u672a\\u547d\\u540d"], "Name": "instance-name"}]}'
    at = datetime.fromtimestamp(1551113065, UTC)
    key_id, secret = "AKIDz8krbsJ5yKBZQpn74WFkmLPx3*******", "Gu5t9xGARNpq86cd98joQYCN3*******"
    signed = sign_tc3(key_id, secret, "cvm", "cvm.tencentcloudapi.com", body, at)
    assert signed["Authorization"].endswith("2230eefd229f582d8b1b891af7107b91597240707d778ab3738f756258d7652c")


def test_aliyun_gets_the_template_and_what_stands_in_its_places(cloud_at: Any) -> None:
    with receiver() as service:
        service.answers = [(200, '{"Code": "OK", "BizId": "1"}')]
        cloud_at("aliyun", service.address)
        assert carry(parcel(Kind.SMS, {"to": "19900000042"})).verdict == Verdict.DELIVERED
    (got,) = service.got
    asked = {name: values[0] for name, values in parse_qs(urlsplit(got.path).query).items()}
    assert (asked["PhoneNumbers"], asked["SignName"], asked["TemplateCode"]) == ("19900000042", "邻里", "T1")
    assert json.loads(asked["TemplateParam"]) == {"text": WORDS.sentence, "link": WORDS.link}
    assert got.headers["authorization"].startswith("ACS3-HMAC-SHA256 Credential=id-1,")


def test_tencent_gets_the_template_and_a_number_with_its_country(cloud_at: Any) -> None:
    with receiver() as service:
        service.answers = [(200, '{"Response": {"SendStatusSet": [{"Code": "Ok"}]}}')]
        cloud_at("tencent", service.address, "&places=link")
        assert carry(parcel(Kind.SMS, {"to": "19900000042"})).verdict == Verdict.DELIVERED
    (got,) = service.got
    assert (got.json["PhoneNumberSet"], got.json["TemplateParamSet"]) == (["+8619900000042"], [WORDS.link])
    assert got.headers["authorization"].startswith("TC3-HMAC-SHA256 Credential=id-1/")


@pytest.mark.parametrize(
    ("cloud", "answer", "verdict"),
    [
        ("aliyun", (200, '{"Code": "isv.BUSINESS_LIMIT_CONTROL"}'), Verdict.AGAIN),
        ("aliyun", (400, '{"Code": "Throttling.User"}'), Verdict.AGAIN),
        ("aliyun", (200, '{"Code": "isv.MOBILE_NUMBER_ILLEGAL"}'), Verdict.REFUSED),
        ("aliyun", (200, '{"Code": "isp.SYSTEM_ERROR"}'), Verdict.UNKNOWN),
        ("aliyun", (200, "<html>Sign in</html>"), Verdict.UNKNOWN),
        ("tencent", (200, '{"Response": {"Error": {"Code": "RequestLimitExceeded"}}}'), Verdict.AGAIN),
        (
            "tencent",
            (200, '{"Response": {"SendStatusSet": [{"Code": "LimitExceeded.PhoneNumberDailyLimit"}]}}'),
            Verdict.AGAIN,
        ),
        ("tencent", (200, '{"Response": {"Error": {"Code": "AuthFailure.SignatureFailure"}}}'), Verdict.REFUSED),
        ("tencent", (503, ""), Verdict.AGAIN),
        ("tencent", None, Verdict.UNKNOWN),
    ],
)
def test_an_answer_of_a_cloud_is_read_for_what_it_says(
    cloud_at: Any, cloud: str, answer: tuple[int, str] | None, verdict: Verdict
) -> None:
    with receiver() as service:
        service.answers = [answer]
        cloud_at(cloud, service.address)
        assert carry(parcel(Kind.SMS, {"to": "19900000042"})).verdict == verdict
