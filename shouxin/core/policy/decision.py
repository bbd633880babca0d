"""May this be done? One pure function over stated facts; every rule below has rows in the table test.

Adding a restriction (taking away a role, a grant, a field or a consent, adding a lock) can only narrow
the answer; a property test holds this.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from shouxin.core.policy.levels import HIGHEST_LEVEL, MASKLESS_LEVEL, OWN_APPLICATION_LEVEL
from shouxin.core.policy.permissions import Permission
from shouxin.core.policy.permit import Permit, mint
from shouxin.core.policy.refusals import Refusal, all_left_out, nobody, refuse
from shouxin.core.policy.regions import of_customer, raised
from shouxin.core.policy.vocabulary import (
    Action,
    ActorKind,
    CustomerFacts,
    Exposure,
    Facts,
    FieldRule,
    Form,
    Grant,
    GroupState,
    PurposeRule,
    PurposeStatus,
    Question,
    Relation,
    Storage,
)
from shouxin.core.text import Text

NEEDED: Mapping[Action, Permission] = {
    Action.VIEW: Permission.CUSTOMERS_PROFILE_READ,
    Action.SEARCH: Permission.CUSTOMERS_PROFILE_SEARCH,
    Action.REVEAL: Permission.CUSTOMERS_FIELD_REVEAL,
    Action.DIAL: Permission.CUSTOMERS_NUMBER_DIAL,
    Action.WRITE: Permission.CUSTOMERS_PROFILE_EDIT,
    Action.READ: Permission.CUSTOMERS_PROFILE_READ,
}
# These must be answerable later, so they state a reason (PIPL 69 turns the burden of proof).
REASONED = frozenset({Action.REVEAL, Action.DIAL, Action.READ, Action.MAINTAIN})
DISCLOSED = frozenset({Action.REVEAL, Action.DIAL})  # to one person, in one contact, of one customer
NAMED = DISCLOSED | {Action.READ, Action.WRITE}  # whoever asks for a field believes to have a right to it
DIALLED = frozenset({"M-PHONE", "M-TEL"})  # the masks of what a telephone can call
OWN_ACTIONS = frozenset({Action.VIEW, Action.REVEAL, Action.READ, Action.WRITE})  # of the person concerned
NAMED_BY_PURPOSE = frozenset({ActorKind.SERVICE, ActorKind.CUSTOMER})
NEVER_SHOWN = frozenset({"M-SECRET", "M-BIO"})
UNREADABLE = frozenset(
    {GroupState.LOCKED, GroupState.DESTROYED, GroupState.TRANSFERRED, GroupState.ANONYMISED}
)
OTHERS = frozenset({Relation.ORGANISATION, Relation.OVERSEEN})  # customers one sees and does not work on
EMERGENCY = "emergency"  # the kind of grant whose every use is marked (应急访问)
# What marking a customer or a field as of high risk switches on, all together.
HIGH_RISK_APPROVALS = 2
HIGH_RISK_LONGEST = timedelta(days=7)
HIGH_RISK_DAILY = 5
FRESH_FOR = timedelta(minutes=10)  # of a second factor


def decide(question: Question, facts: Facts) -> Permit | Refusal:
    """The answer to `question` on the strength of `facts` alone; pure, `question.now` is the clock."""
    standing = _actor_and_purpose(question, facts)
    if isinstance(standing, Refusal):
        return standing
    fields = _fields(question, facts, standing)
    if isinstance(fields, Refusal):
        return fields
    forms: dict[UUID, dict[str, Form]] = {}
    refused: dict[UUID, Refusal] = {}
    used: dict[UUID, None] = {}
    named = any(grant.customers is not None for grant in facts.grants)
    alike: dict[int, tuple[dict[str, Form], list[UUID]] | Refusal] = {}  # by the very object that is known
    for customer in question.customers:
        known = facts.customers.get(customer)
        answer = None if named else alike.get(id(known))
        if answer is None:
            granted = facts.granted(customer) if named else facts
            answer = alike[id(known)] = _customer(question, granted, standing, fields, known)
        if isinstance(answer, Refusal):
            refused[customer] = answer
        else:
            forms[customer], grants = answer
            used.update(dict.fromkeys(grants))
    if question.customers and not forms and (question.action in NAMED or not all_left_out(refused)):
        return nobody(refused)
    return mint(
        actor=question.actor,
        purpose=standing.key,
        action=question.action,
        reason=question.reason.strip(),
        at=question.now,
        fields=fields,
        forms=forms,
        refused=refused,
        grants=tuple(used),
        emergency=any(grant.kind == EMERGENCY and grant.id in used for grant in facts.grants),
        alarms=_alarms(question, facts, forms),
    )


def _actor_and_purpose(question: Question, facts: Facts) -> PurposeRule | Refusal:
    actor, purpose = question.actor, facts.purpose
    problem = _actor(question, facts)
    if problem:
        return problem
    if purpose is None or purpose.key != question.purpose:
        return refuse("purpose.unknown", *_other_purposes(facts, ()))
    named = {"purpose": purpose.name}
    if purpose.status is not PurposeStatus.ACTIVE:
        return refuse("purpose.inactive", *_other_purposes(facts, ()), "activate_purpose", **named)
    if actor.kind is ActorKind.STAFF and not purpose.admits(actor):
        return refuse("purpose.role", *_other_purposes(facts, ()), "ask_head", **named)
    if actor.kind in NAMED_BY_PURPOSE and actor.name not in purpose.services:
        return refuse("purpose.role", **named)
    if actor.kind is ActorKind.CLIENT and not _bound(question, facts):
        return refuse("client.purpose", "extend_client", **named)
    if purpose.notice_version_id is None and actor.kind is not ActorKind.SERVICE:
        return refuse("purpose.no-notice", "ask_head", **named)
    needed = purpose.requires | ({"consent"} if purpose.consent_based else frozenset())
    for fact in sorted(needed - facts.available):
        return refuse("purpose.fact-absent", *_other_purposes(facts, ()), fact=fact, **named)
    if question.action in REASONED and not question.reason.strip():
        return refuse("reason.missing", "give_reason")
    return purpose


def _actor(question: Question, facts: Facts) -> Refusal | None:
    actor = question.actor
    if question.action is Action.MAINTAIN:
        return None if actor.kind is ActorKind.SERVICE else refuse("role.not-allowed", "ask_head")
    if actor.kind is ActorKind.SERVICE:
        # A service actor writes what another actor's act caused; it never shows anything to anybody.
        return None if question.action is Action.WRITE else refuse("role.not-allowed")
    if actor.kind is ActorKind.CUSTOMER:
        return None if question.action in OWN_ACTIONS else refuse("role.not-allowed")
    if question.action is Action.DIAL and actor.kind is not ActorKind.STAFF:
        return refuse("role.not-allowed", "ask_head")  # only a person has a phone of their own
    if not actor.may(NEEDED[question.action]):
        return refuse("role.not-allowed", "ask_head")
    if facts.readiness_missing:
        zh = "、".join(text.zh for text in facts.readiness_missing)
        en = ", ".join(text.en for text in facts.readiness_missing)
        return refuse("readiness.missing", "get_ready", missing=Text(zh, en))
    return None


def _fields(question: Question, facts: Facts, purpose: PurposeRule) -> Mapping[str, FieldRule] | Refusal:
    """The fields the purpose allows. A page drops the others in silence; naming one in a reveal, an API call
    or a write refuses the whole, because the caller believes to have a right it has not."""
    unknown = [key for key in question.fields if key not in facts.fields]
    if unknown:
        listed = ", ".join(unknown)
        return refuse("field.unknown", ("drop_field", {"fields": listed}), fields=listed).about(unknown)
    allowed = {key: facts.fields[key] for key in question.fields if _serves(facts.fields[key], purpose)}
    outside = [key for key in question.fields if key not in allowed]
    if outside and question.action in NAMED:
        names = _names(facts, outside)
        ways = _other_purposes(facts, outside)
        return refuse(
            "field.not-for-purpose",
            *ways,
            ("drop_field", {"fields": names}),
            "ask_head",
            purpose=purpose.name,
            fields=names,
        ).about(outside)
    if question.action is Action.WRITE:
        missing = [key for key in allowed if key not in question.agreed]
        if missing and purpose.consent_based and question.newcomers:
            return refuse("consent.missing", "ask_consent").about(missing)
        forbidden = [key for key, rule in allowed.items() if rule.storage is Storage.FORBIDDEN]
        if forbidden:
            names = _names(facts, forbidden)
            return refuse("field.forbidden", ("drop_field", {"fields": names}), fields=names).about(forbidden)
    silent = [key for key, rule in allowed.items() if rule.masking_rule not in DIALLED]
    if silent and question.action is Action.DIAL:
        return refuse("dial.no-number", fields=_names(facts, silent)).about(silent)
    return _within_token(question, facts, allowed)


def _bound(question: Question, facts: Facts) -> list[Grant]:
    """A program's grants for the purpose of the question."""
    return [g for g in facts.grants if g.purpose == question.purpose and g.until > question.now]


