"""Looking at the screens: one Chromium per process, each address loaded once per language and photographed in its
looks, with what is wrong about it."""

import os
import re
import shutil
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, NamedTuple

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Error, Page, Response, sync_playwright

from tools.screens.crawl import Screen
from tools.screens.still import sitecustomize

WIDTHS = {"1440": {"width": 1440, "height": 900}, "390": {"width": 390, "height": 844}}
TALLEST = 6000
SERIOUS = frozenset({"serious", "critical"})
AXE = {
    "resultTypes": ["violations"],
    "runOnly": {
        "type": "tag",
        "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    },
}
# For photographs only: hidden from screen readers and too pale to be read as text, on purpose.
JUDGED = {"exclude": [[".sx-watermark"]]}
HAN = re.compile(r"[\u3400-\u9fff]")
LATIN = re.compile(r"[A-Za-z]{3,}")
# Every text a person reads or hears, outside what is code, an entry of theirs or marked as being in another language.
TEXTS = """() => {
  const shown = (node) => node.checkVisibility ? node.checkVisibility() : true;
  const lang = document.documentElement.lang;
  const other = (node) => { const own = node.closest("[lang]"); return own && own.lang !== lang; };
  const texts = [document.title];
  const unread = "script,style,code,pre,textarea,svg,.sx-watermark,.sx-code,[translate=no]";
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const parent = walk.currentNode.parentElement;
    if (!parent || other(parent) || parent.closest(unread)) continue;
    const text = walk.currentNode.textContent.trim().replace(/\\s+/g, " ");
    if (text && (shown(parent) || parent.tagName === "OPTION")) texts.push(text);
  }
  for (const node of document.querySelectorAll("[placeholder],[title],[aria-label],[alt],[data-confirm]"))
    for (const name of ["placeholder", "title", "aria-label", "alt", "data-confirm"])
      if (node.getAttribute(name) && !other(node) && !node.closest("[translate=no]"))
        texts.push(node.getAttribute(name));
  return [...new Set(texts)];
}"""
# Ids and hashes are drawn anew for every demonstration; a picture shows others in their place, always the same.
CODES = """() => {
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const code = /\\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\\b|\\b[0-9a-f]{16,}\\b/g;
  const plain = (found) => [...found].map((sign, n) => (sign === "-" ? sign : "4f09a7c2b3d81e65"[n % 16])).join("");
  while (walk.nextNode()) walk.currentNode.data = walk.currentNode.data.replace(code, plain);
}"""
WIDER = """() => {
  const root = document.documentElement, over = root.scrollWidth - root.clientWidth;
  if (over <= 0) return null;
  const far = [...document.body.querySelectorAll("*")].filter(
    (e) => e.getBoundingClientRect().right > root.clientWidth + 1 && !e.closest(".sx-watermark"));
  const last = far[far.length - 1];
  return `${over} px wider than the window` + (last ? `: ${last.tagName.toLowerCase()}.${last.className}` : "");
}"""


class Look(NamedTuple):
    width: str
    colours: Literal["light", "dark"]
    language: str

    def __str__(self) -> str:
        return f"{self.width}-{self.colours}-{self.language}"


LOOKS = tuple(
    Look(width, colours, language)
    for language in ("zh", "en")
    for width in WIDTHS
    for colours in ("light", "dark")
)
TWO = (Look("1440", "light", "zh"), Look("390", "dark", "en"))
LANGUAGES = {"zh": "zh-hans", "en": "en"}


@dataclass(frozen=True, slots=True)
class Work:
    """Screens that one person sees in one language."""

    base: str
    folder: Path
    screens: tuple[Screen, ...]
    looks: tuple[Look, ...]


@dataclass(slots=True)
class Found:
    """What one piece of work brought home."""

    pictures: list[tuple[str, str, str]] = field(default_factory=list)  # key, look, file
    wrong: list[tuple[str, str, str, str]] = field(default_factory=list)  # what, who, address, detail
    foreign: dict[str, tuple[str, str]] = field(
        default_factory=dict
    )  # text: where, on a page in which language


PROGRAMS = ("chromium-headless-shell", "chromium", "chromium-browser")  # as the journeys look for it
_BROWSER: list[Browser] = []


def browser() -> Browser:
    """This process's Chromium; it ends with the process."""
    if not _BROWSER:
        path = next(filter(None, map(shutil.which, PROGRAMS)), None)
        arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
        _BROWSER.append(sync_playwright().start().chromium.launch(executable_path=path, args=arguments))
    return _BROWSER[0]


def render(work: Work) -> Found:
    """Photograph the work's screens."""
    found, looks = Found(), work.looks
    if not work.screens or not looks:
        return found
    context = _context(work.base, work.screens[0], looks[0].language)
    try:
        page, said = context.new_page(), list[str]()
        page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: said.append(str(error)))
        for screen in work.screens:
            said.clear()
            shot = _Shot(page, screen, work, found)
            try:
                shot.take()
            except Error as problem:
                said.append(str(problem))
            shot.judge_console(said)
    finally:
        context.close()
    return found


