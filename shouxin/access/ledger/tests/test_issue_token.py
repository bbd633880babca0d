"""A token for the ledger: issued by auditors to their own programs, bound, short-lived, ended at once."""

import re
from datetime import timedelta
from uuid import UUID

import pytest
from django.test import Client

from shouxin.access.ledger import rules, services
from shouxin.access.ledger.models import LedgerToken
from shouxin.core.policy import NotAllowed
from shouxin.journal.models import Entry
from shouxin.kit import clock
from shouxin.people.models import Staff
from tests.world import World

pytestmark = pytest.mark.django_db
HOME = "127.0.0.1"
GIVEN = {"name": "镜像机", "addresses": ["127.0.0.0/8"], "days": 30}


def issued(world: World, who: str = "supervisor") -> tuple[LedgerToken, str]:
    return services.issue(actor=world.actor(who), **GIVEN, now=clock.now())  # type: ignore[arg-type]


def lets_in(text: str, *, address: str = HOME, later: timedelta = timedelta()) -> bool:
    try:
        services.come_in(header=f"Bearer {text}", address=address, now=clock.now() + later)
    except services.TurnedAway:
        return False
    return True


def told(event: str) -> int:
    return Entry.objects.filter(event=event).count()


def test_a_token_opens_from_its_addresses_until_its_day(world: World) -> None:
    _row, text = issued(world)
    assert lets_in(text)
    assert not lets_in(text, address="203.0.113.9")
    assert not lets_in(text, later=timedelta(days=30))
    assert not lets_in(text[:-1] + ("A" if text[-1] != "A" else "B"))
    assert not lets_in("")
    assert text not in str([row.__dict__ for row in LedgerToken.objects.all()])


def test_who_may_not_verify_gets_none_and_whoever_no_longer_may_is_turned_away(world: World) -> None:
    for who in ("clerk", "sales_head", "officer", "system_admin"):
        with pytest.raises(NotAllowed):
            issued(world, who)
    row, text = issued(world, "audit_admin")
    assert lets_in(text)
    Staff.objects.filter(id=row.owner_id).update(is_active=False)
    assert not lets_in(text)


def test_ended_it_opens_nothing_and_keeps_no_digest(world: World) -> None:
    row, text = issued(world)
    services.end(actor=world.actor("audit_admin"), token=row.id, now=clock.now())
    assert not lets_in(text)
    assert LedgerToken.objects.get().digest is None
    with pytest.raises(services.LedgerProblem):
        services.end(actor=world.actor("supervisor"), token=row.id, now=clock.now())
    assert told("ledger_token.issued") == told("ledger_token.ended") == 1


def test_reading_is_journalled_once_a_day(world: World) -> None:
    _row, text = issued(world)
    assert lets_in(text)
    assert lets_in(text, later=timedelta(minutes=3))
    before = told("ledger.mirrored")
    assert before in {1, 2}  # two where midnight lay between
    assert lets_in(text, later=timedelta(days=1))
    assert told("ledger.mirrored") == before + 1


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"name": " "}, "name.missing"),
        ({"addresses": []}, "addresses.none"),
        ({"addresses": ["0.0.0.0/0"]}, "addresses.wrong"),
        ({"addresses": ["nowhere"]}, "addresses.wrong"),
        ({"days": rules.MOST_DAYS + 1}, "days.range"),
    ],
)
def test_what_is_wrong_is_said(changed: dict[str, object], code: str) -> None:
    assert rules.problems(**{**GIVEN, **changed}) == [code]  # type: ignore[arg-type]


def test_the_screen_shows_a_token_once_and_ends_it(world: World, client: Client) -> None:
    browser = world.signed_in(client, "supervisor")
    assert "还没有账本凭证" in browser.get("/access/ledger/").content.decode()
    form = {"name": "审计部镜像机", "addresses": "10.0.8.0/24\n10.0.9.1", "days": "45"}
    assert browser.post("/access/ledger/", form | {"addresses": "everywhere"}).status_code == 422
    page = browser.post("/access/ledger/", form).content.decode()
    shown = re.search(r'id="token">(sxk_[^<]+)<', page)
    assert shown
    assert lets_in(shown[1], address="10.0.8.7")
    again = browser.get("/access/ledger/").content.decode()
    assert shown[1] not in again
    assert "审计部镜像机" in again
    row = LedgerToken.objects.get()
    browser.post(f"/access/ledger/{row.id}/end/")
    assert not lets_in(shown[1], address="10.0.8.7")
    assert browser.post(f"/access/ledger/{UUID(int=7)}/end/").status_code == 404
