"""二次认证 before a dangerous verb: asked for when older than ten minutes; nothing that was sent is lost."""

from datetime import timedelta

import pytest
from django.test import Client

from shouxin.people.models import RoleAssignment
from shouxin.people.second_factor import rules
from tests.world import PASSWORD, World, note_proof

STALE = rules.FRESH_FOR + timedelta(seconds=5)


@pytest.fixture
def stale(world: World, client: Client) -> Client:
    """A security administrator who proved themselves too long ago."""
    world.signed_in(client, "security_admin")
    note_proof(client, age=STALE)
    return client


def _granting(world: World) -> str:
    return f"/people/staff/{world.people['newcomer'].id}/roles/"


def _granted() -> int:
    return RoleAssignment.objects.filter(staff__user_name="newcomer").count()


def test_an_old_proof_does_not_do_the_verb(world: World, stale: Client) -> None:
    answer = stale.post(_granting(world), {"role": "clerk"})
    assert answer.status_code == 403
    page = answer.content.decode()
    assert '<input type="hidden" name="role" value="clerk">' in page, "what was sent comes along"
    assert _granted() == 0


def test_the_code_and_the_verb_go_together(world: World, stale: Client) -> None:
    key = stale.session.session_key
    code = world.code("security_admin")
    answer = stale.post(_granting(world), {"role": "clerk", "factor_code": code})
    assert answer.status_code == 302
    assert _granted() == 1
    assert stale.session.session_key != key
    assert stale.post(_granting(world), {"role": "head"}).status_code == 302, "fresh for ten minutes"
    assert _granted() == 2


def test_a_wrong_code_does_not_do_the_verb(world: World, stale: Client) -> None:
    code = world.code("security_admin")
    wrong = "000000" if code != "000000" else "111111"
    answer = stale.post(_granting(world), {"role": "clerk", "factor_code": wrong})
    assert answer.status_code == 422
    assert '<input type="hidden" name="role" value="clerk">' in answer.content.decode()
    assert wrong not in answer.content.decode()
    assert _granted() == 0


def test_a_used_code_does_not_do_another_verb(world: World, stale: Client) -> None:
    code = world.code("security_admin")
    stale.post(_granting(world), {"role": "clerk", "factor_code": code})
    note_proof(stale, age=STALE)
    assert stale.post(_granting(world), {"role": "head", "factor_code": code}).status_code == 422
    assert _granted() == 1


@pytest.mark.parametrize(
    ("age", "status"),
    [
        (rules.FRESH_FOR - timedelta(seconds=30), 302),
        (STALE, 403),
        (timedelta(hours=-1), 403),
    ],
    ids=["young", "old", "from the future"],
)
def test_ten_minutes(world: World, client: Client, age: timedelta, status: int) -> None:
    world.signed_in(client, "security_admin")
    note_proof(client, age=age)
    assert client.post(_granting(world), {"role": "clerk"}).status_code == status


def test_who_has_no_factor_types_the_password_again(world: World, client: Client) -> None:
    assignment = RoleAssignment.objects.create(
        staff=world.people["newcomer"], role="clerk", granted_by=world.people["security_admin"]
    )
    path = f"/people/roles/{assignment.id}/confirm/"
    world.signed_in(client, "sales_head", proved=False)
    note_proof(client, age=STALE, by="password")
    page = client.post(path).content.decode()
    assert "您没有设置二次认证" in page
    assert client.post(path, {"factor_password": "wrong"}).status_code == 422
    assert client.post(path, {"factor_password": PASSWORD}).status_code == 302
    assignment.refresh_from_db()
    assert assignment.confirmed_at is not None


def test_the_password_is_no_second_factor_for_who_has_one(world: World, stale: Client) -> None:
    world.code("security_admin")
    answer = stale.post(_granting(world), {"role": "clerk", "factor_password": PASSWORD})
    assert answer.status_code == 422
    assert _granted() == 0


def test_looking_needs_no_fresh_proof(world: World, stale: Client) -> None:
    assert stale.get(f"/people/staff/{world.people['newcomer'].id}/").status_code == 200


@pytest.mark.parametrize(
    ("who", "path"),
    [
        ("system_admin", "/people/staff/{newcomer}/end/"),
        ("system_admin", "/people/staff/{newcomer}/reset/"),
        ("system_admin", "/people/staff/{newcomer}/second-factor/"),
        ("security_admin", "/people/staff/{newcomer}/roles/"),
        ("security_admin", "/people/second-factor/"),
        ("officer", "/access/clients/{nobody}/approve/"),
        ("officer", "/rules/fields/mobile/lower/"),
        ("officer", "/rules/purposes/sales_contract/approve/"),
        ("officer", "/rules/purposes/defaults/approve/"),
        ("officer", "/people/second-factor/resets/{nobody}/confirm/"),
        ("officer", "/second-factor/codes/"),
        ("sales_head", "/people/roles/waiting/"),
    ],
)
def test_dangerous_verbs_ask(world: World, client: Client, who: str, path: str) -> None:
    world.signed_in(client, who)
    note_proof(client, age=STALE)
    nobody = "00000000-0000-7000-8000-000000000000"
    answer = client.post(path.format(newcomer=world.people["newcomer"].id, nobody=nobody))
    assert answer.status_code == 403
    assert "10 分钟内的二次认证" in answer.content.decode()
