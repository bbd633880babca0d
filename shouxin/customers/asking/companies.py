"""On the page of a recipient: how many people it may be given to by their own separate consent, purpose by purpose."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.http import HttpRequest

from shouxin.customers.asking.presenting import language, purpose_name
from shouxin.customers.consents import leaving
from shouxin.kit import clock


def card(_request: HttpRequest, recipient: UUID) -> Mapping[str, Any] | None:
    """None where no purpose in use asks people about it."""
    found = leaving.standing(recipient=recipient, now=clock.now())
    rows = [
        {
            "purpose": purpose_name(key),
            "given": counts.get(leaving.GIVEN, 0),
            "others": [
                (text.in_(language()), counts[reason])
                for reason, text in leaving.LEFT_OUT.items()
                if counts.get(reason)
            ],
        }
        for key, counts in found.items()
    ]
    return {"rows": rows} if rows else None
