"""权限判定说明: why a decision comes out as it does, fact by fact and field by field; opens nothing."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from django.db import transaction

from shouxin.core.policy import (
    Action,
    Actor,
    Facts,
    Form,
    Permission,
    Permit,
    PurposeRule,
    PurposeStatus,
    Question,
    Refusal,
    Relation,
    decide,
)
from shouxin.core.text import Text
from shouxin.gate.facts import actor_facts, customer_facts
from shouxin.gate.rules import cite
from shouxin.gate.services import question_facts
from shouxin.journal import services as journal
from shouxin.people.rules import ROLE_NAMES
from shouxin.people.sights.rules import NAMES as SIGHTS

STATUSES = {
    PurposeStatus.DRAFT: Text("草稿", "draft"),
    PurposeStatus.SUBMITTED: Text("待审批", "awaiting approval"),
    PurposeStatus.APPROVED: Text("已批准，未启用", "approved, not active"),
    PurposeStatus.ACTIVE: Text("已启用", "active"),
    PurposeStatus.RETIRED: Text("已停用", "retired"),
}
RELATIONS = {
    Relation.OWN: Text("自己的客户", "own customer"),
    Relation.DEPARTMENT: Text("本部门的客户", "customer of the department"),
    Relation.ORGANISATION: Text("本单位的客户", "customer of the organisation"),
    Relation.OVERSEEN: Text("仅因可见全单位而看到", "seen only by a view of all customers"),
    Relation.NONE: Text("不在范围内", "out of scope"),
}


@dataclass(frozen=True, slots=True)
class FieldAnswer:
    """What the decision says about one field alone."""

    key: str
    name: Text
    form: Form
    refusal: Refusal | None


@dataclass(frozen=True, slots=True)
class Explanation:
    """A decision taken apart: the answer as a whole, the facts it rests on, and each field by itself."""

    question: Question
    refusal: Refusal | None
    facts: Sequence[tuple[Text, Text]]
    fields: Sequence[FieldAnswer]


def explain(
    *,
    asker: Actor,
    about: Actor,
    purpose: str,
    customer: UUID,
    fields: Sequence[str],
    action: Action,
    reason: str,
    now: datetime,
) -> Explanation:
    """Explain what would happen if `about` asked; journalled under `asker`.

    Somebody without the right to explain others' decisions may ask about themselves only.
    """
    asker.require(Permission.GATE_DECISION_EXPLAIN)
    question = Question(about, purpose, action, (customer,), tuple(fields), reason, now)
    known, _ = question_facts(question)
    whole = decide(question, known)
    answers = [_field(question, known, key) for key in fields]
    with transaction.atomic():
        journal.append(
            actor=asker,
            event="decision.explained",
            customer=customer if known.customers.get(customer) and known.customers[customer].exists else None,
            purpose=purpose[:64],
            data={
                "code": whole.code if isinstance(whole, Refusal) else "permit",
                "about": str(about.pseudonym),
                "action": action.value,
            },
        )
    return Explanation(
        question, whole if isinstance(whole, Refusal) else None, _facts(question, known), answers
    )


def _field(question: Question, known: Facts, key: str) -> FieldAnswer:
    name = known.fields[key].name if key in known.fields else Text(key, key)
    answer = decide(replace(question, fields=(key,)), known)
    if isinstance(answer, Permit):
        return FieldAnswer(key, name, answer.form(question.customers[0], key), None)
    return FieldAnswer(key, name, Form.ABSENT, answer)


def _facts(question: Question, known: Facts) -> list[tuple[Text, Text]]:
    """The facts in words; what has no provider is said to have none."""
    customer = known.customers.get(question.customers[0])
    purpose = known.purpose
    yes, no = Text("是", "yes"), Text("否", "no")
    rows = [
        (Text("岗位", "Roles"), _roles(question.actor)),
        (Text("目的状态", "Purpose status"), STATUSES[purpose.status] if purpose else _plain("—")),
        (Text("合法性基础", "Legal basis"), _article(purpose)),
        (Text("告知版本", "Notice version"), yes if purpose and purpose.notice_version_id else no),
        (
            Text("客户关系", "Relation to the customer"),
            RELATIONS[customer.relation] if customer else _plain("—"),
        ),
        (Text("可见范围", "Sees"), SIGHTS[question.actor.sight]),
        (Text("接待中", "In contact"), yes if customer and customer.contact else no),
        (Text("限制处理", "Restricted"), yes if customer and customer.restricted else no),
        (Text("在用的用数授权", "Grants in use"), _plain(str(len(known.grants)))),
        (
            Text("封存或删除的存储组", "Locked or destroyed groups"),
            _plain(", ".join(sorted(customer.states)) if customer and customer.states else "—"),
        ),
    ]
    meanings = [fact.meaning for fact in customer_facts.values()]
    meanings += [fact.meaning for fact in actor_facts.values()]
    sources = Text("；".join(text.zh for text in meanings), "; ".join(text.en for text in meanings))
    rows.append((Text("事实来源", "Facts come from"), sources))
    return rows


def _roles(actor: Actor) -> Text:
    names = [ROLE_NAMES[role] for role in sorted(actor.roles)] or [_plain("—")]
    return Text("、".join(name.zh for name in names), ", ".join(name.en for name in names))


def _article(purpose: PurposeRule | None) -> Text:
    return Text(purpose.article, cite(purpose.article, "en")) if purpose else _plain("—")


def _plain(text: str) -> Text:
    return Text(text, text)
