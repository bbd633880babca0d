"""What ties somebody to rights and duties elsewhere. Rooms above sign up what they hold; leaving, moving and the end of
a role cut it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from shouxin.core.policy import Actor, ActorKind, Role
from shouxin.core.text import Text
from shouxin.kit.registry import Registry


class Cause(StrEnum):
    LEFT = "left"
    MOVED = "moved"
    ROLE_ENDED = "role_ended"


GONE = frozenset({Cause.LEFT, Cause.MOVED})


@dataclass(frozen=True, slots=True)
class Going:
    """Somebody goes out of `department`, for another one or for good; or stays there with fewer roles (`roles` are
    those they keep, none for who goes)."""

    staff: UUID
    department: UUID | None
    cause: Cause
    at: datetime
    roles: frozenset[Role] = field(default_factory=frozenset)


@dataclass(frozen=True, slots=True)
class Tie:
    """`foresee` says what would end, before it does; `cut` ends it in the caller's transaction, journals each end
    under the actor and gives the numbers by code. It is asked for the `causes` that concern it."""

    foresee: Callable[[Going], Sequence[Text]]
    cut: Callable[[Actor, Going], Mapping[str, int]]
    causes: frozenset[Cause] = GONE


class Tied(Exception):
    """Nothing may be cut before something else is done; `text` says what. The whole change is taken back."""

    def __init__(self, code: str, text: Text) -> None:
        super().__init__(code)
        self.code = code
        self.text = text


ties: Registry[Tie] = Registry("ties of staff")


def foresee(going: Going) -> list[Text]:
    """What ends when `going` happens, in sentences."""
    return [text for tie in ties.values() if going.cause in tie.causes for text in tie.foresee(going)]


def cut(actor: Actor, going: Going) -> dict[str, int]:
    """End what rooms above hold for who goes; the numbers are for the journal.

    Raises:
        Tied: something must be done first.
    """
    counts: dict[str, int] = {}
    for tie in ties.values():
        if going.cause not in tie.causes:
            continue
        counts.update({code: count for code, count in tie.cut(actor, going).items() if count})
    return counts


def log_in_of(actor: Actor) -> UUID | None:
    """Whose name stands beside an end: none when the product itself ends somebody on their last day."""
    return actor.id if actor.kind is ActorKind.STAFF else None
