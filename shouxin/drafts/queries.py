"""Reading one's own drafts; those of other rooms sign up to stand in the same list."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet
from django.urls import reverse

from shouxin.core.policy import Actor
from shouxin.drafts.kinds import kinds
from shouxin.drafts.models import Draft
from shouxin.kit.registry import Registry


@dataclass(frozen=True, slots=True)
class Listed:
    """A draft as the list shows it: what it is, when it was kept, where to go on and where it is thrown away."""

    title: str
    saved_at: datetime
    expires_at: datetime
    resume: str
    discard: str


# What other rooms keep by themselves: `(actor, now) -> lines`.
listings: Registry[Callable[[Actor, datetime], Iterable[Listed]]] = Registry("lists of drafts")


def of(actor: Actor, now: datetime) -> QuerySet[Draft]:
    """What this person began and has not sent, the latest first."""
    return Draft.objects.filter(owner_id=actor.id, expires_at__gt=now).order_by("-saved_at")


def listed(row: Draft) -> Listed:
    """One draft for the list."""
    kind = kinds.get(row.kind)
    return Listed(
        str(kind.title) if kind else row.kind,
        row.saved_at,
        row.expires_at,
        reverse("drafts:resume", args=[row.id]),
        reverse("drafts:discard", args=[row.id]),
    )


def listing(actor: Actor, now: datetime) -> list[Listed]:
    """All that this person began, the latest first, those of other rooms among them."""
    lines = [listed(row) for row in of(actor, now)]
    lines += [line for source in listings.values() for line in source(actor, now)]
    return sorted(lines, key=lambda line: line.saved_at, reverse=True)


def of_person(staff: UUID) -> QuerySet[Draft]:
    """Everything somebody began."""
    return Draft.objects.filter(owner_id=staff)
