"""What somebody with all rights over the database may try, and what the next reading says about it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest
from django.db import connection, transaction

from shouxin.core.policy import Form
from shouxin.journal.models import Entry
from shouxin.kit import ids
from shouxin.vault.errors import TamperFound, Tampering
from shouxin.vault.services import Revealed, reveal
from shouxin.vault.tests import cast

pytestmark = pytest.mark.django_db


@dataclass
class Scene:
    """Two customers; the first has two groups, two orders and an earlier version of its profile."""

    one: UUID
    two: UUID
    order: UUID
    other_order: UUID


@pytest.fixture
def scene(vault: None) -> Scene:
    one, two, order, other = ids.new(), ids.new(), ids.new(), ids.new()
    cast.store(
        cast.write(one, person_name="王芳", mobile="13800138000"),
        cast.write(one, cast.SECRET, id_number="11010519491231002X"),
        cast.write(one, cast.ORDER, record=order, order_note="一"),
        cast.write(one, cast.ORDER, record=other, order_note="二"),
        cast.write(two, person_name="李强"),
    )
    cast.store(cast.write(one, note="改"))
    return Scene(one, two, order, other)


def sql(statement: str, *parameters: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        assert cursor.rowcount, "the tampering itself must happen"


def reading(scene: Scene, *, together: bool = True) -> Revealed:
    """Both customers, opened as many are or as one is."""
    with transaction.atomic():
        if together:
            return reveal(cast.permit(scene.one, scene.two))
        found = Revealed()
        for opened in (reveal(cast.permit(scene.one)), reveal(cast.permit(scene.two))):
            found.values |= opened.values
            found.alarms += opened.alarms
        return found


WHERE = " WHERE customer_id = %s AND storage_group = %s AND record_id = %s"
OTHER = "(SELECT sealed FROM vault_sealed_record" + WHERE + ")"
SET = "UPDATE vault_sealed_record SET sealed = "


def altered(s: Scene) -> None:
    sql(SET + "set_byte(sealed, 25, get_byte(sealed, 25) # 1)" + WHERE, s.one, cast.PROFILE, s.one)


def truncated(s: Scene) -> None:
    sql(SET + "substring(sealed from 1 for 20)" + WHERE, s.one, cast.PROFILE, s.one)


def cut_by_one_byte(s: Scene) -> None:
    sql(SET + "substring(sealed from 1 for length(sealed) - 1)" + WHERE, s.one, cast.PROFILE, s.one)


def renamed_suite(s: Scene) -> None:
    sql(SET + "set_byte(sealed, 1, 2)" + WHERE, s.one, cast.PROFILE, s.one)


def swapped_customer(s: Scene) -> None:
    sql(SET + OTHER + WHERE, s.two, cast.PROFILE, s.two, s.one, cast.PROFILE, s.one)


def swapped_group(s: Scene) -> None:
    sql(SET + OTHER + WHERE, s.one, cast.SECRET, s.one, s.one, cast.PROFILE, s.one)


def swapped_record(s: Scene) -> None:
    sql(SET + OTHER + WHERE, s.one, cast.ORDER, s.other_order, s.one, cast.ORDER, s.order)


OLD = "(SELECT sealed FROM vault_sealed_history" + WHERE + ")"


def old_blob(s: Scene) -> None:
    sql(SET + OLD + WHERE, s.one, cast.PROFILE, s.one, s.one, cast.PROFILE, s.one)


def old_row(s: Scene) -> None:
    arguments = (s.one, cast.PROFILE, s.one)
    sql("UPDATE vault_sealed_record SET revision = 1, sealed = " + OLD + WHERE, *arguments, *arguments)


def old_row_and_no_history(s: Scene) -> None:
    old_row(s)
    sql("DELETE FROM vault_sealed_history" + WHERE, s.one, cast.PROFILE, s.one)


def removed_row(s: Scene) -> None:
    sql("DELETE FROM vault_sealed_record" + WHERE, s.one, cast.ORDER, s.other_order)


def foreign_key(s: Scene) -> None:
    sql(
        "UPDATE vault_data_key k SET wrapped = o.wrapped FROM vault_data_key o"
        " WHERE k.customer_id = %s AND k.storage_group = %s AND o.customer_id = %s AND o.storage_group = %s",
        s.one,
        cast.PROFILE,
        s.two,
        cast.PROFILE,
    )


def removed_key(s: Scene) -> None:
    sql("DELETE FROM vault_data_key WHERE customer_id = %s AND storage_group = %s", s.one, cast.PROFILE)


def foreign_head(s: Scene) -> None:
    sql(
        "UPDATE vault_group SET changes = changes - 1 WHERE customer_id = %s AND storage_group = %s",
        s.one,
        cast.PROFILE,
    )


@pytest.mark.clause("C2.0", "D15.1")
@pytest.mark.parametrize("way", ["alone", "together"])
@pytest.mark.parametrize(
    ("tamper", "group", "record", "what"),
    [
        (altered, cast.PROFILE, "one", Tampering.BLOB_ALTERED),
        (truncated, cast.PROFILE, "one", Tampering.BLOB_TRUNCATED),
        (cut_by_one_byte, cast.PROFILE, "one", Tampering.BLOB_ALTERED),
        (renamed_suite, cast.PROFILE, "one", Tampering.BLOB_SUITE),
        (swapped_customer, cast.PROFILE, "one", Tampering.BLOB_ALTERED),
        (swapped_group, cast.PROFILE, "one", Tampering.BLOB_MOVED),
        (swapped_record, cast.ORDER, "order", Tampering.BLOB_MOVED),
        (old_blob, cast.PROFILE, "one", Tampering.BLOB_ROLLED_BACK),
        (old_row, cast.PROFILE, "one", Tampering.BLOB_ROLLED_BACK),
        (old_row_and_no_history, cast.PROFILE, "one", Tampering.BLOB_ROLLED_BACK),
        (removed_row, cast.ORDER, None, Tampering.RECORDS_CHANGED),
        (foreign_key, cast.PROFILE, None, Tampering.KEY_ALTERED),
        (removed_key, cast.PROFILE, None, Tampering.KEY_MISSING),
        (foreign_head, cast.PROFILE, None, Tampering.RECORDS_CHANGED),
    ],
)
def test_tampering_is_named_refused_and_journalled(
    scene: Scene,
    tamper: Callable[[Scene], None],
    group: str,
    record: str | None,
    what: Tampering,
    way: str,
) -> None:
    assert not reading(scene, together=way == "together").alarms
    tamper(scene)
    opened = reading(scene, together=way == "together")
    named = getattr(scene, record) if record else None
    assert [(a.customer_id, a.group, a.record_id, a.what) for a in opened.alarms] == [
        (scene.one, group, named, what)
    ]
    shown = opened.of(scene.one, named or (scene.order if group == cast.ORDER else None))
    spoilt = [f for f in shown if cast.FIELDS[f].storage_group == group]
    assert spoilt
    assert all(
        shown[f].text is None and shown[f].form is Form.HIDDEN and shown[f].broken is what for f in spoilt
    )
    assert opened.of(scene.two)["person_name"].text == "李强"
    if group != cast.SECRET:
        assert opened.of(scene.one)["id_number"].text == "11010519491231002X"
    entries = Entry.objects.filter(event="tampering.found", customer=scene.one)
    assert entries.count() == 1
    assert what.encode() in bytes(entries.get().body)


@pytest.mark.parametrize("tamper", [altered, old_row, foreign_key])
def test_nothing_is_merged_into_a_tampered_record(scene: Scene, tamper: Callable[[Scene], None]) -> None:
    tamper(scene)
    with pytest.raises(TamperFound), transaction.atomic():
        cast.store(cast.write(scene.one, note="再改"))
