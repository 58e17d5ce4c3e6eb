"""Forms that collect something of a person: which line of the register each of their fields belongs to."""

from dataclasses import dataclass

from linli.privacy.rules.register import Line, line_of

#: Fields that hold nothing of whoever fills them in: the kind of matter, the ground, a trap for programs.
NOTHING = ""


@dataclass(frozen=True)
class Collecting:
    """A form and the line of each of its fields."""

    code: str
    fields: dict[str, str]

    @property
    def lines(self) -> list[Line]:
        """The lines it fills, each once, in their order."""
        return [line_of(code) for code in dict.fromkeys(self.fields.values()) if code]


def _form(code: str, **lines: str) -> Collecting:
    """A form whose fields are named by the line they belong to."""
    return Collecting(code, {name: line for line, names in lines.items() for name in names.split()})


COLLECTING: dict[str, Collecting] = {
    one.code: one
    for one in (
        _form("report", matter="text township area place lon lat accuracy_m occurred_at category", pictures="photos",
              contact="contact"),
        _form("status", matter="text rating", pictures="photos"),
        _form(
            "apply",
            party="own_kind own_name own_speaker own_telephone own_by_sms own_address own_mail language other_kind "
            "other_name other_speaker other_telephone other_address helped helper_name helper_telephone helper_tie "
            "helper_consent",
            dossier="kind township area place summary claims agrees",
        ),
        _form("own", dossier="words name file says claims paid_on", sound="agrees"),
        _form("follow", follower="address pace category"),
        _form("opinion", opinion="kind words page"),
        _form("sign_in", account="username password", session="next"),
        _form("request", request="kind new_reach words name number secret reach"),
    )
}  # fmt: skip
