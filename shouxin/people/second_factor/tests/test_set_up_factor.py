"""Setting up, replacing and removing one's own second factors."""

import re

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.contrib.sessions.models import Session
from django.test import Client

from shouxin.journal.models import Entry
from shouxin.kit import clock
from shouxin.people.models import Staff
from shouxin.people.second_factor import queries, rules
from tests.world import PASSWORD, SECRET, World, have_keys, note_proof


def _secret_of(client: Client) -> str:
    page = client.get("/second-factor/app/").content.decode()
    found = re.search(r'id="factor-secret">([^<]+)<', page)
    assert found is not None
    return found[1].replace(" ", "")


def _code(secret: str) -> str:
    return str(format_hotp_value(hotp_value(secret, int(clock.now().timestamp()) // rules.TOTP_PERIOD)))


@pytest.fixture
def fresh(world: World, client: Client) -> Client:
    """An officer at the very first sign-in."""
    have_keys()
    Staff.objects.filter(user_name="officer").update(second_factor_at=None)
    world.signed_in(client, "officer", proved=False)
    note_proof(client, by="password")
    return client


def test_a_first_app_gives_recovery_codes_and_lets_go_on(world: World, fresh: Client) -> None:
    secret = _secret_of(fresh)
    page = fresh.get("/second-factor/app/").content.decode()
    assert re.search(r'<svg[^>]*viewBox="0 0 (\d+) \1"', page), (
        "the whole picture scales; none of it is cut off"
    )
    page = fresh.post("/second-factor/app/", {"code": _code(secret)}).content.decode()
    codes = re.findall(r'<li class="sx-code">(\d+ \d+)</li>', page)
    assert len(set(codes)) == rules.RECOVERY_CODES
    assert fresh.get("/").status_code == 200, "this session goes on"
    assert world.staff("officer").second_factor_at is not None
    assert Entry.objects.filter(event="factor.added").count() == 1


def test_neither_secret_nor_recovery_code_stands_anywhere_in_clear(world: World, fresh: Client) -> None:
    secret = _secret_of(fresh)
    waiting = Session.objects.get(session_key=fresh.session.session_key)
    assert secret not in str(waiting.get_decoded())
    page = fresh.post("/second-factor/app/", {"code": _code(secret)}).content.decode()
    codes = [code.replace(" ", "") for code in re.findall(r"\d{5} \d{5}", page)]
    assert len(codes) == rules.RECOVERY_CODES
    kept = str(list(Authenticator.objects.values_list("data", flat=True)))
    kept += str([session.get_decoded() for session in Session.objects.all()])
    assert not [word for word in (secret, *codes) if word in kept]
    assert not [
        word
        for word in (secret, *codes)
        for entry in Entry.objects.all()
        if word.encode() in bytes(entry.body)
    ]


def test_a_wrong_code_sets_nothing_up(world: World, fresh: Client) -> None:
    secret = _secret_of(fresh)
    answer = fresh.post("/second-factor/app/", {"code": "000000" if _code(secret) != "000000" else "111111"})
    assert answer.status_code == 422
    assert world.staff("officer").second_factor_at is None
    assert _secret_of(fresh) == secret, "the picture that was scanned stays good"


def test_setting_one_up_ends_the_other_sessions(world: World, client: Client) -> None:
    have_keys()
    other = world.signed_in(Client(), "clerk", proved=False)
    assert other.get("/").status_code == 200
    world.signed_in(client, "clerk", proved=False)
    note_proof(client, by="password")
    client.post("/second-factor/app/", {"code": _code(_secret_of(client))})
    assert client.get("/").status_code == 200
    assert other.get("/")["Location"].startswith("/sign-in/")


def test_the_code_that_set_it_up_does_not_sign_in(world: World, fresh: Client) -> None:
    secret = _secret_of(fresh)
    code = _code(secret)
    fresh.post("/second-factor/app/", {"code": code})
    assert not queries.is_locked(staff_id=world.people["officer"].id, address="127.0.0.1", now=clock.now())
    other = Client()
    other.post("/sign-in/", {"username": "officer", "password": PASSWORD})
    assert other.post("/sign-in/second-step/", {"factor_code": code}).status_code == 422


def test_a_new_app_takes_the_place_of_the_old(world: World, client: Client) -> None:
    world.code("officer")
    world.signed_in(client, "officer")
    secret = _secret_of(client)
    assert secret != SECRET
    client.post("/second-factor/app/", {"code": _code(secret)})
    assert len(queries.factors_of(world.people["officer"].id)) == 1
    client.post("/sign-out/")


def test_the_last_factor_of_a_mandatory_role_stays(world: World, client: Client) -> None:
    world.code("officer")
    world.signed_in(client, "officer")
    factor = queries.factors_of(world.people["officer"].id)[0].id
    client.post(f"/second-factor/{factor}/remove/")
    assert "不能移除最后一个" in client.get("/second-factor/").content.decode()
    assert queries.factors_of(world.people["officer"].id)


def test_who_need_not_have_one_may_remove_it(world: World, client: Client) -> None:
    world.code("clerk")
    world.signed_in(client, "clerk")
    factor = queries.factors_of(world.people["clerk"].id)[0].id
    assert client.post(f"/second-factor/{factor}/remove/").status_code == 302
    assert world.staff("clerk").second_factor_at is None
    assert not Authenticator.objects.filter(user=world.people["clerk"]).exists(), "recovery codes go too"
    assert client.get("/").status_code == 200


def test_nobody_removes_the_factor_of_another(world: World, client: Client) -> None:
    world.code("officer")
    factor = queries.factors_of(world.people["officer"].id)[0].id
    world.signed_in(client, "clerk")
    assert client.post(f"/second-factor/{factor}/remove/").status_code == 404
    assert queries.factors_of(world.people["officer"].id)


def test_new_recovery_codes_end_the_old(world: World, client: Client) -> None:
    world.code("officer")
    world.signed_in(client, "officer")
    first, second = (
        set(re.findall(r"\d{5} \d{5}", client.post("/second-factor/codes/").content.decode()))
        for _ in range(2)
    )
    assert len(first) == len(second) == rules.RECOVERY_CODES
    assert not first & second
