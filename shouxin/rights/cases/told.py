"""What the person is told of an answer: as if what a law forbids to tell them were not there.

What is under a duty of secrecy is left out of what people are given anyway. An answer that is less than granted for
nothing else is told as granted: that something is missing, and why, would say that there is something.
"""

from copy import copy

from shouxin.rights import secrecy
from shouxin.rights.cases import rules
from shouxin.rights.cases.models import Case, Deed, Outcome

_KEPT = (Deed.What.SEALED_UP, Deed.What.GOES_ON, Deed.What.HELD)


def as_told(row: Case) -> Case:
    """The case as the person reads it; a copy to be shown, never to be saved."""
    if row.reason not in {rules.SECRECY, rules.RETENTION}:
        return row
    if row.reason == rules.RETENTION and not _only_of_secrets(row):
        return row
    found = copy(row)
    found.reason = ""
    if row.outcome == Outcome.PARTLY:
        found.outcome = Outcome.GRANTED
    return found


def _only_of_secrets(row: Case) -> bool:
    """Whether nothing is kept back but what the person is not told of."""
    kept = row.deeds.filter(what__in=_KEPT, purpose="").values_list("field", "storage_group")
    names = {field or group for field, group in kept}
    return bool(names) and names <= secrecy.hidden()
