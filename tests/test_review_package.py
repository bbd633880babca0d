"""The screens: put together, looked through masked, one value shown, left out, frozen, fetched at the portal once."""

from io import BytesIO
from zipfile import ZipFile

import pytest
from django.test import Client

from shouxin.kit import clock
from shouxin.portal.choosing.tests.test_choose_purposes import browser
from shouxin.portal.entering.models import Session
from shouxin.rights.cases.models import Kind
from shouxin.rights.cases.tests.cast import in_hand
from shouxin.rights.packages.models import Package
from tests.register import PHONE, Register


@pytest.mark.django_db(transaction=True)
def test_a_package_goes_its_way_over_the_screens(register: Register) -> None:
    clerk, head = Client(), Client()
    register.world.signed_in(clerk, "clerk")
    register.world.signed_in(head, "sales_head")
    case = in_hand(register, Kind.COPY)
    address = f"/rights/{case.id}/package/"
    assert "本人查阅的材料" in clerk.get(f"/rights/{case.id}/").content.decode()
    assert "还没有汇集" in clerk.get(address).content.decode()
    page = clerk.post(f"{address}make/", follow=True).content.decode()
    for said in ("138****5678", "您的信息", "谁在什么时候为什么用过您的信息", "销售跟进/履行合同"):
        assert said in page
    for hidden in (PHONE, "中关村"):
        assert hidden not in page
    row = f"{register['li']}:home_address"
    page = clerk.post(f"{address}look/", {"look": row, "row": row}).content.decode()
    assert "中关村" in page
    assert f'value="{row}" ' in page.split("checked")[0]
    frozen = clerk.post(f"{address}freeze/", {"row": row, "reason": "others"}, follow=True).content.decode()
    assert Package.objects.get().sha256 in frozen
    assert "未列出 1 项" in frozen
    clerk.post(f"/rights/{case.id}/answer/", {"outcome": "granted", "text": "请在门户领取"})
    assert head.get(address).status_code == 200
    head.post(f"/rights/{case.id}/approve/")
    me = browser(register)
    mine = f"/my/requests/{case.id}/"
    page = me.get(mine).content.decode()
    assert "可以下载一次" in page
    assert "由工作人员交付" in page  # there is no mail server here that a second code could go by
    early = me.post(f"{mine}package/")
    assert (early.status_code, "先输入第二个验证码" in early.content.decode()) == (422, True)
    Session.objects.update(second_factor_at=clock.now())
    assert browser(register, "zhang").post(f"{mine}package/").status_code == 404
    archive = b"".join(me.post(f"{mine}package/"))
    assert PHONE in ZipFile(BytesIO(archive)).read("data.json").decode()
    again = me.post(f"{mine}package/")
    assert (again.status_code, "只能下载一次，已于" in again.content.decode()) == (422, True)
    assert "已经销毁" in me.get(mine).content.decode()
    assert "客户门户下载" in clerk.get(address).content.decode()
