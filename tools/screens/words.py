"""Sentences of the product in the wrong language: Chinese of the catalogues on an English page, and the reverse.

What people entered is in whatever language they wrote it, so a page is not judged by its letters. A text is wrong
when it is, word for word and with anything filled in, a sentence that the product itself says in the other language.
"""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import polib

PACKAGE = Path(__file__).resolve().parents[2] / "shouxin"
HAN = re.compile(r"[\u3400-\u9fff]")
FILLED_IN = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}")
MARKUP = re.compile(r"<[^>]+>")
# A language is named in itself; the name of the product is one.
ALIKE = frozenset({"简体中文", "守信", "English", "Shouxin", "SHA-256"})


@cache
def said(language: str) -> tuple[frozenset[str], re.Pattern[str]]:
    """What the product says in a language: sentences, and those with something to fill in as one pattern."""
    plain, filled = set[str](), set[str]()
    for zh, en in _pairs():
        text, other = (zh, en) if language == "zh" else (en, zh)
        text = MARKUP.sub("", text).strip()
        if text in ALIKE or text == other or (language == "en" and HAN.search(text)):
            continue
        if not FILLED_IN.search(text):
            plain.add(text)
        elif len(FILLED_IN.sub("", text).strip()) > 3:  # noqa: PLR2004 - less says nothing by itself
            filled.add(".+?".join(map(re.escape, FILLED_IN.split(text))))
    return frozenset(plain), re.compile("|".join(sorted(filled)))


def is_of(language: str, text: str) -> bool:
    """Whether this is a sentence of the product in that language."""
    plain, filled = said(language)
    if language == "zh" and not HAN.search(text):
        return False
    if language == "en" and (HAN.search(text) or len(text) < 4):  # noqa: PLR2004 - "AES", "No."
        return False
    return text in plain or filled.fullmatch(text) is not None


def _pairs() -> Iterator[tuple[str, str]]:
    for path in sorted(PACKAGE.glob("*/locale/en/LC_MESSAGES/django.po")):
        for entry in polib.pofile(str(path)):
            yield entry.msgid, entry.msgstr or entry.msgstr_plural.get(1, "")
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Text":
                given = [one.value for one in node.args if isinstance(one, ast.Constant)]
                if len(given) == 2:  # noqa: PLR2004 - the Chinese and the English
                    yield str(given[0]), str(given[1])
