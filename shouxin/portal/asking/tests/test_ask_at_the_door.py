"""A customer files a request at their own door, follows it and takes it back; nobody else sees it."""

import pytest

from shouxin.portal.choosing.tests.test_choose_purposes import browser
from shouxin.rights.cases.models import Case, Check
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
