"""Forms for tests: drafted by the head of sales, published by the officer, as people would do it."""

from collections.abc import Mapping, Sequence
from typing import Any

from shouxin.customers.collection_forms import queries, services
from shouxin.customers.collection_forms.models import FormKind, FormVersion
from shouxin.customers.collection_forms.services import Words
from shouxin.kit import clock
from tests.register import SALES
from tests.world import World

REASON = "没有它就办不成这件事"
# (field, necessity, mandatory)
PERSON = (("person_name", "required", True), ("mobile", "optional", False), ("email", "optional", False))


def drafted(
    world: World,
    fields: Sequence[tuple[str, str, bool]] = PERSON,
    *,
    kind: FormKind = FormKind.REGISTRATION,
    said: Mapping[str, Any] | None = None,
    by: str = "sales_head",
) -> FormVersion:
    """A draft with these fields."""
    words = Words(
        **{"title_zh": "到店登记", "title_en": "Registration in the shop", "purpose": SALES, **(said or {})}
    )
    row = services.draft(actor=world.actor(by), kind=kind, words=words, now=clock.now())
    for key, necessity, mandatory in fields:
        services.ask(
            actor=world.actor(by),
            version=row.id,
            field=key,
            necessity=necessity,
            reason_zh=REASON,
            mandatory=mandatory,
            now=clock.now(),
        )
    return row


def published(
    world: World,
    fields: Sequence[tuple[str, str, bool]] = PERSON,
    *,
    kind: FormKind = FormKind.REGISTRATION,
    said: Mapping[str, Any] | None = None,
) -> FormVersion:
    """The same, submitted and published."""
    row = drafted(world, fields, kind=kind, said=said)
    services.submit(actor=world.actor("sales_head"), version=row.id, now=clock.now())
    return services.publish(
        actor=world.actor("officer"), version=row.id, seen=queries.digest_of(row), now=clock.now()
    )
