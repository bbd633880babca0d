"""Every kind of request on the staff side, by clicking: taken down, identified, matched, carried out, answered, closed.

All of them come to one office on one day, each from a customer of its own. What is looked at in the end is what whoever
asked cares about: the consent is withdrawn, the value corrected, the package in hand, the account closed.
"""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID
from zipfile import ZipFile

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from shouxin.core.policy import GroupState, customer_actor, service_actor
from shouxin.customers.consents import pages
from shouxin.customers.consents import queries as consents
from shouxin.customers.consents import services as deciding
from shouxin.customers.consents.models import Channel as Door
from shouxin.customers.consents.services import How
from shouxin.kit import clock
from shouxin.rights.cases import doing, rules
from shouxin.rights.cases.models import Case, Kind, Outcome, State
from shouxin.vault import queries as vault_queries
from shouxin.vault import services as vault
from tests.harness.database import empty
from tests.harness.database import superuser as connect_superuser
from tests.journeys.conftest import PHONE as PHONE_SIZE
from tests.journeys.office import Office, arrived, serving
from tests.register import SALES, refusal

K = Kind
MOVED = "上海市徐汇区漕溪北路398号"
NAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱"
SELF, COUNTER, PHONE, MAIL = "本人", "柜台", "电话", "信函或邮件"


@dataclass(frozen=True)
class Way:
    """How a request of a kind comes in, by whom, and how it is shown who asks."""

    channel: str
    said: str
    proofs: tuple[str, ...] = ("当面核对本人与证件",)
    requester: str = SELF
    purpose: str = ""
    handler: str = "clerk"
    answer: str = ""
    name: str = ""  # of whoever asks, where that is somebody else


WAYS = {
    K.KNOW: Way(PHONE, "你们拿我的信息做什么", ("回拨档案中的号码",), answer="用于履行合同，未提供给他人。"),
    K.ACCESS: Way(COUNTER, "我要看你们存了我什么", answer="材料已当面交付。"),
    K.COPY: Way(COUNTER, "给我一份复印件", answer="材料已当面交付。"),
    K.PORT: Way(COUNTER, "请把我的信息转给新的供应商", answer="已按通用格式交付。"),
    K.CORRECT: Way(PHONE, "我搬家了，地址不对", ("核对身份证件",)),
    K.SUPPLEMENT: Way(COUNTER, "请补上我的邮箱"),
    K.DELETE: Way(COUNTER, "不再来往，请全部删除"),
    K.RESTRICT: Way(PHONE, "争议没解决以前先别用", ("回拨档案中的号码",), purpose="客户服务"),
    K.WITHDRAW: Way(PHONE, "别再给我发广告", ("回拨档案中的号码",), purpose="营销推广"),
    K.OBJECT: Way(MAIL, "不要再分析我买了什么", ("核对身份证件",), purpose="客户关系分析"),
    K.EXPLAIN_RULES: Way(PHONE, "你们的规则怎么讲", (), answer="订单信息保存到合同履行完毕后三年。"),
    K.EXPLAIN_DECISION: Way(MAIL, "为什么给我的优惠不一样", ("核对身份证件",), answer="按购买次数分档。"),
    K.HUMAN_REVIEW: Way(PHONE, "我不要机器决定", ("回拨档案中的号码",), answer="已由主管人工复核并改正。"),
    K.CANCEL: Way(COUNTER, "把我的账户注销掉"),
    K.DECEASED: Way(
        MAIL,
        "父亲过世，请给我们一份他的记录",
        ("死亡证明", "亲属关系证明", "核对身份证件"),
        "死者近亲属",
        answer="材料请来当面领取。",
        name="韩小梅",
    ),
    K.COMPLAINT: Way(PHONE, "客服当着别人念我的号码", (), answer="属实，已致歉并改了流程。"),
    K.INQUIRY: Way(
        MAIL, "请提供该客户的订单", ("公函与执法证件",), "监管部门", handler="officer", answer="已依法提供。"
    ),
}


@pytest.fixture(scope="module")
def office(
    request: pytest.FixtureRequest,
    chromium: Browser,
    kept_register: Any,
    cluster: Any,
    test_database: str,
    django_db_blocker: Any,
) -> Iterator[Office]:
    """The cast at their desks for all kinds, and a customer for each."""
    with (
        django_db_blocker.unblock(),
        connect_superuser(cluster, test_database) as superuser,
        serving() as address,
    ):
        register = kept_register.restore()
        people = arrived(register, [person(number) for number in range(len(Kind))])
        register.ids |= dict(zip((kind.value for kind in Kind), people, strict=True))
        found = Office(register, chromium, address, request.path.stem)
        yield found
        found.close()
        empty(superuser)


