"""National divisions from tables: any order, codes cut or padded, and the real files for any county."""

import gzip
from pathlib import Path

import pytest

from linli.areas.actions import close_area, import_divisions, set_numbering
from linli.areas.actions.register import EVER
from linli.areas.models import Area, Kind
from linli.kit.refusal import BadInput
from linli.kit.tests.sheet_files import xlsx

pytestmark = pytest.mark.django_db
UPPER = (
    "code,name\n44,广东省\n4408,湛江市\n440881,廉江市\n440882,雷州市\n"
    "440881001,罗州街道\n440881101,石城镇\n440882101,附城镇\n"
)
LOWER = "code,name\n440881001001,东街居委会\n440881101201,城内村委会\n440882101201,邻村村委会\n"


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    upper, lower = tmp_path / "upper.csv", tmp_path / "lower.csv.gz"
    upper.write_text(UPPER, encoding="utf-8")
    lower.write_bytes(gzip.compress(LOWER.encode(), mtime=0))
    return [upper, lower]


def table(folder: Path, text: str, name: str = "table.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def stored() -> dict[str, str]:
    return dict(Area.objects.values_list("code", "name"))


def test_a_county_is_taken_with_its_townships_and_committees(files: list[Path]) -> None:
    report = import_divisions(files, "440881")
    assert report.by_level == {"county": 1, "township": 2, "village": 2}
    assert set(stored()) == {"440881", "440881001", "440881101", "440881001001", "440881101201"}
    parents = dict(Area.objects.values_list("code", "parent_id"))
    assert (parents["440881"], parents["440881001001"]) == (None, "440881001")


def test_names_tell_the_kind(files: list[Path]) -> None:
    import_divisions(files, "440881")
    kinds = dict(Area.objects.values_list("code", "kind"))
    assert kinds == {
        "440881": Kind.COUNTY,
        "440881001": Kind.SUBDISTRICT,
        "440881101": Kind.TOWNSHIP,
        "440881001001": Kind.COMMUNITY,
        "440881101201": Kind.VILLAGE,
    }


def test_the_order_of_files_does_not_matter(files: list[Path]) -> None:
    import_divisions(files[::-1], "440881")
    assert Area.objects.count() == 5


def test_a_second_run_changes_nothing(files: list[Path]) -> None:
    import_divisions(files, "440881")
    before = list(Area.objects.values())
    again = import_divisions(files[::-1], "440881")
    assert (again.areas_made, again.areas_renamed, again.unchanged, again.notes) == (0, 0, 5, [])
    assert list(Area.objects.values()) == before


def test_a_second_county_joins_the_first(files: list[Path]) -> None:
    import_divisions(files, "440881")
    assert import_divisions(files, "440882").areas_made == 3
    assert Area.objects.count() == 8


def test_a_new_name_is_taken_over(files: list[Path], tmp_path: Path) -> None:
    import_divisions(files, "440881")
    report = import_divisions([table(tmp_path, "code,name\n440881101,石城街道\n")], "440881")
    assert (report.areas_renamed, stored()["440881101"]) == (1, "石城街道")


def test_the_code_is_cut_to_its_level_and_kept_as_given(tmp_path: Path) -> None:
    rows = "code12,name\n440881000000,廉江市\n440881001000,罗州街道\n440881001001,东街居委会\n"
    import_divisions([table(tmp_path, rows)], "440881")
    given = dict(Area.objects.values_list("code", "national_code"))
    assert given == {"440881": "440881000000", "440881001": "440881001000", "440881001001": "440881001001"}


def test_a_county_with_levels_above_brings_them_along(files: list[Path]) -> None:
    set_numbering([2, 4, 6, 9, 12, 15])
    import_divisions(files, "440881")
    assert {"44", "4408", "440881"} <= set(stored())
    assert "440882" not in stored()


def test_a_file_without_the_county_itself_makes_it_and_says_so(tmp_path: Path) -> None:
    report = import_divisions([table(tmp_path, "code,name\n440881101,石城镇\n")], "440881")
    assert stored() == {"440881": "440881", "440881101": "石城镇"}
    assert len(report.notes) == 1 and "440881" in report.notes[0]
    import_divisions([table(tmp_path, "code,name\n440881,廉江市\n")], "440881")
    assert stored()["440881"] == "廉江市"


def test_what_is_closed_stays_closed(files: list[Path]) -> None:
    import_divisions(files, "440881")
    for code in ("440881101201", "440881101"):
        close_area(Area.objects.get(pk=code), on=EVER)
    Area.objects.filter(pk="440881101201").delete()
    report = import_divisions(files, "440881")
    assert "440881101201" not in stored()
    assert len(report.notes) == 1 and "440881101" in report.notes[0]


def test_full_width_digits_are_digits(tmp_path: Path) -> None:
    import_divisions([table(tmp_path, "code,name\n４４０８８１,廉江市\n")], "440881")
    assert stored() == {"440881": "廉江市"}


def test_rows_in_gb18030_are_read(tmp_path: Path) -> None:
    path = tmp_path / "old.csv"
    path.write_bytes("code,name\n440881,廉江市\n".encode("gb18030"))
    import_divisions([path], "440881")
    assert stored() == {"440881": "廉江市"}


@pytest.mark.parametrize(
    ("rows", "county", "code"),
    [
        (UPPER, "110101", "county_not_in_files"),
        (UPPER, "4408", "bad_code"),
        (UPPER, "湛江", "bad_code"),
        ("name\n廉江市\n", "440881", "no_such_columns"),
        ("code,title\n440881,廉江市\n", "440881", "no_such_columns"),
        ("code,name\n440881,廉江市\n4408x1101,石城镇\n", "440881", "bad_national_code"),
        ("code,name\n440881,廉江市\n4408811012011,城内\n", "440881", "bad_national_code"),
        ("code,name\n440881,廉江市\n,无名\n", "440881", "bad_national_code"),
        ("code,name\n440881,廉江市\n440881101,\n", "440881", "bad_area_name"),
        ("code,name\n440881,廉江市\n440881101," + "长" * 101 + "\n", "440881", "bad_area_name"),
        ("code,name\n440881,廉江市\n440881101,石\0城\n", "440881", "nul_in_file"),
        ("", "440881", "no_header"),
    ],
)
def test_a_bad_table_is_refused_and_nothing_of_it_stored(tmp_path: Path, rows: str, county: str, code: str) -> None:
    with pytest.raises(BadInput) as refused:
        import_divisions([table(tmp_path, rows)], county)
    assert refused.value.code == code
    assert not Area.objects.exists()


def test_a_refusal_names_file_and_line(tmp_path: Path) -> None:
    rows = "code,name\n440881,廉江市\n44088,石城镇\nx,y\n"
    with pytest.raises(BadInput) as refused:
        import_divisions([table(tmp_path, rows, "镇街.csv")], "440881")
    assert "镇街.csv" in refused.value.message and "4" in refused.value.message


def test_the_prefecture_that_is_its_own_county_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadInput) as refused:
        import_divisions([table(tmp_path, "code,name\n6202,嘉峪关市\n620201,嘉峪关市\n")], "620200")
    assert "620201 嘉峪关市" in refused.value.message


