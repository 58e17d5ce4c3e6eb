"""What may be told of a party, and how it is put in order. A refusal never repeats what was typed: it may be personal."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from django.utils.translation import gettext_lazy as _

from linli.kit.refusal import BadInput
from linli.mediation.rules.kinds import Language, PersonKind, Side

#: A large group speaks through so many at most (宁波市人民调解条例; 民事诉讼法司法解释 art. 78 says two to five).
MOST_REPRESENTATIVES = 5
LONGEST_NAME, LONGEST_ADDRESS = 100, 200
_MAIL = re.compile(r"[^@\s]{1,64}@[^@\s]{1,190}")
#: Of the mainland: 工信部《电信网编号计划》.
_MOBILE = re.compile(r"1[3-9][0-9]{9}")
#: GB 11643-1999: weights of the first seventeen digits, and the sign for each remainder of 11.
_WEIGHTS, _SIGNS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2), "10X98765432"


@dataclass(frozen=True, repr=False)
class Representative:
    """Who speaks for a legal person or a group."""

    name: str
    telephone: str = ""
    post: str = ""

    def __repr__(self) -> str:
        return "<Representative>"


@dataclass(frozen=True, repr=False)
class Particulars:
    """A party as it was told. It shows nothing of itself in logs."""

    side: str
    name: str
    kind: str = PersonKind.NATURAL
    telephone: str = ""
    address: str = ""
    mail: str = ""
    representatives: tuple[Representative, ...] = field(default=())
    speaks_for_group: bool = False
    group_size: int = 1
    language: str = Language.MANDARIN
    #: Code of a department of this house, if the party is one.
    department: str = ""
    #: It agreed at the door to be told by text message.
    by_sms: bool = False

    def __repr__(self) -> str:
        return f"<Particulars {self.side} {self.kind}>"

    @property
    def words(self) -> dict[str, object]:
        """What goes behind the seal."""
        told = {"name": self.name, "telephone": self.telephone, "address": self.address, "mail": self.mail}
        speakers = [{"name": one.name, "telephone": one.telephone, "post": one.post} for one in self.representatives]
        return {**told, "representatives": speakers}


def clean_particulars(told: Particulars) -> Particulars:
    """In order, or `BadInput` that says what to put right."""
    if told.side not in Side.values or told.kind not in PersonKind.values or told.language not in Language.values:
        raise not_a_choice("side")
    speakers = tuple(
        Representative(_name(one.name), clean_telephone(one.telephone), _short(one.post, "post", 60))
        for one in told.representatives
    )
    cleaned = replace(
        told,
        name=_name(told.name),
        telephone=clean_telephone(told.telephone),
        address=_short(told.address, "address", LONGEST_ADDRESS),
        mail=_clean_mail(told.mail),
        representatives=speakers,
    )
    _check_speakers(cleaned)
    if cleaned.by_sms and not mobile_among(cleaned.words):
        raise no_mobile()
    return cleaned


def _check_speakers(told: Particulars) -> None:
    count = len(told.representatives)
    if count > MOST_REPRESENTATIVES:
        raise BadInput(
            "too_many_representatives",
            _("A party speaks through five representatives at most. Let them choose whom they send."),
            field="representatives",
        )
    if told.speaks_for_group and (told.group_size < 2 or not count):
        raise BadInput(
            "group_without_speaker",
            _("A group has at least two people and one representative. Say how many they are and who speaks for them."),
            field="group_size",
        )
    if not told.speaks_for_group and told.kind != PersonKind.NATURAL and not count:
        raise BadInput(
            "nobody_speaks",
            _("Say who speaks for this organisation: its legal representative or person in charge."),
            field="representatives",
        )
    if not told.speaks_for_group and told.kind == PersonKind.NATURAL and count:
        raise BadInput(
            "speaks_for_themselves",
            _("A single person speaks for themselves. Enter whoever helps them as a companion."),
            field="representatives",
        )
    if not 1 <= told.group_size <= 100_000 or (not told.speaks_for_group and told.group_size != 1):
        raise BadInput(
            "bad_group_size", _("Only a group has more than one person. Correct the number."), field="group_size"
        )


def not_a_choice(where: str) -> BadInput:
    """Something that no list here offers."""
    return BadInput("not_offered", _("This is not one of the choices. Choose one of the list."), field=where)


def clean_telephone(typed: str) -> str:
    """Digits alone, or nothing; a mainland country code is left off. Raises `BadInput`."""
    digits = "".join(str(int(sign)) for sign in unicodedata.normalize("NFKC", typed) if sign.isdecimal())
    digits = re.sub(r"^(0086|86)(?=1\d{10}$)", "", digits)
    if typed.strip() and not 5 <= len(digits) <= 15:
        raise BadInput("bad_telephone", _("A telephone number has 5 to 15 digits."), field="telephone")
    return digits


def mobile_among(words: Mapping[str, Any]) -> str:
    """The mobile number among the words of a party, its own or of the first who speaks for it; empty where there is none."""
    numbers = [words.get("telephone", ""), *(one.get("telephone", "") for one in words.get("representatives", []))]
    return next((one for one in numbers if _MOBILE.fullmatch(one)), "")


def no_mobile() -> BadInput:
    """Text messages are wanted, and there is nowhere to send them."""
    return BadInput(
        "no_mobile",
        _("Text messages need a mobile number of eleven digits. Enter one, or do without messages."),
        field="telephone",
    )


def clean_id_number(typed: str) -> str:
    """Eighteen signs whose last one proves the others (GB 11643-1999). Raises `BadInput`, which does not repeat it."""
    number = re.sub(r"\s", "", unicodedata.normalize("NFKC", typed)).upper()
    proven = re.fullmatch(r"[0-9]{17}[0-9X]", number) and number[-1] == _sign_of(number[:17])
    if not proven:
        raise BadInput(
            "bad_id_number",
            _("This identity number has a slip in it: its last sign does not fit. Compare it with the paper."),
            field="id_number",
        )
    return number


def _sign_of(digits: str) -> str:
    return _SIGNS[sum(int(digit) * weight for digit, weight in zip(digits, _WEIGHTS, strict=True)) % 11]


def normal_name(name: str) -> str:
    """A name for comparing: width, case, spaces and dots within do not matter."""
    return re.sub(r"[\s·•・.．\-]", "", unicodedata.normalize("NFKC", name)).casefold()


def _name(typed: str) -> str:
    name = _short(typed, "name", LONGEST_NAME)
    if not normal_name(name):
        raise BadInput("name_missing", _("A name is needed here."), field="name")
    return name


def _clean_mail(typed: str) -> str:
    mail = typed.strip()
    if mail and not _MAIL.fullmatch(mail):
        raise BadInput("bad_mail", _("This is no e-mail address. Correct it, or leave it empty."), field="mail")
    return mail


def _short(typed: str, where: str, longest: int) -> str:
    words = " ".join(typed.split())
    if "\0" in words:
        raise BadInput(
            "nul_in_text", _("The text holds a character that cannot be stored (NUL). Type it again."), field=where
        )
    if len(words) > longest:
        raise BadInput(
            "too_long",
            _("This has %(length)s characters; %(longest)s at most. Shorten it."),
            field=where,
            length=len(words),
            longest=longest,
        )
    return words


@dataclass(frozen=True, repr=False)
class _Identity:
    name: str
    telephone: str
    address: str


def stand_against(told: Particulars, others: list[Particulars]) -> None:
    """Raises `BadInput` where a person already in the dispute seems to be told again, on this or on another side."""
    for other in others:
        if told.side == other.side:
            if _same(_own(told), _own(other)):
                raise BadInput(
                    "party_twice", _("This party is in the dispute already. Correct that one instead."), field="name"
                )
            continue
        if any(_same(one, another) for one in _all(told) for another in _all(other)):
            raise BadInput(
                "same_person_on_both_sides",
                _("The same person stands on both sides. Choose another party, or somebody else who speaks for one."),
                field="name",
            )
        if _cannot_be_told_apart(_own(told), _own(other)):
            raise BadInput(
                "cannot_be_told_apart",
                _(
                    "Two sides have the same name. Add a telephone number or address to both, so that they can be told apart."
                ),
                field="telephone",
            )


def _own(told: Particulars) -> _Identity:
    return _Identity(normal_name(told.name), told.telephone, normal_name(told.address))


def _all(told: Particulars) -> list[_Identity]:
    return [_own(told), *(_Identity(normal_name(one.name), one.telephone, "") for one in told.representatives)]


def _same(one: _Identity, other: _Identity) -> bool:
    if one.name != other.name:
        return False
    if one.telephone and other.telephone:
        return one.telephone == other.telephone
    return bool(one.address) and one.address == other.address


def _cannot_be_told_apart(one: _Identity, other: _Identity) -> bool:
    """The same name, and nothing that differs."""
    if one.name != other.name:
        return False
    telephones = one.telephone and other.telephone and one.telephone != other.telephone
    addresses = one.address and other.address and one.address != other.address
    return not (telephones or addresses)
