"""Names of people who do not exist: Han names by frequency, names of other peoples, names with rare characters."""

import unicodedata
from functools import cache
from random import Random
from typing import NamedTuple

from pypinyin import Style, lazy_pinyin

from shouxin.operations.demo import numbers

_COMMON = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈"
)
_LESS_COMMON = (
    "姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"
)
_COMPOUND = ("欧阳", "司马", "上官", "诸葛", "慕容", "令狐", "皇甫", "尉迟", "公孙", "夏侯")
_MALE = "伟强磊军勇杰涛明超刚平辉鹏华飞鑫波斌宇浩凯健俊帆帅旭宁龙林阳建国志文博思远嘉一子泽晨铭轩睿哲翰"
_FEMALE = "芳娜敏静丽艳娟霞秀燕玲桂英华慧红梅莉萍雪琳晶倩颖洁婷欣怡佳悦涵梓萱雨彤诗语思雅若兰紫薇晓妍"
# In GB 18030 but not in GBK, or seldom seen: names with them must survive every step.
RARE = ("㛃", "㴰", "䶮", "𬭎", "𫖯", "𬍛", "堃", "喆", "昶", "翀", "玥", "祎")

_UYGHUR_MALE = (
    "买买提",
    "艾力",
    "阿卜杜拉",
    "吐尔逊",
    "玉素甫",
    "艾尔肯",
    "依明",
    "库尔班",
    "热合曼",
    "卡德尔",
)
_UYGHUR_FEMALE = ("阿依古丽", "古丽娜尔", "热依汗", "帕提古丽", "迪丽努尔", "阿孜古丽", "麦迪娜", "祖丽菲娅")
_TIBETAN = (
    "扎西",
    "次仁",
    "卓玛",
    "尼玛",
    "达瓦",
    "平措",
    "德吉",
    "旺堆",
    "拉姆",
    "格桑",
    "索朗",
    "央金",
    "罗布",
    "多吉",
)
_MONGOL = (
    "巴特尔",
    "其木格",
    "乌云",
    "斯琴",
    "那日苏",
    "苏日娜",
    "朝鲁",
    "高娃",
    "布和",
    "娜仁",
    "格日勒",
    "图雅",
    "阿古拉",
)
_KAZAKH = ("叶尔兰", "阿依努尔", "别克", "努尔兰", "加娜尔", "哈力木", "沙依拉", "赛力克")
_LATIN_GIVEN = ("Anna", "Liam", "Sofía", "Noah", "Chloé", "Jürgen", "Emily", "Mateus", "Björn", "Olivia")
_LATIN_FAMILY = (
    "Keller",
    "O'Neil",
    "García",
    "Dubois",
    "Lindqvist",
    "Moreau",
    "Tanaka",
    "Novák",
    "Schmidt",
    "Rossi",
)

MALE, FEMALE = "1", "2"


class Person(NamedTuple):
    """A full name, a spelling fit for accounts, and sex by GB/T 2261.1."""

    name: str
    account: str
    sex: str


@cache
def syllables(text: str) -> str:
    """Pinyin without tones, letters only."""
    spelled = unicodedata.normalize("NFD", "".join(lazy_pinyin(text, style=Style.NORMAL))).lower()
    return "".join(c for c in spelled if c.isascii() and c.isalpha())


def _han(r: Random, sex: str) -> str:
    surname = r.choice(r.choices((_COMMON, _LESS_COMMON, _COMPOUND), (78, 19, 3))[0])
    pool = _MALE if sex == MALE else _FEMALE
    given = r.choices((_one, _two, _rare), (20, 78, 2))[0](r, pool)
    return surname + given


def _one(r: Random, pool: str) -> str:
    return r.choice(pool)


def _two(r: Random, pool: str) -> str:
    return r.choice(pool) + r.choice(pool)


def _rare(r: Random, pool: str) -> str:
    return r.choice(pool) + r.choice(RARE)


def _uyghur(r: Random, sex: str) -> str:
    return f"{r.choice(_UYGHUR_MALE if sex == MALE else _UYGHUR_FEMALE)}·{r.choice(_UYGHUR_MALE)}"


def _tibetan(r: Random, _sex: str) -> str:
    return "".join(r.sample(_TIBETAN, 2))


def _mongol(r: Random, _sex: str) -> str:
    return r.choice(_MONGOL)


def _kazakh(r: Random, _sex: str) -> str:
    return "·".join(r.sample(_KAZAKH, 2))


def _foreign(r: Random, _sex: str) -> str:
    return f"{r.choice(_LATIN_GIVEN)} {r.choice(_LATIN_FAMILY)}"


def person(r: Random) -> Person:
    """One person: nine in ten with a Han name, some of other peoples of China, a few foreigners."""
    sex = r.choice((MALE, FEMALE))
    name = r.choices((_han, _uyghur, _tibetan, _mongol, _kazakh, _foreign), (92, 2, 2, 1.5, 1, 1.5))[0](
        r, sex
    )
    return Person(name, syllables(name) or f"u{numbers.digits(r, 4)}", sex)
