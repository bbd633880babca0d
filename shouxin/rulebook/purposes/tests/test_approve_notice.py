"""Notices: filled in from the rulebook, drafted by one, approved by another, complete or not at all, never changed."""

from datetime import date, timedelta
from hashlib import sha256
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from django.utils import timezone

from shouxin.core.policy import Actor
from shouxin.journal.queries import of_events
from shouxin.rulebook.catalogue.errors import Refused
from shouxin.rulebook.catalogue.models import LegalArticle, RetentionRule
from shouxin.rulebook.purposes import composing, noticing, parts, queries, services
from shouxin.rulebook.purposes.defaults import Adoption
from shouxin.rulebook.purposes.models import NoticeVersion, Purpose
from tests.world import World

PLACES = list(parts.PLACES)
TEMPLATE = "本公司告知：\n" + "\n".join(f"{{{place}}}" for place in PLACES)
CONTACT = "周正 010-12345678"


def draft(actor: Actor, template: str = TEMPLATE, **changes: Any) -> NoticeVersion:
    said: dict[str, Any] = {
        "key": "customers",
        "language": "zh-Hans",
        "template": template,
        "contact": CONTACT,
        "effective_on": timezone.localdate(),
    }
    return noticing.draft_notice(actor, **(said | changes))


@pytest.fixture
def drafted(adopted: Adoption, head: Actor) -> NoticeVersion:
    """The second version of the default notice, which tells of the default purposes."""
    return draft(head)


def in_force(language: str = "zh-Hans") -> set[int]:
    return {
        row.number for row in NoticeVersion.objects.filter(id__in=queries.in_force_today(), language=language)
    }


@pytest.mark.clause("C3.1")
def test_the_text_says_what_the_rulebook_says(drafted: NoticeVersion) -> None:
    purpose = Purpose.objects.get(key="marketing")
    for told in (
        "示范公司",
        CONTACT,
        purpose.name_zh,
        purpose.description_zh,
        purpose.recipients_zh,
        "身份证",
    ):
        assert told in drafted.text
    assert purpose.retention_rule.name in drafted.text
    kinds = {line.partition("：")[0]: line for line in drafted.text.splitlines() if "必需：" in line}
    assert "手机号码" in kinds["· 销售跟进/履行合同"]
    assert "· 个人行权：不另行收集" in drafted.text
    assert "{" not in drafted.text
    assert drafted.sha256 == sha256(drafted.text.encode()).hexdigest()
    assert drafted.covers["marketing"] == composing.facts_digest(purpose)


@pytest.mark.clause("C3.1")
@pytest.mark.parametrize(
    "place",
    PLACES,
)
def test_a_notice_that_leaves_one_out_is_refused(drafted: NoticeVersion, head: Actor, place: str) -> None:
    with pytest.raises(Refused) as refused:
        draft(head, TEMPLATE.replace(f"{{{place}}}", ""))
    assert refused.value.code == "notice.incomplete"
    for part in (one for one in parts.PARTS.values() if one.place == place):
        assert part.name.zh in refused.value.text.zh
        assert part.article in refused.value.article


def test_it_tells_from_when_how_long_and_what_happens_then(drafted: NoticeVersion, head: Actor) -> None:
    rule = Purpose.objects.get(key="marketing").retention_rule
    lines = [line for line in drafted.text.splitlines() if line.startswith("· 营销推广：")]
    assert any(f"{rule.name_zh}：自最后一次有效联系起保存 12 个月，期满后删除" in line for line in lines)
    # Fields that are kept by a rule of their own are told with it.
    sales = "\n".join(line for line in drafted.text.splitlines() if line.startswith("· 销售跟进/履行合同："))
    assert "按“合同及附件”：自合同终止起保存 10 年，期满后删除或者归档" in sales
    english = composing.compose(
        notice=drafted.notice,
        template="{retention}",
        spoken="en",
        organisation=lambda: "Demo",
        contact=CONTACT,
    )
    assert "12 months from this on: last effective contact; then deleted" in english.text


