"""Replies as they are really written, good and bad: what is found in each, and nothing else."""

import pytest

from linli.events.rules import ADVICE, MUST_MEND, Doubt, folded, review
from linli.events.rules.replies import ALSO_READ, ASKED

GOOD = [
    (
        "close",
        "您反映的上县村水沟堵塞问题，水务局11月16日派人清淤约3立方米，疏通管道40米，现水流正常。如仍有积水请凭编号补充。",
    ),
    ("close", "经核实，石城镇圩街路灯不亮3盏，供电所已于11月17日更换灯头并试亮，巡查正常。"),
    ("close", "编号440881101-202611-000001的事项已办结：危墙已围挡，11月18日拆除上部松动砖块，剩余墙体12月5日前加固。"),
    (
        "close",
        "投诉人反映的噪声问题，经两次夜间检测均未超标（《社会生活环境噪声排放标准》GB 22337），商家已自行停用外放音箱。",
    ),
    ("close", "举报人提供的线索经查属实，依据《中华人民共和国固体废物污染环境防治法》第一百一十一条，责令当日清运。"),
    ("close", "来电人要求补办的手续已经窗口办好，可于工作日上班时间到镇便民中心领取，联系电话0759-6622345。"),
    ("close", "反映人于昨日来电称水压正常，自来水公司更换加压泵一台，问题解决。"),
    ("close", "投诉人方便时可到村委会查看整改照片：垃圾已清走两车，地面冲洗干净。"),
    ("close", "已责令施工单位停止夜间施工，依据《中华人民共和国噪声污染防治法》第四十三条，22时至次日6时不得作业。"),
    ("close", "投诉人高度关注的围挡已于11月20日拆除，人行道恢复通行，破损砖块更换26块。"),
    ("close", "当事双方经调解达成一致，滴水檐由西侧住户于12月1日前改向，书面协议一式三份。"),
    ("close", "投诉人何时来电均可查询进度。井盖已换为防沉降井盖，周边沥青修补完成。"),
    ("close", "The blocked drain was cleared on 16 November: 40 m of pipe flushed and two covers replaced."),
    ("self_handle", "网格员当场清理路面砂石约半车，设置警示锥桶两个，车辆可正常通行。"),
    ("submit_result", "水务局11月16日9时到场，抽排积水、更换破损井圈，14时恢复，附照片三张。"),
    ("reject", "该事项属于劳动争议，因已进入仲裁程序，依据《信访工作条例》不予受理，请按仲裁通知参加审理。"),
    ("reject", "所反映路段属于省道养护范围，不在镇级职责内，依照权责清单第12项不予受理，请拨打12328。"),
    ("reject", "Not taken on because the road belongs to the province (duty list, item 12). Please call 12328."),
    ("refer_out", "因涉及人身安全，已转110处警，请先离开现场。"),
    ("defer", "因台风期间河道水位高，暂不具备施工条件，已设围挡，12月20日复查。"),
    ("void", "因重复录入作废，原编号440881101-202611-000002继续办理。"),
    ("dismiss_objection", "道路照明因移交手续已于2024年完成，依据权责清单第31项由住建局负责，请签收。"),
    ("verify", "现场看过，沟已通。"),
    ("ask_supplement", "请补充门牌或附近标志物，最好附照片。"),
    ("rework", "还有淤泥"),
    ("dispatch", "请联系张三，电话13812345678"),
]

