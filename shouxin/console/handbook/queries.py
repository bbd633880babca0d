"""The handbook that travels with the product: its chapters in the reader's language, its pictures, its places."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from shouxin.console.handbook.rendering import CONTENTS, Rendered, Section, render

FOLDER = Path(__file__).resolve().parents[3] / "docs" / "handbook"
EXCERPT = 60
MOST_HITS = 50


@dataclass(frozen=True, slots=True)
class Hit:
    """One place of the handbook that holds what was looked for, with the words around it."""

    chapter: str
    chapter_title: str
    section: Section
    before: str
    found: str
    after: str


def folder_of(language: str) -> str:
    return "zh" if language.startswith("zh") else "en"


def chapters(language: str) -> list[str]:
    """The names of all chapters, without the table of contents."""
    return sorted(path.stem for path in (FOLDER / folder_of(language)).glob("*.md") if path.stem != CONTENTS)


def chapter(name: str, language: str) -> Rendered | None:
    """One chapter, or None when nobody wrote it."""
    path = FOLDER / folder_of(language) / f"{name}.md"
    if name not in {*chapters(language), CONTENTS}:
        return None
    return _rendered(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=64)
def _rendered(path: Path, _changed: int) -> Rendered:
    return render(path.read_text(encoding="utf-8"), path.parent.name)


def picture(name: str) -> Path | None:
    """The file of a picture of the handbook, or None for any other name."""
    known = {path.name: path for path in (FOLDER / "images").glob("*.png")}
    return known.get(name)


def place(where: str, language: str) -> tuple[str, str, Section] | None:
    """Chapter, its title and the section that `where` names by its Chinese heading, in the reader's language.

    Both languages have the same places in the same order; a test holds them to it.
    """
    name, _sign, title = where.partition("#")
    chinese, own = chapter(name, "zh"), chapter(name, language)
    if chinese is None or own is None:
        return None
    at = next((n for n, section in enumerate(chinese.sections) if section.title == title), 0)
    return (name, own.title, own.sections[at if at < len(own.sections) else 0])


def search(term: str, language: str) -> list[Hit]:
    """Every place that holds `term`, in the order of the chapters; capital letters make no difference."""
    wanted = term.strip().casefold()
    hits: list[Hit] = []
    for name in chapters(language) if wanted else []:
        book = chapter(name, language)
        for section in book.sections if book else []:
            text = " ".join(f"{'' if section.level > 6 else section.title} {section.text}".split())  # noqa: PLR2004
            at = text.casefold().find(wanted)
            if at >= 0 and book is not None:
                end = at + len(wanted)
                hits.append(
                    Hit(
                        name,
                        book.title,
                        section,
                        text[max(0, at - EXCERPT) : at],
                        text[at:end],
                        text[end : end + EXCERPT],
                    )
                )
    return hits[:MOST_HITS]
