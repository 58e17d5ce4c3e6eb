"""The house is in order: what every file keeps to, whoever writes it."""

import ast
import re
import subprocess
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parent.parent
MODULES = sorted((CHECKOUT / "linli").rglob("*.py"))
#: Folders of one machine, and registries. With brackets, so that this file keeps to its own rule.
ELSEWHERE = re.compile(
    "/roo[t]/|/hom[e]/[a-z]|/wor[k]/|/tm[p]/[a-z]|pyp[i][.]org|pythonhoste[d][.]org|npmj[s][.]org|npmmirro[r][.]com"
)
#: What differs on the oldest Python we promise, that of Debian 12 (3.11.2): tarfile without filters, and possessive loops and
#: atomic groups of patterns that go a byte too far.
NOT_ON_DEBIAN = re.compile(r"""\.extractall\(|\(\?>|[\])}*?][*+?]\+["')|]|[\])}][*?]\+""")
VAGUE = {"utils", "common", "helpers", "manager", "service", "services", "data", "info"}
#: What a rules.py may take from Django: names for choices, and words.
CHOICES = {"TextChoices", "IntegerChoices"}
PURE = {"django.db": {"models"}, "django.db.models": CHOICES, "django.utils.translation": {"gettext_lazy"}}


def _tracked() -> list[Path]:
    """The files of the repository; outside of one, what a source archive holds."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=CHECKOUT, capture_output=True, check=False)
    if listed.returncode:
        pytest.skip("This is no git checkout: which files belong to it cannot be told.")
    return [path for name in listed.stdout.decode().split("\0") if name and (path := CHECKOUT / name).is_file()]


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return ""


def test_no_file_names_a_machine_or_a_registry() -> None:
    found = [
        f"{path.relative_to(CHECKOUT)}:{number}: {line.strip()[:100]}"
        for path in _tracked()
        if "vendor" not in path.parts
        for number, line in enumerate(_text(path).splitlines(), 1)
        if ELSEWHERE.search(line)
    ]
    assert found == []


def test_nothing_is_used_that_differs_on_the_python_of_debian() -> None:
    found = [
        f"{path.relative_to(CHECKOUT)}:{number}: {line.strip()[:100]}"
        for path in MODULES
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if NOT_ON_DEBIAN.search(line)
    ]
    assert found == []


def test_locks_name_hashes_and_no_host() -> None:
    for path in (CHECKOUT / "requirements").glob("*.lock"):
        lock = path.read_text()
        assert "://" not in lock
        assert lock.count("==") <= lock.count("--hash=sha256:")


def test_every_module_says_what_it_is_for() -> None:
    silent = [
        str(path.relative_to(CHECKOUT))
        for path in MODULES
        if path.stat().st_size and "migrations" not in path.parts
        if not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert silent == []


def test_every_module_can_be_read_in_one_sitting() -> None:
    long = {
        str(path.relative_to(CHECKOUT)): lines
        for path in MODULES
        if "migrations" not in path.parts and (lines := path.read_text(encoding="utf-8").count("\n")) > 450
    }
    assert long == {}


def test_no_module_has_a_name_that_says_nothing() -> None:
    assert [str(path) for path in MODULES if {path.stem, path.parent.name} & VAGUE] == []


def test_every_setting_is_documented() -> None:
    read = {
        name for path in MODULES for name in re.findall(r"[\"'](LINLI_[A-Z_]+)[\"']", path.read_text(encoding="utf-8"))
    }
    documented = (CHECKOUT / "docs" / "settings.md").read_text(encoding="utf-8")
    # A run of the tests says by this where its folder is.
    assert sorted(name for name in read - {"LINLI_TEST_RUN"} if name not in documented) == []


RULES = sorted({*(CHECKOUT / "linli").glob("*/rules.py"), *(CHECKOUT / "linli").glob("*/rules/*.py")})


@pytest.mark.parametrize("path", RULES, ids=lambda path: str(path.relative_to(CHECKOUT / "linli")))
def test_rules_know_neither_database_nor_clock_nor_request(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    imports = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    for node in imports:
        module, names = node.module or "", {alias.name for alias in node.names}
        assert not re.fullmatch(r"linli\.\w+\.(models|actions|views|forms)(\..*)?", module), module
        assert not module.startswith("django.") or names <= PURE.get(module, set()), (module, names)
    taken = {
        node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "models"
    }
    assert taken <= CHOICES
    calls = {ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    assert not {call for call in calls if call.endswith((".now", ".today", ".utcnow"))}


def test_every_icon_is_in_the_sprite() -> None:
    sprite = set(re.findall(r'<symbol id="([\w-]+)"', _text(CHECKOUT / "linli/web/static/vendor/lucide.svg")))
    used = {
        name: path.name
        for pattern, files in (
            (r'{% icon "([\w-]+)"', "*/templates/**/*.html"),
            (r'"icon": *"([\w-]+)"', "events/packs/*.json"),
        )
        for path in (CHECKOUT / "linli").glob(files)
        for name in re.findall(pattern, path.read_text(encoding="utf-8"))
    }
    assert {name: file for name, file in used.items() if name not in sprite} == {}


def test_no_page_holds_script_or_style() -> None:
    found = [
        f"{path.relative_to(CHECKOUT)}: {match.group()}"
        for path in (CHECKOUT / "linli").glob("*/templates/**/*.html")
        for match in re.finditer(
            r"<script(?![^>]*\bsrc=)[^>]*>|<style|\sstyle=|\son[a-z]+=\"", path.read_text(encoding="utf-8")
        )
        if 'type="application/json"' not in match.group()
    ]
    assert found == []
