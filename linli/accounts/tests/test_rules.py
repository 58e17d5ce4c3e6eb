"""Passwords, waits and the names of devices: tables, no database."""

import pytest

from linli.accounts import totp
from linli.accounts.passwords import new_password
from linli.accounts.rules import ADDRESS, NAME, NAME_AND_ADDRESS, Owner, device_words, family, faults, kinds

OWNER = Owner("wang.li", "王丽", "19900000001")


@pytest.mark.parametrize(
    ("password", "alone", "in_production"),
    [
        ("short", 1, 2),
        ("a long sentence of words", 0, 1),
        ("A long sentence of words", 0, 0),
        ("门前水沟边有三棵老榕树", 0, 1),
        ("门前水沟边有三棵老榕树a1", 0, 0),
        ("aaaaaaaaaaaaA1", 1, 1),
        ("my Wang.Li password 9", 1, 1),
        ("王丽的密码是这一句话A1", 1, 1),
        ("Call me 19900000001!", 1, 1),
        ("linli-demo", 1, 2),
        ("Linli-Demo", 1, 1),
        ("x1Y" * 80, 2, 2),
    ],
)
def test_what_is_wrong_with_a_password_is_said(password: str, alone: int, in_production: int) -> None:
    assert len(faults(password, OWNER, is_production=False)) == alone
    assert len(faults(password, OWNER, is_production=True)) == in_production


def test_a_person_without_a_telephone_number_may_use_any_digits() -> None:
    assert faults("2027 and 31 and 5", Owner("w", "", ""), is_production=False) == []


def test_given_passwords_keep_the_rules() -> None:
    for password in {new_password() for _time in range(50)}:
        assert faults(password, OWNER, is_production=True) == []
        assert kinds(password) == 4


def test_failures_cost_nothing_first_and_then_more_each_time() -> None:
    minutes = [NAME_AND_ADDRESS.wait_s(tries) // 60 for tries in range(14)]
    assert minutes == [0, 0, 0, 0, 0, 1, 2, 4, 8, 15, 30, 60, 60, 60]


def test_nobody_is_kept_out_for_long_by_those_who_type_their_name_elsewhere() -> None:
    assert {NAME.wait_s(10_000), ADDRESS.wait_s(10_000)} == {15 * 60}


AGENT = "Mozilla/5.0 (%s) AppleWebKit/537.36 (KHTML, like Gecko) %s"


@pytest.mark.parametrize(
    ("agent", "known"),
    [
        (AGENT % ("Windows NT 10.0; Win64; x64", "Chrome/120.0.0.0 Safari/537.36"), ("chrome", "windows")),
        (AGENT % ("Windows NT 10.0", "Chrome/120.0.0.0 Safari/537.36 Edg/120.0.0.0"), ("edge", "windows")),
        (AGENT % ("Linux; Android 13; V2244A", "Mobile MicroMessenger/8.0.44"), ("wechat", "android")),
        (AGENT % ("iPhone; CPU iPhone OS 17_1 like Mac OS X", "Version/17.1 Safari/604.1"), ("safari", "iphone")),
        (AGENT % ("Phone; OpenHarmony 5.0", "Chrome/114 ArkWeb/4.1"), ("chrome", "harmony")),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0", ("firefox", "linux")),
        ("", ("", "")),
        ("curl/8", ("", "")),
    ],
)
def test_of_a_browser_its_family_is_known_and_no_more(agent: str, known: tuple[str, str]) -> None:
    assert family(agent) == known
    assert device_words(*known)


# --- codes ------------------------------------------------------------------------------------------------------------

#: RFC 6238, appendix B: seconds and the last six digits of the code for SHA-1.
SECRET = b"12345678901234567890"
VECTORS = [
    (59, "287082"),
    (1_111_111_109, "081804"),
    (1_111_111_111, "050471"),
    (1_234_567_890, "005924"),
    (2_000_000_000, "279037"),
    (20_000_000_000, "353130"),
]


@pytest.mark.parametrize(("moment", "code"), VECTORS)
def test_codes_are_those_of_the_standard(moment: int, code: str) -> None:
    assert totp.code_at(SECRET, moment // 30).decode() == code
    assert totp.step_of(code, SECRET, moment, after=0) == moment // 30


@pytest.mark.parametrize(("seconds", "is_valid"), [(-60, False), (-30, True), (0, True), (30, True), (60, False)])
def test_a_clock_may_be_off_by_one_step(seconds: int, is_valid: bool) -> None:
    moment, code = VECTORS[2]
    assert (totp.step_of(code, SECRET, moment + seconds, after=0) is not None) is is_valid


@pytest.mark.parametrize("code", ["", "050472", "50471", "0504711", "０５０４７１", "050 471"])
def test_nothing_else_is_the_code(code: str) -> None:
    assert totp.step_of(code, SECRET, VECTORS[2][0], after=0) is None


def test_a_code_is_not_valid_after_its_step_was_used() -> None:
    moment, code = VECTORS[2]
    assert totp.step_of(code, SECRET, moment, after=moment // 30) is None
    assert totp.step_of(code, SECRET, moment, after=moment // 30 - 1) is not None


def test_the_secret_is_spelled_for_hands_and_drawn_for_cameras() -> None:
    assert totp.spelled(SECRET) == "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ"
    drawn = totp.qr_svg(SECRET, issuer="邻里", username='<b>"wang"</b>')
    assert drawn.startswith("<svg") and "<b>" not in drawn and "GEZD" not in drawn
