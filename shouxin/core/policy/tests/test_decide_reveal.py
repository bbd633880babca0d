"""Each rule of the decision, one row each: what is asked, what is known, what comes out."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from shouxin.core.policy import (
    Action,
    Actor,
    ActorKind,
    ContactFact,
    Facts,
    Form,
    Grant,
    GroupState,
    Permit,
    PurposeStatus,
    Question,
    Refusal,
    Relation,
    Role,
    decide,
    permissions_of,
    service_actor,
)
from shouxin.core.policy.tests.cast import (
    CLERK,
    CUSTOMER,
    FACTS,
    HER,
    NOW,
    OTHER,
    PURPOSE,
    STANDING,
    question,
)
from shouxin.core.text import Text


def knowing(**changes: Any) -> Facts:
    return replace(FACTS, **changes)


def about_her(**changes: Any) -> Facts:
    return knowing(customers={CUSTOMER: replace(HER, **changes)})


def purpose(**changes: Any) -> Facts:
    return knowing(purpose=replace(PURPOSE, **changes))


def acting(*roles: Role) -> Actor:
    return replace(CLERK, roles=frozenset(roles), permissions=permissions_of(roles))


CLIENT = replace(CLERK, kind=ActorKind.CLIENT, roles=frozenset())
TOKEN = replace(
    STANDING,
    kind="client",
    fields=frozenset({"mobile"}),
    readable=frozenset({"mobile", "id_number"}),
    writable=frozenset({"mobile"}),
    own_customers_only=False,
    covers_sensitive=True,
    covers_bulk=True,
)

MOBILE = frozenset({"mobile"})
LEVEL_4 = knowing(fields={**FACTS.fields, "mobile": replace(FACTS.fields["mobile"], level=4)})
STRICT = replace(STANDING, approvals=2, lasts=timedelta(days=7), daily_limit=5)


def proved(ago: timedelta) -> Actor:
    """The clerk, whose second factor was proved so long ago."""
    return replace(CLERK, second_factor_at=NOW - ago)


PROVED = proved(timedelta(minutes=9))


def risky(*grants: Grant) -> Facts:
    """She is marked as of high risk."""
    return knowing(customers={CUSTOMER: replace(HER, high_risk=True)}, grants=grants)


ROWS: list[tuple[str, Question, Facts, str]] = [
    ("no role at all", question(actor=acting()), FACTS, "role.not-allowed"),
    ("an administrator", question(actor=acting(Role.SYSTEM_ADMIN)), FACTS, "role.not-allowed"),
    ("the audit administrator", question(actor=acting(Role.AUDIT_ADMIN)), FACTS, "role.not-allowed"),
    ("the officer reads masked only", question(actor=acting(Role.OFFICER)), FACTS, "role.not-allowed"),
    ("a service actor reveals", question(actor=service_actor("search")), FACTS, "role.not-allowed"),
    (
        "rules not acknowledged",
        question(),
        knowing(readiness_missing=(Text("守则", "rules"),)),
        "readiness.missing",
    ),
    ("purpose unknown", question(), knowing(purpose=None), "purpose.unknown"),
    ("purpose of another question", question(purpose="other"), FACTS, "purpose.unknown"),
    ("purpose a draft", question(), purpose(status=PurposeStatus.DRAFT), "purpose.inactive"),
    (
        "purpose approved but not active",
        question(),
        purpose(status=PurposeStatus.APPROVED),
        "purpose.inactive",
    ),
    ("purpose retired", question(), purpose(status=PurposeStatus.RETIRED), "purpose.inactive"),
    ("purpose of another role", question(), purpose(roles=frozenset({Role.OFFICER})), "purpose.role"),
    (
        "purpose of another department",
        question(),
        purpose(departments=frozenset({UUID(int=5)})),
        "purpose.role",
    ),
    ("client without a grant for it", question(actor=CLIENT), knowing(grants=()), "client.purpose"),
    (
        "client whose grant is over",
        question(Action.READ, actor=CLIENT),
        knowing(grants=(replace(TOKEN, until=NOW),)),
        "client.purpose",
    ),
    (
        "client reads a field outside its token",
        question(Action.READ, "mobile", "job_title", actor=CLIENT),
        knowing(grants=(TOKEN,)),
        "client.field",
    ),
    (
        "client writes a field it may only read",
        question(Action.WRITE, "id_number", actor=CLIENT),
        knowing(grants=(TOKEN,)),
        "client.field",
    ),
    (
        "client under another's standing grant",
        question(Action.READ, actor=CLIENT),
        FACTS,
        "client.field",
    ),
    ("no notice in force", question(), purpose(notice_version_id=None), "purpose.no-notice"),
    ("consent cannot be asked", question(), purpose(consent_based=True), "purpose.fact-absent"),
    ("a fact has no provider", question(), purpose(requires=frozenset({"agreement"})), "purpose.fact-absent"),
    (
        "consent is not given",
        question(),
        replace(purpose(consent_based=True), available=frozenset({"consent"})),
        "consent.missing",
    ),
    ("no reason", question(reason="  "), FACTS, "reason.missing"),
    ("unknown field", question(Action.REVEAL, "shoe_size"), FACTS, "field.unknown"),
    (
        "field the purpose does not need",
        question(Action.REVEAL, "vehicle_plate"),
        FACTS,
        "field.not-for-purpose",
    ),
    ("field of another use", question(Action.REVEAL, "tags"), FACTS, "field.not-for-purpose"),
    ("field switched off", question(Action.REVEAL, "dormant"), FACTS, "field.not-for-purpose"),
    ("customer nobody knows", question(customers=(OTHER,)), FACTS, "customer.unknown"),
    ("customer outside the scope", question(), about_her(relation=Relation.NONE), "customer.unknown"),
    ("customer of a quarantined batch", question(), about_her(quarantined=True), "customer.unknown"),
    ("customer restricted processing", question(), about_her(restricted=True), "customer.restricted"),
    ("data locked", question(), about_her(states={"base": GroupState.LOCKED}), "state.locked"),
    ("data destroyed", question(), about_her(states={"base": GroupState.DESTROYED}), "state.destroyed"),
    ("no contact open", question(), about_her(contact=None), "contact.missing"),
    ("contact for another purpose", question(), about_her(contact=ContactFact("x", NOW)), "contact.missing"),
    ("contact over", question(), about_her(contact=ContactFact("sales", NOW)), "contact.missing"),
    ("no grant", question(), knowing(grants=()), "grant.missing"),
    ("grant over", question(), knowing(grants=(replace(STANDING, until=NOW),)), "grant.missing"),
    (
        "grant of another purpose",
        question(),
        knowing(grants=(replace(STANDING, purpose="x"),)),
        "grant.missing",
    ),
    (
        "grant of another field",
        question(),
        knowing(grants=(replace(STANDING, fields=frozenset()),)),
        "grant.missing",
    ),
    ("sensitive under a standing grant", question(Action.REVEAL, "id_number"), FACTS, "grant.sensitive"),
    ("level 4 under a standing grant", question(), LEVEL_4, "grant.level"),
    ("sensitive without grant", question(Action.REVEAL, "id_number"), knowing(grants=()), "grant.sensitive"),
    ("a colleague's customer", question(), about_her(relation=Relation.DEPARTMENT), "grant.not-own"),
    (
        "a customer seen only by a view of all, with a grant and a contact",
        question(),
        about_her(relation=Relation.OVERSEEN),
        "sight.masked-only",
    ),
    (
        "a customer seen only by a view of all is changed",
        question(Action.WRITE),
        about_her(relation=Relation.OVERSEEN),
        "customer.unknown",
    ),
    ("used up today", question(), knowing(grants=(replace(STANDING, used_today=30),)), "grant.daily-limit"),
    (
        "two customers at once",
        question(customers=(CUSTOMER, OTHER)),
        knowing(customers={CUSTOMER: HER, OTHER: HER}),
        "grant.bulk",
    ),
    ("writing a forbidden field", question(Action.WRITE, "religion"), FACTS, "field.forbidden"),
    ("writing outside the purpose", question(Action.WRITE, "vehicle_plate"), FACTS, "field.not-for-purpose"),
    (
        "writing to a masked stranger",
        question(Action.WRITE),
        about_her(relation=Relation.ORGANISATION),
        "customer.unknown",
    ),
    (
        "writing to locked data",
        question(Action.WRITE),
        about_her(states={"base": GroupState.LOCKED}),
        "state.locked",
    ),
    ("staff call themselves maintenance", question(Action.MAINTAIN), FACTS, "role.not-allowed"),
    (
        "maintenance for a purpose not its own",
        question(Action.MAINTAIN, actor=service_actor("x")),
        FACTS,
        "purpose.role",
    ),
    # high risk: everything that marking switches on
    ("of high risk, an ordinary grant", question(actor=PROVED), about_her(high_risk=True), "risk.grant"),
    (
        "a field of high risk, an ordinary grant",
        question(actor=PROVED),
        about_her(high_risk_fields=MOBILE),
        "risk.grant",
    ),
    ("of high risk, no grant at all", question(actor=PROVED), risky(), "risk.grant"),
    ("of high risk, one approver", question(actor=PROVED), risky(replace(STRICT, approvals=1)), "risk.grant"),
    (
        "of high risk, eight days",
        question(actor=PROVED),
        risky(replace(STRICT, lasts=timedelta(days=8))),
        "risk.grant",
    ),
    (
        "of high risk, nobody knows how long",
        question(actor=PROVED),
        risky(replace(STRICT, lasts=None)),
        "risk.grant",
    ),
    ("of high risk, six a day", question(actor=PROVED), risky(replace(STRICT, daily_limit=6)), "risk.grant"),
    (
        "of high risk, used up",
        question(actor=PROVED),
        risky(replace(STRICT, used_today=5)),
        "grant.daily-limit",
    ),
    ("of high risk, no second factor", question(), risky(STRICT), "risk.second-factor"),
    (
        "of high risk, a stale one",
        question(actor=proved(timedelta(minutes=11))),
        risky(STRICT),
        "risk.second-factor",
    ),
    (
        "of high risk, one of tomorrow",
        question(actor=proved(-timedelta(days=1))),
        risky(STRICT),
        "risk.second-factor",
    ),
    ("of high risk, read by a program", question(Action.READ, actor=CLIENT), risky(TOKEN), "risk.no-export"),
    (
        "of high risk, sought by a program",
        question(Action.SEARCH, actor=CLIENT),
        risky(TOKEN),
        "risk.no-export",
    ),
    (
        "a field of high risk, read by a program",
        question(Action.READ, actor=CLIENT),
        knowing(customers={CUSTOMER: replace(HER, high_risk_fields=MOBILE)}, grants=(TOKEN,)),
        "risk.no-export",
    ),
]


@pytest.mark.parametrize(("asked", "known", "code"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS])
def test_refusal_names_rule_article_and_reason_in_both_languages(
    asked: Question, known: Facts, code: str
) -> None:
    answer = decide(asked, known)
    assert isinstance(answer, Refusal)
    assert answer.code == code
    assert answer.article
    assert answer.reason.zh
    assert answer.reason.en
    assert "{" not in answer.reason.zh + answer.reason.en + "".join(
        w.text.zh + w.text.en for w in answer.ways_out
    )


def test_reveal_within_contact_and_grant_is_clear_and_names_the_grant() -> None:
    permit = decide(question(), FACTS)
    assert isinstance(permit, Permit)
    assert permit.form(CUSTOMER, "mobile") is Form.CLEAR
    assert permit.form(CUSTOMER, "id_number") is Form.ABSENT
    assert permit.grants == (STANDING.id,)


def test_page_shows_public_clear_private_masked_and_leaves_out_what_the_purpose_does_not_need() -> None:
    permit = decide(question(Action.VIEW, *FACTS.fields), FACTS)
    assert isinstance(permit, Permit)
    assert {key: permit.form(CUSTOMER, key).value for key in FACTS.fields} == {
        "mobile": "masked",
        "id_number": "masked",
        "company_name": "clear",
        "job_title": "clear",
        "ethnicity": "hidden",
        "password_hash": "hidden",
        "religion": "hidden",
        "tags": "absent",
        "dormant": "absent",
        "vehicle_plate": "absent",
    }


def test_secret_stays_hidden_even_with_every_grant() -> None:
    everything = replace(
        STANDING, fields=frozenset(FACTS.fields), covers_sensitive=True, own_customers_only=False
    )
    permit = decide(question(Action.REVEAL, "password_hash"), knowing(grants=(everything,)))
    assert isinstance(permit, Permit)
    assert permit.form(CUSTOMER, "password_hash") is Form.HIDDEN


def test_list_leaves_out_the_strangers_and_says_why() -> None:
    known = knowing(customers={CUSTOMER: HER, OTHER: replace(HER, relation=Relation.NONE)})
    permit = decide(question(Action.VIEW, "mobile", customers=(CUSTOMER, OTHER)), known)
    assert isinstance(permit, Permit)
    assert permit.customers == (CUSTOMER,)
    assert permit.refused[OTHER].code == "customer.unknown"


def test_client_reads_masked_what_its_grant_does_not_cover() -> None:
    known = replace(about_her(relation=Relation.DEPARTMENT, contact=None), grants=(TOKEN,))
    permit = decide(question(Action.READ, "mobile", "id_number", actor=CLIENT), known)
    assert isinstance(permit, Permit)
    assert permit.form(CUSTOMER, "mobile") is Form.CLEAR
    assert permit.form(CUSTOMER, "id_number") is Form.MASKED


def test_client_reads_masked_whom_all_may_see_masked() -> None:
    known = replace(about_her(relation=Relation.ORGANISATION), grants=(TOKEN,))
    permit = decide(question(Action.READ, "mobile", actor=CLIENT), known)
    assert isinstance(permit, Permit)
    assert permit.form(CUSTOMER, "mobile") is Form.MASKED


def test_search_of_a_client_leaves_out_fields_outside_its_token() -> None:
    permit = decide(question(Action.SEARCH, "mobile", "job_title", actor=CLIENT), about_her_for_client())
    assert isinstance(permit, Permit)
    assert set(permit.fields) == {"mobile"}


def about_her_for_client() -> Facts:
    return replace(about_her(relation=Relation.DEPARTMENT), grants=(TOKEN,))


def test_refusal_offers_another_purpose_that_allows_the_field() -> None:
    other = replace(PURPOSE, key="lease", name=Text("租赁", "Leasing"), fields=dict.fromkeys(FACTS.fields))  # type: ignore[arg-type]
    answer = decide(question(Action.REVEAL, "vehicle_plate"), knowing(alternatives=(other,)))
    assert isinstance(answer, Refusal)
    assert ("choose_purpose", "改用目的“租赁”再试。") in [(way.code, way.text.zh) for way in answer.ways_out]


def test_permit_cannot_be_made_by_hand() -> None:
    with pytest.raises(TypeError):
        Permit(CLERK, "sales", Action.REVEAL, "x", NOW, {}, {UUID(int=1): {"mobile": Form.CLEAR}})


EMERGENCY = Grant(
    id=UUID(int=77),
    kind="emergency",
    purpose="sales",
    fields=frozenset({"mobile", "id_number", "password_hash"}),
    until=NOW + timedelta(minutes=15),
    daily_limit=1_000_000,
    used_today=0,
    own_customers_only=False,
    covers_sensitive=True,
    customers=frozenset({CUSTOMER}),
)


@pytest.mark.parametrize("relation", [Relation.OWN, Relation.DEPARTMENT, Relation.ORGANISATION])
def test_emergency_access_opens_sensitive_fields_of_its_customer_and_is_marked(relation: Relation) -> None:
    permit = decide(
        question(Action.REVEAL, "id_number"), replace(about_her(relation=relation), grants=(EMERGENCY,))
    )
    assert isinstance(permit, Permit)
    assert permit.form(CUSTOMER, "id_number") is Form.CLEAR
    assert permit.emergency


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"customers": frozenset({UUID(int=5)})}, "grant.sensitive"),
        ({"until": NOW}, "grant.sensitive"),
        ({"fields": frozenset({"mobile"})}, "grant.sensitive"),
        ({"purpose": "x"}, "grant.sensitive"),
    ],
    ids=["another customer", "over", "another field", "another purpose"],
)
def test_emergency_access_opens_nothing_else(change: dict[str, Any], code: str) -> None:
    answer = decide(question(Action.REVEAL, "id_number"), knowing(grants=(replace(EMERGENCY, **change),)))
    assert isinstance(answer, Refusal)
    assert answer.code == code


def test_emergency_access_opens_nothing_of_a_customer_seen_only_by_a_view_of_all() -> None:
    answer = decide(
        question(Action.REVEAL, "id_number"),
        replace(about_her(relation=Relation.OVERSEEN), grants=(EMERGENCY,)),
    )
    assert isinstance(answer, Refusal)
    assert answer.code == "sight.masked-only"


def test_emergency_access_reaches_nobody_out_of_sight_and_shows_no_secret() -> None:
    unseen = replace(about_her(relation=Relation.NONE), grants=(EMERGENCY,))
    answer = decide(question(Action.REVEAL, "id_number"), unseen)
    assert isinstance(answer, Refusal)
    assert answer.code == "customer.unknown"
    permit = decide(question(Action.REVEAL, "password_hash"), knowing(grants=(EMERGENCY,)))
    assert isinstance(permit, Permit)
    assert permit.form(CUSTOMER, "password_hash") is Form.HIDDEN


def test_what_a_standing_grant_covers_is_no_emergency() -> None:
    permit = decide(question(), knowing(grants=(EMERGENCY, STANDING)))
    assert isinstance(permit, Permit)
    assert permit.grants == (STANDING.id,)
    assert not permit.emergency


def test_a_refusal_names_emergency_access_to_those_who_may_open_it() -> None:
    answer = decide(question(), knowing(grants=()))
    assert isinstance(answer, Refusal)
    assert "emergency" in [way.code for way in answer.ways_out]


def test_grant_of_thirty_allows_the_thirtieth_and_not_the_next() -> None:
    assert isinstance(decide(question(), knowing(grants=(replace(STANDING, used_today=29),))), Permit)
    assert isinstance(decide(question(now=NOW - timedelta(days=1)), FACTS), Permit)


@pytest.mark.clause("C16.3")
def test_high_risk_opens_to_a_strict_grant_and_a_fresh_second_factor_and_raises_an_alarm() -> None:
    answer = decide(question(actor=PROVED), risky(STRICT))
    assert isinstance(answer, Permit)
    assert answer.form(CUSTOMER, "mobile") is Form.CLEAR
    assert answer.alarms == (CUSTOMER,)
    ordinary = decide(question(), FACTS)
    assert isinstance(ordinary, Permit)
    assert ordinary.alarms == ()


def test_high_risk_stays_masked_on_a_page_and_public_values_open_without_more() -> None:
    page = decide(question(Action.VIEW, "mobile", "company_name"), risky())
    assert isinstance(page, Permit)
    assert (page.form(CUSTOMER, "mobile"), page.form(CUSTOMER, "company_name")) == (Form.MASKED, Form.CLEAR)
    public = decide(question(Action.REVEAL, "company_name"), risky())
    assert isinstance(public, Permit)
    assert public.alarms == ()


def test_a_batch_of_a_program_leaves_out_who_is_of_high_risk() -> None:
    known = knowing(
        customers={
            CUSTOMER: replace(HER, high_risk=True),
            OTHER: HER,
        },
        grants=(TOKEN,),
    )
    answer = decide(question(Action.READ, actor=CLIENT, customers=(CUSTOMER, OTHER)), known)
    assert isinstance(answer, Permit)
    assert answer.customers == (OTHER,)
    assert answer.refused[CUSTOMER].code == "risk.no-export"


def test_a_programs_search_leaves_out_a_field_of_high_risk() -> None:
    known = knowing(customers={CUSTOMER: replace(HER, high_risk_fields=MOBILE)}, grants=(TOKEN,))
    answer = decide(question(Action.SEARCH, "mobile", "id_number", actor=CLIENT), known)
    assert isinstance(answer, Permit)
    assert answer.form(CUSTOMER, "mobile") is Form.ABSENT
    assert answer.form(CUSTOMER, "id_number") is not Form.ABSENT
