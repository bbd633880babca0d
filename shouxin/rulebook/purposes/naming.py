"""Recipients that a purpose names (列明的接收方): what each gets under it, and what the register asks of us."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from shouxin.core.text import Text
from shouxin.rulebook.catalogue.categories import CATEGORIES, category_of
from shouxin.rulebook.catalogue.errors import Refused
from shouxin.rulebook.purposes.models import Purpose, PurposeField
from shouxin.rulebook.recipients import listeners, rules
from shouxin.rulebook.recipients.models import Recipient

BINDING = (Purpose.Status.SUBMITTED, Purpose.Status.APPROVED, Purpose.Status.ACTIVE)


@dataclass(frozen=True, slots=True)
class Given:
    """One company under one purpose, and the kinds of information that it gets there."""

    recipient: Recipient
    kinds: Sequence[str]

    def kind_names(self, language: str) -> list[str]:
        return [text.in_(language) for code, text in CATEGORIES.items() if code in self.kinds]


def given(purpose: Purpose, needs: Iterable[PurposeField]) -> list[Given]:
    """Whom `purpose` names, with what it has for them: of `needs` the kinds that the register lets them get."""
    has = {category_of(need.field.category) for need in needs if _can_be_given(need)}
    rows = sorted(purpose.named.all(), key=lambda one: one.name_zh)
    return [Given(one, [code for code in CATEGORIES if code in has and code in one.kinds]) for one in rows]


def gets(one: Given, need: PurposeField) -> bool:
    """Whether what the purpose has of this field is among what the company gets."""
    return _can_be_given(need) and category_of(need.field.category) in one.kinds


def _can_be_given(need: PurposeField) -> bool:
    return need.necessity != PurposeField.Needed.NOT_NEEDED and bool(need.field.is_personal)


def said_of(purpose: Purpose, *, reached: bool) -> list[list[Any]]:
    """What an approval covers of those named; with how they are `reached`, what a notice tells."""
    rows = sorted(purpose.named.all(), key=lambda one: str(one.id))
    return [
        [
            str(one.id),
            *(getattr(one, name) for name in rules.TOLD if reached or name not in rules.REACHED),
            *(getattr(one, name) for name in rules.ABROAD if one.abroad),
        ]
        for one in rows
    ]


def problems(purpose: Purpose) -> list[Refused]:
    """What stands against those named."""
    names = sorted(one.name_zh for one in purpose.named.all() if one.retired_at is not None)
    if not names:
        return []
    text = Text(
        f"列明的接收方已停用：{'、'.join(names)}。请从草稿中移出。",
        f"Recipients named here are retired ({', '.join(names)}): take them out of the draft.",
    )
    return [Refused("purpose.recipient_retired", text, rules.PIPL)]


def _users(recipient: UUID) -> list[str]:
    rows = Purpose.objects.filter(named=recipient, status__in=BINDING).order_by("key")
    return [row.name for row in rows]


listeners.users.register("purposes", _users)
