"""Names beside the customers of a departure report: rooms above that keep customers sign up, masked for the reader."""

from collections.abc import Callable, Mapping, Sequence
from uuid import UUID

from shouxin.kit.registry import Registry
from shouxin.people.doors import StaffRequest

# For whoever asks, the masked names of those customers that they may see; all asked for at once.
masked: Registry[Callable[[StaffRequest, Sequence[UUID]], Mapping[UUID, str]]] = Registry("masked names")


def names(request: StaffRequest, customers: Sequence[UUID]) -> dict[UUID, str]:
    """The masked names that the reader may see; who may see none gets none."""
    found: dict[UUID, str] = {}
    for source in masked.values() if customers else ():
        found.update(source(request, customers))
    return found
