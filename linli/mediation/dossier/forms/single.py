"""Papers beside the thirteen forms: not accepted, entrusted by others, where to deliver, what a mediator declares."""

from linli.mediation.dossier import blocks as b
from linli.mediation.dossier.blocks import Block
from linli.mediation.dossier.forms import blocks_of
from linli.mediation.dossier.forms.ending import tried
from linli.mediation.dossier.parts import Head
from linli.mediation.dossier.values import Disclosure, Entrusted, NotAccepted, ServiceAddress


@blocks_of.register
def _not_accepted(paper: NotAccepted, head: Head) -> list[Block]:
    return [
        b.title(paper.title, head.case_no),
        b.text(f"{paper.to}：", indent=False),
        b.text(f"关于“{head.name}”的调解申请，本会于{b.day(paper.applied_on)}收到。经审查，不予受理，理由如下："),
        b.text(paper.why),
        *tried(paper.tries, named=False),
        b.heading("其他解决途径"),
        b.text("可以依法通过下列途径维护自己的权利：\n" + b.numbered(paper.ways)),
        b.stamped(paper.stamp),
        b.small(f"通知日期：{b.day(paper.at)}"),
    ]


@blocks_of.register
def _entrusted(paper: Entrusted, head: Head) -> list[Block]:
    # At the door both are written in one line.
    by, received = ("委托单位及函号", paper.entrusted_by), ("收函时间", b.moment(paper.received_at))
    apart = (("委托单位", paper.entrusted_by), (*received, "委托函号", paper.letter_no))
    return [
        b.title(paper.title, head.case_no),
        b.pairs(
            *(apart if paper.letter_no else (by, received)),
            ("当事人意愿", "\n".join(paper.consents) or b.NOTHING),
            ("本会答复", b.or_nothing(paper.answer)),
        ),
        b.heading("委托事项"),
        b.text(paper.summary),
        b.small(f"委托调解函{'扫描件' if paper.scan else '原件'}附后。委托调解须经各方当事人和本会同意。"),
        b.signs([paper.registrar]),
        *b.scans([paper.scan]),
    ]


@blocks_of.register
def _service_address(paper: ServiceAddress, head: Head) -> list[Block]:
    return [
        b.title(paper.title, head.case_no),
        b.pairs(
            ("当事人", paper.party, "收件人", paper.receiver),
            ("送达地址", b.or_nothing(paper.address)),
            ("联系电话", b.or_nothing(paper.telephone), "电子邮箱", b.or_nothing(paper.mail)),
        ),
        b.tick("同意以电子方式（短信、电子邮件、个人办理页面）送达。", on=paper.is_electronic),
        b.text(
            "本人确认以上送达地址准确、有效，适用于本案调解及其后的司法确认程序；地址变更的，及时告知本会。"
            "因地址不准确或者变更后未告知，致使文书未能实际接收的，由本人承担后果。"
        ),
        b.signs([paper.sign]),
    ]


@blocks_of.register
def _disclosure(paper: Disclosure, head: Head) -> list[Block]:
    return [
        b.title(paper.title, head.case_no),
        b.text(f"本人{paper.mediator}，受理“{head.name}”一案的调解，现就有无下列情形如实披露："),
        b.text(
            b.numbered(
                (
                    "是当事人或者其代理人的近亲属；",
                    "与纠纷有利害关系；",
                    "与当事人、代理人有其他可能影响公正调解的关系。",
                )
            )
        ),
        b.pairs(
            ("产生方式", b.or_nothing(paper.chosen)),
            ("披露结果", b.or_nothing(paper.interest)),
            ("当事人意见", b.or_nothing(paper.objection)),
            ("披露时间", b.moment(paper.declared_at)),
        ),
        b.text("本人承诺公正调解，不泄露当事人的个人隐私和商业秘密；出现应当回避的情形时，立即告知各方并停止调解。"),
        b.signs([paper.sign]),
    ]
