"""Approving, activating, revising and retiring a purpose: never by its drafter, never without what it rests on."""

from collections.abc import Callable

import pytest
from django.test import Client

from shouxin.core.policy import Actor, Permission, Role, permissions_of
from shouxin.people import working_purpose
from shouxin.people.models import Staff
from shouxin.rulebook.catalogue import services as catalogue
from shouxin.rulebook.catalogue.errors import Refused
from shouxin.rulebook.purposes import noticing, queries, services
from shouxin.rulebook.purposes.defaults import submit_defaults
from shouxin.rulebook.purposes.models import NoticeVersion, Purpose, PurposeField
from tests.world import World


@pytest.fixture
def submitted(world: World) -> World:
    """The defaults, submitted by the head of sales; their notice approved."""
    catalogue.load_pack(catalogue.START)
    submit_defaults(world.actor("sales_head"), organisation="守信示例公司", contact="周正")
    for version in NoticeVersion.objects.all():
        noticing.approve_notice(world.actor("officer"), version_id=version.id)
    return world


def test_whoever_drafted_or_submitted_does_not_approve(rules: catalogue.Loaded, person: object) -> None:
    both = person(Role.HEAD, Role.OFFICER)  # type: ignore[operator] # the fixture's maker
    submit_defaults(both, organisation="守信示例公司", contact="周正")
    with pytest.raises(Refused) as refused:
        services.approve_purpose(both, key="service")
    assert refused.value.code == "purpose.needs_two"
    assert queries.purposes_awaiting(both).count() == 0


def _worded(officer: Actor) -> None:
    services.edit_purpose(officer, key="service", description_zh="别的说明")


def _needed(officer: Actor) -> None:
    services.set_need(officer, key="service", field="email", necessity="optional", reason_zh="回访要用")


def _dropped(officer: Actor) -> None:
    field = PurposeField.objects.filter(purpose_id="service", necessity="optional").values_list(
        "field_id", flat=True
    )[0]
    services.drop_need(officer, key="service", field=field)


@pytest.mark.parametrize("change", [_worded, _needed, _dropped])
def test_whoever_changed_it_last_does_not_approve_it_though_another_drafted_and_submitted_it(
    submitted: World, change: Callable[[Actor], None]
) -> None:
    officer = submitted.actor("officer")
    services.return_purpose(officer, key="service", reason="我来改")
    change(officer)
    services.submit_purpose(submitted.actor("sales_head"), key="service")
    with pytest.raises(Refused, match="needs_two"):
        services.approve_purpose(officer, key="service")
    assert Purpose.objects.get(key="service").drafted_by == officer.pseudonym


def test_two_log_ins_of_one_person_are_one_person(submitted: World) -> None:
    officer, head = submitted.staff("officer"), submitted.staff("sales_head")
    Staff.objects.filter(id=officer.id).update(person=head.person)
    with pytest.raises(Refused, match="needs_two"):
        services.approve_purpose(submitted.actor("officer"), key="service")
    assert queries.purposes_awaiting(submitted.actor("officer")).count() == 0


def test_the_approval_covers_what_was_shown_and_nothing_else(submitted: World, client: Client) -> None:
    officer = submitted.actor("officer")
    seen = submitted.signed_in(client, "officer").get("/rules/purposes/service/approve/")
    services.return_purpose(officer, key="service", reason="说明再具体些")
    services.edit_purpose(submitted.actor("sales_head"), key="service", description_zh="别的说明")
    services.submit_purpose(submitted.actor("sales_head"), key="service")
    late = client.post("/rules/purposes/service/approve/", {"seen": seen.context["form"]["seen"].value()})
    assert late.status_code == 422
    assert "内容有改动" in late.content.decode()
    fresh = client.get("/rules/purposes/service/approve/").context["form"]["seen"].value()
    assert client.post("/rules/purposes/service/approve/", {"seen": fresh}).status_code == 302
    assert Purpose.objects.get(key="service").content_sha256 == fresh


