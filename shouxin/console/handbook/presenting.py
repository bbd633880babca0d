"""The handbook in the form the pages show it."""

from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import get_language

from shouxin.console.handbook import queries
from shouxin.console.handbook.rendering import Rendered, Section
from shouxin.core.policy import Actor, Role
from shouxin.kit import help as explanations

# Whose day each chapter tells.
CHAPTERS: dict[Role, str] = {
    Role.CLERK: "clerk",
    Role.HEAD: "head",
    Role.OFFICER: "officer",
    Role.SYSTEM_ADMIN: "system-administrator",
    Role.SECURITY_ADMIN: "security-administrator",
    Role.AUDIT_ADMIN: "audit-administrator",
    Role.SUPERVISOR: "supervisor",
}
PLAIN = 9


def address(chapter: str, anchor: str = "") -> str:
    return reverse("console:help_chapter", kwargs={"chapter": chapter}) + (f"#{anchor}" if anchor else "")


def own_chapters(actor: Actor, language: str) -> list[dict[str, str]]:
    """The chapters that tell the days of the reader's own roles."""
    found = []
    for role, name in CHAPTERS.items():
        book = queries.chapter(name, language) if role in actor.roles else None
        if book is not None:
            found.append({"title": book.title, "address": address(name)})
    return found


def contents(book: Rendered) -> list[Section]:
    """The headings of a chapter; of one without any, the beginnings of its paragraphs."""
    headings = [section for section in book.sections if section.anchor and section.level != PLAIN]
    return headings or [section for section in book.sections if section.anchor]


def hits(found: Iterable[queries.Hit]) -> list[dict[str, str]]:
    return [
        {
            "title": hit.chapter_title,
            "section": hit.section.title if hit.section.anchor else "",
            "address": address(hit.chapter, hit.section.anchor),
            "before": hit.before,
            "found": hit.found,
            "after": hit.after,
        }
        for hit in found
    ]


def explanation(url_name: str) -> dict[str, str] | None:
    """What the page says about itself, and where the handbook goes on; None for a page that nobody explained."""
    page = explanations.pages.get(url_name)
    if page is None:
        return None
    language = get_language() or "zh-hans"
    place = queries.place(page.where, language)
    told = ("" if language.startswith("zh") else " ").join(page.sentences)
    if place is None:
        return {"text": told, "address": "", "title": ""}
    name, title, section = place
    return {"text": told, "address": address(name, section.anchor), "title": section.title or title}
