"""Words looked at before their reporter reads them: what leaks, what was left unfilled, what says nothing, what lacks a reason.

Pure, and no judge of style: it knows patterns, not meaning. What it finds is of two kinds. Some must be mended (somebody would
be betrayed, or 【…】 sent out); at the rest the writer is asked to look, and may send it as it is.
"""

import re
import unicodedata
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from linli.events.rules.people_named import names_after_other, names_after_reporter


class Doubt(models.TextChoices):
    """What was found, in short, as it stands in the journal and beside the act."""

    PLACEHOLDER = "placeholder", _("not filled in")
    TELEPHONE = "telephone", _("telephone number")
    IDENTITY = "identity", _("identity number")
    CARD = "card", _("card number")
    PLATE = "plate", _("number plate")
    REPORTER = "reporter", _("names the reporter")
    NAMED = "named", _("names somebody")
    HOME = "home", _("a home or an address")
    EMPTY = "empty", _("says nothing")
    SHORT = "short", _("too short")
    NO_REASON = "no_reason", _("no reason")
    NO_BASIS = "no_basis", _("no basis")
    NO_DATE = "no_date", _("promise without a day")
    REPEATED = "repeated", _("sent to others too")


F = Doubt
#: Not sent before it is mended.
MUST_MEND = frozenset({F.PLACEHOLDER, F.TELEPHONE, F.IDENTITY, F.CARD, F.PLATE, F.REPORTER})
#: Said while somebody is still writing: what is wrong already, and not what may yet come.
SAID_WHILE_WRITING = MUST_MEND | {F.NAMED, F.HOME, F.NO_DATE}

#: What the writer is told.
ADVICE: dict[Doubt, Any] = {
    F.PLACEHOLDER: _("Something in 【…】 is not filled in yet. Fill it in, or take it out."),
    F.TELEPHONE: _("There is a mobile number in it. Take it out: write how to reach the office instead."),
    F.IDENTITY: _("There is an identity number in it. Take it out."),
    F.CARD: _("There is a card or account number in it. Take it out."),
    F.PLATE: _("There is a number plate in it. Take it out, or write only its last sign."),
    F.REPORTER: _("It names the reporter. Take the name out: who reads it over their shoulder must not learn it."),
    F.NAMED: _("It names another person. Is the name needed? Otherwise write the surname with 某."),
    F.HOME: _("It gives somebody's home or address. Is it needed?"),
    F.EMPTY: _("It says that something was done, but not what. Write what was done, when, and how it is now."),
    F.SHORT: _("It is very short. Would you know from it what was done?"),
    F.NO_REASON: _("No reason is given. Write why."),
    F.NO_BASIS: _("No basis is named. Write the law, rule or list it rests on, such as 《…》第…条."),
    F.NO_DATE: _("It promises something without a day. Write by when."),
    F.REPEATED: _("Three or more others got the same words lately. Write what was done in this matter."),
}


@dataclass(frozen=True)
class Asked:
    """What the words of a step have to say."""

    done: bool = False
    reason: bool = False
    basis: bool = False


#: The steps whose words their reporter reads or waits for, and what they have to say.
ASKED: dict[str, Asked] = {
    "close": Asked(done=True),
    "self_handle": Asked(done=True),
    "submit_result": Asked(done=True),
    "reject": Asked(reason=True, basis=True),
    "refer_out": Asked(reason=True),
    "defer": Asked(reason=True),
    "void": Asked(reason=True),
    "dismiss_objection": Asked(reason=True, basis=True),
}
#: The others whose words the reporter reads: looked at for what must be mended alone.
ALSO_READ = frozenset({"ask_supplement", "handle", "verify", "extend", "to_mediation", "reopen", "write_to_reporter"})

#: So many others with the same words are copies.
COPIES = 3
#: Fewer signs than this say little, and so little beside stock phrases says nothing.
_FEW, _NOTHING = 10, 5


def review(step: str, words: str, *, repeats: int = 0) -> tuple[Doubt, ...]:
    """What is found in the words of a step, in the order of `Doubt`. `repeats`: how many other matters ended with them."""
    plain = unicodedata.normalize("NFKC", words)
    found = {F.PLACEHOLDER} if _PLACEHOLDER.search(plain) else set()
    if step in ALSO_READ:
        found |= _leaks(plain) & MUST_MEND
    if step in ASKED:
        found |= _leaks(plain) | _lacks(plain, ASKED[step]) | ({F.REPEATED} if repeats >= COPIES else set())
    return tuple(one for one in Doubt if one in found)


