"""Official figures: what offices write is read exactly, tables come in whole or not at all, and nothing is mixed with ours."""

import io
import re
from datetime import date, datetime, timedelta
from decimal import Decimal
from html import unescape
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.translation import gettext as _
from hypothesis import given
from hypothesis import strategies as st

from linli.areas.models import Area
from linli.events.testing import GRID, NOON, World, make_event
from linli.journal.models import Entry
from linli.kit.refusal import BadInput, NotYours
from linli.statistics.models import OfficialSeries, OfficialValue
from linli.statistics.official.actions import Imported, check_rows, import_rows
from linli.statistics.official.listing import plain
from linli.statistics.rules import signed
from linli.statistics.rules.official import Span, day_of, period_of, reading_of
from linli.statistics.tests.test_pages import COUNTY, TOWNSHIP, count_on, numbers, page, signed_in

ROW = {
    "indicator": "矛盾纠纷受理数",
    "period": "2025年",
    "value": "31,307，−44.27 %",
    "unit": "件",
    "source": "县政府工作报告",
    "published_on": "2026-01-20",
}


def rows(*several: dict[str, str]) -> list[tuple[int, dict[str, str]]]:
    return [(line, ROW | one) for line, one in enumerate(several, 2)]


# --- reading -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "first", "last"),
    [
        ("2025", (2025, 1, 1), (2025, 12, 31)),
        ("２０２５ 年度", (2025, 1, 1), (2025, 12, 31)),
        ("2024-02", (2024, 2, 1), (2024, 2, 29)),
        ("2025年3月", (2025, 3, 1), (2025, 3, 31)),
        ("2025Q3", (2025, 7, 1), (2025, 9, 30)),
        ("2025年第二季度", (2025, 4, 1), (2025, 6, 30)),
        ("2025年上半年", (2025, 1, 1), (2025, 6, 30)),
        ("2025年1—9月", (2025, 1, 1), (2025, 9, 30)),
        ("2025年1-9月份", (2025, 1, 1), (2025, 9, 30)),
        ("2025-01-05/2025-02-03", (2025, 1, 5), (2025, 2, 3)),
    ],
)
def test_periods_are_read_as_offices_write_them(written: str, first: tuple[int, ...], last: tuple[int, ...]) -> None:
    assert period_of(written) == Span(date(*first), date(*last))


@pytest.mark.parametrize(
    "written",
    [
        "",
        "25",
        "2025-13",
        "2025年9—1月",
        "2025年第五季度",
        "2025-02-30/2025-03-01",
        "1900",
        "去年",
        "20251",
        "2025-03-01/2025-02-01",
    ],
)
def test_what_is_no_period_is_refused(written: str) -> None:
    with pytest.raises(BadInput):
        period_of(written)


@pytest.mark.parametrize(
    ("written", "change", "value", "percent"),
    [
        ("31,307，−44.27 %", "", "31307", "-44.27"),
        ("31,307, −44.27 %", "", "31307", "-44.27"),
        ("31307（同比下降44.27%）", "", "31307", "-44.27"),
        ("31,307", "-44.27%", "31307", "-44.27"),
        ("97.56", "增长 3.1", "97.56", "3.1"),
        ("3.13万", "", "31300", None),
        ("1.2亿", "＋0.50％", "120000000", "0.5"),
        ("-12.5", "0", "-12.5", "0"),
    ],
)
def test_values_are_read_with_their_change(written: str, change: str, value: str, percent: str | None) -> None:
    found = reading_of(written, change)
    assert found.value == Decimal(value)
    assert found.change == (None if percent is None else Decimal(percent))


@pytest.mark.parametrize(
    ("written", "change"),
    [
        *(("", ""), ("约三万", ""), ("3,13", ""), ("1.23456", ""), ("1e5", ""), ("99999999999999999", "")),
        *(("31307", "少了"), ("31307", "下降-3"), ("31307", "1.234"), ("nan", ""), ("31307,", "")),
    ],
)
def test_what_is_no_number_is_refused(written: str, change: str) -> None:
    with pytest.raises(BadInput):
        reading_of(written, change)


