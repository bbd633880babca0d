"""Rows of the table of permissions: what oversees the house (journal, jobs, health), and individuals' rights."""

from collections.abc import Mapping
from uuid import UUID

from shouxin.core.policy import Permission
from tests.permission_rows import Row, needs, post

P = Permission
NOBODY = UUID("00000000-0000-7000-8000-000000000000")

ROWS: Mapping[str, Row] = {
    "journal:entries": needs(P.JOURNAL_ENTRY_READ),
    "journal:entries#search": post(P.JOURNAL_ENTRY_READ),
    "journal:entry": needs(P.JOURNAL_ENTRY_READ, status=404, entry_id=NOBODY),
    "journal:verify_entry": post(P.JOURNAL_LEDGER_VERIFY, status=404, entry_id=NOBODY),
    "journal:proof": post(P.JOURNAL_LEDGER_VERIFY, entry_id=NOBODY),
    "journal:checks": needs(P.JOURNAL_ENTRY_READ),
    "journal:checks#ask": post(P.JOURNAL_LEDGER_VERIFY),
    "journal:key": needs(P.JOURNAL_ENTRY_READ, status=404),
    "operations:jobs": needs(P.OPERATIONS_HEALTH_READ),
    "operations:job": needs(P.OPERATIONS_HEALTH_READ, status=404, number=1),
    "operations:job_decide#retry": post(P.OPERATIONS_JOB_MANAGE, number=1, verb="retry"),
    "operations:job_decide#cancel": post(P.OPERATIONS_JOB_MANAGE, number=1, verb="cancel"),
    "rights:cases": needs(P.RIGHTS_CASE_READ),
    "rights:cases#search": post(P.RIGHTS_CASE_READ),
    "rights:approve_all": needs(P.RIGHTS_CASE_DECIDE),
    "rights:approve_all#approve": post(P.RIGHTS_CASE_DECIDE),
    "rights:round": needs(P.RIGHTS_CASE_DECIDE, status=404, round_id=NOBODY),
    "rights:statistics": needs(P.RIGHTS_CASE_DECIDE),
    "rights:satisfaction": needs(P.RIGHTS_CASE_READ),
    "rights:feedback": needs(P.RIGHTS_CASE_READ),
    "rights:feedback#search": post(P.RIGHTS_CASE_READ),
    "rights:feedback_item": needs(P.RIGHTS_CASE_READ, status=404, item_id=NOBODY),
    "rights:feedback_answer": post(P.RIGHTS_CASE_HANDLE, status=404, item_id=NOBODY),
    "rights:feedback_assign": post(P.RIGHTS_CASE_HANDLE, status=404, item_id=NOBODY),
    "rights:intake": needs(P.RIGHTS_CASE_FILE),
    "rights:intake_of": needs(P.RIGHTS_CASE_FILE, status=404, customer_id=NOBODY),
    "rights:arrange": post(P.RIGHTS_CASE_FILE, status=404, customer_id=NOBODY),
    "rights:match": post(P.RIGHTS_CASE_HANDLE, status=404, customer_id=NOBODY),
    "rights:case": needs(P.RIGHTS_CASE_READ, status=404, case_id=NOBODY),
    "rights:proof": needs(P.RIGHTS_CASE_HANDLE, status=404, case_id=NOBODY, proof_id=NOBODY),
    "rights:story": needs(P.RIGHTS_CASE_HANDLE, status=404, customer_id=NOBODY),
    "rights:story_export": post(P.RIGHTS_CASE_HANDLE, status=404, customer_id=NOBODY),
    "rights:package": needs(P.RIGHTS_CASE_HANDLE, status=404, case_id=NOBODY),
    "rights:package_make": post(P.RIGHTS_CASE_HANDLE, status=404, case_id=NOBODY),
    "rights:package_look": post(P.RIGHTS_CASE_HANDLE, status=404, case_id=NOBODY),
    "rights:package_freeze": post(P.RIGHTS_CASE_HANDLE, status=404, case_id=NOBODY),
    "rights:package_hand": post(P.RIGHTS_CASE_HANDLE, status=404, case_id=NOBODY),
    "rights:letter": needs(P.RIGHTS_CASE_READ, status=404, case_id=NOBODY),
    **{
        f"rights:verb#{verb}": post(P.RIGHTS_CASE_READ, status=404, case_id=NOBODY, verb=verb)
        for verb in ("take", "check", "answer", "approve", "rate", "accuse")
    },
    "system": needs(P.OPERATIONS_HEALTH_READ),
}
