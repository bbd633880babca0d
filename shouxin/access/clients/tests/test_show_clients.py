"""The screens of API clients: proposing with a matrix of fields, deciding, the token shown once."""

import re
from datetime import timedelta

import pytest
from django.test import Client

from shouxin.access.clients.models import ApiClient
from shouxin.access.clients.tests.conftest import Propose
from shouxin.kit import clock
from tests.register import SALES
from tests.world import World

PAGE = "/access/clients/"


@pytest.fixture
def posted(ruled: World) -> dict[str, object]:
    today = clock.today()
    return {
        "purposes": [SALES],
        "department": str(ruled.departments["sales"].id),
        "name": "订单系统",
        "owner": str(ruled.people["clerk"].id),
        "readable": ["person_name"],
        "clear": ["mobile"],
        "writable": ["mobile"],
        "addresses": "10.0.0.1\n10.2.0.0/16",
        "per_minute": 60,
        "daily_rows": 100,
        "starts_on": today.isoformat(),
        "ends_on": (today + timedelta(days=30)).isoformat(),
        "reason": "订单履约",
    }


def test_head_proposes_with_the_matrix(client: Client, ruled: World, posted: dict[str, object]) -> None:
    ruled.signed_in(client, "sales_head")
    first = client.get(PAGE + "propose/", {"purposes": SALES, "department": str(posted["department"])})
    assert "手机" in first.content.decode()
    answer = client.post(PAGE + "propose/", posted)
    made = ApiClient.objects.get()
    assert answer.headers["Location"] == f"{PAGE}{made.id}/"
    assert (made.readable, made.clear) == (["mobile", "person_name"], ["mobile"])


def test_a_proposal_without_a_purpose_is_told_what_is_missing(
    client: Client, ruled: World, posted: dict[str, object]
) -> None:
    ruled.signed_in(client, "sales_head")
    answer = client.get(PAGE + "propose/", {"department": str(posted["department"])})
    assert answer.status_code == 422
    assert re.search(r'role="alert"[^<]*(<[^>]*>)*[^<]*必填项', answer.content.decode())
    assert client.get(PAGE + "propose/").status_code == 200


def test_mistake_is_said_and_what_was_ticked_stays(
    client: Client, ruled: World, posted: dict[str, object]
) -> None:
    ruled.signed_in(client, "sales_head")
    answer = client.post(PAGE + "propose/", {**posted, "addresses": "0.0.0.0/0"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "不能不限地址" in page
    assert re.search(r'name="clear" value="mobile"[^>]* checked', page)
    assert not ApiClient.objects.exists()


def test_token_is_shown_in_the_answer_to_the_approval_and_never_again(
    client: Client, ruled: World, propose: Propose
) -> None:
    made = propose()
    ruled.signed_in(client, "officer")
    assert "待我审批" in client.get(PAGE, {"state": "awaiting"}).content.decode()
    answer = client.post(f"{PAGE}{made.id}/approve/")
    shown = re.search(r"sxk_[0-9a-f]{12}_[A-Za-z0-9_-]{43}", answer.content.decode())
    assert shown
    assert "no-store" in answer.headers["Cache-Control"]
    again = client.get(f"{PAGE}{made.id}/").content.decode()
    assert shown[0] not in again
    assert "待审批" not in again


def test_head_of_another_department_finds_no_such_client(
    client: Client, ruled: World, propose: Propose
) -> None:
    made = propose()
    ruled.signed_in(client, "service_head")
    assert client.get(f"{PAGE}{made.id}/").status_code == 404
    assert client.post(f"{PAGE}{made.id}/end/").status_code == 404


@pytest.mark.parametrize(("who", "status"), [("clerk", 403), ("system_admin", 403), ("audit_admin", 200)])
def test_list_is_for_those_who_answer_for_clients(
    client: Client, ruled: World, propose: Propose, who: str, status: int
) -> None:
    propose()
    ruled.signed_in(client, who)
    assert client.get(PAGE).status_code == status


def test_who_proposes_and_who_approves_see_what_is_sensitive_and_a_trade_secret(
    client: Client, ruled: World, posted: dict[str, object]
) -> None:
    ruled.signed_in(client, "sales_head")
    first = client.get(PAGE + "propose/", {"purposes": SALES, "department": str(posted["department"])})
    row = re.search(r"<th scope=\"row\">[^<]*客户需求.*?</th>", first.content.decode(), re.DOTALL)
    assert row is not None
    assert "商业秘密" in row[0]
    client.post(PAGE + "propose/", {**posted, "readable": ["person_name", "customer_needs", "id_number"]})
    page = ruled.signed_in(Client(), "officer").get(f"{PAGE}{ApiClient.objects.get().id}/").content.decode()
    told = page[page.index("其中敏感个人信息") :]
    assert "身份证" in told[: told.index("其中商业秘密")]
    assert "客户需求" in told[told.index("其中商业秘密") :].split("</dd>")[0]
