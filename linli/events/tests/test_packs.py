"""Category packs: what ships with linli is sound, and what a county brings is checked."""

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from linli.areas.models import Area
from linli.events import packs
from linli.events.models import Category, Pack
from linli.journal.models import Entry
from linli.kit.refusal import BadInput
from linli.people.models import Department

SPRITE = Path(__file__).parents[2] / "web" / "static" / "vendor" / "lucide.svg"
SHIPPED = packs.shipped()


@pytest.mark.parametrize("name", SHIPPED)
def test_every_leaf_of_a_shipped_pack_is_complete(name: str) -> None:
    pack = packs.read(name)
    parents = {row.parent for row in pack.categories}
    for row in pack.categories:
        assert row.name and row.name_en and row.icon
        assert re.search("[一-鿿]", row.name) and row.name_en.isascii()
        if row.code not in parents:
            assert row.department and (row.limit_hours is None) != (row.limit_working_days is None)


@pytest.mark.parametrize("name", SHIPPED)
def test_every_icon_of_a_shipped_pack_is_in_the_sprite(name: str) -> None:
    if not SPRITE.exists():
        pytest.skip("the sprite of icons is not there yet")
    drawn = set(re.findall(r'id="([a-z0-9-]+)"', SPRITE.read_text(encoding="utf-8")))
    assert {row.icon for row in packs.read(name).categories} <= drawn


def test_content_control_is_in_no_pack_and_says_so() -> None:
    for name in SHIPPED:
        pack = packs.read(name)
        names = {row.name for row in pack.categories}
        assert not names & {"非法出版物销售", "违规标语宣传品", "广告语言文字不规范"}
        assert not {row.gb_code for row in pack.categories} & {"09008", "07007", "07004"}
        assert all(one.reason for one in pack.left_out)
        assert {"09008", "07007"} <= {one.code for one in pack.left_out}


def test_the_pack_of_the_standard_holds_its_250_matters_but_those_left_out() -> None:
    pack = packs.read("gbt-47678-5")
    leaves = [row for row in pack.categories if row.parent]
    assert all(row.code == row.gb_code and row.code.startswith(row.parent) for row in leaves)
    # Numbers which the source itself does not use have no name.
    codes = {row.code for row in leaves} | {one.code for one in pack.left_out if one.name}
    numbers = {"01": 76, "02": 44, "03": 16, "04": 14, "05": 3, "06": 51, "07": 7, "08": 16, "09": 21, "10": 2}
    assert Counter(code[:2] for code in codes) == numbers and sum(numbers.values()) == 250
    objects = [row for row in leaves if row.code < "06"]
    assert all(row.name.endswith("异常") for row in objects)


@pytest.mark.parametrize("name", SHIPPED)
def test_what_a_pack_asks_can_be_answered_in_both_languages(name: str) -> None:
    for row in packs.read(name).categories:
        for question in row.questions:
            for words, english in (
                (one.get("ask") or one["name"], one.get("ask_en") or one["name_en"])
                for one in (question, *question["choices"])
            ):
                assert re.search("[一-鿿]", words) and english.isascii()


@pytest.mark.django_db
def test_a_pack_written_out_still_says_what_it_leaves_out(tmp_path: Path) -> None:
    path = tmp_path / "ours.json"
    path.write_text(packs.export(packs.load("gbt-47678-5")), encoding="utf-8")
    assert "09008" in {one.code for one in packs.read(path).left_out}


def test_no_category_is_about_persons() -> None:
    words = ("重点人员", "特殊人群", "上访", "稳控", "刑满", "吸毒", "流动人口")
    for name in SHIPPED:
        assert not [row.name for row in packs.read(name).categories if any(word in row.name for word in words)]


def test_the_default_pack_has_eight_domains_and_some_sixty_leaves() -> None:
    rows = packs.read(packs.DEFAULT).categories
    assert [row.code for row in rows if not row.parent] == list("ABCDEFGH")
    assert 55 <= sum(1 for row in rows if row.parent) <= 80
    assert all(row.for_mediation for row in rows if row.parent == "A")


@pytest.mark.django_db
def test_loading_a_pack_makes_its_departments_and_puts_it_in_use() -> None:
    Area.objects.create(code="440881", name="廉江市", level="county", kind="county")
    pack = packs.load(packs.DEFAULT)
    assert pack.in_use
    assert Department.objects.get(pk="water").area_id == "440881"
    assert Category.objects.get(pack=pack, code="C01").parent == Category.objects.get(pack=pack, code="C")
    assert Entry.objects.filter(verb="pack.loaded").count() == 1


