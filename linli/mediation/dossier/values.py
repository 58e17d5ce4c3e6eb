"""All that the papers of a dispute say, as plain values, one class each.

Forms and their order: 人民调解文书格式 (司发通〔2010〕239号), without ethnicity, education and other classes of persons.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar

from linli.mediation.dossier.parts import Party, Scan, Sign, Some, Stamp

# --- 1 to 3: how it begins ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Application:
    """人民调解申请书."""

    title: ClassVar[str] = "人民调解申请书"
    summary: str
    claims: str
    signs: Some[Sign]
    at: datetime


@dataclass(frozen=True)
class Register:
    """人民调解受理登记表: where nobody applied in writing."""

    title: ClassVar[str] = "人民调解受理登记表"
    at: datetime
    door: str
    summary: str
    registrar: Sign
    claims: str = ""
    entrusted_by: str = ""
    signs: tuple[Sign, ...] = ()
    accepted_at: datetime | None = None


@dataclass(frozen=True)
class Told:
    """A party heard its rights and duties. `at` None: it could not be told, and `way` says why."""

    name: str
    at: datetime | None
    way: str
    sign: Sign | None = None


@dataclass(frozen=True)
class RightsNotice:
    """权利义务告知书."""

    title: ClassVar[str] = "人民调解权利义务告知书"
    told: Some[Told]


@dataclass(frozen=True)
class Shown:
    """A party showed who it is; no copy is kept but where a confirmation needs it. `seen_at` None: it has not."""

    name: str
    paper: str
    seen_at: datetime | None
    seen_by: str
    is_copied: bool = False


@dataclass(frozen=True)
class Identity:
    """当事人身份证明."""

    title: ClassVar[str] = "当事人身份核验表"
    shown: Some[Shown]


# --- 4 to 6: as needed --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class PowerOfAttorney:
    """授权委托书. `special`: what is left to the agent beyond speaking (代为承认、放弃、变更请求，签署协议)."""

    title: ClassVar[str] = "授权委托书"
    principal: str
    agent: str
    relation: str
    telephone: str
    special: str
    signs: Some[Sign]
    at: datetime


@dataclass(frozen=True)
class Inquiry:
    """调查记录."""

    title: ClassVar[str] = "人民调解调查记录"
    began_at: datetime
    place: str
    asked: str
    relation: str
    asker: str
    text: str
    signs: Some[Sign]
    recorder: str = ""


@dataclass(frozen=True)
class Item:
    """One piece of evidence. `sha256`: of the file that was given; `stances`: what each party says of it."""

    name: str
    given_by: str
    given_at: datetime
    kind: str = ""
    words: str = ""
    sha256: str = ""
    original_seen_at: datetime | None = None
    stances: tuple[str, ...] = ()
    scan: Scan | None = None


@dataclass(frozen=True)
class Evidence:
    """证据材料目录."""

    title: ClassVar[str] = "证据材料目录"
    items: Some[Item]


@dataclass(frozen=True)
class Try:
    """A try to reach a party in vain: whom, how, when, and what came of it."""

    at: datetime
    side: str
    name: str
    way: str
    words: str
    by: str


@dataclass(frozen=True)
class Tries:
    """联系当事人情况登记表: all tries to reach parties in vain, in the order of their times."""

    title: ClassVar[str] = "联系当事人情况登记表"
    items: Some[Try]


# --- 7: what was said ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Session:
    """调解记录. `sound`: where its sound is kept, or why it no longer is; empty without."""

    title: ClassVar[str] = "人民调解记录"
    number: int
    began_at: datetime
    ended_at: datetime
    place: str
    present: Some[str]
    text: str
    signs: Some[Sign]
    undisputed: str = ""
    concessions: str = ""
    result: str = ""
    is_remote: bool = False
    is_apart: bool = False
    sound: str = ""
    helpers: tuple[str, ...] = ()


# --- 8: how it ends -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Agreement:
    """人民调解协议书: in force when all have signed and the committee has sealed it. `text` is what was signed, word for word."""

    title: ClassVar[str] = "人民调解协议书"
    text: str
    signs: Some[Sign]
    mediators: Some[Sign]
    stamp: Stamp
    version: int = 1
    #: Of the text as it was signed.
    text_sha256: str = ""
    recorder: Sign | None = None
    effective_at: datetime | None = None
    #: What was signed on paper.
    scans: tuple[Scan, ...] = ()


@dataclass(frozen=True)
class OralAgreement:
    """人民调解口头协议登记表: written by the mediator, in force when it was reached."""

    title: ClassVar[str] = "人民调解口头协议登记表"
    text: str
    effective_at: datetime
    mediators: Some[Sign]
    stamp: Stamp
    recorder: Sign | None = None


@dataclass(frozen=True)
class Termination:
    """终止调解通知书: why it ended without agreement, and the other ways.

    `tries`: where a party was not reached. What came of each is for the dossier, not for the other side.
    """

    title: ClassVar[str] = "终止调解通知书"
    ending: str
    why: str
    ways: Some[str]
    at: datetime
    stamp: Stamp
    signs: tuple[Sign, ...] = ()
    tries: tuple[Try, ...] = ()


# --- 9 to 12: afterwards ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Receipt:
    """收条 / 履行凭证."""

    title: ClassVar[str] = "履行凭证（收条）"
    owed_by: str
    owed_to: str
    what: str
    at: datetime
    amount: str = ""
    evidence: str = ""
    signs: tuple[Sign, ...] = ()
    scan: Scan | None = None


@dataclass(frozen=True)
class FollowUp:
    """回访记录. None: was not asked or is not known."""

    title: ClassVar[str] = "人民调解回访记录"
    at: datetime
    by: str
    asked: str
    way: str
    performed: bool | None
    satisfied: bool | None
    new_risk: bool | None
    words: str = ""
    sign: Sign | None = None


@dataclass(frozen=True)
class ConfirmationApplication:
    """司法确认申请书: both sides together, within 30 days."""

    title: ClassVar[str] = "司法确认申请书"
    court: str
    agreed_on: date
    deadline_on: date
    items: Some[str]
    signs: Some[Sign]
    copies: int = 2
    applied_on: date | None = None


@dataclass(frozen=True)
class Ruling:
    """What the court answered, and where its paper is."""

    title: ClassVar[str] = "司法确认结果登记"
    court: str
    answer: str
    answered_on: date
    number: str = ""


@dataclass(frozen=True)
class Note:
    """卷宗情况说明."""

    title: ClassVar[str] = "卷宗情况说明"
    words: str
    by: str
    on: date


# --- single papers ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class NotAccepted:
    """不予受理通知书: why, and the other ways."""

    title: ClassVar[str] = "不予受理通知书"
    to: str
    applied_on: date
    why: str
    ways: Some[str]
    at: datetime
    stamp: Stamp
    tries: tuple[Try, ...] = ()


@dataclass(frozen=True)
class Entrusted:
    """委托调解函 as it was received: its register, and what the committee answers."""

    title: ClassVar[str] = "委托调解收函登记表"
    entrusted_by: str
    letter_no: str
    received_at: datetime
    summary: str
    consents: tuple[str, ...]
    answer: str
    registrar: Sign
    scan: Scan | None = None


@dataclass(frozen=True)
class ServiceAddress:
    """送达地址确认书."""

    title: ClassVar[str] = "送达地址确认书"
    party: str
    address: str
    telephone: str
    receiver: str
    sign: Sign
    is_electronic: bool = False
    mail: str = ""


@dataclass(frozen=True)
class Disclosure:
    """调解员披露及回避声明."""

    title: ClassVar[str] = "调解员披露及回避声明"
    mediator: str
    interest: str
    objection: str
    sign: Sign
    declared_at: datetime
    #: How they came to the dispute, and who of the parties said so and how.
    chosen: str = ""


@dataclass(frozen=True)
class Claim:
    """民事起诉状, or what stands before it: a draft for one party, no paper of the committee. `against`: names alone."""

    title: str
    to: str
    #: How whoever claims and the other side are called there.
    roles: tuple[str, str]
    heading: str
    by: Party
    against: tuple[str, ...]
    #: Empty: to be written by the party.
    claims: tuple[str, ...]
    facts: tuple[str, ...]
    law: str
    evidence: tuple[str, ...]


Ending = Agreement | OralAgreement | Termination
Form = (
    Application
    | Register
    | RightsNotice
    | Identity
    | PowerOfAttorney
    | Inquiry
    | Evidence
    | Tries
    | Session
    | Ending
    | Receipt
    | FollowUp
    | ConfirmationApplication
    | Ruling
    | Note
    | NotAccepted
    | Entrusted
    | ServiceAddress
    | Disclosure
    | Claim
)
