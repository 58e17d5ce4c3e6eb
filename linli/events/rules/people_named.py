"""Names in running words, by what stands before them: “举报人张三” names the reporter, “当事人李四” somebody else.

A name is told by its surname and by what follows it, never by a list of people. Masked names (张某) are none.
"""

import re

#: The hundred commonest surnames (公安部 2020 全国姓名报告), without those that are far oftener another word.
_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许邓冯韩曹曾彭萧肖蔡潘田董袁于余叶蒋杜苏魏程吕丁沈任姚卢傅钟姜崔谭廖范汪"
    "陆金石戴贾韦夏邱方侯邹熊孟秦白江阎薛尹段雷黎史龙陶贺顾毛郝龚邵万钱严覃武戚莫孔向汤温康施牛樊葛邢安齐庞颜庄聂章鲁岳翟殷詹欧"
)
_COMPOUND = "欧阳|司徒|上官|诸葛|司马|夏侯|皇甫|尉迟"
#: What begins like a name and is none.
_NO_NAMES = (
    "曾[多在经向于到以因被就反]|于[今昨近本上下前去次当同该是晚早中凌]|方[面便才可式]|马[上路]|安[全装排置心]|"
    "高[度兴温空]|何[时地种人]|任[何意]|向[有我该本镇县市相居]|金额|严[重格厉]|白天|石[头料子]|田[地里]|江边|"
    "林[地木]|周[边围日]|陈[述旧]|程[序度]|段时|万[一元]|钱款|余[下款额]|武[力断]|章程|史[料上]|温[度和]|康复|"
    "施[工加]|齐[全]|金[钱]|龙[头舟]|许[可多]|夏[季天]|孔洞|康[养体]|安[家居]"
)
_AFTER = (
    r"(?=先生|女士|同志|老师|[，。；、：:,.;()（）\s]|$|的|反映|反应|举报|投诉|来电|来访|来信|表示|认为|要求|同意|提供|已|称|说|"
    r"电话|身份|联系|住|于|与|和|在|家|本人|等)"
)
_NAME = rf"(?!{_NO_NAMES})(?:(?:{_COMPOUND})|[{_SURNAMES}])(?:某?(?:先生|女士|同志)|(?!某)[一-鿿]{{1,2}}?{_AFTER})"
_IS = r"(?:的?姓名)?\s*(?:[:：(（]|为|是|叫|系)?\s*"
_REPORTERS = "举报人|投诉人|反映人|来电人|来访人|来信人|信访人|上访人|报案人|诉求人|求助人|报料人"
_OTHERS = (
    "被举报人|被投诉人|被反映人|当事人|业主|户主|村民|居民|患者|死者|伤者|违法人|行为人|负责人|老板|店主|司机|承包人"
)
_REPORTER = re.compile(rf"(?<!被)(?:{_REPORTERS}){_IS}{_NAME}")
_OTHER = re.compile(rf"(?:{_OTHERS}){_IS}{_NAME}")
_IN_ENGLISH = re.compile(
    r"\b(?:reporter|complainant|informant|caller|whistleblower)\b(?:'s name)?[,:]?\s+(?:is\s+|was\s+|named\s+)?"
    r"(?:(?:Mr|Ms|Mrs)\.?\s+[A-Z][a-z]+|[A-Z][a-z]+\s+[A-Z][a-z]+)"
)


def names_after_reporter(words: str) -> bool:
    """Whether a name follows a word for whoever reported it."""
    return bool(_REPORTER.search(words) or _IN_ENGLISH.search(words))


def names_after_other(words: str) -> bool:
    """Whether a name follows a word for somebody else."""
    return bool(_OTHER.search(words))
