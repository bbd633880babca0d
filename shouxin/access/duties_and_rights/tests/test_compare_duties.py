"""Written duties against live rights: what differs is a finding, and data without a responsible person is listed."""

import csv
import io
from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client

from shouxin.access.duties_and_rights import queries
from shouxin.access.duties_and_rights.rules import Finding, Held, Person, findings
from shouxin.core.policy import Role
from shouxin.kit import clock
from shouxin.people import services as people
from shouxin.people.duties import services as duties
from shouxin.people.duties.models import Duty
from shouxin.people.signin import may_sign_in
from shouxin.people.suspensions import services as suspensions
from shouxin.people.suspensions.models import Suspension
from tests.register import Register
from tests.world import World

NOW = clock.now()


def person(*roles: Role, **changed: bool) -> Person:
    return Person(
        uuid4(), "某人", frozenset(roles), changed.get("active", True), changed.get("in_line", True)
    )


@pytest.mark.parametrize(
    ("holder", "step", "code"),
    [
        (person(Role.CLERK), "enter", None),
        (person(Role.CLERK), "approve", "duty.no-right"),
        (person(Role.SUPERVISOR), "use", "duty.no-right"),
        (person(Role.HEAD), "approve", None),
        (person(Role.CLERK, active=False), "enter", "holder.left"),
        (person(), "enter", "holder.rests"),
        (person(Role.CLERK, in_line=False), "enter", "holder.moved"),
        (person(Role.SYSTEM_ADMIN), "keep", None),
    ],
)
def test_a_holder_needs_the_right_of_the_step(holder: Person, step: str, code: str | None) -> None:
    found = findings(
        duties=[Held(step, holder, None)], staff=[], approvers=["某负责人"], customers=0, now=NOW
    )
    assert [finding.code for finding in found] == ([code] if code else [])


def test_a_right_without_a_duty_and_a_duty_that_is_over_are_findings() -> None:
    over = Held("enter", person(Role.CLERK), NOW - timedelta(days=1))
    found = findings(duties=[over], staff=[person(Role.CLERK)], approvers=[], customers=3, now=NOW)
    told = {(finding.code, finding.step) for finding in found}
    assert told == {
        ("duty.over", "enter"),
        *(("right.no-duty", step) for step in ("collect", "enter", "use", "correct")),
        ("customers.no-responsible", "keep"),
        ("approver.none", ""),
    }


def appoint(world: World, step: str, holder: str, department: str = "sales") -> None:
    duties.appoint(
        actor=world.actor("officer"),
        department=world.departments[department].id,
        step=step,
        holder=world.people[holder].id,
        deputy=None,
        until=None,
        now=clock.now(),
    )


def line(world: World, who: str = "officer", department: str = "sales") -> queries.Line:
    found = queries.table(world.actor(who), clock.now())
    return next(one for one in found if one.department.id == world.departments[department].id)


@pytest.mark.clause("C14.2")
def test_the_table_follows_the_live_rights(register: Register, client: Client) -> None:
    world = register.world
    for step in ("collect", "enter", "use", "correct", "keep"):
        appoint(world, step, "clerk")
    for step in ("approve", "review"):
        appoint(world, step, "sales_head")
    sales = line(world)
    assert sales.findings == []
    assert sales.roles == {Role.CLERK: 1, Role.HEAD: 1}
    assert "sales_contract" in {rule.key for rule in sales.purposes}
    assert "mobile" in sales.fields
    assert sales.approvers == ["何静", "陈刚"]
    assert sales.customers == 4
    role = world.people["clerk"].assignments.get(ended_at=None)
    people.end_role(actor=world.actor("security_admin"), assignment_id=role.id)
    changed = line(world)
    assert Finding("holder.rests", "enter", ("王芳",)) in changed.findings
    assert changed.roles == {Role.HEAD: 1}
    client = world.signed_in(client, "officer")
    assert "负责“录入”的 王芳 已暂停或没有角色" in client.get("/access/duties/").content.decode()
    table = client.get("/access/duties/table.csv").content.decode("utf-8-sig")
    (row,) = [row for row in csv.reader(io.StringIO(table)) if row[0] == "销售部"]
    assert "王芳 已暂停或没有角色" in row[7]


def test_a_suspended_holder_is_a_finding_at_once(register: Register) -> None:
    world = register.world
    appoint(world, "keep", "clerk")
    suspensions.suspend(
        actor=world.actor("sales_head"),
        staff_id=world.people["clerk"].id,
        cause=Suspension.Cause.ABSENCE,
        now=clock.now(),
    )
    assert Finding("holder.rests", "keep", ("王芳",)) in line(world).findings


def test_a_head_reads_the_own_departments_only(register: Register, client: Client) -> None:
    page = register.world.signed_in(client, "sales_head").get("/access/duties/").content.decode()
    shown = page.partition("<main")[2]
    assert "销售部" in shown
    assert "客服部" not in shown


@pytest.mark.clause("B3.0")
def test_departments_with_data_and_nobody_responsible_are_listed_with_the_way_to_appoint(
    register: Register, client: Client
) -> None:
    world = register.world
    assert {"市场部", "销售部", "客服部", "信息技术部"} <= {one.name for one in world.departments.values()}
    assert not may_sign_in(world.staff("newcomer"))  # a department without a role lets nobody in
    client = world.signed_in(client, "officer")
    assert "没有责任人的部门" in client.get("/").content.decode()
    page = client.get("/access/scope/").content.decode().partition("<main")[2]
    assert "2 个部门没有责任人" in page
    assert "市场部" not in page  # it holds no customer
    address = f"/people/duties/of/{world.departments['sales'].id}/"
    assert f'{address}?step=keep"' in page
    client.post(address, {"step": "keep", "holder": str(world.people["clerk"].id)})
    page = client.get("/access/scope/").content.decode()
    assert "1 个部门没有责任人" in page
    assert "王芳" in page
    Duty.objects.update(since=clock.now() - timedelta(days=9), until=clock.now() - timedelta(days=1))
    assert queries.without_responsible(world.actor("officer")).count() == 2


def test_a_department_whose_keeper_moved_away_is_a_finding(register: Register) -> None:
    world, sales = register.world, register.world.departments["sales"].id
    duties.appoint(
        actor=world.actor("officer"), department=sales, step="keep", holder=world.people["clerk"].id,
        deputy=None, until=None, now=clock.now(),
    )  # fmt: skip
    people.move_staff(
        actor=world.actor("system_admin"),
        staff_id=world.people["clerk"].id,
        department=world.departments["service"].id,
    )
    line = next(
        one for one in queries.table(world.actor("officer"), clock.now()) if one.department.id == sales
    )
    told = {(finding.code, finding.names) for finding in line.findings if finding.step == "keep"}
    assert told == {("duty.vacant", ("王芳",)), ("customers.no-responsible", ())}
    assert queries.without_responsible(world.actor("officer")).count() == 2
