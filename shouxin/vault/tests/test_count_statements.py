import pytest
from django.db import transaction

from shouxin.kit import ids
from shouxin.vault.models import SealedRecord
from shouxin.vault.services import reveal
from shouxin.vault.tests import cast
from shouxin.vault.tickets import SealedWrite

pytestmark = pytest.mark.django_db


def batch(size: int) -> list[SealedWrite]:
    return [
        cast.write(ids.new(), person_name="王芳", mobile=f"138{n:08}", customer_no=f"C{n}-{size}")
        for n in range(size)
    ]


def test_statements_do_not_grow_with_the_batch(vault: None, statements: list[str]) -> None:
    counts = []
    for size in (1, 20, 200):
        writes = batch(size)
        statements.clear()
        cast.store(*writes)
        first = len(statements)
        statements.clear()
        cast.store(*[cast.write(w.customer_id, note="x", mobile="13900139000") for w in writes])
        second = len(statements)
        statements.clear()
        with transaction.atomic():
            opened = reveal(cast.permit(*[w.customer_id for w in writes]))
        assert len(opened.values) == size
        counts.append((first, second, len(statements)))
    assert counts[0] == counts[1] == counts[2]
    assert counts[0][2] == 1


def test_a_large_batch_is_copied(vault: None, statements: list[str]) -> None:
    cast.store(*batch(2_000))
    assert sum(s.startswith("COPY") for s in statements) == 3
    assert len(statements) < 12
    assert SealedRecord.objects.count() == 2_000
