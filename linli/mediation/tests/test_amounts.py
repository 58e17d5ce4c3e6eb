"""Amounts as people write them, both ways."""

from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from linli.kit.refusal import BadInput
from linli.mediation.agreeing.amounts import (
    MOST,
    amounts_in,
    in_both,
    in_capitals,
    in_figures,
    read_amount,
    written_twice,
)

AMOUNTS = st.decimals(min_value="0.01", max_value=MOST, places=2, allow_nan=False, allow_infinity=False)

WRITTEN = {
    "12000": "12000",
    "12,000元": "12000",
    "１２，０００．５０元": "12000.50",
    "12 000 元": "12000",
    "1.2万元": "12000",
    "1.2 万": "12000",
    "0.5万": "5000",
    "1万2千": "12000",
    "1万2千元": "12000",
    "1万2": "12000",
    "1万2000元": "12000",
    "1万零20元": "10020",
    "1万500": "10500",
    "一万二千元整": "12000",
    "一万二千五": "12500",
    "一万二": "12000",
    "两万三": "23000",
    "一百二": "120",
    "一千零五十块": "1050",
    "一点二万元": "12000",
    "十五元": "15",
    "一百一十五元": "115",
    "十万": "100000",
    "十二万三千": "123000",
    "一二〇〇〇元": "12000",
    "壹万贰仟元整": "12000",
    "人民币壹拾万零柒仟元伍角叁分": "107000.53",
    "￥12,000.00": "12000",
    "¥1.2万": "12000",
    "RMB 800": "800",
    "人民币（大写）：壹万贰仟圆整（小写：￥12000.00元）": "12000",
    "12块5": "12.50",
    "12块5毛": "12.50",
    "三块钱": "3",
    "五角": "0.50",
    "八分": "0.08",
    "3元零5分": "3.05",
    "三元五角八": "3.58",
    "1.5亿元": "150000000",
    "1亿零300元": "100000300",
    "一亿二千万": "120000000",
    "7百元": "700",
    "3千5百": "3500",
    "12000元正": "12000",
}


@pytest.mark.parametrize("text", WRITTEN)
def test_amounts_are_read_as_people_write_them(text: str) -> None:
    assert read_amount(text) == Decimal(WRITTEN[text])
    assert read_amount(text).as_tuple().exponent == -2


REFUSED = {
    "": "amount_empty",
    "  　": "amount_empty",
    "元": "amount_not_understood",
    "很多钱": "amount_not_exact",
    "一些": "amount_not_understood",
    "约12000元": "amount_not_exact",
    "1万多": "amount_not_exact",
    "1万至2万": "amount_not_exact",
    "1-2万元": "amount_not_exact",
    "10~20": "amount_not_exact",
    "一万五千元半": "amount_not_exact",
    "-500": "amount_negative",
    "负500元": "amount_negative",
    "$500": "amount_not_yuan",
    "500美元": "amount_not_yuan",
    "0": "amount_zero",
    "零元": "amount_zero",
    "1,2000": "amount_commas",
    "12,00元": "amount_commas",
    "0.001": "amount_too_fine",
    "1.23456789万": "amount_too_fine",
    "10000000000000": "amount_too_large",
    "一万二元": "amount_two_ways",
    "1万20元": "amount_two_ways",
    "千元": "amount_not_understood",
    "一万万": "amount_not_understood",
    "一百二千": "amount_not_understood",
    "1.2.3": "amount_not_understood",
    "12元34元": "amount_not_understood",
    "10.5元5角": "amount_not_understood",
    "abc": "amount_not_understood",
    "12000元（壹万叁仟元整）": "amount_contradicts",
    "1" * 81: "amount_too_long",
}


@pytest.mark.parametrize("text", REFUSED)
def test_what_is_no_exact_amount_is_refused_with_a_sentence(text: str) -> None:
    with pytest.raises(BadInput) as refusal:
        read_amount(text)
    assert refusal.value.code == REFUSED[text]
    assert refusal.value.message


