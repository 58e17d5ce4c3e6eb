"""Form 8 and what stands in its place: the agreement, the register of an oral one, the notice that mediation ended."""

from collections.abc import Iterable

from linli.mediation.dossier import blocks as b
from linli.mediation.dossier.blocks import Block
from linli.mediation.dossier.forms import blocks_of
from linli.mediation.dossier.parts import Head
from linli.mediation.dossier.values import Agreement, OralAgreement, Termination, Try


def _signed_text(words: str, title: str, case_no: str) -> list[Block]:
    """Word for word; its own title and number stand above already."""
    said = [one for one in words.splitlines() if one.strip() not in (title, "口头协议登记表", f"编号：{case_no}")]
    return b.worded("\n".join(said))


@blocks_of.register
def _agreement(paper: Agreement, head: Head) -> list[Block]:
    made = [
        b.title(paper.title, f"编号：{head.case_no}"),
        *_signed_text(paper.text, paper.title, head.case_no),
        b.signs((*paper.signs, *paper.mediators, *((paper.recorder,) if paper.recorder else ()))),
        b.stamped(paper.stamp),
    ]
    if paper.effective_at:
        made.append(b.small(f"生效时间：{b.moment(paper.effective_at)}"))
    if paper.text_sha256:
        made.append(b.small(f"签署文本（第{paper.version}稿）校验值（SHA-256）：\n{paper.text_sha256}"))
    return made + b.scans(paper.scans)


@blocks_of.register
def _oral(paper: OralAgreement, head: Head) -> list[Block]:
    return [
        b.title(paper.title, f"编号：{head.case_no}"),
        *_signed_text(paper.text, paper.title, head.case_no),
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
        *tried(paper.tries, named=True),
        b.heading("其他解决途径"),
        b.text("各方当事人可以依法通过下列途径维护自己的权利：\n" + b.numbered(paper.ways)),
        b.text("调解期间各方为达成协议所作的让步，未经各方同意，不在以后的仲裁、诉讼中作为对其不利的依据。"),
        *([b.signs(paper.signs)] if paper.signs else []),
        b.stamped(paper.stamp),
        b.small(f"终止日期：{b.day(paper.at)}"),
    ]


def tried(tries: Iterable[Try], *, named: bool) -> list[Block]:
    """When and how whom was not reached, on a notice that goes to all sides; nothing where everybody was.

    `named` once both sides know of each other: before that, a party is told by its side alone.
    """
    rows = [
        (str(number), b.moment(one.at), one.way, f"{one.side}{one.name if named else ''}")
        for number, one in enumerate(tries, 1)
    ]
    if not rows:
        return []
    told = b.text(f"本会先后{len(rows)}次与当事人联系，均未取得联系：")
    return [told, b.table(("次序", "时间", "方式", "联系对象"), (0.7, 3.4, 1.2, 2.7), rows)]


def _accepted(head: Head) -> str:
    return f"于{b.day(head.accepted_on)}" if head.accepted_on else ""
