"""Amounts of money as people write them, read into yuan; and written as agreements have them, in digits and in capitals.

Capitals follow the rules for filling in bills of the Payment and Settlement Measures (支付结算办法, 银发〔1997〕393号,
annex 1): 壹仟肆佰零玖元伍角, 整 after full yuan.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from linli.kit.refusal import BadInput

CENT = Decimal("0.01")
#: More than this no committee has before it, and no form has room for.
MOST = Decimal("999999999999.99")
#: Nobody writes an amount with more signs than this.
_LONGEST = 80

_DIGITS = {sign: value for value, sign in enumerate("零一二三四五六七八九")}
_DIGITS |= {sign: value for value, sign in enumerate("零壹贰叁肆伍陆柒捌玖")}
_DIGITS |= {"〇": 0, "○": 0, "两": 2, "貳": 2, "參": 3, "叄": 3, "陸": 6, "弍": 2}
_SMALL = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
_LARGE = {"万": 10_000, "萬": 10_000, "亿": 100_000_000, "億": 100_000_000}
_UNITS = _SMALL | _LARGE
_ONE_SIGN = str.maketrans("（）、·￥点", "(),.¥.", "。")
_NAMES = r"人民币大写|人民币|大写|小写|rmb|cny|¥|:"
_NOT_EXACT = re.compile(r"约|左右|上下|以[上下内]|不超过|至少|最多|余|几|数|多|半|至|到|或|[~〜—–-]")
_FOREIGN = re.compile(r"\$|美元|美金|港[币元]|欧元|日元|英镑|澳门元|usd|hkd|eur|€|£")


def read_amount(text: str) -> Decimal:
    """The yuan that were written: 12000, 12,000元, 1.2万元, 1万2千, 一万二, 壹万贰仟元整, ￥12,000.00.

    Both forms may stand together, the second in brackets, and must then say the same. Raises `BadInput`, which says what to
    write instead: where it may be read in two ways nothing is guessed.
    """
    words = _plain(text)
    if not words:
        raise BadInput("amount_empty", _("Write the amount in yuan, for example 12,000 or 1.2万."))
    if len(words) > _LONGEST:
        raise BadInput(
            "amount_too_long", _("This is too long for an amount. Write the number alone, for example 12,000.")
        )
    readings = {_one(part) for part in re.split(r"[()]", words) if re.sub(_NAMES + "|[,;]", "", part)}
    if not readings:
        raise _not_understood(text)
    if len(readings) > 1:
        raise BadInput(
            "amount_contradicts", _("The amount in figures is not the amount in words. Correct one of them.")
        )
    return readings.pop()


def _plain(text: str) -> str:
    """Half width, small letters, no space; brackets and commas of one kind."""
    words = unicodedata.normalize("NFKC", text).lower()
    return re.sub(r"\s+", "", words).translate(_ONE_SIGN)


def _one(words: str) -> Decimal:
    if _FOREIGN.search(words):
        raise BadInput("amount_not_yuan", _("Amounts are written in yuan here. Agree on the amount in yuan."))
    if words.startswith(("-", "−", "负")):
        raise BadInput("amount_negative", _("An amount is more than nothing. Who owes whom is said beside it."))
    if _NOT_EXACT.search(words):
        raise BadInput(
            "amount_not_exact", _("An obligation needs one exact amount. Leave out “about”, “over” and ranges.")
        )
    bare = re.sub(_NAMES, "", words)
    cut = re.search(r"元|圆|块钱?", bare)
    whole, rest = (bare[: cut.start()], bare[cut.end() :]) if cut else (bare, "")
    if not cut and re.search(r"[角毛分]", bare):
        whole, rest = "", bare
    if not (whole or rest):
        raise _not_understood(words)
    coins = rest.removesuffix("整").removesuffix("正")
    if coins and "." in whole:
        # 10.5元5角: decimals have said the jiao already.
        raise _not_understood(words)
    return _within(_yuan(whole, is_closed=cut is not None) + _coins(coins))


def _within(amount: Decimal) -> Decimal:
    if amount <= 0:
        raise BadInput("amount_zero", _("An amount is more than nothing. Leave the clause out if nothing is owed."))
    if amount > MOST:
        raise BadInput("amount_too_large", _("This amount is too large. Look whether 万 or a zero is too much."))
    if amount != amount.quantize(CENT):
        raise BadInput("amount_too_fine", _("The smallest part of an amount is the fen, 0.01 yuan. Round it."))
    return amount.quantize(CENT)


def _yuan(words: str, *, is_closed: bool) -> Decimal:
    """Full yuan, or a number with decimals. `is_closed`: 元 stands behind it."""
    words = words.removesuffix("整").removesuffix("正")
    if not words:
        return Decimal(0)
    total, section, last_small, last_large = Decimal(0), Decimal(0), 10_000, 10**12
    pending: str | None = None
    unit, after_zero = 0, False
    for token in _tokens(words):
        if token in _SMALL:
            unit = _SMALL[token]
            if unit >= last_small or (pending is None and (unit != 10 or section)):
                raise _not_understood(words)
            section += Decimal(pending or 1) * unit
            last_small, pending, after_zero = unit, None, False
        elif token in _LARGE:
            unit = _LARGE[token]
            section += _ones(pending, unit if last_small == 10_000 else last_small, after_zero, False, words)
            if unit >= last_large or not section:
                raise _not_understood(words)
            total += section * unit
            section, last_small, last_large, pending, after_zero = Decimal(0), 10_000, unit, None, False
        elif token == "0" and unit:
            after_zero = True
        elif pending is None:
            pending = token
        else:
            raise _not_understood(words)
    if last_small == 10_000 and not unit:
        return Decimal(pending or 0)
    return total + section + _ones(pending, unit, after_zero, True, words, is_closed=is_closed)


def _ones(
    pending: str | None, unit: int, after_zero: bool, is_end: bool, words: str, *, is_closed: bool = False
) -> Decimal:
    """What a number without a unit counts for, after one with `unit`: 一万二 is 12,000, 一万零二 is 10,002."""
    if pending is None:
        return Decimal(0)
    value = Decimal(pending)
    if not is_end and unit >= 10_000:
        return value
    whole = pending.partition(".")[0]
    width = len(str(unit)) - 1
    if after_zero or unit == 10 or len(whole) == width or (len(whole) >= 3 and len(whole) <= width):
        if value >= unit:
            raise _not_understood(words)
        return value
    if len(pending) == 1 and not is_closed and value and is_end:
        return value * (unit // 10)
    raise BadInput(
        "amount_two_ways",
        _("“%(amount)s” may be read in two ways. Write it in digits, for example 12,000 or 10,002."),
        amount=words,
    )


def _tokens(words: str) -> Iterator[str]:
    """Units as they are; numbers in digits, with commas taken out; a zero between units as "0"."""
    at = 0
    for found in re.finditer(
        r"[\d,]*\d(?:\.\d+)?|[" + "".join(_DIGITS) + r"]+(?:\.[" + "".join(_DIGITS) + r"]+)?|.", words
    ):
        piece = found.group()
        at = found.end()
        if piece in _UNITS:
            yield piece
        elif piece[0].isdecimal():
            yield _ungrouped(piece)
        elif piece[0] in _DIGITS:
            yield from _spoken(piece)
        else:
            raise _not_understood(words)
    if at != len(words):
        raise _not_understood(words)


def _spoken(piece: str) -> Iterator[str]:
    digits = "".join("." if sign == "." else str(_DIGITS[sign]) for sign in piece)
    # 零二 after a unit is a zero and a two; 一二〇〇〇 and 〇点五 are numbers read digit by digit.
    if len(digits) > 1 and digits[0] == "0" and digits[1] != ".":
        yield "0"
        digits = digits[1:]
    yield digits


def _ungrouped(piece: str) -> str:
    if "," in piece and not re.fullmatch(r"\d{1,3}(,\d{3})+(\.\d+)?", piece):
        raise BadInput(
            "amount_commas",
            _("The commas in “%(amount)s” do not stand before every three digits. Write 12,000 or 12000."),
            amount=piece,
        )
    return piece.replace(",", "")


_COINS = re.compile(r"(?:(?P<jiao>[^角毛分])[角毛])?(?:零?(?P<fen>[^角毛分])分)?(?P<colloquial>[^角毛分])?")


def _coins(words: str) -> Decimal:
    """What stands after 元: 5角, 零5分, 五角三分; 12块5 is 12.50."""
    if not words:
        return Decimal(0)
    words = words.removesuffix("钱")
    found = _COINS.fullmatch(words.removeprefix("零") if len(words) > 2 else words)
    if found is None:
        raise _not_understood(words)
    jiao, fen, colloquial = (_digit(found[name], words) for name in ("jiao", "fen", "colloquial"))
    if colloquial and (found["jiao"] or found["fen"]):
        # 五角三: three fen; nothing can follow fen.
        if found["fen"]:
            raise _not_understood(words)
        fen, colloquial = colloquial, 0
    return Decimal(jiao * 10 + fen + colloquial * 10) / 100


def _digit(sign: str | None, words: str) -> int:
    if sign is None:
        return 0
    value = int(sign) if sign.isdecimal() else _DIGITS.get(sign)
    if value is None:
        raise _not_understood(words)
    return value


def _not_understood(text: str) -> BadInput:
    return BadInput(
        "amount_not_understood",
        _("“%(amount)s” cannot be read as an amount. Write it as 12,000, 1.2万 or 壹万贰仟元整."),
        amount=text[:_LONGEST],
    )


# --- written ------------------------------------------------------------------------------------------------------------


def in_figures(amount: Decimal) -> str:
    """12,000.00元."""
    return f"{amount:,.2f}元"


_CAPITALS = "零壹贰叁肆伍陆柒捌玖"
_PLACES = ("", "拾", "佰", "仟")
_SECTIONS = ("", "万", "亿")


def in_capitals(amount: Decimal) -> str:
    """壹万贰仟元整; 壹仟肆佰零玖元伍角; 叁佰贰拾伍元零肆分. For 0.01 to `MOST`."""
    if not 0 < amount <= MOST or amount != amount.quantize(CENT):
        raise ValueError(amount)
    yuan, cents = divmod(int(amount * 100), 100)
    head = _capital_yuan(yuan) + "元" if yuan else ""
    if not cents:
        return head + "整"
    jiao, fen = divmod(cents, 10)
    tail = f"{_CAPITALS[jiao]}角" if jiao else "零" if head else ""
    return head + tail + (f"{_CAPITALS[fen]}分" if fen else "")


def _capital_yuan(yuan: int) -> str:
    said, needs_zero = "", False
    for power in (2, 1, 0):
        section = yuan // 10_000**power % 10_000
        if section == 0:
            needs_zero = bool(said)
            continue
        gap = said and (needs_zero or section < 1000)
        said += ("零" if gap else "") + _capital_section(section) + _SECTIONS[power]
        needs_zero = False
    return said


def _capital_section(section: int) -> str:
    said, gap = "", False
    for place in (3, 2, 1, 0):
        digit = section // 10**place % 10
        if digit:
            said += ("零" if gap else "") + _CAPITALS[digit] + _PLACES[place]
            gap = False
        elif said:
            gap = True
    return said


def in_both(amount: Decimal) -> str:
    """As an agreement has it: 人民币12,000.00元（大写：壹万贰仟元整）."""
    return f"人民币{in_figures(amount)}（大写：{in_capitals(amount)}）"


# --- found in a text ------------------------------------------------------------------------------------------------------

_NUMERAL = r"[\d一二三四五六七八九十百千万亿两零〇壹贰叁肆伍陆柒捌玖拾佰仟]"
_IN_TEXT = re.compile(
    r"[¥￥]\s*\d(?:,?\d)*(?:\.\d+)?\s*[万亿]?"
    rf"|(?<![第\d.,点]){_NUMERAL}(?:{_NUMERAL}|[,.](?=\d))*\s*(?:元|圆|块钱)"
    rf"(?:零?{_NUMERAL}[角毛])?(?:零?{_NUMERAL}分)?整?"
)
_HALF_WIDTH = str.maketrans("０１２３４５６７８９．", "0123456789.")


def amounts_in(text: str) -> list[tuple[int, Decimal]]:
    """Amounts of one yuan and more that stand in a text, each with where it begins.

    What has neither 元 nor ￥ is a number of something else; what cannot be read is left out.
    """
    found = []
    for match in _IN_TEXT.finditer(text.translate(_HALF_WIDTH)):
        try:
            found.append((match.start(), read_amount(match.group())))
        except BadInput:
            continue
    return found


# --- written twice -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Twice:
    """An amount written in two ways side by side: where it begins, its words as they stand, and what each says.

    `second` None: it is called an amount and cannot be read as one.
    """

    at: int
    words: str
    first: Decimal
    second: Decimal | None

    @property
    def agrees(self) -> bool:
        """Whether both say the same."""
        return self.first == self.second


_MARK = r"(?:人民币)?(?:大写|小写)"
_RUN = r"[^（()）。；;\n]{1,60}"
#: Behind an amount: after a mark in brackets, in brackets, or after a mark; the bracket may have been lost.
_BESIDE = re.compile(
    rf"\s*[（(]\s*(?P<boxed>{_MARK})\s*[）)]\s*[:：]?\s*(?P<behind>{_RUN})"
    rf"|\s*[（(]\s*(?P<mark>{_MARK})?\s*[:：]?\s*(?P<inside>{_RUN})[）)]"
    rf"|[\s，,、（(]*(?P<open>{_MARK})\s*[:：]?\s*(?P<after>{_RUN})"
)
#: What without a mark is the same amount once more, and no number of months or instalments.
_AN_AMOUNT = re.compile(rf"(?:人民币)?[¥￥]?\s*(?:{_NUMERAL}|[,.])+\s*(?:[元圆角毛分整正]|块钱|{_NUMERAL})*")


def written_twice(text: str) -> list[Twice]:
    """The amounts that stand in a text in figures and in capitals beside each other, in whichever order."""
    plain, found = text.translate(_HALF_WIDTH), []
    for one in _IN_TEXT.finditer(plain):
        beside, first = _BESIDE.match(plain, one.end()), _read(one.group())
        if beside is None or first is None:
            continue
        run = beside["inside"] or beside["after"] or beside["behind"]
        other = re.split(r"[，、]|,(?!\d)", run)[0].strip()
        end = beside.end() if other == run.strip() else beside.end() - len(run) + len(other)
        is_marked = beside["mark"] or beside["open"] or beside["boxed"]
        if is_marked or (_AN_AMOUNT.fullmatch(other) and re.search("[元圆角毛分整块¥￥]", other)):
            found.append(Twice(one.start(), text[one.start() : end], first, _read(other)))
    return found


def _read(words: str) -> Decimal | None:
    try:
        return read_amount(words)
    except BadInput:
        return None
