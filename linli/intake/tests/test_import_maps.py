"""A map is read strictly: each slip is told with its place, before any row is looked at."""

from pathlib import Path

import pytest
from django.utils import translation

from linli.events.models import Event
from linli.events.testing import World
from linli.intake.importing import read_map
from linli.intake.importing.maps import map_of
from linli.intake.tests.files import COLUMNS, MAP, bring, good, table, write
from linli.kit.forbidden import why_forbidden
from linli.kit.refusal import BadInput

CHECKOUT = Path(__file__).resolve().parents[3]
EXAMPLES = sorted((CHECKOUT / "examples" / "maps").glob("*.toml"))


@pytest.fixture(autouse=True)
def _english() -> None:
    translation.activate("en")


def refusal(folder: Path, chosen: str | bytes) -> str:
    with pytest.raises(BadInput) as refused:
        read_map(write(folder / "map.toml", chosen))
    return refused.value.message


@pytest.mark.parametrize(
    ("here", "there", "told"),
    [
        ('number = "no"', "", "number: this is needed"),
        ('title = "what"\ntext = "words"', "", "title or text"),
        ('source = "hotline"', 'source = "热线"', "source: up to 40 small letters"),
        ('source = "hotline"', 'sauce = "hotline"', "source: this is needed"),
        ('text = "words"', 'txt = "words"', "txt: there is no such key here. Known: text"),
        ('text = "words"', "text = 3", "text: a word in quotation marks"),
        ('text = "words"', 'text = "words"\nzone = "Asia/Lianjiang"', "“Asia/Lianjiang” is no time zone"),
        ('text = "words"', 'text = "words"\nzone = "../etc"', "is no time zone"),
        ('text = "words"', 'text = "words"\nencoding = "utf-9"', "“utf-9” is no encoding"),
        ('text = "words"', 'text = "words"\ndelimiter = "||"', "delimiter: one character"),
        ('by = "code"', 'by = "postcode"', "[area] by: “postcode” is none of: code, fixed, name, point"),
        ('by = "code"', 'by = "code"\nunder = "440881"', "[area] under: there is no such key"),
        ('column = "opened"', 'colum = "opened"', "[reported_at] column: this is needed"),
        ('"iso"]', '"yyyy-mm-dd"]', "[reported_at] format: “yyyy-mm-dd” is neither iso nor a pattern such as %Y/%m/%d"),
        ('"iso"]', '"days"]', "[reported_at] format"),
        ('column = "opened"', 'column = "opened"\notherwise = "soon"', "[reported_at] otherwise: a date"),
        ('lat = "lat"', 'lat = "lat"\ncrs = "epsg4490"', "[position] crs: “epsg4490” is none of"),
        ("[area]", '[state]\ncolumn = "kind"\nvalues = { "在办" = "dispatched" }\n[area]', "[state.values] “在办”"),
        ("[area]", '[rating]\ncolumn = "kind"\nvalues = { "好" = "good" }\n[area]', "satisfied"),
        ('closed_at = "closed"', "closed_at = 2026-01-01", "closed_at: a table or the name of a column"),
        ("[area]", "[area", "no TOML"),
    ],
)
def test_a_slip_in_a_map_is_told_with_its_place(tmp_path: Path, here: str, there: str, told: str) -> None:
    assert here in MAP
    assert told in refusal(tmp_path, MAP.replace(here, there, 1))


def test_a_point_needs_a_position(tmp_path: Path) -> None:
    chosen = MAP.replace('by = "code"\ncolumn = "where"', 'by = "point"').replace("[position]", "[nowhere]")
    assert "[position]" in refusal(tmp_path, chosen)


def test_what_is_no_map_at_all_is_told(tmp_path: Path) -> None:
    assert "UTF-8" in refusal(tmp_path, MAP.encode("gb18030"))
    assert "TOML" in refusal(tmp_path, "\x00\x01")
    with pytest.raises(BadInput, match=r"nowhere\.toml"):
        read_map(tmp_path / "nowhere.toml")
    with pytest.raises(BadInput, match=tmp_path.name):
        read_map(tmp_path)


