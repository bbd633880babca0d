"""What rooms above know that speaks against calling somebody: asked when a code is made, and again when it dials."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from shouxin.kit.registry import Registry

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True, slots=True)
class Check:
    """`obstacle` gives a code for a customer and a purpose at this moment, or nothing; `words` says it."""

    obstacle: Callable[[UUID, str, datetime], str]
    words: Callable[[str], "StrOrPromise"]


checks: Registry[Check] = Registry("what speaks against a call")


def obstacle(customer: UUID, purpose: str, now: datetime) -> str:
    """The first that speaks against it, as a code; nothing where none does."""
    found = (one.obstacle(customer, purpose, now) for one in checks.values())
    return next((code for code in found if code), "")


def words(code: str) -> "StrOrPromise":
    """A code in words."""
    said = (one.words(code) for one in checks.values())
    return next((text for text in said if text), code)