@pytest.mark.parametrize(
    ("written", "change", "value", "percent"),
    [
        ("97.56%", "", "97.56", None),
        ("97.56 ％", "", "97.56", None),
        ("0.5%", "", "0.5", None),
        ("100", "", "100", None),
        ("0", "", "0", None),
        ("97.56%，+1.20 %", "", "97.56", "1.2"),
        ("97.56%（同比上升0.3%）", "", "97.56", "0.3"),
        ("97.56", "上升1.2", "97.56", "1.2"),
    ],
)
def test_a_share_in_percent_is_one_number(written: str, change: str, value: str, percent: str | None) -> None:
    found = reading_of(written, change, unit="%")
    assert (found.value, found.change) == (Decimal(value), None if percent is None else Decimal(percent))


@pytest.mark.parametrize(
    ("written", "change", "unit"),
    [
        # What a spreadsheet hands over of a cell that shows 97.56 %, or −44.27 %.
        *(("0.9756", "", "%"), ("1", "", "百分比"), ("31307", "-0.4427", "件"), ("31307", "-0.44", "件")),
        *(("97.56%", "", "件"), ("1,097.56%", "", "%"), ("1" + "," * 500_000, "", "件")),
    ],
)
def test_what_may_be_a_hundred_times_as_much_is_refused(written: str, change: str, unit: str) -> None:
    with pytest.raises(BadInput):
        reading_of(written, change, unit=unit)


@pytest.mark.parametrize(
    "written", ["2026-01-20", "2026/1/20", "2026.1.20", "２０２６年1月20日", "2026-01-20 00:00:00"]
)
def test_days_are_read_as_offices_write_them(written: str) -> None:
    assert day_of(written) == date(2026, 1, 20)


@pytest.mark.parametrize("written", ["", "2026", "2026-02-30", "2026年13月1日", "元月"])
def test_what_is_no_day_is_refused(written: str) -> None:
    with pytest.raises(BadInput):
        day_of(written)


@given(
    st.decimals(min_value=-(10**13), max_value=10**13, places=4),
    st.decimals(min_value=-(10**6), max_value=10**6, places=2),
)
def test_what_is_written_is_read_again(value: Decimal, change: Decimal) -> None:
    found = reading_of(f"{plain(value)}，{signed(change)}" if change else plain(value))
    assert found == (value, change or None)


# --- bringing in -------------------------------------------------------------------------------------------------------


def bring(world: World, *several: dict[str, str], area: str = COUNTY, at: datetime = NOON) -> Imported:
    return import_rows(rows(*several), area=world.areas[area], by=world.cast.county, at=at)


def test_a_correction_keeps_the_earlier_version_and_what_is_known_stays(world: World) -> None:
    assert bring(world, {}, {"period": "2024年", "value": "56,177"}) == Imported(2, 0, 0)
    later = NOON + timedelta(days=1)
    assert bring(world, {"value": "31,308"}, {"period": "2024年", "value": "56,177"}, at=later) == Imported(0, 1, 1)
    versions = OfficialValue.objects.filter(first_on=date(2025, 1, 1)).order_by("id")
    assert [(one.value, one.replaced_at) for one in versions] == [(Decimal(31307), later), (Decimal(31308), None)]
    assert OfficialSeries.objects.count() == 1
    entries = Entry.objects.filter(verb="figures.official_imported").order_by("id")
    assert [one.facts for one in entries] == [
        {"new": 2, "corrected": 0, "known": 0},
        {"new": 0, "corrected": 1, "known": 1},
    ]
    assert {one.by_id for one in entries} == {world.cast.county.pk}


def test_a_large_table_holds_the_store_as_briefly_as_a_small_one(world: World) -> None:
    asked = []
    for first, count in ((2010, 1), (2012, 200)):
        names = [{"indicator": f"指标{number}", "period": str(first), "figure": "reported"} for number in range(count)]
        with CaptureQueriesContext(connection) as queries:
            assert bring(world, *names) == Imported(count, 0, 0)
        again = [one | {"value": "1"} for one in names]
        assert bring(world, *again) == Imported(0, count, 0)
        assert bring(world, *again) == Imported(0, 0, count)
        asked.append(len(queries))
    assert asked[1] <= asked[0] + 2
    assert set(OfficialSeries.objects.values_list("figure", flat=True)) == {"reported"}


