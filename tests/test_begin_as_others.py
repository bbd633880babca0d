"""What is sealed for new customers in bulk is what would be sealed for anybody: random batches, stored both ways."""

import random
from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import transaction

from shouxin.core.policy import Action, CustomerFacts, Facts, Necessity, Permit, Question, Storage, decide
from shouxin.gate.facts import rules as rulebooks
from shouxin.kit import ids
from shouxin.vault import rebuilding
from shouxin.vault.errors import DuplicateKey
from shouxin.vault.models import BusinessKey, SearchToken
from shouxin.vault.payload import Value
from shouxin.vault.services import give_own_key, reveal, seal
from shouxin.vault.tests import cast
from shouxin.vault.tickets import SealedWrite, WriteTicket
from shouxin.vault.tokens import KEYS
from tests.register import Register

pytestmark = pytest.mark.django_db
ORIGINS = (cast.PROVENANCE, replace(cast.PROVENANCE, id=uuid4()))
OWN = "profile.bms.cust-base.3"  # names and numbers; in some runs it has a key of its own
TEXTS = (
    "", " ", "王芳", "欧阳一一一", "Ｗang  Fang", "13800138000", "１３８ 0013 8000", "+86 138-0013-8000", "C-1", "c-1",
    "11010519491231002X", "A@Example.COM", "北京市海淀区中关村大街1号院2号楼301", "2026-10-01", "😀", "x" * 300,
)  # fmt: skip


class Room:
    """The real catalogue, and permits for all of it."""

    def __init__(self) -> None:
        self.fields = {
            key: rule
            for key, rule in rulebooks["rulebook"].fields().items()
            if rule.active
            and rule.storage in {Storage.SEALED, Storage.INDEXED}
            and rule.record != "order_line"
        }
        self.purpose = replace(cast.PURPOSE_RULE, fields=dict.fromkeys(self.fields, Necessity.OPTIONAL))

    def permit(self, customers: Sequence[UUID], action: Action) -> Permit:
        question = Question(
            cast.OPERATOR, cast.PURPOSE, action, tuple(customers), tuple(self.fields), "test", cast.NOW
        )
        facts = Facts(self.fields, self.purpose, {one: CustomerFacts() for one in customers})
        answer = decide(question, facts)
        assert isinstance(answer, Permit), answer
        return answer

    def batch(self, chance: random.Random, customers: Sequence[UUID]) -> list[SealedWrite]:
        """Profiles and records of these customers, of one provenance or several, with what means nothing among it."""
        found = []
        for customer in customers:
            every = sorted({rule.storage_group for rule in self.fields.values()})
            searched = sorted({rule.storage_group for rule in self.fields.values() if rule.indexes})
            numbered = self.fields["customer_no"].storage_group
            for group in sorted({*chance.sample(every, 2), *chance.sample(searched, 2), OWN, numbered}):
                keys = sorted(key for key, rule in self.fields.items() if rule.storage_group == group)
                profile = self.fields[keys[0]].record == "profile"
                for record in [customer] if profile else [ids.new() for _ in range(chance.randint(1, 3))]:
                    some = chance.sample(keys, min(len(keys), chance.randint(1, 5)))
                    some += [k for k in keys if KEYS & {*self.fields[k].indexes} and k not in some]
                    values = {key: self.value(key, chance) for key in some}
                    origin = chance.choice((ORIGINS[0].id, ORIGINS[1].id, None, None))
                    expected = chance.choice((None, None, 0))
                    found.append(SealedWrite(customer, group, record, values, expected, origin))
        if chance.random() < 0.3:
            chance.shuffle(found)
        return found

    def value(self, key: str, chance: random.Random) -> Value | None:
        if chance.random() < 0.1:
            return None
        if KEYS.intersection(self.fields[key].indexes):
            return Value(f"{chance.choice('Cc')}-{chance.randrange(15)}", ORIGINS[0].id)
        text = chance.choice(TEXTS) if chance.random() < 0.5 else f"{chance.choice(TEXTS)}{chance.random()}"
        mark = chance.randint(0, 2)
        return Value(text, chance.choice(ORIGINS).id, mark, None if mark else chance.choice((None, "x.y")))

    def stored(self, writes: Sequence[SealedWrite], customers: Sequence[UUID], new: Sequence[UUID]) -> Any:
        """What storing tells, and what stands afterwards; nothing of it stays."""
        created, among = frozenset(customers), {"customer_id__in": list(customers)}
        ticket = WriteTicket(self.permit(customers, Action.WRITE), ORIGINS, created, frozenset(new))
        try:
            with transaction.atomic():
                sealed = seal(ticket=ticket, writes=writes)
                shown = reveal(self.permit(customers, Action.MAINTAIN))
                values = {
                    (one, record): shown.of(one, record) for one in customers for record in shown.records(one)
                }
                tokens = set(SearchToken.objects.filter(**among).values_list())
                keys = BusinessKey.objects.filter(**among).values_list(
                    "record_id", "field", "version", "token"
                )
                claimed = sorted((*row, bytes(token)) for *row, token in keys)
                transaction.set_rollback(True)
        except DuplicateKey as error:
            # Of two writes that bring one number either may be named.
            return sorted((key, writes[number].values[key].text.upper()) for number, key in error.taken)  # type: ignore[union-attr]
        assert not shown.alarms
        return sealed.revisions, sealed.changes, values, tokens, claimed


@pytest.mark.parametrize("seed", range(6))
def test_new_customers_are_sealed_and_indexed_as_all_others(register: Register, seed: int) -> None:
    chance, room = random.Random(seed), Room()
    if seed % 2:
        rebuilding.begin(actor=cast.OPERATOR, planned=64)  # two versions of the index at once
    if seed % 3 == 2:
        give_own_key(actor=cast.OPERATOR, storage_group=OWN)
    refused = 0
    for _ in range(8):
        customers = [ids.new() for _ in range(chance.randint(1, 6))]
        writes = room.batch(chance, customers)
        slowly, quickly, mixed = (
            room.stored(writes, customers, new) for new in ((), customers, customers[::2])
        )
        assert quickly == slowly == mixed
        refused += not isinstance(slowly, tuple)
    assert 0 < refused < 8, refused
