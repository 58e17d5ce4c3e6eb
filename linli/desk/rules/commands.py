"""Reading a command: `/派 城管局 3日 ：请尽快`. Pure: it never raises, says what it does not understand, and does nothing."""

import re
import unicodedata
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

from linli.desk.rules.names import Named, all_by, found_by, spelled
from linli.desk.rules.terms import Term, read_term
from linli.desk.rules.verbs import BY_NAME, MACRO, OPEN, VERBS, Takes, Verb

#: A command is no essay; what is longer is cut.
LONGEST = 1000
MOST_OFFERS = 10
_QUOTED = re.compile(r"[“\"「](?P<in>[^”\"」]*)[”\"」]?")
_NUMBER = re.compile(r"[#＃](?P<n>[\d-]{1,40})|(?P<whole>\d{4,20}-\d{6}-\d{1,9})", re.ASCII)
_BARE = re.compile(r"\d[\d-]{0,39}", re.ASCII)
#: After a colon come words; between digits it is a time of day.
_COLON = re.compile(r"[：]|(?<!\d):|:(?!\d)")

#: Words for urgency and severity, by the field they fill.
GRADES: dict[str, tuple[str, str]] = {
    **dict.fromkeys(("紧急", "urgent"), ("urgency", "urgent")),
    **dict.fromkeys(("特急", "特别紧急", "immediate"), ("urgency", "immediate")),
    **dict.fromkeys(("不急", "普通", "normal"), ("urgency", "normal")),
    **dict.fromkeys(("一般", "general"), ("severity", "general")),
    **dict.fromkeys(("较大", "considerable"), ("severity", "considerable")),
    **dict.fromkeys(("重大", "major"), ("severity", "major")),
    **dict.fromkeys(("特大", "特别重大", "grave"), ("severity", "grave")),
}
#: Words for where a matter is referred.
PLACES: dict[str, str] = {
    **{one: one for one in ("110", "119", "120", "12345")},
    **dict.fromkeys(("法院", "court"), "court"),
    **dict.fromkeys(("信访", "信访局", "petition"), "petition"),
    **dict.fromkeys(("其他", "elsewhere"), "other"),
}
_TERMS = ("1日", "3日", "5日", "10日", "明天")


@dataclass(frozen=True)
class Known:
    """What commands may name in this home."""

    departments: tuple[Named, ...] = ()
    categories: tuple[Named, ...] = ()
    macros: tuple[Named, ...] = ()

    def named(self, kind: Takes) -> tuple[Named, ...]:
        """All of a kind."""
        return {T.DEPARTMENT: self.departments, T.CATEGORY: self.categories, T.MACRO: self.macros}.get(kind, ())


T = Takes


@dataclass(frozen=True)
class Ambiguous:
    """A word that may mean several things."""

    word: str
    candidates: tuple[str, ...]


@dataclass(frozen=True)
class Command:
    """What was understood. `verb` None: no verb of ours; `verbs`: the candidates where a beginning fits several."""

    verb: Verb | None = None
    verbs: tuple[Verb, ...] = ()
    departments: tuple[Named, ...] = ()
    category: Named | None = None
    macro: Named | None = None
    term: Term | None = None
    grades: tuple[tuple[str, str], ...] = ()
    place: str = ""
    number: str = ""
    text: str = ""
    unread: tuple[str, ...] = ()
    ambiguous: tuple[Ambiguous, ...] = ()

    @property
    def given(self) -> frozenset[Takes]:
        """What has been said of what a verb may take."""
        said = {
            T.DEPARTMENT: self.departments,
            T.CATEGORY: self.category,
            T.MACRO: self.macro,
            T.TERM: self.term,
            T.GRADE: self.grades,
            T.PLACE: self.place,
            T.NUMBER: self.number,
            T.TEXT: self.text,
        }
        return frozenset(kind for kind, value in said.items() if value)

    @property
    def missing(self) -> tuple[Takes, ...]:
        """What the verb needs and has not been said."""
        return missing_of(self.verb, self.given) if self.verb else ()

    @property
    def is_clear(self) -> bool:
        """Everything was understood, and as one thing."""
        return self.verb is not None and not self.unread and not self.ambiguous


