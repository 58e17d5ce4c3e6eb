"""`linli duplicates`: texts of a table that say nearly the same, or speak of one matter, for people to look at."""

import csv
from argparse import ArgumentTypeError
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from linli.kit.matters import SAME_WORDS, alike_pairs
from linli.kit.progress import progress
from linli.kit.refusal import BadInput
from linli.kit.tables import columns_of, read_rows


class Command(BaseCommand):
    """Prints pairs; merges nothing."""

    help = gettext_noop("Texts of a table that say nearly the same: pairs with their likeness, as CSV.")

    def add_arguments(self, parser: CommandParser) -> None:
        """The file, its columns, and from which likeness on."""
        parser.add_argument("file", type=Path, metavar="FILE.csv[.gz]")
        parser.add_argument(
            "--text",
            action="append",
            required=True,
            metavar="COLUMN",
            help=_("Column with the text; given twice, both are read as one text."),
        )
        parser.add_argument("--id", required=True, metavar="COLUMN", help=_("Column that names the row."))
        parser.add_argument(
            "--at-least",
            type=_share,
            default=SAME_WORDS,
            metavar="SCORE",
            help=_(
                "List pairs from this likeness on, between 0.1 and 1; without, 0.6: nearly the same words. "
                "From 0.2 on also those that speak of one matter in words of their own."
            ),
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Read, compare, print the most alike first."""
        names, texts = _read(options["file"], options["text"], options["id"])
        writer = csv.writer(self.stdout, lineterminator="\n")
        writer.writerow(["id_a", "id_b", "score"])
        for pair in alike_pairs(texts, options["at_least"]):
            writer.writerow([names[pair.first], names[pair.second], f"{pair.score:.4f}"])


def _share(typed: str) -> float:
    try:
        share = float(typed)
    except ValueError:
        share = 0.0
    if not 0.1 <= share <= 1:
        raise ArgumentTypeError(_("Between 0.1 and 1, such as 0.6."))
    return share


def _read(path: Path, text: list[str], name: str) -> tuple[list[str], list[str]]:
    columns = columns_of(path)
    for wanted in (*text, name):
        if wanted not in columns:
            words = _("%(file)s has no column “%(column)s”. It has: %(columns)s.")
            raise BadInput("no_column", words, file=path.name, column=wanted, columns=", ".join(columns))
    names, texts = [], []
    for _line, row in progress(read_rows(path), label=_("Reading")):
        names.append(row[name])
        texts.append("\n".join(row[one] for one in text))
    return names, texts
