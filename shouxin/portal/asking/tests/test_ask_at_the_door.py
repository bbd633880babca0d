"""A customer files a request at their own door, follows it and takes it back; nobody else sees it."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from shouxin.kit import clock
from shouxin.portal.choosing.tests.test_choose_purposes import browser
from shouxin.rights.cases import answering
from shouxin.rights.cases.answering import Answer
from shouxin.rights.cases.models import Case, Check, Kind, Outcome, State
from shouxin.rights.cases.tests.cast import PNG, in_hand
from shouxin.rights.satisfaction.tests.cast import contact
from tests.register import Register


@pytest.mark.django_db(transaction=True)
def test_a_request_is_filed_followed_and_taken_back(register: Register) -> None:
    client = browser(register)
    told = client.post("/my/requests/", {"kind": "copy", "text": "请给我一份副本"}).content.decode()
    row = Case.objects.get()
    assert (row.customer_id, row.channel, row.filed_by_id) == (register["li"], "portal", None)
    assert Check.objects.get(case=row).method == "portal"
    for said in (row.number, f"{row.due_on:%Y-%m-%d}"):
        assert said in told
    assert "请给我一份副本" in client.get(f"/my/requests/{row.id}/").content.decode()
    stranger = browser(register, "zhang")
    for answer in (
        stranger.get(f"/my/requests/{row.id}/"),
        stranger.post(f"/my/requests/{row.id}/take-back/"),
        stranger.post(f"/my/requests/{row.id}/rate/", {"score": "1"}),
    ):
        assert answer.status_code == 404
    assert row.number not in stranger.get("/my/requests/").content.decode()
    assert client.post(f"/my/requests/{row.id}/rate/", {"score": "5"}).status_code == 422
    client.post(f"/my/requests/{row.id}/take-back/")
    row.refresh_from_db()
    assert row.state == "withdrawn"
    Case.objects.update(kind="inquiry", requester="authority")
    assert client.get(f"/my/requests/{row.id}/").status_code == 404
    assert row.number not in client.get("/my/requests/").content.decode()
    wrong = client.post(
        "/my/requests/",
        {"kind": "copy", "text": "副本", "accused": str(register.world.departments["sales"].id)},
    )
    assert wrong.status_code == 422


@pytest.mark.django_db(transaction=True)
def test_being_served_is_scored_and_a_proof_handed_in_at_the_own_door(register: Register) -> None:
    client, now = browser(register), clock.now()
    called = contact(register, now, register["li"])
    assert (now - timedelta(days=2)).strftime("%Y-%m") in client.get("/my/served/").content.decode()
    assert browser(register, "zhang").post(f"/my/served/{called}/", {"score": "1"}).status_code == 422
    assert client.post(f"/my/served/{called}/", {"score": "9"}).status_code == 422
    assert client.post(f"/my/served/{called}/", {"score": "2", "remark": "等得太久"}).status_code == 302
    row = Case.objects.get()
    assert (row.escalated, row.customer_id) == (True, register["li"])
    assert "等得太久" in client.get(f"/my/requests/{row.id}/").content.decode()
    assert "没有可以评价的接待" in client.get("/my/served/").content.decode()
    client.post("/my/requests/", {"kind": "access", "text": "请给我看"})
    asked = Case.objects.get(kind="access")
    proof = f"/my/requests/{asked.id}/proof/"
    stranger = browser(register, "zhang").post(proof, {"proof": SimpleUploadedFile("a.png", PNG)})
    assert stranger.status_code == 404
    assert client.post(proof, {"proof": SimpleUploadedFile("a.png", PNG)}).status_code == 302
    assert asked.proofs.count() == 1


@pytest.mark.django_db(transaction=True)
def test_an_answered_deletion_says_so_and_is_scored_while_it_waits(register: Register) -> None:
    """It was answered: however long the deletion takes, nobody reads that the answer is overdue."""
    client, now = browser(register), clock.now()
    row = in_hand(register, Kind.DELETE, fields=["mobile"])
    answering.propose(
        actor=register.world.actor("clerk"), case=row.id, answer=Answer(Outcome.GRANTED), now=now
    )
    row = answering.approve(actor=register.world.actor("officer"), case=row.id, now=now)
    assert row.state == State.WATCHING
    past = clock.today(now) - timedelta(days=3)
    Case.objects.filter(id=row.id).update(due_on=past, stop_on=past)
    for address in ("/my/requests/", f"/my/requests/{row.id}/"):
        page = client.get(address).content.decode()
        assert "已经答复，等待删除" in page
        assert "已过" not in page
        assert "以前答复" not in page
    assert f'action="/my/requests/{row.id}/rate/"' in page
    assert client.post(f"/my/requests/{row.id}/rate/", {"score": "4"}).status_code == 302
    row.refresh_from_db()
    assert (row.state, row.score, row.escalated) == (State.WATCHING, 4, False)
