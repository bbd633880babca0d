"""Every address × everybody × what they get: the whole of who may open what, on one page.

A new address needs a row in `ROWS`, under its name; a row is one line:

    "customers:edit": needs(P.CUSTOMERS_PROFILE_EDIT, status=404, customer_id=NOBODY),

`needs(one, or, other)` opens to whoever holds any of these permissions, `needs()` to everybody signed in, `everybody()`
to strangers too, `program()` to no session at all; an address with several verbs has a row for each (`name#verb`).
`status` is what somebody gets who is let in: for pages about one thing the table asks for a thing that does not exist,
so 404 shows that the door opened and 403 that it did not.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from shouxin.core.policy import OPENS_CUSTOMER_DATA, Permission
from shouxin.core.policy.permissions import permissions_of
from shouxin.operations.server import readiness
from tests import message_rows, oversight_rows, portal_rows, program_rows
from tests.consent_rows import CONSENTS
from tests.permission_frame import FRAME, NOBODY
from tests.permission_rows import Row, everybody, needs, post
from tests.public_form_rows import PUBLIC_FORMS
from tests.register import SALES
from tests.world import CAST, World

P = Permission
MAIL: Mapping[str, Any] = {"customer_id": NOBODY, "record_id": NOBODY, "field": "email"}
SUPPLY = post(P.CUSTOMERS_SUPPLY_WRITE, status=404, contract_id=NOBODY)
CHANGE_SESSION = {"people:sign_out", "people:purpose"}
DOORS = ("/sign-in/", "/registers/login/")  # the second leads to the first: row "admin:login"
STRANGERS = ("anonymous", "newcomer", "outsider")  # who have no role or have left are strangers too

PAGE, MARK = b'id="sx-side"', b'class="sx-watermark"'

ROWS: Mapping[str, Row] = {
    **FRAME,
    **message_rows.ROWS,
    **oversight_rows.ROWS,
    **portal_rows.ROWS,
    **program_rows.ROWS,
    # organisation and people
    "people:staff": needs(P.PEOPLE_STAFF_READ),
    "people:staff_new": needs(P.PEOPLE_STAFF_WRITE),
    "people:staff_detail": needs(P.PEOPLE_STAFF_READ, status=404, staff_id=NOBODY),
    "people:staff_move": post(P.PEOPLE_STAFF_WRITE, status=404, staff_id=NOBODY),
    "people:staff_rejoin": needs(P.PEOPLE_STAFF_WRITE, status=404, staff_id=NOBODY),
    "people:staff_end": needs(P.PEOPLE_STAFF_WRITE, status=404, staff_id=NOBODY),
    "people:staff_reset": needs(P.PEOPLE_STAFF_WRITE, status=404, staff_id=NOBODY),
    "people:role_grant": post(P.PEOPLE_ROLE_GRANT, status=404, staff_id=NOBODY),
    "people:role_confirm": post(P.PEOPLE_ROLE_CONFIRM, status=404, assignment_id=NOBODY),
    "people:role_end": post(P.PEOPLE_ROLE_GRANT, status=404, assignment_id=NOBODY),
    "people:factor_ask_reset": needs(P.PEOPLE_FACTOR_RESET, status=404, staff_id=NOBODY),
    "people:factor_demands": needs(P.PEOPLE_FACTOR_DEMAND, P.PEOPLE_FACTOR_CONFIRM),
    "people:factor_resets": needs(P.PEOPLE_FACTOR_RESET, P.PEOPLE_FACTOR_CONFIRM),
    "people:factor_reset": needs(P.PEOPLE_FACTOR_RESET, P.PEOPLE_FACTOR_CONFIRM, status=404, reset_id=NOBODY),
    "people:factor_decide_reset": post(P.PEOPLE_FACTOR_CONFIRM, status=404, reset_id=NOBODY, verb="confirm"),
    "people:list_look": post(status=404, key="none"),
    "people:list_save": post(status=404, key="none"),
    "people:list_saved": post(status=404, saved_id=NOBODY),
    "people:join": needs(P.PEOPLE_STAFF_WRITE),
    "people:join_template": needs(P.PEOPLE_STAFF_WRITE),
    "people:join_marked": post(P.PEOPLE_STAFF_WRITE),
    "people:join_create": post(P.PEOPLE_STAFF_WRITE),
    "people:roles_proposed": needs(P.PEOPLE_ROLE_GRANT),
    "people:roles_waiting": needs(P.PEOPLE_ROLE_CONFIRM),
    "people:departure_announce": needs(P.PEOPLE_DEPARTURE_ANNOUNCE, status=404, staff_id=NOBODY),
    "people:departure_report": needs(P.PEOPLE_DEPARTURE_READ, status=404, staff_id=NOBODY),
    "people:departures": needs(P.PEOPLE_DEPARTURE_ANNOUNCE, P.PEOPLE_DEPARTURE_READ),
    "people:departure_withdraw": post(P.PEOPLE_DEPARTURE_ANNOUNCE, status=404, departure_id=NOBODY),
    "people:guard_sources": needs(P.PEOPLE_SOURCE_READ),
    "people:guard_release": post(P.PEOPLE_SOURCE_RELEASE, status=404, source_id=NOBODY),
    "people:guard_notices": needs(),
    "people:guard_notices_seen": post(),
    "people:guard_paused": needs(status=302),
    "people:departments": needs(P.PEOPLE_STAFF_READ),
    "people:department_new": needs(P.PEOPLE_DEPARTMENT_WRITE),
    "people:department_change": needs(P.PEOPLE_DEPARTMENT_WRITE, status=404, department_id=NOBODY),
    "people:duties": needs(P.PEOPLE_DUTY_READ),
    "people:duty": needs(P.PEOPLE_DUTY_READ, status=404, duty_id=NOBODY),
    "people:duty_appoint": needs(P.PEOPLE_DUTY_APPOINT, status=404, department_id=NOBODY),
    "people:duty_succeed": needs(P.PEOPLE_DUTY_APPOINT, status=404, staff_id=NOBODY),
    "people:duty_end": post(P.PEOPLE_DUTY_APPOINT, duty_id=NOBODY),
    "people:sights": needs(P.PEOPLE_SIGHT_CONFIRM, P.PEOPLE_SIGHT_SET),
    "people:sight": needs(status=404, staff_id=NOBODY),
    "people:sight_confirm": post(P.PEOPLE_SIGHT_CONFIRM, status=404, setting_id=NOBODY),
    "people:staff_suspend": needs(P.PEOPLE_STAFF_SUSPEND, status=404, staff_id=NOBODY),
    "people:thresholds": needs(P.PEOPLE_THRESHOLD_READ, P.PEOPLE_THRESHOLD_ASK, P.PEOPLE_THRESHOLD_CONFIRM),
    "people:threshold": needs(
        P.PEOPLE_THRESHOLD_READ, P.PEOPLE_THRESHOLD_ASK, P.PEOPLE_THRESHOLD_CONFIRM, status=404, key="none"
    ),
    "people:threshold_decide": post(
        P.PEOPLE_THRESHOLD_ASK, P.PEOPLE_THRESHOLD_CONFIRM, status=404, change_id=NOBODY, verb="confirm"
    ),
    "people:staff_resume": post(P.PEOPLE_STAFF_SUSPEND, status=404, staff_id=NOBODY),
    "people:delegations": needs(P.PEOPLE_DELEGATION_GIVE, P.ACCESS_REVIEW_READ),
    "people:delegation": needs(
        P.PEOPLE_DELEGATION_GIVE, P.ACCESS_REVIEW_READ, status=404, delegation_id=NOBODY
    ),
    "people:delegation_end": post(P.PEOPLE_DELEGATION_GIVE, P.ACCESS_REVIEW_OPEN, delegation_id=NOBODY),
    "people:connections": needs(P.PEOPLE_CONNECTION_READ),
    "people:connection_draft": needs(P.PEOPLE_CONNECTION_DRAFT, kind="scim"),
    "people:connection": needs(P.PEOPLE_CONNECTION_READ, status=404, connection_id=NOBODY),
    "people:connection_change": needs(P.PEOPLE_CONNECTION_DRAFT, status=404, connection_id=NOBODY),
    "people:connection_decide": post(
        P.PEOPLE_CONNECTION_DRAFT,
        P.PEOPLE_CONNECTION_APPROVE,
        status=404,
        connection_id=NOBODY,
        verb="confirm",
    ),
    "people:federation_begin": everybody(404, method="POST", connection_id=NOBODY),
    "people:federation_back": everybody(404, connection_id=NOBODY),
    "people:links": needs(),
    "people:link": post(status=404, connection_id=NOBODY),
    "people:unlink": post(identity_id=NOBODY),
    "people:staff_links": needs(
        P.PEOPLE_STAFF_WRITE, P.PEOPLE_CONNECTION_APPROVE, status=404, staff_id=NOBODY
    ),
    "people:staff_link": post(P.PEOPLE_STAFF_WRITE, status=404, staff_id=NOBODY),
    "people:bind": post(P.PEOPLE_STAFF_WRITE, staff_id=NOBODY),
    "people:confirm_link": post(P.PEOPLE_CONNECTION_APPROVE, staff_id=NOBODY, identity_id=NOBODY),
    "people:ldap_take_in": post(P.PEOPLE_STAFF_WRITE, status=404, connection_id=NOBODY),
    "people:ldap_synchronise": post(P.PEOPLE_STAFF_WRITE, status=404, connection_id=NOBODY),
    "people:ldap_place": post(P.PEOPLE_STAFF_WRITE, status=404, group_id=NOBODY),
    "people:ldap_propose": post(P.PEOPLE_ROLE_GRANT, status=404, group_id=NOBODY),
    "people:scim_adopt": post(P.PEOPLE_STAFF_WRITE, status=404, connection_id=NOBODY),
    "people:scim_place": post(P.PEOPLE_STAFF_WRITE, status=404, group_id=NOBODY),
    "people:scim_propose": post(P.PEOPLE_ROLE_GRANT, status=404, group_id=NOBODY),
    # rules
    "rulebook:purposes": needs(P.RULEBOOK_PURPOSE_READ),
    "rulebook:purpose_new": needs(P.RULEBOOK_PURPOSE_DRAFT),
    "rulebook:defaults": needs(P.RULEBOOK_PURPOSE_DRAFT, P.RULEBOOK_PURPOSE_APPROVE),
    "rulebook:defaults_approve": post(P.RULEBOOK_PURPOSE_APPROVE),
    "rulebook:purpose": needs(P.RULEBOOK_PURPOSE_READ, status=404, key="none"),
    "rulebook:purpose_edit": needs(P.RULEBOOK_PURPOSE_DRAFT, status=404, key="none"),
    "rulebook:purpose_needs": needs(P.RULEBOOK_PURPOSE_DRAFT, status=404, key="none"),
    "rulebook:drop_need": post(P.RULEBOOK_PURPOSE_DRAFT, key="none", field="none"),
    "rulebook:purpose_verb": needs(
        P.RULEBOOK_PURPOSE_DRAFT, P.RULEBOOK_PURPOSE_APPROVE, status=404, key="none", verb="submit"
    ),
    "rulebook:notices": needs(P.RULEBOOK_PURPOSE_READ),
    "rulebook:notice_new": needs(P.RULEBOOK_NOTICE_DRAFT),
    "rulebook:notice_version": needs(P.RULEBOOK_PURPOSE_READ, status=404, version_id=NOBODY),
    "rulebook:notice_approve": needs(P.RULEBOOK_NOTICE_APPROVE, status=404, version_id=NOBODY),
    "rulebook:notice_discard": needs(P.RULEBOOK_NOTICE_DRAFT, status=404, version_id=NOBODY),
    "rulebook:notice_next": needs(P.RULEBOOK_NOTICE_DRAFT, status=404, key="none"),
    "rulebook:recipients": needs(P.RULEBOOK_PURPOSE_READ),
    "rulebook:recipient_new": needs(P.RULEBOOK_RECIPIENT_WRITE),
    "rulebook:recipient": needs(P.RULEBOOK_PURPOSE_READ, status=404, recipient=NOBODY),
    "rulebook:recipient_change": needs(P.RULEBOOK_RECIPIENT_WRITE, status=404, recipient=NOBODY),
    "rulebook:recipient_retire": needs(P.RULEBOOK_RECIPIENT_WRITE, status=404, recipient=NOBODY),
    "rulebook:policies": needs(),
    "rulebook:policy_read": needs(status=302),
    "rulebook:policy_coverage": needs(P.PEOPLE_STAFF_READ),
    "rulebook:policy_version": needs(status=404, version_id=NOBODY),
    "rulebook:policy_approve": needs(P.RULEBOOK_POLICY_APPROVE, status=404, version_id=NOBODY),
    "rulebook:policy_discard": needs(P.RULEBOOK_POLICY_DRAFT, status=404, version_id=NOBODY),
    "rulebook:policy_next": needs(P.RULEBOOK_POLICY_DRAFT, status=404, key="none"),
    "rulebook:outlets": needs(P.RULEBOOK_FIELD_APPROVE),
    "rulebook:fields": needs(P.RULEBOOK_FIELD_READ),
    "rulebook:field_new": needs(P.RULEBOOK_FIELD_WRITE),
    "rulebook:field": needs(P.RULEBOOK_FIELD_READ, status=404, key="none"),
    "rulebook:field_verb": needs(
        P.RULEBOOK_FIELD_WRITE,
        P.RULEBOOK_FIELD_APPROVE,
        P.RULEBOOK_LOWERING_APPROVE,
        P.RULEBOOK_LOWERING_PROPOSE,
        status=404,
        key="none",
        verb="retire",
    ),
    "rulebook:regions": needs(P.RULEBOOK_FIELD_READ),
    "rulebook:region_new": needs(P.RULEBOOK_REGION_DRAFT),
    "rulebook:region_version": needs(P.RULEBOOK_FIELD_READ, status=404, version_id=NOBODY),
    "rulebook:region_approve": needs(P.RULEBOOK_REGION_APPROVE, status=404, version_id=NOBODY),
    "rulebook:region_discard": needs(
        P.RULEBOOK_REGION_APPROVE, P.RULEBOOK_REGION_DRAFT, status=404, version_id=NOBODY
    ),
    "rulebook:pack": needs(P.RULEBOOK_FIELD_READ),
    "rulebook:load_pack": needs(P.RULEBOOK_FIELD_WRITE),
    "rulebook:pack_proof": needs(P.RULEBOOK_FIELD_READ, status=404, proof_id=NOBODY),
    "rulebook:law": needs(P.RULEBOOK_FIELD_READ),
    "rulebook:bases": needs(P.RULEBOOK_FIELD_READ),
    "rulebook:retention": needs(P.RULEBOOK_FIELD_READ),
    "rulebook:masks": needs(P.RULEBOOK_FIELD_READ),
    # customers
    "customers:list": needs(P.CUSTOMERS_PROFILE_READ),
    "customers:select": post(P.CUSTOMERS_PROFILE_EDIT, P.CUSTOMERS_HANDOVER_PROPOSE),
    "customers:bulk": needs(P.CUSTOMERS_PROFILE_EDIT, P.CUSTOMERS_HANDOVER_PROPOSE),
    "customers:bulk_new": needs(P.CUSTOMERS_PROFILE_EDIT, P.CUSTOMERS_HANDOVER_PROPOSE, status=302),
    "customers:bulk_one": needs(
        P.CUSTOMERS_PROFILE_EDIT, P.CUSTOMERS_HANDOVER_PROPOSE, status=404, operation_id=NOBODY
    ),
    "customers:bulk_failures": needs(
        P.CUSTOMERS_PROFILE_EDIT, P.CUSTOMERS_HANDOVER_PROPOSE, status=404, operation_id=NOBODY
    ),
    "customers:bulk_verb": post(
        P.CUSTOMERS_PROFILE_EDIT, P.CUSTOMERS_HANDOVER_PROPOSE, status=404, operation_id=NOBODY, verb="cancel"
    ),
    "customers:find": needs(P.CUSTOMERS_PROFILE_SEARCH),
    "customers:create": needs(P.CUSTOMERS_PROFILE_CREATE),
    "customers:page": needs(P.CUSTOMERS_PROFILE_READ, status=404, customer_id=NOBODY),
    "customers:edit": needs(P.CUSTOMERS_PROFILE_EDIT, status=404, customer_id=NOBODY),
    "customers:assign": needs(P.CUSTOMERS_PROFILE_EDIT, status=404, customer_id=NOBODY),
    "customers:history": needs(P.CUSTOMERS_PROFILE_READ, status=404, customer_id=NOBODY),
    "customers:edit_record": needs(
        P.CUSTOMERS_PROFILE_EDIT, status=404, customer_id=NOBODY, record_id=NOBODY
    ),
    "customers:edit_lines": needs(P.CUSTOMERS_PROFILE_EDIT, status=404, customer_id=NOBODY, record_id=NOBODY),
    "customers:record_history": needs(
        P.CUSTOMERS_PROFILE_READ, status=404, customer_id=NOBODY, record_id=NOBODY
    ),
    "customers:reveal": post(P.CUSTOMERS_FIELD_REVEAL, status=404, customer_id=NOBODY),
    "customers:open_contact": post(P.CUSTOMERS_CONTACT_OPEN, status=404, customer_id=NOBODY),
    "customers:close_contact": post(P.CUSTOMERS_CONTACT_OPEN, status=404, customer_id=NOBODY),
    "customers:add_record": needs(P.CUSTOMERS_PROFILE_EDIT, status=404, customer_id=NOBODY, kind="order"),
    "customers:collect": needs(P.CUSTOMERS_FORM_FILL),
    "customers:fill": needs(P.CUSTOMERS_FORM_FILL, status=404, form_id=NOBODY),
    "customers:fill_discard": post(P.CUSTOMERS_FORM_FILL, draft_id=NOBODY),
    "customers:plans": needs(P.CUSTOMERS_FORM_READ),
    "customers:plan_new": needs(P.CUSTOMERS_PLAN_DRAFT),
    "customers:collection_report": needs(P.CUSTOMERS_FORM_READ),
    "customers:plan": needs(P.CUSTOMERS_FORM_READ, status=404, plan_id=NOBODY),
    "customers:plan_edit": needs(P.CUSTOMERS_PLAN_DRAFT, status=404, plan_id=NOBODY),
    "customers:plan_verb#submit": needs(
        P.CUSTOMERS_PLAN_DRAFT, P.CUSTOMERS_PLAN_APPROVE, status=404, plan_id=NOBODY, verb="submit"
    ),
    "customers:cleanup": needs(P.CUSTOMERS_CLEANUP_READ),
    "customers:cleanup_run": post(P.CUSTOMERS_CLEANUP_DECIDE),
    "customers:cleanup_decide": post(P.CUSTOMERS_CLEANUP_READ, status=404),
    "customers:cleanup_take_back": post(P.CUSTOMERS_CLEANUP_READ, status=404, item_id=NOBODY),
    "customers:duplicates": needs(P.CUSTOMERS_DUPLICATE_READ),
    "customers:duplicates_run": post(P.CUSTOMERS_DUPLICATE_MERGE),
    "customers:merges": needs(P.CUSTOMERS_DUPLICATE_READ),
    "customers:merge_page": needs(P.CUSTOMERS_DUPLICATE_READ, status=404, merge_id=NOBODY),
    "customers:merge_undo": post(P.CUSTOMERS_DUPLICATE_MERGE, status=404, merge_id=NOBODY),
    "customers:duplicate": needs(P.CUSTOMERS_DUPLICATE_READ, status=404, pair_id=NOBODY),
    "customers:duplicate_judge": post(P.CUSTOMERS_DUPLICATE_JUDGE, status=404, pair_id=NOBODY),
    "customers:duplicate_merge": post(P.CUSTOMERS_DUPLICATE_MERGE, status=404, pair_id=NOBODY),
    **PUBLIC_FORMS,
    "customers:forms": needs(P.CUSTOMERS_FORM_READ),
    "customers:form_new": needs(P.CUSTOMERS_FORM_DRAFT),
    "customers:form_version": needs(P.CUSTOMERS_FORM_READ, status=404, version_id=NOBODY),
    "customers:form_words": needs(P.CUSTOMERS_FORM_DRAFT, status=404, version_id=NOBODY),
    "customers:form_fields": needs(P.CUSTOMERS_FORM_DRAFT, status=404, version_id=NOBODY),
    "customers:form_field": needs(P.CUSTOMERS_FORM_DRAFT, status=404, version_id=NOBODY, field="mobile"),
    "customers:form_arrange": post(P.CUSTOMERS_FORM_DRAFT, status=404, version_id=NOBODY, field="mobile"),
    "customers:form_preview": needs(P.CUSTOMERS_FORM_READ, status=404, version_id=NOBODY),
    "customers:form_table": needs(P.CUSTOMERS_FORM_READ, status=404, version_id=NOBODY),
    "customers:form_next": post(P.CUSTOMERS_FORM_DRAFT, status=404, version_id=NOBODY),
    "customers:form_verb#submit": needs(
        P.CUSTOMERS_FORM_DRAFT, P.CUSTOMERS_FORM_PUBLISH, status=404, version_id=NOBODY, verb="submit"
    ),
    "customers:reads": needs(P.CUSTOMERS_PROFILE_READ, status=404, customer_id=NOBODY),
    "drafts:list": needs(),
    "drafts:keep": post(status=404, kind="none"),
    "drafts:resume": needs(status=302, draft_id=NOBODY),
    "drafts:discard": post(status=302, draft_id=NOBODY),
    **CONSENTS,
    "customers:timeline": needs(P.CUSTOMERS_PROFILE_READ, status=404, customer_id=NOBODY),
    "customers:note": post(P.CUSTOMERS_PROFILE_EDIT, status=404, customer_id=NOBODY),
    "customers:relate": needs(P.CUSTOMERS_RELATIONSHIP_WRITE, status=404, customer_id=NOBODY),
    "customers:unrelate": post(P.CUSTOMERS_RELATIONSHIP_WRITE, status=404, customer_id=NOBODY, half=NOBODY),
    "customers:segments": needs(P.CUSTOMERS_SEGMENT_READ),
    "customers:segments_refresh": post(P.CUSTOMERS_SEGMENT_REFRESH),
    "customers:segment_members": needs(P.CUSTOMERS_SEGMENT_READ),
    "customers:segment_objection": post(P.CUSTOMERS_PROFILE_EDIT, status=404, customer_id=NOBODY),
    "customers:dial": everybody(),
    "customers:dial#use": everybody(422, method="POST"),
    "customers:dial_prepare": post(P.CUSTOMERS_NUMBER_DIAL, status=404, customer_id=NOBODY),
    "customers:limits": needs(P.CUSTOMERS_PROFILE_EDIT, status=404, customer_id=NOBODY),
    "customers:promises": needs(P.CUSTOMERS_PROFILE_READ),
    "customers:promise_make": needs(P.CUSTOMERS_PROMISE_WRITE, status=404, customer_id=NOBODY),
    "customers:promise": needs(P.CUSTOMERS_PROFILE_READ, status=404, customer_id=NOBODY, promise_id=NOBODY),
    "customers:count_again": post(P.CUSTOMERS_QUALITY_READ),
    "customers:lowering": needs(P.CUSTOMERS_QUALITY_READ, status=404, what="nothing"),
    **dict.fromkeys(("customers:figures", "customers:open_reads"), needs(P.CUSTOMERS_QUALITY_READ)),
    "customers:supplies": needs(P.CUSTOMERS_SUPPLY_READ),
    "customers:supply": needs(P.CUSTOMERS_SUPPLY_READ, status=404, contract_id=NOBODY),
    "customers:outside": needs(P.CUSTOMERS_EXTERNAL_DECIDE),
    **dict.fromkeys(("customers:supply_end", "customers:supply_remove"), SUPPLY),
    "customers:outside_one": needs(P.CUSTOMERS_EXTERNAL_DECIDE, status=404, offer_id=NOBODY),
    "customers:refresh": needs(P.CUSTOMERS_PROFILE_EDIT),
    "customers:refresh_many": post(P.CUSTOMERS_PROFILE_EDIT),
    "customers:send_code": post(P.CUSTOMERS_PROFILE_EDIT, status=404, **MAIL),
    "customers:verify": needs(P.CUSTOMERS_PROFILE_EDIT, status=404, customer_id=NOBODY),
    "customers:read_code": needs(P.CUSTOMERS_PROFILE_EDIT, status=404, **MAIL),
    "customers:attach": needs(P.CUSTOMERS_ATTACHMENT_WRITE, status=404, customer_id=NOBODY),
    "customers:attachment": needs(
        P.CUSTOMERS_PROFILE_READ, status=404, customer_id=NOBODY, attachment_id=NOBODY
    ),
    "customers:attachment_open": post(
        P.CUSTOMERS_FIELD_REVEAL, status=404, customer_id=NOBODY, attachment_id=NOBODY
    ),
    "customers:attachment_replace": needs(
        P.CUSTOMERS_ATTACHMENT_WRITE, status=404, customer_id=NOBODY, attachment_id=NOBODY
    ),
    "customers:attachment_remove": needs(
        P.CUSTOMERS_ATTACHMENT_WRITE, status=404, customer_id=NOBODY, attachment_id=NOBODY
    ),
    "customers:attachment_destroy": needs(
        P.CUSTOMERS_ATTACHMENT_DESTROY, status=404, customer_id=NOBODY, attachment_id=NOBODY
    ),
    "customers:handover": needs(P.CUSTOMERS_HANDOVER_PROPOSE, P.CUSTOMERS_HANDOVER_ACCEPT),
    "customers:handover_incoming": needs(P.CUSTOMERS_HANDOVER_ACCEPT),
    "customers:handover_of": needs(P.CUSTOMERS_HANDOVER_PROPOSE, status=404, staff_id=NOBODY),
    "customers:handover_take_back": post(P.CUSTOMERS_HANDOVER_PROPOSE, status=404, staff_id=NOBODY),
    # imports
    "customers:imports": needs(P.CUSTOMERS_BATCH_READ),
    "customers:intake_new": needs(P.CUSTOMERS_BATCH_CREATE),
    "customers:import_batch": needs(P.CUSTOMERS_BATCH_READ, status=404, batch=NOBODY),
    "customers:import_repeated": needs(P.CUSTOMERS_BATCH_CREATE, status=404, batch=NOBODY),
    "customers:import_sheets": needs(P.CUSTOMERS_BATCH_CREATE, status=404, batch=NOBODY),
    "customers:import_columns": needs(P.CUSTOMERS_BATCH_CREATE, status=404, batch=NOBODY),
    "customers:import_declare": needs(P.CUSTOMERS_BATCH_CREATE, status=404, batch=NOBODY),
    "customers:import_check": needs(P.CUSTOMERS_BATCH_CREATE, status=404, batch=NOBODY),
    "customers:import_progress": needs(P.CUSTOMERS_BATCH_CREATE, status=404, batch=NOBODY),
    "customers:import_preview": needs(P.CUSTOMERS_BATCH_CREATE, status=404, batch=NOBODY),
    "customers:import_run": needs(P.CUSTOMERS_BATCH_CREATE, status=404, batch=NOBODY),
    "customers:import_repeat": post(P.CUSTOMERS_BATCH_CREATE, status=404, batch=NOBODY),
    "customers:import_cancel": post(P.CUSTOMERS_BATCH_CREATE, status=404, batch=NOBODY),
    "customers:import_mend": post(P.CUSTOMERS_BATCH_CREATE, status=404, batch=NOBODY),
    "customers:import_start": post(P.CUSTOMERS_BATCH_CREATE, status=404, batch=NOBODY),
    "customers:import_continue": post(P.CUSTOMERS_BATCH_CREATE, status=404, batch=NOBODY),
    "customers:import_pause": post(P.CUSTOMERS_BATCH_CREATE, status=404, batch=NOBODY),
    "customers:import_end": post(P.CUSTOMERS_BATCH_CREATE, status=404, batch=NOBODY),
    "customers:import_refused": post(P.CUSTOMERS_BATCH_CREATE, status=404, batch=NOBODY),
    "customers:import_destroy_refused": post(P.CUSTOMERS_BATCH_CREATE, status=404, batch=NOBODY),
    "customers:import_take_over": post(P.CUSTOMERS_BATCH_CONFIRM, status=404, batch=NOBODY),
    "customers:import_result": needs(P.CUSTOMERS_BATCH_READ, status=404, batch=NOBODY),
    "customers:import_report": needs(P.CUSTOMERS_BATCH_READ, status=404, batch=NOBODY),
    "customers:import_decide": needs(
        P.CUSTOMERS_BATCH_CONFIRM, P.CUSTOMERS_BATCH_RELEASE, status=404, batch=NOBODY
    ),
    # access
    "access:grants": needs(P.ACCESS_GRANT_READ),
    "access:propose": needs(P.ACCESS_GRANT_PROPOSE),
    "access:grant": needs(P.ACCESS_GRANT_READ, status=404, grant_id=NOBODY),
    "access:decide#approve": post(P.ACCESS_GRANT_APPROVE, status=404, grant_id=NOBODY, verb="approve"),
    "access:decide#refuse": post(P.ACCESS_GRANT_APPROVE, status=404, grant_id=NOBODY, verb="refuse"),
    "access:decide#withdraw": post(P.ACCESS_GRANT_PROPOSE, status=404, grant_id=NOBODY, verb="withdraw"),
    "access:decide#end": post(P.ACCESS_GRANT_END, status=404, grant_id=NOBODY, verb="end"),
    "access:emergencies": needs(P.ACCESS_EMERGENCY_READ),
    "access:emergency_open": needs(P.ACCESS_EMERGENCY_OPEN, status=404, customer_id=NOBODY),
    "access:emergency": needs(P.ACCESS_EMERGENCY_READ, status=404, access_id=NOBODY),
    "access:emergency_review": post(P.ACCESS_EMERGENCY_REVIEW, status=404, access_id=NOBODY),
    "access:emergency_end": post(P.ACCESS_EMERGENCY_READ, status=404, access_id=NOBODY),
    "access:emergency_lift": post(P.ACCESS_EMERGENCY_LIFT, suspension_id=NOBODY),
    "access:ledger_tokens": needs(P.JOURNAL_LEDGER_VERIFY),
    "access:ledger_token_end": post(P.JOURNAL_LEDGER_VERIFY, status=404, token_id=NOBODY),
    "access:clients": needs(P.API_CLIENT_READ),
    "access:client_propose": needs(P.API_CLIENT_CREATE),
    "access:client": needs(P.API_CLIENT_READ, status=404, client_id=NOBODY),
    "access:client_decide#approve": post(P.API_CLIENT_APPROVE, status=404, client_id=NOBODY, verb="approve"),
    "access:client_decide#refuse": post(P.API_CLIENT_APPROVE, status=404, client_id=NOBODY, verb="refuse"),
    "access:client_decide#withdraw": post(P.API_CLIENT_CREATE, status=404, client_id=NOBODY, verb="withdraw"),
    "access:client_decide#end": post(P.API_CLIENT_REVOKE, status=404, client_id=NOBODY, verb="end"),
    "access:client_ask#rotate": post(P.API_CLIENT_CREATE, status=404, client_id=NOBODY, kind="rotate"),
    "access:client_ask#addresses": post(P.API_CLIENT_CREATE, status=404, client_id=NOBODY, kind="addresses"),
    "access:client_change#approve": post(
        P.API_CLIENT_READ, status=404, client_id=NOBODY, change_id=NOBODY, verb="approve"
    ),
    "access:client_change#withdraw": post(
        P.API_CLIENT_READ, status=404, client_id=NOBODY, change_id=NOBODY, verb="withdraw"
    ),
    "access:client_token_end": post(P.API_CLIENT_REVOKE, status=404, client_id=NOBODY, token_id=NOBODY),
    "access:secrets": needs(P.ACCESS_NAMED_READ),
    "access:secret": needs(P.ACCESS_NAMED_READ, status=404, entry_id=NOBODY),
    "access:secret_decide#approve": post(P.ACCESS_NAMED_READ, status=404, entry_id=NOBODY, verb="approve"),
    "access:secret_decide#end": post(P.ACCESS_NAMED_READ, status=404, entry_id=NOBODY, verb="end"),
    "access:duties_table": needs(P.ACCESS_REVIEW_READ),
    "access:duties_csv": needs(P.ACCESS_REVIEW_READ),
    "access:scope_report": needs(P.ACCESS_REVIEW_READ),
    "access:reviews": needs(P.ACCESS_REVIEW_READ),
    "access:review_open": post(P.ACCESS_REVIEW_OPEN),
    "access:review": needs(P.ACCESS_REVIEW_READ, status=404, review_id=NOBODY),
    "access:review_csv": needs(P.ACCESS_REVIEW_READ, status=404, review_id=NOBODY),
    "access:review_decide#confirm": post(P.ACCESS_REVIEW_CONFIRM, status=404, line_id=NOBODY, verb="confirm"),
    "access:review_decide#end": post(P.ACCESS_REVIEW_CONFIRM, status=404, line_id=NOBODY, verb="end"),
    "access:sync": needs(P.API_CLIENT_READ),
    "access:risks": needs(P.RISK_MARK_READ),
    "access:risk_alerts": needs(P.RISK_MARK_APPROVE),
    "access:risk_alert_seen": post(P.RISK_MARK_APPROVE, alert_id=NOBODY),
    "access:risk_propose_customer": needs(P.RISK_MARK_PROPOSE, status=404, customer_id=NOBODY),
    "access:risk_propose_field": needs(P.RISK_MARK_PROPOSE, status=404, key="no-such-field"),
    "access:risk": needs(P.RISK_MARK_READ, status=404, mark_id=NOBODY),
    "access:risk_decide#approve": post(P.RISK_MARK_APPROVE, status=404, mark_id=NOBODY, verb="approve"),
    "access:risk_decide#refuse": post(P.RISK_MARK_APPROVE, status=404, mark_id=NOBODY, verb="refuse"),
    "access:risk_decide#withdraw": post(P.RISK_MARK_PROPOSE, status=404, mark_id=NOBODY, verb="withdraw"),
    "access:risk_decide#end": post(P.RISK_MARK_PROPOSE, status=404, mark_id=NOBODY, verb="end"),
    "access:risk_decide#end-approve": post(
        P.RISK_MARK_APPROVE, status=404, mark_id=NOBODY, verb="end-approve"
    ),
    "access:webhook_propose": needs(P.API_CLIENT_CREATE, status=404, client_id=NOBODY),
    "access:webhooks": needs(P.API_CLIENT_READ),
    "access:webhook_deliveries": needs(P.API_CLIENT_READ),
    "access:webhook": needs(P.API_CLIENT_READ, status=404, endpoint_id=NOBODY),
    "access:webhook_decide#approve": post(
        P.API_CLIENT_APPROVE, status=404, endpoint_id=NOBODY, verb="approve"
    ),
    "access:webhook_decide#refuse": post(P.API_CLIENT_APPROVE, status=404, endpoint_id=NOBODY, verb="refuse"),
    "access:webhook_decide#withdraw": post(
        P.API_CLIENT_CREATE, status=404, endpoint_id=NOBODY, verb="withdraw"
    ),
    "access:webhook_decide#end": post(P.API_CLIENT_REVOKE, status=404, endpoint_id=NOBODY, verb="end"),
    "access:webhook_decide#enable": post(P.API_CLIENT_CREATE, status=404, endpoint_id=NOBODY, verb="enable"),
    "access:webhook_decide#ping": post(P.API_CLIENT_CREATE, status=404, endpoint_id=NOBODY, verb="ping"),
    "access:webhook_decide#rotate": post(P.API_CLIENT_CREATE, status=404, endpoint_id=NOBODY, verb="rotate"),
    "access:webhook_delivery": needs(P.API_CLIENT_READ, status=404, endpoint_id=NOBODY, delivery_id=NOBODY),
    "access:webhook_replay": post(P.API_CLIENT_CREATE, status=404, endpoint_id=NOBODY, delivery_id=NOBODY),
    "gate:explain": needs(P.GATE_DECISION_EXPLAIN),
}


def mounted(resolver: URLResolver, prefix: str = "") -> Iterator[str]:
    """The names of all addresses; one without a name stands under its namespace alone."""
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLPattern):
            yield prefix + (pattern.name or "")
        else:
            yield from mounted(pattern, prefix + (f"{pattern.namespace}:" if pattern.namespace else ""))


def address(name: str, row: Row) -> str:
    if name == "admin:":
        return f"{reverse('admin:index')}{row.kwargs['url']}"
    return reverse(name.partition("#")[0], kwargs=dict(row.kwargs))


def expected(who: str, row: Row) -> int:
    if who in STRANGERS:
        return row.stranger
    held = permissions_of(CAST[who].roles)
    return 403 if row.permissions and not row.permissions & held else row.status


def browser_of(world: World, who: str) -> Client:
    """A browser in which `who` is signed in and works for a purpose."""
    client = Client(raise_request_exception=False)
    if who != "anonymous":
        world.signed_in(client, who)
        session = client.session
        session["purpose"] = "individual_rights" if who == "officer" else SALES
        session.save()
    return client


def test_every_address_has_a_row() -> None:
    assert sorted(set(mounted(get_resolver()))) == sorted({name.partition("#")[0] for name in ROWS})


@pytest.mark.usefixtures("ruled")
@pytest.mark.parametrize("who", ["anonymous", *CAST])
def test_the_table(world: World, who: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readiness, "SEALING_SECONDS", 3600)  # no sealer runs here, and readyz would miss it
    wrong, client = [], browser_of(world, who)
    for name, row in ROWS.items():
        answer, wanted = client.generic(row.method, address(name, row)), expected(who, row)
        if name in CHANGE_SESSION:
            client = browser_of(world, who)
        if PAGE in answer.content and OPENS_CUSTOMER_DATA & permissions_of(CAST[who].roles):
            assert MARK in answer.content, f"{name} does not name its reader"
        if answer.status_code != wanted:
            wrong.append(f"{name}: {answer.status_code} instead of {wanted}")
        elif wanted == 302 and who in STRANGERS and row.permissions is not None:
            assert answer["Location"].startswith(DOORS), name
    assert not wrong, "\n".join(wrong)