def person(number: int) -> dict[str, str]:
    return {
        "person_name": f"{NAMES[number]}晓{NAMES[-number - 1]}",
        "mobile": mobile(number),
        "home_address": f"北京市海淀区中关村大街{number + 1}号",
    }


def mobile(number: int) -> str:
    return f"1380013{8100 + number}"


class Walk:
    """One request, and the people it passes through."""

    def __init__(self, office: Office, kind: Kind) -> None:
        self.office, self.kind, self.way = office, kind, WAYS[kind]
        self.customer: UUID = office.register[kind.value]
        self.mobile = mobile(list(Kind).index(kind))
        self.page = office.desk(self.way.handler)
        self.case = ""

    @property
    def main(self) -> Locator:
        return self.page.get_by_role("main")

    @property
    def row(self) -> Case:
        return Case.objects.get(customer_id=self.customer, kind=self.kind)

    def says(self, text: str) -> None:
        expect(self.main).to_contain_text(text)

    def press(self, name: str) -> None:
        with self.page.expect_navigation():
            self.main.get_by_role("button", name=name, exact=True).click()

    def follow(self, name: str | re.Pattern[str]) -> None:
        with self.page.expect_navigation():
            self.main.get_by_role("link", name=name, exact=isinstance(name, str)).first.click()

    def choose(self, label: str, text: str, page: Page | None = None) -> None:
        (page or self.page).get_by_label(re.compile(rf"^{label}\*?$")).select_option(label=text)

    def look(self, name: str) -> None:
        self.office.look(self.way.handler, name)

    # The way of every request.

    def find(self) -> None:
        """From wherever one is to the customer's page, by their number."""
        self.office.visitors[self.way.handler].choose("查找客户")
        self.page.get_by_label("查找客户").fill(self.mobile)
        self.press("查找")
        self.follow(re.compile(r"^.\*\*$"))

    def take_down(self) -> None:
        """At the counter from the page of the customer who stands there; what comes otherwise without one."""
        if self.way.channel == COUNTER:
            self.find()
            self.page.locator("#rights").get_by_role("link", name="登记行权申请").click()
        else:
            self.office.visitors[self.way.handler].choose("个人行权")
            self.follow("登记行权申请")
        self.choose("要求", str(self.kind.label))
        self.choose("怎样提出", self.way.channel)
        self.choose("申请人", self.way.requester)
        self.page.get_by_label("要求的内容").fill(self.way.said)
        self.page.get_by_label("申请人姓名").fill(self.way.name)
        if self.way.purpose:
            self.page.locator("details:has([name=purposes]) > summary").click()
            self.page.get_by_label(self.way.purpose, exact=True).check()
        if self.kind is K.COMPLAINT:
            self.choose("被投诉的部门", "客服部")
        if self.kind is K.DECEASED:
            self.choose("近亲属要求什么", "复制")
        if self.kind is K.CORRECT:
            self.page.locator("details:has([name=concerned]) > summary").click()
            self.page.locator("[name=concerned][value=home_address]").check()
        self.look("intake")
        self.press("登记这件申请")
        self.says("查询码只显示这一次")
        self.case = self.page.url
        with self.page.expect_navigation():
            self.page.locator("#verbs").get_by_role("button", name="受理").click()

    def match(self) -> None:
        """Find out whom it is about; from the customer's page back to the request."""
        if self.way.channel == COUNTER:
            return
        number = Case.objects.get(kind=self.kind).number
        assert number in self.page.locator("h1").inner_text()
        self.find()
        self.press(f"认定 {number} 针对这位客户")
        self.says("已查明申请针对的客户")

    def identify(self) -> None:
        for proof in self.way.proofs:
            self.choose("核验方式", proof)
            self.press("登记核验")
        self.says("身份核验通过" if self.way.proofs else "不需要核验身份")

    def answer(self) -> None:
        if self.kind in doing.DELETES:
            self.says("同意删除会怎样")
            self.look("foreseen")
        self.choose("结果", "同意")
        if self.kind is K.PORT:
            for one in rules.CONDITIONS.values():
                self.page.get_by_label(one.zh).check()
        if self.kind is K.SUPPLEMENT:  # what was not named when it was taken down
            self.page.locator("[name=corrected][value=email]").check()
        if self.way.answer:
            self.page.get_by_label("答复申请人的话").fill(self.way.answer)
        self.press("提交答复")

    def approve(self) -> None:
        """The head of the department finds it in the list of what waits for them, on the phone."""
        waits = self.row.state == State.DECIDING
        assert waits is rules.needs_second(self.kind, Outcome.GRANTED, escalated=False)
        if not waits:
            return
        self.says("等待他人审批")
        head = self.office.desk("sales_head")
        head.set_viewport_size(PHONE_SIZE)  # type: ignore[arg-type]
        head.goto("/rights/?show=awaiting")
        self.office.look("sales_head", "waiting")
        head.get_by_role("link", name=self.row.number).click()
        self.office.look("sales_head", "to-approve")
        with head.expect_navigation():
            head.get_by_role("button", name="批准", exact=True).click()
        expect(head.get_by_role("main")).to_contain_text(
            "已停止使用，等待删除" if self.kind in doing.DELETES else "已答复，答复书可以打印或交给申请人"
        )

    def letter(self) -> None:
        """What whoever asked is given."""
        self.page.goto(self.case)
        self.follow("查看答复书")
        self.says(f"关于您的{self.kind.label}申请（{self.row.number}）的答复")
        self.says(self.way.answer)
        self.look("letter")