def test_a_purpose_resting_on_consent_waits_where_consent_cannot_be_asked(
    submitted: World, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shouxin.gate.facts.is_available", lambda name: name != "consent")
    services.approve_purpose(submitted.actor("officer"), key="marketing")
    submitted.signed_in(client, "officer")
    page = client.get("/rules/purposes/marketing/").content.decode()
    assert "还不能启用" in page
    assert "第14条" in page
    assert "/marketing/activate/" not in page
    forced = client.post("/rules/purposes/marketing/activate/")
    assert forced.status_code == 422
    assert "尚无同意记录" in forced.content.decode()
    assert Purpose.objects.get(key="marketing").status == "approved"


def test_without_a_notice_in_force_nothing_is_activated(world: World) -> None:
    catalogue.load_pack(catalogue.START)
    submit_defaults(world.actor("sales_head"), organisation="守信示例公司", contact="周正")
    services.approve_purpose(world.actor("officer"), key="service")
    with pytest.raises(Refused, match="no_notice"):
        services.activate_purpose(world.actor("officer"), key="service")


def test_active_purposes_are_offered_to_their_roles_and_departments_only(submitted: World) -> None:
    officer = submitted.actor("officer")
    for key in ("service", "legal_obligation"):
        services.approve_purpose(officer, key=key)
        assert key in {choice.key for choice in working_purpose.not_yet(submitted.actor("sales_head"))}
        services.activate_purpose(officer, key=key)
    assert working_purpose.not_yet(submitted.actor("sales_head")) == []
    offered = {
        who: {c.key for c in working_purpose.choices(submitted.actor(who))} for who in submitted.people
    }
    assert offered["clerk"] == {"service"}
    assert offered["sales_head"] == {"service", "legal_obligation"}
    assert offered["officer"] == {"legal_obligation"}
    assert offered["system_admin"] == offered["audit_admin"] == offered["outsider"] == set()
    services.retire_purpose(officer, key="service", reason="不再需要")
    assert working_purpose.choices(submitted.actor("clerk")) == []


def test_revising_stops_the_use_until_two_people_agree_again(submitted: World, client: Client) -> None:
    officer, head = submitted.actor("officer"), submitted.actor("sales_head")
    services.approve_purpose(officer, key="service")
    services.activate_purpose(officer, key="service")
    submitted.signed_in(client, "officer")
    assert client.post("/rules/purposes/service/revise/", {"reason": ""}).status_code == 422
    assert client.post("/rules/purposes/service/revise/", {"reason": "增加字段"}).status_code == 302
    assert queries.active_purposes(submitted.actor("clerk")) == ()
    services.edit_purpose(head, key="service", departments=[submitted.departments["service"]])
    services.submit_purpose(head, key="service")
    services.approve_purpose(officer, key="service")
    services.activate_purpose(officer, key="service")
    assert [rule.key for rule in queries.active_purposes(submitted.actor("agent"))] == ["service"]
    assert queries.active_purposes(submitted.actor("clerk")) == ()


def test_the_card_counts_what_the_list_behind_it_shows(submitted: World, client: Client) -> None:
    bench = submitted.signed_in(client, "officer").get("/")
    card = next(c for c in bench.context["bench"].counters if c.card.key == "rulebook.purposes")
    assert card.number == client.get(card.address).context["counted"].number == 9
    own = submitted.signed_in(client, "sales_head").get("/")
    assert "rulebook.purposes" not in {c.card.key for c in own.context["bench"].counters}


def test_the_story_of_a_purpose_stands_on_its_page(submitted: World, client: Client) -> None:
    services.approve_purpose(submitted.actor("officer"), key="service")
    page = submitted.signed_in(client, "supervisor").get("/rules/purposes/service/")
    assert [line["who"] for line in page.context["entries"]] == ["周正", "陈刚", "陈刚"]
    assert page.context["entries"][0]["sentence"] == "批准处理目的 客户服务。"
    assert not any(verb.href or verb.post for verb in page.context["verbs"])
    assert client.post("/rules/purposes/service/activate/").status_code == 403


def test_whoever_waits_is_told_by_name_who_can_approve(submitted: World, client: Client) -> None:
    page = submitted.signed_in(client, "sales_head").get("/rules/purposes/service/")
    assert "可以审批的人：周正。" in page.content.decode()


def test_the_only_officer_is_told_beforehand_that_nobody_could_approve(
    submitted: World, client: Client
) -> None:
    officer, told = submitted.signed_in(client, "officer"), "现在没有第二位"
    assert told in officer.get("/rules/purposes/new/").content.decode()
    heads = submitted.signed_in(client, "sales_head")
    assert told not in heads.get("/rules/purposes/new/").content.decode()


def test_what_the_only_officer_submitted_is_no_dead_end(submitted: World, client: Client) -> None:
    """Everybody is told why it waits; the officer returns it, a head edits and submits it, the officer approves."""
    page, reason = "/rules/purposes/service/", {"reason": "由部门负责人起草"}
    officer = submitted.actor("officer")
    services.return_purpose(officer, key="service", reason="补充")
    services.submit_purpose(officer, key="service")
    told = submitted.signed_in(client, "sales_head").get(page).content.decode()
    assert "由唯一的个人信息保护负责人起草或提交" in told
    assert "由您" not in told
    told = submitted.signed_in(client, "officer").get(page).content.decode()
    assert "请退回，由部门负责人修改并提交，再由您批准" in told
    assert f"{page}return/" in told
    assert client.post(f"{page}return/", reason).status_code == 302
    services.submit_purpose(submitted.actor("sales_head"), key="service")
    assert services.approve_purpose(officer, key="service").status == Purpose.Status.APPROVED


@pytest.mark.parametrize("named", ["%00", "nothing", "x" * 500])
def test_a_draft_after_no_purpose_begins_empty(submitted: World, client: Client, named: str) -> None:
    page = submitted.signed_in(client, "officer").get(f"/rules/purposes/new/?from={named}")
    assert (page.status_code, page.context["form"]["name_zh"].value()) == (200, None)


def test_only_the_officer_holds_the_right_to_approve(rules: catalogue.Loaded) -> None:
    holders = {role for role in Role if Permission.RULEBOOK_PURPOSE_APPROVE in permissions_of([role])}
    assert holders == {Role.OFFICER}


def test_an_actor_without_the_right_is_stopped_by_the_service(submitted: World, head: Actor) -> None:
    with pytest.raises(Exception, match="rulebook:purpose:approve"):
        services.approve_purpose(head, key="service")
