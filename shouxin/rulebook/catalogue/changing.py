"""What every change of a field does besides: hold the row, ask for the reason, keep the history, record."""

from typing import Any
from uuid import UUID

from shouxin.core.policy import Actor
from shouxin.core.text import Text
from shouxin.journal import services as journal
from shouxin.kit import clock
from shouxin.rulebook.catalogue import loading
from shouxin.rulebook.catalogue.errors import Refused
from shouxin.rulebook.catalogue.models import ATTRIBUTES, Field, FieldChange

NO_FIELD = Text("没有这个字段。", "There is no such field.")


def locked(key: str) -> Field:
    """The field, held until the transaction ends.

    Raises:
        Refused: there is none.
    """
    field = Field.objects.select_for_update().filter(key=key).first()
    if field is None:
        raise Refused("field.unknown", NO_FIELD)
    return field


def regroup(field: Field) -> None:
    """Until the first activation nothing is stored, so the storage group may still follow the attributes."""
    if field.activated_at is None:
        field.storage_group = loading.group_of(state(field))


def need_reason(reason: str) -> None:
    """Raises:
    Refused: there is no reason."""
    if not reason.strip():
        raise Refused("reason.missing", Text("请填写理由。", "Give a reason."))


def state(field: Field) -> dict[str, Any]:
    """Every attribute as it stands."""
    return {name: getattr(field, name) for name in ATTRIBUTES}


def change(
    actor: Actor, field: Field, event: str, before: dict[str, Any], after: dict[str, Any], **more: Any
) -> FieldChange:
    """One line of the field's history, unsaved."""
    changed = [name for name in ATTRIBUTES if before.get(name) != after.get(name)]
    return FieldChange(
        field=field,
        at=clock.now(),
        event=event,
        actor=actor.pseudonym,
        before={name: before[name] for name in changed if name in before},
        after={name: after[name] for name in changed},
        **more,
    )


def record(
    actor: Actor,
    field: Field,
    event: str,
    before: dict[str, Any],
    data: dict[str, Any],
    *,
    reason: str = "",
    second_actor: UUID | None = None,
    third_actor: UUID | None = None,
) -> None:
    """Keep the change in the field's history and in the journal."""
    line = change(
        actor,
        field,
        event,
        before,
        state(field),
        reason=reason.strip(),
        second_actor=second_actor,
        third_actor=third_actor,
    )
    line.save()
    journal.append(actor=actor, event=event, data={**data, "change": line.id})
