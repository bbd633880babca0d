"""Whoever is told of something may open its page: by every kind of notice, whatever it leads to."""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from django.test import Client

from shouxin.access.clients.models import ApiClient
from shouxin.access.grants.models import StandingGrant
from shouxin.kit import clock, ids
from shouxin.people.guarding.models import SecurityNotice
from shouxin.people.models import Department, Staff
from shouxin.people.notices import looking
from shouxin.people.notices.kinds import Matter, kinds
from shouxin.people.notices.models import Notice
from tests.register import SALES, Register, grant
from tests.test_decide_through_delegation import asked
from tests.world import World
from tools.screens import cast, stage

pytestmark = pytest.mark.django_db
DEEDS = (
    stage._client,
    stage._emergency,
    stage._reviews,
    stage._risk,
    stage._connections,
    stage._imports,
    stage._rules,
    stage._guarding,
    stage._people,
)
CLOSED = "/people/staff/new/"  # to a clerk
# Who of the cast does what the screens' stage has somebody of the demonstration do.
PLAYED_BY = {
    "songtao": "sales_head",
    "yuanfei": "clerk",
    "jianghao": "clerk",
    "panli": "clerk",
    "caomin": "officer",
    "pengyu": "system_admin",
    "zengqi": "security_admin",
    "xiaolan": "audit_admin",
    "weinan": "agent",
    "dongxue": "marketer",
    "tangjing": "marketing_head",
    "yubo": "marketer",
}


def test_no_kind_tells_of_a_page_that_is_closed_to_its_reader(world: World) -> None:
    now, clerk, admin = clock.now(), world.people["clerk"].id, world.people["system_admin"].id

    def find(_now: datetime) -> list[tuple[UUID, Matter]]:
        return [(who, Matter(ids.new(), f"{CLOSED}?department=1", due=now)) for who in (clerk, admin)]

    for kind in kinds.values():
        looking.look_for(replace(kind, find=find), now=now)
    told = set(Notice.objects.values_list("kind", "recipient_id"))
    assert told == {(key, admin) for key in kinds}


@pytest.fixture
def busy(register: Register, monkeypatch: pytest.MonkeyPatch) -> Register:
    """Much waits, ends and was decided; among it what leads to pages that not every role may open."""

    def played(user_name: str) -> Staff:
        return register.world.staff(PLAYED_BY[user_name])

    def home(user_name: str) -> Department:
        return Department.objects.get(staff__user_name=PLAYED_BY[user_name])

    for room in (cast, stage):  # which names them by itself
        monkeypatch.setattr(room, "staff", played)
        monkeypatch.setattr(room, "home", home)
    now = clock.now()
    for deed in DEEDS:
        deed(now)
    grant(register)
    asked(register, "marketer")
    SecurityNotice.objects.create(staff=register.world.people["clerk"], kind="new_place", at=now)
    soon, long_ago = now + timedelta(days=6), now - timedelta(days=60)
    ApiClient.objects.filter(state="approved").update(ends_at=soon, decided_at=long_ago, proposed_at=long_ago)
    StandingGrant.objects.filter(state="active").update(until=soon)
    return register


def test_every_notice_opens(busy: Register) -> None:
    """One of each kind for each role; somebody of a role opens as much as another."""
    looking.look(now=clock.now())
    told = {
        (notice.kind, *notice.recipient.roles): notice
        for notice in Notice.objects.select_related("recipient")
    }
    readers, shut = dict[str, Client](), list[tuple[str, str, str, int]]()
    for notice in told.values():
        who = notice.recipient.user_name
        if who not in readers:
            readers[who] = busy.world.signed_in(Client(), who)
            readers[who].post("/purpose/", {"purpose": SALES})
        answer = readers[who].get(f"/notices/{notice.id}/", follow=True)
        arrived = answer.redirect_chain[-1][0]
        if answer.status_code != 200 or not arrived.startswith(notice.path.partition("?")[0]):
            shut.append((notice.kind, who, notice.path, answer.status_code))
    assert shut == []
    assert len({kind for kind, *_roles in told}) >= 20
    # The program answers to a clerk, who may not open the page of programs: its end is told to whoever asked for it.
    ending = Notice.objects.filter(kind="clients.ending").values_list("recipient__user_name", flat=True)
    assert list(ending) == ["sales_head"]


def test_a_notice_that_is_closed_by_now_says_so(world: World, client: Client) -> None:
    made = Notice.objects.create(
        recipient=world.people["clerk"],
        kind="access.decided",
        thing=ids.new(),
        step="new",
        path=CLOSED,
        at=clock.now(),
    )
    answer = world.signed_in(client, "clerk").get(f"/notices/{made.id}/", follow=True)
    assert answer.status_code == 200
    assert "不再对您开放" in answer.content.decode()
