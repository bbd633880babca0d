"""A request of a program behind the API's door: who it is, its limits, and what it was answered before."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from django.http import HttpRequest

from shouxin.core.policy import Actor
from shouxin.kit.registry import Registry


class Receipts(Protocol):
    """What a program was answered under an `Idempotency-Key`; without such a header nothing is kept."""

    def recall(self, content: str) -> Mapping[str, Any] | None:
        """The earlier answer to the same request.

        Raises:
            shouxin.kit.problems.Problem: the key was used for another request.
        """

    def keep(self, content: str, answer: Mapping[str, Any]) -> None:
        """Keep `answer` (ids and codes only) in the transaction of the deed itself.

        Raises:
            AlreadyKept: another request with this key was faster; the transaction must be rolled back.
        """


class AlreadyKept(Exception):
    """The key of this request has an answer already."""


class Asking(Protocol):
    """Whoever asks from behind the API's door, whatever brought the request there."""

    @property
    def actor(self) -> Actor:
        """The program."""

    @property
    def take_rows(self) -> Callable[[int], None]:
        """Counts customers read or written today before they are; raises a Problem when none are left."""

    @property
    def receipts(self) -> Receipts:
        """What it was answered before."""


@dataclass(slots=True)
class Program:
    """A program that came in, and nothing else of its request; `revision` of the rules as it came."""

    actor: Actor
    take_rows: Callable[[int], None]
    receipts: Receipts
    revision: Any


class ProgramRequest(HttpRequest):
    """A request that came through the API's door; see `Asking`."""

    actor: Actor
    take_rows: Callable[[int], None]
    receipts: Receipts


@dataclass(frozen=True, slots=True)
class Route:
    """A route that is asked so often that it is answered without Django's request machinery (decision 50).

    `work` gives what is answered as JSON. `check` makes the body of what stood in the request, and says everything
    that is wrong with it; `quick`, where there is one, makes the same of its bytes, and raises where it does not know.
    `names` tells how many customers a body asks for that are counted before anything else is done.
    """

    work: Callable[[Asking, Any], Mapping[str, Any]]
    check: Callable[[Any], Any]
    quick: Callable[[bytes], Any] | None = None
    names: Callable[[Any], int] | None = None


routes: Registry[Route] = Registry("routes without Django")  # by what stands behind /api/v1/
