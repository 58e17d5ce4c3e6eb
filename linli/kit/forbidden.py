"""Columns that no import may read, told by their names, each with the reason. What linli does not do starts here."""

import re
import unicodedata
from typing import Any, NamedTuple

from django.utils.translation import gettext_lazy as _


class _Kind(NamedTuple):
    """`signs`: Chinese, found anywhere in a name. `words`: English and pinyin, whole words that stand together."""

    reason: Any
    signs: str
    words: str


#: 「面积分类」, 「目前科室」, 「报名次数」 and 「里程桩」 are harmless.
_KINDS = (
    _Kind(
        _("linli keeps no number that identifies a person: a matter is found by its own number."),
        signs="身份证 居民身份 证件号 护照号 社保号 社会保障号 户口",
        words="""
            id_card idcard id_number identity_number identity_card national_id citizen_id passport passport_number ssn
            social_security_number hukou huzhao shenfenzheng shenfenzhenghao sfz sfzh sfzhm zhengjianhao""",
    ),
    _Kind(
        _("Nation, belief and politics of a person have nothing to do with a matter."),
        signs="民族 族别 宗教 信仰 教派 政治面貌 政治身份 党派 政治倾向",
        words="""
            ethnicity ethnic ethnic_group race nationality religion religious_belief faith political_status
            political_affiliation party_member minzu zongjiao xinyang zhengzhimianmao zhengzhi_mianmao zzmm dangpai""",
    ),
    _Kind(
        _("linli keeps no labels, watch-lists or files of persons: matters and places only."),
        signs="""
            重点人员 重点人群 特殊人群 重点对象 管控对象 涉稳 稳控 维稳 (?<!目)前科 刑满释放 刑释 社区矫正 吸毒 涉毒
            邪教 黑名单 布控 人员标签 人员类别 人员类型 精神障碍 精神病""",
        words="""
            key_person key_people key_personnel focus_person special_population watchlist watch_list blacklist
            blocklist criminal_record prior_convictions ex_convict drug_user person_label person_tag cult
            zhongdian_renyuan zhongdianrenyuan zdry teshu_renqun teshurenqun shewen wenkong weiwen wei_wen qianke
            xiejiao heimingdan renyuan_biaoqian renyuanbiaoqian xidu""",
    ),
    _Kind(
        _("linli keeps no register of petitioners; petitions go to the petition office."),
        signs="上访人 信访人 上访户 信访户 缠访 闹访 越级访 进京访 上访次数 信访次数 老户",
        words="""
            petitioner petitioners petitioner_name petition_count shangfang shangfangren shangfang_ren shangfanghu
            xinfangren xinfang_ren""",
    ),
    _Kind(
        _("linli rates no person, resident or staff: no scores, points, ranks, quotas or time online."),
        signs="""
            信用分 (?<!面)积分 得分 打分 考核 绩效 排名 名次(?!数) 个人评分 人员评分 风险等级 风险评分 指标任务 在线时长
            巡查里程 巡逻里程 里程数 出勤率""",
        words="""
            score scores credit_score social_credit credit_rating risk_score risk_level points rank ranks ranking
            leaderboard kpi performance quota quotas mileage online_time online_hours attendance_rate jifen defen
            paiming kaohe jixiao xinyongfen""",
    ),
    _Kind(
        _("linli recognises nobody by the body: no face, fingerprint, voiceprint, gait or gene is kept."),
        signs="人脸 面部特征 指纹 声纹 虹膜 步态 掌纹 基因 血型",
        words="""
            face face_id face_feature faceprint fingerprint palmprint voiceprint iris gait dna genome biometric
            biometrics blood_type renlian zhiwen shengwen hongmo buxing xuexing""",
    ),
    _Kind(
        _("linli follows nobody: no tracks, devices or last positions of persons."),
        signs="轨迹 行踪 手机串号 设备识别码 最后位置",
        words="track tracks trajectory whereabouts last_position last_seen imei imsi mac_address guiji xingzong",
    ),
    _Kind(
        _("linli watches no opinions and filters no words."),
        signs="舆情 敏感词 情感倾向 言论",
        words="sentiment opinion_monitoring keyword_alert sensitive_words yuqing minganci",
    ),
    _Kind(
        _("linli does not take over whom a person knows."),
        signs="通讯录 好友列表 联系人列表 通话记录",
        words="address_book phone_book phonebook contact_list call_log tongxunlu",
    ),
    _Kind(
        _("Names and telephone numbers are sealed here when a report is taken; an import would leave them open."),
        signs="姓名 诉求人 来电人 联系人 联系电话 联系方式 手机号 电话号码 来电号码 主叫号码",
        words="""
            full_name reporter_name caller_name contact_name phone phone_number telephone mobile mobile_number cellphone
            xingming shoujihao lianxidianhua lianxiren dianhuahaoma""",
    ),
)


def why_forbidden(column: str) -> str | None:
    """Why a column of this name is never read; None if it may be. Case, full width, spaces and camelCase do not matter."""
    name = unicodedata.normalize("NFKC", column)
    apart = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name)
    words = "_" + re.sub(r"[\W_]+", "_", apart.casefold()).strip("_") + "_"
    together = re.sub(r"[\s_-]+", "", name)
    for kind in _KINDS:
        if any(re.search(sign, together) for sign in kind.signs.split()):
            return str(kind.reason)
        if any(f"_{word}_" in words for word in kind.words.split()):
            return str(kind.reason)
    return None