BAD = [
    ("close", "已处理", {"empty"}),
    ("close", "已办结。", {"empty"}),
    ("close", "您好，您反映的问题已转办，请知悉。", {"empty"}),
    ("close", "您好！您反映的问题我局已收悉，已转相关部门处理，感谢您的来电！", {"empty"}),
    ("close", "情况属实，已整改到位，特此回复。", {"empty"}),
    ("close", "This matter has been resolved. Thank you.", {"empty"}),
    ("close", "沟已疏通干净", {"short"}),
    ("submit_result", "换了灯头", {"empty"}),
    ("close", "已派人到现场查看，下一步将尽快安排施工队修复路面。", {"no_date"}),
    ("close", "11月3日已到现场查看，因材料未到，近期安排更换护栏。", {"no_date"}),
    ("close", "The road will soon be repaired by our contractor after the inspection.", {"no_date"}),
    ("close", "已联系您（13812345678）说明情况，路面坑洞用冷补料填平两处。", {"telephone"}),
    ("close", "已联系您（１３８ １２３４ ５６７８）说明情况，路面坑洞用冷补料填平两处。", {"telephone"}),
    ("close", "+86 138-1234-5678 的机主已自行清理门前杂物，通道恢复畅通。", {"telephone"}),
    ("close", "经查当事人身份证440881199003071234，已补办登记手续并发放补助。", {"identity"}),
    ("close", "补贴已于11月2日转入账户6222021234567890128，请查收到账短信。", {"card"}),
    ("close", "占道车辆粤G12345已由交警拖移，消防通道恢复畅通。", {"plate"}),
    ("close", "新能源车粤GD12345长期占用充电位，物业已贴单并通知移车。", {"plate"}),
    ("close", "举报人张三反映的油烟问题，店家已加装净化器并通过检测。", {"reporter"}),
    ("close", "投诉人：李小明，所投诉的犬吠问题已由村委上门劝导，犬只已圈养。", {"reporter"}),
    ("close", "经与来电人欧阳修联系，其表示积水已退，水沟清淤两处。", {"reporter"}),
    ("close", "反映人姓名为陈大文，要求安装路灯，已列入计划并装好两盏。", {"reporter"}),
    ("close", "来电人王女士反映的污水外溢，已封堵破口并更换管道6米。", {"reporter"}),
    ("close", "We called the complainant John Smith and cleared the drain of mud on both sides.", {"reporter"}),
    ("close", "经查，被投诉人刘强在门前堆放沙石，现已全部清运并冲洗路面。", {"named"}),
    ("close", "该户位于幸福小区3栋2单元501室，漏水管道已更换并试压合格。", {"home"}),
    ("close", "您反映的问题由【承办单位】处置，路面坑洞已填平两处。", {"placeholder"}),
    ("close", "{lead}已到场，路面坑洞用冷补料填平两处。", {"placeholder"}),
    ("close", "已对该店罚款500元，占道物品当场搬离，道路恢复通行。", {"no_basis"}),
    ("reject", "不予受理。", {"no_reason", "no_basis"}),
    ("reject", "因不属于本镇职责，请拨打12345。", {"no_basis"}),
    ("reject", "依据《信访工作条例》不予受理，请另寻途径解决。", {"no_reason"}),
    ("refer_out", "请拨打110。", {"no_reason"}),
    ("defer", "先挂账，以后再说。", {"no_reason"}),
    ("void", "作废", {"no_reason"}),
    ("dismiss_objection", "请贵局继续办理。", {"no_reason", "no_basis"}),
    ("verify", "已电话13912345678核实", {"telephone"}),
    ("extend", "举报人何建国已同意等到下周", {"reporter"}),
    ("rework", "请补【缺少的照片】", {"placeholder"}),
]


@pytest.mark.parametrize(("step", "words"), GOOD)
def test_a_good_reply_is_let_through(step: str, words: str) -> None:
    assert review(step, words) == ()


@pytest.mark.parametrize(("step", "words", "found"), BAD)
def test_what_is_wrong_with_a_reply_is_found(step: str, words: str, found: set[str]) -> None:
    assert {one.value for one in review(step, words)} == found


def test_leaks_and_what_is_not_filled_in_must_be_mended_and_the_rest_may_be_sent() -> None:
    assert {one.value for one in MUST_MEND} == {"placeholder", "telephone", "identity", "card", "plate", "reporter"}


def test_every_finding_has_its_advice() -> None:
    assert set(ADVICE) == set(Doubt)


def test_the_third_copy_is_found_whatever_its_spaces() -> None:
    words = "水沟已由水务局清淤疏通，现水流正常。"
    assert review("close", words, repeats=2) == ()
    assert review("close", words, repeats=3) == (Doubt.REPEATED,)
    assert folded("水沟已清淤， 现正常。") == folded("水沟已清淤，现正常")


def test_a_step_is_looked_at_wholly_or_for_leaks_but_not_both() -> None:
    assert not ASKED.keys() & ALSO_READ
