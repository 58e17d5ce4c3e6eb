"""The Chinese catalogue is complete, and the tool that says so can be believed."""

import argparse
import gettext
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django import forms
from django.core.management import load_command_class
from django.utils import translation

from linli.command import _DJANGOS_OPTIONS, WRONG_USE, _of_command, commands, run
from tools import messages

SOURCE = '''"""A module."""
from django.utils.translation import gettext as _now, gettext_lazy as _, ngettext, pgettext
_("One" " sentence.")
_now("At once.")
ngettext("%(n)s event", "%(n)s events", 2)
pgettext("verb", "Report")
_(variable)
'''
TEMPLATE = """{% load i18n %}{% translate "Desk" %}{% blocktranslate trimmed with x=y %}
  Dear {{ x }},
{% endblocktranslate %}{{ _("Quoted") }}"""
CHINESE = """One sentence.\t一句。
At once.\t马上。
%(n)s event\t%(n)s events\t%(n)s 件
Report\t上报
Desk\t工作台
Dear %(x)s,\t%(x)s：
Quoted\t引用
"""


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package with one module and one template, and the tool pointed at it."""
    package = tmp_path / "house"
    (package / "room" / "templates" / "room").mkdir(parents=True)
    (package / "room" / "models.py").write_text(SOURCE)
    (package / "room" / "templates" / "room" / "show.html").write_text(TEMPLATE)
    monkeypatch.setattr(messages, "PO", package / "django.po")
    monkeypatch.setattr(messages, "PACKAGE", package)
    monkeypatch.setattr(messages._found, "__defaults__", (package,))
    monkeypatch.setattr(messages._stale, "__defaults__", (package / "django.po",))
    return package


def _run(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setattr("sys.argv", ["messages", *arguments])
    return messages.main()


def test_every_kind_of_message_is_found_translated_and_compiled(house: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (house / "words.tsv").write_text(CHINESE)
    assert _run(monkeypatch, "--fill", str(house)) == 0
    assert _run(monkeypatch, "--check") == 0
    with (house / "django.mo").open("rb") as file:
        chinese = gettext.GNUTranslations(file)
    assert chinese.gettext("One sentence.") == "一句。"
    assert chinese.gettext("At once.") == "马上。"
    assert chinese.ngettext("%(n)s event", "%(n)s events", 1) == "%(n)s 件"
    assert chinese.pgettext("verb", "Report") == "上报"
    assert [chinese.gettext(word) for word in ("Desk", "Dear %(x)s,", "Quoted")] == ["工作台", "%(x)s：", "引用"]


@pytest.mark.parametrize("broken", ["Desk\t工作台\n", CHINESE.replace("%(x)s：", "您好：")])
def test_missing_chinese_and_other_placeholders_fail(house: Path, monkeypatch: pytest.MonkeyPatch, broken: str) -> None:
    (house / "words.tsv").write_text(broken)
    assert _run(monkeypatch, "--fill", str(house)) == 1


def test_a_message_that_changed_makes_the_catalogue_stale(house: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (house / "words.tsv").write_text(CHINESE)
    _run(monkeypatch, "--fill", str(house))
    (house / "room" / "models.py").write_text(SOURCE.replace("One", "Another"))
    assert _run(monkeypatch, "--check") == 1


def test_every_message_of_linli_is_translated() -> None:
    assert messages.check() == []


def _help_of(parser: argparse.ArgumentParser) -> Iterator[str]:
    """What a command says of itself, of its options and of its acts."""
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            yield from (str(one.help) for one in action._choices_actions)
            for act in action.choices.values():
                yield from _help_of(act)
        elif action.help and action.help is not argparse.SUPPRESS and "-h" not in action.option_strings:
            yield action.help


def test_the_help_of_every_command_is_in_the_language_of_the_home() -> None:
    with translation.override("zh-hans"):
        for name, room in commands().items():
            command = load_command_class(room, name)
            command.suppressed_base_arguments, command.requires_system_checks = _DJANGOS_OPTIONS, []
            helps = [_of_command(command), *_help_of(command.create_parser("linli", name))]
            assert [words for words in helps if not re.search("[一-龥]", words)] == [], name


def test_wrong_use_is_told_in_the_language_of_the_home(capsys: pytest.CaptureFixture[str]) -> None:
    with translation.override("zh-hans"):
        assert run(["areas", "fly"]) == WRONG_USE
        assert run(["areas", "import", "grids.geojson"]) == WRONG_USE
        told = capsys.readouterr().err
    assert "没有 'fly'，可选：'numbering'" in told
    assert "缺少参数：--code-field, --name-field" in told


class _Short(forms.Form):
    words = forms.CharField(max_length=5)
    day = forms.DateField()


def test_what_forms_say_of_themselves_is_in_our_words() -> None:
    with translation.override("zh-hans"):
        said = [str(errors[0]) for errors in _Short({"words": "太长太长太长", "day": "明天"}).errors.values()]
        assert said == ["最多 5 个字，现有 6 个，请精简。", "请填写日期，例如 2026-11-24。"]
        assert str(_Short({}).errors["day"][0]) == "请填写此项。"


def _translated() -> Iterator[messages.Message]:
    catalogue = messages._found()
    messages._keep(catalogue, messages.PO)
    yield from catalogue.values()


#: What only residents read; nobody else is addressed.
OF_RESIDENTS = re.compile(
    r"linli/web/(?:(?:public|public_forms|standing|held)\.py|templates/web/(?:home|status|_story|status_key|report|receipt)\.html)"
    r"|linli/events/rules/turning_points\.py|linli/notices/reporters\.py"
    # The app speaks to residents and grid workers by the same screens.
    r"|linli/field/templates/field/.*\.html"
    r"|linli/openness/(?:letters|views|following)\.py|linli/openness/templates/openness/.*\.html"
    r"|linli/web/templates/web/_public_foot\.html"
    r"|linli/mediation/letters\.py"
    # Whoever answers there quotes what residents read.
    r"|linli/privacy/.*"
    r"|linli/mediation/public/.*\.py|linli/mediation/templates/mediation/public/.*\.html|linli/mediation/actions/own\.py"
)


def test_the_chinese_addresses_residents_alone_and_politely() -> None:
    for message in _translated():
        assert "你" not in message.chinese
        assert "您" not in message.chinese or all(map(OF_RESIDENTS.fullmatch, message.files)), message.chinese


def test_the_chinese_is_punctuated_as_chinese() -> None:
    half = re.compile(r"[一-龥][,;:?!(]|[,;?!)][一-龥]|[一-龥]\.$")
    # A pattern to type is quoted as it is typed.
    told = [re.sub("“[经纬]度,[经纬]度”", "", message.chinese) for message in _translated()]
    assert [chinese for chinese in told if half.search(chinese)] == []


def test_a_sentence_in_english_is_a_sentence_in_chinese() -> None:
    for message in _translated():
        if message.singular.endswith("."):
            assert message.chinese.endswith(("。", "）", "”")), message.chinese
