"""Form 8 and what stands in its place: the agreement, the register of an oral one, the notice that mediation ended."""

from linli.mediation.dossier import blocks as b
from linli.mediation.dossier.blocks import Block
from linli.mediation.dossier.forms import blocks_of
from linli.mediation.dossier.parts import Head
from linli.mediation.dossier.values import Agreement, OralAgreement, Promise, Termination


def _promises(promises: tuple[Promise, ...]) -> list[Block]:
    if not promises:
        return []
    rows = [
        (str(number), one.owed_by, one.owed_to or b.NOTHING, one.what, one.amount or b.NOTHING, one.due)
        for number, one in enumerate(promises, 1)
    ]
    columns = ("序号", "履行人", "受领人", "履行内容", "金额", "履行期限")
    return [b.table(columns, (0.7, 1.65, 1.65, 2.4, 1.3, 2.6), rows)]


def _counted(said: list[tuple[str, list[Block]]]) -> list[tuple[str, list[Block]]]:
    """一、……二、……"""
    return [(f"{number}、{name}", blocks) for number, (name, blocks) in zip("一二三四五六", said, strict=False)]


_FORCE = (
    "本协议自各方当事人签名、盖章或者按指印，人民调解员签名并加盖人民调解委员会印章之日起生效，具有法律约束力，"
    "各方应当按照约定履行。各方认为有必要的，可以自生效之日起三十日内共同向有管辖权的人民法院申请司法确认。"
)


@blocks_of.register
def _agreement(paper: Agreement, head: Head) -> list[Block]:
    copies = paper.copies or len(head.parties) + 1
    said: list[tuple[str, list[Block]]] = [("纠纷的主要事实、争议事项", [b.text(paper.facts)])]
    if paper.responsibility:
        said.append(("各方当事人的责任", [b.text(paper.responsibility)]))
    said += [
        ("经调解，各方自愿达成如下协议", [b.text(b.numbered(paper.items))]),
        ("履行方式、地点、期限", _promises(paper.promises) or [b.text("按照上述协议内容的约定履行。")]),
        ("效力与告知", [b.text(_FORCE)]),
    ]
    made = [
        b.title(paper.title, head.case_no),
        b.text("\n".join(b.introduced(one) for one in head.parties)),
        *(block for name, blocks in _counted(said) for block in (b.heading(name), *blocks)),
        b.text(f"本协议一式{copies}份，各方当事人各执一份，人民调解委员会留存一份。"),
        b.signs((*paper.signs, *paper.mediators, *((paper.recorder,) if paper.recorder else ()))),
        b.stamped(paper.stamp),
    ]
    if paper.effective_at:
        made.append(b.small(f"生效时间：{b.moment(paper.effective_at)}"))
    return made


@blocks_of.register
def _oral(paper: OralAgreement, head: Head) -> list[Block]:
    return [
        b.title(paper.title, head.case_no),
        b.parties(head),
        b.heading("纠纷主要事实、争议事项"),
        b.text(paper.facts),
        b.heading("达成协议内容"),
        b.text(b.numbered(paper.items)),
        b.heading("履行方式、时限"),
        *(_promises(paper.promises) or [b.text("即时履行。")]),
        b.text(f"各方当事人认为无需制作调解协议书，于{b.moment(paper.effective_at)}达成口头协议，自达成之日起生效。"),
        b.signs((*paper.mediators, *((paper.recorder,) if paper.recorder else ()))),
        b.stamped(paper.stamp),
    ]


@blocks_of.register
def _termination(paper: Termination, head: Head) -> list[Block]:
    return [
        b.title(paper.title, head.case_no),
        b.text("、".join(b.named(one) for one in head.parties) + "：", indent=False),
        b.text(
            f"{head.body}{_accepted(head)}受理的“{head.name}”一案，现因{paper.ending}，"
            "根据《中华人民共和国人民调解法》第二十六条的规定，决定终止调解。"
        ),
        b.heading("具体情况"),
        b.text(paper.why),
        b.heading("其他解决途径"),
        b.text("各方当事人可以依法通过下列途径维护自己的权利：\n" + b.numbered(paper.ways)),
        b.text("调解期间各方为达成协议所作的让步，未经各方同意，不在以后的仲裁、诉讼中作为对其不利的依据。"),
        *([b.signs(paper.signs)] if paper.signs else []),
        b.stamped(paper.stamp),
        b.small(f"终止日期：{b.day(paper.at)}"),
    ]


def _accepted(head: Head) -> str:
    return f"于{b.day(head.accepted_on)}" if head.accepted_on else ""
