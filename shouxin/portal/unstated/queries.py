"""What is held without a purpose in use that names it (无处理目的的信息), read from the rulebook as it stands now."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from shouxin.core.policy import Actor, FieldRule, Permission, PurposeRule
from shouxin.gate.facts import rules as rulebooks
from shouxin.portal.held import rules
from shouxin.portal.held.queries import disclosed
from shouxin.portal.unstated.models import Ground
from shouxin.rulebook.catalogue.models import Field
from shouxin.rulebook.purposes.models import Purpose


@dataclass(frozen=True, slots=True)
class Defect:
    """Values of one field that rest on a purpose which no longer covers them; `customers` is None until counted."""

    ground: Ground
    field: FieldRule | None
    category: str
    purpose: PurposeRule | None
    customers: int | None
    countable: bool = True


def defective() -> list[Ground]:
    """The rows whose purpose is not in use, or no longer names the field. Counted ones keep their figure only while
    nothing about the purpose has changed since."""
    book = rulebooks["rulebook"]
    return [
        row
        for row in Ground.objects.order_by("field", "purpose")
        if not rules.is_stated(row.field, book.purpose(row.purpose))
    ]


def defects(actor: Actor) -> list[Defect]:
    """Every defect with somebody's values behind it, for whoever answers for purposes."""
    if not actor.may(Permission.PORTAL_DEFECT_READ):
        return []
    found = [(row, counted(row, since)) for row, since in _with_changes(defective())]
    standing = [(row, number) for row, number in found if number != 0]
    known, possible = rulebooks["rulebook"].fields(), set(disclosed())
    category = _categories({row.field for row, _number in standing})
    return [
        Defect(
            row,
            known.get(row.field),
            rules.category_of(category.get(row.field, "")),
            rulebooks["rulebook"].purpose(row.purpose),
            number,
            row.field in possible,
        )
        for row, number in standing
    ]


def counted(row: Ground, changed: datetime | None) -> int | None:
    """The figure of a row, unless its purpose changed after the counting."""
    if row.counted_at is None or (changed is not None and row.counted_at <= changed):
        return None
    return row.customers


def waiting() -> list[Ground]:
    """The defects that have to be counted, as far as their values may be opened for that."""
    possible = set(disclosed())
    found = _with_changes([row for row in defective() if row.field in possible])
    return [row for row, since in found if counted(row, since) is None]


def _with_changes(rows: Collection[Ground]) -> list[tuple[Ground, datetime | None]]:
    changes = {}
    for one in Purpose.objects.filter(key__in={row.purpose for row in rows}):
        moments = (one.drafted_at, one.submitted_at, one.approved_at, one.activated_at, one.retired_at)
        changes[one.key] = max(at for at in moments if at is not None)
    return [(row, changes.get(row.purpose)) for row in rows]


def _categories(keys: Collection[str]) -> dict[str, str]:
    return dict(Field.objects.filter(key__in=keys).values_list("key", "category"))
