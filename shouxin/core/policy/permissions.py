"""The one page of permissions: who may do what, before purpose, scope and grant are even asked.

A permission is `area:thing:verb`. The three administrators hold none that opens customer data
(separation of duties, GB/T 22239-2019: administrator and reader of customer data are never one log-in).
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from types import MappingProxyType


class Role(StrEnum):
    """What a member of staff is appointed to."""

    AUDIT_ADMIN = "audit_admin"
    CLERK = "clerk"
    HEAD = "head"
    OFFICER = "officer"
    SECURITY_ADMIN = "security_admin"
    SUPERVISOR = "supervisor"
    SYSTEM_ADMIN = "system_admin"


class Permission(StrEnum):
    """Every right there is, in alphabetical order."""

    ACCESS_EMERGENCY_LIFT = "access:emergency:lift"
    ACCESS_EMERGENCY_OPEN = "access:emergency:open"
    ACCESS_EMERGENCY_READ = "access:emergency:read"
    ACCESS_EMERGENCY_REVIEW = "access:emergency:review"
    ACCESS_GRANT_APPROVE = "access:grant:approve"
    ACCESS_GRANT_END = "access:grant:end"
    ACCESS_GRANT_PROPOSE = "access:grant:propose"
    ACCESS_GRANT_READ = "access:grant:read"
    ACCESS_NAMED_APPROVE = "access:named:approve"
    ACCESS_NAMED_ASK = "access:named:ask"
    ACCESS_NAMED_READ = "access:named:read"
    ACCESS_REVIEW_CONFIRM = "access:review:confirm"
    ACCESS_REVIEW_OPEN = "access:review:open"
    ACCESS_REVIEW_READ = "access:review:read"
    API_CLIENT_APPROVE = "api:client:approve"
    API_CLIENT_CREATE = "api:client:create"
    API_CLIENT_READ = "api:client:read"
    API_CLIENT_REVOKE = "api:client:revoke"
    CUSTOMERS_ATTACHMENT_DESTROY = "customers:attachment:destroy"
    CUSTOMERS_ATTACHMENT_WRITE = "customers:attachment:write"
    CUSTOMERS_BATCH_CONFIRM = "customers:batch:confirm"
    CUSTOMERS_BATCH_CREATE = "customers:batch:create"
    CUSTOMERS_BATCH_READ = "customers:batch:read"
    CUSTOMERS_BATCH_RELEASE = "customers:batch:release"
    CUSTOMERS_CLEANUP_DECIDE = "customers:cleanup:decide"
    CUSTOMERS_CLEANUP_READ = "customers:cleanup:read"
    CUSTOMERS_CONSENT_RECORD = "customers:consent:record"
    CUSTOMERS_CONTACT_OPEN = "customers:contact:open"
    CUSTOMERS_DUPLICATE_JUDGE = "customers:duplicate:judge"
    CUSTOMERS_DUPLICATE_MERGE = "customers:duplicate:merge"
    CUSTOMERS_DUPLICATE_READ = "customers:duplicate:read"
    CUSTOMERS_EXTERNAL_DECIDE = "customers:external:decide"
    CUSTOMERS_FIELD_REVEAL = "customers:field:reveal"
    CUSTOMERS_FORM_DRAFT = "customers:form:draft"
    CUSTOMERS_FORM_FILL = "customers:form:fill"
    CUSTOMERS_FORM_PUBLISH = "customers:form:publish"
    CUSTOMERS_FORM_READ = "customers:form:read"
    CUSTOMERS_HANDOVER_ACCEPT = "customers:handover:accept"
    CUSTOMERS_HANDOVER_PROPOSE = "customers:handover:propose"
    CUSTOMERS_PLAN_APPROVE = "customers:plan:approve"
    CUSTOMERS_PLAN_DRAFT = "customers:plan:draft"
    CUSTOMERS_MESSAGE_APPROVE = "customers:message:approve"
    CUSTOMERS_MESSAGE_DRAFT = "customers:message:draft"
    CUSTOMERS_MESSAGE_READ = "customers:message:read"
    CUSTOMERS_NUMBER_DIAL = "customers:number:dial"
    CUSTOMERS_PROFILE_CREATE = "customers:profile:create"
    CUSTOMERS_PROFILE_EDIT = "customers:profile:edit"
    CUSTOMERS_PROFILE_READ = "customers:profile:read"
    CUSTOMERS_PROFILE_SEARCH = "customers:profile:search"
    CUSTOMERS_PROMISE_WRITE = "customers:promise:write"
    CUSTOMERS_QUALITY_READ = "customers:quality:read"
    CUSTOMERS_RELATIONSHIP_WRITE = "customers:relationship:write"
    CUSTOMERS_SEGMENT_READ = "customers:segment:read"
    CUSTOMERS_SEGMENT_REFRESH = "customers:segment:refresh"
    CUSTOMERS_SUPPLY_READ = "customers:supply:read"
    CUSTOMERS_SUPPLY_WRITE = "customers:supply:write"
    GATE_DECISION_EXPLAIN = "gate:decision:explain"
    JOURNAL_ENTRY_READ = "journal:entry:read"
    JOURNAL_LEDGER_VERIFY = "journal:ledger:verify"
    OPERATIONS_HEALTH_READ = "operations:health:read"
    OPERATIONS_JOB_MANAGE = "operations:job:manage"
    PEOPLE_CONNECTION_APPROVE = "people:connection:approve"
    PEOPLE_CONNECTION_DRAFT = "people:connection:draft"
    PEOPLE_CONNECTION_READ = "people:connection:read"
    PEOPLE_DELEGATION_GIVE = "people:delegation:give"
    PEOPLE_DEPARTMENT_WRITE = "people:department:write"
    PEOPLE_DEPARTURE_ANNOUNCE = "people:departure:announce"
    PEOPLE_DEPARTURE_READ = "people:departure:read"
    PEOPLE_DUTY_APPOINT = "people:duty:appoint"
    PEOPLE_DUTY_READ = "people:duty:read"
    PEOPLE_FACTOR_CONFIRM = "people:factor:confirm"
    PEOPLE_FACTOR_DEMAND = "people:factor:demand"
    PEOPLE_FACTOR_RESET = "people:factor:reset"
    PEOPLE_NOTICE_MANAGE = "people:notice:manage"
    PEOPLE_ROLE_CONFIRM = "people:role:confirm"
    PEOPLE_ROLE_GRANT = "people:role:grant"
    PEOPLE_SIGHT_CONFIRM = "people:sight:confirm"
    PEOPLE_SIGHT_SET = "people:sight:set"
    PEOPLE_SOURCE_READ = "people:source:read"
    PEOPLE_SOURCE_RELEASE = "people:source:release"
    PEOPLE_STAFF_READ = "people:staff:read"
    PEOPLE_STAFF_SUSPEND = "people:staff:suspend"
    PEOPLE_STAFF_WRITE = "people:staff:write"
    PEOPLE_THRESHOLD_ASK = "people:threshold:ask"
    PEOPLE_THRESHOLD_CONFIRM = "people:threshold:confirm"
    PEOPLE_THRESHOLD_READ = "people:threshold:read"
    RIGHTS_CASE_DECIDE = "rights:case:decide"
    RIGHTS_CASE_FILE = "rights:case:file"
    RIGHTS_CASE_HANDLE = "rights:case:handle"
    RIGHTS_CASE_READ = "rights:case:read"
    RISK_MARK_APPROVE = "risk:mark:approve"
    RISK_MARK_PROPOSE = "risk:mark:propose"
    RISK_MARK_READ = "risk:mark:read"
    PORTAL_DEFECT_READ = "portal:defect:read"
    PORTAL_FIGURES_SWITCH = "portal:figures:switch"
    PORTAL_INVITATION_MAKE = "portal:invitation:make"
    PORTAL_STORAGE_STATE = "portal:storage:state"
    PORTAL_WISH_READ = "portal:wish:read"
    RULEBOOK_FIELD_APPROVE = "rulebook:field:approve"
    RULEBOOK_FIELD_READ = "rulebook:field:read"
    RULEBOOK_FIELD_WRITE = "rulebook:field:write"
    RULEBOOK_LOWERING_APPROVE = "rulebook:lowering:approve"
    RULEBOOK_LOWERING_PROPOSE = "rulebook:lowering:propose"
    RULEBOOK_NOTICE_APPROVE = "rulebook:notice:approve"
    RULEBOOK_NOTICE_DRAFT = "rulebook:notice:draft"
    RULEBOOK_POLICY_APPROVE = "rulebook:policy:approve"
    RULEBOOK_POLICY_DRAFT = "rulebook:policy:draft"
    RULEBOOK_PURPOSE_APPROVE = "rulebook:purpose:approve"
    RULEBOOK_PURPOSE_DRAFT = "rulebook:purpose:draft"
    RULEBOOK_PURPOSE_READ = "rulebook:purpose:read"
    RULEBOOK_RECIPIENT_WRITE = "rulebook:recipient:write"
    RULEBOOK_REGION_APPROVE = "rulebook:region:approve"
    RULEBOOK_REGION_DRAFT = "rulebook:region:draft"
    VAULT_KEY_READ = "vault:key:read"
    VAULT_KEY_ROTATE = "vault:key:rotate"
    VAULT_SUITE_CONFIRM = "vault:suite:confirm"


P = Permission

_CLERK = frozenset(
    {
        P.ACCESS_EMERGENCY_OPEN,
        P.ACCESS_EMERGENCY_READ,
        P.ACCESS_GRANT_END,
        P.ACCESS_GRANT_PROPOSE,
        P.ACCESS_GRANT_READ,
        P.CUSTOMERS_ATTACHMENT_WRITE,
        P.CUSTOMERS_BATCH_CREATE,
        P.CUSTOMERS_BATCH_READ,
        P.CUSTOMERS_CLEANUP_READ,
        P.CUSTOMERS_CONSENT_RECORD,
        P.CUSTOMERS_CONTACT_OPEN,
        P.CUSTOMERS_DUPLICATE_JUDGE,
        P.CUSTOMERS_DUPLICATE_READ,
        P.CUSTOMERS_EXTERNAL_DECIDE,
        P.CUSTOMERS_FIELD_REVEAL,
        P.CUSTOMERS_FORM_FILL,
        P.CUSTOMERS_FORM_READ,
        P.CUSTOMERS_HANDOVER_ACCEPT,
        P.CUSTOMERS_MESSAGE_DRAFT,
        P.CUSTOMERS_MESSAGE_READ,
        P.CUSTOMERS_NUMBER_DIAL,
        P.CUSTOMERS_PROFILE_CREATE,
        P.CUSTOMERS_PROFILE_EDIT,
        P.CUSTOMERS_PROFILE_READ,
        P.CUSTOMERS_PROFILE_SEARCH,
        P.CUSTOMERS_PROMISE_WRITE,
        P.CUSTOMERS_RELATIONSHIP_WRITE,
        P.CUSTOMERS_SEGMENT_READ,
        P.GATE_DECISION_EXPLAIN,
        P.PEOPLE_DUTY_READ,
        P.PORTAL_INVITATION_MAKE,
        P.RIGHTS_CASE_FILE,
        P.RIGHTS_CASE_HANDLE,
        P.RIGHTS_CASE_READ,
        P.RULEBOOK_FIELD_READ,
        P.RULEBOOK_PURPOSE_READ,
    }
)

PERMISSIONS_OF: Mapping[Role, frozenset[Permission]] = MappingProxyType(
    {
        Role.CLERK: _CLERK,
        Role.HEAD: _CLERK
        | {
            P.ACCESS_EMERGENCY_REVIEW,
            P.ACCESS_GRANT_APPROVE,
            P.ACCESS_NAMED_ASK,
            P.ACCESS_NAMED_READ,
            P.ACCESS_REVIEW_CONFIRM,
            P.ACCESS_REVIEW_READ,
            P.API_CLIENT_CREATE,
            P.API_CLIENT_READ,
            P.API_CLIENT_REVOKE,
            P.CUSTOMERS_ATTACHMENT_DESTROY,
            P.CUSTOMERS_BATCH_CONFIRM,
            P.CUSTOMERS_BATCH_RELEASE,
            P.CUSTOMERS_CLEANUP_DECIDE,
            P.CUSTOMERS_DUPLICATE_MERGE,
            P.CUSTOMERS_FORM_DRAFT,
            P.CUSTOMERS_FORM_PUBLISH,
            P.CUSTOMERS_HANDOVER_PROPOSE,
            P.CUSTOMERS_SEGMENT_REFRESH,
            P.CUSTOMERS_MESSAGE_APPROVE,
            P.CUSTOMERS_PLAN_APPROVE,
            P.CUSTOMERS_PLAN_DRAFT,
            P.CUSTOMERS_QUALITY_READ,
            P.CUSTOMERS_SUPPLY_READ,
            P.CUSTOMERS_SUPPLY_WRITE,
            P.PEOPLE_DELEGATION_GIVE,
            P.PEOPLE_DEPARTURE_ANNOUNCE,
            P.PEOPLE_DEPARTURE_READ,
            P.PEOPLE_DUTY_APPOINT,
            P.PEOPLE_FACTOR_CONFIRM,
            P.PEOPLE_ROLE_CONFIRM,
            P.PEOPLE_SIGHT_CONFIRM,
            P.PEOPLE_STAFF_READ,
            P.PEOPLE_STAFF_SUSPEND,
            P.PEOPLE_THRESHOLD_CONFIRM,
            P.PORTAL_WISH_READ,
            P.RIGHTS_CASE_DECIDE,
            P.RISK_MARK_APPROVE,
            P.RISK_MARK_PROPOSE,
            P.RISK_MARK_READ,
            P.RULEBOOK_LOWERING_APPROVE,
            P.RULEBOOK_LOWERING_PROPOSE,
            P.RULEBOOK_NOTICE_DRAFT,
            P.RULEBOOK_POLICY_DRAFT,
            P.RULEBOOK_PURPOSE_DRAFT,
            P.RULEBOOK_RECIPIENT_WRITE,
            P.RULEBOOK_REGION_DRAFT,
        },
        Role.OFFICER: frozenset(
            {
                P.ACCESS_EMERGENCY_LIFT,
                P.ACCESS_EMERGENCY_READ,
                P.ACCESS_EMERGENCY_REVIEW,
                P.ACCESS_GRANT_APPROVE,
                P.ACCESS_GRANT_END,
                P.ACCESS_GRANT_READ,
                P.ACCESS_NAMED_APPROVE,
                P.ACCESS_NAMED_READ,
                P.ACCESS_REVIEW_CONFIRM,
                P.ACCESS_REVIEW_OPEN,
                P.ACCESS_REVIEW_READ,
                P.API_CLIENT_APPROVE,
                P.API_CLIENT_READ,
                P.API_CLIENT_REVOKE,
                P.CUSTOMERS_BATCH_READ,
                P.CUSTOMERS_BATCH_RELEASE,
                P.CUSTOMERS_CONSENT_RECORD,
                P.CUSTOMERS_DUPLICATE_READ,
                P.CUSTOMERS_FORM_DRAFT,
                P.CUSTOMERS_FORM_PUBLISH,
                P.CUSTOMERS_FORM_READ,
                P.CUSTOMERS_MESSAGE_APPROVE,
                P.CUSTOMERS_MESSAGE_READ,
                P.CUSTOMERS_PLAN_APPROVE,
                P.CUSTOMERS_PLAN_DRAFT,
                P.CUSTOMERS_PROFILE_READ,
                P.CUSTOMERS_PROFILE_SEARCH,
                P.CUSTOMERS_QUALITY_READ,
                P.CUSTOMERS_SUPPLY_READ,
                P.CUSTOMERS_SUPPLY_WRITE,
                P.GATE_DECISION_EXPLAIN,
                P.JOURNAL_ENTRY_READ,
                P.PEOPLE_DEPARTURE_READ,
                P.PEOPLE_DUTY_APPOINT,
                P.PEOPLE_DUTY_READ,
                P.PEOPLE_FACTOR_CONFIRM,
                P.PEOPLE_SIGHT_CONFIRM,
                P.PEOPLE_SOURCE_READ,
                P.PEOPLE_STAFF_READ,
                P.PEOPLE_STAFF_SUSPEND,
                P.PEOPLE_THRESHOLD_CONFIRM,
                P.PEOPLE_THRESHOLD_READ,
                P.PORTAL_DEFECT_READ,
                P.PORTAL_FIGURES_SWITCH,
                P.PORTAL_WISH_READ,
                P.RIGHTS_CASE_DECIDE,
                P.RIGHTS_CASE_FILE,
                P.RIGHTS_CASE_HANDLE,
                P.RIGHTS_CASE_READ,
                P.RISK_MARK_APPROVE,
                P.RISK_MARK_PROPOSE,
                P.RISK_MARK_READ,
                P.RULEBOOK_FIELD_APPROVE,
                P.RULEBOOK_FIELD_READ,
                P.RULEBOOK_FIELD_WRITE,
                P.RULEBOOK_LOWERING_APPROVE,
                P.RULEBOOK_LOWERING_PROPOSE,
                P.RULEBOOK_NOTICE_APPROVE,
                P.RULEBOOK_NOTICE_DRAFT,
                P.RULEBOOK_POLICY_APPROVE,
                P.RULEBOOK_POLICY_DRAFT,
                P.RULEBOOK_PURPOSE_APPROVE,
                P.RULEBOOK_PURPOSE_DRAFT,
                P.RULEBOOK_PURPOSE_READ,
                P.RULEBOOK_RECIPIENT_WRITE,
                P.RULEBOOK_REGION_APPROVE,
                P.RULEBOOK_REGION_DRAFT,
                P.VAULT_KEY_READ,
                P.VAULT_SUITE_CONFIRM,
            }
        ),
        Role.SYSTEM_ADMIN: frozenset(
            {
                P.OPERATIONS_HEALTH_READ,
                P.OPERATIONS_JOB_MANAGE,
                P.PEOPLE_CONNECTION_DRAFT,
                P.PEOPLE_CONNECTION_READ,
                P.PEOPLE_DEPARTMENT_WRITE,
                P.PEOPLE_DEPARTURE_ANNOUNCE,
                P.PEOPLE_DUTY_READ,
                P.PEOPLE_FACTOR_RESET,
                P.PEOPLE_NOTICE_MANAGE,
                P.PEOPLE_STAFF_READ,
                P.PEOPLE_STAFF_SUSPEND,
                P.PEOPLE_STAFF_WRITE,
                P.PORTAL_STORAGE_STATE,
            }
        ),
        Role.SECURITY_ADMIN: frozenset(
            {
                P.ACCESS_EMERGENCY_READ,
                P.ACCESS_GRANT_END,
                P.ACCESS_GRANT_READ,
                P.ACCESS_NAMED_ASK,
                P.ACCESS_NAMED_READ,
                P.ACCESS_REVIEW_OPEN,
                P.ACCESS_REVIEW_READ,
                P.API_CLIENT_CREATE,
                P.API_CLIENT_READ,
                P.API_CLIENT_REVOKE,
                P.GATE_DECISION_EXPLAIN,
                P.PEOPLE_CONNECTION_APPROVE,
                P.PEOPLE_CONNECTION_READ,
                P.PEOPLE_DUTY_READ,
                P.PEOPLE_FACTOR_CONFIRM,
                P.PEOPLE_FACTOR_DEMAND,
                P.PEOPLE_ROLE_GRANT,
                P.PEOPLE_SIGHT_SET,
                P.PEOPLE_SOURCE_READ,
                P.PEOPLE_SOURCE_RELEASE,
                P.PEOPLE_STAFF_READ,
                P.PEOPLE_STAFF_SUSPEND,
                P.PEOPLE_THRESHOLD_ASK,
                P.PEOPLE_THRESHOLD_READ,
                P.RISK_MARK_READ,
                P.RULEBOOK_FIELD_APPROVE,
                P.RULEBOOK_FIELD_READ,
                P.RULEBOOK_LOWERING_APPROVE,
                P.RULEBOOK_LOWERING_PROPOSE,
                P.RULEBOOK_PURPOSE_READ,
                P.RULEBOOK_REGION_APPROVE,
                P.VAULT_KEY_READ,
                P.VAULT_KEY_ROTATE,
                P.VAULT_SUITE_CONFIRM,
            }
        ),
        Role.AUDIT_ADMIN: frozenset(
            {
                P.ACCESS_EMERGENCY_READ,
                P.ACCESS_GRANT_READ,
                P.ACCESS_NAMED_READ,
                P.ACCESS_REVIEW_READ,
                P.API_CLIENT_READ,
                P.JOURNAL_ENTRY_READ,
                P.JOURNAL_LEDGER_VERIFY,
                P.PEOPLE_CONNECTION_READ,
                P.PEOPLE_DEPARTURE_READ,
                P.PEOPLE_DUTY_READ,
                P.PEOPLE_SOURCE_READ,
                P.PEOPLE_STAFF_READ,
                P.PEOPLE_THRESHOLD_READ,
                P.RISK_MARK_READ,
                P.RULEBOOK_FIELD_READ,
                P.RULEBOOK_PURPOSE_READ,
                P.VAULT_KEY_READ,
            }
        ),
        Role.SUPERVISOR: frozenset(
            {
                P.ACCESS_EMERGENCY_READ,
                P.ACCESS_GRANT_READ,
                P.ACCESS_NAMED_READ,
                P.ACCESS_REVIEW_READ,
                P.GATE_DECISION_EXPLAIN,
                P.JOURNAL_ENTRY_READ,
                P.JOURNAL_LEDGER_VERIFY,
                P.PEOPLE_CONNECTION_READ,
                P.PEOPLE_DEPARTURE_READ,
                P.PEOPLE_DUTY_READ,
                P.PEOPLE_STAFF_READ,
                P.PEOPLE_THRESHOLD_READ,
                P.RIGHTS_CASE_HANDLE,
                P.RIGHTS_CASE_READ,
                P.RULEBOOK_FIELD_READ,
                P.RULEBOOK_PURPOSE_READ,
            }
        ),
    }
)

# Rights that open customers' data, masked or clear; no administrator may hold one.
OPENS_CUSTOMER_DATA = frozenset(p for p in Permission if p.value.startswith("customers:"))
ADMINISTRATORS = frozenset({Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN})


def permissions_of(roles: Iterable[Role]) -> frozenset[Permission]:
    """All permissions that these roles give together; none for no role (default closed)."""
    return frozenset().union(*(PERMISSIONS_OF[role] for role in roles))
