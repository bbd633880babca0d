"""What a contact would open: the decision asked field by field beforehand. Nothing is opened, nothing is counted."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from shouxin.core.policy import Action, Actor, ContactFact, Question, Refusal, decide
from shouxin.gate.rules import REASON_CLASSES
from shouxin.gate.services import question_facts


def openable(
    *, actor: Actor, purpose: str, customer: UUID, fields: Sequence[str], now: datetime
) -> Mapping[str, Refusal | None]:
    """By field: None where a reveal in a contact held now would be granted, else why it would not."""
    question = Question(
        actor, purpose, Action.REVEAL, (customer,), tuple(fields), next(iter(REASON_CLASSES)), now
    )
    known, _gathered = question_facts(question)
    fact = known.customers.get(customer)
    if fact is not None and fact.contact is None:
        supposed = replace(
            fact, contact=ContactFact(purpose=purpose, until=now.max.replace(tzinfo=now.tzinfo))
        )
        known = replace(known, customers={**known.customers, customer: supposed})
    answers: dict[str, Refusal | None] = {}
    for key in fields:
        answer = decide(replace(question, fields=(key,)), known)
        answers[key] = answer if isinstance(answer, Refusal) else None
    return answers
