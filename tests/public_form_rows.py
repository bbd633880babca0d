"""Rows of the table of permissions: public forms, on the staff side."""

from collections.abc import Mapping

from shouxin.core.policy import Permission
from tests.permission_frame import NOBODY
from tests.permission_rows import Row, needs

P = Permission
PUBLIC_FORMS: Mapping[str, Row] = {
    "customers:public_forms": needs(P.CUSTOMERS_FORM_READ),
    "customers:public_form": needs(P.CUSTOMERS_FORM_READ, status=404, public_id=NOBODY),
    "customers:public_new": needs(P.CUSTOMERS_FORM_DRAFT, status=404, form_id=NOBODY),
    "customers:public_verb#pause": needs(
        P.CUSTOMERS_FORM_DRAFT, P.CUSTOMERS_FORM_PUBLISH, status=404, public_id=NOBODY, verb="pause"
    ),
}
