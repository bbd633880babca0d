"""A system administrator's day: somebody begins, somebody ends, a directory is connected, a failed job runs again."""

import re

import pytest
from playwright.sync_api import expect

from shouxin.operations.queue.tests.test_manage_jobs import failed, state
from shouxin.people.connections.models import Connection
from shouxin.people.models import Staff
from tests.journeys.conftest import Visitor
from tests.journeys.day import Day
from tests.register import Register

pytestmark = pytest.mark.django_db(transaction=True)


def begin_somebody(day: Day, department: str) -> None:
    """By keyboard; the first password is shown once."""
    page, keys = day.page, day.keys
    day.card("新建人员")
    keys.write(page.get_by_label("姓名"), "何苗")
    keys.write(page.get_by_label("用户名"), "hemiao")
    keys.pick(page.get_by_label("部门"), department)
    day.look("new")
    keys.press("新建")
    day.says("初始密码只显示这一次")
    day.look("first-password")
    day.go("我已记下")
    day.says("还没有角色", "安全管理员授予、部门负责人确认后生效")
    assert Staff.objects.get(user_name="hemiao").roles == []


def end_somebody(day: Day) -> None:
    page = day.page
    day.go(page.get_by_role("navigation", name="位置").get_by_role("link", name="人员"))
    day.look("people")
    day.go("李强")
    day.look("person")
    day.go("停用")
    day.says("立即退出所有登录")
    page.get_by_label("请输入 marketer 以确认").fill("marketer")
    day.look("ending")
    day.press("停用")
    assert not Staff.objects.get(user_name="marketer").is_active


def connect(day: Day, department: str) -> None:
    page = day.page
    day.menu("外部连接")
    day.look("connections")
    day.go(day.main.get_by_role("link").filter(has_text=re.compile("SCIM")).first)
    page.get_by_label("名称").fill("总部人员目录")
    page.get_by_label("新人员的部门").select_option(department)
    page.get_by_label("来源地址").fill("10.1.0.0/16")
    day.look("connecting")
    day.press("提交确认")
    day.says("总部人员目录", "等待另一位管理员（安全管理员）确认")
    day.look("connection")
    assert Connection.objects.get().state == "drafted"


def run_again(day: Day, job: int) -> None:
    """What failed is on the workbench in words, and says why."""
    day.home()
    card = day.card_of("失败的后台工作")
    expect(card).to_contain_text("轮换密钥")
    day.look("failed")
    day.go(card.locator(".sx-bench-count"))
    day.says("磁盘读写失败")
    day.look("jobs")
    day.go("轮换密钥")
    day.look("job")
    day.press("重试")
    assert state(job) == "todo"


def look_after_the_server(day: Day) -> None:
    day.jump("xttj")
    day.says("各部分状况", "后台")
    day.look("health")
    day.press("逐一试连")
    day.look("tried")


def test_a_day_of_a_system_administrator(register: Register, visitor: Visitor) -> None:
    job, sales = failed(OSError("disk is full")), str(register.world.departments["sales"].id)
    day = Day(visitor, "system_admin")
    day.begin()
    begin_somebody(day, sales)
    end_somebody(day)
    connect(day, sales)
    run_again(day, job)
    look_after_the_server(day)
    day.end()
