"""Codes as the papers say them: the dossier is Chinese by law, whatever language a page is read in."""

from linli.mediation.models import Session
from linli.mediation.rules import (
    Chosen,
    CompanionKind,
    CourtAnswer,
    Door,
    Ending,
    Interest,
    Kind,
    MediationType,
    NextWay,
    NotAccepted,
    PersonKind,
    Side,
    SignatureWay,
    SoundGone,
    Stance,
    VisitWhy,
    Way,
)

KIND: dict[str, str] = {
    Kind.FAMILY: "婚姻家庭纠纷",
    Kind.NEIGHBOURS: "邻里纠纷",
    Kind.HOUSING: "房屋宅基地纠纷",
    Kind.CONTRACT: "合同纠纷",
    Kind.BUSINESS: "生产经营纠纷",
    Kind.DAMAGES: "损害赔偿纠纷",
    Kind.FOREST_LAND: "山林土地纠纷",
    Kind.DEMOLITION: "征地拆迁纠纷",
    Kind.POLLUTION: "环境污染纠纷",
    Kind.LABOUR: "劳动争议",
    Kind.TOURISM: "旅游纠纷",
    Kind.CONSUMER: "消费纠纷",
    Kind.MEDICAL: "医疗纠纷",
    Kind.ROAD: "道路交通事故纠纷",
    Kind.PROPERTY_MANAGEMENT: "物业管理纠纷",
    Kind.INTELLECTUAL: "知识产权纠纷",
    Kind.INTERNET: "互联网纠纷",
    Kind.OTHER: "其他纠纷",
}
MEDIATION_TYPE: dict[str, str] = {
    MediationType.PEOPLES: "人民调解",
    MediationType.ADMINISTRATIVE: "行政调解",
    MediationType.TRADE: "行业性专业性调解",
    MediationType.JUDICIAL: "司法调解",
    MediationType.COMMERCIAL: "商事调解",
    MediationType.PETITION: "信访事项调解",
}
DOOR: dict[str, str] = {
    Door.EVENT: "由事件转入，经当事人同意",
    Door.WINDOW: "当事人到场申请",
    Door.PHONE: "当事人电话申请",
    Door.ONLINE: "当事人网上申请",
    Door.TRANSFER: "有关单位委托调解",
    Door.EARLY: "人民调解委员会主动调解",
}
SIDE: dict[str, str] = {Side.APPLICANT: "申请人", Side.RESPONDENT: "被申请人", Side.THIRD: "第三人"}
PERSON_KIND: dict[str, str] = {
    PersonKind.NATURAL: "自然人",
    PersonKind.LEGAL: "法人",
    PersonKind.UNINCORPORATED: "非法人组织",
}
COMPANION: dict[str, str] = {
    CompanionKind.AGENT: "代理人",
    CompanionKind.RELATIVE: "亲属",
    CompanionKind.NEIGHBOUR: "邻里",
    CompanionKind.COLLEAGUE: "同事",
    CompanionKind.EXPERT: "专业人员",
    CompanionKind.INTERPRETER: "翻译",
}
WAY: dict[str, str] = {
    Way.IN_PERSON: "当面",
    Way.PHONE: "电话",
    Way.ONLINE: "个人办理页面",
    Way.WRITTEN: "书面",
}
STANCE: dict[str, str] = {Stance.ACCEPTS: "认可", Stance.DISPUTES: "有异议"}
INTEREST: dict[str, str] = {
    Interest.NONE: "无上列情形",
    Interest.RELATIVE: "是当事人或者其代理人的近亲属",
    Interest.STAKE: "与纠纷有利害关系",
    Interest.SAME_UNIT: "与当事人在同一单位",
    Interest.EARLIER: "曾办理过与一方当事人有关的其他事项",
    Interest.OTHER: "有其他可能影响公正调解的关系",
}
CHOSEN: dict[str, str] = {
    Chosen.BY_PARTIES: "由当事人选择",
    Chosen.PROPOSED: "从三名推荐人选中选定",
    Chosen.BY_COMMITTEE: "由本会指定",
}
SIGNED: dict[str, str] = {
    SignatureWay.PHONE: "手机签名",
    SignatureWay.PAPER: "纸上签名（扫描件存本会）",
    SignatureWay.FINGERPRINT: "纸上按指印（扫描件存本会）",
}
#: As the notice goes on: 现因……
ENDING: dict[str, str] = {
    Ending.AGREEMENT: "各方达成协议",
    Ending.OWN_SETTLEMENT: "当事人自行和解并撤回申请",
    Ending.UNREACHABLE: "无法与一方当事人取得联系",
    Ending.DECLINED: "一方当事人不同意继续调解",
    Ending.TOO_FAR_APART: "各方分歧过大，难以达成协议",
    Ending.TERM_OVER: "调解期限届满，各方未同意延长",
    Ending.REFUSES_TO_SIGN: "一方当事人拒绝在调解协议上签名",
    Ending.OTHER: "出现其他应当终止调解的情形",
}
NOT_ACCEPTED: dict[str, str] = {
    NotAccepted.REFUSED: "一方当事人明确拒绝调解（《中华人民共和国人民调解法》第十七条）。",
    NotAccepted.OUT_OF_SCOPE: "该事项不属于可以调解的民间纠纷。",
    NotAccepted.OTHER_AUTHORITY: "法律、法规规定该事项只能由专门机关管辖处理。",
    NotAccepted.IN_COURT: "人民法院已经受理或者已经裁判。",
    NotAccepted.CRIMINAL: "该事项可能涉及治安案件或者刑事案件，应当由公安机关处理（《中华人民共和国人民调解法》第二十五条）。",
    NotAccepted.NO_PARTY: "没有明确的被申请人。",
    NotAccepted.UNREACHABLE: "无法与一方当事人取得联系，不能征询其是否同意调解。",
    NotAccepted.OTHER: "存在其他不宜调解的情形。",
}
NEXT_WAY: dict[str, str] = {
    NextWay.ARBITRATION: "依法申请仲裁；",
    NextWay.ADMINISTRATIVE: "请求有关行政机关依法处理；",
    NextWay.COURT: "向有管辖权的人民法院提起诉讼。",
}
COURT_ANSWER: dict[str, str] = {
    CourtAnswer.ACCEPTED: "人民法院已受理，尚未作出裁定",
    CourtAnswer.CONFIRMED: "裁定确认调解协议有效",
    CourtAnswer.REFUSED: "裁定驳回申请",
    CourtAnswer.WITHDRAWN: "申请已撤回",
}
VISIT: dict[str, str] = {
    VisitWhy.IN_FORCE: "协议生效后回访",
    VisitWhy.PERFORMED: "履行完毕后回访",
    VisitWhy.FIRST_LOOK: "九十日回访",
    VisitWhy.LAST_LOOK: "一百八十日回访",
}
SOUND_APART = "录音另存"
GONE: dict[str, str] = {
    SoundGone.WITHDRAWN: "因撤回同意，录音已删除",
    SoundGone.RETENTION: "保管期满，录音已删除",
    SoundGone.MISTAKE: "误存的录音已删除",
}


def sound_of(session: Session) -> str:
    """What a dossier says of the sound of a session: that it lies elsewhere, or why it is gone; empty without any."""
    recordings = list(session.recordings.all())
    kept = [one for one in recordings if one.deleted_at is None]
    if kept:
        minutes = max(1, round(sum(one.seconds for one in kept) / 60))
        return f"经各方同意，已录音{len(kept)}段，共约{minutes}分钟；{SOUND_APART}，不附卷"
    if recordings:
        return "曾录音；" + GONE[recordings[-1].deleted_why]
    return "经各方同意，已录音" if session.has_audio else ""


def instead_of_words(session: Session) -> str:
    """What stands where nothing was written down."""
    return "（以经各方同意的录音代替记录）" if session.has_audio else ""


def how_chosen(chosen: str, said: dict[str, str]) -> str:
    """How a mediator came to a dispute. `said`: how the parties that chose said so, `Way` by name; empty where none did."""
    words = CHOSEN.get(chosen, "")
    told = "；".join(f"{name}，{WAY[way]}" for name, way in said.items())
    if not told:
        return words
    return f"{words if chosen == Chosen.BY_PARTIES else '由当事人' + words}（{told}）"
