"""Somebody who cannot fetch their package is told why and what to do, and a second code leads back."""

from datetime import timedelta
from io import BytesIO
from zipfile import ZipFile

import pytest
from django.test import Client

from shouxin.kit import clock
from shouxin.portal.entering import channels
from shouxin.portal.entering.models import Session
from shouxin.portal.entering.tests.conftest import ADDRESS, Post, ask, give, post  # noqa: F401 - fixtures
from shouxin.rights.cases.models import Case, Kind
from shouxin.rights.cases.tests.cast import in_hand
from shouxin.rights.packages import services, writing
from shouxin.rights.packages.models import Package
from shouxin.rights.packages.tests.test_hand_over_package import frozen, ready
from tests.harness.jobs import run_queued
from tests.register import Register


@pytest.fixture
def inside(register: Register, post: Post, client: Client) -> Client:  # noqa: F811
    """李小明's browser, signed in by a code to the mail address on file."""
    give(register, "li", email=ADDRESS)
    ask(client)
    client.post("/my/code/", {"code": post.code})
    return client


def fetched(client: Client, case: Case) -> str:
    answer = client.post(f"/my/requests/{case.id}/package/")
    assert answer.status_code == 422
    return answer.content.decode()


@pytest.mark.django_db(transaction=True)
def test_a_second_code_leads_back_and_the_package_comes_once(
    register: Register,
    inside: Client,
    post: Post,  # noqa: F811
) -> None:
    case = in_hand(register, Kind.COPY)
    frozen(register, case)
    mine = f"/my/requests/{case.id}/"
    Session.objects.update(second_factor_at=clock.now())
    assert "还没有准备好" in fetched(inside, case)
    ready(register, case)
    Session.objects.update(second_factor_at=clock.now() - timedelta(minutes=11))
    assert "要先输入第二个验证码" in fetched(inside, case)
    assert f'name="next" value="{mine}"' in inside.get(mine).content.decode()
    asked = inside.post("/my/clear/ask/", {"next": mine})
    run_queued("portal")
    page = inside.get(asked["Location"]).content.decode()
    assert page.count(f'name="next" value="{mine}"') == 2  # sending the code, and having it sent again
    wrong = inside.post("/my/clear/", {"code": "000000" if post.code != "000000" else "1", "next": mine})
    assert "验证码不对" in wrong.content.decode()
    assert inside.post("/my/clear/", {"code": post.code, "next": mine})["Location"] == mine
    archive = b"".join(inside.post(f"{mine}package/"))
    assert writing.SCHEMA_NAME in ZipFile(BytesIO(archive)).namelist()
    assert "只能下载一次，已于" in fetched(inside, case)


@pytest.mark.django_db(transaction=True)
def test_what_ran_out_or_is_handed_over_by_staff_is_said(register: Register, inside: Client) -> None:
    case = in_hand(register, Kind.COPY)
    package = ready(register, case)
    Session.objects.update(second_factor_at=clock.now())
    services.hand_over(actor=register.world.actor("clerk"), case=case.id, now=clock.now())
    assert "工作人员已开始为您交付" in fetched(inside, case)
    Package.objects.filter(id=package.id).update(expires_at=clock.now() - timedelta(minutes=1))
    assert "领取期限到" in fetched(inside, case)
    services.tidy(now=clock.now())
    assert "过期的已经销毁" in fetched(inside, case)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "away", ["//evil.example/", "https://evil.example/my/", "/rights/", "/my/sign-out/", "x"]
)
def test_a_second_code_leads_nowhere_else(inside: Client, post: Post, away: str) -> None:  # noqa: F811
    assert inside.post("/my/clear/ask/", {"next": away})["Location"] == "/my/clear/"
    run_queued("portal")
    assert inside.post("/my/clear/", {"code": post.code, "next": away})["Location"] == "/my/"


@pytest.mark.django_db(transaction=True)
def test_where_no_code_can_be_sent_there_is_no_button_for_one(
    register: Register, inside: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = in_hand(register, Kind.COPY)
    ready(register, case)
    monkeypatch.setattr(channels, "offered", list)
    page = inside.get(f"/my/requests/{case.id}/").content.decode()
    assert "由工作人员交付" in page
    assert "/my/clear/ask/" not in page
