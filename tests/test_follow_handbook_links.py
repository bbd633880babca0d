"""The handbook holds together: every link and picture leads somewhere, on disk and inside the product; both languages
have the same chapters with the same places."""

import re
from pathlib import Path
from urllib.parse import unquote

import pytest

from shouxin.console.handbook import queries
from shouxin.console.handbook.presenting import CHAPTERS
from shouxin.console.handbook.rendering import CONTENTS, slug

ROOT = queries.FOLDER
LINK = re.compile(r"(!?)\[(?:[^\]\[]|\[[^\]]*\])*\]\(([^)\s]+)\)")
FILES = sorted(ROOT.glob("*/*.md"))


def _plain(path: Path) -> str:
    """The text without what stands in code."""
    text = re.sub(r"```.*?```", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    return re.sub(r"`[^`\n]*`", "", text)


def _headings(path: Path) -> set[str]:
    return {
        slug(re.sub(r"[*`]", "", found)) for found in re.findall(r"^#+ (.+)$", _plain(path), re.MULTILINE)
    }


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_every_link_and_picture_leads_somewhere_on_disk(path: Path) -> None:
    lost = []
    for _picture, address in LINK.findall(_plain(path)):
        if address.startswith(("http://", "https://")):
            continue
        file, _sign, anchor = address.partition("#")
        target = (path.parent / file).resolve() if file else path
        if not target.exists() or (
            anchor and target.suffix == ".md" and unquote(anchor) not in _headings(target)
        ):
            lost.append(address)
    assert lost == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_every_link_and_picture_leads_somewhere_in_the_product(path: Path) -> None:
    language = path.parent.name
    book = queries.chapter(path.stem, language)
    assert book is not None
    assert book.title
    lost = []
    for address in re.findall(r'(?:href|src)="([^"]+)"', book.html):
        inside = re.fullmatch(r"/help/(?:([\w-]+)/)?(?:#(.+))?|#(.+)", unquote(address))
        if address.startswith("/help/pictures/"):
            if queries.picture(address.removeprefix("/help/pictures/")) is None:
                lost.append(address)
        elif inside:
            target = (
                book if address.startswith("#") else queries.chapter(inside.group(1) or CONTENTS, language)
            )
            anchor = inside.group(2) or inside.group(3)
            if target is None or (anchor and anchor not in {one.anchor for one in target.sections}):
                lost.append(address)
        elif not address.startswith("https://"):
            lost.append(address)
    assert lost == []


def test_both_languages_have_the_same_chapters_with_the_same_places() -> None:
    assert queries.chapters("zh") == queries.chapters("en")
    for name in queries.chapters("zh"):
        chinese, english = queries.chapter(name, "zh"), queries.chapter(name, "en")
        assert chinese is not None
        assert english is not None
        levels = [[section.level for section in book.sections] for book in (chinese, english)]
        assert levels[0] == levels[1], name


def test_every_chapter_stands_in_the_contents_and_every_role_has_one() -> None:
    for language in ("zh", "en"):
        contents = (ROOT / language / f"{CONTENTS}.md").read_text(encoding="utf-8")
        assert [name for name in queries.chapters(language) if f"({name}.md" not in contents] == []
        assert set(CHAPTERS.values()) <= set(queries.chapters(language))
