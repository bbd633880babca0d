"""What a message carries for each recipient alone: an address that another room makes at the moment of sending.

The room is asked in the transaction that decides about the recipient. It may say that nothing goes to them now; what it
makes is taken back when the message could not be handed over. The address is in nobody's log, and in no table of ours.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from shouxin.core.text import Text
from shouxin.kit.registry import Registry


class NotFor(Exception):
    """This recipient gets nothing; `code` says why, in the log of the message."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Enclosure:
    """`make` gives the path for one customer, or raises NotFor; `take_back` undoes it. `lead` stands before it."""

    lead: Text
    make: Callable[[UUID, UUID, datetime], str]
    take_back: Callable[[UUID, UUID], None]
    reasons: dict[str, Text]


enclosures: Registry[Enclosure] = Registry("what messages carry for each recipient")


def written(kind: str, thing: UUID) -> str:
    """As a message keeps it."""
    return f"{kind}:{thing}"


def of(enclosed: str) -> tuple[Enclosure, UUID]:
    """The room and its thing.

    Raises:
        NotFor: the room is not there.
    """
    kind, _, thing = enclosed.partition(":")
    if kind not in enclosures:
        raise NotFor("enclosure.gone")
    return enclosures[kind], UUID(thing)


def reason(code: str) -> Text | None:
    """The words of why somebody was left out by a room."""
    return next((one.reasons[code] for one in enclosures.values() if code in one.reasons), None)
