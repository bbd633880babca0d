"""The forms that are kept while they are filled; rooms sign theirs up."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import Resolver404, resolve

from shouxin.drafts.rules import MOST_ADDRESS
from shouxin.kit.registry import Registry

if TYPE_CHECKING:
    from uuid import UUID

    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True, slots=True)
class DraftKind:
    """A form: what it is called, whose permission it needs, and the names of the pages it stands on."""

    key: str
    title: "StrOrPromise"
    permission: str
    pages: frozenset[str]


kinds: Registry[DraftKind] = Registry("drafts")


def register(kind: DraftKind) -> DraftKind:
    """Sign up `kind` under its key."""
    return kinds.register(kind.key, kind)


def belongs(kind: DraftKind, path: str) -> bool:
    """Whether the path is a page of this form: a draft never leads anywhere else."""
    if len(path) > MOST_ADDRESS:
        return False
    try:
        return resolve(path).view_name in kind.pages
    except Resolver404:
        return False


def customer_in(path: str) -> "UUID | None":
    """The customer whom a page is about, as its path says."""
    found: UUID | None = resolve(path).kwargs.get("customer_id")
    return found
