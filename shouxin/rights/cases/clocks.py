"""The clock of each jurisdiction, from the rule pack's own table; where it says nothing, the one at home holds."""

from shouxin.rights.cases import rules
from shouxin.rights.cases.rules import Clock
from shouxin.rulebook.catalogue.models import ReferenceRow

TABLE, TOPIC = "jurisdiction-pack", "DSR deadline"
# Until a pack is loaded: the product's own default.
_DEFAULT = rules.clock_of(rules.HOME, 15, "working day", "PIPL 45-50", "PRODUCT DEFAULT")


def clocks() -> dict[str, Clock]:
    """By jurisdiction."""
    rows = [row.pack_row for row in ReferenceRow.objects.filter(table=TABLE)]
    return {
        row["jurisdiction"]: rules.clock_of(
            row["jurisdiction"], int(row["number"]), row["unit"], row["article"], row["verification"]
        )
        for row in rows
        if row["topic"] == TOPIC
    }


def clock_for(jurisdiction: str) -> Clock:
    """The one that holds for a person of `jurisdiction`."""
    known = clocks()
    return known.get(jurisdiction) or known.get(rules.HOME) or _DEFAULT
