"""The verbs of the command bar: one line per verb, which steps it stands for, its words, and what each step takes of it.

A step takes what a command says into the fields of its own form, so that every rule and every sentence is that of the form.
"""

from dataclasses import dataclass
from enum import StrEnum


class Takes(StrEnum):
    """What may follow a verb."""

    DEPARTMENT = "department"
    TERM = "term"
    CATEGORY = "category"
    GRADE = "grade"
    PLACE = "place"
    NUMBER = "number"
    MACRO = "macro"
    TEXT = "text"


T = Takes


@dataclass(frozen=True)
class Verb:
    """One verb. Of several steps the first that is open is meant; `words`: the shortest first, as completion writes it."""

    name: str
    steps: tuple[str, ...]
    words: tuple[str, ...]
    english: str
    takes: tuple[Takes, ...] = (T.TEXT,)
    #: Without these the step cannot be taken, unless its form has a proposal of its own.
    needs: tuple[Takes, ...] = ()

    @property
    def spellings(self) -> tuple[str, ...]:
        """All that the verb may be called."""
        return (*self.words, self.english, *self.steps)


def _of(step: str, words: str, english: str, *takes: Takes, needs: tuple[Takes, ...] = ()) -> Verb:
    return Verb(step, (step,), tuple(words.split()), english, (*takes, T.TEXT), needs)


#: No step: opens a matter, runs a macro.
OPEN, MACRO = "open", "macro"

VERBS: tuple[Verb, ...] = (
    _of("accept", "受理", "accept", T.CATEGORY, T.GRADE),
    _of("dispatch", "派 派遣 派单 交办", "dispatch", T.DEPARTMENT, T.TERM, needs=(T.DEPARTMENT,)),
    _of("classify", "分类 定级", "classify", T.CATEGORY, T.GRADE, needs=(T.CATEGORY,)),
    _of("remind", "催 催办", "remind"),
    _of("supervise", "督 督办", "supervise", T.TERM, needs=(T.TERM, T.TEXT)),
    Verb("extend", ("ask_extension", "extend"), ("延", "延期"), "extend", (T.TERM, T.TEXT), (T.TERM, T.TEXT)),
    _of("refuse_extension", "不延 不准延期", "refuse", needs=(T.TEXT,)),
    _of("defer", "挂 挂账 缓办", "defer", T.TERM, needs=(T.TERM, T.TEXT)),
    _of("resume", "恢复", "resume"),
    _of("sign_for", "签 签收", "sign"),
    _of("handle", "办 开始处置", "begin"),
    _of("submit_result", "报结 反馈", "result", needs=(T.TEXT,)),
    _of("hand_back", "退回 回退", "return", needs=(T.TEXT,)),
    _of("object", "异议", "object", T.DEPARTMENT, needs=(T.TEXT,)),
    _of("uphold_objection", "异议成立", "uphold"),
    _of("dismiss_objection", "驳回异议", "dismiss", needs=(T.TEXT,)),
    _of("settle", "裁定", "settle", T.DEPARTMENT, needs=(T.DEPARTMENT, T.TEXT)),
    _of("add_part", "加办 增派", "add", T.DEPARTMENT, T.TERM, needs=(T.DEPARTMENT, T.TEXT)),
    _of("whistle", "吹哨", "whistle", T.DEPARTMENT, T.TERM, needs=(T.DEPARTMENT, T.TEXT)),
    _of("end_whistle", "收哨", "unwhistle", needs=(T.TEXT,)),
    _of("verify", "核 核查", "verify"),
    _of("rework", "返 返工", "rework", needs=(T.TEXT,)),
    _of("close", "结 结案", "close", needs=(T.TEXT,)),
    _of("follow_up", "回访", "follow", needs=()),
    _of("reopen", "重开", "reopen", needs=(T.TEXT,)),
    _of("reject", "不受理", "reject", needs=(T.TEXT,)),
    _of("void", "作废", "void", needs=(T.TEXT,)),
    _of("refer_out", "转 转出", "refer", T.PLACE, needs=(T.PLACE, T.TEXT)),
    _of("to_mediation", "调解 转调解", "mediate"),
    _of("merge", "并 合并", "merge", T.NUMBER, needs=(T.NUMBER,)),
    _of("separate", "分开", "separate"),
    _of("ask_check", "核实", "check"),
    _of("self_handle", "自办 自行处置", "self", needs=(T.TEXT,)),
    _of("ask_supplement", "补 要求补充", "ask", needs=(T.TEXT,)),
    _of("supplement", "补充", "supplement"),
    _of("escalate", "升级 上报上级", "escalate", needs=(T.TEXT,)),
    _of("end_supervision", "撤督 解除督办", "unsupervise", needs=(T.TEXT,)),
    Verb(OPEN, (), ("查", "打开"), "open", (T.NUMBER,), (T.NUMBER,)),
    Verb(MACRO, (), ("宏",), "macro", (T.MACRO,), (T.MACRO,)),
)

BY_NAME: dict[str, Verb] = {verb.name: verb for verb in VERBS}

#: Steps that no command stands for: their forms ask what one line cannot hold: what was seen, a place, several texts.
WITHOUT_VERB = frozenset({"check_truth", "move", "reinspect", "split"})

#: The fields of a step's form by what fills them; words go into `text` unless said otherwise. `days` counts working days, a
#: field in `DAYS_ON` is a day, one in `MOMENTS` a moment.
FIELDS: dict[str, dict[Takes, str]] = {
    "dispatch": {T.DEPARTMENT: "lead", T.TERM: "days"},
    "add_part": {T.DEPARTMENT: "department", T.TERM: "days"},
    "settle": {T.DEPARTMENT: "lead"},
    "object": {T.DEPARTMENT: "next_owner", T.TEXT: "basis"},
    "whistle": {T.DEPARTMENT: "departments", T.TERM: "be_there_by"},
    "supervise": {T.TERM: "due_on"},
    "ask_extension": {T.TERM: "until"},
    "defer": {T.TERM: "review_on"},
    "accept": {T.CATEGORY: "category"},
    "classify": {T.CATEGORY: "category"},
    "refer_out": {T.PLACE: "to"},
    "merge": {T.NUMBER: "into"},
}
#: Further departments go here.
OTHERS: dict[str, str] = {"dispatch": "co_handlers", "whistle": "departments"}
#: Departments here may be several; elsewhere there is one.
DAYS_ON = frozenset({"due_on", "until", "review_on"})
MOMENTS = frozenset({"be_there_by"})
