"""同一客户，各出口: what somebody of a role sees of one and the same customer at every outlet, without a grant.

The customer is made up, the values are the mask rules' own examples, and the answer is the gate's own decision.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from uuid import UUID

from shouxin.core.identifiers import mask
from shouxin.core.policy import (
    Action,
    Actor,
    ActorKind,
    CustomerFacts,
    Facts,
    FieldRule,
    Form,
    Grant,
    Permission,
    Permit,
    PurposeRule,
    Question,
    Refusal,
    Relation,
    Role,
    decide,
    permissions_of,
)
from shouxin.core.text import Text
from shouxin.gate import facts as gate_facts
from shouxin.rulebook.catalogue.models import MaskingRule

NOBODY = UUID(int=0)
PROGRAM = frozenset({Permission.CUSTOMERS_PROFILE_READ, Permission.CUSTOMERS_PROFILE_SEARCH})
EXAMPLE = Text("示例", "example")
UNCOUNTED = 2**31


@dataclass(frozen=True, slots=True)
class Outlet:
    """One way out: what is asked of the gate there, and how closely it masks."""

    key: str
    name: Text
    action: Action
    profile: str
    program: bool = False


OUTLETS: Sequence[Outlet] = (
    Outlet("page", Text("客户页", "Page"), Action.VIEW, "detail"),
    Outlet("list", Text("列表", "List"), Action.VIEW, "list"),
    Outlet("hit", Text("查找结果", "Search hit"), Action.SEARCH, "list"),
    Outlet("api", Text("接口读取", "API read"), Action.READ, "list", program=True),
    Outlet("api_hit", Text("接口检索", "API search"), Action.SEARCH, "list", program=True),
    Outlet("print", Text("打印", "Print"), Action.VIEW, "detail"),  # the page itself, on paper
)


@dataclass(frozen=True, slots=True)
class Shown:
    """One field of the made-up customer at one outlet."""

    form: Form
    text: str
    closed: bool = False  # this role does not get to the outlet at all


@dataclass(frozen=True, slots=True)
class Row:
    """One field at every outlet, in their order."""

    rule: FieldRule
    value: str
    shown: Sequence[Shown]

    @property
    def alike(self) -> bool:
        """Whether every outlet that this role gets to shows it in the same form."""
        return len({one.form for one in self.shown if not one.closed}) == 1


@dataclass(frozen=True, slots=True)
class Preview:
    """Every field of the purpose, or the refusal that closes all of them."""

    rows: Sequence[Row] = field(default_factory=tuple)
    refusal: Refusal | None = None


def actor_of(role: Role, purpose: PurposeRule) -> Actor:
    """Somebody made up who has this one role, in a department the purpose is for."""
    return Actor(
        NOBODY, ActorKind.STAFF, NOBODY, frozenset({role}), permissions_of({role}), None, purpose.departments
    )


def answers(
    role: Role, purpose: PurposeRule, fields: Mapping[str, FieldRule], now: datetime
) -> dict[str, Permit | Refusal]:
    """What the gate says at every outlet about the fields of the purpose, nobody holding a grant."""
    wanted = tuple(key for key in purpose.fields if key in fields and fields[key].active)
    if purpose.use is not None:
        wanted = tuple(key for key in wanted if purpose.use in fields[key].uses)
    known = Facts(
        fields=fields,
        purpose=purpose,
        customers={
            NOBODY: CustomerFacts(relation=Relation.OWN, consented=frozenset(wanted)),
        },
        available=frozenset((*gate_facts.customer_facts, *gate_facts.actor_facts)),
    )
    staff = actor_of(role, purpose)
    program = Actor(NOBODY, ActorKind.CLIENT, NOBODY, permissions=PROGRAM)
    token = Grant(
        id=NOBODY,
        kind="client",
        purpose=purpose.key,
        fields=frozenset(),
        until=now + timedelta(days=1),
        daily_limit=UNCOUNTED,
        used_today=0,
        readable=frozenset(wanted),
    )
    found = {}
    for outlet in OUTLETS:
        actor = program if outlet.program else staff
        asked = Question(actor, purpose.key, outlet.action, (NOBODY,), wanted, "preview", now)
        found[outlet.key] = decide(asked, replace(known, grants=(token,) if outlet.program else ()))
    return found


def preview(role: Role, purpose: PurposeRule, fields: Mapping[str, FieldRule], now: datetime) -> Preview:
    """The table: every field of the purpose with the example's value at each outlet."""
    found = answers(role, purpose, fields, now)
    page = found["page"]
    if isinstance(page, Refusal):
        return Preview(refusal=page)
    examples = dict(MaskingRule.objects.values_list("code", "example_in"))
    rows = []
    for key in page.fields:
        rule = fields[key]
        value = examples.get(rule.masking_rule) or EXAMPLE.zh
        rows.append(Row(rule, value, [_shown(found[one.key], one, rule, value) for one in OUTLETS]))
    return Preview(rows)


def _shown(answer: Permit | Refusal, outlet: Outlet, rule: FieldRule, value: str) -> Shown:
    if isinstance(answer, Refusal):
        return Shown(Form.ABSENT, "", closed=True)
    form = answer.forms.get(NOBODY, {}).get(rule.key, Form.ABSENT)
    if form is Form.MASKED:
        return Shown(form, mask(rule.masking_rule, value, profile=outlet.profile))
    return Shown(form, value if form is Form.CLEAR else "")
