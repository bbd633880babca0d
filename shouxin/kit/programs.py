"""A request of a program behind the API's door: who it is, its limits, and what it was answered before."""

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from django.http import HttpRequest

from shouxin.core.policy import Actor


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


class ProgramRequest(HttpRequest):
    """A request that came through the API's door."""

    actor: Actor
    # Counts customers read or written today before they are; raises a Problem when none are left.
    take_rows: Callable[[int], None]
    receipts: Receipts