@pytest.mark.django_db
def test_loading_twice_changes_nothing() -> None:
    packs.load(packs.DEFAULT)
    before = (Category.objects.count(), Department.objects.count(), Entry.objects.count())
    packs.load(packs.DEFAULT)
    assert (Category.objects.count(), Department.objects.count(), Entry.objects.count()) == before


@pytest.mark.django_db
def test_what_the_county_edited_survives_unless_asked() -> None:
    pack = packs.load(packs.DEFAULT)
    pack.categories.filter(code="C01").update(name="我县井盖", edition=2)
    packs.load(packs.DEFAULT)
    assert pack.categories.get(code="C01").name == "我县井盖"
    packs.load(packs.DEFAULT, overwrite=True)
    assert pack.categories.get(code="C01").name == "井盖缺损"


@pytest.mark.django_db
def test_a_new_version_stands_beside_the_old_one(tmp_path: Path) -> None:
    old = packs.load(_file(tmp_path))
    new = packs.load(_file(tmp_path, version="2"))
    assert old.pk != new.pk
    assert Pack.objects.get(in_use=True) == new
    assert packs.use("test", "1") == old and Pack.objects.get(in_use=True) == old


@pytest.mark.django_db
def test_a_pack_written_out_can_be_read_again(tmp_path: Path) -> None:
    text = packs.export(packs.load(packs.DEFAULT))
    path = tmp_path / "ours.json"
    path.write_text(text, encoding="utf-8")
    assert {row.code for row in packs.read(path).categories} == {
        row.code for row in packs.read(packs.DEFAULT).categories
    }


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"limit_hours": 3}, "one_limit", None),
        ({"limit_working_days": None}, "one_limit", None),
        ({"limit_working_days": "three"}, "bad_value", "limit_working_days"),
        ({"limit_working_days": 0}, "bad_value", "limit_working_days"),
        ({"severity": "terrible"}, "bad_value", "severity"),
        ({"department": "moon"}, "bad_value", "department"),
        ({"department": ""}, "missing_field", "department"),
        ({"parent": "Z"}, "bad_value", "parent"),
        ({"name_en": ""}, "missing_field", "name_en"),
        ({"name": "x" * 61}, "bad_value", "name"),
        ({"is_public": "yes"}, "bad_value", "is_public"),
        ({"code": "A"}, "code_twice", None),
        ({"questions": [{"code": "q", "ask": "?", "ask_en": "?", "type": "colour"}]}, "bad_value", "questions.type"),
        ({"questions": [{"code": "q", "ask": "?", "ask_en": "?", "type": "choice"}]}, "bad_value", "questions.choices"),
    ],
)
def test_a_wrong_pack_is_refused_with_category_and_field(
    tmp_path: Path, change: dict[str, Any], code: str, field: str | None
) -> None:
    with pytest.raises(BadInput) as refused:
        packs.read(_file(tmp_path, leaf=change))
    assert refused.value.code == code
    if field:
        assert refused.value.facts["field"] == field and refused.value.facts["code"] == "A1"


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff\xfe\x00", b'{"code": "x"}', b"nul\x00", b"[" * 100_000])
def test_what_is_no_pack_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "broken.json"
    path.write_bytes(content)
    with pytest.raises(BadInput):
        packs.read(path)


def test_an_unknown_name_names_the_packs_that_come_along() -> None:
    with pytest.raises(BadInput, match=packs.DEFAULT):
        packs.read("no-such-pack")


@pytest.mark.django_db
def test_the_command_lists_loads_chooses_and_writes_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("categories", "load", "gbt-47678-5")
    assert "09008" in capsys.readouterr().out
    call_command("categories", "load", str(_file(tmp_path)), "--keep")
    call_command("categories", "use", "test")
    call_command("categories", "list")
    assert "* test 1" in capsys.readouterr().out
    call_command("categories", "export", "--to", str(tmp_path / "out.json"))
    assert json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))["code"] == "test"


def _file(folder: Path, version: str = "1", leaf: dict[str, Any] | None = None) -> Path:
    row = {
        "code": "A1",
        "parent": "A",
        "name": "井盖",
        "name_en": "Covers",
        "limit_working_days": 3,
        "department": "water",
    }
    content = {
        "code": "test",
        "version": version,
        "name": "测试",
        "departments": [{"code": "water", "name": "水务局", "name_en": "Water"}],
        "categories": [{"code": "A", "name": "设施", "name_en": "Facilities"}, row | (leaf or {})],
    }
    path = folder / f"pack-{version}.json"
    path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    return path
