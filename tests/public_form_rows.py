"""Rows of the table of permissions: public forms and leads, on the staff side."""

from collections.abc import Mapping

from shouxin.core.policy import Permission
from tests.permission_frame import NOBODY
from tests.permission_rows import Row, needs, post

P = Permission
PUBLIC_FORMS: Mapping[str, Row] = {
    "customers:leads": needs(P.CUSTOMERS_PROFILE_READ),
    "customers:lead_begin": needs(P.CUSTOMERS_PROFILE_EDIT, status=404, customer_id=NOBODY),
    "customers:lead_turn": post(P.CUSTOMERS_PROFILE_EDIT, status=404, customer_id=NOBODY),
    "customers:public_forms": needs(P.CUSTOMERS_FORM_READ),
    "customers:public_form": needs(P.CUSTOMERS_FORM_READ, status=404, public_id=NOBODY),
    "customers:public_new": needs(P.CUSTOMERS_FORM_DRAFT, status=404, form_id=NOBODY),
    "customers:public_verb#pause": needs(
        P.CUSTOMERS_FORM_DRAFT, P.CUSTOMERS_FORM_PUBLISH, status=404, public_id=NOBODY, verb="pause"
    ),
}
