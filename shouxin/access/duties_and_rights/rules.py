"""Where written duties and live rights of a department differ: pure, from what is known about it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from uuid import UUID

from shouxin.core.policy import Permission, Role, permissions_of
from shouxin.people.duties.rules import KEEP, STEPS


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody of the staff as the comparison needs them; without roles nothing works (suspended, newly moved)."""

    id: UUID
    name: str
    roles: frozenset[Role]
    active: bool
    in_line: bool = True  # works in the department or above it

    @property
    def rights(self) -> frozenset[Permission]:
        return permissions_of(self.roles) if self.active else frozenset()


@dataclass(frozen=True, slots=True)
class Held:
    """A duty as written: the step, who holds it, until when."""

    step: str
    holder: Person
    until: datetime | None


@dataclass(frozen=True, slots=True)
class Finding:
    """One difference; `code` says which, `step` and `names` what and whom it is about."""

    code: str
    step: str = ""
    names: tuple[str, ...] = ()


def findings(
    *,
    duties: Sequence[Held],
    staff: Collection[Person],
    approvers: Collection[str],
    customers: int,
    now: datetime,
    vacant: Mapping[str, str] = MappingProxyType({}),
) -> list[Finding]:
    """Everything in which written duties and live rights of one department differ, in the order of the steps.

    `vacant` names the steps whose holder moved away, with who that was.
    """
    live = {duty.step: duty for duty in duties if duty.until is None or duty.until > now}
    found = [Finding("duty.over", duty.step, (duty.holder.name,)) for duty in duties if duty.step not in live]
    for step in STEPS:
        if step in live:
            found += _about_holder(live[step])
        else:
            found += [Finding("duty.vacant", step, (vacant[step],))] if step in vacant else []
            found += _without_duty(step, staff)
    if customers and KEEP not in live:
        found.append(Finding("customers.no-responsible", KEEP))
    if any(Permission.CUSTOMERS_PROFILE_READ in person.rights for person in staff) and not approvers:
        found.append(Finding("approver.none"))
    return found


def _about_holder(duty: Held) -> list[Finding]:
    holder, needs = duty.holder, STEPS[duty.step].needs
    if not holder.active:
        return [Finding("holder.left", duty.step, (holder.name,))]
    if not holder.roles:
        return [Finding("holder.rests", duty.step, (holder.name,))]
    if not holder.in_line:
        return [Finding("holder.moved", duty.step, (holder.name,))]
    if needs and not holder.rights & needs:
        return [Finding("duty.no-right", duty.step, (holder.name,))]
    return []


def _without_duty(step: str, staff: Collection[Person]) -> list[Finding]:
    needs = STEPS[step].needs
    holders = tuple(sorted(person.name for person in staff if person.rights & needs))
    return [Finding("right.no-duty", step, holders)] if holders else []


def counted(found: Mapping[UUID, Sequence[Finding]]) -> int:
    """How many differences there are in all departments."""
    return sum(len(one) for one in found.values())
