"""Forms 9 to 12: receipt, follow-up, what goes to court, and the note on the dossier."""

from linli.mediation.dossier import blocks as b
from linli.mediation.dossier.blocks import Block
from linli.mediation.dossier.forms import blocks_of
from linli.mediation.dossier.parts import Head
from linli.mediation.dossier.values import ConfirmationApplication, FollowUp, Note, Receipt, Ruling


@blocks_of.register
def _receipt(paper: Receipt, head: Head) -> list[Block]:
    return [
        b.title(paper.title, head.case_no),
        b.text(
            f"今收到{paper.owed_by}依据本案调解协议履行的：{paper.what}"
            + (f"，金额{paper.amount}" if paper.amount else "")
            + "。"
        ),
        b.pairs(
            ("履行人", paper.owed_by, "受领人", b.or_nothing(paper.owed_to)),
            ("履行时间", b.moment(paper.at), "凭证", b.or_nothing(paper.evidence)),
        ),
        *([b.signs(paper.signs)] if paper.signs else []),
        *b.scans([paper.scan]),
    ]


@blocks_of.register
def _follow_up(paper: FollowUp, head: Head) -> list[Block]:
    return [
        b.title(paper.title, head.case_no),
        b.pairs(
            ("回访时间", b.moment(paper.at), "回访人", paper.by),
            ("被回访人", paper.asked, "回访方式", paper.way),
            ("协议履行", b.yes(paper.performed, "已履行", "未履行或者未全部履行")),
            ("是否满意", b.yes(paper.satisfied, "满意", "不满意")),
            ("新的苗头", b.yes(paper.new_risk, "有", "无")),
        ),
        b.heading("回访情况"),
        b.text(paper.words),
        *([b.signs([paper.sign])] if paper.sign else []),
    ]


@blocks_of.register
def _confirmation(paper: ConfirmationApplication, head: Head) -> list[Block]:
    return [
        b.title(paper.title),
        *(b.text(b.introduced(one).replace(f"{one.side}：", "申请人：", 1)) for one in head.parties),
        b.heading("请求事项"),
        b.text(f"请求确认{head.body}主持各方达成的{head.case_no}人民调解协议有效。"),
        b.heading("事实与理由"),
        b.text(
            f"各方因{head.kind}发生争议，于{b.day(paper.agreed_on)}经{head.body}调解，自愿达成人民调解协议（{head.case_no}），"
            "协议内容如下："
        ),
        b.text(b.numbered(paper.items)),
        b.text(
            "各方承诺：出于解决纠纷的目的自愿达成协议，没有恶意串通、规避法律的行为；如果因为该协议内容给他人造成损害的，"
            "愿意承担相应的民事责任和其他法律责任。"
        ),
        b.text(
            f"根据《中华人民共和国人民调解法》第三十三条的规定，各方自协议生效之日起三十日内（至{b.day(paper.deadline_on)}）"
            "共同提出申请。"
        ),
        b.text(f"此致\n{paper.court}", indent=False),
        b.signs(paper.signs),
        b.small(
            f"附：人民调解协议书{paper.copies}份；身份证明；与协议有关的财产权利证明等证明材料。"
            + (f"\n提交日期：{b.day(paper.applied_on)}" if paper.applied_on else "")
        ),
    ]


@blocks_of.register
def _ruling(paper: Ruling, head: Head) -> list[Block]:
    return [
        b.title(paper.title, head.case_no),
        b.pairs(
            ("人民法院", paper.court),
            ("裁定文书号", b.or_nothing(paper.number), "作出日期", b.day(paper.answered_on)),
            ("结果", paper.answer),
        ),
        b.small("人民法院的裁定书附后。"),
    ]


@blocks_of.register
def _note(paper: Note, head: Head) -> list[Block]:
    return [
        b.title(paper.title, head.case_no),
        b.text(paper.words),
        b.pairs(("说明人", paper.by, "日期", b.day(paper.on))),
    ]