def picture(base: str, folder: Path, screen: Screen, look: Look) -> Path:
    """The upper part of one screen, without loss."""
    context = _context(base, screen, look.language)
    page = context.new_page()
    page.set_viewport_size(WIDTHS[look.width])  # type: ignore[arg-type]
    page.emulate_media(color_scheme=look.colours)
    page.clock.set_fixed_time(sitecustomize.MOMENT)
    page.goto(screen.address)
    page.evaluate(CODES)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{screen.who}-{screen.file}-{look}.png"
    page.screenshot(path=path)
    context.close()
    return path


def _context(base: str, screen: Screen, language: str) -> BrowserContext:
    context = browser().new_context(
        base_url=base, locale="zh-CN", timezone_id="Asia/Shanghai", reduced_motion="reduce"
    )
    context.set_default_timeout(60_000)
    context.add_cookies(
        [
            {"name": screen.jar, "value": screen.cookie or "nobody", "url": base},
            {"name": "django_language", "value": LANGUAGES[language], "url": base},
        ]
    )
    return context


class _Shot:
    def __init__(self, page: Page, screen: Screen, work: Work, found: Found) -> None:
        self.page, self.screen, self.work, self.found = page, screen, work, found

    def take(self) -> None:
        first = self.work.looks[0]
        self._set(first)
        answer = self.page.goto(self.screen.address)
        self._judge_answer(answer)
        for look in self.work.looks:
            self._set(look)
            self._photograph(look)
            if wider := self.page.evaluate(WIDER):
                self._wrong("wider", f"{look}: {wider}")
            if look.width == first.width and look.language == "zh":
                self._listen(look)
        self._read(first.language)

    def judge_console(self, said: Iterable[str]) -> None:
        for text in said:
            self._wrong("policy" if "Content Security Policy" in text else "console", text)

    def _set(self, look: Look) -> None:
        self.page.set_viewport_size(WIDTHS[look.width])  # type: ignore[arg-type]
        self.page.emulate_media(color_scheme=look.colours)

    def _judge_answer(self, answer: Response | None) -> None:
        if answer is None or answer.status != 200:  # noqa: PLR2004
            self._wrong("status", str(answer.status if answer else "no answer"))
        elif "/sign-in/" in self.page.url and "/sign-in/" not in self.screen.address:
            at_the_portal = self.screen.address.startswith("/my/")
            if at_the_portal == (
                self.screen.who == "customer"
            ):  # staff and strangers are led to the portal's door
                self._wrong("status", "signed out meanwhile")

    def _photograph(self, look: Look) -> None:
        file = f"{self.screen.who}/{self.screen.file}-{look}.jpg"
        (self.work.folder / self.screen.who).mkdir(parents=True, exist_ok=True)
        self.page.evaluate("window.scrollTo(0, 0)")  # what has the focus may have moved the page
        height = min(self.page.evaluate("document.documentElement.scrollHeight"), TALLEST)
        size = {"x": 0, "y": 0, "width": WIDTHS[look.width]["width"], "height": height}
        self.page.screenshot(
            path=self.work.folder / file,
            full_page=True,
            type="jpeg",
            quality=75,
            clip=size,  # type: ignore[arg-type]
        )
        self.found.pictures.append((self.screen.key, str(look), file))

    def _listen(self, look: Look) -> None:
        for each in Axe().run(self.page, context=JUDGED, options=AXE).response["violations"]:
            if each["impact"] in SERIOUS:
                self._wrong("axe", f"{look}: {each['id']}: {_places(each['nodes'])}")

    def _read(self, language: str) -> None:
        foreign = HAN if language == "en" else LATIN
        for text in self.page.evaluate(TEXTS):
            if foreign.search(text):
                self.found.foreign.setdefault(text, (f"{self.screen.who} {self.screen.address}", language))

    def _wrong(self, what: str, detail: str) -> None:
        self.found.wrong.append((what, self.screen.who, self.screen.address, detail))


def _places(nodes: Iterable[dict[str, Any]]) -> str:
    return "; ".join(" ".join(map(str, node["target"])) for node in nodes)