CAPITALS = {
    "12000": "壹万贰仟元整",
    "1409.50": "壹仟肆佰零玖元伍角",
    "6007.14": "陆仟零柒元壹角肆分",
    "325.04": "叁佰贰拾伍元零肆分",
    "1680.32": "壹仟陆佰捌拾元叁角贰分",
    "100000005": "壹亿零伍元整",
    "100007000": "壹亿零柒仟元整",
    "10050000": "壹仟零伍万元整",
    "15": "壹拾伍元整",
    "0.08": "捌分",
    "0.50": "伍角",
}


@pytest.mark.parametrize("amount", CAPITALS)
def test_capitals_are_those_of_the_rules_for_bills(amount: str) -> None:
    assert in_capitals(Decimal(amount)) == CAPITALS[amount]


@given(AMOUNTS)
@example(Decimal("1020034005.06"))
@example(MOST)
def test_what_is_written_is_read_back(amount: Decimal) -> None:
    assert read_amount(in_figures(amount)) == amount
    assert read_amount(in_capitals(amount)) == amount
    assert read_amount(in_both(amount)) == amount


@given(AMOUNTS)
def test_ten_thousands_say_the_same_as_yuan(amount: Decimal) -> None:
    assert read_amount(f"{amount / 10000:f}万元") == amount


@given(st.text(alphabet="0123456789,.万千百十元角分整零一二两壹拾（）￥ -约半", max_size=14))
def test_anything_is_read_or_refused(text: str) -> None:
    try:
        amount = read_amount(text)
    except BadInput as refusal:
        assert refusal.message
    else:
        assert read_amount(in_capitals(amount)) == amount


@given(*[AMOUNTS.filter(lambda amount: amount >= 1)] * 2)
def test_amounts_are_found_in_a_text(one: Decimal, other: Decimal) -> None:
    text = f"李四于2026年12月31日前支付{in_figures(one)}（大写：{in_capitals(one)}），第3期支付{in_capitals(other)}，共12棵树。"
    assert {amount for _at, amount in amounts_in(text)} == {one, other}


def test_amounts_in_a_text_keep_their_place() -> None:
    text = "赔偿￥1,200，另付1.2万元；三块钱的茶、第二十元不算。"
    assert [amount for _at, amount in amounts_in(text)][:3] == [Decimal(1200), Decimal(12000), Decimal(3)]
    assert text[amounts_in(text)[1][0] :].startswith("1.2万元")


@given(AMOUNTS.filter(lambda amount: amount >= 1), AMOUNTS)
def test_an_amount_written_twice_is_read_in_both_ways(one: Decimal, other: Decimal) -> None:
    for text in (
        f"支付人民币{in_figures(one)}（大写：{in_capitals(other)}），余款另付。",
        f"支付人民币（大写）{in_capitals(one)}（小写：￥{other:,.2f}）。",
        f"支付{in_figures(one)}，大写{in_capitals(other)}。",
    ):
        (found,) = written_twice(text)
        assert (found.first, found.second, found.agrees) == (one, other, one == other)
        assert text[found.at :].startswith(found.words)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("12,000元（大写）壹万叁仟元整，", Decimal(13000)),
        ("12,000元（大写：壹万叁仟元整", Decimal(13000)),
        ("12,000元（大写：壹万贰仟元整，已付三千元）", Decimal(12000)),
        ("３００元（大写：叁佰元整）", Decimal(300)),
        ("12,000元（大写：壹万贰仟无整）", None),
    ],
)
def test_however_it_is_edited_the_second_is_found(text: str, said: Decimal | None) -> None:
    assert [one.second for one in written_twice(text)] == [said]


@pytest.mark.parametrize(
    "text",
    [
        "12,000元（含误工费3,000元）",
        "12,000元（于2026年12月31日前付清）",
        "500元（每月）",
        "3,000元（十二个月）",
        "1,000元（贰期）",
    ],
)
def test_what_else_stands_in_brackets_is_no_second_amount(text: str) -> None:
    assert written_twice(text) == []


@given(st.text(alphabet="0123456789,.万千百十元角分整零一二两壹拾（）￥：大写小写，。", max_size=40))
def test_no_text_is_too_odd_to_be_looked_through(text: str) -> None:
    for one in written_twice(text):
        assert text[one.at :].startswith(one.words)
