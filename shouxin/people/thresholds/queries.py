"""Reading thresholds: the value that holds now, and what waits for whom."""

from collections.abc import Iterable

from shouxin.core.policy import Actor, Permission, Role
from shouxin.kit.statements import execute
from shouxin.people.delegations.queries import person_behind
from shouxin.people.models import Staff
from shouxin.people.thresholds.models import ThresholdChange
from shouxin.people.thresholds.rules import Threshold, thresholds

State = ThresholdChange.State
_CHOSEN = "SELECT value FROM people_threshold WHERE key = %b AND state = %b"


def value(threshold: Threshold) -> int:
    """What holds now: what the organisation chose, or else the product's default."""
    chosen = execute(_CHOSEN, (threshold.key, State.IN_FORCE.value))
    return int(chosen[0][0]) if chosen else threshold.default


def values(*wanted: Threshold) -> list[int]:
    """What holds now of several, asked for at once."""
    chosen = ThresholdChange.objects.filter(key__in=[one.key for one in wanted], state=State.IN_FORCE)
    found = dict(chosen.values_list("key", "value"))
    return [found.get(one.key, one.default) for one in wanted]


def in_force() -> dict[str, ThresholdChange]:
    """What the organisation chose, by key."""
    return _by_key(
        ThresholdChange.objects.filter(state=State.IN_FORCE).select_related("asked_by", "decided_by")
    )


def asked_for() -> dict[str, ThresholdChange]:
    """What waits to be confirmed, by key."""
    return _by_key(ThresholdChange.objects.filter(state=State.WAITING).select_related("asked_by"))


def _by_key(found: Iterable[ThresholdChange]) -> dict[str, ThresholdChange]:
    return {one.key: one for one in found if one.key in thresholds}


def history(threshold: Threshold) -> list[ThresholdChange]:
    """Every value ever asked for, newest first."""
    return list(
        ThresholdChange.objects.filter(key=threshold.key).select_related("asked_by", "decided_by")[:50]
    )


def may_decide(*, actor: Actor, change: ThresholdChange) -> bool:
    """The officer, and never whoever asked, under whichever log-in.

    Where the officer is the one who asked and there is no other, as in an organisation set up by two, a head may.
    """
    if change.state != State.WAITING or not actor.may(Permission.PEOPLE_THRESHOLD_CONFIRM):
        return False
    person = person_behind(actor)
    if person is None or person == change.asked_by.person:
        return False
    officers = Staff.objects.filter(is_active=True, roles__contains=[Role.OFFICER.value])
    return Role.OFFICER in actor.roles or not officers.exclude(person=change.asked_by.person).exists()


def awaiting(actor: Actor) -> list[ThresholdChange]:
    """What `actor` could confirm now."""
    if not actor.may(Permission.PEOPLE_THRESHOLD_CONFIRM):
        return []
    return [one for one in asked_for().values() if may_decide(actor=actor, change=one)]
