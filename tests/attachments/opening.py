"""Opening an attachment as a member of the cast, with what that takes."""

from datetime import datetime, timedelta
from uuid import UUID

from shouxin.access.grants import services as grants
from shouxin.customers.attachments import queries
from shouxin.customers.attachments.models import Attachment, Kind
from shouxin.gate import services as gate
from shouxin.kit import clock
from tests.register import SALES, Register

NAME = "李小明买卖合同.pdf"


def contact(register: Register) -> None:
    """The clerk states purpose and reason for 李小明."""
    gate.open_contact(
        actor=register.world.actor("clerk"),
        customer=register["li"],
        purpose=SALES,
        reason_class="order",
        note="",
        now=clock.now(),
    )


def grant_for_contracts(register: Register) -> UUID:
    """A standing grant of the clerk over what is not sensitive."""
    now = clock.now()
    asked = grants.propose(
        actor=register.world.actor("clerk"),
        purpose=SALES,
        fields=[Kind.CONTRACT.value, Kind.PICTURE.value, Kind.OTHER.value],
        daily_limit=30,
        until=now + timedelta(days=30),
        reason="核对合同",
        now=now,
    )
    grants.approve(actor=register.world.actor("sales_head"), grant=asked.id, now=now)
    return asked.id


def may_open(register: Register) -> UUID:
    """The clerk holds the grant and has a contact open with 李小明."""
    grant = grant_for_contracts(register)
    contact(register)
    return grant


def opened(
    register: Register, row: Attachment, *, who: str = "clerk", now: datetime | None = None
) -> queries.Opened:
    return queries.open_attachment(
        actor=register.world.actor(who), purpose=SALES, row=row, reason="order", now=now or clock.now()
    )
