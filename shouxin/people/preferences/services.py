"""What somebody chooses about their own screens.

None of it is journalled: it concerns nobody's rights and nobody's data, only how a page
looks to whoever chose it (decision 30).
"""

from collections.abc import Sequence

from django.db import transaction

from shouxin.core.policy import Actor
from shouxin.core.text import Text
from shouxin.kit import menu
from shouxin.people.models import Staff
from shouxin.people.preferences.rules import MOST_PINS, ZONES
from shouxin.people.problems import PeopleError


@transaction.atomic
def choose_display(*, actor: Actor, time_zone: str, compact: bool) -> None:
    """The zone in which times are shown, and how close lines of tables stand."""
    if time_zone not in ZONES:
        raise PeopleError(
            "unknown_zone", Text("没有这个时区，请从列表中选择。", "Choose a zone from the list.")
        )
    Staff.objects.filter(id=actor.id).update(time_zone=time_zone, compact=compact)


@transaction.atomic
def choose_pins(*, actor: Actor, pins: Sequence[str]) -> None:
    """The entries that stand first in the menu, in this order; none is a choice too.

    Raises:
        PeopleError: too many, or one that the actor's menu does not have.
    """
    wanted = list(dict.fromkeys(pins))
    if len(wanted) > MOST_PINS:
        said = Text("常用最多放 {n} 项，请先移出一项。", "At most {n} pages can be pinned; unpin one first.")
        raise PeopleError("too_many_pins", said.filled(n=MOST_PINS))
    held = frozenset(permission.value for permission in actor.permissions)
    offered = {entry.url_name for _group, lines in menu.visible(held) for entry in lines}
    if not offered.issuperset(wanted):
        raise PeopleError("unknown_pin", Text("没有这个功能。", "There is no such page."))
    Staff.objects.filter(id=actor.id).update(pins=wanted)
