"""What a department last decided about a heading, so that next month's file needs no mapping again."""

import hmac
from collections.abc import Mapping, Sequence

from shouxin.core.policy import Actor
from shouxin.customers.intake.drafts import Draft
from shouxin.customers.intake.models import ImportBatch, RememberedMapping
from shouxin.kit import clock
from shouxin.vault import parcels


def digest(header: Sequence[str]) -> bytes:
    """The keyed digest by which a heading is known again; the heading itself is not kept."""
    key = parcels.recognising_key("heading")
    return hmac.digest(key, "\x1f".join(header).encode("utf-8", "surrogatepass"), "sha256")


def known(actor: Actor, headers: Mapping[str, Sequence[str]]) -> dict[str, RememberedMapping]:
    """What the actor's department last used for these headings, both by sheet."""
    if actor.department_id is None:
        return {}
    sheets = {digest(header): sheet for sheet, header in headers.items()}
    found = RememberedMapping.objects.filter(department_id=actor.department_id, heading__in=list(sheets))
    return {sheets[bytes(row.heading)]: row for row in found}


def followed(actor: Actor, draft: Draft) -> dict[str, RememberedMapping]:
    """The remembered mappings that the draft stands by now, by sheet."""
    found = known(actor, {plan.name: plan.layout.header for plan in draft.sheets})
    return {
        plan.name: found[plan.name]
        for plan in draft.sheets
        if plan.name in found and list(plan.columns) == found[plan.name].columns
    }


def remember(batch: ImportBatch, draft: Draft) -> None:
    """Keep the mapping of every used sheet for the owner department."""
    for plan in draft.sheets:
        if plan.used:
            RememberedMapping.objects.update_or_create(
                department=batch.department,
                heading=digest(plan.layout.header),
                defaults={"columns": list(plan.columns), "used_at": clock.now()},
            )
