"""The clock of each jurisdiction, from the rule pack's own table; where it says nothing, the one at home holds."""

from shouxin.kit.abroad import HOME
from shouxin.rights.cases import rules
from shouxin.rights.cases.rules import Clock, Period
from shouxin.rulebook.catalogue.models import ReferenceRow

TABLE = "jurisdiction-pack"
TOPIC, LAST, EXTENDED = "DSR deadline", "DSR last day", "DSR extended"
# Until a pack is loaded: the product's own default.
_DEFAULT = rules.clock_of(Period(15, "working day"), "PIPL 45-50", "PRODUCT DEFAULT", stop=Period(30, "day"))


def clocks() -> dict[str, Clock]:
    """By jurisdiction: the target, and where the pack has rows of their own the last day and how far it is extended."""
    rows = [row.pack_row for row in ReferenceRow.objects.filter(table=TABLE)]
    periods = {
        (row["jurisdiction"], row["topic"]): Period(int(row["number"]), row["unit"])
        for row in rows
        if row["topic"] in {TOPIC, LAST, EXTENDED}
    }
    return {
        row["jurisdiction"]: rules.clock_of(
            periods[row["jurisdiction"], TOPIC],
            row["article"],
            row["verification"],
            stop=periods.get((row["jurisdiction"], LAST)),
            extended=periods.get((row["jurisdiction"], EXTENDED)),
        )
        for row in rows
        if row["topic"] == TOPIC
    }


def clock_for(jurisdiction: str) -> Clock:
    """The one that holds for a person of `jurisdiction`."""
    known = clocks()
    return known.get(jurisdiction) or known.get(HOME) or _DEFAULT
