"""A field graded stricter is no longer clear for programs that were approved before it was so strict: they see its
mask, until somebody proposes it again and the officer approves."""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import QuerySet

from shouxin.access.clients.models import ApiClient, ClientState
from shouxin.core.policy import Actor, Form, ungranted_form
from shouxin.core.policy.levels import HIGHEST_LEVEL
from shouxin.core.text import Text
from shouxin.journal import services as journal
from shouxin.rulebook.catalogue import effects
from shouxin.rulebook.catalogue.effects import Regrading


def _seeing(change: Regrading) -> QuerySet[ApiClient]:
    """Programs that named it when it was neither sensitive nor a trade secret nor of the highest level."""
    before, after = change.before, change.after
    stricter = (
        (after.sensitive and not before.sensitive)
        or (after.trade_secret and not before.trade_secret)
        or before.level < HIGHEST_LEVEL <= after.level
    )
    found = ApiClient.objects.filter(
        clear__contains=[after.key], state__in=[ClientState.APPROVED, ClientState.PROPOSED]
    )
    return found if stricter and ungranted_form(after) is not Form.CLEAR else found.none()


def foresee(change: Regrading) -> Sequence[Text]:
    """How many programs see it masked from then on."""
    count = _seeing(change).count()
    text = Text(
        f"{count} 个接口客户端不再得到此字段的明文。",
        f"{count} API clients no longer get this field in clear.",
    )
    return [text] if count else []


def narrow(actor: Actor, change: Regrading, _now: datetime) -> None:
    """Take the field out of what they see clear; they may still read it masked."""
    for client in _seeing(change).select_for_update().order_by("id"):
        client.clear = [key for key in client.clear if key != change.after.key]
        client.save(update_fields=["clear"])
        data = {"client": str(client.id), "clear": [change.after.key]}
        journal.append(actor=actor, event="api_client.narrowed", data=data)


effects.foreseen.register("clients", foresee)
effects.tightened.register("clients", narrow)