@pytest.mark.parametrize(("fact", "part"), [("clock_start", "begin"), ("action_at_expiry", "expiry")])
def test_a_period_without_its_begin_or_its_end_is_not_published(
    drafted: NoticeVersion, officer: Actor, fact: str, part: str
) -> None:
    RetentionRule.objects.filter(code="R-PROSPECT").update(**{fact: ""})
    with pytest.raises(Refused, match="unknown_facts") as refused:
        noticing.approve_notice(officer, version_id=drafted.id)
    assert parts.PARTS[part].name.zh in refused.value.text.zh
    assert refused.value.article == "网络数据安全管理条例 第21条"


def test_a_changed_begin_is_another_text(drafted: NoticeVersion, officer: Actor) -> None:
    seen = drafted.sha256
    RetentionRule.objects.filter(code="R-PROSPECT").update(clock_start="opt_out")
    before = Purpose.objects.get(key="marketing")
    assert composing.facts_digest(before) != drafted.covers["marketing"]
    with pytest.raises(Refused, match="changed_meanwhile"):
        noticing.approve_notice(officer, version_id=drafted.id, seen=seen)


def test_every_part_names_articles_of_the_register(adopted: Adoption) -> None:
    for part in parts.PARTS.values():
        for code in part.duties:
            assert str(LegalArticle.objects.get(code=code)) in part.article


def test_the_list_of_the_law_stands_beside_a_draft_with_its_marks(
    drafted: NoticeVersion, officer: Actor, world: World, client: Client
) -> None:
    LegalArticle.objects.filter(code="NDSR-021").update(verification="FROM KNOWLEDGE")
    RetentionRule.objects.filter(code="R-PROSPECT").update(action_at_expiry="")
    world.signed_in(client, "officer")
    page = client.get(f"/rules/notices/versions/{drafted.id}/").content.decode()
    checked = page[page.index("法律要求写明的内容") :]
    assert checked.count("未写明") == 1
    assert "FROM KNOWLEDGE" in checked
    assert "网络数据安全管理条例" in checked
    RetentionRule.objects.filter(code="R-PROSPECT").update(action_at_expiry="delete")
    noticing.approve_notice(officer, version_id=drafted.id)
    assert "法律要求写明的内容" not in client.get(f"/rules/notices/versions/{drafted.id}/").content.decode()


def test_a_place_nobody_knows_is_named(drafted: NoticeVersion, head: Actor) -> None:
    with pytest.raises(Refused, match="unknown_place") as refused:
        draft(head, TEMPLATE + "{purpos}")
    assert "{purpos}" in refused.value.text.zh


def test_a_notice_no_purpose_rests_on_is_not_approved(
    drafted: NoticeVersion, head: Actor, officer: Actor
) -> None:
    version = draft(head, key="walk_in", title_zh="到店告知")
    with pytest.raises(Refused, match="unknown_facts"):
        noticing.approve_notice(officer, version_id=version.id)


def test_an_english_text_needs_english_facts(drafted: NoticeVersion, head: Actor, officer: Actor) -> None:
    services.revise_purpose(officer, key="marketing", reason="改说明")
    services.edit_purpose(head, key="marketing", description_en="")
    version = draft(head, language="en")
    with pytest.raises(Refused, match="no_english"):
        noticing.approve_notice(officer, version_id=version.id)


@pytest.mark.clause("C3.1")
def test_a_changed_purpose_is_used_again_once_a_new_version_tells_of_it(
    drafted: NoticeVersion, head: Actor, officer: Actor
) -> None:
    services.revise_purpose(officer, key="marketing", reason="增加接收方")
    services.edit_purpose(head, key="marketing", recipients_zh="直邮服务商", recipients_en="Mailing service")
    services.submit_purpose(head, key="marketing")
    services.approve_purpose(officer, key="marketing")
    with pytest.raises(Refused, match="not_told"):
        services.activate_purpose(officer, key="marketing")
    told = noticing.approve_notice(officer, version_id=drafted.id)  # filled in anew at its approval
    assert "直邮服务商" in told.text
    assert services.activate_purpose(officer, key="marketing").status == "active"