# What is done for whoever asked, before they are answered.


def put_together(walk: Walk) -> None:
    walk.follow("本人查阅的材料")
    walk.press("汇集材料")
    walk.says("已汇集，请逐类审阅")
    walk.look("package")
    walk.press("定稿")
    walk.says("已定稿")
    with walk.page.expect_navigation():
        walk.page.get_by_role("link", name=walk.row.number).click()


def edit(walk: Walk, field: str, text: str, shown: str) -> None:
    walk.follow("在客户档案中更正")
    walk.page.get_by_role("textbox", name=field).fill(text)
    walk.press("保存")
    walk.says("已保存。")
    walk.says(shown)
    walk.page.goto(walk.case)


BEFORE_ANSWER: dict[Kind, Callable[[Walk], None]] = {
    K.ACCESS: put_together,
    K.COPY: put_together,
    K.PORT: put_together,
    K.DECEASED: put_together,
    K.CORRECT: lambda walk: edit(walk, "住址", MOVED, "上海市"),
    K.SUPPLEMENT: lambda walk: edit(walk, "邮箱", "new@example.cn", "@example.cn"),
}


# What whoever asked cares about, once they are answered.


def handed_over(walk: Walk) -> dict[str, bytes]:
    """The archive that they are given at the counter, once."""
    walk.page.goto(f"{walk.case}package/")
    with walk.page.expect_download() as downloading:
        walk.main.get_by_role("button", name="取出并交付").click()
    with ZipFile(downloading.value.path()) as opened:
        found = {name: opened.read(name) for name in opened.namelist()}
    walk.page.reload()
    expect(walk.main.get_by_role("button", name="取出并交付")).to_have_count(0)
    return found


def holds_everything(walk: Walk) -> None:
    pages = b"".join(content for name, content in handed_over(walk).items() if name.endswith(".html"))
    for value in person(list(Kind).index(walk.kind)).values():
        assert value in pages.decode()


def can_be_read_elsewhere(walk: Walk) -> None:
    """By another provider's program, each value under its column."""
    data = json.loads(handed_over(walk)["data.json"])
    assert data["request"] == walk.row.number
    assert walk.mobile in str(data["parts"])


def read(walk: Walk, purpose: str) -> str:
    return refusal(walk.office.register.world, purpose, walk.customer)


def agreed(walk: Walk) -> None:
    """They agreed to marketing once, which is read until they withdraw."""
    now = clock.now()
    deciding.decide(
        actor=customer_actor(walk.customer),
        customer=walk.customer,
        shown=pages.present(purpose="marketing", language="zh-Hans", now=now).sha256,
        ticked=frozenset({"general"}),
        how=How(Door.PORTAL),
        now=now,
    )
    assert read(walk, "marketing") == ""


def is_withdrawn(walk: Walk) -> None:
    walk.says("同意已撤回")
    assert read(walk, "marketing") == "consent.missing"


