"""The clauses an agreement is put together from: the project's own words, as data, each with its typed fields.

In `words`, {name} stands for a field, and what is in [square brackets] is left out where a field in it is empty. {when} is
the day by which it must be done, or “at signing” where there is none. What an agreement says is Chinese: it is a paper of law.
"""

from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from linli.mediation.rules.kinds import ObligationKind, ProofKind


class FieldKind(StrEnum):
    """What a field holds."""

    WORDS = "words"
    AMOUNT = "amount"
    DAY = "day"
    PARTY = "party"
    PARTIES = "parties"
    COUNT = "count"
    CHOICE = "choice"
    FLAG = "flag"
    #: Days and amounts, a line each: 2026-12-31 5000.
    PLAN = "plan"
    #: Parties and amounts, a line each.
    SHARES = "shares"


@dataclass(frozen=True)
class Choice:
    """One of a list: its code, what staff reads, and what the agreement says."""

    code: str
    label: Promise
    words: str


@dataclass(frozen=True)
class Field:
    """One thing to fill in. `most`: characters, or the largest count."""

    name: str
    label: Promise
    kind: FieldKind
    needed: bool = True
    most: int = 200
    choices: tuple[Choice, ...] = ()


class Part(StrEnum):
    """In which part of the agreement a clause stands."""

    PERFORMANCE = "performance"
    ORDER = "order"
    CLOSING = "closing"


@dataclass(frozen=True)
class Template:
    """A clause to be filled. `kind` is what obligation comes of it, None for none; `what` tells it in few words."""

    code: str
    label: Promise
    part: Part
    words: str
    fields: tuple[Field, ...] = ()
    kind: ObligationKind | None = None
    what: str = ""
    proof: ProofKind = ProofKind.WORD

    def field(self, name: str) -> Field | None:
        """Its field of that name, if it has one."""
        return next((field for field in self.fields if field.name == name), None)


#: How many instalments one clause takes: five years of months.
MOST_INSTALMENTS = 60

OWED_BY = Field("owed_by", _("Who owes it"), FieldKind.PARTY)
OWED_TO = Field("owed_to", _("Who receives it"), FieldKind.PARTY)
DUE_ON = Field("due_on", _("By which day (empty: at signing)"), FieldKind.DAY, needed=False)
PLACE = Field("place", _("Where it is performed"), FieldKind.WORDS, needed=False)
REASON = Field("reason", _("For what it is paid"), FieldKind.WORDS, most=60)
AMOUNT = Field("amount", _("Amount in yuan"), FieldKind.AMOUNT)
THING = Field("thing", _("Which thing"), FieldKind.WORDS)
STANDARD = Field("standard", _("How it must be in the end"), FieldKind.WORDS, needed=False)
ACCOUNT = Field("account", _("Account to pay into"), FieldKind.WORDS, needed=False, most=120)
WAY_TO_PAY = Field(
    "way",
    _("How it is paid"),
    FieldKind.CHOICE,
    needed=False,
    choices=(
        Choice("cash", _("In cash"), "现金"),
        Choice("transfer", _("By bank transfer"), "银行转账"),
        Choice("mobile", _("By mobile payment"), "移动支付"),
    ),
)
_PAID_HOW = "[，以{way}方式支付][，收款账户：{account}][，支付地点：{place}]"

