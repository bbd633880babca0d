"""Words that stop a message: those that claim more than an offer can keep, and in notices those that offer.

The lists are defaults of the product; the legal register holds no article for them yet, so none is named.
"""

from dataclasses import dataclass
from typing import Final

DEFAULT: Final = "产品默认"


@dataclass(frozen=True, slots=True)
class Word:
    """A word that stops a message; `but` are longer words in which it claims nothing."""

    text: str
    source: str
    but: tuple[str, ...] = ()


ABSOLUTE: Final[tuple[Word, ...]] = (
    *(
        Word(text, DEFAULT)
        for text in (
            "国家级", "最高级", "最佳",
            "世界级", "顶级", "极品", "最好", "最优", "最低价", "最便宜", "最先进", "最大", "最强", "最受欢迎",
            "全网最低", "全国首家", "独一无二", "史无前例", "绝无仅有", "万能", "百分之百有效", "零风险", "永久有效",
        )
    ),
    Word("唯一", DEFAULT, ("唯一编号", "唯一标识")),
    Word("第一", DEFAULT, ("第一次", "第一季度", "第一条", "第一天", "第一周", "第一个月", "第一时间", "第一期")),
    Word("100%有效", DEFAULT),
    Word("best in the world", DEFAULT),
    Word("number one", DEFAULT),
    Word("cheapest", DEFAULT),
)  # fmt: skip


# What only an offer says: a message with them is a commercial one, whatever its author calls it.
OFFERING: Final[tuple[Word, ...]] = tuple(
    Word(text, DEFAULT)
    for text in (
        "优惠", "特惠", "折扣", "打折", "促销", "特价", "满减", "秒杀", "返现", "抽奖", "限时抢", "大酬宾", "清仓",
        "买一送一", "最低价", "最便宜", "special offer", "discount", "clearance sale", "cheapest",
    )
)  # fmt: skip


def absolute(text: str) -> list[Word]:
    """The words that claim too much in `text`, however it is spaced or cased."""
    return _standing_in(text, ABSOLUTE)


def offering(text: str) -> list[Word]:
    """The words in `text` by which something is offered, however it is spaced or cased."""
    return _standing_in(text, OFFERING)


def _standing_in(text: str, listed: tuple[Word, ...]) -> list[Word]:
    bare = "".join(text.lower().split())
    found = []
    for word in listed:
        left = bare
        for longer in word.but:
            left = left.replace(longer, "")
        if "".join(word.text.lower().split()) in left:
            found.append(word)
    return found
