"""Forms 5 to 7: what was asked, what was given as evidence, what was said in a session."""

from linli.mediation.dossier import blocks as b
from linli.mediation.dossier.blocks import Block
from linli.mediation.dossier.forms import blocks_of
from linli.mediation.dossier.parts import Head
from linli.mediation.dossier.values import Evidence, Inquiry, Item, Session, Tries

_READ = "以上记录已交本人阅读（或者向本人宣读），与本人所述一致。"


@blocks_of.register
def _inquiry(paper: Inquiry, head: Head) -> list[Block]:
    return [
        b.title(paper.title, head.case_no),
        b.pairs(
            ("时间", b.moment(paper.began_at), "地点", b.or_nothing(paper.place)),
            ("被调查人", paper.asked, "与纠纷关系", b.or_nothing(paper.relation)),
            ("调查人", paper.asker, "记录人", b.or_nothing(paper.recorder)),
        ),
        b.heading("调查内容"),
        b.text(paper.text, spaced=True),
        b.text(_READ),
        b.signs(paper.signs),
    ]


@blocks_of.register
def _tries(paper: Tries, head: Head) -> list[Block]:
    rows = [
        (str(number), b.moment(one.at), one.way, f"{one.side}\n{one.name}", one.words, one.by)
        for number, one in enumerate(paper.items, 1)
    ]
    return [
        b.title(paper.title, head.case_no),
        b.text("本会为征询意见、组织调解，曾与下列当事人联系，均未取得联系："),
        b.table(("序号", "时间", "方式", "联系对象", "情况", "记录人"), (0.7, 2.2, 1.0, 1.9, 3.3, 1.3), rows),
    ]


@blocks_of.register
def _evidence(paper: Evidence, head: Head) -> list[Block]:
    rows = [_row(number, item) for number, item in enumerate(paper.items, 1)]
    prints = [
        f"证据{number}：{item.sha256[:32]} {item.sha256[32:]}"
        for number, item in enumerate(paper.items, 1)
        if item.sha256
    ]
    made = [
        b.title(paper.title, head.case_no),
        b.table(
            ("序号", "名称及说明", "提交人", "提交时间", "核对原件", "各方意见"), (0.9, 3.0, 1.3, 1.9, 1.5, 2.1), rows
        ),
    ]
    if prints:
        made += [b.heading("电子文件校验值（SHA-256）"), b.small("\n".join(prints))]
    return made + b.scans(item.scan for item in paper.items)


def _row(number: int, item: Item) -> tuple[str, ...]:
    name = "\n".join(one for one in (f"{item.name}（{item.kind}）" if item.kind else item.name, item.words) if one)
    seen = f"已核对\n{b.day(item.original_seen_at)}" if item.original_seen_at else "未核对"
    return str(number), name, item.given_by, b.day(item.given_at), seen, "\n".join(item.stances) or b.NOTHING


@blocks_of.register
def _session(paper: Session, head: Head) -> list[Block]:
    manner = "背对背（分别进行）" if paper.is_apart else "面对面（共同进行）"
    made = [
        b.title(paper.title, f"{head.case_no}　第{paper.number}次"),
        b.pairs(
            ("时间", b.span(paper.began_at, paper.ended_at)),
            ("地点", paper.place, "方式", manner + ("，在线" if paper.is_remote else "")),
            ("参加人", "、".join(paper.present)),
            ("协助调解人", "、".join(paper.helpers) or b.NOTHING),
            ("人民调解员", "、".join(head.mediators) or b.NOTHING, "记录人", b.or_nothing(head.recorder)),
            ("录音录像", paper.sound or "未录音录像"),
        ),
        b.text("人民调解委员会已将人民调解的相关规定告知各方当事人。"),
        b.heading("调解记录"),
        b.text(paper.text, spaced=True),
        b.heading("各方无争议的事实"),
        b.text(paper.undisputed),
    ]
    if paper.concessions:
        made += [
            b.heading("为达成协议所作的让步"),
            b.text(paper.concessions),
            b.small("本项内容未经各方同意，不在以后的仲裁、诉讼中作为对其不利的依据。"),
        ]
    return [*made, b.heading("调解结果"), b.text(paper.result), b.text(_READ), b.signs(paper.signs)]
