r"""Keeps the Chinese catalogue: finds every message in code and templates, and tells what is not translated.

`python -m tools.messages` rewrites django.po and django.mo from the sources, keeping what is translated; `--fill DIR`
takes translations from *.tsv files there (`message<TAB>中文`, or `singular<TAB>plural<TAB>中文`; a line break is
written \n); `--check` writes nothing and fails if anything is missing, stale, or has other placeholders than its
message. Needs Babel alone, not GNU gettext. Nothing in the files depends on the day or the machine.
"""

import argparse
import io
import re
import struct
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from babel.messages.extract import extract_python
from babel.messages.pofile import read_po
from django.utils.translation.template import templatize

CHECKOUT = Path(__file__).resolve().parent.parent
PACKAGE = CHECKOUT / "linli"
PO = PACKAGE / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
HEADER = "Language: zh_Hans\nContent-Type: text/plain; charset=UTF-8\nPlural-Forms: nplurals=1; plural=0;\n"
PLAIN = {"_", "gettext", "gettext_lazy", "gettext_noop"}
PLURAL = {"ngettext", "ngettext_lazy"}
CONTEXT = {"pgettext", "pgettext_lazy"}
CONTEXT_PLURAL = {"npgettext", "npgettext_lazy"}
#: A second name for a plain one, where `_` is the lazy one.
ALIAS = re.compile(r"\bgettext(?:_lazy|_noop)? as (\w+)")
PLACEHOLDER = re.compile(r"%\((\w+)\)[sdr]|%[sdr]|\{(\w*)\}")


@dataclass
class Message:
    """One message: what the sources say, where, and the Chinese for it; empty while there is none."""

    singular: str
    plural: str = ""
    context: str = ""
    chinese: str = ""
    files: set[str] = field(default_factory=set)

    @property
    def key(self) -> tuple[str, str]:
        """By what gettext looks it up."""
        return self.context, self.singular


Catalogue = dict[tuple[str, str], Message]


def main() -> int:
    """Update or check; 1 when the catalogue is not complete."""
    parser = argparse.ArgumentParser(prog="python -m tools.messages", description=__doc__.partition("\n")[0])
    parser.add_argument(
        "--check", action="store_true", help="write nothing; fail unless all is translated and compiled"
    )
    parser.add_argument("--fill", type=Path, metavar="DIR", help="take translations from the *.tsv files there")
    options = parser.parse_args()
    catalogue = _found()
    _keep(catalogue, PO)
    notes = _fill(catalogue, options.fill) if options.fill else []
    problems = _problems(catalogue)
    if options.check:
        problems += _stale(catalogue)
    else:
        PO.parent.mkdir(parents=True, exist_ok=True)
        PO.write_text(_po(catalogue), encoding="utf-8")
        PO.with_suffix(".mo").write_bytes(_mo(catalogue))
    for line in [*notes, *problems]:
        print(line, file=sys.stderr)
    print(f"{len(catalogue)} messages, {sum(not message.chinese for message in catalogue.values())} without Chinese")
    return int(bool(problems))


def check(package: Path = PACKAGE, po: Path = PO) -> list[str]:
    """What is wrong with the catalogue, in plain lines; empty when it is complete."""
    catalogue = _found(package)
    _keep(catalogue, po)
    return _problems(catalogue) + _stale(catalogue, po)


def _found(package: Path = PACKAGE) -> Catalogue:
    """Every message of the package's code and templates; tests and migrations show nothing to people."""
    catalogue: Catalogue = {}
    for path in sorted(
        [*package.rglob("*.py"), *package.glob("*/templates/**/*.html"), *package.glob("*/templates/**/*.txt")]
    ):
        if {"tests", "migrations"} & set(path.relative_to(package).parts):
            continue
        source = path.read_text(encoding="utf-8")
        name = path.relative_to(package.parent).as_posix()
        for message in _extract(source if path.suffix == ".py" else _as_code(source, name)):
            known = catalogue.setdefault(message.key, message)
            known.plural = known.plural or message.plural
            known.files.add(name)
    return catalogue


def _as_code(template: str, name: str) -> str:
    """The messages of a template as calls; in brackets, where indentation means nothing."""
    return f"({templatize(template, origin=name)}\n)"


def _extract(source: str) -> Iterator[Message]:
    keywords = dict.fromkeys(PLAIN | PLURAL | CONTEXT | CONTEXT_PLURAL | set(ALIAS.findall(source)))
    for _line, function, given, _comments in extract_python(io.BytesIO(source.encode()), keywords, [], {}):
        words: list[str | None] = [given] if isinstance(given, str) or given is None else list(given)
        context = words.pop(0) if function in CONTEXT | CONTEXT_PLURAL else ""
        plural = words[1] if function in PLURAL | CONTEXT_PLURAL and len(words) > 1 else ""
        # What is put together while running (None here) cannot be looked up, so it is no message.
        if words and words[0]:
            yield Message(words[0], plural or "", context or "")


