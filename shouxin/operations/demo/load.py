"""Filling an empty database with the demonstration organisation, through the services that people use.

The organisation, its rules and its customers come in one transaction: whoever is killed in the middle starts anew
on an empty database. The first working day follows in scenes, counted one by one in the mark.
"""

import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date

from django.db import connection, transaction

from shouxin.core.text import Text
from shouxin.customers.registry.models import Scope
from shouxin.kit import clock
from shouxin.operations.demo import filling, founding, organisation, queries, story
from shouxin.operations.demo.generation import UNTIL, generate
from shouxin.operations.demo.models import DemonstrationMark
from shouxin.operations.demo.shapes import DemoCustomer, DemoStaff
from shouxin.operations.demo.trade import FIRST_DAY
from shouxin.people import queries as people
from shouxin.people.models import Staff
from shouxin.people.rules import ROLE_NAMES

SEED, CUSTOMERS = 20261121, 2000
EXAMPLES = 200  # customers looked through for somebody to try things on
LOCK = 0x5348_4F44  # the advisory lock of whoever loads a demonstration

# Whom to sign in as first, and what to try.
TRY: dict[str, Text] = {
    "yuanfei": Text(
        "查找 {number}，开始接待，查看手机号；录入、导入客户",
        "find {number}, begin a contact, show the phone; enter and import customers",
    ),
    "jianghao": Text(
        "查找 {number}，没有授权时查看手机号：被拒绝，并看到出路",
        "find {number} and show the phone without a grant: refused, with a way out",
    ),
    "songtao": Text("审批用数授权，确认新人的角色", "approve a standing grant, confirm a newcomer's role"),
    "caiyan": Text(
        "以“客户服务”为目的查找别的部门共享的 {number}：只见脱敏",
        "find {number}, shared by another department, for customer service: masked only",
    ),
    "duanrui": Text(
        "查找租赁客户 {number}；证件号须另行申请",
        "find {number}, who leases; the ID number needs more than a grant",
    ),
    "caomin": Text("批准处理目的与字段分级，查看脱敏信息", "approve purposes and field grades"),
    "pengyu": Text("新建人员和部门", "create staff and departments"),
    "zengqi": Text("授予角色，收回授权", "grant roles, end grants"),
    "xiaolan": Text("查阅日志，核验可信存证", "read and verify the journal"),
    "tianlei": Text("查看权限判定说明与日志", "have decisions explained, read the journal"),
}


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody who can sign in to the demonstration; `password` is None once they have changed it."""

    user_name: str
    password: str | None
    name: str
    title: Text
    advice: Text | None
    second_factor: bool = False


@dataclass(frozen=True, slots=True)
class Loaded:
    """What stands in the database now.

    Attributes:
        demonstration: False when the database held real data already; nothing was touched then.
        fresh: whether the organisation was loaded by this very call.
    """

    demonstration: bool
    fresh: bool = False
    customers: int = 0
    accounts: tuple[Account, ...] = ()


def load_if_empty(*, customers: int = CUSTOMERS) -> Loaded:
    """Load the demonstration into an empty database, or complete one that was interrupted; else change nothing."""
    with _alone():
        mark, fresh = queries.mark(), False
        if mark is None:
            if people.staff_exists():
                return Loaded(demonstration=False)
            mark, fresh = _load(customers), True
        if mark.finished_at is None:
            story.play(founding.standing(), mark)
            DemonstrationMark.objects.filter(id=mark.id).update(finished_at=clock.now())
    return Loaded(True, fresh, mark.customers, accounts(mark))


@contextmanager
def _alone() -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])


@transaction.atomic
def _load(customers: int) -> DemonstrationMark:
    until = min(UNTIL, clock.today())
    mark = DemonstrationMark.objects.create(
        customer_seed=SEED,
        staff_seed=secrets.randbits(62),
        customers=customers,
        until=until,
        loaded_at=clock.now(),
    )
    made = generate(mark.customer_seed, customers, until=until, staff_seed=mark.staff_seed)
    founded = founding.found(made)
    founding.put_rules_in_force(founded, made, effective_on=_first_day(until))
    founding.appoint_duties(founded)
    founding.set_up_factors(founded)
    filling.fill(founded, made, until)
    # Choosing their own first passwords was part of loading; what happens later shows in `accounts`.
    mark.loaded_at = clock.now()
    mark.save(update_fields=["loaded_at"])
    return mark


def _first_day(until: date) -> date:
    return min(FIRST_DAY, until)


def accounts(mark: DemonstrationMark) -> tuple[Account, ...]:
    """Everybody who can sign in, those worth trying first at the top."""
    rows = {staff.user_name: staff for staff in Staff.objects.filter(is_active=True)}
    known = [one for one in organisation.staff(mark.staff_seed) if one.user_name in rows]
    order = list(TRY)
    known.sort(key=lambda one: order.index(one.user_name) if one.user_name in TRY else len(order))
    some = generate(mark.customer_seed, min(mark.customers, EXAMPLES), until=mark.until).customers
    return tuple(_account(one, rows[one.user_name], mark, some) for one in known)


def _account(one: DemoStaff, row: Staff, mark: DemonstrationMark, some: Iterable[DemoCustomer]) -> Account:
    changed = row.must_change_password or (
        row.password_changed_at is not None and row.password_changed_at > mark.loaded_at
    )
    title = Text(one.title, " / ".join(ROLE_NAMES[role].en for role in one.roles))
    advice = TRY.get(one.user_name)
    if advice is not None and "{number}" in advice.zh:
        advice = advice.filled(number=_example(one, some))
    password = None if changed else one.password
    return Account(one.user_name, password, one.name, title, advice, row.second_factor_at is not None)


def _example(one: DemoStaff, some: Iterable[DemoCustomer]) -> str:
    """The number of a customer on whom `one` can try it: their own, or one that everybody may see masked."""
    people_with_phones = [c for c in some if c.kind == "person" and "mobile" in c.values and not c.flaws]
    own = [c for c in people_with_phones if c.responsible == one.user_name]
    shared = [c for c in people_with_phones if filling.scope_of(c) is Scope.ORGANISATION]
    return (own or shared)[0].number
