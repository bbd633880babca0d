"""The page that a person reads and prints: every part with whence, what for and until when, and then its rows.

Written without scripts or anything from elsewhere, so that it reads the same anywhere and for good.
"""

import re
from collections.abc import Callable, Mapping
from html import escape
from typing import TYPE_CHECKING, Any

from shouxin.kit.holdings import Table
from shouxin.rights.packages.wording import ZONE, Pair, Words, why_withheld

if TYPE_CHECKING:
    from shouxin.rights.packages.writing import Content

_STYLE = (
    "body{font:16px/1.6 system-ui,'Noto Sans CJK SC','Microsoft YaHei',sans-serif;max-width:64rem;margin:2rem auto;"
    "padding:0 1rem;color:#1b1f24;background:#fff}h1{font-size:1.6rem}h2{font-size:1.2rem;margin-top:2.2rem;"
    "border-bottom:2px solid #24507a;padding-bottom:.2rem}table{border-collapse:collapse;width:100%;font-size:.875rem}"
    "th,td{border:1px solid #ccd3da;padding:.35rem .5rem;text-align:left;vertical-align:top;overflow-wrap:anywhere}"
    "th{background:#eef2f6}.why{color:#4a545e;font-size:.875rem;margin:.3rem 0 .8rem}.no{color:#4a545e}.left{"
    "font-style:italic;color:#4a545e}.wide{overflow-x:auto}@media print{body{margin:0;max-width:none;font-size:10pt}"
    "h2{break-after:avoid}tr{break-inside:avoid}thead{display:table-header-group}}"
)
_MARKS = re.compile(r"[&<>\"']")  # what a page would take for its own
_SAID: Mapping[str, Mapping[str, str]] = {
    "zh": {
        "title": "您的个人信息",
        "made": "{organisation} 于 {at} 应您的申请 {number} 汇集",
        "intro": "以下是本单位保存的关于您的全部信息，逐项注明来源、目的和保存期限；供程序读取的见 data.json，"
        "它的结构写在 data.schema.json（JSON Schema），任何检验程序都能核对。"
        "如有错误或遗漏，您可以要求更正、补充；不同意的，可以向我们投诉，"
        "也可以向履行个人信息保护职责的部门投诉、举报。",
        "source": "来源",
        "purpose": "目的",
        "until": "保存到",
        "none": "没有。",
    },
    "en": {
        "title": "Your personal information",
        "made": "Put together by {organisation} on {at} at your request {number}",
        "intro": "This is everything we keep about you, each with its source, purpose and period. "
        "The same stands in data.json for programs, and data.schema.json (JSON Schema) says how it is written, "
        "so that any validator can check it. If something is wrong or missing you may have it "
        "corrected or completed; if you do not agree you may complain to us, or to the authority that "
        "protects personal information.",
        "source": "Source",
        "purpose": "Purpose",
        "until": "Kept until",
        "none": "Nothing.",
    },
}


_OF_THE_DECEASED: Mapping[str, Mapping[str, str]] = {
    "zh": {
        "title": "逝者的个人信息",
        "made": "{organisation} 于 {at} 应其近亲属的申请 {number} 汇集（个人信息保护法第49条）",
        "intro": "以下是本单位保存的关于逝者的信息，逐项注明来源、目的和保存期限；表中的“您”指逝者。"
        "供程序读取的见 data.json，它的结构写在 data.schema.json（JSON Schema），任何检验程序都能核对。"
        "这些信息只能用于您自身的合法、正当利益。"
        "不同意的，可以向我们投诉，也可以向履行个人信息保护职责的部门投诉、举报。",
    },
    "en": {
        "title": "Personal information of the deceased",
        "made": "Put together by {organisation} on {at} at the request {number} of a close relative (PIPL art. 49)",
        "intro": "This is what we keep about the deceased, each with its source, purpose and period; “you” in the "
        "tables means the deceased. The same stands in data.json for programs, and data.schema.json (JSON Schema) "
        "says how it is written, so that any validator can check it. It serves lawful and legitimate interests of "
        "your own alone. If you do not agree you may complain to us, or to the authority that protects personal "
        "information.",
    },
}


def opening(content: "Content", language: str) -> str:
    """The page in `language` ("zh" or "en"), up to its first part."""
    said = {**_SAID[language], **(_OF_THE_DECEASED[language] if content.deceased else {})}
    tag = "zh-Hans" if language == "zh" else "en"
    made = said["made"].format(
        organisation=content.organisation,
        at=f"{content.made_at.astimezone(ZONE):%Y-%m-%d %H:%M}",
        number=content.number,
    )
    return (
        f'<!doctype html><html lang="{tag}"><head><meta charset="utf-8"><meta name="viewport" '
        f'content="width=device-width,initial-scale=1"><title>{said["title"]}</title><style>{_STYLE}</style></head><body>'
        f"<main><h1>{said['title']}</h1><p>{escape(made)}</p><p>{said['intro']}</p>\n"
    )


CLOSING = "</main></body></html>\n"
ENDED = "</tbody></table></div></section>\n"  # of a part that has rows


def part(table: Table, language: str) -> str:
    """What stands above the rows of a part, if there are any."""
    said = _SAID[language]
    why = " · ".join(
        f"{said[key]}: {escape(text.in_(language))}"
        for key, text in (
            ("source", table.why.source),
            ("purpose", table.why.purpose),
            ("until", table.why.until),
        )
    )
    return f'<section><h2>{escape(table.name.in_(language))}</h2><p class="why">{why}</p>'


def begun(table: Table, language: str) -> str:
    """The head of a part's table."""
    head = "".join(f'<th scope="col">{escape(column.title.in_(language))}</th>' for column in table.columns)
    return f'<div class="wide"><table><thead><tr>{head}</tr></thead><tbody>\n'


def nothing(language: str) -> str:
    return f'<p class="no">{_SAID[language]["none"]}</p></section>\n'


def liner(table: Table, words: Words) -> Callable[[Mapping[str, Any]], Pair]:
    """How a row of this table reads as a line of both pages; what is the same in both is made once."""
    readers = [(column.key, words.reader(table, column)) for column in table.columns]
    wide = len(readers)

    def line(row: Mapping[str, Any]) -> Pair:
        if "withheld" in row:
            zh, en = why_withheld(row["withheld"])
            left = f'<tr><td class="left" colspan="{wide}">'
            return f"{left}{escape(zh)}</td></tr>\n", f"{left}{escape(en)}</td></tr>\n"
        said, chinese, english = row["said"], list[str](), list[str]()
        for key, read in readers:
            zh, en = read(said.get(key))
            told = _escaped(zh)
            chinese.append(told)
            english.append(told if en is zh else _escaped(en))
        return _cells(chinese), _cells(english)

    return line


def _cells(told: list[str]) -> str:
    return f"<tr><td>{'</td><td>'.join(told)}</td></tr>\n"


def _escaped(text: str) -> str:
    return escape(text) if _MARKS.search(text) else text