def _keep(catalogue: Catalogue, po: Path) -> None:
    """Take over what is translated already."""
    if not po.exists():
        return
    with po.open("rb") as file:
        for entry in read_po(file, locale="zh_Hans"):
            singular = entry.id if isinstance(entry.id, str) else entry.id[0]
            chinese = entry.string if isinstance(entry.string, str) else (entry.string or [""])[0]
            known = catalogue.get((entry.context or "", singular))
            if known and not entry.fuzzy:
                known.chinese = chinese


def _fill(catalogue: Catalogue, folder: Path) -> list[str]:
    """Take translations from the *.tsv files of a folder; what could not be used, in plain lines."""
    notes = []
    taken: dict[str, str] = {}
    for path in sorted(folder.glob("*.tsv")):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            cells = [cell.replace("\\n", "\n") for cell in line.split("\t")]
            if not line.strip():
                continue
            if len(cells) not in (2, 3) or not cells[0] or not cells[-1]:
                notes.append(f"{path.name}, line {number}: two or three columns are needed")
                continue
            if taken.setdefault(cells[0], cells[-1]) != cells[-1]:
                notes.append(
                    f"{path.name}, line {number}: {cells[0]!r} is {taken[cells[0]]} elsewhere, {cells[-1]} here"
                )
    for message in catalogue.values():
        message.chinese = taken.get(message.singular, message.chinese)
    unused = taken.keys() - {message.singular for message in catalogue.values()}
    return notes + [f"no such message: {singular!r}" for singular in sorted(unused)]


def _problems(catalogue: Catalogue) -> list[str]:
    problems = []
    for message in catalogue.values():
        where = ", ".join(sorted(message.files))
        if not message.chinese:
            problems.append(f"{where}: not translated: {message.singular!r}")
        elif _placeholders(message.plural or message.singular) != _placeholders(message.chinese):
            problems.append(f"{where}: other placeholders in {message.chinese!r} than in {message.singular!r}")
    return problems


def _placeholders(text: str) -> list[str]:
    return sorted({match.group() for match in PLACEHOLDER.finditer(text.replace("%%", ""))})


def _stale(catalogue: Catalogue, po: Path = PO) -> list[str]:
    mo = po.with_suffix(".mo")
    is_current = (
        po.exists()
        and mo.exists()
        and po.read_text(encoding="utf-8") == _po(catalogue)
        and mo.read_bytes() == _mo(catalogue)
    )
    return [] if is_current else ["The catalogue is not up to date with the sources: run `make messages`."]


def _po(catalogue: Catalogue) -> str:
    """The catalogue as text, sorted, with the files of each message but no line numbers: they change daily."""
    blocks = ['msgid ""\nmsgstr ""\n' + "".join(f"{_quoted(line)}\n" for line in HEADER.splitlines(keepends=True))]
    for _key, message in sorted(catalogue.items()):
        lines = [f"#: {name}" for name in sorted(message.files)]
        lines += [f"msgctxt {_quoted(message.context)}"] * bool(message.context)
        lines += [f"msgid {_quoted(message.singular)}"]
        lines += [f"msgid_plural {_quoted(message.plural)}"] * bool(message.plural)
        lines += [f"msgstr{'[0]' * bool(message.plural)} {_quoted(message.chinese)}"]
        blocks.append("\n".join(lines) + "\n")
    return "\n".join(blocks)


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
    return f'"{escaped}"'


def _mo(catalogue: Catalogue) -> bytes:
    """The compiled catalogue; layout: GNU gettext manual, "The Format of GNU MO Files"."""
    entries = {b"": HEADER.encode()}
    for message in catalogue.values():
        if message.chinese:
            key = "\x04".join(filter(None, [message.context, message.singular]))
            entries["\0".join(filter(None, [key, message.plural])).encode()] = message.chinese.encode()
    pairs = sorted(entries.items())
    head = 7 * 4
    begin = head + 16 * len(pairs)
    originals: list[int] = []
    translations: list[int] = []
    text = b""
    for column, table in ((0, originals), (1, translations)):
        for pair in pairs:
            table += [len(pair[column]), begin + len(text)]
            text += pair[column] + b"\0"
    numbers = [0x950412DE, 0, len(pairs), head, head + 8 * len(pairs), 0, begin, *originals, *translations]
    return struct.pack(f"<{len(numbers)}I", *numbers) + text


if __name__ == "__main__":
    sys.exit(main())