_PERFORMANCE = (
    Template(
        "pay_once",
        _("Pay in one sum"),
        Part.PERFORMANCE,
        "{owed_by}{when}一次性向{owed_to}支付{reason}{amount}" + _PAID_HOW + "。",
        (OWED_BY, OWED_TO, REASON, AMOUNT, DUE_ON, WAY_TO_PAY, ACCOUNT, PLACE),
        ObligationKind.PAY,
        "支付{reason}",
        ProofKind.RECEIPT,
    ),
    Template(
        "pay_instalments",
        _("Pay in instalments"),
        Part.PERFORMANCE,
        "{owed_by}分{count}期向{owed_to}支付{reason}，共计{total}：{plan}"
        + _PAID_HOW
        + "[。任何一期逾期未付的，{owed_to}有权要求{owed_by}一次性付清全部剩余款项{all_due}]。",
        (
            OWED_BY,
            OWED_TO,
            REASON,
            Field("plan", _("Days and amounts, a line each"), FieldKind.PLAN, most=MOST_INSTALMENTS),
            WAY_TO_PAY,
            ACCOUNT,
            PLACE,
            Field("all_due", _("Once late, all is due"), FieldKind.FLAG, needed=False),
        ),
        ObligationKind.PAY,
        "支付{reason}",
        ProofKind.RECEIPT,
    ),
    Template(
        "give_back",
        _("Give a thing back"),
        Part.PERFORMANCE,
        "{owed_by}{when}将{thing}返还{owed_to}[，返还时应{standard}][，交付地点：{place}]。",
        (OWED_BY, OWED_TO, THING, DUE_ON, STANDARD, PLACE),
        ObligationKind.DELIVER,
        "返还{thing}",
        ProofKind.RECEIPT,
    ),
    Template(
        "deliver",
        _("Hand over a thing"),
        Part.PERFORMANCE,
        "{owed_by}{when}向{owed_to}交付{thing}[，交付时应{standard}][，交付地点：{place}]。",
        (OWED_BY, OWED_TO, THING, DUE_ON, STANDARD, PLACE),
        ObligationKind.DELIVER,
        "交付{thing}",
        ProofKind.RECEIPT,
    ),
    Template(
        "repair",
        _("Repair something"),
        Part.PERFORMANCE,
        "{owed_by}{when}将{thing}修复[，修复后应{standard}]，费用由{owed_by}承担[，地点：{place}]。",
        (OWED_BY, OWED_TO, THING, DUE_ON, STANDARD, PLACE),
        ObligationKind.DO,
        "修复{thing}",
        ProofKind.PHOTO,
    ),
    Template(
        "remove",
        _("Remove something"),
        Part.PERFORMANCE,
        "{owed_by}{when}拆除（清除）{thing}[，并{standard}][，地点：{place}]。",
        (OWED_BY, OWED_TO, THING, DUE_ON, STANDARD, PLACE),
        ObligationKind.DO,
        "拆除（清除）{thing}",
        ProofKind.PHOTO,
    ),
    Template(
        "do",
        _("Do something else"),
        Part.PERFORMANCE,
        "{owed_by}{when}完成以下事项：{matter}[，标准：{standard}][，地点：{place}]。",
        (
            OWED_BY,
            OWED_TO,
            Field("matter", _("What is to be done"), FieldKind.WORDS, most=500),
            DUE_ON,
            STANDARD,
            PLACE,
        ),
        ObligationKind.DO,
        "{matter}",
        ProofKind.WORD,
    ),
    Template(
        "refrain",
        _("Leave something be"),
        Part.PERFORMANCE,
        "自本协议生效之日起，{owed_by}不再{matter}。",
        (OWED_BY, OWED_TO, Field("matter", _("What is to stop"), FieldKind.WORDS, most=500)),
        ObligationKind.REFRAIN,
        "不再{matter}",
        ProofKind.WORD,
    ),
    Template(
        "apologise",
        _("Apologise"),
        Part.PERFORMANCE,
        "{owed_by}{when}以{way}方式向{owed_to}赔礼道歉[，地点：{place}]。",
        (
            OWED_BY,
            OWED_TO,
            Field(
                "way",
                _("In which way"),
                FieldKind.CHOICE,
                choices=(
                    Choice("face", _("Face to face"), "当面口头"),
                    Choice("written", _("In writing"), "书面"),
                    Choice("both", _("Face to face and in writing"), "当面并书面"),
                ),
            ),
            DUE_ON,
            PLACE,
        ),
        ObligationKind.APOLOGISE,
        "以{way}方式赔礼道歉",
        ProofKind.WORD,
    ),
    Template(
        "boundary",
        _("Boundary of land"),
        Part.PERFORMANCE,
        "{parties}确认以{line}为界[，界标：{marks}]，各自使用界线以内的土地，互不越界。",
        (
            Field("parties", _("Between whom"), FieldKind.PARTIES),
            Field("line", _("Where the boundary runs"), FieldKind.WORDS, most=300),
            Field("marks", _("What marks it"), FieldKind.WORDS, needed=False),
        ),
        ObligationKind.REFRAIN,
        "不越过以{line}为界的界线",
        ProofKind.WORD,
    ),
    Template(
        "land_use",
        _("Use of land, passage or water"),
        Part.PERFORMANCE,
        "{owed_by}允许{owed_to}使用{thing}，用途为{purpose}[，期限自{from_on}起][，至{until_on}止]，"
        "{owed_by}不得妨碍[，{owed_to}应{standard}]。",
        (
            OWED_BY,
            OWED_TO,
            Field("thing", _("Which land, passage or water"), FieldKind.WORDS),
            Field("purpose", _("For what"), FieldKind.WORDS),
            Field("from_on", _("From which day"), FieldKind.DAY, needed=False),
            Field("until_on", _("Until which day"), FieldKind.DAY, needed=False),
            STANDARD,
        ),
        ObligationKind.REFRAIN,
        "允许使用{thing}，不得妨碍",
        ProofKind.WORD,
    ),
    Template(
        "shared_cost",
        _("Share a cost"),
        Part.PERFORMANCE,
        "{matter}的费用共计{total}，由各方分担：{shares}，{when}支付[给{owed_to}]。",
        (
            Field("matter", _("Cost of what"), FieldKind.WORDS),
            Field("shares", _("Who bears how much"), FieldKind.SHARES),
            Field("owed_to", _("Who receives it"), FieldKind.PARTY, needed=False),
            DUE_ON,
        ),
        ObligationKind.PAY,
        "分担{matter}的费用",
        ProofKind.RECEIPT,
    ),
    Template(
        "medical_costs",
        _("Medical costs"),
        Part.PERFORMANCE,
        "{owed_by}{when}向{owed_to}支付医疗费{amount}[（凭{papers}核定）]"
        + _PAID_HOW
        + "[。后续治疗费用凭医疗机构正式票据，由{owed_by}于{later_until}前据实支付]。",
        (
            OWED_BY,
            OWED_TO,
            AMOUNT,
            DUE_ON,
            Field("papers", _("Shown by which papers"), FieldKind.WORDS, needed=False),
            WAY_TO_PAY,
            ACCOUNT,
            PLACE,
            Field("later_until", _("Later costs by receipts, until"), FieldKind.DAY, needed=False),
        ),
        ObligationKind.PAY,
        "支付医疗费",
        ProofKind.RECEIPT,
    ),
)