def test_all_rows_come_in_or_none_and_each_that_cannot_is_named_by_its_line(world: World) -> None:
    wrong = (
        *({"period": "去年"}, {"value": "许多"}, {"indicator": ""}, {"published_on": "2999-01-01"}, {"area": "440882"}),
        *({"figure": "nothing"}, {"unit": "件" * 31}, {"period": "2025"}),
    )
    checked = check_rows(rows({}, *wrong), world.areas[COUNTY], NOON)
    assert len(checked.good) == 1
    assert [line for line, _refusal in checked.refused] == list(range(3, 11))
    with pytest.raises(BadInput, match="3: "):
        bring(world, {}, *wrong)
    assert not OfficialSeries.objects.exists()


def test_only_the_desk_of_the_area_brings_in(world: World) -> None:
    for person in (world.cast.worker, world.cast.leader, world.cast.neighbour, world.cast.system):
        with pytest.raises(NotYours):
            import_rows(rows({}), area=world.areas[COUNTY], by=person, at=NOON)
    with pytest.raises(NotYours):
        import_rows(rows({}), area=world.areas[COUNTY], by=world.cast.desk, at=NOON)
    assert import_rows(rows({}), area=world.areas[TOWNSHIP], by=world.cast.desk, at=NOON) == Imported(1, 0, 0)


