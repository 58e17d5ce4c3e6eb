"""Every problem there is: what brings it about, where it is told, in both languages; of what is right nothing is told."""

from datetime import UTC

import pytest
from django.utils import translation

from linli.kit.cap import Alert, Message, read_alerts
from linli.kit.cap.labels import LABELS
from linli.kit.cap.problems import SAID
from linli.kit.cap.shape import MESSAGE_TYPES, SEVERITIES, STATUSES
from linli.kit.cap.tests.messages import WARNING, changed

#: Code, where it is told, and the changes that bring it about.
CASES: list[tuple[str, str, tuple[tuple[str, str], ...]]] = [
    ("no_such_version", "", (("cap:1.2", "cap:1.0"),)),
    ("no_such_version", "", (("urn:oasis:names:tc:emergency:cap:1.2", "urn:other"),)),
    ("missing", "identifier", (("<identifier>44088141600000_20260501080000_1</identifier>", ""),)),
    ("missing", "sender", (("meteo@lianjiang.example", " "),)),
    ("missing", "sent", (("<sent>2026-05-01T08:00:00+08:00</sent>", ""),)),
    ("missing", "scope", (("<scope>Public</scope>", ""),)),
    ("unknown_kind", "status", (("Actual", "Perhaps"),)),
    ("unknown_kind", "msgType", ((">Alert<", ">Warning<"),)),
    ("unknown_kind", "scope", ((">Public<", ">Everybody<"),)),
    ("no_sent", "sent", (("<sent>2026-05-01", "<sent>2026-02-30"),)),
    ("no_sent", "sent", (("<sent>2026-05-01T08:00:00+08:00", "<sent>yesterday"),)),
    ("name_too_long", "sender", (("meteo@lianjiang.example", "m" * 501),)),
    ("no_namespace", "", ((' xmlns="urn:oasis:names:tc:emergency:cap:1.2"', ""),)),
    ("unknown_element", "colour", (("<scope>", "<colour>red</colour><scope>"),)),
    ("unknown_element", "info[1]/area[1]/shape", (("<areaDesc>", "<shape/><areaDesc>"),)),
    ("twice", "status", (("<status>", "<status>Test</status><status>"),)),
    ("empty", "info[1]/area[1]/polygon[1]", (("<polygon>", "<polygon/><polygon>"),)),
    ("empty", "info[1]/onset", (("2026-05-01T10:00:00+08:00", ""),)),
    ("too_long", "info[1]/headline", (("橙色预警", "雨" * 2001),)),
    ("too_many", "info[1]/category", (("<category>", "<category>Geo</category>" * 50 + "<category>"),)),
    ("other_case", "status", (("Actual", "actual"),)),
    ("unknown_value", "info[1]/category[1]", ((">Met<", ">Rain<"),)),
    ("unknown_value", "info[1]/urgency", (("Expected", "Soon"),)),
    ("old_value", "info[1]/certainty", (("Likely", "Very Likely"),)),
    ("colour_as_severity", "info[1]/severity", (("Severe", "橙色"),)),
    ("signs_in_name", "identifier", (("44088141600000_20260501080000_1", "warning 7"),)),
    ("signs_in_name", "sender", (("meteo@lianjiang.example", "meteo,lianjiang"),)),
    ("no_restriction", "restriction", ((">Public<", ">Restricted<"),)),
    ("no_addresses", "addresses", ((">Public<", ">Private<"),)),
    *(("no_references", "references", ((">Alert<", f">{kind}<"),)) for kind in ("Update", "Cancel", "Ack", "Error")),
    ("bad_reference", "references", (("<info>", "<references>meteo,1</references><info>"),)),
    ("bad_reference", "references", (("<info>", "<references>meteo,1,soon</references><info>"),)),
    (
        "refers_to_itself",
        "references",
        (
            (
                "<info>",
                "<references>meteo@lianjiang.example,44088141600000_20260501080000_1,2026-05-01T00:00:00-00:00</references><info>",
            ),
        ),
    ),
    ("no_note", "note", (("Actual", "Exercise"),)),
    ("no_note", "note", ((">Alert<", ">Error<"),)),
    ("open_quotation", "incidents", (("<info>", '<incidents>"one two</incidents><info>'),)),
    ("bad_time", "info[1]/onset", (("T10:00:00+08:00", "T25:00:00+08:00"),)),
    ("bad_time", "info[1]/onset", (("T10:00:00+08:00", "T10:00:00+15:00"),)),
    ("bad_time", "info[1]/onset", (("2026-05-01T10", "9999-12-31T10"),)),
    ("no_time_zone", "sent", (("<sent>2026-05-01T08:00:00+08:00", "<sent>2026-05-01T08:00:00"),)),
    ("letter_as_zone", "sent", (("<sent>2026-05-01T08:00:00+08:00", "<sent>2026-05-01T00:00:00Z"),)),
    ("time_form", "info[1]/onset", (("2026-05-01T10:00:00+08:00", "2026-05-01 10:00+0800"),)),
    ("expires_early", "info[1]/expires", (("2026-05-01T20", "2026-04-01T20"),)),
    ("expires_early", "info[1]/expires", (("2026-05-01T20", "2026-05-01T09"),)),
    ("missing_here", "info[1]/event", (("<event>暴雨</event>", ""),)),
    ("missing_here", "info[1]/area[1]/areaDesc", (("廉江市石城镇", ""),)),
    ("missing_here", "info[1]/resource[1]/mimeType", (("<mimeType>image/png</mimeType>", ""),)),
    ("bad_language", "info[1]/language", (("zh-CN", "Chinese (simplified)"),)),
    ("bad_address", "info[1]/web", (("https://www.example.org/warning?id=1", "javascript:alert(1)"),)),
    ("bad_address", "info[1]/web", (("https://www.example.org/warning?id=1", "http://[::1"),)),
    ("bad_address", "info[1]/resource[1]/uri", (("radar.png", "file:///etc/passwd"),)),
    ("no_value_name", "info[1]/area[1]/geocode[1]", (("<valueName>GB/T 2260</valueName>", ""),)),
    ("bad_mime_type", "info[1]/resource[1]/mimeType", (("image/png", "picture"),)),
    ("bad_size", "info[1]/resource[1]/size", (("1000", "9" * 400),)),
    ("bad_digest", "info[1]/resource[1]/digest", (("da39a3ee", "zz39a3ee"),)),
    ("bad_point", "info[1]/area[1]/polygon[1]", (("21.6,110.3 ", "21.6, "),)),
    ("bad_point", "info[1]/area[1]/polygon[1]", (("21.6,110.3 ", "NaN,1e999 "),)),
    ("swapped_point", "info[1]/area[1]/polygon[1]", (("21.5,110.2 21.6,110.2", "110.2,21.5 110.2,21.6"),)),
    (
        "arctic_china",
        "info[1]/area[1]/polygon[1]",
        ((WARNING.partition("<polygon>")[2].partition("<")[0], "80,40 81,40 81,41 80,40"),),
    ),
    ("few_points", "info[1]/area[1]/polygon[1]", (("21.6,110.2 21.6,110.3 ", ""),)),
    ("not_closed", "info[1]/area[1]/polygon[1]", (("110.3 21.5,110.2", "110.3 21.5,110.25"),)),
    ("bad_circle", "info[1]/area[1]/circle[1]", (("21.61,110.29 5", "21.61,110.29"),)),
    ("bad_radius", "info[1]/area[1]/circle[1]", (("21.61,110.29 5", "21.61,110.29 -5"),)),
    ("bad_radius", "info[1]/area[1]/circle[1]", (("21.61,110.29 5", "21.61,110.29 99999"),)),
    ("bad_number", "info[1]/area[1]/ceiling", (("<ceiling>500<", "<ceiling>high<"),)),
    ("ceiling_alone", "info[1]/area[1]/ceiling", (("<altitude>10</altitude>", ""),)),
    ("id_length", "identifier", (("_20260501080000_1", "_20260501080000"),)),
    ("id_division", "identifier", (("<identifier>44", "<identifier>99"),)),
    ("id_time", "identifier", (("_20260501080000_1", "_20261301080000_1"),)),
    ("id_number", "identifier", (("_20260501080000_1", "_20260501080000_a"),)),
]


