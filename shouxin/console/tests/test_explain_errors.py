"""What people read when an address does not do what they hoped."""

import pytest
from django.test import Client

from shouxin.console import views
from tests.world import World

pytestmark = pytest.mark.django_db


def test_a_page_that_only_takes_forms_says_so_when_opened_by_itself(world: World, client: Client) -> None:
    answer = world.signed_in(client, "clerk").get("/purpose/")
    assert answer.status_code == 405
    assert "此页不能直接打开" in answer.content.decode()


def test_changing_the_purpose_after_a_form_leads_back_to_the_page_before_it(
    world: World, client: Client
) -> None:
    world.signed_in(client, "clerk")
    answer = client.post(
        "/customers/find/", {"term": "x"}, headers={"Referer": "http://testserver/customers/"}
    )
    assert 'name="next" value="/customers/"' in answer.content.decode()


def test_a_page_out_of_reach_names_no_path_and_leads_on(world: World, client: Client) -> None:
    text = world.signed_in(client, "clerk").get("/customers/13812345678/").content.decode()
    assert "没有这个页面" in text
    assert "回到工作台" in text
    assert "13812345678" not in text.replace('value="/customers/13812345678/"', "")


def test_what_broke_is_said_without_a_trace_of_it(
    world: World, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "tasks_for", _break)
    client.raise_request_exception = False
    answer = world.signed_in(client, "clerk").get("/")
    text = answer.content.decode()
    assert answer.status_code == 500
    assert "操作没有完成，也没有半途保存" in text
    assert "13812345678" not in text
    assert "Traceback" not in text


def _break(*_args: object) -> None:
    raise RuntimeError("13812345678")


def test_a_page_without_right_keeps_the_menu_and_says_what_opens(world: World, client: Client) -> None:
    answer = world.signed_in(client, "clerk").get("/people/staff/new/")
    text = answer.content.decode()
    assert answer.status_code == 403
    assert 'id="sx-side"' in text
    assert 'href="/menu/"' in text
    assert "由安全管理员授予角色、负责人确认" in text


def test_a_stranger_gets_no_menu_with_an_error(client: Client) -> None:
    answer = client.get("/nowhere/")
    assert answer.status_code == 404
    assert 'id="sx-side"' not in answer.content.decode()