def folded(words: str) -> str:
    """The words without what copies differ in by chance: spaces, signs, widths."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", words)).casefold()


# --- what must not go out ---------------------------------------------------------------------------------------------

_PLACEHOLDER = re.compile(r"【[^【】\n]*】|\{[a-z_]{2,20}\}")
_TELEPHONE = re.compile(r"(?<![\d-])(?:\+?86[- ]?)?1[3-9]\d(?:[- ]?\d{4}){2}(?!\d)")
#: Six digits of a place, a day of birth, a number and a check sign (GB 11643).
_IDENTITY = re.compile(
    r"(?<!\d)[1-9]\d{5}(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx](?![\dA-Za-z])"
)
_CARD = re.compile(r"(?<![\d-])\d(?:[ -]?\d){15,18}(?![\d-])")
#: Province, office, five or six signs (GA 36).
_PLATE = re.compile(
    r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-HJ-NP-Z][·・.\s]?"
    r"[A-HJ-NP-Z0-9]{4,5}[A-HJ-NP-Z0-9挂学警](?![A-Z0-9])"
)
_HOME = re.compile(
    r"\d+\s*(?:栋|幢|座|号楼|单元|号院)[^，。；,;]{0,8}?\d+\s*(?:室|房|号房|户)|[\w.+-]+@[\w-]+\.[\w.]+|微信号|QQ\s*号"
)
_LEAKS = {F.TELEPHONE: _TELEPHONE, F.IDENTITY: _IDENTITY, F.PLATE: _PLATE, F.HOME: _HOME}


def _leaks(words: str) -> set[Doubt]:
    found = {one for one, pattern in _LEAKS.items() if pattern.search(words)}
    if F.IDENTITY not in found and any(_is_card(one.group()) for one in _CARD.finditer(words)):
        found.add(F.CARD)
    if names_after_reporter(words):
        found.add(F.REPORTER)
    return found | ({F.NAMED} if names_after_other(words) else set())


def _is_card(digits: str) -> bool:
    """Whether the check digit fits (Luhn, ISO/IEC 7812)."""
    numbers = [int(sign) for sign in digits if sign.isdigit()][::-1]
    doubled = (sum(divmod(2 * number, 10)) for number in numbers[1::2])
    return (sum(numbers[::2]) + sum(doubled)) % 10 == 0


# --- what ought to be said --------------------------------------------------------------------------------------------

_STOCK = re.compile(
    r"(?:已经?|均已|现已)?(?:处理|办理|处置|解决|转办|转交|交办|移交|整改|落实|完成|办结|核实|反馈|回复|答复|收悉|收到|知悉|受理|登记)(?:完毕|完成|到位|了)?"
    r"|已阅|请?知悉|请?查收|情况属实|特此(?:回复|告知|答复)|感谢(?:您|你)?(?:的|对)?[^，。；]{0,12}?(?:来电|反映|支持|理解|监督|关注|配合)"
    r"|谢谢|您好|你好|同意|有关部门|相关部门|相关单位|我(?:局|镇|办|单位|中心)|该?(?:问题|事项|诉求|情况)|您反映的"
    r"|\b(?:it |this |the matter |your report )?(?:is|has been|was)?\s*"
    r"(?:done|handled|resolved|fixed|closed|noted|forwarded|dealt with)\b"
    r"|thank you|thanks|\bok\b",
    re.IGNORECASE,
)
_REASON = re.compile(
    r"因|由于|鉴于|原因|理由|不属|不在|不是|超出|不符|无法|未能|未发现|缺少|缺乏|没有|属于|须由|应由|尚未|不具备|重复|误报|误录|测试"
    r"|because|since|due to|reason|outside|belongs? to|not within|cannot|no longer|by mistake",
    re.IGNORECASE,
)
_BASIS = re.compile(
    r"《[^《》]{2,}》|依据|根据|按照?|依照|参照|权责清单|第[一二三四五六七八九十百零\d]+[条项款]|纪要|文号|〔\d{4}〕"
    r"|according to|pursuant to|\blaw\b|\bregulations?\b|\barticle \d|\bsection \d|duty list",
    re.IGNORECASE,
)
#: Whoever rules on somebody names what it rests on, whatever the step.
_RULING = re.compile(r"责令|罚款|处罚|不予(?!以)|不支持|驳回|查封|扣押|强制|\bfined?\b|\bordered to\b")
_PROMISE = re.compile(
    r"尽快|尽早|近期|近日|择期|适时|下一步|将(?!来|军)|会(?:尽|继续|安排|组织|派)|待[^，。；]{1,15}后|正在|拟于?|\bwill\b|\bsoon\b|shortly",
    re.IGNORECASE,
)
#: Nobody can give a day for what has none.
_ONGOING = re.compile(
    r"加强|长效|日常|常态|巡查|督促|监督|管理|关注|提醒|引导|宣传|再次告知|组织复查|重新核查|按现有情况"
)
_DAY = re.compile(
    r"\d+\s*(?:个)?(?:工作日|小时|日|号|天|周|月|年|点|时)|[一二三四五六七八九十两半]+个?(?:工作日|日内|天|周内|月内|小时|个月)"
    r"|今[日天]|明[日天]|后天|本周|下周|本月|下月|月底|年底|[上中下]旬|\d{1,4}[-/.]\d{1,2}(?:[-/.]\d{1,2})?"
    r"|\d+ (?:working )?(?:days?|hours?|weeks?|months?)|today|tomorrow|monday|tuesday|wednesday|thursday|friday"
    r"|\d{1,2} (?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)",
    re.IGNORECASE,
)


def _lacks(words: str, asked: Asked) -> set[Doubt]:
    found = _says_little(words) if asked.done else set()
    if asked.reason and not _REASON.search(words):
        found.add(F.NO_REASON)
    if (asked.basis or _RULING.search(words)) and not _BASIS.search(words):
        found.add(F.NO_BASIS)
    return found | ({F.NO_DATE} if _promises_without_day(words) else set())


def _says_little(words: str) -> set[Doubt]:
    if _weight(_STOCK.sub("", words)) < _NOTHING:
        return {F.EMPTY}
    return {F.SHORT} if _weight(words) < _FEW else set()


def _weight(words: str) -> int:
    """How much is said, in Chinese characters; a word in Latin letters or a number counts two."""
    return len(re.findall(r"[一-鿿]", words)) + 2 * len(re.findall(r"[A-Za-z0-9]+", words))


def _promises_without_day(words: str) -> bool:
    """Whether a sentence promises something and names no day from the promising part on."""
    for sentence in re.split(r"[。；;!?！？\n]|\.\s", words):
        clauses = re.split(r"[，,]", sentence)
        first = next((n for n, one in enumerate(clauses) if _PROMISE.search(one) and not _ONGOING.search(one)), None)
        if first is not None and not any(_DAY.search(one) for one in clauses[first:]):
            return True
    return False
