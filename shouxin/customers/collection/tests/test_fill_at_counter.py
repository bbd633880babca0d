"""The page at the counter: told first, wrong values beside their fields, drafts kept sealed, nothing undeclared."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from shouxin.customers.collection import drafts, jobs, ties
from shouxin.customers.collection.models import FormDraft, Submission, Undeclared
from shouxin.customers.collection.tests.cast import notice_of, running_plan
from shouxin.customers.collection_forms.models import FormVersion
from shouxin.customers.collection_forms.tests.cast import published
from shouxin.customers.registry.models import Customer
from shouxin.kit import clock, ids
from shouxin.people.leaving.ties import Cause, Going
from tests.register import Register
from tests.world import World, without_keys

pytestmark = pytest.mark.usefixtures("ruled")


def sent(world: World, row: FormVersion, values: Mapping[str, str], **more: str) -> dict[str, str]:
    """What a browser sends from the page."""
    return {
        "draft": str(ids.new()),
        "kind": "person",
        "notice_version": str(notice_of(row)),
        "told": "on",
        "department": str(world.departments["sales"].id),
        "scope": "department",
        "province": "",
        "verb": "send",
        **values,
        **more,
    }


@pytest.fixture
def counter(world: World, client: Client) -> Client:
    return world.signed_in(client, "clerk")


def test_the_form_is_filled_with_optional_fields_left_empty(world: World, counter: Client) -> None:
    row = published(world)
    path = f"/customers/collect/{row.form_id}/"
    shown = counter.get(path).content.decode()
    assert "先告知" in shown
    assert "客户个人信息处理告知 第 1 版" in shown
    answer = counter.post(path, sent(world, row, {"person_name": "林黛玉", "mobile": "", "email": ""}))
    customer = Customer.objects.get()
    assert answer["Location"] == f"/customers/{customer.id}/"


def test_what_is_wrong_stands_beside_its_field_and_nothing_is_lost(world: World, counter: Client) -> None:
    row = published(world)
    answer = counter.post(f"/customers/collect/{row.form_id}/", sent(world, row, {"mobile": "13900001111"}))
    text = answer.content.decode()
    assert answer.status_code == 422
    assert 'id="id_person_name_error"' in text
    assert "13900001111" in text
    untold = sent(world, row, {"person_name": ""})
    del untold["told"]
    text = counter.post(f"/customers/collect/{row.form_id}/", untold).content.decode()
    assert "请先向客户出示或读出告知，再勾选。" in text
    assert 'id="id_person_name_error"' in text
    assert Customer.objects.count() == 0


@pytest.mark.clause("C10.2")
@pytest.mark.parametrize("verb", ["send", "keep"])
def test_an_undeclared_field_refuses_the_whole_page_and_even_its_draft(
    world: World, counter: Client, verb: str
) -> None:
    row = published(world)
    values = {"person_name": "林黛玉", "id_number": "11010519491231002X"}
    answer = counter.post(f"/customers/collect/{row.form_id}/", sent(world, row, values, verb=verb))
    assert answer.status_code == 422
    assert "id_number" in answer.content.decode()
    assert "林黛玉" not in answer.content.decode()
    assert (Customer.objects.count(), FormDraft.objects.count(), Submission.objects.count()) == (0, 0, 0)
    assert [one.count for one in Undeclared.objects.all()] == [1]
    world.signed_in(counter, "officer")
    assert "员工页面 · 王芳 · 本机" in counter.get("/customers/collection/report/").content.decode()
    assert "员工页面 · 王芳 · 本机" in counter.get(f"/customers/forms/{row.id}/").content.decode()


@pytest.mark.clause("D8.1")
def test_a_draft_is_sealed_resumed_and_gone_when_sent(world: World, counter: Client) -> None:
    row = published(world)
    path = f"/customers/collect/{row.form_id}/"
    begun = sent(world, row, {"person_name": "林黛玉", "mobile": "13900001111"}, verb="keep")
    assert counter.post(path, begun, headers={"Accept": "application/json"}).status_code == 204
    draft = FormDraft.objects.get()
    assert "林黛玉".encode() not in bytes(draft.sealed)
    assert "未提交的草稿" in counter.get("/").content.decode()
    resumed = counter.get(f"{path}?draft={draft.id}").content.decode()
    assert 'value="林黛玉"' in resumed
    assert str(draft.id) in resumed
    counter.post(f"{path}?draft={draft.id}", begun | {"verb": "send"})
    assert (FormDraft.objects.count(), Customer.objects.count()) == (0, 1)


def test_who_was_filling_when_the_plan_closed_is_told_and_loses_nothing(
    world: World, counter: Client
) -> None:
    row = published(world)
    plan = running_plan(world, row, maximum=1)
    path = f"/customers/collect/{row.form_id}/?plan={plan.id}"
    assert "还可收集 1 人" in counter.get(path).content.decode()
    counter.post(path, sent(world, row, {"person_name": "林黛玉"}))
    late = counter.post(path, sent(world, row, {"person_name": "薛宝琴"}))
    assert late.status_code == 422
    assert "收集计划已达到人数上限，不再收集。" in late.content.decode()
    assert 'value="薛宝琴"' in late.content.decode()
    kept = counter.post(path, sent(world, row, {"person_name": "薛宝琴"}, verb="keep"))
    assert (kept.status_code, FormDraft.objects.count(), Customer.objects.count()) == (409, 0, 1)
    begun = counter.get(path)
    assert begun.status_code == 409
    assert "收集计划已达到人数上限" in begun.content.decode()


def test_a_draft_opens_for_nobody_else_and_not_for_ever(
    world: World, counter: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = published(world)
    path = f"/customers/collect/{row.form_id}/"
    counter.post(path, sent(world, row, {"person_name": "林黛玉"}, verb="keep"))
    draft = FormDraft.objects.get()
    world.signed_in(counter, "sales_head")
    assert "林黛玉" not in counter.get(f"{path}?draft={draft.id}").content.decode()
    counter.post(f"/customers/collect/drafts/{draft.id}/discard/")
    overwritten = sent(world, row, {"person_name": "贾瑞"}, verb="keep", draft=str(draft.id))
    assert counter.post(path, overwritten).status_code == 404
    found = drafts.opened(actor=world.actor("clerk"), draft=draft.id, now=clock.now())
    assert found is not None
    assert found[1].values == {"person_name": "林黛玉"}
    later = clock.now() + timedelta(days=7, minutes=1)
    assert drafts.opened(actor=world.actor("clerk"), draft=draft.id, now=later) is None
    monkeypatch.setattr(clock, "now", lambda: later)
    jobs.sweep(0)
    assert FormDraft.objects.count() == 0


def test_drafts_of_whoever_leaves_are_destroyed(world: World, counter: Client) -> None:
    row = published(world)
    counter.post(
        f"/customers/collect/{row.form_id}/", sent(world, row, {"person_name": "林黛玉"}, verb="keep")
    )
    staff = world.people["clerk"]
    going = Going(staff.id, staff.department_id, Cause.LEFT, clock.now())
    assert [text.zh for text in ties.foresee(going)] == ["1 份没有填完的表单将销毁；请此前提交。"]
    assert ties.cut(world.actor("system_admin"), going) == {"form_drafts": 1}
    assert FormDraft.objects.count() == 0


def test_without_keys_a_draft_is_not_kept_and_it_is_said(world: World, counter: Client) -> None:
    row = published(world)
    with without_keys():
        answer = counter.post(
            f"/customers/collect/{row.form_id}/",
            sent(world, row, {"person_name": "林黛玉"}, verb="keep"),
            headers={"Accept": "application/json"},
        )
    assert (answer.status_code, FormDraft.objects.count()) == (503, 0)


@pytest.mark.clause("B6.1.3")
def test_a_customers_page_leads_to_the_form_and_shows_what_was_answered(
    register: Register, client: Client
) -> None:
    world = register.world
    row = published(world, said={"known_only": True})
    plan = running_plan(world, row, group_provinces=("北京市",))
    world.signed_in(client, "clerk")
    session: Any = client.session
    session["purpose"] = row.purpose
    session.save()
    li = register["li"]
    assert f"/customers/collect/?customer={li}" in client.get(f"/customers/{li}/").content.decode()
    chosen = client.get(f"/customers/collect/?customer={li}").content.decode()
    path = f"/customers/collect/{row.form_id}/?plan={plan.id}&customer={li}"
    assert path.replace("&", "&amp;") in chosen
    values = sent(world, row, {"person_name": "", "email": "li@example.com"})
    for name in ("department", "scope", "province"):
        del values[name]
    assert client.post(path, values)["Location"] == f"/customers/{li}/"
    shown = client.get(f"/customers/{li}/").content.decode()
    assert "填写过的表单" in shown
    assert "目标人群之外" in shown
    for said in ("经办人 王芳", "到店登记 第 1 版 · 秋季到店登记", "当时的告知"):
        assert said in shown
    stranger = f"/customers/collect/{row.form_id}/?customer={register['service']}"
    assert client.get(stranger).status_code == 404


def test_a_form_sent_from_another_site_stores_nothing(world: World) -> None:
    row = published(world)
    browser = world.signed_in(Client(enforce_csrf_checks=True), "clerk")
    answer = browser.post(f"/customers/collect/{row.form_id}/", sent(world, row, {"person_name": "林黛玉"}))
    assert (answer.status_code, Customer.objects.count(), FormDraft.objects.count()) == (403, 0, 0)
