"""The side menu of the console: rooms sign up their entries, the shell shows those that open for the actor."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import NoReverseMatch, reverse

from shouxin.kit.registry import Registry

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

# The groups in their order; an entry of an unknown group is an error at start.
GROUPS = ("work", "customers", "access", "rulebook", "people", "proof", "operations")


@dataclass(frozen=True, slots=True)
class MenuEntry:
    """One line of the menu.

    `title` is a lazy gettext string, `url_name` is reversed without arguments, `icon` names a Material Symbol.
    `permissions`: any one of these (values of `core.policy.Permission`) shows the line; empty shows it to everybody.
    """

    group: str
    title: "StrOrPromise"
    url_name: str
    permissions: frozenset[str]
    icon: str
    order: int = 100

    def address(self) -> str | None:
        """The path, or None while no URL of that name is mounted."""
        try:
            return reverse(self.url_name)
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
    """The groups that have a line for someone with `permissions`, in order, with their lines."""
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