def is_restricted(walk: Walk) -> None:
    walk.says("已停止处理")
    assert read(walk, "service") == "purpose.refused"
    assert read(walk, SALES) == ""


def is_left_out(walk: Walk) -> None:
    walk.says("已停止处理")
    assert [one.purpose for one in consents.refusals(walk.customer)] == ["customer_analysis"]


def is_gone(walk: Walk) -> None:
    """Nobody finds them at once; the case ends when the keys are destroyed, and the letter says so."""
    walk.says("已停止使用，待删除")
    walk.says("个人信息保护法 第47条第1款")
    assert walk.row.state == State.WATCHING
    walk.office.visitors["clerk"].choose("查找客户")
    walk.page.get_by_label("查找客户").fill(walk.mobile)
    walk.press("查找")
    walk.says("限制处理 1 位")
    groups = vault_queries.states([walk.customer])[walk.customer]
    assert set(groups.values()) == {GroupState.LOCKED}
    vault.destroy_groups(
        actor=service_actor("test"), groups=[(walk.customer, one) for one in groups], reason="request"
    )
    doing.settle(now=clock.now())
    walk.letter()
    walk.says("已销毁")


def is_in(walk: Walk) -> None:
    """They are at their own door when they ask for it to be closed."""
    door = walk.office.door(walk.customer)
    door.goto("/my/")
    expect(door.get_by_role("main")).to_contain_text(person(list(Kind).index(walk.kind))["person_name"][0])


def is_out(walk: Walk) -> None:
    door = walk.office.contexts[-1].pages[0]
    door.goto("/my/")
    door.wait_for_url("**/my/sign-in/")
    is_gone(walk)


def is_heard(walk: Walk) -> None:
    """Whoever complained says how satisfied they are, at their own door: whoever dealt with it says it for nobody."""
    walk.page.goto(walk.case)
    expect(walk.page.get_by_role("button", name="登记评价")).to_have_count(0)
    door = walk.office.door(walk.customer)
    door.goto("/my/requests/")
    door.get_by_role("link", name="投诉 ·").click()
    door.get_by_label("您对这次办理满意吗").select_option("5")
    door.get_by_role("button", name="提交评分").click()
    expect(door.get_by_role("main")).to_contain_text("评分：5 分 · 您自己评的")
    walk.page.goto(walk.case)
    walk.says("5 分 · 申请人自己评的")


def is_hidden(walk: Walk) -> None:
    """The person is not told of what an authority asks about them."""
    door = walk.office.door(walk.customer)
    door.goto("/my/requests/")
    expect(door.get_by_role("main")).not_to_contain_text(walk.row.number)
    expect(door.get_by_role("main")).not_to_contain_text("监管")


def is_given_to_the_relative(walk: Walk) -> None:
    """By name, and in hand at the counter; the sign-in of the deceased shows nothing of it."""
    walk.says(f"{walk.way.name}：")
    holds_everything(walk)
    door = walk.office.door(walk.customer)
    door.goto("/my/requests/")
    expect(door.get_by_role("main")).not_to_contain_text(walk.row.number)


BEFORE: dict[Kind, Callable[[Walk], None]] = {K.WITHDRAW: agreed, K.CANCEL: is_in}
AFTER: dict[Kind, Callable[[Walk], None]] = {
    K.ACCESS: holds_everything,
    K.COPY: holds_everything,
    K.PORT: can_be_read_elsewhere,
    K.DELETE: is_gone,
    K.RESTRICT: is_restricted,
    K.WITHDRAW: is_withdrawn,
    K.OBJECT: is_left_out,
    K.CANCEL: is_out,
    K.DECEASED: is_given_to_the_relative,
    K.COMPLAINT: is_heard,
    K.INQUIRY: is_hidden,
}


def nothing(_walk: Walk) -> None:
    """Being told is all there is to it."""


@pytest.mark.parametrize("kind", list(Kind))
def test_a_request_goes_from_its_intake_to_its_end(office: Office, kind: Kind) -> None:
    walk = Walk(office, kind)
    BEFORE.get(kind, nothing)(walk)
    walk.take_down()
    walk.match()
    walk.identify()
    BEFORE_ANSWER.get(kind, nothing)(walk)
    walk.answer()
    walk.approve()
    walk.letter()
    AFTER.get(kind, nothing)(walk)
    assert walk.row.state == State.ANSWERED
    office.check()
