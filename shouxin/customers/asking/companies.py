"""On the page of a recipient: how many people it may be given to by their own separate consent, purpose by purpose. On
that of a purpose: what people are asked for, box by box."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.http import HttpRequest

from shouxin.customers.asking.presenting import language, purpose_name
from shouxin.customers.consents import leaving, pages, rules
from shouxin.gate.facts import rules as rulebooks
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


def boxes(_request: HttpRequest, purpose: str) -> Mapping[str, Any] | None:
    """Before it is approved as well, so that whoever approves it sees what it will ask; None where it asks nothing."""
    rule = rulebooks["rulebook"].purpose(purpose)
    if rule is None or not rule.consent_based:
        return None
    asked = pages.foreseen(rule)
    return {
        "boxes": [
            {
                "label": box.label.in_(language()),
                "separate": box.kind != rules.GENERAL,
                "written": box.written,
            }
            for box in asked
        ]
    }