def missing_of(verb: Verb, given: Collection[Takes]) -> tuple[Takes, ...]:
    """What a verb needs beyond what was given; another grade stands for another category."""
    has = set(given) | ({T.CATEGORY} if T.GRADE in given else set())
    return tuple(kind for kind in verb.needs if kind not in has)


def parse(typed: str, known: Known) -> Command:
    """What a line says. With or without its slash; arguments in any order. Never raises."""
    words, text = _split(typed)
    if not words:
        return Command(text=text)
    verbs, rest = _verbs(words[0])
    if not verbs:
        return _by_macro_name(words, text, known)
    if len(verbs) > 1:
        return Command(verbs=verbs, text=text, unread=tuple(words[1:]))
    reading = _Reading(verbs[0], known)
    for word in [*([rest] if rest else []), *words[1:]]:
        reading.take(word)
    return reading.command(text)


def _by_macro_name(words: list[str], text: str, known: Known) -> Command:
    found = found_by(words[0], known.macros, exactly=True)
    if len(found) == 1 and len(words) == 1:
        return Command(verb=BY_NAME[MACRO], macro=found[0], text=text)
    return Command(unread=tuple(words), text=text)


def _split(typed: str) -> tuple[list[str], str]:
    """The words, and the free text after a colon or in quotes."""
    folded = unicodedata.normalize("NFKC", typed.replace("：", "\ue000"))[:LONGEST].replace("\ue000", "：")
    line = "".join(" " if unicodedata.category(sign) == "Cc" else sign for sign in folded).strip()
    line = line.lstrip("/").strip()
    said: list[str] = []
    if quoted := _QUOTED.search(line):
        said.append(quoted["in"].strip())
        line = f"{line[: quoted.start()]} {line[quoted.end() :]}"
    if colon := _COLON.search(line):
        said.append(line[colon.end() :].strip())
        line = line[: colon.start()]
    return line.split(), " ".join(one for one in said if one)


def _verbs(word: str) -> tuple[tuple[Verb, ...], str]:
    """The verbs of a first word, and what is stuck to it; Chinese is written without spaces: 派城管局."""
    folded = word.casefold()
    if exact := tuple(verb for verb in VERBS if folded in verb.spellings):
        return exact[:1], ""
    if begun := tuple(verb for verb in VERBS if any(one.startswith(folded) for one in verb.spellings)):
        return begun, ""
    stuck = [(one, verb) for verb in VERBS for one in verb.words if folded.startswith(one)]
    if not stuck:
        return (), ""
    longest, verb = max(stuck, key=lambda pair: len(pair[0]))
    return (verb,), word[len(longest) :]


@dataclass
class _Reading:
    """The arguments of one verb, word by word."""

    verb: Verb
    known: Known
    found: dict[str, object] = field(default_factory=dict)
    departments: list[Named] = field(default_factory=list)
    grades: dict[str, str] = field(default_factory=dict)
    unread: list[str] = field(default_factory=list)
    ambiguous: list[Ambiguous] = field(default_factory=list)

    def take(self, word: str) -> None:
        """One word: marked ones first, then whole names, then terms, then whatever a name may be."""
        if number := self._number(word):
            self.found.setdefault("number", number)
        elif T.GRADE in self.verb.takes and word in GRADES:
            name, value = GRADES[word]
            self.grades[name] = value
        elif T.PLACE in self.verb.takes and word in PLACES:
            self.found["place"] = PLACES[word]
        elif self._name(word, exactly=True):
            return
        elif T.TERM in self.verb.takes and (term := read_term(word)) is not None:
            self.found["term"] = term
        elif not self._name(word, exactly=False):
            self.unread.append(word)

    def _number(self, word: str) -> str:
        if found := _NUMBER.fullmatch(word):
            return found["n"] or found["whole"]
        return word if T.NUMBER in self.verb.takes and _BARE.fullmatch(word) else ""

    def _name(self, word: str, *, exactly: bool) -> bool:
        for kind in (T.DEPARTMENT, T.CATEGORY, T.MACRO):
            among = self.known.named(kind) if kind in self.verb.takes else ()
            hits = found_by(word, among, exactly=exactly)
            if len(hits) > 1:
                self.ambiguous.append(Ambiguous(word, tuple(spelled(one, among) for one in hits)))
            elif hits:
                self._keep(kind, hits[0])
            if hits:
                return True
        return False

    def _keep(self, kind: Takes, one: Named) -> None:
        if kind != T.DEPARTMENT:
            self.found[kind] = one
        elif one not in self.departments:
            self.departments.append(one)

    def command(self, text: str) -> Command:
        """All that was understood."""
        return Command(
            verb=self.verb,
            departments=tuple(self.departments),
            grades=tuple(self.grades.items()),
            text=text,
            unread=tuple(self.unread),
            ambiguous=tuple(self.ambiguous),
            **self.found,  # type: ignore[arg-type]
        )


