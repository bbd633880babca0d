"""What other rooms do when somebody refuses a purpose: what was made of them for it goes, in the same transaction."""

from collections.abc import Callable, Sequence
from uuid import UUID

from shouxin.kit.registry import Registry

# By the purpose's key: told whose refusal stands from now on.
refused: Registry[Callable[[Sequence[UUID]], None]] = Registry("what a refused purpose takes along")


def tell_refused(purpose: str, customers: Sequence[UUID]) -> None:
    if purpose in refused:
        refused[purpose](customers)


# By the purpose's key: told who does not agree to it any more, or said no when asked.
withdrawn: Registry[Callable[[Sequence[UUID]], None]] = Registry("what a withdrawn consent takes along")


def tell_withdrawn(purpose: str, customers: Sequence[UUID]) -> None:
    if purpose in withdrawn:
        withdrawn[purpose](customers)
