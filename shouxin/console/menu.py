"""The menu as somebody sees it: daily entries, groups, tabs of the open page, and the words that find an entry."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from shouxin.core.policy import Actor, Role
from shouxin.kit import menu
from shouxin.kit.menu import MenuEntry

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

WORK = "work"
GROUP_TITLES: dict[str, "StrOrPromise"] = {
    WORK: _("工作"),
    "customers": _("客户"),
    "collection": _("收集"),
    "quality": _("质量与整理"),
    "access": _("用数授权"),
    "rulebook": _("规则"),
    "people": _("组织与人员"),
    "proof": _("留痕与证明"),
    "operations": _("运行"),
}
# What a role opens every day: stands first until somebody pins entries of their own.
DAILY: dict[Role, tuple[str, ...]] = {
    Role.CLERK: ("customers:find", "customers:list", "customers:create", "customers:promises"),
    Role.HEAD: ("customers:find", "customers:list", "customers:promises", "access:grants"),
    Role.OFFICER: ("rulebook:purposes", "access:grants", "access:reviews", "journal:entries"),
    Role.SYSTEM_ADMIN: ("people:staff", "people:departments", "people:connections", "system"),
    Role.SECURITY_ADMIN: ("people:staff", "access:grants", "vault:keys", "people:guard_sources"),
    Role.AUDIT_ADMIN: ("journal:entries", "access:reviews", "access:emergencies", "people:guard_sources"),
    Role.SUPERVISOR: ("journal:entries", "access:grants", "access:reviews", "gate:explain"),
}
MOST_DAILY = 6


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the menu, or one tab."""

    title: "StrOrPromise"
    text: "StrOrPromise"
    address: str
    icon: str
    url_name: str
    words: str
    current: bool
    pinned: bool


@dataclass(frozen=True, slots=True)
class Group:
    """A heading that folds, with its lines."""

    key: str
    title: "StrOrPromise"
    lines: list[Line]
    open: bool


class Menu:
    """Everything the actor may open, arranged; `path` is the open page."""

    def __init__(self, actor: Actor, path: str, pins: Sequence[str] | None = None) -> None:
        self._groups = menu.visible(frozenset(permission.value for permission in actor.permissions))
        self._all = [entry for _group, lines in self._groups for entry in lines]
        self._here = _here(self._all, path)
        self._exact = path
        self.pins = daily(actor) if pins is None else list(pins)

    @cached_property
    def work(self) -> list[Line]:
        """What stands open above everything else."""
        return [
            self._line(family) for group, lines in self._groups if group == WORK for family in _fold(lines)
        ]

    @cached_property
    def daily(self) -> list[Line]:
        """The pinned entries that still open, in the order of pinning."""
        known = {entry.url_name: entry for entry in self._all}
        return [self._line([known[name]]) for name in self.pins if name in known]

    @cached_property
    def pinned_here(self) -> bool:
        """Whether the open page is marked among the pinned entries, so that its group marks it for the eye alone."""
        return any(line.current for line in self.daily)

    @cached_property
    def groups(self) -> list[Group]:
        """The groups that fold; the one of the open page is open, whatever was folded before."""
        found = []
        for group, lines in self._groups:
            if group != WORK:
                shown = [self._line(family) for family in _fold(lines)]
                found.append(Group(group, GROUP_TITLES[group], shown, any(line.current for line in shown)))
        return found

    @property
    def everything(self) -> list[Group]:
        """Every entry under its group, tabs as lines of their own: the page of the whole menu."""
        return [
            Group(group, GROUP_TITLES[group], [self._line([entry]) for entry in lines], open=True)
            for group, lines in self._groups
        ]

    @cached_property
    def tabs(self) -> list[Line]:
        """The pages beside the open one that share its line; none on pages below them."""
        for family in _fold(self._all):
            if len(family) > 1 and any(entry.address() == self._exact for entry in family):
                return [self._line([entry]) for entry in family]
        return []

    def _line(self, family: Sequence[MenuEntry]) -> Line:
        first = family[0]
        current = bool(self._here) and any(entry.address() == self._here for entry in family)
        return Line(
            first.title,
            first.text,
            first.address() or "/",
            first.icon,
            first.url_name,
            words_of(first.url_name),
            current,
            first.url_name in self.pins,
        )


_fold = menu.families


def _here(entries: Sequence[MenuEntry], path: str) -> str:
    """The address in the menu that the open page belongs to: the longest that its own begins with."""
    addresses = [entry.address() or "/" for entry in entries]
    above = [address for address in addresses if path.startswith(address) and address != "/"]
    return max(above, key=len, default="/" if path == "/" else "")


def daily(actor: Actor) -> list[str]:
    """What the actor's roles open every day, for whoever has pinned nothing yet."""
    found = dict.fromkeys(name for role in sorted(actor.roles) for name in DAILY[role])
    return list(found)[:MOST_DAILY]


@cache
def words_of(url_name: str) -> str:
    """What finds an entry when typed: its title in both languages, in pinyin, and by initials."""
    from pypinyin import Style, lazy_pinyin  # its dictionaries take a third of a second to load

    title = menu.entries[url_name].title
    with override("zh-hans"):
        chinese = str(title)
    with override("en"):
        english = str(title)
    spelled = "".join(lazy_pinyin(chinese))
    initials = "".join(lazy_pinyin(chinese, style=Style.FIRST_LETTER))
    return f"{chinese} {english} {spelled} {initials}".lower()
