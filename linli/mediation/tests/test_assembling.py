"""Clauses filled, the text made of them, what is owed, and edited texts."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.kit.refusal import BadInput
from linli.mediation.agreeing.assembling import (
    AGREED,
    Differs,
    Facts,
    Named,
    assemble,
    differences,
    names_of,
    obligations,
)
from linli.mediation.agreeing.clauses import TEMPLATES, USUAL, FieldKind
from linli.mediation.agreeing.days import days_in, in_words, read_day
from linli.mediation.agreeing.filling import Clause, even_plan, kept, read_clause, read_clauses

ZHANG, LI, WANG = "zhang", "li", "wang"
PARTIES = (
    Named(ZHANG, "申请人", "张三", (("住址", "石人村"), ("联系电话", ""))),
    Named(LI, "被申请人", "李四"),
    Named(WANG, "第三人", "王五"),
)
FACTS = Facts(
    "（2026）石人调字第12号",
    PARTIES,
    "李四欠张三货款20,000元。",
    "欠款数额。",
    body="石人村人民调解委员会",
    made_on=date(2026, 3, 5),
)
NAMES = names_of(FACTS)
KEYS = set(NAMES)

#: Something that may be typed into a field of each kind.
TYPED = {
    FieldKind.WORDS: "围墙",
    FieldKind.AMOUNT: "1.2万",
    FieldKind.DAY: "2026年12月31日",
    FieldKind.PARTY: LI,
    FieldKind.PARTIES: f"{ZHANG} {LI}",
    FieldKind.COUNT: "３",
    FieldKind.FLAG: "yes",
    FieldKind.PLAN: "2026-06-30 5000\n2026-12-31 7,000元",
    FieldKind.SHARES: f"{ZHANG} 300\n{LI} 700",
}


def filled(code: str, *, only_needed: bool = False, **typed: str) -> Clause:
    sent = {}
    for field in TEMPLATES[code].fields:
        if field.needed or not only_needed:
            sent[field.name] = field.choices[0].code if field.choices else TYPED[field.kind]
    if "owed_to" in sent:
        sent["owed_to"] = ZHANG
    return read_clause(code, sent | typed, KEYS)


@pytest.mark.parametrize("code", TEMPLATES)
@pytest.mark.parametrize("only_needed", [True, False])
def test_every_clause_reads_as_a_sentence(code: str, only_needed: bool) -> None:
    clause = filled(code, only_needed=only_needed)
    text = assemble(FACTS, [clause])
    said = text[text.index(AGREED) + len(AGREED) :].split("\n")[1]
    assert said.endswith("。") and "。。" not in said and not set("[]{}") & set(said), said
    assert not differences(text, [clause], NAMES)
    assert read_clause(code, kept(clause)["values"], KEYS) == clause


def test_an_agreement_has_the_parts_of_the_law() -> None:
    text = assemble(FACTS, [*(filled(code) for code in USUAL), filled("pay_once", amount="12000")])
    lines = text.split("\n")
    assert lines[:2] == ["人民调解协议书", "编号：（2026）石人调字第12号"]
    assert "申请人：张三，住址：石人村。" in lines
    assert [line for line in lines if line[1:2] == "、"] == [
        "一、当事人",
        "二、纠纷的主要事实",
        "三、争议事项",
        "四、协议内容",
        "五、履行的方式、地点和期限",
    ]
    assert "经石人村人民调解委员会于2026年3月5日调解，各方当事人自愿达成如下协议：" in lines
    assert "1. 李四于2026年12月31日前（含当日）一次性向张三支付围墙人民币12,000.00元（大写：壹万贰仟元整）" in text
    assert lines[-2].startswith("（1）李四于2026年12月31日前（含当日）向张三履行：支付围墙，金额12,000.00元")
    assert "免费" in text or "不收取任何费用" in text


def test_an_oral_agreement_says_nothing_of_copies() -> None:
    text = assemble(Facts("", PARTIES, is_oral=True), [filled("pay_once"), filled("copies"), filled("effect")])
    assert text.startswith("口头协议登记表") and "一式" not in text and "印章" not in text


def test_instalments_are_owed_one_by_one() -> None:
    owed = obligations([filled("end_of_matter"), filled("pay_instalments")], NAMES)
    assert [(one.number, one.clause, one.amount, one.due_on) for one in owed] == [
        (1, 1, Decimal("5000.00"), date(2026, 6, 30)),
        (2, 1, Decimal("7000.00"), date(2026, 12, 31)),
    ]
    assert "共计人民币12,000.00元" in assemble(FACTS, [filled("pay_instalments")])


def test_a_boundary_binds_both_and_a_share_everybody_but_who_receives() -> None:
    assert [(one.owed_by, one.owed_to) for one in obligations([filled("boundary")], NAMES)] == [
        (ZHANG, LI),
        (LI, ZHANG),
    ]
    shares = obligations([filled("shared_cost")], NAMES)
    assert [(one.owed_by, one.owed_to, one.amount) for one in shares] == [(LI, ZHANG, Decimal("700.00"))]


def test_later_medical_costs_have_no_amount_yet() -> None:
    first, later = obligations([filled("medical_costs")], NAMES)
    assert (first.amount, later.amount, later.due_on) == (Decimal("12000.00"), None, date(2026, 12, 31))


def test_two_of_one_name_are_told_apart() -> None:
    facts = Facts("", (Named(ZHANG, "申请人", "张三"), Named(LI, "被申请人", "张三")))
    assert set(names_of(facts).values()) == {"申请人张三", "被申请人张三"}


EDITED = [
    ("12,000.00元（大写：壹万贰仟元整）", "1.3万元", {Differs.AMOUNT_ONLY_IN_TEXT: "13,000.00元"}),
    (
        "2026年12月31日",
        "2026年11月30日",
        {Differs.DAY_ONLY_IN_TEXT: "2026年11月30日", Differs.DAY_ONLY_OWED: "2026年12月31日"},
    ),
    ("张三", "对方", {Differs.PARTY_ONLY_OWED: "张三"}),
    ("李四欠张三货款20,000元", "李四欠张三货款25,000元，2025年1月1日起", {}),
    ("一次性", "一次付清地", {}),
]


@pytest.mark.parametrize(("old", "new", "found"), EDITED)
def test_edited_text_that_says_another_thing_is_noticed(old: str, new: str, found: dict[Differs, str]) -> None:
    clauses = [filled("pay_once")]
    text = assemble(FACTS, clauses).replace(old, new)
    assert {one.code: one.value for one in differences(text, clauses, NAMES)} == found


def test_figures_that_were_edited_alone_are_noticed_though_another_clause_owes_as_much() -> None:
    clauses = [filled("pay_once"), filled("pay_once", amount="13000")]
    text = assemble(FACTS, clauses).replace("12,000.00元（大写", "13,000.00元（大写")
    (found,) = differences(text, clauses, NAMES)
    assert found.code == Differs.CAPITALS_DIFFER
    assert found.at is not None and text[found.at :].startswith(found.value)
    assert found.value == "13,000.00元（大写：壹万贰仟元整）"


@pytest.mark.parametrize(
    ("capitals", "code"),
    [("壹万叁仟元整", Differs.CAPITALS_DIFFER), ("壹万贰仟无整", Differs.CAPITALS_NOT_READ)],
)
def test_capitals_that_were_edited_alone_are_noticed(capitals: str, code: Differs) -> None:
    clauses = [filled("pay_once")]
    text = assemble(FACTS, clauses).replace("壹万贰仟元整", capitals)
    assert differences(text, clauses, NAMES)[0].code == code


def test_a_difference_says_where_it_stands() -> None:
    clauses = [filled("pay_once")]
    text = assemble(FACTS, clauses).replace("12,000.00元", "1.3万元")
    twice, first, *_others, last = differences(text, clauses, NAMES)
    assert twice.code == Differs.CAPITALS_DIFFER and twice.value.startswith("1.3万元（大写")
    assert first.at is not None and text[first.at :].startswith("1.3万元")
    assert (last.code, last.at) == (Differs.AMOUNT_ONLY_IN_TEXT, text.rindex("1.3万元"))


REFUSED: list[tuple[str, dict[str, str], str, str]] = [
    ("pay_once", {"owed_to": LI}, "same_on_both_sides", "owed_to"),
    ("pay_once", {"owed_by": "nobody"}, "no_such_party", "owed_by"),
    ("pay_once", {"amount": "约一万"}, "amount_not_exact", "amount"),
    ("pay_once", {"amount": "  "}, "field_empty", "amount"),
    ("pay_once", {"due_on": "2026-02-30"}, "day_not_understood", "due_on"),
    ("pay_once", {"reason": "货" * 61}, "words_too_long", "reason"),
    ("pay_once", {"way": "gold"}, "no_such_choice", "way"),
    ("pay_instalments", {"plan": "2026-12-31 500\n2026-06-30 500"}, "days_out_of_order", "plan"),
    ("pay_instalments", {"plan": "2026-12-31"}, "line_needs_amount", "plan"),
    ("land_use", {"from_on": "2027-01-01", "until_on": "2026-01-01"}, "days_out_of_order", "until_on"),
    ("pay_instalments", {"plan": "\n".join(f"{2026 + n}-01-01 1" for n in range(61))}, "too_many_instalments", "plan"),
    ("shared_cost", {"shares": f"{ZHANG} 300"}, "same_on_both_sides", "owed_to"),
    ("shared_cost", {"shares": f"{LI} 300\n{LI} 5"}, "share_twice", "shares"),
    ("boundary", {"parties": LI}, "two_parties", "parties"),
    ("copies", {"copies": "0"}, "count_out_of_range", "copies"),
]


@pytest.mark.parametrize(("code", "typed", "why", "field"), REFUSED)
def test_what_cannot_be_filled_in_is_refused_at_its_field(
    code: str, typed: dict[str, str], why: str, field: str
) -> None:
    with pytest.raises(BadInput) as refusal:
        filled(code, **typed)
    assert (refusal.value.code, refusal.value.facts["field"]) == (why, field)
    assert refusal.value.message


def test_clauses_that_are_refused_say_which() -> None:
    sent: list[dict[str, Any]] = [{"code": "end_of_matter"}, {"code": "gift"}]
    with pytest.raises(BadInput) as refusal:
        read_clauses(sent, KEYS)
    assert (refusal.value.code, refusal.value.facts["clause"]) == ("no_such_clause", 2)
    with pytest.raises(BadInput):
        read_clauses([{"code": "end_of_matter"}] * 41, KEYS)


@given(st.decimals("0.60", "999999.99", places=2), st.integers(1, 60), st.dates(date(2020, 1, 1), date(2090, 12, 31)))
def test_even_instalments_add_up_and_follow_each_other(total: Decimal, count: int, first: date) -> None:
    plan = even_plan(total, count, first)
    days = [day for day, _amount in plan]
    assert sum(amount for _day, amount in plan) == total and min(amount for _day, amount in plan) > 0
    assert len(plan) == count and days == sorted(set(days)) and days[0] == first


@given(st.dates(date(1000, 1, 1)))
def test_days_are_read_as_written(day: date) -> None:
    assert read_day(in_words(day)) == read_day(day.isoformat()) == day
    assert days_in(f"于{in_words(day)}前，另于{day:%Y/%m/%d}。") == [(1, day), (len(in_words(day)) + 5, day)]


def test_days_in_characters_are_read() -> None:
    assert read_day("二〇二六年十二月三十一日") == date(2026, 12, 31)
    assert read_day("二零二六年二月二十日") == date(2026, 2, 20)
    assert read_day(" ２０２６－１－２ ".replace("－", "-")) == date(2026, 1, 2)


@given(st.text(max_size=60))
def test_words_never_break_the_text(words: str) -> None:
    try:
        clause = filled("do", matter=words)
    except BadInput:
        return
    lines = [line for line in assemble(FACTS, [clause]).split("\n") if line.startswith("1. ")]
    assert len(lines) == 1
