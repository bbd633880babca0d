"""The side menu of the console: rooms sign up their entries, the shell shows those that open for the actor."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING

from django.urls import NoReverseMatch, reverse

from shouxin.kit.registry import Registry

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

# The groups in their order, by what people do; an entry of an unknown group is an error at start.
GROUPS = (
    "work",  # stands open above the groups
    "customers",
    "collection",
    "quality",
    "access",
    "rulebook",
    "people",
    "proof",
    "operations",
)


@dataclass(frozen=True, slots=True)
class MenuEntry:
    """One page that the menu leads to.

    `title` is a lazy gettext string, `url_name` is reversed without arguments, `icon` names a Material Symbol.
    `permissions`: any one of these (values of `core.policy.Permission`) shows the line; empty shows it to everybody.
    `text`: one sentence saying what one finds or does there, in the words of whoever uses it.
    `under`: URL name of an entry of the same group; both share one line of the menu and stand as tabs on their pages.
    """

    group: str
    title: "StrOrPromise"
    url_name: str
    permissions: frozenset[str]
    icon: str
    order: int = 100
    text: "StrOrPromise" = field(kw_only=True)
    under: str = field(default="", kw_only=True)

    @property
    def family(self) -> str:
        """The URL name that all pages sharing one line have in common."""
        return self.under or self.url_name

    def address(self) -> str | None:
        """The path, or None while no URL of that name is mounted."""
        return address_of(self.url_name)


@cache
def address_of(url_name: str) -> str | None:
    """The path of a page without arguments, or None; kept, since every page asks for that of every entry."""
    try:
        return reverse(url_name)
    except NoReverseMatch:
        return None


entries: Registry[MenuEntry] = Registry("menu")


def register(entry: MenuEntry) -> MenuEntry:
    """Sign up `entry` under its URL name.

    Raises:
        ValueError: the group does not exist, or the URL name is taken by a different entry.
    """
    if entry.group not in GROUPS:
        raise ValueError(f"menu: no group {entry.group}")
    return entries.register(entry.url_name, entry)


def visible(permissions: frozenset[str]) -> list[tuple[str, list[MenuEntry]]]:
    """The groups that have an entry for someone with `permissions`, in order, with all their entries."""
    found = []
    for group in GROUPS:
        lines = [
            entry
            for entry in entries.values()
            if entry.group == group
            and (not entry.permissions or entry.permissions & permissions)
            and entry.address()
        ]
        if lines:
            found.append((group, sorted(lines, key=lambda entry: entry.order)))
    return found


def families(lines: Iterable[MenuEntry]) -> list[list[MenuEntry]]:
    """`lines` gathered into those that share one line of the menu, each beginning with its first."""
    found: dict[str, list[MenuEntry]] = {}
    for entry in lines:
        found.setdefault(entry.family, []).append(entry)
    return list(found.values())
