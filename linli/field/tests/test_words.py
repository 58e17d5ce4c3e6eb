"""The scripts of the app say only what its page has words for, and draw only screens that are there."""

import re
from pathlib import Path

FIELD = Path(__file__).resolve().parent.parent
SCRIPTS = {path: path.read_text(encoding="utf-8") for path in (FIELD / "static/field/js").rglob("*.js")}
PAGE = "\n".join(path.read_text(encoding="utf-8") for path in (FIELD / "templates/field").rglob("*.html"))


def test_every_word_that_a_script_says_is_on_the_page() -> None:
    words = set(re.findall(r'data-word="(\w+)"', PAGE))
    said = {(path.name, word) for path, text in SCRIPTS.items() for word in re.findall(r'\bsay\("(\w+)"', text)}
    assert {(file, word) for file, word in said if word not in words} == set()


def test_every_word_of_the_page_is_said_by_some_script() -> None:
    scripts = "\n".join(SCRIPTS.values())
    families = set(re.findall(r"`(\w+_)\$\{", scripts))
    words = set(re.findall(r'data-word="(\w+)"', PAGE))
    silent = {word for word in words if f'"{word}"' not in scripts and not word.startswith(tuple(families))}
    assert silent == set()


def test_every_screen_has_its_template_its_module_and_its_line() -> None:
    table = SCRIPTS[FIELD / "static/field/js/screens.js"]
    named = set(re.findall(r'^  (\w+): .*import\("\./screens/\1\.js"\)', table, re.MULTILINE))
    templates = {path.stem for path in (FIELD / "templates/field/screens").glob("[a-z]*.html")}
    drawn = set(re.findall(r'data-screen="(\w+)"', PAGE))
    included = set(re.findall(r'include "field/screens/([a-z]\w*)\.html"', PAGE))
    assert named == templates == drawn == included
