"""What a change of grade brings elsewhere. Rooms above sign up: what they foresee, what they do, what they forbid."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from shouxin.core.policy import Actor, FieldRule
from shouxin.core.text import Text
from shouxin.kit.registry import Registry


@dataclass(frozen=True, slots=True)
class Regrading:
    """A field as it stands and as it is to stand."""

    before: FieldRule
    after: FieldRule

    @property
    def seals(self) -> bool:
        """Whether values come from the clear columns under lock."""
        return self.before.storage.value == "clear" != self.after.storage.value


# In sentences, before anybody confirms: how many values, which grants.
foreseen: Registry[Callable[[Regrading], Sequence[Text]]] = Registry("foreseen effects of grades")
# In the transaction of a field that became stricter: begin sealing, take the field out of grants.
tightened: Registry[Callable[[Actor, Regrading, datetime], None]] = Registry("effects of stricter fields")
# Why this field may not be graded less strictly now; None when nothing stands against it.
floors: Registry[Callable[[FieldRule], Text | None]] = Registry("floors of grades")


def foresee(regrading: Regrading) -> list[Text]:
    """What everybody foresees, in their order."""
    return [text for say in foreseen.values() for text in say(regrading)]


def follow(actor: Actor, regrading: Regrading, now: datetime) -> None:
    """Let everybody do what a stricter field asks of them; what one cannot do undoes the change."""
    for do in tightened.values():
        do(actor, regrading, now)
