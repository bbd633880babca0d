"""Finding the screens: somebody signs in and follows every link, until no kind of page is new.

An address counts as the same screen as another of the same URL name and the same words in it (a verb, a kind, a
state); ids and tokens differ from row to row and make no new screen. A few of each are opened, because one
may have fewer links than the next.
"""

import re
from collections import Counter, deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import parse_qsl, urljoin, urlsplit

import httpx
from django.urls import Resolver404, resolve

OPENED = 4  # addresses of one screen that are followed
# What tells one screen from another of the same name: the kind of thing it is about.
TELLING = ("kind", "verb", "what", "state", "tab")
# Following these would leave, or hand out a file instead of a screen.
NOT_FOLLOWED = re.compile(
    r"^/(static|api|scim|registers|i18n|sign-out)/|\.(csv|xlsx|pdf|json|zip)$|/template/$"
)


@dataclass(frozen=True, slots=True)
class Screen:
    """One address as one person sees it."""

    who: str
    name: str  # of the URL, namespace included
    address: str
    words: str = ""  # what tells it from other addresses of that name
    cookie: str = ""
    jar: str = "sessionid"  # the cookie's name

    @property
    def key(self) -> str:
        return f"{self.name} {self.words}".strip()

    @property
    def file(self) -> str:
        return re.sub(r"[^a-z0-9_]+", "-", f"{self.name}-{self.words}".lower()).strip("-")


class _Page(HTMLParser):
    """The links and hidden fields of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.fields: dict[str, str] = {}
        self.code_field = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {key: value or "" for key, value in attrs}
        if tag == "a" and found.get("href"):
            self.links.append(found["href"])
        if tag == "input" and found.get("name"):
            if found.get("autocomplete") == "one-time-code":
                self.code_field = found["name"]
            if found.get("type") == "hidden":
                self.fields.setdefault(found["name"], found.get("value", ""))


@dataclass
class Visitor:
    """Somebody at the door and behind it, without a browser."""

    who: str
    base: str
    jar: str = "sessionid"
    client: httpx.Client = field(init=False)
    wrong: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.client = httpx.Client(base_url=self.base, follow_redirects=True, timeout=60)

    def sign_in(self, password: str, code: Callable[[], str]) -> None:
        answer = self._send("/sign-in/", {"username": self.who, "password": password})
        page = _Page(answer.text)
        if page.code_field:
            self._send(answer.url.path, {page.code_field: code()})
        if self.cookie == "" or str(self.client.get("/").url).rstrip("/") != self.base:
            raise RuntimeError(f"{self.who} could not sign in")

    @property
    def cookie(self) -> str:
        return self.client.cookies.get(self.jar) or ""

    def choose(self, purpose: str) -> None:
        self.post("/purpose/", {"purpose": purpose})

    def post(self, address: str, values: dict[str, str], *, at: str = "") -> httpx.Response:
        """Send a form of the page at `at`."""
        return self._send(address, values, at=at or "/")

    def _send(self, address: str, values: dict[str, str], *, at: str = "") -> httpx.Response:
        token = _Page(self.client.get(at or address).text).fields.get("csrfmiddlewaretoken", "")
        return self.client.post(
            address, data={"csrfmiddlewaretoken": token, **values}, headers={"Referer": self.base}
        )

    def walk(self, starts: Iterable[str], wanted: frozenset[str] = frozenset()) -> list[Screen]:
        """Every screen that links lead to from `starts`, each once; no further than those `wanted`, if any."""
        queue, seen = deque(starts), set[str]()
        counted: Counter[str] = Counter()
        found: dict[str, Screen] = {}
        while queue and not (wanted and wanted <= {screen.name for screen in found.values()}):
            address = queue.popleft()
            screen = self.screen(address)
            if address in seen or screen is None or counted[screen.key] >= OPENED:
                continue
            seen.add(address)
            counted[screen.key] += 1
            answer = self.client.get(address)
            if answer.status_code != httpx.codes.OK:
                self.wrong.append(f"{self.who} {address}: {answer.status_code}")
                continue
            if "text/html" not in answer.headers.get("content-type", ""):
                continue
            found.setdefault(screen.key, screen)
            queue.extend(urljoin(str(answer.url), link) for link in _Page(answer.text).links)
        return list(found.values())

    def screen(self, address: str) -> Screen | None:
        """What an address of ours shows, or None where there is nothing to see."""
        parts = urlsplit(address)
        if parts.netloc and f"{parts.scheme}://{parts.netloc}" != self.base:
            return None
        if NOT_FOLLOWED.search(parts.path):
            return None
        try:
            match = resolve(parts.path)
        except Resolver404:
            return None
        given = {**match.kwargs, **dict(parse_qsl(parts.query))}
        words = [str(given[key]) for key in TELLING if key in given]
        local = parts.path + (f"?{parts.query}" if parts.query else "")
        return Screen(self.who, match.view_name, local, " ".join(words), self.cookie, self.jar)
