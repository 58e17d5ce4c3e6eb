"""Acts on the register through their pages: done, refused in words, and never by those who do not keep it."""

import json
import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from linli.areas.actions import add_area, cover, set_boundary
from linli.areas.geometry import clean_outline
from linli.areas.models import Area, Kind, Place
from linli.events.models import Event
from linli.events.testing import GRID, World, make_event
from linli.journal.models import Entry
from linli.people.actions import add_person, on_duty
from linli.people.models import Appointment, Leave, Person
from linli.people.rules import Role
from linli.web.tests.test_areas import ELSEWHERE, TOWN, VILLAGE, WHOLE, box, client_of, words

SIXTH = "440881101201006"
WEST, EAST = box(110.0, 21.5, 110.008, 21.52), box(110.008, 21.5, 110.02, 21.52)
ACTS = ("appoint", "place", "open", "cover", "draw", "rename", "close", "redraw")


@pytest.fixture
def drawn(world: World) -> World:
    """The world with an outline of the worker's grid."""
    set_boundary(world.grid, clean_outline(WHOLE), on=date(2024, 1, 1))
    return world


def geojson(*outlines: tuple[str, Any]) -> SimpleUploadedFile:
    features = [{"type": "Feature", "properties": {"name": name}, "geometry": outline} for name, outline in outlines]
    return file(json.dumps({"type": "FeatureCollection", "features": features}))


def file(content: str | bytes, name: str = "new.geojson") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content.encode() if isinstance(content, str) else content)


def send(by: Person | Client, act: str, code: str = GRID, **sent: Any) -> tuple[int, str]:
    """The status, and the page that comes back or that one is led to, in words."""
    client = by if isinstance(by, Client) else client_of(by)
    answer = client.post(f"/desk/areas/{code}/{act}", sent)
    if answer.status_code == 302:
        return 302, words(client.get(answer["Location"]).content.decode())
    return answer.status_code, words(answer.content.decode())


def preview(person: Person, *outlines: tuple[str, Any], crs: str = "wgs84", code: str = GRID) -> tuple[int, str]:
    client = client_of(person)
    answer = client.post(f"/desk/areas/{code}/redraw", {"file": geojson(*outlines), "name_field": "name", "crs": crs})
    return answer.status_code, answer.content.decode()


def confirm(person: Person, html: str, **names: str) -> tuple[int, str]:
    """Send the preview back as a browser would."""
    sent = dict(re.findall(r'name="(name-\d+)" value="([^"]*)"', html)) | names
    outlines = re.search(r'<textarea name="outlines_json" hidden>(.*?)</textarea>', html, re.S)
    assert outlines
    back = {"outlines_json": outlines.group(1).replace("&quot;", '"'), "crs": "wgs84", "source": "new.geojson"}
    return send(person, "redraw", **back, **sent)


def placed(world: World, lon: float) -> Event:
    event = make_event(world, at=timezone.now() - timedelta(hours=1))
    Event.objects.filter(pk=event.pk).update(lon=lon, lat=21.51)
    return event


@pytest.mark.parametrize("act", ACTS)
def test_only_keepers_of_the_register_reach_an_act(drawn: World, act: str) -> None:
    add_area(f"{VILLAGE}601", "下头村", kind=Kind.NATURAL_VILLAGE)
    code = VILLAGE if act == "open" else GRID
    address = f"/desk/areas/{code}/{act}"
    for name in ("desk", "county", *(["system"] if act != "appoint" else [])):
        assert client_of(getattr(drawn.cast, name)).get(address).status_code == 200
    for name in ("cadre", "verifier", "leader"):
        assert client_of(getattr(drawn.cast, name)).get(address).status_code == 403
        assert client_of(getattr(drawn.cast, name)).post(address, {}).status_code == 403
    for name in ("neighbour", "auditor", "nobody", "handler"):
        assert client_of(getattr(drawn.cast, name)).get(address).status_code == 404


def test_the_preview_shows_sizes_and_where_open_matters_go_and_stores_nothing(drawn: World) -> None:
    placed(drawn, 110.004), placed(drawn, 110.005), placed(drawn, 110.015)
    before = Area.objects.count(), Entry.objects.count()
    status, html = preview(drawn.cast.desk, ("西网格", WEST), ("东网格", EAST))
    read = words(html)
    assert status == 200 and html.count('class="dot-matter"') == 3
    assert re.search(r"1\.8\d km² · 2 open matters", read)
    assert re.search(r"2\.7\d km² · 1 open matter · named as successor", read)
    assert (Area.objects.count(), Entry.objects.count()) == before


