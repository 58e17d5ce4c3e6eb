"""What goes to the next way: a claim as a draft, with places for what its party alone knows."""

from linli.mediation.dossier import blocks as b
from linli.mediation.dossier.blocks import Block
from linli.mediation.dossier.forms import blocks_of
from linli.mediation.dossier.parts import Head, Sign
from linli.mediation.dossier.values import Claim

_BLANK = "＿＿＿＿＿＿＿"
_TO_WRITE = f"（由本人填写）{_BLANK}"


@blocks_of.register
def _claim(paper: Claim, head: Head) -> list[Block]:
    claims, against = paper.roles
    return [
        b.title(paper.title),
        b.text(b.introduced(paper.by).replace(f"{paper.by.side}：", f"{claims}：", 1)),
        *(b.text(f"{against}：{name}。住所：{_BLANK}，联系电话：{_BLANK}。") for name in paper.against),
        b.heading(paper.heading),
        b.text(b.numbered(paper.claims) if paper.claims else _TO_WRITE),
        b.heading("事实与理由"),
        *(b.text(one) for one in paper.facts),
        b.text(f"综上，依据{paper.law}和其他有关法律规定提出上述请求。"),
        b.heading("证据和证据来源"),
        b.text(b.numbered(paper.evidence)),
        b.text("此致", indent=False),
        b.text(paper.to, indent=False),
        b.signs([Sign(f"{claims}（签名或者盖章）", paper.by.name)]),
        b.small(
            "本稿由调解登记的内容预填，供当事人本人核对、修改后使用，由其本人对内容负责，不是人民调解委员会的文书。"
            "调解中任何一方作出的让步没有写入。"
        ),
    ]
