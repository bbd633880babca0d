"""Words that claim more than an offer can keep, and stop a commercial message. The list is a default of the product.

The legal register holds no article for them yet, so none is named.
"""

from dataclasses import dataclass
from typing import Final

DEFAULT: Final = "产品默认"


@dataclass(frozen=True, slots=True)
class Word:
    """A word that stops a commercial message; `but` are longer words in which it claims nothing."""

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


def absolute(text: str) -> list[Word]:
    """The words of the list that stand in `text`, however it is spaced or cased."""
    bare = "".join(text.lower().split())
    found = []
    for word in ABSOLUTE:
        left = bare
        for longer in word.but:
            left = left.replace(longer, "")
        if "".join(word.text.lower().split()) in left:
            found.append(word)
    return found
