"""What is told of a value besides the value: its category in words, and whether its purpose still stands."""

from shouxin.core.policy import PurposeRule, PurposeStatus
from shouxin.rulebook.catalogue.categories import CATEGORIES, OTHER, category_of

__all__ = ["CATEGORIES", "OTHER", "category_of", "in_order", "is_stated"]


def in_order(codes: set[str]) -> list[str]:
    return [code for code in CATEGORIES if code in codes]


def is_stated(field: str, purpose: PurposeRule | None) -> bool:
    """Whether a value that came for `purpose` is still held for a purpose in use that names its field."""
    return purpose is not None and purpose.status is PurposeStatus.ACTIVE and field in purpose.fields
