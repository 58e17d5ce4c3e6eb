"""The program `linli`: makes the home ready, runs one command, and says in a plain sentence what went wrong."""

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from difflib import get_close_matches
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as installed_version
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from django.core.management.base import BaseCommand

DONE, REFUSED, WRONG_USE, INTERRUPTED = 0, 1, 2, 130
#: Commands that look at a home without changing it.
_ONLY_LOOK = frozenset({"doctor"})
#: Commands that take a home as it is: one saves also what an older linli has left, the other needs an empty one.
_AS_IT_IS = frozenset({"backup", "restore"})


def main() -> None:
    """What `.venv/bin/linli` calls."""
    sys.exit(run(sys.argv[1:]))


def run(words: Sequence[str]) -> int:
    """Run one command line; the exit status: 0 done, 1 refused, 2 wrong use."""
    try:
        status = _set_up() or _dispatch(list(words))
        sys.stdout.flush()
    except SystemExit as exit:  # argparse: --help, or wrong use
        status = exit.code if isinstance(exit.code, int) else REFUSED
    except KeyboardInterrupt:
        status = INTERRUPTED
    except BrokenPipeError:
        status = _reader_left()
    except Exception as error:
        sentence = _sentence(error)
        if sentence is None:
            raise
        status = _say(sentence)
    return status


def _say(sentence: str, status: int = REFUSED) -> int:
    print(sentence, file=sys.stderr)
    return status


def _reader_left() -> int:
    """Whoever read our output has seen enough. The rest goes nowhere, so that Python does not complain at the end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return DONE


def _set_up() -> int:
    """Django with our settings, in the language of the home. What goes wrong before that is said in both."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "linli.settings")
    import django
    from django.conf import settings
    from django.core.exceptions import ImproperlyConfigured
    from django.utils import translation

    try:
        if settings.LANGUAGE_CODE not in dict(settings.LANGUAGES):
            return _say("LINLI_LANGUAGE 只能是 zh-hans 或 en / LINLI_LANGUAGE is zh-hans or en")
        django.setup()
    except (ValueError, ImproperlyConfigured) as error:
        return _say(f"设置有误，请检查 LINLI_* 环境变量 / A setting cannot be used, check LINLI_*: {error}")
    except OSError as error:
        return _say(f"无法使用主目录 LINLI_HOME / The home cannot be used: {error.filename}: {error.strerror}")
    translation.activate(settings.LANGUAGE_CODE)
    argparse._ = translation.gettext  # type: ignore[attr-defined]
    return DONE


def _words_of_argparse() -> None:
    """What Python's reader of command lines says to people; named here so that the catalogue has it."""
    from django.utils.translation import gettext_noop as _

    _("usage: ")
    _("positional arguments")
    _("options")
    _("show this help message and exit")
    _("%(prog)s: error: %(message)s\n")
    _("argument %(argument_name)s: %(message)s")
    _("the following arguments are required: %s")
    _("unrecognized arguments: %s")
    _("expected one argument")
    _("expected at least one argument")
    _("invalid %(type)s value: %(value)r")
    _("invalid choice: %(value)r (choose from %(choices)s)")
    _("ambiguous option: %(option)s could match %(matches)s")


def _dispatch(words: list[str]) -> int:
    first = words[0] if words else "--help"
    if first in ("-h", "--help", "help"):
        return _show_commands()
    if first in ("-V", "--version", "version"):
        print(f"linli {version()}")
        return DONE
    rooms = commands()
    if first not in rooms:
        return _unknown(first, list(rooms))
    return _run_command(rooms[first], first, words[1:])


def version() -> str:
    """The version of this program."""
    try:
        return installed_version("linli")
    except PackageNotFoundError:  # run from a checkout that was never installed
        return "0"


def commands() -> dict[str, str]:
    """The commands of our rooms by name, with the room each belongs to; Django's own stay with manage.py."""
    from django.core.management import get_commands

    return {name: room for name, room in sorted(get_commands().items()) if str(room).startswith("linli.")}