def test_the_command_brings_in_a_table(world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table = tmp_path / "official.csv"
    table.write_text(
        '指标,统计期,数值,同比,单位,来源,发布日期\n受理数,2025年,"31,307",−44.27 %,件,工作报告,2026-01-20\n',
        encoding="gb18030",
        errors="replace",
    )
    table.write_text(table.read_text(encoding="gb18030").replace("?44", "-44"), encoding="utf-8")
    call_command("statistics", "official", str(table), "--area", COUNTY, "--dry-run")
    assert not OfficialValue.objects.exists()
    call_command("statistics", "official", str(table), "--area", COUNTY)
    [value] = OfficialValue.objects.all()
    assert (value.value, value.change_percent, value.imported_by) == (Decimal(31307), Decimal("-44.27"), None)
    with pytest.raises(BadInput):
        call_command("statistics", "official", str(table), "--area", "999")


# --- the pages ---------------------------------------------------------------------------------------------------------


def table(*lines: str) -> SimpleUploadedFile:
    head = "指标,统计期,数值,单位,来源,发布日期,对照指标"
    return SimpleUploadedFile("official.csv", "\n".join((head, *lines)).encode(), content_type="text/csv")


def test_a_table_is_tried_then_brought_in_and_shown_with_its_source(world: World) -> None:
    client, address = signed_in(world.cast.county), f"/desk/statistics/{COUNTY}/official/bring/"
    sent = table(
        '受理数,2025年,"31,307，−44.27 %",件,县政府工作报告,2026-01-20,',
        '受理数,2024年,"56,177",件,县政府工作报告,2025-01-20,',
    )
    tried = client.post(address, {"table": sent}).content.decode()
    assert not OfficialValue.objects.exists()
    # What was read is seen before it is brought in.
    assert "31,307</td>" in tried and "−44.27 %</td>" in tried and "56,177</td>" in tried
    kept = re.search(r'name="kept" value="([^"]+)"', tried)
    assert kept
    other = signed_in(world.cast.desk).post(address.replace(COUNTY, TOWNSHIP), {"kept": unescape(kept.group(1))})
    assert other.status_code == 422
    assert client.post(address, {"kept": unescape(kept.group(1))}).status_code == 302
    html = page(world.cast.leader, f"/desk/statistics/{COUNTY}/official/")
    for words in ("31,307", "−44.27 %", "56,177", "县政府工作报告", world.cast.county.name):
        assert words in html
    assert html.count("−44.27 %") == 2  # as printed, and as it is reckoned from the two values


def test_of_shares_the_difference_is_in_points(world: World) -> None:
    share = {"indicator": "按期办结率", "unit": "%"}
    bring(world, share | {"value": "97.56%"}, share | {"period": "2024年", "value": "95.00%"})
    html = page(world.cast.leader, f"/desk/statistics/{COUNTY}/official/")
    assert _("%(points)s percentage points") % {"points": "+2.56"} in html
    assert "+2.69" not in html


def test_refused_lines_are_named_and_nothing_is_kept(world: World) -> None:
    client, address = signed_in(world.cast.county), f"/desk/statistics/{COUNTY}/official/bring/"
    answer = client.post(address, {"table": table("受理数,去年,多,件,报告,2026-01-20,")})
    assert answer.status_code == 422
    assert "去年" in answer.content.decode()
    assert 'name="kept"' not in answer.content.decode()
    for sent in (
        SimpleUploadedFile("x.csv", b"a,b\n1,2\n"),
        SimpleUploadedFile("x.xlsx", b"PK\x03\x04 no"),
        SimpleUploadedFile("x.csv", b""),
    ):
        assert client.post(address, {"table": sent}).status_code == 422


def test_our_own_figure_stands_beside_it_and_leads_to_its_rows(world: World) -> None:
    first = (timezone.localdate().replace(day=1) - timedelta(days=1)).replace(day=1)
    for _each in range(3):
        make_event(world, at=timezone.make_aware(datetime.combine(first, datetime.min.time())) + timedelta(days=4))
    bring(world, {"period": f"{first:%Y-%m}", "figure": "reported", "published_on": "2026-01-01"}, at=timezone.now())
    html = page(world.cast.county, f"/desk/statistics/{COUNTY}/official/")
    [(address, figure, n)] = numbers(html)
    assert (figure, n) == ("reported", 3)
    assert count_on(page(world.cast.county, address)) == 3


def test_no_figure_of_ours_changes_by_an_official_one(world: World) -> None:
    make_event(world, at=timezone.now() - timedelta(days=2))
    before = numbers(page(world.cast.county, f"/desk/statistics/{COUNTY}/"))
    bring(world, {"figure": "reported"})
    assert numbers(page(world.cast.county, f"/desk/statistics/{COUNTY}/")) == before


def test_nobody_sees_or_brings_in_figures_of_elsewhere(world: World) -> None:
    bring(world, {})
    for tail in ("official/", "official/bring/", "official/table.csv"):
        for person in (world.cast.neighbour, world.cast.handler, world.cast.nobody, world.cast.system):
            page(person, f"/desk/statistics/{COUNTY}/{tail}", status=404)
    page(world.cast.worker, f"/desk/statistics/{GRID}/official/bring/", status=403)
    assert Area.objects.filter(pk=COUNTY).exists()


def test_the_empty_table_names_the_columns(world: World) -> None:
    answer = signed_in(world.cast.county).get(f"/desk/statistics/{COUNTY}/official/table.csv")
    assert io.StringIO(answer.content.decode("utf-8-sig")).readline().startswith("指标,区域,统计期,数值,同比")


def test_the_page_of_official_figures_is_turned(world: World) -> None:
    several = [{"indicator": name, "period": f"{year}年"} for name in ("甲", "乙") for year in range(1960, 2025)]
    import_rows(rows(*several), area=Area.objects.get(pk=COUNTY), by=world.cast.county, at=timezone.now())
    client, seen = signed_in(world.cast.county), []
    address = f"/desk/statistics/{COUNTY}/official/"
    while address:
        html = client.get(address).content.decode()
        lines = re.findall(r'<tr><th scope="row">(\d{4})', html)
        assert len(lines) <= 100
        seen += lines
        following = re.search(r'rel="next" href="([^"]+)"', html)
        address = f"/desk/statistics/{COUNTY}/official/{following.group(1)}" if following else ""
    assert sorted(seen) == sorted(str(year) for year in range(1960, 2025) for _name in ("甲", "乙"))
