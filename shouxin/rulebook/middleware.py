"""Between the request and the views: a page is worked out by one state of the rulebook."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase

from shouxin.rulebook.catalogue.queries import held_revision

READING = frozenset({"GET", "HEAD"})  # they change no rules; whatever may change them asks anew each time


def hold_rulebook(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Ask once per page, instead of once per decision on it, whether the rules have changed."""

    def held(request: HttpRequest) -> HttpResponseBase:
        if request.method not in READING:
            return get_response(request)
        with held_revision():
            return get_response(request)

    return held
