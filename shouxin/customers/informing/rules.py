"""Pure decisions: of which version somebody knows, and which they have yet to be told of."""

from collections.abc import Sequence
from datetime import datetime

from shouxin.rulebook.purposes.changes import Told


def known(versions: Sequence[Told], since: datetime, told: int) -> int:
    """The number of the version that somebody knows: shown when they became a customer, or told since."""
    shown = [row.number for row in versions if row.since <= since]
    return max([*shown[-1:], told, 0])


def outstanding(versions: Sequence[Told], since: datetime, told: int) -> Told | None:
    """The version to tell them of now: the one in force, if since the one they know some purpose came or changed."""
    last = known(versions, since, told)
    return versions[-1] if any(row.anew and row.number > last for row in versions) else None


def last_known(versions: Sequence[Told], number: int) -> Told | None:
    """The version that `number` names, or the one before the first change where they knew none."""
    return next((row for row in versions if row.number == number), None)