def test_a_map_nested_beyond_reason_is_told() -> None:
    with pytest.raises(BadInput) as told:
        map_of(b"a = " + b"[" * 5000, "map.toml")
    assert told.value.code == "map_not_toml"


def test_a_column_the_file_has_not_is_told_with_those_it_has(world: World, tmp_path: Path) -> None:
    with pytest.raises(BadInput) as refused:
        bring(tmp_path, table(good()), MAP.replace('"words"', '"wrods"'))
    assert "“wrods”" in refused.value.message
    assert ", ".join(COLUMNS) in refused.value.message


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_every_example_is_a_map(path: Path) -> None:
    assert read_map(path).source
    assert path.read_text(encoding="utf-8").startswith("# ")


def test_there_are_examples() -> None:
    assert {"boston_2015", "tipdm2020_labelled", "tipdm2020_replies", "fuzhou12345_rivers"} <= {
        path.stem for path in EXAMPLES
    }


def test_the_example_in_the_documentation_is_as_it_says(world: World, tmp_path: Path) -> None:
    text = (CHECKOUT / "docs" / "import.md").read_text(encoding="utf-8")
    content = text.partition("```\n工单号")[2].partition("```")[0]
    chosen = text.partition("```toml\n")[2].partition("```")[0].replace("grid-cn-lite", "test").replace("C04", "C01")
    report, refused = bring(tmp_path, f"工单号{content}", chosen)
    assert (report.new, refused, report.notes.counts) == (2, [], {})
    assert dict(Event.objects.values_list("external_no", "state")) == {
        "20251103001": "closed",
        "20251103002": "accepted",
    }


FORBIDDEN = [
    *(
        "身份证号",
        "公民身份证 号码",
        "民族",
        "宗教信仰",
        "政治面貌",
        "是否重点人员",
        "涉稳类型",
        "前科情况",
        "信访人",
        "上访次数",
    ),
    *("个人积分", "网格员排名", "考核得分", "人脸照片", "巡查轨迹", "诉求人姓名", "联系电话", "舆情等级"),
    *("id_card", "IDCard No", "idCardNumber", "shenfenzheng", "SFZH", "ethnicity", "Religion", "political_status"),
    *("keyPerson", "watch-list", "petitioner", "credit score", "workerRank", "face_id", "imei", "ｐｈｏｎｅ", "minzu"),
]
HARMLESS = [
    *(
        "编号",
        "诉求内容",
        "面积分类",
        "目前科室",
        "报名次数",
        "里程桩号",
        "信访件编号",
        "满意度",
        "网格编码",
        "办结时间",
        "地址",
    ),
    *(
        "surface",
        "standpoint",
        "racecourse",
        "case_id",
        "neighborhood",
        "police_district",
        "on_time",
        "pointer",
        "source",
    ),
]


@pytest.mark.parametrize("column", FORBIDDEN)
def test_columns_about_persons_are_refused_by_name_with_the_reason(column: str) -> None:
    assert why_forbidden(column)


@pytest.mark.parametrize("column", [*HARMLESS, *COLUMNS])
def test_other_columns_are_not_taken_for_such(column: str) -> None:
    assert why_forbidden(column) is None


def test_a_map_that_reads_a_refused_column_stops_the_import(world: World, tmp_path: Path) -> None:
    content = table(good(身份证号="440881199001011234"), columns=(*COLUMNS, "身份证号"))
    with pytest.raises(BadInput) as refused:
        bring(tmp_path, content, MAP.replace('text = "words"', 'text = ["words", "身份证号"]'))
    assert refused.value.code == "column_forbidden"
    assert "身份证号" in refused.value.message
    assert "identifies a person" in refused.value.message
    assert not Event.objects.exists()


def test_a_refused_column_the_map_leaves_alone_is_not_read_and_told(world: World, tmp_path: Path) -> None:
    content = table(good(民族="汉"), columns=(*COLUMNS, "民族"))
    report, _refused = bring(tmp_path, content)
    assert list(report.unread) == ["民族"]
    event = Event.objects.get()
    assert "汉" not in f"{event.title}{event.text}{event.place}{event.outcome}{event.answers}"
