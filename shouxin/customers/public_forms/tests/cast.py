"""Public forms for tests: asked for by the head of sales, approved by the officer; and how a browser sends one."""

import re
from datetime import timedelta
from typing import Any

from django.test import Client

from shouxin.customers.collection import rules as collection
from shouxin.customers.collection_forms.models import FormVersion
from shouxin.customers.collection_forms.tests.cast import published
from shouxin.customers.public_forms import services
from shouxin.customers.public_forms.models import PublicForm
from shouxin.customers.public_forms.services import Wanted
from shouxin.kit import clock
from shouxin.kit.bots import rules as bots
from shouxin.kit.bots.services import SOLUTION, TOKEN, Offer
from tests.world import World

ASKED = (("person_name", "required", True), ("mobile", "optional", False))
VALUES = {"person_name": "林黛玉", "mobile": "13900001111"}
MARKETING = "marketing"


def proposed(world: World, version: FormVersion | None = None, **said: Any) -> PublicForm:
    """A form, offering marketing beside its own purpose, asked to be public."""
    row = version or published(world, ASKED, said={"offers": (MARKETING,)})
    wanted: dict[str, Any] = {
        "department": world.departments["sales"].id,
        "ends_on": collection.day_of(clock.now()) + timedelta(days=30),
        "maximum": 100,
        **said,
    }
    return services.propose(
        actor=world.actor("sales_head"), form=row.form_id, wanted=Wanted(**wanted), now=clock.now()
    )


def opened(world: World, version: FormVersion | None = None, **said: Any) -> PublicForm:
    """The same, approved by the officer."""
    row = proposed(world, version, **said)
    return services.approve(actor=world.actor("officer"), public_form=row.id, now=clock.now())


def worked(offer: Offer) -> dict[str, str]:
    """What the script of a page adds."""
    return {TOKEN: offer.token, SOLUTION: bots.work(_nonce(offer), offer.bits)}


def _nonce(offer: Offer) -> bytes:
    import base64

    return base64.urlsafe_b64decode(offer.challenge + "==")


def filled(page: Any, **values: str) -> dict[str, str]:
    """What a browser sends from this page, its work done, no box ticked."""
    (form,) = re.findall(r'<form method="post" novalidate.*?</form>', page.content.decode(), re.DOTALL)
    hidden = re.findall(r'<input[^>]*type="hidden"[^>]*name="([^"]+)"[^>]*value="([^"]*)"', form)
    return {**dict(hidden), **VALUES, **worked(page.context["offer"]), **values}


def browser(address: str = "203.0.113.7") -> Client:
    return Client(REMOTE_ADDR=address)