def read(content: bytes) -> Message:
    found = read_alerts(content, UTC)
    assert len(found.messages) == 1
    return found.messages[0]


def alert_of(content: bytes) -> Alert:
    alert = read(content).alert
    assert alert is not None
    return alert


def test_what_is_right_is_told_nothing_of() -> None:
    message = read(changed())
    assert message.problems == () and message.alert is not None


@pytest.mark.parametrize(("code", "where", "changes"), CASES, ids=lambda value: value if isinstance(value, str) else "")
def test_what_differs_is_told_with_its_place_and_nothing_else_is(
    code: str, where: str, changes: tuple[tuple[str, str], ...]
) -> None:
    message = read(changed(*changes))
    told = [(problem.code, problem.where) for problem in message.problems]
    # An error lacks both: references and a note.
    beside = {("no_references", "references"), ("no_note", "note")} if ">Error<" in str(changes) else set()
    assert (code, where) in told and set(told) <= {(code, where)} | beside
    assert (message.alert is None) == SAID[code].is_fatal


def test_every_problem_there_is_has_a_case() -> None:
    assert {code for code, _where, _changes in CASES} == set(SAID)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_problem_is_a_sentence_with_the_facts_in_it(language: str) -> None:
    with translation.override(language):
        for code, _where, changes in CASES:
            problem = next(one for one in read(changed(*changes)).problems if one.code == code)
            assert "%(" not in problem.words and len(problem.words) > 5 and problem.source


