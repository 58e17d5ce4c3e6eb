"""Signs at disputes, and the draw of those that are called back."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from linli.mediation.agreeing.suspicions import (
    Case,
    Limits,
    Lot,
    Phone,
    Share,
    Sign,
    Signed,
    Suspicion,
    bare,
    is_even,
    sample,
    suspicions,
)

ZONE = ZoneInfo("Asia/Shanghai")
NOON = datetime(2026, 3, 5, 4, tzinfo=UTC)


def case(number: int = 1, **values: object) -> Case:
    return replace(Case(f"case{number:02}", "body", NOON, NOON), **values)  # type: ignore[arg-type]


def signs(*cases: Case, staff: tuple[str, ...] = ()) -> dict[Sign, list[str]]:
    found: dict[Sign, list[str]] = {}
    for one in suspicions(cases, staff=staff, zone=ZONE):
        found.setdefault(one.sign, []).append(one.key)
    return found


def test_an_ordinary_dispute_has_no_sign() -> None:
    ordinary = case(
        text="李四赔偿张三的鱼塘损失五百元，当场付清，双方再无争议。" * 4,
        signatures=(Signed("a", "x", True), Signed("b", "y", None)),
        telephones=(Phone("1", "a"), Phone("2", "b")),
        minutes=(45, None),
        performed_at_once=True,
    )
    assert signs(ordinary) == {}


def test_an_image_used_twice_is_a_sign_at_both_disputes() -> None:
    assert signs(case(1, signatures=(Signed("a", "x"),)), case(2, signatures=(Signed("b", "x"),))) == {
        Sign.SAME_IMAGE: ["case01", "case02"]
    }
    assert signs(case(1, signatures=(Signed("a", "x"), Signed("b", "x")))) == {Sign.SAME_IMAGE: ["case01"]}
    assert signs(case(1, signatures=(Signed("a"), Signed("b")))) == {}


def test_strokes_without_variance_in_time_are_a_sign() -> None:
    even = tuple((float(n), 0.0, n * 16.0) for n in range(20))
    hand = tuple((float(n), float(n), float(n * 16 + n % 3)) for n in range(30))
    assert is_even([even]) and not is_even([hand]) and not is_even([even[:8]]) and not is_even([])
    assert signs(case(signatures=(Signed("a", "x", False),))) == {Sign.EVEN_STROKES: ["case01"]}


def test_three_texts_of_one_day_that_say_the_same_are_a_sign() -> None:
    text = (
        "经调解，甲方自愿补偿乙方青苗费，乙方今后不再追究，双方握手言和，从此邻里和睦相处"
        "，共同维护村里的安宁，并当场履行完毕，各方对此没有任何异议，特此记录在案，以备日后查考。"
    )
    like = [case(number, text=text) for number in (1, 2, 3)]
    assert signs(*like) == {Sign.LIKE_TEXTS: ["case01", "case02", "case03"]}
    assert (
        signs(*like[:2], replace(like[2], agreed_at=NOON + timedelta(days=1), entered_at=NOON + timedelta(days=1)))
        == {}
    )
    assert signs(*like[:2], replace(like[2], body="other")) == {}


def test_exchanged_names_and_numbers_hide_no_copy() -> None:
    told = "{} 养的鱼因 {} 排放污水死亡约{}斤，鱼塘位于{}号地，双方对损失金额各执一词，愿意协商解决"
    texts = [
        bare([told.format("张三", "李四", "五百", 3)], ["张三", "李四"]),
        bare([told.format("欧阳小明", "王五", "800", 12)], ["王五", "欧阳小明"]),
        bare([told.format("赵六", "某某公司", "1,200", 7)], ["赵六", "某某公司"]),
    ]
    assert len(set(texts)) == 1 and "张" not in texts[0] and not set("358") & set(texts[0])
    others = [
        "两家为排水沟改道争执，积水淹了菜地",
        "工钱拖欠三个月未付，讨要时发生口角",
        "老人赡养费用由谁承担没有说清楚",
    ]
    cases = [case(number, text=bare([words * 2], [])) for number, words in enumerate(others)]
    assert signs(*cases) == {}


def test_a_committee_whose_agreements_are_all_performed_at_once_is_looked_at() -> None:
    at_once = [case(number, performed_at_once=True) for number in range(10)]
    assert len(signs(*at_once)[Sign.ALWAYS_AT_ONCE]) == 10
    assert signs(*at_once[:9], case(50, performed_at_once=False)) == {}
    assert signs(*at_once[:9], case(50)) == {}


def test_a_telephone_of_another_party_or_of_staff_is_a_sign() -> None:
    one = case(1, telephones=(Phone("1", "a"), Phone("1", "b")))
    assert signs(one) == {Sign.SAME_TELEPHONE: ["case01"]}
    assert signs(case(1, telephones=(Phone("1", "a"),)), case(2, telephones=(Phone("1", "c"),))) == {
        Sign.SAME_TELEPHONE: ["case01", "case02"]
    }
    # One person in two disputes is nothing strange.
    assert signs(case(1, telephones=(Phone("1", "a"),)), case(2, telephones=(Phone("1", "a"),))) == {}
    assert signs(case(1, telephones=(Phone("1", "a"),)), staff=("1",)) == {Sign.SAME_TELEPHONE: ["case01"]}


def test_sessions_too_short_to_talk_are_a_sign() -> None:
    assert signs(case(minutes=(4, 5))) == {Sign.SHORT_SESSION: ["case01"]}
    assert signs(case(minutes=(4, 6))) == signs(case(minutes=(4, None))) == signs(case(minutes=())) == {}


def test_what_is_dated_into_a_month_long_over_is_a_sign() -> None:
    # Midnight in the county, not in UTC.
    last_moment = datetime(2026, 3, 31, 15, 59, tzinfo=UTC)
    assert signs(case(agreed_at=last_moment, entered_at=datetime(2026, 4, 3, tzinfo=UTC))) == {}
    assert signs(case(agreed_at=last_moment, entered_at=datetime(2026, 4, 4, tzinfo=UTC))) == {
        Sign.ENTERED_LATER: ["case01"]
    }
    assert signs(case(agreed_at=last_moment + timedelta(minutes=1), entered_at=datetime(2026, 4, 20, tzinfo=UTC))) == {}
    assert signs(case(agreed_at=last_moment, entered_at=datetime(2027, 3, 1, tzinfo=UTC))) == {
        Sign.ENTERED_LATER: ["case01"]
    }


KEYS = st.sets(st.text("abcdef0123", min_size=1, max_size=5), max_size=60)


@given(KEYS, KEYS, st.text(max_size=8), st.integers(1, 100), st.integers(1, 100), st.integers(1, 40))
def test_a_draw_is_repeatable_and_has_of_both(
    keys: set[str], flagged: set[str], seed: str, of_flagged: int, of_all: int, at_most: int
) -> None:
    found = [Suspicion(key, Sign.SHORT_SESSION) for key in flagged]
    share = Share(of_flagged, of_all, at_most)
    drawn = sample(keys, found, seed=seed, share=share)
    assert drawn == sample(sorted(keys, reverse=True), found[::-1], seed=seed, share=share)
    assert {lot.key for lot in drawn} <= keys and len({lot.key for lot in drawn}) == len(drawn) <= 2 * at_most
    assert all(lot.why for lot in drawn)
    assert any(Sign.RANDOM in lot.why for lot in drawn) == bool(keys)
    assert any(Sign.SHORT_SESSION in lot.why for lot in drawn) or not keys & flagged


def test_every_dispute_may_be_drawn_and_another_seed_draws_others() -> None:
    keys = [f"{number:03}" for number in range(100)]
    draws = [frozenset(lot.key for lot in sample(keys, [], seed=str(seed))) for seed in range(150)]
    assert len(set(draws)) > 140 and set().union(*draws) == set(keys)
    assert {len(one) for one in draws} == {5}


def test_who_has_signs_is_drawn_more_often() -> None:
    keys = [f"{number:03}" for number in range(40)]
    found = [Suspicion(key, Sign.SAME_IMAGE) for key in keys[:4]]
    drawn = sample(keys, found, seed="x", share=Share(100, 5, 100))
    assert {lot.key for lot in drawn} >= set(keys[:4])
    assert Lot(keys[0], (Sign.SAME_IMAGE,)) in drawn or Lot(keys[0], (Sign.SAME_IMAGE, Sign.RANDOM)) in drawn


def test_limits_may_be_set() -> None:
    assert suspicions([case(minutes=(20,))], staff=(), zone=ZONE, limits=Limits(minutes=30))
