"""The documents say what the code does: words, commands, options, and files that exist."""

import argparse
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import load_command_class
from django.utils import translation

from linli.areas.models import Kind
from linli.command import _DJANGOS_OPTIONS, commands
from linli.events.forms import ACTS
from linli.events.rules import STEP_NAMES, State
from linli.people.rules import Role

CHECKOUT = Path(__file__).resolve().parent.parent
PACKAGE = CHECKOUT / "linli"
PAGES = [CHECKOUT / "README.md", CHECKOUT / "README.zh-CN.md", *sorted((CHECKOUT / "docs").glob("*.md"))]
#: Sections of the glossary to what the code has: each word of it with what the pages show for it.
WORDS = {
    "Kinds of area": {kind.value: kind.label for kind in Kind},
    "Roles": {role.value: role.label for role in Role},
    "States": {state.value: state.label for state in State},
    "Steps": {name: ACTS[name].label for name in STEP_NAMES},
}


def _section(title: str) -> dict[str, str]:
    """The words of a section of the glossary, from code to Chinese."""
    text = (CHECKOUT / "docs" / "glossary.md").read_text(encoding="utf-8")
    body = text.partition(f"\n## {title}\n")[2].partition("\n## ")[0]
    rows = [line.split("|")[1:3] for line in body.splitlines() if line.startswith("| ")]
    return {code.strip(" `"): chinese.strip() for chinese, code in rows if "`" in code}


@pytest.mark.parametrize("title", WORDS)
def test_the_glossary_has_every_word_as_the_pages_show_it(title: str) -> None:
    with translation.override("zh-hans"):
        shown = {code: str(label) for code, label in WORDS[title].items()}
    assert _section(title) == shown


def _parser(name: str) -> argparse.ArgumentParser:
    command = load_command_class(commands()[name], name)
    command.suppressed_base_arguments, command.requires_system_checks = _DJANGOS_OPTIONS, []
    return command.create_parser("linli", name)


def _acts(parser: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser]:
    """The acts of a command by name; the command itself under no name if it has none."""
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            return dict(action.choices)
    return {"": parser}


def _options(parser: argparse.ArgumentParser) -> set[str]:
    shown = (action for action in parser._actions if action.help is not argparse.SUPPRESS)
    return {option for action in shown for option in action.option_strings if option.startswith("--")} - {"--help"}


def _lines() -> dict[str, set[str]]:
    """What can be typed: command and act, with the options they take."""
    return {
        f"{name} {act}".strip(): _options(parser) for name in commands() for act, parser in _acts(_parser(name)).items()
    }


def test_operation_md_names_every_command_with_its_options() -> None:
    rows = [
        line for line in (CHECKOUT / "docs" / "operation.md").read_text("utf-8").splitlines() if line.startswith("| `")
    ]
    for line, options in _lines().items():
        described = [row for row in rows if re.search(rf"`linli {line}(?=[ `])", row)]
        assert described, line
        assert [option for option in options if option not in " ".join(described)] == [], line


def _mentioned() -> Iterator[tuple[str, str]]:
    """Every command line in the documents, and where it stands."""
    for path in PAGES:
        text = path.read_text(encoding="utf-8")
        spans = re.findall(r"`linli ([^`]+)`", text) + re.findall(r"\.venv/bin/linli (.+)", text)
        yield from ((path.name, span) for span in spans)


def test_no_document_names_a_command_or_option_that_does_not_exist() -> None:
    known = _lines()
    mentioned = [(page, span.split()) for page, span in _mentioned()]
    assert len(mentioned) > 15
    for page, (name, *rest) in mentioned:
        if rest == ["…"]:
            rest = [act for act in _acts(_parser(name)) if act][:1]
        line = next((one for one in (f"{name} {rest[0]}" if rest else "", name) if one in known), None)
        assert line is not None, (page, name, rest)
        unknown = {word for word in rest if word.startswith("--")} - known[line] - {"--help"}
        assert not unknown, (page, line, unknown)


def test_files_named_in_the_documents_exist() -> None:
    for path in PAGES:
        named = re.findall(r"`((?:[\w-]+/)+[\w-]+\.[a-z]+)`", path.read_text(encoding="utf-8"))
        assert [one for one in named if not (CHECKOUT / one).exists() and not (PACKAGE / one).exists()] == [], path.name


def _shape(path: Path) -> tuple[list[str], list[str], list[int]]:
    """What two languages have in common: links, commands, and the rows of each section."""
    text = path.read_text(encoding="utf-8")
    links = [link for link in re.findall(r"\]\(([^)]+)\)", text) if not link.startswith("README")]
    commands = [line.partition(" #")[0].rstrip() for line in re.findall(r"^(?:make|LINLI_HOME=).*", text, re.M)]
    return links, commands, [section.count("\n| ") for section in text.split("\n## ")]


def test_both_readmes_say_the_same() -> None:
    assert _shape(CHECKOUT / "README.md") == _shape(CHECKOUT / "README.zh-CN.md")


def test_links_between_documents_lead_somewhere() -> None:
    for path in PAGES:
        targets = re.findall(r"\]\((?!https?:)([^)#]+)", path.read_text(encoding="utf-8"))
        assert [target for target in targets if not (path.parent / target).exists()] == [], path.name