@dataclass(frozen=True)
class Offer:
    """One completion: the line it would make, the word it adds, and what would still be missing."""

    line: str
    word: str
    of: Verb | None = None
    named: Named | None = None
    missing: tuple[Takes, ...] = ()


def offers(typed: str, known: Known, verbs: Iterable[Verb] = VERBS) -> list[Offer]:
    """How the line may go on, at most ten: verbs first, then what the verb takes and has not been given.

    `verbs`: those that are open here. Each line, once taken, is understood as it stands.
    """
    words, text = _split(typed)
    ends = not typed or typed[-1:].isspace()
    if text:
        return []
    if not words or (len(words) == 1 and not ends):
        return (_of_verbs(words[0] if words else "", tuple(verbs), known))[:MOST_OFFERS]
    done, partial = (words, "") if ends else (words[:-1], words[-1])
    command = parse(" ".join(done), known)
    if command.verb is None:
        return []
    start = "/" + " ".join(done) + " "
    made = [
        Offer(start + word, word, named=one, missing=parse(start + word, known).missing)
        for word, one in _arguments(partial, command, known)
    ]
    return made[:MOST_OFFERS]


def _of_verbs(partial: str, verbs: Sequence[Verb], known: Known) -> list[Offer]:
    folded = partial.casefold()
    fit = [verb for verb in verbs if any(one.startswith(folded) for one in verb.spellings)]
    if folded and not fit and (glued := _verbs(partial))[0] and glued[1] and glued[0][0] in verbs:
        verb = glued[0][0]
        line = f"/{verb.words[0]} "
        inner = _arguments(glued[1], parse(line, known), known)
        return [Offer(line + word, word, named=one, missing=parse(line + word, known).missing) for word, one in inner]
    made = [Offer(f"/{verb.words[0]}", verb.words[0], of=verb, missing=verb.needs) for verb in fit]
    if not folded:
        return made
    macros = [(one, spelled(one, known.macros)) for one in all_by(partial, known.macros)]
    return made + [Offer(f"/{BY_NAME[MACRO].words[0]} {word}", word, named=one) for one, word in macros]


def _arguments(partial: str, command: Command, known: Known) -> list[tuple[str, Named | None]]:
    verb = command.verb
    assert verb is not None
    made: list[tuple[str, Named | None]] = []
    for kind in verb.takes:
        if kind in command.given and (kind != T.DEPARTMENT or not partial):
            continue
        among = known.named(kind)
        taken = set(command.departments)
        made += [(spelled(one, among), one) for one in all_by(partial, among) if one not in taken]
        made += [(word, None) for word in _WORDS.get(kind, ()) if word.startswith(partial) and word != partial]
    return [(word, one) for word, one in made if word != partial]


#: Words of a kind that are always the same; of those that mean the same, the first.
_WORDS: dict[Takes, tuple[str, ...]] = {
    T.TERM: _TERMS,
    T.GRADE: tuple({value: word for word, value in reversed(GRADES.items())}.values()),
    T.PLACE: tuple({value: word for word, value in reversed(PLACES.items())}.values()),
}

__all__ = ["LONGEST", "MOST_OFFERS", "OPEN", "Ambiguous", "Command", "Known", "Offer", "offers", "parse"]
