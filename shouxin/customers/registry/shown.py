"""What a customer's page has opened already, for the cards that rooms above hang into it: nothing is opened twice."""

from uuid import UUID

from django.http import HttpRequest

from shouxin.customers.registry.queries import CustomerView

_KEPT = "_customer_shown"


def keep(request: HttpRequest, view: CustomerView) -> None:
    """Remember, for the time of this request, what its page shows."""
    setattr(request, _KEPT, view)


def of(request: HttpRequest, customer: UUID) -> CustomerView | None:
    """What this request's page shows of `customer`; None when it is the page of nobody or of somebody else."""
    view: CustomerView | None = getattr(request, _KEPT, None)
    return view if view is not None and view.row.id == customer else None
