"""What is noted while a message is read: its problems, and on which line each part of it stands."""

from collections.abc import Mapping
from datetime import tzinfo

from linli.kit.cap.problems import SAID, Problem, shown

#: So many problems are kept of a message; whoever has more has a program that writes none right. Fatal ones are always kept.
MOST_PROBLEMS = 200


class Notes:
    """Of one message. `zone` is taken for moments that name none."""

    def __init__(self, zone: tzinfo) -> None:
        self.zone = zone
        self.problems: list[Problem] = []
        self._lines: dict[str, int] = {}

    def stands(self, where: str, line: int) -> None:
        """The part with this path begins on this line."""
        self._lines[where] = line

    def tell(self, code: str, where: str, facts: Mapping[str, object] | None = None) -> None:
        """A problem at this path; its line is that of the path, or of what that lies in."""
        if len(self.problems) < MOST_PROBLEMS or SAID[code].is_fatal:
            # What is known is ours, and told whole; what was found is the file's.
            told = {name: str(value) if name == "known" else shown(str(value)) for name, value in (facts or {}).items()}
            self.problems.append(Problem(code, where, self._line(where), told))

    @property
    def is_fatal(self) -> bool:
        """Whether the message cannot be used."""
        return any(problem.is_fatal for problem in self.problems)

    def _line(self, where: str) -> int:
        while where and where not in self._lines:
            where = where.rpartition("/")[0]
        return self._lines.get(where, 0)
