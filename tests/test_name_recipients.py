"""Recipients are named: the register holds them, purposes name them, notices and the public list tell of them."""

from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from shouxin.journal.queries import of_events
from shouxin.rulebook.catalogue.errors import Refused
from shouxin.rulebook.purposes import noticing, rules
from shouxin.rulebook.purposes import services as purposes
from shouxin.rulebook.purposes.models import NoticeVersion, Purpose
from shouxin.rulebook.recipients import services
from shouxin.rulebook.recipients.models import Recipient
from tests.register import SALES, Register, told_of_anew

CARRIER: dict[str, Any] = {
    "name_zh": "迅达物流有限公司",
    "name_en": "Xunda Logistics",
    "part": "entrusted",
    "contact": "privacy@xunda.example",
    "way_zh": "下单时通过加密接口逐单提供",
    "way_en": "Order by order over an encrypted interface",
    "kinds": ["个人基本资料", "个人健康生理信息"],
}


def shared(client: Client) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = client.get("/my/lists/shared.json").json()["rows"]
    return [row for row in rows if "迅达" in row["recipient"]]


def name(register: Register, *rows: Recipient) -> None:
    """Stop the purpose, write in whom it names, and take it through approval, notice and activation."""
    head, officer = register.world.actor("sales_head"), register.world.actor("officer")
    purposes.revise_purpose(officer, key=SALES, reason="列明承运人")
    purposes.edit_purpose(head, key=SALES, named=rows)
    purposes.submit_purpose(head, key=SALES)
    purposes.approve_purpose(officer, key=SALES)
    with pytest.raises(Refused, match="not_told"):
        purposes.activate_purpose(officer, key=SALES)
    told_of_anew(register.world)
    purposes.activate_purpose(officer, key=SALES)


@pytest.mark.django_db(transaction=True)
def test_a_named_recipient_is_told_in_the_notice_and_the_list_and_stays_who_it_is(
    register: Register, client: Client
) -> None:
    head = register.world.actor("sales_head")
    with pytest.raises(Refused, match="incomplete"):
        services.enter_recipient(head, **{**CARRIER, "contact": " "})
    carrier = services.enter_recipient(head, **CARRIER)
    with pytest.raises(Refused, match="taken"):
        services.enter_recipient(head, **CARRIER)
    assert shared(client) == []  # being entered gives it nothing
    name(register, carrier)
    text = NoticeVersion.objects.filter(notice="customers", language="zh-Hans").latest("number").text
    assert (
        "迅达物流有限公司（受托人；联系方式：privacy@xunda.example；种类：个人基本资料；方式：下单时" in text
    )
    assert "个人健康生理信息" not in text  # it may get that, but this purpose has none
    (row,) = shared(client)
    assert (row["purpose"], row["kinds"], row["contact"]) == (
        "销售跟进/履行合同",
        ["个人基本资料"],
        CARRIER["contact"],
    )

    for wrong in ({"name_zh": "别的公司"}, {"kinds": ["个人财产信息"]}, {"way_zh": "电话告知"}):
        with pytest.raises(Refused, match="in_use"):
            services.change_recipient(head, recipient=carrier.id, **{**CARRIER, **wrong})
        with pytest.raises(IntegrityError), transaction.atomic():
            Recipient.objects.filter(id=carrier.id).update(**wrong)
    with pytest.raises(Refused, match="in_use"):
        services.retire_recipient(head, recipient=carrier.id, reason="换承运人")
    services.change_recipient(head, recipient=carrier.id, **{**CARRIER, "contact": "400-000-0000"})
    assert shared(client)[0]["contact"] == "400-000-0000"  # the list is live
    purpose = Purpose.objects.get(key=SALES)
    with pytest.raises(IntegrityError), transaction.atomic():
        purpose.named.clear()  # frozen like everything else that was approved
    name(register)
    assert shared(client) == []
    services.retire_recipient(head, recipient=carrier.id, reason="换承运人")
    purposes.revise_purpose(register.world.actor("officer"), key=SALES, reason="误列")
    purposes.edit_purpose(head, key=SALES, named=[carrier])
    with pytest.raises(Refused, match="recipient_retired"):
        purposes.submit_purpose(head, key=SALES)
    told = of_events(["recipient.entered", "recipient.changed", "recipient.retired"], limit=9)
    assert [line.event for line in told] == ["recipient.retired", "recipient.changed", "recipient.entered"]
    assert told[1].data["attributes"] == ["contact"]
    assert "迅达" not in str([line.data for line in told])