def test_confirming_redraws_and_the_matters_are_carried_over(drawn: World) -> None:
    events = [placed(drawn, lon) for lon in (110.004, 110.015)]
    _status, html = preview(drawn.cast.desk, ("西网格", WEST), ("东网格", EAST))
    status, read = confirm(drawn.cast.desk, html, **{"name-1": "改名网格"})
    assert status == 302
    assert re.search("In its place: 改名网格 、 东网格", read) and "2 grids came in its place." in read
    assert [Event.objects.get(pk=one.pk).area.name for one in events] == ["改名网格", "东网格"]
    assert Entry.objects.filter(verb="event.carried_over").count() == 2
    made = Area.objects.get(name="改名网格")
    assert made.boundaries.get().source == "new.geojson"
    assert [turn.person for turn in on_duty(made.code, timezone.now())] == [drawn.cast.worker]
    page = words(client_of(drawn.cast.desk).get(f"/desk/areas/{made.code}").content.decode())
    assert "In the place of 上县第五网格" in page and "opened it in the place of 上县第五网格" in page


def test_a_system_administrator_redraws_without_seeing_matters(drawn: World) -> None:
    event = placed(drawn, 110.004)
    _status, html = preview(drawn.cast.system, ("西网格", WEST), ("东网格", EAST))
    assert "open matter" not in words(html) and "dot-matter" not in html
    assert confirm(drawn.cast.system, html)[0] == 302
    assert Event.objects.get(pk=event.pk).area.name == "西网格"


@pytest.mark.parametrize(
    ("outlines", "says"),
    [
        ([("西", box(110.0, 21.5, 110.012, 21.52)), ("东", EAST)], "overlap by"),
        ([("西", WEST)], "differ by"),
        ([("西", box(21.5, 110.0, 21.52, 110.008)), ("东", EAST)], "swapped"),
        ([("西", {"type": "Point", "coordinates": [110, 21.5]})], "must be a Polygon"),
        ([("西", {"type": "Polygon", "coordinates": [[[1, "x"]]]})], "西"),
        ([("西", None)], "must be a Polygon"),
    ],
)
def test_outlines_that_do_not_fit_are_refused_in_words(drawn: World, outlines: list[Any], says: str) -> None:
    status, html = preview(drawn.cast.desk, *outlines)
    assert status == 422 and says in words(html)
    assert Area.objects.get(pk=GRID).is_open


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "empty"),
        (b"{", "no GeoJSON"),
        (b'{"type":"FeatureCollection","features":[{"type"', "no GeoJSON"),
        ('{"type":"FeatureCollection","features":[{"名":"西"}]}'.encode("gb18030"), "UTF-8"),
        (b'{"type":"FeatureCollection","features":[]}', "holds no outlines"),
        (b"[1,2]", "holds no outlines"),
        (b"[" * 200_000, "no GeoJSON"),
        (b" " * 1_600_000 + b"{}", "1.5 MB at most"),
    ],
)
def test_a_file_that_is_no_file_of_outlines_is_refused_in_words(drawn: World, content: bytes, says: str) -> None:
    client = client_of(drawn.cast.desk)
    status, read = send(client, "redraw", file=file(content), name_field="name", crs="wgs84")
    assert status == 422 and says in read


def test_a_ring_that_crosses_itself_is_repaired_and_the_preview_says_so(drawn: World) -> None:
    bow = {"type": "Polygon", "coordinates": [[[110, 21.5], [110.008, 21.5], [110.008, 21.52], [110.009, 21.5195],
                                               [110.0085, 21.5205], [110.0075, 21.5195], [110, 21.52], [110, 21.5]]]}  # fmt: skip
    status, html = preview(drawn.cast.desk, ("西网格", bow), ("东网格", EAST))
    assert status == 200
    assert re.search(r'class="hint repaired"', html)


