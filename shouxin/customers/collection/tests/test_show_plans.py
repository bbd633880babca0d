"""The pages of plans and the report of channels."""

from datetime import timedelta

import pytest
from django.test import Client

from shouxin.customers.collection.models import CollectionPlan, PlanState
from shouxin.customers.collection.tests.cast import drafted_plan, running_plan, send, today
from shouxin.customers.collection_forms.models import FormKind
from shouxin.customers.collection_forms.tests.cast import published
from tests.world import World

pytestmark = pytest.mark.usefixtures("ruled")


def page(world: World, client: Client, who: str, path: str) -> str:
    found = world.signed_in(client, who).get(path)
    assert found.status_code == 200
    return found.content.decode()


def test_a_plan_is_drafted_submitted_approved_and_stopped_on_its_pages(world: World, client: Client) -> None:
    row = published(world)
    world.signed_in(client, "sales_head")
    said = {
        "title": "秋季到店登记",
        "goal": "登记到店的新客户",
        "forms": [str(row.form_id)],
        "group_text": "到店咨询的个人客户",
        "group_kinds": ["person"],
        "group_segments": "消费者，会员",
        "group_provinces": ["北京市"],
        "group_departments": [str(world.departments["sales"].id)],
        "outside": "flag",
        "starts_on": str(today()),
        "ends_on": str(today() + timedelta(days=3)),
        "maximum": "5",
    }
    wrong = client.post("/customers/collection/new/", {**said, "ends_on": str(today() - timedelta(days=1))})
    assert "结束日期不能早于开始日期。" in wrong.content.decode()
    client.post("/customers/collection/new/", said)
    plan = CollectionPlan.objects.get()
    assert (plan.group_segments, plan.group_provinces) == (["消费者", "会员"], ["北京市"])
    path = f"/customers/collection/{plan.id}/"
    assert client.post(f"{path}submit/").status_code == 302
    own = client.get(path).content.decode()
    assert f"{path}approve/" not in own
    assert "您起草或提交的须由另一人批准" in own
    shown = page(world, client, "officer", path)
    assert "批准计划" in shown
    assert "待审批的收集计划" in client.get("/").content.decode()
    seen = client.get(f"{path}approve/").context["form"].initial["seen"]
    assert client.post(f"{path}approve/", {"seen": seen}).status_code == 302
    assert "即将到期的收集计划" in client.get("/").content.decode()
    assert "秋季到店登记" in page(world, client, "sales_head", "/customers/collection/?show=ending")
    assert client.post(f"{path}stop/", {"reason": ""}).status_code == 422
    assert client.post(f"{path}stop/", {"reason": "活动取消"}).status_code == 302
    assert CollectionPlan.objects.get().state == PlanState.STOPPED
    assert "人工停止" in client.get(path).content.decode()


def test_a_plan_shows_how_far_it_has_come_and_who_is_outside(world: World, client: Client) -> None:
    row = published(world)
    plan = running_plan(world, row, group_kinds=("organisation",))
    send(world, row, {"person_name": "林黛玉"}, plan=plan.id)
    shown = page(world, client, "clerk", f"/customers/collection/{plan.id}/")
    assert "1 / 3 人" in shown
    assert "客户类型：单位" in shown
    assert "1 / 3 人" in page(world, client, "clerk", "/customers/collect/")
    drafted_plan(world, row)
    assert page(world, client, "clerk", "/customers/collection/").count("秋季到店登记") == 2


@pytest.mark.clause("B5.1.2")
def test_the_report_counts_by_channel_and_purpose(world: World, client: Client) -> None:
    for kind, names in ((FormKind.SURVEY, ("甲", "乙")), (FormKind.SALES, ("丙",))):
        row = published(world, kind=kind)
        for name in names:
            send(world, row, {"person_name": f"{name}小姐"})
    world.signed_in(client, "officer")
    lines = client.get("/customers/collection/report/").context["lines"]
    assert [(str(one["channel"]), one["purpose"], one["acts"], one["customers"]) for one in lines] == [
        ("销售", "销售跟进/履行合同", 1, 1),
        ("调研", "销售跟进/履行合同", 2, 2),
    ]
    earlier = f"since={today() - timedelta(days=9)}&until={today() - timedelta(days=5)}"
    assert client.get(f"/customers/collection/report/?{earlier}").context["lines"] == []
    assert client.get("/customers/collection/report/?since=x&until=y").status_code == 422
