"""Texts that say nearly the same are found, others are not, and numbers tell matters apart."""

import csv
import gzip
import random
from collections import defaultdict
from collections.abc import Sequence
from itertools import combinations
from pathlib import Path

import pytest

from linli.kit.likeness import groups_of, likeness, numbers_differ, numbers_of, plain, similar_pairs

LAMP = "上县村东头第三根电线杆旁边的路灯已经坏了两个星期，晚上走路看不见，请派人来修理"
DRAIN = "菜市场门口的下水道堵塞，污水流到马路上，臭味很大，希望尽快疏通"


def found(texts: Sequence[str], at_least: float = 0.6) -> list[tuple[int, int]]:
    return [(pair.first, pair.second) for pair in similar_pairs(texts, at_least)]


def test_a_copy_with_a_few_changes_is_found_and_others_are_not() -> None:
    texts = [LAMP, DRAIN, "领导您好！" + LAMP.replace("两个星期", "半个月"), "学校门口车辆乱停，接送孩子不安全"]
    assert found(texts) == [(0, 2)]


def test_space_width_and_punctuation_do_not_tell_texts_apart() -> None:
    changed = "  " + LAMP.replace("，", ",\n").replace("第三", "第　三") + "！！！"
    (pair,) = similar_pairs([LAMP, changed])
    assert (pair.first, pair.second, pair.score) == (0, 1, 1.0)


def test_another_house_number_is_another_matter() -> None:
    words = "光明小区%s电梯坏了三天没有人来修，老人上下楼很不方便，请物业马上处理"
    assert found([words % "23号楼", words % "3号楼"]) == []
    assert found([words % "三号楼", words % "3号楼"]) == [(0, 1)]


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("23号楼2单元", {"号楼": {23}, "单元": {2}}),
        ("三号楼、十二号楼、二十栋", {"号楼": {3, 12, 20}}),
        ("一百零五号", {"号": {105}}),
        ("１０７国道", {"国道": {107}}),
        ("下雨三天，水深20厘米", {}),
    ],
)
def test_numbers_that_say_which_one_are_read(text: str, numbers: dict[str, set[int]]) -> None:
    assert numbers_of(text) == numbers


def test_numbers_differ_only_where_both_name_one_of_a_kind() -> None:
    assert numbers_differ("3号楼漏水", "5号楼漏水")
    assert not numbers_differ("3号楼漏水", "小区漏水")
    assert not numbers_differ("3号楼和5号楼漏水", "5号楼漏水")


def test_the_order_is_the_same_on_every_run_the_most_alike_first() -> None:
    texts = [LAMP, LAMP + "，谢谢领导的关心和支持，祝工作顺利", LAMP]
    pairs = similar_pairs(texts)
    assert [(pair.first, pair.second) for pair in pairs] == [(0, 2), (0, 1), (1, 2)]
    assert pairs == similar_pairs(texts)


@pytest.mark.parametrize("texts", [[], [""], ["", "，。！"], [LAMP], ["灯", "水"], ["\ud800坏字"]])
def test_too_little_to_compare_is_no_pair(texts: list[str]) -> None:
    assert similar_pairs(texts) == []


def test_short_texts_of_the_same_words_are_a_pair() -> None:
    assert found(["路灯不亮", "路灯不亮。", "没有水"]) == [(0, 1)]


def test_hundreds_of_the_same_text_end_soon_and_all_are_joined() -> None:
    assert len(set(groups_of([LAMP] * 500 + [DRAIN]))) == 2


def test_groups_join_what_is_alike_by_way_of_a_third() -> None:
    halves = [LAMP, LAMP + DRAIN[:16], LAMP[8:] + DRAIN]
    assert groups_of([*halves, "别的事情，别的地方，没有关系"]) == [0, 0, 0, 3]


def test_what_is_found_does_not_hang_on_other_texts_around() -> None:
    dice = random.Random(3)
    signs = [chr(0x4E00 + number) for number in range(900)]
    others = ["".join(dice.choices(signs, k=60)) for _number in range(3000)]
    copy = others[7][:50] + "改了后面的几个字"
    assert found([*others, copy]) == [(7, 3000)]


def test_likeness_of_two_texts_lies_between_nothing_and_the_same() -> None:
    assert likeness(LAMP, LAMP) == 1.0
    assert likeness(LAMP, DRAIN) < 0.2
    assert likeness(LAMP, "") == likeness("", "") == 0.0
    assert 0.4 < likeness("村口水沟堵了，污水流到路上", "村口的水沟堵住了，污水漫到路上") < 1


def test_plain_keeps_letters_and_numbers() -> None:
    assert plain(" Ａ１ 楼，\n漏水!_*") == "a1楼漏水"


@pytest.mark.real
@pytest.mark.parametrize("name", ["tipdm2020_hotspot", "tipdm2020_labelled", "tipdm2020_replies"])
def test_near_duplicates_of_real_messages_are_found(shared: Path, name: str) -> None:
    with gzip.open(shared / "data" / "messages" / f"{name}.csv.gz", "rt", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    groups = defaultdict(list)
    for number, row in enumerate(rows):
        groups[row["near_dup_group"]].append(number)
    wanted = {pair for group, places in groups.items() if group for pair in combinations(places, 2)}
    pairs = set(found([row["text"] for row in rows]))
    assert len(pairs & wanted) / len(wanted) >= 0.95
    assert len(pairs & wanted) / len(pairs) >= 0.95
