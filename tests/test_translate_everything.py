"""Nobody meets a sentence in the wrong language: every string has its English, and nothing escapes the catalogues."""

import ast
import re
import string
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import polib
import pytest
from django.utils import translation

from tools import messages

CHINESE = re.compile(r"[\u3400-\u9fff\uff00-\uffef\u3000-\u303f]")
HAN = re.compile(r"[\u3400-\u9fff]")
PERCENT = re.compile(r"%(?:\(\w+\))?[sd]")
BRACES = re.compile(r"\{\w*\}")
MARKUP = re.compile(r"<[^>]+>")
CATALOGUES = list(messages.catalogues())
NAMES = [path.relative_to(messages.PACKAGE).as_posix() for path, _language, _messages in CATALOGUES]


def placeholders(text: str) -> list[str]:
    return sorted(PERCENT.findall(text) + BRACES.findall(text) + MARKUP.findall(text))


def translations(entry: polib.POEntry) -> list[tuple[str, str]]:
    """(original, translation) pairs, plural forms included."""
    if not entry.msgid_plural:
        return [(entry.msgid, entry.msgstr)]
    return [(entry.msgid_plural if n else entry.msgid, text) for n, text in entry.msgstr_plural.items()]


@pytest.mark.parametrize("number", range(len(CATALOGUES)), ids=NAMES)
def test_every_string_is_translated(number: int) -> None:
    path, language, strings = CATALOGUES[number]
    wanted = messages.merged(path, language, strings)
    assert not [entry.msgid for entry in wanted if messages.missing(entry)], (
        "run make messages, then translate"
    )
    kept = polib.pofile(str(path))
    assert {(e.msgctxt, e.msgid) for e in kept} == {(e.msgctxt, e.msgid) for e in wanted}, "run make messages"
    assert not [entry.msgid for entry in kept if entry.fuzzy]


@pytest.mark.parametrize("number", range(len(CATALOGUES)), ids=NAMES)
def test_translations_keep_what_is_filled_in(number: int) -> None:
    path, language, _strings = CATALOGUES[number]
    for entry in polib.pofile(str(path)):
        for original, text in translations(entry):
            if not text:
                continue  # told by the test above
            assert placeholders(original) == placeholders(text), original
            if language == "en":
                assert not CHINESE.search(text), text


@pytest.mark.parametrize("number", range(len(CATALOGUES)), ids=NAMES)
def test_what_is_compiled_is_what_is_written(number: int) -> None:
    path, _language, _strings = CATALOGUES[number]
    assert path.with_suffix(".mo").read_bytes() == messages.compiled(polib.pofile(str(path)))


def test_one_string_reads_the_same_in_every_room() -> None:
    """Django merges the catalogues: of two translations of one string a reader would get either."""
    said: dict[tuple[str | None, str], set[str]] = defaultdict(set)
    for path, language, _strings in CATALOGUES:
        if language == "en":
            for entry in polib.pofile(str(path)):
                said[(entry.msgctxt, entry.msgid)].add(entry.msgstr)
    assert {key: texts for key, texts in said.items() if len(texts) > 1} == {}


def test_django_finds_the_catalogues() -> None:
    with translation.override("en"):
        assert translation.gettext("工作台") == "Workbench"
    with translation.override("zh-hans"):
        assert translation.gettext("工作台") == "工作台"
        assert translation.gettext("Apply Filters") == "应用筛选"


def templates() -> list[Path]:
    return [path for path in messages.sources(messages.PACKAGE) if path.suffix != ".py"]


@pytest.mark.parametrize("path", templates(), ids=lambda path: path.name)
def test_templates_hold_no_chinese_outside_the_catalogues(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    text = re.sub(r"\{% comment %\}.*?\{% endcomment %\}|\{#.*?#\}", "", text, flags=re.DOTALL)
    text = re.sub(r"\{% blocktrans(late)?\b.*?\{% endblocktrans(late)? %\}", "", text, flags=re.DOTALL)
    text = re.sub(r"\{% trans(late)? .*?%\}|_\((\"[^\"]*\"|'[^']*')\)", "", text)
    text = text.replace("守信 Shouxin", "").replace("简体中文", "")  # names, the same in both languages
    assert [line.strip() for line in text.splitlines() if HAN.search(line)] == []


def test_templates_separate_in_the_reader_s_language() -> None:
    """A Chinese comma or colon between two values is a word like any other."""
    bare = re.compile(r"[}>]\s*[、：；，]\s*(?:\{\{|\{% end)|join:\"[、，；]")
    wrong = []
    for path in templates():
        text = path.read_text(encoding="utf-8")
        text = re.sub(r"\{% blocktrans(late)?\b.*?\{% endblocktrans(late)? %\}", "", text, flags=re.DOTALL)
        wrong += [f"{path.name}: {found.group()}" for found in bare.finditer(text)]
    assert wrong == []


def test_scripts_take_their_words_from_the_page() -> None:
    for path in sorted(messages.PACKAGE.glob("*/static/**/*.js")):
        code = re.sub(r"//[^\n]*|/\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
        assert not CHINESE.search(code), path.name


def literal(node: ast.expr) -> str | None:
    """The text of a string, with {} for what is filled in."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(part.value if isinstance(part, ast.Constant) else "{}" for part in node.values)  # type: ignore[misc]
    return None


def pairs() -> Iterator[tuple[str, str, str]]:
    """(place, zh, en) of every `Text(…)` and `words(…)` in the product."""
    for path in messages.sources(messages.PACKAGE):
        if path.suffix != ".py":
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
                continue
            if node.func.id in {"Text", "words"}:
                given = [*node.args, *(keyword.value for keyword in node.keywords)]
                texts = [literal(one) for one in given]
                if len(texts) == 2 and texts[0] is not None and texts[1] is not None:
                    yield f"{path.name}:{node.lineno}", texts[0], texts[1]


def test_texts_of_the_core_speak_both_languages() -> None:
    found = list(pairs())
    assert len(found) > 100
    for place, zh, en in found:
        assert bool(zh.strip()) == bool(en.strip()), place
        assert not HAN.search(en), place
        named = [sorted(n for _, n, _, _ in string.Formatter().parse(text) if n) for text in (zh, en)]
        assert named[0] == named[1], place