def test_what_was_read_is_what_is_approved(drafted: NoticeVersion, head: Actor, officer: Actor) -> None:
    services.revise_purpose(officer, key="marketing", reason="改说明")
    services.edit_purpose(head, key="marketing", description_zh="别的说明")
    with pytest.raises(Refused, match="changed_meanwhile"):
        noticing.approve_notice(officer, version_id=drafted.id, seen=drafted.sha256)


def test_the_drafter_does_not_approve(drafted: NoticeVersion, officer: Actor) -> None:
    version = draft(officer)
    with pytest.raises(Refused, match="needs_two"):
        noticing.approve_notice(officer, version_id=version.id)
    assert in_force() == {1}
    noticing.approve_notice(officer, version_id=drafted.id)
    assert in_force() == {2}


def test_an_approved_text_never_changes_and_never_goes(drafted: NoticeVersion, officer: Actor) -> None:
    noticing.approve_notice(officer, version_id=drafted.id)
    with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
        NoticeVersion.objects.filter(id=drafted.id).update(text="别的")
    with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
        NoticeVersion.objects.filter(id=drafted.id).delete()
    with pytest.raises(Refused, match=r"notice\.approved"):
        noticing.discard_notice(officer, version_id=drafted.id, reason="写错了")


def test_the_journal_keeps_the_hash_and_never_the_text(drafted: NoticeVersion, officer: Actor) -> None:
    noticing.approve_notice(officer, version_id=drafted.id)
    line = of_events(["notice.approved"])[0]
    assert line.data["sha256"] == drafted.sha256
    assert drafted.text[:20] not in str(line.data)


def test_a_version_of_tomorrow_does_not_replace_todays(
    drafted: NoticeVersion, head: Actor, officer: Actor
) -> None:
    tomorrow: date = timezone.localdate() + timedelta(days=1)
    noticing.approve_notice(officer, version_id=draft(head, effective_on=tomorrow).id)
    assert in_force() == {1}


def test_an_unapproved_text_is_taken_back_with_a_reason(drafted: NoticeVersion, head: Actor) -> None:
    with pytest.raises(Refused, match=r"reason\.missing"):
        noticing.discard_notice(head, version_id=drafted.id, reason="")
    noticing.discard_notice(head, version_id=drafted.id, reason="写错了")
    assert not NoticeVersion.objects.filter(id=drafted.id).exists()
    assert of_events(["notice.discarded"])[0].data["sha256"] == drafted.sha256


def test_two_people_bring_a_notice_into_force_on_screens(
    adopted: Adoption, world: World, client: Client
) -> None:
    world.signed_in(client, "sales_head")
    page = client.get("/rules/notices/customers/next/")
    assert "{purposes}" in page.context["form"]["template"].value()
    assert page.context["form"]["contact"].value() == CONTACT
    said = {
        "language": "zh-Hans",
        "template": TEMPLATE,
        "contact": CONTACT,
        "effective_on": timezone.localdate().isoformat(),
    }
    lacking = client.post("/rules/notices/customers/next/", said | {"template": "只说一句"})
    assert lacking.status_code == 422
    assert "保存期限" in lacking.content.decode()
    assert client.post("/rules/notices/customers/next/", said).status_code == 302
    version = NoticeVersion.objects.get(number=2)
    assert client.get(f"/rules/notices/versions/{version.id}/approve/").status_code == 403
    world.signed_in(client, "officer")
    awaiting = client.get("/rules/notices/", {"state": "awaiting"}).context["rows"]
    assert [row.id for row, _ in awaiting] == [version.id]
    shown = client.get(f"/rules/notices/versions/{version.id}/").content.decode()
    assert "营销推广" in shown
    assert version.sha256 in shown
    approve = f"/rules/notices/versions/{version.id}/approve/"
    assert client.post(approve, {"seen": "0" * 64}).status_code == 422
    assert client.post(approve, {"seen": version.sha256}).status_code == 302
    assert "生效中" in client.get("/rules/notices/").content.decode()