def test_outlines_drawn_on_a_shifted_map_are_converted(drawn: World) -> None:
    from linli.areas.crs import from_wgs84

    def shifted(outline: dict[str, Any]) -> dict[str, Any]:
        ring = [[float(x) for x in from_wgs84(lon, lat, "gcj02")] for lon, lat in outline["coordinates"][0]]
        return {"type": "Polygon", "coordinates": [ring]}

    status, html = preview(drawn.cast.desk, ("西", shifted(WEST)), ("东", shifted(EAST)), crs="gcj02")
    assert status == 200 and re.search(r"1\.8\d km²", words(html))
    assert preview(drawn.cast.desk, ("西", shifted(WEST)), ("东", shifted(EAST)))[0] == 422


def test_whoever_comes_second_with_a_preview_is_told(drawn: World) -> None:
    _status, html = preview(drawn.cast.desk, ("西网格", WEST), ("东网格", EAST))
    assert confirm(drawn.cast.county, html)[0] == 302
    status, read = confirm(drawn.cast.desk, html)
    assert status == 409 and "is closed already" in read


def test_a_preview_that_was_tampered_with_is_refused(drawn: World) -> None:
    for content in ("", "{", "[]", '["x"]', json.dumps([WEST] * 30)):
        status, _read = send(drawn.cast.desk, "redraw", outlines_json=content, crs="wgs84")
        assert status == 422
    _status, html = preview(drawn.cast.desk, ("西网格", WEST), ("东网格", EAST))
    status, read = confirm(drawn.cast.desk, html, **{"name-1": "  "})
    assert status == 422 and "a name of 1 to 100 characters is needed" in read
    assert Area.objects.get(pk=GRID).is_open


def test_an_area_is_opened_with_its_outline(drawn: World) -> None:
    status, read = send(
        drawn.cast.desk, "open", VILLAGE, kind="special_grid", name="上县小学", crs="wgs84", national_code="",
        file=geojson(("x", box(110.001, 21.501, 110.002, 21.502))),
    )  # fmt: skip
    made = Area.objects.get(name="上县小学")
    assert status == 302 and made.code == f"{VILLAGE}500" and "Special grid" in read
    assert made.boundaries.get().source == "new.geojson"


def test_a_settlement_is_opened_and_covered_from_either_side(world: World) -> None:
    send(world.cast.desk, "open", VILLAGE, kind="natural_village", name="下头村", crs="wgs84")
    hamlet = Area.objects.get(name="下头村")
    status, read = send(world.cast.desk, "cover", hamlet.code, other=GRID)
    assert status == 302 and "Grids that cover it 上县第五网格" in read
    client = client_of(world.cast.desk)
    assert client.post(f"/desk/areas/{GRID}/settlements/{hamlet.code}/uncover").status_code == 302
    assert send(client, "cover", GRID, other=hamlet.code)[0] == 302
    assert hamlet.covered_by.count() == 1
    assert send(client, "cover", GRID, other=SIXTH)[0] == 422


def test_only_keepers_part_a_settlement_from_a_grid(world: World) -> None:
    hamlet = add_area(f"{VILLAGE}601", "下头村", kind=Kind.NATURAL_VILLAGE)
    cover(world.grid, hamlet)
    address = f"/desk/areas/{GRID}/settlements/{hamlet.code}/uncover"
    assert client_of(world.cast.cadre).post(address).status_code == 403
    assert client_of(world.cast.neighbour).post(address).status_code == 404
    assert hamlet.covered_by.exists()


def test_closing_asks_for_a_successor_while_matters_are_open(drawn: World) -> None:
    event = placed(drawn, 110.004)
    assert "1 open matter goes to" in words(
        client_of(drawn.cast.desk).get(f"/desk/areas/{GRID}/close").content.decode()
    )
    status, read = send(drawn.cast.desk, "close", successor="")
    assert status == 422 and "has open matters. Choose the area that takes them over." in read
    status, read = send(drawn.cast.desk, "close", successor=SIXTH)
    assert status == 302 and "In its place: 上县第六网格" in read
    assert Event.objects.get(pk=event.pk).area_id == SIXTH


def test_a_village_with_grids_does_not_close(world: World) -> None:
    status, read = send(world.cast.desk, "close", VILLAGE, successor="")
    assert status == 409 and "still has open areas in it" in read


@pytest.mark.parametrize("name", ["", " ", "长" * 101, "\0"])
def test_a_name_must_be_one(world: World, name: str) -> None:
    assert send(world.cast.desk, "rename", name=name)[0] == 422
    assert Area.objects.get(pk=GRID).name == "上县第五网格"


