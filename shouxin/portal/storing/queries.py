"""Where things are stored, as far as it is stated for the configuration of now."""

from dataclasses import dataclass

from shouxin.core.policy import Actor, Permission
from shouxin.portal.storing.configuration import Store, stores
from shouxin.portal.storing.models import Part, StoredIn


@dataclass(frozen=True, slots=True)
class Stored:
    """A store and what is stated of it; `moved`: what was stated was stated of another configuration."""

    store: Store
    stated: StoredIn | None
    moved: bool


def stored() -> list[Stored]:
    """Both stores. What was stated before the store was moved is not repeated to anybody."""
    newest: dict[str, StoredIn] = {}
    for row in StoredIn.objects.select_related("stated_by").order_by("part", "-stated_at").distinct("part"):
        newest[row.part] = row
    found = []
    for part, store in stores().items():
        standing = newest.get(part)
        holds = standing is not None and standing.configuration == store.digest
        found.append(Stored(store, standing if holds else None, standing is not None and not holds))
    return found


def unstated(actor: Actor) -> list[Part]:
    """The parts that nobody has stated a place for, for whoever may."""
    if not actor.may(Permission.PORTAL_STORAGE_STATE):
        return []
    return [one.store.part for one in stored() if one.stated is None]