@pytest.mark.django_db
def test_the_notice_of_a_purpose_without_companies_says_what_it_said(register: Register) -> None:
    version = NoticeVersion.objects.get(notice="customers", language="zh-Hans")
    assert noticing.composed(version).text == version.text
    assert dict(noticing.composed(version).covers) == version.covers


@pytest.mark.django_db(transaction=True)
def test_the_register_is_kept_on_screen(register: Register, client: Client) -> None:
    head = register.world.signed_in(client, "sales_head")
    assert "还没有登记接收方" in head.get("/rules/recipients/").content.decode()
    said = {**CARRIER, "country": "CN"}
    assert head.post("/rules/recipients/new/", {**said, "kinds": []}).status_code == 422
    assert head.post("/rules/recipients/new/", {**said, "country": "SG"}).status_code == 422
    assert head.post("/rules/recipients/new/", said).status_code == 302
    row = Recipient.objects.get()
    page = f"/rules/recipients/{row.id}/"
    assert CARRIER["contact"] in head.get(page).content.decode()
    form = head.get("/rules/purposes/new/").content.decode()
    assert "迅达物流有限公司" in form
    assert head.post(f"{page}change/", {**said, "contact": "400-1"}).status_code == 302
    assert "400-1" in head.get("/rules/recipients/").content.decode()
    abroad = {**said, "country": "SG", "redress_zh": "写信到 privacy@xunda.example"}
    assert head.post(f"{page}change/", abroad).status_code == 302
    told = head.get(page).content.decode()
    assert "新加坡" in told
    assert "写信到 privacy@xunda.example" in told
    assert head.post(f"{page}retire/", {"reason": ""}).status_code == 422
    assert head.post(f"{page}retire/", {"reason": "不再合作"}).status_code == 302
    assert "已停用" in head.get(page).content.decode()
    assert head.get(f"{page}change/").status_code == 404


@pytest.mark.django_db(transaction=True)
def test_what_a_purpose_publishes_is_written_reviewed_and_approved(
    register: Register, client: Client
) -> None:
    head, officer = register.world.actor("sales_head"), register.world.actor("officer")
    before = Purpose.objects.get(key="marketing")
    digest = rules.digest(purposes.content(before))
    assert before.content_sha256 == digest  # what was approved before there was such a thing stays as it was
    purposes.revise_purpose(officer, key="marketing", reason="感谢墙")
    page = "/rules/purposes/marketing/"
    register.world.signed_in(client, "sales_head")
    form = client.get(f"{page}edit/").context["form"]
    said = {name: form[name].value() for name in form.fields}
    said = {name: "" if value is None else value for name, value in said.items()}
    wall = {"publishes_zh": "官网感谢墙显示姓氏", "publishes_en": "Family names on the wall of thanks"}
    assert client.post(f"{page}edit/", {**said, **wall}).status_code == 302
    purposes.submit_purpose(head, key="marketing")
    register.world.signed_in(client, "officer")
    assert "官网感谢墙显示姓氏" in client.get(page).content.decode()
    approval = client.get(f"{page}approve/").content.decode()
    assert "公开我的信息：官网感谢墙显示姓氏" in approval  # whoever approves reads what people will be asked
    approved = purposes.approve_purpose(officer, key="marketing")
    assert approved.content_sha256 != digest
