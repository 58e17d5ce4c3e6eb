"""Forms 1 to 4: application, acceptance register, notice of rights and duties, identity, power of attorney."""

from linli.mediation.dossier import blocks as b
from linli.mediation.dossier.blocks import Block
from linli.mediation.dossier.forms import blocks_of
from linli.mediation.dossier.parts import Head
from linli.mediation.dossier.values import Application, Identity, PowerOfAttorney, Register, RightsNotice

#: 人民调解法 arts. 4, 15, 19, 20, 23, 26, 28, 31-33; 人民法院在线调解规则 on what is said in mediation.
RIGHTS = (
    "选择或者接受人民调解员；认为调解员与本案有利害关系的，可以要求更换。",
    "接受调解、拒绝调解或者要求终止调解。",
    "要求调解公开进行或者不公开进行。未提出要求的，本会不公开进行。",
    "自主表达意愿，自愿达成调解协议。",
    "经各方同意，邀请亲属、邻里、同事或者有专门知识的人参与调解；委托代理人参加调解。",
    "查阅本人提交的材料、本人签名的记录和调解协议，并可以查询何人何时查看过本案卷宗。",
)
DUTIES = (
    "如实陈述纠纷事实，不得虚构事实、恶意串通进行虚假调解。",
    "遵守调解现场秩序，尊重人民调解员。",
    "尊重对方当事人行使权利，不得激化矛盾。",
    "全面履行生效的调解协议。",
)
KNOW = (
    "人民调解委员会调解民间纠纷不收取任何费用。",
    "调解一般在受理之日起一个月内结束；需要延长的，由各方当事人同意。",
    "当事人为达成协议所作的让步，未经各方同意，不在以后的仲裁、诉讼中作为对其不利的依据。",
    "调解协议具有法律约束力。就协议的履行或者内容发生争议的，可以向人民法院起诉。",
    "各方认为有必要的，可以自协议生效之日起三十日内共同向有管辖权的人民法院申请司法确认；经确认有效的，一方不履行，对方可以申请强制执行。",
    "调解不成的，可以依法通过仲裁、行政、司法等途径维护自己的权利。",
    "人民调解员不得偏袒一方、侮辱当事人、索取财物或者泄露当事人的个人隐私、商业秘密；有上述行为的，可以向本会或者司法行政机关投诉。",
)


@blocks_of.register
def _application(paper: Application, head: Head) -> list[Block]:
    return [
        b.title(paper.title),
        b.parties(head),
        b.heading("纠纷简要情况"),
        b.text(paper.summary),
        b.heading("申请事项"),
        b.text(paper.claims),
        b.text("人民调解委员会已将申请人民调解的相关规定告知本人，本人自愿申请人民调解委员会进行调解。"),
        b.text(f"此致\n{head.body}", indent=False),
        b.signs(paper.signs),
        b.small(f"申请日期：{b.day(paper.at)}"),
    ]


@blocks_of.register
def _register(paper: Register, head: Head) -> list[Block]:
    rows: list[tuple[str, str] | tuple[str, str, str, str]] = [
        ("登记时间", b.moment(paper.at), "纠纷类别", head.kind),
        ("纠纷来源", paper.door, "调解类型", head.mediation_type),
        ("委托单位", paper.entrusted_by or b.NOTHING),
        ("受理时间", b.moment(paper.accepted_at) if paper.accepted_at else b.NOTHING),
    ]
    return [
        b.title(paper.title, head.case_no),
        b.pairs(*rows),
        b.parties(head),
        b.heading("纠纷简要情况"),
        b.text(paper.summary),
        b.heading("当事人请求"),
        b.text(paper.claims),
        b.signs((*paper.signs, paper.registrar)),
    ]


@blocks_of.register
def _rights(paper: RightsNotice, head: Head) -> list[Block]:
    rows = [(one.name, b.moment(one.at) if one.at else "未告知", one.way) for one in paper.told]
    return [
        b.title(paper.title, head.case_no),
        b.text("根据《中华人民共和国人民调解法》的规定，现将当事人在人民调解活动中的权利义务告知如下："),
        b.heading("一、当事人享有下列权利"),
        b.text(b.numbered(RIGHTS)),
        b.heading("二、当事人履行下列义务"),
        b.text(b.numbered(DUTIES)),
        b.heading("三、其他告知事项"),
        b.text(b.numbered(KNOW)),
        b.heading("四、告知情况"),
        b.table(("被告知人", "告知时间", "告知方式"), (2, 3, 2), rows),
        *([b.text("以上内容已经告知，本人已经知悉。")] if any(one.sign for one in paper.told) else []),
        b.signs(one.sign for one in paper.told if one.sign),
    ]


@blocks_of.register
def _identity(paper: Identity, head: Head) -> list[Block]:
    rows = [
        (
            f"{'√' if one.seen_at else '□'} {one.name}",
            one.paper,
            b.moment(one.seen_at) if one.seen_at else "未核验",
            one.seen_by or b.NOTHING,
            "已留存" if one.is_copied else "不留存",
        )
        for one in paper.shown
    ]
    return [
        b.title(paper.title, head.case_no),
        b.text("下列打“√”的当事人已出示身份证明原件，经核验与本人（本单位）相符。"),
        b.table(("当事人", "出示的证明", "核验时间", "核验人", "复印件"), (2.0, 2.0, 3.7, 1.3, 1.2), rows),
        b.small("按照最小必要原则，身份证明只核验、不留存；仅在申请司法确认需要时留存复印件，并加密保管。"),
    ]


@blocks_of.register
def _power(paper: PowerOfAttorney, head: Head) -> list[Block]:
    return [
        b.title(paper.title, head.case_no),
        b.pairs(
            ("委托人", paper.principal),
            ("受委托人", paper.agent, "与委托人关系", b.or_nothing(paper.relation)),
            ("联系电话", b.or_nothing(paper.telephone)),
        ),
        b.text(f"委托人就“{head.name}”一案，委托上列受委托人作为代理人参加调解。代理权限如下："),
        b.tick("一般代理：代为陈述事实、提交材料、发表意见。", on=not paper.special),
        b.tick(f"特别授权：{paper.special or '代为承认、放弃、变更请求，签署调解协议。'}", on=bool(paper.special)),
        b.signs(paper.signs),
        b.small(f"委托日期：{b.day(paper.at)}"),
    ]