def _within_token(
    question: Question, facts: Facts, allowed: Mapping[str, FieldRule]
) -> Mapping[str, FieldRule] | Refusal:
    """A program names only the fields its token includes; a search shows it those and drops the others."""
    if question.actor.kind is not ActorKind.CLIENT:
        return allowed
    writing = question.action is Action.WRITE
    mine = {key for g in _bound(question, facts) for key in (g.writable if writing else g.readable)}
    beyond = [key for key in allowed if key not in mine]
    if beyond and question.action in {Action.REVEAL, Action.READ, Action.WRITE}:
        names = _names(facts, beyond)
        drop: tuple[str, dict[str, object]] = ("drop_field", {"fields": names})
        return refuse("client.field", drop, "extend_client", fields=names).about(beyond)
    return {key: rule for key, rule in allowed.items() if key in mine}


def _serves(rule: FieldRule, purpose: PurposeRule) -> bool:
    if not rule.active or rule.key not in purpose.fields:
        return False
    return purpose.use is None or purpose.use in rule.uses


def _customer(
    question: Question,
    facts: Facts,
    purpose: PurposeRule,
    fields: Mapping[str, FieldRule],
    customer: CustomerFacts | None,
) -> tuple[dict[str, Form], list[UUID]] | Refusal:
    maintenance = question.actor.kind is ActorKind.SERVICE
    if customer is None:
        return _unknown()
    if closed := _closed(question, customer):
        return closed
    region = of_customer(facts.regions, customer.jurisdiction, customer.also_under)
    fields = {key: raised(rule, region) for key, rule in fields.items()} if region else fields
    open_fields, blocked = _unblocked(question, purpose, fields, customer)
    if risk := _risk(question, customer, open_fields):
        return risk
    open_fields = _without_bulk(question, customer, open_fields)
    if blocked and (not open_fields or question.action in DISCLOSED | {Action.WRITE}):
        return refuse(blocked, "ask_consent" if blocked == "consent.missing" else "ask_head")
    if question.actor.kind is ActorKind.CUSTOMER and question.action is not Action.WRITE:
        return _own_forms(question, open_fields)
    if question.action in DISCLOSED and customer.relation is Relation.OVERSEEN:
        return masked_only()
    if question.action in DISCLOSED and not _in_contact(question, customer):
        return refuse("contact.missing", "open_contact", "view_masked")
    if maintenance or question.action is Action.WRITE:
        if question.action is Action.WRITE and not maintenance and customer.relation in OTHERS:
            return _unknown()
        return dict.fromkeys(open_fields, Form.CLEAR), []
    return _forms(question, facts, customer, open_fields)


