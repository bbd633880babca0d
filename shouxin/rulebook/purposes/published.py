"""What is collected about people and with whom it is shared, from the rulebook as it stands.

Fields under a duty of secrecy are named nowhere; nor are those that are no part of the purpose `individual_rights`,
under which people see what is held about them.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from shouxin.rulebook.catalogue.secret import DUTIES
from shouxin.rulebook.purposes import composing, naming, rules
from shouxin.rulebook.purposes.models import Purpose, PurposeField

DISCLOSING = rules.DISCLOSING


@dataclass(frozen=True, slots=True)
class Stated:
    """One purpose in use with those of its fields that may be named, by category."""

    purpose: Purpose
    fields: Mapping[str, Sequence[PurposeField]]

    @property
    def keys(self) -> frozenset[str]:
        return frozenset(need.field_id for needs in self.fields.values() for need in needs)

    @property
    def shares(self) -> bool:
        """Whether its record names kinds of recipients."""
        return not composing.not_any(self.purpose)

    @property
    def named(self) -> list[naming.Given]:
        """The companies that get something under it, each with those kinds of it that may be named."""
        return naming.given(self.purpose, [need for needs in self.fields.values() for need in needs])


def nameable() -> frozenset[str]:
    """The personal fields in use that may be named to everybody."""
    rows = PurposeField.objects.filter(purpose=DISCLOSING, field__active=True, field__is_personal=True)
    return frozenset(
        rows.exclude(necessity=PurposeField.Needed.NOT_NEEDED).values_list("field_id", flat=True)
    ).difference(DUTIES)


def stated(only: Collection[str] | None = None) -> list[Stated]:
    """Every purpose in use for which people work, with what it collects; `only` these fields where they are given."""
    named = nameable() if only is None else nameable() & frozenset(only)
    active = Purpose.objects.filter(status=Purpose.Status.ACTIVE).exclude(roles=[])
    rows = active.select_related("basis", "retention_rule", "notice").prefetch_related(
        "needs__field", "named"
    )
    found = []
    for row in rows.order_by("key"):
        fields: dict[str, list[PurposeField]] = {}
        for need in sorted(row.needs.all(), key=lambda one: one.field_id):
            if need.field_id in named and need.necessity != PurposeField.Needed.NOT_NEEDED:
                fields.setdefault(need.field.category, []).append(need)
        if fields:
            found.append(Stated(row, fields))
    return found
