"""What linli does not do is absent: no field, no table and no import by which it could be done.

Sources: the section "What linli does not do" of the README; the words are whole words of names, in English and pinyin.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps

PACKAGE = Path(__file__).resolve().parent.parent / "linli"

#: Whole words of a table's or field's name, and what they would do. `_` parts words; several words must stand together.
FORBIDDEN_NAMES = {
    "identify a person by the body": (
        "face faces facial faceprint gait dna genome voiceprint voice_print iris fingerprint palmprint biometric "
        "biometrics renlian buxing shengwen"
    ),
    "watch or follow a person": (
        "watchlist watch_list blacklist blocklist key_person key_people key_personnel focus_person zhongdian_renyuan "
        "petitioner petitioners shangfang xinfang wei_wen weiwen track tracks trajectory trace guiji last_seen "
        "last_position heartbeat_position whereabouts"
    ),
    "rate a person": (
        "score scores scoring points credit credit_score social_credit ranking rank ranks leaderboard jifen paiming "
        "performance kpi quota quotas target_count mileage kilometres odometer online_time online_hours idle_time "
        "login_hours attendance_rate"
    ),
    "hold what identifies without need": (
        "id_card id_number identity_number identity_card national_id citizen_id shenfenzheng passport_number "
        "ethnicity ethnic_group nation minzu religion political_status hukou blood_type"
    ),
    "listen in or block": (
        "wiretap intercept imei imsi mac_address keyword_alert sentiment opinion_monitoring yuqing sensitive_words "
        "banned_words censored minganci"
    ),
    "take over whom a person knows": "address_book phone_book phonebook contact_list friends tongxunlu",
}
#: Libraries that recognise persons or follow them.
FORBIDDEN_IMPORTS = {
    "face_recognition", "insightface", "deepface", "dlib", "mediapipe", "facenet_pytorch", "retinaface", "mtcnn",
    "speechbrain", "resemblyzer", "pyannote", "opengait", "deface", "cv2", "scapy", "pyshark", "mitmproxy",
}  # fmt: skip

#: The one exception: finding that there is a face, to cover it before a photo is public. Of that library, this much.
COVERS = PACKAGE / "kit" / "media" / "faces.py"
COVERING_USES = {"dnn", "setNumThreads"}


def _names() -> Iterator[tuple[str, str]]:
    """Every table and field of linli's own models, with its name in words."""
    for model in apps.get_models():
        if model.__module__.startswith("linli."):
            yield model.__name__, re.sub(r"(?<!^)(?=[A-Z])", "_", model.__name__).lower()
            for field in model._meta.get_fields():
                yield f"{model.__name__}.{field.name}", field.name.lower()


def _forbidden(name: str) -> str | None:
    """What a field of this name would do; None if nothing is wrong with it."""
    padded = f"_{name}_"
    for doing, words in FORBIDDEN_NAMES.items():
        if any(f"_{word}_" in padded for word in words.split()):
            return doing
    return None


def test_no_table_or_field_could_do_what_linli_does_not_do() -> None:
    found = [f"{where} would {doing}" for where, name in _names() if (doing := _forbidden(name))]
    assert found == []


def test_no_module_imports_a_library_that_recognises_or_follows_persons() -> None:
    found = []
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            modules = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            modules += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            modules = [module for module in modules if (path, module) != (COVERS, "cv2")]
            found += [f"{path.name}: {module}" for module in modules if module.split(".")[0] in FORBIDDEN_IMPORTS]
    assert found == []


def test_of_a_face_is_only_asked_where_it_is() -> None:
    """Nothing that measures or compares faces, and nothing kept: the answers leave the module as boxes alone."""
    tree = ast.parse(COVERS.read_text(encoding="utf-8"))
    used = {
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "cv2"
    }
    assert used <= COVERING_USES
    own = {name.name for node in ast.walk(tree) if isinstance(node, ast.ImportFrom | ast.Import) for name in node.names}
    assert not own & {"models", "Model", "store", "record"}


#: What a browser could tell of a person that nobody here asks it, and the one place where the position is followed: while a
#: report is being written, so that its place gets exact.
NEVER_ASKED = re.compile(
    r"navigator\.contacts|getDisplayMedia|watchPosition|navigator\.bluetooth|NDEFReader|enumerateDevices|getBattery"
    r"|IdleDetector|DeviceMotionEvent"
)
WHILE_WRITING = PACKAGE / "field" / "static" / "field" / "js" / "place.js"


def test_no_page_asks_the_browser_for_what_would_follow_or_harvest() -> None:
    found = {
        (path.relative_to(PACKAGE).as_posix(), match.group())
        for path in PACKAGE.rglob("*.js")
        if "vendor" not in path.parts
        for match in NEVER_ASKED.finditer(path.read_text(encoding="utf-8"))
    }
    assert found <= {(WHILE_WRITING.relative_to(PACKAGE).as_posix(), "watchPosition")}
    # It ends by itself, and what is kept is the one place of the report.
    assert "clearWatch" in WHILE_WRITING.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["face", "face_feature", "worker_score", "online_time", "id_card", "key_person_level"])
def test_the_sweep_finds_forbidden_names(name: str) -> None:
    assert _forbidden(name)


@pytest.mark.parametrize("name", ["surface", "area", "national_code", "facade", "standpoint"])
def test_the_sweep_leaves_other_words_alone(name: str) -> None:
    assert _forbidden(name) is None


def test_people_hold_no_more_than_they_need() -> None:
    from linli.people.models import Person

    fields = {field.name for field in Person._meta.concrete_fields}
    allowed = {
        "id", "password", "last_login", "username", "name", "telephone", "is_active", "joined_at", "language",
    }  # fmt: skip
    assert fields <= allowed, f"A person's file grew by {fields - allowed}: is it needed, and for what?"