def _unblocked(
    question: Question, purpose: PurposeRule, fields: Mapping[str, FieldRule], customer: CustomerFacts
) -> tuple[dict[str, FieldRule], str | None]:
    """The fields that neither a state nor a missing consent closes, and what closes the others."""
    writing = question.action is Action.WRITE
    if not (customer.states or purpose.consent_based):
        return dict(fields), None
    consented = customer.consented | (question.agreed if writing else frozenset())
    # What is locked is kept and protected; whoever keeps it, and the person it is about, reach it all the same.
    kind = question.actor.kind
    reaches_locked = kind is ActorKind.SERVICE or (kind is ActorKind.CUSTOMER and not writing)
    open_fields: dict[str, FieldRule] = {}
    blocked = None
    for key, rule in fields.items():
        state = customer.states.get(rule.storage_group)
        if state in UNREADABLE and not (reaches_locked and state is GroupState.LOCKED):
            blocked = "state.locked" if state is GroupState.LOCKED else "state.destroyed"
        elif purpose.consent_based and key not in consented:
            blocked = blocked or "consent.missing"
        else:
            open_fields[key] = rule
    return open_fields, blocked


def _closed(question: Question, customer: CustomerFacts) -> Refusal | None:
    """Why nothing at all of this customer opens."""
    kind = question.actor.kind
    outside = customer.relation is Relation.NONE or customer.quarantined
    if not customer.exists or (outside and kind is not ActorKind.SERVICE):
        return _unknown()
    if customer.refused_purpose:
        return refuse("purpose.refused", "ask_head", "choose_other")
    if customer.restricted and kind not in NAMED_BY_PURPOSE:
        return refuse("customer.restricted", "ask_head")
    return None


