"""The remark of a score, sealed."""

from collections.abc import Iterator
from uuid import UUID

from shouxin.core.text import Text
from shouxin.rights.satisfaction.models import ContactScore
from shouxin.vault import parcels

REMARK = "remark"


def key_of(row: ContactScore) -> parcels.ParcelKey:
    return parcels.open_key(row.id, row.key_suite, bytes(row.wrapped_key))


def remark_in(row: ContactScore) -> str:
    """What was said, empty for nothing."""
    return key_of(row).open(REMARK, bytes(row.remark)).decode() if row.remark else ""


def _parcels(score: UUID) -> Iterator[tuple[str, bytes]]:
    row = ContactScore.objects.get(id=score)
    if row.remark:
        yield REMARK, bytes(row.remark)


def _reseal(score: UUID) -> bool:
    row = ContactScore.objects.select_for_update(of=("self",)).get(id=score)
    old, new = key_of(row), parcels.new_key(row.id)
    row.remark = new.seal(REMARK, old.open(REMARK, bytes(row.remark))) if row.remark else None
    row.key_suite, row.wrapped_key = new.suite.id, new.wrapped
    row.save(update_fields=["remark", "key_suite", "wrapped_key"])
    return True


parcels.places.register(
    "rights.contact_score",
    parcels.Place(
        "rights.contact_score",
        Text("接待评价的评语", "Remarks about being served"),
        ContactScore,
        (("rights_contact_score", "wrapped_key"), ("rights_contact_score", "remark")),
        _parcels,
        _reseal,
    ),
)
