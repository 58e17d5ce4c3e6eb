"""Everything that can be taken away as a file has a class; lists of more than figures go through the door of exports."""

import ast
from pathlib import Path

CODE = Path(__file__).resolve().parent.parent / "linli"
#: Through the door: a reason, an approver above a size, a mark, an end, a journal entry.
LISTS = {"statistics/views.py as_export", "mediation/ledgers/views.py ledger_file", "audit/views.py export"}
#: The door itself hands out what it made.
DOOR = {"exports/views.py fetch"}
#: Numbers alone, of areas, departments and bodies: they count persons and name none.
FIGURES = {
    "statistics/table_files.py answer",
    "statistics/official/views.py template",
    "briefing/views.py _sent",
}
#: Registers of the county and their empty tables: areas, categories, duties. Nobody is named in them.
REGISTERS = {"web/duties/listing.py _csv", "web/categories.py pack_file"}
#: Papers of the county about itself: what is kept for what, how long, with whom.
ABOUT_ITSELF = {"privacy/desk.py _docx"}
#: Open data, which anybody may have: no words of people, and what is small kept back.
OPEN = {"openness/views.py _files"}
#: Lots anybody can draw again: numbers of matters, one a line, and nothing else.
DRAWS = {"events/views/reinspections.py population", "mediation/views/draws.py population"}
#: One paper or file of one dispute, opened for a purpose that is written down; and what a party takes away of its own.
OF_ONE = {
    "mediation/views/papers.py _file",
    "mediation/views/sessions.py calendar",
    "mediation/views/names.py _file",
    "mediation/public/papers.py take",
    "mediation/public/own.py _file",
    "mediation/public/own.py session",
    "events/views/pictures.py original",
    "privacy/asking.py copy",
}
#: What somebody brought in themselves: lines, numbers and reasons, no cell of it.
OWN = {"intake/bulk/views.py refused"}
#: The ends of the chains: digests.
DIGESTS = {"audit/views.py anchors"}
CLASSES = (LISTS, DOOR, FIGURES, REGISTERS, DRAWS, OF_ONE, OWN, DIGESTS, ABOUT_ITSELF, OPEN)
_SIGNS = ("Content-Disposition", "as_attachment", "content_disposition_header", "text/csv", "spreadsheetml")


def found() -> dict[str, str]:
    """Every function that answers with a file, and its text."""
    made = {}
    for path in sorted(CODE.rglob("*.py")):
        if {"tests", "migrations"} & set(path.parts):
            continue
        text = path.read_text("utf-8")
        if "HttpResponse" not in text and "FileResponse" not in text and "wanted_at" not in text:
            continue
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef):
                source = ast.get_source_segment(text, node) or ""
                if any(sign in source for sign in _SIGNS) or "wanted_at(" in source and node.name != "wanted_at":
                    made[f"{path.relative_to(CODE)} {node.name}"] = source
    return made


def test_every_file_that_can_be_taken_away_has_its_class() -> None:
    assert set(found()) == set().union(*CLASSES)
    assert sum(map(len, CLASSES)) == len(set().union(*CLASSES))


def test_lists_are_those_that_go_through_the_door() -> None:
    assert {name for name, source in found().items() if "door(" in source} == LISTS
