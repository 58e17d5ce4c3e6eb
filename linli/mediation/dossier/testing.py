"""A dossier as a township makes it, for tests: every form once, with words of our own."""

import io
from datetime import UTC, date, datetime, timedelta
from typing import Any

from linli.mediation.dossier import values as v
from linli.mediation.dossier.binding import Draft, Filing, Retention
from linli.mediation.dossier.parts import Head, Party, Picture, Side, Sign, Stamp

AT = datetime(2026, 11, 9, 7, 5, tzinfo=UTC)
BODY = "石角镇人民调解委员会"
WAYS = ("向有管辖权的人民法院提起诉讼；", "依法申请仲裁；", "请求有关行政机关依法处理。")


TEXT = """人民调解协议书
编号：(2026)石人调字第12号

一、当事人
申请人：陈亚水，住址：石角镇沙田村委会上村12号。
被申请人：买买提·艾力，住址：石角镇沙田村委会上村14号。

二、纠纷的主要事实
双方共用排水沟被堵，雨水倒灌，致使陈亚水家中稻谷受潮。

三、协议内容
经石角镇人民调解委员会调解，各方当事人自愿达成如下协议：
1. 买买提·艾力于2026年11月16日前（含当日）清理排水沟内的建材，恢复排水。
2. 买买提·艾力于2026年11月20日前（含当日）赔偿陈亚水稻谷损失人民币1,200元（大写：壹仟贰佰元整）。
3. 排水沟今后由双方共同维护，每年汛期前各清理一次。

四、履行的方式、地点和期限
（1）买买提·艾力于2026年11月16日前（含当日）履行：清理排水沟内的建材，以照片为证。
（2）买买提·艾力于2026年11月20日前（含当日）向陈亚水履行：支付稻谷损失赔偿款，金额1,200元，以收条为证。
"""


def drawn() -> Picture:
    """A signature as a phone sends it: black on nothing."""
    from PIL import Image, ImageDraw

    picture = Image.new("RGBA", (400, 140), (0, 0, 0, 0))
    line = [(20 + 9 * step, 70 + (-1) ** step * (13 * step % 47)) for step in range(40)]
    ImageDraw.Draw(picture).line(line, fill=(20, 24, 60, 255), width=5)
    out = io.BytesIO()
    picture.save(out, "PNG")
    return Picture(out.getvalue())


def signed(role: str, name: str, way: str = "手机签名", picture: Picture | None = None) -> Sign:
    """A place that is signed."""
    return Sign(role, name, way, AT, picture)


def make_head(**more: Any) -> Head:
    """Two neighbours."""
    parties = (
        Party(Side.APPLICANT, "陈亚水", telephone="13800000001", address="石角镇沙田村委会上村12号"),
        Party(Side.RESPONDENT, "买买提·艾力", telephone="13800000002", address="石角镇沙田村委会上村14号"),
    )
    said: dict[str, Any] = {
        "key": "0198f000-0000-7000-8000-000000000001",
        "case_no": "(2026)石人调字第12号",
        "body": BODY,
        "kind": "邻里纠纷",
        "parties": parties,
        "mediators": ("林国强",),
        "recorder": "黄小敏",
        "accepted_on": date(2026, 11, 2),
        "concluded_on": date(2026, 11, 9),
    }
    return Head(**{**said, **more})


def make_agreement(head: Head, picture: Picture | None = None, **more: Any) -> v.Agreement:
    """Signed by all, and sealed."""
    first, *others = [signed(str(one.side), one.name, picture=picture) for one in head.parties]
    said: dict[str, Any] = {
        "text": TEXT,
        "text_sha256": "cd" * 32,
        "signs": (first, *others),
        "mediators": (signed("人民调解员", "林国强", picture=picture),),
        "recorder": signed("记录人", "黄小敏"),
        "stamp": Stamp(head.body, AT),
        "effective_at": AT,
    }
    return v.Agreement(**{**said, **more})


