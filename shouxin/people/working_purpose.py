"""The purpose somebody works for now, kept in their session; rooms above say which purposes there are."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.http import HttpRequest

from shouxin.core.policy import Actor
from shouxin.core.text import Text
from shouxin.kit.registry import Registry

SESSION_KEY = "purpose"


@dataclass(frozen=True, slots=True)
class PurposeChoice:
    """One purpose that an actor may work for."""

    key: str
    name: Text


# Signed up by the rulebook: which purposes are active for the actor's roles.
sources: Registry[Callable[[Actor], Sequence[PurposeChoice]]] = Registry("working purposes")
# Likewise: those meant for them that are approved and not yet put into force.
coming: Registry[Callable[[Actor], Sequence[PurposeChoice]]] = Registry("coming purposes")


def choices(actor: Actor) -> list[PurposeChoice]:
    """Every purpose that `actor` may choose now."""
    return [choice for source in sources.values() for choice in source(actor)]


def not_yet(actor: Actor) -> list[PurposeChoice]:
    """What `actor` will be able to choose once it is put into force; shown, so that nobody looks for it in vain."""
    return [choice for source in coming.values() for choice in source(actor)]


def current(request: HttpRequest, available: Sequence[PurposeChoice]) -> str:
    """The chosen purpose while it is still available, the only one there is, or nothing."""
    keys = [choice.key for choice in available]
    chosen = request.session.get(SESSION_KEY, "")
    if chosen in keys:
        return str(chosen)
    return keys[0] if len(keys) == 1 else ""


def purpose_of(request: HttpRequest, actor: Actor) -> str:
    """The purpose that `actor` works for in this session; empty when none is chosen."""
    return current(request, choices(actor))


def choose(request: HttpRequest, actor: Actor, key: str) -> bool:
    """Keep `key` for the session; refused (False) when it is not one of the actor's purposes. Empty means none."""
    if key and key not in {choice.key for choice in choices(actor)}:
        return False
    request.session[SESSION_KEY] = key
    return True