def test_a_numbering_without_counties_of_six_digits_knows_none(files: list[Path]) -> None:
    set_numbering([5, 8, 11])
    with pytest.raises(BadInput) as refused:
        import_divisions(files, "440881")
    assert refused.value.code == "bad_code"


# --- real files ---------------------------------------------------------------------------------------------------------


@pytest.mark.real
def test_lianjiang_comes_whole_out_of_the_country(shared: Path) -> None:
    folder = shared / "data" / "divisions"
    report = import_divisions([folder / "cn_villages_l5.csv.gz", folder / "cn_divisions_l1_l4.csv.gz"], "440881")
    assert report.by_level == {"county": 1, "township": 22, "village": 405}


@pytest.mark.real
@pytest.mark.parametrize(
    ("county", "townships"),
    [
        ("110101", 17),
        ("441900", 36),
        ("442000", 23),
        ("460400", 18),
        ("460321", 3),
        ("620201", 5),
        ("429004", 25),
        ("659001", 8),
    ],
)
def test_counties_of_every_sort_come_whole(shared: Path, county: str, townships: int) -> None:
    report = import_divisions([shared / "data" / "divisions" / "cn_divisions_l1_l4.csv.gz"], county)
    assert report.by_level == {"county": 1, "township": townships}


def test_a_spreadsheet_of_divisions_is_read_with_codes_as_numbers(tmp_path: Path) -> None:
    file = tmp_path / "区划.xlsx"
    file.write_bytes(xlsx(("code", "name"), (440881, "廉江市"), (440881102, "石岭镇"), (440881102203, "某村")))
    import_divisions([file], "440881")
    assert set(Area.objects.values_list("code", flat=True)) == {"440881", "440881102", "440881102203"}