def test_an_area_is_renamed(world: World) -> None:
    status, read = send(world.cast.desk, "rename", name="新五网格")
    assert status == 302 and "新五网格" in read and "renamed the area" in read


def test_a_place_is_added_and_taken_away(drawn: World) -> None:
    status, read = send(drawn.cast.desk, "place", name="上县小学", kind="school", lon="110.004", lat="21.51")
    assert status == 302 and "School 1 上县小学" in read
    place = Place.objects.get()
    assert client_of(drawn.cast.worker).post(f"/desk/places/{place.pk}/close").status_code == 403
    assert client_of(drawn.cast.neighbour).post(f"/desk/places/{place.pk}/close").status_code == 404
    assert client_of(drawn.cast.desk).post(f"/desk/places/{place.pk}/close").status_code == 302
    assert Place.objects.get().closed_on == timezone.localdate()


@pytest.mark.parametrize(
    ("lon", "lat", "says"),
    [
        ("111", "21.51", "lies outside"),
        ("21.51", "110.004", "Longitude comes first"),
        ("110.004", "", "longitude and latitude"),
        ("east", "21", "number"),
        ("nan", "21", "number"),
    ],
)
def test_a_place_elsewhere_is_refused_in_words(drawn: World, lon: str, lat: str, says: str) -> None:
    status, read = send(drawn.cast.desk, "place", name="上县小学", kind="school", lon=lon, lat=lat)
    assert status == 422 and says in read
    assert not Place.objects.exists()


def appointing(**changes: Any) -> dict[str, Any]:
    sent = {
        "person": "无任职 (nobody)",
        "role": "grid_worker",
        "department": "",
        "held_as": "holder",
        "from_on": "2026-01-05",
    }
    return sent | changes


def test_a_person_is_appointed_by_name(world: World) -> None:
    status, read = send(world.cast.desk, "appoint", **appointing(last_on="2999-01-01"))
    assert status == 422 and "between 2000 and 2099" in read
    status, read = send(world.cast.desk, "appoint", **appointing(last_on="2098-12-31"))
    assert status == 302 and "appointed 无任职 as Grid worker" in read
    made = Appointment.objects.get(person=world.cast.nobody)
    assert (made.role, made.area_id, made.from_on, made.to_on, made.is_deputy) == (
        *("grid_worker", GRID, date(2026, 1, 5), date(2099, 1, 1)),
        False,
    )


def test_a_deputy_is_appointed(world: World) -> None:
    assert send(world.cast.desk, "appoint", **appointing(held_as="deputy", person="无任职"))[0] == 302
    assert Appointment.objects.get(person=world.cast.nobody).is_deputy


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"person": "没有这人"}, "Nobody has this name"),
        ({"person": "19900000001"}, "Nobody has this name"),
        ({"person": "重名"}, "Several people have this name"),
        ({"role": "resident"}, "Select a valid choice"),
        ({"role": "system_admin"}, "Select a valid choice"),
        ({"role": "handler"}, "needs a department"),
        ({"last_on": "2025-12-01"}, "The last day lies before the first"),
        ({"from_on": "1970-01-01"}, "between 2000 and 2099"),
        ({"from_on": "soon"}, "valid date"),
    ],
)
def test_an_appointment_that_cannot_be_is_refused_in_words(world: World, changes: dict[str, Any], says: str) -> None:
    add_person(username="same1", name="重名")
    add_person(username="same2", name="重名")
    before = Appointment.objects.count()
    status, read = send(world.cast.desk, "appoint", **appointing(**changes))
    assert status == 422 and says in read
    assert Appointment.objects.count() == before


def test_nobody_appoints_themselves_and_is_told_so(world: World) -> None:
    answer = client_of(world.cast.desk).post(f"/desk/areas/{GRID}/appoint", appointing(person="李分拨"))
    assert answer.status_code == 403 and "Nobody appoints themselves" in answer.content.decode()


def test_a_system_administrator_keeps_areas_and_appoints_nobody(world: World) -> None:
    system, appoint = client_of(world.cast.system), f"/desk/areas/{TOWN}/appoint"
    assert "Rename it" in (shown := system.get(f"/desk/areas/{TOWN}").content.decode())
    assert "Appoint somebody" not in shown and system.get(appoint).status_code == 403
    assert "Security administrator" not in client_of(world.cast.desk).get(appoint).content.decode()