def _show_commands() -> int:
    from django.core.management import load_command_class
    from django.utils.translation import gettext as _

    print(_("linli COMMAND … — matters of the neighbourhood, from report to closed."))
    print()
    for name, room in commands().items():
        print(f"  {name:<12} {_of_command(load_command_class(room, name))}".rstrip())
    print()
    print(_("“linli COMMAND --help” tells more. Everything is kept under LINLI_HOME."))
    return DONE


def _of_command(command: "BaseCommand") -> str:
    """What a command is for, in the language of the home. gettext("") would answer with the head of the catalogue."""
    from django.utils.translation import gettext as _

    return _(str(command.help)) if command.help else ""


def _unknown(word: str, names: list[str]) -> int:
    from django.utils.translation import gettext as _

    near = get_close_matches(word, names, 1, 0.5)
    if near:
        return _say(
            _("There is no command “%(word)s”. Did you mean “linli %(near)s”?") % {"word": word, "near": near[0]},
            WRONG_USE,
        )
    return _say(_("There is no command “%(word)s”. “linli --help” lists them.") % {"word": word}, WRONG_USE)


#: Options of Django's own that mean nothing to those who use linli.
_DJANGOS_OPTIONS = {
    *("--version", "--verbosity", "--settings", "--pythonpath", "--traceback", "--no-color", "--force-color"),
}


def _run_command(room: str, name: str, words: list[str]) -> int:
    from django.core.management import load_command_class
    from django.db import connections

    from linli.chores import home

    command = load_command_class(room, name)
    # argparse then answers wrong use with status 2.
    command._called_from_command_line = True  # type: ignore[attr-defined]
    command.suppressed_base_arguments = _DJANGOS_OPTIONS
    command.help = _of_command(command)
    # Checks of all addresses and models belong to `make check`; what starts servers runs linli/checks.py itself.
    command.requires_system_checks = []
    options = vars(command.create_parser("linli", name).parse_args(words))
    arguments = options.pop("args", ())
    try:
        if name not in _AS_IT_IS:
            home.make_ready(only_if_empty=name in _ONLY_LOOK)
        command.execute(*arguments, **options)
    finally:
        connections.close_all()
    return DONE


def _sentence(error: Exception) -> str | None:
    """What to tell the person; None for what nobody foresaw: that is a defect, and its traceback is wanted."""
    from django.core.management.base import CommandError
    from django.db import DatabaseError, InterfaceError

    from linli.kit.refusal import Refused

    kinds: dict[Any, Callable[[Any], str | None]] = {
        Refused: str,
        CommandError: str,
        (DatabaseError, InterfaceError): _of_database,
        OSError: _of_system,
    }
    return next((say(error) for kind, say in kinds.items() if isinstance(error, kind)), None)


def _of_database(error: Exception) -> str | None:
    """A sentence for the troubles of a database that its keeper can mend, told by the words of the store."""
    from django.db import connection
    from django.utils.translation import gettext as _

    from linli.kit.full_disk import is_full

    words = str(error)
    if "is locked" in words:
        return _("The database is in use by another program. Wait a moment, then try again.")
    if is_full(error):
        return _no_space()
    if "readonly database" in words or "unable to open database" in words:
        return _("The database cannot be written: %(file)s. Check who owns it and its permissions.") % {
            "file": connection.settings_dict["NAME"]
        }
    if "not a database" in words or "malformed" in words:
        return _("The database file is damaged: %(file)s. Restore a backup.") % {
            "file": connection.settings_dict["NAME"]
        }
    if connection.vendor == "postgresql" and connection.connection is None:
        first_line = words.strip().splitlines()[0] if words.strip() else ""
        return _("PostgreSQL cannot be reached. Check LINLI_DATABASE_URL and that it runs. %(reason)s") % {
            "reason": first_line
        }
    return None


def _of_system(error: OSError) -> str | None:
    from django.utils.translation import gettext as _

    from linli.kit.full_disk import is_full
    from linli.kit.reasons import reason

    if is_full(error):
        return _no_space()
    if error.filename is not None:
        return _("%(file)s: %(reason)s.") % {"file": error.filename, "reason": reason(error)}
    return None


def _no_space() -> str:
    from django.utils.translation import gettext as _

    return _("No space is left on the disk. Make room, then try again; nothing was half-stored.")


if __name__ == "__main__":
    main()
