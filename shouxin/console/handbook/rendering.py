"""Chapters of the handbook as HTML: Markdown without any HTML of its own, links and pictures led into the product."""

import re
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.token import Token

CONTENTS = "README"
INLINE = ("text", "code_inline", "softbreak")


@dataclass(slots=True)
class Section:
    """A heading, or a paragraph that begins in bold, with the words below it."""

    anchor: str
    title: str
    level: int
    text: str = ""


@dataclass(slots=True)
class Rendered:
    """One chapter: its title, its places, its HTML."""

    title: str = ""
    html: SafeString = field(default_factory=SafeString)
    sections: list[Section] = field(default_factory=list)


def slug(title: str) -> str:
    """The anchor that GitHub gives a heading, so that links hold on disk as well."""
    return re.sub(r"[^\w\- ]", "", title.strip().lower()).replace(" ", "-")


def render(markdown: str, folder: str) -> Rendered:
    """The chapter that stands in `folder` of the handbook ("zh" or "en")."""
    reader = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = reader.parse(markdown)
    found = Rendered()
    _place(tokens, found)
    for token in tokens:
        if token.type == "inline":
            _lead(token.children or [], folder)
    kept = _framed(tokens)
    # The reader escapes everything and knows no HTML; attributes are set by us or checked above.
    found.html = mark_safe(reader.renderer.render(kept, reader.options, {}))  # noqa: S308
    return found


def _words(token: Token) -> str:
    return "".join(
        " " if one.type == "softbreak" else one.content for one in token.children or [] if one.type in INLINE
    )


def _bold(token: Token) -> str:
    """What a paragraph begins with in bold, without the stop; empty when it begins plainly."""
    inside = token.children or []
    opened = next((n for n, one in enumerate(inside) if one.type != "text" or one.content), 0)
    if not inside or inside[opened].type != "strong_open":
        return ""
    closed = next(n for n, one in enumerate(inside) if one.type == "strong_close")
    return "".join(one.content for one in inside[opened:closed]).strip().rstrip("。.：:")


def _place(tokens: list[Token], found: Rendered) -> None:
    """Give every place its anchor, and gather the words below it."""
    here = Section("", "", 1)
    found.sections.append(here)
    taken: dict[str, int] = {}
    for before, token in pairwise(tokens):
        if token.type != "inline":
            continue
        level, title = 0, ""
        if before.type == "heading_open":
            level, title = int(before.tag[1:]), _words(token)
        elif before.type == "paragraph_open" and before.level == 0:
            level, title = 9, _bold(token)
        if level == 1:
            found.title = here.title = title
            continue
        if title:
            anchor = slug(title)
            taken[anchor] = taken.get(anchor, -1) + 1
            here = Section(f"{anchor}-{taken[anchor]}" if taken[anchor] else anchor, title, level)
            found.sections.append(here)
            before.attrSet("id", here.anchor)
        here.text += _words(token) + "\n"


def _lead(inside: list[Token], folder: str) -> None:
    """Lead links to chapters and pictures into the product; what lies outside the handbook stays as plain words."""
    leads: list[bool] = []
    for token in inside:
        if token.type == "link_open":
            address = _address(str(token.attrGet("href") or ""), folder)
            leads.append(bool(address))
            if not address:
                _blank(token)
                continue
            token.attrSet("href", address)
            if urlsplit(address).scheme:
                token.attrSet("rel", "noreferrer")
        elif token.type == "link_close":
            if not leads.pop():
                _blank(token)
        elif token.type == "image":
            name = PurePosixPath(str(token.attrGet("src"))).name
            token.attrSet("src", reverse("console:help_picture", kwargs={"name": name}))
            token.attrSet("loading", "lazy")


def _blank(token: Token) -> None:
    token.type, token.tag, token.nesting, token.content, token.attrs = "text", "", 0, "", {}


def _address(written: str, folder: str) -> str:
    """Where a link leads inside the product; empty for a file that only the source has."""
    parts = urlsplit(written)
    if parts.scheme in {"http", "https"}:
        return written
    anchor = f"#{unquote(parts.fragment)}" if parts.fragment else ""
    if not parts.path:
        return anchor
    path = PurePosixPath(parts.path)
    if path.suffix != ".md" or path.parent not in {PurePosixPath(), PurePosixPath("..", folder)}:
        return ""
    if path.stem == CONTENTS:
        return reverse("console:help") + anchor
    return reverse("console:help_chapter", kwargs={"chapter": path.stem}) + anchor


def _framed(tokens: list[Token]) -> list[Token]:
    """Without the chapter's title, which the page shows itself; tables in a frame that scrolls on a phone."""
    kept: list[Token] = []
    skipping = False
    for token in tokens:
        if token.tag == "h1":
            skipping = token.nesting == 1
            continue
        if skipping:
            continue
        if token.type == "table_open":
            frame = Token("sx_open", "div", 1, block=True)
            frame.attrs = {"class": "sx-table-wrap", "tabindex": "0"}
            kept.append(frame)
        kept.append(token)
        if token.type == "table_close":
            kept.append(Token("sx_close", "div", -1, block=True))
        if token.type in {"fence", "code_block"}:
            token.attrSet("tabindex", "0")
    return kept
