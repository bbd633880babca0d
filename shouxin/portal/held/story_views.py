"""The whole story of what was done with one's information, on one page; and as a page that proves itself."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_GET, require_POST

from shouxin.customers.registry import merging
from shouxin.journal.services import NoLedgerYet
from shouxin.kit import clock
from shouxin.portal.entering.doors import CustomerRequest, for_customers
from shouxin.rights.tracing import exporting, presenting
from shouxin.rights.tracing.views import page_file
from shouxin.rulebook.purposes.queries import organisation_name


@require_GET
@for_customers
def story(request: CustomerRequest) -> HttpResponse:
    return _page(request)


def _page(request: CustomerRequest, *, waits: bool = False) -> HttpResponse:
    family = merging.family(request.me.id)
    found = presenting.page(family, for_person=True, names=False, language=get_language())
    return render(request, "portal/story.html", {**found, "waits": waits}, status=409 if waits else 200)


@require_POST
@for_customers
def export(request: CustomerRequest) -> HttpResponse:
    """To keep: it opens anywhere, and checks itself without a network."""
    try:
        made = exporting.export(
            actor=request.me,
            customers=merging.family(request.me.id),
            organisation=organisation_name(),
            names=False,
            for_person=True,
            now=clock.now(),
        )
    except (exporting.NotSealedYet, NoLedgerYet):
        return _page(request, waits=True)
    return page_file(made.page, "person")
