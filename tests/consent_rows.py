"""Rows of the table of permissions: the screens of consents."""

from collections.abc import Mapping

from shouxin.core.policy import Permission
from tests.permission_frame import NOBODY
from tests.permission_rows import Row, needs, post

P = Permission
CONSENTS: Mapping[str, Row] = {
    "customers:consents": needs(P.CUSTOMERS_PROFILE_READ, status=404, customer_id=NOBODY),
    "customers:consent_seen": needs(
        P.CUSTOMERS_PROFILE_READ, status=404, customer_id=NOBODY, decision_id=NOBODY
    ),
    "customers:consent_records": post(P.CUSTOMERS_CONSENT_RECORD, status=404, customer_id=NOBODY),
    "customers:consent_ask": needs(
        P.CUSTOMERS_CONSENT_RECORD, status=404, customer_id=NOBODY, purpose="marketing"
    ),
    "customers:consent_verb": post(
        P.CUSTOMERS_CONSENT_RECORD, status=404, customer_id=NOBODY, purpose="marketing", verb="withdraw"
    ),
}
