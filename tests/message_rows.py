"""Rows of the table of permissions for messages to customers."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from shouxin.core.policy import Permission
from shouxin.people.models import Staff
from tests.permission_frame import NOBODY
from tests.permission_rows import Row, everybody, needs, post

P = Permission
ONE: Mapping[str, Any] = {"message_id": NOBODY}

ROWS: Mapping[str, Row] = {
    "customers:messages": needs(P.CUSTOMERS_MESSAGE_READ),
    "customers:message_new": needs(P.CUSTOMERS_MESSAGE_DRAFT, status=302),
    "customers:message": needs(P.CUSTOMERS_MESSAGE_READ, status=404, **ONE),
    "customers:message_edit": needs(P.CUSTOMERS_MESSAGE_DRAFT, status=404, **ONE),
    "customers:message_log": needs(P.CUSTOMERS_MESSAGE_READ, status=404, **ONE),
    "customers:message_proof": needs(P.CUSTOMERS_MESSAGE_READ, status=404, **ONE),
    "customers:message_verb": post(
        P.CUSTOMERS_MESSAGE_DRAFT, P.CUSTOMERS_MESSAGE_APPROVE, status=404, verb="stop", **ONE
    ),
    "customers:informing": needs(P.CUSTOMERS_MESSAGE_READ),
    "customers:informing_version": needs(P.CUSTOMERS_MESSAGE_READ, status=404, version_id=NOBODY),
    "customers:informing_send": post(P.CUSTOMERS_MESSAGE_DRAFT, status=404, version_id=NOBODY),
    "customers:informing_counter": needs(P.CUSTOMERS_CONSENT_RECORD, status=404, customer_id=NOBODY),
    "customers:unpersonal": everybody(404, token="not-ours"),
    "customers:unsubscribe": everybody(404, token="not-ours"),
}


def message_of(staff: Staff, now: datetime, **other: Any) -> dict[str, Any]:
    """A message of `staff` that waits for its approval."""
    return {
        "staff": staff,
        "kind": "service",
        "channel": "email",
        "purpose": "sales_contract",
        "subject": "发货通知",
        "total": 3,
        "state": "submitted",
        "sha256": "ab" * 32,
        "content_sha256": "ab" * 32,
        "made_at": now,
        "submitted_at": now,
        **other,
    }