_ORDER = (
    Template(
        "breach_interest",
        _("Interest when paid late"),
        Part.ORDER,
        "逾期付款的，自逾期之日起至付清之日止，以未付金额为基数，"
        "按全国银行间同业拆借中心公布的一年期贷款市场报价利率支付逾期利息。",
    ),
    Template(
        "breach_penalty",
        _("Fixed sum when not performed"),
        Part.ORDER,
        "{owed_by}未按本协议履行的，应向{owed_to}支付违约金{amount}。",
        (OWED_BY, OWED_TO, AMOUNT),
    ),
    Template(
        "confidential",
        _("Say nothing to others"),
        Part.ORDER,
        "各方对调解过程和本协议内容予以保密，依法申请司法确认、提起诉讼的除外。",
    ),
    Template(
        "own_words",
        _("In own words, without an obligation"),
        Part.ORDER,
        "{matter}。",
        (Field("matter", _("What is agreed"), FieldKind.WORDS, most=1000),),
    ),
)

_CLOSING = (
    Template(
        "end_of_matter",
        _("End of the matter"),
        Part.CLOSING,
        "本协议履行完毕后，各方就本纠纷再无其他争议，互不追究。",
    ),
    Template(
        "breach",
        _("What happens on breach"),
        Part.CLOSING,
        # 人民调解法 arts. 31, 32.
        "各方应当按照约定履行本协议，人民调解委员会对履行情况进行监督、督促履行；"
        "就本协议的履行或者内容发生争议的，可以依法向人民法院提起诉讼。",
    ),
    Template(
        "free_of_charge",
        _("Free of charge"),
        Part.CLOSING,
        # 人民调解法 art. 4.
        "人民调解委员会调解本纠纷不收取任何费用。",
    ),
    Template(
        "confirmation",
        _("Joint application for judicial confirmation"),
        Part.CLOSING,
        # 人民调解法 art. 33.
        "各方同意自本协议生效之日起三十日内，共同向有管辖权的人民法院申请司法确认。",
    ),
    Template(
        "effect",
        _("When it takes effect"),
        Part.CLOSING,
        # 人民调解法 art. 29.
        "本协议自各方当事人签名、盖章或者按指印，人民调解员签名并加盖人民调解委员会印章之日起生效，对各方具有法律约束力。",
    ),
    Template(
        "copies",
        _("Copies"),
        Part.CLOSING,
        "本协议一式{copies}份，当事人各执一份，人民调解委员会留存一份，具有同等效力。",
        (Field("copies", _("How many copies"), FieldKind.COUNT, most=50),),
    ),
)

TEMPLATES: dict[str, Template] = {one.code: one for one in (*_PERFORMANCE, *_ORDER, *_CLOSING)}
#: What a new draft begins with, after what the parties agreed.
USUAL = ("end_of_matter", "breach", "free_of_charge", "effect", "copies")
#: What stands in an oral agreement takes effect when it is reached (art. 30); nobody gets a copy.
NOT_ORAL = frozenset({"effect", "copies"})
