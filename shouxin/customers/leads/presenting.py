"""Leads in words."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext as _

from shouxin.customers.leads import queries
from shouxin.customers.leads.models import Lead, LeadState
from shouxin.customers.preferences.presenting import may_set
from shouxin.customers.registry import presenting as registry_words
from shouxin.customers.registry import shown
from shouxin.customers.registry.queries import Page
from shouxin.kit import clock


def left(row: Lead, now: datetime) -> str:
    """How long it still lives."""
    days = (row.expires_at - now).days
    return _("今天到期") if days < 1 else _("还有 %(days)d 天") % {"days": days}


def rows(page: Page, now: datetime) -> list[dict[str, Any]]:
    """Lines of the list: the person masked, whence, what is permitted, when destroyed."""
    lines = registry_words.rows(page.customers)
    known = queries.by_customer([one["row"].id for one in lines])
    return [
        {**one, "lead": known[one["row"].id], "left": left(known[one["row"].id], now)}
        for one in lines
        if one["row"].id in known
    ]


def panel(request: HttpRequest, customer: UUID) -> Mapping[str, Any] | None:
    """On a customer's page: that it is a lead, and until when."""
    view, row = shown.of(request, customer), queries.of(customer)
    actor = getattr(request, "actor", None)
    if view is None or actor is None or row is None or row.state != LeadState.OPEN:
        return None
    return {
        "row": view.row,
        "lead": row,
        "left": left(row, clock.now()),
        "editable": may_set(actor, view.row),
    }


def verb(request: HttpRequest, customer: UUID) -> Mapping[str, Any] | None:
    """On a customer's page: noting a lead, for somebody who bought nothing yet."""
    view, actor = shown.of(request, customer), getattr(request, "actor", None)
    if view is None or actor is None or not may_set(actor, view.row) or queries.of(customer):
        return None
    return None if queries.has_dealings(customer) else {"row": view.row}