def at_risk(customer: CustomerFacts, key: str) -> bool:
    """Whether this field of this customer is of high risk (高风险): the customer is, or the field is of everybody."""
    return customer.high_risk or key in customer.high_risk_fields


def _risk(question: Question, customer: CustomerFacts, fields: Mapping[str, FieldRule]) -> Refusal | None:
    """What high risk demands beyond a grant: nothing goes to programs, and a second factor is fresh."""
    program = question.actor.kind is ActorKind.CLIENT and question.action is not Action.WRITE
    if question.actor.kind is ActorKind.CUSTOMER or not (program or question.action in DISCLOSED):
        return None
    shown = (key for key, rule in fields.items() if ungranted_form(rule) is not Form.CLEAR)
    risky = [key for key in shown if at_risk(customer, key)]
    if program:
        if customer.high_risk:
            return refuse("risk.no-export", "ask_head")
        if risky and question.action is not Action.SEARCH:
            return refuse("risk.no-export", "ask_head").about(risky)
    elif risky and not is_fresh(question.actor.second_factor_at, question.now):
        return refuse("risk.second-factor", "prove_again", "view_masked").about(risky)
    return None


def is_fresh(proved: datetime | None, now: datetime) -> bool:
    """Whether a second factor was shown just now."""
    return proved is not None and timedelta(0) <= now - proved <= FRESH_FOR


def _without_bulk(
    question: Question, customer: CustomerFacts, fields: dict[str, FieldRule]
) -> dict[str, FieldRule]:
    """A program's search lists many customers: what is of high risk is not even masked in it."""
    if question.actor.kind is not ActorKind.CLIENT or question.action is Action.WRITE:
        return fields
    return {key: rule for key, rule in fields.items() if key not in customer.high_risk_fields}


def _alarms(question: Question, facts: Facts, forms: Mapping[UUID, Mapping[str, Form]]) -> tuple[UUID, ...]:
    """The customers of whom a value of high risk is about to be shown clear to somebody."""
    if question.action not in DISCLOSED or question.actor.kind is ActorKind.CUSTOMER:
        return ()
    return tuple(
        customer
        for customer, shown in forms.items()
        if any(
            form is Form.CLEAR
            and at_risk(facts.customers[customer], key)
            and ungranted_form(facts.fields[key]) is not Form.CLEAR
            for key, form in shown.items()
        )
    )