def make_session(**more: Any) -> v.Session:
    """An hour in the committee's room."""
    said: dict[str, Any] = {
        "number": 1,
        "began_at": AT - timedelta(hours=1),
        "ended_at": AT,
        "place": "沙田村委会调解室",
        "present": ("陈亚水", "买买提·艾力", "林国强", "黄小敏"),
        "helpers": ("陈大伯（邻居）",),
        "text": "调解员：今天请双方到场，就排水沟一事进行调解。\n陈亚水：十月底下大雨，水进了屋，谷子湿了三包。\n"
        "买买提·艾力：建材是我放的，没想到会堵，愿意清走。\n调解员：损失数额，双方可有意见？\n双方：按三包计，一千二百元。",
        "undisputed": "排水沟由双方共用；2026年10月28日雨水倒灌。",
        "concessions": "陈亚水不再要求赔偿误工费。",
        "result": "双方达成协议，另行制作调解协议书。",
        "signs": (signed("当事人", "陈亚水"), signed("当事人", "买买提·艾力"), signed("人民调解员", "林国强")),
    }
    return v.Session(**{**said, **more})


def make_draft(**more: Any) -> Draft:
    """Every form of a dossier that can be bound."""
    picture = drawn()
    head: Head = more.pop("head", None) or make_head()
    names = [one.name for one in head.parties]
    told = [v.Told(name, AT - timedelta(days=7), "当面告知", signed("当事人", name)) for name in names]
    shown = [v.Shown(name, "居民身份证", AT - timedelta(days=7), "黄小敏") for name in names]
    said: dict[str, Any] = {
        "filing": Filing("黄小敏", date(2026, 12, 1), Retention("长期", date(2056, 12, 1)), "林国强"),
        "opening": v.Application(
            "共用排水沟被堵，雨水进屋。",
            "要求清理排水沟，赔偿稻谷损失。",
            (signed("申请人", names[0], picture=picture),),
            AT - timedelta(days=8),
        ),
        "rights": v.RightsNotice((told[0], *told[1:])),
        "identity": v.Identity((shown[0], *shown[1:])),
        "sessions": (make_session(),),
        "ending": make_agreement(head, picture),
        "addresses": (
            v.ServiceAddress(
                names[0], "石角镇沙田村委会上村12号", "13800000001", names[0], signed("当事人", names[0]), True
            ),
        ),
        "disclosures": (v.Disclosure("林国强", "无上列情形", "无异议", signed("人民调解员", "林国强"), AT),),
        "powers": (
            v.PowerOfAttorney(
                names[1],
                "阿不都·热合曼",
                "兄弟",
                "13800000003",
                "代为承认、变更请求，签署调解协议",
                (signed("委托人", names[1]), signed("受委托人", "阿不都·热合曼")),
                AT,
            ),
        ),
        "inquiries": (
            v.Inquiry(
                AT,
                "沙田村上村",
                "陈大伯",
                "邻居",
                "林国强",
                "问：排水沟何时被堵？\n答：国庆后就堵了。",
                (signed("被调查人", "陈大伯", "纸上签名"), signed("调查人", "林国强")),
                "黄小敏",
            ),
        ),
        "tries": v.Tries((v.Try(AT - timedelta(days=6), "被申请人", names[1], "电话", "无人接听。", "黄小敏"),)),
        "evidence": v.Evidence(
            (
                v.Item("现场照片", names[0], AT, "照片", "受潮的稻谷三包", "ab" * 32, AT, ("买买提·艾力：认可",)),
                v.Item("购买建材收据", names[1], AT),
            )
        ),
        "receipts": (
            v.Receipt(
                names[1],
                names[0],
                "稻谷损失赔偿款",
                AT + timedelta(days=9),
                "1,200元",
                "微信转账截图",
                (signed("收款人", names[0]),),
            ),
        ),
        "follow_ups": (
            v.FollowUp(
                AT + timedelta(days=14), "黄小敏", names[0], "上门", True, True, False, "排水正常，双方往来如常。"
            ),
        ),
        "confirmation": v.ConfirmationApplication(
            "廉江市人民法院",
            date(2026, 11, 9),
            date(2026, 12, 9),
            ("按调解协议书第一、二项履行。",),
            (Sign("申请人", names[0]), Sign("申请人", names[1])),
        ),
        "ruling": v.Ruling("廉江市人民法院", "确认调解协议有效", date(2026, 11, 28), "(2026)粤0881民特12号"),
        "note": v.Note("本卷材料齐全，电子签名原始数据存于本会系统。", "黄小敏", date(2026, 12, 1)),
    }
    return Draft(head=head, **{**said, **more})
