"""Notices: a text, its language, hash and day, drafted by one, approved by another, never changed again."""

from datetime import timedelta
from hashlib import sha256

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from django.utils import timezone

from shouxin.core.policy import Actor
from shouxin.journal.queries import of_events
from shouxin.rulebook.catalogue.errors import Refused
from shouxin.rulebook.purposes import queries, services
from shouxin.rulebook.purposes.models import NoticeVersion
from tests.world import World

TEXT = "我们为履行合同处理您的姓名和电话。"


@pytest.fixture
def drafted(db: None, head: Actor) -> NoticeVersion:
    return services.draft_notice(
        head,
        key="walk_in",
        title_zh="到店告知",
        language="zh-Hans",
        text=TEXT,
        effective_on=timezone.localdate(),
    )


def test_a_draft_is_not_in_force(drafted: NoticeVersion) -> None:
    assert drafted.sha256 == sha256(TEXT.encode()).hexdigest()
    assert queries.in_force_today() == frozenset()


def test_the_drafter_does_not_approve(
    drafted: NoticeVersion, person: object, officer: Actor, head: Actor
) -> None:
    version = services.draft_notice(
        officer, key="walk_in", language="zh-Hans", text="第二版", effective_on=timezone.localdate()
    )
    with pytest.raises(Refused, match="needs_two"):
        services.approve_notice(officer, version_id=version.id)
    services.approve_notice(officer, version_id=drafted.id)
    assert queries.in_force_today() == {drafted.id}


def test_an_approved_text_never_changes_and_never_goes(drafted: NoticeVersion, officer: Actor) -> None:
    services.approve_notice(officer, version_id=drafted.id)
    with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
        NoticeVersion.objects.filter(id=drafted.id).update(text="别的")
    with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
        NoticeVersion.objects.filter(id=drafted.id).delete()
    with pytest.raises(Refused, match=r"notice\.approved"):
        services.discard_notice(officer, version_id=drafted.id, reason="写错了")


def test_the_journal_keeps_the_hash_and_never_the_text(drafted: NoticeVersion, officer: Actor) -> None:
    services.approve_notice(officer, version_id=drafted.id)
    line = of_events(["notice.approved"])[0]
    assert line.data["sha256"] == drafted.sha256
    assert TEXT not in str(line.data)


def test_a_version_of_tomorrow_does_not_replace_todays(
    drafted: NoticeVersion, head: Actor, officer: Actor
) -> None:
    services.approve_notice(officer, version_id=drafted.id)
    tomorrow = services.draft_notice(
        head,
        key="walk_in",
        language="zh-Hans",
        text="明天的",
        effective_on=timezone.localdate() + timedelta(days=1),
    )
    services.approve_notice(officer, version_id=tomorrow.id)
    assert queries.in_force_today() == {drafted.id}


def test_an_unapproved_text_is_taken_back_with_a_reason(
    drafted: NoticeVersion, head: Actor, person: object
) -> None:
    with pytest.raises(Refused, match=r"reason\.missing"):
        services.discard_notice(head, version_id=drafted.id, reason="")
    services.discard_notice(head, version_id=drafted.id, reason="写错了")
    assert not NoticeVersion.objects.exists()
    assert of_events(["notice.discarded"])[0].data["sha256"] == drafted.sha256


def test_two_people_bring_a_notice_into_force_on_screens(world: World, client: Client) -> None:
    world.signed_in(client, "sales_head")
    today = timezone.localdate().isoformat()
    said = {
        "key": "walk_in",
        "title_zh": "到店告知",
        "language": "zh-Hans",
        "text": TEXT,
        "effective_on": today,
    }
    assert client.post("/rules/notices/new/", said | {"text": ""}).status_code == 422
    assert client.post("/rules/notices/new/", said).status_code == 302
    assert client.post("/rules/notices/new/", said).status_code == 422  # the code is taken
    version = NoticeVersion.objects.get()
    assert client.get(f"/rules/notices/versions/{version.id}/approve/").status_code == 403
    world.signed_in(client, "officer")
    assert [row.id for row, _ in client.get("/rules/notices/", {"state": "awaiting"}).context["rows"]] == [
        version.id
    ]
    page = client.get(f"/rules/notices/versions/{version.id}/")
    assert TEXT in page.content.decode()
    assert version.sha256 in page.content.decode()
    approve = f"/rules/notices/versions/{version.id}/approve/"
    assert client.post(approve, {"seen": version.sha256}).status_code == 302
    assert "生效中" in client.get("/rules/notices/").content.decode()
    again = client.get("/rules/notices/walk_in/next/")
    assert again.context["form"]["text"].value() == TEXT