def test_people_of_other_places_are_not_listed(world: World) -> None:
    html = client_of(world.cast.desk).get(f"/desk/areas/{GRID}/appoint").content.decode()
    assert "陈小禾 (worker)" in html and "无任职 (nobody)" in html
    assert "邻村人" not in html and "周县办" not in html


def test_an_appointment_is_ended(world: World) -> None:
    held = Appointment.objects.get(person=world.cast.worker)
    address = f"/desk/appointments/{held.pk}/end"
    assert client_of(world.cast.worker).post(address, {"on": "2026-01-01"}).status_code == 403
    assert client_of(world.cast.neighbour).post(address, {"on": "2026-01-01"}).status_code == 404
    client = client_of(world.cast.desk)
    assert "before the first" in client.post(address, {"on": "2024-01-01"}).content.decode()
    assert client.post(address, {"on": "2026-01-01"}).status_code == 302
    assert "has ended" in client.post(address, {"on": "2090-01-01"}).content.decode()


def test_everybody_enters_their_own_leave_and_keepers_that_of_others(world: World) -> None:
    held = Appointment.objects.get(person=world.cast.worker)
    address = f"/desk/appointments/{held.pk}/leave"
    today = timezone.localdate()
    days = {"first_on": today.isoformat(), "last_on": (today + timedelta(days=1)).isoformat()}
    assert client_of(world.cast.cadre).post(address, days).status_code == 403
    assert client_of(world.cast.neighbour).post(address, days).status_code == 404
    client = client_of(world.cast.worker)
    answer = client.post(address, {"first_on": days["last_on"], "last_on": (today - timedelta(days=3)).isoformat()})
    assert answer.status_code == 422 and "before the first" in answer.content.decode()
    assert client.post(address, days).status_code == 302
    assert [turn.person for turn in on_duty(GRID, timezone.now())] == [world.cast.deputy]
    leave = Leave.objects.get()
    assert timezone.localtime(leave.to_at).date() == today + timedelta(days=2)
    assert client_of(world.cast.desk).post(address, days).status_code == 302


def test_a_department_officer_enters_leave_without_seeing_the_area(world: World) -> None:
    client = client_of(world.cast.handler)
    held = Appointment.objects.get(person=world.cast.handler)
    mine = client.get("/desk/appointments/").content.decode()
    assert "Water Bureau" in mine and f"/desk/appointments/{held.pk}/leave" in mine
    today = timezone.localdate().isoformat()
    answer = client.post(f"/desk/appointments/{held.pk}/leave", {"first_on": today, "last_on": today})
    assert answer["Location"] == "/desk/appointments/"
    assert "on leave until" in words(client.get("/desk/appointments/").content.decode())


def test_an_act_elsewhere_or_of_no_such_name_is_not_found(world: World) -> None:
    client = client_of(world.cast.desk)
    for address in (f"{ELSEWHERE}/rename", f"{GRID}/paint", "440881/rename", f"{ELSEWHERE}/redraw"):
        assert client.get(f"/desk/areas/{address}").status_code == 404
    assert Client().get(f"/desk/areas/{GRID}/rename").status_code == 302


def test_drawing_and_redrawing_are_told_apart(drawn: World) -> None:
    status, read = send(drawn.cast.desk, "draw", file=geojson(("x", WEST)), crs="wgs84")
    assert status == 409 and "Redraw it." in read
    status, read = send(drawn.cast.desk, "draw", SIXTH, file=geojson(("x", EAST)), crs="wgs84")
    assert status == 302 and "drew the boundary" in read
    assert send(drawn.cast.desk, "draw", VILLAGE, file=geojson(("x", EAST), ("y", WEST)), crs="wgs84")[0] == 422


def test_roles_given_at_the_door_are_those_the_rules_allow() -> None:
    from linli.people.rules import roles_to_give

    assert roles_to_give([Role.CADRE]) == []
    assert Role.SYSTEM_ADMIN not in roles_to_give([Role.DESK]) and Role.CADRE in roles_to_give([Role.DESK])
    assert roles_to_give([Role.SYSTEM_ADMIN]) == [] and roles_to_give([Role.AUDITOR]) == []
    assert set(roles_to_give([Role.SECURITY_ADMIN])) == set(Role) - {Role.RESIDENT}
