"""What other rooms do when a message was handed over: told in the transaction that writes it down."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from shouxin.kit.registry import Registry


@dataclass(frozen=True, slots=True)
class Sent:
    """One recipient's message left; `entry` is its entry in the journal."""

    message: UUID
    customer: UUID
    channel: str
    entry: UUID
    at: datetime


sent: Registry[Callable[[Sent], None]] = Registry("what a message that was sent settles")
