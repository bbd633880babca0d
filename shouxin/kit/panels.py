"""What rooms above show on a page of a room below: a badge beside the title, a card in the page."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from shouxin.kit.registry import Registry


@dataclass(frozen=True, slots=True)
class Panel:
    """A piece of the page `place`.

    A customer's page has the places "customer" (notices at the top), "customer.status" (badges beside the title),
    "customer.verbs" (buttons), "customer.sections" (cards below the records), "customer.side" (above the timeline).

    `context` is given the request and what the page is about (an id or a key); None leaves the piece out.
    """

    key: str
    place: str
    template: str
    context: Callable[[HttpRequest, Any], Mapping[str, Any] | None]


panels: Registry[Panel] = Registry("panels")


def register(panel: Panel) -> Panel:
    """Sign up `panel` under its key."""
    return panels.register(panel.key, panel)


def render(place: str, request: HttpRequest, subject: Any) -> list[SafeString]:
    """The pieces of `place` that have something to say about `subject`."""
    found = [(one, one.context(request, subject)) for one in panels.values() if one.place == place]
    return [
        render_to_string(one.template, dict(context), request)
        for one, context in found
        if context is not None
    ]
