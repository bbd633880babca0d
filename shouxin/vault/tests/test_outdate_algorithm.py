import pytest
from django.db import IntegrityError, connection, transaction

from shouxin.kit import ids
from shouxin.vault.algorithms import NoSuccessor, mark_outdated, reencrypt
from shouxin.vault.models import DataKey, SealedHistory, SealedRecord
from shouxin.vault.queries import key_status, outdated_groups, outdated_indexes
from shouxin.vault.searching import Asked, candidates
from shouxin.vault.services import reveal, reveal_history
from shouxin.vault.tests import cast

pytestmark = pytest.mark.django_db


def suites() -> set[int]:
    rows = [*SealedRecord.objects.values_list("sealed"), *SealedHistory.objects.values_list("sealed")]
    return {bytes(sealed)[1] for (sealed,) in rows}


@pytest.mark.clause("D10.2")
def test_an_outdated_suite_is_refused_for_new_values_at_once(vault: None) -> None:
    old = cast.new_customer(note="一")
    cast.store(cast.write(old, note="二"))
    assert mark_outdated(actor=cast.OPERATOR, suite=1, successor=2) == 1
    cast.store(cast.write(ids.new(), note="新"))
    assert outdated_groups() == 1
    cast.store(cast.write(old, note="三"))  # touching it moves the whole group, kept history too
    assert suites() == {2}
    assert outdated_groups() == 0
    with transaction.atomic():
        versions = reveal_history(cast.permit(old), customer_id=old, record_id=old)
    assert [v.values["note"].text for v in versions] == ["三", "二", "一"]
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("INSERT INTO vault_data_key VALUES (gen_random_uuid(), 'g', 1, 1, 1, '')")


@pytest.mark.clause("D10.2")
def test_old_values_are_sealed_again_in_the_background(vault: None) -> None:
    customers = [cast.new_customer(note="一", mobile="13800138000") for _ in range(5)]
    cast.store(cast.write(customers[0], note="二"))
    mark_outdated(actor=cast.OPERATOR, suite=1, successor=2)
    steps = list(reencrypt(actor=cast.OPERATOR, batch=2))
    assert [(s.groups, s.remaining) for s in steps][:4] == [(2, 3), (2, 1), (1, 0), (0, 0)]
    assert {(s.groups, s.remaining) for s in steps[4:]} == {(0, 0)}
    assert outdated_indexes() == 0
    assert candidates([(Asked(cast.FIELDS["mobile"], "exact", "13800138000"),)]).keys() == set(customers)
    assert suites() == {2}
    assert set(DataKey.objects.values_list("version", flat=True)) == {2}
    counts = {a.suite: (a.status, a.groups) for a in key_status(actor=cast.OPERATOR).algorithms}
    assert counts == {1: ("outdated", 0), 2: ("allowed", 5)}
    with transaction.atomic():
        opened = reveal(cast.permit(*customers))
    assert not opened.alarms
    assert opened.of(customers[0])["note"].text == "二"
    assert opened.of(customers[1])["mobile"].text == "13800138000"


def test_a_suite_needs_a_successor_that_is_allowed(vault: None) -> None:
    with pytest.raises(NoSuccessor):
        mark_outdated(actor=cast.OPERATOR, suite=1, successor=1)
    mark_outdated(actor=cast.OPERATOR, suite=1, successor=2)
    with pytest.raises(NoSuccessor):
        mark_outdated(actor=cast.OPERATOR, suite=2, successor=1)
