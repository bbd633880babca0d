"""Drafts as one place of sealed parcels: whoever changes keys or looks for alterations finds them here."""

from collections.abc import Iterator
from uuid import UUID

from shouxin.core.text import Text
from shouxin.drafts.models import Draft
from shouxin.vault import parcels

CONTENT = "draft"


def key_of(row: Draft) -> parcels.ParcelKey:
    """The draft's key."""
    return parcels.open_key(row.id, row.key_suite, bytes(row.wrapped_key))


def _parcels(draft: UUID) -> Iterator[tuple[str, bytes]]:
    yield CONTENT, bytes(Draft.objects.get(id=draft).sealed)


def _reseal(draft: UUID) -> bool:
    row = Draft.objects.select_for_update().filter(id=draft).first()
    if row is None:
        return True  # sent or thrown away meanwhile
    old, new = key_of(row), parcels.new_key(row.id)
    row.sealed = new.seal(CONTENT, old.open(CONTENT, bytes(row.sealed)))
    row.key_suite, row.wrapped_key = new.suite.id, new.wrapped
    row.save(update_fields=["sealed", "key_suite", "wrapped_key"])
    return True


parcels.places.register(
    "drafts",
    parcels.Place(
        "drafts",
        Text("未提交的草稿", "Drafts not yet sent"),
        Draft,
        (("drafts_draft", "wrapped_key"), ("drafts_draft", "sealed")),
        _parcels,
        _reseal,
    ),
)
