"""Two people mark an algorithm outdated; values are sealed again in the background; dependent backups are listed."""

from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from procrastinate.contrib.django import app

from shouxin.core.crypto.suites import AES_256_GCM_HMAC_SHA256, SM4_GCM_HMAC_SM3
from shouxin.core.policy import NotAllowed
from shouxin.journal.models import Entry
from shouxin.kit import backups, clock
from shouxin.vault import outdating, presenting
from shouxin.vault.algorithms import mark_outdated
from shouxin.vault.models import Algorithm, DataKey, SuiteChange
from shouxin.vault.outdating import SuiteProblem
from shouxin.vault.queries import key_status
from shouxin.vault.services import rotate
from shouxin.vault.tests import cast
from tests.harness.jobs import run_queued
from tests.world import World

AES, SM4 = AES_256_GCM_HMAC_SHA256.id, SM4_GCM_HMAC_SM3.id
pytestmark = pytest.mark.django_db


def propose(world: World, who: str = "security_admin", suite: int = AES, successor: int = SM4) -> SuiteChange:
    return outdating.propose(
        actor=world.actor(who), suite=suite, successor=successor, reason="改用国密算法", now=clock.now()
    )


@pytest.mark.clause("D10.2")
def test_marking_forbids_it_reencrypts_in_the_background_and_ends_with_a_proof(
    vault: None, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = [cast.new_customer() for _ in range(3)]
    change = propose(world)
    assert DataKey.objects.filter(suite=AES).count() == 3  # nothing happens before the second person
    monthly = backups.Backup("月度备份", "异地机房", datetime(2026, 10, 31, tzinfo=UTC), frozenset({AES}))
    monkeypatch.setitem(backups.sources._entries, "here", lambda: [monthly])
    assert presenting.dependent_backups(key_status(actor=cast.OPERATOR)) == []

    outdating.confirm(actor=world.actor("officer"), change=change.id, now=clock.now())
    late = cast.new_customer()
    assert DataKey.objects.get(customer_id=late).suite == SM4  # forbidden for new values at once
    status = key_status(actor=cast.OPERATOR)
    progress = presenting.progress_of(status, SuiteChange.objects.get())
    assert progress == presenting.Progress(0, 3)
    assert presenting.dependent_backups(status) == [monthly]

    run_queued()
    assert set(DataKey.objects.filter(customer_id__in=old).values_list("suite", flat=True)) == {SM4}
    done = SuiteChange.objects.get()
    assert done.finished_at is not None
    assert presenting.progress_of(key_status(actor=cast.OPERATOR), done) == presenting.Progress(3, 3)
    assert b'"remaining":0' in bytes(Entry.objects.get(event="reencryption.finished").body)


def test_nobody_confirms_their_own_and_only_once(vault: None, world: World) -> None:
    change = propose(world)
    with pytest.raises(SuiteProblem, match="same-person"):
        outdating.confirm(actor=world.actor("security_admin"), change=change.id, now=clock.now())
    with pytest.raises(NotAllowed):
        outdating.confirm(actor=world.actor("sales_head"), change=change.id, now=clock.now())
    with pytest.raises(SuiteProblem, match="open-already"):
        propose(world)
    outdating.refuse(actor=world.actor("officer"), change=change.id, now=clock.now())
    with pytest.raises(SuiteProblem, match="decided-already"):
        outdating.confirm(actor=world.actor("officer"), change=change.id, now=clock.now())
    assert not Algorithm.objects.filter(status="outdated").exists()


@pytest.mark.parametrize("successor", [AES, 99])
def test_what_cannot_take_over_is_not_proposed(vault: None, world: World, successor: int) -> None:
    with pytest.raises(SuiteProblem, match="no-successor"):
        propose(world, successor=successor)


def test_only_the_security_administrator_proposes(vault: None, world: World) -> None:
    for who in ("officer", "system_admin", "audit_admin"):
        with pytest.raises(NotAllowed):
            propose(world, who)


def test_the_database_keeps_the_two_apart(vault: None, world: World) -> None:
    change = propose(world)
    with pytest.raises(IntegrityError), transaction.atomic():
        SuiteChange.objects.filter(id=change.id).update(decided_by=change.proposed_by)


def test_on_the_page_each_sees_what_they_can_do_and_a_stale_proof_is_asked_again(
    vault: None, world: World, client: Client
) -> None:
    world.signed_in(client, "security_admin")
    sent = {"suite": AES, "successor": SM4, "reason": "改用国密算法"}
    assert client.post("/keys/suites/", sent).status_code == 302
    assert "撤回申请" in client.get("/keys/").content.decode()
    change = SuiteChange.objects.get()
    world.signed_in(client, "officer", proved=False)
    assert client.get("/keys/").status_code == 302  # the second step of a sign-in comes first
    world.signed_in(client, "officer")
    page = client.get("/keys/").content.decode()
    assert "确认标为过时" in page
    assert "/keys/rotate/" not in page  # it says who rotates them instead
    assert "由安全管理员轮换" in page
    assert client.post(f"/keys/suites/{change.id}/confirm/").status_code == 302
    assert "重新加密进度" in client.get("/keys/").content.decode()
    run_queued()
    assert "剩余 0 项" in client.get("/keys/").content.decode()


def test_rotation_runs_from_the_page(vault: None, world: World, client: Client) -> None:
    cast.new_customer()
    world.signed_in(client, "security_admin")
    assert client.post("/keys/rotate/").status_code == 302
    assert client.post("/keys/rotate/").status_code == 302  # already waiting: said, not doubled
    run_queued()
    assert [(e.epoch, e.state, e.data_keys) for e in key_status(actor=cast.OPERATOR).epochs] == [
        (1, "retired", 0),
        (2, "current", 1),
    ]
    assert "剩余 0 个数据密钥" in client.get("/keys/").content.decode()


def test_what_was_cut_off_goes_on_by_itself_and_nothing_is_begun(vault: None) -> None:
    def later() -> None:
        app.configure_task("vault.go_on", queue=outdating.QUEUE).defer(timestamp=0)
        run_queued()

    for _ in range(3):
        cast.new_customer()
    later()
    assert [e.state for e in key_status(actor=cast.OPERATOR).epochs] == ["current"]
    next(rotate(actor=cast.OPERATOR, batch=1))  # and no step more
    later()
    assert [(e.state, e.data_keys) for e in key_status(actor=cast.OPERATOR).epochs] == [
        ("retired", 0),
        ("current", 3),
    ]
    mark_outdated(actor=cast.OPERATOR, suite=AES, successor=SM4)
    later()
    of_aes = key_status(actor=cast.OPERATOR).algorithms[0]
    assert (of_aes.values, of_aes.epochs) == (0, 0)
