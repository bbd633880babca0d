"""Pure decisions about batches: which step may follow which, and who may say yes to what."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from uuid import UUID

from shouxin.core.policy import Actor, Permission, Role
from shouxin.customers.intake.models import BatchState, Standing

S = BatchState
FOLLOWS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        S.DRAFT: frozenset({S.CHECKING, S.CANCELLED}),
        S.CHECKING: frozenset({S.CHECKED, S.DRAFT, S.FAILED, S.CANCELLED}),
        S.CHECKED: frozenset({S.DRAFT, S.CHECKING, S.RUNNING, S.CANCELLED}),
        S.RUNNING: frozenset({S.PAUSED, S.DONE, S.FAILED}),
        S.PAUSED: frozenset({S.RUNNING, S.CANCELLED, S.DONE}),
        S.FAILED: frozenset({S.RUNNING, S.CANCELLED, S.DONE}),
        S.DONE: frozenset(),
        S.CANCELLED: frozenset(),
    }
)
# Why a batch stands still when its importer left or moved: it is nobody's until another person takes it over.
OPERATOR_GONE = "operator.gone"
EDITABLE = frozenset({S.DRAFT, S.CHECKED})
# Product defaults: how long a file that is not imported, and rows that were refused, are kept.
ABANDONED_AFTER = timedelta(days=14)
REFUSALS_KEPT = timedelta(days=30)
STRAY_AFTER = timedelta(days=1)  # a file without a batch, of an upload that was cut off


def is_abandoned(state: str, uploaded: datetime, now: datetime) -> bool:
    """Whether a file has waited too long for its import to be finished."""
    return state not in {S.DONE, S.CANCELLED} and now - uploaded > ABANDONED_AFTER


def may_follow(before: str, after: str) -> bool:
    """Whether a batch in state `before` may step to `after`."""
    return after in FOLLOWS[before]


def may_accept(actor: Actor, *, operator: UUID, standing: str) -> bool:
    """A second person accepts the source of an outside batch; never the importer."""
    return (
        standing == Standing.QUARANTINED
        and actor.may(Permission.CUSTOMERS_BATCH_RELEASE)
        and actor.id != operator
    )


def may_confirm(actor: Actor, *, operator: UUID, department: UUID | None, standing: str) -> bool:
    """The head of the owner department confirms; the officer may where the head imported it."""
    if standing != Standing.UNCONFIRMED or actor.id == operator:
        return False
    if actor.may(Permission.CUSTOMERS_BATCH_CONFIRM) and department in actor.department_ids:
        return True
    return Role.OFFICER in actor.roles and actor.may(Permission.CUSTOMERS_BATCH_RELEASE)


def may_reject(actor: Actor, *, operator: UUID, department: UUID | None, standing: str) -> bool:
    """Whoever could accept or confirm may also say no."""
    return may_accept(actor, operator=operator, standing=standing) or may_confirm(
        actor, operator=operator, department=department, standing=standing
    )
