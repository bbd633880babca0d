"""The page of departments says which hold customer data, and which of those have nobody responsible."""

import pytest
from django.test import Client

from shouxin.kit import clock
from shouxin.people import scope
from shouxin.people.duties.rules import KEEP
from shouxin.people.duties.services import appoint
from shouxin.people.models import Department
from tests.register import Register
from tests.world import World


@pytest.mark.clause("B3.0")
def test_departments_with_customers_and_nobody_responsible_are_listed(
    register: Register, world: World, client: Client
) -> None:
    sales, service, it = (world.departments[name] for name in ("sales", "service", "it"))
    assert scope.holding([sales.id, service.id, it.id]) == {sales.id, service.id}
    Department.objects.filter(id=service.id).update(head=world.people["service_head"])
    keeper = world.people["sales_head"].id
    appoint(
        actor=world.actor("officer"),
        department=sales.id,
        step=KEEP,
        holder=keeper,
        deputy=None,
        until=None,
        now=clock.now(),
    )
    assert [department.name for department in scope.without_responsible()] == [
        "客服部"
    ]  # a head alone is not it
    page = world.signed_in(client, "system_admin").get("/people/departments/").content.decode()
    told = page[page.index("下列部门持有客户信息") :].split("</p>")[0]
    assert "客服部" in told
    assert "销售部" not in told
    assert "信息技术部" not in told