def _unknown() -> Refusal:
    """The same for who does not exist and for who must not be seen."""
    return refuse("customer.unknown", "ask_head")


def masked_only() -> Refusal:
    """What a view of all customers never gives: grants and emergency access do not reach beyond it."""
    return refuse("sight.masked-only", "view_masked", "ask_owner")


def _own_forms(
    question: Question, fields: Mapping[str, FieldRule]
) -> tuple[dict[str, Form], list[UUID]] | Refusal:
    """What people see of themselves: masked at first, clear once they proved a second time who they are (PIPL 45)."""
    if question.action is Action.VIEW:
        return {key: ungranted_form(rule) for key, rule in fields.items()}, []
    if not is_fresh(question.actor.second_factor_at, question.now):
        return refuse("own.second-factor", "prove_again", "view_masked")
    hidden = {key for key, rule in fields.items() if rule.masking_rule in NEVER_SHOWN}
    return {key: Form.HIDDEN if key in hidden else Form.CLEAR for key in fields}, []


def _in_contact(question: Question, customer: CustomerFacts) -> bool:
    """Whether the actor stated this purpose for this customer and the thirty minutes are not over (一次接待)."""
    contact = customer.contact
    return contact is not None and contact.purpose == question.purpose and contact.until > question.now


def _forms(
    question: Question, facts: Facts, customer: CustomerFacts, fields: Mapping[str, FieldRule]
) -> tuple[dict[str, Form], list[UUID]] | Refusal:
    """The form of each field; for a reveal every field not public needs a grant, or all is refused."""
    forms: dict[str, Form] = {}
    used: list[UUID] = []
    for key, rule in fields.items():
        forms[key] = ungranted_form(rule)
        if question.action not in DISCLOSED | {Action.READ} or forms[key] is Form.CLEAR:
            continue
        if rule.masking_rule in NEVER_SHOWN:
            continue
        if _may_dial(question, customer, rule):
            forms[key] = Form.CLEAR
            continue
        for grant in _grants(question, facts, rule):
            if _obstacle(question, grant, customer, rule) is None:
                forms[key] = Form.CLEAR
                used.append(grant.id)
                break
        else:
            if question.action in DISCLOSED:
                return _no_grant(question, facts, customer, rule)
    return forms, used


def _may_dial(question: Question, customer: CustomerFacts, rule: FieldRule) -> bool:
    """One's own customer is called without a grant: the number reaches a phone, no screen. Not what is sensitive or of
    high risk, and nobody else's customers: there dialling needs what seeing needs."""
    return (
        question.action is Action.DIAL
        and customer.relation is Relation.OWN
        and len(question.customers) == 1
        and not rule.sensitive
        and not at_risk(customer, rule.key)
    )


def ungranted_form(rule: FieldRule) -> Form:
    """How a field is shown to somebody whose purpose includes it but who holds no grant (GB/T 45574 6.5)."""
    if rule.exposure is Exposure.PUBLIC:
        return Form.CLEAR
    if rule.masking_rule in NEVER_SHOWN:
        return Form.HIDDEN
    if rule.masking_rule != "M-NONE":
        return Form.MASKED
    return Form.HIDDEN if rule.level >= MASKLESS_LEVEL else Form.CLEAR


def _grants(question: Question, facts: Facts, rule: FieldRule) -> list[Grant]:
    """The grants in force that name this field, for the purpose of the question; they all reach the customer."""
    found = [
        grant
        for grant in facts.grants
        if grant.purpose == question.purpose and rule.key in grant.fields and grant.until > question.now
    ]
    return sorted(found, key=lambda grant: grant.kind == EMERGENCY)  # only what nothing else covers


