"""How an act on a case is journalled."""

from dataclasses import replace
from uuid import UUID

from shouxin.core.policy import Actor, Permission, service_actor
from shouxin.journal import services as journal
from shouxin.rights.cases.models import Case

PURPOSE = "individual_rights"
# Under whose name what was granted is done, where nobody's hands do it.
KEEPER = replace(
    service_actor("individual-rights"), permissions=frozenset({Permission.CUSTOMERS_PROFILE_EDIT})
)


def record(actor: Actor, verb: str, row: Case, **more: str | int) -> UUID:
    """Journal one act on a case."""
    return journal.append(
        actor=actor,
        event=f"rights.{verb}",
        customer=row.customer_id,
        purpose=PURPOSE,
        data={"case": str(row.id), **{key: value for key, value in more.items() if value != ""}},
    )
