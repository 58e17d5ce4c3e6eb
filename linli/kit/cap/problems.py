"""What may be wrong with an alert: one sentence each for people, and where the standard says so.

Two grades: what makes a message unusable, since nobody could say which it is, whether it is real or what it does; and what
differs from the standard's prose (its schema lets most of it pass). Sections are those of Common Alerting Protocol 1.2, OASIS
Standard, 1 July 2010.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

#: A value of the file is shown up to so many signs.
_SHOWN = 60


@dataclass(frozen=True)
class Said:
    """What is right, and its source. `is_fatal`: the message cannot be used."""

    words: "str | Promise"
    source: str
    is_fatal: bool = False


SAID: dict[str, Said] = {
    # --- unusable ---
    "no_such_version": Said(
        _("The namespace “%(found)s” is not that of CAP 1.1 or 1.2. Ask the sender for CAP 1.2."), "CAP 1.2 §3.4", True
    ),
    "missing": Said(_("“%(name)s” is missing or empty; every message has it."), "CAP 1.2 §3.2.1", True),
    "unknown_kind": Said(_("“%(found)s” is none of: %(known)s. What it means cannot be told."), "CAP 1.2 §3.2.1", True),
    "no_sent": Said(
        _("“%(found)s” is no moment such as 2026-05-01T08:00:00+08:00, so that nobody knows which message it is."),
        "CAP 1.2 §3.3.2",
        True,
    ),
    "name_too_long": Said(_("Longer than %(most)s signs: too long for a name."), "CAP 1.2 §3.2.1", True),
    # --- the message ---
    "no_namespace": Said(_("The namespace is missing: urn:oasis:names:tc:emergency:cap:1.2."), "CAP 1.2 §3.4"),
    "unknown_element": Said(_("The standard knows no element “%(name)s” here."), "CAP 1.2 §3.4"),
    "twice": Said(_("“%(name)s” may stand here once; the first is taken."), "CAP 1.2 §3.4"),
    "empty": Said(_("“%(name)s” is empty; leave it out where there is nothing to say."), "CAP 1.2 §3.2"),
    "too_long": Said(_("Longer than %(most)s signs; it was cut."), "linli"),
    "too_many": Said(_("More than %(most)s of “%(name)s”; the rest was left out."), "linli"),
    "other_case": Said(_("“%(found)s” is spelled “%(known)s”."), "CAP 1.2 §3.2"),
    "unknown_value": Said(_("“%(found)s” is none of: %(known)s."), "CAP 1.2 §3.2.2"),
    "old_value": Said(
        _("“%(found)s” is of an earlier version of the standard; it was read as “%(known)s”."), "CAP 1.2 §3.2.2"
    ),
    "colour_as_severity": Said(
        _("“%(found)s” is a colour of warnings, read as “%(known)s”; the standard wants one of its five words."),
        "CAP 1.2 §3.2.2 severity; 突发事件应对法 art. 63",
    ),
    "signs_in_name": Said(
        _("Blanks, commas, “<” and “&” must not stand in “%(name)s”: references could not name it."), "CAP 1.2 §3.2.1"
    ),
    "no_restriction": Said(
        _("The scope is Restricted: “restriction” must say to whom it is limited."), "CAP 1.2 §3.2.1 scope"
    ),
    "no_addresses": Said(_("The scope is Private: “addresses” must name who it is for."), "CAP 1.2 §3.2.1 scope"),
    "no_references": Said(
        _("A message of the type %(kind)s must name the earlier messages it is about in “references”."),
        "CAP 1.2 §3.2.1 msgType, references",
    ),
    "bad_reference": Said(
        _("“%(found)s” is no reference: sender, identifier and sent are needed, with commas between them."),
        "CAP 1.2 §3.2.1 references",
    ),
    "refers_to_itself": Said(
        _("It names itself as an earlier message; each message has an identifier of its own."),
        "CAP 1.2 §3.2.1 identifier, references",
    ),
    "no_note": Said(
        _("A message of the kind %(kind)s should say in “note” why, or which exercise it is."),
        "CAP 1.2 §3.2.1 status, msgType",
    ),
    "open_quotation": Said(_("A quotation mark is opened and not closed."), "CAP 1.2 §3.2.1 addresses, incidents"),
    # --- times ---
    "bad_time": Said(
        _("“%(found)s” is no moment such as 2026-05-01T08:00:00+08:00; it was left out."), "CAP 1.2 §3.3.2"
    ),
    "no_time_zone": Said(
        _("“%(found)s” has no time zone; %(zone)s was taken. Write such as 2026-05-01T08:00:00+08:00."),
        "CAP 1.2 §3.3.2",
    ),
    "letter_as_zone": Said(_("The letter Z must not stand for the time zone; write -00:00."), "CAP 1.2 §3.3.2"),
    "time_form": Said(_("“%(found)s” is written such as 2026-05-01T08:00:00+08:00."), "CAP 1.2 §3.3.2"),
    "expires_early": Said(
        _("It expires before it was sent, takes effect or begins (“%(name)s”)."), "CAP 1.2 §3.2.2 expires"
    ),
    # --- the words ---
    "missing_here": Said(_("“%(name)s” is missing or empty."), "CAP 1.2 §3.2.2–3.2.4"),
    "bad_language": Said(_("“%(found)s” is no language such as zh-CN."), "CAP 1.2 §3.2.2 language; RFC 3066"),
    "bad_address": Said(
        _("“%(found)s” is no full address that begins with http:// or https://; it was left out."),
        "CAP 1.2 §3.2.2 web, §3.2.3 uri",
    ),
    "no_value_name": Said(_("A value needs the name of the list it is from (“valueName”)."), "CAP 1.2 §3.2.2, §3.2.4"),
    "bad_mime_type": Said(_("“%(found)s” is no type of content such as image/png."), "CAP 1.2 §3.2.3 mimeType"),
    "bad_size": Said(_("“%(found)s” is no size in bytes; it was left out."), "CAP 1.2 §3.2.3 size"),
    "bad_digest": Said(_("“%(found)s” is no SHA-1 digest of 40 digits 0–9, a–f."), "CAP 1.2 §3.2.3 digest"),
    # --- the ground ---
    "bad_point": Said(
        _("“%(found)s” is no pair of latitude,longitude in degrees; the shape was left out."), "CAP 1.2 §3.2.4, §3.3.1"
    ),
    "swapped_point": Said(
        _("“%(found)s”: latitude comes first, and here longitude seems to; the shape was left out."),
        "CAP 1.2 §3.2.4, §3.3.1",
    ),
    "arctic_china": Said(
        _("All of it lies in the Arctic as written; with latitude and longitude exchanged, in China."),
        "CAP 1.2 §3.2.4, §3.3.1",
    ),
    "few_points": Said(
        _("A polygon needs four pairs or more, here are %(count)s; it was left out."), "CAP 1.2 §3.2.4 polygon"
    ),
    "not_closed": Said(_("The last pair of a polygon must be the first; it was closed."), "CAP 1.2 §3.2.4 polygon"),
    "bad_circle": Said(
        _("“%(found)s” is no circle such as 21.61,110.29 5: latitude,longitude, a blank, kilometres; it was left out."),
        "CAP 1.2 §3.2.4 circle",
    ),
    "bad_radius": Said(
        _(
            "A radius of %(found)s km is not possible: 0 or more, and less than half around the earth. The circle was left out."
        ),
        "CAP 1.2 §3.2.4 circle",
    ),
    "bad_number": Said(_("“%(found)s” is no number of feet; it was left out."), "CAP 1.2 §3.2.4 altitude, ceiling"),
    "ceiling_alone": Said(_("“ceiling” must not stand without “altitude”."), "CAP 1.2 §3.2.4 ceiling"),
    # --- the national identifier ---
    "id_length": Said(
        _(
            "A national warning identifier has 31 signs: 14 digits, _, 14 digits of time, _, number; here are %(count)s."
        ),
        "GB/T 35965.1-2018",
    ),
    "id_division": Said(
        _("“%(found)s” is no division: the first two digits are no province."), "GB/T 35965.1-2018; GB/T 2260"
    ),
    "id_time": Said(_("“%(found)s” is no moment as YYYYMMDDhhmmss."), "GB/T 35965.1-2018"),
    "id_number": Said(_("“%(found)s” is no number at the end."), "GB/T 35965.1-2018"),
}


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong: `where` is a path in the message such as `info[2]/area[1]`, `line` a line of the file."""

    code: str
    where: str
    line: int
    facts: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_fatal(self) -> bool:
        """Whether the message cannot be used for it."""
        return SAID[self.code].is_fatal

    @property
    def words(self) -> str:
        """What is right, in the language active when it is read."""
        return str(SAID[self.code].words) % self.facts

    @property
    def source(self) -> str:
        """Where that is written."""
        return SAID[self.code].source


def shown(value: str) -> str:
    """A value of the file as it is shown in a sentence: short, and on one line."""
    one_line = " ".join(value[: 4 * _SHOWN].split())
    return one_line if len(one_line) <= _SHOWN else f"{one_line[:_SHOWN]}…"
