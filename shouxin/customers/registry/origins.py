"""Where values came from, told in full: by whom, on which form or in which batch, under which notice."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from uuid import UUID

from shouxin.core.text import Text
from shouxin.customers.registry.models import Provenance
from shouxin.kit.registry import Registry
from shouxin.people import queries as people

# Rooms above say what the forms, plans and batches of these provenances are called.
namers: Registry[Callable[[Collection[Provenance]], Mapping[UUID, Text]]] = Registry(
    "names of forms and batches"
)


@dataclass(frozen=True, slots=True)
class Origin:
    """One act of collecting, as a person reads it."""

    row: Provenance
    operator: str
    made_of: tuple[Text, ...]  # the form, the plan, the batch

    def words(self, language: str) -> str:
        """Form, plan and batch in one line."""
        return " · ".join(one.in_(language) for one in self.made_of)


def of(provenances: Collection[UUID]) -> dict[UUID, Origin]:
    """The origins behind these provenances; some statements, whatever their number."""
    rows = Provenance.objects.in_bulk(list(provenances))
    operators = people.names_of({row.operator for row in rows.values()})
    named = [name(rows.values()) for name in namers.values()]
    return {
        key: Origin(
            row, operators.get(row.operator, ""), tuple(found[key] for found in named if key in found)
        )
        for key, row in rows.items()
    }
