"""The page that a person reads and prints: every part with whence, what for and until when, and then its rows.

Written without scripts or anything from elsewhere, so that it reads the same anywhere and for good.
"""

from collections.abc import Iterable, Iterator, Mapping
from html import escape
from typing import TYPE_CHECKING, Any

from shouxin.kit.holdings import Table
from shouxin.rights.packages.wording import ZONE, Words, why_withheld

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
_SAID: Mapping[str, Mapping[str, str]] = {
    "zh": {
        "title": "您的个人信息",
        "made": "{organisation} 于 {at} 应您的申请 {number} 汇集",
        "intro": "以下是本单位保存的关于您的全部信息，逐项注明来源、目的和保存期限；供程序读取的见 data.json。"
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
        "The same stands in data.json for programs. If something is wrong or missing you may have it "
        "corrected or completed; if you do not agree you may complain to us, or to the authority that "
        "protects personal information.",
        "source": "Source",
        "purpose": "Purpose",
        "until": "Kept until",
        "none": "Nothing.",
    },
}


def page(content: "Content", language: str) -> Iterator[str]:
    """The page in `language` ("zh" or "en"), a row at a time."""
    said = _SAID[language]
    tag = "zh-Hans" if language == "zh" else "en"
    made = said["made"].format(
        organisation=content.organisation,
        at=f"{content.made_at.astimezone(ZONE):%Y-%m-%d %H:%M}",
        number=content.number,
    )
    yield (
        f'<!doctype html><html lang="{tag}"><head><meta charset="utf-8"><meta name="viewport" '
        f'content="width=device-width,initial-scale=1"><title>{said["title"]}</title><style>{_STYLE}</style></head><body>'
        f"<main><h1>{said['title']}</h1><p>{escape(made)}</p><p>{said['intro']}</p>\n"
    )
    for table, rows in content.parts():
        yield from _part(table, rows, content.words, said, language)
    yield "</main></body></html>\n"


def _part(
    table: Table, rows: Iterable[Mapping[str, Any]], words: Words, said: Mapping[str, str], language: str
) -> Iterator[str]:
    why = " · ".join(
        f"{said[key]}: {escape(text.in_(language))}"
        for key, text in (
            ("source", table.why.source),
            ("purpose", table.why.purpose),
            ("until", table.why.until),
        )
    )
    yield f'<section><h2>{escape(table.name.in_(language))}</h2><p class="why">{why}</p>'
    head = "".join(f'<th scope="col">{escape(column.title.in_(language))}</th>' for column in table.columns)
    begun = False
    for row in rows:
        if not begun:
            yield f'<div class="wide"><table><thead><tr>{head}</tr></thead><tbody>\n'
            begun = True
        yield _row(table, row, words, language)
    yield "</tbody></table></div></section>\n" if begun else f'<p class="no">{said["none"]}</p></section>\n'


def _row(table: Table, row: Mapping[str, Any], words: Words, language: str) -> str:
    if "withheld" in row:
        reason = escape(why_withheld(row["withheld"], language))
        return f'<tr><td class="left" colspan="{len(table.columns)}">{reason}</td></tr>\n'
    cells = (
        escape(words.of(table, column, row["said"].get(column.key), language)) for column in table.columns
    )
    return "<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>\n"
