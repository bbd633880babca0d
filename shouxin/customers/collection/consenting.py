"""Consent that comes with a filled form: what was ticked on the page of its purpose, and what may be stored then."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from shouxin.core.policy import Actor, ActorKind, PurposeRule
from shouxin.customers.collection.problems import SubmissionProblem
from shouxin.customers.collection.rules import day_of
from shouxin.customers.consents import ages, pages, queries, rules
from shouxin.customers.consents import services as consents
from shouxin.customers.consents.errors import ConsentProblem
from shouxin.customers.consents.models import Channel
from shouxin.customers.consents.pages import Page
from shouxin.customers.consents.services import How, Ticked
from shouxin.customers.registry.models import Method
from shouxin.rulebook.catalogue.jurisdictions import HOME

if TYPE_CHECKING:
    from shouxin.customers.collection.services import Filled


@dataclass(frozen=True, slots=True)
class Choice:
    """What was ticked on one page of boxes, named by its digest."""

    shown: str
    ticked: frozenset[str]


def agreed(actor: Actor, purpose: PurposeRule, filled: "Filled", now: datetime) -> Ticked | None:
    """What the sender agrees to with the values; None where the form's purpose does not rest on consent.

    Raises:
        SubmissionProblem: not shown the page in force, not agreed to the purpose, or a child without its guardian.
    """
    if not purpose.consent_based:
        return None
    if filled.choice is None:
        raise SubmissionProblem("consent.not-shown")
    if rules.GENERAL not in filled.choice.ticked:
        raise SubmissionProblem("consent.not-given")
    _of_age(filled.values, now)
    try:
        made = consents.agreement(
            shown=filled.choice.shown, ticked=filled.choice.ticked, how=How(_door(actor, filled)), now=now
        )
    except ConsentProblem as problem:
        raise SubmissionProblem("consent.refused", said=problem.text) from None
    if made.page.purpose != purpose.key:
        raise SubmissionProblem("consent.not-shown")
    return made


def _door(actor: Actor, filled: "Filled") -> Channel:
    if actor.kind is ActorKind.SERVICE:
        return Channel.FORM
    if actor.kind is not ActorKind.STAFF:
        return Channel.API
    return Channel.PAPER if filled.method is Method.PAPER else Channel.COUNTER


def _of_age(values: Mapping[str, str], now: datetime) -> None:
    """A child's own word is nobody's consent: the guardian is noted first and agrees at the counter (PIPL 31)."""
    day = ages.born(values.get(ages.BIRTH, ""), values.get(ages.NUMBER, ""))
    if day and rules.is_under(day, ages.age_of_consent(HOME, ()), day_of(now)):
        raise SubmissionProblem("consent.child")


def without_refused(filled: "Filled", made: Ticked | None) -> "Filled":
    """The form without the values that were not agreed to: they are stored nowhere."""
    if made is None:
        return filled
    return replace(filled, values={key: text for key, text in filled.values.items() if key in made.fields})


def check_may_ask(made: Ticked | None, customer: UUID | None, now: datetime) -> None:
    """Somebody who said no is not asked again by way of a form, neither for the purpose nor for a box of it.

    Raises:
        SubmissionProblem: with the day from which they may be.
    """
    if made is None or customer is None:
        return
    try:
        consents.too_soon(queries.closed_boxes(customer, made.page.purpose, now), made)
    except ConsentProblem as problem:
        raise SubmissionProblem("consent.refused", said=problem.text) from None


def offers(purposes: Sequence[str], *, language: str, customer: UUID | None, now: datetime) -> list[Page]:
    """The pages of further purposes that may be shown: in use, and not refused by this customer lately."""
    found = []
    for purpose in purposes:
        if customer is None or queries.closed_until(customer, purpose, now) is None:
            with suppress(ConsentProblem):  # out of use by now: it is not asked about
                found.append(pages.present(purpose=purpose, language=language, now=now))
    return found


def further(actor: Actor, purposes: Sequence[str], filled: "Filled", now: datetime) -> tuple[Ticked, ...]:
    """What was chosen about the purposes offered beside the form's own; ticking nothing of one is a no to it.

    Raises:
        SubmissionProblem: a page that this form does not offer or that has changed, or boxes that do not go together.
    """
    try:
        made = [
            consents.agreement(shown=one.shown, ticked=one.ticked, how=How(_door(actor, filled)), now=now)
            for one in filled.offered
        ]
    except ConsentProblem as problem:
        raise SubmissionProblem("consent.refused", said=problem.text) from None
    if any(one.page.purpose not in purposes for one in made):
        raise SubmissionProblem("consent.not-shown")
    if any(one.ticked for one in made):
        _of_age(filled.values, now)
    return tuple(made)


def record_further(actor: Actor, made: Sequence[Ticked], customer: UUID, now: datetime) -> None:
    """In the transaction that stores the form; somebody who said no lately is not asked, so nothing is recorded of what
    they said it to."""
    for one in made:
        closed = queries.closed_boxes(customer, one.page.purpose, now)
        if rules.GENERAL not in closed:
            heard = replace(one, ticked=one.ticked - closed.keys())
            heard.record(actor=actor, customers=[customer], now=now)
