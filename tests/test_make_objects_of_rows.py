"""Objects made of rows by statements of our own are those that Django would make, and are written the same."""

from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from django.db import transaction
from django.db.models import Model
from psycopg import sql

from shouxin.customers.registry import finding
from shouxin.customers.registry.models import Customer
from shouxin.kit import clock, ids, instances
from shouxin.people.models import Staff
from shouxin.rulebook.purposes import reading
from shouxin.rulebook.purposes.models import NoticeVersion, Purpose
from shouxin.rulebook.recipients.models import Recipient
from tests.companies import PARTNER, entered, revised
from tests.register import Register
from tests.world import World

pytestmark = pytest.mark.django_db


def told(row: Model | None) -> dict[str, Any]:
    """What is loaded of a row."""
    return {} if row is None else {key: value for key, value in vars(row).items() if not key.startswith("_")}


def same(one: Model | None, other: Model | None) -> bool:
    """Whether all that was read of the one stands in the other."""
    assert (one is None) is (other is None)
    return told(one).items() <= told(other).items()


def test_purposes_with_all_that_belongs_to_them(ruled: World) -> None:
    for key in Purpose.objects.values_list("key", flat=True):
        mine, theirs = reading.found(key), Purpose.objects.get(key=key)
        reading.load([mine])
        assert same(mine, theirs)
        assert same(mine.retention_rule, theirs.retention_rule)
        assert same(mine.basis, theirs.basis)
        needs = {need.field_id: need for need in mine.needs.all()}
        assert len(needs) == theirs.needs.count()
        for need in theirs.needs.select_related("field__retention_rule"):
            assert same(needs[need.field_id], need)
            assert same(needs[need.field_id].field, need.field)
            assert same(needs[need.field_id].field.retention_rule, need.field.retention_rule)
        assert list(mine.named.all()) == list(theirs.named.order_by("id"))


def test_notices_and_what_they_are_versions_of(ruled: World) -> None:
    versions = NoticeVersion.objects.all()
    assert versions
    for theirs in versions:
        mine = reading.version(theirs.id)
        assert same(mine, theirs)
        assert same(mine.notice, theirs.notice)


def test_customers_with_and_without_somebody_responsible(register: Register) -> None:
    everybody = Customer.objects.filter(absorbed_by=None)
    assert {row.responsible_id is None for row in everybody} == {True, False}
    for theirs in everybody:
        mine = finding.standing(theirs.id)
        assert same(mine, theirs)
        assert mine is not None
        assert same(mine.owner_department, theirs.owner_department)
        assert same(mine.responsible, theirs.responsible)


def test_what_was_left_out_is_asked_for_when_somebody_looks(register: Register) -> None:
    mine = finding.standing(Customer.objects.exclude(responsible=None).values_list("id", flat=True)[0])
    assert mine is not None
    assert mine.responsible is not None
    assert "password" not in vars(mine.responsible)  # of no use for a page, so it is not carried about
    assert mine.responsible.password == Staff.objects.get(id=mine.responsible.id).password


def recipients(number: int) -> list[Recipient]:
    about: dict[str, Any] = {
        "part": Recipient.Part.ENTRUSTED,
        "contact": "电话",
        "way_zh": "接口",
        "kinds": ["contact", "identity"],
        "entered_by": ids.new(),
        "entered_at": clock.now(),
    }
    return [Recipient(name_zh=f"公司{n}", **about) for n in range(number)]


def test_more_rows_than_one_statement_takes_are_all_there(world: World) -> None:
    some = recipients(instances.AT_ONCE + 3)
    with transaction.atomic():
        instances.insert(some)
    for row in some:
        assert not row._state.adding
        assert same(Recipient.objects.get(id=row.id), row)
    instances.insert([])


def test_only_what_is_named_is_written(world: World) -> None:
    row, other = recipients(2)
    instances.insert([row, other])
    row.name_zh, row.contact = "改名", "不写"
    with transaction.atomic():
        instances.update(row, ("name_zh",))
    written = Recipient.objects.get(id=row.id)
    assert (written.name_zh, written.contact) == ("改名", "电话")
    assert Recipient.objects.get(id=other.id).name_zh == "公司1"


def free(superuser: psycopg.Connection[Any], row: Model) -> bool:
    """Whether somebody else could lock the row now."""
    key = str(row._meta.pk.column)
    asked = sql.SQL("SELECT FROM {} WHERE {} = %s FOR UPDATE NOWAIT").format(
        sql.Identifier(row._meta.db_table), sql.Identifier(key)
    )
    try:
        superuser.execute(asked, [row.pk])
    except psycopg.errors.LockNotAvailable:
        return False
    return True


@pytest.mark.django_db(transaction=True)
def test_what_a_step_goes_by_is_locked_until_it_is_over(
    register: Register, superuser: psycopg.Connection[Any]
) -> None:
    """Of two who change or approve the same at once the second sees what the first did; nobody retires a company
    meanwhile that was just looked at."""
    (partner,) = entered(register.world, PARTNER)
    revised(register.world, "marketing", named=[partner])
    purpose, version = Purpose.objects.get(key="marketing"), NoticeVersion.objects.latest("drafted_at")
    customer = Customer.objects.get(id=register["li"])
    steps: list[tuple[Callable[[], object], Model]] = [
        (lambda: reading.locked(purpose.key), purpose),
        (lambda: reading.load([purpose], hold=True), partner),
        (lambda: reading.locked_notice(version.notice_id), version.notice),
        (lambda: reading.locked_version(version.id), version),
        (lambda: finding.locked(customer.id), customer),
    ]
    for step, row in steps:
        with transaction.atomic():
            assert free(superuser, row)
            assert step() is not None or row is partner
            assert not free(superuser, row)
        assert free(superuser, row)
