"""Rows of the table of permissions for messages to customers."""

from collections.abc import Mapping
from typing import Any

from shouxin.core.policy import Permission
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
    "customers:unsubscribe": everybody(404, token="not-ours"),
}