def _obstacle(question: Question, grant: Grant, customer: CustomerFacts, rule: FieldRule) -> str | None:
    """Why `grant` does not cover the field here; None when it does."""
    if at_risk(customer, rule.key) and not is_strict(grant):
        return "risk.grant"
    if rule.by_region and (not grant.covers_sensitive or question.actor.kind is ActorKind.CLIENT):
        return "grant.region"
    if rule.sensitive and not grant.covers_sensitive:
        return "grant.sensitive"
    if rule.trade_secret and not grant.covers_sensitive:
        return "grant.secret"
    if rule.level >= OWN_APPLICATION_LEVEL and not grant.covers_sensitive:
        return "grant.level"
    if rule.level >= HIGHEST_LEVEL and question.actor.kind is ActorKind.CLIENT:
        return "grant.level"
    if _beyond_scope(question, grant, customer):
        return "grant.not-own"
    if len(question.customers) > 1 and not grant.covers_bulk:
        return "grant.bulk"
    if grant.used_today + len(question.customers) > grant.daily_limit:
        return "grant.daily-limit"
    return None


def is_strict(grant: Grant) -> bool:
    """Whether a grant is fit for what is of high risk: approved by two, short, and for few reads a day."""
    return (
        grant.approvals >= HIGH_RISK_APPROVALS
        and grant.lasts is not None
        and grant.lasts <= HIGH_RISK_LONGEST
        and grant.daily_limit <= HIGH_RISK_DAILY
    )


def _no_grant(question: Question, facts: Facts, customer: CustomerFacts, rule: FieldRule) -> Refusal:
    """Why none of the grants covers the field, told of the last one that names it."""
    grants = _grants(question, facts, rule)
    obstacle = _obstacle(question, grants[-1], customer, rule) if grants else None
    if obstacle == "risk.grant" or (not grants and at_risk(customer, rule.key) and not rule.sensitive):
        return refuse("risk.grant", "view_masked", "propose_grant", "ask_head", fields=rule.name)
    if obstacle == "grant.not-own":
        return refuse("grant.not-own", "view_masked", "ask_owner")
    if obstacle == "grant.bulk":
        return refuse("grant.bulk", "view_masked")
    if obstacle == "grant.daily-limit":
        return refuse(
            "grant.daily-limit", "view_masked", "tomorrow", "ask_owner", limit=grants[-1].daily_limit
        )
    urgent = ("emergency",) if question.actor.may(Permission.ACCESS_EMERGENCY_OPEN) else ()
    if obstacle == "grant.region" or (rule.by_region and not grants):
        return refuse("grant.region", "view_masked", "ask_head", *urgent, fields=rule.name)
    if obstacle == "grant.sensitive" or rule.sensitive:
        return refuse("grant.sensitive", "view_masked", "ask_head", *urgent, fields=rule.name)
    if obstacle == "grant.secret":
        return refuse("grant.secret", "view_masked", "ask_head", *urgent, fields=rule.name)
    if obstacle == "grant.level" or rule.level >= OWN_APPLICATION_LEVEL:
        return refuse(
            "grant.level", "view_masked", "ask_head", *urgent, fields=rule.name, level=str(rule.level)
        )
    return refuse("grant.missing", "view_masked", "propose_grant", "ask_head", *urgent, fields=rule.name)


def _beyond_scope(question: Question, grant: Grant, customer: CustomerFacts) -> bool:
    """Own customers only, or, for a program, those of its department; what all may see masked stays masked."""
    if grant.own_customers_only:
        return customer.relation is not Relation.OWN
    return question.actor.kind is ActorKind.CLIENT and customer.relation in OTHERS


def _names(facts: Facts, keys: list[str]) -> Text:
    return Text(
        "、".join(facts.fields[k].name.zh for k in keys), ", ".join(facts.fields[k].name.en for k in keys)
    )


def _other_purposes(facts: Facts, keys: list[str] | tuple[()]) -> list[tuple[str, dict[str, Any]]]:
    fitting = [p for p in facts.alternatives if all(k in p.fields for k in keys)]
    if not fitting:
        return []
    zh = "、".join(p.name.zh for p in fitting)
    en = ", ".join(p.name.en for p in fitting)
    return [("choose_purpose", {"purposes": Text(zh, en)})]
