"""Adding a restriction never widens what a permit shows."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from shouxin.core.policy import (
    Action,
    Actor,
    ActorKind,
    Facts,
    Form,
    GroupState,
    Permit,
    PurposeStatus,
    Relation,
    Role,
    decide,
)
from shouxin.core.policy.regions import RegionRule
from shouxin.core.policy.tests.cast import (
    CLERK,
    CUSTOMER,
    FACTS,
    FIELDS,
    HER,
    NOW,
    PURPOSE,
    STANDING,
    question,
)
from shouxin.core.policy.vocabulary import FORM_ORDER, CustomerFacts
from shouxin.core.text import Text

Restriction = Callable[[Facts], Facts]


def _her(facts: Facts, **changes: object) -> Facts:
    return replace(facts, customers={CUSTOMER: replace(facts.customers[CUSTOMER], **changes)})  # type: ignore[arg-type]


def _not_own(facts: Facts) -> Facts:
    own = facts.customers[CUSTOMER].relation is Relation.OWN
    return _her(facts, relation=Relation.DEPARTMENT) if own else facts


def _fewer_states(facts: Facts, state: GroupState) -> Facts:
    return _her(facts, states={"base": state})


RESTRICTIONS: dict[str, Restriction] = {
    "locked": lambda f: _fewer_states(f, GroupState.LOCKED),
    "destroyed": lambda f: _fewer_states(f, GroupState.DESTROYED),
    "restricted": lambda f: _her(f, restricted=True),
    "quarantined": lambda f: _her(f, quarantined=True),
    "gone": lambda f: _her(f, exists=False),
    "not own": _not_own,
    "out of scope": lambda f: _her(f, relation=Relation.NONE),
    "contact closed": lambda f: _her(f, contact=None),
    "grants ended": lambda f: replace(f, grants=()),
    "grant used up": lambda f: replace(
        f, grants=tuple(replace(g, used_today=g.daily_limit) for g in f.grants)
    ),
    "not ready": lambda f: replace(f, readiness_missing=(Text("守则", "rules"),)),
    "providers gone": lambda f: replace(f, available=frozenset()),
    "purpose gone": lambda f: replace(f, purpose=None),
    "purpose retired": lambda f: replace(
        f, purpose=f.purpose and replace(f.purpose, status=PurposeStatus.RETIRED)
    ),
    "purpose narrowed": lambda f: replace(f, purpose=f.purpose and replace(f.purpose, fields={})),
    "purpose on consent": lambda f: replace(f, purpose=f.purpose and replace(f.purpose, consent_based=True)),
    "customer of high risk": lambda f: _her(f, high_risk=True),
    "fields of high risk": lambda f: _her(f, high_risk_fields=frozenset(FIELDS)),
    "region raises": lambda f: replace(
        f, regions={"CN": {key: RegionRule(level=5, sensitive=True) for key in FIELDS}}
    ),
    "region raises a little": lambda f: replace(
        f, regions={"CN": dict.fromkeys(FIELDS, RegionRule(level=3))}
    ),
    "fields off": lambda f: replace(f, fields={k: replace(r, active=False) for k, r in f.fields.items()}),
}

facts = st.builds(
    lambda relation, grants, consent, roles: replace(
        FACTS,
        customers={
            CUSTOMER: replace(HER, relation=relation, consented=frozenset(FIELDS) if consent else frozenset())
        },
        grants=grants,
        purpose=replace(PURPOSE, roles=roles),
        available=frozenset({"consent"}),
    ),
    st.sampled_from(list(Relation)),
    st.sampled_from(
        [
            (),
            (STANDING,),
            (replace(STANDING, covers_sensitive=True, own_customers_only=False),),
            (replace(STANDING, approvals=2, lasts=timedelta(days=7), daily_limit=5),),
        ]
    ),
    st.booleans(),
    st.sampled_from([frozenset({Role.CLERK}), frozenset({Role.OFFICER})]),
)


def shown(facts: Facts, action: Action, fields: tuple[str, ...], actor: Actor = CLERK) -> dict[str, int]:
    answer = decide(question(action, *fields, now=NOW, actor=actor), facts)
    if not isinstance(answer, Permit):
        return dict.fromkeys(fields, FORM_ORDER.index(Form.ABSENT))
    return {key: FORM_ORDER.index(answer.form(CUSTOMER, key)) for key in fields}


@given(
    facts=facts,
    action=st.sampled_from(
        [Action.VIEW, Action.SEARCH, Action.REVEAL, Action.DIAL, Action.READ, Action.WRITE]
    ),
    fields=st.lists(st.sampled_from(sorted(FIELDS)), min_size=1, max_size=4, unique=True).map(tuple),
    names=st.lists(st.sampled_from(sorted(RESTRICTIONS)), min_size=1, max_size=4, unique=True),
)
def test_restricting_never_shows_more(
    facts: Facts, action: Action, fields: tuple[str, ...], names: list[str]
) -> None:
    before = shown(facts, action, fields)
    narrowed = facts
    for name in names:
        narrowed = RESTRICTIONS[name](narrowed)
    after = shown(narrowed, action, fields)
    assert all(after[key] <= before[key] for key in fields)


@given(
    readable=st.frozensets(st.sampled_from(sorted(FIELDS))),
    clear=st.frozensets(st.sampled_from(sorted(FIELDS))),
    dropped=st.frozensets(st.sampled_from(sorted(FIELDS))),
    action=st.sampled_from([Action.SEARCH, Action.READ, Action.WRITE]),
    asked=st.lists(st.sampled_from(sorted(FIELDS)), min_size=1, max_size=4, unique=True).map(tuple),
)
def test_taking_fields_from_a_token_never_shows_more(
    readable: frozenset[str],
    clear: frozenset[str],
    dropped: frozenset[str],
    action: Action,
    asked: tuple[str, ...],
) -> None:
    client = replace(CLERK, kind=ActorKind.CLIENT, roles=frozenset())
    token = replace(
        STANDING, own_customers_only=False, fields=clear & readable, readable=readable, writable=readable
    )
    narrow = replace(
        token,
        fields=token.fields - dropped,
        readable=token.readable - dropped,
        writable=token.writable - dropped,
    )
    before, after = (
        shown(replace(FACTS, grants=(grant,)), action, asked, client) for grant in (token, narrow)
    )
    assert all(after[key] <= before[key] for key in asked)


@given(
    fields=st.lists(st.sampled_from(sorted(FIELDS)), min_size=1, max_size=4, unique=True).map(tuple),
    action=st.sampled_from([Action.VIEW, Action.SEARCH, Action.REVEAL, Action.READ, Action.WRITE]),
    proved=st.sampled_from([None, NOW, NOW - timedelta(minutes=11), NOW + timedelta(minutes=1)]),
    strict=st.booleans(),
    program=st.booleans(),
    marked=st.frozensets(st.sampled_from(sorted(FIELDS))),
    whole=st.booleans(),
)
def test_marking_as_high_risk_never_shows_more(
    fields: tuple[str, ...],
    action: Action,
    proved: datetime | None,
    strict: bool,  # noqa: FBT001 - drawn by name
    program: bool,  # noqa: FBT001
    marked: frozenset[str],
    whole: bool,  # noqa: FBT001
) -> None:
    grant = replace(STANDING, covers_sensitive=True, readable=frozenset(FIELDS), writable=frozenset(FIELDS))
    if strict:
        grant = replace(grant, approvals=2, lasts=timedelta(days=7), daily_limit=5)
    actor = replace(CLERK, second_factor_at=proved)
    if program:
        actor = replace(actor, kind=ActorKind.CLIENT, roles=frozenset())
    before = replace(FACTS, grants=(grant,))
    after = _her(before, high_risk=whole, high_risk_fields=marked)
    plain, risky = (shown(known, action, fields, actor) for known in (before, after))
    assert all(risky[key] <= plain[key] for key in fields)
    if program and action in {Action.READ, Action.SEARCH}:
        assert not any(risky[key] for key in fields if whole or key in marked)


def test_unknown_facts_show_nothing() -> None:
    bare = replace(FACTS, customers={CUSTOMER: CustomerFacts()})
    assert set(shown(bare, Action.VIEW, ("mobile",)).values()) == {0}