def test_a_problem_names_the_line_of_the_file() -> None:
    line = WARNING[: WARNING.index("<circle>")].count("\n") + 1
    (problem,) = read(changed(("110.29 5", "110.29 -5"))).problems
    assert (problem.where, problem.line) == ("info[1]/area[1]/circle[1]", line)
    (problem,) = read(changed(("<areaDesc>廉江市石城镇</areaDesc>", ""))).problems
    assert problem.line == WARNING[: WARNING.index("<area>")].count("\n") + 1


def test_a_private_message_with_addresses_and_an_exercise_with_a_note_are_right() -> None:
    to_two = '<addresses>"综治 中心" duty@example.org</addresses><note>演练三</note><info>'
    alert = alert_of(changed((">Public<", ">Private<"), ("Actual", "Exercise"), ("<info>", to_two)))
    assert alert.addresses == ("综治 中心", "duty@example.org") and not alert.is_real
    assert (
        read(changed((">Public<", ">Restricted<"), ("<info>", "<restriction>村干部</restriction><info>"))).problems
        == ()
    )


def test_a_moment_without_a_zone_is_that_of_the_home_and_one_with_z_is_utc() -> None:
    bare = read_alerts(changed(("<sent>2026-05-01T08:00:00+08:00", "<sent>2026-05-01T08:00:00"))).messages[0].alert
    zulu = alert_of(changed(("<sent>2026-05-01T08:00:00+08:00", "<sent>2026-05-01T00:00:00Z")))
    assert bare is not None and bare.sent_at == zulu.sent_at == alert_of(changed()).sent_at


def test_a_shape_that_could_be_another_ground_is_left_out_and_the_others_stay() -> None:
    (info,) = alert_of(changed(("21.5,110.2 21.6,110.2", "110.2,21.5 110.2,21.6"))).infos
    assert info.areas[0].polygons == () and info.areas[0].circles[0].center == (110.29, 21.61)


def test_a_ring_that_was_not_closed_is_closed() -> None:
    (ring,) = alert_of(changed(("110.3 21.5,110.2", "110.3 21.5,110.25"))).infos[0].areas[0].polygons
    assert ring == ((110.2, 21.5), (110.2, 21.6), (110.3, 21.6), (110.25, 21.5), (110.2, 21.5))


def test_an_address_that_is_none_of_the_web_never_comes_through() -> None:
    for address in ("javascript:alert(1)", "data:text/html,x", "//example.org/x", "http://", "ftp://example.org/"):
        assert alert_of(changed(("https://www.example.org/warning?id=1", address))).infos[0].web == ""


@pytest.mark.parametrize(
    ("headline", "colour"), [("暴雨红色预警", "red"), ("发布高温橙色预警信号", "orange"), ("蓝色的天", "")]
)
def test_the_colour_of_a_warning_is_read_from_its_headline(headline: str, colour: str) -> None:
    assert alert_of(changed(("廉江市气象台发布暴雨橙色预警", headline))).infos[0].colour == colour


def test_a_message_of_nothing_but_faults_is_told_of_to_a_limit() -> None:
    faults = "<x/>" + "<area><circle>x</circle></area>" * 900
    message = read(changed(("</info>", f"{faults}</info>")))
    assert len(message.problems) == 200


def test_every_word_of_status_type_and_severity_has_a_label() -> None:
    assert set(LABELS) == {*STATUSES, *MESSAGE_TYPES, *SEVERITIES}
