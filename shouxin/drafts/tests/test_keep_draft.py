"""Forms that are kept while they are filled: sealed, theirs alone, never overwritten unseen, gone when sent or old."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from shouxin.drafts import services
from shouxin.drafts.kinds import kinds
from shouxin.drafts.models import Draft
from shouxin.kit import clock
from tests.world import World

SAID = "为张伟送样的说明"
NEW = "/rules/purposes/new/"
SCRIPT = {"Accept": "application/json"}


@pytest.fixture
def head(ruled: World, client: Client) -> Client:
    return ruled.signed_in(client, "sales_head")


def keep(client: Client, draft: UUID, revision: int, said: str = SAID, **more: Any) -> Any:
    form = {"draft": str(draft), "draft_revision": revision, "draft_address": NEW, "name_zh": said, **more}
    return client.post("/drafts/keep/purpose/", form, headers=SCRIPT)


def test_what_was_typed_is_there_again_and_what_is_missing_is_named(head: Client) -> None:
    draft = uuid4()
    assert keep(head, draft, 0).json()["revision"] == 1
    page = head.get(f"{NEW}?draft={draft}").content.decode()
    assert SAID in page
    missing = page[page.index("还没有填：") :].split("</p>")[0]
    assert "中文名称" not in missing.split("、")
    assert len(missing.split("、")) > 1


def test_without_scripts_the_button_keeps_and_comes_back_to_the_form(head: Client) -> None:
    draft = uuid4()
    form = {"draft": str(draft), "draft_revision": 0, "draft_address": f"{NEW}?from=x", "name_zh": SAID}
    answer = head.post("/drafts/keep/purpose/", form)
    assert answer["Location"] == f"{NEW}?from=x&draft={draft}"
    assert SAID in head.get(answer["Location"]).content.decode()


def test_it_lies_sealed_and_nowhere_in_the_row(head: Client) -> None:
    draft = uuid4()
    keep(head, draft, 0, said="机密字样", more="x")
    with connection.cursor() as cursor:
        cursor.execute("SELECT d::text FROM drafts_draft d WHERE id = %s", [draft])
        (row,) = cursor.fetchone()
    assert "机密字样".encode().hex() not in row
    assert "机密字样" not in row


def test_a_second_window_does_not_overwrite_and_loses_nothing(head: Client) -> None:
    draft = uuid4()
    keep(head, draft, 0, said="先")
    assert keep(head, draft, 1, said="第一个窗口").status_code == 200
    late = keep(head, draft, 1, said="第二个窗口")
    assert late.status_code == 409
    assert "没有覆盖" in late.json()["words"]
    form = {"draft": str(draft), "draft_revision": 1, "draft_address": NEW, "name_zh": "第二个窗口"}
    page = head.post("/drafts/keep/purpose/", form)
    assert page.status_code == 409
    assert "第二个窗口" in page.content.decode()
    assert "第一个窗口" in head.get(f"{NEW}?draft={draft}").content.decode()


def test_what_was_sent_or_thrown_away_does_not_come_back(head: Client) -> None:
    draft = uuid4()
    keep(head, draft, 0)
    head.post(f"/drafts/{draft}/discard/")
    assert keep(head, draft, 1).status_code == 409
    assert not Draft.objects.exists()
    assert "已提交、已丢弃" in head.get(f"{NEW}?draft={draft}").content.decode()


def test_nobody_reads_overwrites_or_throws_away_the_draft_of_another(ruled: World, head: Client) -> None:
    draft = uuid4()
    keep(head, draft, 0)
    other = ruled.signed_in(Client(), "service_head")
    assert SAID not in other.get(f"{NEW}?draft={draft}").content.decode()
    assert other.get(f"/drafts/{draft}/")["Location"] == "/drafts/"
    assert keep(other, draft, 1, said="别人").status_code == 409
    other.post(f"/drafts/{draft}/discard/")
    assert SAID in head.get(f"{NEW}?draft={draft}").content.decode()


def test_only_who_may_send_the_form_may_keep_it(ruled: World, client: Client) -> None:
    assert keep(ruled.signed_in(client, "clerk"), uuid4(), 0).status_code == 404
    assert not Draft.objects.exists()


@pytest.mark.parametrize(
    "address", ["/people/password/", "https://elsewhere.example/rules/", "//elsewhere.example/"]
)
def test_a_draft_leads_to_the_page_of_its_form_and_nowhere_else(head: Client, address: str) -> None:
    assert keep(head, uuid4(), 0, draft_address=address).status_code == 422
    assert not Draft.objects.exists()


def test_it_is_listed_and_gone_after_a_week(head: Client) -> None:
    draft = uuid4()
    keep(head, draft, 0)
    listed = head.get("/drafts/").content.decode()
    assert f"/drafts/{draft}/" in listed
    assert head.get(f"/drafts/{draft}/")["Location"] == f"{NEW}?draft={draft}"
    later = clock.now() + timedelta(days=7, minutes=1)
    Draft.objects.filter(id=draft).update(
        saved_at=timezone.now() - timedelta(days=8), expires_at=timezone.now() - timedelta(days=1)
    )
    assert f"/drafts/{draft}/" not in head.get("/drafts/").content.decode()
    assert services.sweep(now=later) == 1


def test_a_form_that_is_too_long_is_refused_and_said_so(head: Client) -> None:
    answer = keep(head, uuid4(), 0, said="长" * 100_000)
    assert answer.status_code == 422
    assert "太长" in answer.json()["words"]


def test_every_kind_names_pages_that_exist() -> None:
    from django.urls import get_resolver

    named = {
        f"{space}:{name}"
        for space, (_prefix, resolver) in get_resolver().namespace_dict.items()
        for name in resolver.reverse_dict
        if isinstance(name, str)
    }
    for kind in kinds.values():
        assert kind.pages <= named, kind.key
