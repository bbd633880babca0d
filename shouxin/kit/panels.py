"""What rooms above show on a page of a room below: a badge beside the title, a card in the page."""

from collections.abc import Callable, Mapping, Sized
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from shouxin.kit.registry import Registry

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True, slots=True)
class Panel:
    """A piece of the page `place`.

    A customer's page has the places "customer" (notices at the top), "customer.status" (badges beside the title),
    "customer.contact" (below the contact), "customer.verbs" (buttons), "customer.sections" (cards below the records),
    "customer.side" (above the timeline); the page of one clear value has "customer.revealed", that of a request
    "case", that of a company which gets information "recipient", that of a purpose "purpose".

    `context` is given the request and what the page is about (an id or a key); None leaves the piece out.
    """

    key: str
    place: str
    template: str
    context: Callable[[HttpRequest, Any], Mapping[str, Any] | None]
    tab: "StrOrPromise" = ""
    anchor: str = ""
    counted: str = ""


@dataclass(frozen=True, slots=True)
class Piece:
    """A panel as it stands on one page: what it says, and how the row of sections names it."""

    html: SafeString
    tab: str
    anchor: str
    count: int | None


panels: Registry[Panel] = Registry("panels")


def register(panel: Panel) -> Panel:
    """Sign up `panel` under its key."""
    return panels.register(panel.key, panel)


def pieces(place: str, request: HttpRequest, subject: Any) -> list[Piece]:
    """The pieces of `place` that have something to say about `subject`."""
    found = [(one, one.context(request, subject)) for one in panels.values() if one.place == place]
    return [_piece(one, context, request) for one, context in found if context is not None]


def _piece(one: Panel, context: Mapping[str, Any], request: HttpRequest) -> Piece:
    counted = context.get(one.counted) if one.counted else None
    return Piece(
        render_to_string(one.template, dict(context), request),
        str(one.tab),
        one.anchor,
        len(counted) if isinstance(counted, Sized) else None,
    )


def render(place: str, request: HttpRequest, subject: Any) -> list[SafeString]:
    """The words of the pieces of `place` alone."""
    return [piece.html for piece in pieces(place, request, subject)]
