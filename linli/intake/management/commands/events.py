"""`linli events`: bringing in the matters of another system."""

from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from linli.intake.importing import Report, import_events, read_map
from linli.intake.importing.telling import summary
from linli.kit.refusal import Refused


class Command(BaseCommand):
    """One subcommand per act."""

    help = gettext_noop("Matters in bulk: bring in those of another system.")

    def add_arguments(self, parser: CommandParser) -> None:
        """The acts and what each takes."""
        acts = parser.add_subparsers(dest="act", required=True)
        bring = acts.add_parser("import", help=_("Matters from a CSV file, plain or gzipped, by a map of its columns."))
        bring.add_argument("file", type=Path, metavar="FILE.csv[.gz]")
        bring.add_argument(
            "--map",
            type=Path,
            required=True,
            metavar="MAP.toml",
            help=_("Which column becomes what, see docs/import.md."),
        )
        bring.add_argument(
            "--dry-run", action="store_true", help=_("Store nothing; tell what would be stored and refused.")
        )
        bring.add_argument(
            "--refused", type=Path, metavar="FILE.csv", help=_("Where to list refused rows; without, in the home.")
        )
        bring.add_argument("--strict", action="store_true", help=_("Exit status 1 if any row is refused."))

    def handle(self, *args: Any, **options: Any) -> None:
        """Do the act named."""
        getattr(self, f"_{options['act']}")(options, timezone.now())

    def _import(self, options: dict[str, Any], at: datetime) -> None:
        report = Report()
        try:
            import_events(
                options["file"],
                read_map(options["map"]),
                report,
                at=at,
                dry_run=options["dry_run"],
                refused_to=options["refused"],
            )
        except KeyboardInterrupt:
            words = _("Stopped after %(rows)s rows. What was stored stays; run the same command again to go on.")
            self.stderr.write("\n" + words % {"rows": f"{report.rows:,}"})
            raise
        for line in summary(report, options["file"].name, dry_run=options["dry_run"]):
            self.stdout.write(line)
        if report.refused and (options["strict"] or not (report.new or report.known)):
            raise Refused("rows_refused", _("Rows were refused. Correct the file or the map, then run it again."))
