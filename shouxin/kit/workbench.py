"""Cards of the workbench (工作台): rooms sign up what waits for a person; a card without count vanishes."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from shouxin.kit.registry import Registry

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True, slots=True)
class WorkbenchCard:
    """A counter that opens exactly the list it counts.

    `count` is given the actor (`core.policy.Actor`); `url_name` is reversed without arguments and `query`
    (for example "state=waiting") narrows the list to what was counted. `note`, given the actor, adds a few
    words, such as the time that is left; it is asked only when there is something to count. An empty `permission`
    is for everybody. What is `urgent` is also shown at the head of every page until it is dealt with.
    """

    key: str
    title: "StrOrPromise"
    count: Callable[[Any], int]
    url_name: str
    permission: str
    query: str = ""
    order: int = 100
    note: Callable[[Any], str] | None = None
    urgent: bool = False


cards: Registry[WorkbenchCard] = Registry("workbench")


def register(card: WorkbenchCard) -> WorkbenchCard:
    """Sign up `card` under its key."""
    return cards.register(card.key, card)
