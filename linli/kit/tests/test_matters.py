"""Texts that speak of one matter in words of their own are found by their neighbours; others are not."""

import csv
import gzip
from collections import defaultdict
from itertools import combinations
from pathlib import Path

import pytest

from linli.kit.matters import SAME_WORDS, alike_pairs, matter_pairs

#: Six people on one mixing plant; no two of them say nearly the same.
PLANT = [
    "金桂花园旁边新建的搅拌站整天尘土飞扬，窗户都不敢开",
    "我住金桂花园，搅拌站夜里十二点还在施工，噪声吵得孩子睡不着",
    "请问金桂花园附近的搅拌站有没有环评手续，业主从来没有见过公示",
    "搅拌站的水泥车天天从金桂花园门口过，路面压坏了，尘土也大",
    "金桂花园业主要求搅拌站搬走，噪声和尘土影响老人健康",
    "开发商在金桂花园西侧办搅拌站，环评手续是谁批的",
]
OTHERS = [
    "南街菜市场门口的下水道堵塞，污水流到马路上",
    "幼儿园门口放学时车辆乱停，接送孩子不安全",
    "村里的路灯坏了两个星期，晚上走路看不见",
    "公交车改线以后老人去医院要换乘两次",
    "小学旁边的网吧让未成年人进去上网",
    "山塘的坝体有裂缝，下雨天有渗水",
]


def joined(texts: list[str], at_least: float) -> set[tuple[int, int]]:
    return {(pair.first, pair.second) for pair in alike_pairs(texts, at_least)}


def test_six_texts_on_one_matter_are_joined_and_none_with_another_matter() -> None:
    texts = [one for both in zip(PLANT, OTHERS, strict=True) for one in both]
    found = joined(texts, 0.1)
    assert len(found) >= 10
    assert all(first % 2 == second % 2 == 0 for first, second in found)


def test_by_words_alone_none_of_them_would_be_found() -> None:
    assert joined([*PLANT, *OTHERS], SAME_WORDS) == set()


def test_nearly_the_same_words_stand_above_one_matter_on_one_scale() -> None:
    pairs = alike_pairs([*PLANT, PLANT[0] + "！", *OTHERS], 0.1)
    assert (pairs[0].first, pairs[0].second) == (0, 6)
    assert pairs[0].score >= SAME_WORDS > pairs[1].score
    assert [pair.score for pair in pairs] == sorted((pair.score for pair in pairs), reverse=True)


def test_the_answer_is_the_same_on_every_run() -> None:
    assert alike_pairs([*PLANT, *OTHERS], 0.1) == alike_pairs([*PLANT, *OTHERS], 0.1)


@pytest.mark.parametrize("texts", [[], [""], ["", "，。！"], ["灯"], ["灯", "水"], ["\ud800坏字"]])
def test_too_little_to_compare_is_no_pair(texts: list[str]) -> None:
    assert matter_pairs(texts) == alike_pairs(texts, 0.1) == []


@pytest.mark.real
def test_most_messages_on_a_hot_matter_are_joined(shared: Path) -> None:
    path = shared / "data" / "messages" / "tipdm2020_hotspot.csv.gz"
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    groups = defaultdict(list)
    for number, row in enumerate(rows):
        groups[row["hot_issue"]].append(number)
    wanted = {pair for issue, places in groups.items() if issue for pair in combinations(places, 2)}
    found = joined([row["text"] for row in rows], 0.2)
    assert len(found & wanted) / len(wanted) >= 0.65
    assert len(found & wanted) / len(found) >= 0.55
