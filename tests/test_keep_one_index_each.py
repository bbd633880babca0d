"""What grows with the customers has no index that another one serves as well: it would only take space and time."""

import pytest
from django.db import connection

GROWING = (
    "customers_customer",
    "customers_record",
    "customers_clear_version",
    "customers_standing",
    "customers_consent",
    "customers_consent_decision",
    "customers_refused_purpose",
    "customers_notice_receipt",
    "vault_group",
    "vault_data_key",
    "vault_sealed_record",
    "vault_sealed_history",
    "vault_search_token",
    "vault_business_key",
    "journal_entry",
)
# An index of the same table, over all rows and not there to forbid anything, whose columns another one begins with, or
# has alike but for how texts are compared.
DOUBLE = """
SELECT a.indexrelid::regclass::text, b.indexrelid::regclass::text
FROM pg_index a JOIN pg_index b ON a.indrelid = b.indrelid AND a.indexrelid <> b.indexrelid
JOIN pg_class ca ON ca.oid = a.indexrelid JOIN pg_class cb ON cb.oid = b.indexrelid AND cb.relam = ca.relam
WHERE a.indrelid = ANY(%s::regclass[]) AND NOT a.indisunique AND a.indexprs IS NULL AND b.indexprs IS NULL
    AND a.indpred IS NULL AND b.indpred IS NULL AND ca.relam = (SELECT oid FROM pg_am WHERE amname = 'btree')
    AND (b.indkey::text LIKE a.indkey::text || ' %%'
         OR (b.indkey::text = a.indkey::text AND (b.indisunique OR a.indexrelid > b.indexrelid)))
"""


@pytest.mark.django_db
def test_no_index_is_the_beginning_of_another() -> None:
    with connection.cursor() as cursor:
        cursor.execute(DOUBLE, [[*GROWING]])
        assert cursor.fetchall() == []
        cursor.execute(DOUBLE, [["people_place"]])  # the question would find one
        assert cursor.fetchall() == [("people_place_staff_id_d15fde27", "place_once")]
