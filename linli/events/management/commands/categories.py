"""`linli categories`: the packs of categories in this home, and learning to suggest a category."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from linli.events import learning, learning_told, packs
from linli.events.models import Pack
from linli.kit.reasons import reason
from linli.kit.refusal import BadInput


def _add_columns(act: Any, *, required: bool) -> None:
    act.add_argument(
        "--text",
        action="append",
        required=required,
        metavar="COLUMN",
        help=_("Column with the text; given twice, both are read as one text."),
    )
    act.add_argument("--label", required=required, metavar="COLUMN", help=_("Column with the label."))


class Command(BaseCommand):
    """Packs of categories, and the model that suggests one of them."""

    help = gettext_noop("Packs of categories: list, load, choose, write out; and learning to suggest a category.")

    def add_arguments(self, parser: CommandParser) -> None:
        """One subcommand per act."""
        acts = parser.add_subparsers(dest="act", required=True)
        acts.add_parser("list", help=_("The packs in this home, and those that come with linli."))
        load = acts.add_parser("load", help=_("Load a pack that comes with linli (by name) or a JSON file."))
        load.add_argument("file", metavar="PACK|FILE.json")
        load.add_argument("--keep", action="store_true", help=_("Leave the pack now in use in use."))
        load.add_argument(
            "--overwrite", action="store_true", help=_("Also replace categories which the county has edited.")
        )
        use = acts.add_parser("use", help=_("Give new reports the categories of a loaded pack."))
        use.add_argument("pack", metavar="PACK")
        use.add_argument("--version", dest="pack_version", help=_("Its version; without, the one loaded last."))
        export = acts.add_parser("export", help=_("Write a pack with the county's edits as JSON."))
        export.add_argument("pack", metavar="PACK", nargs="?", help=_("Without, the pack in use."))
        export.add_argument("--version", dest="pack_version", help=_("Its version; without, the one loaded last."))
        export.add_argument("--to", type=Path, metavar="FILE.json", help=_("Without, to standard output."))
        train = acts.add_parser("train", help=_("Learn to suggest categories, and keep the model in this home."))
        train.add_argument("file", type=Path, metavar="FILE.csv[.gz]", nargs="?")
        train.add_argument(
            "--from-events", action="store_true", help=_("Learn from this home's own matters instead of a file.")
        )
        _add_columns(train, required=False)
        self._train_parser = train
        evaluate = acts.add_parser("evaluate", help=_("Ask the model about texts whose label is known."))
        evaluate.add_argument("file", type=Path, metavar="FILE.csv[.gz]")
        _add_columns(evaluate, required=True)

    def handle(self, *args: Any, **options: Any) -> None:
        """Do the act named."""
        getattr(self, f"_{options['act']}")(options)

    def _train(self, options: dict[str, Any]) -> None:
        by_columns = bool(options["text"] and options["label"])
        if options["from_events"] == bool(options["file"]) or (options["file"] and not by_columns):
            self._train_parser.error(_("Name a file with --text and --label, or say --from-events."))
        at = timezone.now()
        labelled = (
            learning.our_own()
            if options["from_events"]
            else learning.read_labelled(options["file"], options["text"], options["label"])
        )
        learnt = learning.train(labelled, newest=at if options["from_events"] else None)
        for line in learning_told.of_training(learnt):
            self.stdout.write(line)

    def _evaluate(self, options: dict[str, Any]) -> None:
        labelled = learning.read_labelled(options["file"], options["text"], options["label"])
        for line in learning_told.of_evaluation(learning.evaluate(labelled)):
            self.stdout.write(line)

    def _list(self, options: dict[str, Any]) -> None:
        for pack in Pack.objects.order_by("code", "pk"):
            mark = "*" if pack.in_use else " "
            count = pack.categories.filter(closed_on__isnull=True, children__isnull=True).count()
            self.stdout.write(f"{mark} {pack.code} {pack.version}  {pack.name}  {count}")
        missing = sorted(set(packs.shipped()) - set(Pack.objects.values_list("code", flat=True)))
        if missing:
            self.stdout.write(_("Not loaded yet: %(packs)s") % {"packs": ", ".join(missing)})

    def _load(self, options: dict[str, Any]) -> None:
        pack = packs.load(options["file"], use=not options["keep"], overwrite=options["overwrite"])
        count = pack.categories.filter(closed_on__isnull=True).count()
        self.stdout.write(_("Loaded %(pack)s: %(count)s categories.") % {"pack": pack, "count": count})
        for one in packs.read(options["file"]).left_out:
            self.stdout.write(
                _("Left out: %(code)s %(name)s. %(reason)s")
                % {"code": one.code, "name": one.name, "reason": one.reason}
            )

    def _use(self, options: dict[str, Any]) -> None:
        pack = packs.use(options["pack"], options["pack_version"])
        self.stdout.write(_("New reports now get the categories of %(pack)s.") % {"pack": pack})

    def _export(self, options: dict[str, Any]) -> None:
        pack = (
            packs.find(options["pack"], options["pack_version"])
            if options["pack"]
            else Pack.objects.filter(in_use=True).first()
        )
        if pack is None:
            raise BadInput("no_pack_in_use", _("No pack of categories is in use. Load one first."))
        if options["to"] is None:
            self.stdout.write(packs.export(pack), ending="")
            return
        try:
            options["to"].write_text(packs.export(pack), encoding="utf-8")
        except OSError as error:
            raise BadInput(
                "cannot_write",
                _("%(file)s cannot be written: %(reason)s."),
                file=str(options["to"]),
                reason=reason(error),
            ) from None
